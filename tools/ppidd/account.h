/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What officers do with their own accounts, and an administrator with everybody's: passwords,
 * roles, second factor, sessions. Each change is one transaction with its event.
 */
#ifndef PPIDD_ACCOUNT_H
#define PPIDD_ACCOUNT_H

#include "tools/ppidd/officer.h"
#include "tools/ppidd/totp.h"

#define GIVEN_PASSWORD_SIZE 15 /* three groups of four and the terminator */
#define RECOVERY_CODES 8
#define RECOVERY_SIZE 15

/* An administrator's. All end the account's sessions. -ENOENT: no such account. */

/* Adds it with a password that must be changed at the first log-in; -EEXIST, -EINVAL. */
must_check int account_add(struct db *db, const struct step *step, const char *name,
	const char *role, char password[static GIVEN_PASSWORD_SIZE]);
/* A new password, which must be changed at the next log-in. */
must_check int account_give_password(struct db *db, const struct step *step, const char *name,
	char password[static GIVEN_PASSWORD_SIZE]);
/* -EINVAL: no such role. */
must_check int account_set_role(
	struct db *db, const struct step *step, const char *name, const char *role);
must_check int account_enable(struct db *db, const struct step *step, const char *name);
/* Takes the second factor away, for whoever lost the telephone and the codes. */
must_check int account_drop_factor(struct db *db, const struct step *step, const char *name);

/* One's own. Wrong passwords and codes are throttled: -EAGAIN is to wait. */

/*
 * A new password in the place of the old one; the other sessions end, this one goes on.
 * -EACCES: the old one is wrong; -EINVAL: the new one is shorter than PASSWORD_GOOD or too long;
 * -EEXIST: it is the old one.
 */
must_check int account_change_password(struct db *db, const struct step *step,
	const struct officer *officer, const char *session, const char *address, const char *old,
	const char *wanted);

/* The secret that this session is setting up, a new one the first time. */
must_check int account_factor_offer(
	struct db *db, const char *session, char hex[static TOTP_SECRET_HEX]);
/*
 * From now on logging in takes a code of that secret: code is one, to show that it works. The
 * recovery codes are shown once. -EACCES: the code is wrong.
 */
must_check int account_factor_confirm(struct db *db, const struct step *step, const char *name,
	const char *session, const char *code, char recovery[static RECOVERY_CODES][RECOVERY_SIZE]);
/* 1 and how many recovery codes are left, or 0: no second factor. */
must_check int account_factor(struct db *db, const char *name, int64_t *codes_left);

/*
 * The second step of a log-in: a code of the telephone, or a recovery code, which works once.
 * 0 and the token of the session that goes on in place of this one; -EACCES: wrong; -EAGAIN.
 */
must_check int account_second_step(struct db *db, const struct step *step, const char *name,
	const char *session, const char *code, char token[static TOKEN_SIZE]);

/* Array of {started, used, address, this}, the present session first. */
must_check int account_sessions(
	struct db *db, const char *name, const char *session, int64_t now_ms, json_t **out);
/* Ends all the others. */
must_check int account_end_others(
	struct db *db, const struct step *step, const char *name, const char *session);

#endif
