/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the requests of the control socket do, but for the faults (control_faults.c). */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "control_fields.h"
#include "lines_server.h"
#include "screen.h"
#include "sockets.h"
#include "wire/event.h"

#define HELD_MS 80
#define GAP_MS 100
#define MS_MOST 600000
#define US_PER_MS 1000

static json_t *no_such_key(const struct sim *sim)
{
	return control_refusal("\"key\" is one of 0-9, *, #%s",
		sim->board->options.keypad_columns > 3 ? ", A-D" : "");
}

static json_t *move(struct sim *sim, const json_t *request, bool pressed)
{
	unsigned contact;

	if (!field_key(sim, request, &contact))
		return no_such_key(sim);
	board_press(sim->board, contact, pressed, sim_clock_us());
	return control_fine();
}

static json_t *press(struct sim *sim, const json_t *request)
{
	return move(sim, request, true);
}

static json_t *release(struct sim *sim, const json_t *request)
{
	return move(sim, request, false);
}

static json_t *hands_off(struct sim *sim, const json_t *request)
{
	(void)request;
	board_hands_off(sim->board, sim_clock_us());
	return control_fine();
}

static bool rhythm_of(const json_t *request, const struct stroke *otherwise, struct stroke *stroke)
{
	int64_t held_ms = 0;
	int64_t gap_ms = 0;
	bool good =
		field_number(request, "ms", 1, MS_MOST, otherwise->down_us / US_PER_MS, &held_ms) &&
		field_number(request, "gap_ms", 0, MS_MOST, otherwise->gap_us / US_PER_MS, &gap_ms);

	stroke->down_us = held_ms * US_PER_MS;
	stroke->gap_us = gap_ms * US_PER_MS;
	return good;
}

static json_t *add_strokes(
	struct sim *sim, const json_t *request, const struct stroke *strokes, size_t count)
{
	bool wait;
	int error;

	if (!field_flag(request, "wait", true, &wait))
		return control_refusal("\"wait\" is true or false");
	error = typist_add(&sim->board->typist, strokes, count, sim_clock_us());
	if (error < 0)
		return control_refusal(
			"%s", error == -ENOSPC ? "that is too much at once" : strerror(-error));
	board_tick(sim->board, sim_clock_us());
	if (wait && count)
		sim->awaited = sim->board->typist.added;
	return control_fine();
}

static json_t *tap(struct sim *sim, const json_t *request)
{
	static const struct stroke usual = { .down_us = HELD_MS * US_PER_MS,
		.gap_us = GAP_MS * US_PER_MS };
	struct stroke stroke;

	if (!field_key(sim, request, &stroke.contact))
		return no_such_key(sim);
	if (!rhythm_of(request, &usual, &stroke))
		return control_refusal("\"ms\" is 1-%d, \"gap_ms\" 0-%d", MS_MOST, MS_MOST);
	return add_strokes(sim, request, &stroke, 1);
}

/* An element of "keys": "5", {"key": "5", "ms": …, "gap_ms": …}, or {"pause_ms": …}. */
static bool read_stroke(const struct sim *sim, const json_t *each, const struct stroke *usual,
	struct stroke *stroke)
{
	const char *key =
		json_string_value(json_is_object(each) ? json_object_get(each, "key") : each);
	int64_t pause_ms;
	int contact = key && key[0] && !key[1] ? board_key(sim->board, (char)toupper(key[0])) : -1;

	*stroke = *usual;
	if (json_object_get(each, "pause_ms")) {
		bool good = field_number(each, "pause_ms", 0, MS_MOST, 0, &pause_ms);

		stroke->contact = STROKE_PAUSE;
		stroke->gap_us = pause_ms * US_PER_MS;
		return good;
	}
	if (contact < 0)
		return false;
	stroke->contact = (unsigned)contact;
	return !json_is_object(each) || rhythm_of(each, usual, stroke);
}

static bool read_strokes(const struct sim *sim, const json_t *keys, const struct stroke *usual,
	struct stroke *strokes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int contact;

		if (json_is_array(keys)) {
			if (!read_stroke(sim, json_array_get(keys, i), usual, &strokes[i]))
				return false;
			continue;
		}
		contact = board_key(sim->board, (char)toupper(json_string_value(keys)[i]));
		if (contact < 0)
			return false;
		strokes[i] = *usual;
		strokes[i].contact = (unsigned)contact;
	}
	return true;
}

static json_t *type(struct sim *sim, const json_t *request)
{
	static const struct stroke slow = { .down_us = HELD_MS * US_PER_MS,
		.gap_us = GAP_MS * US_PER_MS };
	const json_t *keys = json_object_get(request, "keys");
	size_t count = json_is_array(keys) ? json_array_size(keys) : json_string_length(keys);
	autofree struct stroke *strokes = NULL;
	struct stroke usual = { 0 };

	if ((!json_is_array(keys) && !json_is_string(keys)) || count > TYPIST_STROKES_MAX)
		return control_refusal(
			"\"keys\" is a string of keys, or a list of keys, "
			"{\"key\", \"ms\", \"gap_ms\"} and {\"pause_ms\"}, at most %d",
			TYPIST_STROKES_MAX);
	if (!rhythm_of(request, &slow, &usual))
		return control_refusal("\"ms\" is 1-%d, \"gap_ms\" 0-%d", MS_MOST, MS_MOST);
	strokes = calloc(count ? count : 1, sizeof(*strokes));
	if (!strokes)
		return control_refusal("out of memory");
	if (!read_strokes(sim, keys, &usual, strokes, count))
		return control_refusal("\"keys\" has one that this keypad hasn't, or a wrong time");
	return add_strokes(sim, request, strokes, count);
}

static json_t *screen(struct sim *sim, const json_t *request)
{
	(void)request;
	return control_fine_with(screen_show(sim->board));
}

static json_t *lamp(struct sim *sim, const json_t *request)
{
	(void)request;
	return control_fine_with(screen_lamp(sim->board));
}

static json_t *buzzer(struct sim *sim, const json_t *request)
{
	(void)request;
	return control_fine_with(screen_buzzer(sim->board));
}

static json_t *violations(struct sim *sim, const json_t *request)
{
	json_t *answer;
	bool clear;

	if (!field_flag(request, "clear", false, &clear))
		return control_refusal("\"clear\" is true or false");
	answer = control_fine_with(screen_violations(sim->board));
	if (clear)
		board_forget_violations(sim->board);
	return answer;
}

static json_t *initialisation(struct sim *sim, const json_t *request)
{
	(void)request;
	return control_fine_with(screen_initialisation(sim->board));
}

static json_t *line_states(const struct chip *chip)
{
	json_t *lines = json_object();

	for (unsigned i = 0; i < CHIP_LINES; i++) {
		const char *holder = chip_holder(chip, i);

		json_object_set_new(lines, chip_line_name(i),
			json_pack("{s:b, s:s?}", "level", chip_level(chip, i), "holder", holder));
	}
	return lines;
}

/* The keys' side of the state; the other one is added to it. */
static json_t *key_state(const struct board *board)
{
	json_t *state = screen_keys(board);

	json_object_set_new(state, "typing", json_integer((json_int_t)board->typist.count));
	json_object_set_new(state, "moving", json_boolean(!board_at_rest(board)));
	json_object_set_new(state, "reads", json_integer((json_int_t)board->reads));
	json_object_set_new(state, "shorts", json_integer((json_int_t)chip_shorts(board->chip)));
	json_object_set_new(
		state, "bounce_least_ms", json_real((double)board->bounce.least_us / US_PER_MS));
	json_object_set_new(
		state, "bounce_most_ms", json_real((double)board->bounce.most_us / US_PER_MS));
	return state;
}

static json_t *state(struct sim *sim, const json_t *request)
{
	const struct board *board = sim->board;
	const struct board_options *options = &board->options;
	autojson json_t *rest = json_pack("{s:i, s:i, s:i, s:o, s:o, s:b, s:b, s:b}", "columns",
		(int)options->columns, "rows", (int)options->rows, "keypad_columns",
		(int)options->keypad_columns, "lines", line_states(board->chip), "connections",
		lines_server_show(sim->lines), "chip", !board->chip_out, "backpack",
		!board->backpack_out, "bus_hangs", board->bus_hangs);
	json_t *answer = control_fine_with(key_state(board));

	(void)request;
	if (answer && rest && json_object_update(answer, rest) < 0) {
		json_decref(answer);
		return NULL;
	}
	return answer;
}

static json_t *bounce(struct sim *sim, const json_t *request)
{
	struct bounce *now = &sim->board->bounce;
	int64_t least_ms;
	int64_t most_ms;
	int64_t seed;

	if (!field_number(request, "least_ms", 0, BOUNCE_MOST_US / US_PER_MS,
		    now->least_us / US_PER_MS, &least_ms) ||
		!field_number(request, "most_ms", least_ms, BOUNCE_MOST_US / US_PER_MS,
			now->most_us / US_PER_MS, &most_ms) ||
		!field_number(request, "seed", 0, INT64_MAX, -1, &seed))
		return control_refusal("\"least_ms\" and \"most_ms\" are 0-%d, \"seed\" a number",
			BOUNCE_MOST_US / US_PER_MS);
	now->least_us = least_ms * US_PER_MS;
	now->most_us = most_ms * US_PER_MS;
	if (seed >= 0)
		now->random = (uint64_t)seed;
	return control_fine();
}

static json_t *reset(struct sim *sim, const json_t *request)
{
	struct board *board = sim->board;

	(void)request;
	control_mend(sim);
	board_hands_off(board, sim_clock_us());
	board->bounce.least_us = board->options.bounce_least_us;
	board->bounce.most_us = board->options.bounce_most_us;
	board->bounce.random = board->options.seed;
	board->beeps = board->lamp_changes = 0;
	board_forget_violations(board);
	return control_fine();
}

static const struct {
	const char *name;
	json_t *(*run)(struct sim *sim, const json_t *request);
} requests[] = {
	{ "press", press },
	{ "release", release },
	{ "tap", tap },
	{ "type", type },
	{ "hands_off", hands_off },
	{ "screen", screen },
	{ "lamp", lamp },
	{ "buzzer", buzzer },
	{ "violations", violations },
	{ "initialisation", initialisation },
	{ "state", state },
	{ "bounce", bounce },
	{ "fault", control_fault },
	{ "reset", reset },
};

json_t *control_answer(struct sim *sim, const json_t *request)
{
	const char *name;

	if (!json_is_object(request) || !field_text(request, "do", NULL, &name))
		return control_refusal("a JSON object with \"do\" is wanted");
	for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
		if (!strcmp(requests[i].name, name))
			return requests[i].run(sim, request);
	return control_refusal("nothing is called \"%s\" here", name);
}
