/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Officers' accounts and sessions. */
#ifndef PPIDD_OFFICER_H
#define PPIDD_OFFICER_H

#include <jansson.h>

#include "tools/ppidd/kiosk.h"

#define OFFICER_NAME_MAX 40
#define PASSWORD_GOOD 8 /* shorter ones are taken, with a warning */
#define PASSWORD_MAX 200
#define SESSION_MS (INT64_C(12) * 3600 * 1000) /* a working day */
#define SESSION_IDLE_MS (INT64_C(2) * 3600 * 1000)
#define SECOND_STEP_MS (INT64_C(10) * 60 * 1000) /* for the code after the password */

/* How far somebody has logged in: before LOGIN_DONE nothing but the missing step is open. */
enum login_step {
	LOGIN_DONE,
	LOGIN_CODE,	/* the code of the second factor is missing */
	LOGIN_PASSWORD, /* the password was given out by somebody else and has to be changed */
	LOGIN_FACTOR,	/* the role needs a second factor, and there is none yet */
};

struct officer {
	char name[OFFICER_NAME_MAX + 1];
	char role[16];
	enum login_step step;
};

/* What an account may do; which role has which right is one table, in officer_right.c. */
enum right {
	RIGHT_NONE,	    /* of routes that are no officer's: nobody has it */
	RIGHT_OWN,	    /* one's own account and session */
	RIGHT_READ,	    /* the complaints, kiosks and unreadable messages */
	RIGHT_INTAKE,	    /* take in, verify, ask the complainant */
	RIGHT_OBJECTION,    /* decide on objections: PPID's superior */
	RIGHT_HANDLE,	    /* investigate, decide, answer; look into a kiosk's alerts */
	RIGHT_ANNOUNCE,	    /* tell residents who agreed to be told */
	RIGHT_IDENTITY,	    /* see who made a confidential complaint */
	RIGHT_ABOUT_OFFICE, /* see what is about the office or an official */
	RIGHT_REPORT,	    /* see the figures and reports */
	RIGHT_PUBLISH,	    /* let the public read of an outcome or an improvement */
	RIGHT_AUDIT,	    /* see who read what, and the whole file of a ticket */
	RIGHT_ADMINISTER,   /* accounts, kiosks, settings, erasure */
	RIGHT_COUNT
};
/* "read", "handle" … */
const char *right_name(enum right right);

/* Role i of "intake", "officer", "head", "auditor" and "administrator"; NULL behind the last. */
const char *role_name(unsigned i);
/* An unknown role may nothing. */
bool role_may(const char *role, enum right right);
bool officer_may(const struct officer *officer, enum right right);

/* Whether the role may change anything: all but the auditor. */
bool officer_may_change(const struct officer *officer);
/* Whether the role sees who made a confidential complaint: those who verify. */
bool officer_sees_identity(const struct officer *officer);

bool officer_role_valid(const char *role);
/* Letters, digits and . _ - @ so that it is safe in every listing and log. */
bool officer_name_valid(const char *name);

/* Whether the role logs in with a second factor only. */
bool role_needs_factor(const char *role);

/* Argon2id of a password. -EINVAL: it has no length, or more than PASSWORD_MAX. */
#define PASSWORD_HASH_SIZE 128 /* libsodium's crypto_pwhash_STRBYTES */
must_check int password_hash(const char *password, char hash[static PASSWORD_HASH_SIZE]);
/* The event of a change to an account; role may be NULL. */
must_check int officer_log(struct db *db, const struct step *step, const char *type,
	const char *name, const char *role);
/* The end of a change: the account's sessions end, the event. changed 0 is -ENOENT. */
must_check int officer_changed(
	struct db *db, const struct step *step, const char *type, const char *name, int changed);
/* Adds one in the caller's transaction; temporary: the password has to be changed. */
must_check int officer_insert(struct db *db, const struct step *step, const char *name,
	const char *role, const char *hash, bool temporary);

/* -EEXIST; -EINVAL: bad name, role or password length. */
must_check int officer_add(struct db *db, const struct step *step, const char *name,
	const char *role, const char *password);
/* A new password; ends all sessions. -ENOENT. */
must_check int officer_set_password(
	struct db *db, const struct step *step, const char *name, const char *password);
/* No more log-in; ends all sessions. -ENOENT. */
must_check int officer_disable(struct db *db, const struct step *step, const char *name);
/* Array of {name, role, added, disabled, temporary, factor}. */
must_check int officer_list(struct db *db, json_t **out);

/*
 * Checks name and password, throttled by name and address together, so that nobody can lock an
 * officer out from elsewhere. -EACCES, -EAGAIN. On 0 the failures are forgotten.
 */
must_check int officer_check(
	struct db *db, const char *name, const char *password, const char *address, int64_t now_ms);
/*
 * Checks name and password. 0 and a new session's token; -EACCES: wrong; -EAGAIN: too many
 * failures from that address or for that name: wait. Takes some 50-100 ms by intention.
 */
must_check int officer_login(struct db *db, const char *name, const char *password,
	const char *address, int64_t now_ms, char token[static TOKEN_SIZE]);
/* Whose session it is; touch: that is activity of a person. -ENOENT: none, or too old. */
must_check int officer_by_session(
	struct db *db, const char *token, int64_t now_ms, bool touch, struct officer *officer);
must_check int officer_logout(struct db *db, const char *token);

/* The token that every form of a session carries; derived, not stored. */
void officer_form_token(const char *session, char token[static TOKEN_SIZE]);

#endif
