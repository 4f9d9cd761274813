/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulator's text: UTF-8, UTF-16, the GSM alphabet, septets, the sets of +CSCS. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "tools/modem-sim/charset.h"
#include "tools/modem-sim/text.h"

static void utf8_round_trips(void **state)
{
	static const char *const texts[] = { "", "Jalan rusak", "ñ Ä €", "中文", "a\U0001F600b",
		"\U0010FFFF" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		autofree uint16_t *units = NULL;
		autofree char *back = NULL;
		size_t count = 99;

		assert_int_equal(text_from_utf8(texts[i], &units, &count), 0);
		back = text_to_utf8(units, count);
		assert_string_equal(back, texts[i]);
	}
}

static void surrogates_are_a_pair(void **state)
{
	autofree uint16_t *units = NULL;
	size_t count = 0;

	(void)state;
	assert_int_equal(text_from_utf8("\U0001F600", &units, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(units[0], 0xD83D);
	assert_int_equal(units[1], 0xDE00);
}

static void halves_become_replacements(void **state)
{
	static const uint16_t units[] = { 0xD83D, 'a', 0xDE00, 0 };
	autofree char *text = NULL;

	(void)state;
	text = text_to_utf8(units, ARRAY_SIZE(units));
	assert_string_equal(text, "\xEF\xBF\xBD"
				  "a\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void bad_utf8_is_refused(void **state)
{
	static const char *const texts[] = { "\x80", "\xC0\xAF", "\xC3", "a\xE2\x82",
		"\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF0\x80\x80\x80", "\xE0\x9F\xBF", "\xFF" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		uint16_t *units = NULL;
		size_t count = 0;

		assert_int_equal(text_from_utf8(texts[i], &units, &count), -EILSEQ);
		assert_null(units);
	}
}

static void whole_alphabet_round_trips(void **state)
{
	uint8_t septets[128];
	uint8_t back[256];
	uint16_t units[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(septets); i++)
		septets[i] = (uint8_t)i;
	septets[0x1B] = 'x'; /* the escape is no character */
	assert_int_equal(gsm7_decode(septets, ARRAY_SIZE(septets), units), 128);
	assert_true(gsm7_fits(units, 128));
	assert_int_equal(gsm7_encode(units, 128, back, sizeof(back)), 128);
	assert_memory_equal(back, septets, sizeof(septets));
	assert_int_equal(units[0], '@');
	assert_int_equal(units[2], '$');
	assert_int_equal(units[0x11], '_');
	assert_int_equal(units[0x40], 0xA1);
	assert_int_equal(units[0x7F], 0xE0);
}

static void extension_takes_two(void **state)
{
	static const uint16_t units[] = { '\f', '^', '{', '}', '\\', '[', '~', ']', '|', 0x20AC };
	static const uint8_t expected[] = { 0x1B, 0x0A, 0x1B, 0x14, 0x1B, 0x28, 0x1B, 0x29, 0x1B,
		0x2F, 0x1B, 0x3C, 0x1B, 0x3D, 0x1B, 0x3E, 0x1B, 0x40, 0x1B, 0x65 };
	uint8_t septets[32];
	uint16_t back[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		assert_int_equal(gsm7_width(units[i]), 2);
	assert_int_equal(
		gsm7_encode(units, ARRAY_SIZE(units), septets, sizeof(septets)), sizeof(expected));
	assert_memory_equal(septets, expected, sizeof(expected));
	assert_int_equal(gsm7_decode(septets, sizeof(expected), back), ARRAY_SIZE(units));
	assert_memory_equal(back, units, sizeof(units));
}

static void unknown_extension_shows_the_plain_letter(void **state)
{
	static const uint8_t septets[] = { 0x1B, 'a', 0x1B };
	uint16_t units[3];

	(void)state;
	assert_int_equal(gsm7_decode(septets, sizeof(septets), units), 2);
	assert_int_equal(units[0], 'a');
}

static void what_is_not_in_the_alphabet(void **state)
{
	(void)state;
	assert_int_equal(gsm7_width('`'), 0);
	assert_int_equal(gsm7_width(0xE1), 0); /* á: only à is there */
	assert_int_equal(gsm7_width(0x4E2D), 0);
	assert_int_equal(gsm7_width(0xE7), 0); /* ç: only Ç is there */
	assert_int_equal(gsm7_width(0xC7), 1);
}

/* The example everybody knows: "hellohello" packed. */
static void septets_pack_as_published(void **state)
{
	static const uint8_t expected[] = { 0xE8, 0x32, 0x9B, 0xFD, 0x46, 0x97, 0xD9, 0xEC, 0x37 };
	uint8_t octets[9] = { 0 };
	uint8_t back[10];

	(void)state;
	septets_pack((const uint8_t *)"hellohello", 10, 0, octets);
	assert_memory_equal(octets, expected, sizeof(expected));
	septets_unpack(octets, 0, 10, back);
	assert_memory_equal(back, "hellohello", 10);
}

static void septets_round_trip_behind_any_header(void **state)
{
	uint8_t septets[160];
	uint8_t octets[160];
	uint8_t back[160];

	(void)state;
	for (size_t i = 0; i < sizeof(septets); i++)
		septets[i] = (uint8_t)(i * 37 & 0x7F);
	for (size_t skip = 0; skip < 16; skip++) {
		for (size_t count = 0; count <= 144; count++) {
			memset(octets, 0xFF, sizeof(octets));
			memset(back, 0, sizeof(back));
			septets_pack(septets, count, skip, octets);
			septets_unpack(octets, skip, count, back);
			assert_memory_equal(back, septets, count);
			/* What was there before the text stays. */
			for (size_t i = 0; i < skip * 7 / 8; i++)
				assert_int_equal(octets[i], 0xFF);
		}
	}
}

static void hex_is_read_strictly(void **state)
{
	uint8_t octets[4];

	(void)state;
	assert_int_equal(hex_read("0aFf", 4, octets, sizeof(octets)), 2);
	assert_int_equal(octets[0], 0x0A);
	assert_int_equal(octets[1], 0xFF);
	assert_int_equal(hex_read("", 0, octets, sizeof(octets)), 0);
	assert_int_equal(hex_read("abc", 3, octets, sizeof(octets)), -EINVAL);
	assert_int_equal(hex_read("zz", 2, octets, sizeof(octets)), -EINVAL);
	assert_int_equal(hex_read("0011223344", 10, octets, sizeof(octets)), -EINVAL);
}

static void expect_charset(const char *charset, const char *utf8, const char *written)
{
	autofree uint16_t *units = NULL;
	autofree uint16_t *again = NULL;
	autobuffer out = { 0 };
	size_t count = 0;
	size_t again_count = 0;

	assert_int_equal(text_from_utf8(utf8, &units, &count), 0);
	charset_put(&out, charset, units, count);
	assert_string_equal(buffer_text(&out), written);
	if (!charset_fits(charset, units, count))
		return;
	assert_int_equal(charset_take(charset, written, strlen(written), &again, &again_count), 0);
	assert_int_equal(again_count, count);
	assert_memory_equal(again, units, count * sizeof(*units));
}

static void charsets_write_and_read(void **state)
{
	(void)state;
	expect_charset("UCS2", "a€\U0001F600", "006120ACD83DDE00");
	expect_charset("HEX", "a{", "611B28");
	expect_charset("GSM", "$_", "\x02\x11");
	expect_charset("IRA", "abc", "abc");
	expect_charset("IRA", "aé", "a?");
	expect_charset("GSM", "中", "?");
}

static void broken_ucs2_is_refused(void **state)
{
	uint16_t *units = NULL;
	size_t count = 0;

	(void)state;
	assert_int_equal(charset_take("UCS2", "00", 2, &units, &count), -EINVAL);
	assert_int_equal(charset_take("UCS2", "00zz", 4, &units, &count), -EINVAL);
	assert_int_equal(charset_take("HEX", "1", 1, &units, &count), -EINVAL);
	assert_null(units);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_round_trips),
		cmocka_unit_test(surrogates_are_a_pair),
		cmocka_unit_test(halves_become_replacements),
		cmocka_unit_test(bad_utf8_is_refused),
		cmocka_unit_test(whole_alphabet_round_trips),
		cmocka_unit_test(extension_takes_two),
		cmocka_unit_test(unknown_extension_shows_the_plain_letter),
		cmocka_unit_test(what_is_not_in_the_alphabet),
		cmocka_unit_test(septets_pack_as_published),
		cmocka_unit_test(septets_round_trip_behind_any_header),
		cmocka_unit_test(hex_is_read_strictly),
		cmocka_unit_test(charsets_write_and_read),
		cmocka_unit_test(broken_ucs2_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("sim_text", tests, NULL, NULL);
}
