/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gettext picks the language from the environment's LANGUAGE, but only where the locale
 * isn't "C". A bare Debian has no other locales than C.UTF-8, and that is enough: with it
 * as the thread's LC_MESSAGES, LANGUAGE names any catalogue, installed locale or not.
 * glibc from 2.39 on treats C.UTF-8 like C there, so a few more are tried.
 */
#include "dialogue/language.h"

#include <errno.h>
#include <libintl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* glibc's (and libintl's) count of changes: a cached translation of another count is stale. */
extern int _nl_msg_cat_cntr;

const char *const language_codes[] = { "id", "jv", "en", NULL };

static locale_t speaking; /* (locale_t)0: no catalogues, Indonesian only */

static const char *known_language(const char *language)
{
	for (size_t i = 0; language && language_codes[i]; i++) {
		if (strcmp(language, language_codes[i]) == 0)
			return language_codes[i];
	}
	return language_codes[0];
}

/* Whether a catalogue is found: its header is the translation of "". */
static bool speaks(const char *language)
{
	locale_t before = language_begin(language);
	bool found = *dgettext(LANGUAGE_DOMAIN, "") != '\0';

	language_end(before);
	return found;
}

int language_init(const char *localedir)
{
	static const char *const locales[] = { "C.UTF-8", "id_ID.UTF-8", "en_US.UTF-8",
		"en_GB.UTF-8" };

	if (!bindtextdomain(LANGUAGE_DOMAIN, localedir) ||
		!bind_textdomain_codeset(LANGUAGE_DOMAIN, "UTF-8"))
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(locales); i++) {
		if (speaking)
			freelocale(speaking);
		speaking = newlocale(LC_MESSAGES_MASK, locales[i], (locale_t)0);
		if (speaking && speaks("en"))
			return 0;
	}
	log_warning("no catalogue is usable in %s: everything will be said in Indonesian; install "
		    "the catalogues there, and the locale id_ID.UTF-8 if that alone doesn't help",
		localedir);
	return 0;
}

locale_t language_begin(const char *language)
{
	const char *code = known_language(language);
	const char *now = getenv("LANGUAGE");

	/* Without memory for it the last language stays; the message is still said. */
	if (!now || strcmp(now, code) != 0)
		setenv("LANGUAGE", code, 1);
	_nl_msg_cat_cntr++;
	return speaking ? uselocale(speaking) : (locale_t)0;
}

void language_end(locale_t before)
{
	if (before)
		uselocale(before);
}

const char *language_say(const char *msgid)
{
	/* The translation of "" is the catalogue's header, never a text of ours. */
	return *msgid ? dgettext(LANGUAGE_DOMAIN, msgid) : msgid;
}
