/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Complaints as the public sees them, in one of the two forms. */
#ifndef PPIDD_OPEN311_ROWS_H
#define PPIDD_OPEN311_ROWS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/cleanup.h"

/* One complaint; texts are the caller's. 0 is no time. */
struct open311_row {
	const char *uuid, *service, *state;
	int64_t created_ms, updated_ms, resolved_ms, due_ms;
};

/* An answer in the making; text and size are whole after open311_rows_end(). */
struct open311_rows {
	FILE *out;
	char *text;
	size_t size, count;
	char *office; /* as the form writes it */
	bool json;
};

/* open311_rows_free() in any case, even when this fails. */
must_check int open311_rows_begin(struct open311_rows *rows, bool json, const char *office);
void open311_rows_add(struct open311_rows *rows, const struct open311_row *row);
must_check int open311_rows_end(struct open311_rows *rows);
void open311_rows_free(struct open311_rows *rows);

static inline void open311_rows_cleanup(struct open311_rows *rows)
{
	open311_rows_free(rows);
}
#define autorequests __attribute__((cleanup(open311_rows_cleanup)))

#endif
