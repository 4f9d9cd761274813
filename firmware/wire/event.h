/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One row of the event log, as the kiosk stores it, the wire carries it and the server
 * keeps it: a JSON object with
 *
 *   epoch, seq   integers; seq counts from 1 within each epoch without a gap
 *   id           UUID
 *   time         RFC 3339, UTC, milliseconds
 *   clock        quality of that time: "ntp", "gsm", "rtc" or "guess"
 *   boot         integer, counts the kiosk's starts
 *   actor        "kiosk", "complainant", "officer:NAME" or "server"
 *   type         "complaint.received" …
 *   ticket       ticket number or null
 *   data         object without personal data
 *   hash         lower-case hex SHA-256, see event_hash
 *   personal     optional {"salt": hex, "body": object}; erasable, see event_seal
 *
 * The chain: each row's hash covers the hash before it, so a changed byte anywhere shows.
 * Personal data stands outside the chain; data.personal holds its salted hash. Erasing
 * body and salt leaves a chain that still verifies.
 */
#ifndef KOTAK_WIRE_EVENT_H
#define KOTAK_WIRE_EVENT_H

#include <jansson.h>

#include "base/cleanup.h"
#include "base/json.h"

#define HASH_SIZE 65 /* 64 hex digits and the terminator */
/* What the first event of the first epoch has as its predecessor. */
#define EVENT_GENESIS "0000000000000000000000000000000000000000000000000000000000000000"

/*
 * SHA-256 over previous, a newline, and the event without "hash" and "personal" in
 * canonical form (keys sorted, no white space, ASCII only with \u and lower-case hex digits).
 * -EINVAL when a field is missing or of the wrong type.
 */
must_check int event_hash(
	const json_t *event, const char previous[static HASH_SIZE], char hash[static HASH_SIZE]);

/* Puts body under event.personal with a fresh salt, and its hash into event.data.personal. */
must_check int event_seal(json_t *event, json_t *body);

/* 0 when event.personal is absent or agrees with data.personal, else -EBADMSG. */
must_check int event_check_seal(const json_t *event);

/*
 * Whether an event that came from outside has every field with its type and a sane size.
 * Returns NULL or, in words, what is wrong.
 */
const char *event_fault(const json_t *event);

#endif
