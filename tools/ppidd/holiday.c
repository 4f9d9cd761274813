/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/holiday.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/ppidd/calendar.h"
#include "tools/ppidd/deadline.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/record.h"

#define DAY_S INT64_C(86400)

void holiday_day_format(int64_t day, char out[static HOLIDAY_DAY_SIZE])
{
	time_t seconds = (time_t)(day * DAY_S);
	struct tm parts = { 0 };

	gmtime_r(&seconds, &parts);
	if (strftime(out, HOLIDAY_DAY_SIZE, "%Y-%m-%d", &parts) == 0)
		out[0] = '\0';
}

bool holiday_day_parse(const char *text, int64_t *day)
{
	struct tm parts = { 0 };
	char again[HOLIDAY_DAY_SIZE];

	const char *end = strptime(text, "%Y-%m-%d", &parts);
	if (!end || *end)
		return false;
	*day = timegm(&parts) / DAY_S;
	/* strptime() takes the 31st of any month. */
	holiday_day_format(*day, again);
	return strcmp(text, again) == 0;
}

static int read_changes(struct db *db, struct calendar_day **out, size_t *count)
{
	autorows struct db_rows *rows = NULL;
	autofree struct calendar_day *days = NULL;
	int result = db_query(db, &rows, "SELECT day, free, name FROM holiday ORDER BY day", "");

	*count = 0;
	while (result >= 0 && (result = db_step(rows)) > 0) {
		struct calendar_day *more = reallocarray(days, *count + 1, sizeof(*days));
		if (!more)
			return -ENOMEM;
		days = more;
		if (!holiday_day_parse(db_words(rows, 0), &days[*count].day))
			continue;
		days[*count].free = db_integer(rows, 1) != 0;
		snprintf(days[*count].name, sizeof(days->name), "%s", db_words(rows, 2));
		(*count)++;
	}
	*out = take_pointer(days);
	return result;
}

int holiday_know(struct db *db, int64_t edition)
{
	autofree struct calendar_day *days = NULL;
	size_t count = 0;

	if (edition == calendar_edition())
		return 0;
	int error = read_changes(db, &days, &count);
	return error < 0 ? error : calendar_change(days, count, edition);
}

static int read_edition(struct db *db, int64_t *edition)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows, "SELECT " HOLIDAY_EDITION, "");
	if (result >= 0)
		result = db_step(rows);
	if (result > 0)
		*edition = db_integer(rows, 0);
	return result < 0 ? result : 0;
}

int holiday_refresh(struct db *db)
{
	int64_t edition = 0;

	int error = read_edition(db, &edition);
	return error < 0 ? error : holiday_know(db, edition);
}

static int check(const struct step *step, const struct holiday_change *change)
{
	int year = calendar_year_of(step->now_ms);
	int of = calendar_year_of(calendar_end_ms(change->day) - 1);

	if (of != year && of != year + 1)
		return -ERANGE;
	if (calendar_weekend(change->day))
		return -EDOM;
	return calendar_works(change->day) == change->free ? 0 : -EEXIST;
}

static int write_change(struct db *db, const struct step *step, const struct holiday_change *change)
{
	char day[HOLIDAY_DAY_SIZE], edition[24];
	int64_t last = 0;

	holiday_day_format(change->day, day);
	int error = read_edition(db, &last);
	snprintf(edition, sizeof(edition), "%lld", (long long)last + 1);
	if (error >= 0)
		error = db_run(db,
			"INSERT INTO holiday (day, free, name, reason, officer, changed_ms) "
			"VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (day) DO UPDATE SET "
			"free = excluded.free, name = excluded.name, reason = excluded.reason, "
			"officer = excluded.officer, changed_ms = excluded.changed_ms",
			"tittti", day, (int64_t)change->free, change->name, change->reason,
			step->actor, step->now_ms);
	if (error >= 0)
		error = db_run(db,
			"INSERT INTO setting (name, value) VALUES ('calendar', $1) "
			"ON CONFLICT (name) DO UPDATE SET value = excluded.value",
			"t", edition);
	if (error < 0)
		return error;
	autojson json_t *data = json_pack("{s:s, s:b, s:s, s:s}", "day", day, "free", change->free,
		"name", change->name, "reason", change->reason);
	return data ? chain_append(db, step, "calendar.changed", NULL, data, NULL) : -ENOMEM;
}

/* In a transaction: what it is now is read in it. */
static int change_day(struct db *db, const struct step *step, const struct holiday_change *change)
{
	int error = holiday_refresh(db);

	if (error >= 0)
		error = check(step, change);
	if (error >= 0)
		error = write_change(db, step, change);
	if (error >= 0)
		error = holiday_refresh(db);
	return error < 0 ? error : deadline_recount(db, change->day);
}

int holiday_change(struct db *db, const struct step *step, const struct holiday_change *change)
{
	autofree char *name = NULL, *reason = NULL;

	int error = decision_words(change->name ? change->name : "", HOLIDAY_NAME_MAX, &name);
	if (error >= 0)
		error = decision_words(
			change->reason ? change->reason : "", HOLIDAY_REASON_MAX, &reason);
	if (error < 0)
		return error;
	if (!*reason || (change->free && !*name))
		return -EINVAL;
	const struct holiday_change tidy = { .day = change->day,
		.free = change->free,
		.name = change->free ? name : "",
		.reason = reason };
	error = db_begin(db);
	if (error < 0)
		return error;
	int changed = db_end(db, change_day(db, step, &tidy));
	/* What it read of its own change isn't so. */
	if (changed < 0)
		calendar_forget();
	return changed;
}

int holiday_changes(struct db *db, int from_year, int to_year, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();
	char from[24], until[24];

	snprintf(from, sizeof(from), "%04d-01-01", from_year);
	snprintf(until, sizeof(until), "%04d-12-31", to_year);
	int result = db_query(db, &rows,
		"SELECT day, free, name, reason, officer, changed_ms FROM holiday "
		"WHERE day >= $1 AND day <= $2 ORDER BY day",
		"tt", from, until);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:s, s:b, s:s, s:s, s:s, s:o}", "day", db_words(rows, 0),
			"free", db_integer(rows, 1) != 0, "name", db_words(rows, 2), "reason",
			db_words(rows, 3), "officer", db_words(rows, 4), "changed",
			record_time(db_integer(rows, 5)));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}
