/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clocks, and what they believe of the times that networks tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <time.h>

#include "clock/network_time.h"
#include "clock/simulated_clock.h"
#include "clock/system_clock.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
/* 2026-11-24 10:20:05, when the monotonic clock stood at 1000 seconds. */
#define TRUE_MS INT64_C(1795515605000)
#define MONO_MS (1000 * SECOND)

struct told {
	int64_t later_ms;  /* after MONO_MS */
	int64_t behind_ms; /* the time that is told lies so much behind the true one */
	bool believed;
};

static void tell(int64_t floor_behind_ms, const struct told *told, size_t count)
{
	struct network_time network = { .floor_ms = TRUE_MS - MONO_MS - floor_behind_ms };

	for (size_t i = 0; i < count; i++) {
		int64_t mono_ms = MONO_MS + told[i].later_ms;
		int64_t wall_ms = TRUE_MS + told[i].later_ms - told[i].behind_ms;

		assert_int_equal(network_time_learn(&network, mono_ms, wall_ms), told[i].believed);
		if (told[i].believed)
			assert_int_equal(mono_ms + network.offset_ms, wall_ms);
	}
}

#define TELL(floor_behind_ms, told) tell(floor_behind_ms, told, ARRAY_SIZE(told))

static void test_stamps(void **state)
{
	static const struct told told[] = {
		/* Of a message that waited for three days; older than what is known: no. */
		{ 0, 3 * DAY, false },
		{ 1 * SECOND, 1 * HOUR, true },
		{ 2 * SECOND, 2 * HOUR, false },
		{ 3 * SECOND, 2 * SECOND, true },
		{ 4 * SECOND, 3 * SECOND, false },
		{ 5 * SECOND, 0, true },
		/* The next are as old as they are, again and again. */
		{ 20 * MINUTE, 90 * MINUTE, false },
		{ 40 * MINUTE, 110 * MINUTE, false },
		{ 41 * MINUTE, 1 * SECOND, false },
	};

	(void)state;
	TELL(2 * DAY, told);
}

static void test_nonsense(void **state)
{
	struct network_time network = { 0 };

	(void)state;
	assert_false(network_time_learn(&network, 0, 0));
	assert_false(network_time_learn(&network, 0, INT64_C(1262304000000)));
	assert_false(network_time_learn(&network, 0, INT64_C(4133980800000)));
	assert_false(network.known);
}

/* A centre far ahead is believed once it was so for ten minutes, and not for a message. */
static void test_far_ahead(void **state)
{
	static const struct told told[] = {
		{ 0, 0, true },
		{ 1 * MINUTE, -400 * DAY, false },
		{ 2 * MINUTE, 0, false },
		{ 3 * MINUTE, -400 * DAY, false },
		{ 8 * MINUTE, -400 * DAY, false },
		{ 14 * MINUTE, -400 * DAY, true },
	};

	(void)state;
	TELL(0, told);
}

/* One stamped with a wrong zone is believed at first; live stamps of another then win. */
static void test_wrong_zone(void **state)
{
	static const struct told told[] = {
		{ 0, -7 * HOUR, true },
		{ 1 * MINUTE, 0, false },
		{ 2 * MINUTE, 1 * SECOND, false },
		{ 12 * MINUTE, 1 * SECOND, true },
		{ 13 * MINUTE, 0, true },
	};

	(void)state;
	TELL(0, told);
}

/* A backlog read in a minute agrees with itself, but not with what comes later. */
static void test_backlog(void **state)
{
	static const struct told told[] = {
		{ 0, 0, true },
		{ 1 * SECOND, 5 * HOUR, false },
		{ 2 * SECOND, 5 * HOUR, false },
		{ 30 * SECOND, 5 * HOUR, false },
		{ 30 * MINUTE, 0, false },
		{ 31 * MINUTE, 5 * HOUR, false },
	};

	(void)state;
	TELL(0, told);
}

static void test_simulated(void **state)
{
	struct clock_reading reading = { .mono_ms = 5, .wall_ms = TRUE_MS, .quality = CLOCK_GUESS };
	struct clock *clock;

	(void)state;
	assert_int_equal(clock_simulated_new(&reading, &clock), 0);
	clock_simulated_advance(clock, 10);
	clock->ops->read(clock, &reading);
	assert_int_equal(reading.mono_ms, 15);
	assert_int_equal(reading.wall_ms, TRUE_MS + 10);
	assert_int_equal(reading.quality, CLOCK_GUESS);
	clock->ops->learn_gsm(clock, TRUE_MS + DAY);
	clock->ops->read(clock, &reading);
	assert_int_equal(reading.wall_ms, TRUE_MS + DAY);
	assert_int_equal(reading.quality, CLOCK_GSM);
	clock->ops->learn_gsm(clock, TRUE_MS);
	clock->ops->read(clock, &reading);
	assert_int_equal(reading.wall_ms, TRUE_MS + DAY);
	reading = (struct clock_reading) { .mono_ms = 1, .wall_ms = 2, .quality = CLOCK_NTP };
	clock_simulated_set(clock, &reading);
	clock->ops->learn_gsm(clock, TRUE_MS);
	clock->ops->read(clock, &reading);
	assert_int_equal(reading.wall_ms, 2);
	assert_int_equal(reading.quality, CLOCK_NTP);
	clock->ops->close(clock);
}

/* Whatever this machine's clock is worth, these hold. */
static void test_system(void **state)
{
	int64_t future_ms = ((int64_t)time(NULL) + 100 * 24 * 3600) * 1000;
	struct clock_reading first, second;
	struct clock *clock;

	(void)state;
	assert_int_equal(clock_system_new(future_ms, &clock), 0);
	clock->ops->read(clock, &first);
	clock->ops->read(clock, &second);
	assert_true(first.mono_ms > 0);
	assert_true(second.mono_ms >= first.mono_ms);
	assert_true(second.wall_ms >= first.wall_ms);
	assert_non_null(clock_quality_name(first.quality));
	if (first.quality == CLOCK_NTP) {
		clock->ops->learn_gsm(clock, future_ms + DAY);
		clock->ops->read(clock, &second);
		assert_int_equal(second.quality, CLOCK_NTP);
		assert_true(second.wall_ms < future_ms);
	} else {
		/* Not even a real-time clock is believed when it contradicts the store. */
		assert_int_equal(first.quality, CLOCK_GUESS);
		assert_true(first.wall_ms >= future_ms);
		clock->ops->learn_gsm(clock, future_ms + DAY);
		clock->ops->read(clock, &second);
		assert_int_equal(second.quality, CLOCK_GSM);
		assert_true(second.wall_ms >= future_ms + DAY);
	}
	/* The machine's own clock was left alone. */
	assert_true(((int64_t)time(NULL)) * 1000 < future_ms);
	clock->ops->close(clock);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(clock_quality_name(CLOCK_NTP), "ntp");
	assert_string_equal(clock_quality_name(CLOCK_GSM), "gsm");
	assert_string_equal(clock_quality_name(CLOCK_RTC), "rtc");
	assert_string_equal(clock_quality_name(CLOCK_GUESS), "guess");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_far_ahead),
		cmocka_unit_test(test_wrong_zone),
		cmocka_unit_test(test_backlog),
		cmocka_unit_test(test_simulated),
		cmocka_unit_test(test_system),
		cmocka_unit_test(test_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
