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

#endif
