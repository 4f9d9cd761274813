/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can go wrong with a panel: {"do": "fault", "name": …} */
#include <string.h>

#include "control_fields.h"
#include "lines_server.h"
#include "sockets.h"

#define HANG_MS 50
#define HANG_MS_MOST 60000

static json_t *unplug(struct sim *sim, const json_t *request)
{
	(void)request;
	board_backpack(sim->board, false, sim_clock_us());
	return control_fine();
}

static json_t *plug(struct sim *sim, const json_t *request)
{
	(void)request;
	board_backpack(sim->board, true, sim_clock_us());
	return control_fine();
}

static json_t *hang_bus(struct sim *sim, const json_t *request)
{
	int64_t ms;

	if (!field_number(request, "ms", 0, HANG_MS_MOST, HANG_MS, &ms))
		return control_refusal("\"ms\", until a write fails, is 0-%d", HANG_MS_MOST);
	sim->board->bus_hangs = true;
	sim->board->hang_ms = (unsigned)ms;
	return control_fine();
}

static json_t *free_bus(struct sim *sim, const json_t *request)
{
	(void)request;
	sim->board->bus_hangs = false;
	return control_fine();
}

static int line_of(const json_t *request)
{
	const char *line;

	return field_text(request, "line", NULL, &line) ? chip_find(line) : -1;
}

static json_t *hold_line(struct sim *sim, const json_t *request)
{
	const char *consumer;
	int line = line_of(request);
	bool force;

	if (line < 0)
		return control_refusal("\"line\" is wanted, such as row-1");
	if (!field_text(request, "consumer", "another-process", &consumer) ||
		!field_flag(request, "force", false, &force))
		return control_refusal("\"consumer\" is a name, \"force\" true or false");
	if (force)
		lines_server_cut(sim->lines, (unsigned)line);
	if (chip_hold(sim->board->chip, (unsigned)line, consumer) < 0)
		return control_refusal("%s holds it; \"force\" cuts its connection",
			chip_holder(sim->board->chip, (unsigned)line));
	return control_fine();
}

static json_t *free_line(struct sim *sim, const json_t *request)
{
	int line = line_of(request);

	if (line < 0)
		return control_refusal("\"line\" is wanted, such as row-1");
	return chip_hold(sim->board->chip, (unsigned)line, NULL) < 0 ? control_refusal("it can't")
								     : control_fine();
}

static json_t *cut_power(struct sim *sim, const json_t *request)
{
	(void)request;
	board_glitch(sim->board, sim_clock_us());
	return control_fine();
}

static json_t *extra_nibble(struct sim *sim, const json_t *request)
{
	(void)request;
	board_extra_nibble(sim->board, sim_clock_us());
	return control_fine();
}

static json_t *disturb(struct sim *sim, const json_t *request)
{
	int64_t seed;

	if (!field_number(request, "seed", 0, INT64_MAX, 1, &seed))
		return control_refusal("\"seed\" is a number");
	board_disturb(sim->board, (uint64_t)seed);
	return control_fine();
}

static json_t *chip_goes(struct sim *sim, const json_t *request)
{
	(void)request;
	lines_server_chip(sim->lines, true);
	return control_fine();
}

static json_t *chip_returns(struct sim *sim, const json_t *request)
{
	(void)request;
	lines_server_chip(sim->lines, false);
	return control_fine();
}

static json_t *stick_key(struct sim *sim, const json_t *request)
{
	unsigned contact;

	if (!field_key(sim, request, &contact))
		return control_refusal("\"key\" is wanted");
	board_stick(sim->board, contact, true, sim_clock_us());
	return control_fine();
}

static json_t *loosen_key(struct sim *sim, const json_t *request)
{
	unsigned contact;

	if (!field_key(sim, request, &contact))
		return control_refusal("\"key\" is wanted");
	board_stick(sim->board, contact, false, sim_clock_us());
	return control_fine();
}

static const struct {
	const char *name;
	json_t *(*run)(struct sim *sim, const json_t *request);
} faults[] = {
	{ "i2c_unplug", unplug },
	{ "i2c_plug", plug },
	{ "i2c_hang", hang_bus },
	{ "i2c_free", free_bus },
	{ "hold", hold_line },
	{ "free", free_line },
	{ "lcd_power", cut_power },
	{ "lcd_nibble", extra_nibble },
	{ "lcd_disturb", disturb },
	{ "chip_out", chip_goes },
	{ "chip_in", chip_returns },
	{ "stick", stick_key },
	{ "unstick", loosen_key },
};

json_t *control_fault(struct sim *sim, const json_t *request)
{
	const char *name;

	if (!field_text(request, "name", NULL, &name))
		return control_refusal("\"name\" of the fault is wanted");
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		if (!strcmp(faults[i].name, name))
			return faults[i].run(sim, request);
	return control_refusal("no fault is called \"%s\"", name);
}

void control_mend(struct sim *sim)
{
	struct board *board = sim->board;

	lines_server_chip(sim->lines, false);
	board->bus_hangs = false;
	board_backpack(board, true, sim_clock_us());
	for (unsigned line = 0; line < CHIP_LINES; line++)
		(void)!chip_hold(board->chip, line, NULL);
	for (unsigned contact = 0; contact < BOUNCE_CONTACTS; contact++)
		board_stick(board, contact, false, sim_clock_us());
}
