/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "uplink/enroll.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <string.h>

#include "uplink/uplink_curl.h"
#include "wire/event.h"

#define ENROLL_TIMEOUT_MS 60000
#define TOKEN_DIGITS 64

static void uplink_release(struct uplink *uplink)
{
	uplink->ops->close(uplink);
}

DEFINE_CLEANUP(uplink, struct uplink *, uplink_release);

static int refuse(char **out, int result, const char *words)
{
	*out = strdup(words);
	return *out ? result : -ENOMEM;
}

/* The uplink gives up by itself after the request's timeout. */
static int wait_for_answer(struct uplink *uplink, struct uplink_response *response)
{
	struct pollfd poll_fd = { .fd = uplink->ops->fd(uplink), .events = POLLIN };
	int result;

	while ((result = uplink->ops->next(uplink, response)) == 0) {
		if (poll(&poll_fd, 1, -1) < 0 && errno != EINTR)
			return -errno;
	}
	return result < 0 ? result : 0;
}

/* What the server says of itself, for the operator's terminal: no control characters, no end. */
static void server_words(const json_t *answer, char out[static 161])
{
	const char *text = json_string_value(json_object_get(answer, "error"));
	size_t i;

	for (i = 0; text && text[i] && i < 160; i++)
		out[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	out[i] = '\0';
}

static int read_answer(
	const struct uplink_response *response, unsigned kiosk, char **token, char **error)
{
	autojson json_t *answer =
		response->body ? json_loadb(response->body, response->size, 0, NULL) : NULL;
	const char *text = json_string_value(json_object_get(answer, "token"));
	const json_t *given = json_object_get(answer, "kiosk");
	char said[161];

	if (response->status == 0) {
		if (asprintf(error, "no answer from the server: %s%s", response->error,
			    response->certificate ? " (check ca_file and this machine's clock)"
						  : "") < 0)
			return -ENOMEM;
		return -ENOTCONN;
	}
	server_words(answer, said);
	if (response->status != 200) {
		bool refused = response->status == 401 || response->status == 403;
		if (asprintf(error, "the server refused (HTTP %d)%s%s%s", response->status,
			    *said ? ": " : "", said,
			    refused ? "; codes work once, for 30 minutes: ask for a new one"
				    : "; is it the address of a Kotak server?") < 0)
			return -ENOMEM;
		return refused ? -EACCES : -EPROTO;
	}
	if (!text || strlen(text) != TOKEN_DIGITS ||
		strspn(text, "0123456789abcdefABCDEF") != TOKEN_DIGITS)
		return refuse(error, -EPROTO, "the answer has no token: is it a Kotak server?");
	if (json_is_integer(given) && json_integer_value(given) != (json_int_t)kiosk)
		return refuse(error, -EPROTO,
			"the code is for another kiosk: compare [kiosk] id with the server's list");
	return refuse(token, 0, text);
}

int uplink_enroll(const char *url, const char *ca_file, const char *code, unsigned kiosk,
	char **token, char **error)
{
	struct uplink *uplink __attribute__((cleanup(uplink_cleanup))) = NULL;
	struct uplink_response response = { 0 };
	autojson json_t *question = json_pack("{s:s, s:I, s:s}", "code", code, "kiosk",
		(json_int_t)kiosk, "version", KOTAK_VERSION);
	autofree char *body = question ? json_dumps(question, JSON_COMPACT) : NULL;
	const struct uplink_request request = {
		.path = "/v1/enroll", .body = body, .timeout_ms = ENROLL_TIMEOUT_MS
	};

	*token = NULL;
	*error = NULL;
	if (!body)
		return refuse(error, -EINVAL, "the code has characters that no code has");
	int result = uplink_curl_new(url, ca_file, &uplink);
	if (result == -EINVAL)
		return refuse(error, result,
			"the address must be https://HOST[:PORT] (http only for this machine)");
	if (result == 0)
		result = uplink->ops->push(uplink, &request);
	if (result == 0)
		result = wait_for_answer(uplink, &response);
	if (result == 0)
		result = read_answer(&response, kiosk, token, error);
	free(response.body);
	free(response.error);
	return result;
}
