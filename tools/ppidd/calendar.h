/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The office's working days: Monday to Friday but the holidays of YEAR.conf, in the time zone of
 * the process (TZ). A day is its number since 1970-01-01. A year is read when it is first asked
 * about, from the folder "holidays" beside the program, else from where it is installed.
 */
#ifndef PPIDD_CALENDAR_H
#define PPIDD_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/* What is known of a year's holidays. */
enum calendar_year {
	YEAR_MISSING,	  /* nothing: its weekends are free, and no other day */
	YEAR_PROVISIONAL, /* computed: the government's decree isn't in it yet */
	YEAR_KNOWN,
};

/* Takes the years from this folder; NULL: the usual place. Forgets what was read and changed. */
void calendar_use(const char *folder);

#define CALENDAR_NAME_SIZE 128
/* A day that isn't as its year's file has it. */
struct calendar_day {
	int64_t day;
	bool free;
	char name[CALENDAR_NAME_SIZE];
};
/*
 * Puts these days, and no others, over the files; they are copied. edition tells this list from
 * others. -ENOMEM: nothing is changed.
 */
must_check int calendar_change(const struct calendar_day *days, size_t count, int64_t edition);
/* Of the list in use; 0 when there is none. */
int64_t calendar_edition(void);
/* Whatever list is in use, it isn't the one that it was said to be. */
void calendar_forget(void);

/* The day that a moment (milliseconds since 1970, UTC) falls on. */
int64_t calendar_day(int64_t time_ms);
/* The moment at which a day is over: midnight after it. */
int64_t calendar_end_ms(int64_t day);

bool calendar_works(int64_t day);
/* Saturday or Sunday. */
bool calendar_weekend(int64_t day);
/* What the holiday on that day is called, or NULL when it is none; until the next call here. */
const char *calendar_holiday(int64_t day);
/* The first day of a year. */
int64_t calendar_first(int year);
/* The Nth working day after a day; the day itself for 0 or less. */
int64_t calendar_after(int64_t day, int64_t working_days);
/* How many working days there are after the one, up to and including the other; 0 when it is not
 * later. Of ten years at most. */
int64_t calendar_between(int64_t day, int64_t later);

/* The year that a moment falls in, and its month from 1 on. */
int calendar_year_of(int64_t time_ms);
int calendar_month_of(int64_t time_ms);
/* Looks for a missing year's file once more. */
enum calendar_year calendar_year(int year);
/* Where the days of its file are from; NULL without one. */
const char *calendar_source(int year);

#endif
