/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/ids.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void uuid_new(char out[static UUID_SIZE])
{
	uint8_t bytes[16];
	char hex[33];

	randombytes_buf(bytes, sizeof(bytes));
	bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
	sodium_bin2hex(hex, sizeof(hex), bytes, sizeof(bytes));
	snprintf(out, UUID_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
		hex + 20);
}

bool uuid_valid(const char *text)
{
	size_t i;

	for (i = 0; text[i]; i++) {
		if (i >= UUID_SIZE - 1)
			return false;
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text[i] != '-')
				return false;
		} else if (!strchr("0123456789abcdef", text[i])) {
			return false;
		}
	}
	return i == UUID_SIZE - 1;
}

void time_format(int64_t time_ms, char out[static TIME_SIZE])
{
	/* Outside years 0-9999 there is no RFC 3339 form; clamp rather than overrun. */
	static const int64_t last = INT64_C(253402300799999);
	int64_t clamped = time_ms < 0 ? 0 : time_ms > last ? last : time_ms;
	time_t seconds = (time_t)(clamped / 1000);
	struct tm parts;
	size_t length;

	gmtime_r(&seconds, &parts);
	length = strftime(out, TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &parts);
	snprintf(out + length, TIME_SIZE - length, ".%03dZ", (int)(clamped % 1000));
}

int time_parse(const char *text, int64_t *time_ms)
{
	struct tm parts = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
	int64_t fraction = 0;

	if (!rest)
		return -EINVAL;
	if (*rest == '.') {
		int64_t unit = 100;
		for (rest++; isdigit((unsigned char)*rest); rest++, unit /= 10)
			fraction += (*rest - '0') * unit;
	}
	if (strcmp(rest, "Z") != 0)
		return -EINVAL;
	*time_ms = (int64_t)timegm(&parts) * 1000 + fraction;
	return 0;
}

int64_t time_months_before(int64_t time_ms, int64_t months)
{
	time_t seconds = (time_t)(time_ms / 1000);
	struct tm day = { 0 };

	if (months < 0 || months > 12 * 1000 || !gmtime_r(&seconds, &day))
		return 0;
	if (day.tm_mday > 28)
		day.tm_mday = 28;
	day.tm_mon -= (int)months;
	time_t before = timegm(&day);
	return before > 0 ? (int64_t)before * 1000 : 0;
}
