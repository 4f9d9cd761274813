/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/complaint_internal.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/chain.h"
#include "tools/ppidd/record.h"
#include "wire/ticket.h"

static json_t *complaint_row(struct db_rows *rows)
{
	json_t *rating =
		db_text(rows, 15) ? json_integer((json_int_t)db_integer(rows, 15)) : json_null();

	return json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s, s:o, s:o, s:I, s:s, s:s?, s:s?, s:s?, "
			 "s:s?, s:o, s:b, s:o, s:b, s:s?, s:b, s:s?, s:s?, s:s?, s:s?, s:o, s:I, "
			 "s:o, s:o, s:I, s:o, s:s, s:s?, s:b, s:s?, s:o}",
		"uuid", db_words(rows, 0), "ticket", db_words(rows, 1), "state", db_words(rows, 2),
		"channel", db_words(rows, 3), "category", db_text(rows, 4), "language",
		db_words(rows, 5), "created", record_time(db_integer(rows, 6)), "updated",
		record_time(db_integer(rows, 7)), "kiosk", (json_int_t)db_integer(rows, 8),
		"kiosk_name", db_words(rows, 9), "from", db_text(rows, 10), "name",
		db_text(rows, 11), "address", db_text(rows, 12), "text", db_text(rows, 13),
		"rating", rating, "confidential", db_integer(rows, 16) != 0, "surveyed",
		record_time(db_integer(rows, 17)), "undelivered", db_integer(rows, 18) != 0,
		"about", db_text(rows, 19), "read_at_kiosk", db_integer(rows, 20) != 0,
		"category_by", db_text(rows, 21), "officer", db_text(rows, 22), "cause",
		db_text(rows, 23), "referred_to", db_text(rows, 24), "counted",
		record_time(db_integer(rows, 25)), "working_days", (json_int_t)db_integer(rows, 26),
		"due", record_time(db_integer(rows, 27)), "stopped",
		record_time(db_integer(rows, 28)), "waited_days", (json_int_t)db_integer(rows, 29),
		"resolved", record_time(db_integer(rows, 30)), "kind", db_words(rows, 31), "ground",
		db_text(rows, 32), "too_late", db_integer(rows, 33) == 1, "objects_to",
		db_text(rows, 34), "erased", record_time(db_integer(rows, 35)));
}

int complaint_collect(struct db_rows *rows, bool with_pin, json_t **out)
{
	autojson json_t *list = json_array();
	int result;

	while ((result = db_step(rows)) > 0) {
		json_t *item = complaint_row(rows);
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
		if (with_pin &&
			json_object_set_new(item, "pin", json_string(db_words(rows, 14))) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}

int complaint_pattern(const char *search, char **out)
{
	autofree char *pattern = malloc(2 * strlen(search) + 3);
	size_t length = 0;

	if (!pattern)
		return -ENOMEM;
	if (*search)
		pattern[length++] = '%';
	for (const char *at = search; *at; at++) {
		if (strchr("%_!", *at))
			pattern[length++] = '!';
		pattern[length++] = (char)tolower((unsigned char)*at);
	}
	if (*search)
		pattern[length++] = '%';
	pattern[length] = '\0';
	*out = take_pointer(pattern);
	return 0;
}

int complaint_find(struct db *db, const char *name, enum complaint_view view, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	char ticket[TICKET_SIZE];

	if (!uuid_valid(name)) {
		if (ticket_parse(name, ticket) < 0)
			return -ENOENT;
		name = ticket;
	}
	int result = db_query(db, &rows,
		"SELECT " COMPLAINT_COLUMNS COMPLAINT_TABLES
		"WHERE (c.uuid = $2 OR c.ticket = $2) AND " VIEW_SHOWS("c"),
		"it", (int64_t)view, name);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	*out = complaint_row(rows);
	return *out ? 0 : -ENOMEM;
}

bool complaint_gone(const json_t *complaint)
{
	enum complaint_state state;

	return record_text(complaint, "erased") &&
	       state_from_name(record_words(complaint, "state"), &state) && !state_open(state);
}

int complaint_page(struct db *db, int64_t kiosk, const char *after, int64_t most, json_t **out)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT " COMPLAINT_COLUMNS COMPLAINT_TABLES
		"WHERE c.kiosk = $2 AND c.uuid > $3 ORDER BY c.uuid LIMIT $4",
		"iiti", (int64_t)VIEW_WHOLE, kiosk, after, most);
	return result < 0 ? result : complaint_collect(rows, true, out);
}

void complaint_keep_identity(const char *type, json_t *body)
{
	static const char *const keys[] = { "from", "to", "name", "address" };
	bool told = record_text(body, "name") || record_text(body, "address");

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		json_object_del(body, keys[i]);
	/* The words that name and address were taken from, and our own that may repeat them. */
	if ((told && strcmp(type, "complaint.details") == 0) ||
		strcmp(type, "complaint.handed") == 0 || strcmp(type, "message.queued") == 0)
		json_object_del(body, "text");
}

int complaint_history(struct db *db, const char *uuid, enum complaint_view view, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	/* An event that a later epoch restates is told once. */
	int result = db_query(db, &rows,
		"SELECT " CHAIN_COLUMNS
		", e.source, p.body, e.taken_ms, c.confidential FROM event e "
		"LEFT JOIN complaint c ON c.uuid = e.complaint "
		"LEFT JOIN event_personal p ON p.source = e.source AND p.epoch = e.epoch "
		"AND p.seq = e.seq WHERE e.complaint = $1 AND NOT EXISTS (SELECT 1 FROM event f "
		"WHERE f.source = e.source AND f.id = e.id AND f.epoch < e.epoch) "
		"ORDER BY e.taken_ms, e.source DESC, e.epoch, e.seq",
		"t", uuid);
	if (result < 0)
		return result;
	while ((result = db_step(rows)) > 0) {
		json_t *event = NULL;
		result = chain_row(rows, &event);
		if (result == -EBADMSG)
			continue;
		if (result < 0)
			return result;
		if (json_array_append_new(list, event) < 0)
			return -ENOMEM;
		json_t *body = json_loads(
			db_words(rows, CHAIN_COLUMN_COUNT + 1), JSON_REJECT_DUPLICATES, NULL);
		if (view != VIEW_WHOLE && view != VIEW_IDENTITY &&
			db_integer(rows, CHAIN_COLUMN_COUNT + 3) != 0)
			complaint_keep_identity(record_words(event, "type"), body);
		json_object_set_new(event, "personal", body ? body : json_null());
		json_object_set_new(event, "source",
			json_integer((json_int_t)db_integer(rows, CHAIN_COLUMN_COUNT)));
		json_object_set_new(
			event, "taken", record_time(db_integer(rows, CHAIN_COLUMN_COUNT + 2)));
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}

int complaint_messages(struct db *db, const char *uuid, enum complaint_view view, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT m.id, m.purpose, m.state, m.reason, " COMPLAINT_KEPT(
			"p.recipient") ", CASE WHEN c.confidential = 1 AND " VIEW_HIDES_IDENTITY
				       " AND m.purpose NOT IN ('answer', 'question', 'state', "
				       "'survey', 'extended') THEN NULL ELSE p.text END, "
				       "m.queued_ms, "
				       "m.updated_ms, m.command FROM message m "
				       "LEFT JOIN complaint c ON c.uuid = m.complaint "
				       "LEFT JOIN message_personal p ON p.id = m.id "
				       "WHERE m.complaint = $2 ORDER BY m.queued_ms, m.id",
		"it", (int64_t)view, uuid);
	if (result < 0)
		return result;
	while ((result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:o, s:o, s:s?}",
			"message", db_words(rows, 0), "purpose", db_words(rows, 1), "state",
			db_words(rows, 2), "reason", db_text(rows, 3), "to", db_text(rows, 4),
			"text", db_text(rows, 5), "queued", record_time(db_integer(rows, 6)),
			"updated", record_time(db_integer(rows, 7)), "command", db_text(rows, 8));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}

int complaint_commands(struct db *db, const char *uuid, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT c.id, c.type, c.state, c.reason, p.text, c.target, c.created_ms FROM "
		"command c "
		"LEFT JOIN command_personal p ON p.id = c.id "
		"WHERE c.complaint = $1 AND (c.state <> 'done' OR (c.type IN ('answer', "
		"'question') AND EXISTS (SELECT 1 FROM complaint d WHERE d.uuid = c.complaint "
		"AND d.channel = 'panel') AND NOT EXISTS (SELECT 1 FROM message m "
		"WHERE m.complaint = c.complaint AND m.command = c.id))) ORDER BY c.number",
		"t", uuid);
	if (result < 0)
		return result;
	while ((result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:o}", "id",
			db_words(rows, 0), "type", db_words(rows, 1), "state", db_words(rows, 2),
			"reason", db_text(rows, 3), "text", db_text(rows, 4), "to",
			db_text(rows, 5), "created", record_time(db_integer(rows, 6)));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}

int complaint_unreadable(struct db *db, int64_t most, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT e.source, k.name, e.time, e.data, p.body FROM event e "
		"JOIN kiosk k ON k.number = e.source "
		"LEFT JOIN event_personal p ON p.source = e.source AND p.epoch = e.epoch "
		"AND p.seq = e.seq WHERE e.type = 'inbound.unreadable' "
		"AND NOT EXISTS (SELECT 1 FROM event f "
		"WHERE f.source = e.source AND f.id = e.id AND f.epoch < e.epoch) "
		"ORDER BY e.taken_ms DESC, e.seq DESC LIMIT $1",
		"i", most);
	if (result < 0)
		return result;
	while ((result = db_step(rows)) > 0) {
		autojson json_t *data = json_loads(db_words(rows, 3), 0, NULL);
		autojson json_t *body = json_loads(db_words(rows, 4), 0, NULL);
		json_t *item = json_pack("{s:I, s:s, s:s, s:s?, s:s?}", "kiosk",
			(json_int_t)db_integer(rows, 0), "kiosk_name", db_words(rows, 1), "time",
			db_words(rows, 2), "reason", record_text(data, "reason"), "pdu",
			record_text(body, "pdu"));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}
