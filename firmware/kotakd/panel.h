/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kotakd's side of the lobby panel (docs/panel.md): the worker is supervised through
 * port/worker.h, its draft kept at every key, its complaint opened once, and what residents ask of
 * their own complaints answered. The worker is believed nothing: each of its messages is checked.
 */
#ifndef KOTAK_KOTAKD_PANEL_H
#define KOTAK_KOTAKD_PANEL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

struct kiosk;

/* Starts the worker, when a panel is configured. 0 or a negative errno, said. */
must_check int kiosk_panel_open(struct kiosk *kiosk);
void kiosk_panel_close(struct kiosk *kiosk);

/* After every wake-up: what is due, and what changed for the panel (lamp, notice, number). */
void kiosk_panel_tick(struct kiosk *kiosk);
/* When kiosk_panel_tick() wants to be called (monotonic), INT64_MAX for never. */
int64_t kiosk_panel_deadline(const struct kiosk *kiosk);

/* Complaints, answers or announcements changed: the notice board is told anew. */
void kiosk_panel_changed(struct kiosk *kiosk);

/* A slip's state (waiting, printed, failed) for whoever stands there; reason may be NULL. */
void kiosk_panel_slip(struct kiosk *kiosk, const char *uuid, const char *state, const char *reason);
/* Whether slips can be printed now, with the printer state's name. */
void kiosk_panel_printer(struct kiosk *kiosk, bool able, const char *state);

/*
 * For status_document(): what is wrong, in words for a technician; 1 when something is, 0 when the
 * panel works, -ENODEV when there is none. since_ms (wall clock) gets since when.
 */
must_check int kiosk_panel_status(
	const struct kiosk *kiosk, char *text, size_t size, int64_t *since_ms);
/* {"running", "display", "keypad", "lines", "echo": {…}}; null when there is no panel. NULL without
 * memory. */
must_check json_t *kiosk_panel_detail(const struct kiosk *kiosk);

#endif
