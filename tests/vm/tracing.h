/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's own record of what happened on its GPIO lines and I2C buses: tracepoints
 * gpio:gpio_value, i2c:i2c_write and i2c:i2c_result, in order and without gaps, with times in
 * nanoseconds. Time is the processor's time stamp counter, which in this virtual machine counts
 * nanoseconds (tests/vm/run.sh); other clocks are printed in microseconds only.
 */
#ifndef TESTS_VM_TRACING_H
#define TESTS_VM_TRACING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "tools/panel-sim/trace.h"

enum tracing_type {
	TRACING_LINE,	 /* change: a line was set */
	TRACING_MESSAGE, /* message: it was written to a device, which took it */
	TRACING_MARK,	 /* mark: tracing_mark() */
};

struct tracing_event {
	enum tracing_type type;
	int64_t time_ns;
	struct trace_change change;
	struct trace_message message;
	int64_t mark;
};

struct tracing;

/* Begins to record. 0 or a negative errno, said on standard error. One at a time. */
must_check int tracing_new(struct tracing **out);
void tracing_free(struct tracing *tracing);

/*
 * 1 and the next event, 0 when nothing more has happened, -ENOBUFS when the kernel had to drop
 * some, or another negative errno.
 */
must_check int tracing_next(struct tracing *tracing, struct tracing_event *event);
/* Puts a number of the caller's into the record. 0 or a negative errno. */
must_check int tracing_mark(struct tracing *tracing, int64_t mark);

/* Writes a text to a file of the kernel's. 0 or a negative errno, said on standard error. */
must_check int tracing_put(const char *path, const char *text);

#endif
