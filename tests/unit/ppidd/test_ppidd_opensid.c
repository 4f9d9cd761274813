/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bridge to OpenSID without OpenSID: what is to be copied, what comes back, texts on the way.
 */
#include "tests/unit/ppidd/kiosk_log.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "tools/ppidd-opensid/settings.h"
#include "tools/ppidd-opensid/words.h"
#include "tools/ppidd/calendar.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/opensid.h"

#define UUID "11111111-1111-4111-8111-111111111111"

static const struct opensid opensid = { .name = "triharjo",
	.actor = "opensid:triharjo",
	.kiosks = { KIOSK },
	.kiosk_count = 1,
	.level = OPENSID_IDENTITY };
static const struct step bridge_step = { .now_ms = NOW, .actor = "opensid:triharjo" };

static int with_complaint(void **state)
{
	int64_t next_id = -1;

	setenv("TZ", "WIB-7", 1);
	tzset();
	calendar_use("board/holidays");
	if (setup(state) < 0)
		return -1;
	put_complaint(&kiosk_log, UUID, 1);
	if (send_from(&kiosk_log, 1, NULL) != 200)
		return -1;
	return opensid_begin(db, &opensid, NOW, &next_id) == 0 && next_id == 0 ? 0 : -1;
}

/* The one that is due, or NULL. */
static json_t *due(void)
{
	autojson json_t *list = NULL;

	assert_int_equal(opensid_due(db, &opensid, 10, &list), 0);
	assert_true(json_array_size(list) <= 1);
	return json_incref(json_array_get(list, 0));
}

static void expect_due(int level)
{
	autojson json_t *item = due();

	if (level < 0)
		assert_null(item);
	else
		assert_int_equal(record_number(item, "show"), level);
}

static void show(int64_t row_id)
{
	autojson json_t *item = due();

	assert_non_null(item);
	const struct opensid_shown shown = { .complaint = record_words(item, "uuid"),
		.ticket = record_words(item, "ticket"),
		.row_id = row_id,
		.before = (enum opensid_level)record_number(item, "level"),
		.now = (enum opensid_level)record_number(item, "show"),
		.first = json_is_null(json_object_get(item, "row")),
		.updated_ms = record_number(item, "updated"),
		.status = OPENSID_WAITING,
		.told = OPENSID_WAITING };
	assert_int_equal(opensid_shown(db, &bridge_step, &opensid, &shown), 0);
}

static size_t events_of(const char *type)
{
	autojson json_t *history = NULL;
	size_t i, found = 0;
	json_t *event;

	assert_int_equal(complaint_history(db, UUID, VIEW_WHOLE, &history), 0);
	json_array_foreach (history, i, event) {
		if (strcmp(record_words(event, "type"), type) == 0)
			found++;
	}
	return found;
}

static void expect_state(const char *state)
{
	autojson json_t *complaint = NULL;

	assert_int_equal(complaint_find(db, UUID, VIEW_WHOLE, &complaint), 0);
	assert_string_equal(record_words(complaint, "state"), state);
}

static void test_levels(void **state)
{
	(void)state;

	autojson json_t *first = due();
	assert_string_equal(record_words(first, "from"), "+62811");
	assert_string_equal(record_words(first, "text"), "Jalan rusak");
	show(7);
	expect_due(-1);

	assert_true(db_run(db, "UPDATE complaint SET confidential = 1", "") > 0);
	autojson json_t *confidential = due();
	assert_int_equal(record_number(confidential, "show"), OPENSID_TEXT);
	assert_null(record_text(confidential, "from"));
	assert_string_equal(record_words(confidential, "text"), "Jalan rusak");
	show(7);
	expect_due(-1);

	assert_true(db_run(db, "UPDATE complaint SET about = 'official'", "") > 0);
	autojson json_t *office = due();
	assert_int_equal(record_number(office, "show"), OPENSID_NOTHING);
	assert_null(record_text(office, "text"));
	show(7);
	expect_due(-1);
	assert_int_equal(events_of("complaint.copy"), 3);
}

static void test_erased(void **state)
{
	(void)state;

	show(7);
	assert_true(db_run(db, "DELETE FROM complaint_personal", "") > 0);
	expect_due(OPENSID_NOTHING);
	show(7);
	expect_due(-1);
	/* Somebody put it back there. */
	assert_int_equal(opensid_again(db, &opensid, UUID), 0);
	expect_due(OPENSID_NOTHING);
}

/* A kiosk that is the bridge's no more: nothing new, but what is there is kept right. */
static void test_other_kiosk(void **state)
{
	struct opensid moved = opensid;
	autojson json_t *before = NULL, *after = NULL;
	(void)state;

	moved.kiosks[0] = KIOSK + 1;
	assert_int_equal(opensid_due(db, &moved, 10, &before), 0);
	assert_int_equal(json_array_size(before), 0);
	show(7);
	assert_true(db_run(db, "DELETE FROM complaint_personal", "") > 0);
	assert_int_equal(opensid_due(db, &moved, 10, &after), 0);
	assert_int_equal(json_array_size(after), 1);
}

/* What is erased, about the office or another kind of case isn't copied. */
static void test_never(void **state)
{
	static const char *const changes[] = { "UPDATE complaint SET about = 'office'",
		"UPDATE complaint SET kind = 'objection'", "DELETE FROM complaint_personal" };
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		expect_due(OPENSID_IDENTITY);
		assert_true(db_run(db, changes[i], "") > 0);
		expect_due(-1);
		assert_true(db_run(db, "UPDATE complaint SET about = NULL, kind = 'complaint'",
				    "") > 0);
	}
}

static void test_ended_before(void **state)
{
	(void)state;

	assert_true(db_run(db, "UPDATE complaint SET still_open = 0", "") > 0);
	assert_true(db_run(db, "UPDATE opensid SET since_ms = $1", "i", NOW + 1) > 0);
	assert_true(db_run(db, "UPDATE complaint SET created_ms = $1", "i", NOW) > 0);
	expect_due(-1);
	assert_true(db_run(db, "UPDATE complaint SET created_ms = $1", "i", NOW + 1) > 0);
	expect_due(OPENSID_IDENTITY);
}

static void see(enum opensid_status status)
{
	assert_int_equal(opensid_status_seen(db, &bridge_step, &opensid, UUID, status), 0);
}

/* "Under way" is a step only from where it is legal and alone; nothing else is. */
static void test_statuses(void **state)
{
	const struct decision decision = { .complaint = UUID };
	(void)state;

	show(7);
	see(OPENSID_UNDER_WAY);
	expect_state("received");
	see(OPENSID_DONE);
	expect_state("received");
	assert_int_equal(decide_state(db, &step, &decision, STATE_VERIFIED, NULL), 0);
	assert_int_equal(decide_state(db, &step, &decision, STATE_ASSIGNED, NULL), 0);
	see(OPENSID_WAITING);
	expect_state("assigned");
	see(OPENSID_UNDER_WAY);
	expect_state("investigating");
	see(OPENSID_UNDER_WAY);
	see(OPENSID_DONE);
	expect_state("investigating");
	/* copied, and the five changes. */
	assert_int_equal(events_of("complaint.copy"), 6);
}

/* Of the office's own staff nobody begins or ends what is about them. */
static void test_status_about_office(void **state)
{
	const struct decision decision = { .complaint = UUID, .view = VIEW_OFFICE };
	(void)state;

	show(7);
	assert_int_equal(decide_state(db, &step, &decision, STATE_VERIFIED, NULL), 0);
	assert_int_equal(decide_state(db, &step, &decision, STATE_ASSIGNED, NULL), 0);
	assert_true(db_run(db, "UPDATE complaint SET about = 'office'", "") > 0);
	see(OPENSID_UNDER_WAY);
	expect_state("assigned");
}

static void reply(int64_t row_id, enum opensid_status status, const char *text)
{
	const struct opensid_reply told = {
		.complaint = UUID, .row_id = row_id, .status = status, .by = "Carik", .text = text
	};

	assert_int_equal(opensid_reply(db, &bridge_step, &opensid, &told), 0);
}

static size_t proposals(enum complaint_view view)
{
	autojson json_t *list = NULL;

	assert_int_equal(opensid_proposals(db, view, 10, &list), 0);
	return json_array_size(list);
}

static void test_replies(void **state)
{
	const struct decision answer = { .complaint = UUID, .text = "Sudah." };
	(void)state;

	show(7);
	reply(8, OPENSID_UNDER_WAY, "Sedang dicek");
	assert_int_equal(proposals(VIEW_UNIT), 0);
	reply(9, OPENSID_DONE, "Sudah diaspal");
	reply(9, OPENSID_DONE, "Sudah diaspal");
	reply(10, OPENSID_DONE, " \n ");
	assert_int_equal(events_of("complaint.proposal"), 2);
	assert_int_equal(proposals(VIEW_UNIT), 1);
	assert_int_equal(events_of("complaint.answer"), 0);
	autojson json_t *known = NULL;
	assert_int_equal(opensid_replies(db, &opensid, &known), 0);
	assert_int_equal(json_object_size(known), 3);

	assert_int_equal(decide_answer(db, &step, &answer, NULL), 0);
	assert_int_equal(proposals(VIEW_UNIT), 0);
	assert_int_equal(opensid_end(db, &opensid, 11, NOW), 0);
	assert_int_equal(
		count("SELECT count(*) FROM opensid_copy WHERE proposal_ms IS NOT NULL"), 0);
	assert_int_equal(count("SELECT next_id FROM opensid"), 11);
}

/* After its words are erased, nothing that is written about it is kept. */
static void test_reply_after_erasure(void **state)
{
	(void)state;

	show(7);
	assert_true(db_run(db, "DELETE FROM complaint_personal", "") > 0);
	reply(8, OPENSID_DONE, "Bu Siti di RT 3 sudah dihubungi");
	assert_int_equal(events_of("complaint.proposal"), 0);
	assert_int_equal(proposals(VIEW_WHOLE), 0);
}

/* Lost rows are copied again, the others written again; deleted ones stay away. */
static void test_losses(void **state)
{
	autojson json_t *lost = json_pack("[s]", UUID), *none = json_array();
	(void)state;

	show(7);
	reply(8, OPENSID_DONE, "Sudah");
	assert_int_equal(opensid_restored(db, &opensid, none), 0);
	autojson json_t *again = due();
	assert_int_equal(record_number(again, "row"), 7);
	show(7);
	assert_int_equal(events_of("complaint.copy"), 1);
	assert_int_equal(opensid_restored(db, &opensid, lost), 0);
	autojson json_t *anew = due();
	assert_true(json_is_null(json_object_get(anew, "row")));
	show(9);
	assert_int_equal(count("SELECT count(*) FROM opensid_reply"), 0);

	assert_int_equal(opensid_gone(db, &bridge_step, &opensid, UUID), 0);
	assert_int_equal(opensid_gone(db, &bridge_step, &opensid, UUID), 0);
	expect_due(-1);
	assert_int_equal(events_of("complaint.copy"), 3);
	assert_int_equal(opensid_moved(db, &opensid, UUID, 12), 0);
	expect_due(OPENSID_IDENTITY);
}

static size_t silent_at(int64_t now_ms)
{
	autojson json_t *list = NULL;

	assert_int_equal(opensid_silent(db, now_ms, &list), 0);
	return json_array_size(list);
}

/* Somebody is told after an hour, but not for ever. */
static void test_silence(void **state)
{
	const int64_t minute_ms = INT64_C(60) * 1000, day_ms = 24 * 60 * minute_ms;
	(void)state;

	assert_int_equal(silent_at(NOW + day_ms), 0); /* it never worked yet */
	assert_int_equal(opensid_end(db, &opensid, 1, NOW), 0);
	assert_int_equal(silent_at(NOW + 59 * minute_ms), 0);
	assert_int_equal(silent_at(NOW + 61 * minute_ms), 1);
	assert_int_equal(silent_at(NOW + 31 * day_ms), 0);
	assert_int_equal(opensid_end(db, &opensid, 1, NOW + 30 * minute_ms), 0);
	assert_int_equal(silent_at(NOW + 61 * minute_ms), 0);
}

static void expect_column(const char *text, struct room room, const char *expected)
{
	autofree char *fitted = words_for_column(text, &room);

	assert_string_equal(fitted, expected);
}

static void test_words_there(void **state)
{
	const struct room wide = { .characters = 100, .bytes = 400, .widest = 4 };
	const struct room three = { .characters = 100, .bytes = 300, .widest = 3 };
	const struct room one = { .characters = 100, .bytes = 100, .widest = 1 };
	const struct room five = { .characters = 5, .bytes = 20, .widest = 4 };
	const struct room bytes = { .characters = 100, .bytes = 7, .widest = 4 };
	(void)state;

	expect_column("<b onclick='x'>é 🌉\n&lt;", wide, "‹b onclick='x'›é 🌉\n&lt;");
	expect_column("é 🌉\x01\x7f", three, "é ?  ");
	expect_column("<é 🌉>", one, "(? ?)");
	expect_column("lima!", five, "lima!");
	expect_column("enam!!", five, "enam…");
	expect_column("🌉🌉", bytes, "🌉…");
	expect_column("", five, "");
	/* A column so narrow that not even the sign of a cut has room. */
	expect_column("abc", (struct room) { .characters = 2, .bytes = 2, .widest = 4 }, "ab");
}

static void test_words_back(void **state)
{
	autofree char *plain = words_from_column("&lt;b&gt; &amp;amp; &quot;&#039;&#39; & 🌉", 100);
	autofree char *cut = words_from_column("a🌉b", 4);
	(void)state;

	assert_string_equal(plain, "<b> &amp; \"'' & 🌉");
	assert_string_equal(cut, "a");
}

static int read_settings(const char *keys, struct settings *settings)
{
	char conf[] = "/tmp/kotak-opensid-XXXXXX", ppidd[] = "/tmp/kotak-ppidd-XXXXXX";
	int conf_fd = mkstemp(conf), ppidd_fd = mkstemp(ppidd);

	assert_true(conf_fd >= 0 && ppidd_fd >= 0);
	dprintf(ppidd_fd, "[server]\nlisten = 127.0.0.1:0\n[store]\nurl = sqlite:/tmp/x\n");
	dprintf(conf_fd,
		"[ppidd]\nconfig = %s\n[opensid]\nname = triharjo\ndatabase = opensid\nuser = "
		"kotak\nkiosks = 3 12\ncopy = text\n%s",
		ppidd, keys);
	close(conf_fd);
	close(ppidd_fd);
	*settings = (struct settings) { 0 };
	int error = settings_read(conf, settings);
	unlink(conf);
	unlink(ppidd);
	return error;
}

static void test_settings(void **state)
{
	static const struct {
		const char *server;
		int error;
		const char *host;
		int64_t port;
	} tries[] = { { "127.0.0.1", 0, "127.0.0.1", 3306 }, { "localhost:33", 0, "localhost", 33 },
		{ "[::1]:3307", 0, "::1", 3307 }, { "[::1]", 0, "::1", 3306 },
		{ "db.desa.id:3306", -EINVAL, NULL, 0 }, { "127.0.0.1:", -EINVAL, NULL, 0 },
		{ "127.0.0.1:0", -EINVAL, NULL, 0 }, { ":3306", -EINVAL, NULL, 0 },
		{ "[::1", -EINVAL, NULL, 0 } };
	struct settings settings;
	char keys[100];
	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
		snprintf(keys, sizeof(keys), "server = %s\n", tries[i].server);
		assert_int_equal(read_settings(keys, &settings), tries[i].error);
		if (tries[i].host) {
			assert_string_equal(settings.host, tries[i].host);
			assert_int_equal(settings.port, tries[i].port);
			assert_int_equal(settings.kiosk_count, 2);
			assert_int_equal(settings.kiosks[1], 12);
		}
		settings_free(&settings);
	}
	assert_int_equal(read_settings("server = unix:/run/x\ninterval = 0\n", &settings), -EINVAL);
	settings_free(&settings);
	assert_int_equal(read_settings("", &settings), -EINVAL);
	settings_free(&settings);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_levels, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_erased, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_other_kiosk, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_never, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_ended_before, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_statuses, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_status_about_office, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_replies, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_reply_after_erasure, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_losses, with_complaint, teardown),
		cmocka_unit_test_setup_teardown(test_silence, with_complaint, teardown),
		cmocka_unit_test(test_words_there),
		cmocka_unit_test(test_words_back),
		cmocka_unit_test(test_settings),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_ALERT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
