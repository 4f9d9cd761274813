/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/publication.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/complaint.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/record.h"
#include "wire/ticket.h"

#define WORD_LEAST 3   /* shorter words of a name are in every text */
#define DIGITS_LEAST 8 /* so many in a row are somebody's number */
#define COLUMNS "p.id, p.kind, p.title, p.text, p.state, p.officer, p.created_ms, p.published_ms "

/* Words of a title or text, whole and not empty. */
static int tidy(const char *words, size_t most, char **out)
{
	int error = decision_words(words ? words : "", most, out);

	return error < 0 ? error : **out ? 0 : -EINVAL;
}

static int log_step(
	struct db *db, const struct step *step, const char *type, const char *id, json_t *personal)
{
	autojson json_t *data = json_pack("{s:s}", "publication", id);

	return data ? chain_append(db, step, type, NULL, data, personal) : -ENOMEM;
}

/* Ties it to every ticket named; what stands between numbers doesn't matter. */
static int tie_tickets(struct db *db, const char *id, const char *tickets)
{
	int count = 0;

	int error = db_run(db, "DELETE FROM publication_complaint WHERE publication = $1", "t", id);
	while (error >= 0 && *tickets) {
		autojson json_t *complaint = NULL;
		char name[TICKET_SIZE];
		size_t length = strspn(tickets, "0123456789-");
		if (length == 0) {
			tickets++;
			continue;
		}
		if (length >= sizeof(name) || ++count > PUBLICATION_TICKETS_MAX)
			return length >= sizeof(name) ? -ENOENT : -EMSGSIZE;
		memcpy(name, tickets, length);
		name[length] = '\0';
		tickets += length;
		error = complaint_find(db, name, VIEW_WHOLE, &complaint);
		if (error >= 0)
			error = db_run(db,
				"INSERT INTO publication_complaint (publication, complaint) "
				"VALUES ($1, $2) ON CONFLICT (publication, complaint) DO NOTHING",
				"tt", id, record_text(complaint, "uuid"));
	}
	return error < 0 ? error : 0;
}

static int save_in_step(struct db *db, const struct step *step,
	const struct publication_draft *draft, const char *title, const char *text)
{
	int changed = db_run(db,
		"INSERT INTO publication (id, kind, title, text, state, officer, created_ms) "
		"VALUES ($1, $2, $3, $4, 'draft', $5, $6) ON CONFLICT (id) DO UPDATE SET "
		"kind = excluded.kind, title = excluded.title, text = excluded.text, "
		"officer = excluded.officer WHERE publication.state = 'draft'",
		"ttttti", draft->id, draft->kind, title, text, step->actor, step->now_ms);
	if (changed <= 0)
		return changed < 0 ? changed : -EPERM;
	int error = tie_tickets(db, draft->id, draft->tickets ? draft->tickets : "");
	if (error < 0)
		return error;
	autojson json_t *words = json_pack("{s:s, s:s}", "title", title, "text", text);
	return words ? log_step(db, step, "publication.drafted", draft->id, words) : -ENOMEM;
}

int publication_save(struct db *db, const struct step *step, const struct publication_draft *draft)
{
	autofree char *title = NULL, *text = NULL;

	if (!uuid_valid(draft->id) || !draft->kind ||
		(strcmp(draft->kind, "outcome") != 0 && strcmp(draft->kind, "improvement") != 0))
		return -EINVAL;
	int error = tidy(draft->title, PUBLICATION_TITLE_MAX, &title);
	if (error >= 0)
		error = tidy(draft->text, PUBLICATION_TEXT_MAX, &text);
	if (error >= 0)
		error = db_begin(db);
	if (error < 0)
		return error;
	return db_end(db, save_in_step(db, step, draft, title, text));
}

static int move_in_step(struct db *db, const struct step *step, const char *id, const char *to)
{
	bool publish = strcmp(to, "published") == 0;
	int changed = db_run(db,
		"UPDATE publication SET state = $1, officer = $2, "
		"published_ms = CASE WHEN $1 = 'published' THEN $3 ELSE published_ms END "
		"WHERE id = $4 AND state = $5",
		"ttitt", to, step->actor, step->now_ms, id, publish ? "draft" : "published");
	if (changed <= 0)
		return changed < 0 ? changed : -EPERM;
	return log_step(
		db, step, publish ? "publication.published" : "publication.withdrawn", id, NULL);
}

int publication_move(struct db *db, const struct step *step, const char *id, const char *to)
{
	int error = db_begin(db);

	return error < 0 ? error : db_end(db, move_in_step(db, step, id, to));
}

static json_t *row_json(struct db_rows *rows)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "id", db_words(rows, 0),
		"kind", db_words(rows, 1), "title", db_words(rows, 2), "text", db_words(rows, 3),
		"state", db_words(rows, 4), "officer", db_words(rows, 5), "created",
		record_time(db_integer(rows, 6)), "published", record_time(db_integer(rows, 7)));
}

static int tickets_of(struct db *db, const char *id, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		"SELECT c.ticket, c.uuid FROM publication_complaint p "
		"JOIN complaint c ON c.uuid = p.complaint WHERE p.publication = $1 "
		"ORDER BY c.ticket",
		"t", id);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		if (json_array_append_new(list, json_pack("{s:s, s:s}", "ticket", db_words(rows, 0),
							"uuid", db_words(rows, 1))) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}

int publication_find(struct db *db, const char *id, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	json_t *tickets = NULL;

	int result = db_query(
		db, &rows, "SELECT " COLUMNS "FROM publication p WHERE p.id = $1", "t", id);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	autojson json_t *found = row_json(rows);
	db_done(take_pointer(rows));
	if (!found)
		return -ENOMEM;
	result = tickets_of(db, id, &tickets);
	if (result >= 0 && json_object_set_new(found, "tickets", tickets) < 0)
		result = -ENOMEM;
	if (result >= 0)
		*out = take_pointer(found);
	return result;
}

int publication_list(struct db *db, bool only_public, int64_t most, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *list = json_array();

	int result = db_query(db, &rows,
		only_public ? "SELECT " COLUMNS "FROM publication p WHERE p.state = 'published' "
			      "ORDER BY p.published_ms DESC, p.id LIMIT $1"
			    : "SELECT " COLUMNS "FROM publication p "
			      "ORDER BY p.created_ms DESC, p.id LIMIT $1",
		"i", most);
	while (result >= 0 && (result = db_step(rows)) > 0) {
		if (json_array_append_new(list, row_json(rows)) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(list);
	return result;
}

/* Warnings. */

static int warn(json_t *list, const char *format, const char *word, const char *ticket)
{
	return json_array_append_new(list, json_sprintf(format, word, ticket)) < 0 ? -ENOMEM : 0;
}

/* Whether the words hold this one, whole, in whatever case. */
static bool holds_word(const char *words, const char *word, size_t length)
{
	for (const char *at = words; *at; at++) {
		if (strncasecmp(at, word, length) == 0 && !isalnum((unsigned char)at[length]) &&
			(at == words || !isalnum((unsigned char)at[-1])))
			return true;
	}
	return false;
}

static int warn_of_words(json_t *list, const char *words, const char *told, const char *ticket)
{
	static const char between[] = " \t\n.,;:/()'\"-";
	int error = 0;

	while (told && *told && error >= 0) {
		char word[64];
		told += strspn(told, between);
		size_t length = strcspn(told, between);
		if (length >= WORD_LEAST && length < sizeof(word) &&
			holds_word(words, told, length)) {
			memcpy(word, told, length);
			word[length] = '\0';
			error = warn(list, "“%s” ada pada nama atau alamat pengadu tiket %s", word,
				ticket);
		}
		told += length;
	}
	return error;
}

/* The digits of the words with what people write between them left out, other things as spaces. */
static char *digits_of(const char *words)
{
	char *out = malloc(strlen(words) + 1);
	size_t used = 0;

	for (; out && *words; words++) {
		if (isdigit((unsigned char)*words))
			out[used++] = *words;
		else if (!strchr(" -.()+", *words))
			out[used++] = ' ';
	}
	if (out)
		out[used] = '\0';
	return out;
}

static int warn_of_numbers(json_t *list, const char *words)
{
	autofree char *digits = digits_of(words);

	if (!digits)
		return -ENOMEM;
	for (const char *at = digits; *at; at += *at == ' ') {
		size_t length = strcspn(at, " ");
		if (length >= DIGITS_LEAST)
			return warn(list, "%s%s",
				"ada deretan angka yang mirip nomor telepon, NIK "
				"atau nomor tiket",
				"");
		at += length;
	}
	return 0;
}

int publication_warnings(struct db *db, const json_t *publication, json_t **out)
{
	autofree char *words = NULL;
	autojson json_t *list = json_array();
	size_t i;
	json_t *item;

	if (!list || asprintf(&words, "%s\n%s", record_words(publication, "title"),
			     record_words(publication, "text")) < 0) {
		words = NULL;
		return -ENOMEM;
	}
	int error = warn_of_numbers(list, words);
	json_array_foreach (json_object_get(publication, "tickets"), i, item) {
		autojson json_t *complaint = NULL;
		const char *ticket = record_words(item, "ticket");
		if (error >= 0)
			error = complaint_find(
				db, record_words(item, "uuid"), VIEW_WHOLE, &complaint);
		if (error >= 0)
			error = warn_of_words(list, words, record_text(complaint, "name"), ticket);
		if (error >= 0)
			error = warn_of_words(
				list, words, record_text(complaint, "address"), ticket);
	}
	if (error < 0)
		return error;
	*out = take_pointer(list);
	return 0;
}
