/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/ppidd/open311.h"

#define MINUTE_S 60L
#define HOUR_S (60 * MINUTE_S)

static struct tm parts_of(int64_t time_ms)
{
	time_t seconds = (time_t)(time_ms / 1000);
	struct tm parts;

	localtime_r(&seconds, &parts);
	return parts;
}

static int64_t begin_of(struct tm parts)
{
	parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
	parts.tm_isdst = -1;
	return (int64_t)mktime(&parts) * 1000;
}

int64_t day_begin(int64_t time_ms, int later)
{
	struct tm parts = parts_of(time_ms);

	parts.tm_mday += later;
	return begin_of(parts);
}

int64_t month_begin(int64_t time_ms, int later)
{
	struct tm parts = parts_of(time_ms);

	parts.tm_mday = 1;
	parts.tm_mon += later;
	return begin_of(parts);
}

void w3c_format(int64_t time_ms, bool day, char out[static W3C_SIZE])
{
	out[0] = '\0';
	if (time_ms == 0)
		return;
	struct tm parts = parts_of(day ? day_begin(time_ms, 0) : time_ms);
	long zone = labs(parts.tm_gmtoff);
	size_t length = strftime(out, W3C_SIZE, "%Y-%m-%dT%H:%M:%S", &parts);
	snprintf(out + length, W3C_SIZE - length, "%c%02d:%02d", parts.tm_gmtoff < 0 ? '-' : '+',
		(int)(zone / HOUR_S % 24), (int)(zone / MINUTE_S % 60));
}

/* So many digits within min to max. */
static bool number(const char **at, int digits, int min, int max, int *out)
{
	*out = 0;
	for (int i = 0; i < digits; i++) {
		if (!isdigit((unsigned char)**at))
			return false;
		*out = *out * 10 + (*(*at)++ - '0');
	}
	return *out >= min && *out <= max;
}

static bool sign(const char **at, const char *which)
{
	if (!**at || !strchr(which, **at))
		return false;
	(*at)++;
	return true;
}

/* "Z", "+07:00", "-05:00"; a "+" that nobody escaped arrives as a space. */
static bool zone(const char **at, long *offset_s)
{
	int hours = 0, minutes = 0;

	*offset_s = 0;
	if (sign(at, "Z"))
		return true;
	bool west = **at == '-';
	if (!sign(at, "+- ") || !number(at, 2, 0, 23, &hours) || !sign(at, ":") ||
		!number(at, 2, 0, 59, &minutes))
		return false;
	*offset_s = (hours * HOUR_S + minutes * MINUTE_S) * (west ? -1 : 1);
	return true;
}

/* "T17:20", "T17:20:49", "T17:20:49.5", each with its zone, up to the end. */
static bool clock_time(const char **at, struct tm *parts, long *offset_s)
{
	if (!sign(at, "T") || !number(at, 2, 0, 23, &parts->tm_hour) || !sign(at, ":") ||
		!number(at, 2, 0, 59, &parts->tm_min))
		return false;
	if (sign(at, ":")) {
		if (!number(at, 2, 0, 59, &parts->tm_sec))
			return false;
		if (sign(at, ".") && !isdigit((unsigned char)**at))
			return false;
		*at += strspn(*at, "0123456789");
	}
	return zone(at, offset_s);
}

int w3c_parse(const char *text, int64_t *time_ms)
{
	struct tm parts = { .tm_mday = 1, .tm_isdst = -1 };
	long offset_s = 0;
	int year = 0, month = 1;
	const char *at = text;
	bool good = number(&at, 4, 1970, 9999, &year);

	if (good && sign(&at, "-"))
		good = number(&at, 2, 1, 12, &month);
	if (good && at - text > 4 && sign(&at, "-"))
		good = number(&at, 2, 1, 31, &parts.tm_mday);
	bool whole_day = good && !*at;
	if (good && !whole_day)
		good = at - text == 10 && clock_time(&at, &parts, &offset_s);
	if (!good || *at)
		return -EINVAL;
	parts.tm_year = year - 1900;
	parts.tm_mon = month - 1;
	int day = parts.tm_mday;
	struct tm asked = parts;
	time_t seconds = timegm(&asked);
	/* 30 February is no day, though timegm() makes one of it. */
	if (asked.tm_mday != day)
		return -EINVAL;
	*time_ms = whole_day ? begin_of(parts) : ((int64_t)seconds - offset_s) * 1000;
	return 0;
}
