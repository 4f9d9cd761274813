/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The draft as kotakd keeps it, and back. */
#include <errno.h>
#include <string.h>

#include "panel/internal.h"

json_t *draft_data(const struct panel *panel)
{
	const struct draft *draft = &panel->session.draft;

	return json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:s, s:s, s:s, s:s, s:b, s:b, s:I, s:i}",
		"language", panel_language(panel), "screen",
		screen_ops(panel->session.screen)->name, "category", draft->category, "about",
		draft->about, "confidential", draft->confidential, "place", draft->place, "address",
		draft->address, "text", draft->text, "name", draft->name, "phone", draft->phone,
		"editing", draft->editing, "shown_how", draft->shown_how, "cursor",
		(json_int_t)draft->cursor, "page", (int)draft->page);
}

bool draft_same(const struct draft *one, const struct draft *other)
{
	return one->category == other->category && one->about == other->about &&
	       one->confidential == other->confidential && one->place == other->place &&
	       one->editing == other->editing && one->shown_how == other->shown_how &&
	       one->cursor == other->cursor && one->page == other->page &&
	       strcmp(one->id, other->id) == 0 && strcmp(one->address, other->address) == 0 &&
	       strcmp(one->text, other->text) == 0 && strcmp(one->name, other->name) == 0 &&
	       strcmp(one->phone, other->phone) == 0;
}

static bool restore_text(const json_t *data, const char *key, char *out, size_t size)
{
	const char *text = message_text(data, key);

	if (strlen(text) >= size)
		return false;
	memcpy(out, text, strlen(text) + 1);
	return true;
}

/* A number from -1 (not chosen) to below count. */
static bool restore_choice(const json_t *data, const char *key, size_t count, int *out)
{
	const json_t *value = json_object_get(data, key);
	json_int_t number = json_is_integer(value) ? json_integer_value(value) : -2;

	*out = -1;
	if (number < -1 || number >= (json_int_t)count)
		return false;
	*out = (int)number;
	return true;
}

static bool restore_screen(const char *name, enum screen *out)
{
	for (unsigned i = 0; i < SCREEN_COUNT; i++) {
		const char *known = screen_ops((enum screen)i)->name;
		if (known && strcmp(known, name) == 0) {
			*out = (enum screen)i;
			return true;
		}
	}
	return false;
}

/* The configuration may have changed since: places that are gone are asked for again. */
static void fit_places(const struct panel *panel, struct draft *draft, enum screen *screen)
{
	const json_t *place = json_array_get(panel->places, (size_t)draft->place);
	bool any = json_array_size(panel->places) > 0;

	if (draft->place >= 0 && !place)
		draft->place = -1;
	if (*screen == SCREEN_PART && json_array_size(json_object_get(place, "parts")) == 0)
		*screen = SCREEN_PLACE;
	if (*screen == SCREEN_PLACE && !any)
		*screen = SCREEN_ADDRESS;
}

int draft_restore(struct panel *panel, const char *id, const json_t *data)
{
	struct draft draft = { 0 };
	enum screen screen = SCREEN_CATEGORY;
	int page = 0, cursor = 0;
	int error = 0;

	if (!uuid_valid(id) || !restore_screen(message_text(data, "screen"), &screen) ||
		!restore_choice(data, "category", COMPLAINT_CATEGORIES, &draft.category) ||
		!restore_choice(data, "about", COMPLAINT_ABOUTS, &draft.about) ||
		!restore_choice(data, "confidential", 2, &draft.confidential) ||
		!restore_choice(data, "place", INT16_MAX, &draft.place) ||
		!restore_choice(data, "cursor", ENTRY_MAX + 1, &cursor) ||
		!restore_choice(data, "page", INT16_MAX, &page) ||
		!restore_text(data, "address", draft.address, sizeof(draft.address)) ||
		!restore_text(data, "text", draft.text, sizeof(draft.text)) ||
		!restore_text(data, "name", draft.name, sizeof(draft.name)) ||
		!restore_text(data, "phone", draft.phone, sizeof(draft.phone)) || cursor < 0 ||
		page < 0) {
		error = -EPROTO;
	} else {
		memcpy(draft.id, id, UUID_SIZE);
		draft.editing = json_is_true(json_object_get(data, "editing"));
		draft.shown_how = json_is_true(json_object_get(data, "shown_how"));
		draft.cursor = (size_t)cursor;
		draft.page = (unsigned)page;
		fit_places(panel, &draft, &screen);
		panel->session.language = language_known(message_text(data, "language"));
		panel->session.draft = draft;
		panel->session.after = screen;
		panel->session.given = true;
	}
	explicit_bzero(&draft, sizeof(draft));
	return error;
}

void draft_resume(struct panel *panel)
{
	struct session *session = &panel->session;
	const struct keypad_event left = { .action = KEYPAD_PRESS, .key = 'B' };
	size_t cursor = session->draft.cursor;
	unsigned page = session->draft.page;

	panel_go(panel, session->after);
	session->page = page;
	if (!screen_ops(session->screen)->typed)
		return;
	while (session->entry.cursor > cursor &&
		entry_key(&session->entry, &left, panel->now_ms) == ENTRY_CHANGED)
		continue;
}
