/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Complaints of the lobby kiosk: whom they are about, and answers that are read there. */
#include "tests/unit/ppidd/kiosk_log.h"

#include <errno.h>
#include <sodium.h>

#include "base/log.h"
#include "tools/ppidd/catch_up.h"
#include "tools/ppidd/command.h"
#include "tools/ppidd/complaint.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/verify.h"

#define UUID "11111111-1111-4111-8111-111111111111"
#define ONCE "22222222-2222-4222-8222-222222222222"

static void put_received(const char *about, const char *from)
{
	char ticket[TICKET_SIZE];

	assert_int_equal(ticket_format(ticket, KIOSK, 1), 0);
	put_event(&kiosk_log, NULL, "complaint.received", ticket,
		json_pack("{s:s, s:s, s:s, s:s, s:s}", "uuid", UUID, "channel", "panel", "language",
			"id", "category", "procedure", "about", about),
		json_pack("{s:s, s:s, s:s}", "from", from, "text", "Surat belum jadi", "pin",
			"1234"));
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
}

static json_t *seen(void)
{
	json_t *complaint = NULL;

	assert_int_equal(complaint_find(db, UUID, VIEW_OFFICE, &complaint), 0);
	return complaint;
}

static void test_about(void **state)
{
	(void)state;

	put_received("office", "");
	autojson json_t *complaint = seen();
	assert_string_equal(record_text(complaint, "category"), "procedure");
	assert_string_equal(record_text(complaint, "about"), "office");
	assert_true(json_is_true(json_object_get(complaint, "read_at_kiosk")));
	autofree char *fault = NULL;
	int64_t checked = 0;
	assert_int_equal(verify_all(db, &checked, &fault), 0);
	assert_int_equal(db_run(db, "UPDATE complaint SET about = 'agency'", ""), 1);
	assert_int_equal(verify_all(db, &checked, &fault), -EBADMSG);
}

static void test_about_nobody_known(void **state)
{
	(void)state;

	put_received("<b>", "+62811");
	autojson json_t *complaint = seen();
	assert_null(record_text(complaint, "about"));
	assert_false(json_is_true(json_object_get(complaint, "read_at_kiosk")));
}

/* Events that came to an older server, which only kept what it didn't know. */
static void test_catch_up(void **state)
{
	(void)state;

	put_received("official", "");
	assert_int_equal(db_run(db, "UPDATE complaint SET about = NULL", ""), 1);
	assert_int_equal(catch_up_3(db), 0);
	autojson json_t *complaint = seen();
	assert_string_equal(record_text(complaint, "about"), "official");
}

static size_t commands_shown(const char *state)
{
	json_t *list = NULL, *item;
	size_t i, shown = 0;

	assert_int_equal(complaint_commands(db, UUID, &list), 0);
	json_array_foreach (list, i, item) {
		shown += strcmp(record_words(item, "state"), state) == 0;
	}
	json_decref(list);
	return shown;
}

static void answer_and_apply(void)
{
	const struct decision decision = {
		.complaint = UUID, .once = ONCE, .text = "Sudah jadi.", .view = VIEW_OFFICE
	};
	char complaint[UUID_SIZE];

	assert_int_equal(decide_answer(db, &step, &decision, NULL), 0);
	assert_int_equal(commands_shown("pending"), 1);
	assert_int_equal(command_applied(db, KIOSK, ONCE, true, NULL, NOW, complaint), 0);
}

static void test_read_at_kiosk(void **state)
{
	(void)state;

	put_received("office", "");
	answer_and_apply();
	assert_int_equal(commands_shown("done"), 1);
}

/* With a number it is an SMS, and shown as that. */
static void test_answered_by_sms(void **state)
{
	(void)state;

	put_received("office", "+62811");
	put_event(&kiosk_log, NULL, "message.queued", NULL,
		json_pack("{s:s, s:s, s:s, s:s}", "message", "m1", "purpose", "answer", "uuid",
			UUID, "command", ONCE),
		json_pack("{s:s, s:s}", "to", "+62811", "text", "Sudah jadi."));
	answer_and_apply();
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	assert_int_equal(commands_shown("done"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_about, setup, teardown),
		cmocka_unit_test_setup_teardown(test_about_nobody_known, setup, teardown),
		cmocka_unit_test_setup_teardown(test_catch_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_at_kiosk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_answered_by_sms, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
