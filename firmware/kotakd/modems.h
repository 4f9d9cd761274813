/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modems of this kiosk. What their workers say is taken in batches: everything that is
 * there is written in one transaction, and only then acknowledged, decoded and answered.
 */
#ifndef KOTAK_KOTAKD_MODEMS_H
#define KOTAK_KOTAKD_MODEMS_H

#include "kotakd/kiosk.h"

/* Makes and starts the configured modems; their events come through the loop. */
must_check int modems_start(struct kiosk *kiosk);
void modems_close(struct kiosk *kiosk);

/* Heartbeats and restarts whose time has come, sends that may go. Once per wake-up. */
void modems_tick(struct kiosk *kiosk);

/* When modems_tick wants to be called at the latest (monotonic). */
int64_t modems_deadline(struct kiosk *kiosk);

#endif
