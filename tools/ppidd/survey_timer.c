/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop's timer for questions of satisfaction: it sleeps until the next one is due. */
#include <string.h>

#include "base/log.h"
#include "tools/ppidd/http_internal.h"
#include "tools/ppidd/survey.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define ACCURACY_US ((uint64_t)100 * 1000)
/* After an error, and when the wall clock may have been set since. */
#define AGAIN_MS (INT64_C(60) * 1000)
#define LOOK_MS (INT64_C(3600) * 1000)

static void wake_in(struct server *server, int64_t wait_ms)
{
	sd_event_source_set_time_relative(server->survey_timer, (uint64_t)wait_ms * 1000);
	sd_event_source_set_enabled(server->survey_timer, SD_EVENT_ONESHOT);
}

static int on_survey_timer(sd_event_source *source, uint64_t usec, void *context)
{
	struct server *server = context;
	int64_t now_ms = clock_ms(CLOCK_REALTIME), next_ms = INT64_MAX;
	(void)source;
	(void)usec;

	int asked = survey_run(
		server->db, now_ms, server->config->survey_after_days * DAY_MS, &next_ms);
	if (asked < 0) {
		log_warning("asking complainants whether it helped: %s: tried again in a minute",
			strerror(-asked));
		wake_in(server, AGAIN_MS);
		return 0;
	}
	if (next_ms != INT64_MAX) {
		int64_t wait_ms = next_ms > now_ms ? next_ms - now_ms : 0;
		wake_in(server, wait_ms < LOOK_MS ? wait_ms : LOOK_MS);
	}
	if (asked > 0)
		poll_wake(server);
	return 0;
}

int survey_timer_start(struct server *server)
{
	int error;

	if (server->config->survey_after_days == 0)
		return 0;
	error = sd_event_add_time(server->event, &server->survey_timer, CLOCK_MONOTONIC, 0,
		ACCURACY_US, on_survey_timer, server);
	return error < 0 ? error : 0;
}

void survey_timer_arm(struct server *server)
{
	if (server->survey_timer)
		wake_in(server, 0);
}
