/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fingers and eyes for scripts: makes the virtual machine's panel, takes a JSON object a line on
 * standard input and answers each with one on standard output.
 *
 *   {"do": "type", "keys", "down_us", "gap_us"}   types and doesn't wait for it
 *   {"do": "hold", "key", "down": BOOL}           a key beside what is typed
 *   {"do": "bounce", "seed", "least_us", "most_us"}
 *   {"do": "look"}                                what is on the glass, and how it came there
 *   {"do": "glass", "backpack": BOOL}             which of both displays is looked at
 *   {"do": "plug", "in": BOOL}, {"do": "hang", "on": BOOL}   the backpack, its bus
 *   {"do": "power"}                               power off and on for the display looked at
 *   {"do": "take", "line"}, {"do": "give"}        holds a line of the chip, as any program may
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lines/lines_gpiod.h"
#include "tests/vm/finger.h"
#include "tests/vm/rig.h"
#include "tools/panel-sim/hd44780_timing.h"

struct person {
	struct rig *rig;
	struct finger *finger;
	enum rig_glass glass;
	struct lines_source *source;
	struct lines *taken;
};

static int64_t number(const json_t *request, const char *key)
{
	return json_integer_value(json_object_get(request, key));
}

static bool flag(const json_t *request, const char *key)
{
	return json_is_true(json_object_get(request, key));
}

static json_t *rows_seen(const struct hd44780_glass *seen)
{
	char text[HD44780_COLUMNS_MAX + 1];
	json_t *rows = json_array();

	for (unsigned row = 0; row < seen->rows; row++) {
		hd44780_row_text(seen, row, text);
		json_array_append_new(rows, json_string(text));
	}
	return rows;
}

static json_t *violations(const struct hd44780_timing *timing)
{
	const struct hd44780_violation *violation;
	json_t *list = json_array();

	for (size_t i = 0; (violation = hd44780_violation(timing, i)); i++)
		json_array_append_new(list, json_string(violation->what));
	return list;
}

static int look(struct person *person, json_t *answer)
{
	struct hd44780 *chip = rig_display(person->rig, person->glass);
	struct hd44780_glass seen;
	struct rig_echo echo;
	int result = rig_look(person->rig);

	hd44780_look(chip, &seen);
	json_object_set_new(answer, "on", json_boolean(seen.powered && seen.on));
	json_object_set_new(answer, "rows", rows_seen(&seen));
	json_object_set_new(answer, "cursor",
		seen.cursor || seen.blink ? json_pack("[ii]", seen.cursor_row, seen.cursor_column)
					  : json_null());
	json_object_set_new(answer, "light", json_boolean(rig_light(person->rig, person->glass)));
	json_object_set_new(answer, "violations", violations(hd44780_checker(chip)));
	json_object_set_new(
		answer, "initialised", json_boolean(hd44780_initialised(hd44780_checker(chip))));
	json_object_set_new(
		answer, "resets", json_integer((json_int_t)hd44780_resets(hd44780_checker(chip))));
	json_object_set_new(answer, "bytes", json_integer((json_int_t)hd44780_bytes(chip)));
	echo = rig_echo(person->rig);
	json_object_set_new(answer, "echo",
		echo.first_ns < 0 ? json_null()
				  : json_pack("[ff]", (double)echo.first_ns / 1000,
					    (double)echo.last_ns / 1000));
	json_object_set_new(answer, "rests", json_boolean(finger_rests(person->finger)));
	json_object_set_new(
		answer, "buzzer", json_integer((json_int_t)rig_changes(person->rig, RIG_BUZZER)));
	json_object_set_new(answer, "lamp", json_boolean(rig_level(person->rig, RIG_LAMP)));
	json_object_set_new(answer, "shorts", json_integer(rig_shorts()));
	return result;
}

static int take_line(struct person *person, const char *line)
{
	const struct lines_name name = { RIG_CHIP, line };
	const struct lines_config config = { .direction = LINES_INPUT };

	if (person->taken)
		return -1;
	return person->source->ops->request(
		person->source, "blinkenlights", &name, 1, &config, &person->taken, NULL, 0);
}

static int give_line(struct person *person)
{
	if (!person->taken)
		return -1;
	person->taken->ops->close(person->taken);
	person->taken = NULL;
	return 0;
}

/* What changes the hardware. 0 or negative. */
static int change(struct person *person, const char *what, const json_t *request)
{
	const char *line = json_string_value(json_object_get(request, "line"));

	if (strcmp(what, "plug") == 0)
		return rig_plug(person->rig, flag(request, "in"));
	if (strcmp(what, "hang") == 0)
		return rig_hang(flag(request, "on"));
	if (strcmp(what, "power") == 0)
		return rig_power_cycle(person->rig, person->glass);
	if (strcmp(what, "take") == 0 && line)
		return take_line(person, line);
	return strcmp(what, "give") == 0 ? give_line(person) : -1;
}

static int obey(struct person *person, const json_t *request, json_t *answer)
{
	const char *what = json_string_value(json_object_get(request, "do"));
	const char *keys = json_string_value(json_object_get(request, "keys"));
	const char *key = json_string_value(json_object_get(request, "key"));

	if (!what)
		return -1;
	if (strcmp(what, "type") == 0 && keys)
		return finger_type(person->finger, keys, number(request, "down_us"),
			number(request, "gap_us"));
	if (strcmp(what, "hold") == 0 && key)
		return finger_hold(person->finger, *key, flag(request, "down"));
	if (strcmp(what, "look") == 0)
		return look(person, answer);
	if (strcmp(what, "glass") == 0)
		person->glass = flag(request, "backpack") ? RIG_ON_BACKPACK : RIG_ON_LINES;
	else if (strcmp(what, "bounce") == 0)
		finger_bounce(person->finger, (uint64_t)number(request, "seed"),
			number(request, "least_us"), number(request, "most_us"));
	else
		return change(person, what, request);
	return 0;
}

static void answer_line(struct person *person, const char *line)
{
	json_error_t error;
	json_t *request = json_loads(line, 0, &error);
	json_t *answer = json_object();
	char *text;

	json_object_set_new(
		answer, "ok", json_boolean(request && obey(person, request, answer) >= 0));
	text = json_dumps(answer, JSON_COMPACT);
	puts(text ? text : "{\"ok\": false}");
	fflush(stdout);
	free(text);
	json_decref(answer);
	json_decref(request);
}

int main(void)
{
	struct person person = { 0 };
	size_t size = 0;
	autofree char *line = NULL;

	int result = rig_lock_memory();

	if (!result)
		result = rig_new(20, 4, EXPANDER_A, &person.rig);
	if (!result)
		result = finger_new(rig_tracing(person.rig), &person.finger);
	if (!result)
		result = lines_gpiod_source_new(&person.source);
	if (!result) {
		puts("{\"ok\": true}");
		fflush(stdout);
		while (getline(&line, &size, stdin) > 0)
			answer_line(&person, line);
	}
	if (person.taken)
		person.taken->ops->close(person.taken);
	if (person.source)
		person.source->ops->close(person.source);
	finger_free(person.finger);
	rig_free(person.rig);
	return result ? 1 : 0;
}
