/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/work.h"

#include <errno.h>
#include <string.h>

#include "tools/ppidd/calendar.h"
#include "tools/ppidd/complaint_internal.h"
#include "tools/ppidd/deadline.h"
#include "tools/ppidd/officer.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/work_internal.h"

/* $1 the view, $2 the list's argument ("" where it has none), $3 and $4 the place, $5 how many. */
#define LIST(condition, column)                                                                    \
	"SELECT " COMPLAINT_COLUMNS COMPLAINT_TABLES                                               \
	"WHERE " VIEW_SHOWS("c") "AND " condition "AND (c." column                                 \
				 ", c.uuid) > ($3, $4) AND c." column " IS NOT NULL "              \
				 "ORDER BY c." column ", c.uuid LIMIT $5"
#define NEWEST(condition)                                                                          \
	"SELECT " COMPLAINT_COLUMNS COMPLAINT_TABLES                                               \
	"WHERE " VIEW_SHOWS("c") "AND " condition "AND (c.created_ms, c.uuid) < ($3, $4) "         \
				 "ORDER BY c.created_ms DESC, c.uuid DESC LIMIT $5"

static const char *const lists[WORK_LIST_COUNT] = {
	[WORK_DUE] = LIST("$2 = '' ", "due_ms"),
	[WORK_MINE] = LIST("c.officer = $2 ", "due_ms"),
	[WORK_UNASSIGNED] = LIST("c.officer IS NULL AND $2 = '' ", "due_ms"),
	[WORK_WAITING] = LIST("$2 = '' ", "stopped_ms"),
	[WORK_ALL] = NEWEST("$2 = '' "),
};
static const char by_state[] = NEWEST("c.state = $2 ");
static const char by_ticket[] = NEWEST("c.ticket = $2 ");
static const char open_ones[] = NEWEST("c.still_open = 1 AND $2 = 'open' ");
static const char *sql_of(const struct work_filter *filter)
{
	if (filter->ticket)
		return by_ticket;
	if (filter->list != WORK_ALL || !*filter->state)
		return lists[filter->list];
	if (strcmp(filter->state, "open") == 0)
		return open_ones;
	return by_state;
}

static const char *argument_of(const struct work_filter *filter)
{
	if (filter->ticket)
		return filter->ticket;
	if (filter->list == WORK_MINE)
		return filter->officer;
	return filter->list == WORK_ALL ? filter->state : "";
}

int work_place_of(enum work_list list, const json_t *rows, struct work_place *place)
{
	static const char *const keys[WORK_LIST_COUNT] = { "due", "due", "due", "stopped",
		"created" };
	const json_t *last = json_array_get(rows, json_array_size(rows) - 1);

	snprintf(place->uuid, sizeof(place->uuid), "%s", record_words(last, "uuid"));
	return time_parse(record_words(last, keys[list]), &place->time_ms);
}

int work_list(
	struct db *db, const struct work_filter *filter, json_t **out, struct work_place *next)
{
	static const struct work_place first = { INT64_MIN, "" }, newest = { INT64_MAX, "~" };
	const struct work_place *after = filter->after;
	autorows struct db_rows *rows = NULL;

	if (filter->list == WORK_ALL && !filter->ticket && *filter->search)
		return work_search(db, filter, out, next);
	if (filter->list == WORK_ALL && !filter->ticket &&
		strcmp(filter->state, "undelivered") == 0)
		return work_undelivered(db, filter, out, next);
	if (!after)
		after = filter->list == WORK_ALL ? &newest : &first;
	int result = db_query(db, &rows, sql_of(filter), "ititi", (int64_t)filter->view,
		argument_of(filter), after->time_ms, after->uuid, filter->most);
	if (result >= 0)
		result = complaint_collect(rows, false, out);
	if (result < 0)
		return result;
	return (int64_t)json_array_size(*out) == filter->most &&
	       work_place_of(filter->list, *out, next) >= 0;
}

/* Of what the reader may see, due after $2 and up to $3, $4 the officer or "" for everybody's. */
#define COUNT(condition)                                                                           \
	"SELECT count(*) FROM (SELECT 1 FROM complaint c WHERE " VIEW_SHOWS("c") "AND " condition  \
										 " LIMIT 1000) x"

static int count_due(struct db *db, enum complaint_view view, const char *officer, int64_t after_ms,
	int64_t until_ms, int64_t *out)
{
	autorows struct db_rows *rows = NULL;

	int result = officer ? db_query(db, &rows,
				       COUNT("c.officer = $4 AND c.due_ms > $2 AND c.due_ms <= $3"),
				       "iiit", (int64_t)view, after_ms, until_ms, officer)
			     : db_query(db, &rows, COUNT("c.due_ms > $2 AND c.due_ms <= $3"), "iii",
				       (int64_t)view, after_ms, until_ms);
	if (result >= 0)
		result = db_step(rows);
	if (result > 0)
		*out = db_integer(rows, 0);
	return result < 0 ? result : 0;
}

static int count_simple(struct db *db, const char *sql, enum complaint_view view, int64_t *out)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows, sql, "i", (int64_t)view);
	if (result >= 0)
		result = db_step(rows);
	if (result > 0)
		*out = db_integer(rows, 0);
	return result < 0 ? result : 0;
}

int work_count(struct db *db, enum complaint_view view, const char *officer, int64_t now_ms,
	struct work_counts *counts)
{
	int64_t soon_ms = deadline_end(now_ms, DEADLINE_WARNING_DAYS);

	int error = count_due(db, view, NULL, INT64_MIN, now_ms, &counts->late);
	if (error >= 0)
		error = count_due(db, view, NULL, now_ms, soon_ms, &counts->soon);
	if (error >= 0)
		error = count_due(db, view, officer, INT64_MIN, now_ms, &counts->my_late);
	if (error >= 0)
		error = count_due(db, view, officer, now_ms, soon_ms, &counts->my_soon);
	if (error >= 0)
		error = count_simple(db, COUNT("c.officer IS NULL AND c.due_ms IS NOT NULL"), view,
			&counts->unassigned);
	if (error >= 0)
		error = count_simple(db, COUNT("c.stopped_ms IS NOT NULL"), view, &counts->waiting);
	return error;
}

int work_officers(struct db *db, enum right right, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT name, role FROM officer WHERE disabled_ms IS NULL ORDER BY name", "");
	while (result >= 0 && (result = db_step(rows)) > 0) {
		if (!role_may(db_words(rows, 1), RIGHT_HANDLE) ||
			!role_may(db_words(rows, 1), right))
			continue;
		if (json_array_append_new(list, json_pack("{s:s, s:s}", "name", db_words(rows, 0),
							"role", db_words(rows, 1))) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}
