/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open311: keys, what comes from outside, the two forms, and who is listed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd/apikey.h"
#include "tools/ppidd/calendar.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/open311.h"
#include "tools/ppidd/record.h"

#define NOW INT64_C(1795540000000) /* 24 November 2026, 17.06 UTC: the 25th in Wates */
#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)
#define OFFICE "Kalurahan <\"Uji\">"

static struct db *db;
static const struct step step = { .now_ms = NOW, .actor = "officer:pak" };

static int setup(void **state)
{
	(void)state;
	setenv("TZ", "WIB-7", 1);
	tzset();
	calendar_use("board/holidays");
	return db_open("sqlite::memory:", &db);
}

static int teardown(void **state)
{
	(void)state;
	db_close(db);
	return 0;
}

/* Keys. */

static int post(const char *name, int64_t now_ms)
{
	assert_int_equal(db_begin(db), 0);
	return db_end(db, apikey_post(db, name, now_ms));
}

static void test_keys(void **state)
{
	char key[TOKEN_SIZE], other[TOKEN_SIZE], name[APIKEY_NAME_MAX + 1];
	autojson json_t *list = NULL;
	(void)state;

	assert_int_equal(apikey_add(db, &step, "lapor", key), 0);
	assert_int_equal(apikey_add(db, &step, "lapor", other), -EEXIST);
	assert_int_equal(apikey_add(db, &step, "dua kata", other), -EINVAL);
	assert_int_equal(apikey_add(db, &step, "sp4n", other), 0);
	assert_string_not_equal(key, other);
	assert_int_equal(apikey_find(db, key, name), 0);
	assert_string_equal(name, "lapor");
	assert_int_equal(apikey_find(db, "", name), -ENOENT);
	other[0] = other[0] == '0' ? '1' : '0';
	assert_int_equal(apikey_find(db, other, name), -ENOENT);
	assert_int_equal(apikey_revoke(db, &step, "lapor"), 0);
	assert_int_equal(apikey_revoke(db, &step, "lapor"), -ENOENT);
	assert_int_equal(apikey_revoke(db, &step, "nobody"), -ENOENT);
	assert_int_equal(apikey_find(db, key, name), -EKEYREVOKED);
	assert_int_equal(post("lapor", NOW), -EAGAIN);
	assert_int_equal(apikey_add(db, &step, "lapor", other), -EEXIST);
	assert_int_equal(apikey_list(db, &list), 0);
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(record_words(json_array_get(list, 0), "name"), "lapor");
	assert_non_null(record_text(json_array_get(list, 0), "revoked"));
	assert_null(record_text(json_array_get(list, 1), "revoked"));
	assert_null(record_text(json_array_get(list, 1), "used"));
}

static void test_hour(void **state)
{
	char key[TOKEN_SIZE];
	autojson json_t *list = NULL;
	int64_t hour_ms = NOW - NOW % HOUR_MS;
	(void)state;

	assert_int_equal(apikey_add(db, &step, "lapor", key), 0);
	for (int i = 0; i < APIKEY_HOUR_MOST; i++)
		assert_int_equal(post("lapor", hour_ms + i), 0);
	assert_int_equal(post("lapor", hour_ms + HOUR_MS - 1), -EAGAIN);
	assert_int_equal(post("lapor", hour_ms + HOUR_MS), 0);
	assert_int_equal(apikey_list(db, &list), 0);
	assert_int_equal(record_number(json_array_get(list, 0), "posted"), APIKEY_HOUR_MOST + 1);
}

/* Forms. */

static void expect_form(const char *body, const char *name, const char *value)
{
	autojson json_t *fields = NULL;

	assert_int_equal(open311_form(body, strlen(body), &fields), 0);
	if (value)
		assert_string_equal(record_text(fields, name), value);
	else
		assert_null(record_text(fields, name));
}

static void test_form(void **state)
{
	json_t *none = NULL;
	char many[1024] = "";
	(void)state;

	expect_form("a=1&b=2", "b", "2");
	expect_form("a=1&a=2", "a", "1");
	expect_form("attribute%5Babout%5D=office", "attribute[about]", "office");
	expect_form("attribute[about]=office", "attribute[about]", "office");
	expect_form("a=b+c%2B%26&x", "a", "b c+&");
	expect_form("a=b+c%2B%26&x", "x", "");
	expect_form("&&=1&a==&", "a", "=");
	expect_form("a=%4&b=%zz", "b", "%zz");
	expect_form("", "a", NULL);
	expect_form("a=%C3%BC", "a", "ü");
	assert_int_equal(open311_form("a=%ff", 5, &none), -EILSEQ);
	assert_int_equal(open311_form("%ff=a", 5, &none), -EILSEQ);
	assert_int_equal(open311_form("a=%00b", 6, &none), -EILSEQ);
	assert_int_equal(open311_form("a=\0b", 4, &none), -EILSEQ);
	for (size_t i = 0, length = 0; i < 65; i++)
		length += (size_t)snprintf(many + length, sizeof(many) - length, "x%zu=&", i);
	assert_int_equal(open311_form(many, strlen(many), &none), -E2BIG);
	assert_null(none);
}

static void test_degrees(void **state)
{
	static const char *const good[] = { "0", "-7.8601", "90", "-90.000", "007" };
	static const char *const bad[] = { "", "-", ".5", "5.", "1e1", "0x1", "nan", "inf", "+1",
		" 1", "1 ", "90.0001", "-91", "1,5", "--1", "0.0000000000000000000000001" };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(open311_degrees(good[i], 90));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(open311_degrees(bad[i], 90));
	assert_true(open311_degrees("180", 180));
}

/* Times. */

static void expect_time(const char *text, const char *same)
{
	int64_t time_ms = 0, same_ms = 0;

	assert_int_equal(w3c_parse(text, &time_ms), 0);
	assert_int_equal(w3c_parse(same, &same_ms), 0);
	assert_int_equal(time_ms, same_ms);
}

static void test_times(void **state)
{
	static const char *const bad[] = { "", "26", "2026-", "2026-1", "2026-13", "2026-00",
		"2026-02-30", "2025-02-29", "2026-11-24T", "2026-11-24T10", "2026-11-24T10:00",
		"2026-11-24T10:00:00", "2026-11-24T24:00Z", "2026-11-24T10:60Z",
		"2026-11-24T10:00:60Z", "2026-11-24T10:00:00.Z", "2026-11-24T10:00:00+7",
		"2026-11-24T10:00:00+07:60", "2026-11-24T10:00:00ZZ", "2026-11T10:00Z",
		"2026-11-24 10:00Z", "1969-12-31", "-2026", "2026-11-24x", "٢٠٢٦" };
	char words[W3C_SIZE];
	int64_t time_ms = 0;
	(void)state;

	expect_time("2026-11-24T00:00:00+07:00", "2026-11-23T17:00:00Z");
	expect_time("2026-11-24T00:00:00 07:00", "2026-11-23T17:00Z");
	expect_time("2026-11-23T12:00:00.25-05:00", "2026-11-24");
	expect_time("2026-11", "2026-11-01T00:00:00+07:00");
	expect_time("2026", "2025-12-31T17:00:00Z");
	expect_time("2028-02-29", "2028-02-28T17:00Z");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(w3c_parse(bad[i], &time_ms), -EINVAL);
	w3c_format(NOW, false, words);
	assert_string_equal(words, "2026-11-25T00:06:40+07:00");
	w3c_format(NOW, true, words);
	assert_string_equal(words, "2026-11-25T00:00:00+07:00");
	w3c_format(0, false, words);
	assert_string_equal(words, "");
	setenv("TZ", "EST3:30", 1);
	tzset();
	w3c_format(NOW, true, words);
	assert_string_equal(words, "2026-11-24T00:00:00-03:30");
}

/* The two forms. */

static void expect_text(const char *uri, const json_t *json, const char *wanted)
{
	struct request request = { .uri = strdup(uri) };
	size_t size = 0;
	autofree char *text = open311_text(&request, "services", json, &size);

	assert_string_equal(text, wanted);
	assert_int_equal(size, strlen(wanted));
	free(request.uri);
}

static void test_forms(void **state)
{
	(void)state;
	autojson json_t *json = json_pack("[{s:b, s:n, s:i, s:[]}]", "t", 1, "n", "i", 7, "values");
	autojson json_t *words =
		json_pack("[s]", "<&>\"'\r\n\x01\xef\xbf\xbf|\xef\xbf\xbe|\xef\xbf\xbc");

	expect_text("/open311/v2/services.xml", json,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<services><service><t>true</t><n></n>"
		"<i>7</i><values></values></service></services>\n");
	expect_text("/open311/v2/services.json?x=.xml", json,
		"[\n {\n  \"t\": true,\n  \"n\": null,\n  \"i\": 7,\n  \"values\": []\n }\n]");
	expect_text("/open311/v2/services", words,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<services><service>&lt;&amp;&gt;&quot;"
		"&#39;\n\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbc</service></services>\n");
}

static void test_parts(void **state)
{
	static const char *const parts[][2] = { { "access.xml", "access" },
		{ "access.json", "access" }, { "access", "access" }, { "a.html", "a.html" },
		{ ".json", "" }, { "a.json.xml", "a.json" } };
	struct request request = { 0 };
	char part[PATH_PART_MAX + 1];
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		snprintf(request.part, sizeof(request.part), "%s", parts[i][0]);
		open311_part(&request, part);
		assert_string_equal(part, parts[i][1]);
	}
}

/* Who is listed. */

static void take_in(const struct entry *entry, char uuid[static UUID_SIZE])
{
	struct entered out;

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_end(db, enter_complaint(db, &step, entry, &out)), 0);
	memcpy(uuid, out.uuid, UUID_SIZE);
}

/* What the rows are as JSON; the same number of them is in the XML. */
static json_t *listed_json(const struct open311_filter *filter)
{
	size_t counts[2];
	json_t *list = NULL;

	for (int i = 0; i < 2; i++) {
		autorequests struct open311_rows rows = { 0 };
		assert_int_equal(open311_rows_begin(&rows, i == 0, OFFICE), 0);
		assert_int_equal(open311_list(db, filter, &rows), 0);
		assert_int_equal(open311_rows_end(&rows), 0);
		counts[i] = rows.count;
		if (i == 0)
			list = json_loads(rows.text, 0, NULL);
	}
	assert_int_equal(counts[0], counts[1]);
	assert_int_equal(json_array_size(list), counts[0]);
	return list;
}

static size_t listed(const struct open311_filter *filter)
{
	autojson json_t *list = listed_json(filter);

	return json_array_size(list);
}

static void test_listed(void **state)
{
	struct entry entry = { .channel = "portal",
		.category = "access",
		.text = "Isi",
		.came_ms = NOW - 20 * DAY_MS };
	struct open311_filter all = { .from_ms = NOW - 60 * DAY_MS,
		.until_ms = NOW,
		.open = true,
		.closed = true,
		.most = 1000 };
	char uuid[UUID_SIZE];
	(void)state;

	for (int i = 0; i < 4; i++)
		take_in(&entry, uuid);
	/* None of these makes a fifth. */
	entry.confidential = true;
	take_in(&entry, uuid);
	entry.confidential = false;
	entry.about = "office";
	take_in(&entry, uuid);
	entry.about = "official";
	take_in(&entry, uuid);
	entry.about = NULL;
	entry.category = "quality";
	take_in(&entry, uuid);
	entry.category = "access";
	entry.channel = "website";
	take_in(&entry, uuid);
	entry.channel = "portal";
	entry.came_ms = NOW - 40 * DAY_MS; /* in October */
	take_in(&entry, uuid);
	assert_int_equal(listed(&all), 0);
	entry.about = "agency";
	entry.came_ms = NOW - DAY_MS;
	take_in(&entry, uuid);
	assert_int_equal(listed(&all), 5);
	/* Five of the month, of which these days have one. */
	struct open311_filter some = all;
	some.from_ms = NOW - 2 * DAY_MS;
	assert_int_equal(listed(&some), 1);
	some = all;
	some.until_ms = NOW - 2 * DAY_MS;
	assert_int_equal(listed(&some), 4);
	some.most = 3;
	assert_int_equal(listed(&some), 3);
	some = all;
	some.open = false;
	assert_int_equal(listed(&some), 0);
	some = all;
	some.services = ",quality,other,";
	assert_int_equal(listed(&some), 0);
	some.services = ",other,access,";
	assert_int_equal(listed(&some), 5);
}

static int found(const char *uuid, bool json, char **text)
{
	autorequests struct open311_rows rows = { 0 };

	assert_int_equal(open311_rows_begin(&rows, json, OFFICE), 0);
	int error = open311_find(db, uuid, &rows);
	assert_int_equal(open311_rows_end(&rows), 0);
	assert_int_equal(rows.count, error == 0);
	assert_int_equal(rows.size, strlen(rows.text));
	*text = take_pointer(rows.text);
	return error;
}

static void test_found(void **state)
{
	struct entry entry = { .channel = "portal",
		.category = "procedure",
		.name = "Mbah Tukijo",
		.text = "Isi rahasia",
		.about = "official",
		.confidential = true };
	autofree char *text = NULL, *xml = NULL, *none = NULL, *empty = NULL;
	char uuid[UUID_SIZE];
	(void)state;

	take_in(&entry, uuid);
	assert_int_equal(found(uuid, true, &text), 0);
	autojson json_t *list = json_loads(text, 0, NULL);
	const json_t *row = json_array_get(list, 0);
	assert_string_equal(record_text(row, "status"), "open");
	assert_string_equal(record_text(row, "service_code"), "procedure");
	assert_string_equal(record_text(row, "requested_datetime"), "2026-11-25T00:00:00+07:00");
	assert_string_equal(record_text(row, "agency_responsible"), OFFICE);
	assert_true(json_is_null(json_object_get(row, "description")));
	assert_null(strstr(text, "Tukijo"));
	assert_null(strstr(text, "rahasia"));
	assert_int_equal(found(uuid, false, &xml), 0);
	assert_non_null(
		strstr(xml, "<agency_responsible>Kalurahan &lt;&quot;Uji&quot;&gt;</agency"));
	assert_non_null(strstr(xml, "<description></description>"));
	entry.channel = "letter";
	take_in(&entry, uuid);
	assert_int_equal(found(uuid, true, &none), -ENOENT);
	assert_string_equal(none, "[\n]");
	assert_int_equal(found("\xff\xfe", true, &empty), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_keys, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hour, setup, teardown),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_degrees),
		cmocka_unit_test_setup_teardown(test_times, setup, teardown),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_parts),
		cmocka_unit_test_setup_teardown(test_listed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_found, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
