/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The figures of how long keys take to their echo. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/json.h"
#include "panel/echo.h"

static int64_t figure(const struct echo *echo, const char *name)
{
	autojson json_t *figures = echo_figures(echo);

	assert_non_null(figures);
	assert_true(json_is_integer(json_object_get(figures, name)));
	return json_integer_value(json_object_get(figures, name));
}

static void test_nothing_yet(void **state)
{
	static struct echo echo;

	(void)state;
	assert_int_equal(figure(&echo, "count"), 0);
	assert_int_equal(figure(&echo, "max_us"), 0);
}

static void test_figures(void **state)
{
	static struct echo echo;

	(void)state;
	for (int us = 200; us > 0; us--)
		echo_add(&echo, us);
	assert_int_equal(figure(&echo, "count"), 200);
	assert_int_equal(figure(&echo, "p50_us"), 101);
	assert_int_equal(figure(&echo, "p99_us"), 198);
	assert_int_equal(figure(&echo, "max_us"), 200);
}

static void test_the_oldest_are_forgotten(void **state)
{
	static struct echo echo;

	(void)state;
	echo_add(&echo, 1000000);
	for (int i = 0; i < ECHO_KEPT; i++)
		echo_add(&echo, 7);
	assert_int_equal(figure(&echo, "max_us"), 7);
	assert_int_equal(figure(&echo, "count"), ECHO_KEPT + 1);
}

static void test_a_clock_that_errs(void **state)
{
	static struct echo echo;

	(void)state;
	echo_add(&echo, -5);
	echo_add(&echo, INT64_MAX);
	assert_int_equal(figure(&echo, "max_us"), INT32_MAX);
	assert_int_equal(figure(&echo, "p50_us"), INT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_yet),
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_the_oldest_are_forgotten),
		cmocka_unit_test(test_a_clock_that_errs),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("echo", tests, NULL, NULL);
}
