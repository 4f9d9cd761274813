/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "signals/line_signals.h"

#include <errno.h>
#include <string.h>

#define RETRY_US 2000000
#define BLINK_US 500000

/* Milliseconds on, off, on …, ended by 0. */
static const unsigned sounds[][6] = {
	[SIGNALS_CLICK] = { 15 },
	[SIGNALS_REFUSED] = { 40, 60, 40 },
	[SIGNALS_SUCCESS] = { 60, 60, 250 },
	[SIGNALS_WARNING] = { 150, 150, 150, 150, 150 },
};

/* One line and when it changes next. */
struct signal {
	char *chip, *line;
	struct lines *lines; /* NULL: it can't be had just now */
	bool on;
	int64_t change_us; /* INT64_MAX: it stays as it is */
	int64_t retry_us;
	char trouble[160];
};

struct line_signals {
	struct signals signals;
	struct lines_source *source;
	struct signal buzzer, lamp;
	const unsigned *sound; /* what is left of it, from the present phase on */
	enum signals_lamp shown;
};

static void signal_lose(struct signal *signal, int64_t now_us)
{
	if (signal->lines)
		signal->lines->ops->close(signal->lines);
	signal->lines = NULL;
	signal->retry_us = now_us + RETRY_US;
}

static void signal_set(struct signal *signal, bool on, int64_t now_us)
{
	signal->on = on;
	if (!signal->lines || signal->lines->ops->set(signal->lines, 1, on) == 0)
		return;
	snprintf(signal->trouble, sizeof(signal->trouble),
		"line %s of %s can't be set any more: is its chip gone?", signal->line,
		signal->chip);
	signal_lose(signal, now_us);
}

static void signal_request(struct line_signals *self, struct signal *signal, int64_t now_us)
{
	const struct lines_name name = { .chip = signal->chip, .line = signal->line };
	const struct lines_config config = { .direction = LINES_OUTPUT, .values = signal->on };

	if (!signal->chip || signal->lines || now_us < signal->retry_us)
		return;
	int error = self->source->ops->request(self->source, "kotak signals", &name, 1, &config,
		&signal->lines, signal->trouble, sizeof(signal->trouble));
	if (error < 0) {
		signal->lines = NULL;
		signal->retry_us = now_us + RETRY_US;
	} else {
		signal->trouble[0] = '\0';
	}
}

static struct line_signals *signals_of(struct signals *signals)
{
	return (struct line_signals *)signals;
}

static void begin_sound(struct signals *signals, enum signals_sound sound, int64_t now_us)
{
	struct line_signals *self = signals_of(signals);

	self->sound = sounds[sound];
	/* Two sounds that follow closely are heard as two. */
	if (self->buzzer.on)
		signal_set(&self->buzzer, false, now_us);
	signal_set(&self->buzzer, true, now_us);
	self->buzzer.change_us = now_us + (int64_t)*self->sound * 1000;
}

static void show_lamp(struct signals *signals, enum signals_lamp lamp, int64_t now_us)
{
	struct line_signals *self = signals_of(signals);

	if (lamp == self->shown)
		return;
	self->shown = lamp;
	signal_set(&self->lamp, lamp != SIGNALS_LAMP_OFF, now_us);
	self->lamp.change_us = lamp == SIGNALS_LAMP_BLINK ? now_us + BLINK_US : INT64_MAX;
}

static void next_phase(struct line_signals *self, int64_t now_us)
{
	self->sound++;
	if (*self->sound) {
		signal_set(&self->buzzer, !self->buzzer.on, now_us);
		self->buzzer.change_us = now_us + (int64_t)*self->sound * 1000;
	} else {
		signal_set(&self->buzzer, false, now_us);
		self->buzzer.change_us = INT64_MAX;
	}
}

static void signals_tick(struct signals *signals, int64_t now_us)
{
	struct line_signals *self = signals_of(signals);

	signal_request(self, &self->buzzer, now_us);
	signal_request(self, &self->lamp, now_us);
	if (now_us >= self->buzzer.change_us)
		next_phase(self, now_us);
	if (now_us >= self->lamp.change_us) {
		signal_set(&self->lamp, !self->lamp.on, now_us);
		self->lamp.change_us = now_us + BLINK_US;
	}
}

static int64_t signal_deadline(const struct signal *signal)
{
	if (signal->chip && !signal->lines && signal->retry_us < signal->change_us)
		return signal->retry_us;
	return signal->change_us;
}

static int64_t signals_deadline(const struct signals *signals)
{
	const struct line_signals *self = (const struct line_signals *)signals;
	int64_t buzzer = signal_deadline(&self->buzzer);
	int64_t lamp = signal_deadline(&self->lamp);

	return buzzer < lamp ? buzzer : lamp;
}

static const char *signals_trouble(const struct signals *signals)
{
	const struct line_signals *self = (const struct line_signals *)signals;

	return *self->buzzer.trouble ? self->buzzer.trouble : self->lamp.trouble;
}

static void signal_release(struct signal *signal)
{
	if (signal->lines) {
		/* Whatever comes of it: the lines are let go of in any case. */
		if (signal->lines->ops->set(signal->lines, 1, 0) == 0)
			signal->on = false;
		signal->lines->ops->close(signal->lines);
	}
	free(signal->chip);
	free(signal->line);
}

static void signals_close(struct signals *signals)
{
	struct line_signals *self = signals_of(signals);

	if (!self)
		return;
	signal_release(&self->buzzer);
	signal_release(&self->lamp);
	free(self);
}

static const struct signals_ops line_signals_ops = {
	.name = "lines",
	.sound = begin_sound,
	.lamp = show_lamp,
	.deadline = signals_deadline,
	.tick = signals_tick,
	.trouble = signals_trouble,
	.close = signals_close,
};

static int signal_name(struct signal *signal, const struct lines_name *name)
{
	signal->change_us = INT64_MAX;
	if (!name->chip)
		return 0;
	signal->chip = strdup(name->chip);
	signal->line = strdup(name->line);
	return signal->chip && signal->line ? 0 : -1;
}

int line_signals_new(struct lines_source *source, const struct lines_name *buzzer,
	const struct lines_name *lamp, struct signals **out)
{
	struct line_signals *self = calloc(1, sizeof(*self));

	if (!self)
		return -ENOMEM;
	self->signals.ops = &line_signals_ops;
	self->source = source;
	if (signal_name(&self->buzzer, buzzer) < 0 || signal_name(&self->lamp, lamp) < 0) {
		signals_close(&self->signals);
		return -ENOMEM;
	}
	*out = &self->signals;
	return 0;
}
