/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kiosk's event changes in the tables that show the present state. */
#ifndef PPIDD_APPLY_H
#define PPIDD_APPLY_H

#include "tools/ppidd/chain.h"

/*
 * Applies one event of a kiosk, which event_fault() found well-formed, in the caller's
 * transaction. A type that we don't know, or one whose data makes no sense, changes nothing:
 * the event is kept anyway, and the latter is raised as an alert. 0 or a negative errno.
 */
must_check int apply_event(struct db *db, int64_t kiosk, const json_t *event, int64_t now_ms);

/* Whom a complaint is about by its event's data: office, official, agency or other; NULL. */
const char *apply_about(const json_t *data);

#endif
