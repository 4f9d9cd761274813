/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text as phones carry it: UTF-16 code units in host order, the GSM default alphabet with
 * its extension table (23.038 section 6.2.1), and septets packed into octets.
 * Written apart from libgammu on purpose: this is the peer that proves the other's codec.
 */
#ifndef MODEM_SIM_TEXT_H
#define MODEM_SIM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/*
 * UTF-8 to UTF-16. *units (caller frees) has *count code units.
 * -EILSEQ when it isn't valid UTF-8.
 */
must_check int text_from_utf8(const char *utf8, uint16_t **units, size_t *count);
/* UTF-16 to UTF-8; half a surrogate pair and U+0000 become U+FFFD. Caller frees. */
char *text_to_utf8(const uint16_t *units, size_t count);

/* How many septets the unit takes in the default alphabet: 1, 2, or 0 when it isn't there. */
unsigned gsm7_width(uint16_t unit);
/* Whether every unit is in the alphabet or its extension table. */
bool gsm7_fits(const uint16_t *units, size_t count);
/* Septets (one a byte) of the text, which must fit; returns their number. */
size_t gsm7_encode(const uint16_t *units, size_t count, uint8_t *septets, size_t most);
/* Code units of the septets, at most count of them; returns their number. */
size_t gsm7_decode(const uint8_t *septets, size_t count, uint16_t *units);

/* Octets that count septets take after skip septets of header. */
size_t septets_octets(size_t count);
/*
 * Packs septets behind the first skip septets, which keep what octets has there (the user
 * data header). octets must hold septets_octets(skip + count).
 */
void septets_pack(const uint8_t *septets, size_t count, size_t skip, uint8_t *octets);
/* Unpacks count septets after the first skip; octets must hold septets_octets(skip + count). */
void septets_unpack(const uint8_t *octets, size_t skip, size_t count, uint8_t *septets);

/* Reads hex digits: the number of octets, or -EINVAL (odd, not hex, more than most). */
must_check int hex_read(const char *text, size_t length, uint8_t *octets, size_t most);

#endif
