/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock seam. Only the main loop reads it; everything below gets the time as an argument. */
#ifndef KOTAK_PORT_CLOCK_H
#define KOTAK_PORT_CLOCK_H

#include <stdint.h>

/* How far a wall-clock time can be trusted, best first. */
enum clock_quality {
	CLOCK_NTP,   /* the kernel says it is synchronised */
	CLOCK_GSM,   /* set from service-centre stamps or NITZ */
	CLOCK_RTC,   /* from a battery-backed clock at this boot */
	CLOCK_GUESS, /* none of these: later than the last time known, no more */
};

/* One reading. Deadlines use mono_ms; wall_ms is for people and the log. */
struct clock_reading {
	int64_t mono_ms; /* CLOCK_BOOTTIME, never jumps */
	int64_t wall_ms; /* since 1970, UTC */
	enum clock_quality quality;
};

struct clock;

struct clock_ops {
	const char *name;
	void (*read)(struct clock *clock, struct clock_reading *reading);
	/* Tells the clock a time learnt from the mobile network; it may be refused as worse. */
	void (*learn_gsm)(struct clock *clock, int64_t wall_ms);
	void (*close)(struct clock *clock);
};

struct clock {
	const struct clock_ops *ops;
};

/* "ntp", "gsm", "rtc", "guess". */
const char *clock_quality_name(enum clock_quality quality);

#endif
