/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/totp.h"

#include <errno.h>
#include <nettle/hmac.h>
#include <sodium.h>
#include <string.h>

void totp_secret_new(char hex[static TOTP_SECRET_HEX])
{
	uint8_t secret[TOTP_SECRET_BYTES];

	randombytes_buf(secret, sizeof(secret));
	sodium_bin2hex(hex, TOTP_SECRET_HEX, secret, sizeof(secret));
	sodium_memzero(secret, sizeof(secret));
}

static int read_secret(const char *hex, uint8_t secret[static TOTP_SECRET_BYTES])
{
	size_t size = 0;

	if (!hex ||
		sodium_hex2bin(secret, TOTP_SECRET_BYTES, hex, strlen(hex), NULL, &size, NULL) !=
			0 ||
		size != TOTP_SECRET_BYTES)
		return -EINVAL;
	return 0;
}

int totp_secret_words(const char *hex, char out[static TOTP_BASE32_SIZE])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; /* RFC 4648 */
	uint8_t secret[TOTP_SECRET_BYTES];
	unsigned buffer = 0, bits = 0;
	size_t length = 0;

	int error = read_secret(hex, secret);
	if (error < 0)
		return error;
	for (size_t i = 0; i < sizeof(secret); i++) {
		buffer = (buffer << 8 | secret[i]) & 0xfff;
		for (bits += 8; bits >= 5; bits -= 5)
			out[length++] = letters[buffer >> (bits - 5) & 31];
	}
	out[length] = '\0';
	sodium_memzero(secret, sizeof(secret));
	return 0;
}

int totp_code(const char *hex, int64_t step, char out[static TOTP_CODE_SIZE])
{
	uint8_t secret[TOTP_SECRET_BYTES], counter[8], digest[SHA1_DIGEST_SIZE];
	struct hmac_sha1_ctx context;

	int error = read_secret(hex, secret);
	if (error < 0)
		return error;
	for (unsigned i = 0; i < sizeof(counter); i++)
		counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
	hmac_sha1_set_key(&context, sizeof(secret), secret);
	hmac_sha1_update(&context, sizeof(counter), counter);
	hmac_sha1_digest(&context, sizeof(digest), digest);
	/* RFC 4226, 5.3: four bytes from a place that the last one names. */
	const uint8_t *at = digest + (digest[sizeof(digest) - 1] & 15);
	uint32_t number = (uint32_t)(at[0] & 0x7f) << 24 | (uint32_t)at[1] << 16 |
			  (uint32_t)at[2] << 8 | at[3];
	snprintf(out, TOTP_CODE_SIZE, "%06u", (unsigned)(number % 1000000));
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(&context, sizeof(context));
	return 0;
}

int64_t totp_match(const char *hex, const char *code, int64_t last_step, int64_t now_ms)
{
	int64_t now_step = now_ms / TOTP_STEP_MS, found = 0;
	char right[TOTP_CODE_SIZE];

	bool whole = strlen(code) == TOTP_CODE_SIZE - 1;
	for (int64_t step = now_step - 1; step <= now_step + 1; step++) {
		int error = totp_code(hex, step, right);
		if (error < 0)
			return error;
		if (whole && sodium_memcmp(code, right, TOTP_CODE_SIZE - 1) == 0 &&
			step > last_step && found == 0)
			found = step;
	}
	return found;
}
