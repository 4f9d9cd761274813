/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialogue/dialogue.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dialogue/details.h"
#include "dialogue/language.h"
#include "dialogue/reply.h"
#include "dialogue/utf8.h"

static const char *const topic_names[DIALOGUE_TOPIC_COUNT] = { "none", "details", "address",
	"question", "choice", "confirm", "rating", "confidential" };
static const char *const intention_names[DIALOGUE_INTENTION_COUNT] = { "complaint", "details",
	"addition", "objection", "status", "rating", "withdrawal", "confidential", "language",
	"consent", "info", "help", "ignored" };

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
	free(out->session.data);
	*out = (struct dialogue_output) { 0 };
}

static void set_ticket(char out[static TICKET_SIZE], const char *ticket)
{
	snprintf(out, TICKET_SIZE, "%s", ticket);
}

static int64_t lifetime_ms(enum dialogue_topic topic)
{
	switch (topic) {
	case DIALOGUE_AWAIT_QUESTION:
	case DIALOGUE_AWAIT_RATING:
		return DIALOGUE_QUESTION_MS;
	case DIALOGUE_AWAIT_CHOICE:
	case DIALOGUE_AWAIT_CONFIRM:
	case DIALOGUE_AWAIT_SECRET:
		return DIALOGUE_CHOICE_MS;
	default:
		return DIALOGUE_DETAILS_MS;
	}
}

void talk_await(struct talk *talk, enum dialogue_topic topic, const char *ticket)
{
	struct dialogue_output *out = talk->out;

	out->session_change = DIALOGUE_SESSION_SET;
	out->session.topic = topic;
	set_ticket(out->session.ticket, ticket);
	out->session_ms = lifetime_ms(topic);
}

int talk_reply(struct talk *talk, const char *purpose, const char *ticket, enum text text,
	const struct template_value *values)
{
	talk->out->purpose = purpose;
	set_ticket(talk->out->reply_ticket, ticket);
	return text_fill(text, values, &talk->out->reply);
}

int talk_reply_plain(struct talk *talk, const char *purpose, enum text text)
{
	static const struct template_value none[] = { { 0 } };

	return talk_reply(talk, purpose, "", text, none);
}

int talk_reply_ticket(struct talk *talk, const char *purpose, const char *ticket, enum text text)
{
	const struct template_value values[] = { { .name = "ticket", .text = ticket }, { 0 } };

	return talk_reply(talk, purpose, ticket, text, values);
}

/* The words that tell the ticket, and whether they ask for name and address. */
static enum text ticket_text(const struct talk *talk, bool busy, bool confidential)
{
	bool name = talk_given(talk->input.known_name);
	bool address = talk_given(talk->input.known_address);

	if (talk->input.parts_missing > 0)
		return (name && address) || busy || confidential ? TEXT_TICKET_PARTIAL
								 : TEXT_TICKET_PARTIAL_ASK;
	if (confidential)
		return TEXT_TICKET_CONFIDENTIAL;
	if (name && address)
		return TEXT_TICKET;
	if (busy)
		return TEXT_TICKET_PLAIN;
	if (name)
		return TEXT_TICKET_ASK_ADDRESS;
	return address ? TEXT_TICKET_ASK_NAME : TEXT_TICKET_ASK;
}

int talk_complain(struct talk *talk, const char *content, bool confidential)
{
	const struct dialogue_input *input = &talk->input;
	struct dialogue_output *out = talk->out;
	bool name = talk_given(input->known_name);
	const struct template_value values[] = { { .name = "ticket", .text = input->next_ticket },
		{ .name = "pin", .text = input->next_pin },
		{ .name = "name", .text = name ? input->known_name : "" }, { 0 } };
	/* Those questions stay open: the next words without a keyword answer them. */
	bool busy = input->session.topic == DIALOGUE_AWAIT_QUESTION || talk_holds_addition(talk);
	bool secret = confidential || input->session.topic == DIALOGUE_AWAIT_SECRET;

	out->intention = DIALOGUE_COMPLAINT;
	out->open_complaint = true;
	out->confidential = secret ? DIALOGUE_ON : DIALOGUE_UNCHANGED;
	out->complaint_text = strdup(content);
	if (!out->complaint_text)
		return -ENOMEM;
	if (!busy && input->session.topic == DIALOGUE_AWAIT_SECRET)
		out->session_change = DIALOGUE_SESSION_CLEAR;
	if (!busy && !secret && !(name && talk_given(input->known_address)))
		talk_await(talk, name ? DIALOGUE_AWAIT_ADDRESS : DIALOGUE_AWAIT_DETAILS,
			input->next_ticket);
	return talk_reply(
		talk, "ticket", input->next_ticket, ticket_text(talk, busy, secret), values);
}

static int handle_details(struct talk *talk)
{
	const struct dialogue_input *input = &talk->input;
	struct dialogue_output *out = talk->out;
	const char *ticket = input->session.ticket;

	out->intention = DIALOGUE_DETAILS;
	set_ticket(out->details_ticket, ticket);
	out->details_text = strdup(talk->text);
	if (!out->details_text)
		return -ENOMEM;
	int error = details_parse(talk->text, input->session.topic, input->known_name,
		&out->details_name, &out->details_address);
	if (error < 0)
		return error;
	const char *name = out->details_name ? out->details_name : input->known_name;
	bool address = out->details_address || talk_given(input->known_address);
	const struct template_value values[] = { { .name = "ticket", .text = ticket },
		{ .name = "name", .text = talk_given(name) ? name : "" }, { 0 } };
	if (!talk_given(name)) {
		talk_await(talk, DIALOGUE_AWAIT_DETAILS, ticket);
		return talk_reply(talk, "details", ticket, TEXT_DETAILS_ASK_NAME, values);
	}
	if (!address) {
		talk_await(talk, DIALOGUE_AWAIT_ADDRESS, ticket);
		return talk_reply(talk, "details", ticket, TEXT_DETAILS_ASK_ADDRESS, values);
	}
	out->session_change = DIALOGUE_SESSION_CLEAR;
	return talk_reply(talk, "details", ticket, TEXT_DETAILS_DONE, values);
}

/* The reply to an officer's question. */
static int handle_answer(struct talk *talk)
{
	struct dialogue_output *out = talk->out;
	const char *ticket = talk->input.session.ticket;

	out->intention = DIALOGUE_DETAILS;
	out->answers_question = true;
	set_ticket(out->details_ticket, ticket);
	out->details_text = strdup(talk->text);
	if (!out->details_text)
		return -ENOMEM;
	out->session_change = DIALOGUE_SESSION_CLEAR;
	return talk_reply_ticket(talk, "details", ticket,
		talk->input.parts_missing ? TEXT_ADDED_PARTIAL : TEXT_QUESTION_ANSWERED);
}

static int handle_help(struct talk *talk, enum text text)
{
	talk->out->intention = text == TEXT_INFO ? DIALOGUE_INFO : DIALOGUE_HELP;
	return talk_reply_plain(talk, "help", text);
}

static int handle_courtesy(struct talk *talk, enum text text)
{
	talk->out->intention = DIALOGUE_IGNORED;
	return talk_reply_plain(talk, "courtesy", text);
}

static int handle_language(struct talk *talk)
{
	const char *language = talk->understanding.language;

	talk->out->intention = DIALOGUE_LANGUAGE;
	if (!language)
		return talk_reply_plain(talk, "help", TEXT_LANGUAGE_ASK);
	talk->out->language = language;
	locale_t before = language_begin(language);
	int error = talk_reply_plain(talk, "help", TEXT_LANGUAGE_SET);
	language_end(before);
	return error;
}

static int handle_consent(struct talk *talk)
{
	bool on = talk->understanding.on;

	talk->out->intention = DIALOGUE_CONSENT;
	talk->out->announcements = on ? DIALOGUE_ON : DIALOGUE_OFF;
	return talk_reply_plain(talk, "help", on ? TEXT_ANNOUNCEMENTS_ON : TEXT_ANNOUNCEMENTS_OFF);
}

static int act(struct talk *talk)
{
	const struct understanding *understanding = &talk->understanding;

	switch (understanding->meaning) {
	case MEANS_COMPLAINT:
		return talk_complain(talk, understanding->content, understanding->confidential);
	case MEANS_COMPLAINT_EMPTY:
		return handle_help(talk, TEXT_HELP_COMPLAINT);
	case MEANS_DETAILS:
		return handle_details(talk);
	case MEANS_REFUSAL:
		/* Nobody has to tell: the complaint stands, and we don't ask again about it. */
		talk->out->session_change = DIALOGUE_SESSION_CLEAR;
		return handle_courtesy(talk, TEXT_OK);
	case MEANS_ANSWER:
		return handle_answer(talk);
	case MEANS_STATUS:
		return status_handle(talk);
	case MEANS_ADDITION:
	case MEANS_OBJECTION:
	case MEANS_RATING:
	case MEANS_WITHDRAWAL:
	case MEANS_CONFIDENTIAL:
		return own_handle(talk);
	case MEANS_CHOICE:
	case MEANS_YES:
	case MEANS_NO:
	case MEANS_UNCLEAR:
		return own_answer(talk);
	case MEANS_LANGUAGE:
		return handle_language(talk);
	case MEANS_CONSENT:
		return handle_consent(talk);
	case MEANS_INFO:
		return handle_help(talk, TEXT_INFO);
	case MEANS_NUMBER:
		return own_number(talk);
	case MEANS_HELP:
	case MEANS_GREETING:
		return handle_help(talk, TEXT_HELP);
	case MEANS_THANKS:
		return handle_courtesy(talk, TEXT_THANKS);
	case MEANS_OK:
		return handle_courtesy(talk, TEXT_OK);
	case MEANS_NOTHING:
		return handle_courtesy(talk, TEXT_HELP_EMPTY);
	}
	return -EINVAL;
}

/* Whether the complaint that our question was about is still there: 1 or 0. */
static int session_holds(const struct dialogue_input *input)
{
	struct dialogue_complaint complaint = { 0 };

	if (input->session.topic == DIALOGUE_AWAIT_NOTHING)
		return 0;
	if (input->session.topic == DIALOGUE_AWAIT_CHOICE ||
		input->session.topic == DIALOGUE_AWAIT_SECRET)
		return 1;
	int found = input->lookup->find(input->lookup->context, input->session.ticket, &complaint);
	free(complaint.answer);
	return found;
}

static bool asks_shortly(enum dialogue_topic topic)
{
	return topic == DIALOGUE_AWAIT_CHOICE || topic == DIALOGUE_AWAIT_CONFIRM;
}

static bool answers_shortly(enum meaning meaning)
{
	return meaning == MEANS_CHOICE || meaning == MEANS_YES || meaning == MEANS_NO ||
	       meaning == MEANS_UNCLEAR;
}

/*
 * Reads the text with the question of ours that waits. A short question that it doesn't answer
 * steps aside: the text is read again with the one before it.
 */
static int talk_begin(struct talk *talk)
{
	struct dialogue_session *session = &talk->input.session;

	if (asks_shortly(session->topic)) {
		int error = pending_read(session->data, &talk->pending);
		if (error < 0)
			return error;
		/* What another version wrote may be nothing to us. */
		if (session->topic == DIALOGUE_AWAIT_CHOICE &&
			talk->pending.action == DIALOGUE_IGNORED) {
			*session = (struct dialogue_session) { 0 };
			talk->out->session_change = DIALOGUE_SESSION_CLEAR;
		}
		talk->asked = session->topic;
		set_ticket(talk->subject, session->ticket);
	}
	understand(talk->text, session->topic, &talk->understanding);
	if (!talk->asked || answers_shortly(talk->understanding.meaning))
		return 0;
	*session = talk->pending.before;
	understand(talk->text, session->topic, &talk->understanding);
	return 0;
}

/* After a text that didn't answer our short question: whether that is still to be answered. */
static int talk_settle(struct talk *talk)
{
	struct dialogue_output *out = talk->out;
	struct dialogue_session *before = &talk->pending.before;

	if (!talk->asked || answers_shortly(talk->understanding.meaning) ||
		out->session_change == DIALOGUE_SESSION_SET)
		return 0;
	if (talk_holds_addition(talk)) {
		if (out->session_change == DIALOGUE_SESSION_KEEP)
			return 0;
		/* The question before it is answered; the addition still waits. */
		before->topic = DIALOGUE_AWAIT_NOTHING;
		talk_await(talk, DIALOGUE_AWAIT_CHOICE, "");
		return pending_write(&talk->pending, &out->session.data);
	}
	if (out->session_change == DIALOGUE_SESSION_KEEP && !out->open_complaint)
		return 0;
	/* Whoever goes on to something else doesn't withdraw with a later "ya". */
	if (out->session_change == DIALOGUE_SESSION_KEEP &&
		before->topic != DIALOGUE_AWAIT_NOTHING) {
		talk_await(talk, before->topic, before->ticket);
		out->session.data = take_pointer(before->data);
	} else {
		out->session_change = DIALOGUE_SESSION_CLEAR;
	}
	return 0;
}

/* A short answer to a question of ours whose time is over. */
static bool answers_too_late(const struct talk *talk)
{
	struct understanding late;

	if (talk->input.session.topic != DIALOGUE_AWAIT_NOTHING || !talk->input.expired ||
		!understand_answer(talk->text, talk->input.expired, &late))
		return false;
	return late.meaning == MEANS_YES || late.meaning == MEANS_NO ||
	       (late.meaning == MEANS_CHOICE && late.choice > 0) || late.meaning == MEANS_RATING;
}

int dialogue_handle(const struct dialogue_input *input, struct dialogue_output *out)
{
	*out = (struct dialogue_output) { 0 };
	autofree char *text = utf8_clean(input->text);
	struct talk talk = { .input = *input, .text = text, .out = out };
	int error = text ? session_holds(input) : -ENOMEM;

	if (error < 0)
		return error;
	/* An older database may have been put back: the words must not vanish with the ticket. */
	if (error == 0)
		talk.input.session = (struct dialogue_session) { 0 };
	locale_t before = language_begin(input->language);
	error = talk_begin(&talk);
	if (error == 0)
		error = answers_too_late(&talk) ? handle_help(&talk, TEXT_EXPIRED) : act(&talk);
	if (error >= 0)
		error = talk_settle(&talk);
	language_end(before);
	pending_release(&talk.pending);
	if (error < 0)
		dialogue_output_free(out);
	return error < 0 ? error : 0;
}

int dialogue_expire(const struct dialogue_input *input, struct dialogue_output *out)
{
	*out = (struct dialogue_output) { 0 };
	struct talk talk = { .input = *input, .out = out };
	const struct template_value values[] = { { .name = "ticket", .text = input->next_ticket },
		{ .name = "pin", .text = input->next_pin }, { 0 } };
	int error = pending_read(input->session.data, &talk.pending);

	if (error == 0 && pending_holds_text(&talk.pending)) {
		locale_t before = language_begin(input->language);
		out->intention = DIALOGUE_COMPLAINT;
		out->open_complaint = true;
		out->complaint_text = take_pointer(talk.pending.text);
		error = talk_reply(
			&talk, "ticket", input->next_ticket, TEXT_TICKET_UNCHOSEN, values);
		language_end(before);
	}
	out->session_change = DIALOGUE_SESSION_CLEAR;
	if (error == 0 && talk.pending.before.topic != DIALOGUE_AWAIT_NOTHING) {
		talk_await(&talk, talk.pending.before.topic, talk.pending.before.ticket);
		out->session.data = take_pointer(talk.pending.before.data);
	}
	pending_release(&talk.pending);
	if (error < 0)
		dialogue_output_free(out);
	return error;
}
