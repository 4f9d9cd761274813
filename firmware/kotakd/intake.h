/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One decoded PDU, or one message that has waited long enough: conversation, complaint and
 * reply, inside the caller's transaction. No hardware, no clock: a test is a table.
 */
#ifndef KOTAK_KOTAKD_INTAKE_H
#define KOTAK_KOTAKD_INTAKE_H

#include "port/modem.h"
#include "store/store.h"

struct intake {
	struct store *store;
	const char *language; /* of those of whom nothing else is known */
	int utc_offset_s;     /* for dates that residents read */
	/* Whether this (normalised) number is one of our own SIMs'; NULL: none is known. */
	bool (*own)(const void *context, const char *number);
	const void *context;
};

/*
 * Deals with the PDU journaled as this row. Rows that were dealt with before are left alone,
 * so that it may be called twice. Returns 0 or a negative errno.
 */
must_check int intake_decoded(const struct intake *intake, const struct moment *moment,
	int64_t pdu_id, const struct modem_decoded *decoded);

/*
 * Another question takes the place of the one that this sender hasn't answered: words that
 * waited for that answer become a complaint now.
 */
must_check int intake_settle(
	const struct intake *intake, const struct moment *moment, const char *sender);

/*
 * Takes messages whose missing parts haven't come since before_ms, and additions whose sender
 * hasn't said in time which ticket they are for. Returns how many messages.
 */
must_check int intake_overdue(
	const struct intake *intake, const struct moment *moment, int64_t before_ms);

#endif
