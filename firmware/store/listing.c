/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/listing.h"

#include <errno.h>
#include <string.h>

#include "store/internal.h"

/* A column as JSON: text, number, a blob as hex, null. NULL without memory. */
static json_t *column_json(sqlite3_stmt *row, int column)
{
	static const char digits[] = "0123456789abcdef";

	switch (sqlite3_column_type(row, column)) {
	case SQLITE_INTEGER:
		return json_integer(sqlite3_column_int64(row, column));
	case SQLITE_TEXT: {
		const char *text = (const char *)sqlite3_column_text(row, column);
		size_t size = (size_t)sqlite3_column_bytes(row, column);
		json_t *value = json_stringn(text, size);
		/* A damaged database may hold what isn't UTF-8: shown as far as it can be. */
		return value ? value : json_string("(not UTF-8)");
	}
	case SQLITE_BLOB: {
		const uint8_t *bytes = sqlite3_column_blob(row, column);
		size_t size = (size_t)sqlite3_column_bytes(row, column);
		autofree char *hex = malloc(size * 2 + 1);
		if (!hex)
			return NULL;
		for (size_t i = 0; i < size; i++) {
			hex[i * 2] = digits[bytes[i] >> 4];
			hex[i * 2 + 1] = digits[bytes[i] & 0xF];
		}
		return json_stringn(hex, size * 2);
	}
	default:
		return json_null();
	}
}

static json_t *time_json(sqlite3_stmt *row, int column)
{
	char time[TIME_SIZE];

	if (sqlite3_column_type(row, column) == SQLITE_NULL)
		return json_null();
	time_format(sqlite3_column_int64(row, column), time);
	return json_string(time);
}

/*
 * The row as an object: each column under its name in the query, "…_ms" as a time and "…?" as
 * true or false under the name without it. NULL without memory.
 */
static json_t *row_json(sqlite3_stmt *row)
{
	autojson json_t *object = json_object();
	int columns = sqlite3_column_count(row);

	for (int i = 0; object && i < columns; i++) {
		const char *name = sqlite3_column_name(row, i);
		size_t length = name ? strlen(name) : 0;
		bool time = length > 3 && strcmp(name + length - 3, "_ms") == 0;
		bool truth = length > 1 && name[length - 1] == '?';
		json_t *value = time	? time_json(row, i)
				: truth ? json_boolean(sqlite3_column_int(row, i))
					: column_json(row, i);
		length -= time ? 3 : truth ? 1 : 0;
		if (!name || !value || json_object_setn_new(object, name, length, value) < 0)
			return NULL;
	}
	return take_pointer(object);
}

/* Runs the prepared query to its end and gathers its rows. */
static int rows_json(struct store *store, sqlite3_stmt *statement, json_t **out)
{
	autojson json_t *rows = json_array();
	int error = rows ? 0 : -ENOMEM;

	while (error == 0 && (error = store_step(store, statement)) > 0)
		error = json_array_append_new(rows, row_json(statement)) < 0 ? -ENOMEM : 0;
	if (error == 0)
		*out = take_pointer(rows);
	return error;
}

/*
 * The latest answer of each complaint, by its identity or, where the server left that out, by
 * its number: gathered once, not searched for each complaint (the cast is what lets SQLite
 * index it). max () picks the row.
 */
#define COMPLAINTS                                                                                 \
	"WITH answer AS MATERIALIZED (SELECT CAST (coalesce (json_extract (body, '$.uuid'),"       \
	"  json_extract (body, '$.ticket')) AS TEXT) AS about, json_extract (body, '$.text')"      \
	"  AS text, max (number) AS number FROM command"                                           \
	"  WHERE json_extract (body, '$.type') = 'answer' GROUP BY about) "                        \
	"SELECT c.ticket AS ticket, c.uuid AS uuid, c.state AS state, c.channel AS channel,"       \
	" nullif (p.sender, '') AS \"from\", p.name AS name, p.address AS address,"                \
	" c.category AS category, c.about AS about, p.text AS text, c.language AS language, "      \
	"c.rating AS rating,"                                                                      \
	" c.confidential AS \"confidential?\","                                                    \
	" coalesce (a.text, t.text) AS answer,"                                                    \
	" c.created_ms AS created_ms, c.updated_ms AS updated_ms"                                  \
	" FROM complaint c LEFT JOIN complaint_personal p ON p.uuid = c.uuid"                      \
	" LEFT JOIN answer a ON a.about = c.uuid LEFT JOIN answer t ON t.about = c.ticket"

int store_list_complaints(struct store *store, json_t **out)
{
	autostatement sqlite3_stmt *statement = NULL;
	int error =
		store_query(store, &statement, COMPLAINTS " ORDER BY c.created_ms, c.ticket", "");

	return error < 0 ? error : rows_json(store, statement, out);
}

int store_show(struct store *store, const char *ticket, json_t **out)
{
	autostatement sqlite3_stmt *statement = NULL;
	autojson json_t *rows = NULL;
	int error = store_query(store, &statement, COMPLAINTS " WHERE c.ticket = ?", "t", ticket);

	if (error == 0)
		error = rows_json(store, statement, &rows);
	if (error < 0)
		return error;
	if (json_array_size(rows) == 0)
		return 0;
	*out = json_incref(json_array_get(rows, 0));
	return 1;
}

int store_list_inbox(struct store *store, json_t **out)
{
	autostatement sqlite3_stmt *statement = NULL;
	int error = store_query(store, &statement,
		"SELECT outcome, received_ms, modem, sender AS \"from\", sender_type AS from_type,"
		" text, parts, parts_missing, ticket, NULL AS reason, NULL AS pdu, NULL AS part,"
		" id AS message FROM inbound_message"
		" UNION ALL SELECT CASE state WHEN 'unreadable' THEN 'unreadable'"
		"  ELSE 'not decoded yet' END, received_ms, modem, NULL, NULL, NULL, NULL, NULL,"
		"  NULL, reason, pdu, NULL, NULL FROM inbound_pdu WHERE state <> 'decoded'"
		" UNION ALL SELECT 'waiting for its other parts', p.received_ms, i.modem, p.sender,"
		"  p.sender_type, NULL, p.total, NULL, NULL, NULL, i.pdu, p.number, NULL"
		"  FROM inbound_part p JOIN inbound_pdu i ON i.id = p.pdu_id"
		"  WHERE p.message_id IS NULL"
		" ORDER BY received_ms, message",
		"");

	return error < 0 ? error : rows_json(store, statement, out);
}

static int outbox_parts(struct store *store, int64_t id, json_t **out)
{
	autostatement sqlite3_stmt *statement = NULL;
	int error = store_query(store, &statement,
		"SELECT number + 1 AS number, state, modem, reference, report, submitted_ms"
		" FROM outgoing_part WHERE sms_id = ? ORDER BY number",
		"i", id);

	return error < 0 ? error : rows_json(store, statement, out);
}

int store_list_outbox(struct store *store, json_t **out)
{
	autostatement sqlite3_stmt *statement = NULL;
	autojson json_t *messages = NULL;
	json_t *message;
	size_t index;
	int error = store_query(store, &statement,
		"SELECT id, uuid AS message, recipient AS \"to\", text, purpose, ticket, state,"
		" reason, attempts, modem, created_ms, not_before_ms, expires_ms"
		" FROM outgoing_sms ORDER BY id",
		"");

	if (error == 0)
		error = rows_json(store, statement, &messages);
	if (error < 0)
		return error;
	json_array_foreach (messages, index, message) {
		json_t *parts = NULL;
		error = outbox_parts(
			store, json_integer_value(json_object_get(message, "id")), &parts);
		if (error < 0)
			return error;
		if (json_object_set_new(message, "parts", parts) < 0)
			return -ENOMEM;
	}
	*out = take_pointer(messages);
	return 0;
}

/* A column of JSON text becomes the value it says; what can't be read stays as text. */
static int unpack(json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	json_t *value = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;

	return value && json_object_set_new(object, key, value) < 0 ? -ENOMEM : 0;
}

/* Puts salt and body where events have them. */
static int gather_personal(json_t *event)
{
	int error = 0;

	if (json_is_string(json_object_get(event, "body"))) {
		json_t *personal = json_pack("{s:O, s:O}", "salt", json_object_get(event, "salt"),
			"body", json_object_get(event, "body"));
		error = json_object_set_new(event, "personal", personal) < 0
				? -ENOMEM
				: unpack(personal, "body");
	}
	json_object_del(event, "salt");
	json_object_del(event, "body");
	return error;
}

int store_list_events(
	struct store *store, int64_t epoch, int64_t seq, const char *ticket, int most, json_t **out)
{
	autostatement sqlite3_stmt *statement = NULL;
	autojson json_t *events = NULL;
	json_t *event;
	size_t index;
	int error = store_query(store, &statement,
		"SELECT e.epoch AS epoch, e.seq AS seq, e.id AS id, e.time_ms AS time_ms,"
		" e.clock AS clock, e.boot AS boot, e.actor AS actor, e.type AS type,"
		" e.ticket AS ticket, e.data AS data, e.hash AS hash, p.salt AS salt,"
		" p.body AS body"
		" FROM event e LEFT JOIN event_personal p ON p.epoch = e.epoch AND p.seq = e.seq"
		" WHERE (e.epoch, e.seq) > (?, ?) AND (?3 IS NULL OR e.ticket = ?3)"
		" ORDER BY e.epoch, e.seq LIMIT ?4",
		"iiti", epoch, seq, ticket, (int64_t)most);

	if (error == 0)
		error = rows_json(store, statement, &events);
	if (error < 0)
		return error;
	json_array_foreach (events, index, event) {
		error = unpack(event, "data");
		if (error == 0)
			error = gather_personal(event);
		if (error < 0)
			return error;
	}
	*out = take_pointer(events);
	return 0;
}

int store_queue_counts(struct store *store, json_t **out)
{
	autostatement sqlite3_stmt *statement = NULL;
	autojson json_t *rows = NULL;
	int error = store_query(store, &statement,
		"SELECT (SELECT count (*) FROM inbound_pdu WHERE state = 'raw') AS undecoded,"
		" (SELECT count (*) FROM inbound_part WHERE message_id IS NULL) AS parts_waiting,"
		" (SELECT count (*) FROM outgoing_sms WHERE state IN ('queued', 'submitted'))"
		"  AS outgoing,"
		" (SELECT count (*) FROM outgoing_part WHERE state = 'submitting') AS unsure,"
		" (SELECT count (*) FROM event WHERE (epoch, seq) > (s.acked_epoch, s.acked_seq))"
		"  AS unsynced,"
		" (SELECT count (*) FROM command WHERE state = 'taken') AS commands,"
		" (SELECT count (*) FROM complaint) AS complaints,"
		" (SELECT count (*) FROM complaint WHERE state NOT IN ('resolved', 'closed',"
		"  'referred', 'withdrawn')) AS open,"
		" nullif (s.contact_ms, 0) AS last_contact_ms, nullif (s.trouble, '') AS trouble"
		" FROM sync s",
		"");

	if (error == 0)
		error = rows_json(store, statement, &rows);
	if (error < 0)
		return error;
	if (json_array_size(rows) != 1)
		return -EIO;
	*out = json_incref(json_array_get(rows, 0));
	return 0;
}

int store_quick_check(struct store *store)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement, "PRAGMA quick_check (1)", "");

	if (found == 0)
		found = store_step(store, statement);
	if (store->corrupt)
		return 0;
	if (found < 0)
		return found;
	const char *verdict = found ? (const char *)sqlite3_column_text(statement, 0) : NULL;
	return verdict && strcmp(verdict, "ok") == 0;
}
