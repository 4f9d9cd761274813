/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When the database is damaged: it is moved aside, never deleted, and a new one is made from
 * what can still be read. The verified beginning of the event log is carried over as it is;
 * readable events beyond the damage are restated in a new epoch; journaled PDUs are taken
 * along, so that nothing is answered twice and nothing unanswered is lost.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "store/internal.h"

static int move_aside(const char *path, const char *aside, const char *suffix)
{
	autofree char *from = NULL;
	autofree char *to = NULL;

	if (asprintf(&from, "%s%s", path, suffix) < 0 || asprintf(&to, "%s%s", aside, suffix) < 0)
		return -ENOMEM;
	if (rename(from, to) < 0 && errno != ENOENT) {
		int error = -errno;
		log_error("%s can't be moved aside: %s", from, strerror(-error));
		return error;
	}
	return 0;
}

static int set_aside(const char *path, char **aside)
{
	/* Two damages within a second would be one too many to tell apart. */
	if (asprintf(aside, "%s.damaged-%lld", path, (long long)time(NULL)) < 0)
		return -ENOMEM;
	int error = move_aside(path, *aside, "");
	if (error == 0)
		error = move_aside(path, *aside, "-wal");
	if (error == 0)
		error = move_aside(path, *aside, "-shm");
	return error;
}

/* Runs a copying statement over the attached old file; damage there ends it, not us. */
static void copy_what_can_be_read(struct store *store, const char *what, const char *sql)
{
	char *message = NULL;

	if (sqlite3_exec(store->db, sql, NULL, NULL, &message) != SQLITE_OK)
		log_warning("of the damaged database's %s not everything could be read: %s", what,
			message ? message : "no memory");
	sqlite3_free(message);
}

/* The journal, row by row: one unreadable page must not cost the others. */
static int copy_journal(struct store *store)
{
	int64_t last = 0;
	int found = store_value(store, &last, "SELECT max(id) FROM old.inbound_pdu", "");

	/* Without the last row the index may still be whole; a generous guess costs little. */
	if (found <= 0)
		last = 100000;
	for (int64_t id = 1; id <= last; id += 50) {
		autofree char *sql = NULL;
		if (asprintf(&sql,
			    "INSERT OR IGNORE INTO inbound_pdu SELECT * FROM old.inbound_pdu WHERE"
			    " id >= %lld AND id < %lld",
			    (long long)id, (long long)id + 50) < 0)
			return -ENOMEM;
		copy_what_can_be_read(store, "journal", sql);
	}
	return 0;
}

/* Takes the events of one epoch from old, verified, until the first that doesn't fit. */
static int copy_verified(struct store *old, struct store *store, int64_t *epoch, int64_t *seq)
{
	char previous[HASH_SIZE] = EVENT_GENESIS;

	*epoch = 0;
	*seq = 0;
	for (;;) {
		autojson json_t *events = NULL;
		bool next_epoch = false;
		int64_t at = *epoch ? *epoch : 1;
		if (store_events_after(old, at, *seq, 1, 0, &events) < 0)
			return 0;
		if (!json_array_size(events)) {
			json_decref(take_pointer(events));
			if (!*epoch || store_events_after(old, *epoch + 1, 0, 1, 0, &events) < 0 ||
				!json_array_size(events))
				return 0;
			next_epoch = true;
		}
		json_t *event = json_array_get(events, 0);
		if (json_integer_value(json_object_get(event, "seq")) !=
			(next_epoch ? 1 : *seq + 1))
			return 0;
		if (next_epoch || !*epoch) {
			int error = store_run(store,
				"INSERT INTO epoch (number, started_ms) VALUES (?, 0)", "i",
				next_epoch ? *epoch + 1 : at);
			if (error < 0)
				return error;
		}
		int taken = store_event_take(store, event, previous);
		if (taken <= 0)
			return taken;
		*epoch = next_epoch ? *epoch + 1 : at;
		*seq = json_integer_value(json_object_get(event, "seq"));
	}
}

/* Events beyond the damage: restated in a new epoch. */
static int restate_rest(
	struct store *old, struct store *store, int64_t epoch, int64_t seq, int64_t *count)
{
	int64_t last = 0, last_epoch = epoch;
	const struct moment moment = { .now_ms = (int64_t)time(NULL) * 1000, .clock = CLOCK_GUESS };

	*count = 0;
	if (store_value(old, &last_epoch, "SELECT max(number) FROM epoch", "") <= 0)
		last_epoch = epoch;
	int64_t number = (last_epoch > epoch ? last_epoch : epoch) + 1;
	int error = store_epoch_start(store, &moment, number, seq, "salvaged");
	for (int64_t in = epoch ? epoch : 1; error == 0 && in <= last_epoch; in++) {
		int64_t from = in == epoch ? seq : 0;
		if (store_value(
			    old, &last, "SELECT max(seq) FROM event WHERE epoch = ?", "i", in) <= 0)
			last = from + 100000;
		for (int64_t at = from; error == 0 && at < last; at++) {
			autojson json_t *events = NULL;
			if (store_events_after(old, in, at, 1, 0, &events) < 0)
				continue;
			json_t *event = json_array_get(events, 0);
			if (!event)
				break;
			at = json_integer_value(json_object_get(event, "seq")) - 1;
			error = store_event_restate(store, event);
			*count += error == 0;
		}
	}
	return error;
}

static int salvage_log(const char *aside, struct store *store)
{
	autostore struct store *old = NULL;
	int64_t epoch = 0, seq = 0, beyond = 0;
	int error = store_connect(aside, SQLITE_OPEN_READWRITE, &old);

	if (error == 0)
		error = copy_verified(old, store, &epoch, &seq);
	if (error == 0 && epoch)
		error = restate_rest(old, store, epoch, seq, &beyond);
	if (error < 0)
		return error;
	log_notice("event log: everything up to epoch %lld, event %lld is whole; %lld events after "
		   "it could be read",
		(long long)epoch, (long long)seq, (long long)beyond);
	return 0;
}

/* What isn't in the log, or only in part: the journal, and how far the server had come. */
static int salvage_tables(struct store *store)
{
	int error = copy_journal(store);

	copy_what_can_be_read(store, "settings",
		"INSERT OR REPLACE INTO setting SELECT * FROM old.setting WHERE name <> 'serial'");
	copy_what_can_be_read(store, "settings",
		"INSERT INTO setting SELECT name, value FROM old.setting WHERE name = 'serial' AND"
		" true ON CONFLICT (name) DO UPDATE SET value ="
		" max (CAST (value AS INTEGER), CAST (excluded.value AS INTEGER))");
	copy_what_can_be_read(
		store, "commands", "INSERT OR IGNORE INTO command SELECT * FROM old.command");
	copy_what_can_be_read(
		store, "contacts", "INSERT OR IGNORE INTO contact SELECT * FROM old.contact");
	copy_what_can_be_read(store, "sync", "INSERT OR REPLACE INTO sync SELECT * FROM old.sync");
	return error;
}

/* Attached for copying; without it the log alone has to do. */
static void attach_old(struct store *store, const char *aside)
{
	char *attach = sqlite3_mprintf("ATTACH %Q AS old", aside);

	if (attach)
		copy_what_can_be_read(store, "tables", attach);
	sqlite3_free(attach);
}

static int salvage_into(struct store *store, const char *aside)
{
	int error = store_migrate(store);

	if (error < 0)
		return error;
	attach_old(store, aside);
	error = store_begin(store);
	if (error == 0)
		error = salvage_log(aside, store);
	if (error == 0)
		error = salvage_tables(store);
	if (error == 0)
		error = store_replay(store);
	if (error == 0)
		error = store_commit(store);
	if (error < 0)
		store_rollback(store);
	return error;
}

int store_salvage(const char *path, unsigned kiosk)
{
	autostore struct store *store = NULL;
	autofree char *aside = NULL;
	int error = set_aside(path, &aside);

	if (error == 0)
		error = store_connect(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &store);
	if (error < 0)
		return error;
	store->kiosk = kiosk;
	error = salvage_into(store, aside);
	if (error == 0)
		log_notice("the damaged database is kept as %s", aside);
	return error;
}
