/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a resident may write, at every point of a conversation. */
#include <string.h>

#include "base/log.h"
#include "dialogue/dialogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int find(void *context, const char *ticket, struct dialogue_complaint *out)
{
	(void)context;
	*out = (struct dialogue_complaint) { .state = STATE_RECEIVED,
		.sender = "+6281234500011",
		.pin = "1234",
		.created_ms = 1,
		.updated_ms = 1 };
	memcpy(out->ticket, ticket, TICKET_SIZE);
	return 1;
}

static int latest(void *context, const char *sender, struct dialogue_complaint *out)
{
	(void)sender;
	return find(context, "003-000001-0", out);
}

static int list(
	void *context, const char *sender, bool open, struct dialogue_complaint *out, size_t most)
{
	(void)sender;
	return most > 0 && open ? find(context, "003-000001-0", &out[0]) : 0;
}

/* The first octet sets the scene; the rest is the message. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct dialogue_lookup lookup = {
		.find = find, .latest = latest, .list = list
	};
	static const char *const languages[] = { "id", "jv", "en", NULL };
	struct dialogue_output output = { 0 };

	if (size < 1 || memchr(data, '\0', size))
		return 0;
	log_open("fuzz", LOG_EMERG);
	autofree char *text = strndup((const char *)data + 1, size - 1);
	if (!text)
		return 0;
	struct dialogue_input input = { .channel = DIALOGUE_SMS,
		.sender = "+6281234500011",
		.text = text,
		.language = languages[data[0] & 3],
		.session = { .topic = (enum dialogue_topic)((data[0] >> 2) % DIALOGUE_TOPIC_COUNT),
			.ticket = "003-000001-0" },
		.next_ticket = "003-000002-0",
		.next_pin = "4321",
		.now_ms = INT64_C(1790000000000),
		.utc_offset_s = 25200,
		.guess_blocked = data[0] & 64,
		.parts_missing = data[0] & 128 ? 1 : 0,
		.lookup = &lookup };
	if (dialogue_handle(&input, &output) < 0)
		output = (struct dialogue_output) { 0 };
	dialogue_output_free(&output);
	return 0;
}
