/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the store share with each other and nobody else. */
#ifndef KOTAK_STORE_INTERNAL_H
#define KOTAK_STORE_INTERNAL_H

#include "store/store.h"

struct cached_statement {
	const char *sql; /* the literal's address is the key */
	sqlite3_stmt *statement;
};

struct store {
	sqlite3 *db;
	struct cached_statement *statements;
	size_t statement_count;
	unsigned kiosk;
	int lock; /* held while open for writing, so that there is one writer */
	bool corrupt;
	bool traces; /* what was erased may still be read in the files */
};

/* Says a database error in the log, once, and gives the errno for it (-EEXIST, unsaid, for a
 * constraint). */
int store_failed(struct store *store, int code, const char *doing);

/* The first column of the first row. 1 there was one, 0 none (value untouched), or an errno. */
must_check int store_value(
	struct store *store, int64_t *value, const char *sql, const char *types, ...);

/* The result of a call whose row, or count of changed rows, is of no interest: 0 or an errno. */
static inline int store_none(int result)
{
	return result < 0 ? result : 0;
}

/* Like store_setting_put(), for a text. */
must_check int store_setting_put_text(struct store *store, const char *name, const char *value);

/* Opens and configures the connection only: no migration, no checks. */
must_check int store_connect(const char *path, int flags, struct store **out);

/* The lock that makes one writer of all: -EBUSY, and said, while another has it. */
must_check int store_take_lock(const char *path, int *lock);

/* Renames a file, for good: also after a power cut. */
must_check int store_rename(const char *from, const char *to);

/*
 * A finished and closed database takes the place of the one at path, whose files are kept as
 * .WHY-TIME. A power cut meanwhile leaves either the old one or what store_succeed() completes.
 */
must_check int store_replace(const char *finished, const char *path, const char *why);

/* Completes a replacement that was interrupted; 0 also when there was none. */
must_check int store_succeed(const char *path, const char *why);

/* Brings an opened database to the present version; begins the first epoch of a new one. */
must_check int store_migrate(struct store *store);

/*
 * Takes an event from another database as it is, if it follows previous: 1, and previous is
 * its hash then; 0 when it doesn't fit.
 */
must_check int store_event_take(
	struct store *store, const json_t *event, char previous[static HASH_SIZE]);

/* Writes an event again at the end of the present epoch, its id and time kept. */
must_check int store_event_restate(struct store *store, json_t *event);

/*
 * A damaged database: makes a new one with every event that can still be read and verified,
 * rebuilds the present state from them, and puts it in the place of the damaged one.
 */
must_check int store_salvage(const char *path, unsigned kiosk);

/* Writes the tables of the present state anew from the event log (complaints only). */
must_check int store_replay(struct store *store);

#endif
