/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/control.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/log.h"
#include "kotakd/kiosk.h"
#include "kotakd/status.h"

#define CLIENTS_MAX 16
#define REQUEST_MAX 64
#define CLIENT_TIMEOUT_US 5000000U

/* One connection: its request as far as it has come, then the answer as far as it has gone. */
struct client {
	struct control *control;
	int fd;
	sd_event_source *source;
	sd_event_source *timeout;
	char request[REQUEST_MAX];
	size_t received;
	char *answer;
	size_t sent;
};

struct control {
	struct kiosk *kiosk;
	char *path;
	int fd;
	sd_event_source *source;
	struct client clients[CLIENTS_MAX];
};

static void client_close(struct client *client)
{
	sd_event_source_unref(client->source);
	sd_event_source_unref(client->timeout);
	if (client->fd >= 0)
		close(client->fd);
	free(client->answer);
	*client = (struct client) { .control = client->control, .fd = -1 };
}

static char *control_answer(struct kiosk *kiosk, const char *request)
{
	if (strcmp(request, "status") == 0) {
		autojson json_t *document = status_document(kiosk);
		return document ? json_dumps(document, JSON_INDENT(2)) : NULL;
	}
	if (strcmp(request, "wake") == 0) {
		kiosk_wake_sync(kiosk);
		return strdup("{\"ok\": true}");
	}
	return strdup("{\"error\": \"no such request\"}");
}

/* Sends what is left; the client is closed when all is gone or nobody reads. */
static void client_send(struct client *client)
{
	size_t left = strlen(client->answer + client->sent);
	ssize_t sent =
		send(client->fd, client->answer + client->sent, left, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent >= 0)
		client->sent += (size_t)sent;
	else if (errno != EAGAIN && errno != EINTR)
		left = 0;
	if (left == 0 || (sent >= 0 && (size_t)sent == left) ||
		sd_event_source_set_io_events(client->source, EPOLLOUT) < 0)
		client_close(client);
}

static void client_receive(struct client *client)
{
	ssize_t got = recv(client->fd, client->request + client->received,
		sizeof(client->request) - 1 - client->received, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got > 0)
		client->received += (size_t)got;
	client->request[client->received] = '\0';
	char *end = strchr(client->request, '\n');
	if (end)
		*end = '\0';
	else if (got > 0 && client->received < sizeof(client->request) - 1)
		return;
	client->answer = control_answer(client->control->kiosk, client->request);
	if (client->answer)
		client_send(client);
	else
		client_close(client);
}

static int on_client(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct client *client = context;

	(void)source;
	(void)fd;
	kiosk_read_clock(client->control->kiosk);
	if (client->answer)
		client_send(client);
	else if (events & (EPOLLIN | EPOLLHUP))
		client_receive(client);
	else
		client_close(client);
	return 0;
}

static int on_client_timeout(sd_event_source *source, uint64_t usec, void *context)
{
	(void)source;
	(void)usec;
	client_close(context);
	return 0;
}

static int on_connection(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct control *control = context;
	struct client *client = NULL;
	autoclose int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)source;
	(void)events;
	for (size_t i = 0; i < CLIENTS_MAX && !client; i++) {
		if (control->clients[i].fd < 0)
			client = &control->clients[i];
	}
	if (connection < 0 || !client)
		return 0;
	client->fd = connection;
	connection = -1;
	if (sd_event_add_io(control->kiosk->loop, &client->source, client->fd, EPOLLIN, on_client,
		    client) < 0 ||
		sd_event_add_time_relative(control->kiosk->loop, &client->timeout, CLOCK_BOOTTIME,
			CLIENT_TIMEOUT_US, 0, on_client_timeout, client) < 0)
		client_close(client);
	return 0;
}

/*
 * Removes the socket that an earlier run left. What isn't a socket is somebody's file and a
 * socket that answers somebody's daemon (the store's lock knows only of this database): both stay.
 */
static int clear_way(const char *path, const struct sockaddr_un *address)
{
	autoclose int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct stat status;

	if (probe < 0)
		return -errno;
	if (lstat(path, &status) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(status.st_mode))
		return -EEXIST;
	if (connect(probe, (const struct sockaddr *)address, sizeof(*address)) == 0 ||
		errno == EAGAIN)
		return -EADDRINUSE;
	return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
}

static const char *listen_advice(int error)
{
	if (error == -EEXIST)
		return "there is something that isn't a socket: name another path as [control] "
		       "socket";
	if (error == -EADDRINUSE)
		return "another daemon listens there: stop it, or name another path as [control] "
		       "socket";
	return "check that its folder exists and is ours";
}

static int control_listen(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	int error = clear_way(path, &address);
	if (error < 0)
		return error;
	/* Connecting needs write permission: for root and the group only. */
	mode_t mask = umask(0117);
	int bound = bind(fd, (const struct sockaddr *)&address, sizeof(address));
	error = bound < 0 ? -errno : 0;
	umask(mask);
	if (error == 0 && listen(fd, CLIENTS_MAX) < 0)
		error = -errno;
	if (error < 0)
		return error;
	int listening = fd;
	fd = -1;
	return listening;
}

int control_open(struct kiosk *kiosk, const char *path, struct control **out)
{
	struct control *control = calloc(1, sizeof(*control));
	int error = -ENOMEM;

	if (!control)
		return error;
	control->kiosk = kiosk;
	control->fd = -1;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		control->clients[i] = (struct client) { .control = control, .fd = -1 };
	control->path = strdup(path);
	if (control->path) {
		control->fd = control_listen(path);
		error = control->fd < 0 ? control->fd
					: sd_event_add_io(kiosk->loop, &control->source,
						  control->fd, EPOLLIN, on_connection, control);
	}
	if (error < 0) {
		log_error(
			"control socket %s: %s: %s", path, strerror(-error), listen_advice(error));
		control_close(control);
		return error;
	}
	*out = control;
	return 0;
}

void control_close(struct control *control)
{
	if (!control)
		return;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		client_close(&control->clients[i]);
	sd_event_source_unref(control->source);
	if (control->fd >= 0) {
		close(control->fd);
		unlink(control->path);
	}
	free(control->path);
	free(control);
}
