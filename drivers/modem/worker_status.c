/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modem/worker_private.h"

/* A signal swings by this much while nothing happens. */
#define SIGNAL_STEP_DBM 6

void worker_take_signal(struct worker *worker, int dbm)
{
	int before = worker->status.signal_dbm;

	if ((dbm == 0) != (before == 0) || abs(dbm - before) >= SIGNAL_STEP_DBM)
		worker->status.signal_dbm = dbm;
}

void worker_take_registration(struct worker *worker, const char *line)
{
	bool packet = strncmp(line, "+CE", 3) == 0;
	enum modem_registration *part = packet ? &worker->packet : &worker->circuit;
	enum modem_registration before = worker->status.registration;

	if (!at_parse_registration(line, part))
		return;
	/* Messages go by either network: the better one counts. */
	packet = worker->packet == MODEM_REGISTRATION_HOME ||
		 worker->packet == MODEM_REGISTRATION_ROAMING ||
		 worker->circuit == MODEM_REGISTRATION_UNKNOWN;
	worker->status.registration = packet ? worker->packet : worker->circuit;
	if (worker->status.registration != before)
		worker->operator_due = true;
}

static const char *sim_trouble(enum modem_sim sim)
{
	switch (sim) {
	case MODEM_SIM_MISSING:
		return "no SIM in the modem: insert one";
	case MODEM_SIM_PIN:
		return "the SIM wants a PIN: set pin in the configuration";
	case MODEM_SIM_PIN_WRONG:
		return "the configured PIN is wrong, it isn't tried again: correct pin in the "
		       "configuration";
	case MODEM_SIM_PUK:
		return "the SIM is locked: put it into a telephone and enter its PUK";
	case MODEM_SIM_FAULT:
		return "the SIM doesn't work: take it out, clean it, put it in again";
	case MODEM_SIM_UNKNOWN:
	case MODEM_SIM_READY:
		break;
	}
	return NULL;
}

static const char *registration_trouble(enum modem_registration registration)
{
	switch (registration) {
	case MODEM_REGISTRATION_DENIED:
		return "the network refuses the SIM: is it activated and in credit?";
	case MODEM_REGISTRATION_NONE:
	case MODEM_REGISTRATION_SEARCHING:
		return "no network found: check the aerial";
	default:
		return NULL;
	}
}

static void say_trouble(struct worker *worker)
{
	struct modem_status *status = &worker->status;
	const char *trouble = NULL;

	/* The port's trouble is written where it is met. */
	if (worker->phase == PHASE_CLOSED || !status->answering)
		return;
	trouble = sim_trouble(status->sim);
	if (!trouble && worker->phase == PHASE_READY)
		trouble = registration_trouble(status->registration);
	memset(status->trouble, 0, sizeof(status->trouble));
	if (trouble)
		snprintf(status->trouble, sizeof(status->trouble), "%s", trouble);
	else if (status->slots_aside > 0)
		snprintf(status->trouble, sizeof(status->trouble),
			"%u messages in the modem can't be read or deleted: "
			"delete them with another program or change the SIM",
			status->slots_aside);
}

/* Compared field by field, for what stands behind the end of a string says nothing. */
static bool same_status(const struct modem_status *a, const struct modem_status *b)
{
	return a->answering == b->answering && a->sim == b->sim &&
	       a->registration == b->registration && a->signal_dbm == b->signal_dbm &&
	       a->slots_aside == b->slots_aside && strcmp(a->port, b->port) == 0 &&
	       strcmp(a->maker, b->maker) == 0 && strcmp(a->model, b->model) == 0 &&
	       strcmp(a->imei, b->imei) == 0 && strcmp(a->own_number, b->own_number) == 0 &&
	       strcmp(a->operator_name, b->operator_name) == 0 &&
	       strcmp(a->trouble, b->trouble) == 0;
}

void worker_tell_status(struct worker *worker)
{
	worker->status.slots_aside = worker_slots_aside(worker);
	worker->status.unknown_lines = at_channel_unknown_lines(worker->at);
	say_trouble(worker);
	/* While it is being set up, half of it is blank. */
	if (worker->phase == PHASE_INIT && worker->told_once)
		return;
	if (worker->told_once && same_status(&worker->status, &worker->told))
		return;
	if (channel_waiting(worker->channel))
		return;
	worker_event(worker, MODEM_STATUS)->status = worker->status;
	worker->told = worker->status;
	worker->told_once = true;
	worker_emit(worker);
}
