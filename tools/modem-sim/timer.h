/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One-shot timers of the event loop; nothing runs while none is set. */
#ifndef MODEM_SIM_TIMER_H
#define MODEM_SIM_TIMER_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

/* Monotonic milliseconds of this turn of the loop. */
int64_t loop_now_ms(sd_event *loop);
/* Wall clock, milliseconds since 1970, of this turn of the loop. */
int64_t loop_wall_ms(sd_event *loop);

struct timer {
	sd_event *loop;
	sd_event_source *source;
	void (*fire)(void *context);
	void *context;
	bool set;
};

void timer_init(struct timer *timer, sd_event *loop, void (*fire)(void *context), void *context);
/* Fires once after ms milliseconds (0: on the next turn); an earlier setting is forgotten. */
void timer_set(struct timer *timer, int64_t ms);
void timer_stop(struct timer *timer);
void timer_free(struct timer *timer);

#endif
