/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kotakd's side of the lobby panel, with a worker that says what a script wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>

#include "kotakd/printing.h"
#include "panel_side_fixture.h"
#include "store/printing.h"

static void the_draft_is_kept(void **state)
{
	struct kiosk *kiosk = *state;

	assert_string_equal(words(the_worker->start, "driver"), "sim");
	assert_true(json_is_null(json_object_get(the_worker->start, "session")));
	int before = sqlite3_total_changes(kiosk->store->db);
	say(draft(FIRST, "S"));
	say(draft(FIRST, "Su"));
	say(draft(FIRST, "Sur"));
	kiosk_panel_tick(kiosk);
	/* Of three that waited only the last is written. */
	assert_int_equal(sqlite3_total_changes(kiosk->store->db), before + 1);
	pass(kiosk, 5000);
	happen(WORKER_STOPPED, NULL);
	kiosk_panel_tick(kiosk);
	assert_string_equal(drafted(), "Sur");
	const json_t *session = json_object_get(the_worker->start, "session");
	assert_int_equal(json_integer_value(json_object_get(session, "age_s")), 5);
	/* Also when kotakd itself was gone, with a wall clock that can't tell and jumped. */
	kiosk->time.quality = CLOCK_GUESS;
	kiosk->time.wall_ms += DAY_MS;
	restart_kotakd(kiosk);
	assert_string_equal(drafted(), "Sur");
	session = json_object_get(the_worker->start, "session");
	assert_int_equal(json_integer_value(json_object_get(session, "age_s")), 5);
	/* After a power cut nothing can. */
	kiosk->boot++;
	kiosk->time.mono_ms = 500;
	restart_kotakd(kiosk);
	assert_string_equal(drafted(), "Sur");
	session = json_object_get(the_worker->start, "session");
	assert_true(json_is_null(json_object_get(session, "age_s")));
}

static void an_old_draft_is_forgotten(void **state)
{
	struct kiosk *kiosk = *state;

	say(draft(FIRST, "Surat"));
	kiosk_panel_tick(kiosk);
	pass(kiosk, (PANEL_DRAFT_AGE_S + 1) * INT64_C(1000));
	restart_kotakd(kiosk);
	assert_true(json_is_null(json_object_get(the_worker->start, "session")));
	assert_int_equal(number(kiosk, "SELECT count(*) FROM panel_session"), 0);
}

static void a_discarded_session_is_gone(void **state)
{
	struct kiosk *kiosk = *state;

	say(draft(FIRST, "Surat"));
	say(json_pack("{s:s, s:s}", "type", "discard", "id", FIRST));
	kiosk_panel_tick(kiosk);
	assert_int_equal(number(kiosk, "SELECT count(*) FROM panel_session"), 0);
	say(draft(FIRST, "Surat"));
	kiosk_panel_tick(kiosk);
	say(json_pack("{s:s, s:s}", "type", "discard", "id", FIRST));
	say(draft(SECOND, "Lain"));
	kiosk_panel_tick(kiosk);
	restart_kotakd(kiosk);
	assert_string_equal(drafted(), "Lain");
}

static void a_complaint_is_opened_once(void **state)
{
	struct kiosk *kiosk = *state;
	char ticket[TICKET_SIZE], again[TICKET_SIZE], pin[PIN_SIZE], pin_again[PIN_SIZE];

	say(draft(FIRST, "Surat"));
	submit(kiosk, FIRST, "", ticket, pin);
	struct complaint complaint = complaint_of(kiosk, FIRST);
	assert_string_equal(complaint.channel, "panel");
	assert_string_equal(complaint.category, "procedure");
	assert_string_equal(complaint.about, "office");
	assert_string_equal(complaint.name, "Siti Aminah");
	assert_string_equal(complaint.sender, "");
	assert_true(complaint.confidential);
	complaint_release(&complaint);
	/* A draft that was on its way makes no session of it again. */
	say(draft(FIRST, "Surat"));
	kiosk_panel_tick(kiosk);
	submit(kiosk, FIRST, "", again, pin_again);
	assert_string_equal(ticket, again);
	assert_string_equal(pin, pin_again);
	assert_int_equal(number(kiosk, "SELECT count(*) FROM complaint"), 1);
	assert_int_equal(
		number(kiosk, "SELECT count(*) FROM event WHERE type = 'complaint.received'"), 1);
	restart_kotakd(kiosk);
	const json_t *session = json_object_get(the_worker->start, "session");
	assert_string_equal(words(session, "kind"), "ticket");
	assert_string_equal(words(session, "ticket"), ticket);
	assert_string_equal(words(session, "pin"), pin);
}

static void whoever_left_takes_no_slip(void **state)
{
	struct kiosk *kiosk = *state;
	struct moment moment = kiosk_moment(kiosk);
	char ticket[TICKET_SIZE], pin[PIN_SIZE];
	int64_t id = 0;

	submit(kiosk, FIRST, "", ticket, pin);
	assert_return_code(store_begin(kiosk->store), 0);
	assert_return_code(store_print_add(kiosk->store, &moment, FIRST,
				   moment.now_ms + PRINTING_EXPIRY_MS, &id),
		0);
	assert_return_code(store_commit(kiosk->store), 0);
	say(json_pack("{s:s, s:s}", "type", "discard", "id", FIRST));
	kiosk_panel_tick(kiosk);
	assert_int_equal(
		number(kiosk, "SELECT count(*) FROM print_job WHERE state = 'expired'"), 1);
}

static void a_phone_makes_a_sender(void **state)
{
	struct kiosk *kiosk = *state;
	char ticket[TICKET_SIZE], pin[PIN_SIZE];

	submit(kiosk, FIRST, "081234567890", ticket, pin);
	struct complaint complaint = complaint_of(kiosk, FIRST);
	assert_string_equal(complaint.sender, "+6281234567890");
	complaint_release(&complaint);
	assert_int_equal(number(kiosk, "SELECT count(*) FROM contact WHERE name = 'Siti Aminah'"
				       " AND sender = '+6281234567890'"),
		1);
	command(kiosk, 1, FIRST, "answer", "Sudah jadi, silakan diambil", "resolved");
	assert_int_equal(number(kiosk, "SELECT count(*) FROM outgoing_sms WHERE purpose = 'answer'"
				       " AND recipient = '+6281234567890'"),
		1);
	/* A number that no SMS reaches is for the officer. */
	submit(kiosk, SECOND, "773123", ticket, pin);
	complaint = complaint_of(kiosk, SECOND);
	assert_string_equal(complaint.sender, "");
	assert_non_null(strstr(complaint.text, "\nTelepon: 773123"));
	complaint_release(&complaint);
}

/* A command with members of its own. */
static void tell(struct kiosk *kiosk, int place, const char *type, const char *key,
	const char *value, const char *day_key, const char *day)
{
	struct moment moment = kiosk_moment(kiosk);
	char id[UUID_SIZE];

	uuid_new(id);
	autojson json_t *commands = json_pack("[{s:i, s:s, s:s, s:s, s:s, s:s, s:s}]", "number",
		place, "id", id, "type", type, "uuid", FIRST, key, value, day_key, day, "actor",
		"officer:sari");
	assert_return_code(store_begin(kiosk->store), 0);
	assert_int_equal(store_commands_take(kiosk->store, &moment, commands), 1);
	assert_return_code(store_commit(kiosk->store), 0);
	assert_int_equal(commands_run(kiosk->store, &moment, kiosk->utc_offset_s), 1);
}

static void expect_told(struct kiosk *kiosk, const json_t *lookup, const char *due,
	const char *extended, const char *object_until)
{
	const struct {
		const char *key, *wanted;
	} told[] = { { "due", due }, { "extended", extended }, { "object_until", object_until } };

	say(json_deep_copy(lookup));
	autojson json_t *message = heard(kiosk, "case");
	for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
		const char *found = json_string_value(json_object_get(message, told[i].key));
		if (told[i].wanted)
			assert_string_equal(found, told[i].wanted);
		else
			assert_null(found);
	}
}

/* Who left no number reads there how long it takes, why, and until when one may object. */
static void days_are_read_at_the_panel(void **state)
{
	struct kiosk *kiosk = *state;
	char ticket[TICKET_SIZE], pin[PIN_SIZE];

	submit(kiosk, FIRST, "", ticket, pin);
	autojson json_t *lookup = own("lookup", 1, ticket, pin);
	expect_told(kiosk, lookup, NULL, NULL, NULL);
	tell(kiosk, 1, "state", "to", "verified", "due", "2026-12-03");
	expect_told(kiosk, lookup, "2026-12-03", NULL, NULL);
	tell(kiosk, 2, "extended", "reason", "Menunggu batu", "due", "2026-12-14");
	expect_told(kiosk, lookup, "2026-12-14", "Menunggu batu", NULL);
	tell(kiosk, 3, "answer", "text", "Sudah", "object_until", "2027-01-20");
	expect_told(kiosk, lookup, NULL, NULL, "2027-01-20");
	/* Opened again, what was promised before is over. */
	say(with(own("rate", 4, ticket, pin), "rating", json_integer(1)));
	json_decref(heard(kiosk, "done"));
	expect_told(kiosk, lookup, NULL, NULL, NULL);
	tell(kiosk, 4, "state", "to", "assigned", "due", "2027-01-08");
	expect_told(kiosk, lookup, "2027-01-08", NULL, NULL);
	assert_int_equal(number(kiosk, "SELECT count(*) FROM outgoing_sms"), 0);
}

static void an_answer_waits_at_the_panel(void **state)
{
	struct kiosk *kiosk = *state;
	char ticket[TICKET_SIZE], pin[PIN_SIZE];

	submit(kiosk, FIRST, "", ticket, pin);
	command(kiosk, 1, FIRST, "question", "Surat yang mana?", NULL);
	say(own("lookup", 1, ticket, pin));
	json_t *told = heard(kiosk, "case");
	assert_true(truth(told, "found"));
	assert_string_equal(words(told, "state"), "incomplete");
	assert_string_equal(words(told, "question"), "Surat yang mana?");
	assert_true(truth(told, "can_add"));
	assert_false(truth(told, "can_rate"));
	json_decref(told);
	/* The same words once more, since their answer was lost on the way. */
	for (int time = 0; time < 2; time++) {
		json_t *addition =
			with(own("add", 2, ticket, pin), "text", json_string("Surat domisili"));
		say(with(addition, "id", json_string(SECOND)));
		told = heard(kiosk, "done");
		assert_true(truth(told, "ok"));
		json_decref(told);
	}
	assert_int_equal(number(kiosk, "SELECT count(*) FROM event WHERE type = "
				       "'complaint.details'"),
		1);
	command(kiosk, 2, FIRST, "answer", "Sudah jadi", "resolved");
	say(own("lookup", 3, ticket, pin));
	told = heard(kiosk, "case");
	assert_string_equal(words(told, "state"), "resolved");
	assert_string_equal(words(told, "answer"), "Sudah jadi");
	assert_true(json_is_null(json_object_get(told, "question")));
	assert_true(truth(told, "can_rate"));
	json_decref(told);
	assert_int_equal(number(kiosk, "SELECT count(*) FROM outgoing_sms"), 0);
	assert_int_equal(number(kiosk, "SELECT count(*) FROM command WHERE state = 'done'"), 2);
	say(with(own("rate", 4, ticket, pin), "rating", json_integer(2)));
	told = heard(kiosk, "done");
	assert_true(truth(told, "ok"));
	assert_true(truth(told, "reopened"));
	json_decref(told);
	say(own("withdraw", 5, ticket, pin));
	told = heard(kiosk, "done");
	assert_true(truth(told, "ok"));
	json_decref(told);
	say(own("withdraw", 6, ticket, pin));
	told = heard(kiosk, "done");
	assert_false(truth(told, "ok"));
	json_decref(told);
	struct complaint complaint = complaint_of(kiosk, FIRST);
	assert_int_equal(complaint.state, STATE_WITHDRAWN);
	assert_int_equal(complaint.rating, 2);
	complaint_release(&complaint);
}

static void guessing_is_slowed(void **state)
{
	struct kiosk *kiosk = *state;
	char ticket[TICKET_SIZE], pin[PIN_SIZE];

	submit(kiosk, FIRST, "", ticket, pin);
	const char *wrong = strcmp(pin, "1234") == 0 ? "4321" : "1234";
	for (int i = 0; i < 5; i++) {
		say(own("lookup", i, ticket, wrong));
		autojson json_t *told = heard(kiosk, "case");
		assert_false(truth(told, "found"));
		assert_string_equal(words(told, "reason"), "wrong");
		assert_null(json_object_get(told, "ticket"));
	}
	say(own("withdraw", 7, ticket, pin));
	json_t *told = heard(kiosk, "done");
	assert_false(truth(told, "ok"));
	json_decref(told);
	say(own("lookup", 8, ticket, pin));
	told = heard(kiosk, "case");
	assert_string_equal(words(told, "reason"), "blocked");
	json_decref(told);
	pass(kiosk, 3601 * INT64_C(1000));
	say(own("lookup", 9, ticket, pin));
	told = heard(kiosk, "case");
	assert_true(truth(told, "found"));
	json_decref(told);
}

/* Nothing can be written while this is there; SELECTs and BEGIN still work. */
static void fail_writes(struct kiosk *kiosk, bool on)
{
	assert_int_equal(sqlite3_exec(kiosk->store->db,
				 on ? "PRAGMA query_only = ON" : "PRAGMA query_only = OFF", NULL,
				 NULL, NULL),
		SQLITE_OK);
}

static void a_failed_write_is_said_and_made_good(void **state)
{
	struct kiosk *kiosk = *state;
	char ticket[TICKET_SIZE], pin[PIN_SIZE];

	fail_writes(kiosk, true);
	say(draft(FIRST, "Surat keterangan"));
	say(submission(FIRST, ""));
	json_t *told = heard(kiosk, "failed");
	assert_non_null(told);
	assert_string_equal(words(told, "id"), FIRST);
	json_decref(told);
	assert_int_equal(number(kiosk, "SELECT count(*) FROM complaint"), 0);
	/* The draft waits, also for a worker that is started meanwhile. */
	happen(WORKER_STOPPED, NULL);
	happen(WORKER_STARTED, NULL);
	kiosk_panel_tick(kiosk);
	assert_string_equal(drafted(), "Surat keterangan");
	fail_writes(kiosk, false);
	pass(kiosk, 3000);
	assert_true(kiosk_panel_deadline(kiosk) <= kiosk->time.mono_ms);
	kiosk_panel_tick(kiosk);
	assert_int_equal(number(kiosk, "SELECT count(*) FROM panel_session"), 1);
	submit(kiosk, FIRST, "", ticket, pin);
	assert_int_equal(number(kiosk, "SELECT count(*) FROM complaint"), 1);
	/* A session whose end couldn't be written isn't there for the next one. */
	fail_writes(kiosk, true);
	say(json_pack("{s:s, s:s}", "type", "discard", "id", FIRST));
	kiosk_panel_tick(kiosk);
	say(json_pack("{s:s, s:s}", "type", "discard", "id", SECOND));
	kiosk_panel_tick(kiosk);
	happen(WORKER_STOPPED, NULL);
	kiosk_panel_tick(kiosk);
	assert_true(json_is_null(json_object_get(the_worker->start, "session")));
	fail_writes(kiosk, false);
	pass(kiosk, 3000);
	kiosk_panel_tick(kiosk);
	assert_int_equal(number(kiosk, "SELECT count(*) FROM panel_session"), 0);
}

static void nonsense_changes_nothing(void **state)
{
	struct kiosk *kiosk = *state;
	static const char *const texts[] = { "{}", "{\"type\": 1}", "{\"type\": \"format\"}",
		"{\"type\": \"submit\"}", "{\"type\": \"submit\", \"id\": \"../x\"}",
		"{\"type\": \"submit\", \"id\": \"" FIRST "\", \"complaint\": []}",
		"{\"type\": \"draft\", \"id\": \"" FIRST "\", \"data\": \"x\"}",
		"{\"type\": \"draft\", \"id\": 5, \"data\": {}}", "{\"type\": \"discard\"}",
		"{\"type\": \"print\", \"id\": \"" FIRST "\"}",
		"{\"type\": \"lookup\", \"request\": \"x\", \"ticket\": \"1\", \"pin\": \"1\"}",
		"{\"type\": \"rate\", \"request\": 1, \"ticket\": \"1\", \"rating\": 9}",
		"{\"type\": \"add\", \"request\": 1, \"text\": \"\"}",
		"{\"type\": \"status\", \"display\": 7, \"echo\": []}" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		json_t *message = json_loads(texts[i], 0, NULL);
		assert_non_null(message);
		say(message);
		kiosk_panel_tick(kiosk);
	}
	json_t *wrong = submission(FIRST, "");
	json_t *complaint = json_object_get(wrong, "complaint");
	json_object_set_new(complaint, "category", json_string("corruption"));
	say(wrong);
	wrong = with(own("add", 1, "003-000001-8", "1111"), "text", json_string("Surat"));
	say(with(wrong, "id", json_string("x")));
	say(submission(SECOND, "08-DROP"));
	kiosk_panel_tick(kiosk);
	assert_int_equal(number(kiosk, "SELECT count(*) FROM complaint"), 0);
	assert_int_equal(number(kiosk, "SELECT count(*) FROM panel_session"), 0);
}

static void the_board_tells_no_names(void **state)
{
	struct kiosk *kiosk = *state;
	char ticket[TICKET_SIZE], pin[PIN_SIZE];

	json_t *open = submission(FIRST, "");
	json_object_set_new(json_object_get(open, "complaint"), "confidential", json_false());
	say(open);
	kiosk_panel_tick(kiosk);
	submit(kiosk, SECOND, "", ticket, pin);
	pass(kiosk, 3 * DAY_MS);
	command(kiosk, 1, FIRST, "answer", "Sudah jadi", "resolved");
	pass(kiosk, 2 * DAY_MS);
	command(kiosk, 2, SECOND, "answer", "Sudah jadi", "resolved");
	autojson json_t *notice = NULL;
	assert_return_code(
		store_notice_board(kiosk->store, kiosk->time.wall_ms, kiosk->utc_offset_s, &notice),
		0);
	const json_t *figures = json_object_get(notice, "figures");
	assert_int_equal(json_integer_value(json_object_get(figures, "received")), 2);
	assert_int_equal(json_integer_value(json_object_get(figures, "open")), 0);
	assert_int_equal(json_integer_value(json_object_get(figures, "answered")), 2);
	assert_int_equal(json_integer_value(json_object_get(figures, "days")), 4);
	const json_t *cases = json_object_get(notice, "cases");
	assert_int_equal(json_array_size(cases), 2);
	/* The confidential one comes without its place. */
	assert_string_equal(words(json_array_get(cases, 0), "place"), "");
	assert_string_equal(words(json_array_get(cases, 1), "place"), "Karang");
	assert_string_equal(words(json_array_get(cases, 1), "category"), "procedure");
	autofree char *all = json_dumps(notice, 0);
	assert_null(strstr(all, "Siti"));
	assert_null(strstr(all, "RT"));
	assert_null(strstr(all, "Surat"));
	/* Told to the panel after a change, without places that aren't in the office's list. */
	kiosk_panel_changed(kiosk, true);
	autojson json_t *told = heard(kiosk, "notice");
	assert_non_null(told);
	cases = json_object_get(told, "cases");
	assert_string_equal(words(json_array_get(cases, 1), "place"), "");
}

static void the_lamp_shows_that_all_is_well(void **state)
{
	struct kiosk *kiosk = *state;
	struct kiosk_panel_status status;

	autojson json_t *on = heard(kiosk, "lamp");
	assert_string_equal(words(on, "state"), "on");
	say(json_pack("{s:s, s:s, s:s, s:s, s:{s:i, s:i, s:i, s:i}}", "type", "status", "display",
		"no answer at address 0x27 of bus 1: check its four wires", "keypad", "", "lines",
		"", "echo", "count", 9, "p50_us", 800, "p99_us", 3000, "max_us", 4000));
	autojson json_t *blink = heard(kiosk, "lamp");
	assert_string_equal(words(blink, "state"), "blink");
	assert_int_equal(kiosk_panel_status(kiosk, &status), 1);
	assert_false(status.ok);
	assert_non_null(strstr(status.text, "0x27"));
	autojson json_t *detail = kiosk_panel_detail(kiosk);
	assert_int_equal(
		json_integer_value(json_object_get(json_object_get(detail, "echo"), "p99_us")),
		3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_draft_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(an_old_draft_is_forgotten, setup, teardown),
		cmocka_unit_test_setup_teardown(a_discarded_session_is_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(a_complaint_is_opened_once, setup, teardown),
		cmocka_unit_test_setup_teardown(whoever_left_takes_no_slip, setup, teardown),
		cmocka_unit_test_setup_teardown(a_phone_makes_a_sender, setup, teardown),
		cmocka_unit_test_setup_teardown(days_are_read_at_the_panel, setup, teardown),
		cmocka_unit_test_setup_teardown(an_answer_waits_at_the_panel, setup, teardown),
		cmocka_unit_test_setup_teardown(guessing_is_slowed, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_failed_write_is_said_and_made_good, setup, teardown),
		cmocka_unit_test_setup_teardown(nonsense_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(the_board_tells_no_names, setup, teardown),
		cmocka_unit_test_setup_teardown(the_lamp_shows_that_all_is_well, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
