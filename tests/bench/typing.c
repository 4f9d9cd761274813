/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many key presses and seconds a complaint takes on the panel's keys, with completion and
 * without, by the entry that the panel has inside and the hand modelled below. `make typing`.
 *
 *   typing FILE    lines "language TAB text"
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "panel/entry.h"

/* The hand: one finger, that neither errs nor looks for a key for long. */
#define SAME_KEY_MS 250	 /* the key under the finger once more */
#define OTHER_KEY_MS 600 /* on to another key */
#define HOLD_MS 800
/* Two letters of one key: ENTRY_SETTLE_MS between them. */

enum way {
	WITHOUT,
	WITH_A,	   /* a keypad with A to D: one press takes the word */
	WITH_HOLD, /* a keypad without: # is held */
	WAYS,
};

struct hand {
	struct entry entry;
	char finger; /* on this key */
	bool fresh;  /* and its letter is not settled */
	int64_t now_ms;
	unsigned presses, words_taken;
};

struct sum {
	unsigned texts, characters;
	unsigned presses[WAYS], taken[WAYS];
	int64_t ms[WAYS];
};

static void act(struct hand *hand, enum keypad_action action, char key)
{
	const struct keypad_event event = { .action = action, .key = key };

	entry_key(&hand->entry, &event, hand->now_ms);
}

static void press(struct hand *hand, char key)
{
	hand->now_ms += key == hand->finger ? SAME_KEY_MS : OTHER_KEY_MS;
	hand->finger = key;
	hand->presses++;
	act(hand, KEYPAD_PRESS, key);
	act(hand, KEYPAD_RELEASE, key);
}

static void take(struct hand *hand, enum way way)
{
	hand->words_taken++;
	if (way == WITH_A) {
		press(hand, 'A');
		return;
	}
	hand->now_ms += hand->finger == '#' ? SAME_KEY_MS : OTHER_KEY_MS;
	hand->finger = '#';
	hand->presses++;
	act(hand, KEYPAD_PRESS, '#');
	hand->now_ms += HOLD_MS;
	act(hand, KEYPAD_HOLD, '#');
	act(hand, KEYPAD_RELEASE, '#');
}

static char key_of(char sign)
{
	static const char *const signs_on[] = { " 0", ".,?!-/():'\";@1", "abc2", "def3", "ghi4",
		"jkl5", "mno6", "pqrs7", "tuv8", "wxyz9" };

	for (size_t key = 0; key < ARRAY_SIZE(signs_on); key++)
		if (strchr(signs_on[key], tolower((unsigned char)sign)))
			return (char)('0' + key);
	return '\0';
}

/* False when there is no way to write the sign. */
static bool type(struct hand *hand, char sign)
{
	const char key = key_of(sign);
	const char *wanted = isupper((unsigned char)sign) ? "Abc" : "abc";

	if (key == '\0')
		return false;
	for (int i = 0; i < 4 && isalpha((unsigned char)sign) &&
			strcmp(entry_mode_name(&hand->entry), wanted) != 0;
		i++)
		press(hand, 'D');
	if (hand->entry.tapping == key) {
		hand->now_ms += ENTRY_SETTLE_MS - SAME_KEY_MS;
		entry_tick(&hand->entry, hand->now_ms + SAME_KEY_MS);
	}
	for (int taps = 0; taps < 16; taps++) {
		press(hand, key);
		if (hand->entry.text[hand->entry.cursor - 1] == sign)
			return true;
	}
	return false;
}

/* How long the rest of the word takes letter by letter, with what the space after it costs. */
static int64_t time_to_type(struct hand hand, const char *rest, size_t count)
{
	const int64_t began_ms = hand.now_ms;

	for (size_t i = 0; i < count; i++)
		type(&hand, rest[i]);
	return hand.now_ms - began_ms;
}

/* Whether the word offered is the one being written, and taking it is quicker. */
static bool worth_taking(const struct hand *hand, const char *text, enum way way, size_t *count)
{
	const struct entry *entry = &hand->entry;
	size_t typed = 0;

	while (typed < entry->cursor &&
		isalpha((unsigned char)entry->text[entry->cursor - typed - 1]))
		typed++;
	const char *rest = entry->offered + typed;
	if (way == WITHOUT || entry->offered[0] == '\0')
		return false;
	*count = strlen(rest);
	if (strncmp(rest, text, *count) != 0 || isalnum((unsigned char)text[*count]))
		return false;
	/* Before a sign the space that comes with the word goes: there it is written. */
	*count += text[*count] == ' ' && !ispunct((unsigned char)text[*count + 1]);
	return time_to_type(*hand, text, *count) > OTHER_KEY_MS + (way == WITH_HOLD ? HOLD_MS : 0);
}

static bool write_text(struct hand *hand, const char *text, enum way way)
{
	size_t at = 0, count = 0;

	*hand = (struct hand) { .now_ms = 0 };
	entry_begin(&hand->entry, ENTRY_TEXT, ENTRY_MAX, NULL);
	while (text[at] != '\0') {
		if (worth_taking(hand, text + at, way, &count)) {
			take(hand, way);
			at += count;
		} else if (type(hand, text[at])) {
			at++;
		} else {
			return false;
		}
	}
	press(hand, '#');
	return strcmp(hand->entry.text, text) == 0;
}

static bool measure(const char *language, const char *text, struct sum *sum)
{
	struct hand hand[WAYS];

	for (enum way way = WITHOUT; way < WAYS; way++) {
		if (!write_text(&hand[way], text, way)) {
			fprintf(stderr, "typing: can't be written: %s\n", text);
			return false;
		}
		sum->presses[way] += hand[way].presses;
		sum->taken[way] += hand[way].words_taken;
		sum->ms[way] += hand[way].now_ms;
	}
	sum->texts++;
	sum->characters += (unsigned)strlen(text);
	printf("%2u %s  %4zu", sum->texts, language, strlen(text));
	for (enum way way = WITHOUT; way < WAYS; way++)
		printf("  %6u %6.1f s", hand[way].presses, (double)hand[way].now_ms / 1000);
	printf("  %5u  %.32s...\n", hand[WITH_A].words_taken, text);
	return true;
}

static bool measure_file(FILE *file, struct sum *sum)
{
	char line[ENTRY_MAX + 16];
	char *tab;

	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if ((tab = strchr(line, '\t')) == NULL) {
			fprintf(stderr, "typing: a line without a tab: %s\n", line);
			return false;
		}
		*tab = '\0';
		if (!measure(line, tab + 1, sum))
			return false;
	}
	return sum->texts > 0;
}

static void print_means(const struct sum *sum)
{
	const double texts = sum->texts;

	printf("mean   %5.1f", sum->characters / texts);
	for (enum way way = WITHOUT; way < WAYS; way++)
		printf("  %6.1f %6.1f s", sum->presses[way] / texts,
			(double)sum->ms[way] / 1000 / texts);
	printf("  %5.1f\n", sum->taken[WITH_A] / texts);
	printf("saved%28s", "");
	for (enum way way = WITH_A; way < WAYS; way++)
		printf("  %4.0f %% %6.0f %%",
			100 - 100.0 * sum->presses[way] / sum->presses[WITHOUT],
			100 - 100.0 * (double)sum->ms[way] / (double)sum->ms[WITHOUT]);
	printf("\n");
}

int main(int argc, char **argv)
{
	struct sum sum = { .texts = 0 };

	if (argc != 2) {
		fprintf(stderr, "usage: typing FILE\n");
		return 2;
	}
	autofile FILE *file = fopen(argv[1], "re");
	if (!file) {
		perror(argv[1]);
		return 1;
	}
	printf("text     char  %17s  %17s  %17s  taken\n", "letter by letter", "word by A",
		"word by # held");
	if (!measure_file(file, &sum))
		return 1;
	print_means(&sum);
	return 0;
}
