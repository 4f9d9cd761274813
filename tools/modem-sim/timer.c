/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "timer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static _Noreturn void loop_failed(int error)
{
	fprintf(stderr, "modem-sim: the event loop failed: %s\n", strerror(-error));
	exit(EXIT_FAILURE);
}

static uint64_t loop_now(sd_event *loop, clockid_t clock)
{
	uint64_t now = 0;
	int result = sd_event_now(loop, clock, &now);

	if (result < 0)
		loop_failed(result);
	return now;
}

int64_t loop_now_ms(sd_event *loop)
{
	return (int64_t)(loop_now(loop, CLOCK_MONOTONIC) / 1000);
}

int64_t loop_wall_ms(sd_event *loop)
{
	return (int64_t)(loop_now(loop, CLOCK_REALTIME) / 1000);
}

void timer_init(struct timer *timer, sd_event *loop, void (*fire)(void *context), void *context)
{
	*timer = (struct timer) { .loop = loop, .fire = fire, .context = context };
}

static int timer_fired(sd_event_source *source, uint64_t now, void *context)
{
	struct timer *timer = context;

	(void)source;
	(void)now;
	timer->set = false;
	timer->fire(timer->context);
	return 0;
}

void timer_set(struct timer *timer, int64_t ms)
{
	uint64_t due = loop_now(timer->loop, CLOCK_MONOTONIC) + (uint64_t)(ms > 0 ? ms : 0) * 1000;
	int result;

	if (timer->source) {
		result = sd_event_source_set_time(timer->source, due);
		if (result >= 0)
			result = sd_event_source_set_enabled(timer->source, SD_EVENT_ONESHOT);
	} else {
		/* Accuracy of 1 us: the loop must not merge a modem's answer with something later.
		 */
		result = sd_event_add_time(
			timer->loop, &timer->source, CLOCK_MONOTONIC, due, 1, timer_fired, timer);
	}
	if (result < 0)
		loop_failed(result);
	timer->set = true;
}

void timer_stop(struct timer *timer)
{
	if (timer->source)
		sd_event_source_set_enabled(timer->source, SD_EVENT_OFF);
	timer->set = false;
}

void timer_free(struct timer *timer)
{
	sd_event_source_disable_unref(timer->source);
	timer->source = NULL;
	timer->set = false;
}
