/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network with its service centre: takes texts for the modem, keeps them until the
 * modem has room, takes what the modem sends, and reports on it.
 */
#ifndef MODEM_SIM_NETWORK_H
#define MODEM_SIM_NETWORK_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "base/cleanup.h"
#include "pdu.h"

struct modem;
struct network;

#define NETWORK_SERVICE_CENTRE "+6281100000"
#define NETWORK_OFFSET_MINUTES (7 * 60) /* Western Indonesian Time */

enum report_kind {
	REPORT_DELIVERED,
	REPORT_TEMPORARY, /* "still trying": congestion */
	REPORT_PERMANENT, /* "gave up": the address doesn't exist */
	REPORT_NONE,
};

struct network *network_new(sd_event *loop, struct modem *modem);
void network_free(struct network *network);

/* A text on its way to the modem. */
struct delivery {
	const char *from;
	const uint16_t *units;
	size_t unit_count;
	bool force_ucs2;       /* even if the default alphabet would do */
	bool wide;	       /* 16-bit reference */
	bool cut_pairs;	       /* a surrogate pair may be cut */
	int message_class;     /* -1 none */
	int reference;	       /* of a multi-part message, -1: the next */
	const char *store;     /* or NULL */
	const unsigned *order; /* part numbers in the order of their sending, or NULL */
	size_t order_count;
	const unsigned *skip; /* part numbers that never come, or NULL */
	size_t skip_count;
};

/*
 * Takes a message; it reaches the modem when it can. Returns the number of parts sent off,
 * or a negative errno; *reference gets the one used (-1: single part).
 */
must_check int network_deliver(
	struct network *network, const struct delivery *delivery, int *reference);
/* The same for a PDU as it is. store may be NULL. -EINVAL when it is empty or too long. */
must_check int network_deliver_pdu(
	struct network *network, const uint8_t *pdu, size_t size, const char *store);

/*
 * Takes a PDU from the modem (SMS-SUBMIT, with TP-MR set). 0, or the +CMS ERROR code of a
 * PDU that makes no sense.
 */
int network_submit(struct network *network, const uint8_t *pdu, size_t size, unsigned reference);

/* Tries again to hand over what waits, on the next turn of the loop. */
void network_kick(struct network *network);
size_t network_queued(const struct network *network);
/*
 * What was given directly to the client was taken (+CNMA), or it wasn't and is sent again,
 * as a service centre does that got no RP-ACK (24.011 section 5). May be NULL.
 */
void network_answered(struct network *network, bool taken);

/* What was sent after the n-th, as a JSON array; caller owns. */
json_t *network_sent(const struct network *network, size_t after);
/* Calls watcher for each message sent from now on (one watcher; NULL: none). */
void network_watch(
	struct network *network, void (*watcher)(void *context, const json_t *sent), void *context);

void network_set_reports(struct network *network, enum report_kind kind, int report_ms);

void network_get_reports(const struct network *network, enum report_kind *kind, int *report_ms);

/* The answer to a USSD code. more: the network waits for a reply. */
void network_ussd_set(struct network *network, const char *code, const char *answer, bool more);
/* NULL when the network doesn't know the code; lives until the next network_ussd_set. */
const char *network_ussd(const struct network *network, const char *code, bool *more);

/* Totals since the start. */
unsigned long network_delivered(const struct network *network);

#endif
