/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the code units of SMS to the UTF-8 of everything else. */
#ifndef KOTAK_BASE_UTF16_H
#define KOTAK_BASE_UTF16_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/*
 * Converts host-order UTF-16 to zero-terminated UTF-8 (caller frees). A lone surrogate
 * becomes U+FFFD; a zero unit, which can't stand in a C string, becomes a space.
 * Returns 0 or -ENOMEM.
 */
must_check int utf16_to_utf8(const uint16_t *units, size_t count, char **out);

#endif
