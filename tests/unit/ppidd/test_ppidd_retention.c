/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Erasure of personal data: whose, when, and that nothing of it is left anywhere. */
#include "tests/unit/ppidd/kiosk_log.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd/calendar.h"
#include "tools/ppidd/command.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/erase.h"
#include "tools/ppidd/reading.h"
#include "tools/ppidd/retention.h"
#include "tools/ppidd/verify.h"

#define UUID "11111111-1111-4111-8111-111111111111"
#define SECOND "22222222-2222-4222-8222-222222222222"
#define TICKET "003-000001-8"
#define DAY_MS (INT64_C(24) * 3600 * 1000)
/* What is planted wherever a person may write. */
#define MARK "Xq7Tukiyem"
#define NUMBER "+6281355577999"

static const struct erasure request = {
	.complaint = UUID, .kind = ERASE_REQUEST, .reason = "complainant"
};
static const struct erasure rule = { .complaint = UUID, .kind = ERASE_RULE };

static int at_the_desk(void **state)
{
	setenv("TZ", "WIB-7", 1);
	tzset();
	calendar_use("board/holidays");
	return setup(state);
}

/* An event of the kiosk's, after those before it; takes both. */
static void tell(const char *type, const char *ticket, json_t *data, json_t *body)
{
	put_event(&kiosk_log, NULL, type, ticket, data, body);
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
}

static void tell_complaint(const char *uuid, uint32_t serial, const char *number)
{
	char ticket[TICKET_SIZE];

	assert_int_equal(ticket_format(ticket, KIOSK, serial), 0);
	tell("complaint.received", ticket,
		json_pack("{s:s, s:s, s:s}", "uuid", uuid, "channel", "sms", "language", "id"),
		json_pack("{s:s, s:s, s:s, s:s, s:s}", "from", number, "name", MARK, "address",
			"Dusun " MARK, "text", "Jalan rusak " MARK, "pin", "1234"));
}

static void end(const char *uuid)
{
	const struct decision decision = { .complaint = uuid, .text = "Dicabut oleh " MARK };

	assert_int_equal(decide_state(db, &step, &decision, STATE_WITHDRAWN, NULL), 0);
}

/* Does all that is pending, as a kiosk would. */
static void kiosk_does(void)
{
	autojson json_t *list = NULL;
	char complaint[UUID_SIZE];
	size_t i;
	json_t *command;

	assert_int_equal(command_pending(db, KIOSK, 0, 100, &list), 0);
	json_array_foreach (list, i, command) {
		assert_int_equal(command_applied(db, KIOSK, record_words(command, "id"), true, NULL,
					 NOW, complaint),
			0);
	}
}

/* Everything that may be written about one complaint, with the mark in all of it. */
static void plant(void)
{
	struct decision decision = { .complaint = UUID, .text = "Kata " MARK };
	const struct reading reading = { .officer = "siti",
		.what = "/complaints",
		.filter = "list: all, q: xq7tukiyem",
		.now_ms = NOW };

	tell_complaint(UUID, 1, NUMBER);
	tell("complaint.details", TICKET, json_pack("{s:s}", "uuid", UUID),
		json_pack("{s:s, s:s}", "address", "RT 02 " MARK, "text", "Tambahan " MARK));
	tell("message.queued", TICKET,
		json_pack("{s:s, s:s, s:s}", "message", "m1", "purpose", "ticket", "uuid", UUID),
		json_pack("{s:s, s:s}", "to", NUMBER, "text", "Tiket untuk " MARK));
	tell("message.queued", NULL, json_pack("{s:s, s:s}", "message", "m2", "purpose", "help"),
		json_pack("{s:s, s:s}", "to", NUMBER, "text", "Bantuan " MARK));
	tell("inbound.ignored", NULL, json_pack("{s:s}", "reason", "flood"),
		json_pack("{s:s, s:s}", "from", NUMBER, "text", "Iklan " MARK));
	tell("contact.consent", NULL, json_pack("{s:b}", "announcements", 1),
		json_pack("{s:s}", "from", NUMBER));
	assert_int_equal(decide_question(db, &step, &decision, NULL), 0);
	assert_int_equal(decide_note(db, &step, &decision, "finding", "other", NULL), 0);
	assert_int_equal(decide_answer(db, &step, &decision, NULL), 0);
	assert_int_equal(decide_state(db, &step, &decision, STATE_CLOSED, NULL), 0);
	assert_int_equal(reading_note(db, &reading), 0);
}

/* How many texts of the whole database hold these words, wherever. */
static int64_t found(const char *words)
{
	autorows struct db_rows *columns = NULL;
	int64_t sum = 0;

	assert_int_equal(db_query(db, &columns, db->ops->columns, ""), 0);
	while (db_step(columns) > 0) {
		autofree char *sql = NULL;
		if (strcmp(db_words(columns, 2), "t") != 0)
			continue;
		assert_true(asprintf(&sql,
				    "SELECT count(*) FROM \"%s\" WHERE lower(\"%s\") LIKE "
				    "lower('%%%s%%')",
				    db_words(columns, 0), db_words(columns, 1), words) > 0);
		sum += count(sql);
	}
	return sum;
}

static void expect_verified(void)
{
	autofree char *fault = NULL;
	int64_t events = 0;

	int error = verify_all(db, &events, &fault);
	if (error < 0)
		fail_msg("%s", fault ? fault : "?");
	assert_true(events > 5);
}

static int erase(const struct erasure *erasure)
{
	int error = db_begin(db);

	return error < 0 ? error : db_end(db, erase_complaint(db, &step, erasure));
}

/* A complaint that has not ended isn't erased; one that has is, to the last word. */
static void test_nothing_is_left(void **state)
{
	autojson json_t *complaint = NULL, *log = NULL;
	(void)state;

	tell_complaint(UUID, 1, NUMBER);
	assert_int_equal(erase(&request), -EPERM);
	assert_true(found(MARK) > 0);
	teardown(state);
	at_the_desk(state);

	plant();
	kiosk_does();
	assert_true(found(MARK) > 10);
	assert_true(found(NUMBER) > 5);
	assert_int_equal(erase(&request), 0);
	assert_int_equal(found(MARK), 0);
	assert_int_equal(found(NUMBER), 0);
	expect_verified();

	assert_int_equal(complaint_find(db, UUID, VIEW_WHOLE, &complaint), 0);
	assert_non_null(record_text(complaint, "erased"));
	assert_true(complaint_gone(complaint));
	assert_string_equal(record_words(complaint, "state"), "closed");
	assert_null(record_text(complaint, "text"));
	assert_int_equal(erase(&request), -EALREADY);
	assert_int_equal(erase_list(db, 10, &log), 0);
	assert_int_equal(json_array_size(log), 1);
	assert_string_equal(record_words(json_array_get(log, 0), "reason"), "complainant");
	assert_string_equal(record_words(json_array_get(log, 0), "actor"), "officer:siti");
}

/* Nothing can be decided about it any more, and what its kiosk still tells is not kept. */
static void test_what_comes_later(void **state)
{
	const struct decision decision = { .complaint = UUID, .text = "Lagi " MARK };
	(void)state;

	plant();
	kiosk_does();
	assert_int_equal(erase(&rule), 0);
	assert_int_equal(decide_note(db, &step, &decision, "internal", "", NULL), -EPERM);
	assert_int_equal(decide_state(db, &step, &decision, STATE_REOPENED, NULL), -EPERM);
	tell("message.queued", TICKET,
		json_pack("{s:s, s:s, s:s}", "message", "m9", "purpose", "status", "uuid", UUID),
		json_pack("{s:s, s:s}", "to", NUMBER, "text", "Status " MARK));
	tell("complaint.details", TICKET, json_pack("{s:s}", "uuid", UUID),
		json_pack("{s:s, s:s}", "name", MARK, "text", "Susulan " MARK));
	assert_int_equal(found("Status " MARK), 0);
	assert_int_equal(found("Susulan " MARK), 0);
	expect_verified();
}

/* By rule a number that agreed to announcements stays with its consent; one with another ticket
 * stays with that. On request both rules are the same but for the consent. */
static void test_the_number(void **state)
{
	(void)state;

	plant();
	kiosk_does();
	assert_int_equal(erase(&rule), 0);
	assert_int_equal(count("SELECT count(*) FROM contact_personal"), 1);
	assert_int_equal(count("SELECT count(*) FROM event_personal p JOIN event e "
			       "ON e.source = p.source AND e.epoch = p.epoch AND e.seq = p.seq "
			       "WHERE e.type = 'contact.consent'"),
		1);
	teardown(state);
	at_the_desk(state);

	plant();
	tell_complaint(SECOND, 2, NUMBER);
	kiosk_does();
	assert_int_equal(erase(&request), 0);
	assert_int_equal(count("SELECT count(*) FROM contact_personal"), 1);
	assert_int_equal(count("SELECT count(*) FROM complaint_personal"), 1);
	expect_verified();
}

static void at(int64_t time_ms, const char *uuid)
{
	assert_true(db_run(db, "UPDATE complaint SET updated_ms = $1 WHERE uuid = $2", "it",
			    time_ms, uuid) == 1);
}

/* An answer that its kiosk didn't take yet holds the rule up, not a person's request. */
static void test_commands_under_way(void **state)
{
	autojson json_t *pending = NULL;
	struct retention_due due = { 0 };
	(void)state;

	plant();
	assert_int_equal(db_run(db, "UPDATE note SET created_ms = 0", ""), 1);
	assert_true(kiosk_heard(db, KIOSK, NOW) >= 0);
	at(NOW - 10, UUID);
	assert_int_equal(retention_look(db, NOW - 5, 10, &due), 0);
	assert_int_equal(due.count, 0);
	json_decref(due.list);
	/* Unless that kiosk wasn't heard of for as long. */
	assert_int_equal(db_run(db, "UPDATE kiosk SET contact_ms = 1 WHERE number = 3", ""), 1);
	assert_int_equal(retention_look(db, NOW - 5, 10, &due), 0);
	assert_int_equal(due.count, 1);
	json_decref(due.list);
	assert_int_equal(erase(&request), 0);
	assert_int_equal(command_pending(db, KIOSK, 0, 10, &pending), 0);
	assert_int_equal(json_array_size(pending), 1);
	const json_t *command = json_array_get(pending, 0);
	assert_string_equal(record_words(command, "type"), "erase");
	assert_string_equal(record_words(command, "uuid"), UUID);
	assert_string_equal(record_words(command, "to"), "closed");
	assert_string_equal(record_words(command, "reason"), "request");
	/* The kiosk never heard of the answer: what it says now doesn't open the complaint. */
	assert_int_equal(complaint_settle(db, UUID, NOW), 0);
	assert_int_equal(count("SELECT still_open FROM complaint"), 0);
}

/* The rule: ended, untouched for so long; in batches, until nothing is due. */
static void test_rule(void **state)
{
	int64_t limit_ms = retention_limit(NOW, 24);
	struct retention_due due = { 0 };
	char uuid[UUID_SIZE];
	(void)state;

	assert_true(NOW - limit_ms > 729 * DAY_MS && NOW - limit_ms < 736 * DAY_MS);
	assert_int_equal(retention_limit(NOW, 0), 0);
	for (uint32_t i = 1; i <= 45; i++) {
		char number[24];
		snprintf(uuid, sizeof(uuid), "%08x-1111-4111-8111-111111111111", i);
		snprintf(number, sizeof(number), "+62813000%04u", i);
		tell_complaint(uuid, i, number);
		if (i == 43)
			continue; /* still open */
		end(uuid);
		at(limit_ms - (i == 44 ? -1 : 5), uuid);
	}
	kiosk_does();
	assert_int_equal(db_run(db, "UPDATE complaint SET updated_ms = $1 WHERE still_open = 0",
				 "i", limit_ms),
		44);
	snprintf(uuid, sizeof(uuid), "%08x-1111-4111-8111-111111111111", 44);
	at(limit_ms + 1, uuid);
	snprintf(uuid, sizeof(uuid), "%08x-1111-4111-8111-111111111111", 45);
	assert_int_equal(db_run(db,
				 "INSERT INTO note (id, complaint, kind, officer, created_ms) "
				 "VALUES ('n', $1, 'internal', 'officer:siti', $2)",
				 "ti", uuid, NOW),
		1);
	assert_int_equal(retention_look(db, limit_ms, 10, &due), 0);
	assert_int_equal(due.count, 42);
	assert_int_equal(due.next_ms, limit_ms + 1);
	assert_int_equal(json_array_size(due.list), 10);
	json_decref(due.list);
	assert_int_equal(retention_batch(db, &step, 0), 0);
	assert_int_equal(retention_batch(db, &step, limit_ms), 20);
	assert_int_equal(retention_batch(db, &step, limit_ms), 20);
	assert_int_equal(retention_batch(db, &step, limit_ms), 2);
	assert_int_equal(retention_batch(db, &step, limit_ms), 0);
	assert_int_equal(count("SELECT count(*) FROM complaint_personal"), 3);
	assert_int_equal(count("SELECT count(*) FROM command WHERE type = 'erase'"), 42);
	expect_verified();
}

/* Words that belong to no ticket, and numbers that only asked for something. */
static void test_words_of_nobody(void **state)
{
	(void)state;

	tell("message.queued", NULL, json_pack("{s:s, s:s}", "message", "m2", "purpose", "help"),
		json_pack("{s:s, s:s}", "to", NUMBER, "text", "Bantuan " MARK));
	tell("inbound.ignored", NULL, json_pack("{s:s}", "reason", "flood"),
		json_pack("{s:s, s:s}", "from", NUMBER, "text", "Iklan " MARK));
	tell("contact.language", NULL, json_pack("{s:s}", "language", "jv"),
		json_pack("{s:s}", "from", NUMBER));
	tell("contact.consent", NULL, json_pack("{s:b}", "announcements", 1),
		json_pack("{s:s}", "from", "+62813777"));
	while (retention_batch(db, &step, NOW - 1) > 0)
		;
	assert_int_equal(found(MARK), 3);
	int batches = 0;
	while (retention_batch(db, &step, NOW) > 0)
		batches++;
	assert_in_range(batches, 1, 5);
	assert_int_equal(found(MARK), 0);
	assert_int_equal(found(NUMBER), 0);
	assert_true(found("+62813777") > 0);
	expect_verified();
}

/* A kiosk that doesn't know the command refuses it; with another version it is told again. */
static void test_old_kiosk(void **state)
{
	struct erase_copies copies = { 0 };
	autojson json_t *pending = NULL, *again = NULL;
	char complaint[UUID_SIZE];
	(void)state;

	plant();
	kiosk_does();
	assert_int_equal(erase(&rule), 0);
	assert_int_equal(command_pending(db, KIOSK, 0, 10, &pending), 0);
	assert_int_equal(
		command_applied(db, KIOSK, record_words(json_array_get(pending, 0), "id"), false,
			"this kiosk doesn't know that type of command", NOW, complaint),
		0);
	assert_int_equal(erase_count_copies(db, &copies), 0);
	assert_int_equal(copies.waiting, 0);
	assert_int_equal(copies.refused, 1);
	tell("kiosk.started", NULL, json_pack("{s:s}", "version", "9.9"), NULL);
	tell("kiosk.started", NULL, json_pack("{s:s}", "version", "9.9"), NULL);
	assert_int_equal(command_pending(db, KIOSK, 0, 10, &again), 0);
	assert_int_equal(json_array_size(again), 1);
	assert_string_equal(record_words(json_array_get(again, 0), "reason"), "rule");
	assert_int_equal(erase_count_copies(db, &copies), 0);
	assert_int_equal(copies.waiting, 1);
	assert_int_equal(copies.refused, 0);
}

/* After an older backup was put back, the kiosk's log tells what had been erased on request. */
static void test_forgotten(void **state)
{
	autojson json_t *forgotten = NULL, *none = NULL;
	(void)state;

	plant();
	kiosk_does();
	tell("complaint.erased", TICKET,
		json_pack("{s:s, s:s, s:s}", "uuid", UUID, "kind", "rule", "command", SECOND),
		NULL);
	assert_int_equal(erase_forgotten(db, 10, &none), 0);
	assert_int_equal(json_array_size(none), 0);
	tell("complaint.erased", TICKET,
		json_pack("{s:s, s:s, s:s}", "uuid", UUID, "kind", "request", "command", SECOND),
		NULL);
	assert_int_equal(erase_forgotten(db, 10, &forgotten), 0);
	assert_int_equal(json_array_size(forgotten), 1);
	assert_string_equal(record_words(json_array_get(forgotten, 0), "ticket"), TICKET);
	assert_int_equal(erase(&request), 0);
	json_decref(forgotten);
	assert_int_equal(erase_forgotten(db, 10, &forgotten), 0);
	assert_int_equal(json_array_size(forgotten), 0);
}

/* One of the desk's own has no kiosk to be told. */
static void test_desk(void **state)
{
	const struct entry letter = { .channel = "letter",
		.name = MARK,
		.address = MARK,
		.contact = NUMBER,
		.text = "Surat " MARK };
	struct entered out;
	(void)state;

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_end(db, enter_complaint(db, &step, &letter, &out)), 0);
	end(out.uuid);
	const struct erasure erasure = {
		.complaint = out.uuid, .kind = ERASE_REQUEST, .reason = "guardian"
	};
	assert_int_equal(erase(&erasure), 0);
	assert_int_equal(found(MARK), 0);
	assert_int_equal(found(NUMBER), 0);
	assert_int_equal(count("SELECT count(*) FROM command WHERE type = 'erase'"), 0);
}

/* The daily run: a day after the first look, whatever the clock did. */
static void test_daily(void **state)
{
	int64_t next_ms = 0;
	(void)state;

	assert_int_equal(retention_next(db, NOW, &next_ms), 0);
	assert_int_equal(next_ms, NOW + DAY_MS);
	assert_int_equal(retention_ran(db, NOW + DAY_MS), 0);
	assert_int_equal(retention_next(db, NOW + DAY_MS, &next_ms), 0);
	assert_int_equal(next_ms, NOW + 2 * DAY_MS);
	assert_int_equal(retention_next(db, NOW, &next_ms), 0);
	assert_int_equal(next_ms, NOW + DAY_MS);
}

/* How often words stand in the raw files of a database. */
static size_t in_files(const char *path, const char *words)
{
	static const char *const ends[] = { "", "-wal", "-journal" };
	size_t sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		autofree char *name = NULL;
		assert_true(asprintf(&name, "%s%s", path, ends[i]) > 0);
		FILE *file = fopen(name, "rb");
		if (!file)
			continue;
		assert_int_equal(fseek(file, 0, SEEK_END), 0);
		size_t size = (size_t)ftell(file);
		rewind(file);
		autofree char *bytes = malloc(size + 1);
		assert_int_equal(fread(bytes, 1, size, file), size);
		fclose(file);
		const char *end_of = bytes + size;
		for (const char *at_byte = bytes;
			(at_byte = memmem(
				 at_byte, (size_t)(end_of - at_byte), words, strlen(words)));
			at_byte++)
			sum++;
	}
	return sum;
}

static int on_a_disk(void **state)
{
	static char folder[] = "/tmp/kotak-erase-XXXXXX";
	char url[64], code[CODE_SIZE];

	if (!mkdtemp(folder))
		return -1;
	*state = folder;
	snprintf(url, sizeof(url), "sqlite:%s/p.db", folder);
	if (db_open(url, &db) < 0)
		return -1;
	kiosk_log.events = json_array();
	kiosk_log.epoch = 1;
	memcpy(kiosk_log.hash, EVENT_GENESIS, HASH_SIZE);
	put_event(&kiosk_log, NULL, "epoch.started", NULL, NULL, NULL);
	return kiosk_add(db, &step, KIOSK, "Balai", code);
}

static int off_the_disk(void **state)
{
	char path[64];

	teardown(state);
	snprintf(path, sizeof(path), "%s/p.db", (const char *)*state);
	return unlink(path) < 0 || rmdir(*state) < 0 ? -1 : 0;
}

/* Among many others, whose rows make pages split and rows move: not a byte is left. */
static void test_raw_files(void **state)
{
	char path[64], uuid[UUID_SIZE], number[24];

	snprintf(path, sizeof(path), "%s/p.db", (const char *)*state);
	for (uint32_t i = 1; i <= 400; i++) {
		uuid_new(uuid);
		snprintf(number, sizeof(number), "+62813%u", randombytes_random());
		put_complaint(&kiosk_log, uuid, i + 1);
	}
	plant();
	assert_int_equal(send_from(&kiosk_log, 1, NULL), 200);
	kiosk_does();
	assert_true(in_files(path, MARK) > 0);
	assert_int_equal(erase(&request), 0);
	assert_int_equal(db->ops->forget(db), 0);
	assert_int_equal(in_files(path, MARK), 0);
	assert_int_equal(in_files(path, NUMBER), 0);
	assert_true(in_files(path, "Jalan rusak") >= 400);
	expect_verified();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing_is_left, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_what_comes_later, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_the_number, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_commands_under_way, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_rule, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_words_of_nobody, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_old_kiosk, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_forgotten, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_desk, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_daily, at_the_desk, teardown),
		cmocka_unit_test_setup_teardown(test_raw_files, on_a_disk, off_the_disk),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_ERR);
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
