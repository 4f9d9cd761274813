/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modem without a modem, in its three manners. */
#include "pdu_fixture.h"

#include <errno.h>
#include <poll.h>

#include "modem/scripted.h"

static bool readable(const struct modem *modem)
{
	struct pollfd in = { .fd = modem->ops->fd(modem), .events = POLLIN };

	return poll(&in, 1, 0) == 1;
}

static struct modem_event next(struct modem *modem)
{
	struct modem_event event;

	assert_true(readable(modem));
	assert_int_equal(modem->ops->next(modem, &event, 0), 1);
	return event;
}

static void test_absent(void **state)
{
	const struct modem_message message = { .id = 1, .recipient = "123", .text = "x" };
	struct modem_event event;
	struct modem *modem;

	(void)state;
	assert_int_equal(modem_scripted_new("uji", SCRIPTED_ABSENT, &modem), 0);
	assert_int_equal(modem->ops->start(modem, 5), 0);
	event = next(modem);
	assert_int_equal(event.type, MODEM_STATUS);
	assert_false(event.status.answering);
	assert_non_null(strstr(event.status.trouble, "[modem uji]"));
	assert_false(readable(modem));
	assert_int_equal(modem->ops->send(modem, &message), -ENOTCONN);
	assert_int_equal(modem->ops->ussd(modem, 1, "*1#"), -ENOTCONN);
	assert_int_equal(modem->ops->deadline(modem), INT64_MAX);
	modem->ops->close(modem);
}

static void test_passive(void **state)
{
	const struct modem_event sent = { .type = MODEM_SENT, .id = 1, .reference = 7 };
	const uint8_t pdu[] = { 1, 2, 3 };
	char text[] = "halo";
	const struct modem_message message = { .id = 1, .recipient = "123", .text = text };
	const struct scripted_call *call;
	struct modem_event event;
	struct modem *modem;

	(void)state;
	assert_int_equal(modem_scripted_new("uji", SCRIPTED_PASSIVE, &modem), 0);
	assert_int_equal(modem->ops->start(modem, 5), 0);
	assert_int_equal(next(modem).type, MODEM_STARTED);
	assert_false(readable(modem));

	assert_int_equal(modem->ops->send(modem, &message), 0);
	/* The call keeps its own copy. */
	text[0] = 'X';
	assert_false(readable(modem));
	assert_int_equal(modem_scripted_inject(modem, &sent), 0);
	assert_int_equal(modem_scripted_deliver(modem, 9, pdu, sizeof(pdu)), 0);
	assert_int_equal(next(modem).reference, 7);
	event = next(modem);
	assert_int_equal(event.type, MODEM_PDU);
	assert_int_equal(event.token, 9);
	assert_memory_equal(event.pdu, pdu, sizeof(pdu));
	assert_false(readable(modem));
	assert_int_equal(modem->ops->next(modem, &event, 0), 0);

	assert_int_equal(modem->ops->stored(modem, 9), 0);
	assert_int_equal(modem->ops->reset(modem, MODEM_RESET_HARD, 77), 0);
	assert_int_equal(modem_scripted_calls(modem), 4);
	assert_int_equal(modem_scripted_call(modem, 0)->type, SCRIPTED_START);
	call = modem_scripted_call(modem, 1);
	assert_int_equal(call->type, SCRIPTED_SEND);
	assert_string_equal(call->message.text, "halo");
	assert_string_equal(call->message.recipient, "123");
	assert_int_equal(modem_scripted_call(modem, 2)->token, 9);
	call = modem_scripted_call(modem, 3);
	assert_int_equal(call->how, MODEM_RESET_HARD);
	assert_int_equal(call->now_ms, 77);
	assert_null(modem_scripted_call(modem, 4));

	modem_scripted_fail(modem, SCRIPTED_SEND, -EAGAIN);
	assert_int_equal(modem->ops->send(modem, &message), -EAGAIN);
	assert_int_equal(modem_scripted_calls(modem), 4);
	modem_scripted_fail(modem, SCRIPTED_SEND, 0);
	assert_int_equal(modem->ops->send(modem, &message), 0);
	assert_int_equal(modem_scripted_count(modem, SCRIPTED_SEND), 3);

	modem_scripted_set_deadline(modem, 99);
	assert_int_equal(modem->ops->deadline(modem), 99);
	modem->ops->tick(modem, 99);
	assert_int_equal(modem_scripted_count(modem, SCRIPTED_TICK), 1);
	/* What is still queued goes with it. */
	assert_int_equal(modem_scripted_inject(modem, &sent), 0);
	modem->ops->close(modem);
}

static void test_obliging(void **state)
{
	struct modem_message message = { .id = 1, .recipient = "+628123", .text = "x" };
	struct pdu pdu = pdu_of(DELIVER "00" STAMP);
	struct modem_event event;
	struct modem *modem;

	(void)state;
	assert_int_equal(modem_scripted_new("uji", SCRIPTED_OBLIGING, &modem), 0);
	assert_int_equal(modem->ops->start(modem, 5), 0);
	assert_int_equal(next(modem).type, MODEM_STARTED);
	assert_true(next(modem).status.answering);

	pdu_septets(&pdu, "", "halo", 4);
	assert_int_equal(modem->ops->decode(modem, 3, pdu.bytes, pdu.size), 0);
	event = next(modem);
	assert_int_equal(event.type, MODEM_DECODED);
	assert_int_equal(event.id, 3);
	assert_text(&event.decoded, L"halo");

	for (unsigned reference = 1; reference < 3; reference++) {
		assert_int_equal(modem->ops->send(modem, &message), 0);
		assert_int_equal(next(modem).type, MODEM_SUBMITTING);
		event = next(modem);
		assert_int_equal(event.type, MODEM_SENT);
		assert_int_equal(event.reference, reference);
		assert_int_equal(event.parts, 1);
	}
	message.recipient = "KADES";
	assert_int_equal(modem->ops->send(modem, &message), 0);
	event = next(modem);
	assert_int_equal(event.type, MODEM_SEND_FAILED);
	assert_true(event.permanent);
	modem->ops->close(modem);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(modem_sim_name(MODEM_SIM_READY), "ready");
	assert_string_equal(modem_sim_name((enum modem_sim)99), "unknown");
	assert_string_equal(modem_registration_name(MODEM_REGISTRATION_ROAMING), "roaming");
	assert_string_equal(modem_registration_name((enum modem_registration)99), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_passive),
		cmocka_unit_test(test_obliging),
		cmocka_unit_test(test_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
