/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire/state.h"

#include <string.h>

#define TO(state) (1U << (STATE_##state))
#define ENDS (TO(REFERRED) | TO(WITHDRAWN))

static const struct {
	const char *name;
	bool open;
	unsigned next;
} states[STATE_COUNT] = {
	[STATE_RECEIVED] = { "received", true, TO(INCOMPLETE) | TO(VERIFIED) | ENDS },
	[STATE_INCOMPLETE] = { "incomplete", true, TO(RECEIVED) | ENDS },
	[STATE_VERIFIED] = { "verified", true, TO(ASSIGNED) | ENDS },
	[STATE_ASSIGNED] = { "assigned", true, TO(INVESTIGATING) | ENDS },
	[STATE_INVESTIGATING] = { "investigating", true, TO(RESOLVED) | ENDS },
	[STATE_RESOLVED] = { "resolved", false, TO(CLOSED) | TO(REOPENED) },
	[STATE_CLOSED] = { "closed", false, TO(REOPENED) },
	[STATE_REFERRED] = { "referred", false, 0 },
	[STATE_WITHDRAWN] = { "withdrawn", false, 0 },
	[STATE_REOPENED] = { "reopened", true, TO(ASSIGNED) | ENDS },
};

const char *state_name(enum complaint_state state)
{
	return states[state].name;
}

bool state_from_name(const char *name, enum complaint_state *state)
{
	for (unsigned i = 0; i < STATE_COUNT; i++) {
		if (strcmp(name, states[i].name) == 0) {
			*state = (enum complaint_state)i;
			return true;
		}
	}
	return false;
}

bool state_open(enum complaint_state state)
{
	return states[state].open;
}

bool state_may_follow(enum complaint_state from, enum complaint_state to)
{
	return (states[from].next & (1U << to)) != 0;
}

int state_path(enum complaint_state from, enum complaint_state to,
	enum complaint_state path[static STATE_COUNT])
{
	enum complaint_state queue[STATE_COUNT];
	int before[STATE_COUNT];
	int head = 0, tail = 0, length = 0;

	if (from == to)
		return 0;
	for (int i = 0; i < STATE_COUNT; i++)
		before[i] = -1;
	before[from] = (int)from;
	queue[tail++] = from;
	while (head < tail && before[to] < 0) {
		enum complaint_state here = queue[head++];
		for (unsigned next = 0; next < STATE_COUNT; next++) {
			if (before[next] < 0 &&
				state_may_follow(here, (enum complaint_state)next)) {
				before[next] = (int)here;
				queue[tail++] = (enum complaint_state)next;
			}
		}
	}
	if (before[to] < 0)
		return -1;
	for (int at = (int)to; at != (int)from; at = before[at])
		length++;
	for (int at = (int)to, i = length - 1; i >= 0; at = before[at], i--)
		path[i] = (enum complaint_state)at;
	return length;
}
