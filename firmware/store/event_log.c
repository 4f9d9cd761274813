/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "store/internal.h"
#include "wire/ticket.h"

#define EVENT_COLUMNS                                                                              \
	"e.epoch, e.seq, e.id, e.time_ms, e.clock, e.boot, e.actor, e.type, e.ticket, e.data,"     \
	" e.hash, p.salt, p.body"
#define EVENT_TABLES "event e LEFT JOIN event_personal p ON p.epoch = e.epoch AND p.seq = e.seq"

int store_log_head(struct store *store, int64_t *epoch, int64_t *seq, char hash[static HASH_SIZE])
{
	autostatement sqlite3_stmt *statement = NULL;
	int error = store_query(store, &statement,
		"SELECT epoch, seq, hash FROM event ORDER BY epoch DESC, seq DESC LIMIT 1", "");

	if (error == 0)
		error = store_step(store, statement);
	if (error < 0)
		return error;
	*epoch = error ? sqlite3_column_int64(statement, 0) : 0;
	*seq = error ? sqlite3_column_int64(statement, 1) : 0;
	snprintf(hash, HASH_SIZE, "%s",
		error ? (const char *)sqlite3_column_text(statement, 2) : EVENT_GENESIS);
	return 0;
}

/* Hashes an event that has everything but its hash, and writes it with its personal part. */
static int event_append(struct store *store, const json_t *event, int64_t time_ms,
	const char previous[static HASH_SIZE])
{
	char hash[HASH_SIZE];
	int64_t epoch = json_integer_value(json_object_get(event, "epoch"));
	int64_t seq = json_integer_value(json_object_get(event, "seq"));
	const json_t *personal = json_object_get(event, "personal");
	autofree char *data = json_dumps(json_object_get(event, "data"), JSON_COMPACT);
	autofree char *body = NULL;

	if (!data)
		return -ENOMEM;
	int error = event_hash(event, previous, hash);
	if (error < 0)
		return error;
	error = store_run(store,
		"INSERT INTO event (epoch, seq, id, time_ms, clock, boot, actor, type, ticket, "
		"data,"
		" hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"iititittttt", epoch, seq, json_string_value(json_object_get(event, "id")), time_ms,
		json_string_value(json_object_get(event, "clock")),
		(int64_t)json_integer_value(json_object_get(event, "boot")),
		json_string_value(json_object_get(event, "actor")),
		json_string_value(json_object_get(event, "type")),
		json_string_value(json_object_get(event, "ticket")), data, hash);
	if (error < 0 || !personal)
		return error < 0 ? error : 0;
	body = json_dumps(json_object_get(personal, "body"), JSON_COMPACT);
	if (!body)
		return -ENOMEM;
	error = store_run(store,
		"INSERT INTO event_personal (epoch, seq, salt, body) VALUES (?, ?, ?, ?)", "iitt",
		epoch, seq, json_string_value(json_object_get(personal, "salt")), body);
	return error < 0 ? error : 0;
}

static json_t *event_object(int64_t epoch, int64_t seq, const char *id, int64_t time_ms,
	const char *clock, int64_t boot, const char *actor, const char *type, const char *ticket,
	json_t *data)
{
	char time[TIME_SIZE];

	time_format(time_ms, time);
	return json_pack("{s:I, s:I, s:s, s:s, s:s, s:I, s:s, s:s, s:s?, s:O}", "epoch",
		(json_int_t)epoch, "seq", (json_int_t)seq, "id", id, "time", time, "clock", clock,
		"boot", (json_int_t)boot, "actor", actor, "type", type, "ticket", ticket, "data",
		data);
}

int store_event(struct store *store, const struct moment *moment, const char *actor,
	const char *type, const char *ticket, const json_t *data, json_t *personal)
{
	int64_t epoch, seq;
	char previous[HASH_SIZE];
	char id[UUID_SIZE];
	/* A copy: sealing adds a member to it. */
	autojson json_t *own = data ? json_deep_copy(data) : json_object();
	int error = store_log_head(store, &epoch, &seq, previous);

	if (error < 0)
		return error;
	if (!own)
		return -ENOMEM;
	if (!epoch) {
		error = store_epoch_start(store, moment, 1, 0, "new");
		if (error == 0)
			error = store_log_head(store, &epoch, &seq, previous);
		if (error < 0)
			return error;
	}
	uuid_new(id);
	autojson json_t *event = event_object(epoch, seq + 1, id, moment->now_ms,
		clock_quality_name(moment->clock), moment->boot, actor, type, ticket, own);
	if (!event)
		return -ENOMEM;
	if (personal) {
		error = event_seal(event, personal);
		if (error < 0)
			return error;
	}
	return event_append(store, event, moment->now_ms, previous);
}

/* The row of EVENT_COLUMNS as an event object; NULL when its data isn't JSON or memory is out. */
static json_t *event_from_row(sqlite3_stmt *row)
{
	const char *salt = (const char *)sqlite3_column_text(row, 11);
	const char *body_text = (const char *)sqlite3_column_text(row, 12);
	const char *data_text = (const char *)sqlite3_column_text(row, 9);
	autojson json_t *data = data_text ? json_loads(data_text, 0, NULL) : NULL;
	autojson json_t *event = NULL;

	if (!data)
		return NULL;
	event = event_object(sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
		(const char *)sqlite3_column_text(row, 2), sqlite3_column_int64(row, 3),
		(const char *)sqlite3_column_text(row, 4), sqlite3_column_int64(row, 5),
		(const char *)sqlite3_column_text(row, 6),
		(const char *)sqlite3_column_text(row, 7),
		(const char *)sqlite3_column_text(row, 8), data);
	if (!event || json_object_set_new(event, "hash",
			      json_string((const char *)sqlite3_column_text(row, 10))) < 0)
		return NULL;
	if (salt && body_text) {
		json_t *body = json_loads(body_text, 0, NULL);
		if (!body || json_object_set_new(event, "personal",
				     json_pack("{s:s, s:o}", "salt", salt, "body", body)) < 0)
			return NULL;
	}
	return take_pointer(event);
}

int store_events_after(
	struct store *store, int64_t epoch, int64_t seq, int most, size_t bytes, json_t **out)
{
	autostatement sqlite3_stmt *statement = NULL;
	autojson json_t *events = json_array();
	size_t taken = 0;
	int error;

	if (!events)
		return -ENOMEM;
	error = store_query(store, &statement,
		"SELECT " EVENT_COLUMNS " FROM " EVENT_TABLES
		" WHERE e.epoch = ? AND e.seq > ? ORDER BY e.seq LIMIT ?",
		"iii", epoch, seq, (int64_t)most);
	if (error < 0)
		return error;
	while ((error = store_step(store, statement)) > 0) {
		taken += (size_t)sqlite3_column_bytes(statement, 9) +
			 (size_t)sqlite3_column_bytes(statement, 12) + 400;
		if (taken > bytes && json_array_size(events))
			break;
		json_t *event = event_from_row(statement);
		if (!event || json_array_append_new(events, event) < 0)
			return event ? -ENOMEM : -EBADMSG;
	}
	if (error < 0)
		return error;
	*out = take_pointer(events);
	return 0;
}

int store_event_restate(struct store *store, json_t *event)
{
	const char *type = json_string_value(json_object_get(event, "type"));
	const char *time = json_string_value(json_object_get(event, "time"));
	int64_t epoch, seq, time_ms;
	char previous[HASH_SIZE];

	/* The beginning of an epoch is no fact about the world, and is there once already. */
	if (!type || !time || strcmp(type, "epoch.started") == 0)
		return 0;
	int error = store_log_head(store, &epoch, &seq, previous);
	if (error == 0)
		error = time_parse(time, &time_ms);
	if (error < 0)
		return error;
	if (json_object_set_new(event, "epoch", json_integer(epoch)) < 0 ||
		json_object_set_new(event, "seq", json_integer(seq + 1)) < 0)
		return -ENOMEM;
	return event_append(store, event, time_ms, previous);
}

int store_event_take(struct store *store, const json_t *event, char previous[static HASH_SIZE])
{
	const char *hash = json_string_value(json_object_get(event, "hash"));
	const char *time = json_string_value(json_object_get(event, "time"));
	char computed[HASH_SIZE];
	int64_t time_ms;

	if (!hash || !time || event_hash(event, previous, computed) < 0 ||
		strcmp(hash, computed) != 0 || event_check_seal(event) < 0 ||
		time_parse(time, &time_ms) < 0)
		return 0;
	int error = event_append(store, event, time_ms, previous);
	memcpy(previous, computed, HASH_SIZE);
	return error < 0 ? error : 1;
}

/* Writes what the old epoch has after shared again in the new one. */
static int epoch_restate(struct store *store, int64_t old, int64_t shared)
{
	autojson json_t *events = NULL;
	size_t index;
	json_t *event;
	int error = store_events_after(store, old, shared, INT32_MAX, SIZE_MAX, &events);

	if (error < 0)
		return error;
	json_array_foreach (events, index, event) {
		error = store_event_restate(store, event);
		if (error < 0)
			return error;
	}
	return 0;
}

static int epoch_jump_serials(struct store *store)
{
	int64_t serial = 0;
	int error = store_setting(store, "serial", &serial);

	if (error < 0)
		return error;
	return store_setting_put(store, "serial", serial + TICKET_RESTORE_JUMP);
}

int store_epoch_start(struct store *store, const struct moment *moment, int64_t number,
	int64_t shared, const char *reason)
{
	int64_t old, seq;
	char previous[HASH_SIZE];
	char id[UUID_SIZE];
	int error = store_log_head(store, &old, &seq, previous);

	if (error < 0)
		return error;
	if (number <= old)
		return -EINVAL;
	autojson json_t *data = json_pack("{s:s, s:I, s:I, s:s}", "reason", reason,
		"previous_epoch", (json_int_t)old, "previous_seq", (json_int_t)seq, "previous_hash",
		previous);
	if (!data)
		return -ENOMEM;
	error = store_run(store, "INSERT INTO epoch (number, started_ms) VALUES (?, ?)", "ii",
		number, moment->now_ms);
	if (error < 0)
		return error;
	uuid_new(id);
	autojson json_t *event =
		event_object(number, 1, id, moment->now_ms, clock_quality_name(moment->clock),
			moment->boot, "kiosk", "epoch.started", NULL, data);
	if (!event)
		return -ENOMEM;
	error = event_append(store, event, moment->now_ms, previous);
	if (error < 0 || !old)
		return error;
	error = store_run(store, "UPDATE epoch SET shared = ? WHERE number = ?", "ii", shared, old);
	if (error < 0)
		return error;
	error = epoch_restate(store, old, shared);
	return error < 0 ? error : epoch_jump_serials(store);
}

/* What is wrong with this row after a row with that hash; NULL when nothing. */
static const char *row_fault(
	sqlite3_stmt *row, int64_t epoch, int64_t seq, char previous[static HASH_SIZE])
{
	int64_t row_epoch = sqlite3_column_int64(row, 0);
	int64_t row_seq = sqlite3_column_int64(row, 1);
	char hash[HASH_SIZE];
	autojson json_t *event = event_from_row(row);

	if (row_epoch == epoch ? row_seq != seq + 1 : row_seq != 1)
		return "an event is missing before it";
	if (!event)
		return "its data is not JSON";
	if (event_hash(event, previous, hash) < 0)
		return "a field is missing";
	if (strcmp(hash, json_string_value(json_object_get(event, "hash"))) != 0)
		return "its hash doesn't fit: it, or its hash, was changed";
	if (event_check_seal(event) < 0)
		return "its personal data was changed";
	memcpy(previous, hash, HASH_SIZE);
	return NULL;
}

int store_verify(struct store *store, int64_t *count, char **fault)
{
	autostatement sqlite3_stmt *statement = NULL;
	char previous[HASH_SIZE] = EVENT_GENESIS;
	int64_t epoch = 0, seq = 0;
	int error = store_query(store, &statement,
		"SELECT " EVENT_COLUMNS " FROM " EVENT_TABLES " ORDER BY e.epoch, e.seq", "");

	*count = 0;
	if (error < 0)
		return error;
	while ((error = store_step(store, statement)) > 0) {
		const char *wrong = row_fault(statement, epoch, seq, previous);
		epoch = sqlite3_column_int64(statement, 0);
		seq = sqlite3_column_int64(statement, 1);
		if (wrong) {
			if (asprintf(fault, "epoch %lld, event %lld: %s", (long long)epoch,
				    (long long)seq, wrong) < 0)
				*fault = NULL;
			return -EBADMSG;
		}
		++*count;
	}
	return error;
}
