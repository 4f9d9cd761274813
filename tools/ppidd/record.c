/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/record.h"

#include "base/ids.h"

json_t *record_time(int64_t time_ms)
{
	char text[TIME_SIZE];

	if (time_ms == 0)
		return json_null();
	time_format(time_ms, text);
	return json_string(text);
}
