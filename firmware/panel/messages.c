/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kotakd says. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "panel/internal.h"
#include "panel/plain.h"

const char *message_text(const json_t *message, const char *key)
{
	const char *text = json_string_value(json_object_get(message, key));

	return text ? text : "";
}

void message_day(const char *time, char out[static DAY_SIZE])
{
	int64_t time_ms = 0;
	struct tm day = { 0 };

	out[0] = '\0';
	if (time_parse(time, &time_ms) < 0)
		return;
	time_t seconds = (time_t)(time_ms / 1000);
	if (localtime_r(&seconds, &day))
		strftime(out, DAY_SIZE, "%d-%m-%Y", &day);
}

void message_date(const char *date, char out[static DAY_SIZE])
{
	struct tm day = { 0 };
	const char *end = strptime(date, "%Y-%m-%d", &day);

	out[0] = '\0';
	if (end && !*end && strftime(out, DAY_SIZE, "%d-%m-%Y", &day) == 0)
		out[0] = '\0';
}

static int copy_plain(const json_t *message, const char *key, char *out, size_t size)
{
	size_t length = 0;

	return plain_append(out, size, &length, message_text(message, key), false);
}

/* A copy of a member instead of the one before. */
static int keep_copy(const json_t *value, json_t **kept)
{
	json_t *copy = value ? json_deep_copy(value) : NULL;

	if (value && !copy)
		return -ENOMEM;
	json_decref(*kept);
	*kept = copy;
	return 0;
}

static void set_timezone(const char *zone)
{
	if (!*zone)
		return;
	/* Without memory for it days are counted in UTC. */
	setenv("TZ", zone, 1);
	tzset();
}

static bool young(const json_t *session, json_int_t most_s)
{
	const json_t *age = json_object_get(session, "age_s");

	return json_is_integer(age) && json_integer_value(age) <= most_s;
}

static bool offer_ticket(struct panel *panel, const json_t *offered)
{
	struct session *session = &panel->session;
	const char *pin = message_text(offered, "pin");

	if (!young(offered, TICKET_AGE_S) || strlen(pin) != PANEL_PIN_SIZE - 1 ||
		ticket_parse(message_text(offered, "ticket"), session->ticket) < 0)
		return false;
	memcpy(session->draft.id, message_text(offered, "id"), UUID_SIZE);
	memcpy(session->pin, pin, PANEL_PIN_SIZE);
	session->given = true;
	panel_go(panel, SCREEN_TICKET);
	return true;
}

/* A clock that can't tell is what a power cut leaves behind: its draft is offered too. */
static bool offer_draft(struct panel *panel, const json_t *offered)
{
	bool unknown = json_is_null(json_object_get(offered, "age_s"));

	if ((!unknown && !young(offered, PANEL_DRAFT_AGE_S)) ||
		draft_restore(
			panel, message_text(offered, "id"), json_object_get(offered, "data")) < 0)
		return false;
	panel_go(panel, SCREEN_RESUME);
	return true;
}

/* What was left when the panel died; whoever stands at it by now comes first. */
static void offer_session(struct panel *panel, const json_t *offered)
{
	const char *id = message_text(offered, "id");
	const char *kind = message_text(offered, "kind");
	bool taken = false;

	if (!uuid_valid(id) || strcmp(id, panel->session.draft.id) == 0)
		return;
	if (panel->session.screen == SCREEN_ATTRACT) {
		panel->touched_ms = panel->now_ms;
		taken = strcmp(kind, "ticket") == 0  ? offer_ticket(panel, offered)
			: strcmp(kind, "draft") == 0 ? offer_draft(panel, offered)
						     : false;
	}
	if (!taken)
		tell(panel, json_pack("{s:s, s:s}", "type", "discard", "id", id));
}

static int take_start(struct panel *panel, const json_t *message)
{
	const char *language = language_known(message_text(message, "language"));
	int error = 0;

	error = copy_plain(message, "name", panel->name, sizeof(panel->name));
	if (!error)
		error = copy_plain(message, "number", panel->number, sizeof(panel->number));
	if (!error)
		error = keep_copy(json_object_get(message, "places"), &panel->places);
	if (error)
		return error;
	if (language)
		panel->language = language;
	set_timezone(message_text(message, "timezone"));
	panel->printer = json_is_true(json_object_get(message, "printer"));
	panel_connected(panel, true, panel->now_ms);
	offer_session(panel, json_object_get(message, "session"));
	return 0;
}

/* Whether it is about this session; an answer that comes too late is nobody's. */
static bool is_own(const struct panel *panel, const json_t *message)
{
	return *panel->session.draft.id &&
	       strcmp(message_text(message, "id"), panel->session.draft.id) == 0;
}

static bool is_awaited(const struct panel *panel, const json_t *message)
{
	return panel->session.request != 0 && panel->session.screen == SCREEN_ASKING &&
	       json_integer_value(json_object_get(message, "request")) ==
		       (json_int_t)panel->session.request;
}

/* The complaint is kept: its draft goes, wherever in it the person is. */
static int take_ticket(struct panel *panel, const json_t *message)
{
	struct session *session = &panel->session;
	const char *pin = message_text(message, "pin");
	char ticket[TICKET_SIZE];
	char id[UUID_SIZE];

	if (!uuid_valid(message_text(message, "id")) || strlen(pin) != PANEL_PIN_SIZE - 1 ||
		ticket_parse(message_text(message, "ticket"), ticket) < 0)
		return -EPROTO;
	if (!is_own(panel, message) || !session->submitted || *session->ticket)
		return 0;
	memcpy(id, session->draft.id, UUID_SIZE);
	explicit_bzero(&session->draft, sizeof(session->draft));
	explicit_bzero(&session->told_draft, sizeof(session->told_draft));
	memcpy(session->draft.id, id, UUID_SIZE);
	memcpy(session->ticket, ticket, TICKET_SIZE);
	memcpy(session->pin, pin, PANEL_PIN_SIZE);
	session->printing = json_is_true(json_object_get(message, "printing"));
	panel_go(panel, SCREEN_TICKET);
	panel->sound = PANEL_SUCCESS;
	return 0;
}

static int take_case(struct panel *panel, const json_t *message)
{
	char ticket[TICKET_SIZE];
	bool found = json_is_true(json_object_get(message, "found"));

	if (!json_is_boolean(json_object_get(message, "found")) ||
		(found && ticket_parse(message_text(message, "ticket"), ticket) < 0))
		return -EPROTO;
	if (is_awaited(panel, message) && panel->session.kind == REQUEST_LOOKUP)
		case_answered(panel, message);
	return 0;
}

static int take_done(struct panel *panel, const json_t *message)
{
	if (!json_is_boolean(json_object_get(message, "ok")))
		return -EPROTO;
	if (is_awaited(panel, message) && panel->session.kind != REQUEST_LOOKUP)
		case_done(panel, json_is_true(json_object_get(message, "ok")),
			json_is_true(json_object_get(message, "reopened")));
	return 0;
}

static int take_failed(struct panel *panel, const json_t *message)
{
	if (is_awaited(panel, message))
		case_failed(panel);
	else if (is_own(panel, message) && panel->session.screen == SCREEN_SENDING)
		panel->session.trouble = true;
	return 0;
}

static int take_printing(struct panel *panel, const json_t *message)
{
	struct session *session = &panel->session;
	const char *state = message_text(message, "state");
	bool waiting = strcmp(state, "waiting") == 0;
	bool printed = strcmp(state, "printed") == 0;

	if (!waiting && !printed && strcmp(state, "failed") != 0)
		return -EPROTO;
	if (!is_own(panel, message) || !*session->ticket)
		return 0;
	session->printing = waiting;
	session->printed = printed;
	return 0;
}

static int take_printer(struct panel *panel, const json_t *message)
{
	if (!json_is_boolean(json_object_get(message, "able")))
		return -EPROTO;
	panel->printer_able = json_is_true(json_object_get(message, "able"));
	return 0;
}

static int take_notice(struct panel *panel, const json_t *message)
{
	return keep_copy(message, &panel->notice);
}

static int take_lamp(struct panel *panel, const json_t *message)
{
	const char *state = message_text(message, "state");

	if (strcmp(state, "on") == 0)
		panel->lamp = PANEL_LAMP_ON;
	else if (strcmp(state, "blink") == 0)
		panel->lamp = PANEL_LAMP_BLINK;
	else if (strcmp(state, "off") == 0)
		panel->lamp = PANEL_LAMP_OFF;
	else
		return -EPROTO;
	return 0;
}

static int take_number(struct panel *panel, const json_t *message)
{
	return copy_plain(message, "number", panel->number, sizeof(panel->number));
}

int panel_take(struct panel *panel, const json_t *message, int64_t now_ms)
{
	static const struct {
		const char *type;
		int (*take)(struct panel *panel, const json_t *message);
	} types[] = {
		{ "start", take_start },
		{ "ticket", take_ticket },
		{ "case", take_case },
		{ "done", take_done },
		{ "failed", take_failed },
		{ "printing", take_printing },
		{ "printer", take_printer },
		{ "notice", take_notice },
		{ "lamp", take_lamp },
		{ "number", take_number },
	};
	int error = -EPROTO;

	panel->now_ms = now_ms;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strcmp(types[i].type, message_text(message, "type")) == 0)
			error = types[i].take(panel, message);
	}
	int settled = panel_settle(panel);
	return error ? error : settled;
}
