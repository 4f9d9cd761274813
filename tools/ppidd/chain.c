/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/chain.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/timex.h>

#include "base/ids.h"

static void set_head(struct chain_head *head, int64_t epoch, int64_t seq, const char *hash)
{
	head->epoch = epoch;
	head->seq = seq;
	snprintf(head->hash, sizeof(head->hash), "%s", hash);
}

int chain_head(struct db *db, int64_t source, struct chain_head *head)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT epoch, seq, hash FROM event WHERE source = $1 ORDER BY epoch DESC, seq "
		"DESC LIMIT 1",
		"i", source);
	if (result < 0)
		return result;
	result = db_step(rows);
	if (result < 0)
		return result;
	if (result > 0)
		set_head(head, db_integer(rows, 0), db_integer(rows, 1), db_words(rows, 2));
	else
		set_head(head, 0, 0, EVENT_GENESIS);
	return 0;
}

int chain_head_of(struct db *db, int64_t source, int64_t epoch, struct chain_head *head)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT seq, hash FROM event WHERE source = $1 AND epoch = $2 ORDER BY seq DESC "
		"LIMIT 1",
		"ii", source, epoch);
	if (result < 0)
		return result;
	result = db_step(rows);
	if (result < 0)
		return result;
	if (result > 0)
		set_head(head, epoch, db_integer(rows, 0), db_words(rows, 1));
	else
		set_head(head, epoch, 0, EVENT_GENESIS);
	return 0;
}

int chain_row(struct db_rows *rows, json_t **event)
{
	json_error_t error;
	autojson json_t *data = json_loads(db_words(rows, 9), JSON_REJECT_DUPLICATES, &error);

	if (!json_is_object(data))
		return -EBADMSG;
	*event = json_pack("{s:I, s:I, s:s, s:s, s:s, s:I, s:s, s:s, s:s?, s:O, s:s}", "epoch",
		(json_int_t)db_integer(rows, 0), "seq", (json_int_t)db_integer(rows, 1), "id",
		db_words(rows, 2), "time", db_words(rows, 3), "clock", db_words(rows, 4), "boot",
		(json_int_t)db_integer(rows, 5), "actor", db_words(rows, 6), "type",
		db_words(rows, 7), "ticket", db_text(rows, 8), "data", data, "hash",
		db_words(rows, 10));
	/* A text that is no UTF-8 any more is as bad as a changed one. */
	return *event ? 0 : -EBADMSG;
}

static int one_event(struct db_rows *rows, json_t **event)
{
	int result = db_step(rows);

	*event = NULL;
	return result > 0 ? chain_row(rows, event) : result;
}

int chain_at(struct db *db, int64_t source, int64_t epoch, int64_t seq, json_t **event)
{
	autorows struct db_rows *rows = NULL;

	int error = db_query(db, &rows,
		"SELECT " CHAIN_COLUMNS
		" FROM event e WHERE e.source = $1 AND e.epoch = $2 AND e.seq = $3",
		"iii", source, epoch, seq);
	return error < 0 ? error : one_event(rows, event);
}

int chain_by_id(struct db *db, int64_t source, const char *id, json_t **event)
{
	autorows struct db_rows *rows = NULL;

	int error = db_query(db, &rows,
		"SELECT " CHAIN_COLUMNS " FROM event e WHERE e.source = $1 AND e.id = $2 "
		"ORDER BY e.epoch, e.seq LIMIT 1",
		"it", source, id);
	return error < 0 ? error : one_event(rows, event);
}

int chain_same_body(const json_t *one, const json_t *other)
{
	static const char *const fields[] = { "id", "time", "clock", "boot", "actor", "type",
		"ticket", "data" };

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (!json_equal(json_object_get(one, fields[i]), json_object_get(other, fields[i])))
			return 0;
	}
	return 1;
}

static int insert_personal(struct db *db, int64_t source, const json_t *event)
{
	const json_t *personal = json_object_get(event, "personal");

	if (!json_is_object(personal))
		return 0;
	autofree char *body =
		json_dumps(json_object_get(personal, "body"), JSON_COMPACT | JSON_SORT_KEYS);
	if (!body)
		return -ENOMEM;
	return db_run(db,
		"INSERT INTO event_personal (source, epoch, seq, salt, body) "
		"VALUES ($1, $2, $3, $4, $5)",
		"iiitt", source, (int64_t)json_integer_value(json_object_get(event, "epoch")),
		(int64_t)json_integer_value(json_object_get(event, "seq")),
		json_string_value(json_object_get(personal, "salt")), body);
}

int chain_insert(struct db *db, int64_t source, const json_t *event, int64_t now_ms)
{
	const json_t *data = json_object_get(event, "data");
	const char *uuid = json_string_value(json_object_get(data, "uuid"));
	autofree char *data_text = json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);

	if (!data_text)
		return -ENOMEM;
	int error = db_run(db,
		"INSERT INTO event (source, epoch, seq, id, time, clock, boot, actor, type, "
		"ticket, "
		"data, hash, complaint, taken_ms) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
		"iiitttitttttti", source,
		(int64_t)json_integer_value(json_object_get(event, "epoch")),
		(int64_t)json_integer_value(json_object_get(event, "seq")),
		json_string_value(json_object_get(event, "id")),
		json_string_value(json_object_get(event, "time")),
		json_string_value(json_object_get(event, "clock")),
		(int64_t)json_integer_value(json_object_get(event, "boot")),
		json_string_value(json_object_get(event, "actor")),
		json_string_value(json_object_get(event, "type")),
		json_string_value(json_object_get(event, "ticket")), data_text,
		json_string_value(json_object_get(event, "hash")),
		uuid && uuid_valid(uuid) ? uuid : NULL, now_ms);
	return error < 0 ? error : insert_personal(db, source, event);
}

/* How far the server's clock can be trusted, in the words of an event. */
static const char *clock_quality(void)
{
	struct timex state = { 0 };

	return adjtimex(&state) >= 0 && !(state.status & STA_UNSYNC) ? "ntp" : "rtc";
}

static int count_starts(struct db *db, int64_t *starts)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(
		db, &rows, "SELECT CAST(value AS BIGINT) FROM setting WHERE name = 'starts'", "");
	if (result < 0)
		return result;
	result = db_step(rows);
	*starts = result > 0 ? db_integer(rows, 0) : 0;
	return result < 0 ? result : 0;
}

int chain_count_start(struct db *db)
{
	int result = db_run(db,
		"UPDATE setting SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) "
		"WHERE name = 'starts'",
		"");
	return result < 0 ? result : 0;
}

int chain_append(struct db *db, const struct step *step, const char *type, const char *ticket,
	const json_t *data, json_t *personal)
{
	struct chain_head head;
	char id[UUID_SIZE], time[TIME_SIZE], hash[HASH_SIZE];
	int64_t starts = 0, seq;

	int error = chain_head(db, SERVER_SOURCE, &head);
	if (error >= 0)
		error = count_starts(db, &starts);
	if (error < 0)
		return error;
	seq = head.seq + 1;
	uuid_new(id);
	time_format(step->now_ms, time);
	autojson json_t *own = data ? json_deep_copy(data) : json_object();
	autojson json_t *event = json_pack("{s:I, s:I, s:s, s:s, s:s, s:I, s:s, s:s, s:s?, s:O}",
		"epoch", (json_int_t)1, "seq", (json_int_t)seq, "id", id, "time", time, "clock",
		clock_quality(), "boot", (json_int_t)starts, "actor", step->actor, "type", type,
		"ticket", ticket, "data", own);
	if (!event)
		return -ENOMEM;
	error = personal ? event_seal(event, personal) : 0;
	if (error >= 0)
		error = event_hash(event, head.hash, hash);
	if (error < 0)
		return error;
	if (json_object_set_new(event, "hash", json_string(hash)) < 0)
		return -ENOMEM;
	error = chain_insert(db, SERVER_SOURCE, event, step->now_ms);
	return error < 0 ? error : 0;
}

static int faulty(char **fault, int64_t source, int64_t epoch, int64_t seq, const char *what)
{
	int length;

	if (source == SERVER_SOURCE)
		length = asprintf(fault, "server's log, epoch %" PRId64 " event %" PRId64 ": %s",
			epoch, seq, what);
	else
		length = asprintf(fault,
			"kiosk %" PRId64 "'s log, epoch %" PRId64 " event %" PRId64 ": %s", source,
			epoch, seq, what);
	if (length < 0) {
		*fault = NULL;
		return -ENOMEM;
	}
	return -EBADMSG;
}

/* Puts the row's personal part, if it is still kept, back under the event. */
static int add_personal(struct db_rows *rows, json_t *event)
{
	const char *salt = db_text(rows, CHAIN_COLUMN_COUNT);
	autojson json_t *body =
		json_loads(db_words(rows, CHAIN_COLUMN_COUNT + 1), JSON_REJECT_DUPLICATES, NULL);

	if (!salt)
		return 0;
	if (!body)
		return -EBADMSG;
	return json_object_set_new(
		       event, "personal", json_pack("{s:s, s:O}", "salt", salt, "body", body)) < 0
		       ? -EBADMSG
		       : 0;
}

/* What is wrong with the event at its place after previous, or NULL; hash gets its hash. */
static const char *event_wrong(
	const json_t *event, const char previous[static HASH_SIZE], char hash[static HASH_SIZE])
{
	const char *stored = json_string_value(json_object_get(event, "hash"));

	if (event_hash(event, previous, hash) < 0)
		return "a field is missing";
	if (!stored || strcmp(hash, stored) != 0)
		return "it or the event before it was changed (its hash disagrees)";
	if (event_check_seal(event) < 0)
		return "its personal data was changed (its hash disagrees)";
	const char *fault = event_fault(event);
	return fault;
}

const char *chain_seam(const json_t *event)
{
	const json_t *seam = json_object_get(json_object_get(event, "data"), "previous_hash");

	if (json_integer_value(json_object_get(event, "epoch")) == 1)
		return EVENT_GENESIS;
	return json_string_length(seam) == HASH_SIZE - 1 ? json_string_value(seam) : NULL;
}

static int verify_row(struct db_rows *rows, int64_t source, struct chain_head *head, char **fault)
{
	int64_t epoch = db_integer(rows, 0), seq = db_integer(rows, 1);
	autojson json_t *event = NULL;

	if (epoch != head->epoch) {
		head->epoch = epoch;
		head->seq = 0;
	}
	int error = chain_row(rows, &event);
	if (error >= 0)
		error = add_personal(rows, event);
	if (error == -EBADMSG)
		return faulty(fault, source, epoch, seq, "its data can't be read any more");
	if (error < 0)
		return error;
	if (seq != head->seq + 1)
		return faulty(fault, source, epoch, seq, "events before it are missing");
	const char *seam = chain_seam(event);
	if (seq == 1 && !seam)
		return faulty(fault, source, epoch, seq, "it doesn't name the hash it builds on");
	if (seq == 1)
		snprintf(head->hash, sizeof(head->hash), "%s", seam);
	char hash[HASH_SIZE];
	const char *wrong = event_wrong(event, head->hash, hash);
	if (wrong)
		return faulty(fault, source, epoch, seq, wrong);
	const char *uuid =
		json_string_value(json_object_get(json_object_get(event, "data"), "uuid"));
	const char *complaint = db_text(rows, CHAIN_COLUMN_COUNT + 2);
	if (complaint && (!uuid || strcmp(uuid, complaint) != 0))
		return faulty(fault, source, epoch, seq, "it stands under another complaint");
	head->seq = seq;
	memcpy(head->hash, hash, sizeof(hash));
	return 0;
}

/* What the first event of a part builds on. */
static int part_begin(
	struct db *db, int64_t source, int64_t first, struct chain_head *head, char **fault)
{
	autojson json_t *before = NULL;

	head->seq = first - 1;
	if (first <= 1)
		return 0;
	int error = chain_at(db, source, head->epoch, first - 1, &before);
	if (error >= 0 && !before)
		error = -EBADMSG;
	if (error == -EBADMSG)
		return faulty(fault, source, head->epoch, first - 1, "it is missing or unreadable");
	if (error >= 0)
		snprintf(head->hash, sizeof(head->hash), "%s",
			json_string_value(json_object_get(before, "hash")));
	return error;
}

int chain_verify_part(struct db *db, int64_t source, int64_t epoch, int64_t first, int64_t last,
	int64_t *count, char **fault)
{
	autorows struct db_rows *rows = NULL;
	struct chain_head head = { .epoch = epoch, .hash = EVENT_GENESIS };

	int result = part_begin(db, source, first, &head, fault);
	if (result >= 0)
		result = db_query(db, &rows,
			"SELECT " CHAIN_COLUMNS ", p.salt, p.body, e.complaint FROM event e "
			"LEFT JOIN event_personal p ON p.source = e.source AND p.epoch = e.epoch "
			"AND p.seq = e.seq WHERE e.source = $1 AND e.epoch = $2 "
			"AND e.seq >= $3 AND e.seq <= $4 ORDER BY e.seq",
			"iiii", source, epoch, first, last);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		result = verify_row(rows, source, &head, fault);
		if (result < 0)
			return result;
		(*count)++;
	}
	return result;
}

int chain_verify(struct db *db, int64_t source, int64_t *count, char **fault)
{
	autorows struct db_rows *rows = NULL;
	struct chain_head head = { .hash = EVENT_GENESIS };

	int result = db_query(db, &rows,
		"SELECT " CHAIN_COLUMNS ", p.salt, p.body, e.complaint FROM event e "
		"LEFT JOIN event_personal p ON p.source = e.source AND p.epoch = e.epoch "
		"AND p.seq = e.seq WHERE e.source = $1 ORDER BY e.epoch, e.seq",
		"i", source);
	if (result < 0)
		return result;
	while ((result = db_step(rows)) > 0) {
		result = verify_row(rows, source, &head, fault);
		if (result < 0)
			return result;
		(*count)++;
	}
	return result;
}
