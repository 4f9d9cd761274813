/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Letters of the printer's code page 437, and plain ones for those it lacks. */
#ifndef KOTAK_PRINTER_LETTERS_H
#define KOTAK_PRINTER_LETTERS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Writes text (UTF-8, possibly broken) in the code page: what it lacks becomes plain letters,
 * "?" when there are none, and control characters vanish. Cut at size; returns the bytes.
 */
size_t letters_write(const char *text, uint8_t *out, size_t size);

#endif
