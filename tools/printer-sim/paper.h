/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The roll of paper and what is printed on the piece that hangs out: 384 dots a row, 8 rows a
 * millimetre, and what people and cameras read on it.
 */
#ifndef PRINTER_SIM_PAPER_H
#define PRINTER_SIM_PAPER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

#define PAPER_WIDTH 384
#define PAPER_ROWS_PER_MM 8

struct paper {
	uint8_t *dots; /* a byte each, 1: black */
	size_t rows, capacity;
	int64_t left; /* rows that the roll still has */
	json_t *text; /* lines as read */
	json_t *big;  /* those of them in large letters */
	json_t *codes;
};

void paper_init(struct paper *paper, int64_t left);
void paper_release(struct paper *paper);
/* Moves so many rows out, white. Returns how many the roll had. */
size_t paper_feed(struct paper *paper, size_t rows);
/* Blackens a dot of a row that is out; nothing happens outside. */
void paper_dot(struct paper *paper, size_t x, size_t row);
/* Notes a line of text, or what a code says (bytes, as UTF-8 if they are). */
void paper_note(struct paper *paper, const char *line, bool big);
void paper_note_code(struct paper *paper, const uint8_t *bytes, size_t size);
/* The piece is off: begins a new one at row 0. */
void paper_tear(struct paper *paper);

/* Writes the piece as a PNG file; 0 or a negative errno. */
must_check int paper_save(const struct paper *paper, const char *path);

#endif
