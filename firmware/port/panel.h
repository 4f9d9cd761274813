/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices that one panel consists of, put together by its board's profile. */
#ifndef KOTAK_PORT_PANEL_H
#define KOTAK_PORT_PANEL_H

#include <stdbool.h>

#include "port/display.h"
#include "port/keypad.h"
#include "port/signals.h"

/* What is to be opened, as the worker's start message says it. */
struct panel_wanted {
	const char *driver; /* "gpio" or "sim" */
	const char *board;  /* a profile's name or path */
	const char *lines;  /* exceptions to it, or the simulator's socket; NULL */
	unsigned columns, rows;
	bool i2c; /* a display behind a PCF8574 */
	unsigned bus, address;
	bool wiring_b;
};

struct panel_devices {
	struct keypad *keypad;
	struct display *display;
	struct signals *signals;
	void *rest; /* what they stand on */
};

/*
 * Opens them, whether or not the hardware is there: each says what is wrong with it by itself.
 * 0, or -EINVAL, -ENOENT, … when the profile can't be used, with why in trouble.
 */
typedef int panel_devices_open_function(const struct panel_wanted *wanted,
	struct panel_devices *out, char *trouble, size_t trouble_size);
typedef void panel_devices_close_function(struct panel_devices *devices);

/* How the worker gets them. */
struct panel_drivers {
	panel_devices_open_function *open;
	panel_devices_close_function *close; /* a zeroed one is fine */
};

#endif
