/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/handover.h"

#include <errno.h>
#include <string.h>

#include "tools/ppidd/complaint_internal.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/record.h"

/* Of whom nothing is kept any more nobody can be told anything. */
#define STILL_THERE "(c.erased_ms IS NULL OR c.still_open = 1) AND "

/* Which of the desk's commands have something for the complainant; NULL: this one hasn't. */
static const char *kind_of(const struct command *command)
{
	static const char *const types[] = { "answer", "question", "extended" };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strcmp(types[i], command->type) == 0)
			return types[i];
	}
	return command->target && strcmp(command->target, "referred") == 0 ? command->target : NULL;
}

int handover_owe(struct db *db, const struct step *step, const struct command *command)
{
	const char *kind = kind_of(command);

	if (!kind)
		return 0;
	int added = db_run(db,
		"INSERT INTO handover (command, complaint, kind, owed_ms) VALUES ($1, $2, $3, $4)",
		"ttti", command->id, command->complaint, kind, step->now_ms);
	return added < 0 ? added : 0;
}

int handover_replied(struct db *db, const struct step *step, const char *complaint)
{
	int changed = db_run(db,
		"UPDATE handover SET how = 'replied', officer = $1, handed_ms = $2 "
		"WHERE complaint = $3 AND kind = 'question' AND how IS NULL",
		"tit", step->actor, step->now_ms, complaint);

	return changed < 0 ? changed : 0;
}

int handover_message(struct db *db, const char *message, const char *state, int64_t now_ms)
{
	bool arrived = strcmp(state, "sent") == 0 || strcmp(state, "delivered") == 0;

	int changed = arrived ? db_run(db,
					"DELETE FROM handover WHERE how IS NULL AND command = "
					"(SELECT command FROM message WHERE id = $1)",
					"t", message)
			      : db_run(db,
					"INSERT INTO handover (command, complaint, kind, owed_ms) "
					"SELECT c.id, c.complaint, CASE c.type WHEN 'state' "
					"THEN c.target ELSE c.type END, $2 FROM message m "
					"JOIN command c ON c.id = m.command WHERE m.id = $1 "
					"AND c.complaint IS NOT NULL AND (c.type IN ('answer', "
					"'question', 'extended') OR c.target = 'referred') "
					"ON CONFLICT (command) DO NOTHING",
					"ti", message, now_ms);
	return changed < 0 ? changed : 0;
}

/* The command's kind and time; -EALREADY: it was brought before. */
static int find_owed(struct db *db, const char *complaint, const char *command, json_t **out)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT kind, owed_ms, how FROM handover WHERE command = $1 AND complaint = $2",
		"tt", command, complaint);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	if (db_text(rows, 2))
		return -EALREADY;
	*out = json_pack(
		"{s:s, s:I}", "kind", db_words(rows, 0), "owed", (json_int_t)db_integer(rows, 1));
	return *out ? 0 : -ENOMEM;
}

static int log_handed(struct db *db, const struct step *step, const struct handing *handing,
	const json_t *complaint, const char *kind, const char *note)
{
	char time[TIME_SIZE];

	time_format(handing->handed_ms ? handing->handed_ms : step->now_ms, time);
	autojson json_t *data = json_pack("{s:s, s:s, s:s, s:s, s:s}", "uuid",
		record_text(complaint, "uuid"), "command", handing->command, "kind", kind, "how",
		handing->how, "handed", time);
	autojson json_t *personal = *note ? json_pack("{s:s}", "text", note) : NULL;
	if (!data || (*note && !personal))
		return -ENOMEM;
	return chain_append(
		db, step, "complaint.handed", record_text(complaint, "ticket"), data, personal);
}

static int done_in_step(
	struct db *db, const struct step *step, const struct handing *handing, const char *note)
{
	autojson json_t *complaint = NULL, *owed = NULL;
	int64_t handed_ms = handing->handed_ms ? handing->handed_ms : step->now_ms;

	int error = complaint_find(db, handing->complaint, handing->view, &complaint);
	if (error >= 0)
		error = find_owed(db, record_words(complaint, "uuid"), handing->command, &owed);
	if (error < 0)
		return error;
	if (handed_ms < record_number(owed, "owed") || handed_ms > step->now_ms)
		return -ERANGE;
	int changed = db_run(db,
		"UPDATE handover SET how = $1, officer = $2, handed_ms = $3 "
		"WHERE command = $4 AND how IS NULL",
		"ttit", handing->how, step->actor, handed_ms, handing->command);
	if (changed <= 0)
		return changed < 0 ? changed : -EALREADY;
	return log_handed(db, step, handing, complaint, record_words(owed, "kind"), note);
}

int handover_done(struct db *db, const struct step *step, const struct handing *handing)
{
	static const char *const hows[] = { "read", "given", "sent", "unreachable" };
	autofree char *note = NULL;
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(hows); i++)
		known = known || strcmp(hows[i], handing->how) == 0;
	if (!known)
		return -EDOM;
	int error = decision_words(handing->note ? handing->note : "", HANDOVER_NOTE_MAX, &note);
	if (error < 0)
		return error;
	if (strcmp(handing->how, "unreachable") == 0 && !*note)
		return -EINVAL;
	error = db_begin(db);
	return error < 0 ? error : db_end(db, done_in_step(db, step, handing, note));
}

int handover_list(struct db *db, const char *complaint, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT h.command, h.kind, h.owed_ms, h.how, h.officer, h.handed_ms, p.text, "
		"p.reason FROM handover h LEFT JOIN command_personal p ON p.id = h.command "
		"WHERE h.complaint = $1 ORDER BY h.owed_ms, h.command",
		"t", complaint);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:s, s:s, s:o, s:s?, s:s?, s:o, s:s?, s:s?}", "command",
			db_words(rows, 0), "kind", db_words(rows, 1), "owed",
			record_time(db_integer(rows, 2)), "how", db_text(rows, 3), "officer",
			db_text(rows, 4), "handed", record_time(db_integer(rows, 5)), "text",
			db_text(rows, 6), "reason", db_text(rows, 7));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}

int handover_owed(struct db *db, enum complaint_view view, int64_t most, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT c.uuid, c.ticket, h.kind, h.owed_ms, " COMPLAINT_NAME ", " COMPLAINT_SENDER
		", c.channel FROM handover h "
		"JOIN complaint c ON c.uuid = h.complaint "
		"LEFT JOIN complaint_personal p ON p.uuid = c.uuid "
		"WHERE h.how IS NULL AND " STILL_THERE VIEW_SHOWS(
			"c") "ORDER BY h.owed_ms, h.command LIMIT $2",
		"ii", (int64_t)view, most);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:s, s:s, s:s, s:o, s:s?, s:s?, s:s}", "complaint",
			db_words(rows, 0), "ticket", db_words(rows, 1), "kind", db_words(rows, 2),
			"owed", record_time(db_integer(rows, 3)), "name", db_text(rows, 4), "from",
			db_text(rows, 5), "channel", db_words(rows, 6));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}

int handover_count(struct db *db, enum complaint_view view, int64_t *out)
{
	autorows struct db_rows *rows = NULL;

	*out = 0;
	int result = db_query(db, &rows,
		"SELECT count(*) FROM (SELECT 1 FROM handover h JOIN complaint c "
		"ON c.uuid = h.complaint WHERE h.how IS NULL AND " STILL_THERE VIEW_SHOWS(
			"c") "LIMIT 1000) x",
		"i", (int64_t)view);
	if (result >= 0)
		result = db_step(rows);
	if (result > 0)
		*out = db_integer(rows, 0);
	return result < 0 ? result : 0;
}
