/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/erasure.h"

#include <errno.h>

#include "base/ids.h"
#include "base/log.h"
#include "store/erase.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
/* Between two batches, so that a message that comes in meanwhile waits for none. */
#define BETWEEN_MS 200
/* After a failure, while somebody reads the database, while the clock is a guess. */
#define AGAIN_MS (INT64_C(10) * 60 * 1000)

int64_t erasure_deadline(const struct kiosk *kiosk)
{
	return kiosk->erasure_ms;
}

void erasure_commanded(struct kiosk *kiosk)
{
	int64_t erased = 0;

	/* Counted in the log, which tells of every erasure, also one before an interruption. */
	if (store_erased_count(kiosk->store, &erased) < 0 || erased == kiosk->erased_seen)
		return;
	kiosk->erased_seen = erased;
	kiosk->erasure_traces = true;
	kiosk->erasure_ms = kiosk->time.mono_ms + BETWEEN_MS;
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
	if (kiosk->time.mono_ms < kiosk->erasure_ms)
		return;
	int result = store_erased_count(kiosk->store, &kiosk->erased_seen);
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
	kiosk->erasure_ms = kiosk->time.mono_ms + (result < 0 ? AGAIN_MS : DAY_MS);
	if (result < 0 && result != -EAGAIN && result != -EBUSY)
		log_warning("old personal data could not be erased: tried again in ten minutes");
}
