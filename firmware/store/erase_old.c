/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is erased by age, and what makes the files forget it. */
#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "store/erase_internal.h"
#include "store/internal.h"

#define AT_A_TIME 10
/* Guesses count for an hour; a report that no message was waiting for is nobody's after days. */
#define PASSING_MS (INT64_C(31) * 24 * 3600 * 1000)
/* Written anew as a whole within seconds, also on a memory card. */
#define VACUUM_MOST (INT64_C(16) << 20)

/* Whether the server lacks something that is older: then nothing is taken from it. */
static int waits_for_server(struct store *store, int64_t before_ms)
{
	int64_t one;

	return store_value(store, &one,
		"SELECT 1 FROM sync s JOIN event e ON (e.epoch = s.acked_epoch"
		" AND e.seq = s.acked_seq + 1) OR (e.epoch = s.acked_epoch + 1 AND e.seq = 1)"
		" WHERE e.time_ms < ? LIMIT 1",
		"i", before_ms);
}

/* The uuids that a query gives, as a JSON array; ?1 is before_ms, ?2 how many. */
static int find_complaints(struct store *store, const char *sql, int64_t before_ms, json_t **out)
{
	autostatement sqlite3_stmt *statement = NULL;
	autojson json_t *list = json_array();
	int found = list ? store_query(store, &statement, sql, "ii", before_ms, (int64_t)AT_A_TIME)
			 : -ENOMEM;

	while (found >= 0 && (found = store_step(store, statement)) > 0) {
		if (json_array_append_new(
			    list, json_string((const char *)sqlite3_column_text(statement, 0))) < 0)
			return -ENOMEM;
	}
	if (found >= 0)
		*out = take_pointer(list);
	return found;
}

static int erase_each(
	struct store *store, const struct moment *moment, const char *sql, int64_t before_ms)
{
	autojson json_t *list = NULL;
	size_t index;
	json_t *uuid;
	int error = find_complaints(store, sql, before_ms, &list);

	json_array_foreach (list, index, uuid) {
		const struct store_erasure erasure = { .uuid = json_string_value(uuid) };
		if (error >= 0)
			error = store_erase_complaint(store, moment, &erasure);
	}
	return error < 0 ? error : (int)json_array_size(list);
}

/* Ended so long ago, nothing of it waiting to be sent. */
#define ENDED                                                                                      \
	"SELECT c.uuid FROM complaint c WHERE c.erased_ms IS NULL AND c.updated_ms < ?1"           \
	" AND c.state IN ('resolved', 'closed', 'referred', 'withdrawn') AND NOT EXISTS"           \
	" (SELECT 1 FROM outgoing_sms o WHERE o.ticket = c.ticket"                                 \
	" AND o.state IN ('queued', 'submitted')) ORDER BY c.updated_ms LIMIT ?2"
/* What was still being sent, or came, when it was erased. */
#define LEFT                                                                                       \
	"SELECT c.uuid FROM complaint c WHERE c.erased_ms IS NOT NULL AND ?1 > 0"                  \
	" AND (EXISTS (SELECT 1 FROM outgoing_sms o WHERE o.ticket = c.ticket"                     \
	" AND o.state NOT IN ('queued', 'submitted')) OR EXISTS"                                   \
	" (SELECT 1 FROM inbound_message m WHERE m.ticket = c.ticket)) LIMIT ?2"

/* Messages that belong to no ticket, by ?1. */
#define OLD_INBOUND                                                                                \
	"(SELECT m.id FROM inbound_message m WHERE m.ticket IS NULL AND m.received_ms < ?1)"
#define OLD_OUTGOING                                                                               \
	"(SELECT o.id FROM outgoing_sms o WHERE o.ticket IS NULL AND o.created_ms < ?1"            \
	" AND o.state NOT IN ('queued', 'submitted'))"

/* In an order that breaks no reference. */
static const char *const carried[] = {
	"DELETE FROM inbound_part WHERE message_id IN " OLD_INBOUND,
	"UPDATE outgoing_sms SET inbound_id = NULL WHERE inbound_id IN " OLD_INBOUND,
	"DELETE FROM inbound_message WHERE ticket IS NULL AND received_ms < ?1",
	"DELETE FROM status_report WHERE sms_id IN " OLD_OUTGOING,
	"DELETE FROM outgoing_part WHERE sms_id IN " OLD_OUTGOING,
	"DELETE FROM outgoing_sms WHERE id IN " OLD_OUTGOING,
	/* Taken in for a message of a complaint that lives on: its words stand there. */
	"UPDATE inbound_pdu SET pdu = NULL WHERE pdu IS NOT NULL AND state = 'decoded'"
	" AND received_ms < ?1",
	"DELETE FROM inbound_pdu WHERE received_ms < ?1 AND state <> 'raw'"
	" AND NOT EXISTS (SELECT 1 FROM inbound_part p WHERE p.pdu_id = inbound_pdu.id)"
	" AND NOT EXISTS (SELECT 1 FROM status_report r WHERE r.pdu_id = inbound_pdu.id)",
	"DELETE FROM event_personal WHERE (epoch, seq) IN (SELECT e.epoch, e.seq FROM event e"
	" WHERE e.ticket IS NULL AND e.time_ms < ?1"
	" AND e.type IN ('inbound.ignored', 'inbound.unreadable', 'message.queued'))",
	"DELETE FROM command WHERE state <> 'taken' AND taken_ms < ?1"
	" AND json_extract (body, '$.uuid') IS NULL AND json_extract (body, '$.ticket') IS NULL"
	" AND NOT EXISTS (SELECT 1 FROM outgoing_sms o WHERE o.command_id = command.id)",
	"DELETE FROM print_job WHERE created_ms < ?1 AND state NOT IN ('queued', 'printing')",
};

/* By ?1 as well, but that of weeks ago: what matters for hours only. */
static const char *const passing[] = {
	"DELETE FROM guess WHERE since_ms < ?1",
	"UPDATE inbound_pdu SET pdu = NULL WHERE id IN (SELECT r.pdu_id FROM status_report r"
	" JOIN inbound_pdu d ON d.id = r.pdu_id WHERE r.sms_id IS NULL AND d.received_ms < ?1)",
	"DELETE FROM status_report WHERE sms_id IS NULL AND pdu_id IN"
	" (SELECT id FROM inbound_pdu WHERE received_ms < ?1)",
};

/* How many rows changed. */
static int run_each(
	struct store *store, const char *const *statements, size_t count, int64_t before_ms)
{
	int error = 0, changed = 0;

	for (size_t i = 0; error >= 0 && i < count; i++) {
		error = store_run(store, statements[i], "i", before_ms);
		if (error > 0)
			changed += error;
	}
	return error < 0 ? error : changed;
}

/* Numbers without a complaint that agreed to nothing. */
static int erase_contacts(struct store *store, int64_t before_ms)
{
	autojson json_t *list = NULL;
	size_t index;
	json_t *sender;
	int error = find_complaints(store,
		"SELECT n.sender FROM contact n WHERE n.updated_ms < ?1"
		" AND coalesce (n.announcements, 0) <> 1 AND NOT EXISTS"
		" (SELECT 1 FROM complaint_personal p WHERE p.sender = n.sender) LIMIT ?2",
		before_ms, &list);

	json_array_foreach (list, index, sender) {
		if (error >= 0)
			error = store_erase_contact(store, json_string_value(sender));
	}
	return error < 0 ? error : (int)json_array_size(list);
}

int store_erase_old(
	struct store *store, const struct moment *moment, int64_t before_ms, bool synced)
{
	/* What was erased stays so, whatever the rule and the server; once is enough. */
	int result = erase_each(store, moment, LEFT, moment->now_ms);

	if (result >= 0)
		result = run_each(store, passing, ARRAY_SIZE(passing), moment->now_ms - PASSING_MS);
	if (result != 0 || before_ms <= 0)
		return result;
	int waits = synced ? waits_for_server(store, before_ms) : 0;
	if (waits != 0)
		return store_none(waits);
	result = erase_each(store, moment, ENDED, before_ms);
	if (result == 0)
		result = erase_contacts(store, before_ms);
	if (result == 0)
		result = run_each(store, carried, ARRAY_SIZE(carried), before_ms);
	return result;
}

/*
 * secure_delete overwrites what is deleted, but rows that moved between pages before left copies in
 * the pages' free room: only writing all anew is sure to lose those.
 */
int store_forget(struct store *store)
{
	int64_t size = 0;
	char *words = NULL;
	int code = SQLITE_OK;
	int found = store_value(store, &size,
		"SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", "");

	if (found < 0)
		return found;
	/* Whoever reads just now isn't waited for. */
	sqlite3_busy_timeout(store->db, 0);
	if (size <= VACUUM_MOST)
		code = sqlite3_exec(
			store->db, "PRAGMA temp_store = MEMORY; VACUUM", NULL, NULL, &words);
	else
		log_notice("the database is too large to be written anew by itself: traces of "
			   "what was erased may stay in its free room until kotakd is stopped and "
			   "'sqlite3 %s VACUUM' is run",
			sqlite3_db_filename(store->db, "main"));
	if (code == SQLITE_OK)
		code = sqlite3_wal_checkpoint_v2(
			store->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_free(words);
	sqlite3_busy_timeout(store->db, 5000);
	if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED)
		return -EBUSY;
	if (code == SQLITE_OK)
		store->traces = false;
	return code == SQLITE_OK ? 0 : store_failed(store, code, "writing the database anew");
}

/* The time in a copy's name, NAME.WHY-SECONDS with an ending of SQLite's; 0: it is none. */
static int64_t copied_ms(const char *file, const char *name)
{
	static const char *const whys[] = { ".damaged-", ".replaced-" };
	size_t length = strlen(name);

	if (strncmp(file, name, length) != 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(whys); i++) {
		if (strncmp(file + length, whys[i], strlen(whys[i])) == 0)
			return strtoll(file + length + strlen(whys[i]), NULL, 10) * 1000;
	}
	return 0;
}

int store_remove_copies(struct store *store, int64_t before_ms)
{
	const char *path = sqlite3_db_filename(store->db, "main");
	autofree char *folder_copy = path ? strdup(path) : NULL;
	autofree char *name_copy = path ? strdup(path) : NULL;
	int removed = 0, error = 0;

	if (!folder_copy || !name_copy)
		return path ? -ENOMEM : 0;
	const char *name = basename(name_copy);
	DIR *folder = *path ? opendir(dirname(folder_copy)) : NULL;
	if (!folder)
		return *path ? -errno : 0;
	for (const struct dirent *file; (file = readdir(folder));) {
		int64_t time_ms = copied_ms(file->d_name, name);
		if (time_ms <= 0 || time_ms >= before_ms)
			continue;
		if (unlinkat(dirfd(folder), file->d_name, 0) < 0)
			error = -errno;
		else
			removed++;
	}
	closedir(folder);
	if (removed > 0)
		log_notice("%d old files of damaged or replaced databases were removed", removed);
	return error < 0 ? error : removed;
}
