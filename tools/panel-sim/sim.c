/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim.h"

#include <string.h>

#include "base/log.h"
#include "control.h"
#include "lines_server.h"
#include "sockets.h"

static void edge_seen(void *context, void *owner, unsigned line, bool rising, int64_t time_ns)
{
	(void)context;
	lines_server_edge(owner, line, rising, time_ns);
}

static void board_changed(void *context, enum board_change change, int64_t time_ns)
{
	const struct sim *sim = context;

	if (sim->control)
		control_changed(sim->control, change, time_ns);
}

static int timer_fired(sd_event_source *source, uint64_t time_us, void *context)
{
	const struct sim *sim = context;

	(void)source;
	(void)time_us;
	board_tick(sim->board, sim_clock_us());
	return 0;
}

/* Whatever was done may have moved the board's deadline, finished what a client waits for, or
 * changed the glass. */
static int all_served(sd_event_source *source, void *context)
{
	const struct sim *sim = context;
	int64_t deadline_us = board_deadline(sim->board);
	int result;

	(void)source;
	control_settle(sim->control);
	if (deadline_us == INT64_MAX)
		return sd_event_source_set_enabled(sim->timer, SD_EVENT_OFF);
	result = sd_event_source_set_time(sim->timer, (uint64_t)deadline_us);
	return result < 0 ? result : sd_event_source_set_enabled(sim->timer, SD_EVENT_ONESHOT);
}

static int open_sockets(struct sim *sim, const char *lines_path, const char *control_path)
{
	int result = lines_server_open(sim->loop, lines_path, &sim->lines);

	if (result < 0) {
		log_error("can't listen at %s: %s", lines_path, strerror(-result));
		return result;
	}
	lines_server_attach(sim->lines, sim->board);
	result = control_open(sim, control_path, &sim->control);
	if (result < 0)
		log_error("can't listen at %s: %s", control_path, strerror(-result));
	return result;
}

int sim_open(sd_event *loop, const struct board_options *options, const char *lines_path,
	const char *control_path, struct sim *sim)
{
	const struct board_handler handler = { sim, edge_seen, board_changed };
	int result;

	*sim = (struct sim) { .loop = loop };
	result = board_new(options, &handler, sim_clock_us(), &sim->board);
	if (result >= 0)
		result = open_sockets(sim, lines_path, control_path);
	/* Contacts bounce within fractions of a millisecond. */
	if (result >= 0)
		result = sd_event_add_time(
			loop, &sim->timer, CLOCK_MONOTONIC, UINT64_MAX, 1, timer_fired, sim);
	if (result >= 0)
		result = sd_event_source_set_priority(sim->timer, SD_EVENT_PRIORITY_IMPORTANT);
	if (result >= 0)
		result = sd_event_add_post(loop, &sim->post, all_served, sim);
	return result;
}

void sim_close(struct sim *sim)
{
	sd_event_source_disable_unref(sim->timer);
	sd_event_source_disable_unref(sim->post);
	control_close(take_pointer(sim->control));
	lines_server_close(sim->lines);
	board_free(sim->board);
	*sim = (struct sim) { 0 };
}
