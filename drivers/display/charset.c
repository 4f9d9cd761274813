/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "display/charset.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#define LAST_CODE_POINT 0x10ffff

/* What stands for a character: the ROM's code, or several. Sorted. */
struct substitute {
	uint32_t character;
	const char *codes;
};

static const struct substitute substitutes[] = {
	{ 0x00a0, " " },
	{ 0x00a1, "!" },
	{ 0x00a2, "c" },
	{ 0x00a5, "\x5c" },
	{ 0x00a6, "|" },
	{ 0x00a9, "(c)" },
	{ 0x00ab, "\"" },
	{ 0x00ad, "" },
	{ 0x00ae, "(R)" },
	{ 0x00b0, "\xdf" },
	{ 0x00b2, "2" },
	{ 0x00b3, "3" },
	{ 0x00b4, "'" },
	{ 0x00b5, "\xe4" },
	{ 0x00b7, "\xa5" },
	{ 0x00b9, "1" },
	{ 0x00ba, "\xdf" },
	{ 0x00bb, "\"" },
	{ 0x00bc, "1/4" },
	{ 0x00bd, "1/2" },
	{ 0x00be, "3/4" },
	{ 0x00c6, "AE" },
	{ 0x00d0, "D" },
	{ 0x00d7, "x" },
	{ 0x00d8, "O" },
	{ 0x00de, "Th" },
	{ 0x00df, "ss" },
	{ 0x00e6, "ae" },
	{ 0x00f0, "d" },
	{ 0x00f7, "\xfd" },
	{ 0x00f8, "o" },
	{ 0x00fe, "th" },
	{ 0x0131, "i" },
	{ 0x0141, "L" },
	{ 0x0142, "l" },
	{ 0x0152, "OE" },
	{ 0x0153, "oe" },
	{ 0x2018, "'" },
	{ 0x2019, "'" },
	{ 0x201a, "," },
	{ 0x201b, "'" },
	{ 0x201c, "\"" },
	{ 0x201d, "\"" },
	{ 0x201e, "\"" },
	{ 0x201f, "\"" },
	{ 0x2022, "\xa5" },
	{ 0x2026, "..." },
	{ 0x2032, "'" },
	{ 0x2033, "\"" },
	{ 0x2039, "<" },
	{ 0x203a, ">" },
	{ 0x2044, "/" },
	{ 0x20ac, "EUR" },
	{ 0x2190, "\x7f" },
	{ 0x2192, "\x7e" },
	{ 0x2212, "-" },
	{ 0x221a, "\xe8" },
	{ 0x2588, "\xff" },
};

/* Latin letters with marks above or below, from U+00C0 and U+0100, by the letter that is left;
 * "?" where one of the table above counts. */
static const char latin_1[] = "AAAAAA?CEEEEIIII?NOOOOO??UUUUY??"
			      "aaaaaa?ceeeeiiii?nooooo??uuuuy?y";
static const char latin_extended[] =
	"AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiI???JjKkkLlLlLlL"
	"lLlNnNnNnnNnOoOoOo??RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";
#define LATIN_1_FIRST 0xc0
#define LATIN_EXTENDED_FIRST 0x100

static int compare(const void *key, const void *element)
{
	uint32_t character = *(const uint32_t *)key;
	const struct substitute *substitute = element;

	return character < substitute->character ? -1 : character > substitute->character;
}

/* Spaces of all widths, hyphens and dashes; marks that combine, joiners and other invisible ones.
 */
static const char *of_range(uint32_t character)
{
	const char *codes = NULL;

	if ((character >= 0x2000 && character <= 0x200a) || character == 0x202f ||
		character == 0x205f || character == 0x3000)
		codes = " ";
	else if (character >= 0x2010 && character <= 0x2015)
		codes = "-";
	else if ((character >= 0x0300 && character <= 0x036f) ||
		 (character >= 0x200b && character <= 0x200f) ||
		 (character >= 0x202a && character <= 0x202e) ||
		 (character >= 0x2060 && character <= 0x206f) ||
		 (character >= 0xfe00 && character <= 0xfe0f) || character == 0xfeff ||
		 (character >= 0xe0000 && character <= 0xe0fff))
		codes = "";
	return codes;
}

/* The codes of a character beyond ASCII; one is written to room, which has two bytes. */
static const char *beyond_ascii(uint32_t character, char *room)
{
	const struct substitute *found = bsearch(
		&character, substitutes, ARRAY_SIZE(substitutes), sizeof(substitutes[0]), compare);
	const char *codes = found ? found->codes : of_range(character);

	room[0] = '?';
	room[1] = '\0';
	if (!codes && character >= LATIN_1_FIRST && character < LATIN_1_FIRST + sizeof(latin_1) - 1)
		room[0] = latin_1[character - LATIN_1_FIRST];
	else if (!codes && character >= LATIN_EXTENDED_FIRST &&
		 character < LATIN_EXTENDED_FIRST + sizeof(latin_extended) - 1)
		room[0] = latin_extended[character - LATIN_EXTENDED_FIRST];
	return codes ? codes : room;
}

/* Backslash and tilde have no place in the ROM; what is no character at all is a space. */
static char of_ascii(uint32_t character)
{
	char code = (char)character;

	if (character < ' ')
		code = ' ';
	else if (character == '\\' || character == '~' || character == 0x7f)
		code = '?';
	return code;
}

/* Reads one character; 0 where the bytes are not UTF-8 (RFC 3629). */
static size_t read_character(const uint8_t *bytes, uint32_t *character)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = bytes[0] < 0x80	  ? 1
			: bytes[0] < 0xc0 ? 0
			: bytes[0] < 0xe0 ? 2
			: bytes[0] < 0xf0 ? 3
			: bytes[0] < 0xf8 ? 4
					  : 0;

	*character = length == 1 ? bytes[0] : bytes[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		*character = *character << 6 | (bytes[i] & 0x3f);
	}
	if (length > 0 && (*character < least[length] || *character > LAST_CODE_POINT ||
				  (*character >= 0xd800 && *character <= 0xdfff)))
		length = 0;
	return length;
}

size_t charset_encode(const char *text, uint8_t *codes, size_t size)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t count = 0;

	while (*at) {
		uint32_t character = '?';
		size_t length = read_character(at, &character);
		char room[2] = "?";
		const char *written = room;

		if (length == 1)
			room[0] = of_ascii(character);
		else if (length > 1)
			written = beyond_ascii(character, room);
		for (; *written; written++) {
			if (count < size)
				codes[count] = (uint8_t)*written;
			count++;
		}
		at += length > 0 ? length : 1;
	}
	return count;
}
