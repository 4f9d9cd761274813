/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/complaint.h"
#include "store/internal.h"

/* So many wrong numbers or PINs within this time, and the asker has to wait it out. */
#define GUESSES_MAX 5
#define GUESSES_MS (INT64_C(3600) * 1000)

void contact_release(struct contact *contact)
{
	free(contact->name);
	free(contact->address);
	free(contact->language);
	*contact = (struct contact) { 0 };
}

int store_contact(struct store *store, const char *sender, struct contact *out)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT name, address, language FROM contact WHERE sender = ?", "t", sender);

	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found;
	*out = (struct contact) {
		.name = store_column_copy(statement, 0),
		.address = store_column_copy(statement, 1),
		.language = store_column_copy(statement, 2),
	};
	return 1;
}

int store_contact_learn(struct store *store, const char *sender, const char *name,
	const char *address, int64_t now_ms)
{
	if (!name && !address)
		return 0;
	int error = store_run(store,
		"INSERT INTO contact (sender, name, address, updated_ms) VALUES (?, ?, ?, ?)"
		" ON CONFLICT (sender) DO UPDATE SET name = coalesce (excluded.name, name),"
		" address = coalesce (excluded.address, address), updated_ms = excluded.updated_ms",
		"ttti", sender, name, address, now_ms);

	return error < 0 ? error : 0;
}

int store_contact_agreed(struct store *store, const char *sender)
{
	int64_t agreed = 0;
	int found = store_value(store, &agreed,
		"SELECT announcements FROM contact WHERE sender = ? AND announcements = 1", "t",
		sender);

	return found < 0 ? found : agreed == 1;
}

int store_contacts_agreed(struct store *store,
	int (*each)(void *context, const char *sender, const char *language), void *context)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT sender, language FROM contact WHERE announcements = 1", "");

	if (found < 0)
		return found;
	while ((found = store_step(store, statement)) > 0) {
		int error = each(context, (const char *)sqlite3_column_text(statement, 0),
			(const char *)sqlite3_column_text(statement, 1));
		if (error < 0)
			return error;
	}
	return found;
}

int store_contact_language(
	struct store *store, const struct moment *moment, const char *sender, const char *language)
{
	autojson json_t *data = json_pack("{s:s}", "language", language);
	autojson json_t *personal = json_pack("{s:s}", "from", sender);

	if (!data || !personal)
		return -ENOMEM;
	int error = store_run(store,
		"INSERT INTO contact (sender, language, updated_ms) VALUES (?, ?, ?)"
		" ON CONFLICT (sender) DO UPDATE SET language = excluded.language,"
		" updated_ms = excluded.updated_ms",
		"tti", sender, language, moment->now_ms);
	/* The office's messages about what is under way are said in it too. */
	if (error >= 0)
		error = store_run(store,
			"UPDATE complaint SET language = ? WHERE uuid IN"
			" (SELECT uuid FROM complaint_personal WHERE sender = ?)",
			"tt", language, sender);
	if (error < 0)
		return error;
	return store_event(store, moment, "complainant", "contact.language", NULL, data, personal);
}

int store_contact_consent(
	struct store *store, const struct moment *moment, const char *sender, bool announcements)
{
	autojson json_t *data = json_pack("{s:b}", "announcements", announcements);
	autojson json_t *personal = json_pack("{s:s}", "from", sender);

	if (!data || !personal)
		return -ENOMEM;
	int error = store_run(store,
		"INSERT INTO contact (sender, announcements, updated_ms) VALUES (?, ?, ?)"
		" ON CONFLICT (sender) DO UPDATE SET announcements = excluded.announcements,"
		" updated_ms = excluded.updated_ms",
		"tii", sender, (int64_t)announcements, moment->now_ms);
	if (error < 0)
		return error;
	return store_event(store, moment, "complainant", "contact.consent", NULL, data, personal);
}

void session_release(struct session *session)
{
	free(session->topic);
	free(session->data);
	*session = (struct session) { 0 };
}

int store_session(struct store *store, const char *channel, const char *sender, struct session *out)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT topic, coalesce (ticket, ''), data, expires_ms FROM session"
		" WHERE channel = ? AND sender = ?",
		"tt", channel, sender);

	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found;
	*out = (struct session) {
		.topic = store_column_copy(statement, 0),
		.data = store_column_copy(statement, 2),
		.expires_ms = sqlite3_column_int64(statement, 3),
	};
	snprintf(out->ticket, TICKET_SIZE, "%s", (const char *)sqlite3_column_text(statement, 1));
	if (out->topic)
		return 1;
	session_release(out);
	return -ENOMEM;
}

int store_session_put(
	struct store *store, const char *channel, const char *sender, const struct session *session)
{
	int error = store_run(store,
		"INSERT INTO session (channel, sender, topic, ticket, data, expires_ms)"
		" VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (channel, sender) DO UPDATE SET"
		" topic = excluded.topic, ticket = excluded.ticket, data = excluded.data,"
		" expires_ms = excluded.expires_ms",
		"ttttti", channel, sender, session->topic, session->ticket, session->data,
		session->expires_ms);

	return error < 0 ? error : 0;
}

int store_session_set(struct store *store, const char *channel, const char *sender,
	const char *topic, const char *ticket, int64_t expires_ms)
{
	struct session session = { .topic = (char *)topic, .expires_ms = expires_ms };

	snprintf(session.ticket, sizeof(session.ticket), "%s", ticket);
	return store_session_put(store, channel, sender, &session);
}

int store_session_unanswered(
	struct store *store, const char *channel, int64_t now_ms, char **sender)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT sender FROM session WHERE channel = ? AND expires_ms <= ?"
		" AND topic = 'choice' AND json_valid (data)"
		" AND json_extract (data, '$.action') IN ('addition', 'objection') ORDER BY "
		"expires_ms LIMIT 1",
		"ti", channel, now_ms);

	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found;
	*sender = store_column_copy(statement, 0);
	return *sender ? 1 : -ENOMEM;
}

int store_session_prune(struct store *store, int64_t before_ms)
{
	int error = store_run(store, "DELETE FROM session WHERE expires_ms < ?", "i", before_ms);

	return error < 0 ? error : 0;
}

int store_session_clear(struct store *store, const char *channel, const char *sender)
{
	int error = store_run(store, "DELETE FROM session WHERE channel = ? AND sender = ?", "tt",
		channel, sender);

	return error < 0 ? error : 0;
}

int store_guess_blocked(struct store *store, const char *sender, int64_t now_ms)
{
	int64_t failures = 0;
	int found = store_value(store, &failures,
		"SELECT failures FROM guess WHERE sender = ? AND since_ms > ?", "ti", sender,
		now_ms - GUESSES_MS);

	return found < 0 ? found : failures >= GUESSES_MAX;
}

int store_guess_wrong(struct store *store, const char *sender, int64_t now_ms)
{
	int error = store_run(store,
		"INSERT INTO guess (sender, failures, since_ms) VALUES (?1, 1, ?2)"
		" ON CONFLICT (sender) DO UPDATE SET"
		" failures = CASE WHEN since_ms > ?3 THEN failures + 1 ELSE 1 END,"
		" since_ms = CASE WHEN since_ms > ?3 THEN since_ms ELSE ?2 END",
		"tii", sender, now_ms, now_ms - GUESSES_MS);

	return error < 0 ? error : 0;
}

int store_command_next(struct store *store, json_t **body)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT body FROM command WHERE state = 'taken' ORDER BY number, rowid LIMIT 1",
		"");

	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found;
	*body = json_loads((const char *)sqlite3_column_text(statement, 0), 0, NULL);
	return *body ? 1 : -ENOMEM;
}

int store_command_end(
	struct store *store, const struct moment *moment, const json_t *body, const char *refused)
{
	const char *id = json_string_value(json_object_get(body, "id"));
	const char *ticket = json_string_value(json_object_get(body, "ticket"));
	char canonical[TICKET_SIZE];

	autojson json_t *data = json_pack("{s:I, s:s?, s:s, s:s?}", "number",
		json_integer_value(json_object_get(body, "number")), "id", id, "result",
		refused ? "refused" : "done", "reason", refused);
	if (!data)
		return -ENOMEM;
	/* An event may only name a ticket that is one. */
	if (ticket && ticket_parse(ticket, canonical) < 0)
		ticket = NULL;
	int error = store_run(store, "UPDATE command SET state = ?, reason = ? WHERE id = ?", "ttt",
		refused ? "refused" : "done", refused, id);
	if (error < 0)
		return error;
	return store_event(
		store, moment, "kiosk", "command.applied", ticket ? canonical : NULL, data, NULL);
}
