/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 27.005: how messages are stored, announced and sent; the messages are in at_message.c. */
#include <stdio.h>
#include <string.h>

#include "modem.h"
#include "network.h"

static int message_format(struct modem *modem, const struct at_request *request)
{
	unsigned format = modem->settings.text_mode;
	int result = at_setting(modem, request, &format, 1, AT_CMS(CMS_OPERATION_NOT_ALLOWED));

	modem->settings.text_mode = format;
	return result;
}

static int service(struct modem *modem, const struct at_request *request)
{
	unsigned wanted;

	switch (request->kind) {
	case AT_READ:
		at_info(modem, "+CSMS: %u,1,1,1", modem->settings.service);
		return AT_OK;
	case AT_TEST:
		at_info(modem, "+CSMS: (0,1)");
		return AT_OK;
	default:
		break;
	}
	if (!at_number(request, 0, 0, 1, 0, &wanted))
		return AT_CMS(CMS_OPERATION_NOT_ALLOWED);
	modem->settings.service = wanted;
	network_answered(modem->network, false);
	at_info(modem, "+CSMS: 1,1,1");
	return AT_OK;
}

static void put_store_names(struct modem *modem, struct buffer *text)
{
	buffer_print(text, "(");
	for (size_t i = 0; i < modem->storage.count; i++)
		buffer_print(text, "%s\"%s\"", i ? "," : "", modem->storage.stores[i].name);
	buffer_print(text, ")");
}

static int test_stores(struct modem *modem)
{
	autobuffer names = { 0 };

	put_store_names(modem, &names);
	at_info(modem, "+CPMS: %s,%s,%s", buffer_text(&names), buffer_text(&names),
		buffer_text(&names));
	return AT_OK;
}

static int read_stores(struct modem *modem)
{
	const struct modem_settings *settings = &modem->settings;

	at_info(modem, "+CPMS: \"%s\",%u,%u,\"%s\",%u,%u,\"%s\",%u,%u", settings->reading->name,
		store_used(settings->reading), store_total(settings->reading),
		settings->writing->name, store_used(settings->writing),
		store_total(settings->writing), settings->receiving->name,
		store_used(settings->receiving), store_total(settings->receiving));
	return AT_OK;
}

static int preferred_stores(struct modem *modem, const struct at_request *request)
{
	struct modem_settings *settings = &modem->settings;
	struct store **targets[] = { &settings->reading, &settings->writing, &settings->receiving };
	struct store *wanted[3];

	if (request->kind == AT_TEST)
		return test_stores(modem);
	if (request->kind == AT_READ)
		return read_stores(modem);
	if (!request->count || request->count > ARRAY_SIZE(targets))
		return AT_CMS(CMS_OPERATION_NOT_ALLOWED);
	for (size_t i = 0; i < request->count; i++) {
		wanted[i] = storage_find(&modem->storage, at_text(request, i));
		if (!wanted[i])
			return AT_CMS(CMS_OPERATION_NOT_ALLOWED);
	}
	for (size_t i = 0; i < request->count; i++)
		*targets[i] = wanted[i];
	modem_space_freed(modem); /* the store that receives may have room now */
	at_info(modem, "+CPMS: %u,%u,%u,%u,%u,%u", store_used(settings->reading),
		store_total(settings->reading), store_used(settings->writing),
		store_total(settings->writing), store_used(settings->receiving),
		store_total(settings->receiving));
	return AT_OK;
}

/* Whether the make's "(0-2),(0,2,3),…" allows the value in its n-th group. */
static bool group_allows(const char *groups, size_t group, unsigned value)
{
	const char *mark = groups;

	while (group--) {
		mark = strchr(mark, ')');
		if (!mark)
			return false;
		mark++;
	}
	mark = strchr(mark, '(');
	while (mark && *mark && *mark != ')') {
		char *end;
		unsigned long least = strtoul(mark + 1, &end, 10);
		unsigned long most = *end == '-' ? strtoul(end + 1, &end, 10) : least;

		if (value >= least && value <= most)
			return true;
		mark = end;
		mark += strcspn(mark, ",)");
	}
	return false;
}

static int notices(struct modem *modem, const struct at_request *request)
{
	unsigned *now = modem->settings.notices;
	unsigned wanted[NOTICE_COUNT];

	switch (request->kind) {
	case AT_READ:
		at_info(modem, "+CNMI: %u,%u,%u,%u,%u", now[0], now[1], now[2], now[3], now[4]);
		return AT_OK;
	case AT_TEST:
		at_info(modem, "+CNMI: %s", modem->make->notices);
		return AT_OK;
	default:
		break;
	}
	for (size_t i = 0; i < NOTICE_COUNT; i++)
		if (!at_number(request, i, 0, 3, now[i], &wanted[i]) ||
			!group_allows(modem->make->notices, i, wanted[i]))
			return AT_CMS(CMS_OPERATION_NOT_ALLOWED);
	memcpy(now, wanted, sizeof(wanted));
	modem_space_freed(modem);
	return AT_OK;
}

/* +CNMA: the client has taken what came directly (27.005 section 3.4.4). */
static int acknowledgement(struct modem *modem, const struct at_request *request)
{
	if (request->kind == AT_TEST) {
		at_info(modem, "+CNMA: (0-2)");
		return AT_OK;
	}
	if (!modem->acknowledge)
		return AT_CMS(CMS_NO_ACK_EXPECTED);
	network_answered(modem->network, true);
	return AT_OK;
}

static int service_centre(struct modem *modem, const struct at_request *request)
{
	const char *number = at_text(request, 0);

	switch (request->kind) {
	case AT_READ:
		at_info(modem, "+CSCA: \"%s\",%d", modem->service_centre,
			*modem->service_centre == '+' ? 145 : 129);
		return AT_OK;
	case AT_SET:
		if (!*number || strlen(number) >= sizeof(modem->service_centre))
			return AT_CMS(CMS_OPERATION_NOT_ALLOWED);
		snprintf(modem->service_centre, sizeof(modem->service_centre), "%s", number);
		return AT_OK;
	default:
		return AT_OK;
	}
}

static int text_parameters(struct modem *modem, const struct at_request *request)
{
	struct modem_settings *settings = &modem->settings;
	unsigned wanted[4];
	const unsigned now[4] = { settings->text_first_octet, settings->text_validity,
		settings->text_protocol, settings->text_coding };

	if (request->kind == AT_READ) {
		at_info(modem, "+CSMP: %u,%u,%u,%u", now[0], now[1], now[2], now[3]);
		return AT_OK;
	}
	if (request->kind != AT_SET)
		return AT_OK;
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (!at_number(request, i, 0, 255, now[i], &wanted[i]))
			return AT_CMS(CMS_INVALID_TEXT);
	settings->text_first_octet = wanted[0];
	settings->text_validity = wanted[1];
	settings->text_protocol = wanted[2];
	settings->text_coding = wanted[3];
	return AT_OK;
}

static int text_details(struct modem *modem, const struct at_request *request)
{
	unsigned wanted = modem->settings.text_details;
	int result = at_setting(modem, request, &wanted, 1, AT_CMS(CMS_OPERATION_NOT_ALLOWED));

	modem->settings.text_details = wanted;
	return result;
}

static int domain(struct modem *modem, const struct at_request *request)
{
	return at_setting(
		modem, request, &modem->settings.domain, 3, AT_CME(CME_INVALID_PARAMETERS));
}

static int more_messages(struct modem *modem, const struct at_request *request)
{
	return at_setting(modem, request, &modem->settings.more_messages, 2,
		AT_CMS(CMS_OPERATION_NOT_ALLOWED));
}

static int broadcasts(struct modem *modem, const struct at_request *request)
{
	if (request->kind == AT_READ)
		at_info(modem, "+CSCB: 0,\"\",\"\"");
	else if (request->kind == AT_TEST)
		at_info(modem, "+CSCB: (0,1)");
	return AT_OK;
}

/* Saved profiles aren't kept: a start resets to the make's defaults. */
static int profile(struct modem *modem, const struct at_request *request)
{
	if (request->kind == AT_TEST)
		at_info(modem, "%s: (0)", request->name);
	return AT_OK;
}

const struct at_command at_sms_commands[] = {
	{ "+CMGF", message_format, AT_SIM_NOT_NEEDED },
	{ "+CSMS", service, AT_SIM_NEEDED_SMS },
	{ "+CPMS", preferred_stores, AT_SIM_NEEDED_SMS },
	{ "+CNMI", notices, AT_SIM_NEEDED_SMS },
	{ "+CNMA", acknowledgement, AT_SIM_NEEDED_SMS },
	{ "+CSCA", service_centre, AT_SIM_NEEDED_SMS },
	{ "+CSMP", text_parameters, AT_SIM_NEEDED_SMS },
	{ "+CSDH", text_details, AT_SIM_NOT_NEEDED },
	{ "+CGSMS", domain, AT_SIM_NOT_NEEDED },
	{ "+CMMS", more_messages, AT_SIM_NOT_NEEDED },
	{ "+CSCB", broadcasts, AT_SIM_NEEDED_SMS },
	{ "+CSAS", profile, AT_SIM_NEEDED_SMS },
	{ "+CRES", profile, AT_SIM_NEEDED_SMS },
	{ NULL, NULL, AT_SIM_NOT_NEEDED },
};
