/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys, time and whatever kotakd might say, in any order. Besides not breaking: no cell of a frame
 * is what the display can't show, nothing lies outside it, and who goes away is forgotten.
 *
 * The first octet is the display; then each octet is a key, time, or (0xff) a message up to the
 * next NUL.
 */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "panel/internal.h"

#define HAPPENINGS_MAX 120

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void insist(bool condition)
{
	if (!condition)
		abort();
}

static void check(const struct panel *panel, int64_t now_ms)
{
	const struct display_frame *frame = panel_frame(panel);

	for (unsigned row = 0; row < DISPLAY_ROWS_MAX; row++) {
		for (unsigned column = 0; column < DISPLAY_COLUMNS_MAX; column++) {
			uint8_t code = frame->cells[row][column];
			if (row >= panel->config.rows || column >= panel->config.columns)
				insist(code == 0);
			else
				insist(code <= GLYPH_HOLD ||
					(code >= ' ' && code < '~' && code != '\\'));
		}
	}
	insist(frame->cursor_row < panel->config.rows);
	insist(frame->cursor_column < panel->config.columns);
	insist(panel_deadline(panel) >= now_ms);
}

static void pass(struct panel *panel, int64_t *now_ms, int64_t time_ms)
{
	int64_t end_ms = *now_ms + time_ms;

	while (panel_deadline(panel) <= end_ms) {
		*now_ms = panel_deadline(panel);
		insist(panel_tick(panel, *now_ms) == 0);
		insist(panel_deadline(panel) > *now_ms);
	}
	*now_ms = end_ms;
}

static int64_t span_ms(uint8_t octet)
{
	static const int64_t spans_ms[] = { 100, 1000, ENTRY_SETTLE_MS, 5000, 10000, 15000,
		PANEL_STILL_THERE_MS, PANEL_IDLE_MS };

	return spans_ms[octet & 7];
}

static void press(struct panel *panel, uint8_t octet, int64_t now_ms)
{
	static const char keys[] = "0123456789*#ABCD";
	const struct keypad_event event = { .action = (enum keypad_action)(octet >> 4 & 3),
		.key = keys[octet & 15] };

	insist(panel_key(panel, &event, now_ms) == 0);
	if (event.action != KEYPAD_PRESS)
		return;
	const struct keypad_event release = { .action = KEYPAD_RELEASE, .key = event.key };
	insist(panel_key(panel, &release, now_ms) == 0);
}

/* An answer that a real kotakd could give has the id or request that the panel waits for. */
static void address(const struct panel *panel, json_t *message)
{
	if (json_is_true(json_object_get(message, "mine"))) {
		json_object_set_new(message, "id", json_string(panel->session.draft.id));
		json_object_set_new(message, "request", json_integer(panel->session.request));
	}
}

static void take(struct panel *panel, const char *text, int64_t now_ms)
{
	json_t *message = json_loads(text, 0, NULL);

	if (message) {
		address(panel, message);
		(void)!panel_take(panel, message, now_ms);
	}
	json_decref(message);
}

/* The octets of one happening; returns how many there were. */
static size_t happen(struct panel *panel, const char *at, int64_t *now_ms)
{
	uint8_t octet = (uint8_t)*at;

	if (octet == 0xFF) {
		take(panel, at + 1, *now_ms);
		return strlen(at);
	}
	if (octet < 0x40)
		press(panel, octet, *now_ms);
	else if (octet < 0x80)
		pass(panel, now_ms, span_ms(octet));
	else if (octet < 0x84)
		panel_connected(panel, octet & 1, *now_ms);
	else if (octet < 0x88)
		json_decref(panel_give(panel));
	else
		press(panel, octet & 15, *now_ms);
	return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct panel_config configs[] = { { 20, 4, true }, { 16, 2, false },
		{ 16, 4, true }, { 20, 2, true } };
	autopanel struct panel *panel = NULL;
	autofree char *copy = NULL;
	int64_t now_ms = 1000;

	if (size < 2 || sodium_init() < 0)
		return 0;
	log_open("fuzz", LOG_EMERG);
	copy = calloc(1, size + 1);
	insist(copy && panel_new(&configs[data[0] & 3], now_ms, &panel) == 0);
	memcpy(copy, data, size);
	/* Longer conversations find nothing that shorter ones don't, and take their time. */
	size_t happenings = 0;
	for (size_t at = 1; at < size && happenings < HAPPENINGS_MAX; happenings++) {
		size_t used = happen(panel, copy + at, &now_ms);
		at += used > 0 ? used : 1;
		now_ms += 100;
		pass(panel, &now_ms, 0);
		check(panel, now_ms);
	}
	pass(panel, &now_ms, PANEL_IDLE_MS + PANEL_STILL_THERE_MS);
	insist(panel_resting(panel) && !*panel->session.draft.id && !*panel->session.ticket);
	return 0;
}
