/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An HD44780U as seen from its pins, on a 16x2 or 20x4 module: 8-bit mode after power-on, 4-bit
 * mode, all instructions, its two memories, and busy times during which nothing is taken. A nibble
 * out of phase gives the garbage that it gives on glass. Only D4 to D7 are wired; D0 to D3 are
 * open and read as ones (their pull-ups) while the chip is in 8-bit mode.
 *
 * Each change of a pin comes with its time, at once or long afterwards (trace.h). What breaks the
 * data sheet's times or order is kept by the checker inside (hd44780_timing.h).
 */
#ifndef PANEL_SIM_HD44780_H
#define PANEL_SIM_HD44780_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

#define HD44780_COLUMNS_MAX 20
#define HD44780_ROWS_MAX 4
#define HD44780_CELL_ROWS 8

/* Pins, as bits of their levels. */
#define HD44780_RS 0x01
#define HD44780_RW 0x02
#define HD44780_ENABLE 0x04
#define HD44780_D4 0x10
#define HD44780_D5 0x20
#define HD44780_D6 0x40
#define HD44780_D7 0x80
#define HD44780_DATA_SHIFT 4

struct hd44780;
struct hd44780_timing;

/* What a person sees. */
struct hd44780_glass {
	unsigned columns, rows;
	bool powered, on;
	bool cursor; /* the underline, drawn into pixels */
	bool blink;  /* the cell at the cursor alternates with a block twice a second; not drawn */
	/* Where they are, when one of the module's cells. */
	bool cursor_visible;
	uint8_t cursor_row, cursor_column;
	uint8_t codes[HD44780_ROWS_MAX][HD44780_COLUMNS_MAX]; /* spaces while it is off */
	/* Dots: five low bits a row, the leftmost is 0x10. */
	uint8_t pixels[HD44780_ROWS_MAX][HD44780_COLUMNS_MAX][HD44780_CELL_ROWS];
};

/* 16x2, 20x4 or anything with up to 20 columns and 1, 2 or 4 rows. Without power. -ENOMEM, -EINVAL.
 */
must_check int hd44780_new(unsigned columns, unsigned rows, struct hd44780 **out);
void hd44780_free(struct hd44780 *chip);
DEFINE_CLEANUP(hd44780, struct hd44780 *, hd44780_free);
#define autohd44780 __attribute__((cleanup(hd44780_cleanup)))

/* The supply comes: the internal reset, which takes its time. What the checker kept stays. */
void hd44780_power_on(struct hd44780 *chip, int64_t time_ns);
/* The glass goes dark; pins do nothing. */
void hd44780_power_off(struct hd44780 *chip);
/* Interference: mode, nibble phase, address and some cells are other ones now, by the seed. */
void hd44780_disturb(struct hd44780 *chip, uint64_t seed);

/* All pins' levels from time_ns on. Times never go back; pins of the same instant change at once.
 */
void hd44780_pins(struct hd44780 *chip, int64_t time_ns, uint8_t levels);
uint8_t hd44780_levels(const struct hd44780 *chip);

void hd44780_look(const struct hd44780 *chip, struct hd44780_glass *glass);
/* Counts up whenever something that hd44780_look() gives may have changed. */
uint64_t hd44780_changes(const struct hd44780 *chip);
/* The row as printable text: other codes, glyphs too, become "?" (¥ → ← included). */
void hd44780_row_text(
	const struct hd44780_glass *glass, unsigned row, char text[static HD44780_COLUMNS_MAX + 1]);
/* Bytes taken since power-on, instructions and data. */
uint64_t hd44780_bytes(const struct hd44780 *chip);

/* Its checker; the chip's own. */
struct hd44780_timing *hd44780_checker(struct hd44780 *chip);

#endif
