/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "modem/alphabet.h"
#include "modem/at_errors.h"
#include "modem/at_ussd.h"
#include "modem/worker_private.h"

/* 27.005 gives no limit; makers give up to 60 s. */
#define SEND_MS 60000
#define PROMPT_MS 5000
/* Tries when there was no prompt, so that nothing can have been sent. */
#define SEND_TRIES 3
/*
 * How long reading goes first: an empty store takes what waits in the network, but whoever waits
 * for an answer mustn't wait for the end of somebody else's flood.
 */
#define PATIENCE_MS 500
/* How long a message waits for a modem that isn't ready. */
#define UNREADY_MS 30000
/* How long it waits for the network, and how often that is asked for. */
#define NETWORK_MS 20000
#define NETWORK_ASK_MS 1000
#define USSD_ANSWER_MS 60000
/* The network kept silent, and may have taken it (27.005, 3.2.5: network timeout). */
#define CMS_NETWORK_TIMEOUT 332
#define NO_ANSWER (-1)

static void send_failed(struct worker *worker, int error, bool maybe_sent, bool permanent)
{
	struct modem_event *event = worker_event(worker, MODEM_SEND_FAILED);

	event->id = worker->sending.id;
	event->error = error;
	event->maybe_sent = maybe_sent;
	event->permanent = permanent;
	worker->sending.pending = false;
	worker_emit(worker);
}

void worker_send_request(struct worker *worker, const struct modem_message *message)
{
	struct sending *sending = &worker->sending;
	int error;

	if (sending->pending) {
		log_warning("modem %s: a message to send came while another is under way",
			worker->config->name);
		return;
	}
	*sending = (struct sending) {
		.pending = true, .id = message->id, .reference = -1, .since_ms = worker->now_ms
	};
	error = codec_encode(message->text, message->recipient, message->part,
		message->concat_reference, message->report, &sending->frame);
	if (error)
		send_failed(worker, 0, false, error != -ENOMEM);
}

static void submit_prompt(void *context)
{
	struct worker *worker = context;

	worker_event(worker, MODEM_SUBMITTING)->id = worker->sending.id;
	worker_emit(worker);
	worker->sending.submitted = true;
}

static void submit_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;
	struct at_fields fields = at_fields_of(line);
	int reference;

	(void)pdu;
	if (at_next_number(&fields, &reference) && reference >= 0 && reference <= 255)
		worker->sending.reference = reference;
}

static void submit_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;
	struct sending *sending = &worker->sending;
	bool refused = answer->result == AT_CMS_ERROR;

	if (sending->reference >= 0) {
		struct modem_event *event = worker_event(worker, MODEM_SENT);

		event->id = sending->id;
		event->reference = (unsigned)sending->reference;
		event->parts = sending->frame.parts;
		sending->pending = false;
		worker_emit(worker);
		return;
	}
	switch (answer->result) {
	case AT_TIMEOUT:
	case AT_ABORTED:
	case AT_OK: /* without the reference that every +CMGS has */
		if (answer->payload_sent)
			send_failed(worker, NO_ANSWER, true, false);
		else if (++sending->attempts >= SEND_TRIES)
			send_failed(worker, NO_ANSWER, false, false);
		break;
	case AT_ERROR:
	case AT_CME_ERROR:
	case AT_CMS_ERROR:
		send_failed(worker, refused && answer->code > 0 ? answer->code : 0,
			refused && answer->code == CMS_NETWORK_TIMEOUT,
			refused && at_cms_permanent(answer->code));
		break;
	}
}

/*
 * Right after a start the modem looks for its network: a message would be refused now that goes
 * out a few seconds later.
 */
static bool held_back(struct worker *worker)
{
	struct sending *sending = &worker->sending;

	if (worker->status.registration == MODEM_REGISTRATION_HOME ||
		worker->status.registration == MODEM_REGISTRATION_ROAMING ||
		worker->now_ms - sending->since_ms >= NETWORK_MS)
		return false;
	if (worker->now_ms >= sending->ask_ms) {
		/* A modem that never says how it is registered has answered that by then. */
		if (sending->ask_ms > 0 &&
			worker->status.registration == MODEM_REGISTRATION_UNKNOWN)
			return false;
		sending->ask_ms = worker->now_ms + NETWORK_ASK_MS;
		worker->registration_due = true;
	}
	return true;
}

bool worker_send_next(struct worker *worker)
{
	char text[32];
	struct at_command command = {
		.text = text,
		.prefix = "+CMGS:",
		.payload = worker->sending.frame.hex,
		.prompt_ms = PROMPT_MS,
		.timeout_ms = SEND_MS,
		.prompt = submit_prompt,
		.line = submit_line,
		.done = submit_done,
	};

	if (!worker->sending.pending || held_back(worker))
		return false;
	snprintf(text, sizeof(text), "AT+CMGS=%u", worker->sending.frame.tpdu_length);
	return worker_command(worker, &command);
}

bool worker_send_impatient(const struct worker *worker)
{
	return worker->sending.pending && worker->now_ms - worker->sending.since_ms >= PATIENCE_MS;
}

static void tell_ussd(struct worker *worker, int64_t id, const struct at_ussd *answer)
{
	struct modem_event *event = worker_event(worker, MODEM_USSD);
	size_t length;

	event->id = id;
	event->final = answer->final;
	snprintf(event->raw, sizeof(event->raw), "%.*s", (int)sizeof(event->raw) - 1, answer->raw);
	snprintf(event->text, sizeof(event->text), "%.*s", (int)sizeof(event->text) - 1,
		answer->text);
	/* What was cut off may have been the middle of a character. */
	length = strlen(event->text);
	while (length > 0 && !alphabet_valid(event->text, length))
		event->text[--length] = '\0';
	worker_emit(worker);
}

static void ussd_failed(struct worker *worker)
{
	struct modem_event *event = worker_event(worker, MODEM_USSD);

	event->id = worker->ussd.id;
	event->final = true;
	event->error = NO_ANSWER;
	worker->ussd.pending = false;
	worker->ussd.waiting = false;
	worker_emit(worker);
}

void worker_ussd_request(struct worker *worker, int64_t id, const char *code)
{
	/* The network has one session at a time: the older request is given up. */
	if (worker->ussd.pending || worker->ussd.waiting)
		ussd_failed(worker);
	worker->ussd = (struct ussd) { .pending = true,
		.id = id,
		.packed = worker->quirks->ussd_packed,
		.deadline_ms = worker->now_ms + UNREADY_MS };
	snprintf(worker->ussd.code, sizeof(worker->ussd.code), "%s", code);
}

static void ussd_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;
	struct ussd *ussd = &worker->ussd;

	if (!ussd->waiting || answer->result == AT_OK)
		return;
	/* Makes differ in how they want the code, and models of one make do too. */
	ussd->waiting = false;
	if (answer->result != AT_TIMEOUT && answer->result != AT_ABORTED && !ussd->tried_both) {
		ussd->tried_both = true;
		ussd->packed = !ussd->packed;
		ussd->pending = true;
		return;
	}
	ussd_failed(worker);
}

bool worker_ussd_next(struct worker *worker)
{
	struct ussd *ussd = &worker->ussd;
	char packed[2 * CHANNEL_CODE_MAX + 1];
	char text[sizeof(packed) + 32];
	const char *code = ussd->code;

	if (!ussd->pending)
		return false;
	if (ussd->packed && at_pack_ussd(ussd->code, packed, sizeof(packed)) == 0)
		code = packed;
	ussd->pending = false;
	ussd->waiting = true;
	ussd->deadline_ms = worker->now_ms + USSD_ANSWER_MS;
	snprintf(text, sizeof(text), "AT+CUSD=1,\"%s\",15", code);
	if (worker_ask(worker, text, NULL, NULL, ussd_done))
		return true;
	ussd_failed(worker);
	return false;
}

void worker_ussd_answer(struct worker *worker, const char *line)
{
	struct at_ussd answer;
	bool asked = worker->ussd.waiting;

	if (!at_parse_ussd(line, &answer))
		return;
	worker->ussd.waiting = false;
	tell_ussd(worker, asked ? worker->ussd.id : 0, &answer);
}

void worker_send_tick(struct worker *worker)
{
	const struct sending *sending = &worker->sending;
	const struct ussd *ussd = &worker->ussd;

	if (sending->pending && worker->phase != PHASE_READY &&
		worker->now_ms - sending->since_ms >= UNREADY_MS)
		send_failed(worker, NO_ANSWER, false, false);
	if ((ussd->pending || ussd->waiting) && worker->now_ms >= ussd->deadline_ms)
		ussd_failed(worker);
}

int64_t worker_send_deadline(const struct worker *worker)
{
	int64_t deadline_ms = WORKER_NEVER;

	if (worker->ussd.pending || worker->ussd.waiting)
		deadline_ms = worker->ussd.deadline_ms;
	if (worker->sending.pending && worker->phase != PHASE_READY &&
		worker->sending.since_ms + UNREADY_MS < deadline_ms)
		deadline_ms = worker->sending.since_ms + UNREADY_MS;
	/* Held back for the network's sake; in the past it only waits for the modem's answer. */
	if (worker->sending.pending && worker->phase == PHASE_READY &&
		worker->sending.ask_ms > worker->now_ms && worker->sending.ask_ms < deadline_ms)
		deadline_ms = worker->sending.ask_ms;
	return deadline_ms;
}
