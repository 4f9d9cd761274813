/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holidays that were changed at the desk: what they do to clocks, and who knows of them. */
#include "tests/unit/ppidd/kiosk_log.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd/calendar.h"
#include "tools/ppidd/complaint.h"
#include "tools/ppidd/deadline.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/holiday.h"

#define UUID "11111111-1111-4111-8111-111111111111"
#define OTHER "22222222-2222-4222-8222-222222222222"

static int64_t at(const char *time)
{
	int64_t time_ms = 0;

	assert_int_equal(time_parse(time, &time_ms), 0);
	return time_ms;
}

/* Two complaints of Tuesday 24 November 2026: due on 3 December. */
static int with_two(void **state)
{
	setenv("TZ", "WIB-7", 1);
	tzset();
	calendar_use("board/holidays");
	if (setup(state) < 0)
		return -1;
	put_complaint(&kiosk_log, UUID, 1);
	put_complaint(&kiosk_log, OTHER, 2);
	return send_from(&kiosk_log, 1, NULL) == 200 ? 0 : -1;
}

static void expect_due(const char *uuid, const char *due)
{
	json_t *complaint = NULL;

	assert_int_equal(complaint_find(db, uuid, VIEW_WHOLE, &complaint), 0);
	if (due)
		assert_string_equal(record_text(complaint, "due"), due);
	else
		assert_null(record_text(complaint, "due"));
	json_decref(complaint);
}

static int change(const char *day, bool off, const char *name, const char *reason)
{
	struct holiday_change change = { .free = off, .name = name, .reason = reason };

	assert_true(holiday_day_parse(day, &change.day));
	return holiday_change(db, &step, &change);
}

/* What a process knows before it counts its first day, it knows when it does: this comes first. */
static void test_first_of_all(void **state)
{
	const struct calendar_day day = { .free = true,
		.day = calendar_day(at("2026-12-02T02:00:00.000Z")),
		.name = "Hari jadi desa" };
	(void)state;

	assert_int_equal(calendar_change(&day, 1, 7), 0);
	assert_false(calendar_works(day.day));
	assert_int_equal(calendar_edition(), 7);
}

static void test_days(void **state)
{
	static const char *const none[] = { "2026-02-29", "2026-13-01", "2026-12-1x", "24-12-2026",
		"", "2026-12-24 " };
	char day[HOLIDAY_DAY_SIZE];
	int64_t number;
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		assert_false(holiday_day_parse(none[i], &number));
	assert_true(holiday_day_parse("2028-02-29", &number));
	holiday_day_format(number, day);
	assert_string_equal(day, "2028-02-29");
	assert_int_equal(calendar_first(1970), 0);
}

static void test_added_and_removed(void **state)
{
	const struct step then = { .now_ms = at("2026-11-25T02:00:00.000Z"), .actor = "x" };
	const struct decision asked = { .complaint = OTHER, .view = VIEW_WHOLE, .text = "RT?" };
	int64_t day;
	(void)state;

	assert_int_equal(decide_question(db, &then, &asked, NULL), 0);
	/* What stands is counted when it goes on. */
	assert_int_equal(change("2026-12-02", true, "Hari jadi desa", "Surat bupati"), 1);
	expect_due(UUID, "2026-12-04T17:00:00.000Z");
	expect_due(OTHER, NULL);
	assert_true(holiday_day_parse("2026-12-02", &day));
	assert_false(calendar_works(day));
	assert_string_equal(calendar_holiday(day), "Hari jadi desa");
	/* After its last day nothing changes. */
	assert_int_equal(change("2026-12-07", true, "Hari lain", "Surat bupati"), 0);
	/* From now on it is counted by everybody. */
	assert_int_equal(decide_state(db, &then, &asked, STATE_RECEIVED, NULL), 0);
	expect_due(OTHER, "2026-12-04T17:00:00.000Z");
	assert_int_equal(change("2026-12-02", false, NULL, "Dibatalkan"), 2);
	expect_due(UUID, "2026-12-03T17:00:00.000Z");
	expect_due(OTHER, "2026-12-03T17:00:00.000Z");
	assert_true(calendar_works(day));
	assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'calendar.changed'"), 3);
	assert_int_equal(count("SELECT count(*) FROM holiday"), 2);
}

/* A day of the file that offices work on after all. */
static void test_files_day(void **state)
{
	json_t *list = NULL;
	(void)state;

	assert_int_equal(change("2026-12-24", false, "x", "Surat edaran"), 0);
	int64_t day = calendar_after(calendar_day(at("2026-12-23T02:00:00.000Z")), 1);
	assert_int_equal(day, calendar_day(at("2026-12-24T02:00:00.000Z")));
	assert_int_equal(holiday_changes(db, 2026, 2027, &list), 0);
	assert_int_equal(json_array_size(list), 1);
	const json_t *item = json_array_get(list, 0);
	assert_string_equal(record_text(item, "day"), "2026-12-24");
	assert_true(json_is_false(json_object_get(item, "free")));
	assert_string_equal(record_text(item, "name"), "");
	assert_string_equal(record_text(item, "officer"), "officer:siti");
	json_decref(list);
}

static void test_refused(void **state)
{
	char name[HOLIDAY_NAME_MAX + 2];
	(void)state;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(change("2026-12-02", true, "Libur", " "), -EINVAL);
	assert_int_equal(change("2026-12-02", true, "", "Surat"), -EINVAL);
	assert_int_equal(change("2026-12-02", true, name, "Surat"), -EMSGSIZE);
	assert_int_equal(change("2026-12-02", true, "\xff", "Surat"), -EILSEQ);
	assert_int_equal(change("2026-12-05", true, "Libur", "Surat"), -EDOM);
	assert_int_equal(change("2026-12-24", true, "Libur", "Surat"), -EEXIST);
	assert_int_equal(change("2026-12-02", false, NULL, "Surat"), -EEXIST);
	assert_int_equal(change("2025-12-02", true, "Libur", "Surat"), -ERANGE);
	assert_int_equal(change("2028-12-01", true, "Libur", "Surat"), -ERANGE);
	assert_int_equal(count("SELECT count(*) FROM holiday"), 0);
	expect_due(UUID, "2026-12-03T17:00:00.000Z");
}

/* What another process changed is known before anything is counted. */
static void test_other_process(void **state)
{
	(void)state;

	assert_int_equal(change("2026-12-02", true, "Hari jadi desa", "Surat"), 2);
	/* One that started with the files alone. */
	calendar_use("board/holidays");
	assert_true(calendar_works(calendar_day(at("2026-12-02T02:00:00.000Z"))));
	assert_int_equal(deadline_kind(db, UUID, CASE_COMPLAINT), 0);
	expect_due(UUID, "2026-12-04T17:00:00.000Z");
	calendar_use("board/holidays");
	assert_int_equal(holiday_refresh(db), 0);
	assert_false(calendar_works(calendar_day(at("2026-12-02T02:00:00.000Z"))));
	/* An edition that was read but never committed isn't believed. */
	calendar_forget();
	assert_int_equal(holiday_refresh(db), 0);
	assert_int_equal(calendar_edition(), 1);
}

/* More than one step's worth of running clocks. */
static void test_many(void **state)
{
	char uuid[UUID_SIZE];
	(void)state;

	for (uint32_t i = 3; i <= 1203; i++) {
		uuid_new(uuid);
		put_complaint(&kiosk_log, uuid, i);
	}
	assert_int_equal(send_from(&kiosk_log, 4, NULL), 200);
	assert_int_equal(change("2026-12-02", true, "Hari jadi desa", "Surat"), 1203);
	assert_int_equal(
		count("SELECT count(*) FROM complaint WHERE due_ms = 1796403600000"), 1203);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_of_all),
		cmocka_unit_test(test_days),
		cmocka_unit_test_setup_teardown(test_added_and_removed, with_two, teardown),
		cmocka_unit_test_setup_teardown(test_files_day, with_two, teardown),
		cmocka_unit_test_setup_teardown(test_refused, with_two, teardown),
		cmocka_unit_test_setup_teardown(test_other_process, with_two, teardown),
		cmocka_unit_test_setup_teardown(test_many, with_two, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
