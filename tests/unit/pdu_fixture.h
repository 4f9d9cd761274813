/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PDUs for tests: written in hex, decoded from memory that ends where they end. */
#ifndef KOTAK_TESTS_PDU_FIXTURE_H
#define KOTAK_TESTS_PDU_FIXTURE_H

/* cmocka wants these before its own header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "modem/codec.h"

struct pdu {
	uint8_t bytes[MODEM_PDU_MAX];
	size_t size;
};

/* SMS-DELIVER from +62811234567890 up to TP-PID, and its time stamp: 2026-11-24 17:20:05 +07. */
#define DELIVER "0691261801000004" FROM
#define DELIVER_WITH_HEADER "0691261801000044" FROM
#define FROM                                                                                       \
	"0E9126182143658709"                                                                       \
	"00"
#define STAMP "62114271025082"
#define STAMP_MS INT64_C(1795515605000)

static inline unsigned hex_digit(char digit)
{
	const char *digits = "0123456789ABCDEF";
	const char *found = strchr(digits, digit);

	assert_non_null(found);
	return (unsigned)(found - digits);
}

static inline void pdu_byte(struct pdu *pdu, unsigned byte)
{
	assert_in_range(pdu->size, 0, sizeof(pdu->bytes) - 1);
	pdu->bytes[pdu->size++] = (uint8_t)byte;
}

/* Appends octets in hex; spaces are allowed. */
static inline void pdu_hex(struct pdu *pdu, const char *hex)
{
	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		pdu_byte(pdu, hex_digit(hex[0]) << 4 | hex_digit(hex[1]));
		hex++;
	}
}

static inline struct pdu pdu_of(const char *hex)
{
	struct pdu pdu = { .size = 0 };

	pdu_hex(&pdu, hex);
	return pdu;
}

/*
 * Appends TP-UDL and user data: a header in hex ("" for none) and septets, written as text
 * whose characters are the septets themselves (most of ASCII is).
 */
static inline void pdu_septets(
	struct pdu *pdu, const char *header_hex, const char *septets, size_t count)
{
	struct pdu data = { .size = 0 };
	size_t header_octets = strlen(header_hex) / 2;
	size_t bit = (header_octets * 8 + 6) / 7 * 7;

	pdu_hex(&data, header_hex);
	for (size_t i = 0; i < count; i++, bit += 7) {
		for (size_t j = 0; j < 7; j++) {
			size_t at = bit + j;

			if ((unsigned)septets[i] >> j & 1)
				data.bytes[at / 8] |= (uint8_t)(1 << at % 8);
		}
	}
	pdu_byte(pdu, (unsigned)(bit / 7));
	for (size_t i = 0; i < (bit + 7) / 8; i++)
		pdu_byte(pdu, data.bytes[i]);
}

/* Decodes a copy on the heap, so that the sanitizer sees one octet too far. */
static inline struct modem_decoded decode_size(const struct pdu *pdu, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct modem_decoded decoded;

	assert_non_null(copy);
	memcpy(copy, pdu->bytes, size);
	codec_decode(copy, size, &decoded);
	free(copy);
	return decoded;
}

static inline struct modem_decoded decode(const struct pdu *pdu)
{
	return decode_size(pdu, pdu->size);
}

static inline struct modem_decoded decode_hex(const char *hex)
{
	struct pdu pdu = pdu_of(hex);

	return decode(&pdu);
}

static inline void assert_unreadable(const struct modem_decoded *decoded)
{
	assert_int_equal(decoded->type, MODEM_DECODED_UNREADABLE);
	assert_string_not_equal(decoded->reason, "");
	assert_int_equal(decoded->text_units, 0);
	assert_string_equal(decoded->address, "");
}

/* Compares UTF-16 units with a wide string, whose characters beyond the BMP count as pairs. */
static inline void assert_text(const struct modem_decoded *decoded, const wchar_t *expected)
{
	size_t at = 0;

	for (; *expected; expected++) {
		uint32_t code_point = (uint32_t)*expected;

		if (code_point >= 0x10000) {
			assert_int_equal(decoded->text[at++], 0xd7c0 + (code_point >> 10));
			code_point = 0xdc00 + (code_point & 0x3ff);
		}
		assert_int_equal(decoded->text[at++], code_point);
	}
	assert_int_equal(decoded->text_units, at);
}

#endif
