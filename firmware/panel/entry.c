/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "panel/entry.h"

#include <string.h>

#include "base/cleanup.h"
#include "panel/complete.h"

_Static_assert(COMPLETE_WORD_MAX <= ENTRY_WORD_MAX, "a word offered has room");

/* What the taps on a key go through, and then again from the first. */
static const char *const signs_on[] = {
	" 0",
	".,?!-/():'\";@1",
	"abc2",
	"def3",
	"ghi4",
	"jkl5",
	"mno6",
	"pqrs7",
	"tuv8",
	"wxyz9",
};

static bool is_digit(char sign)
{
	return sign >= '0' && sign <= '9';
}

static bool is_letter(char sign)
{
	return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z');
}

static bool is_upper(char sign)
{
	return sign >= 'A' && sign <= 'Z';
}

static char to_upper(char sign)
{
	return sign >= 'a' && sign <= 'z' ? (char)(sign - 'a' + 'A') : sign;
}

static bool is_one_of(char sign, const char *signs)
{
	return sign != '\0' && strchr(signs, sign) != NULL;
}

static bool has_words(const struct entry *entry)
{
	return entry->kind == ENTRY_TEXT || entry->kind == ENTRY_NAME;
}

/* The display's ROM has other signs where ASCII has the backslash and the tilde. */
static bool accepts(enum entry_kind kind, char sign)
{
	switch (kind) {
	case ENTRY_TEXT:
	case ENTRY_NAME:
		return sign >= ' ' && sign < '~' && sign != '\\';
	case ENTRY_DIGITS:
		return is_digit(sign) || sign == '-';
	case ENTRY_SECRET:
		return is_digit(sign);
	}
	return false;
}

/* Whether a sentence, or in a name a word, begins at the cursor. */
static bool begins_with_capital(const struct entry *entry)
{
	size_t at = entry->cursor;

	while (at > 0 && entry->text[at - 1] == ' ')
		at--;
	if (at == 0)
		return true;
	if (at == entry->cursor)
		return false; /* "10.30", "desa.id" */
	if (entry->kind == ENTRY_NAME)
		return true;
	while (at > 0 && is_one_of(entry->text[at - 1], "\"')"))
		at--;
	return at > 0 && is_one_of(entry->text[at - 1], ".?!");
}

/* The word that completes what stands before the cursor, in the capitals that were typed. */
static void offer(struct entry *entry)
{
	char word[COMPLETE_WORD_MAX + 1];
	size_t count = 0;
	bool upper = true;

	entry->offered[0] = '\0';
	if (entry->kind != ENTRY_TEXT || is_letter(entry->text[entry->cursor]))
		return;
	while (count < entry->cursor && is_letter(entry->text[entry->cursor - count - 1])) {
		count++;
		upper = upper && is_upper(entry->text[entry->cursor - count]);
	}
	const char *typed = entry->text + entry->cursor - count;
	size_t length = complete_word(typed, count, count + entry->most - entry->length, word);
	for (size_t i = 0; i < length; i++)
		entry->offered[i] = i < count ? typed[i] : upper ? to_upper(word[i]) : word[i];
	entry->offered[length] = '\0';
	explicit_bzero(word, sizeof(word));
}

/* After every change of text or cursor. */
static void look_around(struct entry *entry)
{
	entry->automatic_upper =
		has_words(entry) && entry->mode == ENTRY_LOWER && begins_with_capital(entry);
	offer(entry);
}

static bool insert(struct entry *entry, const char *signs, size_t count)
{
	char *at = entry->text + entry->cursor;

	if (count > entry->most - entry->length)
		return false;
	memmove(at + count, at, entry->length - entry->cursor + 1);
	memcpy(at, signs, count);
	entry->length += count;
	entry->cursor += count;
	return true;
}

/* The character before the cursor. Behind the terminator stay zeros, nothing of what was there. */
static void remove_one(struct entry *entry)
{
	char *at = entry->text + entry->cursor;

	memmove(at - 1, at, entry->length - entry->cursor + 1);
	entry->length--;
	entry->cursor--;
}

static void settle(struct entry *entry)
{
	entry->tapping = '\0';
	entry->settled = false;
	entry->taps = 0;
	entry->over_space = false;
	entry->settle_ms = INT64_MAX;
}

static bool is_tapping(const struct entry *entry)
{
	return entry->tapping != '\0' && !entry->settled;
}

static char sign_tapped(const struct entry *entry, char key, unsigned taps)
{
	char sign = signs_on[key - '0'][taps];

	return entry->tapped_upper ? to_upper(sign) : sign;
}

/* A full stop stands where the space was that came with a word; a bracket or a 1 stands behind it.
 * Which it is shows only while the signs of the key go by. */
static void fit_given_space(struct entry *entry)
{
	bool wanted = is_one_of(entry->text[entry->cursor - 1], "(\"@1");

	if (!entry->over_space || wanted == entry->space_kept)
		return;
	entry->cursor--;
	if (!wanted)
		remove_one(entry);
	entry->space_kept = wanted && insert(entry, " ", 1);
	entry->cursor++;
}

static bool put_sign(struct entry *entry, char key)
{
	char sign = sign_tapped(entry, key, 0);

	/* The space that came with a word is the one that is asked for. */
	if (key == '0' && entry->spaced)
		return true;
	entry->over_space = key == '1' && entry->spaced;
	entry->space_kept = entry->over_space;
	if (entry->over_space && entry->length == entry->most) {
		entry->text[entry->cursor - 1] = sign;
		entry->space_kept = false;
		return true;
	}
	entry->inserted = insert(entry, &sign, 1);
	return entry->inserted;
}

static enum entry_result tap(struct entry *entry, char key, int64_t pressed_ms)
{
	if (entry->tapping == key && pressed_ms < entry->settle_ms) {
		entry->settled = false;
		entry->taps = (entry->taps + 1) % (unsigned)strlen(signs_on[key - '0']);
		entry->replaced = entry->text[entry->cursor - 1];
		entry->text[entry->cursor - 1] = sign_tapped(entry, key, entry->taps);
	} else {
		settle(entry);
		entry->tapped_upper = entry->mode == ENTRY_UPPER || entry->automatic_upper;
		if (!put_sign(entry, key))
			return ENTRY_REFUSED;
		entry->tapping = key;
	}
	fit_given_space(entry);
	entry->settle_ms = pressed_ms + ENTRY_SETTLE_MS;
	entry->spaced = false;
	look_around(entry);
	return ENTRY_CHANGED;
}

static enum entry_result type_digit(struct entry *entry, char key)
{
	settle(entry);
	if (!insert(entry, &key, 1))
		return ENTRY_REFUSED;
	entry->inserted = true;
	entry->spaced = false;
	look_around(entry);
	return ENTRY_CHANGED;
}

static enum entry_result erase(struct entry *entry)
{
	settle(entry);
	if (entry->length == 0 && !entry->held)
		return ENTRY_LEAVE;
	if (entry->cursor == 0)
		return ENTRY_REFUSED;
	remove_one(entry);
	entry->spaced = false;
	look_around(entry);
	return ENTRY_CHANGED;
}

static enum entry_result move(struct entry *entry, bool right)
{
	settle(entry);
	if (entry->cursor == (right ? entry->length : 0))
		return ENTRY_REFUSED;
	entry->cursor = right ? entry->cursor + 1 : entry->cursor - 1;
	entry->spaced = false;
	look_around(entry);
	return ENTRY_CHANGED;
}

static enum entry_result take_word(struct entry *entry)
{
	size_t typed = 0;
	size_t length = strlen(entry->offered);

	settle(entry);
	if (length == 0)
		return ENTRY_REFUSED;
	while (typed < entry->cursor && is_letter(entry->text[entry->cursor - typed - 1]))
		typed++;
	if (!insert(entry, entry->offered + typed, length - typed))
		return ENTRY_REFUSED;
	entry->spaced = entry->cursor == entry->length && insert(entry, " ", 1);
	look_around(entry);
	return ENTRY_CHANGED;
}

/* abc, Abc, ABC, 123. */
static enum entry_result change_mode(struct entry *entry)
{
	settle(entry);
	switch (entry->mode) {
	case ENTRY_LOWER:
		if (entry->automatic_upper)
			entry->mode = ENTRY_UPPER;
		entry->automatic_upper = !entry->automatic_upper;
		break;
	case ENTRY_UPPER:
		entry->mode = ENTRY_NUMBERS;
		break;
	case ENTRY_NUMBERS:
		entry->mode = ENTRY_LOWER;
		break;
	}
	return ENTRY_CHANGED;
}

/* What is typed is as good as it is: only the spaces at its end were on the way to more. */
static enum entry_result done(struct entry *entry)
{
	settle(entry);
	while (has_words(entry) && entry->length > 0 && entry->text[entry->length - 1] == ' ') {
		entry->length--;
		entry->text[entry->length] = '\0';
	}
	if (entry->cursor > entry->length)
		entry->cursor = entry->length;
	entry->spaced = false;
	look_around(entry);
	return ENTRY_DONE;
}

static enum entry_result press(struct entry *entry, char key, int64_t pressed_ms)
{
	entry->down = key;
	entry->held = false;
	entry->inserted = false;
	entry->replaced = '\0';
	entry->upper_before = entry->automatic_upper;
	if (is_digit(key))
		return has_words(entry) && entry->mode != ENTRY_NUMBERS
			       ? tap(entry, key, pressed_ms)
			       : type_digit(entry, key);
	switch (key) {
	case '*':
		return erase(entry);
	case '#':
		return entry->offered[0] != '\0' ? ENTRY_CHANGED : done(entry);
	case 'A':
		return entry->kind == ENTRY_TEXT ? take_word(entry) : ENTRY_IGNORED;
	case 'B':
	case 'C':
		return move(entry, key == 'C');
	case 'D':
		return has_words(entry) ? change_mode(entry) : ENTRY_IGNORED;
	default:
		return ENTRY_IGNORED;
	}
}

/* What the press of the key that is held put in was not meant. */
static bool take_back(struct entry *entry)
{
	bool inserted = entry->inserted, replaced = entry->replaced != '\0';

	settle(entry);
	if (inserted)
		remove_one(entry);
	else if (replaced)
		entry->text[entry->cursor - 1] = entry->replaced;
	entry->inserted = false;
	entry->replaced = '\0';
	look_around(entry);
	entry->automatic_upper = entry->upper_before;
	return inserted || replaced;
}

static enum entry_result hold(struct entry *entry, char key)
{
	bool changed;

	entry->held = true;
	switch (key) {
	case '0':
		if (!has_words(entry))
			return ENTRY_IGNORED;
		take_back(entry);
		return change_mode(entry);
	case '4':
	case '6':
		changed = take_back(entry);
		return move(entry, key == '6') == ENTRY_CHANGED || changed ? ENTRY_CHANGED
									   : ENTRY_REFUSED;
	case '#':
		return entry->offered[0] != '\0' ? take_word(entry) : ENTRY_IGNORED;
	default:
		return ENTRY_IGNORED;
	}
}

static enum entry_result repeat(struct entry *entry, char key)
{
	switch (key) {
	case '*':
		entry->held = true;
		return erase(entry);
	case 'B':
	case 'C':
		return move(entry, key == 'C');
	case '4':
	case '6':
		return entry->held ? move(entry, key == '6') : ENTRY_IGNORED;
	default:
		return ENTRY_IGNORED;
	}
}

static enum entry_result release(struct entry *entry, char key)
{
	entry->down = '\0';
	return key == '#' && !entry->held ? done(entry) : ENTRY_IGNORED;
}

void entry_begin(struct entry *entry, enum entry_kind kind, size_t most, const char *text)
{
	char kept[ENTRY_MAX + 1]; /* text may be the entry's own */
	size_t length = 0;

	if (most > ENTRY_MAX)
		most = ENTRY_MAX;
	for (; text && *text != '\0' && length < most; text++)
		if (accepts(kind, *text))
			kept[length++] = *text;
	*entry = (struct entry) {
		.kind = kind,
		.mode = kind == ENTRY_TEXT || kind == ENTRY_NAME ? ENTRY_LOWER : ENTRY_NUMBERS,
		.most = most,
		.length = length,
		.cursor = length,
		.settle_ms = INT64_MAX,
	};
	memcpy(entry->text, kept, length);
	explicit_bzero(kept, sizeof(kept));
	look_around(entry);
}

enum entry_result entry_key(struct entry *entry, const struct keypad_event *event, int64_t now_ms)
{
	int64_t pressed_ms = event->time_us / 1000;

	if (event->action == KEYPAD_PRESS)
		return press(entry, event->key,
			pressed_ms > 0 && pressed_ms < now_ms ? pressed_ms : now_ms);
	if (event->key == '\0' || event->key != entry->down)
		return ENTRY_IGNORED;
	switch (event->action) {
	case KEYPAD_HOLD:
		return hold(entry, event->key);
	case KEYPAD_REPEAT:
		return repeat(entry, event->key);
	case KEYPAD_RELEASE:
		return release(entry, event->key);
	case KEYPAD_PRESS:
		break;
	}
	return ENTRY_IGNORED;
}

int64_t entry_deadline(const struct entry *entry)
{
	return is_tapping(entry) ? entry->settle_ms : INT64_MAX;
}

bool entry_tick(struct entry *entry, int64_t now_ms)
{
	if (!is_tapping(entry) || now_ms < entry->settle_ms)
		return false;
	entry->settled = true;
	return true;
}

/*
 * Where the line that begins at start ends. Behind the text comes one empty cell for the cursor,
 * and a space keeps its cell, so that every place of the cursor has a cell of its own.
 */
static size_t line_end(const struct entry *entry, unsigned columns, size_t start)
{
	size_t cells = entry->length + 1;

	if (cells - start <= columns)
		return cells;
	for (size_t end = start + columns; end > start + 1; end--)
		if (entry->text[end - 1] == ' ')
			return end;
	return start + columns;
}

/* The first line to be shown: the cursor's is among the rows, and if there are three or more,
 * not the last of them while a line follows. */
static size_t first_line(const struct entry *entry, unsigned columns, unsigned rows, size_t cell)
{
	size_t line = 0, end = line_end(entry, columns, 0);

	while (end <= cell) {
		end = line_end(entry, columns, end);
		line++;
	}
	if (rows >= 3 && end <= entry->length)
		line++;
	return line >= rows ? line - rows + 1 : 0;
}

static void draw_line(const struct entry *entry, struct display_frame *frame, unsigned row,
	size_t start, size_t end, size_t cell)
{
	for (size_t i = start; i < end; i++) {
		if (i < entry->length)
			frame->cells[row][i - start] =
				entry->kind == ENTRY_SECRET ? '*' : (uint8_t)entry->text[i];
		if (i == cell) {
			frame->cursor =
				is_tapping(entry) ? DISPLAY_CURSOR_BLOCK : DISPLAY_CURSOR_LINE;
			frame->cursor_row = (uint8_t)row;
			frame->cursor_column = (uint8_t)(i - start);
		}
	}
}

void entry_draw(const struct entry *entry, struct display_frame *frame, unsigned columns,
	unsigned first, unsigned rows)
{
	size_t cell = is_tapping(entry) ? entry->cursor - 1 : entry->cursor;
	size_t start = 0;

	if (columns > DISPLAY_COLUMNS_MAX)
		columns = DISPLAY_COLUMNS_MAX;
	if (first >= DISPLAY_ROWS_MAX || columns == 0)
		return;
	if (rows > DISPLAY_ROWS_MAX - first)
		rows = DISPLAY_ROWS_MAX - first;
	for (unsigned row = first; row < first + rows; row++)
		memset(frame->cells[row], ' ', columns);
	for (size_t line = rows > 0 ? first_line(entry, columns, rows, cell) : 0; line > 0; line--)
		start = line_end(entry, columns, start);
	for (unsigned row = first; row < first + rows && start <= entry->length; row++) {
		size_t end = line_end(entry, columns, start);
		draw_line(entry, frame, row, start, end, cell);
		start = end;
	}
}

const char *entry_mode_name(const struct entry *entry)
{
	switch (entry->mode) {
	case ENTRY_LOWER:
		return entry->automatic_upper ? "Abc" : "abc";
	case ENTRY_UPPER:
		return "ABC";
	case ENTRY_NUMBERS:
		return "123";
	}
	return "";
}

void entry_wipe(struct entry *entry)
{
	explicit_bzero(entry, sizeof(*entry));
	entry->settle_ms = INT64_MAX;
}
