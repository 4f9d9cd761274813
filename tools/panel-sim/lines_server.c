/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lines_server.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/packets.h"
#include "lines_request.h"
#include "sockets.h"
#include "wire/event.h"

#define PACKET_MAX 8192
#define I2C_BYTES_MAX 2048
/* More than a socket's buffer holds: what was there when a reading began has then been read. */
#define READ_MOST 1024
/* Edges and answers that a client may leave lying; the kernel keeps fewer edges. */
#define QUEUE_MOST 1024
#define CONNECTIONS_MOST 64

enum connection_kind {
	CONNECTION_FRESH,
	CONNECTION_LINES,
	CONNECTION_I2C,
};

struct connection {
	LIST_ENTRY(connection) entry;
	struct lines_server *server;
	struct packets *packets;
	sd_event_source *io;
	enum connection_kind kind;
	struct chip_group *group;
	unsigned address;
	/* Its request, or its "get", waits until all that others sent or closed is taken. */
	json_t *request;
	bool asked;
	bool broken;
	uint64_t edges_lost;
	sd_event_source *bus; /* goes off when the bus has carried its message */
	int bus_result;
	bool on_bus;
};

struct lines_server {
	sd_event *loop;
	struct board *board;
	char *path;
	int listener;
	sd_event_source *accept_io;
	LIST_HEAD(, connection) connections;
	unsigned count;
};

static void connection_free(struct connection *connection)
{
	struct board *board = connection->server->board;

	LIST_REMOVE(connection, entry);
	connection->server->count--;
	sd_event_source_disable_unref(connection->io);
	sd_event_source_disable_unref(connection->bus);
	chip_release(board->chip, connection->group, sim_clock_ns());
	packets_free(connection->packets);
	json_decref(connection->request);
	free(connection);
}

static void watch(struct connection *connection)
{
	uint32_t events = connection->on_bus ? 0 : EPOLLIN;

	if (packets_waiting(connection->packets))
		events |= EPOLLOUT;
	sd_event_source_set_io_events(connection->io, events);
}

/* Takes the message over. */
static int send_new(struct connection *connection, json_t *message)
{
	autojson json_t *owned = message;
	autofree char *text = owned ? json_dumps(owned, JSON_COMPACT) : NULL;
	int error = text ? packets_send(connection->packets, text, strlen(text)) : -ENOMEM;

	if (!error)
		watch(connection);
	return error;
}

/* An answer that can't be given would leave the client waiting for ever. */
static void answer(struct connection *connection, json_t *message)
{
	if (send_new(connection, message) < 0)
		connection->broken = true;
}

static json_t *refusal(int error, const char *words)
{
	return json_pack("{s:b, s:i, s:s}", "ok", 0, "errno", -error, "error",
		*words ? words : strerror(-error));
}

/* When the client did it, as it says; never in the future. */
static int64_t packet_time_ns(const json_t *packet)
{
	double us = json_number_value(json_object_get(packet, "us"));
	int64_t now_ns = sim_clock_ns();

	return us > 0 && us * 1000 < (double)now_ns ? (int64_t)(us * 1000 + 0.5) : now_ns;
}

static void take_request(struct connection *connection, const json_t *packet)
{
	struct board *board = connection->server->board;
	struct lines_request request;
	char trouble[CHIP_TROUBLE_SIZE];
	int error = lines_request_read(packet, &request, trouble);

	if (!error && request.i2c) {
		connection->kind = CONNECTION_I2C;
		connection->address = request.address;
	} else if (!error) {
		error = board_request(board, &request.config, connection, sim_clock_ns(),
			&connection->group, trouble);
		if (!error)
			connection->kind = CONNECTION_LINES;
	}
	answer(connection, error ? refusal(error, trouble) : json_pack("{s:b}", "ok", 1));
}

/* Bits of a group's lines; false: it is something else. */
static bool read_bits(const json_t *value, uint32_t *bits)
{
	json_int_t number = json_integer_value(value);

	*bits = (uint32_t)number;
	return json_is_integer(value) && number >= 0 && number <= UINT32_MAX;
}

static void take_lines(struct connection *connection, const json_t *packet)
{
	const json_t *set = json_object_get(packet, "set");
	struct chip *chip = connection->server->board->chip;
	uint32_t mask;
	uint32_t values;

	if (json_object_get(packet, "get")) {
		connection->asked = true;
	} else if (!read_bits(json_array_get(set, 0), &mask) ||
		   !read_bits(json_array_get(set, 1), &values) ||
		   chip_set(chip, connection->group, mask, values, packet_time_ns(packet)) < 0) {
		log_warning("a client's packet makes no sense for its lines: cut off");
		connection->broken = true;
	}
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

static bool read_hex(const char *hex, uint8_t *bytes, size_t *count)
{
	size_t length = strlen(hex);

	*count = length / 2;
	if (!length || length % 2 || *count > I2C_BYTES_MAX)
		return false;
	for (size_t i = 0; i < *count; i++) {
		int high = hex_digit(hex[2 * i]);
		int low = hex_digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static void answer_bus(struct connection *connection)
{
	int error = connection->bus_result;

	connection->on_bus = false;
	answer(connection, error ? refusal(error, "") : json_pack("{s:b}", "ok", 1));
	watch(connection);
}

static int bus_free(sd_event_source *source, uint64_t time_us, void *context)
{
	struct connection *connection = context;

	(void)source;
	(void)time_us;
	answer_bus(connection);
	if (connection->broken)
		connection_free(connection);
	return 0;
}

/* The writer waits as long as the bus needs, as write(2) on a real one does. */
static void wait_for_bus(struct connection *connection, int64_t done_ns)
{
	uint64_t done_us = (uint64_t)(done_ns + 999) / 1000;
	int result;

	connection->on_bus = true;
	if (done_ns <= sim_clock_ns()) {
		answer_bus(connection);
		return;
	}
	if (!connection->bus) {
		result = sd_event_add_time(connection->server->loop, &connection->bus,
			CLOCK_MONOTONIC, done_us, 1, bus_free, connection);
	} else {
		result = sd_event_source_set_time(connection->bus, done_us);
		if (result >= 0)
			result = sd_event_source_set_enabled(connection->bus, SD_EVENT_ONESHOT);
	}
	if (result < 0)
		connection->broken = true;
	watch(connection);
}

static void take_i2c(struct connection *connection, const json_t *packet)
{
	const char *hex = json_string_value(json_object_get(packet, "write"));
	uint8_t bytes[I2C_BYTES_MAX];
	size_t count;
	int64_t done_ns;

	if (!hex || !read_hex(hex, bytes, &count)) {
		log_warning("a client's packet isn't a write to an I2C device: cut off");
		connection->broken = true;
		return;
	}
	connection->bus_result = board_i2c_write(connection->server->board, connection->address,
		bytes, count, packet_time_ns(packet), &done_ns);
	wait_for_bus(connection, done_ns);
}

static void take_packet(struct connection *connection, const char *bytes, size_t size)
{
	autojson json_t *packet = json_loadb(bytes, size, 0, NULL);

	if (!json_is_object(packet)) {
		log_warning("a client's packet isn't a JSON object: cut off");
		connection->broken = true;
	} else if (connection->kind == CONNECTION_FRESH) {
		connection->request = take_pointer(packet);
	} else if (connection->kind == CONNECTION_LINES) {
		take_lines(connection, packet);
	} else {
		take_i2c(connection, packet);
	}
}

static bool may_read(const struct connection *connection)
{
	return !connection->request && !connection->asked && !connection->on_bus &&
	       !connection->broken;
}

/* Takes what has come; stops at what has to wait, and while the bus is busy with its message. */
static void take_all(struct connection *connection)
{
	char bytes[PACKET_MAX];

	for (int i = 0; i < READ_MOST && may_read(connection); i++) {
		ssize_t size = packets_receive(connection->packets, bytes, sizeof(bytes));

		if (!size)
			break;
		if (size < 0)
			connection->broken = true;
		else
			take_packet(connection, bytes, (size_t)size);
	}
}

static void reap(struct lines_server *server)
{
	struct connection *connection = LIST_FIRST(&server->connections);

	while (connection) {
		struct connection *next = LIST_NEXT(connection, entry);

		if (connection->broken)
			connection_free(connection);
		connection = next;
	}
}

static void give_answer(struct connection *connection)
{
	if (connection->request) {
		autojson json_t *request = take_pointer(connection->request);

		take_request(connection, request);
	} else if (connection->asked) {
		connection->asked = false;
		answer(connection, json_pack("{s:I}", "values",
					   (json_int_t)board_get(
						   connection->server->board, connection->group)));
	}
}

void lines_server_drain(struct lines_server *server)
{
	struct connection *connection;

	board_tick(server->board, sim_clock_us());
	LIST_FOREACH(connection, &server->connections, entry)
	take_all(connection);
	reap(server);
	LIST_FOREACH(connection, &server->connections, entry)
	give_answer(connection);
	reap(server);
}

static int connection_ready(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct connection *connection = context;

	(void)source;
	(void)fd;
	if ((events & EPOLLOUT) && packets_flush(connection->packets) == -EPIPE)
		connection->broken = true;
	/* Who waits for the bus isn't read: its end shows only here. */
	if ((events & (EPOLLHUP | EPOLLERR)) && connection->on_bus)
		connection->broken = true;
	if (!connection->broken)
		watch(connection);
	lines_server_drain(connection->server);
	return 0;
}

static int accept_ready(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct lines_server *server = context;
	/* cppcheck-suppress nullPointer */
	autoclose int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	autofree struct connection *connection = NULL;
	struct packets *packets = NULL;

	(void)source;
	(void)events;
	if (peer < 0 || server->count >= CONNECTIONS_MOST)
		return 0;
	connection = calloc(1, sizeof(*connection));
	if (connection && packets_new(peer, QUEUE_MOST, &packets) < 0)
		packets = NULL;
	peer = connection ? -1 : peer; /* the packets' now, or closed by them */
	if (!packets)
		return 0;
	connection->packets = packets;
	connection->server = server;
	server->count++;
	LIST_INSERT_HEAD(&server->connections, connection, entry);
	if (sd_event_add_io(server->loop, &connection->io, packets_fd(packets), EPOLLIN,
		    connection_ready, connection) < 0)
		connection->broken = true;
	take_pointer(connection); /* the list's */
	reap(server);
	return 0;
}

void lines_server_edge(void *owner, unsigned line, bool rising, int64_t time_ns)
{
	struct connection *connection = owner;

	/* One that doesn't read loses edges, as the kernel's buffer does. */
	if (!connection->broken &&
		send_new(connection, json_pack("{s:i, s:b, s:I}", "edge", (int)line, "rising",
					     rising, "us", (json_int_t)(time_ns / 1000))) < 0)
		connection->edges_lost++;
}

void lines_server_chip(struct lines_server *server, bool out)
{
	struct connection *connection;

	server->board->chip_out = out;
	LIST_FOREACH(connection, &server->connections, entry)
	if (out && connection->kind == CONNECTION_LINES)
		connection->broken = true;
	reap(server);
}

bool lines_server_cut(struct lines_server *server, unsigned line)
{
	struct connection *connection;
	bool found = false;

	LIST_FOREACH(connection, &server->connections, entry)
	for (size_t i = 0; connection->group && i < chip_group_config(connection->group)->count;
		i++)
		if (chip_group_config(connection->group)->lines[i] == line)
			connection->broken = found = true;
	reap(server);
	return found;
}

static json_t *show_one(const struct connection *connection)
{
	const struct chip_config *config =
		connection->group ? chip_group_config(connection->group) : NULL;
	json_t *lines = json_array();

	if (!config) {
		json_decref(lines);
		return json_pack("{s:s, s:i}", "kind",
			connection->kind == CONNECTION_I2C ? "i2c" : "fresh", "address",
			(int)connection->address);
	}
	for (size_t i = 0; i < config->count; i++)
		json_array_append_new(lines, json_string(chip_line_name(config->lines[i])));
	return json_pack("{s:s, s:s, s:s, s:o, s:I}", "kind", "lines", "consumer", config->consumer,
		"direction", config->output ? "output" : "input", "lines", lines, "edges_lost",
		(json_int_t)connection->edges_lost);
}

json_t *lines_server_show(const struct lines_server *server)
{
	const struct connection *connection;
	json_t *list = json_array();

	LIST_FOREACH(connection, &server->connections, entry)
	json_array_append_new(list, show_one(connection));
	return list;
}

int lines_server_open(sd_event *loop, const char *path, struct lines_server **out)
{
	struct lines_server *server = calloc(1, sizeof(*server));
	int error = 0;

	if (!server)
		return -ENOMEM;
	server->loop = loop;
	LIST_INIT(&server->connections);
	server->listener = sim_listen(path, SOCK_SEQPACKET);
	if (server->listener < 0)
		error = server->listener;
	if (!error)
		server->path = strdup(path);
	if (!error)
		error = sd_event_add_io(
			loop, &server->accept_io, server->listener, EPOLLIN, accept_ready, server);
	if (error < 0) {
		lines_server_close(server);
		return error;
	}
	*out = server;
	return 0;
}

void lines_server_attach(struct lines_server *server, struct board *board)
{
	server->board = board;
}

void lines_server_close(struct lines_server *server)
{
	struct connection *connection;

	if (!server)
		return;
	while ((connection = LIST_FIRST(&server->connections)))
		connection_free(connection);
	sd_event_source_disable_unref(server->accept_io);
	if (server->listener >= 0)
		close(server->listener);
	if (server->path)
		unlink(server->path);
	free(server->path);
	free(server);
}
