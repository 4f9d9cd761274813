/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "port/clock.h"

#include "base/cleanup.h"

const char *clock_quality_name(enum clock_quality quality)
{
	static const char *const names[] = {
		[CLOCK_NTP] = "ntp",
		[CLOCK_GSM] = "gsm",
		[CLOCK_RTC] = "rtc",
		[CLOCK_GUESS] = "guess",
	};

	return (size_t)quality < ARRAY_SIZE(names) ? names[quality] : "guess";
}
