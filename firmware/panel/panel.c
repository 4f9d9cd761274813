/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "panel/panel.h"

#include <errno.h>
#include <string.h>

#include "dialogue/language.h"
#include "panel/internal.h"

static void session_init(struct session *session)
{
	session->left_ms = INT64_MAX;
	session->again_ms = INT64_MAX;
	session->draft.category = -1;
	session->draft.about = -1;
	session->draft.confidential = -1;
	session->draft.place = -1;
}

int panel_new(const struct panel_config *config, int64_t now_ms, struct panel **out)
{
	struct panel *panel = NULL;

	if (config->columns < 16 || config->columns > DISPLAY_COLUMNS_MAX || config->rows < 2 ||
		config->rows > DISPLAY_ROWS_MAX)
		return -EINVAL;
	panel = calloc(1, sizeof(*panel));
	if (!panel)
		return -ENOMEM;
	panel->config = *config;
	panel->now_ms = now_ms;
	panel->language = language_codes[0];
	panel->frame.backlight = true;
	view_glyphs(&panel->frame);
	session_init(&panel->session);
	panel_go(panel, SCREEN_ATTRACT);
	int error = panel_settle(panel);
	if (error)
		panel_free(panel);
	else
		*out = panel;
	return error;
}

static void session_wipe(struct session *session)
{
	json_decref(session->found);
	entry_wipe(&session->entry);
	explicit_bzero(session, sizeof(*session));
	session_init(session);
}

void panel_free(struct panel *panel)
{
	if (!panel)
		return;
	session_wipe(&panel->session);
	for (size_t i = 0; i < panel->queued; i++)
		json_decref(panel->queue[i]);
	json_decref(panel->places);
	json_decref(panel->notice);
	explicit_bzero(panel, sizeof(*panel));
	free(panel);
}

void panel_wipe(struct panel *panel)
{
	tell_forget(panel);
	session_wipe(&panel->session);
	panel->asking_still_there = false;
	explicit_bzero(&panel->view, sizeof(panel->view));
	panel_go(panel, SCREEN_ATTRACT);
}

void panel_restart(struct panel *panel, enum screen screen)
{
	const char *language = panel->session.language;

	panel_wipe(panel);
	panel->session.language = language;
	panel_go(panel, screen);
}

const char *panel_language(const struct panel *panel)
{
	return panel->session.language ? panel->session.language : panel->language;
}

void panel_go(struct panel *panel, enum screen screen)
{
	struct session *session = &panel->session;

	session->screen = screen;
	session->page = 0;
	session->left_ms = INT64_MAX;
	session->again_ms = INT64_MAX;
	panel->page_ms = panel->now_ms + ATTRACT_PAGE_MS;
	panel->screens++;
	/* Nothing typed on one screen is left for the next. */
	entry_wipe(&session->entry);
	if (screen_ops(screen)->open)
		screen_ops(screen)->open(panel);
}

void panel_note(struct panel *panel, enum phrase note, enum screen after)
{
	panel->session.note = note;
	panel->session.after = after;
	panel_go(panel, SCREEN_NOTE);
}

static void compose_still_there(struct panel *panel)
{
	int64_t left_ms = panel->touched_ms + PANEL_IDLE_MS + PANEL_STILL_THERE_MS - panel->now_ms;
	char seconds[8];

	snprintf(seconds, sizeof(seconds), "%d", (int)((left_ms + 999) / 1000));
	const struct view_value values[] = { { "seconds", seconds }, { 0 } };
	view_centred(&panel->view);
	view_say(&panel->view, PHRASE_STILL_THERE, values);
}

/* What # does on a page that isn't the last: the next one; on the last, if nothing else, the first.
 */
static void choose_hash(struct panel *panel, struct view *view)
{
	bool keys = view->star != PHRASE_NONE || view->hash != PHRASE_NONE;
	bool last = panel->session.page + 1 >= view->pages;

	if (keys && view->pages > 1 && (!last || !screen_ops(panel->session.screen)->accept))
		view->hash = PHRASE_NEXT;
	else if (view->pages == 1 && view->hash == PHRASE_NEXT)
		view->hash = PHRASE_NONE;
}

static void draw_pages(struct panel *panel)
{
	const struct panel_config *config = &panel->config;
	struct session *session = &panel->session;
	struct view *view = &panel->view;

	view_layout(view, config->columns, config->rows);
	if (panel->asking_still_there) {
		view_draw(view, 0, config->columns, config->rows, &panel->frame);
		return;
	}
	if (session->page >= view->pages)
		session->page = 0;
	choose_hash(panel, view);
	view_draw(view, session->page, config->columns, config->rows, &panel->frame);
}

/* Composes, lays out and draws what is to be seen now. */
static void draw(struct panel *panel)
{
	const struct screen_ops *ops = screen_ops(panel->session.screen);
	struct view *view = &panel->view;

	view_begin(view, panel_language(panel));
	if (panel->asking_still_there) {
		compose_still_there(panel);
	} else {
		view->star = ops->star;
		view->hash = ops->hash;
		ops->compose(panel);
	}
	if (view->entry)
		view_draw_entry(view, &panel->session.entry, panel->config.has_letters,
			panel->config.columns, panel->config.rows, &panel->frame);
	else
		draw_pages(panel);
	panel->failed |= view->failed;
}

int panel_settle(struct panel *panel)
{
	tell_draft(panel);
	draw(panel);
	int error = panel->failed ? -ENOMEM : 0;
	panel->failed = false;
	return error;
}

static void sound(struct panel *panel, enum panel_sound wanted)
{
	panel->sound = wanted;
}

static void turn(struct panel *panel, unsigned page)
{
	panel->session.page = page;
	panel->screens++;
}

/* A screen of text and items. Returns whether the key does something here. */
static bool key_on_pages(struct panel *panel, char key)
{
	const struct screen_ops *ops = screen_ops(panel->session.screen);
	unsigned page = panel->session.page;
	unsigned chapter = 0;

	if (key == '#' && page + 1 < panel->view.pages) {
		turn(panel, page + 1);
	} else if (key == '#' && ops->accept) {
		ops->accept(panel);
	} else if (key == '#' && page > 0) {
		turn(panel, 0);
	} else if (key == '*' && page > 0) {
		turn(panel, page - 1);
	} else if (key == '*' && ops->back) {
		ops->back(panel);
	} else if (key >= '0' && key <= '9' && ops->choose &&
		   view_has(&panel->view, page, key, &chapter)) {
		ops->choose(panel, key, chapter);
	} else {
		return false;
	}
	return true;
}

/* Returns whether anything changed by it. */
static bool key_on_entry(struct panel *panel, const struct keypad_event *event)
{
	const struct screen_ops *ops = screen_ops(panel->session.screen);
	enum entry_result result = entry_key(&panel->session.entry, event, panel->now_ms);

	switch (result) {
	case ENTRY_IGNORED:
		if (event->action == KEYPAD_PRESS)
			sound(panel, PANEL_REFUSED);
		break;
	case ENTRY_REFUSED:
		sound(panel, PANEL_REFUSED);
		/* In front of all text there is nothing to erase: that key leads out too. */
		if (event->action == KEYPAD_PRESS && event->key == '*')
			ops->back(panel);
		break;
	case ENTRY_CHANGED:
		sound(panel, PANEL_CLICK);
		ops->typed(panel);
		break;
	case ENTRY_DONE:
		sound(panel, PANEL_CLICK);
		ops->typed(panel);
		ops->accept(panel);
		break;
	case ENTRY_LEAVE:
		sound(panel, PANEL_CLICK);
		ops->back(panel);
		break;
	}
	return result != ENTRY_IGNORED;
}

static bool in_session(const struct panel *panel)
{
	return panel->session.screen != SCREEN_ATTRACT && panel->session.screen != SCREEN_THANKS;
}

/* The key that says "I am here" does nothing else. */
static bool answers_still_there(struct panel *panel, const struct keypad_event *event)
{
	if (!panel->asking_still_there)
		return false;
	if (event->action == KEYPAD_PRESS) {
		panel->asking_still_there = false;
		panel->screens++;
		sound(panel, PANEL_CLICK);
	}
	return true;
}

/* Any key does, and the next in the queue needn't wait for the last one's thanks to go; with * or #
 * whoever was thanked goes. */
static bool begins_visit(const struct panel *panel, char key)
{
	enum screen screen = panel->session.screen;

	return screen == SCREEN_ATTRACT || (screen == SCREEN_THANKS && key != '*' && key != '#');
}

int panel_key(struct panel *panel, const struct keypad_event *event, int64_t now_ms)
{
	panel->now_ms = now_ms;
	bool answered = answers_still_there(panel, event);
	if (event->action != KEYPAD_RELEASE)
		panel->touched_ms = now_ms;
	if (answered)
		return panel_settle(panel);
	if (screen_ops(panel->session.screen)->typed) {
		if (!key_on_entry(panel, event))
			return 0;
	} else if (event->action != KEYPAD_PRESS) {
		return 0;
	} else if (begins_visit(panel, event->key)) {
		sound(panel, PANEL_CLICK);
		panel_wipe(panel);
		panel_go(panel, SCREEN_LANGUAGE);
	} else {
		sound(panel, key_on_pages(panel, event->key) ? PANEL_CLICK : PANEL_REFUSED);
	}
	return panel_settle(panel);
}

json_t *panel_give(struct panel *panel)
{
	json_t *message = NULL;

	if (panel->queued == 0)
		return NULL;
	message = tell_take(panel, 0);
	if (*panel->session.draft.id &&
		strcmp(message_text(message, "id"), panel->session.draft.id) == 0)
		panel->session.given = true;
	return message;
}

void panel_connected(struct panel *panel, bool connected, int64_t now_ms)
{
	struct session *session = &panel->session;

	panel->now_ms = now_ms;
	if (connected == panel->connected)
		return;
	panel->connected = connected;
	if (connected) {
		/* What the last kotakd was told may not have been written down. */
		explicit_bzero(&session->told_draft, sizeof(session->told_draft));
		if (session->screen == SCREEN_SENDING)
			complaint_send(panel);
	} else {
		session->trouble = session->screen == SCREEN_SENDING;
		if (session->screen == SCREEN_ASKING)
			case_failed(panel);
	}
	/* Without memory for the draft now, the next key tells it. */
	(void)panel_settle(panel);
}

static int64_t earlier(int64_t one, int64_t other)
{
	return one < other ? one : other;
}

/* When "still there?" is asked, then each second of its countdown. */
static int64_t idle_deadline(const struct panel *panel)
{
	int64_t asked_ms = panel->touched_ms + PANEL_IDLE_MS;

	if (!in_session(panel))
		return INT64_MAX;
	if (!panel->asking_still_there)
		return asked_ms;
	return panel->now_ms + 1000 - (panel->now_ms - asked_ms) % 1000;
}

int64_t panel_deadline(const struct panel *panel)
{
	const struct session *session = &panel->session;
	int64_t deadline = idle_deadline(panel);

	if (session->screen == SCREEN_ATTRACT)
		deadline = earlier(deadline, panel->page_ms);
	if (screen_ops(session->screen)->typed)
		deadline = earlier(deadline, entry_deadline(&session->entry));
	deadline = earlier(deadline, session->left_ms);
	return earlier(deadline, session->again_ms);
}

/* What a draft left behind is offered to isn't asked twice. */
static void tick_idle(struct panel *panel)
{
	int64_t idle_ms = panel->now_ms - panel->touched_ms;

	if (!in_session(panel) || idle_ms < PANEL_IDLE_MS)
		return;
	if (panel->session.screen == SCREEN_RESUME ||
		idle_ms >= PANEL_IDLE_MS + PANEL_STILL_THERE_MS) {
		panel_wipe(panel);
	} else if (!panel->asking_still_there) {
		panel->asking_still_there = true;
		panel->screens++;
		sound(panel, PANEL_WARNING);
	}
}

static void tick_session(struct panel *panel)
{
	struct session *session = &panel->session;

	if (panel->now_ms >= session->left_ms) {
		panel_wipe(panel);
		return;
	}
	if (panel->now_ms < session->again_ms)
		return;
	session->again_ms = INT64_MAX;
	if (session->screen == SCREEN_SENDING) {
		session->trouble = true;
		complaint_send(panel);
	} else if (session->screen == SCREEN_ASKING) {
		case_failed(panel);
	}
}

int panel_tick(struct panel *panel, int64_t now_ms)
{
	panel->now_ms = now_ms;
	tick_idle(panel);
	tick_session(panel);
	if (screen_ops(panel->session.screen)->typed && entry_tick(&panel->session.entry, now_ms))
		screen_ops(panel->session.screen)->typed(panel);
	if (panel->session.screen == SCREEN_ATTRACT && now_ms >= panel->page_ms) {
		turn(panel, panel->session.page + 1);
		panel->page_ms = now_ms + ATTRACT_PAGE_MS;
	}
	return panel_settle(panel);
}

const struct display_frame *panel_frame(const struct panel *panel)
{
	return &panel->frame;
}

uint64_t panel_screen(const struct panel *panel)
{
	return panel->screens;
}

enum panel_sound panel_take_sound(struct panel *panel)
{
	enum panel_sound taken = panel->sound;

	panel->sound = PANEL_SILENT;
	return taken;
}

enum panel_lamp panel_lamp(const struct panel *panel)
{
	return panel->connected ? panel->lamp : PANEL_LAMP_BLINK;
}

bool panel_resting(const struct panel *panel)
{
	return panel->session.screen == SCREEN_ATTRACT;
}
