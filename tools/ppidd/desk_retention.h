/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page of erasures, in parts: what is done with its forms, and how it looks. */
#ifndef PPIDD_DESK_RETENTION_H
#define PPIDD_DESK_RETENTION_H

#include "tools/ppidd/desk.h"
#include "tools/ppidd/erase.h"
#include "tools/ppidd/retention.h"

#define RETENTION_SHOWN 20
#define RETENTION_LOG_SHOWN 50

struct retention_parts {
	int64_t months, limit_ms;
	struct retention_due due;
	json_t *log, *forgotten;
	struct erase_copies copies;
};

struct retention_form {
	const char *ticket; /* as typed, or NULL */
	const char *wrong;  /* what was refused, or NULL */
	const char *done;   /* what was done just before: "due", "ticket", "again", or NULL */
};

/* What is looked at once more: one complaint, or so many. */
struct retention_confirm {
	const json_t *complaint; /* NULL: all that is due */
	const char *reason;
	int64_t count;
};

void desk_retention_page(struct request *request, FILE *out, const struct retention_parts *parts,
	const struct retention_form *form);
void desk_retention_confirm(
	struct request *request, FILE *out, const struct retention_confirm *asked);

#endif
