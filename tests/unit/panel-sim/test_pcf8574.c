/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulated backpack by itself: both wirings, its power-on, and when its bytes arrive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "tools/panel-sim/hd44780_timing.h"
#include "tools/panel-sim/pcf8574.h"

static struct hd44780 *chip;
static struct pcf8574 expander;

static void make(enum expander_wiring wiring)
{
	assert_int_equal(hd44780_new(16, 2, &chip), 0);
	pcf8574_init(&expander, wiring, chip);
	pcf8574_power_on(&expander, 0);
}

static int tear_down(void **state)
{
	(void)state;
	hd44780_free(chip);
	chip = NULL;
	return 0;
}

static void test_wirings(void **state)
{
	static const struct {
		uint8_t output, pin;
	} wires[][8] = {
		{ { 0x01, HD44780_RS }, { 0x02, HD44780_RW }, { 0x04, HD44780_ENABLE }, { 0x08, 0 },
			{ 0x10, HD44780_D4 }, { 0x20, HD44780_D5 }, { 0x40, HD44780_D6 },
			{ 0x80, HD44780_D7 } },
		{ { 0x10, HD44780_RS }, { 0x20, HD44780_RW }, { 0x40, HD44780_ENABLE }, { 0x80, 0 },
			{ 0x01, HD44780_D4 }, { 0x02, HD44780_D5 }, { 0x04, HD44780_D6 },
			{ 0x08, HD44780_D7 } },
	};

	(void)state;
	for (enum expander_wiring wiring = EXPANDER_A; wiring <= EXPANDER_B; wiring++) {
		make(wiring);
		for (unsigned i = 0; i < 8; i++) {
			pcf8574_write(&expander, 0, &wires[wiring][i].output, 1);
			assert_int_equal(hd44780_levels(chip), wires[wiring][i].pin);
			assert_int_equal(expander.backlight, wires[wiring][i].pin == 0);
		}
		tear_down(NULL);
	}
}

static void test_power(void **state)
{
	static const uint8_t calm = 0xfb;

	(void)state;
	make(EXPANDER_A);
	/* All high: a read is under way, and its end is nobody's fault. */
	assert_true(hd44780_levels(chip) & HD44780_ENABLE);
	assert_true(expander.backlight);
	pcf8574_write(&expander, 1000000, &calm, 1);
	assert_int_equal(hd44780_violations(hd44780_checker(chip)), 0);
	assert_int_equal(hd44780_bytes(chip), 0);
	pcf8574_power_off(&expander);
	assert_false(expander.backlight);
}

/* 0x3 after 50 ms: E is high for one byte's time, and the next message waits for this one. */
static void test_times(void **state)
{
	static const uint8_t bytes[] = { 0xfb, 0x30, 0x34, 0x30 };
	const struct hd44780_step *steps;
	int64_t free_ns;

	(void)state;
	make(EXPANDER_A);
	free_ns = pcf8574_write(&expander, 50000000, bytes, sizeof(bytes));
	/* The address, then the bytes; the third of them raises E. */
	assert_int_equal(free_ns, 50000000 + 5 * PCF8574_BYTE_NS);
	assert_int_equal(hd44780_steps(hd44780_checker(chip), &steps), 1);
	assert_int_equal(steps[0].time_ns, 50000000 + 4 * PCF8574_BYTE_NS);
	assert_int_equal(
		pcf8574_write(&expander, 50000000, bytes, 1), free_ns + 2 * PCF8574_BYTE_NS);
	assert_int_equal(expander.bytes, 5);
	assert_int_equal(hd44780_violations(hd44780_checker(chip)), 0);
	/* RS together with E is too late for the chip. */
	pcf8574_write(&expander, 90000000, (const uint8_t[]) { 0x01, 0x34, 0x30 }, 3);
	assert_int_equal(hd44780_violations(hd44780_checker(chip)), 1);
	assert_int_equal(
		hd44780_violation(hd44780_checker(chip), 0)->fault, HD44780_FAULT_ADDRESS_SETUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wirings),
		cmocka_unit_test_teardown(test_power, tear_down),
		cmocka_unit_test_teardown(test_times, tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
