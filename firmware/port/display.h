/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The display seam: a character display that is given whole frames and sends only what
 * changed. Drawing goes on in small steps, so that a key never waits for a screen.
 */
#ifndef KOTAK_PORT_DISPLAY_H
#define KOTAK_PORT_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISPLAY_COLUMNS_MAX 20
#define DISPLAY_ROWS_MAX 4
#define DISPLAY_GLYPHS 8
#define DISPLAY_GLYPH_ROWS 8

enum display_cursor {
	DISPLAY_CURSOR_OFF,
	DISPLAY_CURSOR_LINE,  /* an underline */
	DISPLAY_CURSOR_BLOCK, /* blinking */
};

struct display_frame {
	/* Codes of the display's character ROM (A00: ASCII but 0x5c and 0x7e); 0-7: glyphs. */
	uint8_t cells[DISPLAY_ROWS_MAX][DISPLAY_COLUMNS_MAX];
	/* Own characters: five low bits a row, the leftmost dot is 0x10. */
	uint8_t glyphs[DISPLAY_GLYPHS][DISPLAY_GLYPH_ROWS];
	enum display_cursor cursor;
	uint8_t cursor_row, cursor_column;
	bool backlight;
};

struct display;

struct display_ops {
	const char *name;
	void (*size)(const struct display *display, unsigned *columns, unsigned *rows);
	/* What is to be shown from now on; the frame is copied. Sends nothing by itself. */
	void (*draw)(struct display *display, const struct display_frame *frame);
	/* To be initialised again from power-on, then drawn whole: against garbage after
	 * interference. Sends nothing by itself; the screen is not blanked for longer than that
	 * takes. */
	void (*refresh)(struct display *display);
	/*
	 * Sends some of what is to be sent: the cells that changed last come first, within a few
	 * milliseconds. 1: there is more to send, at deadline(); 0: the display shows the frame;
	 * or a negative errno (said by trouble()): it is tried again at deadline().
	 */
	int (*work)(struct display *display, int64_t now_us);
	/* When work() wants to be called, INT64_MAX: not before the next draw(). */
	int64_t (*deadline)(const struct display *display);
	/* What is wrong and what to do, for a technician; "" when nothing is. */
	const char *(*trouble)(const struct display *display);
	void (*close)(struct display *display);
};

struct display {
	const struct display_ops *ops;
};

#endif
