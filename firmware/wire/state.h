/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The states of a complaint and the steps between them. A state is never edited, only followed. */
#ifndef KOTAK_WIRE_STATE_H
#define KOTAK_WIRE_STATE_H

#include <stdbool.h>
#include <stddef.h>

enum complaint_state {
	STATE_RECEIVED,
	STATE_INCOMPLETE,
	STATE_VERIFIED,
	STATE_ASSIGNED,
	STATE_INVESTIGATING,
	STATE_RESOLVED,
	STATE_CLOSED,
	STATE_REFERRED,
	STATE_WITHDRAWN,
	STATE_REOPENED,
	STATE_COUNT,
};

/* The name used in the store, on the wire and in listings ("received" …). */
const char *state_name(enum complaint_state state);

/* false when there is no such state. */
bool state_from_name(const char *name, enum complaint_state *state);

/* Whether work on it is still owed. */
bool state_open(enum complaint_state state);

/* Whether "to" may directly follow "from". */
bool state_may_follow(enum complaint_state from, enum complaint_state to);

/*
 * The shortest legal way from one state to another, for an officer who answers at once:
 * fills path with the states after "from" up to and including "to".
 * Returns their number, 0 when from equals to, -1 when there is no way.
 */
int state_path(enum complaint_state from, enum complaint_state to,
	enum complaint_state path[static STATE_COUNT]);

#endif
