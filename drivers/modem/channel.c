/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/channel.h"

#include <errno.h>
#include <string.h>

#include "base/packets.h"
#include "modem/channel_wire.h"

struct channel {
	struct packets *packets;
	bool heartbeat_owed; /* a ping's answer found the queue full */
};

int channel_new(int fd, struct channel **out)
{
	struct packets *packets = NULL;
	int result = packets_new(fd, CHANNEL_QUEUE_MAX, &packets);
	struct channel *channel = NULL;

	if (result == 0)
		channel = calloc(1, sizeof(*channel));
	if (!channel) {
		packets_free(packets);
		return result < 0 ? result : -ENOMEM;
	}
	channel->packets = packets;
	*out = channel;
	return 0;
}

int channel_release(struct channel *channel)
{
	int fd = packets_release(channel->packets);

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
	return packets_fd(channel->packets);
}

bool channel_waiting(const struct channel *channel)
{
	return packets_waiting(channel->packets) || channel->heartbeat_owed;
}

uint64_t channel_received(const struct channel *channel)
{
	return packets_received(channel->packets);
}

static int post_heartbeat(struct channel *channel)
{
	uint8_t data[WIRE_HEADER_SIZE];
	size_t size = wire_put_empty(WIRE_HEARTBEAT, data);

	return packets_send_now(channel->packets, data, size);
}

int channel_flush(struct channel *channel)
{
	int result = packets_flush(channel->packets);

	if (result == 0 && channel->heartbeat_owed) {
		result = post_heartbeat(channel);
		channel->heartbeat_owed = result == -EAGAIN;
	}
	return result;
}

static int post(struct channel *channel, const uint8_t *data, size_t size)
{
	int result = channel_flush(channel);

	return result == 0 || result == -EAGAIN ? packets_send(channel->packets, data, size)
						: result;
}

static ssize_t receive(struct channel *channel, uint8_t data[static WIRE_PACKET_MAX])
{
	return packets_receive(channel->packets, data, WIRE_PACKET_MAX);
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
