/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/erase.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "tools/ppidd/command.h"
#include "tools/ppidd/complaint_internal.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/words.h"

/* Shorter ones are in too many words that mean nobody. */
#define NAME_PART_LEAST 4
#define NUMBER_LEAST 6

/* What is known of a complaint that is to be erased. */
struct erased {
	char uuid[UUID_SIZE];
	char ticket[TICKET_SIZE];
	int64_t kiosk;
	char *number; /* that it came from, "" for none; NULL: its personal row is gone */
	char *name;
	char state[20];
	bool open, again;
};

static void erased_free(struct erased *it)
{
	free(it->number);
	free(it->name);
}

bool erase_reason_valid(const char *reason)
{
	static const char *const known[] = { "complainant", "guardian", "mistake", "order",
		"repeated" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(known[i], reason) == 0)
			return true;
	}
	return false;
}

static int none(int result)
{
	return result < 0 ? result : 0;
}

static int copy_text(struct db_rows *rows, int column, char **out)
{
	const char *text = db_text(rows, column);

	*out = text ? strdup(text) : NULL;
	return text && !*out ? -ENOMEM : 0;
}

static int find(struct db *db, const char *uuid, struct erased *it)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT c.uuid, c.ticket, c.kiosk, c.still_open, p.sender, p.name, "
		"CASE WHEN c.erased_ms >= c.updated_ms THEN 1 ELSE 0 END, c.state FROM complaint c "
		"LEFT JOIN complaint_personal p ON p.uuid = c.uuid WHERE c.uuid = $1",
		"t", uuid);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	snprintf(it->uuid, sizeof(it->uuid), "%s", db_words(rows, 0));
	snprintf(it->ticket, sizeof(it->ticket), "%s", db_words(rows, 1));
	it->kiosk = db_integer(rows, 2);
	it->open = db_integer(rows, 3) != 0;
	it->again = db_integer(rows, 6) != 0;
	snprintf(it->state, sizeof(it->state), "%s", db_words(rows, 7));
	int error = copy_text(rows, 4, &it->number);
	return error < 0 ? error : copy_text(rows, 5, &it->name);
}

/* Whatever a complaint has of personal rows, wherever they are kept. */
static int erase_rows(struct db *db, const char *uuid)
{
	static const char *const rows[] = {
		("DELETE FROM event_personal WHERE (source, epoch, seq) IN "
		 "(SELECT source, epoch, seq FROM event WHERE complaint = $1)"),
		("DELETE FROM message_personal WHERE id IN "
		 "(SELECT id FROM message WHERE complaint = $1)"),
		("DELETE FROM command_personal WHERE id IN "
		 "(SELECT id FROM command WHERE complaint = $1)"),
		("DELETE FROM note_personal WHERE id IN (SELECT id FROM note WHERE complaint = "
		 "$1)"),
		"DELETE FROM complaint_personal WHERE uuid = $1",
		/* Nobody can be told any more what nobody knows. */
		"DELETE FROM handover WHERE complaint = $1 AND how IS NULL",
	};
	int error = 0;

	for (size_t i = 0; error >= 0 && i < ARRAY_SIZE(rows); i++)
		error = db_run(db, rows[i], "t", uuid);
	if (error >= 0)
		error = words_forget(db, uuid);
	return none(error);
}

/* A command whose words are gone can't be done any more: the kiosk is not told it. */
static int take_commands_back(struct db *db, const struct step *step, const char *uuid)
{
	int changed = db_run(db,
		"UPDATE command SET state = 'refused', reason = 'erased', applied_ms = $1 "
		"WHERE complaint = $2 AND state = 'pending' AND type <> 'erase'",
		"it", step->now_ms, uuid);

	/* What was decided stands, though the kiosk never heard of it. */
	if (changed > 0)
		changed = db_run(
			db, "UPDATE complaint SET kiosk_state = state WHERE uuid = $1", "t", uuid);
	return none(changed);
}

/* The kiosk's copy: 1 and *id of the command, 0 where no kiosk has one. */
static int tell_kiosk(struct db *db, const struct step *step, const struct erased *it,
	const char *kind, char id[static UUID_SIZE])
{
	struct command command = { .kiosk = it->kiosk,
		.type = "erase",
		.complaint = it->uuid,
		.ticket = it->ticket,
		.target = it->state,
		.reason = kind };

	if (it->kiosk == DESK_KIOSK)
		return 0;
	uuid_new(command.id);
	int error = command_add(db, step, &command);
	memcpy(id, command.id, UUID_SIZE);
	return error < 0 ? error : 1;
}

static int log_erasure(struct db *db, const struct step *step, const struct erased *it,
	const struct erasure *erasure, const char *command)
{
	autojson json_t *data = json_pack("{s:s, s:s, s:s*, s:s*}", "uuid", it->uuid, "kind",
		erasure->kind, "reason", erasure->reason, "command", command);

	return data ? chain_append(db, step, "complaint.erased", it->ticket, data, NULL) : -ENOMEM;
}

/* 1: the number still has a ticket at that kiosk. */
static int has_ticket(struct db *db, int64_t kiosk, const char *number)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT 1 FROM complaint_personal p JOIN complaint c ON c.uuid = p.uuid "
		"WHERE p.sender = $1 AND c.kiosk = $2 LIMIT 1",
		"ti", number, kiosk);
	return result < 0 ? result : db_step(rows);
}

/* 1: it agreed to be told of things, which is a purpose of its own until it says otherwise. */
static int agreed(struct db *db, int64_t kiosk, const char *number)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT 1 FROM contact_personal WHERE kiosk = $1 AND sender = $2 "
		"AND announcements = 1",
		"it", kiosk, number);
	return result < 0 ? result : db_step(rows);
}

int erase_number(struct db *db, int64_t kiosk, const char *number)
{
	autojson json_t *from = json_pack("{s:s}", "from", number);
	autofree char *body = from ? json_dumps(from, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	if (!body)
		return -ENOMEM;
	int error = db_run(db, "DELETE FROM contact_personal WHERE kiosk = $1 AND sender = $2",
		"it", kiosk, number);
	if (error >= 0)
		error = db_run(db,
			"DELETE FROM event_personal WHERE body = $2 AND (source, epoch, seq) IN "
			"(SELECT source, epoch, seq FROM event WHERE source = $1 "
			"AND type IN ('contact.consent', 'contact.language'))",
			"it", kiosk, body);
	return none(error);
}

/* What was said to a number, and by it, without a ticket. */
static int erase_unclaimed(struct db *db, int64_t kiosk, const char *number)
{
	autojson json_t *value = json_string(number);
	autofree char *quoted = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	autofree char *pattern = NULL;

	int error = quoted ? complaint_pattern(quoted, &pattern) : -ENOMEM;
	if (error >= 0)
		error = db_run(db,
			"DELETE FROM event_personal WHERE body LIKE $2 ESCAPE '!' AND "
			"(source, epoch, seq) IN (SELECT source, epoch, seq FROM event "
			"WHERE complaint IS NULL AND type IN ('inbound.ignored', "
			"'inbound.unreadable', 'message.queued') AND source = $1)",
			"it", kiosk, pattern);
	if (error >= 0)
		error = db_run(db,
			"DELETE FROM message_personal WHERE recipient = $2 AND id IN "
			"(SELECT id FROM message WHERE complaint IS NULL AND kiosk = $1)",
			"it", kiosk, number);
	return none(error);
}

static int erase_filter(struct db *db, const char *words)
{
	autofree char *pattern = NULL;
	int error = complaint_pattern(words, &pattern);

	if (error >= 0)
		error = db_run(db,
			"DELETE FROM reading_personal WHERE lower(filter) LIKE $1 ESCAPE '!'", "t",
			pattern);
	return none(error);
}

/* What was looked for in lists, where it could be this person. Others of that name lose nothing. */
static int erase_filters(struct db *db, const struct erased *it)
{
	autofree char *name = strdup(it->name ? it->name : "");
	const char *digits = it->number ? it->number : "";
	char *rest = name, *part;
	int error = name ? 0 : -ENOMEM;

	while (error >= 0 && (part = strsep(&rest, " .,"))) {
		if (strlen(part) >= NAME_PART_LEAST)
			error = erase_filter(db, part);
	}
	/* +62812…, 0812… and 812… are the same. */
	digits += strspn(digits, "+");
	if (strncmp(digits, "62", 2) == 0)
		digits += 2;
	digits += strspn(digits, "0");
	if (error >= 0 && strlen(digits) >= NUMBER_LEAST)
		error = erase_filter(db, digits);
	return error;
}

static int erase_person(struct db *db, const struct erased *it, bool request)
{
	if (!it->number)
		return 0;
	int error = request ? erase_filters(db, it) : 0;
	if (error < 0 || !*it->number)
		return error;
	int kept = has_ticket(db, it->kiosk, it->number);
	if (kept == 0 && request)
		kept = erase_unclaimed(db, it->kiosk, it->number);
	if (kept == 0 && !request)
		kept = agreed(db, it->kiosk, it->number);
	if (kept != 0)
		return none(kept);
	return erase_number(db, it->kiosk, it->number);
}

static int erase_found(struct db *db, const struct step *step, const struct erasure *erasure,
	const struct erased *it)
{
	char command[UUID_SIZE] = "";

	int error = take_commands_back(db, step, it->uuid);
	if (error >= 0)
		error = erase_rows(db, it->uuid);
	if (error >= 0)
		error = erase_person(db, it, strcmp(erasure->kind, ERASE_REQUEST) == 0);
	if (error >= 0)
		error = db_run(db,
			"UPDATE complaint SET erased_ms = CASE WHEN updated_ms > $1 THEN "
			"updated_ms ELSE $1 END, survey_from_ms = NULL WHERE uuid = $2",
			"it", step->now_ms, it->uuid);
	if (error >= 0)
		error = tell_kiosk(db, step, it, erasure->kind, command);
	return error < 0 ? error : log_erasure(db, step, it, erasure, *command ? command : NULL);
}

int erase_complaint(struct db *db, const struct step *step, const struct erasure *erasure)
{
	struct erased it = { 0 };

	int error = find(db, erasure->complaint, &it);
	if (error >= 0 && it.open)
		error = -EPERM;
	if (error >= 0 && it.again)
		error = -EALREADY;
	if (error >= 0)
		error = erase_found(db, step, erasure, &it);
	erased_free(&it);
	return error;
}

int erase_arrived(struct db *db, int64_t kiosk, const json_t *event, const char *complaint)
{
	int changed = db_run(db,
		"DELETE FROM event_personal WHERE source = $1 AND epoch = $2 AND seq = $3 "
		"AND EXISTS (SELECT 1 FROM complaint WHERE uuid = $4 AND kiosk = $1 "
		"AND erased_ms IS NOT NULL AND still_open = 0)",
		"iiit", kiosk, record_number(event, "epoch"), record_number(event, "seq"),
		complaint);

	/* A message's words stand twice. */
	if (changed > 0)
		changed = db_run(db,
			"DELETE FROM message_personal WHERE id IN "
			"(SELECT id FROM message WHERE complaint = $1)",
			"t", complaint);
	return none(changed);
}

/* {uuid, ticket, kind} of what a kiosk refused to erase and was not told again since. */
static int find_refused(struct db *db, int64_t kiosk, json_t *list)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT DISTINCT c.complaint, d.ticket, p.reason, d.state FROM command c "
		"JOIN complaint d ON d.uuid = c.complaint "
		"LEFT JOIN command_personal p ON p.id = c.id "
		"WHERE c.kiosk = $1 AND c.state = 'refused' AND c.type = 'erase' "
		"AND NOT EXISTS (SELECT 1 FROM command e WHERE e.complaint = c.complaint "
		"AND e.type = 'erase' AND e.state <> 'refused')",
		"i", kiosk);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:s, s:s, s:s, s:s}", "uuid", db_words(rows, 0),
			"ticket", db_words(rows, 1), "kind",
			db_text(rows, 2) ? db_words(rows, 2) : ERASE_RULE, "state",
			db_words(rows, 3));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	return result;
}

int erase_again(struct db *db, int64_t kiosk, int64_t now_ms)
{
	const struct step step = { .now_ms = now_ms, .actor = "server" };
	autojson json_t *list = json_array();
	char id[UUID_SIZE];
	size_t i;
	json_t *item;

	int error = find_refused(db, kiosk, list);
	json_array_foreach (list, i, item) {
		struct erased it = { .kiosk = kiosk };
		snprintf(it.uuid, sizeof(it.uuid), "%s", record_words(item, "uuid"));
		snprintf(it.ticket, sizeof(it.ticket), "%s", record_words(item, "ticket"));
		snprintf(it.state, sizeof(it.state), "%s", record_words(item, "state"));
		if (error >= 0)
			error = tell_kiosk(db, &step, &it, record_words(item, "kind"), id);
	}
	return none(error);
}

int erase_list(struct db *db, int64_t most, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT e.complaint, c.ticket, e.data, e.actor, e.taken_ms FROM event e "
		"JOIN complaint c ON c.uuid = e.complaint "
		"WHERE e.type = 'complaint.erased' AND +e.source = 0 "
		"ORDER BY e.taken_ms DESC, e.seq DESC LIMIT $1",
		"i", most);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		autojson json_t *data = json_loads(db_words(rows, 2), 0, NULL);
		json_t *item = json_pack("{s:s, s:s, s:s, s:s?, s:s, s:o}", "complaint",
			db_words(rows, 0), "ticket", db_words(rows, 1), "kind",
			record_words(data, "kind"), "reason", record_text(data, "reason"), "actor",
			db_words(rows, 3), "time", record_time(db_integer(rows, 4)));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return none(result);
}

int erase_forgotten(struct db *db, int64_t most, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	/* What was erased by rule, the rule erases again. */
	int result = db_query(db, &rows,
		"SELECT DISTINCT c.uuid, c.ticket FROM event e "
		"JOIN complaint c ON c.uuid = e.complaint AND c.kiosk = e.source "
		"WHERE e.type = 'complaint.erased' AND e.data LIKE '%\"kind\":\"request\"%' "
		"AND c.erased_ms IS NULL AND c.still_open = 0 ORDER BY c.ticket LIMIT $1",
		"i", most);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *item = json_pack(
			"{s:s, s:s}", "uuid", db_words(rows, 0), "ticket", db_words(rows, 1));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return none(result);
}

int erase_count_copies(struct db *db, struct erase_copies *out)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT (SELECT count(*) FROM command WHERE type = 'erase' AND state = 'pending'), "
		"(SELECT count(DISTINCT c.complaint) FROM command c WHERE c.type = 'erase' "
		"AND c.state = 'refused' AND NOT EXISTS (SELECT 1 FROM command e "
		"WHERE e.complaint = c.complaint AND e.type = 'erase' AND e.state <> 'refused'))",
		"");
	if (result >= 0)
		result = db_step(rows);
	if (result > 0)
		*out = (struct erase_copies) { db_integer(rows, 0), db_integer(rows, 1) };
	return none(result);
}
