/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of the channel's packets: a header (magic, version, type, size of what follows)
 * and the message's fields in order, little-endian, texts and PDUs with their size in front.
 * For channel.c only.
 */
#ifndef KOTAK_MODEM_CHANNEL_WIRE_H
#define KOTAK_MODEM_CHANNEL_WIRE_H

#include "modem/channel.h"

#define WIRE_HEADER_SIZE 12
/* Longest packet: a text to send, with room for the fields beside it. */
#define WIRE_PACKET_MAX (CHANNEL_TEXT_MAX + 512)

enum wire_type {
	WIRE_PING = 1,
	WIRE_HEARTBEAT = 2,
	WIRE_EVENT = 0x100,   /* and enum modem_event_type */
	WIRE_REQUEST = 0x200, /* and enum channel_request_type */
};

/* Each writes a packet and returns its size, or 0 when a field is out of its range. */
size_t wire_put_empty(enum wire_type type, uint8_t data[static WIRE_HEADER_SIZE]);
size_t wire_put_event(const struct modem_event *event, uint8_t data[static WIRE_PACKET_MAX]);
size_t wire_put_request(
	const struct channel_request *request, uint8_t data[static WIRE_PACKET_MAX]);

/* Whether this is a valid packet of a type without fields. */
bool wire_is_empty(enum wire_type type, const uint8_t *data, size_t size);
/* false for anything but a valid packet of the kind with nothing left over. */
must_check bool wire_get_event(const uint8_t *data, size_t size, struct modem_event *event);
must_check bool wire_get_request(const uint8_t *data, size_t size, struct channel_request *request);

#endif
