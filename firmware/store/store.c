/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>

#include "base/log.h"
#include "store/internal.h"

/* clang-format off */
static const unsigned char migration_1[] = {
#include "gen/firmware/store/migrations/001.sql.inc"
	0
};
static const unsigned char migration_2[] = {
#include "gen/firmware/store/migrations/002.sql.inc"
	0
};
static const unsigned char migration_3[] = {
#include "gen/firmware/store/migrations/003.sql.inc"
	0
};
static const unsigned char migration_4[] = {
#include "gen/firmware/store/migrations/004.sql.inc"
	0
};
static const unsigned char migration_5[] = {
#include "gen/firmware/store/migrations/005.sql.inc"
	0
};
static const unsigned char migration_6[] = {
#include "gen/firmware/store/migrations/006.sql.inc"
	0
};
/* clang-format on */

/* Entry N brings a database from version N to N + 1. */
static const unsigned char *const migrations[] = { migration_1, migration_2, migration_3,
	migration_4, migration_5, migration_6 };

#define VERSION ((int64_t)ARRAY_SIZE(migrations))

static int store_execute(struct store *store, const char *sql, const char *doing)
{
	int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? 0 : store_failed(store, code, doing);
}

static int store_version(struct store *store, int64_t *version)
{
	int found = store_value(store, version, "PRAGMA user_version", "");

	return found < 0 ? found : found == 1 ? 0 : -EIO;
}

int store_connect(const char *path, int flags, struct store **out)
{
	autostore struct store *store = calloc(1, sizeof(*store));

	if (!store)
		return -ENOMEM;
	store->lock = -1;
	int code = sqlite3_open_v2(path, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (code == SQLITE_CANTOPEN) {
		log_error("database %s can't be opened: check that its folder exists and is ours",
			path);
		return -ENOENT;
	}
	if (code != SQLITE_OK) {
		(void)store_failed(store, code, "opening the database");
		return -EIO;
	}
	sqlite3_extended_result_codes(store->db, 1);
	/* Nobody else writes; a reader that checkpoints may hold us up for a moment. */
	sqlite3_busy_timeout(store->db, 5000);
	*out = take_pointer(store);
	return 0;
}

/* Only the writer chooses how the file is kept: FULL, since NORMAL loses commits at a power cut. */
static int store_configure(struct store *store)
{
	return store_execute(store,
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
		"PRAGMA cache_size = -1024; PRAGMA journal_size_limit = 4194304;"
		"PRAGMA secure_delete = ON;",
		"configuring the database");
}

int store_take_lock(const char *path, int *lock)
{
	autofree char *name = NULL;

	if (asprintf(&name, "%s.lock", path) < 0)
		return -ENOMEM;
	autoclose int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0) {
		int error = -errno;
		log_error(
			"%s: %s: check that its folder exists and is ours", name, strerror(-error));
		return error;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		log_error("%s is in use: another kotakd is running on this database", path);
		return -EBUSY;
	}
	*lock = fd;
	fd = -1;
	return 0;
}

int store_migrate(struct store *store)
{
	int64_t version = 0;
	int error = store_version(store, &version);

	if (error < 0)
		return error;
	if (version > VERSION) {
		log_error("database is of version %lld, this program knows %lld: install the newer "
			  "program again",
			(long long)version, (long long)VERSION);
		return -EPROTO;
	}
	for (; version < VERSION; version++) {
		char stamp[48];

		error = store_begin(store);
		if (error < 0)
			return error;
		snprintf(
			stamp, sizeof(stamp), "PRAGMA user_version = %lld", (long long)version + 1);
		error = store_execute(
			store, (const char *)migrations[version], "migrating the database");
		if (error == 0)
			error = store_execute(store, stamp, "migrating the database");
		if (error == 0)
			error = store_commit(store);
		if (error < 0) {
			store_rollback(store);
			return error;
		}
		log_notice("database brought to version %lld", (long long)version + 1);
	}
	return 0;
}

/* 1 when the file is whole (or new), 0 when it is damaged. */
static int store_check(struct store *store)
{
	autostatement sqlite3_stmt *statement = NULL;
	int error = store_query(store, &statement, "PRAGMA quick_check (1)", "");

	if (error == 0)
		error = store_step(store, statement);
	if (store->corrupt)
		return 0;
	if (error <= 0)
		return error < 0 ? error : 0;
	const char *verdict = (const char *)sqlite3_column_text(statement, 0);
	return verdict && strcmp(verdict, "ok") == 0;
}

int store_open(const char *path, unsigned kiosk, struct store **out)
{
	autostore struct store *store = NULL;
	int lock = -1;
	int error = store_take_lock(path, &lock);

	if (error < 0)
		return error;
	error = store_succeed(path, "replaced");
	if (error == 0)
		error = store_connect(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &store);
	if (error == 0 && store_check(store) == 0) {
		log_error("database %s is damaged: setting it aside and rebuilding", path);
		store_close(take_pointer(store));
		error = store_salvage(path, kiosk);
		if (error == 0)
			error = store_connect(
				path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &store);
	}
	if (!store) {
		close(lock);
		return error;
	}
	store->lock = lock;
	store->kiosk = kiosk;
	if (error == 0)
		error = store_configure(store);
	if (error == 0)
		error = store_migrate(store);
	if (error == 0)
		*out = take_pointer(store);
	return error;
}

int store_open_read(const char *path, struct store **out)
{
	autostore struct store *store = NULL;
	int64_t version = 0;

	if (access(path, F_OK) < 0)
		return -errno;
	/* Opened for writing where possible, since a reader may have to make the WAL's index. */
	int flags = access(path, W_OK) == 0 ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	int error = store_connect(path, flags, &store);
	if (error == 0)
		error = store_execute(store, "PRAGMA query_only = ON", "opening the database");
	if (error == 0)
		error = store_version(store, &version);
	if (error < 0)
		return error;
	if (version != VERSION) {
		log_error("database is of version %lld, this program knows %lld: %s",
			(long long)version, (long long)VERSION,
			version > VERSION ? "install this program as new as kotakd"
					  : "start kotakd once to bring it up to date");
		return -EPROTO;
	}
	*out = take_pointer(store);
	return 0;
}

bool store_damaged(const struct store *store)
{
	return store->corrupt;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < store->statement_count; i++)
		sqlite3_finalize(store->statements[i].statement);
	free(store->statements);
	sqlite3_close(store->db);
	if (store->lock >= 0)
		close(store->lock);
	free(store);
}

int store_begin(struct store *store)
{
	return store_execute(store, "BEGIN IMMEDIATE", "beginning a step");
}

int store_commit(struct store *store)
{
	int error = store_execute(store, "COMMIT", "committing a step");

	if (error < 0)
		store_rollback(store);
	return error;
}

void store_rollback(struct store *store)
{
	/* Some errors have rolled back already. */
	if (!sqlite3_get_autocommit(store->db))
		(void)store_execute(store, "ROLLBACK", "undoing a step");
}

int store_savepoint(struct store *store)
{
	return store_execute(store, "SAVEPOINT item", "beginning an item");
}

int store_release(struct store *store)
{
	return store_execute(store, "RELEASE item", "ending an item");
}

void store_undo(struct store *store)
{
	if (!sqlite3_get_autocommit(store->db))
		(void)store_execute(store, "ROLLBACK TO item; RELEASE item", "undoing an item");
}

int store_setting(struct store *store, const char *name, int64_t *value)
{
	return store_value(store, value,
		"SELECT CAST (value AS INTEGER) FROM setting WHERE name = ?", "t", name);
}

int store_setting_put(struct store *store, const char *name, int64_t value)
{
	int changed = store_run(store,
		"INSERT INTO setting (name, value) VALUES (?1, CAST (?2 AS TEXT))"
		" ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		"ti", name, value);

	return changed < 0 ? changed : 0;
}

int store_setting_put_text(struct store *store, const char *name, const char *value)
{
	return store_none(store_run(store,
		"INSERT INTO setting (name, value) VALUES (?1, ?2)"
		" ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		"tt", name, value));
}
