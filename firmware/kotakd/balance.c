/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/balance.h"

#include <ctype.h>
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "store/balance.h"

#define HOUR_MS (INT64_C(3600) * 1000)
#define DAY_MS (24 * HOUR_MS)

/*
 * How often is asked: every day, oftener when it is short, as it is spent, and again soon after
 * no answer. Asking costs nothing, but keeps the modem from sending for some seconds.
 */
#define ASK_EVERY_MS DAY_MS
#define ASK_EVERY_LOW_MS (3 * HOUR_MS)
#define ASK_AGAIN_MS (HOUR_MS / 2)
#define ASK_PAUSE_MS (HOUR_MS / 60)
#define ASK_PAUSE_SPENT_MS (HOUR_MS / 6)
#define ASK_EVERY_SENT 50
#define FIRST_ASK_MS (HOUR_MS / 20)

/* In rupiah. */
#define SMS_COST 350
#define LOW 10000
#define SHORT 5000
#define LAST 2000
#define VALID_DAYS_MIN 7

#define RUPIAH "Rp\\.? ?([0-9.,]+)"
#define MAYBE_RUPIAH "(Rp|IDR)?\\.? ?([0-9][0-9.,]{2,})"

/*
 * How the operators answer. The last group that matches is the amount. The numbers are those of
 * networks (MCC 510), which some modems tell instead of names. Codes change over the years: the
 * configuration overrides them.
 */
static const struct {
	/* Within the operator's name as the modem tells it, any case; ^: at its beginning. */
	const char *name;
	const char *code;
	const char *amount;
} operators[] = {
	{ "telkomsel", "*888#", RUPIAH },
	{ "^51010", "*888#", RUPIAH },
	{ "indosat", "*123#", MAYBE_RUPIAH },
	{ "ooredoo", "*123#", MAYBE_RUPIAH },
	{ "^im3", "*123#", MAYBE_RUPIAH },
	{ "^51001", "*123#", MAYBE_RUPIAH },
	{ "xl", "*123#", RUPIAH },
	{ "axis", "*123#", RUPIAH },
	{ "^51011", "*123#", RUPIAH },
	{ "^51008", "*123#", RUPIAH },
	{ "smartfren", "*999#", RUPIAH },
	{ "^51009", "*999#", RUPIAH },
	{ "^51028", "*999#", RUPIAH },
	{ "^51089", "*111*1#", RUPIAH },
	{ "^tri", "*111*1#", RUPIAH },
	{ "h3i", "*111*1#", RUPIAH },
	{ "^3", "*111*1#", RUPIAH },
};

#define ANY_AMOUNT "(Rp|IDR)\\.? ?([0-9.,]+)"
#define DATE_NUMBERS "([0-3]?[0-9])[-/.]([01]?[0-9])[-/.]((20)?[0-9]{2})"
#define DATE_WORDS "([0-3]?[0-9])[- ]([A-Za-z]{3})[a-z]*[- ]((20)?[0-9]{2})"

static bool is_named(const char *operator_name, const char *name)
{
	return *name == '^' ? strncasecmp(operator_name, name + 1, strlen(name + 1)) == 0
			    : strcasestr(operator_name, name) != NULL;
}

const char *balance_code(const char *operator_name, const char *configured)
{
	if (configured)
		return configured;
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		if (is_named(operator_name, operators[i].name))
			return operators[i].code;
	}
	return NULL;
}

static const char *amount_pattern(const char *operator_name)
{
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		if (is_named(operator_name, operators[i].name))
			return operators[i].amount;
	}
	return ANY_AMOUNT;
}

/* The last group that matched, which is the one around what is wanted. */
static bool match_last(
	const char *pattern, const char *text, regmatch_t groups[static 5], regmatch_t *last)
{
	regex_t compiled;

	if (regcomp(&compiled, pattern, REG_EXTENDED | REG_ICASE) != 0)
		return false;
	bool found = regexec(&compiled, text, 5, groups, 0) == 0;
	regfree(&compiled);
	last->rm_so = -1;
	for (size_t i = 1; found && i < 5; i++) {
		if (groups[i].rm_so >= 0)
			*last = groups[i];
	}
	return found && last->rm_so >= 0;
}

/* "12.345", "12,345", "12.345,00", "12345" in rupiah; -1 when there is no digit. */
static int64_t read_amount(const char *text, size_t length)
{
	int64_t amount = -1;

	for (size_t i = 0; i < length && amount < INT64_C(100000000000); i++) {
		if (isdigit((unsigned char)text[i])) {
			amount = (amount < 0 ? 0 : amount * 10) + (text[i] - '0');
		} else {
			size_t digits = strspn(text + i + 1, "0123456789");
			/* One or two digits behind the last sign are sen. */
			if (digits < 3 && i + 1 + digits >= length)
				break;
		}
	}
	return amount;
}

static int month_of(const char *text, size_t length)
{
	static const char *const months[12][2] = { { "jan", "jan" }, { "feb", "feb" },
		{ "mar", "mar" }, { "apr", "apr" }, { "mei", "may" }, { "jun", "jun" },
		{ "jul", "jul" }, { "agu", "aug" }, { "sep", "sep" }, { "okt", "oct" },
		{ "nov", "nov" }, { "des", "dec" } };

	for (int i = 0; length == 3 && i < 12; i++) {
		if (strncasecmp(text, months[i][0], 3) == 0 ||
			strncasecmp(text, months[i][1], 3) == 0)
			return i + 1;
	}
	return (int)strtol(text, NULL, 10);
}

static int64_t read_date(const char *pattern, const char *answer, int64_t now_ms)
{
	regmatch_t groups[5], last;

	if (!match_last(pattern, answer, groups, &last))
		return 0;
	int year = (int)strtol(answer + groups[3].rm_so, NULL, 10);
	struct tm date = {
		.tm_mday = (int)strtol(answer + groups[1].rm_so, NULL, 10),
		.tm_mon = month_of(answer + groups[2].rm_so,
				  (size_t)(groups[2].rm_eo - groups[2].rm_so)) -
			  1,
		.tm_year = year < 100 ? year + 100 : year - 1900,
		.tm_hour = 16, /* midnight in Jakarta, about */
	};
	if (date.tm_mon < 0 || date.tm_mon > 11 || date.tm_mday < 1 || date.tm_mday > 31)
		return 0;
	int64_t until_ms = (int64_t)timegm(&date) * 1000;
	/* A SIM is valid for some years at most: anything else is another date. */
	return until_ms > now_ms - 400 * DAY_MS && until_ms < now_ms + 4000 * DAY_MS ? until_ms : 0;
}

bool balance_parse(const char *operator_name, const char *pattern, const char *answer,
	int64_t now_ms, struct balance *out)
{
	regmatch_t groups[5], last;

	*out = (struct balance) { .amount = -1 };
	if (match_last(pattern ? pattern : amount_pattern(operator_name), answer, groups, &last)) {
		regmatch_t group = pattern ? groups[1] : last;
		if (group.rm_so >= 0)
			out->amount = read_amount(
				answer + group.rm_so, (size_t)(group.rm_eo - group.rm_so));
	}
	out->valid_until_ms = read_date(DATE_NUMBERS, answer, now_ms);
	if (!out->valid_until_ms)
		out->valid_until_ms = read_date(DATE_WORDS, answer, now_ms);
	return out->amount >= 0;
}

enum outgoing_priority balance_least(const struct balance *balance)
{
	if (balance->amount < 0 || balance->amount >= LOW)
		return OUTGOING_NOTICE;
	if (balance->amount >= SHORT)
		return OUTGOING_ANSWER;
	return balance->amount >= LAST ? OUTGOING_REPLY : OUTGOING_TICKET;
}

bool balance_low(const struct balance *balance, int64_t now_ms)
{
	return (balance->amount >= 0 && balance->amount < LOW) ||
	       (balance->valid_until_ms &&
		       balance->valid_until_ms < now_ms + VALID_DAYS_MIN * DAY_MS);
}

int balance_load(struct kiosk *kiosk, struct modem_slot *slot)
{
	struct stored_balance stored = { 0 };

	slot->balance = (struct balance) { .amount = -1 };
	/* Residents come first after a start, unless somebody asked for this in so many words. */
	slot->balance_due = slot->config->balance_ussd != NULL;
	slot->balance_retry_ms = slot->balance_due ? 0 : kiosk->time.mono_ms + FIRST_ASK_MS;
	int found = store_balance(kiosk->store, slot->config->name, &stored);
	if (found <= 0)
		return found;
	slot->balance = (struct balance) { .amount = stored.amount,
		.valid_until_ms = stored.valid_until_ms };
	slot->balance_asked_ms = stored.asked_ms;
	return 0;
}

void balance_spent(struct modem_slot *slot, bool sent)
{
	struct balance rest = slot->balance;

	slot->balance_sent += sent;
	if (rest.amount > 0)
		rest.amount -= (int64_t)slot->balance_sent * SMS_COST;
	if (rest.amount < 0 && slot->balance.amount >= 0)
		rest.amount = 0;
	if (!sent || slot->balance_sent >= ASK_EVERY_SENT ||
		balance_least(&rest) != balance_least(&slot->balance))
		slot->balance_due = true;
}

/* Whether it is time to ask. */
static bool is_due(const struct kiosk *kiosk, const struct modem_slot *slot)
{
	bool low = balance_low(&slot->balance, kiosk->time.wall_ms);
	int64_t every_ms = low ? ASK_EVERY_LOW_MS : ASK_EVERY_MS;

	return kiosk->time.mono_ms >= slot->balance_retry_ms &&
	       (slot->balance_due || kiosk->time.wall_ms >= slot->balance_asked_ms + every_ms);
}

void balance_ask(struct kiosk *kiosk, struct modem_slot *slot)
{
	const char *code = balance_code(slot->status.operator_name, slot->config->balance_ussd);

	if (!code || !slot->running || !slot->status.answering || slot->sending_id ||
		slot->status.sim != MODEM_SIM_READY || !is_due(kiosk, slot))
		return;
	slot->balance_retry_ms = kiosk->time.mono_ms + ASK_AGAIN_MS;
	/* The id says which question it was; 0 is no question. */
	if (slot->modem->ops->ussd(slot->modem, ++slot->balance_question, code) < 0)
		log_debug("modem %s: the balance can't be asked for now", slot->config->name);
}

/* Tells the server: amount and validity, never the raw text, which may hold the number. */
static int balance_event(struct kiosk *kiosk, const struct modem_slot *slot)
{
	const struct moment moment = kiosk_moment(kiosk);
	char until[TIME_SIZE];

	if (slot->balance.valid_until_ms)
		time_format(slot->balance.valid_until_ms, until);
	autojson json_t *data = json_pack("{s:s, s:s, s:o, s:s?, s:b}", "modem", slot->config->name,
		"operator", slot->status.operator_name, "amount",
		slot->balance.amount < 0 ? json_null() : json_integer(slot->balance.amount),
		"valid_until", slot->balance.valid_until_ms ? until : NULL, "low",
		balance_low(&slot->balance, moment.now_ms));
	if (!data)
		return -ENOMEM;
	return store_event(kiosk->store, &moment, "kiosk", "sim.balance", NULL, data, NULL);
}

int balance_answer(struct kiosk *kiosk, struct modem_slot *slot, const struct modem_event *event)
{
	struct balance before = slot->balance;

	if (!slot->balance_question || event->id != slot->balance_question ||
		(!*event->text && !*event->raw))
		return 0;
	bool understood = balance_parse(slot->status.operator_name, slot->config->balance_pattern,
		event->text, kiosk->time.wall_ms, &slot->balance);
	slot->balance_asked_ms = kiosk->time.wall_ms;
	slot->balance_due = false;
	slot->balance_sent = 0;
	/* With a free package nothing is spent, and every message might ask again. */
	slot->balance_retry_ms =
		kiosk->time.mono_ms +
		(before.amount == slot->balance.amount ? ASK_PAUSE_SPENT_MS : ASK_PAUSE_MS);
	if (!understood)
		log_warning("modem %s: the answer about the balance isn't understood: set "
			    "balance_pattern, see kotakctl status",
			slot->config->name);
	const struct stored_balance stored = { .operator_name = slot->status.operator_name,
		.amount = slot->balance.amount,
		.valid_until_ms = slot->balance.valid_until_ms,
		.raw = *event->text ? event->text : event->raw,
		.asked_ms = slot->balance_asked_ms };
	int error = store_balance_put(kiosk->store, slot->config->name, &stored);
	if (error < 0 || (before.amount == slot->balance.amount &&
				 before.valid_until_ms == slot->balance.valid_until_ms))
		return error;
	return balance_event(kiosk, slot);
}
