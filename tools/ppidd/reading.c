/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/reading.h"

#include <errno.h>

#include "base/ids.h"
#include "base/json.h"
#include "tools/ppidd/record.h"
#include "wire/ticket.h"

#define REPEATED_MS (INT64_C(3600) * 1000)

/* The complaint's UUID, by UUID or ticket number. 1, or 0 when there is none. */
static int find_complaint(struct db *db, const char *name, char uuid[static UUID_SIZE])
{
	autorows struct db_rows *rows = NULL;
	char ticket[TICKET_SIZE];

	if (!uuid_valid(name)) {
		if (ticket_parse(name, ticket) < 0)
			return 0;
		name = ticket;
	}
	int result = db_query(
		db, &rows, "SELECT uuid FROM complaint WHERE uuid = $1 OR ticket = $1", "t", name);
	if (result >= 0)
		result = db_step(rows);
	if (result > 0)
		snprintf(uuid, UUID_SIZE, "%s", db_words(rows, 0));
	return result;
}

/* 1: the same officer was shown the same within the last hour. */
static int noted_lately(
	struct db *db, const struct reading *reading, const char *complaint, const char *filter)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT r.id FROM reading r LEFT JOIN reading_personal p ON p.id = r.id "
		"WHERE r.officer = $1 AND r.read_ms > $2 AND r.what = $3 "
		"AND coalesce(r.complaint, '') = $4 AND coalesce(p.filter, '') = $5 LIMIT 1",
		"tittt", reading->officer, reading->now_ms - REPEATED_MS, reading->what, complaint,
		filter);
	return result < 0 ? result : db_step(rows);
}

static int write_down(
	struct db *db, const struct reading *reading, const char *complaint, const char *filter)
{
	char id[UUID_SIZE];

	uuid_new(id);
	int error = db_run(db,
		"INSERT INTO reading (id, officer, what, complaint, read_ms) "
		"VALUES ($1, $2, $3, $4, $5)",
		"tttti", id, reading->officer, reading->what, *complaint ? complaint : NULL,
		reading->now_ms);
	if (error >= 0 && *filter)
		error = db_run(db,
			"INSERT INTO reading_personal (id, filter, read_ms) VALUES ($1, $2, $3)",
			"tti", id, filter, reading->now_ms);
	if (error >= 0)
		error = db_run(db, "DELETE FROM reading_personal WHERE read_ms < $1", "i",
			reading->now_ms - READING_FILTER_KEPT_MS);
	return error;
}

int reading_note(struct db *db, const struct reading *reading)
{
	const char *filter = reading->filter ? reading->filter : "";
	char complaint[UUID_SIZE] = "";
	int result = 1;

	if (reading->complaint)
		result = find_complaint(db, reading->complaint, complaint);
	if (result <= 0)
		return result;
	if (reading->repeated) {
		result = noted_lately(db, reading, complaint, filter);
		if (result != 0)
			return result < 0 ? result : 0;
	}
	int error = db_begin(db);
	if (error < 0)
		return error;
	error = db_end(db, write_down(db, reading, complaint, filter));
	return error < 0 ? error : 0;
}

#define LISTED                                                                                     \
	"SELECT r.id, r.officer, r.what, r.complaint, c.ticket, p.filter, r.read_ms "              \
	"FROM reading r LEFT JOIN complaint c ON c.uuid = r.complaint "                            \
	"LEFT JOIN reading_personal p ON p.id = r.id "                                             \
	"WHERE (r.read_ms < $3 OR (r.read_ms = $3 AND r.id < $4)) "
#define ORDERED "ORDER BY r.read_ms DESC, r.id DESC LIMIT $5"

/* A query for each way to look, so that each has its index. $1 officer, $2 complaint. */
static const char *list_query(bool by_officer, bool by_complaint)
{
	if (by_complaint)
		return LISTED "AND r.complaint = $2 AND ($1 = '' OR r.officer = $1) " ORDERED;
	if (by_officer)
		return LISTED "AND r.officer = $1 AND $2 = '' " ORDERED;
	return LISTED "AND $1 = '' AND $2 = '' " ORDERED;
}

static json_t *reading_row(struct db_rows *rows)
{
	return json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:o, s:I}", "id", db_words(rows, 0),
		"officer", db_words(rows, 1), "what", db_words(rows, 2), "complaint",
		db_text(rows, 3), "ticket", db_text(rows, 4), "filter", db_text(rows, 5), "read",
		record_time(db_integer(rows, 6)), "read_ms", (json_int_t)db_integer(rows, 6));
}

int reading_list(struct db *db, const struct reading_filter *filter, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();
	char complaint[UUID_SIZE] = "";
	int result = 1;

	if (*filter->ticket)
		result = find_complaint(db, filter->ticket, complaint);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	result = db_query(db, &rows, list_query(*filter->officer, *complaint), "ttiti",
		filter->officer, complaint, filter->before_ms ? filter->before_ms : INT64_MAX,
		filter->before_id, filter->most);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		if (json_array_append_new(list, reading_row(rows)) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}
