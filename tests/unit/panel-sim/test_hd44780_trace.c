/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoding afterwards: what the driver did, written as the kernel's trace writes it (in whole
 * microseconds), gives the same picture and the same proof. And lines of a trace that are broken.
 */
#include "hd44780_fixture.h"
#include "tools/panel-sim/trace.h"

#define TRACE_SIZE (4 << 20)
#define BASE_LINE 512

static char trace[TRACE_SIZE];
static size_t trace_size;

static void add(int64_t time_ns, const char *event)
{
	/* As the kernel rounds. */
	int64_t us = (time_ns + 500) / 1000;
	int length = snprintf(trace + trace_size, sizeof(trace) - trace_size,
		"          kotakd-117     [000] d..1.  %lld.%06lld: %s\n", (long long)us / 1000000,
		(long long)us % 1000000, event);

	trace_size += (size_t)length;
	assert_true(trace_size < sizeof(trace));
}

/* One event a line, as the kernel sets one after the other. */
static void saw_pins(const struct fixture *fixture, uint8_t changed, uint8_t pins)
{
	char event[64];

	for (unsigned pin = 0; pin < 8; pin++) {
		if (!(changed & 1u << pin))
			continue;
		snprintf(event, sizeof(event), "gpio_value: %u set %d", BASE_LINE + pin,
			(pins & 1u << pin) != 0);
		add(fixture->now_ns, event);
	}
}

static void saw_message(const struct fixture *fixture, const uint8_t *bytes, size_t count)
{
	char event[512];
	size_t size = 0;

	size += (size_t)snprintf(
		event, sizeof(event), "i2c_write: i2c-1 #0 a=027 f=0000 l=%zu [", count);
	for (size_t i = 0; i < count; i++)
		size += (size_t)snprintf(
			event + size, sizeof(event) - size, i ? "-%02x" : "%02x", bytes[i]);
	snprintf(event + size, sizeof(event) - size, "]");
	add(fixture->now_ns, event);
}

static void draw_and_record(struct display_frame *frame)
{
	struct fixture *fixture = &fixture_only;

	fixture->saw_pins = saw_pins;
	fixture->saw_message = saw_message;
	trace_size = 0;
	fixture_blank(frame);
	for (unsigned i = 0; i < 60; i++) {
		frame->cells[i % 4][i % 20] = (uint8_t)('A' + i % 26);
		frame->glyphs[i % 8][i % 7] = (uint8_t)(i % 32);
		frame->cells[3][19] = (uint8_t)(i % 8);
		fixture_draw_well(fixture, frame);
	}
}

/* Without a fault, and with the glass of the fixture's chip dot by dot. */
static void assert_proven(struct hd44780 *chip)
{
	struct hd44780_glass glass, glass_too;

	if (hd44780_violations(hd44780_checker(chip)) > 0)
		fail_msg("%s", hd44780_violation(hd44780_checker(chip), 0)->what);
	assert_true(hd44780_initialised(hd44780_checker(chip)));
	hd44780_look(fixture_only.chip, &glass);
	hd44780_look(chip, &glass_too);
	assert_true(glass.on && glass_too.on);
	assert_memory_equal(glass.codes, glass_too.codes, sizeof(glass.codes));
	assert_memory_equal(glass.pixels, glass_too.pixels, sizeof(glass.pixels));
}

static void test_gpio(void **state)
{
	static const struct trace_wiring wiring = { .rs = BASE_LINE,
		.enable = BASE_LINE + 2,
		.data = { BASE_LINE + 4, BASE_LINE + 5, BASE_LINE + 6, BASE_LINE + 7 } };
	struct hd44780 *chip;
	struct display_frame frame;
	struct trace_change change;
	char *line, *rest = trace;

	(void)state;
	fixture_make(FIXTURE_LINES, 20, 4);
	draw_and_record(&frame);
	assert_int_equal(hd44780_new(20, 4, &chip), 0);
	hd44780_power_on(chip, 1000000000);
	while ((line = strsep(&rest, "\n")) && *line) {
		assert_int_equal(trace_read_gpio(line, &change), 0);
		trace_feed_all(chip, &wiring, &change, 1);
	}
	assert_proven(chip);
	hd44780_free(chip);
}

static void test_i2c(void **state)
{
	struct hd44780 *chip;
	struct pcf8574 expander;
	struct display_frame frame;
	struct trace_message message;
	char *line, *rest = trace;

	(void)state;
	fixture_make(FIXTURE_BACKPACK_B, 20, 4);
	draw_and_record(&frame);
	assert_int_equal(hd44780_new(20, 4, &chip), 0);
	pcf8574_init(&expander, EXPANDER_B, chip);
	pcf8574_power_on(&expander, 1000000000);
	while ((line = strsep(&rest, "\n")) && *line) {
		assert_int_equal(trace_read_i2c(line, &message), 0);
		assert_int_equal(message.bus, 1);
		assert_int_equal(message.address, 0x27);
		pcf8574_write(&expander, message.time_ns, message.bytes, message.count);
	}
	assert_proven(chip);
	hd44780_free(chip);
}

static void test_lines_of_a_trace(void **state)
{
	struct trace_change change;
	struct trace_message message;

	(void)state;
	assert_int_equal(
		trace_read_gpio(" a b-12 [001] ..... 12.345678: gpio_value: 517 set 1", &change),
		0);
	assert_true(
		change.time_ns == 12345678000 && change.line == 517 && change.value && change.set);
	assert_int_equal(
		trace_read_gpio("x-1 [001] 12.345678901: gpio_value: 517 get 0\n", &change), 0);
	assert_true(change.time_ns == 12345678901 && !change.value && !change.set);
	assert_int_equal(trace_read_gpio("# tracer: nop", &change), -ENOMSG);
	assert_int_equal(trace_read_gpio("x 12.3: gpio_direction: 5 in (0)", &change), -ENOMSG);
	assert_int_equal(trace_read_gpio("x 12: gpio_value: 5 set 1", &change), -EINVAL);
	assert_int_equal(trace_read_gpio(": gpio_value: 5 set 1", &change), -EINVAL);
	assert_int_equal(trace_read_gpio("x 1.5: gpio_value: set 1", &change), -EINVAL);
	assert_int_equal(trace_read_gpio("x 1.5: gpio_value: 5 put 1", &change), -EINVAL);
	assert_int_equal(trace_read_gpio("x 1.5: gpio_value: 5 set ", &change), -EINVAL);
	assert_int_equal(
		trace_read_gpio("x 99999999999999999999.5: gpio_value: 5 set 1", &change), -EINVAL);

	assert_int_equal(
		trace_read_i2c("x 1.5: i2c_write: i2c-0 #0 a=03f f=0000 l=3 [0c-08-ff]", &message),
		0);
	assert_int_equal(message.count, 3);
	assert_int_equal(message.bytes[2], 0xff);
	assert_int_equal(message.time_ns, 1500000000);
	assert_int_equal(trace_read_i2c("x 1.5: i2c_reply: i2c-0 #0 a=03f", &message), -ENOMSG);
	assert_int_equal(
		trace_read_i2c("x 1.5: i2c_write: i2c-0 #0 a=03f f=0000 l=3 [0c-08]", &message),
		-EINVAL);
	assert_int_equal(
		trace_read_i2c("x 1.5: i2c_write: i2c-0 #0 a=03f f=0000 l=1 [0c-08]", &message),
		-EINVAL);
	assert_int_equal(
		trace_read_i2c("x 1.5: i2c_write: i2c-0 #0 a=03f f=0000 l=999 [0c]", &message),
		-EINVAL);
}

#define trace_test(name) cmocka_unit_test_teardown(name, fixture_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		trace_test(test_gpio),
		trace_test(test_i2c),
		cmocka_unit_test(test_lines_of_a_trace),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
