/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/apikey.h"

#include <errno.h>
#include <string.h>

#include "tools/ppidd/officer.h"
#include "tools/ppidd/record.h"

#define HOUR_MS INT64_C(3600000)

_Static_assert(APIKEY_NAME_MAX == OFFICER_NAME_MAX, "one rule for names");

static int log_key(struct db *db, const struct step *step, const char *type, const char *name)
{
	autojson json_t *data = json_pack("{s:s}", "key", name);

	return data ? chain_append(db, step, type, NULL, data, NULL) : -ENOMEM;
}

static int insert_key(struct db *db, const struct step *step, const char *name, const char *key)
{
	char hash[HASH_SIZE];

	secret_hash(key, hash);
	int added = db_run(db,
		"INSERT INTO api_key (name, key_hash, added_ms) VALUES ($1, $2, $3) "
		"ON CONFLICT (name) DO NOTHING",
		"tti", name, hash, step->now_ms);
	if (added <= 0)
		return added == 0 ? -EEXIST : added;
	return log_key(db, step, "apikey.added", name);
}

int apikey_add(
	struct db *db, const struct step *step, const char *name, char key[static TOKEN_SIZE])
{
	if (!officer_name_valid(name))
		return -EINVAL;
	secret_new(key);
	int error = db_begin(db);
	return error < 0 ? error : db_end(db, insert_key(db, step, name, key));
}

static int end_key(struct db *db, const struct step *step, const char *name)
{
	int changed = db_run(db,
		"UPDATE api_key SET revoked_ms = $1 WHERE name = $2 AND revoked_ms IS NULL", "it",
		step->now_ms, name);

	if (changed <= 0)
		return changed == 0 ? -ENOENT : changed;
	return log_key(db, step, "apikey.revoked", name);
}

int apikey_revoke(struct db *db, const struct step *step, const char *name)
{
	/* From an address, which a database may not even take for a text. */
	int error = officer_name_valid(name) ? db_begin(db) : -ENOENT;

	return error < 0 ? error : db_end(db, end_key(db, step, name));
}

int apikey_list(struct db *db, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT name, added_ms, revoked_ms, used_ms, posted FROM api_key ORDER BY name",
		"");
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *row = json_pack("{s:s, s:o, s:o, s:o, s:I}", "name", db_words(rows, 0),
			"added", record_time(db_integer(rows, 1)), "revoked",
			record_time(db_integer(rows, 2)), "used", record_time(db_integer(rows, 3)),
			"posted", (json_int_t)db_integer(rows, 4));
		if (json_array_append_new(list, row) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}

int apikey_find(struct db *db, const char *key, char name[static APIKEY_NAME_MAX + 1])
{
	autorows struct db_rows *rows = NULL;
	char hash[HASH_SIZE];

	if (strlen(key) != TOKEN_SIZE - 1)
		return -ENOENT;
	secret_hash(key, hash);
	int result = db_query(db, &rows,
		"SELECT name, CASE WHEN revoked_ms IS NULL THEN 0 ELSE 1 END FROM api_key "
		"WHERE key_hash = $1",
		"t", hash);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	snprintf(name, APIKEY_NAME_MAX + 1, "%s", db_words(rows, 0));
	return db_integer(rows, 1) ? -EKEYREVOKED : 0;
}

int apikey_post(struct db *db, const char *name, int64_t now_ms)
{
	int64_t hour_ms = now_ms - now_ms % HOUR_MS;

	int changed = db_run(db,
		"UPDATE api_key SET used_ms = $1, posted = posted + 1, hour_ms = $2, hour_posted = "
		"CASE WHEN hour_ms = $2 THEN hour_posted + 1 ELSE 1 END WHERE name = $3 "
		"AND revoked_ms IS NULL AND (hour_ms <> $2 OR hour_posted < $4)",
		"iiti", now_ms, hour_ms, name, (int64_t)APIKEY_HOUR_MOST);
	if (changed < 0)
		return changed;
	return changed == 0 ? -EAGAIN : 0;
}

const char *apikey_actor(const char *name, char out[static APIKEY_ACTOR_SIZE])
{
	snprintf(out, APIKEY_ACTOR_SIZE, "portal:%s", name);
	return out;
}
