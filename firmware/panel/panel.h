/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conversation at the panel: keys and kotakd's messages in; a frame, a sound and messages
 * for kotakd out. It does no I/O and reads no clock, so that a test of it is a table and a fuzzer
 * can drive it. docs/panel.md has its screens and the messages of both directions.
 */
#ifndef KOTAK_PANEL_PANEL_H
#define KOTAK_PANEL_PANEL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "port/display.h"
#include "port/keypad.h"

/* Idle at a screen of a session: asked "still there?" after the first, wiped after the second. */
#define PANEL_IDLE_MS 60000
#define PANEL_STILL_THERE_MS 30000
/* How long a draft may lie before it is offered to nobody any more after a restart. */
#define PANEL_DRAFT_AGE_S 900

struct panel_config {
	unsigned columns, rows; /* of the display: 20x4 or 16x2 */
	bool has_letters;	/* the keypad has A to D */
};

enum panel_sound {
	PANEL_SILENT,
	PANEL_CLICK,   /* a key was taken */
	PANEL_REFUSED, /* a key that does nothing here */
	PANEL_SUCCESS, /* the ticket is there */
	PANEL_WARNING, /* still there? */
};

enum panel_lamp {
	PANEL_LAMP_OFF,
	PANEL_LAMP_ON,	  /* all is well */
	PANEL_LAMP_BLINK, /* something is to be looked at */
};

struct panel;

/* Shows the attract screen at once; texts, places and the rest come with "start". 0 or -errno. */
must_check int panel_new(const struct panel_config *config, int64_t now_ms, struct panel **out);
/* Wipes before it frees. NULL is fine. */
void panel_free(struct panel *panel);
DEFINE_CLEANUP(panel, struct panel *, panel_free);
#define autopanel __attribute__((cleanup(panel_cleanup)))

/* A key of the keypad. 0 or -ENOMEM (the key is lost, nothing else). */
must_check int panel_key(struct panel *panel, const struct keypad_event *event, int64_t now_ms);
/* A message of kotakd. 0, -EPROTO (it makes no sense here and changed nothing), or -ENOMEM. */
must_check int panel_take(struct panel *panel, const json_t *message, int64_t now_ms);
/* The next message for kotakd (caller's reference), NULL when there is none. */
json_t *panel_give(struct panel *panel);
/* kotakd is gone, or there again: without it nothing can be sent or looked up. */
void panel_connected(struct panel *panel, bool connected, int64_t now_ms);

/* When panel_tick() wants to be called (monotonic), INT64_MAX for never. */
int64_t panel_deadline(const struct panel *panel);
must_check int panel_tick(struct panel *panel, int64_t now_ms);

/* What is on the display now. Valid until the next call. */
const struct display_frame *panel_frame(const struct panel *panel);
/* Counts up whenever the screen changed to another one (not at a letter typed). */
uint64_t panel_screen(const struct panel *panel);
/* The sound since the last call. */
enum panel_sound panel_take_sound(struct panel *panel);
enum panel_lamp panel_lamp(const struct panel *panel);
/* Nobody is at it: nothing of anybody is on the screen. */
bool panel_resting(const struct panel *panel);

#endif
