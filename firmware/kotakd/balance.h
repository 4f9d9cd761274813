/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SIM's money: asked for by USSD now and then, understood with a pattern (the operator's,
 * or the configured one), shown, reported, and minded when it gets short.
 */
#ifndef KOTAK_KOTAKD_BALANCE_H
#define KOTAK_KOTAKD_BALANCE_H

#include "kotakd/kiosk.h"
#include "store/outgoing.h"

/*
 * Understands an operator's answer. pattern is the configured expression with one group around
 * the amount, NULL for the operator's own. Whether an amount was found; now_ms bounds dates.
 */
bool balance_parse(const char *operator_name, const char *pattern, const char *answer,
	int64_t now_ms, struct balance *out);

/* The code to ask with: configured, or the operator's; NULL when neither is known. */
const char *balance_code(const char *operator_name, const char *configured);

/* The least urgent message that is still sent with this balance. */
enum outgoing_priority balance_least(const struct balance *balance);

/* Whether a person should see to it: it is short, or its time runs out. */
bool balance_low(const struct balance *balance, int64_t now_ms);

/* Takes up what the store remembers of a modem's balance. */
must_check int balance_load(struct kiosk *kiosk, struct modem_slot *slot);

/* A message went out, or the network refused one: there may be less than is known. */
void balance_spent(struct modem_slot *slot, bool sent);

/* Asks, when it is time and the modem is idle. */
void balance_ask(struct kiosk *kiosk, struct modem_slot *slot);

/* The answer to that, in the caller's transaction; other answers are left alone. */
must_check int balance_answer(
	struct kiosk *kiosk, struct modem_slot *slot, const struct modem_event *event);

#endif
