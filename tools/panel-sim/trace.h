/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoding afterwards: changes of lines (or messages on an I2C bus) with their times, as the
 * kernel's tracepoints give them, into an HD44780's pins.
 */
#ifndef PANEL_SIM_TRACE_H
#define PANEL_SIM_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "hd44780.h"

#define TRACE_MESSAGE_MAX 256

struct trace_change {
	int64_t time_ns;
	unsigned line; /* the kernel's number of it */
	bool value;
	bool set; /* false: it was only read */
};

struct trace_message {
	int64_t time_ns;
	unsigned bus, address;
	size_t count;
	uint8_t bytes[TRACE_MESSAGE_MAX];
};

struct trace_wiring {
	unsigned rs, enable, data[4];
};

/* Feeds one change; a line that isn't the chip's, or was only read, is left alone. */
void trace_feed(
	struct hd44780 *chip, const struct trace_wiring *wiring, const struct trace_change *change);
/* The same for a list in the order of time. */
void trace_feed_all(struct hd44780 *chip, const struct trace_wiring *wiring,
	const struct trace_change *changes, size_t count);

/*
 * Reads one line of /sys/kernel/tracing/trace of the tracepoint gpio:gpio_value ("… 12.345678:
 * gpio_value: 517 set 1"). 0, -ENOMSG when it is of something else, -EINVAL when it is broken.
 */
must_check int trace_read_gpio(const char *line, struct trace_change *change);
/* The same for i2c:i2c_write ("… i2c_write: i2c-1 #0 a=027 f=0000 l=2 [0c-08]"). */
must_check int trace_read_i2c(const char *line, struct trace_message *message);

#endif
