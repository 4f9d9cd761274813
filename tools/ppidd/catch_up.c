/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/catch_up.h"

#include <errno.h>

#include "base/log.h"
#include "tools/ppidd/apply.h"
#include "tools/ppidd/deadline.h"
#include "tools/ppidd/record.h"

/* Appends the present row as {source, taken, event}, the event with its personal part. */
static int keep_row(struct db_rows *rows, json_t *events)
{
	json_t *event = NULL;

	int error = chain_row(rows, &event);
	if (error < 0)
		return error == -EBADMSG ? 0 : error; /* for ppidctl verify to tell */
	json_t *body =
		json_loads(db_words(rows, CHAIN_COLUMN_COUNT + 2), JSON_REJECT_DUPLICATES, NULL);
	if (body && json_object_set_new(event, "personal", json_pack("{s:o}", "body", body)) < 0)
		error = -ENOMEM;
	json_t *item = json_pack("{s:I, s:I, s:o}", "source",
		(json_int_t)db_integer(rows, CHAIN_COLUMN_COUNT), "taken",
		(json_int_t)db_integer(rows, CHAIN_COLUMN_COUNT + 1), "event", event);
	return json_array_append_new(events, item) < 0 ? -ENOMEM : error;
}

int catch_up_2(struct db *db)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *events = json_array();
	size_t i;
	json_t *item;

	int result = db_query(db, &rows,
		"SELECT " CHAIN_COLUMNS ", e.source, e.taken_ms, p.body FROM event e "
		"LEFT JOIN event_personal p ON p.source = e.source AND p.epoch = e.epoch "
		"AND p.seq = e.seq WHERE e.source > 0 AND e.type IN ('complaint.rated', "
		"'complaint.confidential', 'contact.consent', 'contact.language', 'sim.balance') "
		"AND NOT EXISTS (SELECT 1 FROM event f "
		"WHERE f.source = e.source AND f.id = e.id AND f.epoch < e.epoch) "
		"ORDER BY e.taken_ms, e.source, e.epoch, e.seq",
		"");
	while (result >= 0 && (result = db_step(rows)) > 0)
		result = keep_row(rows, events);
	json_array_foreach (events, i, item) {
		if (result >= 0)
			result = apply_event(db, record_number(item, "source"),
				json_object_get(item, "event"), record_number(item, "taken"));
	}
	if (result >= 0 && json_array_size(events) > 0)
		log_notice("store: %zu events that an earlier version only kept are applied",
			json_array_size(events));
	return result < 0 ? result : 0;
}

/* One complaint's event, taken again where it says whom the complaint is about. */
static int take_about(struct db *db, const char *uuid, const char *data)
{
	autojson json_t *parts = json_loads(data, JSON_REJECT_DUPLICATES, NULL);
	const char *about = apply_about(parts);

	if (!about)
		return 0;
	int changed =
		db_run(db, "UPDATE complaint SET about = $1 WHERE uuid = $2", "tt", about, uuid);
	return changed < 0 ? changed : 0;
}

int catch_up_3(struct db *db)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();
	size_t i;
	json_t *item;

	int result = db_query(db, &rows,
		"SELECT e.complaint, e.data FROM event e WHERE e.source > 0 "
		"AND e.type IN ('complaint.received', 'complaint.restored') "
		"AND e.complaint IS NOT NULL AND e.data LIKE '%\"about\":%' "
		"ORDER BY e.taken_ms, e.source, e.epoch, e.seq",
		"");
	while (result >= 0 && (result = db_step(rows)) > 0) {
		if (json_array_append_new(list, json_pack("{s:s, s:s}", "uuid", db_words(rows, 0),
							"data", db_words(rows, 1))) < 0)
			return -ENOMEM;
	}
	json_array_foreach (list, i, item) {
		if (result >= 0)
			result = take_about(
				db, record_words(item, "uuid"), record_words(item, "data"));
	}
	return result < 0 ? result : 0;
}

/* The same rules as in every program, so that the database can hold them up. */
static int fill_transitions(struct db *db)
{
	int changed = 0;

	for (int i = 0; i < STATE_COUNT * STATE_COUNT && changed >= 0; i++) {
		enum complaint_state before = (enum complaint_state)(i / STATE_COUNT);
		enum complaint_state after = (enum complaint_state)(i % STATE_COUNT);
		if (state_may_follow(before, after))
			changed =
				db_run(db, "INSERT INTO transition (before, after) VALUES ($1, $2)",
					"tt", state_name(before), state_name(after));
	}
	return changed < 0 ? changed : db->ops->guard_transitions(db);
}

int catch_up_4(struct db *db)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();
	enum complaint_state state;
	size_t i;
	json_t *item;

	int result = fill_transitions(db);
	if (result >= 0)
		result = db_query(
			db, &rows, "SELECT uuid, state, created_ms, updated_ms FROM complaint", "");
	while (result >= 0 && (result = db_step(rows)) > 0) {
		if (json_array_append_new(list,
			    json_pack("{s:s, s:s, s:I, s:I}", "uuid", db_words(rows, 0), "state",
				    db_words(rows, 1), "created", (json_int_t)db_integer(rows, 2),
				    "updated", (json_int_t)db_integer(rows, 3))) < 0)
			return -ENOMEM;
	}
	json_array_foreach (list, i, item) {
		/* One that waits for its complainant did nothing since. */
		if (result >= 0 && state_from_name(record_words(item, "state"), &state))
			result = deadline_begin(db, record_words(item, "uuid"), state,
				record_number(item, "created"), record_number(item, "updated"));
	}
	return result < 0 ? result : 0;
}
