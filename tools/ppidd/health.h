/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the kiosks are, as they tell it themselves (kiosk.health, docs/sync.md). */
#ifndef PPIDD_HEALTH_H
#define PPIDD_HEALTH_H

#include <jansson.h>

#include "tools/ppidd/db.h"

/* How long the worst of each day is kept. */
#define HEALTH_DAYS 30

/*
 * What a kiosk told at that time, in the caller's transaction: what makes no sense is left out.
 * -EBADMSG: none of it does.
 */
must_check int health_told(struct db *db, int64_t kiosk, const json_t *data, int64_t time_ms);

/*
 * What it told last, as health_told() took it, with "told" (RFC 3339) and "faults" [{item, fault,
 * since}]; *out NULL: it never told.
 */
must_check int health_find(struct db *db, int64_t kiosk, json_t **out);
/* Array of {day, signal_dbm, temperature, free_mib, waiting}, the newest first; null: not told. */
must_check int health_days(struct db *db, int64_t kiosk, json_t **out);

#endif
