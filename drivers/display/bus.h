/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How nibbles get to an HD44780's pins: the part that differs between its wirings. */
#ifndef DISPLAY_BUS_H
#define DISPLAY_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "display/hd44780.h"

struct bus;

struct bus_ops {
	const char *name;
	/* Whether calm() tells if the device is still there. */
	bool notices;
	/* Whether what was flushed may be on its way for spent_ns longer: an adapter that queues.
	 */
	bool queues;
	/* Takes hold of the device. 0 or a negative errno with what is wrong in words. */
	int (*open)(struct bus *bus, char *trouble, size_t trouble_size);
	/*
	 * E low whatever the pins were before, without a write to the chip; also the backlight as
	 * bus->light has it. Sent with the next flush().
	 */
	int (*calm)(struct bus *bus);
	/* One nibble with its pulse of E. */
	int (*nibble)(struct bus *bus, bool rs, uint8_t nibble);
	/* The chip is let alone for so long. */
	int (*settle)(struct bus *bus, int64_t ns);
	/* Sends what was kept together so far. */
	int (*flush)(struct bus *bus);
	/* What an error of the others means, in words. */
	void (*explain)(int error, char *trouble, size_t trouble_size);
	/* Lets the device go, to be opened again. */
	void (*shut)(struct bus *bus);
	void (*close)(struct bus *bus);
};

struct bus {
	const struct bus_ops *ops;
	struct display_times times;
	display_wait *wait;
	void *wait_context;
	bool light;	  /* what the backlight is to be */
	int64_t spent_ns; /* how long everything takes that went out or is kept; set back by others
			   */
};

/* Takes over bus, also when it fails. */
must_check int display_new(struct bus *bus, unsigned columns, unsigned rows, struct display **out);

#endif
