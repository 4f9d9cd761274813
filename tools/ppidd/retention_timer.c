/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop's timer for erasure by rule: a batch at a time, requests between, once a day. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "tools/ppidd/http_internal.h"
#include "tools/ppidd/retention.h"

#define ACCURACY_US ((uint64_t)100 * 1000)
#define BETWEEN_MS 20
/* After an error, and while somebody reads what is to be tidied. */
#define AGAIN_MS (INT64_C(60) * 1000)
/* The wall clock may have been set since. */
#define LOOK_MS (INT64_C(3600) * 1000)

static void wake_in(struct server *server, int64_t wait_ms)
{
	sd_event_source_set_time_relative(server->retention_timer, (uint64_t)wait_ms * 1000);
	sd_event_source_set_enabled(server->retention_timer, SD_EVENT_ONESHOT);
}

/* The daily run, a batch of it. Returns when to look again, or a negative errno. */
static int64_t run(struct server *server, int64_t now_ms)
{
	const struct step step = { .now_ms = now_ms, .actor = "server" };
	int64_t limit_ms = retention_limit(now_ms, server->config->erase_after_months);
	int64_t next_ms = 0;

	int result = retention_next(server->db, now_ms, &next_ms);
	if (result < 0)
		return result;
	if (next_ms > now_ms)
		return next_ms - now_ms < LOOK_MS ? next_ms - now_ms : LOOK_MS;
	result = retention_batch(server->db, &step, limit_ms);
	if (result > 0) {
		server->retention_count += result;
		poll_wake(server);
		return BETWEEN_MS;
	}
	if (result == 0)
		result = retention_ran(server->db, now_ms);
	if (result < 0)
		return result;
	if (server->retention_count > 0) {
		log_notice("retention: %lld complaints, messages and numbers were erased by rule",
			(long long)server->retention_count);
		server->retention_count = 0;
		server->retention_traces = true;
	}
	return LOOK_MS;
}

/* What was erased stands in the database's files until they are tidied. */
static int64_t tidy(struct server *server)
{
	int result = server->db->ops->forget(server->db);

	if (result < 0)
		return result;
	server->retention_traces = false;
	return LOOK_MS;
}

static int on_retention_timer(sd_event_source *source, uint64_t usec, void *context)
{
	struct server *server = context;
	(void)source;
	(void)usec;

	int64_t wait_ms = run(server, clock_ms(CLOCK_REALTIME));
	if (wait_ms >= 0 && wait_ms != BETWEEN_MS && server->retention_traces) {
		int64_t tidied = tidy(server);
		if (tidied < 0)
			wait_ms = tidied;
	}
	if (wait_ms < 0 && wait_ms != -EBUSY)
		log_warning("erasing personal data: %s: tried again in a minute",
			strerror((int)-wait_ms));
	wake_in(server, wait_ms < 0 ? AGAIN_MS : wait_ms);
	return 0;
}

int retention_timer_start(struct server *server)
{
	int error = sd_event_add_time(server->event, &server->retention_timer, CLOCK_MONOTONIC, 0,
		ACCURACY_US, on_retention_timer, server);

	return error < 0 ? error : 0;
}

void retention_erased(struct server *server)
{
	server->retention_traces = true;
	wake_in(server, BETWEEN_MS);
}
