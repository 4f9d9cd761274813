/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes between office and complainant besides the answer itself. */
#include "tests/unit/ppidd/kiosk_log.h"

#include <errno.h>
#include <sodium.h>

#include "base/log.h"
#include "tools/ppidd/announce.h"
#include "tools/ppidd/command.h"
#include "tools/ppidd/complaint.h"
#include "tools/ppidd/desk.h"
#include "tools/ppidd/sim.h"
#include "tools/ppidd/survey.h"
#include "tools/ppidd/verify.h"
#include "tools/ppidd/work.h"

#define UUID "11111111-1111-4111-8111-111111111111"
#define ONCE "22222222-2222-4222-8222-222222222222"
#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define WAIT_MS (3 * DAY_MS)

/* When the events of put_event() happened. */
static int64_t event_ms(void)
{
	int64_t time_ms = 0;

	assert_int_equal(time_parse("2026-11-24T10:00:00.000Z", &time_ms), 0);
	return time_ms;
}

static void take_log(void)
{
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
}

static void put(const char *type, json_t *data, json_t *body)
{
	if (data)
		json_object_set_new(data, "uuid", json_string(UUID));
	put_event(&kiosk_log, NULL, type, NULL, data, body);
}

/* A message about the complaint that ended in that state. */
static void put_message(const char *name, const char *purpose, const char *end)
{
	char type[32];

	put("message.queued", json_pack("{s:s, s:s}", "message", name, "purpose", purpose),
		json_pack("{s:s, s:s}", "to", "+62811", "text", "Kepada Budi: selesai"));
	snprintf(type, sizeof(type), "message.%s", end);
	put(type,
		json_pack("{s:s, s:s, s:s}", "message", name, "purpose", purpose, "reason", "why"),
		NULL);
}

static void answered(void)
{
	const struct decision decision = { .complaint = UUID, .text = "Sudah selesai." };

	put_complaint(&kiosk_log, UUID, 1);
	take_log();
	assert_int_equal(decide_answer(db, &step, &decision, NULL), 0);
	put_message("m1", "answer", "delivered");
	take_log();
}

static json_t *seen(enum complaint_view view)
{
	json_t *complaint = NULL;

	assert_int_equal(complaint_find(db, UUID, view, &complaint), 0);
	return complaint;
}

static int64_t surveys(void)
{
	return count("SELECT count(*) FROM command WHERE type = 'survey'");
}

static void test_survey_once(void **state)
{
	int64_t due = event_ms() + WAIT_MS, next = 0;
	(void)state;

	assert_int_equal(survey_run(db, NOW, WAIT_MS, &next), 0);
	assert_true(next == INT64_MAX);
	answered();
	/* Told by the kiosk's clock, unless that is ahead of ours. */
	due = due > NOW + WAIT_MS ? NOW + WAIT_MS : due;
	assert_int_equal(survey_run(db, due - 1, WAIT_MS, &next), 0);
	assert_int_equal(next, due);
	assert_int_equal(survey_run(db, due, WAIT_MS, &next), 1);
	assert_true(next == INT64_MAX);
	assert_int_equal(surveys(), 1);
	assert_int_equal(count("SELECT count(*) FROM event WHERE source = 0 AND type = "
			       "'complaint.survey' AND actor = 'server'"),
		1);
	/* Neither the same report again nor a second answer makes another. */
	put("message.delivered", json_pack("{s:s, s:s}", "message", "m1", "purpose", "answer"),
		NULL);
	put_message("m2", "answer", "delivered");
	take_log();
	assert_int_equal(survey_run(db, due + 9 * DAY_MS, WAIT_MS, &next), 0);
	assert_int_equal(surveys(), 1);
}

static void test_survey_by_officer(void **state)
{
	struct decision decision = { .complaint = UUID, .once = ONCE };
	char complaint[UUID_SIZE];
	int64_t next = 0;
	(void)state;

	put_complaint(&kiosk_log, UUID, 1);
	take_log();
	assert_int_equal(decide_survey(db, &step, &decision, NULL), -EPERM);
	const struct decision answer = { .complaint = UUID, .text = "Sudah." };
	assert_int_equal(decide_answer(db, &step, &answer, NULL), 0);
	assert_int_equal(decide_survey(db, &step, &decision, NULL), 0);
	assert_int_equal(decide_survey(db, &step, &decision, NULL), -EALREADY);
	decision.once = NULL;
	assert_int_equal(decide_survey(db, &step, &decision, NULL), -EEXIST);
	/* Refused by the kiosk, nobody was asked: an officer may try again, the timer doesn't. */
	assert_int_equal(command_applied(db, KIOSK, ONCE, false, "no", NOW, complaint), 0);
	put_message("m1", "answer", "delivered");
	take_log();
	assert_int_equal(survey_run(db, NOW + 9 * DAY_MS, WAIT_MS, &next), 0);
	assert_int_equal(decide_survey(db, &step, &decision, NULL), 0);
	assert_int_equal(surveys(), 2);
}

/* Not about a complaint that was opened again, nor one that was rated unasked. */
static void test_survey_only_of_answered(void **state)
{
	int64_t next = 0;
	(void)state;

	answered();
	put("complaint.state", json_pack("{s:s, s:s}", "from", "resolved", "to", "reopened"), NULL);
	take_log();
	const char *const applied = "UPDATE command SET state = 'done'";
	assert_int_equal(db_run(db, applied, ""), 1);
	assert_int_equal(complaint_settle(db, UUID, NOW), 0);
	assert_int_equal(survey_run(db, NOW + 9 * DAY_MS, WAIT_MS, &next), 0);
	assert_true(next == INT64_MAX);
	put("complaint.state", json_pack("{s:s, s:s}", "from", "reopened", "to", "resolved"), NULL);
	put("complaint.rated", json_pack("{s:i}", "rating", 5), NULL);
	take_log();
	assert_int_equal(survey_run(db, NOW + 9 * DAY_MS, WAIT_MS, &next), 0);
	assert_int_equal(surveys(), 0);
}

static void test_announcement(void **state)
{
	struct announcement announcement = { .text = " Posyandu\r\nSenin ", .once = ONCE };
	char code[CODE_SIZE], token[TOKEN_SIZE];
	int64_t kiosk = KIOSK;
	(void)state;

	/* Nobody is enrolled yet. */
	assert_int_equal(announce(db, &step, &announcement), -ENOENT);
	for (kiosk = 3; kiosk <= 5; kiosk++) {
		autofree char *name = NULL;
		int error = kiosk == KIOSK ? kiosk_new_code(db, &step, kiosk, code)
					   : kiosk_add(db, &step, kiosk, "Dusun", code);
		assert_int_equal(error, 0);
		assert_int_equal(kiosk_enrol(db, &step, code, "0.1", &kiosk, &name, token), 0);
	}
	assert_int_equal(kiosk_revoke(db, &step, 5), 0);
	assert_int_equal(announce(db, &step, &announcement), 2);
	assert_int_equal(announce(db, &step, &announcement), -EALREADY);
	announcement.once = NULL;
	announcement.kiosk = 4;
	assert_int_equal(announce(db, &step, &announcement), 1);
	announcement.kiosk = 5;
	assert_int_equal(announce(db, &step, &announcement), -ENOENT);
	announcement.text = " \n";
	assert_int_equal(announce(db, &step, &announcement), -EINVAL);
	announcement.text = "\xff";
	assert_int_equal(announce(db, &step, &announcement), -EILSEQ);
	json_t *list = NULL;
	assert_int_equal(command_pending(db, 4, 0, 100, &list), 0);
	autojson json_t *pending = list;
	assert_int_equal(json_array_size(pending), 2);
	const json_t *first = json_array_get(pending, 0);
	assert_string_equal(record_text(first, "type"), "announce");
	assert_string_equal(record_text(first, "text"), "Posyandu\nSenin");
	assert_null(json_object_get(first, "ticket"));
	assert_null(json_object_get(first, "uuid"));
	assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'kiosk.announcement'"), 3);
	/* What became of one concerns no complaint. */
	char complaint[UUID_SIZE];
	assert_int_equal(
		command_applied(db, 4, record_text(first, "id"), true, NULL, NOW, complaint), 0);
	assert_string_equal(complaint, "");
}

static int64_t found_by(enum complaint_view view, const char *words)
{
	const struct work_filter filter = {
		.list = WORK_ALL, .view = view, .state = "", .search = words, .most = 10
	};
	struct work_place next;
	json_t *list = NULL;

	assert_int_equal(work_list(db, &filter, &list, &next), 0);
	int64_t count = (int64_t)json_array_size(list);
	json_decref(list);
	return count;
}

static bool holds(const json_t *json, const char *words)
{
	autofree char *text = json_dumps(json, 0);

	assert_non_null(text);
	return strstr(text, words) != NULL;
}

/* Nothing that a unit's officer can read holds what is to be kept from them. */
static void test_confidential(void **state)
{
	json_t *history = NULL, *messages = NULL;
	(void)state;

	put_complaint(&kiosk_log, UUID, 1);
	put("complaint.details", json_object(),
		json_pack("{s:s, s:s, s:s}", "name", "Budi", "address", "RT 5", "text",
			"Budi, RT 5"));
	put("complaint.details", json_object(), json_pack("{s:s}", "text", "Makin parah"));
	put_message("m1", "thanks", "sent");
	put("complaint.confidential", json_pack("{s:b}", "on", 1), NULL);
	take_log();
	autojson json_t *whole = seen(VIEW_WHOLE);
	autojson json_t *unit = seen(VIEW_UNIT);
	assert_string_equal(record_text(whole, "name"), "Budi");
	assert_string_equal(record_text(whole, "from"), "+62811");
	assert_string_equal(record_text(unit, "text"), "Jalan rusak");
	assert_true(json_is_true(json_object_get(unit, "confidential")));
	assert_int_equal(complaint_history(db, UUID, VIEW_UNIT, &history), 0);
	assert_int_equal(complaint_messages(db, UUID, VIEW_UNIT, &messages), 0);
	autojson json_t *all = json_pack("[O, o, o]", unit, history, messages);
	assert_true(holds(all, "Makin parah"));
	assert_false(holds(all, "Budi"));
	assert_false(holds(all, "RT 5"));
	assert_false(holds(all, "62811"));
	assert_int_equal(found_by(VIEW_UNIT, "62811"), 0);
	assert_int_equal(found_by(VIEW_UNIT, "budi"), 0);
	assert_int_equal(found_by(VIEW_UNIT, "rusak"), 1);
	assert_int_equal(found_by(VIEW_WHOLE, "budi"), 1);
	put("complaint.confidential", json_pack("{s:b}", "on", 0), NULL);
	take_log();
	assert_int_equal(found_by(VIEW_UNIT, "budi"), 1);
}

static void test_rating(void **state)
{
	(void)state;

	answered();
	put("complaint.rated", json_pack("{s:i}", "rating", 4), NULL);
	put("complaint.rated", json_pack("{s:i}", "rating", 6), NULL);
	put("complaint.rated", json_pack("{s:i}", "rating", 0), NULL);
	take_log();
	autojson json_t *complaint = seen(VIEW_UNIT);
	assert_int_equal(record_number(complaint, "rating"), 4);
	assert_int_equal(count("SELECT count FROM alert WHERE kind = 'senseless'"), 2);
	autofree char *fault = NULL;
	int64_t checked = 0;
	assert_int_equal(verify_all(db, &checked, &fault), 0);
	assert_int_equal(db_run(db, "UPDATE complaint SET rating = 5", ""), 1);
	assert_int_equal(verify_all(db, &checked, &fault), -EBADMSG);
	assert_non_null(strstr(fault, "rating"));
}

static int64_t undelivered(void)
{
	const struct work_filter filter = {
		.list = WORK_ALL, .state = "undelivered", .search = "", .most = 10
	};
	struct work_place next;
	json_t *list = NULL;

	assert_int_equal(work_list(db, &filter, &list, &next), 0);
	int64_t count = (int64_t)json_array_size(list);
	json_decref(list);
	return count;
}

static void test_undelivered(void **state)
{
	(void)state;

	answered();
	assert_int_equal(undelivered(), 0);
	put_message("m2", "answer", "failed");
	put_message("m3", "question", "expired");
	take_log();
	assert_int_equal(undelivered(), 1);
	/* Another of its kind makes it good. */
	put_message("m4", "answer", "sent");
	take_log();
	assert_int_equal(undelivered(), 1);
	put_message("m5", "question", "delivered");
	take_log();
	assert_int_equal(undelivered(), 0);
}

static json_t *balance(json_t *amount, const char *until, bool low)
{
	return json_pack("{s:s, s:s, s:o, s:s?, s:b}", "modem", "utama", "operator", "Telkomsel",
		"amount", amount, "valid_until", until, "low", low);
}

static void test_balance(void **state)
{
	(void)state;

	put("sim.balance", balance(json_integer(12500), "2026-12-03T16:59:59.000Z", false), NULL);
	take_log();
	assert_int_equal(sim_any_low(db), 0);
	json_t *list = NULL;
	assert_int_equal(sim_list(db, &list), 0);
	const json_t *sim = json_array_get(list, 0);
	assert_int_equal(record_number(sim, "amount"), 12500);
	assert_string_equal(record_text(sim, "valid_until"), "2026-12-03T16:59:59.000Z");
	json_decref(list);
	put("sim.balance", balance(json_null(), NULL, true), NULL);
	take_log();
	assert_int_equal(sim_any_low(db), 1);
	assert_int_equal(sim_list(db, &list), 0);
	assert_int_equal(json_array_size(list), 1);
	assert_true(json_is_null(json_object_get(json_array_get(list, 0), "amount")));
	assert_true(json_is_null(json_object_get(json_array_get(list, 0), "valid_until")));
	json_decref(list);
}

static void test_contact(void **state)
{
	static const char from[] = "+62811";
	(void)state;

	put_complaint(&kiosk_log, UUID, 1);
	put("contact.language", json_pack("{s:s}", "language", "jv"),
		json_pack("{s:s}", "from", from));
	put("contact.consent", json_pack("{s:b}", "announcements", 1),
		json_pack("{s:s}", "from", from));
	take_log();
	autojson json_t *complaint = seen(VIEW_UNIT);
	assert_string_equal(record_text(complaint, "language"), "jv");
	assert_int_equal(count("SELECT count(*) FROM contact_personal WHERE language = 'jv' "
			       "AND announcements = 1"),
		1);
	put("contact.consent", json_pack("{s:b}", "announcements", 0),
		json_pack("{s:s}", "from", from));
	take_log();
	assert_int_equal(count("SELECT count(*) FROM contact_personal WHERE announcements = 0"), 1);
}

static void test_words(void **state)
{
	char money[MONEY_SIZE], reason[100];
	(void)state;

	assert_string_equal(word_rupiah(0, money), "Rp0");
	assert_string_equal(word_rupiah(999, money), "Rp999");
	assert_string_equal(word_rupiah(1250000, money), "Rp1.250.000");
	assert_string_equal(word_rupiah(INT64_MAX, money), "Rp9.223.372.036.854.775.807");
	assert_string_equal(word_rating(1), "sangat tidak puas");
	assert_string_equal(word_rating(6), "");
	desk_reason("not delivered: not obtainable: the number may not exist (status 67)", reason,
		sizeof(reason));
	assert_string_equal(reason, "nomornya mungkin tidak ada (status 67)");
	desk_reason("refused by the network (error 500)", reason, sizeof(reason));
	assert_string_equal(reason, "ditolak jaringan (error 500)");
	desk_reason("something new", reason, sizeof(reason));
	assert_string_equal(reason, "something new");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_survey_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_survey_by_officer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_survey_only_of_answered, setup, teardown),
		cmocka_unit_test_setup_teardown(test_announcement, setup, teardown),
		cmocka_unit_test_setup_teardown(test_confidential, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rating, setup, teardown),
		cmocka_unit_test_setup_teardown(test_undelivered, setup, teardown),
		cmocka_unit_test_setup_teardown(test_balance, setup, teardown),
		cmocka_unit_test_setup_teardown(test_contact, setup, teardown),
		cmocka_unit_test(test_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
