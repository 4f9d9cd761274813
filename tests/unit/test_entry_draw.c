/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How an entry looks on the rows it is given, and what holds whatever keys are pressed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "panel/entry.h"

#define UNTOUCHED 0xff

static struct display_frame blank(void)
{
	struct display_frame frame;

	memset(&frame, UNTOUCHED, sizeof(frame));
	return frame;
}

struct drawing {
	const char *text;
	enum entry_kind kind;
	unsigned columns, rows;
	unsigned back; /* how far the cursor is moved left from the end */
	const char *lines[DISPLAY_ROWS_MAX];
	unsigned cursor_row, cursor_column;
};

static void check_drawing(const struct drawing *drawing)
{
	struct entry entry;
	struct display_frame frame = blank();
	static const struct keypad_event left = { .action = KEYPAD_PRESS, .key = 'B' };

	entry_begin(&entry, drawing->kind, ENTRY_MAX, drawing->text);
	for (unsigned i = 0; i < drawing->back; i++)
		assert_int_equal(entry_key(&entry, &left, 0), ENTRY_CHANGED);
	entry_draw(&entry, &frame, drawing->columns, 0, drawing->rows);
	for (unsigned row = 0; row < drawing->rows; row++) {
		char line[DISPLAY_COLUMNS_MAX + 1] = { 0 };
		memcpy(line, frame.cells[row], drawing->columns);
		for (size_t i = strlen(line); i > 0 && line[i - 1] == ' '; i--)
			line[i - 1] = '\0';
		assert_string_equal(line, drawing->lines[row]);
	}
	assert_int_equal(frame.cursor, DISPLAY_CURSOR_LINE);
	assert_int_equal(frame.cursor_row, drawing->cursor_row);
	assert_int_equal(frame.cursor_column, drawing->cursor_column);
}

static void test_drawings(void **state)
{
	static const struct drawing drawings[] = {
		{ "", ENTRY_TEXT, 20, 2, 0, { "", "" }, 0, 0 },
		{ "Jalan", ENTRY_TEXT, 20, 2, 0, { "Jalan", "" }, 0, 5 },
		{ "4711", ENTRY_SECRET, 20, 1, 0, { "****" }, 0, 4 },
		{ "4711", ENTRY_SECRET, 20, 1, 1, { "****" }, 0, 3 },
		{ "Jalan rusak", ENTRY_TEXT, 8, 3, 0, { "Jalan", "rusak", "" }, 1, 5 },
		/* The cursor behind a full line, and a space behind it. */
		{ "Jalan ru", ENTRY_TEXT, 8, 3, 0, { "Jalan", "ru", "" }, 1, 2 },
		{ "Jalan r", ENTRY_TEXT, 8, 3, 0, { "Jalan r", "", "" }, 0, 7 },
		{ "Jalan r ", ENTRY_TEXT, 8, 3, 0, { "Jalan r", "", "" }, 1, 0 },
		{ "rusaknya", ENTRY_TEXT, 8, 3, 0, { "rusaknya", "", "" }, 1, 0 },
		{ "rusaknya", ENTRY_TEXT, 8, 3, 1, { "rusaknya", "", "" }, 0, 7 },
		{ "rusaknya ini", ENTRY_TEXT, 8, 3, 0, { "rusaknya", " ini", "" }, 1, 4 },
		{ "kependudukan", ENTRY_TEXT, 8, 3, 0, { "kependud", "ukan", "" }, 1, 4 },
		/* The window follows the cursor; with three rows the next line is seen too. */
		{ "satu dua tiga empat lima", ENTRY_TEXT, 5, 2, 0, { " lima", "" }, 1, 0 },
		{ "satu dua tiga empat", ENTRY_TEXT, 6, 2, 0, { "tiga", "empat" }, 1, 5 },
		{ "satu dua tiga empat", ENTRY_TEXT, 6, 2, 6, { "dua", "tiga" }, 1, 4 },
		{ "satu dua tiga empat", ENTRY_TEXT, 6, 2, 19, { "satu", "dua" }, 0, 0 },
		{ "satu dua tiga empat", ENTRY_TEXT, 6, 3, 6, { "dua", "tiga", "empat" }, 1, 4 },
		{ "satu dua tiga empat", ENTRY_TEXT, 6, 3, 0, { "dua", "tiga", "empat" }, 2, 5 },
		{ "satu dua tiga empat", ENTRY_TEXT, 6, 1, 0, { "empat" }, 0, 5 },
		{ "satu dua tiga empat", ENTRY_TEXT, 6, 1, 19, { "satu" }, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(drawings); i++)
		check_drawing(&drawings[i]);
}

static void test_block_on_the_letter_tapped(void **state)
{
	static const struct keypad_event tap = { .action = KEYPAD_PRESS, .key = '2' };
	struct display_frame frame = blank();
	struct entry entry;

	(void)state;
	entry_begin(&entry, ENTRY_TEXT, ENTRY_MAX, "Jalan d");
	assert_int_equal(entry_key(&entry, &tap, 0), ENTRY_CHANGED);
	entry_draw(&entry, &frame, 16, 1, 1);
	assert_int_equal(frame.cursor, DISPLAY_CURSOR_BLOCK);
	assert_int_equal(frame.cursor_row, 1);
	assert_int_equal(frame.cursor_column, 7);
	assert_int_equal(frame.cells[1][7], 'a');
	assert_true(entry_tick(&entry, ENTRY_SETTLE_MS));
	entry_draw(&entry, &frame, 16, 1, 1);
	assert_int_equal(frame.cursor, DISPLAY_CURSOR_LINE);
	assert_int_equal(frame.cursor_column, 8);
}

/* xorshift64: the same on every machine and at every run. */
static uint32_t random_below(uint64_t *seed, uint32_t bound)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)(*seed >> 32) % bound;
}

static bool displayable(char sign)
{
	return sign >= ' ' && sign < '~' && sign != '\\';
}

static void check_text(const struct entry *entry, enum entry_kind kind, size_t most)
{
	assert_int_equal(entry->length, strlen(entry->text));
	assert_true(entry->length <= most);
	assert_true(entry->cursor <= entry->length);
	assert_true(entry->tapping == '\0' || entry->cursor > 0);
	for (size_t i = 0; i < sizeof(entry->text); i++) {
		char sign = entry->text[i];
		bool right = (sign >= '0' && sign <= '9') ||
			     (kind == ENTRY_DIGITS && sign == '-') ||
			     (kind <= ENTRY_NAME && displayable(sign));
		assert_true(i < entry->length ? right : sign == '\0');
	}
}

static void check_offer(const struct entry *entry)
{
	size_t word = strlen(entry->offered);
	size_t typed = 0;

	if (word == 0)
		return;
	while (typed < entry->cursor &&
		isalpha((unsigned char)entry->text[entry->cursor - typed - 1]))
		typed++;
	assert_int_equal(entry->kind, ENTRY_TEXT);
	assert_true(typed >= 2 && typed < word);
	assert_memory_equal(entry->offered, entry->text + entry->cursor - typed, typed);
	assert_false(isalpha((unsigned char)entry->text[entry->cursor]));
	assert_true(entry->length + word - typed <= entry->most);
}

/* Inside the given cells what stands in the text around the cursor, outside nothing. */
static void check_drawn(const struct entry *entry, uint64_t *seed)
{
	struct display_frame frame = blank();
	unsigned columns = 1 + random_below(seed, DISPLAY_COLUMNS_MAX);
	unsigned first = random_below(seed, DISPLAY_ROWS_MAX);
	unsigned rows = 1 + random_below(seed, DISPLAY_ROWS_MAX - first);
	size_t cell = entry->cursor - (entry->tapping != '\0' && !entry->settled);

	entry_draw(entry, &frame, columns, first, rows);
	for (unsigned row = 0; row < DISPLAY_ROWS_MAX; row++)
		for (unsigned column = 0; column < DISPLAY_COLUMNS_MAX; column++) {
			bool ours = row >= first && row < first + rows && column < columns;
			uint8_t code = frame.cells[row][column];
			assert_true(ours ? displayable((char)code) : code == UNTOUCHED);
		}
	assert_true(frame.cursor_row >= first && frame.cursor_row < first + rows);
	assert_true(frame.cursor_column < columns);
	char expected = cell == entry->length	      ? ' '
			: entry->kind == ENTRY_SECRET ? '*'
						      : entry->text[cell];
	assert_int_equal(frame.cells[frame.cursor_row][frame.cursor_column], expected);
	assert_int_equal(frame.glyphs[0][0], UNTOUCHED);
}

static void play(uint64_t *seed)
{
	static const char keys[] = "0123456789*#ABCD01234567892580x";
	static const size_t sizes[] = { 0, 1, 4, 30, ENTRY_MAX, 10000 };
	enum entry_kind kind = (enum entry_kind)random_below(seed, 4);
	size_t most = sizes[random_below(seed, ARRAY_SIZE(sizes))];
	size_t allowed = most < ENTRY_MAX ? most : ENTRY_MAX;
	char given[600];
	int64_t now_ms = 0;
	struct entry entry;

	for (size_t i = 0; i < sizeof(given) - 1; i++)
		given[i] = (char)random_below(seed, 256);
	given[random_below(seed, sizeof(given))] = '\0';
	given[sizeof(given) - 1] = '\0';
	entry_begin(&entry, kind, most, random_below(seed, 2) ? given : NULL);
	for (int i = 0; i < 300; i++) {
		struct keypad_event event = {
			.action = random_below(seed, 2) ? KEYPAD_PRESS
							: (enum keypad_action)random_below(seed, 4),
			.key = random_below(seed, 3) && i > 0
				       ? keys[random_below(seed, sizeof(keys) - 1)]
				       : entry.down
		};
		enum entry_result result = entry_key(&entry, &event, now_ms);
		assert_true(result != ENTRY_LEAVE || entry.length == 0);
		now_ms += random_below(seed, 900);
		if (random_below(seed, 2))
			entry_tick(&entry, now_ms);
		assert_true(entry_deadline(&entry) == INT64_MAX ||
			    entry_deadline(&entry) <= now_ms + ENTRY_SETTLE_MS);
		check_text(&entry, kind, allowed);
		check_offer(&entry);
		check_drawn(&entry, seed);
	}
}

static void test_any_keys(void **state)
{
	(void)state;
	for (uint64_t game = 1; game <= 1000; game++) {
		uint64_t seed = game * 0x9e3779b97f4a7c15u;
		play(&seed);
	}
}

/* Whatever the display can show and the keys have can be written: the right taps, the mode that
 * the name shows, and a pause where two letters share a key. */
static void type_sign(struct entry *entry, char sign, int64_t *now_ms)
{
	static const char *const signs_on[] = { " 0", ".,?!-/():'\";@1", "abc2", "def3", "ghi4",
		"jkl5", "mno6", "pqrs7", "tuv8", "wxyz9" };
	static const struct keypad_event mode = { .action = KEYPAD_PRESS, .key = 'D' };
	const char *wanted = isupper((unsigned char)sign) ? "Abc" : "abc";
	char small = (char)tolower((unsigned char)sign);
	struct keypad_event tap = { .action = KEYPAD_PRESS, .key = '0' };

	while (!strchr(signs_on[tap.key - '0'], small))
		tap.key++;
	*now_ms += ENTRY_SETTLE_MS;
	entry_tick(entry, *now_ms);
	for (int i = 0; i < 4 && isalpha((unsigned char)sign) &&
			strcmp(entry_mode_name(entry), wanted) != 0;
		i++)
		assert_int_equal(entry_key(entry, &mode, *now_ms), ENTRY_CHANGED);
	for (int taps = 0; taps == 0 || (taps < 20 && entry->text[entry->cursor - 1] != sign);
		taps++)
		assert_int_equal(entry_key(entry, &tap, *now_ms), ENTRY_CHANGED);
}

static void test_any_text_can_be_typed(void **state)
{
	static const char signs[] = " 0.,?!-/():'\";@1abc2def3ghi4jkl5mno6pqrs7tuv8wxyz9"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	uint64_t seed = 20261124;
	char text[ENTRY_MAX + 1];
	struct entry entry;
	int64_t now_ms = 0;

	(void)state;
	for (int i = 0; i < 50; i++) {
		size_t length = 1 + random_below(&seed, ENTRY_MAX);
		for (size_t at = 0; at < length; at++)
			text[at] = signs[random_below(&seed, sizeof(signs) - 1)];
		text[length] = '\0';
		entry_begin(&entry, i % 2 ? ENTRY_TEXT : ENTRY_NAME, ENTRY_MAX, NULL);
		for (size_t at = 0; at < length; at++)
			type_sign(&entry, text[at], &now_ms);
		assert_string_equal(entry.text, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_drawings),
		cmocka_unit_test(test_block_on_the_letter_tapped),
		cmocka_unit_test(test_any_keys),
		cmocka_unit_test(test_any_text_can_be_typed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("entry_draw", tests, NULL, NULL);
}
