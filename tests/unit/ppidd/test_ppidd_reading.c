/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who was shown personal data: what is written down, once or twice, and that it stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sodium.h>

#include "base/log.h"
#include "tools/ppidd/kiosk.h"
#include "tools/ppidd/reading.h"

#define NOW INT64_C(1795540000000)
#define HOUR_MS (INT64_C(3600) * 1000)
#define UUID "11111111-1111-4111-8111-111111111111"

static struct db *db;

static int setup(void **state)
{
	const struct step step = { .now_ms = NOW, .actor = "officer:siti" };
	char code[CODE_SIZE];
	(void)state;

	if (db_open("sqlite::memory:", &db) < 0 || kiosk_add(db, &step, 3, "Balai", code) < 0)
		return -1;
	int error = db_run(db,
		"INSERT INTO complaint (uuid, kiosk, ticket, state, kiosk_state, still_open, "
		"channel, language, created_ms, updated_ms) "
		"VALUES ('" UUID
		"', 3, '003-000001-8', 'received', 'received', 1, 'sms', 'id', 1, 1)",
		"");
	return error < 0 ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	db_close(db);
	return 0;
}

static int64_t counted(const char *sql)
{
	autorows struct db_rows *rows = NULL;

	assert_int_equal(db_query(db, &rows, sql, ""), 0);
	assert_int_equal(db_step(rows), 1);
	return db_integer(rows, 0);
}

/* A literal each: a statement is kept by its text's address. */
#define count(table) counted("SELECT count(*) FROM " table)

static void test_complaint(void **state)
{
	struct reading reading = {
		.officer = "siti", .what = "/complaints/*", .complaint = UUID, .now_ms = NOW
	};
	(void)state;

	assert_int_equal(reading_note(db, &reading), 0);
	assert_int_equal(count("reading"), 1);
	/* Opened once more by hand: once more written down. */
	reading.complaint = "003 000001 8";
	assert_int_equal(reading_note(db, &reading), 0);
	assert_int_equal(count("reading WHERE complaint = '" UUID "'"), 2);
	reading.complaint = "003-000009-4";
	assert_int_equal(reading_note(db, &reading), 0);
	reading.complaint = "' OR 1=1 --";
	assert_int_equal(reading_note(db, &reading), 0);
	assert_int_equal(count("reading"), 2);
}

static void test_repeated(void **state)
{
	struct reading reading = { .officer = "siti",
		.what = "/complaints",
		.filter = "q: Sri",
		.repeated = true,
		.now_ms = NOW };
	(void)state;

	/* A page that reloads itself: once in an hour, and at once when it shows something else. */
	for (int i = 0; i < 5; i++)
		assert_int_equal(reading_note(db, &reading), 0);
	assert_int_equal(count("reading"), 1);
	reading.filter = "q: Budi";
	assert_int_equal(reading_note(db, &reading), 0);
	reading.filter = NULL;
	assert_int_equal(reading_note(db, &reading), 0);
	reading.officer = "budi";
	assert_int_equal(reading_note(db, &reading), 0);
	assert_int_equal(count("reading"), 4);
	reading.now_ms += HOUR_MS + 1;
	assert_int_equal(reading_note(db, &reading), 0);
	assert_int_equal(count("reading"), 5);
	assert_int_equal(count("reading_personal"), 2);
}

static void test_kept(void **state)
{
	struct reading reading = {
		.officer = "siti", .what = "/complaints", .filter = "q: Sri", .now_ms = NOW
	};
	(void)state;

	assert_int_equal(reading_note(db, &reading), 0);
	assert_true(db_run(db, "DELETE FROM reading", "") < 0);
	assert_true(db_run(db, "UPDATE reading SET officer = 'x'", "") < 0);
	assert_int_equal(count("reading WHERE officer = 'siti'"), 1);
	/* The words looked for go when their time is over, the row stays. */
	reading.now_ms += READING_FILTER_KEPT_MS + 1;
	reading.filter = NULL;
	assert_int_equal(reading_note(db, &reading), 0);
	assert_int_equal(count("reading"), 2);
	assert_int_equal(count("reading_personal"), 0);
}

static const char *nth(const json_t *list, size_t i, const char *key)
{
	return json_string_value(json_object_get(json_array_get(list, i), key));
}

static void test_list(void **state)
{
	struct reading reading = { .officer = "siti", .what = "/complaints", .now_ms = NOW };
	struct reading_filter filter = { .officer = "", .ticket = "", .before_id = "", .most = 2 };
	autojson json_t *first = NULL, *second = NULL, *his = NULL, *ticket = NULL;
	(void)state;

	assert_int_equal(reading_note(db, &reading), 0);
	reading.officer = "budi";
	reading.filter = "q: Sri";
	assert_int_equal(reading_note(db, &reading), 0);
	reading.complaint = UUID;
	reading.filter = NULL;
	reading.now_ms++;
	assert_int_equal(reading_note(db, &reading), 0);
	/* The newest first; two of the same moment stand on one page each, none is lost. */
	assert_int_equal(reading_list(db, &filter, &first), 0);
	assert_int_equal(json_array_size(first), 2);
	assert_string_equal(nth(first, 0, "ticket"), "003-000001-8");
	filter.before_ms = json_integer_value(json_object_get(json_array_get(first, 1), "read_ms"));
	filter.before_id = nth(first, 1, "id");
	assert_int_equal(reading_list(db, &filter, &second), 0);
	assert_int_equal(json_array_size(second), 1);
	assert_string_not_equal(nth(second, 0, "officer"), nth(first, 1, "officer"));
	filter.before_ms = 0;
	filter.before_id = "";
	filter.most = 10;
	filter.officer = "budi";
	assert_int_equal(reading_list(db, &filter, &his), 0);
	assert_int_equal(json_array_size(his), 2);
	assert_string_equal(nth(his, 1, "filter"), "q: Sri");
	filter.ticket = "003 000001 8";
	assert_int_equal(reading_list(db, &filter, &ticket), 0);
	assert_int_equal(json_array_size(ticket), 1);
	filter.ticket = "003-000009-4";
	assert_int_equal(reading_list(db, &filter, &ticket), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_complaint, setup, teardown),
		cmocka_unit_test_setup_teardown(test_repeated, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_list, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
