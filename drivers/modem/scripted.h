/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A modem without hardware or process. Tests inject its events and look at the calls that
 * reached it; with "device = none" it stands in for a modem that isn't there.
 */
#ifndef KOTAK_MODEM_SCRIPTED_H
#define KOTAK_MODEM_SCRIPTED_H

#include "base/cleanup.h"
#include "port/modem.h"

enum scripted_manner {
	SCRIPTED_ABSENT,   /* device = none: says so in its status, calls give -ENOTCONN */
	SCRIPTED_PASSIVE,  /* start() gives MODEM_STARTED; everything else the test injects */
	SCRIPTED_OBLIGING, /* decodes what it is asked to, sends everything, answers USSD */
};

enum scripted_call_type {
	SCRIPTED_START,
	SCRIPTED_TICK,
	SCRIPTED_STORED,
	SCRIPTED_DECODE,
	SCRIPTED_SEND,
	SCRIPTED_USSD,
	SCRIPTED_RESET,
};

/* One call that reached the modem. Text pointers are good until the modem is closed. */
struct scripted_call {
	enum scripted_call_type type;
	uint64_t token;
	int64_t id;
	uint8_t pdu[MODEM_PDU_MAX];
	size_t pdu_size;
	struct modem_message message;
	const char *code;
	enum modem_reset how;
	int64_t now_ms;
};

must_check int modem_scripted_new(
	const char *name, enum scripted_manner manner, struct modem **out);

/* Queues an event for next(); the descriptor becomes readable. -ENOMEM. */
must_check int modem_scripted_inject(struct modem *modem, const struct modem_event *event);
/* Injects MODEM_PDU. */
must_check int modem_scripted_deliver(
	struct modem *modem, uint64_t token, const uint8_t *pdu, size_t size);

/* How many calls came since creation (ticks aren't counted), and each of them, from 0. */
size_t modem_scripted_calls(const struct modem *modem);
const struct scripted_call *modem_scripted_call(const struct modem *modem, size_t index);
/* How many calls of one type came (ticks too). */
size_t modem_scripted_count(const struct modem *modem, enum scripted_call_type type);

/* Calls of this type return error (a negative errno, 0 to be well again) and do nothing else. */
void modem_scripted_fail(struct modem *modem, enum scripted_call_type type, int error);
/* What deadline() gives from now on. */
void modem_scripted_set_deadline(struct modem *modem, int64_t deadline_ms);

#endif
