/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The server's database behind one small interface. Statements are SQL that SQLite and
 * PostgreSQL both accept, with $1, $2 … for arguments; what only one of them has stays in
 * its backend. Several processes may use one database at a time.
 * Functions return 0 (or a count) or a negative errno; -EIO stands for a database error that
 * was said in the log, -EBUSY for one that another attempt may not meet: a writer that did not
 * finish in time, a database that is away. After an error inside a transaction it can only be
 * rolled back.
 */
#ifndef PPIDD_DB_H
#define PPIDD_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

struct db;
struct db_rows;

#define DB_ARGUMENTS_MAX 64

struct db_argument {
	char type; /* 'i' or 't' */
	bool null; /* an integer's NULL */
	int64_t integer;
	const char *text; /* NULL is SQL's NULL */
};

struct db_ops {
	const char *scheme; /* what a store URL begins with, up to the colon */
	/* A query for all columns of all tables: rows of table, column and 'i' or 't', in order. */
	const char *columns;
	/* location is the URL after the scheme and colon; create: make it when it isn't there. */
	int (*open)(const char *location, bool create, struct db **out);
	void (*close)(struct db *db);
	int (*begin)(struct db *db, bool write);
	int (*commit)(struct db *db);
	void (*rollback)(struct db *db);
	/* Runs a script of several statements without arguments. */
	int (*script)(struct db *db, const char *sql);
	/* Makes a table refuse UPDATE and DELETE. */
	int (*append_only)(struct db *db, const char *table);
	/* Makes complaint.state refuse every change that isn't a row of the table transition. */
	int (*guard_transitions)(struct db *db);
	int (*query)(struct db *db, const char *sql, const struct db_argument *arguments,
		unsigned count, struct db_rows **out);
	int (*step)(struct db_rows *rows);
	int64_t (*changes)(struct db_rows *rows);
	int64_t (*integer)(struct db_rows *rows, int column);
	const char *(*text)(struct db_rows *rows, int column);
	void (*done)(struct db_rows *rows);
	/*
	 * Readable when somebody committed, or is about to: changed() tells, at once or a little
	 * later. -1 when there is no such descriptor.
	 */
	int (*watch_fd)(struct db *db);
	/* Empties watch_fd. 1 when another process committed since the last call, else 0. */
	int (*changed)(struct db *db);
	/*
	 * Calls fill, which writes rows in any order, in the caller's transaction: triggers keep
	 * quiet meanwhile, and foreign keys are checked afterwards.
	 */
	int (*load)(struct db *db, int (*fill)(struct db *db, void *context), void *context);
	/* A consistent copy into a new file of SQLite's, while others write. */
	int (*backup)(struct db *db, const char *path);
	/*
	 * Outside a transaction: what was deleted goes from the database's files, too, as far as
	 * they can be made to forget without anybody waiting long. -EBUSY: not now, somebody reads.
	 */
	int (*forget)(struct db *db);
	/* The database's own check of what it keeps; -EBADMSG and in *fault (caller frees) what is
	 * wrong. */
	int (*check)(struct db *db, char **fault);
};

struct db {
	const struct db_ops *ops;
};

struct db_rows {
	struct db *db;
};

extern const struct db_ops db_sqlite, db_postgresql;

/* The backend that a store URL names, or NULL; *location gets the rest of the URL. */
const struct db_ops *db_backend(const char *url, const char **location);

/* Opens the database of a store URL and brings its schema up to date. */
must_check int db_open(const char *url, struct db **out);
/* As db_open, but -ENOENT when there is no database yet. */
must_check int db_open_existing(const char *url, struct db **out);
void db_close(struct db *db);
DEFINE_CLEANUP(db, struct db *, db_close);
#define autodb __attribute__((cleanup(db_cleanup)))

/* A transaction that may write. */
must_check int db_begin(struct db *db);
/* A transaction that reads one moment of the database; end it with db_rollback(). */
must_check int db_begin_read(struct db *db);
/* On an error nothing of the transaction is there (it was rolled back). */
must_check int db_commit(struct db *db);
void db_rollback(struct db *db);
/* Commits when result is 0 or more, else rolls back; returns result or the commit's error. */
must_check int db_end(struct db *db, int result);

/* types is one letter per argument: i int64_t, t const char * (NULL allowed). */
must_check int db_query(
	struct db *db, struct db_rows **out, const char *sql, const char *types, ...);
/* Runs to the end; returns the number of changed rows. */
must_check int db_run(struct db *db, const char *sql, const char *types, ...);
/* One text of one row, for the caller to free; *out stays as it is when there is none. */
must_check int db_one_text(struct db *db, const char *sql, char **out);
/* 1 a row, 0 no more. */
must_check int db_step(struct db_rows *rows);
/* Columns of the present row, from 0. Texts live until the next step; NULL for SQL's NULL. */
int64_t db_integer(struct db_rows *rows, int column);
const char *db_text(struct db_rows *rows, int column);
/* As db_text, but "" for NULL. */
const char *db_words(struct db_rows *rows, int column);
void db_done(struct db_rows *rows);
DEFINE_CLEANUP(rows, struct db_rows *, db_done);
#define autorows __attribute__((cleanup(rows_cleanup)))

/* schema.c: brings the schema up to date. -EPROTO when it is newer than this program. */
must_check int schema_update(struct db *db);

#endif
