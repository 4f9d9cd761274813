/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Name and address in the words of a person who was asked for them. */
#ifndef KOTAK_DIALOGUE_DETAILS_H
#define KOTAK_DIALOGUE_DETAILS_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "dialogue/dialogue.h"

/* Longest parts kept, in bytes; the whole answer is kept beside them. */
#define DETAILS_NAME_MAX 80
#define DETAILS_ADDRESS_MAX 200

/*
 * Whether a text (cleaned) can be the answer to our question for name and address, or for
 * the address alone. When in doubt it isn't: then it is a complaint, and that is never lost.
 */
bool details_plausible(const char *text, enum dialogue_topic topic);

/*
 * Reads both from such a text; what isn't there becomes NULL. known_name helps where it is
 * repeated. Caller frees. 0 or -ENOMEM.
 */
must_check int details_parse(const char *text, enum dialogue_topic topic, const char *known_name,
	char **name, char **address);

#endif
