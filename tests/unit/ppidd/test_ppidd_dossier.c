/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One ticket's whole file: what proves each event, and what the reader may not know. */
#include "tests/unit/ppidd/kiosk_log.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd/calendar.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/dossier.h"
#include "tools/ppidd/enter.h"

#define UUID "11111111-1111-4111-8111-111111111111"
#define OTHER "22222222-2222-4222-8222-222222222222"

static const struct decision decision = { .complaint = UUID, .text = "Sudah.", .view = VIEW_WHOLE };

static int with_complaint(void **state)
{
	setenv("TZ", "WIB-7", 1);
	tzset();
	calendar_use("board/holidays");
	if (setup(state) < 0)
		return -1;
	put_complaint(&kiosk_log, UUID, 1);
	for (uint32_t serial = 2; serial < 60; serial++) {
		char uuid[UUID_SIZE];
		uuid_new(uuid);
		put_complaint(&kiosk_log, uuid, serial);
	}
	put_event(&kiosk_log, NULL, "complaint.rated", "003-000001-8",
		json_pack("{s:s, s:i}", "uuid", UUID, "rating", 3), NULL);
	return send_from(&kiosk_log, 1, NULL) == 200 ? 0 : -1;
}

static json_t *file_as(enum complaint_view view)
{
	json_t *file = NULL;

	assert_int_equal(dossier_collect(db, UUID, view, NOW, &file), 0);
	return file;
}

/* How many events have that word under that key. */
static size_t checked(const json_t *file, const char *key, const char *word)
{
	size_t i, count = 0;
	json_t *item;

	json_array_foreach (json_object_get(file, "events"), i, item) {
		count += strcmp(record_words(item, key), word) == 0;
	}
	return count;
}

static size_t faults(const json_t *file)
{
	size_t i, count = 0;
	json_t *item;

	json_array_foreach (json_object_get(file, "chain"), i, item) {
		count += record_text(item, "fault") != NULL;
	}
	return count;
}

static void test_all_right(void **state)
{
	(void)state;

	assert_int_equal(decide_answer(db, &step, &decision, NULL), 0);
	autojson json_t *file = file_as(VIEW_WHOLE);
	assert_string_equal(record_words(file, "format"), "kotak-ticket-file");
	/* Received, rated; verified, assigned, investigating, resolved, and the answer's words. */
	assert_int_equal(json_array_size(json_object_get(file, "events")), 7);
	assert_int_equal(checked(file, "hash_check", "right"), 7);
	assert_int_equal(checked(file, "personal_check", "right"), 2);
	assert_int_equal(checked(file, "personal_check", "none"), 5);
	/* The kiosk's two stretches, far from each other, and ours. */
	assert_int_equal(json_array_size(json_object_get(file, "chain")), 3);
	assert_int_equal(faults(file), 0);
	assert_int_equal(json_array_size(json_object_get(file, "commands")), 1);
	assert_string_equal(
		record_words(json_object_get(file, "complaint"), "text"), "Jalan rusak");
}

static void test_erased(void **state)
{
	(void)state;

	assert_true(db_run(db, "DELETE FROM complaint_personal", "") > 0);
	assert_true(db_run(db, "DELETE FROM event_personal", "") > 0);
	autojson json_t *file = file_as(VIEW_WHOLE);
	assert_int_equal(checked(file, "hash_check", "right"), 2);
	assert_int_equal(checked(file, "personal_check", "erased"), 1);
	assert_int_equal(faults(file), 0);
}

static void test_kept_from_the_reader(void **state)
{
	(void)state;

	assert_int_equal(decide_confidential(db, &step, &decision, true, NULL), 0);
	autojson json_t *file = file_as(VIEW_OFFICE);
	autofree char *text = json_dumps(file, 0);
	assert_null(strstr(text, "+62811"));
	assert_non_null(strstr(text, "Jalan rusak"));
	assert_null(strstr(text, "\"salt\""));
	assert_true(json_is_true(json_object_get(file, "identity_kept")));
	/* Hidden, but compared all the same. */
	assert_int_equal(checked(file, "personal_check", "right"), 2);
	autojson json_t *whole = file_as(VIEW_WHOLE);
	autofree char *more = json_dumps(whole, 0);
	assert_non_null(strstr(more, "+62811"));
	assert_false(json_is_true(json_object_get(whole, "identity_kept")));
}

static void test_not_there(void **state)
{
	json_t *file = NULL;
	(void)state;

	assert_int_equal(decide_category(db, &step, &decision, "other", "official", NULL), 0);
	assert_int_equal(dossier_collect(db, UUID, VIEW_IDENTITY, NOW, &file), -ENOENT);
	assert_int_equal(dossier_collect(db, OTHER, VIEW_WHOLE, NOW, &file), -ENOENT);
	assert_int_equal(dossier_collect(db, "nonsense", VIEW_WHOLE, NOW, &file), -ENOENT);
	assert_null(file);
	/* Nothing is left open behind a refusal. */
	assert_int_equal(db_begin(db), 0);
	db_rollback(db);
}

/* Behind the database's back, as whoever holds the file could. */
static void tamper(const char *sql)
{
	assert_int_equal(db->ops->script(db, "DROP TRIGGER IF EXISTS event_no_update;"
					     "DROP TRIGGER IF EXISTS event_no_delete;"),
		0);
	assert_true(db_run(db, sql, "") > 0);
}

static void test_changed_personal(void **state)
{
	(void)state;

	assert_true(db_run(db, "UPDATE event_personal SET body = '{\"text\":\"x\"}'", "") > 0);
	autojson json_t *file = file_as(VIEW_WHOLE);
	assert_int_equal(checked(file, "personal_check", "wrong"), 1);
	assert_int_equal(checked(file, "hash_check", "right"), 2);
	assert_true(faults(file) > 0);
}

static void test_part_of_a_chain(void **state)
{
	autofree char *fault = NULL;
	int64_t events = 0;
	(void)state;

	assert_int_equal(chain_verify_part(db, KIOSK, 1, 1, 5, &events, &fault), 0);
	assert_int_equal(events, 5);
	assert_int_equal(chain_verify_part(db, KIOSK, 1, 30, 1000, &events, &fault), 0);
	assert_int_equal(events, 5 + 61 - 29);
	assert_null(fault);
	/* Behind the end there is nothing to build on. */
	assert_int_equal(chain_verify_part(db, KIOSK, 1, 100, 120, &events, &fault), -EBADMSG);
	assert_non_null(fault);
	assert_int_equal(chain_verify_part(db, SERVER_SOURCE, 1, 1, 20, &events, &fault), 0);
}

static void test_changed_event(void **state)
{
	(void)state;

	tamper("UPDATE event SET data = replace(data, '\"rating\":3', '\"rating\":5') "
	       "WHERE type = 'complaint.rated'");
	autojson json_t *file = file_as(VIEW_WHOLE);
	assert_int_equal(checked(file, "hash_check", "wrong"), 1);
	assert_int_equal(faults(file), 1);
}

static void test_beyond_reading(void **state)
{
	(void)state;

	tamper("UPDATE event SET data = '{' WHERE type = 'complaint.rated'");
	autojson json_t *file = file_as(VIEW_WHOLE);
	assert_int_equal(json_array_size(json_object_get(file, "events")), 2);
	assert_int_equal(checked(file, "hash_check", "wrong"), 1);
}

static void test_gone_before(void **state)
{
	(void)state;

	assert_true(db_run(db, "DELETE FROM event_personal WHERE seq = 60", "") > 0);
	tamper("DELETE FROM event WHERE source = 3 AND seq = 60");
	autojson json_t *file = file_as(VIEW_WHOLE);
	assert_int_equal(checked(file, "hash_check", "missing"), 1);
	assert_int_equal(faults(file), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all_right, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_erased, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(
			test_kept_from_the_reader, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_not_there, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_changed_personal, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_part_of_a_chain, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_changed_event, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_beyond_reading, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_gone_before, with_complaint, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (sodium_init() < 0)
		return 1;
	log_open("test", LOG_CRIT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
