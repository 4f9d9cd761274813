/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "buffer.h"
#include "modem.h"
#include "network.h"

#define REQUEST_MAX (1U << 20)
#define BACKLOG_MAX (64U << 20) /* a client that doesn't read this much is cut off */

struct client {
	LIST_ENTRY(client) entry;
	struct control *control;
	int fd;
	sd_event_source *io;
	struct buffer input;
	struct buffer output;
	bool watching;
	bool broken;
};

struct control {
	sd_event *loop;
	struct modem *modem;
	char *path;
	int listener;
	sd_event_source *accept_io;
	LIST_HEAD(, client) clients;
};

static void client_free(struct client *client)
{
	LIST_REMOVE(client, entry);
	sd_event_source_disable_unref(client->io);
	close(client->fd);
	buffer_free(&client->input);
	buffer_free(&client->output);
	free(client);
}

static void client_flush(struct client *client)
{
	while (client->output.size) {
		ssize_t sent = send(client->fd, buffer_data(&client->output), client->output.size,
			MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno != EAGAIN)
			client->broken = true;
		if (sent <= 0)
			break;
		buffer_drop(&client->output, (size_t)sent);
	}
	sd_event_source_set_io_events(
		client->io, client->output.size ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void client_send(struct client *client, const json_t *message)
{
	autofree char *text = json_dumps(message, JSON_COMPACT);

	if (!text || client->output.size > BACKLOG_MAX) {
		client->broken = true;
		return;
	}
	buffer_append(&client->output, text, strlen(text));
	buffer_append(&client->output, "\n", 1);
	client_flush(client);
}

static void sent_watcher(void *context, const json_t *sent)
{
	struct control *control = context;
	struct client *client;
	json_t *event = json_deep_copy(sent);

	json_object_set_new(event, "event", json_string("sent"));
	LIST_FOREACH(client, &control->clients, entry)
	if (client->watching)
		client_send(client, event);
	json_decref(event);
}

json_t *control_refusal(const char *format, ...)
{
	autobuffer text = { 0 };
	va_list arguments;

	va_start(arguments, format);
	buffer_vprint(&text, format, arguments);
	va_end(arguments);
	return json_pack("{s:b, s:s}", "ok", 0, "error", buffer_text(&text));
}

/* Requests that concern the connection or the program are done here, others passed on. */
static json_t *answer(struct client *client, const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "do"));

	if (name && !strcmp(name, "watch")) {
		client->watching = true;
		return json_pack("{s:b}", "ok", 1);
	}
	if (name && !strcmp(name, "quit")) {
		sd_event_exit(client->control->loop, 0);
		return json_pack("{s:b}", "ok", 1);
	}
	return control_answer(client->control->modem, request);
}

static void take_request(struct client *client, const char *line, size_t size)
{
	json_error_t error;
	json_t *request = json_loadb(line, size, 0, &error);
	json_t *reply;

	if (request)
		reply = answer(client, request);
	else
		reply = control_refusal("not a JSON object: %s", error.text);
	client_send(client, reply);
	json_decref(reply);
	json_decref(request);
}

static void take_input(struct client *client)
{
	const uint8_t *end;

	while (!client->broken &&
		(end = memchr(buffer_data(&client->input), '\n', client->input.size))) {
		size_t size = (size_t)(end - buffer_data(&client->input));

		if (size)
			take_request(client, (const char *)buffer_data(&client->input), size);
		buffer_drop(&client->input, size + 1);
	}
	if (client->input.size > REQUEST_MAX)
		client->broken = true;
}

static int client_ready(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct client *client = context;
	uint8_t bytes[16384];
	ssize_t size = 1;

	(void)source;
	if (events & EPOLLOUT)
		client_flush(client);
	if (events & ~(uint32_t)EPOLLOUT) {
		size = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (size > 0) {
			buffer_append(&client->input, bytes, (size_t)size);
			take_input(client);
		} else if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
			size = 1;
		}
	}
	if (size <= 0 || client->broken)
		client_free(client);
	return 0;
}

static int accept_ready(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct control *control = context;
	/* cppcheck-suppress nullPointer */
	int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct client *client;

	(void)source;
	(void)events;
	if (connection < 0)
		return 0;
	client = must_allocate(1, sizeof(*client));
	client->control = control;
	client->fd = connection;
	LIST_INSERT_HEAD(&control->clients, client, entry);
	if (sd_event_add_io(control->loop, &client->io, connection, EPOLLIN, client_ready, client) <
		0)
		client_free(client);
	return 0;
}

/* Removes what an earlier run left, and nothing but a socket. */
static void remove_stale(const char *path)
{
	struct stat status;

	if (lstat(path, &status) == 0 && S_ISSOCK(status.st_mode))
		unlink(path);
}

static int listen_at(struct control *control, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	control->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->listener < 0)
		return -errno;
	remove_stale(path);
	if (bind(control->listener, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	control->path = must_copy(path);
	if (listen(control->listener, 64) < 0)
		return -errno;
	return sd_event_add_io(control->loop, &control->accept_io, control->listener, EPOLLIN,
		accept_ready, control);
}

int control_open(sd_event *loop, struct modem *modem, const char *path, struct control **out)
{
	struct control *control = must_allocate(1, sizeof(*control));
	int result;

	control->loop = loop;
	control->modem = modem;
	control->listener = -1;
	LIST_INIT(&control->clients);
	result = listen_at(control, path);
	if (result < 0) {
		control_close(control);
		return result;
	}
	network_watch(modem->network, sent_watcher, control);
	*out = control;
	return 0;
}

void control_close(struct control *control)
{
	struct client *client;

	if (!control)
		return;
	network_watch(control->modem->network, NULL, NULL);
	while ((client = LIST_FIRST(&control->clients)))
		client_free(client);
	sd_event_source_disable_unref(control->accept_io);
	if (control->listener >= 0)
		close(control->listener);
	if (control->path)
		unlink(control->path);
	free(control->path);
	free(control);
}
