/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kinds of decisions share: each is a deed, done in one transaction. */
#ifndef PPIDD_DECISION_INTERNAL_H
#define PPIDD_DECISION_INTERNAL_H

#include "tools/ppidd/complaint.h"
#include "tools/ppidd/decision.h"

/* A deed that leaves the complaint's state as it is. */
#define NO_STATE STATE_COUNT

struct deed {
	const char *command; /* the command's type, or NULL when the kiosk needn't know */
	const char *event;   /* the event for its words, or NULL when they are the step's reason */
	const char *key;     /* of the words in that event, and in the command: text or reason */
	json_t *data;	     /* what the event says besides, or NULL; not taken */
	json_t *body;	     /* what its personal part says besides, or NULL; not taken */
	enum complaint_state to;
	/* Which state it leads to from that one, instead of to; -EPERM: not from there. */
	int (*steer)(enum complaint_state from, enum complaint_state *to);
	/* What else changes with it, or NULL; id is the decision's. */
	int (*also)(struct db *db, const struct step *step, const struct deed *deed,
		const json_t *complaint, const char *id, const char *words);
	const void *argument; /* for also */
	bool whole_way;	      /* may pass through states between */
	bool words_needed;
	size_t words_most;
};

/* In a transaction of its own; see decision.h for what is returned. */
must_check int decision_do(struct db *db, const struct step *step, const struct decision *decision,
	const struct deed *deed, json_t **complaint);

#endif
