/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/note.h"

#include <errno.h>

#include "tools/ppidd/record.h"

int note_add(struct db *db, const struct step *step, const struct note *note)
{
	int added = db_run(db,
		"INSERT INTO note (id, complaint, kind, officer, created_ms) "
		"VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING",
		"tttti", note->id, note->complaint, note->kind, step->actor, step->now_ms);

	if (added <= 0)
		return added == 0 ? -EALREADY : added;
	int error = db_run(db, "INSERT INTO note_personal (id, text) VALUES ($1, $2)", "tt",
		note->id, note->text);
	return error < 0 ? error : 0;
}

int note_list(struct db *db, const char *complaint, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT n.kind, n.officer, n.created_ms, p.text FROM note n "
		"LEFT JOIN note_personal p ON p.id = n.id WHERE n.complaint = $1 "
		"ORDER BY n.created_ms, n.id",
		"t", complaint);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:s, s:s, s:o, s:s?}", "kind", db_words(rows, 0),
			"officer", db_words(rows, 1), "created", record_time(db_integer(rows, 2)),
			"text", db_text(rows, 3));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}
