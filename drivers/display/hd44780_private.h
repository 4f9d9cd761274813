/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the HD44780 driver share. */
#ifndef DISPLAY_HD44780_PRIVATE_H
#define DISPLAY_HD44780_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "display/bus.h"

/* Table 6 of the data sheet. */
#define LCD_CLEAR 0x01
#define LCD_HOME 0x02
#define LCD_ENTRY 0x06	 /* to the right, the display stays */
#define LCD_CONTROL 0x08 /* off */
#define LCD_ON 0x04
#define LCD_CURSOR 0x02
#define LCD_BLINK 0x01
#define LCD_FUNCTION 0x28 /* 4 bits, two lines, 5x8 dots */
#define LCD_GLYPHS 0x40
#define LCD_ADDRESS 0x80

enum lcd_phase {
	LCD_CLOSED,  /* the device is to be opened at the deadline */
	LCD_RESET,   /* the first 0x3 is to be sent */
	LCD_MODE,    /* the rest of the reset */
	LCD_START,   /* clear and home are over */
	LCD_DRAWING, /* or everything is drawn */
};

/* What the chip is known to hold. */
struct lcd_shown {
	int16_t cells[DISPLAY_ROWS_MAX][DISPLAY_COLUMNS_MAX]; /* -1: not known */
	uint8_t glyphs[DISPLAY_GLYPHS][DISPLAY_GLYPH_ROWS];
	bool glyph_known[DISPLAY_GLYPHS];
	int control; /* the last display control instruction, -1: not known */
	int address; /* of the next data in the cells' memory, -1: not known or elsewhere */
	bool light;
};

struct lcd {
	struct display base;
	struct bus *bus;
	unsigned columns, rows;

	enum lcd_phase phase;
	bool whole; /* this initialisation is one from power-on: it also clears */
	/* So long nothing is sent, from the next work() on: only then it is sure that what went
	 * before has reached the chip. */
	int64_t pause_us;
	int64_t deadline_us;
	int64_t busy_until_us; /* the bus may still be carrying the last step */
	int64_t probe_us;      /* when it is asked whether it is still there */
	int error;

	struct display_frame frame;
	struct lcd_shown shown;
	bool many; /* cells are changing: no cursor jumps about meanwhile */
	char trouble[256];
	bool said; /* trouble tells of the error under way already */
};

/* One byte, and the time that it takes the chip. */
must_check int lcd_send(struct lcd *lcd, bool rs, uint8_t byte);
/* Nothing is known of the chip any more; or that it was cleared and is off. */
void lcd_forget(struct lcd *lcd);
void lcd_cleared(struct lcd *lcd);
/* Sends the next part of what differs: 1 sent something, 0 nothing differs, or a negative errno. */
must_check int lcd_draw_step(struct lcd *lcd);

#endif
