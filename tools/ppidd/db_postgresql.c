/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PostgreSQL backend, by libpq. Writers take turns by one advisory lock, so that a
 * transaction that writes sees what all before it did, as with SQLite. Rows come one by one;
 * when another statement needs the connection meanwhile, the rest of them is kept in memory.
 * A lost connection is made anew before the next transaction or single statement.
 */
#include "tools/ppidd/db_postgresql.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/log.h"
#include "tools/ppidd/copy.h"

#define INT8_OID 20U
#define TEXT_OID 25U
#define BOOL_OID 16U
/* The lock that stands for the right to write: "KOTK". */
#define BEGIN_WRITE "BEGIN; SELECT pg_advisory_xact_lock(1263490123)"
#define BEGIN_READ "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

static struct postgresql_db *self(struct db *db)
{
	return (struct postgresql_db *)db;
}

static struct postgresql_rows *cursor(struct db_rows *rows)
{
	return (struct postgresql_rows *)rows;
}

/* What SQLSTATEs mean to a technician and to the caller. */
static const struct {
	const char *state; /* or how it begins */
	int error;
	const char *advice;
} meanings[] = {
	{ "55P03", -EBUSY, "another writer holds the lock for long: is a ppidctl hanging?" },
	{ "40", -EBUSY, "disturbed by another transaction" },
	{ "53100", -ENOSPC, "make room on its disk" },
	{ "53200", -ENOMEM, "give it more memory" },
	{ "53300", -EBUSY, "raise its max_connections" },
	{ "57014", -EBUSY, "somebody cancelled the statement" },
	{ "25006", -EIO, "this is a read-only copy: name the main server in [store] url" },
	{ "42501", -EIO, "the account may not: let it own the database" },
	{ "XX001", -EIO, "its files are damaged: restore a backup" },
};

static int connection_lost(struct postgresql_db *db)
{
	if (!db->down)
		log_error("store: %s: the connection broke: requests are refused until it is back "
			  "(is PostgreSQL running?)",
			db->name);
	db->down = true;
	return -EBUSY;
}

static int refused(struct postgresql_db *db, const PGresult *result, const char *doing)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *advice = "";
	int error = -EIO;

	if (PQstatus(db->connection) == CONNECTION_BAD ||
		(state && (strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0)))
		return connection_lost(db);
	if (!state)
		return -ENOMEM; /* libpq itself had no room for a result */
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		if (strncmp(state, meanings[i].state, strlen(meanings[i].state)) != 0)
			continue;
		error = meanings[i].error;
		advice = meanings[i].advice;
	}
	/* Words about data may quote it. */
	if (!words || strncmp(state, "22", 2) == 0)
		words = "a value is out of its range or form";
	log_error("store: %s: %s: %s (SQLSTATE %s)%s%s", db->name, doing, words, state,
		*advice ? ": " : "", advice);
	return error;
}

/* Reads the next row of the statement under way: 1 a row, 0 the end, or the error. */
static int read_row(struct postgresql_db *db, PGresult **out)
{
	struct postgresql_rows *rows = db->stream;
	PGresult *result = PQgetResult(db->connection);
	ExecStatusType status = PQresultStatus(result);

	*out = NULL;
	if (status == PGRES_SINGLE_TUPLE) {
		*out = result;
		return 1;
	}
	db->stream = NULL;
	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
		if (strncmp(PQcmdStatus(result), "SELECT", 6) != 0)
			rows->changes = strtoll(PQcmdTuples(result), NULL, 10);
	} else {
		rows->failure = refused(db, result, rows->sql);
	}
	while (result) {
		PQclear(result);
		result = PQgetResult(db->connection);
	}
	return rows->failure;
}

static bool keep(struct postgresql_rows *rows, PGresult *row)
{
	if (rows->kept == rows->capacity) {
		size_t capacity = rows->capacity ? rows->capacity * 2 : 16;
		PGresult **more = reallocarray(rows->rest, capacity, sizeof(PGresult *));
		if (!more)
			return false;
		rows->rest = more;
		rows->capacity = capacity;
	}
	rows->rest[rows->kept++] = row;
	return true;
}

/* Makes the connection free for another statement; its reader finds the rest in memory. */
static void settle(struct postgresql_db *db)
{
	struct postgresql_rows *rows = db->stream;
	PGresult *row;

	while (db->stream && read_row(db, &row) > 0) {
		if (rows->failure == 0 && !keep(rows, row))
			rows->failure = -ENOMEM;
		if (rows->failure < 0)
			PQclear(row);
	}
}

/* Whether an idle connection was closed by the other side, or has something to say. */
static void look_at_idle(struct postgresql_db *db)
{
	struct pollfd idle = { .fd = PQsocket(db->connection), .events = POLLIN };

	while (idle.fd >= 0 && poll(&idle, 1, 0) > 0 && PQconsumeInput(db->connection) == 1)
		;
}

/* The connection is there and free, or was made anew where nothing is lost by that. */
static int ready(struct postgresql_db *db)
{
	settle(db);
	if (db->inside)
		return PQstatus(db->connection) == CONNECTION_OK ? 0 : -EBUSY;
	look_at_idle(db);
	if (PQstatus(db->connection) == CONNECTION_OK)
		return 0;
	(void)connection_lost(db);
	statements_forget(db);
	PQfinish(db->connection);
	db->connection = NULL;
	return postgresql_connect(db, &db->connection) < 0 ? -EBUSY : 0;
}

/* Runs one or more statements without arguments or rows; committed (may be NULL) gets whether the
 * last was a COMMIT that did. */
static int execute(struct postgresql_db *db, const char *sql, const char *doing, bool *committed)
{
	int error = ready(db);

	if (error < 0)
		return error;
	PGresult *result = PQexec(db->connection, sql);
	ExecStatusType status = PQresultStatus(result);
	/* A script may have no statement in it. */
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
		error = refused(db, result, doing);
	else if (committed)
		*committed = strcmp(PQcmdStatus(result), "COMMIT") == 0;
	PQclear(result);
	return error;
}

static void postgresql_rollback(struct db *base)
{
	struct postgresql_db *db = self(base);

	if (!db->inside)
		return;
	/* Without a connection the server has rolled back by itself. */
	settle(db);
	if (PQstatus(db->connection) == CONNECTION_OK &&
		PQtransactionStatus(db->connection) != PQTRANS_IDLE)
		(void)execute(db, "ROLLBACK", "rollback", NULL);
	db->inside = false;
	db->wrote = false;
}

static int postgresql_begin(struct db *base, bool write)
{
	struct postgresql_db *db = self(base);

	if (db->inside) {
		log_error("store: %s: a transaction inside another", db->name);
		return -EIO;
	}
	int error = execute(db, write ? BEGIN_WRITE : BEGIN_READ, "begin", NULL);
	db->inside = true;
	db->wrote = false;
	if (error < 0)
		postgresql_rollback(base);
	return error;
}

static int postgresql_commit(struct db *base)
{
	struct postgresql_db *db = self(base);
	bool committed = false;

	int error = execute(
		db, db->wrote ? "NOTIFY " CHANNEL "; COMMIT" : "COMMIT", "commit", &committed);
	if (error < 0)
		return error;
	if (!committed) {
		/* It answers COMMIT with ROLLBACK when a statement before had failed. */
		log_error("store: %s: a failed transaction was not committed", db->name);
		error = -EIO;
	}
	db->inside = false;
	db->wrote = false;
	return error;
}

static int postgresql_script(struct db *base, const char *sql)
{
	struct postgresql_db *db = self(base);
	bool own = !db->inside;

	int error = own ? postgresql_begin(base, true) : 0;
	if (error < 0)
		return error;
	db->wrote = true;
	error = execute(db, sql, "script", NULL);
	if (own && error >= 0)
		error = postgresql_commit(base);
	if (own && error < 0)
		postgresql_rollback(base);
	return error;
}

static int postgresql_append_only(struct db *base, const char *table)
{
	autofree char *sql = NULL;

	if (asprintf(&sql,
		    "CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql "
		    "AS 'BEGIN RAISE EXCEPTION ''append only''; END';"
		    "CREATE TRIGGER %s_append_only BEFORE UPDATE OR DELETE ON %s "
		    "FOR EACH ROW EXECUTE FUNCTION append_only();"
		    "CREATE TRIGGER %s_no_truncate BEFORE TRUNCATE ON %s "
		    "FOR EACH STATEMENT EXECUTE FUNCTION append_only();",
		    table, table, table, table) < 0) {
		sql = NULL;
		return -ENOMEM;
	}
	return postgresql_script(base, sql);
}

static int postgresql_guard_transitions(struct db *base)
{
	return postgresql_script(base,
		"CREATE OR REPLACE FUNCTION legal_transition() RETURNS trigger LANGUAGE plpgsql "
		"AS 'BEGIN IF NOT EXISTS (SELECT 1 FROM transition t WHERE t.before = OLD.state "
		"AND t.after = NEW.state) THEN RAISE EXCEPTION ''not a legal transition''; "
		"END IF; RETURN NEW; END';"
		"CREATE TRIGGER complaint_transition BEFORE UPDATE OF state ON complaint "
		"FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION legal_transition();");
}

/* Statements. */

struct bound {
	Oid types[DB_ARGUMENTS_MAX];
	const char *values[DB_ARGUMENTS_MAX];
	char numbers[DB_ARGUMENTS_MAX][24];
	int count;
};

static int bind(struct bound *bound, const struct db_argument *arguments, unsigned count)
{
	if (count > DB_ARGUMENTS_MAX)
		return -E2BIG;
	bound->count = (int)count;
	for (unsigned i = 0; i < count; i++) {
		bool integer = arguments[i].type == 'i';
		bound->types[i] = integer ? INT8_OID : TEXT_OID;
		bound->values[i] = arguments[i].text;
		if (!integer)
			continue;
		snprintf(bound->numbers[i], sizeof(bound->numbers[i]), "%lld",
			(long long)arguments[i].integer);
		bound->values[i] = arguments[i].null ? NULL : bound->numbers[i];
	}
	return 0;
}

/* Sends it; its rows are read by step(). */
static int start(struct postgresql_db *db, struct postgresql_rows *rows, const struct bound *bound)
{
	char name[STATEMENT_NAME_SIZE];

	int sent;
	int known = statements_find(db, rows->sql, name);
	if (known == 0) {
		PGresult *result =
			PQprepare(db->connection, name, rows->sql, bound->count, bound->types);
		int error = PQresultStatus(result) == PGRES_COMMAND_OK
				    ? 0
				    : refused(db, result, rows->sql);
		PQclear(result);
		if (error < 0) {
			statements_drop(db, name);
			return error;
		}
	}
	if (known >= 0)
		sent = PQsendQueryPrepared(
			db->connection, name, bound->count, bound->values, NULL, NULL, 0);
	else
		sent = PQsendQueryParams(db->connection, rows->sql, bound->count, bound->types,
			bound->values, NULL, NULL, 0);
	if (sent != 1)
		return PQstatus(db->connection) == CONNECTION_BAD ? connection_lost(db) : -ENOMEM;
	PQsetSingleRowMode(db->connection);
	db->stream = rows;
	return 0;
}

static void postgresql_done(struct db_rows *base)
{
	struct postgresql_rows *rows = cursor(base);
	struct postgresql_db *db = self(base->db);
	PGresult *row;

	while (db->stream == rows && read_row(db, &row) > 0)
		PQclear(row);
	while (rows->taken < rows->kept)
		PQclear(rows->rest[rows->taken++]);
	PQclear(rows->row);
	free(rows->rest);
	free(rows);
}

/* A single statement that writes waits for its turn and wakes others like any transaction. */
static int run_alone(
	struct postgresql_db *db, struct postgresql_rows *rows, const struct bound *bound)
{
	int error = postgresql_begin(&db->db, true);

	if (error < 0)
		return error;
	db->wrote = true;
	error = start(db, rows, bound);
	if (error >= 0) {
		settle(db);
		error = rows->failure;
	}
	if (error >= 0)
		error = postgresql_commit(&db->db);
	if (error < 0)
		postgresql_rollback(&db->db);
	return error;
}

static int postgresql_query(struct db *base, const char *sql, const struct db_argument *arguments,
	unsigned count, struct db_rows **out)
{
	struct postgresql_db *db = self(base);
	bool reads = strncmp(sql, "SELECT", 6) == 0;
	struct bound bound;

	int error = bind(&bound, arguments, count);
	if (error < 0)
		return error;
	struct postgresql_rows *rows = calloc(1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	rows->rows.db = base;
	rows->sql = sql;
	if (!reads && !db->inside) {
		error = run_alone(db, rows, &bound);
	} else {
		db->wrote = db->wrote || !reads;
		error = ready(db);
		if (error >= 0)
			error = start(db, rows, &bound);
	}
	if (error < 0) {
		postgresql_done(&rows->rows);
		return error;
	}
	*out = &rows->rows;
	return 0;
}

static int postgresql_step(struct db_rows *base)
{
	struct postgresql_rows *rows = cursor(base);
	struct postgresql_db *db = self(base->db);

	PQclear(rows->row);
	rows->row = NULL;
	if (rows->taken < rows->kept) {
		rows->row = rows->rest[rows->taken++];
		return 1;
	}
	return db->stream == rows ? read_row(db, &rows->row) : rows->failure;
}

static int64_t postgresql_changes(struct db_rows *rows)
{
	return cursor(rows)->changes;
}

static const char *postgresql_text(struct db_rows *base, int column)
{
	const PGresult *row = cursor(base)->row;

	if (!row || PQgetisnull(row, 0, column))
		return NULL;
	const char *text = PQgetvalue(row, 0, column);
	if (PQftype(row, column) != BOOL_OID)
		return text;
	return *text == 't' ? "1" : "0"; /* as SQLite, which has no other truth */
}

static int64_t postgresql_integer(struct db_rows *rows, int column)
{
	const char *text = postgresql_text(rows, column);

	return text ? strtoll(text, NULL, 10) : 0;
}

/* The whole. */

static int postgresql_check(struct db *base, char **fault)
{
	static const char *const looks[] = {
		"SELECT 'pages with a wrong checksum: restore a backup' FROM pg_stat_database "
		"WHERE datname = current_database() AND checksum_failures > 0",
		"SELECT 'index ' || indexrelid::regclass || ' is not usable: REINDEX it' "
		"FROM pg_index WHERE NOT indisvalid LIMIT 1",
		"SELECT 'trigger ' || tgname || ' of ' || tgrelid::regclass || ' is switched off' "
		"FROM pg_trigger WHERE tgenabled <> 'O' LIMIT 1",
		"SELECT 'constraint ' || conname || ' was never checked' FROM pg_constraint "
		"WHERE NOT convalidated LIMIT 1",
	};

	*fault = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(looks); i++) {
		int error = db_one_text(base, looks[i], fault);
		if (error < 0 || *fault)
			return error < 0 ? error : -EBADMSG;
	}
	return 0;
}

/* Dead rows go; their bytes until a page is used again, and in the WAL, nobody can promise. */
static int postgresql_forget(struct db *base)
{
	autofree char *vacuum = NULL;

	int error = db_one_text(base,
		"SELECT 'VACUUM (SKIP_LOCKED) ' || string_agg(format('%I', tablename), ', ') "
		"FROM pg_tables WHERE schemaname = current_schema() "
		"AND tablename LIKE '%!_personal' ESCAPE '!'",
		&vacuum);
	if (error < 0 || !vacuum)
		return error < 0 ? error : 0;
	return execute(self(base), vacuum, "vacuum", NULL);
}

static int postgresql_load(
	struct db *base, int (*fill)(struct db *db, void *context), void *context)
{
	autofree char *quiet = NULL, *loud = NULL, *off = NULL, *on = NULL;

	/* Foreign keys go and come back, which checks them all, in the same transaction. */
	int error = db_one_text(base,
		"SELECT string_agg(format('ALTER TABLE %s DROP CONSTRAINT %I;', "
		"conrelid::regclass, conname), '') FROM pg_constraint WHERE contype = 'f' "
		"AND connamespace = current_schema()::regnamespace",
		&quiet);
	if (error >= 0)
		error = db_one_text(base,
			"SELECT string_agg(format('ALTER TABLE %s ADD CONSTRAINT %I %s;', "
			"conrelid::regclass, conname, pg_get_constraintdef(oid)), '') "
			"FROM pg_constraint WHERE contype = 'f' "
			"AND connamespace = current_schema()::regnamespace",
			&loud);
	if (error >= 0)
		error = db_one_text(base,
			"SELECT string_agg(format('ALTER TABLE %I DISABLE TRIGGER USER;', "
			"tablename), '') FROM pg_tables WHERE schemaname = current_schema()",
			&off);
	if (error >= 0)
		error = db_one_text(base,
			"SELECT string_agg(format('ALTER TABLE %I ENABLE TRIGGER USER;', "
			"tablename), '') FROM pg_tables WHERE schemaname = current_schema()",
			&on);
	if (error >= 0)
		error = postgresql_script(base, quiet ? quiet : "");
	if (error >= 0)
		error = postgresql_script(base, off ? off : "");
	if (error >= 0)
		error = fill(base, context);
	if (error >= 0)
		error = postgresql_script(base, on ? on : "");
	if (error >= 0)
		error = postgresql_script(base, loud ? loud : "");
	return error;
}

static int postgresql_backup(struct db *base, const char *path)
{
	return copy_to_file(base, path);
}

static int postgresql_open(const char *location, bool create, struct db **out)
{
	autodb struct db *base = NULL;
	autofree char *there = NULL;
	struct postgresql_db *db = calloc(1, sizeof(*db));

	if (!db)
		return -ENOMEM;
	db->db.ops = &db_postgresql;
	db->watch = db->retry_timer = -1;
	base = &db->db;
	int error = postgresql_address(db, location);
	if (error >= 0)
		error = postgresql_connect(db, &db->connection);
	if (error >= 0 && !create)
		error = db_one_text(base, "SELECT to_regclass('schema_version')::text", &there);
	if (error >= 0 && !create && !there)
		error = -ENOENT;
	if (error < 0)
		return error;
	*out = take_pointer(base);
	return 0;
}

const struct db_ops db_postgresql = {
	.scheme = "postgresql",
	.columns = "SELECT c.table_name, c.column_name, CASE c.data_type WHEN 'bigint' THEN 'i' "
		   "ELSE 't' END FROM information_schema.columns c "
		   "JOIN information_schema.tables t ON t.table_schema = c.table_schema "
		   "AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE' "
		   "WHERE c.table_schema = current_schema() "
		   "ORDER BY c.table_name, c.ordinal_position",
	.open = postgresql_open,
	.close = postgresql_close,
	.begin = postgresql_begin,
	.commit = postgresql_commit,
	.rollback = postgresql_rollback,
	.script = postgresql_script,
	.append_only = postgresql_append_only,
	.guard_transitions = postgresql_guard_transitions,
	.query = postgresql_query,
	.step = postgresql_step,
	.changes = postgresql_changes,
	.integer = postgresql_integer,
	.text = postgresql_text,
	.done = postgresql_done,
	.watch_fd = postgresql_watch_fd,
	.changed = postgresql_changed,
	.load = postgresql_load,
	.backup = postgresql_backup,
	.forget = postgresql_forget,
	.check = postgresql_check,
};
