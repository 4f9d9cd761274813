/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guessing is slowed: after some failures an asker waits, longer each time. */
#ifndef PPIDD_THROTTLE_H
#define PPIDD_THROTTLE_H

#include "tools/ppidd/db.h"

/* How long the asker still has to wait, in milliseconds; 0: may try. */
must_check int64_t throttle_wait(struct db *db, const char *asker, int64_t free, int64_t now_ms);
/* Notes one failure, or forgets them all after a success. */
must_check int throttle_failed(struct db *db, const char *asker, int64_t now_ms);
must_check int throttle_forget(struct db *db, const char *asker);

#endif
