/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "control.h"
#include "sim.h"

#define PAPER_MM_MAX 100000
#define GARBAGE_MAX 4096

static json_t *fine(void)
{
	return json_pack("{s:b}", "ok", 1);
}

static json_t *refusal(const char *error)
{
	return json_pack("{s:b, s:s}", "ok", 0, "error", error);
}

static bool number(const json_t *request, const char *key, json_int_t most, json_int_t *out)
{
	const json_t *value = json_object_get(request, key);

	*out = json_integer_value(value);
	return json_is_integer(value) && *out >= 0 && *out <= most;
}

/* A flag that is true when it isn't given. */
static bool flag(const json_t *request, const char *key, bool *out)
{
	const json_t *value = json_object_get(request, key);

	*out = !value || json_is_true(value);
	return !value || json_is_boolean(value);
}

static json_t *slips(struct printer_sim *sim, const json_t *request)
{
	json_int_t after = 0;
	json_t *found = json_array();
	size_t i;
	json_t *slip;

	if (json_object_get(request, "after") && !number(request, "after", INT32_MAX, &after)) {
		json_decref(found);
		return refusal("\"after\" is the number of a slip");
	}
	json_array_foreach (sim->device.slips, i, slip) {
		if (json_integer_value(json_object_get(slip, "number")) > after)
			json_array_append(found, slip);
	}
	return json_pack("{s:b, s:o}", "ok", 1, "slips", found);
}

static json_t *state(struct printer_sim *sim, const json_t *request)
{
	json_t *answer = device_state(&sim->device);

	(void)request;
	json_object_set_new(answer, "ok", json_true());
	json_object_set_new(answer, "plugged", json_boolean(line_plugged(sim->line)));
	return answer;
}

static json_t *paper(struct printer_sim *sim, const json_t *request)
{
	const char *word = json_string_value(json_object_get(request, "state"));
	json_int_t mm;

	if (word && strcmp(word, "out") == 0)
		mm = 0;
	else if (word && strcmp(word, "low") == 0)
		mm = DEVICE_LOW_MM - 1;
	else if (word && strcmp(word, "in") == 0)
		mm = sim->device.options.paper_mm;
	else if (!number(request, "mm", PAPER_MM_MAX, &mm))
		return refusal("\"mm\" is what is on the roll, or \"state\" is in, low or out");
	device_paper(&sim->device, mm);
	line_resume(sim->line);
	return fine();
}

static json_t *cover(struct printer_sim *sim, const json_t *request)
{
	bool open;

	if (!flag(request, "open", &open))
		return refusal("\"open\" is true or false");
	device_cover(&sim->device, open);
	line_resume(sim->line);
	return fine();
}

static json_t *cutter(struct printer_sim *sim, const json_t *request)
{
	bool stuck;

	if (!flag(request, "stuck", &stuck))
		return refusal("\"stuck\" is true or false");
	device_cutter(&sim->device, stuck);
	line_resume(sim->line);
	return fine();
}

static json_t *silent(struct printer_sim *sim, const json_t *request)
{
	return flag(request, "on", &sim->device.silent) ? fine()
							: refusal("\"on\" is true or false");
}

static json_t *power(struct printer_sim *sim, const json_t *request)
{
	bool on;

	if (!flag(request, "on", &on))
		return refusal("\"on\" is true or false");
	device_power(&sim->device, on);
	line_resume(sim->line);
	return fine();
}

static json_t *slow(struct printer_sim *sim, const json_t *request)
{
	json_int_t rate;

	if (!number(request, "bytes_per_second", INT32_MAX, &rate))
		return refusal("\"bytes_per_second\" is a number; 0: as they come");
	line_slow(sim->line, (unsigned)rate);
	return fine();
}

/* The same noise in every run. */
static json_t *garbage(struct printer_sim *sim, const json_t *request)
{
	json_int_t count;

	if (!number(request, "bytes", GARBAGE_MAX, &count))
		return refusal("\"bytes\" is a number");
	for (json_int_t i = 0; i < count; i++) {
		uint8_t byte;

		sim->noise = sim->noise * 1664525U + 1013904223U;
		byte = (uint8_t)(sim->noise >> 24);
		line_write(sim->line, &byte, 1);
	}
	return fine();
}

static json_t *unplug(struct printer_sim *sim, const json_t *request)
{
	(void)request;
	line_unplug(sim->line);
	return fine();
}

static json_t *plug(struct printer_sim *sim, const json_t *request)
{
	int error = line_plug(sim->line);

	(void)request;
	return error ? refusal(strerror(-error)) : fine();
}

static json_t *quit(struct printer_sim *sim, const json_t *request)
{
	(void)request;
	sd_event_exit(sim->loop, 0);
	return fine();
}

static const struct {
	const char *name;
	json_t *(*run)(struct printer_sim *sim, const json_t *request);
} requests[] = {
	{ "slips", slips },
	{ "state", state },
	{ "paper", paper },
	{ "cover", cover },
	{ "cutter", cutter },
	{ "silent", silent },
	{ "power", power },
	{ "slow", slow },
	{ "garbage", garbage },
	{ "unplug", unplug },
	{ "plug", plug },
	{ "quit", quit },
};

json_t *control_answer(struct printer_sim *sim, const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "do"));

	for (size_t i = 0; name && i < sizeof(requests) / sizeof(requests[0]); i++) {
		if (strcmp(name, requests[i].name) == 0)
			return requests[i].run(sim, request);
	}
	return refusal(
		"\"do\" is slips, state, paper, cover, cutter, silent, power, slow, garbage, "
		"unplug, plug, watch or quit");
}
