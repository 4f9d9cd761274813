/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text in the character set that +CSCS chose (27.007 section 5.5). */
#ifndef MODEM_SIM_CHARSET_H
#define MODEM_SIM_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "buffer.h"

/* Whether text in this set can carry these units unchanged. */
bool charset_fits(const char *charset, const uint16_t *units, size_t count);
/* Appends the text; what the set lacks becomes a question mark. */
void charset_put(struct buffer *out, const char *charset, const uint16_t *units, size_t count);
/* Reads text in the set; caller frees *units. -EINVAL when it isn't in it. */
must_check int charset_take(
	const char *charset, const char *text, size_t size, uint16_t **units, size_t *count);

/* UTF-16 as big-endian hex, and back. */
void ucs2_hex_put(struct buffer *out, const uint16_t *units, size_t count);
must_check int ucs2_hex_take(const char *text, size_t size, uint16_t **units, size_t *count);

#endif
