/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's clocks. A Pi has no clock battery: until NTP or the mobile network tells the
 * time, wall_ms is a guess that is only known to be later than the last time written down.
 */
#ifndef KOTAK_CLOCK_SYSTEM_CLOCK_H
#define KOTAK_CLOCK_SYSTEM_CLOCK_H

#include "base/cleanup.h"
#include "port/clock.h"

/*
 * not_before_ms: the last time known (newest row of the store), 0 for none; wall_ms never
 * goes below it while it is only guessed. Caller closes with ops->close(). -ENOMEM.
 */
must_check int clock_system_new(int64_t not_before_ms, struct clock **out);

/*
 * From now on a time learnt from the network also sets the kernel's clock, where the process
 * may do that and NTP doesn't keep it. Off at first: only an appliance's clock is ours to set.
 */
void clock_system_allow_setting(struct clock *clock);

#endif
