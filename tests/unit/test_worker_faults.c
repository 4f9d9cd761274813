/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes wrong with modems, and how soon the worker gets over it. */
#include "worker_fixture.h"

#define WAIT_MS 8000

static struct bench bench;

static void start(const char *make, const char *const *options)
{
	struct modem_worker_config config = { .name = "test" };

	bench_begin(&bench, make, options);
	config.device = bench.link;
	bench_start_worker(&bench, &config);
	bench_wait(&bench, WAIT_MS, bench.status.sim == MODEM_SIM_READY);
}

static int tear_down(void **state)
{
	(void)state;
	bench_kill(&bench);
	return 0;
}

static void deliver(int number)
{
	bench_tell(&bench, "{\"do\":\"deliver\",\"from\":\"+6281%06d\",\"text\":\"Aduan %d\"}",
		number, number);
}

/* Each PDU of the test is different: none may be missing or come twice. */
static void wait_for_messages(size_t count, int ms)
{
	bench_wait(&bench, ms, bench.pdu_count >= count && bench_unread(&bench) == 0);
	assert_int_equal(bench_different_pdus(&bench), count);
}

static void test_unplugged(void **state)
{
	struct modem_worker_config config = { .name = "test" };
	char pattern[160];
	char link[160];

	(void)state;
	bench_begin(&bench, "ec25", NULL);
	snprintf(pattern, sizeof(pattern), "%s/modem*", bench.directory);
	config.device = pattern;
	bench_start_worker(&bench, &config);
	bench_wait(&bench, WAIT_MS, bench.status.sim == MODEM_SIM_READY);
	deliver(1);
	wait_for_messages(1, WAIT_MS);
	bench_tell(&bench, "{\"do\":\"fault\",\"name\":\"unplug\"}");
	bench_wait(&bench, WAIT_MS, !bench.status.answering);
	bench_wait(&bench, WAIT_MS, bench.status.trouble[0] != '\0');
	assert_string_equal(bench.status.port, "");
	deliver(2);
	snprintf(link, sizeof(link), "%s/modem-again", bench.directory);
	bench_tell(&bench, "{\"do\":\"fault\",\"name\":\"plug\",\"link\":\"%s\"}", link);
	wait_for_messages(2, WAIT_MS);
	assert_true(bench.status.answering);
	unlink(link);
	bench_end(&bench);
}

static void test_unplugged_while_sending(void **state)
{
	(void)state;
	start("sim7600", NULL);
	bench_tell(&bench, "{\"do\":\"config\",\"send_ms\":600000}");
	bench_send(&bench, 1, "+6281234567", "Laporan", false);
	bench_wait(&bench, WAIT_MS, bench.submitting == 1);
	bench_tell(&bench, "{\"do\":\"fault\",\"name\":\"unplug\"}");
	bench_wait(&bench, WAIT_MS, bench.failed == 1);
	assert_int_equal(bench.last_failed.id, 1);
	assert_true(bench.last_failed.maybe_sent);
	assert_false(bench.last_failed.permanent);
	bench_end(&bench);
}

static void test_noise(void **state)
{
	static const char *const makes[] = { "sim800", "e173" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(makes); i++) {
		int64_t ended;

		start(makes[i], NULL);
		bench_tell(&bench, "{\"do\":\"fault\",\"name\":\"noise\",\"ms\":3000}");
		ended = bench_now() + 3000;
		for (int n = 0; n < 5; n++)
			deliver(n);
		wait_for_messages(5, 3000 + 5000);
		print_message("# %s: whole again %lld ms after 3 s of noise\n", makes[i],
			(long long)(bench_now() - ended));
		bench_end(&bench);
	}
}

static void test_noise_while_sending(void **state)
{
	(void)state;
	start("ec25", NULL);
	bench_tell(&bench, "{\"do\":\"config\",\"send_ms\":500}");
	bench_send(&bench, 1, "+6281234567", "Laporan", false);
	bench_wait(&bench, WAIT_MS, bench.submitting == 1);
	bench_tell(&bench, "{\"do\":\"fault\",\"name\":\"noise\",\"ms\":2000}");
	bench_wait(&bench, 2000 + 5000, bench.sent + bench.failed == 1);
	if (bench.failed)
		assert_true(bench.last_failed.maybe_sent);
	deliver(1);
	wait_for_messages(1, WAIT_MS);
	bench_end(&bench);
}

static void test_silent(void **state)
{
	int64_t ended;

	(void)state;
	start("sim7600", NULL);
	bench_tell(&bench, "{\"do\":\"fault\",\"name\":\"silent\",\"ms\":15000}");
	ended = bench_now() + 15000;
	bench_send(&bench, 1, "+6281234567", "Laporan", false);
	deliver(1);
	bench_wait(&bench, 15000, !bench.status.answering);
	assert_string_not_equal(bench.status.port, "");
	bench_wait(&bench, 25000, bench.status.answering);
	print_message(
		"# answering again %lld ms after the silence\n", (long long)(bench_now() - ended));
	wait_for_messages(1, WAIT_MS);
	bench_wait(&bench, WAIT_MS, bench.sent + bench.failed == 1);
	bench_end(&bench);
}

static void test_reboot(void **state)
{
	static const char *const makes[] = { "sim800", "sim7600", "ec25", "e173" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(makes); i++) {
		start(makes[i], NULL);
		deliver(1);
		wait_for_messages(1, WAIT_MS);
		bench_tell(&bench, "{\"do\":\"fault\",\"name\":\"reboot\"}");
		for (int n = 2; n < 6; n++)
			deliver(n);
		wait_for_messages(5, 15000);
		/* And it is set up as before: the next one is announced. */
		deliver(6);
		wait_for_messages(6, 2000);
		bench_end(&bench);
	}
}

static void test_soft_reset(void **state)
{
	static struct channel_request request;

	(void)state;
	start("ec25", NULL);
	request = (struct channel_request) { .type = CHANNEL_RESET_SOFT };
	bench_request(&bench, &request);
	bench_wait(&bench, WAIT_MS, bench.status.sim != MODEM_SIM_READY || bench.statuses > 2);
	deliver(1);
	wait_for_messages(1, 15000);
	bench_end(&bench);
}

static void test_drafts(void **state)
{
	static const char *const options[] = { "--sm", "10", NULL };

	(void)state;
	bench_begin(&bench, "sim800", options);
	bench_tell(&bench, "{\"do\":\"fault\",\"name\":\"drafts\",\"store\":\"SM\",\"count\":10}");
	deliver(1);
	bench_start_worker(
		&bench, &(struct modem_worker_config) { .name = "test", .device = bench.link });
	wait_for_messages(1, WAIT_MS);
	bench_end(&bench);
}

static void test_slot_unreadable(void **state)
{
	static const char *const hows[] = { "error", "quiet" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hows); i++) {
		bench_begin(&bench, "ec25", NULL);
		for (int n = 0; n < 4; n++)
			deliver(n);
		bench_tell(&bench,
			"{\"do\":\"fault\",\"name\":\"slot_unreadable\",\"store\":\"ME\",\"index\":"
			"1,"
			"\"how\":\"%s\"}",
			hows[i]);
		bench_start_worker(&bench,
			&(struct modem_worker_config) { .name = "test", .device = bench.link });
		bench_wait(&bench, 30000, bench.pdu_count >= 3 && bench_unread(&bench) == 1);
		deliver(5);
		bench_wait(&bench, WAIT_MS, bench.pdu_count >= 4 && bench_unread(&bench) == 1);
		assert_int_equal(bench_different_pdus(&bench), 4);
		bench_wait(&bench, WAIT_MS, bench.status.slots_aside == 1);
		bench_end(&bench);
	}
}

static void test_slot_undeletable(void **state)
{
	(void)state;
	bench_begin(&bench, "sim7600", NULL);
	for (int n = 0; n < 3; n++)
		deliver(n);
	bench_tell(&bench,
		"{\"do\":\"fault\",\"name\":\"slot_undeletable\",\"store\":\"ME\",\"index\":1,"
		"\"how\":\"error\"}");
	bench_start_worker(
		&bench, &(struct modem_worker_config) { .name = "test", .device = bench.link });
	bench_wait(&bench, WAIT_MS, bench.status.slots_aside == 1);
	bench_wait(&bench, WAIT_MS, bench.pdu_count >= 3 && bench_unread(&bench) == 1);
	deliver(5);
	bench_wait(&bench, WAIT_MS, bench.pdu_count >= 4 && bench_unread(&bench) == 1);
	assert_int_equal(bench_different_pdus(&bench), 4);
	bench_end(&bench);
}

/* What isn't on kotakd's disk stays in the modem. */
static void test_not_stored(void **state)
{
	(void)state;
	start("sim800", NULL);
	bench.keep_silent = true;
	deliver(1);
	deliver(2);
	bench_wait(&bench, WAIT_MS, bench.pdu_count == 2);
	assert_int_equal(bench_unread(&bench), 2);
	/* A new worker finds them again. */
	bench_end_worker(&bench);
	bench.pdu_count = 0;
	bench.keep_silent = false;
	bench_start_worker(
		&bench, &(struct modem_worker_config) { .name = "test", .device = bench.link });
	wait_for_messages(2, WAIT_MS);
	bench_end(&bench);
}

static void test_send_refused(void **state)
{
	(void)state;
	start("sim800", NULL);
	bench_tell(&bench, "{\"do\":\"fault\",\"name\":\"send_error\",\"code\":38,\"count\":1}");
	bench_send(&bench, 1, "+6281234567", "Laporan", false);
	bench_wait(&bench, WAIT_MS, bench.failed == 1);
	assert_int_equal(bench.last_failed.error, 38);
	assert_false(bench.last_failed.permanent);
	assert_false(bench.last_failed.maybe_sent);
	bench_tell(&bench, "{\"do\":\"fault\",\"name\":\"send_error\",\"code\":1,\"count\":1}");
	bench_send(&bench, 2, "+6281234567", "Laporan", false);
	bench_wait(&bench, WAIT_MS, bench.failed == 2);
	assert_true(bench.last_failed.permanent);
	bench_send(&bench, 3, "abc", "Laporan", false);
	bench_wait(&bench, WAIT_MS, bench.failed == 3);
	assert_true(bench.last_failed.permanent);
	bench_send(&bench, 4, "+6281234567", "Laporan", false);
	bench_wait(&bench, WAIT_MS, bench.sent == 1);
	bench_end(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_unplugged, tear_down),
		cmocka_unit_test_teardown(test_unplugged_while_sending, tear_down),
		cmocka_unit_test_teardown(test_noise, tear_down),
		cmocka_unit_test_teardown(test_noise_while_sending, tear_down),
		cmocka_unit_test_teardown(test_silent, tear_down),
		cmocka_unit_test_teardown(test_reboot, tear_down),
		cmocka_unit_test_teardown(test_soft_reset, tear_down),
		cmocka_unit_test_teardown(test_drafts, tear_down),
		cmocka_unit_test_teardown(test_slot_unreadable, tear_down),
		cmocka_unit_test_teardown(test_slot_undeletable, tear_down),
		cmocka_unit_test_teardown(test_not_stored, tear_down),
		cmocka_unit_test_teardown(test_send_refused, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	signal(SIGPIPE, SIG_IGN);
	log_open("test_worker", LOG_ERR);
	return bench_run(tests);
}
