/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a text means, seen with the question of ours that it may answer. */
#ifndef KOTAK_DIALOGUE_UNDERSTAND_H
#define KOTAK_DIALOGUE_UNDERSTAND_H

#include "dialogue/dialogue.h"
#include "dialogue/numbers.h"

enum meaning {
	MEANS_COMPLAINT,
	MEANS_COMPLAINT_EMPTY, /* ADUAN without anything behind it */
	MEANS_DETAILS,
	MEANS_REFUSAL, /* won't tell name or address */
	MEANS_ANSWER,  /* to an officer's question */
	MEANS_ADDITION,
	MEANS_OBJECTION,
	MEANS_STATUS,
	MEANS_RATING,
	MEANS_WITHDRAWAL,
	MEANS_CONFIDENTIAL,
	MEANS_LANGUAGE,
	MEANS_CONSENT,
	MEANS_CHOICE,  /* of a ticket that we offered */
	MEANS_YES,     /* to our question whether to withdraw */
	MEANS_NO,      /* to the same */
	MEANS_UNCLEAR, /* meant as an answer to our question, but it can't be taken as one */
	MEANS_INFO,
	MEANS_HELP,
	MEANS_NUMBER,	/* digits that are no ticket, and nothing asked for them */
	MEANS_GREETING, /* nothing but a greeting */
	MEANS_THANKS,
	MEANS_OK,
	MEANS_NOTHING, /* empty, or signs only */
};

struct understanding {
	enum meaning meaning;
	/* MEANS_COMPLAINT, MEANS_ADDITION, MEANS_OBJECTION: where it begins in the text */
	const char *content;
	/* MEANS_ADDITION, MEANS_OBJECTION: it may be a sentence that only begins like one ("tambah
	 * lagi …"). */
	bool tentative;
	bool confidential;	     /* MEANS_COMPLAINT: asked for with it */
	struct ticket_number number; /* of a command; MEANS_CHOICE: when choice is 0 */
	unsigned choice;	     /* MEANS_CHOICE: from 1 */
	int rating;		     /* MEANS_RATING: 1 to 5, 0: none that is one */
	bool comment;		     /* MEANS_RATING: there are words beside it */
	bool on;		     /* MEANS_CONFIDENTIAL, MEANS_CONSENT */
	const char *language;	     /* MEANS_LANGUAGE: "id" …, NULL: none that we speak */
};

/* Understands a text cleaned by utf8_clean(). Never fails: what isn't known is a complaint. */
void understand(const char *text, enum dialogue_topic topic, struct understanding *out);

/* Behind white space and the signs that follow a keyword. */
const char *skip_signs(const char *text);

/* command.c: whether it is one of the commands that only an own complaint or the sender know. */
bool understand_command(const char *text, enum dialogue_topic topic, struct understanding *out);

/* answer.c: whether it answers our question which ticket, whether to withdraw, or how good. */
bool understand_answer(const char *text, enum dialogue_topic topic, struct understanding *out);

#endif
