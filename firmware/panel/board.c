/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The notice board and a resident's rights: what everybody may read. */
#include "panel/internal.h"

static void compose_board(struct panel *panel)
{
	view_line(&panel->view, PHRASE_MENU_BOARD);
	view_choice(&panel->view, '1', PHRASE_BOARD_FIGURES);
	view_choice(&panel->view, '2', PHRASE_BOARD_CASES);
	view_choice(&panel->view, '3', PHRASE_BOARD_NEWS);
}

static void choose_board(struct panel *panel, char digit, unsigned chapter)
{
	static const enum screen screens[] = { SCREEN_FIGURES, SCREEN_CASES, SCREEN_NEWS };

	(void)chapter;
	panel_go(panel, screens[digit - '1']);
}

static void back_to_menu(struct panel *panel)
{
	panel_go(panel, SCREEN_MENU);
}

static void back_to_board(struct panel *panel)
{
	panel_go(panel, SCREEN_BOARD);
}

static void compose_figure(
	struct panel *panel, enum phrase phrase, const json_t *figures, const char *key)
{
	const json_t *figure = json_object_get(figures, key);
	char number[24];

	if (!json_is_number(figure))
		return;
	snprintf(number, sizeof(number), "%.0f", json_number_value(figure));
	const struct view_value values[] = { { key, number }, { 0 } };
	view_paragraph(&panel->view);
	view_say(&panel->view, phrase, values);
}

static void compose_figures(struct panel *panel)
{
	const json_t *figures = json_object_get(panel->notice, "figures");

	compose_figure(panel, PHRASE_FIGURES_RECEIVED, figures, "received");
	compose_figure(panel, PHRASE_FIGURES_OPEN, figures, "open");
	compose_figure(panel, PHRASE_FIGURES_ANSWERED, figures, "answered");
	compose_figure(panel, PHRASE_FIGURES_DAYS, figures, "days");
	if (panel->view.length == 0)
		view_line(&panel->view, PHRASE_NOTHING_YET);
}

static void compose_case_line(struct panel *panel, const json_t *item)
{
	enum phrase category = complaint_category_phrase(message_text(item, "category"));
	const char *place = message_text(item, "place");
	char days[24];

	snprintf(days, sizeof(days), "%.0f", json_number_value(json_object_get(item, "days")));
	const struct view_value values[] = { { "date", message_text(item, "answered") },
		{ "days", days }, { 0 } };
	view_say(&panel->view, category, NULL);
	view_write(&panel->view, ". ");
	if (*place) {
		view_write(&panel->view, place);
		view_write(&panel->view, ". ");
	}
	view_say(&panel->view, PHRASE_CASE_LINE, values);
}

static void compose_cases(struct panel *panel)
{
	const json_t *item = NULL;
	size_t i = 0;

	json_array_foreach (json_object_get(panel->notice, "cases"), i, item) {
		if (i > 0)
			view_new_page(&panel->view);
		compose_case_line(panel, item);
	}
	if (panel->view.length == 0)
		view_line(&panel->view, PHRASE_NOTHING_YET);
}

static void compose_news(struct panel *panel)
{
	const json_t *item = NULL;
	size_t i = 0;

	json_array_foreach (json_object_get(panel->notice, "news"), i, item) {
		if (i > 0)
			view_new_page(&panel->view);
		view_write(&panel->view, message_text(item, "date"));
		view_write(&panel->view, ": ");
		view_write(&panel->view, message_text(item, "text"));
	}
	if (panel->view.length == 0)
		view_line(&panel->view, PHRASE_NOTHING_YET);
}

static void compose_rights(struct panel *panel)
{
	static const enum phrase rights[] = { PHRASE_FREE, PHRASE_RIGHTS_WHEN, PHRASE_RIGHTS_AGAIN,
		PHRASE_RIGHTS_SECRET };
	const struct view_value values[] = { { "number", panel->number }, { 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
		if (i > 0)
			view_new_page(&panel->view);
		view_line(&panel->view, rights[i]);
	}
	if (*panel->number) {
		view_new_page(&panel->view);
		view_say(&panel->view, PHRASE_SMS_TOO, values);
	}
}

#define READING(compose_function, back_function)                                                   \
	{                                                                                          \
		.star = PHRASE_BACK, .hash = PHRASE_OK, .compose = (compose_function),             \
		.accept = (back_function), .back = (back_function)                                 \
	}

const struct screen_ops board_screens[SCREEN_COUNT] = {
	[SCREEN_BOARD] = { .star = PHRASE_BACK,
		.compose = compose_board,
		.choose = choose_board,
		.back = back_to_menu },
	[SCREEN_FIGURES] = READING(compose_figures, back_to_board),
	[SCREEN_CASES] = READING(compose_cases, back_to_board),
	[SCREEN_NEWS] = READING(compose_news, back_to_board),
	[SCREEN_RIGHTS] = READING(compose_rights, back_to_menu),
};
