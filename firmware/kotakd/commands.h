/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the server wants done (docs/sync.md): each command once, in a transaction of its own. */
#ifndef KOTAK_KOTAKD_COMMANDS_H
#define KOTAK_KOTAKD_COMMANDS_H

#include "store/store.h"

/*
 * Acts on every command that waits. One that makes no sense is refused, and the server told
 * why; it never holds up the next. Returns how many were acted on, or a negative errno when
 * the database failed.
 */
must_check int commands_run(struct store *store, const struct moment *moment, int utc_offset_s);

/*
 * When something that can wait may be sent: 0 for now, else the next morning. Nobody is woken
 * for an announcement.
 */
int64_t commands_quiet_until(int64_t now_ms, int utc_offset_s);

#endif
