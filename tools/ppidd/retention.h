/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rule by which personal data is erased: so many months after a complaint ended and nothing
 * more came of it. Once a day, in batches, so that nobody waits long for the database.
 */
#ifndef PPIDD_RETENTION_H
#define PPIDD_RETENTION_H

#include <jansson.h>

#include "tools/ppidd/chain.h"

/* What was last touched at that moment or before is due; 0 for months 0: nothing ever is. */
int64_t retention_limit(int64_t now_ms, int64_t months);

struct retention_due {
	int64_t count;	 /* due now; 10,000 stands for as many or more */
	int64_t next_ms; /* the last touch of the next one that is not due yet; 0: there is none */
	json_t *list;	 /* the first of those due: {uuid, ticket, state, updated} */
};
/* What a run would erase, without doing it. The caller owns due->list. */
must_check int retention_look(
	struct db *db, int64_t limit_ms, int64_t most, struct retention_due *due);

/*
 * One batch, in a transaction of its own: complaints first, then words that belong to none and
 * numbers without a ticket. Returns how much it erased; 0: nothing is due any more.
 */
must_check int retention_batch(struct db *db, const struct step *step, int64_t limit_ms);

/* When the daily run is due next; a database that never had one gets a day to be looked at. */
must_check int retention_next(struct db *db, int64_t now_ms, int64_t *next_ms);
/* Notes that a run ended at that time, with nothing left to do. */
must_check int retention_ran(struct db *db, int64_t now_ms);

struct server;
/* retention_timer.c: the daily run. */
must_check int retention_timer_start(struct server *server);
/* Something was erased: its traces in the database's files go, too, as soon as can be. */
void retention_erased(struct server *server);

#endif
