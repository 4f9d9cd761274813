/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Work that would hold the one loop up is done in steps between other requests: of the requests
 * that wait for such work each gets a turn after the other, and so does what nobody waits for.
 */
#include <errno.h>
#include <sys/epoll.h>

#include "base/log.h"
#include "tools/ppidd/http_internal.h"

/* How long a turn takes, about. */
#define TURN_MS 8

static int take_turn(struct request *request)
{
	struct steps *steps = &request->steps;
	int64_t began_ms = clock_ms(CLOCK_MONOTONIC);
	int result;

	do
		result = steps->step(request, steps->state);
	while (result > 0 && clock_ms(CLOCK_MONOTONIC) - began_ms < TURN_MS);
	return result;
}

static void unlink_waiting(struct request *request)
{
	struct request **at = &request->server->stepping;

	while (*at && *at != request)
		at = &(*at)->steps.next;
	if (*at)
		*at = request->steps.next;
	request->steps.next = NULL;
	request->steps.waits = false;
	request->steps.hang_up = sd_event_source_disable_unref(request->steps.hang_up);
}

static void arm(struct server *server)
{
	bool work = server->stepping || server->chore;

	sd_event_source_set_enabled(server->steps_source, work ? SD_EVENT_ON : SD_EVENT_OFF);
}

/* Its handler is called again and finds result. */
static void resume(struct request *request, int result)
{
	struct server *server = request->server;

	unlink_waiting(request);
	request->steps.result = result;
	request->steps.over = true;
	arm(server);
	server->resumed = true;
	visit_step(request->connection, VISIT_REQUEST);
	MHD_resume_connection(request->connection);
	sd_event_source_set_time_relative(server->timer, 0);
	sd_event_source_set_enabled(server->timer, SD_EVENT_ONESHOT);
}

static int on_hang_up(sd_event_source *source, int fd, uint32_t events, void *context)
{
	(void)source;
	(void)fd;
	(void)events;
	resume(context, -ECONNABORTED);
	return 0;
}

static void put_last(struct request *request)
{
	struct request **at = &request->server->stepping;

	while (*at)
		at = &(*at)->steps.next;
	*at = request;
}

static void do_chore(struct server *server)
{
	int64_t began_ms = clock_ms(CLOCK_MONOTONIC);
	int result;

	do
		result = server->chore(server->db, clock_ms(CLOCK_REALTIME));
	while (result > 0 && clock_ms(CLOCK_MONOTONIC) - began_ms < TURN_MS);
	/* Whoever needs it asks again. */
	if (result <= 0)
		server->chore = NULL;
}

static int on_steps(sd_event_source *source, void *context)
{
	struct server *server = context;
	struct request *first = server->stepping;
	(void)source;

	if (first) {
		int result = take_turn(first);
		if (result <= 0) {
			resume(first, result);
		} else {
			server->stepping = first->steps.next;
			first->steps.next = NULL;
			put_last(first);
		}
	}
	if (server->chore)
		do_chore(server);
	arm(server);
	return 0;
}

int steps_start(struct server *server)
{
	int error = sd_event_add_defer(server->event, &server->steps_source, on_steps, server);

	if (error >= 0)
		error = sd_event_source_set_enabled(server->steps_source, SD_EVENT_OFF);
	return error < 0 ? error : 0;
}

void steps_end(struct request *request)
{
	if (request->steps.waits)
		unlink_waiting(request);
	if (request->steps.release)
		request->steps.release(request->steps.state);
	request->steps = (struct steps) { 0 };
}

void steps_stop(struct server *server)
{
	while (server->stepping)
		resume(server->stepping, -EBUSY);
}

static int wait_for_turns(struct request *request)
{
	struct server *server = request->server;
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (server->stopping)
		return -EBUSY;
	request->parked = true;
	request->steps.waits = true;
	visit_step(request->connection, VISIT_WAITS);
	MHD_suspend_connection(request->connection);
	/* Without it the work is done for nobody. */
	if (!info || sd_event_add_io(server->event, &request->steps.hang_up, info->connect_fd,
			     EPOLLRDHUP, on_hang_up, request) < 0)
		request->steps.hang_up = NULL;
	put_last(request);
	arm(server);
	return 0;
}

int request_steps(struct request *request, void *state,
	int (*step)(struct request *request, void *state), void (*release)(void *state))
{
	struct steps *steps = &request->steps;

	if (steps->over)
		return steps->result < 0 ? steps->result : 1;
	steps->state = state;
	steps->step = step;
	steps->release = release;
	int result = take_turn(request);
	if (result <= 0)
		return result < 0 ? result : 1;
	return wait_for_turns(request);
}

void request_chore(struct request *request, int (*chore)(struct db *db, int64_t now_ms))
{
	request->server->chore = chore;
	arm(request->server);
}
