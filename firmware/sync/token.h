/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file with the kiosk's token: one line of 64 hex digits, readable by its owner only. */
#ifndef KOTAK_SYNC_TOKEN_H
#define KOTAK_SYNC_TOKEN_H

#include <stdbool.h>

#include "base/cleanup.h"

#define TOKEN_SIZE 65 /* 64 hex digits and the terminator */

/* Whether text is exactly 64 hex digits. */
bool token_valid(const char *text);

/* Returns 0, -ENOENT (not enrolled), -EBADMSG when the content isn't a token, or an errno. */
must_check int token_read(const char *path, char token[static TOKEN_SIZE]);

/*
 * Puts the token in place of an earlier one: after a power cut there is the old or the new
 * file, never a piece. Returns 0, -EINVAL when it is no token, or a negative errno.
 */
must_check int token_write(const char *path, const char *token);

#endif
