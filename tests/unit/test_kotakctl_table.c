/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists for people: aligned, whatever script the texts are in, and safe for the terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <locale.h>
#include <string.h>
#include <time.h>

/* The programs' own objects aren't linked to the tests of the core. */
#include "tools/kotakctl/table.c"

#include "wire/event.h"

static void test_visible(void **state)
{
	/* U+202E, byte by byte: as a literal it could deceive whoever reads this file. */
	static const char right_to_left[] = { '\xE2', '\x80', '\xAE', 'k', '\0' };
	const struct {
		const char *text, *visible;
		size_t width;
	} texts[] = {
		{ "", "", 0 },
		{ "jalan rusak", "jalan rusak", 11 },
		{ "a\nb\tc", "a\\nb\\tc", 7 },
		{ "\x1B[2J\x07", "\\x1b[2J\\x07", 11 },
		{ "Jos\xC3\xA9", "Jos\xC3\xA9", 4 },
		{ "\xC2\x9B"
		  "31m",
			"\\x9b31m", 7 }, /* a C1 control: CSI */
		{ right_to_left, "\\u202ek", 7 },
		{ "\xE2\x80\x8B", "\\u200b", 6 },
		{ "\xFF\xC3", "\\xff\\xc3", 8 },
		{ "\xE6\x9D\x91", "\xE6\x9D\x91", 2 }, /* a wide character */
		{ "e\xCC\x81", "e\xCC\x81", 1 },       /* a combining one */
		{ "\x7F", "\\x7f", 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		autofree char *visible = visible_text(texts[i].text);
		assert_string_equal(visible, texts[i].visible);
		assert_int_equal(visible_width(visible), texts[i].width);
	}
}

static char *printed(const char *rows_text, const struct table_column *columns, size_t count)
{
	autojson json_t *rows = json_loads(rows_text, 0, NULL);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(rows);
	assert_non_null(out);
	assert_int_equal(table_print(out, rows, columns, count), 0);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_aligned(void **state)
{
	static const struct table_column columns[] = { { "name", "NAME", 0, false },
		{ "n", "N", 0, false }, { "text", "TEXT", 0, false } };
	autofree char *out =
		printed("[{\"name\": \"Jos\\u00e9\", \"n\": 5, \"text\": \"a\"},"
			" {\"name\": \"\\u6751\\u6751\\u6751\", \"n\": null, \"text\": \"b\"},"
			" {\"n\": true, \"text\": [1, 2]}]",
			columns, ARRAY_SIZE(columns));

	(void)state;
	assert_string_equal(out, "NAME    N     TEXT\n"
				 "Jos\xC3\xA9    5     a\n"
				 "\xE6\x9D\x91\xE6\x9D\x91\xE6\x9D\x91  -     b\n"
				 "-       true  [1,2]\n");
}

static void test_cut(void **state)
{
	static const struct table_column columns[] = { { "text", "TEXT", 6, false },
		{ "end", "END", 0, false } };
	autofree char *out =
		printed("[{\"text\": \"abcdef\", \"end\": \"x\"},"
			" {\"text\": \"abcdefg\", \"end\": \"x\"},"
			" {\"text\": \"\\u6751\\u6751\\u6751\\u6751\", \"end\": \"x\"}]",
			columns, ARRAY_SIZE(columns));

	(void)state;
	assert_string_equal(out, "TEXT    END\n"
				 "abcdef  x\n"
				 "abcde\xE2\x80\xA6  x\n"
				 "\xE6\x9D\x91\xE6\x9D\x91\xE2\x80\xA6   x\n");
}

static void test_times(void **state)
{
	char out[LOCAL_TIME_SIZE];

	(void)state;
	/* POSIX counts west of Greenwich: Jakarta is minus seven. */
	setenv("TZ", "WIB-7", 1);
	tzset();
	local_time("2026-11-24T18:05:59.999Z", out);
	assert_string_equal(out, "2026-11-25 01:05");
	local_time("a very long text that is no time at all, longer than the room for it", out);
	assert_int_equal(strlen(out), LOCAL_TIME_SIZE - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_visible),
		cmocka_unit_test(test_aligned),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_times),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 1;
	return cmocka_run_group_tests_name("kotakctl table", tests, NULL, NULL);
}
