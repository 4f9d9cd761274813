/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/alarm.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "tools/ppidd/record.h"

#define HOUR_MS (INT64_C(3600) * 1000)
#define DAY_MS (24 * HOUR_MS)
#define VALID_DAYS_MIN 7
#define KEY_SIZE 200

/* A kiosk in use: enrolled, not revoked. The desk's own number never is. */
#define IN_USE "k.token_hash IS NOT NULL AND k.enrolled_ms IS NOT NULL AND k.revoked_ms IS NULL "

/* What is wanted and what there is. */
struct comparison {
	struct db *db;
	int64_t now_ms;
	json_t *now;	/* what there is: "KIOSK/KIND/SUBJECT" → null; taken away when wanted */
	json_t *begins; /* array of {kiosk, kind, subject, severity} */
	json_t *known;	/* every key that was wanted: each counts once */
};

/* The first that fits: item is the item's first word, a NULL fits anything. */
static const struct rule {
	const char *item, *fault;
	const char *kind; /* NULL: none */
	int64_t severity;
	int64_t after_ms; /* that it has lasted */
} rules[] = {
	{ "modem", "no-answer", "modem", 3, 0 },
	{ "modem", "no-network", "no-network", 3, HOUR_MS },
	{ "modem", "denied", "sim-refused", 3, 0 },
	{ "modem", "sim-pin", "sim-refused", 3, 0 },
	{ "modem", "sim-pin-wrong", "sim-refused", 3, 0 },
	{ "modem", "sim-puk", "sim-refused", 3, 0 },
	{ "modem", NULL, "sim", 3, 0 },
	{ "storage", NULL, "disk", 3, 0 },
	{ "panel", NULL, "panel", 2, 0 },
	{ "printer", "paper out", "paper", 2, 0 },
	{ "printer", NULL, "printer", 2, 0 },
	/* By what was last heard of the SIM, which may be newer. */
	{ "balance", NULL, NULL, 0, 0 },
	{ "clock", NULL, "clock", 1, HOUR_MS },
	{ NULL, NULL, "other", 1, 0 },
};

static void alarm_key(
	char key[static KEY_SIZE], int64_t kiosk, const char *kind, const char *subject)
{
	snprintf(key, KEY_SIZE, "%" PRId64 "/%s/%s", kiosk, kind, subject);
}

static int want(struct comparison *all, int64_t kiosk, const char *kind, const char *subject,
	int64_t severity)
{
	char key[KEY_SIZE];

	alarm_key(key, kiosk, kind, subject);
	if (json_object_get(all->known, key))
		return 0;
	if (json_object_set_new(all->known, key, json_true()) < 0)
		return -ENOMEM;
	if (json_object_del(all->now, key) == 0)
		return 0;
	return json_array_append_new(all->begins,
		       json_pack("{s:I, s:s, s:s, s:I}", "kiosk", (json_int_t)kiosk, "kind", kind,
			       "subject", subject, "severity", (json_int_t)severity)) < 0
		       ? -ENOMEM
		       : 0;
}

static int read_present(struct comparison *all)
{
	autorows struct db_rows *rows = NULL;
	char key[KEY_SIZE];

	int result = db_query(all->db, &rows, "SELECT kiosk, kind, subject FROM alarm", "");
	while (result >= 0 && (result = db_step(rows)) > 0) {
		alarm_key(key, db_integer(rows, 0), db_words(rows, 1), db_words(rows, 2));
		json_t *alarm =
			json_pack("{s:I, s:s, s:s}", "kiosk", (json_int_t)db_integer(rows, 0),
				"kind", db_words(rows, 1), "subject", db_words(rows, 2));
		if (json_object_set_new(all->now, key, alarm) < 0)
			return -ENOMEM;
	}
	return result;
}

static int find_silent(struct comparison *all, int64_t silence_ms)
{
	autorows struct db_rows *rows = NULL;

	if (silence_ms == 0)
		return 0;
	int result = db_query(all->db, &rows,
		"SELECT k.number FROM kiosk k WHERE " IN_USE
		"AND k.contact_ms <= $1 AND k.enrolled_ms <= $1",
		"i", all->now_ms - silence_ms);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		int error = want(all, db_integer(rows, 0), "silent", "", 3);
		if (error < 0)
			return error;
	}
	return result;
}

static const struct rule *rule_of(const char *item, size_t length, const char *fault)
{
	for (size_t i = 0;; i++) {
		const struct rule *rule = &rules[i];
		if (rule->item &&
			(strlen(rule->item) != length || strncmp(rule->item, item, length) != 0))
			continue;
		if (!rule->fault || strcmp(rule->fault, fault) == 0)
			return rule;
	}
}

static int find_faults(struct comparison *all)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(all->db, &rows,
		"SELECT f.kiosk, f.item, f.fault, f.since_ms FROM health_fault f "
		"JOIN kiosk k ON k.number = f.kiosk WHERE " IN_USE,
		"");
	while (result >= 0 && (result = db_step(rows)) > 0) {
		const char *item = db_words(rows, 1);
		size_t length = strcspn(item, " ");
		const struct rule *rule = rule_of(item, length, db_words(rows, 2));
		const char *subject = rule->item ? item + length + (item[length] ? 1 : 0) : item;
		if (!rule->kind || db_integer(rows, 3) > all->now_ms - rule->after_ms)
			continue;
		int error = want(all, db_integer(rows, 0), rule->kind, subject, rule->severity);
		if (error < 0)
			return error;
	}
	return result;
}

static int find_poor(struct comparison *all)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(all->db, &rows,
		"SELECT s.kiosk, s.modem FROM sim s JOIN kiosk k ON k.number = s.kiosk "
		"WHERE " IN_USE "AND (s.low = 1 OR s.valid_until_ms < $1)",
		"i", all->now_ms + VALID_DAYS_MIN * DAY_MS);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		int error = want(all, db_integer(rows, 0), "balance", db_words(rows, 1), 2);
		if (error < 0)
			return error;
	}
	return result;
}

/* Older than what most have, so that the first one with a new version makes no other an alarm. */
static int find_old(struct comparison *all, const char *usual)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(all->db, &rows,
		"SELECT k.number, k.version FROM kiosk k WHERE " IN_USE "AND k.version <> ''", "");
	while (result >= 0 && (result = db_step(rows)) > 0) {
		if (strverscmp(db_words(rows, 1), usual) >= 0)
			continue;
		int error = want(all, db_integer(rows, 0), "old-version", "", 1);
		if (error < 0)
			return error;
	}
	return result;
}

/* The newest version that at least half of the kiosks in use have or are beyond; "" for none. */
static int usual_version(struct db *db, char usual[static KEY_SIZE])
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *counts = json_object();
	int64_t all = 0;
	const char *version, *other;
	json_t *count, *more;

	usual[0] = '\0';
	int result = db_query(db, &rows,
		"SELECT k.version, count(*) FROM kiosk k WHERE " IN_USE
		"AND k.version <> '' GROUP BY k.version",
		"");
	while (result >= 0 && (result = db_step(rows)) > 0) {
		all += db_integer(rows, 1);
		if (json_object_set_new(counts, db_words(rows, 0),
			    json_integer((json_int_t)db_integer(rows, 1))) < 0)
			return -ENOMEM;
	}
	json_object_foreach (counts, version, count) {
		int64_t have = 0;
		json_object_foreach (counts, other, more) {
			if (strverscmp(other, version) >= 0)
				have += json_integer_value(more);
		}
		if (2 * have >= all && strverscmp(version, usual) > 0)
			snprintf(usual, KEY_SIZE, "%s", version);
	}
	return result;
}

static int compare(struct comparison *all, int64_t silence_ms)
{
	char usual[KEY_SIZE];

	all->now = json_object();
	all->begins = json_array();
	all->known = json_object();
	int error = all->now && all->begins && all->known ? read_present(all) : -ENOMEM;
	if (error >= 0)
		error = find_silent(all, silence_ms);
	if (error >= 0)
		error = find_faults(all);
	if (error >= 0)
		error = find_poor(all);
	if (error >= 0)
		error = usual_version(all->db, usual);
	return error < 0 ? error : find_old(all, usual);
}

static int log_alarm(struct db *db, const struct step *step, const json_t *alarm, bool on)
{
	autojson json_t *data = json_pack("{s:O, s:O, s:O, s:b}", "kiosk",
		json_object_get(alarm, "kiosk"), "kind", json_object_get(alarm, "kind"), "subject",
		json_object_get(alarm, "subject"), "on", on);

	return data ? chain_append(db, step, "kiosk.alarm", NULL, data, NULL) : -ENOMEM;
}

/* Another process may have been first: then nothing is changed, and nothing said. */
static int begin_alarm(struct db *db, const struct step *step, const json_t *alarm)
{
	int changed = db_run(db,
		"INSERT INTO alarm (kiosk, kind, subject, severity, since_ms) "
		"VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kiosk, kind, subject) DO NOTHING",
		"ittii", record_number(alarm, "kiosk"), record_words(alarm, "kind"),
		record_words(alarm, "subject"), record_number(alarm, "severity"), step->now_ms);

	return changed > 0 ? log_alarm(db, step, alarm, true) : changed;
}

static int end_alarm(struct db *db, const struct step *step, const json_t *alarm)
{
	int changed =
		db_run(db, "DELETE FROM alarm WHERE kiosk = $1 AND kind = $2 AND subject = $3",
			"itt", record_number(alarm, "kiosk"), record_words(alarm, "kind"),
			record_words(alarm, "subject"));

	return changed > 0 ? log_alarm(db, step, alarm, false) : changed;
}

static int write_changes(struct comparison *all)
{
	const struct step step = { .now_ms = all->now_ms, .actor = "server" };
	const char *key;
	size_t i;
	json_t *alarm;
	int error = 0;

	json_array_foreach (all->begins, i, alarm) {
		if (error >= 0)
			error = begin_alarm(all->db, &step, alarm);
	}
	json_object_foreach (all->now, key, alarm) {
		if (error >= 0)
			error = end_alarm(all->db, &step, alarm);
	}
	return error;
}

/* Read in one moment, written in another: nearly always there is nothing to write. */
int alarm_run(struct db *db, int64_t now_ms, int64_t silence_ms)
{
	struct comparison all = { .db = db, .now_ms = now_ms };
	int changes = 0;

	int error = db_begin_read(db);
	if (error >= 0) {
		error = compare(&all, silence_ms);
		db_rollback(db);
	}
	if (error >= 0)
		changes = (int)(json_array_size(all.begins) + json_object_size(all.now));
	if (changes > 0) {
		error = db_begin(db);
		if (error >= 0)
			error = db_end(db, write_changes(&all));
	}
	json_decref(all.now);
	json_decref(all.begins);
	json_decref(all.known);
	return error < 0 ? error : changes;
}

static json_t *amount_of(struct db_rows *rows, int column)
{
	return db_text(rows, column) ? json_integer((json_int_t)db_integer(rows, column))
				     : json_null();
}

int alarm_list(struct db *db, int64_t kiosk, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT a.kiosk, a.kind, a.subject, a.severity, a.since_ms, a.seen_by, a.seen_ms, "
		"s.amount, s.valid_until_ms FROM alarm a "
		"LEFT JOIN sim s ON a.kind = 'balance' AND s.kiosk = a.kiosk AND s.modem = "
		"a.subject WHERE a.kiosk = $1 OR $1 = 0 "
		"ORDER BY a.kiosk, a.severity DESC, a.since_ms, a.kind, a.subject",
		"i", kiosk);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:I, s:s, s:s, s:I, s:o, s:s?, s:o, s:o, s:o}", "kiosk",
			(json_int_t)db_integer(rows, 0), "kind", db_words(rows, 1), "subject",
			db_words(rows, 2), "severity", (json_int_t)db_integer(rows, 3), "since",
			record_time(db_integer(rows, 4)), "seen_by", db_text(rows, 5), "seen",
			record_time(db_integer(rows, 6)), "amount", amount_of(rows, 7),
			"valid_until", record_time(db_integer(rows, 8)));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}

int alarm_count(struct db *db, int64_t *kiosks)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(
		db, &rows, "SELECT count(DISTINCT kiosk) FROM alarm WHERE seen_ms IS NULL", "");
	if (result >= 0)
		result = db_step(rows);
	*kiosks = result > 0 ? db_integer(rows, 0) : 0;
	return result < 0 ? result : 0;
}

static int see_in_step(struct db *db, const struct step *step, int64_t kiosk, const char *officer)
{
	int changed = db_run(db,
		"UPDATE alarm SET seen_by = $1, seen_ms = $2 WHERE kiosk = $3 AND seen_ms IS NULL",
		"tii", officer, step->now_ms, kiosk);
	if (changed <= 0)
		return changed;
	autojson json_t *data = json_pack("{s:I}", "kiosk", (json_int_t)kiosk);
	return data ? chain_append(db, step, "kiosk.alarm.seen", NULL, data, NULL) : -ENOMEM;
}

int alarm_seen(struct db *db, const struct step *step, int64_t kiosk, const char *officer)
{
	int error = db_begin(db);

	return error < 0 ? error : db_end(db, see_in_step(db, step, kiosk, officer));
}
