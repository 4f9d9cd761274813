/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop's timer for what is the matter with kiosks: soon after news, and every minute. */
#include <string.h>

#include "base/log.h"
#include "tools/ppidd/alarm.h"
#include "tools/ppidd/http_internal.h"

#define HOUR_MS (INT64_C(3600) * 1000)
#define LOOK_MS (INT64_C(60) * 1000)
/* With a thousand kiosks there is news all the time: it is looked at together. */
#define PAUSE_MS (INT64_C(5) * 1000)
#define ACCURACY_US ((uint64_t)500 * 1000)

static void look_at(struct server *server, int64_t mono_ms)
{
	server->alarm_look_ms = mono_ms;
	sd_event_source_set_time(server->alarm_timer, (uint64_t)mono_ms * 1000);
	sd_event_source_set_enabled(server->alarm_timer, SD_EVENT_ONESHOT);
}

static int on_alarm_timer(sd_event_source *source, uint64_t usec, void *context)
{
	struct server *server = context;
	(void)source;
	(void)usec;

	int changes = alarm_run(
		server->db, clock_ms(CLOCK_REALTIME), server->config->silence_hours * HOUR_MS);
	if (changes < 0)
		log_warning("looking whether all kiosks are well: %s: tried again in a minute",
			strerror(-changes));
	server->alarm_looked_ms = clock_ms(CLOCK_MONOTONIC);
	look_at(server, server->alarm_looked_ms + LOOK_MS);
	return 0;
}

int alarm_timer_start(struct server *server)
{
	int error = sd_event_add_time(server->event, &server->alarm_timer, CLOCK_MONOTONIC, 0,
		ACCURACY_US, on_alarm_timer, server);

	return error < 0 ? error : 0;
}

void alarm_timer_arm(struct server *server)
{
	int64_t soon_ms = server->alarm_looked_ms + PAUSE_MS;

	if (server->alarm_timer && soon_ms < server->alarm_look_ms)
		look_at(server, soon_ms);
}
