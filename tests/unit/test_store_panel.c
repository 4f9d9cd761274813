/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the store keeps of the lobby panel, whatever happens to the database. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <fcntl.h>
#include <glob.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/backup.h"
#include "store/boot.h"
#include "store/complaint.h"
#include "store/internal.h"
#include "store/listing.h"
#include "store/panel.h"

#define KIOSK 3
#define FIRST "11111111-1111-4111-8111-111111111111"
#define SECOND "22222222-2222-4222-8222-222222222222"
#define DAY_MS INT64_C(86400000)

static const struct moment noon = {
	.now_ms = INT64_C(1790000000000), .clock = CLOCK_NTP, .boot = 1
};

struct fixture {
	char folder[64];
	char path[96];
	struct store *store;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/kotak-panel-XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	snprintf(fixture->path, sizeof(fixture->path), "%s/kotak.db", fixture->folder);
	assert_return_code(store_open(fixture->path, KIOSK, &fixture->store), 0);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;
	glob_t files;
	char pattern[96];

	store_close(fixture->store);
	snprintf(pattern, sizeof(pattern), "%s/*", fixture->folder);
	if (glob(pattern, 0, NULL, &files) == 0) {
		for (size_t i = 0; i < files.gl_pathc; i++)
			unlink(files.gl_pathv[i]);
		globfree(&files);
	}
	rmdir(fixture->folder);
	free(fixture);
	return 0;
}

static int64_t value(struct store *store, const char *sql)
{
	int64_t number = -1;

	assert_true(store_value(store, &number, sql, "") >= 0);
	return number;
}

/* In a transaction of its own; gives what opening it gave. */
static int complain(struct store *store, const char *uuid, const char *address, bool confidential)
{
	char ticket[TICKET_SIZE], pin[PIN_SIZE], got[UUID_SIZE];

	assert_return_code(store_begin(store), 0);
	assert_return_code(store_ticket_next(store, ticket, pin), 0);
	const struct complaint_opening opening = { .uuid = uuid,
		.ticket = ticket,
		.pin = pin,
		.channel = "panel",
		.language = "id",
		.sender = "",
		.name = "Siti",
		.address = address,
		.text = "Surat belum jadi",
		.category = "procedure",
		.about = "office",
		.confidential = confidential };
	int opened = store_complaint_open(store, &noon, &opening, got);
	assert_return_code(store_commit(store), 0);
	assert_string_equal(got, uuid);
	return opened;
}

static void assert_whole(struct store *store)
{
	struct complaint complaint = { 0 };

	assert_int_equal(store_complaint_by_uuid(store, FIRST, &complaint), 1);
	assert_string_equal(complaint.channel, "panel");
	assert_string_equal(complaint.category, "procedure");
	assert_string_equal(complaint.about, "office");
	assert_true(complaint.confidential);
	complaint_release(&complaint);
}

static void put_draft(struct store *store, const char *uuid, const char *data)
{
	assert_return_code(store_begin(store), 0);
	assert_return_code(store_panel_put(store, &noon, 0, uuid, data), 0);
	assert_return_code(store_commit(store), 0);
}

static void a_complaint_comes_once(void **state)
{
	struct fixture *fixture = *state;
	autojson json_t *list = NULL;

	assert_int_equal(complain(fixture->store, FIRST, NULL, true), 0);
	assert_int_equal(complain(fixture->store, FIRST, NULL, true), 1);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM complaint"), 1);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM event"
					       " WHERE type LIKE 'complaint.%'"),
		2);
	assert_int_equal(
		value(fixture->store, "SELECT count(*) FROM event"
				      " WHERE json_extract (data, '$.about') = 'office'"
				      " AND json_extract (data, '$.category') IS NOT NULL"),
		1);
	assert_whole(fixture->store);
	assert_return_code(store_list_complaints(fixture->store, &list), 0);
	const json_t *one = json_array_get(list, 0);
	assert_string_equal(json_string_value(json_object_get(one, "about")), "office");
	assert_string_equal(json_string_value(json_object_get(one, "category")), "procedure");
}

static void one_session_at_a_time(void **state)
{
	struct fixture *fixture = *state;
	struct panel_session session = { 0 };

	assert_int_equal(store_panel_session(fixture->store, &session), 0);
	put_draft(fixture->store, FIRST, "{\"text\":\"Su\"}");
	put_draft(fixture->store, SECOND, "{\"text\":\"Ja\"}");
	assert_int_equal(store_panel_session(fixture->store, &session), 1);
	assert_string_equal(session.uuid, SECOND);
	assert_string_equal(session.data, "{\"text\":\"Ja\"}");
	assert_int_equal(session.updated_ms, noon.now_ms);
	panel_session_release(&session);
	/* One that is gone already takes nothing along. */
	assert_return_code(store_panel_clear(fixture->store, FIRST), 0);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM panel_session"), 1);
	put_draft(fixture->store, SECOND, NULL);
	assert_int_equal(store_panel_session(fixture->store, &session), 1);
	assert_null(session.data);
	panel_session_release(&session);
	assert_return_code(store_panel_clear(fixture->store, NULL), 0);
	assert_int_equal(store_panel_session(fixture->store, &session), 0);
}

static void the_clock_that_was_set_ages_no_draft(void **state)
{
	struct fixture *fixture = *state;
	struct panel_session session = { 0 };

	put_draft(fixture->store, FIRST, "{}");
	assert_return_code(store_clock_moved(fixture->store, noon.now_ms - DAY_MS, 30 * DAY_MS), 0);
	assert_int_equal(store_panel_session(fixture->store, &session), 1);
	assert_int_equal(session.updated_ms, noon.now_ms + 30 * DAY_MS);
	panel_session_release(&session);
}

/* Overwrites the root page of a table with noise, and opens again. */
static void lose_table(struct fixture *fixture, const char *sql)
{
	uint8_t noise[4096];
	off_t page = (off_t)value(fixture->store, sql);

	store_close(take_pointer(fixture->store));
	autoclose int fd = open(fixture->path, O_RDWR | O_CLOEXEC);
	randombytes_buf(noise, sizeof(noise));
	assert_int_equal(pwrite(fd, noise, sizeof(noise), (page - 1) * 4096), sizeof(noise));
	assert_return_code(store_open(fixture->path, KIOSK, &fixture->store), 0);
}

static void damage_costs_neither_draft_nor_category(void **state)
{
	struct fixture *fixture = *state;
	struct panel_session session = { 0 };

	assert_int_equal(complain(fixture->store, FIRST, NULL, true), 0);
	put_draft(fixture->store, SECOND, "{\"text\":\"Ja\"}");
	assert_return_code(store_notice_add(fixture->store, SECOND, "Posyandu", noon.now_ms), 0);
	lose_table(fixture, "SELECT rootpage FROM sqlite_schema WHERE name = 'complaint'");
	assert_whole(fixture->store);
	assert_int_equal(store_panel_session(fixture->store, &session), 1);
	assert_string_equal(session.data, "{\"text\":\"Ja\"}");
	panel_session_release(&session);
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM notice"), 1);
	/* The draft itself may be what is lost: the rest isn't. */
	lose_table(fixture, "SELECT rootpage FROM sqlite_schema WHERE name = 'panel_session'");
	assert_whole(fixture->store);
	assert_int_equal(store_panel_session(fixture->store, &session), 0);
}

static void a_backup_brings_them_back(void **state)
{
	struct fixture *fixture = *state;
	autofree char *copy = NULL;

	assert_true(asprintf(&copy, "%s/copy.db", fixture->folder) > 0);
	assert_int_equal(complain(fixture->store, FIRST, NULL, true), 0);
	assert_return_code(store_backup(fixture->store, copy), 0);
	store_close(take_pointer(fixture->store));
	assert_return_code(store_restore(fixture->path, KIOSK, copy, &noon), 0);
	assert_return_code(store_open(fixture->path, KIOSK, &fixture->store), 0);
	assert_whole(fixture->store);
	/* In the new epoch it is restated with them. */
	assert_int_equal(value(fixture->store, "SELECT count(*) FROM event"
					       " WHERE json_extract (data, '$.about') = 'office'"),
		2);
}

static void the_server_gives_them_back(void **state)
{
	struct fixture *fixture = *state;
	struct complaint complaint = { 0 };
	autojson json_t *list = json_loads(
		"[{\"uuid\": \"" FIRST "\", \"ticket\": \"003-000001-8\", \"state\": \"received\","
		" \"channel\": \"panel\", \"category\": \"quality\", \"about\": \"official\","
		" \"text\": \"x\", \"pin\": \"1234\"},"
		" {\"uuid\": \"" SECOND "\", \"ticket\": \"003-000002-5\", \"state\": \"received\","
		" \"channel\": \"panel\", \"about\": \"nobody\", \"text\": \"x\", \"pin\": \"1\"}]",
		0, NULL);
	char ticket[TICKET_SIZE];

	assert_non_null(list);
	assert_return_code(ticket_format(ticket, KIOSK, 1), 0);
	json_object_set_new(json_array_get(list, 0), "ticket", json_string(ticket));
	assert_return_code(ticket_format(ticket, KIOSK, 2), 0);
	json_object_set_new(json_array_get(list, 1), "ticket", json_string(ticket));
	assert_return_code(store_begin(fixture->store), 0);
	assert_int_equal(store_complaints_restore(fixture->store, &noon, list), 2);
	assert_return_code(store_commit(fixture->store), 0);
	assert_int_equal(store_complaint_by_uuid(fixture->store, FIRST, &complaint), 1);
	assert_string_equal(complaint.about, "official");
	assert_string_equal(complaint.category, "quality");
	complaint_release(&complaint);
	assert_int_equal(store_complaint_by_uuid(fixture->store, SECOND, &complaint), 1);
	assert_null(complaint.about);
	complaint_release(&complaint);
}

static json_t *board(struct fixture *fixture, int64_t now_ms)
{
	json_t *notice = NULL;

	assert_return_code(store_notice_board(fixture->store, now_ms, 7 * 3600, &notice), 0);
	return notice;
}

static void an_empty_board(void **state)
{
	autojson json_t *notice = board(*state, noon.now_ms);
	const json_t *figures = json_object_get(notice, "figures");

	assert_int_equal(json_integer_value(json_object_get(figures, "received")), 0);
	assert_int_equal(json_integer_value(json_object_get(figures, "open")), 0);
	assert_true(json_is_null(json_object_get(figures, "days")));
	assert_int_equal(json_array_size(json_object_get(notice, "cases")), 0);
	assert_int_equal(json_array_size(json_object_get(notice, "news")), 0);
}

/* Answers each of them so many days after it came. */
static void resolve(struct store *store, const char *uuid, int64_t days)
{
	const struct moment later = {
		.now_ms = noon.now_ms + days * DAY_MS, .clock = CLOCK_NTP, .boot = 1
	};
	struct complaint complaint = { 0 };

	assert_int_equal(store_complaint_by_uuid(store, uuid, &complaint), 1);
	assert_return_code(store_complaint_state(store, &later, &complaint, STATE_RESOLVED,
				   "officer:sari", "answered", NULL),
		0);
	complaint_release(&complaint);
}

static void a_board_names_dusun_only(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *address, *place;
	} cases[] = {
		{ "Karang, RT 02", "Karang" },
		{ "Dusun Karang RT 02", "Karang" },
		{ "dsn. Wates rt.3 rw 1", "Wates" },
		{ "Jalan Melati 5, rumah Budi", "Jalan Melati" },
		{ "", "" },
		{ NULL, "" },
		{ "dusun", "dusun" },
		{ "Sebuah tempat yang namanya jauh lebih panjang dari sebuah dusun", "" },
	};
	char uuid[UUID_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		uuid_new(uuid);
		assert_int_equal(complain(fixture->store, uuid, cases[i].address, false), 0);
		resolve(fixture->store, uuid, (int64_t)(ARRAY_SIZE(cases) - i));
	}
	autojson json_t *notice = board(fixture, noon.now_ms + 9 * DAY_MS);
	const json_t *lines = json_object_get(notice, "cases");
	assert_int_equal(json_array_size(lines), ARRAY_SIZE(cases));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const json_t *line = json_array_get(lines, i);
		assert_string_equal(
			json_string_value(json_object_get(line, "place")), cases[i].place);
		assert_int_equal(
			json_integer_value(json_object_get(line, "days")), ARRAY_SIZE(cases) - i);
		assert_int_equal(json_object_size(line), 4);
	}
}

static void the_median_and_at_most_twenty_cases(void **state)
{
	struct fixture *fixture = *state;
	char uuid[UUID_SIZE];

	for (int64_t days = 1; days <= 25; days++) {
		uuid_new(uuid);
		assert_int_equal(complain(fixture->store, uuid, "Karang, RT 01", true), 0);
		resolve(fixture->store, uuid, days);
	}
	assert_int_equal(complain(fixture->store, FIRST, NULL, false), 0);
	autojson json_t *notice = board(fixture, noon.now_ms);
	const json_t *figures = json_object_get(notice, "figures");
	assert_int_equal(json_integer_value(json_object_get(figures, "received")), 26);
	assert_int_equal(json_integer_value(json_object_get(figures, "open")), 1);
	assert_int_equal(json_integer_value(json_object_get(figures, "answered")), 25);
	assert_int_equal(json_integer_value(json_object_get(figures, "days")), 13);
	const json_t *lines = json_object_get(notice, "cases");
	assert_int_equal(json_array_size(lines), 20);
	const json_t *newest = json_array_get(lines, 0);
	assert_int_equal(json_integer_value(json_object_get(newest, "days")), 25);
	assert_string_equal(json_string_value(json_object_get(newest, "place")), "");
}

static void a_dozen_news(void **state)
{
	struct fixture *fixture = *state;
	char id[UUID_SIZE], text[24];

	for (int i = 0; i < 15; i++) {
		uuid_new(id);
		snprintf(text, sizeof(text), "Kabar %d", i);
		assert_return_code(
			store_notice_add(fixture->store, id, text, noon.now_ms + i * DAY_MS), 0);
	}
	/* The same command again is the same news. */
	assert_return_code(store_notice_add(fixture->store, id, "lain", noon.now_ms), 0);
	autojson json_t *notice = board(fixture, noon.now_ms);
	const json_t *news = json_object_get(notice, "news");
	assert_int_equal(json_array_size(news), 12);
	const json_t *first = json_array_get(news, 0);
	assert_string_equal(json_string_value(json_object_get(first, "text")), "Kabar 14");
	/* 1790000000 is 21 September 2026, 20.33 in Jakarta. */
	assert_string_equal(json_string_value(json_object_get(first, "date")), "2026-10-05");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_complaint_comes_once, setup, teardown),
		cmocka_unit_test_setup_teardown(one_session_at_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(
			the_clock_that_was_set_ages_no_draft, setup, teardown),
		cmocka_unit_test_setup_teardown(
			damage_costs_neither_draft_nor_category, setup, teardown),
		cmocka_unit_test_setup_teardown(a_backup_brings_them_back, setup, teardown),
		cmocka_unit_test_setup_teardown(the_server_gives_them_back, setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_board, setup, teardown),
		cmocka_unit_test_setup_teardown(a_board_names_dusun_only, setup, teardown),
		cmocka_unit_test_setup_teardown(
			the_median_and_at_most_twenty_cases, setup, teardown),
		cmocka_unit_test_setup_teardown(a_dozen_news, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
