/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8 that may be broken: every byte sequence reads as something, nothing reads past the end. */
#ifndef KOTAK_DIALOGUE_UTF8_H
#define KOTAK_DIALOGUE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

#define UTF8_REPLACEMENT 0xFFFDU /* what a broken byte reads as */
#define UTF8_MAX 4		 /* bytes of one character */

/* The character at *cursor, which moves behind it; 0 (and no move) at the terminator. */
uint32_t utf8_next(const char **cursor);

/* Writes a character; returns its bytes (1-4). Surrogates and other nonsense become U+FFFD. */
size_t utf8_put(uint32_t character, char out[static UTF8_MAX]);

/* Whether it is a letter or digit of any script, as against a sign, a space or an emoji. */
bool utf8_wordly(uint32_t character);

/*
 * A copy that is valid UTF-8 without control characters but newline, white space trimmed at
 * both ends; broken bytes become U+FFFD. NULL without memory; caller frees.
 */
must_check char *utf8_clean(const char *text);

#endif
