/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the panel is told unasked, and what it tells of itself. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "kotakd/address.h"
#include "kotakd/panel.h"
#include "kotakd/panel_private.h"
#include "kotakd/status.h"

/* How often it is looked whether all is well, for the lamp. */
#define LAMP_MS 10000
#define NOTICE_MS (INT64_C(3600) * 1000)
/* At most so often, after a change that matters, and after what changes all the time. */
#define NOTICE_URGENT_MS 1000
#define NOTICE_LAZY_MS 60000

void panel_tell(struct kiosk_panel *panel, json_t *message)
{
	int error = message ? panel->worker->ops->send(panel->worker, message) : -ENOMEM;

	if (error < 0 && error != -ENOTCONN)
		log_warning("the panel's worker doesn't take a message (%s)", strerror(-error));
	json_decref(message);
}

void panel_find_number(const struct kiosk *kiosk, char out[static MODEM_ADDRESS_SIZE])
{
	*out = '\0';
	for (size_t i = 0; i < kiosk->modem_count && !*out; i++) {
		const char *told = kiosk->modems[i].status.own_number;
		if (*told)
			address_normalise(told,
				*told == '+' ? MODEM_ADDRESS_INTERNATIONAL : MODEM_ADDRESS_NATIONAL,
				out);
	}
}

static void tell_printer(struct kiosk_panel *panel, bool able, enum printer_state state)
{
	panel_tell(panel, json_pack("{s:s, s:b, s:s}", "type", "printer", "able", able, "state",
				  printer_state_name(state)));
}

static void on_slip(
	void *context, const char *uuid, enum printing_stage stage, enum printer_state reason)
{
	static const char *const stages[] = { [PRINTING_WAITING] = "waiting",
		[PRINTING_PRINTED] = "printed",
		[PRINTING_FAILED] = "failed" };
	const struct kiosk *kiosk = context;

	if (kiosk->panel)
		panel_tell(kiosk->panel,
			json_pack("{s:s, s:s, s:s, s:s?}", "type", "printing", "id", uuid, "state",
				stages[stage], "reason",
				reason == PRINTER_UNKNOWN ? NULL : printer_state_name(reason)));
}

static void on_printer(void *context, bool able, enum printer_state state)
{
	const struct kiosk *kiosk = context;

	if (kiosk->panel)
		tell_printer(kiosk->panel, able, state);
}

struct printing_listener kiosk_panel_listener(struct kiosk *kiosk)
{
	return (struct printing_listener) { on_slip, on_printer, kiosk };
}

void panel_started(struct kiosk_panel *panel)
{
	enum printer_state state = PRINTER_UNKNOWN;
	bool able = printing_able(panel->kiosk, &state);

	panel->running = true;
	panel->since_ms = panel->kiosk->time.wall_ms;
	/* Told anew, whatever the one before knew. */
	panel->lamp = NULL;
	panel->lamp_ms = panel->notice_ms = panel->noticed_ms = 0;
	json_decref(take_pointer(panel->notice));
	if (panel->kiosk->printing)
		tell_printer(panel, able, state);
}

void panel_stopped(struct kiosk_panel *panel, const char *why)
{
	log_warning("the panel's worker ended (%s), it is started again", why);
	panel->running = false;
	panel->kiosk->restarts++;
	panel->start_stale = true;
	panel->since_ms = panel->kiosk->time.wall_ms;
	snprintf(panel->stopped, sizeof(panel->stopped), "%s", why);
	*panel->display = *panel->keypad = *panel->lines = '\0';
}

static bool has_trouble(const struct kiosk_panel *panel)
{
	return !panel->running || *panel->display || *panel->keypad || *panel->lines;
}

static void take_trouble(
	const json_t *message, const char *name, char out[static PANEL_TROUBLE_MAX])
{
	const char *text = panel_text(message, name, PANEL_TROUBLE_MAX - 1);

	snprintf(out, PANEL_TROUBLE_MAX, "%s", text ? text : "its words make no sense");
}

/* The worker's word on its devices, and how quick keys are. */
void panel_take_status(struct kiosk_panel *panel, const json_t *message)
{
	static const char *const figures[] = { "count", "p50_us", "p99_us", "max_us" };
	const json_t *told = json_object_get(message, "echo");
	json_t *echo = json_object();
	bool before = has_trouble(panel);

	take_trouble(message, "display", panel->display);
	take_trouble(message, "keypad", panel->keypad);
	take_trouble(message, "lines", panel->lines);
	if (has_trouble(panel) != before) {
		panel->since_ms = panel->kiosk->time.wall_ms;
		panel->lamp_ms = 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(figures); i++) {
		const json_t *figure = json_object_get(told, figures[i]);
		if (json_object_set_new(
			    echo, figures[i], json_integer(json_integer_value(figure))) < 0)
			json_decref(take_pointer(echo));
	}
	if (echo) {
		json_decref(panel->echo);
		panel->echo = echo;
	}
}

void kiosk_panel_changed(struct kiosk *kiosk, bool urgent)
{
	struct kiosk_panel *panel = kiosk->panel;

	if (!panel)
		return;
	int64_t due_ms = panel->noticed_ms + (urgent ? NOTICE_URGENT_MS : NOTICE_LAZY_MS);
	if (due_ms < panel->notice_ms)
		panel->notice_ms = due_ms;
}

static void tell_number(struct kiosk_panel *panel)
{
	char number[MODEM_ADDRESS_SIZE];

	panel_find_number(panel->kiosk, number);
	/* A modem that is silent for a while still has its SIM. */
	if (!*number || strcmp(number, panel->number) == 0)
		return;
	memcpy(panel->number, number, sizeof(number));
	panel_tell(panel, json_pack("{s:s, s:s}", "type", "number", "number", number));
}

static void tell_lamp(struct kiosk_panel *panel)
{
	const char *lamp = status_all_ok(panel->kiosk) ? "on" : "blink";

	panel->lamp_ms = panel->kiosk->time.mono_ms + LAMP_MS;
	if (panel->lamp && strcmp(lamp, panel->lamp) == 0)
		return;
	panel->lamp = lamp;
	panel_tell(panel, json_pack("{s:s, s:s}", "type", "lamp", "state", lamp));
}

/* Whether this is a dusun of the office's own list: anything else may tell who lives there. */
static bool known_place(const struct kiosk_panel *panel, const char *place)
{
	size_t index;
	json_t *known;

	json_array_foreach (panel->places, index, known) {
		if (strcasecmp(json_string_value(json_object_get(known, "name")), place) == 0)
			return true;
	}
	return false;
}

static void hide_places(const struct kiosk_panel *panel, json_t *notice)
{
	size_t index;
	json_t *line;

	json_array_foreach (json_object_get(notice, "cases"), index, line) {
		const char *place = json_string_value(json_object_get(line, "place"));
		if (!place || !known_place(panel, place))
			json_object_set_new(line, "place", json_string(""));
	}
}

static void tell_notice(struct kiosk_panel *panel)
{
	struct kiosk *kiosk = panel->kiosk;
	json_t *notice = NULL;

	panel->noticed_ms = kiosk->time.mono_ms;
	panel->notice_ms = kiosk->time.mono_ms + NOTICE_MS;
	if (store_notice_board(kiosk->store, kiosk->time.wall_ms, kiosk->utc_offset_s, &notice) < 0)
		return;
	hide_places(panel, notice);
	if (!json_equal(notice, panel->notice))
		panel_tell(panel, json_incref(notice));
	json_decref(panel->notice);
	panel->notice = notice;
}

void panel_tell_news(struct kiosk_panel *panel)
{
	tell_number(panel);
	if (!panel->running)
		return;
	if (panel->kiosk->time.mono_ms >= panel->lamp_ms)
		tell_lamp(panel);
	if (panel->kiosk->time.mono_ms >= panel->notice_ms)
		tell_notice(panel);
}

int kiosk_panel_status(const struct kiosk *kiosk, struct kiosk_panel_status *out)
{
	const struct kiosk_panel *panel = kiosk->panel;

	if (!panel)
		return 0;
	*out = (struct kiosk_panel_status) {
		.ok = !has_trouble(panel), .running = panel->running, .since_ms = panel->since_ms
	};
	if (out->ok)
		snprintf(out->text, sizeof(out->text), "works: %s %s",
			panel->kiosk->config.panel_driver, panel->kiosk->config.panel_display);
	else if (!panel->running)
		snprintf(out->text, sizeof(out->text), "its process doesn't run: %s",
			panel->stopped);
	else
		snprintf(out->text, sizeof(out->text), "%s%s%s%s%s", panel->display,
			*panel->display && *panel->keypad ? "; " : "", panel->keypad,
			(*panel->display || *panel->keypad) && *panel->lines ? "; " : "",
			panel->lines);
	out->advice = out->ok ? NULL
		      : panel->running
			      ? "compare the wiring with docs/wiring.md; it goes on by itself "
				"once that is mended"
			      : "it is started again and again; kotakd's log says what is "
				"wrong";
	return 1;
}

json_t *kiosk_panel_detail(const struct kiosk *kiosk)
{
	const struct kiosk_panel *panel = kiosk->panel;

	if (!panel)
		return json_null();
	return json_pack("{s:b, s:s, s:s, s:s, s:O?}", "running", panel->running, "display",
		panel->display, "keypad", panel->keypad, "lines", panel->lines, "echo",
		panel->echo);
}
