/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/calendar.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"

#define INSTALLED KOTAK_PREFIX "/share/kotak/holidays"
#define DAY_S INT64_C(86400)
#define YEARS_KEPT 8
#define DAYS_OF_YEAR 366
#define DAYS_MOST (10 * DAYS_OF_YEAR)
/* 1970-01-01 was a Thursday. */
#define WEEKDAY_OF_DAY_0 4

struct year {
	int year;
	enum calendar_year known;
	bool free[DAYS_OF_YEAR];
	char *names[DAYS_OF_YEAR]; /* of the free ones */
	char *source;
};

/* The office has one calendar, as the process has one time zone. */
static struct {
	char folder[PATH_MAX];
	struct year years[YEARS_KEPT];
	unsigned next; /* the place that the next year takes */
	/* Over the files. */
	struct calendar_day *days;
	size_t count;
	int64_t edition;
} calendar;

static void forget_year(struct year *year)
{
	for (int i = 0; i < DAYS_OF_YEAR; i++)
		free(year->names[i]);
	free(year->source);
	memset(year, 0, sizeof(*year));
}

static void forget_years(void)
{
	for (size_t i = 0; i < YEARS_KEPT; i++)
		forget_year(&calendar.years[i]);
}

static void choose_folder(const char *folder)
{
	char program[PATH_MAX];

	if (folder) {
		snprintf(calendar.folder, sizeof(calendar.folder), "%s", folder);
		return;
	}
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
	char *slash = length > 0 ? memrchr(program, '/', (size_t)length) : NULL;
	if (slash) {
		*slash = '\0';
		int size =
			snprintf(calendar.folder, sizeof(calendar.folder), "%s/holidays", program);
		if (size > 0 && (size_t)size < sizeof(calendar.folder) &&
			access(calendar.folder, F_OK) == 0)
			return;
	}
	snprintf(calendar.folder, sizeof(calendar.folder), "%s", INSTALLED);
}

void calendar_use(const char *folder)
{
	forget_years();
	free(calendar.days);
	memset(&calendar, 0, sizeof(calendar));
	choose_folder(folder);
}

/* Year, month and day of a day's number, by the proleptic Gregorian calendar. */
static struct tm parts_of(int64_t day)
{
	time_t seconds = (time_t)(day * DAY_S);
	struct tm parts = { 0 };

	gmtime_r(&seconds, &parts);
	return parts;
}

static int take_holiday(struct year *year, const struct conf_entry *entry)
{
	struct tm parts = { 0 }, again;

	const char *end = strptime(entry->key, "%Y-%m-%d", &parts);
	if (!end || *end || parts.tm_year + 1900 != year->year)
		return conf_refuse(
			entry, "must be a day of %d, such as %d-12-25", year->year, year->year);
	/* strptime() takes the 31st of any month. */
	time_t seconds = timegm(&parts);
	if (!gmtime_r(&seconds, &again) || again.tm_mday != parts.tm_mday)
		return conf_refuse(entry, "there is no such day");
	year->free[again.tm_yday] = true;
	free(year->names[again.tm_yday]);
	year->names[again.tm_yday] = strdup(entry->value);
	return year->names[again.tm_yday] ? 0 : -ENOMEM;
}

static int take_entry(void *context, const struct conf_entry *entry)
{
	struct year *year = context;
	bool provisional = false;

	if (strcmp(entry->section, "holidays") == 0)
		return take_holiday(year, entry);
	if (strcmp(entry->section, "year") == 0 && strcmp(entry->key, "source") == 0)
		return conf_string(entry, &year->source);
	if (strcmp(entry->section, "year") == 0 && strcmp(entry->key, "provisional") == 0) {
		int error = conf_boolean(entry, &provisional);
		year->known = provisional ? YEAR_PROVISIONAL : YEAR_KNOWN;
		return error;
	}
	return conf_refuse(
		entry, "unknown: known are [year] source, provisional, and [holidays] YYYY-MM-DD");
}

/* What the file of the year says, if there is one. */
static void read_file(struct year *year, int number)
{
	autofree char *path = NULL;

	if (asprintf(&path, "%s/%d.conf", calendar.folder, number) < 0) {
		path = NULL;
		return;
	}
	if (access(path, F_OK) < 0)
		return;
	year->known = YEAR_KNOWN;
	int error = conf_read(path, take_entry, year);
	if (error == 0 && !year->source) {
		log_error("%s: [year] source is missing: name the decree that the days are from",
			path);
		error = -EINVAL;
	}
	if (error < 0) {
		log_error("%s: the holidays of %d are counted as far as they make sense: mend it "
			  "and start ppidd again",
			path, number);
		year->known = YEAR_PROVISIONAL;
	}
}

/* And what was changed since. */
static void put_change(struct year *year, const struct calendar_day *change)
{
	struct tm parts = parts_of(change->day);

	if (parts.tm_year + 1900 != year->year)
		return;
	year->free[parts.tm_yday] = change->free;
	free(year->names[parts.tm_yday]);
	/* Without memory it is a holiday without a name. */
	year->names[parts.tm_yday] = change->free ? strdup(change->name) : NULL;
}

static void read_year(struct year *year, int number)
{
	forget_year(year);
	year->year = number;
	read_file(year, number);
	for (size_t i = 0; i < calendar.count; i++)
		put_change(year, &calendar.days[i]);
}

int calendar_change(const struct calendar_day *days, size_t count, int64_t edition)
{
	struct calendar_day *copy = NULL;

	if (count > 0) {
		copy = reallocarray(NULL, count, sizeof(*copy));
		if (!copy)
			return -ENOMEM;
		memcpy(copy, days, count * sizeof(*copy));
	}
	free(calendar.days);
	calendar.days = copy;
	calendar.count = count;
	calendar.edition = edition;
	forget_years();
	return 0;
}

int64_t calendar_edition(void)
{
	return calendar.edition;
}

void calendar_forget(void)
{
	calendar.edition = -1;
}

static struct year *year_at(int number)
{
	if (!*calendar.folder)
		choose_folder(NULL);
	for (size_t i = 0; i < YEARS_KEPT; i++) {
		if (calendar.years[i].year == number)
			return &calendar.years[i];
	}
	struct year *year = &calendar.years[calendar.next];
	calendar.next = (calendar.next + 1) % YEARS_KEPT;
	read_year(year, number);
	return year;
}

int64_t calendar_day(int64_t time_ms)
{
	time_t seconds = (time_t)(time_ms / 1000);
	struct tm parts = { 0 };

	localtime_r(&seconds, &parts);
	return timegm(&parts) / DAY_S;
}

int64_t calendar_end_ms(int64_t day)
{
	struct tm parts = parts_of(day + 1);

	/* Whether the zone has summer time is for mktime() to know. */
	parts.tm_isdst = -1;
	return (int64_t)mktime(&parts) * 1000;
}

bool calendar_weekend(int64_t day)
{
	int64_t weekday = ((day + WEEKDAY_OF_DAY_0) % 7 + 7) % 7;

	return weekday == 0 || weekday == 6;
}

bool calendar_works(int64_t day)
{
	if (calendar_weekend(day))
		return false;
	struct tm parts = parts_of(day);
	return !year_at(parts.tm_year + 1900)->free[parts.tm_yday];
}

const char *calendar_holiday(int64_t day)
{
	struct tm parts = parts_of(day);
	const struct year *year = year_at(parts.tm_year + 1900);

	if (!year->free[parts.tm_yday])
		return NULL;
	return year->names[parts.tm_yday] ? year->names[parts.tm_yday] : "";
}

int64_t calendar_first(int year)
{
	struct tm parts = { .tm_year = year - 1900, .tm_mday = 1 };

	return timegm(&parts) / DAY_S;
}

int64_t calendar_after(int64_t day, int64_t working_days)
{
	while (working_days > 0) {
		day++;
		if (calendar_works(day))
			working_days--;
	}
	return day;
}

int64_t calendar_between(int64_t day, int64_t later)
{
	int64_t count = 0;

	if (later - day > DAYS_MOST)
		later = day + DAYS_MOST;
	for (int64_t at = day + 1; at <= later; at++)
		count += calendar_works(at) ? 1 : 0;
	return count;
}

int calendar_year_of(int64_t time_ms)
{
	return parts_of(calendar_day(time_ms)).tm_year + 1900;
}

int calendar_month_of(int64_t time_ms)
{
	return parts_of(calendar_day(time_ms)).tm_mon + 1;
}

enum calendar_year calendar_year(int year)
{
	struct year *found = year_at(year);

	if (found->known == YEAR_MISSING)
		read_year(found, year);
	return found->known;
}

const char *calendar_source(int year)
{
	return year_at(year)->source;
}
