/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What this store knows of a village's OpenSID: which complaints are copied into its table, what
 * they show there, and what came back. Its own database is tools/ppidd-opensid's business, which
 * never talks to it inside a transaction of ours. See docs/opensid.md.
 */
#ifndef PPIDD_OPENSID_H
#define PPIDD_OPENSID_H

#include <jansson.h>

#include "tools/ppidd/chain.h"
#include "tools/ppidd/complaint.h"

#define OPENSID_NAME_MAX 40
#define OPENSID_KIOSKS_MAX 64
/* Bytes of a follow-up that are kept; an answer by SMS is far shorter. */
#define OPENSID_REPLY_MAX 16000

/* What a copy shows, each more than the one before. */
enum opensid_level {
	OPENSID_UNKNOWN = -1, /* to be written anew */
	OPENSID_NOTHING,      /* erased, or about the office */
	OPENSID_NUMBER,	      /* ticket number and kiosk */
	OPENSID_TEXT,	      /* the complainant's words, too */
	OPENSID_IDENTITY,     /* name and number, too, but of a confidential one */
};

/* Its statuses. */
enum opensid_status { OPENSID_WAITING = 1, OPENSID_UNDER_WAY = 2, OPENSID_DONE = 3 };

struct opensid {
	const char *name;  /* the bridge's, as in its configuration */
	const char *actor; /* "opensid:NAME" */
	int64_t kiosks[OPENSID_KIOSKS_MAX];
	size_t kiosk_count;
	enum opensid_level level; /* the most that is shown */
};

/* The first time a bridge of that name runs is remembered. *next_id: see opensid_end(). */
must_check int opensid_begin(
	struct db *db, const struct opensid *opensid, int64_t now_ms, int64_t *next_id);

/* What is copied: {UUID: {row, level, status}}; row is null when it was deleted there. */
must_check int opensid_copies(struct db *db, const struct opensid *opensid, json_t **out);

/*
 * At most most complaints that aren't there yet, or show there something else than they should:
 * {uuid, ticket, kiosk, row, status, told, level, show, state, created, updated, name, from,
 * text}. show is the level they should have, and what is above it isn't in the answer; times are
 * milliseconds.
 */
must_check int opensid_due(
	struct db *db, const struct opensid *opensid, int64_t most, json_t **out);

/* The status there of a complaint in that state here. */
enum opensid_status opensid_status_of(enum complaint_state state);

struct opensid_shown {
	const char *complaint, *ticket;
	int64_t row_id;
	enum opensid_level before, now; /* before: OPENSID_UNKNOWN when it wasn't there */
	bool first;
	int64_t updated_ms; /* of the complaint, as it was shown */
	enum opensid_status status, told;
};
/* Notes what was written there; the complaint's history says so when it shows more or less. */
must_check int opensid_shown(struct db *db, const struct step *step, const struct opensid *opensid,
	const struct opensid_shown *shown);

/* The row of a complaint has another number there than we thought. */
must_check int opensid_moved(
	struct db *db, const struct opensid *opensid, const char *complaint, int64_t row_id);
/* Somebody deleted it there: it isn't copied again. */
must_check int opensid_gone(struct db *db, const struct step *step, const struct opensid *opensid,
	const char *complaint);
/*
 * A backup was put back there: the copies that are lost (a list of UUIDs) are made again, and all
 * others are written again, since what was erased may be back.
 */
must_check int opensid_restored(struct db *db, const struct opensid *opensid, const json_t *lost);
/* What is there must be erased once more: somebody put it back. */
must_check int opensid_again(struct db *db, const struct opensid *opensid, const char *complaint);

/*
 * Another status was set there. It is told in the history; "under way" begins the investigation
 * of an assigned complaint, which is the one step that needs neither words nor a person. All
 * else is for an officer to decide.
 */
must_check int opensid_status_seen(struct db *db, const struct step *step,
	const struct opensid *opensid, const char *complaint, enum opensid_status status);

struct opensid_reply {
	const char *complaint;
	int64_t row_id;
	enum opensid_status status;
	const char *by, *text; /* as people read them */
};
/* The follow-ups that were taken: {"ROW": true}. */
must_check int opensid_replies(struct db *db, const struct opensid *opensid, json_t **out);
/* Takes a follow-up: with "done" it proposes an answer, else it is a remark. Each counts once. */
must_check int opensid_reply(struct db *db, const struct step *step, const struct opensid *opensid,
	const struct opensid_reply *reply);

/*
 * The end of a round that went well: the number that the next row there will get, and proposals
 * that are past.
 */
must_check int opensid_end(
	struct db *db, const struct opensid *opensid, int64_t next_id, int64_t now_ms);

/* Open complaints with a proposed answer that the reader may see: {uuid, ticket}, oldest first. */
must_check int opensid_proposals(
	struct db *db, enum complaint_view view, int64_t most, json_t **out);

/*
 * Bridges that worked in the last month, but not in the last hour: {name, contact}. Later they
 * were given up.
 */
must_check int opensid_silent(struct db *db, int64_t now_ms, json_t **out);

#endif
