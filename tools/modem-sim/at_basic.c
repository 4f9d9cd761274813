/* SPDX-License-Identifier: GPL-2.0-or-later */
/* V.250: basic commands, S registers, and what a client asks to learn whom it talks to. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "modem.h"
#include "network.h"

static unsigned digits_of(const char **text)
{
	unsigned value = 0;

	while (isdigit((unsigned char)**text)) {
		if (value < 100000)
			value = value * 10 + (unsigned)(**text - '0');
		(*text)++;
	}
	return value;
}

static int s_register(struct modem *modem, const char **text)
{
	unsigned number = digits_of(text);

	if (number >= ARRAY_SIZE(modem->settings.registers))
		return AT_ERROR;
	if (**text == '?') {
		(*text)++;
		at_info(modem, "%03u", modem->settings.registers[number]);
	} else if (**text == '=') {
		(*text)++;
		modem->settings.registers[number] = digits_of(text) & 0xFF;
	}
	return AT_OK;
}

/* ATI: each line of the make's information framed as one block. */
static int information(struct modem *modem)
{
	autobuffer text = { 0 };

	for (const char *mark = modem->make->information; *mark; mark++) {
		if (*mark == '\n')
			buffer_append(&text, "\r\n", 2);
		else
			buffer_append(&text, mark, 1);
	}
	at_info_bytes(modem, &text);
	return AT_OK;
}

static int flag(bool *setting, unsigned value)
{
	if (value > 1)
		return AT_ERROR;
	*setting = value;
	return AT_OK;
}

/* AT&F and ATZ: the settings of the line only, as makes have it. */
static int defaults(struct modem *modem)
{
	modem->settings.verbose = true;
	modem->settings.quiet = false;
	modem->settings.error_form = 0;
	modem->settings.echo = true;
	return AT_OK;
}

static int ampersand(struct modem *modem, const char **text)
{
	char letter = (char)toupper((unsigned char)**text);

	if (!letter)
		return AT_ERROR;
	(*text)++;
	digits_of(text);
	if (letter == 'F')
		return defaults(modem);
	return strchr("CDGKRSWYZ", letter) ? AT_OK : AT_ERROR;
}

int at_basic(struct modem *modem, const char **text)
{
	char letter = (char)toupper((unsigned char)*(*text)++);
	unsigned value;

	if (letter == '&')
		return ampersand(modem, text);
	if (letter == 'S')
		return s_register(modem, text);
	if (letter == 'D') { /* no voice call ever comes about */
		*text += strlen(*text);
		return AT_NO_CARRIER;
	}
	value = digits_of(text);
	switch (letter) {
	case 'E':
		return flag(&modem->settings.echo, value);
	case 'V':
		return flag(&modem->settings.verbose, value);
	case 'Q':
		return flag(&modem->settings.quiet, value);
	case 'Z':
		return defaults(modem);
	case 'I':
		return information(modem);
	case 'H':
	case 'L':
	case 'M':
	case 'P':
	case 'T':
	case 'X':
		return AT_OK;
	default:
		return AT_ERROR;
	}
}

/* A command that says one line when asked and OK when tested. */
static int say_line(struct modem *modem, const struct at_request *request, const char *line)
{
	if (request->kind == AT_SET || request->kind == AT_READ)
		return AT_ERROR;
	if (request->kind == AT_EXECUTE)
		at_info(modem, "%s", line);
	return AT_OK;
}

static int manufacturer(struct modem *modem, const struct at_request *request)
{
	return say_line(modem, request, modem->make->manufacturer);
}

static int model(struct modem *modem, const struct at_request *request)
{
	return say_line(modem, request, modem->make->model);
}

static int revision(struct modem *modem, const struct at_request *request)
{
	return say_line(modem, request, modem->make->revision);
}

static int identity(struct modem *modem, const struct at_request *request)
{
	return say_line(modem, request, modem->make->identity);
}

static int subscriber(struct modem *modem, const struct at_request *request)
{
	return say_line(modem, request, "510101234567890");
}

static int card(struct modem *modem, const struct at_request *request)
{
	static const char number[] = "8962101234567890123";

	if (request->kind == AT_SET)
		return AT_ERROR;
	if (request->kind != AT_TEST)
		at_info(modem, "%s: %s", request->name, number);
	return AT_OK;
}

static int capabilities(struct modem *modem, const struct at_request *request)
{
	return say_line(modem, request, "+GCAP: +CGSM");
}

static int error_form(struct modem *modem, const struct at_request *request)
{
	return at_setting(modem, request, &modem->settings.error_form, 2, AT_ERROR);
}

static int charset(struct modem *modem, const struct at_request *request)
{
	const char *wanted = at_text(request, 0);
	char quoted[16];

	switch (request->kind) {
	case AT_READ:
		at_info(modem, "+CSCS: \"%s\"", modem->settings.charset);
		return AT_OK;
	case AT_TEST:
		at_info(modem, "+CSCS: (%s)", modem->make->charsets);
		return AT_OK;
	case AT_SET:
		snprintf(quoted, sizeof(quoted), "\"%.10s\"", wanted);
		if (!*wanted || !strstr(modem->make->charsets, quoted))
			return AT_CME(CME_NOT_SUPPORTED);
		snprintf(modem->settings.charset, sizeof(modem->settings.charset), "%.10s", wanted);
		return AT_OK;
	default:
		return AT_ERROR;
	}
}

static void restart_soon(void *context)
{
	modem_restart(context);
}

static int functionality(struct modem *modem, const struct at_request *request)
{
	unsigned wanted;
	unsigned restart;

	if (request->kind == AT_READ) {
		at_info(modem, "+CFUN: %u", modem->settings.functionality);
		return AT_OK;
	}
	if (request->kind == AT_TEST) {
		at_info(modem, "+CFUN: (0,1,4),(0,1)");
		return AT_OK;
	}
	if (!at_number(request, 0, 0, 7, 1, &wanted) || !at_number(request, 1, 0, 1, 0, &restart))
		return AT_CME(CME_INVALID_PARAMETERS);
	if (wanted != 0 && wanted != 1 && wanted != 4)
		return AT_CME(CME_NOT_SUPPORTED);
	modem->settings.functionality = wanted;
	if (restart) {
		/* The answer goes out first. */
		timer_free(&modem->at.work);
		timer_init(&modem->at.work, modem->loop, restart_soon, modem);
		timer_set(&modem->at.work, 0);
		return AT_OK;
	}
	modem_registration_changed(modem);
	return AT_OK;
}

static int pin(struct modem *modem, const struct at_request *request)
{
	enum sim_state sim = modem_sim(modem);
	int result;

	if (request->kind == AT_TEST)
		return AT_OK;
	if (sim == SIM_MISSING)
		return AT_CME(CME_SIM_MISSING);
	if (sim == SIM_FAILURE)
		return AT_CME(CME_SIM_FAILURE);
	if (request->kind == AT_READ) {
		at_info(modem, "+CPIN: %s",
			sim == SIM_PIN	 ? "SIM PIN"
			: sim == SIM_PUK ? "SIM PUK"
					 : "READY");
		return AT_OK;
	}
	if (request->kind != AT_SET)
		return AT_ERROR;
	result = modem_give_pin(modem, at_text(request, 0));
	if (result)
		return AT_CME(result);
	modem_sim_opened(modem);
	return AT_OK;
}

/* Only the query of the SIM lock is of use to anyone here. */
static int lock(struct modem *modem, const struct at_request *request)
{
	if (request->kind == AT_TEST) {
		at_info(modem, "+CLCK: (\"SC\")");
		return AT_OK;
	}
	if (request->kind != AT_SET || strcmp(at_text(request, 0), "SC") != 0 ||
		strcmp(at_text(request, 1), "2") != 0)
		return AT_CME(CME_NOT_SUPPORTED);
	at_info(modem, "+CLCK: %d", *modem->world.pin ? 1 : 0);
	return AT_OK;
}

static int read_clock(struct modem *modem)
{
	time_t now = (time_t)((loop_wall_ms(modem->loop) + modem->clock_offset_ms) / 1000) +
		     (time_t)NETWORK_OFFSET_MINUTES * 60;
	struct tm parts;
	char text[32];

	if (!gmtime_r(&now, &parts) || !strftime(text, sizeof(text), "%y/%m/%d,%H:%M:%S", &parts))
		return AT_CME(CME_NOT_ALLOWED);
	at_info(modem, "+CCLK: \"%s+%02d\"", text, NETWORK_OFFSET_MINUTES / 15);
	return AT_OK;
}

static int set_clock(struct modem *modem, const char *text)
{
	struct tm parts = { 0 };
	const char *rest = strptime(text, "%y/%m/%d,%H:%M:%S", &parts);
	long quarters = NETWORK_OFFSET_MINUTES / 15;
	char *end = NULL;

	if (rest && *rest)
		quarters = strtol(rest, &end, 10);
	if (!rest || (end && (end == rest || *end || quarters < -96 || quarters > 96)))
		return AT_CME(CME_INVALID_PARAMETERS);
	modem->clock_offset_ms = ((int64_t)timegm(&parts) - (int64_t)quarters * 900) * 1000 -
				 loop_wall_ms(modem->loop);
	return AT_OK;
}

static int wall_clock(struct modem *modem, const struct at_request *request)
{
	switch (request->kind) {
	case AT_READ:
		return read_clock(modem);
	case AT_SET:
		return set_clock(modem, at_text(request, 0));
	default:
		return AT_OK;
	}
}

static int battery(struct modem *modem, const struct at_request *request)
{
	if (request->kind == AT_EXECUTE)
		at_info(modem, "+CBC: 0,100,4100");
	return AT_OK;
}

static int activity(struct modem *modem, const struct at_request *request)
{
	if (request->kind == AT_EXECUTE)
		at_info(modem, "+CPAS: 0");
	return AT_OK;
}

static int baud_rate(struct modem *modem, const struct at_request *request)
{
	if (request->kind == AT_READ)
		at_info(modem, "%s: 115200", request->name);
	return AT_OK;
}

/* Settings of calls and of the wire, which a pseudo-terminal hasn't. */
static int accepted(struct modem *modem, const struct at_request *request)
{
	(void)modem;
	return request->kind == AT_READ ? AT_ERROR : AT_OK;
}

/* Huawei's choice of the port that spontaneous lines go to: there is but one here. */
static int port_choice(struct modem *modem, const struct at_request *request)
{
	if (!modem->make->huawei)
		return AT_ERROR;
	return request->kind == AT_SET ? AT_OK : AT_ERROR;
}

/* Huawei's switch for lines that come by themselves. */
static int spontaneous(struct modem *modem, const struct at_request *request)
{
	unsigned wanted = modem->settings.spontaneous;

	if (!modem->make->huawei)
		return AT_ERROR;
	if (at_setting(modem, request, &wanted, 1, AT_CME(CME_INVALID_PARAMETERS)) != AT_OK)
		return AT_CME(CME_INVALID_PARAMETERS);
	modem->settings.spontaneous = wanted;
	return AT_OK;
}

const struct at_command at_general_commands[] = {
	{ "+CGMI", manufacturer, AT_SIM_NOT_NEEDED },
	{ "+GMI", manufacturer, AT_SIM_NOT_NEEDED },
	{ "+CGMM", model, AT_SIM_NOT_NEEDED },
	{ "+GMM", model, AT_SIM_NOT_NEEDED },
	{ "+CGMR", revision, AT_SIM_NOT_NEEDED },
	{ "+GMR", revision, AT_SIM_NOT_NEEDED },
	{ "+CGSN", identity, AT_SIM_NOT_NEEDED },
	{ "+GSN", identity, AT_SIM_NOT_NEEDED },
	{ "+CIMI", subscriber, AT_SIM_NEEDED },
	{ "+CCID", card, AT_SIM_NEEDED },
	{ "+ICCID", card, AT_SIM_NEEDED },
	{ "+QCCID", card, AT_SIM_NEEDED },
	{ "+GCAP", capabilities, AT_SIM_NOT_NEEDED },
	{ "+CMEE", error_form, AT_SIM_NOT_NEEDED },
	{ "+CSCS", charset, AT_SIM_NOT_NEEDED },
	{ "+CFUN", functionality, AT_SIM_NOT_NEEDED },
	{ "+CPIN", pin, AT_SIM_NOT_NEEDED },
	{ "+CLCK", lock, AT_SIM_NEEDED },
	{ "+CCLK", wall_clock, AT_SIM_NOT_NEEDED },
	{ "+CBC", battery, AT_SIM_NOT_NEEDED },
	{ "+CPAS", activity, AT_SIM_NOT_NEEDED },
	{ "+IPR", baud_rate, AT_SIM_NOT_NEEDED },
	{ "+IFC", accepted, AT_SIM_NOT_NEEDED },
	{ "+ICF", accepted, AT_SIM_NOT_NEEDED },
	{ "+CRC", accepted, AT_SIM_NOT_NEEDED },
	{ "+CLIP", accepted, AT_SIM_NOT_NEEDED },
	{ "+CMER", accepted, AT_SIM_NOT_NEEDED },
	{ "+CTZU", accepted, AT_SIM_NOT_NEEDED },
	{ "+CTZR", accepted, AT_SIM_NOT_NEEDED },
	{ "^PORTSEL", port_choice, AT_SIM_NOT_NEEDED },
	{ "^CURC", spontaneous, AT_SIM_NOT_NEEDED },
	{ NULL, NULL, AT_SIM_NOT_NEEDED },
};
