/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Backups put back: the server's, the kiosk's card, both, and servers that know little. */
#include "tests/unit/sync_fixture.h"

static int64_t present_epoch(struct world *world)
{
	int64_t epoch, seq;
	char hash[HASH_SIZE];

	assert_int_equal(store_log_head(world->store, &epoch, &seq, hash), 0);
	return epoch;
}

static void expect_chain(struct world *world)
{
	int64_t count;
	autofree char *fault = NULL;

	assert_int_equal(store_verify(world->store, &count, &fault), 0);
}

/* Every event of the kiosk that is to be there is at the server, by its id. */
static void expect_all_there(struct world *world)
{
	struct epoch_span span;

	for (int64_t number = 0; store_epoch_span(world->store, number, &span) == 1;
		number = span.number + 1) {
		autojson json_t *events = NULL;
		json_t *event;
		size_t index;
		assert_int_equal(
			store_events_after(world->store, span.number, 0, 100000, SIZE_MAX, &events),
			0);
		json_array_foreach (events, index, event) {
			if (strcmp(event_text(event, "type"), "epoch.started") != 0)
				assert_true(server_knows(&world->server, event_text(event, "id")));
		}
	}
}

static void settle(struct world *world)
{
	run_for(world, 15000);
	assert_int_equal(waiting(world), 0);
	assert_false(place_of(world).restoring);
	expect_chain(world);
	expect_all_there(world);
}

static void server_put_back(void **state)
{
	struct world *world = *state;

	complain_many(world, 40);
	settle(world);
	autojson json_t *backup = json_deep_copy(world->server.epochs);
	complain_many(world, 60);
	settle(world);
	/* While the long poll is held, nothing but its end tells. */
	world->server.down = true;
	const struct uplink_request *poll = uplink_sim_find(world->uplink, "/v1/kiosk/commands");
	assert_non_null(poll);
	assert_int_equal(uplink_sim_fail(world->uplink, poll->tag, "reset", false), 0);
	run_for(world, 1000);
	json_decref(world->server.epochs);
	world->server.epochs = json_incref(backup);
	world->server.down = false;
	settle(world);
	assert_int_equal(server_last(&world->server, 1), 101);
	assert_int_equal(present_epoch(world), 1);
	expect_same_log(world, 1);
}

static void server_lost_all(void **state)
{
	struct world *world = *state;

	complain_many(world, 250);
	settle(world);
	json_object_clear(world->server.epochs);
	complain_many(world, 1);
	settle(world);
	assert_int_equal(server_last(&world->server, 1), 252);
	expect_same_log(world, 1);
}

static void put_card_back(struct world *world, int before, int lost, int late)
{
	complain_many(world, before);
	settle(world);
	card_copy(world, false);
	run_for(world, 100);
	complain_many(world, lost);
	settle(world);
	card_copy(world, true);
	complain_many(world, late);
	settle(world);
	assert_int_equal(present_epoch(world), 2);
}

static void card_put_back(void **state)
{
	struct world *world = *state;
	char ticket[TICKET_SIZE];

	put_card_back(world, 10, 7, 0);
	assert_int_equal(kiosk_complaints(world), 17);
	assert_int_equal(json_array_size(world->server.complaints), 17);
	complain(world, "+628110000002", ticket);
	assert_true(ticket_serial(ticket) > TICKET_RESTORE_JUMP);
	settle(world);
	assert_int_equal(json_array_size(world->server.complaints), 18);
}

/* Written before the first contact: their numbers are taken at the server. */
static void card_put_back_and_used(void **state)
{
	struct world *world = *state;

	put_card_back(world, 10, 7, 5);
	assert_int_equal(json_array_size(world->server.complaints), 22);
	/* Five are left out here until the server has renumbered. */
	assert_int_equal(kiosk_complaints(world), 17);
	assert_true(place_of(world).collided);

	for (int i = 0; i < 5; i++) {
		struct complaint complaint = { 0 };
		char ticket[TICKET_SIZE];
		assert_int_equal(ticket_format(ticket, 3, (uint32_t)(11 + i)), 0);
		assert_int_equal(store_begin(world->store), 0);
		assert_int_equal(store_complaint_find(world->store, ticket, &complaint), 1);
		assert_int_equal(ticket_format(ticket, 3, (uint32_t)(900000 + i)), 0);
		assert_int_equal(store_complaint_renumber(
					 world->store, &world->moment, &complaint, ticket, NULL),
			0);
		assert_int_equal(store_commit(world->store), 0);
		complaint_release(&complaint);
	}
	json_array_append_new(world->server.commands,
		json_pack("{s:i, s:s, s:s}", "number", 1, "id",
			"0b0e5b9c-0000-4000-8000-000000000001", "type", "renumber"));
	settle(world);
	assert_int_equal(kiosk_complaints(world), 22);
	assert_false(place_of(world).collided);
}

/* More than it lost was written before the first contact: only hashes, or a mark, can tell. */
static void card_put_back_and_much_used(void **state)
{
	struct world *world = *state;

	put_card_back(world, 10, 7, 30);
	assert_int_equal(json_array_size(world->server.complaints), 47);
}

static void minimal_server(void **state)
{
	struct world *world = *state;

	world->server.minimal = true;
	put_card_back(world, 10, 7, 30);
	assert_int_equal(json_array_size(world->server.complaints), 47);
	assert_int_equal(server_last(&world->server, 1), 18);
}

static void minimal_server_same_copy_twice(void **state)
{
	struct world *world = *state;

	world->server.minimal = true;
	put_card_back(world, 10, 7, 30);
	card_copy(world, true);
	complain_many(world, 60);
	settle(world);
	assert_int_equal(present_epoch(world), 3);
	assert_int_equal(json_array_size(world->server.complaints), 107);
}

static void same_copy_twice(void **state)
{
	struct world *world = *state;

	put_card_back(world, 10, 7, 3);
	card_copy(world, true);
	complain_many(world, 4);
	settle(world);
	assert_int_equal(present_epoch(world), 3);
	assert_int_equal(json_array_size(world->server.complaints), 24);
}

static void new_card_without_anything(void **state)
{
	struct world *world = *state;

	complain_many(world, 30);
	settle(world);
	world_close(world);
	remove_tree(world->folder);
	mkdir(world->folder, 0700);
	assert_int_equal(token_write(world->token_file, TEST_TOKEN), 0);
	world_open(world);
	complain_many(world, 1);
	settle(world);
	assert_int_equal(present_epoch(world), 2);
	/* The first number was given again; the other 29 are back. */
	assert_int_equal(kiosk_complaints(world), 30);
	assert_int_equal(json_array_size(world->server.complaints), 31);
}

static void both_put_back(void **state)
{
	struct world *world = *state;

	complain_many(world, 10);
	settle(world);
	autojson json_t *backup = json_deep_copy(world->server.epochs);
	complain_many(world, 10);
	settle(world);
	card_copy(world, false);
	run_for(world, 100);
	complain_many(world, 10);
	settle(world);
	card_copy(world, true);
	json_decref(world->server.epochs);
	world->server.epochs = json_incref(backup);
	complain_many(world, 2);
	settle(world);
	/* The server is older than the card: nothing forked. */
	assert_int_equal(present_epoch(world), 1);
	expect_same_log(world, 1);
}

static void put_server_back_over_epochs(struct world *world)
{

	complain_many(world, 5);
	settle(world);
	autojson json_t *backup = json_deep_copy(world->server.epochs);
	put_card_back(world, 5, 7, 3);
	json_decref(world->server.epochs);
	world->server.epochs = json_incref(backup);
	card_copy(world, false);
	complain_many(world, 2);
	settle(world);
	assert_int_equal(present_epoch(world), 2);
	assert_int_equal(server_newest(&world->server), 2);
	expect_same_log(world, 2);
}

static void server_put_back_over_epochs(void **state)
{
	put_server_back_over_epochs(*state);
}

static void server_put_back_over_epochs_names_newest(void **state)
{
	struct world *world = *state;

	world->server.names_newest = true;
	put_server_back_over_epochs(world);
}

static void server_lost_all_epochs(void **state)
{
	struct world *world = *state;

	put_card_back(world, 10, 7, 3);
	json_object_clear(world->server.epochs);
	complain_many(world, 2);
	settle(world);
	assert_int_equal(present_epoch(world), 2);
	expect_same_log(world, 1);
	expect_same_log(world, 2);
}

static void minimal_server_lost_all_epochs(void **state)
{
	struct world *world = *state;

	world->server.minimal = true;
	server_lost_all_epochs(state);
}

static void long_log_is_searched_quickly(void **state)
{
	struct world *world = *state;

	complain_many(world, 2500);
	settle(world);
	card_copy(world, false);
	run_for(world, 100);
	complain_many(world, 10);
	settle(world);
	card_copy(world, true);
	complain_many(world, 1200);
	/* Spoil the place that the search begins at. */
	assert_int_equal(store_begin(world->store), 0);
	assert_int_equal(store_sync_acked(world->store, 1, 0), 0);
	assert_int_equal(store_commit(world->store), 0);
	run_for(world, 60000);
	settle(world);
	assert_int_equal(present_epoch(world), 2);
	assert_in_range(world->server.hashes, 1, 12);
	struct epoch_span span;
	assert_int_equal(store_epoch_span(world->store, 1, &span), 1);
	assert_int_equal(span.limit, 2501);
}

static void restored_card_acts_on_no_old_command(void **state)
{
	struct world *world = *state;
	struct server *server = &world->server;

	complain_many(world, 3);
	settle(world);
	card_copy(world, false);
	for (int i = 1; i <= 4; i++) {
		char id[UUID_SIZE];
		snprintf(id, sizeof(id), "0b0e5b9c-0000-4000-8000-%012d", i);
		json_array_append_new(server->commands,
			json_pack("{s:i, s:s, s:s}", "number", i, "id", id, "type", "answer"));
	}
	settle(world);
	assert_int_equal(world->taken, 4);
	server->applied =
		json_pack("{s:i, s:s}", "number", 3, "id", "0b0e5b9c-0000-4000-8000-000000000003");
	card_copy(world, true);
	world->taken = 0;
	complain_many(world, 1);
	settle(world);
	/* Three were acted on before; the fourth comes (again). */
	assert_int_equal(world->taken, 1);
	assert_int_equal(place_of(world).command_number, 4);
}

/* A server put back numbers its commands from what it remembers: they come all the same. */
static void restored_server_numbers_anew(void **state)
{
	static const char *const ids[] = { "0b0e5b9c-0000-4000-8000-000000000001",
		"0b0e5b9c-0000-4000-8000-000000000002", "0b0e5b9c-0000-4000-8000-000000000003",
		"0b0e5b9c-0000-4000-8000-0000000000ff" };
	struct world *world = *state;
	struct server *server = &world->server;

	server->minimal = true;
	complain_many(world, 3);
	settle(world);
	autojson json_t *backup = json_deep_copy(server->epochs);
	complain_many(world, 3);
	for (int i = 1; i <= 3; i++)
		json_array_append_new(
			server->commands, json_pack("{s:i, s:s, s:s}", "number", i, "id",
						  ids[i - 1], "type", "answer"));
	settle(world);
	assert_int_equal(world->taken, 3);

	json_decref(server->epochs);
	server->epochs = json_incref(backup);
	json_array_remove(server->commands, 2);
	json_array_remove(server->commands, 1);
	json_array_append_new(server->commands,
		json_pack("{s:i, s:s, s:s}", "number", 2, "id", ids[3], "type", "answer"));
	complain_many(world, 1);
	settle(world);
	assert_int_equal(world->taken, 4);
	assert_int_equal(place_of(world).command_number, 2);
	assert_string_equal(place_of(world).command_id, ids[3]);
}

static void server_that_contradicts_itself(void **state)
{
	struct world *world = *state;
	size_t requests = 0;

	complain_many(world, 20);
	for (int64_t end = world->now_ms + 600000; world->now_ms < end;) {
		handle(world);
		const struct uplink_request *request = uplink_sim_find(world->uplink, "/");
		if (!request) {
			world->now_ms = sync_deadline(world->sync);
			continue;
		}
		const char *answer = requests++ % 2 ? "{\"expected\": 1}"
						    : "{\"expected\": 999, \"fork\": true}";
		assert_int_equal(uplink_sim_answer(world->uplink, request->tag,
					 strstr(request->path, "events") ? 409 : 404, answer),
			0);
	}
	assert_in_range(present_epoch(world), 2, 6);
	assert_in_range(requests, 10, 400);
	settle(world);
}

#define world_test(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(server_put_back),
		world_test(server_lost_all),
		world_test(card_put_back),
		world_test(card_put_back_and_used),
		world_test(card_put_back_and_much_used),
		world_test(minimal_server),
		world_test(minimal_server_same_copy_twice),
		world_test(same_copy_twice),
		world_test(new_card_without_anything),
		world_test(both_put_back),
		world_test(server_put_back_over_epochs),
		world_test(server_put_back_over_epochs_names_newest),
		world_test(server_lost_all_epochs),
		world_test(minimal_server_lost_all_epochs),
		world_test(long_log_is_searched_quickly),
		world_test(restored_card_acts_on_no_old_command),
		world_test(restored_server_numbers_anew),
		world_test(server_that_contradicts_itself),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
