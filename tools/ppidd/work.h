/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The desk's lists and counts: what is due, whose it is, what is waited for. */
#ifndef PPIDD_WORK_H
#define PPIDD_WORK_H

#include <jansson.h>

#include "base/ids.h"
#include "tools/ppidd/complaint.h"
#include "tools/ppidd/officer.h"

enum work_list {
	WORK_DUE,	 /* what runs, that due first on top */
	WORK_MINE,	 /* of it what is the reader's */
	WORK_UNASSIGNED, /* of it what is nobody's */
	WORK_WAITING,	 /* for the complainant, the longest first */
	WORK_ALL,	 /* the newest first */
	WORK_LIST_COUNT,
};

/* The row after which a page begins, and the list's column that it is found by. */
struct work_place {
	int64_t time_ms;
	char uuid[UUID_SIZE];
};

struct work_filter {
	enum work_list list;
	enum complaint_view view;
	const char *officer; /* the reader's account, for WORK_MINE */
	const char *state;   /* for WORK_ALL: a state's name, "open", "undelivered" or "" */
	/* For WORK_ALL: the beginnings of up to four words of ticket, text, name, address and
	 * number, in any order; "" for all. Of words that many complaints have it looks through so
	 * many complaints at a time, see work_list(). */
	const char *search;
	const char *ticket; /* with WORK_ALL: the one of that number, whatever else is asked */
	const struct work_place *after; /* NULL: from the beginning */
	int64_t most;
};

/*
 * As complaint_find() has them; caller owns *out. 1 when there may be more after *next, which the
 * next page begins with: also when a search found little among those it looked through.
 */
must_check int work_list(
	struct db *db, const struct work_filter *filter, json_t **out, struct work_place *next);

/* No count goes further: "1000" stands for a thousand or more. */
#define WORK_COUNT_MOST 1000
struct work_counts {
	int64_t late, soon, unassigned, waiting; /* that the reader may see */
	int64_t my_late, my_soon;		 /* of it the reader's */
};
must_check int work_count(struct db *db, enum complaint_view view, const char *officer,
	int64_t now_ms, struct work_counts *counts);

/*
 * Open ones of the same kiosk and kind of case that say much the same, the likest first: at most
 * most of them, as complaint_find() has them; caller owns *out.
 */
must_check int work_similar(struct db *db, const json_t *complaint, enum complaint_view view,
	size_t most, json_t **out);

/* The accounts that may be given a complaint, and have that right too: {name, role}; caller owns.
 */
must_check int work_officers(struct db *db, enum right right, json_t **out);

#endif
