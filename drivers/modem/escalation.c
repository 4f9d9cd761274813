/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/escalation.h"

#include <string.h>
#include <syslog.h>

void escalation_init(struct escalation *escalation, int64_t now_ms)
{
	memset(escalation, 0, sizeof(*escalation));
	escalation->announced = true;
	escalation->start_ms = now_ms;
	escalation->worse_ms = INT64_MAX;
	escalation->recover = MODEM_RESET_WORKER;
}

void escalation_started(struct escalation *escalation, int64_t now_ms)
{
	escalation->running = true;
	escalation->answered = false;
	escalation->absent = false;
	escalation->replaced = false;
	escalation->recover = MODEM_RESET_WORKER;
	if (escalation->worse_ms == INT64_MAX)
		escalation->worse_ms = now_ms + ESCALATION_WORKER_AFTER_MS;
}

/* The pause before the next worker, by the number of deaths in a row. */
static int64_t pause_ms(unsigned deaths, int64_t most_ms)
{
	int64_t pause = ESCALATION_PAUSE_FIRST_MS;

	for (unsigned i = 1; i < deaths && pause < most_ms; i++)
		pause *= 2;
	return pause < most_ms ? pause : most_ms;
}

static void plan_start(struct escalation *escalation, int64_t most_ms, int64_t now_ms)
{
	escalation->running = false;
	escalation->deaths++;
	escalation->start_ms = now_ms + pause_ms(escalation->deaths, most_ms);
}

void escalation_start_failed(struct escalation *escalation, int64_t now_ms)
{
	plan_start(escalation, ESCALATION_PAUSE_MAX_MS, now_ms);
	if (escalation->worse_ms == INT64_MAX)
		escalation->worse_ms = now_ms + ESCALATION_WORKER_AFTER_MS;
}

void escalation_died(struct escalation *escalation, int64_t now_ms)
{
	if (escalation->replaced) {
		escalation->replaced = false;
		escalation->running = false;
		escalation->start_ms = now_ms;
		return;
	}
	if (escalation->answered && now_ms - escalation->answered_ms >= ESCALATION_STEADY_MS)
		escalation->deaths = 0;
	plan_start(escalation,
		escalation->answered ? ESCALATION_PAUSE_ANSWERED_MS : ESCALATION_PAUSE_MAX_MS,
		now_ms);
}

void escalation_answering(struct escalation *escalation, int64_t now_ms)
{
	escalation->absent = false;
	if (!escalation->answered) {
		escalation->answered = true;
		escalation->answered_ms = now_ms;
	}
	if (escalation->stage != ESCALATION_WELL) {
		escalation->announced = false;
		escalation->stage = ESCALATION_WELL;
	}
	escalation->rounds = 0;
	escalation->worse_ms = INT64_MAX;
}

void escalation_not_answering(struct escalation *escalation, int64_t now_ms)
{
	escalation->absent = false;
	if (escalation->worse_ms == INT64_MAX)
		escalation->worse_ms = now_ms + ESCALATION_WORKER_AFTER_MS;
}

void escalation_absent(struct escalation *escalation, int64_t now_ms)
{
	escalation_not_answering(escalation, now_ms);
	escalation->absent = true;
}

void escalation_demand(struct escalation *escalation, enum modem_reset how, int64_t now_ms)
{
	escalation->recover = how;
	escalation->replaced = escalation->running;
	escalation->start_ms = now_ms;
}

/* Goes on to the next stage and says what the next worker begins with. */
static void worsen(struct escalation *escalation, int64_t now_ms)
{
	switch (escalation->stage) {
	case ESCALATION_WELL:
		escalation->stage = ESCALATION_WORKER;
		escalation->recover = MODEM_RESET_WORKER;
		escalation->worse_ms = now_ms + ESCALATION_SOFT_AFTER_MS;
		break;
	case ESCALATION_WORKER:
		escalation->stage = ESCALATION_SOFT;
		escalation->recover = MODEM_RESET_SOFT;
		escalation->worse_ms = now_ms + ESCALATION_HARD_AFTER_MS;
		break;
	case ESCALATION_SOFT:
		escalation->stage = ESCALATION_HARD;
		escalation->recover = MODEM_RESET_HARD;
		escalation->worse_ms = now_ms + ESCALATION_AGAIN_MS;
		break;
	case ESCALATION_HARD:
	case ESCALATION_GIVEN_UP:
		/* In turn, beginning with the softer one: a modem may need one or the other. */
		escalation->recover =
			escalation->rounds++ % 2 == 0 ? MODEM_RESET_SOFT : MODEM_RESET_HARD;
		escalation->worse_ms = now_ms + ESCALATION_AGAIN_MS;
		if (escalation->stage == ESCALATION_GIVEN_UP)
			return;
		escalation->stage = ESCALATION_GIVEN_UP;
		break;
	}
	escalation->announced = false;
}

enum escalation_step escalation_next(
	struct escalation *escalation, int64_t now_ms, enum modem_reset *recover)
{
	if (now_ms >= escalation->worse_ms && escalation->absent) {
		escalation->worse_ms = now_ms + ESCALATION_AGAIN_MS;
	} else if (now_ms >= escalation->worse_ms) {
		worsen(escalation, now_ms);
		escalation->replaced = escalation->running;
		/* A worker that keeps dying keeps its pause: a reset doesn't mend a program. */
		if (escalation->running)
			escalation->start_ms = now_ms;
	}
	if (escalation->running)
		return escalation->replaced ? ESCALATION_REPLACE : ESCALATION_WAIT;
	if (now_ms < escalation->start_ms)
		return ESCALATION_WAIT;
	*recover = escalation->recover;
	return ESCALATION_START;
}

int64_t escalation_deadline(const struct escalation *escalation)
{
	if (escalation->running || escalation->worse_ms < escalation->start_ms)
		return escalation->worse_ms;
	return escalation->start_ms;
}

const char *escalation_news(struct escalation *escalation, int *level)
{
	if (escalation->announced)
		return NULL;
	escalation->announced = true;
	switch (escalation->stage) {
	case ESCALATION_WELL:
		*level = LOG_NOTICE;
		return "the modem answers again";
	case ESCALATION_WORKER:
		*level = LOG_WARNING;
		return "the modem doesn't answer: trying with a new worker";
	case ESCALATION_SOFT:
		*level = LOG_WARNING;
		return "the modem still doesn't answer: restarting it with AT+CFUN=1,1";
	case ESCALATION_HARD:
		*level = LOG_WARNING;
		return "the modem still doesn't answer: resetting its USB port or power";
	case ESCALATION_GIVEN_UP:
		*level = LOG_ERR;
		return "the modem doesn't answer in spite of every reset: check its power, cable "
		       "and "
		       "device in the configuration (trying on every 30 seconds)";
	}
	return NULL;
}
