/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A modem that isn't our simulator: a few lines that know the least with which messages can be
 * received and sent (AT+CMGF, +CMGL, +CMGR, +CMGD, +CMGS), echo always, and say ERROR to the rest.
 */
#include <fcntl.h>
#include <pthread.h>

#include "worker_fixture.h"

#define WAIT_MS 20000
#define SLOTS 4

/* From +6281234567890, "Jalan rusak", without a service-centre address. */
static const char pdu[] = "00040D91261832547698F00000621142715000820BCA303BEC06C9EBF3F01A";

struct plain_modem {
	pthread_t thread;
	int master;
	char path[64];
	pthread_mutex_t lock;
	bool full[SLOTS];
	unsigned sent;
	bool quit;
};

static void answer(const struct plain_modem *modem, const char *text)
{
	assert_true(write(modem->master, text, strlen(text)) >= 0);
}

static void list(const struct plain_modem *modem)
{
	for (int i = 0; i < SLOTS; i++) {
		char text[256];

		if (!modem->full[i])
			continue;
		snprintf(text, sizeof(text), "+CMGL: %d,1,,%zu\r\n%s\r\n", i + 1,
			strlen(pdu) / 2 - 1, pdu);
		answer(modem, text);
	}
	answer(modem, "OK\r\n");
}

/* The slot that a command names, counted from 0; -1 when it is none of this command or no slot. */
static int slot_of(const char *command, const char *prefix)
{
	long number;

	if (strncmp(command, prefix, strlen(prefix)) != 0)
		return -1;
	number = strtol(command + strlen(prefix), NULL, 10);
	return number >= 1 && number <= SLOTS ? (int)number - 1 : -1;
}

static void obey(struct plain_modem *modem, const char *command)
{
	int reading = slot_of(command, "AT+CMGR=");
	int deleting = slot_of(command, "AT+CMGD=");
	char text[256];

	if (strcmp(command, "AT") == 0 || strcmp(command, "AT+CMGF=0") == 0) {
		answer(modem, "\r\nOK\r\n");
	} else if (strcmp(command, "AT+CMGL=4") == 0) {
		list(modem);
	} else if (reading >= 0) {
		snprintf(text, sizeof(text), "\r\n+CMGR: 1,,%zu\r\n%s\r\n\r\nOK\r\n",
			strlen(pdu) / 2 - 1, pdu);
		answer(modem, modem->full[reading] ? text : "\r\nOK\r\n");
	} else if (deleting >= 0) {
		modem->full[deleting] = false;
		answer(modem, "\r\nOK\r\n");
	} else if (strncmp(command, "AT+CMGS=", 8) == 0) {
		answer(modem, "\r\n> ");
	} else if (strncmp(command, "00", 2) == 0) {
		snprintf(text, sizeof(text), "\r\n+CMGS: %u\r\n\r\nOK\r\n", ++modem->sent);
		answer(modem, text);
	} else if (command[0]) {
		answer(modem, "\r\nERROR\r\n");
	}
}

static void *run_modem(void *context)
{
	struct plain_modem *modem = context;
	char line[1024] = "";
	size_t size = 0;

	while (!modem->quit) {
		struct pollfd poller = { .fd = modem->master, .events = POLLIN };
		char byte;

		if (poll(&poller, 1, 50) <= 0 || read(modem->master, &byte, 1) != 1)
			continue;
		assert_true(write(modem->master, &byte, 1) >= 0);
		if (byte == 0x1b)
			continue;
		if (byte != '\r' && byte != 0x1a) {
			if (size + 1 < sizeof(line))
				line[size++] = byte;
			continue;
		}
		line[size] = '\0';
		size = 0;
		pthread_mutex_lock(&modem->lock);
		obey(modem, line);
		pthread_mutex_unlock(&modem->lock);
	}
	return NULL;
}

static unsigned count_full(struct plain_modem *modem)
{
	unsigned count = 0;

	pthread_mutex_lock(&modem->lock);
	for (int i = 0; i < SLOTS; i++)
		count += modem->full[i];
	pthread_mutex_unlock(&modem->lock);
	return count;
}

static void test_plain_modem(void **state)
{
	static struct bench bench;
	struct plain_modem modem = { .full = { true, false, true, false } };
	int slave;

	(void)state;
	pthread_mutex_init(&modem.lock, NULL);
	modem.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(modem.master >= 0);
	assert_int_equal(grantpt(modem.master), 0);
	assert_int_equal(unlockpt(modem.master), 0);
	assert_int_equal(ptsname_r(modem.master, modem.path, sizeof(modem.path)), 0);
	/* Else the master would see a hangup whenever the worker isn't there. */
	slave = open(modem.path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(slave >= 0);
	bench_begin(&bench, NULL, NULL);
	bench_start_worker(
		&bench, &(struct modem_worker_config) { .name = "test", .device = modem.path });
	assert_int_equal(pthread_create(&modem.thread, NULL, run_modem, &modem), 0);
	bench_wait(&bench, WAIT_MS, bench.pdu_count == 2);
	bench_wait(&bench, WAIT_MS, count_full(&modem) == 0);
	bench_send(&bench, 1, "+6281234567", "Laporan", false);
	bench_wait(&bench, WAIT_MS, bench.sent == 1);
	assert_int_equal(bench.last_sent.reference, 1);
	pthread_mutex_lock(&modem.lock);
	modem.full[1] = true;
	answer(&modem, "\r\n+CMTI: \"SM\",2\r\n");
	pthread_mutex_unlock(&modem.lock);
	bench_wait(&bench, WAIT_MS, bench.pdu_count == 3 && count_full(&modem) == 0);
	bench_end(&bench);
	modem.quit = true;
	pthread_join(modem.thread, NULL);
	close(slave);
	close(modem.master);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_modem),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	signal(SIGPIPE, SIG_IGN);
	log_open("test_worker", LOG_ERR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
