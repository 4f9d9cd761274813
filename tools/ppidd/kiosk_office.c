/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/kiosk_office.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "tools/ppidd/alarm.h"
#include "tools/ppidd/complaint_internal.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/record.h"
#include "wire/ticket.h"

/* $1: the desk, which is a kiosk by its number only, unless a real one has that number. */
#define REAL "(k.number <> $1 OR k.enrolled_ms IS NOT NULL) "
#define WORST "coalesce((SELECT max(a.severity) FROM alarm a WHERE a.kiosk = k.number), 0)"
#define STATE                                                                                      \
	"CASE WHEN k.revoked_ms IS NOT NULL THEN 'revoked' "                                       \
	"WHEN k.token_hash IS NOT NULL THEN 'enrolled' ELSE 'new' END"

/* The words as they are kept; each is to be freed. */
struct tidy {
	char *name, *stands, *region;
};

static void tidy_free(struct tidy *tidy)
{
	free(tidy->name);
	free(tidy->stands);
	free(tidy->region);
}

/* One line each: they stand in lists and in logs. */
static void one_line(char *words)
{
	for (; *words; words++) {
		if (*words == '\n' || *words == '\t')
			*words = ' ';
	}
}

static int tidy_place(const struct kiosk_place *place, struct tidy *tidy)
{
	int error = decision_words(place->name, KIOSK_NAME_MOST, &tidy->name);

	if (error >= 0)
		error = decision_words(place->stands, KIOSK_STANDS_MOST, &tidy->stands);
	if (error >= 0)
		error = decision_words(place->region, KIOSK_REGION_MOST, &tidy->region);
	if (error < 0)
		return error;
	one_line(tidy->name);
	one_line(tidy->stands);
	one_line(tidy->region);
	return *tidy->name ? 0 : -EINVAL;
}

static int log_place(
	struct db *db, const struct step *step, int64_t number, const struct tidy *tidy)
{
	autojson json_t *data = json_pack("{s:I, s:s, s:s, s:s}", "kiosk", (json_int_t)number,
		"name", tidy->name, "stands", tidy->stands, "region", tidy->region);

	return data ? chain_append(db, step, "kiosk.described", NULL, data, NULL) : -ENOMEM;
}

static int describe(struct db *db, const struct step *step, int64_t number, const struct tidy *tidy)
{
	int changed = db_run(db,
		"UPDATE kiosk SET name = $1, stands = $2, region = $3 WHERE number = $4 AND "
		"(name <> $1 OR stands <> $2 OR region <> $3)",
		"ttti", tidy->name, tidy->stands, tidy->region, number);

	return changed > 0 ? log_place(db, step, number, tidy) : changed;
}

static int exists(struct db *db, int64_t number)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows, "SELECT 1 FROM kiosk k WHERE k.number = $2 AND " REAL,
		"ii", (int64_t)DESK_KIOSK, number);
	if (result >= 0)
		result = db_step(rows);
	return result == 0 ? -ENOENT : result < 0 ? result : 0;
}

int kiosk_describe(
	struct db *db, const struct step *step, int64_t number, const struct kiosk_place *place)
{
	struct tidy tidy = { 0 };

	int error = tidy_place(place, &tidy);
	if (error >= 0)
		error = db_begin(db);
	if (error >= 0) {
		error = exists(db, number);
		error = db_end(db, error < 0 ? error : describe(db, step, number, &tidy));
	}
	tidy_free(&tidy);
	return error;
}

int kiosk_add_placed(struct db *db, const struct step *step, int64_t number,
	const struct kiosk_place *place, char code[static CODE_SIZE])
{
	struct tidy tidy = { 0 };

	int error = tidy_place(place, &tidy);
	if (error >= 0)
		error = db_begin(db);
	if (error >= 0) {
		error = kiosk_add_in_step(db, step, number, tidy.name, code);
		error = db_end(db, error < 0 ? error : describe(db, step, number, &tidy));
	}
	tidy_free(&tidy);
	return error;
}

int kiosk_restore(struct db *db, const struct step *step, int64_t number)
{
	int error = db_begin(db);

	if (error < 0)
		return error;
	int changed = db_run(db,
		"UPDATE kiosk SET revoked_ms = NULL WHERE number = $1 AND revoked_ms IS NOT NULL",
		"i", number);
	autojson json_t *data = json_pack("{s:I}", "kiosk", (json_int_t)number);
	error = changed == 0 ? -ENOENT : changed < 0 ? changed : data ? 0 : -ENOMEM;
	if (error >= 0)
		error = chain_append(db, step, "kiosk.restored", NULL, data, NULL);
	return db_end(db, error);
}

int kiosk_free_number(struct db *db, int64_t *number)
{
	autorows struct db_rows *rows = NULL;
	int64_t wanted = 1;

	int result = db_query(db, &rows, "SELECT number FROM kiosk ORDER BY number", "");
	while (result >= 0 && (result = db_step(rows)) > 0 && db_integer(rows, 0) == wanted)
		wanted++;
	*number = wanted < DESK_KIOSK ? wanted : 0;
	return result < 0 ? result : 0;
}

static json_t *page_item(struct db_rows *rows)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:s, s:I}", "kiosk",
		(json_int_t)db_integer(rows, 0), "name", db_words(rows, 1), "stands",
		db_words(rows, 2), "region", db_words(rows, 3), "state", db_words(rows, 4),
		"contact", record_time(db_integer(rows, 5)), "version", db_words(rows, 6), "worst",
		(json_int_t)db_integer(rows, 7));
}

int kiosk_page(struct db *db, const char *search, int64_t skip, int64_t most, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();
	autofree char *pattern = NULL;

	int result = complaint_pattern(search, &pattern);
	if (result >= 0)
		result = db_query(db, &rows,
			"SELECT k.number, k.name, k.stands, k.region, " STATE ", k.contact_ms, "
			"k.version, " WORST " FROM kiosk k WHERE " REAL
			"AND ($2 = '' OR CAST(k.number AS TEXT) = $3 OR "
			"lower(k.name || ' ' || k.stands || ' ' || k.region) LIKE $2 ESCAPE '!') "
			"ORDER BY CASE WHEN k.revoked_ms IS NULL THEN 0 ELSE 1 END, " WORST
			" DESC, k.number LIMIT $4 OFFSET $5",
			"ittii", (int64_t)DESK_KIOSK, pattern, search, most + 1, skip);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		if ((int64_t)json_array_size(list) == most)
			break;
		if (json_array_append_new(list, page_item(rows)) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}

int kiosk_count(struct db *db, struct kiosk_counts *counts)
{
	autorows struct db_rows *rows = NULL;

	*counts = (struct kiosk_counts) { 0 };
	int result = db_query(db, &rows,
		"SELECT s.state, s.worst, count(*) FROM (SELECT " STATE " AS state, " WORST
		" AS worst FROM kiosk k WHERE " REAL ") s GROUP BY s.state, s.worst",
		"i", (int64_t)DESK_KIOSK);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		const char *state = db_words(rows, 0);
		int64_t worst = db_integer(rows, 1), count = db_integer(rows, 2);
		if (strcmp(state, "revoked") == 0)
			counts->revoked += count;
		else if (strcmp(state, "new") == 0)
			counts->fresh += count;
		else if (worst >= ALARM_WORST)
			counts->down += count;
		else if (worst > 0)
			counts->trouble += count;
		else
			counts->well += count;
	}
	return result;
}

int kiosk_find(struct db *db, int64_t number, int64_t now_ms, json_t **out)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT k.number, k.name, k.stands, k.region, " STATE
		", k.contact_ms, k.version, " WORST ", k.added_ms, k.enrolled_ms, "
		"CASE WHEN k.code_hash IS NULL THEN 0 ELSE k.code_expires_ms END, "
		"(SELECT count(*) FROM complaint c WHERE c.kiosk = k.number), "
		"(SELECT count(*) FROM command c WHERE c.kiosk = k.number AND c.state = 'pending') "
		"FROM kiosk k WHERE k.number = $2 AND " REAL,
		"ii", (int64_t)DESK_KIOSK, number);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	int64_t code_ms = db_integer(rows, 10);
	autojson json_t *kiosk = page_item(rows);
	autojson json_t *more = json_pack("{s:o, s:o, s:o, s:I, s:I}", "added",
		record_time(db_integer(rows, 8)), "enrolled", record_time(db_integer(rows, 9)),
		"code", record_time(code_ms > now_ms ? code_ms : 0), "complaints",
		(json_int_t)db_integer(rows, 11), "commands", (json_int_t)db_integer(rows, 12));
	if (json_object_update(kiosk, more) < 0)
		return -ENOMEM;
	*out = take_pointer(kiosk);
	return 0;
}
