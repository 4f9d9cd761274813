/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Complaints that no kiosk took in: an officer types in what came by word of mouth, letter or
 * telephone, another portal posts it. They are numbered at the desk (DESK_KIOSK), a number that no
 * kiosk gets, and what is decided about them is done at once: there is no kiosk to be told.
 */
#ifndef PPIDD_ENTER_H
#define PPIDD_ENTER_H

#include "base/ids.h"
#include "tools/ppidd/chain.h"
#include "wire/ticket.h"

#define DESK_KIOSK 999

/* Longest words in bytes. */
#define ENTRY_NAME_MAX 100
#define ENTRY_ADDRESS_MAX 300
#define ENTRY_CONTACT_MAX 100
#define ENTRY_TEXT_MAX 8000

/* A complaint as it came; NULL or "" for what is not known. */
struct entry {
	const char *once;    /* UUID of this entry: made twice it counts once; NULL: a new one */
	const char *channel; /* face, telephone, email, whatsapp, letter, website, social, portal */
	const char *language; /* id, jv or en; NULL: id */
	const char *kind;     /* complaint, information or objection; NULL: complaint */
	const char *category; /* as in decision.h */
	const char *about;
	const char *name, *address;
	const char *contact; /* telephone number, e-mail address, account … */
	const char *text;
	bool confidential;
	int64_t came_ms; /* when it came, not later than now; 0: now */
};

struct entered {
	char uuid[UUID_SIZE];
	char ticket[TICKET_SIZE];
	char pin[5];
};

/*
 * Takes one in, in the caller's transaction: the row, its personal part, the event
 * complaint.received in the server's log, its clock. -EINVAL: no text; -EMSGSIZE: something too
 * long; -EILSEQ: not UTF-8; -EDOM: an unknown channel, language, kind, category or about; -ERANGE:
 * it came later than now or more than a year ago; -EALREADY: known by once, *out tells which (its
 * pin only to who entered it, within an hour, else ""); -EEXIST: once is another complaint's;
 * -EADDRINUSE: a kiosk has the desk's number (said in the log); -ENOSPC: no number is left.
 */
must_check int enter_complaint(
	struct db *db, const struct step *step, const struct entry *entry, struct entered *out);

/* 1: what is commanded to that kiosk is for the desk itself, no machine takes it. */
must_check int desk_takes(struct db *db, int64_t kiosk);

#endif
