/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who was shown personal data. A row is written before the page is answered, and stays: the
 * table is append only. The words that a list was searched for may be a name, so they stand
 * aside and are erased after READING_FILTER_KEPT_MS.
 */
#ifndef PPIDD_READING_H
#define PPIDD_READING_H

#include <jansson.h>

#include "tools/ppidd/db.h"

#define READING_FILTER_KEPT_MS (INT64_C(730) * 24 * 3600 * 1000)

struct reading {
	const char *officer;
	const char *what;      /* the route's pattern */
	const char *complaint; /* UUID or ticket number; NULL: a list */
	const char *filter;    /* what a list was narrowed to; NULL or "": to nothing */
	/* A page that was asked for by no person, or one seen already: once in an hour is enough.
	 */
	bool repeated;
	int64_t now_ms;
};

/* Writes it down. Of a complaint that isn't there nothing is shown, and nothing written. */
must_check int reading_note(struct db *db, const struct reading *reading);

struct reading_filter {
	const char *officer; /* "" for all */
	const char *ticket;  /* or UUID; "" for all */
	/* Only rows before this one: the last of the page before; 0 and "" for the first page. */
	int64_t before_ms;
	const char *before_id;
	int64_t most;
};

/*
 * The newest first: array of {id, officer, what, complaint, ticket, filter, read, read_ms}.
 * -ENOENT: no such complaint. Caller owns *out.
 */
must_check int reading_list(struct db *db, const struct reading_filter *filter, json_t **out);

#endif
