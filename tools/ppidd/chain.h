/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The event logs: the copy of every kiosk's under its number, the server's own under
 * SERVER_SOURCE. Append only; each row's hash covers the one before it (wire/event.h).
 */
#ifndef PPIDD_CHAIN_H
#define PPIDD_CHAIN_H

#include "tools/ppidd/db.h"
#include "wire/event.h"

#define SERVER_SOURCE 0

/* The moment and the doer of a step, for the rows and events it writes. */
struct step {
	int64_t now_ms;
	const char *actor; /* "server" or "officer:NAME" */
};

/* Where a log ends: its newest epoch and that epoch's last row; epoch 0 when it is empty. */
struct chain_head {
	int64_t epoch, seq;
	char hash[HASH_SIZE];
};
must_check int chain_head(struct db *db, int64_t source, struct chain_head *head);
/* The same of one epoch; seq 0 and the genesis hash when there is none of it. */
must_check int chain_head_of(struct db *db, int64_t source, int64_t epoch, struct chain_head *head);

/* One event as the wire has it, without its personal part; *event NULL when there is none. */
must_check int chain_at(struct db *db, int64_t source, int64_t epoch, int64_t seq, json_t **event);
/* The first place an id was taken at. */
must_check int chain_by_id(struct db *db, int64_t source, const char *id, json_t **event);

/* Whether two events say the same, wherever in a log they stand. 1, 0 or a negative errno. */
must_check int chain_same_body(const json_t *one, const json_t *other);

/* The hash that the first event of an epoch builds on; NULL when it should name one and doesn't. */
const char *chain_seam(const json_t *event);

/* Stores an event as it is, hash and all. */
must_check int chain_insert(struct db *db, int64_t source, const json_t *event, int64_t now_ms);

/* Appends to the server's own log. data and personal may be NULL; neither is stolen. */
must_check int chain_append(struct db *db, const struct step *step, const char *type,
	const char *ticket, const json_t *data, json_t *personal);

/* Counts a start of the server (an event's boot). */
must_check int chain_count_start(struct db *db);

/* Columns for chain_row(): SELECT CHAIN_COLUMNS FROM event e … */
#define CHAIN_COLUMNS                                                                              \
	"e.epoch, e.seq, e.id, e.time, e.clock, e.boot, e.actor, e.type, e.ticket, e.data, e.hash"
#define CHAIN_COLUMN_COUNT 11
/* The event of the present row; caller owns. -EBADMSG when its data is no JSON object. */
must_check int chain_row(struct db_rows *rows, json_t **event);

/*
 * Checks one log. 0, or -EBADMSG and in *fault (caller frees) the place and what is wrong
 * there; adds to *count the events checked.
 */
must_check int chain_verify(struct db *db, int64_t source, int64_t *count, char **fault);
/* The same of a stretch of one epoch, as it follows from the event before it. */
must_check int chain_verify_part(struct db *db, int64_t source, int64_t epoch, int64_t first,
	int64_t last, int64_t *count, char **fault);

#endif
