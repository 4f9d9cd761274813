/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Three kinds of case: their clocks, and what may object to what until when. */
#include "tests/unit/ppidd/kiosk_log.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd/calendar.h"
#include "tools/ppidd/case.h"
#include "tools/ppidd/officer.h"

#define UUID "11111111-1111-4111-8111-111111111111"
#define OTHER "22222222-2222-4222-8222-222222222222"
#define TICKET "003-000001-8"

static int64_t at(const char *time)
{
	int64_t time_ms = 0;

	assert_int_equal(time_parse(time, &time_ms), 0);
	return time_ms;
}

static struct step step_at(const char *time)
{
	return (struct step) { .now_ms = at(time), .actor = "officer:siti" };
}

/* Two complaints of Tuesday 24 November 2026, 17.00 by the office's clock. */
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

static json_t *seen(const char *uuid)
{
	json_t *complaint = NULL;

	assert_int_equal(complaint_find(db, uuid, VIEW_WHOLE, &complaint), 0);
	return complaint;
}

static void expect(const char *uuid, const char *key, const char *words)
{
	autojson json_t *complaint = seen(uuid);
	const char *told = record_text(complaint, key);

	if (words)
		assert_string_equal(told, words);
	else
		assert_null(told);
}

static int kind(const char *uuid, const char *name, const char *objects_to, const char *ground)
{
	const struct decision decision = { .complaint = uuid, .view = VIEW_WHOLE };
	const struct case_change change = { name, objects_to, ground };

	return decide_kind(db, &step, &decision, &change, NULL);
}

static void answer(const char *uuid, const char *time)
{
	const struct step then = step_at(time);
	const struct decision decision = {
		.complaint = uuid, .view = VIEW_WHOLE, .superior = true, .text = "Sudah."
	};

	assert_int_equal(decide_answer(db, &then, &decision, NULL), 0);
}

static void test_clocks(void **state)
{
	const struct decision more = { .complaint = UUID, .view = VIEW_WHOLE, .text = "Data lama" };
	(void)state;

	expect(UUID, "kind", "complaint");
	expect(UUID, "due", "2026-12-03T17:00:00.000Z");
	assert_int_equal(kind(UUID, "information", NULL, NULL), 0);
	expect(UUID, "kind", "information");
	expect(UUID, "due", "2026-12-08T17:00:00.000Z");
	/* 7 more with a reason, once. */
	assert_int_equal(decide_extension(db, &step, &more, NULL), 0);
	expect(UUID, "due", "2026-12-17T17:00:00.000Z");
	assert_int_equal(decide_extension(db, &step, &more, NULL), -ENOTUNIQ);
	/* Another kind: its own days, from the day it came. */
	assert_int_equal(kind(UUID, "complaint", NULL, NULL), 0);
	expect(UUID, "due", "2026-12-03T17:00:00.000Z");
	assert_int_equal(decide_extension(db, &step, &more, NULL), 0);
	expect(UUID, "due", "2026-12-14T17:00:00.000Z");
	assert_int_equal(kind(UUID, "wish", NULL, NULL), -EDOM);
	assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'complaint.kind'"), 2);
}

static void test_stands_on(void **state)
{
	const struct step asked = step_at("2026-11-25T02:00:00.000Z");
	const struct step replied = step_at("2026-11-30T02:00:00.000Z");
	const struct decision question = { .complaint = UUID, .view = VIEW_WHOLE, .text = "RT?" };
	(void)state;

	assert_int_equal(decide_question(db, &asked, &question, NULL), 0);
	assert_int_equal(kind(UUID, "information", NULL, NULL), 0);
	expect(UUID, "due", NULL);
	expect(UUID, "stopped", "2026-11-25T02:00:00.000Z");
	assert_int_equal(decide_state(db, &replied, &question, STATE_RECEIVED, NULL), 0);
	/* 10 days and the three that were waited. */
	expect(UUID, "due", "2026-12-11T17:00:00.000Z");
	/* What is reopened has the clock of its kind. */
	answer(UUID, "2026-12-01T02:00:00.000Z");
	const struct step again = step_at("2026-12-01T03:00:00.000Z");
	assert_int_equal(decide_state(db, &again, &question, STATE_REOPENED, NULL), 0);
	expect(UUID, "due", "2026-12-15T17:00:00.000Z");
}

static void test_objection(void **state)
{
	const struct decision unit = { .complaint = OTHER, .view = VIEW_WHOLE, .text = "Baik." };
	const struct decision head = {
		.complaint = OTHER, .view = VIEW_WHOLE, .superior = true, .text = "Dikabulkan."
	};
	struct decision many = { .complaint = UUID, .view = VIEW_WHOLE, .text = "Baik." };
	const char *const others[] = { OTHER };
	(void)state;

	assert_int_equal(kind(OTHER, "objection", TICKET, NULL), -EDOM);
	assert_int_equal(kind(OTHER, "objection", TICKET, "h"), -EDOM);
	assert_int_equal(kind(OTHER, "objection", "003-000009-4", "a"), -ENXIO);
	assert_int_equal(kind(OTHER, "objection", "", "a"), -ENXIO);
	assert_int_equal(kind(OTHER, "objection", OTHER, "a"), -ENXIO);
	assert_int_equal(kind(OTHER, "objection", TICKET, "g"), 0);
	expect(OTHER, "objects_to", TICKET);
	expect(OTHER, "ground", "g");
	/* 30 working days: with Christmas, joint leave, New Year and Isra Mikraj. */
	expect(OTHER, "due", "2027-01-11T17:00:00.000Z");
	/* An objection isn't objected to. */
	assert_int_equal(kind(UUID, "objection", OTHER, "a"), -ENXIO);

	assert_int_equal(officer_add(db, &step, "siti", "officer", "rahasia-sekali"), 0);
	assert_int_equal(officer_add(db, &step, "lurah", "head", "rahasia-sekali"), 0);
	assert_int_equal(decide_state(db, &step, &unit, STATE_VERIFIED, NULL), 0);
	assert_int_equal(decide_assignment(db, &step, &unit, "lurah", NULL), -EACCES);
	assert_int_equal(decide_assignment(db, &step, &head, "siti", NULL), -ENOKEY);
	assert_int_equal(decide_assignment(db, &step, &head, "lurah", NULL), 0);
	assert_int_equal(decide_answer(db, &step, &unit, NULL), -EACCES);
	/* Nor among others that get the same answer: then none of them does. */
	many.others = others;
	many.others_count = 1;
	assert_int_equal(decide_answer(db, &step, &many, NULL), -EACCES);
	expect(UUID, "state", "received");
	assert_int_equal(decide_answer(db, &step, &head, NULL), 0);
	expect(OTHER, "state", "resolved");
	assert_int_equal(kind(OTHER, "complaint", NULL, NULL), -EPERM);
}

static void until(const char *now, const char *wanted)
{
	autojson json_t *complaint = seen(UUID);
	int64_t until_ms = 0;

	assert_int_equal(case_object_until(db, complaint, at(now), &until_ms), 0);
	assert_int_equal(until_ms, wanted ? at(wanted) : 0);
}

static void test_until(void **state)
{
	(void)state;

	/* Not answered and not late: whenever. */
	until("2026-11-26T02:00:00.000Z", NULL);
	/* Late since 4 December: 30 working days from the 3rd on. */
	until("2026-12-04T02:00:00.000Z", "2027-01-20T17:00:00.000Z");
	answer(UUID, "2026-12-07T02:00:00.000Z");
	until("2027-02-20T02:00:00.000Z", "2027-01-22T17:00:00.000Z");
}

/* Of the second kiosk log's complaint, which came at that time. */
static void came(const char *uuid, const char *time)
{
	assert_int_equal(db_run(db,
				 "UPDATE complaint SET counted_ms = $1, created_ms = $1 "
				 "WHERE uuid = $2",
				 "it", at(time), uuid),
		1);
}

static void test_too_late(void **state)
{
	struct decision decision = { .complaint = OTHER, .view = VIEW_WHOLE, .text = "Sakit" };
	const struct case_change change = { "objection", TICKET, "d" };
	const struct step now = step_at("2027-01-23T02:00:00.000Z");
	(void)state;

	answer(UUID, "2026-12-07T02:00:00.000Z");
	came(OTHER, "2027-01-22T16:59:59.000Z");
	assert_int_equal(decide_kind(db, &now, &decision, &change, NULL), 0);
	came(OTHER, "2027-01-22T17:00:00.000Z");
	assert_int_equal(decide_kind(db, &now, &decision, &change, NULL), -ETIME);
	decision.superior = true;
	decision.text = " ";
	assert_int_equal(decide_kind(db, &now, &decision, &change, NULL), -EINVAL);
	decision.text = "Sakit";
	assert_int_equal(decide_kind(db, &now, &decision, &change, NULL), 0);
	assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'complaint.kind' "
			       "AND data LIKE '%\"late\":true%'"),
		1);
}

/* Whoever may not see the one doesn't see the other. */
static void test_kept(void **state)
{
	json_t *complaint = NULL;
	(void)state;

	assert_int_equal(db_run(db,
				 "UPDATE complaint SET about = 'official', confidential = 1 "
				 "WHERE uuid = $1",
				 "t", UUID),
		1);
	assert_int_equal(kind(OTHER, "objection", TICKET, "c"), 0);
	assert_int_equal(complaint_find(db, OTHER, VIEW_IDENTITY, &complaint), -ENOENT);
	assert_int_equal(complaint_find(db, OTHER, VIEW_OFFICE, &complaint), 0);
	assert_null(record_text(complaint, "from"));
	json_decref(complaint);
	/* What one doesn't see can't be objected to. */
	const struct decision unit = { .complaint = OTHER, .view = VIEW_UNIT };
	const struct case_change change = { "objection", TICKET, "c" };
	assert_int_equal(decide_kind(db, &step, &unit, &change, NULL), -ENOENT);
}

static void test_rules(void **state)
{
	const struct deadline_rules usual = *deadline_rules();
	struct deadline_rules own = usual;
	(void)state;

	own.of[CASE_INFORMATION].days = 5;
	deadline_use(&own);
	assert_int_equal(kind(UUID, "information", NULL, NULL), 0);
	expect(UUID, "due", "2026-12-01T17:00:00.000Z");
	deadline_use(&usual);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_clocks, with_two, teardown),
		cmocka_unit_test_setup_teardown(test_stands_on, with_two, teardown),
		cmocka_unit_test_setup_teardown(test_objection, with_two, teardown),
		cmocka_unit_test_setup_teardown(test_until, with_two, teardown),
		cmocka_unit_test_setup_teardown(test_too_late, with_two, teardown),
		cmocka_unit_test_setup_teardown(test_kept, with_two, teardown),
		cmocka_unit_test_setup_teardown(test_rules, with_two, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
