/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/account.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "tools/ppidd/record.h"
#include "tools/ppidd/throttle.h"

/* Only who knows the password gets to try codes, so nobody is locked out by strangers. */
#define FREE_FAILURES_CODE 5
#define ASKER_SIZE 128
#define GROUP 4

/* Groups of letters and digits that nobody takes for one another, with - between them. */
static void words_new(char *out, size_t size)
{
	static const char letters[] = "23456789abcdefghjkmnpqrstuvwxyz";

	for (size_t i = 0; i + 1 < size; i++)
		out[i] = i % (GROUP + 1) == GROUP
				 ? '-'
				 : letters[randombytes_uniform((uint32_t)sizeof(letters) - 1)];
	out[size - 1] = '\0';
}

int account_add(struct db *db, const struct step *step, const char *name, const char *role,
	char password[static GIVEN_PASSWORD_SIZE])
{
	char hash[PASSWORD_HASH_SIZE];

	words_new(password, GIVEN_PASSWORD_SIZE);
	int error = password_hash(password, hash);
	if (error >= 0)
		error = db_begin(db);
	if (error < 0)
		return error;
	return db_end(db, officer_insert(db, step, name, role, hash, true));
}

int account_give_password(struct db *db, const struct step *step, const char *name,
	char password[static GIVEN_PASSWORD_SIZE])
{
	char hash[PASSWORD_HASH_SIZE];

	words_new(password, GIVEN_PASSWORD_SIZE);
	int error = password_hash(password, hash);
	if (error >= 0)
		error = db_begin(db);
	if (error < 0)
		return error;
	int changed =
		db_run(db, "UPDATE officer SET password_hash = $1, temporary = 1 WHERE name = $2",
			"tt", hash, name);
	return db_end(db, officer_changed(db, step, "officer.password", name, changed));
}

static int set_role(struct db *db, const struct step *step, const char *name, const char *role)
{
	int changed = db_run(db, "UPDATE officer SET role = $1 WHERE name = $2", "tt", role, name);
	if (changed <= 0)
		return changed == 0 ? -ENOENT : changed;
	int error = db_run(db, "DELETE FROM session WHERE officer = $1", "t", name);
	return error < 0 ? error : officer_log(db, step, "officer.role", name, role);
}

int account_set_role(struct db *db, const struct step *step, const char *name, const char *role)
{
	int error = officer_role_valid(role) ? db_begin(db) : -EINVAL;

	return error < 0 ? error : db_end(db, set_role(db, step, name, role));
}

int account_enable(struct db *db, const struct step *step, const char *name)
{
	int error = db_begin(db);

	if (error < 0)
		return error;
	int changed =
		db_run(db, "UPDATE officer SET disabled_ms = NULL WHERE name = $1", "t", name);
	return db_end(db, officer_changed(db, step, "officer.enabled", name, changed));
}

static int drop_factor(struct db *db, const struct step *step, const char *name)
{
	int changed =
		db_run(db, "UPDATE officer SET totp_secret = NULL WHERE name = $1", "t", name);
	int error = db_run(db, "DELETE FROM recovery WHERE officer = $1", "t", name);

	if (error < 0)
		return error;
	return officer_changed(db, step, "officer.factor-dropped", name, changed);
}

int account_drop_factor(struct db *db, const struct step *step, const char *name)
{
	int error = db_begin(db);

	return error < 0 ? error : db_end(db, drop_factor(db, step, name));
}

static int end_others(struct db *db, const char *name, const char *session)
{
	char hash[HASH_SIZE];

	secret_hash(session, hash);
	return db_run(db, "DELETE FROM session WHERE officer = $1 AND token_hash <> $2", "tt", name,
		hash);
}

static int replace_password(struct db *db, const struct step *step, const char *name,
	const char *session, const char *hash)
{
	int error =
		db_run(db, "UPDATE officer SET password_hash = $1, temporary = 0 WHERE name = $2",
			"tt", hash, name);
	if (error >= 0)
		error = end_others(db, name, session);
	return error < 0 ? error : officer_log(db, step, "officer.password", name, NULL);
}

int account_change_password(struct db *db, const struct step *step, const struct officer *officer,
	const char *session, const char *address, const char *old, const char *wanted)
{
	char hash[PASSWORD_HASH_SIZE];
	size_t length = strlen(wanted);

	if (length < PASSWORD_GOOD || length > PASSWORD_MAX)
		return -EINVAL;
	int error = officer_check(db, officer->name, old, address, step->now_ms);
	if (error >= 0 && strcmp(old, wanted) == 0)
		error = -EEXIST;
	if (error >= 0)
		error = password_hash(wanted, hash);
	if (error >= 0)
		error = db_begin(db);
	if (error < 0)
		return error;
	return db_end(db, replace_password(db, step, officer->name, session, hash));
}

/* The text of one row and one column; 1, or 0 when there is none. Caller owns *out. */
static int one_text(struct db_rows *rows, char **out)
{
	int result = db_step(rows);

	if (result <= 0 || !db_text(rows, 0))
		return result < 0 ? result : 0;
	*out = strdup(db_text(rows, 0));
	return *out ? 1 : -ENOMEM;
}

static int offered(struct db *db, const char *session, char **hex)
{
	autorows struct db_rows *rows = NULL;
	char hash[HASH_SIZE];

	secret_hash(session, hash);
	int error = db_query(
		db, &rows, "SELECT totp_new FROM session WHERE token_hash = $1", "t", hash);
	return error < 0 ? error : one_text(rows, hex);
}

int account_factor_offer(struct db *db, const char *session, char hex[static TOTP_SECRET_HEX])
{
	autofree char *there = NULL;
	char hash[HASH_SIZE];

	int result = offered(db, session, &there);
	if (result > 0)
		snprintf(hex, TOTP_SECRET_HEX, "%s", there);
	if (result != 0)
		return result < 0 ? result : 0;
	totp_secret_new(hex);
	secret_hash(session, hash);
	int changed = db_run(
		db, "UPDATE session SET totp_new = $1 WHERE token_hash = $2", "tt", hex, hash);
	return changed < 0 ? changed : changed == 0 ? -ENOENT : 0;
}

/* A recovery code without what a person may leave out or add. */
static void recovery_hash(const char *code, char hash[static HASH_SIZE])
{
	char bare[RECOVERY_SIZE];
	size_t length = 0;

	for (; *code && length + 1 < sizeof(bare); code++) {
		if (*code >= 'A' && *code <= 'Z')
			bare[length++] = (char)(*code - 'A' + 'a');
		else if (*code != '-' && *code != ' ')
			bare[length++] = *code;
	}
	bare[length] = '\0';
	secret_hash(bare, hash);
}

static int new_recovery(
	struct db *db, const char *name, char recovery[static RECOVERY_CODES][RECOVERY_SIZE])
{
	char hash[HASH_SIZE];

	int error = db_run(db, "DELETE FROM recovery WHERE officer = $1", "t", name);
	for (int i = 0; error >= 0 && i < RECOVERY_CODES; i++) {
		words_new(recovery[i], RECOVERY_SIZE);
		recovery_hash(recovery[i], hash);
		error = db_run(db, "INSERT INTO recovery (officer, code_hash) VALUES ($1, $2)",
			"tt", name, hash);
	}
	return error;
}

static int confirm(struct db *db, const struct step *step, const char *name, const char *session,
	const char *hex, int64_t totp_step, char recovery[static RECOVERY_CODES][RECOVERY_SIZE])
{
	char hash[HASH_SIZE];

	secret_hash(session, hash);
	int error =
		db_run(db, "UPDATE officer SET totp_secret = $1, totp_step = $2 WHERE name = $3",
			"tit", hex, totp_step, name);
	if (error >= 0)
		error = db_run(
			db, "UPDATE session SET totp_new = NULL WHERE token_hash = $1", "t", hash);
	if (error >= 0)
		error = end_others(db, name, session);
	if (error >= 0)
		error = new_recovery(db, name, recovery);
	return error < 0 ? error : officer_log(db, step, "officer.factor", name, NULL);
}

int account_factor_confirm(struct db *db, const struct step *step, const char *name,
	const char *session, const char *code, char recovery[static RECOVERY_CODES][RECOVERY_SIZE])
{
	autofree char *hex = NULL;

	int result = offered(db, session, &hex);
	if (result <= 0)
		return result < 0 ? result : -EACCES;
	int64_t totp_step = totp_match(hex, code, 0, step->now_ms);
	if (totp_step <= 0)
		return totp_step < 0 ? (int)totp_step : -EACCES;
	result = db_begin(db);
	if (result < 0)
		return result;
	return db_end(db, confirm(db, step, name, session, hex, totp_step, recovery));
}

int account_factor(struct db *db, const char *name, int64_t *codes_left)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT (SELECT count(*) FROM recovery r WHERE r.officer = o.name) FROM officer o "
		"WHERE o.name = $1 AND o.totp_secret IS NOT NULL",
		"t", name);
	if (result >= 0)
		result = db_step(rows);
	*codes_left = result > 0 ? db_integer(rows, 0) : 0;
	return result;
}

static int factor_of(struct db *db, const char *name, char **hex, int64_t *last_step)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(
		db, &rows, "SELECT totp_secret, totp_step FROM officer WHERE name = $1", "t", name);
	if (result >= 0)
		result = one_text(rows, hex);
	if (result > 0)
		*last_step = db_integer(rows, 1);
	return result;
}

/* Uses the code up. 1 when it was right; in the caller's transaction. */
static int use_code(struct db *db, const char *name, const char *code, int64_t now_ms)
{
	autofree char *hex = NULL;
	char hash[HASH_SIZE];
	int64_t last_step = 0;

	int result = factor_of(db, name, &hex, &last_step);
	if (result <= 0)
		return result;
	int64_t step = totp_match(hex, code, last_step, now_ms);
	if (step < 0)
		return (int)step;
	if (step > 0)
		return db_run(db,
			"UPDATE officer SET totp_step = $1 WHERE name = $2 AND totp_step < $1",
			"it", step, name);
	recovery_hash(code, hash);
	return db_run(
		db, "DELETE FROM recovery WHERE officer = $1 AND code_hash = $2", "tt", name, hash);
}

/* The session that only the password had opened ends, and another one begins. */
static int open_session(struct db *db, const struct step *step, const char *name,
	const char *session, char token[static TOKEN_SIZE])
{
	char before[HASH_SIZE], after[HASH_SIZE];

	secret_new(token);
	secret_hash(session, before);
	secret_hash(token, after);
	int changed = db_run(db,
		"UPDATE session SET token_hash = $1, awaits_code = 0, used_ms = $2 "
		"WHERE token_hash = $3 AND officer = $4",
		"titt", after, step->now_ms, before, name);
	if (changed <= 0)
		return changed < 0 ? changed : -EACCES;
	return officer_log(db, step, "officer.second-step", name, NULL);
}

static int second_step(struct db *db, const struct step *step, const char *name,
	const char *session, const char *code, const char *asker, char token[static TOKEN_SIZE],
	bool *right)
{
	int result = use_code(db, name, code, step->now_ms);

	if (result < 0)
		return result;
	*right = result > 0;
	if (!*right)
		return throttle_failed(db, asker, step->now_ms);
	result = throttle_forget(db, asker);
	return result < 0 ? result : open_session(db, step, name, session, token);
}

int account_second_step(struct db *db, const struct step *step, const char *name,
	const char *session, const char *code, char token[static TOKEN_SIZE])
{
	char asker[ASKER_SIZE];
	bool right = false;

	snprintf(asker, sizeof(asker), "code:%s", name);
	int64_t wait = throttle_wait(db, asker, FREE_FAILURES_CODE, step->now_ms);
	if (wait != 0)
		return wait < 0 ? (int)wait : -EAGAIN;
	int error = db_begin(db);
	if (error < 0)
		return error;
	error = db_end(db, second_step(db, step, name, session, code, asker, token, &right));
	if (error < 0)
		return error;
	return right ? 0 : -EACCES;
}

int account_sessions(
	struct db *db, const char *name, const char *session, int64_t now_ms, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();
	char hash[HASH_SIZE];

	secret_hash(session, hash);
	int result = db_query(db, &rows,
		"SELECT started_ms, used_ms, address, CASE WHEN token_hash = $1 THEN 1 ELSE 0 END "
		"FROM session WHERE officer = $2 AND started_ms > $3 AND used_ms > $4 "
		"ORDER BY 4 DESC, started_ms DESC",
		"ttii", hash, name, now_ms - SESSION_MS, now_ms - SESSION_IDLE_MS);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:o, s:o, s:s, s:b}", "started",
			record_time(db_integer(rows, 0)), "used", record_time(db_integer(rows, 1)),
			"address", db_words(rows, 2), "this", db_integer(rows, 3) != 0);
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}

static int end_and_log(
	struct db *db, const struct step *step, const char *name, const char *session)
{
	int ended = end_others(db, name, session);

	if (ended < 0)
		return ended;
	return officer_log(db, step, "officer.sessions-ended", name, NULL);
}

int account_end_others(
	struct db *db, const struct step *step, const char *name, const char *session)
{
	int error = db_begin(db);

	return error < 0 ? error : db_end(db, end_and_log(db, step, name, session));
}
