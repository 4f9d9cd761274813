/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/printing.h"

#include <errno.h>
#include <stdio.h>

#include "store/internal.h"

int store_print_cancel(struct store *store, const char *uuid)
{
	return store_none(store_run(store,
		"UPDATE print_job SET state = 'expired' WHERE uuid = ? AND state = 'queued'", "t",
		uuid));
}

int store_print_add(struct store *store, const struct moment *moment, const char *uuid,
	int64_t expires_ms, int64_t *id)
{
	int error = store_none(store_run(store,
		"UPDATE print_job SET state = 'expired' WHERE uuid <> ? AND state = 'queued'", "t",
		uuid));
	int changed = 0;

	if (!error)
		error = changed = store_run(store,
			"UPDATE print_job SET expires_ms = ?2 WHERE uuid = ?1 AND state = 'queued'",
			"ti", uuid, expires_ms);
	if (error >= 0 && changed == 0)
		error = store_run(store,
			"INSERT INTO print_job (uuid, copy, created_ms, expires_ms) VALUES (?1,"
			" EXISTS (SELECT 1 FROM print_job WHERE uuid = ?1 AND attempts > 0), ?2, "
			"?3)",
			"tii", uuid, moment->now_ms, expires_ms);
	if (error >= 0)
		error = store_value(store, id,
			"SELECT id FROM print_job WHERE uuid = ? AND state = 'queued'", "t", uuid);
	return store_none(error);
}

/* The job in the statement's row: 1, 0 when there is none, or a negative errno. */
static int job_from_row(
	struct store *store, sqlite3_stmt *statement, int found, struct print_job *out)
{
	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found;
	const unsigned char *uuid = sqlite3_column_text(statement, 1);
	*out = (struct print_job) {
		.id = sqlite3_column_int64(statement, 0),
		.copy = sqlite3_column_int(statement, 2) != 0,
		.attempts = sqlite3_column_int64(statement, 3),
	};
	snprintf(out->uuid, sizeof(out->uuid), "%s", uuid ? (const char *)uuid : "");
	return 1;
}

int store_print_next(struct store *store, int64_t now_ms, struct print_job *out)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT id, uuid, copy, attempts FROM print_job WHERE state = 'queued'"
		" AND expires_ms > ? ORDER BY id LIMIT 1",
		"i", now_ms);

	return job_from_row(store, statement, found, out);
}

/* One row must have been changed, else there is no such job. */
static int changed_one(int changed)
{
	return changed == 0 ? -ENOENT : store_none(changed);
}

int store_print_begin(struct store *store, int64_t id)
{
	return changed_one(store_run(store,
		"UPDATE print_job SET state = 'printing', attempts = attempts + 1"
		" WHERE id = ? AND state = 'queued'",
		"i", id));
}

int store_print_end(struct store *store, int64_t id, enum print_outcome outcome, const char *reason)
{
	switch (outcome) {
	case PRINT_PRINTED:
		return changed_one(store_run(store,
			"UPDATE print_job SET state = 'printed', reason = ?2 WHERE id = ?1", "it",
			id, reason));
	case PRINT_FAILED:
		return changed_one(store_run(store,
			"UPDATE print_job SET state = 'failed', reason = ?2 WHERE id = ?1", "it",
			id, reason));
	case PRINT_AGAIN:
		/* Nothing is on paper, so it was no attempt, and the next one is no copy for it. */
		return changed_one(store_run(store,
			"UPDATE print_job SET state = 'queued', attempts = attempts - 1,"
			" reason = ?2 WHERE id = ?1 AND state = 'printing'",
			"it", id, reason));
	case PRINT_COPY:
		return changed_one(store_run(store,
			"UPDATE print_job SET state = 'queued', copy = 1, reason = ?2"
			" WHERE id = ?1 AND state = 'printing'",
			"it", id, reason));
	}
	return -EINVAL;
}

int store_print_interrupted(struct store *store)
{
	return store_none(store_run(store,
		"UPDATE print_job SET state = 'queued', copy = 1, reason = 'interrupted'"
		" WHERE state = 'printing'",
		""));
}

int store_print_expire(struct store *store, int64_t now_ms, struct print_job *out, int64_t *next_ms)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT id, uuid, copy, attempts FROM print_job WHERE state = 'queued'"
		" AND expires_ms <= ? ORDER BY id LIMIT 1",
		"i", now_ms);

	*next_ms = INT64_MAX;
	found = job_from_row(store, statement, found, out);
	if (found > 0) {
		int error = changed_one(store_run(store,
			"UPDATE print_job SET state = 'expired' WHERE id = ?", "i", out->id));
		return error < 0 ? error : 1;
	}
	if (found == 0)
		found = store_none(store_value(store, next_ms,
			"SELECT expires_ms FROM print_job WHERE state = 'queued'"
			" ORDER BY expires_ms LIMIT 1",
			""));
	return found;
}
