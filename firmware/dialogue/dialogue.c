/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialogue/dialogue.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dialogue/details.h"
#include "dialogue/language.h"
#include "dialogue/texts.h"
#include "dialogue/understand.h"
#include "dialogue/utf8.h"

#define DATE_SIZE 16

static const char *const topic_names[DIALOGUE_TOPIC_COUNT] = { "none", "details", "address",
	"question" };
static const char *const intention_names[DIALOGUE_INTENTION_COUNT] = { "complaint", "details",
	"status", "help", "ignored" };

const char *dialogue_topic_name(enum dialogue_topic topic)
{
	return topic_names[topic];
}

bool dialogue_topic_from_name(const char *name, enum dialogue_topic *topic)
{
	for (unsigned i = 0; i < DIALOGUE_TOPIC_COUNT; i++) {
		if (strcmp(name, topic_names[i]) == 0) {
			*topic = (enum dialogue_topic)i;
			return true;
		}
	}
	return false;
}

const char *dialogue_intention_name(enum dialogue_intention intention)
{
	return intention_names[intention];
}

int dialogue_init(const char *localedir)
{
	return language_init(localedir);
}

void dialogue_output_free(struct dialogue_output *out)
{
	free(out->complaint_text);
	free(out->details_name);
	free(out->details_address);
	free(out->details_text);
	free(out->reply);
	*out = (struct dialogue_output) { 0 };
}

static bool given(const char *value)
{
	return value && *value;
}

static void set_ticket(char out[static TICKET_SIZE], const char *ticket)
{
	snprintf(out, TICKET_SIZE, "%s", ticket);
}

static void await(struct dialogue_output *out, enum dialogue_topic topic, const char *ticket)
{
	out->session_change = DIALOGUE_SESSION_SET;
	out->session.topic = topic;
	set_ticket(out->session.ticket, ticket);
	out->session_ms =
		topic == DIALOGUE_AWAIT_QUESTION ? DIALOGUE_QUESTION_MS : DIALOGUE_DETAILS_MS;
}

/* A reply about a ticket ("" for none), with the values of its text. */
static int reply(struct dialogue_output *out, const char *purpose, const char *ticket,
	enum text text, const struct template_value *values)
{
	out->purpose = purpose;
	set_ticket(out->reply_ticket, ticket);
	return text_fill(text, values, &out->reply);
}

static int reply_plain(struct dialogue_output *out, const char *purpose, enum text text)
{
	static const struct template_value none[] = { { 0 } };

	return reply(out, purpose, "", text, none);
}

static int handle_complaint(
	const struct dialogue_input *input, const char *content, struct dialogue_output *out)
{
	const struct template_value values[] = { { .name = "ticket", .text = input->next_ticket },
		{ .name = "pin", .text = input->next_pin },
		{ .name = "name", .text = given(input->known_name) ? input->known_name : "" },
		{ 0 } };
	bool name = given(input->known_name);
	bool address = given(input->known_address);
	enum text text = TEXT_TICKET_ASK;

	out->intention = DIALOGUE_COMPLAINT;
	out->open_complaint = true;
	out->complaint_text = strdup(content);
	if (!out->complaint_text)
		return -ENOMEM;
	if (input->parts_missing > 0)
		text = name && address ? TEXT_TICKET_PARTIAL : TEXT_TICKET_PARTIAL_ASK;
	else if (name && address)
		text = TEXT_TICKET;
	else if (name)
		text = TEXT_TICKET_ASK_ADDRESS;
	else if (address)
		text = TEXT_TICKET_ASK_NAME;
	/* An officer's question stays open: the next words without a keyword answer it. */
	if (!(name && address) && input->session.topic != DIALOGUE_AWAIT_QUESTION)
		await(out, name ? DIALOGUE_AWAIT_ADDRESS : DIALOGUE_AWAIT_DETAILS,
			input->next_ticket);
	return reply(out, "ticket", input->next_ticket, text, values);
}

static int handle_details(
	const struct dialogue_input *input, const char *text, struct dialogue_output *out)
{
	const char *ticket = input->session.ticket;

	out->intention = DIALOGUE_DETAILS;
	set_ticket(out->details_ticket, ticket);
	out->details_text = strdup(text);
	if (!out->details_text)
		return -ENOMEM;
	int error = details_parse(text, input->session.topic, input->known_name, &out->details_name,
		&out->details_address);
	if (error < 0)
		return error;
	const char *name = out->details_name ? out->details_name : input->known_name;
	bool address = out->details_address || given(input->known_address);
	const struct template_value values[] = { { .name = "ticket", .text = ticket },
		{ .name = "name", .text = given(name) ? name : "" }, { 0 } };
	if (!given(name)) {
		await(out, DIALOGUE_AWAIT_DETAILS, ticket);
		return reply(out, "details", ticket, TEXT_DETAILS_ASK_NAME, values);
	}
	if (!address) {
		await(out, DIALOGUE_AWAIT_ADDRESS, ticket);
		return reply(out, "details", ticket, TEXT_DETAILS_ASK_ADDRESS, values);
	}
	out->session_change = DIALOGUE_SESSION_CLEAR;
	return reply(out, "details", ticket, TEXT_DETAILS_DONE, values);
}

static int handle_answer(
	const struct dialogue_input *input, const char *text, struct dialogue_output *out)
{
	const char *ticket = input->session.ticket;
	const struct template_value values[] = { { .name = "ticket", .text = ticket }, { 0 } };

	out->intention = DIALOGUE_DETAILS;
	out->answers_question = true;
	set_ticket(out->details_ticket, ticket);
	out->details_text = strdup(text);
	if (!out->details_text)
		return -ENOMEM;
	out->session_change = DIALOGUE_SESSION_CLEAR;
	return reply(out, "details", ticket, TEXT_QUESTION_ANSWERED, values);
}

/* The day as people here write it, in local time. */
static void format_date(int64_t time_ms, int utc_offset_s, char out[static DATE_SIZE])
{
	time_t local = (time_t)(time_ms / 1000 + utc_offset_s);
	struct tm day = { 0 };

	gmtime_r(&local, &day);
	strftime(out, DATE_SIZE, "%d-%m-%Y", &day);
}

static int reply_status(const struct dialogue_input *input,
	const struct dialogue_complaint *complaint, struct dialogue_output *out)
{
	char date[DATE_SIZE];

	format_date(complaint->updated_ms, input->utc_offset_s, date);
	const struct template_value values[] = { { .name = "ticket", .text = complaint->ticket },
		{ .name = "state", .text = language_say(text_states[complaint->state]) },
		{ .name = "date", .text = date },
		{ .name = "answer", .text = given(complaint->answer) ? complaint->answer : "" },
		{ 0 } };
	enum text text = given(complaint->answer)	? TEXT_STATUS_ANSWER
			 : state_open(complaint->state) ? TEXT_STATUS
							: TEXT_STATUS_ENDED;
	return reply(out, "status", complaint->ticket, text, values);
}

static int handle_own_status(const struct dialogue_input *input, struct dialogue_output *out)
{
	struct dialogue_complaint complaint = { 0 };
	int found = input->lookup->latest(input->lookup->context, input->sender, &complaint);
	int error = found;

	if (found == 0)
		error = reply_plain(out, "status", TEXT_STATUS_NONE);
	else if (found > 0)
		error = reply_status(input, &complaint, out);
	free(complaint.answer);
	return error;
}

/* Compares all digits whatever they are, so that time tells nothing either. */
static bool same_pin(const char *one, const char *other)
{
	unsigned difference = 0;

	if (strlen(one) != DIALOGUE_PIN_SIZE - 1 || strlen(other) != DIALOGUE_PIN_SIZE - 1)
		return false;
	for (size_t i = 0; i < DIALOGUE_PIN_SIZE; i++)
		difference |= (unsigned)(one[i] ^ other[i]);
	return difference == 0;
}

/*
 * A ticket is read from the number it came from, or with its PIN. A wrong PIN and a ticket
 * that doesn't exist are refused in the same words and both counted; without a PIN nothing
 * was guessed.
 */
static int handle_ticket_status(const struct dialogue_input *input,
	const struct understanding *understanding, struct dialogue_output *out)
{
	struct dialogue_complaint complaint = { 0 };
	int found = input->lookup->find(input->lookup->context, understanding->ticket, &complaint);
	int error = found;

	if (found >= 0) {
		bool own = found > 0 && given(input->sender) &&
			   strcmp(complaint.sender, input->sender) == 0;
		bool right = found > 0 && same_pin(understanding->pin, complaint.pin);
		if (own || (right && !input->guess_blocked)) {
			error = reply_status(input, &complaint, out);
		} else if (input->guess_blocked) {
			error = reply_plain(out, "status", TEXT_STATUS_LATER);
		} else {
			out->wrong_guess = understanding->pin_given;
			error = reply_plain(out, "status", TEXT_STATUS_REFUSED);
		}
	}
	free(complaint.answer);
	return error;
}

static int handle_status(const struct dialogue_input *input,
	const struct understanding *understanding, struct dialogue_output *out)
{
	out->intention = DIALOGUE_STATUS;
	if (!understanding->ticket_given)
		return handle_own_status(input, out);
	if (understanding->ticket_mistyped)
		return reply_plain(out, "status", TEXT_STATUS_MISTYPED);
	return handle_ticket_status(input, understanding, out);
}

static int handle_help(struct dialogue_output *out, enum text text)
{
	out->intention = DIALOGUE_HELP;
	return reply_plain(out, "help", text);
}

static int handle_courtesy(struct dialogue_output *out, enum text text)
{
	out->intention = DIALOGUE_IGNORED;
	return reply_plain(out, "courtesy", text);
}

static int act(const struct dialogue_input *input, const char *text, struct dialogue_output *out)
{
	struct understanding understanding;

	understand(text, input->session.topic, &understanding);
	switch (understanding.meaning) {
	case MEANS_COMPLAINT:
		return handle_complaint(input, understanding.content, out);
	case MEANS_COMPLAINT_EMPTY:
		return handle_help(out, TEXT_HELP_COMPLAINT);
	case MEANS_DETAILS:
		return handle_details(input, text, out);
	case MEANS_REFUSAL:
		/* Nobody has to tell: the complaint stands, and we don't ask again about it. */
		out->session_change = DIALOGUE_SESSION_CLEAR;
		return handle_courtesy(out, TEXT_OK);
	case MEANS_ANSWER:
		return handle_answer(input, text, out);
	case MEANS_STATUS:
		return handle_status(input, &understanding, out);
	case MEANS_HELP:
	case MEANS_GREETING:
		return handle_help(out, TEXT_HELP);
	case MEANS_THANKS:
		return handle_courtesy(out, TEXT_THANKS);
	case MEANS_OK:
		return handle_courtesy(out, TEXT_OK);
	case MEANS_NOTHING:
		return handle_courtesy(out, TEXT_HELP_EMPTY);
	}
	return -EINVAL;
}

/* Whether the complaint that our question was about is still there: 1 or 0. */
static int session_holds(const struct dialogue_input *input)
{
	struct dialogue_complaint complaint = { 0 };

	if (input->session.topic == DIALOGUE_AWAIT_NOTHING)
		return 0;
	int found = input->lookup->find(input->lookup->context, input->session.ticket, &complaint);
	free(complaint.answer);
	return found;
}

int dialogue_handle(const struct dialogue_input *input, struct dialogue_output *out)
{
	*out = (struct dialogue_output) { 0 };
	struct dialogue_input checked = *input;
	autofree char *text = utf8_clean(input->text);
	int error = text ? session_holds(input) : -ENOMEM;

	if (error < 0)
		return error;
	/* An older database may have been put back: the words must not vanish with the ticket. */
	if (error == 0)
		checked.session = (struct dialogue_session) { 0 };
	locale_t before = language_begin(input->language);
	error = act(&checked, text, out);
	language_end(before);
	if (error < 0)
		dialogue_output_free(out);
	return error < 0 ? error : 0;
}
