/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much waits where: for the status page. */
#ifndef KOTAK_STORE_COUNT_H
#define KOTAK_STORE_COUNT_H

#include "store/store.h"

struct store_counts {
	int64_t undecoded;     /* PDUs journaled, not decoded yet */
	int64_t unreadable;    /* kept as they came */
	int64_t parts_waiting; /* of messages that aren't whole */
	int64_t outgoing;      /* messages queued or on their way */
	int64_t unsure;	       /* parts that may or may not have been sent */
	int64_t failed;	       /* messages given up in the last 7 days */
	int64_t commands;      /* of the server, not acted on */
	int64_t complaints;
};

must_check int store_count(struct store *store, int64_t now_ms, struct store_counts *counts);

#endif
