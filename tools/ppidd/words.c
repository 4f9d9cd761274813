/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/words.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* 20 bits of the UUID tell complaints of one millisecond apart. */
#define UUID_BITS 20
#define UUID_DIGITS 5
#define TIME_MOST ((INT64_C(1) << 42) - 1)
#define LETTERS_LEAST 2
/* A national number: "0812…" stands for "+62812…". */
#define NATIONAL_LEAST 9
#define COUNTRY "62"
#define AT_ONCE 1000

int64_t words_place(int64_t created_ms, const char *uuid)
{
	char digits[UUID_DIGITS + 1];

	snprintf(digits, sizeof(digits), "%s", uuid);
	if (created_ms < 0)
		created_ms = 0;
	if (created_ms > TIME_MOST)
		created_ms = TIME_MOST;
	return created_ms << UUID_BITS | (int64_t)(strtoul(digits, NULL, 16) & 0xfffffU);
}

/* Letters of any language: a byte above ASCII belongs to one. */
static bool in_word(char byte)
{
	return isalnum((unsigned char)byte) || (unsigned char)byte >= 0x80;
}

static void take_word(const char *begin, size_t length, struct word *word)
{
	bool national = length >= NATIONAL_LEAST && begin[0] == '0' &&
			strspn(begin, "0123456789") >= length;
	size_t at = 0;

	if (national) {
		memcpy(word->text, COUNTRY, strlen(COUNTRY));
		at = strlen(COUNTRY);
		begin++;
		length--;
	}
	if (length > WORD_SIZE - 1 - at) {
		length = WORD_SIZE - 1 - at;
		while (length > 0 && ((unsigned char)begin[length] & 0xc0U) == 0x80U)
			length--;
	}
	for (size_t i = 0; i < length; i++)
		word->text[at++] = (char)tolower((unsigned char)begin[i]);
	word->text[at] = '\0';
}

size_t words_split(const char *text, struct word *words, size_t most)
{
	size_t count = 0;

	while (*text && count < most) {
		size_t length = 0;
		while (in_word(text[length]))
			length++;
		if (length > 0)
			take_word(text, length, &words[count]);
		if (length > 0 && *words[count].text)
			count++;
		text += length > 0 ? length : 1;
	}
	return count;
}

/*
 * Words as one text for one statement: each a sign whether it tells who complained, then 24
 * letters, with blanks up to there.
 */
struct packed {
	char text[(size_t)2 * WORDS_TEXT * WORD_SIZE + 1]; /* a letter of UTF-8 has up to 4 bytes */
	size_t length;
	int64_t count;
};

static size_t letters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0U) != 0x80U;
	return count;
}

static void pack(struct packed *packed, const char *text, bool identity)
{
	struct word words[WORDS_TEXT];

	size_t count = words_split(text, words, ARRAY_SIZE(words));
	for (size_t i = 0; i < count && packed->count < WORDS_TEXT; i++) {
		size_t length = strlen(words[i].text), long_as = letters(words[i].text);
		if (long_as < LETTERS_LEAST)
			continue;
		packed->text[packed->length++] = identity ? '1' : '0';
		memcpy(packed->text + packed->length, words[i].text, length);
		packed->length += length;
		memset(packed->text + packed->length, ' ', WORD_SIZE - 1 - long_as);
		packed->length += WORD_SIZE - 1 - long_as;
		packed->count++;
	}
	packed->text[packed->length] = '\0';
}

/* "0030000128": whoever knows its beginning finds it. */
static void pack_ticket(struct packed *packed, const char *ticket)
{
	char digits[WORD_SIZE] = "";
	size_t length = 0;

	for (; *ticket && length < sizeof(digits) - 1; ticket++) {
		if (isdigit((unsigned char)*ticket))
			digits[length++] = *ticket;
	}
	/* No telephone number, for all its zeros. */
	packed->text[packed->length++] = '0';
	memcpy(packed->text + packed->length, digits, length);
	memset(packed->text + packed->length + length, ' ', WORD_SIZE - 1 - length);
	packed->length += WORD_SIZE - 1;
	packed->count++;
	packed->text[packed->length] = '\0';
}

static int forget_place(struct db *db, int64_t place)
{
	int gone = db_run(db, "DELETE FROM complaint_word_personal WHERE place = $1", "i", place);

	return gone < 0 ? gone : 0;
}

struct found {
	char uuid[40];
	int64_t place;
	struct packed packed;
};

static int take_in(struct db *db, const struct found *found)
{
	int error = db_run(db,
		"INSERT INTO complaint_word_personal (place, word, identity) "
		"WITH RECURSIVE n (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM n "
		"WHERE i + 1 < $3) SELECT DISTINCT $2, rtrim(substr($1, 25 * i + 2, 24)), "
		"CASE substr($1, 25 * i + 1, 1) WHEN '1' THEN 1 ELSE 0 END FROM n "
		"WHERE i < $3 ON CONFLICT DO NOTHING",
		"tii", found->packed.text, found->place, found->packed.count);
	if (error >= 0)
		error = db_run(db, "UPDATE complaint SET word_place = $1 WHERE uuid = $2", "it",
			found->place, found->uuid);
	return error < 0 ? error : 0;
}

/* The next one whose words aren't there; 1, or 0 when there is none. */
static int find_next(struct db *db, struct found *found)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT c.uuid, c.created_ms, c.ticket, p.text, p.name, p.address, p.sender "
		"FROM complaint c LEFT JOIN complaint_personal p ON p.uuid = c.uuid "
		"WHERE c.word_place IS NULL LIMIT 1",
		"");
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result;
	found->packed.length = 0;
	found->packed.count = 0;
	snprintf(found->uuid, sizeof(found->uuid), "%s", db_words(rows, 0));
	found->place = words_place(db_integer(rows, 1), db_words(rows, 0));
	pack_ticket(&found->packed, db_words(rows, 2));
	for (int column = 4; column <= 6; column++)
		pack(&found->packed, db_words(rows, column), true);
	pack(&found->packed, db_words(rows, 3), false);
	return 1;
}

int words_catch_up(struct db *db, int64_t most)
{
	struct found found;
	int count = 0;

	for (int64_t i = 0; i < most; i++) {
		int result = find_next(db, &found);
		if (result > 0)
			result = take_in(db, &found);
		else
			return result < 0 ? result : count;
		if (result < 0)
			return result;
		count++;
	}
	return count;
}

int words_catch_up_all(struct db *db, void (*progress)(void))
{
	int64_t all = 0;
	int count;

	do {
		int error = db_begin(db);
		if (error < 0)
			return error;
		count = db_end(db, words_catch_up(db, AT_ONCE));
		if (count < 0)
			return count;
		all += count;
		progress();
	} while (count == AT_ONCE);
	if (all >= AT_ONCE)
		log_notice(
			"store: %lld complaints can be found by their words now", (long long)all);
	return 0;
}

int words_forget(struct db *db, const char *uuid)
{
	autorows struct db_rows *rows = NULL;

	int result =
		db_query(db, &rows, "SELECT created_ms FROM complaint WHERE uuid = $1", "t", uuid);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result;
	int64_t place = words_place(db_integer(rows, 0), uuid);
	db_done(take_pointer(rows));
	return forget_place(db, place);
}

int words_changed(struct db *db, const char *uuid)
{
	int result = words_forget(db, uuid);

	if (result >= 0)
		result = db_run(
			db, "UPDATE complaint SET word_place = NULL WHERE uuid = $1", "t", uuid);
	return result < 0 ? result : 0;
}
