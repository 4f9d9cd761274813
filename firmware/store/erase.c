/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One complaint's personal data, wherever it lies. */
#include "store/erase.h"

#include <errno.h>
#include <string.h>

#include "store/erase_internal.h"
#include "store/internal.h"

/* ?1 uuid, ?2 ticket: this number and those that it had before. */
#define TICKETS                                                                                    \
	"(WITH RECURSIVE had (ticket) AS (SELECT ?2 UNION SELECT json_extract (r.data, '$.old')"   \
	" FROM had JOIN event r ON r.ticket = had.ticket AND r.type = 'complaint.renumbered'"      \
	" AND json_extract (r.data, '$.uuid') = ?1) SELECT ticket FROM had)"
/* A number that was given up may be another's by now: its rows must name the complaint … */
#define EVENTS "FROM event e WHERE e.ticket IN " TICKETS " AND json_extract (e.data, '$.uuid') = ?1"
/* … or, where they can't, have come from its sender (?3). */
#define INBOUND                                                                                    \
	"(SELECT m.id FROM inbound_message m WHERE m.ticket = ?2"                                  \
	" OR (m.ticket IN " TICKETS " AND m.sender = ?3))"
/* What isn't being sent any more. */
#define OUTGOING                                                                                   \
	"(SELECT o.id FROM outgoing_sms o WHERE o.state NOT IN ('queued', 'submitted') AND o.uuid" \
	" IN (SELECT json_extract (e.data, '$.message') " EVENTS                                   \
	" AND e.type = 'message.queued'))"

/* The same of a number that has no ticket left, ?3. */
#define INBOUND_OF "(SELECT m.id FROM inbound_message m WHERE m.sender = ?3)"
#define OUTGOING_OF                                                                                \
	"(SELECT o.id FROM outgoing_sms o WHERE o.recipient = ?3"                                  \
	" AND o.state NOT IN ('queued', 'submitted'))"

/* What messages leave behind, in an order that breaks no reference. */
#define MESSAGES(inbound, outgoing)                                                                \
	"UPDATE inbound_pdu SET pdu = NULL WHERE state = 'decoded' AND id IN (SELECT p.pdu_id"     \
	" FROM inbound_part p WHERE p.message_id IN " inbound ")",                                 \
		"UPDATE inbound_pdu SET pdu = NULL WHERE id IN (SELECT r.pdu_id"                   \
		" FROM status_report r WHERE r.sms_id IN " outgoing ")",                           \
		"DELETE FROM inbound_part WHERE message_id IN " inbound,                           \
		"UPDATE outgoing_sms SET inbound_id = NULL WHERE inbound_id IN " inbound,          \
		"DELETE FROM inbound_message WHERE id IN " inbound,                                \
		"DELETE FROM status_report WHERE sms_id IN " outgoing,                             \
		"DELETE FROM outgoing_part WHERE sms_id IN " outgoing,                             \
		"DELETE FROM outgoing_sms WHERE id IN " outgoing

static const char *const of_complaint[] = {
	MESSAGES(INBOUND, OUTGOING),
	"DELETE FROM event_personal WHERE (epoch, seq) IN (SELECT e.epoch, e.seq " EVENTS ")",
	/* The row stays, so that the command isn't taken again. */
	"UPDATE command SET body = '{}' WHERE state <> 'taken' AND"
	" json_extract (body, '$.uuid') = +?1",
	"UPDATE command SET body = '{}' WHERE state <> 'taken' AND"
	" json_extract (body, '$.ticket') = +?2 AND json_extract (body, '$.uuid') IS NULL",
	"DELETE FROM panel_session WHERE uuid = ?1",
	"DELETE FROM session WHERE ticket = ?2",
	"DELETE FROM complaint_personal WHERE uuid = ?1",
};

static const char *const of_number[] = {
	MESSAGES(INBOUND_OF, OUTGOING_OF),
};

/* Each statement knows ?1 uuid, ?2 ticket, ?3 number, and needn't use all. */
static int run_all(struct store *store, const char *const *statements, size_t count,
	const char *uuid, const char *ticket, const char *number)
{
	int error = 0;

	for (size_t i = 0; error >= 0 && i < count; i++) {
		bool three = strstr(statements[i], "?3") != NULL;
		bool two = three || strstr(statements[i], "?2") != NULL;
		error = three ? store_run(store, statements[i], "ttt", uuid, ticket, number)
			: two ? store_run(store, statements[i], "tt", uuid, ticket)
			      : store_run(store, statements[i], "t", uuid);
	}
	return store_none(error);
}

/* 1: the number has another complaint here. */
static int has_complaint(struct store *store, const char *number)
{
	int64_t one;

	return store_value(store, &one, "SELECT 1 FROM complaint_personal WHERE sender = ? LIMIT 1",
		"t", number);
}

int store_erase_contact(struct store *store, const char *number)
{
	autojson json_t *from = json_pack("{s:s}", "from", number);
	autofree char *body = from ? json_dumps(from, JSON_COMPACT) : NULL;

	if (!body)
		return -ENOMEM;
	int error = store_run(store, "DELETE FROM contact WHERE sender = ?", "t", number);
	if (error >= 0)
		error = store_run(store,
			"DELETE FROM event_personal WHERE body = ? AND (epoch, seq) IN"
			" (SELECT e.epoch, e.seq FROM event e"
			" WHERE e.type IN ('contact.consent', 'contact.language'))",
			"t", body);
	return store_none(error);
}

/* What the number wrote and was told beside its complaints. */
static int erase_rest(struct store *store, const char *number)
{
	autojson json_t *value = json_string(number);
	autofree char *quoted = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
	int error =
		quoted ? run_all(store, of_number, ARRAY_SIZE(of_number), "", "", number) : -ENOMEM;

	if (error >= 0)
		error = store_run(store,
			"DELETE FROM event_personal WHERE instr (body, ?) > 0 AND (epoch, seq) IN"
			" (SELECT e.epoch, e.seq FROM event e WHERE e.ticket IS NULL AND e.type IN"
			" ('inbound.ignored', 'inbound.unreadable', 'message.queued'))",
			"t", quoted);
	return store_none(error);
}

static int erase_number(struct store *store, const char *number, bool request)
{
	int error = *number ? has_complaint(store, number) : 1;

	if (error != 0)
		return store_none(error);
	error = store_run(store, "DELETE FROM session WHERE sender = ?", "t", number);
	if (error >= 0)
		error = store_run(store, "DELETE FROM guess WHERE sender = ?", "t", number);
	if (error >= 0 && request)
		error = erase_rest(store, number);
	if (error < 0)
		return error;
	int agreed = request ? 0 : store_contact_agreed(store, number);
	if (agreed <= 0)
		return agreed < 0 ? agreed : store_erase_contact(store, number);
	/* What it agreed to is a purpose of its own, which needs no name. */
	return store_none(store_run(store,
		"UPDATE contact SET name = NULL, address = NULL WHERE sender = ?", "t", number));
}

static int log_erasure(struct store *store, const struct moment *moment,
	const struct complaint *complaint, const struct store_erasure *erasure)
{
	autojson json_t *data = json_pack("{s:s, s:s, s:s?}", "uuid", complaint->uuid, "kind",
		erasure->request ? "request" : "rule", "command", erasure->command_id);

	return data ? store_event(store, moment, erasure->command_id ? "server" : "kiosk",
			      "complaint.erased", complaint->ticket, data, NULL)
		    : -ENOMEM;
}

/* 1 when this complaint was erased before. */
static int erased_before(struct store *store, const char *uuid)
{
	int64_t one;

	return store_value(store, &one,
		"SELECT 1 FROM complaint WHERE uuid = ? AND erased_ms IS NOT NULL", "t", uuid);
}

int store_erase_rows(struct store *store, const struct complaint *complaint)
{
	return run_all(store, of_complaint, ARRAY_SIZE(of_complaint), complaint->uuid,
		complaint->ticket, complaint->sender);
}

int store_erase_complaint(
	struct store *store, const struct moment *moment, const struct store_erasure *erasure)
{
	struct complaint complaint = { 0 };
	int found = store_complaint_by_uuid(store, erasure->uuid, &complaint);

	if (found <= 0)
		return found;
	int before = erased_before(store, complaint.uuid);
	/* Also when this is rolled back: the files then forget once for nothing. */
	store->traces = true;
	int error = before < 0 ? before : store_erase_rows(store, &complaint);
	if (error >= 0)
		error = erase_number(store, complaint.sender, erasure->request);
	if (error >= 0 && before == 0)
		error = store_run(store, "UPDATE complaint SET erased_ms = ? WHERE uuid = ?", "it",
			moment->now_ms, complaint.uuid);
	if (error >= 0 && before == 0)
		error = log_erasure(store, moment, &complaint, erasure);
	complaint_release(&complaint);
	return error < 0 ? error : before == 0;
}

bool store_has_traces(const struct store *store)
{
	return store->traces;
}

int store_erased_since(struct store *store, int64_t since_ms)
{
	int64_t one;

	return store_value(
		store, &one, "SELECT 1 FROM complaint WHERE erased_ms > ? LIMIT 1", "i", since_ms);
}
