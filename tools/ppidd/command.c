/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/command.h"

#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "base/log.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/handover.h"
#include "tools/ppidd/record.h"

static int one_number(struct db *db, const char *sql, int64_t kiosk, int64_t *out)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows, sql, "i", kiosk);
	if (result >= 0)
		result = db_step(rows);
	if (result < 0)
		return result;
	*out = result > 0 ? db_integer(rows, 0) : 0;
	return 0;
}

/* Where numbers go on: after those we gave and those that the kiosk had from a lost life of ours.
 */
static int last_number(struct db *db, int64_t kiosk, int64_t *out)
{
	int64_t place = 0;

	int error = one_number(db, "SELECT max(number) FROM command WHERE kiosk = $1", kiosk, out);
	if (error >= 0)
		error = one_number(db, "SELECT place FROM kiosk WHERE number = $1", kiosk, &place);
	if (place > *out)
		*out = place;
	return error;
}

static int insert_command(
	struct db *db, const struct step *step, const struct command *command, bool desk)
{
	int64_t last = 0;

	int error = last_number(db, command->kiosk, &last);
	if (error < 0)
		return error;
	int added = db_run(db,
		"INSERT INTO command (id, kiosk, number, type, complaint, ticket, old_ticket, "
		"target, actor, created_ms, state, echoed, applied_ms, day) VALUES ($1, $2, $3, "
		"$4, "
		"$5, $6, $7, $8, $9, $10, $11, $12, nullif($13, 0), nullif($14, '')) "
		"ON CONFLICT (id) DO NOTHING",
		"tiittttttitiit", command->id, command->kiosk, last + 1, command->type,
		command->complaint, command->ticket, command->old_ticket, command->target,
		step->actor, step->now_ms, desk ? "done" : "pending", (int64_t)desk,
		desk ? step->now_ms : 0, command->day);
	return added == 0 ? -EALREADY : added;
}

int command_add(struct db *db, const struct step *step, const struct command *command)
{
	int desk = desk_takes(db, command->kiosk);
	int error = desk < 0 ? desk : insert_command(db, step, command, desk > 0);

	if (error >= 0 && (command->text || command->reason))
		error = db_run(db,
			"INSERT INTO command_personal (id, text, reason) VALUES ($1, $2, $3)",
			"ttt", command->id, command->text, command->reason);
	/* What no machine has to do is done with it. */
	if (error >= 0 && desk > 0 && command->target)
		error = db_run(db, "UPDATE complaint SET kiosk_state = $1 WHERE uuid = $2", "tt",
			command->target, command->complaint);
	if (error >= 0 && desk > 0)
		error = handover_owe(db, step, command);
	return error < 0 ? error : 0;
}

int command_known(struct db *db, const char *id)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows, "SELECT 1 FROM command WHERE id = $1", "t", id);
	return result < 0 ? result : db_step(rows);
}

static int add_text(json_t *item, const char *key, const char *text)
{
	return text && json_object_set_new(item, key, json_string(text)) < 0 ? -ENOMEM : 0;
}

static int command_row(struct db_rows *rows, json_t *list)
{
	json_t *item = json_pack("{s:I, s:s, s:s, s:s, s:o}", "number",
		(json_int_t)db_integer(rows, 0), "id", db_words(rows, 1), "type", db_words(rows, 2),
		"actor", db_words(rows, 5), "time", record_time(db_integer(rows, 6)));

	if (json_array_append_new(list, item) < 0)
		return -ENOMEM;
	int error = add_text(item, "uuid", db_text(rows, 3));
	if (error >= 0)
		error = add_text(item, "ticket", db_text(rows, 4));
	if (error >= 0)
		error = add_text(item, "old", db_text(rows, 7));
	if (error >= 0)
		error = add_text(item, "to", db_text(rows, 8));
	if (error >= 0)
		error = add_text(item, "text", db_text(rows, 9));
	if (error >= 0)
		error = add_text(item, "reason", db_text(rows, 10));
	bool answer = strcmp(db_words(rows, 2), "answer") == 0;
	return error < 0 ? error
			 : add_text(item, answer ? "object_until" : "due", db_text(rows, 11));
}

int command_pending(struct db *db, int64_t kiosk, int64_t after, int64_t most, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT c.number, c.id, c.type, c.complaint, c.ticket, c.actor, c.created_ms, "
		"c.old_ticket, c.target, p.text, p.reason, c.day FROM command c "
		"LEFT JOIN command_personal p ON p.id = c.id "
		"WHERE c.kiosk = $1 AND c.state = 'pending' AND c.number > $2 "
		"ORDER BY c.number LIMIT $3",
		"iii", kiosk, after, most);
	while (result >= 0 && (result = db_step(rows)) > 0)
		result = command_row(rows, list);
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}

/* 1 when command number after is known by that id, so far as the kiosk told it. */
static int known_place(struct db *db, int64_t kiosk, int64_t after, const char *id)
{
	autorows struct db_rows *rows = NULL;
	int64_t last = 0;

	if (after == 0)
		return 1;
	int result = db_query(db, &rows,
		"SELECT 1 FROM kiosk WHERE number = $1 AND place = $2 AND place_id = $3", "iit",
		kiosk, after, id);
	if (result >= 0)
		result = db_step(rows);
	if (result != 0)
		return result;
	db_done(take_pointer(rows));
	result = db_query(db, &rows, "SELECT id FROM command WHERE kiosk = $1 AND number = $2",
		"ii", kiosk, after);
	if (result >= 0)
		result = db_step(rows);
	if (result < 0)
		return result;
	if (result > 0)
		return !*id || strcmp(db_words(rows, 0), id) == 0;
	if (*id)
		return 0;
	/* Without an id only a number that we never gave tells. */
	db_done(take_pointer(rows));
	result = last_number(db, kiosk, &last);
	return result < 0 ? result : after <= last;
}

/* Numbers what is pending after the kiosk's place, and keeps the place for what is added later. */
static int renumber(struct db *db, int64_t kiosk, int64_t after, const char *id)
{
	autojson json_t *pending = NULL;
	int64_t base = 0;
	size_t i;
	json_t *item;

	int error = command_pending(db, kiosk, INT64_MIN, INT64_MAX, &pending);
	if (error < 0)
		return error;
	error = db_run(db, "UPDATE kiosk SET place = $1, place_id = $2 WHERE number = $3", "iti",
		after, id, kiosk);
	if (error < 0)
		return error;
	error = db_run(db,
		"UPDATE command SET number = NULL WHERE kiosk = $1 AND state = 'pending'", "i",
		kiosk);
	if (error >= 0)
		error = one_number(
			db, "SELECT max(number) FROM command WHERE kiosk = $1", kiosk, &base);
	if (after > base)
		base = after;
	json_array_foreach (pending, i, item) {
		if (error >= 0)
			error = db_run(db, "UPDATE command SET number = $1 WHERE id = $2", "it",
				base + (int64_t)i + 1, record_text(item, "id"));
	}
	return error < 0 ? error : (int)json_array_size(pending);
}

int command_resync(struct db *db, int64_t kiosk, int64_t after, const char *id)
{
	int result = known_place(db, kiosk, after, id);

	if (result != 0)
		return result < 0 ? result : 0;
	result = db_begin(db);
	if (result < 0)
		return result;
	result = known_place(db, kiosk, after, id);
	if (result == 0)
		result = renumber(db, kiosk, after, id);
	else if (result > 0)
		result = 0;
	result = db_end(db, result);
	if (result > 0)
		log_warning(
			"kiosk %lld knows commands that this database does not (was it restored?): "
			"%d pending ones numbered anew from %lld",
			(long long)kiosk, result, (long long)after + 1);
	return result < 0 ? result : 0;
}

int command_applied(struct db *db, int64_t kiosk, const char *id, bool done, const char *reason,
	int64_t now_ms, char complaint[static UUID_SIZE])
{
	complaint[0] = '\0';
	int changed = db_run(db,
		"UPDATE command SET state = $1, reason = $2, applied_ms = $3 "
		"WHERE kiosk = $4 AND id = $5 AND state = 'pending'",
		"ttiit", done ? "done" : "refused", reason, now_ms, kiosk, id);
	if (changed <= 0)
		return changed;
	/* A kiosk that tells no steps of its own still leaves the complaint where the command led.
	 */
	if (done)
		changed = db_run(db,
			"UPDATE complaint SET kiosk_state = (SELECT target FROM command WHERE id = "
			"$1) "
			"WHERE uuid = (SELECT complaint FROM command "
			"WHERE id = $1 AND target IS NOT NULL AND echoed = 0)",
			"t", id);
	else /* Nobody was asked. */
		changed = db_run(db,
			"UPDATE complaint SET surveyed_ms = NULL WHERE uuid = "
			"(SELECT complaint FROM command WHERE id = $1 AND type = 'survey')",
			"t", id);
	if (changed < 0)
		return changed;
	autorows struct db_rows *rows = NULL;
	int result = db_query(db, &rows, "SELECT complaint FROM command WHERE id = $1", "t", id);
	if (result >= 0)
		result = db_step(rows);
	if (result > 0)
		snprintf(complaint, UUID_SIZE, "%s", db_words(rows, 0));
	return result < 0 ? result : 0;
}

int command_applied_place(struct db *db, int64_t kiosk, json_t **out)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT number, id FROM command WHERE kiosk = $1 AND number < coalesce("
		"(SELECT min(number) FROM command WHERE kiosk = $1 AND state = 'pending'), "
		"9223372036854775807) ORDER BY number DESC LIMIT 1",
		"i", kiosk);
	if (result >= 0)
		result = db_step(rows);
	if (result < 0)
		return result;
	*out = json_pack("{s:I, s:s}", "number", (json_int_t)(result > 0 ? db_integer(rows, 0) : 0),
		"id", result > 0 ? db_words(rows, 1) : "");
	return *out ? 0 : -ENOMEM;
}

int command_announcements(struct db *db, int64_t most, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT c.id, c.kiosk, k.name, c.actor, c.created_ms, c.state, c.reason, p.text "
		"FROM command c JOIN kiosk k ON k.number = c.kiosk "
		"LEFT JOIN command_personal p ON p.id = c.id "
		"WHERE c.type = 'announce' ORDER BY c.created_ms DESC, c.kiosk LIMIT $1",
		"i", most);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *item = json_pack("{s:s, s:I, s:s, s:s, s:o, s:s, s:s?, s:s?}", "id",
			db_words(rows, 0), "kiosk", (json_int_t)db_integer(rows, 1), "kiosk_name",
			db_words(rows, 2), "actor", db_words(rows, 3), "created",
			record_time(db_integer(rows, 4)), "state", db_words(rows, 5), "reason",
			db_text(rows, 6), "text", db_text(rows, 7));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}
