/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The start message: the configuration, and the session that was interrupted. */
#include <errno.h>
#include <string.h>

#include "kotakd/panel_private.h"
#include "panel/panel.h"

/*
 * The age of a session. Within one boot its own clock knows, whatever became of kotakd and of the
 * wall clock; across boots only a wall clock that doesn't guess: else null.
 */
static json_t *session_age(const struct kiosk_panel *panel, const struct panel_session *session)
{
	const struct clock_reading *time = &panel->kiosk->time;
	int64_t age_ms = time->wall_ms - session->updated_ms;

	if (session->boot == panel->kiosk->boot)
		age_ms = time->mono_ms - session->mono_ms;
	else if (time->quality == CLOCK_GUESS)
		return json_null();
	return age_ms < 0 ? json_null() : json_integer((json_int_t)(age_ms / 1000));
}

static int draft_json(const struct panel_session *session, json_t *age, json_t **out)
{
	json_t *data = json_loads(session->data, JSON_REJECT_DUPLICATES, NULL);

	/* A damaged one is no draft any more. */
	if (!json_is_object(data)) {
		json_decref(data);
		return 0;
	}
	*out = json_pack("{s:s, s:s, s:o, s:O}", "kind", "draft", "id", session->uuid, "data", data,
		"age_s", age);
	return *out ? 1 : -ENOMEM;
}

static int ticket_json(
	struct store *store, const struct panel_session *session, json_t *age, json_t **out)
{
	struct complaint complaint = { 0 };
	int found = store_complaint_by_uuid(store, session->uuid, &complaint);

	if (found > 0) {
		*out = json_pack("{s:s, s:s, s:s, s:s, s:O}", "kind", "ticket", "id", session->uuid,
			"ticket", complaint.ticket, "pin", complaint.pin, "age_s", age);
		found = *out ? 1 : -ENOMEM;
	}
	complaint_release(&complaint);
	return found;
}

/* A draft that couldn't be written yet is newer than what the store has. 1, or -ENOMEM. */
static int pending_session(const struct kiosk_panel *panel, struct panel_session *out)
{
	*out = (struct panel_session) { .data = strdup(panel->draft),
		.updated_ms = panel->kiosk->time.wall_ms,
		.boot = panel->kiosk->boot,
		.mono_ms = panel->kiosk->time.mono_ms };
	memcpy(out->uuid, panel->draft_id, UUID_SIZE);
	return out->data ? 1 : -ENOMEM;
}

/* Whether it is over, though that couldn't be written yet. */
static bool ended(const struct kiosk_panel *panel, const char *uuid)
{
	return !panel->draft && *panel->ended_id &&
	       (panel->ended_more || strcmp(panel->ended_id, uuid) == 0);
}

/*
 * The session that the store holds, as the start message has it. One that is too old, or can't be
 * read, is forgotten instead. NULL without memory.
 */
static json_t *session_json(struct kiosk_panel *panel)
{
	struct store *store = panel->kiosk->store;
	struct panel_session session = { 0 };
	json_t *out = NULL;
	int found = panel->draft ? pending_session(panel, &session)
				 : store_panel_session(store, &session);

	if (found <= 0)
		return json_null();
	autojson json_t *age = session_age(panel, &session);
	bool over = ended(panel, session.uuid) || json_integer_value(age) > PANEL_DRAFT_AGE_S;
	if (over)
		found = 0;
	else
		found = session.data ? draft_json(&session, age, &out)
				     : ticket_json(store, &session, age, &out);
	if (found == 0 && store_begin(store) == 0 &&
		(store_panel_clear(store, session.uuid) < 0 || store_commit(store) < 0))
		store_rollback(store);
	panel_session_release(&session);
	return found > 0 ? out : json_null();
}

static json_t *display_json(const struct config_display *display)
{
	return json_pack("{s:i, s:i, s:b, s:i, s:i, s:b}", "columns", (int)display->columns, "rows",
		(int)display->rows, "i2c", display->i2c, "bus", (int)display->bus, "address",
		(int)display->address, "wiring_b", display->wiring_b);
}

/* What the worker's next life begins with. */
int panel_give_start(struct kiosk_panel *panel)
{
	const struct config *config = &panel->kiosk->config;
	autojson json_t *start = json_pack(
		"{s:s, s:s, s:s?, s:s?, s:o, s:s, s:s, s:s, s:O, s:b, s:s, s:o}", "type", "start",
		"driver", config->panel_driver, "board", config->panel_board, "lines",
		config->panel_lines, "display", display_json(&config->display), "name",
		config->kiosk_name, "language", config->locale, "timezone", config->timezone,
		"places", panel->places, "printer", panel->kiosk->printing != NULL, "number",
		panel->number, "session", session_json(panel));

	panel->start_stale = false;
	return start ? panel->worker->ops->start(panel->worker, start, panel->kiosk->time.mono_ms)
		     : -ENOMEM;
}
