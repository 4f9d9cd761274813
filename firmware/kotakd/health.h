/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the server is told of the kiosk itself: the event kiosk.health (docs/sync.md), soon after
 * the start, every day, and when something broke or was mended. What flaps fills no log: a
 * fault counts once it has lasted, its end only after longer, and no more than HEALTH_EVENTS_MOST
 * are told in any 24 hours of one life of kotakd.
 */
#ifndef KOTAK_KOTAKD_HEALTH_H
#define KOTAK_KOTAKD_HEALTH_H

#include <jansson.h>
#include <stdint.h>

#include "base/cleanup.h"

#define HEALTH_EVENTS_MOST 10
/* Bytes of the event's data as JSON. */
#define HEALTH_DATA_MOST 1024

struct kiosk;
struct health;

/* fault_ms: how long a fault lasts before it counts. -ENOMEM. */
must_check int health_new(int64_t fault_ms, int64_t mono_ms, struct health **out);
/* NULL is fine. */
void health_free(struct health *health);

/*
 * Looks at the items of status_document() at that moment (monotonic). 1: it is time to tell, 0
 * not yet, -ENOMEM.
 */
must_check int health_look(struct health *health, const json_t *items, int64_t mono_ms);
/* What counts now was told. */
void health_told(struct health *health, int64_t mono_ms);
/* The event's data from status_document(), with the faults that count. NULL without memory. */
must_check json_t *health_data(const struct health *health, const json_t *document);

/* Sets kiosk->health; needs its configuration and clock. -ENOMEM. */
must_check int health_open(struct kiosk *kiosk);
/* After every wake-up: looks when it is time to, and writes the event. */
void health_tick(struct kiosk *kiosk);
/* When health_tick() wants to be called (monotonic). */
int64_t health_deadline(const struct kiosk *kiosk);

#endif
