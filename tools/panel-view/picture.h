/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the simulator told of the panel, as it is to be drawn. */
#ifndef PANEL_VIEW_PICTURE_H
#define PANEL_VIEW_PICTURE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define PICTURE_COLUMNS_MAX 20
#define PICTURE_ROWS_MAX 4
#define PICTURE_DOT_ROWS 8
#define PICTURE_DOT_COLUMNS 5
#define PICTURE_ROW_SIZE (PICTURE_COLUMNS_MAX * 4 + 1)

struct picture {
	unsigned columns, rows;
	char text[PICTURE_ROWS_MAX][PICTURE_ROW_SIZE]; /* UTF-8, one character a cell */
	uint8_t codes[PICTURE_ROWS_MAX][PICTURE_COLUMNS_MAX];
	/* Five low bits a row of dots, the leftmost 0x10. */
	uint8_t dots[PICTURE_ROWS_MAX][PICTURE_COLUMNS_MAX][PICTURE_DOT_ROWS];
	bool powered, on, backlight;
	bool cursor_line, cursor_block; /* at: */
	unsigned cursor_row, cursor_column;
	bool lamp, buzzing;
	long long beeps;
	unsigned keypad_columns;
	char pressed[17]; /* the keys that are down */
	long long violations;
};

/* Before anything is known: an empty 20x4 glass and a whole keypad. */
void picture_init(struct picture *picture);
/* Takes a line of the simulator's in. Whether the buzzer went on. */
bool picture_take(struct picture *picture, const json_t *line);

#endif
