/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/quirks.h"

#include <string.h>

/* Searched from the top; the last one is for any modem. */
static const struct modem_quirks quirks[] = {
	{
		.maker = "SIMCOM",
		.model = "SIMCOM_SIM7",
		.reports_stored = true,
		.pin_tries_command = "AT+CPINC?",
		.pin_tries_prefix = "+CPINC:",
	},
	{
		/* 2G modules hand reports on at once and keep none. */
		.maker = "SIMCOM",
		.model = "",
		.pin_tries_command = "AT+SPIC",
		.pin_tries_prefix = "+SPIC:",
		.time_command = "AT+CLTS=1",
	},
	{
		.maker = "Quectel",
		.model = "",
		.reports_stored = true,
		.pin_tries_command = "AT+QPINC=\"SC\"",
		.pin_tries_prefix = "+QPINC:",
		.pin_tries_field = 1,
		.time_command = "AT+CTZR=2",
		.time_kind = AT_TIME_UTC,
	},
	{
		.maker = "huawei",
		.model = "",
		.ussd_packed = true,
		/* ^CPIN: READY|SIM PIN,times,puk_times,pin_times,puk2_times,pin2_times */
		.pin_tries_command = "AT^CPIN?",
		.pin_tries_prefix = "^CPIN:",
		.pin_tries_field = 3,
	},
	{
		.maker = "",
		.model = "",
		.reports_stored = true,
	},
};

const struct modem_quirks *modem_quirks_find(const char *maker, const char *model)
{
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(quirks) &&
		!(strcasestr(maker, quirks[i].maker) && quirks[i].maker[0] &&
			strncasecmp(model, quirks[i].model, strlen(quirks[i].model)) == 0))
		i++;
	return &quirks[i];
}
