/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether everything that is said fits its SMS, in every language: asked when Kotak is built. */
#ifndef KOTAK_DIALOGUE_BUDGET_H
#define KOTAK_DIALOGUE_BUDGET_H

#include <stddef.h>
#include <stdio.h>

#include "base/cleanup.h"

/*
 * Fills every text in this language (dialogue_init() was called) with its longest values and
 * counts what doesn't fit, isn't in the GSM alphabet, or names other values than the original.
 * Each fault is a line in out.
 */
must_check size_t budget_faults(const char *language, FILE *out);

#endif
