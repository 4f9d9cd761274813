/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kiosk's database and sync in virtual time, with a server in memory behind the simulated
 * uplink. The server is as docs/sync.md describes it, or a minimal one that knows only events,
 * expected and commands.
 */
#ifndef KOTAK_TESTS_SYNC_FIXTURE_H
#define KOTAK_TESTS_SYNC_FIXTURE_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/log.h"
#include "store/complaint.h"
#include "sync/internal.h"
#include "uplink/uplink_sim.h"

#define TEST_TOKEN "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

struct server {
	json_t *epochs;	    /* {"1": [events]} */
	json_t *commands;   /* [{number, id, …}] */
	json_t *complaints; /* ordered by uuid */
	json_t *applied;    /* {number, id} or NULL */
	bool names_newest;  /* answers a gap with its newest epoch instead of the batch's */
	bool minimal;	    /* no hashes, no complaints, no members beyond the least */
	bool no_poll;
	bool no_probe; /* stumbles over an empty batch */
	bool down;
	int status;	    /* 0: as it should; else every answer is this */
	bool lose_answers;  /* applies what it gets, then the answer is lost */
	size_t most_events; /* 413 beyond, 0: any */
	int64_t poison_seq; /* 422 for batches with this event, 0: none */
	size_t batches, probes, polls, hashes, pages, refused, largest;
	int64_t last_request_ms;
};

struct world {
	char folder[64];
	char database[96];
	char token_file[96];
	struct store *store;
	struct uplink *uplink;
	struct sync *sync;
	struct server server;
	struct moment moment;
	int64_t now_ms;
	int64_t poll_ends_ms;
	int taken; /* commands that sync_handle told of */
};

static inline void world_open(struct world *world)
{
	const struct sync_config config = {
		.token_file = world->token_file, .kiosk = 3, .seed = 7
	};

	assert_int_equal(store_open(world->database, 3, &world->store), 0);
	assert_int_equal(uplink_sim_new(&world->uplink), 0);
	assert_int_equal(sync_new(world->store, world->uplink, &config, &world->sync), 0);
}

static inline void world_close(struct world *world)
{
	sync_free(world->sync);
	world->uplink->ops->close(world->uplink);
	store_close(world->store);
}

static inline int world_setup(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	log_open("test", LOG_CRIT);
	snprintf(world->folder, sizeof(world->folder), "/tmp/kotak-sync-XXXXXX");
	assert_non_null(mkdtemp(world->folder));
	snprintf(world->database, sizeof(world->database), "%s/kotak.db", world->folder);
	snprintf(world->token_file, sizeof(world->token_file), "%s/token", world->folder);
	assert_int_equal(token_write(world->token_file, TEST_TOKEN), 0);
	world->moment = (struct moment) { .now_ms = 1700000000000, .boot = 1 };
	world->now_ms = 1000;
	world->server.epochs = json_object();
	world->server.commands = json_array();
	world->server.complaints = json_array();
	world_open(world);
	*state = world;
	return 0;
}

static inline void remove_tree(const char *folder)
{
	static const char *const names[] = { "kotak.db", "kotak.db-wal", "kotak.db-shm",
		"kotak.db.lock", "token", "copy.db" };
	char path[160];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

static inline int world_teardown(void **state)
{
	struct world *world = *state;

	world_close(world);
	json_decref(world->server.epochs);
	json_decref(world->server.commands);
	json_decref(world->server.complaints);
	json_decref(world->server.applied);
	remove_tree(world->folder);
	free(world);
	return 0;
}

/* The server in memory */

static inline json_t *server_epoch(struct server *server, int64_t epoch)
{
	char key[24];

	snprintf(key, sizeof(key), "%" PRId64, epoch);
	return json_object_get(server->epochs, key);
}

static inline int64_t server_last(struct server *server, int64_t epoch)
{
	return (int64_t)json_array_size(server_epoch(server, epoch));
}

static inline int64_t server_newest(struct server *server)
{
	int64_t newest = 0;
	const char *key;
	json_t *events;

	json_object_foreach (server->epochs, key, events) {
		int64_t epoch = strtoll(key, NULL, 10);
		newest = epoch > newest ? epoch : newest;
	}
	return newest;
}

static inline const char *event_text(const json_t *event, const char *name)
{
	return json_string_value(json_object_get(event, name));
}

/* What the server learns from an event beyond keeping it. */
static inline void server_learn(struct server *server, const json_t *event)
{
	const char *type = event_text(event, "type");
	json_t *data = json_object_get(event, "data");
	const json_t *body = json_object_get(json_object_get(event, "personal"), "body");
	size_t i;

	if (strcmp(type, "command.applied") == 0) {
		json_decref(server->applied);
		server->applied = json_deep_copy(data);
	}
	if (strcmp(type, "complaint.received") != 0 && strcmp(type, "complaint.restored") != 0)
		return;
	const char *uuid = event_text(data, "uuid");
	for (i = 0; i < json_array_size(server->complaints); i++) {
		int order = strcmp(uuid, event_text(json_array_get(server->complaints, i), "uuid"));
		if (order == 0)
			return;
		if (order < 0)
			break;
	}
	json_t *complaint = json_deep_copy(body);
	json_object_update(complaint, data);
	json_object_set(complaint, "ticket", json_object_get(event, "ticket"));
	json_object_set(complaint, "created", json_object_get(event, "time"));
	json_object_set_new(complaint, "state", json_string("received"));
	assert_int_equal(json_array_insert_new(server->complaints, i, complaint), 0);
}

static inline bool server_knows(struct server *server, const char *id)
{
	const char *key;
	json_t *events, *event;
	size_t index;

	json_object_foreach (server->epochs, key, events) {
		json_array_foreach (events, index, event) {
			if (strcmp(event_text(event, "id"), id) == 0)
				return true;
		}
	}
	return false;
}

static inline void server_append(struct server *server, int64_t epoch, json_t *event)
{
	char key[24];

	assert_null(event_fault(event));
	if (!server_epoch(server, epoch)) {
		snprintf(key, sizeof(key), "%" PRId64, epoch);
		json_object_set_new(server->epochs, key, json_array());
	}
	assert_int_equal(
		json_integer_value(json_object_get(event, "seq")), server_last(server, epoch) + 1);
	json_array_append(server_epoch(server, epoch), event);
	server_learn(server, event);
}

static inline void server_say(struct world *world, uint64_t tag, int status, json_t *body)
{
	autofree char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;

	if (world->server.lose_answers)
		assert_int_equal(
			uplink_sim_fail(world->uplink, tag, "Operation timed out", false), 0);
	else
		assert_int_equal(uplink_sim_answer(world->uplink, tag, status, text), 0);
	json_decref(body);
}

static inline void server_conflict(struct world *world, uint64_t tag, int64_t epoch, bool fork)
{
	struct server *server = &world->server;
	int64_t last = server_last(server, epoch);
	json_t *body = json_pack("{s:I}", "expected", (json_int_t)last + 1);

	server->refused++;
	if (!server->minimal) {
		json_object_set_new(body, "epoch", json_integer(epoch));
		if (last)
			json_object_set(body, "hash",
				json_object_get(json_array_get(server_epoch(server, epoch),
							(size_t)last - 1),
					"hash"));
		if (fork)
			json_object_set_new(body, "fork", json_true());
	}
	server_say(world, tag, 409, body);
}

/* Commands that no event has told to be applied. */
static inline json_t *server_commands(struct server *server, int64_t after)
{
	json_t *list = json_array();
	json_t *command;
	size_t index;

	json_array_foreach (server->commands, index, command) {
		if (json_integer_value(json_object_get(command, "number")) > after)
			json_array_append(list, command);
	}
	return list;
}

static inline bool server_agrees(struct server *server, int64_t epoch, json_t *events)
{
	size_t index;
	json_t *event;

	json_array_foreach (events, index, event) {
		const json_t *known = json_array_get(server_epoch(server, epoch),
			(size_t)json_integer_value(json_object_get(event, "seq")) - 1);
		if (known && strcmp(event_text(known, "hash"), event_text(event, "hash")) != 0)
			return false;
	}
	return true;
}

static inline void server_take_events(struct world *world, const struct uplink_request *request)
{
	struct server *server = &world->server;
	autojson json_t *batch = json_loads(request->body, 0, NULL);
	json_t *events = json_object_get(batch, "events");
	int64_t epoch = json_integer_value(json_object_get(batch, "epoch"));
	int64_t first = json_integer_value(json_object_get(batch, "first"));
	int64_t last = server_last(server, epoch);
	int64_t newest = server_newest(server);
	size_t size = json_array_size(events);
	size_t index;
	json_t *event;

	*(size ? &server->batches : &server->probes) += 1;
	server->largest = size > server->largest ? size : server->largest;
	if (server->no_probe && size == 0) {
		server_say(world, request->tag, 500, NULL);
		return;
	}
	if (server->most_events && size > server->most_events) {
		server_say(world, request->tag, 413, NULL);
		return;
	}
	if (server->poison_seq && first <= server->poison_seq &&
		server->poison_seq < first + (int64_t)size) {
		server_say(world, request->tag, 422, json_pack("{s:s}", "error", "other body"));
		return;
	}
	if (!server->minimal && epoch < newest &&
		(!server_agrees(server, epoch, events) || first + (int64_t)size - 1 > last)) {
		server_conflict(world, request->tag, newest, true);
		return;
	}
	if (server->names_newest && newest && epoch > newest && first > 1) {
		server_conflict(world, request->tag, newest, false);
		return;
	}
	if (!server->minimal && !server_agrees(server, epoch, events)) {
		server_conflict(world, request->tag, epoch, true);
		return;
	}
	if (first > last + 1 || (!server->minimal && size == 0 && first <= last)) {
		server_conflict(world, request->tag, epoch, false);
		return;
	}
	json_array_foreach (events, index, event) {
		if (first + (int64_t)index > last)
			server_append(server, epoch, event);
	}
	server_say(world, request->tag, 200,
		json_pack("{s:I, s:o}", "acked", (json_int_t)server_last(server, epoch), "commands",
			server_commands(server,
				json_integer_value(json_object_get(server->applied, "number")))));
}

static inline int64_t query_number(const char *path, const char *name)
{
	const char *at = strstr(path, name);

	return at ? strtoll(at + strlen(name), NULL, 10) : 0;
}

static inline void server_give_hashes(struct world *world, const struct uplink_request *request)
{
	int64_t after = query_number(request->path, "after=");
	const json_t *events = server_epoch(&world->server, query_number(request->path, "epoch="));
	json_t *hashes = json_object();

	world->server.hashes++;
	for (size_t i = (size_t)after; i < json_array_size(events) && i < (size_t)after + 1000;
		i++) {
		char key[24];
		snprintf(key, sizeof(key), "%zu", i + 1);
		json_object_set(hashes, key, json_object_get(json_array_get(events, i), "hash"));
	}
	server_say(world, request->tag, 200, json_pack("{s:o}", "hashes", hashes));
}

static inline void server_give_complaints(struct world *world, const struct uplink_request *request)
{
	const char *after = strstr(request->path, "after=") + strlen("after=");
	json_t *page = json_array();
	json_t *complaint;
	size_t index;

	world->server.pages++;
	json_array_foreach (world->server.complaints, index, complaint) {
		if (strcmp(event_text(complaint, "uuid"), after) > 0 && json_array_size(page) < 3)
			json_array_append(page, complaint);
	}
	json_t *body = json_pack("{s:o}", "complaints", page);
	if (world->server.applied)
		json_object_set(body, "applied", world->server.applied);
	server_say(world, request->tag, 200, body);
}

/* Answers the oldest request that can be answered now; false when there is none. */
static inline bool server_step(struct world *world)
{
	struct server *server = &world->server;
	const struct uplink_request *request = uplink_sim_find(world->uplink, "/v1/kiosk/events");

	if (!request)
		request = uplink_sim_find(world->uplink, "/v1/kiosk/hashes");
	if (!request)
		request = uplink_sim_find(world->uplink, "/v1/kiosk/complaints");
	if (!request) {
		request = uplink_sim_find(world->uplink, "/v1/kiosk/commands");
		if (request && !server->down && !server->status && !server->no_poll) {
			json_t *commands =
				server_commands(server, query_number(request->path, "after="));
			if (json_array_size(commands) == 0 &&
				world->now_ms < world->sync->inbox.started_ms + 50000) {
				json_decref(commands);
				return false;
			}
			server->polls++;
			server_say(
				world, request->tag, 200, json_pack("{s:o}", "commands", commands));
			return true;
		}
	}
	if (!request)
		return false;
	server->last_request_ms = world->now_ms;
	assert_string_equal(request->token, TEST_TOKEN);
	if (server->down)
		assert_int_equal(
			uplink_sim_fail(world->uplink, request->tag, "Connection refused", false),
			0);
	else if (server->status)
		server_say(world, request->tag, server->status, NULL);
	else if (strstr(request->path, "/events"))
		server_take_events(world, request);
	else if (server->minimal || strstr(request->path, "/commands"))
		server_say(world, request->tag, 404, NULL);
	else if (strstr(request->path, "/hashes"))
		server_give_hashes(world, request);
	else
		server_give_complaints(world, request);
	return true;
}

/* The loop */

static inline void handle(struct world *world)
{
	world->taken += sync_handle(world->sync, &world->moment, world->now_ms);
}

/* Lets kiosk and server go on for so long. Each round takes a millisecond of virtual time. */
static inline void run_for(struct world *world, int64_t duration_ms)
{
	int64_t end = world->now_ms + duration_ms;

	while (world->now_ms < end) {
		handle(world);
		int64_t step = 1;
		if (!server_step(world)) {
			int64_t due = sync_deadline(world->sync);
			int64_t held = world->sync->inbox.request == REQUEST_POLL
					       ? world->sync->inbox.started_ms + 50000
					       : INT64_MAX;
			due = held < due ? held : due;
			due = due > end ? end : due;
			step = due > world->now_ms ? due - world->now_ms : 1;
		}
		world->now_ms += step;
		world->moment.now_ms += step;
	}
	handle(world);
}

/* The kiosk's doings */

static inline void complain(
	struct world *world, const char *sender, char ticket[static TICKET_SIZE])
{
	char pin[PIN_SIZE], uuid[UUID_SIZE];

	assert_int_equal(store_begin(world->store), 0);
	assert_int_equal(store_ticket_next(world->store, ticket, pin), 0);
	const struct complaint_opening opening = { .ticket = ticket,
		.pin = pin,
		.channel = "sms",
		.language = "id",
		.sender = sender,
		.text = "Lampu jalan mati" };
	assert_int_equal(store_complaint_open(world->store, &world->moment, &opening, uuid), 0);
	assert_int_equal(store_commit(world->store), 0);
	sync_wake(world->sync);
}

static inline void complain_many(struct world *world, int count)
{
	char ticket[TICKET_SIZE];

	for (int i = 0; i < count; i++)
		complain(world, "+628110000001", ticket);
}

static inline int64_t waiting(struct world *world)
{
	int64_t count = -1;

	assert_int_equal(store_sync_waiting(world->store, &count), 0);
	return count;
}

static inline struct sync_place place_of(struct world *world)
{
	struct sync_place place;

	assert_int_equal(store_sync_place(world->store, &place), 0);
	return place;
}

static inline int64_t kiosk_complaints(struct world *world)
{
	sqlite3_stmt *statement = NULL;

	assert_int_equal(
		store_query(world->store, &statement, "SELECT count(*) FROM complaint", ""), 0);
	assert_int_equal(store_step(world->store, statement), 1);
	int64_t count = sqlite3_column_int64(statement, 0);
	store_done(statement);
	return count;
}

static inline void copy_file(const char *from, const char *to)
{
	char buffer[65536];
	size_t size;
	autofile FILE *in = fopen(from, "rb");
	autofile FILE *out = fopen(to, "wb");

	assert_non_null(in);
	assert_non_null(out);
	while ((size = fread(buffer, 1, sizeof(buffer), in)) > 0)
		assert_int_equal(fwrite(buffer, 1, size, out), size);
}

/* Takes a copy of the card, and puts it back. The database is closed meanwhile. */
static inline void card_copy(struct world *world, bool back)
{
	char copy[160];

	snprintf(copy, sizeof(copy), "%s/copy.db", world->folder);
	world_close(world);
	if (back)
		copy_file(copy, world->database);
	else
		copy_file(world->database, copy);
	world_open(world);
}

static inline void expect_same_log(struct world *world, int64_t epoch)
{
	json_t *event;
	size_t index;
	char hash[HASH_SIZE];

	json_array_foreach (server_epoch(&world->server, epoch), index, event) {
		assert_int_equal(
			store_event_digest(world->store, epoch, (int64_t)index + 1, hash), 1);
		assert_string_equal(hash, event_text(event, "hash"));
	}
}

#endif
