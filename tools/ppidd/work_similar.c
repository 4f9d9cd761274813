/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which complaints say much the same: words in common, at one kiosk, while both are open. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "tools/ppidd/complaint_internal.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/work.h"

/* The newest open ones of a kiosk: what many report, they report within days. */
#define CANDIDATES 200
#define WORDS_MOST 64
#define WORD_MAX 24
#define LETTERS_LEAST 4
#define ALIKE 2

struct words {
	char list[WORDS_MOST][WORD_MAX];
	size_t count;
};

/* In nearly every complaint, and so they tell nothing. */
static bool says_nothing(const char *word)
{
	static const char *const common[] = { "yang", "sudah", "belum", "tidak", "dengan", "untuk",
		"dari", "pada", "saya", "kami", "mohon", "tolong", "bapak", "karena", "sejak",
		"lagi", "juga", "bisa", "akan", "telah", "lalu", "hari", "minggu", "bulan", "desa",
		"kalurahan", "dusun", "warga", "depan", "kepada", "segera", "terima", "kasih",
		"aduan", "sangat", "sekali", "masih", "selalu", "kalau", "dalam", "atau", "adalah",
		"saat", "agar", "supaya", "sampai", "tempat", "ingin", "melaporkan" };

	for (size_t i = 0; i < ARRAY_SIZE(common); i++) {
		if (strcmp(common[i], word) == 0)
			return true;
	}
	return false;
}

static bool has(const struct words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++) {
		if (strcmp(words->list[i], word) == 0)
			return true;
	}
	return false;
}

static void add_word(struct words *words, const char *begin, size_t length)
{
	char word[WORD_MAX];

	if (length < LETTERS_LEAST || words->count == WORDS_MOST)
		return;
	if (length > sizeof(word) - 1)
		length = sizeof(word) - 1;
	for (size_t i = 0; i < length; i++)
		word[i] = (char)tolower((unsigned char)begin[i]);
	word[length] = '\0';
	/* "jalannya" is "jalan". */
	char *ending = length > LETTERS_LEAST + 2 ? strrchr(word, 'n') : NULL;
	if (ending && strcmp(ending, "nya") == 0)
		*ending = '\0';
	if (!says_nothing(word) && !has(words, word))
		memcpy(words->list[words->count++], word, sizeof(word));
}

/* Letters of any language: a byte above ASCII belongs to one. */
static bool in_word(char byte)
{
	return isalnum((unsigned char)byte) || (unsigned char)byte >= 0x80;
}

static void split(const char *text, struct words *words)
{
	words->count = 0;
	while (*text) {
		size_t length = 0;
		while (in_word(text[length]))
			length++;
		add_word(words, text, length);
		text += length > 0 ? length : 1;
	}
}

static size_t common(const struct words *words, const char *text)
{
	struct words others;
	size_t count = 0;

	split(text, &others);
	for (size_t i = 0; i < others.count; i++)
		count += has(words, others.list[i]) ? 1 : 0;
	return count;
}

struct likeness {
	struct words text, address;
	const char *category;
};

/* How alike; 0: not at all. A place in common counts as a word. */
static size_t alike(const struct likeness *wanted, const json_t *other)
{
	const char *category = record_words(other, "category");
	size_t text = common(&wanted->text, record_words(other, "text"));

	if (text == 0 ||
		(*wanted->category && *category && strcmp(wanted->category, category) != 0))
		return 0;
	if (common(&wanted->address, record_words(other, "address")) > 0)
		text++;
	return text >= ALIKE ? text : 0;
}

static int find_candidates(
	struct db *db, const json_t *complaint, enum complaint_view view, json_t **out)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT " COMPLAINT_COLUMNS COMPLAINT_TABLES
		"WHERE " VIEW_SHOWS("c") "AND c.still_open = 1 AND c.kiosk = $2 AND c.uuid <> $3 "
					 "AND c.kind = $5 "
					 "ORDER BY c.created_ms DESC LIMIT $4",
		"iitit", (int64_t)view, record_number(complaint, "kiosk"),
		record_words(complaint, "uuid"), (int64_t)CANDIDATES,
		record_words(complaint, "kind"));
	return result < 0 ? result : complaint_collect(rows, false, out);
}

/* Keeps *out sorted by likeness, the likest first. */
static int insert_sorted(json_t *out, json_t *item, size_t likeness, size_t most)
{
	size_t at = 0;

	while (at < json_array_size(out) &&
		(size_t)record_number(json_array_get(out, at), "alike") >= likeness)
		at++;
	if (at >= most)
		return 0;
	if (json_object_set_new(item, "alike", json_integer((json_int_t)likeness)) < 0 ||
		json_array_insert(out, at, item) < 0)
		return -ENOMEM;
	if (json_array_size(out) > most)
		(void)json_array_remove(out, most);
	return 0;
}

int work_similar(
	struct db *db, const json_t *complaint, enum complaint_view view, size_t most, json_t **out)
{
	autojson json_t *candidates = NULL, *list = json_array();
	struct likeness wanted = { .category = record_words(complaint, "category") };
	size_t i;
	json_t *item;

	split(record_words(complaint, "text"), &wanted.text);
	split(record_words(complaint, "address"), &wanted.address);
	int error = find_candidates(db, complaint, view, &candidates);
	json_array_foreach (candidates, i, item) {
		size_t likeness = alike(&wanted, item);
		if (error >= 0 && likeness > 0)
			error = insert_sorted(list, item, likeness, most);
	}
	if (error < 0)
		return error;
	*out = take_pointer(list);
	return 0;
}
