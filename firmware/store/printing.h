/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slips to print. All inside the caller's transaction. */
#ifndef KOTAK_STORE_PRINTING_H
#define KOTAK_STORE_PRINTING_H

#include "store/store.h"
#include "wire/ticket.h"

struct print_job {
	int64_t id;
	char uuid[UUID_SIZE]; /* of the complaint */
	bool copy;	      /* another slip of it may be on paper: say so on this one */
};

enum print_outcome {
	PRINT_PRINTED,
	PRINT_FAILED, /* for good; reason says why */
	PRINT_AGAIN,  /* nothing was printed: queued as it was */
	PRINT_COPY,   /* some of it may be on paper: queued again as a copy */
};

/*
 * Records a slip for this complaint, to be printed before expires_ms or not at all; it is a copy
 * when an earlier one was begun. *id gets its number. 0 or a negative errno.
 */
must_check int store_print_add(struct store *store, const struct moment *moment, const char *uuid,
	int64_t expires_ms, int64_t *id);
/* The oldest that is queued and not expired: 1 and *out, or 0. */
must_check int store_print_next(struct store *store, int64_t now_ms, struct print_job *out);
/* From here on it may be on paper. Commit before its bytes go out. */
must_check int store_print_begin(struct store *store, int64_t id);
must_check int store_print_end(
	struct store *store, int64_t id, enum print_outcome outcome, const char *reason);
/* At a start: those that were being printed are queued again as copies. */
must_check int store_print_interrupted(struct store *store);
/* Those that nobody waits for any more. Returns how many expired; *next_ms gets when the next
 * one does, INT64_MAX for none. */
must_check int store_print_expire(struct store *store, int64_t now_ms, int64_t *next_ms);

#endif
