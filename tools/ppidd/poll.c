/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Long polls: requests that wait for commands without a thread and without being asked again. */
#include <errno.h>
#include <sys/epoll.h>

#include "tools/ppidd/command.h"
#include "tools/ppidd/http_internal.h"

void poll_unlink(struct request *request)
{
	if (request->previous)
		request->previous->next = request->next;
	else if (request->server->parked == request)
		request->server->parked = request->next;
	if (request->next)
		request->next->previous = request->previous;
	request->next = NULL;
	request->previous = NULL;
	request->hang_up = sd_event_source_disable_unref(request->hang_up);
}

void poll_resume(struct request *request)
{
	struct server *server = request->server;

	poll_unlink(request);
	server->resumed = true;
	visit_step(request->connection, VISIT_REQUEST);
	MHD_resume_connection(request->connection);
	sd_event_source_set_time_relative(server->timer, 0);
	sd_event_source_set_enabled(server->timer, SD_EVENT_ONESHOT);
}

static void arm_poll_timer(struct server *server)
{
	int64_t first = INT64_MAX;

	for (const struct request *request = server->parked; request; request = request->next)
		first = request->deadline_ms < first ? request->deadline_ms : first;
	if (first == INT64_MAX) {
		sd_event_source_set_enabled(server->poll_timer, SD_EVENT_OFF);
		return;
	}
	sd_event_source_set_time(server->poll_timer, (uint64_t)first * 1000);
	sd_event_source_set_enabled(server->poll_timer, SD_EVENT_ONESHOT);
}

/* The daemon doesn't look at a suspended connection: somebody must see its end. */
static int on_hang_up(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct request *request = context;
	(void)source;
	(void)fd;
	(void)events;

	request->deadline_ms = 0;
	poll_resume(request);
	return 0;
}

static void watch_hang_up(struct request *request)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	/* Without it the place is free again when the poll's time is over. */
	if (!info || sd_event_add_io(request->server->event, &request->hang_up, info->connect_fd,
			     EPOLLRDHUP, on_hang_up, request) < 0)
		request->hang_up = NULL;
}

int request_park(struct request *request, int64_t after, int64_t wait_s)
{
	struct server *server = request->server;
	int64_t mono_ms = clock_ms(CLOCK_MONOTONIC);

	if (!request->parked) {
		request->parked = true;
		request->deadline_ms = mono_ms + wait_s * 1000;
		request->after = after;
	}
	if (server->stopping || mono_ms >= request->deadline_ms)
		return -ETIME;
	visit_step(request->connection, VISIT_WAITS);
	MHD_suspend_connection(request->connection);
	watch_hang_up(request);
	request->previous = NULL;
	request->next = server->parked;
	if (server->parked)
		server->parked->previous = request;
	server->parked = request;
	arm_poll_timer(server);
	return 0;
}

/* 1 when there is something to answer to a parked poll. */
static int poll_ready(struct request *request, int64_t mono_ms)
{
	autojson json_t *commands = NULL;

	if (mono_ms >= request->deadline_ms || request->server->stopping)
		return 1;
	int error = command_pending(request->db, request->kiosk, request->after, 1, &commands);
	return error < 0 ? error : json_array_size(commands) > 0;
}

void poll_wake(struct server *server)
{
	int64_t mono_ms = clock_ms(CLOCK_MONOTONIC);
	struct request *next;

	for (struct request *request = server->parked; request; request = next) {
		next = request->next;
		/* An error is met again by the handler, which answers it. */
		if (poll_ready(request, mono_ms) != 0)
			poll_resume(request);
	}
	arm_poll_timer(server);
}

void server_wake(struct server *server)
{
	poll_wake(server);
	survey_timer_arm(server);
	alarm_timer_arm(server);
}

int on_poll_timer(sd_event_source *source, uint64_t usec, void *context)
{
	(void)source;
	(void)usec;
	poll_wake(context);
	return 0;
}
