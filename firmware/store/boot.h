/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boots and times: a Pi forgets the time at each of them. */
#ifndef KOTAK_STORE_BOOT_H
#define KOTAK_STORE_BOOT_H

#include "store/store.h"

/*
 * The number of this boot: one more than the last when boot_id (the kernel's) is another one.
 * In the caller's transaction.
 */
must_check int store_boot(struct store *store, const char *boot_id, int64_t *boot);

/* The time of the newest event, 0 when there is none: it can't be earlier now. */
must_check int store_last_time(struct store *store, int64_t *time_ms);

/* The time of the newest event whose time wasn't guessed, 0 when there is none. */
must_check int store_last_trusted_time(struct store *store, int64_t *time_ms);

/*
 * The clock was put forward by offset_ms (back when negative): what was written after since_ms,
 * and runs out some time after, keeps the time it has left. Events are never touched. In the
 * caller's transaction.
 */
must_check int store_clock_moved(struct store *store, int64_t since_ms, int64_t offset_ms);

#endif
