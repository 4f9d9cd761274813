/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What goes wrong: times that are too short must be caught by the checker; interference must be
 * healed by a refresh; a device that goes and comes must be said and found again.
 */
#include "hd44780_fixture.h"

#define DISTURBANCES 400

static void sample(struct display_frame *frame, const struct fixture *fixture)
{
	fixture_blank(frame);
	for (unsigned row = 0; row < fixture->rows; row++) {
		for (unsigned column = 0; column < fixture->columns; column++)
			frame->cells[row][column] = (uint8_t)('!' + row * 20 + column);
	}
	frame->cells[1][3] = 5;
	for (unsigned i = 0; i < DISPLAY_GLYPH_ROWS; i++)
		frame->glyphs[5][i] = (uint8_t)(0x15 ^ i);
	frame->cursor = DISPLAY_CURSOR_LINE;
	frame->cursor_row = 1;
	frame->cursor_column = 2;
}

/* Draws with these times from power-on; what the checker says of it. */
static bool caught(enum fixture_wiring wiring, const struct display_times *times, int wait_percent,
	enum hd44780_fault fault)
{
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;
	bool is_caught;

	fixture_make(wiring, 20, 4);
	fixture->wait_percent = wait_percent;
	display_hd44780_set_times(fixture->display, times);
	sample(&frame, fixture);
	fixture_draw(fixture, &frame);
	assert_int_equal(fixture_settle(fixture), 0);
	is_caught = fixture_violated(fixture, fault);
	if (!is_caught)
		print_error("not caught: %s\n", hd44780_fault_name(fault));
	fixture_tear_down(NULL);
	return is_caught;
}

static void test_too_short_on_lines(void **state)
{
	struct display_times times;

	(void)state;
	times = display_times_standard;
	times.setup_ns = 0;
	assert_true(caught(FIXTURE_LINES, &times, 100, HD44780_FAULT_ADDRESS_SETUP));
	times = display_times_standard;
	times.pulse_ns = 300;
	assert_true(caught(FIXTURE_LINES, &times, 100, HD44780_FAULT_PULSE));
	times = display_times_standard;
	times.setup_ns = times.pulse_ns = 50;
	assert_true(caught(FIXTURE_LINES, &times, 100, HD44780_FAULT_DATA_SETUP));
	times = display_times_standard;
	times.setup_ns = times.hold_ns = 100;
	times.pulse_ns = 500;
	assert_true(caught(FIXTURE_LINES, &times, 100, HD44780_FAULT_CYCLE));
	times = display_times_standard;
	times.hold_ns = 0;
	assert_true(caught(FIXTURE_LINES, &times, 100, HD44780_FAULT_DATA_HOLD));
	times = display_times_standard;
	times.execution_ns = 40000;
	assert_true(caught(FIXTURE_LINES, &times, 100, HD44780_FAULT_EXECUTION));
	times = display_times_standard;
	times.long_us = 1520;
	assert_true(caught(FIXTURE_LINES, &times, 100, HD44780_FAULT_EXECUTION));
	times = display_times_standard;
	times.power_us = 39000;
	assert_true(caught(FIXTURE_LINES, &times, 100, HD44780_FAULT_POWER));
	times = display_times_standard;
	times.first_us = 4000;
	assert_true(caught(FIXTURE_LINES, &times, 100, HD44780_FAULT_FIRST_RESET));
	times = display_times_standard;
	times.second_ns = 80000;
	assert_true(caught(FIXTURE_LINES, &times, 100, HD44780_FAULT_SECOND_RESET));
	/* A delay function that comes back too early. */
	assert_true(caught(FIXTURE_LINES, NULL, 50, HD44780_FAULT_EXECUTION));
	assert_true(caught(FIXTURE_LINES, NULL, 20, HD44780_FAULT_PULSE));
	assert_true(caught(FIXTURE_LINES, NULL, 0, HD44780_FAULT_CYCLE));
}

static void test_too_short_on_backpack(void **state)
{
	struct display_times times = display_times_standard;

	(void)state;
	times.second_ns = 0;
	assert_true(caught(FIXTURE_BACKPACK_A, &times, 100, HD44780_FAULT_SECOND_RESET));
	times = display_times_standard;
	times.long_us = 1000;
	assert_true(caught(FIXTURE_BACKPACK_A, &times, 100, HD44780_FAULT_EXECUTION));
	times = display_times_standard;
	times.power_us = 30000;
	assert_true(caught(FIXTURE_BACKPACK_A, &times, 100, HD44780_FAULT_POWER));
	times = display_times_standard;
	times.first_us = 3000;
	assert_true(caught(FIXTURE_BACKPACK_A, &times, 100, HD44780_FAULT_FIRST_RESET));
}

/* A bus four times as fast as the PCF8574 takes isn't the driver's to save, but it is seen. */
static void test_bus_too_fast(void **state)
{
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;

	(void)state;
	fixture_make(FIXTURE_BACKPACK_A, 20, 4);
	fixture->expander.byte_ns = PCF8574_BYTE_NS / 4;
	sample(&frame, fixture);
	fixture_draw(fixture, &frame);
	assert_int_equal(fixture_settle(fixture), 0);
	assert_true(fixture_violated(fixture, HD44780_FAULT_EXECUTION));
}

/* Without its first, second or third 0x3 the initialisation isn't what the data sheet wants. */
static void test_missing_reset(void **state)
{
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;

	(void)state;
	for (unsigned pulse = 0; pulse < 4; pulse++) {
		fixture_make(FIXTURE_LINES, 20, 4);
		fixture->swallow_at = pulse;
		fixture->swallow = 1;
		sample(&frame, fixture);
		fixture_draw(fixture, &frame);
		assert_int_equal(fixture_settle(fixture), 0);
		assert_true(hd44780_violations(hd44780_checker(fixture->chip)) > 0);
		assert_false(hd44780_initialised(hd44780_checker(fixture->chip)));
		fixture_tear_down(NULL);
	}
}

/* One pulse of E that the chip misses: the rest is garbage, until the refresh. */
static void test_lost_nibble(void **state)
{
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;
	unsigned garbled = 0;

	(void)state;
	fixture_make(FIXTURE_LINES, 20, 4);
	for (unsigned i = 0; i < 100; i++) {
		sample(&frame, fixture);
		fixture_draw(fixture, &frame);
		assert_int_equal(fixture_settle(fixture), 0);
		assert_true(fixture_shows(fixture, &frame));
		fixture->swallow_at = fixture->pulses + (unsigned)fixture_random(fixture, 40);
		fixture->swallow = 1;
		for (unsigned column = 0; column < 20; column++)
			frame.cells[i % 4][column] = (uint8_t)('a' + (i + column) % 26);
		fixture_draw(fixture, &frame);
		assert_int_equal(fixture_settle(fixture), 0);
		garbled += !fixture_shows(fixture, &frame);
		fixture->display->ops->refresh(fixture->display);
		assert_int_equal(fixture_settle(fixture), 0);
		assert_true(fixture_shows(fixture, &frame));
	}
	/* A nibble was lost each time, and all but a blank one show. */
	assert_true(garbled > 90);
}

static void disturbances(enum fixture_wiring wiring, unsigned columns, unsigned rows)
{
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;
	unsigned garbled = 0;

	fixture_make(wiring, columns, rows);
	sample(&frame, fixture);
	fixture_draw(fixture, &frame);
	assert_int_equal(fixture_settle(fixture), 0);
	for (unsigned i = 0; i < DISTURBANCES; i++) {
		fixture->now_ns += 1000000000;
		hd44780_disturb(fixture->chip, i);
		garbled += !fixture_shows(fixture, &frame);
		/* Something may be written to it while nobody knows. */
		if (i % 2) {
			frame.cells[0][i % columns] ^= 1;
			fixture_draw(fixture, &frame);
			assert_int_equal(fixture_settle(fixture), 0);
		}
		fixture->display->ops->refresh(fixture->display);
		assert_int_equal(fixture_settle(fixture), 0);
		assert_true(fixture_shows(fixture, &frame));
	}
	assert_true(garbled > DISTURBANCES * 9 / 10);
	fixture_no_violation(fixture);
	fixture_tear_down(NULL);
}

static void test_disturbed(void **state)
{
	(void)state;
	disturbances(FIXTURE_LINES, 20, 4);
	disturbances(FIXTURE_LINES, 16, 2);
	disturbances(FIXTURE_BACKPACK_A, 20, 4);
	disturbances(FIXTURE_BACKPACK_B, 16, 2);
}

/* A chip that lost its power for a moment is in 8 bits and off. */
static void test_power_glitch(void **state)
{
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;

	(void)state;
	for (enum fixture_wiring wiring = FIXTURE_LINES; wiring <= FIXTURE_BACKPACK_B; wiring++) {
		fixture_make(wiring, 20, 4);
		sample(&frame, fixture);
		fixture_draw_well(fixture, &frame);
		if (wiring == FIXTURE_LINES)
			hd44780_power_on(fixture->chip, fixture->now_ns);
		else
			pcf8574_power_on(&fixture->expander, fixture->now_ns);
		assert_false(fixture_shows(fixture, &frame));
		fixture->now_ns += 60000000;
		fixture->display->ops->refresh(fixture->display);
		assert_int_equal(fixture_settle(fixture), 0);
		assert_true(fixture_shows(fixture, &frame));
		fixture_tear_down(NULL);
	}
}

/* A refresh of a display that is well can't be seen: nothing is missing for half a millisecond. */
static void test_refresh_unseen(void **state)
{
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;
	int64_t began_ns;

	(void)state;
	fixture_make(FIXTURE_LINES, 20, 4);
	sample(&frame, fixture);
	frame.cursor = DISPLAY_CURSOR_OFF;
	fixture_draw_well(fixture, &frame);
	fixture->watched = &frame;
	began_ns = fixture->now_ns;
	fixture->display->ops->refresh(fixture->display);
	assert_int_equal(fixture_settle(fixture), 0);
	fixture_no_violation(fixture);
	assert_int_equal(hd44780_resets(hd44780_checker(fixture->chip)), 2);
	printf("# refresh: %lld us, something not shown for %lld us\n",
		(long long)(fixture->now_ns - began_ns) / 1000,
		(long long)fixture->unseen_ns / 1000);
	assert_true(fixture->unseen_ns > 0);
	assert_true(fixture->unseen_ns < 500000);
}

/* Says the trouble, tries every second, and draws everything when it is there again. */
static void comes_back(struct fixture *fixture, const struct display_frame *frame)
{
	for (unsigned i = 0; i < 3; i++) {
		int64_t deadline_us = fixture->display->ops->deadline(fixture->display);

		assert_true(deadline_us <= fixture->now_ns / 1000 + DISPLAY_RETRY_US);
		assert_true(deadline_us > fixture->now_ns / 1000);
		/* Called too early nothing is tried, and the answer is the same. */
		assert_true(fixture_work(fixture) < 0);
		assert_int_equal(fixture->display->ops->deadline(fixture->display), deadline_us);
		fixture->now_ns = deadline_us * 1000;
		assert_true(fixture_work(fixture) < 0);
	}
	fixture->refuse = fixture->fail = 0;
	hd44780_forget_violations(hd44780_checker(fixture->chip));
	if (fixture->wiring == FIXTURE_LINES)
		hd44780_power_on(fixture->chip, fixture->now_ns);
	else
		pcf8574_power_on(&fixture->expander, fixture->now_ns);
	assert_int_equal(fixture_settle(fixture), 0);
	assert_string_equal(fixture->display->ops->trouble(fixture->display), "");
	assert_true(fixture_shows(fixture, frame));
	assert_true(hd44780_initialised(hd44780_checker(fixture->chip)));
	fixture_no_violation(fixture);
}

static void test_unplugged(void **state)
{
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;

	(void)state;
	fixture_make(FIXTURE_BACKPACK_A, 20, 4);
	fixture_blank(&frame);
	fixture_text(&frame, 2, "Tekan tombol");
	fixture_draw_well(fixture, &frame);
	/* While it is drawn, */
	fixture->fail = -ENXIO;
	pcf8574_power_off(&fixture->expander);
	fixture_text(&frame, 1, "Aduan baru");
	fixture_draw(fixture, &frame);
	assert_int_equal(fixture_settle(fixture), -ENXIO);
	assert_non_null(strstr(fixture->display->ops->trouble(fixture->display), "plug"));
	comes_back(fixture, &frame);
	/* and while nothing is drawn: it is noticed within five seconds. */
	fixture->fail = -EREMOTEIO;
	pcf8574_power_off(&fixture->expander);
	assert_true(fixture->display->ops->deadline(fixture->display) <=
		    fixture->now_ns / 1000 + DISPLAY_PROBE_US);
	/* Calls between don't put that off. */
	fixture->now_ns += 3000000000;
	assert_int_equal(fixture_work(fixture), 0);
	fixture->now_ns += 2000000000;
	assert_int_equal(fixture_work(fixture), -EREMOTEIO);
	comes_back(fixture, &frame);
}

static void test_lines_gone(void **state)
{
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;

	(void)state;
	fixture_make(FIXTURE_LINES, 16, 2);
	sample(&frame, fixture);
	fixture_draw_well(fixture, &frame);
	fixture->fail = -ENODEV;
	frame.cells[0][0] = '!' + 1;
	fixture_draw(fixture, &frame);
	assert_int_equal(fixture_settle(fixture), -ENODEV);
	assert_non_null(strstr(fixture->display->ops->trouble(fixture->display), "gpioinfo"));
	assert_int_equal(fixture->opened, fixture->closed);
	comes_back(fixture, &frame);
}

static void test_lines_held(void **state)
{
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;

	(void)state;
	fixture_make(FIXTURE_LINES, 20, 4);
	sample(&frame, fixture);
	fixture->refuse = -EBUSY;
	fixture_draw(fixture, &frame);
	assert_int_equal(fixture_settle(fixture), -EBUSY);
	assert_non_null(strstr(fixture->display->ops->trouble(fixture->display), "lcdproc"));
	comes_back(fixture, &frame);
}

static void test_bus_troubles(void **state)
{
	static const struct {
		int error;
		const char *word;
	} troubles[] = {
		{ -ENOENT, "raspi-config" },
		{ -EACCES, "group i2c" },
		{ -ETIMEDOUT, "SDA" },
		{ -EBUSY, "overlay" },
		{ -ENOSYS, "wires" },
	};
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;

	(void)state;
	for (unsigned i = 0; i < ARRAY_SIZE(troubles); i++) {
		fixture_make(FIXTURE_BACKPACK_B, 16, 2);
		sample(&frame, fixture);
		fixture->refuse = troubles[i].error;
		fixture_draw(fixture, &frame);
		assert_int_equal(fixture_settle(fixture), troubles[i].error);
		assert_non_null(
			strstr(fixture->display->ops->trouble(fixture->display), troubles[i].word));
		comes_back(fixture, &frame);
		fixture_tear_down(NULL);
	}
}

/* A source that fails without words. */
static void test_no_words(void **state)
{
	struct fixture *fixture = &fixture_only;

	(void)state;
	fixture_make(FIXTURE_LINES, 20, 4);
	fixture->refuse = -ENOMEM;
	assert_int_equal(fixture_settle(fixture), -ENOMEM);
	assert_string_not_equal(fixture->display->ops->trouble(fixture->display), "");
}

/* The trouble is the present one: first no bus, then no answer. */
static void test_trouble_changes(void **state)
{
	struct fixture *fixture = &fixture_only;

	(void)state;
	fixture_make(FIXTURE_BACKPACK_A, 20, 4);
	fixture->refuse = -ENOENT;
	assert_int_equal(fixture_settle(fixture), -ENOENT);
	fixture->refuse = 0;
	fixture->fail = -ENXIO;
	assert_int_equal(fixture_settle(fixture), -ENXIO);
	assert_non_null(strstr(fixture->display->ops->trouble(fixture->display), "plug"));
}

/* It fails at every message of an initialisation and of a whole screen in turn. */
static void test_fails_anywhere(void **state)
{
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;
	bool finished = false;

	(void)state;
	for (unsigned calls = 1; !finished; calls++) {
		int result = 1;

		assert_true(calls < 100);
		fixture_make(FIXTURE_BACKPACK_A, 20, 4);
		sample(&frame, fixture);
		fixture_draw(fixture, &frame);
		for (unsigned i = 0; i < calls && result > 0; i++) {
			fixture_pass(fixture);
			result = fixture_work(fixture);
		}
		finished = result == 0;
		fixture->fail = -ENXIO;
		frame.cells[0][0] = 'Z';
		fixture_draw(fixture, &frame);
		assert_int_equal(fixture_settle(fixture), -ENXIO);
		comes_back(fixture, &frame);
		fixture_tear_down(NULL);
	}
}

#define fault_test(name) cmocka_unit_test_teardown(name, fixture_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_too_short_on_lines),
		cmocka_unit_test(test_too_short_on_backpack),
		fault_test(test_bus_too_fast),
		cmocka_unit_test(test_missing_reset),
		fault_test(test_lost_nibble),
		cmocka_unit_test(test_disturbed),
		cmocka_unit_test(test_power_glitch),
		fault_test(test_refresh_unseen),
		fault_test(test_unplugged),
		fault_test(test_lines_gone),
		fault_test(test_lines_held),
		cmocka_unit_test(test_bus_troubles),
		fault_test(test_no_words),
		fault_test(test_trouble_changes),
		cmocka_unit_test(test_fails_anywhere),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
