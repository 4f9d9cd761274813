/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "display/hd44780.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "display/hd44780_private.h"

/* What one work() may take: a key's edge waits no longer than that. */
#define STEP_NS 3000000
#define NS_PER_S 1000000000

/*
 * About twice the data sheet's on the pins, for long wires; what is due to the chip's oscillator
 * for the slowest one (190 kHz).
 */
const struct display_times display_times_standard = {
	.setup_ns = 1000,
	.pulse_ns = 1000,
	.hold_ns = 1000,
	.execution_ns = 60000,
	.second_ns = 110000,
	.long_us = 3000,
	.power_us = 50000,
	.first_us = 5000,
};

static int64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Sleeping would take longer than what is waited for: the timer slack alone is 50 us. */
static void spin(void *context, int64_t ns)
{
	int64_t end_ns = monotonic_ns() + ns;

	(void)context;
	while (monotonic_ns() < end_ns)
		;
}

static void go_on(struct lcd *lcd, enum lcd_phase phase, int64_t pause_us)
{
	lcd->phase = phase;
	lcd->pause_us = pause_us;
	lcd->deadline_us = 0;
}

static int flush(struct lcd *lcd)
{
	return lcd->bus->ops->flush(lcd->bus);
}

/* Takes hold of the device: from power-on, since nobody knows what it went through. */
static int take_hold(struct lcd *lcd)
{
	struct bus *bus = lcd->bus;
	int error;

	bus->light = lcd->shown.light = lcd->frame.backlight;
	lcd->trouble[0] = '\0';
	error = bus->ops->open(bus, lcd->trouble, sizeof(lcd->trouble));
	lcd->said = error < 0 && lcd->trouble[0];
	if (error >= 0) {
		lcd->trouble[0] = '\0';
		error = bus->ops->calm(bus);
	}
	if (error >= 0)
		error = flush(lcd);
	if (error >= 0) {
		lcd->whole = true;
		go_on(lcd, LCD_RESET, bus->times.power_us);
	}
	return error;
}

/* Figure 24: three times 0x3, then 0x2; it counts whatever mode and phase the chip is in. */
static int reset(struct lcd *lcd)
{
	struct bus *bus = lcd->bus;
	int error = bus->ops->calm(bus);

	if (error >= 0)
		error = bus->ops->nibble(bus, false, 0x3);
	if (error >= 0)
		error = flush(lcd);
	go_on(lcd, LCD_MODE, bus->times.first_us);
	return error;
}

/* In one go: until the function set the module shows every other row only. */
static int set_mode(struct lcd *lcd)
{
	static const uint8_t nibbles[] = { 0x3, 0x3, 0x2 };
	struct bus *bus = lcd->bus;
	int error = 0;

	for (unsigned i = 0; i < sizeof(nibbles) && error >= 0; i++) {
		error = bus->ops->nibble(bus, false, nibbles[i]);
		if (error >= 0)
			error = bus->ops->settle(bus, bus->times.second_ns);
	}
	if (error >= 0)
		error = lcd_send(lcd, false, LCD_FUNCTION);
	if (error >= 0)
		error = lcd_send(lcd, false, lcd->whole ? LCD_CONTROL : LCD_CONTROL | LCD_ON);
	/* A refresh leaves the cells as they are, most of them are right; home undoes a shift. */
	if (error >= 0)
		error = lcd_send(lcd, false, lcd->whole ? LCD_CLEAR : LCD_HOME);
	if (error >= 0)
		error = flush(lcd);
	go_on(lcd, LCD_START, bus->times.long_us);
	return error;
}

static int start_drawing(struct lcd *lcd)
{
	int error = lcd_send(lcd, false, LCD_ENTRY);

	if (lcd->whole)
		lcd_cleared(lcd);
	else
		lcd_forget(lcd);
	go_on(lcd, LCD_DRAWING, 0);
	return error;
}

/* Draws for one step's time: 1 when more may be left. */
static int draw_some(struct lcd *lcd)
{
	int result, error = 0;

	do
		result = lcd_draw_step(lcd);
	while (result > 0 && lcd->bus->spent_ns < STEP_NS);
	if (result >= 0)
		error = flush(lcd);
	return error < 0 ? error : result;
}

static int step(struct lcd *lcd)
{
	int result = 0;

	switch (lcd->phase) {
	case LCD_CLOSED:
		result = take_hold(lcd);
		break;
	case LCD_RESET:
		result = reset(lcd);
		break;
	case LCD_MODE:
		result = set_mode(lcd);
		break;
	case LCD_START:
		result = start_drawing(lcd);
		break;
	case LCD_DRAWING:
		return draw_some(lcd);
	}
	return result < 0 ? result : 1;
}

static int fail(struct lcd *lcd, int error, int64_t now_us)
{
	if (!lcd->said)
		lcd->bus->ops->explain(error, lcd->trouble, sizeof(lcd->trouble));
	lcd->bus->ops->shut(lcd->bus);
	go_on(lcd, LCD_CLOSED, 0);
	lcd->busy_until_us = 0;
	lcd->deadline_us = now_us + DISPLAY_RETRY_US;
	return error;
}

static int display_work(struct display *display, int64_t now_us)
{
	struct lcd *lcd = (struct lcd *)display;
	const struct bus_ops *ops = lcd->bus->ops;
	int result = 1;

	if (now_us < lcd->busy_until_us)
		return 1;
	if (lcd->pause_us > 0) {
		lcd->deadline_us = now_us + lcd->pause_us;
		lcd->pause_us = 0;
	}
	if (now_us < lcd->deadline_us && lcd->phase != LCD_DRAWING)
		return lcd->phase == LCD_CLOSED ? lcd->error : 1;
	lcd->bus->spent_ns = 0;
	/* Nothing was drawn for long: whether it is there at all. */
	if (lcd->phase == LCD_DRAWING && ops->notices && now_us >= lcd->probe_us)
		result = ops->calm(lcd->bus);
	if (result >= 0)
		result = step(lcd);
	lcd->error = result < 0 ? fail(lcd, result, now_us) : 0;
	if (lcd->bus->spent_ns > 0)
		lcd->probe_us = now_us + DISPLAY_PROBE_US;
	if (ops->queues && result >= 0)
		lcd->busy_until_us = now_us + lcd->bus->spent_ns / 1000;
	if (result == 0)
		lcd->deadline_us = ops->notices ? lcd->probe_us : INT64_MAX;
	return result;
}

static int64_t display_deadline(const struct display *display)
{
	const struct lcd *lcd = (const struct lcd *)display;

	return lcd->deadline_us > lcd->busy_until_us ? lcd->deadline_us : lcd->busy_until_us;
}

static void display_size(const struct display *display, unsigned *columns, unsigned *rows)
{
	const struct lcd *lcd = (const struct lcd *)display;

	*columns = lcd->columns;
	*rows = lcd->rows;
}

static void display_draw(struct display *display, const struct display_frame *frame)
{
	struct lcd *lcd = (struct lcd *)display;

	lcd->frame = *frame;
	if (lcd->phase == LCD_DRAWING)
		lcd->deadline_us = 0;
}

static void display_refresh(struct display *display)
{
	struct lcd *lcd = (struct lcd *)display;

	/* Otherwise an initialisation is under way anyhow. */
	if (lcd->phase == LCD_DRAWING) {
		lcd->whole = false;
		go_on(lcd, LCD_RESET, 0);
	}
}

static const char *display_trouble(const struct display *display)
{
	const struct lcd *lcd = (const struct lcd *)display;

	return lcd->trouble;
}

/* What a person typed doesn't stay on the glass when nobody is here to wipe it. */
static void wipe(struct lcd *lcd)
{
	bool listens = lcd->phase == LCD_DRAWING || (lcd->phase == LCD_RESET && !lcd->whole);

	/* When it fails the device is gone, and will start empty. */
	if (listens && lcd_send(lcd, false, LCD_CLEAR) >= 0 && flush(lcd) < 0)
		lcd->phase = LCD_CLOSED;
}

static void display_close(struct display *display)
{
	struct lcd *lcd = (struct lcd *)display;

	if (!lcd)
		return;
	wipe(lcd);
	lcd->bus->ops->close(lcd->bus);
	explicit_bzero(&lcd->frame, sizeof(lcd->frame));
	explicit_bzero(&lcd->shown, sizeof(lcd->shown));
	free(lcd);
}

static const struct display_ops ops = {
	.name = "hd44780",
	.size = display_size,
	.draw = display_draw,
	.refresh = display_refresh,
	.work = display_work,
	.deadline = display_deadline,
	.trouble = display_trouble,
	.close = display_close,
};

int display_new(struct bus *bus, unsigned columns, unsigned rows, struct display **out)
{
	bool fits = (columns == 20 && rows == 4) || (columns == 16 && rows == 2);
	struct lcd *lcd = fits ? calloc(1, sizeof(*lcd)) : NULL;

	if (!lcd) {
		bus->ops->close(bus);
		return fits ? -ENOMEM : -EINVAL;
	}
	lcd->base.ops = &ops;
	lcd->bus = bus;
	lcd->columns = columns;
	lcd->rows = rows;
	bus->times = display_times_standard;
	bus->wait = spin;
	memset(lcd->frame.cells, ' ', sizeof(lcd->frame.cells));
	lcd->frame.backlight = true;
	lcd_forget(lcd);
	*out = &lcd->base;
	return 0;
}

void display_hd44780_set_wait(struct display *display, display_wait *wait, void *context)
{
	struct bus *bus = ((struct lcd *)display)->bus;

	if (wait) {
		bus->wait = wait;
		bus->wait_context = context;
	}
}

void display_hd44780_set_times(struct display *display, const struct display_times *times)
{
	if (times)
		((struct lcd *)display)->bus->times = *times;
}
