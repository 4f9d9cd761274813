/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/erasure.h"

#include <errno.h>

#include "base/ids.h"
#include "base/log.h"
#include "store/erase.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
/* Between two batches, so that a message that comes in meanwhile waits for none. */
#define BETWEEN_MS 200
/* After a failure, while the clock is a guess. */
#define AGAIN_MS (INT64_C(10) * 60 * 1000)
/* While somebody reads the database; each attempt may write all of it. */
#define BUSY_MS (INT64_C(30) * 1000)

/* A command, or the server's copy after a restore, erased something. */
static bool traces_are_new(const struct kiosk *kiosk)
{
	return !kiosk->erasure_traces && store_has_traces(kiosk->store);
}

int64_t erasure_deadline(const struct kiosk *kiosk)
{
	return traces_are_new(kiosk) ? 0 : kiosk->erasure_ms;
}

/* What was erased shortly before the power went may not have been forgotten yet. */
static int look_back(struct kiosk *kiosk)
{
	int found = store_erased_since(kiosk->store, kiosk->time.wall_ms - DAY_MS);

	if (found > 0)
		kiosk->erasure_traces = true;
	return found < 0 ? found : 0;
}

/* One batch. How much it erased, or a negative errno. */
static int erase_batch(struct kiosk *kiosk)
{
	struct moment moment = kiosk_moment(kiosk);
	int64_t months = kiosk->config.keep_months;
	int64_t before_ms = months > 0 ? time_months_before(moment.now_ms, months) : 0;
	int error = store_begin(kiosk->store);
	int erased = 0;

	if (error == 0)
		error = erased = store_erase_old(
			kiosk->store, &moment, before_ms, kiosk->config.sync_url != NULL);
	if (error >= 0)
		error = store_commit(kiosk->store);
	if (error < 0)
		store_rollback(kiosk->store);
	return error < 0 ? error : erased;
}

static int forget(struct kiosk *kiosk)
{
	int64_t months = kiosk->config.keep_months;
	int error = kiosk->erasure_traces ? store_forget(kiosk->store) : 0;

	if (error == 0) {
		kiosk->erasure_traces = false;
		error = months > 0 ? store_remove_copies(kiosk->store,
					     time_months_before(kiosk->time.wall_ms, months))
				   : 0;
	}
	return error < 0 ? error : 0;
}

void erasure_tick(struct kiosk *kiosk)
{
	if (traces_are_new(kiosk)) {
		kiosk->erasure_traces = true;
		kiosk->erasure_ms = kiosk->time.mono_ms + BETWEEN_MS;
	}
	if (kiosk->time.mono_ms < kiosk->erasure_ms)
		return;
	int result = kiosk->erasure_ms == 0 ? look_back(kiosk) : 0;
	if (result == 0)
		result = kiosk->time.quality == CLOCK_GUESS ? -EAGAIN : erase_batch(kiosk);
	if (result > 0) {
		kiosk->erasure_traces = true;
		kiosk->erasure_ms = kiosk->time.mono_ms + BETWEEN_MS;
		kiosk_wake_sync(kiosk);
		return;
	}
	if (result == 0 || result == -EAGAIN) {
		int forgot = forget(kiosk);
		if (forgot < 0)
			result = forgot;
	}
	kiosk->erasure_ms = kiosk->time.mono_ms + (result == -EBUSY    ? BUSY_MS
							  : result < 0 ? AGAIN_MS
								       : DAY_MS);
	if (result < 0 && result != -EAGAIN && result != -EBUSY)
		log_warning("old personal data could not be erased: tried again in ten minutes");
}
