/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulator as a whole: the board, its two sockets, and the timer between them. */
#ifndef PANEL_SIM_SIM_H
#define PANEL_SIM_SIM_H

#include <systemd/sd-event.h>

#include "base/cleanup.h"
#include "board.h"

struct control;
struct lines_server;

struct sim {
	sd_event *loop;
	struct board *board;
	struct lines_server *lines;
	struct control *control;
	uint64_t awaited;	/* strokes that must be done before the present request's answer */
	sd_event_source *timer; /* the board's deadline */
	sd_event_source *post;	/* after all that was ready has been served */
};

/* Everything but running the loop; troubles are said on standard error. Negative errno. */
must_check int sim_open(sd_event *loop, const struct board_options *options, const char *lines_path,
	const char *control_path, struct sim *out);
/* Also after a failed sim_open(). */
void sim_close(struct sim *sim);

#endif
