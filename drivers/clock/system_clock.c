/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the network tells is kept as an offset to CLOCK_BOOTTIME: setting the kernel's clock
 * needs a privilege that kotakd may not have, and whoever else sets it must not move ours.
 */
#include "clock/system_clock.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "base/log.h"
#include "clock/network_time.h"

/* Setting the kernel's clock for less than this isn't worth the jump. */
#define SET_FROM_MS 2000

struct system_clock {
	struct clock clock;
	int64_t guess_offset_ms; /* guessed wall time minus CLOCK_BOOTTIME */
	struct network_time network;
	bool rtc; /* the kernel took its time from a battery-backed clock at this boot */
	bool may_set;
};

static struct system_clock *system_of(struct clock *clock)
{
	return (struct system_clock *)clock;
}

static int64_t read_ms(clockid_t id)
{
	struct timespec time = { 0 };

	/* Can't fail for a clock that the kernel has. */
	clock_gettime(id, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static bool kernel_synchronised(void)
{
	struct timex state = { .modes = 0 };

	return adjtimex(&state) >= 0 && !(state.status & STA_UNSYNC);
}

/* Whether the kernel set its clock from a real-time clock when it booted. */
static bool booted_from_rtc(void)
{
	autofile FILE *file = fopen("/sys/class/rtc/rtc0/hctosys", "re");

	return file && fgetc(file) == '1';
}

static void system_read(struct clock *clock, struct clock_reading *reading)
{
	const struct system_clock *self = system_of(clock);
	int64_t wall_ms = read_ms(CLOCK_REALTIME);

	reading->mono_ms = read_ms(CLOCK_BOOTTIME);
	if (kernel_synchronised()) {
		reading->wall_ms = wall_ms;
		reading->quality = CLOCK_NTP;
	} else if (self->network.known) {
		reading->wall_ms = reading->mono_ms + self->network.offset_ms;
		reading->quality = CLOCK_GSM;
	} else {
		int64_t guess_ms = reading->mono_ms + self->guess_offset_ms;

		/* A battery that ran flat shows as a time before one already known. */
		reading->quality =
			self->rtc && wall_ms >= guess_ms - SET_FROM_MS ? CLOCK_RTC : CLOCK_GUESS;
		reading->wall_ms = wall_ms > guess_ms ? wall_ms : guess_ms;
	}
}

static void set_kernel_clock(struct system_clock *self, int64_t wall_ms)
{
	int64_t difference_ms = wall_ms - read_ms(CLOCK_REALTIME);
	struct timespec time = {
		.tv_sec = (time_t)(wall_ms / 1000),
		.tv_nsec = (long)(wall_ms % 1000) * 1000000,
	};

	if (difference_ms > -SET_FROM_MS && difference_ms < SET_FROM_MS)
		return;
	if (clock_settime(CLOCK_REALTIME, &time) == 0) {
		log_notice("clock: set from the mobile network's time");
		return;
	}
	self->may_set = false;
	log_info("clock: the network's time is used by this program only, since the system's "
		 "clock can't be set (%s)",
		strerror(errno));
}

static void system_learn_gsm(struct clock *clock, int64_t wall_ms)
{
	struct system_clock *self = system_of(clock);

	if (kernel_synchronised())
		return;
	if (network_time_learn(&self->network, read_ms(CLOCK_BOOTTIME), wall_ms) && self->may_set)
		set_kernel_clock(self, wall_ms);
}

static void system_close(struct clock *clock)
{
	free(system_of(clock));
}

static const struct clock_ops system_ops = {
	.name = "system",
	.read = system_read,
	.learn_gsm = system_learn_gsm,
	.close = system_close,
};

int clock_system_new(int64_t not_before_ms, struct clock **out)
{
	struct system_clock *self = calloc(1, sizeof(*self));
	int64_t wall_ms = read_ms(CLOCK_REALTIME);

	if (!self)
		return -ENOMEM;
	self->clock.ops = &system_ops;
	self->rtc = booted_from_rtc();
	self->guess_offset_ms =
		(wall_ms > not_before_ms ? wall_ms : not_before_ms) - read_ms(CLOCK_BOOTTIME);
	self->network.floor_ms = self->guess_offset_ms;
	*out = &self->clock;
	return 0;
}

void clock_system_allow_setting(struct clock *clock)
{
	system_of(clock)->may_set = true;
}
