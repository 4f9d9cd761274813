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
 * The present ones, which stay the module's until public_figures_step() is called; NULL while they
 * were never made.
 */
const struct public_figures *public_figures_get(int64_t now_ms);
/* Another number whenever the present ones are others. */
int64_t public_figures_edition(void);
/* Whether there is something to read: figures are read anew every ten minutes at most. */
bool public_figures_stale(int64_t now_ms);
/*
 * Reads on, some complaints at a time, so that nobody else waits for long. More than 0: there is
 * more to read; 0: all of it is there, and the present figures are made of it.
 */
must_check int public_figures_step(struct db *db, int64_t now_ms);
/* Forgets what was read. */
void public_figures_forget(void);

/* Decides what of the tables is kept back; each table's rows add up to the total. */
void public_protect(struct public_row *total, struct public_table *tables, size_t count);

#endif
