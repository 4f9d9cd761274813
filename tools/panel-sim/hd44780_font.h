/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The character generator ROM A00 (data sheet, table 4): Latin, Katakana and others. */
#ifndef PANEL_SIM_HD44780_FONT_H
#define PANEL_SIM_HD44780_FONT_H

#include <stdint.h>

/* Eight rows of five dots, the leftmost 0x10; the eighth is the cursor's. Codes below 0x10 are the
 * chip's own memory and empty here. */
const uint8_t *hd44780_font(uint8_t code);

#endif
