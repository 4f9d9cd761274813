/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kotakd's side of the modem with real processes: this program is its own worker, whose
 * behaviour is the name of its device. Time is virtual, so nothing is waited for but the
 * processes themselves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>

#include "base/log.h"
#include "fake_worker.h"
#include "modem/process.h"

#define PATIENCE_MS 20000

struct subject {
	struct modem *modem;
	int64_t now_ms; /* virtual */
	struct modem_event event;
};

static int64_t real_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void make(struct subject *subject, const char *device, const char *executable)
{
	const struct modem_process_config config = {
		.executable = executable,
		.device = device,
		.pin = FAKE_WORKER_PIN,
	};

	*subject = (struct subject) { .now_ms = 1000 };
	assert_int_equal(modem_process_new("uji", &config, &subject->modem), 0);
	assert_int_equal(subject->modem->ops->deadline(subject->modem), INT64_MAX);
	assert_int_equal(subject->modem->ops->start(subject->modem, subject->now_ms), 0);
}

static void finish(struct subject *subject)
{
	subject->modem->ops->close(subject->modem);
	/* No child is left behind, not even dead. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* The next event, for which the descriptor has to become readable. */
static enum modem_event_type next(struct subject *subject)
{
	int64_t until_ms = real_ms() + PATIENCE_MS;
	struct modem *modem = subject->modem;

	for (;;) {
		struct pollfd in = { .fd = modem->ops->fd(modem), .events = POLLIN };
		int result;

		if (poll(&in, 1, PATIENCE_MS) != 1 || real_ms() > until_ms)
			fail_msg("no event came");
		result = modem->ops->next(modem, &subject->event, subject->now_ms);
		assert_in_range(result, 0, 1);
		if (result == 1)
			return subject->event.type;
	}
}

static void expect(struct subject *subject, enum modem_event_type type)
{
	assert_int_equal(next(subject), type);
}

/* Lets virtual time come to the next deadline. */
static int64_t tick(struct subject *subject)
{
	int64_t before_ms = subject->now_ms;

	subject->now_ms = subject->modem->ops->deadline(subject->modem);
	assert_true(subject->now_ms >= before_ms && subject->now_ms < INT64_MAX);
	subject->modem->ops->tick(subject->modem, subject->now_ms);
	return subject->now_ms - before_ms;
}

static void expect_up(struct subject *subject, const char *recover)
{
	expect(subject, MODEM_STARTED);
	expect(subject, MODEM_STATUS);
	assert_true(subject->event.status.answering);
	assert_string_equal(subject->event.status.maker, recover);
}

static void expect_down(struct subject *subject, const char *why)
{
	expect(subject, MODEM_STOPPED);
	assert_string_equal(subject->event.text, why);
	assert_int_equal(subject->event.final, strcmp(why, "a reset was asked for") == 0);
	/* What the worker had in hand is to blame only for what the worker did itself. */
	assert_int_equal(subject->event.at_fault,
		!subject->event.final && !strstr(why, "Killed") && !strstr(why, "can't be run"));
	expect(subject, MODEM_STATUS);
	assert_false(subject->event.status.answering);
	assert_non_null(strstr(subject->event.status.trouble, why));
}

static void test_conversation(void **state)
{
	struct modem_message message = { .id = 4, .recipient = "+628123", .text = "x" };
	const uint8_t pdu[7] = { 0 };
	struct subject subject;

	(void)state;
	make(&subject, "normal", NULL);
	expect_up(&subject, "none");
	assert_string_equal(subject.event.status.port, "normal");
	assert_string_equal(subject.event.status.model, "uji");
	assert_string_equal(subject.event.status.imei, FAKE_WORKER_PIN);
	assert_string_equal(subject.event.status.operator_name, "");
	assert_int_equal(subject.event.status.slots_aside, 0);

	assert_int_equal(subject.modem->ops->decode(subject.modem, 8, pdu, sizeof(pdu)), 0);
	expect(&subject, MODEM_DECODED);
	assert_int_equal(subject.event.id, 8);
	assert_int_equal(subject.event.decoded.text_units, 7);
	assert_int_equal(subject.modem->ops->ussd(subject.modem, 9, "*888#"), 0);
	expect(&subject, MODEM_USSD);
	assert_string_equal(subject.event.text, "*888#");

	for (message.id = 4; message.id < 6; message.id++) {
		assert_int_equal(subject.modem->ops->send(subject.modem, &message), 0);
		assert_int_equal(subject.modem->ops->send(subject.modem, &message), -EBUSY);
		expect(&subject, MODEM_SUBMITTING);
		expect(&subject, MODEM_SENT);
		assert_int_equal(subject.event.id, message.id);
		assert_int_equal(subject.event.reference, 9);
	}
	assert_int_equal(
		subject.modem->ops->reset(subject.modem, MODEM_RESET_SOFT, subject.now_ms), 0);
	/* The second MODEM_SENT of the worker isn't passed on. */
	expect(&subject, MODEM_NETWORK_TIME);
	finish(&subject);
}

static void test_limits(void **state)
{
	static char long_text[CHANNEL_TEXT_MAX + 2];
	struct modem_message message = { .id = 4, .recipient = "+628123", .text = long_text };
	const uint8_t pdu[MODEM_PDU_MAX + 1] = { 0 };
	const struct modem_process_config bad = { .device = "x", .pin = "12345678901" };
	struct subject subject;
	struct modem *modem;

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	assert_int_equal(modem_process_new("uji", &bad, &modem), -EINVAL);
	make(&subject, "normal", NULL);
	assert_int_equal(subject.modem->ops->send(subject.modem, &message), -EMSGSIZE);
	long_text[CHANNEL_TEXT_MAX] = '\0';
	message.recipient = "+1234567890123456789012345678901234567890123456789";
	assert_int_equal(subject.modem->ops->send(subject.modem, &message), -EINVAL);
	assert_int_equal(subject.modem->ops->ussd(subject.modem, 1, long_text), -EINVAL);
	assert_int_equal(subject.modem->ops->decode(subject.modem, 1, pdu, sizeof(pdu)), -EINVAL);
	message.recipient = "+628123";
	assert_int_equal(subject.modem->ops->send(subject.modem, &message), 0);
	expect_up(&subject, "none");
	expect(&subject, MODEM_SUBMITTING);
	expect(&subject, MODEM_SENT);
	finish(&subject);
}

static void test_killed(void **state)
{
	struct subject subject;
	pid_t first;

	(void)state;
	make(&subject, "normal", NULL);
	expect_up(&subject, "none");
	first = (pid_t)subject.event.status.unknown_lines;
	assert_int_equal(kill(first, SIGKILL), 0);
	expect_down(&subject, "it was ended by signal 9 (Killed)");
	assert_int_equal(subject.modem->ops->ussd(subject.modem, 9, "*888#"), -ENOTCONN);
	/* It is back at once. */
	assert_true(tick(&subject) <= 100);
	expect_up(&subject, "none");
	assert_int_not_equal(subject.event.status.unknown_lines, first);
	finish(&subject);
}

/* Everything it said is heard before its end is told. */
static void test_last_words(void **state)
{
	struct subject subject;

	(void)state;
	make(&subject, "floods and dies", NULL);
	expect_up(&subject, "none");
	for (int64_t i = 0; i < 150; i++) {
		expect(&subject, MODEM_USSD);
		assert_int_equal(subject.event.id, i);
	}
	expect_down(&subject, "it was ended by signal 10 (User defined signal 1)");
	finish(&subject);
}

static void test_dies_while_sending(void **state)
{
	static const struct {
		const char *device;
		bool maybe_sent;
	} workers[] = {
		{ "dies before submitting", false },
		{ "dies after submitting", true },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct modem_message message = { .id = 4, .recipient = "123", .text = "x" };
		struct subject subject;

		make(&subject, workers[i].device, NULL);
		expect_up(&subject, "none");
		assert_int_equal(subject.modem->ops->send(subject.modem, &message), 0);
		if (workers[i].maybe_sent)
			expect(&subject, MODEM_SUBMITTING);
		expect(&subject, MODEM_SEND_FAILED);
		assert_int_equal(subject.event.id, 4);
		assert_int_equal(subject.event.maybe_sent, workers[i].maybe_sent);
		assert_false(subject.event.permanent);
		expect_down(&subject, "it was ended by signal 9 (Killed)");
		tick(&subject);
		expect_up(&subject, "none");
		assert_int_equal(subject.modem->ops->send(subject.modem, &message), 0);
		finish(&subject);
	}
}

static void test_wrong_message(void **state)
{
	const struct modem_message message = { .id = 4, .recipient = "123", .text = "x" };
	struct subject subject;

	(void)state;
	make(&subject, "speaks of another", NULL);
	expect_up(&subject, "none");
	assert_int_equal(subject.modem->ops->send(subject.modem, &message), 0);
	expect(&subject, MODEM_SENT);
	assert_int_equal(subject.event.id, 4);
	finish(&subject);
}

/* A token of a worker that is gone means nothing to the next one. */
static void test_tokens(void **state)
{
	struct subject subject;
	uint64_t first;

	(void)state;
	make(&subject, "has a PDU", NULL);
	expect_up(&subject, "none");
	expect(&subject, MODEM_PDU);
	first = subject.event.token;
	assert_int_equal(
		subject.modem->ops->reset(subject.modem, MODEM_RESET_WORKER, subject.now_ms), 0);
	expect_down(&subject, "a reset was asked for");
	assert_int_equal(tick(&subject), 0);
	expect_up(&subject, "none");
	expect(&subject, MODEM_PDU);
	assert_int_not_equal(subject.event.token, first);
	assert_int_equal(subject.modem->ops->stored(subject.modem, first), 0);
	assert_int_equal(subject.modem->ops->ussd(subject.modem, 1, "*1#"), 0);
	assert_int_equal(subject.modem->ops->stored(subject.modem, subject.event.token), 0);
	expect(&subject, MODEM_USSD);
	expect(&subject, MODEM_STRAY_SENT);
	assert_int_equal(subject.event.reference, 5);
	finish(&subject);
}

static void test_hard_reset(void **state)
{
	struct subject subject;

	(void)state;
	make(&subject, "normal", NULL);
	expect_up(&subject, "none");
	assert_int_equal(
		subject.modem->ops->reset(subject.modem, MODEM_RESET_HARD, subject.now_ms), 0);
	expect(&subject, MODEM_STOPPED);
	assert_true(subject.event.final);
	expect(&subject, MODEM_STATUS);
	tick(&subject);
	expect_up(&subject, "hard");
	finish(&subject);
}

/* The worker is well but its modem mute: escalation.h has the stages. */
static void test_mute(void **state)
{
	struct subject subject;
	struct pollfd in;

	(void)state;
	make(&subject, "mute", NULL);
	expect(&subject, MODEM_STARTED);
	expect(&subject, MODEM_STATUS);
	assert_int_equal(tick(&subject), 10000);
	in = (struct pollfd) { .fd = subject.modem->ops->fd(subject.modem), .events = POLLIN };
	assert_int_equal(poll(&in, 1, PATIENCE_MS), 1);
	assert_int_equal(
		subject.modem->ops->next(subject.modem, &subject.event, subject.now_ms), 0);
	assert_int_equal(tick(&subject), 5000);
	expect(&subject, MODEM_STOPPED);
	assert_true(subject.event.final);
	expect(&subject, MODEM_STATUS);
	assert_int_equal(tick(&subject), 0);
	expect(&subject, MODEM_STARTED);
	expect(&subject, MODEM_STATUS);
	assert_string_equal(subject.event.status.maker, "none");
	finish(&subject);
}

static void test_silent(void **state)
{
	struct subject subject;
	int64_t started_ms;

	(void)state;
	make(&subject, "hangs", NULL);
	started_ms = subject.now_ms;
	expect_up(&subject, "none");
	/* A ping after 10 seconds, its end after 20. */
	assert_int_equal(tick(&subject), 10000);
	assert_int_equal(tick(&subject), 10000);
	assert_int_equal(subject.now_ms - started_ms, 20000);
	expect_down(&subject, "it didn't react for 20 seconds");
	finish(&subject);
}

/* A living one answers pings for ever, and is left alone when it was us who slept. */
static void test_alive(void **state)
{
	struct subject subject;

	(void)state;
	make(&subject, "normal", NULL);
	expect_up(&subject, "none");
	for (int i = 0; i < 5; i++) {
		struct pollfd in = { .fd = subject.modem->ops->fd(subject.modem),
			.events = POLLIN };

		assert_int_equal(tick(&subject), 10000);
		assert_int_equal(poll(&in, 1, PATIENCE_MS), 1);
		if (i % 2 == 0) {
			/* An hour passes before the answer is looked at. */
			subject.now_ms += 3600 * 1000;
			subject.modem->ops->tick(subject.modem, subject.now_ms);
		}
		assert_int_equal(
			subject.modem->ops->next(subject.modem, &subject.event, subject.now_ms), 0);
	}
	finish(&subject);
}

static void test_broken_workers(void **state)
{
	static const struct {
		const char *device, *why;
	} workers[] = {
		{ "exits", "it exited with status 3" },
		{ "talks rubbish", "it sent what is no message" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(workers); i++) {
		struct subject subject;

		make(&subject, workers[i].device, NULL);
		expect_up(&subject, "none");
		expect_down(&subject, workers[i].why);
		tick(&subject);
		expect_up(&subject, "none");
		finish(&subject);
	}
}

/* One that hangs up has a second to end: mostly it is just about to. */
static void test_closes(void **state)
{
	struct subject subject;
	struct pollfd in;

	(void)state;
	make(&subject, "closes", NULL);
	expect_up(&subject, "none");
	in = (struct pollfd) { .fd = subject.modem->ops->fd(subject.modem), .events = POLLIN };
	assert_int_equal(poll(&in, 1, PATIENCE_MS), 1);
	assert_int_equal(
		subject.modem->ops->next(subject.modem, &subject.event, subject.now_ms), 0);
	/* Its channel's end doesn't keep the loop awake. */
	assert_int_equal(poll(&in, 1, 0), 0);
	assert_int_equal(subject.modem->ops->ussd(subject.modem, 1, "*1#"), -ENOTCONN);
	assert_int_equal(tick(&subject), 1000);
	expect_down(&subject, "it closed its channel");
	finish(&subject);
}

static void test_no_executable(void **state)
{
	struct subject subject;

	(void)state;
	make(&subject, "normal", "/nonexistent/kotakd");
	for (int64_t pause_ms = 100; pause_ms <= 800; pause_ms *= 2) {
		expect(&subject, MODEM_STARTED);
		expect_down(&subject, "/nonexistent/kotakd can't be run as worker");
		assert_int_equal(tick(&subject), pause_ms);
	}
	finish(&subject);
}

/* One that doesn't leave by itself at the end is killed. */
static void test_stays(void **state)
{
	struct subject subject;

	(void)state;
	make(&subject, "stays", NULL);
	expect_up(&subject, "none");
	finish(&subject);
}

static void test_never_started(void **state)
{
	const struct modem_process_config config = { .device = "x" };
	struct modem *modem;

	(void)state;
	assert_int_equal(modem_process_new("uji", &config, &modem), 0);
	assert_int_equal(modem->ops->reset(modem, MODEM_RESET_HARD, 1), -ENOTCONN);
	modem->ops->tick(modem, 5);
	modem->ops->close(modem);
}

/* kotakd may be killed at any instant: its workers go with it. */
static void test_orphan(void **state)
{
	int words[2], worker;
	struct pollfd end;
	pid_t kotakd, pid;

	(void)state;
	assert_int_equal(pipe(words), 0);
	kotakd = fork();
	assert_true(kotakd >= 0);
	if (kotakd == 0) {
		struct subject subject;

		make(&subject, "stays", NULL);
		expect_up(&subject, "none");
		pid = (pid_t)subject.event.status.unknown_lines;
		if (write(words[1], &pid, sizeof(pid)) == sizeof(pid))
			pause();
		_exit(1);
	}
	assert_int_equal(read(words[0], &pid, sizeof(pid)), sizeof(pid));
	worker = pidfd_open(pid, 0);
	assert_true(worker >= 0);
	assert_int_equal(kill(kotakd, SIGKILL), 0);
	end = (struct pollfd) { .fd = worker, .events = POLLIN };
	assert_int_equal(poll(&end, 1, PATIENCE_MS), 1);
	assert_int_equal(waitpid(kotakd, NULL, 0), kotakd);
	close(worker);
	close(words[0]);
	close(words[1]);
}

static void test_worker_usage(void **state)
{
	char *const wrong[][11] = {
		{ "kotakd", "--worker", "modem" },
		{ "kotakd", "--worker", "modem", "--channel", "0", "--name", "x", "--device", "y" },
		{ "kotakd", "--worker", "modem", "--channel", "99", "--name", "x", "--device",
			"y" },
		{ "kotakd", "--worker", "modem", "--channel", "3x", "--name", "x", "--device",
			"y" },
		{ "kotakd", "--worker", "modem", "--recover", "never" },
		{ "kotakd", "--worker", "modem", "--pin", "1234" },
	};

	(void)state;
	log_open("test", LOG_EMERG);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		char *argv[12] = { 0 };
		int argc = 0;

		for (; wrong[i][argc]; argc++)
			argv[argc] = wrong[i][argc];
		assert_int_equal(modem_worker_run(argc, argv), 2);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conversation),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_last_words),
		cmocka_unit_test(test_dies_while_sending),
		cmocka_unit_test(test_wrong_message),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_hard_reset),
		cmocka_unit_test(test_mute),
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_alive),
		cmocka_unit_test(test_broken_workers),
		cmocka_unit_test(test_closes),
		cmocka_unit_test(test_no_executable),
		cmocka_unit_test(test_stays),
		cmocka_unit_test(test_never_started),
		cmocka_unit_test(test_orphan),
		cmocka_unit_test(test_worker_usage),
	};

	if (argc > 1 && strcmp(argv[1], "--worker") == 0)
		return fake_worker_run(argc, argv);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
