/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hd44780.h"

#include <errno.h>
#include <string.h>

#include "hd44780_font.h"
#include "hd44780_timing.h"

#define DDRAM_SIZE 80
#define CGRAM_SIZE 64
#define LINE_SIZE 40 /* of each of two lines */
#define SECOND_LINE 0x40
/* At the typical 270 kHz; the checker thinks of slower ones. */
#define EXECUTION_NS 37000
#define DATA_EXECUTION_NS 41000
#define LONG_EXECUTION_NS 1520000
#define INTERNAL_RESET_NS 10000000

struct hd44780 {
	struct hd44780_timing *timing;
	unsigned columns, rows;
	bool powered;
	uint8_t levels;
	int64_t busy_until_ns;

	bool eight_bits, two_lines;
	bool pending; /* the high nibble is here, its low one not */
	uint8_t high;
	bool on, cursor, blink;
	bool increment, shifting;
	bool in_cgram; /* which memory address belongs to */
	uint8_t address;
	unsigned shift; /* how far the display is shifted to the left */
	uint8_t ddram[DDRAM_SIZE], cgram[CGRAM_SIZE];
	uint64_t changes, bytes;
};

int hd44780_new(unsigned columns, unsigned rows, struct hd44780 **out)
{
	struct hd44780 *chip;
	int error;

	if (columns == 0 || columns > HD44780_COLUMNS_MAX ||
		(rows != 1 && rows != 2 && rows != HD44780_ROWS_MAX))
		return -EINVAL;
	chip = calloc(1, sizeof(*chip));
	if (!chip)
		return -ENOMEM;
	error = hd44780_timing_new(rows, &chip->timing);
	if (error < 0) {
		free(chip);
		return error;
	}
	chip->columns = columns;
	chip->rows = rows;
	*out = chip;
	return 0;
}

void hd44780_free(struct hd44780 *chip)
{
	if (!chip)
		return;
	hd44780_timing_free(chip->timing);
	free(chip);
}

static unsigned line_size(const struct hd44780 *chip)
{
	return chip->two_lines ? LINE_SIZE : DDRAM_SIZE;
}

/* The cell of DDRAM that an address stands for, -1 where there is none. */
static int ddram_index(const struct hd44780 *chip, uint8_t address)
{
	unsigned line = chip->two_lines && address >= SECOND_LINE;
	unsigned position = address - (line ? SECOND_LINE : 0u);

	return position < line_size(chip) ? (int)(line * LINE_SIZE + position) : -1;
}

static void clear_display(struct hd44780 *chip)
{
	memset(chip->ddram, ' ', sizeof(chip->ddram));
	chip->in_cgram = false;
	chip->address = 0;
	chip->shift = 0;
	chip->increment = true;
}

void hd44780_power_on(struct hd44780 *chip, int64_t time_ns)
{
	chip->powered = true;
	chip->eight_bits = true;
	chip->two_lines = false;
	chip->pending = false;
	chip->on = chip->cursor = chip->blink = false;
	chip->shifting = false;
	/* Nothing resets the characters' memory: it holds what it happens to. */
	for (unsigned i = 0; i < CGRAM_SIZE; i++)
		chip->cgram[i] = (uint8_t)((i * 0x9du + 0x35u) >> 2 & 0x1f);
	clear_display(chip);
	chip->busy_until_ns = time_ns + INTERNAL_RESET_NS;
	chip->bytes = 0;
	chip->changes++;
	hd44780_timing_power(chip->timing, time_ns);
}

void hd44780_power_off(struct hd44780 *chip)
{
	chip->powered = false;
	chip->changes++;
}

/* splitmix64's step. */
static uint64_t next_random(uint64_t *state)
{
	uint64_t mixed = *state += 0x9e3779b97f4a7c15u;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
	return mixed ^ mixed >> 31;
}

void hd44780_disturb(struct hd44780 *chip, uint64_t seed)
{
	uint64_t bits = next_random(&seed);

	chip->eight_bits = (bits & 0x3) == 0;
	chip->pending = !chip->eight_bits && (bits & 0x4);
	chip->high = bits >> 4 & 0xf;
	chip->two_lines = bits & 0x300;
	chip->on = bits & 0xc00;
	chip->increment = bits & 0x3000;
	chip->shifting = (bits & 0xc000) == 0;
	chip->in_cgram = (bits & 0x30000) == 0;
	chip->address = (uint8_t)(bits >> 20 & (chip->in_cgram ? 0x3f : 0x7f));
	chip->shift = (unsigned)(bits >> 28) % line_size(chip);
	for (unsigned i = 0; i < 12; i++) {
		bits = next_random(&seed);
		chip->ddram[(bits & 0xff) % DDRAM_SIZE] = (uint8_t)(bits >> 8);
		chip->cgram[bits >> 16 & 0x3f] = bits >> 24 & 0x1f;
	}
	chip->changes++;
	hd44780_timing_disturbed(chip->timing);
}

static void move_address(struct hd44780 *chip, bool forward)
{
	uint8_t address = chip->address;
	uint8_t last = chip->two_lines ? SECOND_LINE + LINE_SIZE - 1 : DDRAM_SIZE - 1;

	if (chip->in_cgram)
		address = (uint8_t)(address + (forward ? 1 : -1)) & 0x3f;
	else if (forward && address == last)
		address = 0;
	else if (!forward && address == 0)
		address = last;
	else if (chip->two_lines && forward && address == LINE_SIZE - 1)
		address = SECOND_LINE;
	else if (chip->two_lines && !forward && address == SECOND_LINE)
		address = LINE_SIZE - 1;
	else
		address = (uint8_t)(address + (forward ? 1 : -1)) & 0x7f;
	chip->address = address;
}

static void shift_display(struct hd44780 *chip, bool left)
{
	unsigned size = line_size(chip);

	chip->shift = (chip->shift + (left ? 1 : size - 1)) % size;
}

static int64_t write_data(struct hd44780 *chip, uint8_t byte)
{
	if (chip->in_cgram) {
		chip->cgram[chip->address & 0x3f] = byte & 0x1f;
	} else {
		int index = ddram_index(chip, chip->address);

		if (index >= 0)
			chip->ddram[index] = byte;
		if (chip->shifting)
			shift_display(chip, chip->increment);
	}
	move_address(chip, chip->increment);
	return DATA_EXECUTION_NS;
}

static void set_function(struct hd44780 *chip, uint8_t byte)
{
	bool eight_bits = byte & 0x10;

	if (eight_bits != chip->eight_bits)
		chip->pending = false;
	chip->eight_bits = eight_bits;
	chip->two_lines = byte & 0x08;
	chip->shift %= line_size(chip);
}

/* Table 6; returns how long it takes. */
static int64_t execute(struct hd44780 *chip, uint8_t byte)
{
	int64_t duration_ns = EXECUTION_NS;

	if (byte & 0x80) {
		chip->in_cgram = false;
		chip->address = byte & 0x7f;
	} else if (byte & 0x40) {
		chip->in_cgram = true;
		chip->address = byte & 0x3f;
	} else if (byte & 0x20) {
		set_function(chip, byte);
	} else if (byte & 0x10) {
		if (byte & 0x08)
			shift_display(chip, !(byte & 0x04));
		else
			move_address(chip, byte & 0x04);
	} else if (byte & 0x08) {
		chip->on = byte & 0x04;
		chip->cursor = byte & 0x02;
		chip->blink = byte & 0x01;
	} else if (byte & 0x04) {
		chip->increment = byte & 0x02;
		chip->shifting = byte & 0x01;
	} else if (byte & 0x02) {
		chip->in_cgram = false;
		chip->address = 0;
		chip->shift = 0;
		duration_ns = LONG_EXECUTION_NS;
	} else if (byte & 0x01) {
		clear_display(chip);
		duration_ns = LONG_EXECUTION_NS;
	}
	return duration_ns;
}

static void take_byte(struct hd44780 *chip, int64_t time_ns, bool rs, uint8_t byte)
{
	hd44780_timing_byte(chip->timing, time_ns, rs, byte, chip->eight_bits);
	/* Busy: latched, but nobody looks at it. */
	if (time_ns < chip->busy_until_ns)
		return;
	chip->busy_until_ns = time_ns + (rs ? write_data(chip, byte) : execute(chip, byte));
	chip->bytes++;
	chip->changes++;
}

/* E fell. What the pins had until then counts. */
static void take_nibble(struct hd44780 *chip, int64_t time_ns, uint8_t before)
{
	bool rs = before & HD44780_RS, reading = before & HD44780_RW;
	bool completes = chip->eight_bits || chip->pending;
	uint8_t nibble = before >> HD44780_DATA_SHIFT;
	uint8_t byte = (uint8_t)(chip->eight_bits ? nibble << 4 | 0x0f : chip->high << 4 | nibble);

	if (!chip->eight_bits)
		chip->pending = !chip->pending;
	chip->high = nibble;
	if (reading) {
		if (completes && rs)
			move_address(chip, chip->increment);
	} else {
		hd44780_timing_nibble(chip->timing, time_ns, rs, nibble);
		if (completes)
			take_byte(chip, time_ns, rs, byte);
	}
}

void hd44780_pins(struct hd44780 *chip, int64_t time_ns, uint8_t levels)
{
	uint8_t before = chip->levels;

	chip->levels = levels;
	if (!chip->powered || before == levels)
		return;
	hd44780_timing_pins(chip->timing, time_ns, before, levels);
	if ((before & HD44780_ENABLE) && !(levels & HD44780_ENABLE))
		take_nibble(chip, time_ns, before);
}

uint8_t hd44780_levels(const struct hd44780 *chip)
{
	return chip->levels;
}

/* Where in DDRAM a cell of the glass comes from, -1 when its line isn't driven. */
static int cell_index(const struct hd44780 *chip, unsigned row, unsigned column)
{
	unsigned position = row / 2 * chip->columns + column + chip->shift;

	if (row % 2 && !chip->two_lines)
		return -1;
	return (int)(row % 2 * LINE_SIZE + position % line_size(chip));
}

static void look_at_cell(const struct hd44780 *chip, struct hd44780_glass *glass, unsigned row,
	unsigned column, int cursor)
{
	int index = cell_index(chip, row, column);
	uint8_t *pixels = glass->pixels[row][column];
	uint8_t code;

	if (index < 0)
		return;
	code = chip->ddram[index];
	glass->codes[row][column] = code;
	/* Bit 3 of a character of one's own doesn't count. */
	memcpy(pixels, code < 0x10 ? chip->cgram + (code & 7) * 8 : hd44780_font(code),
		HD44780_CELL_ROWS);
	if (index != cursor)
		return;
	glass->cursor_visible = true;
	glass->cursor_row = (uint8_t)row;
	glass->cursor_column = (uint8_t)column;
	if (chip->cursor)
		pixels[HD44780_CELL_ROWS - 1] = 0x1f;
}

void hd44780_look(const struct hd44780 *chip, struct hd44780_glass *glass)
{
	int cursor = -1;

	*glass = (struct hd44780_glass) {
		.columns = chip->columns, .rows = chip->rows, .powered = chip->powered
	};
	memset(glass->codes, ' ', sizeof(glass->codes));
	glass->on = chip->powered && chip->on;
	if (!glass->on)
		return;
	glass->cursor = chip->cursor;
	glass->blink = chip->blink;
	/* In the characters' memory the counter points at no cell that makes sense. */
	if ((chip->cursor || chip->blink) && !chip->in_cgram)
		cursor = ddram_index(chip, chip->address);
	for (unsigned row = 0; row < chip->rows; row++) {
		for (unsigned column = 0; column < chip->columns; column++)
			look_at_cell(chip, glass, row, column, cursor);
	}
}

uint64_t hd44780_changes(const struct hd44780 *chip)
{
	return chip->changes;
}

void hd44780_row_text(
	const struct hd44780_glass *glass, unsigned row, char text[static HD44780_COLUMNS_MAX + 1])
{
	unsigned column;

	for (column = 0; column < glass->columns; column++) {
		uint8_t code = glass->codes[row][column];

		text[column] = code >= ' ' && code < 0x7e && code != '\\' ? (char)code : '?';
	}
	text[column] = '\0';
}

uint64_t hd44780_bytes(const struct hd44780 *chip)
{
	return chip->bytes;
}

struct hd44780_timing *hd44780_checker(struct hd44780 *chip)
{
	return chip->timing;
}
