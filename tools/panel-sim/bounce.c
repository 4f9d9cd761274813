/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bounce.h"

/* How long a bouncing contact lies open or closed between two changes. */
#define HOP_LEAST_US 100
#define HOP_MOST_US 1500

void bounce_init(struct bounce *bounce, uint64_t seed, int64_t least_us, int64_t most_us)
{
	*bounce = (struct bounce) { .random = seed, .least_us = least_us, .most_us = most_us };
	for (unsigned i = 0; i < BOUNCE_CONTACTS; i++)
		bounce->contacts[i].next_us = INT64_MAX;
}

/* SplitMix64: enough for contacts, and the same on every machine. */
static uint64_t next_random(struct bounce *bounce)
{
	uint64_t mixed = (bounce->random += UINT64_C(0x9E3779B97F4A7C15));

	mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
	return mixed ^ (mixed >> 31);
}

int64_t bounce_random(struct bounce *bounce, int64_t least, int64_t most)
{
	if (most <= least)
		return least;
	return least + (int64_t)(next_random(bounce) % (uint64_t)(most - least + 1));
}

static void plan_next(struct bounce *bounce, struct contact *contact, int64_t now_us)
{
	int64_t next_us = now_us + bounce_random(bounce, HOP_LEAST_US, HOP_MOST_US);

	contact->next_us = next_us < contact->end_us ? next_us : contact->end_us;
}

bool bounce_move(struct bounce *bounce, unsigned index, bool pressed, int64_t now_us)
{
	struct contact *contact = &bounce->contacts[index];
	bool changed = contact->closed != pressed;

	if (contact->pressed == pressed)
		return false;
	contact->pressed = pressed;
	contact->closed = pressed;
	contact->next_us = INT64_MAX;
	contact->end_us = now_us + bounce_random(bounce, bounce->least_us, bounce->most_us);
	if (contact->end_us > now_us)
		plan_next(bounce, contact, now_us);
	return changed;
}

static unsigned first_due(const struct bounce *bounce)
{
	unsigned first = 0;

	for (unsigned i = 1; i < BOUNCE_CONTACTS; i++)
		if (bounce->contacts[i].next_us < bounce->contacts[first].next_us)
			first = i;
	return first;
}

int64_t bounce_deadline(const struct bounce *bounce)
{
	return bounce->contacts[first_due(bounce)].next_us;
}

bool bounce_step(struct bounce *bounce, int64_t now_us, unsigned *index, int64_t *time_us)
{
	struct contact *contact;

	*index = first_due(bounce);
	contact = &bounce->contacts[*index];
	*time_us = contact->next_us;
	if (contact->next_us > now_us)
		return false;
	if (contact->next_us >= contact->end_us) {
		contact->closed = contact->pressed;
		contact->next_us = INT64_MAX;
	} else {
		contact->closed = !contact->closed;
		plan_next(bounce, contact, contact->next_us);
	}
	return true;
}
