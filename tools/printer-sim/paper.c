/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paper.h"

#include <errno.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

/* Paper left and right of what the head reaches: 48 of 58 mm. */
#define MARGIN_DOTS 40
#define MARGIN_ROWS 16
/* Thermal paper isn't white, nor its print black. */
#define PAPER_GREY 0xFA
#define PRINT_GREY 0x1E

static void forget_words(struct paper *paper)
{
	json_decref(paper->text);
	json_decref(paper->big);
	json_decref(paper->codes);
	paper->text = json_array();
	paper->big = json_array();
	paper->codes = json_array();
}

void paper_init(struct paper *paper, int64_t left)
{
	*paper = (struct paper) { .left = left };
	forget_words(paper);
}

void paper_release(struct paper *paper)
{
	json_decref(paper->text);
	json_decref(paper->big);
	json_decref(paper->codes);
	free(paper->dots);
	*paper = (struct paper) { 0 };
}

size_t paper_feed(struct paper *paper, size_t rows)
{
	size_t count = (int64_t)rows < paper->left ? rows : (size_t)paper->left;

	if (paper->rows + count > paper->capacity) {
		paper->capacity = 2 * (paper->rows + count);
		paper->dots = must_resize(paper->dots, paper->capacity, PAPER_WIDTH);
	}
	if (count)
		memset(paper->dots + paper->rows * PAPER_WIDTH, 0, count * PAPER_WIDTH);
	paper->rows += count;
	paper->left -= (int64_t)count;
	return count;
}

void paper_dot(struct paper *paper, size_t x, size_t row)
{
	if (x < PAPER_WIDTH && row < paper->rows)
		paper->dots[row * PAPER_WIDTH + x] = 1;
}

void paper_note(struct paper *paper, const char *line, bool big)
{
	json_array_append_new(paper->text, json_string(line));
	if (big)
		json_array_append_new(paper->big, json_string(line));
}

void paper_note_code(struct paper *paper, const uint8_t *bytes, size_t size)
{
	json_t *code = json_stringn((const char *)bytes, size);

	json_array_append_new(paper->codes, code ? code : json_string("(not UTF-8)"));
}

void paper_tear(struct paper *paper)
{
	paper->rows = 0;
	forget_words(paper);
}

static void fill_row(const struct paper *paper, size_t row, png_byte *bytes)
{
	memset(bytes, PAPER_GREY, PAPER_WIDTH + 2 * MARGIN_DOTS);
	if (row < MARGIN_ROWS || row >= paper->rows + MARGIN_ROWS)
		return;
	for (size_t x = 0; x < PAPER_WIDTH; x++) {
		if (paper->dots[(row - MARGIN_ROWS) * PAPER_WIDTH + x])
			bytes[MARGIN_DOTS + x] = PRINT_GREY;
	}
}

int paper_save(const struct paper *paper, const char *path)
{
	size_t width = PAPER_WIDTH + 2 * MARGIN_DOTS;
	size_t height = paper->rows + 2 * MARGIN_ROWS;
	png_image image = { .version = PNG_IMAGE_VERSION,
		.width = (png_uint_32)width,
		.height = (png_uint_32)height,
		.format = PNG_FORMAT_GRAY };
	autofree png_byte *bytes = must_allocate(height, width);

	for (size_t row = 0; row < height; row++)
		fill_row(paper, row, bytes + row * width);
	return png_image_write_to_file(&image, path, 0, bytes, 0, NULL) ? 0 : -EIO;
}
