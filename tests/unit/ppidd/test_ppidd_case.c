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
#include "tools/ppidd/enter.h"
#include "tools/ppidd/figures.h"
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
	const struct decision noted = { .complaint = OTHER, .view = VIEW_WHOLE, .text = "Cek" };
	assert_int_equal(decide_note(db, &step, &noted, "finding", "", NULL), 0);
	assert_int_equal(decide_state(db, &step, &unit, STATE_RESOLVED, NULL), -EACCES);
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

#define THIRD "33333333-3333-4333-8333-333333333333"

/* A kiosk tells of one; what it names may be unknown here, or an objection itself. */
static void object_by_sms(const char *uuid, uint32_t serial, const char *objects_to)
{
	char ticket[TICKET_SIZE];
	int64_t first = (int64_t)json_array_size(kiosk_log.events) + 1;

	assert_int_equal(ticket_format(ticket, KIOSK, serial), 0);
	put_event(&kiosk_log, NULL, "complaint.received", ticket,
		json_pack("{s:s, s:s, s:s, s:s, s:s}", "uuid", uuid, "channel", "sms", "language",
			"id", "kind", "objection", "objects_to", objects_to),
		json_pack("{s:s, s:s, s:s}", "from", "+62811", "text", "Tidak lengkap", "pin",
			"1234"));
	assert_int_equal(send_from(&kiosk_log, first, NULL), 200);
}

static void test_by_sms(void **state)
{
	const struct decision unit = { .complaint = THIRD, .view = VIEW_WHOLE };
	struct decision head = {
		.complaint = THIRD, .view = VIEW_WHOLE, .superior = true, .text = "Sakit"
	};
	const struct case_change change = { "objection", TICKET, "d" };
	char other[UUID_SIZE];
	(void)state;

	answer(UUID, "2026-11-24T11:00:00.000Z");
	object_by_sms(THIRD, 3, UUID);
	expect(THIRD, "kind", "objection");
	expect(THIRD, "objects_to", TICKET);
	expect(THIRD, "ground", NULL);
	expect(THIRD, "due", "2027-01-11T17:00:00.000Z");
	/* Its ground is still to be chosen. */
	assert_int_equal(decide_state(db, &step, &unit, STATE_VERIFIED, NULL), -ENOMSG);
	assert_int_equal(decide_answer(db, &step, &head, NULL), -ENOMSG);
	assert_int_equal(decide_kind(db, &step, &unit, &change, NULL), 0);
	assert_int_equal(decide_state(db, &step, &unit, STATE_VERIFIED, NULL), 0);
	/* To nothing that is known: an officer has to find out. */
	uuid_new(other);
	object_by_sms(other, 4, "44444444-4444-4444-8444-444444444444");
	expect(other, "kind", "objection");
	expect(other, "objects_to", NULL);
	uuid_new(other);
	object_by_sms(other, 5, THIRD);
	expect(other, "objects_to", NULL);
	uuid_new(other);
	object_by_sms(other, 6, "'; DROP TABLE complaint; --");
	expect(other, "objects_to", NULL);
	/* Months after the answer: nobody but the superior takes it. */
	assert_int_equal(db_run(db, "UPDATE complaint SET resolved_ms = $1 WHERE uuid = $2", "it",
				 at("2026-06-01T02:00:00.000Z"), UUID),
		1);
	assert_int_equal(db_run(db, "UPDATE command SET day = NULL", ""), 2);
	uuid_new(other);
	object_by_sms(other, 7, UUID);
	const struct decision late = { .complaint = other, .view = VIEW_WHOLE };
	assert_int_equal(decide_state(db, &step, &late, STATE_VERIFIED, NULL), -ETIME);
	assert_int_equal(decide_referral(db, &step, &late, "Inspektorat", NULL), -EACCES);
	head.complaint = other;
	assert_int_equal(decide_kind(db, &step, &head, &change, NULL), 0);
	assert_int_equal(decide_state(db, &step, &late, STATE_VERIFIED, NULL), 0);
}

/* A promise stands: who was told a day may rely on it. */
static void test_told_day(void **state)
{
	const struct step then = step_at("2026-12-07T02:00:00.000Z");
	const struct decision decision = { .complaint = UUID, .view = VIEW_WHOLE, .text = "Ya." };
	(void)state;

	assert_int_equal(decide_answer(db, &then, &decision, NULL), 0);
	assert_int_equal(count("SELECT count(*) FROM command WHERE type = 'answer' "
			       "AND day = '2027-01-22'"),
		1);
	assert_int_equal(db_run(db, "UPDATE command SET day = '2027-02-05'", ""), 1);
	until("2027-01-25T02:00:00.000Z", "2027-02-05T17:00:00.000Z");
}

static void test_days_told(void **state)
{
	const struct decision decision = { .complaint = UUID, .view = VIEW_WHOLE, .text = "Ya." };
	const struct decision head = {
		.complaint = OTHER, .view = VIEW_WHOLE, .superior = true, .text = "Dikabulkan."
	};
	(void)state;

	assert_int_equal(decide_state(db, &step, &decision, STATE_VERIFIED, NULL), 0);
	assert_int_equal(decide_extension(db, &step, &decision, NULL), 0);
	assert_int_equal(count("SELECT count(*) FROM command WHERE day = '2026-12-03' "
			       "AND type = 'state'"),
		1);
	assert_int_equal(count("SELECT count(*) FROM command WHERE day = '2026-12-14' "
			       "AND type = 'extended'"),
		1);
	/* An objection's answer is the office's last word. */
	assert_int_equal(kind(OTHER, "objection", TICKET, "a"), 0);
	assert_int_equal(decide_answer(db, &step, &head, NULL), 0);
	assert_int_equal(
		count("SELECT count(*) FROM command WHERE type = 'answer' AND day IS NULL"), 1);
}

/* Typed in by an officer, who knows already what it is. */
static void test_entered(void **state)
{
	struct entry entry = { .channel = "letter", .text = "Mohon data", .kind = "information" };
	struct entered out;
	(void)state;

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(enter_complaint(db, &step, &entry, &out), 0);
	assert_int_equal(db_commit(db), 0);
	expect(out.uuid, "kind", "information");
	entry.kind = "wish";
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_end(db, enter_complaint(db, &step, &entry, &out)), -EDOM);
}

static int64_t received(const char *name)
{
	const struct figures_filter filter = {
		.until_ms = INT64_MAX, .category = "", .officer = "", .channel = "", .kind = name
	};
	autofigures struct figures_set set = { 0 };

	assert_int_equal(figures_collect(db, &filter, NOW, &set), 0);
	return set.total.received;
}

static void test_figures(void **state)
{
	(void)state;

	assert_int_equal(received(NULL), 2);
	assert_int_equal(kind(UUID, "information", NULL, NULL), 0);
	assert_int_equal(kind(OTHER, "objection", TICKET, "a"), 0);
	assert_int_equal(received(NULL), 0);
	assert_int_equal(received("information"), 1);
	assert_int_equal(received("objection"), 1);
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
		cmocka_unit_test_setup_teardown(test_by_sms, with_two, teardown),
		cmocka_unit_test_setup_teardown(test_told_day, with_two, teardown),
		cmocka_unit_test_setup_teardown(test_days_told, with_two, teardown),
		cmocka_unit_test_setup_teardown(test_entered, with_two, teardown),
		cmocka_unit_test_setup_teardown(test_figures, with_two, teardown),
		cmocka_unit_test_setup_teardown(test_rules, with_two, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
