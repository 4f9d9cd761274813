/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The figures that everybody may read (SOP 8a, L4): of the twelve whole months before this one,
 * with small counts kept back. Of 1 to 4 complaints nobody learns more than "fewer than 5", also
 * not by subtracting what is shown from the totals: docs/open-data.md has the rules.
 */
#ifndef PPIDD_PUBLIC_FIGURES_H
#define PPIDD_PUBLIC_FIGURES_H

#include "tools/ppidd/figures.h"
#include "tools/ppidd/report.h"

#define PUBLIC_MONTHS 12
#define PUBLIC_LEAST 5 /* the smallest count that is shown */

enum public_column { PUBLIC_RECEIVED, PUBLIC_ANSWERED, PUBLIC_OPEN, PUBLIC_OTHER, PUBLIC_COLUMNS };

struct public_row {
	char key[FIGURES_KEY_SIZE];
	int64_t values[PUBLIC_COLUMNS]; /* received = answered + open + other */
	bool few;			/* received is 1 to 4 */
	bool kept;			/* nothing of it is shown */
	bool outline;			/* only received is shown */
	/* -1: not shown. Tenths of working days, per cent in steps of 5, tenths of a rating. */
	int64_t median, share, rating;
};

/* By month, category, channel or kiosk. */
struct public_table {
	enum figures_by by;
	struct public_row *rows;
	size_t count;
	bool kept; /* can't be shown without telling what isn't for showing */
};

#define PUBLIC_TABLES 4

struct public_figures {
	char from[DAY_SIZE], until[DAY_SIZE];
	struct public_row total;
	int64_t worst, reopened, referred, withdrawn; /* of the total; -1: not shown */
	struct public_table tables[PUBLIC_TABLES];
};

/*
 * The present ones, which stay the module's until the next call. Answers from memory: a month is
 * read anew every ten minutes at most, and one month a call, so that no asker waits for long.
 */
must_check int public_figures_get(struct db *db, int64_t now_ms, const struct public_figures **out);
/* Forgets what was read. */
void public_figures_forget(void);

/* Decides what of the tables is kept back; each table's rows add up to the total. */
void public_protect(struct public_row *total, struct public_table *tables, size_t count);

#endif
