/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "control_fields.h"
#include "lines_server.h"
#include "screen.h"
#include "sockets.h"
#include "wire/event.h"

#define REQUEST_MAX 262144
/* A client that leaves this much unread misses what follows of the glass, at twice this it is cut
 * off. */
#define BACKLOG_MAX (4U << 20)
#define CLIENTS_MOST 64
/* A glass that is being drawn is told of this often; liquid crystals are slower. */
#define GLASS_EVERY_US 5000

struct bytes {
	char *data;
	size_t size, capacity;
};

struct client {
	LIST_ENTRY(client) entry;
	struct control *control;
	int fd;
	sd_event_source *io;
	struct bytes input, output;
	bool watching;
	bool broken;
	bool ended;	/* it said its last */
	json_t *answer; /* that waits for strokes to be done */
	uint64_t typed;
	uint64_t told; /* the glass that it was told of last */
};

struct control {
	struct sim *sim;
	char *path;
	int listener;
	sd_event_source *accept_io;
	sd_event_source *glass_timer;
	int64_t told_us; /* when watchers were last told of the glass */
	LIST_HEAD(, client) clients;
	unsigned count;
};

static bool bytes_append(struct bytes *bytes, const void *data, size_t size)
{
	if (bytes->size + size > bytes->capacity) {
		size_t capacity = (bytes->size + size) * 2 + 64;
		char *grown = realloc(bytes->data, capacity);

		if (!grown)
			return false;
		bytes->data = grown;
		bytes->capacity = capacity;
	}
	memcpy(bytes->data + bytes->size, data, size);
	bytes->size += size;
	return true;
}

static void bytes_drop(struct bytes *bytes, size_t size)
{
	bytes->size -= size;
	if (bytes->size)
		memmove(bytes->data, bytes->data + size, bytes->size);
}

static void client_free(struct client *client)
{
	LIST_REMOVE(client, entry);
	client->control->count--;
	sd_event_source_disable_unref(client->io);
	close(client->fd);
	free(client->input.data);
	free(client->output.data);
	json_decref(client->answer);
	free(client);
}

static void client_flush(struct client *client)
{
	size_t done = 0;

	while (done < client->output.size) {
		ssize_t sent = send(client->fd, client->output.data + done,
			client->output.size - done, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno != EAGAIN)
			client->broken = true;
		if (sent <= 0)
			break;
		done += (size_t)sent;
	}
	bytes_drop(&client->output, done);
	/* While an answer of it waits, the next request does too. */
	sd_event_source_set_io_events(
		client->io, (client->answer || client->ended ? 0 : (uint32_t)EPOLLIN) |
				    (client->output.size ? (uint32_t)EPOLLOUT : 0));
}

/* Takes the message over. */
static void client_send(struct client *client, json_t *message)
{
	autojson json_t *owned = message;
	autofree char *text = owned ? json_dumps(owned, JSON_COMPACT) : NULL;

	if (!text || client->output.size > 2 * BACKLOG_MAX ||
		!bytes_append(&client->output, text, strlen(text)) ||
		!bytes_append(&client->output, "\n", 1)) {
		client->broken = true;
		return;
	}
	client_flush(client);
}

static json_t *event_of(const char *name, json_t *content)
{
	json_object_set_new(content, "event", json_string(name));
	return content;
}

static void tell_glass(struct client *client)
{
	const struct board *board = client->control->sim->board;

	client->told = board_glass_changes(board);
	client_send(client, event_of("screen", screen_show(board)));
}

static json_t *change_event(const struct board *board, enum board_change change)
{
	switch (change) {
	case BOARD_LAMP:
		return event_of("lamp", screen_lamp(board));
	case BOARD_BUZZER:
		return event_of("buzzer", screen_buzzer(board));
	case BOARD_KEYS:
		return event_of("keys", screen_keys(board));
	}
	return NULL;
}

static void reap(struct control *control)
{
	struct client *client = LIST_FIRST(&control->clients);

	while (client) {
		struct client *next = LIST_NEXT(client, entry);

		if (client->broken || (client->ended && !client->watching && !client->answer &&
					      !client->output.size))
			client_free(client);
		client = next;
	}
}

/* Clients are freed later: this may come from within a request of one of them. */
void control_changed(struct control *control, enum board_change change, int64_t time_ns)
{
	struct client *client;

	LIST_FOREACH(client, &control->clients, entry)
	if (client->watching) {
		json_t *event = change_event(control->sim->board, change);

		json_object_set_new(event, "us", json_integer(time_ns / 1000));
		client_send(client, event);
	}
}

static void watch_from_now(struct client *client)
{
	const struct board *board = client->control->sim->board;

	client->watching = true;
	client_send(client, control_fine());
	client_send(client, change_event(board, BOARD_LAMP));
	client_send(client, change_event(board, BOARD_BUZZER));
	client_send(client, change_event(board, BOARD_KEYS));
	tell_glass(client);
}

static void take_request(struct client *client, const char *line, size_t size)
{
	struct sim *sim = client->control->sim;
	json_error_t error;
	autojson json_t *request = json_loadb(line, size, 0, &error);
	const char *name = json_string_value(json_object_get(request, "do"));
	json_t *answer;

	/* What was set before this was asked counts. */
	lines_server_drain(sim->lines);
	if (!request) {
		client_send(client, control_refusal("not a JSON object: %s", error.text));
	} else if (name && !strcmp(name, "watch")) {
		watch_from_now(client);
	} else if (name && !strcmp(name, "quit")) {
		sd_event_exit(sim->loop, 0);
		client_send(client, control_fine());
	} else {
		sim->awaited = 0;
		answer = control_answer(sim, request);
		client->typed = sim->awaited;
		if (client->typed)
			client->answer = answer;
		else
			client_send(client, answer);
	}
}

static void take_input(struct client *client)
{
	size_t done = 0;
	const char *end;

	while (!client->broken && !client->answer && done < client->input.size &&
		(end = memchr(client->input.data + done, '\n', client->input.size - done))) {
		size_t size = (size_t)(end - client->input.data) - done;

		if (size)
			take_request(client, client->input.data + done, size);
		done += size + 1;
	}
	bytes_drop(&client->input, done);
	if (!client->answer && client->input.size > REQUEST_MAX)
		client->broken = true;
}

static int client_ready(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct client *client = context;
	struct control *control = client->control;
	char bytes[16384];
	ssize_t size;

	(void)source;
	if (events & EPOLLIN) {
		size = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (size > 0 && bytes_append(&client->input, bytes, (size_t)size))
			take_input(client);
		else if (size == 0)
			client->ended = true;
		else if (size > 0 || (errno != EAGAIN && errno != EINTR))
			client->broken = true;
	}
	/* One that is gone for good, when all it said has been read, gets no answers; one that only
	 * ended its own side does. */
	if ((events & (EPOLLHUP | EPOLLERR)) && (client->ended || !(events & EPOLLIN)))
		client->broken = true;
	if (!client->broken)
		client_flush(client);
	reap(control);
	return 0;
}

static int accept_ready(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct control *control = context;
	/* cppcheck-suppress nullPointer */
	autoclose int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	autofree struct client *client = calloc(1, sizeof(*client));

	(void)source;
	(void)events;
	if (peer < 0 || !client || control->count >= CLIENTS_MOST)
		return 0;
	client->control = control;
	client->fd = peer;
	if (sd_event_add_io(control->sim->loop, &client->io, peer, EPOLLIN, client_ready, client) <
		0)
		return 0;
	LIST_INSERT_HEAD(&control->clients, client, entry);
	control->count++;
	take_pointer(client); /* the list's */
	peer = -1;
	return 0;
}

static void give_answers(struct control *control)
{
	const struct board *board = control->sim->board;
	struct client *client;

	LIST_FOREACH(client, &control->clients, entry)
	if (client->answer && board->typist.done >= client->typed &&
		bounce_deadline(&board->bounce) == INT64_MAX) {
		client_send(client, take_pointer(client->answer));
		/* Requests that came meanwhile. */
		take_input(client);
		client_flush(client);
	}
}

static bool wants_glass(const struct client *client, uint64_t changes)
{
	return client->watching && !client->broken && client->told != changes &&
	       client->output.size < BACKLOG_MAX;
}

static void tell_watchers(struct control *control)
{
	uint64_t changes = board_glass_changes(control->sim->board);
	int64_t now_us = sim_clock_us();
	bool soon = now_us < control->told_us + GLASS_EVERY_US;
	struct client *client;
	bool wanted = false;

	LIST_FOREACH(client, &control->clients, entry)
	if (wants_glass(client, changes)) {
		wanted = true;
		if (!soon)
			tell_glass(client);
	}
	if (!wanted)
		return;
	if (!soon)
		control->told_us = now_us;
	else if (sd_event_source_set_time(
			 control->glass_timer, (uint64_t)(control->told_us + GLASS_EVERY_US)) >= 0)
		sd_event_source_set_enabled(control->glass_timer, SD_EVENT_ONESHOT);
}

void control_settle(struct control *control)
{
	give_answers(control);
	tell_watchers(control);
	reap(control);
}

/* What is to be told is told after each turn of the loop; this only makes one. */
static int glass_due(sd_event_source *source, uint64_t time_us, void *context)
{
	(void)source;
	(void)time_us;
	(void)context;
	return 0;
}

int control_open(struct sim *sim, const char *path, struct control **out)
{
	struct control *control = calloc(1, sizeof(*control));
	int result = 0;

	if (!control)
		return -ENOMEM;
	control->sim = sim;
	LIST_INIT(&control->clients);
	control->listener = sim_listen(path, SOCK_STREAM);
	if (control->listener < 0)
		result = control->listener;
	if (result >= 0) {
		control->path = strdup(path);
		result = sd_event_add_io(sim->loop, &control->accept_io, control->listener, EPOLLIN,
			accept_ready, control);
	}
	if (result >= 0)
		result = sd_event_add_time(sim->loop, &control->glass_timer, CLOCK_MONOTONIC,
			UINT64_MAX, 1, glass_due, NULL);
	if (result < 0)
		control_close(control);
	else
		*out = control;
	return result < 0 ? result : 0;
}

void control_close(struct control *control)
{
	struct client *client;

	if (!control)
		return;
	while ((client = LIST_FIRST(&control->clients)))
		client_free(client);
	sd_event_source_disable_unref(control->accept_io);
	sd_event_source_disable_unref(control->glass_timer);
	if (control->listener >= 0)
		close(control->listener);
	if (control->path)
		unlink(control->path);
	free(control->path);
	free(control);
}
