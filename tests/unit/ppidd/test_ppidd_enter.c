/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Complaints that an officer types in: their numbers, their clock, and what is decided about them.
 */
#include "tests/unit/ppidd/kiosk_log.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd/announce.h"
#include "tools/ppidd/calendar.h"
#include "tools/ppidd/command.h"
#include "tools/ppidd/copy.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/erase.h"
#include "tools/ppidd/handover.h"
#include "tools/ppidd/officer.h"
#include "tools/ppidd/survey.h"
#include "tools/ppidd/verify.h"

#define ONCE "44444444-4444-4444-8444-444444444444"
#define OTHER "55555555-5555-4555-8555-555555555555"
#define DAY_MS (INT64_C(24) * 3600 * 1000)

static const struct entry letter = { .once = ONCE,
	.channel = "letter",
	.category = "access",
	.about = "agency",
	.name = " Mbah Tukijo ",
	.address = "Dusun Kalikepek RT 03",
	.contact = "0274774604",
	.text = " Salinan Letter C tidak diberikan.\r\nSudah dua kali. ",
	.confidential = true,
	.came_ms = NOW - 2 * DAY_MS };

static int at_the_desk(void **state)
{
	setenv("TZ", "WIB-7", 1);
	tzset();
	calendar_use("board/holidays");
	return setup(state);
}

static int enter(const struct entry *entry, struct entered *out)
{
	assert_int_equal(db_begin(db), 0);
	return db_end(db, enter_complaint(db, &step, entry, out));
}

static json_t *seen(const char *name)
{
	json_t *complaint = NULL;

	assert_int_equal(complaint_find(db, name, VIEW_WHOLE, &complaint), 0);
	return complaint;
}

static void expect_text(const char *name, const char *key, const char *value)
{
	autojson json_t *complaint = seen(name);

	assert_string_equal(record_words(complaint, key), value);
}

static void expect_verified(void)
{
	autofree char *fault = NULL;
	int64_t events = 0;

	int error = verify_all(db, &events, &fault);
	if (error < 0)
		fail_msg("%s", fault ? fault : "?");
}

static void test_as_it_came(void **state)
{
	autojson json_t *history = NULL;
	struct entered out;
	char created[TIME_SIZE];
	(void)state;

	assert_int_equal(enter(&letter, &out), 0);
	assert_string_equal(out.uuid, ONCE);
	assert_string_equal(out.ticket, "999-000001-3");
	assert_int_equal(strspn(out.pin, "0123456789"), 4);
	autojson json_t *complaint = seen(out.ticket);
	assert_string_equal(record_words(complaint, "state"), "received");
	assert_string_equal(record_words(complaint, "name"), "Mbah Tukijo");
	assert_string_equal(record_words(complaint, "from"), "0274774604");
	assert_string_equal(record_words(complaint, "text"),
		"Salinan Letter C tidak diberikan.\nSudah dua kali.");
	assert_string_equal(record_words(complaint, "channel"), "letter");
	assert_string_equal(record_words(complaint, "kiosk_name"), "Meja PPID");
	assert_true(json_is_true(json_object_get(complaint, "confidential")));
	assert_null(record_text(complaint, "category_by"));
	/* Its clock runs since it came, not since it was typed in. */
	time_format(letter.came_ms, created);
	assert_string_equal(record_words(complaint, "created"), created);
	assert_string_equal(record_words(complaint, "counted"), created);
	assert_non_null(record_text(complaint, "due"));
	assert_int_equal(complaint_history(db, ONCE, VIEW_UNIT, &history), 0);
	assert_int_equal(json_array_size(history), 2);
	const json_t *event = json_array_get(history, 0);
	assert_string_equal(record_words(event, "type"), "complaint.received");
	assert_string_equal(record_words(event, "actor"), "officer:siti");
	assert_string_equal(record_words(json_object_get(event, "data"), "came"), created);
	/* The unit doesn't see who it was in the event either. */
	assert_null(record_text(json_object_get(event, "personal"), "name"));
	assert_null(record_text(json_object_get(event, "personal"), "from"));
	expect_verified();
}

static void test_once(void **state)
{
	const struct step later = { .now_ms = NOW + DAY_MS, .actor = "officer:siti" };
	const struct step other = { .now_ms = NOW, .actor = "officer:ani" };
	struct entered first, again;
	(void)state;

	assert_int_equal(enter(&letter, &first), 0);
	assert_int_equal(enter(&letter, &again), -EALREADY);
	assert_memory_equal(&first, &again, sizeof(first));
	/* The PIN is told neither to others nor later. */
	assert_int_equal(enter_complaint(db, &other, &letter, &again), -EALREADY);
	assert_string_equal(again.ticket, first.ticket);
	assert_string_equal(again.pin, "");
	assert_int_equal(enter_complaint(db, &later, &letter, &again), -EALREADY);
	assert_string_equal(again.pin, "");
	assert_int_equal(count("SELECT count(*) FROM complaint"), 1);
	assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'complaint.received'"), 1);
}

static void test_not_a_kiosks(void **state)
{
	struct entry entry = letter;
	struct entered out;
	(void)state;

	put_complaint(&kiosk_log, OTHER, 1);
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	entry.once = OTHER;
	assert_int_equal(enter(&entry, &out), -EEXIST);
	assert_string_equal(out.ticket, "");
	assert_string_equal(out.pin, "");
}

static void test_refused(void **state)
{
	static const char *const broken[] = { "\xff", "Ja\xc3", "\xed\xa0\x80" };
	autofree char *longer = malloc(ENTRY_TEXT_MAX + 2);
	struct entry entry = letter;
	struct entered out;
	(void)state;

	assert_non_null(longer);
	memset(longer, 'x', ENTRY_TEXT_MAX + 1);
	longer[ENTRY_TEXT_MAX + 1] = '\0';
	entry.text = " \r\n\t ";
	assert_int_equal(enter(&entry, &out), -EINVAL);
	entry.text = NULL;
	assert_int_equal(enter(&entry, &out), -EINVAL);
	entry.text = longer;
	assert_int_equal(enter(&entry, &out), -EMSGSIZE);
	longer[ENTRY_NAME_MAX + 1] = '\0';
	entry.text = "Jalan";
	entry.name = longer;
	assert_int_equal(enter(&entry, &out), -EMSGSIZE);
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		entry.name = broken[i];
		assert_int_equal(enter(&entry, &out), -EILSEQ);
	}
	entry.name = NULL;
	entry.channel = "sms";
	assert_int_equal(enter(&entry, &out), -EDOM);
	entry.channel = NULL;
	assert_int_equal(enter(&entry, &out), -EDOM);
	entry.channel = "email";
	entry.category = "money";
	assert_int_equal(enter(&entry, &out), -EDOM);
	entry.category = NULL;
	entry.about = "mayor";
	assert_int_equal(enter(&entry, &out), -EDOM);
	entry.about = NULL;
	entry.language = "nl";
	assert_int_equal(enter(&entry, &out), -EDOM);
	entry.language = "jv";
	entry.came_ms = NOW + 1;
	assert_int_equal(enter(&entry, &out), -ERANGE);
	entry.came_ms = NOW - 400 * DAY_MS;
	assert_int_equal(enter(&entry, &out), -ERANGE);
	assert_int_equal(count("SELECT count(*) FROM complaint"), 0);
	entry.came_ms = 0;
	assert_int_equal(enter(&entry, &out), 0);
}

static void test_numbers(void **state)
{
	struct entry entry = { .channel = "face", .text = "Jalan rusak" };
	struct entered out;
	char code[CODE_SIZE];
	(void)state;

	assert_int_equal(kiosk_add(db, &step, DESK_KIOSK, "Balai", code), -ERANGE);
	assert_int_equal(enter(&entry, &out), 0);
	assert_string_equal(out.ticket, "999-000001-3");
	assert_int_equal(enter(&entry, &out), 0);
	assert_string_equal(out.ticket, "999-000002-1");
	/* A number that stands on somebody's paper already. */
	assert_int_equal(db_run(db, "UPDATE kiosk SET next_serial = 1 WHERE number = 999", ""), 1);
	assert_int_equal(enter(&entry, &out), 0);
	assert_int_equal(ticket_serial(out.ticket), 3);
	assert_int_equal(kiosk_new_code(db, &step, DESK_KIOSK, code), -ENOENT);
	assert_int_equal(
		db_run(db, "UPDATE kiosk SET next_serial = 1000000 WHERE number = 999", ""), 1);
	assert_int_equal(enter(&entry, &out), -ENOSPC);
	/* One that had this number before is no desk. */
	assert_int_equal(db_run(db, "UPDATE kiosk SET enrolled_ms = 1 WHERE number = 999", ""), 1);
	assert_int_equal(desk_takes(db, DESK_KIOSK), 0);
	assert_int_equal(enter(&entry, &out), -EADDRINUSE);
}

/* Put back from a backup, it gives no number again that stands on somebody's paper since. */
static void test_numbers_after_restore(void **state)
{
	struct entry entry = { .channel = "face", .text = "Jalan rusak" };
	char folder[] = "/tmp/kotak-enter-XXXXXX";
	autofree char *path = NULL;
	struct entered out;
	(void)state;

	assert_non_null(mkdtemp(folder));
	assert_true(asprintf(&path, "%s/backup", folder) > 0);
	assert_int_equal(enter(&entry, &out), 0);
	assert_int_equal(copy_to_file(db, path), 0);
	assert_int_equal(enter(&entry, &out), 0);
	assert_int_equal(ticket_serial(out.ticket), 2);
	db_close(db);
	assert_int_equal(db_open("sqlite::memory:", &db), 0);
	assert_int_equal(copy_from_file(db, path), 0);
	unlink(path);
	rmdir(folder);
	assert_int_equal(enter(&entry, &out), 0);
	assert_int_equal(ticket_serial(out.ticket), 2 + TICKET_RESTORE_JUMP);
}

static void test_not_among_kiosks(void **state)
{
	struct announcement said = { .text = "Besok libur" };
	autojson json_t *kiosks = NULL;
	struct entered out;
	(void)state;

	assert_int_equal(enter(&letter, &out), 0);
	assert_int_equal(kiosk_list(db, &kiosks), 0);
	assert_int_equal(json_array_size(kiosks), 1);
	assert_int_equal(record_number(json_array_get(kiosks, 0), "kiosk"), KIOSK);
	assert_int_equal(announce(db, &step, &said), -ENOENT);
}

static size_t pending(void)
{
	autojson json_t *commands = NULL;

	assert_int_equal(command_pending(db, DESK_KIOSK, 0, 100, &commands), 0);
	return json_array_size(commands);
}

/* Nothing waits for a machine that isn't there: state and kiosk's state follow at once. */
static void test_decided_at_once(void **state)
{
	struct decision decision = { .complaint = ONCE, .text = "Lampu yang mana?" };
	struct entered out;
	int64_t next_ms = 0;
	(void)state;

	assert_int_equal(officer_add(db, &step, "siti", "officer", "rahasia-sekali"), 0);
	assert_int_equal(enter(&letter, &out), 0);
	assert_int_equal(decide_question(db, &step, &decision, NULL), 0);
	expect_text(ONCE, "state", "incomplete");
	assert_int_equal(decide_state(db, &step, &decision, STATE_RECEIVED, NULL), 0);
	assert_int_equal(decide_state(db, &step, &decision, STATE_VERIFIED, NULL), 0);
	assert_int_equal(decide_assignment(db, &step, &decision, "siti", NULL), 0);
	assert_int_equal(decide_note(db, &step, &decision, "finding", "technical", NULL), 0);
	assert_int_equal(decide_extension(db, &step, &decision, NULL), 0);
	assert_int_equal(decide_answer(db, &step, &decision, NULL), 0);
	expect_text(ONCE, "state", "resolved");
	assert_int_equal(pending(), 0);
	assert_int_equal(count("SELECT count(*) FROM complaint WHERE kiosk_state = state"), 1);
	assert_int_equal(count("SELECT count(*) FROM command WHERE applied_ms IS NULL"), 0);
	/* No machine can ask, so nothing waits for the timer either. */
	assert_int_equal(decide_survey(db, &step, &decision, NULL), -EPERM);
	assert_int_equal(survey_run(db, NOW + 90 * DAY_MS, DAY_MS, &next_ms), 0);
	assert_true(next_ms == INT64_MAX);
	assert_int_equal(decide_state(db, &step, &decision, STATE_REOPENED, NULL), 0);
	assert_int_equal(complaint_settle(db, ONCE, NOW), 0);
	expect_text(ONCE, "state", "reopened");
	expect_verified();
}

static size_t owed(enum complaint_view view)
{
	autojson json_t *list = NULL;
	int64_t number = 0;

	assert_int_equal(handover_owed(db, view, 100, &list), 0);
	assert_int_equal(handover_count(db, view, &number), 0);
	assert_int_equal(json_array_size(list), number);
	return json_array_size(list);
}

static int erase_in_step(const char *complaint)
{
	const struct erasure erasure = {
		.complaint = complaint, .kind = ERASE_REQUEST, .reason = "complainant"
	};

	assert_int_equal(db_begin(db), 0);
	return db_end(db, erase_complaint(db, &step, &erasure));
}

/* What the complainant isn't told by a machine is owed until an officer brought it. */
static void test_handed_over(void **state)
{
	const struct decision question = {
		.complaint = ONCE, .text = "Letter C nomor berapa?", .view = VIEW_WHOLE
	};
	const struct decision answer = {
		.complaint = ONCE, .once = OTHER, .text = "Sudah.", .view = VIEW_WHOLE
	};
	const struct details said = { .address = "RT 04" };
	struct handing handing = {
		.complaint = ONCE, .command = OTHER, .how = "unreachable", .view = VIEW_WHOLE
	};
	autojson json_t *list = NULL, *owing = NULL;
	struct entry entry = letter;
	struct entered out;
	(void)state;

	entry.about = "official";
	assert_int_equal(enter(&entry, &out), 0);
	assert_int_equal(owed(VIEW_WHOLE), 0);
	assert_int_equal(decide_question(db, &step, &question, NULL), 0);
	assert_int_equal(owed(VIEW_WHOLE), 1);
	/* What is about an official isn't there for those beside them. */
	assert_int_equal(owed(VIEW_IDENTITY), 0);
	/* Of a confidential one the unit sees no name. */
	assert_int_equal(handover_owed(db, VIEW_OFFICE, 100, &owing), 0);
	assert_null(record_text(json_array_get(owing, 0), "name"));
	assert_null(record_text(json_array_get(owing, 0), "from"));
	/* Whoever replies has got the question. */
	assert_int_equal(decide_details(db, &step, &question, &said, NULL), 0);
	assert_int_equal(owed(VIEW_WHOLE), 0);
	assert_int_equal(decide_extension(db, &step, &question, NULL), 0);
	assert_int_equal(decide_answer(db, &step, &answer, NULL), 0);
	assert_int_equal(owed(VIEW_WHOLE), 2);
	assert_int_equal(handover_done(db, &step, &handing), -EINVAL);
	handing.note = "rumahnya kosong";
	handing.how = "by pigeon";
	assert_int_equal(handover_done(db, &step, &handing), -EDOM);
	handing.how = "given";
	handing.handed_ms = NOW - DAY_MS;
	assert_int_equal(handover_done(db, &step, &handing), -ERANGE);
	handing.handed_ms = NOW + 1;
	assert_int_equal(handover_done(db, &step, &handing), -ERANGE);
	handing.handed_ms = 0;
	handing.view = VIEW_UNIT;
	assert_int_equal(handover_done(db, &step, &handing), -ENOENT);
	handing.view = VIEW_WHOLE;
	handing.command = ONCE;
	assert_int_equal(handover_done(db, &step, &handing), -ENOENT);
	handing.command = OTHER;
	assert_int_equal(handover_done(db, &step, &handing), 0);
	assert_int_equal(handover_done(db, &step, &handing), -EALREADY);
	assert_int_equal(owed(VIEW_WHOLE), 1);
	assert_int_equal(count("SELECT count(*) FROM event WHERE type = 'complaint.handed'"), 1);
	assert_int_equal(handover_list(db, ONCE, &list), 0);
	assert_int_equal(json_array_size(list), 3);
	expect_verified();
	/* Of whom nothing is kept any more nobody can be told anything. */
	assert_int_equal(erase_in_step(ONCE), 0);
	assert_int_equal(owed(VIEW_WHOLE), 0);
	expect_verified();
}

/* What somebody comes to say; made twice it counts once, though no kiosk is told. */
static void test_said_in_person(void **state)
{
	struct decision said = { .complaint = ONCE,
		.once = OTHER,
		.text = "RT 02, depan pos ronda",
		.via = "telephone" };
	const struct details details = { .name = "Sumarni", .contact = "08123" };
	const struct details nothing = { .name = " " };
	autojson json_t *history = NULL;
	struct entered out;
	(void)state;

	assert_int_equal(enter(&letter, &out), 0);
	assert_int_equal(decide_details(db, &step, &said, &details, NULL), 0);
	assert_int_equal(decide_details(db, &step, &said, &details, NULL), -EALREADY);
	expect_text(ONCE, "name", "Sumarni");
	expect_text(ONCE, "from", "08123");
	expect_text(ONCE, "address", letter.address);
	expect_text(ONCE, "state", "received");
	said.once = NULL;
	said.text = "";
	assert_int_equal(decide_details(db, &step, &said, &nothing, NULL), -EINVAL);
	assert_int_equal(decide_rating(db, &step, &said, 3, NULL), -EPERM);
	assert_int_equal(decide_state(db, &step, &said, STATE_REOPENED, NULL), -EPERM);
	said.text = "Sudah diperbaiki";
	assert_int_equal(decide_answer(db, &step, &said, NULL), 0);
	assert_int_equal(decide_rating(db, &step, &said, 6, NULL), -EDOM);
	assert_int_equal(decide_rating(db, &step, &said, 2, NULL), 0);
	assert_int_equal(decide_state(db, &step, &said, STATE_REOPENED, NULL), 0);
	expect_text(ONCE, "state", "reopened");
	assert_int_equal(decide_confidential(db, &step, &said, false, NULL), 0);
	assert_int_equal(count("SELECT confidential FROM complaint"), 0);
	assert_int_equal(decide_state(db, &step, &said, STATE_WITHDRAWN, NULL), 0);
	assert_int_equal(decide_details(db, &step, &said, &details, NULL), -EPERM);
	assert_int_equal(complaint_history(db, ONCE, VIEW_WHOLE, &history), 0);
	const json_t *last = json_array_get(history, json_array_size(history) - 1);
	assert_string_equal(record_words(json_object_get(last, "data"), "via"), "telephone");
	assert_int_equal(count("SELECT rating FROM complaint"), 2);
	expect_verified();
	assert_int_equal(db_run(db, "UPDATE complaint SET rating = 5", ""), 1);
	autofree char *fault = NULL;
	int64_t events = 0;
	assert_int_equal(verify_all(db, &events, &fault), -EBADMSG);
}

/* One who wrote to a kiosk comes in person: it is told what changes, and keeps its number. */
static void test_kiosk_is_told(void **state)
{
	struct decision said = { .complaint = OTHER, .text = "RT berapa?" };
	const struct details details = { .name = "Sumarni" }, contact = { .contact = "08123" };
	autojson json_t *commands = NULL;
	(void)state;

	put_complaint(&kiosk_log, OTHER, 1);
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	assert_int_equal(decide_question(db, &step, &said, NULL), 0);
	assert_int_equal(decide_details(db, &step, &said, &contact, NULL), -EDOM);
	said.text = "Rahasia bagi kotak";
	assert_int_equal(decide_details(db, &step, &said, &details, NULL), 0);
	expect_text(OTHER, "state", "received");
	expect_text(OTHER, "from", "+62811");
	assert_int_equal(command_pending(db, KIOSK, 0, 10, &commands), 0);
	assert_int_equal(json_array_size(commands), 2);
	const json_t *last = json_array_get(commands, 1);
	assert_string_equal(record_words(last, "type"), "state");
	assert_string_equal(record_words(last, "to"), "received");
	autofree char *wire = json_dumps(commands, 0);
	assert_null(strstr(wire, "Rahasia"));
	assert_int_equal(owed(VIEW_WHOLE), 0);
	expect_verified();
}

static void put_message(const char *type, const char *command)
{
	put_event(&kiosk_log, NULL, type, "003-000001-8",
		json_pack("{s:i, s:s, s:s, s:s}", "message", 7, "purpose", "answer", "uuid", OTHER,
			"command", command),
		NULL);
	assert_int_equal(
		send_from(&kiosk_log, (int64_t)json_array_size(kiosk_log.events), NULL), 200);
}

static bool undelivered(void)
{
	autojson json_t *complaint = seen(OTHER);

	return json_is_true(json_object_get(complaint, "undelivered"));
}

/* An SMS that doesn't arrive is a task for an officer, until it does or was brought. */
static void test_failed_message(void **state)
{
	const struct decision answer = { .complaint = OTHER, .once = ONCE, .text = "Sudah." };
	const struct handing read = { .complaint = OTHER, .command = ONCE, .how = "read" };
	(void)state;

	put_complaint(&kiosk_log, OTHER, 1);
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	assert_int_equal(decide_answer(db, &step, &answer, NULL), 0);
	assert_int_equal(owed(VIEW_WHOLE), 0);
	put_message("message.failed", ONCE);
	assert_int_equal(owed(VIEW_WHOLE), 1);
	assert_true(undelivered());
	put_message("message.sent", ONCE);
	assert_int_equal(owed(VIEW_WHOLE), 0);
	assert_false(undelivered());
	put_message("message.expired", ONCE);
	assert_int_equal(owed(VIEW_WHOLE), 1);
	assert_int_equal(handover_done(db, &step, &read), 0);
	assert_int_equal(owed(VIEW_WHOLE), 0);
	assert_false(undelivered());
	/* What became of it is known by then: a late report doesn't take it back. */
	put_message("message.delivered", ONCE);
	put_message("message.failed", ONCE);
	assert_int_equal(owed(VIEW_WHOLE), 0);
	assert_int_equal(count("SELECT count(*) FROM handover WHERE how = 'read'"), 1);
	expect_verified();
}

/* What is shown of it must be what its event says, as of a kiosk's. */
static void test_changed_words(void **state)
{
	autofree char *fault = NULL;
	struct entered out;
	int64_t events = 0;
	(void)state;

	assert_int_equal(enter(&letter, &out), 0);
	expect_verified();
	assert_int_equal(db_run(db, "UPDATE complaint_personal SET text = 'Semua baik'", ""), 1);
	assert_int_equal(verify_all(db, &events, &fault), -EBADMSG);
	assert_non_null(strstr(fault, out.ticket));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_as_it_came, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_once, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_not_a_kiosks, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_refused, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_numbers, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_numbers_after_restore, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_not_among_kiosks, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_decided_at_once, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_handed_over, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_said_in_person, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_kiosk_is_told, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_failed_message, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_changed_words, at_the_desk, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (sodium_init() < 0)
		return 1;
	log_open("test", LOG_CRIT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
