/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What db.h promises, on every backend alike. Started without a PostgreSQL to use, the program
 * starts itself again beside one of its own (tests/scenarios/postgresql.py).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <ftw.h>
#include <jansson.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "tools/ppidd/copy.h"
#include "tools/ppidd/db.h"

#define CLUSTER "KOTAK_POSTGRESQL"
#define PATIENCE_MS 120000
#define URL_SIZE 256

struct place {
	bool postgresql;
	char url[URL_SIZE];
};

static char folder[] = "/tmp/kotak-db-XXXXXX";
static unsigned places;

static void at_postgres(const char *sql)
{
	char address[URL_SIZE];

	snprintf(address, sizeof(address), "host=%s user=kotak dbname=postgres", getenv(CLUSTER));
	PGconn *connection = PQconnectdb(address);
	PGresult *result = PQexec(connection, sql);
	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(connection));
	PQclear(result);
	PQfinish(connection);
}

/* Where there is no database yet, or an empty one. */
static void new_place(struct place *place, bool postgresql)
{
	char sql[URL_SIZE], name[64];

	place->postgresql = postgresql;
	snprintf(name, sizeof(name), "db_%d_%u", (int)getpid(), ++places);
	if (postgresql) {
		snprintf(sql, sizeof(sql), "CREATE DATABASE %s TEMPLATE template0", name);
		at_postgres(sql);
		snprintf(place->url, URL_SIZE, "postgresql://kotak@/%s?host=%s", name,
			getenv(CLUSTER));
	} else {
		snprintf(place->url, URL_SIZE, "sqlite:%s/%s", folder, name);
	}
}

static struct db *open_place(const struct place *place)
{
	struct db *db = NULL;

	assert_int_equal(db_open(place->url, &db), 0);
	return db;
}

static struct db *open_new(bool postgresql, struct place *place)
{
	new_place(place, postgresql);
	struct db *db = open_place(place);
	assert_int_equal(db->ops->script(db, "CREATE TABLE thing (number BIGINT PRIMARY KEY, "
					     "words TEXT, amount BIGINT);"),
		0);
	return db;
}

static int64_t count(struct db *db, const char *sql)
{
	autorows struct db_rows *rows = NULL;

	assert_int_equal(db_query(db, &rows, sql, ""), 0);
	assert_int_equal(db_step(rows), 1);
	int64_t found = db_integer(rows, 0);
	assert_int_equal(db_step(rows), 0);
	return found;
}

static int put(struct db *db, int64_t number, const char *words)
{
	return db_run(db, "INSERT INTO thing (number, words) VALUES ($1, $2)", "it", number, words);
}

static void test_values(void **state)
{
	static const char hostile[] = "it's \"quoted\"; -- $1 \\ \xf0\x9f\x98\x80\n%s";
	struct place place;
	autodb struct db *db = open_new(*state != NULL, &place);
	autorows struct db_rows *rows = NULL;

	assert_int_equal(put(db, INT64_MIN, hostile), 1);
	assert_int_equal(put(db, INT64_MAX, NULL), 1);
	assert_int_equal(put(db, 0, ""), 1);
	assert_int_equal(db_query(db, &rows,
				 "SELECT number, words, amount, words IS NULL, sum(number) "
				 "FROM thing WHERE number <> $1 GROUP BY number, words, amount "
				 "ORDER BY number",
				 "i", (int64_t)0),
		0);
	assert_int_equal(db_step(rows), 1);
	assert_true(db_integer(rows, 0) == INT64_MIN && db_integer(rows, 4) == INT64_MIN);
	assert_string_equal(db_text(rows, 1), hostile);
	assert_null(db_text(rows, 2));
	assert_int_equal(db_integer(rows, 2), 0);
	assert_int_equal(db_integer(rows, 3), 0);
	assert_int_equal(db_step(rows), 1);
	assert_true(db_integer(rows, 0) == INT64_MAX);
	assert_null(db_text(rows, 1));
	assert_string_equal(db_words(rows, 1), "");
	assert_int_equal(db_integer(rows, 3), 1);
	assert_string_equal(db_text(rows, 3), "1");
	assert_int_equal(db_step(rows), 0);
	assert_int_equal(count(db, "SELECT count(*) FROM thing WHERE words = ''"), 1);
}

static void test_changes(void **state)
{
	struct place place;
	autodb struct db *db = open_new(*state != NULL, &place);
	static const char again[] = "INSERT INTO thing (number) VALUES ($1) ON CONFLICT (number) "
				    "DO NOTHING";

	for (int64_t i = 1; i <= 5; i++)
		assert_int_equal(db_run(db, again, "i", i), 1);
	assert_int_equal(db_run(db, again, "i", (int64_t)3), 0);
	assert_int_equal(
		db_run(db, "UPDATE thing SET amount = number WHERE number > $1", "i", (int64_t)2),
		3);
	assert_int_equal(
		db_run(db, "UPDATE thing SET amount = 1 WHERE number > $1", "i", (int64_t)9), 0);
	assert_int_equal(db_run(db, "DELETE FROM thing WHERE amount IS NULL", ""), 2);
}

/* Statements at one address that aren't the same are two. */
static void test_made_statements(void **state)
{
	struct place place;
	autodb struct db *db = open_new(*state != NULL, &place);
	char sql[100];

	for (int i = 0; i < 2000; i++) {
		snprintf(sql, sizeof(sql), "SELECT %d", i);
		assert_int_equal(count(db, sql), i);
	}
}

static void test_transactions(void **state)
{
	struct place place;
	autodb struct db *db = open_new(*state != NULL, &place);

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put(db, 1, "a"), 1);
	db_rollback(db);
	assert_int_equal(count(db, "SELECT count(*) FROM thing"), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put(db, 1, "a"), 1);
	assert_int_equal(db_end(db, -ECANCELED), -ECANCELED);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put(db, 2, "b"), 1);
	assert_int_equal(db_end(db, 7), 7);
	assert_int_equal(count(db, "SELECT sum(number) FROM thing"), 2);
	assert_int_equal(db_begin(db), 0);
	assert_true(db_begin(db) < 0);
	db_rollback(db);
	db_rollback(db);
	/* What was refused inside leaves nothing behind, and the next transaction works. */
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put(db, 3, "c"), 1);
	assert_int_equal(put(db, 2, "doubled"), -EIO);
	db_rollback(db);
	assert_int_equal(put(db, 2, "doubled"), -EIO);
	assert_int_equal(put(db, 4, "d"), 1);
	assert_int_equal(count(db, "SELECT sum(number) FROM thing"), 6);
}

/* Other statements, also transactions, while the rows of one are read. */
static void test_rows_in_rows(void **state)
{
	struct place place;
	autodb struct db *db = open_new(*state != NULL, &place);
	autorows struct db_rows *left = NULL;

	assert_int_equal(db_begin(db), 0);
	for (int64_t i = 1; i <= 1000; i++)
		assert_int_equal(put(db, i, "x"), 1);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(db_query(db, &left, "SELECT number FROM thing ORDER BY number", ""), 0);
	for (int64_t i = 1; i <= 500; i++) {
		autorows struct db_rows *inner = NULL;
		assert_int_equal(db_step(left), 1);
		assert_int_equal(db_integer(left, 0), i);
		assert_int_equal(db_query(db, &inner,
					 "SELECT number FROM thing WHERE number >= $1 "
					 "ORDER BY number",
					 "i", i),
			0);
		assert_int_equal(db_step(inner), 1);
		assert_int_equal(db_integer(inner, 0), i);
	}
	int64_t rest = 500;
	while (db_step(left) == 1)
		assert_int_equal(db_integer(left, 0), ++rest);
	assert_int_equal(rest, 1000);
}

static void test_read_snapshot(void **state)
{
	struct place place;
	autodb struct db *db = open_new(*state != NULL, &place);
	autodb struct db *other = open_place(&place);

	assert_int_equal(put(db, 1, "a"), 1);
	assert_int_equal(db_begin_read(db), 0);
	assert_int_equal(count(db, "SELECT count(*) FROM thing"), 1);
	assert_int_equal(put(other, 2, "b"), 1);
	assert_int_equal(count(db, "SELECT count(*) FROM thing"), 1);
	db_rollback(db);
	assert_int_equal(count(db, "SELECT count(*) FROM thing"), 2);
}

static void *add_hundred(void *context)
{
	autodb struct db *db = NULL;
	intptr_t failed = db_open(context, &db) < 0;

	for (int i = 0; i < 100 && !failed; i++) {
		failed = db_begin(db) < 0;
		if (failed)
			break;
		int64_t amount = count(db, "SELECT amount FROM thing WHERE number = 1");
		int result = db_run(
			db, "UPDATE thing SET amount = $1 WHERE number = 1", "i", amount + 1);
		failed = db_end(db, result) != 1;
	}
	return (void *)failed; /* NOLINT(performance-no-int-to-ptr) */
}

static void test_writers_take_turns(void **state)
{
	struct place place;
	autodb struct db *db = open_new(*state != NULL, &place);
	autodb struct db *other = open_place(&place);
	pthread_t threads[3];

	assert_int_equal(put(db, 1, NULL), 1);
	assert_int_equal(db_run(db, "UPDATE thing SET amount = 0", ""), 1);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, add_hundred, place.url), 0);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		void *failed = NULL;
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(count(db, "SELECT amount FROM thing"), 300);
	/* Whoever waits too long is told so, and is not broken by it. */
	assert_int_equal(other->ops->script(other, place.postgresql ? "SET lock_timeout = 20"
								    : "PRAGMA busy_timeout = 20"),
		0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put(db, 2, "a"), 1);
	assert_int_equal(db_begin(other), -EBUSY);
	assert_int_equal(put(other, 3, "b"), -EBUSY);
	assert_int_equal(count(other, "SELECT count(*) FROM thing"), 1);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(put(other, 3, "b"), 1);
}

static void test_append_only(void **state)
{
	struct place place;
	autodb struct db *db = open_new(*state != NULL, &place);

	assert_int_equal(db->ops->append_only(db, "thing"), 0);
	assert_int_equal(put(db, 1, "a"), 1);
	assert_int_equal(db_run(db, "UPDATE thing SET words = 'b'", ""), -EIO);
	assert_int_equal(db_run(db, "DELETE FROM thing", ""), -EIO);
	assert_int_equal(count(db, "SELECT count(*) FROM thing WHERE words = 'a'"), 1);
}

static void wait_changed(struct db *db, int fd)
{
	struct pollfd watch = { .fd = fd, .events = POLLIN };
	int changed = 0;

	while (changed == 0) {
		assert_int_equal(poll(&watch, 1, PATIENCE_MS), 1);
		changed = db->ops->changed(db);
	}
	assert_int_equal(changed, 1);
}

static void test_watch(void **state)
{
	struct place place;
	autodb struct db *db = open_new(*state != NULL, &place);
	autodb struct db *other = open_place(&place);

	int fd = db->ops->watch_fd(db);
	assert_true(fd >= 0);
	assert_int_equal(fd, db->ops->watch_fd(db));
	assert_int_equal(put(other, 1, "alone"), 1);
	wait_changed(db, fd);
	assert_int_equal(db_begin(other), 0);
	assert_int_equal(put(other, 2, "in a transaction"), 1);
	assert_int_equal(db_commit(other), 0);
	wait_changed(db, fd);
	assert_int_equal(count(db, "SELECT count(*) FROM thing"), 2);
	/* One's own are none: the other's next is what is told. */
	assert_int_equal(put(db, 3, "own"), 1);
	assert_int_equal(put(other, 4, "another's"), 1);
	wait_changed(db, fd);
	assert_int_equal(db->ops->changed(db), 0);
}

static void test_existing(void **state)
{
	struct place place;
	struct db *db = NULL;

	new_place(&place, *state != NULL);
	assert_int_equal(db_open_existing(place.url, &db), -ENOENT);
	db_close(open_place(&place));
	assert_int_equal(db_open_existing(place.url, &db), 0);
	assert_true(count(db, "SELECT max(version) FROM schema_version") > 0);
	char *fault = NULL;
	assert_int_equal(db->ops->check(db, &fault), 0);
	assert_null(fault);
	db_close(db);
	assert_int_equal(db_open("oracle:x", &db), -EPROTONOSUPPORT);
}

/* Copies. */

static void fill(struct db *db)
{
	assert_int_equal(db_begin(db), 0);
	for (int64_t i = 1; i <= 50; i++) {
		char uuid[32];
		snprintf(uuid, sizeof(uuid), "uuid-%lld", (long long)i);
		assert_int_equal(db_run(db,
					 "INSERT INTO kiosk (number, name, added_ms) "
					 "VALUES ($1, $2, $3)",
					 "iti", i, "Balai \"é\" 'x'", INT64_MAX - i),
			1);
		assert_int_equal(db_run(db,
					 "INSERT INTO complaint (uuid, kiosk, ticket, state, "
					 "kiosk_state, still_open, channel, language, created_ms, "
					 "updated_ms) VALUES ($1, $2, $1, 'received', 'received', "
					 "1, 'sms', 'id', 1, 1)",
					 "ti", uuid, i),
			1);
		assert_int_equal(db_run(db,
					 "INSERT INTO event (source, epoch, seq, id, time, clock, "
					 "boot, actor, type, data, hash, taken_ms) VALUES "
					 "(1, 1, $1, $2, 't', 'ntp', 1, 'kiosk', 'x', '{}', 'h', "
					 "1)",
					 "it", i, uuid),
			1);
	}
	assert_int_equal(db_commit(db), 0);
}

/* Every row of every table, in an order of its own. */
static json_t *contents(struct db *db)
{
	autorows struct db_rows *columns = NULL;
	json_t *whole = json_object();

	assert_int_equal(db_query(db, &columns, db->ops->columns, ""), 0);
	while (db_step(columns) == 1) {
		autorows struct db_rows *rows = NULL;
		char sql[200];
		json_t *values = json_array();
		snprintf(sql, sizeof(sql), "SELECT \"%s\" FROM \"%s\" ORDER BY 1",
			db_words(columns, 1), db_words(columns, 0));
		assert_int_equal(db_query(db, &rows, sql, ""), 0);
		while (db_step(rows) == 1)
			json_array_append_new(values,
				db_text(rows, 0) ? json_string(db_text(rows, 0)) : json_null());
		snprintf(sql, sizeof(sql), "%s.%s", db_words(columns, 0), db_words(columns, 1));
		json_object_set_new(whole, sql, values);
	}
	return whole;
}

/* A backup of either goes into either, and what is kept there is guarded as before. */
static void copy_between(bool from, bool to)
{
	struct place place, target;
	char path[URL_SIZE];

	new_place(&place, from);
	new_place(&target, to);
	autodb struct db *db = open_place(&place);
	autodb struct db *other = open_place(&target);
	fill(db);
	snprintf(path, sizeof(path), "%s/backup-%d-%d", folder, from, to);
	assert_int_equal(db->ops->backup(db, path), 0);
	assert_true(db->ops->backup(db, path) < 0);
	assert_int_equal(put(db, 1, "x"), -EIO); /* there is no such table: nothing was copied */
	assert_int_equal(copy_from_file(other, "/nowhere/at/all"), -ENOENT);
	assert_int_equal(copy_from_file(other, path), 0);
	assert_int_equal(copy_from_file(other, path), -ENOTEMPTY);
	json_t *whole = contents(db), *found = contents(other);
	assert_int_equal(json_array_size(json_object_get(found, "complaint.uuid")), 50);
	assert_true(json_equal(whole, found));
	json_decref(whole);
	json_decref(found);
	assert_int_equal(db_run(other, "UPDATE event SET actor = 'x'", ""), -EIO);
	assert_int_equal(db_run(other, "DELETE FROM event", ""), -EIO);
	assert_int_equal(db_run(other, "DELETE FROM kiosk", ""), -EIO);
	char *fault = NULL;
	assert_int_equal(other->ops->check(other, &fault), 0);
}

static void test_backup_to_sqlite(void **state)
{
	copy_between(*state != NULL, false);
}

static void test_backup_to_postgresql(void **state)
{
	copy_between(*state != NULL, true);
}

/* Of PostgreSQL only. */

/* As an administrator or a restart would. */
static void cut_off(const struct place *place)
{
	char sql[URL_SIZE];
	const char *name = strrchr(place->url, '@') + 2;

	snprintf(sql, sizeof(sql),
		"SELECT pg_terminate_backend(pid, %d) FROM pg_stat_activity "
		"WHERE datname = '%.*s'",
		PATIENCE_MS, (int)strcspn(name, "?"), name);
	at_postgres(sql);
}

static void test_connection_lost(void **state)
{
	struct place place;
	autodb struct db *db = open_new(true, &place);
	autorows struct db_rows *rows = NULL;
	(void)state;

	/* Between transactions nobody notices. */
	assert_int_equal(put(db, 1, "a"), 1);
	cut_off(&place);
	assert_int_equal(put(db, 2, "b"), 1);
	cut_off(&place);
	assert_int_equal(count(db, "SELECT count(*) FROM thing"), 2);
	/* Within one all of it is lost, the rest of it refused. */
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put(db, 3, "c"), 1);
	cut_off(&place);
	assert_int_equal(put(db, 4, "d"), -EBUSY);
	assert_int_equal(put(db, 5, "e"), -EBUSY);
	assert_int_equal(db_commit(db), -EBUSY);
	assert_int_equal(count(db, "SELECT max(number) FROM thing"), 2);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(put(db, 3, "c"), 1);
	cut_off(&place);
	assert_int_equal(db_commit(db), -EBUSY);
	assert_int_equal(put(db, 6, "f"), 1);
	assert_int_equal(count(db, "SELECT sum(number) FROM thing"), 9);
	/* Rows that were being read end with an error, not as if they were all. */
	assert_int_equal(
		db_query(db, &rows, "SELECT repeat('x', 1000) FROM generate_series(1, 100000)", ""),
		0);
	assert_int_equal(db_step(rows), 1);
	cut_off(&place);
	int result;
	while ((result = db_step(rows)) == 1)
		;
	assert_int_equal(result, -EBUSY);
	assert_int_equal(count(db, "SELECT count(*) FROM thing"), 3);
}

/* The listener finds its way back, and what was missed is looked for. */
static void test_watch_again(void **state)
{
	struct place place;
	autodb struct db *db = open_new(true, &place);
	autodb struct db *other = open_place(&place);
	(void)state;

	int fd = db->ops->watch_fd(db);
	cut_off(&place);
	assert_int_equal(put(other, 1, "a"), 1);
	wait_changed(db, fd);
	assert_int_equal(put(other, 2, "b"), 1);
	wait_changed(db, fd);
}

static void test_check(void **state)
{
	struct place place;
	autodb struct db *db = open_new(true, &place);
	autofree char *fault = NULL;
	(void)state;

	assert_int_equal(db->ops->script(db, "ALTER TABLE event DISABLE TRIGGER USER"), 0);
	assert_int_equal(db->ops->check(db, &fault), -EBADMSG);
	assert_non_null(strstr(fault, "event"));
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *state, int type, struct FTW *place)
{
	(void)state;
	(void)type;
	(void)place;
	return remove(path);
}

static int remove_folder(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#define BOTH(function)                                                                             \
	{ #function " (SQLite)", function, NULL, NULL, NULL },                                     \
	{                                                                                          \
#function " (PostgreSQL)", function, NULL, NULL, folder                            \
	}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_values),
		BOTH(test_changes),
		BOTH(test_made_statements),
		BOTH(test_transactions),
		BOTH(test_rows_in_rows),
		BOTH(test_read_snapshot),
		BOTH(test_writers_take_turns),
		BOTH(test_append_only),
		BOTH(test_watch),
		BOTH(test_existing),
		BOTH(test_backup_to_sqlite),
		BOTH(test_backup_to_postgresql),
		cmocka_unit_test(test_connection_lost),
		cmocka_unit_test(test_watch_again),
		cmocka_unit_test(test_check),
	};

	if (!getenv(CLUSTER) && argc == 1) {
		execlp("python3", "python3", "tests/scenarios/postgresql.py", argv[0], "again",
			NULL);
		perror("python3 tests/scenarios/postgresql.py (run this from the source's folder)");
		return 1;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_EMERG);
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
