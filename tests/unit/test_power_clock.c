/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock is set while things wait: from 1970, a year ahead, a day back. Nothing runs out early,
 * nothing waits for ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "clock/simulated_clock.h"
#include "dialogue/dialogue.h"
#include "kotakd/intake.h"
#include "kotakd/kiosk.h"
#include "store/complaint.h"
#include "store/inbound.h"
#include "store/internal.h"
#include "store/outgoing.h"

#define MODEM "sim1"
#define HOUR_MS (INT64_C(3600) * 1000)
#define DAY_MS (24 * HOUR_MS)
#define YEAR_MS (365 * DAY_MS)
#define NOW_MS INT64_C(1790000000000)
#define PARTS_WAIT_MS (10 * 60000)

static int setup(void **state)
{
	struct kiosk *kiosk = test_calloc(1, sizeof(*kiosk));
	const struct clock_reading reading = { 1000, NOW_MS, CLOCK_NTP };

	assert_return_code(clock_simulated_new(&reading, &kiosk->clock), 0);
	assert_return_code(store_connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
				   &kiosk->store),
		0);
	assert_return_code(store_migrate(kiosk->store), 0);
	kiosk->store->kiosk = 3;
	kiosk->boot = 1;
	*state = kiosk;
	return 0;
}

static int teardown(void **state)
{
	struct kiosk *kiosk = *state;

	store_close(kiosk->store);
	kiosk->clock->ops->close(kiosk->clock);
	test_free(kiosk);
	return 0;
}

/* Someone sets the clock; kotakd notices at its next wake-up. */
static void set_clock(struct kiosk *kiosk, int64_t wall_ms, enum clock_quality quality)
{
	const struct clock_reading reading = { kiosk->time.mono_ms + 1000, wall_ms, quality };

	clock_simulated_set(kiosk->clock, &reading);
	kiosk_read_clock(kiosk);
}

static void pass(struct kiosk *kiosk, int64_t ms)
{
	clock_simulated_advance(kiosk->clock, ms);
	kiosk_read_clock(kiosk);
}

static void say_part(
	struct kiosk *kiosk, const char *sender, const char *text, unsigned total, unsigned number)
{
	static uint32_t serial = 0;
	const struct intake intake = { .store = kiosk->store, .language = "id" };
	struct modem_decoded decoded = { .type = MODEM_DECODED_DELIVER,
		.address_type = MODEM_ADDRESS_INTERNATIONAL,
		.message_class = -1,
		.port = -1,
		.concat_total = total,
		.concat_number = number };
	struct moment moment = kiosk_moment(kiosk);
	int64_t id;

	serial++;
	snprintf(decoded.address, sizeof(decoded.address), "%s", sender);
	for (; *text; text++)
		decoded.text[decoded.text_units++] = (unsigned char)*text;
	assert_return_code(store_begin(kiosk->store), 0);
	assert_int_equal(store_pdu_add(kiosk->store, &moment, MODEM, (const uint8_t *)&serial,
				 sizeof(serial), &id),
		1);
	assert_return_code(intake_decoded(&intake, &moment, id, &decoded), 0);
	assert_return_code(store_commit(kiosk->store), 0);
}

static void say(struct kiosk *kiosk, const char *sender, const char *text)
{
	say_part(kiosk, sender, text, 0, 0);
}

static int64_t count(struct kiosk *kiosk, const char *sql)
{
	int64_t number = 0;

	assert_true(store_value(kiosk->store, &number, sql, "") >= 0);
	return number;
}

/* What kotakd does every minute. Returns how many messages it took without all their parts. */
static int housekeep(struct kiosk *kiosk)
{
	const struct intake intake = { .store = kiosk->store, .language = "id" };
	struct moment moment = kiosk_moment(kiosk);

	assert_return_code(store_begin(kiosk->store), 0);
	assert_return_code(store_outgoing_expire(kiosk->store, &moment), 0);
	int overdue = intake_overdue(&intake, &moment, moment.now_ms - PARTS_WAIT_MS);
	assert_return_code(store_commit(kiosk->store), 0);
	return overdue;
}

static unsigned send_all(struct kiosk *kiosk)
{
	unsigned sent = 0;
	struct outgoing_part part;
	struct moment moment = kiosk_moment(kiosk);

	assert_return_code(store_begin(kiosk->store), 0);
	while (store_outgoing_next(kiosk->store, moment.now_ms, MODEM, "[\"" MODEM "\"]",
		       OUTGOING_NOTICE, &part) == 1) {
		assert_return_code(
			store_outgoing_submitting(kiosk->store, moment.now_ms, &part, 1, MODEM), 0);
		assert_return_code(
			store_outgoing_sent(kiosk->store, &moment, part.id, 0, 1, ++sent), 0);
		outgoing_part_release(&part);
	}
	assert_return_code(store_commit(kiosk->store), 0);
	return sent;
}

/* Three things wait while the clock is set: a reply, a question of ours, half a message. */
static void wait_while(struct kiosk *kiosk, int64_t wall_ms, enum clock_quality quality)
{
	say(kiosk, "+628111", "Jalan di depan sekolah rusak parah sejak bulan lalu");
	say_part(kiosk, "+628222", "ADUAN lampu jalan mati ", 2, 1);
	pass(kiosk, 5000);
	set_clock(kiosk, wall_ms, quality);
	assert_int_equal(housekeep(kiosk), 0);
	assert_int_equal(
		count(kiosk, "SELECT count(*) FROM outgoing_sms WHERE state = 'expired'"), 0);
	assert_int_equal(send_all(kiosk), 1);
	/* The other half finds the first one, the name its question. */
	say_part(kiosk, "+628222", "di dusun kami", 2, 2);
	say(kiosk, "+628111", "Siti Aminah, Dusun Karang RT 02");
	assert_int_equal(count(kiosk, "SELECT count(*) FROM complaint"), 2);
	assert_int_equal(count(kiosk, "SELECT count(*) FROM complaint_personal"
				      " WHERE name = 'Siti Aminah'"),
		1);
	assert_int_equal(send_all(kiosk), 2);
	/* And what is overdue still gets its turn. */
	say_part(kiosk, "+628333", "ADUAN selokan di depan pasar ", 2, 1);
	pass(kiosk, PARTS_WAIT_MS + 1000);
	assert_int_equal(housekeep(kiosk), 1);
	assert_int_equal(send_all(kiosk), 1);
}

static void assert_verifies(struct kiosk *kiosk)
{
	autofree char *fault = NULL;
	int64_t events = 0;

	assert_return_code(store_verify(kiosk->store, &events, &fault), 0);
	assert_true(events > 0);
}

static void test_from_1970(void **state)
{
	struct kiosk *kiosk = *state;

	set_clock(kiosk, 5000, CLOCK_GUESS);
	wait_while(kiosk, NOW_MS, CLOCK_GSM);
	assert_int_equal(count(kiosk, "SELECT count(*) FROM event WHERE type = 'clock.set'"), 1);
	/* What was written stays as it was written. */
	assert_int_equal(count(kiosk, "SELECT count(*) FROM event WHERE time_ms < 100000"
				      " AND clock = 'guess'"),
		count(kiosk, "SELECT count(*) FROM event WHERE clock = 'guess'"));
	assert_verifies(kiosk);
}

static void test_two_weeks_without_power(void **state)
{
	struct kiosk *kiosk = *state;

	pass(kiosk, 1000);
	/* What was written when the time was known is as old as it says. */
	say_part(kiosk, "+628444", "TAMBAH ", 2, 1);
	assert_int_equal(count(kiosk, "SELECT count(*) FROM event"), 0);
	assert_return_code(store_begin(kiosk->store), 0);
	struct moment moment = kiosk_moment(kiosk);
	assert_return_code(
		store_event(kiosk->store, &moment, "kiosk", "kiosk.started", NULL, NULL, NULL), 0);
	assert_return_code(store_commit(kiosk->store), 0);
	int64_t old = count(kiosk, "SELECT received_ms FROM inbound_part");
	set_clock(kiosk, kiosk->time.wall_ms + 2000, CLOCK_GUESS);
	say(kiosk, "+628111", "Jembatan bambu di dusun kami hampir putus");
	set_clock(kiosk, NOW_MS + 14 * DAY_MS, CLOCK_GSM);
	assert_int_equal(count(kiosk, "SELECT min(received_ms) FROM inbound_part"), old);
	assert_int_equal(housekeep(kiosk), 1);
	assert_int_equal(
		count(kiosk, "SELECT count(*) FROM outgoing_sms WHERE state = 'expired'"), 0);
	assert_int_equal(
		count(kiosk, "SELECT count(*) FROM outgoing_sms WHERE recipient = '+628111'"
			     " AND expires_ms > 1790000000000 + 14 * 86400000"),
		1);
	assert_verifies(kiosk);
}

static void test_a_year_ahead(void **state)
{
	struct kiosk *kiosk = *state;

	pass(kiosk, 1000);
	wait_while(kiosk, NOW_MS + YEAR_MS, CLOCK_NTP);
	assert_int_equal(count(kiosk, "SELECT count(*) FROM event WHERE type = 'clock.set'"), 0);
	assert_verifies(kiosk);
}

static void test_a_day_back(void **state)
{
	struct kiosk *kiosk = *state;
	int64_t since = 0, sent = 0;

	pass(kiosk, 1000);
	wait_while(kiosk, NOW_MS - DAY_MS, CLOCK_NTP);
	/* What was sent before doesn't count as sent in this minute for a day. */
	pass(kiosk, 120000);
	assert_return_code(store_outgoing_sent_since(
				   kiosk->store, MODEM, kiosk->time.wall_ms - 60000, &sent, &since),
		0);
	assert_int_equal(sent, 0);
	assert_verifies(kiosk);
}

static void test_guessing_stays_blocked_for_an_hour(void **state)
{
	struct kiosk *kiosk = *state;

	pass(kiosk, 1000);
	for (int i = 0; i < 6; i++)
		assert_return_code(
			store_guess_wrong(kiosk->store, "+628999", kiosk->time.wall_ms), 0);
	set_clock(kiosk, NOW_MS - DAY_MS, CLOCK_NTP);
	assert_int_equal(store_guess_blocked(kiosk->store, "+628999", kiosk->time.wall_ms), 1);
	pass(kiosk, HOUR_MS + 1000);
	assert_int_equal(store_guess_blocked(kiosk->store, "+628999", kiosk->time.wall_ms), 0);
}

static void test_steering_moves_nothing(void **state)
{
	struct kiosk *kiosk = *state;

	pass(kiosk, 1000);
	say(kiosk, "+628111", "Jalan di depan sekolah rusak parah sejak bulan lalu");
	int64_t before = count(kiosk, "SELECT expires_ms FROM outgoing_sms");
	set_clock(kiosk, kiosk->time.wall_ms + 3000, CLOCK_NTP);
	assert_int_equal(count(kiosk, "SELECT expires_ms FROM outgoing_sms"), before);
}

/* A message that can't be dealt with, whatever the reason, holds up nobody behind it. */
static void test_a_bad_message_blocks_nothing(void **state)
{
	struct kiosk *kiosk = *state;

	pass(kiosk, 1000);
	say_part(kiosk, "+628666", "ADUAN yang tidak bisa dicatat ", 2, 1);
	pass(kiosk, 1000);
	say_part(kiosk, "+628333", "ADUAN selokan di depan pasar ", 2, 1);
	pass(kiosk, PARTS_WAIT_MS + 5000);
	assert_return_code(store_run(kiosk->store,
				   "CREATE TRIGGER bad BEFORE INSERT ON complaint_personal WHEN"
				   " NEW.sender = '+628666' BEGIN SELECT RAISE (ABORT, 'no'); END",
				   ""),
		0);
	assert_int_equal(housekeep(kiosk), 2);
	assert_int_equal(count(kiosk, "SELECT count(*) FROM complaint"), 1);
	assert_int_equal(count(kiosk, "SELECT count(*) FROM inbound_message WHERE sender ="
				      " '+628666' AND outcome LIKE 'ignored: %'"),
		1);
	assert_int_equal(housekeep(kiosk), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_from_1970),
		TEST(test_two_weeks_without_power),
		TEST(test_a_year_ahead),
		TEST(test_a_day_back),
		TEST(test_guessing_stays_blocked_for_an_hour),
		TEST(test_steering_moves_nothing),
		TEST(test_a_bad_message_blocks_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_WARNING);
	if (sodium_init() < 0 || dialogue_init("build/locale") < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
