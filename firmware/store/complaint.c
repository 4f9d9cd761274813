/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/complaint.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "base/log.h"
#include "store/internal.h"

/*
 * The answer: by identity, since a number may change; servers that know only numbers exist.
 * The values come with a + that takes their columns' affinity away: the index has none.
 */
#define ANSWER_BY(key, value)                                                                      \
	"(SELECT json_extract (m.body, '$.text') FROM command m WHERE"                             \
	" json_extract (m.body, '$." key "') = " value                                             \
	" AND json_extract (m.body, '$.type') = 'answer' ORDER BY m.number DESC LIMIT 1)"
#define COMPLAINT_COLUMNS                                                                          \
	"c.uuid, c.ticket, c.state, c.channel, c.language, p.sender, p.name, p.address, p.text,"   \
	" p.pin, c.created_ms, c.updated_ms, coalesce (" ANSWER_BY(                                \
		"uuid", "+c.uuid") ", " ANSWER_BY("ticket",                                        \
		"+c.ticket") "), c.confidential, c.rating, c.category,"                            \
			     " c.about"
#define COMPLAINT_TABLES "complaint c LEFT JOIN complaint_personal p ON p.uuid = c.uuid"

void complaint_release(struct complaint *complaint)
{
	free(complaint->channel);
	free(complaint->language);
	free(complaint->sender);
	free(complaint->name);
	free(complaint->address);
	free(complaint->text);
	free(complaint->answer);
	free(complaint->category);
	free(complaint->about);
	*complaint = (struct complaint) { 0 };
}

const char *complaint_about(const char *about)
{
	static const char *const known[] = { "office", "official", "agency", "other" };

	for (size_t i = 0; about && i < ARRAY_SIZE(known); i++) {
		if (strcmp(about, known[i]) == 0)
			return about;
	}
	return NULL;
}

int store_ticket_next(
	struct store *store, char ticket[static TICKET_SIZE], char pin[static PIN_SIZE])
{
	int64_t serial = 0, one;
	int found = store_setting(store, "serial", &serial);

	snprintf(pin, PIN_SIZE, "%04u", randombytes_uniform(10000) % 10000U);
	/* Complaints restored from the server may have numbers ahead of ours: step over them. */
	do {
		if (found < 0)
			return found;
		if (++serial >= TICKET_SERIAL_SERVER)
			return -ERANGE;
		int error = ticket_format(ticket, store->kiosk, (uint32_t)serial);
		if (error < 0)
			return error;
		found = store_value(
			store, &one, "SELECT 1 FROM complaint WHERE ticket = ?", "t", ticket);
	} while (found != 0);
	return 0;
}

static json_t *complaint_personal(const struct complaint_opening *opening)
{
	return json_pack("{s:s, s:s?, s:s?, s:s, s:s}", "from", opening->sender, "name",
		opening->name, "address", opening->address, "text", opening->text, "pin",
		opening->pin);
}

/* 1 when this complaint is there already, 0 when not. */
static int complaint_known(struct store *store, const char *uuid)
{
	int64_t one;

	return store_value(store, &one, "SELECT 1 FROM complaint WHERE uuid = ?", "t", uuid);
}

/* What any officer may be told of it; category and about only where they were said. */
static json_t *complaint_data(const struct complaint_opening *opening, const char *uuid)
{
	return json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:s*, s:s*}", "uuid", uuid, "channel",
		opening->channel, "language", opening->language, "category", opening->category,
		"about", opening->about, "kind", opening->objects_to ? "objection" : NULL,
		"objects_to", opening->objects_to);
}

static int complaint_write(struct store *store, const struct moment *moment,
	const struct complaint_opening *opening, const char *uuid)
{
	int error = store_run(store,
		"INSERT INTO complaint (uuid, ticket, state, channel, language, category, about,"
		" created_ms, updated_ms) VALUES (?, ?, 'received', ?, ?, ?, ?, ?, ?)",
		"ttttttii", uuid, opening->ticket, opening->channel, opening->language,
		opening->category, opening->about, moment->now_ms, moment->now_ms);

	if (error >= 0)
		error = store_run(store,
			"INSERT INTO complaint_personal (uuid, sender, name, address, text, pin)"
			" VALUES (?, ?, ?, ?, ?, ?)",
			"tttttt", uuid, opening->sender, opening->name, opening->address,
			opening->text, opening->pin);
	return error < 0 ? error
			 : store_setting_put(store, "serial", ticket_serial(opening->ticket));
}

int store_complaint_open(struct store *store, const struct moment *moment,
	const struct complaint_opening *opening, char uuid[static UUID_SIZE])
{
	struct complaint complaint = { 0 };
	int known = 0;

	if (opening->uuid) {
		snprintf(uuid, UUID_SIZE, "%s", opening->uuid);
		known = complaint_known(store, uuid);
	} else {
		uuid_new(uuid);
	}
	if (known != 0)
		return known;
	autojson json_t *data = complaint_data(opening, uuid);
	autojson json_t *personal = complaint_personal(opening);
	if (!data || !personal)
		return -ENOMEM;
	int error = complaint_write(store, moment, opening, uuid);
	if (error == 0)
		error = store_event(store, moment, "complainant", "complaint.received",
			opening->ticket, data, personal);
	if (error < 0 || !opening->confidential)
		return error;
	memcpy(complaint.uuid, uuid, UUID_SIZE);
	snprintf(complaint.ticket, sizeof(complaint.ticket), "%s", opening->ticket);
	return store_complaint_confide(store, moment, &complaint, true);
}

static int complaint_take(struct store *store, sqlite3_stmt *row, struct complaint *out)
{
	int found = store_step(store, row);

	if (found <= 0)
		return found;
	*out = (struct complaint) {
		.channel = store_column_copy(row, 3),
		.language = store_column_copy(row, 4),
		.sender = store_column_copy(row, 5),
		.name = store_column_copy(row, 6),
		.address = store_column_copy(row, 7),
		.text = store_column_copy(row, 8),
		.answer = store_column_copy(row, 12),
		.created_ms = sqlite3_column_int64(row, 10),
		.updated_ms = sqlite3_column_int64(row, 11),
		.confidential = sqlite3_column_int(row, 13) != 0,
		.rating = sqlite3_column_int(row, 14),
		.category = store_column_copy(row, 15),
		.about = store_column_copy(row, 16),
	};
	const char *pin = (const char *)sqlite3_column_text(row, 9);
	snprintf(out->uuid, sizeof(out->uuid), "%s", (const char *)sqlite3_column_text(row, 0));
	snprintf(out->ticket, sizeof(out->ticket), "%s", (const char *)sqlite3_column_text(row, 1));
	snprintf(out->pin, sizeof(out->pin), "%s", pin ? pin : "");
	/* Once erased, the personal row is gone. */
	if (!out->sender)
		out->sender = strdup("");
	if (!out->text)
		out->text = strdup("");
	if (!state_from_name((const char *)sqlite3_column_text(row, 2), &out->state) ||
		!out->channel || !out->language || !out->sender || !out->text) {
		complaint_release(out);
		return -ENOMEM;
	}
	return 1;
}

int store_complaint_find(struct store *store, const char *ticket, struct complaint *out)
{
	autostatement sqlite3_stmt *statement = NULL;
	int error = store_query(store, &statement,
		"SELECT " COMPLAINT_COLUMNS " FROM " COMPLAINT_TABLES " WHERE c.ticket = ?", "t",
		ticket);

	return error < 0 ? error : complaint_take(store, statement, out);
}

int store_complaint_by_uuid(struct store *store, const char *uuid, struct complaint *out)
{
	autostatement sqlite3_stmt *statement = NULL;
	int error = store_query(store, &statement,
		"SELECT " COMPLAINT_COLUMNS " FROM " COMPLAINT_TABLES " WHERE c.uuid = ?", "t",
		uuid);

	return error < 0 ? error : complaint_take(store, statement, out);
}

int store_complaint_latest(struct store *store, const char *sender, struct complaint *out)
{
	autostatement sqlite3_stmt *statement = NULL;
	int error = store_query(store, &statement,
		"SELECT " COMPLAINT_COLUMNS " FROM " COMPLAINT_TABLES
		" WHERE p.sender = ? ORDER BY c.created_ms DESC, c.ticket DESC LIMIT 1",
		"t", sender);

	return error < 0 ? error : complaint_take(store, statement, out);
}

int store_complaint_list(
	struct store *store, const char *sender, bool open, struct complaint *out, size_t most)
{
	autostatement sqlite3_stmt *statement = NULL;
	size_t count = 0;
	int found = store_query(store, &statement,
		"SELECT " COMPLAINT_COLUMNS " FROM " COMPLAINT_TABLES
		" WHERE p.sender = ?1 AND CASE ?2 WHEN 1 THEN c.state NOT IN ('resolved', 'closed',"
		" 'referred', 'withdrawn') ELSE c.state IN ('resolved', 'closed') END"
		" ORDER BY c.created_ms DESC, c.ticket DESC LIMIT ?3",
		"tii", sender, (int64_t)open, (int64_t)most);

	while (found >= 0 && count < most &&
		(found = complaint_take(store, statement, &out[count])) > 0)
		count++;
	if (found >= 0)
		return (int)count;
	while (count > 0)
		complaint_release(&out[--count]);
	return found;
}

int store_complaint_details(struct store *store, const struct moment *moment, const char *ticket,
	const char *name, const char *address, const char *text, bool answered)
{
	struct complaint complaint = { 0 };
	int found = store_complaint_find(store, ticket, &complaint);

	if (found <= 0)
		return found < 0 ? found : -ENOENT;
	autojson json_t *data = json_pack("{s:s}", "uuid", complaint.uuid);
	autojson json_t *personal =
		json_pack("{s:s?, s:s?, s:s}", "name", name, "address", address, "text", text);
	int error = data && personal ? 0 : -ENOMEM;
	if (error == 0)
		error = store_run(store,
			"UPDATE complaint_personal SET name = coalesce (?, name),"
			" address = coalesce (?, address) WHERE uuid = ?",
			"ttt", name, address, complaint.uuid);
	if (error >= 0)
		error = store_run(store, "UPDATE complaint SET updated_ms = ? WHERE uuid = ?", "it",
			moment->now_ms, complaint.uuid);
	if (error >= 0)
		error = store_event(
			store, moment, "complainant", "complaint.details", ticket, data, personal);
	if (error >= 0 && answered && complaint.state == STATE_INCOMPLETE)
		error = store_complaint_state(store, moment, &complaint, STATE_RECEIVED,
			"complainant", "answered the question", NULL);
	complaint_release(&complaint);
	return error < 0 ? error : 0;
}

int store_complaint_question(struct store *store, const struct complaint *complaint, char **text)
{
	autostatement sqlite3_stmt *statement = NULL;

	if (complaint->state != STATE_INCOMPLETE)
		return 0;
	int found = store_query(store, &statement,
		"SELECT json_extract (body, '$.text') FROM command WHERE"
		" (json_extract (body, '$.uuid') = ?1 OR json_extract (body, '$.ticket') = ?2)"
		" AND json_extract (body, '$.type') = 'question' AND state = 'done'"
		" ORDER BY number DESC LIMIT 1",
		"tt", complaint->uuid, complaint->ticket);

	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found;
	*text = store_column_copy(statement, 0);
	return *text != NULL;
}

void complaint_told_release(struct complaint_told *told)
{
	free(told->due);
	free(told->extended);
	free(told->object_until);
	*told = (struct complaint_told) { 0 };
}

/* The office's commands about one complaint; what was told before an answer is over with it. */
#define COMMANDS_OF                                                                                \
	" FROM command WHERE (json_extract (body, '$.uuid') = ?1"                                  \
	" OR json_extract (body, '$.ticket') = ?2) AND state = 'done'"
#define SINCE_ANSWER                                                                               \
	" AND number > coalesce ((SELECT max (number)" COMMANDS_OF                                 \
	" AND json_extract (body, '$.type') = 'answer'), 0)"

static int told_text(
	struct store *store, const struct complaint *complaint, const char *sql, char **out)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement, sql, "tt", complaint->uuid, complaint->ticket);

	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found;
	*out = store_column_copy(statement, 0);
	return 0;
}

int store_complaint_told(
	struct store *store, const struct complaint *complaint, struct complaint_told *out)
{
	*out = (struct complaint_told) { 0 };
	if (!state_open(complaint->state))
		return told_text(store, complaint,
			"SELECT json_extract (body, '$.object_until')" COMMANDS_OF
			" AND json_extract (body, '$.type') = 'answer' ORDER BY number DESC LIMIT "
			"1",
			&out->object_until);
	int error = told_text(store, complaint,
		"SELECT json_extract (body, '$.due')" COMMANDS_OF
		" AND json_extract (body, '$.due') IS NOT NULL" SINCE_ANSWER
		" ORDER BY number DESC LIMIT 1",
		&out->due);
	if (error == 0)
		error = told_text(store, complaint,
			"SELECT json_extract (body, '$.reason')" COMMANDS_OF
			" AND json_extract (body, '$.type') = 'extended'" SINCE_ANSWER
			" ORDER BY number DESC LIMIT 1",
			&out->extended);
	if (error < 0)
		complaint_told_release(out);
	return error;
}

int store_complaint_state(struct store *store, const struct moment *moment,
	const struct complaint *complaint, enum complaint_state to, const char *actor,
	const char *reason, const char *command_id)
{
	if (complaint->state == to)
		return 0;
	autojson json_t *data = json_pack("{s:s, s:s, s:s, s:s?, s:s?}", "uuid", complaint->uuid,
		"from", state_name(complaint->state), "to", state_name(to), "reason", reason,
		"command", command_id);
	if (!data)
		return -ENOMEM;
	int error =
		store_run(store, "UPDATE complaint SET state = ?, updated_ms = ? WHERE uuid = ?",
			"tit", state_name(to), moment->now_ms, complaint->uuid);
	if (error < 0)
		return error;
	return store_event(store, moment, actor, "complaint.state", complaint->ticket, data, NULL);
}

int store_complaint_rate(struct store *store, const struct moment *moment,
	const struct complaint *complaint, int rating)
{
	autojson json_t *data = json_pack("{s:s, s:i}", "uuid", complaint->uuid, "rating", rating);

	if (!data)
		return -ENOMEM;
	int error =
		store_run(store, "UPDATE complaint SET rating = ?, updated_ms = ? WHERE uuid = ?",
			"iit", (int64_t)rating, moment->now_ms, complaint->uuid);
	if (error < 0)
		return error;
	return store_event(
		store, moment, "complainant", "complaint.rated", complaint->ticket, data, NULL);
}

int store_complaint_confide(struct store *store, const struct moment *moment,
	const struct complaint *complaint, bool on)
{
	autojson json_t *data = json_pack("{s:s, s:b}", "uuid", complaint->uuid, "on", on);

	if (!data)
		return -ENOMEM;
	int error = store_run(store, "UPDATE complaint SET confidential = ? WHERE uuid = ?", "it",
		(int64_t)on, complaint->uuid);
	if (error < 0)
		return error;
	return store_event(store, moment, "complainant", "complaint.confidential",
		complaint->ticket, data, NULL);
}

int store_complaint_renumber(struct store *store, const struct moment *moment,
	const struct complaint *complaint, const char *ticket, const char *command_id)
{
	autojson json_t *data = json_pack("{s:s, s:s, s:s, s:s?}", "uuid", complaint->uuid, "old",
		complaint->ticket, "ticket", ticket, "command", command_id);

	if (!data)
		return -ENOMEM;
	int error = store_run(store, "UPDATE complaint SET ticket = ? WHERE uuid = ?", "tt", ticket,
		complaint->uuid);
	if (error >= 0)
		error = store_run(store,
			"UPDATE session SET ticket = ? WHERE ticket = ? AND sender = ?", "ttt",
			ticket, complaint->ticket, complaint->sender);
	if (error < 0)
		return error;
	return store_event(store, moment, "server", "complaint.renumbered", ticket, data, NULL);
}
