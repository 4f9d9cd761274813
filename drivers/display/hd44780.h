/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The display seam (port/display.h) on an HD44780 or compatible in 4-bit mode, wired to lines or
 * behind a PCF8574 on I2C. R/W is never needed: on lines it is tied to ground.
 *
 * Waits up to a tenth of a millisecond are spun through one function; longer ones are deadlines. A
 * device that is gone is looked for every second, initialised from power-on and drawn whole. A
 * display on lines can't be noticed missing: refresh() on a schedule heals it.
 */
#ifndef DISPLAY_HD44780_H
#define DISPLAY_HD44780_H

#include <stdint.h>

#include "base/cleanup.h"
#include "port/display.h"
#include "port/i2c.h"
#include "port/lines.h"

/* Looked for again after so long. */
#define DISPLAY_RETRY_US 1000000
/* A backpack that shows what it shall is asked so often whether it is still there. */
#define DISPLAY_PROBE_US 5000000

struct display_lines_wiring {
	struct lines_name rs, enable, data[4]; /* D4 to D7 */
	struct lines_name backlight;	       /* .line is NULL when it isn't wired */
};

/*
 * 20x4 or 16x2. Requests nothing yet: what is wrong with the lines is said by trouble(). Keeps
 * source, which must live longer; copies the names. 0, -EINVAL (size) or -ENOMEM.
 */
must_check int display_hd44780_lines_new(struct lines_source *source,
	const struct display_lines_wiring *wiring, unsigned columns, unsigned rows,
	struct display **out);

enum pcf8574_wiring {
	PCF8574_WIRING_A, /* P0 RS, P1 R/W, P2 E, P3 backlight, P4-P7 D4-D7: nearly all of them */
	PCF8574_WIRING_B, /* P4 RS, P5 R/W, P6 E, P7 backlight, P0-P3 D4-D7 */
};

/*
 * open is called whenever the device has to be opened (again) and gives its caller a new
 * struct i2c; it returns a negative errno otherwise. The bus must not be faster than 100 kHz, as
 * the PCF8574's data sheet wants and a Pi does unless told otherwise.
 */
must_check int display_hd44780_pcf8574_new(int (*open)(void *context, struct i2c **out),
	void *context, enum pcf8574_wiring wiring, unsigned columns, unsigned rows,
	struct display **out);

/* All times that the driver keeps; the data sheet's own in brackets (3.3 V, oscillator at 190 kHz).
 */
struct display_times {
	int64_t setup_ns;     /* RS and data before E rises [tAS 60] */
	int64_t pulse_ns;     /* E high [PWEH 450, tDSW 195] */
	int64_t hold_ns;      /* before anything changes after E fell [tH 10, tAH 20, tcycE 1000] */
	int64_t execution_ns; /* after an instruction or data [58300] */
	int64_t second_ns;    /* after the second and third 0x3 [100000] */
	int64_t long_us;      /* after clear and home [2160] */
	int64_t power_us;     /* after power-on [40000] */
	int64_t first_us;     /* after the first 0x3 [4100] */
};
extern const struct display_times display_times_standard;

/*
 * For tests: how short waits are spent instead of by spinning on CLOCK_MONOTONIC, and with which
 * times (copied). Before the first work(). NULL keeps what is.
 */
typedef void display_wait(void *context, int64_t ns);
void display_hd44780_set_wait(struct display *display, display_wait *wait, void *context);
void display_hd44780_set_times(struct display *display, const struct display_times *times);

#endif
