/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queue of slips. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "store/complaint.h"
#include "store/internal.h"
#include "store/printing.h"

#define START_MS INT64_C(1790000000000)
#define EXPIRY_MS 180000

struct bench {
	struct store *store;
	struct moment moment;
	char first[UUID_SIZE], second[UUID_SIZE];
};

static void open_complaint(struct bench *bench, char uuid[static UUID_SIZE])
{
	char ticket[TICKET_SIZE], pin[PIN_SIZE];
	struct complaint_opening opening = { .channel = "panel",
		.language = "id",
		.sender = "",
		.text = "Lampu jalan mati",
		.ticket = ticket,
		.pin = pin };

	assert_return_code(store_ticket_next(bench->store, ticket, pin), 0);
	assert_true(store_complaint_open(bench->store, &bench->moment, &opening, uuid) >= 0);
}

static int setup(void **state)
{
	struct bench *bench = test_calloc(1, sizeof(*bench));

	assert_true(sodium_init() >= 0);
	bench->moment = (struct moment) { .now_ms = START_MS, .clock = CLOCK_NTP, .boot = 1 };
	assert_return_code(store_connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
				   &bench->store),
		0);
	assert_int_equal(
		sqlite3_exec(bench->store->db, "PRAGMA foreign_keys = ON", NULL, NULL, NULL),
		SQLITE_OK);
	bench->store->kiosk = 3;
	assert_return_code(store_migrate(bench->store), 0);
	assert_return_code(store_begin(bench->store), 0);
	open_complaint(bench, bench->first);
	open_complaint(bench, bench->second);
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	assert_return_code(store_commit(bench->store), 0);
	store_close(bench->store);
	test_free(bench);
	return 0;
}

static int64_t add(struct bench *bench, const char *uuid)
{
	int64_t id = 0;

	assert_return_code(store_print_add(bench->store, &bench->moment, uuid,
				   bench->moment.now_ms + EXPIRY_MS, &id),
		0);
	assert_true(id > 0);
	return id;
}

static struct print_job next(struct bench *bench)
{
	struct print_job job = { 0 };

	assert_int_equal(store_print_next(bench->store, bench->moment.now_ms, &job), 1);
	return job;
}

static void none_waits(struct bench *bench)
{
	struct print_job job;

	assert_int_equal(store_print_next(bench->store, bench->moment.now_ms, &job), 0);
}

static void test_printed(void **state)
{
	struct bench *bench = *state;

	none_waits(bench);
	int64_t id = add(bench, bench->first);
	struct print_job job = next(bench);
	assert_int_equal(job.id, id);
	assert_string_equal(job.uuid, bench->first);
	assert_false(job.copy);
	assert_int_equal(job.attempts, 0);
	assert_return_code(store_print_begin(bench->store, id), 0);
	none_waits(bench);
	/* Begun is begun. */
	assert_int_equal(store_print_begin(bench->store, id), -ENOENT);
	assert_return_code(store_print_end(bench->store, id, PRINT_PRINTED, NULL), 0);
	none_waits(bench);
	int64_t second = add(bench, bench->first);
	assert_int_not_equal(second, id);
	assert_true(next(bench).copy);
}

static void test_outcomes(void **state)
{
	struct bench *bench = *state;
	int64_t id = add(bench, bench->first);

	assert_return_code(store_print_begin(bench->store, id), 0);
	assert_return_code(store_print_end(bench->store, id, PRINT_AGAIN, "paper out"), 0);
	struct print_job job = next(bench);
	assert_false(job.copy);
	assert_int_equal(job.attempts, 0);
	assert_return_code(store_print_begin(bench->store, id), 0);
	assert_return_code(store_print_end(bench->store, id, PRINT_COPY, "paper out"), 0);
	job = next(bench);
	assert_true(job.copy);
	assert_int_equal(job.attempts, 1);
	/* Once more, without paper this time: still a copy. */
	assert_return_code(store_print_begin(bench->store, id), 0);
	assert_return_code(store_print_end(bench->store, id, PRINT_AGAIN, "paper out"), 0);
	assert_true(next(bench).copy);
	assert_return_code(store_print_begin(bench->store, id), 0);
	assert_return_code(store_print_end(bench->store, id, PRINT_FAILED, "cutter"), 0);
	none_waits(bench);
	assert_int_equal(store_print_end(bench->store, id + 1, PRINT_PRINTED, NULL), -ENOENT);
	add(bench, bench->first);
	assert_true(next(bench).copy);
}

static void test_interrupted(void **state)
{
	struct bench *bench = *state;
	int64_t id = add(bench, bench->first);

	assert_return_code(store_print_interrupted(bench->store), 0);
	assert_false(next(bench).copy);
	assert_return_code(store_print_begin(bench->store, id), 0);
	assert_return_code(store_print_interrupted(bench->store), 0);
	struct print_job job = next(bench);
	assert_int_equal(job.id, id);
	assert_true(job.copy);
}

static void test_expiry(void **state)
{
	struct bench *bench = *state;
	struct print_job job;
	int64_t next_ms = 0;
	int64_t id = add(bench, bench->first);

	assert_int_equal(store_print_expire(bench->store, bench->moment.now_ms, &job, &next_ms), 0);
	assert_int_equal(next_ms, START_MS + EXPIRY_MS);
	bench->moment.now_ms = next_ms;
	none_waits(bench);
	assert_int_equal(store_print_expire(bench->store, bench->moment.now_ms, &job, &next_ms), 1);
	assert_int_equal(job.id, id);
	assert_string_equal(job.uuid, bench->first);
	assert_int_equal(store_print_expire(bench->store, bench->moment.now_ms, &job, &next_ms), 0);
	assert_int_equal(next_ms, INT64_MAX);
	/* What is being printed doesn't expire. */
	id = add(bench, bench->first);
	assert_return_code(store_print_begin(bench->store, id), 0);
	assert_int_equal(store_print_expire(bench->store, START_MS * 2, &job, &next_ms), 0);
}

static void test_one_visitor(void **state)
{
	struct bench *bench = *state;
	int64_t id = add(bench, bench->first);

	/* Asked for twice: one slip, and the time begins anew. */
	bench->moment.now_ms += EXPIRY_MS - 1;
	assert_int_equal(add(bench, bench->first), id);
	bench->moment.now_ms += EXPIRY_MS - 1;
	assert_int_equal(next(bench).id, id);
	/* Another visitor. */
	int64_t second = add(bench, bench->second);
	assert_int_equal(next(bench).id, second);
	assert_return_code(store_print_cancel(bench->store, bench->first), 0);
	assert_int_equal(next(bench).id, second);
	assert_return_code(store_print_cancel(bench->store, bench->second), 0);
	none_waits(bench);
}

static void test_no_such_complaint(void **state)
{
	struct bench *bench = *state;
	int64_t id = 0;

	assert_true(store_print_add(bench->store, &bench->moment,
			    "00000000-0000-4000-8000-000000000000", START_MS, &id) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_printed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_outcomes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_interrupted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_expiry, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_visitor, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_such_complaint, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
