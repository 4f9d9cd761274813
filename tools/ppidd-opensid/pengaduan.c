/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd-opensid/pengaduan.h"

#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/record.h"

#define MARK "kotak:"
#define MARK_SIZE (sizeof(MARK) + UUID_SIZE)
#define SQL_SIZE 700
#define LOCK_SIZE 64
/* No village has more. */
#define ROWS_MOST "100000"
#define OURS "p.ip_address LIKE '" MARK "%%' AND p.id_pengaduan IS NULL"

static const char *cell(const json_t *row, size_t i)
{
	const char *text = json_string_value(json_array_get(row, i));

	return text ? text : "";
}

static int64_t number_in(const json_t *row, size_t i)
{
	return strtoll(cell(row, i), NULL, 10);
}

/* A condition on the village for the end of a WHERE. */
static void village(const struct pengaduan *pengaduan, char out[static 48])
{
	out[0] = '\0';
	if (pengaduan->config_id > 0)
		snprintf(out, 48, " AND p.config_id = %lld", (long long)pengaduan->config_id);
}

/* Bytes of the widest character of MariaDB's character sets that matter here. */
static size_t widest(const char *charset)
{
	if (strcmp(charset, "utf8mb4") == 0)
		return 4;
	return strncmp(charset, "utf8", strlen("utf8")) == 0 ? 3 : 1;
}

/* One row of information_schema.columns. */
static void take_column(struct pengaduan *pengaduan, const json_t *row, unsigned *needed)
{
	static const char *const names[] = { "id", "id_pengaduan", "nama", "judul", "isi", "status",
		"ip_address", "created_at" };
	const char *name = cell(row, 0);
	const struct room room = { .characters = (size_t)number_in(row, 2),
		.bytes = (size_t)number_in(row, 3),
		.widest = widest(cell(row, 4)) };

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i], name) == 0)
			*needed &= ~(1U << i);
	}
	if (strcmp(name, "nama") == 0)
		pengaduan->nama = room;
	else if (strcmp(name, "judul") == 0)
		pengaduan->judul = room;
	else if (strcmp(name, "isi") == 0)
		pengaduan->isi = room;
	else if (strcmp(name, "telepon") == 0) {
		pengaduan->telepon = room;
		pengaduan->has_telepon = true;
		pengaduan->telepon_needed = strcmp(cell(row, 1), "NO") == 0;
	} else if (strcmp(name, "foto") == 0)
		pengaduan->has_foto = true;
	else if (strcmp(name, "updated_at") == 0)
		pengaduan->has_updated = true;
	else if (strcmp(name, "config_id") == 0)
		pengaduan->config_id = -1; /* there is one; which is asked next */
}

static int find_shape(struct pengaduan *pengaduan)
{
	autojson json_t *rows = NULL;
	unsigned needed = 0xff;
	size_t i;
	json_t *row;

	int error = mariadb_query(pengaduan->mariadb, &rows,
		"SELECT column_name, is_nullable, character_maximum_length, "
		"character_octet_length, character_set_name FROM information_schema.columns "
		"WHERE table_schema = DATABASE() AND table_name = 'pengaduan'",
		"");
	if (error < 0)
		return error;
	json_array_foreach (rows, i, row) {
		take_column(pengaduan, row, &needed);
	}
	if (needed == 0)
		return 0;
	snprintf(pengaduan->why, sizeof(pengaduan->why), "%s",
		json_array_size(rows) == 0
			? "there is no table pengaduan that the account may see: is this OpenSID's "
			  "database, and has the account its GRANT?"
			: "its table pengaduan lacks columns: OpenSID has to be of June 2023 "
			  "(v2306) or newer, and the GRANT whole");
	return -EIO;
}

/* The only village of the table config, or the one that the configuration names. */
static int find_village(struct pengaduan *pengaduan, const struct settings *settings)
{
	autojson json_t *rows = NULL;

	if (pengaduan->config_id == 0)
		return 0;
	int error = mariadb_query(
		pengaduan->mariadb, &rows, "SELECT id FROM config ORDER BY id LIMIT 50", "");
	if (error < 0)
		return error;
	pengaduan->config_id = 0;
	for (size_t i = 0; i < json_array_size(rows); i++) {
		int64_t id = number_in(json_array_get(rows, i), 0);
		if (id == settings->config_id ||
			(settings->config_id == 0 && json_array_size(rows) == 1))
			pengaduan->config_id = id;
	}
	if (pengaduan->config_id > 0)
		return 0;
	snprintf(pengaduan->why, sizeof(pengaduan->why),
		"its table config has %lld villages, none of them the one: write in [opensid] "
		"config_id which id it has there",
		(long long)json_array_size(rows));
	return -EIO;
}

static int take_lock(struct pengaduan *pengaduan)
{
	autojson json_t *rows = NULL;
	char name[LOCK_SIZE];

	/* Locks are the server's, not the database's. */
	int error =
		mariadb_query(pengaduan->mariadb, &rows, "SELECT LEFT(MD5(DATABASE()), 32)", "");
	if (error < 0)
		return error;
	snprintf(name, sizeof(name), "kotak.%.32s.%lld", cell(json_array_get(rows, 0), 0),
		(long long)pengaduan->config_id);
	json_decref(take_pointer(rows));
	error = mariadb_query(pengaduan->mariadb, &rows, "SELECT GET_LOCK(?, 0)", "t", name);
	if (error < 0 || number_in(json_array_get(rows, 0), 0) == 1)
		return error;
	snprintf(pengaduan->why, sizeof(pengaduan->why),
		"another ppidd-opensid is at work on this village: one of them is too many");
	return -EIO;
}

int pengaduan_open(
	struct pengaduan *pengaduan, struct mariadb *mariadb, const struct settings *settings)
{
	*pengaduan = (struct pengaduan) { .mariadb = mariadb };
	int error = find_shape(pengaduan);

	if (error >= 0)
		error = find_village(pengaduan, settings);
	return error < 0 ? error : take_lock(pengaduan);
}

const char *pengaduan_why(const struct pengaduan *pengaduan)
{
	return *pengaduan->why ? pengaduan->why : mariadb_why(pengaduan->mariadb);
}

int pengaduan_next(struct pengaduan *pengaduan, int64_t *next_id)
{
	autojson json_t *rows = NULL;

	/* MySQL remembers the number for a day; MariaDB doesn't know the variable. */
	int ignored = mariadb_query(
		pengaduan->mariadb, NULL, "SET SESSION information_schema_stats_expiry = 0", "");
	(void)ignored;
	int error = mariadb_query(pengaduan->mariadb, &rows,
		"SELECT auto_increment FROM information_schema.tables "
		"WHERE table_schema = DATABASE() AND table_name = 'pengaduan'",
		"");
	*next_id = error >= 0 ? number_in(json_array_get(rows, 0), 0) : 0;
	return error;
}

int pengaduan_rows(struct pengaduan *pengaduan, json_t **out)
{
	autojson json_t *rows = NULL, *ours = json_object();
	char where[48], sql[SQL_SIZE];
	size_t i;
	json_t *row;

	village(pengaduan, where);
	snprintf(sql, sizeof(sql),
		"SELECT p.id, p.ip_address, p.status, p.isi = ? FROM pengaduan p WHERE " OURS
		"%s ORDER BY p.id DESC LIMIT " ROWS_MOST,
		where);
	int error = mariadb_query(pengaduan->mariadb, &rows, sql, "t", PENGADUAN_ERASED);
	if (error < 0)
		return error;
	/* Of two of the same complaint the older counts. */
	json_array_foreach (rows, i, row) {
		const char *uuid = cell(row, 1) + strlen(MARK);
		json_t *item = json_pack("{s:I, s:I, s:b}", "id", (json_int_t)number_in(row, 0),
			"status", (json_int_t)number_in(row, 2), "erased", number_in(row, 3) == 1);
		if (!uuid_valid(uuid))
			json_decref(item);
		else if (json_object_set_new(ours, uuid, item) < 0)
			return -ENOMEM;
	}
	*out = take_pointer(ours);
	return 0;
}

int pengaduan_replies(struct pengaduan *pengaduan, json_t **out)
{
	autojson json_t *rows = NULL, *replies = json_array();
	char where[48], sql[SQL_SIZE];
	size_t i;
	json_t *row;

	village(pengaduan, where);
	snprintf(sql, sizeof(sql),
		"SELECT c.id, p.ip_address FROM pengaduan c JOIN pengaduan p ON p.id = "
		"c.id_pengaduan WHERE " OURS "%s ORDER BY c.id LIMIT " ROWS_MOST,
		where);
	int error = mariadb_query(pengaduan->mariadb, &rows, sql, "");
	if (error < 0)
		return error;
	json_array_foreach (rows, i, row) {
		json_t *item = json_pack("{s:I, s:s}", "id", (json_int_t)number_in(row, 0), "uuid",
			cell(row, 1) + strlen(MARK));
		if (json_array_append_new(replies, item) < 0)
			return -ENOMEM;
	}
	*out = take_pointer(replies);
	return 0;
}

int pengaduan_reply(struct pengaduan *pengaduan, int64_t id, json_t **out)
{
	autojson json_t *rows = NULL;

	int error = mariadb_query(pengaduan->mariadb, &rows,
		"SELECT p.nama, p.isi, p.status FROM pengaduan p WHERE p.id = ?", "i", id);
	if (error < 0)
		return error;
	const json_t *row = json_array_get(rows, 0);
	*out = row ? json_pack("{s:s, s:s, s:I}", "by", cell(row, 0), "text", cell(row, 1),
			     "status", (json_int_t)number_in(row, 2))
		   : json_null();
	return *out ? 0 : -ENOMEM;
}

/* A content's texts as the columns take them. */
struct fitted {
	char *nama, *telepon, *judul, *isi;
};

static int fit(const struct pengaduan *pengaduan, const struct content *content, struct fitted *out)
{
	const char *telepon = content->telepon;

	if (!telepon && pengaduan->telepon_needed)
		telepon = "";
	out->nama = words_for_column(content->nama, &pengaduan->nama);
	out->judul = words_for_column(content->judul, &pengaduan->judul);
	out->isi = words_for_column(content->isi, &pengaduan->isi);
	if (telepon)
		out->telepon = words_for_column(telepon, &pengaduan->telepon);
	return out->nama && out->judul && out->isi && (!telepon || out->telepon) ? 0 : -ENOMEM;
}

static void fitted_free(struct fitted *fitted)
{
	free(fitted->nama);
	free(fitted->telepon);
	free(fitted->judul);
	free(fitted->isi);
}

static void mark(char out[static MARK_SIZE], const char *uuid)
{
	snprintf(out, MARK_SIZE, MARK "%s", uuid);
}

/* telepon stands last, so that a table without it needs one argument less. */
static int insert_fitted(struct pengaduan *pengaduan, const char *uuid, const struct fitted *fitted,
	int64_t status, int64_t created_s)
{
	char sql[SQL_SIZE], marked[MARK_SIZE], config[24];

	mark(marked, uuid);
	snprintf(config, sizeof(config), "%lld, ", (long long)pengaduan->config_id);
	snprintf(sql, sizeof(sql),
		"INSERT INTO pengaduan (%s%s%snama, judul, isi, status, ip_address, created_at%s) "
		"VALUES (%s%s%s?, ?, ?, ?, ?, FROM_UNIXTIME(?)%s)",
		pengaduan->config_id > 0 ? "config_id, " : "", pengaduan->has_foto ? "foto, " : "",
		pengaduan->has_updated ? "updated_at, " : "",
		pengaduan->has_telepon ? ", telepon" : "", pengaduan->config_id > 0 ? config : "",
		pengaduan->has_foto ? "'', " : "", pengaduan->has_updated ? "NOW(), " : "",
		pengaduan->has_telepon ? ", ?" : "");
	return mariadb_query(pengaduan->mariadb, NULL, sql,
		pengaduan->has_telepon ? "tttitit" : "tttiti", fitted->nama, fitted->judul,
		fitted->isi, status, marked, created_s, fitted->telepon);
}

int pengaduan_insert(struct pengaduan *pengaduan, const char *uuid, const struct content *content,
	int64_t status, int64_t created_ms, int64_t *id)
{
	struct fitted fitted = { 0 };

	int error = fit(pengaduan, content, &fitted);
	if (error >= 0)
		error = insert_fitted(pengaduan, uuid, &fitted, status, created_ms / 1000);
	fitted_free(&fitted);
	*id = error >= 0 ? mariadb_inserted(pengaduan->mariadb) : 0;
	return error;
}

static int update_fitted(struct pengaduan *pengaduan, int64_t id, const char *uuid,
	const struct fitted *fitted, int64_t before, int64_t status)
{
	char sql[SQL_SIZE], marked[MARK_SIZE];

	mark(marked, uuid);
	snprintf(sql, sizeof(sql),
		"UPDATE pengaduan SET %s%snama = ?, judul = ?, isi = ?, "
		"status = CASE WHEN status = ? THEN ? ELSE status END "
		"WHERE id = ? AND ip_address = ?",
		pengaduan->has_updated ? "updated_at = NOW(), " : "",
		pengaduan->has_telepon ? "telepon = ?, " : "");
	if (!pengaduan->has_telepon)
		return mariadb_query(pengaduan->mariadb, NULL, sql, "tttiiit", fitted->nama,
			fitted->judul, fitted->isi, before, status, id, marked);
	return mariadb_query(pengaduan->mariadb, NULL, sql, "ttttiiit", fitted->telepon,
		fitted->nama, fitted->judul, fitted->isi, before, status, id, marked);
}

int pengaduan_update(struct pengaduan *pengaduan, int64_t id, const char *uuid,
	const struct content *content, int64_t before, int64_t status)
{
	struct fitted fitted = { 0 };

	int error = fit(pengaduan, content, &fitted);
	if (error >= 0)
		error = update_fitted(pengaduan, id, uuid, &fitted, before, status);
	fitted_free(&fitted);
	return error;
}

int pengaduan_erase_replies(struct pengaduan *pengaduan, int64_t id)
{
	int changed = mariadb_query(pengaduan->mariadb, NULL,
		"UPDATE pengaduan SET isi = ? WHERE id_pengaduan = ?", "ti", PENGADUAN_ERASED, id);

	return changed < 0 ? changed : 0;
}
