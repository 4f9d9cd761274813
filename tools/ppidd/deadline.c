/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/deadline.h"

#include <errno.h>

#include "tools/ppidd/calendar.h"

/* As in the table; 0 stands for NULL. */
struct clock {
	int64_t counted_ms, working_days, due_ms, stopped_ms, waited_days;
	int64_t verified_ms, resolved_ms;
};

int64_t deadline_end(int64_t counted_ms, int64_t working_days)
{
	return calendar_end_ms(calendar_after(calendar_day(counted_ms), working_days));
}

static int read_clock(struct db *db, const char *uuid, struct clock *clock)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT coalesce(counted_ms, created_ms), working_days, stopped_ms, waited_days, "
		"verified_ms, resolved_ms FROM complaint WHERE uuid = $1",
		"t", uuid);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	clock->counted_ms = db_integer(rows, 0);
	clock->working_days = db_integer(rows, 1);
	clock->stopped_ms = db_integer(rows, 2);
	clock->waited_days = db_integer(rows, 3);
	clock->verified_ms = db_integer(rows, 4);
	clock->resolved_ms = db_integer(rows, 5);
	return 0;
}

static int write_clock(
	struct db *db, const char *uuid, enum complaint_state state, const struct clock *clock)
{
	int changed = db_run(db,
		"UPDATE complaint SET state = $1, still_open = $2, counted_ms = $3, "
		"working_days = $4, due_ms = nullif($5, 0), stopped_ms = nullif($6, 0), "
		"waited_days = $7, verified_ms = nullif($8, 0), resolved_ms = nullif($9, 0) "
		"WHERE uuid = $10",
		"tiiiiiiiit", state_name(state), (int64_t)state_open(state), clock->counted_ms,
		clock->working_days, clock->due_ms, clock->stopped_ms, clock->waited_days,
		clock->verified_ms, clock->resolved_ms, uuid);

	return changed < 0 ? changed : 0;
}

/* Runs where work is owed, stands while the complainant is asked. */
static void set_due(struct clock *clock, enum complaint_state state, int64_t now_ms)
{
	bool waits = state == STATE_INCOMPLETE;

	if (clock->stopped_ms != 0 && !waits) {
		clock->waited_days +=
			calendar_between(calendar_day(clock->stopped_ms), calendar_day(now_ms));
		clock->stopped_ms = 0;
	}
	if (clock->stopped_ms == 0 && waits)
		clock->stopped_ms = now_ms;
	clock->due_ms =
		state_open(state) && !waits
			? deadline_end(clock->counted_ms, clock->working_days + clock->waited_days)
			: 0;
}

int deadline_begin(struct db *db, const char *uuid, enum complaint_state state, int64_t counted_ms,
	int64_t now_ms)
{
	struct clock clock = { .counted_ms = counted_ms, .working_days = DEADLINE_DAYS };

	set_due(&clock, state, now_ms);
	return write_clock(db, uuid, state, &clock);
}

int deadline_step(struct db *db, const char *uuid, enum complaint_state from,
	enum complaint_state to, int64_t now_ms)
{
	struct clock clock = { 0 };

	if (!state_may_follow(from, to))
		return -EPERM;
	int error = read_clock(db, uuid, &clock);
	if (error < 0)
		return error;
	if (to == STATE_REOPENED)
		clock = (struct clock) { .counted_ms = now_ms,
			.working_days = DEADLINE_DAYS,
			.verified_ms = clock.verified_ms };
	if (to == STATE_VERIFIED && clock.verified_ms == 0)
		clock.verified_ms = now_ms;
	if (to == STATE_RESOLVED)
		clock.resolved_ms = now_ms;
	set_due(&clock, to, now_ms);
	return write_clock(db, uuid, to, &clock);
}

int deadline_extend(struct db *db, const char *uuid, int64_t working_days)
{
	autorows struct db_rows *rows = NULL;
	struct clock clock = { 0 };
	enum complaint_state state;

	int error = read_clock(db, uuid, &clock);
	if (error < 0)
		return error;
	int result = db_query(db, &rows, "SELECT state FROM complaint WHERE uuid = $1", "t", uuid);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	if (!state_from_name(db_words(rows, 0), &state))
		return -EBADMSG;
	db_done(take_pointer(rows));
	clock.working_days = working_days;
	/* Whether it stands or runs stays as it is. */
	set_due(&clock, state, clock.stopped_ms);
	return write_clock(db, uuid, state, &clock);
}
