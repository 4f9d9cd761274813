/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "charset.h"

#include <errno.h>
#include <string.h>

#include "text.h"

void ucs2_hex_put(struct buffer *out, const uint16_t *units, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const uint8_t pair[2] = { (uint8_t)(units[i] >> 8), (uint8_t)units[i] };

		buffer_hex(out, pair, sizeof(pair));
	}
}

int ucs2_hex_take(const char *text, size_t size, uint16_t **units, size_t *count)
{
	autofree uint8_t *octets = must_allocate(size / 2 + 1, 1);
	uint16_t *out;

	if (size % 4 || hex_read(text, size, octets, size / 2) < 0)
		return -EINVAL;
	out = must_allocate(size / 4, sizeof(*out));
	for (size_t i = 0; i < size / 4; i++)
		out[i] = (uint16_t)(octets[i * 2] << 8 | octets[i * 2 + 1]);
	*units = out;
	*count = size / 4;
	return 0;
}

static bool is_ascii(const uint16_t *units, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (units[i] >= 0x80)
			return false;
	return true;
}

bool charset_fits(const char *charset, const uint16_t *units, size_t count)
{
	if (!strcmp(charset, "UCS2"))
		return true;
	if (!strcmp(charset, "GSM") || !strcmp(charset, "HEX"))
		return gsm7_fits(units, count);
	return is_ascii(units, count);
}

void charset_put(struct buffer *out, const char *charset, const uint16_t *units, size_t count)
{
	bool hex = !strcmp(charset, "HEX");

	if (!strcmp(charset, "UCS2")) {
		ucs2_hex_put(out, units, count);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		uint8_t bytes[2] = { units[i] < 0x80 ? (uint8_t)units[i] : '?' };
		size_t length = 1;

		if (hex || !strcmp(charset, "GSM")) {
			length = gsm7_encode(&units[i], 1, bytes, sizeof(bytes));
			if (!length)
				length = gsm7_encode((const uint16_t[]) { '?' }, 1, bytes, 2);
		}
		if (hex)
			buffer_hex(out, bytes, length);
		else
			buffer_append(out, bytes, length);
	}
}

int charset_take(
	const char *charset, const char *text, size_t size, uint16_t **units, size_t *count)
{
	autofree uint8_t *septets = must_allocate(size, 1);
	autofree uint16_t *out = must_allocate(size, sizeof(*out));
	int length = (int)size;

	if (!strcmp(charset, "UCS2"))
		return ucs2_hex_take(text, size, units, count);
	if (!strcmp(charset, "HEX")) {
		length = hex_read(text, size, septets, size);
		if (length < 0)
			return length;
		*count = gsm7_decode(septets, (size_t)length, out);
	} else if (!strcmp(charset, "GSM")) {
		*count = gsm7_decode((const uint8_t *)text, size, out);
	} else {
		for (size_t i = 0; i < size; i++)
			out[i] = (uint8_t)text[i];
		*count = size;
	}
	*units = take_pointer(out);
	return 0;
}
