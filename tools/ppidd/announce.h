/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Announcements: one text to everybody who agreed to get them at a kiosk, or at all kiosks. */
#ifndef PPIDD_ANNOUNCE_H
#define PPIDD_ANNOUNCE_H

#include <jansson.h>

#include "tools/ppidd/chain.h"

/* Longest text in bytes: three SMS parts with the kiosk's own words around it. */
#define ANNOUNCEMENT_MAX 420

struct announcement {
	int64_t kiosk;	  /* 0: every kiosk in use */
	const char *text; /* as typed */
	const char *once; /* UUID: made twice it counts once; NULL: a new one */
};

/*
 * Commands it, with an event for each kiosk, in one transaction; returns to how many kiosks.
 * -ENOENT: no such kiosk is in use; -EINVAL: no text; -EMSGSIZE: too long; -EILSEQ: not UTF-8;
 * -EALREADY: it was made before (nothing changed).
 */
must_check int announce(
	struct db *db, const struct step *step, const struct announcement *announcement);

/* The kiosks in use, and how many numbers agreed at each: {kiosk, name, agreed}. */
must_check int announce_audience(struct db *db, json_t **out);

#endif
