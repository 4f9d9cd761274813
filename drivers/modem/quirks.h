/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In what makes of modems differ, as data. A modem that isn't listed gets what 27.005 says. */
#ifndef KOTAK_MODEM_QUIRKS_H
#define KOTAK_MODEM_QUIRKS_H

#include <stdbool.h>
#include <stddef.h>

#include "modem/at_parse.h"

struct modem_quirks {
	const char *maker; /* part of what AT+CGMI says, any case; "" for all others */
	const char *model; /* beginning of what AT+CGMM says, "" for any */

	/* Whether AT+CNMI with ds=2 stores reports where we look, and announces them. */
	bool reports_stored;
	/* AT+CUSD wants the code as packed septets in hex. */
	bool ussd_packed;
	/* Asks how many tries are left for the PIN, and what its answer begins with; NULL: no way.
	 */
	const char *pin_tries_command;
	const char *pin_tries_prefix;
	/* Where in that answer the tries of the first PIN stand: field counted from 0. */
	unsigned pin_tries_field;
	/* Makes it tell network time; NULL for what 27.007 has. */
	const char *time_command;
	/* What it tells with +CTZV and +CTZE is UTC, not local time. */
	enum at_time_kind time_kind;
};

/* Never NULL. */
const struct modem_quirks *modem_quirks_find(const char *maker, const char *model);

#endif
