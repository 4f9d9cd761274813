/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/apply.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/ids.h"
#include "base/log.h"
#include "tools/ppidd/case.h"
#include "tools/ppidd/command.h"
#include "tools/ppidd/complaint.h"
#include "tools/ppidd/deadline.h"
#include "tools/ppidd/erase.h"
#include "tools/ppidd/handover.h"
#include "tools/ppidd/health.h"
#include "tools/ppidd/kiosk.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/sim.h"
#include "tools/ppidd/survey.h"
#include "tools/ppidd/words.h"
#include "wire/state.h"
#include "wire/ticket.h"

#define MESSAGE_ID_SIZE 64
#define LANGUAGE_MAX 20
#define CATEGORY_MAX 40

struct event_parts {
	int64_t kiosk, now_ms;
	const json_t *event;
	const json_t *data;
	const json_t *body; /* personal; NULL when erased */
	const char *uuid;   /* NULL when there is no valid one */
	int64_t time_ms;
};

/* Makes no sense, but must not block those behind it: the caller keeps it and says so. */
#define MAKES_NO_SENSE (-EBADMSG)

static int complaint_owner(struct db *db, const char *uuid, int64_t *kiosk)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows, "SELECT kiosk FROM complaint WHERE uuid = $1", "t", uuid);
	if (result >= 0)
		result = db_step(rows);
	if (result < 0)
		return result;
	*kiosk = result > 0 ? db_integer(rows, 0) : 0;
	return 0;
}

/* The complaint that the event speaks of must be one of this kiosk's. */
static int need_own_complaint(struct db *db, const struct event_parts *parts)
{
	int64_t owner = 0;

	if (!parts->uuid)
		return MAKES_NO_SENSE;
	int error = complaint_owner(db, parts->uuid, &owner);
	if (error < 0)
		return error;
	return owner == parts->kiosk ? 0 : MAKES_NO_SENSE;
}

static int ticket_taken(struct db *db, const char *ticket)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows, "SELECT 1 FROM complaint WHERE ticket = $1", "t", ticket);
	return result < 0 ? result : db_step(rows);
}

/* The next number of those that only the server gives. */
static int server_ticket(struct db *db, int64_t kiosk, char ticket[static TICKET_SIZE])
{
	int64_t serial = 0;
	int result;

	do {
		autorows struct db_rows *rows = NULL;
		result = db_query(
			db, &rows, "SELECT next_serial FROM kiosk WHERE number = $1", "i", kiosk);
		if (result >= 0)
			result = db_step(rows);
		if (result <= 0)
			return result < 0 ? result : -ENOENT;
		serial = db_integer(rows, 0);
		result = ticket_format(ticket, (unsigned)kiosk, (uint32_t)serial);
		if (result < 0)
			return result;
		db_done(take_pointer(rows));
		result = db_run(db, "UPDATE kiosk SET next_serial = $1 WHERE number = $2", "ii",
			serial + 1, kiosk);
		if (result >= 0)
			result = ticket_taken(db, ticket);
	} while (result > 0);
	return result;
}

static int insert_personal(struct db *db, const struct event_parts *parts)
{
	if (!parts->body)
		return 0;
	return db_run(db,
		"INSERT INTO complaint_personal (uuid, sender, name, address, text, pin) "
		"VALUES ($1, $2, $3, $4, $5, $6)",
		"tttttt", parts->uuid, record_words(parts->body, "from"),
		record_text(parts->body, "name"), record_text(parts->body, "address"),
		record_words(parts->body, "text"), record_words(parts->body, "pin"));
}

/* Commands the kiosk to give its complaint another number, and writes that down. */
static int command_renumber(
	struct db *db, const struct event_parts *parts, const char *old, const char *ticket)
{
	struct step step = { .now_ms = parts->now_ms, .actor = "server" };
	struct command command = {
		.kiosk = parts->kiosk,
		.type = "renumber",
		.complaint = parts->uuid,
		.ticket = ticket,
		.old_ticket = old,
	};

	uuid_new(command.id);
	log_warning("kiosk %" PRId64 ": ticket %s belongs to another complaint: the later one "
		    "gets %s (was a card cloned?)",
		parts->kiosk, old, ticket);
	autojson json_t *data = json_pack("{s:s, s:s, s:s, s:s}", "uuid", parts->uuid, "old", old,
		"ticket", ticket, "command", command.id);
	if (!data)
		return -ENOMEM;
	int error = chain_append(db, &step, "complaint.renumbered", ticket, data, NULL);
	if (error >= 0)
		error = command_add(db, &step, &command);
	if (error >= 0)
		error = alert_raise(db, parts->kiosk, "ticket-twice", ticket, parts->now_ms);
	return error;
}

/* As the complainant says; the officer decides. */
static const char *proposed_category(const struct event_parts *parts)
{
	const char *category = record_text(parts->data, "category");

	return category && strlen(category) <= CATEGORY_MAX ? category : NULL;
}

const char *apply_about(const json_t *data)
{
	static const char *const known[] = { "office", "official", "agency", "other" };
	const char *about = record_words(data, "about");

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(known[i], about) == 0)
			return known[i];
	}
	return NULL;
}

/* By the kiosk's clock where that can be believed, for it may tell much later. */
static int64_t believed_time(const struct event_parts *parts)
{
	bool guess = strcmp(record_words(parts->event, "clock"), "guess") == 0;

	return guess || parts->time_ms > parts->now_ms ? parts->now_ms : parts->time_ms;
}

static int insert_complaint(
	struct db *db, const struct event_parts *parts, enum complaint_state state)
{
	const char *channel = record_text(parts->data, "channel");
	const char *written = record_text(parts->event, "ticket");
	char asked[TICKET_SIZE], ticket[TICKET_SIZE];

	if (!channel || strlen(channel) > 20 || !written || ticket_parse(written, asked) < 0)
		return MAKES_NO_SENSE;
	memcpy(ticket, asked, sizeof(ticket));
	int taken = ticket_taken(db, asked);
	if (taken > 0)
		taken = server_ticket(db, parts->kiosk, ticket);
	if (taken < 0)
		return taken;
	int error = db_run(db,
		"INSERT INTO complaint (uuid, kiosk, ticket, state, kiosk_state, still_open, "
		"channel, "
		"category, about, language, created_ms, updated_ms) "
		"VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10, $11)",
		"tittittttii", parts->uuid, parts->kiosk, ticket, state_name(state),
		(int64_t)state_open(state), channel, proposed_category(parts),
		apply_about(parts->data), record_words(parts->data, "language"), parts->time_ms,
		parts->now_ms);
	if (error >= 0)
		error = deadline_begin(db, parts->uuid, state, believed_time(parts), parts->now_ms);
	if (error >= 0)
		error = insert_personal(db, parts);
	if (error >= 0 && strcmp(record_words(parts->data, "kind"), "objection") == 0)
		error = case_take_objection(
			db, parts->uuid, record_words(parts->data, "objects_to"));
	if (error >= 0 && strcmp(asked, ticket) != 0)
		error = command_renumber(db, parts, asked, ticket);
	return error;
}

static int take_received(struct db *db, const struct event_parts *parts)
{
	int64_t owner = 0;

	if (!parts->uuid)
		return MAKES_NO_SENSE;
	int error = complaint_owner(db, parts->uuid, &owner);
	if (error < 0)
		return error;
	if (owner != 0)
		return MAKES_NO_SENSE;
	return insert_complaint(db, parts, STATE_RECEIVED);
}

static int set_kiosk_state(
	struct db *db, const struct event_parts *parts, enum complaint_state state)
{
	int error = db_run(db, "UPDATE complaint SET kiosk_state = $1 WHERE uuid = $2", "tt",
		state_name(state), parts->uuid);

	if (error >= 0)
		error = complaint_settle(db, parts->uuid, parts->now_ms);
	/* Kept as what the kiosk says; the state stays what may follow. */
	return error > 0 ? MAKES_NO_SENSE : error;
}

static int take_restored(struct db *db, const struct event_parts *parts)
{
	enum complaint_state state;
	int64_t owner = 0;

	if (!parts->uuid || !state_from_name(record_words(parts->data, "state"), &state))
		return MAKES_NO_SENSE;
	int error = complaint_owner(db, parts->uuid, &owner);
	if (error < 0)
		return error;
	if (owner == 0)
		return insert_complaint(db, parts, state);
	return owner == parts->kiosk ? set_kiosk_state(db, parts, state) : MAKES_NO_SENSE;
}

static int touch_complaint(struct db *db, const struct event_parts *parts)
{
	return db_run(db, "UPDATE complaint SET updated_ms = $1 WHERE uuid = $2", "it",
		parts->now_ms, parts->uuid);
}

static int take_details(struct db *db, const struct event_parts *parts)
{
	int error = need_own_complaint(db, parts);

	if (error < 0 || !parts->body)
		return error;
	error = db_run(db,
		"UPDATE complaint_personal SET name = coalesce($1, name), "
		"address = coalesce($2, address) WHERE uuid = $3",
		"ttt", record_text(parts->body, "name"), record_text(parts->body, "address"),
		parts->uuid);
	if (error >= 0)
		error = words_changed(db, parts->uuid);
	return error < 0 ? error : touch_complaint(db, parts);
}

static int take_rated(struct db *db, const struct event_parts *parts)
{
	int64_t rating = record_number(parts->data, "rating");

	if (rating < RATING_WORST || rating > RATING_BEST)
		return MAKES_NO_SENSE;
	int error = need_own_complaint(db, parts);
	if (error >= 0)
		error = db_run(db,
			"UPDATE complaint SET rating = $1, surveyed_ms = $2, survey_from_ms = NULL "
			"WHERE uuid = $3",
			"iit", rating, parts->now_ms, parts->uuid);
	return error < 0 ? error : touch_complaint(db, parts);
}

static int take_confidential(struct db *db, const struct event_parts *parts)
{
	const json_t *on = json_object_get(parts->data, "on");

	if (!json_is_boolean(on))
		return MAKES_NO_SENSE;
	int error = need_own_complaint(db, parts);
	if (error >= 0)
		error = db_run(db, "UPDATE complaint SET confidential = $1 WHERE uuid = $2", "it",
			(int64_t)json_is_true(on), parts->uuid);
	return error < 0 ? error : touch_complaint(db, parts);
}

/* The number that asked for something; "" when it was erased meanwhile. */
static const char *contact_number(const struct event_parts *parts)
{
	return record_words(parts->body, "from");
}

static int take_language(struct db *db, const struct event_parts *parts)
{
	const char *language = record_text(parts->data, "language");

	if (!language || !*language || strlen(language) > LANGUAGE_MAX)
		return MAKES_NO_SENSE;
	if (!*contact_number(parts))
		return 0;
	int error = db_run(db,
		"INSERT INTO contact_personal (kiosk, sender, language, told_ms) "
		"VALUES ($1, $2, $3, $4) ON CONFLICT (kiosk, sender) DO UPDATE SET "
		"language = excluded.language, told_ms = excluded.told_ms",
		"itti", parts->kiosk, contact_number(parts), language, parts->now_ms);
	if (error < 0)
		return error;
	/* As the kiosk does: what is under way is said in it too. */
	return db_run(db,
		"UPDATE complaint SET language = $1 WHERE kiosk = $2 AND uuid IN "
		"(SELECT uuid FROM complaint_personal WHERE sender = $3)",
		"tit", language, parts->kiosk, contact_number(parts));
}

static int take_consent(struct db *db, const struct event_parts *parts)
{
	const json_t *announcements = json_object_get(parts->data, "announcements");

	if (!json_is_boolean(announcements))
		return MAKES_NO_SENSE;
	if (!*contact_number(parts))
		return 0;
	return db_run(db,
		"INSERT INTO contact_personal (kiosk, sender, announcements, told_ms) "
		"VALUES ($1, $2, $3, $4) ON CONFLICT (kiosk, sender) DO UPDATE SET "
		"announcements = excluded.announcements, told_ms = excluded.told_ms",
		"itii", parts->kiosk, contact_number(parts), (int64_t)json_is_true(announcements),
		parts->now_ms);
}

static int take_balance(struct db *db, const struct event_parts *parts)
{
	const char *modem = record_text(parts->data, "modem");
	const char *until = record_text(parts->data, "valid_until");
	const char *operator_name = record_words(parts->data, "operator");
	struct sim sim = { .kiosk = parts->kiosk,
		.modem = modem,
		.operator_name = operator_name,
		.amount = -1,
		.low = json_is_true(json_object_get(parts->data, "low")),
		.told_ms = parts->time_ms };

	if (json_is_integer(json_object_get(parts->data, "amount")))
		sim.amount = record_number(parts->data, "amount");
	if (!modem || !*modem || strlen(modem) > SIM_WORDS_MAX ||
		strlen(operator_name) > SIM_WORDS_MAX || sim.amount < -1 ||
		(until && time_parse(until, &sim.valid_until_ms) < 0))
		return MAKES_NO_SENSE;
	return sim_told(db, &sim);
}

static int take_health(struct db *db, const struct event_parts *parts)
{
	return health_told(db, parts->kiosk, parts->data, believed_time(parts));
}

static int take_state(struct db *db, const struct event_parts *parts)
{
	const char *command = record_text(parts->data, "command");
	enum complaint_state state;

	if (!state_from_name(record_words(parts->data, "to"), &state))
		return MAKES_NO_SENSE;
	int error = need_own_complaint(db, parts);
	if (error >= 0 && command)
		error = db_run(db,
			"UPDATE command SET echoed = 1 WHERE id = $1 AND kiosk = $2 AND target = "
			"$3",
			"tit", command, parts->kiosk, state_name(state));
	/* The next answer may be asked about again. */
	if (error >= 0 && state == STATE_REOPENED)
		error = db_run(db, "UPDATE complaint SET surveyed_ms = NULL WHERE uuid = $1", "t",
			parts->uuid);
	return error < 0 ? error : set_kiosk_state(db, parts, state);
}

static int take_renumbered(struct db *db, const struct event_parts *parts)
{
	char ticket[TICKET_SIZE];

	if (ticket_parse(record_words(parts->data, "ticket"), ticket) < 0)
		return MAKES_NO_SENSE;
	int error = need_own_complaint(db, parts);
	if (error < 0)
		return error;
	/* Usually only the echo of our own command. */
	int taken = ticket_taken(db, ticket);
	if (taken != 0)
		return taken < 0 ? taken : 0;
	error = words_changed(db, parts->uuid);
	if (error < 0)
		return error;
	return db_run(db, "UPDATE complaint SET ticket = $1, updated_ms = $2 WHERE uuid = $3",
		"tit", ticket, parts->now_ms, parts->uuid);
}

static int take_applied(struct db *db, const struct event_parts *parts)
{
	const char *id = record_text(parts->data, "id");
	const char *result = record_text(parts->data, "result");
	char complaint[UUID_SIZE];

	if (!id || !result)
		return MAKES_NO_SENSE;
	int error = command_applied(db, parts->kiosk, id, strcmp(result, "done") == 0,
		record_text(parts->data, "reason"), parts->now_ms, complaint);
	if (error < 0 || !*complaint)
		return error;
	return complaint_settle(db, complaint, parts->now_ms);
}

static int message_id(const struct event_parts *parts, char id[static MESSAGE_ID_SIZE])
{
	const json_t *name = json_object_get(parts->data, "message");

	if (json_is_integer(name))
		snprintf(id, MESSAGE_ID_SIZE, "%" PRId64 ":%" JSON_INTEGER_FORMAT, parts->kiosk,
			json_integer_value(name));
	else if (json_is_string(name) && json_string_length(name) <= 40)
		snprintf(id, MESSAGE_ID_SIZE, "%" PRId64 ":%s", parts->kiosk,
			json_string_value(name));
	else
		return MAKES_NO_SENSE;
	return 0;
}

static int insert_message(
	struct db *db, const struct event_parts *parts, const char *id, const char *state)
{
	return db_run(db,
		"INSERT INTO message (id, kiosk, complaint, purpose, command, state, queued_ms, "
		"updated_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (id) DO NOTHING",
		"titttti", id, parts->kiosk, parts->uuid, record_words(parts->data, "purpose"),
		record_text(parts->data, "command"), state, parts->time_ms);
}

static int take_queued(struct db *db, const struct event_parts *parts)
{
	char id[MESSAGE_ID_SIZE];

	int error = message_id(parts, id);
	if (error >= 0)
		error = insert_message(db, parts, id, "queued");
	/* A survey that a lost life of this database commanded counts too. */
	if (error > 0 && parts->uuid && strcmp(record_words(parts->data, "purpose"), "survey") == 0)
		error = survey_made(db, parts->uuid, parts->now_ms);
	if (error < 0 || !parts->body)
		return error;
	error = db_run(db, "UPDATE message SET epoch = $1, seq = $2 WHERE id = $3", "iit",
		record_number(parts->event, "epoch"), record_number(parts->event, "seq"), id);
	if (error < 0)
		return error;
	return db_run(db, "INSERT INTO message_personal (id, recipient, text) VALUES ($1, $2, $3)",
		"ttt", id, record_words(parts->body, "to"), record_words(parts->body, "text"));
}

/* message.sent, .delivered, .failed, .expired: the last is what the officer sees. */
static int take_message(struct db *db, const struct event_parts *parts)
{
	const char *state = strchr(record_words(parts->event, "type"), '.') + 1;
	char id[MESSAGE_ID_SIZE];

	int error = message_id(parts, id);
	if (error >= 0)
		error = insert_message(db, parts, id, "queued");
	if (error < 0)
		return error;
	/* A late "sent" doesn't take a delivery back. */
	error = db_run(db,
		"UPDATE message SET state = $1, reason = $2, updated_ms = $3 WHERE id = $4 "
		"AND NOT (state = 'delivered' AND $1 = 'sent')",
		"ttit", state, record_text(parts->data, "reason"), parts->time_ms, id);
	if (error >= 0)
		error = handover_message(db, id, state, parts->now_ms);
	if (error < 0 || strcmp(state, "delivered") != 0)
		return error;
	return survey_answer_arrived(db, id, believed_time(parts));
}

static int take_started(struct db *db, const struct event_parts *parts)
{
	const char *version = record_text(parts->data, "version");

	if (!version || strlen(version) > 50)
		return MAKES_NO_SENSE;
	int changed =
		db_run(db, "UPDATE kiosk SET version = $1 WHERE number = $2 AND version <> $1",
			"ti", version, parts->kiosk);
	/* An older one may have refused what this one can. */
	return changed > 0 ? erase_again(db, parts->kiosk, parts->now_ms) : changed;
}

static const struct {
	const char *type;
	int (*take)(struct db *db, const struct event_parts *parts);
} takers[] = {
	{ "complaint.received", take_received },
	{ "complaint.restored", take_restored },
	{ "complaint.details", take_details },
	{ "complaint.state", take_state },
	{ "complaint.renumbered", take_renumbered },
	{ "complaint.rated", take_rated },
	{ "complaint.confidential", take_confidential },
	{ "contact.language", take_language },
	{ "contact.consent", take_consent },
	{ "sim.balance", take_balance },
	{ "command.applied", take_applied },
	{ "message.queued", take_queued },
	{ "message.sent", take_message },
	{ "message.delivered", take_message },
	{ "message.failed", take_message },
	{ "message.expired", take_message },
	{ "kiosk.started", take_started },
	{ "kiosk.health", take_health },
};

int apply_event(struct db *db, int64_t kiosk, const json_t *event, int64_t now_ms)
{
	const json_t *data = json_object_get(event, "data");
	const char *type = record_words(event, "type");
	struct event_parts parts = {
		.kiosk = kiosk,
		.now_ms = now_ms,
		.event = event,
		.data = data,
		.body = json_object_get(json_object_get(event, "personal"), "body"),
		.uuid = record_text(data, "uuid"),
		.time_ms = now_ms,
	};
	int error = 0;

	if (parts.uuid && !uuid_valid(parts.uuid))
		parts.uuid = NULL;
	if (time_parse(record_words(event, "time"), &parts.time_ms) < 0)
		parts.time_ms = now_ms;
	for (size_t i = 0; i < ARRAY_SIZE(takers); i++) {
		if (strcmp(takers[i].type, type) == 0)
			error = takers[i].take(db, &parts);
	}
	/* What was said of a complaint that was erased meanwhile is not kept either. */
	if (error >= 0 && parts.uuid && parts.body)
		error = erase_arrived(db, kiosk, event, parts.uuid);
	if (error != MAKES_NO_SENSE)
		return error < 0 ? error : 0;
	char place[100];
	snprintf(place, sizeof(place), "epoch %" PRId64 " event %" PRId64,
		record_number(event, "epoch"), record_number(event, "seq"));
	log_warning("kiosk %" PRId64 ": %s: a %s that makes no sense here: kept, but not applied",
		kiosk, place, type);
	return alert_raise(db, kiosk, "senseless", place, now_ms);
}
