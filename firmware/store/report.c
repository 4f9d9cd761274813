/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Status reports: which part they are about, and what they make of its message. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/internal.h"
#include "store/outgoing.h"
#include "store/outgoing_internal.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)
/* A service centre keeps trying for days; a report later than this is nobody's. */
#define REPORT_WINDOW_MS (14 * DAY_MS)

/* TP-ST: the validity period was over before the phone could be reached. */
#define STATUS_EXPIRED 0x46

/* Waits before a message that the network gave up for now is sent again: once for each. */
static const int64_t round_ms[] = { 600000, 3600000, 6 * 3600000, 24 * 3600000 };

/*
 * The part that a report is about. References are the SIM's own, so of two candidates the one
 * sent by the modem that got the report is meant. 1 found, 0 nobody's.
 */
static int report_match(struct store *store, int64_t now_ms, int64_t pdu_id, const char *recipient,
	const struct modem_decoded *report, int64_t *id, int64_t *part)
{
	autostatement sqlite3_stmt *statement = NULL;
	int64_t one;
	int found = store_query(store, &statement,
		"SELECT sms_id, number FROM outgoing_part WHERE recipient = ? AND reference = ?"
		" AND state = 'sent' AND submitted_ms > ? ORDER BY modem ="
		" (SELECT modem FROM inbound_pdu WHERE id = ?) DESC, submitted_ms DESC LIMIT 1",
		"tiii", recipient, (int64_t)report->reference, now_ms - REPORT_WINDOW_MS, pdu_id);

	if (found == 0)
		found = store_step(store, statement);
	if (found == 0) {
		/*
		 * A second report about one that is settled says nothing about an unsure one.
		 * References come round again after 256; the service centre's time of submission
		 * doesn't.
		 */
		found = store_value(store, &one,
			"SELECT 1 FROM status_report WHERE recipient = ? AND reference = ?"
			" AND service_centre_ms = ? LIMIT 1",
			"tii", recipient, (int64_t)report->reference, report->service_centre_ms);
		if (found != 0)
			return found < 0 ? found : 0;
		store_done(take_pointer(statement));
		found = store_query(store, &statement,
			"SELECT sms_id, number FROM outgoing_part WHERE recipient = ?"
			" AND state = 'submitting' AND modem ="
			" (SELECT modem FROM inbound_pdu WHERE id = ?)"
			" ORDER BY submitted_ms LIMIT 1",
			"ti", recipient, pdu_id);
		if (found == 0)
			found = store_step(store, statement);
	}
	if (found <= 0)
		return found;
	*id = sqlite3_column_int64(statement, 0);
	*part = sqlite3_column_int64(statement, 1);
	return 1;
}

/* What TP-ST means, 23.040 section 9.2.3.15, in words for the officer. */
static const struct {
	unsigned status;
	const char *words;
} status_words[] = {
	{ 0x40, "remote procedure error" },
	{ 0x41, "incompatible destination" },
	{ 0x42, "connection rejected by the recipient's phone" },
	{ 0x43, "not obtainable: the number may not exist" },
	{ 0x44, "quality of service not available" },
	{ 0x45, "no interworking between the networks" },
	{ STATUS_EXPIRED, "the phone wasn't reachable in time" },
	{ 0x47, "deleted by the sender" },
	{ 0x48, "deleted by the service centre" },
	{ 0x49, "the message does not exist" },
	{ 0x60, "network congestion" },
	{ 0x61, "the recipient's phone is busy" },
	{ 0x62, "no response from the recipient's phone" },
	{ 0x63, "service rejected" },
	{ 0x64, "quality of service not available" },
	{ 0x65, "error in the recipient's phone" },
};

static const char *words_of(unsigned status)
{
	for (size_t i = 0; i < ARRAY_SIZE(status_words); i++) {
		if (status_words[i].status == status)
			return status_words[i].words;
	}
	return "no reason given";
}

/* The network has given up, for now (0x60-0x7f) or for good (0x40-0x5f). */
static int report_failed(
	struct store *store, const struct moment *moment, int64_t id, int64_t part, unsigned status)
{
	char reason[96];
	int64_t rounds = 0;
	int error;

	snprintf(reason, sizeof(reason), "not delivered: %s (status %u)", words_of(status), status);
	if (status >= 0x60)
		error = store_value(store, &rounds,
			"SELECT rounds FROM outgoing_sms WHERE id = ? AND expires_ms > ?", "ii", id,
			moment->now_ms);
	else
		error = 0;
	if (error < 0)
		return error;
	if (error == 0 || rounds >= (int64_t)ARRAY_SIZE(round_ms))
		return outgoing_becomes(
			store, moment, id, status == STATUS_EXPIRED ? "expired" : "failed", reason);
	error = store_run(store, "DELETE FROM outgoing_part WHERE sms_id = ? AND number >= ?", "ii",
		id, part);
	if (error >= 0)
		error = store_run(store,
			"UPDATE outgoing_sms SET rounds = rounds + 1, not_before_ms = ?, reason = "
			"?,"
			" state = CASE WHEN EXISTS (SELECT 1 FROM outgoing_part WHERE sms_id = id)"
			" THEN 'submitted' ELSE 'queued' END"
			" WHERE id = ? AND state IN ('submitted', 'sent')",
			"iti", moment->now_ms + round_ms[rounds], reason, id);
	return error < 0 ? error : 0;
}

static int report_arrived(struct store *store, const struct moment *moment, int64_t id)
{
	int all = outgoing_all(store, id, false);

	/* The report may be the first that is heard of its having been sent. */
	if (all > 0) {
		int changed = store_run(store,
			"UPDATE outgoing_sms SET state = 'sent' WHERE id = ? AND state = "
			"'submitted'",
			"i", id);
		if (changed > 0)
			changed = outgoing_event(store, moment, id, "message.sent", NULL, NULL);
		if (changed < 0)
			return changed;
		all = outgoing_all(store, id, true);
	}
	return all <= 0 ? all : outgoing_becomes(store, moment, id, "delivered", NULL);
}

/* What a report says of its part, and what that makes of the message. */
static int report_follow(struct store *store, const struct moment *moment, int64_t id, int64_t part,
	const struct modem_decoded *report)
{
	const char *state = report->status < 0x20   ? "delivered"
			    : report->status < 0x40 ? "sent"
						    : "failed";
	int error = store_run(store,
		"UPDATE outgoing_part SET state = ?, reference = ?, report = ? WHERE sms_id = ?"
		" AND number = ?",
		"tiiii", state, (int64_t)report->reference, (int64_t)report->status, id, part);

	if (error < 0)
		return error;
	return report->status >= 0x40 ? report_failed(store, moment, id, part, report->status)
				      : report_arrived(store, moment, id);
}

int store_report_add(struct store *store, const struct moment *moment, int64_t pdu_id,
	const char *recipient, const struct modem_decoded *report)
{
	int64_t id = 0, part = 0;
	int found = report_match(store, moment->now_ms, pdu_id, recipient, report, &id, &part);

	if (found < 0)
		return found;
	int error = store_run(store,
		"INSERT INTO status_report (pdu_id, recipient, reference, status,"
		" service_centre_ms, discharged_ms, sms_id) VALUES (?, ?, ?, ?, ?, ?, nullif (?, "
		"0))",
		"itiiiii", pdu_id, recipient, (int64_t)report->reference, (int64_t)report->status,
		report->service_centre_ms, report->discharged_ms, id);
	if (error < 0)
		return error;
	return found ? report_follow(store, moment, id, part, report) : 0;
}
