/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ten thousand visits at random, in virtual time, with a kotakd that answers, refuses, is silent or
 * dies. Whatever happens: no frame exceeds the display, every screen has a way out, nothing of one
 * person is left for the next, a draft comes back as it was, and a complaint has one id.
 * KOTAK_SEQUENCES and KOTAK_FIRST choose which; a fault names its sequence.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/panel_fixture.h"

/* With ASan and UBSan, which take their time, the first of them. */
#ifdef __SANITIZE_ADDRESS__
#define SEQUENCES 1500
#else
#define SEQUENCES 10000
#endif
#define STEPS_MAX 60
#define SECRETS_MAX 16
#define SECRET_SIZE 16
#define WORD_LETTERS 7

static const char start_text[] =
	"{\"type\": \"start\", \"name\": \"Kalurahan Triharjo\", \"language\": \"id\","
	" \"timezone\": \"Asia/Jakarta\", \"places\": ["
	"{\"name\": \"Karang\", \"parts\": [\"RT 01\", \"RT 02\"]}, {\"name\": \"Sogan\"},"
	"{\"name\": \"Dukuh Wetan\", \"parts\": "
	"[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\","
	"\"10\",\"11\",\"12\"]}, {\"name\": \"Tambak\"}], \"printer\": true,"
	" \"number\": \"081234567890\", \"session\": null}";

static json_t *start_message, *start_without_places, *notice_message;
static bool reached[SCREEN_COUNT];
static size_t drafts_restored, submitted, wiped;

/* What a person typed or was told, as it would be found again. */
struct secrets {
	char words[SECRETS_MAX][SECRET_SIZE];
	size_t count;
};

struct visit {
	struct panel *panel;
	int64_t now_ms;
	uint64_t dice;
	unsigned number, step;
	const json_t *start;
	bool connected, someone;
	struct secrets own, before;
	json_t *pending; /* what kotakd hasn't answered */
	char submit_id[UUID_SIZE];
	bool discarded;
	uint32_t serial;
};

/* xorshift64* (S. Vigna, 2016). */
static unsigned roll(struct visit *visit, unsigned sides)
{
	visit->dice ^= visit->dice >> 12;
	visit->dice ^= visit->dice << 25;
	visit->dice ^= visit->dice >> 27;
	return (unsigned)((visit->dice * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % sides;
}

#define insist(visit, condition)                                                                   \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fail_msg("sequence %u, step %u, screen %d: %s", (visit)->number,           \
				(visit)->step, (int)(visit)->panel->session.screen, #condition);   \
	} while (0)

static void keep_secret(struct visit *visit, const char *word)
{
	struct secrets *own = &visit->own;

	if (*word && own->count < SECRETS_MAX)
		snprintf(own->words[own->count++], SECRET_SIZE, "%s", word);
}

static const char *rows_of(const struct visit *visit)
{
	static char rows[DISPLAY_ROWS_MAX * (DISPLAY_COLUMNS_MAX + 1) + 1];
	const struct display_frame *frame = panel_frame(visit->panel);
	size_t length = 0;

	for (unsigned row = 0; row < DISPLAY_ROWS_MAX; row++) {
		for (unsigned column = 0; column < DISPLAY_COLUMNS_MAX; column++) {
			uint8_t code = frame->cells[row][column];
			rows[length++] = code < ' ' ? '\x01' : (char)code;
		}
		rows[length++] = '\n';
	}
	rows[length] = '\0';
	return rows;
}

static void check_frame(const struct visit *visit)
{
	const struct panel_config *config = &visit->panel->config;
	const struct display_frame *frame = panel_frame(visit->panel);

	for (unsigned row = 0; row < DISPLAY_ROWS_MAX; row++) {
		for (unsigned column = 0; column < DISPLAY_COLUMNS_MAX; column++) {
			uint8_t code = frame->cells[row][column];
			if (row >= config->rows || column >= config->columns) {
				insist(visit, code == 0);
				continue;
			}
			insist(visit, code <= GLYPH_HOLD || (code >= ' ' && code < '~'));
			insist(visit, code != '\\');
		}
	}
	insist(visit, frame->cursor_row < config->rows && frame->cursor_column < config->columns);
	insist(visit, panel_deadline(visit->panel) > visit->now_ms);
	const char *rows = rows_of(visit);
	for (size_t i = 0; i < visit->before.count; i++)
		insist(visit, !strcasestr(rows, visit->before.words[i]));
}

static bool is_pin(const char *word)
{
	return strlen(word) == PANEL_PIN_SIZE - 1;
}

static void check_queue(const struct visit *visit, const char *word)
{
	for (size_t i = 0; i < visit->panel->queued; i++) {
		autofree char *text = json_dumps(visit->panel->queue[i], JSON_COMPACT);
		char quoted[SECRET_SIZE + 2];
		snprintf(quoted, sizeof(quoted), is_pin(word) ? "\"%s\"" : "%s", word);
		insist(visit, text && !strcasestr(text, quoted));
	}
}

/* No byte of the panel's memory has them; a PIN with its terminator, as four digits may be many
 * things. */
static void check_memory(struct visit *visit)
{
	const char *memory = (const char *)visit->panel;

	for (size_t i = 0; i < visit->own.count; i++) {
		const char *word = visit->own.words[i];
		size_t length = strlen(word) + (is_pin(word) ? 1 : 0);
		char other[SECRET_SIZE];
		insist(visit, !memmem(memory, sizeof(*visit->panel), word, length));
		snprintf(other, sizeof(other), "%s", word);
		other[0] = (char)(other[0] >= 'a' ? other[0] - 32 : other[0]);
		insist(visit, !memmem(memory, sizeof(*visit->panel), other, length));
		check_queue(visit, word);
	}
	visit->before = visit->own;
	visit->own.count = 0;
	wiped++;
}

static void restore_draft(struct visit *visit, const json_t *message)
{
	json_t *session = json_pack("{s:s, s:O, s:O, s:i}", "kind", "draft", "id",
		json_object_get(message, "id"), "data", json_object_get(message, "data"), "age_s",
		5);
	autopanel struct panel *panel = NULL;
	json_t *start = json_copy((json_t *)(uintptr_t)visit->start);
	struct visit other = *visit;
	const struct keypad_event go_on = { .action = KEYPAD_PRESS, .key = '1' };

	assert_int_equal(panel_new(&visit->panel->config, visit->now_ms, &panel), 0);
	json_object_set_new(start, "session", session);
	assert_int_equal(panel_take(panel, start, visit->now_ms), 0);
	json_decref(start);
	other.panel = panel;
	insist(visit, panel->session.screen == SCREEN_RESUME);
	for (size_t i = 0; i < visit->own.count; i++)
		insist(visit, !strcasestr(rows_of(&other), visit->own.words[i]));
	assert_int_equal(panel_key(panel, &go_on, visit->now_ms), 0);
	json_t *data = draft_data(panel);
	insist(visit, json_equal(data, json_object_get(message, "data")));
	json_decref(data);
	if (!panel->view.entry && !visit->panel->asking_still_there &&
		panel->session.screen == visit->panel->session.screen)
		insist(visit, memcmp(panel_frame(panel)->cells, panel_frame(visit->panel)->cells,
				      sizeof(panel_frame(panel)->cells)) == 0);
	drafts_restored++;
}

static void check_submit(struct visit *visit, const json_t *message)
{
	const char *id = message_text(message, "id");

	insist(visit, strcmp(id, visit->panel->session.draft.id) == 0);
	insist(visit, !*visit->submit_id || visit->discarded || strcmp(id, visit->submit_id) == 0);
	insist(visit, complaint_useful(message_text(
			      json_object_get(message, "complaint"), "text")) >= TEXT_USEFUL_MIN);
	snprintf(visit->submit_id, sizeof(visit->submit_id), "%s", id);
	visit->discarded = false;
	submitted++;
}

static void check_message(struct visit *visit, const json_t *message)
{
	const char *type = message_text(message, "type");
	autofree char *text = json_dumps(message, JSON_COMPACT);

	assert_non_null(text);
	for (size_t i = 0; i < visit->before.count; i++) {
		char quoted[SECRET_SIZE + 2];
		const char *word = visit->before.words[i];
		snprintf(quoted, sizeof(quoted), is_pin(word) ? "\"%s\"" : "%s", word);
		insist(visit, !strcasestr(text, quoted));
	}
	if (strcmp(type, "submit") == 0)
		check_submit(visit, message);
	if (strcmp(type, "discard") == 0 &&
		strcmp(message_text(message, "id"), visit->submit_id) == 0)
		visit->discarded = true;
	if (strcmp(type, "draft") == 0 && roll(visit, 40) == 0)
		restore_draft(visit, message);
}

/* After everything that happens. */
static void look(struct visit *visit)
{
	json_t *message = NULL;
	bool resting = panel_resting(visit->panel);

	visit->step++;
	reached[visit->panel->session.screen] = true;
	check_frame(visit);
	if (resting && visit->someone)
		check_memory(visit);
	visit->someone = !resting;
	while (visit->connected && (message = panel_give(visit->panel)) != NULL) {
		check_message(visit, message);
		json_array_append_new(visit->pending, message);
	}
}

static void act(struct visit *visit, enum keypad_action action, char key)
{
	const struct keypad_event event = { .action = action, .key = key };

	assert_int_equal(panel_key(visit->panel, &event, visit->now_ms), 0);
	look(visit);
}

static void tap(struct visit *visit, char key)
{
	act(visit, KEYPAD_PRESS, key);
	act(visit, KEYPAD_RELEASE, key);
	visit->now_ms += 150;
}

static void pass(struct visit *visit, int64_t time_ms)
{
	int64_t end_ms = visit->now_ms + time_ms;

	while (panel_deadline(visit->panel) <= end_ms) {
		if (panel_deadline(visit->panel) > visit->now_ms)
			visit->now_ms = panel_deadline(visit->panel);
		assert_int_equal(panel_tick(visit->panel, visit->now_ms), 0);
		look(visit);
	}
	visit->now_ms = end_ms;
}

/* A word that nobody has typed before: the first letters of keys, one tap each. */
static void type_secret(struct visit *visit)
{
	static const char letters[] = "adgjmptw";
	char word[WORD_LETTERS + 1] = "";
	unsigned last = 8;

	if (visit->panel->session.entry.mode == ENTRY_NUMBERS ||
		visit->panel->session.entry.length + WORD_LETTERS >
			visit->panel->session.entry.most)
		return;
	pass(visit, ENTRY_SETTLE_MS);
	for (size_t i = 0; i < WORD_LETTERS; i++) {
		unsigned next = roll(visit, 8);
		if (next == last)
			next = (next + 1) % 8;
		word[i] = letters[next];
		tap(visit, (char)('2' + next));
		last = next;
	}
	keep_secret(visit, word);
	pass(visit, ENTRY_SETTLE_MS);
}

static void type_digits(struct visit *visit, const char *digits)
{
	for (; *digits; digits++) {
		if (*digits != '-')
			tap(visit, *digits);
	}
}

static void type_ticket(struct visit *visit)
{
	char ticket[TICKET_SIZE];
	char pin[PANEL_PIN_SIZE];

	if (visit->panel->session.entry.length > 0)
		return;
	assert_int_equal(ticket_format(ticket, 7, ++visit->serial), 0);
	snprintf(pin, sizeof(pin), "9%03u", roll(visit, 1000));
	type_digits(visit, ticket);
	if (visit->panel->session.screen != SCREEN_NUMBER ||
		strcmp(visit->panel->session.entry.text, ticket) != 0)
		return;
	keep_secret(visit, ticket);
	tap(visit, '#');
	if (visit->panel->session.screen != SCREEN_PIN)
		return;
	type_digits(visit, pin);
	keep_secret(visit, pin);
	insist(visit, !strstr(rows_of(visit), pin));
	tap(visit, '#');
}

static void answer(struct visit *visit, json_t *reply)
{
	assert_non_null(reply);
	assert_int_equal(panel_take(visit->panel, reply, visit->now_ms), 0);
	json_decref(reply);
	look(visit);
}

static void answer_submit(struct visit *visit, const json_t *message)
{
	char ticket[TICKET_SIZE];
	char pin[PANEL_PIN_SIZE];
	bool awaited = strcmp(message_text(message, "id"), visit->panel->session.draft.id) == 0 &&
		       !*visit->panel->session.ticket;

	assert_int_equal(ticket_format(ticket, 3, ++visit->serial), 0);
	snprintf(pin, sizeof(pin), "9%03u", roll(visit, 1000));
	answer(visit, json_pack("{s:s, s:s, s:s, s:s, s:b}", "type", "ticket", "id",
			      message_text(message, "id"), "ticket", ticket, "pin", pin, "printing",
			      (int)roll(visit, 2)));
	if (!awaited)
		return;
	insist(visit, visit->panel->session.screen == SCREEN_TICKET);
	keep_secret(visit, ticket);
	keep_secret(visit, pin);
}

static void answer_lookup(struct visit *visit, const json_t *message)
{
	static const char *const reasons[] = { "wrong", "blocked" };
	json_t *request = json_object_get(message, "request");

	if (roll(visit, 3) == 0) {
		answer(visit, json_pack("{s:s, s:O, s:b, s:s}", "type", "case", "request", request,
				      "found", 0, "reason", reasons[roll(visit, 2)]));
		return;
	}
	answer(visit,
		json_pack("{s:s, s:O, s:b, s:s, s:s, s:s, s:s, s:s?, s:s?, s:i, s:b, s:b, s:b}",
			"type", "case", "request", request, "found", 1, "ticket",
			message_text(message, "ticket"), "state",
			state_name((enum complaint_state)roll(visit, STATE_COUNT)), "created",
			"2026-11-20T01:00:00.000Z", "updated", "2026-11-21T02:00:00.000Z", "answer",
			roll(visit, 2) ? "Sudah diperbaiki: \\o/ ~ caf\xC3\xA9" : NULL, "question",
			roll(visit, 2) ? "RT berapa?\nJam berapa?" : NULL, "rating", 0, "can_rate",
			(int)roll(visit, 2), "can_add", (int)roll(visit, 2), "can_withdraw",
			(int)roll(visit, 2)));
}

/* kotakd gets to the oldest of what it was told, and answers, or fails, or forgets it. */
static void serve(struct visit *visit)
{
	json_t *message = json_array_get(visit->pending, 0);

	if (!message)
		return;
	json_incref(message);
	json_array_remove(visit->pending, 0);
	const char *type = message_text(message, "type");
	json_t *request = json_object_get(message, "request");
	bool asks = request || strcmp(type, "submit") == 0;
	unsigned fate = roll(visit, 8);
	if (asks && fate == 0) {
		answer(visit,
			request ? json_pack("{s:s, s:O}", "type", "failed", "request", request)
				: json_pack("{s:s, s:s}", "type", "failed", "id",
					  message_text(message, "id")));
	} else if (asks && fate == 1) {
		pass(visit, 1000);
	} else if (strcmp(type, "submit") == 0) {
		answer_submit(visit, message);
	} else if (strcmp(type, "lookup") == 0) {
		answer_lookup(visit, message);
	} else if (request) {
		answer(visit, json_pack("{s:s, s:O, s:b, s:b}", "type", "done", "request", request,
				      "ok", (int)roll(visit, 2), "reopened", (int)roll(visit, 2)));
	} else if (strcmp(type, "print") == 0) {
		static const char *const states[] = { "waiting", "printed", "failed" };
		answer(visit, json_pack("{s:s, s:s, s:s, s:n}", "type", "printing", "id",
				      message_text(message, "id"), "state", states[roll(visit, 3)],
				      "reason"));
	}
	json_decref(message);
}

/* What a person would do here, more often than not. */
static void act_sensibly(struct visit *visit)
{
	switch (visit->panel->session.screen) {
	case SCREEN_TEXT:
	case SCREEN_ADD:
		type_secret(visit);
		tap(visit, '0');
		type_secret(visit);
		tap(visit, '#');
		break;
	case SCREEN_NAME:
	case SCREEN_ADDRESS:
		type_secret(visit);
		tap(visit, '#');
		break;
	case SCREEN_NUMBER:
		type_ticket(visit);
		break;
	case SCREEN_SENDING:
	case SCREEN_ASKING:
		serve(visit);
		break;
	case SCREEN_PHONE:
	case SCREEN_REVIEW:
	case SCREEN_HOW_TO_WRITE:
	case SCREEN_NOTE:
		tap(visit, '#');
		break;
	default:
		tap(visit, (char)('1' + roll(visit, 5) * roll(visit, 2)));
		break;
	}
}

static void die_or_live(struct visit *visit)
{
	visit->connected = !visit->connected;
	json_array_clear(visit->pending);
	panel_connected(visit->panel, visit->connected, visit->now_ms);
	look(visit);
}

static void step(struct visit *visit)
{
	static const char keys[] = "1234567890*#ABCD";
	unsigned what = roll(visit, 100);

	if (what < 55) {
		act_sensibly(visit);
	} else if (what < 72) {
		tap(visit, keys[roll(visit, sizeof(keys) - 1)]);
	} else if (what < 74) {
		act(visit, (enum keypad_action)roll(visit, 4), keys[roll(visit, sizeof(keys) - 1)]);
	} else if (what < 78) {
		tap(visit, '*');
	} else if (what < 82) {
		pass(visit, (int64_t)roll(visit, 1 + (1U << roll(visit, 17))));
	} else if (what < 95) {
		serve(visit);
	} else if (what < 97) {
		die_or_live(visit);
	} else if (what == 97) {
		answer(visit, json_pack("{s:s, s:b, s:s}", "type", "printer", "able",
				      (int)roll(visit, 2), "state", "ready"));
	} else if (what == 98) {
		answer(visit, json_incref(notice_message));
	} else {
		answer(visit, json_pack("{s:s, s:s}", "type", "lamp", "state", "on"));
	}
}

/* Each of these asks whether the one before is meant: only going away ends it. */
static bool is_asked_twice(const struct visit *visit)
{
	switch (visit->panel->session.screen) {
	case SCREEN_TICKET:
	case SCREEN_LEAVE:
	case SCREEN_CATEGORY:
	case SCREEN_DROP:
		return true;
	default:
		return false;
	}
}

/* Out of wherever it has come to: * always does something, and leads out; then by going away. */
static void leave(struct visit *visit)
{
	for (int i = 0; i < 200 && !panel_resting(visit->panel); i++) {
		uint64_t screen = panel_screen(visit->panel);
		size_t length = visit->panel->session.entry.length;
		tap(visit, '*');
		insist(visit, panel_screen(visit->panel) != screen ||
				      visit->panel->session.entry.length < length);
	}
	insist(visit, panel_resting(visit->panel) || is_asked_twice(visit));
	pass(visit, PANEL_IDLE_MS + PANEL_STILL_THERE_MS);
	insist(visit, panel_resting(visit->panel));
	tap(visit, '1');
	insist(visit, visit->panel->session.screen == SCREEN_LANGUAGE);
	tap(visit, '1');
	tap(visit, '1');
	pass(visit, PANEL_IDLE_MS + PANEL_STILL_THERE_MS);
	insist(visit, panel_resting(visit->panel));
}

static void visit_once(unsigned number)
{
	static const struct panel_config configs[] = { { 20, 4, true }, { 16, 2, true },
		{ 20, 4, false }, { 16, 4, true }, { 20, 2, false } };
	struct visit visit = { .now_ms = 1000,
		.dice = UINT64_C(0x9E3779B97F4A7C15) * (number + 1),
		.number = number,
		.connected = true,
		.pending = json_array() };

	assert_int_equal(
		panel_new(&configs[number % ARRAY_SIZE(configs)], visit.now_ms, &visit.panel), 0);
	visit.start = roll(&visit, 4) ? start_message : start_without_places;
	assert_int_equal(panel_take(visit.panel, visit.start, visit.now_ms), 0);
	look(&visit);
	unsigned steps = roll(&visit, STEPS_MAX);
	for (unsigned i = 0; i < steps; i++)
		step(&visit);
	leave(&visit);
	panel_free(visit.panel);
	json_decref(visit.pending);
}

static unsigned setting(const char *name, unsigned usual)
{
	const char *value = getenv(name);

	return value ? (unsigned)strtoul(value, NULL, 10) : usual;
}

static void test_visits(void **state)
{
	unsigned first = setting("KOTAK_FIRST", 0);
	unsigned count = setting("KOTAK_SEQUENCES", SEQUENCES);

	(void)state;
	for (unsigned i = 0; i < count; i++)
		visit_once(first + i);
	print_message("# %u visits: %zu sessions wiped, %zu drafts restored, %zu submits\n", count,
		wiped, drafts_restored, submitted);
	/* A walk that doesn't get about proves nothing. */
	for (unsigned i = 0; count >= SEQUENCES && i < SCREEN_COUNT; i++) {
		if (i != SCREEN_RESUME && !reached[i])
			fail_msg("screen %u was never reached", i);
	}
	assert_true(count < SEQUENCES || (drafts_restored > count / 8 && submitted > count / 20));
}

static int make_messages(void **state)
{
	(void)state;
	start_message = json_loads(start_text, 0, NULL);
	start_without_places = json_copy(start_message);
	notice_message = json_loads("{\"type\": \"notice\", \"figures\": {\"received\": 12,"
				    " \"open\": 3, \"answered\": 9, \"days\": 4}, \"cases\":"
				    " [{\"category\": \"access\", \"place\": \"Karang\","
				    " \"answered\": \"20-11-2026\", \"days\": 3}], \"news\":"
				    " [{\"text\": \"Kerja bakti \xF0\x9F\x98\x80 hari Minggu"
				    " \\\\ jam 7~\", \"date\": \"19-11-2026\"}]}",
		0, NULL);
	return start_message && notice_message
		       ? json_object_set_new(start_without_places, "places", json_array())
		       : -1;
}

static int free_messages(void **state)
{
	(void)state;
	json_decref(start_message);
	json_decref(start_without_places);
	json_decref(notice_message);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_visits) };

	(void)argc;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (speak(argv[0]) < 0)
		return 1;
	return cmocka_run_group_tests_name("panel at random", tests, make_messages, free_messages);
}
