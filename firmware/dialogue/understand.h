/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a text means, seen with the question of ours that it may answer. */
#ifndef KOTAK_DIALOGUE_UNDERSTAND_H
#define KOTAK_DIALOGUE_UNDERSTAND_H

#include "dialogue/dialogue.h"

enum meaning {
	MEANS_COMPLAINT,
	MEANS_COMPLAINT_EMPTY, /* ADUAN without anything behind it */
	MEANS_DETAILS,
	MEANS_REFUSAL, /* won't tell name or address */
	MEANS_ANSWER,  /* to an officer's question */
	MEANS_STATUS,
	MEANS_HELP,
	MEANS_GREETING, /* nothing but a greeting */
	MEANS_THANKS,
	MEANS_OK,
	MEANS_NOTHING, /* empty, or signs only */
};

struct understanding {
	enum meaning meaning;
	const char *content; /* MEANS_COMPLAINT: where it begins in the text */
	/* MEANS_STATUS */
	bool ticket_given;
	bool ticket_mistyped;
	char ticket[TICKET_SIZE];
	bool pin_given;
	char pin[DIALOGUE_PIN_SIZE]; /* "" when what was given can't be a PIN */
};

/* Understands a text cleaned by utf8_clean(). Never fails: what isn't known is a complaint. */
void understand(const char *text, enum dialogue_topic topic, struct understanding *out);

#endif
