/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialogue/septets.h"

#include <string.h>

#include "dialogue/utf8.h"

/* The characters of the default alphabet that aren't ASCII (23.038 section 6.2.1). */
static const uint16_t beyond_ascii[] = { 0xA1, 0xA3, 0xA4, 0xA5, 0xA7, 0xBF, 0xC4, 0xC5, 0xC6, 0xC7,
	0xC9, 0xD1, 0xD6, 0xD8, 0xDC, 0xDF, 0xE0, 0xE4, 0xE5, 0xE6, 0xE8, 0xE9, 0xEC, 0xF1, 0xF2,
	0xF6, 0xF8, 0xF9, 0xFC, 0x393, 0x394, 0x398, 0x39B, 0x39E, 0x3A0, 0x3A3, 0x3A6, 0x3A8,
	0x3A9 };

/* Plain forms of what people paste from word processors and of letters with accents. */
static const struct {
	uint16_t first, last;
	const char *plain;
} plain_forms[] = {
	{ '`', '`', "'" },
	{ 0xA0, 0xA0, " " },
	{ 0xA9, 0xA9, "(c)" },
	{ 0xAB, 0xAB, "\"" },
	{ 0xAD, 0xAD, "" },
	{ 0xAE, 0xAE, "(r)" },
	{ 0xB0, 0xB0, " " },
	{ 0xB2, 0xB2, "2" },
	{ 0xB3, 0xB3, "3" },
	{ 0xB4, 0xB4, "'" },
	{ 0xB7, 0xB7, "-" },
	{ 0xBB, 0xBB, "\"" },
	{ 0xBC, 0xBC, "1/4" },
	{ 0xBD, 0xBD, "1/2" },
	{ 0xBE, 0xBE, "3/4" },
	{ 0xC0, 0xC3, "A" },
	{ 0xC8, 0xCB, "E" },
	{ 0xCC, 0xCF, "I" },
	{ 0xD0, 0xD0, "D" },
	{ 0xD2, 0xD5, "O" },
	{ 0xD7, 0xD7, "x" },
	{ 0xD9, 0xDB, "U" },
	{ 0xDD, 0xDD, "Y" },
	{ 0xE1, 0xE3, "a" },
	{ 0xE7, 0xE7, "c" },
	{ 0xEA, 0xEB, "e" },
	{ 0xED, 0xEF, "i" },
	{ 0xF0, 0xF0, "d" },
	{ 0xF3, 0xF5, "o" },
	{ 0xFA, 0xFB, "u" },
	{ 0xFD, 0xFD, "y" },
	{ 0xFF, 0xFF, "y" },
	{ 0x100, 0x100, "A" },
	{ 0x101, 0x101, "a" },
	{ 0x112, 0x112, "E" },
	{ 0x113, 0x113, "e" },
	{ 0x114, 0x114, "E" },
	{ 0x115, 0x115, "e" },
	{ 0x11A, 0x11A, "E" },
	{ 0x11B, 0x11B, "e" },
	{ 0x12A, 0x12A, "I" },
	{ 0x12B, 0x12B, "i" },
	{ 0x14C, 0x14C, "O" },
	{ 0x14D, 0x14D, "o" },
	{ 0x16A, 0x16A, "U" },
	{ 0x16B, 0x16B, "u" },
	{ 0x2B9, 0x2BC, "'" },
	{ 0x2000, 0x200A, " " },
	{ 0x200B, 0x200F, "" },
	{ 0x2010, 0x2015, "-" },
	{ 0x2018, 0x201B, "'" },
	{ 0x201C, 0x201F, "\"" },
	{ 0x2022, 0x2022, "-" },
	{ 0x2026, 0x2026, "..." },
	{ 0x202F, 0x202F, " " },
	{ 0x2032, 0x2032, "'" },
	{ 0x2033, 0x2033, "\"" },
	{ 0x2039, 0x203A, "'" },
	{ 0x2060, 0x2060, "" },
	{ 0x2122, 0x2122, "TM" },
	{ 0x2190, 0x2190, "<-" },
	{ 0x2192, 0x2192, "->" },
	{ 0x2212, 0x2212, "-" },
	{ 0x2264, 0x2264, "<=" },
	{ 0x2265, 0x2265, ">=" },
	{ 0xFEFF, 0xFEFF, "" },
};

unsigned septets_of(uint32_t character)
{
	if (character == '\n' || character == '\r')
		return 1;
	if (character == 0x20AC)
		return 2;
	if (character >= 0x20 && character < 0x7F) {
		if (character == '`')
			return 0;
		return strchr("[]{}\\^~|", (int)character) ? 2 : 1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(beyond_ascii); i++) {
		if (character == beyond_ascii[i])
			return 1;
	}
	return 0;
}

long septets_count(const char *text)
{
	long count = 0;
	uint32_t character;

	while ((character = utf8_next(&text)) != 0) {
		unsigned cost = septets_of(character);
		if (cost == 0)
			return -1;
		count += (long)cost;
	}
	return count;
}

static unsigned units_of(uint32_t character)
{
	return character > 0xFFFF ? 2 : 1;
}

size_t units_count(const char *text)
{
	size_t count = 0;
	uint32_t character;

	while ((character = utf8_next(&text)) != 0)
		count += units_of(character);
	return count;
}

static size_t fit(const char *text, size_t most, unsigned (*cost_of)(uint32_t))
{
	const char *cursor = text;
	const char *end = text;
	size_t spent = 0;
	uint32_t character;

	while ((character = utf8_next(&cursor)) != 0) {
		spent += cost_of(character);
		if (spent > most)
			break;
		end = cursor;
	}
	return (size_t)(end - text);
}

size_t septets_fit(const char *text, size_t most)
{
	return fit(text, most, septets_of);
}

size_t units_fit(const char *text, size_t most)
{
	return fit(text, most, units_of);
}

static const char *plain_form(uint32_t character)
{
	for (size_t i = 0; i < ARRAY_SIZE(plain_forms); i++) {
		if (character >= plain_forms[i].first && character <= plain_forms[i].last)
			return plain_forms[i].plain;
	}
	return NULL;
}

char *septets_plain(const char *text, bool replace)
{
	/* No plain form is longer than three times the bytes it stands for. */
	char *out = malloc(strlen(text) * 3 + UTF8_MAX);
	size_t length = 0;
	uint32_t character;

	if (!out)
		return NULL;
	while ((character = utf8_next(&text)) != 0) {
		const char *plain = septets_of(character) > 0 ? NULL : plain_form(character);
		if (septets_of(character) > 0) {
			length += utf8_put(character, out + length);
		} else if (plain) {
			memcpy(out + length, plain, strlen(plain));
			length += strlen(plain);
		} else if (utf8_wordly(character)) {
			length += utf8_put(replace ? '?' : character, out + length);
		}
	}
	out[length] = '\0';
	return out;
}
