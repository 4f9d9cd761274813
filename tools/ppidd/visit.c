/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connections and how long they take. The daemon's own limit counts silence only: whoever
 * sends one byte now and then would keep a place for ever.
 */
#include <sys/socket.h>

#include "base/log.h"
#include "tools/ppidd/http_internal.h"

#define LOOK_EVERY_US ((uint64_t)15 * 1000 * 1000)
#define HEADERS_MS 60000
/* 1 MiB over a 2G link, and an answer of some size. */
#define REQUEST_MS 600000

struct visit {
	struct MHD_Connection *connection;
	int64_t since_ms; /* by CLOCK_MONOTONIC */
	bool in_request;  /* its headers came whole */
	bool waits;	  /* parked by us */
	struct visit *next, *previous;
};

static struct visit *visit_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static void visit_begin(struct server *server, struct MHD_Connection *connection, void **context)
{
	struct visit *visit = calloc(1, sizeof(*visit));

	if (!visit)
		return; /* served all the same */
	visit->connection = connection;
	visit->since_ms = clock_ms(CLOCK_MONOTONIC);
	visit->next = server->visits;
	if (server->visits)
		server->visits->previous = visit;
	else
		visit_timer_arm(server);
	server->visits = visit;
	*context = visit;
}

static void visit_end(struct server *server, struct visit *visit)
{
	if (visit->previous)
		visit->previous->next = visit->next;
	else
		server->visits = visit->next;
	if (visit->next)
		visit->next->previous = visit->previous;
	free(visit);
}

void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
	enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		visit_begin(context, connection, socket_context);
	else if (*socket_context)
		visit_end(context, *socket_context);
}

void visit_step(struct MHD_Connection *connection, enum visit_step step)
{
	struct visit *visit = visit_of(connection);

	if (!visit)
		return;
	visit->since_ms = clock_ms(CLOCK_MONOTONIC);
	visit->in_request = step != VISIT_BETWEEN;
	visit->waits = step == VISIT_WAITS;
}

void visit_timer_arm(struct server *server)
{
	sd_event_source_set_time_relative(server->visit_timer, LOOK_EVERY_US);
	sd_event_source_set_enabled(server->visit_timer, SD_EVENT_ONESHOT);
}

static void hang_up(const struct visit *visit)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(visit->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	/* The daemon sees the end of the stream and cleans up. */
	if (info)
		shutdown(info->connect_fd, SHUT_RDWR);
}

int on_visit_timer(sd_event_source *source, uint64_t usec, void *context)
{
	struct server *server = context;
	int64_t now_ms = clock_ms(CLOCK_MONOTONIC);
	(void)source;
	(void)usec;

	for (const struct visit *visit = server->visits; visit; visit = visit->next) {
		int64_t limit = visit->in_request ? REQUEST_MS : HEADERS_MS;
		if (!visit->waits && now_ms - visit->since_ms > limit)
			hang_up(visit);
	}
	if (server->visits)
		visit_timer_arm(server);
	return 0;
}
