/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PostgreSQL's connections: where to, how set up, which statements each knows, and the second
 * one that listens for commits of others. */
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd/db_postgresql.h"

/* Defaults, which the URL may change: a server that doesn't answer must not hold the loop. */
#define CONNECT_SECONDS "3"
#define SILENCE_MS "20000"
#define LISTEN_AGAIN_SECONDS 1
/*
 * Per session: a writer waits no longer for another than with SQLite; a commit that was
 * acknowledged is on the disk, whatever the account's default.
 */
#define SETUP                                                                                      \
	"SET lock_timeout = 5000; SET client_min_messages = warning; "                             \
	"SET standard_conforming_strings = on; "                                                   \
	"SELECT set_config('synchronous_commit', 'on', false) "                                    \
	"WHERE current_setting('synchronous_commit') = 'off'"
#define CREATE_ADVICE                                                                              \
	"as the user postgres: createuser --pwprompt ppidd; createdb --owner ppidd "               \
	"--template template0 --encoding UTF8 --locale C ppidd"

static struct postgresql_db *self(struct db *db)
{
	return (struct postgresql_db *)db;
}

static int64_t monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char *option(const PQconninfoOption *options, const char *keyword)
{
	for (; options && options->keyword; options++) {
		if (strcmp(options->keyword, keyword) == 0 && options->val)
			return options->val;
	}
	return "";
}

int postgresql_address(struct postgresql_db *db, const char *location)
{
	int error = 0;

	if (asprintf(&db->url, "postgresql:%s", location) < 0) {
		db->url = NULL;
		return -ENOMEM;
	}
	/* Its own words about a fault may quote the password: not into the log. */
	PQconninfoOption *options = PQconninfoParse(db->url, NULL);
	const char *host = option(options, "host");
	if (!options || strchr(host, '@')) {
		log_error("store: [store] url is no URL of PostgreSQL: write "
			  "postgresql://USER@HOST/DATABASE, in a password %%40 for @, %%3A for : "
			  "and %%25 for %%");
		error = -EINVAL;
	} else if (asprintf(&db->name, "PostgreSQL, database %s at %s",
			   *option(options, "dbname") ? option(options, "dbname") : "by default",
			   *host ? host : "the local socket") < 0) {
		db->name = NULL;
		error = -ENOMEM;
	}
	PQconninfoFree(options);
	return error;
}

static void on_notice(void *context, const char *words)
{
	(void)context;
	log_debug("store: PostgreSQL says: %.*s", (int)strcspn(words, "\n"), words);
}

static int set_up(const struct postgresql_db *db, PGconn *connection)
{
	const char *encoding = PQparameterStatus(connection, "server_encoding");

	if (!encoding || strcmp(encoding, "UTF8") != 0) {
		log_error("store: %s: its encoding is %s, not UTF8: make it anew, %s", db->name,
			encoding ? encoding : "unknown", CREATE_ADVICE);
		return -EINVAL;
	}
	PQsetNoticeProcessor(connection, on_notice, NULL);
	PGresult *result = PQexec(connection, SETUP);
	int error = PQresultStatus(result) == PGRES_TUPLES_OK ? 0 : -ECONNREFUSED;
	if (error < 0)
		log_error("store: %s: the session can't be set up: %.*s", db->name,
			(int)strcspn(PQerrorMessage(connection), "\n"), PQerrorMessage(connection));
	PQclear(result);
	return error;
}

int postgresql_connect(struct postgresql_db *db, PGconn **out)
{
	const char *const keywords[] = { "connect_timeout", "tcp_user_timeout",
		"fallback_application_name", "dbname", "client_encoding", NULL };
	const char *const values[] = { CONNECT_SECONDS, SILENCE_MS, "ppidd", db->url, "UTF8",
		NULL };
	int64_t began = monotonic_ms();

	if (began < db->retry_ms)
		return -ECONNREFUSED;
	PGconn *connection = PQconnectdbParams(keywords, values, 1);
	int error = connection ? 0 : -ENOMEM;
	if (error >= 0 && PQstatus(connection) != CONNECTION_OK) {
		if (!db->down)
			log_error("store: %s: %.*s: is it running, and is the database there? (%s)",
				db->name, (int)strcspn(PQerrorMessage(connection), "\n"),
				PQerrorMessage(connection), CREATE_ADVICE);
		error = -ECONNREFUSED;
	}
	if (error >= 0)
		error = set_up(db, connection);
	if (error < 0) {
		db->down = true;
		PQfinish(connection);
		/* As long as that took, requests are refused at once instead of waiting too. */
		int64_t ended = monotonic_ms();
		db->retry_ms = ended + (ended - began);
		return error;
	}
	if (db->down)
		log_notice("store: %s: connected again", db->name);
	db->down = false;
	*out = connection;
	return 0;
}

/* Statements. */

static unsigned hash(const char *text)
{
	uint32_t sum = 2166136261U;

	for (; *text; text++)
		sum = (sum ^ (unsigned char)*text) * 16777619U;
	return sum % STATEMENTS_MAX;
}

int statements_find(
	struct postgresql_db *db, const char *sql, char name[static STATEMENT_NAME_SIZE])
{
	unsigned place = hash(sql);

	for (unsigned tried = 0; tried < STATEMENTS_MAX; tried++) {
		const char *there = db->statements[place];
		snprintf(name, STATEMENT_NAME_SIZE, "s%u", place);
		if (there && strcmp(there, sql) == 0)
			return 1;
		if (!there) {
			db->statements[place] = strdup(sql);
			return db->statements[place] ? 0 : -ENOMEM;
		}
		place = (place + 1) % STATEMENTS_MAX;
	}
	return -ENOSPC;
}

void statements_drop(struct postgresql_db *db, const char *name)
{
	unsigned long place = strtoul(name + 1, NULL, 10) % STATEMENTS_MAX;

	free(db->statements[place]);
	db->statements[place] = NULL;
}

void statements_forget(struct postgresql_db *db)
{
	for (unsigned i = 0; i < STATEMENTS_MAX; i++) {
		free(db->statements[i]);
		db->statements[i] = NULL;
	}
}

/* Listening. */

static void listen_later(struct postgresql_db *db)
{
	struct itimerspec soon = { .it_value.tv_sec = LISTEN_AGAIN_SECONDS };

	/* Its descriptor goes with it, from the epoll too. */
	PQfinish(db->listener);
	db->listener = NULL;
	timerfd_settime(db->retry_timer, 0, &soon, NULL);
}

/* Whether it listens now. */
static bool listen_now(struct postgresql_db *db)
{
	if (postgresql_connect(db, &db->listener) < 0) {
		listen_later(db);
		return false;
	}
	struct epoll_event event = { .events = EPOLLIN };
	PGresult *result = PQexec(db->listener, "LISTEN " CHANNEL);
	bool good = PQresultStatus(result) == PGRES_COMMAND_OK &&
		    epoll_ctl(db->watch, EPOLL_CTL_ADD, PQsocket(db->listener), &event) == 0;
	PQclear(result);
	if (!good)
		listen_later(db);
	return good;
}

int postgresql_watch_fd(struct db *base)
{
	struct postgresql_db *db = self(base);
	struct epoll_event event = { .events = EPOLLIN };

	if (db->watch >= 0)
		return db->watch;
	db->watch = epoll_create1(EPOLL_CLOEXEC);
	db->retry_timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (db->watch < 0 || db->retry_timer < 0 ||
		epoll_ctl(db->watch, EPOLL_CTL_ADD, db->retry_timer, &event) < 0) {
		log_warning("store: %s can't be watched (%s): commands of ppidctl reach kiosks "
			    "late",
			db->name, strerror(errno));
		if (db->watch >= 0)
			close(db->watch);
		db->watch = -1;
		return -1;
	}
	(void)listen_now(db);
	return db->watch;
}

int postgresql_changed(struct db *base)
{
	struct postgresql_db *db = self(base);
	PGnotify *notice;
	uint64_t rings;
	int changed = 0;

	if (db->watch < 0)
		return 0;
	/* What was missed meanwhile is found by looking. */
	if (!db->listener)
		return read(db->retry_timer, &rings, sizeof(rings)) > 0 && listen_now(db) ? 1 : 0;
	if (PQconsumeInput(db->listener) != 1 || PQstatus(db->listener) != CONNECTION_OK) {
		listen_later(db);
		return 0;
	}
	while ((notice = PQnotifies(db->listener))) {
		if (!db->connection || notice->be_pid != PQbackendPID(db->connection))
			changed = 1;
		PQfreemem(notice);
	}
	return changed;
}

void postgresql_close(struct db *base)
{
	struct postgresql_db *db = self(base);

	statements_forget(db);
	PQfinish(db->listener);
	PQfinish(db->connection);
	if (db->retry_timer >= 0)
		close(db->retry_timer);
	if (db->watch >= 0)
		close(db->watch);
	free(db->url);
	free(db->name);
	free(db);
}
