/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulated chip and the board around it, in virtual time. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "tools/panel-sim/board.h"
#include "tools/panel-sim/chip.h"

#define START_US 1000000
#define EDGES_MAX 512

struct edge {
	void *owner;
	unsigned line;
	bool rising;
	int64_t time_ns;
};

struct fixture {
	struct board *board;
	struct edge edges[EDGES_MAX];
	size_t edge_count;
	unsigned changes[3]; /* by board_change */
	char trouble[CHIP_TROUBLE_SIZE];
};

static void on_edge(void *context, void *owner, unsigned line, bool rising, int64_t time_ns)
{
	struct fixture *fixture = context;

	assert_true(fixture->edge_count < EDGES_MAX);
	fixture->edges[fixture->edge_count++] = (struct edge) { owner, line, rising, time_ns };
}

static void on_change(void *context, enum board_change change, int64_t time_ns)
{
	struct fixture *fixture = context;

	(void)time_ns;
	fixture->changes[change]++;
}

static int setup(void **state)
{
	const struct board_options options = { .columns = 16,
		.rows = 2,
		.keypad_columns = 3,
		.wiring = EXPANDER_A,
		.i2c_address = 0x27,
		.seed = 5,
		.bounce_least_us = 1000,
		.bounce_most_us = 20000 };
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	const struct board_handler handler = { fixture, on_edge, on_change };

	*state = fixture;
	return fixture ? board_new(&options, &handler, START_US, &fixture->board) : -1;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	board_free(fixture->board);
	free(fixture);
	return 0;
}

static struct chip_config lines_from(unsigned first, size_t count)
{
	struct chip_config config = { .consumer = "test", .count = count };

	for (unsigned i = 0; i < count; i++)
		config.lines[i] = first + i;
	return config;
}

static int request(struct fixture *fixture, const struct chip_config *config, void *owner,
	struct chip_group **out)
{
	return board_request(
		fixture->board, config, owner, START_US * 1000LL, out, fixture->trouble);
}

static void names_and_offsets(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CHIP_LINES; i++)
		assert_int_equal(chip_find(chip_line_name(i)), i);
	assert_int_equal(chip_find("0"), CHIP_ROW_1);
	assert_int_equal(chip_find("16"), CHIP_LAMP);
	assert_int_equal(chip_find("17"), -1);
	assert_int_equal(chip_find("-1"), -1);
	assert_int_equal(chip_find("4x"), -1);
	assert_int_equal(chip_find("99999999999999999999"), -1);
	assert_int_equal(chip_find(""), -1);
}

static void a_line_has_one_holder(void **state)
{
	struct fixture *fixture = *state;
	struct chip_config config = lines_from(CHIP_ROW_1, 4);
	struct chip_config overlapping = lines_from(CHIP_ROW_1 + 3, 2);
	struct chip_group *first = NULL;
	struct chip_group *second = NULL;

	config.output = true;
	assert_int_equal(request(fixture, &config, NULL, &first), 0);
	assert_int_equal(request(fixture, &overlapping, NULL, &second), -EBUSY);
	assert_non_null(strstr(fixture->trouble, "row-4"));
	assert_non_null(strstr(fixture->trouble, "\"test\""));
	assert_int_equal(chip_hold(fixture->board->chip, CHIP_ROW_1, "gpio-fan"), -EBUSY);
	chip_release(fixture->board->chip, first, START_US * 1000LL);
	assert_int_equal(chip_hold(fixture->board->chip, CHIP_ROW_1, "gpio-fan"), 0);
	assert_int_equal(request(fixture, &config, NULL, &first), -EBUSY);
	assert_non_null(strstr(fixture->trouble, "gpio-fan"));
	assert_int_equal(chip_hold(fixture->board->chip, CHIP_ROW_1, NULL), 0);
	config.lines[1] = config.lines[0];
	assert_int_equal(request(fixture, &config, NULL, &first), -EINVAL);
	config = lines_from(CHIP_LAMP, 1);
	config.output = config.edges = true;
	assert_int_equal(request(fixture, &config, NULL, &first), -EINVAL);
	fixture->board->chip_out = true;
	config.edges = false;
	assert_int_equal(request(fixture, &config, NULL, &first), -ENODEV);
}

static void values_are_logical(void **state)
{
	struct fixture *fixture = *state;
	struct chip *chip = fixture->board->chip;
	struct chip_config config = lines_from(CHIP_BUZZER, 2);
	struct chip_group *group = NULL;

	config.output = config.active_low = true;
	assert_int_equal(request(fixture, &config, NULL, &group), 0);
	assert_true(board_buzzer(fixture->board));
	assert_int_equal(chip_get(chip, group), 0);
	assert_int_equal(chip_set(chip, group, 1, 3, 2000000000), 0);
	assert_false(board_buzzer(fixture->board));
	assert_true(board_lamp(fixture->board));
	assert_int_equal(chip_get(chip, group), 1);
	assert_int_equal(chip_set(chip, group, 4, 4, 2000000000), -EINVAL);
	assert_int_equal(fixture->board->beeps, 1);
	assert_int_equal(fixture->board->beep_ns, 1000000000);
	chip_release(chip, group, 3000000000);
	assert_false(board_lamp(fixture->board)); /* its transistor's resistor */
	assert_int_equal(fixture->changes[BOARD_LAMP], 2);
	config = lines_from(CHIP_COLUMN_1, 1);
	assert_int_equal(request(fixture, &config, NULL, &group), 0);
	assert_int_equal(chip_set(chip, group, 1, 1, 3000000000), -EPERM);
	chip_release(chip, group, 3000000000);
}

/* A matrix whose rows are all driven; edges of a key's contact, as the column tells of them. */
static void edges_of_a_key(void **state)
{
	struct fixture *fixture = *state;
	struct board *board = fixture->board;
	struct chip_config rows = lines_from(CHIP_ROW_1, 4);
	struct chip_config columns = lines_from(CHIP_COLUMN_1, 3);
	struct chip_group *row_group = NULL;
	struct chip_group *column_group = NULL;
	int owner;

	rows.output = rows.open_drain = rows.active_low = true;
	rows.values = 15;
	columns.edges = columns.active_low = true;
	columns.bias = WIRE_PULL_UP;
	assert_int_equal(request(fixture, &rows, NULL, &row_group), 0);
	assert_int_equal(request(fixture, &columns, &owner, &column_group), 0);
	assert_int_equal(fixture->edge_count, 0); /* the pull-ups are no edges */
	assert_int_equal(board_key(board, 'A'), -1);
	board_press(board, (unsigned)board_key(board, '#'), true, START_US);
	assert_true(board_deadline(board) < START_US + 20000);
	board_tick(board, START_US + 20000);
	assert_true(board_at_rest(board));
	assert_int_equal(chip_get(board->chip, column_group), 4);
	assert_true(fixture->edge_count % 2 == 1);
	for (size_t i = 0; i < fixture->edge_count; i++) {
		assert_ptr_equal(fixture->edges[i].owner, &owner);
		assert_int_equal(fixture->edges[i].line, 2);
		assert_int_equal(fixture->edges[i].rising, i % 2 == 0);
		assert_in_range(
			fixture->edges[i].time_ns, START_US * 1000LL, (START_US + 20000) * 1000LL);
	}
	/* A stuck contact stays, whatever the finger does. */
	board_stick(board, (unsigned)board_key(board, '#'), true, START_US + 30000);
	board_hands_off(board, START_US + 40000);
	board_tick(board, START_US + 80000);
	assert_int_equal(board_get(board, column_group), 4);
	assert_int_equal(board->reads, 1);
	chip_release(board->chip, column_group, 0);
	chip_release(board->chip, row_group, 0);
}

static void the_bus(void **state)
{
	struct board *board = ((struct fixture *)*state)->board;
	const uint8_t light[] = { 0x08 };
	int64_t done_ns = 0;
	int64_t now_ns = 2 * START_US * 1000LL;

	assert_int_equal(board_i2c_write(board, 0x3F, light, 1, now_ns, &done_ns), -ENXIO);
	assert_int_equal(board_i2c_write(board, 0x27, light, 1, now_ns, &done_ns), 0);
	assert_true(done_ns >= now_ns + 2LL * PCF8574_BYTE_NS);
	assert_int_equal(board->glass, BOARD_GLASS_I2C);
	assert_true(board_backlight(board));
	board_backpack(board, false, 3 * START_US);
	assert_false(board_backlight(board));
	assert_int_equal(board_i2c_write(board, 0x27, light, 1, now_ns, &done_ns), -ENXIO);
	board_backpack(board, true, 4 * START_US);
	board->bus_hangs = true;
	board->hang_ms = 7;
	assert_int_equal(board_i2c_write(board, 0x27, light, 1, now_ns, &done_ns), -ETIMEDOUT);
	assert_int_equal(done_ns - now_ns, 7000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_offsets),
		cmocka_unit_test_setup_teardown(a_line_has_one_holder, setup, teardown),
		cmocka_unit_test_setup_teardown(values_are_logical, setup, teardown),
		cmocka_unit_test_setup_teardown(edges_of_a_key, setup, teardown),
		cmocka_unit_test_setup_teardown(the_bus, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
