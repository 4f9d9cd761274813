/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accounts: given passwords, own passwords, the second step of a log-in, sessions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "base/log.h"
#include "tools/ppidd/account.h"

#define NOW INT64_C(1795540000000)
#define MINUTE_MS INT64_C(60000)
#define ADDRESS "192.0.2.1"
#define PASSWORD "rahasia-sekali"

static struct db *db;
static const struct step step = { .now_ms = NOW, .actor = "officer:pak" };

static int setup(void **state)
{
	(void)state;
	if (db_open("sqlite::memory:", &db) < 0)
		return -1;
	return officer_add(db, &step, "siti", "officer", PASSWORD);
}

static int teardown(void **state)
{
	(void)state;
	db_close(db);
	return 0;
}

static enum login_step step_of(const char *token, int64_t now_ms)
{
	struct officer officer;

	assert_int_equal(officer_by_session(db, token, now_ms, false, &officer), 0);
	return officer.step;
}

static bool session_is(const char *token)
{
	struct officer officer;

	return officer_by_session(db, token, NOW, false, &officer) == 0;
}

static void test_given(void **state)
{
	char given[GIVEN_PASSWORD_SIZE], token[TOKEN_SIZE];
	struct officer officer = { .name = "budi", .role = "intake" };
	(void)state;

	assert_int_equal(account_add(db, &step, "siti", "officer", given), -EEXIST);
	assert_int_equal(account_add(db, &step, "bu di", "officer", given), -EINVAL);
	assert_int_equal(account_add(db, &step, "budi", "king", given), -EINVAL);
	assert_int_equal(account_add(db, &step, "budi", "intake", given), 0);
	assert_int_equal(strlen(given), GIVEN_PASSWORD_SIZE - 1);
	assert_int_equal(officer_login(db, "budi", given, ADDRESS, NOW, token), 0);
	assert_int_equal(step_of(token, NOW), LOGIN_PASSWORD);
	assert_int_equal(account_change_password(db, &step, &officer, token, ADDRESS, given, given),
		-EEXIST);
	assert_int_equal(
		account_change_password(db, &step, &officer, token, ADDRESS, given, "1234567"),
		-EINVAL);
	assert_int_equal(
		account_change_password(db, &step, &officer, token, ADDRESS, "salah", "kata-baru"),
		-EACCES);
	assert_int_equal(
		account_change_password(db, &step, &officer, token, ADDRESS, given, "kata-baru"),
		0);
	assert_int_equal(step_of(token, NOW), LOGIN_DONE);
	assert_int_equal(officer_login(db, "budi", given, ADDRESS, NOW, token), -EACCES);
	assert_int_equal(account_give_password(db, &step, "budi", given), 0);
	assert_int_equal(officer_login(db, "budi", "kata-baru", ADDRESS, NOW, token), -EACCES);
	assert_int_equal(officer_login(db, "budi", given, ADDRESS, NOW, token), 0);
	assert_int_equal(step_of(token, NOW), LOGIN_PASSWORD);
	assert_int_equal(account_give_password(db, &step, "nobody", given), -ENOENT);
}

/* Sets the second factor up; the session's token stays. */
static void set_up(const char *name, const char *token, char hex[static TOTP_SECRET_HEX],
	char recovery[static RECOVERY_CODES][RECOVERY_SIZE])
{
	char code[TOTP_CODE_SIZE], again[TOTP_SECRET_HEX];

	assert_int_equal(account_factor_offer(db, token, hex), 0);
	assert_int_equal(account_factor_offer(db, token, again), 0);
	assert_string_equal(hex, again);
	assert_int_equal(
		account_factor_confirm(db, &step, name, token, "12345", recovery), -EACCES);
	assert_int_equal(totp_code(hex, NOW / TOTP_STEP_MS, code), 0);
	assert_int_equal(account_factor_confirm(db, &step, name, token, code, recovery), 0);
}

static void test_second_step(void **state)
{
	char hex[TOTP_SECRET_HEX], recovery[RECOVERY_CODES][RECOVERY_SIZE], code[TOTP_CODE_SIZE];
	char first[TOKEN_SIZE], half[TOKEN_SIZE], whole[TOKEN_SIZE];
	int64_t left = 0, later = NOW + MINUTE_MS;
	struct step then = { .now_ms = later, .actor = "officer:siti" };
	(void)state;

	assert_int_equal(officer_login(db, "siti", PASSWORD, ADDRESS, NOW, first), 0);
	assert_int_equal(account_factor(db, "siti", &left), 0);
	set_up("siti", first, hex, recovery);
	assert_int_equal(account_factor(db, "siti", &left), 1);
	assert_int_equal(left, RECOVERY_CODES);
	assert_int_equal(step_of(first, NOW), LOGIN_DONE);
	assert_int_equal(officer_login(db, "siti", PASSWORD, ADDRESS, later, half), 0);
	assert_int_equal(step_of(half, later), LOGIN_CODE);
	/* The code that set it up was used up by that. */
	assert_int_equal(totp_code(hex, NOW / TOTP_STEP_MS, code), 0);
	assert_int_equal(account_second_step(db, &then, "siti", half, code, whole), -EACCES);
	assert_int_equal(totp_code(hex, later / TOTP_STEP_MS, code), 0);
	assert_int_equal(account_second_step(db, &then, "siti", half, code, whole), 0);
	assert_int_equal(step_of(whole, later), LOGIN_DONE);
	assert_false(session_is(half));
	/* Seen over a shoulder, it opens nothing more. */
	assert_int_equal(officer_login(db, "siti", PASSWORD, ADDRESS, later, half), 0);
	assert_int_equal(account_second_step(db, &then, "siti", half, code, whole), -EACCES);
	/* A recovery code, as somebody may type it, once. */
	recovery[3][0] =
		recovery[3][0] >= 'a' ? (char)(recovery[3][0] - 'a' + 'A') : recovery[3][0];
	recovery[3][4] = ' ';
	assert_int_equal(account_second_step(db, &then, "siti", half, recovery[3], whole), 0);
	assert_int_equal(account_factor(db, "siti", &left), 1);
	assert_int_equal(left, RECOVERY_CODES - 1);
	assert_int_equal(officer_login(db, "siti", PASSWORD, ADDRESS, later, half), 0);
	assert_int_equal(account_second_step(db, &then, "siti", half, recovery[3], whole), -EACCES);
	/* An unfinished log-in doesn't wait for long. */
	assert_true(officer_by_session(db, half, later + SECOND_STEP_MS, false,
			    &(struct officer) { 0 }) == -ENOENT);
}

static void test_guessing(void **state)
{
	char hex[TOTP_SECRET_HEX], recovery[RECOVERY_CODES][RECOVERY_SIZE], code[TOTP_CODE_SIZE];
	char token[TOKEN_SIZE], whole[TOKEN_SIZE];
	struct step then = { .now_ms = NOW + MINUTE_MS, .actor = "officer:siti" };
	(void)state;

	assert_int_equal(officer_login(db, "siti", PASSWORD, ADDRESS, NOW, token), 0);
	set_up("siti", token, hex, recovery);
	assert_int_equal(officer_login(db, "siti", PASSWORD, ADDRESS, then.now_ms, token), 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(
			account_second_step(db, &then, "siti", token, "x", whole), -EACCES);
	assert_int_equal(
		account_second_step(db, &then, "siti", token, recovery[0], whole), -EAGAIN);
	/* Not for ever. */
	then.now_ms += MINUTE_MS;
	assert_int_equal(totp_code(hex, then.now_ms / TOTP_STEP_MS, code), 0);
	assert_int_equal(account_second_step(db, &then, "siti", token, code, whole), 0);
}

static void test_administrator(void **state)
{
	char hex[TOTP_SECRET_HEX], recovery[RECOVERY_CODES][RECOVERY_SIZE], token[TOKEN_SIZE];
	(void)state;

	assert_int_equal(officer_login(db, "siti", PASSWORD, ADDRESS, NOW, token), 0);
	assert_int_equal(account_set_role(db, &step, "siti", "king"), -EINVAL);
	assert_int_equal(account_set_role(db, &step, "siti", "administrator"), 0);
	assert_false(session_is(token));
	assert_int_equal(officer_login(db, "siti", PASSWORD, ADDRESS, NOW, token), 0);
	assert_int_equal(step_of(token, NOW), LOGIN_FACTOR);
	set_up("siti", token, hex, recovery);
	assert_int_equal(step_of(token, NOW), LOGIN_DONE);
	assert_int_equal(account_drop_factor(db, &step, "siti"), 0);
	assert_int_equal(officer_login(db, "siti", PASSWORD, ADDRESS, NOW, token), 0);
	assert_int_equal(step_of(token, NOW), LOGIN_FACTOR);
	assert_int_equal(officer_disable(db, &step, "siti"), 0);
	assert_int_equal(officer_login(db, "siti", PASSWORD, ADDRESS, NOW, token), -EACCES);
	assert_int_equal(account_enable(db, &step, "siti"), 0);
	assert_int_equal(officer_login(db, "siti", PASSWORD, ADDRESS, NOW, token), 0);
}

static void test_sessions(void **state)
{
	char one[TOKEN_SIZE], two[TOKEN_SIZE];
	autojson json_t *list = NULL;
	(void)state;

	assert_int_equal(officer_login(db, "siti", PASSWORD, ADDRESS, NOW, one), 0);
	assert_int_equal(officer_login(db, "siti", PASSWORD, "192.0.2.2", NOW, two), 0);
	assert_int_equal(account_sessions(db, "siti", two, NOW, &list), 0);
	assert_int_equal(json_array_size(list), 2);
	const json_t *first = json_array_get(list, 0);
	assert_true(json_is_true(json_object_get(first, "this")));
	assert_string_equal(json_string_value(json_object_get(first, "address")), "192.0.2.2");
	assert_int_equal(account_end_others(db, &step, "siti", two), 0);
	assert_true(session_is(two));
	assert_false(session_is(one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_given, setup, teardown),
		cmocka_unit_test_setup_teardown(test_second_step, setup, teardown),
		cmocka_unit_test_setup_teardown(test_guessing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_administrator, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sessions, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
