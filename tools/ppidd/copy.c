/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "base/log.h"
#include "tools/ppidd/enter.h"

#define PERMISSIONS 0600

struct copy {
	struct db *from;
	json_t *tables; /* {table: {column: "i" or "t"}}, in the order of both */
};

/* {table: {column: "i" or "t"}} */
static int read_tables(struct db *db, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	json_t *tables = json_object();

	int result = db_query(db, &rows, db->ops->columns, "");
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *columns = json_object_get(tables, db_words(rows, 0));
		if (!columns) {
			columns = json_object();
			if (json_object_set_new(tables, db_words(rows, 0), columns) < 0)
				result = -ENOMEM;
		}
		if (result >= 0 && json_object_set_new(columns, db_words(rows, 1),
					   json_string(db_words(rows, 2))) < 0)
			result = -ENOMEM;
	}
	if (result < 0)
		json_decref(tables);
	else
		*out = tables;
	return result;
}

/* The two statements that read and write a table's rows. */
static int make_statements(const char *table, json_t *columns, char **reading, char **writing)
{
	autofree char *names = NULL, *places = NULL;
	size_t size;
	const char *column;
	json_t *type;
	unsigned number = 0;

	FILE *name_list = open_memstream(&names, &size);
	FILE *place_list = open_memstream(&places, &size);
	if (name_list && place_list) {
		json_object_foreach (columns, column, type) {
			const char *comma = number++ > 0 ? ", " : "";
			fprintf(name_list, "%s\"%s\"", comma, column);
			fprintf(place_list, "%s$%u", comma, number);
		}
	}
	int failed = !name_list || !place_list || number > DB_ARGUMENTS_MAX;
	failed |= name_list && fclose(name_list) != 0;
	failed |= place_list && fclose(place_list) != 0;
	if (failed)
		return number > DB_ARGUMENTS_MAX ? -E2BIG : -ENOMEM;
	if (asprintf(reading, "SELECT %s FROM \"%s\"", names, table) < 0) {
		*reading = NULL;
		return -ENOMEM;
	}
	if (asprintf(writing, "INSERT INTO \"%s\" (%s) VALUES (%s)", table, names, places) < 0) {
		*writing = NULL;
		return -ENOMEM;
	}
	return 0;
}

static int copy_row(struct db *to, const char *writing, struct db_rows *row, json_t *columns)
{
	struct db_argument arguments[DB_ARGUMENTS_MAX];
	autorows struct db_rows *written = NULL;
	unsigned count = 0;
	const char *column;
	json_t *type;

	json_object_foreach (columns, column, type) {
		const char *text = db_text(row, (int)count);
		bool integer = strcmp(json_string_value(type), "i") == 0;
		arguments[count] = (struct db_argument) { .type = integer ? 'i' : 't',
			.null = integer && !text,
			.integer = integer ? db_integer(row, (int)count) : 0,
			.text = text };
		count++;
	}
	int error = to->ops->query(to, writing, arguments, count, &written);
	return error < 0 ? error : db_step(written);
}

static int copy_table(struct copy *copy, struct db *to, const char *table, json_t *columns)
{
	autorows struct db_rows *rows = NULL;
	autofree char *reading = NULL, *writing = NULL, *emptying = NULL;

	int result = make_statements(table, columns, &reading, &writing);
	if (result < 0)
		return result;
	/* What migrations put there is in the copy too. */
	if (asprintf(&emptying, "DELETE FROM \"%s\"", table) < 0) {
		emptying = NULL;
		return -ENOMEM;
	}
	result = db_run(to, emptying, "");
	if (result >= 0)
		result = db_query(copy->from, &rows, reading, "");
	while (result >= 0 && (result = db_step(rows)) > 0)
		result = copy_row(to, writing, rows, columns);
	return result;
}

static int fill(struct db *to, void *context)
{
	struct copy *copy = context;
	const char *table;
	json_t *columns;
	int error = 0;

	json_object_foreach (copy->tables, table, columns) {
		if (error >= 0)
			error = copy_table(copy, to, table, columns);
	}
	return error;
}

/* Everything of one, as it is now, in place of what little the other has. */
static int copy_all(struct db *from, struct db *to)
{
	json_t *tables = NULL, *other = NULL;
	struct copy copy = { .from = from };

	int error = db_begin_read(from);
	if (error < 0)
		return error;
	error = read_tables(from, &tables);
	if (error >= 0)
		error = read_tables(to, &other);
	if (error >= 0 && !json_equal(tables, other)) {
		log_error(
			"store: the tables of the two databases differ: was one changed by hand?");
		error = -EPROTO;
	}
	copy.tables = tables;
	if (error >= 0)
		error = db_begin(to);
	if (error >= 0)
		error = db_end(to, to->ops->load(to, fill, &copy));
	db_rollback(from);
	json_decref(tables);
	json_decref(other);
	return error;
}

static int open_file(const char *path, bool make, struct db **out)
{
	autofree char *url = NULL;

	if (asprintf(&url, "sqlite:%s", path) < 0) {
		url = NULL;
		return -ENOMEM;
	}
	return make ? db_open(url, out) : db_open_existing(url, out);
}

static void remove_file(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		autofree char *name = NULL;
		if (asprintf(&name, "%s%s", path, ends[i]) < 0)
			name = NULL;
		if (name)
			unlink(name);
	}
}

int copy_to_file(struct db *db, const char *path)
{
	struct db *file = NULL;

	if (access(path, F_OK) == 0)
		return -EEXIST;
	int error = open_file(path, true, &file);
	if (error >= 0)
		error = copy_all(db, file);
	db_close(file);
	if (error < 0)
		remove_file(path);
	return error;
}

static int copy_bytes(const char *from, const char *to)
{
	struct stat state;

	autoclose int in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0 || fstat(in, &state) < 0)
		return -errno;
	autoclose int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, PERMISSIONS);
	if (out < 0)
		return -errno;
	for (off_t left = state.st_size; left > 0;) {
		ssize_t sent = sendfile(out, in, NULL, (size_t)left);
		if (sent <= 0)
			return sent < 0 ? -errno : -EIO;
		left -= sent;
	}
	return 0;
}

static int must_be_empty(struct db *db)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT 1 FROM kiosk UNION ALL SELECT 1 FROM officer UNION ALL "
		"SELECT 1 FROM complaint LIMIT 1",
		"");
	if (result >= 0)
		result = db_step(rows);
	return result > 0 ? -ENOTEMPTY : result;
}

int copy_from_file(struct db *db, const char *path)
{
	autofree char *name = NULL;
	struct db *file = NULL;

	int error = must_be_empty(db);
	if (error < 0)
		return error;
	/* A copy of it is brought up to date; the backup itself stays as it is. */
	if (asprintf(&name, "%s.restoring", path) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	error = copy_bytes(path, name);
	if (error == -EEXIST)
		return error;
	if (error >= 0)
		error = open_file(name, false, &file);
	if (error >= 0)
		error = copy_all(file, db);
	/* Numbers that the desk gave since the backup stand on somebody's paper. */
	if (error >= 0)
		error = db_run(db,
			"UPDATE kiosk SET next_serial = next_serial + $1 WHERE number = $2", "ii",
			(int64_t)TICKET_RESTORE_JUMP, (int64_t)DESK_KIOSK);
	db_close(file);
	remove_file(name);
	return error < 0 ? error : 0;
}
