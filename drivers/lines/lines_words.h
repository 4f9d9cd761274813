/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What both libgpiod drivers share: finding the kernel's chips, and saying what is wrong with a
 * request in words for a technician. Knows no library.
 */
#ifndef KOTAK_LINES_LINES_WORDS_H
#define KOTAK_LINES_LINES_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "port/lines.h"

/* Where the words of a failed request go; text may be NULL. */
struct lines_trouble {
	char *text;
	size_t size;
};

/*
 * Calls look for each /dev/gpiochip* in order of number until it returns something but 0 and
 * -EACCES, and returns that. 0: none was it; -EACCES: none that may be opened was it.
 */
must_check int lines_each_chip(int (*look)(void *context, const char *path), void *context);

/* 0, -EINVAL (no lines, too many, a combination that makes no sense) or -EXDEV; says it. */
must_check int lines_check_request(const struct lines_name *names, size_t count,
	const struct lines_config *config, const struct lines_trouble *trouble);

/* Whether the line is given by its offset. */
must_check bool lines_offset(const char *line, unsigned *offset);

/* Each says it and returns its error: -ENODEV or -EACCES, -ENOENT, -EBUSY, any other. */
int lines_no_chip(const struct lines_trouble *trouble, const char *label, int found);
int lines_no_line(const struct lines_trouble *trouble, const struct lines_name *name);
/* consumer: who holds it, NULL when the kernel doesn't tell. */
int lines_busy(
	const struct lines_trouble *trouble, const struct lines_name *name, const char *consumer);
int lines_failed(const struct lines_trouble *trouble, const char *label, int error);

#endif
