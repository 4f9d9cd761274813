/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conversations from the first key to the last, each screen as it is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "tests/unit/panel_fixture.h"

static const char start[] =
	"{\"type\": \"start\", \"name\": \"Kalurahan Triharjo\", \"language\": \"id\","
	" \"timezone\": \"Asia/Jakarta\", \"places\": [{\"name\": \"Karang\", \"parts\":"
	" [\"RT 01\", \"RT 02\"]}, {\"name\": \"Sogan\", \"parts\": []}, {\"name\": \"Tambak\","
	" \"parts\": [\"RT 03\"]}], \"printer\": true, \"number\": \"081234567890\","
	" \"session\": null}";

/* Twenty columns, four rows, English: mistyped, wrong, and then all that may be done. */
static const struct step own_ticket[] = {
	{ STEP_KEYS, "5", NULL },
	{ STEP_KEYS, "3",
		"Please choose:\n"
		"1 New complaint\n"
		"2 My ticket\n"
		"*back   1/2    #next\n" },
	{ STEP_KEYS, "2",
		"Ticket no.\n"
		"\n"
		"10 digits (slip)\n"
		"*back            #OK\n" },
	{ STEP_KEYS, "003000",
		"Ticket no.\n"
		"003-000\n"
		"\n"
		"*erase           #OK\n" },
	{ STEP_KEYS, "124",
		"Ticket no.\n"
		"003-000124\n"
		"\n"
		"*erase           #OK\n" },
	{ STEP_KEYS, "#",
		"That ticket number\n"
		"is mistyped. Please\n"
		"check the digits.\n"
		"*back            #OK\n" },
	{ STEP_KEYS, "#",
		"Ticket no.\n"
		"003-000124\n"
		"\n"
		"*erase           #OK\n" },
	{ STEP_KEYS, "*",
		"Ticket no.\n"
		"003-00012\n"
		"\n"
		"*erase           #OK\n" },
	{ STEP_KEYS, "37#",
		"PIN\n"
		"\n"
		"4 digits on slip\n"
		"*back            #OK\n" },
	{ STEP_KEYS, "47",
		"PIN\n"
		"**\n"
		"\n"
		"*erase           #OK\n" },
	{ STEP_KEYS, "#",
		"A PIN has 4 digits.\n"
		"\n"
		"\n"
		"*back            #OK\n" },
	{ STEP_KEYS, "#",
		"PIN\n"
		"\n"
		"4 digits on slip\n"
		"*back            #OK\n" },
	{ STEP_KEYS, "4712#",
		"Looking it up.\n"
		"Please wait.\n"
		"\n"
		"*back\n" },
	{ STEP_MESSAGE,
		"{\"type\": \"case\", \"request\": 1, \"found\": false, \"reason\": \"wrong\"}",
		"Ticket number and\n"
		"PIN do not match.\n"
		"\n"
		"*back            #OK\n" },
	{ STEP_KEYS, "#",
		"Ticket no.\n"
		"003-000123-7\n"
		"\n"
		"*erase           #OK\n" },
	{ STEP_KEYS, "#4711#",
		"Looking it up.\n"
		"Please wait.\n"
		"\n"
		"*back\n" },
	{ STEP_MESSAGE,
		"{\"type\": \"case\", \"request\": 2, \"found\": true, \"ticket\": "
		"\"003-000123-7\", \"state\": \"resolved\", \"created\": "
		"\"2026-11-20T01:00:00.000Z\", \"updated\": \"2026-11-20T20:00:00.000Z\", "
		"\"answer\": \"The lamp was mended on Monday. Thank you \\\\o/ \\u2013 "
		"caf\\u00e9\", \"question\": \"Which house?\\nWhich side?\", \"rating\": 0, "
		"\"can_rate\": true, \"can_add\": true, \"can_withdraw\": true}",
		"003-000123-7:\n"
		"resolved\n"
		"(21-11-2026).\n"
		"*back   1/3    #next\n" },
	{ STEP_KEYS, "#",
		"1 Read answer\n"
		"2 Officer's question\n"
		"3 Add something\n"
		"*back   2/3    #next\n" },
	{ STEP_KEYS, "#",
		"4 Rate it\n"
		"5 Withdraw it\n"
		"\n"
		"*back   3/3    #next\n" },
	{ STEP_KEYS, "1",
		"Answer: The lamp was\n"
		"mended on Monday.\n"
		"Thank you /o/ - cafe\n"
		"*back            #OK\n" },
	{ STEP_KEYS, "#",
		"003-000123-7:\n"
		"resolved\n"
		"(21-11-2026).\n"
		"*back   1/3    #next\n" },
	{ STEP_KEYS, "#",
		"1 Read answer\n"
		"2 Officer's question\n"
		"3 Add something\n"
		"*back   2/3    #next\n" },
	{ STEP_KEYS, "2",
		"The officer asks:\n"
		"Which house?\n"
		"Which side?\n"
		"1 Answer it       *<\n" },
	{ STEP_KEYS, "1",
		"Your words       Abc\n"
		"\n"
		"Write it here\n"
		"*back            #OK\n" },
	{ STEP_KEYS, "#",
		"That is too short.\n"
		"Please write what,\n"
		"where and when.\n"
		"*back            #OK\n" },
	{ STEP_KEYS, "#",
		"Your words       Abc\n"
		"\n"
		"Write it here\n"
		"*back            #OK\n" },
	{ STEP_WORDS, "house two",
		"Your words       abc\n"
		"House two\n"
		"\n"
		"*erase           #OK\n" },
	{ STEP_KEYS, "#",
		"Being saved. Please\n"
		"wait.\n"
		"\n"
		"*back\n" },
	{ STEP_MESSAGE, "{\"type\": \"done\", \"request\": 3, \"ok\": true, \"reopened\": false}",
		"Your words were\n"
		"added.\n"
		"\n"
		"*back            #OK\n" },
	{ STEP_KEYS, "#",
		"Looking it up.\n"
		"Please wait.\n"
		"\n"
		"*back\n" },
	{ STEP_MESSAGE,
		"{\"type\": \"case\", \"request\": 4, \"found\": true, \"ticket\": "
		"\"003-000123-7\", \"state\": \"resolved\", \"created\": "
		"\"2026-11-20T01:00:00.000Z\", \"updated\": \"2026-11-20T20:00:00.000Z\", "
		"\"answer\": null, \"question\": null, \"rating\": 0, \"can_rate\": true, "
		"\"can_add\": false, \"can_withdraw\": true}",
		"003-000123-7:\n"
		"resolved\n"
		"(21-11-2026).\n"
		"*back   1/2    #next\n" },
	{ STEP_KEYS, "1",
		"Did it help?\n"
		"1 Not at all\n"
		"2 A little\n"
		"*back   1/2    #next\n" },
	{ STEP_KEYS, "#",
		"3 Fairly\n"
		"4 Much\n"
		"5 Very much\n"
		"*back   2/2    #next\n" },
	{ STEP_KEYS, "2",
		"Being saved. Please\n"
		"wait.\n"
		"\n"
		"*back\n" },
	{ STEP_MESSAGE, "{\"type\": \"done\", \"request\": 5, \"ok\": true, \"reopened\": true}",
		"Saved. Sorry that it\n"
		"did not help: the\n"
		"complaint is open\n"
		"*back   1/2    #next\n" },
	{ STEP_KEYS, "#",
		"again.\n"
		"\n"
		"\n"
		"*back    2/2     #OK\n" },
	{ STEP_KEYS, "#",
		"Looking it up.\n"
		"Please wait.\n"
		"\n"
		"*back\n" },
	{ STEP_MESSAGE,
		"{\"type\": \"case\", \"request\": 6, \"found\": true, \"ticket\": "
		"\"003-000123-7\", \"state\": \"reopened\", \"created\": "
		"\"2026-11-20T01:00:00.000Z\", \"updated\": \"2026-11-22T20:00:00.000Z\", "
		"\"answer\": null, \"question\": null, \"rating\": 2, \"can_rate\": false, "
		"\"can_add\": false, \"can_withdraw\": true}",
		"003-000123-7: opened\n"
		"again (23-11-2026).\n"
		"1 Withdraw it\n"
		"*back\n" },
	{ STEP_KEYS, "1",
		"Withdraw this\n"
		"complaint for good?\n"
		"1 Yes, withdraw\n"
		"2 No, keep it     *<\n" },
	{ STEP_KEYS, "2",
		"003-000123-7: opened\n"
		"again (23-11-2026).\n"
		"1 Withdraw it\n"
		"*back\n" },
	{ STEP_KEYS, "11",
		"Being saved. Please\n"
		"wait.\n"
		"\n"
		"*back\n" },
	{ STEP_MESSAGE, "{\"type\": \"done\", \"request\": 7, \"ok\": true, \"reopened\": false}",
		"The complaint was\n"
		"withdrawn.\n"
		"\n"
		"*back            #OK\n" },
	{ STEP_KEYS, "#",
		"Looking it up.\n"
		"Please wait.\n"
		"\n"
		"*back\n" },
	{ STEP_MESSAGE,
		"{\"type\": \"case\", \"request\": 8, \"found\": true, \"ticket\": "
		"\"003-000123-7\", \"state\": \"withdrawn\", \"created\": "
		"\"2026-11-20T01:00:00.000Z\", \"updated\": \"2026-11-23T01:00:00.000Z\", "
		"\"answer\": null, \"question\": null, \"rating\": 2, \"can_rate\": false, "
		"\"can_add\": false, \"can_withdraw\": false}",
		"003-000123-7:\n"
		"withdrawn\n"
		"(23-11-2026).\n"
		"*back\n" },
	{ STEP_KEYS, "*",
		"Please choose:\n"
		"1 New complaint\n"
		"2 My ticket\n"
		"*back   1/2    #next\n" },
	{ STEP_KEYS, "2",
		"Ticket no.\n"
		"\n"
		"10 digits (slip)\n"
		"*back            #OK\n" },
	{ 0 },
};

/* Sixteen columns, two rows, Javanese. */
static const struct step reading[] = {
	{ STEP_KEYS, "52", NULL },
	{ STEP_KEYS, "3",
		"Papan pawartos\n"
		"              #v\n" },
	{ STEP_KEYS, "1",
		"Dereng wonten.\n"
		"              #^\n" },
	{ STEP_KEYS, "**",
		"Mangga milih:\n"
		"              #v\n" },
	{ STEP_MESSAGE,
		"{\"type\": \"notice\", \"figures\": {\"received\": 12, \"open\": 3, \"answered\": "
		"9, \"days\": 4}, \"cases\": [{\"category\": \"access\", \"place\": \"Karang\", "
		"\"answered\": \"20-11-2026\", \"days\": 3}, {\"category\": \"other\", \"place\": "
		"\"\", \"answered\": \"19-11-2026\", \"days\": 5}], \"news\": [{\"text\": \"Kerja "
		"bakti hari Minggu\", \"date\": \"18-11-2026\"}]}",
		"Mangga milih:\n"
		"              #v\n" },
	{ STEP_KEYS, "31",
		"Wadulan mlebet:\n"
		"12            #v\n" },
	{ STEP_KEYS, "#",
		"Saweg\n"
		"dipungarap: 3 #v\n" },
	{ STEP_KEYS, "#",
		"Sampun\n"
		"kawangsulan:  #v\n" },
	{ STEP_KEYS, "#",
		"9\n"
		"Limrahipun    #v\n" },
	{ STEP_KEYS, "#",
		"kawangsulan ing\n"
		"4 dinten      #^\n" },
	{ STEP_KEYS, "#",
		"Papan pawartos\n"
		"              #v\n" },
	{ STEP_KEYS, "2",
		"Katolak, dangu.\n"
		"Karang.       #v\n" },
	{ STEP_KEYS, "#",
		"Kawangsulan\n"
		"20-11-2026 (3 #v\n" },
	{ STEP_KEYS, "#",
		"dinten).\n"
		"              #v\n" },
	{ STEP_KEYS, "#",
		"Sanes: margi,\n"
		"toya.         #v\n" },
	{ STEP_KEYS, "*****",
		"Mangga milih:\n"
		"              #v\n" },
	{ STEP_KEYS, "3",
		"Papan pawartos\n"
		"              #v\n" },
	{ STEP_KEYS, "#",
		"1 Cacahing\n"
		"  wadulan     #v\n" },
	{ STEP_KEYS, "#",
		"2 Wadulan\n"
		"  kawangsulan #v\n" },
	{ STEP_KEYS, "**",
		"Papan pawartos\n"
		"              #v\n" },
	{ STEP_KEYS, "4",
		"Papan pawartos\n"
		"              #v\n" },
	{ STEP_KEYS, "#",
		"1 Cacahing\n"
		"  wadulan     #v\n" },
	{ STEP_KEYS, "#######",
		"Papan pawartos\n"
		"              #v\n" },
	{ STEP_KEYS, "*",
		"Mangga milih:\n"
		"              #v\n" },
	{ 0 },
};

static void test_own_ticket(void **state)
{
	struct stand stand;

	(void)state;
	stand_begin(&stand, 20, 4, start);
	walk(&stand, own_ticket);
	assert_int_equal(told_count(&stand, "lookup"), 5);
	const json_t *add = told_last(&stand, "add");
	assert_string_equal(message_text(add, "text"), "House two");
	assert_string_equal(message_text(add, "ticket"), "003-000123-7");
	assert_string_equal(message_text(add, "pin"), "4711");
	assert_true(uuid_valid(message_text(add, "id")));
	assert_int_equal(
		json_integer_value(json_object_get(told_last(&stand, "rate"), "rating")), 2);
	assert_int_equal(told_count(&stand, "withdraw"), 1);
	stand_end(&stand);
}

static void test_reading(void **state)
{
	struct stand stand;

	(void)state;
	stand_begin(&stand, 16, 2, start);
	walk(&stand, reading);
	stand_end(&stand);
}

static void begin_lookup(struct stand *stand)
{
	stand_begin(stand, 20, 4, start);
	press(stand, "512");
	press(stand, "0030001237#4711#");
}

static void test_blocked(void **state)
{
	struct stand stand;

	(void)state;
	begin_lookup(&stand);
	take(&stand,
		"{\"type\": \"case\", \"request\": 1, \"found\": false, \"reason\": \"blocked\"}");
	assert_screen(&stand, "Terlalu banyak yang\ntidak cocok. Mohon\ncoba lagi nanti,\n*kembali "
			      "1/2 #lanjut\n");
	stand_end(&stand);
}

/* Answers to what nobody waits for any more are nobody's. */
static void test_stale_answers(void **state)
{
	struct stand stand;

	(void)state;
	begin_lookup(&stand);
	press(&stand, "*");
	assert_int_equal(stand.panel->session.screen, SCREEN_PIN);
	take(&stand,
		"{\"type\": \"case\", \"request\": 1, \"found\": false, \"reason\": \"wrong\"}");
	assert_int_equal(stand.panel->session.screen, SCREEN_PIN);
	press(&stand, "4711#");
	take(&stand,
		"{\"type\": \"case\", \"request\": 1, \"found\": false, \"reason\": \"wrong\"}");
	assert_int_equal(stand.panel->session.screen, SCREEN_ASKING);
	take(&stand, "{\"type\": \"done\", \"request\": 2, \"ok\": true}");
	assert_int_equal(stand.panel->session.screen, SCREEN_ASKING);
	take(&stand, "{\"type\": \"failed\", \"request\": 2}");
	assert_screen(&stand,
		"Belum bisa sekarang.\nMohon coba lagi\nsebentar lagi.\n*kembali         #OK\n");
	stand_end(&stand);
}

/* Without an answer, or without kotakd, the person is told; the words typed stay, and the same
 * addition goes out under the same id. */
static void test_no_answer(void **state)
{
	struct stand stand;
	char id[UUID_SIZE];

	(void)state;
	begin_lookup(&stand);
	take(&stand, "{\"type\": \"case\", \"request\": 1, \"found\": true, \"ticket\": "
		     "\"003-000123-7\","
		     " \"state\": \"received\", \"updated\": \"2026-11-20T01:00:00.000Z\", "
		     "\"can_add\": true}");
	press(&stand, "1");
	type_word(&stand, "air keruh");
	press(&stand, "#");
	snprintf(id, sizeof(id), "%s", message_text(told_last(&stand, "add"), "id"));
	wait_ms(&stand, ANSWER_MS);
	assert_int_equal(stand.panel->session.screen, SCREEN_NOTE);
	panel_connected(stand.panel, false, stand.now_ms);
	press(&stand, "##");
	assert_int_equal(stand.panel->session.screen, SCREEN_NOTE);
	assert_int_equal(told_count(&stand, "add"), 1);
	panel_connected(stand.panel, true, stand.now_ms);
	press(&stand, "#");
	assert_string_equal(stand.panel->session.entry.text, "Air keruh");
	press(&stand, "#");
	assert_int_equal(told_count(&stand, "add"), 2);
	assert_string_equal(message_text(told_last(&stand, "add"), "id"), id);
	stand_end(&stand);
}

/* The days that the office told, and none that is none. */
static void test_days(void **state)
{
	static const char open[] =
		"{\"type\": \"case\", \"request\": 1, \"found\": true, \"ticket\": "
		"\"003-000123-7\", \"state\": \"verified\", \"updated\": "
		"\"2026-11-20T20:00:00.000Z\", \"due\": \"2026-12-14\", \"extended\": "
		"\"menunggu batu\", \"object_until\": \"soon\", \"can_add\": true}";
	static const char answered[] =
		"{\"type\": \"case\", \"request\": 1, \"found\": true, \"ticket\": "
		"\"003-000123-7\", \"state\": \"resolved\", \"updated\": "
		"\"2026-11-20T20:00:00.000Z\", \"answer\": \"Sudah.\", \"due\": \"2026-12-1x\", "
		"\"object_until\": \"2027-01-20\"}";
	struct stand stand;

	(void)state;
	begin_lookup(&stand);
	take(&stand, open);
	assert_int_equal(stand.panel->session.screen, SCREEN_CASE);
	assert_non_null(strstr(stand.panel->view.text, "Dijawab paling lambat 14-12-2026."));
	assert_non_null(strstr(stand.panel->view.text, "Waktu diperpanjang: menunggu batu"));
	stand_end(&stand);
	begin_lookup(&stand);
	take(&stand, answered);
	assert_null(strstr(stand.panel->view.text, "paling lambat"));
	press(&stand, "1");
	assert_int_equal(stand.panel->session.screen, SCREEN_ANSWER);
	assert_non_null(strstr(stand.panel->view.text, "Jawaban: Sudah."));
	assert_non_null(strstr(stand.panel->view.text, "bilang petugas sampai 20-01-2027."));
	stand_end(&stand);
}

static void test_nonsense(void **state)
{
	static const char *const nonsense[] = { "{}", "[]", "{\"type\": \"tickets\"}",
		"{\"type\": 3}", "{\"type\": \"ticket\", \"id\": \"x\"}",
		"{\"type\": \"case\", \"request\": 1}",
		"{\"type\": \"case\", \"found\": true, \"ticket\": \"003-000123-8\"}",
		"{\"type\": \"done\"}", "{\"type\": \"printing\", \"state\": \"\"}",
		"{\"type\": \"printer\"}", "{\"type\": \"lamp\", \"state\": \"dim\"}" };
	struct stand stand;

	(void)state;
	begin_lookup(&stand);
	struct display_frame before = *panel_frame(stand.panel);
	for (size_t i = 0; i < ARRAY_SIZE(nonsense); i++) {
		json_t *message = json_of(nonsense[i]);
		assert_int_equal(panel_take(stand.panel, message, stand.now_ms), -EPROTO);
		json_decref(message);
		assert_memory_equal(panel_frame(stand.panel), &before, sizeof(before));
	}
	stand_end(&stand);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_ticket),
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_blocked),
		cmocka_unit_test(test_stale_answers),
		cmocka_unit_test(test_no_answer),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_nonsense),
	};

	(void)argc;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (speak(argv[0]) < 0)
		return 1;
	return cmocka_run_group_tests_name("panel: own ticket and notice board", tests, NULL, NULL);
}
