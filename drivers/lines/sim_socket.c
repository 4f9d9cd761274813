/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lines/sim_socket.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define PACKET_MAX 8192

int sim_socket_open(const char *path, int *out)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	autoclose int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return errno == ENOENT || errno == ECONNREFUSED || errno == EAGAIN ? -ENODEV
										   : -errno;
	*out = fd;
	fd = -1;
	return 0;
}

static int wait_for(int fd, short events, int timeout_ms)
{
	struct pollfd poller = { .fd = fd, .events = events };
	int ready;

	do {
		ready = poll(&poller, 1, timeout_ms);
	} while (ready < 0 && errno == EINTR);
	return ready < 0 ? -errno : ready == 0 ? -ETIMEDOUT : 0;
}

int sim_socket_send(int fd, const char *packet, size_t size)
{
	ssize_t sent = send(fd, packet, size, MSG_NOSIGNAL);

	while (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
		int error = errno == EAGAIN ? wait_for(fd, POLLOUT, SIM_SOCKET_PATIENCE_MS) : 0;

		if (error)
			return error;
		sent = send(fd, packet, size, MSG_NOSIGNAL);
	}
	if (sent >= 0)
		return 0;
	return errno == EPIPE || errno == ECONNRESET ? -ENODEV : -errno;
}

int sim_socket_send_new(int fd, json_t *message)
{
	autofree char *text = message ? json_dumps(message, JSON_COMPACT) : NULL;

	json_decref(message);
	return text ? sim_socket_send(fd, text, strlen(text)) : -ENOMEM;
}

int sim_socket_receive(int fd, json_t **message)
{
	char packet[PACKET_MAX];
	ssize_t size;
	json_t *object;

	do {
		size = recv(fd, packet, sizeof(packet), MSG_DONTWAIT | MSG_TRUNC);
	} while (size < 0 && errno == EINTR);
	if (size < 0 && errno == EAGAIN)
		return 0;
	if (size < 0)
		return errno == ECONNRESET ? -ENODEV : -errno;
	if (size == 0)
		return -ENODEV;
	if ((size_t)size > sizeof(packet))
		return -EPROTO;
	object = json_loadb(packet, (size_t)size, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(object)) {
		json_decref(object);
		return -EPROTO;
	}
	*message = object;
	return 1;
}

int sim_socket_wait(int fd, int timeout_ms)
{
	return wait_for(fd, POLLIN, timeout_ms);
}

int sim_socket_answer(int fd, char *text, size_t text_size)
{
	json_t *answer = NULL;
	int error = sim_socket_wait(fd, SIM_SOCKET_PATIENCE_MS);
	int received = error ? error : sim_socket_receive(fd, &answer);
	const char *words;
	json_int_t number;

	if (received <= 0)
		return received < 0 ? received : -ETIMEDOUT;
	words = json_string_value(json_object_get(answer, "error"));
	if (words && text_size > 0)
		snprintf(text, text_size, "%s", words);
	number = json_integer_value(json_object_get(answer, "errno"));
	if (json_is_true(json_object_get(answer, "ok")))
		error = 0;
	else
		error = number > 0 && number < 4096 ? -(int)number : -EPROTO;
	json_decref(answer);
	return error;
}
