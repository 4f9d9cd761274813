/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which messages are a machine's answer to our answer, and which only look like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>

#include "store/inbound.h"
#include "store/internal.h"

#define SENDER "+628111"

static int setup(void **state)
{
	struct store *store = NULL;

	assert_return_code(
		store_connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &store), 0);
	assert_return_code(store_migrate(store), 0);
	*state = store;
	return 0;
}

static int teardown(void **state)
{
	store_close(*state);
	return 0;
}

/* A message comes in; whether it is taken for a machine's. */
static int hear(struct store *store, const char *text)
{
	static int64_t id;

	id++;
	struct inbound_message message = {
		.id = id, .sender = (char[]) { SENDER }, .text = (char *)text
	};

	assert_int_equal(
		store_run(store,
			"INSERT INTO inbound_message (id, modem, sender, sender_type, text,"
			" service_centre_ms, received_ms, parts, outcome) VALUES"
			" (?, 'sim1', ?, 'international', ?, 0, 1000, 1, '')",
			"itt", id, SENDER, text),
		1);
	return store_message_loops(store, &message, 0);
}

static void say(struct store *store, const char *text)
{
	static int64_t number;
	char uuid[UUID_SIZE];

	snprintf(uuid, sizeof(uuid), "%036lld", (long long)++number);
	assert_int_equal(store_run(store,
				 "INSERT INTO outgoing_sms (uuid, recipient, text, purpose,"
				 " priority, concat_reference, created_ms, not_before_ms,"
				 " expires_ms) VALUES (?, ?, ?, 'ticket', 0, 0, 1000, 0, 0)",
				 "ttt", uuid, SENDER, text),
		1);
}

static void test_the_same_words_a_third_time(void **state)
{
	assert_int_equal(hear(*state, "Kami sedang di luar kantor"), 0);
	assert_int_equal(hear(*state, "Kami sedang di luar kantor"), 0);
	assert_int_equal(hear(*state, "Kami sedang di luar kantor"), 1);
	assert_int_equal(hear(*state, "Kami sudah di kantor lagi"), 0);
}

static void test_a_command_may_come_again(void **state)
{
	for (int i = 0; i < 5; i++)
		assert_int_equal(hear(*state, "CEK"), 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(hear(*state, "cek 003-000001-8"), 0);
}

static void test_our_own_words_come_back(void **state)
{
	say(*state, "Aduan diterima. Tiket 003-000001-8, PIN 7283. Simpan nomor ini.");
	assert_int_equal(
		hear(*state, "> Aduan diterima. Tiket 003-000001-8, PIN 7283. Simpan nomor ini."),
		1);
	/* Another box says it with numbers of its own. */
	assert_int_equal(
		hear(*state, "Aduan diterima. Tiket 005-000044-2, PIN 1234. Simpan nomor ini."), 1);
	assert_int_equal(hear(*state, "Tiket 003-000001-8 kok belum dijawab?"), 0);
}

static void test_machines_that_count(void **state)
{
	assert_int_equal(hear(*state, "Balasan otomatis no 17: tunggu 5 menit"), 0);
	assert_int_equal(hear(*state, "Balasan otomatis no 18: tunggu 5 menit"), 0);
	assert_int_equal(hear(*state, "Balasan otomatis no 19: tunggu 5 menit"), 1);
}

static void test_neighbours_who_differ_in_a_number(void **state)
{
	assert_int_equal(hear(*state, "Lampu jalan mati di RT 1"), 0);
	assert_int_equal(hear(*state, "Lampu jalan mati di RT 2"), 0);
	assert_int_equal(hear(*state, "Lampu jalan mati di RT 3"), 0);
	assert_int_equal(hear(*state, "Lampu jalan mati di RT 4"), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_the_same_words_a_third_time),
		TEST(test_a_command_may_come_again),
		TEST(test_our_own_words_come_back),
		TEST(test_machines_that_count),
		TEST(test_neighbours_who_differ_in_a_number),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
