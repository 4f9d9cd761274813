/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIM and PIN, hostile messages, and what modems say at the wrong moment. */
#include "worker_fixture.h"

#define WAIT_MS 8000

static struct bench bench;

static void start_with_pin(const char *pin)
{
	struct modem_worker_config config = { .name = "test", .device = bench.link, .pin = pin };

	bench_start_worker(&bench, &config);
}

static int tear_down(void **state)
{
	(void)state;
	bench_kill(&bench);
	return 0;
}

static void test_pin(void **state)
{
	(void)state;
	bench_begin(&bench, "sim800", NULL);
	bench_tell(&bench, "{\"do\":\"config\",\"pin\":\"1234\"}");
	start_with_pin(NULL);
	bench_wait(&bench, WAIT_MS, bench.status.sim == MODEM_SIM_PIN);
	assert_true(bench.status.answering);
	assert_string_not_equal(bench.status.trouble, "");
	bench_end_worker(&bench);
	start_with_pin("1234");
	bench_wait(&bench, WAIT_MS, bench.status.sim == MODEM_SIM_READY);
	bench_tell(&bench, "{\"do\":\"deliver\",\"from\":\"+6281234567\",\"text\":\"Aduan\"}");
	bench_wait(&bench, WAIT_MS, bench.pdu_count == 1);
	bench_end(&bench);
}

/* One wrong try, and no second one. */
static void test_pin_wrong(void **state)
{
	(void)state;
	bench_begin(&bench, "ec25", NULL);
	bench_tell(&bench, "{\"do\":\"config\",\"pin\":\"1234\"}");
	start_with_pin("9999");
	bench_wait(&bench, WAIT_MS, bench.status.sim == MODEM_SIM_PIN_WRONG);
	/* It looks again every two seconds, and only looks: three tries would lock the SIM. */
	for (int64_t until = bench_now() + 5000; bench_now() < until;)
		bench_pump(&bench, 100);
	assert_int_equal(bench.status.sim, MODEM_SIM_PIN_WRONG);
	bench_end_worker(&bench);
	start_with_pin("1234");
	bench_wait(&bench, WAIT_MS, bench.status.sim == MODEM_SIM_READY);
	bench_end(&bench);
}

static void test_sim_missing(void **state)
{
	(void)state;
	bench_begin(&bench, "sim7600", NULL);
	bench_tell(&bench, "{\"do\":\"config\",\"sim\":\"missing\"}");
	start_with_pin(NULL);
	bench_wait(&bench, WAIT_MS, bench.status.sim == MODEM_SIM_MISSING);
	bench_tell(&bench, "{\"do\":\"config\",\"sim\":\"ready\"}");
	bench_wait(&bench, WAIT_MS, bench.status.sim == MODEM_SIM_READY);
	bench_end(&bench);
}

/* Spontaneous lines before every other answer, as makes have them. */
static void test_chatter(void **state)
{
	static const char *const makes[] = { "sim800", "sim7600", "ec25", "e173" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(makes); i++) {
		bench_begin(&bench, makes[i], NULL);
		bench_tell(&bench, "{\"do\":\"config\",\"chatter\":2}");
		start_with_pin(NULL);
		bench_wait(&bench, WAIT_MS, bench.status.sim == MODEM_SIM_READY);
		for (int n = 0; n < 20; n++) {
			bench_tell(&bench,
				"{\"do\":\"deliver\",\"from\":\"+6281%06d\",\"text\":\"Aduan %d\"}",
				n, n);
			bench_send(&bench, n, "+6281234567", "Laporan", false);
			bench_wait(&bench, WAIT_MS, bench.sent == (unsigned)n + 1);
		}
		bench_wait(&bench, WAIT_MS, bench.pdu_count >= 20 && bench_unread(&bench) == 0);
		assert_int_equal(bench.pdu_count, 20);
		assert_int_equal(bench.failed, 0);
		bench_end(&bench);
	}
}

/* A PDU may be anything; none stands in the way of another. */
static void test_random_pdus(void **state)
{
	static const char *const options[] = { "--sm", "255", NULL };
	unsigned seed = 3;

	(void)state;
	bench_begin(&bench, "sim800", options);
	for (int n = 0; n < 200; n++) {
		char hex[2 * 176 + 1] = "";
		size_t size;

		seed = seed * 1103515245 + 12345;
		size = 1 + (seed >> 16) % 175;
		for (size_t i = 0; i < size; i++) {
			seed = seed * 1103515245 + 12345;
			snprintf(hex + 2 * i, 3, "%02X", (seed >> 16) & 0xff);
		}
		bench_tell(&bench, "{\"do\":\"deliver_pdu\",\"pdu\":\"%s\",\"store\":\"SM\"}", hex);
		if (n % 10 == 0)
			bench_tell(&bench,
				"{\"do\":\"deliver\",\"from\":\"+6281%06d\",\"text\":\"Aduan\"}",
				n);
	}
	start_with_pin(NULL);
	bench_wait(&bench, 20000, bench.pdu_count >= 220 && bench_unread(&bench) == 0);
	assert_int_equal(bench.pdu_count, 220);
	bench_end(&bench);
}

/* Class 0 comes as it is (+CMT), and wants an acknowledgement. */
static void test_direct(void **state)
{
	(void)state;
	bench_begin(&bench, "sim800", NULL);
	bench_tell(&bench, "{\"do\":\"config\",\"class0\":\"line\"}");
	start_with_pin(NULL);
	bench_wait(&bench, WAIT_MS, bench.status.sim == MODEM_SIM_READY);
	for (unsigned n = 1; n <= 3; n++) {
		bench_tell(&bench,
			"{\"do\":\"deliver\",\"from\":\"+6281234567\",\"text\":\"Kilat "
			"%u\",\"class\":0}",
			n);
		bench_wait(&bench, WAIT_MS, bench.pdu_count == n);
	}
	bench_end(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_pin, tear_down),
		cmocka_unit_test_teardown(test_pin_wrong, tear_down),
		cmocka_unit_test_teardown(test_sim_missing, tear_down),
		cmocka_unit_test_teardown(test_chatter, tear_down),
		cmocka_unit_test_teardown(test_random_pdus, tear_down),
		cmocka_unit_test_teardown(test_direct, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	signal(SIGPIPE, SIG_IGN);
	log_open("test_worker", LOG_ERR);
	return bench_run(tests);
}
