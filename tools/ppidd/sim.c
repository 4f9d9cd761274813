/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/sim.h"

#include <errno.h>

#include "tools/ppidd/record.h"
#include "wire/event.h"

int sim_told(struct db *db, const struct sim *sim)
{
	/* 0 stands for NULL, which an integer argument can't say. */
	int changed = db_run(db,
		"INSERT INTO sim (kiosk, modem, operator, amount, valid_until_ms, low, told_ms) "
		"VALUES ($1, $2, $3, nullif($4, -1), nullif($5, 0), $6, $7) "
		"ON CONFLICT (kiosk, modem) DO UPDATE SET operator = excluded.operator, "
		"amount = excluded.amount, valid_until_ms = excluded.valid_until_ms, "
		"low = excluded.low, told_ms = excluded.told_ms",
		"ittiiii", sim->kiosk, sim->modem, sim->operator_name,
		sim->amount < 0 ? (int64_t)-1 : sim->amount, sim->valid_until_ms, (int64_t)sim->low,
		sim->told_ms);

	return changed < 0 ? changed : 0;
}

int sim_list(struct db *db, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT kiosk, modem, operator, amount, valid_until_ms, low, told_ms FROM sim "
		"ORDER BY kiosk, modem",
		"");
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *amount = db_text(rows, 3) ? json_integer((json_int_t)db_integer(rows, 3))
						  : json_null();
		json_t *item = json_pack("{s:I, s:s, s:s, s:o, s:o, s:b, s:o}", "kiosk",
			(json_int_t)db_integer(rows, 0), "modem", db_words(rows, 1), "operator",
			db_words(rows, 2), "amount", amount, "valid_until",
			record_time(db_integer(rows, 4)), "low", db_integer(rows, 5) != 0, "told",
			record_time(db_integer(rows, 6)));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}

int sim_any_low(struct db *db)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT 1 FROM sim s JOIN kiosk k ON k.number = s.kiosk "
		"WHERE s.low = 1 AND k.revoked_ms IS NULL LIMIT 1",
		"");
	return result < 0 ? result : db_step(rows);
}
