/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The matrix keypad on a bench of switches in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "keypad_fixture.h"

#define MS INT64_C(1000)
#define SECOND (1000 * MS)
#define PRESSES 10000
#define GHOSTS 2000

static struct bench bench;

static int tear_down(void **state)
{
	(void)state;
	bench_end(&bench);
	return 0;
}

static int set_up(void **state)
{
	struct keypad_event event;

	(void)state;
	bench_begin(&bench, 4, 1);
	assert_int_equal(bench_run(&bench, bench.now_us + 100 * MS, &event), 0);
	assert_string_equal(bench.keypad->ops->trouble(bench.keypad), "");
	return 0;
}

static void expect(char key, enum keypad_action action, int64_t within_us)
{
	struct keypad_event event = { 0 };

	assert_int_equal(bench_run(&bench, bench.now_us + within_us, &event), 1);
	if (event.key != key || event.action != action)
		fail_msg("key %c, action %d instead of key %c, action %d", event.key, event.action,
			key, action);
}

static void expect_nothing(int64_t for_us)
{
	struct keypad_event event = { 0 };
	int result = bench_run(&bench, bench.now_us + for_us, &event);

	if (result != 0)
		fail_msg("%d: key %c, action %d", result, event.key, event.action);
}

/* Each key of the pad is the one that is written on it, pressed once and released once. */
static void test_keys(void **state)
{
	(void)state;
	for (const char *key = BENCH_KEYS; *key; key++) {
		bench_toggle(&bench, bench.now_us + 3 * MS, *key, true);
		expect(*key, KEYPAD_PRESS, 10 * MS);
		expect_nothing(100 * MS);
		bench_toggle(&bench, bench.now_us, *key, false);
		expect(*key, KEYPAD_RELEASE, 40 * MS);
		expect_nothing(50 * MS);
	}
}

/* Nobody there: next to no wake-ups, and the rows stay driven. */
static void test_idle(void **state)
{
	(void)state;
	bench.wakeups = 0;
	expect_nothing(3600 * SECOND);
	assert_in_range(bench.wakeups, 1, 3600 / 10 + 1);
	assert_int_equal(bench.driven, 0xf);
	bench_toggle(&bench, bench.now_us, '5', true);
	expect('5', KEYPAD_PRESS, 10 * MS);
}

static void test_times(void **state)
{
	struct keypad_event event;
	int64_t pressed_us = bench.now_us + 7 * MS, repeats[4];

	(void)state;
	bench_toggle(&bench, pressed_us, '*', true);
	assert_int_equal(bench_run(&bench, bench.now_us + 20 * MS, &event), 1);
	assert_int_equal(event.action, KEYPAD_PRESS);
	assert_int_equal(event.time_us, pressed_us);
	assert_in_range(bench.now_us - pressed_us, 1000, 2000);
	pressed_us = bench.now_us;
	for (size_t i = 0; i < 2; i++) {
		expect('*', KEYPAD_REPEAT, SECOND);
		repeats[i] = bench.now_us - pressed_us;
	}
	/* 500, 650 and 800 ms; at 800 it is held, too. */
	expect('*', KEYPAD_HOLD, SECOND);
	assert_in_range(bench.now_us - pressed_us, 800 * MS, 805 * MS);
	for (size_t i = 2; i < 4; i++) {
		expect('*', KEYPAD_REPEAT, SECOND);
		repeats[i] = bench.now_us - pressed_us;
	}
	for (int i = 0; i < 4; i++)
		assert_in_range(repeats[i], (500 + 150 * i) * MS, (505 + 150 * i) * MS);
	bench_toggle(&bench, bench.now_us, '*', false);
	expect('*', KEYPAD_RELEASE, 40 * MS);
	/* Only * repeats. */
	bench_toggle(&bench, bench.now_us, '5', true);
	expect('5', KEYPAD_PRESS, 10 * MS);
	expect('5', KEYPAD_HOLD, SECOND);
	expect_nothing(5 * SECOND);
	bench_toggle(&bench, bench.now_us, '5', false);
	expect('5', KEYPAD_RELEASE, 40 * MS);
}

static int compare(const void *one, const void *other)
{
	int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;

	return (a > b) - (a < b);
}

/* Ten thousand presses, each bouncing for 1 to 20 ms when it closes and when it opens. */
static void test_bounce(void **state)
{
	static int64_t echo_us[PRESSES], clean_us[PRESSES];
	struct keypad_event event;

	(void)state;
	bench.late_us = 300;
	for (int i = 0; i < PRESSES; i++) {
		char key = BENCH_KEYS[bench_random(&bench, 16)];
		int64_t from_us = bench.now_us + 1 + bench_random(&bench, 5000);
		int64_t clean = bench_bounce(
			&bench, from_us, key, true, (1 + bench_random(&bench, 20)) * MS);
		int64_t end_us = clean + (30 + bench_random(&bench, 100)) * MS;

		assert_int_equal(bench_run(&bench, end_us, &event), 1);
		assert_int_equal(event.action, KEYPAD_PRESS);
		assert_int_equal(event.key, key);
		assert_in_range(event.time_us, from_us, from_us + 20 * MS);
		echo_us[i] = bench.now_us - from_us;
		clean_us[i] = bench.now_us > clean ? bench.now_us - clean : 0;
		expect_nothing(end_us - bench.now_us);
		from_us = end_us;
		end_us = bench_bounce(
			&bench, from_us, key, false, (1 + bench_random(&bench, 20)) * MS);
		expect(key, KEYPAD_RELEASE, end_us - from_us + 35 * MS);
		assert_true(bench.now_us >= from_us - 3 * MS + CONTACTS_OPEN_US);
		expect_nothing(20 * MS + bench_random(&bench, 50) * MS);
	}
	qsort(echo_us, PRESSES, sizeof(echo_us[0]), compare);
	qsort(clean_us, PRESSES, sizeof(clean_us[0]), compare);
	print_message("# from the first edge: p50 %lld us, p99 %lld us, most %lld us; after the "
		      "bounce: most %lld us\n",
		(long long)echo_us[PRESSES / 2], (long long)echo_us[PRESSES * 99 / 100],
		(long long)echo_us[PRESSES - 1], (long long)clean_us[PRESSES - 1]);
	assert_true(echo_us[PRESSES * 99 / 100] <= 20 * MS);
	assert_true(clean_us[PRESSES - 1] <= 10 * MS);
}

/* Whoever holds the processor for up to 30 ms makes keys late, but neither two of one nor none. */
static void test_late(void **state)
{
	struct keypad_event event;

	(void)state;
	bench.late_us = 30000;
	for (int i = 0; i < 500; i++) {
		char key = BENCH_KEYS[bench_random(&bench, 16)];
		int64_t clean = bench_bounce(
			&bench, bench.now_us, key, true, (1 + bench_random(&bench, 20)) * MS);

		assert_int_equal(bench_run(&bench, clean + 250 * MS, &event), 1);
		assert_true(event.action == KEYPAD_PRESS && event.key == key);
		bench_bounce(&bench, bench.now_us + 40 * MS, key, false,
			(1 + bench_random(&bench, 20)) * MS);
		expect(key, KEYPAD_RELEASE, 600 * MS);
		expect_nothing(100 * MS);
	}
}

struct sight {
	int ms;
	bool closed;
};

/* What the scans make of key 1, and of nothing from the last of them to 300 ms. */
static void take_sights(const struct sight *sights, size_t count, int *presses, int *releases)
{
	struct contacts contacts;
	struct keypad_event event;
	size_t next = 0;

	contacts_begin(&contacts);
	for (int ms = 0; ms < 300; ms++) {
		struct contacts_scan scan = { .now_us = ms * MS };
		for (size_t i = 0; i < KEYPAD_COLUMNS_MAX; i++)
			scan.edge_us[i] = INT64_MIN;
		if (next < count && sights[next].ms != ms)
			continue;
		if (next < count)
			scan.closed = scan.maybe = sights[next++].closed;
		contacts_take(&contacts, &scan);
		while (contacts_next(&contacts, &event)) {
			*presses += event.action == KEYPAD_PRESS;
			*releases += event.action == KEYPAD_RELEASE;
		}
	}
}

/* Whoever slept until a key was let go finds its bounce: open for a while, and closed again; also
 * when the sleep came between a scan's being due, at 5 ms, and its looking. */
static void test_slept_through(void **state)
{
	static const struct sight late[] = { { 0, true }, { 1, true }, { 3, true }, { 50, false },
		{ 51, false }, { 52, false }, { 53, false }, { 54, false }, { 55, true },
		{ 56, true }, { 57, false } };
	static const struct sight stale[] = { { 0, true }, { 1, true }, { 3, true }, { 5, false },
		{ 51, false }, { 52, false }, { 53, false }, { 54, false }, { 55, true },
		{ 56, true }, { 57, false } };
	int presses = 0, releases = 0;

	(void)state;
	take_sights(late, ARRAY_SIZE(late), &presses, &releases);
	assert_int_equal(presses, 1);
	assert_int_equal(releases, 1);
	take_sights(stale, ARRAY_SIZE(stale), &presses, &releases);
	assert_int_equal(presses, 2);
	assert_int_equal(releases, 2);
}

/* The next key is down before the last is up, as quick fingers do. */
static void test_rollover(void **state)
{
	struct keypad_event event;
	int64_t presses[16] = { 0 }, releases[16] = { 0 };

	(void)state;
	bench.late_us = 300;
	for (int i = 0; i < 2000; i++) {
		unsigned first = bench_random(&bench, 16);
		unsigned second = (first + 1 + bench_random(&bench, 15)) % 16;
		int64_t from_us = bench.now_us + 1;
		int64_t until_us = from_us + 200 * MS;

		bench_bounce(&bench, from_us, BENCH_KEYS[first], true, 5 * MS);
		bench_bounce(&bench, from_us + bench_random(&bench, 40) * MS, BENCH_KEYS[second],
			true, 5 * MS);
		bench_bounce(&bench, from_us + 80 * MS, BENCH_KEYS[first], false, 5 * MS);
		bench_bounce(&bench, from_us + (60 + bench_random(&bench, 60)) * MS,
			BENCH_KEYS[second], false, 5 * MS);
		memset(presses, 0, sizeof(presses));
		memset(releases, 0, sizeof(releases));
		while (bench_run(&bench, until_us, &event) == 1) {
			if (event.action == KEYPAD_PRESS)
				presses[bench_key(event.key)]++;
			else
				releases[bench_key(event.key)]++;
		}
		for (unsigned key = 0; key < 16; key++) {
			int64_t wanted = key == first || key == second;

			assert_int_equal(presses[key], wanted);
			assert_int_equal(releases[key], wanted);
		}
	}
}

/* Three corners of a rectangle in every order and rhythm: the fourth is never reported. */
static void test_ghosts(void **state)
{
	unsigned refused = 0;

	(void)state;
	bench.late_us = 300;
	for (int i = 0; i < GHOSTS; i++) {
		unsigned row = bench_random(&bench, 4), column = bench_random(&bench, 4);
		unsigned other_row = (row + 1 + bench_random(&bench, 3)) % 4;
		unsigned other_column = (column + 1 + bench_random(&bench, 3)) % 4;
		const unsigned pressed[] = { row * 4 + column, row * 4 + other_column,
			other_row * 4 + column };
		uint32_t spread_us = 1 + bench_random(&bench, 60000);
		int64_t from_us = bench.now_us + 1, presses[16] = { 0 }, releases[16] = { 0 };
		struct keypad_event event;

		for (size_t key = 0; key < 3; key++) {
			char name = BENCH_KEYS[pressed[key]];

			bench_bounce(&bench, from_us + bench_random(&bench, spread_us), name, true,
				(1 + bench_random(&bench, 20)) * MS);
			bench_bounce(&bench, from_us + 150 * MS + bench_random(&bench, 150000),
				name, false, (1 + bench_random(&bench, 20)) * MS);
		}
		while (bench_run(&bench, from_us + 450 * MS, &event) == 1) {
			if (event.action == KEYPAD_PRESS)
				presses[bench_key(event.key)]++;
			else if (event.action == KEYPAD_RELEASE)
				releases[bench_key(event.key)]++;
		}
		assert_int_equal(presses[other_row * 4 + other_column], 0);
		for (unsigned key = 0; key < 16; key++) {
			bool real = key == pressed[0] || key == pressed[1] || key == pressed[2];

			assert_in_range(presses[key], 0, real);
			assert_int_equal(presses[key], releases[key]);
			refused += real && presses[key] == 0;
		}
	}
	print_message(
		"# %u of %u keys were not reported for not being sure\n", refused, 3 * GHOSTS);
	assert_true(refused > 0 && refused < 2 * GHOSTS);
}

/* The last of three corners is known again when another of them is released. */
static void test_ghost_cleared(void **state)
{
	(void)state;
	bench_toggle(&bench, bench.now_us, '1', true);
	expect('1', KEYPAD_PRESS, 10 * MS);
	bench_toggle(&bench, bench.now_us, '2', true);
	expect('2', KEYPAD_PRESS, 10 * MS);
	/* Nor is anything else: which of them are held isn't known either. */
	bench_toggle(&bench, bench.now_us + 100 * MS, '4', true);
	expect_nothing(2 * SECOND);
	bench_toggle(&bench, bench.now_us, '2', false);
	expect('2', KEYPAD_RELEASE, 40 * MS);
	expect('1', KEYPAD_HOLD, 20 * MS);
	expect('4', KEYPAD_PRESS, 20 * MS);
	bench_toggle(&bench, bench.now_us, '1', false);
	bench_toggle(&bench, bench.now_us, '4', false);
	expect('1', KEYPAD_RELEASE, 40 * MS);
	expect('4', KEYPAD_RELEASE, 40 * MS);
	/* Two keys of a rectangle, and two of a row, are no riddle. */
	bench_toggle(&bench, bench.now_us, '1', true);
	bench_toggle(&bench, bench.now_us, '5', true);
	expect('1', KEYPAD_PRESS, 20 * MS);
	expect('5', KEYPAD_PRESS, 20 * MS);
}

/* Fingers and elbows: whatever is reported was pressed. */
static void test_chaos(void **state)
{
	int64_t touched_us[16];
	bool down[16] = { false };
	struct keypad_event event;

	(void)state;
	bench.late_us = 500;
	for (unsigned key = 0; key < 16; key++)
		touched_us[key] = INT64_MIN / 2;
	for (int i = 0; i < 20000; i++) {
		unsigned key = bench_random(&bench, 16);
		bool closed = bench.closed >> key & 1;

		/* Half of the time few keys are down, else many. */
		if (closed || bench_random(&bench, 16) < (i / 100 % 2 ? 12 : 3))
			bench_bounce(&bench, bench.now_us, BENCH_KEYS[key], !closed,
				(int64_t)bench_random(&bench, 2000));
		for (unsigned each = 0; each < 16; each++) {
			if ((bench.closed >> each & 1) || each == key)
				touched_us[each] = bench.now_us;
		}
		while (bench_run(&bench, bench.now_us + bench_random(&bench, 30000), &event) == 1) {
			unsigned reported = bench_key(event.key);

			if (event.action == KEYPAD_HOLD || event.action == KEYPAD_REPEAT)
				continue;
			assert_int_equal(down[reported], event.action == KEYPAD_RELEASE);
			down[reported] = event.action == KEYPAD_PRESS;
			if (down[reported])
				assert_true(bench.now_us - touched_us[reported] < 70 * MS);
		}
	}
}

static void test_three_columns(void **state)
{
	static const struct lines_name names[5] = { { "a", "0" }, { "a", "1" }, { "a", "2" },
		{ "a", "3" }, { "a", "4" } };
	struct keypad *keypad;

	(void)state;
	assert_true(bench.keypad->ops->has_letters(bench.keypad));
	bench_end(&bench);
	bench_begin(&bench, 3, 2);
	assert_false(bench.keypad->ops->has_letters(bench.keypad));
	for (const char *key = "147*2580369#"; *key; key++) {
		bench_toggle(&bench, bench.now_us + MS, *key, true);
		expect(*key, KEYPAD_PRESS, 10 * MS);
		bench_toggle(&bench, bench.now_us + 50 * MS, *key, false);
		expect(*key, KEYPAD_RELEASE, 100 * MS);
	}
	assert_int_equal(keypad_matrix_new(&bench.source, names, 3, names, 4, &keypad), -EINVAL);
	assert_int_equal(keypad_matrix_new(&bench.source, names, 4, names, 5, &keypad), -EINVAL);
	assert_int_equal(keypad_matrix_new(&bench.source, names, 4, names, 2, &keypad), -EINVAL);
}

static void test_stuck(void **state)
{
	const struct keypad_ops *ops = bench.keypad->ops;

	(void)state;
	bench_toggle(&bench, bench.now_us, '6', true);
	expect('6', KEYPAD_PRESS, 10 * MS);
	expect('6', KEYPAD_HOLD, SECOND);
	expect_nothing(58 * SECOND);
	assert_string_equal(ops->trouble(bench.keypad), "");
	expect('6', KEYPAD_RELEASE, 2 * SECOND);
	expect_nothing(SECOND);
	assert_non_null(strstr(ops->trouble(bench.keypad), "key 6 "));
	assert_non_null(strstr(ops->trouble(bench.keypad), "between row-2 and column-3"));
	/* All other keys go on working, those of its row and column too. */
	for (const char *key = "593*"; *key; key++) {
		bench_toggle(&bench, bench.now_us, *key, true);
		expect(*key, KEYPAD_PRESS, 20 * MS);
		bench_toggle(&bench, bench.now_us, *key, false);
		expect(*key, KEYPAD_RELEASE, 60 * MS);
	}
	bench.wakeups = 0;
	expect_nothing(100 * SECOND);
	assert_in_range(bench.wakeups, 1, 11000);
	bench_bounce(&bench, bench.now_us, '6', false, 20 * MS);
	expect_nothing(SECOND);
	assert_string_equal(ops->trouble(bench.keypad), "");
	bench_toggle(&bench, bench.now_us, '6', true);
	expect('6', KEYPAD_PRESS, 10 * MS);
}

/* A column that touches ground presses no key, and is said. */
static void test_short_circuit(void **state)
{
	const struct keypad_ops *ops = bench.keypad->ops;

	(void)state;
	bench.grounded = 1u << 1;
	bench_current(&bench);
	expect_nothing(500 * MS);
	assert_string_equal(ops->trouble(bench.keypad), "");
	expect_nothing(SECOND);
	assert_non_null(strstr(ops->trouble(bench.keypad), "column 2 of the keypad (column-2)"));
	bench_toggle(&bench, bench.now_us, '9', true);
	expect('9', KEYPAD_PRESS, 20 * MS);
	bench_toggle(&bench, bench.now_us, '9', false);
	expect('9', KEYPAD_RELEASE, 60 * MS);
	bench.grounded = 0;
	bench_current(&bench);
	expect_nothing(SECOND);
	assert_string_equal(ops->trouble(bench.keypad), "");
	bench_toggle(&bench, bench.now_us, '5', true);
	expect('5', KEYPAD_PRESS, 10 * MS);
}

static void test_loss(void **state)
{
	const struct keypad_ops *ops = bench.keypad->ops;
	struct keypad_event event;
	int64_t lost_us;

	(void)state;
	bench_toggle(&bench, bench.now_us, '7', true);
	expect('7', KEYPAD_PRESS, 10 * MS);
	bench.gone = -ENODEV;
	/* Whoever holds it isn't left with a key that is never released. */
	expect('7', KEYPAD_RELEASE, 10 * MS);
	lost_us = bench.now_us;
	assert_non_null(strstr(ops->trouble(bench.keypad), "gone"));
	assert_in_range(ops->deadline(bench.keypad), lost_us + 1999 * MS, lost_us + 2 * SECOND);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(bench_run(&bench, bench.now_us + 3 * SECOND, &event), -ENODEV);
		assert_non_null(strstr(ops->trouble(bench.keypad), "row-1 is held by gpiomon"));
	}
	assert_in_range(bench.now_us - lost_us, 5999 * MS, 6100 * MS);
	bench.gone = 0;
	bench_toggle(&bench, bench.now_us + 100 * MS, '7', false);
	expect_nothing(3 * SECOND);
	assert_string_equal(ops->trouble(bench.keypad), "");
	bench_toggle(&bench, bench.now_us, '8', true);
	expect('8', KEYPAD_PRESS, 10 * MS);
	bench_toggle(&bench, bench.now_us, '8', false);
	expect('8', KEYPAD_RELEASE, 40 * MS);
	/* Gone while nobody presses anything, without a sign: it is found by itself. */
	expect_nothing(SECOND);
	bench.gone = -ENODEV;
	assert_int_equal(bench_run(&bench, bench.now_us + 11 * SECOND, &event), -ENODEV);
}

static void test_busy(void **state)
{
	struct keypad_event event;

	(void)state;
	bench_end(&bench);
	bench_begin(&bench, 4, 3);
	bench.refused = -EBUSY;
	assert_int_equal(bench_run(&bench, bench.now_us + SECOND, &event), -EBUSY);
	assert_string_equal(
		bench.keypad->ops->trouble(bench.keypad), "line row-1 is held by gpiomon");
	bench.refused = 0;
	/* A key that is down when the lines come is a key. */
	bench_toggle(&bench, bench.now_us, 'D', true);
	expect('D', KEYPAD_PRESS, 3 * SECOND);
	assert_string_equal(bench.keypad->ops->trouble(bench.keypad), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_keys, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_idle, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_times, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bounce, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_late, set_up, tear_down),
		cmocka_unit_test(test_slept_through),
		cmocka_unit_test_setup_teardown(test_rollover, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ghosts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_ghost_cleared, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_chaos, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_three_columns, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stuck, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_short_circuit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_loss, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_busy, set_up, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
