/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 27.007 section 8: an empty phonebook and the SIM's own number. */
#include <stdio.h>
#include <string.h>

#include "modem.h"

#define ENTRIES 250

static int phonebook_store(struct modem *modem, const struct at_request *request)
{
	static const char *const names[] = { "SM", "ME", "ON", "FD" };

	switch (request->kind) {
	case AT_READ:
		at_info(modem, "+CPBS: \"%s\",0,%d", modem->settings.phonebook, ENTRIES);
		return AT_OK;
	case AT_TEST:
		at_info(modem, "+CPBS: (\"SM\",\"ME\",\"ON\",\"FD\")");
		return AT_OK;
	default:
		break;
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i], at_text(request, 0)) != 0)
			continue;
		snprintf(modem->settings.phonebook, sizeof(modem->settings.phonebook), "%s",
			names[i]);
		return AT_OK;
	}
	return AT_CME(CME_NOT_ALLOWED);
}

static int phonebook_read(struct modem *modem, const struct at_request *request)
{
	unsigned index;

	if (request->kind == AT_TEST) {
		at_info(modem, "+CPBR: (1-%d),40,14", ENTRIES);
		return AT_OK;
	}
	if (request->kind != AT_SET || !at_number(request, 0, 1, ENTRIES, 1, &index))
		return AT_CME(CME_INVALID_PARAMETERS);
	return AT_OK;
}

static int own_number(struct modem *modem, const struct at_request *request)
{
	const char *number = modem->world.number;

	if (request->kind == AT_EXECUTE && *number)
		at_info(modem, "+CNUM: \"\",\"%s\",%d", number, *number == '+' ? 145 : 129);
	return AT_OK;
}

const struct at_command at_phone_commands[] = {
	{ "+CPBS", phonebook_store, AT_SIM_NEEDED },
	{ "+CPBR", phonebook_read, AT_SIM_NEEDED },
	{ "+CNUM", own_number, AT_SIM_NEEDED },
	{ NULL, NULL, AT_SIM_NOT_NEEDED },
};
