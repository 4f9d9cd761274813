/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "pdu.h"
#include "text.h"

#define TYPE_INTERNATIONAL 0x91
#define TYPE_UNKNOWN 0x81
#define TYPE_ALPHANUMERIC 0xD0
#define DIGITS_MAX 20
#define FILLER 15U
#define NAME_MAX_SEPTETS 11

static void put(struct pdu *pdu, unsigned octet)
{
	if (pdu->size < sizeof(pdu->octets))
		pdu->octets[pdu->size++] = (uint8_t)octet;
}

/* The semi-octet of a digit in an address (23.040 section 9.1.2.3); FILLER for others. */
static unsigned semi_octet(char character)
{
	static const char digits[] = "0123456789*#abc";
	const char *found = character ? strchr(digits, character) : NULL;

	return found ? (unsigned)(found - digits) : FILLER;
}

static bool is_number(const char *address)
{
	const char *digits = address + (*address == '+');
	size_t length = strlen(digits);

	if (!length || length > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < length; i++)
		if (semi_octet(digits[i]) == FILLER)
			return false;
	return true;
}

static void put_digits(struct pdu *pdu, const char *digits)
{
	for (size_t i = 0; digits[i]; i += 2) {
		put(pdu, semi_octet(digits[i + 1]) << 4 | semi_octet(digits[i]));
		if (!digits[i + 1])
			break;
	}
}

/* The RP service-centre address: its length counts octets, with the type. */
static int put_service_centre(struct pdu *pdu, const char *number)
{
	const char *digits;

	pdu->size = 0;
	if (!number || !*number) {
		put(pdu, 0);
		return 0;
	}
	if (!is_number(number))
		return -EINVAL;
	digits = number + (*number == '+');
	put(pdu, (unsigned)(1 + (strlen(digits) + 1) / 2));
	put(pdu, *number == '+' ? TYPE_INTERNATIONAL : TYPE_UNKNOWN);
	put_digits(pdu, digits);
	return 0;
}

/* A name as address: its length counts the semi-octets in use. */
static int put_name(struct pdu *pdu, const char *name)
{
	autofree uint16_t *units = NULL;
	uint8_t septets[NAME_MAX_SEPTETS];
	uint8_t packed[NAME_MAX_SEPTETS] = { 0 };
	size_t count;
	int result = text_from_utf8(name, &units, &count);

	if (result < 0 || !count || count > NAME_MAX_SEPTETS || !gsm7_fits(units, count))
		return -EINVAL;
	count = gsm7_encode(units, count, septets, sizeof(septets));
	septets_pack(septets, count, 0, packed);
	put(pdu, (unsigned)((count * 7 + 3) / 4));
	put(pdu, TYPE_ALPHANUMERIC);
	for (size_t i = 0; i < septets_octets(count); i++)
		put(pdu, packed[i]);
	return 0;
}

/* A TP address: its length counts digits. */
static int put_address(struct pdu *pdu, const char *address)
{
	const char *digits = address + (*address == '+');

	if (!is_number(address))
		return put_name(pdu, address);
	put(pdu, (unsigned)strlen(digits));
	put(pdu, *address == '+' ? TYPE_INTERNATIONAL : TYPE_UNKNOWN);
	put_digits(pdu, digits);
	return 0;
}

static void put_swapped(struct pdu *pdu, int value)
{
	put(pdu, (unsigned)(value % 10 << 4 | value / 10 % 10));
}

/* TP-SCTS (23.040 section 9.2.3.11): local time, then quarters of an hour from UTC. */
static void put_time(struct pdu *pdu, int64_t time_ms, int offset_minutes)
{
	time_t local = (time_t)(time_ms / 1000 + (int64_t)offset_minutes * 60);
	int quarters = (offset_minutes < 0 ? -offset_minutes : offset_minutes) / 15;
	struct tm parts;

	if (!gmtime_r(&local, &parts))
		memset(&parts, 0, sizeof(parts));
	put_swapped(pdu, (parts.tm_year + 1900) % 100);
	put_swapped(pdu, parts.tm_mon + 1);
	put_swapped(pdu, parts.tm_mday);
	put_swapped(pdu, parts.tm_hour);
	put_swapped(pdu, parts.tm_min);
	put_swapped(pdu, parts.tm_sec);
	put(pdu, (unsigned)(quarters % 10 << 4 | quarters / 10 | (offset_minutes < 0 ? 8 : 0)));
}

static unsigned coding_octet(bool ucs2, int message_class)
{
	unsigned coding = ucs2 ? 0x08 : 0x00;

	return message_class < 0 ? coding : coding | 0x10 | (unsigned)message_class;
}

/* Writes the user data header; returns its octets with the length octet, 0 for none. */
static size_t header_write(const struct pdu_concat *concat, uint8_t *header)
{
	if (!concat->total)
		return 0;
	header[0] = concat->wide ? 6 : 5;
	if (concat->wide) {
		header[1] = 0x08;
		header[2] = 4;
		header[3] = (uint8_t)(concat->reference >> 8);
		header[4] = (uint8_t)concat->reference;
	} else {
		header[1] = 0x00;
		header[2] = 3;
		header[3] = (uint8_t)concat->reference;
	}
	header[header[0] - 1] = (uint8_t)concat->total;
	header[header[0]] = (uint8_t)concat->number;
	return (size_t)header[0] + 1;
}

/* TP-UDL and TP-UD; UDL counts septets in the default alphabet, else octets. */
static int put_user_data(struct pdu *pdu, const struct pdu_part *part)
{
	uint8_t data[PDU_USER_DATA_MAX] = { 0 };
	size_t header = header_write(&part->concat, data);

	if (part->ucs2) {
		if (header + part->unit_count * 2 > sizeof(data))
			return -E2BIG;
		for (size_t i = 0; i < part->unit_count; i++) {
			data[header + i * 2] = (uint8_t)(part->units[i] >> 8);
			data[header + i * 2 + 1] = (uint8_t)part->units[i];
		}
		put(pdu, (unsigned)(header + part->unit_count * 2));
		for (size_t i = 0; i < header + part->unit_count * 2; i++)
			put(pdu, data[i]);
	} else {
		uint8_t septets[PDU_SEPTETS_MAX + 2];
		size_t skip = (header * 8 + 6) / 7;
		size_t count;

		if (!gsm7_fits(part->units, part->unit_count))
			return -E2BIG;
		count = gsm7_encode(part->units, part->unit_count, septets, sizeof(septets));
		if (skip + count > PDU_SEPTETS_MAX || part->unit_count > count)
			return -E2BIG;
		septets_pack(septets, count, skip, data);
		put(pdu, (unsigned)(skip + count));
		for (size_t i = 0; i < septets_octets(skip + count); i++)
			put(pdu, data[i]);
	}
	return 0;
}

int pdu_encode_deliver(const struct pdu_part *part, struct pdu *pdu)
{
	int result = put_service_centre(pdu, part->service_centre);

	if (result < 0)
		return result;
	/* SMS-DELIVER, no more messages waiting. */
	put(pdu, part->concat.total ? 0x44 : 0x04);
	result = put_address(pdu, part->address);
	if (result < 0)
		return result;
	put(pdu, 0);
	put(pdu, coding_octet(part->ucs2, part->message_class));
	put_time(pdu, part->service_centre_ms, part->offset_minutes);
	return put_user_data(pdu, part);
}

int pdu_encode_submit(const struct pdu_part *part, struct pdu *pdu)
{
	int result = put_service_centre(pdu, part->service_centre);

	if (result < 0)
		return result;
	/* SMS-SUBMIT with a relative validity period. */
	put(pdu, 0x11U | (part->report_wanted ? 0x20U : 0) | (part->concat.total ? 0x40U : 0));
	put(pdu, 0);
	result = put_address(pdu, part->address);
	if (result < 0)
		return result;
	put(pdu, 0);
	put(pdu, coding_octet(part->ucs2, part->message_class));
	put(pdu, 0xA7); /* a day */
	return put_user_data(pdu, part);
}

int pdu_encode_report(const struct pdu_report *report, struct pdu *pdu)
{
	int result = put_service_centre(pdu, report->service_centre);

	if (result < 0)
		return result;
	put(pdu, 0x06); /* SMS-STATUS-REPORT, no more messages waiting */
	put(pdu, report->reference);
	result = put_address(pdu, report->address);
	if (result < 0)
		return result;
	put_time(pdu, report->service_centre_ms, report->offset_minutes);
	put_time(pdu, report->discharged_ms, report->offset_minutes);
	put(pdu, report->status);
	return 0;
}

/* How many septets or units one part has room for. */
static size_t part_room(bool ucs2, bool wide, bool single)
{
	if (single)
		return ucs2 ? 70 : 160;
	if (ucs2)
		return wide ? 66 : 67;
	return wide ? 152 : 153;
}

static size_t text_width(const uint16_t *units, size_t count, bool ucs2)
{
	size_t width = 0;

	for (size_t i = 0; i < count; i++)
		width += ucs2 ? 1 : gsm7_width(units[i]);
	return width;
}

int pdu_split(const uint16_t *units, size_t count, bool ucs2, bool wide, bool cut_pairs,
	size_t ends[static PDU_PARTS_MAX])
{
	size_t room = part_room(ucs2, wide, false);
	size_t start = 0;
	int parts = 0;

	if (text_width(units, count, ucs2) <= part_room(ucs2, wide, true)) {
		ends[0] = count;
		return 1;
	}
	while (start < count) {
		size_t end = start;
		size_t used = 0;

		if (parts == PDU_PARTS_MAX)
			return -E2BIG;
		while (end < count) {
			size_t width = ucs2 ? 1 : gsm7_width(units[end]);
			bool pair = !cut_pairs && ucs2 && units[end] >= 0xD800 &&
				    units[end] <= 0xDBFF && end + 1 < count;

			if (used + width + (pair ? 1 : 0) > room)
				break;
			used += width + (pair ? 1 : 0);
			end += pair ? 2 : 1;
		}
		ends[parts++] = end;
		start = end;
	}
	return parts;
}
