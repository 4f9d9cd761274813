/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a view that is laid out to a frame. */
#include <stdio.h>
#include <string.h>

#include "panel/view.h"

#define OFFER_SIZE (ENTRY_WORD_MAX + 4)

void view_glyphs(struct display_frame *frame)
{
	static const uint8_t glyphs[][DISPLAY_GLYPH_ROWS] = {
		[GLYPH_MORE] = { 0x04, 0x04, 0x04, 0x04, 0x15, 0x0e, 0x04, 0x00 },
		[GLYPH_BACK] = { 0x04, 0x0c, 0x1f, 0x0d, 0x05, 0x01, 0x1f, 0x00 },
		[GLYPH_OK] = { 0x00, 0x01, 0x01, 0x02, 0x12, 0x0c, 0x04, 0x00 },
		[GLYPH_HOLD] = { 0x0a, 0x1f, 0x0a, 0x1f, 0x0a, 0x00, 0x1f, 0x1f },
	};

	memcpy(frame->glyphs, glyphs, sizeof(glyphs));
}

static void write_at(struct display_frame *frame, unsigned row, unsigned column, unsigned columns,
	const char *text, size_t length)
{
	for (size_t i = 0; i < length && column + i < columns; i++)
		frame->cells[row][column + i] = (uint8_t)text[i];
}

static void write_text(struct display_frame *frame, unsigned row, unsigned column, unsigned columns,
	const char *text)
{
	write_at(frame, row, column, columns, text, strlen(text));
}

static void write_right(
	struct display_frame *frame, unsigned row, unsigned columns, const char *text)
{
	unsigned length = (unsigned)strlen(text);

	write_text(frame, row, length < columns ? columns - length : 0, columns, text);
}

static void blank(struct display_frame *frame, unsigned columns, unsigned rows)
{
	memset(frame->cells, 0, sizeof(frame->cells));
	for (unsigned row = 0; row < rows; row++)
		memset(frame->cells[row], ' ', columns);
	frame->cursor = DISPLAY_CURSOR_OFF;
	frame->cursor_row = 0;
	frame->cursor_column = 0;
}

/* "3/7" between the keys' words, where there is room for it and a space on both sides. */
static void draw_page_number(const struct view *view, unsigned page, unsigned columns, unsigned row,
	struct display_frame *frame)
{
	char number[16];
	unsigned from = (unsigned)strlen(phrase_say(view->language, view->star)) + 1;
	unsigned to = columns - (unsigned)strlen(phrase_say(view->language, view->hash)) - 1;

	snprintf(number, sizeof(number), "%u/%u", (page + 1) % 1000, view->pages % 1000);
	if (view->pages > 1 && from + strlen(number) <= to)
		write_text(frame, row, from + (to - from - (unsigned)strlen(number)) / 2, columns,
			number);
}

/* Beside text there is room for one key's sign only: the one that leads on, if any. */
static void draw_signs(
	const struct view *view, unsigned columns, unsigned row, struct display_frame *frame)
{
	bool hash = view->hash != PHRASE_NONE;

	frame->cells[row][columns - 2] = hash ? '#' : '*';
	frame->cells[row][columns - 1] = !hash			     ? GLYPH_BACK
					 : view->hash == PHRASE_NEXT ? GLYPH_MORE
								     : GLYPH_OK;
}

static void draw_keys(const struct view *view, unsigned page, unsigned columns, unsigned rows,
	struct display_frame *frame)
{
	if (view->star == PHRASE_NONE && view->hash == PHRASE_NONE)
		return;
	if (view->compact) {
		draw_signs(view, columns, rows - 1, frame);
		return;
	}
	write_text(frame, rows - 1, 0, columns, phrase_say(view->language, view->star));
	write_right(frame, rows - 1, columns, phrase_say(view->language, view->hash));
	draw_page_number(view, page, columns, rows - 1, frame);
}

void view_draw(const struct view *view, unsigned page, unsigned columns, unsigned rows,
	struct display_frame *frame)
{
	unsigned count = 0, row = 0;

	blank(frame, columns, rows);
	for (size_t i = 0; i < view->count; i++)
		count += view->rows[i].page == page;
	if (view->star == PHRASE_NONE && view->hash == PHRASE_NONE && count < rows)
		row = (rows - count) / 2;
	for (size_t i = 0; i < view->count && row < rows; i++) {
		const struct view_row *line = &view->rows[i];
		unsigned column = line->indent;

		if (line->page != page)
			continue;
		if (line->centre && line->length < columns)
			column = (columns - line->length) / 2;
		write_at(frame, row++, column, columns, view->text + line->start, line->length);
	}
	draw_keys(view, page, columns, rows, frame);
}

/* "A=jalan", or with the sign of a # that is held. */
static void offer(const struct entry *entry, bool letters, char out[static OFFER_SIZE])
{
	if (!*entry->offered)
		out[0] = '\0';
	else
		snprintf(out, OFFER_SIZE, "%c=%s", letters ? 'A' : GLYPH_HOLD, entry->offered);
}

/* One row of text below the title, whose place is taken by the word offered. */
static void draw_small_entry(const struct view *view, const struct entry *entry,
	const char *offered, unsigned columns, struct display_frame *frame)
{
	write_text(frame, 0, 0, columns - 4,
		*offered ? offered : phrase_say(view->language, view->title));
	entry_draw(entry, frame, columns, 1, 1);
}

static void draw_large_entry(const struct view *view, const struct entry *entry,
	const char *offered, unsigned columns, unsigned rows, struct display_frame *frame)
{
	const char *ok = phrase_say(view->language, PHRASE_OK);
	const char *star =
		phrase_say(view->language, entry->length > 0 ? PHRASE_ERASE : PHRASE_BACK);

	write_text(frame, 0, 0, columns - 4, phrase_say(view->language, view->title));
	entry_draw(entry, frame, columns, 1, rows - 2);
	if (entry->length == 0)
		write_text(frame, 2, 0, columns, phrase_say(view->language, view->help));
	write_text(
		frame, rows - 1, 0, columns - (unsigned)strlen(ok) - 1, *offered ? offered : star);
	write_right(frame, rows - 1, columns, ok);
}

void view_draw_entry(const struct view *view, const struct entry *entry, bool letters,
	unsigned columns, unsigned rows, struct display_frame *frame)
{
	bool words = entry->kind == ENTRY_TEXT || entry->kind == ENTRY_NAME;
	char offered[OFFER_SIZE];

	blank(frame, columns, rows);
	offer(entry, letters, offered);
	if (rows > 2)
		draw_large_entry(view, entry, offered, columns, rows, frame);
	else
		draw_small_entry(view, entry, offered, columns, frame);
	if (words)
		write_right(frame, 0, columns, entry_mode_name(entry));
	explicit_bzero(offered, sizeof(offered));
}
