/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The second factor: time-based codes of RFC 6238 (SHA-1, 30 s, 6 digits), as telephones show. */
#ifndef PPIDD_TOTP_H
#define PPIDD_TOTP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/cleanup.h"

#define TOTP_SECRET_BYTES 20
#define TOTP_SECRET_HEX (2 * TOTP_SECRET_BYTES + 1)
#define TOTP_BASE32_SIZE (TOTP_SECRET_BYTES * 8 / 5 + 1)
#define TOTP_STEP_MS 30000
#define TOTP_CODE_SIZE 7 /* 6 digits and the terminator */

/* A new secret, in hex as the store keeps it. */
void totp_secret_new(char hex[static TOTP_SECRET_HEX]);
/* As a person types it into the telephone. -EINVAL: that is no secret in hex. */
must_check int totp_secret_words(const char *hex, char out[static TOTP_BASE32_SIZE]);
/* The code of one step of 30 s since 1970. -EINVAL as above. */
must_check int totp_code(const char *hex, int64_t step, char out[static TOTP_CODE_SIZE]);
/*
 * The step whose code this is, of the present one, the one before and the one after (clocks
 * differ), and later than the last taken; 0 when it is none of them. -EINVAL as above.
 */
must_check int64_t totp_match(const char *hex, const char *code, int64_t last_step, int64_t now_ms);

/* Draws a text as a QR code in SVG, black on white; title is read aloud instead of it. */
must_check int totp_qr(FILE *out, const char *text, const char *title);

#endif
