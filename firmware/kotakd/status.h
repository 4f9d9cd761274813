/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `kotakctl status` shows: a JSON object
 *
 *   kiosk    {id, name, version, started, time, clock}
 *   items    [{name, ok, text, since, advice}]: one a thing that works or doesn't, in plain
 *            English words; since is RFC 3339 or null; advice is null while ok
 *   modems   [{name, port, maker, model, operator, sim, registration, signal_dbm, …}]
 *   panel    {running, display, keypad, lines, echo: {count, p50_us, p99_us, max_us}}; null
 *            without one
 *   queue    {undecoded, parts_waiting, outgoing, unsure, unsynced, commands}
 *
 * kotakctl prints the items; the rest is for --json and for scripts.
 */
#ifndef KOTAK_KOTAKD_STATUS_H
#define KOTAK_KOTAKD_STATUS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cleanup.h"

struct kiosk;

/* The document (caller owns), or NULL without memory. */
must_check json_t *status_document(struct kiosk *kiosk);
/* Whether every item of it is ok: what the panel's lamp shows. */
bool status_all_ok(struct kiosk *kiosk);

#endif
