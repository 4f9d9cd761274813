/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "panel/echo.h"

#include <stdlib.h>
#include <string.h>

void echo_add(struct echo *echo, int64_t us)
{
	if (us < 0)
		us = 0;
	echo->us[echo->count % ECHO_KEPT] = us > INT32_MAX ? INT32_MAX : (int32_t)us;
	echo->count++;
}

static int compare(const void *left, const void *right)
{
	const int32_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

json_t *echo_figures(const struct echo *echo)
{
	size_t kept = echo->count < ECHO_KEPT ? (size_t)echo->count : ECHO_KEPT;
	int32_t sorted[ECHO_KEPT];

	if (kept == 0)
		return json_pack(
			"{s:i, s:i, s:i, s:i}", "count", 0, "p50_us", 0, "p99_us", 0, "max_us", 0);
	memcpy(sorted, echo->us, kept * sizeof(*sorted));
	qsort(sorted, kept, sizeof(*sorted), compare);
	return json_pack("{s:I, s:i, s:i, s:i}", "count", (json_int_t)echo->count, "p50_us",
		sorted[kept / 2], "p99_us", sorted[kept - 1 - kept / 100], "max_us",
		sorted[kept - 1]);
}
