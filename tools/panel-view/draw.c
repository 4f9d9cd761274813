/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "draw.h"

#include <curses.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CELL_DOTS (PICTURE_DOT_COLUMNS + 1) /* with the gap to the next cell */
#define GLASS_DOTS (PICTURE_COLUMNS_MAX * CELL_DOTS)
#define KEY_WIDTH 4
/* Margin and gap of the glass, and the keys. */
#define BESIDE_WIDTH (2 + 4 * KEY_WIDTH)
#define HELP_LINES 6

enum colours {
	COLOURS_LIT = 1, /* dots on a lit glass */
	COLOURS_DARK,	 /* on one without backlight */
	COLOURS_LAMP,
	COLOURS_KEY,
	COLOURS_WARNING,
};

static bool has_unicode;

void draw_begin(bool unicode)
{
	has_unicode = unicode;
	if (!has_colors())
		return;
	start_color();
	use_default_colors();
	if (COLORS >= 256) {
		init_pair(COLOURS_LIT, 16, 149);
		init_pair(COLOURS_DARK, 16, 65);
	} else {
		init_pair(COLOURS_LIT, COLOR_BLACK, COLOR_GREEN);
		init_pair(COLOURS_DARK, COLOR_GREEN, COLOR_BLACK);
	}
	init_pair(COLOURS_LAMP, COLOR_BLACK, COLOR_RED);
	init_pair(COLOURS_KEY, COLOR_BLACK, COLOR_YELLOW);
	init_pair(COLOURS_WARNING, COLOR_BLACK, COLOR_YELLOW);
}

/* What doesn't fit the terminal is cut, never wrapped. Returns the column behind it. */
__attribute__((format(printf, 3, 4))) static int put(int line, int column, const char *format, ...)
{
	char text[256];
	va_list values;

	va_start(values, format);
	vsnprintf(text, sizeof(text), format, values);
	va_end(values);
	if (line < LINES && column < COLS)
		mvaddnstr(line, column, text, COLS - column);
	return line < LINES ? getcurx(stdscr) : column;
}

static int glass_colours(const struct picture *picture)
{
	return COLOR_PAIR(picture->backlight ? COLOURS_LIT : COLOURS_DARK);
}

static bool at_cursor(const struct picture *picture, unsigned row, unsigned column)
{
	return row == picture->cursor_row && column == picture->cursor_column;
}

/* A dot of the whole glass: cells with one empty dot between them. */
static bool dot_at(const struct picture *picture, const struct draw_status *status, unsigned row,
	unsigned y, unsigned x)
{
	unsigned column = x / CELL_DOTS;
	unsigned dot = x % CELL_DOTS;

	if (!picture->on || y >= PICTURE_DOT_ROWS || column >= picture->columns ||
		dot >= PICTURE_DOT_COLUMNS)
		return false;
	if (picture->cursor_block && status->blink && at_cursor(picture, row, column))
		return true;
	return picture->dots[row][column][y] >> (PICTURE_DOT_COLUMNS - 1 - dot) & 1;
}

/* Two dots above each other. */
static const char *half_block(bool upper, bool lower)
{
	if (upper && lower)
		return "█";
	if (upper)
		return "▀";
	return lower ? "▄" : " ";
}

static void draw_blocks(const struct picture *picture, const struct draw_status *status, int top,
	int left, unsigned row)
{
	for (unsigned y = 0; y < PICTURE_DOT_ROWS; y += 2) {
		move(top + (int)y / 2, left);
		for (unsigned x = 0; x < picture->columns * CELL_DOTS; x++)
			addstr(half_block(dot_at(picture, status, row, y, x),
				dot_at(picture, status, row, y + 1, x)));
	}
}

/* Unicode's braille patterns: U+2800 and a bit for each of 2 by 4 dots. */
static void add_braille(unsigned bits)
{
	const unsigned point = 0x2800U + bits;
	const char text[4] = { (char)(0xE0U | point >> 12), (char)(0x80U | (point >> 6 & 0x3F)),
		(char)(0x80U | (point & 0x3F)), '\0' };

	addstr(bits ? text : " ");
}

static void draw_braille(const struct picture *picture, const struct draw_status *status, int top,
	int left, unsigned row)
{
	static const unsigned bits[4][2] = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 },
		{ 0x40, 0x80 } };

	for (unsigned y = 0; y < PICTURE_DOT_ROWS; y += 4) {
		move(top + (int)y / 4, left);
		for (unsigned x = 0; x < picture->columns * CELL_DOTS; x += 2) {
			unsigned pattern = 0;

			for (unsigned i = 0; i < 8; i++)
				if (dot_at(picture, status, row, y + i / 2, x + i % 2))
					pattern |= bits[i / 2][i % 2];
			add_braille(pattern);
		}
	}
}

/* The bytes of the character at text. */
static int character_size(const char *text)
{
	int size = 1;

	while (((unsigned char)text[size] & 0xC0) == 0x80)
		size++;
	return *text ? size : 0;
}

static void draw_cell(const struct picture *picture, const struct draw_status *status, unsigned row,
	unsigned column, const char *text, int size)
{
	uint8_t code = picture->codes[row][column];
	bool cursor = picture->on && at_cursor(picture, row, column);
	int attributes = cursor && picture->cursor_line ? (int)A_UNDERLINE : 0;

	if (cursor && picture->cursor_block && status->blink)
		attributes |= (int)A_REVERSE;
	attron(attributes);
	if (has_unicode && size)
		addnstr(text, size);
	else
		addch(code >= 0x20 && code < 0x7E ? code : '?');
	attroff(attributes);
}

static void draw_plain(const struct picture *picture, const struct draw_status *status, int top,
	int left, unsigned row)
{
	const char *text = picture->text[row];

	move(top, left);
	for (unsigned column = 0; column < picture->columns; column++) {
		int size = character_size(text);

		draw_cell(picture, status, row, column, text, size);
		text += size;
	}
}

/* How each look draws a row of cells, and its size with the gap below it. */
static const struct {
	void (*draw)(const struct picture *picture, const struct draw_status *status, int top,
		int left, unsigned row);
	int cell_width, row_height, gap;
} looks[] = {
	[DRAW_BLOCKS] = { draw_blocks, CELL_DOTS, 4, 1 },
	[DRAW_BRAILLE] = { draw_braille, CELL_DOTS / 2, 2, 1 },
	[DRAW_PLAIN] = { draw_plain, 1, 1, 0 },
};

static int glass_width(const struct picture *picture, enum draw_look look)
{
	return (int)picture->columns * looks[look].cell_width + 2;
}

static int glass_height(const struct picture *picture, enum draw_look look)
{
	return (int)picture->rows * (looks[look].row_height + looks[look].gap) + looks[look].gap;
}

static enum draw_look look_that_fits(const struct picture *picture, enum draw_look wanted)
{
	if (!has_unicode)
		return DRAW_PLAIN;
	if (wanted != DRAW_AUTO)
		return wanted;
	for (enum draw_look look = DRAW_BLOCKS; look < DRAW_PLAIN; look++)
		if (glass_width(picture, look) + BESIDE_WIDTH <= COLS &&
			glass_height(picture, look) + HELP_LINES + 2 <= LINES)
			return look;
	return DRAW_PLAIN;
}

static void draw_glass(
	const struct picture *picture, const struct draw_status *status, enum draw_look look)
{
	int width = glass_width(picture, look);
	int height = glass_height(picture, look);
	int step = looks[look].row_height + looks[look].gap;

	attron(glass_colours(picture));
	for (int line = 0; line < height; line++)
		put(1 + line, 1, "%*s", width, "");
	for (unsigned row = 0; row < picture->rows; row++)
		looks[look].draw(picture, status, 1 + looks[look].gap + (int)row * step, 2, row);
	attroff(glass_colours(picture));
}

static void draw_keypad(const struct picture *picture, int left)
{
	static const char keys[4][5] = { "123A", "456B", "789C", "*0#D" };
	static const char *const letters[4][4] = { { ".,?", "abc", "def", "word" },
		{ "ghi", "jkl", "mno", "<" }, { "pqrs", "tuv", "wxyz", ">" },
		{ "del", "spc", "ok", "Abc" } };

	for (int row = 0; row < 4; row++) {
		for (int column = 0; column < (int)picture->keypad_columns; column++) {
			char key = keys[row][column];
			bool down = strchr(picture->pressed, key) != NULL;
			int colours = down ? COLOR_PAIR(COLOURS_KEY) | (int)A_REVERSE : 0;

			attron(colours | (int)A_BOLD);
			put(1 + row * 3, left + column * KEY_WIDTH, "[%c]", key);
			attroff(colours | (int)A_BOLD);
			attron(A_DIM);
			put(2 + row * 3, left + column * KEY_WIDTH, "%.4s", letters[row][column]);
			attroff(A_DIM);
		}
	}
}

static void draw_lights(const struct picture *picture, int line)
{
	int column = put(line, 1, "lamp ");
	int colours = picture->lamp ? COLOR_PAIR(COLOURS_LAMP) | (int)A_BOLD : (int)A_DIM;

	attron(colours);
	column = put(line, column, "%s", picture->lamp ? " on " : "off");
	attroff(colours);
	column = put(line, column, "   buzzer %s %lld   backlight %s",
		picture->buzzing ? "BEEP " : "beeps", picture->beeps,
		picture->backlight ? "on" : "off");
	if (picture->violations)
		put(line, column, "   bus times broken: %lld", picture->violations);
}

static void draw_help(const struct picture *picture, int line, bool holding)
{
	bool letters = picture->keypad_columns > 3;

	put(line, 1, "keys: 0-9 * #%s   Enter is #   Backspace is *   q quits",
		letters ? " a-d" : "");
	put(line + 1, 1, "held for 1.2 s: ! and then the key%s   Esc lets go of all",
		letters ? ", or A-D" : "");
	if (!holding)
		return;
	attron(A_REVERSE);
	put(line + 2, 1, " the next key is held ");
	attroff(A_REVERSE);
}

static void draw_trouble(const struct draw_status *status)
{
	attron(COLOR_PAIR(COLOURS_WARNING) | A_BOLD);
	put(LINES - 1, 0, " No simulator; looking for it at %s ", status->path);
	attroff(COLOR_PAIR(COLOURS_WARNING) | A_BOLD);
}

void draw_panel(
	const struct picture *picture, const struct draw_status *status, enum draw_look wanted)
{
	enum draw_look look = look_that_fits(picture, wanted);
	int width = glass_width(picture, look);
	int lines = glass_height(picture, look);
	bool beside = width + BESIDE_WIDTH <= COLS;

	erase();
	draw_glass(picture, status, look);
	if (beside)
		draw_keypad(picture, width + 2);
	if (beside && lines < 12)
		lines = 12;
	draw_lights(picture, lines + 2);
	draw_help(picture, lines + 4, status->holding);
	if (!status->connected)
		draw_trouble(status);
	refresh();
}
