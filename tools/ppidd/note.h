/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notes of an investigation: only added to, for the office and never for the complainant. */
#ifndef PPIDD_NOTE_H
#define PPIDD_NOTE_H

#include <jansson.h>

#include "tools/ppidd/chain.h"

struct note {
	const char *id; /* UUID; a known one is not taken twice */
	const char *complaint;
	const char *kind; /* finding, solution or internal */
	const char *text; /* personal */
};

/* -EALREADY when its id is known. In the caller's transaction. */
must_check int note_add(struct db *db, const struct step *step, const struct note *note);
/* A complaint's, oldest first: {kind, officer, created, text}; caller owns. */
must_check int note_list(struct db *db, const char *complaint, json_t **out);

#endif
