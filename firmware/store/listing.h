/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the operator's command shows of the database: lists of JSON objects, times as
 * RFC 3339 in UTC, null where there is nothing. They only read. Each returns 0 or a negative
 * errno; the caller owns *out.
 */
#ifndef KOTAK_STORE_LISTING_H
#define KOTAK_STORE_LISTING_H

#include "store/store.h"

/*
 * Complaints in the order they came: ticket, uuid, state, channel, from, name, address,
 * category, about (whom it is about: office, official, agency, other), text, language, rating (1 to
 * 5), confidential (true: name, address and number are for the verifying officer only), answer (the
 * officer's latest), created, updated. Once personal data is erased, from, name, address and text
 * are null. The PIN is not shown.
 */
must_check int store_list_complaints(struct store *store, json_t **out);

/* One of them by its canonical ticket number: 1 and *out, 0 when there is none. */
must_check int store_show(struct store *store, const char *ticket, json_t **out);

/*
 * Everything received but status reports, in the order it came: outcome, received, modem,
 * from, from_type, text, parts, parts_missing, ticket. What never became a message has
 * outcome "unreadable" with reason and pdu (hex), "not decoded yet" with pdu, or "waiting for
 * its other parts" with part.
 */
must_check int store_list_inbox(struct store *store, json_t **out);

/*
 * Everything sent or to be sent: to, text, purpose, ticket, state, reason, attempts, created,
 * not_before, expires, modem, message (uuid), and parts: number, state, modem, reference,
 * report (TP-ST), submitted.
 */
must_check int store_list_outbox(struct store *store, json_t **out);

/*
 * At most most events after (epoch, seq), over all epochs, as in wire/event.h; of one ticket
 * only when ticket isn't NULL. An empty array at the end.
 */
must_check int store_list_events(struct store *store, int64_t epoch, int64_t seq,
	const char *ticket, int most, json_t **out);

/*
 * What waits: undecoded, parts_waiting, outgoing, unsure, unsynced, commands, complaints,
 * open, last_contact (with the server, null: never) and trouble (what the sync last said).
 */
must_check int store_queue_counts(struct store *store, json_t **out);

/* 1 when SQLite finds the file whole, 0 when it doesn't. */
must_check int store_quick_check(struct store *store);

#endif
