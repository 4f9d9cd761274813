/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/panel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "store/internal.h"

#define NEWS_MAX 12
#define CASES_MAX 20
#define ADDITIONS_MAX 100
/* The median is that of the latest ones: how long it takes nowadays. */
#define MEDIAN_MAX 500
#define DATE_SIZE 11 /* 2026-11-24 and the terminator */
#define PLACE_SIZE 41
#define DAY_MS (INT64_C(24) * 3600 * 1000)

void panel_session_release(struct panel_session *session)
{
	if (session->data)
		explicit_bzero(session->data, strlen(session->data));
	free(session->data);
	*session = (struct panel_session) { 0 };
}

int store_panel_session(struct store *store, struct panel_session *out)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT uuid, data, updated_ms, coalesce (boot, -1), coalesce (mono_ms, 0)"
		" FROM panel_session",
		"");

	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found;
	*out = (struct panel_session) {
		.data = store_column_copy(statement, 1),
		.updated_ms = sqlite3_column_int64(statement, 2),
		.boot = sqlite3_column_int64(statement, 3),
		.mono_ms = sqlite3_column_int64(statement, 4),
	};
	snprintf(out->uuid, sizeof(out->uuid), "%s",
		(const char *)sqlite3_column_text(statement, 0));
	return 1;
}

int store_panel_put(struct store *store, const struct moment *moment, int64_t mono_ms,
	const char *uuid, const char *data)
{
	return store_none(store_run(store,
		"INSERT INTO panel_session (id, uuid, data, updated_ms, boot, mono_ms)"
		" VALUES (1, ?, ?, ?, ?, ?)"
		" ON CONFLICT (id) DO UPDATE SET uuid = excluded.uuid, data = excluded.data,"
		" updated_ms = excluded.updated_ms, boot = excluded.boot,"
		" mono_ms = excluded.mono_ms",
		"ttiii", uuid, data, moment->now_ms, moment->boot, mono_ms));
}

int store_panel_clear(struct store *store, const char *uuid)
{
	return store_none(store_run(
		store, "DELETE FROM panel_session WHERE ?1 IS NULL OR uuid = ?1", "t", uuid));
}

int store_panel_addition(struct store *store, const struct moment *moment, const char *id)
{
	int added =
		store_run(store, "INSERT OR IGNORE INTO panel_addition (id, time_ms) VALUES (?, ?)",
			"ti", id, moment->now_ms);
	int error = 0;

	if (added > 0)
		error = store_run(store,
			"DELETE FROM panel_addition WHERE id <> ?1 AND id NOT IN (SELECT id FROM"
			" panel_addition ORDER BY time_ms DESC LIMIT ?2)",
			"ti", id, (int64_t)ADDITIONS_MAX);
	return added < 0 ? added : error < 0 ? error : added > 0;
}

int store_notice_add(struct store *store, const char *command_id, const char *text, int64_t now_ms)
{
	int error = store_run(store,
		"INSERT OR IGNORE INTO notice (command_id, text, time_ms) VALUES (?, ?, ?)", "tti",
		command_id, text, now_ms);

	if (error >= 0)
		error = store_run(store,
			"DELETE FROM notice WHERE command_id NOT IN (SELECT command_id FROM notice"
			" ORDER BY time_ms DESC, command_id LIMIT ?)",
			"i", (int64_t)NEWS_MAX);
	return store_none(error);
}

static void format_day(int64_t time_ms, int utc_offset_s, char out[static DATE_SIZE])
{
	time_t local = (time_t)(time_ms / 1000 + utc_offset_s);
	struct tm day = { 0 };

	gmtime_r(&local, &day);
	strftime(out, DATE_SIZE, "%Y-%m-%d", &day);
}

/* Where the dusun's name begins in an address: behind the word that says it is one. */
static const char *skip_label(const char *address)
{
	static const char *const labels[] = { "dusun", "dsn", "dukuh", "padukuhan", "pedukuhan" };

	address += strspn(address, " .");
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		size_t length = strlen(labels[i]);
		if (strncasecmp(address, labels[i], length) == 0 && strchr(" .", address[length]) &&
			address[length])
			return address + length + strspn(address + length, " .");
	}
	return address;
}

/*
 * The dusun and nothing behind it: up to the first comma, RT, RW or digit. What is longer than a
 * dusun's name is none.
 */
static void place_of(const char *address, char out[static PLACE_SIZE])
{
	const char *from = skip_label(address ? address : "");
	size_t length = strcspn(from, ",;/\n0123456789");

	for (size_t i = 0; i + 2 < length; i++) {
		bool unit = strncasecmp(from + i, " rt", 3) == 0 ||
			    strncasecmp(from + i, " rw", 3) == 0;
		if (unit && (i + 3 == length || strchr(" .", from[i + 3])))
			length = i;
	}
	while (length > 0 && strchr(" .", from[length - 1]))
		length--;
	snprintf(out, PLACE_SIZE, "%.*s", length < PLACE_SIZE ? (int)length : 0, from);
}

static json_t *case_line(sqlite3_stmt *row, int utc_offset_s, int64_t days)
{
	char day[DATE_SIZE], place[PLACE_SIZE];

	format_day(sqlite3_column_int64(row, 3), utc_offset_s, day);
	place_of((const char *)sqlite3_column_text(row, 1), place);
	return json_pack("{s:s?, s:s, s:s, s:I}", "category",
		(const char *)sqlite3_column_text(row, 0), "place", place, "answered", day, "days",
		(json_int_t)days);
}

static int compare_days(const void *one, const void *other)
{
	int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

	return (a > b) - (a < b);
}

static json_t *median_of(int64_t *days, size_t count)
{
	if (count == 0)
		return json_null();
	qsort(days, count, sizeof(*days), compare_days);
	int64_t low = days[(count - 1) / 2], high = days[count / 2];
	return json_integer(low + (high - low) / 2);
}

/*
 * The answered ones, latest first. An answer's time is that of its event; an address of somebody
 * who wants to be kept confidential isn't told in part either.
 */
#define ANSWERED                                                                                   \
	"SELECT category, CASE confidential WHEN 0 THEN address END, created_ms, answered_ms"      \
	" FROM (SELECT c.category AS category, c.confidential AS confidential,"                    \
	"  p.address AS address, c.created_ms AS created_ms,"                                      \
	"  coalesce ((SELECT max(e.time_ms) FROM event e WHERE e.ticket = c.ticket"                \
	"   AND e.type = 'complaint.state' AND json_extract (e.data, '$.to') = 'resolved'),"       \
	"   c.updated_ms) AS answered_ms, c.ticket AS ticket"                                      \
	"  FROM complaint c LEFT JOIN complaint_personal p ON p.uuid = c.uuid"                     \
	"  WHERE c.state IN ('resolved', 'closed') ORDER BY c.updated_ms DESC LIMIT ?)"            \
	" ORDER BY answered_ms DESC, ticket DESC"

static int add_cases(struct store *store, int utc_offset_s, json_t *cases, json_t **median)
{
	autostatement sqlite3_stmt *statement = NULL;
	int64_t days[MEDIAN_MAX];
	size_t count = 0;
	int found = store_query(store, &statement, ANSWERED, "i", (int64_t)MEDIAN_MAX);

	while (found >= 0 && count < MEDIAN_MAX && (found = store_step(store, statement)) > 0) {
		int64_t took_ms =
			sqlite3_column_int64(statement, 3) - sqlite3_column_int64(statement, 2);
		/* A clock that was put back makes no answer come before its question. */
		days[count] = took_ms > 0 ? took_ms / DAY_MS : 0;
		if (json_array_size(cases) < CASES_MAX &&
			json_array_append_new(
				cases, case_line(statement, utc_offset_s, days[count])) < 0)
			return -ENOMEM;
		count++;
	}
	*median = found < 0 ? NULL : median_of(days, count);
	return found < 0 ? found : *median ? 0 : -ENOMEM;
}

/* Takes over median. */
static int count_figures(struct store *store, json_t *median, json_t **out)
{
	autostatement sqlite3_stmt *statement = NULL;
	autojson json_t *days = median;
	int found = store_query(store, &statement,
		"SELECT count(*), coalesce (sum(state NOT IN ('resolved', 'closed', 'referred',"
		" 'withdrawn')), 0), coalesce (sum(state IN ('resolved', 'closed')), 0)"
		" FROM complaint",
		"");

	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found < 0 ? found : -EIO;
	*out = json_pack("{s:I, s:I, s:I, s:O}", "received",
		(json_int_t)sqlite3_column_int64(statement, 0), "open",
		(json_int_t)sqlite3_column_int64(statement, 1), "answered",
		(json_int_t)sqlite3_column_int64(statement, 2), "days", days);
	return *out ? 0 : -ENOMEM;
}

static int add_news(struct store *store, int utc_offset_s, json_t *news)
{
	autostatement sqlite3_stmt *statement = NULL;
	char day[DATE_SIZE];
	int found = store_query(store, &statement,
		"SELECT text, time_ms FROM notice ORDER BY time_ms DESC, command_id", "");

	while (found >= 0 && (found = store_step(store, statement)) > 0) {
		format_day(sqlite3_column_int64(statement, 1), utc_offset_s, day);
		if (json_array_append_new(news,
			    json_pack("{s:s, s:s}", "text",
				    (const char *)sqlite3_column_text(statement, 0), "date", day)) <
			0)
			return -ENOMEM;
	}
	return found;
}

int store_notice_board(struct store *store, int64_t now_ms, int utc_offset_s, json_t **out)
{
	autojson json_t *cases = json_array();
	autojson json_t *news = json_array();
	autojson json_t *figures = NULL;
	json_t *median = NULL;
	char today[DATE_SIZE];
	int error = cases && news ? add_cases(store, utc_offset_s, cases, &median) : -ENOMEM;

	if (error == 0)
		error = count_figures(store, median, &figures);
	if (error == 0)
		error = add_news(store, utc_offset_s, news);
	if (error < 0)
		return error;
	format_day(now_ms, utc_offset_s, today);
	*out = json_pack("{s:s, s:s, s:O, s:O, s:O}", "type", "notice", "date", today, "figures",
		figures, "cases", cases, "news", news);
	return *out ? 0 : -ENOMEM;
}
