/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/commands.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "dialogue/dialogue.h"
#include "store/complaint.h"
#include "store/outgoing.h"

/* An officer's words are worth waiting for a phone that is off for weeks. */
#define ANSWER_LIFETIME_MS (INT64_C(30) * 24 * 3600 * 1000)
#define ACTOR_SIZE 100

struct command {
	struct store *store;
	const struct moment *moment;
	const json_t *body;
	const char *id;
	char actor[ACTOR_SIZE];
	struct complaint complaint;
	const char *refused; /* why it can't be done; NULL: done */
};

typedef int command_action(struct command *command);

static const char *member(const struct command *command, const char *name)
{
	return json_string_value(json_object_get(command->body, name));
}

/* Sends a composed message to the complainant by the channel that they used. */
static int command_tell(struct command *command, enum dialogue_message message,
	const struct dialogue_values *values, const char *purpose, enum outgoing_priority priority)
{
	const struct complaint *complaint = &command->complaint;
	autofree char *text = NULL;
	int error = dialogue_compose(message, complaint->language, values, &text);

	if (error < 0)
		return error;
	const struct outgoing_request request = {
		.recipient = complaint->sender,
		.text = text,
		.purpose = purpose,
		.ticket = values->ticket,
		.command_id = command->id,
		.priority = priority,
		.lifetime_ms = ANSWER_LIFETIME_MS,
	};
	int queued = store_outgoing_add(command->store, command->moment, &request);
	return queued < 0 ? queued : 0;
}

static bool can_tell(const struct command *command)
{
	return strcmp(command->complaint.channel, "sms") == 0 && *command->complaint.sender;
}

/* What a resident is told of: the rest is the office's own bookkeeping. */
static bool worth_telling(enum complaint_state state)
{
	return state == STATE_VERIFIED || state == STATE_REFERRED || state == STATE_WITHDRAWN ||
	       state == STATE_REOPENED;
}

static int do_state(struct command *command)
{
	const char *name = member(command, "to");
	enum complaint_state to;

	if (!name || !state_from_name(name, &to)) {
		command->refused = "no such state";
		return 0;
	}
	int error = store_complaint_state(command->store, command->moment, &command->complaint, to,
		command->actor, member(command, "reason"), command->id);
	if (error < 0 || !worth_telling(to) || !can_tell(command))
		return error;
	const struct dialogue_values values = {
		.ticket = command->complaint.ticket, .text = member(command, "reason"), .state = to
	};
	return command_tell(command, DIALOGUE_MESSAGE_STATE, &values, "state", OUTGOING_ANSWER);
}

static int do_answer(struct command *command)
{
	const char *name = member(command, "to");
	enum complaint_state to = STATE_RESOLVED;
	const struct dialogue_values values = { .ticket = command->complaint.ticket,
		.text = member(command, "text") };

	if (name && !state_from_name(name, &to)) {
		command->refused = "no such state";
		return 0;
	}
	if (!values.text || !*values.text) {
		command->refused = "no text";
		return 0;
	}
	int error = store_complaint_state(command->store, command->moment, &command->complaint, to,
		command->actor, "answered", command->id);
	if (error < 0)
		return error;
	if (!can_tell(command)) {
		command->refused = "the complainant left no number to answer to";
		return 0;
	}
	return command_tell(command, DIALOGUE_MESSAGE_ANSWER, &values, "answer", OUTGOING_ANSWER);
}

static int do_question(struct command *command)
{
	const struct complaint *complaint = &command->complaint;
	const struct dialogue_values values = { .ticket = complaint->ticket,
		.text = member(command, "text") };

	if (!values.text || !*values.text) {
		command->refused = "no text";
		return 0;
	}
	if (!can_tell(command)) {
		command->refused = "the complainant left no number to ask";
		return 0;
	}
	int error = store_complaint_state(command->store, command->moment, complaint,
		STATE_INCOMPLETE, command->actor, "asked the complainant", command->id);
	if (error == 0)
		error = store_session_set(command->store, "sms", complaint->sender,
			dialogue_topic_name(DIALOGUE_AWAIT_QUESTION), complaint->ticket,
			command->moment->now_ms + DIALOGUE_QUESTION_MS);
	if (error == 0)
		error = command_tell(
			command, DIALOGUE_MESSAGE_QUESTION, &values, "question", OUTGOING_ANSWER);
	return error;
}

static int do_renumber(struct command *command)
{
	char ticket[TICKET_SIZE];
	const char *wanted = member(command, "ticket");

	if (!wanted || ticket_parse(wanted, ticket) < 0) {
		command->refused = "the new number is no ticket number";
		return 0;
	}
	if (strcmp(ticket, command->complaint.ticket) == 0)
		return 0;
	int error = store_complaint_renumber(
		command->store, command->moment, &command->complaint, ticket, command->id);
	if (error == -EEXIST) {
		command->refused = "the new number is taken";
		return 0;
	}
	if (error < 0 || !can_tell(command))
		return error;
	const struct dialogue_values values = { .ticket = ticket,
		.old_ticket = command->complaint.ticket };
	return command_tell(
		command, DIALOGUE_MESSAGE_RENUMBERED, &values, "renumbered", OUTGOING_TICKET);
}

static const struct {
	const char *type;
	command_action *act;
} actions[] = {
	{ "state", do_state },
	{ "answer", do_answer },
	{ "question", do_question },
	{ "renumber", do_renumber },
};

/* By uuid where the server gives it, else by the number. 1 found, 0 not here. */
static int command_complaint(struct command *command)
{
	const char *uuid = member(command, "uuid");
	const char *ticket = member(command, "ticket");
	char canonical[TICKET_SIZE];

	if (uuid)
		return store_complaint_by_uuid(command->store, uuid, &command->complaint);
	if (ticket && ticket_parse(ticket, canonical) == 0)
		return store_complaint_find(command->store, canonical, &command->complaint);
	return 0;
}

static int command_act(struct command *command)
{
	const char *type = member(command, "type");

	for (size_t i = 0; type && i < ARRAY_SIZE(actions); i++) {
		if (strcmp(type, actions[i].type) != 0)
			continue;
		int found = command_complaint(command);
		if (found > 0)
			return actions[i].act(command);
		command->refused = "no such complaint here";
		return found;
	}
	command->refused = "this kiosk doesn't know that type of command";
	return 0;
}

/* One command. 1 done, 0 none waits, or a negative errno. */
static int command_run(struct store *store, const struct moment *moment)
{
	autojson json_t *body = NULL;
	struct command command = { .store = store, .moment = moment };
	int found = store_command_next(store, &body);

	if (found <= 0)
		return found;
	command.body = body;
	command.id = member(&command, "id");
	const char *actor = member(&command, "actor");
	snprintf(command.actor, sizeof(command.actor), "%s", actor && *actor ? actor : "server");
	int error = store_begin(store);
	if (error == 0)
		error = store_savepoint(store);
	if (error == 0) {
		error = command_act(&command);
		if (error == 0) {
			error = store_release(store);
		} else {
			store_undo(store);
			/* The database's own troubles pass; anything else would repeat for ever. */
			if (error != -EIO && error != -ENOSPC && error != -ENOMEM) {
				command.refused = "it could not be carried out";
				error = 0;
			}
		}
	}
	if (error == 0)
		error = store_command_end(store, moment, body, command.refused);
	if (error == 0)
		error = store_commit(store);
	if (error < 0)
		store_rollback(store);
	if (error == 0 && command.refused)
		log_warning("a command of the server was refused: %s", command.refused);
	complaint_release(&command.complaint);
	return error < 0 ? error : 1;
}

int commands_run(struct store *store, const struct moment *moment)
{
	int count = 0;
	int done;

	while ((done = command_run(store, moment)) > 0)
		count++;
	return done < 0 ? done : count;
}
