/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One request: who asks, for what, with which body. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/log.h"
#include "tools/ppidd/body.h"
#include "tools/ppidd/desk_account.h"
#include "tools/ppidd/holiday.h"
#include "tools/ppidd/http_internal.h"
#include "tools/ppidd/public.h"
#include "tools/ppidd/publication.h"
#include "tools/ppidd/reading.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/report.h"

/* A body that is refused is read to its end, so that the sender hears why, up to this. */
#define DISCARD_MOST ((size_t)16 * 1024 * 1024)
#define BEARER "Bearer "

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

const struct route *const route_tables[] = { api_routes, desk_routes, office_routes, intake_routes,
	dossier_routes, retention_routes, kiosk_routes, case_routes, holiday_routes, report_routes,
	public_routes, publication_routes, open311_routes, NULL };

static void find_route(struct request *request, const char *method, const char *path)
{
	bool path_known = false;

	if (strcmp(method, MHD_HTTP_METHOD_HEAD) == 0)
		method = MHD_HTTP_METHOD_GET;
	for (size_t i = 0; route_tables[i]; i++) {
		for (const struct route *route = route_tables[i]; route->method; route++) {
			if (!path_matches(route->pattern, path, request->part))
				continue;
			path_known = true;
			request->allowed = route->method;
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
	if (error == 0 && !officer_may(&request->officer, request->route->right))
		refuse(request, MHD_HTTP_FORBIDDEN,
			"Bagian ini tidak dibuka untuk peran akun Anda. Bila Anda "
			"memerlukannya, tanyakan kepada pengelola.");
}

static enum MHD_Result check_argument(
	void *fine, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void)kind;
	if (!record_is_text(name) || (value && !record_is_text(value)))
		*(bool *)fine = false;
	return *(bool *)fine ? MHD_YES : MHD_NO;
}

/* A store may take UTF-8 only, and no address of ours has anything else. */
static void check_address(struct request *request, const char *path)
{
	bool fine = record_is_text(path);

	MHD_get_connection_values(
		request->connection, MHD_GET_ARGUMENT_KIND, check_argument, &fine);
	if (!fine)
		refuse(request, MHD_HTTP_BAD_REQUEST, "Alamat halaman ini rusak.");
}

void request_start(struct request *request, const char *method, const char *path)
{
	request->started = true;
	visit_step(request->connection, VISIT_REQUEST);
	request->json = strncmp(path, "/v1/", 4) == 0;
	note_address(request);
	find_route(request, method, path);
	if (!request->refused)
		check_address(request, path);
	if (!request->refused && request->route->kind == ROUTE_KIOSK)
		check_token(request);
	if (!request->refused && request->route->kind == ROUTE_DESK)
		check_session(request);
}

bool request_take_body(struct request *request, const char *data, size_t size)
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

/* To the log-in page, which leads back to where one wanted to go. */
static int ask_login(struct request *request)
{
	autofree char *next = NULL, *location = NULL;

	if (strcmp(request->route->method, MHD_HTTP_METHOD_GET) == 0)
		next = html_query_escape(request->uri);
	if (!next)
		return answer_redirect(request, "/login");
	if (asprintf(&location, "/login?next=%s", next) < 0) {
		location = NULL;
		return -ENOMEM;
	}
	return answer_redirect(request, location);
}

static enum MHD_Result add_argument(
	void *context, enum MHD_ValueKind kind, const char *key, const char *value)
{
	/* How a page is shown, not what. */
	static const char *const manners[] = { "auto", "refresh", "done" };
	FILE *out = context;
	(void)kind;

	for (size_t i = 0; i < ARRAY_SIZE(manners); i++) {
		if (strcmp(key, manners[i]) == 0)
			return MHD_YES;
	}
	if (value && *value)
		fprintf(out, "%s%s: %s", ftell(out) > 0 ? ", " : "", key, value);
	return MHD_YES;
}

/* What a list is narrowed to, in words; caller frees. NULL without memory. */
static char *list_filter(struct request *request)
{
	char *words = NULL;
	size_t size = 0;

	FILE *out = open_memstream(&words, &size);
	if (!out)
		return NULL;
	MHD_get_connection_values(request->connection, MHD_GET_ARGUMENT_KIND, add_argument, out);
	if (fclose(out) != 0) {
		free(words);
		return NULL;
	}
	return words;
}

/* Whose data this request is about to show is written down first, or it isn't shown. */
static int note_reading(struct request *request)
{
	const struct route *route = request->route;
	autofree char *filter = NULL;
	struct reading reading = {
		.officer = request->officer.name,
		.what = route->pattern,
		.repeated = request_argument(request, "auto") != NULL ||
			    strcmp(route->method, MHD_HTTP_METHOD_GET) != 0,
		.now_ms = request->now_ms,
	};

	if (route->reads == READS_NOTHING)
		return 0;
	if (route->reads == READS_COMPLAINT) {
		reading.complaint = request->part;
	} else {
		filter = list_filter(request);
		if (!filter)
			return -ENOMEM;
		reading.filter = filter;
	}
	return reading_note(request->db, &reading);
}

/* The page of the missing step of a log-in, when the request is for anything else. */
static const char *missing_step(const struct request *request)
{
	const char *page = desk_step_page(request->officer.step);

	if (!page || strcmp(request->route->pattern, page) == 0 ||
		strcmp(request->route->pattern, "/logout") == 0)
		return NULL;
	return page;
}

int request_finish(struct request *request)
{
	if (!request->refused && request->size > 0 && !request->parked)
		inflate_body(request);
	if (request->refused)
		return answer_error(request, request->refused, request->refusal);
	if (request->route->kind == ROUTE_DESK && !*request->session)
		return ask_login(request);
	if (request->route->kind == ROUTE_DESK && missing_step(request))
		return answer_redirect(request, missing_step(request));
	/* Days are counted as the desk last changed them, by whichever process. */
	int error = request->route->kind == ROUTE_KIOSK ? 0 : holiday_refresh(request->db);
	if (error >= 0)
		error = note_reading(request);
	if (error >= 0)
		error = request->route->handle(request);
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
