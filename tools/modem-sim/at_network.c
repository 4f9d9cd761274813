/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 27.007: registration, operator, signal, USSD. */
#include <stdio.h>
#include <string.h>

#include "charset.h"
#include "modem.h"
#include "network.h"
#include "text.h"

#define OPERATOR_LONG "TELKOMSEL"
#define OPERATOR_SHORT "TSEL"
#define OPERATOR_NUMBER "51010"

static int registration_command(
	struct modem *modem, const struct at_request *request, unsigned *notice)
{
	unsigned stat = (unsigned)modem_registration(modem);

	if (request->kind != AT_READ)
		return at_setting(modem, request, notice, 2, AT_CME(CME_INVALID_PARAMETERS));
	at_info(modem, "%s: %u,%u%s", request->name, *notice, stat, modem_cell(modem, *notice));
	return AT_OK;
}

static int circuit_registration(struct modem *modem, const struct at_request *request)
{
	return registration_command(modem, request, &modem->settings.registration_notice[0]);
}

static int packet_registration(struct modem *modem, const struct at_request *request)
{
	return registration_command(modem, request, &modem->settings.registration_notice[1]);
}

static int evolved_registration(struct modem *modem, const struct at_request *request)
{
	if (!modem->make->lte)
		return AT_ERROR;
	return registration_command(modem, request, &modem->settings.registration_notice[2]);
}

static int read_operator(struct modem *modem)
{
	static const char *const forms[] = { OPERATOR_LONG, OPERATOR_SHORT, OPERATOR_NUMBER };
	unsigned form = modem->settings.operator_form;

	if (!modem_registered(modem))
		at_info(modem, "+COPS: 0");
	else
		at_info(modem, "+COPS: 0,%u,\"%s\"%s", form, forms[form],
			modem->make->lte ? ",7" : "");
	return AT_OK;
}

static int operator_command(struct modem *modem, const struct at_request *request)
{
	unsigned mode;
	unsigned form;

	if (request->kind == AT_READ)
		return read_operator(modem);
	if (request->kind == AT_TEST) {
		at_info(modem, "+COPS: (2,\"" OPERATOR_LONG "\",\"" OPERATOR_SHORT
			       "\",\"" OPERATOR_NUMBER "\"),,(0,1,2,3,4),(0,1,2)");
		return AT_OK;
	}
	if (!at_number(request, 0, 0, 4, 0, &mode) || !at_number(request, 1, 0, 2, 0, &form))
		return AT_CME(CME_INVALID_PARAMETERS);
	if (mode == 3)
		modem->settings.operator_form = form;
	return AT_OK;
}

static int signal_quality(struct modem *modem, const struct at_request *request)
{
	if (request->kind == AT_TEST)
		at_info(modem, "+CSQ: (0-31,99),(0-7,99)");
	else if (request->kind == AT_EXECUTE)
		at_info(modem, "+CSQ: %u,99", modem->world.signal);
	else
		return AT_ERROR;
	return AT_OK;
}

static int attachment(struct modem *modem, const struct at_request *request)
{
	if (request->kind == AT_READ)
		at_info(modem, "+CGATT: %d", modem_registered(modem) ? 1 : 0);
	return AT_OK;
}

static int system_information(struct modem *modem, const struct at_request *request)
{
	(void)request;
	if (!modem->make->huawei)
		return AT_ERROR;
	at_info(modem, "^SYSINFO:%d,3,0,5,%d,,4", modem_registered(modem) ? 2 : 0,
		modem_sim(modem) == SIM_READY ? 1 : 255);
	return AT_OK;
}

/* Whether text is what a person dials or replies: digits, *, #, +. */
static bool is_dialled(const uint16_t *units, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (units[i] >= 0x80 || !strchr("0123456789*#+", (char)units[i]))
			return false;
	return count > 0;
}

/* Septets packed in hex, as Huawei wants its USSD strings; NULL when it isn't that. */
static char *unpack_code(const char *text)
{
	uint8_t octets[182] = { 0 };
	uint8_t septets[208];
	uint16_t units[208];
	int size = hex_read(text, strlen(text), octets, sizeof(octets));
	size_t count;

	if (size <= 0)
		return NULL;
	count = (size_t)size * 8 / 7;
	septets_unpack(octets, 0, count, septets);
	/* Seven spare bits are filled with CR, or zero, to a whole octet (23.038 6.1.2.3.1). */
	if (count % 8 == 0 && (septets[count - 1] == '\r' || !septets[count - 1]))
		count--;
	count = gsm7_decode(septets, count, units);
	return is_dialled(units, count) ? text_to_utf8(units, count) : NULL;
}

/* The code as the network gets it. Caller frees. */
static char *read_code(const struct modem *modem, const char *text)
{
	autofree uint16_t *units = NULL;
	size_t count = 0;
	char *code = NULL;

	if (modem->make->ussd_form == USSD_PACKED)
		code = unpack_code(text);
	if (!code && !strcmp(modem->settings.charset, "UCS2") &&
		ucs2_hex_take(text, strlen(text), &units, &count) == 0)
		code = text_to_utf8(units, count);
	return code ? code : must_copy(text);
}

static void put_packed(struct buffer *out, const uint16_t *units, size_t count)
{
	uint8_t septets[184];
	uint8_t octets[168] = { 0 };
	size_t used = gsm7_encode(units, count, septets, 182);

	if (used % 8 == 7)
		septets[used++] = '\r';
	septets_pack(septets, used, 0, octets);
	buffer_hex(out, octets, septets_octets(used));
}

/* +CUSD with its text in the make's form: the coding scheme says 15 or, for UCS-2, 72. */
static void say_ussd(struct modem *modem, const char *text, bool more)
{
	autofree uint16_t *units = NULL;
	size_t count = 0;
	autobuffer line = { 0 };
	const char *charset = modem->settings.charset;
	enum ussd_form form = modem->make->ussd_form;
	bool plain = form == USSD_CHARSET;
	unsigned coding = 15;

	if (text_from_utf8(text, &units, &count) < 0)
		return;
	buffer_print(&line, "+CUSD: %d,\"", more ? 1 : 0);
	if (form == USSD_PACKED && gsm7_fits(units, count)) {
		put_packed(&line, units, count);
	} else if (plain && gsm7_fits(units, count) && charset_fits(charset, units, count)) {
		charset_put(&line, charset, units, count);
	} else {
		ucs2_hex_put(&line, units, count);
		coding = 72;
	}
	buffer_print(&line, "\",%u", coding);
	at_say_bytes(modem, &line);
}

static void ussd_answered(void *context)
{
	struct modem *modem = context;
	autofree char *code = take_pointer(modem->ussd_code);
	bool more = false;
	const char *text = code ? network_ussd(modem->network, code, &more) : NULL;

	modem->ussd_session = text && more;
	if (!modem->settings.ussd_notice)
		return;
	if (text)
		say_ussd(modem, text, more);
	else
		at_say(modem, "+CUSD: 4"); /* operation not supported */
}

static int start_ussd(struct modem *modem, const char *text)
{
	if (!modem_registered(modem))
		return AT_CME(CME_NO_NETWORK);
	free(modem->ussd_code);
	modem->ussd_code = read_code(modem, text);
	timer_free(&modem->ussd);
	timer_init(&modem->ussd, modem->loop, ussd_answered, modem);
	timer_set(&modem->ussd, modem->world.ussd_ms);
	return AT_OK;
}

static int ussd(struct modem *modem, const struct at_request *request)
{
	unsigned mode;

	if (request->kind == AT_READ) {
		at_info(modem, "+CUSD: %d", modem->settings.ussd_notice ? 1 : 0);
		return AT_OK;
	}
	if (request->kind == AT_TEST) {
		at_info(modem, "+CUSD: (0-2)");
		return AT_OK;
	}
	if (!at_number(request, 0, 0, 2, 0, &mode))
		return AT_CME(CME_INVALID_PARAMETERS);
	if (mode == 2) {
		timer_stop(&modem->ussd);
		modem->ussd_session = false;
		return AT_OK;
	}
	modem->settings.ussd_notice = mode == 1;
	return *at_text(request, 1) ? start_ussd(modem, at_text(request, 1)) : AT_OK;
}

const struct at_command at_network_commands[] = {
	{ "+CREG", circuit_registration, AT_SIM_NOT_NEEDED },
	{ "+CGREG", packet_registration, AT_SIM_NOT_NEEDED },
	{ "+CEREG", evolved_registration, AT_SIM_NOT_NEEDED },
	{ "+COPS", operator_command, AT_SIM_NEEDED },
	{ "+CSQ", signal_quality, AT_SIM_NOT_NEEDED },
	{ "+CGATT", attachment, AT_SIM_NEEDED },
	{ "^SYSINFO", system_information, AT_SIM_NOT_NEEDED },
	{ "+CUSD", ussd, AT_SIM_NEEDED },
	{ NULL, NULL, AT_SIM_NOT_NEEDED },
};
