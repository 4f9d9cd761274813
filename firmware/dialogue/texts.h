/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything the kiosk says by SMS, in one table, so that every text's budget can be checked. */
#ifndef KOTAK_DIALOGUE_TEXTS_H
#define KOTAK_DIALOGUE_TEXTS_H

#include "base/cleanup.h"
#include "dialogue/template.h"
#include "wire/state.h"

enum text {
	TEXT_TICKET,		      /* ticket, pin, name; everything known of the sender */
	TEXT_TICKET_ASK,	      /* ticket, pin */
	TEXT_TICKET_ASK_NAME,	      /* ticket, pin */
	TEXT_TICKET_ASK_ADDRESS,      /* ticket, pin */
	TEXT_TICKET_PARTIAL,	      /* ticket, pin */
	TEXT_TICKET_PARTIAL_ASK,      /* ticket, pin */
	TEXT_TICKET_PLAIN,	      /* ticket, pin; while another question of ours is open */
	TEXT_TICKET_CONFIDENTIAL,     /* ticket, pin */
	TEXT_TICKET_OBJECTION,	      /* ticket, pin, old: what it objects to */
	TEXT_OBJECT_EMPTY,	      /* - */
	TEXT_TICKET_UNCHOSEN,	      /* ticket, pin; an addition to nobody knows which */
	TEXT_DETAILS_DONE,	      /* ticket, name */
	TEXT_DETAILS_ASK_NAME,	      /* ticket */
	TEXT_DETAILS_ASK_ADDRESS,     /* ticket, name */
	TEXT_QUESTION_ANSWERED,	      /* ticket */
	TEXT_ADDED,		      /* ticket */
	TEXT_ADDED_PARTIAL,	      /* ticket */
	TEXT_ADD_EMPTY,		      /* - */
	TEXT_WHICH,		      /* choices */
	TEXT_WHICH_NAME,	      /* choices */
	TEXT_OWNER_ONLY,	      /* - */
	TEXT_NONE_OPEN,		      /* - */
	TEXT_ENDED,		      /* ticket, state */
	TEXT_WITHDRAW_ASK,	      /* ticket */
	TEXT_WITHDRAWN,		      /* ticket */
	TEXT_WITHDRAW_KEPT,	      /* ticket */
	TEXT_RATED,		      /* ticket, rating */
	TEXT_RATED_REOPENED,	      /* ticket, rating */
	TEXT_RATE_HOW,		      /* - */
	TEXT_RATE_NONE,		      /* - */
	TEXT_CONFIDENTIAL_ON,	      /* ticket */
	TEXT_CONFIDENTIAL_OFF,	      /* ticket */
	TEXT_CONFIDENTIAL_NEXT,	      /* - */
	TEXT_CONFIDENTIAL_HOW,	      /* - */
	TEXT_LANGUAGE_SET,	      /* - */
	TEXT_LANGUAGE_ASK,	      /* - */
	TEXT_ANNOUNCEMENTS_ON,	      /* - */
	TEXT_ANNOUNCEMENTS_OFF,	      /* - */
	TEXT_INFO,		      /* - */
	TEXT_EXPIRED,		      /* - */
	TEXT_STATUS,		      /* ticket, state, date; work on it is owed */
	TEXT_STATUS_ENDED,	      /* ticket, state, date */
	TEXT_STATUS_ANSWER,	      /* ticket, state, date, answer */
	TEXT_STATUS_NONE,	      /* - */
	TEXT_STATUS_REFUSED,	      /* - */
	TEXT_STATUS_MISTYPED,	      /* - */
	TEXT_STATUS_LATER,	      /* - */
	TEXT_HELP,		      /* - */
	TEXT_HELP_COMPLAINT,	      /* - */
	TEXT_HELP_EMPTY,	      /* - */
	TEXT_THANKS,		      /* - */
	TEXT_OK,		      /* - */
	TEXT_MESSAGE_ANSWER,	      /* ticket, text */
	TEXT_MESSAGE_ANSWER_UNTIL,    /* ticket, text, date: until when one may object */
	TEXT_MESSAGE_QUESTION,	      /* ticket, text */
	TEXT_MESSAGE_STATE,	      /* ticket, state */
	TEXT_MESSAGE_STATE_REASON,    /* ticket, state, text */
	TEXT_MESSAGE_STATE_UNTIL,     /* ticket, state, date: by when there is an answer */
	TEXT_MESSAGE_EXTENDED,	      /* ticket */
	TEXT_MESSAGE_EXTENDED_REASON, /* ticket, text */
	TEXT_MESSAGE_EXTENDED_UNTIL,  /* ticket, text, date */
	TEXT_MESSAGE_RENUMBERED,      /* old, ticket */
	TEXT_MESSAGE_SURVEY,	      /* ticket */
	TEXT_MESSAGE_ANNOUNCEMENT,    /* text */
	TEXT_COUNT,
};

struct text_info {
	const char *msgid;   /* Indonesian, also what is said without a catalogue */
	const char *shorten; /* the value that may be cut, or NULL */
	unsigned least;	     /* septets it must always be left, whatever the language */
	unsigned parts;	     /* SMS parts it may take */
};

extern const struct text_info texts[TEXT_COUNT];

/* A state as residents read it, as msgid: "sedang ditangani petugas". */
extern const char *const text_states[STATE_COUNT];

/* The last of several choices, as msgid: "aduan baru". */
extern const char *const text_new_complaint;

/* Fills a text in the present language; values as in template.h, ended by one without a name. */
must_check int text_fill(enum text text, const struct template_value *values, char **out);

#endif
