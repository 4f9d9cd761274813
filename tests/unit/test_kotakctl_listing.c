/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kotakctl lists: every field with its name, everything received and sent, in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <glob.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "store/complaint.h"
#include "store/inbound.h"
#include "store/listing.h"
#include "store/outgoing.h"

#define KIOSK 3
#define SENDER "+6281234567890"

static const struct moment noon = {
	.now_ms = INT64_C(1795540849123), .clock = CLOCK_NTP, .boot = 1
};
#define NOON_TEXT "2026-11-24T17:20:49.123Z"

struct fixture {
	char folder[64];
	char path[96];
	struct store *store; /* the writer */
	struct store *reader;
	char ticket[TICKET_SIZE];
	char uuid[UUID_SIZE];
};

static void open_complaint(struct fixture *fixture, const char *text)
{
	char pin[PIN_SIZE];

	assert_int_equal(store_begin(fixture->store), 0);
	assert_int_equal(store_ticket_next(fixture->store, fixture->ticket, pin), 0);
	const struct complaint_opening opening = { .ticket = fixture->ticket,
		.pin = pin,
		.channel = "sms",
		.language = "id",
		.sender = SENDER,
		.text = text };
	assert_int_equal(store_complaint_open(fixture->store, &noon, &opening, fixture->uuid), 0);
	assert_int_equal(store_commit(fixture->store), 0);
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/kotak-listing-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	snprintf(fixture->path, sizeof(fixture->path), "%s/kotak.db", fixture->folder);
	assert_int_equal(store_open(fixture->path, KIOSK, &fixture->store), 0);
	assert_int_equal(store_open_read(fixture->path, &fixture->reader), 0);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;
	char pattern[96];
	glob_t files;

	store_close(fixture->reader);
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

static const char *text_in(const json_t *object, const char *key)
{
	assert_non_null(json_object_get(object, key));
	return json_string_value(json_object_get(object, key));
}

static void test_nothing_yet(void **state)
{
	struct fixture *fixture = *state;
	autojson json_t *complaints = NULL;
	autojson json_t *inbox = NULL;
	autojson json_t *outbox = NULL;

	assert_int_equal(store_list_complaints(fixture->reader, &complaints), 0);
	assert_int_equal(store_list_inbox(fixture->reader, &inbox), 0);
	assert_int_equal(store_list_outbox(fixture->reader, &outbox), 0);
	assert_int_equal(json_array_size(complaints), 0);
	assert_true(json_is_array(complaints) && json_is_array(inbox) && json_is_array(outbox));
}

static void test_complaints(void **state)
{
	struct fixture *fixture = *state;
	autojson json_t *list = NULL;
	autojson json_t *one = NULL;
	char first[TICKET_SIZE];

	open_complaint(fixture, "jalan rusak");
	memcpy(first, fixture->ticket, sizeof(first));
	open_complaint(fixture, "lampu mati");
	assert_int_equal(store_list_complaints(fixture->reader, &list), 0);
	assert_int_equal(json_array_size(list), 2);
	const json_t *complaint = json_array_get(list, 0);
	assert_string_equal(text_in(complaint, "ticket"), first);
	assert_string_equal(text_in(complaint, "state"), "received");
	assert_string_equal(text_in(complaint, "channel"), "sms");
	assert_string_equal(text_in(complaint, "from"), SENDER);
	assert_string_equal(text_in(complaint, "text"), "jalan rusak");
	assert_string_equal(text_in(complaint, "language"), "id");
	assert_string_equal(text_in(complaint, "created"), NOON_TEXT);
	assert_string_equal(text_in(complaint, "updated"), NOON_TEXT);
	assert_null(text_in(complaint, "name"));
	assert_null(text_in(complaint, "address"));
	assert_null(text_in(complaint, "category"));
	assert_null(text_in(complaint, "answer"));
	assert_null(json_object_get(complaint, "pin"));
	assert_int_equal(store_show(fixture->reader, fixture->ticket, &one), 1);
	assert_string_equal(text_in(one, "uuid"), fixture->uuid);
	assert_string_equal(text_in(one, "text"), "lampu mati");
	json_t *none = NULL;
	assert_int_equal(store_show(fixture->reader, "003-999999-0", &none), 0);
	assert_null(none);
}

static void test_answer(void **state)
{
	struct fixture *fixture = *state;
	autojson json_t *one = NULL;

	open_complaint(fixture, "jalan rusak");
	autojson json_t *commands = json_pack("[{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s}]",
		"number", 1, "id", "123e4567-e89b-42d3-a456-426614174000", "type", "answer",
		"ticket", fixture->ticket, "uuid", fixture->uuid, "actor", "officer:budi", "time",
		NOON_TEXT, "text", "sudah diperbaiki");
	assert_int_equal(store_begin(fixture->store), 0);
	assert_int_equal(store_commands_take(fixture->store, &noon, commands), 1);
	assert_int_equal(store_commit(fixture->store), 0);
	assert_int_equal(store_show(fixture->reader, fixture->ticket, &one), 1);
	assert_string_equal(text_in(one, "answer"), "sudah diperbaiki");
}

static void test_inbox(void **state)
{
	struct fixture *fixture = *state;
	static const uint8_t broken[] = { 0xDE, 0xAD }, fresh[] = { 0x01 }, half[] = { 0x02 };
	const struct modem_decoded part = { .type = MODEM_DECODED_DELIVER,
		.address = SENDER,
		.text = { 'a' },
		.text_units = 1,
		.message_class = -1,
		.port = -1,
		.concat_reference = 7,
		.concat_total = 2,
		.concat_number = 1 };
	autojson json_t *list = NULL;
	int64_t id;

	assert_int_equal(store_begin(fixture->store), 0);
	assert_int_equal(
		store_pdu_add(fixture->store, &noon, "sim1", broken, sizeof(broken), &id), 1);
	assert_int_equal(store_pdu_unreadable(fixture->store, &noon, id, "address too long"), 0);
	assert_int_equal(store_pdu_add(fixture->store, &noon, "sim1", half, sizeof(half), &id), 1);
	assert_int_equal(store_part_add(fixture->store, id, SENDER, &part, noon.now_ms), 0);
	assert_int_equal(store_pdu_decoded(fixture->store, id), 0);
	assert_int_equal(
		store_pdu_add(fixture->store, &noon, "sim1", fresh, sizeof(fresh), &id), 1);
	assert_int_equal(store_commit(fixture->store), 0);
	assert_int_equal(store_list_inbox(fixture->reader, &list), 0);
	assert_int_equal(json_array_size(list), 3);
	const json_t *row;
	size_t index, unreadable = 0, raw = 0, waiting = 0;
	json_array_foreach (list, index, row) {
		const char *outcome = text_in(row, "outcome");
		assert_string_equal(text_in(row, "modem"), "sim1");
		assert_string_equal(text_in(row, "received"), NOON_TEXT);
		if (strcmp(outcome, "unreadable") == 0) {
			unreadable++;
			assert_string_equal(text_in(row, "reason"), "address too long");
			assert_string_equal(text_in(row, "pdu"), "dead");
		} else if (strcmp(outcome, "not decoded yet") == 0) {
			raw++;
			assert_string_equal(text_in(row, "pdu"), "01");
		} else {
			waiting++;
			assert_string_equal(outcome, "waiting for its other parts");
			assert_string_equal(text_in(row, "from"), SENDER);
			assert_int_equal(json_integer_value(json_object_get(row, "part")), 1);
			assert_int_equal(json_integer_value(json_object_get(row, "parts")), 2);
		}
	}
	assert_int_equal(unreadable * raw * waiting, 1);
}

static void test_outbox(void **state)
{
	struct fixture *fixture = *state;
	const struct outgoing_request request = { .recipient = SENDER,
		.text = "Aduan diterima",
		.purpose = "ticket",
		.priority = OUTGOING_TICKET,
		.lifetime_ms = 60000 };
	/* The first message of a new database, handed to a modem. */
	char recipient[] = SENDER, text[] = "Aduan diterima";
	const struct outgoing_part part = { .id = 1, .recipient = recipient, .text = text };
	autojson json_t *list = NULL;

	assert_int_equal(store_begin(fixture->store), 0);
	assert_int_equal(store_outgoing_add(fixture->store, &noon, &request), 1);
	assert_int_equal(
		store_outgoing_submitting(fixture->store, noon.now_ms, &part, 1, "sim1"), 0);
	assert_int_equal(store_commit(fixture->store), 0);
	assert_int_equal(store_list_outbox(fixture->reader, &list), 0);
	assert_int_equal(json_array_size(list), 1);
	const json_t *message = json_array_get(list, 0);
	assert_string_equal(text_in(message, "to"), SENDER);
	assert_string_equal(text_in(message, "text"), "Aduan diterima");
	assert_string_equal(text_in(message, "purpose"), "ticket");
	assert_string_equal(text_in(message, "created"), NOON_TEXT);
	const json_t *parts = json_object_get(message, "parts");
	assert_int_equal(json_array_size(parts), 1);
	assert_string_equal(text_in(json_array_get(parts, 0), "state"), "submitting");
	assert_int_equal(
		json_integer_value(json_object_get(json_array_get(parts, 0), "number")), 1);
}

/* Listed events are the stored ones: their hashes can be computed again from the listing. */
static void test_events(void **state)
{
	struct fixture *fixture = *state;
	char previous[HASH_SIZE] = EVENT_GENESIS;
	int64_t epoch = 0, seq = 0, count = 0;
	autojson json_t *of_ticket = NULL;

	open_complaint(fixture, "jalan rusak");
	open_complaint(fixture, "lampu mati");
	for (;;) {
		autojson json_t *page = NULL;
		char hash[HASH_SIZE];
		assert_int_equal(store_list_events(fixture->reader, epoch, seq, NULL, 1, &page), 0);
		if (json_array_size(page) == 0)
			break;
		const json_t *event = json_array_get(page, 0);
		assert_null(event_fault(event));
		assert_int_equal(event_hash(event, previous, hash), 0);
		assert_string_equal(hash, text_in(event, "hash"));
		memcpy(previous, hash, sizeof(previous));
		epoch = json_integer_value(json_object_get(event, "epoch"));
		seq = json_integer_value(json_object_get(event, "seq"));
		count++;
	}
	assert_int_equal(count, 3); /* the epoch and two complaints */
	assert_int_equal(
		store_list_events(fixture->reader, 0, 0, fixture->ticket, 100, &of_ticket), 0);
	assert_int_equal(json_array_size(of_ticket), 1);
	assert_string_equal(text_in(json_array_get(of_ticket, 0), "type"), "complaint.received");
}

static void test_queue_counts(void **state)
{
	struct fixture *fixture = *state;
	autojson json_t *queue = NULL;

	open_complaint(fixture, "jalan rusak");
	assert_int_equal(store_queue_counts(fixture->reader, &queue), 0);
	assert_int_equal(json_integer_value(json_object_get(queue, "complaints")), 1);
	assert_int_equal(json_integer_value(json_object_get(queue, "open")), 1);
	assert_int_equal(json_integer_value(json_object_get(queue, "unsynced")), 2);
	assert_int_equal(json_integer_value(json_object_get(queue, "outgoing")), 0);
	assert_true(json_is_null(json_object_get(queue, "last_contact")));
	assert_int_equal(store_quick_check(fixture->reader), 1);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_nothing_yet),
		WITH_STORE(test_complaints),
		WITH_STORE(test_answer),
		WITH_STORE(test_inbox),
		WITH_STORE(test_outbox),
		WITH_STORE(test_events),
		WITH_STORE(test_queue_counts),
	};

	if (sodium_init() < 0)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("kotakctl listing", tests, NULL, NULL);
}
