/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "clock/simulated_clock.h"

#include <errno.h>

struct simulated_clock {
	struct clock clock;
	struct clock_reading reading;
};

static struct simulated_clock *simulated(struct clock *clock)
{
	return (struct simulated_clock *)clock;
}

static void simulated_read(struct clock *clock, struct clock_reading *reading)
{
	*reading = simulated(clock)->reading;
}

/* As the system's clock does: refused when the present time is as good or better and later. */
static void simulated_learn_gsm(struct clock *clock, int64_t wall_ms)
{
	struct clock_reading *reading = &simulated(clock)->reading;

	if (reading->quality == CLOCK_NTP)
		return;
	if (reading->quality == CLOCK_GSM && wall_ms <= reading->wall_ms)
		return;
	reading->wall_ms = wall_ms;
	reading->quality = CLOCK_GSM;
}

static void simulated_close(struct clock *clock)
{
	free(simulated(clock));
}

static const struct clock_ops simulated_ops = {
	.name = "simulated",
	.read = simulated_read,
	.learn_gsm = simulated_learn_gsm,
	.close = simulated_close,
};

int clock_simulated_new(const struct clock_reading *reading, struct clock **out)
{
	struct simulated_clock *clock = calloc(1, sizeof(*clock));

	if (!clock)
		return -ENOMEM;
	clock->clock.ops = &simulated_ops;
	clock->reading = *reading;
	*out = &clock->clock;
	return 0;
}

void clock_simulated_set(struct clock *clock, const struct clock_reading *reading)
{
	simulated(clock)->reading = *reading;
}

void clock_simulated_advance(struct clock *clock, int64_t ms)
{
	simulated(clock)->reading.mono_ms += ms;
	simulated(clock)->reading.wall_ms += ms;
}
