/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The real and the simulated panel: keypad, display and signals on the lines of a profile. */
#ifndef KOTAK_DEVICES_PANEL_H
#define KOTAK_DEVICES_PANEL_H

#include "port/panel.h"

extern const struct panel_drivers panel_devices_drivers;

#endif
