/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events go up: the probe that asks where we stand, and the batches. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "sync/internal.h"

/* What a 2G link carries in some ten seconds once it is compressed. */
#define BATCH_EVENTS 200
#define BATCH_BYTES ((size_t)64 * 1024)
/* 200 events halved so often are one. */
#define SHIFT_MOST 8

#define PROBE_TIMEOUT_MS 30000
#define BATCH_TIMEOUT_MS 90000

/* So often an empty batch may fail at the server before events are tried without it. */
#define PROBE_FAILURES 2

#define EVENTS_PATH "/v1/kiosk/events"

static void store_trouble(struct sync *sync, int error)
{
	sync_say(sync, TROUBLE_STORE,
		"the database can't be read or written (%s): see the lines before this one",
		strerror(-error));
	sync_postpone(sync, &sync->upload);
}

/*
 * The place in the log where the upload goes on: the first event that the server doesn't have,
 * over the ends of epochs. last is the end of that epoch's events that the server is to have;
 * first - 1 when nothing waits.
 */
static int next_events(struct sync *sync, const struct sync_place *place, struct sync_batch *next)
{
	struct epoch_span span;
	int64_t number = place->acked_epoch;
	int found;

	*next = (struct sync_batch) { .epoch = number ? number : 1, .first = place->acked_seq + 1 };
	while ((found = store_epoch_span(sync->store, number, &span)) == 1) {
		next->epoch = span.number;
		next->first = span.number == place->acked_epoch ? place->acked_seq + 1 : 1;
		next->last = span.limit;
		if (next->last >= next->first)
			return 0;
		number = span.number + 1;
	}
	if (next->last < next->first)
		next->last = next->first - 1;
	return found;
}

/* Before anything leaves: a server that has more than this got it from another copy of us. */
static int note_offered(
	struct sync *sync, const struct sync_place *place, const struct sync_batch *batch)
{
	if (batch->epoch < place->offered_epoch ||
		(batch->epoch == place->offered_epoch && batch->last <= place->offered_seq))
		return 0;
	int error = store_begin(sync->store);
	if (error < 0)
		return error;
	error = store_sync_offered(sync->store, batch->epoch, batch->last);
	if (error == 0)
		return store_commit(sync->store);
	store_rollback(sync->store);
	return error;
}

static int read_events(struct sync *sync, struct sync_batch *batch, json_t **events)
{
	int64_t most = BATCH_EVENTS >> sync->shift;
	int64_t there = batch->last - batch->first + 1;

	if (most < 1)
		most = 1;
	if (most > there)
		most = there;
	if (most == 0) {
		*events = json_array();
		return *events ? 0 : -ENOMEM;
	}
	int error = store_events_after(sync->store, batch->epoch, batch->first - 1, (int)most,
		BATCH_BYTES >> sync->shift, events);
	if (error < 0)
		return error;
	batch->last = batch->first + (int64_t)json_array_size(*events) - 1;
	const json_t *end = json_array_get(*events, json_array_size(*events) - 1);
	if (!end || json_integer_value(json_object_get(end, "seq")) != batch->last) {
		log_error("sync: event %" PRId64 " of epoch %" PRId64
			  " is missing: run kotakctl verify",
			batch->first, batch->epoch);
		return -EBADMSG;
	}
	return 0;
}

static int send_batch(struct sync *sync, const struct sync_batch *batch, const json_t *events)
{
	bool probe = batch->last < batch->first;
	autojson json_t *object = json_pack("{s:I, s:I, s:O}", "epoch", (json_int_t)batch->epoch,
		"first", (json_int_t)batch->first, "events", events);
	autofree char *body = object ? json_dumps(object, JSON_COMPACT) : NULL;

	if (!body)
		return -ENOMEM;
	return sync_push(sync, &sync->upload, probe ? REQUEST_PROBE : REQUEST_BATCH, EVENTS_PATH,
		body, probe ? PROBE_TIMEOUT_MS : BATCH_TIMEOUT_MS);
}

/* A server that stumbles over the empty batch may take events all the same. */
static bool probe_wanted(const struct sync *sync)
{
	bool events = sync->batch.last >= sync->batch.first;

	if (!sync->probe_due || sync->probe_useless)
		return false;
	return sync->probe_failures < PROBE_FAILURES || !events;
}

void upload_start(struct sync *sync)
{
	struct sync_place place;
	autojson json_t *events = NULL;

	if (sync->fork.active) {
		conflict_ask(sync);
		return;
	}
	int error = store_sync_place(sync->store, &place);
	if (error == 0)
		error = next_events(sync, &place, &sync->batch);
	if (error == 0 && !probe_wanted(sync) && sync->batch.last < sync->batch.first) {
		sync->probe_due = false;
		sync->events_due = false;
		sync->upload.started_ms = sync->now_ms;
		return;
	}
	if (error == 0 && probe_wanted(sync))
		sync->batch.last = sync->batch.first - 1;
	if (error == 0)
		error = read_events(sync, &sync->batch, &events);
	if (error == 0)
		error = note_offered(sync, &place, &sync->batch);
	if (error == 0)
		error = send_batch(sync, &sync->batch, events);
	if (error < 0)
		store_trouble(sync, error);
}

/* The transport failed, or a probe found the server in trouble: nobody to talk to just now. */
void upload_failed(
	struct sync *sync, enum sync_request request, const struct uplink_response *response)
{
	if (response->certificate)
		sync_say(sync, TROUBLE_CERTIFICATE,
			"the server's certificate isn't trusted (%s): check [sync] ca_file, the "
			"server's certificate and this kiosk's clock",
			response->error);
	else if (response->status == 0)
		sync_say(sync, TROUBLE_UNREACHABLE,
			"the server can't be reached (%s): check the network and [sync] url",
			response->error);
	else
		sync_say(sync, TROUBLE_SERVER,
			"the server answers with HTTP %d: check it, and [sync] url",
			response->status);
	sync_enter(sync, SYNC_DOWN);
	sync_cancel(sync, &sync->inbox);
	sync->inbox.failures = 0;
	sync->inbox.not_before_ms = sync->now_ms;
	sync->probe_due = true;
	if (request == REQUEST_PROBE && (response->status || response->reached))
		sync->probe_failures++;
	else
		sync->probe_failures = 0;
	if (request == REQUEST_BATCH) {
		sync->batch_failing = true;
		if (response->status == 0 && !response->certificate && sync->shift < SHIFT_MOST)
			sync->shift++;
	}
	sync_postpone(sync, &sync->upload);
}

/* The server refuses this batch: halve it until the event that it can't take stands alone. */
static void batch_refused(struct sync *sync, const struct uplink_response *response)
{
	sync->batch_failing = true;
	if (sync->batch.last > sync->batch.first && sync->shift < SHIFT_MOST) {
		/* At once: this is progress. Beyond what the batch held, halving changes nothing.
		 */
		while (sync->shift < SHIFT_MOST &&
			BATCH_EVENTS >> sync->shift >
				(sync->batch.last - sync->batch.first + 1) / 2)
			sync->shift++;
		return;
	}
	sync_say(sync, TROUBLE_EVENT,
		"the server refuses event %" PRId64 " of epoch %" PRId64
		" (HTTP %d) and everything after it waits: see the server's log for the reason",
		sync->batch.first, sync->batch.epoch, response->status);
	sync_postpone(sync, &sync->upload);
}

static void upload_good(struct sync *sync, enum sync_request request, bool progress)
{
	sync->conflicts = 0;
	if (request == REQUEST_BATCH && sync->probe_failures >= PROBE_FAILURES)
		sync->probe_useless = true;
	sync->probe_failures = 0;
	if (request == REQUEST_BATCH && progress) {
		sync->batch_failing = false;
		sync->epochs_unproven = 0;
		if (sync->shift > 0)
			sync->shift--;
	}
	/* A probe that gets through doesn't prove that the failing batch will. */
	if (!sync->batch_failing)
		sync->upload.failures = 0;
	sync->upload.not_before_ms = sync->now_ms;
	sync->probe_due = false;
	sync_contact(sync);
}

/* Notes how far the server has come, and the commands that came along. */
static int keep_acked(
	struct sync *sync, const struct sync_place *place, int64_t acked, const json_t *commands)
{
	bool moved = place->acked_epoch != sync->batch.epoch || place->acked_seq != acked;
	bool take = inbox_may_take(sync, place) && json_array_size(commands) > 0;
	int taken = 0;

	if (!moved && !take)
		return 0;
	int error = store_begin(sync->store);
	if (error < 0)
		return error;
	if (moved)
		error = store_sync_acked(sync->store, sync->batch.epoch, acked);
	/* It lost events that it had: perhaps commands as well. */
	if (error == 0 && moved && acked < sync->batch.first - 1)
		error = store_commands_again(sync->store);
	if (error == 0 && take) {
		taken = inbox_take(sync, place, commands);
		error = taken < 0 ? taken : 0;
	}
	if (error == 0)
		error = store_commit(sync->store);
	if (error < 0) {
		store_rollback(sync->store);
		return error;
	}
	sync->commands_taken += taken;
	return 0;
}

/* The furthest event of the batch's epoch that this database ever offered. */
static int64_t offered_of(const struct sync_place *place, const struct sync_batch *batch)
{
	return place->offered_epoch == batch->epoch && place->offered_seq > batch->last
		       ? place->offered_seq
		       : batch->last;
}

static void take_acked(
	struct sync *sync, enum sync_request request, int64_t acked, const json_t *commands)
{
	const struct sync_batch *batch = &sync->batch;
	struct sync_place place;
	struct epoch_span later;
	int error = store_sync_place(sync->store, &place);
	int ended = error < 0 ? error : store_epoch_span(sync->store, batch->epoch + 1, &later);

	if (ended == 0 && acked > offered_of(&place, batch)) {
		conflict_fork(sync, 0, "it has events of ours that this database never sent");
		return;
	}
	if (ended >= 0)
		error = keep_acked(sync, &place, acked, commands);
	if (ended < 0 || error < 0) {
		store_trouble(sync, ended < 0 ? ended : error);
		return;
	}
	if (acked < batch->first - 1)
		log_notice("sync: the server lost events after %" PRId64 ": sending them again",
			acked);
	upload_good(sync, request, acked >= batch->first);
	sync->events_due = true;
	if (request == REQUEST_BATCH && acked < batch->first) {
		sync_say(sync, TROUBLE_NONSENSE,
			"the server accepts events but acknowledges none: see its log");
		sync_postpone(sync, &sync->upload);
	}
}

static void take_ok(
	struct sync *sync, enum sync_request request, const struct uplink_response *response)
{
	autojson json_t *answer = sync_json(response);
	int64_t acked = sync_number(json_object_get(answer, "acked"));

	if (acked >= 0) {
		take_acked(sync, request, acked, json_object_get(answer, "commands"));
		return;
	}
	if (request == REQUEST_PROBE && answer) {
		upload_good(sync, request, false);
		return;
	}
	sync_say(sync, TROUBLE_NONSENSE,
		"the answer makes no sense: check that [sync] url is a Kotak server");
	sync_postpone(sync, &sync->upload);
}

void upload_answer(
	struct sync *sync, enum sync_request request, const struct uplink_response *response)
{
	int status = response->status;

	if (status == 200 || status == 201 || status == 202) {
		take_ok(sync, request, response);
	} else if (status == 409) {
		autojson json_t *answer = sync_json(response);
		conflict_answer(sync, answer);
	} else if (request == REQUEST_BATCH && (status == 400 || status == 413 || status == 422)) {
		batch_refused(sync, response);
	} else if (request == REQUEST_PROBE && (status == 400 || status == 422)) {
		/* A server that wants no empty batch. */
		upload_good(sync, request, false);
	} else if (request == REQUEST_BATCH && status >= 400) {
		sync->batch_failing = true;
		sync_say(sync, TROUBLE_SERVER,
			"the server answers events with HTTP %d: see its log", status);
		sync_postpone(sync, &sync->upload);
	} else {
		upload_failed(sync, request, response);
	}
}
