/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same rules as for an SMS (firmware/dialogue/own.c), but for whoever knows number and PIN. */
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "dialogue/dialogue.h"
#include "kotakd/panel_private.h"

#define SMS "sms"

enum access {
	ACCESS_GIVEN,
	ACCESS_WRONG,
	ACCESS_BLOCKED,
};

/* Compares all digits whatever they are, so that time tells nothing either. */
static bool same_pin(const char *given, const char *right)
{
	return strlen(given) == PIN_SIZE - 1 && strlen(right) == PIN_SIZE - 1 &&
	       sodium_memcmp(given, right, PIN_SIZE - 1) == 0;
}

/*
 * Finds the complaint of the message's ticket and PIN: *access says whether the complaint is
 * filled in (release it). A number that doesn't exist and a wrong PIN are the same, and counted.
 */
static int find_own(struct panel_turn *turn, const json_t *message, struct complaint *complaint,
	enum access *access)
{
	struct store *store = turn->kiosk->store;
	const char *written = panel_text(message, "ticket", 2 * TICKET_SIZE);
	const char *pin = panel_text(message, "pin", PIN_SIZE - 1);
	char ticket[TICKET_SIZE];

	*access = ACCESS_BLOCKED;
	if (!written || !pin || !json_is_integer(json_object_get(message, "request")) ||
		ticket_parse(written, ticket) < 0)
		return -EPROTO;
	int result = store_guess_blocked(store, PANEL_SENDER, turn->moment.now_ms);
	if (result != 0)
		return result < 0 ? result : 0;
	result = store_complaint_find(store, ticket, complaint);
	if (result < 0)
		return result;
	if (result > 0 && same_pin(pin, complaint->pin)) {
		*access = ACCESS_GIVEN;
		return 0;
	}
	complaint_release(complaint);
	*access = ACCESS_WRONG;
	return store_guess_wrong(store, PANEL_SENDER, turn->moment.now_ms);
}

static json_t *request_of(const json_t *message)
{
	return json_object_get(message, "request");
}

static bool can_rate(const struct complaint *complaint)
{
	return complaint->state == STATE_RESOLVED || complaint->state == STATE_CLOSED;
}

/* What has ended for good would hide an addition. */
static bool can_add(const struct complaint *complaint)
{
	return complaint->state != STATE_WITHDRAWN && complaint->state != STATE_REFERRED &&
	       complaint->state != STATE_CLOSED;
}

static int say_case(
	struct panel_turn *turn, const json_t *message, const struct complaint *complaint)
{
	char created[TIME_SIZE], updated[TIME_SIZE];
	struct complaint_told told = { 0 };
	autofree char *question = NULL;
	int error = store_complaint_question(turn->kiosk->store, complaint, &question);

	if (error >= 0)
		error = store_complaint_told(turn->kiosk->store, complaint, &told);
	if (error < 0)
		return error;
	time_format(complaint->created_ms, created);
	time_format(complaint->updated_ms, updated);
	error = panel_say(turn,
		json_pack("{s:s, s:O, s:b, s:s, s:s, s:s, s:s, s:s?, s:s?, s:i, s:b, s:b, s:b, "
			  "s:s*, s:s*, s:s*}",
			"type", "case", "request", request_of(message), "found", true, "ticket",
			complaint->ticket, "state", state_name(complaint->state), "created",
			created, "updated", updated, "answer", complaint->answer, "question",
			question, "rating", complaint->rating, "can_rate", can_rate(complaint),
			"can_add", can_add(complaint), "can_withdraw", state_open(complaint->state),
			"due", told.due, "extended", told.extended, "object_until",
			told.object_until));
	complaint_told_release(&told);
	return error;
}

int panel_lookup(struct panel_turn *turn, const json_t *message)
{
	struct complaint complaint = { 0 };
	enum access access;
	int error = find_own(turn, message, &complaint, &access);

	if (error == 0 && access == ACCESS_GIVEN)
		error = say_case(turn, message, &complaint);
	else if (error == 0)
		error = panel_say(turn, json_pack("{s:s, s:O, s:b, s:s}", "type", "case", "request",
						request_of(message), "found", false, "reason",
						access == ACCESS_BLOCKED ? "blocked" : "wrong"));
	complaint_release(&complaint);
	return error;
}

/* A question of ours by SMS about this very complaint has its answer now. */
static int end_sms_session(struct panel_turn *turn, const struct complaint *complaint)
{
	struct session session = { 0 };

	if (!*complaint->sender)
		return 0;
	int found = store_session(turn->kiosk->store, SMS, complaint->sender, &session);
	bool about = found > 0 && strcmp(session.ticket, complaint->ticket) == 0;
	session_release(&session);
	if (found < 0 || !about)
		return found < 0 ? found : 0;
	return store_session_clear(turn->kiosk->store, SMS, complaint->sender);
}

/* What became of an act. */
struct outcome {
	bool ok, reopened;
};

static int rate(struct panel_turn *turn, const json_t *message, const struct complaint *complaint,
	struct outcome *outcome)
{
	int rating = (int)json_integer_value(json_object_get(message, "rating"));

	outcome->ok = can_rate(complaint);
	if (!outcome->ok)
		return 0;
	int error = store_complaint_rate(turn->kiosk->store, &turn->moment, complaint, rating);
	outcome->reopened = complaint->state == STATE_RESOLVED && rating <= DIALOGUE_RATING_REOPENS;
	if (error == 0 && outcome->reopened)
		error = store_complaint_state(turn->kiosk->store, &turn->moment, complaint,
			STATE_REOPENED, "complainant", "the result did not help", NULL);
	return error;
}

static int add(struct panel_turn *turn, const json_t *message, const struct complaint *complaint,
	struct outcome *outcome)
{
	/* What was written down under this id is done, whatever has become of the complaint. */
	int fresh = store_panel_addition(
		turn->kiosk->store, &turn->moment, panel_text(message, "id", UUID_SIZE - 1));

	outcome->ok = fresh == 0 || (fresh > 0 && can_add(complaint));
	if (fresh <= 0 || !outcome->ok)
		return fresh < 0 ? fresh : 0;
	return store_complaint_details(turn->kiosk->store, &turn->moment, complaint->ticket, NULL,
		NULL, panel_text(message, "text", PANEL_TEXT_MAX), true);
}

static int withdraw(struct panel_turn *turn, const json_t *message,
	const struct complaint *complaint, struct outcome *outcome)
{
	(void)message;
	if (!state_open(complaint->state))
		return 0;
	outcome->ok = true;
	return store_complaint_state(turn->kiosk->store, &turn->moment, complaint, STATE_WITHDRAWN,
		"complainant", "withdrawn by the complainant", NULL);
}

/* One act on one's own complaint, and whether it was done. */
static int act(struct panel_turn *turn, const json_t *message,
	int (*deed)(struct panel_turn *turn, const json_t *message,
		const struct complaint *complaint, struct outcome *outcome))
{
	struct complaint complaint = { 0 };
	struct outcome outcome = { 0 };
	enum access access;
	int error = find_own(turn, message, &complaint, &access);

	if (error == 0 && access == ACCESS_GIVEN)
		error = deed(turn, message, &complaint, &outcome);
	if (error == 0 && outcome.ok)
		error = end_sms_session(turn, &complaint);
	turn->changed = turn->changed || outcome.ok;
	if (error == 0)
		error = panel_say(turn, json_pack("{s:s, s:O, s:b, s:b}", "type", "done", "request",
						request_of(message), "ok", outcome.ok, "reopened",
						outcome.reopened));
	complaint_release(&complaint);
	return error;
}

int panel_rate(struct panel_turn *turn, const json_t *message)
{
	const json_t *rating = json_object_get(message, "rating");

	if (!json_is_integer(rating) || json_integer_value(rating) < 1 ||
		json_integer_value(rating) > 5)
		return -EPROTO;
	return act(turn, message, rate);
}

int panel_add(struct panel_turn *turn, const json_t *message)
{
	const char *text = panel_text(message, "text", PANEL_TEXT_MAX);
	const char *id = panel_text(message, "id", UUID_SIZE - 1);

	return text && *text && id && uuid_valid(id) ? act(turn, message, add) : -EPROTO;
}

int panel_withdraw(struct panel_turn *turn, const json_t *message)
{
	return act(turn, message, withdraw);
}
