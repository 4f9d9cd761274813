/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One libmicrohttpd daemon inside the one event loop: its descriptor, its timer, its limits. */
#include "tools/ppidd/http_internal.h"

#include <errno.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/log.h"
#include "tools/ppidd/body.h"
#include "tools/ppidd/listen.h"
#include "tools/ppidd/retention.h"

#define CONNECTIONS_MOST 512
#define CONNECTIONS_PER_ADDRESS 256
#define IDLE_SECONDS 30U
#define HEADER_MEMORY ((size_t)32 * 1024)
#define STORE_LATER_US ((uint64_t)200 * 1000)

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
	const char *path, const char *method, const char *version, const char *data, size_t *size,
	void **per_request)
{
	struct request *request = *per_request;
	(void)context;
	(void)version;

	if (!request)
		return MHD_NO;
	request->connection = connection;
	request->now_ms = clock_ms(CLOCK_REALTIME);
	if (!request->started) {
		request_start(request, method, path);
		return MHD_YES;
	}
	if (*size > 0) {
		bool go_on = request_take_body(request, data, *size);
		*size = 0;
		return go_on ? MHD_YES : MHD_NO;
	}
	return request_finish(request) < 0 ? MHD_NO : MHD_YES;
}

static void *on_uri(void *context, const char *uri, struct MHD_Connection *connection)
{
	struct server *server = context;
	struct request *request = calloc(1, sizeof(*request));

	(void)connection;
	if (!request)
		return NULL;
	request->uri = strdup(uri);
	if (!request->uri) {
		free(request);
		return NULL;
	}
	request->server = server;
	request->db = server->db;
	request->config = server->config;
	request->secure = server->config->tls_cert != NULL;
	return request;
}

static int on_store(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct server *server = context;
	(void)source;
	(void)fd;
	(void)events;

	if (server->db->ops->changed(server->db) > 0) {
		server_wake(server);
	} else {
		/* Written, but not committed yet (or it was us): look once more. */
		sd_event_source_set_time_relative(server->store_timer, STORE_LATER_US);
		sd_event_source_set_enabled(server->store_timer, SD_EVENT_ONESHOT);
	}
	return 0;
}

static int on_store_timer(sd_event_source *source, uint64_t usec, void *context)
{
	struct server *server = context;
	(void)source;
	(void)usec;

	if (server->db->ops->changed(server->db) > 0)
		server_wake(server);
	return 0;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **per_request,
	enum MHD_RequestTerminationCode code)
{
	struct request *request = *per_request;
	(void)context;
	(void)code;

	if (!request)
		return;
	visit_step(connection, VISIT_BETWEEN);
	poll_unlink(request);
	steps_end(request);
	sodium_memzero(request->session, sizeof(request->session));
	free(request->body);
	free(request->cookie);
	free(request->uri);
	free(request);
	*per_request = NULL;
}

/* The daemon in the loop. */

static void run_daemon(struct server *server)
{
	MHD_UNSIGNED_LONG_LONG timeout_ms;

	server->resumed = false;
	MHD_run(server->daemon);
	if (server->resumed) {
		timeout_ms = 0;
	} else if (MHD_get_timeout(server->daemon, &timeout_ms) != MHD_YES) {
		sd_event_source_set_enabled(server->timer, SD_EVENT_OFF);
		return;
	}
	sd_event_source_set_time_relative(server->timer, (uint64_t)timeout_ms * 1000);
	sd_event_source_set_enabled(server->timer, SD_EVENT_ONESHOT);
}

static int on_http(sd_event_source *source, int fd, uint32_t events, void *context)
{
	(void)source;
	(void)fd;
	(void)events;
	run_daemon(context);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *context)
{
	(void)source;
	(void)usec;
	run_daemon(context);
	return 0;
}

static void on_trouble(void *context, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));

static void on_trouble(void *context, const char *format, va_list arguments)
{
	char line[256];
	(void)context;

	vsnprintf(line, sizeof(line), format, arguments);
	line[strcspn(line, "\r\n")] = '\0';
	log_debug("http: %s", line);
}

static int start_daemon(struct server *server, int listener)
{
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, server->tls_cert },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, server->tls_key },
		{ MHD_OPTION_END, 0, NULL },
	};
	struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };
	bool secure = server->tls_cert != NULL;

	if (secure)
		flags |= MHD_USE_TLS;
	server->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, server,
		MHD_OPTION_EXTERNAL_LOGGER, on_trouble, server, MHD_OPTION_LISTEN_SOCKET, listener,
		MHD_OPTION_URI_LOG_CALLBACK, on_uri, server, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
		MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MOST, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		CONNECTIONS_PER_ADDRESS, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADER_MEMORY, MHD_OPTION_ARRAY,
		secure ? tls : none, MHD_OPTION_END);
	if (!server->daemon) {
		log_error("http: the server can't start%s",
			secure ? ": do tls_cert and tls_key hold a PEM certificate and its key?"
			       : "");
		return -EINVAL;
	}
	return 0;
}

static int attach(struct server *server)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	int watch = server->db->ops->watch_fd(server->db);

	int error = info ? sd_event_add_io(server->event, &server->http_source, info->epoll_fd,
				   EPOLLIN, on_http, server)
			 : -ENOTSUP;
	if (error >= 0)
		error = sd_event_add_time(server->event, &server->timer, CLOCK_MONOTONIC,
			UINT64_MAX, 1000, on_timer, server);
	if (error >= 0)
		error = sd_event_add_time(server->event, &server->poll_timer, CLOCK_MONOTONIC,
			UINT64_MAX, 0, on_poll_timer, server);
	if (error >= 0)
		error = sd_event_add_time(server->event, &server->visit_timer, CLOCK_MONOTONIC,
			UINT64_MAX, 0, on_visit_timer, server);
	if (error >= 0)
		error = steps_start(server);
	if (error >= 0)
		error = survey_timer_start(server);
	if (error >= 0)
		error = alarm_timer_start(server);
	if (error >= 0)
		error = retention_timer_start(server);
	if (error >= 0)
		error = sd_event_add_time(server->event, &server->store_timer, CLOCK_MONOTONIC,
			UINT64_MAX, 0, on_store_timer, server);
	if (error >= 0 && watch >= 0)
		error = sd_event_add_io(
			server->event, &server->store_source, watch, EPOLLIN, on_store, server);
	if (error < 0)
		log_error("event loop: %s", strerror(-error));
	return error < 0 ? error : 0;
}

int server_start(sd_event *event, const struct config *config, struct db *db, struct server **out)
{
	struct server *server = calloc(1, sizeof(*server));

	if (!server)
		return -ENOMEM;
	server->event = event;
	server->config = config;
	server->db = db;
	int error = 0;
	if (config->tls_cert) {
		error = body_read_file(config->tls_cert, &server->tls_cert);
		if (error >= 0)
			error = body_read_file(config->tls_key, &server->tls_key);
	}
	int listener = error < 0 ? error : listen_open(config);
	if (listener < 0)
		error = listener;
	if (error >= 0)
		error = start_daemon(server, listener);
	if (error < 0 && listener >= 0)
		close(listener);
	if (error >= 0)
		error = attach(server);
	if (error < 0) {
		server_stop(server);
		return error;
	}
	run_daemon(server);
	listen_announce(config, listener);
	*out = server;
	return 0;
}

void server_stop(struct server *server)
{
	if (!server)
		return;
	server->stopping = true;
	if (server->daemon) {
		while (server->parked)
			poll_resume(server->parked);
		steps_stop(server);
		/* Once to take the resumed up, once to let their answers out. */
		MHD_run(server->daemon);
		MHD_run(server->daemon);
		MHD_stop_daemon(server->daemon);
	}
	sd_event_source_disable_unref(server->http_source);
	sd_event_source_disable_unref(server->timer);
	sd_event_source_disable_unref(server->poll_timer);
	sd_event_source_disable_unref(server->store_source);
	sd_event_source_disable_unref(server->store_timer);
	sd_event_source_disable_unref(server->visit_timer);
	sd_event_source_disable_unref(server->survey_timer);
	sd_event_source_disable_unref(server->steps_source);
	sd_event_source_disable_unref(server->alarm_timer);
	sd_event_source_disable_unref(server->retention_timer);
	if (server->tls_key)
		sodium_memzero(server->tls_key, strlen(server->tls_key));
	free(server->tls_cert);
	free(server->tls_key);
	free(server);
}
