/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the server is told of the kiosk itself, and how often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "base/json.h"
#include "kotakd/health.h"

#define FAULT_MS 60000
#define MENDED_MS (5 * FAULT_MS)
#define STEP_MS 30000
#define DAY_MS INT64_C(86400000)

static struct health *health;
static int64_t now_ms;
static int told;

static int setup(void **state)
{
	(void)state;
	now_ms = 1000;
	told = 0;
	return health_new(FAULT_MS, now_ms, &health);
}

static int teardown(void **state)
{
	(void)state;
	health_free(health);
	return 0;
}

static json_t *item(const char *name, const char *fault)
{
	return json_pack("{s:s, s:b, s:s?}", "name", name, "ok", fault == NULL, "fault", fault);
}

/* One look at a modem and a server; tells when it is time to. Returns whether it was. */
static bool look(const char *modem_fault)
{
	autojson json_t *items = json_pack("[o, o, o]", item("modem sim1", modem_fault),
		item("server", "server"), item("clock", NULL));
	int due = health_look(health, items, now_ms);

	assert_true(due >= 0);
	if (due > 0) {
		health_told(health, now_ms);
		told++;
	}
	now_ms += STEP_MS;
	return due > 0;
}

/* Looks for so long; returns how many were told. */
static int look_for(int64_t span_ms, const char *modem_fault)
{
	int before = told;

	for (int64_t until_ms = now_ms + span_ms; now_ms < until_ms;)
		look(modem_fault);
	return told - before;
}

/* The fault that an event told now would have for the modem, "" for none. */
static const char *counts(char out[static 32])
{
	autojson json_t *document =
		json_pack("{s:{s:s, s:s}, s:{s:n, s:n, s:i, s:i}, s:{s:i, s:i}, "
			  "s:[], s:[]}",
			"kiosk", "version", "0.1", "clock", "ntp", "machine", "free_mib",
			"temperature", "uptime_s", 7, "restarts", 0, "queue", "unsynced", 0,
			"outgoing", 0, "items", "modems");
	autojson json_t *data = health_data(health, document);
	const json_t *fault = json_array_get(json_object_get(data, "faults"), 0);

	assert_non_null(data);
	assert_true(json_array_size(json_object_get(data, "faults")) < 2);
	snprintf(out, 32, "%s", fault ? json_string_value(json_object_get(fault, "fault")) : "");
	return out;
}

static void test_told_soon_after_the_start(void **state)
{
	char fault[32];

	(void)state;
	/* It finds its network within two minutes: nothing else is told. */
	assert_int_equal(look_for(2 * FAULT_MS, "no-network"), 0);
	assert_int_equal(look_for(FAULT_MS, NULL), 0);
	assert_true(look(NULL));
	assert_string_equal(counts(fault), "");
	assert_int_equal(look_for(DAY_MS - 2 * STEP_MS, NULL), 0);
	assert_int_equal(look_for(3 * STEP_MS, NULL), 1);
}

static void test_told_when_it_never_gets_well(void **state)
{
	char fault[32];

	(void)state;
	assert_int_equal(look_for(MENDED_MS, "no-answer"), 0);
	assert_true(look("no-answer"));
	assert_string_equal(counts(fault), "no-answer");
}

static void test_fault_and_mending_have_to_last(void **state)
{
	char fault[32];

	(void)state;
	look_for(FAULT_MS + STEP_MS, NULL);
	assert_int_equal(told, 1);
	assert_int_equal(look_for(FAULT_MS, "no-network"), 0);
	assert_int_equal(look_for(STEP_MS, NULL), 0);
	assert_string_equal(counts(fault), "");
	assert_int_equal(look_for(FAULT_MS + STEP_MS, "no-network"), 1);
	assert_string_equal(counts(fault), "no-network");
	/* Another fault of the same thing is news, too. */
	assert_int_equal(look_for(FAULT_MS + STEP_MS, "sim-missing"), 1);
	assert_int_equal(look_for(MENDED_MS, NULL), 0);
	assert_string_equal(counts(fault), "sim-missing");
	assert_int_equal(look_for(STEP_MS, NULL), 1);
	assert_string_equal(counts(fault), "");
}

/* Whatever a modem does, the log isn't filled; and in the end the truth is told. */
static void test_flapping_is_told_a_few_times(void **state)
{
	char fault[32];
	int most = 0;

	(void)state;
	for (int day = 0; day < 7; day++) {
		int before = told;
		for (int64_t until_ms = now_ms + DAY_MS; now_ms < until_ms;) {
			look_for(FAULT_MS * 2, "no-network");
			look_for(MENDED_MS * 2, NULL);
		}
		most = told - before > most ? told - before : most;
	}
	assert_int_equal(most, HEALTH_EVENTS_MOST);
	look_for(DAY_MS, "denied");
	assert_string_equal(counts(fault), "denied");
	/* Shorter than anything that counts: only once a day. */
	for (int64_t until_ms = now_ms + MENDED_MS * 2; now_ms < until_ms;)
		look(NULL);
	int before = told;
	for (int64_t until_ms = now_ms + 3 * DAY_MS; now_ms < until_ms;) {
		look("no-answer");
		look(NULL);
	}
	assert_in_range(told - before, 2, 4);
}

static void test_size(void **state)
{
	autojson json_t *modems = json_array(), *items = json_array();

	(void)state;
	for (int i = 0; i < 4; i++)
		json_array_append_new(modems,
			json_pack("{s:s, s:b, s:s, s:s, s:s, s:i, s:{s:i, s:s}, s:s}", "name",
				"modem-with-a-name-as-long-as-some-people-write-them-down-in-files",
				"answering", 1, "sim", "ready", "registration", "home", "operator",
				"PT TELEKOMUNIKASI SELULAR TBK INDONESIA JAKARTA", "signal_dbm",
				-71, "balance", "amount", 57300, "valid_until",
				"2030-12-31T16:00:00.000Z", "imei", "490154203237518"));
	autojson json_t *document =
		json_pack("{s:{s:s, s:s}, s:{s:n, s:n, s:i, s:i}, s:{s:i, s:i}, "
			  "s:O, s:O}",
			"kiosk", "version", "0.1", "clock", "ntp", "machine", "free_mib",
			"temperature", "uptime_s", 7, "restarts", 0, "queue", "unsynced", 0,
			"outgoing", 0, "items", items, "modems", modems);
	autojson json_t *large = health_data(health, document);

	assert_true(json_dumpb(large, NULL, 0, JSON_COMPACT) <= HEALTH_DATA_MOST);
	json_array_remove(modems, 3);
	json_array_remove(modems, 2);
	autojson json_t *usual = health_data(health, document);
	const json_t *modem = json_array_get(json_object_get(usual, "modems"), 1);
	assert_int_equal(json_integer_value(json_object_get(modem, "amount")), 57300);
	assert_null(json_object_get(modem, "imei"));
	assert_true(json_dumpb(usual, NULL, 0, JSON_COMPACT) <= HEALTH_DATA_MOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_told_soon_after_the_start, setup, teardown),
		cmocka_unit_test_setup_teardown(test_told_when_it_never_gets_well, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_fault_and_mending_have_to_last, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flapping_is_told_a_few_times, setup, teardown),
		cmocka_unit_test_setup_teardown(test_size, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("health", tests, NULL, NULL);
}
