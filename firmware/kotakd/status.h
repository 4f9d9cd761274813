/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What `kotakctl status` shows: a JSON object
 *
 *   kiosk    {id, name, version, started, time, clock}
 *   items    [{name, ok, fault, text, since, advice}]: one a thing that works or doesn't, in
 *            plain English words; since is RFC 3339 or null; fault and advice are null while
 *            ok. fault is for programs, by the item's name:
 *              modem NAME    no-answer, sim-missing, sim-pin, sim-pin-wrong, sim-puk,
 *                            sim-fault, denied, no-network
 *              balance NAME  low, not-understood
 *              server        server
 *              panel         process, devices
 *              printer       unknown, absent, paper out, cover open, fault
 *              storage       full, not-written, unreadable
 *              clock         guess
 *   modems   [{name, port, maker, model, operator, sim, registration, signal_dbm, …,
 *            balance: {amount, valid_until} or null}]
 *   panel    {running, display, keypad, lines, echo: {count, p50_us, p99_us, max_us}}; null
 *            without one
 *   queue    {undecoded, parts_waiting, outgoing, unsure, unsynced, commands}
 *   machine  {free_mib, temperature (°C, or null), uptime_s, restarts}: restarts of workers
 *            since kotakd's start
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
