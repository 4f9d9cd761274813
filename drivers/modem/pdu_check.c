/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/pdu_check.h"

#include <string.h>

/* 24.011, 8.2.5.2: a service-centre address has at most 11 octets after its length. */
#define CENTRE_OCTETS_MAX 11
/* 23.040, 9.1.2.5: an address has at most 20 semi-octets. */
#define ADDRESS_COUNT_MAX 20
/* 23.040, 9.2.3.24: user data has at most 140 octets, which is 160 septets. */
#define DATA_OCTETS_MAX 140
#define DATA_SEPTETS_MAX 160

#define MTI_MASK 0x03
#define MTI_SUBMIT 0x01
#define MTI_REPORT 0x02
#define HEADER_INDICATOR 0x40

/* TP-PI of a report, 9.2.3.27: which optional fields follow. */
#define HAS_PROTOCOL 0x01
#define HAS_CODING 0x02
#define HAS_DATA 0x04
#define HAS_MORE 0x80

/* What is left of the PDU. A field that doesn't fit leaves the cursor short for good. */
struct cursor {
	const uint8_t *pdu;
	size_t size;
	size_t at;
	bool short_of;
};

static size_t skip(struct cursor *cursor, size_t count)
{
	size_t at = cursor->at;

	if (count > cursor->size - cursor->at) {
		cursor->short_of = true;
		cursor->at = cursor->size;
		return 0;
	}
	cursor->at += count;
	return at;
}

static uint8_t octet(struct cursor *cursor)
{
	size_t at = skip(cursor, 1);

	return cursor->short_of ? 0 : cursor->pdu[at];
}

static const char *check_centre(struct cursor *cursor)
{
	uint8_t length = octet(cursor);

	if (length > CENTRE_OCTETS_MAX)
		return "the service centre's address is too long";
	skip(cursor, length);
	return cursor->short_of ? "it ends in the service centre's address" : NULL;
}

static const char *check_address(struct cursor *cursor, struct pdu_layout *layout)
{
	layout->address_count = octet(cursor);
	if (layout->address_count > ADDRESS_COUNT_MAX)
		return "the address is longer than 20 digits";
	layout->address_type = octet(cursor);
	layout->address = skip(cursor, (layout->address_count + 1) / 2);
	return cursor->short_of ? "it ends in the address" : NULL;
}

/* TP-DCS, 23.038 section 4. Reserved codings are to be taken as the default alphabet. */
static void read_coding(uint8_t coding, struct pdu_layout *layout)
{
	layout->alphabet = PDU_SEPTETS;
	layout->message_class = -1;
	layout->compressed = false;
	layout->indication = false;
	if (coding < 0x80) {
		unsigned alphabet = (coding >> 2) & 3;

		if (alphabet == 1)
			layout->alphabet = PDU_OCTETS;
		else if (alphabet == 2)
			layout->alphabet = PDU_UCS2;
		layout->compressed = coding & 0x20;
		if (coding & 0x10)
			layout->message_class = coding & 3;
	} else if (coding >= 0xf0) {
		layout->alphabet = coding & 0x04 ? PDU_OCTETS : PDU_SEPTETS;
		layout->message_class = coding & 3;
	} else if (coding >= 0xc0) {
		layout->alphabet = coding >= 0xe0 ? PDU_UCS2 : PDU_SEPTETS;
		layout->indication = true;
	}
}

static const char *check_elements(const uint8_t *header, size_t size)
{
	for (size_t at = 1; at < size; at += 2u + header[at + 1])
		if (size - at < 2 || header[at + 1] > size - at - 2)
			return "an element of the user data header is longer than the header";
	return NULL;
}

static const char *check_data(struct cursor *cursor, struct pdu_layout *layout)
{
	bool septets;
	size_t octets, data;

	layout->data_length = cursor->at;
	layout->data_count = octet(cursor);
	/* Compressed text counts in octets, whatever its alphabet (9.2.3.16). */
	septets = layout->alphabet == PDU_SEPTETS && !layout->compressed;
	octets = septets ? (layout->data_count * 7 + 7) / 8 : layout->data_count;
	if (octets > DATA_OCTETS_MAX || (septets && layout->data_count > DATA_SEPTETS_MAX))
		return "the user data is longer than a message can be";
	data = skip(cursor, octets);
	if (cursor->short_of)
		return "it ends in the user data";
	if (!(cursor->pdu[layout->tpdu] & HEADER_INDICATOR))
		return NULL;
	if (octets == 0 || cursor->pdu[data] + 1u > octets)
		return "the user data header is longer than the user data";
	layout->header_size = cursor->pdu[data] + 1u;
	if (septets && (layout->header_size * 8 + 6) / 7 > layout->data_count)
		return "the user data header is longer than the user data";
	return check_elements(cursor->pdu + data, layout->header_size);
}

static const char *check_deliver(struct cursor *cursor, struct pdu_layout *layout)
{
	const char *fault = check_address(cursor, layout);

	if (fault)
		return fault;
	layout->protocol = octet(cursor);
	read_coding(octet(cursor), layout);
	layout->service_centre_time = skip(cursor, PDU_TIME_SIZE);
	if (cursor->short_of)
		return "it ends in the service centre's time stamp";
	return check_data(cursor, layout);
}

static const char *check_submit(struct cursor *cursor, struct pdu_layout *layout)
{
	/* TP-VPF, 9.2.3.3: none, enhanced, relative, absolute. */
	static const size_t validity_sizes[] = { 0, 7, 1, 7 };
	uint8_t first = cursor->pdu[layout->tpdu];
	const char *fault;

	layout->reference = octet(cursor);
	fault = check_address(cursor, layout);
	if (fault)
		return fault;
	layout->protocol = octet(cursor);
	read_coding(octet(cursor), layout);
	skip(cursor, validity_sizes[(first >> 3) & 3]);
	if (cursor->short_of)
		return "it ends in the validity period";
	return check_data(cursor, layout);
}

/*
 * What may follow TP-ST in a report, 9.2.2.3. Nothing there matters to us, and some centres
 * and modems fill it with rubbish: it is read as far as it makes sense.
 */
static void read_report_options(struct cursor *cursor, struct pdu_layout *layout)
{
	struct cursor start = *cursor;
	uint8_t indicator = octet(cursor);
	uint8_t more = indicator;

	read_coding(0, layout);
	while (more & HAS_MORE && !cursor->short_of)
		more = octet(cursor);
	if (cursor->short_of || indicator == 0xff) {
		*cursor = start;
		return;
	}
	if (indicator & HAS_PROTOCOL)
		layout->protocol = octet(cursor);
	if (indicator & HAS_CODING)
		read_coding(octet(cursor), layout);
	if (!(indicator & HAS_DATA) || cursor->short_of || check_data(cursor, layout) != NULL) {
		layout->data_length = 0;
		layout->data_count = 0;
		layout->header_size = 0;
	}
}

static const char *check_report(struct cursor *cursor, struct pdu_layout *layout)
{
	const char *fault;

	layout->reference = octet(cursor);
	fault = check_address(cursor, layout);
	if (fault)
		return fault;
	layout->service_centre_time = skip(cursor, PDU_TIME_SIZE);
	layout->discharge_time = skip(cursor, PDU_TIME_SIZE);
	layout->status = octet(cursor);
	if (cursor->short_of)
		return "the status report ends before its status";
	read_report_options(cursor, layout);
	return NULL;
}

const char *pdu_check(const uint8_t *pdu, size_t size, struct pdu_layout *layout)
{
	struct cursor cursor = { .pdu = pdu, .size = size };
	const char *fault;
	uint8_t first;

	memset(layout, 0, sizeof(*layout));
	layout->message_class = -1;
	fault = check_centre(&cursor);
	if (fault)
		return fault;
	layout->tpdu = cursor.at;
	first = octet(&cursor);
	if (cursor.short_of)
		return "it ends after the service centre's address";
	switch (first & MTI_MASK) {
	case MTI_SUBMIT:
		layout->type = PDU_SUBMIT;
		return check_submit(&cursor, layout);
	case MTI_REPORT:
		layout->type = PDU_REPORT;
		return check_report(&cursor, layout);
	default:
		/* 9.2.3.1: a reserved type is to be taken as SMS-DELIVER. */
		layout->type = PDU_DELIVER;
		return check_deliver(&cursor, layout);
	}
}

bool pdu_next_element(
	const uint8_t *pdu, const struct pdu_layout *layout, size_t *at, struct pdu_element *out)
{
	const uint8_t *header = pdu + layout->data_length + 1;

	if (*at == 0)
		*at = 1;
	if (*at >= layout->header_size)
		return false;
	out->identifier = header[*at];
	out->size = header[*at + 1];
	out->data = header + *at + 2;
	*at += 2u + out->size;
	return true;
}
