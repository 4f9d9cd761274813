/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kiosk's side of the server: docs/sync.md is the contract. */
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "base/log.h"
#include "tools/ppidd/body.h"
#include "tools/ppidd/command.h"
#include "tools/ppidd/complaint.h"
#include "tools/ppidd/http.h"
#include "tools/ppidd/intake.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/throttle.h"

#define ENROL_BODY_MOST 4096
#define ENROL_FREE_FAILURES 10
#define WAIT_MOST_S 60
#define HASHES_MOST 1000
#define COMPLAINTS_MOST 200

static int bad_request(struct request *request, const char *words)
{
	return answer_error(request, MHD_HTTP_BAD_REQUEST, words);
}

static int post_events(struct request *request)
{
	json_t *answer = NULL;
	char words[128];

	autojson json_t *batch = body_json(request->body, request->size, words);
	if (!batch)
		return bad_request(request, words);
	int status = intake_batch(request->db, request->kiosk, batch, request->now_ms, &answer);
	if (status < 0)
		return status;
	int error = kiosk_heard(request->db, request->kiosk, request->now_ms);
	if (error < 0) {
		json_decref(answer);
		return error;
	}
	/* A ticket that came twice became a command. */
	server_wake(request->server);
	return answer_json(request, (unsigned)status, answer);
}

static int get_commands(struct request *request)
{
	const char *id = request_argument(request, "id");
	json_t *commands = NULL;
	int64_t after, wait_s;

	if (request_integer(request, "after", 0, INT64_MAX / 4, 0, &after) < 0)
		return bad_request(request, "after must be a number from 0 on");
	if (request_integer(request, "wait", 0, INT32_MAX, 0, &wait_s) < 0)
		return bad_request(request, "wait must be a number of seconds");
	wait_s = wait_s > WAIT_MOST_S ? WAIT_MOST_S : wait_s;
	int error = kiosk_heard(request->db, request->kiosk, request->now_ms);
	if (error >= 0)
		error = command_resync(request->db, request->kiosk, after, id ? id : "");
	if (error >= 0)
		error = command_pending(
			request->db, request->kiosk, after, COMMANDS_MOST, &commands);
	if (error < 0)
		return error;
	if (json_array_size(commands) == 0 && wait_s > 0 &&
		request_park(request, after, wait_s) == 0) {
		json_decref(commands);
		return 0;
	}
	return answer_json(request, MHD_HTTP_OK, json_pack("{s:o}", "commands", commands));
}

static int get_hashes(struct request *request)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *hashes = json_object();
	int64_t epoch, after;
	char seq[24];

	if (request_integer(request, "epoch", 1, INT64_MAX, 0, &epoch) < 0 || epoch == 0)
		return bad_request(request, "epoch must be a positive number");
	if (request_integer(request, "after", 0, INT64_MAX, 0, &after) < 0)
		return bad_request(request, "after must be a number from 0 on");
	int result = db_query(request->db, &rows,
		"SELECT seq, hash FROM event WHERE source = $1 AND epoch = $2 AND seq > $3 "
		"ORDER BY seq LIMIT $4",
		"iiii", request->kiosk, epoch, after, (int64_t)HASHES_MOST);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		snprintf(seq, sizeof(seq), "%" PRId64, db_integer(rows, 0));
		if (json_object_set_new(hashes, seq, json_string(db_words(rows, 1))) < 0)
			result = -ENOMEM;
	}
	if (result < 0)
		return result;
	return answer_json(request, MHD_HTTP_OK, json_pack("{s:O}", "hashes", hashes));
}

static int get_complaints(struct request *request)
{
	const char *after = request_argument(request, "after");
	json_t *complaints = NULL, *applied = NULL;

	int error = complaint_page(
		request->db, request->kiosk, after ? after : "", COMPLAINTS_MOST, &complaints);
	if (error >= 0)
		error = command_applied_place(request->db, request->kiosk, &applied);
	if (error < 0) {
		json_decref(complaints);
		return error;
	}
	return answer_json(request, MHD_HTTP_OK,
		json_pack("{s:o, s:o}", "complaints", complaints, "applied", applied));
}

/* The kiosk's number as a JSON number or as digits; 0 when it isn't told, -1 for nonsense. */
static int64_t wanted_kiosk(const json_t *kiosk)
{
	const char *text = json_string_value(kiosk);
	char *end;

	if (!kiosk || json_is_null(kiosk))
		return 0;
	if (json_is_integer(kiosk))
		return json_integer_value(kiosk);
	if (!text || !*text)
		return -1;
	long long number = strtoll(text, &end, 10);
	return *end ? -1 : number;
}

static int enrol(struct request *request, const json_t *body, const char *asker)
{
	struct step step = { .now_ms = request->now_ms, .actor = "server" };
	const char *version = record_words(body, "version");
	int64_t number = wanted_kiosk(json_object_get(body, "kiosk"));
	autofree char *name = NULL;
	char token[TOKEN_SIZE];

	int error = strlen(version) > 50
			    ? -EACCES
			    : kiosk_enrol(request->db, &step, record_words(body, "code"), version,
				      &number, &name, token);
	if (error == -EACCES) {
		error = throttle_failed(request->db, asker, request->now_ms);
		if (error < 0)
			return error;
		log_warning("enrolment refused: wrong, used or old code, or another kiosk's");
		return answer_error(request, MHD_HTTP_FORBIDDEN,
			"the code is wrong, used, older than 30 minutes or another kiosk's: "
			"get a new one with ppidctl kiosk code");
	}
	if (error < 0)
		return error;
	log_notice("kiosk %" PRId64 " enrolled", number);
	error = answer_json(request, MHD_HTTP_OK,
		json_pack("{s:s, s:I, s:s}", "token", token, "kiosk", (json_int_t)number, "name",
			name));
	sodium_memzero(token, sizeof(token));
	return error;
}

static int post_enrol(struct request *request)
{
	char words[128], asker[100];

	snprintf(asker, sizeof(asker), "enrol:%s", request->address);
	int64_t wait_ms = throttle_wait(request->db, asker, ENROL_FREE_FAILURES, request->now_ms);
	if (wait_ms < 0)
		return (int)wait_ms;
	if (wait_ms > 0)
		return answer_error(request, MHD_HTTP_TOO_MANY_REQUESTS,
			"too many wrong codes: wait some minutes");
	autojson json_t *body = body_json(request->body, request->size, words);
	if (!body)
		return bad_request(request, words);
	if (!json_is_object(body) || !json_is_string(json_object_get(body, "code")))
		return bad_request(request, "code must be a text");
	return enrol(request, body, asker);
}

const struct route api_routes[] = {
	{ "POST", "/v1/enroll", ROUTE_ENROL, ENROL_BODY_MOST, post_enrol, RIGHT_NONE,
		READS_NOTHING },
	{ "POST", "/v1/kiosk/events", ROUTE_KIOSK, BODY_SENT_MOST, post_events, RIGHT_NONE,
		READS_NOTHING },
	{ "GET", "/v1/kiosk/commands", ROUTE_KIOSK, 0, get_commands, RIGHT_NONE, READS_NOTHING },
	{ "GET", "/v1/kiosk/hashes", ROUTE_KIOSK, 0, get_hashes, RIGHT_NONE, READS_NOTHING },
	{ "GET", "/v1/kiosk/complaints", ROUTE_KIOSK, 0, get_complaints, RIGHT_NONE,
		READS_NOTHING },
	{ NULL, NULL, ROUTE_PUBLIC, 0, NULL, RIGHT_NONE, READS_NOTHING },
};
