/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a decoded PDU to the complaint and its reply: parts, senders, repeats, silence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "dialogue/dialogue.h"
#include "kotakd/address.h"
#include "kotakd/commands.h"
#include "kotakd/intake.h"
#include "store/complaint.h"
#include "store/inbound.h"
#include "store/internal.h"

static struct moment at = { .now_ms = INT64_C(1790000000000), .clock = CLOCK_NTP, .boot = 1 };

static int setup(void **state)
{
	struct store *store = NULL;

	at.now_ms = INT64_C(1790000000000);
	assert_return_code(
		store_connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &store), 0);
	assert_return_code(store_migrate(store), 0);
	store->kiosk = 3;
	*state = store;
	return 0;
}

static int teardown(void **state)
{
	store_close(*state);
	return 0;
}

static struct modem_decoded deliver_from(
	const char *address, enum modem_address_type type, const char *ascii)
{
	struct modem_decoded decoded = {
		.type = MODEM_DECODED_DELIVER, .address_type = type, .message_class = -1, .port = -1
	};

	snprintf(decoded.address, sizeof(decoded.address), "%s", address);
	for (; *ascii; ascii++)
		decoded.text[decoded.text_units++] = (unsigned char)*ascii;
	return decoded;
}

/* Journals a PDU (its bytes are just a number) and deals with it as decoded. */
static void take(struct store *store, const struct modem_decoded *decoded)
{
	static uint32_t number = 0;
	const struct intake intake = { .store = store, .language = "id", .utc_offset_s = 25200 };
	int64_t id;

	number++;
	assert_return_code(store_begin(store), 0);
	assert_int_equal(
		store_pdu_add(store, &at, "sim1", (const uint8_t *)&number, sizeof(number), &id),
		1);
	assert_return_code(intake_decoded(&intake, &at, id, decoded), 0);
	/* Once more, as after a crash before the worker heard: nothing happens twice. */
	assert_return_code(intake_decoded(&intake, &at, id, decoded), 0);
	assert_return_code(store_commit(store), 0);
}

static void say(struct store *store, const char *sender, const char *text)
{
	struct modem_decoded decoded = deliver_from(sender, MODEM_ADDRESS_INTERNATIONAL, text);

	take(store, &decoded);
}

static int64_t count(struct store *store, const char *sql)
{
	int64_t number = 0;

	assert_true(store_value(store, &number, sql, "") >= 0);
	return number;
}

#define COMPLAINTS "SELECT count(*) FROM complaint"
#define REPLIES "SELECT count(*) FROM outgoing_sms"

static char *last_reply(struct store *store)
{
	autostatement sqlite3_stmt *statement = NULL;

	assert_return_code(store_query(store, &statement,
				   "SELECT text FROM outgoing_sms ORDER BY id DESC LIMIT 1", ""),
		0);
	assert_int_equal(store_step(store, statement), 1);
	return store_column_copy(statement, 0);
}

static void test_a_complaint_gets_its_ticket(void **state)
{
	struct store *store = *state;
	struct complaint complaint = { 0 };

	say(store, "+628111", "Jalan di depan sekolah rusak parah sejak bulan lalu");
	assert_int_equal(count(store, COMPLAINTS), 1);
	assert_int_equal(store_complaint_latest(store, "+628111", &complaint), 1);
	autofree char *reply = last_reply(store);
	assert_non_null(strstr(reply, complaint.ticket));
	assert_non_null(strstr(reply, complaint.pin));
	complaint_release(&complaint);
}

static void test_details_join_the_ticket(void **state)
{
	struct store *store = *state;
	struct complaint complaint = { 0 };

	say(store, "+628111", "Jalan di depan sekolah rusak parah sejak bulan lalu");
	say(store, "+628111", "Siti Aminah, Dusun Karang RT 02");
	assert_int_equal(count(store, COMPLAINTS), 1);
	assert_int_equal(count(store, REPLIES), 2);
	assert_int_equal(store_complaint_latest(store, "+628111", &complaint), 1);
	assert_string_equal(complaint.name, "Siti Aminah");
	assert_string_equal(complaint.address, "Dusun Karang RT 02");
	complaint_release(&complaint);
	/* Known now: the next complaint has them from the start. */
	say(store, "+628111", "ADUAN lampu jalan mati semua di dusun kami");
	assert_int_equal(store_complaint_latest(store, "+628111", &complaint), 1);
	assert_string_equal(complaint.name, "Siti Aminah");
	complaint_release(&complaint);
}

static void test_parts_in_any_order_interleaved(void **state)
{
	struct store *store = *state;
	static const char *const texts[2][3] = {
		{ "ADUAN satu awal, ", "tengah, ", "akhir" },
		{ "ADUAN dua awal, ", "tengah, ", "akhir" },
	};
	static const int order[][2] = { { 0, 2 }, { 1, 0 }, { 0, 0 }, { 1, 2 }, { 1, 1 },
		{ 0, 1 } };

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		int message = order[i][0], part = order[i][1];
		struct modem_decoded decoded =
			deliver_from("+628111", MODEM_ADDRESS_INTERNATIONAL, texts[message][part]);
		decoded.concat_total = 3;
		decoded.concat_number = (unsigned)part + 1;
		decoded.concat_reference = message ? 7 : 300;
		decoded.concat_wide = !message;
		take(store, &decoded);
	}
	assert_int_equal(count(store, COMPLAINTS), 2);
	assert_int_equal(count(store, "SELECT count(*) FROM complaint_personal WHERE text IN"
				      " ('satu awal, tengah, akhir', 'dua awal, tengah, akhir')"),
		2);
}

static void test_a_surrogate_pair_split_over_parts(void **state)
{
	struct store *store = *state;
	struct modem_decoded first =
		deliver_from("+628111", MODEM_ADDRESS_INTERNATIONAL, "ADUAN banjir ");
	struct modem_decoded second =
		deliver_from("+628111", MODEM_ADDRESS_INTERNATIONAL, "? sekali");

	first.text[first.text_units++] = 0xd83d;
	second.text[0] = 0xde00;
	first.concat_total = second.concat_total = 2;
	first.concat_number = 1;
	second.concat_number = 2;
	take(store, &second);
	take(store, &first);
	assert_int_equal(count(store, "SELECT count(*) FROM inbound_message WHERE text = "
				      "'ADUAN banjir \xf0\x9f\x98\x80 sekali'"),
		1);
}

static void test_missing_parts_are_not_waited_for_forever(void **state)
{
	struct store *store = *state;
	const struct intake intake = { .store = store, .language = "id" };
	struct modem_decoded part = deliver_from("+628111", MODEM_ADDRESS_INTERNATIONAL,
		"ADUAN jalan rusak berat di dusun kami dan ");

	part.concat_total = 2;
	part.concat_number = 1;
	take(store, &part);
	assert_int_equal(count(store, COMPLAINTS), 0);
	assert_return_code(store_begin(store), 0);
	assert_int_equal(intake_overdue(&intake, &at, at.now_ms), 0);
	assert_int_equal(intake_overdue(&intake, &at, at.now_ms + 1), 1);
	assert_return_code(store_commit(store), 0);
	assert_int_equal(count(store, COMPLAINTS), 1);
	assert_int_equal(count(store, "SELECT parts_missing FROM inbound_message"), 1);
	/* What comes after all joins the ticket, and nobody is answered twice. */
	part = deliver_from("+628111", MODEM_ADDRESS_INTERNATIONAL, "tidak pernah diperbaiki");
	part.concat_total = 2;
	part.concat_number = 2;
	take(store, &part);
	assert_int_equal(count(store, COMPLAINTS), 1);
	assert_int_equal(count(store, REPLIES), 1);
	assert_int_equal(count(store, "SELECT parts_missing FROM inbound_message"), 0);
	assert_int_equal(
		count(store, "SELECT count(*) FROM event WHERE type = 'complaint.details'"), 1);
	assert_int_equal(count(store, "SELECT count(*) FROM complaint_personal WHERE text LIKE"
				      " '%dan  [...]%'"),
		1);
}

static void test_two_machines_fall_silent(void **state)
{
	struct store *store = *state;
	autofree char *echo = NULL;

	for (int i = 0; i < 5; i++)
		say(store, "+628777", "Maaf, saya sedang rapat. Pesan Anda akan dibalas nanti.");
	assert_int_equal(count(store, REPLIES), 2);
	/* Another one that sends our own words back. */
	say(store, "+628778", "Lampu jalan di dekat masjid mati sudah seminggu");
	autofree char *reply = last_reply(store);
	assert_true(asprintf(&echo, "Balasan otomatis: %s", reply) > 0);
	say(store, "+628778", echo);
	assert_int_equal(count(store, REPLIES), 3);
	assert_int_equal(
		count(store, "SELECT count(*) FROM inbound_message WHERE outcome LIKE 'ignored%'"),
		4);
}

static void test_a_flood_is_deferred_not_dropped(void **state)
{
	struct store *store = *state;
	char text[64];

	for (int i = 0; i < 250; i++) {
		snprintf(text, sizeof(text), "ADUAN nomor %d tentang jalan yang rusak", i);
		say(store, "+628777", text);
	}
	assert_int_equal(count(store, COMPLAINTS), 250);
	assert_int_equal(count(store, REPLIES), 250);
	assert_int_equal(count(store, "SELECT count(*) FROM outgoing_sms WHERE not_before_ms >"
				      " created_ms"),
		50);
}

static void test_who_is_not_answered_is_written_down(void **state)
{
	static const struct {
		const char *address;
		enum modem_address_type type;
	} senders[] = {
		{ "TELKOMSEL", MODEM_ADDRESS_ALPHANUMERIC },
		{ "3636", MODEM_ADDRESS_NATIONAL },
		{ "", MODEM_ADDRESS_OTHER },
	};
	struct store *store = *state;

	for (size_t i = 0; i < ARRAY_SIZE(senders); i++) {
		struct modem_decoded decoded = deliver_from(
			senders[i].address, senders[i].type, "Promo! Beli paket sekarang juga");
		take(store, &decoded);
	}
	assert_int_equal(count(store, COMPLAINTS), 0);
	assert_int_equal(count(store, REPLIES), 0);
	assert_int_equal(
		count(store, "SELECT count(*) FROM event WHERE type = 'inbound.ignored'"), 3);
	assert_int_equal(
		count(store,
			"SELECT count(*) FROM inbound_message WHERE outcome LIKE 'ignored: %'"),
		3);
}

static void test_numbers_have_one_form(void **state)
{
	static const struct {
		const char *given;
		enum modem_address_type type;
		const char *kept;
	} numbers[] = {
		{ "+628123456789", MODEM_ADDRESS_INTERNATIONAL, "+628123456789" },
		{ "628123456789", MODEM_ADDRESS_INTERNATIONAL, "+628123456789" },
		{ "08123456789", MODEM_ADDRESS_NATIONAL, "+628123456789" },
		{ "628123456789", MODEM_ADDRESS_NATIONAL, "+628123456789" },
		{ "00628123456789", MODEM_ADDRESS_NATIONAL, "+628123456789" },
		{ "3636", MODEM_ADDRESS_NATIONAL, "3636" },
		{ "0123", MODEM_ADDRESS_NATIONAL, "0123" },
	};
	char out[MODEM_ADDRESS_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		address_normalise(numbers[i].given, numbers[i].type, out);
		assert_string_equal(out, numbers[i].kept);
	}
}

static void test_guessing_is_slowed(void **state)
{
	struct store *store = *state;
	struct complaint complaint = { 0 };
	char wrong[64];

	say(store, "+628111", "Jalan di depan sekolah rusak parah sejak bulan lalu");
	assert_int_equal(store_complaint_latest(store, "+628111", &complaint), 1);
	for (int pin = 0; pin < 6; pin++) {
		snprintf(wrong, sizeof(wrong), "CEK %s %04d", complaint.ticket,
			(int)(strtol(complaint.pin, NULL, 10) + 1 + pin) % 10000);
		say(store, "+628999", wrong);
	}
	assert_int_equal(store_guess_blocked(store, "+628999", at.now_ms), 1);
	/* Even the right one waits now. */
	snprintf(wrong, sizeof(wrong), "CEK %s %s", complaint.ticket, complaint.pin);
	say(store, "+628999", wrong);
	autofree char *reply = last_reply(store);
	assert_null(strstr(reply, "diterima"));
	assert_int_equal(store_guess_blocked(store, "+628999", at.now_ms + 3600001), 0);
	complaint_release(&complaint);
}

static void command(struct store *store, int64_t number, const char *body)
{
	assert_true(store_run(store,
			    "INSERT INTO command (id, number, body, taken_ms) VALUES"
			    " (json_extract (?1, '$.id'), ?2, ?1, 0)",
			    "ti", body, number) == 1);
	assert_int_equal(commands_run(store, &at, 25200), 1);
}

static void test_an_answer_reaches_its_complainant_once(void **state)
{
	struct store *store = *state;
	struct complaint complaint = { 0 };
	autofree char *body = NULL;

	say(store, "+628111", "Jalan di depan sekolah rusak parah sejak bulan lalu");
	assert_int_equal(store_complaint_latest(store, "+628111", &complaint), 1);
	assert_true(asprintf(&body,
			    "{\"id\": \"c1\", \"number\": 1, \"type\": \"answer\", \"to\":"
			    " \"resolved\", \"text\": \"Sudah diperbaiki.\", \"ticket\": \"%s\","
			    " \"uuid\": \"%s\", \"actor\": \"officer:ana\"}",
			    complaint.ticket, complaint.uuid) > 0);
	complaint_release(&complaint);
	command(store, 1, body);
	assert_int_equal(commands_run(store, &at, 25200), 0);
	autofree char *reply = last_reply(store);
	assert_non_null(strstr(reply, "Sudah diperbaiki."));
	assert_int_equal(count(store, REPLIES), 2);
	assert_int_equal(store_complaint_latest(store, "+628111", &complaint), 1);
	assert_int_equal(complaint.state, STATE_RESOLVED);
	assert_string_equal(complaint.answer, "Sudah diperbaiki.");
	complaint_release(&complaint);
}

static void test_senseless_commands_are_refused(void **state)
{
	static const char *const bodies[] = {
		"{\"id\": \"a\"}",
		"{\"id\": \"b\", \"type\": \"explode\"}",
		"{\"id\": \"c\", \"type\": \"state\", \"ticket\": \"003-000001-8\"}",
		"{\"id\": \"d\", \"type\": \"answer\", \"uuid\": 7, \"ticket\": \"x\"}",
		"{\"id\": \"e\", \"type\": \"renumber\", \"ticket\": \"003-000001-8\"}",
	};
	struct store *store = *state;

	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++)
		command(store, (int64_t)i + 1, bodies[i]);
	assert_int_equal(count(store, "SELECT count(*) FROM command WHERE state = 'refused'"), 5);
	assert_int_equal(
		count(store, "SELECT count(*) FROM event WHERE type = 'command.applied' AND"
			     " json_extract (data, '$.result') = 'refused'"),
		5);
}

static void test_announcements_reach_those_who_agreed(void **state)
{
	struct store *store = *state;

	assert_true(
		store_run(store,
			"INSERT INTO contact (sender, updated_ms, announcements, language) VALUES"
			" ('+628111', 0, 1, 'en'), ('+628112', 0, 0, NULL), ('+628113', 0, NULL,"
			" NULL), ('+628114', 0, 1, NULL)",
			"") > 0);
	command(store, 1,
		"{\"id\": \"a1\", \"number\": 1, \"type\": \"announce\", \"text\":"
		" \"Pelayanan KTP tutup hari Jumat.\"}");
	assert_int_equal(count(store, REPLIES), 2);
	assert_int_equal(count(store, "SELECT count(*) FROM outgoing_sms WHERE recipient IN"
				      " ('+628111', '+628114') AND priority = 3"),
		2);
}

static void test_old_news_is_no_news(void **state)
{
	struct store *store = *state;

	assert_true(store_run(store,
			    "INSERT INTO contact (sender, updated_ms, announcements) VALUES"
			    " ('+628111', 0, 1)",
			    "") > 0);
	command(store, 1,
		"{\"id\": \"a1\", \"number\": 1, \"type\": \"announce\", \"text\": \"Besok"
		" libur\", \"time\": \"2026-01-01T00:00:00.000Z\"}");
	assert_int_equal(count(store, REPLIES), 0);
	assert_int_equal(count(store, "SELECT count(*) FROM command WHERE state = 'refused'"), 1);
}

static void test_a_question_forgets_no_addition(void **state)
{
	struct store *store = *state;
	struct complaint complaint = { 0 };
	autofree char *body = NULL;

	say(store, "+628111", "ADUAN jalan di depan sekolah rusak parah");
	say(store, "+628111", "ADUAN lampu jalan di pasar mati semua");
	/* For which of the two? Before that is answered an officer asks something else. */
	say(store, "+628111", "TAMBAH sudah ada yang jatuh kemarin malam");
	assert_int_equal(store_complaint_latest(store, "+628111", &complaint), 1);
	assert_true(asprintf(&body,
			    "{\"id\": \"q\", \"number\": 1, \"type\": \"question\", \"text\":"
			    " \"Di dusun mana?\", \"ticket\": \"%s\"}",
			    complaint.ticket) > 0);
	complaint_release(&complaint);
	command(store, 1, body);
	assert_int_equal(count(store, "SELECT count(*) FROM complaint_personal WHERE text LIKE"
				      " '%jatuh kemarin malam%'"),
		1);
}

static void test_a_bare_number_rates_after_a_survey(void **state)
{
	struct store *store = *state;
	struct complaint complaint = { 0 };
	autofree char *body = NULL;

	say(store, "+628111", "MULAI");
	say(store, "+628111", "ADUAN jalan di depan sekolah rusak parah");
	say(store, "+628111", "Siti Aminah, Dusun Karang RT 02");
	assert_int_equal(store_complaint_latest(store, "+628111", &complaint), 1);
	assert_true(asprintf(&body,
			    "{\"id\": \"a\", \"number\": 1, \"type\": \"answer\", \"text\":"
			    " \"Sudah diaspal.\", \"ticket\": \"%s\"}",
			    complaint.ticket) > 0);
	command(store, 1, body);
	free(body);
	assert_true(asprintf(&body,
			    "{\"id\": \"s\", \"number\": 2, \"type\": \"survey\","
			    " \"ticket\": \"%s\"}",
			    complaint.ticket) > 0);
	command(store, 2, body);
	complaint_release(&complaint);
	say(store, "+628111", "5");
	assert_int_equal(count(store, "SELECT rating FROM complaint"), 5);
}

static void test_nobody_is_woken_for_a_notice(void **state)
{
	const int64_t noon = INT64_C(1795496400000); /* 2026-11-24 12:00 in Jakarta */
	const int64_t hour = 3600000;

	(void)state;
	assert_int_equal(commands_quiet_until(noon, 25200), 0);
	assert_int_equal(commands_quiet_until(noon + 8 * hour, 25200), noon + 20 * hour);
	assert_int_equal(commands_quiet_until(noon + 13 * hour, 25200), noon + 20 * hour);
	assert_int_equal(commands_quiet_until(noon + 20 * hour, 25200), 0);
}

static void test_a_question_and_its_answer(void **state)
{
	struct store *store = *state;
	struct complaint complaint = { 0 };
	autofree char *body = NULL;

	say(store, "+628111", "Jalan di depan sekolah rusak parah sejak bulan lalu");
	assert_int_equal(store_complaint_latest(store, "+628111", &complaint), 1);
	assert_true(asprintf(&body,
			    "{\"id\": \"q\", \"number\": 1, \"type\": \"question\", \"text\":"
			    " \"Di dusun mana?\", \"ticket\": \"%s\"}",
			    complaint.ticket) > 0);
	complaint_release(&complaint);
	command(store, 1, body);
	assert_int_equal(store_complaint_latest(store, "+628111", &complaint), 1);
	assert_int_equal(complaint.state, STATE_INCOMPLETE);
	complaint_release(&complaint);
	say(store, "+628111", "Di dusun Karang dekat jembatan");
	assert_int_equal(count(store, COMPLAINTS), 1);
	assert_int_equal(store_complaint_latest(store, "+628111", &complaint), 1);
	assert_int_equal(complaint.state, STATE_RECEIVED);
	complaint_release(&complaint);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_complaint_gets_its_ticket),
		TEST(test_details_join_the_ticket),
		TEST(test_parts_in_any_order_interleaved),
		TEST(test_a_surrogate_pair_split_over_parts),
		TEST(test_missing_parts_are_not_waited_for_forever),
		TEST(test_two_machines_fall_silent),
		TEST(test_a_flood_is_deferred_not_dropped),
		TEST(test_who_is_not_answered_is_written_down),
		TEST(test_numbers_have_one_form),
		TEST(test_guessing_is_slowed),
		TEST(test_an_answer_reaches_its_complainant_once),
		TEST(test_senseless_commands_are_refused),
		TEST(test_announcements_reach_those_who_agreed),
		TEST(test_old_news_is_no_news),
		TEST(test_a_question_forgets_no_addition),
		TEST(test_a_bare_number_rates_after_a_survey),
		TEST(test_nobody_is_woken_for_a_notice),
		TEST(test_a_question_and_its_answer),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (sodium_init() < 0 || dialogue_init("build/locale") < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
