/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "panel/complete.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"

/*
 * Lines "word TAB count" in the order of their bytes, so that the words which go on from some
 * letters stand together: the first is found by halving, the most frequent by going through them.
 */
static const char words[] = {
#include "gen/firmware/panel/words.tsv.inc"
};

struct line {
	const char *word;
	size_t length;
	uint32_t count;
	size_t next; /* where the line after it begins */
};

/* tests/unit/test_complete.c goes through the whole list: every line of it is as this expects. */
static struct line line_at(size_t at)
{
	struct line line = { .word = words + at, .length = 0, .count = 0, .next = sizeof(words) };

	while (at < sizeof(words) && words[at] != '\t') {
		line.length++;
		at++;
	}
	for (at++; at < sizeof(words) && words[at] != '\n'; at++)
		line.count = line.count * 10 + (uint32_t)(words[at] - '0');
	if (at + 1 < sizeof(words))
		line.next = at + 1;
	return line;
}

/* How the word's beginning compares to the letters: the word is cut to their count. The tab that
 * ends it is less than any letter. */
static int compare(const char *word, const char *letters, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (word[i] != letters[i])
			return word[i] < letters[i] ? -1 : 1;
	return 0;
}

/* Where the first line begins that isn't before the letters. */
static size_t find_first(const char *letters, size_t count)
{
	size_t low = 0, high = sizeof(words);

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		while (middle > low && words[middle - 1] != '\n')
			middle--;
		struct line line = line_at(middle);
		if (compare(line.word, letters, count) < 0)
			low = line.next;
		else
			high = middle;
	}
	return low;
}

static bool lower(const char *letters, size_t count, char out[static COMPLETE_WORD_MAX])
{
	if (count < COMPLETE_LETTERS_MIN || count >= COMPLETE_WORD_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		char letter = letters[i];
		if (letter >= 'A' && letter <= 'Z')
			letter = (char)(letter - 'A' + 'a');
		if (letter < 'a' || letter > 'z')
			return false;
		out[i] = letter;
	}
	return true;
}

size_t complete_word(
	const char *letters, size_t count, size_t most, char out[static COMPLETE_WORD_MAX + 1])
{
	char wanted[COMPLETE_WORD_MAX];
	struct line best = { .length = 0, .count = 0 };

	out[0] = '\0';
	if (!lower(letters, count, wanted))
		return 0;
	if (most > COMPLETE_WORD_MAX)
		most = COMPLETE_WORD_MAX;
	for (size_t at = find_first(wanted, count); at < sizeof(words);) {
		if (compare(words + at, wanted, count) != 0)
			break;
		struct line line = line_at(at);
		if (line.length > count && line.length <= most && line.count > best.count)
			best = line;
		at = line.next;
	}
	memcpy(out, best.length > 0 ? best.word : "", best.length);
	out[best.length] = '\0';
	return best.length;
}
