/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys of other portals: who has one may post complaints (docs/open311.md), so many an hour. A key
 * is 256 random bits in hex, shown once; the store keeps its hash. A name is never given twice.
 */
#ifndef PPIDD_APIKEY_H
#define PPIDD_APIKEY_H

#include "tools/ppidd/kiosk.h"

#define APIKEY_NAME_MAX 40
#define APIKEY_HOUR_MOST 100
#define APIKEY_ACTOR_SIZE (APIKEY_NAME_MAX + 16)

/* -EEXIST: there is, or was, one of that name; -EINVAL: a bad name. key gets the fresh one. */
must_check int apikey_add(
	struct db *db, const struct step *step, const char *name, char key[static TOKEN_SIZE]);
/* Nothing is taken with it any more. -ENOENT: no such key, or revoked already. */
must_check int apikey_revoke(struct db *db, const struct step *step, const char *name);
/* Array of {name, added, revoked, used, posted}, by name. */
must_check int apikey_list(struct db *db, json_t **out);

/* Whose key that is. -ENOENT: nobody's; -EKEYREVOKED. */
must_check int apikey_find(struct db *db, const char *key, char name[static APIKEY_NAME_MAX + 1]);
/*
 * Counts one posting, in the caller's transaction. -EAGAIN: that were too many in this hour, or
 * the key was revoked meanwhile.
 */
must_check int apikey_post(struct db *db, const char *name, int64_t now_ms);

/* The portal as an event's actor: "portal:NAME". */
const char *apikey_actor(const char *name, char out[static APIKEY_ACTOR_SIZE]);

#endif
