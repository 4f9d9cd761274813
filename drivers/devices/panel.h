/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The real and the simulated panel: keypad, display and signals on the lines of a profile. */
#ifndef KOTAK_DEVICES_PANEL_H
#define KOTAK_DEVICES_PANEL_H

#include "base/cleanup.h"
#include "port/panel.h"

/*
 * Whether the board's profile can be read and has what is wanted of it; no hardware is touched.
 * 0 or a negative errno, said in the log.
 */
must_check int panel_devices_check(const struct panel_wanted *wanted);

extern const struct panel_drivers panel_devices_drivers;

#endif
