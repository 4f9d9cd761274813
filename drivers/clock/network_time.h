/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What to believe of the times that a mobile network tells: a service centre's stamp may be
 * days old, when the message waited, and some centres stamp with a wrong zone. Pure: time is
 * an argument.
 */
#ifndef KOTAK_CLOCK_NETWORK_TIME_H
#define KOTAK_CLOCK_NETWORK_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* Zero-initialise; then set floor_ms. Offsets are wall clock minus monotonic clock. */
struct network_time {
	int64_t floor_ms; /* offset known before anything was learnt: stamps behind it are old */
	bool known;
	int64_t offset_ms; /* when known */
	bool doubted;
	int64_t doubted_offset_ms; /* one that waits for a second opinion, when doubted */
	int64_t doubted_since_ms;  /* monotonic */
};

/*
 * Takes a time told just now; returns whether offset_ms changed. A time ahead of what is known
 * is believed, by less than a day; any other is once it was confirmed ten minutes later: live
 * stamps keep their distance to our clock, those of old messages don't.
 */
bool network_time_learn(struct network_time *time, int64_t mono_ms, int64_t wall_ms);

#endif
