/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checker by itself: the data sheet's times at their limits, figure 24's order. */
#include "hd44780_bench.h"

static void test_internal_reset(void **state)
{
	(void)state;
	bench.now_ns += 39000000;
	nibble(false, 0x3);
	assert_fault(HD44780_FAULT_POWER);
	assert_null(hd44780_violation(bench.timing, 0));
}

/* Each time of the bus at its limit and one nanosecond below. */
static void limits(int64_t address_ns, int64_t data_ns, int64_t low_ns, int64_t hold_ns,
	int64_t address_hold_ns)
{
	const uint8_t rs = HD44780_RS, e = HD44780_ENABLE, d = HD44780_D5;

	pins(100000, 0);
	pins(1000, rs);
	pins(address_ns, rs | e);
	pins(HD44780_PULSE_NS - data_ns, rs | e | d);
	pins(data_ns, rs | d);
	pins(hold_ns, rs);
	pins(address_hold_ns - hold_ns, 0);
	/* The second nibble. */
	pins(low_ns, e);
	pins(HD44780_PULSE_NS, 0);
	bench.now_ns += 3000000;
}

static void test_limits(void **state)
{
	const int64_t address = HD44780_ADDRESS_SETUP_NS, data = HD44780_DATA_SETUP_NS,
		      hold = HD44780_DATA_HOLD_NS, address_hold = HD44780_ADDRESS_HOLD_NS;
	const int64_t low = HD44780_CYCLE_NS - HD44780_PULSE_NS - address_hold;

	(void)state;
	initialise();
	limits(address, data, low, hold, address_hold);
	assert_int_equal(hd44780_violations(bench.timing), 0);
	limits(address - 1, data, low, hold, address_hold);
	assert_fault(HD44780_FAULT_ADDRESS_SETUP);
	limits(address, data - 1, low, hold, address_hold);
	assert_fault(HD44780_FAULT_DATA_SETUP);
	limits(address, data, low - 1, hold, address_hold);
	assert_fault(HD44780_FAULT_CYCLE);
	limits(address, data, low, hold - 1, address_hold);
	assert_fault(HD44780_FAULT_DATA_HOLD);
	limits(address, data, low + 1, hold, address_hold - 1);
	assert_fault(HD44780_FAULT_ADDRESS_HOLD);
	pins(1000, HD44780_ENABLE);
	pins(HD44780_PULSE_NS - 1, 0);
	assert_fault(HD44780_FAULT_PULSE);
	nibble(false, 0);
	hd44780_forget_violations(bench.timing);
	/* RS may not move while E is high, nor together with its rise. */
	pins(100000, HD44780_ENABLE);
	pins(500, HD44780_ENABLE | HD44780_RS);
	pins(500, HD44780_RS);
	assert_fault(HD44780_FAULT_ADDRESS_HOLD);
	pins(100000, HD44780_ENABLE);
	pins(1000, 0);
	assert_fault(HD44780_FAULT_ADDRESS_SETUP);
}

static void test_read(void **state)
{
	(void)state;
	initialise();
	text("abc");
	pins(1000, HD44780_RW);
	pins(1000, HD44780_RW | HD44780_ENABLE);
	pins(1000, HD44780_RW);
	assert_fault(HD44780_FAULT_READ);
	pins(1000, HD44780_RW | HD44780_RS);
	pins(1000, HD44780_RW | HD44780_RS | HD44780_ENABLE);
	pins(1000, HD44780_RW | HD44780_RS);
	assert_fault(HD44780_FAULT_READ);
	/* A byte of data was read: the address went on. */
	pins(1000, 0);
	text("d");
	assert_row(0, "abc d               ");
}

/* Figure 24's order and waits, one broken at a time. */
static void start(int64_t first_ns, int64_t second_ns, uint8_t third, uint8_t function)
{
	bench.now_ns += 50000000;
	nibble(false, 0x3);
	bench.now_ns += first_ns;
	nibble(false, 0x3);
	bench.now_ns += second_ns;
	nibble(false, third);
	bench.now_ns += 110000;
	nibble(false, 0x2);
	bench.now_ns += 60000;
	instruction(function);
	instruction(0x08);
	instruction(0x01);
	instruction(0x06);
	instruction(0x0c);
}

static void test_order(void **state)
{
	const struct hd44780_step *steps;

	(void)state;
	start(HD44780_FIRST_RESET_NS, HD44780_SECOND_RESET_NS, 0x3, 0x28);
	assert_int_equal(hd44780_violations(bench.timing), 0);
	assert_true(hd44780_initialised(bench.timing));
	assert_int_equal(hd44780_steps(bench.timing, &steps), HD44780_STEPS_MAX);
	assert_string_equal(steps[4].what, "0x28");

	hd44780_power_on(bench.chip, bench.now_ns);
	start(HD44780_FIRST_RESET_NS - 3000, HD44780_SECOND_RESET_NS, 0x3, 0x28);
	assert_fault(HD44780_FAULT_FIRST_RESET);
	hd44780_power_on(bench.chip, bench.now_ns);
	start(HD44780_FIRST_RESET_NS, HD44780_SECOND_RESET_NS - 3000, 0x3, 0x28);
	assert_fault(HD44780_FAULT_SECOND_RESET);
	/* Two 0x3 only. */
	hd44780_power_on(bench.chip, bench.now_ns);
	start(HD44780_FIRST_RESET_NS, HD44780_SECOND_RESET_NS, 0x2, 0x28);
	assert_true(hd44780_violations(bench.timing) > 0);
	assert_int_equal(hd44780_violation(bench.timing, 0)->fault, HD44780_FAULT_ORDER);
	assert_false(hd44780_initialised(bench.timing));
	hd44780_forget_violations(bench.timing);
	/* One line for a module of four. */
	hd44780_power_on(bench.chip, bench.now_ns);
	start(HD44780_FIRST_RESET_NS, HD44780_SECOND_RESET_NS, 0x3, 0x20);
	assert_true(hd44780_violations(bench.timing) > 0);
	assert_false(hd44780_initialised(bench.timing));
	hd44780_forget_violations(bench.timing);
	/* Neither off nor cleared: a refresh's way, but no proof. */
	hd44780_power_on(bench.chip, bench.now_ns);
	reset();
	instruction(0x28);
	instruction(0x0c);
	instruction(0x06);
	assert_int_equal(hd44780_violations(bench.timing), 0);
	assert_false(hd44780_initialised(bench.timing));
	/* Data before any initialisation. */
	hd44780_power_on(bench.chip, bench.now_ns);
	bench.now_ns += 50000000;
	text("a");
	assert_int_equal(hd44780_violation(bench.timing, 0)->fault, HD44780_FAULT_ORDER);
}

/* Initialised again while it works, in and out of phase; both with waits that are too short. */
static void test_order_again(void **state)
{
	uint64_t resets;

	(void)state;
	initialise();
	resets = hd44780_resets(bench.timing);
	reset();
	instruction(0x28);
	assert_int_equal(hd44780_violations(bench.timing), 0);
	assert_int_equal(hd44780_resets(bench.timing), resets + 1);
	nibble(false, 0x8);
	bench.now_ns += 60000;
	reset();
	instruction(0x28);
	assert_int_equal(hd44780_violations(bench.timing), 0);
	assert_int_equal(hd44780_resets(bench.timing), resets + 2);
	nibble(false, 0x3);
	bench.now_ns += 3000000;
	nibble(false, 0x3);
	assert_fault(HD44780_FAULT_FIRST_RESET);
	bench.now_ns += 50000;
	nibble(false, 0x3);
	assert_fault(HD44780_FAULT_SECOND_RESET);
}

static void test_many_violations(void **state)
{
	(void)state;
	initialise();
	pins(1000, 0);
	for (unsigned i = 0; i < 200; i++) {
		pins(60000, HD44780_ENABLE);
		pins(100, 0);
	}
	assert_int_equal(hd44780_violations(bench.timing), 200);
	assert_non_null(hd44780_violation(bench.timing, HD44780_VIOLATIONS_KEPT - 1));
	assert_null(hd44780_violation(bench.timing, HD44780_VIOLATIONS_KEPT));
	assert_string_equal(
		hd44780_violation(bench.timing, 0)->what, "E was high for 100 ns, not 450 ns");
	assert_int_equal(hd44780_violation(bench.timing, 0)->was_ns, 100);
	assert_int_equal(hd44780_violation(bench.timing, 0)->least_ns, 450);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(test_internal_reset),
		bench_test(test_limits),
		bench_test(test_read),
		bench_test(test_order),
		bench_test(test_order_again),
		bench_test(test_many_violations),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
