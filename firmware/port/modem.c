/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "port/modem.h"

#include "base/cleanup.h"

const char *modem_sim_name(enum modem_sim sim)
{
	static const char *const names[] = {
		[MODEM_SIM_UNKNOWN] = "unknown",
		[MODEM_SIM_READY] = "ready",
		[MODEM_SIM_MISSING] = "missing",
		[MODEM_SIM_PIN] = "PIN needed",
		[MODEM_SIM_PIN_WRONG] = "PIN wrong",
		[MODEM_SIM_PUK] = "locked, PUK needed",
		[MODEM_SIM_FAULT] = "faulty",
	};

	return (size_t)sim < ARRAY_SIZE(names) ? names[sim] : "unknown";
}

const char *modem_registration_name(enum modem_registration registration)
{
	static const char *const names[] = {
		[MODEM_REGISTRATION_UNKNOWN] = "unknown",
		[MODEM_REGISTRATION_NONE] = "not registered",
		[MODEM_REGISTRATION_SEARCHING] = "searching",
		[MODEM_REGISTRATION_DENIED] = "denied",
		[MODEM_REGISTRATION_HOME] = "home network",
		[MODEM_REGISTRATION_ROAMING] = "roaming",
	};

	return (size_t)registration < ARRAY_SIZE(names) ? names[registration] : "unknown";
}
