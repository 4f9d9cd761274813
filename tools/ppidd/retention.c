/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/retention.h"

#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/erase.h"
#include "tools/ppidd/record.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define COMPLAINTS_AT_A_TIME 20
#define ROWS_AT_A_TIME 200

/*
 * Ended, untouched since $1, and nothing waits for a kiosk that was heard of since: an answer that
 * still has to reach its complainant is no end.
 */
#define DUE                                                                                        \
	"c.still_open = 0 AND (c.erased_ms IS NULL OR c.erased_ms < c.updated_ms) "                \
	"AND c.updated_ms <= $1 AND NOT EXISTS (SELECT 1 FROM note n "                             \
	"WHERE n.complaint = c.uuid AND n.created_ms > $1) AND NOT EXISTS "                        \
	"(SELECT 1 FROM command d JOIN kiosk k ON k.number = d.kiosk WHERE d.complaint = c.uuid "  \
	"AND d.state = 'pending' AND d.type <> 'erase' AND k.contact_ms > $1) "

int64_t retention_limit(int64_t now_ms, int64_t months)
{
	return months > 0 ? time_months_before(now_ms, months) : 0;
}

static int one_number(struct db *db, const char *sql, int64_t argument, int64_t *out)
{
	autorows struct db_rows *rows = NULL;

	*out = 0;
	int result = db_query(db, &rows, sql, "i", argument);
	if (result >= 0)
		result = db_step(rows);
	if (result > 0)
		*out = db_integer(rows, 0);
	return result < 0 ? result : 0;
}

static int find_due(struct db *db, int64_t limit_ms, int64_t most, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT c.uuid, c.ticket, c.state, c.updated_ms FROM complaint c WHERE " DUE
		"ORDER BY c.updated_ms LIMIT $2",
		"ii", limit_ms, most);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:s, s:s, s:s, s:o}", "uuid", db_words(rows, 0),
			"ticket", db_words(rows, 1), "state", db_words(rows, 2), "updated",
			record_time(db_integer(rows, 3)));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}

int retention_look(struct db *db, int64_t limit_ms, int64_t most, struct retention_due *due)
{
	int error = one_number(db,
		"SELECT count(*) FROM (SELECT 1 FROM complaint c WHERE " DUE "LIMIT 10000) d",
		limit_ms, &due->count);
	if (error >= 0)
		error = one_number(db,
			"SELECT min(c.updated_ms) FROM complaint c WHERE c.still_open = 0 AND "
			"(c.erased_ms IS NULL OR c.erased_ms < c.updated_ms) AND c.updated_ms > $1",
			limit_ms, &due->next_ms);
	return error < 0 ? error : find_due(db, limit_ms, most, &due->list);
}

static int erase_due(struct db *db, const struct step *step, int64_t limit_ms)
{
	autojson json_t *list = NULL;
	size_t i;
	json_t *item;

	int error = find_due(db, limit_ms, COMPLAINTS_AT_A_TIME, &list);
	json_array_foreach (list, i, item) {
		const struct erasure erasure = { .complaint = record_text(item, "uuid"),
			.kind = ERASE_RULE };
		if (error >= 0)
			error = erase_complaint(db, step, &erasure);
	}
	return error < 0 ? error : (int)json_array_size(list);
}

static int setting(struct db *db, const char *name, int64_t *value)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(
		db, &rows, "SELECT CAST(value AS BIGINT) FROM setting WHERE name = $1", "t", name);
	if (result >= 0)
		result = db_step(rows);
	if (result > 0)
		*value = db_integer(rows, 0);
	return result;
}

static int set(struct db *db, const char *name, int64_t value)
{
	int changed = db_run(db,
		"INSERT INTO setting (name, value) VALUES ($1, CAST($2 AS TEXT)) "
		"ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		"ti", name, value);

	return changed < 0 ? changed : 0;
}

/*
 * Words of kiosks' logs that belong to no complaint: help that was asked for, advertisements,
 * what couldn't be read. Up to where it was done is remembered, for the rows stay.
 */
static int erase_unclaimed(struct db *db, int64_t limit_ms)
{
	int64_t done_ms = 0, last_ms = 0;

	int error = setting(db, "retention_done_ms", &done_ms);
	if (error >= 0 && done_ms >= limit_ms)
		return 0;
	autorows struct db_rows *rows = NULL;
	if (error >= 0)
		error = db_query(db, &rows,
			"SELECT count(*), max(u.taken_ms) FROM (SELECT taken_ms FROM event "
			"WHERE complaint IS NULL AND type IN ('inbound.ignored', "
			"'inbound.unreadable', 'message.queued') AND taken_ms > $1 "
			"AND taken_ms <= $2 ORDER BY taken_ms LIMIT $3) u",
			"iii", done_ms, limit_ms, (int64_t)ROWS_AT_A_TIME);
	if (error >= 0)
		error = db_step(rows);
	if (error < 0)
		return error;
	int64_t count = db_integer(rows, 0);
	/* All of one moment together: a batch of a kiosk was taken at one. */
	last_ms = count == ROWS_AT_A_TIME ? db_integer(rows, 1) : limit_ms;
	db_done(take_pointer(rows));
	error = db_run(db,
		"DELETE FROM event_personal WHERE (source, epoch, seq) IN (SELECT source, epoch, "
		"seq FROM event WHERE complaint IS NULL AND type IN ('inbound.ignored', "
		"'inbound.unreadable', 'message.queued') AND taken_ms > $1 AND taken_ms <= $2)",
		"ii", done_ms, last_ms);
	if (error >= 0)
		error = db_run(db,
			"DELETE FROM message_personal WHERE id IN (SELECT m.id FROM event e "
			"JOIN message m ON m.kiosk = e.source AND m.epoch = e.epoch "
			"AND m.seq = e.seq WHERE m.complaint IS NULL AND e.complaint IS NULL "
			"AND e.type IN ('inbound.ignored', 'inbound.unreadable', "
			"'message.queued') AND e.taken_ms > $1 AND e.taken_ms <= $2)",
			"ii", done_ms, last_ms);
	if (error >= 0)
		error = set(db, "retention_done_ms", last_ms);
	return error < 0 ? error : (int)count;
}

/* Numbers that no ticket came from, or none that is left, and that agreed to nothing. */
static int erase_numbers(struct db *db, int64_t limit_ms)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();
	size_t i;
	json_t *item;

	int result = db_query(db, &rows,
		"SELECT n.kiosk, n.sender FROM contact_personal n WHERE n.told_ms <= $1 "
		"AND coalesce(n.announcements, 0) <> 1 AND NOT EXISTS "
		"(SELECT 1 FROM complaint_personal p JOIN complaint c ON c.uuid = p.uuid "
		"WHERE p.sender = n.sender AND c.kiosk = n.kiosk) LIMIT $2",
		"ii", limit_ms, (int64_t)COMPLAINTS_AT_A_TIME);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		if (json_array_append_new(
			    list, json_pack("{s:I, s:s}", "kiosk", (json_int_t)db_integer(rows, 0),
					  "number", db_words(rows, 1))) < 0)
			return -ENOMEM;
	}
	json_array_foreach (list, i, item) {
		if (result >= 0)
			result = erase_number(
				db, record_number(item, "kiosk"), record_words(item, "number"));
	}
	return result < 0 ? result : (int)json_array_size(list);
}

int retention_batch(struct db *db, const struct step *step, int64_t limit_ms)
{
	if (limit_ms <= 0)
		return 0;
	int result = db_begin(db);
	if (result < 0)
		return result;
	result = erase_due(db, step, limit_ms);
	if (result == 0)
		result = erase_unclaimed(db, limit_ms);
	if (result == 0)
		result = erase_numbers(db, limit_ms);
	return db_end(db, result);
}

int retention_next(struct db *db, int64_t now_ms, int64_t *next_ms)
{
	int64_t ran_ms = 0;

	int found = setting(db, "retention_ran_ms", &ran_ms);
	/* A clock that was put back doesn't stop the runs. */
	if (found == 0 || (found > 0 && ran_ms > now_ms)) {
		ran_ms = now_ms;
		found = retention_ran(db, now_ms);
	}
	*next_ms = ran_ms + DAY_MS;
	return found < 0 ? found : 0;
}

int retention_ran(struct db *db, int64_t now_ms)
{
	return set(db, "retention_ran_ms", now_ms);
}
