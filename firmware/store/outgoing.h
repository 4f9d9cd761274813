/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages to send: queued → submitted → sent → delivered | failed | expired.
 *
 * Each part is written down as 'submitting' before a modem gets it. If its outcome isn't
 * known (something died in between), the part is unsure: it waits for a status report that
 * proves it was sent, and only after that wait is it sent again. So a reply is never lost,
 * and hardly ever sent twice.
 */
#ifndef KOTAK_STORE_OUTGOING_H
#define KOTAK_STORE_OUTGOING_H

#include "port/modem.h"
#include "store/store.h"

enum outgoing_priority {
	OUTGOING_TICKET, /* a ticket number, what a resident is waiting for */
	OUTGOING_REPLY,	 /* any other reply */
	OUTGOING_ANSWER, /* an officer's answer or question */
	OUTGOING_NOTICE, /* what can wait: announcements, questions of satisfaction */
};

struct outgoing_request {
	const char *recipient;
	const char *text;
	const char *purpose;
	const char *ticket;	/* NULL: about none */
	int64_t inbound_id;	/* the message that it answers, 0: none */
	const char *command_id; /* the command that asked for it, NULL: none */
	enum outgoing_priority priority;
	const char *modem; /* the one to prefer, NULL: any */
	int64_t lifetime_ms;
	int64_t not_before_ms; /* 0: at once */
};

/*
 * Queues a message with event message.queued. 1: queued, 0: that message or command has been
 * answered already.
 */
must_check int store_outgoing_add(
	struct store *store, const struct moment *moment, const struct outgoing_request *request);

struct outgoing_part {
	int64_t id;
	unsigned part;
	uint8_t concat_reference;
	char *recipient;
	char *text;
};
void outgoing_part_release(struct outgoing_part *part);

/*
 * The next part that this modem should send, of messages at least as urgent as least: its own,
 * those for any modem, and those that their modem doesn't carry: carrying is a JSON object with
 * the least urgent priority that each modem sends, of those that send just now. A message begun by
 * another modem is begun anew, for a phone joins only parts of one sender. Of equally urgent ones
 * the recipient who has waited longest since being served comes first, so that a flood from one
 * number delays nobody else. Nothing goes to a recipient while it isn't known whether an earlier
 * part was sent: its report could belong to either. 1 and *out, or 0.
 */
must_check int store_outgoing_next(struct store *store, int64_t now_ms, const char *modem,
	const char *carrying, enum outgoing_priority least, struct outgoing_part *out);

/*
 * When a recipient who gets at most "most" messages in a window has the next turn: 0 for now.
 */
must_check int store_outgoing_turn(struct store *store, const char *recipient, int64_t now_ms,
	int64_t most, int64_t window_ms, int64_t *turn_ms);

/* How many parts this modem was given since then, and when the oldest of them (0: none). */
must_check int store_outgoing_sent_since(struct store *store, const char *modem, int64_t since_ms,
	int64_t *count, int64_t *oldest_ms);

/* When a queued message that waits may go at the earliest; INT64_MAX for none. */
must_check int store_outgoing_wakeup(struct store *store, int64_t now_ms, int64_t *wakeup_ms);

/*
 * Written down before the modem gets it. parts: of how many the whole message is, as far as the
 * core can tell; the modem knows better.
 */
must_check int store_outgoing_submitting(struct store *store, int64_t now_ms,
	const struct outgoing_part *part, unsigned parts, const char *modem);

/* The modem says that the message has only so many parts, all of which are sent. */
must_check int store_outgoing_total(struct store *store, const struct moment *moment, int64_t id,
	unsigned part, unsigned parts);

/* The modem gave it a reference (TP-MR); parts is the number of parts of the whole. */
must_check int store_outgoing_sent(struct store *store, const struct moment *moment, int64_t id,
	unsigned part, unsigned parts, unsigned reference);

/* It surely wasn't sent: try later, by whichever modem, or give up when permanent. */
must_check int store_outgoing_refused(struct store *store, const struct moment *moment, int64_t id,
	unsigned part, int error, bool permanent);

/* It may have been sent: from now on it waits for its report. */
must_check int store_outgoing_unsure(
	struct store *store, int64_t now_ms, int64_t id, unsigned part);

/*
 * Unsure parts that have waited since before_ms are given up for sent and will be sent again;
 * flying lists ids of messages whose part a modem has in hand just now. Returns how many.
 */
must_check int store_outgoing_release(
	struct store *store, int64_t before_ms, const int64_t *flying, size_t flying_count);

/* The time since when the longest unsure part waits; INT64_MAX for none. */
must_check int store_outgoing_unsure_since(struct store *store, int64_t *since_ms);

/* A status report: matches it, follows the message's state, writes message.delivered etc. */
must_check int store_report_add(struct store *store, const struct moment *moment, int64_t pdu_id,
	const char *recipient, const struct modem_decoded *report);

/*
 * A reference that the modem gave to a worker that is gone: if just one part is unsure at this
 * modem, that was it. 1 when it was, 0 when not.
 */
must_check int store_outgoing_stray(
	struct store *store, const struct moment *moment, const char *modem, unsigned reference);

/* Messages whose time is over: message.expired. Returns how many. */
must_check int store_outgoing_expire(struct store *store, const struct moment *moment);

#endif
