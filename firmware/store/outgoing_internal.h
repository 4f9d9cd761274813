/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What outgoing.c and report.c share. */
#ifndef KOTAK_STORE_OUTGOING_INTERNAL_H
#define KOTAK_STORE_OUTGOING_INTERNAL_H

#include "store/store.h"

/* Writes an event (message.NAME) about a message; reason and personal may be NULL. */
must_check int outgoing_event(struct store *store, const struct moment *moment, int64_t id,
	const char *type, const char *reason, json_t *personal);

/* Sets the state and writes its event; the same state again writes nothing. */
must_check int outgoing_becomes(struct store *store, const struct moment *moment, int64_t id,
	const char *state, const char *reason);

/* 1 when every part of a message under way is sent (or delivered, where asked), else 0. */
must_check int outgoing_all(struct store *store, int64_t id, bool delivered);

#endif
