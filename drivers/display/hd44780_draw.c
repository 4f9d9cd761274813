/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The difference between the frame and what the chip holds, in the order in which eyes look. */
#include <string.h>

#include "display/hd44780_private.h"

/* Cells that may change under a visible cursor. */
#define FEW_CELLS 8
#define LINE_FIRST_END 0x27
#define LINE_SECOND 0x40
#define LINE_SECOND_END 0x67

struct place {
	unsigned row, column;
};

int lcd_send(struct lcd *lcd, bool rs, uint8_t byte)
{
	struct bus *bus = lcd->bus;
	int error = bus->ops->nibble(bus, rs, byte >> 4);

	if (error >= 0)
		error = bus->ops->nibble(bus, rs, byte & 0x0f);
	if (error >= 0)
		error = bus->ops->settle(bus, bus->times.execution_ns);
	return error;
}

void lcd_forget(struct lcd *lcd)
{
	memset(lcd->shown.cells, 0xff, sizeof(lcd->shown.cells));
	memset(lcd->shown.glyph_known, 0, sizeof(lcd->shown.glyph_known));
	lcd->shown.control = -1;
	lcd->shown.address = -1;
}

void lcd_cleared(struct lcd *lcd)
{
	lcd_forget(lcd);
	for (unsigned row = 0; row < DISPLAY_ROWS_MAX; row++) {
		for (unsigned column = 0; column < DISPLAY_COLUMNS_MAX; column++)
			lcd->shown.cells[row][column] = ' ';
	}
	lcd->shown.control = LCD_CONTROL;
	lcd->shown.address = 0;
}

/* Rows 2 and 3 of a 20x4 go on where rows 0 and 1 end. */
static int address_of(const struct lcd *lcd, struct place place)
{
	return (int)((place.row % 2 ? LINE_SECOND : 0) + place.row / 2 * lcd->columns +
		     place.column);
}

static bool differs(const struct lcd *lcd, struct place place)
{
	return lcd->shown.cells[place.row][place.column] !=
	       lcd->frame.cells[place.row][place.column];
}

static bool has_cursor(const struct lcd *lcd)
{
	return lcd->frame.cursor != DISPLAY_CURSOR_OFF && lcd->frame.cursor_row < lcd->rows &&
	       lcd->frame.cursor_column < lcd->columns;
}

static uint8_t wanted_control(const struct lcd *lcd)
{
	uint8_t control = LCD_CONTROL | LCD_ON;

	if (has_cursor(lcd))
		control |= lcd->frame.cursor == DISPLAY_CURSOR_LINE ? LCD_CURSOR : LCD_BLINK;
	return control;
}

static unsigned distance(unsigned a, unsigned b)
{
	return a > b ? a - b : b - a;
}

/* How far a cell is from where a person looks: the cursor, else the beginning. */
static unsigned farness(const struct lcd *lcd, struct place place)
{
	bool cursor = has_cursor(lcd);
	unsigned row = cursor ? lcd->frame.cursor_row : 0;
	unsigned column = cursor ? lcd->frame.cursor_column : 0;

	return distance(place.row, row) * lcd->columns + distance(place.column, column);
}

/*
 * The letter just typed comes before everything; then what can be written without an address,
 * then the nearest run of changed cells from its beginning.
 */
static bool find_next(const struct lcd *lcd, struct place *next, unsigned *count)
{
	struct place before = { lcd->frame.cursor_row, lcd->frame.cursor_column - 1u };
	struct place at = { lcd->frame.cursor_row, lcd->frame.cursor_column };
	unsigned least = UINT32_MAX;
	bool follows = false;

	*count = 0;
	for (struct place place = { 0 }; place.row < lcd->rows; place.row++) {
		for (place.column = 0; place.column < lcd->columns; place.column++) {
			if (!differs(lcd, place))
				continue;
			++*count;
			if (address_of(lcd, place) == lcd->shown.address) {
				follows = true;
				*next = place;
			} else if (!follows && farness(lcd, place) < least) {
				least = farness(lcd, place);
				*next = place;
			}
		}
	}
	if (*count > 0 && has_cursor(lcd) && at.column > 0 && differs(lcd, before)) {
		*next = before;
	} else if (*count > 0 && has_cursor(lcd) && differs(lcd, at)) {
		*next = at;
	} else if (!follows) {
		while (*count > 0 && next->column > 0 &&
			differs(lcd, (struct place) { next->row, next->column - 1 }))
			next->column--;
	}
	return *count > 0;
}

static int set_address(struct lcd *lcd, struct place place)
{
	int address = address_of(lcd, place);
	int result = 0;

	if (lcd->shown.address != address) {
		result = lcd_send(lcd, false, (uint8_t)(LCD_ADDRESS | address));
		lcd->shown.address = address;
		if (result >= 0)
			result = 1;
	}
	return result;
}

static int send_cell(struct lcd *lcd, struct place place)
{
	uint8_t code = lcd->frame.cells[place.row][place.column];
	int result = set_address(lcd, place);

	if (result >= 0)
		result = lcd_send(lcd, true, code);
	lcd->shown.cells[place.row][place.column] = code;
	if (lcd->shown.address == LINE_FIRST_END)
		lcd->shown.address = LINE_SECOND;
	else if (lcd->shown.address == LINE_SECOND_END)
		lcd->shown.address = 0;
	else
		lcd->shown.address++;
	return result < 0 ? result : 1;
}

static int send_control(struct lcd *lcd, uint8_t control)
{
	int result = lcd_send(lcd, false, control);

	lcd->shown.control = control;
	return result < 0 ? result : 1;
}

/* Own characters that no cell shows are not worth their bytes. Their codes come twice: 0 is 8. */
static bool uses_glyph(const struct lcd *lcd, unsigned glyph)
{
	bool uses = false;

	for (unsigned row = 0; row < lcd->rows; row++) {
		for (unsigned column = 0; column < lcd->columns; column++)
			uses |= (lcd->frame.cells[row][column] & 0xf7) == glyph;
	}
	return uses;
}

static int send_glyph(struct lcd *lcd, unsigned glyph)
{
	int result = lcd_send(lcd, false, (uint8_t)(LCD_GLYPHS | glyph * DISPLAY_GLYPH_ROWS));

	for (unsigned row = 0; row < DISPLAY_GLYPH_ROWS && result >= 0; row++)
		result = lcd_send(lcd, true, lcd->frame.glyphs[glyph][row] & 0x1f);
	memcpy(lcd->shown.glyphs[glyph], lcd->frame.glyphs[glyph], DISPLAY_GLYPH_ROWS);
	lcd->shown.glyph_known[glyph] = true;
	lcd->shown.address = -1;
	return result < 0 ? result : 1;
}

/* The first own character to be sent, DISPLAY_GLYPHS when there is none. */
static unsigned find_glyph(const struct lcd *lcd)
{
	unsigned glyph;

	for (glyph = 0; glyph < DISPLAY_GLYPHS; glyph++) {
		bool same = lcd->shown.glyph_known[glyph] &&
			    memcmp(lcd->shown.glyphs[glyph], lcd->frame.glyphs[glyph],
				    DISPLAY_GLYPH_ROWS) == 0;

		if (!same && uses_glyph(lcd, glyph))
			break;
	}
	return glyph;
}

static int send_light(struct lcd *lcd)
{
	int result;

	lcd->bus->light = lcd->frame.backlight;
	lcd->shown.light = lcd->frame.backlight;
	result = lcd->bus->ops->calm(lcd->bus);
	return result < 0 ? result : 1;
}

int lcd_draw_step(struct lcd *lcd)
{
	uint8_t control = wanted_control(lcd);
	unsigned glyph = find_glyph(lcd), count;
	struct place next = { 0 }, cursor = { lcd->frame.cursor_row, lcd->frame.cursor_column };
	bool cells = find_next(lcd, &next, &count);
	int result = 0;

	lcd->many = (cells && lcd->many) || count > FEW_CELLS || glyph < DISPLAY_GLYPHS;
	if (lcd->shown.light != lcd->frame.backlight)
		result = send_light(lcd);
	else if (lcd->many && lcd->shown.control >= 0 &&
		 (lcd->shown.control & (LCD_CURSOR | LCD_BLINK)))
		result = send_control(lcd, LCD_CONTROL | LCD_ON);
	else if (glyph < DISPLAY_GLYPHS)
		result = send_glyph(lcd, glyph);
	else if (cells)
		result = send_cell(lcd, next);
	else if (has_cursor(lcd) && lcd->shown.address != address_of(lcd, cursor))
		result = set_address(lcd, cursor);
	else if (lcd->shown.control != control)
		result = send_control(lcd, control);
	return result;
}
