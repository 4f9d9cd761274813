/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link between kotakd and a worker, and the worker process that is supervised over it. */
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
#include <sys/socket.h>
#include <time.h>

#include "base/json.h"
#include "base/link.h"
#include "worker/child.h"
#include "worker/process.h"

#define PATIENCE_MS 20000

static void pair(struct link **ours, int *theirs)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(link_new(ends[0], ours), 0);
	*theirs = ends[1];
}

static void test_messages_pass(void **state)
{
	autolink struct link *left = NULL, *right = NULL;
	autojson json_t *got = NULL;
	int fd;

	(void)state;
	pair(&left, &fd);
	assert_int_equal(link_new(fd, &right), 0);
	assert_int_equal(link_next(right, &got), 0);
	assert_int_equal(
		link_send_new(left, json_pack("{s:s,s:i}", "type", "draft", "count", 7)), 0);
	assert_int_equal(link_next(right, &got), 1);
	assert_int_equal(json_integer_value(json_object_get(got, "count")), 7);
	assert_int_equal(link_next(right, &got), 0);
}

static void test_ping_is_answered_unseen(void **state)
{
	autolink struct link *left = NULL, *right = NULL;
	json_t *got = NULL;
	int fd;

	(void)state;
	pair(&left, &fd);
	assert_int_equal(link_new(fd, &right), 0);
	assert_int_equal(link_ping(left), 0);
	assert_int_equal(link_next(right, &got), 0);
	assert_int_equal(link_next(left, &got), 0);
	assert_int_equal(link_received(left), 1);
}

static void test_nonsense_is_refused(void **state)
{
	static const char *const packets[] = { "", "{", "[]", "{\"type\":1}", "{}", "null",
		"{\"type\":\"a\",\"type\":\"b\"}", "{\"type\":\"a\"} x", "\xff\xfe" };

	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(packets); i++) {
		autolink struct link *link = NULL;
		json_t *got = NULL;
		int fd;

		pair(&link, &fd);
		assert_int_equal(send(fd, packets[i], strlen(packets[i]), 0), strlen(packets[i]));
		assert_int_equal(link_next(link, &got), -EPROTO);
		close(fd);
	}
}

static void test_too_large_is_refused(void **state)
{
	autolink struct link *link = NULL;
	autofree char *text = calloc(1, LINK_BYTES_MAX + 2);
	json_t *got = NULL;
	int fd;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', LINK_BYTES_MAX + 1);
	pair(&link, &fd);
	assert_int_equal(
		link_send_new(link, json_pack("{s:s,s:s}", "type", "a", "t", text)), -EMSGSIZE);
	int size = 4 * LINK_BYTES_MAX;
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)), 0);
	assert_int_equal(send(fd, text, LINK_BYTES_MAX + 1, 0), LINK_BYTES_MAX + 1);
	assert_int_equal(link_next(link, &got), -EPROTO);
	close(fd);
}

static void test_the_queue_is_bounded_and_kept_in_order(void **state)
{
	autolink struct link *left = NULL, *right = NULL;
	autofree char *filling = calloc(1, 4001);
	int fd, sent = 0, result;

	(void)state;
	assert_non_null(filling);
	memset(filling, 'x', 4000);
	pair(&left, &fd);
	assert_int_equal(link_new(fd, &right), 0);
	while ((result = link_send_new(left,
			json_pack("{s:s,s:i,s:s}", "type", "a", "n", sent, "f", filling))) == 0)
		sent++;
	assert_int_equal(result, -EAGAIN);
	assert_true(link_waiting(left));
	assert_true(sent >= LINK_QUEUE_MAX);
	for (int n = 0; n < sent; n++) {
		autojson json_t *got = NULL;

		result = link_flush(left);
		assert_true(result == 0 || result == -EAGAIN);
		assert_int_equal(link_next(right, &got), 1);
		assert_int_equal(json_integer_value(json_object_get(got, "n")), n);
	}
	assert_false(link_waiting(left));
}

static void test_the_peers_end_is_seen(void **state)
{
	autolink struct link *link = NULL;
	json_t *got = NULL;
	int fd;

	(void)state;
	pair(&link, &fd);
	close(fd);
	assert_int_equal(link_next(link, &got), -EPIPE);
	assert_int_equal(link_ping(link), -EPIPE);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for the next event, in real time, but with the worker's clock ahead by skew_ms. */
static void await(struct worker *worker, struct worker_event *event, int64_t skew_ms)
{
	int64_t end = now_ms() + PATIENCE_MS;

	for (;;) {
		int result = worker->ops->next(worker, event, now_ms() + skew_ms);
		struct pollfd wait = { .fd = worker->ops->fd(worker), .events = POLLIN };

		assert_true(result >= 0);
		if (result == 1)
			return;
		assert_true(now_ms() < end);
		worker->ops->tick(worker, now_ms() + skew_ms);
		poll(&wait, 1, 10);
	}
}

static struct worker *start(const char *name)
{
	autojson json_t *message = json_pack("{s:s,s:s}", "type", "start", "word", "halo");
	struct worker *worker = NULL;
	struct worker_event event;

	assert_int_equal(worker_process_new(name, NULL, &worker), 0);
	assert_int_equal(worker->ops->start(worker, message, now_ms()), 0);
	await(worker, &event, 0);
	assert_int_equal(event.type, WORKER_STARTED);
	return worker;
}

static void test_a_worker_talks(void **state)
{
	autojson json_t *question = json_pack("{s:s,s:i}", "type", "question", "n", 3);
	struct worker *worker = start("echo");
	struct worker_event event;

	(void)state;
	await(worker, &event, 0);
	assert_int_equal(event.type, WORKER_MESSAGE);
	assert_string_equal(json_string_value(json_object_get(event.message, "word")), "halo");
	json_decref(event.message);
	assert_int_equal(worker->ops->send(worker, question), 0);
	await(worker, &event, 0);
	assert_int_equal(event.type, WORKER_MESSAGE);
	assert_int_equal(json_integer_value(json_object_get(event.message, "n")), 3);
	json_decref(event.message);
	worker->ops->close(worker);
}

static void test_a_worker_that_dies_comes_back(void **state)
{
	struct worker *worker = start("dies");
	struct worker_event event;

	(void)state;
	for (int life = 0; life < 3; life++) {
		await(worker, &event, 0);
		assert_int_equal(event.type, WORKER_MESSAGE);
		json_decref(event.message);
		await(worker, &event, 0);
		assert_int_equal(event.type, WORKER_STOPPED);
		assert_non_null(strstr(event.text, "status 3"));
		autojson json_t *lost = json_pack("{s:s}", "type", "lost");
		assert_int_equal(worker->ops->send(worker, lost), -ENOTCONN);
		await(worker, &event, 0);
		assert_int_equal(event.type, WORKER_STARTED);
	}
	worker->ops->close(worker);
}

static void test_a_worker_that_hangs_is_killed(void **state)
{
	struct worker *worker = start("hangs");
	struct worker_event event;
	int64_t later = now_ms();

	(void)state;
	/* In its own time: ten seconds on it is asked, ten more and it is killed. */
	worker->ops->tick(worker, later + 10001);
	worker->ops->tick(worker, later + 20002);
	await(worker, &event, 20003);
	assert_int_equal(event.type, WORKER_STOPPED);
	assert_non_null(strstr(event.text, "didn't react"));
	worker->ops->close(worker);
}

static void test_a_worker_that_talks_nonsense_is_killed(void **state)
{
	struct worker *worker = start("nonsense");
	struct worker_event event;

	(void)state;
	await(worker, &event, 0);
	assert_int_equal(event.type, WORKER_STOPPED);
	assert_non_null(strstr(event.text, "no message"));
	worker->ops->close(worker);
}

static void test_a_program_that_is_not_there(void **state)
{
	autojson json_t *message = json_pack("{s:s}", "type", "start");
	struct worker *worker = NULL;
	struct worker_event event;

	(void)state;
	assert_int_equal(worker_process_new("echo", "/nowhere/kotakd", &worker), 0);
	assert_int_equal(worker->ops->start(worker, message, now_ms()), 0);
	await(worker, &event, 0);
	assert_int_equal(event.type, WORKER_STARTED);
	await(worker, &event, 0);
	assert_int_equal(event.type, WORKER_STOPPED);
	assert_non_null(strstr(event.text, "can't be run"));
	worker->ops->close(worker);
}

/* What the workers of these tests do, by their name. */
static int be_worker(const char *name)
{
	autolink struct link *link = NULL;
	struct pollfd wait = { .fd = CHILD_CHANNEL, .events = POLLIN };
	json_t *message;

	if (strcmp(name, "nonsense") == 0)
		return send(CHILD_CHANNEL, "hello", 5, 0) == 5 && pause() ? 0 : 1;
	if (strcmp(name, "hangs") == 0)
		return pause() ? 0 : 1;
	if (link_new(CHILD_CHANNEL, &link) < 0)
		return 1;
	while (poll(&wait, 1, -1) == 1) {
		int result = link_next(link, &message);

		if (result == 0)
			continue;
		if (result < 0 || link_send_new(link, message) < 0)
			return 0;
		if (strcmp(name, "dies") == 0)
			return 3;
	}
	return 1;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages_pass),
		cmocka_unit_test(test_ping_is_answered_unseen),
		cmocka_unit_test(test_nonsense_is_refused),
		cmocka_unit_test(test_too_large_is_refused),
		cmocka_unit_test(test_the_queue_is_bounded_and_kept_in_order),
		cmocka_unit_test(test_the_peers_end_is_seen),
		cmocka_unit_test(test_a_worker_talks),
		cmocka_unit_test(test_a_worker_that_dies_comes_back),
		cmocka_unit_test(test_a_worker_that_hangs_is_killed),
		cmocka_unit_test(test_a_worker_that_talks_nonsense_is_killed),
		cmocka_unit_test(test_a_program_that_is_not_there),
	};

	if (argc == 3 && strcmp(argv[1], "--worker") == 0)
		return be_worker(argv[2]);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
