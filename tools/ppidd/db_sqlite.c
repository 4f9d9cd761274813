/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The SQLite backend. Commits of other processes are seen through inotify on the WAL. */
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "base/log.h"
#include "tools/ppidd/db.h"

#define CACHE_SIZE 512
#define BUSY_MS 5000
#define PERMISSIONS 0640
/* Written anew as a whole in about a second; a larger one only when a person wants it. */
#define VACUUM_MOST (INT64_C(64) << 20)

struct sqlite_rows {
	struct db_rows rows;
	sqlite3_stmt *statement;
	const char *sql;
	bool cached;
	bool used;
};

struct sqlite_db {
	struct db db;
	sqlite3 *handle;
	char *path;
	int watch;
	int64_t seen_version;
	struct sqlite_rows cache[CACHE_SIZE];
};

static struct sqlite_db *self(struct db *db)
{
	return (struct sqlite_db *)db;
}

static struct sqlite_rows *cursor(struct db_rows *rows)
{
	return (struct sqlite_rows *)rows;
}

static int refused(struct sqlite_db *db, int code, const char *doing)
{
	if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED)
		return -EBUSY;
	if ((code & 0xff) == SQLITE_NOMEM)
		return -ENOMEM;
	log_error("store: %s: %s: %s", db->path, doing,
		db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code));
	return (code & 0xff) == SQLITE_FULL ? -ENOSPC : -EIO;
}

static int sqlite_script(struct db *base, const char *sql)
{
	struct sqlite_db *db = self(base);

	int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? 0 : refused(db, code, "script");
}

static void sqlite_close(struct db *base)
{
	struct sqlite_db *db = self(base);

	for (unsigned i = 0; i < CACHE_SIZE; i++)
		sqlite3_finalize(db->cache[i].statement);
	sqlite3_close_v2(db->handle);
	if (db->watch >= 0)
		close(db->watch);
	free(db->path);
	free(db);
}

static int data_version(struct sqlite_db *db, int64_t *version)
{
	sqlite3_stmt *statement = NULL;

	int code = sqlite3_prepare_v2(db->handle, "PRAGMA data_version", -1, &statement, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	if (code == SQLITE_ROW)
		*version = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return code == SQLITE_ROW ? 0 : refused(db, code, "data_version");
}

static int open_handle(struct sqlite_db *db, bool create)
{
	int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);

	int code = sqlite3_open_v2(db->path, &db->handle, flags, NULL);
	if (code != SQLITE_OK)
		return refused(db, code, "open (is the folder there and writable?)");
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, BUSY_MS);
	/* FULL: with NORMAL a power cut takes the last commits along, and they were acknowledged.
	 */
	return sqlite_script(&db->db, "PRAGMA journal_mode = WAL;"
				      "PRAGMA synchronous = FULL;"
				      "PRAGMA foreign_keys = ON;"
				      "PRAGMA secure_delete = ON;"
				      "PRAGMA trusted_schema = OFF;");
}

static int sqlite_open(const char *location, bool create, struct db **out)
{
	if (!*location) {
		log_error("store: the URL names no file: write sqlite:/var/lib/ppidd/ppidd.db");
		return -EINVAL;
	}
	if (!create && access(location, F_OK) < 0)
		return -errno;
	struct sqlite_db *db = calloc(1, sizeof(*db));
	if (!db)
		return -ENOMEM;
	db->db.ops = &db_sqlite;
	db->watch = -1;
	db->path = strdup(location);
	int error = db->path ? 0 : -ENOMEM;
	if (error >= 0) {
		/* It holds names and numbers: nobody else may read what we create. */
		mode_t mask = umask(0777 & ~PERMISSIONS);
		error = open_handle(db, create);
		umask(mask);
	}
	if (error < 0) {
		sqlite_close(&db->db);
		return error;
	}
	*out = &db->db;
	return 0;
}

static int sqlite_begin(struct db *base, bool write)
{
	return sqlite_script(base, write ? "BEGIN IMMEDIATE" : "BEGIN");
}

static int sqlite_commit(struct db *base)
{
	return sqlite_script(base, "COMMIT");
}

static void sqlite_rollback(struct db *base)
{
	if (!sqlite3_get_autocommit(self(base)->handle))
		(void)sqlite_script(base, "ROLLBACK");
}

static int sqlite_append_only(struct db *base, const char *table)
{
	char *sql = sqlite3_mprintf("CREATE TRIGGER \"%w_no_update\" BEFORE UPDATE ON \"%w\" "
				    "BEGIN SELECT RAISE (ABORT, 'append only'); END;"
				    "CREATE TRIGGER \"%w_no_delete\" BEFORE DELETE ON \"%w\" "
				    "BEGIN SELECT RAISE (ABORT, 'append only'); END;",
		table, table, table, table);

	if (!sql)
		return -ENOMEM;
	int error = sqlite_script(base, sql);
	sqlite3_free(sql);
	return error;
}

static int sqlite_guard_transitions(struct db *base)
{
	return sqlite_script(base, "CREATE TRIGGER complaint_transition "
				   "BEFORE UPDATE OF state ON complaint "
				   "WHEN NEW.state <> OLD.state AND NOT EXISTS (SELECT 1 FROM "
				   "transition WHERE before = OLD.state AND after = NEW.state) "
				   "BEGIN SELECT RAISE (ABORT, 'not a legal transition'); END;");
}

/* A statement of the cache by its text's address, which nearly always is a literal's, and its text,
 * for it may be another's by now. */
static struct sqlite_rows *take_cached(struct sqlite_db *db, const char *sql)
{
	for (unsigned i = 0; i < CACHE_SIZE; i++) {
		struct sqlite_rows *rows = &db->cache[i];
		if (rows->used)
			continue;
		if (!rows->sql ||
			(rows->sql == sql && strcmp(sqlite3_sql(rows->statement), sql) == 0))
			return rows;
	}
	return NULL;
}

/* NULL and in *error why not. */
static struct sqlite_rows *prepare(struct sqlite_db *db, const char *sql, int *error)
{
	struct sqlite_rows *rows = take_cached(db, sql);
	bool cached = rows != NULL;

	if (!rows)
		rows = calloc(1, sizeof(*rows));
	if (!rows) {
		*error = -ENOMEM;
		return NULL;
	}
	rows->rows.db = &db->db;
	rows->cached = cached;
	if (!rows->statement) {
		int code = sqlite3_prepare_v3(db->handle, sql, -1,
			cached ? SQLITE_PREPARE_PERSISTENT : 0, &rows->statement, NULL);
		if (code != SQLITE_OK) {
			*error = refused(db, code, sql);
			if (!cached)
				free(rows);
			return NULL;
		}
		rows->sql = sql;
	}
	rows->used = true;
	return rows;
}

static int sqlite_query(struct db *base, const char *sql, const struct db_argument *arguments,
	unsigned count, struct db_rows **out)
{
	struct sqlite_db *db = self(base);
	int error = 0;
	struct sqlite_rows *rows = prepare(db, sql, &error);

	if (!rows)
		return error;
	for (unsigned i = 0; i < count; i++) {
		const struct db_argument *argument = &arguments[i];
		char name[12];
		int code;
		snprintf(name, sizeof(name), "$%u", i + 1);
		int index = sqlite3_bind_parameter_index(rows->statement, name);
		if (argument->null)
			code = sqlite3_bind_null(rows->statement, index);
		else if (argument->type == 'i')
			code = sqlite3_bind_int64(rows->statement, index, argument->integer);
		else
			code = sqlite3_bind_text(
				rows->statement, index, argument->text, -1, SQLITE_TRANSIENT);
		if (code != SQLITE_OK) {
			error = refused(db, code, sql);
			base->ops->done(&rows->rows);
			return error;
		}
	}
	*out = &rows->rows;
	return 0;
}

static int sqlite_step(struct db_rows *rows)
{
	int code = sqlite3_step(cursor(rows)->statement);

	if (code == SQLITE_ROW)
		return 1;
	return code == SQLITE_DONE ? 0 : refused(self(rows->db), code, cursor(rows)->sql);
}

static int64_t sqlite_changes(struct db_rows *rows)
{
	return sqlite3_changes64(self(rows->db)->handle);
}

static int64_t sqlite_integer(struct db_rows *rows, int column)
{
	return sqlite3_column_int64(cursor(rows)->statement, column);
}

static const char *sqlite_text(struct db_rows *rows, int column)
{
	return (const char *)sqlite3_column_text(cursor(rows)->statement, column);
}

static void sqlite_done(struct db_rows *base)
{
	struct sqlite_rows *rows = cursor(base);

	if (rows->cached) {
		sqlite3_reset(rows->statement);
		sqlite3_clear_bindings(rows->statement);
		rows->used = false;
	} else {
		sqlite3_finalize(rows->statement);
		free(rows);
	}
}

static int sqlite_watch_fd(struct db *base)
{
	struct sqlite_db *db = self(base);

	if (db->watch >= 0)
		return db->watch;
	/* Reading makes sure that the WAL is there; it stays as long as this connection does. */
	if (data_version(db, &db->seen_version) < 0 ||
		sqlite_script(base, "SELECT count(*) FROM schema_version") < 0)
		return -1;
	autofree char *wal = NULL;
	if (asprintf(&wal, "%s-wal", db->path) < 0) {
		wal = NULL;
		return -1;
	}
	db->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (db->watch < 0 || inotify_add_watch(db->watch, wal, IN_MODIFY | IN_CLOSE_WRITE) < 0) {
		log_warning(
			"store: %s can't be watched (%s): commands of ppidctl reach kiosks late",
			wal, strerror(errno));
		if (db->watch >= 0)
			close(db->watch);
		db->watch = -1;
	}
	return db->watch;
}

static int sqlite_changed(struct db *base)
{
	struct sqlite_db *db = self(base);
	char events[4096];
	int64_t version = db->seen_version;

	while (db->watch >= 0 && read(db->watch, events, sizeof(events)) > 0)
		;
	int error = data_version(db, &version);
	if (error < 0)
		return error;
	bool changed = version != db->seen_version;
	db->seen_version = version;
	return changed ? 1 : 0;
}

static int sqlite_backup(struct db *base, const char *path)
{
	struct sqlite_db *db = self(base);
	sqlite3_stmt *statement = NULL;

	/* VACUUM INTO reads one snapshot, needs no writer to stop and refuses an existing file. */
	mode_t mask = umask(0777 & ~PERMISSIONS);
	int code = sqlite3_prepare_v2(db->handle, "VACUUM INTO ?", -1, &statement, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	umask(mask);
	int error = code == SQLITE_DONE ? 0 : refused(db, code, "backup");
	sqlite3_finalize(statement);
	return error;
}

static int sqlite_load(struct db *base, int (*fill)(struct db *db, void *context), void *context)
{
	autofree char *off = NULL, *on = NULL;

	int error = db_one_text(base,
		"SELECT group_concat('DROP TRIGGER \"' || name || '\";', '') FROM sqlite_master "
		"WHERE type = 'trigger'",
		&off);
	if (error >= 0)
		error = db_one_text(base,
			"SELECT group_concat(sql || ';', '') FROM sqlite_master "
			"WHERE type = 'trigger'",
			&on);
	/* Until the end of the transaction, whose commit checks them. */
	if (error >= 0)
		error = sqlite_script(base, "PRAGMA defer_foreign_keys = ON");
	if (error >= 0 && off)
		error = sqlite_script(base, off);
	if (error >= 0)
		error = fill(base, context);
	if (error >= 0 && on)
		error = sqlite_script(base, on);
	return error;
}

static int64_t pragma_number(struct sqlite_db *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int64_t value = 0;

	if (sqlite3_prepare_v2(db->handle, sql, -1, &statement, NULL) == SQLITE_OK &&
		sqlite3_step(statement) == SQLITE_ROW)
		value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return value;
}

/*
 * secure_delete overwrites what is deleted, but rows that moved between pages before left copies
 * in the pages' free room: only writing all anew is sure to lose those. The WAL is cut to nothing.
 */
static int sqlite_forget(struct db *base)
{
	struct sqlite_db *db = self(base);
	int64_t size =
		pragma_number(db, "PRAGMA page_count") * pragma_number(db, "PRAGMA page_size");
	int code = SQLITE_OK, error = 0;

	/* Whoever reads just now isn't waited for. */
	sqlite3_busy_timeout(db->handle, 0);
	if (size > VACUUM_MOST)
		log_notice("store: %s is too large to be written anew by itself: traces of what "
			   "was erased may stay in its free room until somebody runs "
			   "'sqlite3 %s VACUUM' in a quiet hour",
			db->path, db->path);
	else
		error = sqlite_script(base, "PRAGMA temp_store = MEMORY; VACUUM;");
	if (error >= 0)
		code = sqlite3_wal_checkpoint_v2(
			db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	if (code != SQLITE_OK)
		error = refused(db, code, "checkpoint");
	sqlite3_busy_timeout(db->handle, BUSY_MS);
	return error;
}

static int sqlite_check(struct db *base, char **fault)
{
	struct sqlite_db *db = self(base);
	sqlite3_stmt *statement = NULL;
	int result;

	int code =
		sqlite3_prepare_v2(db->handle, "PRAGMA integrity_check(1)", -1, &statement, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	if (code != SQLITE_ROW) {
		*fault = strdup(sqlite3_errmsg(db->handle));
		result = *fault ? -EBADMSG : -ENOMEM;
	} else {
		const char *word = (const char *)sqlite3_column_text(statement, 0);
		result = word && strcmp(word, "ok") == 0 ? 0 : -EBADMSG;
		if (result < 0) {
			*fault = strdup(word ? word : "integrity check failed");
			result = *fault ? -EBADMSG : -ENOMEM;
		}
	}
	sqlite3_finalize(statement);
	return result;
}

const struct db_ops db_sqlite = {
	.scheme = "sqlite",
	.columns = "SELECT m.name, c.name, CASE c.type WHEN 'BIGINT' THEN 'i' ELSE 't' END "
		   "FROM sqlite_master m JOIN pragma_table_info(m.name) c "
		   "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!' "
		   "ORDER BY m.name, c.cid",
	.open = sqlite_open,
	.close = sqlite_close,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.script = sqlite_script,
	.append_only = sqlite_append_only,
	.guard_transitions = sqlite_guard_transitions,
	.query = sqlite_query,
	.step = sqlite_step,
	.changes = sqlite_changes,
	.integer = sqlite_integer,
	.text = sqlite_text,
	.done = sqlite_done,
	.watch_fd = sqlite_watch_fd,
	.changed = sqlite_changed,
	.load = sqlite_load,
	.backup = sqlite_backup,
	.forget = sqlite_forget,
	.check = sqlite_check,
};
