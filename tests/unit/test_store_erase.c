/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Erasure at the kiosk: on command and by age, and that nothing of it is left anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <errno.h>
#include <glob.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kotakd/commands.h"
#include "store/complaint.h"
#include "store/erase.h"
#include "store/inbound.h"
#include "store/internal.h"
#include "store/outgoing.h"
#include "store/panel.h"
#include "store/printing.h"

#define KIOSK 3
#define FIRST "11111111-1111-4111-8111-111111111111"
#define SECOND "22222222-2222-4222-8222-222222222222"
#define COMMAND "33333333-3333-4333-8333-333333333333"
#define DAY_MS INT64_C(86400000)
#define MARK "Xq7Tukiyem"
#define NUMBER "+6281355577999"

static const struct moment noon = {
	.now_ms = INT64_C(1790000000000), .clock = CLOCK_NTP, .boot = 1
};

struct fixture {
	char folder[64];
	char path[96];
	struct store *store;
	unsigned pdus;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/kotak-erase-XXXXXX");
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

static int64_t value(struct store *store, const char *sql)
{
	int64_t number = -1;

	assert_true(store_value(store, &number, sql, "") >= 0);
	return number;
}

/* How many values of the whole database hold these words, wherever; texts and bytes. */
static int64_t found(struct store *store, const char *words)
{
	autostatement sqlite3_stmt *columns = NULL;
	int64_t sum = 0;

	assert_return_code(store_query(store, &columns,
				   "SELECT m.name, c.name FROM sqlite_master m JOIN "
				   "pragma_table_info (m.name) c WHERE m.type = 'table'",
				   ""),
		0);
	while (store_step(store, columns) > 0) {
		char *sql = sqlite3_mprintf(
			"SELECT count(*) FROM \"%w\" WHERE instr (CAST (\"%w\" AS BLOB), CAST "
			"(%Q AS BLOB)) > 0",
			sqlite3_column_text(columns, 0), sqlite3_column_text(columns, 1), words);
		sqlite3_stmt *counting = NULL;
		assert_int_equal(
			sqlite3_prepare_v2(store->db, sql, -1, &counting, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_step(counting), SQLITE_ROW);
		sum += sqlite3_column_int64(counting, 0);
		sqlite3_finalize(counting);
		sqlite3_free(sql);
	}
	return sum;
}

static void assert_verifies(struct store *store)
{
	autofree char *fault = NULL;
	int64_t count = 0;

	if (store_verify(store, &count, &fault) < 0)
		fail_msg("%s", fault ? fault : "?");
	assert_true(count > 3);
}

/* A message as it comes in, all the way: PDU, part, message; its outcome names the ticket. */
static int64_t take_message(struct fixture *fixture, const struct moment *moment,
	const char *sender, const char *text, const char *ticket)
{
	struct inbound_message message = { 0 };
	struct modem_decoded decoded = { .address_type = MODEM_ADDRESS_INTERNATIONAL,
		.service_centre_ms = moment->now_ms };
	/* Ours are no real PDUs: what counts is that the sender's words are in them. */
	char pdu[120];
	int64_t id = 0;

	fixture->pdus++;
	int size = snprintf(pdu, sizeof(pdu), "%u %s %s", fixture->pdus, sender, text);
	for (size_t i = 0; text[i]; i++)
		decoded.text[i] = (uint8_t)text[i];
	decoded.text_units = strlen(text);
	assert_int_equal(store_pdu_add(fixture->store, moment, "sim1", (const uint8_t *)pdu,
				 (size_t)size, &id),
		1);
	assert_return_code(store_part_add(fixture->store, id, sender, &decoded, moment->now_ms), 0);
	assert_return_code(store_pdu_decoded(fixture->store, id), 0);
	assert_int_equal(store_message_join(fixture->store, id, &message), 1);
	int64_t taken = message.id;
	inbound_message_release(&message);
	assert_return_code(store_message_outcome(fixture->store, taken,
				   ticket ? "complaint" : "ignored: flood", ticket),
		0);
	return taken;
}

/* A message of ours, sent and reported. */
static void send_message(struct fixture *fixture, const struct moment *moment,
	const char *recipient, const char *ticket, int64_t inbound, bool sent)
{
	const struct outgoing_request request = { .recipient = recipient,
		.text = "Untuk " MARK,
		.purpose = ticket ? "status" : "help",
		.ticket = ticket,
		.inbound_id = inbound,
		.lifetime_ms = DAY_MS };
	struct modem_decoded report = { .reference = 7, .status = 0 };
	struct outgoing_part part = { .recipient = (char *)recipient };
	char pdu[64];
	int64_t id = 0;

	assert_int_equal(store_outgoing_add(fixture->store, moment, &request), 1);
	part.id = value(fixture->store, "SELECT max(id) FROM outgoing_sms");
	if (!sent)
		return;
	assert_return_code(
		store_outgoing_submitting(fixture->store, moment->now_ms, &part, 1, "sim1"), 0);
	assert_true(store_outgoing_sent(fixture->store, moment, part.id, 0, 1, 7) >= 0);
	fixture->pdus++;
	int size = snprintf(pdu, sizeof(pdu), "report %u %s", fixture->pdus, recipient);
	assert_int_equal(store_pdu_add(fixture->store, moment, "sim1", (const uint8_t *)pdu,
				 (size_t)size, &id),
		1);
	assert_true(store_report_add(fixture->store, moment, id, recipient, &report) >= 0);
	assert_return_code(store_pdu_decoded(fixture->store, id), 0);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM outgoing_sms "
					       "WHERE state <> 'delivered'"),
		0);
}

static void complain(struct fixture *fixture, const struct moment *moment, const char *uuid,
	const char *sender, char ticket[static TICKET_SIZE])
{
	char pin[PIN_SIZE], got[UUID_SIZE];

	assert_return_code(store_ticket_next(fixture->store, ticket, pin), 0);
	const struct complaint_opening opening = { .uuid = uuid,
		.ticket = ticket,
		.pin = pin,
		.channel = "sms",
		.language = "id",
		.sender = sender,
		.name = MARK,
		.address = "Dusun " MARK,
		.text = "Jalan rusak " MARK };
	assert_int_equal(store_complaint_open(fixture->store, moment, &opening, got), 0);
	assert_return_code(
		store_contact_learn(fixture->store, sender, MARK, "Dusun " MARK, moment->now_ms),
		0);
}

static void give_command(struct fixture *fixture, const struct moment *moment, const char *id,
	int number, const char *type, const char *uuid, const char *key, const char *words)
{
	autojson json_t *list = json_pack("[{s:i, s:s, s:s, s:s?, s:s, s:s, s:s}]", "number",
		number, "id", id, "type", type, "uuid", uuid, key, words, "actor", "officer:siti",
		"time", "2026-09-01T00:00:00.000Z");

	assert_int_equal(store_commands_take(fixture->store, moment, list), 1);
}

static void end_complaint(struct fixture *fixture, const struct moment *moment, const char *uuid)
{
	struct complaint complaint = { 0 };

	assert_int_equal(store_complaint_by_uuid(fixture->store, uuid, &complaint), 1);
	assert_return_code(store_complaint_state(fixture->store, moment, &complaint,
				   STATE_WITHDRAWN, "complainant", NULL, NULL),
		0);
	complaint_release(&complaint);
}

/* All that may be written about one complaint, with the mark in it, and of its number. */
static void plant(struct fixture *fixture, const struct moment *moment)
{
	struct store *store = fixture->store;
	char ticket[TICKET_SIZE];

	assert_return_code(store_begin(store), 0);
	take_message(fixture, moment, NUMBER, "Iklan " MARK, NULL);
	complain(fixture, moment, FIRST, NUMBER, ticket);
	int64_t first = take_message(fixture, moment, NUMBER, "Jalan rusak " MARK, ticket);
	send_message(fixture, moment, NUMBER, ticket, first, true);
	send_message(fixture, moment, NUMBER, NULL, 0, true);
	/* A neighbour who knows the PIN. */
	take_message(fixture, moment, "+62822", "TAMBAH " MARK, ticket);
	assert_return_code(store_complaint_details(store, moment, ticket, NULL, "RT 02 " MARK,
				   "Tambahan " MARK, false),
		0);
	assert_return_code(store_session_set(store, "sms", NUMBER, "choice", ticket, INT64_MAX), 0);
	assert_return_code(store_guess_wrong(store, NUMBER, moment->now_ms), 0);
	assert_return_code(store_contact_consent(store, moment, NUMBER, true), 0);
	assert_return_code(store_panel_put(store, moment, 0, FIRST, "{\"text\":\"" MARK "\"}"), 0);
	give_command(fixture, moment, COMMAND, 1, "state", FIRST, "reason", "Kata " MARK);
	assert_true(store_run(store, "UPDATE command SET state = 'done'", "") > 0);
	end_complaint(fixture, moment, FIRST);
	assert_return_code(store_commit(store), 0);
}

static int erase(struct store *store, const struct store_erasure *erasure)
{
	assert_return_code(store_begin(store), 0);
	int erased = store_erase_complaint(store, &noon, erasure);
	assert_return_code(store_commit(store), 0);
	return erased;
}

static int erase_old(struct store *store, int64_t before_ms, bool synced)
{
	int erased, sum = 0;

	do {
		assert_return_code(store_begin(store), 0);
		erased = store_erase_old(store, &noon, before_ms, synced);
		assert_true(erased >= 0);
		assert_return_code(store_commit(store), 0);
		sum += erased;
	} while (erased > 0);
	return sum;
}

static void nothing_is_left(void **state)
{
	struct fixture *fixture = *state;
	const struct store_erasure erasure = { FIRST, true, COMMAND };
	struct complaint complaint = { 0 };

	plant(fixture, &noon);
	assert_true(found(fixture->store, MARK) > 10);
	assert_int_equal(erase(fixture->store, &erasure), 1);
	assert_int_equal(found(fixture->store, MARK), 0);
	assert_int_equal(found(fixture->store, NUMBER), 0);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM inbound_part"), 0);
	assert_verifies(fixture->store);
	assert_int_equal(store_complaint_by_uuid(fixture->store, FIRST, &complaint), 1);
	assert_string_equal(complaint.pin, "");
	assert_string_equal(complaint.text, "");
	complaint_release(&complaint);
	assert_true(store_has_traces(fixture->store));
	/* The command stays known, a message that comes again is known by its digest. */
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM command"), 1);
	assert_true(value(fixture->store, "SELECT count(*) FROM inbound_pdu") >= 4);
	assert_int_equal(erase(fixture->store, &erasure), 0);
	assert_int_equal(
		value(fixture->store, "SELECT count(*) FROM event WHERE type = 'complaint.erased'"),
		1);
}

/* By age a consent stays, with the number and nothing else; another's complaint stays whole. */
static void others_keep_theirs(void **state)
{
	struct fixture *fixture = *state;
	const struct store_erasure erasure = { .uuid = FIRST };
	char ticket[TICKET_SIZE];

	plant(fixture, &noon);
	assert_return_code(store_begin(fixture->store), 0);
	complain(fixture, &noon, SECOND, "+62822", ticket);
	assert_return_code(store_commit(fixture->store), 0);
	assert_int_equal(erase(fixture->store, &erasure), 1);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM contact "
					       "WHERE sender = '" NUMBER "' AND name IS NULL"),
		1);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM complaint_personal"), 1);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM contact "
					       "WHERE sender = '+62822' AND name = '" MARK "'"),
		1);
	assert_verifies(fixture->store);
}

/* What is still to be sent is sent, and then goes as well. */
static void what_is_being_sent(void **state)
{
	struct fixture *fixture = *state;
	const struct store_erasure erasure = { FIRST, true, COMMAND };
	char ticket[TICKET_SIZE];

	assert_return_code(store_begin(fixture->store), 0);
	complain(fixture, &noon, FIRST, NUMBER, ticket);
	send_message(fixture, &noon, NUMBER, ticket, 0, false);
	end_complaint(fixture, &noon, FIRST);
	assert_return_code(store_commit(fixture->store), 0);
	assert_int_equal(erase(fixture->store, &erasure), 1);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM outgoing_sms"), 1);
	assert_int_equal(erase_old(fixture->store, 0, true), 0);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM outgoing_sms"), 1);
	assert_true(store_run(fixture->store, "UPDATE outgoing_sms SET state = 'expired'", "") > 0);
	erase_old(fixture->store, 0, true);
	assert_int_equal(found(fixture->store, MARK), 0);
	assert_int_equal(found(fixture->store, NUMBER), 0);
}

/* A ticket that was renumbered: all of its numbers; not what has one of them now. */
static void every_number_it_had(void **state)
{
	struct fixture *fixture = *state;
	const struct store_erasure erasure = { FIRST, true, COMMAND };
	struct complaint complaint = { 0 };
	char ticket[TICKET_SIZE], other[TICKET_SIZE], fresh[TICKET_SIZE];

	assert_return_code(store_begin(fixture->store), 0);
	complain(fixture, &noon, FIRST, NUMBER, ticket);
	take_message(fixture, &noon, NUMBER, "Jalan " MARK, ticket);
	send_message(fixture, &noon, NUMBER, ticket, 0, true);
	assert_int_equal(store_complaint_by_uuid(fixture->store, FIRST, &complaint), 1);
	assert_return_code(ticket_format(fresh, KIOSK, 900000), 0);
	assert_return_code(
		store_complaint_renumber(fixture->store, &noon, &complaint, fresh, COMMAND), 0);
	complaint_release(&complaint);
	complain(fixture, &noon, SECOND, "+62822", other);
	assert_true(store_run(fixture->store, "UPDATE complaint SET ticket = ? WHERE uuid = ?",
			    "tt", ticket, SECOND) > 0);
	take_message(fixture, &noon, "+62822", "Selokan", ticket);
	end_complaint(fixture, &noon, FIRST);
	assert_return_code(store_commit(fixture->store), 0);
	assert_int_equal(erase(fixture->store, &erasure), 1);
	assert_int_equal(found(fixture->store, NUMBER), 0);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM inbound_message"), 1);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM complaint_personal"), 1);
	assert_verifies(fixture->store);
}

/* The server's command: the state it names, and nothing left; one that isn't here is done, too. */
static void on_command(void **state)
{
	struct fixture *fixture = *state;
	char ticket[TICKET_SIZE];

	assert_return_code(store_begin(fixture->store), 0);
	complain(fixture, &noon, FIRST, NUMBER, ticket);
	autojson json_t *list = json_pack("[{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}]",
		"number", 1, "id", COMMAND, "type", "erase", "uuid", FIRST, "ticket", ticket, "to",
		"closed", "reason", "request", "actor", "officer:siti", "time",
		"2026-09-01T00:00:00.000Z");
	assert_int_equal(store_commands_take(fixture->store, &noon, list), 1);
	assert_return_code(store_commit(fixture->store), 0);
	assert_int_equal(commands_run(fixture->store, &noon, 0), 1);
	assert_int_equal(found(fixture->store, MARK), 0);
	assert_int_equal(
		value(fixture->store, "SELECT count(*) FROM complaint WHERE state = 'closed'"), 1);
	assert_int_equal(
		value(fixture->store, "SELECT count(*) FROM event WHERE type = 'complaint.erased' "
				      "AND json_extract (data, '$.command') = '" COMMAND "'"),
		1);
	assert_return_code(store_begin(fixture->store), 0);
	give_command(fixture, &noon, SECOND, 2, "erase", SECOND, "to", "closed");
	assert_return_code(store_commit(fixture->store), 0);
	assert_int_equal(commands_run(fixture->store, &noon, 0), 1);
	assert_int_equal(
		value(fixture->store, "SELECT count(*) FROM command WHERE state = 'done'"), 2);
	assert_verifies(fixture->store);
}

/* By age: nothing before its time, nothing that the server lacks, then all that was carried. */
static void by_age(void **state)
{
	struct fixture *fixture = *state;
	const struct moment then = {
		.now_ms = noon.now_ms - 800 * DAY_MS, .clock = CLOCK_NTP, .boot = 1
	};
	char ticket[TICKET_SIZE];
	int64_t job = 0;

	plant(fixture, &then);
	assert_return_code(store_begin(fixture->store), 0);
	assert_return_code(
		store_print_add(fixture->store, &then, FIRST, then.now_ms + DAY_MS, &job), 0);
	assert_true(store_run(fixture->store, "UPDATE print_job SET state = 'printed'", "") > 0);
	complain(fixture, &then, SECOND, "+62822", ticket); /* still open */
	assert_return_code(store_commit(fixture->store), 0);
	int64_t before = found(fixture->store, MARK);
	assert_int_equal(erase_old(fixture->store, then.now_ms, false), 1); /* a guess of then */
	assert_int_equal(erase_old(fixture->store, noon.now_ms - 730 * DAY_MS, true), 0);
	assert_int_equal(found(fixture->store, MARK), before);
	assert_true(erase_old(fixture->store, noon.now_ms - 730 * DAY_MS, false) > 5);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM complaint_personal"), 1);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM inbound_message"), 0);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM inbound_pdu"), 0);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM outgoing_sms"), 0);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM status_report"), 0);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM print_job"), 0);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM command"), 0);
	/* What is left is the neighbour's open complaint, and a consent. */
	assert_true(store_run(fixture->store, "DELETE FROM contact", "") > 0);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM event_personal"), 2);
	assert_verifies(fixture->store);
}

/* A card that was made before the erasure that the server tells of. */
static void after_a_restore(void **state)
{
	struct fixture *fixture = *state;
	char ticket[TICKET_SIZE];

	plant(fixture, &noon);
	assert_return_code(ticket_format(ticket, KIOSK, 7), 0);
	autojson json_t *list = json_pack("[{s:s, s:s, s:s, s:s, s:s, s:s}, {s:s, s:s, s:s, s:s, "
					  "s:s, s:s}]",
		"uuid", FIRST, "ticket", "003-000001-8", "state", "withdrawn", "channel", "sms",
		"created", "2026-01-01T00:00:00.000Z", "erased", "2026-09-01T00:00:00.000Z", "uuid",
		SECOND, "ticket", ticket, "state", "closed", "channel", "sms", "created",
		"2026-01-01T00:00:00.000Z", "erased", "2026-09-01T00:00:00.000Z");
	assert_return_code(store_begin(fixture->store), 0);
	assert_int_equal(store_complaints_restore(fixture->store, &noon, list), 1);
	assert_return_code(store_commit(fixture->store), 0);
	assert_int_equal(found(fixture->store, MARK), 0);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM complaint "
					       "WHERE erased_ms IS NOT NULL"),
		2);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM complaint_personal"), 0);
	assert_verifies(fixture->store);
}

/* How often words stand in the raw files of the database. */
static size_t in_files(const char *path, const char *words)
{
	static const char *const ends[] = { "", "-wal", "-journal" };
	size_t sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		char name[128];
		snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		FILE *file = fopen(name, "rb");
		if (!file)
			continue;
		assert_int_equal(fseek(file, 0, SEEK_END), 0);
		size_t size = (size_t)ftell(file), got;
		rewind(file);
		autofree char *bytes = malloc(size + 1);
		assert_non_null(bytes);
		got = fread(bytes, 1, size, file);
		fclose(file);
		assert_int_equal(got, size);
		const char *at = bytes;
		while ((at = memmem(at, (size_t)(bytes + size - at), words, strlen(words)))) {
			sum++;
			at++;
		}
	}
	return sum;
}

/* Among many others, whose rows make pages split and rows move: not a byte is left. */
static void raw_files(void **state)
{
	struct fixture *fixture = *state;
	const struct store_erasure erasure = { FIRST, true, COMMAND };
	char ticket[TICKET_SIZE], uuid[UUID_SIZE], got[UUID_SIZE], pin[PIN_SIZE], sender[24];

	for (int i = 0; i < 300; i++) {
		if (i == 150)
			plant(fixture, &noon);
		assert_return_code(store_begin(fixture->store), 0);
		assert_return_code(store_ticket_next(fixture->store, ticket, pin), 0);
		uuid_new(uuid);
		snprintf(sender, sizeof(sender), "+62813%u", randombytes_random());
		const struct complaint_opening opening = { .uuid = uuid,
			.ticket = ticket,
			.pin = pin,
			.channel = "sms",
			.language = "id",
			.sender = sender,
			.text = "Selokan mampet" };
		assert_int_equal(store_complaint_open(fixture->store, &noon, &opening, got), 0);
		assert_return_code(store_commit(fixture->store), 0);
	}
	assert_true(in_files(fixture->path, MARK) > 0);
	assert_int_equal(erase(fixture->store, &erasure), 1);
	assert_return_code(store_forget(fixture->store), 0);
	assert_int_equal(in_files(fixture->path, MARK), 0);
	assert_int_equal(in_files(fixture->path, NUMBER), 0);
	assert_true(in_files(fixture->path, "Selokan mampet") >= 300);
	assert_verifies(fixture->store);
}

/* Somebody who reads is not waited for, and the next attempt does it. */
static void somebody_reads(void **state)
{
	struct fixture *fixture = *state;
	autostore struct store *reader = NULL;
	int64_t count;

	plant(fixture, &noon);
	assert_return_code(store_open_read(fixture->path, &reader), 0);
	assert_int_equal(sqlite3_exec(reader->db, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(store_value(reader, &count, "SELECT count(*) FROM event", ""), 1);
	assert_int_equal(store_forget(fixture->store), -EBUSY);
	assert_int_equal(sqlite3_exec(reader->db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	assert_return_code(store_forget(fixture->store), 0);
}

/* Copies of a damaged or a replaced database go with what they hold; nothing else does. */
static void copies(void **state)
{
	static const char *const names[] = { ".damaged-1600000000", ".damaged-1600000000-wal",
		".replaced-1600000001", ".replaced-1789999999", ".note" };
	struct fixture *fixture = *state;
	char name[160];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(name, sizeof(name), "%s%s", fixture->path, names[i]);
		FILE *file = fopen(name, "w");
		assert_non_null(file);
		fclose(file);
	}
	assert_int_equal(store_remove_copies(fixture->store, INT64_C(1700000000000)), 3);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(name, sizeof(name), "%s%s", fixture->path, names[i]);
		assert_int_equal(access(name, F_OK), i < 3 ? -1 : 0);
	}
}

/* Month by month; what not every month has counts as the 28th. */
static void months(void **state)
{
	char time[TIME_SIZE];
	int64_t time_ms;
	(void)state;

	assert_return_code(time_parse("2028-03-31T10:00:00.000Z", &time_ms), 0);
	time_format(time_months_before(time_ms, 1), time);
	assert_string_equal(time, "2028-02-28T10:00:00.000Z");
	time_format(time_months_before(time_ms, 24), time);
	assert_string_equal(time, "2026-03-28T10:00:00.000Z");
	assert_int_equal(time_months_before(time_ms, 1200), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_left, setup, teardown),
		cmocka_unit_test_setup_teardown(others_keep_theirs, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_being_sent, setup, teardown),
		cmocka_unit_test_setup_teardown(every_number_it_had, setup, teardown),
		cmocka_unit_test_setup_teardown(on_command, setup, teardown),
		cmocka_unit_test_setup_teardown(by_age, setup, teardown),
		cmocka_unit_test_setup_teardown(after_a_restore, setup, teardown),
		cmocka_unit_test_setup_teardown(raw_files, setup, teardown),
		cmocka_unit_test_setup_teardown(somebody_reads, setup, teardown),
		cmocka_unit_test_setup_teardown(copies, setup, teardown),
		cmocka_unit_test(months),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
