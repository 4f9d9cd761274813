/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A worker and what is on both its sides: modem-sim as the modem, and the test as kotakd.
 * Everything waits for a condition with a deadline.
 */
#ifndef KOTAK_TESTS_WORKER_FIXTURE_H
#define KOTAK_TESTS_WORKER_FIXTURE_H

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* clang-format off: cmocka.h wants those above before it */
#include <cmocka.h>
/* clang-format on */

#include "base/cleanup.h"
#include "base/log.h"
#include "modem/channel.h"
#include "modem/codec.h"
#include "modem/worker.h"

#define BENCH_PDUS_MAX 2000
/* What takes so long on an idle machine may take so many times as long on a busy one. */
#define BENCH_PATIENCE 10

struct bench_pdu {
	uint8_t octets[MODEM_PDU_MAX];
	size_t size;
	uint64_t token;
};

struct bench {
	char directory[64];
	char link[128];
	char socket[100];
	pid_t sim, worker;
	FILE *control;
	struct channel *channel;
	bool keep_silent; /* STORED isn't said */

	struct modem_event event;
	struct modem_status status;
	unsigned statuses;
	struct bench_pdu *pdus;
	size_t pdu_count;
	unsigned submitting, sent, failed, stray, decoded, ussd, times;
	struct modem_event last_sent, last_failed, last_ussd, last_decoded, last_time;
};

static inline int64_t bench_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline const char *bench_sim_path(void)
{
	static char path[512];
	const char *build = getenv("KOTAK_BUILD");

	snprintf(path, sizeof(path), "%s/modem-sim", build ? build : "build");
	return path;
}

static inline void bench_request(struct bench *bench, struct channel_request *request)
{
	assert_int_equal(channel_send_request(bench->channel, request), 0);
}

static inline void bench_stored(struct bench *bench, uint64_t token)
{
	static struct channel_request request;

	request = (struct channel_request) { .type = CHANNEL_STORED, .token = token };
	bench_request(bench, &request);
}

static inline void bench_send(
	struct bench *bench, int64_t id, const char *to, const char *text, bool report)
{
	static struct channel_request request;

	request = (struct channel_request) { .type = CHANNEL_SEND };
	snprintf(request.recipient, sizeof(request.recipient), "%s", to);
	snprintf(request.text, sizeof(request.text), "%s", text);
	request.message = (struct modem_message) {
		.id = id, .recipient = request.recipient, .text = request.text, .report = report
	};
	bench_request(bench, &request);
}

static inline void bench_take(struct bench *bench)
{
	const struct modem_event *event = &bench->event;
	struct bench_pdu *pdu;

	switch (event->type) {
	case MODEM_STATUS:
		bench->status = event->status;
		bench->statuses++;
		break;
	case MODEM_PDU:
		assert_true(bench->pdu_count < BENCH_PDUS_MAX);
		pdu = &bench->pdus[bench->pdu_count++];
		pdu->size = event->pdu_size;
		pdu->token = event->token;
		memcpy(pdu->octets, event->pdu, event->pdu_size);
		if (!bench->keep_silent)
			bench_stored(bench, event->token);
		break;
	case MODEM_DECODED:
		bench->decoded++;
		bench->last_decoded = *event;
		break;
	case MODEM_SUBMITTING:
		bench->submitting++;
		break;
	case MODEM_SENT:
		bench->sent++;
		bench->last_sent = *event;
		break;
	case MODEM_SEND_FAILED:
		bench->failed++;
		bench->last_failed = *event;
		break;
	case MODEM_STRAY_SENT:
		bench->stray++;
		break;
	case MODEM_USSD:
		bench->ussd++;
		bench->last_ussd = *event;
		break;
	case MODEM_NETWORK_TIME:
		bench->times++;
		bench->last_time = *event;
		break;
	case MODEM_STARTED:
	case MODEM_STOPPED:
		fail();
	}
}

/* Takes what the worker says, for at most so long when it says nothing. */
static inline void bench_pump(struct bench *bench, int ms)
{
	struct pollfd poller = { .fd = channel_fd(bench->channel),
		.events = (short)(POLLIN | (channel_waiting(bench->channel) ? POLLOUT : 0)) };
	int result;

	(void)poll(&poller, 1, ms);
	if (channel_waiting(bench->channel))
		(void)!channel_flush(bench->channel);
	while ((result = channel_next_event(bench->channel, &bench->event)) == 1)
		bench_take(bench);
	assert_int_equal(result, 0);
}

#define bench_wait(bench, ms, condition)                                                           \
	do {                                                                                       \
		int64_t until_ = bench_now() + (int64_t)(ms)*BENCH_PATIENCE;                       \
		while (!(condition) && bench_now() < until_)                                       \
			bench_pump(bench, 20);                                                     \
		assert_true(condition);                                                            \
	} while (0)

/* Asks the simulator; the answer must be ok. Caller releases. */
__attribute__((format(printf, 2, 3))) static inline json_t *bench_ask(
	struct bench *bench, const char *format, ...)
{
	char line[1024];
	static char answer[1 << 20];
	va_list arguments;
	json_t *result;

	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	fprintf(bench->control, "%s\n", line);
	fflush(bench->control);
	assert_non_null(fgets(answer, sizeof(answer), bench->control));
	result = json_loads(answer, 0, NULL);
	if (!json_is_true(json_object_get(result, "ok")))
		print_error("%s -> %s\n", line, answer);
	assert_true(json_is_true(json_object_get(result, "ok")));
	return result;
}

#define bench_tell(...) json_decref(bench_ask(__VA_ARGS__))

/* How many messages are in the modem's stores and wait in the network. */
static inline long long bench_unread(struct bench *bench)
{
	json_t *answer = bench_ask(bench, "{\"do\":\"stores\"}");
	long long count = json_integer_value(json_object_get(answer, "queued"));
	json_t *stores = json_object_get(answer, "stores");
	const char *name;
	json_t *store;

	json_object_foreach (stores, name, store) {
		if (strcmp(name, "MT") != 0)
			count += json_integer_value(json_object_get(store, "used"));
	}
	json_decref(answer);
	return count;
}

static inline size_t bench_different_pdus(const struct bench *bench)
{
	size_t count = 0;

	for (size_t i = 0; i < bench->pdu_count; i++) {
		const struct bench_pdu *pdu = &bench->pdus[i];
		bool seen = false;

		for (size_t j = 0; j < i; j++)
			seen = seen ||
			       (bench->pdus[j].size == pdu->size &&
				       memcmp(bench->pdus[j].octets, pdu->octets, pdu->size) == 0);
		count += !seen;
	}
	return count;
}

static inline void bench_connect(struct bench *bench)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", bench->socket);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	bench->control = fdopen(fd, "r+");
	assert_non_null(bench->control);
}

static inline void bench_start_sim(
	struct bench *bench, const char *make, const char *const *options)
{
	const char *arguments[32] = { bench_sim_path(), "--make", make, "--link", bench->link,
		"--control", bench->socket };
	size_t count = 7;
	int pipes[2];
	char ready[8] = "";

	if (getenv("BENCH_TRACE"))
		arguments[count++] = "--trace";
	while (options && *options)
		arguments[count++] = *options++;
	assert_int_equal(pipe(pipes), 0);
	bench->sim = fork();
	assert_true(bench->sim >= 0);
	if (bench->sim == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(pipes[1], STDOUT_FILENO);
		close(pipes[0]);
		close(pipes[1]);
		execv(arguments[0], (char *const *)arguments);
		_exit(127);
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], ready, 6), 6);
	close(pipes[0]);
	bench_connect(bench);
}

static inline void bench_start_worker(struct bench *bench, const struct modem_worker_config *config)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	bench->worker = fork();
	assert_true(bench->worker >= 0);
	if (bench->worker == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ends[0]);
		/* Not cmocka's: its handlers would go on with the next test here. */
		for (int number = 1; number < SIGRTMIN; number++)
			(void)signal(number, SIG_DFL);
		log_open("worker", getenv("BENCH_LOG") ? LOG_DEBUG : LOG_EMERG);
		_exit(modem_worker_main(ends[1], config));
	}
	close(ends[1]);
	assert_int_equal(channel_new(ends[0], &bench->channel), 0);
}

static inline void bench_begin(struct bench *bench, const char *make, const char *const *options)
{
	*bench = (struct bench) { 0 };
	snprintf(bench->directory, sizeof(bench->directory), "/tmp/kotak-worker-XXXXXX");
	assert_non_null(mkdtemp(bench->directory));
	snprintf(bench->link, sizeof(bench->link), "%s/modem", bench->directory);
	snprintf(bench->socket, sizeof(bench->socket), "%s/control", bench->directory);
	bench->pdus = calloc(BENCH_PDUS_MAX, sizeof(*bench->pdus));
	assert_non_null(bench->pdus);
	if (make)
		bench_start_sim(bench, make, options);
}

static inline void bench_stop_process(pid_t *process)
{
	if (*process > 0) {
		kill(*process, SIGKILL);
		waitpid(*process, NULL, 0);
	}
	*process = 0;
}

/* The worker must end by itself when its peer is gone. */
static inline void bench_end_worker(struct bench *bench)
{
	int64_t until = bench_now() + INT64_C(5000) * BENCH_PATIENCE;
	int status = -1;
	pid_t ended = 0;

	channel_free(bench->channel);
	bench->channel = NULL;
	while (ended == 0 && bench_now() < until) {
		ended = waitpid(bench->worker, &status, WNOHANG);
		if (ended == 0)
			(void)poll(NULL, 0, 5);
	}
	if (ended == 0)
		bench_stop_process(&bench->worker);
	bench->worker = 0;
	assert_true(ended > 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static inline void bench_end(struct bench *bench)
{
	if (bench->channel)
		bench_end_worker(bench);
	bench_stop_process(&bench->sim);
	bench->worker = 0;
	if (bench->control)
		fclose(bench->control);
	unlink(bench->link);
	unlink(bench->socket);
	rmdir(bench->directory);
	free(bench->pdus);
}

/* What a failed test left. */
static inline void bench_kill(struct bench *bench)
{
	bench_stop_process(&bench->worker);
	bench_stop_process(&bench->sim);
}

/* Without the simulator, which the build may lack, there is nothing to test against. */
#define bench_run(tests)                                                                           \
	(access(bench_sim_path(), X_OK) == 0                                                       \
			? cmocka_run_group_tests(tests, NULL, NULL)                                \
			: (printf("1..0 # skip no %s\n", bench_sim_path()), 0))

#endif
