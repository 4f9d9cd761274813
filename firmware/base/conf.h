/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading an INI configuration (libinih). The caller's handler sees each entry with
 * its place; a refusal says file, line, key and what would be right, and stops the start.
 */
#ifndef KOTAK_BASE_CONF_H
#define KOTAK_BASE_CONF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

struct conf_entry {
	const char *file;
	unsigned line;
	const char *section;  /* "modem" of "[modem sim1]" */
	const char *instance; /* "sim1" of "[modem sim1]", "" where there is none */
	const char *key;
	const char *value;
};

/* Returns 0, or a negative errno after the error was said with conf_refuse(). */
typedef int conf_handler(void *context, const struct conf_entry *entry);

/*
 * Calls handler for each entry of the file. Every wrong entry is said, not only the first.
 * Returns 0, -EINVAL when an entry was refused or a line makes no sense (said in the log),
 * or the negative errno of opening the file (said too).
 */
must_check int conf_read(const char *path, conf_handler *handler, void *context);

/* Logs "FILE:LINE: [section] key = value: what would be right"; returns -EINVAL. */
int conf_refuse(const struct conf_entry *entry, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The value as a whole number within min..max; refuses anything else. */
must_check int conf_integer(const struct conf_entry *entry, int64_t min, int64_t max, int64_t *out);

/* The value as yes/no (also true/false, on/off, 1/0). */
must_check int conf_boolean(const struct conf_entry *entry, bool *out);

/* A copy of the value, which must not be empty; an earlier value in *out is freed. Caller owns. */
must_check int conf_string(const struct conf_entry *entry, char **out);

#endif
