/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "printer/letters.h"

#include <string.h>

#include "base/cleanup.h"

/* Code page 437 from 0x80 on, as far as it is letters and signs that people write. */
static const uint16_t page[] = {
	/* 80 */ 0xC7, 0xFC, 0xE9, 0xE2, 0xE4, 0xE0, 0xE5, 0xE7,
	/* 88 */ 0xEA, 0xEB, 0xE8, 0xEF, 0xEE, 0xEC, 0xC4, 0xC5,
	/* 90 */ 0xC9, 0xE6, 0xC6, 0xF4, 0xF6, 0xF2, 0xFB, 0xF9,
	/* 98 */ 0xFF, 0xD6, 0xDC, 0xA2, 0xA3, 0xA5, 0x20A7, 0x192,
	/* A0 */ 0xE1, 0xED, 0xF3, 0xFA, 0xF1, 0xD1, 0xAA, 0xBA,
	/* A8 */ 0xBF, 0x2310, 0xAC, 0xBD, 0xBC, 0xA1, 0xAB, 0xBB
};
#define PAGE_FIRST 0x80
#define DEGREE 0xB0
#define DEGREE_BYTE 0xF8

/* The letters without their marks, "?" for what is none, from U+00C0 and U+0100 on. */
static const char latin_1[] = "AAAAAAACEEEEIIII"
			      "DNOOOOOxOUUUUYTs"
			      "aaaaaaaceeeeiiii"
			      "dnooooo/ouuuuyty";
static const char extended_a[] = "AaAaAaCcCcCcCcDd"
				 "DdEeEeEeEeEeGgGg"
				 "GgGgHhHhIiIiIiIi"
				 "IiIiJjKkkLlLlLlL"
				 "lLlNnNnNnnNnOoOo"
				 "OoOoRrRrRrSsSsSs"
				 "SsTtTtTtUuUuUuUu"
				 "UuUuWwYyYZzZzZzs";
/* Vietnamese and other letters with a mark below: U+1E00 to U+1EFF in pairs. */
static const char additional[] = "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFf"
				 "GgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMm"
				 "MmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRr"
				 "SsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVv"
				 "WwWwWwWwWwXxXxYyZzZzZzhtwyassssd"
				 "AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe"
				 "EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOo"
				 "OoOoUuUuUuUuUuUuUuYyYyYyYyLlVvYy";

static const struct {
	uint32_t character;
	const char *plain;
} signs[] = {
	{ 0x2010, "-" },
	{ 0x2011, "-" },
	{ 0x2012, "-" },
	{ 0x2013, "-" },
	{ 0x2014, "-" },
	{ 0x2018, "'" },
	{ 0x2019, "'" },
	{ 0x201A, "," },
	{ 0x201C, "\"" },
	{ 0x201D, "\"" },
	{ 0x201E, "\"" },
	{ 0x2022, "*" },
	{ 0x2026, "..." },
	{ 0x202F, " " },
	{ 0x20AC, "EUR" },
	{ 0x2192, "->" },
	{ 0x2212, "-" },
	{ 0xA0, " " },
	{ 0xA9, "(c)" },
	{ 0xB4, "'" },
	{ 0xB7, "." },
	{ 0xD7, "x" },
};

static const char *plain_of(uint32_t character, char letter[static 2])
{
	letter[0] = '?';
	letter[1] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		if (signs[i].character == character)
			return signs[i].plain;
	}
	if (character >= 0xC0 && character < 0x100)
		letter[0] = latin_1[character - 0xC0];
	else if (character >= 0x100 && character < 0x180)
		letter[0] = extended_a[character - 0x100];
	else if (character >= 0x1E00 && character < 0x1F00)
		letter[0] = additional[character - 0x1E00];
	else if (character >= 0x300 && character < 0x370)
		return ""; /* a mark by itself: its letter stands before it */
	return letter;
}

/* The character at *cursor, which moves behind it; a broken byte reads as U+FFFD. */
static uint32_t next_character(const uint8_t **cursor)
{
	const uint8_t *bytes = *cursor;
	uint32_t character = bytes[0];
	unsigned more = character >= 0xF0 ? 3 : character >= 0xE0 ? 2 : character >= 0xC2 ? 1 : 0;

	*cursor += 1;
	if (character < 0x80)
		return character;
	if (!more || character > 0xF4)
		return 0xFFFD;
	character &= 0x3FU >> more;
	for (unsigned i = 1; i <= more; i++) {
		if ((bytes[i] & 0xC0) != 0x80)
			return 0xFFFD;
		character = character << 6 | (bytes[i] & 0x3FU);
	}
	*cursor += more;
	return character;
}

/* The byte for this character, 0 when the page lacks it. */
static uint8_t in_page(uint32_t character)
{
	if (character >= ' ' && character < 0x7F)
		return (uint8_t)character;
	if (character == DEGREE)
		return DEGREE_BYTE;
	for (size_t i = 0; i < ARRAY_SIZE(page); i++) {
		if (page[i] == character)
			return (uint8_t)(PAGE_FIRST + i);
	}
	return 0;
}

size_t letters_write(const char *text, uint8_t *out, size_t size)
{
	const uint8_t *cursor = (const uint8_t *)text;
	size_t count = 0;

	while (*cursor && count < size) {
		uint32_t character = next_character(&cursor);
		uint8_t byte = in_page(character);
		char letter[2];

		if (byte) {
			out[count++] = byte;
		} else if (character >= 0xA0) {
			const char *plain = plain_of(character, letter);

			for (size_t i = 0; plain[i] && count < size; i++)
				out[count++] = (uint8_t)plain[i];
		}
	}
	return count;
}
