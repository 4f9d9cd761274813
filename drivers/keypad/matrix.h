/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A matrix keypad on lines: rows are open-drain outputs, active low, columns inputs with pull-up.
 * Idle, all rows are driven and an edge of a column is waited for; then row by row is looked at
 * until all is quiet again. Missing lines are asked for again every two seconds.
 */
#ifndef KOTAK_KEYPAD_MATRIX_H
#define KOTAK_KEYPAD_MATRIX_H

#include <stddef.h>

#include "base/cleanup.h"
#include "port/keypad.h"
#include "port/lines.h"

#define KEYPAD_ROWS 4
#define KEYPAD_COLUMNS_MAX 4

/*
 * Four rows from 1 to *, three columns from 1 to 3 or four with A to D. Names are copied; the
 * source must outlive the keypad, which the caller closes. 0, -EINVAL (another count), -ENOMEM,
 * or the errno of epoll_create1(2). Lines are requested at the first next(): trouble() has the
 * rest.
 */
must_check int keypad_matrix_new(struct lines_source *source, const struct lines_name *rows,
	size_t row_count, const struct lines_name *columns, size_t column_count,
	struct keypad **out);

/* Replaces the waiting for a row's columns to settle, for tests in virtual time. */
void keypad_matrix_set_settle(
	struct keypad *keypad, void (*settle)(void *context, unsigned us), void *context);

#endif
