/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages through a real socket pair, and everything that isn't one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "modem/channel.h"
#include "modem/channel_wire.h"

struct fixture {
	struct channel *kotakd, *worker;
	int raw; /* a second descriptor of the worker's end, to send rubbish */
};

static int set_up(void **state)
{
	static struct fixture fixture;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -1;
	fixture.raw = dup(ends[1]);
	if (fixture.raw < 0 || channel_new(ends[0], &fixture.kotakd) < 0 ||
		channel_new(ends[1], &fixture.worker) < 0)
		return -1;
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	channel_free(fixture->kotakd);
	channel_free(fixture->worker);
	if (fixture->raw >= 0)
		close(fixture->raw);
	return 0;
}

/* Two events are the same when their packets are: padding doesn't count. */
static void assert_same(const struct modem_event *one, const struct modem_event *other)
{
	uint8_t bytes[WIRE_PACKET_MAX], others[WIRE_PACKET_MAX];
	size_t size = wire_put_event(one, bytes);

	assert_int_not_equal(size, 0);
	assert_int_equal(wire_put_event(other, others), size);
	assert_memory_equal(bytes, others, size);
}

static struct modem_event pass(struct fixture *fixture, const struct modem_event *event)
{
	struct modem_event got;

	memset(&got, 0xff, sizeof(got));
	assert_int_equal(channel_send_event(fixture->worker, event), 0);
	assert_int_equal(channel_next_event(fixture->kotakd, &got), 1);
	assert_int_equal(got.type, event->type);
	return got;
}

static void test_events(void **state)
{
	struct fixture *fixture = *state;
	struct modem_event event, got;

	event = (struct modem_event) { .type = MODEM_STATUS,
		.status = { .answering = true,
			.port = "/dev/ttyUSB2",
			.maker = "Quectel",
			.model = "EC25",
			.imei = "861234567890123",
			.own_number = "+628111999000",
			.operator_name = "TELKOMSEL",
			.sim = MODEM_SIM_PIN_WRONG,
			.registration = MODEM_REGISTRATION_ROAMING,
			.signal_dbm = -113,
			.slots_aside = 2,
			.unknown_lines = 4000000000u,
			.trouble = "the PIN was refused" } };
	got = pass(fixture, &event);
	assert_same(&event, &got);
	assert_int_equal(got.status.signal_dbm, -113);
	assert_string_equal(got.status.own_number, "+628111999000");
	assert_string_equal(got.status.trouble, "the PIN was refused");

	event = (struct modem_event) {
		.type = MODEM_PDU, .token = CHANNEL_TOKEN_MAX, .pdu_size = MODEM_PDU_MAX
	};
	memset(event.pdu, 0xa5, sizeof(event.pdu));
	got = pass(fixture, &event);
	assert_int_equal(got.token, event.token);
	assert_int_equal(got.pdu_size, event.pdu_size);
	assert_memory_equal(got.pdu, event.pdu, sizeof(got.pdu));

	event = (struct modem_event) { .type = MODEM_DECODED,
		.id = INT64_MIN,
		.decoded = { .type = MODEM_DECODED_REPORT,
			.address = "+6281234567890",
			.address_type = MODEM_ADDRESS_NATIONAL,
			.service_centre_ms = -5,
			.text_units = MODEM_PART_UNITS,
			.binary = true,
			.message_class = -1,
			.indication = true,
			.port = 65535,
			.concat_reference = 65535,
			.concat_wide = true,
			.concat_total = 255,
			.concat_number = 255,
			.reference = 255,
			.status = 255,
			.discharged_ms = INT64_MAX } };
	event.decoded.text[MODEM_PART_UNITS - 1] = 0xd83d;
	got = pass(fixture, &event);
	assert_int_equal(got.id, event.id);
	assert_same(&event, &got);
	assert_int_equal(got.decoded.text[MODEM_PART_UNITS - 1], 0xd83d);
	assert_string_equal(got.decoded.address, "+6281234567890");

	event = (struct modem_event) { .type = MODEM_SUBMITTING, .id = 7 };
	assert_int_equal(pass(fixture, &event).id, 7);
	event = (struct modem_event) { .type = MODEM_SENT, .id = 7, .reference = 255, .parts = 3 };
	got = pass(fixture, &event);
	assert_int_equal(got.reference, 255);
	assert_int_equal(got.parts, 3);
	event = (struct modem_event) { .type = MODEM_SEND_FAILED,
		.id = 7,
		.error = -1,
		.maybe_sent = true,
		.permanent = true,
		.parts = 2 };
	got = pass(fixture, &event);
	assert_int_equal(got.error, -1);
	assert_true(got.maybe_sent && got.permanent);
	assert_int_equal(got.parts, 2);
	event = (struct modem_event) { .type = MODEM_STRAY_SENT, .reference = 9 };
	assert_int_equal(pass(fixture, &event).reference, 9);
	event = (struct modem_event) { .type = MODEM_USSD,
		.id = -3,
		.text = "Pulsa Rp5\u20ac",
		.raw = "+CUSD: 0",
		.final = true };
	got = pass(fixture, &event);
	assert_string_equal(got.text, event.text);
	assert_string_equal(got.raw, event.raw);
	assert_true(got.final);
	event = (struct modem_event) { .type = MODEM_NETWORK_TIME, .time_ms = 1795515605000 };
	assert_int_equal(pass(fixture, &event).time_ms, event.time_ms);
	assert_int_equal(channel_next_event(fixture->kotakd, &got), 0);
}

static void test_requests(void **state)
{
	struct fixture *fixture = *state;
	static struct channel_request request, got;

	request = (struct channel_request) { .type = CHANNEL_START, .pin = "12345678" };
	assert_int_equal(channel_send_request(fixture->kotakd, &request), 0);
	assert_int_equal(channel_next_request(fixture->worker, &got), 1);
	assert_int_equal(got.type, CHANNEL_START);
	assert_string_equal(got.pin, "12345678");

	request = (struct channel_request) { .type = CHANNEL_SEND,
		.message = { .id = 5, .part = 254, .concat_reference = 255, .report = true },
		.recipient = "+6281234567890" };
	memset(request.text, 'x', CHANNEL_TEXT_MAX);
	assert_int_equal(channel_send_request(fixture->kotakd, &request), 0);
	assert_int_equal(channel_next_request(fixture->worker, &got), 1);
	assert_int_equal(got.message.id, 5);
	assert_int_equal(got.message.part, 254);
	assert_int_equal(got.message.concat_reference, 255);
	assert_true(got.message.report);
	assert_ptr_equal(got.message.recipient, got.recipient);
	assert_string_equal(got.message.recipient, "+6281234567890");
	assert_string_equal(got.message.text, request.text);

	static const struct channel_request small[] = {
		{ .type = CHANNEL_STORED, .token = 1 },
		{ .type = CHANNEL_DECODE, .id = 6, .pdu = { 1, 2, 3 }, .pdu_size = 3 },
		{ .type = CHANNEL_USSD, .id = 7, .code = "*888#" },
		{ .type = CHANNEL_RESET_SOFT },
	};
	for (size_t i = 0; i < ARRAY_SIZE(small); i++) {
		assert_int_equal(channel_send_request(fixture->kotakd, &small[i]), 0);
		assert_int_equal(channel_next_request(fixture->worker, &got), 1);
		assert_int_equal(got.type, small[i].type);
		assert_int_equal(got.token, small[i].token);
		assert_int_equal(got.id, small[i].id);
		assert_int_equal(got.pdu_size, small[i].pdu_size);
		assert_memory_equal(got.pdu, small[i].pdu, small[i].pdu_size);
		assert_string_equal(got.code, small[i].code);
	}
	assert_int_equal(channel_next_request(fixture->worker, &got), 0);
}

/* What has a field out of range doesn't leave. */
static void test_refused_to_send(void **state)
{
	struct fixture *fixture = *state;
	static const struct modem_event events[] = {
		{ .type = MODEM_STARTED },
		{ .type = MODEM_STOPPED },
		{ .type = (enum modem_event_type)99 },
		{ .type = MODEM_PDU, .token = 0 },
		{ .type = MODEM_PDU, .token = CHANNEL_TOKEN_MAX + 1 },
		{ .type = MODEM_PDU, .token = 1, .pdu_size = MODEM_PDU_MAX + 1 },
		{ .type = MODEM_DECODED, .decoded = { .text_units = MODEM_PART_UNITS + 1 } },
		{ .type = MODEM_DECODED, .decoded = { .message_class = 4 } },
		{ .type = MODEM_DECODED, .decoded = { .concat_total = 2, .concat_number = 3 } },
		{ .type = MODEM_DECODED, .decoded = { .concat_total = 2 } },
		{ .type = MODEM_SENT, .parts = 0 },
		{ .type = MODEM_SENT, .parts = 256 },
		{ .type = MODEM_SENT, .parts = 1, .reference = 256 },
		{ .type = MODEM_STATUS, .status = { .signal_dbm = 5 } },
	};
	static struct channel_request request;
	struct modem_event event = { .type = MODEM_USSD };

	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		assert_int_equal(channel_send_event(fixture->worker, &events[i]), -EINVAL);
	memset(event.text, 'x', sizeof(event.text));
	assert_int_equal(channel_send_event(fixture->worker, &event), -EINVAL);
	request = (struct channel_request) { .type = CHANNEL_START, .pin = "12a4" };
	assert_int_equal(channel_send_request(fixture->kotakd, &request), -EINVAL);
	assert_false(channel_waiting(fixture->worker));
	assert_int_equal(channel_next_event(fixture->kotakd, &event), 0);
}

/* A modem's texts may be anything: on the other side they are UTF-8. */
static void test_bad_text(void **state)
{
	struct fixture *fixture = *state;
	struct modem_event event = {
		.type = MODEM_USSD, .text = "a\xff\xc3!\xe2\x82", .raw = "\x80"
	};
	struct modem_event got = pass(fixture, &event);

	assert_string_equal(got.text, "a\?\?!\?\?");
	assert_string_equal(got.raw, "?");
}

static void expect_refused(struct fixture *fixture, const uint8_t *data, size_t size)
{
	struct modem_event event;
	int result;

	assert_int_equal(send(fixture->raw, data, size, 0), size);
	result = channel_next_event(fixture->kotakd, &event);
	assert_int_equal(result, -EPROTO);
}

static void test_refused_to_take(void **state)
{
	struct fixture *fixture = *state;
	struct modem_event event = { .type = MODEM_SENT, .id = 1, .reference = 2, .parts = 3 };
	uint8_t good[WIRE_PACKET_MAX + 2], bad[WIRE_PACKET_MAX + 2];
	size_t size = wire_put_event(&event, good);

	assert_int_not_equal(size, 0);
	/* Cut anywhere, or with one octet more, with and without the size adapted. */
	for (size_t cut = 1; cut <= size + 1; cut++) {
		if (cut == size)
			continue;
		memcpy(bad, good, sizeof(bad));
		expect_refused(fixture, bad, cut);
		if (cut < WIRE_HEADER_SIZE)
			continue;
		bad[8] = (uint8_t)(cut - WIRE_HEADER_SIZE);
		expect_refused(fixture, bad, cut);
	}
	/* Magic, version, type. */
	for (size_t at = 0; at < 8; at++) {
		memcpy(bad, good, size);
		bad[at] ^= 0x40;
		expect_refused(fixture, bad, size);
	}
	/* A request is no event. */
	size = wire_put_request(&(struct channel_request) { .type = CHANNEL_RESET_SOFT }, bad);
	expect_refused(fixture, bad, size);
	/* Larger than any packet. */
	memset(bad, 0, sizeof(bad));
	expect_refused(fixture, bad, WIRE_PACKET_MAX + 1);
}

/* Every octet of valid packets set to other values: refused, or a valid event. */
static void test_hostile(void **state)
{
	struct fixture *fixture = *state;
	static struct modem_event events[] = {
		{ .type = MODEM_DECODED, .decoded = { .text_units = 2, .address = "+62" } },
		{ .type = MODEM_STATUS, .status = { .maker = "Huawei" } },
		{ .type = MODEM_PDU, .token = 1, .pdu_size = 4 },
		{ .type = MODEM_USSD, .text = "abc" },
		{ .type = MODEM_SEND_FAILED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		uint8_t good[WIRE_PACKET_MAX];
		size_t size = wire_put_event(&events[i], good);

		for (size_t at = 0; at < size; at++) {
			for (unsigned change = 1; change < 256; change++) {
				struct modem_event got;
				int result;

				good[at] ^= (uint8_t)change;
				assert_int_equal(send(fixture->raw, good, size, 0), size);
				good[at] ^= (uint8_t)change;
				result = channel_next_event(fixture->kotakd, &got);
				if (result == -EPROTO || result == 0) /* 0: it became a heartbeat */
					continue;
				assert_int_equal(result, 1);
				assert_in_range(got.decoded.text_units, 0, MODEM_PART_UNITS);
				assert_in_range(got.pdu_size, 0, MODEM_PDU_MAX);
				assert_in_range(got.status.sim, 0, MODEM_SIM_FAULT);
				assert_non_null(memchr(got.text, 0, sizeof(got.text)));
			}
		}
	}
}

static void test_ping(void **state)
{
	struct fixture *fixture = *state;
	static struct channel_request request;
	struct modem_event event;
	uint64_t before = channel_received(fixture->kotakd);

	assert_int_equal(channel_ping(fixture->kotakd), 0);
	assert_int_equal(channel_next_request(fixture->worker, &request), 0);
	assert_int_equal(channel_next_event(fixture->kotakd, &event), 0);
	assert_int_equal(channel_received(fixture->kotakd), before + 1);
}

/* Nobody reads: messages wait, then are refused; all that were taken arrive in order. */
static void test_full(void **state)
{
	struct fixture *fixture = *state;
	struct modem_event event = { .type = MODEM_SUBMITTING }, got;
	static struct channel_request request;
	int64_t sent = 0, received = 0;
	int result;

	while ((result = channel_send_event(fixture->worker, &event)) == 0)
		event.id = ++sent;
	assert_int_equal(result, -EAGAIN);
	assert_true(channel_waiting(fixture->worker));
	assert_true(sent > CHANNEL_QUEUE_MAX);
	assert_int_equal(channel_flush(fixture->worker), -EAGAIN);
	/* A ping's answer finds no place either, and comes last. */
	assert_int_equal(channel_ping(fixture->kotakd), 0);
	assert_int_equal(channel_next_request(fixture->worker, &request), 0);
	do {
		while ((result = channel_next_event(fixture->kotakd, &got)) == 1)
			assert_int_equal(got.id, received++);
		assert_int_equal(result, 0);
		result = channel_flush(fixture->worker);
	} while (result == -EAGAIN);
	assert_int_equal(result, 0);
	while ((result = channel_next_event(fixture->kotakd, &got)) == 1)
		assert_int_equal(got.id, received++);
	assert_int_equal(received, sent);
	assert_int_equal(channel_received(fixture->kotakd), sent + 1);
	assert_false(channel_waiting(fixture->worker));
}

/* What was sent before the end is still read after it. */
static void test_end(void **state)
{
	struct fixture *fixture = *state;
	struct modem_event event = { .type = MODEM_SUBMITTING, .id = 3 }, got;

	assert_int_equal(channel_send_event(fixture->worker, &event), 0);
	close(fixture->raw);
	fixture->raw = -1;
	channel_free(fixture->worker);
	fixture->worker = NULL;
	assert_int_equal(channel_next_event(fixture->kotakd, &got), 1);
	assert_int_equal(got.id, 3);
	assert_int_equal(channel_next_event(fixture->kotakd, &got), -EPIPE);
	assert_int_equal(channel_ping(fixture->kotakd), -EPIPE);
	assert_int_equal(channel_flush(fixture->kotakd), 0);
}

static void test_bad_descriptor(void **state)
{
	struct channel *channel;

	(void)state;
	assert_int_equal(channel_new(-1, &channel), -EBADF);
	channel_free(NULL);
}

#define channel_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		channel_test(test_events),
		channel_test(test_requests),
		channel_test(test_refused_to_send),
		channel_test(test_bad_text),
		channel_test(test_refused_to_take),
		channel_test(test_hostile),
		channel_test(test_ping),
		channel_test(test_full),
		channel_test(test_end),
		cmocka_unit_test(test_bad_descriptor),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
