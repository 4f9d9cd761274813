/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "tools/kotakctl/kotakctl.h"

#define PATIENCE_S 5
/* A status document is some kilobytes; this much is somebody else's socket. */
#define ANSWER_MAX ((size_t)4 * 1024 * 1024)

static int control_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = PATIENCE_S };
	autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0 ||
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return errno == ENOENT ? -ECONNREFUSED : -errno;
	int connected = fd;
	fd = -1;
	return connected;
}

static int send_line(int fd, const char *line)
{
	autofree char *request = NULL;
	int length = asprintf(&request, "%s\n", line);

	if (length < 0)
		return -ENOMEM;
	for (ssize_t sent = 0, more; sent < length; sent += more) {
		more = send(fd, request + sent, (size_t)(length - sent), MSG_NOSIGNAL);
		if (more < 0 && errno != EINTR)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		if (more < 0)
			more = 0;
	}
	return 0;
}

static int receive_all(int fd, char **answer)
{
	autofree char *text = NULL;
	size_t length = 0, room = 0;

	for (;;) {
		if (room - length < 2) {
			room = room ? room * 2 : 4096;
			char *grown = room > ANSWER_MAX ? NULL : realloc(text, room);
			if (!grown)
				return room > ANSWER_MAX ? -EMSGSIZE : -ENOMEM;
			text = grown;
		}
		ssize_t got = recv(fd, text + length, room - length - 1, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	text[length] = '\0';
	*answer = take_pointer(text);
	return 0;
}

int control_ask(const struct config *config, const char *asked, char **answer)
{
	if (!config->control_socket)
		return -ENOENT;
	autoclose int fd = control_connect(config->control_socket);
	if (fd < 0)
		return fd;
	int error = send_line(fd, asked);
	return error < 0 ? error : receive_all(fd, answer);
}
