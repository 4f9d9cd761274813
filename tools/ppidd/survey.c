/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/survey.h"

#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/command.h"
#include "tools/ppidd/complaint.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/record.h"

/* Asked in one transaction; the others follow at once. */
#define AT_A_TIME 100

/* An answer that arrived while the complaint is answered: what a survey asks about. */
/* The state joined with nothing, or a planner would look through all that are closed instead. */
#define ASKABLE "survey_from_ms IS NOT NULL AND state || '' IN ('resolved', 'closed') "

int survey_answer_arrived(struct db *db, const char *message, int64_t time_ms)
{
	int changed = db_run(db,
		"UPDATE complaint SET survey_from_ms = $1 WHERE uuid = "
		"(SELECT complaint FROM message WHERE id = $2 AND purpose = 'answer') "
		"AND surveyed_ms IS NULL AND NOT EXISTS (SELECT 1 FROM command s "
		"WHERE s.complaint = complaint.uuid AND s.type = 'survey')",
		"it", time_ms, message);

	return changed < 0 ? changed : 0;
}

int survey_made(struct db *db, const char *complaint, int64_t now_ms)
{
	int changed = db_run(db,
		"UPDATE complaint SET surveyed_ms = $1, survey_from_ms = NULL WHERE uuid = $2",
		"it", now_ms, complaint);

	return changed < 0 ? changed : 0;
}

/* The command to the kiosk and its event, in the caller's transaction. */
static int survey_ask(
	struct db *db, const struct step *step, const json_t *complaint, const char *once)
{
	const char *uuid = record_text(complaint, "uuid");
	struct command command = { .kiosk = record_number(complaint, "kiosk"),
		.type = "survey",
		.complaint = uuid,
		.ticket = record_text(complaint, "ticket") };

	uuid_new(command.id);
	if (once && uuid_valid(once))
		memcpy(command.id, once, sizeof(command.id));
	int error = command_add(db, step, &command);
	if (error < 0)
		return error;
	autojson json_t *data = json_pack("{s:s, s:s}", "uuid", uuid, "command", command.id);
	if (!data)
		return -ENOMEM;
	error = chain_append(db, step, "complaint.survey", command.ticket, data, NULL);
	return error < 0 ? error : survey_made(db, uuid, step->now_ms);
}

static int ask_in_step(struct db *db, const struct step *step, const struct decision *decision)
{
	autojson json_t *complaint = NULL;

	int error = complaint_find(db, decision->complaint, decision->view, &complaint);
	if (error < 0)
		return error;
	int known = decision->once ? command_known(db, decision->once) : 0;
	if (known != 0)
		return known < 0 ? known : -EALREADY;
	/* No machine can ask; an officer asks in person and types in what is said. */
	int desk = desk_takes(db, record_number(complaint, "kiosk"));
	if (desk != 0)
		return desk < 0 ? desk : -EPERM;
	const char *state = record_words(complaint, "state");
	if ((strcmp(state, "resolved") != 0 && strcmp(state, "closed") != 0) ||
		complaint_gone(complaint))
		return -EPERM;
	if (record_text(complaint, "surveyed"))
		return -EEXIST;
	return survey_ask(db, step, complaint, decision->once);
}

int decide_survey(
	struct db *db, const struct step *step, const struct decision *decision, json_t **complaint)
{
	int error = db_begin(db);

	if (error < 0)
		return error;
	error = db_end(db, ask_in_step(db, step, decision));
	if (error < 0 || !complaint)
		return error;
	return complaint_find(db, decision->complaint, decision->view, complaint);
}

/* {uuid, ticket, kiosk} of those whose answer arrived at that time or before. */
static int find_due(struct db *db, int64_t until_ms, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT uuid, ticket, kiosk FROM complaint WHERE " ASKABLE
		"AND survey_from_ms <= $1 ORDER BY survey_from_ms LIMIT $2",
		"ii", until_ms, (int64_t)AT_A_TIME);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:s, s:s, s:I}", "uuid", db_words(rows, 0), "ticket",
			db_words(rows, 1), "kiosk", (json_int_t)db_integer(rows, 2));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}

static int find_next(struct db *db, int64_t after_ms, int64_t *next_ms)
{
	autorows struct db_rows *rows = NULL;

	*next_ms = INT64_MAX;
	/* Not min(): in its own order it is read from its own index, however many complaints there
	 * are. */
	int result = db_query(db, &rows,
		"SELECT survey_from_ms FROM complaint WHERE " ASKABLE
		"ORDER BY survey_from_ms LIMIT 1",
		"");
	if (result >= 0)
		result = db_step(rows);
	if (result > 0 && db_text(rows, 0))
		*next_ms = db_integer(rows, 0) + after_ms;
	return result < 0 ? result : 0;
}

static int ask_due(struct db *db, const struct step *step, int64_t until_ms)
{
	autojson json_t *due = NULL;
	size_t i;
	json_t *complaint;

	int error = find_due(db, until_ms, &due);
	json_array_foreach (due, i, complaint) {
		if (error >= 0)
			error = survey_ask(db, step, complaint, NULL);
	}
	return error < 0 ? error : (int)json_array_size(due);
}

int survey_run(struct db *db, int64_t now_ms, int64_t after_ms, int64_t *next_ms)
{
	const struct step step = { .now_ms = now_ms, .actor = "server" };

	int error = find_next(db, after_ms, next_ms);
	if (error < 0 || *next_ms > now_ms)
		return error;
	error = db_begin(db);
	if (error < 0)
		return error;
	int asked = db_end(db, ask_due(db, &step, now_ms - after_ms));
	error = asked < 0 ? asked : find_next(db, after_ms, next_ms);
	return error < 0 ? error : asked;
}
