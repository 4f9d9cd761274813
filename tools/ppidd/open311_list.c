/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which complaints that came by a portal the public may find. */
#include <errno.h>

#include "base/ids.h"
#include "tools/ppidd/open311.h"
#include "tools/ppidd/public_figures.h"

#define DAY_MS INT64_C(86400000)

#define COLUMNS                                                                                    \
	"c.uuid, c.category, c.state, c.created_ms, c.updated_ms, "                                \
	"c.resolved_ms, c.due_ms "
#define CLOSED "c.state IN ('resolved', 'closed', 'referred', 'withdrawn')"
/* What anybody may see without knowing its number. */
#define OPEN_TO_ALL                                                                                \
	"c.channel = 'portal' AND c.confidential = 0 "                                             \
	"AND (c.about IS NULL OR c.about NOT IN ('office', 'official')) "

static void add_row(struct open311_rows *list, struct db_rows *rows)
{
	const char *category = db_words(rows, 1);
	struct open311_row row = { .uuid = db_words(rows, 0),
		.service = open311_service_known(category) ? category : "other",
		.state = db_words(rows, 2),
		.created_ms = db_integer(rows, 3),
		.updated_ms = db_integer(rows, 4),
		.resolved_ms = db_integer(rows, 5),
		.due_ms = db_integer(rows, 6) };

	open311_rows_add(list, &row);
}

int open311_find(struct db *db, const char *uuid, struct open311_rows *list)
{
	autorows struct db_rows *rows = NULL;

	/* Whatever stands in an address isn't always a text that a database takes. */
	if (!uuid_valid(uuid))
		return -ENOENT;
	int result = db_query(db, &rows,
		"SELECT " COLUMNS "FROM complaint c WHERE c.uuid = $1 AND c.channel = 'portal'",
		"t", uuid);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	add_row(list, rows);
	return 0;
}

/* Local midnight to UTC's, so that days can be told apart by dividing. */
static int64_t day_shift(int64_t time_ms)
{
	return DAY_MS - day_begin(time_ms, 0) % DAY_MS;
}

static int query_month(struct db *db, const struct open311_filter *filter, int64_t month_ms,
	int64_t most, struct db_rows **rows)
{
	int64_t next_ms = month_begin(month_ms, 1);
	int64_t from_ms = month_ms > filter->from_ms ? month_ms : filter->from_ms;
	int64_t until_ms = next_ms < filter->until_ms ? next_ms : filter->until_ms;

	return db_query(db, rows,
		"SELECT " COLUMNS "FROM complaint c "
		"JOIN (SELECT c.category FROM complaint c WHERE " OPEN_TO_ALL
		"AND c.created_ms >= $1 AND c.created_ms < $2 GROUP BY c.category "
		"HAVING count(*) >= $3) g ON g.category = c.category WHERE " OPEN_TO_ALL
		"AND c.created_ms >= $4 AND c.created_ms < $5 "
		"AND ($6 = '' OR $6 LIKE '%,' || c.category || ',%') "
		"AND CASE WHEN " CLOSED " THEN $7 ELSE $8 END = 1 "
		"ORDER BY (c.created_ms + $9) / 86400000 DESC, c.uuid LIMIT $10",
		"iiiiitiiii", month_ms, next_ms, (int64_t)PUBLIC_LEAST, from_ms, until_ms,
		filter->services ? filter->services : "", (int64_t)filter->closed,
		(int64_t)filter->open, day_shift(month_ms), most);
}

int open311_list(struct db *db, const struct open311_filter *filter, struct open311_rows *list)
{
	int64_t first_ms = month_begin(filter->from_ms, 0);
	int64_t left = filter->most;
	int result = 0;

	/* From the last month back. */
	for (int64_t month_ms = month_begin(filter->until_ms - 1, 0);
		result >= 0 && left > 0 && month_ms >= first_ms;
		month_ms = month_begin(month_ms, -1)) {
		autorows struct db_rows *rows = NULL;
		result = query_month(db, filter, month_ms, left, &rows);
		while (result >= 0 && (result = db_step(rows)) > 0) {
			add_row(list, rows);
			left--;
		}
	}
	return result;
}
