/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/balance.h"

#include "store/internal.h"

int store_balance(struct store *store, const char *modem, struct stored_balance *out)
{
	autostatement sqlite3_stmt *statement = NULL;
	int found = store_query(store, &statement,
		"SELECT coalesce (amount, -1), coalesce (valid_until_ms, 0), asked_ms FROM balance"
		" WHERE modem = ?",
		"t", modem);

	if (found == 0)
		found = store_step(store, statement);
	if (found <= 0)
		return found;
	*out = (struct stored_balance) {
		.amount = sqlite3_column_int64(statement, 0),
		.valid_until_ms = sqlite3_column_int64(statement, 1),
		.asked_ms = sqlite3_column_int64(statement, 2),
	};
	return 1;
}

int store_balance_put(struct store *store, const char *modem, const struct stored_balance *balance)
{
	int error = store_run(store,
		"INSERT INTO balance (modem, operator, amount, valid_until_ms, raw, asked_ms)"
		" VALUES (?, ?, nullif (?, -1), nullif (?, 0), ?, ?) ON CONFLICT (modem) DO UPDATE"
		" SET operator = excluded.operator, amount = excluded.amount,"
		" valid_until_ms = excluded.valid_until_ms, raw = excluded.raw,"
		" asked_ms = excluded.asked_ms",
		"ttiiti", modem, balance->operator_name, balance->amount, balance->valid_until_ms,
		balance->raw, balance->asked_ms);

	return error < 0 ? error : 0;
}
