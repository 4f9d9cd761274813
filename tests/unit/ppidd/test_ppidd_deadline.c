/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A complaint's clock: it runs, stands, goes on, is given more time and begins anew. */
#include "tests/unit/ppidd/kiosk_log.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd/calendar.h"
#include "tools/ppidd/catch_up.h"
#include "tools/ppidd/deadline.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/desk_complaint.h"
#include "tools/ppidd/work.h"

#define UUID "11111111-1111-4111-8111-111111111111"
#define HANDLED(text_)                                                                             \
	{                                                                                          \
		.complaint = UUID, .text = (text_)                                                 \
	}

static int64_t at(const char *time)
{
	int64_t time_ms = 0;

	assert_int_equal(time_parse(time, &time_ms), 0);
	return time_ms;
}

/* It came on Tuesday 24 November 2026 at 17.00 by the office's clock. */
static int with_complaint(void **state)
{
	setenv("TZ", "WIB-7", 1);
	tzset();
	calendar_use("board/holidays");
	if (setup(state) < 0)
		return -1;
	put_complaint(&kiosk_log, UUID, 1);
	return send_from(&kiosk_log, 1, NULL) == 200 ? 0 : -1;
}

static json_t *seen(void)
{
	json_t *complaint = NULL;

	assert_int_equal(complaint_find(db, UUID, VIEW_WHOLE, &complaint), 0);
	return complaint;
}

static void expect_due(const char *due)
{
	autojson json_t *complaint = seen();
	const char *told = record_text(complaint, "due");

	if (due)
		assert_string_equal(told, due);
	else
		assert_null(told);
}

static void to_state(const char *time, enum complaint_state to)
{
	const struct step then = { .now_ms = at(time), .actor = "officer:siti" };
	const struct decision decision = HANDLED("x");

	assert_int_equal(decide_state(db, &then, &decision, to, NULL), 0);
}

static void test_runs(void **state)
{
	(void)state;

	expect_due("2026-12-03T17:00:00.000Z");
	to_state("2026-11-25T02:00:00.000Z", STATE_VERIFIED);
	expect_due("2026-12-03T17:00:00.000Z");
	to_state("2026-11-25T03:00:00.000Z", STATE_REFERRED);
	expect_due(NULL);
}

static void test_stands(void **state)
{
	const struct step asked = { .now_ms = at("2026-11-25T02:00:00.000Z"), .actor = "x" };
	const struct decision question = HANDLED("RT berapa?");
	(void)state;

	assert_int_equal(decide_question(db, &asked, &question, NULL), 0);
	expect_due(NULL);
	/* The question is asked again: it waits since the first. */
	autojson json_t *waits = seen();
	assert_string_equal(record_text(waits, "stopped"), "2026-11-25T02:00:00.000Z");
	/* The reply comes on Monday: Thursday, Friday and Monday were waited. */
	to_state("2026-11-30T02:00:00.000Z", STATE_RECEIVED);
	expect_due("2026-12-08T17:00:00.000Z");
	autojson json_t *goes_on = seen();
	assert_int_equal(record_number(goes_on, "waited_days"), 3);
	assert_null(record_text(goes_on, "stopped"));
	/* Asked and answered on one day, nothing is lost. */
	to_state("2026-12-01T02:00:00.000Z", STATE_INCOMPLETE);
	to_state("2026-12-01T09:00:00.000Z", STATE_RECEIVED);
	expect_due("2026-12-08T17:00:00.000Z");
}

static void test_extended(void **state)
{
	const struct decision reason = HANDLED("Menunggu data kabupaten"), none = HANDLED(" ");
	(void)state;

	assert_int_equal(decide_extension(db, &step, &none, NULL), -EINVAL);
	expect_due("2026-12-03T17:00:00.000Z");
	assert_int_equal(decide_extension(db, &step, &reason, NULL), 0);
	expect_due("2026-12-14T17:00:00.000Z");
	assert_int_equal(decide_extension(db, &step, &reason, NULL), -ENOTUNIQ);
	assert_int_equal(
		count("SELECT count(*) FROM command WHERE type = 'extended' AND target IS NULL"),
		1);
}

static void test_extended_while_it_stands(void **state)
{
	const struct decision reason = HANDLED("Menunggu data kabupaten");
	(void)state;

	to_state("2026-11-25T02:00:00.000Z", STATE_INCOMPLETE);
	assert_int_equal(decide_extension(db, &step, &reason, NULL), 0);
	expect_due(NULL);
	to_state("2026-11-30T02:00:00.000Z", STATE_RECEIVED);
	expect_due("2026-12-17T17:00:00.000Z");
	to_state("2026-11-30T02:00:00.000Z", STATE_WITHDRAWN);
	assert_int_equal(decide_extension(db, &step, &reason, NULL), -EPERM);
}

static void test_begins_anew(void **state)
{
	const struct decision answer = HANDLED("Sudah.");
	(void)state;

	assert_int_equal(decide_answer(db, &step, &answer, NULL), 0);
	expect_due(NULL);
	autojson json_t *resolved = seen();
	assert_non_null(record_text(resolved, "resolved"));
	/* On a Sunday before Christmas and joint leave. */
	to_state("2026-12-20T02:00:00.000Z", STATE_REOPENED);
	expect_due("2026-12-31T17:00:00.000Z");
	autojson json_t *reopened = seen();
	assert_null(record_text(reopened, "resolved"));
	assert_string_equal(record_text(reopened, "counted"), "2026-12-20T02:00:00.000Z");
}

static void expect_words(const char *now, const char *class, const char *words)
{
	autojson json_t *complaint = seen();
	char out[DUE_WORDS];

	assert_string_equal(desk_due(complaint, at(now), out), class);
	assert_string_equal(out, words);
}

static void test_words(void **state)
{
	(void)state;

	expect_words("2026-11-25T02:00:00.000Z", "", "Sisa 6 hari kerja (sampai 3 Des 2026)");
	expect_words("2026-11-30T02:00:00.000Z", "", "Sisa 3 hari kerja (sampai 3 Des 2026)");
	expect_words("2026-12-01T02:00:00.000Z", "soon", "Sisa 2 hari kerja (sampai 3 Des 2026)");
	expect_words("2026-12-03T16:59:00.000Z", "soon", "Jatuh tempo hari ini");
	expect_words(
		"2026-12-03T17:00:00.000Z", "late", "Terlambat 1 hari kerja (batas 3 Des 2026)");
	expect_words(
		"2026-12-07T17:00:00.000Z", "late", "Terlambat 3 hari kerja (batas 3 Des 2026)");
	to_state("2026-11-25T02:00:00.000Z", STATE_INCOMPLETE);
	expect_words("2026-12-07T17:00:00.000Z", "waits",
		"Waktu berhenti: menunggu pengadu sejak 25 Nov 2026");
	to_state("2026-11-25T02:00:00.000Z", STATE_WITHDRAWN);
	expect_words("2026-12-07T17:00:00.000Z", "", "");
}

static void test_counts(void **state)
{
	struct work_counts counts;
	(void)state;

	assert_true(db_run(db, "UPDATE complaint SET officer = 'siti'", "") == 1);
	assert_int_equal(work_count(db, 0, "siti", at("2026-11-30T02:00:00.000Z"), &counts), 0);
	assert_int_equal(counts.soon + counts.late + counts.my_soon + counts.my_late, 0);
	assert_int_equal(work_count(db, 0, "siti", at("2026-12-01T02:00:00.000Z"), &counts), 0);
	assert_int_equal(counts.soon, 1);
	assert_int_equal(counts.my_soon, 1);
	assert_int_equal(work_count(db, 0, "budi", at("2026-12-03T17:00:00.000Z"), &counts), 0);
	assert_int_equal(counts.late, 1);
	assert_int_equal(counts.my_late + counts.unassigned, 0);
}

/* Pages of one end where the next begins, whatever is due at the same moment. */
static void test_pages(void **state)
{
	struct work_filter filter = {
		.list = WORK_DUE, .officer = "", .state = "", .search = "", .most = 7
	};
	struct work_place place;
	char uuid[UUID_SIZE];
	size_t found = 0;
	int more = 1;
	(void)state;

	for (uint32_t i = 2; i <= 20; i++) {
		uuid_new(uuid);
		put_complaint(&kiosk_log, uuid, i);
	}
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	for (int list = WORK_DUE; list <= WORK_ALL; list += WORK_ALL - WORK_DUE) {
		filter.list = (enum work_list)list;
		filter.after = NULL;
		found = 0;
		for (more = 1; more > 0; filter.after = &place) {
			json_t *page = NULL;
			more = work_list(db, &filter, &page, &place);
			assert_true(more >= 0);
			found += json_array_size(page);
			json_decref(page);
			assert_true(found <= 20);
		}
		assert_int_equal(found, 20);
	}
	filter.after = NULL;
	filter.ticket = "003-000001-8";
	json_t *one = NULL;
	assert_int_equal(work_list(db, &filter, &one, &place), 0);
	assert_int_equal(json_array_size(one), 1);
	json_decref(one);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_runs, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_stands, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_extended, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(
			test_extended_while_it_stands, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_begins_anew, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_words, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_counts, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_pages, with_complaint, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
