/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From "it answers AT" to "it is ready", as a table of steps. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "modem/worker_private.h"

#define SIM_RETRY_MS 2000
#define SIM_RETRY_LATER_MS 30000
/* A SIM may need this many tries after a start before anything is said. */
#define SIM_TRIES 10
#define SIM_UNKNOWN_TRIES 3
/* A step that was waited for in vain so often is left out. */
#define STEP_TIMEOUTS 2
/* How many tries for the PIN a SIM has after a right one. */
#define PIN_TRIES 3

struct init_step {
	const char *command;			     /* NULL: compose() */
	bool (*wanted)(const struct worker *worker); /* NULL: always */
	void (*compose)(struct worker *worker, char *text, size_t size);
	const char *prefix;
	const char *(*make_prefix)(const struct worker *worker); /* instead of prefix */
	void (*line)(void *context, const char *line, const char *pdu);
	void (*done)(void *context, const struct at_answer *answer); /* NULL: whatever it says */
};

static void step_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;

	/* After a missed deadline it begins anew, as soon as the modem answers again. */
	if (answer->result == AT_TIMEOUT)
		worker->step_timeouts[worker->step]++;
	else if (answer->result != AT_ABORTED)
		worker->step++;
}

static void wait_for_sim(struct worker *worker)
{
	bool soon = worker->sim_tries++ < SIM_TRIES;

	worker->phase = PHASE_SIM_WAIT;
	worker->sim_retry_ms = worker->now_ms + (soon ? SIM_RETRY_MS : SIM_RETRY_LATER_MS);
}

/* Identity */
static void echo_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;

	at_channel_forget_echo(worker->at);
	step_done(worker, answer);
}

static void maker_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;

	(void)pdu;
	if (!worker->status.maker[0])
		at_copy_printable(worker->status.maker, sizeof(worker->status.maker), line);
}

static void model_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;

	(void)pdu;
	if (!worker->status.model[0])
		at_copy_printable(worker->status.model, sizeof(worker->status.model), line);
}

static void model_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;

	worker->quirks = modem_quirks_find(worker->status.maker, worker->status.model);
	/* The command just ended came back although echo was switched off: it always will. */
	worker->echo_stays = at_channel_echoed(worker->at);
	step_done(worker, answer);
}

static void imei_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;
	size_t digits = strspn(line, "0123456789");

	(void)pdu;
	if (digits >= 14 && digits < sizeof(worker->status.imei))
		snprintf(worker->status.imei, sizeof(worker->status.imei), "%.*s", (int)digits,
			line);
}

/* SIM and PIN. A SIM has three tries for its PIN; one of them is ours, ever. */
static void sim_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;
	struct at_fields fields = at_fields_of(line);
	char state[32];

	(void)pdu;
	(void)at_next_text(&fields, state, sizeof(state));
	/* Second PINs are for what we don't do. */
	if (strcmp(state, "READY") == 0 || strcmp(state, "SIM PIN2") == 0 ||
		strcmp(state, "SIM PUK2") == 0)
		worker->status.sim = MODEM_SIM_READY;
	else if (strcmp(state, "SIM PIN") == 0)
		worker->status.sim = worker->pin_refused ? MODEM_SIM_PIN_WRONG : MODEM_SIM_PIN;
	else if (strcmp(state, "SIM PUK") == 0)
		worker->status.sim = MODEM_SIM_PUK;
	else
		worker->status.sim = MODEM_SIM_FAULT;
}

static void sim_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;

	if (answer->result == AT_CME_ERROR) {
		switch (answer->code) {
		case 10:
			worker->status.sim = MODEM_SIM_MISSING;
			break;
		case 14: /* busy: it has just been started */
			worker->status.sim = MODEM_SIM_UNKNOWN;
			break;
		default:
			worker->status.sim = MODEM_SIM_FAULT;
			break;
		}
	}
	step_done(worker, answer);
}

static bool pin_possible(const struct worker *worker)
{
	return worker->status.sim == MODEM_SIM_PIN && !worker->pin_refused && worker->config->pin &&
	       worker->config->pin[0];
}

static bool pin_tries_askable(const struct worker *worker)
{
	return pin_possible(worker) && worker->quirks->pin_tries_command;
}

static void compose_pin_tries(struct worker *worker, char *text, size_t size)
{
	worker->pin_tries_left = -1;
	snprintf(text, size, "%s", worker->quirks->pin_tries_command);
}

static const char *pin_tries_prefix(const struct worker *worker)
{
	return worker->quirks->pin_tries_prefix;
}

static void pin_tries_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;
	struct at_fields fields = at_fields_of(line);
	char text[32];
	int tries;

	(void)pdu;
	for (unsigned i = 0; i < worker->quirks->pin_tries_field; i++) {
		if (!at_next_text(&fields, text, sizeof(text)))
			return;
	}
	if (at_next_number(&fields, &tries) && tries >= 0 && tries <= PIN_TRIES)
		worker->pin_tries_left = tries;
}

/* 27.007, 8.65, in newer modems of all makes: +CPINR: SIM PIN,left,of */
static void pin_tries_standard_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;
	struct at_fields fields = at_fields_of(line);
	char code[16];
	int tries;

	(void)pdu;
	if (at_next_text(&fields, code, sizeof(code)) && strcmp(code, "SIM PIN") == 0 &&
		at_next_number(&fields, &tries) && tries >= 0 && tries <= PIN_TRIES)
		worker->pin_tries_left = tries;
}

static bool pin_tries_unknown(const struct worker *worker)
{
	return pin_possible(worker) && worker->pin_tries_left < 0;
}

static void refuse_pin(struct worker *worker)
{
	worker->pin_refused = true;
	worker->status.sim = MODEM_SIM_PIN_WRONG;
}

static void pin_tries_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;

	if (worker->pin_tries_left >= 0 && worker->pin_tries_left < PIN_TRIES) {
		log_error("modem %s: a wrong PIN was given to this SIM before, %d tries are left; "
			  "not trying. Put it into a telephone, enter the right PIN there, then "
			  "set it as pin in the configuration",
			worker->config->name, worker->pin_tries_left);
		refuse_pin(worker);
	}
	step_done(worker, answer);
}

static void compose_pin(struct worker *worker, char *text, size_t size)
{
	snprintf(text, size, "AT+CPIN=\"%s\"", worker->config->pin);
}

static void pin_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;

	/* Also when nothing came: it must not be tried twice. */
	worker->pin_refused = answer->result != AT_OK;
	if (answer->result == AT_OK) {
		worker->status.sim = MODEM_SIM_UNKNOWN;
	} else {
		log_error("modem %s: the SIM refused the configured PIN; it isn't tried again. "
			  "Correct pin in the configuration",
			worker->config->name);
		refuse_pin(worker);
	}
	step_done(worker, answer);
}

static bool pin_was_entered(const struct worker *worker)
{
	return worker->status.sim == MODEM_SIM_UNKNOWN;
}

/* Stores */
static void format_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;

	/* Another port of the same modem, maybe, that speaks AT but knows no messages. */
	if ((answer->result == AT_ERROR || answer->result == AT_CME_ERROR) &&
		worker->candidates.count > 1) {
		log_info("modem %s: %s answers AT but knows no SMS commands, trying another port",
			worker->config->name, worker->status.port);
		worker_close_port(worker, 0);
		return;
	}
	step_done(worker, answer);
}

static void add_area(struct worker *worker, const char *name)
{
	struct area *area = &worker->areas[worker->area_count++];

	*area = (struct area) { .due = true };
	snprintf(area->name, sizeof(area->name), "%.*s", AT_STORE_SIZE - 1, name);
}

static void stores_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;
	char names[AT_STORES_MAX][AT_STORE_SIZE];
	size_t count = at_parse_stores(line, names);
	bool parts = false;

	(void)pdu;
	worker->area_count = 0;
	/* MT is SM and ME seen as one, BM holds broadcasts: nothing of their own. */
	for (size_t i = 0; i < count; i++)
		parts = parts || strcmp(names[i], "SM") == 0 || strcmp(names[i], "ME") == 0;
	for (size_t i = 0; i < count; i++) {
		bool wanted = strcmp(names[i], "SM") == 0 || strcmp(names[i], "ME") == 0 ||
			      strcmp(names[i], "SR") == 0 ||
			      (strcmp(names[i], "MT") == 0 && !parts);
		bool known = false;

		for (size_t j = 0; j < worker->area_count; j++)
			known = known || strcmp(worker->areas[j].name, names[i]) == 0;
		if (!wanted || known)
			continue;
		add_area(worker, names[i]);
	}
}

static void stores_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;
	unsigned tries = answer->result == AT_ERROR ? SIM_UNKNOWN_TRIES : SIM_TRIES;

	/* The SIM's files can't be read yet, mostly. */
	if ((answer->result == AT_CMS_ERROR || answer->result == AT_CME_ERROR ||
		    answer->result == AT_ERROR) &&
		worker->sim_tries < tries)
		wait_for_sim(worker);
	else
		step_done(worker, answer);
}

static void selected_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;
	char reading[AT_STORE_SIZE];

	(void)pdu;
	if (!at_parse_selected(line, reading, worker->home))
		return;
	worker->selectable = true;
	if (worker->area_count == 0)
		add_area(worker, reading);
	/* Where messages arrive is listed last and stays selected: first in the table. */
	for (size_t i = 1; i < worker->area_count; i++) {
		if (strcmp(worker->areas[i].name, worker->home) == 0) {
			struct area first = worker->areas[0];

			worker->areas[0] = worker->areas[i];
			worker->areas[i] = first;
		}
	}
	if (strcmp(worker->areas[0].name, worker->home) != 0)
		snprintf(worker->home, sizeof(worker->home), "%s", worker->areas[0].name);
}

static void selected_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;

	/* Without AT+CPMS there is one store, however it may be called. */
	if (answer->result != AT_TIMEOUT && answer->result != AT_ABORTED && worker->area_count == 0)
		add_area(worker, "SM");
	step_done(worker, answer);
}

/* Notices */
static void notices_range_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;

	(void)pdu;
	/* Reports are stored only where they can be found again. */
	worker->notices_chosen = at_choose_notices(line,
		worker->quirks->reports_stored && worker_find_area(worker, "SR"), &worker->notices);
}

static void notices_range_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;

	if (!worker->notices_chosen)
		worker->notices = (struct at_notices) { .mode = 2, .mt = 1 };
	step_done(worker, answer);
}

static bool reports_direct(const struct worker *worker)
{
	return worker->notices.ds == 1;
}

static void service_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;

	worker->acknowledge = answer->result == AT_OK;
	step_done(worker, answer);
}

static void compose_notices(struct worker *worker, char *text, size_t size)
{
	const struct at_notices *n = &worker->notices;

	snprintf(text, size, "AT+CNMI=%d,%d,%d,%d,%d", n->mode, n->mt, n->bm, n->ds, n->bfr);
}

static void notices_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;

	worker->notices_chosen = answer->result == AT_OK;
	step_done(worker, answer);
}

static bool notices_refused(const struct worker *worker)
{
	return !worker->notices_chosen;
}

static void notices_read_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;

	(void)pdu;
	worker->notices_known = at_parse_notices(line, &worker->notices_read);
	if (worker->notices_known && worker->notices_read.mode > 0 && worker->notices_read.mt == 1)
		worker->notices_chosen = true;
}

static void own_number_line(void *context, const char *line, const char *pdu)
{
	struct worker *worker = context;

	(void)pdu;
	/* A SIM may have several: the first is for calls and messages. */
	if (!worker->status.own_number[0])
		at_parse_own_number(line, worker->status.own_number);
}

static void charset_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;

	worker->charset_refused = answer->result != AT_OK;
	step_done(worker, answer);
}

static bool charset_refused(const struct worker *worker)
{
	return worker->charset_refused;
}

static bool time_wanted(const struct worker *worker)
{
	return worker->quirks->time_command != NULL;
}

static void compose_time(struct worker *worker, char *text, size_t size)
{
	snprintf(text, size, "%s", worker->quirks->time_command);
}

/* At most WORKER_STEPS_MAX. */
static const struct init_step steps[] = {
	{ .command = "ATE0", .done = echo_done },
	{ .command = "ATV1" },
	{ .command = "AT+CMEE=1" },
	{ .command = "AT+CGMI", .prefix = "", .line = maker_line },
	{ .command = "AT+CGMM", .prefix = "", .line = model_line, .done = model_done },
	{ .command = "AT+CGSN", .prefix = "", .line = imei_line },
	{ .command = "AT+CPIN?", .prefix = "+CPIN:", .line = sim_line, .done = sim_done },
	{ .wanted = pin_tries_askable,
		.compose = compose_pin_tries,
		.make_prefix = pin_tries_prefix,
		.line = pin_tries_line,
		.done = pin_tries_done },
	{ .wanted = pin_tries_unknown,
		.command = "AT+CPINR",
		.prefix = "+CPINR:",
		.line = pin_tries_standard_line,
		.done = pin_tries_done },
	{ .wanted = pin_possible, .compose = compose_pin, .done = pin_done },
	{ .wanted = pin_was_entered,
		.command = "AT+CPIN?",
		.prefix = "+CPIN:",
		.line = sim_line,
		.done = sim_done },
	{ .command = "AT+CMGF=0", .done = format_done },
	{ .command = "AT+CPMS=?", .prefix = "+CPMS:", .line = stores_line, .done = stores_done },
	{ .command = "AT+CPMS?", .prefix = "+CPMS:", .line = selected_line, .done = selected_done },
	{ .command = "AT+CNMI=?",
		.prefix = "+CNMI:",
		.line = notices_range_line,
		.done = notices_range_done },
	{ .wanted = reports_direct,
		.command = "AT+CSMS=1",
		.prefix = "+CSMS:",
		.done = service_done },
	{ .compose = compose_notices, .done = notices_done },
	/* Older modems take no more than this. */
	{ .wanted = notices_refused, .command = "AT+CNMI=2,1", .done = notices_done },
	{ .wanted = notices_refused, .command = "AT+CNMI=1,1", .done = notices_done },
	{ .command = "AT+CNMI?", .prefix = "+CNMI:", .line = notices_read_line },
	{ .command = "AT+CSCS=\"GSM\"", .done = charset_done },
	{ .wanted = charset_refused, .command = "AT+CSCS=\"IRA\"" },
	{ .command = "AT+CNUM", .prefix = "+CNUM:", .line = own_number_line },
	{ .command = "AT+CUSD=1" },
	{ .command = "AT+CREG=1" },
	{ .command = "AT+CEREG=1" },
	{ .command = "AT+COPS=3,0" },
	{ .command = "AT+CTZR=1" },
	{ .wanted = time_wanted, .compose = compose_time },
};

_Static_assert(ARRAY_SIZE(steps) <= WORKER_STEPS_MAX, "room for the timeouts of each step");

/* From this step on nothing works without a SIM. A modem that can't say how it is may have one. */
static bool sim_missing(const struct worker *worker)
{
	const char *command = steps[worker->step].command;

	if (!command || strcmp(command, "AT+CPMS=?") != 0)
		return false;
	if (worker->status.sim == MODEM_SIM_UNKNOWN)
		return worker->sim_tries < SIM_UNKNOWN_TRIES;
	return worker->status.sim != MODEM_SIM_READY;
}

void worker_init_begin(struct worker *worker)
{
	worker->phase = PHASE_INIT;
	worker->step = 0;
	worker->quirks = modem_quirks_find("", "");
	worker->status.maker[0] = '\0';
	worker->status.model[0] = '\0';
	worker->status.imei[0] = '\0';
	worker->status.own_number[0] = '\0';
	worker->status.sim = MODEM_SIM_UNKNOWN;
	worker->pin_tries_left = -1;
	worker->notices_chosen = false;
	worker->notices_known = false;
	worker->acknowledge = false;
	worker->area_count = 0;
	worker->selectable = false;
	worker->home[0] = '\0';
	worker->circuit = MODEM_REGISTRATION_UNKNOWN;
	worker->packet = MODEM_REGISTRATION_UNKNOWN;
	worker->status.registration = MODEM_REGISTRATION_UNKNOWN;
}

static void become_ready(struct worker *worker)
{
	worker->phase = PHASE_READY;
	worker->sim_tries = 0;
	worker->check_ms = WORKER_NEVER;
	log_notice("modem %s: %s %s on %s is ready", worker->config->name, worker->status.maker,
		worker->status.model, worker->status.port);
	if (!worker->notices_chosen)
		log_warning("modem %s: it announces no messages, asking often instead",
			worker->config->name);
	worker_poll(worker);
}

bool worker_init_next(struct worker *worker)
{
	char text[64];

	if (worker->phase == PHASE_SIM_WAIT && worker->now_ms >= worker->sim_retry_ms)
		worker_init_begin(worker);
	while (worker->phase == PHASE_INIT && worker->step < ARRAY_SIZE(steps)) {
		const struct init_step *step = &steps[worker->step];

		if (sim_missing(worker)) {
			wait_for_sim(worker);
			break;
		}
		/* There are modems that never answer a command they don't know. */
		if ((step->wanted && !step->wanted(worker)) ||
			worker->step_timeouts[worker->step] >= STEP_TIMEOUTS) {
			worker->step++;
			continue;
		}
		if (step->compose)
			step->compose(worker, text, sizeof(text));
		else
			snprintf(text, sizeof(text), "%s", step->command);
		return worker_ask(worker, text,
			step->make_prefix ? step->make_prefix(worker) : step->prefix, step->line,
			step->done ? step->done : step_done);
	}
	if (worker->phase == PHASE_INIT && worker->step == ARRAY_SIZE(steps))
		become_ready(worker);
	return false;
}

int64_t worker_init_deadline(const struct worker *worker)
{
	switch (worker->phase) {
	case PHASE_SIM_WAIT:
		return worker->sim_retry_ms;
	case PHASE_READY:
		return worker->poll_ms < worker->check_ms ? worker->poll_ms : worker->check_ms;
	default:
		return WORKER_NEVER;
	}
}
