/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Holidays that were changed at the desk: joint leave is declared late, and villages have days of
 * their own. They stand in the database over the years' files (calendar.h); each change has a
 * number, so that every process knows when what it read is out of date.
 */
#ifndef PPIDD_HOLIDAY_H
#define PPIDD_HOLIDAY_H

#include <jansson.h>

#include "tools/ppidd/chain.h"

#define HOLIDAY_NAME_MAX 100
#define HOLIDAY_REASON_MAX 500

/* In a query: the number of the last change. */
#define HOLIDAY_EDITION "coalesce((SELECT value FROM setting WHERE name = 'calendar'), '0')"

/* Reads the changes into the calendar unless it has that edition of them. */
must_check int holiday_know(struct db *db, int64_t edition);
/* The same with the edition that the database has now. */
must_check int holiday_refresh(struct db *db);

struct holiday_change {
	int64_t day; /* since 1970-01-01 */
	bool free;   /* false: offices are open on it, whatever the file says */
	const char *name, *reason;
};

/*
 * Changes a day, with its event (calendar.changed), in a transaction of its own, and counts the
 * clocks that run over it anew. Returns how many complaints got another last day. -ERANGE: neither
 * of this year nor of the next; -EDOM: a Saturday or Sunday; -EEXIST: it is so already; -EINVAL:
 * no reason, or no name for a holiday; -EMSGSIZE, -EILSEQ: too long, not UTF-8.
 */
must_check int holiday_change(
	struct db *db, const struct step *step, const struct holiday_change *change);

/* The days changed of these years, in order: {day, free, name, reason, officer, changed}. */
must_check int holiday_changes(struct db *db, int from_year, int to_year, json_t **out);

/* "2026-12-24" of a day, and back; false for what is no day. */
#define HOLIDAY_DAY_SIZE 16
void holiday_day_format(int64_t day, char out[static HOLIDAY_DAY_SIZE]);
bool holiday_day_parse(const char *text, int64_t *day);

#endif
