/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state shown, led step by step to where the kiosk and the commands under way are. */
#include <errno.h>

#include "tools/ppidd/chain.h"
#include "tools/ppidd/complaint.h"
#include "tools/ppidd/deadline.h"
#include "wire/ticket.h"

struct place {
	const char *uuid;
	char ticket[TICKET_SIZE];
	enum complaint_state state, target;
};

static int read_place(struct db *db, struct place *place)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT state, kiosk_state, ticket FROM complaint WHERE uuid = $1", "t",
		place->uuid);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	if (!state_from_name(db_words(rows, 0), &place->state) ||
		!state_from_name(db_words(rows, 1), &place->target))
		return -EBADMSG;
	snprintf(place->ticket, sizeof(place->ticket), "%s", db_words(rows, 2));
	return 0;
}

/* Follows the commands under way from the kiosk's state as far as they make a legal way. */
static int follow_commands(struct db *db, struct place *place)
{
	autorows struct db_rows *rows = NULL;
	enum complaint_state path[STATE_COUNT], target;

	int result = db_query(db, &rows,
		"SELECT target FROM command WHERE complaint = $1 AND state = 'pending' "
		"AND target IS NOT NULL ORDER BY number",
		"t", place->uuid);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		if (state_from_name(db_words(rows, 0), &target) &&
			state_path(place->target, target, path) >= 0)
			place->target = target;
	}
	return result;
}

/*
 * The steps to where it should be, or -1. What is answered isn't led through a second handling to
 * be answered again; where there is no way back to an open state, it is opened again.
 */
static int find_way(const struct place *place, enum complaint_state path[static STATE_COUNT])
{
	bool answered = place->target == STATE_RESOLVED || place->target == STATE_CLOSED;
	int count = state_path(place->state, place->target, path);

	if (count > 1 && answered && !state_open(place->state))
		return -1;
	if (count < 0 && state_open(place->target) &&
		state_may_follow(place->state, STATE_REOPENED)) {
		path[0] = STATE_REOPENED;
		return 1;
	}
	return count;
}

/* A step that neither an officer nor the complainant took: the server says so itself. */
static int log_reopened(struct db *db, const struct place *place, int64_t now_ms)
{
	const struct step step = { .now_ms = now_ms, .actor = "server" };
	autojson json_t *data = json_pack("{s:s, s:s, s:s, s:s}", "uuid", place->uuid, "from",
		state_name(place->state), "to", state_name(STATE_REOPENED), "reason",
		"the kiosk says otherwise");

	return data ? chain_append(db, &step, "complaint.state", place->ticket, data, NULL)
		    : -ENOMEM;
}

int complaint_settle(struct db *db, const char *uuid, int64_t now_ms)
{
	struct place place = { .uuid = uuid };
	enum complaint_state path[STATE_COUNT];

	int error = read_place(db, &place);
	if (error == -ENOENT)
		return 0;
	if (error >= 0)
		error = follow_commands(db, &place);
	int count = error >= 0 ? find_way(&place, path) : 0;
	if (error >= 0 && count > 0 && path[0] == STATE_REOPENED && place.target != STATE_REOPENED)
		error = log_reopened(db, &place, now_ms);
	for (int i = 0; error >= 0 && i < count; i++) {
		error = deadline_step(db, uuid, i > 0 ? path[i - 1] : place.state, path[i], now_ms);
	}
	if (error >= 0)
		error = db_run(db, "UPDATE complaint SET updated_ms = $1 WHERE uuid = $2", "it",
			now_ms, uuid);
	return error < 0 ? error : count < 0;
}
