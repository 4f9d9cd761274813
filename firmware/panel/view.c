/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "panel/view.h"

#include <string.h>

#include "panel/plain.h"

/* The first character of a paragraph says what it is; plain text has none of them. */
#define MARK_ITEM '\t'
#define MARK_CENTRED '\v'
#define MARK_PAGE '\f'

#define ITEM_INDENT 2
/* Cells of the keys' signs at the end of a lower row of two, with the space before them. */
#define SIGNS 3

void view_begin(struct view *view, const char *language)
{
	explicit_bzero(view, sizeof(*view));
	view->language = language;
}

static void put(struct view *view, char sign)
{
	if (view->length + 1 < sizeof(view->text))
		view->text[view->length++] = sign;
}

/* Ends the paragraph before. */
static void begin_line(struct view *view)
{
	if (view->length > 0 && view->text[view->length - 1] != MARK_PAGE)
		put(view, '\n');
}

void view_paragraph(struct view *view)
{
	begin_line(view);
}

void view_centred(struct view *view)
{
	begin_line(view);
	put(view, MARK_CENTRED);
}

void view_item(struct view *view, char digit)
{
	begin_line(view);
	put(view, MARK_ITEM);
	put(view, digit);
	put(view, ' ');
}

void view_new_page(struct view *view)
{
	begin_line(view);
	put(view, MARK_PAGE);
}

void view_write(struct view *view, const char *text)
{
	if (plain_append(view->text, sizeof(view->text), &view->length, text, true) < 0)
		view->failed = true;
}

void view_say(struct view *view, enum phrase phrase, const struct view_value *values)
{
	const char *said = phrase_say(view->language, phrase);

	while (*said) {
		const struct view_value *value = values;
		size_t length = *said == '{' ? strcspn(said, "}") : 0;

		while (length > 0 && value && value->name &&
			(strlen(value->name) != length - 1 ||
				strncmp(value->name, said + 1, length - 1) != 0))
			value++;
		if (length > 0 && value && value->name) {
			view_write(view, value->text);
			said += length + 1;
		} else {
			put(view, *said++);
		}
	}
}

void view_line(struct view *view, enum phrase phrase)
{
	view_paragraph(view);
	view_say(view, phrase, NULL);
}

void view_choice(struct view *view, char digit, enum phrase phrase)
{
	view_item(view, digit);
	view_say(view, phrase, NULL);
}

/* Where the next row goes. */
struct place {
	unsigned columns, rows; /* rows: of a page, for text */
	bool signs;		/* the last row is shorter */
	unsigned row, page, chapter;
};

static unsigned room(const struct place *place, unsigned indent)
{
	unsigned taken = place->signs && place->row + 1 == place->rows ? SIGNS : 0;

	return place->columns - taken - indent;
}

static void next_row(struct place *place)
{
	if (++place->row < place->rows)
		return;
	place->row = 0;
	place->page++;
}

/* Characters of text that go into a row, at the end of a word where there is one. */
static size_t fit(const char *text, size_t length, size_t most)
{
	if (length <= most)
		return length;
	for (size_t i = most; i > 0; i--) {
		if (text[i] == ' ')
			return i;
	}
	return most;
}

/* Length of the word that text begins with. */
static size_t word(const char *text, size_t length)
{
	size_t i = 0;

	while (i < length && text[i] != ' ')
		i++;
	return i;
}

/* Lays one paragraph out from where place is. */
static void lay(struct view *view, struct place *place, size_t start, size_t end,
	const struct view_row *like)
{
	bool first = true;

	do {
		unsigned indent = first ? 0 : like->indent;
		/* A word that only the short row has no room for goes to the next page. */
		if (word(view->text + start, end - start) > room(place, indent) &&
			room(place, indent) < place->columns - indent)
			next_row(place);
		size_t length = fit(view->text + start, end - start, room(place, indent));
		if (view->count == VIEW_ROWS_MAX)
			return;
		view->rows[view->count++] = (struct view_row) { .start = (uint16_t)start,
			.length = (uint16_t)length,
			.page = (uint16_t)place->page,
			.chapter = (uint16_t)place->chapter,
			.indent = (uint8_t)indent,
			.first = first,
			.centre = like->centre,
			.digit = first ? like->digit : '\0' };
		next_row(place);
		start += length;
		while (start < end && view->text[start] == ' ')
			start++;
		first = false;
	} while (start < end);
}

/* The same, but on one page if it fits there. */
static void lay_together(struct view *view, struct place *place, size_t start, size_t end,
	const struct view_row *like)
{
	struct place before = *place;
	size_t count = view->count;

	lay(view, place, start, end, like);
	if (view->count == count || before.row == 0 ||
		view->rows[view->count - 1].page == before.page)
		return;
	explicit_bzero(view->rows + count, (view->count - count) * sizeof(view->rows[0]));
	view->count = count;
	*place = before;
	place->row = 0;
	place->page++;
	lay(view, place, start, end, like);
}

static void lay_paragraph(struct view *view, struct place *place, size_t start, size_t end)
{
	struct view_row like = { 0 };

	if (view->text[start] == MARK_CENTRED) {
		like.centre = true;
		start++;
	} else if (view->text[start] == MARK_ITEM) {
		like.digit = view->text[++start];
		like.indent = ITEM_INDENT;
	}
	if (like.centre || like.digit)
		lay_together(view, place, start, end, &like);
	else
		lay(view, place, start, end, &like);
}

static bool has_keys(const struct view *view)
{
	return view->star != PHRASE_NONE || view->hash != PHRASE_NONE;
}

static void lay_all(struct view *view, unsigned columns, unsigned rows, bool compact)
{
	bool keys = has_keys(view);
	struct place place = { .columns = columns,
		.rows = keys && !compact ? rows - 1 : rows,
		.signs = keys && compact };
	size_t start = 0;

	explicit_bzero(view->rows, view->count * sizeof(view->rows[0]));
	view->count = 0;
	view->compact = compact;
	while (start < view->length) {
		if (view->text[start] == MARK_PAGE) {
			if (place.row > 0)
				place.page++;
			place.row = 0;
			place.chapter++;
			start++;
			continue;
		}
		size_t end = start + strcspn(view->text + start, "\n");
		lay_paragraph(view, &place, start, end);
		start = end + 1;
	}
	view->pages = view->count ? view->rows[view->count - 1].page + 1U : 1;
}

/* Whether there are choices, and all are on the first page. */
static bool choices_in_sight(const struct view *view)
{
	bool any = false;

	for (size_t i = 0; i < view->count; i++) {
		if (!view->rows[i].digit)
			continue;
		any = true;
		if (view->rows[i].page > 0)
			return false;
	}
	return any;
}

/* Where a key does more than lead on, the row that says so stays. */
void view_layout(struct view *view, unsigned columns, unsigned rows)
{
	lay_all(view, columns, rows, rows <= 2);
	if (view->compact || choices_in_sight(view) ||
		(view->hash != PHRASE_NONE && view->hash != PHRASE_NEXT))
		return;
	lay_all(view, columns, rows, true);
	if (!choices_in_sight(view))
		lay_all(view, columns, rows, false);
}

bool view_has(const struct view *view, unsigned page, char digit, unsigned *chapter)
{
	bool known = false;

	*chapter = 0;
	for (size_t i = 0; i < view->count; i++) {
		if (view->rows[i].page == page) {
			*chapter = view->rows[i].chapter;
			known = true;
			break;
		}
	}
	for (size_t i = 0; known && i < view->count; i++) {
		if (view->rows[i].chapter == *chapter && view->rows[i].digit == digit)
			return true;
	}
	return false;
}
