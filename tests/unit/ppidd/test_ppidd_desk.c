/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the desk rests on: escaping, forms, bodies, sessions, decisions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/log.h"
#include "tools/ppidd/body.h"
#include "tools/ppidd/complaint.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/html.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/throttle.h"

#define NOW INT64_C(1795540000000)
#define HOUR_MS (INT64_C(3600) * 1000)
#define UUID "11111111-1111-4111-8111-111111111111"
#define ONCE "22222222-2222-4222-8222-222222222222"

static struct db *db;
static const struct step step = { .now_ms = NOW, .actor = "officer:siti" };

static int setup(void **state)
{
	char code[CODE_SIZE];
	(void)state;

	if (db_open("sqlite::memory:", &db) < 0 || kiosk_add(db, &step, 3, "Balai", code) < 0)
		return -1;
	int error = db_run(db,
		"INSERT INTO complaint (uuid, kiosk, ticket, state, kiosk_state, still_open, "
		"channel, "
		"language, created_ms, updated_ms) "
		"VALUES ('" UUID
		"', 3, '003-000001-8', 'received', 'received', 1, 'sms', 'id', 1, 1)",
		"");
	return error < 0 ? -1 : officer_add(db, &step, "siti", "officer", "rahasia-sekali");
}

static int teardown(void **state)
{
	(void)state;
	db_close(db);
	return 0;
}

static void test_escaping(void **state)
{
	autofree char *text = NULL;
	const char *volatile nothing = NULL;
	size_t size = 0;
	(void)state;

	FILE *out = open_memstream(&text, &size);
	html(out, "<b title=\"%s\">%s %lld%%</b>", "\"'<>&", "a\x01\r\n\xc3\xa9", 42LL);
	html(out, "%s", nothing);
	fclose(out);
	assert_string_equal(
		text, "<b title=\"&quot;&#39;&lt;&gt;&amp;\">a\xef\xbf\xbd\n\xc3\xa9 42%</b>");
}

static void test_form_fields(void **state)
{
	autofree char *text = body_field("a=1&text=Hal%26lo+%C3%A9&text2=x&empty=", "text");
	autofree char *empty = body_field("text=x&empty=", "empty");
	(void)state;

	assert_string_equal(text, "Hal&lo \xc3\xa9");
	assert_string_equal(empty, "");
	assert_null(body_field("xtext=1&texts=2", "text"));
	autofree char *broken = body_field("text=%zz%4", "text");
	assert_non_null(broken);
}

/* plain is not const only because zlib's input isn't. */
static size_t pack(void *plain, size_t size, void *out, size_t room)
{
	z_stream stream = {
		.next_in = plain, .avail_in = (uInt)size, .next_out = out, .avail_out = (uInt)room
	};

	assert_int_equal(
		deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	size_t packed = stream.total_out;
	deflateEnd(&stream);
	return packed;
}

static void test_inflating(void **state)
{
	static char zeros[1 << 20];
	char halo[] = "halo";
	unsigned char packed[4096];
	char *plain = NULL;
	size_t size = 0;
	(void)state;

	size_t length = pack(halo, 4, packed, sizeof(packed));
	assert_int_equal(body_inflate((char *)packed, length, 4, &plain, &size), 0);
	assert_string_equal(plain, "halo");
	free(plain);
	assert_int_equal(body_inflate((char *)packed, length, 3, &plain, &size), -EMSGSIZE);
	for (size_t cut = 1; cut < length; cut++)
		assert_int_equal(
			body_inflate((char *)packed, length - cut, 100, &plain, &size), -EBADMSG);
	length = pack(zeros, sizeof(zeros), packed, sizeof(packed));
	assert_int_equal(body_inflate((char *)packed, length, 1000, &plain, &size), -EMSGSIZE);
}

static void test_session(void **state)
{
	char token[TOKEN_SIZE], form[TOKEN_SIZE], other[TOKEN_SIZE];
	struct officer officer;
	(void)state;

	assert_int_equal(officer_login(db, "siti", "salah-sekali", "::1", NOW, token), -EACCES);
	assert_int_equal(officer_login(db, "nobody", "x", "::1", NOW, token), -EACCES);
	assert_int_equal(officer_login(db, "siti", "rahasia-sekali", "::1", NOW, token), 0);
	assert_int_equal(officer_by_session(db, token, NOW + HOUR_MS, true, &officer), 0);
	assert_string_equal(officer.name, "siti");
	/* Two hours after the last sign of a person; a page that reloads itself is none. */
	assert_int_equal(officer_by_session(db, token, NOW + 2 * HOUR_MS, false, &officer), 0);
	assert_int_equal(
		officer_by_session(db, token, NOW + 3 * HOUR_MS + 1, false, &officer), -ENOENT);
	officer_form_token(token, form);
	secret_new(other);
	officer_form_token(other, other);
	assert_int_not_equal(strcmp(form, other), 0);
	assert_int_equal(officer_logout(db, token), 0);
	assert_int_equal(officer_by_session(db, token, NOW, false, &officer), -ENOENT);
}

static void test_throttle(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(throttle_wait(db, "x", 3, NOW), 0);
		assert_int_equal(throttle_failed(db, "x", NOW), 0);
	}
	assert_true(throttle_wait(db, "x", 3, NOW) > 0);
	assert_int_equal(throttle_wait(db, "y", 3, NOW), 0);
	assert_int_equal(throttle_wait(db, "x", 3, NOW + HOUR_MS), 0);
	assert_int_equal(throttle_forget(db, "x"), 0);
	assert_int_equal(throttle_wait(db, "x", 3, NOW), 0);
}

static const char *state_now(json_t **complaint)
{
	assert_int_equal(complaint_find(db, UUID, VIEW_WHOLE, complaint), 0);
	return record_text(*complaint, "state");
}

static void test_decisions(void **state)
{
	struct decision decision = { .complaint = UUID, .once = ONCE, .text = " Sudah.\r\n" };
	autojson json_t *complaint = NULL, *events = NULL;
	(void)state;

	assert_int_equal(
		decide_state(db, &step, &decision, STATE_INVESTIGATING, &complaint), -EPERM);
	assert_int_equal(decide_answer(db, &step, &decision, NULL), 0);
	assert_int_equal(decide_answer(db, &step, &decision, NULL), -EALREADY);
	assert_string_equal(state_now(&complaint), "resolved");
	assert_int_equal(complaint_history(db, UUID, VIEW_WHOLE, &events), 0);
	assert_int_equal(json_array_size(events), 5); /* four steps and the answer */
	decision.once = NULL;
	decision.text = " \n";
	assert_int_equal(decide_answer(db, &step, &decision, NULL), -EINVAL);
	decision.text = "\xff";
	assert_int_equal(decide_answer(db, &step, &decision, NULL), -EILSEQ);
	decision.text = "Di mana?";
	assert_int_equal(decide_question(db, &step, &decision, NULL), -EPERM);
	decision.complaint = "003-000009-4";
	assert_int_equal(decide_question(db, &step, &decision, NULL), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escaping),
		cmocka_unit_test(test_form_fields),
		cmocka_unit_test(test_inflating),
		cmocka_unit_test_setup_teardown(test_session, setup, teardown),
		cmocka_unit_test_setup_teardown(test_throttle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_decisions, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
