/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/deadline.h"

#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/calendar.h"
#include "tools/ppidd/holiday.h"

/* So many clocks are counted anew between two looks at the database. */
#define RECOUNT_STEP 500

static const char *const kinds[CASE_KIND_COUNT] = { "complaint", "information", "objection" };

/* UU 14/2008 art. 22 (7), 35 and 36; the SOP's 7 to 14 for complaints. */
static struct deadline_rules rules = {
	.of = { [CASE_COMPLAINT] = { 7, 14 },
		[CASE_INFORMATION] = { 10, 17 },
		[CASE_OBJECTION] = { 30, 30 } },
	.objection_within = 30,
};

/* As in the table; 0 stands for NULL. */
struct clock {
	enum case_kind kind;
	enum complaint_state state;
	int64_t counted_ms, working_days, due_ms, stopped_ms, waited_days;
	int64_t verified_ms, resolved_ms;
};

const char *case_name(enum case_kind kind)
{
	return kinds[kind];
}

bool case_from_name(const char *name, enum case_kind *out)
{
	for (int i = 0; i < CASE_KIND_COUNT; i++) {
		if (strcmp(kinds[i], name) == 0) {
			*out = (enum case_kind)i;
			return true;
		}
	}
	return false;
}

void deadline_use(const struct deadline_rules *given)
{
	rules = *given;
}

const struct deadline_rules *deadline_rules(void)
{
	return &rules;
}

int64_t deadline_end(int64_t counted_ms, int64_t working_days)
{
	return calendar_end_ms(calendar_after(calendar_day(counted_ms), working_days));
}

/* With the calendar as this transaction has it. */
static int read_clock(struct db *db, const char *uuid, struct clock *clock)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT coalesce(counted_ms, created_ms), working_days, stopped_ms, waited_days, "
		"verified_ms, resolved_ms, kind, state, " HOLIDAY_EDITION
		" FROM complaint WHERE uuid = $1",
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
	if (!case_from_name(db_words(rows, 6), &clock->kind) ||
		!state_from_name(db_words(rows, 7), &clock->state))
		return -EBADMSG;
	int64_t edition = db_integer(rows, 8);
	db_done(take_pointer(rows));
	return holiday_know(db, edition);
}

static int write_clock(struct db *db, const char *uuid, const struct clock *clock)
{
	int changed = db_run(db,
		"UPDATE complaint SET state = $1, still_open = $2, counted_ms = $3, "
		"working_days = $4, due_ms = nullif($5, 0), stopped_ms = nullif($6, 0), "
		"waited_days = $7, verified_ms = nullif($8, 0), resolved_ms = nullif($9, 0) "
		"WHERE uuid = $10",
		"tiiiiiiiit", state_name(clock->state), (int64_t)state_open(clock->state),
		clock->counted_ms, clock->working_days, clock->due_ms, clock->stopped_ms,
		clock->waited_days, clock->verified_ms, clock->resolved_ms, uuid);

	return changed < 0 ? changed : 0;
}

/* Runs where work is owed, stands while the complainant is asked. */
static void set_due(struct clock *clock, int64_t now_ms)
{
	bool waits = clock->state == STATE_INCOMPLETE;

	if (clock->stopped_ms != 0 && !waits) {
		clock->waited_days +=
			calendar_between(calendar_day(clock->stopped_ms), calendar_day(now_ms));
		clock->stopped_ms = 0;
	}
	if (clock->stopped_ms == 0 && waits)
		clock->stopped_ms = now_ms;
	clock->due_ms =
		state_open(clock->state) && !waits
			? deadline_end(clock->counted_ms, clock->working_days + clock->waited_days)
			: 0;
}

int deadline_begin(struct db *db, const char *uuid, enum complaint_state state, int64_t counted_ms,
	int64_t now_ms)
{
	struct clock clock = { .state = state,
		.counted_ms = counted_ms,
		.working_days = rules.of[CASE_COMPLAINT].days };

	int error = holiday_refresh(db);
	if (error < 0)
		return error;
	set_due(&clock, now_ms);
	return write_clock(db, uuid, &clock);
}

int deadline_kind(struct db *db, const char *uuid, enum case_kind kind)
{
	struct clock clock = { 0 };

	int error = read_clock(db, uuid, &clock);
	if (error < 0)
		return error;
	clock.working_days = rules.of[kind].days;
	/* Whether it stands or runs stays as it is. */
	set_due(&clock, clock.stopped_ms);
	error = write_clock(db, uuid, &clock);
	if (error >= 0)
		error = db_run(db, "UPDATE complaint SET kind = $1 WHERE uuid = $2", "tt",
			case_name(kind), uuid);
	return error < 0 ? error : 0;
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
	clock.state = to;
	if (to == STATE_REOPENED)
		clock = (struct clock) { .state = to,
			.counted_ms = now_ms,
			.working_days = rules.of[clock.kind].days,
			.verified_ms = clock.verified_ms };
	if (to == STATE_VERIFIED && clock.verified_ms == 0)
		clock.verified_ms = now_ms;
	if (to == STATE_RESOLVED)
		clock.resolved_ms = now_ms;
	set_due(&clock, now_ms);
	return write_clock(db, uuid, &clock);
}

int deadline_extend(struct db *db, const char *uuid, int64_t working_days)
{
	struct clock clock = { 0 };

	int error = read_clock(db, uuid, &clock);
	if (error < 0)
		return error;
	clock.working_days = working_days;
	/* Whether it stands or runs stays as it is. */
	set_due(&clock, clock.stopped_ms);
	return write_clock(db, uuid, &clock);
}

/* A clock that runs over a day of the calendar that was changed. */
struct running {
	char uuid[UUID_SIZE];
	int64_t due_ms, new_ms;
};

static int read_running(
	struct db *db, int64_t day, const char *after, struct running *out, size_t *count)
{
	autorows struct db_rows *rows = NULL;

	*count = 0;
	int result = db_query(db, &rows,
		"SELECT uuid, due_ms, coalesce(counted_ms, created_ms), working_days + waited_days "
		"FROM complaint WHERE due_ms IS NOT NULL AND due_ms > $1 "
		"AND coalesce(counted_ms, created_ms) < $1 AND uuid > $2 ORDER BY uuid LIMIT $3",
		"iti", calendar_end_ms(day - 1), after, (int64_t)RECOUNT_STEP);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		struct running *running = &out[(*count)++];
		snprintf(running->uuid, sizeof(running->uuid), "%s", db_words(rows, 0));
		running->due_ms = db_integer(rows, 1);
		running->new_ms = deadline_end(db_integer(rows, 2), db_integer(rows, 3));
	}
	return result;
}

int deadline_recount(struct db *db, int64_t day)
{
	struct running running[RECOUNT_STEP];
	char after[UUID_SIZE] = "";
	size_t count;
	int changed = 0;

	do {
		int result = read_running(db, day, after, running, &count);
		for (size_t i = 0; result >= 0 && i < count; i++) {
			if (running[i].new_ms == running[i].due_ms)
				continue;
			result = db_run(db, "UPDATE complaint SET due_ms = $1 WHERE uuid = $2",
				"it", running[i].new_ms, running[i].uuid);
			changed += result > 0;
		}
		if (result < 0)
			return result;
		if (count > 0)
			memcpy(after, running[count - 1].uuid, sizeof(after));
	} while (count == RECOUNT_STEP);
	return changed;
}
