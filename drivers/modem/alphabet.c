/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/alphabet.h"

#include <string.h>

#include "base/cleanup.h"

/* 23.038 section 6.2.1: the GSM 7 bit default alphabet; the escape stands for itself. */
/* clang-format off */
static const uint16_t default_table[128] = {
	'@', 0xa3, '$', 0xa5, 0xe8, 0xe9, 0xf9, 0xec,
	0xf2, 0xc7, '\n', 0xd8, 0xf8, '\r', 0xc5, 0xe5,
	0x394, '_', 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8,
	0x3a3, 0x398, 0x39e, ALPHABET_ESCAPE, 0xc6, 0xe6, 0xdf, 0xc9,
	' ', '!', '"', '#', 0xa4, '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/',
	'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?',
	0xa1, 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
	'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 0xc4, 0xd6, 0xd1, 0xdc, 0xa7,
	0xbf, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
	'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 0xe4, 0xf6, 0xf1, 0xfc, 0xe0,
};
/* clang-format on */

struct mapping {
	uint8_t septet;
	uint16_t unit;
};

/* Section 6.2.1.1: its extension table, which every national single-shift table contains. */
static const struct mapping extension[] = { { 0x0a, 0x0c }, { 0x14, '^' }, { 0x28, '{' },
	{ 0x29, '}' }, { 0x2f, '\\' }, { 0x3c, '[' }, { 0x3d, '~' }, { 0x3e, ']' }, { 0x40, '|' },
	{ 0x65, 0x20ac } };

/* Annex A.3: what national locking-shift tables have in other places than the default. */
static const struct mapping turkish_locking[] = { { 0x04, 0x20ac }, { 0x07, 0x131 },
	{ 0x0b, 0x11e }, { 0x0c, 0x11f }, { 0x1c, 0x15e }, { 0x1d, 0x15f }, { 0x40, 0x130 },
	{ 0x60, 0xe7 } };
static const struct mapping portuguese_locking[] = { { 0x04, 0xea }, { 0x06, 0xfa }, { 0x07, 0xed },
	{ 0x08, 0xf3 }, { 0x09, 0xe7 }, { 0x0b, 0xd4 }, { 0x0c, 0xf4 }, { 0x0e, 0xc1 },
	{ 0x0f, 0xe1 }, { 0x12, 0xaa }, { 0x13, 0xc7 }, { 0x14, 0xc0 }, { 0x15, 0x221e },
	{ 0x16, '^' }, { 0x17, '\\' }, { 0x18, 0x20ac }, { 0x19, 0xd3 }, { 0x1a, '|' },
	{ 0x1c, 0xc2 }, { 0x1d, 0xe2 }, { 0x1e, 0xca }, { 0x24, 0xba }, { 0x40, 0xcd },
	{ 0x5b, 0xc3 }, { 0x5c, 0xd5 }, { 0x5d, 0xda }, { 0x60, '~' }, { 0x7b, 0xe3 },
	{ 0x7c, 0xf5 }, { 0x7d, '`' } };

/* Annex A.2: what national single-shift tables have beyond the extension table. */
static const struct mapping turkish_single[] = { { 0x47, 0x11e }, { 0x49, 0x130 }, { 0x53, 0x15e },
	{ 0x63, 0xe7 }, { 0x67, 0x11f }, { 0x69, 0x131 }, { 0x73, 0x15f } };
static const struct mapping spanish_single[] = { { 0x09, 0xe7 }, { 0x41, 0xc1 }, { 0x49, 0xcd },
	{ 0x4f, 0xd3 }, { 0x55, 0xda }, { 0x61, 0xe1 }, { 0x69, 0xed }, { 0x6f, 0xf3 },
	{ 0x75, 0xfa } };
static const struct mapping portuguese_single[] = { { 0x05, 0xea }, { 0x09, 0xe7 }, { 0x0b, 0xd4 },
	{ 0x0c, 0xf4 }, { 0x0e, 0xc1 }, { 0x0f, 0xe1 }, { 0x12, 0x3a6 }, { 0x13, 0x393 },
	{ 0x15, 0x3a9 }, { 0x16, 0x3a0 }, { 0x17, 0x3a8 }, { 0x18, 0x3a3 }, { 0x19, 0x398 },
	{ 0x1f, 0xca }, { 0x41, 0xc0 }, { 0x49, 0xcd }, { 0x4f, 0xd3 }, { 0x55, 0xda },
	{ 0x5b, 0xc3 }, { 0x5c, 0xd5 }, { 0x61, 0xc2 }, { 0x69, 0xed }, { 0x6f, 0xf3 },
	{ 0x75, 0xfa }, { 0x7b, 0xe3 }, { 0x7c, 0xf5 }, { 0x7f, 0xe2 } };

struct mappings {
	const struct mapping *entries;
	size_t count;
};
#define MAPPINGS(table)                                                                            \
	{                                                                                          \
		table, ARRAY_SIZE(table)                                                           \
	}
static const struct mappings locking_tables[] = {
	[ALPHABET_TURKISH] = MAPPINGS(turkish_locking),
	[ALPHABET_PORTUGUESE] = MAPPINGS(portuguese_locking),
};
static const struct mappings single_tables[] = {
	[ALPHABET_TURKISH] = MAPPINGS(turkish_single),
	[ALPHABET_SPANISH] = MAPPINGS(spanish_single),
	[ALPHABET_PORTUGUESE] = MAPPINGS(portuguese_single),
};

int32_t alphabet_next(const char **text)
{
	/* Smallest code point that needs 2, 3, 4 bytes: anything below is an overlong form. */
	static const int32_t smallest[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *at = (const unsigned char *)*text;
	int32_t code_point;
	int more;

	if (at[0] < 0x80) {
		*text += at[0] != 0;
		return at[0];
	}
	if ((at[0] & 0xe0) == 0xc0) {
		more = 1;
		code_point = at[0] & 0x1f;
	} else if ((at[0] & 0xf0) == 0xe0) {
		more = 2;
		code_point = at[0] & 0x0f;
	} else if ((at[0] & 0xf8) == 0xf0) {
		more = 3;
		code_point = at[0] & 0x07;
	} else {
		return -1;
	}
	for (int i = 1; i <= more; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return -1;
		code_point = code_point << 6 | (at[i] & 0x3f);
	}
	if (code_point < smallest[more] || code_point > 0x10ffff ||
		(code_point >= 0xd800 && code_point <= 0xdfff))
		return -1;
	*text += more + 1;
	return code_point;
}

bool alphabet_valid(const char *text, size_t size)
{
	const char *end = text + size;

	while (text < end && *text)
		if (alphabet_next(&text) < 0)
			return false;
	return text == end;
}

bool alphabet_append(char *text, size_t capacity, int32_t code_point)
{
	size_t used = strlen(text);
	size_t more = code_point < 0x80 ? 0 : code_point < 0x800 ? 1 : code_point < 0x10000 ? 2 : 3;
	static const uint8_t leads[] = { 0x00, 0xc0, 0xe0, 0xf0 };

	if (used + more + 2 > capacity)
		return false;
	text[used] = (char)(leads[more] | code_point >> (6 * more));
	for (size_t i = 1; i <= more; i++)
		text[used + i] = (char)(0x80 | ((code_point >> (6 * (more - i))) & 0x3f));
	text[used + more + 1] = '\0';
	return true;
}

static uint16_t find_septet(const struct mapping *entries, size_t count, uint8_t septet)
{
	for (size_t i = 0; i < count; i++)
		if (entries[i].septet == septet)
			return entries[i].unit;
	return 0;
}

unsigned alphabet_septets(int32_t code_point)
{
	if (code_point == ALPHABET_ESCAPE)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(default_table); i++)
		if (default_table[i] == code_point)
			return 1;
	for (size_t i = 0; i < ARRAY_SIZE(extension); i++)
		if (extension[i].unit == code_point)
			return 2;
	return 0;
}

int32_t alphabet_plain(int32_t code_point)
{
	static const struct {
		uint16_t first, last;
		char plain;
	} ranges[] = {
		{ '\t', '\t', ' ' }, { '`', '`', '\'' }, { 0xa0, 0xa0, ' ' }, /* no-break space */
		{ 0xab, 0xab, '"' },					      /* angle quotes */
		{ 0xad, 0xad, '-' },					      /* soft hyphen */
		{ 0xb4, 0xb4, '\'' },					      /* acute accent */
		{ 0xbb, 0xbb, '"' }, { 0x2000, 0x200a, ' ' },	   /* typographic spaces */
		{ 0x2010, 0x2015, '-' },			   /* hyphens and dashes */
		{ 0x2018, 0x201b, '\'' },			   /* single quotes */
		{ 0x201c, 0x201f, '"' },			   /* double quotes */
		{ 0x2022, 0x2022, '-' },			   /* bullet */
		{ 0x2026, 0x2026, '.' },			   /* ellipsis: three of them */
		{ 0x202f, 0x202f, ' ' }, { 0x2032, 0x2032, '\'' }, /* prime */
		{ 0x2033, 0x2033, '"' }, { 0x2039, 0x203a, '\'' }, { 0x205f, 0x205f, ' ' },
		{ 0x2212, 0x2212, '-' }, /* minus */
	};

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (code_point >= ranges[i].first && code_point <= ranges[i].last)
			return ranges[i].plain;
	return code_point;
}

uint8_t alphabet_septet(const uint8_t *octets, size_t bit, size_t index)
{
	size_t first = bit + index * 7;
	unsigned value = (unsigned)octets[first / 8] >> (first % 8);

	/* The next octet is touched only when the septet reaches into it. */
	if (first % 8 > 1)
		value |= (unsigned)octets[first / 8 + 1] << (8 - first % 8);
	return value & 0x7f;
}

uint16_t alphabet_unit(enum alphabet_language language, bool shifted, uint8_t septet)
{
	const struct mappings *tables = shifted ? single_tables : locking_tables;
	size_t count = shifted ? ARRAY_SIZE(single_tables) : ARRAY_SIZE(locking_tables);
	uint16_t unit = 0;

	if ((size_t)language < count)
		unit = find_septet(tables[language].entries, tables[language].count, septet);
	if (unit)
		return unit;
	return shifted ? find_septet(extension, ARRAY_SIZE(extension), septet)
		       : default_table[septet & 0x7f];
}
