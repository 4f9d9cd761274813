/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/health.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "tools/ppidd/calendar.h"
#include "tools/ppidd/record.h"

#define TEXT_MOST 64
#define FAULTS_MOST 40
#define MODEMS_MOST 8
/* Stands for NULL, which an integer argument can't say. */
#define NOT_TOLD INT64_C(-1000000)
#define NOT_TOLD_SQL "-1000000"
/* Of the lower of two, NULL being none; and of the higher. */
#define KEEP_LOWER(column)                                                                         \
	column " = CASE WHEN health_day." column " IS NULL OR excluded." column                    \
	       " < health_day." column " THEN excluded." column " ELSE health_day." column " END"
#define KEEP_HIGHER(column)                                                                        \
	column " = CASE WHEN health_day." column " IS NULL OR excluded." column                    \
	       " > health_day." column " THEN excluded." column " ELSE health_day." column " END"

/* Whether a value is of a kind that a page may show: no list, no long text. */
static bool is_plain(const json_t *value)
{
	return json_is_boolean(value) || json_is_integer(value) ||
	       (json_is_string(value) && json_string_length(value) <= TEXT_MOST);
}

/* Takes over those of the keys that are plain. */
static int take_plain(const json_t *from, const char *const *keys, json_t *to)
{
	for (; *keys; keys++) {
		json_t *value = json_object_get(from, *keys);
		if (is_plain(value) && json_object_set(to, *keys, value) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int take_modems(const json_t *from, json_t *to)
{
	static const char *const keys[] = { "name", "answering", "sim", "registration",
		"signal_dbm", "operator", "amount", "valid_until", NULL };
	json_t *modems = json_array();
	size_t i;
	json_t *modem;
	int error = json_object_set_new(to, "modems", modems) < 0 ? -ENOMEM : 0;

	json_array_foreach (from, i, modem) {
		json_t *taken = json_object();
		if (error == 0 && i < MODEMS_MOST)
			error = taken ? take_plain(modem, keys, taken) : -ENOMEM;
		if (error == 0 && i < MODEMS_MOST && json_array_append(modems, taken) < 0)
			error = -ENOMEM;
		json_decref(taken);
	}
	return error;
}

static int store_newest(struct db *db, int64_t kiosk, const json_t *data, int64_t time_ms)
{
	static const char *const keys[] = { "version", "clock", "free_mib", "temperature",
		"uptime_s", "restarts", "events_waiting", "sms_waiting", "panel", "printer", NULL };
	autojson json_t *taken = json_object();

	int error = taken ? take_plain(data, keys, taken) : -ENOMEM;
	if (error == 0)
		error = take_modems(json_object_get(data, "modems"), taken);
	if (error < 0)
		return error;
	autofree char *text = json_dumps(taken, JSON_COMPACT | JSON_SORT_KEYS);
	if (!text)
		return -ENOMEM;
	return db_run(db,
		"INSERT INTO health (kiosk, told_ms, data) VALUES ($1, $2, $3) ON CONFLICT (kiosk) "
		"DO UPDATE SET told_ms = excluded.told_ms, data = excluded.data",
		"iit", kiosk, time_ms, text);
}

static bool says(const json_t *faults, const char *item, const char *fault)
{
	size_t i;
	json_t *told;

	json_array_foreach (faults, i, told) {
		if (i < FAULTS_MOST && strcmp(record_words(told, "item"), item) == 0 &&
			strcmp(record_words(told, "fault"), fault) == 0)
			return true;
	}
	return false;
}

/* Names of those that are over, or are another fault now. */
static int find_mended(struct db *db, int64_t kiosk, const json_t *faults, json_t *mended)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(
		db, &rows, "SELECT item, fault FROM health_fault WHERE kiosk = $1", "i", kiosk);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		if (!says(faults, db_words(rows, 0), db_words(rows, 1)) &&
			json_array_append_new(mended, json_string(db_words(rows, 0))) < 0)
			return -ENOMEM;
	}
	return result;
}

static int store_faults(struct db *db, int64_t kiosk, const json_t *faults, int64_t time_ms)
{
	autojson json_t *mended = json_array();
	size_t i;
	json_t *told;

	int error = mended ? find_mended(db, kiosk, faults, mended) : -ENOMEM;
	json_array_foreach (mended, i, told) {
		if (error >= 0)
			error = db_run(db,
				"DELETE FROM health_fault WHERE kiosk = $1 AND item = $2", "it",
				kiosk, json_string_value(told));
	}
	json_array_foreach (faults, i, told) {
		const char *item = record_words(told, "item"), *fault = record_words(told, "fault");
		if (error < 0 || i >= FAULTS_MOST || !*item || !*fault ||
			strlen(item) > TEXT_MOST || strlen(fault) > TEXT_MOST)
			continue;
		error = db_run(db,
			"INSERT INTO health_fault (kiosk, item, fault, since_ms) "
			"VALUES ($1, $2, $3, $4) ON CONFLICT (kiosk, item) DO NOTHING",
			"itti", kiosk, item, fault, time_ms);
	}
	return error < 0 ? error : 0;
}

static int64_t number_or_not(const json_t *value)
{
	return json_is_integer(value) ? json_integer_value(value) : NOT_TOLD;
}

/* Of the modems that are registered: 0 stands for not known. */
static int64_t weakest_signal(const json_t *modems)
{
	int64_t weakest = NOT_TOLD;
	size_t i;
	json_t *modem;

	json_array_foreach (modems, i, modem) {
		int64_t signal = record_number(modem, "signal_dbm");
		if (signal < 0 && signal > -200 && (weakest == NOT_TOLD || signal < weakest))
			weakest = signal;
	}
	return weakest;
}

static int store_day(struct db *db, int64_t kiosk, const json_t *data, int64_t time_ms)
{
	int64_t day = calendar_day(time_ms);
	int error = db_run(db,
		"INSERT INTO health_day (kiosk, day, signal_dbm, temperature, free_mib, waiting) "
		"VALUES ($1, $2, nullif($3, " NOT_TOLD_SQL "), nullif($4, " NOT_TOLD_SQL
		"), nullif($5, " NOT_TOLD_SQL "), $6) "
		"ON CONFLICT (kiosk, day) DO UPDATE SET " KEEP_LOWER("signal_dbm") ", " KEEP_HIGHER(
			"temperature") ", " KEEP_LOWER("free_mib") ", " KEEP_HIGHER("waiting"),
		"iiiiii", kiosk, day, weakest_signal(json_object_get(data, "modems")),
		number_or_not(json_object_get(data, "temperature")),
		number_or_not(json_object_get(data, "free_mib")),
		record_number(data, "events_waiting") + record_number(data, "sms_waiting"));

	if (error >= 0)
		error = db_run(db, "DELETE FROM health_day WHERE kiosk = $1 AND day <= $2", "ii",
			kiosk, day - HEALTH_DAYS);
	return error < 0 ? error : 0;
}

int health_told(struct db *db, int64_t kiosk, const json_t *data, int64_t time_ms)
{
	const json_t *faults = json_object_get(data, "faults");

	if (!json_is_array(faults) || !*record_words(data, "version"))
		return -EBADMSG;
	int error = store_newest(db, kiosk, data, time_ms);
	if (error >= 0)
		error = store_faults(db, kiosk, faults, time_ms);
	return error < 0 ? error : store_day(db, kiosk, data, time_ms);
}

static int add_faults(struct db *db, int64_t kiosk, json_t *health)
{
	autorows struct db_rows *rows = NULL;
	json_t *faults = json_array();

	if (json_object_set_new(health, "faults", faults) < 0)
		return -ENOMEM;
	int result = db_query(db, &rows,
		"SELECT item, fault, since_ms FROM health_fault WHERE kiosk = $1 ORDER BY item",
		"i", kiosk);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *fault = json_pack("{s:s, s:s, s:o}", "item", db_words(rows, 0), "fault",
			db_words(rows, 1), "since", record_time(db_integer(rows, 2)));
		if (json_array_append_new(faults, fault) < 0)
			return -ENOMEM;
	}
	return result;
}

int health_find(struct db *db, int64_t kiosk, json_t **out)
{
	autorows struct db_rows *rows = NULL;

	*out = NULL;
	int result = db_query(
		db, &rows, "SELECT told_ms, data FROM health WHERE kiosk = $1", "i", kiosk);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result;
	autojson json_t *health = json_loads(db_words(rows, 1), 0, NULL);
	if (json_object_set_new(health, "told", record_time(db_integer(rows, 0))) < 0)
		return -ENOMEM;
	db_done(take_pointer(rows));
	result = add_faults(db, kiosk, health);
	if (result >= 0)
		*out = take_pointer(health);
	return result;
}

static json_t *integer_or_null(struct db_rows *rows, int column)
{
	return db_text(rows, column) ? json_integer((json_int_t)db_integer(rows, column))
				     : json_null();
}

int health_days(struct db *db, int64_t kiosk, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT day, signal_dbm, temperature, free_mib, waiting FROM health_day "
		"WHERE kiosk = $1 ORDER BY day DESC LIMIT $2",
		"ii", kiosk, (int64_t)HEALTH_DAYS);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *day = json_pack("{s:I, s:o, s:o, s:o, s:o}", "day",
			(json_int_t)db_integer(rows, 0), "signal_dbm", integer_or_null(rows, 1),
			"temperature", integer_or_null(rows, 2), "free_mib",
			integer_or_null(rows, 3), "waiting", integer_or_null(rows, 4));
		if (json_array_append_new(list, day) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}
