/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The serial line: a pseudo-terminal whose other end is reachable under a link. */
#ifndef PRINTER_SIM_LINE_H
#define PRINTER_SIM_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "base/cleanup.h"

struct line;

/* Takes bytes from the host; returns how many, the others are offered again after line_resume(). */
typedef size_t line_receiver(void *context, const uint8_t *bytes, size_t size);

/* link is where the port appears; what is there is replaced. Not plugged in yet. */
void line_new(
	sd_event *loop, const char *link, line_receiver *receive, void *context, struct line **out);
void line_free(struct line *line);
/* Makes the terminal and its link. 0, or a negative errno. */
must_check int line_plug(struct line *line);
/* Removes the link and hangs up. */
void line_unplug(struct line *line);
bool line_plugged(const struct line *line);
/* So many bytes a second are taken in; 0: as they come. */
void line_slow(struct line *line, unsigned bytes_per_second);
/* The receiver takes bytes again. */
void line_resume(struct line *line);
/* To the host; what it doesn't read is lost, as on a wire. */
void line_write(struct line *line, const uint8_t *bytes, size_t size);

#endif
