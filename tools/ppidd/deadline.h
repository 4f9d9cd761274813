/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * By when a complaint is to be answered: so many working days after the day it came (or was
 * reopened), and the days that its complainant was waited for. Columns of complaint, changed in
 * the caller's transaction.
 */
#ifndef PPIDD_DEADLINE_H
#define PPIDD_DEADLINE_H

#include "tools/ppidd/db.h"
#include "wire/state.h"

#define DEADLINE_DAYS 7
#define DEADLINE_DAYS_EXTENDED 14
/* So many working days before, and the desk warns. */
#define DEADLINE_WARNING_DAYS 2

/* The end of the last of so many working days after the day of a moment. */
int64_t deadline_end(int64_t counted_ms, int64_t working_days);

/* A complaint that was just put into the table in that state: its clock counts from counted_ms. */
must_check int deadline_begin(struct db *db, const char *uuid, enum complaint_state state,
	int64_t counted_ms, int64_t now_ms);
/* A legal step from one state to the next: the state's columns and the clock. */
must_check int deadline_step(struct db *db, const char *uuid, enum complaint_state from,
	enum complaint_state to, int64_t now_ms);
/* More working days in all. */
must_check int deadline_extend(struct db *db, const char *uuid, int64_t working_days);

#endif
