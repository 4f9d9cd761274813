/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts as the display's ROM can show them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "display/charset.h"

static void assert_codes(const char *text, const char *wanted)
{
	uint8_t codes[256];
	size_t count = charset_encode(text, codes, sizeof(codes));

	assert_int_equal(count, strlen(wanted));
	assert_memory_equal(codes, wanted, count);
	/* How many there are doesn't depend on the room. */
	assert_int_equal(charset_encode(text, NULL, 0), count);
}

static void test_ascii(void **state)
{
	char all[0x80 - 0x20];

	(void)state;
	for (unsigned code = 0x20; code < 0x7e; code++)
		all[code - 0x20] = (char)code;
	all[0x7e - 0x20] = '\0';
	all['\\' - 0x20] = '/';
	assert_codes(all, all);
	assert_codes("", "");
	/* A yen and an arrow stand there. */
	assert_codes("a\\b~c\x7f", "a?b?c?");
	assert_codes("satu\ndua\ttiga\x01", "satu dua tiga ");
}

static void test_letters(void **state)
{
	(void)state;
	assert_codes("Café Ñandú ÅÖü", "Cafe Nandu AOu");
	assert_codes("ḿ", "?");
	assert_codes("Straße Æsop œuvre Łódź žluťoučký", "Strasse AEsop oeuvre Lodz zlutoucky");
	/* Decomposed: the mark is left out. */
	assert_codes("Cafe\xcc\x81", "Cafe");
	assert_codes("\xc4\x80\xc5\xbf\xc3\xbf", "Asy");
}

static void test_signs(void **state)
{
	(void)state;
	assert_codes("“Jalan” ‘rusak’ …", "\"Jalan\" 'rusak' ...");
	assert_codes("07.00–14.00 — tutup", "07.00-14.00 - tutup");
	assert_codes("Rp\u00a05.000 \u00bd \u20ac", "Rp 5.000 1/2 EUR");
	assert_codes("30\u00b0 \u2192 \u2190 \u00a5", "30\xdf \x7e \x7f \x5c");
	assert_codes("a\u200bb\ufeff\u00ad", "ab");
	assert_codes("👍🏽 漢", "?? ?");
}

static void test_not_utf8(void **state)
{
	(void)state;
	assert_codes("a\xff\x80z", "a??z");
	assert_codes("\xc3", "?");
	assert_codes("\xe2\x80", "??");
	/* Over-long, a surrogate, beyond Unicode. */
	assert_codes("\xc0\xaf", "??");
	assert_codes("\xed\xa0\x80", "???");
	assert_codes("\xf4\x90\x80\x80", "????");
}

static void test_room(void **state)
{
	uint8_t codes[4] = "zzzz";

	(void)state;
	assert_int_equal(charset_encode("ab…", codes, 3), 5);
	assert_memory_equal(codes, "ab.z", 4);
}

/* No character becomes a glyph, an unused code or the end of a string. */
static void test_every_character(void **state)
{
	(void)state;
	for (uint32_t character = 1; character < 0x30000; character++) {
		char text[5] = "";
		uint8_t codes[8];
		size_t count;

		if (character < 0x80)
			text[0] = (char)character;
		else if (character < 0x800)
			memcpy(text,
				(char[]) { (char)(0xc0 | character >> 6),
					(char)(0x80 | (character & 0x3f)) },
				2);
		else if (character < 0x10000)
			memcpy(text,
				(char[]) { (char)(0xe0 | character >> 12),
					(char)(0x80 | (character >> 6 & 0x3f)),
					(char)(0x80 | (character & 0x3f)) },
				3);
		else
			memcpy(text,
				(char[]) { (char)(0xf0 | character >> 18),
					(char)(0x80 | (character >> 12 & 0x3f)),
					(char)(0x80 | (character >> 6 & 0x3f)),
					(char)(0x80 | (character & 0x3f)) },
				4);
		count = charset_encode(text, codes, sizeof(codes));
		assert_true(count <= 3);
		for (size_t i = 0; i < count; i++)
			assert_true(codes[i] >= 0x20 && (codes[i] < 0x80 || codes[i] >= 0xa0));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ascii),
		cmocka_unit_test(test_letters),
		cmocka_unit_test(test_signs),
		cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_every_character),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
