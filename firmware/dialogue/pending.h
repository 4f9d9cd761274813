/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a session remembers while we wait to be told which ticket is meant, or whether it is
 * really to be withdrawn: what was asked for, and the question that this one stands before.
 */
#ifndef KOTAK_DIALOGUE_PENDING_H
#define KOTAK_DIALOGUE_PENDING_H

#include "dialogue/dialogue.h"

struct pending {
	enum dialogue_intention action;
	char tickets[DIALOGUE_CHOICES_MAX][TICKET_SIZE]; /* as they were offered */
	size_t count;
	char *text; /* DIALOGUE_ADDITION, DIALOGUE_OBJECTION, or words beside a rating; NULL: none
		     */
	int rating;
	bool on;
	bool fresh; /* the last choice is a new complaint: it may be no addition at all */
	struct dialogue_session before; /* DIALOGUE_AWAIT_NOTHING: none; owns its data */
};

/* Reads what pending_write() wrote; whatever else it is reads as nothing. 0 or -ENOMEM. */
must_check int pending_read(const char *data, struct pending *out);

/* Whether it is a text that its sender gave us to keep: it must not be forgotten. */
bool pending_holds_text(const struct pending *pending);

/* As JSON text; caller frees. */
must_check int pending_write(const struct pending *pending, char **data);

void pending_release(struct pending *pending);

#endif
