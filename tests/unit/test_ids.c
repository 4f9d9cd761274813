/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "base/ids.h"

static void test_new_uuids(void **state)
{
	char one[UUID_SIZE], other[UUID_SIZE];

	(void)state;
	uuid_new(one);
	for (int i = 0; i < 1000; i++) {
		uuid_new(other);
		assert_true(uuid_valid(other));
		assert_int_equal(other[14], '4');
		assert_non_null(strchr("89ab", other[19]));
		assert_string_not_equal(one, other);
	}
}

static void test_uuid_forms(void **state)
{
	static const char *const bad[] = { "", "-", "not-a-uuid",
		"123e4567-e89b-42d3-a456-42661417400", "123e4567-e89b-42d3-a456-4266141740000",
		"123E4567-e89b-42d3-a456-426614174000", "123e4567e89b42d3a456426614174000",
		"123e4567-e89b-42d3-a456_426614174000", "{23e4567-e89b-42d3-a456-42661417400}",
		"123e4567-e89b-42d3-a456-42661417400\n" };

	(void)state;
	assert_true(uuid_valid("123e4567-e89b-42d3-a456-426614174000"));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(uuid_valid(bad[i]));
}

static void test_times(void **state)
{
	static const struct {
		int64_t time_ms;
		const char *text;
	} times[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ 1, "1970-01-01T00:00:00.001Z" },
		{ INT64_C(951827696789), "2000-02-29T12:34:56.789Z" },
		{ INT64_C(1795540849123), "2026-11-24T17:20:49.123Z" },
		{ INT64_C(4102444799999), "2099-12-31T23:59:59.999Z" },
		{ INT64_C(253402300799999), "9999-12-31T23:59:59.999Z" },
	};
	char text[TIME_SIZE];
	int64_t time_ms;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		time_format(times[i].time_ms, text);
		assert_string_equal(text, times[i].text);
		assert_int_equal(time_parse(text, &time_ms), 0);
		assert_true(time_ms == times[i].time_ms);
	}
}

/* What has no RFC 3339 form is clamped, and never overruns. */
static void test_times_out_of_range(void **state)
{
	char text[TIME_SIZE];

	(void)state;
	time_format(-1, text);
	assert_string_equal(text, "1970-01-01T00:00:00.000Z");
	time_format(INT64_MIN, text);
	assert_string_equal(text, "1970-01-01T00:00:00.000Z");
	time_format(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999Z");
}

static void test_time_forms(void **state)
{
	static const char *const bad[] = { "", "2026-11-24", "2026-11-24T17:20:49",
		"2026-11-24 17:20:49Z", "2026-11-24T17:20:49+07:00", "2026-11-24T17:20:49.123",
		"2026-13-24T17:20:49Z", "2026-11-24T25:20:49Z", "2026-11-24T17:20:49Zx",
		"x2026-11-24T17:20:49Z" };
	int64_t time_ms;

	(void)state;
	assert_int_equal(time_parse("2026-11-24T17:20:49Z", &time_ms), 0);
	assert_true(time_ms == INT64_C(1795540849000));
	assert_int_equal(time_parse("2026-11-24T17:20:49.5Z", &time_ms), 0);
	assert_true(time_ms == INT64_C(1795540849500));
	assert_int_equal(time_parse("2026-11-24T17:20:49.123456789Z", &time_ms), 0);
	assert_true(time_ms == INT64_C(1795540849123));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(time_parse(bad[i], &time_ms), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_uuids),
		cmocka_unit_test(test_uuid_forms),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_times_out_of_range),
		cmocka_unit_test(test_time_forms),
	};

	if (sodium_init() < 0)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ids", tests, NULL, NULL);
}
