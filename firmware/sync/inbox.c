/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands come down, by a long poll; after a restore the complaints that the server has, first. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "sync/internal.h"

#define POLL_WAIT_SECONDS 50
/* The server may be slow on top of its waiting, and so may the link. */
#define POLL_TIMEOUT_MS ((POLL_WAIT_SECONDS + 30) * 1000)
#define RESTORE_TIMEOUT_MS 90000

/* A poll that was held so long was a long poll. */
#define POLL_HELD_MS 10000
#define POLL_PAUSE_LEAST_MS 1000
#define POLL_PAUSE_MOST_MS 10000
/* A server without the page may have been replaced by one with it. */
#define POLL_ABSENT_MS (15 * 60 * 1000)

bool inbox_may_take(const struct sync *sync, const struct sync_place *place)
{
	return !place->restoring && !sync->fork.active;
}

int inbox_take(struct sync *sync, const struct sync_place *place, const json_t *commands)
{
	size_t index;
	json_t *command;
	int taken = store_commands_take(sync->store, sync->moment, commands);

	if (taken <= 0 || !place->collided)
		return taken;
	/* With one of two equal tickets renumbered, the complaint left out has room. */
	json_array_foreach (commands, index, command) {
		const char *type = json_string_value(json_object_get(command, "type"));
		if (type && strcmp(type, "renumber") == 0) {
			int error = store_sync_restore(sync->store, "");
			return error < 0 ? error : taken;
		}
	}
	return taken;
}

static int ask_commands(struct sync *sync, const struct sync_place *place)
{
	char path[160];

	sync->poll_after = place->command_number;
	snprintf(path, sizeof(path), "/v1/kiosk/commands?after=%" PRId64 "%s%s&wait=%d",
		place->command_number, *place->command_id ? "&id=" : "", place->command_id,
		POLL_WAIT_SECONDS);
	return sync_push(sync, &sync->inbox, REQUEST_POLL, path, NULL, POLL_TIMEOUT_MS);
}

static int ask_complaints(struct sync *sync, const struct sync_place *place)
{
	char path[96];

	snprintf(path, sizeof(path), "/v1/kiosk/complaints?after=%s", place->restore_after);
	return sync_push(sync, &sync->inbox, REQUEST_RESTORE, path, NULL, RESTORE_TIMEOUT_MS);
}

void inbox_start(struct sync *sync)
{
	struct sync_place place;
	int error = store_sync_place(sync->store, &place);

	if (error == 0 && place.restoring) {
		error = ask_complaints(sync, &place);
	} else if (error == 0 && sync->now_ms >= sync->poll_absent_until_ms) {
		error = ask_commands(sync, &place);
	} else if (error == 0) {
		sync->inbox.not_before_ms = sync->poll_absent_until_ms;
		return;
	}
	if (error < 0) {
		log_error("sync: asking for commands: %s", strerror(-error));
		sync_postpone(sync, &sync->inbox);
	}
}

/* Whatever happened, an empty batch finds out whether the server is there and is the same. */
static void inbox_failed(struct sync *sync)
{
	sync->probe_due = true;
	if (sync->probe_useless)
		sync_enter(sync, SYNC_DOWN);
	sync_postpone(sync, &sync->inbox);
}

/*
 * A poll that was held, or that brought something, may be followed by the next at once. One
 * that was answered at once with nothing new comes from a server that doesn't wait: it is asked
 * less and less often. (Commands may have come with the answer to an upload meanwhile.) Or from
 * one that is being stopped: it may be back, with an older database, before it is asked again.
 */
static void poll_pace(struct sync *sync, bool news)
{
	if (news || sync->now_ms - sync->inbox.started_ms >= POLL_HELD_MS)
		sync->poll_pause_ms = 0;
	else if (sync->poll_pause_ms > 0)
		sync->poll_pause_ms *= 2;
	else {
		sync->poll_pause_ms = POLL_PAUSE_LEAST_MS;
		sync->probe_due = true;
	}
	if (sync->poll_pause_ms > POLL_PAUSE_MOST_MS)
		sync->poll_pause_ms = POLL_PAUSE_MOST_MS;
	sync->inbox.not_before_ms = sync->now_ms + sync->poll_pause_ms;
}

/* Stores what is new, in a transaction. Returns how many. */
static int take_commands(struct sync *sync, const struct sync_place *place, const json_t *commands)
{
	int error = json_array_size(commands) > 0 ? store_begin(sync->store) : 0;

	if (error < 0 || json_array_size(commands) == 0)
		return error;
	int taken = inbox_take(sync, place, commands);
	error = taken < 0 ? taken : store_commit(sync->store);
	if (error < 0) {
		store_rollback(sync->store);
		return error;
	}
	return taken;
}

static void poll_answer(struct sync *sync, const struct uplink_response *response)
{
	autojson json_t *answer = sync_json(response);
	const json_t *commands = json_object_get(answer, "commands");
	struct sync_place place;

	if (response->status != 204 && !json_is_array(commands)) {
		log_warning("sync: the server's list of commands makes no sense");
		inbox_failed(sync);
		return;
	}
	int taken = store_sync_place(sync->store, &place);
	if (taken == 0)
		taken = take_commands(sync, &place, commands);
	if (taken < 0) {
		sync_postpone(sync, &sync->inbox);
		return;
	}
	sync->commands_taken += taken;
	sync->inbox.failures = 0;
	poll_pace(sync, taken > 0 || place.command_number != sync->poll_after);
	sync_contact(sync);
}

/* One page and the place after it, together. *next is the last uuid of the page. */
static int keep_page(
	struct sync *sync, const json_t *complaints, const json_t *applied, const char *next)
{
	const json_t *number = json_object_get(applied, "number");
	int error = store_begin(sync->store);

	if (error < 0)
		return error;
	if (json_is_integer(number))
		error = store_commands_place(sync->store, json_integer_value(number),
			json_string_value(json_object_get(applied, "id")));
	if (error >= 0)
		error = store_complaints_restore(sync->store, sync->moment, complaints);
	if (error > 0)
		log_notice("sync: %d complaints restored from the server", error);
	if (error >= 0)
		error = store_sync_restore(sync->store, next);
	if (error == 0)
		return store_commit(sync->store);
	store_rollback(sync->store);
	return error;
}

static void restore_page(struct sync *sync, const json_t *answer)
{
	const json_t *complaints = json_object_get(answer, "complaints");
	struct sync_place place;
	int error = store_sync_place(sync->store, &place);
	const char *next = NULL;

	if (json_array_size(complaints) > 0) {
		next = json_string_value(json_object_get(
			json_array_get(complaints, json_array_size(complaints) - 1), "uuid"));
		if (!next || !uuid_valid(next) || strcmp(next, place.restore_after) <= 0) {
			log_error("sync: the server's list of complaints isn't in order: what "
				  "follows is left out");
			next = NULL;
		}
	}
	if (error == 0)
		error = keep_page(sync, complaints, json_object_get(answer, "applied"), next);
	if (error < 0) {
		sync_postpone(sync, &sync->inbox);
		return;
	}
	sync->inbox.failures = 0;
	sync->inbox.not_before_ms = sync->now_ms;
	sync->events_due = true;
	sync_contact(sync);
}

void inbox_answer(
	struct sync *sync, enum sync_request request, const struct uplink_response *response)
{
	int status = response->status;

	if (request == REQUEST_RESTORE && (status == 200 || sync_page_missing(status))) {
		autojson json_t *answer = status == 200 ? sync_json(response) : NULL;
		restore_page(sync, answer);
	} else if (request == REQUEST_POLL && (status == 200 || status == 204)) {
		poll_answer(sync, response);
	} else if (request == REQUEST_POLL && sync_page_missing(status)) {
		log_notice("sync: the server has no page for commands: they come with its other "
			   "answers only");
		sync->poll_absent_until_ms = sync->now_ms + POLL_ABSENT_MS;
		sync->inbox.not_before_ms = sync->poll_absent_until_ms;
	} else {
		inbox_failed(sync);
	}
}
