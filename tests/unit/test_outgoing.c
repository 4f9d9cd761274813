/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Outgoing messages, from queued to delivered, through every interruption. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "store/internal.h"
#include "store/outgoing.h"

#define TO "+628111"
#define MODEM "sim1"
#define BOTH "{\"sim1\":3,\"sim2\":3}"
#define ONLY_SECOND "{\"sim2\":3}"

static struct moment at = { .now_ms = INT64_C(1790000000000), .clock = CLOCK_NTP, .boot = 1 };

static int setup(void **state)
{
	struct store *store = NULL;

	at.now_ms = INT64_C(1790000000000);
	assert_return_code(
		store_connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &store), 0);
	assert_return_code(store_migrate(store), 0);
	store->kiosk = 3;
	*state = store;
	return 0;
}

static int teardown(void **state)
{
	store_close(*state);
	return 0;
}

static int queue_to(struct store *store, const char *recipient, const char *text)
{
	const struct outgoing_request request = { .recipient = recipient,
		.text = text,
		.purpose = "ticket",
		.priority = OUTGOING_TICKET,
		.modem = MODEM,
		.lifetime_ms = 3600000 };

	return store_outgoing_add(store, &at, &request);
}

static int queue(struct store *store, const char *text)
{
	return queue_to(store, TO, text);
}

static void assert_state(struct store *store, int64_t id, const char *state)
{
	autostatement sqlite3_stmt *statement = NULL;

	assert_return_code(store_query(store, &statement,
				   "SELECT state FROM outgoing_sms WHERE id = ?", "i", id),
		0);
	assert_int_equal(store_step(store, statement), 1);
	assert_string_equal((const char *)sqlite3_column_text(statement, 0), state);
}

static int64_t events(struct store *store, const char *type)
{
	int64_t count = 0;

	assert_int_equal(
		store_value(store, &count, "SELECT count(*) FROM event WHERE type = ?", "t", type),
		1);
	return count;
}

/* Takes the next part and hands it over, as the outbox does; gives its message's id. */
static int64_t hand_over(struct store *store, unsigned part, unsigned parts)
{
	struct outgoing_part next = { 0 };

	assert_int_equal(
		store_outgoing_next(store, at.now_ms, MODEM, BOTH, OUTGOING_NOTICE, &next), 1);
	assert_int_equal(next.part, part);
	assert_return_code(store_outgoing_submitting(store, at.now_ms, &next, parts, MODEM), 0);
	int64_t id = next.id;
	outgoing_part_release(&next);
	return id;
}

static void assert_nothing_to_send(struct store *store)
{
	struct outgoing_part next = { 0 };

	assert_int_equal(
		store_outgoing_next(store, at.now_ms, MODEM, BOTH, OUTGOING_NOTICE, &next), 0);
}

/* submitted_ms: when the service centre took the message. */
static void report_of(
	struct store *store, unsigned reference, unsigned status, int64_t submitted_ms)
{
	static int64_t pdu = 0;
	const struct modem_decoded decoded = { .type = MODEM_DECODED_REPORT,
		.reference = reference,
		.status = status,
		.service_centre_ms = submitted_ms };

	assert_return_code(store_run(store,
				   "INSERT INTO inbound_pdu (id, modem, digest, received_ms, clock,"
				   " boot) VALUES (?1, 'sim1', CAST (?1 AS BLOB), 0, 'ntp', 1)",
				   "i", ++pdu),
		0);
	assert_return_code(store_report_add(store, &at, pdu, TO, &decoded), 0);
}

static void report(struct store *store, unsigned reference, unsigned status)
{
	report_of(store, reference, status, 0);
}

static void test_from_queued_to_delivered(void **state)
{
	struct store *store = *state;

	assert_int_equal(queue(store, "satu"), 1);
	assert_state(store, 1, "queued");
	int64_t id = hand_over(store, 0, 1);
	assert_state(store, id, "submitted");
	assert_nothing_to_send(store);
	assert_return_code(store_outgoing_sent(store, &at, id, 0, 1, 77), 0);
	assert_state(store, id, "sent");
	report(store, 77, 0);
	assert_state(store, id, "delivered");
	assert_int_equal(events(store, "message.queued"), 1);
	assert_int_equal(events(store, "message.sent"), 1);
	assert_int_equal(events(store, "message.delivered"), 1);
}

static void test_parts_follow_each_other(void **state)
{
	struct store *store = *state;

	assert_int_equal(queue(store, "panjang"), 1);
	int64_t id = hand_over(store, 0, 2);
	assert_return_code(store_outgoing_sent(store, &at, id, 0, 2, 10), 0);
	assert_state(store, id, "submitted");
	report(store, 10, 0);
	assert_state(store, id, "submitted");
	hand_over(store, 1, 2);
	assert_return_code(store_outgoing_sent(store, &at, id, 1, 2, 11), 0);
	assert_state(store, id, "sent");
	report(store, 11, 0);
	assert_state(store, id, "delivered");
}

static void test_unsure_is_settled_by_its_report(void **state)
{
	struct store *store = *state;

	assert_int_equal(queue(store, "satu"), 1);
	int64_t id = hand_over(store, 0, 1);
	/* Everything died here. */
	assert_nothing_to_send(store);
	report(store, 99, 0);
	assert_state(store, id, "delivered");
	assert_int_equal(events(store, "message.sent"), 1);
	assert_int_equal(store_outgoing_release(store, INT64_MAX, NULL, 0), 0);
	assert_nothing_to_send(store);
}

static void test_unsure_without_report_is_sent_again(void **state)
{
	struct store *store = *state;

	assert_int_equal(queue(store, "satu"), 1);
	int64_t id = hand_over(store, 0, 1);
	assert_int_equal(store_outgoing_release(store, at.now_ms, NULL, 0), 0);
	assert_nothing_to_send(store);
	/* One that a modem has in hand isn't unsure. */
	assert_int_equal(store_outgoing_release(store, at.now_ms + 1, &id, 1), 0);
	assert_int_equal(store_outgoing_release(store, at.now_ms + 1, NULL, 0), 1);
	assert_int_equal(hand_over(store, 0, 1), id);
}

static void test_nothing_follows_an_unsure_one(void **state)
{
	struct store *store = *state;

	assert_int_equal(queue(store, "satu"), 1);
	assert_int_equal(queue(store, "dua"), 1);
	int64_t first = hand_over(store, 0, 1);
	/* Were both unsure, a report of the one might settle the other, which was never sent. */
	assert_nothing_to_send(store);
	assert_int_equal(queue_to(store, "+6281200000002", "tiga"), 1);
	assert_int_equal(hand_over(store, 0, 1), 3);
	report(store, 99, 0);
	assert_state(store, first, "delivered");
	assert_int_equal(hand_over(store, 0, 1), 2);
}

static void test_an_old_report_settles_nothing(void **state)
{
	struct store *store = *state;

	assert_int_equal(queue(store, "satu"), 1);
	int64_t first = hand_over(store, 0, 1);
	assert_return_code(store_outgoing_sent(store, &at, first, 0, 1, 5), 0);
	report(store, 5, 0);
	assert_int_equal(queue(store, "dua"), 1);
	int64_t second = hand_over(store, 0, 1);
	report(store, 5, 0);
	assert_state(store, second, "submitted");
	/* After 256 messages the reference comes round again. */
	report_of(store, 5, 0, 3600000);
	assert_state(store, second, "delivered");
}

static void test_refused_waits_then_goes_again(void **state)
{
	struct store *store = *state;

	assert_int_equal(queue(store, "satu"), 1);
	int64_t id = hand_over(store, 0, 1);
	assert_return_code(store_outgoing_refused(store, &at, id, 0, 41, false), 0);
	assert_state(store, id, "queued");
	assert_nothing_to_send(store);
	int64_t wakeup;
	assert_return_code(store_outgoing_wakeup(store, at.now_ms, &wakeup), 0);
	assert_int_equal(wakeup, at.now_ms + 5000);
	at.now_ms = wakeup;
	assert_int_equal(hand_over(store, 0, 1), id);
}

static void test_refused_for_good_fails(void **state)
{
	struct store *store = *state;

	assert_int_equal(queue(store, "satu"), 1);
	int64_t id = hand_over(store, 0, 1);
	assert_return_code(store_outgoing_refused(store, &at, id, 0, 28, true), 0);
	assert_state(store, id, "failed");
	assert_int_equal(events(store, "message.failed"), 1);
	assert_nothing_to_send(store);
}

static void test_reports_tell_failure_from_patience(void **state)
{
	struct store *store = *state;

	assert_int_equal(queue(store, "satu"), 1);
	int64_t id = hand_over(store, 0, 1);
	assert_return_code(store_outgoing_sent(store, &at, id, 0, 1, 5), 0);
	report(store, 5, 0x30); /* still trying */
	assert_state(store, id, "sent");
	report(store, 5, 0x41); /* incompatible destination */
	assert_state(store, id, "failed");
	assert_int_equal(events(store, "message.failed"), 1);
}

static void test_the_network_let_it_expire(void **state)
{
	struct store *store = *state;

	assert_int_equal(queue(store, "satu"), 1);
	int64_t id = hand_over(store, 0, 1);
	assert_return_code(store_outgoing_sent(store, &at, id, 0, 1, 5), 0);
	report(store, 5, 0x46);
	assert_state(store, id, "expired");
	assert_int_equal(events(store, "message.expired"), 1);
	assert_nothing_to_send(store);
}

static void test_what_is_too_old_expires(void **state)
{
	struct store *store = *state;

	assert_int_equal(queue(store, "satu"), 1);
	at.now_ms += 3600001;
	assert_int_equal(store_outgoing_expire(store, &at), 1);
	assert_state(store, 1, "expired");
	assert_int_equal(events(store, "message.expired"), 1);
}

static void test_a_stray_reference_settles_the_only_unsure_one(void **state)
{
	struct store *store = *state;

	assert_int_equal(queue(store, "satu"), 1);
	int64_t id = hand_over(store, 0, 1);
	assert_int_equal(store_outgoing_stray(store, &at, MODEM, 8), 1);
	assert_state(store, id, "sent");
	assert_int_equal(store_outgoing_stray(store, &at, MODEM, 9), 0);
}

static void test_fewer_parts_than_thought(void **state)
{
	struct store *store = *state;

	assert_int_equal(queue(store, "satu"), 1);
	int64_t id = hand_over(store, 0, 2);
	report(store, 5, 0);
	assert_state(store, id, "submitted");
	hand_over(store, 1, 2);
	assert_return_code(store_outgoing_total(store, &at, id, 1, 1), 0);
	assert_state(store, id, "delivered");
}

static void test_other_modems_take_over_only_when_asked(void **state)
{
	struct store *store = *state;
	struct outgoing_part next = { 0 };

	assert_int_equal(queue(store, "satu"), 1);
	assert_int_equal(
		store_outgoing_next(store, at.now_ms, "sim2", BOTH, OUTGOING_NOTICE, &next), 0);
	assert_int_equal(
		store_outgoing_next(store, at.now_ms, "sim2", ONLY_SECOND, OUTGOING_NOTICE, &next),
		1);
	outgoing_part_release(&next);
}

/* The next part for the second modem while only that carries; 0 or 1. */
static int next_of_second(struct store *store, const char *carrying, struct outgoing_part *next)
{
	outgoing_part_release(next);
	return store_outgoing_next(store, at.now_ms, "sim2", carrying, OUTGOING_NOTICE, next);
}

static void test_a_phone_joins_parts_of_one_sender_only(void **state)
{
	struct store *store = *state;
	struct outgoing_part next = { 0 };

	assert_int_equal(queue(store, "panjang"), 1);
	int64_t id = hand_over(store, 0, 2);
	assert_return_code(store_outgoing_sent(store, &at, id, 0, 2, 10), 0);
	assert_int_equal(next_of_second(store, BOTH, &next), 0);
	assert_int_equal(next_of_second(store, ONLY_SECOND, &next), 1);
	assert_int_equal(next.part, 0);
	assert_return_code(store_outgoing_submitting(store, at.now_ms, &next, 2, "sim2"), 0);
	assert_return_code(store_outgoing_sent(store, &at, id, 0, 2, 77), 0);
	assert_nothing_to_send(store);
	assert_int_equal(next_of_second(store, BOTH, &next), 1);
	assert_int_equal(next.part, 1);
	assert_return_code(store_outgoing_submitting(store, at.now_ms, &next, 2, "sim2"), 0);
	assert_return_code(store_outgoing_sent(store, &at, id, 1, 2, 78), 0);
	assert_state(store, id, "sent");
	outgoing_part_release(&next);
}

static void test_messages_of_a_modem_that_is_no_more(void **state)
{
	struct store *store = *state;
	struct outgoing_part next = { 0 };

	assert_int_equal(queue(store, "satu"), 1);
	assert_int_equal(next_of_second(store, ONLY_SECOND, &next), 1);
	outgoing_part_release(&next);
}

static void test_refused_by_one_may_go_by_the_other(void **state)
{
	struct store *store = *state;
	struct outgoing_part next = { 0 };

	assert_int_equal(queue(store, "satu"), 1);
	int64_t id = hand_over(store, 0, 1);
	assert_return_code(store_outgoing_refused(store, &at, id, 0, 38, false), 0);
	at.now_ms += 5000;
	assert_int_equal(next_of_second(store, BOTH, &next), 1);
	outgoing_part_release(&next);
}

static void test_references_are_each_modems_own(void **state)
{
	struct store *store = *state;
	struct outgoing_part next = { 0 };

	assert_int_equal(queue(store, "satu"), 1);
	int64_t first = hand_over(store, 0, 1);
	assert_return_code(store_outgoing_sent(store, &at, first, 0, 1, 5), 0);
	assert_int_equal(queue(store, "dua"), 1);
	at.now_ms += 1000;
	assert_int_equal(next_of_second(store, ONLY_SECOND, &next), 1);
	int64_t second = next.id;
	assert_return_code(store_outgoing_submitting(store, at.now_ms, &next, 1, "sim2"), 0);
	outgoing_part_release(&next);
	assert_return_code(store_outgoing_sent(store, &at, second, 0, 1, 5), 0);
	report(store, 5, 0); /* to the first modem */
	assert_state(store, first, "delivered");
	assert_state(store, second, "sent");
}

static void test_the_network_gave_up_for_now(void **state)
{
	struct store *store = *state;

	assert_int_equal(queue(store, "satu"), 1);
	for (unsigned round = 0; round < 2; round++) {
		int64_t id = hand_over(store, 0, 1);
		assert_return_code(store_outgoing_sent(store, &at, id, 0, 1, 5 + round), 0);
		report(store, 5 + round, 0x62);
		if (round == 0) {
			assert_state(store, id, "queued");
			assert_nothing_to_send(store);
			at.now_ms += 600000;
		}
	}
	/* The second wait would end after the message's time. */
	at.now_ms += 3600000;
	assert_int_equal(store_outgoing_expire(store, &at), 1);
}

static void test_a_flood_delays_nobody_else(void **state)
{
	struct store *store = *state;
	struct outgoing_part next = { 0 };

	for (int i = 0; i < 50; i++)
		assert_int_equal(queue(store, "banjir"), 1);
	int64_t id = hand_over(store, 0, 1);
	assert_int_equal(queue_to(store, "+628222", "satu"), 1);
	assert_return_code(store_outgoing_sent(store, &at, id, 0, 1, 1), 0);
	assert_int_equal(
		store_outgoing_next(store, at.now_ms, MODEM, BOTH, OUTGOING_NOTICE, &next), 1);
	assert_string_equal(next.recipient, "+628222");
	outgoing_part_release(&next);
}

static void test_more_than_enough_has_to_wait(void **state)
{
	struct store *store = *state;
	int64_t turn = -1;

	assert_return_code(store_outgoing_turn(store, TO, at.now_ms, 3, 60000, &turn), 0);
	assert_int_equal(turn, 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(queue(store, "banjir"), 1);
	assert_return_code(store_outgoing_turn(store, TO, at.now_ms, 3, 60000, &turn), 0);
	assert_int_equal(turn, at.now_ms + 60000);
	assert_return_code(store_outgoing_turn(store, "+628222", at.now_ms, 3, 60000, &turn), 0);
	assert_int_equal(turn, 0);
}

static void test_the_urgent_goes_first(void **state)
{
	struct store *store = *state;
	struct outgoing_part next = { 0 };
	const struct outgoing_request notice = { .recipient = "+628333",
		.text = "pengumuman",
		.purpose = "announcement",
		.priority = OUTGOING_NOTICE,
		.lifetime_ms = 60000 };

	assert_int_equal(store_outgoing_add(store, &at, &notice), 1);
	assert_int_equal(
		store_outgoing_next(store, at.now_ms, MODEM, BOTH, OUTGOING_ANSWER, &next), 0);
	assert_int_equal(queue(store, "tiket"), 1);
	hand_over(store, 0, 1);
	assert_int_equal(
		store_outgoing_next(store, at.now_ms, MODEM, BOTH, OUTGOING_NOTICE, &next), 1);
	assert_string_equal(next.recipient, "+628333");
	outgoing_part_release(&next);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_from_queued_to_delivered),
		TEST(test_parts_follow_each_other),
		TEST(test_unsure_is_settled_by_its_report),
		TEST(test_unsure_without_report_is_sent_again),
		TEST(test_nothing_follows_an_unsure_one),
		TEST(test_an_old_report_settles_nothing),
		TEST(test_refused_waits_then_goes_again),
		TEST(test_refused_for_good_fails),
		TEST(test_reports_tell_failure_from_patience),
		TEST(test_what_is_too_old_expires),
		TEST(test_a_stray_reference_settles_the_only_unsure_one),
		TEST(test_fewer_parts_than_thought),
		TEST(test_the_network_let_it_expire),
		TEST(test_the_network_gave_up_for_now),
		TEST(test_a_phone_joins_parts_of_one_sender_only),
		TEST(test_messages_of_a_modem_that_is_no_more),
		TEST(test_refused_by_one_may_go_by_the_other),
		TEST(test_references_are_each_modems_own),
		TEST(test_a_flood_delays_nobody_else),
		TEST(test_more_than_enough_has_to_wait),
		TEST(test_the_urgent_goes_first),
		TEST(test_other_modems_take_over_only_when_asked),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
