/* SPDX-License-Identifier: GPL-2.0-or-later */
/* People who walk away, power that fails, a kotakd that is gone or can't write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/panel_fixture.h"

#define ID "11111111-1111-4111-8111-111111111111"
#define START                                                                                      \
	"\"type\": \"start\", \"name\": \"Kalurahan Triharjo\", \"language\": \"id\","             \
	" \"timezone\": \"Asia/Jakarta\", \"places\": [{\"name\": \"Sogan\"}], \"printer\": true," \
	" \"number\": \"\", \"session\": "

static const char start[] = "{" START "null}";

/* As far as the review of a complaint. */
static void write_complaint(struct stand *stand)
{
	press(stand, "511411###");
	type_word(stand, "air mati total");
	press(stand, "#");
	type_word(stand, "siti");
	press(stand, "##2");
	assert_int_equal(stand->panel->session.screen, SCREEN_REVIEW);
}

static void send_complaint(struct stand *stand)
{
	while (stand->panel->session.screen == SCREEN_REVIEW)
		press(stand, "#");
	assert_int_equal(stand->panel->session.screen, SCREEN_SENDING);
}

static bool holds(const struct stand *stand, const char *words)
{
	return memmem(stand->panel, sizeof(*stand->panel), words, strlen(words)) != NULL;
}

static void test_still_there(void **state)
{
	struct stand stand;

	(void)state;
	stand_begin(&stand, 20, 4, start);
	write_complaint(&stand);
	drain(&stand);
	wait_ms(&stand, PANEL_IDLE_MS - STEP_MS - 1);
	assert_int_equal(panel_take_sound(stand.panel), PANEL_CLICK);
	wait_ms(&stand, 1);
	assert_int_equal(panel_take_sound(stand.panel), PANEL_WARNING);
	assert_screen(&stand, "\nMasih di sini? Tekan\n     tombol: 30\n\n");
	wait_ms(&stand, 10000);
	assert_screen(&stand, "\nMasih di sini? Tekan\n     tombol: 20\n\n");
	/* The key that answers does nothing else. */
	press(&stand, "#");
	assert_screen(&stand, "Sudah benar? Tekan\nnomor untuk\nmengubah.\n*kembali 1/5 #lanjut\n");
	wait_ms(&stand, PANEL_IDLE_MS + PANEL_STILL_THERE_MS - STEP_MS - 1);
	assert_screen(&stand, "\nMasih di sini? Tekan\n     tombol: 1\n\n");
	assert_true(holds(&stand, "Siti"));
	wait_ms(&stand, 1);
	assert_true(panel_resting(stand.panel));
	assert_screen(&stand, " Kalurahan Triharjo\n  Tekan tombol apa\n        saja\n\n");
	assert_false(holds(&stand, "Siti"));
	assert_false(holds(&stand, "mati total"));
	assert_int_equal(told_count(&stand, "discard"), 1);
	stand_end(&stand);
}

static void test_still_there_small(void **state)
{
	struct stand stand;

	(void)state;
	stand_begin(&stand, 16, 2, start);
	press(&stand, "52");
	wait_ms(&stand, PANEL_IDLE_MS);
	assert_screen(&stand, " Taksih wonten?\nPencet tombol 30\n");
	wait_ms(&stand, PANEL_STILL_THERE_MS);
	assert_screen(&stand, "   Kalurahan\n    Triharjo\n");
	/* Nothing was begun, nothing is told. */
	assert_int_equal(json_array_size(stand.told), 0);
	stand_end(&stand);
}

/* A ticket is private too. */
static void test_ticket_left_behind(void **state)
{
	struct stand stand;

	(void)state;
	stand_begin(&stand, 20, 4, start);
	write_complaint(&stand);
	send_complaint(&stand);
	give_ticket(&stand, false);
	assert_true(holds(&stand, "003-000123-7"));
	wait_ms(&stand, PANEL_IDLE_MS + PANEL_STILL_THERE_MS);
	assert_true(panel_resting(stand.panel));
	assert_false(holds(&stand, "003-000123-7"));
	assert_false(holds(&stand, "4711"));
	assert_int_equal(told_count(&stand, "discard"), 1);
	stand_end(&stand);
}

/* A panel that begins with what the last one left: its draft of the name's screen. */
static void begin_again(struct stand *stand, const char *age)
{
	struct stand first;
	autofree char *data = NULL;
	autofree char *message = NULL;

	stand_begin(&first, 20, 4, start);
	press(&first, "521411");
	while (first.panel->session.screen == SCREEN_HOW_TO_WRITE)
		press(&first, "#");
	type_word(&first, "toya mampet ing");
	press(&first, "#");
	type_word(&first, "siti");
	const json_t *draft = told_last(&first, "draft");
	data = json_dumps(json_object_get(draft, "data"), 0);
	assert_true(asprintf(&message,
			    "{" START "{\"kind\": \"draft\", \"id\": \"%s\", \"data\": %s,"
			    " \"age_s\": %s}}",
			    ID, data, age) > 0);
	stand_end(&first);
	stand_begin(stand, 20, 4, message);
}

static void test_draft_after_restart(void **state)
{
	struct stand stand;

	(void)state;
	begin_again(&stand, "20");
	/* Nothing of it is shown before it is claimed. */
	assert_screen(&stand, "Wonten wadulan\ndereng rampung.\n1 Lajengaken\n2 Dipunbusak\n");
	press(&stand, "1");
	assert_screen(&stand, "Asma             abc\nSiti\n\n*busak           #OK\n");
	assert_string_equal(stand.panel->session.draft.text, "Toya mampet ing");
	press(&stand, "##2");
	send_complaint(&stand);
	assert_string_equal(message_text(told_last(&stand, "submit"), "id"), ID);
	stand_end(&stand);
}

static void test_draft_of_nobody(void **state)
{
	struct stand stand;

	(void)state;
	/* Refused, unanswered, too old. */
	begin_again(&stand, "null");
	assert_int_equal(stand.panel->session.screen, SCREEN_RESUME);
	press(&stand, "2");
	assert_true(panel_resting(stand.panel));
	assert_string_equal(message_text(told_last(&stand, "discard"), "id"), ID);
	stand_end(&stand);
	begin_again(&stand, "20");
	assert_true(holds(&stand, "Toya"));
	wait_ms(&stand, PANEL_IDLE_MS);
	assert_true(panel_resting(stand.panel));
	assert_false(holds(&stand, "Toya"));
	assert_string_equal(message_text(told_last(&stand, "discard"), "id"), ID);
	stand_end(&stand);
	begin_again(&stand, "901");
	assert_true(panel_resting(stand.panel));
	assert_false(holds(&stand, "Toya"));
	assert_string_equal(message_text(told_last(&stand, "discard"), "id"), ID);
	stand_end(&stand);
}

static void test_damaged_drafts(void **state)
{
	static const char *const damaged[] = { "null", "{}", "{\"screen\": \"sending\"}",
		"{\"screen\": \"text\", \"category\": 9}", "{\"screen\": \"about\"}",
		"{\"screen\": \"text\", \"category\": 0, \"about\": 0, \"cursor\": -1}" };
	struct stand stand;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(damaged); i++) {
		char message[640];
		snprintf(message, sizeof(message),
			"{" START "{\"kind\": \"draft\", \"id\": \"" ID
			"\", \"data\": %s, \"age_s\": 1}}",
			damaged[i]);
		stand_begin(&stand, 20, 4, message);
		assert_true(panel_resting(stand.panel));
		assert_string_equal(message_text(told_last(&stand, "discard"), "id"), ID);
		stand_end(&stand);
	}
}

static void test_ticket_after_restart(void **state)
{
	static const struct {
		const char *age;
		bool shown;
	} ages[] = { { "0", true }, { "120", true }, { "121", false }, { "null", false } };
	struct stand stand;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ages); i++) {
		char message[640];
		snprintf(message, sizeof(message),
			"{" START "{\"kind\": \"ticket\", \"id\": \"" ID
			"\", \"ticket\": \"003-000123-7\", \"pin\": \"4711\", \"age_s\": %s}}",
			ages[i].age);
		stand_begin(&stand, 20, 4, message);
		assert_int_equal(stand.panel->session.screen,
			ages[i].shown ? SCREEN_TICKET : SCREEN_ATTRACT);
		assert_int_equal(holds(&stand, "4711"), ages[i].shown);
		wait_ms(&stand, PANEL_IDLE_MS + PANEL_STILL_THERE_MS);
		assert_true(panel_resting(stand.panel));
		assert_int_equal(told_count(&stand, "discard"), 1);
		stand_end(&stand);
	}
}

/* Whoever stands at the panel is not interrupted by what another one left. */
static void test_start_while_used(void **state)
{
	struct stand stand;

	(void)state;
	stand_begin(&stand, 20, 4, start);
	press(&stand, "511");
	drain(&stand);
	take(&stand, "{" START "{\"kind\": \"ticket\", \"id\": \"" ID
		     "\", \"ticket\": \"003-000123-7\", \"pin\": \"4711\", \"age_s\": 1}}");
	assert_int_equal(stand.panel->session.screen, SCREEN_CATEGORY);
	assert_string_equal(message_text(told_last(&stand, "discard"), "id"), ID);
	stand_end(&stand);
}

/* Typing goes on without kotakd; the complaint goes when it is back, once. */
static void test_kotakd_away(void **state)
{
	struct stand stand;

	(void)state;
	stand_begin(&stand, 20, 4, start);
	panel_connected(stand.panel, false, stand.now_ms);
	assert_int_equal(panel_lamp(stand.panel), PANEL_LAMP_BLINK);
	write_complaint(&stand);
	send_complaint(&stand);
	assert_screen(&stand,
		"Belum bisa disimpan.\nJangan pergi dulu:\ndicoba terus.\n*kembali     #ulangi\n");
	press(&stand, "##");
	assert_int_equal(told_count(&stand, "submit"), 0);
	panel_connected(stand.panel, true, stand.now_ms);
	assert_int_equal(told_count(&stand, "submit"), 1);
	wait_ms(&stand, SEND_AGAIN_MS - 1);
	assert_int_equal(told_count(&stand, "submit"), 1);
	/* No answer: once more, and it is the same one. */
	wait_ms(&stand, 1);
	assert_int_equal(told_count(&stand, "submit"), 2);
	assert_string_equal(message_text(json_array_get(stand.told, 1), "id"),
		message_text(told_last(&stand, "submit"), "id"));
	give_ticket(&stand, false);
	assert_int_equal(stand.panel->session.screen, SCREEN_TICKET);
	/* The second answer to the second submit changes nothing. */
	press(&stand, "#");
	struct display_frame before = *panel_frame(stand.panel);
	give_ticket(&stand, true);
	assert_memory_equal(panel_frame(stand.panel), &before, sizeof(before));
	wait_ms(&stand, SEND_AGAIN_MS);
	assert_int_equal(told_count(&stand, "submit"), 2);
	stand_end(&stand);
}

static void test_failed_writes(void **state)
{
	struct stand stand;
	char message[96];

	(void)state;
	stand_begin(&stand, 20, 4, start);
	write_complaint(&stand);
	send_complaint(&stand);
	assert_screen(&stand, "Sedang dikirim.\nMohon tunggu.\n\n*kembali\n");
	snprintf(message, sizeof(message), "{\"type\": \"failed\", \"id\": \"%s\"}",
		message_text(told_last(&stand, "submit"), "id"));
	take(&stand, message);
	assert_non_null(strstr(screen_text(&stand), "Belum bisa disimpan."));
	press(&stand, "#");
	assert_int_equal(told_count(&stand, "submit"), 2);
	/* Back at the review it may be changed; the ticket comes all the same. */
	press(&stand, "*");
	assert_int_equal(stand.panel->session.screen, SCREEN_REVIEW);
	give_ticket(&stand, false);
	assert_int_equal(stand.panel->session.screen, SCREEN_TICKET);
	stand_end(&stand);
}

/* Away from kotakd only the newest draft waits, and of a session that it never heard of nothing
 * does. */
static void test_queue(void **state)
{
	struct stand stand;

	(void)state;
	stand_begin(&stand, 20, 4, start);
	panel_connected(stand.panel, false, stand.now_ms);
	write_complaint(&stand);
	assert_int_equal(stand.panel->queued, 1);
	wait_ms(&stand, PANEL_IDLE_MS + PANEL_STILL_THERE_MS);
	assert_int_equal(stand.panel->queued, 0);
	/* Another kotakd is told of the draft anew. */
	panel_connected(stand.panel, true, stand.now_ms);
	press(&stand, "511");
	assert_int_equal(told_count(&stand, "draft"), 1);
	panel_connected(stand.panel, false, stand.now_ms);
	panel_connected(stand.panel, true, stand.now_ms);
	assert_int_equal(told_count(&stand, "draft"), 2);
	stand_end(&stand);
}

static void test_attract(void **state)
{
	struct stand stand;
	bool figures = false, news = false;

	(void)state;
	stand_begin(&stand, 20, 4, start);
	take(&stand, "{\"type\": \"lamp\", \"state\": \"on\"}");
	assert_int_equal(panel_lamp(stand.panel), PANEL_LAMP_ON);
	take(&stand, "{\"type\": \"notice\", \"figures\": {\"received\": 12, \"open\": 3,"
		     " \"answered\": 9, \"days\": null}, \"cases\": [], \"news\":"
		     " [{\"text\": \"Kerja bakti Minggu\", \"date\": \"18-11-2026\"}]}");
	for (int i = 0; i < 12; i++) {
		uint64_t screen = panel_screen(stand.panel);
		wait_ms(&stand, ATTRACT_PAGE_MS);
		assert_int_equal(panel_screen(stand.panel), screen + 1);
		figures |= strstr(screen_text(&stand), "Aduan masuk 12") != NULL;
		news |= strstr(screen_text(&stand), "Kerja bakti Minggu") != NULL;
	}
	assert_true(figures && news);
	/* Any key, a held one too, once. */
	press(&stand, "D");
	assert_int_equal(stand.panel->session.screen, SCREEN_LANGUAGE);
	press(&stand, "D");
	assert_int_equal(panel_take_sound(stand.panel), PANEL_REFUSED);
	stand_end(&stand);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_still_there),
		cmocka_unit_test(test_still_there_small),
		cmocka_unit_test(test_ticket_left_behind),
		cmocka_unit_test(test_draft_after_restart),
		cmocka_unit_test(test_draft_of_nobody),
		cmocka_unit_test(test_damaged_drafts),
		cmocka_unit_test(test_ticket_after_restart),
		cmocka_unit_test(test_start_while_used),
		cmocka_unit_test(test_kotakd_away),
		cmocka_unit_test(test_failed_writes),
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_attract),
	};

	(void)argc;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (speak(argv[0]) < 0)
		return 1;
	return cmocka_run_group_tests_name("panel session", tests, NULL, NULL);
}
