/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What came in: PDUs journaled before anything else is done with them, the parts decoded
 * from them, and the messages joined from parts. All inside the caller's transaction.
 */
#ifndef KOTAK_STORE_INBOUND_H
#define KOTAK_STORE_INBOUND_H

#include "port/modem.h"
#include "store/store.h"
#include "wire/ticket.h"

struct inbound_message {
	int64_t id;
	char *modem;
	char *sender;
	enum modem_address_type sender_type;
	char *text; /* UTF-8 */
	int64_t received_ms;
	unsigned parts_missing;
};

void inbound_message_release(struct inbound_message *message);

/*
 * Journals a PDU. 1: new, 0: it was taken before (then nothing changes); *id is its row.
 */
must_check int store_pdu_add(struct store *store, const struct moment *moment, const char *modem,
	const uint8_t *pdu, size_t size, int64_t *id);

/* The oldest PDU after the row "after" that waits to be decoded. 1 and its fields, or 0. */
must_check int store_pdu_raw(struct store *store, int64_t after, int64_t *id,
	uint8_t pdu[static MODEM_PDU_MAX], size_t *size);

/* A worker died decoding this one alone. Returns how often that has happened. */
must_check int store_pdu_crashed(struct store *store, int64_t id);

/* 1 while it still waits to be decoded, 0 when it has been dealt with. */
must_check int store_pdu_waits(struct store *store, int64_t id);

must_check int store_pdu_decoded(struct store *store, int64_t id);

/* Keeps it as unreadable, with an event that carries it to the officer. */
must_check int store_pdu_unreadable(
	struct store *store, const struct moment *moment, int64_t id, const char *reason);

/* Adds the part that this PDU was decoded to; sender is normalised. */
must_check int store_part_add(struct store *store, int64_t pdu_id, const char *sender,
	const struct modem_decoded *decoded, int64_t received_ms);

/*
 * Joins the message that the PDU's part belongs to, if all its parts are there.
 * 1 and *out (release it), 0 when parts are missing.
 */
must_check int store_message_join(struct store *store, int64_t pdu_id, struct inbound_message *out);

/* Joins what there is of the oldest message that has waited since before_ms. 1 or 0. */
must_check int store_message_overdue(
	struct store *store, int64_t before_ms, struct inbound_message *out);

/*
 * Whether the PDU's part is a late one of a message that was taken without it: then it is given
 * to that message. 1, the ticket that it led to ("" for none) and the part's text (caller frees),
 * or 0.
 */
must_check int store_part_late(struct store *store, int64_t pdu_id, int64_t since_ms,
	char ticket[static TICKET_SIZE], char **text);

/*
 * Whether a message is a machine's, which would answer our answer for ever (loops.c): 1 when the
 * same words have come from this sender twice in a row before, since since_ms; when it holds what
 * we have sent there ourselves, in other numbers maybe, as another box would; or when it says that
 * it is automatic, and so did the two before. A single word (CEK, with a number or without) may
 * come again and again.
 */
must_check int store_message_loops(
	struct store *store, const struct inbound_message *message, int64_t since_ms);

/* When the oldest waiting part came; INT64_MAX when none waits. */
must_check int store_parts_oldest(struct store *store, int64_t *received_ms);

/* What became of it: "complaint", …, or "ignored: REASON". ticket may be NULL. */
must_check int store_message_outcome(
	struct store *store, int64_t id, const char *outcome, const char *ticket);

#endif
