/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Erasing what one person could be known by (UU 27/2022): rows of the tables *_personal, with their
 * salts. What happened, when and how long it took stays; so do the hashes, and the chains verify.
 * All in the caller's transaction but erase_scrub().
 */
#ifndef PPIDD_ERASE_H
#define PPIDD_ERASE_H

#include <jansson.h>

#include "tools/ppidd/chain.h"

/* Why; nothing of it tells who. */
#define ERASE_RULE "rule"
#define ERASE_REQUEST "request"

struct erasure {
	const char *complaint; /* UUID */
	const char *kind;      /* ERASE_RULE or ERASE_REQUEST */
	/* On request: who wanted it, see erase_reason_valid(); NULL by rule. */
	const char *reason;
};

/* complainant, guardian, mistake, order or repeated. */
bool erase_reason_valid(const char *reason);

/*
 * Erases one complaint: its words in both logs, messages, commands, notes; of its number, when that
 * has no other ticket at the kiosk, all else, unless by rule and it agreed to announcements.
 * Commands that no kiosk took yet are taken back. Its kiosk is told to do the same. -ENOENT: no
 * such complaint; -EPERM: it is open; -EALREADY: there is nothing left of it.
 */
must_check int erase_complaint(
	struct db *db, const struct step *step, const struct erasure *erasure);

/* A number without tickets at that kiosk: what it asked for, and the events that say so. */
must_check int erase_number(struct db *db, int64_t kiosk, const char *number);

/* An event about an ended complaint that was erased: its words, too, go. */
must_check int erase_arrived(
	struct db *db, int64_t kiosk, const json_t *event, const char *complaint);

/* A kiosk that got another version may know by now what it refused: it is told again. */
must_check int erase_again(struct db *db, int64_t kiosk, int64_t now_ms);

/* The newest erasures: {complaint, ticket, kind, reason, actor, time}; caller owns *out. */
must_check int erase_list(struct db *db, int64_t most, json_t **out);

/*
 * Erased on request, says their kiosk's log, of which this database knows nothing: it was put back
 * from a backup since. {uuid, ticket}; caller owns *out.
 */
must_check int erase_forgotten(struct db *db, int64_t most, json_t **out);

/* How many kiosks' copies wait to be erased, and how many a kiosk refused. */
struct erase_copies {
	int64_t waiting, refused;
};
must_check int erase_count_copies(struct db *db, struct erase_copies *out);

#endif
