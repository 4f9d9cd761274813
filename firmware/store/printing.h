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
	int64_t attempts;     /* how often it was begun and may be on paper */
};

enum print_outcome {
	PRINT_PRINTED,
	PRINT_FAILED, /* for good; reason says why */
	PRINT_AGAIN,  /* nothing was printed: queued as it was */
	PRINT_COPY,   /* some of it may be on paper: queued again as a copy */
};

/*
 * Records a slip for this complaint, to be printed before expires_ms or not at all; it is a copy
 * when an earlier one may be on paper. One that is queued already is enough, and waits until then.
 * Those of other complaints, still queued, expire: the panel has one visitor at a time, and whoever
 * is there now is not to be handed another's slip. *id gets its number. 0 or a negative errno.
 */
must_check int store_print_add(struct store *store, const struct moment *moment, const char *uuid,
	int64_t expires_ms, int64_t *id);
/* The oldest that is queued and not expired: 1 and *out, or 0. */
must_check int store_print_next(struct store *store, int64_t now_ms, struct print_job *out);
/* From here on it may be on paper. Commit before its bytes go out. */
must_check int store_print_begin(struct store *store, int64_t id);
/* What became of one that was begun; reason may be NULL. */
must_check int store_print_end(
	struct store *store, int64_t id, enum print_outcome outcome, const char *reason);
/* At a start: those that were being printed are queued again as copies. */
must_check int store_print_interrupted(struct store *store);
/* Its visitor is gone: a slip of this complaint that is still queued expires. */
must_check int store_print_cancel(struct store *store, const char *uuid);
/*
 * Expires one that nobody waits for any more: 1 and *out, call again; 0 when there is none, and
 * *next_ms gets when the next one is, INT64_MAX for never.
 */
must_check int store_print_expire(
	struct store *store, int64_t now_ms, struct print_job *out, int64_t *next_ms);

#endif
