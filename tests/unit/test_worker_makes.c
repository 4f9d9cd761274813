/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The worker's everyday work, with each make of modem. */
#include "worker_fixture.h"

#define WAIT_MS 8000

static const char *const makes[] = { "sim800", "sim7600", "ec25", "e173" };

static void start(struct bench *bench, const char *make, const char *const *options)
{
	struct modem_worker_config config = { .name = "test" };

	bench_begin(bench, make, options);
	config.device = bench->link;
	bench_start_worker(bench, &config);
	bench_wait(bench, WAIT_MS, bench->status.sim == MODEM_SIM_READY);
}

static void test_receive_and_delete(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(makes); i++) {
		struct bench bench;
		struct modem_decoded decoded;

		(void)state;
		start(&bench, makes[i], NULL);
		bench_tell(&bench,
			"{\"do\":\"deliver\",\"from\":\"+6281234567\",\"text\":\"Jalan rusak\"}");
		bench_wait(&bench, WAIT_MS, bench.pdu_count == 1);
		codec_decode(bench.pdus[0].octets, bench.pdus[0].size, &decoded);
		assert_int_equal(decoded.type, MODEM_DECODED_DELIVER);
		assert_string_equal(decoded.address, "+6281234567");
		bench_wait(&bench, WAIT_MS, bench_unread(&bench) == 0);
		bench_end(&bench);
	}
}

static void test_send_with_report(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(makes); i++) {
		struct bench bench;
		struct modem_decoded decoded;

		(void)state;
		start(&bench, makes[i], NULL);
		bench_send(&bench, 42, "+6281234567", "Laporan diterima", true);
		bench_wait(&bench, WAIT_MS, bench.sent == 1);
		assert_int_equal(bench.submitting, 1);
		assert_int_equal(bench.last_sent.id, 42);
		assert_int_equal(bench.last_sent.parts, 1);
		bench_wait(&bench, WAIT_MS, bench.pdu_count == 1);
		codec_decode(bench.pdus[0].octets, bench.pdus[0].size, &decoded);
		assert_int_equal(decoded.type, MODEM_DECODED_REPORT);
		assert_int_equal(decoded.reference, bench.last_sent.reference);
		bench_wait(&bench, WAIT_MS, bench_unread(&bench) == 0);
		bench_end(&bench);
	}
}

static void test_backlog(void **state)
{
	static const char *const options[] = { "--delay-ms", "5", "--sm", "100", "--me", "100",
		NULL };

	for (size_t i = 0; i < ARRAY_SIZE(makes); i++) {
		struct bench bench;
		int64_t began;

		(void)state;
		bench_begin(&bench, makes[i], options);
		for (int n = 0; n < 200; n++)
			bench_tell(&bench,
				"{\"do\":\"deliver\",\"from\":\"+6281%06d\",\"text\":\"Aduan %d\"}",
				n, n);
		began = bench_now();
		bench_start_worker(&bench,
			&(struct modem_worker_config) { .name = "test", .device = bench.link });
		bench_wait(&bench, 20000, bench.pdu_count >= 200 && bench_unread(&bench) == 0);
		assert_int_equal(bench.pdu_count, 200);
		print_message("# %s: 200 messages in %lld ms\n", makes[i],
			(long long)(bench_now() - began));
		bench_end(&bench);
	}
}

static void test_ussd(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(makes); i++) {
		static struct channel_request request;
		struct bench bench;

		(void)state;
		start(&bench, makes[i], NULL);
		bench_tell(&bench, "{\"do\":\"ussd_network\",\"code\":\"*888#\",\"answer\":\"Sisa "
				   "pulsa Rp 12.500\"}");
		request = (struct channel_request) { .type = CHANNEL_USSD, .id = 7 };
		snprintf(request.code, sizeof(request.code), "*888#");
		bench_request(&bench, &request);
		bench_wait(&bench, WAIT_MS, bench.ussd == 1);
		assert_int_equal(bench.last_ussd.id, 7);
		assert_string_equal(bench.last_ussd.text, "Sisa pulsa Rp 12.500");
		bench_end(&bench);
	}
}

static void test_own_number(void **state)
{
	static const char *const options[] = { "--number", "+628111999000", NULL };

	for (size_t i = 0; i < ARRAY_SIZE(makes); i++) {
		struct bench bench;

		(void)state;
		start(&bench, makes[i], options);
		bench_wait(&bench, WAIT_MS, strcmp(bench.status.own_number, "+628111999000") == 0);
		bench_end(&bench);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_receive_and_delete),
		cmocka_unit_test(test_send_with_report),
		cmocka_unit_test(test_backlog),
		cmocka_unit_test(test_ussd),
		cmocka_unit_test(test_own_number),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	signal(SIGPIPE, SIG_IGN);
	log_open("test_worker", LOG_ERR);
	return bench_run(tests);
}
