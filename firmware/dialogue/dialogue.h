/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conversation: one message of a resident and what we know goes in; the reply and
 * what is to be recorded come out. It does no I/O and reads no clock: the caller looks up
 * the session, calls, and writes the outcome down in one transaction.
 *
 * Texts are UTF-8. What a resident wrote is hostile: it may be anything but an embedded
 * NUL. Functions return 0 or a negative errno (-ENOMEM, or what a lookup returned).
 */
#ifndef KOTAK_DIALOGUE_DIALOGUE_H
#define KOTAK_DIALOGUE_DIALOGUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/ids.h"
#include "wire/state.h"
#include "wire/ticket.h"

#define DIALOGUE_PIN_SIZE 5 /* 4 digits and the terminator */
#define DIALOGUE_SENDER_SIZE 48

/* How long a question of ours waits for its answer. */
#define DIALOGUE_DETAILS_MS (INT64_C(3) * 24 * 3600 * 1000)
#define DIALOGUE_QUESTION_MS (INT64_C(14) * 24 * 3600 * 1000)
#define DIALOGUE_RATING_MS DIALOGUE_QUESTION_MS
#define DIALOGUE_CHOICE_MS (INT64_C(24) * 3600 * 1000) /* which ticket, YA or TIDAK */

/* A rating of a result: this and worse opens the complaint again. */
#define DIALOGUE_RATING_REOPENS 2

/* So many tickets one question of ours offers to choose from. */
#define DIALOGUE_CHOICES_MAX 5

/* The longest message we send, in parts of a concatenated SMS. */
#define DIALOGUE_PARTS_MAX 10

enum dialogue_channel {
	DIALOGUE_SMS,
};

/* The question of ours that the sender's next message may answer. */
enum dialogue_topic {
	DIALOGUE_AWAIT_NOTHING,
	DIALOGUE_AWAIT_DETAILS,	 /* name and address */
	DIALOGUE_AWAIT_ADDRESS,	 /* the name came alone */
	DIALOGUE_AWAIT_QUESTION, /* an officer's question: the reply joins the ticket */
	DIALOGUE_AWAIT_CHOICE,	 /* which ticket; session data says what for */
	DIALOGUE_AWAIT_CONFIRM,	 /* whether to withdraw the ticket: YA or TIDAK */
	DIALOGUE_AWAIT_RATING,	 /* whether the result helped, 1 to 5 */
	DIALOGUE_AWAIT_SECRET,	 /* the next complaint, which will be confidential */
	DIALOGUE_TOPIC_COUNT,
};

/* What a message was understood to be. */
enum dialogue_intention {
	DIALOGUE_COMPLAINT,
	DIALOGUE_DETAILS,   /* an answer to a question of ours */
	DIALOGUE_ADDITION,  /* TAMBAH */
	DIALOGUE_OBJECTION, /* KEBERATAN: a case of its own, against what became of another */
	DIALOGUE_STATUS,
	DIALOGUE_RATING,
	DIALOGUE_WITHDRAWAL,
	DIALOGUE_CONFIDENTIAL,
	DIALOGUE_LANGUAGE,
	DIALOGUE_CONSENT, /* BERHENTI, MULAI: announcements */
	DIALOGUE_INFO,
	DIALOGUE_HELP,
	DIALOGUE_IGNORED, /* thanks, "ok", nothing: may still get a polite reply */
	DIALOGUE_INTENTION_COUNT,
};

/* The names used in the store: "none", "details", "address", "question", "choice" … */
const char *dialogue_topic_name(enum dialogue_topic topic);
bool dialogue_topic_from_name(const char *name, enum dialogue_topic *topic);
/* "complaint", "details", "addition", "status" … */
const char *dialogue_intention_name(enum dialogue_intention intention);

struct dialogue_session {
	enum dialogue_topic topic;
	char ticket[TICKET_SIZE]; /* what it is about; "" when it is about none */
	/* What the engine wants to find again (JSON); malloc'ed in an output, NULL: nothing. */
	char *data;
};

/* What a reply about a complaint needs to know. */
struct dialogue_complaint {
	char ticket[TICKET_SIZE];
	char uuid[UUID_SIZE];
	enum complaint_state state;
	char sender[DIALOGUE_SENDER_SIZE]; /* "" when it didn't come from a number */
	char pin[DIALOGUE_PIN_SIZE];
	int64_t created_ms;
	int64_t updated_ms;
	char *answer; /* malloc'ed by the lookup, freed by the engine; NULL: none yet */
};

/* Each returns how many it found (0: there is none) in *out, or a negative errno. */
struct dialogue_lookup {
	int (*find)(void *context, const char *ticket, struct dialogue_complaint *out);
	/* The newest complaint of this sender. */
	int (*latest)(void *context, const char *sender, struct dialogue_complaint *out);
	/* This sender's complaints, newest first: those on which work is owed, or those that
	 * were answered (resolved or closed). answer isn't filled. */
	int (*list)(void *context, const char *sender, bool open, struct dialogue_complaint *out,
		size_t most);
	void *context;
};

struct dialogue_input {
	enum dialogue_channel channel;
	const char *sender;		 /* normalised address */
	const char *text;		 /* as it came */
	const char *language;		 /* "id", "jv", "en"; NULL or unknown: "id" */
	struct dialogue_session session; /* the one that waits; data isn't changed */
	enum dialogue_topic expired;	 /* what a session was about that expired unanswered */
	const char *known_name;		 /* what is known of the sender, or NULL */
	const char *known_address;
	const char *next_ticket; /* used if a complaint is opened */
	const char *next_pin;
	int64_t now_ms;
	int utc_offset_s;	/* local time minus UTC, for dates that people read */
	unsigned parts_missing; /* parts of a long message that never came */
	bool guess_blocked;	/* too many wrong tickets or PINs from this sender */
	const struct dialogue_lookup *lookup;
};

enum dialogue_session_change {
	DIALOGUE_SESSION_KEEP,
	DIALOGUE_SESSION_SET,
	DIALOGUE_SESSION_CLEAR,
};

enum dialogue_switch {
	DIALOGUE_UNCHANGED,
	DIALOGUE_ON,
	DIALOGUE_OFF,
};

/* All char * are malloc'ed, NULL when they don't apply; const char * are static. */
struct dialogue_output {
	enum dialogue_intention intention;

	bool open_complaint; /* with next_ticket and next_pin */
	char *complaint_text;
	char objects_to[TICKET_SIZE]; /* the own complaint that it objects to; "" for none */

	/* What happens to an own complaint: subject_ticket. A new one is meant by next_ticket. */
	char subject_ticket[TICKET_SIZE];
	int rating; /* 1 to 5, 0: none */
	bool reopen;
	bool withdraw;
	enum dialogue_switch confidential;

	/* About the sender */
	const char *language; /* chosen: "id", "jv", "en"; NULL: not changed */
	enum dialogue_switch announcements;

	/*
	 * Details and additions: for the ticket, and name and address for the sender's contact
	 * too.
	 */
	char details_ticket[TICKET_SIZE];
	char *details_name;
	char *details_address;
	char *details_text;    /* the answer as it came */
	bool answers_question; /* an officer's: the complaint is complete again */

	char *reply;			/* one GSM-7 part; NULL is a deliberate silence … */
	const char *silence;		/* … for this reason */
	const char *purpose;		/* "ticket", "details", "status", "help" … */
	char reply_ticket[TICKET_SIZE]; /* "" when it is about none */

	enum dialogue_session_change session_change;
	struct dialogue_session session; /* DIALOGUE_SESSION_SET */
	int64_t session_ms;		 /* its lifetime from now_ms */

	bool wrong_guess; /* to be counted against the sender */
};

/*
 * Binds the catalogues in localedir (LL/LC_MESSAGES/kotak.mo). Without them everything is
 * said in Indonesian. Call once, before anything else here; sets LC_MESSAGES and, at each
 * message, the environment's LANGUAGE, so all calls belong into one thread.
 */
must_check int dialogue_init(const char *localedir);

/*
 * The same with the catalogues in locale/ beside the program, as in a build tree, or where they
 * were installed.
 */
must_check int dialogue_init_beside_program(void);

/* Understands one message. *out is filled anew; release it with dialogue_output_free(). */
must_check int dialogue_handle(const struct dialogue_input *input, struct dialogue_output *out);

/*
 * The sender never said which ticket a pending addition was for (a session of topic
 * DIALOGUE_AWAIT_CHOICE that expired): if there is one, its text becomes a complaint, so that it
 * is not lost. input's text isn't looked at. *out has no reply when there is nothing to do.
 */
must_check int dialogue_expire(const struct dialogue_input *input, struct dialogue_output *out);

/* Releases what *out holds; a zeroed one is fine. */
void dialogue_output_free(struct dialogue_output *out);

/* Messages that the kiosk starts. */
enum dialogue_message {
	DIALOGUE_MESSAGE_ANSWER,   /* ticket, text, day (until when one may object, or NULL): up to
				      DIALOGUE_PARTS_MAX parts */
	DIALOGUE_MESSAGE_QUESTION, /* ticket, text: same */
	/* ticket, state, text (the reason, or NULL), day (by when there is an answer, or NULL; not
	 * said beside a reason): one part */
	DIALOGUE_MESSAGE_STATE,
	DIALOGUE_MESSAGE_EXTENDED,   /* ticket, text, day (as before; both may be NULL): one part */
	DIALOGUE_MESSAGE_RENUMBERED, /* old_ticket, ticket: one part */
	/* Only for those who agreed to get them: */
	DIALOGUE_MESSAGE_SURVEY,       /* ticket: one part */
	DIALOGUE_MESSAGE_ANNOUNCEMENT, /* text: five parts */
};

struct dialogue_values {
	const char *ticket;
	const char *old_ticket;
	const char *text;
	const char *day; /* as people write it: "03-12-2026" */
	enum complaint_state state;
};

/*
 * Writes such a message in a language (NULL or unknown: Indonesian). Caller frees *out.
 * -EINVAL when a value that the message needs is NULL.
 */
must_check int dialogue_compose(enum dialogue_message message, const char *language,
	const struct dialogue_values *values, char **out);

#endif
