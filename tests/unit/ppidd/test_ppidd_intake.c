/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Batches of events: what docs/sync.md promises a kiosk, case by case. */
#include "tests/unit/ppidd/kiosk_log.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>

#include "base/log.h"
#include "tools/ppidd/command.h"
#include "tools/ppidd/complaint.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/verify.h"

static void new_uuid(char out[static UUID_SIZE])
{
	uuid_new(out);
}

static void test_taken_once(void **state)
{
	char uuid[UUID_SIZE];
	json_t *answer = NULL;
	(void)state;

	new_uuid(uuid);
	put_complaint(&kiosk_log, uuid, 1);
	assert_int_equal(send_from(&kiosk_log, 1, &answer), 200);
	assert_int_equal(record_number(answer, "acked"), 2);
	json_decref(answer);
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	assert_int_equal(send_from(&kiosk_log, 2, NULL), 200);
	assert_int_equal(count("SELECT count(*) FROM complaint"), 1);
	assert_int_equal(count("SELECT count(*) FROM event WHERE source = 3"), 2);
}

static void test_gap(void **state)
{
	char uuid[UUID_SIZE];
	json_t *answer = NULL;
	(void)state;

	new_uuid(uuid);
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	put_complaint(&kiosk_log, uuid, 1);
	put_event(&kiosk_log, NULL, "clock.set", NULL, NULL, NULL);
	assert_int_equal(send_from(&kiosk_log, 3, &answer), 409);
	assert_int_equal(record_number(answer, "expected"), 2);
	assert_null(json_object_get(answer, "fork"));
	json_decref(answer);
	assert_int_equal(count("SELECT count(*) FROM complaint"), 0);
}

static void test_fork(void **state)
{
	struct kiosk_log other = { .epoch = 1 };
	json_t *answer = NULL;
	(void)state;

	put_event(&kiosk_log, NULL, "clock.set", NULL, NULL, NULL);
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	other.events = json_array();
	json_array_append(other.events, json_array_get(kiosk_log.events, 0));
	memcpy(other.hash, record_text(json_array_get(kiosk_log.events, 0), "hash"), HASH_SIZE);
	put_event(&other, NULL, "kiosk.started", NULL, NULL, NULL);
	assert_int_equal(send_from(&other, 2, &answer), 409);
	assert_true(json_is_true(json_object_get(answer, "fork")));
	assert_int_equal(record_number(answer, "expected"), 3);
	assert_string_equal(record_text(answer, "hash"), kiosk_log.hash);
	json_decref(answer);
	/* The other's next, whose seam is the event that the server doesn't have. */
	put_event(&other, NULL, "kiosk.started", NULL, NULL, NULL);
	assert_int_equal(send_from(&other, 3, &answer), 409);
	assert_true(json_is_true(json_object_get(answer, "fork")));
	json_decref(answer);
	json_decref(other.events);
	assert_int_equal(count("SELECT count(*) FROM alert WHERE kind = 'fork'"), 1);
}

static void test_changed_body(void **state)
{
	const char *id = record_text(json_array_get(kiosk_log.events, 0), "id");
	(void)state;

	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	put_event(&kiosk_log, NULL, "clock.set", NULL, NULL, NULL);
	put_event(&kiosk_log, id, "kiosk.started", NULL, NULL, NULL);
	assert_int_equal(send_from(&kiosk_log, 2, NULL), 422);
	/* Refused whole. */
	assert_int_equal(count("SELECT count(*) FROM event WHERE source = 3"), 1);
	assert_int_equal(count("SELECT count(*) FROM alert WHERE kind = 'changed-event'"), 1);
}

/* A new epoch that restates what the server knows and one event that it doesn't. */
static void test_new_epoch(void **state)
{
	struct kiosk_log next = { .epoch = 2 };
	char uuid[UUID_SIZE], late[UUID_SIZE];
	json_t *answer = NULL;
	(void)state;

	new_uuid(uuid);
	new_uuid(late);
	put_complaint(&kiosk_log, uuid, 1);
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	next.events = json_array();
	memcpy(next.hash, kiosk_log.hash, HASH_SIZE);
	put_event(&next, NULL, "epoch.started", NULL,
		json_pack("{s:s, s:s}", "reason", "restored", "previous_hash", kiosk_log.hash),
		NULL);
	json_t *known = json_array_get(kiosk_log.events, 1);
	put_event(&next, record_text(known, "id"), record_text(known, "type"),
		record_text(known, "ticket"), json_deep_copy(json_object_get(known, "data")), NULL);
	put_complaint(&next, late, 10002);
	assert_int_equal(send_from(&next, 1, &answer), 200);
	assert_int_equal(record_number(answer, "acked"), 3);
	json_decref(answer);
	assert_int_equal(count("SELECT count(*) FROM complaint"), 2);
	/* The old epoch is over, but what is known of it is acknowledged. */
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	put_event(&kiosk_log, NULL, "clock.set", NULL, NULL, NULL);
	assert_int_equal(send_from(&kiosk_log, 1, &answer), 409);
	assert_int_equal(record_number(answer, "epoch"), 2);
	json_decref(answer);
	json_decref(next.events);

	autofree char *fault = NULL;
	int64_t checked = 0;
	assert_int_equal(verify_all(db, &checked, &fault), 0);
	assert_int_equal(checked, 2 + 3 + 1);
}

static void test_epoch_needs_its_start(void **state)
{
	struct kiosk_log next = { .epoch = 2, .events = json_array(), .hash = EVENT_GENESIS };
	(void)state;

	put_event(&next, NULL, "clock.set", NULL, NULL, NULL);
	assert_int_equal(send_from(&next, 1, NULL), 400);
	json_decref(next.events);
}

static void test_ticket_twice(void **state)
{
	char first[UUID_SIZE], second[UUID_SIZE];
	json_t *answer = NULL;
	(void)state;

	new_uuid(first);
	new_uuid(second);
	put_complaint(&kiosk_log, first, 7);
	put_complaint(&kiosk_log, second, 7);
	assert_int_equal(send_from(&kiosk_log, 1, &answer), 200);
	const json_t *command = json_array_get(json_object_get(answer, "commands"), 0);
	assert_string_equal(record_text(command, "type"), "renumber");
	assert_string_equal(record_text(command, "uuid"), second);
	assert_int_equal(ticket_serial(record_text(command, "ticket")), TICKET_SERIAL_SERVER);
	json_decref(answer);
	assert_int_equal(count("SELECT count(*) FROM complaint"), 2);
}

/* Senseless data must not block what is behind it. */
static void test_senseless(void **state)
{
	static const char *const types[] = { "complaint.received", "complaint.restored",
		"complaint.details", "complaint.state", "complaint.renumbered", "message.queued",
		"message.sent", "message.failed", "command.applied", "kiosk.started",
		"inbound.unreadable", "complaint.rated", "complaint.confidential",
		"contact.consent", "contact.language", "sim.balance", "message.delivered" };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		put_event(&kiosk_log, NULL, types[i], NULL, NULL, NULL);
		put_event(&kiosk_log, NULL, types[i], NULL,
			json_pack("{s:[i], s:{}, s:n, s:i, s:i, s:b}", "uuid", 1, "to", "state",
				"message", 1, "id", 2, "command", 1),
			json_pack("[n]"));
	}
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	assert_int_equal(count("SELECT count(*) FROM complaint"), 0);
}

static json_t *pending(int64_t after)
{
	json_t *list = NULL;

	assert_int_equal(command_pending(db, KIOSK, after, 100, &list), 0);
	return list;
}

static void test_commands_numbered_anew(void **state)
{
	char uuid[UUID_SIZE];
	struct decision decision = { .complaint = uuid, .text = "Di mana?" };
	(void)state;

	new_uuid(uuid);
	put_complaint(&kiosk_log, uuid, 1);
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	assert_int_equal(decide_question(db, &step, &decision, NULL), 0);
	assert_int_equal(decide_answer(db, &step, &decision, NULL), 0);
	/* A kiosk that knows number 2 by our id changes nothing. */
	autojson json_t *before = pending(0);
	const char *last = record_text(json_array_get(before, 1), "id");
	assert_int_equal(command_resync(db, KIOSK, 2, last), 0);
	autojson json_t *same = pending(0);
	assert_true(json_equal(before, same));
	/* One that has had number 2 from a life that we don't remember. */
	assert_int_equal(command_resync(db, KIOSK, 2, "11111111-1111-4111-8111-111111111111"), 0);
	autojson json_t *after = pending(2);
	assert_int_equal(json_array_size(after), 2);
	assert_int_equal(record_number(json_array_get(after, 0), "number"), 3);
	assert_string_equal(record_text(json_array_get(after, 1), "id"), last);
	/* Without an id, a number that we never gave. */
	assert_int_equal(command_resync(db, KIOSK, 40, ""), 0);
	autojson json_t *high = pending(40);
	assert_int_equal(record_number(json_array_get(high, 0), "number"), 41);
}

/* One that had numbers from a lost life gets what is added later, without asking anew. */
static void test_commands_added_after_the_place(void **state)
{
	static const char lost[] = "11111111-1111-4111-8111-111111111111";
	char uuid[UUID_SIZE];
	struct decision decision = { .complaint = uuid, .text = "Di mana?" };
	(void)state;

	new_uuid(uuid);
	put_complaint(&kiosk_log, uuid, 1);
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	assert_int_equal(command_resync(db, KIOSK, 5, lost), 0);
	assert_int_equal(decide_question(db, &step, &decision, NULL), 0);
	autojson json_t *list = pending(5);
	assert_int_equal(json_array_size(list), 1);
	assert_int_equal(record_number(json_array_get(list, 0), "number"), 6);
	/* The same place again is known by now. */
	assert_int_equal(command_resync(db, KIOSK, 5, lost), 0);
	autojson json_t *same = pending(5);
	assert_true(json_equal(list, same));
	/* Its card put back to number 2: what is pending still stands after it. */
	assert_int_equal(command_resync(db, KIOSK, 2, lost), 0);
	assert_int_equal(decide_answer(db, &step, &decision, NULL), 0);
	autojson json_t *both = pending(2);
	assert_int_equal(json_array_size(both), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_taken_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_gap, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fork, setup, teardown),
		cmocka_unit_test_setup_teardown(test_changed_body, setup, teardown),
		cmocka_unit_test_setup_teardown(test_new_epoch, setup, teardown),
		cmocka_unit_test_setup_teardown(test_epoch_needs_its_start, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ticket_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(test_senseless, setup, teardown),
		cmocka_unit_test_setup_teardown(test_commands_numbered_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_commands_added_after_the_place, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
