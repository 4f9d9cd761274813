/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/db.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

static const struct db_ops *const backends[] = { &db_sqlite, &db_postgresql };

const struct db_ops *db_backend(const char *url, const char **location)
{
	for (size_t i = 0; i < ARRAY_SIZE(backends); i++) {
		size_t length = strlen(backends[i]->scheme);
		if (strncmp(url, backends[i]->scheme, length) == 0 && url[length] == ':') {
			*location = url + length + 1;
			return backends[i];
		}
	}
	return NULL;
}

static int open_url(const char *url, bool create, struct db **out)
{
	const char *location;
	const struct db_ops *backend = db_backend(url, &location);
	autodb struct db *db = NULL;

	if (!backend)
		return -EPROTONOSUPPORT;
	int error = backend->open(location, create, &db);
	if (error < 0)
		return error;
	error = schema_update(db);
	if (error < 0)
		return error;
	*out = take_pointer(db);
	return 0;
}

int db_open(const char *url, struct db **out)
{
	return open_url(url, true, out);
}

int db_open_existing(const char *url, struct db **out)
{
	return open_url(url, false, out);
}

void db_close(struct db *db)
{
	if (db)
		db->ops->close(db);
}

int db_begin(struct db *db)
{
	return db->ops->begin(db, true);
}

int db_begin_read(struct db *db)
{
	return db->ops->begin(db, false);
}

int db_commit(struct db *db)
{
	int error = db->ops->commit(db);

	if (error < 0)
		db->ops->rollback(db);
	return error;
}

void db_rollback(struct db *db)
{
	db->ops->rollback(db);
}

int db_end(struct db *db, int result)
{
	if (result < 0) {
		db_rollback(db);
		return result;
	}
	int error = db_commit(db);
	return error < 0 ? error : result;
}

static int query_list(
	struct db *db, struct db_rows **out, const char *sql, const char *types, va_list list)
{
	struct db_argument arguments[DB_ARGUMENTS_MAX];
	unsigned count = 0;

	if (strlen(types) > DB_ARGUMENTS_MAX)
		return -E2BIG;
	for (; types[count]; count++) {
		arguments[count] = (struct db_argument) { .type = types[count] };
		if (types[count] == 'i')
			arguments[count].integer = va_arg(list, int64_t);
		else
			arguments[count].text = va_arg(list, const char *);
	}
	return db->ops->query(db, sql, arguments, count, out);
}

int db_query(struct db *db, struct db_rows **out, const char *sql, const char *types, ...)
{
	va_list list;

	va_start(list, types);
	int error = query_list(db, out, sql, types, list);
	va_end(list);
	return error;
}

int db_run(struct db *db, const char *sql, const char *types, ...)
{
	autorows struct db_rows *rows = NULL;
	va_list list;

	va_start(list, types);
	int result = query_list(db, &rows, sql, types, list);
	va_end(list);
	if (result < 0)
		return result;
	do
		result = db_step(rows);
	while (result > 0);
	return result < 0 ? result : (int)db->ops->changes(rows);
}

int db_one_text(struct db *db, const char *sql, char **out)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows, sql, "");
	if (result >= 0)
		result = db_step(rows);
	if (result > 0 && db_text(rows, 0)) {
		*out = strdup(db_text(rows, 0));
		if (!*out)
			result = -ENOMEM;
	}
	return result < 0 ? result : 0;
}

int db_step(struct db_rows *rows)
{
	return rows->db->ops->step(rows);
}

int64_t db_integer(struct db_rows *rows, int column)
{
	return rows->db->ops->integer(rows, column);
}

const char *db_text(struct db_rows *rows, int column)
{
	return rows->db->ops->text(rows, column);
}

const char *db_words(struct db_rows *rows, int column)
{
	const char *text = db_text(rows, column);

	return text ? text : "";
}

void db_done(struct db_rows *rows)
{
	if (rows)
		rows->db->ops->done(rows);
}
