/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/panel.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/log.h"
#include "kotakd/panel_private.h"
#include "kotakd/printing.h"

/* Messages dealt with in one transaction. */
#define BATCH_MAX 64
/* What couldn't be written is tried again after a while. */
#define RETRY_MS 2000
#define DRAFT_BYTES_MAX 16384
/* So many transactions in one wake-up; what is left wakes us again. */
#define ROUNDS_MAX 16

int panel_say(struct panel_turn *turn, json_t *answer)
{
	return json_array_append_new(turn->answers, answer) < 0 ? -ENOMEM : 0;
}

const char *panel_text(const json_t *message, const char *name, size_t most)
{
	const json_t *value = json_object_get(message, name);
	const char *text = json_string_value(value);
	size_t size = json_string_length(value);

	if (!value || json_is_null(value))
		return "";
	if (!text || size > most || strlen(text) != size)
		return NULL;
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)text[i];
		if ((byte < ' ' && byte != '\n') || byte == 0x7F)
			return NULL;
	}
	return text;
}

static void forget_draft(struct kiosk_panel *panel)
{
	if (panel->draft)
		explicit_bzero(panel->draft, strlen(panel->draft));
	free(take_pointer(panel->draft));
	*panel->draft_id = '\0';
}

/* The latest one counts; it is written with whatever else this wake-up has. */
static int take_draft(struct kiosk_panel *panel, const json_t *message)
{
	const char *id = panel_text(message, "id", UUID_SIZE - 1);
	const json_t *data = json_object_get(message, "data");

	if (!id || !uuid_valid(id) || !json_is_object(data))
		return -EPROTO;
	char *draft = json_dumps(data, JSON_COMPACT);
	if (!draft)
		return -ENOMEM;
	if (strlen(draft) > DRAFT_BYTES_MAX) {
		free(draft);
		return -EPROTO;
	}
	forget_draft(panel);
	panel->draft = draft;
	memcpy(panel->draft_id, id, UUID_SIZE);
	panel->retry_ms = 0;
	return 0;
}

static int take_discard(struct kiosk_panel *panel, const json_t *message)
{
	const char *id = panel_text(message, "id", UUID_SIZE - 1);

	if (!id || !uuid_valid(id))
		return -EPROTO;
	if (strcmp(id, panel->draft_id) == 0)
		forget_draft(panel);
	memcpy(panel->ended_id, id, UUID_SIZE);
	panel->retry_ms = 0;
	return 0;
}

static const struct {
	const char *type;
	panel_action *act;
} actions[] = {
	{ "submit", panel_submit },
	{ "print", panel_print },
	{ "lookup", panel_lookup },
	{ "rate", panel_rate },
	{ "add", panel_add },
	{ "withdraw", panel_withdraw },
};

static panel_action *action_of(const json_t *message)
{
	const char *type = json_string_value(json_object_get(message, "type"));

	for (size_t i = 0; type && i < ARRAY_SIZE(actions); i++) {
		if (strcmp(type, actions[i].type) == 0)
			return actions[i].act;
	}
	return NULL;
}

/* What is said instead of the answer when it couldn't be written down; NULL for nobody. */
static json_t *failure_of(const json_t *message)
{
	const char *id = json_string_value(json_object_get(message, "id"));
	json_t *request = json_object_get(message, "request");

	/* An addition has both. */
	if (request)
		return json_pack("{s:s, s:O}", "type", "failed", "request", request);
	return id ? json_pack("{s:s, s:s}", "type", "failed", "id", id) : NULL;
}

/* The message in a savepoint of its own: one that fails leaves the others alone. */
static int act_alone(struct panel_turn *turn, const json_t *message)
{
	struct store *store = turn->kiosk->store;
	size_t said = json_array_size(turn->answers);
	int error = store_savepoint(store);

	if (error < 0)
		return error;
	error = action_of(message)(turn, message);
	if (error >= 0)
		return store_release(store);
	store_undo(store);
	while (json_array_size(turn->answers) > said)
		json_array_remove(turn->answers, said);
	if (error == -EPROTO)
		log_warning("a message of the panel's worker makes no sense: a '%s' is refused",
			json_string_value(json_object_get(message, "type")));
	else
		log_error("a '%s' of the panel can't be written down (%s): it is told to try again",
			json_string_value(json_object_get(message, "type")), strerror(-error));
	json_t *failure = failure_of(message);
	return failure ? panel_say(turn, failure) : 0;
}

/* The end of a session, then the latest draft, unless it is a complaint by now. */
static int write_session(struct kiosk_panel *panel, const struct moment *moment)
{
	struct store *store = panel->kiosk->store;
	struct complaint complaint = { 0 };
	int result = 0;

	if (*panel->ended_id)
		result = store_panel_clear(store, panel->ended_more ? NULL : panel->ended_id);
	/* Whoever left takes no slip any more: its PIN would lie in the tray. */
	if (*panel->ended_id && result >= 0)
		result = printing_cancel(panel->kiosk, panel->ended_id);
	if (result < 0 || !panel->draft)
		return result;
	result = store_complaint_by_uuid(store, panel->draft_id, &complaint);
	complaint_release(&complaint);
	if (result != 0)
		return result < 0 ? result : 0;
	return store_panel_put(
		store, moment, panel->kiosk->time.mono_ms, panel->draft_id, panel->draft);
}

static bool session_due(const struct kiosk_panel *panel)
{
	return (panel->draft || *panel->ended_id) && panel->kiosk->time.mono_ms >= panel->retry_ms;
}

static int write_all(struct kiosk_panel *panel, struct panel_turn *turn, const json_t *messages)
{
	struct store *store = panel->kiosk->store;
	size_t index;
	json_t *message;
	int error = store_begin(store);

	json_array_foreach (messages, index, message) {
		if (error == 0)
			error = act_alone(turn, message);
	}
	if (error == 0)
		error = write_session(panel, &turn->moment);
	if (error == 0)
		error = store_commit(store);
	if (error < 0)
		store_rollback(store);
	return error;
}

/* Nothing waits any more for being written. */
static void session_written(struct kiosk_panel *panel)
{
	*panel->ended_id = '\0';
	panel->ended_more = false;
	forget_draft(panel);
	panel->trouble_said = false;
}

/* Nothing of this wake-up was written: whoever waits is told, the draft waits here. */
static void write_failed(struct kiosk_panel *panel, const json_t *messages)
{
	size_t index;
	json_t *message;

	panel->retry_ms = panel->kiosk->time.mono_ms + RETRY_MS;
	panel->ended_more = *panel->ended_id != '\0';
	if (!panel->trouble_said)
		log_error("what is typed at the panel can't be written down: free space or change "
			  "the SD card; it is tried again");
	panel->trouble_said = true;
	json_array_foreach (messages, index, message) {
		json_t *failure = failure_of(message);
		if (failure)
			panel_tell(panel, failure);
	}
}

/* One transaction for all that this wake-up brought; answers go out after it. */
static void panel_write(struct kiosk_panel *panel, const json_t *messages)
{
	autojson json_t *answers = json_array();
	struct panel_turn turn = {
		.kiosk = panel->kiosk, .moment = kiosk_moment(panel->kiosk), .answers = answers
	};
	size_t index;
	json_t *answer;

	if (json_array_size(messages) == 0 && !session_due(panel))
		return;
	if (!answers || write_all(panel, &turn, messages) < 0) {
		write_failed(panel, messages);
		return;
	}
	session_written(panel);
	json_array_foreach (answers, index, answer) {
		panel_tell(panel, json_incref(answer));
	}
	if (turn.changed) {
		kiosk_panel_changed(panel->kiosk, true);
		kiosk_wake_sync(panel->kiosk);
	}
}

/* Takes over the message: it is dealt with now, or gathered for the transaction. */
static void take_message(struct kiosk_panel *panel, json_t *message, json_t *messages)
{
	autojson json_t *owned = message;
	const char *type = json_string_value(json_object_get(message, "type"));
	const char *word = type ? type : "";
	int error = 0;

	if (action_of(message))
		error = json_array_append(messages, owned) < 0 ? -ENOMEM : 0;
	else if (strcmp(word, "status") == 0)
		panel_take_status(panel, message);
	else if (strcmp(word, "draft") == 0)
		error = take_draft(panel, message);
	else if (strcmp(word, "discard") == 0)
		error = take_discard(panel, message);
	else
		error = -EPROTO;
	if (error == -EPROTO)
		log_warning("a message of the panel's worker makes no sense and is refused");
	else if (error < 0)
		log_error("a message of the panel's worker is lost: out of memory");
}

/* Whether this one must be written before those behind it are looked at. */
static bool ends_batch(const json_t *message)
{
	const char *type = json_string_value(json_object_get(message, "type"));

	return type && (strcmp(type, "submit") == 0 || strcmp(type, "discard") == 0);
}

/* Takes what is there, up to the end of a session. Whether there may be more. */
static bool gather(struct kiosk_panel *panel, json_t *messages)
{
	struct worker_event event;

	for (int count = 0; count < BATCH_MAX; count++) {
		int got =
			panel->worker->ops->next(panel->worker, &event, panel->kiosk->time.mono_ms);
		if (got < 0)
			log_error("what the panel's worker says can't be understood (%s)",
				strerror(-got));
		if (got <= 0)
			return false;
		bool last = event.type == WORKER_MESSAGE && ends_batch(event.message);
		if (event.type == WORKER_MESSAGE)
			take_message(panel, event.message, messages);
		else if (event.type == WORKER_STARTED)
			panel_started(panel);
		else
			panel_stopped(panel, event.text);
		if (last || event.type == WORKER_STOPPED)
			return true;
	}
	return true;
}

/* All that the worker said; a session that ended is written before the next one's draft. */
static void panel_work(struct kiosk_panel *panel)
{
	bool more = true;

	for (int round = 0; more && round < ROUNDS_MAX; round++) {
		autojson json_t *messages = json_array();
		if (!messages)
			return;
		more = gather(panel, messages);
		panel_write(panel, messages);
		/* The next life begins with what there is now. */
		if (panel->start_stale && panel_give_start(panel) < 0)
			log_error("the panel's start can't be put together: out of memory?");
	}
}

static int on_panel(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct kiosk_panel *panel = context;

	(void)source;
	(void)fd;
	(void)events;
	kiosk_read_clock(panel->kiosk);
	panel_work(panel);
	return 0;
}

void kiosk_panel_tick(struct kiosk *kiosk)
{
	struct kiosk_panel *panel = kiosk->panel;

	if (!panel)
		return;
	if (kiosk->time.mono_ms >= panel->worker->ops->deadline(panel->worker)) {
		panel->worker->ops->tick(panel->worker, kiosk->time.mono_ms);
		panel_work(panel);
	} else if (session_due(panel)) {
		panel_write(panel, NULL);
	}
	panel_tell_news(panel);
}

static int64_t earlier(int64_t one, int64_t other)
{
	return one < other ? one : other;
}

int64_t kiosk_panel_deadline(const struct kiosk *kiosk)
{
	const struct kiosk_panel *panel = kiosk->panel;

	if (!panel)
		return INT64_MAX;
	int64_t first = panel->worker->ops->deadline(panel->worker);
	if (panel->running)
		first = earlier(first, earlier(panel->lamp_ms, panel->notice_ms));
	if (panel->draft || *panel->ended_id)
		first = earlier(first, panel->retry_ms);
	return first;
}

int kiosk_panel_open(struct kiosk *kiosk)
{
	const struct config *config = &kiosk->config;

	if (strcmp(config->panel_driver, "none") == 0)
		return 0;
	struct kiosk_panel *panel = calloc(1, sizeof(*panel));
	if (!panel)
		return -ENOMEM;
	kiosk->panel = panel;
	panel->kiosk = kiosk;
	panel->since_ms = kiosk->time.wall_ms;
	snprintf(panel->stopped, sizeof(panel->stopped), "it isn't up yet");
	panel_find_number(kiosk, panel->number);
	int error = config_places(config, &panel->places);
	if (error == 0)
		error = kiosk->drivers->panel_new(config, &panel->worker);
	if (error == 0)
		error = panel_give_start(panel);
	if (error == 0)
		error = sd_event_add_io(kiosk->loop, &panel->source,
			panel->worker->ops->fd(panel->worker), EPOLLIN, on_panel, panel);
	if (error < 0)
		log_error("the panel can't be started: %s", strerror(-error));
	return error < 0 ? error : 0;
}

void kiosk_panel_close(struct kiosk *kiosk)
{
	struct kiosk_panel *panel = take_pointer(kiosk->panel);

	if (!panel)
		return;
	sd_event_source_unref(panel->source);
	if (panel->worker)
		panel->worker->ops->close(panel->worker);
	forget_draft(panel);
	json_decref(panel->places);
	json_decref(panel->echo);
	json_decref(panel->notice);
	free(panel);
}
