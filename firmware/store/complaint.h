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
	char *answer; /* the officer's latest answer, NULL: none */
	int64_t created_ms, updated_ms;
};

void complaint_release(struct complaint *complaint);

/*
 * The number that the next complaint will get, without taking it, and a fresh PIN.
 * -ERANGE when this kiosk has used all its serials.
 */
must_check int store_ticket_next(
	struct store *store, char ticket[static TICKET_SIZE], char pin[static PIN_SIZE]);

/* What a new complaint starts with; name and address may be NULL. */
struct complaint_opening {
	const char *ticket, *pin;
	const char *channel, *language;
	const char *sender, *name, *address, *text;
};

/* Opens a complaint, takes its serial, writes complaint.received. uuid gets its identity. */
must_check int store_complaint_open(struct store *store, const struct moment *moment,
	const struct complaint_opening *opening, char uuid[static UUID_SIZE]);

/* 1 and *out (release it), 0 when there is none. */
must_check int store_complaint_find(struct store *store, const char *ticket, struct complaint *out);
must_check int store_complaint_by_uuid(
	struct store *store, const char *uuid, struct complaint *out);
must_check int store_complaint_latest(
	struct store *store, const char *sender, struct complaint *out);

/*
 * Adds details that the complainant gave: name and address where not NULL, and the text as it
 * came, in event complaint.details. answered: it was what an officer had asked for, so an
 * incomplete complaint is received again.
 */
must_check int store_complaint_details(struct store *store, const struct moment *moment,
	const char *ticket, const char *name, const char *address, const char *text, bool answered);

/* Sets the state and writes complaint.state; the same state again writes nothing. */
must_check int store_complaint_state(struct store *store, const struct moment *moment,
	const struct complaint *complaint, enum complaint_state to, const char *actor,
	const char *reason, const char *command_id);

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

/* 1 and the topic (caller frees) and ticket of a session that has not expired, or 0. */
must_check int store_session(struct store *store, const char *channel, const char *sender,
	int64_t now_ms, char **topic, char ticket[static TICKET_SIZE]);
must_check int store_session_set(struct store *store, const char *channel, const char *sender,
	const char *topic, const char *ticket, int64_t expires_ms);
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
