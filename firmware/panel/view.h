/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a screen says, and how it is laid out on a display of any size: paragraphs wrapped at words
 * into pages, menu items behind their digits, the keys in the last row. On a display of two rows
 * the keys have the last two cells of the lower one, so that both rows carry text; so have they on
 * a larger one where that spares a menu a page: a question and its choices are seen at once.
 */
#ifndef KOTAK_PANEL_VIEW_H
#define KOTAK_PANEL_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "panel/entry.h"
#include "panel/phrases.h"
#include "port/display.h"

#define VIEW_TEXT_MAX 6144
#define VIEW_ROWS_MAX 768
/* A menu has so many items between one VIEW_NEW_PAGE and the next, numbered 1 to 9. */
#define VIEW_ITEMS_MAX 9

/* Own characters of the display. */
enum view_glyph {
	GLYPH_MORE, /* arrow down */
	GLYPH_BACK, /* arrow left, bent */
	GLYPH_OK,   /* tick */
	GLYPH_HOLD, /* # to be held */
};

struct view_row {
	uint16_t start, length; /* in the view's text */
	uint16_t page, chapter;
	uint8_t indent;
	bool first;  /* of its paragraph */
	bool centre; /* in the row */
	char digit;  /* of the item that it begins, 0: none */
};

struct view {
	/* Plain text; see view_paragraph() and so on. */
	char text[VIEW_TEXT_MAX];
	size_t length;
	const char *language;
	/* What the keys do, in the last row; without either all rows are the text's. */
	enum phrase star, hash;
	/* An entry's screen instead of text: its title, and what is said while it is empty. */
	bool entry;
	enum phrase title, help;
	bool failed; /* no memory while it was composed */
	/* Laid out */
	struct view_row rows[VIEW_ROWS_MAX];
	size_t count;
	unsigned pages;
	bool compact; /* the keys have cells of the last row only, which carries text too */
};

/* A value of a phrase, made plain. An array of them ends with one without a name. */
struct view_value {
	const char *name;
	const char *text;
};

/* Forgets everything of the last one. */
void view_begin(struct view *view, const char *language);
/* Begin a paragraph; a centred one and an item stay on one page. */
void view_paragraph(struct view *view);
void view_centred(struct view *view);
void view_item(struct view *view, char digit);
/* What comes begins a page; of a menu, its next chapter. */
void view_new_page(struct view *view);
/* Text into the paragraph: a phrase, values NULL or filled in; and what others wrote. */
void view_say(struct view *view, enum phrase phrase, const struct view_value *values);
void view_write(struct view *view, const char *text);

/* view_paragraph() or view_item() and view_say(). */
void view_line(struct view *view, enum phrase phrase);
void view_choice(struct view *view, char digit, enum phrase phrase);

void view_layout(struct view *view, unsigned columns, unsigned rows);
/* Whether the page's chapter has the item; *chapter gets its number. */
bool view_has(const struct view *view, unsigned page, char digit, unsigned *chapter);

void view_glyphs(struct display_frame *frame);
/* The whole frame, but for glyphs and backlight. page is below pages. */
void view_draw(const struct view *view, unsigned page, unsigned columns, unsigned rows,
	struct display_frame *frame);
/* letters: the keypad has A to D. */
void view_draw_entry(const struct view *view, const struct entry *entry, bool letters,
	unsigned columns, unsigned rows, struct display_frame *frame);

#endif
