/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "wire/event.h"

#define BODY_MAX 8192
#define STATUS_EVERY_MS 1000

struct page {
	sd_event_source *readable;
	sd_event_source *timer;
	struct MHD_Daemon *daemon;
	struct village *village;
	struct phones *phones;
	struct kiosk *kiosk;
	bool plugged;
	char *status; /* what kotakctl said last, asked at most once a second for all viewers */
	int64_t status_ms;
};

/* A request's body as it comes in. */
struct request {
	size_t size;
	char body[BODY_MAX];
};

static const unsigned char index_html[] = {
#include "gen/tools/demo/index.html.inc"
};
static const unsigned char style_css[] = {
#include "gen/tools/demo/style.css.inc"
};
static const unsigned char page_js[] = {
#include "gen/tools/demo/page.js.inc"
};
static const unsigned char kiosk_js[] = {
#include "gen/tools/demo/kiosk.js.inc"
};

static const struct {
	const char *path;
	const char *type;
	const unsigned char *content;
	size_t size;
} files[] = {
	{ "/", "text/html; charset=utf-8", index_html, sizeof(index_html) },
	{ "/style.css", "text/css; charset=utf-8", style_css, sizeof(style_css) },
	{ "/page.js", "text/javascript; charset=utf-8", page_js, sizeof(page_js) },
	{ "/kiosk.js", "text/javascript; charset=utf-8", kiosk_js, sizeof(kiosk_js) },
};

static enum MHD_Result reply(struct MHD_Connection *connection, unsigned status, const char *type,
	const void *content, size_t size)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(size, (void *)content, MHD_RESPMEM_MUST_COPY);
	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "X-Frame-Options", "DENY");
	enum MHD_Result result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

/* Steals body. */
static enum MHD_Result reply_json(struct MHD_Connection *connection, unsigned status, json_t *body)
{
	autojson json_t *owned = body;
	autofree char *text = owned ? json_dumps(owned, JSON_COMPACT) : NULL;

	return text ? reply(connection, status, "application/json", text, strlen(text)) : MHD_NO;
}

static enum MHD_Result reply_error(
	struct MHD_Connection *connection, unsigned status, const char *words)
{
	return reply_json(connection, status, json_pack("{s:s}", "error", words));
}

static const char *status_text(struct page *page)
{
	int64_t now_ms = process_clock_ms();
	char *text = NULL;

	if (page->status && now_ms - page->status_ms < STATUS_EVERY_MS)
		return page->status;
	if (village_status(page->village, &text) == 0) {
		free(page->status);
		page->status = text;
	} else {
		free(text);
	}
	page->status_ms = process_clock_ms();
	return page->status ? page->status : "";
}

static enum MHD_Result serve_state(struct page *page, struct MHD_Connection *connection)
{
	const char *number =
		MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "number");
	autojson json_t *messages = NULL;

	if (!number)
		return reply_error(connection, MHD_HTTP_BAD_REQUEST, "number is missing");
	if (phones_show(page->phones, number, &messages) < 0)
		return reply_error(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
			"the simulated network doesn't answer");
	return reply_json(connection, MHD_HTTP_OK,
		json_pack("{s:O, s:s, s:b, s:b, s:i, s:s, s:s}", "messages", messages, "status",
			status_text(page), "modem", page->plugged, "server",
			page->village->server.pid > 0, "desk_port", (int)page->village->desk_port,
			"officer", VILLAGE_OFFICER, "password", VILLAGE_PASSWORD));
}

static enum MHD_Result serve_send(
	struct page *page, struct MHD_Connection *connection, const json_t *body)
{
	const char *number = json_string_value(json_object_get(body, "number"));
	const char *text = json_string_value(json_object_get(body, "text"));

	if (!number || !text || !*text)
		return reply_error(connection, MHD_HTTP_BAD_REQUEST, "number or text is missing");
	int error = phones_send(page->phones, number, text);
	if (error < 0)
		return reply_error(connection, MHD_HTTP_BAD_REQUEST,
			"the simulated network refuses this message");
	return reply_json(connection, MHD_HTTP_OK, json_object());
}

/* What the panel shows, when that isn't what the page knows already. */
static enum MHD_Result serve_kiosk(struct page *page, struct MHD_Connection *connection)
{
	const char *known = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "after");
	json_t *shown = NULL;

	if (kiosk_show(page->kiosk, known ? strtoll(known, NULL, 10) : -1, &shown) < 0)
		return reply_error(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
			"the simulated panel doesn't answer");
	return reply_json(connection, MHD_HTTP_OK, shown);
}

static enum MHD_Result serve_slip(
	struct page *page, struct MHD_Connection *connection, const char *number)
{
	autofree void *content = NULL;
	size_t size = 0;

	if (kiosk_slip(page->kiosk, strtoll(number, NULL, 10), &content, &size) < 0)
		return reply_error(connection, MHD_HTTP_NOT_FOUND, "no such slip");
	return reply(connection, MHD_HTTP_OK, "image/png", content, size);
}

static enum MHD_Result serve_key(
	struct page *page, struct MHD_Connection *connection, const json_t *body)
{
	const char *key = json_string_value(json_object_get(body, "key"));
	bool down = json_is_true(json_object_get(body, "down"));
	int error = key ? kiosk_key(page->kiosk, key, down) : kiosk_hands_off(page->kiosk);

	if (error < 0)
		return reply_error(connection, MHD_HTTP_BAD_REQUEST, "no such key");
	return reply_json(connection, MHD_HTTP_OK, json_object());
}

static int switch_modem(struct page *page, bool on)
{
	char link[VILLAGE_PATH_SIZE];

	if (on == page->plugged)
		return 0;
	int error = village_socket(page->village, "modem", link);
	if (!error)
		error = phones_plug(page->phones, on, link);
	if (!error)
		page->plugged = on;
	return error;
}

static enum MHD_Result serve_switch(
	struct page *page, struct MHD_Connection *connection, const json_t *body)
{
	const char *what = json_string_value(json_object_get(body, "what"));
	bool on = json_is_true(json_object_get(body, "on"));
	int error = -EINVAL;

	if (what && strcmp(what, "modem") == 0)
		error = switch_modem(page, on);
	else if (what && strcmp(what, "server") == 0)
		error = village_server(page->village, on);
	else if (what)
		error = kiosk_switch(page->kiosk, what, on);
	page->status_ms = 0;
	if (error < 0)
		return reply_error(
			connection, MHD_HTTP_INTERNAL_SERVER_ERROR, "that could not be done");
	return reply_json(connection, MHD_HTTP_OK, json_object());
}

static enum MHD_Result serve_post(struct page *page, struct MHD_Connection *connection,
	const char *path, const struct request *request)
{
	const char *type = MHD_lookup_connection_value(
		connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
	/* A foreign page's form can't send this type without asking us first. */
	bool is_json = type && strcmp(type, "application/json") == 0;
	autojson json_t *body = is_json ? json_loadb(request->body, request->size, 0, NULL) : NULL;

	if (!json_is_object(body))
		return reply_error(connection, MHD_HTTP_BAD_REQUEST, "a JSON object is wanted");
	if (strcmp(path, "/api/send") == 0)
		return serve_send(page, connection, body);
	if (strcmp(path, "/api/key") == 0)
		return serve_key(page, connection, body);
	if (strcmp(path, "/api/switch") == 0)
		return serve_switch(page, connection, body);
	return reply_error(connection, MHD_HTTP_NOT_FOUND, "no such thing here");
}

static enum MHD_Result serve_get(
	struct page *page, struct MHD_Connection *connection, const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (strcmp(files[i].path, path) == 0)
			return reply(connection, MHD_HTTP_OK, files[i].type, files[i].content,
				files[i].size);
	}
	if (strcmp(path, "/api/state") == 0)
		return serve_state(page, connection);
	if (strcmp(path, "/api/kiosk") == 0)
		return serve_kiosk(page, connection);
	if (strncmp(path, "/slip/", strlen("/slip/")) == 0)
		return serve_slip(page, connection, path + strlen("/slip/"));
	return reply_error(connection, MHD_HTTP_NOT_FOUND, "no such thing here");
}

/* A name that points at 127.0.0.1 from elsewhere doesn't make its page ours. */
static bool host_is_local(struct MHD_Connection *connection)
{
	const char *host =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);

	return host &&
	       (strncmp(host, "127.0.0.1:", 10) == 0 || strncmp(host, "localhost:", 10) == 0);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
	const char *path, const char *method, const char *version, const char *data,
	size_t *data_size, void **request_slot)
{
	struct page *page = context;
	struct request *request = *request_slot;

	(void)version;
	if (!request) {
		*request_slot = calloc(1, sizeof(*request));
		return *request_slot ? MHD_YES : MHD_NO;
	}
	if (*data_size > 0) {
		if (*data_size > sizeof(request->body) - request->size)
			return MHD_NO;
		memcpy(request->body + request->size, data, *data_size);
		request->size += *data_size;
		*data_size = 0;
		return MHD_YES;
	}
	if (!host_is_local(connection))
		return reply_error(connection, MHD_HTTP_FORBIDDEN, "open http://127.0.0.1 itself");
	if (strcmp(method, MHD_HTTP_METHOD_POST) == 0)
		return serve_post(page, connection, path, request);
	if (strcmp(method, MHD_HTTP_METHOD_GET) == 0)
		return serve_get(page, connection, path);
	return reply_error(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET or POST");
}

static void on_request_end(void *context, struct MHD_Connection *connection, void **request_slot,
	enum MHD_RequestTerminationCode code)
{
	(void)context;
	(void)connection;
	(void)code;
	free(*request_slot);
	*request_slot = NULL;
}

/* Lets libmicrohttpd work, and comes back when it wants to (connections time out). */
static void page_run(struct page *page)
{
	MHD_UNSIGNED_LONG_LONG wait_ms;

	MHD_run(page->daemon);
	if (MHD_get_timeout(page->daemon, &wait_ms) == MHD_YES) {
		sd_event_source_set_time_relative(page->timer, wait_ms * 1000);
		sd_event_source_set_enabled(page->timer, SD_EVENT_ONESHOT);
	} else {
		sd_event_source_set_enabled(page->timer, SD_EVENT_OFF);
	}
}

static int on_readable(sd_event_source *source, int fd, uint32_t revents, void *context)
{
	(void)source;
	(void)fd;
	(void)revents;
	page_run(context);
	return 0;
}

static int on_time(sd_event_source *source, uint64_t time_us, void *context)
{
	(void)source;
	(void)time_us;
	page_run(context);
	return 0;
}

int page_open(sd_event *event, unsigned port, struct village *village, struct phones *phones,
	struct kiosk *kiosk, struct page **out)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct page *page = calloc(1, sizeof(*page));

	if (!page)
		return -ENOMEM;
	page->village = village;
	page->phones = phones;
	page->kiosk = kiosk;
	page->plugged = true;
	page->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_ERROR_LOG, (uint16_t)port, NULL,
		NULL, on_request, page, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED,
		on_request_end, page, MHD_OPTION_CONNECTION_TIMEOUT, 60U, MHD_OPTION_END);
	const union MHD_DaemonInfo *info =
		page->daemon ? MHD_get_daemon_info(page->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
	int error = info ? 0 : -EADDRINUSE;
	if (!error)
		error = sd_event_add_io(
			event, &page->readable, info->epoll_fd, EPOLLIN, on_readable, page);
	if (error >= 0)
		error = sd_event_add_time_relative(
			event, &page->timer, CLOCK_MONOTONIC, 0, 0, on_time, page);
	if (error < 0) {
		page_close(page);
		return error;
	}
	*out = page;
	return 0;
}

void page_close(struct page *page)
{
	if (!page)
		return;
	sd_event_source_unref(page->readable);
	sd_event_source_unref(page->timer);
	if (page->daemon)
		MHD_stop_daemon(page->daemon);
	free(page->status);
	free(page);
}
