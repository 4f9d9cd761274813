/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exchange with the central server (docs/sync.md): the event log goes up, commands come
 * down. A state machine over the store and the uplink seam; it reads no clock and never
 * blocks. At most two requests are under way: one upload and one long poll.
 *
 * Nothing waits for it: with the server away for months it costs a request now and then.
 * A server that knows only events and commands is enough; hashes, the complaints listing and
 * the extra members of an answer are used where they are given.
 */
#ifndef KOTAK_SYNC_SYNC_H
#define KOTAK_SYNC_SYNC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "port/uplink.h"
#include "store/store.h"

struct sync;

struct sync_config {
	const char *token_file; /* may be missing: then the kiosk isn't enrolled yet */
	unsigned kiosk;
	uint32_t seed; /* of the retries' jitter; 0: a random one */
};

enum sync_state {
	SYNC_STARTING,	   /* no answer yet, nor a failure */
	SYNC_NOT_ENROLLED, /* no token */
	SYNC_REFUSED,	   /* the server doesn't accept the token */
	SYNC_DOWN,	   /* the server can't be reached */
	SYNC_UP,
};

struct sync_status {
	enum sync_state state;
	int64_t since_ms;   /* wall clock: since when it is in this state, 0 while starting */
	int64_t contact_ms; /* wall clock: the last good answer, 0 never */
	int64_t waiting;    /* events that the server doesn't have yet */
	char trouble[256];  /* what is wrong and what to do about it, "" when nothing */
};

/*
 * store and uplink stay the caller's and must outlive it. Returns 0 or a negative errno.
 * Nothing is sent before the first sync_handle.
 */
must_check int sync_new(struct store *store, struct uplink *uplink,
	const struct sync_config *config, struct sync **out);

/* Cancels what is under way. NULL is fine. */
void sync_free(struct sync *sync);

/* New events were committed: sent at once if the server is reachable. */
void sync_wake(struct sync *sync);

/*
 * To be called, outside of any transaction, when the uplink's descriptor is readable, when the
 * deadline has passed and after sync_wake. Takes in the answers and starts what is due; its
 * own failures are said and tried again. Returns how many new commands were stored: they are
 * to be acted on now.
 */
int sync_handle(struct sync *sync, const struct moment *moment, int64_t now_mono_ms);

/* When sync_handle wants to be called at the latest (monotonic), INT64_MAX for never. */
int64_t sync_deadline(const struct sync *sync);

/* Returns 0 or a negative errno. */
must_check int sync_status(struct sync *sync, struct sync_status *status);

/* "starting", "not enrolled", "refused", "down", "up". */
const char *sync_state_name(enum sync_state state);

#endif
