/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Complaint, information request, objection (UU 14/2008 art. 22, 35 and 36). An officer decides
 * which of them a complaint is; an objection names the complaint whose handling it objects to and
 * one of the law's seven reasons, and PPID's superior alone answers it.
 */
#ifndef PPIDD_CASE_H
#define PPIDD_CASE_H

#include <jansson.h>

#include "tools/ppidd/command.h"
#include "tools/ppidd/deadline.h"
#include "tools/ppidd/decision.h"

#define CASE_GROUNDS 7 /* "a" to "g" */

/* complaint.too_late of an objection: it came too late; the superior took it all the same. */
#define CASE_TOO_LATE 1
#define CASE_TAKEN_LATE 2

/* What kind of case a complaint is, as complaint_find() tells. */
enum case_kind case_kind_of(const json_t *complaint);
/* Of an objection: whether it names its ticket and ground; whether it came too late, and nobody
 * took it yet. What is none names all that it has to, and is never late. */
bool case_named(const json_t *complaint);
bool case_late(const json_t *complaint);

struct case_change {
	const char *kind;
	const char *objects_to; /* of an objection: UUID or ticket number */
	const char *ground;	/* and one of "a" to "g" */
};
/*
 * Makes it that kind of case: its clock counts anew from the day it came. decision->text is why an
 * objection that comes too late is taken, by the superior only. As decision.h; -EDOM: no such kind
 * or ground; -ENXIO: no complaint that could be objected to; -ETIME: too late; -EPERM: it is ended.
 */
must_check int decide_kind(struct db *db, const struct step *step, const struct decision *decision,
	const struct case_change *change, json_t **complaint);

/*
 * By when one may object to what became of a complaint (as complaint_find() tells), *out; 0: there
 * is nothing yet to object to, or no end to it. An objection that came at *out or later is late.
 */
must_check int case_object_until(
	struct db *db, const json_t *complaint, int64_t now_ms, int64_t *out);

/*
 * A kiosk's complaint that was just put into the table says what it objects to: it becomes an
 * objection, and what is kept from somebody of the one is kept of the other. In the caller's
 * transaction; what isn't known here is left out.
 */
must_check int case_take_objection(struct db *db, const char *uuid, const char *objects_to);

/*
 * Whether a decision with that event (NULL: a state, to) may be made about it. -EACCES: an
 * objection is assigned, answered and referred by PPID's superior; -ETIME: it came too late and
 * wasn't taken; -ENOMSG: what it objects to, and on which ground, isn't told yet.
 */
must_check int case_guard(const json_t *complaint, const struct decision *decision,
	const char *event, enum complaint_state to);
/* The day that the complainant is told with a command, if any. */
must_check int case_set_day(
	struct db *db, const struct step *step, const json_t *complaint, struct command *command);

#endif
