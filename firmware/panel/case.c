/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One's own ticket: number and PIN, how far it is, and what may be done about it. */
#include <string.h>

#include "dialogue/texts.h"
#include "panel/internal.h"

#define NUMBER_DIGITS 10
#define NUMBER_LENGTH (TICKET_SIZE - 1)
#define PIN_LENGTH (PANEL_PIN_SIZE - 1)
/* Even "ya" answers an officer's question. */
#define ADDITION_USEFUL_MIN 2

static void forget_ticket(struct panel *panel)
{
	panel_restart(panel, SCREEN_MENU);
}

static void open_number(struct panel *panel)
{
	entry_begin(&panel->session.entry, ENTRY_DIGITS, NUMBER_LENGTH, panel->session.ticket);
}

static void compose_entry(struct panel *panel, enum phrase title, enum phrase help)
{
	panel->view.entry = true;
	panel->view.title = title;
	panel->view.help = help;
}

static void compose_number(struct panel *panel)
{
	compose_entry(panel, PHRASE_NUMBER, PHRASE_NUMBER_HELP);
}

/* The dashes of KKK-NNNNNN-C come and go by themselves; the cursor stays at its digit. */
static void put_dashes(struct entry *entry)
{
	char digits[NUMBER_DIGITS];
	size_t count = 0, before = 0, length = 0, cursor = 0;

	for (size_t i = 0; i < entry->length && count < NUMBER_DIGITS; i++) {
		if (entry->text[i] == '-')
			continue;
		before += i < entry->cursor;
		digits[count++] = entry->text[i];
	}
	explicit_bzero(entry->text, sizeof(entry->text));
	for (size_t i = 0; i < count; i++) {
		if (i == 3 || i == 9)
			entry->text[length++] = '-';
		entry->text[length++] = digits[i];
		if (i + 1 == before)
			cursor = length;
	}
	entry->length = length;
	entry->cursor = cursor;
	explicit_bzero(digits, sizeof(digits));
}

static void type_number(struct panel *panel)
{
	struct session *session = &panel->session;

	put_dashes(&session->entry);
	explicit_bzero(session->ticket, sizeof(session->ticket));
	memcpy(session->ticket, session->entry.text, session->entry.length);
}

static void accept_number(struct panel *panel)
{
	char ticket[TICKET_SIZE];

	if (ticket_parse(panel->session.ticket, ticket) < 0)
		panel_note(panel, PHRASE_NUMBER_WRONG, SCREEN_NUMBER);
	else
		panel_go(panel, SCREEN_PIN);
}

static void open_pin(struct panel *panel)
{
	explicit_bzero(panel->session.pin, sizeof(panel->session.pin));
	entry_begin(&panel->session.entry, ENTRY_SECRET, PIN_LENGTH, NULL);
}

static void compose_pin(struct panel *panel)
{
	compose_entry(panel, PHRASE_PIN, PHRASE_PIN_HELP);
}

static void type_pin(struct panel *panel)
{
	struct session *session = &panel->session;

	explicit_bzero(session->pin, sizeof(session->pin));
	memcpy(session->pin, session->entry.text, session->entry.length);
}

static void accept_pin(struct panel *panel)
{
	if (strlen(panel->session.pin) != PIN_LENGTH)
		panel_note(panel, PHRASE_PIN_WRONG, SCREEN_PIN);
	else
		case_ask(panel, REQUEST_LOOKUP);
}

static void back_to_number(struct panel *panel)
{
	panel_go(panel, SCREEN_NUMBER);
}

void case_ask(struct panel *panel, enum request_kind kind)
{
	struct session *session = &panel->session;

	session->kind = kind;
	if (!panel->connected) {
		case_failed(panel);
		return;
	}
	/* Never 0, which is none. */
	panel->requests = panel->requests == UINT32_MAX ? 1 : panel->requests + 1;
	session->request = panel->requests;
	panel_go(panel, SCREEN_ASKING);
	session->again_ms = panel->now_ms + ANSWER_MS;
	tell_request(panel);
}

/* Where an answer is asked for, and it is typed or chosen again. */
static enum screen asking_screen(const struct session *session)
{
	switch (session->kind) {
	case REQUEST_RATE:
		return SCREEN_RATE;
	case REQUEST_ADD:
		return SCREEN_ADD;
	case REQUEST_WITHDRAW:
		return SCREEN_WITHDRAW;
	case REQUEST_NONE:
	case REQUEST_LOOKUP:
		break;
	}
	return session->found ? SCREEN_CASE : SCREEN_PIN;
}

void case_failed(struct panel *panel)
{
	panel->session.request = 0;
	panel_note(panel, PHRASE_NOT_NOW, asking_screen(&panel->session));
}

void case_answered(struct panel *panel, const json_t *message)
{
	struct session *session = &panel->session;

	session->request = 0;
	json_decref(session->found);
	session->found = NULL;
	if (!json_is_true(json_object_get(message, "found"))) {
		explicit_bzero(session->pin, sizeof(session->pin));
		bool blocked = strcmp(message_text(message, "reason"), "blocked") == 0;
		panel_note(panel, blocked ? PHRASE_BLOCKED : PHRASE_NOT_FOUND, SCREEN_NUMBER);
		return;
	}
	session->found = json_deep_copy(message);
	if (session->found) {
		panel_go(panel, SCREEN_CASE);
	} else {
		panel->failed = true;
		case_failed(panel);
	}
}

void case_done(struct panel *panel, bool ok, bool reopened)
{
	struct session *session = &panel->session;
	enum phrase note = PHRASE_DONE_NOT;

	session->request = 0;
	if (ok && session->kind == REQUEST_RATE)
		note = reopened ? PHRASE_DONE_REOPENED : PHRASE_DONE_RATED;
	else if (ok && session->kind == REQUEST_ADD)
		note = PHRASE_DONE_ADDED;
	else if (ok)
		note = PHRASE_DONE_WITHDRAWN;
	explicit_bzero(session->addition, sizeof(session->addition));
	explicit_bzero(session->added, sizeof(session->added));
	panel_note(panel, note, SCREEN_ASKING);
}

static void compose_asking(struct panel *panel)
{
	view_line(&panel->view,
		panel->session.kind == REQUEST_LOOKUP ? PHRASE_LOOKING : PHRASE_SAVING);
}

/* Doesn't wait for the answer, which is then nobody's. */
static void back_from_asking(struct panel *panel)
{
	panel->session.request = 0;
	panel_go(panel, asking_screen(&panel->session));
}

static bool found_is(const struct panel *panel, const char *key)
{
	return json_is_true(json_object_get(panel->session.found, key));
}

static bool found_has(const struct panel *panel, const char *key)
{
	return *message_text(panel->session.found, key) != '\0';
}

struct offer {
	enum phrase phrase;
	enum screen screen;
};

/* What may be done with this ticket now. */
static size_t offers(const struct panel *panel, struct offer out[static 5])
{
	size_t count = 0;

	if (found_has(panel, "answer"))
		out[count++] = (struct offer) { PHRASE_CASE_ANSWER, SCREEN_ANSWER };
	if (found_has(panel, "question"))
		out[count++] = (struct offer) { PHRASE_CASE_QUESTION, SCREEN_QUESTION };
	if (found_is(panel, "can_add"))
		out[count++] = (struct offer) { PHRASE_CASE_ADD, SCREEN_ADD };
	if (found_is(panel, "can_rate"))
		out[count++] = (struct offer) { PHRASE_CASE_RATE, SCREEN_RATE };
	if (found_is(panel, "can_withdraw"))
		out[count++] = (struct offer) { PHRASE_CASE_WITHDRAW, SCREEN_WITHDRAW };
	return count;
}

static void compose_text(struct panel *panel, enum phrase phrase, const char *key)
{
	const struct view_value values[] = { { "text", message_text(panel->session.found, key) },
		{ 0 } };

	view_paragraph(&panel->view);
	view_say(&panel->view, phrase, values);
}

/* A day of the server's, where it told one. */
static void say_day(struct panel *panel, enum phrase phrase, const char *key)
{
	char day[DAY_SIZE];
	const struct view_value values[] = { { "date", day }, { 0 } };

	message_date(message_text(panel->session.found, key), day);
	if (!*day)
		return;
	view_paragraph(&panel->view);
	view_say(&panel->view, phrase, values);
}

static void compose_case(struct panel *panel)
{
	const json_t *found = panel->session.found;
	enum complaint_state state = STATE_RECEIVED;
	struct offer choices[5];
	char day[DAY_SIZE];

	/* A state of a later kotakd is "received" at least. */
	(void)state_from_name(message_text(found, "state"), &state);
	message_day(message_text(found, "updated"), day);
	const struct view_value values[] = { { "ticket", message_text(found, "ticket") },
		{ "state", phrase_state(panel->view.language, state) }, { "date", day }, { 0 } };
	view_paragraph(&panel->view);
	view_say(&panel->view, PHRASE_CASE, values);
	say_day(panel, PHRASE_CASE_DUE, "due");
	if (found_has(panel, "extended"))
		compose_text(panel, PHRASE_CASE_EXTENDED, "extended");
	size_t count = offers(panel, choices);
	for (size_t i = 0; i < count; i++)
		view_choice(&panel->view, (char)('1' + i), choices[i].phrase);
}

static void choose_case(struct panel *panel, char digit, unsigned chapter)
{
	struct offer choices[5];
	size_t count = offers(panel, choices);
	size_t number = (size_t)(digit - '1');

	(void)chapter;
	if (number < count)
		panel_go(panel, choices[number].screen);
}

static void back_to_case(struct panel *panel)
{
	panel_go(panel, SCREEN_CASE);
}

static void compose_answer(struct panel *panel)
{
	compose_text(panel, PHRASE_ANSWER, "answer");
	say_day(panel, PHRASE_OBJECT_UNTIL, "object_until");
}

static void compose_question(struct panel *panel)
{
	compose_text(panel, PHRASE_QUESTION, "question");
	if (found_is(panel, "can_add"))
		view_choice(&panel->view, '1', PHRASE_REPLY);
}

static void choose_question(struct panel *panel, char digit, unsigned chapter)
{
	(void)digit;
	(void)chapter;
	panel_go(panel, SCREEN_ADD);
}

static void open_add(struct panel *panel)
{
	entry_begin(&panel->session.entry, ENTRY_TEXT, ENTRY_MAX, panel->session.addition);
}

static void compose_add(struct panel *panel)
{
	compose_entry(panel, PHRASE_ADD, PHRASE_ADD_HELP);
}

/* Other words are another addition; the same ones may be sent again. */
static void type_add(struct panel *panel)
{
	struct session *session = &panel->session;

	if (strcmp(session->addition, session->entry.text) == 0)
		return;
	explicit_bzero(session->added, sizeof(session->added));
	explicit_bzero(session->addition, sizeof(session->addition));
	memcpy(session->addition, session->entry.text, session->entry.length);
}

static void accept_add(struct panel *panel)
{
	struct session *session = &panel->session;

	if (complaint_useful(session->addition) < ADDITION_USEFUL_MIN) {
		panel_note(panel, PHRASE_TEXT_SHORT, SCREEN_ADD);
		return;
	}
	if (!*session->added)
		uuid_new(session->added);
	case_ask(panel, REQUEST_ADD);
}

static void compose_rate(struct panel *panel)
{
	static const enum phrase choices[] = { PHRASE_RATE_1, PHRASE_RATE_2, PHRASE_RATE_3,
		PHRASE_RATE_4, PHRASE_RATE_5 };

	view_line(&panel->view, PHRASE_RATE);
	for (size_t i = 0; i < ARRAY_SIZE(choices); i++)
		view_choice(&panel->view, (char)('1' + i), choices[i]);
}

static void choose_rate(struct panel *panel, char digit, unsigned chapter)
{
	(void)chapter;
	panel->session.rating = digit - '0';
	case_ask(panel, REQUEST_RATE);
}

static void compose_withdraw(struct panel *panel)
{
	view_line(&panel->view, PHRASE_WITHDRAW);
	view_choice(&panel->view, '1', PHRASE_WITHDRAW_YES);
	view_choice(&panel->view, '2', PHRASE_WITHDRAW_NO);
}

static void choose_withdraw(struct panel *panel, char digit, unsigned chapter)
{
	(void)chapter;
	if (digit == '1')
		case_ask(panel, REQUEST_WITHDRAW);
	else
		panel_go(panel, SCREEN_CASE);
}

const struct screen_ops case_screens[SCREEN_COUNT] = {
	[SCREEN_NUMBER] = { .open = open_number,
		.compose = compose_number,
		.typed = type_number,
		.accept = accept_number,
		.back = forget_ticket },
	[SCREEN_PIN] = { .open = open_pin,
		.compose = compose_pin,
		.typed = type_pin,
		.accept = accept_pin,
		.back = back_to_number },
	[SCREEN_ASKING] = { .star = PHRASE_BACK,
		.compose = compose_asking,
		.back = back_from_asking },
	[SCREEN_CASE] = { .star = PHRASE_BACK,
		.compose = compose_case,
		.choose = choose_case,
		.back = forget_ticket },
	[SCREEN_ANSWER] = { .star = PHRASE_BACK,
		.hash = PHRASE_OK,
		.compose = compose_answer,
		.accept = back_to_case,
		.back = back_to_case },
	[SCREEN_QUESTION] = { .star = PHRASE_BACK,
		.compose = compose_question,
		.choose = choose_question,
		.back = back_to_case },
	[SCREEN_ADD] = { .open = open_add,
		.compose = compose_add,
		.typed = type_add,
		.accept = accept_add,
		.back = back_to_case },
	[SCREEN_RATE] = { .star = PHRASE_BACK,
		.compose = compose_rate,
		.choose = choose_rate,
		.back = back_to_case },
	[SCREEN_WITHDRAW] = { .star = PHRASE_BACK,
		.compose = compose_withdraw,
		.choose = choose_withdraw,
		.back = back_to_case },
};
