/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/verify.h"

#include <errno.h>
#include <string.h>

#include "tools/ppidd/apply.h"
#include "tools/ppidd/chain.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/survey.h"

static int verify_chains(struct db *db, int64_t *count, char **fault)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows, "SELECT DISTINCT source FROM event ORDER BY source", "");
	while (result >= 0 && (result = db_step(rows)) > 0)
		result = chain_verify(db, db_integer(rows, 0), count, fault);
	return result;
}

static bool differs(const json_t *body, const char *key, const char *shown)
{
	return strcmp(record_words(body, key), shown ? shown : "") != 0;
}

/* The words shown must be those of the event, as long as that still has them. */
static int verify_complaint(struct db_rows *rows, char **fault)
{
	autojson json_t *body = json_loads(db_words(rows, 1), JSON_REJECT_DUPLICATES, NULL);
	autojson json_t *data = json_loads(db_words(rows, 5), JSON_REJECT_DUPLICATES, NULL);
	autojson json_t *category = json_loads(db_words(rows, 7), JSON_REJECT_DUPLICATES, NULL);
	autojson json_t *assigned = json_loads(db_words(rows, 8), JSON_REJECT_DUPLICATES, NULL);
	autojson json_t *contact = json_loads(db_words(rows, 11), JSON_REJECT_DUPLICATES, NULL);
	/* An officer's decision takes the place of what the complainant said. */
	const char *about = apply_about(category ? category : data);

	if (body && (!category || !differs(category, "category", db_text(rows, 9))) &&
		!differs(assigned, "officer", db_text(rows, 10)) &&
		!differs(body, "text", db_text(rows, 2)) &&
		!differs(contact ? contact : body, "from", db_text(rows, 3)) &&
		!differs(body, "pin", db_text(rows, 4)) &&
		strcmp(about ? about : "", db_words(rows, 6)) == 0)
		return 0;
	if (asprintf(fault, "complaint %s: what is shown is not what its event says",
		    db_words(rows, 0)) < 0) {
		*fault = NULL;
		return -ENOMEM;
	}
	return -EBADMSG;
}

/* What our own log says of a complaint by its last event of that type. */
#define LAST(type)                                                                                 \
	"(SELECT g.data FROM event g WHERE g.complaint = c.uuid AND +g.source = 0 "                \
	"AND g.type = '" type "' ORDER BY g.epoch DESC, g.seq DESC LIMIT 1)"
#define LAST_CATEGORY LAST("complaint.category")
#define LAST_OFFICER LAST("complaint.assigned")
/* The number or address that an officer was told later, of one that no kiosk took in. */
#define LAST_CONTACT                                                                               \
	"(SELECT q.body FROM event g JOIN event_personal q ON q.source = g.source "                \
	"AND q.epoch = g.epoch AND q.seq = g.seq WHERE g.complaint = c.uuid AND +g.source = 0 "    \
	"AND g.type = 'complaint.details' AND q.body LIKE '%\"from\":%' "                          \
	"ORDER BY g.epoch DESC, g.seq DESC LIMIT 1)"

static int verify_complaints(struct db *db, char **fault)
{
	autorows struct db_rows *rows = NULL;

	/*
	 * The plus signs keep the planner from looking for f by its place in the log, which would
	 * mean all events before e, for each e.
	 */
	int result = db_query(db, &rows,
		"SELECT c.ticket, b.body, p.text, p.sender, p.pin, e.data, c.about, " LAST_CATEGORY
		", " LAST_OFFICER ", c.category, c.officer, " LAST_CONTACT " FROM complaint c "
		"JOIN complaint_personal p ON p.uuid = c.uuid "
		"JOIN event e ON e.complaint = c.uuid AND +e.source IN (c.kiosk, 0) "
		"AND e.type IN ('complaint.received', 'complaint.restored') "
		"JOIN event_personal b ON b.source = e.source AND b.epoch = e.epoch AND b.seq = "
		"e.seq "
		"WHERE NOT EXISTS (SELECT 1 FROM event f WHERE f.complaint = c.uuid "
		"AND +f.source = e.source AND f.type IN ('complaint.received', "
		"'complaint.restored') "
		"AND (+f.epoch < e.epoch OR (+f.epoch = e.epoch AND +f.seq < e.seq)))",
		"");
	while (result >= 0 && (result = db_step(rows)) > 0)
		result = verify_complaint(rows, fault);
	return result;
}

/*
 * By complaint, what the last event that made sense says of it in the kiosk's log, and in ours,
 * where officers type in what somebody came to say: {uuid: {"rating", "on", "own_rating",
 * "own_on"}}.
 */
static int collect_said(struct db *db, json_t *said)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT e.complaint, e.data, e.source FROM event e "
		"JOIN complaint c ON c.uuid = e.complaint AND +e.source IN (c.kiosk, 0) "
		"WHERE e.type IN ('complaint.rated', 'complaint.confidential') "
		"AND NOT EXISTS (SELECT 1 FROM event f "
		"WHERE f.source = e.source AND f.id = e.id AND f.epoch < e.epoch) "
		"ORDER BY e.source, e.epoch, e.seq",
		"");
	while (result >= 0 && (result = db_step(rows)) > 0) {
		autojson json_t *data = json_loads(db_words(rows, 1), 0, NULL);
		int64_t rating = record_number(data, "rating");
		const json_t *on = json_object_get(data, "on");
		bool own = db_integer(rows, 2) == SERVER_SOURCE;
		json_t *one = json_object_get(said, db_words(rows, 0));
		if (!one) {
			one = json_object();
			if (json_object_set_new(said, db_words(rows, 0), one) < 0)
				return -ENOMEM;
		}
		if (rating >= RATING_WORST && rating <= RATING_BEST)
			result = json_object_set_new(
				one, own ? "own_rating" : "rating", json_integer(rating));
		if (json_is_boolean(on) && result >= 0)
			result = json_object_set_new(
				one, own ? "own_on" : "on", json_boolean(json_is_true(on)));
		if (result < 0)
			return -ENOMEM;
	}
	return result;
}

/* What is shown must be the last word of either log: which of them is the later one, clocks tell.
 */
static bool said_so(const json_t *one, const char *key, const char *own_key, int64_t shown)
{
	const json_t *told[] = { json_object_get(one, key), json_object_get(one, own_key) };

	for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
		int64_t value = json_is_true(told[i]) ? 1 : json_integer_value(told[i]);
		if (told[i] && value == shown)
			return true;
	}
	return !told[0] && !told[1] && shown == 0;
}

/* The satisfaction shown, and whether the identity is kept, must be what the events say. */
static int verify_said(struct db *db, char **fault)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *said = json_object();

	int result = collect_said(db, said);
	if (result >= 0)
		result = db_query(
			db, &rows, "SELECT uuid, ticket, rating, confidential FROM complaint", "");
	while (result >= 0 && (result = db_step(rows)) > 0) {
		const json_t *one = json_object_get(said, db_words(rows, 0));
		if (said_so(one, "rating", "own_rating", db_integer(rows, 2)) &&
			said_so(one, "on", "own_on", db_integer(rows, 3)))
			continue;
		if (asprintf(fault,
			    "complaint %s: the rating or secrecy shown is not what its events say",
			    db_words(rows, 1)) < 0) {
			*fault = NULL;
			return -ENOMEM;
		}
		return -EBADMSG;
	}
	return result;
}

static int verify_message(struct db_rows *rows, char **fault)
{
	autojson json_t *body = json_loads(db_words(rows, 1), JSON_REJECT_DUPLICATES, NULL);

	if (body && !differs(body, "to", db_text(rows, 2)) &&
		!differs(body, "text", db_text(rows, 3)))
		return 0;
	if (asprintf(fault, "message %s: what is shown is not what its event says",
		    db_words(rows, 0)) < 0) {
		*fault = NULL;
		return -ENOMEM;
	}
	return -EBADMSG;
}

static int verify_messages(struct db *db, char **fault)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT m.id, b.body, p.recipient, p.text FROM message m "
		"JOIN message_personal p ON p.id = m.id "
		"JOIN event_personal b ON b.source = m.kiosk AND b.epoch = m.epoch AND b.seq = "
		"m.seq",
		"");
	while (result >= 0 && (result = db_step(rows)) > 0)
		result = verify_message(rows, fault);
	return result;
}

int verify_all(struct db *db, int64_t *count, char **fault)
{
	*count = 0;
	*fault = NULL;
	int error = db->ops->check(db, fault);
	if (error >= 0)
		error = db_begin_read(db);
	if (error < 0)
		return error;
	error = verify_chains(db, count, fault);
	if (error >= 0)
		error = verify_complaints(db, fault);
	if (error >= 0)
		error = verify_said(db, fault);
	if (error >= 0)
		error = verify_messages(db, fault);
	db_rollback(db);
	return error;
}
