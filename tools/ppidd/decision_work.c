/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decisions between a complaint's arrival and its answer. */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/case.h"
#include "tools/ppidd/deadline.h"
#include "tools/ppidd/decision_internal.h"
#include "tools/ppidd/note.h"
#include "tools/ppidd/officer.h"
#include "tools/ppidd/record.h"

static int changed_row(int changed)
{
	return changed < 0 ? changed : 0;
}

static int set_referred(struct db *db, const struct step *step, const struct deed *deed,
	const json_t *complaint, const char *id, const char *words)
{
	(void)step;
	(void)id;
	(void)words;
	return changed_row(db_run(db, "UPDATE complaint SET referred_to = $1 WHERE uuid = $2", "tt",
		(const char *)deed->argument, record_text(complaint, "uuid")));
}

int decide_referral(struct db *db, const struct step *step, const struct decision *decision,
	const char *office, json_t **complaint)
{
	autofree char *name = NULL, *reason = NULL, *words = NULL;

	int error = decision_words(office, DECISION_OFFICE_MAX, &name);
	if (error == -EMSGSIZE || (error >= 0 && !*name))
		return -ENODATA;
	if (error >= 0)
		error = decision_words(
			decision->text ? decision->text : "", DECISION_REASON_MAX, &reason);
	if (error < 0)
		return error;
	if (asprintf(&words, "%s%s%s", name, *reason ? ". " : "", reason) < 0) {
		words = NULL;
		return -ENOMEM;
	}
	struct decision told = *decision;
	told.text = words;
	const struct deed deed = { .command = "state",
		.to = STATE_REFERRED,
		.also = set_referred,
		.argument = name,
		.words_most = DECISION_OFFICE_MAX + 2 + DECISION_REASON_MAX };
	return decision_do(db, step, &told, &deed, complaint);
}

struct category {
	const char *category, *about;
};

static int set_category(struct db *db, const struct step *step, const struct deed *deed,
	const json_t *complaint, const char *id, const char *words)
{
	const struct category *chosen = deed->argument;

	(void)id;
	(void)words;
	return changed_row(db_run(db,
		"UPDATE complaint SET category = $1, category_by = $2, about = nullif($3, '') "
		"WHERE uuid = $4",
		"tttt", chosen->category, step->actor, chosen->about,
		record_text(complaint, "uuid")));
}

static bool one_of(const char *name, const char *const *names)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

int decide_category(struct db *db, const struct step *step, const struct decision *decision,
	const char *category, const char *about, json_t **complaint)
{
	static const char *const categories[] = { "access", "quality", "procedure", "other", NULL };
	static const char *const abouts[] = { "", "office", "official", "agency", "other", NULL };
	const struct category chosen = { category, about };

	if (!one_of(category, categories) || !one_of(about, abouts))
		return -EDOM;
	autojson json_t *data = json_pack("{s:s, s:s}", "category", category, "about", about);
	if (!data)
		return -ENOMEM;
	const struct deed deed = { .event = "complaint.category",
		.key = "reason",
		.data = data,
		.to = NO_STATE,
		.also = set_category,
		.argument = &chosen,
		.words_most = DECISION_REASON_MAX };
	return decision_do(db, step, decision, &deed, complaint);
}

/* The first assignment of a verified complaint is a step; a later one only another officer. */
static int steer_assignment(enum complaint_state from, enum complaint_state *to)
{
	if (from == STATE_VERIFIED || from == STATE_REOPENED)
		*to = STATE_ASSIGNED;
	else if (from != STATE_ASSIGNED && from != STATE_INVESTIGATING)
		return -EPERM;
	return 0;
}

static int set_officer(struct db *db, const struct step *step, const struct deed *deed,
	const json_t *complaint, const char *id, const char *words)
{
	autorows struct db_rows *rows = NULL;
	const char *about = record_words(complaint, "about");
	bool office = strcmp(about, "office") == 0 || strcmp(about, "official") == 0;

	(void)step;
	(void)id;
	(void)words;
	int result = db_query(db, &rows,
		"SELECT role FROM officer WHERE name = $1 AND disabled_ms IS NULL", "t",
		(const char *)deed->argument);
	if (result >= 0)
		result = db_step(rows);
	if (result < 0)
		return result;
	if (result == 0 || !role_may(db_words(rows, 0), RIGHT_HANDLE) ||
		(office && !role_may(db_words(rows, 0), RIGHT_ABOUT_OFFICE)) ||
		(case_kind_of(complaint) == CASE_OBJECTION &&
			!role_may(db_words(rows, 0), RIGHT_OBJECTION)))
		return -ENOKEY;
	db_done(take_pointer(rows));
	return changed_row(db_run(db, "UPDATE complaint SET officer = $1 WHERE uuid = $2", "tt",
		(const char *)deed->argument, record_text(complaint, "uuid")));
}

int decide_assignment(struct db *db, const struct step *step, const struct decision *decision,
	const char *officer, json_t **complaint)
{
	if (!officer_name_valid(officer))
		return -ENOKEY;
	autojson json_t *data = json_pack("{s:s}", "officer", officer);
	if (!data)
		return -ENOMEM;
	const struct deed deed = { .event = "complaint.assigned",
		.key = "reason",
		.data = data,
		.to = NO_STATE,
		.steer = steer_assignment,
		.also = set_officer,
		.argument = officer,
		.words_most = DECISION_REASON_MAX };
	return decision_do(db, step, decision, &deed, complaint);
}

/* With the first note the investigation has begun. */
static int steer_note(enum complaint_state from, enum complaint_state *to)
{
	if (from == STATE_ASSIGNED)
		*to = STATE_INVESTIGATING;
	return 0;
}

struct note_parts {
	const char *kind, *cause;
};

static int add_note(struct db *db, const struct step *step, const struct deed *deed,
	const json_t *complaint, const char *id, const char *words)
{
	const struct note_parts *parts = deed->argument;
	const struct note note = { .id = id,
		.complaint = record_text(complaint, "uuid"),
		.kind = parts->kind,
		.text = words };

	int error = note_add(db, step, &note);
	if (error < 0 || !*parts->cause)
		return error;
	return changed_row(db_run(db, "UPDATE complaint SET cause = $1 WHERE uuid = $2", "tt",
		parts->cause, note.complaint));
}

int decide_note(struct db *db, const struct step *step, const struct decision *decision,
	const char *kind, const char *cause, json_t **complaint)
{
	static const char *const kinds[] = { "finding", "solution", "internal", NULL };
	static const char *const causes[] = { "", "administrative", "procedure", "technical",
		"other", NULL };
	const struct note_parts parts = { kind, cause };

	if (!one_of(kind, kinds) || !one_of(cause, causes))
		return -EDOM;
	autojson json_t *data = json_pack("{s:s, s:s}", "kind", kind, "cause", cause);
	if (!data)
		return -ENOMEM;
	const struct deed deed = { .event = "complaint.note",
		.key = "text",
		.data = data,
		.to = NO_STATE,
		.steer = steer_note,
		.also = add_note,
		.argument = &parts,
		.words_needed = true,
		.words_most = DECISION_NOTE_MAX };
	return decision_do(db, step, decision, &deed, complaint);
}

static int extend(struct db *db, const struct step *step, const struct deed *deed,
	const json_t *complaint, const char *id, const char *words)
{
	enum complaint_state state;

	(void)step;
	(void)deed;
	(void)id;
	(void)words;
	if (!state_from_name(record_words(complaint, "state"), &state) || !state_open(state))
		return -EPERM;
	int64_t most = deadline_rules()->of[case_kind_of(complaint)].extended;
	if (record_number(complaint, "working_days") >= most)
		return -ENOTUNIQ;
	return deadline_extend(db, record_text(complaint, "uuid"), most);
}

int decide_extension(
	struct db *db, const struct step *step, const struct decision *decision, json_t **complaint)
{
	autojson json_t *found = NULL;

	int error = complaint_find(db, decision->complaint, decision->view, &found);
	if (error < 0)
		return error;
	autojson json_t *data = json_pack("{s:I}", "working_days",
		(json_int_t)deadline_rules()->of[case_kind_of(found)].extended);
	if (!data)
		return -ENOMEM;
	const struct deed deed = { .command = "extended",
		.event = "complaint.extended",
		.key = "reason",
		.data = data,
		.to = NO_STATE,
		.also = extend,
		.words_needed = true,
		.words_most = DECISION_REASON_MAX };
	return decision_do(db, step, decision, &deed, complaint);
}
