/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialogue/utf8.h"

#include <ctype.h>
#include <string.h>

/* Number of continuation bytes that a lead byte announces, -1 when it can't lead. */
static int utf8_continuations(unsigned char lead)
{
	if (lead < 0x80)
		return 0;
	if (lead >= 0xC2 && lead <= 0xDF)
		return 1;
	if (lead >= 0xE0 && lead <= 0xEF)
		return 2;
	if (lead >= 0xF0 && lead <= 0xF4)
		return 3;
	return -1;
}

uint32_t utf8_next(const char **cursor)
{
	static const uint32_t smallest[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *bytes = (const unsigned char *)*cursor;
	int more = utf8_continuations(bytes[0]);

	if (bytes[0] == '\0')
		return 0;
	if (more <= 0) {
		(*cursor)++;
		return more < 0 ? UTF8_REPLACEMENT : bytes[0];
	}
	uint32_t character = bytes[0] & (0x3FU >> more);
	for (int i = 1; i <= more; i++) {
		/* The terminator isn't a continuation byte either: never read past it. */
		if ((bytes[i] & 0xC0) != 0x80) {
			(*cursor)++;
			return UTF8_REPLACEMENT;
		}
		character = character << 6 | (bytes[i] & 0x3FU);
	}
	if (character < smallest[more] || character > 0x10FFFF ||
		(character >= 0xD800 && character <= 0xDFFF)) {
		(*cursor)++;
		return UTF8_REPLACEMENT;
	}
	*cursor += more + 1;
	return character;
}

size_t utf8_put(uint32_t character, char out[static UTF8_MAX])
{
	if (character > 0x10FFFF || (character >= 0xD800 && character <= 0xDFFF))
		character = UTF8_REPLACEMENT;
	if (character < 0x80) {
		out[0] = (char)character;
		return 1;
	}
	if (character < 0x800) {
		out[0] = (char)(0xC0 | character >> 6);
		out[1] = (char)(0x80 | (character & 0x3F));
		return 2;
	}
	if (character < 0x10000) {
		out[0] = (char)(0xE0 | character >> 12);
		out[1] = (char)(0x80 | (character >> 6 & 0x3F));
		out[2] = (char)(0x80 | (character & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | character >> 18);
	out[1] = (char)(0x80 | (character >> 12 & 0x3F));
	out[2] = (char)(0x80 | (character >> 6 & 0x3F));
	out[3] = (char)(0x80 | (character & 0x3F));
	return 4;
}

bool utf8_wordly(uint32_t character)
{
	static const struct {
		uint32_t first, last;
	} signs[] = {
		{ 0x80, 0xA9 }, { 0xAB, 0xB4 }, { 0xB6, 0xB9 }, { 0xBB, 0xBF }, /* Latin-1 signs */
		{ 0xD7, 0xD7 }, { 0xF7, 0xF7 },
		{ 0x2000, 0x2BFF },    /* punctuation, arrows, mathematics, dingbats */
		{ 0x3000, 0x3004 },    /* ideographic punctuation */
		{ 0xD800, 0xF8FF },    /* surrogates, private use */
		{ 0xFE00, 0xFE0F },    /* variation selectors */
		{ 0xFFF0, 0xFFFF },    /* specials */
		{ 0x1F000, 0x1FAFF },  /* emoji and their like */
		{ 0xE0000, 0x10FFFF }, /* tags, private use */
	};

	if (character < 0x80)
		return isalnum((int)character) != 0;
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		if (character >= signs[i].first && character <= signs[i].last)
			return false;
	}
	return true;
}

char *utf8_clean(const char *text)
{
	/* A broken byte grows to three. */
	char *out = malloc(strlen(text) * 3 + UTF8_MAX);
	size_t length = 0;
	uint32_t character;

	if (!out)
		return NULL;
	while ((character = utf8_next(&text)) != 0) {
		if (character == '\r' && *text == '\n')
			continue;
		if (character == '\r')
			character = '\n';
		if (character == '\t')
			character = ' ';
		if ((character < 0x20 && character != '\n') ||
			(character >= 0x7F && character < 0xA0))
			continue;
		if (length == 0 && (character == ' ' || character == '\n'))
			continue;
		length += utf8_put(character, out + length);
	}
	while (length > 0 && strchr(" \n", out[length - 1]))
		length--;
	out[length] = '\0';
	return out;
}
