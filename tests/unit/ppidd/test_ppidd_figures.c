/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The figures of reports: what counts as what, medians, spreads, groups, periods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd/figures.h"
#include "tools/ppidd/kiosk.h"
#include "tools/ppidd/report.h"

/* 2026-11-24, a Tuesday, 17.06 in Jakarta. */
#define NOW INT64_C(1795514760000)
#define DAY_MS (INT64_C(24) * 3600 * 1000)

static struct db *db;
static int made;

struct sample {
	int64_t created_ms, resolved_ms, due_ms;
	const char *state, *category, *officer;
	int64_t waited, rating;
};

static int setup(void **state)
{
	static const struct step step = { .now_ms = NOW, .actor = "server" };
	char code[CODE_SIZE];
	(void)state;

	made = 0;
	return db_open("sqlite::memory:", &db) < 0 ? -1 : kiosk_add(db, &step, 3, "Balai", code);
}

static int teardown(void **state)
{
	(void)state;
	db_close(db);
	return 0;
}

static void put(const struct sample *sample)
{
	char uuid[40], ticket[32];

	made++;
	snprintf(uuid, sizeof(uuid), "11111111-1111-4111-8111-%012d", made);
	snprintf(ticket, sizeof(ticket), "003-%06d-0", made);
	bool open = strcmp(figures_outcome(sample->state), "open") == 0;
	assert_int_equal(
		db_run(db,
			"INSERT INTO complaint (uuid, kiosk, ticket, state, kiosk_state, "
			"still_open, channel, category, language, created_ms, updated_ms, "
			"officer, waited_days, resolved_ms, due_ms, rating) "
			"VALUES ($1, 3, $2, $3, $3, $4, 'sms', $5, 'id', $6, $6, $7, $8, "
			"nullif($9, 0), nullif($10, 0), nullif($11, 0))",
			"tttititiiii", uuid, ticket, sample->state, (int64_t)open, sample->category,
			sample->created_ms, sample->officer, sample->waited, sample->resolved_ms,
			sample->due_ms, sample->rating),
		1);
}

static void test_counting(void **state)
{
	struct figures_filter filter = { .from_ms = NOW - 30 * DAY_MS,
		.until_ms = NOW,
		.category = "",
		.officer = "",
		.channel = "" };
	const struct sample samples[] = {
		/* Monday to Wednesday: 2 working days. */
		{ NOW - 15 * DAY_MS, NOW - 13 * DAY_MS, 0, "resolved", "access", "siti", 0, 5 },
		/* Wednesday to Monday, over a weekend: 3, of which 1 was waited for. */
		{ NOW - 13 * DAY_MS, NOW - 8 * DAY_MS, 0, "closed", "access", "siti", 1, 2 },
		/* Monday to Tuesday two weeks later: 11 of 7. */
		{ NOW - 15 * DAY_MS, NOW, 0, "resolved", "quality", NULL, 0, 4 },
		/* Answered, but nobody knows when. */
		{ NOW - 2 * DAY_MS, 0, 0, "closed", NULL, NULL, 0, 0 },
		{ NOW - 20 * DAY_MS, 0, NOW - DAY_MS, "investigating", NULL, NULL, 0, 0 },
		{ NOW - 20 * DAY_MS, 0, NOW + DAY_MS, "reopened", NULL, NULL, 0, 0 },
		{ NOW - 20 * DAY_MS, 0, 0, "referred", NULL, NULL, 0, 0 },
		{ NOW - 20 * DAY_MS, 0, 0, "withdrawn", NULL, NULL, 0, 0 },
		/* Before and after. */
		{ NOW - 31 * DAY_MS, 0, 0, "received", NULL, NULL, 0, 0 },
		{ NOW, 0, 0, "received", NULL, NULL, 0, 0 },
	};
	autofigures struct figures_set set = { 0 }, narrow = { 0 };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		put(&samples[i]);
	assert_int_equal(figures_collect(db, &filter, NOW, &set), 0);
	const struct figures *total = &set.total;
	assert_int_equal(total->received, 8);
	assert_int_equal(total->answered, 4);
	assert_int_equal(total->open, 2);
	assert_int_equal(total->late_open, 1);
	assert_int_equal(total->referred, 1);
	assert_int_equal(total->withdrawn, 1);
	assert_int_equal(total->timed, 3);
	assert_int_equal(total->in_time, 2);
	assert_int_equal(figures_share(total), 667);
	assert_int_equal(figures_median(total), 20);
	assert_int_equal(total->worst, 11);
	assert_int_equal(figures_mean(total), 367);
	/* Of 5, 2 and 4: the root of 14/9. */
	assert_int_equal(figures_spread(total), 125);
	assert_int_equal(set.by[BY_CATEGORY].count, 3);
	assert_int_equal(figures_find(&set.by[BY_CATEGORY], "access")->figures.answered, 2);
	assert_string_equal(set.by[BY_CATEGORY].groups[2].key, "");
	assert_int_equal(figures_find(&set.by[BY_KIOSK], "3")->figures.received, 8);
	assert_int_equal(set.by[BY_REFERRAL].count, 1);
	assert_null(figures_find(&set.by[BY_CATEGORY], "nothing"));
	filter.officer = "siti";
	assert_int_equal(figures_collect(db, &filter, NOW, &narrow), 0);
	assert_int_equal(narrow.total.received, 2);
	assert_int_equal(figures_merge(&narrow, &set), 0);
	assert_int_equal(narrow.total.received, 10);
	assert_int_equal(figures_find(&narrow.by[BY_CATEGORY], "access")->figures.answered, 4);
}

static void test_nothing(void **state)
{
	struct figures_filter filter = {
		.until_ms = NOW, .category = "", .officer = "", .channel = ""
	};
	autofigures struct figures_set set = { 0 };
	(void)state;

	assert_int_equal(figures_collect(db, &filter, NOW, &set), 0);
	assert_int_equal(set.total.received, 0);
	assert_int_equal(figures_median(&set.total), -1);
	assert_int_equal(figures_share(&set.total), -1);
	assert_int_equal(figures_spread(&set.total), 0);
	assert_null(figures_find(&set.by[BY_KIOSK], "3"));
}

static void test_long_waits(void **state)
{
	struct figures figures = { 0 };
	struct figures_row row = { .state = "closed", .days = 1000, .allowed = 7 };
	(void)state;

	figures_count(&figures, &row);
	assert_int_equal(figures.worst, 1000);
	assert_int_equal(figures_median(&figures), 10 * (FIGURES_DAYS - 1));
	row.days = 2;
	figures_count(&figures, &row);
	row.days = 3;
	figures_count(&figures, &row);
	figures_count(&figures, &row);
	assert_int_equal(figures_median(&figures), 30);
}

static void test_periods(void **state)
{
	static const struct {
		const char *from, *until, *title;
	} named[] = {
		{ "2026-11-01", "2026-11-30", "November 2026" },
		{ "2026-10-01", "2026-12-31", "Triwulan IV 2026" },
		{ "2028-02-01", "2028-02-29", "Februari 2028" },
		{ "2026-01-01", "2026-12-31", "Tahun 2026" },
		{ "2026-11-24", "2026-11-24", "24 Nov 2026" },
		{ "2026-11-02", "2026-11-30", "2 Nov 2026 sampai 30 Nov 2026" },
	};
	char from[DAY_SIZE], until[DAY_SIZE], title[96];
	int64_t from_ms = 0, until_ms = 0;
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(named); i++) {
		report_title(named[i].from, named[i].until, title, sizeof(title));
		assert_string_equal(title, named[i].title);
	}
	report_usual(NOW, 3, 1, from, until);
	assert_string_equal(from, "2026-07-01");
	assert_string_equal(until, "2026-09-30");
	report_usual(NOW, 1, 11, from, until);
	assert_string_equal(from, "2025-12-01");
	assert_string_equal(until, "2025-12-31");
	assert_true(report_span("2026-11-24", "2026-11-24", &from_ms, &until_ms));
	assert_int_equal(until_ms - from_ms, DAY_MS);
	assert_true(from_ms <= NOW && NOW < until_ms);
	assert_false(report_span("2026-11-24", "2026-11-23", &from_ms, &until_ms));
	assert_false(report_span("2026-02-31", "2026-11-23", &from_ms, &until_ms));
	assert_false(report_span("2026-2-1", "2026-11-23", &from_ms, &until_ms));
	assert_false(report_span("", "x", &from_ms, &until_ms));
}

static void test_csv(void **state)
{
	autofree char *text = NULL;
	size_t size = 0;
	(void)state;

	FILE *out = open_memstream(&text, &size);
	csv_field(out, "=1+1");
	csv_field(out, "a \"b\", c\r\n");
	csv_field(out, "");
	fclose(out);
	assert_string_equal(text, "\"'=1+1\"\"a \"\"b\"\", c  \"\"\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_counting, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing, setup, teardown),
		cmocka_unit_test(test_long_waits),
		cmocka_unit_test(test_periods),
		cmocka_unit_test(test_csv),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	setenv("TZ", "Asia/Jakarta", 1);
	tzset();
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
