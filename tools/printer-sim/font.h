/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The printer's letters: code page 437, 12 by 24 dots, drawn from a 5 by 8 matrix. */
#ifndef PRINTER_SIM_FONT_H
#define PRINTER_SIM_FONT_H

#include <stdbool.h>
#include <stdint.h>

#define FONT_WIDTH 12
#define FONT_HEIGHT 24

/* Whether a dot of the letter is black. */
bool font_dot(uint8_t code, unsigned x, unsigned y);
/* The letter in UTF-8, NULL when the printer has no such letter (it prints a box). */
const char *font_text(uint8_t code);

#endif
