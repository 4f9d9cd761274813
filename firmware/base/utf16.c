/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/utf16.h"

#include <errno.h>
#include <stdbool.h>

#define REPLACEMENT 0xfffdU

static bool high_surrogate(uint32_t unit)
{
	return unit >= 0xd800 && unit < 0xdc00;
}

static bool low_surrogate(uint32_t unit)
{
	return unit >= 0xdc00 && unit < 0xe000;
}

/* Writes one code point at *at, which has room for four bytes. */
static char *utf8_put(char *at, uint32_t point)
{
	if (point < 0x80) {
		*at++ = (char)point;
	} else if (point < 0x800) {
		*at++ = (char)(0xc0 | point >> 6);
		*at++ = (char)(0x80 | (point & 0x3f));
	} else if (point < 0x10000) {
		*at++ = (char)(0xe0 | point >> 12);
		*at++ = (char)(0x80 | (point >> 6 & 0x3f));
		*at++ = (char)(0x80 | (point & 0x3f));
	} else {
		*at++ = (char)(0xf0 | point >> 18);
		*at++ = (char)(0x80 | (point >> 12 & 0x3f));
		*at++ = (char)(0x80 | (point >> 6 & 0x3f));
		*at++ = (char)(0x80 | (point & 0x3f));
	}
	return at;
}

int utf16_to_utf8(const uint16_t *units, size_t count, char **out)
{
	/* Three bytes a unit suffice: a pair of units becomes four. */
	char *text = malloc(count * 3 + 1);
	char *at = text;

	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		uint32_t point = units[i];
		if (high_surrogate(point) && i + 1 < count && low_surrogate(units[i + 1])) {
			point = 0x10000 + ((point - 0xd800) << 10) + (units[i + 1] - 0xdc00U);
			i++;
		} else if (high_surrogate(point) || low_surrogate(point)) {
			point = REPLACEMENT;
		} else if (point == 0) {
			point = ' ';
		}
		at = utf8_put(at, point);
	}
	*at = '\0';
	*out = text;
	return 0;
}
