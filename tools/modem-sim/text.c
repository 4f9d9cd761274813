/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text.h"

#include <errno.h>
#include <string.h>

#include "buffer.h"

#define REPLACEMENT 0xFFFD
#define ESCAPE 0x1B

/* 23.038 section 6.2.1, by septet. The escape itself stands for a space when shown alone. */
static const uint16_t alphabet[128] = {
	0x0040, 0x00A3, 0x0024, 0x00A5, 0x00E8, 0x00E9, 0x00F9, 0x00EC, /* 00 */
	0x00F2, 0x00C7, 0x000A, 0x00D8, 0x00F8, 0x000D, 0x00C5, 0x00E5, /* 08 */
	0x0394, 0x005F, 0x03A6, 0x0393, 0x039B, 0x03A9, 0x03A0, 0x03A8, /* 10 */
	0x03A3, 0x0398, 0x039E, 0x00A0, 0x00C6, 0x00E6, 0x00DF, 0x00C9, /* 18 */
	0x0020, 0x0021, 0x0022, 0x0023, 0x00A4, 0x0025, 0x0026, 0x0027, /* 20 */
	0x0028, 0x0029, 0x002A, 0x002B, 0x002C, 0x002D, 0x002E, 0x002F, /* 28 */
	0x0030, 0x0031, 0x0032, 0x0033, 0x0034, 0x0035, 0x0036, 0x0037, /* 30 */
	0x0038, 0x0039, 0x003A, 0x003B, 0x003C, 0x003D, 0x003E, 0x003F, /* 38 */
	0x00A1, 0x0041, 0x0042, 0x0043, 0x0044, 0x0045, 0x0046, 0x0047, /* 40 */
	0x0048, 0x0049, 0x004A, 0x004B, 0x004C, 0x004D, 0x004E, 0x004F, /* 48 */
	0x0050, 0x0051, 0x0052, 0x0053, 0x0054, 0x0055, 0x0056, 0x0057, /* 50 */
	0x0058, 0x0059, 0x005A, 0x00C4, 0x00D6, 0x00D1, 0x00DC, 0x00A7, /* 58 */
	0x00BF, 0x0061, 0x0062, 0x0063, 0x0064, 0x0065, 0x0066, 0x0067, /* 60 */
	0x0068, 0x0069, 0x006A, 0x006B, 0x006C, 0x006D, 0x006E, 0x006F, /* 68 */
	0x0070, 0x0071, 0x0072, 0x0073, 0x0074, 0x0075, 0x0076, 0x0077, /* 70 */
	0x0078, 0x0079, 0x007A, 0x00E4, 0x00F6, 0x00F1, 0x00FC, 0x00E0, /* 78 */
};

/* 23.038 section 6.2.1.1: what follows the escape. */
static const struct {
	uint8_t septet;
	uint16_t unit;
} extension[] = {
	{ 0x0A, 0x000C },
	{ 0x14, 0x005E },
	{ 0x28, 0x007B },
	{ 0x29, 0x007D },
	{ 0x2F, 0x005C },
	{ 0x3C, 0x005B },
	{ 0x3D, 0x007E },
	{ 0x3E, 0x005D },
	{ 0x40, 0x007C },
	{ 0x65, 0x20AC },
};

/* Length of the UTF-8 sequence that lead begins and its first bits; 0 when it begins none. */
static unsigned utf8_lead(uint8_t lead, uint32_t *bits)
{
	if (lead < 0x80) {
		*bits = lead;
		return 1;
	}
	if (lead >= 0xC2 && lead <= 0xDF) {
		*bits = lead & 0x1FU;
		return 2;
	}
	if (lead >= 0xE0 && lead <= 0xEF) {
		*bits = lead & 0x0FU;
		return 3;
	}
	if (lead >= 0xF0 && lead <= 0xF4) {
		*bits = lead & 0x07U;
		return 4;
	}
	return 0;
}

/* Reads one code point from text (zero-terminated); returns its bytes or 0 when invalid. */
static unsigned utf8_point(const uint8_t *text, uint32_t *point)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned length = utf8_lead(text[0], point);

	for (unsigned i = 1; i < length; i++) {
		if ((text[i] & 0xC0) != 0x80)
			return 0;
		*point = *point << 6 | (text[i] & 0x3FU);
	}
	if (length && (*point < least[length] || *point > 0x10FFFF ||
			      (*point >= 0xD800 && *point <= 0xDFFF)))
		return 0;
	return length;
}

int text_from_utf8(const char *utf8, uint16_t **units, size_t *count)
{
	const uint8_t *text = (const uint8_t *)utf8;
	autofree uint16_t *out = must_allocate(strlen(utf8), sizeof(*out));
	size_t written = 0;

	while (*text) {
		uint32_t point = 0;
		unsigned length = utf8_point(text, &point);

		if (!length)
			return -EILSEQ;
		if (point >= 0x10000) {
			out[written++] = (uint16_t)(0xD800 + ((point - 0x10000) >> 10));
			out[written++] = (uint16_t)(0xDC00 + ((point - 0x10000) & 0x3FF));
		} else {
			out[written++] = (uint16_t)point;
		}
		text += length;
	}
	*units = take_pointer(out);
	*count = written;
	return 0;
}

static size_t utf8_write(uint32_t point, char *out)
{
	size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	static const uint8_t mark[5] = { 0, 0, 0xC0, 0xE0, 0xF0 };

	for (size_t i = length - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (point & 0x3F));
		point >>= 6;
	}
	out[0] = (char)(mark[length] | point);
	return length;
}

static bool is_high(uint16_t unit)
{
	return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low(uint16_t unit)
{
	return unit >= 0xDC00 && unit <= 0xDFFF;
}

char *text_to_utf8(const uint16_t *units, size_t count)
{
	char *out = must_allocate(count * 3 + 1, 1);
	size_t written = 0;

	for (size_t i = 0; i < count; i++) {
		uint32_t point = units[i];

		if (is_high(units[i]) && i + 1 < count && is_low(units[i + 1])) {
			point = 0x10000 + (((uint32_t)units[i] - 0xD800) << 10) +
				((uint32_t)units[i + 1] - 0xDC00);
			i++;
		} else if (is_high(units[i]) || is_low(units[i]) || !units[i]) {
			point = REPLACEMENT;
		}
		written += utf8_write(point, out + written);
	}
	return out;
}

/* The septet of a unit in the alphabet (*escaped: behind an escape); -1 when it has none. */
static int gsm7_septet(uint16_t unit, bool *escaped)
{
	*escaped = false;
	for (int i = 0; i < 128; i++)
		if (alphabet[i] == unit && i != ESCAPE)
			return i;
	*escaped = true;
	for (size_t i = 0; i < ARRAY_SIZE(extension); i++)
		if (extension[i].unit == unit)
			return extension[i].septet;
	return -1;
}

unsigned gsm7_width(uint16_t unit)
{
	bool escaped;

	if (gsm7_septet(unit, &escaped) < 0)
		return 0;
	return escaped ? 2 : 1;
}

bool gsm7_fits(const uint16_t *units, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!gsm7_width(units[i]))
			return false;
	return true;
}

size_t gsm7_encode(const uint16_t *units, size_t count, uint8_t *septets, size_t most)
{
	size_t written = 0;

	for (size_t i = 0; i < count; i++) {
		bool escaped;
		int septet = gsm7_septet(units[i], &escaped);

		if (septet < 0 || written + (escaped ? 2 : 1) > most)
			break;
		if (escaped)
			septets[written++] = ESCAPE;
		septets[written++] = (uint8_t)septet;
	}
	return written;
}

static uint16_t extension_unit(uint8_t septet)
{
	for (size_t i = 0; i < ARRAY_SIZE(extension); i++)
		if (extension[i].septet == septet)
			return extension[i].unit;
	/* An unknown extension is shown as the plain character (23.038 section 6.2.1.1). */
	return alphabet[septet];
}

size_t gsm7_decode(const uint8_t *septets, size_t count, uint16_t *units)
{
	size_t written = 0;

	for (size_t i = 0; i < count; i++) {
		uint8_t septet = septets[i] & 0x7F;

		if (septet == ESCAPE && i + 1 < count)
			units[written++] = extension_unit(septets[++i] & 0x7F);
		else
			units[written++] = alphabet[septet];
	}
	return written;
}

size_t septets_octets(size_t count)
{
	return (count * 7 + 7) / 8;
}

void septets_pack(const uint8_t *septets, size_t count, size_t skip, uint8_t *octets)
{
	for (size_t i = 0; i < count; i++) {
		size_t bit = (skip + i) * 7;
		unsigned shifted = (septets[i] & 0x7FU) << (bit % 8);
		unsigned mask = 0x7FU << (bit % 8);
		uint8_t *octet = octets + bit / 8;

		octet[0] = (uint8_t)((octet[0] & ~mask) | shifted);
		if (bit % 8 > 1)
			octet[1] = (uint8_t)(shifted >> 8);
	}
}

void septets_unpack(const uint8_t *octets, size_t skip, size_t count, uint8_t *septets)
{
	for (size_t i = 0; i < count; i++) {
		size_t bit = (skip + i) * 7;
		const uint8_t *octet = octets + bit / 8;
		unsigned pair = octet[0];

		if (bit % 8 > 1)
			pair |= (unsigned)octet[1] << 8;
		septets[i] = (uint8_t)(pair >> (bit % 8) & 0x7F);
	}
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return -1;
}

int hex_read(const char *text, size_t length, uint8_t *octets, size_t most)
{
	if (length % 2 || length / 2 > most)
		return -EINVAL;
	for (size_t i = 0; i < length; i += 2) {
		int high = hex_digit(text[i]);
		int low = hex_digit(text[i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		octets[i / 2] = (uint8_t)(high << 4 | low);
	}
	return (int)(length / 2);
}
