/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void picture_init(struct picture *picture)
{
	*picture = (struct picture) { .columns = 20, .rows = 4, .keypad_columns = 4 };
	memset(picture->codes, ' ', sizeof(picture->codes));
}

static bool flag(const json_t *line, const char *key)
{
	return json_is_true(json_object_get(line, key));
}

static json_int_t number(const json_t *line, const char *key)
{
	return json_integer_value(json_object_get(line, key));
}

/* Within 0 to most, whatever was said. */
static unsigned bounded(json_int_t value, unsigned most)
{
	return value < 0 ? 0 : value > most ? most : (unsigned)value;
}

static void take_dots(uint8_t dots[static PICTURE_DOT_ROWS], const char *hex)
{
	for (size_t i = 0; i < PICTURE_DOT_ROWS; i++) {
		char pair[3] = "";

		if (hex && strlen(hex) >= 2 * (i + 1))
			memcpy(pair, hex + 2 * i, 2);
		dots[i] = (uint8_t)(strtoul(pair, NULL, 16) & 0x1F);
	}
}

static void take_row(struct picture *picture, const json_t *line, unsigned row)
{
	const char *text = json_string_value(json_array_get(json_object_get(line, "text"), row));
	const json_t *codes = json_array_get(json_object_get(line, "codes"), row);
	const json_t *pixels = json_array_get(json_object_get(line, "pixels"), row);

	snprintf(picture->text[row], PICTURE_ROW_SIZE, "%s", text ? text : "");
	for (unsigned column = 0; column < picture->columns; column++) {
		picture->codes[row][column] =
			(uint8_t)json_integer_value(json_array_get(codes, column));
		take_dots(picture->dots[row][column],
			json_string_value(json_array_get(pixels, column)));
	}
}

static void take_screen(struct picture *picture, const json_t *line)
{
	const json_t *cursor = json_object_get(line, "cursor");

	picture->columns = bounded(number(line, "columns"), PICTURE_COLUMNS_MAX);
	picture->rows = bounded(number(line, "rows"), PICTURE_ROWS_MAX);
	picture->powered = flag(line, "powered");
	picture->on = flag(line, "on");
	picture->backlight = flag(line, "backlight");
	picture->cursor_line = flag(cursor, "line");
	picture->cursor_block = flag(cursor, "block");
	picture->cursor_row = bounded(number(cursor, "row"), PICTURE_ROWS_MAX - 1);
	picture->cursor_column = bounded(number(cursor, "column"), PICTURE_COLUMNS_MAX - 1);
	for (unsigned row = 0; row < picture->rows; row++)
		take_row(picture, line, row);
}

static void take_keys(struct picture *picture, const json_t *line)
{
	const json_t *pressed = json_object_get(line, "pressed");
	size_t count = 0;

	for (size_t i = 0; i < json_array_size(pressed); i++) {
		const char *key = json_string_value(json_array_get(pressed, i));

		if (key && *key && count + 1 < sizeof(picture->pressed))
			picture->pressed[count++] = *key;
	}
	picture->pressed[count] = '\0';
}

static bool take_buzzer(struct picture *picture, const json_t *line)
{
	bool before = picture->buzzing;

	picture->buzzing = flag(line, "on");
	picture->beeps = number(line, "count");
	return picture->buzzing && !before;
}

bool picture_take(struct picture *picture, const json_t *line)
{
	const char *event = json_string_value(json_object_get(line, "event"));

	if (!event && json_object_get(line, "keypad_columns"))
		picture->keypad_columns = number(line, "keypad_columns") == 3 ? 3 : 4;
	else if (!event && json_object_get(line, "list"))
		picture->violations = number(line, "count");
	else if (event && !strcmp(event, "screen"))
		take_screen(picture, line);
	else if (event && !strcmp(event, "lamp"))
		picture->lamp = flag(line, "on");
	else if (event && !strcmp(event, "keys"))
		take_keys(picture, line);
	else if (event && !strcmp(event, "buzzer"))
		return take_buzzer(picture, line);
	return false;
}
