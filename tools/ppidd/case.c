/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/case.h"

#include <errno.h>
#include <string.h>

#include "tools/ppidd/calendar.h"
#include "tools/ppidd/decision_internal.h"
#include "tools/ppidd/holiday.h"
#include "tools/ppidd/record.h"

enum case_kind case_kind_of(const json_t *complaint)
{
	enum case_kind kind = CASE_COMPLAINT;

	/* An unknown one has the shortest clock. */
	return case_from_name(record_words(complaint, "kind"), &kind) ? kind : CASE_COMPLAINT;
}

bool case_named(const json_t *complaint)
{
	return case_kind_of(complaint) != CASE_OBJECTION ||
	       (record_text(complaint, "objects_to") && record_text(complaint, "ground"));
}

bool case_late(const json_t *complaint)
{
	return case_kind_of(complaint) == CASE_OBJECTION &&
	       json_is_true(json_object_get(complaint, "too_late"));
}

/* The latest day that the complainant was told with an answer, at its end; 0: none. */
static int told_until(struct db *db, const char *uuid, int64_t *out)
{
	autorows struct db_rows *rows = NULL;
	int64_t day;

	int result = db_query(db, &rows,
		"SELECT max(day) FROM command WHERE complaint = $1 AND type = 'answer'", "t", uuid);
	if (result >= 0)
		result = db_step(rows);
	if (result > 0 && holiday_day_parse(db_words(rows, 0), &day))
		*out = calendar_end_ms(day);
	return result < 0 ? result : 0;
}

int case_object_until(struct db *db, const json_t *complaint, int64_t now_ms, int64_t *out)
{
	int64_t reason_ms, told_ms = 0;

	*out = 0;
	/* What was answered; else, that it wasn't in time. */
	bool answered = time_parse(record_words(complaint, "resolved"), &reason_ms) == 0;
	if (!answered &&
		(time_parse(record_words(complaint, "due"), &reason_ms) < 0 || reason_ms > now_ms))
		return 0;
	/* Midnight belongs to the day after. */
	*out = deadline_end(
		answered ? reason_ms : reason_ms - 1, deadline_rules()->objection_within);
	int error = answered ? told_until(db, record_words(complaint, "uuid"), &told_ms) : 0;
	/* Whoever was told a day can rely on it, whatever the calendar has become. */
	if (told_ms > *out)
		*out = told_ms;
	return error;
}

/* The one that is objected to, and the objection's own side of it. */
struct objection {
	json_t *subject;
	bool late;
};

/* When it came by the clock that counts; now for what has no time. */
static int64_t came_ms(const json_t *complaint, int64_t now_ms)
{
	int64_t time_ms;

	return time_parse(record_words(complaint, "counted"), &time_ms) < 0 ? now_ms : time_ms;
}

static int find_subject(struct db *db, const struct step *step, const struct decision *decision,
	const char *objects_to, struct objection *out)
{
	autojson json_t *own = NULL;
	int64_t until_ms = 0;

	int error = complaint_find(db, decision->complaint, decision->view, &own);
	if (error < 0)
		return error;
	error = complaint_find(db, objects_to, decision->view, &out->subject);
	if (error < 0)
		return error == -ENOENT ? -ENXIO : error;
	if (strcmp(record_words(own, "uuid"), record_words(out->subject, "uuid")) == 0 ||
		case_kind_of(out->subject) == CASE_OBJECTION)
		return -ENXIO;
	int64_t came = came_ms(own, step->now_ms);
	error = case_object_until(db, out->subject, came, &until_ms);
	out->late = until_ms != 0 && came >= until_ms;
	return error;
}

/* What an objection isn't for everybody's eyes is so because of what it objects to. */
static int inherit(struct db *db, const char *uuid, const char *objects_to)
{
	return db_run(db,
		"UPDATE complaint SET "
		"about = CASE WHEN (SELECT o.about FROM complaint o WHERE o.uuid = $1) "
		"IN ('office', 'official') THEN (SELECT o.about FROM complaint o "
		"WHERE o.uuid = $1) ELSE about END, "
		"confidential = CASE WHEN (SELECT o.confidential FROM complaint o "
		"WHERE o.uuid = $1) = 1 THEN 1 ELSE confidential END WHERE uuid = $2",
		"tt", objects_to, uuid);
}

struct kind_parts {
	enum case_kind kind;
	const char *objects_to, *ground; /* NULL: no objection */
	bool late;
};

static int set_kind(struct db *db, const struct step *step, const struct deed *deed,
	const json_t *complaint, const char *id, const char *words)
{
	const struct kind_parts *parts = deed->argument;
	const char *uuid = record_text(complaint, "uuid");
	enum complaint_state state;

	(void)step;
	(void)id;
	(void)words;
	if (!state_from_name(record_words(complaint, "state"), &state) || !state_open(state))
		return -EPERM;
	int error = deadline_kind(db, uuid, parts->kind);
	if (error >= 0)
		error = db_run(db,
			"UPDATE complaint SET objects_to = $1, ground = $2, too_late = $3 "
			"WHERE uuid = $4",
			"ttit", parts->objects_to, parts->ground,
			(int64_t)(parts->late ? CASE_TAKEN_LATE : 0), uuid);
	if (error >= 0 && parts->objects_to)
		error = inherit(db, uuid, parts->objects_to);
	/* Only the superior can be responsible for it. */
	if (error >= 0 && parts->kind == CASE_OBJECTION)
		error = db_run(db,
			"UPDATE complaint SET officer = NULL WHERE uuid = $1 AND officer IN "
			"(SELECT name FROM officer WHERE role <> 'head')",
			"t", uuid);
	return error < 0 ? error : 0;
}

static bool ground_valid(const char *ground)
{
	return ground && ground[0] >= 'a' && ground[0] < 'a' + CASE_GROUNDS && ground[1] == '\0';
}

static int do_kind(struct db *db, const struct step *step, const struct decision *decision,
	const struct kind_parts *parts, json_t **complaint)
{
	autojson json_t *data = json_pack("{s:s, s:s*, s:s*}", "kind", case_name(parts->kind),
		"objects_to", parts->objects_to, "ground", parts->ground);

	if (!data || (parts->late && json_object_set_new(data, "late", json_true()) < 0))
		return -ENOMEM;
	const struct deed deed = { .event = "complaint.kind",
		.key = "reason",
		.data = data,
		.to = NO_STATE,
		.also = set_kind,
		.argument = parts,
		.words_needed = parts->late,
		.words_most = DECISION_REASON_MAX };
	return decision_do(db, step, decision, &deed, complaint);
}

int decide_kind(struct db *db, const struct step *step, const struct decision *decision,
	const struct case_change *change, json_t **complaint)
{
	struct objection objection = { 0 };
	struct kind_parts parts = { 0 };
	int error = 0;

	if (!change->kind || !case_from_name(change->kind, &parts.kind) ||
		(parts.kind == CASE_OBJECTION && !ground_valid(change->ground)))
		return -EDOM;
	if (parts.kind == CASE_OBJECTION) {
		error = find_subject(db, step, decision,
			change->objects_to ? change->objects_to : "", &objection);
		parts.objects_to = record_text(objection.subject, "uuid");
		parts.ground = change->ground;
	}
	parts.late = objection.late;
	if (error >= 0 && parts.late &&
		(!decision->superior || !decision->text || !*decision->text))
		error = -ETIME;
	if (error >= 0)
		error = do_kind(db, step, decision, &parts, complaint);
	json_decref(objection.subject);
	return error;
}

int case_take_objection(struct db *db, const char *uuid, const char *objects_to)
{
	autojson json_t *own = NULL;
	autojson json_t *subject = NULL;
	int64_t until_ms = 0;

	if (strcmp(uuid, objects_to) == 0)
		objects_to = "";
	int error = deadline_kind(db, uuid, CASE_OBJECTION);
	if (error >= 0)
		error = complaint_find(db, uuid, VIEW_WHOLE, &own);
	if (error >= 0 && uuid_valid(objects_to))
		error = complaint_find(db, objects_to, VIEW_WHOLE, &subject);
	if (!subject || case_kind_of(subject) == CASE_OBJECTION)
		return error == -ENOENT ? 0 : error;
	int64_t came = came_ms(own, 0);
	error = case_object_until(db, subject, came, &until_ms);
	if (error >= 0)
		error = db_run(db,
			"UPDATE complaint SET objects_to = $1, too_late = $2 WHERE uuid = $3",
			"tit", objects_to,
			(int64_t)(until_ms != 0 && came >= until_ms ? CASE_TOO_LATE : 0), uuid);
	if (error >= 0)
		error = inherit(db, uuid, objects_to);
	return error < 0 ? error : 0;
}

int case_guard(const json_t *complaint, const struct decision *decision, const char *event,
	enum complaint_state to)
{
	bool answers = event && strcmp(event, "complaint.answer") == 0;
	bool assigns = event && strcmp(event, "complaint.assigned") == 0;
	bool ends = !event && (to == STATE_RESOLVED || to == STATE_REFERRED);
	bool verifies = !event && to == STATE_VERIFIED;
	bool late = case_late(complaint);

	if (case_kind_of(complaint) != CASE_OBJECTION)
		return 0;
	if ((answers || assigns || ends) && !decision->superior)
		return -EACCES;
	if (verifies && late)
		return -ETIME;
	/* That it came too late is an answer, too. */
	if ((verifies || (answers && !late)) && !case_named(complaint))
		return -ENOMSG;
	return 0;
}

/* The last day of its clock, as it is after what was just decided. */
static int due_day(struct db *db, const char *uuid, int64_t *day)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT due_ms FROM complaint WHERE uuid = $1 AND due_ms IS NOT NULL", "t", uuid);
	if (result >= 0)
		result = db_step(rows);
	if (result > 0)
		*day = calendar_day(db_integer(rows, 0) - 1);
	return result;
}

int case_set_day(
	struct db *db, const struct step *step, const json_t *complaint, struct command *command)
{
	bool verified = strcmp(command->type, "state") == 0 && command->target &&
			strcmp(command->target, state_name(STATE_VERIFIED)) == 0;
	int64_t day = 0;
	int found = 0;

	/* What is said to an objection is PPID's last word: after it comes the commission's. */
	if (strcmp(command->type, "answer") == 0 && case_kind_of(complaint) != CASE_OBJECTION) {
		day = calendar_after(
			calendar_day(step->now_ms), deadline_rules()->objection_within);
		found = 1;
	} else if (verified || strcmp(command->type, "extended") == 0) {
		found = due_day(db, command->complaint, &day);
	}
	if (found > 0)
		holiday_day_format(day, command->day);
	return found < 0 ? found : 0;
}
