/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether everything that the panel says fits its displays: asked when Kotak is built. */
#ifndef KOTAK_PANEL_BUDGET_H
#define KOTAK_PANEL_BUDGET_H

#include <stddef.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "panel/phrases.h"

/*
 * Lays every phrase out in this language (dialogue_init() was called), on displays of 16 and 20
 * columns and 2 and 4 rows, with its longest values. Counts what has no room, breaks a word, has
 * characters that the display hasn't, or names other values than the original. Each fault is a
 * line in out.
 */
must_check size_t panel_budget_faults(const char *language, FILE *out);

/* The same for one phrase in words of one's own; what is wrong, NULL when nothing is. */
const char *panel_budget_fault(const char *said, const struct phrase_info *info);

#endif
