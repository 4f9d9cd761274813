/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialogue/pending.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "wire/event.h"

void pending_release(struct pending *pending)
{
	free(pending->text);
	free(pending->before.data);
	*pending = (struct pending) { 0 };
}

static bool action_from_name(const char *name, enum dialogue_intention *action)
{
	for (unsigned i = 0; name && i < DIALOGUE_INTENTION_COUNT; i++) {
		if (strcmp(name, dialogue_intention_name((enum dialogue_intention)i)) == 0) {
			*action = (enum dialogue_intention)i;
			return true;
		}
	}
	return false;
}

/* Whether there is enough of it to be carried out. */
static bool complete(const struct pending *pending)
{
	switch (pending->action) {
	case DIALOGUE_ADDITION:
	case DIALOGUE_OBJECTION:
		return pending->text && *pending->text;
	case DIALOGUE_RATING:
		return pending->rating > 0;
	case DIALOGUE_WITHDRAWAL:
	case DIALOGUE_CONFIDENTIAL:
	case DIALOGUE_STATUS:
		return true;
	default:
		return false;
	}
}

bool pending_holds_text(const struct pending *pending)
{
	return (pending->action == DIALOGUE_ADDITION || pending->action == DIALOGUE_OBJECTION) &&
	       pending->text;
}

static int copy_member(const json_t *object, const char *name, char **out)
{
	const char *value = json_string_value(json_object_get(object, name));

	if (!value)
		return 0;
	*out = strdup(value);
	return *out ? 0 : -ENOMEM;
}

static int read_before(const json_t *before, struct dialogue_session *out)
{
	const char *topic = json_string_value(json_object_get(before, "topic"));
	const char *ticket = json_string_value(json_object_get(before, "ticket"));

	if (!topic || !dialogue_topic_from_name(topic, &out->topic))
		return 0;
	snprintf(out->ticket, sizeof(out->ticket), "%s", ticket ? ticket : "");
	return copy_member(before, "data", &out->data);
}

int pending_read(const char *data, struct pending *out)
{
	autojson json_t *object = data ? json_loads(data, 0, NULL) : NULL;
	const json_t *tickets = json_object_get(object, "tickets");
	size_t index;
	const json_t *value;

	*out = (struct pending) { .action = DIALOGUE_IGNORED };
	if (!action_from_name(json_string_value(json_object_get(object, "action")), &out->action))
		return 0;
	json_array_foreach (tickets, index, value) {
		const char *ticket = json_string_value(value);
		if (ticket && out->count < DIALOGUE_CHOICES_MAX)
			snprintf(out->tickets[out->count++], TICKET_SIZE, "%s", ticket);
	}
	out->rating = (int)json_integer_value(json_object_get(object, "rating"));
	if (out->rating < 1 || out->rating > 5)
		out->rating = 0;
	out->on = json_is_true(json_object_get(object, "on"));
	out->fresh = json_is_true(json_object_get(object, "fresh"));
	int error = copy_member(object, "text", &out->text);
	if (error == 0)
		error = read_before(json_object_get(object, "before"), &out->before);
	if (error < 0 || !complete(out)) {
		pending_release(out);
		out->action = DIALOGUE_IGNORED;
	}
	return error;
}

int pending_write(const struct pending *pending, char **data)
{
	autojson json_t *tickets = json_array();
	autojson json_t *before = NULL;

	for (size_t i = 0; i < pending->count; i++) {
		if (json_array_append_new(tickets, json_string(pending->tickets[i])) < 0)
			return -ENOMEM;
	}
	if (pending->before.topic != DIALOGUE_AWAIT_NOTHING) {
		before = json_pack("{s:s, s:s, s:s?}", "topic",
			dialogue_topic_name(pending->before.topic), "ticket",
			pending->before.ticket, "data", pending->before.data);
		if (!before)
			return -ENOMEM;
	}
	autojson json_t *object = json_pack("{s:s, s:O, s:s?, s:i, s:b, s:b, s:O?}", "action",
		dialogue_intention_name(pending->action), "tickets", tickets, "text", pending->text,
		"rating", pending->rating, "on", pending->on, "fresh", pending->fresh, "before",
		before);
	*data = object ? json_dumps(object, JSON_COMPACT) : NULL;
	return *data ? 0 : -ENOMEM;
}
