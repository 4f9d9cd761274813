/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ticket's life: what may follow what, who decides what, which complaints are alike. */
#include "tests/unit/ppidd/kiosk_log.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd/calendar.h"
#include "tools/ppidd/command.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/note.h"
#include "tools/ppidd/officer.h"
#include "tools/ppidd/work.h"

#define UUID "11111111-1111-4111-8111-111111111111"
#define SECOND "22222222-2222-4222-8222-222222222222"
#define THIRD "33333333-3333-4333-8333-333333333333"
#define ONCE "44444444-4444-4444-8444-444444444444"

static const struct decision decision = { .complaint = UUID };

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

static json_t *seen(const char *uuid)
{
	json_t *complaint = NULL;

	assert_int_equal(complaint_find(db, uuid, VIEW_WHOLE, &complaint), 0);
	return complaint;
}

static void expect_text(const char *key, const char *value)
{
	autojson json_t *complaint = seen(UUID);

	assert_string_equal(record_words(complaint, key), value);
}

static size_t events_of(const char *type)
{
	autojson json_t *history = NULL;
	size_t i, count = 0;
	json_t *event;

	assert_int_equal(complaint_history(db, UUID, VIEW_WHOLE, &history), 0);
	json_array_foreach (history, i, event) {
		if (record_number(event, "source") == 0 &&
			strcmp(record_words(event, "type"), type) == 0)
			count++;
	}
	return count;
}

/* Every pair of states: the database takes what state.h allows, and nothing else. */
static void test_database_refuses(void **state)
{
	(void)state;

	for (int i = 0; i < STATE_COUNT * STATE_COUNT; i++) {
		enum complaint_state from = (enum complaint_state)(i / STATE_COUNT);
		enum complaint_state to = (enum complaint_state)(i % STATE_COUNT);
		assert_true(db_run(db, "DELETE FROM complaint_personal", "") >= 0);
		assert_true(db_run(db, "DELETE FROM complaint", "") >= 0);
		assert_int_equal(
			db_run(db,
				"INSERT INTO complaint (uuid, kiosk, ticket, state, kiosk_state, "
				"still_open, channel, language, created_ms, updated_ms) VALUES "
				"('" UUID "', 3, '003-000001-8', $1, $1, 1, 'sms', 'id', 1, 1)",
				"t", state_name(from)),
			1);
		int changed = db_run(db, "UPDATE complaint SET state = $1 WHERE uuid = '" UUID "'",
			"t", state_name(to));
		if (from == to || state_may_follow(from, to))
			assert_int_equal(changed, 1);
		else
			assert_true(changed < 0);
	}
}

static void put_state(const char *from, const char *to)
{
	put_event(&kiosk_log, NULL, "complaint.state", "003-000001-8",
		json_pack("{s:s, s:s, s:s}", "uuid", UUID, "from", from, "to", to), NULL);
	assert_int_equal(
		send_from(&kiosk_log, (int64_t)json_array_size(kiosk_log.events), NULL), 200);
}

static size_t alerts(void)
{
	json_t *list = NULL;

	assert_int_equal(alert_list(db, &list), 0);
	size_t count = json_array_size(list);
	json_decref(list);
	return count;
}

/* A kiosk that says what can't be is kept, said, and followed as far as the rules go. */
static void test_kiosk_elsewhere(void **state)
{
	(void)state;

	put_state("received", "verified");
	expect_text("state", "verified");
	put_state("verified", "received");
	expect_text("state", "verified");
	assert_int_equal(alerts(), 1);
	put_state("verified", "resolved");
	expect_text("state", "resolved");
	put_state("resolved", "withdrawn");
	expect_text("state", "withdrawn");
	put_state("withdrawn", "received");
	expect_text("state", "withdrawn");
	/* On the way from an answer to its withdrawal it was open again: the server says so. */
	assert_int_equal(events_of("complaint.state"), 1);
}

/* A kiosk that can't answer leaves the complaint open. */
static void test_refused_answer(void **state)
{
	const struct decision answer = { .complaint = UUID, .once = ONCE, .text = "Sudah." };
	char complaint[UUID_SIZE];
	(void)state;

	assert_int_equal(decide_answer(db, &step, &answer, NULL), 0);
	expect_text("state", "resolved");
	assert_int_equal(command_applied(db, KIOSK, ONCE, false, "no number", NOW, complaint), 0);
	assert_int_equal(complaint_settle(db, UUID, NOW), 0);
	expect_text("state", "reopened");
}

static void test_verify_assign_note(void **state)
{
	struct decision note = { .complaint = UUID, .once = ONCE, .text = " Papan putus. " };
	autojson json_t *notes = NULL, *commands = NULL;
	(void)state;

	assert_int_equal(officer_add(db, &step, "siti", "officer", "rahasia-sekali"), 0);
	assert_int_equal(officer_add(db, &step, "rina", "auditor", "rahasia-sekali"), 0);
	assert_int_equal(decide_assignment(db, &step, &decision, "siti", NULL), -EPERM);
	assert_int_equal(decide_state(db, &step, &decision, STATE_VERIFIED, NULL), 0);
	assert_int_equal(decide_assignment(db, &step, &decision, "nobody", NULL), -ENOKEY);
	assert_int_equal(decide_assignment(db, &step, &decision, "rina", NULL), -ENOKEY);
	assert_int_equal(decide_assignment(db, &step, &decision, "'; --", NULL), -ENOKEY);
	expect_text("state", "verified");
	assert_int_equal(decide_assignment(db, &step, &decision, "siti", NULL), 0);
	expect_text("state", "assigned");
	expect_text("officer", "siti");
	assert_int_equal(decide_note(db, &step, &note, "guess", "", NULL), -EDOM);
	assert_int_equal(decide_note(db, &step, &note, "finding", "technical", NULL), 0);
	assert_int_equal(decide_note(db, &step, &note, "finding", "technical", NULL), -EALREADY);
	expect_text("state", "investigating");
	expect_text("cause", "technical");
	assert_int_equal(note_list(db, UUID, &notes), 0);
	assert_int_equal(json_array_size(notes), 1);
	assert_string_equal(record_words(json_array_get(notes, 0), "text"), "Papan putus.");
	/* The kiosk learns the states and not a word of the note. */
	assert_int_equal(command_pending(db, KIOSK, 0, 10, &commands), 0);
	autofree char *wire = json_dumps(commands, 0);
	assert_null(strstr(wire, "Papan"));
	assert_int_equal(json_array_size(commands), 3);
	assert_int_equal(events_of("complaint.note"), 1);
	assert_int_equal(events_of("complaint.assigned"), 1);
}

static void test_referral(void **state)
{
	struct decision refer = { .complaint = UUID, .text = "Bukan wewenang kami" };
	autojson json_t *commands = NULL;
	(void)state;

	assert_int_equal(decide_referral(db, &step, &refer, "  ", NULL), -ENODATA);
	assert_int_equal(decide_referral(db, &step, &refer,
				 "Kantor yang namanya jauh lebih panjang daripada satu SMS", NULL),
		-ENODATA);
	assert_int_equal(decide_referral(db, &step, &refer, "Dinas Perhubungan", NULL), 0);
	expect_text("state", "referred");
	expect_text("referred_to", "Dinas Perhubungan");
	assert_int_equal(command_pending(db, KIOSK, 0, 10, &commands), 0);
	assert_string_equal(record_words(json_array_get(commands, 0), "reason"),
		"Dinas Perhubungan. Bukan wewenang kami");
	assert_int_equal(decide_referral(db, &step, &refer, "Dinas Perhubungan", NULL), -EPERM);
}

static int find_as(enum complaint_view view)
{
	json_t *complaint = NULL;
	int result = complaint_find(db, UUID, view, &complaint);

	json_decref(complaint);
	return result;
}

static size_t listed_as(enum complaint_view view)
{
	struct work_filter filter = {
		.list = WORK_DUE, .view = view, .officer = "", .state = "", .search = "", .most = 9
	};
	struct work_place next;
	json_t *list = NULL;

	assert_int_equal(work_list(db, &filter, &list, &next), 0);
	size_t count = json_array_size(list);
	json_decref(list);
	return count;
}

/* L3: neither read, listed, counted nor decided by those beside whom it is about. */
static void test_about_office(void **state)
{
	const struct decision blind = { .complaint = UUID, .text = "x", .view = VIEW_IDENTITY };
	struct work_counts counts;
	(void)state;

	assert_int_equal(decide_category(db, &step, &decision, "access", "mayor", NULL), -EDOM);
	assert_int_equal(decide_category(db, &step, &decision, "money", "", NULL), -EDOM);
	assert_int_equal(decide_category(db, &step, &decision, "access", "official", NULL), 0);
	expect_text("category", "access");
	expect_text("category_by", "officer:siti");
	assert_int_equal(find_as(VIEW_UNIT), -ENOENT);
	assert_int_equal(find_as(VIEW_IDENTITY), -ENOENT);
	assert_int_equal(find_as(VIEW_OFFICE), 0);
	assert_int_equal(listed_as(VIEW_UNIT) + listed_as(VIEW_IDENTITY), 0);
	assert_int_equal(listed_as(VIEW_OFFICE) + listed_as(VIEW_WHOLE), 2);
	assert_int_equal(work_count(db, VIEW_UNIT, "", NOW, &counts), 0);
	assert_int_equal(counts.unassigned, 0);
	assert_int_equal(work_count(db, VIEW_OFFICE, "", NOW, &counts), 0);
	assert_int_equal(counts.unassigned, 1);
	assert_int_equal(decide_answer(db, &step, &blind, NULL), -ENOENT);
	assert_int_equal(decide_extension(db, &step, &blind, NULL), -ENOENT);
}

static void put_text(const char *uuid, uint32_t serial, const char *text)
{
	char ticket[TICKET_SIZE];

	assert_int_equal(ticket_format(ticket, KIOSK, serial), 0);
	put_event(&kiosk_log, NULL, "complaint.received", ticket,
		json_pack("{s:s, s:s, s:s}", "uuid", uuid, "channel", "sms", "language", "id"),
		json_pack("{s:s, s:s, s:s}", "from", "+62811", "text", text, "pin", "1234"));
	assert_int_equal(
		send_from(&kiosk_log, (int64_t)json_array_size(kiosk_log.events), NULL), 200);
}

static void test_similar(void **state)
{
	const char *others[] = { SECOND };
	const struct decision answer = { .complaint = UUID,
		.once = ONCE,
		.text = "Jalan diperbaiki.",
		.others = others,
		.others_count = 1 };
	autojson json_t *similar = NULL, *after = NULL, *complaint = seen(UUID);
	(void)state;

	put_text(SECOND, 2, "jalannya rusak parah, mohon diperbaiki");
	put_text(THIRD, 3, "Lampu mati");
	assert_int_equal(work_similar(db, complaint, VIEW_UNIT, 10, &similar), 0);
	assert_int_equal(json_array_size(similar), 1);
	assert_string_equal(record_words(json_array_get(similar, 0), "uuid"), SECOND);
	assert_int_equal(decide_answer(db, &step, &answer, NULL), 0);
	assert_int_equal(decide_answer(db, &step, &answer, NULL), -EALREADY);
	autojson json_t *second = seen(SECOND);
	assert_string_equal(record_words(second, "state"), "resolved");
	assert_int_equal(work_similar(db, complaint, VIEW_UNIT, 10, &after), 0);
	assert_int_equal(json_array_size(after), 0);
}

/* All or none: one that isn't there takes the others back. */
static void test_together(void **state)
{
	const char *others[] = { THIRD };
	const struct decision answer = {
		.complaint = UUID, .text = "Sudah.", .others = others, .others_count = 1
	};
	(void)state;

	assert_int_equal(decide_answer(db, &step, &answer, NULL), -ENOENT);
	expect_text("state", "received");
	assert_int_equal(events_of("complaint.answer"), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_database_refuses, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_kiosk_elsewhere, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_refused_answer, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_verify_assign_note, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_referral, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_about_office, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_similar, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_together, with_complaint, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_ALERT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
