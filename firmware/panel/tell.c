/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages for kotakd wait here until it takes them; only the newest of a kind does. */
#include <string.h>

#include "panel/internal.h"

static const char *type_of(const json_t *message)
{
	return message_text(message, "type");
}

json_t *tell_take(struct panel *panel, size_t at)
{
	json_t *message = panel->queue[at];

	panel->queued--;
	for (size_t i = at; i < panel->queued; i++)
		panel->queue[i] = panel->queue[i + 1];
	return message;
}

static void remove_at(struct panel *panel, size_t at)
{
	json_decref(tell_take(panel, at));
}

void tell(struct panel *panel, json_t *message)
{
	if (!message) {
		panel->failed = true;
		return;
	}
	for (size_t i = 0; i < panel->queued; i++) {
		if (strcmp(type_of(panel->queue[i]), type_of(message)) == 0 &&
			strcmp(type_of(message), "discard") != 0) {
			remove_at(panel, i);
			break;
		}
	}
	/* Only those of sessions long over are ever so many. */
	if (panel->queued == PANEL_QUEUE_MAX)
		remove_at(panel, 0);
	panel->queue[panel->queued++] = message;
}

void tell_forget(struct panel *panel)
{
	const struct session *session = &panel->session;

	for (size_t i = panel->queued; i > 0; i--) {
		if (strcmp(type_of(panel->queue[i - 1]), "discard") != 0)
			remove_at(panel, i - 1);
	}
	if (*session->draft.id && session->given)
		tell(panel, json_pack("{s:s, s:s}", "type", "discard", "id", session->draft.id));
}

void tell_request(struct panel *panel)
{
	static const char *const types[] = { [REQUEST_NONE] = "",
		[REQUEST_LOOKUP] = "lookup",
		[REQUEST_RATE] = "rate",
		[REQUEST_ADD] = "add",
		[REQUEST_WITHDRAW] = "withdraw" };
	const struct session *session = &panel->session;
	json_t *message = json_pack("{s:s, s:I, s:s, s:s}", "type", types[session->kind], "request",
		(json_int_t)session->request, "ticket", session->ticket, "pin", session->pin);
	int error = message ? 0 : -1;

	if (session->kind == REQUEST_RATE)
		error |= json_object_set_new(message, "rating", json_integer(session->rating));
	if (session->kind == REQUEST_ADD) {
		error |= json_object_set_new(message, "text", json_string(session->addition));
		error |= json_object_set_new(message, "id", json_string(session->added));
	}
	if (error) {
		json_decref(message);
		message = NULL;
	}
	tell(panel, message);
}

void tell_print(struct panel *panel)
{
	tell(panel, json_pack("{s:s, s:s}", "type", "print", "id", panel->session.draft.id));
}

static const char *chosen(const char *const *names, int number)
{
	return number >= 0 ? names[number] : "other";
}

void tell_submit(struct panel *panel)
{
	const struct draft *draft = &panel->session.draft;

	tell(panel,
		json_pack("{s:s, s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}}", "type",
			"submit", "id", draft->id, "complaint", "language", panel_language(panel),
			"category", chosen(complaint_categories, draft->category), "about",
			chosen(complaint_abouts, draft->about), "address", draft->address, "text",
			draft->text, "name", draft->name, "phone", draft->phone, "confidential",
			draft->confidential == 1));
}

void tell_draft(struct panel *panel)
{
	struct session *session = &panel->session;
	json_t *data = NULL;

	if (!*session->draft.id || !screen_ops(session->screen)->name)
		return;
	if (screen_ops(session->screen)->typed)
		session->draft.cursor = session->entry.cursor;
	session->draft.page = session->page;
	if (session->told_screen == session->screen &&
		draft_same(&session->told_draft, &session->draft))
		return;
	data = draft_data(panel);
	tell(panel, data ? json_pack("{s:s, s:s, s:o}", "type", "draft", "id", session->draft.id,
				   "data", data)
			 : NULL);
	if (panel->failed)
		return;
	session->told_draft = session->draft;
	session->told_screen = session->screen;
}
