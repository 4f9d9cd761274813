/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands to kiosks: numbered per kiosk, kept until the kiosk says what became of them. */
#ifndef PPIDD_COMMAND_H
#define PPIDD_COMMAND_H

#include <jansson.h>

#include "base/ids.h"
#include "tools/ppidd/chain.h"

#define COMMAND_DAY_SIZE 16

struct command {
	char id[UUID_SIZE]; /* a known id is not taken twice */
	int64_t kiosk;
	const char *type;
	const char *complaint;	/* UUID; NULL, and no ticket: about all of the kiosk's */
	const char *ticket;	/* the one to use from now on */
	const char *old_ticket; /* renumber only, else NULL */
	const char *target;	/* the state it leads to, or NULL */
	const char *text;	/* personal; NULL: none */
	const char *reason;	/* personal; NULL: none */
	/* What the complainant is told with it, "" for nothing: until when one may object to an
	 * answer, else by when there will be one. YYYY-MM-DD */
	char day[COMMAND_DAY_SIZE];
};

/*
 * Gives it the kiosk's next number. -EALREADY when its id is known. In the caller's transaction.
 * One to DESK_KIOSK is done as it is added.
 */
must_check int command_add(struct db *db, const struct step *step, const struct command *command);

/* 1 when there is a command of that id, 0 when there is none. */
must_check int command_known(struct db *db, const char *id);

/* Those not applied yet with a number over after, in order, at most most; caller owns *out. */
must_check int command_pending(
	struct db *db, int64_t kiosk, int64_t after, int64_t most, json_t **out);

/*
 * The kiosk says that its last command was number after, with that id ("" when it doesn't
 * tell). If we don't know it so, we were restored from a backup: what is pending gets numbers
 * after it, and so does what is added later. Its own transaction.
 */
must_check int command_resync(struct db *db, int64_t kiosk, int64_t after, const char *id);

/* The newest announcements: {id, kiosk, kiosk_name, actor, created, state, reason, text}. */
must_check int command_announcements(struct db *db, int64_t most, json_t **out);

/* Notes what became of one; *complaint gets its UUID ("" when there is no such pending one). */
must_check int command_applied(struct db *db, int64_t kiosk, const char *id, bool done,
	const char *reason, int64_t now_ms, char complaint[static UUID_SIZE]);

/* The last number up to which all are applied, and its id: {number, id}. */
must_check int command_applied_place(struct db *db, int64_t kiosk, json_t **out);

#endif
