/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The serial line: a pseudo-terminal whose slave is reachable under a link. Like a real
 * port it forgets what is said while nobody has it open, and vanishes when unplugged.
 */
#ifndef MODEM_SIM_LINE_H
#define MODEM_SIM_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "base/cleanup.h"

struct line;

struct line_handler {
	void (*received)(void *context, const uint8_t *bytes, size_t size);
	/* Somebody opened the port, or the last one closed it. */
	void (*attended)(void *context, bool attended);
	void *context;
};

/* trace: the dialogue is written on standard error. */
must_check int line_open(
	sd_event *loop, const struct line_handler *handler, bool trace, struct line **out);
void line_close(struct line *line);

/* Makes the terminal and its link (an old link is replaced). Negative errno on failure. */
must_check int line_plug(struct line *line, const char *link);
/* Removes the link and hangs up. */
void line_unplug(struct line *line);
bool line_plugged(const struct line *line);
/* Whether somebody has the port open. */
bool line_attended(const struct line *line);
const char *line_link(const struct line *line);

/*
 * Sends bytes, in order and as the reader takes them; nobody there: they are gone. What is
 * sent within one turn of the loop goes out in one piece.
 */
void line_write(struct line *line, const void *bytes, size_t size);

#endif
