/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "pdu.h"
#include "text.h"

/* What is still to be read; every take checks the end. */
struct reader {
	const uint8_t *octets;
	size_t size;
	bool failed;
};

static unsigned take(struct reader *reader)
{
	if (!reader->size) {
		reader->failed = true;
		return 0;
	}
	reader->size--;
	return *reader->octets++;
}

static const uint8_t *take_block(struct reader *reader, size_t size)
{
	const uint8_t *block = reader->octets;

	if (size > reader->size) {
		reader->failed = true;
		return NULL;
	}
	reader->octets += size;
	reader->size -= size;
	return block;
}

static void read_digits(const uint8_t *octets, size_t digits, bool plus, char *out)
{
	static const char names[] = "0123456789*#abc";

	if (plus)
		*out++ = '+';
	for (size_t i = 0; i < digits; i++) {
		unsigned value = i % 2 ? octets[i / 2] >> 4 : octets[i / 2] & 15;

		if (value < 15)
			*out++ = names[value];
	}
	*out = '\0';
}

static void read_name(const uint8_t *octets, size_t semi_octets, char out[static PDU_ADDRESS_SIZE])
{
	uint8_t septets[16];
	uint16_t units[16];
	size_t count = semi_octets * 4 / 7;
	autofree char *name = NULL;

	septets_unpack(octets, 0, count, septets);
	name = text_to_utf8(units, gsm7_decode(septets, count, units));
	snprintf(out, PDU_ADDRESS_SIZE, "%s", name);
}

/* TP-OA, TP-DA, TP-RA (23.040 section 9.1.2.5): the length counts semi-octets, at most 20. */
static void read_address(struct reader *reader, struct pdu_content *content)
{
	unsigned length = take(reader);
	const uint8_t *octets;

	content->address_type = (uint8_t)take(reader);
	if (length > 20) {
		reader->failed = true;
		return;
	}
	octets = take_block(reader, (length + 1) / 2);
	if (!octets)
		return;
	if ((content->address_type & 0x70) == 0x50)
		read_name(octets, length, content->address);
	else
		read_digits(
			octets, length, (content->address_type & 0x70) == 0x10, content->address);
}

static int swapped(uint8_t octet)
{
	return (octet & 15) * 10 + (octet >> 4);
}

/* TP-SCTS and TP-DT; a date that isn't one gives 0, as a phone would show it anyway. */
static int64_t read_time(struct reader *reader)
{
	const uint8_t *octets = take_block(reader, 7);
	struct tm parts = { 0 };
	int quarters;

	if (!octets)
		return 0;
	/* Two digits of a year: this century's, or the last years of the one before. */
	parts.tm_year = swapped(octets[0]) + (swapped(octets[0]) < 90 ? 100 : 0);
	parts.tm_mon = swapped(octets[1]) - 1;
	parts.tm_mday = swapped(octets[2]);
	parts.tm_hour = swapped(octets[3]);
	parts.tm_min = swapped(octets[4]);
	parts.tm_sec = swapped(octets[5]);
	quarters = (octets[6] & 7) * 10 + (octets[6] >> 4);
	if (octets[6] & 8)
		quarters = -quarters;
	if (parts.tm_mon < 0 || parts.tm_mon > 11 || parts.tm_mday < 1 || parts.tm_mday > 31)
		return 0;
	return ((int64_t)timegm(&parts) - (int64_t)quarters * 15 * 60) * 1000;
}

/* TP-VP by its format (23.040 section 9.2.3.12). */
static void skip_validity(struct reader *reader, unsigned first_octet)
{
	static const uint8_t sizes[4] = { 0, 7, 1, 7 };

	take_block(reader, sizes[first_octet >> 3 & 3]);
}

enum alphabet { ALPHABET_GSM7, ALPHABET_OCTETS, ALPHABET_UCS2 };

/* TP-DCS (23.038 section 4); reserved codings are read as the default alphabet. */
static enum alphabet coding_alphabet(uint8_t coding)
{
	if ((coding & 0xF0) == 0xF0)
		return coding & 4 ? ALPHABET_OCTETS : ALPHABET_GSM7;
	if ((coding & 0xF0) == 0xE0)
		return ALPHABET_UCS2;
	if (coding & 0x80)
		return ALPHABET_GSM7;
	if (coding & 0x20) /* compressed: nobody does it, nobody reads it */
		return ALPHABET_OCTETS;
	switch (coding & 0x0C) {
	case 0x04:
		return ALPHABET_OCTETS;
	case 0x08:
		return ALPHABET_UCS2;
	default:
		return ALPHABET_GSM7;
	}
}

/* Walks the information elements; -EBADMSG when one leaves the header. */
static int read_header(const uint8_t *header, size_t size, struct pdu_concat *concat)
{
	struct reader reader = { .octets = header, .size = size };

	while (reader.size && !reader.failed) {
		unsigned identifier = take(&reader);
		unsigned length = take(&reader);
		const uint8_t *element = take_block(&reader, length);

		if (!element)
			return -EBADMSG;
		if (identifier == 0x00 && length == 3)
			*concat = (struct pdu_concat) {
				.reference = element[0], .total = element[1], .number = element[2]
			};
		else if (identifier == 0x08 && length == 4)
			*concat = (struct pdu_concat) { .wide = true,
				.reference = (unsigned)element[0] << 8 | element[1],
				.total = element[2],
				.number = element[3] };
	}
	if (!concat->total || !concat->number || concat->number > concat->total)
		*concat = (struct pdu_concat) { 0 };
	return 0;
}

static int read_user_data(struct reader *reader, struct pdu_content *content)
{
	enum alphabet alphabet = coding_alphabet(content->coding);
	size_t length = take(reader);
	size_t octets = alphabet == ALPHABET_GSM7 ? septets_octets(length) : length;
	const uint8_t *data = take_block(reader, octets);
	size_t header = 0;

	if (!data || octets > PDU_USER_DATA_MAX)
		return -EBADMSG;
	if (content->first_octet & 0x40) {
		if (!octets || (size_t)data[0] + 1 > octets)
			return -EBADMSG;
		header = (size_t)data[0] + 1;
		if (read_header(data + 1, header - 1, &content->concat) < 0)
			return -EBADMSG;
	}
	if (alphabet == ALPHABET_GSM7) {
		uint8_t septets[PDU_SEPTETS_MAX];
		size_t skip = (header * 8 + 6) / 7;

		if (skip > length || length > PDU_SEPTETS_MAX)
			return -EBADMSG;
		septets_unpack(data, skip, length - skip, septets);
		content->unit_count = gsm7_decode(septets, length - skip, content->units);
	} else if (alphabet == ALPHABET_UCS2) {
		content->unit_count = (length - header) / 2;
		for (size_t i = 0; i < content->unit_count; i++)
			content->units[i] =
				(uint16_t)(data[header + i * 2] << 8 | data[header + i * 2 + 1]);
	} else {
		content->binary = true;
		content->octet_count = length - header;
		memcpy(content->octets, data + header, content->octet_count);
	}
	return 0;
}

static int read_submit(struct reader *reader, struct pdu_content *content)
{
	content->type = PDU_SUBMIT;
	content->report_wanted = content->first_octet & 0x20;
	content->reference = take(reader);
	read_address(reader, content);
	content->protocol = (uint8_t)take(reader);
	content->coding = (uint8_t)take(reader);
	skip_validity(reader, content->first_octet);
	return read_user_data(reader, content);
}

static int read_deliver(struct reader *reader, struct pdu_content *content)
{
	content->type = PDU_DELIVER;
	read_address(reader, content);
	content->protocol = (uint8_t)take(reader);
	content->coding = (uint8_t)take(reader);
	content->service_centre_ms = read_time(reader);
	return read_user_data(reader, content);
}

static int read_report(struct reader *reader, struct pdu_content *content)
{
	content->type = PDU_REPORT;
	content->reference = take(reader);
	read_address(reader, content);
	content->service_centre_ms = read_time(reader);
	content->discharged_ms = read_time(reader);
	content->status = take(reader);
	return 0;
}

int pdu_decode(const uint8_t *octets, size_t size, bool to_network, struct pdu_content *content)
{
	struct reader reader = { .octets = octets, .size = size };
	int result;

	memset(content, 0, sizeof(*content));
	take_block(&reader, take(&reader));
	content->first_octet = (uint8_t)take(&reader);
	if (reader.failed)
		return -EBADMSG;
	switch (content->first_octet & 3) {
	case 0:
		result = to_network ? -EBADMSG : read_deliver(&reader, content);
		break;
	case 1:
		result = read_submit(&reader, content);
		break;
	case 2:
		result = to_network ? -EBADMSG : read_report(&reader, content);
		break;
	default:
		result = -EBADMSG;
	}
	return reader.failed ? -EBADMSG : result;
}

size_t pdu_tpdu_length(const uint8_t *octets, size_t size)
{
	size_t service_centre = size ? (size_t)octets[0] + 1 : 0;

	return size > service_centre ? size - service_centre : 0;
}
