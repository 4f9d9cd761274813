/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "tools/ppidd/public.h"

#define CACHE_CONTROL "public, max-age=300"
#define ETAG_BYTES 16
/* Kiosks' names may have changed since. */
#define COPY_MS (INT64_C(60) * 1000)
#define ETAG_SIZE (2 * ETAG_BYTES + 3) /* with quotes and the terminator */

static void tag_of(const char *text, size_t size, char out[static ETAG_SIZE])
{
	uint8_t digest[ETAG_BYTES];

	crypto_generichash(digest, sizeof(digest), (const uint8_t *)text, size, NULL, 0);
	out[0] = '"';
	sodium_bin2hex(out + 1, ETAG_SIZE - 1, digest, sizeof(digest));
	memcpy(out + 1 + 2 * ETAG_BYTES, "\"", 2);
}

static void add_headers(
	struct request *request, struct MHD_Response *response, const char *type, const char *tag)
{
	autofree char *policy = NULL;
	const char *ancestors = request->config->frame_ancestors;

	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, CACHE_CONTROL);
	MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, tag);
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Referrer-Policy", "same-origin");
	if (strncmp(type, "text/html", 9) != 0) {
		/* Open data is for other sites' pages, too. */
		MHD_add_response_header(response, "Access-Control-Allow-Origin", "*");
		return;
	}
	if (asprintf(&policy,
		    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
		    "base-uri 'none'; frame-ancestors %s",
		    ancestors ? ancestors : "'none'") < 0) {
		policy = NULL;
		return;
	}
	MHD_add_response_header(response, "Content-Security-Policy", policy);
}

int public_answer(struct request *request, const char *type, char *text, size_t size)
{
	const char *known = MHD_lookup_connection_value(
		request->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH);
	unsigned status = MHD_HTTP_OK;
	char tag[ETAG_SIZE];

	tag_of(text, size, tag);
	if (known && strstr(known, tag)) {
		status = MHD_HTTP_NOT_MODIFIED;
		size = 0;
	}
	struct MHD_Response *response =
		MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE);
	if (!response) {
		free(text);
		return -ENOMEM;
	}
	add_headers(request, response, type, tag);
	enum MHD_Result queued = MHD_queue_response(request->connection, status, response);
	MHD_destroy_response(response);
	return queued == MHD_YES ? 0 : -ECONNABORTED;
}

static int step(struct request *request, void *state)
{
	(void)state;
	return public_figures_step(request->db, request->now_ms);
}

/* 1: they are there; 0: the request waits for them. */
static int need_figures(struct request *request)
{
	if (!public_figures_get(request->now_ms)) {
		int made = request_steps(request, NULL, step, NULL);
		if (made <= 0)
			return made;
	}
	if (!public_figures_get(request->now_ms))
		return -EBUSY; /* midnight, and another month */
	/* Old ones are good enough until the new ones are read. */
	if (public_figures_stale(request->now_ms))
		request_chore(request, public_figures_step);
	return 1;
}

static bool is_fresh(const struct public_copy *copy, int64_t now_ms)
{
	return copy->text && copy->edition == public_figures_edition() && now_ms >= copy->made_ms &&
	       now_ms - copy->made_ms < COPY_MS;
}

int public_answer_figures(struct request *request, const char *type, struct public_copy *copy,
	int (*make)(struct request *request, const struct public_figures *figures,
		const json_t *kiosks, char **text, size_t *size))
{
	autojson json_t *kiosks = NULL;
	char *text = NULL;
	size_t size = 0;

	int ready = need_figures(request);
	if (ready <= 0)
		return ready;
	if (!is_fresh(copy, request->now_ms)) {
		int error = public_kiosks(request->db, &kiosks);
		if (error >= 0)
			error = make(
				request, public_figures_get(request->now_ms), kiosks, &text, &size);
		if (error < 0) {
			free(text);
			return error;
		}
		free(copy->text);
		*copy = (struct public_copy) { .text = text,
			.size = size,
			.edition = public_figures_edition(),
			.made_ms = request->now_ms };
	}
	char *own = malloc(copy->size);
	if (!own)
		return -ENOMEM;
	memcpy(own, copy->text, copy->size);
	return public_answer(request, type, own, copy->size);
}
