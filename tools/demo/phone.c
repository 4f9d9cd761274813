/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "phone.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "ask.h"
#include "wire/event.h"

/* A demo doesn't run for months; a bound keeps a runaway loop from eating the memory. */
#define MESSAGES_MAX 10000
#define SIMULATOR "modem-sim"

struct phones {
	FILE *control;
	json_t *messages; /* array of {number, mine, text, time_ms, taken, reference} */
	json_int_t seen;  /* the last part that modem-sim told of */
};

static int64_t wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int phones_open(const char *control, struct phones **out)
{
	autofree struct phones *phones = calloc(1, sizeof(*phones));

	if (!phones)
		return -ENOMEM;
	int error = ask_open(control, &phones->control);
	if (error < 0)
		return error;
	phones->messages = json_array();
	if (!phones->messages) {
		fclose(phones->control);
		return -ENOMEM;
	}
	*out = take_pointer(phones);
	return 0;
}

void phones_close(struct phones *phones)
{
	if (!phones)
		return;
	fclose(phones->control);
	json_decref(phones->messages);
	free(phones);
}

static int remember(struct phones *phones, const char *number, bool mine, const char *text,
	json_int_t reference)
{
	if (json_array_size(phones->messages) >= MESSAGES_MAX)
		return -ENOSPC;
	json_t *message = json_pack("{s:s, s:b, s:s, s:I, s:b, s:I}", "number", number, "mine",
		mine, "text", text, "time_ms", (json_int_t)wall_ms(), "taken", !mine, "reference",
		reference);
	return json_array_append_new(phones->messages, message) < 0 ? -ENOMEM : 0;
}

int phones_send(struct phones *phones, const char *number, const char *text)
{
	int error = ask(phones->control, SIMULATOR,
		json_pack("{s:s, s:s, s:s}", "do", "deliver", "from", number, "text", text), NULL);

	return error < 0 ? error : remember(phones, number, true, text, -1);
}

/* A further part of a message is put behind the part before it. */
static int take_part(struct phones *phones, const json_t *part)
{
	const char *number = json_string_value(json_object_get(part, "to"));
	const char *text = json_string_value(json_object_get(part, "text"));
	json_int_t place = json_integer_value(json_object_get(part, "part"));
	json_t *reference = json_object_get(part, "reference");

	if (!number || !text)
		return 0;
	for (size_t i = json_array_size(phones->messages); place > 1 && i > 0; i--) {
		json_t *message = json_array_get(phones->messages, i - 1);
		if (json_is_true(json_object_get(message, "mine")) ||
			!json_equal(json_object_get(message, "reference"), reference) ||
			strcmp(json_string_value(json_object_get(message, "number")), number) != 0)
			continue;
		autofree char *whole = NULL;
		if (asprintf(&whole, "%s%s", json_string_value(json_object_get(message, "text")),
			    text) < 0)
			return -ENOMEM;
		return json_object_set_new(message, "text", json_string(whole)) < 0 ? -ENOMEM : 0;
	}
	return remember(phones, number, false, text,
		json_is_integer(reference) ? json_integer_value(reference) : -1);
}

static int take_replies(struct phones *phones)
{
	autojson json_t *answer = NULL;
	size_t index;
	json_t *part;

	int error = ask(phones->control, SIMULATOR,
		json_pack("{s:s, s:I}", "do", "sent", "after", phones->seen), &answer);
	json_array_foreach (json_object_get(answer, "sent"), index, part) {
		if (error < 0)
			break;
		json_int_t number = json_integer_value(json_object_get(part, "n"));
		if (number <= phones->seen)
			continue;
		error = take_part(phones, part);
		phones->seen = number;
	}
	return error;
}

/* Whether nothing waits in the modem or in the network behind it. */
static bool network_empty(const json_t *stores)
{
	const json_t *each;
	const char *name;
	bool empty = json_integer_value(json_object_get(stores, "queued")) == 0;

	json_object_foreach ((json_t *)stores, name, each) {
		const json_t *used = json_object_get(each, "used");
		if (json_integer_value(used) > 0 && strcmp(name, "SR") != 0)
			empty = false;
	}
	return empty;
}

static int note_taken(struct phones *phones)
{
	autojson json_t *answer = NULL;
	size_t index;
	json_t *message;

	int error = ask(phones->control, SIMULATOR, json_pack("{s:s}", "do", "stores"), &answer);
	if (error < 0)
		return error;
	const json_t *stores = json_object_get(answer, "stores");
	if (json_integer_value(json_object_get(answer, "queued")) > 0 ||
		!network_empty(stores ? stores : answer))
		return 0;
	json_array_foreach (phones->messages, index, message) {
		if (json_object_set(message, "taken", json_true()) < 0)
			return -ENOMEM;
	}
	return 0;
}

int phones_show(struct phones *phones, const char *number, json_t **out)
{
	size_t index;
	json_t *message;

	int error = take_replies(phones);
	if (!error)
		error = note_taken(phones);
	if (error < 0)
		return error;
	autojson json_t *shown = json_array();
	json_array_foreach (phones->messages, index, message) {
		if (strcmp(json_string_value(json_object_get(message, "number")), number) == 0 &&
			json_array_append(shown, message) < 0)
			return -ENOMEM;
	}
	*out = take_pointer(shown);
	return *out ? 0 : -ENOMEM;
}

int phones_plug(struct phones *phones, bool plugged, const char *link)
{
	return ask(phones->control, SIMULATOR,
		plugged ? json_pack("{s:s, s:s, s:s}", "do", "fault", "name", "plug", "link", link)
			: json_pack("{s:s, s:s}", "do", "fault", "name", "unplug"),
		NULL);
}
