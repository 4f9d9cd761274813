/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the program consists of. */
#ifndef PRINTER_SIM_SIM_H
#define PRINTER_SIM_SIM_H

#include <systemd/sd-event.h>

#include "control.h"
#include "device.h"
#include "line.h"

struct printer_sim {
	sd_event *loop;
	struct device device;
	struct line *line;
	struct control *control;
	uint32_t noise; /* where the garbage goes on */
};

/* Plugs the printer in at link. control NULL: no socket. printer_sim_close() in every case. */
must_check int printer_sim_open(struct printer_sim *sim, sd_event *loop,
	const struct device_options *options, const char *link, const char *control);
void printer_sim_close(struct printer_sim *sim);

#endif
