/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of screens, and those that everybody comes by. */
#include <string.h>

#include "dialogue/language.h"
#include "panel/internal.h"

#define LANGUAGE_MAX 9

const char *language_known(const char *language)
{
	for (size_t i = 0; language_codes[i]; i++) {
		if (strcmp(language, language_codes[i]) == 0)
			return language_codes[i];
	}
	return NULL;
}

/* Facts of the office between the invitations, so that the glass isn't dead. */
static void compose_invitation(struct panel *panel)
{
	struct view *view = &panel->view;

	if (*panel->name) {
		view_centred(view);
		view_write(view, panel->name);
		/* Two rows have room for one of both. */
		if (panel->config.rows <= 2)
			view_new_page(view);
	}
	view_centred(view);
	view_say(view, PHRASE_PRESS_ANY, NULL);
}

static void compose_figures(struct panel *panel, const json_t *figures)
{
	char received[24], answered[24];

	snprintf(received, sizeof(received), "%lld",
		(long long)json_integer_value(json_object_get(figures, "received")));
	snprintf(answered, sizeof(answered), "%lld",
		(long long)json_integer_value(json_object_get(figures, "answered")));
	const struct view_value values[] = { { "received", received }, { "answered", answered },
		{ 0 } };
	view_new_page(&panel->view);
	view_centred(&panel->view);
	view_say(&panel->view, PHRASE_FIGURES, values);
	view_new_page(&panel->view);
	compose_invitation(panel);
}

static void compose_attract(struct panel *panel)
{
	const json_t *figures = json_object_get(panel->notice, "figures");
	const struct view_value values[] = { { "number", panel->number }, { 0 } };
	const json_t *item = NULL;
	size_t i = 0;

	compose_invitation(panel);
	view_new_page(&panel->view);
	view_centred(&panel->view);
	view_say(&panel->view, PHRASE_FREE, NULL);
	if (*panel->number) {
		view_new_page(&panel->view);
		compose_invitation(panel);
		view_new_page(&panel->view);
		view_centred(&panel->view);
		view_say(&panel->view, PHRASE_SMS_TOO, values);
	}
	if (figures) {
		view_new_page(&panel->view);
		compose_invitation(panel);
		compose_figures(panel, figures);
	}
	json_array_foreach (json_object_get(panel->notice, "news"), i, item) {
		view_new_page(&panel->view);
		view_centred(&panel->view);
		view_write(&panel->view, message_text(item, "text"));
	}
}

static void compose_resume(struct panel *panel)
{
	view_line(&panel->view, PHRASE_RESUME);
	view_choice(&panel->view, '1', PHRASE_RESUME_YES);
	view_choice(&panel->view, '2', PHRASE_RESUME_NO);
}

static void choose_resume(struct panel *panel, char digit, unsigned chapter)
{
	(void)chapter;
	if (digit == '1')
		draft_resume(panel);
	else
		panel_wipe(panel);
}

/* The office's language first, then the others. */
static size_t languages_offered(const struct panel *panel, size_t order[static LANGUAGE_MAX])
{
	size_t count = 0;

	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; language_codes[i] && count < LANGUAGE_MAX; i++) {
			if ((language_codes[i] == panel->language) == (pass == 0))
				order[count++] = i;
		}
	}
	return count;
}

static void compose_language(struct panel *panel)
{
	/* Each in itself, in the order of language_codes. */
	static const char *const names[LANGUAGE_MAX] = { "Indonesia", "Basa Jawi", "English" };
	size_t order[LANGUAGE_MAX];
	size_t count = languages_offered(panel, order);

	view_paragraph(&panel->view);
	view_write(&panel->view, "Bahasa/Language");
	for (size_t i = 0; i < count; i++) {
		view_item(&panel->view, (char)('1' + i));
		view_write(&panel->view, names[order[i]] ? names[order[i]] : "-");
	}
}

static void choose_language(struct panel *panel, char digit, unsigned chapter)
{
	size_t order[LANGUAGE_MAX];
	size_t count = languages_offered(panel, order);
	size_t number = (size_t)(digit - '1');

	(void)chapter;
	if (number < count)
		panel->session.language = language_codes[order[number]];
	panel_go(panel, SCREEN_MENU);
}

static void compose_menu(struct panel *panel)
{
	view_line(&panel->view, PHRASE_MENU);
	view_choice(&panel->view, '1', PHRASE_MENU_COMPLAINT);
	view_choice(&panel->view, '2', PHRASE_MENU_TICKET);
	view_choice(&panel->view, '3', PHRASE_MENU_BOARD);
	view_choice(&panel->view, '4', PHRASE_MENU_RIGHTS);
	view_choice(&panel->view, '5', PHRASE_MENU_LANGUAGE);
}

static void choose_menu(struct panel *panel, char digit, unsigned chapter)
{
	static const enum screen screens[] = { SCREEN_CATEGORY, SCREEN_NUMBER, SCREEN_BOARD,
		SCREEN_RIGHTS, SCREEN_LANGUAGE };

	(void)chapter;
	if (digit == '1')
		complaint_begin(panel);
	else
		panel_go(panel, screens[digit - '1']);
}

static void back_to_language(struct panel *panel)
{
	panel_go(panel, SCREEN_LANGUAGE);
}

static void compose_note(struct panel *panel)
{
	view_line(&panel->view, panel->session.note);
}

static void leave_note(struct panel *panel)
{
	/* What was said is no longer true of the case: it is looked up anew. */
	if (panel->session.after == SCREEN_ASKING)
		case_ask(panel, REQUEST_LOOKUP);
	else
		panel_go(panel, panel->session.after);
}

static const struct screen_ops common_screens[SCREEN_COUNT] = {
	[SCREEN_ATTRACT] = { .compose = compose_attract },
	[SCREEN_RESUME] = { .hash = PHRASE_NEXT,
		.compose = compose_resume,
		.choose = choose_resume },
	[SCREEN_LANGUAGE] = { .star = PHRASE_BACK,
		.compose = compose_language,
		.choose = choose_language,
		.back = panel_wipe },
	[SCREEN_MENU] = { .star = PHRASE_BACK,
		.compose = compose_menu,
		.choose = choose_menu,
		.back = back_to_language },
	[SCREEN_NOTE] = { .star = PHRASE_BACK,
		.hash = PHRASE_OK,
		.compose = compose_note,
		.accept = leave_note,
		.back = leave_note },
};

const struct screen_ops *screen_ops(enum screen screen)
{
	static const struct screen_ops *const tables[] = { common_screens, complaint_screens,
		ticket_screens, case_screens, board_screens };

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (tables[i][screen].compose)
			return &tables[i][screen];
	}
	return &common_screens[SCREEN_ATTRACT];
}
