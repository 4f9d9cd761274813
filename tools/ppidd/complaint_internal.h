/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of complaints as all their readers get them; $1 is the reader's enum complaint_view. */
#ifndef PPIDD_COMPLAINT_INTERNAL_H
#define PPIDD_COMPLAINT_INTERNAL_H

#include "tools/ppidd/complaint.h"

#define COMPLAINT_KEPT(column)                                                                     \
	"CASE WHEN c.confidential = 1 AND " VIEW_HIDES_IDENTITY " THEN NULL ELSE " column " END"
#define COMPLAINT_SENDER COMPLAINT_KEPT("nullif(p.sender, '')")
#define COMPLAINT_NAME COMPLAINT_KEPT("p.name")
#define COMPLAINT_ADDRESS COMPLAINT_KEPT("p.address")
/* One that nothing later of its kind made good, nor an officer who brought it. */
#define COMPLAINT_UNDELIVERED                                                                      \
	"EXISTS (SELECT 1 FROM message m WHERE m.complaint = c.uuid "                              \
	"AND m.state IN ('failed', 'expired') AND NOT EXISTS (SELECT 1 FROM message n "            \
	"WHERE n.complaint = m.complaint AND n.purpose = m.purpose "                               \
	"AND n.state IN ('sent', 'delivered') "                                                    \
	"AND (n.epoch > m.epoch OR (n.epoch = m.epoch AND n.seq > m.seq))) "                       \
	"AND NOT EXISTS (SELECT 1 FROM handover h WHERE h.command = m.command "                    \
	"AND h.how IS NOT NULL)) "
#define COMPLAINT_COLUMNS                                                                          \
	"c.uuid, c.ticket, c.state, c.channel, c.category, c.language, c.created_ms, "             \
	"c.updated_ms, c.kiosk, k.name, " COMPLAINT_SENDER ", " COMPLAINT_NAME                     \
	", " COMPLAINT_ADDRESS ", p.text, p.pin, c.rating, c.confidential, c.surveyed_ms, "        \
	"CASE WHEN " COMPLAINT_UNDELIVERED "THEN 1 ELSE 0 END, c.about, "                          \
	"CASE WHEN c.channel = 'panel' AND p.sender = '' THEN 1 ELSE 0 END, c.category_by, "       \
	"c.officer, c.cause, c.referred_to, c.counted_ms, c.working_days, c.due_ms, "              \
	"c.stopped_ms, c.waited_days, c.resolved_ms, c.kind, c.ground, c.too_late, "               \
	"(SELECT o.ticket FROM complaint o WHERE o.uuid = c.objects_to), c.erased_ms "
#define COMPLAINT_TABLES                                                                           \
	"FROM complaint c JOIN kiosk k ON k.number = c.kiosk "                                     \
	"LEFT JOIN complaint_personal p ON p.uuid = c.uuid "
/* What a reader may find a complaint by; $6 is the lower-case pattern. */
#define COMPLAINT_MATCHES                                                                          \
	"(lower(c.ticket) LIKE $6 ESCAPE '!' OR lower(p.text) LIKE $6 ESCAPE '!' "                 \
	"OR lower(" COMPLAINT_NAME ") LIKE $6 ESCAPE '!' "                                         \
	"OR lower(" COMPLAINT_ADDRESS ") LIKE $6 ESCAPE '!' "                                      \
	"OR " COMPLAINT_SENDER " LIKE $6 ESCAPE '!') "

/* Takes out of an event's personal part what the unit may not see. */
void complaint_keep_identity(const char *type, json_t *body);
/* Collects all rows of COMPLAINT_COLUMNS; with_pin adds what only the kiosk may get back. */
must_check int complaint_collect(struct db_rows *rows, bool with_pin, json_t **out);
/* "%words%" in lower case with LIKE's signs escaped; "" when there is nothing to look for. */
must_check int complaint_pattern(const char *search, char **out);

#endif
