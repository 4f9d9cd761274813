/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One finger that types a list of keys with its rhythm. Pure: time is an argument. */
#ifndef PANEL_SIM_TYPIST_H
#define PANEL_SIM_TYPIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

#define TYPIST_STROKES_MAX 10000

/* A stroke on no key: only its gap counts. */
#define STROKE_PAUSE UINT32_MAX

struct stroke {
	unsigned contact;
	int64_t down_us; /* how long the key is held */
	int64_t gap_us;	 /* how long it rests afterwards */
};

enum stroke_phase {
	STROKE_WAITS,
	STROKE_DOWN,
	STROKE_RESTS, /* until its gap is over */
};

struct typist {
	struct stroke *strokes; /* those that wait, the one under way first */
	size_t count;
	enum stroke_phase phase; /* of the first one */
	int64_t next_us;
	uint64_t added, done; /* strokes so far; one is done when its gap is over */
};

struct typist_move {
	unsigned contact;
	bool pressed;
	int64_t time_us;
};

/* Behind what waits already. 0, -ENOSPC beyond TYPIST_STROKES_MAX, or -ENOMEM; then none is. */
must_check int typist_add(
	struct typist *typist, const struct stroke *strokes, size_t count, int64_t now_us);
/* INT64_MAX when nothing is to be typed. */
int64_t typist_deadline(const struct typist *typist);
/* The next move that is due at or before now_us; false for none. */
bool typist_step(struct typist *typist, int64_t now_us, struct typist_move *move);
/* Takes the hand away: what waits is forgotten. True and its contact when a key was held. */
bool typist_stop(struct typist *typist, unsigned *contact);

#endif
