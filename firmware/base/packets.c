/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/packets.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

struct packet {
	struct packet *next;
	size_t size;
	uint8_t data[];
};

struct packets {
	int fd;
	uint64_t received;
	struct packet *first, **last; /* waiting for the socket, oldest first */
	unsigned waiting, most;
};

int packets_new(int fd, unsigned queue_max, struct packets **out)
{
	autoclose int owned = fd;
	struct packets *packets;
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
		fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return -errno;
	packets = calloc(1, sizeof(*packets));
	if (!packets)
		return -ENOMEM;
	packets->fd = owned;
	packets->last = &packets->first;
	packets->most = queue_max;
	owned = -1;
	*out = packets;
	return 0;
}

int packets_release(struct packets *packets)
{
	int fd = packets->fd;

	for (struct packet *packet = packets->first, *next; packet; packet = next) {
		next = packet->next;
		explicit_bzero(packet->data, packet->size);
		free(packet);
	}
	free(packets);
	return fd;
}

void packets_free(struct packets *packets)
{
	if (packets)
		close(packets_release(packets));
}

int packets_fd(const struct packets *packets)
{
	return packets->fd;
}

bool packets_waiting(const struct packets *packets)
{
	return packets->first != NULL;
}

uint64_t packets_received(const struct packets *packets)
{
	return packets->received;
}

/* 0 when the socket took it, -EAGAIN when it is full, -EPIPE when the peer is gone. */
static int to_socket(const struct packets *packets, const void *data, size_t size)
{
	ssize_t sent;

	do {
		sent = send(packets->fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent >= 0)
		return 0;
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
		return -EAGAIN;
	return errno == ECONNRESET ? -EPIPE : -errno;
}

static int enqueue(struct packets *packets, const void *data, size_t size)
{
	struct packet *packet;

	if (packets->waiting >= packets->most)
		return -EAGAIN;
	packet = malloc(sizeof(*packet) + size);
	if (!packet)
		return -ENOMEM;
	packet->next = NULL;
	packet->size = size;
	memcpy(packet->data, data, size);
	*packets->last = packet;
	packets->last = &packet->next;
	packets->waiting++;
	return 0;
}

int packets_flush(struct packets *packets)
{
	int result = 0;

	while (packets->first && result == 0) {
		struct packet *packet = packets->first;

		result = to_socket(packets, packet->data, packet->size);
		if (result < 0)
			break;
		packets->first = packet->next;
		if (!packets->first)
			packets->last = &packets->first;
		packets->waiting--;
		explicit_bzero(packet->data, packet->size);
		free(packet);
	}
	return result;
}

int packets_send_now(struct packets *packets, const void *data, size_t size)
{
	int result = packets_flush(packets);

	return result == 0 ? to_socket(packets, data, size) : result;
}

int packets_send(struct packets *packets, const void *data, size_t size)
{
	int result = packets_send_now(packets, data, size);

	return result == -EAGAIN ? enqueue(packets, data, size) : result;
}

ssize_t packets_receive(struct packets *packets, void *data, size_t size)
{
	ssize_t got;

	do {
		/* MSG_TRUNC: the size of what was sent, also when it didn't fit. */
		got = recv(packets->fd, data, size, MSG_DONTWAIT | MSG_TRUNC);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? 0
		       : errno == ECONNRESET		       ? -EPIPE
							       : -errno;
	if (got == 0)
		return -EPIPE;
	if ((size_t)got > size)
		return -EPROTO;
	packets->received++;
	return got;
}
