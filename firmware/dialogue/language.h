/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The catalogues: which language the texts are said in, message by message. */
#ifndef KOTAK_DIALOGUE_LANGUAGE_H
#define KOTAK_DIALOGUE_LANGUAGE_H

#include <locale.h>
#include <stddef.h>

#include "base/cleanup.h"

#define LANGUAGE_DOMAIN "kotak"

/* The languages offered, the default first; NULL ends the list. */
extern const char *const language_codes[];

/* See dialogue_init(). */
must_check int language_init(const char *localedir);

/*
 * Between these two, language_say() speaks the language (NULL or unknown: Indonesian).
 * The rest of the program keeps its own locale. Returns what language_end() wants.
 */
must_check locale_t language_begin(const char *language);
void language_end(locale_t before);

/* The text in the present language. Never NULL, not to be freed. */
const char *language_say(const char *msgid);

#endif
