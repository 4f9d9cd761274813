/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd-opensid/words.h"

#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"

/* Bytes of the character that begins here; the text is UTF-8. */
static size_t character_size(const char *at)
{
	unsigned char first = (unsigned char)*at;
	size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	/* Never past the end, whatever was said of the text. */
	for (size_t i = 1; i < size; i++) {
		if (!at[i])
			return i;
	}
	return size;
}

/* What stands for that character in the column: itself, or something that it takes. */
static const char *stand_in(const char *at, size_t size, const struct room *room)
{
	unsigned char byte = (unsigned char)*at;
	bool narrow = room->widest < 3;

	if (*at == '<')
		return narrow ? "(" : "‹";
	if (*at == '>')
		return narrow ? ")" : "›";
	if ((byte < ' ' && byte != '\n') || byte == 0x7f)
		return " ";
	if (size > 1 && size > room->widest)
		return "?";
	/* Of a character set of one byte only what all of them share is sure. */
	return size > 1 && narrow ? "?" : NULL;
}

char *words_for_column(const char *text, const struct room *room)
{
	const char *end = room->widest < 3 ? "..." : "…";
	size_t end_characters = room->widest < 3 ? 3 : 1;
	size_t used = 0, characters = 0, cut = 0;
	bool whole = true;
	/* The widest stand-in has three bytes for one. */
	autofree char *out = malloc(3 * strlen(text) + strlen(end) + 1);

	if (!out)
		return NULL;
	for (const char *at = text; *at && whole;) {
		size_t size = character_size(at);
		const char *other = stand_in(at, size, room);
		const char *from = other ? other : at;
		size_t length = other ? strlen(other) : size;
		at += size;
		whole = characters + 1 <= room->characters && used + length <= room->bytes;
		if (!whole)
			break;
		memcpy(out + used, from, length);
		used += length;
		characters++;
		/* The last place behind which the sign of a cut has room. */
		if (characters + end_characters <= room->characters &&
			used + strlen(end) <= room->bytes)
			cut = used;
	}
	out[used] = '\0';
	if (!whole && room->characters >= end_characters && room->bytes >= strlen(end))
		memcpy(out + cut, end, strlen(end) + 1);
	return take_pointer(out);
}

/* The sign that an entity stands for, and its length in *size; 0 when it is none of these. */
static char entity(const char *at, size_t *size)
{
	static const struct {
		const char *name;
		char sign;
	} entities[] = { { "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' }, { "&quot;", '"' },
		{ "&#039;", '\'' }, { "&#39;", '\'' }, { "&apos;", '\'' }, { "&nbsp;", ' ' } };

	for (size_t i = 0; i < ARRAY_SIZE(entities); i++) {
		*size = strlen(entities[i].name);
		if (strncmp(at, entities[i].name, *size) == 0)
			return entities[i].sign;
	}
	return '\0';
}

char *words_from_column(const char *text, size_t most)
{
	autofree char *out = malloc(strlen(text) + 1);
	size_t used = 0;

	if (!out)
		return NULL;
	for (const char *at = text; *at;) {
		size_t size = 0;
		char sign = entity(at, &size);
		size_t length = 1;
		if (!sign)
			length = size = character_size(at);
		if (used + length > most)
			break;
		if (sign)
			out[used] = sign;
		else
			memcpy(out + used, at, length);
		used += length;
		at += size;
	}
	out[used] = '\0';
	return take_pointer(out);
}
