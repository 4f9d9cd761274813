/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulated chip by itself, pin by pin, against the data sheet's tables and drawings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "tools/panel-sim/hd44780.h"
#include "tools/panel-sim/hd44780_font.h"
#include "tools/panel-sim/hd44780_timing.h"

struct bench {
	struct hd44780 *chip;
	struct hd44780_timing *timing;
	struct hd44780_glass glass;
	int64_t now_ns;
};

static struct bench bench;

static void pins(int64_t after_ns, uint8_t levels)
{
	bench.now_ns += after_ns;
	hd44780_pins(bench.chip, bench.now_ns, levels);
}

static void nibble(bool rs, uint8_t value)
{
	uint8_t levels = (uint8_t)(value << HD44780_DATA_SHIFT | (rs ? HD44780_RS : 0));

	pins(1000, levels);
	pins(1000, levels | HD44780_ENABLE);
	pins(1000, levels);
}

static void byte(bool rs, uint8_t value)
{
	nibble(rs, value >> 4);
	nibble(rs, value & 0xf);
	bench.now_ns += rs || value > 3 ? 60000 : 2500000;
}

static void instruction(uint8_t value)
{
	byte(false, value);
}

static void text(const char *letters)
{
	for (; *letters; letters++)
		byte(true, (uint8_t)*letters);
}

static void reset(void)
{
	bench.now_ns += 50000000;
	nibble(false, 0x3);
	bench.now_ns += 5000000;
	nibble(false, 0x3);
	bench.now_ns += 110000;
	nibble(false, 0x3);
	bench.now_ns += 110000;
	nibble(false, 0x2);
	bench.now_ns += 60000;
}

static void initialise(void)
{
	reset();
	instruction(0x28);
	instruction(0x08);
	instruction(0x01);
	instruction(0x06);
	instruction(0x0c);
}

static void make(unsigned columns, unsigned rows)
{
	bench = (struct bench) { .now_ns = 5000 };
	assert_int_equal(hd44780_new(columns, rows, &bench.chip), 0);
	bench.timing = hd44780_checker(bench.chip);
	hd44780_power_on(bench.chip, bench.now_ns);
}

static int set_up(void **state)
{
	(void)state;
	make(20, 4);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	hd44780_free(bench.chip);
	bench.chip = NULL;
	return 0;
}

static void look(void)
{
	hd44780_look(bench.chip, &bench.glass);
}

static void assert_row(unsigned row, const char *wanted)
{
	char shown[HD44780_COLUMNS_MAX + 1];

	look();
	hd44780_row_text(&bench.glass, row, shown);
	assert_string_equal(shown, wanted);
}

static void assert_fault(enum hd44780_fault fault)
{
	assert_int_equal(hd44780_violations(bench.timing), 1);
	assert_string_equal(hd44780_fault_name(hd44780_violation(bench.timing, 0)->fault),
		hd44780_fault_name(fault));
	hd44780_forget_violations(bench.timing);
}

static void test_sizes(void **state)
{
	struct hd44780 *chip;

	(void)state;
	assert_int_equal(hd44780_new(21, 4, &chip), -EINVAL);
	assert_int_equal(hd44780_new(20, 3, &chip), -EINVAL);
	assert_int_equal(hd44780_new(0, 2, &chip), -EINVAL);
	hd44780_free(NULL);
}

static void test_power_on(void **state)
{
	(void)state;
	look();
	assert_true(bench.glass.powered);
	assert_false(bench.glass.on);
	initialise();
	text("Halo");
	assert_row(0, "Halo                ");
	assert_int_equal(hd44780_violations(bench.timing), 0);
	assert_true(hd44780_initialised(bench.timing));
	hd44780_power_off(bench.chip);
	look();
	assert_false(bench.glass.powered);
	/* What the pins do without power is lost. */
	text("x");
	hd44780_power_on(bench.chip, bench.now_ns);
	assert_false(hd44780_initialised(bench.timing));
	initialise();
	assert_row(0, "                    ");
	assert_int_equal(hd44780_violations(bench.timing), 0);
}

static void test_addresses(void **state)
{
	(void)state;
	initialise();
	/* Written in one go, the rows come in the order 0, 2, 1, 3. */
	for (unsigned i = 0; i < 80; i++)
		byte(true, (uint8_t)"acbd"[i / 20]);
	assert_row(0, "aaaaaaaaaaaaaaaaaaaa");
	assert_row(1, "bbbbbbbbbbbbbbbbbbbb");
	assert_row(2, "cccccccccccccccccccc");
	assert_row(3, "dddddddddddddddddddd");
	/* Around the end. */
	text("!");
	assert_row(0, "!aaaaaaaaaaaaaaaaaaa");
	instruction(0x80 | 0x54);
	text("<");
	instruction(0x80 | 0x27);
	text("><");
	assert_row(3, "<ddddddddddddddddddd");
	assert_row(2, "ccccccccccccccccccc>");
	assert_row(1, "<bbbbbbbbbbbbbbbbbbb");
	/* There is nothing between the lines. */
	instruction(0x80 | 0x30);
	text("x");
	assert_row(1, "<bbbbbbbbbbbbbbbbbbb");
	tear_down(NULL);

	make(16, 2);
	initialise();
	text("abcdefghijklmnopXYZ");
	instruction(0x80 | 0x4f);
	text("!");
	assert_row(0, "abcdefghijklmnop");
	assert_row(1, "               !");
}

static void test_entry_modes(void **state)
{
	(void)state;
	initialise();
	instruction(0x80 | 0x05);
	instruction(0x04); /* to the left */
	text("abc");
	assert_row(0, "   cba              ");
	instruction(0x80 | 0x40);
	text("xy");
	instruction(0x06);
	/* x at the beginning of the second line, y at the end of the first. */
	assert_row(1, "x                   ");
	assert_row(2, "                   y");
	instruction(0x01);
	/* The display moves under the cursor. */
	instruction(0x07);
	instruction(0x80 | 0x10);
	text("abc");
	assert_row(0, "             abc    ");
	instruction(0x02); /* home undoes that */
	assert_row(0, "                abc ");
	instruction(0x06);
	text("!");
	assert_row(0, "!               abc ");
}

static void test_shift(void **state)
{
	(void)state;
	initialise();
	text("abcdef");
	instruction(0x18);
	instruction(0x18);
	assert_row(0, "cdef                ");
	instruction(0x1c);
	assert_row(0, "bcdef               ");
	instruction(0x1c);
	instruction(0x1c);
	assert_row(0, " abcdef             ");
	instruction(0x02);
	instruction(0x14);
	instruction(0x14);
	text("X");
	instruction(0x10);
	instruction(0x10);
	text("Y");
	assert_row(0, "aYXdef              ");
	/* Clear homes too, and sets the direction. */
	instruction(0x04);
	instruction(0x18);
	instruction(0x01);
	text("gh");
	assert_row(0, "gh                  ");
	assert_int_equal(hd44780_violations(bench.timing), 0);
}

static void test_glyphs(void **state)
{
	static const uint8_t dots[8] = { 0x04, 0x0e, 0x1f, 0x04, 0x04, 0x04, 0x15, 0x0a };

	(void)state;
	initialise();
	instruction(0x40 | 2 << 3);
	for (unsigned i = 0; i < 8; i++)
		byte(true, dots[i] | 0xe0); /* the three high bits have no dots */
	instruction(0x80);
	byte(true, 2);
	byte(true, 10); /* the same */
	look();
	assert_memory_equal(bench.glass.pixels[0][0], dots, 8);
	assert_memory_equal(bench.glass.pixels[0][1], dots, 8);
	assert_int_equal(bench.glass.codes[0][1], 10);
	assert_row(0, "??                  ");
	/* Changed while it is shown. */
	instruction(0x40 | 2 << 3);
	byte(true, 0x11);
	look();
	assert_int_equal(bench.glass.pixels[0][0][0], 0x11);
	/* The letters' memory is as it was. */
	instruction(0x80 | 2);
	text("A");
	assert_row(0, "??A                 ");
}

static void test_control(void **state)
{
	uint64_t changes;

	(void)state;
	initialise();
	text("ab");
	instruction(0x0e);
	look();
	assert_true(bench.glass.cursor && !bench.glass.blink && bench.glass.cursor_visible);
	assert_int_equal(bench.glass.cursor_row, 0);
	assert_int_equal(bench.glass.cursor_column, 2);
	assert_int_equal(bench.glass.pixels[0][2][7], 0x1f);
	instruction(0x80 | 0x54 | 3);
	instruction(0x0d);
	look();
	assert_true(!bench.glass.cursor && bench.glass.blink);
	assert_int_equal(bench.glass.cursor_row, 3);
	assert_int_equal(bench.glass.cursor_column, 3);
	assert_int_equal(bench.glass.pixels[3][3][7], 0);
	changes = hd44780_changes(bench.chip);
	instruction(0x08);
	assert_true(hd44780_changes(bench.chip) > changes);
	look();
	assert_false(bench.glass.on);
	assert_int_equal(bench.glass.codes[0][0], ' ');
	instruction(0x0c);
	assert_row(0, "ab                  ");
}

/* One line only: what a missing function set leaves. */
static void test_one_line(void **state)
{
	(void)state;
	initialise();
	for (unsigned i = 0; i < 80; i++)
		byte(true, (uint8_t)('0' + i / 20));
	instruction(0x20);
	assert_row(0, "00000000000000000000");
	assert_row(1, "                    ");
	assert_row(2, "11111111111111111111");
	assert_row(3, "                    ");
}

/* A nibble too many, and everything behind it is read wrongly. */
static void test_out_of_phase(void **state)
{
	(void)state;
	initialise();
	text("abc");
	nibble(true, 0x4);
	bench.now_ns += 60000;
	text("AAAA");
	/* 4|4 1|4 1|4 1|4, and a 1 waits. */
	assert_row(0, "abcD???             ");
	look();
	assert_int_equal(bench.glass.codes[0][3], 0x44);
	assert_int_equal(bench.glass.codes[0][4], 0x14);
	/* Three times 0x3 is understood all the same. */
	reset();
	instruction(0x28);
	instruction(0x0c);
	instruction(0x80);
	text("z");
	assert_row(0, "zbcD???             ");
}

/* In 8 bits each nibble is a byte whose low half is open, and so all ones. */
static void test_eight_bits(void **state)
{
	(void)state;
	initialise();
	nibble(false, 0x3);
	bench.now_ns += 5000000;
	nibble(false, 0x3);
	bench.now_ns += 110000;
	nibble(false, 0x8); /* address 0x0f */
	bench.now_ns += 60000;
	nibble(true, 0x4);
	bench.now_ns += 60000;
	assert_row(0, "               O    ");
}

/* While it is busy nothing is taken. */
static void test_busy(void **state)
{
	(void)state;
	initialise();
	nibble(false, 0x0);
	nibble(false, 0x1);
	bench.now_ns += 1400000;
	text("x");
	assert_row(0, "                    ");
	bench.now_ns += 2500000;
	text("y");
	assert_row(0, "y                   ");
	assert_fault(HD44780_FAULT_EXECUTION);
	/* Too early for the slowest chip, though this one bears it. */
	nibble(true, 0x4);
	nibble(true, 0x1);
	bench.now_ns += 45000;
	text("B");
	assert_row(0, "yAB                 ");
	assert_fault(HD44780_FAULT_EXECUTION);
}

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

static void test_font(void **state)
{
	static const uint8_t letter[8] = { 0x0e, 0x11, 0x11, 0x11, 0x1f, 0x11, 0x11, 0 };
	static const uint8_t arrow[8] = { 0x00, 0x04, 0x02, 0x1f, 0x02, 0x04, 0x00, 0 };

	(void)state;
	assert_memory_equal(hd44780_font('A'), letter, 8);
	assert_memory_equal(hd44780_font(0x7e), arrow, 8);
	for (unsigned code = 0x20; code < 0x80; code++) {
		const uint8_t *rows = hd44780_font((uint8_t)code);

		for (unsigned i = 0; i < 8; i++)
			assert_int_equal(rows[i] & 0xe0, 0);
		assert_int_equal(rows[7], 0);
		for (unsigned other = 0x20; other < code; other++)
			assert_memory_not_equal(rows, hd44780_font((uint8_t)other), 8);
	}
	for (unsigned i = 0; i < 8; i++) {
		assert_int_equal(hd44780_font(0xff)[i], 0x1f);
		assert_int_equal(hd44780_font(' ')[i], 0);
		assert_int_equal(hd44780_font(0x85)[i], 0);
	}
}

#define chip_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		chip_test(test_power_on),
		chip_test(test_addresses),
		chip_test(test_entry_modes),
		chip_test(test_shift),
		chip_test(test_glyphs),
		chip_test(test_control),
		chip_test(test_one_line),
		chip_test(test_out_of_phase),
		chip_test(test_eight_bits),
		chip_test(test_busy),
		chip_test(test_internal_reset),
		chip_test(test_limits),
		chip_test(test_read),
		chip_test(test_order),
		chip_test(test_order_again),
		chip_test(test_many_violations),
		cmocka_unit_test(test_font),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
