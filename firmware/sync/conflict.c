/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answer 409: the server's copy of our log is another than we thought. Either it lost something
 * (a backup was put back: send that again), or we are the older copy (a card was put back:
 * find what both have, and go on in a new epoch).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "sync/internal.h"

#define HASHES_TIMEOUT_MS 60000
/* How many hashes a server gives at once. */
#define HASHES_PAGE 1000
/* A server that contradicts itself must not make us rewind for ever, nor fill the log. */
#define CONFLICTS_MOST 4
#define EPOCHS_MOST 5

struct conflict {
	int64_t epoch;	  /* that the answer speaks of */
	int64_t had;	  /* the last seq that the server has in it */
	const char *hash; /* of that event, or NULL */
	bool fork;
};

static bool conflict_read(
	const struct sync *sync, const json_t *answer, struct conflict *out, bool *epoch_told)
{
	int64_t expected = sync_number(json_object_get(answer, "expected"));
	int64_t epoch = sync_number(json_object_get(answer, "epoch"));
	const json_t *hash = json_object_get(answer, "hash");

	*epoch_told = epoch > 0;
	out->epoch = *epoch_told ? epoch : sync->batch.epoch;
	out->fork = json_is_true(json_object_get(answer, "fork"));
	out->hash = json_string_length(hash) == HASH_SIZE - 1 ? json_string_value(hash) : NULL;
	out->had = expected - 1;
	return out->had >= 0 || out->fork;
}

static void conflict_trouble(struct sync *sync, const char *words)
{
	sync_say(sync, TROUBLE_NONSENSE, "%s", words);
	sync_postpone(sync, &sync->upload);
}

/*
 * Whether the server's copy of that epoch is a piece of ours. *fault says why not, NULL when
 * it is. Returns 0 or a negative errno.
 */
static int conflict_compare(struct sync *sync, const struct conflict *conflict, const char **fault)
{
	struct sync_place place;
	struct epoch_span span, later;
	char hash[HASH_SIZE];

	*fault = NULL;
	int error = store_sync_place(sync->store, &place);
	if (error < 0)
		return error;
	int found = store_epoch_span(sync->store, conflict->epoch, &span);
	if (found < 0)
		return found;
	if (found == 0) {
		*fault = "it has a later epoch of ours";
		return 0;
	}
	/* An epoch of another life of this kiosk, between two of ours: nothing to compare. */
	if (span.number != conflict->epoch)
		return 0;
	int ended = store_epoch_span(sync->store, conflict->epoch + 1, &later);
	if (ended < 0)
		return ended;
	/* What the server has beyond the shared part of an ended epoch made that epoch end. */
	if (ended == 1 && conflict->had > span.limit)
		return 0;
	if (conflict->had > span.last) {
		*fault = "it has events of ours that this database never had";
		return 0;
	}
	found = conflict->had
			? store_event_digest(sync->store, conflict->epoch, conflict->had, hash)
			: 0;
	if (found < 0)
		return found;
	if (found == 1 && conflict->hash) {
		if (strcmp(hash, conflict->hash) != 0)
			*fault = "its last event is another than ours";
	} else if (!ended &&
		   conflict->had >
			   (place.offered_epoch == conflict->epoch ? place.offered_seq : 0)) {
		*fault = "it has events of ours that this database never sent";
	}
	return 0;
}

/* back: the server lost events that it had, so it may have lost commands as well. */
static int keep_place(struct sync *sync, int64_t epoch, int64_t seq, bool back)
{
	int error = store_begin(sync->store);

	if (error < 0)
		return error;
	error = store_sync_acked(sync->store, epoch, seq);
	if (error == 0 && back)
		error = store_commands_again(sync->store);
	if (error == 0)
		error = store_commit(sync->store);
	else
		store_rollback(sync->store);
	/* The poll under way asks for commands after a number that means nothing any more. */
	if (error == 0 && back)
		sync_cancel(sync, &sync->inbox);
	return error;
}

/*
 * Goes on after what the server has. Nothing of an epoch that it had before means that an old
 * backup was put back, which may lack the end of the epoch before as well: ask about that
 * first, since the server takes nothing more of it once the next has begun.
 */
static int conflict_rewind(struct sync *sync, const struct conflict *conflict)
{
	struct epoch_span before;
	int found = 0;

	if (conflict->had == 0 && sync->batch.first > 1)
		found = store_epoch_before(sync->store, conflict->epoch, &before);
	if (found < 0)
		return found;
	sync->probe_due = found == 1;
	sync->events_due = true;
	if (found == 1)
		return keep_place(sync, before.number, before.limit - 1, true);
	log_notice("sync: the server has our events up to %" PRId64 " of epoch %" PRId64
		   ": going on from there",
		conflict->had, conflict->epoch);
	return keep_place(sync, conflict->epoch, conflict->had,
		conflict->epoch < sync->batch.epoch || conflict->had + 1 < sync->batch.first);
}

/*
 * The server knows an epoch after the one that we asked about, which has ended here too: it
 * takes nothing more of this one. 1 when so, and the upload goes on in our next epoch.
 */
static int conflict_pass(struct sync *sync, const struct conflict *conflict)
{
	struct epoch_span span = { 0 };
	struct epoch_span later;

	if (!conflict->fork || conflict->epoch <= sync->batch.epoch)
		return 0;
	int found = store_epoch_span(sync->store, sync->batch.epoch + 1, &later);
	if (found == 1)
		found = store_epoch_span(sync->store, sync->batch.epoch, &span);
	if (found <= 0)
		return found;
	sync->events_due = true;
	found = keep_place(sync, span.number, span.limit, false);
	return found < 0 ? found : 1;
}

void conflict_answer(struct sync *sync, const json_t *answer)
{
	struct conflict conflict;
	bool epoch_told;
	const char *fault = NULL;

	if (!answer || !conflict_read(sync, answer, &conflict, &epoch_told)) {
		conflict_trouble(sync, "the server refuses events (HTTP 409) without saying which "
				       "it expects: is it a Kotak server?");
		return;
	}
	int result = conflict_pass(sync, &conflict);
	if (result == 0 && !conflict.fork)
		result = conflict_compare(sync, &conflict, &fault);
	if (result == 0 && (conflict.fork || fault)) {
		conflict_fork(sync, epoch_told ? conflict.epoch : 0,
			fault ? fault : "it has other events of ours than we do");
		return;
	}
	if (result == 0)
		result = conflict_rewind(sync, &conflict);
	if (result < 0) {
		sync_say(sync, TROUBLE_STORE, "the database can't be read or written (%s)",
			strerror(-result));
		sync_postpone(sync, &sync->upload);
		return;
	}
	if (++sync->conflicts >= CONFLICTS_MOST)
		conflict_trouble(sync, "the server keeps refusing the events that it asks for: "
				       "see its log");
	else
		sync_contact(sync);
}

void conflict_fork(struct sync *sync, int64_t server_epoch, const char *why)
{
	struct sync_place place;
	int64_t epoch = 0, last = 0;
	char hash[HASH_SIZE];
	int error = store_sync_place(sync->store, &place);

	if (error == 0)
		error = store_log_head(sync->store, &epoch, &last, hash);
	if (error < 0) {
		sync_say(sync, TROUBLE_STORE, "the database can't be read (%s)", strerror(-error));
		sync_postpone(sync, &sync->upload);
		return;
	}
	if (sync->epochs_unproven >= EPOCHS_MOST) {
		conflict_trouble(sync, "the server takes none of the epochs begun for it: "
				       "see its log");
		return;
	}
	log_warning("sync: this database is an older copy than the server knows (%s)", why);
	sync_cancel(sync, &sync->inbox);
	sync->fork = (struct sync_fork) {
		.active = true,
		.server_epoch = server_epoch,
		.epoch = epoch,
		.high = last + 1,
	};
	/* Most often everything up to the acknowledged place is common, and nothing after it. */
	if (place.acked_epoch == epoch && place.acked_seq > 1 && place.acked_seq <= last)
		sync->fork.after = place.acked_seq - 1;
}

void conflict_ask(struct sync *sync)
{
	char path[96];

	snprintf(path, sizeof(path), "/v1/kiosk/hashes?epoch=%" PRId64 "&after=%" PRId64,
		sync->fork.epoch, sync->fork.after);
	int error = sync_push(sync, &sync->upload, REQUEST_HASHES, path, NULL, HASHES_TIMEOUT_MS);
	if (error < 0) {
		log_error("sync: a request can't be started: %s", strerror(-error));
		sync_postpone(sync, &sync->upload);
	}
}

/* One transaction: the new epoch, and that the server's complaints are to be fetched. */
static int epoch_begin(struct sync *sync, int64_t number, int64_t common)
{
	int error = store_begin(sync->store);

	if (error < 0)
		return error;
	error = store_epoch_start(sync->store, sync->moment, number, common, "restored");
	if (error == 0)
		error = store_sync_acked(sync->store, sync->fork.epoch, common);
	if (error == 0)
		error = store_sync_restore(sync->store, "");
	if (error == 0)
		return store_commit(sync->store);
	store_rollback(sync->store);
	return error;
}

static void fork_finish(struct sync *sync, int64_t common)
{
	const struct sync_fork *fork = &sync->fork;
	int64_t number = (fork->server_epoch > fork->epoch ? fork->server_epoch : fork->epoch) + 1;
	int error = epoch_begin(sync, number, common);

	if (error < 0) {
		sync_say(sync, TROUBLE_STORE, "a new epoch can't be begun (%s)", strerror(-error));
		sync_postpone(sync, &sync->upload);
		return;
	}
	log_notice("sync: epoch %" PRId64 " begins; the server has epoch %" PRId64
		   " up to event %" PRId64,
		number, fork->epoch, common);
	/* Untold of the server's epochs, we may have met the number of another life. */
	sync->probe_due = fork->server_epoch == 0;
	sync->events_due = true;
	sync->fork.active = false;
	sync->conflicts = 0;
	sync->batch_failing = false;
	if (++sync->epochs_unproven > 1)
		sync_postpone(sync, &sync->upload);
	sync_contact(sync);
}

/* The place acknowledged to this database is common for sure, where no server says better. */
static void fork_finish_alone(struct sync *sync)
{
	struct sync_place place;
	int error = store_sync_place(sync->store, &place);

	if (error < 0) {
		sync_postpone(sync, &sync->upload);
		return;
	}
	int64_t acked = place.acked_epoch == sync->fork.epoch ? place.acked_seq : 0;
	fork_finish(sync, acked < sync->fork.high ? acked : sync->fork.high - 1);
}

/*
 * One page narrows the search: hashes chain, so what agrees makes everything before it common,
 * and what doesn't makes everything after it foreign.
 */
static int fork_narrow(struct sync *sync, json_t *hashes)
{
	struct sync_fork *fork = &sync->fork;
	int64_t end = fork->after + (int64_t)json_object_size(hashes);
	bool full = json_object_size(hashes) >= HASHES_PAGE;
	int64_t agreed;
	int error = store_log_common(sync->store, fork->epoch, hashes, 0, &agreed);

	if (error < 0)
		return error;
	if (agreed > fork->low && agreed < fork->high)
		fork->low = agreed;
	if (!agreed)
		fork->high = fork->after + 1 < fork->high ? fork->after + 1 : fork->high;
	else if (agreed < end || !full)
		fork->high = fork->low + 1;
	return 0;
}

void conflict_hashes(struct sync *sync, const struct uplink_response *response)
{
	struct sync_fork *fork = &sync->fork;
	autojson json_t *answer = response->status == 200 ? sync_json(response) : NULL;
	json_t *hashes = json_object_get(answer, "hashes");

	if (json_is_object(hashes)) {
		int64_t before = fork->high - fork->low;
		int error = fork_narrow(sync, hashes);
		if (error < 0 || (fork->high - fork->low > 1 && fork->high - fork->low >= before)) {
			/* A page that teaches nothing would be asked for again for ever. */
			fork_finish_alone(sync);
		} else if (fork->high - fork->low <= 1) {
			fork_finish(sync, fork->low);
		} else {
			fork->after = fork->high - fork->low <= HASHES_PAGE
					      ? fork->low
					      : fork->low + (fork->high - fork->low) / 2;
		}
	} else if (sync_page_missing(response->status) || response->status == 200 ||
		   response->status == 400) {
		fork_finish_alone(sync);
	} else {
		upload_failed(sync, REQUEST_HASHES, response);
	}
}
