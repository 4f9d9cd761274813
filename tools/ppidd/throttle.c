/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/throttle.h"

#define MINUTE_MS INT64_C(60000)
#define WAIT_FIRST_MS (MINUTE_MS / 2)
#define WAIT_MAX_MS (15 * MINUTE_MS)

int64_t throttle_wait(struct db *db, const char *asker, int64_t free, int64_t now_ms)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(
		db, &rows, "SELECT failures, last_ms FROM throttle WHERE asker = $1", "t", asker);
	if (result < 0)
		return result;
	result = db_step(rows);
	if (result <= 0)
		return result;
	int64_t over = db_integer(rows, 0) - free;
	int64_t passed = now_ms - db_integer(rows, 1);
	if (over < 0 || passed < 0)
		return 0;
	int64_t wait = over < 6 ? WAIT_FIRST_MS << over : WAIT_MAX_MS;
	if (wait > WAIT_MAX_MS)
		wait = WAIT_MAX_MS;
	return passed < wait ? wait - passed : 0;
}

int throttle_failed(struct db *db, const char *asker, int64_t now_ms)
{
	/* Whoever stayed away for long begins anew. */
	int error = db_run(
		db, "DELETE FROM throttle WHERE last_ms < $1", "i", now_ms - 4 * WAIT_MAX_MS);
	if (error < 0)
		return error;
	error = db_run(db,
		"INSERT INTO throttle (asker, failures, last_ms) VALUES ($1, 1, $2) "
		"ON CONFLICT (asker) DO UPDATE SET failures = throttle.failures + 1, "
		"last_ms = excluded.last_ms",
		"ti", asker, now_ms);
	return error < 0 ? error : 0;
}

int throttle_forget(struct db *db, const char *asker)
{
	int error = db_run(db, "DELETE FROM throttle WHERE asker = $1", "t", asker);

	return error < 0 ? error : 0;
}
