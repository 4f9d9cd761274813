/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store: migrations, the event log and its chain, epochs, salvage after damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "store/boot.h"
#include "store/complaint.h"
#include "store/inbound.h"
#include "store/internal.h"
#include "store/outgoing.h"

#define KIOSK 3

static const struct moment noon = {
	.now_ms = INT64_C(1790000000000), .clock = CLOCK_NTP, .boot = 1
};

struct fixture {
	char folder[64];
	char path[96];
	struct store *store;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/kotak-store-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	snprintf(fixture->path, sizeof(fixture->path), "%s/kotak.db", fixture->folder);
	assert_return_code(store_open(fixture->path, KIOSK, &fixture->store), 0);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;
	glob_t files;
	char pattern[96];

	store_close(fixture->store);
	snprintf(pattern, sizeof(pattern), "%s/*", fixture->folder);
	if (glob(pattern, 0, NULL, &files) == 0) {
		for (size_t i = 0; i < files.gl_pathc; i++)
			unlink(files.gl_pathv[i]);
		globfree(&files);
	}
	rmdir(fixture->folder);
	free(fixture);
	return 0;
}

static void reopen(struct fixture *fixture)
{
	store_close(take_pointer(fixture->store));
	assert_return_code(store_open(fixture->path, KIOSK, &fixture->store), 0);
}

/* Opens a complaint in a transaction of its own. */
static void complain(
	struct store *store, const char *sender, const char *text, char ticket[static TICKET_SIZE])
{
	char pin[PIN_SIZE], uuid[UUID_SIZE];

	assert_return_code(store_begin(store), 0);
	assert_return_code(store_ticket_next(store, ticket, pin), 0);
	const struct complaint_opening opening = { .ticket = ticket,
		.pin = pin,
		.channel = "sms",
		.language = "id",
		.sender = sender,
		.text = text };
	assert_return_code(store_complaint_open(store, &noon, &opening, uuid), 0);
	assert_return_code(store_commit(store), 0);
}

static int64_t value(struct store *store, const char *sql)
{
	int64_t number = -1;

	assert_int_equal(store_value(store, &number, sql, ""), 1);
	return number;
}

static void assert_verifies(struct store *store, int64_t at_least)
{
	char *fault = NULL;
	int64_t count = 0;
	int error = store_verify(store, &count, &fault);

	if (error)
		print_error("%s\n", fault ? fault : "?");
	free(fault);
	assert_int_equal(error, 0);
	assert_true(count >= at_least);
}

static void test_complaints_are_kept_and_numbered(void **state)
{
	struct fixture *fixture = *state;
	char first[TICKET_SIZE], second[TICKET_SIZE];
	struct complaint complaint = { 0 };

	complain(fixture->store, "+628111", "Jalan rusak", first);
	complain(fixture->store, "+628111", "Lampu mati", second);
	assert_string_equal(first, "003-000001-8");
	assert_int_equal(ticket_serial(second), 2);
	reopen(fixture);
	assert_int_equal(store_complaint_latest(fixture->store, "+628111", &complaint), 1);
	assert_string_equal(complaint.ticket, second);
	assert_string_equal(complaint.text, "Lampu mati");
	complaint_release(&complaint);
	assert_int_equal(store_complaint_find(fixture->store, "003-000009-9", &complaint), 0);
	assert_verifies(fixture->store, 3);
}

static void test_nothing_of_a_step_without_commit(void **state)
{
	struct fixture *fixture = *state;
	char ticket[TICKET_SIZE], pin[PIN_SIZE], uuid[UUID_SIZE];

	assert_return_code(store_begin(fixture->store), 0);
	assert_return_code(store_ticket_next(fixture->store, ticket, pin), 0);
	const struct complaint_opening opening = { .ticket = ticket,
		.pin = pin,
		.channel = "sms",
		.language = "id",
		.sender = "+62",
		.text = "x" };
	assert_return_code(store_complaint_open(fixture->store, &noon, &opening, uuid), 0);
	store_rollback(fixture->store);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM complaint"), 0);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM event"), 0);
}

static void test_the_log_is_append_only(void **state)
{
	struct fixture *fixture = *state;
	char ticket[TICKET_SIZE];

	complain(fixture->store, "+628111", "Jalan rusak", ticket);
	assert_int_equal(store_run(fixture->store, "UPDATE event SET actor = 'x'", ""), -EEXIST);
	assert_int_equal(store_run(fixture->store, "DELETE FROM event", ""), -EEXIST);
}

/* Each column that the chain covers, changed behind the store's back. */
static void test_any_changed_byte_is_found(void **state)
{
	static const char *const changes[] = {
		"UPDATE event SET actor = 'kiosk' WHERE type = 'complaint.received'",
		"UPDATE event SET time_ms = time_ms + 1 WHERE seq = 2",
		"UPDATE event SET data = replace (data, 'sms', 'smt') WHERE seq = 2",
		"UPDATE event SET hash = replace (hash, substr (hash, 1, 1), 'g') WHERE seq = 2",
		"UPDATE event SET ticket = NULL WHERE seq = 2",
		"UPDATE event SET id = upper (id) WHERE seq = 2",
		"UPDATE event_personal SET body = replace (body, 'rusak', 'bagus')",
		"DELETE FROM event WHERE seq = 2",
	};
	struct fixture *fixture = *state;
	char ticket[TICKET_SIZE];

	complain(fixture->store, "+628111", "Jalan rusak", ticket);
	complain(fixture->store, "+628112", "Lampu mati", ticket);
	assert_return_code(sqlite3_exec(fixture->store->db,
				   "PRAGMA foreign_keys = OFF; DROP TRIGGER event_append_only;"
				   "DROP TRIGGER event_no_delete",
				   NULL, NULL, NULL),
		0);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		char *fault = NULL;
		int64_t count;
		assert_return_code(store_begin(fixture->store), 0);
		assert_true(store_run(fixture->store, changes[i], "") > 0);
		assert_int_equal(store_verify(fixture->store, &count, &fault), -EBADMSG);
		assert_non_null(strstr(fault, "epoch 1, event"));
		free(fault);
		store_rollback(fixture->store);
	}
	assert_verifies(fixture->store, 3);
}

static void test_erasing_leaves_a_chain_that_verifies(void **state)
{
	struct fixture *fixture = *state;
	char ticket[TICKET_SIZE];

	complain(fixture->store, "+628111", "Jalan rusak", ticket);
	assert_true(store_run(fixture->store, "DELETE FROM event_personal", "") > 0);
	assert_verifies(fixture->store, 2);
}

static void test_a_new_epoch_restates_what_the_server_lacks(void **state)
{
	struct fixture *fixture = *state;
	char ticket[TICKET_SIZE];
	autojson json_t *events = NULL;

	complain(fixture->store, "+628111", "satu", ticket);
	complain(fixture->store, "+628112", "dua", ticket);
	assert_return_code(store_begin(fixture->store), 0);
	assert_return_code(store_epoch_start(fixture->store, &noon, 5, 2, "restored"), 0);
	assert_return_code(store_commit(fixture->store), 0);
	assert_verifies(fixture->store, 5);
	assert_return_code(store_events_after(fixture->store, 5, 0, 100, SIZE_MAX, &events), 0);
	assert_int_equal(json_array_size(events), 2);
	json_t *again = json_array_get(events, 1);
	assert_string_equal(
		json_string_value(json_object_get(again, "type")), "complaint.received");
	assert_string_equal(json_string_value(json_object_get(again, "ticket")), ticket);
	/* The same event, not another one. */
	assert_int_equal(
		value(fixture->store,
			"SELECT count(DISTINCT id) FROM event WHERE type = 'complaint.received'"),
		2);
	complain(fixture->store, "+628113", "tiga", ticket);
	assert_int_equal(ticket_serial(ticket), 2 + TICKET_RESTORE_JUMP + 1);
}

static void test_a_pdu_is_taken_once(void **state)
{
	static const uint8_t pdu[] = { 1, 2, 3 };
	struct fixture *fixture = *state;
	int64_t first, second;

	assert_return_code(store_begin(fixture->store), 0);
	assert_int_equal(store_pdu_add(fixture->store, &noon, "sim1", pdu, sizeof(pdu), &first), 1);
	assert_int_equal(
		store_pdu_add(fixture->store, &noon, "sim1", pdu, sizeof(pdu), &second), 0);
	assert_int_equal(first, second);
	assert_return_code(store_commit(fixture->store), 0);
}

static void test_one_writer_at_a_time(void **state)
{
	struct fixture *fixture = *state;
	struct store *other = NULL;

	assert_int_equal(store_open(fixture->path, KIOSK, &other), -EBUSY);
}

/* A database as version N left it opens, is brought up to date and still tells its story. */
static void test_every_earlier_version_opens(void **state)
{
	struct fixture *fixture = *state;
	glob_t dumps;

	store_close(take_pointer(fixture->store));
	assert_int_equal(glob("tests/unit/data/store-*.sql", 0, NULL, &dumps), 0);
	for (size_t i = 0; i < dumps.gl_pathc; i++) {
		autofree char *sql = calloc(1, 1 << 20);
		autoclose int fd = open(dumps.gl_pathv[i], O_RDONLY | O_CLOEXEC);
		sqlite3 *db = NULL;
		struct complaint complaint = { 0 };
		assert_non_null(sql);
		assert_true(read(fd, sql, (1 << 20) - 1) > 0);
		unlink(fixture->path);
		assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		assert_return_code(store_open(fixture->path, KIOSK, &fixture->store), 0);
		assert_verifies(fixture->store, 2);
		assert_int_equal(store_complaint_latest(fixture->store, "+628111", &complaint), 1);
		assert_string_equal(complaint.text, "Jalan rusak");
		complaint_release(&complaint);
		store_close(take_pointer(fixture->store));
	}
	globfree(&dumps);
}

static void test_a_newer_version_is_refused(void **state)
{
	struct fixture *fixture = *state;

	assert_true(store_run(fixture->store, "PRAGMA user_version = 99", "") >= 0);
	store_close(take_pointer(fixture->store));
	assert_int_equal(store_open(fixture->path, KIOSK, &fixture->store), -EPROTO);
}

/* Overwrites one page of the file with noise. */
static void damage(const char *path, off_t page)
{
	uint8_t noise[4096];
	autoclose int fd = open(path, O_RDWR | O_CLOEXEC);

	randombytes_buf(noise, sizeof(noise));
	assert_int_equal(pwrite(fd, noise, sizeof(noise), page * 4096), sizeof(noise));
}

static off_t root_page(struct store *store, const char *table)
{
	int64_t page = 0;

	assert_int_equal(store_value(store, &page,
				 "SELECT rootpage FROM sqlite_schema WHERE name = ?", "t", table),
		1);
	return (off_t)page;
}

static void damaged_table(struct fixture *fixture, const char *table)
{
	char ticket[TICKET_SIZE];

	for (int i = 0; i < 20; i++)
		complain(fixture->store, "+628111", "Jalan rusak", ticket);
	off_t page = root_page(fixture->store, table);
	store_close(take_pointer(fixture->store));
	damage(fixture->path, page - 1);
	assert_return_code(store_open(fixture->path, KIOSK, &fixture->store), 0);
}

static void test_lost_complaint_page_is_rebuilt_from_the_log(void **state)
{
	struct fixture *fixture = *state;
	char ticket[TICKET_SIZE];

	damaged_table(fixture, "complaint");
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM complaint"), 20);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM complaint_personal"), 20);
	assert_verifies(fixture->store, 21);
	complain(fixture->store, "+628112", "setelah itu", ticket);
	assert_true(ticket_serial(ticket) > 20);
}

static void test_lost_journal_page_costs_only_itself(void **state)
{
	struct fixture *fixture = *state;

	damaged_table(fixture, "inbound_pdu");
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM complaint"), 20);
	assert_verifies(fixture->store, 21);
}

static void test_an_unreadable_file_gives_a_working_kiosk(void **state)
{
	struct fixture *fixture = *state;
	char ticket[TICKET_SIZE];
	char pattern[128];
	glob_t kept;

	complain(fixture->store, "+628111", "Jalan rusak", ticket);
	store_close(take_pointer(fixture->store));
	damage(fixture->path, 0);
	assert_return_code(store_open(fixture->path, KIOSK, &fixture->store), 0);
	complain(fixture->store, "+628112", "Lampu mati", ticket);
	snprintf(pattern, sizeof(pattern), "%s.damaged-*", fixture->path);
	assert_int_equal(glob(pattern, 0, NULL, &kept), 0);
	globfree(&kept);
}

static void test_boots_are_told_apart(void **state)
{
	struct fixture *fixture = *state;
	int64_t boot;

	assert_return_code(store_boot(fixture->store, "a", &boot), 0);
	assert_int_equal(boot, 1);
	assert_return_code(store_boot(fixture->store, "a", &boot), 0);
	assert_int_equal(boot, 1);
	assert_return_code(store_boot(fixture->store, "b", &boot), 0);
	assert_int_equal(boot, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_complaints_are_kept_and_numbered, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_nothing_of_a_step_without_commit, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_log_is_append_only, setup, teardown),
		cmocka_unit_test_setup_teardown(test_any_changed_byte_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_erasing_leaves_a_chain_that_verifies, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_a_new_epoch_restates_what_the_server_lacks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_pdu_is_taken_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_writer_at_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_every_earlier_version_opens, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_newer_version_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_lost_complaint_page_is_rebuilt_from_the_log, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_lost_journal_page_costs_only_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_an_unreadable_file_gives_a_working_kiosk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_boots_are_told_apart, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
