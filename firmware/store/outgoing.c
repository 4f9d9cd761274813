/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/outgoing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/internal.h"
#include "store/outgoing_internal.h"

/* Waits after the first, second … refusal; the last one repeats until the message expires. */
static const int64_t retry_ms[] = { 5000, 15000, 60000, 300000, 900000 };

void outgoing_part_release(struct outgoing_part *part)
{
	free(part->recipient);
	free(part->text);
	*part = (struct outgoing_part) { 0 };
}

/* Writes event message.NAME for a message; reason may be NULL, personal too. */
int outgoing_event(struct store *store, const struct moment *moment, int64_t id, const char *type,
	const char *reason, json_t *personal)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT o.uuid, o.purpose, o.command_id, o.ticket, c.uuid FROM outgoing_sms o"
		" LEFT JOIN complaint c ON c.ticket = o.ticket WHERE o.id = ?",
		"i", id);

	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found < 0 ? found : -ENOENT;
	autofree char *ticket = store_column_copy(statement, 3);
	autojson json_t *data = json_pack("{s:s, s:s, s:s?, s:s?, s:s?}", "message",
		(const char *)sqlite3_column_text(statement, 0), "purpose",
		(const char *)sqlite3_column_text(statement, 1), "command",
		(const char *)sqlite3_column_text(statement, 2), "uuid",
		(const char *)sqlite3_column_text(statement, 4), "reason", reason);
	if (!data)
		return -ENOMEM;
	return store_event(store, moment, "kiosk", type, ticket, data, personal);
}

/* The end of a message, or a step on its way, with its event. */
int outgoing_becomes(struct store *store, const struct moment *moment, int64_t id,
	const char *state, const char *reason)
{
	char type[32];
	int changed = store_run(store,
		"UPDATE outgoing_sms SET state = ?1, reason = ?2 WHERE id = ?3 AND state <> ?1",
		"tti", state, reason, id);

	if (changed <= 0)
		return changed;
	snprintf(type, sizeof(type), "message.%s", state);
	return outgoing_event(store, moment, id, type, reason, NULL);
}

int store_outgoing_add(
	struct store *store, const struct moment *moment, const struct outgoing_request *request)
{
	char uuid[UUID_SIZE];
	int64_t id = 0;
	autojson json_t *personal =
		json_pack("{s:s, s:s}", "to", request->recipient, "text", request->text);

	if (!personal)
		return -ENOMEM;
	uuid_new(uuid);
	int added = store_run(store,
		"INSERT INTO outgoing_sms (uuid, recipient, text, purpose, ticket, inbound_id,"
		" command_id, priority, concat_reference, modem, created_ms, not_before_ms,"
		" expires_ms) VALUES (?1, ?2, ?3, ?4, ?5, nullif (?6, 0), ?7, ?8,"
		" (SELECT coalesce (max (id), 0) + 1 FROM outgoing_sms) % 256, ?9, ?10, max (?10, "
		"?12), ?11)"
		" ON CONFLICT DO NOTHING",
		"tttttititiii", uuid, request->recipient, request->text, request->purpose,
		request->ticket, request->inbound_id, request->command_id,
		(int64_t)request->priority, request->modem, moment->now_ms,
		moment->now_ms + request->lifetime_ms, request->not_before_ms);
	if (added <= 0)
		return added;
	int found =
		store_value(store, &id, "SELECT id FROM outgoing_sms WHERE uuid = ?", "t", uuid);
	if (found <= 0)
		return found < 0 ? found : -EIO;
	int error = outgoing_event(store, moment, id, "message.queued", NULL, personal);
	return error < 0 ? error : 1;
}

int store_outgoing_next(struct store *store, int64_t now_ms, const char *modem,
	const char *carrying, enum outgoing_priority least, struct outgoing_part *out)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT o.id, o.recipient, o.text, o.concat_reference, (SELECT count(*)"
		" FROM outgoing_part p WHERE p.sms_id = o.id AND p.modem = ?1)"
		" FROM outgoing_sms o WHERE o.state IN ('queued', 'submitted')"
		" AND o.not_before_ms <= ?2 AND (o.modem IS NULL OR o.modem = ?1"
		" OR o.priority > coalesce ((SELECT value FROM json_each (?3)"
		" WHERE key = o.modem), -1))"
		" AND NOT EXISTS (SELECT 1 FROM outgoing_part p WHERE p.sms_id = o.id"
		" AND p.modem <> ?1 AND p.modem IN (SELECT key FROM json_each (?3)))"
		" AND NOT EXISTS (SELECT 1 FROM outgoing_part p WHERE p.recipient = o.recipient"
		" AND p.state = 'submitting') AND o.priority <= ?4 ORDER BY o.priority,"
		" o.state = 'submitted' DESC, coalesce ((SELECT max(p.submitted_ms)"
		" FROM outgoing_part p WHERE p.recipient = o.recipient), 0), o.id LIMIT 1",
		"titi", modem, now_ms, carrying, (int64_t)least);

	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found;
	*out = (struct outgoing_part) {
		.id = sqlite3_column_int64(statement, 0),
		.recipient = store_column_copy(statement, 1),
		.text = store_column_copy(statement, 2),
		.concat_reference = (uint8_t)sqlite3_column_int(statement, 3),
		.part = (unsigned)sqlite3_column_int(statement, 4),
	};
	if (!out->recipient || !out->text) {
		outgoing_part_release(out);
		return -ENOMEM;
	}
	return 1;
}

int store_outgoing_turn(struct store *store, const char *recipient, int64_t now_ms, int64_t most,
	int64_t window_ms, int64_t *turn_ms)
{
	int64_t earlier = 0;
	int found = store_value(store, &earlier,
		"SELECT max(created_ms, not_before_ms) FROM outgoing_sms WHERE recipient = ?"
		" AND created_ms > ? ORDER BY created_ms DESC, id DESC LIMIT 1 OFFSET ?",
		"tii", recipient, now_ms - 7 * window_ms, most - 1);

	*turn_ms = found > 0 && earlier + window_ms > now_ms ? earlier + window_ms : 0;
	return found < 0 ? found : 0;
}

int store_outgoing_sent_since(struct store *store, const char *modem, int64_t since_ms,
	int64_t *count, int64_t *oldest_ms)
{
	int found = store_value(store, count,
		"SELECT count(*) FROM outgoing_part WHERE modem = ? AND submitted_ms > ?", "ti",
		modem, since_ms);

	if (found > 0)
		found = store_value(store, oldest_ms,
			"SELECT coalesce (min(submitted_ms), 0) FROM outgoing_part"
			" WHERE modem = ? AND submitted_ms > ?",
			"ti", modem, since_ms);
	return found < 0 ? found : 0;
}

int store_outgoing_wakeup(struct store *store, int64_t now_ms, int64_t *wakeup_ms)
{
	int64_t first = 0;
	int found = store_value(store, &first,
		"SELECT min(not_before_ms) FROM outgoing_sms"
		" WHERE state IN ('queued', 'submitted') AND not_before_ms > ?",
		"i", now_ms);

	*wakeup_ms = found > 0 && first > 0 ? first : INT64_MAX;
	return found < 0 ? found : 0;
}

int store_outgoing_submitting(struct store *store, int64_t now_ms, const struct outgoing_part *part,
	unsigned parts, const char *modem)
{
	int error = store_run(store, "DELETE FROM outgoing_part WHERE sms_id = ? AND modem <> ?",
		"it", part->id, modem);

	if (error >= 0)
		error = store_run(store,
			"INSERT INTO outgoing_part (sms_id, number, state, modem, recipient,"
			" submitted_ms, total) VALUES (?, ?, 'submitting', ?, ?, ?, ?)",
			"iittii", part->id, (int64_t)part->part, modem, part->recipient, now_ms,
			(int64_t)parts);
	if (error >= 0)
		error = store_run(store,
			"UPDATE outgoing_sms SET state = 'submitted', modem = ? WHERE id = ?", "ti",
			modem, part->id);
	return error < 0 ? error : 0;
}

/* Whether every part of it has got as far as "at least". */
int outgoing_all(struct store *store, int64_t id, bool delivered)
{
	int64_t yes = 0;
	int found = store_value(store, &yes,
		"SELECT count(*) = max(total) FROM outgoing_part WHERE sms_id = ?1"
		" AND (state = 'delivered' OR (state = 'sent' AND NOT ?2))"
		" AND (SELECT state IN ('submitted', 'sent') FROM outgoing_sms WHERE id = ?1)",
		"ii", id, (int64_t)delivered);

	return found < 0 ? found : yes != 0;
}

int store_outgoing_sent(struct store *store, const struct moment *moment, int64_t id, unsigned part,
	unsigned parts, unsigned reference)
{
	int error = store_run(store,
		"UPDATE outgoing_part SET state = CASE state WHEN 'submitting' THEN 'sent' ELSE "
		"state"
		" END, reference = ?, total = ? WHERE sms_id = ? AND number = ?",
		"iiii", (int64_t)reference, (int64_t)parts, id, (int64_t)part);

	if (error < 0)
		return error;
	int all = outgoing_all(store, id, false);
	return all <= 0 ? all : outgoing_becomes(store, moment, id, "sent", NULL);
}

int store_outgoing_total(
	struct store *store, const struct moment *moment, int64_t id, unsigned part, unsigned parts)
{
	int error = store_run(store,
		"DELETE FROM outgoing_part WHERE sms_id = ? AND number = ? AND state = "
		"'submitting'",
		"ii", id, (int64_t)part);

	if (error >= 0)
		error = store_run(store, "UPDATE outgoing_part SET total = ? WHERE sms_id = ?",
			"ii", (int64_t)parts, id);
	if (error < 0)
		return error;
	int all = outgoing_all(store, id, false);
	if (all > 0)
		all = outgoing_becomes(store, moment, id, "sent", NULL);
	if (all >= 0)
		all = outgoing_all(store, id, true);
	return all <= 0 ? all : outgoing_becomes(store, moment, id, "delivered", NULL);
}

int store_outgoing_refused(struct store *store, const struct moment *moment, int64_t id,
	unsigned part, int code, bool permanent)
{
	char reason[64];
	int64_t attempts = 0;
	int error = store_run(store,
		"DELETE FROM outgoing_part WHERE sms_id = ? AND number = ? AND state = "
		"'submitting'",
		"ii", id, (int64_t)part);

	if (error < 0)
		return error;
	snprintf(reason, sizeof(reason),
		code > 0 ? "refused by the network (error %d)" : "the modem didn't take it", code);
	if (permanent)
		return outgoing_becomes(store, moment, id, "failed", reason);
	int found = store_value(
		store, &attempts, "SELECT attempts FROM outgoing_sms WHERE id = ?", "i", id);
	if (found < 0)
		return found;
	size_t step = attempts < (int64_t)ARRAY_SIZE(retry_ms) ? (size_t)attempts
							       : ARRAY_SIZE(retry_ms) - 1;
	error = store_run(store,
		"UPDATE outgoing_sms SET attempts = attempts + 1, modem = NULL, not_before_ms = ?,"
		" reason = ?,"
		" state = CASE WHEN EXISTS (SELECT 1 FROM outgoing_part WHERE sms_id = id)"
		" THEN 'submitted' ELSE 'queued' END"
		" WHERE id = ? AND state IN ('queued', 'submitted')",
		"iti", moment->now_ms + retry_ms[step], reason, id);
	return error < 0 ? error : 0;
}

int store_outgoing_unsure(struct store *store, int64_t now_ms, int64_t id, unsigned part)
{
	int error = store_run(store,
		"UPDATE outgoing_part SET submitted_ms = ? WHERE sms_id = ? AND number = ?"
		" AND state = 'submitting'",
		"iii", now_ms, id, (int64_t)part);

	return error < 0 ? error : 0;
}

static bool is_flying(int64_t id, const int64_t *flying, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (flying[i] == id)
			return true;
	}
	return false;
}

int store_outgoing_release(
	struct store *store, int64_t before_ms, const int64_t *flying, size_t flying_count)
{
	autostatement sqlite3_stmt *statement = NULL;
	int released = 0;
	int found = store_query(store, &statement,
		"SELECT sms_id, number FROM outgoing_part INDEXED BY outgoing_part_unsure"
		" WHERE state = 'submitting' AND submitted_ms < ?",
		"i", before_ms);

	if (found < 0)
		return found;
	while ((found = store_step(store, statement)) > 0) {
		int64_t id = sqlite3_column_int64(statement, 0);
		if (is_flying(id, flying, flying_count))
			continue;
		int error = store_run(store,
			"DELETE FROM outgoing_part WHERE sms_id = ? AND number = ?", "ii", id,
			sqlite3_column_int64(statement, 1));
		if (error < 0)
			return error;
		released++;
	}
	return found < 0 ? found : released;
}

int store_outgoing_unsure_since(struct store *store, int64_t *since_ms)
{
	int64_t oldest = 0;
	int found = store_value(store, &oldest,
		"SELECT min(submitted_ms) FROM outgoing_part INDEXED BY outgoing_part_unsure"
		" WHERE state = 'submitting'",
		"");

	*since_ms = found > 0 && oldest > 0 ? oldest : INT64_MAX;
	return found < 0 ? found : 0;
}

int store_outgoing_stray(
	struct store *store, const struct moment *moment, const char *modem, unsigned reference)
{
	int64_t count = 0, id = 0, part = 0;
	int found = store_value(store, &count,
		"SELECT count(*) FROM outgoing_part WHERE state = 'submitting' AND modem = ?", "t",
		modem);

	if (found < 0 || count != 1)
		return found < 0 ? found : 0;
	found = store_value(store, &id,
		"SELECT sms_id FROM outgoing_part WHERE state = 'submitting' AND modem = ?", "t",
		modem);
	if (found > 0)
		found = store_value(store, &part,
			"SELECT number FROM outgoing_part WHERE state = 'submitting' AND modem = ?",
			"t", modem);
	if (found <= 0)
		return found;
	int error = store_run(store,
		"UPDATE outgoing_part SET state = 'sent', reference = ? WHERE sms_id = ? AND"
		" number = ?",
		"iii", (int64_t)reference, id, part);
	if (error < 0)
		return error;
	int all = outgoing_all(store, id, false);
	if (all > 0)
		all = outgoing_becomes(store, moment, id, "sent", NULL);
	return all < 0 ? all : 1;
}

int store_outgoing_expire(struct store *store, const struct moment *moment)
{
	autostatement sqlite3_stmt *statement = NULL;
	int expired = 0;
	int found = store_query(store, &statement,
		"SELECT id FROM outgoing_sms WHERE state IN ('queued', 'submitted')"
		" AND expires_ms < ? AND NOT EXISTS (SELECT 1 FROM outgoing_part p"
		" WHERE p.sms_id = outgoing_sms.id AND p.state = 'submitting')",
		"i", moment->now_ms);

	if (found < 0)
		return found;
	while ((found = store_step(store, statement)) > 0) {
		int error = outgoing_becomes(store, moment, sqlite3_column_int64(statement, 0),
			"expired", "not sent in time");
		if (error < 0)
			return error;
		expired++;
	}
	return found < 0 ? found : expired;
}
