/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a text costs on the air: the GSM 7 bit default alphabet and its extension table
 * (23.038, sections 6.2.1 and 6.2.1.1). A text of these characters only has 160 septets in
 * one SMS, 153 in each part of a longer one; any other character makes it UCS-2, with 70
 * and 67 code units.
 */
#ifndef KOTAK_DIALOGUE_SEPTETS_H
#define KOTAK_DIALOGUE_SEPTETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

#define SEPTETS_ONE_PART 160
#define SEPTETS_PER_PART 153
#define UNITS_ONE_PART 70
#define UNITS_PER_PART 67

/* 1, 2 (extension table), or 0 when the alphabet doesn't have the character. */
unsigned septets_of(uint32_t character);

/* Septets of a text; -1 when it can't be said in the alphabet. */
long septets_count(const char *text);

/* UTF-16 code units of a text. */
size_t units_count(const char *text);

/* Bytes of the longest beginning of text that costs at most most septets (or units). */
size_t septets_fit(const char *text, size_t most);
size_t units_fit(const char *text, size_t most);

/*
 * A copy in which typographic signs and accented letters outside the alphabet have become
 * their plain forms and emoji are gone. What has no plain form becomes "?" with replace,
 * else it stays (and the text will be UCS-2). NULL without memory; caller frees.
 */
must_check char *septets_plain(const char *text, bool replace);

#endif
