/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>

#include "modem/channel_wire.h"

struct packet {
	struct packet *next;
	size_t size;
	uint8_t data[];
};

struct channel {
	int fd;
	uint64_t received;
	struct packet *first, **last; /* waiting for the socket, oldest first */
	unsigned waiting;
	bool heartbeat_owed; /* a ping's answer found the queue full */
};

int channel_new(int fd, struct channel **out)
{
	autoclose int owned = fd;
	struct channel *channel;
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
		fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return -errno;
	channel = calloc(1, sizeof(*channel));
	if (!channel)
		return -ENOMEM;
	channel->fd = owned;
	channel->last = &channel->first;
	owned = -1;
	*out = channel;
	return 0;
}

int channel_release(struct channel *channel)
{
	int fd = channel->fd;

	for (struct packet *packet = channel->first, *next; packet; packet = next) {
		next = packet->next;
		free(packet);
	}
	free(channel);
	return fd;
}

void channel_free(struct channel *channel)
{
	if (channel)
		close(channel_release(channel));
}

int channel_fd(const struct channel *channel)
{
	return channel->fd;
}

bool channel_waiting(const struct channel *channel)
{
	return channel->first || channel->heartbeat_owed;
}

uint64_t channel_received(const struct channel *channel)
{
	return channel->received;
}

/* 0 when the socket took it, -EAGAIN when it is full, -EPIPE when the peer is gone. */
static int send_now(const struct channel *channel, const uint8_t *data, size_t size)
{
	ssize_t sent;

	do {
		sent = send(channel->fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent >= 0)
		return 0;
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
		return -EAGAIN;
	return errno == ECONNRESET ? -EPIPE : -errno;
}

static int enqueue(struct channel *channel, const uint8_t *data, size_t size)
{
	struct packet *packet;

	if (channel->waiting >= CHANNEL_QUEUE_MAX)
		return -EAGAIN;
	packet = malloc(sizeof(*packet) + size);
	if (!packet)
		return -ENOMEM;
	packet->next = NULL;
	packet->size = size;
	memcpy(packet->data, data, size);
	*channel->last = packet;
	channel->last = &packet->next;
	channel->waiting++;
	return 0;
}

static int post(struct channel *channel, const uint8_t *data, size_t size)
{
	int result = channel_flush(channel);

	if (result == 0)
		result = send_now(channel, data, size);
	return result == -EAGAIN ? enqueue(channel, data, size) : result;
}

static int post_heartbeat(struct channel *channel)
{
	uint8_t data[WIRE_HEADER_SIZE];
	size_t size = wire_put_empty(WIRE_HEARTBEAT, data);

	return send_now(channel, data, size);
}

int channel_flush(struct channel *channel)
{
	int result = 0;

	while (channel->first && result == 0) {
		struct packet *packet = channel->first;

		result = send_now(channel, packet->data, packet->size);
		if (result < 0)
			break;
		channel->first = packet->next;
		if (!channel->first)
			channel->last = &channel->first;
		channel->waiting--;
		free(packet);
	}
	if (result == 0 && channel->heartbeat_owed) {
		result = post_heartbeat(channel);
		channel->heartbeat_owed = result == -EAGAIN;
	}
	return result;
}

/* The size of a packet read into data, 0 when there is none, or a negative errno. */
static ssize_t receive(struct channel *channel, uint8_t data[static WIRE_PACKET_MAX])
{
	ssize_t size;

	do {
		/* MSG_TRUNC: the size of what was sent, also when it didn't fit. */
		size = recv(channel->fd, data, WIRE_PACKET_MAX, MSG_DONTWAIT | MSG_TRUNC);
	} while (size < 0 && errno == EINTR);
	if (size < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK ? 0
		       : errno == ECONNRESET		       ? -EPIPE
							       : -errno;
	if (size == 0)
		return -EPIPE;
	if (size > WIRE_PACKET_MAX)
		return -EPROTO;
	channel->received++;
	return size;
}

int channel_send_event(struct channel *channel, const struct modem_event *event)
{
	uint8_t data[WIRE_PACKET_MAX];
	size_t size = wire_put_event(event, data);

	return size ? post(channel, data, size) : -EINVAL;
}

int channel_next_request(struct channel *channel, struct channel_request *request)
{
	uint8_t data[WIRE_PACKET_MAX];

	for (;;) {
		ssize_t size = receive(channel, data);
		int result;

		if (size <= 0)
			return (int)size;
		if (!wire_is_empty(WIRE_PING, data, (size_t)size))
			return wire_get_request(data, (size_t)size, request) ? 1 : -EPROTO;
		channel->heartbeat_owed = true;
		result = channel_flush(channel);
		if (result < 0 && result != -EAGAIN)
			return result;
	}
}

int channel_send_request(struct channel *channel, const struct channel_request *request)
{
	uint8_t data[WIRE_PACKET_MAX];
	size_t size = wire_put_request(request, data);

	return size ? post(channel, data, size) : -EINVAL;
}

int channel_ping(struct channel *channel)
{
	uint8_t data[WIRE_HEADER_SIZE];
	size_t size = wire_put_empty(WIRE_PING, data);

	return post(channel, data, size);
}

int channel_next_event(struct channel *channel, struct modem_event *event)
{
	uint8_t data[WIRE_PACKET_MAX];

	for (;;) {
		ssize_t size = receive(channel, data);

		if (size <= 0)
			return (int)size;
		if (!wire_is_empty(WIRE_HEARTBEAT, data, (size_t)size))
			return wire_get_event(data, (size_t)size, event) ? 1 : -EPROTO;
	}
}
