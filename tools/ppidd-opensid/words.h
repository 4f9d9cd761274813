/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts on their way between the kiosk's residents and OpenSID's pages. */
#ifndef PPIDD_OPENSID_WORDS_H
#define PPIDD_OPENSID_WORDS_H

#include <stddef.h>

#include "base/cleanup.h"

/* What a column takes. */
struct room {
	size_t characters, bytes; /* at most */
	size_t widest; /* bytes of the widest character of its character set: 1, 3 or 4 */
};

/*
 * UTF-8 text as a column takes it; caller frees, NULL without memory. OpenSID's public page puts
 * these columns into HTML as they are, so "<" and ">" become "‹" and "›" (in an ASCII column "("
 * and ")"): no text of a resident's can be a tag there. Characters that the column's character
 * set lacks become "?", control characters but line ends spaces, and what is too long ends in "…".
 */
char *words_for_column(const char *text, const struct room *room);

/*
 * A follow-up as its writer meant it, at most most bytes: OpenSID stores "&lt;" for "<" and the
 * like. Caller frees; NULL without memory.
 */
char *words_from_column(const char *text, size_t most);

#endif
