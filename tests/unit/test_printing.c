/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kotakd's side of the slips: recorded, begun, settled, expired, told. */
#include "tests/unit/printing_fixture.h"

static void a_slip_is_printed_once(void **state)
{
	struct house *house = *state;
	struct complaint complaint = { 0 };

	assert_string_equal(
		json_string_value(json_object_get(house->worker->start, "device")), "/dev/printer");
	assert_int_equal(json_integer_value(json_object_get(house->worker->start, "baud")), 9600);
	say_state(house, "ready");
	assert_true(house->able);
	ask(house);
	last_told(house, PRINTING_WAITING, PRINTER_UNKNOWN);
	assert_int_equal(house->worker->jobs, 1);
	assert_int_equal(store_complaint_by_uuid(house->kiosk.store, house->uuid, &complaint), 1);
	assert_true(job_says(house, complaint.ticket));
	assert_true(job_says(house, complaint.pin));
	assert_true(job_says(house, "Kalurahan Triharjo"));
	assert_false(job_says(house, "SALINAN"));
	/* 14:13 at Greenwich. */
	assert_true(job_says(house, "21-09-2026 21:13"));
	/* Slips lie about. */
	assert_false(
		job_says(house, "Siti") || job_says(house, "Karang") || job_says(house, "Lampu"));
	say_done(house);
	last_told(house, PRINTING_PRINTED, PRINTER_UNKNOWN);
	assert_int_equal(in_state(house, "printed"), 1);
	pass(house, 3600000);
	assert_int_equal(house->worker->jobs, 1);
	assert_int_equal(house->told_count, 2);
	complaint_release(&complaint);
}

static void asked_again_it_is_a_copy(void **state)
{
	struct house *house = *state;

	say_state(house, "ready");
	ask(house);
	say_done(house);
	ask(house);
	assert_int_equal(house->worker->jobs, 2);
	assert_true(job_says(house, "SALINAN"));
	say_done(house);
	assert_int_equal(in_state(house, "printed"), 2);
}

/* Pressed twice while it waits: one slip. */
static void asked_twice_it_is_one(void **state)
{
	struct house *house = *state;

	say_state(house, "paper out");
	ask(house);
	ask(house);
	last_told(house, PRINTING_WAITING, PRINTER_PAPER_OUT);
	assert_int_equal(in_state(house, "queued"), 1);
	say_state(house, "paper low");
	assert_int_equal(house->worker->jobs, 1);
	assert_false(job_says(house, "SALINAN"));
	say_done(house);
	assert_int_equal(house->worker->jobs, 1);
}

static void the_paper_ends_in_the_middle(void **state)
{
	struct house *house = *state;

	say_state(house, "ready");
	ask(house);
	say_state(house, "paper out");
	say_failed(house, true);
	pass(house, 10000);
	assert_int_equal(house->worker->jobs, 1);
	last_told(house, PRINTING_WAITING, PRINTER_PAPER_OUT);
	say_state(house, "ready");
	assert_int_equal(house->worker->jobs, 2);
	assert_true(job_says(house, "SALINAN"));
	last_told(house, PRINTING_WAITING, PRINTER_UNKNOWN);
	say_done(house);
	last_told(house, PRINTING_PRINTED, PRINTER_UNKNOWN);
}

/* Nothing of it is on paper: it is no copy, and not tried without a pause. */
static void it_was_refused(void **state)
{
	struct house *house = *state;

	say_state(house, "ready");
	ask(house);
	say_failed(house, false);
	assert_int_equal(house->worker->jobs, 1);
	assert_true(printing_deadline(&house->kiosk) > house->kiosk.time.mono_ms);
	assert_true(printing_deadline(&house->kiosk) <= house->kiosk.time.mono_ms + 2000);
	pass(house, 2000);
	assert_int_equal(house->worker->jobs, 2);
	assert_false(job_says(house, "SALINAN"));
	/* Nor is what is asked for later, since nothing came out. */
	say_failed(house, false);
	pass(house, PRINTING_EXPIRY_MS);
	assert_int_equal(in_state(house, "expired"), 1);
	ask(house);
	assert_int_equal(house->worker->jobs, 3);
	assert_false(job_says(house, "SALINAN"));
}

/* kotakd dies between the beginning and the end. */
static void kotakd_dies(void **state)
{
	struct house *house = *state;

	say_state(house, "ready");
	ask(house);
	assert_int_equal(in_state(house, "printing"), 1);
	printing_close(&house->kiosk);
	open_printing(house);
	assert_int_equal(house->worker->jobs, 0);
	say_state(house, "ready");
	assert_int_equal(house->worker->jobs, 1);
	assert_true(job_says(house, "SALINAN"));
	say_done(house);
	assert_int_equal(in_state(house, "printed"), 1);
}

static void the_worker_dies(void **state)
{
	struct house *house = *state;

	say_state(house, "ready");
	ask(house);
	json_int_t id = job_id(house);
	happen(house, WORKER_STOPPED, NULL);
	printing_tick(&house->kiosk);
	assert_false(house->able);
	assert_int_equal(in_state(house, "queued"), 1);
	happen(house, WORKER_STARTED, NULL);
	printing_tick(&house->kiosk);
	assert_int_equal(house->worker->jobs, 1);
	pass(house, 2000);
	say_state(house, "ready");
	assert_int_equal(house->worker->jobs, 2);
	assert_int_equal(job_id(house), id);
	assert_true(job_says(house, "SALINAN"));
	/* What could not even be sent is not on paper. */
	say_done(house);
	house->worker->send_error = -EAGAIN;
	ask(house);
	house->worker->send_error = 0;
	assert_int_equal(in_state(house, "queued"), 1);
	pass(house, 2000);
	assert_int_equal(house->worker->jobs, 3);
}

/* Nobody waits for hours, and a PIN must not come out then. */
static void it_expires(void **state)
{
	struct house *house = *state;

	say_state(house, "paper out");
	ask(house);
	assert_int_equal(
		printing_deadline(&house->kiosk), house->kiosk.time.mono_ms + PRINTING_EXPIRY_MS);
	pass(house, PRINTING_EXPIRY_MS - 1);
	last_told(house, PRINTING_WAITING, PRINTER_PAPER_OUT);
	pass(house, 1);
	last_told(house, PRINTING_FAILED, PRINTER_PAPER_OUT);
	assert_int_equal(printing_deadline(&house->kiosk), INT64_MAX);
	say_state(house, "ready");
	pass(house, 10000);
	assert_int_equal(house->worker->jobs, 0);
	assert_int_equal(in_state(house, "expired"), 1);
}

/* The next visitor is not handed the slip of the one before. */
static void the_next_visitor(void **state)
{
	struct house *house = *state;
	char second[UUID_SIZE];

	say_state(house, "paper out");
	ask(house);
	open_complaint(house, second);
	ask_for(house, second);
	assert_int_equal(in_state(house, "expired"), 1);
	say_state(house, "ready");
	assert_int_equal(house->worker->jobs, 1);
	say_done(house);
	assert_string_equal(house->told[house->told_count - 1].uuid, second);
	assert_int_equal(house->worker->jobs, 1);
	/* One who goes away takes the wish along. */
	say_state(house, "paper out");
	ask(house);
	assert_return_code(printing_cancel(&house->kiosk, house->uuid), 0);
	say_state(house, "ready");
	assert_int_equal(house->worker->jobs, 1);
}

/* A printer that fails each time doesn't eat the whole roll. */
static void it_is_given_up(void **state)
{
	struct house *house = *state;

	say_state(house, "ready");
	ask(house);
	for (int i = 0; i < 10; i++) {
		if (in_state(house, "printing"))
			say_failed(house, true);
		pass(house, 2000);
	}
	assert_int_equal(house->worker->jobs, 4);
	assert_int_equal(in_state(house, "failed"), 1);
	last_told(house, PRINTING_FAILED, PRINTER_UNKNOWN);
}

/* The end of a slip can't be written down: nothing else is begun, and nothing printed twice. */
static void the_card_is_full(void **state)
{
	struct house *house = *state;

	say_state(house, "ready");
	ask(house);
	assert_int_equal(sqlite3_exec(house->kiosk.store->db,
				 "CREATE TRIGGER full BEFORE UPDATE ON print_job BEGIN"
				 " SELECT RAISE (ABORT, 'full'); END",
				 NULL, NULL, NULL),
		SQLITE_OK);
	say_done(house);
	assert_int_equal(in_state(house, "printing"), 1);
	pass(house, 2000);
	pass(house, 2000);
	last_told(house, PRINTING_WAITING, PRINTER_UNKNOWN);
	assert_int_equal(
		sqlite3_exec(house->kiosk.store->db, "DROP TRIGGER full", NULL, NULL, NULL),
		SQLITE_OK);
	pass(house, 2000);
	assert_int_equal(in_state(house, "printed"), 1);
	last_told(house, PRINTING_PRINTED, PRINTER_UNKNOWN);
	assert_int_equal(house->worker->jobs, 1);
}

static void a_silent_printer(void **state)
{
	struct house *house = *state;

	say_state(house, "silent");
	ask(house);
	assert_int_equal(house->worker->jobs, 1);
	say_done(house);
	last_told(house, PRINTING_PRINTED, PRINTER_SILENT);
}

static void nonsense_is_ignored(void **state)
{
	struct house *house = *state;
	static const char *const messages[] = {
		"{}",
		"{\"type\": 5}",
		"{\"type\": \"status\", \"state\": \"dancing\"}",
		"{\"type\": \"status\"}",
		"{\"type\": \"done\"}",
		"{\"type\": \"done\", \"id\": 4711}",
		"{\"type\": \"failed\", \"id\": \"1\", \"maybe_printed\": false}",
	};

	say_state(house, "ready");
	say(house, json_pack("{s:s, s:i}", "type", "done", "id", 0));
	ask(house);
	for (size_t i = 0; i < ARRAY_SIZE(messages); i++)
		say(house, json_loads(messages[i], 0, NULL));
	assert_int_equal(in_state(house, "printing"), 1);
	/* One that doesn't say whether it is on paper is taken to be. */
	say(house, json_pack("{s:s, s:I}", "type", "failed", "id", job_id(house)));
	assert_int_equal(in_state(house, "queued"), 1);
	pass(house, 2000);
	assert_true(job_says(house, "SALINAN"));
}

static void its_state_is_said(void **state)
{
	struct house *house = *state;
	static const struct {
		const char *name;
		bool ok;
		const char *words;
	} states[] = {
		{ "ready", true, "works" },
		{ "paper low", true, "paper low: look at it" },
		{ "silent", true, "silent: look at it" },
		{ "paper out", false, "paper out: look at it" },
		{ "cover open", false, "cover open: look at it" },
		{ "absent", false, "absent: look at it" },
		{ "fault", false, "fault: look at it" },
	};
	struct printing_status status = { 0 };
	enum printer_state printer;

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		pass(house, 1000);
		say_state(house, states[i].name);
		assert_int_equal(printing_status(&house->kiosk, &status), 1);
		assert_int_equal(status.ok, states[i].ok);
		assert_string_equal(status.text, states[i].words);
		assert_int_equal(status.since_ms, house->kiosk.time.wall_ms);
		assert_int_equal(status.advice == NULL, states[i].ok);
		assert_int_equal(printing_able(&house->kiosk, &printer), states[i].ok);
		assert_string_equal(printer_state_name(printer), states[i].name);
		/* The same again is no news. */
		pass(house, 1000);
		say_state(house, states[i].name);
		assert_int_equal(printing_status(&house->kiosk, &status), 1);
		assert_int_equal(status.since_ms, house->kiosk.time.wall_ms - 1000);
	}
}

static void without_a_printer(void **state)
{
	struct house *house = *state;
	const struct moment moment = kiosk_moment(&house->kiosk);
	struct printing_status status;
	enum printer_state printer;

	printing_close(&house->kiosk);
	free(house->kiosk.config.printer_device);
	house->kiosk.config.printer_device = NULL;
	assert_return_code(printing_open(&house->kiosk, NULL), 0);
	assert_null(house->kiosk.printing);
	assert_int_equal(printing_ask(&house->kiosk, &moment, house->uuid), 0);
	assert_int_equal(printing_status(&house->kiosk, &status), 0);
	assert_false(printing_able(&house->kiosk, &printer));
	assert_int_equal(printer, PRINTER_ABSENT);
	printing_tick(&house->kiosk);
	assert_int_equal(printing_deadline(&house->kiosk), INT64_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_slip_is_printed_once),
		TEST(asked_again_it_is_a_copy),
		TEST(asked_twice_it_is_one),
		TEST(the_paper_ends_in_the_middle),
		TEST(it_was_refused),
		TEST(kotakd_dies),
		TEST(the_worker_dies),
		TEST(it_expires),
		TEST(the_next_visitor),
		TEST(it_is_given_up),
		TEST(the_card_is_full),
		TEST(a_silent_printer),
		TEST(nonsense_is_ignored),
		TEST(its_state_is_said),
		TEST(without_a_printer),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
