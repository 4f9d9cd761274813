/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The alphabets of short messages (3GPP TS 23.038) and UTF-8, one character at a time.
 * Pure tables and arithmetic, for both sides of the channel.
 */
#ifndef KOTAK_MODEM_ALPHABET_H
#define KOTAK_MODEM_ALPHABET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The escape to the extension table, as a septet and among the units of a text. */
#define ALPHABET_ESCAPE 0x1b

/* National language identifiers (23.038 section 6.2.1.2.4) that alphabet_unit() knows. */
enum alphabet_language {
	ALPHABET_DEFAULT,
	ALPHABET_TURKISH,
	ALPHABET_SPANISH, /* single shift only */
	ALPHABET_PORTUGUESE,
};

/*
 * Reads one character of UTF-8 and moves *text behind it: its code point, 0 at the end, or -1
 * (with *text unmoved) at bytes that aren't well-formed UTF-8 (RFC 3629).
 */
int32_t alphabet_next(const char **text);
/* Whether all size bytes, which a zero follows, are well-formed UTF-8 without a zero in it. */
bool alphabet_valid(const char *text, size_t size);
/* Appends a code point to a zero-terminated text of capacity bytes; false when it doesn't fit. */
bool alphabet_append(char *text, size_t capacity, int32_t code_point);

/* Septets that a code point takes in the default alphabet: 1, 2 (extension table), 0 for none. */
unsigned alphabet_septets(int32_t code_point);

/* What typographic punctuation and spaces become in plain writing; others are returned as is. */
int32_t alphabet_plain(int32_t code_point);

/* Septet number index of packed septets that begin bit bits into octets. */
uint8_t alphabet_septet(const uint8_t *octets, size_t bit, size_t index);

/*
 * The UTF-16 unit of a septet in a language's locking-shift table, or, when shifted, in its
 * single-shift table; 0 when a single-shift table has none (the main table's counts then).
 */
uint16_t alphabet_unit(enum alphabet_language language, bool shifted, uint8_t septet);

#endif
