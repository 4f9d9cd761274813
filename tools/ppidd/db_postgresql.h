/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the PostgreSQL backend's files share: db_postgresql.c runs statements,
 * db_postgresql_connection.c makes connections and listens. */
#ifndef PPIDD_DB_POSTGRESQL_H
#define PPIDD_DB_POSTGRESQL_H

#include <libpq-fe.h>

#include "tools/ppidd/db.h"

#define CHANNEL "kotak" /* everybody who commits tells it */
#define STATEMENTS_MAX 1024
#define STATEMENT_NAME_SIZE 16

struct postgresql_rows {
	struct db_rows rows;
	const char *sql;
	PGresult *row;		      /* the present one */
	PGresult **rest;	      /* rows that had to be read before they were asked for */
	size_t kept, taken, capacity; /* of rest */
	int64_t changes;
	int failure; /* what step() ends with; 0 for a good end */
};

struct postgresql_db {
	struct db db;
	char *url, *name; /* name: "DATABASE at HOST", without the password, for the log */
	PGconn *connection;
	bool inside;	  /* a transaction; when the connection breaks, until its rollback */
	bool wrote;	  /* in it */
	bool down;	  /* it can't be reached, and that was said */
	int64_t retry_ms; /* by the monotonic clock: no new connection is tried before */
	struct postgresql_rows *stream;	  /* whose rows the connection is delivering */
	char *statements[STATEMENTS_MAX]; /* prepared on this connection, by their text */
	PGconn *listener;
	int watch;	 /* an epoll of listener and retry_timer; -1 while nobody watches */
	int retry_timer; /* runs while there is no listener */
};

/* Takes the URL apart; -EINVAL when it is none, which was said (without the password). */
must_check int postgresql_address(struct postgresql_db *db, const char *location);
/* A new connection that is set up; -ECONNREFUSED, which was said. The caller finishes it. */
must_check int postgresql_connect(struct postgresql_db *db, PGconn **out);
void postgresql_close(struct db *base);

/* As db_ops says. */
int postgresql_watch_fd(struct db *base);
int postgresql_changed(struct db *base);

/* 1 when the statement is prepared under name; 0 when it is now noted as such and has to be
 * prepared; -ENOSPC or -ENOMEM when it can't be noted. */
must_check int statements_find(
	struct postgresql_db *db, const char *sql, char name[static STATEMENT_NAME_SIZE]);
/* The one noted last couldn't be prepared. */
void statements_drop(struct postgresql_db *db, const char *name);
/* None is prepared any more: the connection is another. */
void statements_forget(struct postgresql_db *db);

#endif
