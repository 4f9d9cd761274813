/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking for complaints by words, on both databases: what is found, page by page, is what a plain
 * look at every complaint finds; nothing tells who complained confidentially. Started without a
 * PostgreSQL to use, the program starts itself again beside one of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libpq-fe.h>
#include <sodium.h>
#include <string.h>

#include "base/log.h"
#include "tools/ppidd/kiosk.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/words.h"
#include "tools/ppidd/work.h"

#define CLUSTER "KOTAK_POSTGRESQL"
#define NOW INT64_C(1795540000000)
/* More than a search looks at in one step, whichever way it takes. */
#define MANY 3700
#define PER_PAGE 50

static struct db *db;
static int made;

struct sample {
	const char *text, *name, *address, *sender;
	bool confidential;
	const char *about;
};

static int open_postgresql(void)
{
	char address[256], url[256], sql[128];

	snprintf(address, sizeof(address), "host=%s user=kotak dbname=postgres", getenv(CLUSTER));
	snprintf(sql, sizeof(sql), "CREATE DATABASE words_%d_%d TEMPLATE template0", (int)getpid(),
		++made);
	snprintf(url, sizeof(url), "postgresql://kotak@/words_%d_%d?host=%s", (int)getpid(), made,
		getenv(CLUSTER));
	PGconn *connection = PQconnectdb(address);
	PGresult *result = PQexec(connection, sql);
	int error = PQresultStatus(result) == PGRES_COMMAND_OK ? 0 : -1;
	PQclear(result);
	PQfinish(connection);
	return error < 0 ? error : db_open(url, &db);
}

static int begin(int opened)
{
	static const struct step step = { .now_ms = NOW, .actor = "server" };
	char code[CODE_SIZE];

	return opened < 0 ? opened : kiosk_add(db, &step, 3, "Balai", code);
}

static int setup_sqlite(void **state)
{
	(void)state;
	return begin(db_open("sqlite::memory:", &db));
}

static int setup_postgresql(void **state)
{
	(void)state;
	return begin(open_postgresql());
}

static int teardown(void **state)
{
	(void)state;
	db_close(db);
	return 0;
}

static void uuid_of(int number, char out[static UUID_SIZE])
{
	snprintf(out, UUID_SIZE, "%08x-1111-4111-8111-%012d", (unsigned)number * 2654435761U,
		number);
}

static void put(int number, const struct sample *sample)
{
	char uuid[UUID_SIZE], ticket[32];

	uuid_of(number, uuid);
	snprintf(ticket, sizeof(ticket), "003-%06d-0", number);
	assert_int_equal(
		db_run(db,
			"INSERT INTO complaint (uuid, kiosk, ticket, state, kiosk_state, "
			"still_open, channel, language, created_ms, updated_ms, confidential, "
			"about) VALUES ($1, 3, $2, 'received', 'received', 1, 'sms', 'id', $3, $3, "
			"$4, $5)",
			"ttiit", uuid, ticket, NOW + number / 3, (int64_t)sample->confidential,
			sample->about),
		1);
	assert_int_equal(db_run(db,
				 "INSERT INTO complaint_personal (uuid, sender, name, address, "
				 "text, pin) VALUES ($1, $2, $3, $4, $5, '1234')",
				 "ttttt", uuid, sample->sender ? sample->sender : "", sample->name,
				 sample->address, sample->text),
		1);
}

/* All pages; each complaint once, the newest first. Returns how many. */
static int found(enum complaint_view view, const char *words)
{
	struct work_filter filter = {
		.list = WORK_ALL, .view = view, .state = "", .search = words, .most = PER_PAGE
	};
	struct work_place place, next;
	int count = 0, more;
	char last[32] = "~";

	do {
		autojson json_t *list = NULL;
		size_t i;
		json_t *item;
		more = work_list(db, &filter, &list, &next);
		assert_true(more >= 0);
		json_array_foreach (list, i, item) {
			assert_true(strcmp(record_words(item, "created"), last) <= 0);
			snprintf(last, sizeof(last), "%s", record_words(item, "created"));
			count++;
		}
		place = next;
		filter.after = &place;
	} while (more > 0);
	return count;
}

static void test_split(void **state)
{
	struct word words[8];
	(void)state;

	assert_int_equal(words_split("Jalan RUSAK, di-depan; \"SD 3\"", words, 8), 6);
	assert_string_equal(words[0].text, "jalan");
	assert_string_equal(words[1].text, "rusak");
	assert_string_equal(words[5].text, "3");
	assert_int_equal(words_split("+62812-3456 081234567890 0812", words, 8), 4);
	assert_string_equal(words[0].text, "62812");
	assert_string_equal(words[2].text, "6281234567890");
	assert_string_equal(words[3].text, "0812");
	/* Cut where a letter ends: 11 of two bytes and then one of three. */
	assert_int_equal(words_split("éééééééééééaa€x", words, 8), 1);
	assert_int_equal(strlen(words[0].text), 24);
	assert_int_equal(words_split("aéééééééééééa€x", words, 8), 1);
	assert_int_equal(strlen(words[0].text), 24);
	assert_int_equal(words_split("aaéééééééééé€€x", words, 8), 1);
	assert_int_equal(strlen(words[0].text), 22);
	assert_int_equal(words_split(" ,;-", words, 8), 0);
	assert_int_equal(words_split("a b c d e f g h i j", words, 8), 8);
}

static void test_found(void **state)
{
	const struct sample samples[] = {
		{ .text = "Jalan berlubang di Kranggan",
			.name = "Sugeng Lestari",
			.address = "RT 05 Beji",
			.sender = "+6281234567890" },
		{ .text = "Lampu jalan padam, CAFÉ Ñusa gelap" },
		{ .text = "jalannya licin", .name = "Jalan Santoso" },
		{ .text = "Tentang lurah", .about = "official" },
	};
	char uuid[UUID_SIZE];
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		put((int)i + 1, &samples[i]);
	assert_int_equal(found(VIEW_UNIT, "jalan"), 3);
	assert_int_equal(found(VIEW_UNIT, "JALAN"), 3);
	assert_int_equal(found(VIEW_UNIT, "jalann"), 1);
	assert_int_equal(found(VIEW_UNIT, "berlu jalan"), 1);
	assert_int_equal(found(VIEW_UNIT, "jalan sugeng beji kranggan"), 1);
	assert_int_equal(found(VIEW_UNIT, "jalan tidakada"), 0);
	assert_int_equal(found(VIEW_UNIT, "0812-3456-7890"), 1);
	assert_int_equal(found(VIEW_UNIT, "+62 812 3456"), 1);
	assert_int_equal(found(VIEW_UNIT, "003-0000"), 3);
	/* Only what is ASCII loses its case. */
	assert_int_equal(found(VIEW_UNIT, "Ñusa cafÉ"), 1);
	assert_int_equal(found(VIEW_UNIT, "ñusa"), 0);
	assert_int_equal(found(VIEW_UNIT, "%"), 0);
	assert_int_equal(found(VIEW_UNIT, "' OR 1=1 --"), 0);
	assert_int_equal(found(VIEW_UNIT, "\xff\xfe"), 0);
	assert_int_equal(found(VIEW_UNIT, "lurah"), 0);
	assert_int_equal(found(VIEW_WHOLE, "lurah"), 1);
	/* Changed, and erased. */
	uuid_of(2, uuid);
	assert_int_equal(db_run(db, "UPDATE complaint_personal SET name = 'Marno' WHERE uuid = $1",
				 "t", uuid),
		1);
	assert_int_equal(found(VIEW_UNIT, "marno"), 0);
	assert_int_equal(words_changed(db, uuid), 0);
	assert_int_equal(found(VIEW_UNIT, "marno padam"), 1);
	assert_int_equal(words_forget(db, uuid), 0);
	assert_int_equal(found(VIEW_WHOLE, "padam"), 0);
	assert_int_equal(found(VIEW_WHOLE, "marno"), 0);
	assert_int_equal(found(VIEW_WHOLE, "jalan"), 2);
}

static void test_confidential(void **state)
{
	const struct sample kept = { .text = "Pungutan liar di loket",
		.name = "Wagiyem Utami",
		.address = "RT 09 Sogan",
		.sender = "+62819999000",
		.confidential = true };
	static const char *const tell[] = { "wagiyem", "UTAMI", "wag", "sogan", "62819999000",
		"0819999000", "loket wagiyem" };
	struct work_place next;
	(void)state;

	put(1, &kept);
	for (size_t i = 0; i < ARRAY_SIZE(tell); i++) {
		struct work_filter filter = { .list = WORK_ALL,
			.view = VIEW_UNIT,
			.state = "",
			.search = tell[i],
			.most = 1 };
		autojson json_t *list = NULL;
		assert_int_equal(found(VIEW_WHOLE, tell[i]), 1);
		assert_int_equal(found(VIEW_IDENTITY, tell[i]), 1);
		assert_int_equal(found(VIEW_UNIT, tell[i]), 0);
		assert_int_equal(found(VIEW_OFFICE, tell[i]), 0);
		/* Nor does a next page give its place away. */
		assert_int_equal(work_list(db, &filter, &list, &next), 0);
	}
	assert_int_equal(found(VIEW_UNIT, "pungutan loket"), 1);
}

/* Every word that the samples of test_many have, by number. */
static bool has_word(int number, const char *word)
{
	if (strcmp(word, "jalan") == 0)
		return true;
	if (strcmp(word, "rusak") == 0)
		return number % 2 == 0;
	if (strcmp(word, "gelap") == 0)
		return number % 3 == 0 && number > 600;
	return strcmp(word, "banjir") == 0 && number % 400 == 0;
}

static void test_many(void **state)
{
	static const char *const words[] = { "jalan", "rusak", "gelap", "banjir" };
	char text[64], search[64];
	(void)state;

	assert_int_equal(db_begin(db), 0);
	for (int number = 1; number <= MANY; number++) {
		snprintf(text, sizeof(text), "jalan %s %s %s",
			has_word(number, "rusak") ? "rusak" : "",
			has_word(number, "gelap") ? "gelap" : "",
			has_word(number, "banjir") ? "banjir" : "");
		put(number, &(struct sample) { .text = text });
	}
	assert_int_equal(words_catch_up(db, MANY), MANY);
	assert_int_equal(words_catch_up(db, MANY), 0);
	assert_int_equal(db_end(db, 0), 0);
	for (unsigned mask = 1; mask < 1U << ARRAY_SIZE(words); mask++) {
		int wanted = 0;
		search[0] = '\0';
		for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
			size_t length = strlen(search);
			if (mask & 1U << i)
				snprintf(search + length, sizeof(search) - length, " %.4s",
					words[i]);
		}
		for (int number = 1; number <= MANY; number++) {
			bool fits = true;
			for (size_t i = 0; i < ARRAY_SIZE(words); i++)
				fits = fits && (!(mask & 1U << i) || has_word(number, words[i]));
			wanted += fits;
		}
		assert_int_equal(found(VIEW_UNIT, search), wanted);
	}
}

#define BOTH(function)                                                                             \
	{ #function " (SQLite)", function, setup_sqlite, teardown, NULL },                         \
	{                                                                                          \
#function " (PostgreSQL)", function, setup_postgresql, teardown, NULL              \
	}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		BOTH(test_found),
		BOTH(test_confidential),
		BOTH(test_many),
	};

	if (!getenv(CLUSTER) && argc == 1) {
		execlp("python3", "python3", "tests/scenarios/postgresql.py", argv[0], "again",
			NULL);
		perror("python3 tests/scenarios/postgresql.py (run this from the source's folder)");
		return 1;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
