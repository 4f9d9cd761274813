/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/dossier.h"

#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/chain.h"
#include "tools/ppidd/complaint_internal.h"
#include "tools/ppidd/handover.h"
#include "tools/ppidd/note.h"
#include "tools/ppidd/reading.h"
#include "tools/ppidd/record.h"

#define FORMAT "kotak-ticket-file"
#define VERSION 1
#define READINGS_MOST 500
/* Of each log so many events before and after the ticket's own are checked with them. */
#define AROUND 20
#define AROUND_MOST 4000

/* Columns behind CHAIN_COLUMNS. */
enum { SOURCE = CHAIN_COLUMN_COUNT, TAKEN, SALT, BODY, BEFORE, RESTATED };

/* Whether the event's hash follows from the event and the hash before it. */
static const char *check_hash(const json_t *event, const char *before)
{
	char hash[HASH_SIZE];

	if (!before || strlen(before) != HASH_SIZE - 1)
		return "missing";
	if (event_hash(event, before, hash) < 0)
		return "wrong";
	return strcmp(hash, record_words(event, "hash")) == 0 ? "right" : "wrong";
}

/* Whether the personal part is the one that the event holds the salted hash of. */
static const char *check_personal(const json_t *event, bool kept)
{
	if (!record_text(json_object_get(event, "data"), "personal"))
		return kept ? "wrong" : "none";
	if (!kept)
		return "erased";
	return event_check_seal(event) < 0 ? "wrong" : "right";
}

/* Puts salt and words under the event, for its check. */
static int add_personal(struct db_rows *rows, json_t *event)
{
	const char *salt = db_text(rows, SALT);

	if (!salt)
		return 0;
	json_t *body = json_loads(db_words(rows, BODY), JSON_REJECT_DUPLICATES, NULL);
	json_t *personal = json_pack("{s:s, s:o}", "salt", salt, "body", body ? body : json_null());
	return json_object_set_new(event, "personal", personal) < 0 ? -ENOMEM : 0;
}

/* What the reader may not know goes, and the salt with it: else it could be guessed. */
static int hide_identity(json_t *event)
{
	json_t *personal = json_object_get(event, "personal");

	if (!personal)
		return 0;
	complaint_keep_identity(record_words(event, "type"), json_object_get(personal, "body"));
	json_object_del(personal, "salt");
	return json_object_set_new(personal, "kept", json_true()) < 0 ? -ENOMEM : 0;
}

/* One whose data was changed beyond reading. */
static int unreadable(struct db_rows *rows, json_t *list)
{
	json_t *item = json_pack("{s:I, s:o, s:b, s:s, s:s, s:o}", "source",
		(json_int_t)db_integer(rows, SOURCE), "taken", record_time(db_integer(rows, TAKEN)),
		"restated", 0, "hash_check", "wrong", "personal_check", "none", "event",
		json_null());

	return json_array_append_new(list, item) < 0 ? -ENOMEM : 0;
}

static int one_event(struct db_rows *rows, bool hide, json_t *list)
{
	autojson json_t *event = NULL;

	int error = chain_row(rows, &event);
	if (error == -EBADMSG)
		return unreadable(rows, list);
	if (error >= 0)
		error = add_personal(rows, event);
	if (error < 0)
		return error;
	bool first = record_number(event, "seq") == 1;
	const char *before = first ? chain_seam(event) : db_text(rows, BEFORE);
	json_t *item = json_pack("{s:I, s:o, s:b, s:s?, s:s, s:s}", "source",
		(json_int_t)db_integer(rows, SOURCE), "taken", record_time(db_integer(rows, TAKEN)),
		"restated", (int)(db_integer(rows, RESTATED) != 0), "previous", before,
		"hash_check", check_hash(event, before), "personal_check",
		check_personal(event, db_text(rows, SALT) != NULL));
	if (json_array_append_new(list, item) < 0)
		return -ENOMEM;
	error = hide ? hide_identity(event) : 0;
	if (error >= 0 && json_object_set(item, "event", event) < 0)
		error = -ENOMEM;
	return error;
}

static int collect_events(struct db *db, const char *uuid, bool hide, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT " CHAIN_COLUMNS ", e.source, e.taken_ms, p.salt, p.body, "
		"(SELECT b.hash FROM event b WHERE b.source = e.source AND b.epoch = e.epoch "
		"AND b.seq = e.seq - 1), CASE WHEN EXISTS (SELECT 1 FROM event f "
		"WHERE f.source = e.source AND f.id = e.id AND f.epoch < e.epoch) THEN 1 ELSE 0 "
		"END FROM event e LEFT JOIN event_personal p ON p.source = e.source "
		"AND p.epoch = e.epoch AND p.seq = e.seq WHERE e.complaint = $1 "
		"ORDER BY e.taken_ms, e.source DESC, e.epoch, e.seq",
		"t", uuid);
	while (result >= 0 && (result = db_step(rows)) > 0)
		result = one_event(rows, hide, list);
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}

/* A stretch of one log. */
struct stretch {
	int64_t source, epoch, first, last;
};

static int by_place(const void *one, const void *other)
{
	const struct stretch *a = one, *b = other;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->epoch != b->epoch)
		return a->epoch < b->epoch ? -1 : 1;
	return a->first < b->first ? -1 : a->first > b->first;
}

/* The stretches around each event, those that overlap made one; their number. */
static size_t find_stretches(const json_t *events, struct stretch *out)
{
	size_t i, count = 0, used = 0;
	json_t *item;

	json_array_foreach (events, i, item) {
		const json_t *event = json_object_get(item, "event");
		int64_t seq = record_number(event, "seq");
		if (seq > 0)
			out[count++] = (struct stretch) { record_number(item, "source"),
				record_number(event, "epoch"), seq > AROUND ? seq - AROUND : 1,
				seq + AROUND };
	}
	qsort(out, count, sizeof(*out), by_place);
	for (i = 0; i < count; i++) {
		struct stretch *last = used > 0 ? &out[used - 1] : NULL;
		if (last && last->source == out[i].source && last->epoch == out[i].epoch &&
			out[i].first <= last->last + 1)
			last->last = out[i].last;
		else
			out[used++] = out[i];
	}
	return used;
}

static int check_stretch(struct db *db, const struct stretch *stretch, json_t *list)
{
	autofree char *fault = NULL;
	int64_t count = 0;

	int error = chain_verify_part(
		db, stretch->source, stretch->epoch, stretch->first, stretch->last, &count, &fault);
	if (error < 0 && error != -EBADMSG)
		return error;
	json_t *item = json_pack("{s:I, s:I, s:I, s:I, s:s?}", "source",
		(json_int_t)stretch->source, "epoch", (json_int_t)stretch->epoch, "first",
		(json_int_t)stretch->first, "events", (json_int_t)count, "fault", fault);
	return json_array_append_new(list, item) < 0 ? -ENOMEM : 0;
}

static int check_around(struct db *db, const json_t *events, json_t **out)
{
	autofree struct stretch *stretches =
		calloc(json_array_size(events) + 1, sizeof(*stretches));
	autojson json_t *list = json_array();
	int64_t length = 0;
	int error = 0;

	if (!stretches)
		return -ENOMEM;
	size_t count = find_stretches(events, stretches);
	for (size_t i = 0; error >= 0 && i < count && length < AROUND_MOST; i++) {
		length += stretches[i].last - stretches[i].first + 1;
		error = check_stretch(db, &stretches[i], list);
	}
	if (error >= 0)
		*out = take_pointer(list);
	return error;
}

/* All of them, applied or not. */
static int collect_commands(struct db *db, const char *uuid, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT c.id, c.kiosk, c.number, c.type, c.target, c.actor, c.created_ms, c.state, "
		"c.applied_ms, c.reason, p.text, p.reason FROM command c "
		"LEFT JOIN command_personal p ON p.id = c.id WHERE c.complaint = $1 "
		"ORDER BY c.created_ms, c.number",
		"t", uuid);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		json_t *item = json_pack(
			"{s:s, s:I, s:I, s:s, s:s?, s:s, s:o, s:s, s:o, s:s?, s:s?, s:s?}", "id",
			db_words(rows, 0), "kiosk", (json_int_t)db_integer(rows, 1), "number",
			(json_int_t)db_integer(rows, 2), "type", db_words(rows, 3), "to",
			db_text(rows, 4), "actor", db_words(rows, 5), "created",
			record_time(db_integer(rows, 6)), "state", db_words(rows, 7), "applied",
			record_time(db_integer(rows, 8)), "refused", db_text(rows, 9), "text",
			db_text(rows, 10), "reason", db_text(rows, 11));
		if (json_array_append_new(list, item) < 0)
			return -ENOMEM;
	}
	if (result < 0)
		return result;
	*out = take_pointer(list);
	return 0;
}

/* Takes what a collector made into the file, unless it failed. */
static int put(json_t *file, const char *key, json_t **part, int error)
{
	json_t *own = take_pointer(*part);

	if (error >= 0)
		return json_object_set_new(file, key, own) < 0 ? -ENOMEM : 0;
	json_decref(own);
	return error;
}

static int collect_parts(
	struct db *db, json_t *file, const char *uuid, enum complaint_view view, bool hide)
{
	const struct reading_filter readers = {
		.officer = "", .ticket = uuid, .before_id = "", .most = READINGS_MOST
	};
	const json_t *events = NULL;
	json_t *part = NULL;

	int error = put(file, "events", &part, collect_events(db, uuid, hide, &part));
	events = json_object_get(file, "events");
	if (error >= 0)
		error = put(file, "chain", &part, check_around(db, events, &part));
	if (error >= 0)
		error = put(file, "messages", &part, complaint_messages(db, uuid, view, &part));
	if (error >= 0)
		error = put(file, "commands", &part, collect_commands(db, uuid, &part));
	if (error >= 0)
		error = put(file, "notes", &part, note_list(db, uuid, &part));
	if (error >= 0)
		error = put(file, "handovers", &part, handover_list(db, uuid, &part));
	if (error >= 0)
		error = put(file, "readings", &part, reading_list(db, &readers, &part));
	return error;
}

static int collect(struct db *db, json_t *file, const char *name, enum complaint_view view)
{
	json_t *complaint = NULL;

	int error = put(file, "complaint", &complaint, complaint_find(db, name, view, &complaint));
	if (error < 0)
		return error;
	const json_t *found = json_object_get(file, "complaint");
	bool hide = view != VIEW_WHOLE && view != VIEW_IDENTITY &&
		    json_is_true(json_object_get(found, "confidential"));
	if (json_object_set_new(file, "identity_kept", json_boolean(hide)) < 0)
		return -ENOMEM;
	return collect_parts(db, file, record_words(found, "uuid"), view, hide);
}

int dossier_collect(
	struct db *db, const char *name, enum complaint_view view, int64_t now_ms, json_t **out)
{
	autojson json_t *file = json_pack("{s:s, s:i, s:o}", "format", FORMAT, "version", VERSION,
		"made", record_time(now_ms));

	if (!file)
		return -ENOMEM;
	int error = db_begin_read(db);
	if (error < 0)
		return error;
	error = collect(db, file, name, view);
	db_rollback(db);
	if (error >= 0)
		*out = take_pointer(file);
	return error;
}
