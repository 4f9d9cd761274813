/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "memory.h"

#define REQUEST_MAX 65536
/* A client who leaves this much lie isn't reading. */
#define BACKLOG_MAX (4U << 20)

struct client {
	LIST_ENTRY(client) entry;
	struct control *control;
	int fd;
	sd_event_source *io;
	char *input;
	size_t input_size;
	char *output;
	size_t output_size;
	bool watching;
	bool broken;
};

struct control {
	sd_event *loop;
	struct printer_sim *sim;
	int listener;
	char *path;
	sd_event_source *accept_io;
	LIST_HEAD(, client) clients;
};

static void client_free(struct client *client)
{
	LIST_REMOVE(client, entry);
	sd_event_source_disable_unref(client->io);
	close(client->fd);
	free(client->input);
	free(client->output);
	free(client);
}

static void client_flush(struct client *client)
{
	while (client->output_size) {
		ssize_t sent = send(client->fd, client->output, client->output_size,
			MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno != EAGAIN)
			client->broken = true;
		if (sent <= 0)
			break;
		client->output_size -= (size_t)sent;
		memmove(client->output, client->output + sent, client->output_size);
	}
	sd_event_source_set_io_events(
		client->io, client->output_size ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void client_send(struct client *client, const json_t *message)
{
	char *text = json_dumps(message, JSON_COMPACT);
	size_t size = text ? strlen(text) : 0;

	if (!text || client->output_size + size > BACKLOG_MAX) {
		client->broken = true;
	} else {
		client->output = must_resize(client->output, client->output_size + size + 1, 1);
		memcpy(client->output + client->output_size, text, size);
		client->output[client->output_size + size] = '\n';
		client->output_size += size + 1;
		client_flush(client);
	}
	free(text);
}

static void take_request(struct client *client, const char *text, size_t size)
{
	json_t *request = json_loadb(text, size, 0, NULL);
	const char *name = json_string_value(json_object_get(request, "do"));
	json_t *answer;

	if (name && strcmp(name, "watch") == 0) {
		client->watching = true;
		answer = json_pack("{s:b}", "ok", 1);
	} else {
		answer = control_answer(client->control->sim, request);
	}
	client_send(client, answer);
	json_decref(answer);
	json_decref(request);
}

static void take_input(struct client *client, const char *bytes, size_t size)
{
	const char *end;

	client->input = must_resize(client->input, client->input_size + size, 1);
	memcpy(client->input + client->input_size, bytes, size);
	client->input_size += size;
	while (!client->broken && (end = memchr(client->input, '\n', client->input_size))) {
		size_t length = (size_t)(end - client->input);

		if (length)
			take_request(client, client->input, length);
		client->input_size -= length + 1;
		memmove(client->input, end + 1, client->input_size);
	}
	if (client->input_size > REQUEST_MAX)
		client->broken = true;
}

static int on_client(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct client *client = context;
	char bytes[4096];
	ssize_t size = 1;

	(void)source;
	if (events & EPOLLOUT)
		client_flush(client);
	if (events & ~(uint32_t)EPOLLOUT) {
		size = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
		if (size > 0)
			take_input(client, bytes, (size_t)size);
		else if (size < 0 && (errno == EAGAIN || errno == EINTR))
			size = 1;
	}
	if (size <= 0 || client->broken)
		client_free(client);
	return 0;
}

static int on_connection(sd_event_source *source, int fd, uint32_t events, void *context)
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
	if (sd_event_add_io(control->loop, &client->io, connection, EPOLLIN, on_client, client) < 0)
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
	if (listen(control->listener, 16) < 0)
		return -errno;
	return sd_event_add_io(control->loop, &control->accept_io, control->listener, EPOLLIN,
		on_connection, control);
}

int control_open(sd_event *loop, struct printer_sim *sim, const char *path, struct control **out)
{
	struct control *control = must_allocate(1, sizeof(*control));
	int result;

	control->loop = loop;
	control->sim = sim;
	control->listener = -1;
	LIST_INIT(&control->clients);
	result = listen_at(control, path);
	if (result < 0) {
		control_close(control);
		return result;
	}
	*out = control;
	return 0;
}

void control_close(struct control *control)
{
	struct client *client;

	if (!control)
		return;
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

void control_tell(struct control *control, const json_t *event)
{
	struct client *client;

	LIST_FOREACH(client, &control->clients, entry)
	{
		if (client->watching)
			client_send(client, event);
	}
}
