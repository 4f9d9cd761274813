/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/link.h"

#include <errno.h>
#include <string.h>

#include "base/packets.h"

static const char ping[] = "{\"type\":\"ping\"}";
static const char pong[] = "{\"type\":\"pong\"}";

struct link {
	struct packets *packets;
	bool pong_owed; /* its packet found the queue full */
	char received[LINK_BYTES_MAX];
};

int link_new(int fd, struct link **out)
{
	struct packets *packets = NULL;
	int result = packets_new(fd, LINK_QUEUE_MAX, &packets);
	struct link *link = NULL;

	if (result == 0)
		link = calloc(1, sizeof(*link));
	if (!link) {
		packets_free(packets);
		return result < 0 ? result : -ENOMEM;
	}
	link->packets = packets;
	*out = link;
	return 0;
}

void link_free(struct link *link)
{
	if (!link)
		return;
	packets_free(link->packets);
	explicit_bzero(link->received, sizeof(link->received));
	free(link);
}

int link_fd(const struct link *link)
{
	return packets_fd(link->packets);
}

bool link_waiting(const struct link *link)
{
	return packets_waiting(link->packets) || link->pong_owed;
}

uint64_t link_received(const struct link *link)
{
	return packets_received(link->packets);
}

int link_flush(struct link *link)
{
	int result = packets_flush(link->packets);

	if (result == 0 && link->pong_owed) {
		result = packets_send_now(link->packets, pong, sizeof(pong) - 1);
		link->pong_owed = result == -EAGAIN;
	}
	return result;
}

int link_ping(struct link *link)
{
	return packets_send(link->packets, ping, sizeof(ping) - 1);
}

int link_send(struct link *link, const json_t *message)
{
	autofree char *text = json_dumps(message, JSON_COMPACT);
	size_t size = text ? strlen(text) : 0;
	int result;

	if (!text)
		return -ENOMEM;
	result = size > LINK_BYTES_MAX ? -EMSGSIZE : packets_send(link->packets, text, size);
	explicit_bzero(text, size);
	return result;
}

int link_send_new(struct link *link, json_t *message)
{
	int result = message ? link_send(link, message) : -ENOMEM;

	json_decref(message);
	return result;
}

/* The packet as a message with its type, or NULL. */
static json_t *read_message(const char *text, size_t size)
{
	json_t *message = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_string(json_object_get(message, "type")))
		return message;
	json_decref(message);
	return NULL;
}

int link_next(struct link *link, json_t **message)
{
	for (;;) {
		ssize_t size =
			packets_receive(link->packets, link->received, sizeof(link->received));
		const char *type;

		if (size <= 0)
			return (int)size;
		*message = read_message(link->received, (size_t)size);
		explicit_bzero(link->received, (size_t)size);
		if (!*message)
			return -EPROTO;
		type = json_string_value(json_object_get(*message, "type"));
		if (strcmp(type, "ping") != 0 && strcmp(type, "pong") != 0)
			return 1;
		if (type[1] == 'i')
			link->pong_owed = true;
		json_decref(*message);
		int result = link_flush(link);
		if (result < 0 && result != -EAGAIN)
			return result;
	}
}
