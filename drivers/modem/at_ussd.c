/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/at_ussd.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "modem/at_channel.h"
#include "modem/at_parse.h"

/* GSM 7 bit default alphabet (23.038, 6.2.1); 0x1b leads to the extension table. */
static const uint16_t gsm_alphabet[128] = { '@', 0xa3, '$', 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2,
	0xc7, '\n', 0xd8, 0xf8, '\r', 0xc5, 0xe5, 0x394, '_', 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0,
	0x3a8, 0x3a3, 0x398, 0x39e, 0x1b, 0xc6, 0xe6, 0xdf, 0xc9, ' ', '!', '"', '#', 0xa4, '%',
	'&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', '0', '1', '2', '3', '4', '5', '6', '7',
	'8', '9', ':', ';', '<', '=', '>', '?', 0xa1, 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I',
	'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 0xc4,
	0xd6, 0xd1, 0xdc, 0xa7, 0xbf, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l',
	'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0xe4, 0xf6, 0xf1,
	0xfc, 0xe0 };

static uint16_t gsm_extension(unsigned septet)
{
	switch (septet) {
	case 0x0a:
		return '\f';
	case 0x14:
		return '^';
	case 0x28:
		return '{';
	case 0x29:
		return '}';
	case 0x2f:
		return '\\';
	case 0x3c:
		return '[';
	case 0x3d:
		return '~';
	case 0x3e:
		return ']';
	case 0x40:
		return '|';
	case 0x65:
		return 0x20ac;
	default:
		return gsm_alphabet[septet];
	}
}

/* Appends a character as UTF-8; what doesn't fit is left off whole. */
static void append(char *out, size_t size, uint32_t character)
{
	size_t used = strlen(out);
	char bytes[5] = { 0 };

	if (character < 0x80) {
		bytes[0] = (char)character;
	} else if (character < 0x800) {
		bytes[0] = (char)(0xc0 | character >> 6);
		bytes[1] = (char)(0x80 | (character & 0x3f));
	} else if (character < 0x10000) {
		bytes[0] = (char)(0xe0 | character >> 12);
		bytes[1] = (char)(0x80 | (character >> 6 & 0x3f));
		bytes[2] = (char)(0x80 | (character & 0x3f));
	} else {
		bytes[0] = (char)(0xf0 | character >> 18);
		bytes[1] = (char)(0x80 | (character >> 12 & 0x3f));
		bytes[2] = (char)(0x80 | (character >> 6 & 0x3f));
		bytes[3] = (char)(0x80 | (character & 0x3f));
	}
	if (used + strlen(bytes) < size)
		memcpy(out + used, bytes, strlen(bytes) + 1);
}

static bool likely(uint32_t character)
{
	return character == '\n' || character == '\r' || (character >= ' ' && character < 0x7f) ||
	       (character >= 0xa0 && character < 0x250) || character == 0x20ac ||
	       (character >= 0x2010 && character < 0x2040);
}

/* Both give how many characters in a hundred are such as one expects in a text. */
static unsigned decode_ucs2(const uint8_t *bytes, size_t size, char *out, size_t out_size)
{
	unsigned good = 0, all = 0;

	out[0] = '\0';
	if (size < 2 || size % 2)
		return 0;
	for (size_t i = 0; i + 1 < size; i += 2, all++) {
		uint32_t unit = (uint32_t)bytes[i] << 8 | bytes[i + 1];

		if (unit >= 0xd800 && unit < 0xdc00 && i + 3 < size) {
			uint32_t low = (uint32_t)bytes[i + 2] << 8 | bytes[i + 3];

			if (low >= 0xdc00 && low < 0xe000) {
				append(out, out_size,
					0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
				i += 2;
				good++;
				continue;
			}
		}
		if (unit == 0 || (unit >= 0xd800 && unit < 0xe000))
			unit = 0xfffd;
		good += likely(unit);
		append(out, out_size, unit);
	}
	return 100 * good / all;
}

static unsigned decode_septets(const uint8_t *bytes, size_t size, char *out, size_t out_size)
{
	size_t septets = size * 8 / 7;
	unsigned good = 0, all = 0;
	bool escaped = false;

	out[0] = '\0';
	for (size_t i = 0; i < septets; i++) {
		size_t bit = i * 7;
		unsigned value = bytes[bit / 8];
		uint32_t character;

		if (bit / 8 + 1 < size)
			value |= (unsigned)bytes[bit / 8 + 1] << 8;
		value = value >> bit % 8 & 0x7f;
		if (value == 0x1b && !escaped) {
			escaped = true;
			continue;
		}
		/* Seven spare bits at the end: 23.038 fills them with CR or zeros. */
		if (i == septets - 1 && septets % 8 == 0 && (value == 0x0d || value == 0))
			break;
		character = escaped ? gsm_extension(value) : gsm_alphabet[value];
		escaped = false;
		good += likely(character) && value != 0;
		all++;
		append(out, out_size, character == 0x1b ? ' ' : character);
	}
	return all ? 100 * good / all : 0;
}

/*
 * The coding scheme often says nothing true, so the text itself decides: hex of which UCS-2
 * makes sense, else hex of which septets make sense, else what is written there.
 */
static void decode(const char *raw, int scheme, char *out, size_t size)
{
	uint8_t bytes[AT_USSD_TEXT_SIZE / 2];
	char ucs2[AT_USSD_TEXT_SIZE], septets[AT_USSD_TEXT_SIZE];
	size_t count = at_is_hex(raw) ? at_parse_hex(raw, bytes, sizeof(bytes)) : 0;
	unsigned ucs2_good, septets_good;
	bool says_ucs2 = scheme == 0x11 || (scheme & 0xcc) == 0x48;

	out[0] = '\0';
	ucs2_good = count ? decode_ucs2(bytes, count, ucs2, sizeof(ucs2)) : 0;
	septets_good = count ? decode_septets(bytes, count, septets, sizeof(septets)) : 0;
	if (count && (ucs2_good >= 80 || (says_ucs2 && ucs2_good >= 1))) {
		snprintf(out, size, "%s", ucs2);
	} else if (septets_good >= 90) {
		snprintf(out, size, "%s", septets);
	} else {
		for (const char *at = raw; *at; at++)
			append(out, size, (unsigned char)*at);
	}
}

bool at_parse_ussd(const char *line, struct at_ussd *out)
{
	struct at_fields fields = at_fields_of(line);
	int mode, scheme;

	out->raw[0] = '\0';
	if (!at_next_number(&fields, &mode))
		return false;
	/* 1: the network waits for an answer; 0, 2, 4 and 5 end the session. */
	out->final = mode != 1;
	(void)at_next_text(&fields, out->raw, sizeof(out->raw));
	if (!at_next_number(&fields, &scheme))
		scheme = 15;
	decode(out->raw, scheme, out->text, sizeof(out->text));
	return true;
}

int at_pack_ussd(const char *code, char *out, size_t size)
{
	size_t length = strlen(code);
	size_t octets = (length * 7 + 7) / 8;
	uint8_t bytes[AT_USSD_TEXT_SIZE / 4] = { 0 };

	if (octets > sizeof(bytes) || 2 * octets + 1 > size)
		return -EMSGSIZE;
	for (size_t i = 0; i < length; i++) {
		unsigned septet = (unsigned char)code[i];

		/* The characters of codes have the same value in both alphabets. */
		if (!isdigit((unsigned char)code[i]) && !strchr("*#+", code[i]))
			return -EINVAL;
		bytes[i * 7 / 8] |= (uint8_t)(septet << i * 7 % 8);
		if (i * 7 % 8 > 1)
			bytes[i * 7 / 8 + 1] |= (uint8_t)(septet >> (8 - i * 7 % 8));
	}
	if (length % 8 == 7)
		bytes[octets - 1] |= 0x0d << 1;
	for (size_t i = 0; i < octets; i++)
		snprintf(out + 2 * i, 3, "%02X", bytes[i]);
	return 0;
}
