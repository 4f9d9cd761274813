/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "screen.h"

#include <stdio.h>
#include <string.h>

#include "hd44780_timing.h"

static const char *const glass_names[] = { "lines", "i2c" };

/* Codes of the ROM A00 from 0xE0 on (data sheet, table 4). */
static const char *const high_codes[] = { "α", "ä", "β", "ε", "μ", "σ", "ρ", "ɡ", "√", "⁻", "ｊ",
	"ˣ", "¢", "£", "ñ", "ö", "ｐ", "ｑ", "θ", "∞", "Ω", "ü", "Σ", "π", "ẋ", "ｙ", "千", "万",
	"円", "÷", " ", "█" };
static const char *const glyphs[] = { "⓪", "①", "②", "③", "④", "⑤", "⑥", "⑦" };

/* Katakana stand in the ROM in the order of JIS X 0201, as in Unicode's half-width forms. */
static void write_katakana(char out[static 5], uint8_t code)
{
	unsigned point = 0xFF61U + code - 0xA1U;

	out[0] = (char)(0xE0U | point >> 12);
	out[1] = (char)(0x80U | (point >> 6 & 0x3F));
	out[2] = (char)(0x80U | (point & 0x3F));
	out[3] = '\0';
}

/* One cell as one character of UTF-8. */
static void write_cell(char out[static 5], uint8_t code)
{
	const char *text = NULL;

	if (code < 0x10)
		text = glyphs[code & 7];
	else if (code == 0x5C)
		text = "¥";
	else if (code == 0x7E)
		text = "→";
	else if (code == 0x7F)
		text = "←";
	else if (code >= 0xE0)
		text = high_codes[code - 0xE0];
	else if (code < 0x20 || (code >= 0x80 && code <= 0xA0))
		text = " ";
	if (text)
		snprintf(out, 5, "%s", text);
	else if (code >= 0xA1)
		write_katakana(out, code);
	else
		snprintf(out, 5, "%c", code);
}

static json_t *row_text(const struct hd44780_glass *glass, unsigned row)
{
	char text[HD44780_COLUMNS_MAX * 4 + 1] = "";
	size_t size = 0;

	for (unsigned column = 0; column < glass->columns; column++) {
		char cell[5];

		write_cell(cell, glass->codes[row][column]);
		size += (size_t)snprintf(text + size, sizeof(text) - size, "%s", cell);
	}
	return json_string(text);
}

static json_t *row_codes(const struct hd44780_glass *glass, unsigned row)
{
	json_t *codes = json_array();

	for (unsigned column = 0; column < glass->columns; column++)
		json_array_append_new(codes, json_integer(glass->codes[row][column]));
	return codes;
}

static json_t *row_pixels(const struct hd44780_glass *glass, unsigned row)
{
	json_t *cells = json_array();

	for (unsigned column = 0; column < glass->columns; column++) {
		char hex[HD44780_CELL_ROWS * 2 + 1];

		for (unsigned i = 0; i < HD44780_CELL_ROWS; i++)
			snprintf(hex + i * 2, 3, "%02x", glass->pixels[row][column][i]);
		json_array_append_new(cells, json_string(hex));
	}
	return cells;
}

static json_t *rows_of(const struct hd44780_glass *glass,
	json_t *(*row_of)(const struct hd44780_glass *, unsigned))
{
	json_t *rows = json_array();

	for (unsigned row = 0; row < glass->rows; row++)
		json_array_append_new(rows, row_of(glass, row));
	return rows;
}

static json_t *cursor_of(const struct hd44780_glass *glass)
{
	if (!glass->cursor_visible || !glass->on || (!glass->cursor && !glass->blink))
		return json_null();
	return json_pack("{s:i, s:i, s:b, s:b}", "row", glass->cursor_row, "column",
		glass->cursor_column, "line", glass->cursor, "block", glass->blink);
}

json_t *screen_show(const struct board *board)
{
	struct hd44780_glass glass;

	hd44780_look(board->displays[board->glass], &glass);
	return json_pack("{s:s, s:i, s:i, s:o, s:o, s:o, s:o, s:b, s:b, s:b, s:I}", "glass",
		glass_names[board->glass], "columns", (int)glass.columns, "rows", (int)glass.rows,
		"text", rows_of(&glass, row_text), "codes", rows_of(&glass, row_codes), "pixels",
		rows_of(&glass, row_pixels), "cursor", cursor_of(&glass), "powered", glass.powered,
		"on", glass.on, "backlight", board_backlight(board), "changes",
		(json_int_t)board_glass_changes(board));
}

json_t *screen_lamp(const struct board *board)
{
	return json_pack(
		"{s:b, s:I}", "on", board_lamp(board), "changes", (json_int_t)board->lamp_changes);
}

json_t *screen_buzzer(const struct board *board)
{
	return json_pack("{s:b, s:I, s:f}", "on", board_buzzer(board), "count",
		(json_int_t)board->beeps, "last_ms", (double)board->beep_ns / 1e6);
}

json_t *screen_keys(const struct board *board)
{
	static const char legends[] = "0123456789*#ABCD";
	json_t *pressed = json_array();
	json_t *stuck = json_array();

	for (const char *legend = legends; *legend; legend++) {
		int contact = board_key(board, *legend);

		if (contact >= 0 && board->bounce.contacts[contact].pressed)
			json_array_append_new(pressed, json_stringn(legend, 1));
		if (contact >= 0 && board->stuck[contact])
			json_array_append_new(stuck, json_stringn(legend, 1));
	}
	return json_pack("{s:o, s:o}", "pressed", pressed, "stuck", stuck);
}

static void list_violations(
	json_t *list, enum board_glass which, const struct hd44780_timing *timing)
{
	const struct hd44780_violation *each;

	for (size_t i = 0; (each = hd44780_violation(timing, i)); i++)
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:f, s:I, s:I, s:s}", "glass", glass_names[which],
				"fault", hd44780_fault_name(each->fault), "time_us",
				(double)each->time_ns / 1e3, "was_ns", (json_int_t)each->was_ns,
				"least_ns", (json_int_t)each->least_ns, "what", each->what));
}

json_t *screen_violations(const struct board *board)
{
	json_t *list = json_array();

	for (unsigned which = 0; which < ARRAY_SIZE(board->displays); which++)
		list_violations(list, which, hd44780_checker(board->displays[which]));
	return json_pack("{s:I, s:o}", "count", (json_int_t)board_violations(board), "list", list);
}

json_t *screen_initialisation(const struct board *board)
{
	const struct hd44780_timing *timing = hd44780_checker(board->displays[board->glass]);
	const struct hd44780_step *steps;
	size_t count = hd44780_steps(timing, &steps);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:s, s:f, s:f}", "what", steps[i].what,
						    "after_us", (double)steps[i].after_ns / 1e3,
						    "least_us", (double)steps[i].least_ns / 1e3));
	return json_pack("{s:b, s:I, s:o}", "complete", hd44780_initialised(timing), "resets",
		(json_int_t)hd44780_resets(timing), "steps", list);
}
