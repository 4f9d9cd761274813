/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text entry on a telephone's keys: multi-tap with a cursor, capitals, digits, Indonesian
 * punctuation and word completion. Pure: time is an argument. The text is printable ASCII that
 * the display can show.
 *
 *   2-9    letters, then the digit        1   punctuation, then 1       0   space, then 0
 *   *      erases (held: goes on)         #   OK
 *   A or # held   takes the word offered  D or 0 held   abc, ABC, 123
 *   B, C or 4, 6 held   cursor left, right
 *
 * A letter is settled by another key, or after ENTRY_SETTLE_MS between the presses themselves: one
 * that was made in time counts though it is told late. The first letter of a text and of a sentence
 * is a capital by itself.
 *
 * A key acts when it is pressed, so that it echoes at once; held, it takes back what its press did
 * and does the other thing. Only # waits, for its release, and only while a word is offered. What
 * follows a press that the entry did not see (it was made at the screen before) is ignored.
 * Whoever takes a word gets the space after it too, which a full stop or comma takes away again.
 */
#ifndef KOTAK_PANEL_ENTRY_H
#define KOTAK_PANEL_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "port/display.h"
#include "port/keypad.h"

#define ENTRY_MAX 480
#define ENTRY_WORD_MAX 24
#define ENTRY_SETTLE_MS 1200

enum entry_kind {
	ENTRY_TEXT,   /* sentences, with completion */
	ENTRY_NAME,   /* every word begins with a capital; no completion */
	ENTRY_DIGITS, /* a telephone or ticket number: digits, and "-" where the caller puts it */
	ENTRY_SECRET, /* a PIN: digits, shown as "*" */
};

enum entry_mode {
	ENTRY_LOWER, /* the next letter may be a capital: see automatic_upper */
	ENTRY_UPPER,
	ENTRY_NUMBERS,
};

enum entry_result {
	ENTRY_IGNORED, /* not a key of the entry's, or it has done what it does: nothing changed */
	ENTRY_CHANGED, /* text, cursor, mode or the offered word; or # is taken and its release
			  counts */
	ENTRY_REFUSED, /* full, or nothing there to erase or take; a letter may have been settled */
	ENTRY_DONE,    /* OK; spaces at the text's end are gone */
	ENTRY_LEAVE,   /* * on an empty text: back */
};

struct entry {
	enum entry_kind kind;
	enum entry_mode mode;
	size_t most; /* characters */
	char text[ENTRY_MAX + 1];
	size_t length, cursor;
	char offered[ENTRY_WORD_MAX +
		     1]; /* the word that completes the one before the cursor; "" */
	/* entry.c's own */
	char tapping; /* the key whose letter isn't settled, 0: none */
	bool settled; /* it is by time, but a press made before may still be told */
	unsigned taps;
	int64_t settle_ms;
	bool automatic_upper; /* the next letter only is a capital, though the mode is lower */
	bool tapped_upper;    /* the letter being tapped is one */
	bool spaced;	      /* the space before the cursor came with a word taken */
	bool over_space;      /* the sign being tapped was begun behind such a space, */
	bool space_kept;      /* which is still there */
	char down;	      /* the key pressed last, until it is released */
	bool held;	      /* and it has done what it does when held */
	bool inserted;	      /* its press put in the character before the cursor, */
	char replaced;	      /* or put it in this one's place; 0: neither */
	bool upper_before;    /* what automatic_upper was when it was pressed */
};

/* text may be NULL; what the display can't show is left out, and what is too long cut. */
void entry_begin(struct entry *entry, enum entry_kind kind, size_t most, const char *text);
/* The event's time_us says when it was pressed; 0: now. */
enum entry_result entry_key(struct entry *entry, const struct keypad_event *event, int64_t now_ms);
/* INT64_MAX for never. */
int64_t entry_deadline(const struct entry *entry);
/* Whether something changed: a letter was settled. */
bool entry_tick(struct entry *entry, int64_t now_ms);
/*
 * Draws the part of the text around the cursor into rows first to first + rows - 1, wrapped at
 * words where it can be, and puts the frame's cursor there: a block on the letter being tapped,
 * else a line where the next one comes. What of those rows and columns a display hasn't is left
 * out.
 */
void entry_draw(const struct entry *entry, struct display_frame *frame, unsigned columns,
	unsigned first, unsigned rows);
/* "abc", "Abc", "ABC" or "123". */
const char *entry_mode_name(const struct entry *entry);
/* Nothing of it stays in memory; an empty entry that takes nothing is left. */
void entry_wipe(struct entry *entry);

#endif
