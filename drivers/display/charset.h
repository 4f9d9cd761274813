/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for the display's character ROM A00: ASCII but for backslash (a yen there) and tilde. */
#ifndef DISPLAY_CHARSET_H
#define DISPLAY_CHARSET_H

#include <stddef.h>
#include <stdint.h>

/*
 * Writes the codes of a UTF-8 text: é becomes e, “” become ", … becomes ..., what the ROM doesn't
 * have ?, what is invisible nothing. Bytes that aren't UTF-8 are one ? each. No code is below 0x20.
 * Returns how many codes there are; no more than size are written (codes may be NULL when it is 0).
 */
size_t charset_encode(const char *text, uint8_t *codes, size_t size);

#endif
