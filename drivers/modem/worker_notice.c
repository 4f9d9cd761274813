/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that modems say by themselves (27.005, 27.007, makers' manuals). */
#include <string.h>

#include "base/log.h"
#include "modem/worker_private.h"

/* While a message goes out, a line of a start may mean that its answer never comes. */
#define DOUBTFUL_ANSWER_MS 15000

static void notice_message(void *context, const char *line, const char *pdu)
{
	char store[AT_STORE_SIZE];
	unsigned index;

	(void)pdu;
	if (at_parse_notice(line, store, &index))
		worker_slot_noticed(context, store, index);
}

/* Some announce a report in SM, place 0, and put it into SR. */
static void notice_report(void *context, const char *line, const char *pdu)
{
	struct area *area = worker_find_area(context, "SR");

	if (area && !strstr(line, "SR"))
		area->due = true;
	else
		notice_message(context, line, pdu);
}

static void notice_pdu(void *context, const char *line, const char *pdu)
{
	(void)line;
	worker_pdu_came(context, pdu);
}

static void notice_sent(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;
	struct at_fields fields = at_fields_of(line);
	int reference;

	(void)pdu;
	if (!at_next_number(&fields, &reference) || reference < 0 || reference > 255)
		return;
	worker_event(worker, MODEM_STRAY_SENT)->reference = (unsigned)reference;
	worker_emit(worker);
}

static void notice_ussd(void *context, const char *line, const char *pdu)
{
	(void)pdu;
	worker_ussd_answer(context, line);
}

static void notice_registration(void *context, const char *line, const char *pdu)
{
	(void)pdu;
	worker_take_registration(context, line);
}

static void notice_time(struct worker *worker, const char *line, enum at_time_kind kind)
{
	struct modem_event *event;
	int64_t time_ms;

	if (!at_parse_network_time(line, kind, &time_ms) || channel_waiting(worker->channel))
		return;
	event = worker_event(worker, MODEM_NETWORK_TIME);
	event->time_ms = time_ms;
	worker_emit(worker);
}

static void notice_time_utc(void *context, const char *line, const char *pdu)
{
	(void)pdu;
	notice_time(context, line, AT_TIME_UTC);
}

static void notice_time_zoned(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;

	(void)pdu;
	notice_time(worker, line, worker->quirks->time_kind);
}

/* Only a modem that has just been started says this. */
static void notice_start(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;

	(void)pdu;
	if (worker->phase != PHASE_READY && worker->phase != PHASE_SIM_WAIT &&
		worker->phase != PHASE_INIT)
		return;
	log_notice("modem %s: the modem has started anew (it says %s)", worker->config->name, line);
	worker_restart(worker, 0);
}

/* Said at a start, but by some makes at any time: look whether it was one. */
static void notice_maybe_start(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;

	(void)line;
	(void)pdu;
	if (worker->phase == PHASE_SIM_WAIT)
		worker->sim_retry_ms = worker->now_ms;
	worker_check_soon(worker);
	at_channel_hurry(worker->at, worker->now_ms + DOUBTFUL_ANSWER_MS);
}

static void notice_messages_ready(void *context, const char *line, const char *pdu)
{
	notice_maybe_start(context, line, pdu);
	worker_list_all(context);
}

static void notice_sim(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;

	if (strstr(line, "READY") && !strstr(line, "NOT READY")) {
		notice_maybe_start(context, line, pdu);
	} else if (worker->phase == PHASE_READY) {
		log_warning("modem %s: the SIM is gone or locked", worker->config->name);
		worker_restart(worker, 0);
	}
}

static void notice_full(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;

	(void)line;
	(void)pdu;
	if (worker->now_ms - worker->full_ms < 5000)
		return;
	worker->full_ms = worker->now_ms;
	worker_list_all(worker);
}

static void notice_voltage(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;

	(void)pdu;
	log_error("modem %s: the modem says %s: its power supply is too weak or failing",
		worker->config->name, line);
}

const struct at_spontaneous worker_notices[] = {
	{ "+CMTI:", AT_SHAPE_LINE, notice_message },
	{ "+CDSI:", AT_SHAPE_LINE, notice_report },
	{ "+CMT:", AT_SHAPE_PDU, notice_pdu },
	{ "+CDS:", AT_SHAPE_PDU, notice_pdu },
	{ "+CBM:", AT_SHAPE_PDU, NULL },
	{ "+CBMI:", AT_SHAPE_LINE, NULL },
	{ "+CMGS:", AT_SHAPE_LINE, notice_sent },
	{ "+CUSD:", AT_SHAPE_QUOTED, notice_ussd },

	{ "+CREG:", AT_SHAPE_LINE, notice_registration },
	{ "+CEREG:", AT_SHAPE_LINE, notice_registration },
	{ "+CGREG:", AT_SHAPE_LINE, NULL },
	{ "+CSQ:", AT_SHAPE_LINE, NULL },
	{ "^RSSI:", AT_SHAPE_LINE, NULL },
	{ "^HCSQ:", AT_SHAPE_LINE, NULL },
	{ "^MODE:", AT_SHAPE_LINE, NULL },
	{ "^DSFLOWRPT:", AT_SHAPE_LINE, NULL },
	{ "RING", AT_SHAPE_WHOLE, NULL },
	{ "NO CARRIER", AT_SHAPE_WHOLE, NULL },
	{ "NO ANSWER", AT_SHAPE_WHOLE, NULL },
	{ "BUSY", AT_SHAPE_WHOLE, NULL },
	{ "+CRING:", AT_SHAPE_LINE, NULL },
	{ "+CLIP:", AT_SHAPE_LINE, NULL },

	{ "*PSUTTZ:", AT_SHAPE_LINE, notice_time_utc },
	{ "+NITZ:", AT_SHAPE_LINE, notice_time_utc },
	{ "+CTZV:", AT_SHAPE_LINE, notice_time_zoned },
	{ "+CTZE:", AT_SHAPE_LINE, notice_time_zoned },
	{ "^NWTIME:", AT_SHAPE_LINE, notice_time_zoned },
	{ "DST:", AT_SHAPE_LINE, NULL },

	{ "RDY", AT_SHAPE_WHOLE, notice_start },
	{ "^SYSSTART", AT_SHAPE_LINE, notice_start },
	{ "SYSSTART", AT_SHAPE_WHOLE, notice_start },
	{ "*ATREADY:", AT_SHAPE_LINE, notice_start },
	{ "MODEM:STARTUP", AT_SHAPE_WHOLE, notice_start },
	{ "+CFUN:", AT_SHAPE_LINE, notice_maybe_start },
	{ "^BOOT:", AT_SHAPE_LINE, notice_maybe_start },
	{ "^SIMST:", AT_SHAPE_LINE, notice_maybe_start },
	{ "^SRVST:", AT_SHAPE_LINE, notice_maybe_start },
	{ "+QUSIM:", AT_SHAPE_LINE, notice_maybe_start },
	{ "Call Ready", AT_SHAPE_WHOLE, notice_maybe_start },
	{ "PB DONE", AT_SHAPE_WHOLE, notice_maybe_start },
	{ "+QIND: PB DONE", AT_SHAPE_WHOLE, notice_maybe_start },
	{ "SMS Ready", AT_SHAPE_WHOLE, notice_messages_ready },
	{ "SMS DONE", AT_SHAPE_WHOLE, notice_messages_ready },
	{ "+QIND: SMS DONE", AT_SHAPE_WHOLE, notice_messages_ready },
	{ "+CPIN:", AT_SHAPE_LINE, notice_sim },

	{ "+QIND: \"smsfull\"", AT_SHAPE_LINE, notice_full },
	{ "+SMS FULL", AT_SHAPE_LINE, notice_full },
	{ "SMS FULL", AT_SHAPE_WHOLE, notice_full },
	{ "^SMMEMFULL:", AT_SHAPE_LINE, notice_full },
	{ "+CIEV: \"SMSFULL\"", AT_SHAPE_LINE, notice_full },
	{ "+CIEV:", AT_SHAPE_LINE, NULL },
	{ "+QIND:", AT_SHAPE_LINE, NULL },
	{ "UNDER-VOLTAGE", AT_SHAPE_LINE, notice_voltage },
	{ "OVER-VOLTAGE", AT_SHAPE_LINE, notice_voltage },
};

const size_t worker_notices_count = ARRAY_SIZE(worker_notices);
