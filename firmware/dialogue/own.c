/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a sender may do with their own complaints: add, rate, withdraw, keep confidential. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dialogue/language.h"
#include "dialogue/reply.h"
#include "dialogue/words.h"

#define CHOICE_SIZE 64 /* the words for a new complaint, with room to spare */

/* Which complaint a command is about. */
enum found {
	FOUND_ONE,  /* the complaint is filled in */
	FOUND_NONE, /* there is none that it could be */
	FOUND_SAID, /* the reply is said: asked, or refused */
};

static void about(struct talk *talk, const struct dialogue_complaint *complaint)
{
	snprintf(talk->out->subject_ticket, TICKET_SIZE, "%s", complaint->ticket);
}

static int copy_text(const char *text, char **out)
{
	*out = strdup(text);
	return *out ? 0 : -ENOMEM;
}

/* The one of this number: 1 found and the sender's own, 0 not. */
static int find_own(struct talk *talk, const char *ticket, struct dialogue_complaint *complaint)
{
	const struct dialogue_input *input = &talk->input;
	int found = input->lookup->find(input->lookup->context, ticket, complaint);

	if (found <= 0)
		return found;
	free(take_pointer(complaint->answer));
	return talk_given(input->sender) && strcmp(complaint->sender, input->sender) == 0;
}

/* "1) 003-000123-4, 2) 003-000124-5, 3) aduan baru" */
static void list_choices(const struct pending *pending, char *out, size_t size)
{
	size_t length = 0;

	*out = '\0';
	for (size_t i = 0; i < pending->count && length < size; i++)
		length += (size_t)snprintf(out + length, size - length, "%s%zu) %s", i ? ", " : "",
			i + 1, pending->tickets[i]);
	if (pending->fresh && length < size)
		snprintf(out + length, size - length, ", %zu) %s", pending->count + 1,
			language_say(text_new_complaint));
}

static int say_choices(struct talk *talk, const struct pending *pending, enum text text)
{
	char choices[DIALOGUE_CHOICES_MAX * (TICKET_SIZE + 6) + CHOICE_SIZE];

	list_choices(pending, choices, sizeof(choices));
	const struct template_value values[] = { { .name = "choices", .text = choices }, { 0 } };
	return talk_reply(talk, "which", "", text, values);
}

/* Two additions that wait for the same answer become one. */
static int join_additions(const struct pending *waiting, struct pending *wanted)
{
	char *joined = NULL;

	if (asprintf(&joined, "%s\n%s", waiting->text ? waiting->text : "", wanted->text) < 0)
		return -ENOMEM;
	free(wanted->text);
	wanted->text = joined;
	wanted->fresh = wanted->fresh || waiting->fresh;
	return 0;
}

/*
 * Asks which ticket is meant and remembers what for. What another addition already waits for
 * can't be asked beside it: then the number is to be named.
 */
static int ask_which(struct talk *talk, struct pending *wanted)
{
	bool holds = talk_holds_addition(talk);
	int error = 0;

	if (holds && wanted->action != talk->pending.action)
		return say_choices(talk, wanted, TEXT_WHICH_NAME);
	if (holds)
		error = join_additions(&talk->pending, wanted);
	const struct dialogue_session *session = &talk->input.session;
	if (session->topic == DIALOGUE_AWAIT_QUESTION) {
		wanted->before.topic = session->topic;
		memcpy(wanted->before.ticket, session->ticket, TICKET_SIZE);
	}
	talk_await(talk, DIALOGUE_AWAIT_CHOICE, "");
	if (error == 0)
		error = pending_write(wanted, &talk->out->session.data);
	return error < 0 ? error : say_choices(talk, wanted, TEXT_WHICH);
}

/* The ticket that the conversation is about just now, "" for none. */
static const char *implied(const struct talk *talk, enum dialogue_intention action)
{
	enum dialogue_topic topic = talk->input.session.topic;

	if (topic == DIALOGUE_AWAIT_QUESTION && action != DIALOGUE_RATING)
		return talk->input.session.ticket;
	if (topic == DIALOGUE_AWAIT_RATING && action == DIALOGUE_RATING)
		return talk->input.session.ticket;
	return "";
}

/* Finds what wanted is to be done with, among the open ones or the answered ones. */
static int find_subject(struct talk *talk, struct pending *wanted, bool open,
	struct dialogue_complaint *complaint, enum found *found)
{
	const struct dialogue_input *input = &talk->input;
	const struct ticket_number *number = &talk->understanding.number;
	struct dialogue_complaint candidates[DIALOGUE_CHOICES_MAX] = { 0 };
	const char *ticket = number->given ? number->ticket : implied(talk, wanted->action);
	int count;

	*found = FOUND_ONE;
	if (*ticket && !number->mistyped) {
		count = find_own(talk, ticket, complaint);
		if (count != 0)
			return count < 0 ? count : 0;
		*found = FOUND_SAID;
		return talk_reply_plain(talk, "refusal", TEXT_OWNER_ONLY);
	}
	count = input->lookup->list(
		input->lookup->context, input->sender, open, candidates, DIALOGUE_CHOICES_MAX);
	if (count < 0)
		return count;
	if (count == 1 && !number->mistyped && !wanted->fresh) {
		*complaint = candidates[0];
		return 0;
	}
	*found = count == 0 ? FOUND_NONE : FOUND_SAID;
	for (int i = 0; i < count && i < DIALOGUE_CHOICES_MAX; i++)
		memcpy(wanted->tickets[wanted->count++], candidates[i].ticket, TICKET_SIZE);
	return count == 0 ? 0 : ask_which(talk, wanted);
}

static int add(struct talk *talk, const struct dialogue_complaint *complaint, const char *text)
{
	struct dialogue_output *out = talk->out;

	/* What has ended for good would hide it. */
	if (complaint->state == STATE_WITHDRAWN || complaint->state == STATE_REFERRED ||
		complaint->state == STATE_CLOSED)
		return talk_complain(talk, text, false);
	bool question = talk->input.session.topic == DIALOGUE_AWAIT_QUESTION &&
			strcmp(talk->input.session.ticket, complaint->ticket) == 0;
	if (question)
		out->session_change = DIALOGUE_SESSION_CLEAR;
	out->answers_question = question;
	snprintf(out->details_ticket, TICKET_SIZE, "%s", complaint->ticket);
	int error = copy_text(text, &out->details_text);
	if (error < 0)
		return error;
	return talk_reply_ticket(talk, "details", complaint->ticket,
		talk->input.parts_missing ? TEXT_ADDED_PARTIAL : TEXT_ADDED);
}

/* A case of its own: the one it is about may long be closed. */
static int object(struct talk *talk, const struct dialogue_complaint *complaint, const char *text)
{
	const struct dialogue_input *input = &talk->input;
	struct dialogue_output *out = talk->out;
	const struct template_value values[] = { { .name = "ticket", .text = input->next_ticket },
		{ .name = "pin", .text = input->next_pin },
		{ .name = "old", .text = complaint->ticket }, { 0 } };

	out->open_complaint = true;
	memcpy(out->objects_to, complaint->ticket, TICKET_SIZE);
	int error = copy_text(text, &out->complaint_text);
	if (error < 0)
		return error;
	return talk_reply(talk, "ticket", input->next_ticket,
		input->parts_missing ? TEXT_TICKET_PARTIAL : TEXT_TICKET_OBJECTION, values);
}

static int rate(
	struct talk *talk, const struct dialogue_complaint *complaint, const struct pending *wanted)
{
	struct dialogue_output *out = talk->out;
	char digit[2] = { (char)('0' + wanted->rating), '\0' };
	const struct template_value values[] = { { .name = "ticket", .text = complaint->ticket },
		{ .name = "rating", .text = digit }, { 0 } };

	if (complaint->state != STATE_RESOLVED && complaint->state != STATE_CLOSED)
		return status_tell(talk, complaint);
	about(talk, complaint);
	out->rating = wanted->rating;
	out->reopen =
		complaint->state == STATE_RESOLVED && wanted->rating <= DIALOGUE_RATING_REOPENS;
	if (talk->input.session.topic == DIALOGUE_AWAIT_RATING)
		out->session_change = DIALOGUE_SESSION_CLEAR;
	if (wanted->text) {
		memcpy(out->details_ticket, complaint->ticket, TICKET_SIZE);
		int error = copy_text(wanted->text, &out->details_text);
		if (error < 0)
			return error;
	}
	return talk_reply(talk, "rating", complaint->ticket,
		out->reopen ? TEXT_RATED_REOPENED : TEXT_RATED, values);
}

static int say_ended(struct talk *talk, const struct dialogue_complaint *complaint)
{
	const struct template_value values[] = { { .name = "ticket", .text = complaint->ticket },
		{ .name = "state", .text = language_say(text_states[complaint->state]) }, { 0 } };

	return talk_reply(talk, "refusal", complaint->ticket, TEXT_ENDED, values);
}

/* Nobody loses a complaint by one word: YA must follow. */
static int ask_withdrawal(struct talk *talk, const struct dialogue_complaint *complaint)
{
	const struct dialogue_session *session = &talk->input.session;
	struct pending wanted = { .action = DIALOGUE_WITHDRAWAL };
	int error = 0;

	if (!state_open(complaint->state))
		return say_ended(talk, complaint);
	if (talk_holds_addition(talk)) {
		wanted.before.topic = DIALOGUE_AWAIT_CHOICE;
		error = pending_write(&talk->pending, &wanted.before.data);
	} else if (session->topic == DIALOGUE_AWAIT_QUESTION) {
		wanted.before.topic = session->topic;
		memcpy(wanted.before.ticket, session->ticket, TICKET_SIZE);
	}
	free(take_pointer(talk->out->session.data));
	talk_await(talk, DIALOGUE_AWAIT_CONFIRM, complaint->ticket);
	if (error == 0)
		error = pending_write(&wanted, &talk->out->session.data);
	pending_release(&wanted);
	return error < 0 ? error
			 : talk_reply_ticket(talk, "confirm", complaint->ticket, TEXT_WITHDRAW_ASK);
}

static int confide(struct talk *talk, const struct dialogue_complaint *complaint, bool on)
{
	about(talk, complaint);
	talk->out->confidential = on ? DIALOGUE_ON : DIALOGUE_OFF;
	return talk_reply_ticket(talk, "confidential", complaint->ticket,
		on ? TEXT_CONFIDENTIAL_ON : TEXT_CONFIDENTIAL_OFF);
}

static int perform(
	struct talk *talk, const struct dialogue_complaint *complaint, const struct pending *wanted)
{
	switch (wanted->action) {
	case DIALOGUE_ADDITION:
		return add(talk, complaint, wanted->text);
	case DIALOGUE_OBJECTION:
		return object(talk, complaint, wanted->text);
	case DIALOGUE_RATING:
		return rate(talk, complaint, wanted);
	case DIALOGUE_WITHDRAWAL:
		return ask_withdrawal(talk, complaint);
	case DIALOGUE_CONFIDENTIAL:
		return confide(talk, complaint, wanted->on);
	case DIALOGUE_STATUS:
		return status_tell(talk, complaint);
	default:
		return -EINVAL;
	}
}

/* RAHASIA without a complaint under way is said about the next one. */
static int confide_next(struct talk *talk, bool on)
{
	enum dialogue_topic topic = talk->input.session.topic;

	if (topic == DIALOGUE_AWAIT_QUESTION || talk_holds_addition(talk))
		return talk_reply_plain(talk, "confidential", TEXT_CONFIDENTIAL_HOW);
	if (!on) {
		if (topic == DIALOGUE_AWAIT_SECRET)
			talk->out->session_change = DIALOGUE_SESSION_CLEAR;
		return talk_reply_plain(talk, "confidential", TEXT_NONE_OPEN);
	}
	talk_await(talk, DIALOGUE_AWAIT_SECRET, "");
	return talk_reply_plain(talk, "confidential", TEXT_CONFIDENTIAL_NEXT);
}

/* What is said, or done, when there is no complaint that it could be about. */
static int without_subject(struct talk *talk, const struct pending *wanted)
{
	switch (wanted->action) {
	case DIALOGUE_ADDITION:
		/* What may be a sentence of its own keeps all its words. */
		return talk_complain(
			talk, talk->understanding.number.given ? talk->text : wanted->text, false);
	case DIALOGUE_OBJECTION:
		return talk_complain(talk, talk->text, false);
	case DIALOGUE_RATING:
		return talk_reply_plain(talk, "rating", TEXT_RATE_NONE);
	case DIALOGUE_CONFIDENTIAL:
		return confide_next(talk, wanted->on);
	default:
		return talk_reply_plain(talk, "refusal", TEXT_NONE_OPEN);
	}
}

static int carry_out(struct talk *talk, struct pending *wanted)
{
	struct dialogue_complaint complaint = { 0 };
	enum found found;
	bool objection = wanted->action == DIALOGUE_OBJECTION;
	bool open = wanted->action != DIALOGUE_RATING && !objection;
	int error = find_subject(talk, wanted, open, &complaint, &found);

	/* To what was answered; else to what wasn't in time. */
	if (error >= 0 && found == FOUND_NONE && objection)
		error = find_subject(talk, wanted, true, &complaint, &found);
	if (error < 0 || found == FOUND_SAID)
		return error;
	return found == FOUND_ONE ? perform(talk, &complaint, wanted)
				  : without_subject(talk, wanted);
}

int own_status(struct talk *talk)
{
	const struct dialogue_input *input = &talk->input;
	struct pending wanted = { .action = DIALOGUE_STATUS };
	struct dialogue_complaint complaint = { 0 };
	enum found found;
	int error = find_subject(talk, &wanted, true, &complaint, &found);

	if (error < 0 || found == FOUND_SAID)
		return error;
	char ticket[TICKET_SIZE];
	memcpy(ticket, complaint.ticket, TICKET_SIZE);
	/* The answer goes with it, which lists leave out. */
	if (found == FOUND_ONE)
		error = input->lookup->find(input->lookup->context, ticket, &complaint);
	else
		error = input->lookup->latest(input->lookup->context, input->sender, &complaint);
	if (error == 0)
		error = talk_reply_plain(talk, "status", TEXT_STATUS_NONE);
	else if (error > 0)
		error = status_tell(talk, &complaint);
	free(complaint.answer);
	return error;
}

int own_number(struct talk *talk)
{
	const struct dialogue_input *input = &talk->input;
	struct dialogue_complaint answered = { 0 };
	bool digit = words_count(talk->text) == 1 && strlen(skip_signs(talk->text)) <= 2;
	int count = digit ? input->lookup->list(
				    input->lookup->context, input->sender, false, &answered, 1)
			  : 0;

	if (count < 0)
		return count;
	talk->out->intention = count ? DIALOGUE_RATING : DIALOGUE_HELP;
	return talk_reply_plain(talk, "help", count ? TEXT_RATE_HOW : TEXT_HELP);
}

int own_handle(struct talk *talk)
{
	const struct understanding *understanding = &talk->understanding;
	struct pending wanted = { .rating = understanding->rating, .on = understanding->on };
	int error = 0;

	switch (understanding->meaning) {
	case MEANS_ADDITION:
		wanted.action = DIALOGUE_ADDITION;
		break;
	case MEANS_OBJECTION:
		wanted.action = DIALOGUE_OBJECTION;
		break;
	case MEANS_RATING:
		wanted.action = DIALOGUE_RATING;
		break;
	case MEANS_WITHDRAWAL:
		wanted.action = DIALOGUE_WITHDRAWAL;
		break;
	default:
		wanted.action = DIALOGUE_CONFIDENTIAL;
		break;
	}
	talk->out->intention = wanted.action;
	if (wanted.action == DIALOGUE_ADDITION && !*understanding->content)
		return talk_reply_plain(talk, "help", TEXT_ADD_EMPTY);
	if (wanted.action == DIALOGUE_OBJECTION && !*understanding->content)
		return talk_reply_plain(talk, "help", TEXT_OBJECT_EMPTY);
	if (wanted.action == DIALOGUE_RATING && wanted.rating == 0)
		return talk_reply_plain(talk, "help", TEXT_RATE_HOW);
	wanted.fresh = understanding->tentative;
	if (wanted.action == DIALOGUE_ADDITION || wanted.action == DIALOGUE_OBJECTION)
		error = copy_text(understanding->tentative ? talk->text : understanding->content,
			&wanted.text);
	else if (understanding->comment)
		error = copy_text(talk->text, &wanted.text);
	if (error == 0)
		error = carry_out(talk, &wanted);
	pending_release(&wanted);
	return error;
}

/* After a short question was answered: the one before it is asked again, so to speak. */
static void resume(struct talk *talk, const char *ended)
{
	struct dialogue_session *before = &talk->pending.before;

	if (talk->out->session_change == DIALOGUE_SESSION_SET)
		return;
	if (before->topic == DIALOGUE_AWAIT_NOTHING ||
		(*before->ticket && strcmp(before->ticket, ended) == 0)) {
		talk->out->session_change = DIALOGUE_SESSION_CLEAR;
		return;
	}
	talk_await(talk, before->topic, before->ticket);
	talk->out->session.data = take_pointer(before->data);
}

/* YA: unless the office was faster. */
static int withdraw(struct talk *talk)
{
	struct dialogue_complaint complaint = { 0 };
	int found = find_own(talk, talk->subject, &complaint);

	if (found < 0)
		return found;
	resume(talk, found ? complaint.ticket : "");
	if (found == 0)
		return talk_reply_plain(talk, "refusal", TEXT_OWNER_ONLY);
	if (!state_open(complaint.state))
		return say_ended(talk, &complaint);
	about(talk, &complaint);
	talk->out->withdraw = true;
	return talk_reply_ticket(talk, "withdrawal", complaint.ticket, TEXT_WITHDRAWN);
}

static int confirm(struct talk *talk)
{
	talk->out->intention = DIALOGUE_WITHDRAWAL;
	switch (talk->understanding.meaning) {
	case MEANS_YES:
		return withdraw(talk);
	case MEANS_NO:
		resume(talk, "");
		return talk_reply_ticket(talk, "withdrawal", talk->subject, TEXT_WITHDRAW_KEPT);
	default:
		return talk_reply_ticket(talk, "confirm", talk->subject, TEXT_WITHDRAW_ASK);
	}
}

static int choose(struct talk *talk)
{
	const struct understanding *understanding = &talk->understanding;
	const struct pending *pending = &talk->pending;
	struct dialogue_complaint complaint = { 0 };
	const char *ticket = understanding->number.ticket;

	talk->out->intention = pending->action;
	if (understanding->choice > 0)
		ticket = understanding->choice <= pending->count
				 ? pending->tickets[understanding->choice - 1]
				 : "";
	bool fresh = pending->fresh && understanding->choice == pending->count + 1;
	int found = *ticket ? find_own(talk, ticket, &complaint) : fresh;
	if (found < 0)
		return found;
	if (found == 0)
		return say_choices(talk, pending, TEXT_WHICH);
	/* As if nothing had been asked: its own question may follow. */
	struct pending wanted = *pending;
	talk->pending = (struct pending) { .before = pending->before };
	wanted.before = (struct dialogue_session) { 0 };
	talk->asked = DIALOGUE_AWAIT_NOTHING;
	talk->input.session = talk->pending.before;
	int error = fresh ? talk_complain(talk, wanted.text, false)
			  : perform(talk, &complaint, &wanted);
	if (talk->out->session_change == DIALOGUE_SESSION_KEEP)
		resume(talk, "");
	pending_release(&wanted);
	return error;
}

int own_answer(struct talk *talk)
{
	if (talk->asked == DIALOGUE_AWAIT_CONFIRM)
		return confirm(talk);
	if (talk->asked == DIALOGUE_AWAIT_CHOICE)
		return choose(talk);
	/* A question for a rating, answered by something else than a digit. */
	talk->out->intention = DIALOGUE_RATING;
	return talk_reply_plain(talk, "help", TEXT_RATE_HOW);
}
