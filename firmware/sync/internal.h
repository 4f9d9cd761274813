/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the sync share with each other and nobody else. */
#ifndef KOTAK_SYNC_INTERNAL_H
#define KOTAK_SYNC_INTERNAL_H

#include "sync/sync.h"
#include "sync/token.h"

/* What a request under way is for. */
enum sync_request {
	REQUEST_NONE,
	/* the upload's */
	REQUEST_PROBE,	/* an empty batch: where do we stand? */
	REQUEST_BATCH,	/* events */
	REQUEST_HASHES, /* looking for the last event that both have */
	/* the inbox's */
	REQUEST_POLL,	 /* commands */
	REQUEST_RESTORE, /* a page of the complaints that the server has */
};

struct sync_slot {
	enum sync_request request;
	uint64_t tag;
	int64_t started_ms;
	int64_t not_before_ms; /* the next one starts then at the earliest */
	unsigned failures;     /* in a row */
};

/* Why something doesn't work; said in the log only when it changes. */
enum sync_trouble {
	TROUBLE_NONE,
	TROUBLE_NOT_ENROLLED,
	TROUBLE_TOKEN_FILE,
	TROUBLE_REFUSED,
	TROUBLE_CERTIFICATE,
	TROUBLE_UNREACHABLE,
	TROUBLE_SERVER,	  /* it answers with errors */
	TROUBLE_NONSENSE, /* its answers make no sense */
	TROUBLE_EVENT,	  /* it can't take an event */
	TROUBLE_STORE,	  /* our database */
};

/* The events of the batch under way; last < first for a probe. */
struct sync_batch {
	int64_t epoch, first, last;
};

/* Looking for the last common event of the present epoch: it lies in low .. high - 1. */
struct sync_fork {
	bool active;
	int64_t server_epoch; /* 0: it wasn't told */
	int64_t epoch;
	int64_t low, high;
	int64_t after; /* where the page asked for begins */
};

struct sync {
	struct store *store;
	struct uplink *uplink;
	char *token_file;
	unsigned kiosk;
	uint32_t random;
	uint64_t last_tag;

	/* Of the call of sync_handle under way. */
	const struct moment *moment;
	int64_t now_ms; /* monotonic */
	int commands_taken;

	char token[TOKEN_SIZE];
	bool refused;	       /* the server doesn't accept this token */
	int64_t token_look_ms; /* when to look for another */

	enum sync_state state;
	int64_t since_ms;	 /* wall clock */
	int64_t outage_since_ms; /* monotonic, of the upload's first failure in a row */
	int64_t contact_noted_ms;
	enum sync_trouble trouble;
	char trouble_text[256];

	struct sync_slot upload;
	struct sync_batch batch;
	bool probe_due;		 /* ask where we stand before anything else */
	unsigned probe_failures; /* in a row, of those that reached the server */
	bool probe_useless;	 /* the server takes events, but no empty batch */
	bool events_due;	 /* there may be events to send */
	bool batch_failing;	 /* the last batch failed: a probe's success doesn't prove better */
	unsigned shift;		 /* batches are this many times halved */
	unsigned conflicts;	 /* answers 409 in a row */
	struct sync_fork fork;
	unsigned epochs_unproven; /* epochs begun since the server last took an event */

	struct sync_slot inbox;
	int64_t poll_after; /* the cursor that the poll under way was asked with */
	int64_t poll_pause_ms;
	int64_t poll_absent_until_ms; /* the server has no such page */
};

/*
 * How long to wait after so many failures in a row (1 or more), outage_ms after the first:
 * doubling from a second, at most 5 s while the outage is young, later a twentieth of its
 * length, at most 15 minutes; random takes off up to a quarter.
 */
int64_t sync_backoff(unsigned failures, int64_t outage_ms, uint32_t random);

/* Starts a request in the slot; path and body are copied. */
must_check int sync_push(struct sync *sync, struct sync_slot *slot, enum sync_request request,
	const char *path, const char *body, int64_t timeout_ms);
void sync_cancel(struct sync *sync, struct sync_slot *slot);

/* What is wrong; logged when its kind is another than before. */
void sync_say(struct sync *sync, enum sync_trouble kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The server gave a good answer. */
void sync_contact(struct sync *sync);
void sync_enter(struct sync *sync, enum sync_state state);
/* 401 or 403. */
void sync_refused(struct sync *sync, int status);
/* Postpones the slot's next request after a failure. */
void sync_postpone(struct sync *sync, struct sync_slot *slot);

/* The answer's JSON object, or NULL. The caller releases it. */
json_t *sync_json(const struct uplink_response *response);
/* A sequence or epoch number as a server may give it, or -1 for anything that can't be one. */
int64_t sync_number(const json_t *value);
/* Whether the server has no such page. */
bool sync_page_missing(int status);

/* upload.c */
void upload_start(struct sync *sync);
void upload_answer(
	struct sync *sync, enum sync_request request, const struct uplink_response *response);
void upload_failed(
	struct sync *sync, enum sync_request request, const struct uplink_response *response);

/* conflict.c */
void conflict_answer(struct sync *sync, const json_t *answer);
void conflict_fork(struct sync *sync, int64_t server_epoch, const char *why);
void conflict_ask(struct sync *sync);
void conflict_hashes(struct sync *sync, const struct uplink_response *response);

/* inbox.c */
/* Whether commands may be taken now: not before a restored card knows how far it had come. */
bool inbox_may_take(const struct sync *sync, const struct sync_place *place);
/* Stores the commands of an answer, in the caller's transaction. Returns how many were new. */
must_check int inbox_take(
	struct sync *sync, const struct sync_place *place, const json_t *commands);
void inbox_start(struct sync *sync);
void inbox_answer(
	struct sync *sync, enum sync_request request, const struct uplink_response *response);

#endif
