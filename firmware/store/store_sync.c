/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "store/complaint.h"
#include "store/erase.h"
#include "store/internal.h"
#include "wire/state.h"
#include "wire/ticket.h"

#define COMMAND_ID_MAX 200
#define COMMAND_BODY_MAX 65536

/* Sizes in bytes beyond which a complaint in the server's snapshot isn't one of ours. */
#define SENDER_MAX 48
#define NAME_MAX_BYTES 1000
#define ADDRESS_MAX_BYTES 4000
#define TEXT_MAX_BYTES 65536
#define PIN_DIGITS 4

/* 1 and a copy of the setting (as much of it as fits), 0 when there is none. */
static int setting_text(struct store *store, const char *name, char *out, size_t size)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(
		store, &statement, "SELECT value FROM setting WHERE name = ?", "t", name);

	if (found == 0)
		found = store_step(store, statement);
	if (found == 1)
		snprintf(out, size, "%s", (const char *)sqlite3_column_text(statement, 0));
	return found;
}

int store_sync_place(struct store *store, struct sync_place *place)
{
	autostatement sqlite3_stmt *statement = NULL;
	int64_t collided = 0;
	int found = store_query(store, &statement,
		"SELECT acked_epoch, acked_seq, command_number, command_id, contact_ms FROM sync",
		"");

	*place = (struct sync_place) { 0 };
	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found < 0 ? found : -EIO;
	place->acked_epoch = sqlite3_column_int64(statement, 0);
	place->acked_seq = sqlite3_column_int64(statement, 1);
	place->command_number = sqlite3_column_int64(statement, 2);
	snprintf(place->command_id, sizeof(place->command_id), "%s",
		(const char *)sqlite3_column_text(statement, 3));
	place->contact_ms = sqlite3_column_int64(statement, 4);
	/* What the server has acknowledged was offered, whatever was noted. */
	place->offered_epoch = place->acked_epoch;
	place->offered_seq = place->acked_seq;
	found = store_setting(store, "sync.offered_epoch", &place->offered_epoch);
	if (found >= 0)
		found = store_setting(store, "sync.offered_seq", &place->offered_seq);
	if (found >= 0)
		found = store_setting(store, "sync.collided", &collided);
	if (found >= 0)
		found = setting_text(
			store, "sync.restore", place->restore_after, sizeof(place->restore_after));
	place->restoring = found == 1;
	place->collided = collided != 0;
	return store_none(found);
}

int store_sync_acked(struct store *store, int64_t epoch, int64_t seq)
{
	return store_none(store_run(
		store, "UPDATE sync SET acked_epoch = ?, acked_seq = ?", "ii", epoch, seq));
}

int store_sync_offered(struct store *store, int64_t epoch, int64_t seq)
{
	int error = store_setting_put(store, "sync.offered_epoch", epoch);

	return error < 0 ? error : store_setting_put(store, "sync.offered_seq", seq);
}

int store_sync_contact(struct store *store, int64_t now_ms, const char *trouble)
{
	return store_none(store_run(store,
		"UPDATE sync SET contact_ms = iif (?1 > 0, ?1, contact_ms), trouble = ?2", "it",
		now_ms, trouble));
}

int store_sync_restore(struct store *store, const char *after)
{
	int error = 0;

	if (!after)
		return store_none(store_run(
			store, "DELETE FROM setting WHERE name = ?", "t", "sync.restore"));
	if (!*after)
		error = store_setting_put(store, "sync.collided", 0);
	return error < 0 ? error : store_setting_put_text(store, "sync.restore", after);
}

int store_sync_waiting(struct store *store, int64_t *count)
{
	int found = store_value(store, count,
		"SELECT coalesce (sum (max (0, coalesce (e.shared, (SELECT max (v.seq) FROM event v"
		" WHERE v.epoch = e.number), 0) - iif (e.number = s.acked_epoch, s.acked_seq, 0))),"
		" 0) FROM sync s JOIN epoch e ON e.number >= s.acked_epoch",
		"");

	return found < 0 ? found : found == 1 ? 0 : -EIO;
}

/* Takes the row of an epoch: number, shared, last seq. 1 found, 0 there is none. */
static int span_take(struct store *store, sqlite3_stmt *row, struct epoch_span *span)
{
	int found = store_step(store, row);

	if (found <= 0)
		return found;
	span->number = sqlite3_column_int64(row, 0);
	span->last = sqlite3_column_int64(row, 2);
	span->limit = sqlite3_column_type(row, 1) == SQLITE_NULL ? span->last
								 : sqlite3_column_int64(row, 1);
	return 1;
}

#define SPAN_COLUMNS                                                                               \
	"e.number, e.shared, coalesce ((SELECT max (v.seq) FROM event v"                           \
	" WHERE v.epoch = e.number), 0)"

int store_epoch_span(struct store *store, int64_t number, struct epoch_span *span)
{
	autostatement sqlite3_stmt *statement = NULL;
	int error = store_query(store, &statement,
		"SELECT " SPAN_COLUMNS
		" FROM epoch e WHERE e.number >= ? ORDER BY e.number LIMIT 1",
		"i", number);

	return error < 0 ? error : span_take(store, statement, span);
}

int store_epoch_before(struct store *store, int64_t number, struct epoch_span *span)
{
	autostatement sqlite3_stmt *statement = NULL;
	int error = store_query(store, &statement,
		"SELECT " SPAN_COLUMNS " FROM epoch e WHERE e.number < ?"
		" AND coalesce (e.shared, 1) > 0 ORDER BY e.number DESC LIMIT 1",
		"i", number);

	return error < 0 ? error : span_take(store, statement, span);
}

int store_event_digest(struct store *store, int64_t epoch, int64_t seq, char hash[static HASH_SIZE])
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT hash FROM event WHERE epoch = ? AND seq = ?", "ii", epoch, seq);

	if (found == 0)
		found = store_step(store, statement);
	if (found == 1)
		snprintf(hash, HASH_SIZE, "%s", (const char *)sqlite3_column_text(statement, 0));
	return found;
}

int store_log_common(
	struct store *store, int64_t epoch, json_t *hashes, int64_t otherwise, int64_t *common)
{
	const char *key;
	json_t *value;
	int64_t best = 0;

	json_object_foreach (hashes, key, value) {
		char hash[HASH_SIZE];
		char *end;
		int64_t seq = strtoll(key, &end, 10);

		if (*end || seq <= best || !json_is_string(value))
			continue;
		int found = store_event_digest(store, epoch, seq, hash);
		if (found < 0)
			return found;
		if (found == 1 && strcmp(hash, json_string_value(value)) == 0)
			best = seq;
	}
	*common = best ? best : otherwise;
	return 0;
}

/* Whether an id can go into the cursor: short, and made of what a query takes as it is. */
static bool cursor_id(const char *id)
{
	return strlen(id) < UUID_SIZE &&
	       id[strspn(
		       id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.~")] ==
		       '\0';
}

/* The text to keep of a command; one that couldn't be read back is kept as of unknown type. */
static char *command_body(const json_t *command, int64_t number, const char *id)
{
	autofree char *text = json_dumps(command, JSON_COMPACT);

	if (text && strlen(text) <= COMMAND_BODY_MAX) {
		autojson json_t *again = json_loads(text, 0, NULL);
		if (again)
			return take_pointer(text);
	}
	log_error("sync: command %" PRId64 " is too large or not readable: it will be refused",
		number);
	autojson json_t *instead = json_pack(
		"{s:I, s:s, s:s}", "number", (json_int_t)number, "id", id, "type", "unreadable");
	return instead ? json_dumps(instead, JSON_COMPACT) : NULL;
}

/* 1 when it was new. */
static int command_take(struct store *store, const struct moment *moment, const json_t *command,
	int64_t number, int64_t done)
{
	const char *id = json_string_value(json_object_get(command, "id"));

	if (!id || !*id || strlen(id) > COMMAND_ID_MAX) {
		log_error("sync: command %" PRId64 " from the server has no usable id: passed over",
			number);
		return 0;
	}
	autofree char *body = command_body(command, number, id);
	if (!body)
		return -ENOMEM;
	if (number <= done)
		return 0;
	return store_run(store,
		"INSERT INTO command (id, number, body, taken_ms) VALUES (?, ?, ?, ?)"
		" ON CONFLICT (id) DO NOTHING",
		"titi", id, number, body, moment->now_ms);
}

int store_commands_take(struct store *store, const struct moment *moment, const json_t *commands)
{
	struct sync_place place;
	int64_t done = 0;
	int taken = 0;
	size_t index;
	json_t *command;
	int error = store_sync_place(store, &place);

	if (error == 0)
		error = store_none(store_setting(store, "sync.commands_done", &done));
	if (error < 0)
		return error;
	int64_t number = place.command_number;
	json_array_foreach (commands, index, command) {
		const json_t *given = json_object_get(command, "number");
		const char *id = json_string_value(json_object_get(command, "id"));
		if (!json_is_integer(given) || json_integer_value(given) < 1) {
			log_error("sync: a command from the server has no number: passed over");
			continue;
		}
		int64_t own = json_integer_value(given);
		int fresh = command_take(store, moment, command, own, done);
		if (fresh < 0)
			return fresh;
		taken += fresh > 0;
		if (own <= number)
			continue;
		number = own;
		snprintf(place.command_id, sizeof(place.command_id), "%s",
			id && cursor_id(id) ? id : "");
	}
	if (number == place.command_number)
		return taken;
	error = store_run(store, "UPDATE sync SET command_number = ?, command_id = ?", "it", number,
		place.command_id);
	return error < 0 ? error : taken;
}

int store_commands_place(struct store *store, int64_t number, const char *id)
{
	int changed = store_run(store,
		"UPDATE sync SET command_number = ?1, command_id = ?2 WHERE command_number < ?1",
		"it", number, id && cursor_id(id) ? id : "");

	if (changed <= 0)
		return changed;
	return store_setting_put(store, "sync.commands_done", number);
}

int store_commands_again(struct store *store)
{
	return store_none(store_run(store,
		"UPDATE sync SET command_number = 0, command_id = '' WHERE NOT EXISTS"
		" (SELECT 1 FROM setting WHERE name = ?)",
		"t", "sync.commands_done"));
}

/* A complaint of the server's snapshot once every field was checked; texts belong to the JSON. */
struct snapshot {
	const char *uuid;
	char ticket[TICKET_SIZE];
	const char *state, *channel, *category, *about, *language;
	const char *sender, *name, *address, *text, *pin;
	int64_t created_ms;
	bool erased; /* nobody has its words any more */
};

/* A text member of at most so many bytes; NULL when it is missing, empty or no such text. */
static const char *text_member(const json_t *object, const char *name, size_t most)
{
	const json_t *value = json_object_get(object, name);
	size_t size = json_string_length(value);
	const char *text = json_string_value(value);

	/* A NUL inside would cut it short unseen. */
	return size > 0 && size <= most && strlen(text) == size ? text : NULL;
}

static const char *or_else(const char *text, const char *otherwise)
{
	return text ? text : otherwise;
}

/* NULL, or what is wrong with it. */
static const char *snapshot_read(
	const json_t *json, const struct moment *moment, struct snapshot *out)
{
	static const char *const channels[] = { "sms", "ussd", "panel", "desk" };
	const char *ticket = text_member(json, "ticket", TICKET_SIZE - 1);
	const char *created = text_member(json, "created", TIME_SIZE - 1);
	const char *channel = text_member(json, "channel", 20);
	enum complaint_state state;

	out->uuid = text_member(json, "uuid", UUID_SIZE - 1);
	if (!out->uuid || !uuid_valid(out->uuid))
		return "its uuid is none";
	if (!ticket || ticket_parse(ticket, out->ticket) < 0 || strcmp(ticket, out->ticket) != 0)
		return "its ticket number is none";
	out->state = text_member(json, "state", 20);
	if (!out->state || !state_from_name(out->state, &state))
		return "its state is unknown";
	/* What officers typed in came by channels that the kiosk doesn't tell apart. */
	out->channel = "desk";
	for (size_t i = 0; channel && i < ARRAY_SIZE(channels); i++) {
		if (strcmp(channel, channels[i]) == 0)
			out->channel = channels[i];
	}
	out->category = text_member(json, "category", 100);
	out->about = complaint_about(text_member(json, "about", 20));
	out->language = or_else(text_member(json, "language", 8), "id");
	out->sender = or_else(text_member(json, "from", SENDER_MAX - 1), "");
	out->name = text_member(json, "name", NAME_MAX_BYTES);
	out->address = text_member(json, "address", ADDRESS_MAX_BYTES);
	out->text = or_else(text_member(json, "text", TEXT_MAX_BYTES), "");
	out->pin = text_member(json, "pin", PIN_DIGITS);
	if (!out->pin || strlen(out->pin) != PIN_DIGITS ||
		strspn(out->pin, "0123456789") != PIN_DIGITS)
		out->pin = ""; /* no PIN opens it, its number does */
	out->erased = text_member(json, "erased", TIME_SIZE - 1) && !state_open(state);
	if (!created || time_parse(created, &out->created_ms) < 0)
		out->created_ms = moment->now_ms;
	return NULL;
}

static int snapshot_insert(
	struct store *store, const struct moment *moment, const struct snapshot *it)
{
	int error = store_run(store,
		"INSERT INTO complaint (uuid, ticket, state, channel, category, about, language,"
		" created_ms, updated_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		"tttttttii", it->uuid, it->ticket, it->state, it->channel, it->category, it->about,
		it->language, it->created_ms, moment->now_ms);

	if (error >= 0 && it->erased)
		error = store_run(store, "UPDATE complaint SET erased_ms = ? WHERE uuid = ?", "it",
			moment->now_ms, it->uuid);
	else if (error >= 0)
		error = store_run(store,
			"INSERT INTO complaint_personal (uuid, sender, name, address, text, pin)"
			" VALUES (?, ?, ?, ?, ?, ?)",
			"tttttt", it->uuid, it->sender, it->name, it->address, it->text, it->pin);
	if (error < 0)
		return error;
	autojson json_t *data = json_pack("{s:s, s:s, s:s, s:s, s:s*, s:s*}", "uuid", it->uuid,
		"channel", it->channel, "language", it->language, "state", it->state, "category",
		it->category, "about", it->about);
	autojson json_t *personal = json_pack("{s:s, s:s?, s:s?, s:s, s:s}", "from", it->sender,
		"name", it->name, "address", it->address, "text", it->text, "pin", it->pin);
	if (!data || !personal)
		return -ENOMEM;
	return store_event(store, moment, "server", "complaint.restored", it->ticket, data,
		it->erased ? NULL : personal);
}

/* The next complaint must not get a number that the server's already have. */
static int serial_pass(struct store *store, const char ticket[static TICKET_SIZE])
{
	int64_t serial = 0;
	int64_t taken = ticket_serial(ticket);
	int error = store_setting(store, "serial", &serial);

	if (error < 0 || ticket_kiosk(ticket) != store->kiosk || taken <= serial ||
		taken >= TICKET_SERIAL_SERVER)
		return store_none(error);
	return store_setting_put(store, "serial", taken);
}

/* 1 added, 0 left out. */
static int complaint_restore(struct store *store, const struct moment *moment, const json_t *json)
{
	struct snapshot snapshot;
	int64_t known;
	const char *fault = snapshot_read(json, moment, &snapshot);

	if (fault) {
		log_error("sync: a complaint in the server's list is left out: %s", fault);
		return 0;
	}
	int found = store_value(
		store, &known, "SELECT 1 FROM complaint WHERE uuid = ?", "t", snapshot.uuid);
	/* This card was made before the erasure that the server knows of. */
	if (found > 0 && snapshot.erased) {
		const struct store_erasure erasure = { .uuid = snapshot.uuid, .request = true };
		return store_none(store_erase_complaint(store, moment, &erasure));
	}
	if (found != 0)
		return found < 0 ? found : 0;
	int error = serial_pass(store, snapshot.ticket);
	if (error < 0)
		return error;
	found = store_value(
		store, &known, "SELECT 1 FROM complaint WHERE ticket = ?", "t", snapshot.ticket);
	if (found < 0)
		return found;
	if (found) {
		log_warning(
			"sync: ticket %s belongs to another complaint at the server: that one is "
			"fetched once the server has given one of them a new number",
			snapshot.ticket);
		return store_setting_put(store, "sync.collided", 1);
	}
	error = snapshot_insert(store, moment, &snapshot);
	return error < 0 ? error : 1;
}

int store_complaints_restore(
	struct store *store, const struct moment *moment, const json_t *complaints)
{
	size_t index;
	json_t *complaint;
	int added = 0;

	json_array_foreach (complaints, index, complaint) {
		int result = complaint_restore(store, moment, complaint);
		if (result < 0)
			return result;
		added += result;
	}
	return added;
}
