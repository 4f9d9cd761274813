/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "clock/network_time.h"

/* No time before this program was written is true: 2026-01-01, UTC. */
#define PLAUSIBLE_FROM_MS INT64_C(1767225600000)
/* Nor is one that no kiosk will live to see: 2100-01-01, UTC. */
#define PLAUSIBLE_UNTIL_MS INT64_C(4102444800000)
#define BELIEVED_AHEAD_MS (INT64_C(24) * 3600 * 1000)
#define AGREE_MS (INT64_C(2) * 60 * 1000)
#define CONFIRM_AFTER_MS (INT64_C(10) * 60 * 1000)

static bool agree(int64_t one_ms, int64_t other_ms)
{
	return one_ms - other_ms < AGREE_MS && other_ms - one_ms < AGREE_MS;
}

bool network_time_learn(struct network_time *time, int64_t mono_ms, int64_t wall_ms)
{
	int64_t offset_ms = wall_ms - mono_ms;
	bool believed;

	if (wall_ms < PLAUSIBLE_FROM_MS || wall_ms > PLAUSIBLE_UNTIL_MS)
		return false;
	if (!time->known) {
		believed = offset_ms >= time->floor_ms;
	} else {
		/* Delivery takes a moment: a little behind is neither news nor a doubt. */
		if (offset_ms <= time->offset_ms && agree(offset_ms, time->offset_ms)) {
			time->doubted = false;
			return false;
		}
		believed = offset_ms > time->offset_ms &&
			   offset_ms < time->offset_ms + BELIEVED_AHEAD_MS;
	}
	if (!believed) {
		if (!time->doubted || !agree(offset_ms, time->doubted_offset_ms)) {
			time->doubted = true;
			time->doubted_offset_ms = offset_ms;
			time->doubted_since_ms = mono_ms;
			return false;
		}
		if (mono_ms - time->doubted_since_ms < CONFIRM_AFTER_MS)
			return false;
	}
	time->doubted = false;
	time->known = true;
	time->offset_ms = offset_ms;
	return true;
}
