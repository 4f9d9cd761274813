/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When the database is damaged: a new one is made from what can still be read, and then takes
 * its place; it is moved aside, never deleted. The verified beginning of the event log is carried
 * over as it is; readable events beyond the damage are restated in a new epoch; journaled PDUs are
 * taken along, so that nothing is answered twice and nothing unanswered is lost.
 *
 * A power cut at any point leaves either the damaged database, to begin again, or the finished
 * new one beside it as .next, which the next start puts in its place.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
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

/* *aside gets the new name; the caller frees it. */
static int set_aside(const char *path, const char *why, char **aside)
{
	/* Two within a second would be one too many to tell apart. */
	if (asprintf(aside, "%s.%s-%lld", path, why, (long long)time(NULL)) < 0)
		return -ENOMEM;
	int error = move_aside(path, *aside, "");
	if (error == 0)
		error = move_aside(path, *aside, "-wal");
	if (error == 0)
		error = move_aside(path, *aside, "-shm");
	return error;
}

/* So that a rename survives a power cut. */
static int sync_folder_of(const char *path)
{
	autofree char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	autoclose int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int store_rename(const char *from, const char *to)
{
	if (rename(from, to) < 0) {
		int error = -errno;
		log_error("%s can't be renamed to %s: %s", from, to, strerror(-error));
		return error;
	}
	return sync_folder_of(to);
}

/* The name of a finished database that is to take path's place; the caller frees it. */
static char *next_to(const char *path)
{
	char *next = NULL;

	return asprintf(&next, "%s.next", path) < 0 ? NULL : next;
}

int store_succeed(const char *path, const char *why)
{
	autofree char *next = next_to(path);
	autofree char *aside = NULL;

	if (!next)
		return -ENOMEM;
	if (access(next, F_OK) < 0)
		return errno == ENOENT ? 0 : -errno;
	int error = set_aside(path, why, &aside);
	if (error == 0)
		error = store_rename(next, path);
	if (error == 0)
		log_notice("the database that was here before is kept as %s", aside);
	return error;
}

int store_replace(const char *finished, const char *path, const char *why)
{
	autofree char *next = next_to(path);
	int error = next ? store_rename(finished, next) : -ENOMEM;

	return error < 0 ? error : store_succeed(path, why);
}

/* Writes the row that reading stands at into the table of the same form. */
static int copy_row(struct store *store, sqlite3_stmt *reading, const char *table)
{
	sqlite3_stmt *writing = NULL;
	int columns = sqlite3_column_count(reading);
	sqlite3_str *sql = sqlite3_str_new(store->db);

	sqlite3_str_appendf(sql, "INSERT OR IGNORE INTO \"%w\" VALUES (?", table);
	for (int i = 1; i < columns; i++)
		sqlite3_str_appendall(sql, ", ?");
	sqlite3_str_appendall(sql, ")");
	char *text = sqlite3_str_finish(sql);
	int code = text ? sqlite3_prepare_v2(store->db, text, -1, &writing, NULL) : SQLITE_NOMEM;
	for (int i = 0; code == SQLITE_OK && i < columns; i++)
		code = sqlite3_bind_value(writing, i + 1, sqlite3_column_value(reading, i));
	if (code == SQLITE_OK)
		code = sqlite3_step(writing);
	sqlite3_finalize(writing);
	sqlite3_free(text);
	return code == SQLITE_DONE ? 0 : store_failed(store, code, "salvaging a row");
}

/*
 * Copies the rows that a query of the old database gives, until damage ends it. The old
 * connection takes the error: ours is never touched by it. Whether it got to the end.
 */
static bool copy_rows(struct store *old, struct store *store, const char *table, const char *sql)
{
	sqlite3_stmt *reading = NULL;
	int code = sqlite3_prepare_v2(old->db, sql, -1, &reading, NULL);

	while (code == SQLITE_OK || code == SQLITE_ROW) {
		code = sqlite3_step(reading);
		if (code == SQLITE_ROW && copy_row(store, reading, table) < 0)
			code = SQLITE_ERROR;
	}
	sqlite3_finalize(reading);
	return code == SQLITE_DONE;
}

/* The journal in small pieces: one unreadable page must not cost the others. */
static bool copy_journal(struct store *old, struct store *store)
{
	static const int64_t piece = 50;
	int64_t last = 0, lost = 0;

	/* Where even that can't be read, trying more rows than there are costs little. */
	if (store_value(old, &last, "SELECT max(id) FROM inbound_pdu", "") <= 0)
		last = 100000;
	for (int64_t id = 1; id <= last; id += piece) {
		char *sql =
			sqlite3_mprintf("SELECT * FROM inbound_pdu WHERE id BETWEEN %lld AND %lld",
				id, id + piece - 1);
		lost += !sql || !copy_rows(old, store, "inbound_pdu", sql);
		sqlite3_free(sql);
	}
	return lost == 0;
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

static int salvage_log(struct store *old, struct store *store)
{
	int64_t epoch = 0, seq = 0, beyond = 0;
	int error = copy_verified(old, store, &epoch, &seq);

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
static void salvage_tables(struct store *old, struct store *store)
{
	static const struct {
		const char *table;
		const char *sql;
	} tables[] = {
		{ "setting", "SELECT * FROM setting" },
		{ "command", "SELECT * FROM command" },
		{ "contact", "SELECT * FROM contact" },
		{ "notice", "SELECT * FROM notice" },
		{ "panel_session", "SELECT * FROM panel_session" },
		{ "panel_addition", "SELECT * FROM panel_addition" },
	};

	if (!copy_journal(old, store))
		log_warning("of the damaged database's journal not everything could be read");
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (!copy_rows(old, store, tables[i].table, tables[i].sql))
			log_warning("of the damaged database's table %s not everything could be "
				    "read",
				tables[i].table);
	}
}

static int salvage_into(struct store *store, struct store *old)
{
	int error = store_begin(store);

	/* Settings first: a jump of the serials then starts from the right one. */
	if (error == 0)
		salvage_tables(old, store);
	if (error == 0)
		error = salvage_log(old, store);
	if (error == 0)
		error = store_replay(store);
	/* What can't be read here, the server may have. */
	if (error == 0)
		error = store_sync_restore(store, "");
	if (error == 0)
		error = store_commit(store);
	if (error < 0)
		store_rollback(store);
	return error;
}

/* Makes the new database at that place, from what can be read of the one at path. */
static int salvage_to(const char *finished, const char *path, unsigned kiosk)
{
	autostore struct store *store = NULL;
	autostore struct store *old = NULL;
	int error = store_connect(finished, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &store);

	if (error == 0)
		error = store_migrate(store);
	if (error == 0)
		error = store_connect(path, SQLITE_OPEN_READWRITE, &old);
	if (error != 0)
		return error;
	store->kiosk = kiosk;
	return salvage_into(store, old);
}

int store_salvage(const char *path, unsigned kiosk)
{
	autofree char *unfinished = NULL;

	if (asprintf(&unfinished, "%s.unfinished", path) < 0)
		return -ENOMEM;
	/* One that a power cut left is begun anew. */
	if (unlink(unfinished) < 0 && errno != ENOENT)
		return -errno;
	int error = salvage_to(unfinished, path, kiosk);
	return error < 0 ? error : store_replace(unfinished, path, "damaged");
}
