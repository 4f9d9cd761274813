/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/log.h"
#include "store/internal.h"

/* SQLite has a code for a full card only where it writes; making a file larger fails otherwise. */
static bool is_full(struct store *store, int code)
{
	int error = sqlite3_system_errno(store->db);

	return (code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE ||
	       ((code & 0xff) == SQLITE_IOERR && (error == ENOSPC || error == EDQUOT));
}

int store_failed(struct store *store, int code, const char *doing)
{
	if (is_full(store, code)) {
		log_error("database: no room left while %s: free space on its file system", doing);
		return -ENOSPC;
	}
	switch (code & 0xff) {
	case SQLITE_CONSTRAINT:
		/* The caller knows whether this is wrong or just "already there". */
		return -EEXIST;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		store->corrupt = true;
		log_error("database: damaged (%s) while %s: it is set aside and rebuilt at the "
			  "next start",
			sqlite3_errmsg(store->db), doing);
		return -EIO;
	default:
		log_error("database: %s while %s (code %d): check the SD card",
			sqlite3_errmsg(store->db), doing, code);
		return -EIO;
	}
}

/* The statement for this literal: one from the cache that isn't running, else a new one. */
static int store_prepare(struct store *store, sqlite3_stmt **out, const char *sql)
{
	for (size_t i = 0; i < store->statement_count; i++) {
		struct cached_statement *cached = &store->statements[i];
		if (cached->sql == sql && !sqlite3_stmt_busy(cached->statement)) {
			/* One that ran to its end may not have been given back yet. */
			(void)sqlite3_reset(cached->statement);
			*out = cached->statement;
			return 0;
		}
	}
	struct cached_statement *grown = reallocarray(
		store->statements, store->statement_count + 1, sizeof(*store->statements));
	if (!grown)
		return -ENOMEM;
	store->statements = grown;
	int code = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
	if (code != SQLITE_OK)
		return store_failed(store, code, sql);
	grown[store->statement_count++] = (struct cached_statement) { sql, *out };
	return 0;
}

static int store_bind(
	struct store *store, sqlite3_stmt *statement, const char *types, va_list values)
{
	int code = SQLITE_OK;

	for (int i = 0; types[i] && code == SQLITE_OK; i++) {
		switch (types[i]) {
		case 'i':
			code = sqlite3_bind_int64(statement, i + 1, va_arg(values, int64_t));
			break;
		case 't':
			code = sqlite3_bind_text(statement, i + 1, va_arg(values, const char *), -1,
				SQLITE_TRANSIENT);
			break;
		case 'b': {
			const void *data = va_arg(values, const void *);
			size_t size = va_arg(values, size_t);
			code = sqlite3_bind_blob64(statement, i + 1, data, size, SQLITE_TRANSIENT);
			break;
		}
		default:
			return -EINVAL;
		}
	}
	return code == SQLITE_OK ? 0 : store_failed(store, code, "binding values");
}

static int store_query_list(
	struct store *store, sqlite3_stmt **out, const char *sql, const char *types, va_list values)
{
	int error = store_prepare(store, out, sql);

	if (error < 0)
		return error;
	error = store_bind(store, *out, types, values);
	if (error < 0) {
		store_done(*out);
		*out = NULL;
	}
	return error;
}

int store_query(struct store *store, sqlite3_stmt **out, const char *sql, const char *types, ...)
{
	va_list values;

	va_start(values, types);
	int error = store_query_list(store, out, sql, types, values);
	va_end(values);
	return error;
}

int store_run(struct store *store, const char *sql, const char *types, ...)
{
	autostatement sqlite3_stmt *statement = NULL;
	va_list values;

	va_start(values, types);
	int error = store_query_list(store, &statement, sql, types, values);
	va_end(values);
	if (error < 0)
		return error;
	do
		error = store_step(store, statement);
	while (error > 0);
	return error < 0 ? error : sqlite3_changes(store->db);
}

int store_step(struct store *store, sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);

	if (code == SQLITE_ROW)
		return 1;
	if (code == SQLITE_DONE)
		return 0;
	return store_failed(store, code, sqlite3_sql(statement));
}

void store_done(sqlite3_stmt *statement)
{
	/* The result of reset repeats the step's error, which was reported then. */
	(void)sqlite3_reset(statement);
	(void)sqlite3_clear_bindings(statement);
}

int store_value(struct store *store, int64_t *value, const char *sql, const char *types, ...)
{
	autostatement sqlite3_stmt *statement = NULL;
	va_list values;

	va_start(values, types);
	int error = store_query_list(store, &statement, sql, types, values);
	va_end(values);
	if (error < 0)
		return error;
	error = store_step(store, statement);
	if (error <= 0)
		return error;
	*value = sqlite3_column_int64(statement, 0);
	return 1;
}

char *store_column_copy(sqlite3_stmt *statement, int column)
{
	const char *text = (const char *)sqlite3_column_text(statement, column);

	return text ? strdup(text) : NULL;
}
