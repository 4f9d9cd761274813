/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an officer brings to a complainant whom no machine can tell, or whose SMS didn't arrive: it
 * is owed until somebody read it out, gave or sent it, or says that nobody can be reached.
 */
#ifndef PPIDD_HANDOVER_H
#define PPIDD_HANDOVER_H

#include <jansson.h>

#include "tools/ppidd/command.h"
#include "tools/ppidd/complaint.h"

#define HANDOVER_NOTE_MAX 300

/* For command.c, in its transaction: the words of a command to the desk are owed, if it has any. */
must_check int handover_owe(struct db *db, const struct step *step, const struct command *command);
/* The complainant came back with a reply: the questions to them have arrived. In the caller's
 * transaction. */
must_check int handover_replied(struct db *db, const struct step *step, const char *complaint);

/*
 * For apply.c, in its transaction: what became of a message. Officers' words that an SMS couldn't
 * bring are owed from now on; those that arrived after all aren't any more.
 */
must_check int handover_message(
	struct db *db, const char *message, const char *state, int64_t now_ms);

struct handing {
	const char *complaint; /* UUID or ticket number */
	const char *command;
	const char *how;   /* read, given, sent or unreachable */
	const char *note;  /* personal: to whom, by which way; may be NULL */
	int64_t handed_ms; /* 0: now; not before the decision, not later than now */
	enum complaint_view view;
};
/*
 * Writes down that it was brought, with an event complaint.handed, in a transaction of its own.
 * -ENOENT: no such complaint or command; -EALREADY: it was brought before; -EDOM: unknown how;
 * -EINVAL: unreachable without a note of what was tried; -ERANGE: not at that time; -EMSGSIZE,
 * -EILSEQ: the note.
 */
must_check int handover_done(struct db *db, const struct step *step, const struct handing *handing);

/* A complaint's, oldest first: {command, kind, owed, how, officer, handed, text, reason}; caller
 * owns. */
must_check int handover_list(struct db *db, const char *complaint, json_t **out);

/*
 * Of the complaints that the reader may see what is still owed, the oldest first: {complaint,
 * ticket, kind, owed, name, from, channel}; name and number left out where they are confidential.
 * Caller owns.
 */
must_check int handover_owed(struct db *db, enum complaint_view view, int64_t most, json_t **out);
/* How many, up to 1000. */
must_check int handover_count(struct db *db, enum complaint_view view, int64_t *out);

#endif
