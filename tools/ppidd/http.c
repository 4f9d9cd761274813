/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd/body.h"
#include "tools/ppidd/command.h"
#include "tools/ppidd/html.h"
#include "tools/ppidd/listen.h"

#define CONNECTIONS_MOST 512
#define CONNECTIONS_PER_ADDRESS 128
#define IDLE_SECONDS 30U
#define HEADER_MEMORY ((size_t)32 * 1024)
/* A body that is refused is read to its end, so that the sender hears why, up to this. */
#define DISCARD_MOST ((size_t)16 * 1024 * 1024)
#define STORE_LATER_US ((uint64_t)200 * 1000)
#define BEARER "Bearer "

struct server {
	sd_event *event;
	const struct config *config;
	struct db *db;
	struct MHD_Daemon *daemon;
	sd_event_source *http_source, *timer, *poll_timer, *store_source, *store_timer;
	struct request *parked;
	bool stopping;
	bool resumed; /* a connection was: the daemon must be run, it has no way to say so */
	char *tls_cert, *tls_key;
};

static int64_t clock_ms(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Answers. */

static void add_headers(struct request *request, struct MHD_Response *response, const char *type)
{
	autofree char *policy = NULL;
	const char *ancestors = request->config->frame_ancestors;

	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
		strncmp(type, "text/css", 8) == 0 ? "max-age=300" : "no-store");
	if (request->cookie)
		MHD_add_response_header(response, MHD_HTTP_HEADER_SET_COOKIE, request->cookie);
	if (strncmp(type, "text/html", 9) != 0)
		return;
	MHD_add_response_header(response, "Referrer-Policy", "same-origin");
	if (asprintf(&policy,
		    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
		    "base-uri 'none'; frame-ancestors %s",
		    ancestors ? ancestors : "'none'") < 0) {
		policy = NULL;
		return;
	}
	MHD_add_response_header(response, "Content-Security-Policy", policy);
}

int answer_text(struct request *request, unsigned status, const char *type, char *text, size_t size)
{
	struct MHD_Response *response =
		text ? MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE) : NULL;

	if (!response) {
		free(text);
		return -ENOMEM;
	}
	add_headers(request, response, type);
	if (status == MHD_HTTP_UNAUTHORIZED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
	enum MHD_Result queued = MHD_queue_response(request->connection, status, response);
	MHD_destroy_response(response);
	return queued == MHD_YES ? 0 : -ECONNABORTED;
}

int answer_json(struct request *request, unsigned status, json_t *json)
{
	autojson json_t *own = json;
	char *text = own ? json_dumps(own, JSON_COMPACT) : NULL;

	return answer_text(request, status, "application/json", text, text ? strlen(text) : 0);
}

int answer_redirect(struct request *request, const char *location)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);

	if (!response)
		return -ENOMEM;
	add_headers(request, response, "text/html; charset=utf-8");
	MHD_add_response_header(response, MHD_HTTP_HEADER_LOCATION, location);
	enum MHD_Result queued =
		MHD_queue_response(request->connection, MHD_HTTP_SEE_OTHER, response);
	MHD_destroy_response(response);
	return queued == MHD_YES ? 0 : -ECONNABORTED;
}

int answer_error(struct request *request, unsigned status, const char *words)
{
	enum route_kind kind = request->route ? request->route->kind : ROUTE_PUBLIC;
	size_t size = 0;

	if (kind == ROUTE_KIOSK || kind == ROUTE_ENROL)
		return answer_json(request, status, json_pack("{s:s}", "error", words));
	char *text = html_error_page(request->config->office, words, &size);
	return answer_text(request, status, "text/html; charset=utf-8", text, size);
}

/* What a request carries. */

const char *request_argument(struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_GET_ARGUMENT_KIND, name);
}

int request_integer(struct request *request, const char *name, int64_t min, int64_t max,
	int64_t fallback, int64_t *out)
{
	const char *text = request_argument(request, name);
	char *end;

	*out = fallback;
	if (!text)
		return 0;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (errno || end == text || *end || value < min || value > max)
		return -EINVAL;
	*out = value;
	return 0;
}

char *request_field(const struct request *request, const char *name)
{
	return body_field(request->body ? request->body : "", name);
}

const char *request_cookie(struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_COOKIE_KIND, name);
}

static void note_address(struct request *request)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *address = info ? info->client_addr : NULL;

	snprintf(request->address, sizeof(request->address), "unknown");
	if (address && address->sa_family == AF_INET) {
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr,
			request->address, sizeof(request->address));
	} else if (address && address->sa_family == AF_INET6) {
		/* Whoever has one address of a /64 has them all. */
		struct in6_addr network =
			((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
		if (!IN6_IS_ADDR_V4MAPPED(&network))
			memset(network.s6_addr + 8, 0, 8);
		inet_ntop(AF_INET6, &network, request->address, sizeof(request->address));
	}
}

/* Routes. */

/* Whether the path has the pattern's form; part gets what stands for the "*". */
static bool path_matches(const char *pattern, const char *path, char part[static PATH_PART_MAX + 1])
{
	const char *star = strchr(pattern, '*');

	if (!star)
		return strcmp(pattern, path) == 0;
	size_t before = (size_t)(star - pattern);
	if (strncmp(pattern, path, before) != 0)
		return false;
	size_t length = strcspn(path + before, "/");
	if (length == 0 || length > PATH_PART_MAX || strcmp(star + 1, path + before + length) != 0)
		return false;
	memcpy(part, path + before, length);
	part[length] = '\0';
	return true;
}

static void refuse(struct request *request, unsigned status, const char *words)
{
	request->refused = status;
	request->refusal = words;
}

static void find_route(struct request *request, const char *method, const char *path)
{
	static const struct route *const tables[] = { api_routes, desk_routes };
	bool path_known = false;

	if (strcmp(method, MHD_HTTP_METHOD_HEAD) == 0)
		method = MHD_HTTP_METHOD_GET;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		for (const struct route *route = tables[i]; route->method; route++) {
			if (!path_matches(route->pattern, path, request->part))
				continue;
			path_known = true;
			request->route = route;
			if (strcmp(route->method, method) == 0)
				return;
		}
	}
	if (path_known)
		refuse(request, MHD_HTTP_METHOD_NOT_ALLOWED, "Metode tidak tersedia di sini.");
	else
		refuse(request, MHD_HTTP_NOT_FOUND, "Halaman tidak ditemukan.");
}

static void check_token(struct request *request)
{
	const char *header = MHD_lookup_connection_value(
		request->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);

	if (!header || strncasecmp(header, BEARER, strlen(BEARER)) != 0) {
		refuse(request, MHD_HTTP_UNAUTHORIZED, "a kiosk's token is needed: enrol first");
		return;
	}
	int error = kiosk_by_token(request->db, header + strlen(BEARER), &request->kiosk);
	if (error == -ENOENT)
		refuse(request, MHD_HTTP_UNAUTHORIZED, "unknown token: enrol again");
	else if (error == -EKEYREVOKED)
		refuse(request, MHD_HTTP_FORBIDDEN, "this kiosk was revoked");
	else if (error < 0)
		refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE, "the database is not available");
}

static void check_session(struct request *request)
{
	const char *cookie = request_cookie(request, SESSION_COOKIE);
	bool touch = request_argument(request, "auto") == NULL;

	if (!cookie || strlen(cookie) != TOKEN_SIZE - 1)
		return;
	int error =
		officer_by_session(request->db, cookie, request->now_ms, touch, &request->officer);
	if (error == 0)
		memcpy(request->session, cookie, TOKEN_SIZE);
	else if (error != -ENOENT)
		refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE,
			"Basis data sedang tidak dapat dipakai.");
}

static int start_request(struct request *request, const char *method, const char *path)
{
	request->started = true;
	note_address(request);
	find_route(request, method, path);
	if (!request->refused && request->route->kind == ROUTE_KIOSK)
		check_token(request);
	if (!request->refused && request->route->kind == ROUTE_DESK)
		check_session(request);
	return 0;
}

/* Keeps a piece of the body, as far as it is wanted. false: enough, hang up. */
static bool take_body(struct request *request, const char *data, size_t size)
{
	if (!request->refused && request->size + size > request->route->body_most)
		refuse(request, MHD_HTTP_CONTENT_TOO_LARGE, "the body is too large");
	if (request->refused) {
		request->discarded += size;
		return request->discarded <= DISCARD_MOST;
	}
	int error = body_append(&request->body, &request->size, &request->capacity, data, size);
	if (error < 0)
		refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE, "out of memory");
	return true;
}

static void inflate_body(struct request *request)
{
	const char *encoding = MHD_lookup_connection_value(
		request->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_ENCODING);

	if (!encoding || strcasecmp(encoding, "identity") == 0)
		return;
	if (strcasecmp(encoding, "gzip") != 0) {
		refuse(request, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE,
			"Content-Encoding must be gzip or identity");
		return;
	}
	char *plain = NULL;
	size_t size = 0;
	int error = body_inflate(request->body, request->size, BODY_INFLATED_MOST, &plain, &size);
	if (error == -EMSGSIZE)
		refuse(request, MHD_HTTP_CONTENT_TOO_LARGE, "the inflated body is too large");
	else if (error == -EBADMSG)
		refuse(request, MHD_HTTP_BAD_REQUEST, "the body is no gzip stream");
	else if (error < 0)
		refuse(request, MHD_HTTP_SERVICE_UNAVAILABLE, "out of memory");
	if (error < 0)
		return;
	free(request->body);
	request->body = plain;
	request->size = size;
}

static int finish_request(struct request *request)
{
	if (!request->refused && request->size > 0 && !request->parked)
		inflate_body(request);
	if (request->refused)
		return answer_error(request, request->refused, request->refusal);
	if (request->route->kind == ROUTE_DESK && !*request->session)
		return answer_redirect(request, "/login");
	int error = request->route->handle(request);
	if (error >= 0)
		return 0;
	if (error == -ECONNABORTED)
		return error;
	log_error("%s %s: %s", request->route->method, request->route->pattern, strerror(-error));
	if (error == -EBUSY || error == -ENOMEM || error == -ENOSPC)
		return answer_error(request, MHD_HTTP_SERVICE_UNAVAILABLE,
			"The server is busy, try again. / Server sedang sibuk, coba lagi.");
	return answer_error(request, MHD_HTTP_INTERNAL_SERVER_ERROR,
		"The server failed. / Terjadi kesalahan pada server.");
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
	const char *path, const char *method, const char *version, const char *data, size_t *size,
	void **per_request)
{
	struct request *request = *per_request;
	(void)version;

	if (!request)
		return MHD_NO;
	request->connection = connection;
	request->now_ms = clock_ms(CLOCK_REALTIME);
	(void)context;
	if (!request->started)
		return start_request(request, method, path) < 0 ? MHD_NO : MHD_YES;
	if (*size > 0) {
		bool go_on = take_body(request, data, *size);
		*size = 0;
		return go_on ? MHD_YES : MHD_NO;
	}
	return finish_request(request) < 0 ? MHD_NO : MHD_YES;
}

static void *on_uri(void *context, const char *uri, struct MHD_Connection *connection)
{
	struct server *server = context;
	struct request *request = calloc(1, sizeof(*request));

	(void)uri;
	(void)connection;
	if (!request)
		return NULL;
	request->server = server;
	request->db = server->db;
	request->config = server->config;
	request->secure = server->config->tls_cert != NULL;
	return request;
}

/* Long polls. */

static void unlink_parked(struct request *request)
{
	if (request->previous)
		request->previous->next = request->next;
	else if (request->server->parked == request)
		request->server->parked = request->next;
	if (request->next)
		request->next->previous = request->previous;
	request->next = NULL;
	request->previous = NULL;
}

static void resume(struct request *request)
{
	struct server *server = request->server;

	unlink_parked(request);
	server->resumed = true;
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
	MHD_suspend_connection(request->connection);
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

void server_wake(struct server *server)
{
	int64_t mono_ms = clock_ms(CLOCK_MONOTONIC);
	struct request *next;

	for (struct request *request = server->parked; request; request = next) {
		next = request->next;
		/* An error is met again by the handler, which answers it. */
		if (poll_ready(request, mono_ms) != 0)
			resume(request);
	}
	arm_poll_timer(server);
}

static int on_poll_timer(sd_event_source *source, uint64_t usec, void *context)
{
	(void)source;
	(void)usec;
	server_wake(context);
	return 0;
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
	(void)connection;
	(void)code;

	if (!request)
		return;
	unlink_parked(request);
	sodium_memzero(request->session, sizeof(request->session));
	free(request->body);
	free(request->cookie);
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
		on_completed, server, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MOST,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, CONNECTIONS_PER_ADDRESS,
		MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		HEADER_MEMORY, MHD_OPTION_ARRAY, secure ? tls : none, MHD_OPTION_END);
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
			resume(server->parked);
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
	if (server->tls_key)
		sodium_memzero(server->tls_key, strlen(server->tls_key));
	free(server->tls_cert);
	free(server->tls_key);
	free(server);
}
