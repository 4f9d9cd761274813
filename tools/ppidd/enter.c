/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/enter.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "base/log.h"
#include "tools/ppidd/deadline.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/record.h"

#define DESK_NAME "Meja PPID"
#define CAME_AGO_MS (INT64_C(366) * 24 * 3600 * 1000)
/* A form sent twice shows its PIN again; an hour later nobody but the complainant has it. */
#define PIN_TOLD_MS (INT64_C(3600) * 1000)

/* The words as they will be kept; each is to be freed. */
struct tidy {
	char *name, *address, *contact, *text;
};

static void tidy_free(struct tidy *tidy)
{
	free(tidy->name);
	free(tidy->address);
	free(tidy->contact);
	free(tidy->text);
}

static bool one_of(const char *name, const char *const *names)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static int check_names(const struct entry *entry)
{
	static const char *const channels[] = { "face", "telephone", "email", "whatsapp", "letter",
		"website", "social", "portal", NULL };
	static const char *const languages[] = { "id", "jv", "en", NULL };
	static const char *const categories[] = { "", "access", "quality", "procedure", "other",
		NULL };
	static const char *const abouts[] = { "", "office", "official", "agency", "other", NULL };
	enum case_kind kind;

	if (entry->kind && !case_from_name(entry->kind, &kind))
		return -EDOM;
	return one_of(or_empty(entry->channel), channels) &&
			       one_of(entry->language ? entry->language : "id", languages) &&
			       one_of(or_empty(entry->category), categories) &&
			       one_of(or_empty(entry->about), abouts)
		       ? 0
		       : -EDOM;
}

static int tidy_words(const struct entry *entry, struct tidy *tidy)
{
	int error = decision_words(or_empty(entry->text), ENTRY_TEXT_MAX, &tidy->text);

	if (error >= 0 && !*tidy->text)
		error = -EINVAL;
	if (error >= 0)
		error = decision_words(or_empty(entry->name), ENTRY_NAME_MAX, &tidy->name);
	if (error >= 0)
		error = decision_words(or_empty(entry->address), ENTRY_ADDRESS_MAX, &tidy->address);
	if (error >= 0)
		error = decision_words(or_empty(entry->contact), ENTRY_CONTACT_MAX, &tidy->contact);
	return error;
}

/* Made by the same hand within the hour: a form sent twice. Then *out tells all once more. */
static int made_before(struct db *db, const struct step *step, struct entered *out)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT c.kiosk, c.ticket, CASE WHEN e.actor = $2 AND e.taken_ms > $3 THEN p.pin "
		"END FROM complaint c LEFT JOIN complaint_personal p ON p.uuid = c.uuid "
		"LEFT JOIN event e ON e.complaint = c.uuid AND e.source = 0 "
		"AND e.type = 'complaint.received' WHERE c.uuid = $1",
		"tti", out->uuid, step->actor, step->now_ms - PIN_TOLD_MS);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result;
	if (db_integer(rows, 0) != DESK_KIOSK)
		return -EEXIST;
	snprintf(out->ticket, sizeof(out->ticket), "%s", db_words(rows, 1));
	snprintf(out->pin, sizeof(out->pin), "%s", db_words(rows, 2));
	return -EALREADY;
}

/* The desk's row among the kiosks, made when it is first needed. */
static int need_desk(struct db *db, const struct step *step)
{
	int changed = db_run(db,
		"INSERT INTO kiosk (number, name, added_ms, next_serial) "
		"VALUES ($1, $2, $3, 1) ON CONFLICT (number) DO NOTHING",
		"iti", (int64_t)DESK_KIOSK, DESK_NAME, step->now_ms);

	if (changed != 0)
		return changed < 0 ? changed : 0;
	int desk = desk_takes(db, DESK_KIOSK);
	if (desk == 0)
		log_error("kiosk %d was enrolled once, but that number is the desk's: nothing can "
			  "be typed in until that kiosk is enrolled under another number",
			DESK_KIOSK);
	return desk == 0 ? -EADDRINUSE : desk;
}

int desk_takes(struct db *db, int64_t kiosk)
{
	autorows struct db_rows *rows = NULL;

	if (kiosk != DESK_KIOSK)
		return 0;
	int result = db_query(db, &rows,
		"SELECT 1 FROM kiosk WHERE number = $1 AND enrolled_ms IS NULL", "i", kiosk);
	return result < 0 ? result : db_step(rows);
}

/* The desk's next number; some may be taken already after a restore. */
static int next_ticket(struct db *db, char ticket[static TICKET_SIZE])
{
	int result;

	do {
		autorows struct db_rows *rows = NULL;
		/* Changed first: of two that enter at once the second waits here. */
		result = db_run(db,
			"UPDATE kiosk SET next_serial = next_serial + 1 WHERE number = $1", "i",
			(int64_t)DESK_KIOSK);
		if (result >= 0)
			result = db_query(db, &rows,
				"SELECT next_serial - 1 FROM kiosk WHERE number = $1", "i",
				(int64_t)DESK_KIOSK);
		if (result >= 0)
			result = db_step(rows);
		if (result <= 0)
			return result < 0 ? result : -ENOENT;
		if (ticket_format(ticket, DESK_KIOSK, (uint32_t)db_integer(rows, 0)) < 0)
			return -ENOSPC;
		db_done(take_pointer(rows));
		result = db_query(
			db, &rows, "SELECT 1 FROM complaint WHERE ticket = $1", "t", ticket);
		if (result >= 0)
			result = db_step(rows);
	} while (result > 0);
	return result;
}

static int insert_rows(struct db *db, const struct step *step, const struct entry *entry,
	const struct tidy *tidy, const struct entered *out)
{
	int64_t came_ms = entry->came_ms ? entry->came_ms : step->now_ms;

	int error = db_run(db,
		"INSERT INTO complaint (uuid, kiosk, ticket, state, kiosk_state, still_open, "
		"channel, category, about, language, created_ms, updated_ms, confidential) "
		"VALUES ($1, $2, $3, 'received', 'received', 1, $4, nullif($5, ''), "
		"nullif($6, ''), $7, $8, $9, $10)",
		"titttttiii", out->uuid, (int64_t)DESK_KIOSK, out->ticket, entry->channel,
		or_empty(entry->category), or_empty(entry->about),
		entry->language ? entry->language : "id", came_ms, step->now_ms,
		(int64_t)entry->confidential);
	if (error >= 0)
		error = deadline_begin(db, out->uuid, STATE_RECEIVED, came_ms, step->now_ms);
	if (error >= 0)
		error = db_run(db,
			"INSERT INTO complaint_personal (uuid, sender, name, address, text, pin) "
			"VALUES ($1, $2, nullif($3, ''), nullif($4, ''), $5, $6)",
			"tttttt", out->uuid, tidy->contact, tidy->name, tidy->address, tidy->text,
			out->pin);
	return error < 0 ? error : 0;
}

/* What an objection is about, and why, is decided when it is verified. */
static int set_kind(struct db *db, const struct entry *entry, const struct entered *out)
{
	enum case_kind kind;

	if (!entry->kind || !case_from_name(entry->kind, &kind) || kind == CASE_COMPLAINT)
		return 0;
	return deadline_kind(db, out->uuid, kind);
}

static int set_text(json_t *object, const char *key, const char *text)
{
	return text && *text && json_object_set_new(object, key, json_string(text)) < 0 ? -ENOMEM
											: 0;
}

/* As a kiosk's event of that name, and when it came. */
static int log_received(struct db *db, const struct step *step, const struct entry *entry,
	const struct tidy *tidy, const struct entered *out)
{
	autojson json_t *data = json_pack("{s:s, s:s, s:s}", "uuid", out->uuid, "channel",
		entry->channel, "language", entry->language ? entry->language : "id");
	autojson json_t *body = json_pack(
		"{s:s, s:s, s:s}", "from", tidy->contact, "text", tidy->text, "pin", out->pin);
	char came[TIME_SIZE] = "";

	if (!data || !body)
		return -ENOMEM;
	if (entry->came_ms)
		time_format(entry->came_ms, came);
	if (set_text(data, "came", came) < 0 || set_text(data, "category", entry->category) < 0 ||
		set_text(data, "about", entry->about) < 0 ||
		set_text(data, "kind", entry->kind) < 0 || set_text(body, "name", tidy->name) < 0 ||
		set_text(body, "address", tidy->address) < 0)
		return -ENOMEM;
	int error = chain_append(db, step, "complaint.received", out->ticket, data, body);
	if (error < 0 || !entry->confidential)
		return error;
	autojson json_t *kept = json_pack("{s:s, s:b}", "uuid", out->uuid, "on", 1);
	return kept ? chain_append(db, step, "complaint.confidential", out->ticket, kept, NULL)
		    : -ENOMEM;
}

static int enter_tidy(struct db *db, const struct step *step, const struct entry *entry,
	const struct tidy *tidy, struct entered *out)
{
	int error = need_desk(db, step);

	if (error >= 0)
		error = next_ticket(db, out->ticket);
	snprintf(out->pin, sizeof(out->pin), "%04u", (unsigned)randombytes_uniform(10000));
	if (error >= 0)
		error = insert_rows(db, step, entry, tidy, out);
	if (error >= 0)
		error = set_kind(db, entry, out);
	if (error >= 0)
		error = log_received(db, step, entry, tidy, out);
	return error;
}

int enter_complaint(
	struct db *db, const struct step *step, const struct entry *entry, struct entered *out)
{
	struct tidy tidy = { 0 };

	memset(out, 0, sizeof(*out));
	uuid_new(out->uuid);
	if (entry->once && uuid_valid(entry->once))
		memcpy(out->uuid, entry->once, sizeof(out->uuid));
	int error = check_names(entry);
	if (error >= 0 && entry->came_ms != 0 &&
		(entry->came_ms > step->now_ms || entry->came_ms < step->now_ms - CAME_AGO_MS))
		error = -ERANGE;
	if (error >= 0)
		error = tidy_words(entry, &tidy);
	if (error >= 0)
		error = made_before(db, step, out);
	if (error >= 0)
		error = enter_tidy(db, step, entry, &tidy, out);
	tidy_free(&tidy);
	return error;
}
