/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking for complaints by the beginnings of words, and for those whom a message did not reach,
 * the newest first. Where one of the words is rare its complaints are looked at; where all are
 * frequent, the newest complaints, so many at a time. Either way a search costs the same in a large
 * office.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "tools/ppidd/complaint_internal.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/words.h"
#include "tools/ppidd/work_internal.h"

/* Looked through at once: some milliseconds on a small machine. */
#define SPAN 3000
#define SPAN_TEXT "3000"
#define RARE 1000
#define RARE_TEXT "1000"
#define COUNTED_TEXT "1001"
/* So many words are looked for, the longest of those given. */
#define WORDS_MOST 4
/* Taken in by a search when nothing else did. */
#define LATE_MOST 200
/* Above every word: the last code point. */
#define ABOVE "\xf4\x8f\xbf\xbf"

struct range {
	char from[WORD_SIZE], until[WORD_SIZE + sizeof(ABOVE)];
};

struct search {
	struct range ranges[WORDS_MOST]; /* the rarest first */
	bool rare, nothing;
	int64_t before; /* place */
};

/* $1 the view, $2 the state, $3 the place, $4 how many, $5 to $12 ranges of words. */
#define HAS(from, until)                                                                           \
	"AND EXISTS (SELECT 1 FROM complaint_word_personal w WHERE w.place = c.word_place "        \
	"AND w.word >= " from " AND w.word < " until                                               \
	" AND (w.identity = 0 OR c.confidential = 0 OR NOT (" VIEW_HIDES_IDENTITY "))) "
#define OF_STATE                                                                                   \
	"($2 = '' OR c.state = $2 OR ($2 = 'open' AND c.still_open = 1) "                          \
	"OR ($2 = 'undelivered' AND " COMPLAINT_UNDELIVERED ")) "
#define FOUND(among)                                                                               \
	"SELECT " COMPLAINT_COLUMNS COMPLAINT_TABLES "WHERE c.uuid IN (SELECT c.uuid FROM " among  \
	" AND " VIEW_SHOWS("c") "AND " OF_STATE HAS("$5", "$6") HAS("$7", "$8") HAS("$9", "$10")   \
		HAS("$11", "$12") "ORDER BY c.word_place DESC LIMIT $4) "                          \
				  "ORDER BY c.created_ms DESC, c.uuid DESC"

/* The joins are written in the order that they are to be done in. */
static const char among_rare[] =
	FOUND("(SELECT DISTINCT r.place FROM (SELECT v.place FROM complaint_word_personal v "
	      "WHERE v.word >= $5 AND v.word < $6 LIMIT " RARE_TEXT ") r) s CROSS JOIN complaint c "
	      "WHERE c.word_place = s.place AND c.word_place < $3");
static const char among_newest[] =
	FOUND("(SELECT uuid, word_place, confidential, about, state, still_open FROM complaint "
	      "WHERE word_place < $3 ORDER BY word_place DESC LIMIT " SPAN_TEXT ") c WHERE 1 = 1");

/* As among_newest, without words: $1 to $4. Most complaints have no message that failed, which an
 * index tells. */
static const char failed[] =
	"SELECT " COMPLAINT_COLUMNS COMPLAINT_TABLES "WHERE c.uuid IN (SELECT c.uuid FROM "
	"(SELECT uuid, word_place, about FROM complaint WHERE word_place < $3 "
	"ORDER BY word_place DESC LIMIT " SPAN_TEXT ") c WHERE $2 = 'undelivered' "
	"AND " VIEW_SHOWS("c") "AND EXISTS (SELECT 1 FROM message f WHERE f.complaint = c.uuid "
			       "AND f.state IN ('failed', 'expired')) AND " COMPLAINT_UNDELIVERED
			       "ORDER BY c.word_place DESC LIMIT $4) "
			       "ORDER BY c.created_ms DESC, c.uuid DESC";

/* Only digits and what stands between them: a ticket's number or its beginning. */
static bool is_number(const char *text)
{
	bool any = false;

	for (; *text; text++) {
		if (!isdigit((unsigned char)*text) && !strchr("-. +", *text))
			return false;
		any = any || isdigit((unsigned char)*text);
	}
	return any;
}

/* The words to look for, the longest first; their count. */
static size_t wanted(const char *text, struct word words[static WORDS_TEXT])
{
	autofree char *joined = NULL;
	size_t length = 0;

	if (is_number(text)) {
		joined = strdup(text);
		for (const char *at = text; joined && *at; at++) {
			if (isdigit((unsigned char)*at))
				joined[length++] = *at;
		}
		if (joined)
			joined[length] = '\0';
	}
	size_t count = words_split(joined ? joined : text, words, WORDS_TEXT);
	for (size_t i = 1; i < count; i++) {
		for (size_t at = i; at > 0; at--) {
			if (strlen(words[at].text) <= strlen(words[at - 1].text))
				break;
			struct word shorter = words[at - 1];
			words[at - 1] = words[at];
			words[at] = shorter;
		}
	}
	return count < WORDS_MOST ? count : WORDS_MOST;
}

/* How many words begin so, counted as far as RARE goes. */
static int count_words(struct db *db, const struct range *range, int64_t *count)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT count(*) FROM (SELECT 1 FROM complaint_word_personal "
		"WHERE word >= $1 AND word < $2 LIMIT " COUNTED_TEXT ") x",
		"tt", range->from, range->until);
	if (result >= 0)
		result = db_step(rows);
	if (result > 0)
		*count = db_integer(rows, 0);
	return result < 0 ? result : 0;
}

static int prepare(struct db *db, const char *text, struct search *search)
{
	struct word words[WORDS_TEXT];
	int64_t least = INT64_MAX, count = 0;
	size_t rarest = 0;
	int error = 0;

	size_t many = wanted(text, words);
	for (size_t i = 0; i < WORDS_MOST; i++) {
		struct range *range = &search->ranges[i];
		if (i < many)
			memcpy(range->from, words[i].text, WORD_SIZE);
		snprintf(range->until, sizeof(range->until), "%s" ABOVE, range->from);
	}
	for (size_t i = 0; i < many && error >= 0; i++) {
		error = count_words(db, &search->ranges[i], &count);
		if (count < least) {
			least = count;
			rarest = i;
		}
	}
	struct range first = search->ranges[rarest];
	search->ranges[rarest] = search->ranges[0];
	search->ranges[0] = first;
	search->rare = least <= RARE;
	search->nothing = many == 0 || least == 0;
	return error;
}

/* The last complaint that was looked at; 0 when there were no more. */
static int searched_to(struct db *db, int64_t before, struct work_place *next)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT c.created_ms, c.uuid FROM (SELECT word_place FROM complaint "
		"WHERE word_place < $1 ORDER BY word_place DESC LIMIT 1 OFFSET $2) s "
		"CROSS JOIN complaint c WHERE c.word_place = s.word_place",
		"ii", before, (int64_t)SPAN - 1);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result;
	next->time_ms = db_integer(rows, 0);
	snprintf(next->uuid, sizeof(next->uuid), "%s", db_words(rows, 1));
	return 1;
}

/* Complaints that came in by other ways than a kiosk's batch. */
static int catch_up(struct db *db)
{
	autorows struct db_rows *rows = NULL;

	int result =
		db_query(db, &rows, "SELECT 1 FROM complaint WHERE word_place IS NULL LIMIT 1", "");
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result;
	db_done(take_pointer(rows));
	int error = db_begin(db);
	return error < 0 ? error : db_end(db, words_catch_up(db, LATE_MOST));
}

static int run(
	struct db *db, const struct work_filter *filter, const struct search *search, json_t **out)
{
	const struct range *of = search->ranges;
	autorows struct db_rows *rows = NULL;

	int error = db_query(db, &rows, search->rare ? among_rare : among_newest, "itiitttttttt",
		(int64_t)filter->view, filter->state, search->before, filter->most, of[0].from,
		of[0].until, of[1].from, of[1].until, of[2].from, of[2].until, of[3].from,
		of[3].until);
	return error < 0 ? error : complaint_collect(rows, false, out);
}

int work_search(
	struct db *db, const struct work_filter *filter, json_t **out, struct work_place *next)
{
	const struct work_place *after = filter->after;
	struct search search = { .before = INT64_MAX };
	/* A store may take UTF-8 only. */
	const char *words = record_is_text(filter->search) ? filter->search : "";

	int error = catch_up(db);
	if (error >= 0)
		error = prepare(db, words, &search);
	if (error < 0)
		return error;
	if (after)
		search.before = words_place(after->time_ms, after->uuid);
	if (search.nothing) {
		*out = json_array();
		return *out ? 0 : -ENOMEM;
	}
	error = run(db, filter, &search, out);
	if (error < 0)
		return error;
	if ((int64_t)json_array_size(*out) == filter->most)
		return work_place_of(filter->list, *out, next) < 0 ? 0 : 1;
	return search.rare ? 0 : searched_to(db, search.before, next);
}

int work_undelivered(
	struct db *db, const struct work_filter *filter, json_t **out, struct work_place *next)
{
	const struct work_place *after = filter->after;
	autorows struct db_rows *rows = NULL;
	int64_t before = after ? words_place(after->time_ms, after->uuid) : INT64_MAX;

	int error = catch_up(db);
	if (error >= 0)
		error = db_query(db, &rows, failed, "itii", (int64_t)filter->view, filter->state,
			before, filter->most);
	if (error >= 0)
		error = complaint_collect(rows, false, out);
	if (error < 0)
		return error;
	if ((int64_t)json_array_size(*out) == filter->most)
		return work_place_of(filter->list, *out, next) < 0 ? 0 : 1;
	return searched_to(db, before, next);
}
