/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The libgpiod driver on the kernel's gpio-sim: what is promised in port/lines.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "lines/lines_gpiod.h"
#include "tests/vm/finger.h"
#include "tests/vm/rig.h"

#define WAIT_MS 5000

static struct rig *rig;
static struct finger *finger;
static struct lines_source *source;

static int set_up_all(void **state)
{
	(void)state;
	if (rig_new(20, 4, EXPANDER_A, &rig) < 0 || finger_new(rig_tracing(rig), &finger) < 0)
		return -1;
	return lines_gpiod_source_new(&source);
}

static int tear_down_all(void **state)
{
	(void)state;
	source->ops->close(source);
	finger_free(finger);
	rig_free(rig);
	return 0;
}

static struct lines *request(
	const struct lines_name *names, size_t count, const struct lines_config *config)
{
	char trouble[160] = "";
	struct lines *lines = NULL;
	int result = source->ops->request(
		source, "kotak-test", names, count, config, &lines, trouble, sizeof(trouble));

	if (result)
		print_error("request: %d %s\n", result, trouble);
	assert_int_equal(result, 0);
	return lines;
}

static const struct lines_name data[] = { { RIG_CHIP, "D4" }, { RIG_CHIP, "D5" },
	{ RIG_CHIP, "D6" }, { RIG_CHIP, "13" } };
static const struct lines_name rows[] = { { RIG_CHIP, "ROW1" }, { RIG_CHIP, "ROW2" } };
static const struct lines_name columns[] = { { RIG_CHIP, "COLUMN1" }, { RIG_CHIP, "COLUMN2" } };

static const struct lines_config output = { .direction = LINES_OUTPUT, .values = 0x5 };
static const struct lines_config open_rows = {
	.direction = LINES_OUTPUT, .drive = LINES_OPEN_DRAIN, .active_low = true
};
static const struct lines_config pulled_up = {
	.direction = LINES_INPUT, .bias = LINES_BIAS_PULL_UP, .active_low = true, .edges = true
};

/* A group by names and offset: beginning values, and only the lines of the mask change. */
static void test_output(void **state)
{
	struct lines *lines = request(data, ARRAY_SIZE(data), &output);
	const bool wanted[] = { true, true, true, false };

	(void)state;
	assert_int_equal(rig_look(rig), 0);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(rig_level(rig, RIG_D4 + i), 0x5 >> i & 1);
	assert_int_equal(lines->ops->set(lines, 0x6, 0xa), 0);
	assert_int_equal(rig_look(rig), 0);
	assert_true(rig_level(rig, RIG_D4));
	assert_true(rig_level(rig, RIG_D4 + 1));
	assert_false(rig_level(rig, RIG_D4 + 2));
	assert_int_equal(lines->ops->set(lines, 0xf, 0x7), 0);
	assert_int_equal(rig_look(rig), 0);
	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(rig_level(rig, RIG_D4 + i), wanted[i]);
	lines->ops->close(lines);
}

/* Waits for one edge and returns it. */
static struct lines_event edge(struct lines *lines)
{
	struct lines_event event = { 0 };
	struct pollfd readable = { .fd = lines->ops->fd(lines), .events = POLLIN };
	int result = lines->ops->next(lines, &event);

	while (result == 0 && poll(&readable, 1, WAIT_MS) == 1)
		result = lines->ops->next(lines, &event);
	assert_int_equal(result, 1);
	return event;
}

static uint32_t values(struct lines *lines)
{
	uint32_t found = 0;

	assert_int_equal(lines->ops->get(lines, &found), 0);
	return found;
}

/* Edges in order with their times; active low; rows with an open drain, let go and pulled low. */
static void test_edges(void **state)
{
	struct lines *row = request(rows, ARRAY_SIZE(rows), &open_rows);
	struct lines *column = request(columns, ARRAY_SIZE(columns), &pulled_up);
	struct lines_event event;

	(void)state;
	assert_int_equal(values(column), 0);
	assert_int_equal(finger_hold(finger, '1', true), 0);
	assert_int_equal(values(column), 0);
	for (int round = 0; round < 20; round++) {
		assert_int_equal(row->ops->set(row, 1, 1), 0);
		assert_int_equal(values(column), 1);
		event = edge(column);
		assert_true(event.rising);
		assert_int_equal(event.line, 0);
		assert_in_range(event.time_us - finger_pressed_us(finger), 0, 1000000);
		assert_int_equal(row->ops->set(row, 1, 0), 0);
		/* It takes its time to rise. */
		assert_false(edge(column).rising);
		assert_int_equal(values(column), 0);
	}
	/* The other row and column, by way of another switch. */
	assert_int_equal(finger_hold(finger, '1', false), 0);
	assert_int_equal(row->ops->set(row, 2, 2), 0);
	assert_int_equal(finger_hold(finger, '5', true), 0);
	event = edge(column);
	assert_int_equal(event.line, 1);
	assert_in_range(event.time_us - finger_pressed_us(finger), 0, 2000);
	assert_int_equal(values(column), 2);
	assert_int_equal(finger_hold(finger, '5', false), 0);
	assert_false(edge(column).rising);
	assert_int_equal(column->ops->next(column, &event), 0);
	assert_int_equal(rig_shorts(), 0);
	column->ops->close(column);
	row->ops->close(row);
}

static void refused(const struct lines_name *names, size_t count, int wanted, const char *words)
{
	char trouble[160] = "";
	struct lines *lines = NULL;

	assert_int_equal(source->ops->request(source, "kotak-test", names, count, &output, &lines,
				 trouble, sizeof(trouble)),
		wanted);
	if (!strstr(trouble, words))
		print_error("\"%s\" doesn't say \"%s\"\n", trouble, words);
	assert_non_null(strstr(trouble, words));
}

/* What is wrong is said with chip, line and holder. */
static void test_refused(void **state)
{
	const struct lines_name no_chip[] = { { "pinctrl-none", "D4" } };
	const struct lines_name no_line[] = { { RIG_CHIP, "D4" }, { RIG_CHIP, "D99" } };
	const struct lines_name no_offset[] = { { RIG_CHIP, "17" } };
	struct lines *lines = request(data, ARRAY_SIZE(data), &output);

	(void)state;
	refused(no_chip, 1, -ENODEV, "pinctrl-none");
	refused(no_line + 1, 1, -ENOENT, "D99");
	refused(no_offset, 1, -ENOENT, "17");
	refused(data + 3, 1, -EBUSY, "kotak-test");
	refused(data + 1, 1, -EBUSY, "D5");
	lines->ops->close(lines);
	lines = request(data + 1, 1, &output);
	lines->ops->close(lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_refused),
	};

	if (rig_lock_memory() < 0)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
