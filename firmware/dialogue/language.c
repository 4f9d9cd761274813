/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gettext picks the language from the environment's LANGUAGE, but only where the locale
 * isn't "C". A bare Debian has no other locales than C.UTF-8, and that is enough: with it
 * as the thread's LC_MESSAGES, LANGUAGE names any catalogue, installed locale or not.
 * glibc from 2.39 on treats C.UTF-8 like C there. So some others are tried, and at last the
 * files of C.UTF-8 under another name.
 */
#include "dialogue/language.h"

#include <errno.h>
#include <libintl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

/* glibc's (and libintl's) count of changes: a cached translation of another count is stale. */
extern int _nl_msg_cat_cntr;

/* A language that isn't that of the program's own texts: it shows whether catalogues are found. */
#define PROBE "en"

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

/* Speaks with this locale if that finds catalogues. */
static bool try_locale(locale_t locale)
{
	if (!locale)
		return false;
	if (speaking)
		freelocale(speaking);
	speaking = locale;
	return speaks(PROBE);
}

/* The locale "kotak" from a folder that holds nothing else; (locale_t)0 when there is none. */
static locale_t locale_from(const char *folder)
{
	const char *found = getenv("LOCPATH");
	autofree char *kept = found ? strdup(found) : NULL;
	locale_t locale = (locale_t)0;

	if ((found && !kept) || setenv("LOCPATH", folder, 1) < 0)
		return locale;
	locale = newlocale(LC_MESSAGES_MASK, "kotak", (locale_t)0);
	if (kept)
		setenv("LOCPATH", kept, 1);
	else
		unsetenv("LOCPATH");
	return locale;
}

/* C.UTF-8 under a name that gettext doesn't know as C. */
static locale_t disguised_locale(void)
{
	char folder[] = "/tmp/kotak-locale-XXXXXX";
	char link[sizeof(folder) + sizeof("/kotak")];
	locale_t locale = (locale_t)0;

	if (!mkdtemp(folder))
		return locale;
	snprintf(link, sizeof(link), "%s/kotak", folder);
	/* Once loaded it is in memory: the folder may go. */
	if (symlink("/usr/lib/locale/C.utf8", link) == 0) {
		locale = locale_from(folder);
		unlink(link);
	}
	rmdir(folder);
	return locale;
}

int language_init(const char *localedir)
{
	static const char *const locales[] = { "C.UTF-8", "id_ID.UTF-8", "en_US.UTF-8" };
	autofree char *catalogue = NULL;

	if (asprintf(&catalogue, "%s/%s/LC_MESSAGES/" LANGUAGE_DOMAIN ".mo", localedir, PROBE) < 0)
		return -ENOMEM;
	if (!bindtextdomain(LANGUAGE_DOMAIN, localedir) ||
		!bind_textdomain_codeset(LANGUAGE_DOMAIN, "UTF-8"))
		return -ENOMEM;
	if (access(catalogue, R_OK) < 0) {
		log_warning("%s can't be read: everything will be said in Indonesian until the "
			    "catalogues are installed there",
			catalogue);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(locales); i++) {
		if (try_locale(newlocale(LC_MESSAGES_MASK, locales[i], (locale_t)0)))
			return 0;
	}
	if (!try_locale(disguised_locale()))
		log_warning(
			"no locale to speak other languages with: everything will be said in "
			"Indonesian until the locale id_ID.UTF-8 is installed (package locales)");
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
