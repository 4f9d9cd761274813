/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * By when a complaint is to be answered: so many working days after the day it came (or was
 * reopened), and the days that its complainant was waited for. Each of the three kinds of case
 * (UU 14/2008) has its own clock. Columns of complaint, changed in the caller's transaction, by
 * the holidays that the database has just then (holiday.h).
 */
#ifndef PPIDD_DEADLINE_H
#define PPIDD_DEADLINE_H

#include "tools/ppidd/db.h"
#include "wire/state.h"

/* So many working days before, and the desk warns. */
#define DEADLINE_WARNING_DAYS 2
/* The longest clock that a configuration may have, in working days. */
#define DEADLINE_DAYS_MOST 200

enum case_kind {
	CASE_COMPLAINT,	  /* aduan */
	CASE_INFORMATION, /* permohonan informasi */
	CASE_OBJECTION,	  /* keberatan, answered by PPID's superior */
	CASE_KIND_COUNT,
};
/* "complaint", "information", "objection" */
const char *case_name(enum case_kind kind);
bool case_from_name(const char *name, enum case_kind *out);

/* All in working days. */
struct deadline_rules {
	/* extended: in all, once there is a reason; the same as days where there is no more. */
	struct {
		int64_t days, extended;
	} of[CASE_KIND_COUNT];
	int64_t objection_within; /* after the reason for it */
};
/* The office's, of the process; those of the law and the SOP until others are given. */
void deadline_use(const struct deadline_rules *given);
const struct deadline_rules *deadline_rules(void);

/* The end of the last of so many working days after the day of a moment. */
int64_t deadline_end(int64_t counted_ms, int64_t working_days);

/*
 * A complaint that was just put into the table in that state, of the kind CASE_COMPLAINT: its
 * clock counts from counted_ms.
 */
must_check int deadline_begin(struct db *db, const char *uuid, enum complaint_state state,
	int64_t counted_ms, int64_t now_ms);
/* Another kind: its clock counts from the same day, without the time that was given more. */
must_check int deadline_kind(struct db *db, const char *uuid, enum case_kind kind);
/* A legal step from one state to the next: the state's columns and the clock. */
must_check int deadline_step(struct db *db, const char *uuid, enum complaint_state from,
	enum complaint_state to, int64_t now_ms);
/* More working days in all. */
must_check int deadline_extend(struct db *db, const char *uuid, int64_t working_days);
/*
 * The clocks that run over that day (its number since 1970) are counted anew, as the calendar now
 * is. Returns how many got another last day.
 */
must_check int deadline_recount(struct db *db, int64_t day);

#endif
