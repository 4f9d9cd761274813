/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The AT dialogue against scripted bytes, in virtual time. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "modem/at_channel.h"
#include "modem/at_lines.h"

struct seen {
	struct at_channel *channel;
	int64_t now;
	unsigned synchronised;
	unsigned done, prompts;
	struct at_answer answer;
	char lines[8192]; /* of answers, "line|pdu;" each */
	char notices[8192];
};

static void take_notice(void *context, const char *line, const char *pdu)
{
	struct seen *seen = context;
	size_t used = strlen(seen->notices);

	snprintf(seen->notices + used, sizeof(seen->notices) - used, "%s|%s;", line, pdu);
}

static const struct at_spontaneous table[] = {
	{ "+CMTI:", AT_SHAPE_LINE, take_notice },
	{ "+CDS:", AT_SHAPE_PDU, take_notice },
	{ "+CREG:", AT_SHAPE_LINE, take_notice },
	{ "+CUSD:", AT_SHAPE_QUOTED, take_notice },
	{ "RDY", AT_SHAPE_WHOLE, take_notice },
	{ "+QIND:", AT_SHAPE_LINE, NULL },
};

static void synchronised(void *context)
{
	struct seen *seen = context;

	seen->synchronised++;
}

static void take_line(void *context, const char *line, const char *pdu)
{
	struct seen *seen = context;
	size_t used = strlen(seen->lines);

	snprintf(seen->lines + used, sizeof(seen->lines) - used, "%s|%s;", line, pdu);
}

static void take_done(void *context, const struct at_answer *answer)
{
	struct seen *seen = context;

	seen->done++;
	seen->answer = *answer;
}

static void take_prompt(void *context)
{
	struct seen *seen = context;

	seen->prompts++;
}

static int set_up(void **state)
{
	struct seen *seen = calloc(1, sizeof(*seen));

	assert_non_null(seen);
	seen->now = 1000;
	assert_int_equal(
		at_channel_new(table, ARRAY_SIZE(table), synchronised, seen, &seen->channel), 0);
	*state = seen;
	return 0;
}

static int tear_down(void **state)
{
	struct seen *seen = *state;

	at_channel_free(seen->channel);
	free(seen);
	return 0;
}

static void say(struct seen *seen, const char *bytes)
{
	at_channel_input(seen->channel, (const uint8_t *)bytes, strlen(bytes), seen->now);
}

static void expect_written(struct seen *seen, const char *bytes)
{
	const uint8_t *output;
	size_t size = at_channel_output(seen->channel, &output);

	assert_int_equal(size, strlen(bytes));
	assert_memory_equal(output, bytes, size);
	at_channel_written(seen->channel, size);
}

static void pass_time(struct seen *seen, int64_t ms)
{
	int64_t until = seen->now + ms;

	while (at_channel_deadline(seen->channel) <= until) {
		int64_t deadline = at_channel_deadline(seen->channel);

		if (deadline > seen->now)
			seen->now = deadline;
		at_channel_tick(seen->channel, seen->now);
	}
	seen->now = until;
}

static void ask(struct seen *seen, const char *text, const char *prefix, bool pdu_follows)
{
	struct at_command command = { .text = text,
		.prefix = prefix,
		.pdu_follows = pdu_follows,
		.timeout_ms = 5000,
		.line = take_line,
		.done = take_done,
		.context = seen };

	assert_int_equal(at_channel_command(seen->channel, &command, seen->now), 0);
	assert_true(at_channel_busy(seen->channel));
}

static void submit(struct seen *seen)
{
	struct at_command command = { .text = "AT+CMGS=12",
		.prefix = "+CMGS:",
		.payload = "00112233",
		.prompt_ms = 5000,
		.timeout_ms = 60000,
		.prompt = take_prompt,
		.line = take_line,
		.done = take_done,
		.context = seen };

	assert_int_equal(at_channel_command(seen->channel, &command, seen->now), 0);
}

static void test_answer(void **state)
{
	struct seen *seen = *state;

	ask(seen, "AT+CSQ", "+CSQ:", false);
	expect_written(seen, "AT+CSQ\r");
	say(seen, "\r\n+CSQ: 20,99\r\n\r\nOK\r\n");
	assert_int_equal(seen->done, 1);
	assert_int_equal(seen->answer.result, AT_OK);
	assert_int_equal(seen->answer.lines, 1);
	assert_string_equal(seen->lines, "+CSQ: 20,99|;");
	assert_false(at_channel_busy(seen->channel));
	assert_false(at_channel_echoed(seen->channel));
}

static void test_byte_by_byte_with_echo(void **state)
{
	struct seen *seen = *state;
	const char *bytes = "AT+CSQ\r\r\n+CSQ: 20,99\r\n\r\nOK\r\n";

	ask(seen, "AT+CSQ", "+CSQ:", false);
	for (; *bytes; bytes++)
		at_channel_input(seen->channel, (const uint8_t *)bytes, 1, seen->now);
	assert_int_equal(seen->done, 1);
	assert_string_equal(seen->lines, "+CSQ: 20,99|;");
	assert_true(at_channel_echoed(seen->channel));
	at_channel_forget_echo(seen->channel);
	assert_false(at_channel_echoed(seen->channel));
}

static void test_one_at_a_time(void **state)
{
	struct seen *seen = *state;
	struct at_command command = { .text = "AT", .timeout_ms = 1000 };
	char text[2000];

	ask(seen, "AT", NULL, false);
	assert_int_equal(at_channel_command(seen->channel, &command, seen->now), -EBUSY);
	say(seen, "OK\r\n");
	memset(text, 'A', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	command.text = text;
	assert_int_equal(at_channel_command(seen->channel, &command, seen->now), -EMSGSIZE);
	command.text = "AT";
	command.payload = text;
	assert_int_equal(at_channel_command(seen->channel, &command, seen->now), -EMSGSIZE);
}

static void test_errors(void **state)
{
	static const struct {
		const char *line;
		enum at_result result;
		int code;
	} cases[] = {
		{ "ERROR", AT_ERROR, -1 },
		{ "+CME ERROR: 10", AT_CME_ERROR, 10 },
		{ "+CMS ERROR: 321", AT_CMS_ERROR, 321 },
		{ "+CMS ERROR:500", AT_CMS_ERROR, 500 },
		{ "+CME ERROR: SIM not inserted", AT_CME_ERROR, -1 },
		{ "+CMS ERROR: 99999999999999999999", AT_CMS_ERROR, -1 },
		{ "+CMS ERROR: -5", AT_CMS_ERROR, -1 },
		{ "COMMAND NOT SUPPORT", AT_ERROR, -1 },
	};
	struct seen *seen = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ask(seen, "AT+X", NULL, false);
		say(seen, "\r\n");
		say(seen, cases[i].line);
		say(seen, "\r\n");
		assert_int_equal(seen->done, i + 1);
		assert_int_equal(seen->answer.result, cases[i].result);
		assert_int_equal(seen->answer.code, cases[i].code);
	}
}

static void test_spontaneous_everywhere(void **state)
{
	struct seen *seen = *state;

	ask(seen, "AT+CMGL=4", "+CMGL:", true);
	say(seen, "\r\n+CMTI: \"SM\",1\r\n\r\n+QIND: \"smsfull\",\"SM\"\r\n");
	say(seen, "\r\n+CMGL: 1,1,,4\r\n+CMTI: \"SM\",2\r\n0011\r\n");
	say(seen, "+CMGL: 2,0,\"\",4\r\n002233\r\n^UNKNOWN: 1\r\n");
	say(seen, "+CDS: 26\r\n+CMTI: \"SM\",3\r\nAABB\r\n");
	say(seen, "+CMGL: 3,0,\"\",0\r\n\r\n+CMGL: 4,0,,4\r\n4455\r\nRDY\r\nOK\r\n+CMTI: "
		  "\"SM\",4\r\n");
	assert_string_equal(seen->lines, "+CMGL: 1,1,,4|0011;+CMGL: 2,0,\"\",4|002233;+CMGL: "
					 "3,0,\"\",0|;+CMGL: 4,0,,4|4455;");
	assert_string_equal(seen->notices, "+CMTI: \"SM\",1|;+CMTI: \"SM\",2|;+CMTI: \"SM\",3|;"
					   "+CDS: 26|AABB;RDY|;+CMTI: \"SM\",4|;");
	assert_int_equal(seen->done, 1);
	assert_int_equal(seen->answer.result, AT_OK);
	assert_int_equal(at_channel_unknown_lines(seen->channel), 1);
}

static void test_plain_text_answer(void **state)
{
	struct seen *seen = *state;

	ask(seen, "AT+CGMM", "", false);
	say(seen, "AT+CGMM\r\r\nRDY\r\n+QIND: \"csq\",20,99\r\n^RSSI:20\r\nEC25\r\n\r\nOK\r\n");
	assert_string_equal(seen->lines, "EC25|;");
	assert_int_equal(seen->answer.result, AT_OK);
}

static void test_answer_or_notice(void **state)
{
	struct seen *seen = *state;

	say(seen, "\r\n+CREG: 5\r\n");
	ask(seen, "AT+CREG?", "+CREG:", false);
	say(seen, "\r\n+CREG: 0,1\r\n\r\nOK\r\n");
	assert_string_equal(seen->lines, "+CREG: 0,1|;");
	assert_string_equal(seen->notices, "+CREG: 5|;");
}

static void test_prompt(void **state)
{
	struct seen *seen = *state;

	submit(seen);
	expect_written(seen, "AT+CMGS=12\r");
	say(seen, "AT+CMGS=12\r");
	say(seen, "\r\n+CMTI: \"SM\",1\r\n\r\n>");
	assert_int_equal(seen->prompts, 1);
	expect_written(seen, "00112233\x1a");
	say(seen, " 00112233\x1a\r\n+CMTI: \"SM\",2\r\n+CMGS: 77\r\n\r\nOK\r\n");
	assert_int_equal(seen->done, 1);
	assert_true(seen->answer.payload_sent);
	assert_string_equal(seen->lines, "+CMGS: 77|;");
	assert_string_equal(seen->notices, "+CMTI: \"SM\",1|;+CMTI: \"SM\",2|;");
}

static void test_prompt_refused(void **state)
{
	struct seen *seen = *state;

	submit(seen);
	say(seen, "\r\n+CMS ERROR: 302\r\n");
	assert_int_equal(seen->answer.result, AT_CMS_ERROR);
	assert_false(seen->answer.payload_sent);
	/* A late OK is no answer while the prompt isn't there. */
	submit(seen);
	say(seen, "\r\nOK\r\n\r\n> ");
	assert_int_equal(seen->prompts, 1);
	assert_int_equal(seen->done, 1);
}

static void answer_probe(struct seen *seen)
{
	expect_written(seen, "\x1b\rAT\r");
	say(seen, "\r\nOK\r\n");
	pass_time(seen, 100);
}

static void test_deadline(void **state)
{
	struct seen *seen = *state;

	ask(seen, "AT+CSQ", "+CSQ:", false);
	expect_written(seen, "AT+CSQ\r");
	pass_time(seen, 4999);
	assert_int_equal(seen->done, 0);
	pass_time(seen, 1);
	assert_int_equal(seen->done, 1);
	assert_int_equal(seen->answer.result, AT_TIMEOUT);
	assert_true(at_channel_busy(seen->channel));
	answer_probe(seen);
	assert_int_equal(seen->synchronised, 1);
	assert_false(at_channel_busy(seen->channel));
}

/* A long listing isn't late as long as it goes on. */
static void test_deadline_renewed(void **state)
{
	struct seen *seen = *state;

	ask(seen, "AT+CMGL=4", "+CMGL:", true);
	for (int i = 0; i < 5; i++) {
		pass_time(seen, 4000);
		say(seen, "+CMGL: 1,1,,4\r\n0011\r\n");
	}
	say(seen, "OK\r\n");
	assert_int_equal(seen->answer.result, AT_OK);
	assert_int_equal(seen->answer.lines, 5);
}

static void test_prompt_missed(void **state)
{
	struct seen *seen = *state;

	submit(seen);
	expect_written(seen, "AT+CMGS=12\r");
	pass_time(seen, 5000);
	assert_int_equal(seen->answer.result, AT_TIMEOUT);
	assert_false(seen->answer.payload_sent);
	/* ESC leaves the prompt, should it have got lost. */
	say(seen, "\r\n> ");
	assert_int_equal(seen->prompts, 0);
	answer_probe(seen);
	assert_int_equal(seen->synchronised, 1);
}

static void test_late_answer_is_not_taken_for_another(void **state)
{
	struct seen *seen = *state;

	ask(seen, "AT+CSQ", "+CSQ:", false);
	pass_time(seen, 5000);
	expect_written(seen, "\x1b\rAT\r");
	/* The OK of the command given up, that of the probe a little later. */
	say(seen, "+CSQ: 1,99\r\n\r\nOK\r\n");
	pass_time(seen, 60);
	say(seen, "\r\nOK\r\n");
	pass_time(seen, 99);
	assert_int_equal(seen->synchronised, 0);
	pass_time(seen, 1);
	assert_int_equal(seen->synchronised, 1);
	assert_string_equal(seen->lines, "");
}

static void make_noise(struct seen *seen, unsigned *seed, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		uint8_t byte;

		*seed = *seed * 1103515245 + 12345;
		byte = (uint8_t)(*seed >> 16);
		at_channel_input(seen->channel, &byte, 1, seen->now);
	}
}

static void test_noise(void **state)
{
	struct seen *seen = *state;
	unsigned seed = 1;

	at_channel_synchronise(seen->channel, seen->now);
	for (int i = 0; i < 100; i++) {
		make_noise(seen, &seed, 500);
		pass_time(seen, 100);
	}
	assert_true(at_channel_busy(seen->channel));
	assert_true(at_channel_tries(seen->channel) >= 5);
	/* After its end the first probe that is answered will do. */
	pass_time(seen, 1000);
	say(seen, "\r\nOK\r\n");
	pass_time(seen, 100);
	assert_int_equal(seen->synchronised, 1);
	assert_int_equal(at_channel_tries(seen->channel), 0);
}

/* An answer that noise has eaten isn't waited for to the end. */
static void test_noise_shortens_waiting(void **state)
{
	struct seen *seen = *state;
	unsigned seed = 7;

	submit(seen);
	say(seen, "\r\n> ");
	make_noise(seen, &seed, 500);
	assert_int_equal(seen->done, 0);
	pass_time(seen, 3000);
	assert_int_equal(seen->done, 1);
	assert_int_equal(seen->answer.result, AT_TIMEOUT);
	assert_true(seen->answer.payload_sent);
}

static void test_hostile_lines(void **state)
{
	struct seen *seen = *state;

	ask(seen, "AT+CSQ", "+CSQ:", false);
	for (int i = 0; i < 3 * AT_LINE_MAX; i++)
		say(seen, "A");
	say(seen, "\r\n");
	at_channel_input(
		seen->channel, (const uint8_t *)"\0\0+C\0SQ: 9,99\r\n\0\r\nOK\r\n", 23, seen->now);
	assert_string_equal(seen->lines, "+CSQ: 9,99|;");
	assert_int_equal(seen->answer.result, AT_OK);
}

static void test_string_over_lines(void **state)
{
	struct seen *seen = *state;

	say(seen, "\r\n+CUSD: 1,\"Menu:\r\n1. Pulsa\r\n2. Paket\",15\r\n");
	assert_string_equal(seen->notices, "+CUSD: 1,\"Menu:\n1. Pulsa\n2. Paket\",15|;");
	seen->notices[0] = '\0';
	/* Its end never comes: it is told after a while, and nothing else is kept back. */
	say(seen, "\r\n+CUSD: 0,\"Sisa\r\n");
	say(seen, "+CMTI: \"SM\",1\r\n");
	assert_string_equal(seen->notices, "+CUSD: 0,\"Sisa|;+CMTI: \"SM\",1|;");
	seen->notices[0] = '\0';
	say(seen, "\r\n+CUSD: 0,\"Sisa\r\n");
	pass_time(seen, 2000);
	assert_string_equal(seen->notices, "+CUSD: 0,\"Sisa|;");
}

static void test_report_without_pdu(void **state)
{
	struct seen *seen = *state;

	ask(seen, "AT", NULL, false);
	say(seen, "+CDS: 26\r\nOK\r\n");
	assert_int_equal(seen->done, 1);
	say(seen, "RDY\r\nRDY\r\nRDY\r\n0011\r\n");
	assert_string_equal(seen->notices, "RDY|;RDY|;RDY|;");
}

static void test_abort_and_reset(void **state)
{
	struct seen *seen = *state;

	ask(seen, "AT+CSQ", "+CSQ:", false);
	at_channel_abort(seen->channel);
	assert_int_equal(seen->answer.result, AT_ABORTED);
	assert_false(at_channel_busy(seen->channel));
	at_channel_abort(seen->channel);
	assert_int_equal(seen->done, 1);
	ask(seen, "AT+CSQ", "+CSQ:", false);
	at_channel_reset(seen->channel);
	assert_int_equal(seen->done, 1);
	assert_int_equal(at_channel_deadline(seen->channel), INT64_MAX);
	expect_written(seen, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_answer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_byte_by_byte_with_echo, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_at_a_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_errors, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_spontaneous_everywhere, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_plain_text_answer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_answer_or_notice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_prompt, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_prompt_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_deadline, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_deadline_renewed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_prompt_missed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_late_answer_is_not_taken_for_another, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_noise, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_noise_shortens_waiting, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_hostile_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_string_over_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_report_without_pdu, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_abort_and_reset, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
