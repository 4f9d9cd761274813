/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/html.h"
#include "tools/ppidd/http.h"
#include "tools/ppidd/open311.h"

static void add_headers(struct request *request, struct MHD_Response *response, const char *type)
{
	autofree char *policy = NULL;
	const char *ancestors = request->config->frame_ancestors;

	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL,
		strncmp(type, "text/css", 8) == 0 ? "max-age=300" : "no-store");
	if (request->secure)
		MHD_add_response_header(response, "Strict-Transport-Security", "max-age=31536000");
	if (request->cookie)
		MHD_add_response_header(response, MHD_HTTP_HEADER_SET_COOKIE, request->cookie);
	if (strncmp(type, "text/html", 9) != 0)
		return;
	MHD_add_response_header(response, "Referrer-Policy", "same-origin");
	/* For browsers that don't know frame-ancestors; it can't name origins. */
	if (!ancestors)
		MHD_add_response_header(response, "X-Frame-Options", "DENY");
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
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED && request->allowed)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, request->allowed);
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
	size_t size = 0;

	if (request->json)
		return answer_json(request, status, json_pack("{s:s}", "error", words));
	if (open311_asked(request))
		return open311_refuse(request, status, words);
	char *text = html_error_page(request->config->office, words, &size);
	return answer_text(request, status, "text/html; charset=utf-8", text, size);
}
