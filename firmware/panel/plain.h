/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of any origin in what a display's character ROM A00 shows. */
#ifndef KOTAK_PANEL_PLAIN_H
#define KOTAK_PANEL_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

/*
 * Appends UTF-8 to the *length characters in out, and a terminator, as ASCII without backslash and
 * tilde, which the ROM doesn't have: letters lose their accents, emoji go, control characters
 * become spaces, what has no plain form "?". Newlines stay with lines, else become spaces. What has
 * no room is cut. 0 or -ENOMEM.
 */
must_check int plain_append(char *out, size_t size, size_t *length, const char *text, bool lines);

#endif
