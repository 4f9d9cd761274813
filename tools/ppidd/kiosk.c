/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/kiosk.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/record.h"
#include "wire/ticket.h"

#define HEARD_EVERY_MS 20000

void secret_hash(const char *secret, char hash[static HASH_SIZE])
{
	uint8_t digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, (const uint8_t *)secret, strlen(secret));
	sodium_bin2hex(hash, HASH_SIZE, digest, sizeof(digest));
}

void secret_new(char token[static TOKEN_SIZE])
{
	uint8_t bytes[32];

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2hex(token, TOKEN_SIZE, bytes, sizeof(bytes));
	sodium_memzero(bytes, sizeof(bytes));
}

/* Digits and letters that nobody takes for one another when read aloud or copied. */
static void code_new(char code[static CODE_SIZE])
{
	static const char letters[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

	for (int i = 0; i < CODE_SIZE - 1; i++)
		code[i] = letters[randombytes_uniform(sizeof(letters) - 1)];
	code[CODE_SIZE - 1] = '\0';
}

/* Upper case without spaces and dashes: as a person may type it. -EINVAL when it is too long. */
static int code_tidy(const char *typed, char code[static CODE_SIZE])
{
	size_t length = 0;

	for (; *typed; typed++) {
		if (*typed == ' ' || *typed == '-')
			continue;
		if (length == CODE_SIZE - 1)
			return -EINVAL;
		code[length++] = (char)toupper((unsigned char)*typed);
	}
	code[length] = '\0';
	return length == CODE_SIZE - 1 ? 0 : -EINVAL;
}

static int log_kiosk(
	struct db *db, const struct step *step, const char *type, int64_t number, const char *name)
{
	autojson json_t *data = json_pack("{s:I}", "kiosk", (json_int_t)number);

	if (!data || (name && json_object_set_new(data, "name", json_string(name)) < 0))
		return -ENOMEM;
	return chain_append(db, step, type, NULL, data, NULL);
}

static int set_code(
	struct db *db, const struct step *step, int64_t number, char code[static CODE_SIZE])
{
	char hash[HASH_SIZE];

	code_new(code);
	secret_hash(code, hash);
	int changed = db_run(db,
		"UPDATE kiosk SET code_hash = $1, code_expires_ms = $2 WHERE number = $3", "tii",
		hash, step->now_ms + CODE_VALID_MS, number);
	return changed == 0 ? -ENOENT : changed < 0 ? changed : 0;
}

int kiosk_add_in_step(struct db *db, const struct step *step, int64_t number, const char *name,
	char code[static CODE_SIZE])
{
	if (number < 1 || number > TICKET_KIOSK_MAX || number == DESK_KIOSK)
		return -ERANGE;
	int changed = db_run(db,
		"INSERT INTO kiosk (number, name, added_ms) VALUES ($1, $2, $3) "
		"ON CONFLICT (number) DO NOTHING",
		"iti", number, name, step->now_ms);
	if (changed <= 0)
		return changed == 0 ? -EEXIST : changed;
	int error = set_code(db, step, number, code);
	return error < 0 ? error : log_kiosk(db, step, "kiosk.added", number, name);
}

int kiosk_add(struct db *db, const struct step *step, int64_t number, const char *name,
	char code[static CODE_SIZE])
{
	int error = db_begin(db);
	return error < 0 ? error : db_end(db, kiosk_add_in_step(db, step, number, name, code));
}

int kiosk_new_code(
	struct db *db, const struct step *step, int64_t number, char code[static CODE_SIZE])
{
	int error = number == DESK_KIOSK ? -ENOENT : db_begin(db);
	if (error < 0)
		return error;
	error = set_code(db, step, number, code);
	if (error >= 0)
		error = log_kiosk(db, step, "kiosk.code", number, NULL);
	return db_end(db, error);
}

int kiosk_revoke(struct db *db, const struct step *step, int64_t number)
{
	int error = db_begin(db);
	if (error < 0)
		return error;
	int changed = db_run(db,
		"UPDATE kiosk SET revoked_ms = $1, code_hash = NULL WHERE number = $2 "
		"AND (number <> $3 OR enrolled_ms IS NOT NULL)",
		"iii", step->now_ms, number, (int64_t)DESK_KIOSK);
	error = changed == 0 ? -ENOENT : changed;
	if (error >= 0)
		error = log_kiosk(db, step, "kiosk.revoked", number, NULL);
	return db_end(db, error);
}

static int find_code(struct db *db, int64_t now_ms, const char *typed, int64_t *number, char **name)
{
	autorows struct db_rows *rows = NULL;
	char code[CODE_SIZE], hash[HASH_SIZE];

	if (code_tidy(typed, code) < 0)
		return -EACCES;
	secret_hash(code, hash);
	int result = db_query(db, &rows,
		"SELECT number, name, code_expires_ms FROM kiosk WHERE code_hash = $1", "t", hash);
	if (result >= 0)
		result = db_step(rows);
	if (result < 0)
		return result;
	if (result == 0 || db_integer(rows, 2) < now_ms ||
		(*number != 0 && db_integer(rows, 0) != *number))
		return -EACCES;
	*number = db_integer(rows, 0);
	*name = strdup(db_words(rows, 1));
	return *name ? 0 : -ENOMEM;
}

static int enrol_in_step(struct db *db, const struct step *step, const char *code,
	const char *version, int64_t *number, char **name, char token[static TOKEN_SIZE])
{
	char hash[HASH_SIZE];

	int error = find_code(db, step->now_ms, code, number, name);
	if (error < 0)
		return error;
	secret_new(token);
	secret_hash(token, hash);
	error = db_run(db,
		"UPDATE kiosk SET token_hash = $1, enrolled_ms = $2, version = $3, revoked_ms = "
		"NULL, "
		"code_hash = NULL, code_expires_ms = NULL WHERE number = $4",
		"titi", hash, step->now_ms, version, *number);
	return error < 0 ? error : log_kiosk(db, step, "kiosk.enrolled", *number, NULL);
}

int kiosk_enrol(struct db *db, const struct step *step, const char *code, const char *version,
	int64_t *number, char **name, char token[static TOKEN_SIZE])
{
	int error = db_begin(db);
	return error < 0 ? error
			 : db_end(db, enrol_in_step(db, step, code, version, number, name, token));
}

int kiosk_by_token(struct db *db, const char *token, int64_t *number)
{
	autorows struct db_rows *rows = NULL;
	char hash[HASH_SIZE];

	secret_hash(token, hash);
	int result = db_query(
		db, &rows, "SELECT number, revoked_ms FROM kiosk WHERE token_hash = $1", "t", hash);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	*number = db_integer(rows, 0);
	return db_text(rows, 1) ? -EKEYREVOKED : 0;
}

int kiosk_heard(struct db *db, int64_t number, int64_t now_ms)
{
	autorows struct db_rows *rows = NULL;

	int result =
		db_query(db, &rows, "SELECT contact_ms FROM kiosk WHERE number = $1", "i", number);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result;
	int64_t passed = now_ms - db_integer(rows, 0);
	if (passed >= 0 && passed < HEARD_EVERY_MS)
		return 0;
	db_done(take_pointer(rows));
	return db_run(
		db, "UPDATE kiosk SET contact_ms = $1 WHERE number = $2", "ii", now_ms, number);
}

int kiosk_list(struct db *db, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT k.number, k.name, k.added_ms, k.enrolled_ms, k.contact_ms, k.version, "
		"k.revoked_ms, k.token_hash, "
		"(SELECT count(*) FROM command c WHERE c.kiosk = k.number AND c.state = "
		"'pending'), "
		"(SELECT count(*) FROM complaint c WHERE c.kiosk = k.number) "
		"FROM kiosk k WHERE k.number <> $1 OR k.enrolled_ms IS NOT NULL ORDER BY k.number",
		"i", (int64_t)DESK_KIOSK);
	if (result < 0)
		return result;
	while ((result = db_step(rows)) > 0) {
		const char *state = db_text(rows, 6)   ? "revoked"
				    : db_text(rows, 7) ? "enrolled"
						       : "new";
		json_t *item = json_pack("{s:I, s:s, s:s, s:o, s:o, s:o, s:s, s:I, s:I}", "kiosk",
			(json_int_t)db_integer(rows, 0), "name", db_words(rows, 1), "state", state,
			"added", record_time(db_integer(rows, 2)), "enrolled",
			record_time(db_integer(rows, 3)), "contact",
			record_time(db_integer(rows, 4)), "version", db_words(rows, 5), "commands",
			(json_int_t)db_integer(rows, 8), "complaints",
			(json_int_t)db_integer(rows, 9));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}

int alert_raise(struct db *db, int64_t kiosk, const char *kind, const char *place, int64_t now_ms)
{
	int changed = db_run(db,
		"INSERT INTO alert (kiosk, kind, place, count, first_ms, last_ms) "
		"VALUES ($1, $2, $3, 1, $4, $4) ON CONFLICT (kiosk, kind) DO UPDATE SET "
		"place = excluded.place, count = alert.count + 1, last_ms = excluded.last_ms",
		"itti", kiosk, kind, place, now_ms);
	return changed < 0 ? changed : 0;
}

int alert_checked(struct db *db, const struct step *step, int64_t kiosk)
{
	int error = db_begin(db);
	if (error < 0)
		return error;
	int gone = db_run(db, "DELETE FROM alert WHERE kiosk = $1", "i", kiosk);
	error = gone > 0 ? log_kiosk(db, step, "kiosk.checked", kiosk, NULL) : gone;
	return db_end(db, error);
}

int alert_list(struct db *db, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT kiosk, kind, place, count, first_ms, last_ms FROM alert ORDER BY last_ms "
		"DESC",
		"");
	if (result < 0)
		return result;
	while ((result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:I, s:s, s:s, s:I, s:o, s:o}", "kiosk",
			(json_int_t)db_integer(rows, 0), "kind", db_words(rows, 1), "place",
			db_words(rows, 2), "count", (json_int_t)db_integer(rows, 3), "first",
			record_time(db_integer(rows, 4)), "last", record_time(db_integer(rows, 5)));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}
