/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What complainants tell the office in person, by telephone or letter, typed in by an officer: the
 * same that the kiosk takes by SMS and at its panel.
 */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/decision_internal.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/handover.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/survey.h"

static int changed_row(int changed)
{
	return changed < 0 ? changed : 0;
}

/* The answer to a question sets the clock going again; to what has ended nothing is added. */
static int steer_details(enum complaint_state from, enum complaint_state *to)
{
	if (from == STATE_REFERRED || from == STATE_WITHDRAWN)
		return -EPERM;
	if (from == STATE_INCOMPLETE)
		*to = STATE_RECEIVED;
	return 0;
}

static int set_details(struct db *db, const struct step *step, const struct deed *deed,
	const json_t *complaint, const char *id, const char *words)
{
	const json_t *body = deed->body;
	const char *uuid = record_text(complaint, "uuid");

	(void)id;
	(void)words;
	int error = changed_row(db_run(db,
		"UPDATE complaint_personal SET name = coalesce($1, name), "
		"address = coalesce($2, address), sender = coalesce($3, sender) WHERE uuid = $4",
		"tttt", record_text(body, "name"), record_text(body, "address"),
		record_text(body, "from"), uuid));
	return error < 0 ? error : handover_replied(db, step, uuid);
}

static int add_words(json_t *body, const char *key, const char *words, size_t most)
{
	autofree char *tidy = NULL;

	int error = decision_words(words ? words : "", most, &tidy);
	if (error >= 0 && *tidy && json_object_set_new(body, key, json_string(tidy)) < 0)
		error = -ENOMEM;
	return error;
}

/* A number that a kiosk knows its complainant by isn't changed here. */
static int check_contact(struct db *db, const struct decision *decision, const json_t *body)
{
	autojson json_t *complaint = NULL;

	if (!record_text(body, "from"))
		return 0;
	int error = complaint_find(db, decision->complaint, decision->view, &complaint);
	int desk = error < 0 ? error : desk_takes(db, record_number(complaint, "kiosk"));
	return desk == 0 ? -EDOM : desk;
}

int decide_details(struct db *db, const struct step *step, const struct decision *decision,
	const struct details *details, json_t **complaint)
{
	autojson json_t *body = json_object();
	autofree char *words = NULL;

	if (!body)
		return -ENOMEM;
	int error = decision_words(decision->text ? decision->text : "", DECISION_NOTE_MAX, &words);
	if (error >= 0)
		error = add_words(body, "name", details->name, ENTRY_NAME_MAX);
	if (error >= 0)
		error = add_words(body, "address", details->address, ENTRY_ADDRESS_MAX);
	if (error >= 0)
		error = add_words(body, "from", details->contact, ENTRY_CONTACT_MAX);
	if (error >= 0 && !*words && json_object_size(body) == 0)
		error = -EINVAL;
	if (error >= 0)
		error = check_contact(db, decision, body);
	if (error < 0)
		return error;
	const struct deed deed = { .event = "complaint.details",
		.key = "text",
		.body = body,
		.to = NO_STATE,
		.steer = steer_details,
		.also = set_details,
		.words_most = DECISION_NOTE_MAX };
	return decision_do(db, step, decision, &deed, complaint);
}

/* What isn't answered can't be rated. */
static int steer_rating(enum complaint_state from, enum complaint_state *to)
{
	*to = NO_STATE;
	return from == STATE_RESOLVED || from == STATE_CLOSED ? 0 : -EPERM;
}

static int set_rating(struct db *db, const struct step *step, const struct deed *deed,
	const json_t *complaint, const char *id, const char *words)
{
	(void)id;
	(void)words;
	return changed_row(db_run(db,
		"UPDATE complaint SET rating = $1, surveyed_ms = $2, survey_from_ms = NULL "
		"WHERE uuid = $3",
		"iit", record_number(deed->data, "rating"), step->now_ms,
		record_text(complaint, "uuid")));
}

int decide_rating(struct db *db, const struct step *step, const struct decision *decision,
	int64_t rating, json_t **complaint)
{
	if (rating < RATING_WORST || rating > RATING_BEST)
		return -EDOM;
	autojson json_t *data = json_pack("{s:I}", "rating", (json_int_t)rating);
	if (!data)
		return -ENOMEM;
	const struct deed deed = { .event = "complaint.rated",
		.key = "text",
		.data = data,
		.to = NO_STATE,
		.steer = steer_rating,
		.also = set_rating,
		.words_most = DECISION_REASON_MAX };
	return decision_do(db, step, decision, &deed, complaint);
}

static int set_confidential(struct db *db, const struct step *step, const struct deed *deed,
	const json_t *complaint, const char *id, const char *words)
{
	(void)step;
	(void)id;
	(void)words;
	return changed_row(db_run(db, "UPDATE complaint SET confidential = $1 WHERE uuid = $2",
		"it", (int64_t)json_is_true(json_object_get(deed->data, "on")),
		record_text(complaint, "uuid")));
}

int decide_confidential(struct db *db, const struct step *step, const struct decision *decision,
	bool on, json_t **complaint)
{
	autojson json_t *data = json_pack("{s:b}", "on", (int)on);

	if (!data)
		return -ENOMEM;
	const struct deed deed = { .event = "complaint.confidential",
		.key = "text",
		.data = data,
		.to = NO_STATE,
		.also = set_confidential,
		.words_most = DECISION_REASON_MAX };
	return decision_do(db, step, decision, &deed, complaint);
}
