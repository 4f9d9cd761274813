/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kiosks: added by an administrator, enrolled with a code, known by a token, revoked. */
#ifndef PPIDD_KIOSK_H
#define PPIDD_KIOSK_H

#include <jansson.h>

#include "tools/ppidd/chain.h"

#define CODE_SIZE 9   /* 8 characters and the terminator */
#define TOKEN_SIZE 65 /* 64 hex digits and the terminator */
#define CODE_VALID_MS (INT64_C(30) * 60 * 1000)

/* Lower-case hex SHA-256 of a token or code: what the store keeps instead of it. */
void secret_hash(const char *secret, char hash[static HASH_SIZE]);
/* 256 random bits in hex. */
void secret_new(char token[static TOKEN_SIZE]);

/*
 * Each of these is one transaction. -EEXIST, -ENOENT as the words say; -ERANGE: no number for a
 * kiosk, or the desk's (DESK_KIOSK). code gets a fresh one.
 */
must_check int kiosk_add(struct db *db, const struct step *step, int64_t number, const char *name,
	char code[static CODE_SIZE]);
/* The same in the caller's transaction. */
must_check int kiosk_add_in_step(struct db *db, const struct step *step, int64_t number,
	const char *name, char code[static CODE_SIZE]);
must_check int kiosk_new_code(
	struct db *db, const struct step *step, int64_t number, char code[static CODE_SIZE]);
must_check int kiosk_revoke(struct db *db, const struct step *step, int64_t number);

/*
 * Exchanges a code for a token, once. number 0: the code alone tells which kiosk.
 * -EACCES: no such code, used, too old, or of another kiosk. *name: caller frees.
 */
must_check int kiosk_enrol(struct db *db, const struct step *step, const char *code,
	const char *version, int64_t *number, char **name, char token[static TOKEN_SIZE]);

/* Which kiosk a token belongs to. -ENOENT: none; -EKEYREVOKED. */
must_check int kiosk_by_token(struct db *db, const char *token, int64_t *number);
/* Remembers that the kiosk was heard of (not more often than every 20 s). */
must_check int kiosk_heard(struct db *db, int64_t number, int64_t now_ms);

/*
 * Array of {kiosk, name, state, added, enrolled, contact, version, commands, complaints}; the desk,
 * which only numbers what is typed in, is none of them.
 */
must_check int kiosk_list(struct db *db, json_t **out);

/* Counts an alert that a person must see; kind is a short constant, place says where. */
must_check int alert_raise(
	struct db *db, int64_t kiosk, const char *kind, const char *place, int64_t now_ms);
/* A person has looked into a kiosk's alerts: they are taken away, and that is written down. */
must_check int alert_checked(struct db *db, const struct step *step, int64_t kiosk);
/* Array of {kiosk, kind, place, count, first, last}. */
must_check int alert_list(struct db *db, json_t **out);

#endif
