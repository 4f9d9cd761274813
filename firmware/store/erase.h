/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Erasing what one person could be known by: on the server's command, and by age. The event log's
 * rows stay and verify; only what lies beside the chain goes. All in the caller's transaction but
 * store_forget().
 */
#ifndef KOTAK_STORE_ERASE_H
#define KOTAK_STORE_ERASE_H

#include "store/store.h"

struct store_erasure {
	const char *uuid;
	bool request; /* wanted by a person: also what the number agreed to, and all it wrote */
	const char *command_id; /* NULL: by age */
};

/*
 * Erases one complaint: its words in the log, its messages in both directions with their PDUs, what
 * commands said of it; of its number, when that has no other complaint here, what is known. Writes
 * complaint.erased. What is being sent just now goes with the next batch. 1; 0: there is no such
 * complaint, or nothing of it is left.
 */
must_check int store_erase_complaint(
	struct store *store, const struct moment *moment, const struct store_erasure *erasure);

/*
 * One batch of what is older than before_ms: complaints that ended, then what was only carried:
 * messages without a ticket, PDUs, reports, done commands and slips. Nothing that the server
 * doesn't have yet, unless there is none (synced false). Returns how many rows; 0: all is done.
 */
must_check int store_erase_old(
	struct store *store, const struct moment *moment, int64_t before_ms, bool synced);

/*
 * Whether a complaint was erased since this store was opened, whoever asked for it, and the files
 * haven't forgotten it since.
 */
bool store_has_traces(const struct store *store);
/* 1 when one was erased after that, 0 when none, or a negative errno. */
must_check int store_erased_since(struct store *store, int64_t since_ms);

/*
 * Outside a transaction: the files forget, too, what was deleted. -EBUSY: somebody reads just now.
 * Copies that were set aside before before_ms (damaged ones, replaced ones) are removed; 0: none.
 */
must_check int store_forget(struct store *store);
must_check int store_remove_copies(struct store *store, int64_t before_ms);

#endif
