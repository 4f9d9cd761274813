/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Identifiers and times in the one text form that the store, the log and the wire use. */
#ifndef KOTAK_BASE_IDS_H
#define KOTAK_BASE_IDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

#define UUID_SIZE 37 /* 36 characters and the terminator */
#define TIME_SIZE 25 /* 2026-11-24T17:20:49.123Z and the terminator */

/* A random UUID (RFC 9562, version 4). sodium_init() must have been called. */
void uuid_new(char out[static UUID_SIZE]);

/* Whether text is a UUID in lower-case canonical form. */
bool uuid_valid(const char *text);

/* Milliseconds since 1970 (UTC) as RFC 3339 with milliseconds and Z. */
void time_format(int64_t time_ms, char out[static TIME_SIZE]);

/* Reads what time_format writes (milliseconds may be missing); -EINVAL for anything else. */
must_check int time_parse(const char *text, int64_t *time_ms);

/* So many months before; days that not every month has count as the 28th. 0 when that is before
 * 1970. */
int64_t time_months_before(int64_t time_ms, int64_t months);

#endif
