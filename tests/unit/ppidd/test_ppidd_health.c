/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How kiosks are, and what is the matter with them: told, begun, seen, ended; found among many. */
#include "tests/unit/ppidd/kiosk_log.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd/alarm.h"
#include "tools/ppidd/calendar.h"
#include "tools/ppidd/health.h"
#include "tools/ppidd/kiosk_office.h"
#include "tools/ppidd/sim.h"

#define HOUR INT64_C(3600000)
#define DAY (24 * HOUR)
#define SILENCE DAY

static int with_enrolled(void **state)
{
	char code[CODE_SIZE], token[TOKEN_SIZE];
	autofree char *name = NULL;
	int64_t number = KIOSK;

	setenv("TZ", "WIB-7", 1);
	tzset();
	if (setup(state) < 0 || kiosk_new_code(db, &step, KIOSK, code) < 0)
		return -1;
	if (kiosk_enrol(db, &step, code, "0.1", &number, &name, token) < 0)
		return -1;
	return kiosk_heard(db, KIOSK, NOW) < 0 ? -1 : 0;
}

/* One more kiosk in use, with that version. */
static void enrol(int64_t number, const char *version)
{
	char code[CODE_SIZE], token[TOKEN_SIZE];
	autofree char *name = NULL;

	assert_int_equal(kiosk_add(db, &step, number, "Lain", code), 0);
	assert_int_equal(kiosk_enrol(db, &step, code, version, &number, &name, token), 0);
}

/* {"version", "clock", …, "faults"} with one fault; NULL: none. */
static json_t *data_with(const char *item, const char *fault)
{
	json_t *faults = json_array();

	if (item)
		json_array_append_new(
			faults, json_pack("{s:s, s:s}", "item", item, "fault", fault));
	return json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:[{s:s, s:b, s:i, s:s}], s:o}", "version",
		"0.1", "clock", "gsm", "free_mib", 900, "temperature", 41, "events_waiting", 2,
		"sms_waiting", 1, "modems", "name", "sim1", "answering", 1, "signal_dbm", -71,
		"operator", "TELKOMSEL", "faults", faults);
}

static void tell_at(const char *item, const char *fault, int64_t time_ms)
{
	autojson json_t *data = data_with(item, fault);

	assert_int_equal(health_told(db, KIOSK, data, time_ms), 0);
}

/* The alarms of the kiosk as "kind subject, …"; to be freed. */
static char *alarms_of(int64_t kiosk)
{
	autojson json_t *list = NULL;
	char *words = NULL;
	size_t size, i;
	json_t *alarm;

	assert_int_equal(alarm_list(db, kiosk, &list), 0);
	FILE *out = open_memstream(&words, &size);
	assert_non_null(out);
	json_array_foreach (list, i, alarm) {
		fprintf(out, "%s%s%s%s", i > 0 ? ", " : "", record_words(alarm, "kind"),
			*record_words(alarm, "subject") ? " " : "", record_words(alarm, "subject"));
	}
	fclose(out);
	return words;
}

static void expect_alarms(int64_t kiosk, int64_t now_ms, const char *wanted)
{
	assert_true(alarm_run(db, now_ms, SILENCE) >= 0);
	autofree char *words = alarms_of(kiosk);
	assert_string_equal(words, wanted);
}

static void test_told_by_an_event(void **state)
{
	(void)state;
	json_t *data = data_with("printer", "paper out");

	json_object_set_new(data, "temperature", json_string("<b>panas</b>"));
	json_object_set_new(data, "uptime_s", json_pack("[i]", 1));
	json_object_set_new(data, "own_number", json_string("+62811"));
	put_event(&kiosk_log, NULL, "kiosk.health", NULL, data, NULL);
	/* What makes no sense is kept, and blocks nothing. */
	put_event(&kiosk_log, NULL, "kiosk.health", NULL, json_pack("{s:i}", "faults", 1), NULL);
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	assert_int_equal(count("SELECT count FROM alert WHERE kind = 'senseless'"), 1);
	autojson json_t *health = NULL;
	assert_int_equal(health_find(db, KIOSK, &health), 0);
	assert_int_equal(record_number(health, "free_mib"), 900);
	assert_string_equal(record_words(health, "temperature"), "<b>panas</b>");
	assert_null(json_object_get(health, "uptime_s"));
	assert_null(json_object_get(health, "own_number"));
	const json_t *fault = json_array_get(json_object_get(health, "faults"), 0);
	assert_string_equal(record_words(fault, "fault"), "paper out");
	assert_string_equal(record_words(fault, "since"), "2026-11-24T10:00:00.000Z");
	autojson json_t *none = NULL;
	assert_int_equal(health_find(db, 77, &none), 0);
	assert_null(none);
}

static void test_begins_and_ends_by_itself(void **state)
{
	(void)state;
	tell_at("printer", "paper out", NOW);
	assert_int_equal(alarm_run(db, NOW, SILENCE), 1);
	assert_int_equal(alarm_run(db, NOW + 1, SILENCE), 0);
	expect_alarms(KIOSK, NOW + 1, "paper");
	tell_at("printer", "cover open", NOW + 2);
	expect_alarms(KIOSK, NOW + 2, "printer");
	tell_at(NULL, NULL, NOW + 3);
	expect_alarms(KIOSK, NOW + 3, "");
	assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'kiosk.alarm'"), 4);
	assert_int_equal(
		count("SELECT count(*) FROM event WHERE type = 'kiosk.alarm' AND data LIKE "
		      "'%\"on\":true%'"),
		2);
}

/* The kinds, what they are about, and how long a fault has to last. */
static void test_kinds(void **state)
{
	static const struct {
		const char *item, *fault, *at_once, *in_an_hour;
	} faults[] = {
		{ "modem sim1", "no-answer", "modem sim1", "modem sim1" },
		{ "modem sim1", "no-network", "", "no-network sim1" },
		{ "modem sim1", "denied", "sim-refused sim1", "sim-refused sim1" },
		{ "modem sim1", "sim-puk", "sim-refused sim1", "sim-refused sim1" },
		{ "modem sim1", "sim-missing", "sim sim1", "sim sim1" },
		{ "storage", "full", "disk", "disk" },
		{ "panel", "devices", "panel", "panel" },
		{ "printer", "absent", "printer", "printer" },
		{ "balance sim1", "low", "", "" },
		{ "clock", "guess", "", "clock" },
		{ "lamp of tomorrow", "dark", "other lamp of tomorrow", "other lamp of tomorrow" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		tell_at(NULL, NULL, NOW);
		tell_at(faults[i].item, faults[i].fault, NOW);
		expect_alarms(KIOSK, NOW, faults[i].at_once);
		/* Told again it is as old as before. */
		tell_at(faults[i].item, faults[i].fault, NOW + HOUR / 2);
		expect_alarms(KIOSK, NOW + HOUR, faults[i].in_an_hour);
	}
}

static void test_silence(void **state)
{
	char code[CODE_SIZE];

	(void)state;
	assert_int_equal(kiosk_add(db, &step, 7, "Belum", code), 0);
	expect_alarms(KIOSK, NOW + SILENCE - 1, "");
	expect_alarms(KIOSK, NOW + SILENCE, "silent");
	/* What was the matter before stays what is known. */
	tell_at("panel", "process", NOW);
	expect_alarms(KIOSK, NOW + SILENCE, "silent, panel");
	expect_alarms(7, NOW + 10 * DAY, "");
	assert_int_equal(kiosk_heard(db, KIOSK, NOW + 2 * DAY), 1);
	expect_alarms(KIOSK, NOW + 2 * DAY, "panel");
	assert_int_equal(alarm_run(db, NOW + 9 * DAY, 0), 0);
	/* One that was enrolled but never heard of is silent from its enrolment on. */
	enrol(8, "0.1");
	expect_alarms(8, NOW + SILENCE, "silent");
	assert_true(kiosk_revoke(db, &step, KIOSK) >= 0);
	expect_alarms(KIOSK, NOW + 9 * DAY, "");
	assert_int_equal(kiosk_restore(db, &step, KIOSK), 0);
	expect_alarms(KIOSK, NOW + 9 * DAY, "silent, panel");
}

static void test_money(void **state)
{
	struct sim sim = { .kiosk = KIOSK,
		.modem = "sim1",
		.operator_name = "TELKOMSEL",
		.amount = 57300,
		.valid_until_ms = NOW + 30 * DAY,
		.told_ms = NOW };
	autojson json_t *list = NULL;

	(void)state;
	assert_int_equal(sim_told(db, &sim), 0);
	expect_alarms(KIOSK, NOW, "");
	/* Nobody tells anything new, but its time comes. */
	assert_int_equal(kiosk_heard(db, KIOSK, NOW + 24 * DAY), 1);
	expect_alarms(KIOSK, NOW + 23 * DAY, "");
	expect_alarms(KIOSK, NOW + 24 * DAY, "balance sim1");
	sim.valid_until_ms = NOW + 90 * DAY;
	assert_int_equal(sim_told(db, &sim), 0);
	expect_alarms(KIOSK, NOW + 24 * DAY, "");
	sim.amount = 900;
	sim.low = true;
	assert_int_equal(sim_told(db, &sim), 0);
	expect_alarms(KIOSK, NOW + 24 * DAY, "balance sim1");
	assert_int_equal(alarm_list(db, 0, &list), 0);
	assert_int_equal(record_number(json_array_get(list, 0), "amount"), 900);
}

static void set_version(int64_t number, const char *version)
{
	assert_int_equal(db_run(db, "UPDATE kiosk SET version = $1 WHERE number = $2", "ti",
				 version, number),
		1);
}

static void test_old_version(void **state)
{
	(void)state;
	expect_alarms(0, NOW, "");
	enrol(4, "0.1");
	enrol(5, "0.1");
	/* The first that is newer makes no other an alarm; when half are, the rest is behind. */
	set_version(4, "0.10");
	expect_alarms(0, NOW, "");
	set_version(5, "0.9");
	expect_alarms(KIOSK, NOW, "old-version");
	expect_alarms(5, NOW, "");
	set_version(KIOSK, "0.10");
	expect_alarms(0, NOW, "old-version");
	expect_alarms(5, NOW, "old-version");
}

static void test_seen(void **state)
{
	int64_t kiosks = -1;

	(void)state;
	tell_at("printer", "paper out", NOW);
	assert_true(alarm_run(db, NOW, SILENCE) > 0);
	assert_int_equal(alarm_count(db, &kiosks), 0);
	assert_int_equal(kiosks, 1);
	assert_true(alarm_seen(db, &step, KIOSK, "siti") >= 0);
	assert_true(alarm_seen(db, &step, KIOSK, "lurah") >= 0);
	assert_int_equal(alarm_count(db, &kiosks), 0);
	assert_int_equal(kiosks, 0);
	autojson json_t *list = NULL;
	assert_int_equal(alarm_list(db, KIOSK, &list), 0);
	assert_string_equal(record_words(json_array_get(list, 0), "seen_by"), "siti");
	assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'kiosk.alarm.seen'"), 1);
	/* It stays while it lasts, and is news again when it comes back. */
	expect_alarms(KIOSK, NOW, "paper");
	tell_at(NULL, NULL, NOW + 1);
	expect_alarms(KIOSK, NOW + 1, "");
	tell_at("printer", "paper out", NOW + 2);
	expect_alarms(KIOSK, NOW + 2, "paper");
	assert_int_equal(alarm_count(db, &kiosks), 0);
	assert_int_equal(kiosks, 1);
}

/* The worst of a day is kept, for thirty days. */
static void test_days(void **state)
{
	autojson json_t *days = NULL;

	(void)state;
	for (int i = 0; i < 40; i++) {
		autojson json_t *data = data_with(NULL, NULL);
		json_object_set_new(data, "temperature", i == 3 ? json_null() : json_integer(i));
		assert_int_equal(health_told(db, KIOSK, data, NOW + i * DAY), 0);
		json_object_set_new(data, "temperature", json_integer(i - 1));
		json_object_set_new(data, "free_mib", json_integer(100 + i));
		assert_int_equal(health_told(db, KIOSK, data, NOW + i * DAY), 0);
	}
	assert_int_equal(health_days(db, KIOSK, &days), 0);
	assert_int_equal(json_array_size(days), HEALTH_DAYS);
	const json_t *newest = json_array_get(days, 0);
	assert_int_equal(record_number(newest, "day"), calendar_day(NOW + 39 * DAY));
	assert_int_equal(record_number(newest, "temperature"), 39);
	assert_int_equal(record_number(newest, "free_mib"), 139);
	assert_int_equal(record_number(newest, "signal_dbm"), -71);
	assert_int_equal(record_number(newest, "waiting"), 3);
}

static void test_places(void **state)
{
	const struct kiosk_place place = { "  Pos \n ronda ", "Dusun Karang RT 02",
		"Kapanewon Wates" };
	const struct kiosk_place nameless = { " ", "", "" }, broken = { "a\xff", "", "" };
	char code[CODE_SIZE];
	autojson json_t *list = NULL, *kiosk = NULL;
	int64_t number;

	(void)state;
	assert_int_equal(kiosk_add_placed(db, &step, 12, &nameless, code), -EINVAL);
	assert_int_equal(kiosk_add_placed(db, &step, 12, &broken, code), -EILSEQ);
	assert_int_equal(kiosk_add_placed(db, &step, 999, &place, code), -ERANGE);
	assert_int_equal(kiosk_add_placed(db, &step, 0, &place, code), -ERANGE);
	assert_int_equal(kiosk_add_placed(db, &step, KIOSK, &place, code), -EEXIST);
	assert_true(kiosk_add_placed(db, &step, 12, &place, code) >= 0);
	assert_int_equal(kiosk_free_number(db, &number), 0);
	assert_int_equal(number, 1);
	assert_int_equal(kiosk_find(db, 12, NOW, &kiosk), 0);
	assert_string_equal(record_words(kiosk, "name"), "Pos   ronda");
	assert_string_equal(record_words(kiosk, "state"), "new");
	assert_non_null(record_text(kiosk, "code"));
	assert_int_equal(kiosk_page(db, "KARANG", 0, 5, &list), 0);
	assert_int_equal(json_array_size(list), 1);
	json_decref(take_pointer(list));
	assert_int_equal(kiosk_page(db, "3", 0, 5, &list), 0);
	assert_int_equal(json_array_size(list), 1);
	json_decref(take_pointer(list));
	assert_int_equal(kiosk_page(db, "%", 0, 5, &list), 0);
	assert_int_equal(json_array_size(list), 0);
	assert_int_equal(kiosk_describe(db, &step, 13, &place), -ENOENT);
	assert_true(kiosk_describe(db, &step, 12, &place) >= 0);
	assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'kiosk.described'"), 1);
	assert_int_equal(kiosk_restore(db, &step, 12), -ENOENT);
}

/* A thousand are paged, the worst first, the desk is none of them. */
static void test_many(void **state)
{
	autojson json_t *list = NULL;
	struct kiosk_counts counts;

	(void)state;
	assert_int_equal(db_begin(db), 0);
	for (int64_t i = 4; i <= 998; i++)
		assert_int_equal(db_run(db,
					 "INSERT INTO kiosk (number, name, added_ms, token_hash, "
					 "enrolled_ms, contact_ms) VALUES ($1, 'Balai', 1, "
					 "CAST($1 AS TEXT), 1, $2)",
					 "ii", i, i == 500 ? NOW - SILENCE : NOW),
			1);
	assert_int_equal(db_run(db,
				 "INSERT INTO kiosk (number, name, added_ms) VALUES (999, "
				 "'Meja', 1)",
				 ""),
		1);
	assert_int_equal(db_commit(db), 0);
	tell_at("printer", "paper out", NOW);
	assert_int_equal(alarm_run(db, NOW, SILENCE), 2);
	assert_int_equal(kiosk_page(db, "", 0, 50, &list), 1);
	assert_int_equal(json_array_size(list), 50);
	assert_int_equal(record_number(json_array_get(list, 0), "kiosk"), 500);
	assert_int_equal(record_number(json_array_get(list, 1), "kiosk"), KIOSK);
	assert_int_equal(record_number(json_array_get(list, 2), "kiosk"), 4);
	json_decref(take_pointer(list));
	assert_int_equal(kiosk_page(db, "", 950, 50, &list), 0);
	assert_int_equal(json_array_size(list), 46);
	assert_int_equal(kiosk_count(db, &counts), 0);
	assert_int_equal(counts.down, 1);
	assert_int_equal(counts.trouble, 1);
	assert_int_equal(counts.well, 994);
	assert_int_equal(kiosk_revoke(db, &step, 999), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_told_by_an_event, with_enrolled, teardown),
		cmocka_unit_test_setup_teardown(
			test_begins_and_ends_by_itself, with_enrolled, teardown),
		cmocka_unit_test_setup_teardown(test_kinds, with_enrolled, teardown),
		cmocka_unit_test_setup_teardown(test_silence, with_enrolled, teardown),
		cmocka_unit_test_setup_teardown(test_money, with_enrolled, teardown),
		cmocka_unit_test_setup_teardown(test_old_version, with_enrolled, teardown),
		cmocka_unit_test_setup_teardown(test_seen, with_enrolled, teardown),
		cmocka_unit_test_setup_teardown(test_days, with_enrolled, teardown),
		cmocka_unit_test_setup_teardown(test_places, with_enrolled, teardown),
		cmocka_unit_test_setup_teardown(test_many, with_enrolled, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (sodium_init() < 0)
		return 1;
	log_open("test", LOG_EMERG);
	return cmocka_run_group_tests_name("ppidd health", tests, NULL, NULL);
}
