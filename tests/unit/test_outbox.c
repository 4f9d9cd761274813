/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each modem is given to send, and when, over hours that pass in no time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "kotakd/balance.h"
#include "kotakd/outbox.h"
#include "modem/scripted.h"
#include "store/internal.h"

#define START_MS INT64_C(1790000000000)
#define MINUTE_MS 60000
#define MODEMS 2

/* A kiosk with two modems that do nothing by themselves. */
struct house {
	struct kiosk kiosk;
	struct config_modem config[MODEMS];
	struct modem_slot slots[MODEMS];
};

static void pass(struct house *house, int64_t ms)
{
	house->kiosk.time.wall_ms += ms;
	house->kiosk.time.mono_ms += ms;
}

static int setup(void **state)
{
	static char *const names[] = { "sim1", "sim2" };
	struct house *house = test_calloc(1, sizeof(*house));

	house->kiosk.modems = house->slots;
	house->kiosk.modem_count = MODEMS;
	house->kiosk.boot = 1;
	house->kiosk.config.report_wait_s = 60;
	house->kiosk.time = (struct clock_reading) { 1000, START_MS, CLOCK_NTP };
	for (size_t i = 0; i < MODEMS; i++) {
		struct modem_slot *slot = &house->slots[i];

		house->config[i].name = names[i];
		slot->kiosk = &house->kiosk;
		slot->config = &house->config[i];
		slot->running = true;
		slot->balance.amount = -1;
		slot->status = (struct modem_status) { .answering = true,
			.sim = MODEM_SIM_READY,
			.registration = MODEM_REGISTRATION_HOME };
		assert_return_code(modem_scripted_new(names[i], SCRIPTED_PASSIVE, &slot->modem), 0);
	}
	assert_return_code(store_connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
				   &house->kiosk.store),
		0);
	assert_return_code(store_migrate(house->kiosk.store), 0);
	house->kiosk.store->kiosk = 3;
	*state = house;
	return 0;
}

static int teardown(void **state)
{
	struct house *house = *state;

	for (size_t i = 0; i < MODEMS; i++)
		house->slots[i].modem->ops->close(house->slots[i].modem);
	store_close(house->kiosk.store);
	test_free(house);
	return 0;
}

static void queue(struct house *house, const char *recipient, const char *modem,
	enum outgoing_priority priority)
{
	const struct moment moment = {
		.now_ms = house->kiosk.time.wall_ms, .clock = CLOCK_NTP, .boot = 1
	};
	const struct outgoing_request request = { .recipient = recipient,
		.text = "satu",
		.purpose = "ticket",
		.priority = priority,
		.modem = modem,
		.lifetime_ms = INT64_C(7) * 86400000 };

	assert_int_equal(store_outgoing_add(house->kiosk.store, &moment, &request), 1);
}

/* One turn of the outbox: what each modem was given is sent at once. Returns how many. */
static int turn(struct house *house, const char *given[MODEMS])
{
	static unsigned reference;
	struct outbox outbox = { 0 };
	int count = 0;

	assert_return_code(outbox_new(&house->kiosk, &outbox), 0);
	assert_return_code(outbox_choose(&house->kiosk, &outbox), 0);
	outbox_send(&house->kiosk, &outbox);
	for (size_t i = 0; i < MODEMS; i++) {
		struct modem_slot *slot = &house->slots[i];
		size_t calls = modem_scripted_calls(slot->modem);
		struct modem_event event = { .type = MODEM_SENT,
			.id = slot->sending_id,
			.parts = 1,
			.reference = reference & 0xff };

		reference++;
		if (given)
			given[i] = NULL;
		if (!slot->sending_id)
			continue;
		count++;
		if (given)
			given[i] = modem_scripted_call(slot->modem, calls - 1)->message.recipient;
		assert_return_code(outbox_event(&house->kiosk, slot, &event), 0);
	}
	outbox_release(&outbox);
	return count;
}

static int64_t deadline_in(struct house *house)
{
	int64_t deadline_ms = 0;

	assert_return_code(outbox_deadline(&house->kiosk, &deadline_ms), 0);
	return deadline_ms == INT64_MAX ? INT64_MAX : deadline_ms - house->kiosk.time.mono_ms;
}

static void test_no_more_a_minute_than_the_operator_likes(void **state)
{
	struct house *house = *state;
	int64_t sent_ms[12] = { 0 };
	int sent = 0;

	house->config[0].sms_per_minute = 3;
	for (int i = 0; i < 12; i++)
		queue(house, "+628111", "sim1", OUTGOING_TICKET);
	for (int second = 0; second < 600 && sent < 12; second++) {
		if (turn(house, NULL))
			sent_ms[sent++] = house->kiosk.time.wall_ms;
		pass(house, 1000);
	}
	assert_int_equal(sent, 12);
	for (int i = 3; i < 12; i++)
		assert_true(sent_ms[i] - sent_ms[i - 3] >= MINUTE_MS);
	/* Not slower than the limit either. */
	assert_true(sent_ms[11] - sent_ms[0] <= 3 * (MINUTE_MS + 3000));
}

static void test_the_limit_says_when_to_look_again(void **state)
{
	struct house *house = *state;

	house->config[0].sms_per_minute = 1;
	queue(house, "+628111", "sim1", OUTGOING_TICKET);
	queue(house, "+628111", "sim1", OUTGOING_TICKET);
	assert_int_equal(turn(house, NULL), 1);
	pass(house, 1000);
	assert_int_equal(turn(house, NULL), 0);
	assert_int_equal(deadline_in(house), MINUTE_MS - 1000);
	pass(house, MINUTE_MS - 1000);
	assert_int_equal(turn(house, NULL), 1);
}

static void test_a_ticket_goes_before_an_announcement(void **state)
{
	struct house *house = *state;
	const char *given[MODEMS];

	house->slots[1].running = false;
	queue(house, "+628222", NULL, OUTGOING_NOTICE);
	queue(house, "+628333", NULL, OUTGOING_ANSWER);
	queue(house, "+628111", "sim1", OUTGOING_TICKET);
	assert_int_equal(turn(house, given), 1);
	assert_string_equal(given[0], "+628111");
	assert_int_equal(turn(house, given), 1);
	assert_string_equal(given[0], "+628333");
	assert_int_equal(turn(house, given), 1);
	assert_string_equal(given[0], "+628222");
}

static void test_the_less_money_the_less_goes(void **state)
{
	static const struct {
		int64_t amount;
		int sent; /* of a ticket, a reply, an answer and a notice */
	} steps[] = { { 50000, 4 }, { 9000, 3 }, { 4000, 2 }, { 1000, 1 } };
	struct house *house = *state;

	house->slots[1].running = false;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		int sent = 0;

		assert_true(store_run(house->kiosk.store, "DELETE FROM outgoing_part", "") >= 0);
		assert_true(store_run(house->kiosk.store, "DELETE FROM outgoing_sms", "") >= 0);
		house->slots[0].balance.amount = steps[i].amount;
		for (int priority = OUTGOING_NOTICE; priority >= OUTGOING_TICKET; priority--)
			queue(house, "+628111", "sim1", (enum outgoing_priority)priority);
		while (turn(house, NULL))
			sent++;
		assert_int_equal(sent, steps[i].sent);
	}
}

/* Makes the first modem unable to send in each way that there is. */
static void unable(struct modem_slot *slot, int how)
{
	slot->running = how != 0;
	slot->status.answering = how != 1;
	slot->status.sim = how == 2 ? MODEM_SIM_MISSING : MODEM_SIM_READY;
	slot->status.registration = how == 3 ? MODEM_REGISTRATION_DENIED : MODEM_REGISTRATION_HOME;
}

static void test_the_other_takes_over_after_a_while(void **state)
{
	struct house *house = *state;
	const char *given[MODEMS];

	for (int how = 0; how < 4; how++) {
		unable(&house->slots[0], how);
		queue(house, "+628111", "sim1", OUTGOING_TICKET);
		/* A worker that is started again is back in a moment. */
		assert_int_equal(turn(house, NULL), 0);
		assert_int_equal(deadline_in(house), 5000);
		pass(house, 4999);
		assert_int_equal(turn(house, NULL), 0);
		pass(house, 1);
		assert_int_equal(turn(house, given), 1);
		assert_non_null(given[1]);
		unable(&house->slots[0], -1);
		queue(house, "+628111", "sim1", OUTGOING_TICKET);
		assert_int_equal(turn(house, given), 1);
		assert_non_null(given[0]);
	}
}

static void test_what_one_was_refused_the_other_tries(void **state)
{
	struct house *house = *state;
	struct outbox outbox = { 0 };
	const char *given[MODEMS];

	queue(house, "+628111", "sim1", OUTGOING_TICKET);
	assert_return_code(outbox_new(&house->kiosk, &outbox), 0);
	assert_return_code(outbox_choose(&house->kiosk, &outbox), 0);
	outbox_send(&house->kiosk, &outbox);
	outbox_release(&outbox);
	assert_return_code(outbox_event(&house->kiosk, &house->slots[0],
				   &(struct modem_event) { .type = MODEM_SEND_FAILED,
					   .id = house->slots[0].sending_id,
					   .error = 38 }),
		0);
	pass(house, 5000);
	assert_int_equal(turn(house, given), 1);
	assert_null(given[0]);
	assert_string_equal(given[1], "+628111");
	/* It isn't out of favour for ever. */
	queue(house, "+628222", NULL, OUTGOING_TICKET);
	pass(house, MINUTE_MS);
	assert_int_equal(turn(house, given), 1);
	assert_string_equal(given[0], "+628222");
}

static void test_the_richer_one_sends_what_the_other_has_no_money_for(void **state)
{
	struct house *house = *state;
	const char *given[MODEMS];

	house->slots[0].balance.amount = 900;
	queue(house, "+628111", "sim1", OUTGOING_ANSWER);
	queue(house, "+628222", "sim1", OUTGOING_TICKET);
	assert_int_equal(turn(house, given), 2);
	assert_string_equal(given[0], "+628222");
	assert_string_equal(given[1], "+628111");
}

static void test_each_carries_its_own(void **state)
{
	struct house *house = *state;
	const char *given[MODEMS];

	queue(house, "+628111", "sim1", OUTGOING_TICKET);
	queue(house, "+628222", "sim1", OUTGOING_TICKET);
	queue(house, "+628333", "sim2", OUTGOING_TICKET);
	assert_int_equal(turn(house, given), 2);
	assert_string_equal(given[0], "+628111");
	assert_string_equal(given[1], "+628333");
	assert_int_equal(turn(house, given), 1);
	assert_string_equal(given[0], "+628222");
}

/* What the operator says when it is asked; the question must have been asked. */
static void tell_balance(struct house *house, const char *text)
{
	struct modem_slot *slot = &house->slots[0];
	struct modem_event event = {
		.type = MODEM_USSD, .id = slot->balance_question, .final = true
	};

	snprintf(event.text, sizeof(event.text), "%s", text);
	assert_return_code(balance_answer(&house->kiosk, slot, &event), 0);
}

/* Whether the balance is asked for just now. */
static bool asks(struct house *house)
{
	size_t before = modem_scripted_count(house->slots[0].modem, SCRIPTED_USSD);

	balance_ask(&house->kiosk, &house->slots[0]);
	return modem_scripted_count(house->slots[0].modem, SCRIPTED_USSD) > before;
}

static void test_the_balance_is_asked_as_it_is_spent(void **state)
{
	struct house *house = *state;
	int sent = 0;

	house->config[0].balance_ussd = (char[]) { "*888#" };
	assert_return_code(balance_load(&house->kiosk, &house->slots[0]), 0);
	assert_true(asks(house));
	tell_balance(house, "Pulsa Rp 14.000 s.d. 31/12/2030");
	pass(house, MINUTE_MS);
	assert_false(asks(house));
	/* Twelve messages later it may have become little. */
	for (; sent < 100 && !asks(house); sent++) {
		queue(house, "+628111", "sim1", OUTGOING_TICKET);
		assert_int_equal(turn(house, NULL), 1);
		pass(house, 1000);
	}
	assert_in_range(sent, 10, 15);
	tell_balance(house, "Pulsa Rp 9.800 s.d. 31/12/2030");
	assert_true(balance_low(&house->slots[0].balance, house->kiosk.time.wall_ms));
	/* Whoever has a free package isn't asked at every message. */
	assert_false(asks(house));
}

static void test_the_balance_is_asked_after_a_start_and_a_refusal(void **state)
{
	struct house *house = *state;
	struct modem_slot *slot = &house->slots[0];
	const struct modem_event refusal = { .type = MODEM_SEND_FAILED, .id = 1, .error = 38 };

	house->config[0].balance_ussd = (char[]) { "*888#" };
	assert_return_code(balance_load(&house->kiosk, slot), 0);
	assert_true(asks(house));
	tell_balance(house, "Pulsa Rp 50.000 s.d. 31/12/2030");
	pass(house, MINUTE_MS);
	assert_false(asks(house));
	assert_return_code(balance_load(&house->kiosk, slot), 0);
	assert_int_equal(slot->balance.amount, 50000);
	assert_true(asks(house));
	tell_balance(house, "Pulsa Rp 50.000 s.d. 31/12/2030");
	pass(house, 10 * MINUTE_MS);
	assert_false(asks(house));
	slot->sending_id = 1;
	queue(house, "+628111", "sim1", OUTGOING_TICKET);
	assert_return_code(outbox_event(&house->kiosk, slot, &refusal), 0);
	assert_true(asks(house));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_no_more_a_minute_than_the_operator_likes),
		TEST(test_the_limit_says_when_to_look_again),
		TEST(test_a_ticket_goes_before_an_announcement),
		TEST(test_the_less_money_the_less_goes),
		TEST(test_the_other_takes_over_after_a_while),
		TEST(test_what_one_was_refused_the_other_tries),
		TEST(test_the_richer_one_sends_what_the_other_has_no_money_for),
		TEST(test_each_carries_its_own),
		TEST(test_the_balance_is_asked_as_it_is_spent),
		TEST(test_the_balance_is_asked_after_a_start_and_a_refusal),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
