/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event log is the truth: here the tables of the present state are written from it.
 * Events whose personal part was erased give what is left of them.
 */
#include <errno.h>
#include <string.h>

#include "store/complaint.h"
#include "store/internal.h"
#include "wire/state.h"
#include "wire/ticket.h"

#define MESSAGE_LIFETIME_MS (INT64_C(7) * 24 * 3600 * 1000)

struct replay {
	struct store *store;
	const json_t *data;
	const json_t *personal; /* the body, NULL when erased or none */
	const char *ticket;
	int64_t time_ms;
};

typedef int replay_event(const struct replay *replay);

static const char *datum(const struct replay *replay, const char *name)
{
	return json_string_value(json_object_get(replay->data, name));
}

static const char *personal(const struct replay *replay, const char *name)
{
	return json_string_value(json_object_get(replay->personal, name));
}

static int replay_received(const struct replay *replay)
{
	const char *uuid = datum(replay, "uuid");
	const char *sender = personal(replay, "from");
	const char *state = datum(replay, "state");
	const char *channel = datum(replay, "channel");
	const char *language = datum(replay, "language");

	int error = store_run(replay->store,
		"INSERT OR IGNORE INTO complaint (uuid, ticket, state, channel, language,"
		" category, about, created_ms, updated_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"tttttttii", uuid, replay->ticket, state ? state : "received",
		channel ? channel : "sms", language ? language : "id", datum(replay, "category"),
		complaint_about(datum(replay, "about")), replay->time_ms, replay->time_ms);
	if (error <= 0 || !sender)
		return store_none(error);
	return store_none(store_run(replay->store,
		"INSERT OR IGNORE INTO complaint_personal (uuid, sender, name, address, text, pin)"
		" VALUES (?, ?, ?, ?, coalesce (?, ''), coalesce (?, ''))",
		"tttttt", uuid, sender, personal(replay, "name"), personal(replay, "address"),
		personal(replay, "text"), personal(replay, "pin")));
}

static int replay_details(const struct replay *replay)
{
	const char *uuid = datum(replay, "uuid");
	int error = store_run(replay->store,
		"UPDATE complaint_personal SET name = coalesce (?, name),"
		" address = coalesce (?, address) WHERE uuid = ?",
		"ttt", personal(replay, "name"), personal(replay, "address"), uuid);

	if (error >= 0)
		error = store_run(replay->store,
			"UPDATE complaint SET updated_ms = ? WHERE uuid = ?", "it", replay->time_ms,
			uuid);
	return store_none(error);
}

static int replay_state(const struct replay *replay)
{
	return store_none(store_run(replay->store,
		"UPDATE OR IGNORE complaint SET state = ?, updated_ms = ? WHERE uuid = ?", "tit",
		datum(replay, "to"), replay->time_ms, datum(replay, "uuid")));
}

static int replay_rated(const struct replay *replay)
{
	return store_none(store_run(replay->store,
		"UPDATE OR IGNORE complaint SET rating = ?, updated_ms = ? WHERE uuid = ?", "iit",
		(int64_t)json_integer_value(json_object_get(replay->data, "rating")),
		replay->time_ms, datum(replay, "uuid")));
}

static int replay_confidential(const struct replay *replay)
{
	return store_none(store_run(replay->store,
		"UPDATE complaint SET confidential = ? WHERE uuid = ?", "it",
		(int64_t)json_is_true(json_object_get(replay->data, "on")), datum(replay, "uuid")));
}

/* Both need the number, which is personal: once erased, nothing of it is left to tell. */
static int replay_language(const struct replay *replay)
{
	const char *sender = personal(replay, "from");

	if (!sender)
		return 0;
	int error = store_run(replay->store,
		"INSERT INTO contact (sender, language, updated_ms) VALUES (?, ?, ?)"
		" ON CONFLICT (sender) DO UPDATE SET language = excluded.language",
		"tti", sender, datum(replay, "language"), replay->time_ms);
	if (error >= 0)
		error = store_run(replay->store,
			"UPDATE OR IGNORE complaint SET language = ? WHERE uuid IN"
			" (SELECT uuid FROM complaint_personal WHERE sender = ?)",
			"tt", datum(replay, "language"), sender);
	return store_none(error);
}

static int replay_consent(const struct replay *replay)
{
	const char *sender = personal(replay, "from");

	if (!sender)
		return 0;
	return store_none(store_run(replay->store,
		"INSERT INTO contact (sender, announcements, updated_ms) VALUES (?, ?, ?)"
		" ON CONFLICT (sender) DO UPDATE SET announcements = excluded.announcements",
		"tii", sender,
		(int64_t)json_is_true(json_object_get(replay->data, "announcements")),
		replay->time_ms));
}

/* Its words were erased with it, beside the log as well. */
static int replay_erased(const struct replay *replay)
{
	return store_none(
		store_run(replay->store, "UPDATE complaint SET erased_ms = ? WHERE uuid = ?", "it",
			replay->time_ms, datum(replay, "uuid")));
}

static int replay_renumbered(const struct replay *replay)
{
	return store_none(
		store_run(replay->store, "UPDATE OR IGNORE complaint SET ticket = ? WHERE uuid = ?",
			"tt", replay->ticket, datum(replay, "uuid")));
}

static int replay_queued(const struct replay *replay)
{
	if (!replay->personal)
		return 0;
	return store_none(store_run(replay->store,
		"INSERT OR IGNORE INTO outgoing_sms (uuid, recipient, text, purpose, ticket,"
		" command_id, priority, concat_reference, created_ms, not_before_ms, expires_ms)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1,"
		" (SELECT coalesce (max (id), 0) + 1 FROM outgoing_sms) % 256, ?7, ?7, ?8)",
		"ttttttii", datum(replay, "message"), personal(replay, "to"),
		personal(replay, "text"), datum(replay, "purpose"), replay->ticket,
		datum(replay, "command"), replay->time_ms, replay->time_ms + MESSAGE_LIFETIME_MS));
}

static int message_becomes(const struct replay *replay, const char *state)
{
	return store_none(
		store_run(replay->store, "UPDATE outgoing_sms SET state = ? WHERE uuid = ?", "tt",
			state, datum(replay, "message")));
}

static int replay_sent(const struct replay *replay)
{
	return message_becomes(replay, "sent");
}

static int replay_delivered(const struct replay *replay)
{
	return message_becomes(replay, "delivered");
}

static int replay_failed(const struct replay *replay)
{
	return message_becomes(replay, "failed");
}

static int replay_expired(const struct replay *replay)
{
	return message_becomes(replay, "expired");
}

static int replay_applied(const struct replay *replay)
{
	const char *result = datum(replay, "result");

	return store_none(store_run(replay->store,
		"INSERT INTO command (id, number, body, taken_ms, state) VALUES (?, ?, '{}', ?, ?)"
		" ON CONFLICT (id) DO UPDATE SET state = excluded.state",
		"tiit", datum(replay, "id"),
		(int64_t)json_integer_value(json_object_get(replay->data, "number")),
		replay->time_ms, result && strcmp(result, "refused") == 0 ? "refused" : "done"));
}

static const struct {
	const char *type;
	replay_event *replay;
} replays[] = {
	{ "complaint.received", replay_received },
	{ "complaint.restored", replay_received },
	{ "complaint.details", replay_details },
	{ "complaint.state", replay_state },
	{ "complaint.rated", replay_rated },
	{ "complaint.confidential", replay_confidential },
	{ "complaint.renumbered", replay_renumbered },
	{ "complaint.erased", replay_erased },
	{ "contact.language", replay_language },
	{ "contact.consent", replay_consent },
	{ "message.queued", replay_queued },
	{ "message.sent", replay_sent },
	{ "message.delivered", replay_delivered },
	{ "message.failed", replay_failed },
	{ "message.expired", replay_expired },
	{ "command.applied", replay_applied },
};

static int replay_one(struct store *store, const json_t *event)
{
	const char *type = json_string_value(json_object_get(event, "type"));
	const char *time = json_string_value(json_object_get(event, "time"));
	struct replay replay = {
		.store = store,
		.data = json_object_get(event, "data"),
		.personal = json_object_get(json_object_get(event, "personal"), "body"),
		.ticket = json_string_value(json_object_get(event, "ticket")),
	};

	if (!type || !time || time_parse(time, &replay.time_ms) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(replays); i++) {
		if (strcmp(type, replays[i].type) != 0)
			continue;
		int error = replays[i].replay(&replay);
		/* A fact that doesn't fit what is there (a NULL, a number taken) changes nothing.
		 */
		return error == -EEXIST ? 0 : error;
	}
	return 0;
}

/* The serial goes on after the highest number that this kiosk ever gave out. */
static int replay_serial(struct store *store)
{
	char low[TICKET_SIZE], high[TICKET_SIZE];
	int64_t serial = 0, highest = 0;
	int error = ticket_format(low, store->kiosk, 1);

	if (error == 0)
		error = ticket_format(high, store->kiosk, TICKET_SERIAL_SERVER);
	if (error == 0)
		error = store_value(store, &highest,
			"SELECT max(CAST (substr (ticket, 5, 6) AS INTEGER)) FROM complaint"
			" WHERE substr (ticket, 1, 10) BETWEEN substr (?, 1, 10) AND substr (?, 1, "
			"10)",
			"tt", low, high);
	if (error >= 0)
		error = store_setting(store, "serial", &serial);
	if (error < 0 || highest <= serial)
		return store_none(error);
	return store_setting_put(store, "serial", highest);
}

int store_replay(struct store *store)
{
	int64_t epochs = 0;
	int error = store_value(store, &epochs, "SELECT max(number) FROM epoch", "");

	for (int64_t epoch = 1; error >= 0 && epoch <= epochs; epoch++) {
		for (int64_t seq = 0; error >= 0;) {
			autojson json_t *events = NULL;
			size_t index;
			const json_t *event;
			error = store_events_after(store, epoch, seq, 100, SIZE_MAX, &events);
			if (error < 0 || !json_array_size(events))
				break;
			json_array_foreach (events, index, event) {
				seq = json_integer_value(json_object_get(event, "seq"));
				if (error >= 0)
					error = replay_one(store, event);
			}
		}
	}
	return error < 0 ? error : replay_serial(store);
}
