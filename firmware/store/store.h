/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one database. Only kotakd writes it; others open it read-only.
 *
 * Every change happens inside store_begin … store_commit, so that a step (the message
 * consumed, the complaint, its events, the reply, the event to sync) is there whole or
 * not at all. Within it, store_savepoint lets one bad item fail without its neighbours.
 * Functions return 0 (or a count) or a negative errno; -EIO stands for a database error
 * that was said in the log. Times are arguments, in milliseconds.
 */
#ifndef KOTAK_STORE_STORE_H
#define KOTAK_STORE_STORE_H

#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/ids.h"
#include "port/clock.h"
#include "wire/event.h"

struct store;

/* The moment of a step, for the rows and events it writes. */
struct moment {
	int64_t now_ms; /* wall clock */
	enum clock_quality clock;
	int64_t boot;
};

/* Opens for writing, creates or migrates. kiosk is this kiosk's number, for the first epoch. */
must_check int store_open(const char *path, unsigned kiosk, struct store **out);
/* Opens an existing database for reading only. -ENOENT when there is none. */
must_check int store_open_read(const char *path, struct store **out);
void store_close(struct store *store);
/* Whether damage was met since it was opened: to be closed and opened again, which rebuilds it. */
bool store_damaged(const struct store *store);
DEFINE_CLEANUP(store, struct store *, store_close);
#define autostore __attribute__((cleanup(store_cleanup)))

must_check int store_begin(struct store *store);
/* -EIO: nothing of the transaction is there (it was rolled back). */
must_check int store_commit(struct store *store);
void store_rollback(struct store *store);
must_check int store_savepoint(struct store *store);
must_check int store_release(struct store *store);
/* Undoes back to the savepoint and ends it. */
void store_undo(struct store *store);

/* Small named numbers: 1 found, 0 there is none (value untouched). */
must_check int store_setting(struct store *store, const char *name, int64_t *value);
must_check int store_setting_put(struct store *store, const char *name, int64_t value);

/* store/statement.c: one statement with its arguments, for the files of this room only. */
/*
 * Prepares (or takes from the cache) and binds: types is one letter per argument:
 * i int64_t, t const char * (NULL allowed), b const void * and size_t.
 */
must_check int store_query(
	struct store *store, sqlite3_stmt **out, const char *sql, const char *types, ...);
/* Runs to the end, no rows wanted. Returns the number of changed rows or a negative errno. */
must_check int store_run(struct store *store, const char *sql, const char *types, ...);
/* 1 a row, 0 no more, or a negative errno. */
must_check int store_step(struct store *store, sqlite3_stmt *statement);
/* Gives a statement back to the cache; NULL is fine. */
void store_done(sqlite3_stmt *statement);
DEFINE_CLEANUP(statement, sqlite3_stmt *, store_done);
#define autostatement __attribute__((cleanup(statement_cleanup)))
/* A copy of a text column, or NULL for NULL. */
char *store_column_copy(sqlite3_stmt *statement, int column);

/* store/event_log.c */
/*
 * Appends one event in the present epoch, sealing personal (may be NULL) and chaining the
 * hash; steals neither data nor personal. data may be NULL for {}.
 */
must_check int store_event(struct store *store, const struct moment *moment, const char *actor,
	const char *type, const char *ticket, const json_t *data, json_t *personal);
/* Events after (epoch, seq) in the same epoch as a JSON array, with personal parts that are
 * still kept: at most most events and about bytes bytes of text. Caller owns *out. */
must_check int store_events_after(
	struct store *store, int64_t epoch, int64_t seq, int most, size_t bytes, json_t **out);
/* The present epoch and its last seq and hash. */
must_check int store_log_head(
	struct store *store, int64_t *epoch, int64_t *seq, char hash[static HASH_SIZE]);
/*
 * Ends the present epoch (of which the server has everything up to shared) and begins
 * number, whose first event is epoch.started {reason, previous_epoch, previous_seq,
 * previous_hash}. Events after shared are restated in the new epoch, with their ids; serials
 * jump ahead by TICKET_RESTORE_JUMP.
 */
must_check int store_epoch_start(struct store *store, const struct moment *moment, int64_t number,
	int64_t shared, const char *reason);
/*
 * Checks the whole chain. Returns 0, or -EBADMSG and in *fault (caller frees) the place and
 * what is wrong there; *count gets the number of events checked.
 */
must_check int store_verify(struct store *store, int64_t *count, char **fault);

/* store/store_sync.c: what the sync needs to know and to leave. */
struct sync_place {
	int64_t acked_epoch, acked_seq; /* everything up to here is at the server; 0, 0: nothing */
	/* The furthest event that was ever handed to the network: a server that has more of
	 * ours got it from another copy of this database. */
	int64_t offered_epoch, offered_seq;
	int64_t command_number;
	char command_id[UUID_SIZE]; /* "" when the server's id isn't a short plain word */
	int64_t contact_ms;
	bool restoring;		       /* the server's complaints are still to be fetched … */
	char restore_after[UUID_SIZE]; /* … after this one, "" from the first */
	bool collided; /* some were left out since their ticket number is taken here */
};
must_check int store_sync_place(struct store *store, struct sync_place *place);
must_check int store_sync_acked(struct store *store, int64_t epoch, int64_t seq);
must_check int store_sync_offered(struct store *store, int64_t epoch, int64_t seq);
/* now_ms: of a good answer, or 0 when there was none; trouble: what is wrong in words, or "". */
must_check int store_sync_contact(struct store *store, int64_t now_ms, const char *trouble);
/* Fetching complaints goes on after this uuid ("" from the first); NULL: it is done. */
must_check int store_sync_restore(struct store *store, const char *after);
/* How many events the server doesn't have yet. */
must_check int store_sync_waiting(struct store *store, int64_t *count);

struct epoch_span {
	int64_t number;
	int64_t last;  /* its last seq */
	int64_t limit; /* up to where the server is to have it: less than last once it has ended */
};
/* The first epoch from number on. 1 found, 0 there is none. */
must_check int store_epoch_span(struct store *store, int64_t number, struct epoch_span *span);
/* The last epoch before number of which the server is to have something. 1 found, 0 none. */
must_check int store_epoch_before(struct store *store, int64_t number, struct epoch_span *span);
/* The hash of one event. 1 found, 0 there is none. */
must_check int store_event_digest(
	struct store *store, int64_t epoch, int64_t seq, char hash[static HASH_SIZE]);
/*
 * Stores commands (a JSON array of {number, id, type, …}) and the cursor after the last of
 * them, in the caller's transaction; those whose id is known are skipped, and what no command
 * can be (no id or number, too large) is said and passed over or kept as one of unknown type,
 * so that it blocks nothing. Returns how many were new.
 */
must_check int store_commands_take(
	struct store *store, const struct moment *moment, const json_t *commands);
/*
 * Moves the cursor forward after a restore told us how far we had come: commands up to there
 * were acted on, in a life that this database doesn't remember. A number below the present
 * one changes nothing.
 */
must_check int store_commands_place(struct store *store, int64_t number, const char *id);
/*
 * Puts the cursor back to the beginning: a server that was put back to an older state numbers
 * its commands from there. What was taken before is known by its id. Nothing changes after
 * store_commands_place, when ids alone don't tell what was acted on.
 */
must_check int store_commands_again(struct store *store);
/* The seq of the last event of this epoch whose hash agrees with the server's list
 * ({"seq": hash} by decimal seq), or the given seq when none does. */
must_check int store_log_common(
	struct store *store, int64_t epoch, json_t *hashes, int64_t otherwise, int64_t *common);
/*
 * Adds those complaints of the server's snapshot (array of objects with the fields of the
 * complaints listing) that aren't here, each with an event complaint.restored, in the caller's
 * transaction. One that makes no sense, or whose ticket number another complaint has here, is
 * said and left out. Returns how many were added.
 */
must_check int store_complaints_restore(
	struct store *store, const struct moment *moment, const json_t *complaints);

#endif
