/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked now and then: the safety net under what the modem announces by itself. */
#include "base/log.h"
#include "modem/worker_private.h"

#define POLL_MS 60000
/* A modem that announces nothing has to be asked. */
#define POLL_OFTEN_MS 5000
/* Between two looks whether it has started anew: some makes chatter like at a start. */
#define CHECK_PAUSE_MS 2000

void worker_poll(struct worker *worker)
{
	/* Some modems find the network without saying so, though they accepted +CREG=1. */
	bool calm = worker->notices_chosen &&
		    (worker->status.registration == MODEM_REGISTRATION_HOME ||
			    worker->status.registration == MODEM_REGISTRATION_ROAMING);

	worker->poll_ms = worker->now_ms + (calm ? POLL_MS : POLL_OFTEN_MS);
	worker->signal_due = true;
	worker->registration_due = true;
	worker->operator_due = true;
	worker_check_soon(worker);
	worker_list_all(worker);
}

/* Has it started anew? Then it has forgotten how it was set up. */
void worker_check_soon(struct worker *worker)
{
	int64_t earliest_ms = worker->now_ms;

	if (worker->phase != PHASE_READY || worker->check_ms != WORKER_NEVER)
		return;
	if (worker->last_check_ms + CHECK_PAUSE_MS > earliest_ms)
		earliest_ms = worker->last_check_ms + CHECK_PAUSE_MS;
	worker->check_ms = earliest_ms;
}

static void check_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;
	struct at_notices now;

	(void)pdu;
	if (!at_parse_notices(line, &now) || !worker->notices_known)
		return;
	if (now.mode != worker->notices_read.mode || now.mt != worker->notices_read.mt ||
		now.ds != worker->notices_read.ds)
		worker->settings_lost = true;
}

static void check_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;

	if (answer->result == AT_TIMEOUT || answer->result == AT_ABORTED)
		return;
	if (at_channel_echoed(worker->at) && !worker->echo_stays)
		worker->settings_lost = true;
	if (!worker->settings_lost)
		return;
	log_notice(
		"modem %s: the modem has started anew, setting it up again", worker->config->name);
	worker_restart(worker, 0);
}

bool worker_check_next(struct worker *worker)
{
	if (worker->now_ms < worker->check_ms)
		return false;
	worker->check_ms = WORKER_NEVER;
	worker->last_check_ms = worker->now_ms;
	worker->settings_lost = false;
	return worker_ask(worker, "AT+CNMI?", "+CNMI:", check_line, check_done);
}

static void signal_line(void *context, const char *line, const char *pdu)
{
	int dbm;

	(void)pdu;
	if (at_parse_signal(line, &dbm))
		worker_take_signal(context, dbm);
}

static void operator_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;

	(void)pdu;
	(void)at_parse_operator(
		line, worker->status.operator_name, sizeof(worker->status.operator_name));
}

static void registration_line(void *context, const char *line, const char *pdu)
{
	(void)pdu;
	worker_take_registration(context, line);
}

bool worker_query_next(struct worker *worker)
{
	if (worker->registration_due) {
		worker->registration_due = false;
		worker->packet_due = true;
		return worker_ask(worker, "AT+CREG?", "+CREG:", registration_line, NULL);
	}
	if (worker->packet_due) {
		worker->packet_due = false;
		return worker_ask(worker, "AT+CEREG?", "+CEREG:", registration_line, NULL);
	}
	if (worker->signal_due) {
		worker->signal_due = false;
		return worker_ask(worker, "AT+CSQ", "+CSQ:", signal_line, NULL);
	}
	if (worker->operator_due) {
		worker->operator_due = false;
		return worker_ask(worker, "AT+COPS?", "+COPS:", operator_line, NULL);
	}
	return false;
}
