/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Batches of events from kiosks: docs/sync.md, "Events go up". */
#ifndef PPIDD_INTAKE_H
#define PPIDD_INTAKE_H

#include "tools/ppidd/chain.h"

/* How many commands one answer carries. */
#define COMMANDS_MOST 100

/*
 * Takes {epoch, first, events} of a kiosk in one transaction: all of it or nothing.
 * Returns an HTTP status (200, 400, 409, 422) and in *answer (caller owns) what to say, or a
 * negative errno when the database failed.
 */
must_check int intake_batch(
	struct db *db, int64_t kiosk, const json_t *batch, int64_t now_ms, json_t **answer);

#endif
