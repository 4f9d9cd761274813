/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a paper slip. What a complaint says, and who says it, is never on it: slips lie
 * about. Pure: a test of it is a table.
 */
#ifndef KOTAK_PANEL_SLIP_H
#define KOTAK_PANEL_SLIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "port/printer.h"

struct slip_values {
	const char *office; /* its name, wrapped where it is long */
	const char *ticket, *pin;
	const char *category; /* "access", "quality", "procedure", "other"; NULL or "": not known */
	const char *when;     /* local date and time, ready to read */
	const char *number;   /* the kiosk's own for SMS; NULL or "": not known */
	bool copy;
};

/*
 * Fills lines and count of *out (its id is the caller's) in this language (NULL or unknown:
 * Indonesian). -EMSGSIZE when there are more lines than a job holds.
 */
must_check int slip_compose(
	const struct slip_values *values, const char *language, struct printer_job *out);
/* Says which texts don't fit their lines in this language; returns how many. */
size_t slip_faults(const char *language, FILE *report);

#endif
