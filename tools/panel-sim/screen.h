/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is to be seen and heard of the panel, as JSON for the control socket. */
#ifndef PANEL_SIM_SCREEN_H
#define PANEL_SIM_SCREEN_H

#include <jansson.h>
#include <stdint.h>

#include "board.h"

/*
 * The glass that was driven last: "glass" ("lines", "i2c"), "columns", "rows", "text" (a string a
 * row, one character a cell, own glyphs as ⓪ to ⑦), "codes" (a list of numbers a row), "pixels" (a
 * list of 16 hex digits a row: eight rows of five dots, the leftmost 0x10; the underline is in
 * them, blinking isn't), "cursor" (null, or "row", "column", "line", "block"), "powered", "on",
 * "backlight", "changes". The caller's reference; NULL without memory. So for all here.
 */
json_t *screen_show(const struct board *board);
/* "on", "changes". */
json_t *screen_lamp(const struct board *board);
/* "on", "count", "last_ms" (how long the last beep was). */
json_t *screen_buzzer(const struct board *board);
/* "pressed" and "stuck": lists of keys. */
json_t *screen_keys(const struct board *board);
/* "count", "list": {"glass", "fault", "time_us", "was_ns", "least_ns", "what"}, the first ones. */
json_t *screen_violations(const struct board *board);
/* Of the glass's initialisation: "complete", "resets", "steps": {"what", "after_us", "least_us"} */
json_t *screen_initialisation(const struct board *board);

#endif
