/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sync leaves in the store, fed with what a broken or hostile server could say. */
#include "tests/unit/sync_fixture.h"

#define UUID_A "0b0e5b9c-0000-4000-8000-00000000000a"
#define UUID_B "0b0e5b9c-0000-4000-8000-00000000000b"

static int take(struct world *world, const char *text)
{
	autojson json_t *commands = json_loads(text, JSON_ALLOW_NUL, NULL);

	assert_non_null(commands);
	assert_int_equal(store_begin(world->store), 0);
	int taken = store_commands_take(world->store, &world->moment, commands);
	assert_int_equal(store_commit(world->store), 0);
	return taken;
}

static int restore(struct world *world, const char *text)
{
	autojson json_t *complaints = json_loads(text, JSON_ALLOW_NUL, NULL);

	assert_non_null(complaints);
	assert_int_equal(store_begin(world->store), 0);
	int added = store_complaints_restore(world->store, &world->moment, complaints);
	assert_int_equal(store_commit(world->store), 0);
	return added;
}

static void new_database_has_no_place(void **state)
{
	struct world *world = *state;
	struct sync_place place = place_of(world);

	assert_int_equal(place.acked_epoch, 0);
	assert_int_equal(place.offered_seq, 0);
	assert_int_equal(place.command_number, 0);
	assert_false(place.restoring);
	assert_int_equal(waiting(world), 0);
}

static void waiting_counts_over_epochs(void **state)
{
	struct world *world = *state;

	complain_many(world, 9);
	assert_int_equal(waiting(world), 10);
	assert_int_equal(store_begin(world->store), 0);
	assert_int_equal(store_sync_acked(world->store, 1, 4), 0);
	assert_int_equal(waiting(world), 6);
	assert_int_equal(store_epoch_start(world->store, &world->moment, 5, 6, "restored"), 0);
	/* Two of epoch 1; epoch.started and the four restated in epoch 5. */
	assert_int_equal(waiting(world), 7);
	assert_int_equal(store_sync_acked(world->store, 5, 1), 0);
	assert_int_equal(waiting(world), 4);
	assert_int_equal(store_commit(world->store), 0);

	struct epoch_span span;
	assert_int_equal(store_epoch_span(world->store, 2, &span), 1);
	assert_int_equal(span.number, 5);
	assert_int_equal(span.limit, 5);
	assert_int_equal(store_epoch_span(world->store, 1, &span), 1);
	assert_int_equal(span.last, 10);
	assert_int_equal(span.limit, 6);
	assert_int_equal(store_epoch_span(world->store, 6, &span), 0);
}

static void commands_and_cursor(void **state)
{
	struct world *world = *state;

	assert_int_equal(
		take(world, "[{\"number\": 3, \"id\": \"" UUID_A "\", \"type\": \"x\"}]"), 1);
	assert_int_equal(
		take(world, "[{\"number\": 3, \"id\": \"" UUID_A "\", \"type\": \"x\"}]"), 0);
	assert_int_equal(place_of(world).command_number, 3);
	assert_string_equal(place_of(world).command_id, UUID_A);
	/* A restored server numbers anew: what counts is the id; the cursor never goes back. */
	assert_int_equal(
		take(world, "[{\"number\": 1, \"id\": \"" UUID_B "\", \"type\": \"x\"}]"), 1);
	assert_int_equal(place_of(world).command_number, 3);
	assert_string_equal(place_of(world).command_id, UUID_A);
}

static void strange_commands_block_nothing(void **state)
{
	struct world *world = *state;
	autofree char *long_text = malloc(200001);

	assert_int_equal(take(world, "[null, 7, {}, {\"number\": \"1\", \"id\": \"a\"},"
				     " {\"number\": 1}, {\"number\": 2, \"id\": \"\"},"
				     " {\"number\": -3, \"id\": \"b\"},"
				     " {\"number\": 4, \"id\": \"a&b=c\", \"type\": 7},"
				     " {\"number\": 5, \"id\": \"e\", \"type\": \"nul\\u0000\"}]"),
		2);
	assert_int_equal(place_of(world).command_number, 5);
	assert_string_equal(place_of(world).command_id, "e");

	assert_non_null(long_text);
	memset(long_text, 'x', 200000);
	long_text[200000] = '\0';
	autofree char *text = NULL;
	assert_true(asprintf(&text,
			    "[{\"number\": 6, \"id\": \"f&g\", \"text\": \"%s\"},"
			    " {\"number\": 7, \"id\": \"%s\"}]",
			    long_text, long_text) > 0);
	assert_int_equal(take(world, text), 1);
	/* An id that can't stand in an address isn't in the cursor. */
	assert_int_equal(place_of(world).command_number, 7);
	assert_string_equal(place_of(world).command_id, "");

	/* Every one that was kept can be read back. */
	for (int i = 0; i < 3; i++) {
		autojson json_t *body = NULL;
		assert_int_equal(store_begin(world->store), 0);
		assert_int_equal(store_command_next(world->store, &body), 1);
		assert_int_equal(
			store_command_end(world->store, &world->moment, body, "unknown"), 0);
		assert_int_equal(store_commit(world->store), 0);
	}
	autojson json_t *none = NULL;
	assert_int_equal(store_command_next(world->store, &none), 0);
}

static void place_moves_forward_only(void **state)
{
	struct world *world = *state;

	assert_int_equal(take(world, "[{\"number\": 3, \"id\": \"" UUID_A "\"}]"), 1);
	assert_int_equal(store_begin(world->store), 0);
	assert_int_equal(store_commands_place(world->store, 2, UUID_B), 0);
	assert_int_equal(place_of(world).command_number, 3);
	assert_int_equal(store_commands_place(world->store, 9, UUID_B), 0);
	assert_int_equal(place_of(world).command_number, 9);
	assert_int_equal(store_commit(world->store), 0);
	/* What was acted on in the life that was lost isn't acted on again. */
	assert_int_equal(take(world, "[{\"number\": 8, \"id\": \"again\"}]"), 0);
	assert_int_equal(take(world, "[{\"number\": 10, \"id\": \"new\"}]"), 1);
}

static void common_event(void **state)
{
	struct world *world = *state;
	char second[HASH_SIZE], third[HASH_SIZE];
	int64_t common;

	complain_many(world, 5);
	assert_int_equal(store_event_digest(world->store, 1, 2, second), 1);
	assert_int_equal(store_event_digest(world->store, 1, 3, third), 1);
	assert_int_equal(store_event_digest(world->store, 1, 7, third), 0);
	autojson json_t *hashes = json_pack("{s:s, s:s, s:s, s:i, s:s}", "2", second, "3", third,
		"4", EVENT_GENESIS, "5", 5, "x", third);
	assert_int_equal(store_log_common(world->store, 1, hashes, 0, &common), 0);
	assert_int_equal(common, 3);
	assert_int_equal(store_log_common(world->store, 2, hashes, 17, &common), 0);
	assert_int_equal(common, 17);
}

static void snapshot_comes_back(void **state)
{
	struct world *world = *state;
	struct complaint complaint = { 0 };
	char ticket[TICKET_SIZE];
	autofree char *text = NULL;

	assert_int_equal(ticket_format(ticket, 3, 77), 0);
	assert_true(
		asprintf(&text,
			"[{\"uuid\": \"" UUID_A "\", \"ticket\": \"%s\", \"state\": \"assigned\","
			" \"channel\": \"whatsapp\", \"from\": \"+62811\", \"name\": \"Siti\","
			" \"address\": null, \"text\": \"Jalan rusak\", \"pin\": \"0042\","
			" \"language\": \"jv\", \"created\": \"2026-11-24T10:00:00.000Z\","
			" \"due\": \"2026-12-03\"}]",
			ticket) > 0);
	assert_int_equal(restore(world, text), 1);
	assert_int_equal(restore(world, text), 0);
	assert_int_equal(store_complaint_find(world->store, ticket, &complaint), 1);
	assert_string_equal(complaint.uuid, UUID_A);
	assert_int_equal(complaint.state, STATE_ASSIGNED);
	assert_string_equal(complaint.channel, "desk");
	assert_string_equal(complaint.sender, "+62811");
	assert_string_equal(complaint.name, "Siti");
	assert_null(complaint.address);
	assert_string_equal(complaint.pin, "0042");
	assert_int_equal(complaint.created_ms, 1795514400000);
	complaint_release(&complaint);
	/* Its number isn't given again. */
	complain(world, "+628110000002", ticket);
	assert_int_equal(ticket_serial(ticket), 78);
}

static void hostile_snapshot(void **state)
{
	static const char *const members[] = {
		"\"uuid\": \"../../etc\"",
		"\"uuid\": \"0B0E5B9C-0000-4000-8000-00000000000A\"",
		"\"uuid\": 7",
		"\"ticket\": \"003-000077-0\"",
		"\"ticket\": \"0030000779\"",
		"\"ticket\": null",
		"\"state\": \"exploded\"",
		"\"state\": \"received\\u0000\"",
	};
	static const char *const harmless[] = {
		"\"channel\": 7",
		"\"pin\": \"12345\"",
		"\"pin\": \"12a4\"",
		"\"from\": \"+628110000000000000000000000000000000000000000000000000000000\"",
		"\"text\": \"a\\u0000b\"",
		"\"created\": \"yesterday\"",
		"\"name\": {}",
		"\"language\": \"a language with a long name\"",
	};
	struct world *world = *state;
	char ticket[TICKET_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		autofree char *text = NULL;
		autojson json_t *all = NULL;
		autojson json_t *changed = NULL;
		autojson json_t *list = json_array();
		assert_int_equal(ticket_format(ticket, 3, 77), 0);
		all = json_pack(
			"{s:s, s:s, s:s}", "uuid", UUID_A, "ticket", ticket, "state", "received");
		assert_true(asprintf(&text, "{%s}", members[i]) > 0);
		changed = json_loads(text, JSON_ALLOW_NUL, NULL);
		assert_non_null(changed);
		json_object_update(all, changed);
		json_array_append(list, all);
		json_array_append_new(list, json_null());
		autofree char *whole = json_dumps(list, 0);
		assert_int_equal(restore(world, whole), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++) {
		autofree char *text = NULL;
		assert_int_equal(ticket_format(ticket, 3, (uint32_t)(100 + i)), 0);
		assert_true(asprintf(&text,
				    "[{\"uuid\": \"0b0e5b9c-0000-4000-8000-00000000010%zu\","
				    " \"ticket\": \"%s\", \"state\": \"received\", %s}]",
				    i, ticket, harmless[i]) > 0);
		assert_int_equal(restore(world, text), 1);
	}
	assert_int_equal(restore(world, "{}"), 0);
	assert_int_equal(restore(world, "[[], 7, \"x\"]"), 0);
}

static void same_ticket_is_left_out(void **state)
{
	struct world *world = *state;
	char ticket[TICKET_SIZE], other[TICKET_SIZE];
	autofree char *text = NULL;

	complain(world, "+628110000002", ticket);
	assert_int_equal(ticket_format(other, 3, 77), 0);
	assert_true(
		asprintf(&text,
			"[{\"uuid\": \"" UUID_A "\", \"ticket\": \"%s\", \"state\": \"closed\"},"
			" {\"uuid\": \"" UUID_B "\", \"ticket\": \"%s\", \"state\": \"closed\"}]",
			ticket, other) > 0);
	assert_int_equal(restore(world, text), 1);
	assert_true(place_of(world).collided);
	assert_int_equal(kiosk_complaints(world), 2);
}

static void contact_and_restore_place(void **state)
{
	struct world *world = *state;

	assert_int_equal(store_begin(world->store), 0);
	assert_int_equal(store_sync_contact(world->store, 5000, ""), 0);
	assert_int_equal(store_sync_contact(world->store, 0, "no network"), 0);
	assert_int_equal(store_sync_restore(world->store, ""), 0);
	assert_int_equal(place_of(world).contact_ms, 5000);
	assert_true(place_of(world).restoring);
	assert_string_equal(place_of(world).restore_after, "");
	assert_int_equal(store_sync_restore(world->store, UUID_A), 0);
	assert_string_equal(place_of(world).restore_after, UUID_A);
	assert_int_equal(store_sync_restore(world->store, NULL), 0);
	assert_false(place_of(world).restoring);
	assert_int_equal(store_sync_offered(world->store, 2, 8), 0);
	assert_int_equal(place_of(world).offered_epoch, 2);
	assert_int_equal(place_of(world).offered_seq, 8);
	assert_int_equal(store_commit(world->store), 0);
}

#define world_test(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(new_database_has_no_place),
		world_test(waiting_counts_over_epochs),
		world_test(commands_and_cursor),
		world_test(strange_commands_block_nothing),
		world_test(place_moves_forward_only),
		world_test(common_event),
		world_test(snapshot_comes_back),
		world_test(hostile_snapshot),
		world_test(same_ticket_is_left_out),
		world_test(contact_and_restore_place),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
