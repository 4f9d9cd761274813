/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the public sees of complaints that came by a portal: nothing that a person wrote, be it the
 * complainant or an officer, and days instead of moments.
 */
#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/html.h"
#include "tools/ppidd/open311.h"
#include "tools/ppidd/public_figures.h"

#define DAY_MS INT64_C(86400000)
#define SECOND_MS INT64_C(1000)

#define COLUMNS                                                                                    \
	"c.uuid, coalesce(c.category, 'other'), c.state, c.created_ms, c.updated_ms, "             \
	"c.resolved_ms, c.due_ms "
#define CLOSED "c.state IN ('resolved', 'closed', 'referred', 'withdrawn')"
/* What anybody may see without knowing its number. */
#define OPEN_TO_ALL                                                                                \
	"c.channel = 'portal' AND c.confidential = 0 "                                             \
	"AND (c.about IS NULL OR c.about NOT IN ('office', 'official')) "

/* A state in the specification's terms, and in the public's. */
static const struct state_words {
	const char *state, *status, *notes;
} states[] = {
	{ "received", "open", "Diterima, akan diperiksa." },
	{ "incomplete", "open", "Menunggu keterangan dari pengadu." },
	{ "verified", "open", "Sudah diperiksa, menjadi urusan kami." },
	{ "assigned", "open", "Petugas sudah ditunjuk." },
	{ "investigating", "open", "Sedang ditangani." },
	{ "reopened", "open", "Dibuka kembali dan ditangani lagi." },
	{ "resolved", "closed", "Sudah dijawab." },
	{ "closed", "closed", "Selesai." },
	{ "referred", "closed", "Dialihkan ke instansi lain yang berwenang." },
	{ "withdrawn", "closed", "Dicabut oleh pengadu." },
};

static const struct state_words *words_of(const char *state)
{
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (strcmp(states[i].state, state) == 0)
			return &states[i];
	}
	return &states[0];
}

/* The row of COLUMNS; NULL without memory. */
static json_t *row_json(struct db_rows *rows, const char *office)
{
	const struct state_words *words = words_of(db_words(rows, 2));
	const char *service = db_words(rows, 1);
	bool closed = strcmp(words->status, "closed") == 0;
	bool elsewhere = strcmp(words->state, "referred") == 0;
	int64_t due_ms = db_integer(rows, 6);
	char requested[W3C_SIZE], updated[W3C_SIZE], expected[W3C_SIZE];

	w3c_format(db_integer(rows, 3), true, requested);
	w3c_format(db_integer(rows, closed && db_integer(rows, 5) ? 5 : 4), true, updated);
	/* A last day is over with its midnight, which would read as the next day's. */
	w3c_format(due_ms ? due_ms - SECOND_MS : 0, false, expected);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:n, s:s, s:s, s:s, s:s, s:s?, s:n, s:n, s:n, "
			 "s:n, s:n, s:n}",
		"service_request_id", db_words(rows, 0), "status", words->status, "status_notes",
		words->notes, "service_name", word_category(service), "service_code", service,
		"description", "agency_responsible", elsewhere ? "Instansi lain" : office,
		"service_notice",
		"Dijawab dalam 7 hari kerja, atau 14 hari kerja bila rumit, dengan alasan.",
		"requested_datetime", requested, "updated_datetime", updated, "expected_datetime",
		*expected ? expected : NULL, "address", "address_id", "zipcode", "lat", "long",
		"media_url");
}

int open311_find(struct db *db, const char *office, const char *uuid, json_t **out)
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
	*out = row_json(rows, office);
	return *out ? 0 : -ENOMEM;
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

int open311_list(
	struct db *db, const char *office, const struct open311_filter *filter, json_t **out)
{
	autojson json_t *list = json_array();
	int64_t first_ms = month_begin(filter->from_ms, 0);
	int result = list ? 0 : -ENOMEM;

	/* From the last month back. */
	for (int64_t month_ms = month_begin(filter->until_ms - 1, 0);
		result >= 0 && month_ms >= first_ms; month_ms = month_begin(month_ms, -1)) {
		autorows struct db_rows *rows = NULL;
		int64_t most = filter->most - (int64_t)json_array_size(list);
		if (most <= 0)
			break;
		result = query_month(db, filter, month_ms, most, &rows);
		while (result >= 0 && (result = db_step(rows)) > 0) {
			if (json_array_append_new(list, row_json(rows, office)) < 0)
				result = -ENOMEM;
		}
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}
