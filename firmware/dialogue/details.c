/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialogue/details.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dialogue/utf8.h"
#include "dialogue/words.h"

/* More words than this are no name, without anything that marks an address. */
#define BARE_WORDS 5
#define MARKED_WORDS 25
/* "nama … alamat …" may have an odd word that complaints have too. */
#define ODD_WORDS 1

#define SEPARATORS ",;\n"
#define PADDING " \t\n.,;:=-/\"'()*_"

struct span {
	const char *start;
	const char *end;
};

bool details_plausible(const char *text, enum dialogue_topic topic)
{
	size_t words = 0, sentence = 0, addresses = 0;
	bool labelled = false;
	const char *cursor = text;
	struct word word;

	while (word_next(&cursor, &word)) {
		unsigned meanings = word_meanings(word.text);
		if (meanings & (WORD_NAME | WORD_LABEL_ADDRESS))
			labelled = labelled || words < 2;
		if (meanings & WORD_SENTENCE)
			sentence++;
		if (meanings & (WORD_ADDRESS | WORD_LABEL_ADDRESS))
			addresses++;
		if (++words > MARKED_WORDS)
			return false;
	}
	if (words == 0 || strpbrk(text, "?!"))
		return false;
	if (labelled)
		return sentence <= ODD_WORDS;
	if (sentence > 0)
		return false;
	if (words <= BARE_WORDS)
		return true;
	if (addresses > 0)
		return true;
	return topic != DIALOGUE_AWAIT_NOTHING && strpbrk(text, SEPARATORS) &&
	       words <= 2 * BARE_WORDS;
}

static void trim(struct span *span)
{
	while (span->start < span->end && strchr(PADDING, *span->start))
		span->start++;
	while (span->end > span->start && strchr(PADDING, span->end[-1]) && span->end[-1] != ')')
		span->end--;
}

/* Words between label and value that belong to neither, for names and for addresses. */
static const char small_in_names[] =
	" saya sy aku kula kulo adalah adl yaitu ialah di ing wonten dari "
	"dr saking a n an atas atasnama is my dan and lan ";
static const char small_in_addresses[] =
	" saya sy kula kulo adalah adl yaitu ialah di ing wonten dari dr "
	"saking is dan ";

static bool is_small(const char *list, const struct word *word)
{
	return word_in(list, word->text);
}

/* Drops leading words of these meanings and small ones after them. */
static void drop_leading(struct span *span, unsigned labels, const char *small)
{
	const char *cursor = span->start;
	struct word word;

	while (word_next(&cursor, &word) && word.end <= span->end &&
		(is_small(small, &word) || (word_meanings(word.text) & labels)))
		span->start = word.end;
	trim(span);
}

/* Drops the last word while it is a small one ("Budi dari", before an address). */
static void drop_trailing(struct span *span, const char *small)
{
	const char *cursor = span->start;
	const char *last = NULL;
	struct word word;

	while (word_next(&cursor, &word) && word.end <= span->end) {
		if (!is_small(small, &word))
			last = NULL;
		else if (!last)
			last = word.start;
	}
	if (last)
		span->end = last;
	trim(span);
}

/* A copy on one line, lines joined by commas, at most most bytes of whole characters. */
static int copy_span(struct span span, size_t most, char **out)
{
	if (span.start >= span.end)
		return 0;
	char *copy = malloc((size_t)(span.end - span.start) * 2 + 1);
	size_t length = 0;

	if (!copy)
		return -ENOMEM;
	for (const char *cursor = span.start; cursor < span.end;) {
		const char *from = cursor;
		bool newline = *cursor == '\n';
		utf8_next(&cursor);
		size_t size = (size_t)(cursor - from);
		if (length + size + 1 > most)
			break;
		if (newline && length > 0 && !strchr(SEPARATORS, copy[length - 1]))
			copy[length++] = ',';
		if (isspace((unsigned char)*from)) {
			if (length > 0 && copy[length - 1] != ' ')
				copy[length++] = ' ';
			continue;
		}
		memcpy(copy + length, from, size);
		length += size;
	}
	copy[length] = '\0';
	*out = copy;
	return 0;
}

/* Where the address begins by its own words ("Budi dusun Karang", "nama … alamat …"). */
static const char *find_address(struct span span, unsigned meanings)
{
	const char *cursor = span.start;
	struct word word;

	while (cursor < span.end && word_next(&cursor, &word) && word.end <= span.end) {
		if (word_meanings(word.text) & meanings)
			return word.start;
	}
	return NULL;
}

/* The first sign that stands between name and address; the end when there is none. */
static const char *find_separator(struct span span)
{
	static const char *const spaced[] = { " - ", " / " };
	const char *found = span.start + strcspn(span.start, SEPARATORS);

	for (size_t i = 0; i < ARRAY_SIZE(spaced); i++) {
		const char *sign = strstr(span.start, spaced[i]);
		if (sign && sign < found)
			found = sign;
	}
	return found < span.end ? found : span.end;
}

/* Splits a text in two: by a label, by a separator, by the first word that addresses have. */
static void split(struct span all, struct span *name, struct span *address)
{
	const char *label = find_address(all, WORD_LABEL_ADDRESS);
	const char *named = find_address(all, WORD_NAME);
	const char *marker = find_address(all, WORD_ADDRESS | WORD_FROM);
	const char *separator = find_separator(all);

	*name = *address = (struct span) { all.start, all.start };
	if (label && named && named > label) {
		*address = (struct span) { label, named };
		*name = (struct span) { named, all.end };
	} else if (label) {
		*name = (struct span) { all.start, label };
		*address = (struct span) { label, all.end };
	} else if (marker == all.start) {
		*address = all;
	} else if (separator < all.end && !(marker && marker < separator)) {
		*name = (struct span) { all.start, separator };
		*address = (struct span) { separator, all.end };
	} else if (marker) {
		*name = (struct span) { all.start, marker };
		*address = (struct span) { marker, all.end };
	} else {
		*name = all;
	}
}

int details_parse(const char *text, enum dialogue_topic topic, const char *known_name, char **name,
	char **address)
{
	struct span all = { text, text + strlen(text) };
	struct span name_span, address_span;

	*name = *address = NULL;
	trim(&all);
	size_t known = known_name ? strlen(known_name) : 0;
	if (topic == DIALOGUE_AWAIT_ADDRESS && !find_address(all, WORD_NAME)) {
		/* Some repeat the name that they gave before. */
		if (known > 0 && strncasecmp(all.start, known_name, known) == 0 &&
			strchr(" ,;\n", all.start[known]))
			all.start += known;
		name_span = (struct span) { all.start, all.start };
		address_span = all;
	} else {
		split(all, &name_span, &address_span);
	}
	drop_leading(&name_span, WORD_NAME | WORD_GREETING, small_in_names);
	drop_trailing(&name_span, small_in_names);
	drop_leading(&address_span, WORD_LABEL_ADDRESS, small_in_addresses);
	int error = copy_span(name_span, DETAILS_NAME_MAX, name);
	if (error == 0)
		error = copy_span(address_span, DETAILS_ADDRESS_MAX, address);
	return error;
}
