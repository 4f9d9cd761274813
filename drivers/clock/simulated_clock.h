/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A clock that stands still until it is set: for tests, and for virtual time. */
#ifndef KOTAK_CLOCK_SIMULATED_CLOCK_H
#define KOTAK_CLOCK_SIMULATED_CLOCK_H

#include "base/cleanup.h"
#include "port/clock.h"

/* A clock that reads as given; the caller closes it with ops->close(). -ENOMEM. */
must_check int clock_simulated_new(const struct clock_reading *reading, struct clock **out);
/* Sets the whole reading, also backwards: a wall clock may jump. */
void clock_simulated_set(struct clock *clock, const struct clock_reading *reading);
/* Lets time pass: both clocks go on by this many milliseconds. */
void clock_simulated_advance(struct clock *clock, int64_t ms);

#endif
