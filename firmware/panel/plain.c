/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "panel/plain.h"

#include <errno.h>
#include <string.h>

#include "dialogue/septets.h"
#include "dialogue/utf8.h"

/* What septets_plain() leaves of the GSM alphabet beyond ASCII. */
static const struct {
	uint32_t character;
	const char *plain;
} letters[] = {
	{ 0x20AC, "EUR" },
	{ 0xA1, "!" },
	{ 0xA3, "GBP" },
	{ 0xA5, "Y" },
	{ 0xBF, "?" },
	{ 0xC4, "A" },
	{ 0xC5, "A" },
	{ 0xC6, "AE" },
	{ 0xC7, "C" },
	{ 0xC9, "E" },
	{ 0xD1, "N" },
	{ 0xD6, "O" },
	{ 0xD8, "O" },
	{ 0xDC, "U" },
	{ 0xDF, "ss" },
	{ 0xE0, "a" },
	{ 0xE4, "a" },
	{ 0xE5, "a" },
	{ 0xE6, "ae" },
	{ 0xE8, "e" },
	{ 0xE9, "e" },
	{ 0xEC, "i" },
	{ 0xF1, "n" },
	{ 0xF2, "o" },
	{ 0xF6, "o" },
	{ 0xF8, "o" },
	{ 0xF9, "u" },
	{ 0xFC, "u" },
	{ '\\', "/" },
	{ '~', "-" },
};

struct output {
	char *text;
	size_t size, length;
};

static void append(struct output *out, const char *text)
{
	for (; *text && out->length + 1 < out->size; text++)
		out->text[out->length++] = *text;
}

static void append_character(struct output *out, uint32_t character)
{
	char sign[2] = { (char)character, '\0' };

	for (size_t i = 0; i < ARRAY_SIZE(letters); i++) {
		if (letters[i].character == character) {
			append(out, letters[i].plain);
			return;
		}
	}
	if (character >= 0x7F)
		sign[0] = '?';
	append(out, sign);
}

/* A copy with spaces for control characters, which septets_plain() would leave out. */
static char *without_controls(const char *text, bool lines)
{
	char *copy = strdup(text);

	for (char *sign = copy; sign && *sign; sign++) {
		if ((unsigned char)*sign < ' ' && !(lines && *sign == '\n'))
			*sign = ' ';
	}
	return copy;
}

int plain_append(char *out, size_t size, size_t *length, const char *text, bool lines)
{
	struct output output = { out, size, *length };
	autofree char *spaced = without_controls(text, lines);
	autofree char *plain = spaced ? septets_plain(spaced, true) : NULL;
	const char *cursor = plain;
	uint32_t character;

	if (plain) {
		while ((character = utf8_next(&cursor)) != 0)
			append_character(&output, character);
		out[output.length] = '\0';
		*length = output.length;
		explicit_bzero(plain, strlen(plain));
	}
	if (spaced)
		explicit_bzero(spaced, strlen(spaced));
	return plain ? 0 : -ENOMEM;
}
