/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Working days against a table made by hand from the government's calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/ids.h"
#include "base/log.h"
#include "tools/ppidd/calendar.h"

static int64_t at(const char *time)
{
	int64_t time_ms = 0;

	assert_int_equal(time_parse(time, &time_ms), 0);
	return time_ms;
}

static void zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

/* The last day, as the office writes it, of so many working days from that moment on. */
static void expect_last(const char *time, int64_t working_days, const char *last)
{
	time_t seconds =
		(time_t)(calendar_after(calendar_day(at(time)), working_days) * INT64_C(86400));
	struct tm parts;
	char day[16];

	gmtime_r(&seconds, &parts);
	assert_int_not_equal(strftime(day, sizeof(day), "%Y-%m-%d", &parts), 0);
	if (strcmp(day, last) != 0)
		fail_msg("%s + %lld working days is %s, not %s", time, (long long)working_days, day,
			last);
}

static int shipped(void **state)
{
	(void)state;
	zone("WIB-7");
	calendar_use("board/holidays");
	return 0;
}

static void test_table(void **state)
{
	static const struct {
		const char *received;
		int64_t days;
		const char *last;
	} table[] = {
		/* An ordinary week or two. */
		{ "2026-11-24T10:00:00.000Z", 7, "2026-12-03" },
		{ "2026-11-24T10:00:00.000Z", 14, "2026-12-14" },
		/* Nyepi and Lebaran with joint leave: 18 to 24 March. */
		{ "2026-03-13T02:00:00.000Z", 7, "2026-03-31" },
		/* And Good Friday. */
		{ "2026-03-13T02:00:00.000Z", 14, "2026-04-10" },
		{ "2026-03-17T02:00:00.000Z", 1, "2026-03-25" },
		{ "2026-03-22T02:00:00.000Z", 1, "2026-03-25" },
		/* Ascension and its joint leave; Idul Adha, Waisak on a Sunday, Pancasila. */
		{ "2026-05-12T02:00:00.000Z", 7, "2026-05-25" },
		{ "2026-05-23T02:00:00.000Z", 7, "2026-06-05" },
		/* Christmas, New Year, Isra Mikraj of 2027. */
		{ "2026-12-21T02:00:00.000Z", 7, "2027-01-04" },
		{ "2026-12-21T02:00:00.000Z", 14, "2027-01-14" },
		{ "2026-12-24T02:00:00.000Z", 7, "2027-01-07" },
		/* Half an hour after midnight by the office's clock. */
		{ "2026-11-24T17:30:00.000Z", 7, "2026-12-04" },
		{ "2026-11-24T16:59:59.999Z", 7, "2026-12-03" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		expect_last(table[i].received, table[i].days, table[i].last);
}

static void test_ends_at_midnight(void **state)
{
	(void)state;

	int64_t day = calendar_day(at("2026-11-24T10:00:00.000Z"));
	assert_int_equal(calendar_end_ms(day), at("2026-11-24T17:00:00.000Z"));
	/* The same moment is another day in Papua, and midnight comes earlier. */
	zone("WIT-9");
	day = calendar_day(at("2026-11-24T15:30:00.000Z"));
	assert_int_equal(calendar_end_ms(day), at("2026-11-25T15:00:00.000Z"));
	expect_last("2026-11-24T15:30:00.000Z", 7, "2026-12-04");
	zone("WIB-7");
}

static void test_between(void **state)
{
	(void)state;

	int64_t friday = calendar_day(at("2026-03-13T02:00:00.000Z"));
	assert_int_equal(calendar_between(friday, friday), 0);
	assert_int_equal(calendar_between(friday, friday - 3), 0);
	assert_int_equal(calendar_between(friday, friday + 2), 0);
	assert_int_equal(calendar_between(friday, friday + 3), 1);
	for (int64_t days = 1; days < 40; days++)
		assert_int_equal(calendar_between(friday, calendar_after(friday, days)), days);
	/* A clock that is centuries off keeps nobody waiting. */
	assert_true(calendar_between(-500000, friday) < 3660);
}

static void test_years(void **state)
{
	(void)state;

	assert_int_equal(calendar_year(2026), YEAR_KNOWN);
	assert_int_equal(calendar_year(2027), YEAR_PROVISIONAL);
	assert_int_equal(calendar_year(2099), YEAR_MISSING);
	assert_int_equal(calendar_year_of(at("2026-12-31T16:59:00.000Z")), 2026);
	assert_int_equal(calendar_year_of(at("2026-12-31T17:00:00.000Z")), 2027);
	/* Only weekends of a year that nobody has told of. */
	expect_last("2099-12-24T02:00:00.000Z", 1, "2099-12-25");
}

static void write_year(const char *folder, const char *words)
{
	char path[100];

	snprintf(path, sizeof(path), "%s/2030.conf", folder);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(words, file);
	assert_int_equal(fclose(file), 0);
}

static void test_own_file(void **state)
{
	char folder[] = "/tmp/holidays-XXXXXX", path[100];
	(void)state;

	assert_non_null(mkdtemp(folder));
	calendar_use(folder);
	assert_int_equal(calendar_year(2030), YEAR_MISSING);
	/* Put there while ppidd runs. */
	write_year(folder, "[year]\nsource = us\n[holidays]\n2030-01-02 = Hari jadi desa\n");
	assert_int_equal(calendar_year(2030), YEAR_KNOWN);
	expect_last("2030-01-01T02:00:00.000Z", 1, "2030-01-03");
	calendar_use(folder);
	write_year(folder, "[year]\nsource = us\n[holidays]\n2031-01-02 = x\n2030-02-31 = x\n"
			   "2030-13-01 = x\nsoon = x\n2030-01-03 = Libur\n[odd]\nkey = 1\n");
	assert_int_equal(calendar_year(2030), YEAR_PROVISIONAL);
	assert_true(calendar_works(calendar_day(at("2030-01-02T02:00:00.000Z"))));
	assert_false(calendar_works(calendar_day(at("2030-01-03T02:00:00.000Z"))));
	/* Nobody says where the days are from. */
	calendar_use(folder);
	write_year(folder, "[holidays]\n2030-01-03 = Libur\n");
	assert_int_equal(calendar_year(2030), YEAR_PROVISIONAL);
	snprintf(path, sizeof(path), "%s/2030.conf", folder);
	unlink(path);
	rmdir(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_table, shipped),
		cmocka_unit_test_setup(test_ends_at_midnight, shipped),
		cmocka_unit_test_setup(test_between, shipped),
		cmocka_unit_test_setup(test_years, shipped),
		cmocka_unit_test_setup(test_own_file, shipped),
	};

	log_open("test_ppidd_calendar", LOG_CRIT);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
