/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/inbound.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "base/utf16.h"
#include "store/internal.h"

/* More than a phone ever sends (10 parts), fewer than would hurt; the wire allows 255. */
#define PARTS_MAX 255
/* How long after a message the network may repeat parts of it. */
#define REPEAT_WINDOW_MS (INT64_C(24) * 3600 * 1000)

static const char *const sender_types[] = {
	[MODEM_ADDRESS_INTERNATIONAL] = "international",
	[MODEM_ADDRESS_NATIONAL] = "national",
	[MODEM_ADDRESS_ALPHANUMERIC] = "alphanumeric",
	[MODEM_ADDRESS_OTHER] = "other",
};

void inbound_message_release(struct inbound_message *message)
{
	free(message->modem);
	free(message->sender);
	free(message->text);
	*message = (struct inbound_message) { 0 };
}

int store_pdu_add(struct store *store, const struct moment *moment, const char *modem,
	const uint8_t *pdu, size_t size, int64_t *id)
{
	uint8_t digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, pdu, size);
	int added = store_run(store,
		"INSERT INTO inbound_pdu (modem, digest, pdu, received_ms, clock, boot)"
		" VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING",
		"tbbiti", modem, digest, sizeof(digest), pdu, size, moment->now_ms,
		clock_quality_name(moment->clock), moment->boot);
	if (added < 0)
		return added;
	int found = store_value(store, id, "SELECT id FROM inbound_pdu WHERE digest = ?", "b",
		digest, sizeof(digest));
	if (found <= 0)
		return found < 0 ? found : -EIO;
	return added > 0;
}

int store_pdu_raw(struct store *store, int64_t after, int64_t *id,
	uint8_t pdu[static MODEM_PDU_MAX], size_t *size)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT id, pdu FROM inbound_pdu WHERE state = 'raw' AND id > ? ORDER BY id LIMIT "
		"1",
		"i", after);

	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found;
	*id = sqlite3_column_int64(statement, 0);
	*size = (size_t)sqlite3_column_bytes(statement, 1);
	if (*size > MODEM_PDU_MAX)
		*size = MODEM_PDU_MAX;
	if (*size)
		memcpy(pdu, sqlite3_column_blob(statement, 1), *size);
	return 1;
}

int store_pdu_crashed(struct store *store, int64_t id)
{
	int64_t crashes = 0;
	int error = store_run(
		store, "UPDATE inbound_pdu SET crashes = crashes + 1 WHERE id = ?", "i", id);

	if (error >= 0)
		error = store_value(
			store, &crashes, "SELECT crashes FROM inbound_pdu WHERE id = ?", "i", id);
	return error < 0 ? error : (int)crashes;
}

int store_pdu_waits(struct store *store, int64_t id)
{
	int64_t one;

	return store_value(
		store, &one, "SELECT 1 FROM inbound_pdu WHERE id = ? AND state = 'raw'", "i", id);
}

int store_pdu_decoded(struct store *store, int64_t id)
{
	int error =
		store_run(store, "UPDATE inbound_pdu SET state = 'decoded' WHERE id = ?", "i", id);

	return error < 0 ? error : 0;
}

int store_pdu_unreadable(
	struct store *store, const struct moment *moment, int64_t id, const char *reason)
{
	autostatement sqlite3_stmt *statement = NULL;
	char hex[MODEM_PDU_MAX * 2 + 1];
	int error = store_run(store,
		"UPDATE inbound_pdu SET state = 'unreadable', reason = ? WHERE id = ?", "ti",
		reason, id);

	if (error >= 0)
		error = store_query(
			store, &statement, "SELECT pdu FROM inbound_pdu WHERE id = ?", "i", id);
	if (error >= 0)
		error = store_step(store, statement);
	if (error < 0)
		return error;
	size_t size = (size_t)sqlite3_column_bytes(statement, 0);
	sodium_bin2hex(hex, sizeof(hex), sqlite3_column_blob(statement, 0),
		size < MODEM_PDU_MAX ? size : MODEM_PDU_MAX);
	autojson json_t *data = json_pack("{s:I, s:s}", "pdu", (json_int_t)id, "reason", reason);
	autojson json_t *personal = json_pack("{s:s}", "pdu", hex);
	if (!data || !personal)
		return -ENOMEM;
	return store_event(store, moment, "kiosk", "inbound.unreadable", NULL, data, personal);
}

int store_part_add(struct store *store, int64_t pdu_id, const char *sender,
	const struct modem_decoded *decoded, int64_t received_ms)
{
	bool alone = decoded->concat_total < 2 || decoded->concat_total > PARTS_MAX ||
		     decoded->concat_number < 1 || decoded->concat_number > decoded->concat_total;
	int error = store_run(store,
		"INSERT INTO inbound_part (pdu_id, sender, sender_type, service_centre_ms,"
		" received_ms, text, reference, wide, total, number)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"ittiibiiii", pdu_id, sender, sender_types[decoded->address_type],
		decoded->service_centre_ms, received_ms,
		/* An empty blob must not become NULL. */
		decoded->text_units ? (const void *)decoded->text : "",
		decoded->text_units * sizeof(decoded->text[0]),
		alone ? INT64_C(0) : (int64_t)decoded->concat_reference,
		(int64_t)(!alone && decoded->concat_wide),
		alone ? INT64_C(1) : (int64_t)decoded->concat_total,
		alone ? INT64_C(1) : (int64_t)decoded->concat_number);

	return error < 0 ? error : 0;
}

/* The parts that belong to one message. */
struct part_group {
	int64_t pdu_id;
	char *sender;
	int64_t reference, wide, total;
	int64_t present; /* how many different parts are there */
};

#define GROUP_COLUMNS "g.pdu_id, g.sender, g.reference, g.wide, g.total"
#define GROUP_PRESENT                                                                              \
	"(SELECT count(DISTINCT q.number) FROM inbound_part q WHERE q.message_id IS NULL"          \
	" AND q.sender = g.sender AND q.reference = g.reference AND q.wide = g.wide"               \
	" AND q.total = g.total)"

static int group_take(struct store *store, sqlite3_stmt *statement, struct part_group *group)
{
	int found = store_step(store, statement);

	if (found <= 0)
		return found;
	group->pdu_id = sqlite3_column_int64(statement, 0);
	group->sender = store_column_copy(statement, 1);
	group->reference = sqlite3_column_int64(statement, 2);
	group->wide = sqlite3_column_int64(statement, 3);
	group->total = sqlite3_column_int64(statement, 4);
	group->present = group->total > 1 ? sqlite3_column_int64(statement, 5) : 1;
	return group->sender ? 1 : -ENOMEM;
}

/*
 * The parts of a group in order. A message of one part is its PDU alone: two of them from
 * one sender never mix. Of a part that came twice the later one counts.
 */
static int group_parts(
	struct store *store, sqlite3_stmt **statement, const struct part_group *group)
{
	if (group->total == 1)
		return store_query(store, statement,
			"SELECT text, pdu_id, 1 FROM inbound_part WHERE pdu_id = ?", "i",
			group->pdu_id);
	return store_query(store, statement,
		"SELECT text, max(pdu_id), number FROM inbound_part WHERE message_id IS NULL AND "
		"sender = ?"
		" AND reference = ? AND wide = ? AND total = ? GROUP BY number ORDER BY number",
		"tiii", group->sender, group->reference, group->wide, group->total);
}

/* What stands in a text for parts that never came. */
static const uint16_t gap[] = { ' ', '[', '.', '.', '.', ']', ' ' };

/* A text that grows, in UTF-16. */
struct units {
	uint16_t *units;
	size_t count;
};

static int units_add(struct units *text, const void *units, size_t size)
{
	size_t count = size / sizeof(*text->units);
	uint16_t *grown = reallocarray(text->units, text->count + count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	text->units = grown;
	if (count)
		memcpy(grown + text->count, units, count * sizeof(*grown));
	text->count += count;
	return 0;
}

static int group_text(struct store *store, const struct part_group *group, char **text)
{
	autostatement sqlite3_stmt *statement = NULL;
	struct units joined = { 0 };
	int64_t next = 1;
	int found = group_parts(store, &statement, group);

	while (found >= 0 && (found = store_step(store, statement)) > 0) {
		int64_t number = sqlite3_column_int64(statement, 2);
		if (number != next)
			found = units_add(&joined, gap, sizeof(gap));
		if (found >= 0)
			found = units_add(&joined, sqlite3_column_blob(statement, 0),
				(size_t)sqlite3_column_bytes(statement, 0));
		next = number + 1;
	}
	if (found >= 0 && next <= group->total)
		found = units_add(&joined, gap, sizeof(gap));
	if (found >= 0)
		found = utf16_to_utf8(joined.units, joined.count, text);
	free(joined.units);
	return found;
}

static int group_claim(struct store *store, const struct part_group *group, int64_t message)
{
	int error = group->total == 1
			    ? store_run(store,
				      "UPDATE inbound_part SET message_id = ? WHERE pdu_id = ?",
				      "ii", message, group->pdu_id)
			    : store_run(store,
				      "UPDATE inbound_part SET message_id = ? WHERE message_id IS "
				      "NULL AND"
				      " sender = ? AND reference = ? AND wide = ? AND total = ?",
				      "itiii", message, group->sender, group->reference,
				      group->wide, group->total);

	return error < 0 ? error : 0;
}

/* Writes the message of a group down and reads it back as the caller wants it. */
static int group_join(
	struct store *store, const struct part_group *group, struct inbound_message *out)
{
	autostatement sqlite3_stmt *statement = NULL;
	autofree char *text = NULL;
	int error = group_text(store, group, &text);

	if (error == 0)
		error = store_query(store, &statement,
			"INSERT INTO inbound_message (modem, sender, sender_type, text,"
			" service_centre_ms, received_ms, parts, parts_missing, outcome)"
			" SELECT d.modem, p.sender, p.sender_type, ?, p.service_centre_ms,"
			" p.received_ms, ?, ?, 'taken' FROM inbound_part p JOIN inbound_pdu d ON"
			" d.id = p.pdu_id WHERE p.pdu_id = ?"
			" RETURNING id, modem, sender, sender_type, received_ms",
			"tiii", text, group->total, group->total - group->present, group->pdu_id);
	if (error == 0)
		error = store_step(store, statement);
	if (error <= 0)
		return error < 0 ? error : -EIO;
	*out = (struct inbound_message) {
		.id = sqlite3_column_int64(statement, 0),
		.modem = store_column_copy(statement, 1),
		.sender = store_column_copy(statement, 2),
		.text = take_pointer(text),
		.received_ms = sqlite3_column_int64(statement, 4),
		.parts_missing = (unsigned)(group->total - group->present),
	};
	const char *type = (const char *)sqlite3_column_text(statement, 3);
	for (size_t i = 0; i < ARRAY_SIZE(sender_types); i++) {
		if (strcmp(type, sender_types[i]) == 0)
			out->sender_type = (enum modem_address_type)i;
	}
	error = out->modem && out->sender ? 0 : -ENOMEM;
	/* RETURNING gives its row before the statement has ended. */
	if (error == 0)
		error = store_step(store, statement);
	if (error == 0)
		error = group_claim(store, group, out->id);
	if (error < 0)
		inbound_message_release(out);
	return error < 0 ? error : 1;
}

int store_message_join(struct store *store, int64_t pdu_id, struct inbound_message *out)
{
	autostatement sqlite3_stmt *statement = NULL;
	struct part_group group = { 0 };
	int found = store_query(store, &statement,
		"SELECT " GROUP_COLUMNS ", " GROUP_PRESENT
		" FROM inbound_part g WHERE g.pdu_id = ? AND g.message_id IS NULL",
		"i", pdu_id);

	if (found == 0)
		found = group_take(store, statement, &group);
	if (found > 0)
		found = group.present < group.total ? 0 : group_join(store, &group, out);
	free(group.sender);
	return found;
}

/*
 * The message that an incomplete group repeats: networks send parts again after the whole has
 * been taken, some with a new time stamp. 1 and *message, or 0.
 */
static int group_repeats(struct store *store, const struct part_group *group, int64_t *message)
{
	*message = 0;
	if (group->total == 1 || group->present == group->total)
		return 0;
	int found = store_value(store, message,
		"SELECT coalesce (max(q.message_id), 0) FROM inbound_part q"
		" WHERE q.message_id IS NOT NULL AND q.sender = ?1 AND q.reference = ?2"
		" AND q.wide = ?3 AND q.total = ?4 AND q.received_ms >"
		" (SELECT received_ms FROM inbound_part WHERE pdu_id = ?5) - ?6"
		" AND NOT EXISTS (SELECT 1 FROM inbound_part p WHERE p.message_id IS NULL"
		" AND p.sender = ?1 AND p.reference = ?2 AND p.wide = ?3 AND p.total = ?4"
		" AND NOT EXISTS (SELECT 1 FROM inbound_part r WHERE r.message_id = q.message_id"
		" AND r.number = p.number AND r.text = p.text))",
		"tiiiii", group->sender, group->reference, group->wide, group->total, group->pdu_id,
		(int64_t)REPEAT_WINDOW_MS);
	return found < 0 ? found : *message != 0;
}

/* The group that has waited longest, since before before_ms. */
static int group_overdue(struct store *store, int64_t before_ms, struct part_group *group)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT " GROUP_COLUMNS ", " GROUP_PRESENT
		" FROM inbound_part g WHERE g.message_id IS NULL AND g.received_ms < ?"
		" ORDER BY g.received_ms LIMIT 1",
		"i", before_ms);

	return found == 0 ? group_take(store, statement, group) : found;
}

int store_message_overdue(struct store *store, int64_t before_ms, struct inbound_message *out)
{
	struct part_group group = { 0 };
	int64_t repeated;
	int found;

	while ((found = group_overdue(store, before_ms, &group)) > 0) {
		found = group_repeats(store, &group, &repeated);
		if (found <= 0)
			break;
		found = group_claim(store, &group, repeated);
		if (found < 0)
			break;
		free(take_pointer(group.sender));
	}
	if (found == 0 && group.sender)
		found = group_join(store, &group, out);
	free(group.sender);
	return found;
}

int store_part_late(struct store *store, int64_t pdu_id, int64_t since_ms,
	char ticket[static TICKET_SIZE], char **text)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT m.id, coalesce (m.ticket, ''), p.text FROM inbound_part p"
		" JOIN inbound_part q ON q.sender = p.sender AND q.reference = p.reference"
		" AND q.wide = p.wide AND q.total = p.total AND q.number <> p.number"
		" JOIN inbound_message m ON m.id = q.message_id AND m.parts_missing > 0"
		" AND m.received_ms > ?2 WHERE p.pdu_id = ?1 AND p.message_id IS NULL"
		" AND p.total > 1 AND NOT EXISTS (SELECT 1 FROM inbound_part r"
		" WHERE r.message_id = m.id AND r.number = p.number) ORDER BY m.id DESC LIMIT 1",
		"ii", pdu_id, since_ms);

	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found;
	int64_t message = sqlite3_column_int64(statement, 0);
	snprintf(ticket, TICKET_SIZE, "%s", (const char *)sqlite3_column_text(statement, 1));
	struct units part = { 0 };
	int error = units_add(&part, sqlite3_column_blob(statement, 2),
		(size_t)sqlite3_column_bytes(statement, 2));
	if (error == 0)
		error = utf16_to_utf8(part.units, part.count, text);
	free(part.units);
	if (error == 0)
		error = store_run(store, "UPDATE inbound_part SET message_id = ? WHERE pdu_id = ?",
			"ii", message, pdu_id);
	if (error >= 0)
		error = store_run(store,
			"UPDATE inbound_message SET parts_missing = parts_missing - 1 WHERE id = ?",
			"i", message);
	return error < 0 ? error : 1;
}

int store_parts_oldest(struct store *store, int64_t *received_ms)
{
	int64_t oldest = 0;
	int found = store_value(store, &oldest,
		"SELECT min(received_ms) FROM inbound_part WHERE message_id IS NULL", "");

	*received_ms = found > 0 && oldest > 0 ? oldest : INT64_MAX;
	return found < 0 ? found : 0;
}

int store_message_outcome(struct store *store, int64_t id, const char *outcome, const char *ticket)
{
	int error =
		store_run(store, "UPDATE inbound_message SET outcome = ?, ticket = ? WHERE id = ?",
			"tti", outcome, ticket, id);

	return error < 0 ? error : 0;
}
