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
#include "kotakd/printing.h"

struct kiosk;

/* What printing tells the panel; to be given to printing_open(). */
struct printing_listener kiosk_panel_listener(struct kiosk *kiosk);

/*
 * Starts the worker when a panel is configured, and sets kiosk->panel, which stays NULL without
 * one. Needs store and loop, and printing opened before it. 0 or a negative errno, said.
 */
must_check int kiosk_panel_open(struct kiosk *kiosk);
/* Closes kiosk->panel; NULL there is fine. */
void kiosk_panel_close(struct kiosk *kiosk);

/* After every wake-up: what is due, and what changed for the panel (lamp, notice, number). */
void kiosk_panel_tick(struct kiosk *kiosk);
/* When kiosk_panel_tick() wants to be called (monotonic), INT64_MAX for never. */
int64_t kiosk_panel_deadline(const struct kiosk *kiosk);

/* Complaints changed: the notice board is told anew, at once when urgent, else within a minute. */
void kiosk_panel_changed(struct kiosk *kiosk, bool urgent);

/* The item "panel" of `kotakctl status`. */
struct kiosk_panel_status {
	bool ok, running; /* not running: its process; else what is wrong are its devices */
	char text[512];
	int64_t since_ms; /* wall clock */
	const char *advice;
};
/* 1 and *out, or 0 when there is no panel. */
int kiosk_panel_status(const struct kiosk *kiosk, struct kiosk_panel_status *out);
/*
 * {"running", "display", "keypad", "lines", "echo": {"count", "p50_us", "p99_us", "max_us"}}, null
 * when there is no panel. Caller owns it; NULL without memory.
 */
must_check json_t *kiosk_panel_detail(const struct kiosk *kiosk);

#endif
