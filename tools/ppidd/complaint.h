/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Complaints as officers see them. */
#ifndef PPIDD_COMPLAINT_H
#define PPIDD_COMPLAINT_H

#include <jansson.h>

#include "tools/ppidd/db.h"
#include "wire/state.h"

/*
 * What a reader may see. Of a confidential complaint the unit that handles it gets neither
 * name, address and number, nor words that hold them, nor can it find it by them. What is about
 * the office or an official isn't there at all for its own accounts.
 */
enum complaint_view {
	VIEW_UNIT = 0,	   /* neither */
	VIEW_IDENTITY = 1, /* who made a confidential one */
	VIEW_OFFICE = 2,   /* what is about the office */
	VIEW_WHOLE = 3,	   /* both */
};
/* In a query, $1 being the view: */
#define VIEW_HIDES_IDENTITY "$1 IN (0, 2)"
#define VIEW_SHOWS(alias)                                                                          \
	"($1 IN (2, 3) OR " alias ".about IS NULL OR " alias ".about NOT IN ('office', "           \
	"'official')) "

/*
 * One of them, by UUID or by ticket number as a person writes it: {ticket, state, channel, from,
 * name, address, category, category_by, about, text, created, updated, uuid, kiosk, kiosk_name,
 * language, rating, confidential, surveyed, undelivered, read_at_kiosk, officer, cause,
 * referred_to, counted, working_days, due, stopped, waited_days, resolved, kind, ground, too_late,
 * objects_to (a ticket), erased (when its personal data was)}; lists are work.h's.
 * -ENOENT: there is none that the reader may see.
 */
must_check int complaint_find(
	struct db *db, const char *name, enum complaint_view view, json_t **out);

/* Whether nothing can be done about it any more: it has ended, and nobody knows whose it was. */
bool complaint_gone(const json_t *complaint);

/* Those of a kiosk for its own store after a restore, with pin, ordered by uuid. */
must_check int complaint_page(
	struct db *db, int64_t kiosk, const char *after, int64_t most, json_t **out);

/* Its events of kiosk and server in the order taken, each with "source" and "personal". */
must_check int complaint_history(
	struct db *db, const char *uuid, enum complaint_view view, json_t **out);
/* Its messages: {message, purpose, state, reason, to, text, queued, updated, command}. */
must_check int complaint_messages(
	struct db *db, const char *uuid, enum complaint_view view, json_t **out);
/*
 * Commands for it that a kiosk has not applied, or refused, and answers and questions that were
 * done without a message, to be read at the kiosk: {id, type, state, reason, text}.
 */
must_check int complaint_commands(struct db *db, const char *uuid, json_t **out);

/*
 * Leads the state shown, by legal steps, to what the kiosk last said and the commands under way.
 * 1: there is no legal way, and the state stays. In the caller's transaction.
 */
must_check int complaint_settle(struct db *db, const char *uuid, int64_t now_ms);

/* Unreadable messages, newest first: {kiosk, kiosk_name, time, reason, pdu}. */
must_check int complaint_unreadable(struct db *db, int64_t most, json_t **out);

#endif
