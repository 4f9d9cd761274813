/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/officer.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "tools/ppidd/record.h"
#include "tools/ppidd/throttle.h"

#define FREE_FAILURES_NAME 5
#define FREE_FAILURES_ADDRESS 20
#define TOUCH_EVERY_MS 60000
#define ASKER_SIZE 128

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "libsodium's size");

bool officer_name_valid(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-@";
	size_t length = strlen(name);

	return length > 0 && length <= OFFICER_NAME_MAX && strspn(name, allowed) == length;
}

int password_hash(const char *password, char hash[static PASSWORD_HASH_SIZE])
{
	size_t length = strlen(password);

	if (length == 0 || length > PASSWORD_MAX)
		return -EINVAL;
	if (crypto_pwhash_str(hash, password, length, crypto_pwhash_OPSLIMIT_INTERACTIVE,
		    crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
		return -ENOMEM;
	return 0;
}

int officer_log(struct db *db, const struct step *step, const char *type, const char *name,
	const char *role)
{
	autojson json_t *data = json_pack("{s:s}", "officer", name);

	if (!data || (role && json_object_set_new(data, "role", json_string(role)) < 0))
		return -ENOMEM;
	return chain_append(db, step, type, NULL, data, NULL);
}

int officer_insert(struct db *db, const struct step *step, const char *name, const char *role,
	const char *hash, bool temporary)
{
	if (!officer_name_valid(name) || !officer_role_valid(role))
		return -EINVAL;
	int added = db_run(db,
		"INSERT INTO officer (name, role, password_hash, added_ms, temporary) "
		"VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING",
		"tttii", name, role, hash, step->now_ms, (int64_t)temporary);
	if (added <= 0)
		return added == 0 ? -EEXIST : added;
	return officer_log(db, step, "officer.added", name, role);
}

int officer_add(struct db *db, const struct step *step, const char *name, const char *role,
	const char *password)
{
	char hash[PASSWORD_HASH_SIZE];

	int error = password_hash(password, hash);
	if (error >= 0)
		error = db_begin(db);
	if (error < 0)
		return error;
	return db_end(db, officer_insert(db, step, name, role, hash, false));
}

int officer_changed(
	struct db *db, const struct step *step, const char *type, const char *name, int changed)
{
	if (changed <= 0)
		return changed == 0 ? -ENOENT : changed;
	int error = db_run(db, "DELETE FROM session WHERE officer = $1", "t", name);
	return error < 0 ? error : officer_log(db, step, type, name, NULL);
}

int officer_set_password(
	struct db *db, const struct step *step, const char *name, const char *password)
{
	char hash[PASSWORD_HASH_SIZE];

	int error = password_hash(password, hash);
	if (error >= 0)
		error = db_begin(db);
	if (error < 0)
		return error;
	int changed =
		db_run(db, "UPDATE officer SET password_hash = $1, temporary = 0 WHERE name = $2",
			"tt", hash, name);
	return db_end(db, officer_changed(db, step, "officer.password", name, changed));
}

int officer_disable(struct db *db, const struct step *step, const char *name)
{
	int error = db_begin(db);
	if (error < 0)
		return error;
	int changed = db_run(db, "UPDATE officer SET disabled_ms = $1 WHERE name = $2", "it",
		step->now_ms, name);
	return db_end(db, officer_changed(db, step, "officer.disabled", name, changed));
}

int officer_list(struct db *db, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT name, role, added_ms, disabled_ms, temporary, "
		"CASE WHEN totp_secret IS NULL THEN 0 ELSE 1 END FROM officer ORDER BY name",
		"");
	if (result < 0)
		return result;
	while ((result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:s, s:s, s:o, s:o, s:b, s:b}", "name",
			db_words(rows, 0), "role", db_words(rows, 1), "added",
			record_time(db_integer(rows, 2)), "disabled",
			record_time(db_integer(rows, 3)), "temporary", db_integer(rows, 4) != 0,
			"factor", db_integer(rows, 5) != 0);
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}

/* The stored hash of an account that may log in; hash is "" when there is none. */
static int stored_hash(struct db *db, const char *name, char hash[static PASSWORD_HASH_SIZE])
{
	autorows struct db_rows *rows = NULL;

	hash[0] = '\0';
	int result = db_query(db, &rows,
		"SELECT password_hash FROM officer WHERE name = $1 AND disabled_ms IS NULL", "t",
		name);
	if (result >= 0)
		result = db_step(rows);
	if (result > 0)
		snprintf(hash, PASSWORD_HASH_SIZE, "%s", db_words(rows, 0));
	return result < 0 ? result : 0;
}

/* A hash of nobody's password. */
static const char *decoy_hash(void)
{
	static char decoy[PASSWORD_HASH_SIZE];
	char secret[TOKEN_SIZE];

	secret_new(secret);
	if (!*decoy && password_hash(secret, decoy) < 0)
		decoy[0] = '\0';
	return decoy;
}

static int start_session(struct db *db, const char *name, const char *address, int64_t now_ms,
	char token[static TOKEN_SIZE])
{
	struct step step = { .now_ms = now_ms };
	char hash[HASH_SIZE], actor[OFFICER_NAME_MAX + 16];

	snprintf(actor, sizeof(actor), "officer:%s", name);
	step.actor = actor;
	secret_new(token);
	secret_hash(token, hash);
	int error = db_run(db, "DELETE FROM session WHERE started_ms < $1 OR used_ms < $2", "ii",
		now_ms - SESSION_MS, now_ms - SESSION_IDLE_MS);
	if (error >= 0)
		error = db_run(db,
			"INSERT INTO session (token_hash, officer, started_ms, used_ms, address, "
			"awaits_code) SELECT $1, name, $3, $3, $4, "
			"CASE WHEN totp_secret IS NULL THEN 0 ELSE 1 END FROM officer WHERE name = "
			"$2",
			"ttit", hash, name, now_ms, address);
	return error < 0 ? error : officer_log(db, &step, "officer.login", name, NULL);
}

static int note_result(
	struct db *db, bool right, const char *by_name, const char *by_address, int64_t now_ms)
{
	if (right)
		return throttle_forget(db, by_name);
	int error = throttle_failed(db, by_name, now_ms);
	return error < 0 ? error : throttle_failed(db, by_address, now_ms);
}

int officer_check(
	struct db *db, const char *name, const char *password, const char *address, int64_t now_ms)
{
	char by_name[ASKER_SIZE], by_address[ASKER_SIZE], hash[PASSWORD_HASH_SIZE];

	if (!officer_name_valid(name) || strlen(password) > PASSWORD_MAX)
		return -EACCES;
	snprintf(by_name, sizeof(by_name), "login:%s:%s", name, address);
	snprintf(by_address, sizeof(by_address), "login:%s", address);
	int64_t wait = throttle_wait(db, by_name, FREE_FAILURES_NAME, now_ms);
	if (wait == 0)
		wait = throttle_wait(db, by_address, FREE_FAILURES_ADDRESS, now_ms);
	if (wait != 0)
		return wait < 0 ? (int)wait : -EAGAIN;
	int error = stored_hash(db, name, hash);
	if (error < 0)
		return error;
	/* The same work for a name that isn't there, so that its absence can't be timed. */
	const char *against = *hash ? hash : decoy_hash();
	bool right = crypto_pwhash_str_verify(against, password, strlen(password)) == 0 && *hash;
	error = db_begin(db);
	if (error >= 0)
		error = db_end(db, note_result(db, right, by_name, by_address, now_ms));
	if (error < 0)
		return error;
	return right ? 0 : -EACCES;
}

int officer_login(struct db *db, const char *name, const char *password, const char *address,
	int64_t now_ms, char token[static TOKEN_SIZE])
{
	int error = officer_check(db, name, password, address, now_ms);
	if (error >= 0)
		error = db_begin(db);
	if (error < 0)
		return error;
	return db_end(db, start_session(db, name, address, now_ms, token));
}

static enum login_step step_of(bool awaits_code, bool temporary, bool factor, const char *role)
{
	if (awaits_code)
		return LOGIN_CODE;
	if (temporary)
		return LOGIN_PASSWORD;
	return factor || !role_needs_factor(role) ? LOGIN_DONE : LOGIN_FACTOR;
}

int officer_by_session(
	struct db *db, const char *token, int64_t now_ms, bool touch, struct officer *officer)
{
	autorows struct db_rows *rows = NULL;
	char hash[HASH_SIZE];

	secret_hash(token, hash);
	int result = db_query(db, &rows,
		"SELECT o.name, o.role, s.used_ms, s.awaits_code, o.temporary, "
		"CASE WHEN o.totp_secret IS NULL THEN 0 ELSE 1 END "
		"FROM session s JOIN officer o ON o.name = s.officer "
		"WHERE s.token_hash = $1 AND s.started_ms > $2 AND s.used_ms > $3 "
		"AND (s.awaits_code = 0 OR s.started_ms > $4) AND o.disabled_ms IS NULL",
		"tiii", hash, now_ms - SESSION_MS, now_ms - SESSION_IDLE_MS,
		now_ms - SECOND_STEP_MS);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	snprintf(officer->name, sizeof(officer->name), "%s", db_words(rows, 0));
	snprintf(officer->role, sizeof(officer->role), "%s", db_words(rows, 1));
	officer->step = step_of(db_integer(rows, 3) != 0, db_integer(rows, 4) != 0,
		db_integer(rows, 5) != 0, officer->role);
	if (!touch || now_ms - db_integer(rows, 2) < TOUCH_EVERY_MS)
		return 0;
	db_done(take_pointer(rows));
	result = db_run(
		db, "UPDATE session SET used_ms = $1 WHERE token_hash = $2", "it", now_ms, hash);
	return result < 0 ? result : 0;
}

int officer_logout(struct db *db, const char *token)
{
	char hash[HASH_SIZE];

	secret_hash(token, hash);
	int error = db_run(db, "DELETE FROM session WHERE token_hash = $1", "t", hash);
	return error < 0 ? error : 0;
}

void officer_form_token(const char *session, char token[static TOKEN_SIZE])
{
	static const char purpose[] = "ppidd form";
	uint8_t digest[32];

	crypto_generichash(digest, sizeof(digest), (const uint8_t *)purpose, sizeof(purpose) - 1,
		(const uint8_t *)session, strnlen(session, crypto_generichash_KEYBYTES_MAX));
	sodium_bin2hex(token, TOKEN_SIZE, digest, sizeof(digest));
}
