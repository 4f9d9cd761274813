/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The exchange with the server on good and bad days, in virtual time. */
#include "tests/unit/sync_fixture.h"

static int64_t command_count(struct world *world)
{
	sqlite3_stmt *statement = NULL;

	assert_int_equal(
		store_query(world->store, &statement, "SELECT count(*) FROM command", ""), 0);
	assert_int_equal(store_step(world->store, statement), 1);
	int64_t count = sqlite3_column_int64(statement, 0);
	store_done(statement);
	return count;
}

static void officer_commands(struct world *world, int64_t number, const char *id, const char *type)
{
	assert_int_equal(
		json_array_append_new(world->server.commands,
			json_pack("{s:I, s:s, s:s, s:{s:[i]}}", "number", (json_int_t)number, "id",
				id, "type", type, "new", "member", 1)),
		0);
}

static struct sync_status status_of(struct world *world)
{
	struct sync_status status;

	assert_int_equal(sync_status(world->sync, &status), 0);
	return status;
}

static void goes_up_at_once(void **state)
{
	struct world *world = *state;

	run_for(world, 100);
	assert_int_equal(status_of(world).state, SYNC_UP);
	complain_many(world, 1);
	assert_true(sync_deadline(world->sync) <= world->now_ms);
	run_for(world, 5);
	assert_int_equal(waiting(world), 0);
	assert_int_equal(server_last(&world->server, 1), 2);
	expect_same_log(world, 1);
	assert_int_equal(status_of(world).contact_ms > 0, 1);
	assert_string_equal(status_of(world).trouble, "");
}

static void two_requests_at_most(void **state)
{
	struct world *world = *state;

	run_for(world, 100);
	complain_many(world, 5);
	handle(world);
	handle(world);
	complain_many(world, 5);
	handle(world);
	assert_int_equal(uplink_sim_count(world->uplink), 2);
}

static void idle_is_quiet(void **state)
{
	struct world *world = *state;

	run_for(world, 1000);
	size_t before = world->server.probes + world->server.batches + world->server.polls;
	run_for(world, 600000);
	size_t after = world->server.probes + world->server.batches + world->server.polls;
	assert_in_range(after - before, 10, 13);
}

static void outage_over_in_time(void **state)
{
	static const int64_t outages[] = { 8000, 120000, 590000 };
	struct world *world = *state;

	run_for(world, 100);
	for (size_t i = 0; i < ARRAY_SIZE(outages); i++) {
		world->server.down = true;
		complain_many(world, 200);
		run_for(world, outages[i]);
		assert_int_equal(status_of(world).state, SYNC_DOWN);
		assert_int_equal(status_of(world).waiting, i ? 200 : 201);
		world->server.down = false;
		run_for(world, 10000);
		assert_int_equal(waiting(world), 0);
		assert_int_equal(status_of(world).state, SYNC_UP);
	}
	assert_int_equal(json_array_size(world->server.complaints), 600);
	expect_same_log(world, 1);
}

static void retries_grow_rare(void **state)
{
	struct world *world = *state;
	int64_t most = 0;

	world->server.down = true;
	complain_many(world, 1);
	for (int hour = 0; hour < 24; hour++) {
		run_for(world, 3600000);
		int64_t since = sync_deadline(world->sync) - world->now_ms;
		most = since > most ? since : most;
	}
	assert_in_range(most, 5 * 60000, 15 * 60000);
	sync_wake(world->sync);
	assert_true(sync_deadline(world->sync) > world->now_ms);
	world->server.down = false;
	run_for(world, 15 * 60000);
	assert_int_equal(waiting(world), 0);
}

static void backoff_table(void **state)
{
	static const struct {
		unsigned failures;
		int64_t outage_ms;
		int64_t most;
	} table[] = {
		{ 0, 0, 1000 },
		{ 1, 0, 1000 },
		{ 2, 1000, 2000 },
		{ 3, 3000, 4000 },
		{ 4, 7000, 5000 },
		{ 100, 599999, 5000 },
		{ 100, 600000, 35000 },
		{ 100, 3600000, 185000 },
		{ 100, 18000000, 900000 },
		{ 4000000000, INT64_C(31536000000), 900000 },
	};
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		assert_int_equal(
			sync_backoff(table[i].failures, table[i].outage_ms, 0), table[i].most);
		for (uint32_t random = 1; random < 2000000000; random += 12345678)
			assert_in_range(sync_backoff(table[i].failures, table[i].outage_ms, random),
				table[i].most * 3 / 4, table[i].most);
	}
}

static void lost_answer_doubles_nothing(void **state)
{
	struct world *world = *state;

	run_for(world, 100);
	world->server.lose_answers = true;
	complain_many(world, 50);
	run_for(world, 20);
	assert_int_equal(server_last(&world->server, 1), 51);
	assert_int_equal(waiting(world), 51);
	world->server.lose_answers = false;
	run_for(world, 10000);
	assert_int_equal(waiting(world), 0);
	assert_int_equal(server_last(&world->server, 1), 51);
	assert_int_equal(place_of(world).acked_epoch, 1);
	expect_same_log(world, 1);
}

static void batch_halves_and_grows(void **state)
{
	struct world *world = *state;

	run_for(world, 100);
	world->server.most_events = 13;
	complain_many(world, 300);
	run_for(world, 20000);
	assert_int_equal(waiting(world), 0);
	assert_in_range(world->server.largest, 100, 200);
	world->server.most_events = 0;
	world->server.largest = 0;
	complain_many(world, 900);
	run_for(world, 5000);
	assert_int_equal(waiting(world), 0);
	assert_in_range(world->server.largest, 50, 200);
}

static void timeout_halves_the_batch(void **state)
{
	struct world *world = *state;
	const struct uplink_request *request;
	size_t sizes[3];

	run_for(world, 100);
	complain_many(world, 300);
	for (size_t i = 0; i < ARRAY_SIZE(sizes);) {
		handle(world);
		request = uplink_sim_find(world->uplink, "/v1/kiosk/events");
		if (request && !strstr(request->body, "\"events\":[]")) {
			autojson json_t *batch = json_loads(request->body, 0, NULL);
			sizes[i++] = json_array_size(json_object_get(batch, "events"));
			assert_int_equal(uplink_sim_fail(world->uplink, request->tag,
						 "Operation timed out", false),
				0);
			continue;
		}
		if (!request || !server_step(world))
			world->now_ms += 100;
	}
	assert_in_range(sizes[0], 50, 200);
	assert_in_range(sizes[1], sizes[0] / 2 - 1, sizes[0] / 2 + 1);
	assert_in_range(sizes[2], sizes[0] / 4 - 1, sizes[0] / 4 + 1);
	run_for(world, 30000);
	assert_int_equal(waiting(world), 0);
}

static void refused_event_is_said(void **state)
{
	struct world *world = *state;

	run_for(world, 100);
	world->server.poison_seq = 40;
	complain_many(world, 100);
	run_for(world, 60000);
	assert_int_equal(place_of(world).acked_seq, 39);
	struct sync_status status = status_of(world);
	assert_int_equal(status.state, SYNC_UP);
	assert_non_null(strstr(status.trouble, "event 40 of epoch 1"));

	/* Commands still come, and what was sent isn't sent over and over. */
	officer_commands(world, 1, "0b0e5b9c-0000-4000-8000-000000000001", "state");
	size_t before = world->server.batches;
	run_for(world, 600000);
	assert_int_equal(world->taken, 1);
	assert_true(world->server.batches - before < 140);
	world->server.poison_seq = 0;
	run_for(world, 120000);
	assert_int_equal(waiting(world), 0);
	assert_string_equal(status_of(world).trouble, "");
}

static void server_errors_are_waited_out(void **state)
{
	struct world *world = *state;

	run_for(world, 100);
	world->server.status = 503;
	complain_many(world, 3);
	run_for(world, 60000);
	assert_non_null(strstr(status_of(world).trouble, "503"));
	world->server.status = 0;
	run_for(world, 10000);
	assert_int_equal(waiting(world), 0);
	assert_string_equal(status_of(world).trouble, "");
}

static void enrolment_later(void **state)
{
	struct world *world = *state;

	unlink(world->token_file);
	complain_many(world, 2);
	run_for(world, 60000);
	assert_int_equal(uplink_sim_count(world->uplink), 0);
	assert_int_equal(status_of(world).state, SYNC_NOT_ENROLLED);
	assert_non_null(strstr(status_of(world).trouble, "kotakctl enroll"));
	assert_true(sync_deadline(world->sync) - world->now_ms > 500);
	assert_int_equal(token_write(world->token_file, TEST_TOKEN), 0);
	run_for(world, 6000);
	assert_int_equal(status_of(world).state, SYNC_UP);
	assert_int_equal(waiting(world), 0);
}

static void revoked_then_enrolled_again(void **state)
{
	static const char other[] =
		"ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
	struct world *world = *state;

	run_for(world, 100);
	assert_int_equal(token_write(world->token_file, other), 0);
	complain_many(world, 1);
	handle(world);
	const struct uplink_request *request = uplink_sim_find(world->uplink, "/v1/kiosk/events");
	assert_non_null(request);
	assert_string_equal(request->token, other);
	assert_int_equal(uplink_sim_answer(world->uplink, request->tag, 403, "{}"), 0);
	handle(world);
	assert_int_equal(status_of(world).state, SYNC_REFUSED);
	assert_non_null(strstr(status_of(world).trouble, "enrol"));
	assert_int_equal(uplink_sim_count(world->uplink), 0);
	run_for(world, 30000);
	assert_int_equal(uplink_sim_count(world->uplink), 0);
	assert_int_equal(token_write(world->token_file, TEST_TOKEN), 0);
	run_for(world, 6000);
	assert_int_equal(status_of(world).state, SYNC_UP);
	assert_int_equal(waiting(world), 0);
}

static void bad_token_file_is_said(void **state)
{
	struct world *world = *state;
	autofile FILE *file = fopen(world->token_file, "w");

	assert_non_null(file);
	fputs("nonsense\n", file);
	fflush(file);
	run_for(world, 1000);
	assert_int_equal(status_of(world).state, SYNC_NOT_ENROLLED);
	assert_non_null(strstr(status_of(world).trouble, world->token_file));
}

static void certificate_is_said(void **state)
{
	struct world *world = *state;

	handle(world);
	const struct uplink_request *request = uplink_sim_find(world->uplink, "/v1/kiosk/events");
	assert_non_null(request);
	assert_int_equal(
		uplink_sim_fail(world->uplink, request->tag, "certificate expired", true), 0);
	handle(world);
	assert_int_equal(status_of(world).state, SYNC_DOWN);
	assert_non_null(strstr(status_of(world).trouble, "clock"));
}

static void commands_come_once(void **state)
{
	struct world *world = *state;

	run_for(world, 100);
	officer_commands(world, 1, "0b0e5b9c-0000-4000-8000-000000000001", "answer");
	officer_commands(world, 2, "0b0e5b9c-0000-4000-8000-000000000002", "from the future");
	run_for(world, 10);
	assert_int_equal(world->taken, 2);
	assert_int_equal(place_of(world).command_number, 2);
	assert_string_equal(place_of(world).command_id, "0b0e5b9c-0000-4000-8000-000000000002");
	/* The server's other answers repeat what it doesn't know to be applied. */
	complain_many(world, 3);
	run_for(world, 60000);
	assert_int_equal(world->taken, 2);
	assert_int_equal(command_count(world), 2);
}

static void poll_names_the_cursor(void **state)
{
	struct world *world = *state;

	run_for(world, 100);
	officer_commands(world, 7, "0b0e5b9c-0000-4000-8000-000000000007", "answer");
	run_for(world, 10);
	const struct uplink_request *request = uplink_sim_find(world->uplink, "/v1/kiosk/commands");
	assert_non_null(request);
	assert_string_equal(request->path,
		"/v1/kiosk/commands?after=7&id=0b0e5b9c-0000-4000-8000-000000000007&wait=50");
}

static void without_poll_by_other_answers(void **state)
{
	struct world *world = *state;

	world->server.no_poll = true;
	world->server.minimal = true;
	run_for(world, 1000);
	officer_commands(world, 1, "c1", "answer");
	run_for(world, 61000);
	assert_int_equal(world->taken, 1);
	size_t before = world->server.probes;
	run_for(world, 600000);
	assert_in_range(world->server.probes - before, 8, 14);
}

static void stumbling_over_the_probe(void **state)
{
	struct world *world = *state;

	world->server.no_probe = true;
	world->server.minimal = true;
	complain_many(world, 3);
	run_for(world, 10000);
	assert_int_equal(waiting(world), 0);
	assert_int_equal(status_of(world).state, SYNC_UP);
	assert_string_equal(status_of(world).trouble, "");
	/* After an outage without anything to send, commands come all the same. */
	world->server.down = true;
	const struct uplink_request *poll = uplink_sim_find(world->uplink, "/v1/kiosk/commands");
	assert_non_null(poll);
	assert_int_equal(uplink_sim_fail(world->uplink, poll->tag, "reset", false), 0);
	run_for(world, 60000);
	assert_int_equal(status_of(world).state, SYNC_DOWN);
	assert_true(sync_deadline(world->sync) > world->now_ms);
	world->server.down = false;
	officer_commands(world, 1, "c1", "answer");
	run_for(world, 10000);
	assert_int_equal(world->taken, 1);
	assert_int_equal(status_of(world).state, SYNC_UP);
	complain_many(world, 1);
	run_for(world, 1000);
	assert_int_equal(waiting(world), 0);
	/* Nor does it spin where the poll is missing, too. */
	world->server.no_poll = true;
	poll = uplink_sim_find(world->uplink, "/v1/kiosk/commands");
	assert_int_equal(uplink_sim_answer(world->uplink, poll->tag, 404, NULL), 0);
	handle(world);
	for (int i = 0; i < 5; i++) {
		world->now_ms += 61000;
		handle(world);
		assert_true(sync_deadline(world->sync) > world->now_ms);
	}
}

static void impatient_server_is_not_flooded(void **state)
{
	struct world *world = *state;
	size_t polls = 0;
	int64_t end = world->now_ms + 120000;

	while (world->now_ms < end) {
		handle(world);
		const struct uplink_request *poll =
			uplink_sim_find(world->uplink, "/v1/kiosk/commands");
		if (poll) {
			polls++;
			assert_int_equal(uplink_sim_answer(world->uplink, poll->tag, 200,
						 "{\"commands\": []}"),
				0);
		} else if (!server_step(world)) {
			world->now_ms += 100;
		}
	}
	assert_in_range(polls, 10, 20);
}

/* Stopped in good order it ends the poll, and may be there again before the next one. */
static void quick_restart_of_an_older_server_is_noticed(void **state)
{
	struct world *world = *state;

	complain_many(world, 3);
	run_for(world, 3000);
	assert_int_equal(waiting(world), 0);
	int64_t last = server_last(&world->server, 1);
	assert_int_equal(json_array_remove(server_epoch(&world->server, 1), (size_t)last - 1), 0);
	const struct uplink_request *poll = uplink_sim_find(world->uplink, "/v1/kiosk/commands");
	assert_non_null(poll);
	assert_int_equal(uplink_sim_answer(world->uplink, poll->tag, 200, "{\"commands\": []}"), 0);
	run_for(world, 3000);
	assert_int_equal(server_last(&world->server, 1), last);
	expect_same_log(world, 1);
}

static void nonsense_answers_are_survived(void **state)
{
	static const char *const answers[] = { "", "[]", "{}", "{\"acked\": \"7\"}",
		"{\"acked\": -1}", "{\"acked\": 2, \"commands\": 7}", "\xff\xfe", "null",
		"{\"acked\": 1e300}", "{\"acked\": 9223372036854775808}",
		"{\"acked\": 9223372036854775807}", "{\"expected\": 9223372036854775807}",
		"{\"expected\": -9223372036854775808}", "{\"expected\": 0}",
		"{\"epoch\": 9223372036854775807, \"expected\": 1}", "{\"hash\": \"x\"}",
		"{\"commands\": [null, 1, {}, {\"number\": 0}, {\"number\": 1}]}" };
	struct world *world = *state;

	complain_many(world, 3);
	for (size_t round = 0; round < 2 * ARRAY_SIZE(answers); round++) {
		const char *answer = answers[round / 2];
		const struct uplink_request *request;
		handle(world);
		while ((request = uplink_sim_find(world->uplink, "/")))
			assert_int_equal(uplink_sim_answer(world->uplink, request->tag,
						 round % 2 ? 409 : 200, answer),
				0);
		world->now_ms += 60000;
	}
	run_for(world, 100000);
	assert_int_equal(waiting(world), 0);
	assert_int_equal(command_count(world), 0);
	expect_same_log(world, 1);
}

static void restart_goes_on(void **state)
{
	struct world *world = *state;

	run_for(world, 100);
	complain_many(world, 30);
	world_close(world);
	world_open(world);
	run_for(world, 100);
	assert_int_equal(waiting(world), 0);
	assert_int_equal(server_last(&world->server, 1), 31);
	world_close(world);
	world_open(world);
	complain_many(world, 1);
	run_for(world, 100);
	assert_int_equal(server_last(&world->server, 1), 32);
}

#define world_test(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(goes_up_at_once),
		world_test(two_requests_at_most),
		world_test(idle_is_quiet),
		world_test(outage_over_in_time),
		world_test(retries_grow_rare),
		cmocka_unit_test(backoff_table),
		world_test(lost_answer_doubles_nothing),
		world_test(batch_halves_and_grows),
		world_test(timeout_halves_the_batch),
		world_test(refused_event_is_said),
		world_test(server_errors_are_waited_out),
		world_test(enrolment_later),
		world_test(revoked_then_enrolled_again),
		world_test(bad_token_file_is_said),
		world_test(certificate_is_said),
		world_test(commands_come_once),
		world_test(poll_names_the_cursor),
		world_test(without_poll_by_other_answers),
		world_test(stumbling_over_the_probe),
		world_test(impatient_server_is_not_flooded),
		world_test(quick_restart_of_an_older_server_is_noticed),
		world_test(nonsense_answers_are_survived),
		world_test(restart_goes_on),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
