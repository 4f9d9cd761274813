/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulated chip by itself, pin by pin, against the data sheet's tables and drawings. */
#include "hd44780_bench.h"
#include "tools/panel-sim/hd44780_font.h"

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
		byte(true, (uint8_t) "acbd"[i / 20]);
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

static void test_font(void **state)
{
	static const uint8_t letter[8] = { 0x0e, 0x11, 0x11, 0x11, 0x1f, 0x11, 0x11, 0 };
	static const uint8_t degree[8] = { 0x1c, 0x14, 0x1c };
	static const uint8_t arrow[8] = { 0x00, 0x04, 0x02, 0x1f, 0x02, 0x04, 0x00, 0 };

	(void)state;
	assert_memory_equal(hd44780_font('A'), letter, 8);
	assert_memory_equal(hd44780_font(0x7e), arrow, 8);
	assert_memory_equal(hd44780_font(0xdf), degree, 8);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		bench_test(test_power_on),
		bench_test(test_addresses),
		bench_test(test_entry_modes),
		bench_test(test_shift),
		bench_test(test_glyphs),
		bench_test(test_control),
		bench_test(test_one_line),
		bench_test(test_out_of_phase),
		bench_test(test_eight_bits),
		bench_test(test_busy),
		cmocka_unit_test(test_font),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
