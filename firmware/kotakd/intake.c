/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/intake.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "dialogue/dialogue.h"
#include "kotakd/address.h"
#include "store/complaint.h"
#include "store/inbound.h"
#include "store/outgoing.h"

#define CHANNEL "sms"
/* A reply that couldn't go out for this long would only puzzle its reader. */
#define REPLY_LIFETIME_MS (INT64_C(7) * 24 * 3600 * 1000)

/*
 * So many replies to one number within a window go at once; more of them wait, none is dropped.
 * A ticket is owed for every complaint that was accepted, also to a village head who sends in
 * those of all his neighbours: only what can't be written by hand waits.
 */
#define REPLIES_MAX 30
#define TICKETS_MAX 200
#define REPLIES_WINDOW_MS (INT64_C(3600) * 1000)

/* Two machines that answer each other do so within minutes; people don't say the same thrice. */
#define LOOP_WINDOW_MS (INT64_C(3600) * 1000)
/* How long we remember that a question of ours expired, to say so when its answer comes. */
#define SESSION_KEPT_MS (INT64_C(7) * 24 * 3600 * 1000)
/* A part that comes so late is a message of its own. */
#define LATE_PART_MS (INT64_C(7) * 24 * 3600 * 1000)

/* What the conversation needs to know of one sender, and owns meanwhile. */
struct intake_view {
	struct contact contact;
	struct session session;
	bool expired; /* its time is over */
	char next_ticket[TICKET_SIZE];
	char next_pin[PIN_SIZE];
	bool guess_blocked;
};

static void intake_view_release(struct intake_view *view)
{
	contact_release(&view->contact);
	session_release(&view->session);
}

static int lookup_copy(struct complaint *complaint, struct dialogue_complaint *out)
{
	*out = (struct dialogue_complaint) {
		.state = complaint->state,
		.answer = take_pointer(complaint->answer),
		.created_ms = complaint->created_ms,
		.updated_ms = complaint->updated_ms,
	};
	snprintf(out->ticket, sizeof(out->ticket), "%s", complaint->ticket);
	snprintf(out->uuid, sizeof(out->uuid), "%s", complaint->uuid);
	snprintf(out->sender, sizeof(out->sender), "%s", complaint->sender);
	snprintf(out->pin, sizeof(out->pin), "%s", complaint->pin);
	complaint_release(complaint);
	return 1;
}

static int lookup_find(void *context, const char *ticket, struct dialogue_complaint *out)
{
	struct complaint complaint = { 0 };
	int found = store_complaint_find(context, ticket, &complaint);

	return found <= 0 ? found : lookup_copy(&complaint, out);
}

static int lookup_latest(void *context, const char *sender, struct dialogue_complaint *out)
{
	struct complaint complaint = { 0 };
	int found = store_complaint_latest(context, sender, &complaint);

	return found <= 0 ? found : lookup_copy(&complaint, out);
}

static int lookup_list(
	void *context, const char *sender, bool open, struct dialogue_complaint *out, size_t most)
{
	struct complaint complaints[DIALOGUE_CHOICES_MAX] = { 0 };
	int count = store_complaint_list(context, sender, open, complaints,
		most < ARRAY_SIZE(complaints) ? most : ARRAY_SIZE(complaints));

	for (int i = 0; i < count; i++) {
		lookup_copy(&complaints[i], &out[i]);
		free(take_pointer(out[i].answer));
	}
	return count;
}

static int intake_look(const struct intake *intake, const struct moment *moment, const char *sender,
	struct intake_view *view)
{
	int found = store_contact(intake->store, sender, &view->contact);

	if (found >= 0)
		found = store_session(intake->store, CHANNEL, sender, &view->session);
	if (found >= 0)
		found = store_guess_blocked(intake->store, sender, moment->now_ms);
	if (found < 0)
		return found;
	view->guess_blocked = found > 0;
	view->expired = view->session.expires_ms <= moment->now_ms;
	return store_ticket_next(intake->store, view->next_ticket, view->next_pin);
}

/* An objection takes over what keeps the other from its readers. */
static int open_objection(const struct intake *intake, const struct moment *moment,
	const struct complaint_opening *opening, const char *ticket)
{
	struct complaint complaint = { 0 };
	struct complaint_opening objection = *opening;
	char uuid[UUID_SIZE];
	int found = store_complaint_find(intake->store, ticket, &complaint);

	if (found > 0) {
		objection.objects_to = complaint.uuid;
		objection.about = complaint.about;
		objection.confidential = opening->confidential || complaint.confidential;
	}
	if (found >= 0)
		found = store_complaint_open(intake->store, moment, &objection, uuid);
	complaint_release(&complaint);
	return found;
}

/* Opens the complaint that the conversation decided on. */
static int intake_open(const struct intake *intake, const struct moment *moment,
	const struct dialogue_input *input, const struct dialogue_output *output)
{
	char uuid[UUID_SIZE];
	const struct complaint_opening opening = {
		.ticket = input->next_ticket,
		.pin = input->next_pin,
		.channel = CHANNEL,
		.language = input->language,
		.sender = input->sender,
		.name = output->details_name ? output->details_name : input->known_name,
		.address = output->details_address ? output->details_address : input->known_address,
		.text = output->complaint_text,
		.confidential = output->confidential == DIALOGUE_ON,
	};

	if (*output->objects_to)
		return open_objection(intake, moment, &opening, output->objects_to);
	return store_complaint_open(intake->store, moment, &opening, uuid);
}

/* What happens to a complaint that there is already. */
static int intake_subject(const struct intake *intake, const struct moment *moment,
	const struct dialogue_output *output)
{
	struct complaint complaint = { 0 };
	int error = store_complaint_find(intake->store, output->subject_ticket, &complaint);

	if (error <= 0)
		return error < 0 ? error : -ENOENT;
	error = 0;
	if (output->rating)
		error = store_complaint_rate(intake->store, moment, &complaint, output->rating);
	if (error == 0 && output->confidential)
		error = store_complaint_confide(
			intake->store, moment, &complaint, output->confidential == DIALOGUE_ON);
	if (error == 0 && output->reopen)
		error = store_complaint_state(intake->store, moment, &complaint, STATE_REOPENED,
			"complainant", "the result did not help", NULL);
	if (error == 0 && output->withdraw)
		error = store_complaint_state(intake->store, moment, &complaint, STATE_WITHDRAWN,
			"complainant", "withdrawn by the complainant", NULL);
	complaint_release(&complaint);
	return error;
}

/* What is now known of the sender. */
static int intake_contact(const struct intake *intake, const struct moment *moment,
	const char *sender, const struct dialogue_output *output)
{
	int error = store_contact_learn(intake->store, sender, output->details_name,
		output->details_address, moment->now_ms);

	if (error == 0 && output->language)
		error = store_contact_language(intake->store, moment, sender, output->language);
	if (error == 0 && output->announcements)
		error = store_contact_consent(
			intake->store, moment, sender, output->announcements == DIALOGUE_ON);
	return error;
}

/* Writes down what the conversation decided. */
static int intake_record(const struct intake *intake, const struct moment *moment,
	const struct dialogue_input *input, const struct dialogue_output *output)
{
	int error = 0;

	if (output->open_complaint)
		error = intake_open(intake, moment, input, output);
	else if (*output->details_ticket)
		error = store_complaint_details(intake->store, moment, output->details_ticket,
			output->details_name, output->details_address, output->details_text,
			output->answers_question);
	if (error == 0 && *output->subject_ticket)
		error = intake_subject(intake, moment, output);
	return error < 0 ? error : intake_contact(intake, moment, input->sender, output);
}

static int intake_session(const struct intake *intake, const struct moment *moment,
	const char *sender, const struct dialogue_output *output)
{
	struct session session = { .expires_ms = moment->now_ms + output->session_ms };

	switch (output->session_change) {
	case DIALOGUE_SESSION_SET:
		/* Both are only lent. */
		session.topic = (char *)dialogue_topic_name(output->session.topic);
		session.data = output->session.data;
		memcpy(session.ticket, output->session.ticket, TICKET_SIZE);
		return store_session_put(intake->store, CHANNEL, sender, &session);
	case DIALOGUE_SESSION_CLEAR:
		return store_session_clear(intake->store, CHANNEL, sender);
	case DIALOGUE_SESSION_KEEP:
	default:
		return 0;
	}
}

/* A message that gets no answer: why is written down, for nobody is left without one by accident.
 */
static int intake_silent(const struct intake *intake, const struct moment *moment,
	const struct inbound_message *message, const char *reason)
{
	char outcome[80];

	autojson json_t *data = json_pack("{s:s}", "reason", reason);
	autojson json_t *personal =
		json_pack("{s:s, s:s}", "from", message->sender, "text", message->text);
	if (!data || !personal)
		return -ENOMEM;
	snprintf(outcome, sizeof(outcome), "ignored: %s", reason);
	int error = store_message_outcome(intake->store, message->id, outcome, NULL);
	if (error < 0)
		return error;
	return store_event(intake->store, moment, "kiosk", "inbound.ignored", NULL, data, personal);
}

static int intake_reply(const struct intake *intake, const struct moment *moment,
	const struct inbound_message *message, const struct dialogue_output *output)
{
	int64_t turn_ms = 0;
	int error = store_outgoing_turn(intake->store, message->sender, moment->now_ms,
		output->open_complaint ? TICKETS_MAX : REPLIES_MAX, REPLIES_WINDOW_MS, &turn_ms);

	if (error < 0)
		return error;
	const struct outgoing_request request = {
		.recipient = message->sender,
		.text = output->reply,
		.purpose = output->purpose,
		.ticket = *output->reply_ticket ? output->reply_ticket : NULL,
		.inbound_id = message->id,
		.priority = output->open_complaint ? OUTGOING_TICKET : OUTGOING_REPLY,
		.modem = message->modem,
		.lifetime_ms = REPLY_LIFETIME_MS,
		.not_before_ms = turn_ms,
	};
	int queued = store_outgoing_add(intake->store, moment, &request);

	if (queued < 0)
		return queued;
	return store_message_outcome(intake->store, message->id,
		dialogue_intention_name(output->intention), request.ticket);
}

/* What the conversation is told, lent by view. */
static struct dialogue_input intake_input(const struct intake *intake, const struct moment *moment,
	const char *sender, const struct intake_view *view, const struct dialogue_lookup *lookup)
{
	struct dialogue_input input = {
		.channel = DIALOGUE_SMS,
		.sender = sender,
		.text = "",
		.language = view->contact.language ? view->contact.language : intake->language,
		.known_name = view->contact.name,
		.known_address = view->contact.address,
		.next_ticket = view->next_ticket,
		.next_pin = view->next_pin,
		.now_ms = moment->now_ms,
		.utc_offset_s = intake->utc_offset_s,
		.guess_blocked = view->guess_blocked,
		.lookup = lookup,
	};
	enum dialogue_topic topic;

	if (!view->session.topic || !dialogue_topic_from_name(view->session.topic, &topic))
		return input;
	if (view->expired) {
		input.expired = topic;
		return input;
	}
	input.session.topic = topic;
	input.session.data = view->session.data;
	memcpy(input.session.ticket, view->session.ticket, TICKET_SIZE);
	return input;
}

int intake_settle(const struct intake *intake, const struct moment *moment, const char *sender)
{
	struct intake_view view = { 0 };
	struct dialogue_output output = { 0 };
	const struct dialogue_lookup lookup = { lookup_find, lookup_latest, lookup_list,
		intake->store };
	int error = intake_look(intake, moment, sender, &view);

	if (error == 0) {
		struct dialogue_input input = intake_input(intake, moment, sender, &view, &lookup);
		input.session.data = view.session.data;
		error = dialogue_expire(&input, &output);
		if (error == 0)
			error = intake_record(intake, moment, &input, &output);
	}
	if (error == 0)
		error = intake_session(intake, moment, sender, &output);
	if (error == 0 && output.reply) {
		const struct outgoing_request request = { .recipient = sender,
			.text = output.reply,
			.purpose = output.purpose,
			.ticket = output.reply_ticket,
			.priority = OUTGOING_TICKET,
			.lifetime_ms = REPLY_LIFETIME_MS };
		int queued = store_outgoing_add(intake->store, moment, &request);
		error = queued < 0 ? queued : 0;
	}
	dialogue_output_free(&output);
	intake_view_release(&view);
	return error;
}

/* The whole step for one message of a person. */
static int intake_converse(const struct intake *intake, const struct moment *moment,
	const struct inbound_message *message)
{
	struct intake_view view = { 0 };
	struct dialogue_output output = { 0 };
	const struct dialogue_lookup lookup = { lookup_find, lookup_latest, lookup_list,
		intake->store };
	int error = intake_look(intake, moment, message->sender, &view);

	if (error == 0) {
		struct dialogue_input input =
			intake_input(intake, moment, message->sender, &view, &lookup);
		input.text = message->text;
		input.parts_missing = message->parts_missing;
		error = dialogue_handle(&input, &output);
		if (error == 0)
			error = intake_record(intake, moment, &input, &output);
	}
	if (error == 0 && output.wrong_guess)
		error = store_guess_wrong(intake->store, message->sender, moment->now_ms);
	if (error == 0)
		error = intake_session(intake, moment, message->sender, &output);
	if (error == 0 && output.reply)
		error = intake_reply(intake, moment, message, &output);
	else if (error == 0)
		error = intake_silent(intake, moment, message,
			output.silence ? output.silence : "nothing to answer");
	dialogue_output_free(&output);
	intake_view_release(&view);
	return error;
}

/* The database's own troubles pass; anything else would be the same at every try. */
static bool will_pass(int error)
{
	return error == -EIO || error == -ENOSPC || error == -ENOMEM;
}

/* One that can't be dealt with must not hold up everybody else: its question is forgotten. */
static int intake_one_settled(
	const struct intake *intake, const struct moment *moment, const char *sender)
{
	int error = store_savepoint(intake->store);

	if (error < 0)
		return error;
	error = intake_settle(intake, moment, sender);
	if (error == 0)
		error = store_release(intake->store);
	if (error == 0)
		return 1;
	store_undo(intake->store);
	if (will_pass(error))
		return error;
	log_error("an addition whose ticket was never told could not be dealt with (%s): its words "
		  "are in the inbox",
		strerror(-error));
	error = store_session_clear(intake->store, CHANNEL, sender);
	return error < 0 ? error : 1;
}

/* Questions of ours whose time is over. */
static int intake_expire(const struct intake *intake, const struct moment *moment)
{
	for (;;) {
		autofree char *sender = NULL;
		int found =
			store_session_unanswered(intake->store, CHANNEL, moment->now_ms, &sender);
		if (found > 0)
			found = intake_one_settled(intake, moment, sender);
		if (found <= 0)
			return found < 0 ? found
					 : store_session_prune(
						   intake->store, moment->now_ms - SESSION_KEPT_MS);
	}
}

static int intake_message(const struct intake *intake, const struct moment *moment,
	const struct inbound_message *message)
{
	const char *silence = address_silence(message->sender, message->sender_type);

	/* It would answer our answer for ever. */
	if (!silence && intake->own && intake->own(intake->context, message->sender))
		silence = "our own number";
	if (!silence) {
		int loops = store_message_loops(
			intake->store, message, moment->now_ms - LOOP_WINDOW_MS);
		if (loops < 0)
			return loops;
		if (loops > 0)
			silence = "a machine's answer, or the same words over and over";
	}
	if (silence)
		return intake_silent(intake, moment, message, silence);
	int error = intake_expire(intake, moment);
	return error < 0 ? error : intake_converse(intake, moment, message);
}

/* A part that came after its message had been taken without it joins the ticket. 1 or 0. */
static int intake_late(const struct intake *intake, const struct moment *moment, int64_t pdu_id)
{
	autofree char *text = NULL;
	char ticket[TICKET_SIZE];
	int late = store_part_late(
		intake->store, pdu_id, moment->now_ms - LATE_PART_MS, ticket, &text);

	if (late <= 0 || !*ticket)
		return late;
	int error = store_complaint_details(intake->store, moment, ticket, NULL, NULL, text, false);
	return error < 0 ? error : 1;
}

/* Why a message isn't for us whoever sent it; NULL when it is. */
static const char *kind_silence(const struct modem_decoded *decoded)
{
	if (decoded->binary)
		return "binary message";
	return decoded->indication ? "message waiting indication" : NULL;
}

static int intake_part(const struct intake *intake, const struct moment *moment, int64_t pdu_id,
	const struct modem_decoded *decoded)
{
	struct inbound_message message = { 0 };
	char sender[MODEM_ADDRESS_SIZE];
	const char *silence = kind_silence(decoded);

	address_normalise(decoded->address, decoded->address_type, sender);
	int found = store_part_add(intake->store, pdu_id, sender, decoded, moment->now_ms);
	if (found == 0)
		found = store_pdu_decoded(intake->store, pdu_id);
	if (found == 0)
		found = intake_late(intake, moment, pdu_id);
	if (found != 0)
		return found < 0 ? found : 0;
	found = store_message_join(intake->store, pdu_id, &message);
	if (found > 0)
		found = silence ? intake_silent(intake, moment, &message, silence)
				: intake_message(intake, moment, &message);
	inbound_message_release(&message);
	return found;
}

static int intake_report(const struct intake *intake, const struct moment *moment, int64_t pdu_id,
	const struct modem_decoded *decoded)
{
	char recipient[MODEM_ADDRESS_SIZE];

	address_normalise(decoded->address, decoded->address_type, recipient);
	int error = store_pdu_decoded(intake->store, pdu_id);
	if (error == 0)
		error = store_report_add(intake->store, moment, pdu_id, recipient, decoded);
	return error;
}

int intake_decoded(const struct intake *intake, const struct moment *moment, int64_t pdu_id,
	const struct modem_decoded *decoded)
{
	int waits = store_pdu_waits(intake->store, pdu_id);

	if (waits <= 0)
		return waits;
	switch (decoded->type) {
	case MODEM_DECODED_DELIVER:
		return intake_part(intake, moment, pdu_id, decoded);
	case MODEM_DECODED_REPORT:
		return intake_report(intake, moment, pdu_id, decoded);
	case MODEM_DECODED_OTHER:
		return store_pdu_decoded(intake->store, pdu_id);
	case MODEM_DECODED_UNREADABLE:
	default:
		log_warning("a message can't be read (%s): it is kept as it came and shown to the "
			    "officer",
			decoded->reason);
		return store_pdu_unreadable(intake->store, moment, pdu_id, decoded->reason);
	}
}

/* The message that has waited longest, dealt with or put down as ignored. 1, or 0 for none. */
static int intake_next_overdue(const struct intake *intake, const struct moment *moment,
	int64_t before_ms, const char *ignored_because)
{
	struct inbound_message message = { 0 };
	int found = store_message_overdue(intake->store, before_ms, &message);

	if (found > 0) {
		int error = ignored_because
				    ? intake_silent(intake, moment, &message, ignored_because)
				    : intake_message(intake, moment, &message);
		found = error < 0 ? error : 1;
	}
	inbound_message_release(&message);
	return found;
}

/* As above; one that can't be dealt with is kept for the officer and holds up nobody. */
static int intake_one_overdue(
	const struct intake *intake, const struct moment *moment, int64_t before_ms)
{
	int found = store_savepoint(intake->store);

	if (found < 0)
		return found;
	found = intake_next_overdue(intake, moment, before_ms, NULL);
	if (found >= 0) {
		int error = store_release(intake->store);
		return error < 0 ? error : found;
	}
	store_undo(intake->store);
	if (will_pass(found))
		return found;
	log_error("a message could not be dealt with (%s): it is kept and shown to the officer",
		strerror(-found));
	return intake_next_overdue(intake, moment, before_ms, "it could not be dealt with");
}

int intake_overdue(const struct intake *intake, const struct moment *moment, int64_t before_ms)
{
	int count = 0;
	int found = intake_expire(intake, moment);

	while (found >= 0 && (found = intake_one_overdue(intake, moment, before_ms)) > 0)
		count++;
	return found < 0 ? found : count;
}
