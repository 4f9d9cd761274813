/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/opensid.h"

#include <errno.h>
#include <string.h>

#include "tools/ppidd/decision.h"
#include "tools/ppidd/record.h"

/* How often it is noted that a round went well; after how long without one somebody is told. */
#define NOTED_MS (INT64_C(10) * 60 * 1000)
#define SILENT_MS (INT64_C(60) * 60 * 1000)
#define GIVEN_UP_MS (INT64_C(30) * 24 * 3600 * 1000)

/* What those who sit in the office must not see; and its table is of complaints alone. */
#define NOT_FOR_OPENSID "(c.about IN ('office', 'official') OR c.kind <> 'complaint')"
/* What a copy should show; $2 is the most that any of them may. */
#define WANTED                                                                                     \
	"CASE WHEN p.uuid IS NULL OR " NOT_FOR_OPENSID " THEN 0 "                                  \
	"WHEN c.confidential = 1 AND $2 > 2 THEN 2 ELSE $2 END"

static int changed_row(int changed)
{
	return changed < 0 ? changed : 0;
}

/* The number in the first column of a query's one row; -ENOENT without one. */
static int one_number(struct db_rows *rows, int64_t *out)
{
	int result = db_step(rows);

	if (result > 0)
		*out = db_integer(rows, 0);
	if (result < 0)
		return result;
	return result > 0 ? 0 : -ENOENT;
}

static int known_next(struct db *db, const struct opensid *opensid, int64_t *next_id)
{
	autorows struct db_rows *rows = NULL;

	int error = db_query(
		db, &rows, "SELECT next_id FROM opensid WHERE name = $1", "t", opensid->name);
	return error < 0 ? error : one_number(rows, next_id);
}

static int known_status(
	struct db *db, const struct opensid *opensid, const char *complaint, int64_t *status)
{
	autorows struct db_rows *rows = NULL;

	int error = db_query(db, &rows,
		"SELECT status FROM opensid_copy WHERE opensid = $1 AND complaint = $2", "tt",
		opensid->name, complaint);
	return error < 0 ? error : one_number(rows, status);
}

int opensid_begin(struct db *db, const struct opensid *opensid, int64_t now_ms, int64_t *next_id)
{
	int error = known_next(db, opensid, next_id);

	if (error != -ENOENT)
		return error;
	*next_id = 0;
	return changed_row(db_run(db, "INSERT INTO opensid (name, since_ms) VALUES ($1, $2)", "ti",
		opensid->name, now_ms));
}

int opensid_copies(struct db *db, const struct opensid *opensid, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *copies = json_object();

	int result = db_query(db, &rows,
		"SELECT complaint, row_id, level, status FROM opensid_copy WHERE opensid = $1", "t",
		opensid->name);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *row = db_text(rows, 1) ? json_integer((json_int_t)db_integer(rows, 1))
					       : json_null();
		json_t *copy = json_pack("{s:o, s:I, s:I}", "row", row, "level",
			(json_int_t)db_integer(rows, 2), "status", (json_int_t)db_integer(rows, 3));
		if (json_object_set_new(copies, db_words(rows, 0), copy) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(copies);
	return 0;
}

static int add_due(struct db_rows *rows, json_t *list)
{
	bool there = db_text(rows, 3) != NULL;
	json_t *row = there ? json_integer((json_int_t)db_integer(rows, 3)) : json_null();
	json_t *item = json_pack(
		"{s:s, s:s, s:I, s:o, s:I, s:I, s:I, s:I, s:s, s:I, s:I, s:s?, s:s?, s:s?}", "uuid",
		db_words(rows, 0), "ticket", db_words(rows, 1), "kiosk",
		(json_int_t)db_integer(rows, 2), "row", row, "status",
		(json_int_t)(there ? db_integer(rows, 4) : 0), "told",
		(json_int_t)(there ? db_integer(rows, 5) : 0), "level",
		(json_int_t)(there ? db_integer(rows, 6) : OPENSID_UNKNOWN), "show",
		(json_int_t)db_integer(rows, 7), "state", db_words(rows, 8), "created",
		(json_int_t)db_integer(rows, 9), "updated", (json_int_t)db_integer(rows, 10),
		"name", db_text(rows, 11), "from", db_text(rows, 12), "text", db_text(rows, 13));

	return json_array_append_new(list, item) < 0 ? -ENOMEM : 0;
}

/* Identity and words leave the database only where they may be shown. */
#define DUE_COLUMNS                                                                                \
	"SELECT c.uuid, c.ticket, c.kiosk, o.row_id, o.status, o.told, o.level, " WANTED           \
	", c.state, c.created_ms, c.updated_ms, CASE WHEN " WANTED " >= 3 THEN p.name END, "       \
	"CASE WHEN " WANTED " >= 3 THEN nullif(p.sender, '') END, "                                \
	"CASE WHEN " WANTED " >= 2 THEN p.text END "

/* Of what is there, whichever kiosk it came from: what is erased here goes there in any case. */
static int due_again(struct db *db, const struct opensid *opensid, int64_t most, json_t *list)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		DUE_COLUMNS "FROM opensid_copy o JOIN complaint c ON c.uuid = o.complaint "
			    "LEFT JOIN complaint_personal p ON p.uuid = c.uuid "
			    "WHERE o.opensid = $1 AND o.row_id IS NOT NULL AND (o.level <> " WANTED
			    " OR (o.shown_ms <> c.updated_ms AND " WANTED " > 0)) "
			    "ORDER BY c.created_ms, c.uuid LIMIT $3",
		"tii", opensid->name, (int64_t)opensid->level, most);
	while (result >= 0 && (result = db_step(rows)) > 0)
		result = add_due(rows, list);
	return result < 0 ? result : 0;
}

/* Of a kiosk, what isn't there yet. */
static int due_of(
	struct db *db, const struct opensid *opensid, int64_t kiosk, int64_t most, json_t *list)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		DUE_COLUMNS "FROM complaint c "
			    "LEFT JOIN complaint_personal p ON p.uuid = c.uuid "
			    "LEFT JOIN opensid_copy o ON o.complaint = c.uuid AND o.opensid = $1 "
			    "WHERE c.kiosk = $3 AND o.complaint IS NULL AND " WANTED
			    " > 0 AND (c.still_open = 1 OR c.created_ms >= "
			    "(SELECT since_ms FROM opensid WHERE name = $1)) "
			    "ORDER BY c.created_ms, c.uuid LIMIT $4",
		"tiii", opensid->name, (int64_t)opensid->level, kiosk, most);
	while (result >= 0 && (result = db_step(rows)) > 0)
		result = add_due(rows, list);
	return result < 0 ? result : 0;
}

int opensid_due(struct db *db, const struct opensid *opensid, int64_t most, json_t **out)
{
	autojson json_t *list = json_array();
	int error = list ? due_again(db, opensid, most, list) : -ENOMEM;

	for (size_t i = 0; error >= 0 && i < opensid->kiosk_count; i++) {
		int64_t room = most - (int64_t)json_array_size(list);
		if (room > 0)
			error = due_of(db, opensid, opensid->kiosks[i], room, list);
	}
	if (error < 0)
		return error;
	*out = take_pointer(list);
	return 0;
}

enum opensid_status opensid_status_of(enum complaint_state state)
{
	switch (state) {
	case STATE_RECEIVED:
	case STATE_INCOMPLETE:
	case STATE_VERIFIED:
		return OPENSID_WAITING;
	case STATE_ASSIGNED:
	case STATE_INVESTIGATING:
	case STATE_REOPENED:
		return OPENSID_UNDER_WAY;
	default:
		return OPENSID_DONE;
	}
}

/* An event of a copy's life: what is copied, changed, erased, gone or status. */
static int log_copy(struct db *db, const struct step *step, const struct opensid *opensid,
	const char *complaint, const char *ticket, const char *what, const char *key, int64_t value)
{
	autojson json_t *data = json_pack("{s:s, s:s, s:s, s:I}", "uuid", complaint, "opensid",
		opensid->name, "what", what, key, (json_int_t)value);

	return data ? chain_append(db, step, "complaint.copy", ticket, data, NULL) : -ENOMEM;
}

static int shown_in_step(struct db *db, const struct step *step, const struct opensid *opensid,
	const struct opensid_shown *shown)
{
	int error = db_run(db,
		"INSERT INTO opensid_copy (opensid, complaint, row_id, level, shown_ms, status, "
		"told) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (opensid, complaint) DO UPDATE "
		"SET row_id = $3, level = $4, shown_ms = $5, status = $6, told = $7",
		"ttiiiii", opensid->name, shown->complaint, shown->row_id, (int64_t)shown->now,
		shown->updated_ms, (int64_t)shown->status, (int64_t)shown->told);
	const char *what = shown->first			   ? "copied"
			   : shown->now == OPENSID_NOTHING ? "erased"
							   : "changed";
	/* One that was only written again shows what it showed; that it was erased is said anyway.
	 */
	bool same = !shown->first &&
		    (shown->before == shown->now ||
			    (shown->before == OPENSID_UNKNOWN && shown->now != OPENSID_NOTHING));
	if (error >= 0 && !same)
		error = log_copy(db, step, opensid, shown->complaint, shown->ticket, what, "level",
			shown->now);
	return changed_row(error);
}

int opensid_shown(struct db *db, const struct step *step, const struct opensid *opensid,
	const struct opensid_shown *shown)
{
	int error = db_begin(db);

	return error < 0 ? error : db_end(db, shown_in_step(db, step, opensid, shown));
}

int opensid_moved(
	struct db *db, const struct opensid *opensid, const char *complaint, int64_t row_id)
{
	return changed_row(db_run(db,
		"UPDATE opensid_copy SET row_id = $1, level = -1 WHERE opensid = $2 AND "
		"complaint = $3",
		"itt", row_id, opensid->name, complaint));
}

static int ticket_of(struct db *db, const char *complaint, char **ticket)
{
	autorows struct db_rows *rows = NULL;

	int result =
		db_query(db, &rows, "SELECT ticket FROM complaint WHERE uuid = $1", "t", complaint);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	*ticket = strdup(db_words(rows, 0));
	return *ticket ? 0 : -ENOMEM;
}

static int gone_in_step(struct db *db, const struct step *step, const struct opensid *opensid,
	const char *complaint)
{
	autofree char *ticket = NULL;

	int changed = db_run(db,
		"UPDATE opensid_copy SET row_id = NULL, proposal_ms = NULL WHERE opensid = $1 AND "
		"complaint = $2 AND row_id IS NOT NULL",
		"tt", opensid->name, complaint);
	if (changed <= 0)
		return changed;
	int error = ticket_of(db, complaint, &ticket);
	return error < 0 ? error
			 : log_copy(db, step, opensid, complaint, ticket, "gone", "level",
				   OPENSID_NOTHING);
}

int opensid_gone(struct db *db, const struct step *step, const struct opensid *opensid,
	const char *complaint)
{
	int error = db_begin(db);

	return error < 0 ? error : db_end(db, gone_in_step(db, step, opensid, complaint));
}

static int restored_in_step(struct db *db, const struct opensid *opensid, const json_t *lost)
{
	int error = db_run(db,
		"UPDATE opensid_copy SET level = -1, status = 0, told = 0 WHERE opensid = $1 AND "
		"row_id IS NOT NULL",
		"t", opensid->name);

	for (size_t i = 0; error >= 0 && i < json_array_size(lost); i++) {
		const char *complaint = json_string_value(json_array_get(lost, i));
		error = db_run(db,
			"DELETE FROM opensid_reply WHERE opensid = $1 AND complaint = $2", "tt",
			opensid->name, complaint);
		if (error >= 0)
			error = db_run(db,
				"DELETE FROM opensid_copy WHERE opensid = $1 AND complaint = $2",
				"tt", opensid->name, complaint);
	}
	/* Follow-ups that come now get numbers that others had before. */
	if (error >= 0)
		error = db_run(
			db, "UPDATE opensid SET next_id = 0 WHERE name = $1", "t", opensid->name);
	return changed_row(error);
}

int opensid_restored(struct db *db, const struct opensid *opensid, const json_t *lost)
{
	int error = db_begin(db);

	return error < 0 ? error : db_end(db, restored_in_step(db, opensid, lost));
}

int opensid_again(struct db *db, const struct opensid *opensid, const char *complaint)
{
	return changed_row(db_run(db,
		"UPDATE opensid_copy SET level = -1 WHERE opensid = $1 AND complaint = $2", "tt",
		opensid->name, complaint));
}

static int seen_in_step(struct db *db, const struct step *step, const struct opensid *opensid,
	const char *complaint, enum opensid_status status)
{
	autofree char *ticket = NULL;
	int64_t before = 0;

	int error = known_status(db, opensid, complaint, &before);
	if (error >= 0 && before != (int64_t)status)
		error = db_run(db,
			"UPDATE opensid_copy SET status = $1 WHERE opensid = $2 AND complaint = $3",
			"itt", (int64_t)status, opensid->name, complaint);
	/* 0: we only forgot what it was. */
	if (error < 0 || before == 0 || before == (int64_t)status)
		return changed_row(error);
	error = ticket_of(db, complaint, &ticket);
	return error < 0
		       ? error
		       : log_copy(db, step, opensid, complaint, ticket, "status", "status", status);
}

int opensid_status_seen(struct db *db, const struct step *step, const struct opensid *opensid,
	const char *complaint, enum opensid_status status)
{
	/* What is about the office isn't there for those who sit beside it. */
	const struct decision decision = { .complaint = complaint, .view = VIEW_UNIT };
	autojson json_t *present = NULL;
	enum complaint_state state;

	int error = status == OPENSID_UNDER_WAY ? complaint_find(db, complaint, VIEW_UNIT, &present)
						: -ENOENT;
	if (error >= 0 && state_from_name(record_words(present, "state"), &state) &&
		state == STATE_ASSIGNED)
		error = decide_state(db, step, &decision, STATE_INVESTIGATING, NULL);
	/* Somebody else decided meanwhile. */
	if (error < 0 && error != -ENOENT && error != -EPERM)
		return error;
	error = db_begin(db);
	return error < 0 ? error : db_end(db, seen_in_step(db, step, opensid, complaint, status));
}

int opensid_replies(struct db *db, const struct opensid *opensid, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *known = json_object();

	int result = db_query(db, &rows, "SELECT row_id FROM opensid_reply WHERE opensid = $1", "t",
		opensid->name);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		if (json_object_set_new(known, db_words(rows, 0), json_true()) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(known);
	return 0;
}

struct reply_place {
	char *ticket;
	bool open, shown; /* shown: the complaint may be known there */
};

static int read_place(struct db *db, const char *complaint, struct reply_place *place)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT c.ticket, c.still_open, CASE WHEN p.uuid IS NULL OR " NOT_FOR_OPENSID
		" THEN 0 ELSE 1 END FROM complaint c "
		"LEFT JOIN complaint_personal p ON p.uuid = c.uuid WHERE c.uuid = $1",
		"t", complaint);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	place->ticket = strdup(db_words(rows, 0));
	place->open = db_integer(rows, 1) != 0;
	place->shown = db_integer(rows, 2) != 0;
	return place->ticket ? 0 : -ENOMEM;
}

static int log_reply(struct db *db, const struct step *step, const struct opensid *opensid,
	const struct opensid_reply *reply, const char *ticket)
{
	autofree char *text = NULL, *by = NULL;

	int error = decision_words(reply->text, OPENSID_REPLY_MAX, &text);
	if (error >= 0)
		error = decision_words(reply->by, OPENSID_REPLY_MAX, &by);
	if (error < 0 || !*text)
		return error;
	autojson json_t *data = json_pack("{s:s, s:s, s:i}", "uuid", reply->complaint, "opensid",
		opensid->name, "status", (int)reply->status);
	autojson json_t *personal = json_pack("{s:s, s:s}", "text", text, "by", by);
	if (!data || !personal)
		return -ENOMEM;
	return chain_append(db, step, "complaint.proposal", ticket, data, personal);
}

static int reply_in_step(struct db *db, const struct step *step, const struct opensid *opensid,
	const struct opensid_reply *reply, const struct reply_place *place)
{
	int added = db_run(db,
		"INSERT INTO opensid_reply (opensid, row_id, complaint) VALUES ($1, $2, $3) "
		"ON CONFLICT (opensid, row_id) DO NOTHING",
		"tit", opensid->name, reply->row_id, reply->complaint);
	/* After its words were erased nothing new is kept of it. */
	if (added <= 0 || !place->shown)
		return changed_row(added);
	int error = log_reply(db, step, opensid, reply, place->ticket);
	if (error >= 0 && place->open && reply->status == OPENSID_DONE)
		error = db_run(db,
			"UPDATE opensid_copy SET proposal_ms = $1 WHERE opensid = $2 AND "
			"complaint = $3",
			"itt", step->now_ms, opensid->name, reply->complaint);
	return changed_row(error);
}

int opensid_reply(struct db *db, const struct step *step, const struct opensid *opensid,
	const struct opensid_reply *reply)
{
	struct reply_place place = { 0 };

	int error = db_begin(db);
	if (error < 0)
		return error;
	error = read_place(db, reply->complaint, &place);
	if (error >= 0)
		error = reply_in_step(db, step, opensid, reply, &place);
	free(place.ticket);
	return db_end(db, error);
}

/* 1 when there is something to note at a round's end: a statement that writes takes a turn. */
static int end_changes(
	struct db *db, const struct opensid *opensid, int64_t next_id, int64_t noted_ms)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT 1 FROM opensid WHERE name = $1 AND (next_id <> $2 OR contact_ms < $3) "
		"UNION ALL SELECT 1 FROM opensid_copy o JOIN complaint c ON c.uuid = o.complaint "
		"WHERE o.opensid = $1 AND o.proposal_ms IS NOT NULL AND c.still_open = 0",
		"tii", opensid->name, next_id, noted_ms);
	return result < 0 ? result : db_step(rows);
}

static int end_in_step(
	struct db *db, const struct opensid *opensid, int64_t next_id, int64_t now_ms)
{
	int error = db_run(db, "UPDATE opensid SET next_id = $1, contact_ms = $2 WHERE name = $3",
		"iit", next_id, now_ms, opensid->name);

	if (error >= 0)
		error = db_run(db,
			"UPDATE opensid_copy SET proposal_ms = NULL WHERE opensid = $1 AND "
			"proposal_ms IS NOT NULL AND complaint IN (SELECT uuid FROM complaint "
			"WHERE still_open = 0)",
			"t", opensid->name);
	return changed_row(error);
}

int opensid_end(struct db *db, const struct opensid *opensid, int64_t next_id, int64_t now_ms)
{
	int result = end_changes(db, opensid, next_id, now_ms - NOTED_MS);

	if (result <= 0)
		return result;
	result = db_begin(db);
	return result < 0 ? result : db_end(db, end_in_step(db, opensid, next_id, now_ms));
}

int opensid_silent(struct db *db, int64_t now_ms, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT name, contact_ms FROM opensid WHERE contact_ms BETWEEN $1 AND $2 ORDER BY "
		"name",
		"ii", now_ms - GIVEN_UP_MS, now_ms - SILENT_MS);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:s, s:o}", "name", db_words(rows, 0), "contact",
			record_time(db_integer(rows, 1)));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}

int opensid_proposals(struct db *db, enum complaint_view view, int64_t most, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT c.uuid, c.ticket FROM opensid_copy o JOIN complaint c ON c.uuid = "
		"o.complaint WHERE o.proposal_ms IS NOT NULL AND c.still_open = 1 AND " VIEW_SHOWS(
			"c") "ORDER BY o.proposal_ms, c.uuid LIMIT $2",
		"ii", (int64_t)view, most);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *item = json_pack(
			"{s:s, s:s}", "uuid", db_words(rows, 0), "ticket", db_words(rows, 1));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}
