/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of words is as the search in it expects, and the search finds what reading all finds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "panel/complete.h"

#define WORDS_MAX 10000

static const char list[] = {
#include "gen/firmware/panel/words.tsv.inc"
};

struct word {
	char letters[COMPLETE_WORD_MAX + 1];
	unsigned long count;
};

struct words {
	struct word word[WORDS_MAX];
	size_t count;
};

static int set_up(void **state)
{
	struct words *words = calloc(1, sizeof(*words));
	size_t at = 0;

	if (!words)
		return -1;
	while (at < sizeof(list) && words->count < WORDS_MAX) {
		struct word *word = &words->word[words->count++];
		for (size_t i = 0; at < sizeof(list) && list[at] != '\t'; at++)
			if (i < COMPLETE_WORD_MAX)
				word->letters[i++] = list[at];
		for (at++; at < sizeof(list) && list[at] != '\n'; at++)
			word->count = word->count * 10 + (unsigned long)(list[at] - '0');
		at++;
	}
	*state = words;
	return 0;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

static void test_list(void **state)
{
	const struct words *words = *state;
	size_t size = 0;

	assert_true(sizeof(list) < 100000);
	assert_int_equal(list[sizeof(list) - 1], '\n');
	assert_true(words->count >= 2000);
	for (size_t i = 0; i < words->count; i++) {
		const struct word *word = &words->word[i];
		size_t length = strlen(word->letters);
		size += length + 2; /* its tab and its newline */
		for (unsigned long rest = word->count; rest > 0; rest /= 10)
			size++;
		assert_true(length > COMPLETE_LETTERS_MIN);
		for (size_t at = 0; at < length; at++)
			assert_true(word->letters[at] >= 'a' && word->letters[at] <= 'z');
		assert_in_range(word->count, 1, 1000000);
		assert_true(i == 0 || strcmp(words->word[i - 1].letters, word->letters) < 0);
	}
	/* Nothing else stands there, and no number has a sign or a zero before it. */
	assert_int_equal(size, sizeof(list));
}

static const char *read_all(const struct words *words, const char *letters, size_t most)
{
	const struct word *best = NULL;
	size_t count = strlen(letters);

	for (size_t i = 0; i < words->count; i++) {
		const struct word *word = &words->word[i];
		size_t length = strlen(word->letters);
		if (strncmp(word->letters, letters, count) == 0 && length > count &&
			length <= most && (!best || word->count > best->count))
			best = word;
	}
	return best ? best->letters : "";
}

static void check_letters(const struct words *words, const char *letters, size_t most)
{
	char found[COMPLETE_WORD_MAX + 1];
	const char *expected = read_all(words, letters, most);

	assert_int_equal(complete_word(letters, strlen(letters), most, found), strlen(expected));
	assert_string_equal(found, expected);
}

static void test_every_beginning(void **state)
{
	const struct words *words = *state;
	char letters[COMPLETE_WORD_MAX + 1] = "";
	char before[COMPLETE_WORD_MAX + 1] = "";

	for (size_t i = 0; i < words->count; i++) {
		size_t length = strlen(words->word[i].letters);
		for (size_t count = COMPLETE_LETTERS_MIN; count <= length; count++) {
			memset(letters, 0, sizeof(letters));
			memcpy(letters, words->word[i].letters, count);
			if (strncmp(before, letters, count) == 0)
				continue; /* it was the word before's too */
			check_letters(words, letters, COMPLETE_WORD_MAX);
			check_letters(words, letters, count + 2);
		}
		memcpy(before, words->word[i].letters, sizeof(before));
	}
	/* And every two letters, with those that begin no word. */
	for (int pair = 0; pair < 26 * 26; pair++)
		check_letters(words,
			(char[]) { (char)('a' + pair / 26), (char)('a' + pair % 26), '\0' },
			COMPLETE_WORD_MAX);
}

static void test_offers(void **state)
{
	static const struct {
		const char *letters;
		size_t most;
		const char *word;
	} rows[] = {
		{ "ja", 24, "jalan" },
		{ "JA", 24, "jalan" },
		{ "Kelur", 24, "kelurahan" },
		{ "moh", 24, "mohon" },
		{ "diperb", 24, "diperbaiki" },
		{ "diperb", 9, "" },
		{ "sampu", 24, "sampun" },
		{ "mbot", 24, "mboten" },
		{ "j", 24, "" },
		{ "", 24, "" },
		{ "jalan", 5, "" },
		{ "ja", 1000, "jalan" },
		{ "ja1", 24, "" },
		{ "j a", 24, "" },
		{ "ja\xc3", 24, "" },
		{ "zzzz", 24, "" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 40, "" },
	};
	char found[COMPLETE_WORD_MAX + 1];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t length = complete_word(
			rows[i].letters, strlen(rows[i].letters), rows[i].most, found);
		assert_string_equal(found, rows[i].word);
		assert_int_equal(length, strlen(rows[i].word));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_every_beginning),
		cmocka_unit_test(test_offers),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("complete", tests, set_up, tear_down);
}
