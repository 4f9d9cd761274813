/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A simulated HD44780 on the bench: pins moved by hand, in virtual time. */
#ifndef TESTS_HD44780_BENCH_H
#define TESTS_HD44780_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "tools/panel-sim/hd44780.h"
#include "tools/panel-sim/hd44780_timing.h"

struct bench {
	struct hd44780 *chip;
	struct hd44780_timing *timing;
	struct hd44780_glass glass;
	int64_t now_ns;
};

static struct bench bench;

static inline void pins(int64_t after_ns, uint8_t levels)
{
	bench.now_ns += after_ns;
	hd44780_pins(bench.chip, bench.now_ns, levels);
}

static inline void nibble(bool rs, uint8_t value)
{
	uint8_t levels = (uint8_t)(value << HD44780_DATA_SHIFT | (rs ? HD44780_RS : 0));

	pins(1000, levels);
	pins(1000, levels | HD44780_ENABLE);
	pins(1000, levels);
}

static inline void byte(bool rs, uint8_t value)
{
	nibble(rs, value >> 4);
	nibble(rs, value & 0xf);
	bench.now_ns += rs || value > 3 ? 60000 : 2500000;
}

static inline void instruction(uint8_t value)
{
	byte(false, value);
}

static inline void text(const char *letters)
{
	for (; *letters; letters++)
		byte(true, (uint8_t)*letters);
}

static inline void reset(void)
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

static inline void initialise(void)
{
	reset();
	instruction(0x28);
	instruction(0x08);
	instruction(0x01);
	instruction(0x06);
	instruction(0x0c);
}

static inline void make(unsigned columns, unsigned rows)
{
	bench = (struct bench) { .now_ns = 5000 };
	assert_int_equal(hd44780_new(columns, rows, &bench.chip), 0);
	bench.timing = hd44780_checker(bench.chip);
	hd44780_power_on(bench.chip, bench.now_ns);
}

static inline int set_up(void **state)
{
	(void)state;
	make(20, 4);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	hd44780_free(bench.chip);
	bench.chip = NULL;
	return 0;
}

static inline void look(void)
{
	hd44780_look(bench.chip, &bench.glass);
}

static inline void assert_row(unsigned row, const char *wanted)
{
	char shown[HD44780_COLUMNS_MAX + 1];

	look();
	hd44780_row_text(&bench.glass, row, shown);
	assert_string_equal(shown, wanted);
}

static inline void assert_fault(enum hd44780_fault fault)
{
	assert_int_equal(hd44780_violations(bench.timing), 1);
	assert_string_equal(hd44780_fault_name(hd44780_violation(bench.timing, 0)->fault),
		hd44780_fault_name(fault));
	hd44780_forget_violations(bench.timing);
}

#define bench_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
