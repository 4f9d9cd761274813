/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A panel with a hand at its keys and kotakd at its other end. Include after cmocka.h. */
#ifndef KOTAK_TESTS_PANEL_FIXTURE_H
#define KOTAK_TESTS_PANEL_FIXTURE_H

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "dialogue/dialogue.h"
#include "panel/internal.h"

#define BEGIN_MS INT64_C(1000000)
#define STEP_MS 250
#define SCREEN_TEXT_SIZE 128

struct stand {
	struct panel *panel;
	int64_t now_ms;
	json_t *told; /* array: what kotakd was told */
};

static inline json_t *json_of(const char *text)
{
	json_error_t error;
	json_t *value = json_loads(text, 0, &error);

	if (!value)
		fail_msg("%s: %s", error.text, text);
	return value;
}

/* What the panel has for kotakd goes to it. */
static inline void drain(struct stand *stand)
{
	json_t *message = NULL;

	while ((message = panel_give(stand->panel)) != NULL)
		json_array_append_new(stand->told, message);
}

static inline void take(struct stand *stand, const char *message)
{
	json_t *value = json_of(message);

	assert_int_equal(panel_take(stand->panel, value, stand->now_ms), 0);
	json_decref(value);
}

static inline void stand_begin(
	struct stand *stand, unsigned columns, unsigned rows, const char *start)
{
	const struct panel_config config = { columns, rows, true };

	*stand = (struct stand) { .now_ms = BEGIN_MS, .told = json_array() };
	assert_int_equal(panel_new(&config, stand->now_ms, &stand->panel), 0);
	if (start)
		take(stand, start);
}

static inline void stand_end(struct stand *stand)
{
	panel_free(stand->panel);
	json_decref(stand->told);
}

/* Time passes, with all that is due in it. */
static inline void wait_ms(struct stand *stand, int64_t time_ms)
{
	int64_t end_ms = stand->now_ms + time_ms;

	while (panel_deadline(stand->panel) <= end_ms) {
		int64_t deadline_ms = panel_deadline(stand->panel);
		if (deadline_ms > stand->now_ms)
			stand->now_ms = deadline_ms;
		assert_int_equal(panel_tick(stand->panel, stand->now_ms), 0);
		assert_true(panel_deadline(stand->panel) > stand->now_ms);
	}
	stand->now_ms = end_ms;
}

/* Each key of a string by itself; "~" waits until a letter is settled. */
static inline void press(struct stand *stand, const char *keys)
{
	for (; *keys; keys++) {
		if (*keys == '~') {
			wait_ms(stand, ENTRY_SETTLE_MS);
			continue;
		}
		for (int action = 0; action < 2; action++) {
			const struct keypad_event event = {
				.action = action == 0 ? KEYPAD_PRESS : KEYPAD_RELEASE, .key = *keys
			};
			assert_int_equal(panel_key(stand->panel, &event, stand->now_ms), 0);
		}
		wait_ms(stand, STEP_MS);
	}
}

/* A word in small letters, multi-tapped. */
static inline void type_word(struct stand *stand, const char *word)
{
	static const char *const keys[] = { "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv",
		"wxyz" };

	for (; *word; word++) {
		char key[2] = { '0', '\0' };
		size_t taps = 1;
		for (size_t i = 0; *word != ' ' && i < ARRAY_SIZE(keys); i++) {
			const char *found = strchr(keys[i], *word);
			if (found) {
				key[0] = (char)('2' + i);
				taps = (size_t)(found - keys[i]) + 1;
			}
		}
		while (taps-- > 0)
			press(stand, key);
		press(stand, "~");
	}
}

/* The rows, each ended by a newline; spaces at their ends left out, own characters as letters. */
static inline const char *screen_text(const struct stand *stand)
{
	static const char glyphs[] = { 'v', '<', '^', '=' };
	static char text[SCREEN_TEXT_SIZE];
	const struct display_frame *frame = panel_frame(stand->panel);
	size_t length = 0;

	for (unsigned row = 0; row < stand->panel->config.rows; row++) {
		for (unsigned column = 0; column < stand->panel->config.columns; column++) {
			uint8_t code = frame->cells[row][column];
			text[length++] = code < ARRAY_SIZE(glyphs) ? glyphs[code] : (char)code;
		}
		while (length > 0 && text[length - 1] == ' ')
			length--;
		text[length++] = '\n';
	}
	text[length] = '\0';
	return text;
}

#define assert_screen(stand, expected) assert_string_equal(screen_text(stand), expected)

/* The last message of this type that kotakd was told; NULL when there was none. Borrowed. */
static inline const json_t *told_last(struct stand *stand, const char *type)
{
	const json_t *found = NULL;
	const json_t *message = NULL;
	size_t i = 0;

	drain(stand);
	json_array_foreach (stand->told, i, message) {
		if (strcmp(message_text(message, "type"), type) == 0)
			found = message;
	}
	return found;
}

static inline size_t told_count(struct stand *stand, const char *type)
{
	const json_t *message = NULL;
	size_t i = 0, count = 0;

	drain(stand);
	json_array_foreach (stand->told, i, message) {
		count += strcmp(message_text(message, "type"), type) == 0;
	}
	return count;
}

/* Answers the last submit. */
static inline void give_ticket(struct stand *stand, bool printing)
{
	const json_t *submit = told_last(stand, "submit");
	json_t *message = NULL;

	assert_non_null(submit);
	message = json_pack("{s:s, s:s, s:s, s:s, s:b}", "type", "ticket", "id",
		message_text(submit, "id"), "ticket", "003-000123-7", "pin", "4711", "printing",
		printing);
	assert_int_equal(panel_take(stand->panel, message, stand->now_ms), 0);
	json_decref(message);
}

enum step_kind {
	STEP_KEYS,    /* see press() */
	STEP_WORDS,   /* see type_word() */
	STEP_MESSAGE, /* of kotakd */
	STEP_TICKET,  /* the answer to the last submit; with input, a slip is being printed */
	STEP_WAIT,    /* so many milliseconds */
	STEP_GONE,    /* kotakd is */
	STEP_BACK,    /* and is there again */
};

/* What happens, and what is to be seen then (NULL: anything). A row of them ends with {}. */
struct step {
	enum step_kind kind;
	const char *input;
	const char *screen;
};

static inline void do_step(struct stand *stand, const struct step *step)
{
	switch (step->kind) {
	case STEP_KEYS:
		press(stand, step->input);
		break;
	case STEP_WORDS:
		type_word(stand, step->input);
		break;
	case STEP_MESSAGE:
		take(stand, step->input);
		break;
	case STEP_TICKET:
		give_ticket(stand, *step->input != '\0');
		break;
	case STEP_WAIT:
		wait_ms(stand, strtol(step->input, NULL, 10));
		break;
	case STEP_GONE:
		panel_connected(stand->panel, false, stand->now_ms);
		break;
	case STEP_BACK:
		panel_connected(stand->panel, true, stand->now_ms);
		break;
	}
}

static inline void walk(struct stand *stand, const struct step *steps)
{
	for (size_t i = 0; steps[i].input; i++) {
		do_step(stand, &steps[i]);
		drain(stand);
		const char *seen = screen_text(stand);
		if (steps[i].screen && strcmp(seen, steps[i].screen) != 0)
			fail_msg("step %zu, %s:\n%s... and not\n%s", i, steps[i].input, seen,
				steps[i].screen);
	}
}

/* Catalogues stand beside the folder of the test program: BUILD/tests/test_x, BUILD/locale. */
static inline int speak(const char *program)
{
	char locale[512];
	const char *end = strrchr(program, '/');

	log_open("test", LOG_ERR);
	snprintf(locale, sizeof(locale), "%.*s/../locale", end ? (int)(end - program) : 1,
		end ? program : ".");
	return sodium_init() < 0 ? -1 : dialogue_init(locale);
}

#endif
