/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/count.h"

#include <errno.h>

#include "store/internal.h"

#define WEEK_MS (INT64_C(7) * 24 * 3600 * 1000)

int store_count(struct store *store, int64_t now_ms, struct store_counts *counts)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT (SELECT count(*) FROM inbound_pdu WHERE state = 'raw'),"
		" (SELECT count(*) FROM inbound_pdu WHERE state = 'unreadable'),"
		" (SELECT count(*) FROM inbound_part WHERE message_id IS NULL),"
		" (SELECT count(*) FROM outgoing_sms WHERE state IN ('queued', 'submitted')),"
		" (SELECT count(*) FROM outgoing_part WHERE state = 'submitting'),"
		" (SELECT count(*) FROM outgoing_sms WHERE state IN ('failed', 'expired')"
		" AND created_ms > ?),"
		" (SELECT count(*) FROM command WHERE state = 'taken'),"
		" (SELECT count(*) FROM complaint)",
		"i", now_ms - WEEK_MS);

	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found < 0 ? found : -EIO;
	*counts = (struct store_counts) {
		.undecoded = sqlite3_column_int64(statement, 0),
		.unreadable = sqlite3_column_int64(statement, 1),
		.parts_waiting = sqlite3_column_int64(statement, 2),
		.outgoing = sqlite3_column_int64(statement, 3),
		.unsure = sqlite3_column_int64(statement, 4),
		.failed = sqlite3_column_int64(statement, 5),
		.commands = sqlite3_column_int64(statement, 6),
		.complaints = sqlite3_column_int64(statement, 7),
	};
	return 0;
}
