/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd-opensid/mariadb.h"

#include <errno.h>
#include <mysql.h>
#include <stdarg.h>
#include <string.h>

#define ARGUMENTS_MAX 16
#define COLUMNS_MAX 8
/* Bytes of one value: MariaDB's TEXT is no longer. */
#define VALUE_SIZE 65536UL
/* More the server never has to say at once. */
#define PACKET_SIZE (1UL << 20)
/* The server forgets us, and our lock, soon after we are gone without a word. */
#define SESSION "SET SESSION wait_timeout = 30, SESSION lock_wait_timeout = 10"
/* Not mysql_clear_password: a server that asks for it gets no password. */
#define WAYS "mysql_native_password,client_ed25519,caching_sha2_password,sha256_password"

struct mariadb {
	MYSQL *handle;
	int64_t inserted;
	char why[256];
};

DEFINE_CLEANUP(statement, MYSQL_STMT *, mysql_stmt_close);
#define autostatement __attribute__((cleanup(statement_cleanup)))
DEFINE_CLEANUP(fields, MYSQL_RES *, mysql_free_result);
#define autofields __attribute__((cleanup(fields_cleanup)))

/* What error codes mean to a technician and to the caller. */
static const struct {
	unsigned code;
	int error;
	const char *advice;
} meanings[] = {
	{ 1044, -EIO, "the account may not: GRANT it what ppidd-opensid(8) lists" },
	{ 1142, -EIO, "the account may not: GRANT it what ppidd-opensid(8) lists" },
	{ 1143, -EIO, "the account may not: GRANT it what ppidd-opensid(8) lists" },
	{ 1146, -EIO, "the table isn't there: is this OpenSID's database?" },
	{ 1205, -EIO, "somebody holds the table locked" },
	{ 1213, -EIO, "disturbed by another transaction" },
	{ 1264, -EBADMSG, "a value is out of its column's range" },
	{ 1292, -EBADMSG, "a time is out of its column's range" },
	{ 1364, -EBADMSG, "a column that this program doesn't know has no default" },
	{ 1366, -EBADMSG, "a text has characters that its column can't keep" },
	{ 1406, -EBADMSG, "a text is too long for its column" },
	{ 1452, -EIO, "there is no such village: check [opensid] config_id" },
	{ 2006, -EIO, "the connection broke: is MariaDB running?" },
	{ 2013, -EIO, "the connection broke: is MariaDB running?" },
};

static int failed(struct mariadb *mariadb, unsigned code)
{
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		if (meanings[i].code == code) {
			snprintf(mariadb->why, sizeof(mariadb->why), "MariaDB's error %u: %s", code,
				meanings[i].advice);
			return meanings[i].error;
		}
	}
	snprintf(mariadb->why, sizeof(mariadb->why),
		"MariaDB's error %u: look it up in MariaDB's list of errors", code);
	return -EIO;
}

static void set_options(MYSQL *handle, const struct settings *settings)
{
	static const unsigned timeout = MARIADB_TIMEOUT_S, off = 0;
	static const unsigned long packet = PACKET_SIZE;
	static const my_bool on = 1;

	mysql_optionsv(handle, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_optionsv(handle, MYSQL_OPT_CONNECT_TIMEOUT, &timeout);
	mysql_optionsv(handle, MYSQL_OPT_READ_TIMEOUT, &timeout);
	mysql_optionsv(handle, MYSQL_OPT_WRITE_TIMEOUT, &timeout);
	mysql_optionsv(handle, MYSQL_OPT_MAX_ALLOWED_PACKET, &packet);
	/* A server may not ask us for our files. */
	mysql_optionsv(handle, MYSQL_OPT_LOCAL_INFILE, &off);
	mysql_optionsv(handle, MARIADB_OPT_RESTRICTED_AUTH, WAYS);
	mysql_optionsv(handle, MYSQL_INIT_COMMAND, SESSION);
	if (settings->tls_ca) {
		mysql_optionsv(handle, MYSQL_OPT_SSL_CA, settings->tls_ca);
		mysql_optionsv(handle, MYSQL_OPT_SSL_ENFORCE, &on);
		mysql_optionsv(handle, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &on);
	}
}

int mariadb_open(const struct settings *settings, const char *password, struct mariadb **out)
{
	struct mariadb *mariadb = calloc(1, sizeof(*mariadb));

	*out = mariadb;
	if (!mariadb)
		return -ENOMEM;
	mariadb->handle = mysql_init(NULL);
	if (!mariadb->handle)
		return -ENOMEM;
	set_options(mariadb->handle, settings);
	if (!mysql_real_connect(mariadb->handle, settings->host, settings->user, password,
		    settings->database, (unsigned)settings->port, settings->socket,
		    CLIENT_FOUND_ROWS)) {
		/* Nothing was written yet, so the words are about the connection only. */
		snprintf(mariadb->why, sizeof(mariadb->why), "MariaDB can't be reached: %s",
			mysql_error(mariadb->handle));
		return -EIO;
	}
	if (settings->tls_ca && !mysql_get_ssl_cipher(mariadb->handle)) {
		snprintf(mariadb->why, sizeof(mariadb->why), "MariaDB speaks no TLS");
		return -EIO;
	}
	return 0;
}

void mariadb_close(struct mariadb *mariadb)
{
	if (mariadb && mariadb->handle)
		mysql_close(mariadb->handle);
	free(mariadb);
}

struct argument {
	long long integer;
	unsigned long length;
};

static int bind_arguments(
	MYSQL_STMT *statement, const char *types, va_list list, struct argument *values)
{
	MYSQL_BIND binds[ARGUMENTS_MAX] = { 0 };
	size_t count = strlen(types);

	if (count > ARGUMENTS_MAX || count != mysql_stmt_param_count(statement))
		return -EINVAL;
	for (size_t i = 0; i < count; i++) {
		if (types[i] == 'i') {
			values[i].integer = va_arg(list, int64_t);
			binds[i].buffer_type = MYSQL_TYPE_LONGLONG;
			binds[i].buffer = &values[i].integer;
			continue;
		}
		const char *text = va_arg(list, const char *);
		binds[i].buffer_type = text ? MYSQL_TYPE_STRING : MYSQL_TYPE_NULL;
		binds[i].buffer = (void *)(uintptr_t)text;
		values[i].length = text ? strlen(text) : 0;
		binds[i].buffer_length = values[i].length;
		binds[i].length = &values[i].length;
	}
	return count > 0 && mysql_stmt_bind_param(statement, binds) ? -EINVAL : 0;
}

/* A value as JSON has it; one that was cut may end inside a character. */
static json_t *value_of(const char *buffer, unsigned long length)
{
	json_t *text = json_stringn(buffer, length);

	for (int i = 0; !text && i < 3 && length > 0; i++)
		text = json_stringn(buffer, --length);
	return text ? text : json_string("");
}

struct columns {
	char *buffer;
	unsigned long lengths[COLUMNS_MAX];
	my_bool nulls[COLUMNS_MAX];
};

static int fetch_rows(struct mariadb *mariadb, MYSQL_STMT *statement, const struct columns *columns,
	unsigned count, json_t *rows)
{
	int result;

	while ((result = mysql_stmt_fetch(statement)) == 0 || result == MYSQL_DATA_TRUNCATED) {
		json_t *row = json_array();
		for (unsigned i = 0; i < count; i++) {
			unsigned long length =
				columns->lengths[i] < VALUE_SIZE ? columns->lengths[i] : VALUE_SIZE;
			json_array_append_new(
				row, columns->nulls[i]
					     ? json_null()
					     : value_of(columns->buffer + i * VALUE_SIZE, length));
		}
		if (json_array_size(row) != count || json_array_append_new(rows, row) < 0)
			return -ENOMEM;
	}
	return result == MYSQL_NO_DATA ? 0 : failed(mariadb, mysql_stmt_errno(statement));
}

static int read_rows(struct mariadb *mariadb, MYSQL_STMT *statement, json_t **out)
{
	autofields MYSQL_RES *fields = mysql_stmt_result_metadata(statement);
	autojson json_t *rows = json_array();
	unsigned count = fields ? mysql_num_fields(fields) : 0;
	MYSQL_BIND binds[COLUMNS_MAX] = { 0 };
	struct columns columns = { 0 };

	if (count > COLUMNS_MAX)
		return -EINVAL;
	autofree char *buffer = malloc(count * VALUE_SIZE + 1);
	columns.buffer = buffer;
	if (!buffer || !rows)
		return -ENOMEM;
	for (unsigned i = 0; i < count; i++) {
		binds[i].buffer_type = MYSQL_TYPE_STRING;
		binds[i].buffer = buffer + i * VALUE_SIZE;
		binds[i].buffer_length = VALUE_SIZE;
		binds[i].length = &columns.lengths[i];
		binds[i].is_null = &columns.nulls[i];
	}
	if (count > 0 && mysql_stmt_bind_result(statement, binds))
		return failed(mariadb, mysql_stmt_errno(statement));
	int error = count > 0 ? fetch_rows(mariadb, statement, &columns, count, rows) : 0;
	if (error >= 0)
		*out = take_pointer(rows);
	return error;
}

int mariadb_query(struct mariadb *mariadb, json_t **rows, const char *sql, const char *types, ...)
{
	autostatement MYSQL_STMT *statement = mysql_stmt_init(mariadb->handle);
	struct argument values[ARGUMENTS_MAX] = { 0 };
	va_list list;

	if (!statement)
		return -ENOMEM;
	if (mysql_stmt_prepare(statement, sql, strlen(sql)))
		return failed(mariadb, mysql_stmt_errno(statement));
	va_start(list, types);
	int error = bind_arguments(statement, types, list, values);
	va_end(list);
	if (error < 0)
		return error;
	if (mysql_stmt_execute(statement))
		return failed(mariadb, mysql_stmt_errno(statement));
	if (rows)
		return read_rows(mariadb, statement, rows);
	mariadb->inserted = (int64_t)mysql_stmt_insert_id(statement);
	return (int)mysql_stmt_affected_rows(statement);
}

int64_t mariadb_inserted(struct mariadb *mariadb)
{
	return mariadb->inserted;
}

const char *mariadb_why(const struct mariadb *mariadb)
{
	return mariadb && *mariadb->why ? mariadb->why : "out of memory";
}
