/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The driver on one side, the simulated chip on the other, in virtual time: lines that move the
 * chip's pins, or a bus with a PCF8574. Waits only move the clock on. What goes wrong is asked for.
 */
#ifndef TESTS_HD44780_FIXTURE_H
#define TESTS_HD44780_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "display/hd44780.h"
#include "tools/panel-sim/hd44780.h"
#include "tools/panel-sim/hd44780_font.h"
#include "tools/panel-sim/hd44780_timing.h"
#include "tools/panel-sim/pcf8574.h"

/* The worker's loop must come to rest within so many calls. */
#define WORK_LIMIT 2000

enum fixture_wiring {
	FIXTURE_LINES,
	FIXTURE_BACKPACK_A,
	FIXTURE_BACKPACK_B,
};

struct fixture {
	struct lines_source source;
	struct lines lines, light;
	struct i2c i2c;
	int64_t now_ns;
	bool real;	  /* time is CLOCK_MONOTONIC's, but that deadlines come at once */
	int64_t skew_ns;  /* so far ahead of it */
	int64_t set_ns;	  /* what one call that sets lines takes */
	bool queues;	  /* the bus takes a message at once and carries it by and by */
	int wait_percent; /* of what the driver asks for */
	struct hd44780 *chip;
	struct pcf8574 expander;
	struct display *display;
	enum fixture_wiring wiring;
	unsigned columns, rows;
	unsigned opened, closed; /* groups of lines, or the device */
	bool lit;
	int refuse;		      /* the errno of opening */
	int fail;		      /* the errno of setting lines or of a message */
	unsigned swallow_at, swallow; /* the pulses of E from this one on that the chip misses */
	unsigned pulses;
	uint64_t sets, messages;
	uint64_t random;
	/* Told of every call and message, before it has its effect. */
	void (*saw_pins)(const struct fixture *fixture, uint8_t changed, uint8_t pins);
	void (*saw_message)(const struct fixture *fixture, const uint8_t *bytes, size_t count);
	/* A frame that should stay on the glass, and for how long it wasn't there. */
	const struct display_frame *watched;
	int64_t unseen_ns;
};

static inline uint64_t fixture_random(struct fixture *fixture, uint64_t below)
{
	fixture->random ^= fixture->random << 13;
	fixture->random ^= fixture->random >> 7;
	fixture->random ^= fixture->random << 17;
	return (fixture->random >> 11) % below;
}

static struct fixture fixture_only;

static inline int64_t fixture_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline int fixture_set(struct lines *lines, uint32_t mask, uint32_t values)
{
	struct fixture *fixture = &fixture_only;
	uint8_t levels = hd44780_levels(fixture->chip), pins = 0, changed = 0;

	if (fixture->fail)
		return fixture->fail;
	if (lines == &fixture->light) {
		fixture->lit = values & 1;
		return 0;
	}
	fixture->sets++;
	if (fixture->real)
		fixture->now_ns = fixture_clock() + fixture->skew_ns;
	else
		fixture->now_ns += fixture->set_ns;
	for (unsigned line = 0; line < 6; line++) {
		static const uint8_t pin_of[] = { HD44780_RS, HD44780_ENABLE, HD44780_D4,
			HD44780_D5, HD44780_D6, HD44780_D7 };

		if (mask & 1u << line)
			changed |= pin_of[line];
		if (mask & values & 1u << line)
			pins |= pin_of[line];
	}
	if (pins & HD44780_ENABLE) {
		unsigned pulse = fixture->pulses++;

		/* Interference hid this pulse from the chip. */
		if (pulse >= fixture->swallow_at && pulse < fixture->swallow_at + fixture->swallow)
			changed &= (uint8_t)~HD44780_ENABLE;
	}
	if (fixture->saw_pins)
		fixture->saw_pins(fixture, changed, pins);
	hd44780_pins(
		fixture->chip, fixture->now_ns, (uint8_t)((levels & ~changed) | (pins & changed)));
	return 0;
}

static inline void fixture_close_lines(struct lines *lines)
{
	(void)lines;
	fixture_only.closed++;
}

static const struct lines_ops fixture_lines_ops = {
	.name = "fixture", .set = fixture_set, .close = fixture_close_lines
};

static inline int fixture_request(struct lines_source *source, const char *consumer,
	const struct lines_name *names, size_t count, const struct lines_config *config,
	struct lines **out, char *trouble, size_t trouble_size)
{
	struct fixture *fixture = &fixture_only;

	(void)source;
	assert_int_equal(config->direction, LINES_OUTPUT);
	assert_string_equal(consumer, "kotak-display");
	if (fixture->refuse == -ENOMEM)
		return fixture->refuse;
	if (fixture->refuse) {
		snprintf(trouble, trouble_size, "line %s of %s is held by \"lcdproc\"",
			names[0].line, names[0].chip);
		return fixture->refuse;
	}
	if (count == 1) {
		assert_string_equal(names[0].line, "light");
		fixture->lit = config->values & 1;
		*out = &fixture->light;
	} else {
		assert_int_equal(count, 6);
		assert_string_equal(names[0].line, "rs");
		assert_string_equal(names[1].line, "e");
		assert_string_equal(names[5].line, "d7");
		*out = &fixture->lines;
	}
	fixture->opened++;
	return 0;
}

static const struct lines_source_ops fixture_source_ops = { .name = "fixture",
	.request = fixture_request };

static inline int fixture_write(struct i2c *i2c, const uint8_t *bytes, size_t count)
{
	struct fixture *fixture = &fixture_only;
	int64_t free_ns;

	(void)i2c;
	if (fixture->fail)
		return fixture->fail;
	assert_true(count > 0);
	fixture->messages++;
	if (fixture->saw_message)
		fixture->saw_message(fixture, bytes, count);
	free_ns = pcf8574_write(&fixture->expander, fixture->now_ns, bytes, count);
	if (!fixture->queues)
		fixture->now_ns = free_ns;
	return 0;
}

static inline void fixture_close_i2c(struct i2c *i2c)
{
	(void)i2c;
	fixture_only.closed++;
}

static const struct i2c_ops fixture_i2c_ops = {
	.name = "fixture", .write = fixture_write, .close = fixture_close_i2c
};

static inline int fixture_open_i2c(void *context, struct i2c **out)
{
	struct fixture *fixture = context;

	if (fixture->refuse)
		return fixture->refuse;
	fixture->opened++;
	*out = &fixture->i2c;
	return 0;
}

/* What the glass would show: dot by dot, light and cursor too. */
static inline bool fixture_shows(struct fixture *fixture, const struct display_frame *frame)
{
	struct hd44780_glass glass;
	bool cursor = frame->cursor != DISPLAY_CURSOR_OFF;
	bool lit = fixture->wiring == FIXTURE_LINES ? fixture->lit : fixture->expander.backlight;
	bool same;

	hd44780_look(fixture->chip, &glass);
	same = glass.powered && glass.on && lit == frame->backlight &&
	       glass.cursor == (frame->cursor == DISPLAY_CURSOR_LINE) &&
	       glass.blink == (frame->cursor == DISPLAY_CURSOR_BLOCK) &&
	       glass.cursor_visible == cursor &&
	       (!cursor || (glass.cursor_row == frame->cursor_row &&
				   glass.cursor_column == frame->cursor_column));
	for (unsigned row = 0; row < fixture->rows; row++) {
		for (unsigned column = 0; column < fixture->columns; column++) {
			uint8_t code = frame->cells[row][column];
			uint8_t dots[HD44780_CELL_ROWS];

			memcpy(dots, code < 8 ? frame->glyphs[code] : hd44780_font(code),
				sizeof(dots));
			if (frame->cursor == DISPLAY_CURSOR_LINE && frame->cursor_row == row &&
				frame->cursor_column == column)
				dots[HD44780_CELL_ROWS - 1] = 0x1f;
			same = same && glass.codes[row][column] == code &&
			       memcmp(glass.pixels[row][column], dots, sizeof(dots)) == 0;
		}
	}
	return same;
}

static inline void fixture_wait(void *context, int64_t ns)
{
	struct fixture *fixture = context;

	if (fixture->watched && !fixture_shows(fixture, fixture->watched))
		fixture->unseen_ns += ns;
	fixture->now_ns += ns * fixture->wait_percent / 100;
}

static inline void fixture_make(enum fixture_wiring wiring, unsigned columns, unsigned rows)
{
	static const struct display_lines_wiring names = {
		.rs = { "chip", "rs" },
		.enable = { "chip", "e" },
		.data = { { "chip", "d4" }, { "chip", "d5" }, { "chip", "d6" }, { "chip", "d7" } },
		.backlight = { "other", "light" },
	};
	struct fixture *fixture = &fixture_only;

	*fixture = (struct fixture) {
		.source = { &fixture_source_ops },
		.lines = { &fixture_lines_ops },
		.light = { &fixture_lines_ops },
		.i2c = { &fixture_i2c_ops },
		.now_ns = 1000000000,
		.set_ns = 5,
		.wait_percent = 100,
		.wiring = wiring,
		.columns = columns,
		.rows = rows,
		.random = 0x2545f4914f6cdd1d,
	};
	assert_int_equal(hd44780_new(columns, rows, &fixture->chip), 0);
	pcf8574_init(&fixture->expander, wiring == FIXTURE_BACKPACK_B ? EXPANDER_B : EXPANDER_A,
		fixture->chip);
	if (wiring == FIXTURE_LINES) {
		hd44780_power_on(fixture->chip, fixture->now_ns);
		assert_int_equal(display_hd44780_lines_new(&fixture->source, &names, columns, rows,
					 &fixture->display),
			0);
	} else {
		pcf8574_power_on(&fixture->expander, fixture->now_ns);
		assert_int_equal(
			display_hd44780_pcf8574_new(fixture_open_i2c, fixture,
				wiring == FIXTURE_BACKPACK_B ? PCF8574_WIRING_B : PCF8574_WIRING_A,
				columns, rows, &fixture->display),
			0);
	}
	display_hd44780_set_wait(fixture->display, fixture_wait, fixture);
}

static inline int fixture_tear_down(void **state)
{
	struct fixture *fixture = &fixture_only;

	(void)state;
	fixture->watched = NULL; /* it may have been the test's own */
	if (fixture->display)
		fixture->display->ops->close(fixture->display);
	hd44780_free(fixture->chip);
	assert_int_equal(fixture->opened, fixture->closed);
	*fixture = (struct fixture) { 0 };
	return 0;
}

static inline int fixture_work(struct fixture *fixture)
{
	return fixture->display->ops->work(fixture->display, fixture->now_ns / 1000);
}

/* To when the driver wants to be called; not to a time that never comes. */
static inline void fixture_pass(struct fixture *fixture)
{
	int64_t deadline_us = fixture->display->ops->deadline(fixture->display);

	if (deadline_us > fixture->now_ns / 1000 && deadline_us < INT64_MAX) {
		fixture->skew_ns += deadline_us * 1000 - fixture->now_ns;
		fixture->now_ns = deadline_us * 1000;
	}
}

/* Works as the panel's loop does until all is drawn, or it fails: its last answer. */
static inline int fixture_settle(struct fixture *fixture)
{
	int result = 1;

	for (unsigned i = 0; result > 0; i++) {
		assert_true(i < WORK_LIMIT);
		fixture_pass(fixture);
		result = fixture_work(fixture);
	}
	return result;
}

static inline void fixture_blank(struct display_frame *frame)
{
	*frame = (struct display_frame) { .backlight = true };
	memset(frame->cells, ' ', sizeof(frame->cells));
}

static inline void fixture_text(struct display_frame *frame, unsigned row, const char *text)
{
	size_t length = strlen(text);

	memcpy(frame->cells[row], text,
		length < DISPLAY_COLUMNS_MAX ? length : DISPLAY_COLUMNS_MAX);
}

static inline void fixture_no_violation(struct fixture *fixture)
{
	const struct hd44780_timing *timing = hd44780_checker(fixture->chip);

	if (hd44780_violations(timing) > 0)
		fail_msg("%s", hd44780_violation(timing, 0)->what);
}

/* Whether one of the kept violations is of this kind. */
static inline bool fixture_violated(struct fixture *fixture, enum hd44780_fault fault)
{
	const struct hd44780_timing *timing = hd44780_checker(fixture->chip);
	const struct hd44780_violation *violation;
	bool found = false;

	for (size_t i = 0; (violation = hd44780_violation(timing, i)); i++)
		found = found || violation->fault == fault;
	return found;
}

static inline void fixture_draw(struct fixture *fixture, const struct display_frame *frame)
{
	fixture->display->ops->draw(fixture->display, frame);
}

/* Draws it all, and it is on the glass without a fault. */
static inline void fixture_draw_well(struct fixture *fixture, const struct display_frame *frame)
{
	fixture_draw(fixture, frame);
	assert_int_equal(fixture_settle(fixture), 0);
	assert_true(fixture_shows(fixture, frame));
	fixture_no_violation(fixture);
}

#endif
