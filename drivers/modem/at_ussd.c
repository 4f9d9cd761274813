/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/at_ussd.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "modem/alphabet.h"
#include "modem/at_channel.h"
#include "modem/at_parse.h"

/* A character that one expects in a network's text. */
static bool likely(int32_t character)
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
		int32_t unit = bytes[i] << 8 | bytes[i + 1];

		if (unit >= 0xd800 && unit < 0xdc00 && i + 3 < size) {
			int32_t low = bytes[i + 2] << 8 | bytes[i + 3];

			if (low >= 0xdc00 && low < 0xe000) {
				(void)alphabet_append(out, out_size,
					0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
				i += 2;
				good++;
				continue;
			}
		}
		if (unit == 0 || (unit >= 0xd800 && unit < 0xe000))
			unit = 0xfffd;
		good += likely(unit);
		(void)alphabet_append(out, out_size, unit);
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
		uint8_t septet = alphabet_septet(bytes, 0, i);
		int32_t character;

		if (septet == ALPHABET_ESCAPE && !escaped) {
			escaped = true;
			continue;
		}
		/* Seven spare bits at the end: 23.038 fills them with CR, some with zeros. */
		if (i == septets - 1 && septets % 8 == 0 && (septet == '\r' || septet == 0))
			break;
		character = alphabet_unit(ALPHABET_DEFAULT, escaped, septet);
		if (character == 0)
			character = alphabet_unit(ALPHABET_DEFAULT, false, septet);
		escaped = false;
		good += likely(character) && septet != 0;
		all++;
		(void)alphabet_append(
			out, out_size, character == ALPHABET_ESCAPE ? ' ' : character);
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
			(void)alphabet_append(out, size, (unsigned char)*at);
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
