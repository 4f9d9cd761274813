/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/intake.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "tools/ppidd/apply.h"
#include "tools/ppidd/command.h"
#include "tools/ppidd/kiosk.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/words.h"

enum {
	STATUS_OK = 200,
	STATUS_BAD = 400,
	STATUS_CONFLICT = 409,
	STATUS_CHANGED = 422,
};

struct batch {
	struct db *db;
	int64_t kiosk, now_ms;
	int64_t epoch, first;
	const json_t *events;
	struct chain_head newest; /* of all epochs */
	struct chain_head head;	  /* of the batch's epoch */
	json_t *answer;
};

static int say(struct batch *batch, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Far above what a kiosk can write; far below where sums overflow. */
#define COUNT_MAX (INT64_MAX / 4)

/* An error answer in words. */
static int say(struct batch *batch, int status, const char *format, ...)
{
	char words[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	batch->answer = json_pack("{s:s}", "error", words);
	return batch->answer ? status : -ENOMEM;
}

/* What the server has of the kiosk's log, for the kiosk to find its place. */
static int conflict(struct batch *batch, const struct chain_head *head, bool fork, const char *why)
{
	int64_t expected = head->seq + 1;

	batch->answer = json_pack("{s:I, s:I, s:s, s:s}", "expected", (json_int_t)expected, "epoch",
		(json_int_t)head->epoch, "hash", head->hash, "error", why);
	if (!batch->answer)
		return -ENOMEM;
	if (fork && json_object_set_new(batch->answer, "fork", json_true()) < 0)
		return -ENOMEM;
	return STATUS_CONFLICT;
}

static int forked(struct batch *batch, const char *why)
{
	return conflict(batch, &batch->newest, true, why);
}

static const char *head_fault(const json_t *batch)
{
	if (!json_is_object(batch))
		return "the body must be a JSON object";
	if (record_number(batch, "epoch") < 1 || record_number(batch, "epoch") > COUNT_MAX)
		return "epoch must be a positive integer";
	if (record_number(batch, "first") < 1 || record_number(batch, "first") > COUNT_MAX)
		return "first must be a positive integer";
	if (!json_is_array(json_object_get(batch, "events")))
		return "events must be an array";
	return NULL;
}

/* Every event well-formed and in its place, before anything is looked up. */
static int check_shape(struct batch *batch)
{
	size_t i;
	const json_t *event;

	json_array_foreach (batch->events, i, event) {
		const char *fault = event_fault(event);
		if (fault)
			return say(batch, STATUS_BAD, "events[%zu]: %s", i, fault);
		if (record_number(event, "epoch") != batch->epoch)
			return say(
				batch, STATUS_BAD, "events[%zu]: its epoch is not the batch's", i);
		if (record_number(event, "seq") != batch->first + (int64_t)i)
			return say(batch, STATUS_BAD, "events[%zu]: its seq must be %" PRId64, i,
				batch->first + (int64_t)i);
	}
	return STATUS_OK;
}

/* 1 when the id was taken before with the same body, 0 when never; or the answer 422. */
static int known_id(struct batch *batch, const json_t *event)
{
	autojson json_t *known = NULL;

	int error = chain_by_id(batch->db, batch->kiosk, record_text(event, "id"), &known);
	if (error < 0 || !known)
		return error;
	if (chain_same_body(known, event))
		return 1;
	return say(batch, STATUS_CHANGED,
		"event %s (epoch %" PRId64 " event %" PRId64
		") is known with another body: refused, an event is never edited",
		record_text(event, "id"), record_number(event, "epoch"),
		record_number(event, "seq"));
}

/* An event at or before the place that the server has of this epoch. */
static int compare_known(struct batch *batch, const json_t *event)
{
	autojson json_t *known = NULL;

	int error = chain_at(
		batch->db, batch->kiosk, batch->epoch, record_number(event, "seq"), &known);
	if (error < 0)
		return error;
	if (!known || strcmp(record_words(known, "id"), record_words(event, "id")) != 0 ||
		strcmp(record_words(known, "hash"), record_words(event, "hash")) != 0)
		return forked(batch, "the server has another event there: start a new epoch");
	return STATUS_OK;
}

static int check_chain(struct batch *batch, const json_t *event, bool seam)
{
	const char *previous = batch->head.hash;
	char hash[HASH_SIZE];

	if (record_number(event, "seq") == 1) {
		previous = chain_seam(event);
		if (!previous || (batch->epoch > 1 &&
					 strcmp(record_words(event, "type"), "epoch.started") != 0))
			return say(batch, STATUS_BAD,
				"a new epoch must begin with epoch.started and data.previous_hash");
	}
	if (event_hash(event, previous, hash) == 0 &&
		strcmp(hash, record_words(event, "hash")) == 0)
		return STATUS_OK;
	if (seam && record_number(event, "seq") > 1)
		return forked(batch, "the events do not follow those that the server has");
	return say(batch, STATUS_BAD, "event %" PRId64 ": its hash does not follow the one before",
		record_number(event, "seq"));
}

static int take_event(struct batch *batch, const json_t *event, bool *seam)
{
	int known = known_id(batch, event);
	if (known < 0 || known > 1)
		return known;
	if (record_number(event, "seq") <= batch->head.seq)
		return compare_known(batch, event);
	int status = check_chain(batch, event, *seam);
	if (status != STATUS_OK)
		return status;
	*seam = false;
	int error = chain_insert(batch->db, batch->kiosk, event, batch->now_ms);
	/* A restated event is part of the new epoch's chain, but happened once. */
	if (error >= 0 && !known)
		error = apply_event(batch->db, batch->kiosk, event, batch->now_ms);
	if (error < 0)
		return error;
	batch->head.seq = record_number(event, "seq");
	snprintf(batch->head.hash, HASH_SIZE, "%s", record_words(event, "hash"));
	return STATUS_OK;
}

/* Whether the batch can follow what the server has at all. */
static int check_place(struct batch *batch)
{
	if (batch->epoch < batch->newest.epoch && json_array_size(batch->events) == 0)
		return forked(batch, "the server knows a newer epoch");
	if (batch->epoch < batch->newest.epoch &&
		batch->first + (int64_t)json_array_size(batch->events) - 1 > batch->head.seq)
		return forked(batch, "the server knows a newer epoch");
	if (batch->first > batch->head.seq + 1)
		return conflict(batch, &batch->head, false, "events before these are missing");
	if (json_array_size(batch->events) == 0 && batch->first <= batch->head.seq)
		return conflict(batch, &batch->head, false, "the server has more events");
	return STATUS_OK;
}

static int take_all(struct batch *batch)
{
	bool seam = true;
	size_t i;
	const json_t *event;

	int error = chain_head(batch->db, batch->kiosk, &batch->newest);
	if (error >= 0)
		error = chain_head_of(batch->db, batch->kiosk, batch->epoch, &batch->head);
	if (error < 0)
		return error;
	int status = check_place(batch);
	json_array_foreach (batch->events, i, event) {
		if (status == STATUS_OK)
			status = take_event(batch, event, &seam);
	}
	if (status != STATUS_OK)
		return status;
	json_t *commands = NULL;
	error = words_catch_up(batch->db, (int64_t)json_array_size(batch->events));
	if (error >= 0)
		error = command_pending(batch->db, batch->kiosk, 0, COMMANDS_MOST, &commands);
	if (error < 0)
		return error;
	batch->answer =
		json_pack("{s:I, s:o}", "acked", (json_int_t)batch->head.seq, "commands", commands);
	return batch->answer ? STATUS_OK : -ENOMEM;
}

/* Shouts about what a person must look into, in a transaction of its own. */
static int raise_refusal(struct batch *batch, int status)
{
	bool fork = json_is_true(json_object_get(batch->answer, "fork"));
	const char *kind = status == STATUS_CHANGED ? "changed-event" : fork ? "fork" : NULL;
	char place[100];

	if (!kind)
		return 0;
	snprintf(place, sizeof(place), "epoch %" PRId64 " from event %" PRId64, batch->epoch,
		batch->first);
	log_write(status == STATUS_CHANGED ? LOG_ERR : LOG_WARNING,
		"kiosk %" PRId64 ": %s: refused: %s", batch->kiosk, place,
		record_words(batch->answer, "error"));
	int error = db_begin(batch->db);
	return error < 0 ? error
			 : db_end(batch->db, alert_raise(batch->db, batch->kiosk, kind, place,
						     batch->now_ms));
}

int intake_batch(struct db *db, int64_t kiosk, const json_t *json, int64_t now_ms, json_t **answer)
{
	struct batch batch = { .db = db, .kiosk = kiosk, .now_ms = now_ms };
	const char *fault = head_fault(json);
	int status;

	if (fault) {
		status = say(&batch, STATUS_BAD, "%s", fault);
	} else {
		batch.epoch = record_number(json, "epoch");
		batch.first = record_number(json, "first");
		batch.events = json_object_get(json, "events");
		status = check_shape(&batch);
	}
	if (status == STATUS_OK) {
		status = db_begin(db);
		if (status >= 0) {
			status = take_all(&batch);
			int error = db_end(db, status == STATUS_OK ? STATUS_OK : -ECANCELED);
			if (status == STATUS_OK && error < 0)
				status = error;
		}
	}
	if (status >= 0 && batch.answer) {
		int error = raise_refusal(&batch, status);
		if (error < 0)
			status = error;
	}
	if (status < 0)
		json_decref(batch.answer);
	else
		*answer = batch.answer;
	return status;
}
