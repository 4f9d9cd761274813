/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a modem is given to send. */
#ifndef KOTAK_KOTAKD_OUTBOX_H
#define KOTAK_KOTAKD_OUTBOX_H

#include "kotakd/kiosk.h"
#include "store/outgoing.h"

/* What is to be handed to each modem once the transaction that chose it is committed. */
struct outbox {
	struct outgoing_part *parts; /* one a modem; id 0: nothing */
	size_t count;
};

must_check int outbox_new(const struct kiosk *kiosk, struct outbox *outbox);
void outbox_release(struct outbox *outbox);

/* Chooses, in the caller's transaction, for each idle modem what it sends next. */
must_check int outbox_choose(struct kiosk *kiosk, struct outbox *outbox);

/* Hands it over, after the commit. */
void outbox_send(struct kiosk *kiosk, struct outbox *outbox);

/* One of the events about sending, in the caller's transaction. */
must_check int outbox_event(
	struct kiosk *kiosk, struct modem_slot *slot, const struct modem_event *event);

/* The worker is gone: what it had in hand is queued again, or unsure. */
must_check int outbox_worker_gone(struct kiosk *kiosk, struct modem_slot *slot);

/*
 * Gives up waiting for reports that didn't come, takes out what is too old, in the caller's
 * transaction.
 */
must_check int outbox_housekeep(struct kiosk *kiosk);

/* When there may be something to do (monotonic), if nothing happens before. */
must_check int outbox_deadline(struct kiosk *kiosk, int64_t *deadline_ms);

#endif
