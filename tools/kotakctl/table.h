/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists for people. Texts come from strangers: control characters, broken UTF-8 and signs
 * that turn the writing direction are made visible, so that no text can play with the
 * terminal or with the eye.
 */
#ifndef KOTAK_KOTAKCTL_TABLE_H
#define KOTAK_KOTAKCTL_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/cleanup.h"

/* A copy of text that may go to a terminal, on one line. NULL without memory; caller frees. */
must_check char *visible_text(const char *text);

/* Columns on the terminal of a text made by visible_text(). */
size_t visible_width(const char *text);

/* Local time as "2026-11-24 18:05" of an RFC 3339 time; the text itself when it is none. */
#define LOCAL_TIME_SIZE 32
void local_time(const char *text, char out[static LOCAL_TIME_SIZE]);

struct table_column {
	const char *key;     /* member of each row */
	const char *heading; /* in capitals */
	size_t most;	     /* columns at most, the rest is cut with "…"; 0: no limit */
	bool time;	     /* an RFC 3339 time, shown as local time */
};

/* Prints rows (an array of objects) under their headings. 0 or -ENOMEM. */
must_check int table_print(
	FILE *out, const json_t *rows, const struct table_column *columns, size_t count);

/* One value of a row as it is shown; "-" for null. NULL without memory; caller frees. */
must_check char *table_cell(const json_t *row, const struct table_column *column);

#endif
