/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Contacts of key switches that bounce: a key that is pressed closes at once and then opens and
 * closes by chance for some milliseconds, and the same when it is let go. Seeded, so that a run
 * can be repeated. Pure: time is an argument, in microseconds.
 */
#ifndef PANEL_SIM_BOUNCE_H
#define PANEL_SIM_BOUNCE_H

#include <stdbool.h>
#include <stdint.h>

#define BOUNCE_CONTACTS 16
#define BOUNCE_MOST_US 1000000

struct contact {
	bool pressed; /* what the finger does */
	bool closed;  /* what the contact does */
	int64_t next_us, end_us;
};

struct bounce {
	uint64_t random;
	int64_t least_us, most_us; /* how long a contact bounces; 0: not at all */
	struct contact contacts[BOUNCE_CONTACTS];
};

void bounce_init(struct bounce *bounce, uint64_t seed, int64_t least_us, int64_t most_us);
/* Presses or lets go; the same as before does nothing. Whether the contact changed just now. */
bool bounce_move(struct bounce *bounce, unsigned contact, bool pressed, int64_t now_us);
/* When the next contact changes, INT64_MAX: all lie still. */
int64_t bounce_deadline(const struct bounce *bounce);
/* The one change that is due first at or before now_us: its contact and time; false for none. */
bool bounce_step(struct bounce *bounce, int64_t now_us, unsigned *contact, int64_t *time_us);
/* A number from least to most. */
int64_t bounce_random(struct bounce *bounce, int64_t least, int64_t most);

#endif
