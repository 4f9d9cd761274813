/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <qrencode.h>
#include <string.h>

#include "engine.h"
#include "font.h"

/* Letters of this size are what is read from a metre away. */
#define BIG 2
/* A letter of the code page has at most so many bytes of UTF-8. */
#define LETTER_BYTES 3

static size_t first_column(unsigned align, size_t width)
{
	size_t rest = width < PAPER_WIDTH ? PAPER_WIDTH - width : 0;

	return align == 1 ? rest / 2 : align == 2 ? rest : 0;
}

static bool letter_dot(const struct engine_letter *letter, unsigned x, unsigned y)
{
	const struct engine_style *style = &letter->style;
	unsigned column = x / style->width, row = y / style->height;
	bool black = font_dot(letter->code, column, row);

	/* A heater that stays on one dot longer. */
	if (style->bold && !black && column > 0)
		black = font_dot(letter->code, column - 1, row);
	if (style->underline && row >= FONT_HEIGHT - 2)
		black = true;
	return black != style->reverse;
}

/* Draws a letter so that it stands on the line's foot; rows without paper stay away. */
static void draw(struct engine *engine, const struct engine_letter *letter, size_t left, size_t top,
	unsigned height)
{
	unsigned lower = height - letter->style.height * FONT_HEIGHT;

	for (unsigned y = 0; y < letter->style.height * FONT_HEIGHT; y++) {
		for (unsigned x = 0; x < letter->style.width * FONT_WIDTH; x++) {
			if (letter_dot(letter, x, y))
				paper_dot(engine->paper, left + x, top + lower + y);
		}
	}
}

static void note(struct engine *engine)
{
	char text[ENGINE_LINE_MAX * LETTER_BYTES + 1];
	size_t size = 0;
	bool big = engine->letters > 0;

	for (size_t i = 0; i < engine->letters; i++) {
		const char *letter = font_text(engine->line[i].code);
		size_t length;

		if (!letter)
			letter = "?";
		length = strlen(letter);
		memcpy(text + size, letter, length);
		size += length;
		big = big && engine->line[i].style.width >= BIG &&
		      engine->line[i].style.height >= BIG;
	}
	text[size] = '\0';
	paper_note(engine->paper, text, big);
}

void engine_print_line(struct engine *engine)
{
	unsigned height = FONT_HEIGHT;
	size_t width = 0, top = engine->paper->rows;
	size_t left;
	size_t rows;

	for (size_t i = 0; i < engine->letters; i++) {
		const struct engine_style *style = &engine->line[i].style;

		width += style->width * FONT_WIDTH;
		if (style->height * FONT_HEIGHT > height)
			height = style->height * FONT_HEIGHT;
	}
	rows = paper_feed(engine->paper, height > engine->spacing ? height : engine->spacing);
	left = first_column(engine->letters ? engine->line[0].style.align : 0, width);
	for (size_t i = 0; i < engine->letters; i++) {
		draw(engine, &engine->line[i], left, top, height);
		left += engine->line[i].style.width * FONT_WIDTH;
	}
	/* What isn't whole on the paper can't be read. */
	if (rows >= height)
		note(engine);
	engine->letters = 0;
}

void engine_print_qr(struct engine *engine)
{
	static const QRecLevel levels[] = { QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_Q,
		QR_ECLEVEL_H };
	QRcode *code = engine->qr_size ? QRcode_encodeData((int)engine->qr_size, engine->qr_data, 0,
						 levels[engine->qr_level])
				       : NULL;
	size_t side = code ? (size_t)code->width * engine->qr_dots : 0;
	size_t top = engine->paper->rows;
	size_t left = first_column(engine->style.align, side);
	size_t rows;

	/* A code that is wider than the paper isn't printed. */
	if (!code || side > PAPER_WIDTH) {
		engine->unknown++;
		QRcode_free(code);
		return;
	}
	rows = paper_feed(engine->paper, side);
	for (size_t y = 0; y < rows; y++) {
		for (size_t x = 0; x < side; x++) {
			size_t square =
				y / engine->qr_dots * (size_t)code->width + x / engine->qr_dots;

			if (code->data[square] & 1)
				paper_dot(engine->paper, left + x, top + y);
		}
	}
	if (rows == side)
		paper_note_code(engine->paper, engine->qr_data, engine->qr_size);
	QRcode_free(code);
}
