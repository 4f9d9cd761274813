/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Complaints and what surrounds them: contacts, sessions, guesses, commands of the server.
 * All inside the caller's transaction; each change writes its event.
 */
#ifndef KOTAK_STORE_COMPLAINT_H
#define KOTAK_STORE_COMPLAINT_H

#include "store/store.h"
#include "wire/state.h"
#include "wire/ticket.h"

#define PIN_SIZE 5 /* 4 digits and the terminator */

struct complaint {
	char uuid[UUID_SIZE];
	char ticket[TICKET_SIZE];
	enum complaint_state state;
	char *channel;
	char *language;
	char *sender; /* "" when it came from no number */
	char *name;   /* NULL: not known */
	char *address;
	char *text;
	char pin[PIN_SIZE];
	char *answer;	/* the officer's latest answer, NULL: none */
	char *category; /* as the complainant proposed it, NULL: they didn't */
	char *about;	/* whom it is about: "office", "official", "agency", "other"; NULL */
	bool confidential;
	int rating; /* 1 to 5, 0: none yet */
	int64_t created_ms, updated_ms;
};

void complaint_release(struct complaint *complaint);

/* The same text when it says whom a complaint is about, else NULL; NULL is fine. */
const char *complaint_about(const char *about);

/*
 * The number that the next complaint will get, without taking it, and a fresh PIN.
 * -ERANGE when this kiosk has used all its serials.
 */
must_check int store_ticket_next(
	struct store *store, char ticket[static TICKET_SIZE], char pin[static PIN_SIZE]);

/* What a new complaint starts with; name and address may be NULL. */
struct complaint_opening {
	const char *uuid; /* its identity, where it has one already; NULL: a new one */
	const char *ticket, *pin;
	const char *channel, *language;
	const char *sender, *name, *address, *text;
	const char *category, *about; /* as the complainant says; may be NULL */
	const char *objects_to; /* an objection's: the uuid of what it objects to, else NULL */
	bool confidential;
};

/*
 * Opens a complaint, takes its serial, writes complaint.received (and complaint.confidential).
 * uuid gets its identity. 0; or 1 when there is a complaint of that identity already: nothing was
 * written, and its number is found by store_complaint_by_uuid().
 */
must_check int store_complaint_open(struct store *store, const struct moment *moment,
	const struct complaint_opening *opening, char uuid[static UUID_SIZE]);

/* 1 and *out (release it), 0 when there is none. */
must_check int store_complaint_find(struct store *store, const char *ticket, struct complaint *out);
must_check int store_complaint_by_uuid(
	struct store *store, const char *uuid, struct complaint *out);
must_check int store_complaint_latest(
	struct store *store, const char *sender, struct complaint *out);
/*
 * This sender's complaints, newest first: open ones, or those that were answered (resolved or
 * closed). Returns how many are in out (release each), at most most.
 */
must_check int store_complaint_list(
	struct store *store, const char *sender, bool open, struct complaint *out, size_t most);

/*
 * Adds details that the complainant gave: name and address where not NULL, and the text as it
 * came, in event complaint.details. answered: it was what an officer had asked for, so an
 * incomplete complaint is received again.
 */
must_check int store_complaint_details(struct store *store, const struct moment *moment,
	const char *ticket, const char *name, const char *address, const char *text, bool answered);

/*
 * The officer's question that an incomplete complaint waits to have answered: 1 and *text (caller
 * frees), or 0.
 */
must_check int store_complaint_question(
	struct store *store, const struct complaint *complaint, char **text);

/* What the office told of its time, NULL where it told nothing; days as "2026-12-03". */
struct complaint_told {
	char *due;	    /* by when it is to be answered, while it isn't */
	char *extended;	    /* why that takes longer, while it isn't */
	char *object_until; /* until when one may object to the answer */
};
void complaint_told_release(struct complaint_told *told);
must_check int store_complaint_told(
	struct store *store, const struct complaint *complaint, struct complaint_told *out);

/* Sets the state and writes complaint.state; the same state again writes nothing. */
must_check int store_complaint_state(struct store *store, const struct moment *moment,
	const struct complaint *complaint, enum complaint_state to, const char *actor,
	const char *reason, const char *command_id);

/* Keeps the complainant's rating (1 to 5, the latest counts) and writes complaint.rated. */
must_check int store_complaint_rate(struct store *store, const struct moment *moment,
	const struct complaint *complaint, int rating);

/* Keeps the complainant's identity from the handling unit, or not any more. */
must_check int store_complaint_confide(struct store *store, const struct moment *moment,
	const struct complaint *complaint, bool on);

/* Gives it a new number and writes complaint.renumbered. -EEXIST when that one is taken. */
must_check int store_complaint_renumber(struct store *store, const struct moment *moment,
	const struct complaint *complaint, const char *ticket, const char *command_id);

struct contact {
	char *name, *address, *language;
};
void contact_release(struct contact *contact);
/* 1 and *out, or 0. */
must_check int store_contact(struct store *store, const char *sender, struct contact *out);
/* Keeps what is not NULL. */
must_check int store_contact_learn(struct store *store, const char *sender, const char *name,
	const char *address, int64_t now_ms);

/* Whether this sender agreed to announcements and to questions of satisfaction: 1 or 0. */
must_check int store_contact_agreed(struct store *store, const char *sender);
/* Calls each for every sender who agreed, until it returns a negative errno, which is returned. */
must_check int store_contacts_agreed(struct store *store,
	int (*each)(void *context, const char *sender, const char *language), void *context);

/* Remembers the language that the sender chose, for open complaints too: contact.language. */
must_check int store_contact_language(
	struct store *store, const struct moment *moment, const char *sender, const char *language);
/* Whether announcements and questions of satisfaction may be sent: contact.consent. */
must_check int store_contact_consent(
	struct store *store, const struct moment *moment, const char *sender, bool announcements);

/* The question of ours that a sender's next message may answer. */
struct session {
	char *topic;
	char ticket[TICKET_SIZE]; /* "" when it is about none */
	char *data;		  /* NULL: none */
	int64_t expires_ms;
};
void session_release(struct session *session);
/* 1 and *out, also when it has expired, or 0. */
must_check int store_session(
	struct store *store, const char *channel, const char *sender, struct session *out);
/* ticket may be "", data NULL. */
must_check int store_session_put(struct store *store, const char *channel, const char *sender,
	const struct session *session);
/* The same without data. */
must_check int store_session_set(struct store *store, const char *channel, const char *sender,
	const char *topic, const char *ticket, int64_t expires_ms);
/*
 * The sender (caller frees) of the oldest session that expired before now_ms and holds words
 * that wait for their ticket. 1 or 0.
 */
must_check int store_session_unanswered(
	struct store *store, const char *channel, int64_t now_ms, char **sender);
/* Forgets sessions that expired before then. */
must_check int store_session_prune(struct store *store, int64_t before_ms);
must_check int store_session_clear(struct store *store, const char *channel, const char *sender);

/* Whether this sender has guessed wrongly too often of late: 1 or 0. */
must_check int store_guess_blocked(struct store *store, const char *sender, int64_t now_ms);
must_check int store_guess_wrong(struct store *store, const char *sender, int64_t now_ms);

/* The oldest command that waits to be acted on. 1 and its body (caller's reference), or 0. */
must_check int store_command_next(struct store *store, json_t **body);
/* Marks it done, or refused when reason isn't NULL, and writes command.applied. */
must_check int store_command_end(
	struct store *store, const struct moment *moment, const json_t *body, const char *refused);

#endif
