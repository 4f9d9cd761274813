/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim.h"

#include <stdio.h>
#include <string.h>

static size_t on_bytes(void *context, const uint8_t *bytes, size_t size)
{
	struct printer_sim *sim = context;

	return device_receive(&sim->device, bytes, size);
}

static void on_answer(void *context, uint8_t byte)
{
	struct printer_sim *sim = context;

	line_write(sim->line, &byte, 1);
}

static void on_slip(void *context, const json_t *slip)
{
	struct printer_sim *sim = context;
	json_t *event = json_deep_copy(slip);

	if (!event)
		return;
	json_object_set_new(event, "event", json_string("slip"));
	if (sim->control)
		control_tell(sim->control, event);
	json_decref(event);
}

int printer_sim_open(struct printer_sim *sim, sd_event *loop, const struct device_options *options,
	const char *link, const char *control)
{
	int result;

	*sim = (struct printer_sim) { .loop = loop, .noise = 1 };
	device_init(&sim->device, options);
	sim->device.send = on_answer;
	sim->device.slip = on_slip;
	sim->device.context = sim;
	line_new(loop, link, on_bytes, sim, &sim->line);
	result = line_plug(sim->line);
	if (result < 0) {
		fprintf(stderr, "printer-sim: can't make the port at %s: %s\n", link,
			strerror(-result));
		return result;
	}
	if (!control)
		return 0;
	result = control_open(loop, sim, control, &sim->control);
	if (result < 0)
		fprintf(stderr, "printer-sim: can't listen at %s: %s\n", control,
			strerror(-result));
	return result;
}

void printer_sim_close(struct printer_sim *sim)
{
	control_close(sim->control);
	line_free(sim->line);
	device_release(&sim->device);
}
