/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Charts: bars as long as their figures, words escaped, parts told apart without colour. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "tools/ppidd/chart.h"

static char *draw(const struct chart_bar *bars, size_t count)
{
	struct chart chart = { .id = "x",
		.title = "Aduan <b>",
		.description = "d",
		.parts = { "Satu", "Dua", NULL },
		.bars = bars,
		.count = count };
	char *text = NULL;
	size_t size = 0;

	FILE *out = open_memstream(&text, &size);
	chart_write(out, &chart);
	fclose(out);
	return text;
}

static void test_bars(void **state)
{
	const struct chart_bar bars[] = {
		{ "Jan & <Feb>", { 10, 30, 0 } },
		{ "Mar", { 0, 0, 0 } },
		{ "Apr", { 10, 0, 0 } },
		{ "Mei", { -1, 0, 0 } },
	};
	autofree char *text = draw(bars, ARRAY_SIZE(bars));
	(void)state;

	assert_non_null(strstr(text, "<title id=\"x-title\">Aduan &lt;b&gt;</title>"));
	assert_non_null(strstr(text, ">Jan &amp; &lt;Feb&gt;</text>"));
	/* 290 units for 40: a quarter and three quarters of the longest bar. */
	assert_non_null(strstr(text, "width=\"72\" height=\"14\" fill=\"#0b5c6b\""));
	assert_non_null(strstr(text, "width=\"218\" height=\"14\" fill=\"url(#x-1)\""));
	assert_non_null(strstr(text, ">40</text>"));
	assert_non_null(strstr(text, ">0</text>"));
	assert_non_null(strstr(text, ">tidak ditampilkan</text>"));
	assert_null(strstr(text, "style="));
}

static void test_nothing(void **state)
{
	autofree char *text = draw(NULL, 0);
	(void)state;

	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bars),
		cmocka_unit_test(test_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
