/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * After ten years the tables are long: no statement of a message's way through the kiosk, nor
 * of a status call, may read one from end to end. KOTAK_LARGE=FILE measures on such a database.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "dialogue/dialogue.h"
#include "kotakd/intake.h"
#include "store/boot.h"
#include "store/complaint.h"
#include "store/count.h"
#include "store/inbound.h"
#include "store/internal.h"
#include "store/outgoing.h"

#define MODEM "sim1"

/* Tables that grow with the years. */
static const char *const growing[] = { "event", "event_personal", "inbound_pdu", "inbound_part",
	"inbound_message", "complaint", "complaint_personal", "contact", "command", "outgoing_sms",
	"outgoing_part", "status_report", "guess" };

/* Indices that hold only what is under way. */
static const char *const small[] = { "inbound_pdu_raw", "inbound_pdu_unreadable",
	"inbound_part_waiting", "outgoing_sms_queued", "outgoing_sms_waiting",
	"outgoing_part_unsure", "outgoing_sms_given_up", "command_taken", "contact_agreed" };

static struct moment at = { .now_ms = INT64_C(1990000000000), .clock = CLOCK_NTP, .boot = 1 };

static int64_t mono_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static struct modem_decoded deliver(const char *sender, const char *ascii)
{
	struct modem_decoded decoded = { .type = MODEM_DECODED_DELIVER,
		.address_type = MODEM_ADDRESS_INTERNATIONAL,
		.message_class = -1,
		.port = -1 };

	snprintf(decoded.address, sizeof(decoded.address), "%s", sender);
	for (; *ascii; ascii++)
		decoded.text[decoded.text_units++] = (unsigned char)*ascii;
	return decoded;
}

static void take(struct store *store, const struct modem_decoded *decoded)
{
	const struct intake intake = { .store = store, .language = "id", .utc_offset_s = 25200 };
	uint8_t pdu[16];
	size_t size;
	int64_t id;
	uint8_t raw[MODEM_PDU_MAX];

	randombytes_buf(pdu, sizeof(pdu));
	assert_return_code(store_begin(store), 0);
	assert_int_equal(store_pdu_add(store, &at, MODEM, pdu, sizeof(pdu), &id), 1);
	assert_return_code(store_commit(store), 0);
	assert_int_equal(store_pdu_raw(store, 0, &id, raw, &size), 1);
	assert_return_code(store_begin(store), 0);
	assert_return_code(intake_decoded(&intake, &at, id, decoded), 0);
	assert_return_code(store_commit(store), 0);
	at.now_ms += 1000;
}

static void say(struct store *store, const char *sender, const char *text)
{
	struct modem_decoded decoded = deliver(sender, text);

	take(store, &decoded);
}

/* Sends one part and has its report come. */
static void send_next(struct store *store)
{
	struct outgoing_part part = { 0 };

	assert_return_code(store_begin(store), 0);
	if (store_outgoing_next(
		    store, at.now_ms, MODEM, "[\"" MODEM "\"]", OUTGOING_NOTICE, &part) == 1) {
		assert_return_code(store_outgoing_submitting(store, at.now_ms, &part, 1, MODEM), 0);
		assert_return_code(store_outgoing_sent(store, &at, part.id, 0, 1, 7), 0);
	}
	assert_return_code(store_commit(store), 0);
	struct modem_decoded report = deliver(part.recipient ? part.recipient : "+62811", "");
	report.type = MODEM_DECODED_REPORT;
	report.reference = 7;
	outgoing_part_release(&part);
	take(store, &report);
}

/* What kotakd asks at every turn of its loop and every minute. */
static void turn(struct store *store)
{
	const struct intake intake = { .store = store, .language = "id" };
	struct store_counts counts;
	struct sync_place place;
	int64_t one, two;
	int64_t flying = 0;

	assert_return_code(store_begin(store), 0);
	assert_return_code(store_outgoing_release(store, at.now_ms - 20000, &flying, 1), 0);
	assert_return_code(store_outgoing_expire(store, &at), 0);
	assert_return_code(intake_overdue(&intake, &at, at.now_ms - 3600000), 0);
	assert_return_code(store_commit(store), 0);
	assert_return_code(store_outgoing_wakeup(store, at.now_ms, &one), 0);
	assert_return_code(store_outgoing_unsure_since(store, &one), 0);
	assert_return_code(
		store_outgoing_sent_since(store, MODEM, at.now_ms - 60000, &one, &two), 0);
	assert_return_code(store_parts_oldest(store, &one), 0);
	assert_return_code(store_last_time(store, &one), 0);
	assert_return_code(store_sync_place(store, &place), 0);
	assert_return_code(store_sync_waiting(store, &one), 0);
	assert_return_code(store_count(store, at.now_ms, &counts), 0);
}

static bool among(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

/* The word after before in line, or "". */
static void word_after(const char *line, const char *before, char out[static 40])
{
	const char *found = strstr(line, before);
	const char *word = found ? found + strlen(before) : "";

	snprintf(out, 40, "%.*s", (int)strcspn(word, " "), word);
}

/* Whether this line of a plan reads a growing table from end to end. */
static bool is_slow(const char *line)
{
	char table[40], index[40];
	bool search = strncmp(line, "SEARCH ", 7) == 0;

	word_after(line, search ? "SEARCH " : "SCAN ", table);
	word_after(line, "INDEX ", index);
	/* A search for nothing in particular, or for all before a moment, is a scan too. */
	if (search && (!*index || (strchr(line, '(') && !strstr(line, "(submitted_ms<?)"))))
		return false;
	/* SQLite tells the alias: a single letter, of a growing table unless known better. */
	if (strlen(table) == 1 ? *table == 's' : !among(growing, ARRAY_SIZE(growing), table))
		return false;
	return !among(small, ARRAY_SIZE(small), index);
}

/* The last row in the order of the key, or a count over a narrow index: quick all the same. */
static bool is_harmless(const char *sql, const char *line)
{
	return strstr(sql, "ORDER BY epoch DESC, seq DESC LIMIT 1") ||
	       strncmp(line, "SCAN complaint USING COVERING INDEX", 35) == 0;
}

/* How many slow lines the plans of all statements that ran have; each is printed. */
static unsigned slow_plans(struct store *store)
{
	unsigned slow = 0;

	for (size_t i = 0; i < store->statement_count; i++) {
		autofree char *sql = NULL;
		sqlite3_stmt *plan = NULL;
		assert_true(asprintf(&sql, "EXPLAIN QUERY PLAN %s", store->statements[i].sql) > 0);
		if (sqlite3_prepare_v2(store->db, sql, -1, &plan, NULL) != SQLITE_OK)
			continue;
		while (sqlite3_step(plan) == SQLITE_ROW) {
			const char *line = (const char *)sqlite3_column_text(plan, 3);
			if (!is_slow(line) || is_harmless(store->statements[i].sql, line))
				continue;
			printf("# %s: %s\n", line, store->statements[i].sql);
			slow++;
		}
		sqlite3_finalize(plan);
	}
	return slow;
}

static void test_no_table_is_read_from_end_to_end(void **state)
{
	autostore struct store *store = NULL;

	(void)state;
	assert_return_code(
		store_connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &store), 0);
	assert_return_code(store_migrate(store), 0);
	store->kiosk = 3;
	say(store, "+628111", "Jalan di depan sekolah rusak parah sejak bulan lalu");
	send_next(store);
	say(store, "+628111", "Siti Aminah, Dusun Karang RT 02");
	send_next(store);
	say(store, "+628111", "ADUAN lampu jalan mati semua di dusun kami");
	send_next(store);
	say(store, "+628111", "CEK");
	say(store, "+628111", "BAHASA jv");
	say(store, "+628111", "MULAI");
	say(store, "+628111", "TAMBAH sampai ke jembatan");
	say(store, "+628999", "CEK 003-000001-0 1234");
	turn(store);
	assert_int_equal(slow_plans(store), 0);
}

static void measure(const char *what, int64_t began_us)
{
	printf("# measured: %s: %.1f ms\n", what, (double)(mono_us() - began_us) / 1000);
}

static void test_a_large_database_is_no_slower(void **state)
{
	const char *path = getenv("KOTAK_LARGE");
	autostore struct store *store = NULL;
	struct store_counts counts;

	(void)state;
	if (!path)
		return;
	int64_t began = mono_us();
	assert_return_code(store_open(path, 3, &store), 0);
	measure("opening", began);
	for (int i = 0; i < 2; i++) {
		began = mono_us();
		say(store, "+628110000001", "Jalan di depan sekolah rusak parah sejak bulan lalu");
		measure("a complaint taken", began);
		began = mono_us();
		send_next(store);
		measure("its reply sent and reported", began);
		began = mono_us();
		say(store, "+628110000001", "CEK");
		measure("CEK", began);
		began = mono_us();
		turn(store);
		measure("a turn with status", began);
		began = mono_us();
		assert_return_code(store_count(store, at.now_ms, &counts), 0);
		measure("the counts of status alone", began);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_table_is_read_from_end_to_end),
		cmocka_unit_test(test_a_large_database_is_no_slower),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_WARNING);
	if (sodium_init() < 0 || dialogue_init("build/locale") < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
