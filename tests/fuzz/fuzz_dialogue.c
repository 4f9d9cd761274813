/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole conversations: messages one after another, the sessions kept as the store does. Besides
 * not breaking, every message gets an answer of one SMS, and a complaint has a text.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "dialogue/dialogue.h"
#include "dialogue/septets.h"

#define SENDER "+6281234500011"
#define COMPLAINTS_MAX 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct kiosk {
	struct dialogue_complaint complaints[COMPLAINTS_MAX];
	size_t count;
	struct dialogue_session session;
	char next[TICKET_SIZE];
	const char *language;
};

static void insist(bool condition)
{
	if (!condition)
		abort();
}

static int find(void *context, const char *ticket, struct dialogue_complaint *out)
{
	const struct kiosk *kiosk = context;

	for (size_t i = 0; i < kiosk->count; i++) {
		if (strcmp(kiosk->complaints[i].ticket, ticket) != 0)
			continue;
		*out = kiosk->complaints[i];
		out->answer = strdup("Sudah diperbaiki, {ticket} %s.");
		return out->answer ? 1 : -1;
	}
	return 0;
}

static int latest(void *context, const char *sender, struct dialogue_complaint *out)
{
	struct kiosk *kiosk = context;

	(void)sender;
	return kiosk->count ? find(context, kiosk->complaints[kiosk->count - 1].ticket, out) : 0;
}

static int list(
	void *context, const char *sender, bool open, struct dialogue_complaint *out, size_t most)
{
	const struct kiosk *kiosk = context;
	size_t found = 0;

	for (size_t i = kiosk->count; i > 0 && found < most; i--) {
		const struct dialogue_complaint *complaint = &kiosk->complaints[i - 1];
		if (strcmp(complaint->sender, sender) == 0 && state_open(complaint->state) == open)
			out[found++] = *complaint;
	}
	return (int)found;
}

static void add_complaint(struct kiosk *kiosk, const char *sender, enum complaint_state state)
{
	struct dialogue_complaint *complaint = &kiosk->complaints[kiosk->count];

	if (kiosk->count == COMPLAINTS_MAX)
		return;
	*complaint = (struct dialogue_complaint) { .state = state, .pin = "1234" };
	insist(ticket_format(complaint->ticket, 3, (uint32_t)kiosk->count + 1) == 0);
	snprintf(complaint->sender, sizeof(complaint->sender), "%s", sender);
	kiosk->count++;
	insist(ticket_format(kiosk->next, 3, (uint32_t)kiosk->count + 1) == 0);
}

/* What the store would keep of it. */
static void keep(struct kiosk *kiosk, struct dialogue_output *output)
{
	for (size_t i = 0; i < kiosk->count; i++) {
		struct dialogue_complaint *complaint = &kiosk->complaints[i];
		if (strcmp(complaint->ticket, output->subject_ticket) != 0)
			continue;
		enum complaint_state to = output->withdraw ? STATE_WITHDRAWN
					  : output->reopen ? STATE_REOPENED
							   : complaint->state;
		insist(to == complaint->state || state_may_follow(complaint->state, to));
		complaint->state = to;
	}
	if (output->open_complaint)
		add_complaint(kiosk, SENDER, STATE_RECEIVED);
	if (output->language)
		kiosk->language = output->language;
	if (output->session_change == DIALOGUE_SESSION_KEEP)
		return;
	free(kiosk->session.data);
	kiosk->session = output->session;
	output->session.data = NULL;
}

static void say(struct kiosk *kiosk, const char *text, uint8_t scene)
{
	const struct dialogue_lookup lookup = { find, latest, list, kiosk };
	struct dialogue_output output = { 0 };
	struct dialogue_input input = { .sender = SENDER,
		.text = text,
		.language = kiosk->language,
		.session = kiosk->session,
		.expired = scene & 16 ? DIALOGUE_AWAIT_CHOICE : DIALOGUE_AWAIT_NOTHING,
		.known_name = scene & 8 ? "Siti" : NULL,
		.known_address = scene & 8 ? "Karang" : NULL,
		.next_ticket = kiosk->next,
		.next_pin = "4321",
		.now_ms = INT64_C(1790000000000),
		.utc_offset_s = 25200,
		.guess_blocked = scene & 64,
		.parts_missing = scene & 128 ? 1 : 0,
		.lookup = &lookup };

	if (dialogue_handle(&input, &output) < 0)
		return;
	insist(output.reply && septets_count(output.reply) > 0 &&
		septets_count(output.reply) <= SEPTETS_ONE_PART);
	insist(!output.open_complaint || *output.complaint_text);
	insist(!*output.details_ticket || output.details_text);
	keep(kiosk, &output);
	dialogue_output_free(&output);
}

static void begin(struct kiosk *kiosk, uint8_t scene, uint8_t topic)
{
	static const char *const languages[] = { "id", "jv", "en", NULL };

	*kiosk = (struct kiosk) { .language = languages[scene & 3], .next = "003-000001-8" };
	add_complaint(kiosk, "+6281399999999", STATE_RECEIVED);
	if (scene & 4)
		add_complaint(kiosk, SENDER, STATE_RECEIVED);
	if (scene & 32)
		add_complaint(kiosk, SENDER, STATE_RESOLVED);
	kiosk->session.topic = (enum dialogue_topic)(topic % DIALOGUE_TOPIC_COUNT);
	memcpy(kiosk->session.ticket, kiosk->complaints[kiosk->count - 1].ticket, TICKET_SIZE);
}

/*
 * Two octets set the scene; then come messages, a NUL between them. With the topic's high bit
 * the first of them is what the session remembers.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kiosk kiosk;
	const char *cursor = (const char *)data + 2;

	if (size < 3)
		return 0;
	log_open("fuzz", LOG_EMERG);
	autofree char *copy = calloc(1, size + 1);
	insist(copy);
	memcpy(copy, data, size);
	cursor = copy + 2;
	begin(&kiosk, data[0], data[1] & 127);
	for (bool first = true; cursor < copy + size; first = false) {
		if (first && (data[1] & 128))
			kiosk.session.data = strdup(cursor);
		else
			say(&kiosk, cursor, data[0]);
		cursor += strlen(cursor) + 1;
	}
	free(kiosk.session.data);
	return 0;
}
