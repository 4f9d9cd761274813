/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys to text, as tables: what a hand does on the keypad, and what stands there then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "panel/entry.h"

/* Times after a key's press, as port/keypad.h has them; a person's next key comes after STEP. */
#define HELD_MS 800
#define STEP_MS 250

struct hand {
	struct entry entry;
	int64_t now_ms;
	enum entry_result last; /* of a press, or of what else did something */
};

static enum entry_result act(struct hand *hand, enum keypad_action action, char key)
{
	struct keypad_event event = { .action = action, .key = key };
	enum entry_result result = entry_key(&hand->entry, &event, hand->now_ms);

	if (action == KEYPAD_PRESS || result != ENTRY_IGNORED)
		hand->last = result;
	return result;
}

static void hold_key(struct hand *hand, char key)
{
	act(hand, KEYPAD_PRESS, key);
	for (int64_t after = 500; after < HELD_MS; after += 150) {
		hand->now_ms += after == 500 ? 500 : 150;
		act(hand, KEYPAD_REPEAT, key);
	}
	act(hand, KEYPAD_HOLD, key);
	act(hand, KEYPAD_RELEASE, key);
}

/* A key is pressed by its name; "~" waits until a letter is settled; "{4}" holds a key. */
static void press_keys(struct hand *hand, const char *keys)
{
	for (; *keys != '\0'; keys++) {
		if (*keys == '~') {
			hand->now_ms += ENTRY_SETTLE_MS;
			entry_tick(&hand->entry, hand->now_ms);
		} else if (*keys == '{') {
			hold_key(hand, keys[1]);
			keys += 2;
		} else {
			act(hand, KEYPAD_PRESS, *keys);
			act(hand, KEYPAD_RELEASE, *keys);
		}
		hand->now_ms += STEP_MS;
	}
}

static void begin(struct hand *hand, enum entry_kind kind, size_t most, const char *text)
{
	*hand = (struct hand) { .now_ms = 1000000 };
	entry_begin(&hand->entry, kind, most, text);
}

/* The text with "|" where the cursor is. */
static void assert_shown(const struct entry *entry, const char *keys, const char *expected)
{
	char shown[ENTRY_MAX + 2];

	snprintf(shown, sizeof(shown), "%.*s|%s", (int)entry->cursor, entry->text,
		entry->text + entry->cursor);
	if (strcmp(shown, expected) != 0)
		fail_msg("keys %s gave \"%s\", not \"%s\"", keys, shown, expected);
	assert_int_equal(entry->length, strlen(entry->text));
}

struct row {
	enum entry_kind kind;
	size_t most;
	const char *before, *keys, *after, *mode;
	enum entry_result last;
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		struct hand hand;
		begin(&hand, row->kind, row->most, row->before);
		press_keys(&hand, row->keys);
		assert_shown(&hand.entry, row->keys, row->after);
		if (strcmp(entry_mode_name(&hand.entry), row->mode) != 0 || hand.last != row->last)
			fail_msg("\"%s\" and keys %s: mode %s, result %d", row->before, row->keys,
				entry_mode_name(&hand.entry), (int)hand.last);
	}
}

static void test_letters(void **state)
{
	static const struct row rows[] = {
		{ ENTRY_TEXT, 50, "", "2", "A|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "", "22", "B|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "", "2222", "2|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "", "22222", "A|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "", "2~2", "Aa|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "", "23", "Ad|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "", "23~3", "Add|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "7777", "xs|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "77777", "x7|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "9999", "xz|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "99999", "x9|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "999999", "xw|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "33344455566688", "xfilou|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "0", "x |", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "00", "x0|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "000", "x |", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "0~0", "x  |", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "1", "x.|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "11", "x,|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "1~11~111~1111~11111~111111", "x.,?!-/|", "abc",
			ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "1111111~11111111~111111111", "x():|", "abc",
			ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "1111111111~11111111111~111111111111", "x'\";|", "abc",
			ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "1111111111111~11111111111111~111111111111111", "x@1.|",
			"abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "", "#", "|", "Abc", ENTRY_DONE },
		{ ENTRY_TEXT, 50, "kali  ", "#", "kali|", "abc", ENTRY_DONE },
		{ ENTRY_TEXT, 50, "kali. ", "#", "kali.|", "abc", ENTRY_DONE },
		{ ENTRY_TEXT, 50, "x", "2#", "xa|", "abc", ENTRY_DONE },
		{ ENTRY_TEXT, 50, "x", "?", "x|", "abc", ENTRY_IGNORED },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_capitals(void **state)
{
	static const struct row rows[] = {
		{ ENTRY_TEXT, 50, "", "0", " |", "Abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x.", "", "x.|", "abc", ENTRY_IGNORED },
		{ ENTRY_TEXT, 50, "x. ", "", "x. |", "Abc", ENTRY_IGNORED },
		{ ENTRY_TEXT, 50, "x", "10222", "x. C|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x? ", "2", "x? A|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x! ", "2", "x! A|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x, ", "2", "x, a|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x.) ", "2", "x.) A|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "\"x.\" ", "2", "\"x.\" A|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "\" ", "2", "\" a|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "pukul 10.", "3333", "pukul 10.3|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "", "D2", "A|", "ABC", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "", "DD", "|", "123", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "", "DDD2", "a|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "D23", "xAd|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "D22", "xB|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "DD22~2", "xBA|", "ABC", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "DD2D2", "xA2|", "123", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "DDD2210*", "x221|", "123", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "{0}2", "xA|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "{0}{0}2", "xA|", "ABC", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "{0}{0}{0}00", "x00|", "123", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "{0}{0}{0}{0}2", "xa|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "2{0}", "xa|", "Abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "0{0}", "x |", "Abc", ENTRY_CHANGED },
		{ ENTRY_NAME, 50, "", "2~220222", "Ab C|", "abc", ENTRY_CHANGED },
		{ ENTRY_NAME, 50, "Siti ", "", "Siti |", "Abc", ENTRY_IGNORED },
		{ ENTRY_NAME, 50, "Siti  ", "2", "Siti  A|", "abc", ENTRY_CHANGED },
		{ ENTRY_NAME, 50, "Siti", "A", "Siti|", "abc", ENTRY_IGNORED },
		/* With the cursor back at the beginning, a capital again. */
		{ ENTRY_TEXT, 50, "x", "B2", "A|x", "abc", ENTRY_CHANGED },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_cursor_and_erasing(void **state)
{
	static const struct row rows[] = {
		{ ENTRY_TEXT, 50, "kali", "B", "kal|i", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kali", "BBBB", "|kali", "Abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kali", "BBBBB", "|kali", "Abc", ENTRY_REFUSED },
		{ ENTRY_TEXT, 50, "kali", "BC", "kali|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kali", "C", "kali|", "abc", ENTRY_REFUSED },
		{ ENTRY_TEXT, 50, "kli", "BB2", "ka|li", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kli", "BB22~2", "kba|li", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kali", "*", "kal|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kali", "BB*", "k|li", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kali", "BBBB*", "|kali", "Abc", ENTRY_REFUSED },
		{ ENTRY_TEXT, 50, "kali", "****", "|", "Abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kali", "*****", "|", "Abc", ENTRY_LEAVE },
		{ ENTRY_TEXT, 50, "", "*", "|", "Abc", ENTRY_LEAVE },
		{ ENTRY_TEXT, 50, "x", "22*", "x|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "22*2", "xa|", "abc", ENTRY_CHANGED },
		/* At the press, after 500 ms and after 650 ms. */
		{ ENTRY_TEXT, 50, "kalisoka", "{*}", "kalis|", "abc", ENTRY_CHANGED },
		/* Held beyond the last letter it never leaves. */
		{ ENTRY_TEXT, 50, "ka", "{*}", "|", "Abc", ENTRY_REFUSED },
		{ ENTRY_TEXT, 50, "kali", "{4}", "kal|i", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kali", "{4}{4}{6}", "kal|i", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kali", "{6}", "kali|", "abc", ENTRY_CHANGED },
		/* What was tapped before stays, what the held key's press did doesn't. */
		{ ENTRY_TEXT, 50, "x", "44{4}", "x|h", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "5{4}", "x|j", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 4, "kali", "{4}", "kal|i", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "", "{4}", "|", "Abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kali", "{B}", "k|ali", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "{2}", "xa|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "x", "{1}", "x.|", "abc", ENTRY_CHANGED },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

static void test_digits_and_full(void **state)
{
	static const struct row rows[] = {
		{ ENTRY_DIGITS, 13, "", "08123456790", "08123456790|", "123", ENTRY_CHANGED },
		{ ENTRY_DIGITS, 13, "", "1122", "1122|", "123", ENTRY_CHANGED },
		{ ENTRY_DIGITS, 13, "003-000", "1", "003-0001|", "123", ENTRY_CHANGED },
		{ ENTRY_DIGITS, 13, "+62 8a1", "", "6281|", "123", ENTRY_IGNORED },
		{ ENTRY_DIGITS, 3, "12", "34", "123|", "123", ENTRY_REFUSED },
		{ ENTRY_DIGITS, 13, "12", "{4}3", "13|2", "123", ENTRY_CHANGED },
		{ ENTRY_DIGITS, 13, "12", "D", "12|", "123", ENTRY_IGNORED },
		{ ENTRY_DIGITS, 13, "12", "A", "12|", "123", ENTRY_IGNORED },
		{ ENTRY_DIGITS, 13, "12", "{0}", "120|", "123", ENTRY_CHANGED },
		{ ENTRY_DIGITS, 13, "", "*", "|", "123", ENTRY_LEAVE },
		{ ENTRY_DIGITS, 13, "12", "#", "12|", "123", ENTRY_DONE },
		{ ENTRY_SECRET, 4, "", "4711", "4711|", "123", ENTRY_CHANGED },
		{ ENTRY_SECRET, 4, "", "47115", "4711|", "123", ENTRY_REFUSED },
		{ ENTRY_SECRET, 4, "4-7", "", "47|", "123", ENTRY_IGNORED },
		{ ENTRY_TEXT, 3, "kal", "4", "kal|", "abc", ENTRY_REFUSED },
		{ ENTRY_TEXT, 3, "ka", "2222", "ka2|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 3, "ka", "23", "kaa|", "abc", ENTRY_REFUSED },
		{ ENTRY_TEXT, 3, "kalisoka", "", "kal|", "abc", ENTRY_IGNORED },
		{ ENTRY_TEXT, 0, "kalisoka", "2", "|", "Abc", ENTRY_REFUSED },
		{ ENTRY_TEXT, 50,
			"a\\b~c\nd\xc3\xa9"
			"e\x7f",
			"", "abcde|", "abc", ENTRY_IGNORED },
	};

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
}

/* Words of the list itself are tests/unit/test_complete.c's. */
static void test_completion(void **state)
{
	static const struct row rows[] = {
		{ ENTRY_TEXT, 50, "kelura", "A", "kelurahan |", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "Kelura", "A", "Kelurahan |", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "KELURA", "A", "KELURAHAN |", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelur", "2A", "kelurahan |", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "{#}", "kelurahan |", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "#", "kelura|", "abc", ENTRY_DONE },
		{ ENTRY_TEXT, 50, "kelura", "A#", "kelurahan|", "abc", ENTRY_DONE },
		/* Punctuation comes in the space's place, a space is there already. */
		{ ENTRY_TEXT, 50, "kelura", "A1", "kelurahan.|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "A11", "kelurahan,|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "A0", "kelurahan |", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "A00", "kelurahan0|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "A0~0", "kelurahan  |", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "A{0}", "kelurahan |", "Abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "A3", "kelurahan d|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "A*", "kelurahan|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "ABC1", "kelurahan .|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "A1~1", "kelurahan..|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "A1111111", "kelurahan (|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "A11111111", "kelurahan)|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "A11111111111111", "kelurahan 1|", "abc",
			ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "A111111111111111", "kelurahan.|", "abc",
			ENTRY_CHANGED },
		{ ENTRY_TEXT, 10, "kelura", "A1", "kelurahan.|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 10, "kelura", "A1111111", "kelurahan(|", "abc", ENTRY_CHANGED },
		/* No room for the space, or for the word. */
		{ ENTRY_TEXT, 9, "kelura", "A", "kelurahan|", "abc", ENTRY_CHANGED },
		{ ENTRY_TEXT, 8, "kelura", "A", "kelura|", "abc", ENTRY_REFUSED },
		/* In the middle of a text there is what comes after. */
		{ ENTRY_TEXT, 50, "kelura maju", "BBBBBA", "kelurahan| maju", "abc",
			ENTRY_CHANGED },
		{ ENTRY_TEXT, 50, "kelura", "BA", "kelur|a", "abc", ENTRY_REFUSED },
		{ ENTRY_TEXT, 50, "k", "A", "k|", "abc", ENTRY_REFUSED },
		{ ENTRY_TEXT, 50, "", "A", "|", "Abc", ENTRY_REFUSED },
		{ ENTRY_TEXT, 50, "kelura ", "A", "kelura |", "abc", ENTRY_REFUSED },
		{ ENTRY_TEXT, 50, "kelurqx", "A", "kelurqx|", "abc", ENTRY_REFUSED },
		{ ENTRY_NAME, 50, "Kelura", "A", "Kelura|", "abc", ENTRY_IGNORED },
		{ ENTRY_NAME, 50, "Kelura", "#", "Kelura|", "abc", ENTRY_DONE },
	};
	struct hand hand;

	(void)state;
	check_rows(rows, ARRAY_SIZE(rows));
	begin(&hand, ENTRY_TEXT, 50, "Ada di kelura");
	assert_string_equal(hand.entry.offered, "kelurahan");
	press_keys(&hand, "0");
	assert_string_equal(hand.entry.offered, "");
}

/* What follows a press that was made at another screen means nothing here. */
static void test_strange_events(void **state)
{
	static const char keys[] = "0123456789*#ABCD";
	struct hand hand;

	(void)state;
	for (size_t i = 0; keys[i] != '\0'; i++) {
		begin(&hand, ENTRY_TEXT, 50, "kelura");
		assert_int_equal(act(&hand, KEYPAD_REPEAT, keys[i]), ENTRY_IGNORED);
		assert_int_equal(act(&hand, KEYPAD_HOLD, keys[i]), ENTRY_IGNORED);
		assert_int_equal(act(&hand, KEYPAD_RELEASE, keys[i]), ENTRY_IGNORED);
		assert_shown(&hand.entry, "none", "kelura|");
	}
	/* Nor does the rest of a key that another one was pressed after. */
	act(&hand, KEYPAD_PRESS, '#');
	act(&hand, KEYPAD_PRESS, '2');
	assert_int_equal(act(&hand, KEYPAD_HOLD, '#'), ENTRY_IGNORED);
	assert_int_equal(act(&hand, KEYPAD_RELEASE, '#'), ENTRY_IGNORED);
	assert_int_equal(act(&hand, KEYPAD_RELEASE, '2'), ENTRY_IGNORED);
	assert_int_equal(act(&hand, KEYPAD_HOLD, '2'), ENTRY_IGNORED);
	assert_shown(&hand.entry, "# 2", "keluraa|");
	/* A tap that a new beginning cuts off is not gone on with. */
	begin(&hand, ENTRY_TEXT, 50, "x");
	act(&hand, KEYPAD_PRESS, '2');
	entry_begin(&hand.entry, ENTRY_TEXT, 50, hand.entry.text);
	act(&hand, KEYPAD_HOLD, '2');
	act(&hand, KEYPAD_PRESS, '2');
	assert_shown(&hand.entry, "2 2", "xaa|");
}

static void test_settling(void **state)
{
	struct hand hand;

	(void)state;
	begin(&hand, ENTRY_TEXT, 50, "x");
	assert_int_equal(entry_deadline(&hand.entry), INT64_MAX);
	assert_false(entry_tick(&hand.entry, INT64_MAX));
	act(&hand, KEYPAD_PRESS, '2');
	assert_int_equal(entry_deadline(&hand.entry), hand.now_ms + ENTRY_SETTLE_MS);
	hand.now_ms += ENTRY_SETTLE_MS - 1;
	assert_false(entry_tick(&hand.entry, hand.now_ms));
	act(&hand, KEYPAD_PRESS, '2');
	assert_shown(&hand.entry, "22", "xb|");
	/* The time counts though nobody ticked. */
	hand.now_ms += ENTRY_SETTLE_MS;
	act(&hand, KEYPAD_PRESS, '2');
	assert_shown(&hand.entry, "22~2", "xba|");
	hand.now_ms += ENTRY_SETTLE_MS;
	assert_true(entry_tick(&hand.entry, hand.now_ms));
	assert_false(entry_tick(&hand.entry, hand.now_ms));
	assert_int_equal(entry_deadline(&hand.entry), INT64_MAX);
}

/* A busy machine tells of keys late: when they were pressed is what counts. */
static void test_told_late(void **state)
{
	struct keypad_event event = { .action = KEYPAD_PRESS, .key = '2', .time_us = 1000000 };
	struct entry entry;

	(void)state;
	entry_begin(&entry, ENTRY_TEXT, 50, "x");
	assert_int_equal(entry_key(&entry, &event, 1700), ENTRY_CHANGED);
	assert_int_equal(entry_deadline(&entry), 1000 + ENTRY_SETTLE_MS);
	assert_true(entry_tick(&entry, 2500));
	assert_int_equal(entry_deadline(&entry), INT64_MAX);
	event.time_us = 2100000;
	assert_int_equal(entry_key(&entry, &event, 2600), ENTRY_CHANGED);
	assert_shown(&entry, "2 and 2 in time, told late", "xb|");
	assert_int_equal(entry_deadline(&entry), 2100 + ENTRY_SETTLE_MS);
	event.time_us = 3300000;
	assert_int_equal(entry_key(&entry, &event, 3300), ENTRY_CHANGED);
	assert_shown(&entry, "2 after its time", "xba|");
	/* None from the future. */
	event.time_us = INT64_MAX;
	assert_int_equal(entry_key(&entry, &event, 3400), ENTRY_CHANGED);
	assert_shown(&entry, "2 once more", "xbb|");
	assert_int_equal(entry_deadline(&entry), 3400 + ENTRY_SETTLE_MS);
}

static void test_wiping(void **state)
{
	static const struct entry nothing = { .settle_ms = INT64_MAX };
	struct hand hand;

	(void)state;
	begin(&hand, ENTRY_TEXT, 50, "rahasia kelura");
	press_keys(&hand, "2");
	entry_wipe(&hand.entry);
	assert_memory_equal(&hand.entry, &nothing, sizeof(nothing));
	assert_int_equal(act(&hand, KEYPAD_PRESS, '2'), ENTRY_REFUSED);
	/* And what is erased is gone while the rest stays. */
	begin(&hand, ENTRY_TEXT, 50, "pin 4711");
	press_keys(&hand, "{*}{*}");
	for (size_t i = hand.entry.length; i < sizeof(hand.entry.text); i++)
		assert_int_equal(hand.entry.text[i], '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letters),
		cmocka_unit_test(test_capitals),
		cmocka_unit_test(test_cursor_and_erasing),
		cmocka_unit_test(test_digits_and_full),
		cmocka_unit_test(test_completion),
		cmocka_unit_test(test_strange_events),
		cmocka_unit_test(test_settling),
		cmocka_unit_test(test_told_late),
		cmocka_unit_test(test_wiping),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
