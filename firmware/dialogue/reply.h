/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the handlers of the conversation share: one step under way. */
#ifndef KOTAK_DIALOGUE_REPLY_H
#define KOTAK_DIALOGUE_REPLY_H

#include "dialogue/pending.h"
#include "dialogue/texts.h"
#include "dialogue/understand.h"

struct talk {
	struct dialogue_input input; /* its session is the one that the text is read with */
	const char *text;	     /* cleaned */
	struct understanding understanding;
	struct dialogue_output *out;
	/* The question of ours on top, if it is DIALOGUE_AWAIT_CHOICE or DIALOGUE_AWAIT_CONFIRM. */
	enum dialogue_topic asked;
	struct pending pending;
	char subject[TICKET_SIZE]; /* DIALOGUE_AWAIT_CONFIRM: what to withdraw */
};

/* Whether a text waits to be told which ticket it is for: nothing may push it aside. */
static inline bool talk_holds_addition(const struct talk *talk)
{
	return talk->asked == DIALOGUE_AWAIT_CHOICE && pending_holds_text(&talk->pending);
}

static inline bool talk_given(const char *value)
{
	return value && *value;
}

/* Sets the session that the next message of the sender meets. */
void talk_await(struct talk *talk, enum dialogue_topic topic, const char *ticket);

/* Says a text about a ticket ("" for none). values end with one without a name. */
must_check int talk_reply(struct talk *talk, const char *purpose, const char *ticket,
	enum text text, const struct template_value *values);
must_check int talk_reply_plain(struct talk *talk, const char *purpose, enum text text);
/* Says a text whose only value is the ticket. */
must_check int talk_reply_ticket(
	struct talk *talk, const char *purpose, const char *ticket, enum text text);

/* Opens a complaint with this text and tells its ticket. */
must_check int talk_complain(struct talk *talk, const char *content, bool confidential);

/* status.c */
must_check int status_handle(struct talk *talk);
/* Tells the state of one complaint that the sender may see. */
must_check int status_tell(struct talk *talk, const struct dialogue_complaint *complaint);

/* own.c: what a sender may do with their own complaints. */
must_check int own_handle(struct talk *talk);
/* Asks which of the sender's complaints is meant, or does it if there is just one. */
must_check int own_status(struct talk *talk);
/* A number out of the blue: after an answer it was perhaps meant as a rating. */
must_check int own_number(struct talk *talk);
/* An answer to the question which ticket, or whether to withdraw. */
must_check int own_answer(struct talk *talk);

#endif
