/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One description of each message serves both ways: a cursor either writes the fields of a
 * struct or reads them into it, so that the two can't disagree. Limits are checked both ways;
 * the first that is broken fails the whole packet.
 */
#include "modem/channel_wire.h"

#include <string.h>

#include "modem/alphabet.h"

#define MAGIC 0x4b4f544bu /* "KTOK" in memory order */
#define VERSION 2u

struct cursor {
	uint8_t *out;	   /* writing to here, or NULL */
	const uint8_t *in; /* reading from here */
	size_t size, at;
	bool failed;
};

/* A whole number of so many octets, little-endian; sign is the business of the caller. */
static void octets(struct cursor *cursor, uint64_t *value, size_t count)
{
	if (cursor->failed || cursor->size - cursor->at < count) {
		cursor->failed = true;
		return;
	}
	if (!cursor->out)
		*value = 0;
	for (size_t i = 0; i < count; i++) {
		if (cursor->out)
			cursor->out[cursor->at + i] = (uint8_t)(*value >> (8 * i));
		else
			*value |= (uint64_t)cursor->in[cursor->at + i] << (8 * i);
	}
	cursor->at += count;
}

static void limit(struct cursor *cursor, bool holds)
{
	if (!holds)
		cursor->failed = true;
}

static void number64(struct cursor *cursor, int64_t *value)
{
	uint64_t bits = (uint64_t)*value;

	octets(cursor, &bits, 8);
	*value = (int64_t)bits;
}

static void number32(struct cursor *cursor, int *value, int min, int max)
{
	uint64_t bits = (uint32_t)*value;

	octets(cursor, &bits, 4);
	*value = (int32_t)(uint32_t)bits;
	limit(cursor, *value >= min && *value <= max);
}

static void count32(struct cursor *cursor, unsigned *value, unsigned max)
{
	uint64_t bits = *value;

	octets(cursor, &bits, 4);
	*value = (unsigned)bits;
	limit(cursor, *value <= max);
}

/* An enumeration from 0 to max. */
#define choice(cursor, value, max)                                                                 \
	do {                                                                                       \
		unsigned choice_ = (unsigned)*(value);                                             \
		count32(cursor, &choice_, max);                                                    \
		if (!(cursor)->failed)                                                             \
			*(value) = (typeof(*(value)))choice_;                                      \
	} while (0)

static void truth(struct cursor *cursor, bool *value)
{
	uint64_t bits = *value;

	octets(cursor, &bits, 1);
	limit(cursor, bits <= 1);
	*value = bits == 1;
}

static void bytes(struct cursor *cursor, uint8_t *data, size_t *size, size_t max)
{
	uint64_t bits = *size;

	octets(cursor, &bits, 2);
	if (cursor->failed || bits > max || bits > cursor->size - cursor->at) {
		cursor->failed = true;
		return;
	}
	*size = (size_t)bits;
	if (cursor->out)
		memcpy(cursor->out + cursor->at, data, *size);
	else
		memcpy(data, cursor->in + cursor->at, *size);
	cursor->at += *size;
}

/* A text of a driver: what isn't UTF-8 in it becomes question marks on the way out. */
static void text(struct cursor *cursor, char *value, size_t capacity)
{
	size_t size = cursor->out ? strnlen(value, capacity) : 0;

	if (size == capacity)
		cursor->failed = true;
	bytes(cursor, (uint8_t *)value, &size, capacity - 1);
	if (cursor->failed)
		return;
	if (!cursor->out) {
		value[size] = '\0';
		limit(cursor, alphabet_valid(value, size));
		return;
	}
	for (const char *at = value; *at;) {
		if (alphabet_next(&at) < 0) {
			cursor->out[cursor->at - size + (size_t)(at - value)] = '?';
			at++;
		}
	}
}

static void units(struct cursor *cursor, struct modem_decoded *decoded)
{
	uint64_t count = decoded->text_units;

	octets(cursor, &count, 2);
	limit(cursor, count <= MODEM_PART_UNITS);
	if (cursor->failed)
		return;
	decoded->text_units = (size_t)count;
	for (size_t i = 0; i < decoded->text_units; i++) {
		uint64_t unit = decoded->text[i];

		octets(cursor, &unit, 2);
		decoded->text[i] = (uint16_t)unit;
	}
}

static void decoded_fields(struct cursor *cursor, struct modem_decoded *decoded)
{
	choice(cursor, &decoded->type, MODEM_DECODED_UNREADABLE);
	text(cursor, decoded->reason, sizeof(decoded->reason));
	text(cursor, decoded->address, sizeof(decoded->address));
	choice(cursor, &decoded->address_type, MODEM_ADDRESS_OTHER);
	number64(cursor, &decoded->service_centre_ms);
	units(cursor, decoded);
	truth(cursor, &decoded->binary);
	number32(cursor, &decoded->message_class, -1, 3);
	truth(cursor, &decoded->indication);
	number32(cursor, &decoded->port, -1, UINT16_MAX);
	count32(cursor, &decoded->concat_reference, UINT16_MAX);
	truth(cursor, &decoded->concat_wide);
	count32(cursor, &decoded->concat_total, UINT8_MAX);
	count32(cursor, &decoded->concat_number, UINT8_MAX);
	limit(cursor, decoded->concat_number <= decoded->concat_total);
	limit(cursor, decoded->concat_number > 0 || decoded->concat_total == 0);
	count32(cursor, &decoded->reference, UINT8_MAX);
	count32(cursor, &decoded->status, UINT8_MAX);
	number64(cursor, &decoded->discharged_ms);
}

static void status_fields(struct cursor *cursor, struct modem_status *status)
{
	truth(cursor, &status->answering);
	text(cursor, status->port, sizeof(status->port));
	text(cursor, status->maker, sizeof(status->maker));
	text(cursor, status->model, sizeof(status->model));
	text(cursor, status->imei, sizeof(status->imei));
	text(cursor, status->own_number, sizeof(status->own_number));
	text(cursor, status->operator_name, sizeof(status->operator_name));
	choice(cursor, &status->sim, MODEM_SIM_FAULT);
	choice(cursor, &status->registration, MODEM_REGISTRATION_ROAMING);
	number32(cursor, &status->signal_dbm, -200, 0);
	count32(cursor, &status->slots_aside, UINT32_MAX);
	count32(cursor, &status->unknown_lines, UINT32_MAX);
	text(cursor, status->trouble, sizeof(status->trouble));
}

/* The fields of an event of this type; a type that isn't a worker's to send fails. */
static void event_fields(struct cursor *cursor, struct modem_event *event)
{
	switch (event->type) {
	case MODEM_STATUS:
		status_fields(cursor, &event->status);
		return;
	case MODEM_PDU:
		octets(cursor, &event->token, 8);
		limit(cursor, event->token > 0 && event->token <= CHANNEL_TOKEN_MAX);
		bytes(cursor, event->pdu, &event->pdu_size, sizeof(event->pdu));
		return;
	case MODEM_DECODED:
		number64(cursor, &event->id);
		decoded_fields(cursor, &event->decoded);
		return;
	case MODEM_SUBMITTING:
		number64(cursor, &event->id);
		return;
	case MODEM_SENT:
		number64(cursor, &event->id);
		count32(cursor, &event->reference, UINT8_MAX);
		count32(cursor, &event->parts, UINT8_MAX);
		limit(cursor, event->parts > 0);
		return;
	case MODEM_SEND_FAILED:
		number64(cursor, &event->id);
		number32(cursor, &event->error, -1, INT32_MAX);
		truth(cursor, &event->maybe_sent);
		truth(cursor, &event->permanent);
		count32(cursor, &event->parts, UINT8_MAX);
		text(cursor, event->text, sizeof(event->text));
		return;
	case MODEM_STRAY_SENT:
		count32(cursor, &event->reference, UINT8_MAX);
		return;
	case MODEM_USSD:
		number64(cursor, &event->id);
		text(cursor, event->text, sizeof(event->text));
		text(cursor, event->raw, sizeof(event->raw));
		truth(cursor, &event->final);
		return;
	case MODEM_NETWORK_TIME:
		number64(cursor, &event->time_ms);
		return;
	case MODEM_STARTED:
	case MODEM_STOPPED:
		break;
	}
	cursor->failed = true;
}

static void digits(struct cursor *cursor, char *value, size_t capacity, const char *allowed)
{
	text(cursor, value, capacity);
	limit(cursor, cursor->failed || strspn(value, allowed) == strlen(value));
}

static void request_fields(struct cursor *cursor, struct channel_request *request)
{
	switch (request->type) {
	case CHANNEL_START:
		digits(cursor, request->pin, sizeof(request->pin), "0123456789");
		return;
	case CHANNEL_STORED:
		octets(cursor, &request->token, 8);
		limit(cursor, request->token > 0 && request->token <= CHANNEL_TOKEN_MAX);
		return;
	case CHANNEL_DECODE:
		number64(cursor, &request->id);
		bytes(cursor, request->pdu, &request->pdu_size, sizeof(request->pdu));
		return;
	case CHANNEL_SEND:
		number64(cursor, &request->message.id);
		text(cursor, request->recipient, sizeof(request->recipient));
		text(cursor, request->text, sizeof(request->text));
		count32(cursor, &request->message.part, UINT8_MAX);
		choice(cursor, &request->message.concat_reference, UINT8_MAX);
		truth(cursor, &request->message.report);
		request->message.recipient = request->recipient;
		request->message.text = request->text;
		return;
	case CHANNEL_USSD:
		number64(cursor, &request->id);
		text(cursor, request->code, sizeof(request->code));
		return;
	case CHANNEL_RESET_SOFT:
		return;
	}
	cursor->failed = true;
}

/* A cursor that writes the fields of a packet, behind its header. */
static struct cursor writer(uint8_t *data, size_t size)
{
	struct cursor cursor = { .size = size, .at = WIRE_HEADER_SIZE };

	cursor.out = data;
	return cursor;
}

/* Writes the header once the size is known; returns the packet's size, 0 for a failed one. */
static size_t finish(struct cursor *cursor, unsigned type)
{
	struct cursor header = { .out = cursor->out, .size = WIRE_HEADER_SIZE };
	uint64_t fields[] = { MAGIC, VERSION, type, cursor->at - WIRE_HEADER_SIZE };

	if (cursor->failed)
		return 0;
	octets(&header, &fields[0], 4);
	octets(&header, &fields[1], 2);
	octets(&header, &fields[2], 2);
	octets(&header, &fields[3], 4);
	return cursor->at;
}

/* Reads the header; the type, or 0 when this is no packet of ours with its whole payload. */
static unsigned begin(struct cursor *cursor)
{
	uint64_t magic = 0, version = 0, type = 0, size = 0;

	octets(cursor, &magic, 4);
	octets(cursor, &version, 2);
	octets(cursor, &type, 2);
	octets(cursor, &size, 4);
	if (cursor->failed || magic != MAGIC || version != VERSION ||
		size != cursor->size - WIRE_HEADER_SIZE)
		return 0;
	return (unsigned)type;
}

size_t wire_put_empty(enum wire_type type, uint8_t data[static WIRE_HEADER_SIZE])
{
	struct cursor cursor = writer(data, WIRE_HEADER_SIZE);

	return finish(&cursor, type);
}

bool wire_is_empty(enum wire_type type, const uint8_t *data, size_t size)
{
	struct cursor cursor = { .in = data, .size = size };

	return size == WIRE_HEADER_SIZE && begin(&cursor) == type;
}

size_t wire_put_event(const struct modem_event *event, uint8_t data[static WIRE_PACKET_MAX])
{
	struct cursor cursor = writer(data, WIRE_PACKET_MAX);
	/* The description of fields takes what it could read into; writing changes nothing. */
	struct modem_event copy = *event;

	event_fields(&cursor, &copy);
	return finish(&cursor, WIRE_EVENT + (unsigned)copy.type);
}

bool wire_get_event(const uint8_t *data, size_t size, struct modem_event *event)
{
	struct cursor cursor = { .in = data, .size = size };
	unsigned type = begin(&cursor);

	if (type < WIRE_EVENT || type > WIRE_EVENT + MODEM_NETWORK_TIME)
		return false;
	memset(event, 0, sizeof(*event));
	event->type = (enum modem_event_type)(type - WIRE_EVENT);
	event_fields(&cursor, event);
	return !cursor.failed && cursor.at == size;
}

size_t wire_put_request(const struct channel_request *request, uint8_t data[static WIRE_PACKET_MAX])
{
	struct cursor cursor = writer(data, WIRE_PACKET_MAX);
	struct channel_request copy = *request;

	request_fields(&cursor, &copy);
	return finish(&cursor, WIRE_REQUEST + (unsigned)copy.type);
}

bool wire_get_request(const uint8_t *data, size_t size, struct channel_request *request)
{
	struct cursor cursor = { .in = data, .size = size };
	unsigned type = begin(&cursor);

	if (type < WIRE_REQUEST || type > WIRE_REQUEST + CHANNEL_RESET_SOFT)
		return false;
	memset(request, 0, sizeof(*request));
	request->type = (enum channel_request_type)(type - WIRE_REQUEST);
	request_fields(&cursor, request);
	return !cursor.failed && cursor.at == size;
}
