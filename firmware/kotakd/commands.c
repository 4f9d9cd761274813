/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/commands.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "dialogue/dialogue.h"
#include "kotakd/intake.h"
#include "store/complaint.h"
#include "store/erase.h"
#include "store/outgoing.h"
#include "store/panel.h"

/* An officer's words are worth waiting for a phone that is off for weeks. */
#define ANSWER_LIFETIME_MS (INT64_C(30) * 24 * 3600 * 1000)
#define NOTICE_LIFETIME_MS (INT64_C(3) * 24 * 3600 * 1000)
#define ACTOR_SIZE 100
#define DAY_SIZE 16

/* Notices go out between these hours, local time. */
#define DAY_BEGINS_H 8
#define DAY_ENDS_H 20
#define HOUR_MS (INT64_C(3600) * 1000)

struct command {
	struct store *store;
	const struct moment *moment;
	int utc_offset_s;
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

/* By SMS: to the number that it came from, or that was left for it at the panel. */
static bool can_tell(const struct command *command)
{
	const struct complaint *complaint = &command->complaint;

	return *complaint->sender &&
	       (strcmp(complaint->channel, "sms") == 0 || strcmp(complaint->channel, "panel") == 0);
}

/* Whoever complained at the panel without leaving a number comes back to it and reads. */
static bool waits_at_panel(const struct command *command)
{
	return !can_tell(command) && strcmp(command->complaint.channel, "panel") == 0;
}

/* What a resident is told of: the rest is the office's own bookkeeping. */
static bool worth_telling(enum complaint_state state)
{
	return state == STATE_VERIFIED || state == STATE_REFERRED || state == STATE_WITHDRAWN ||
	       state == STATE_REOPENED;
}

/* A day of the server's ("2026-12-03") as people here write it; NULL for none that is one. */
static const char *member_day(
	const struct command *command, const char *name, char out[static DAY_SIZE])
{
	const char *text = member(command, name);
	struct tm parts = { 0 };
	const char *end = text ? strptime(text, "%Y-%m-%d", &parts) : NULL;

	if (!end || *end || strftime(out, DAY_SIZE, "%d-%m-%Y", &parts) == 0)
		return NULL;
	return out;
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
	char day[DAY_SIZE];
	const struct dialogue_values values = { .ticket = command->complaint.ticket,
		.text = member(command, "reason"),
		.day = to == STATE_VERIFIED ? member_day(command, "due", day) : NULL,
		.state = to };
	return command_tell(command, DIALOGUE_MESSAGE_STATE, &values, "state", OUTGOING_ANSWER);
}

/* More working days than was promised: the resident is told why. */
static int do_extended(struct command *command)
{
	char day[DAY_SIZE];
	const struct dialogue_values values = { .ticket = command->complaint.ticket,
		.text = member(command, "reason"),
		.day = member_day(command, "due", day) };

	/* At the panel it is read from the command. */
	if (!can_tell(command))
		return 0;
	return command_tell(
		command, DIALOGUE_MESSAGE_EXTENDED, &values, "extended", OUTGOING_ANSWER);
}

static int do_answer(struct command *command)
{
	const char *name = member(command, "to");
	enum complaint_state to = STATE_RESOLVED;
	char day[DAY_SIZE];
	const struct dialogue_values values = { .ticket = command->complaint.ticket,
		.text = member(command, "text"),
		.day = member_day(command, "object_until", day) };

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
	if (error < 0 || waits_at_panel(command))
		return error;
	if (!can_tell(command)) {
		command->refused = "the complainant left no number to answer to";
		return 0;
	}
	return command_tell(command, DIALOGUE_MESSAGE_ANSWER, &values, "answer", OUTGOING_ANSWER);
}

/* The question goes by SMS, and the next message of theirs is expected to be its answer. */
static int ask_by_sms(struct command *command, const struct dialogue_values *values)
{
	const struct complaint *complaint = &command->complaint;
	/* What the complainant said and was asked about must not be forgotten over it. */
	const struct intake intake = { .store = command->store,
		.language = complaint->language,
		.utc_offset_s = command->utc_offset_s };
	int error = intake_settle(&intake, command->moment, complaint->sender);

	if (error == 0)
		error = store_session_set(command->store, "sms", complaint->sender,
			dialogue_topic_name(DIALOGUE_AWAIT_QUESTION), complaint->ticket,
			command->moment->now_ms + DIALOGUE_QUESTION_MS);
	return error < 0 ? error
			 : command_tell(command, DIALOGUE_MESSAGE_QUESTION, values, "question",
				   OUTGOING_ANSWER);
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
	if (!can_tell(command) && !waits_at_panel(command)) {
		command->refused = "the complainant left no number to ask";
		return 0;
	}
	int error = store_complaint_state(command->store, command->moment, complaint,
		STATE_INCOMPLETE, command->actor, "asked the complainant", command->id);
	return error < 0 || waits_at_panel(command) ? error : ask_by_sms(command, &values);
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

int64_t commands_quiet_until(int64_t now_ms, int utc_offset_s)
{
	int64_t of_day = (now_ms + utc_offset_s * INT64_C(1000)) % (24 * HOUR_MS);

	if (of_day >= DAY_BEGINS_H * HOUR_MS && of_day < DAY_ENDS_H * HOUR_MS)
		return 0;
	int64_t left = DAY_BEGINS_H * HOUR_MS - of_day;
	return now_ms + (left > 0 ? left : left + 24 * HOUR_MS);
}

/* A bare "5" is then the rating; a question that is open already is the more important one. */
static int expect_rating(struct command *command)
{
	const struct complaint *complaint = &command->complaint;
	struct session session = { 0 };
	int found = store_session(command->store, "sms", complaint->sender, &session);
	bool open = found > 0 && session.expires_ms > command->moment->now_ms;

	session_release(&session);
	if (found < 0 || open)
		return found < 0 ? found : 0;
	return store_session_set(command->store, "sms", complaint->sender,
		dialogue_topic_name(DIALOGUE_AWAIT_RATING), complaint->ticket,
		command->moment->now_ms + DIALOGUE_RATING_MS);
}

/* Asks whether it helped, if the complainant agreed to be asked. */
static int do_survey(struct command *command)
{
	const struct complaint *complaint = &command->complaint;
	const struct dialogue_values values = { .ticket = complaint->ticket };
	autofree char *text = NULL;
	int agreed =
		can_tell(command) ? store_contact_agreed(command->store, complaint->sender) : 0;

	if (agreed < 0)
		return agreed;
	if (agreed == 0) {
		command->refused = "the complainant hasn't agreed to be asked";
		return 0;
	}
	int error = dialogue_compose(DIALOGUE_MESSAGE_SURVEY, complaint->language, &values, &text);
	if (error < 0)
		return error;
	const struct outgoing_request request = { .recipient = complaint->sender,
		.text = text,
		.purpose = "survey",
		.ticket = complaint->ticket,
		.command_id = command->id,
		.priority = OUTGOING_NOTICE,
		.lifetime_ms = NOTICE_LIFETIME_MS,
		.not_before_ms =
			commands_quiet_until(command->moment->now_ms, command->utc_offset_s) };
	int queued = store_outgoing_add(command->store, command->moment, &request);
	return queued < 0 ? queued : expect_rating(command);
}

static int announce_to(void *context, const char *sender, const char *language)
{
	struct command *command = context;
	const struct dialogue_values values = { .text = member(command, "text") };
	autofree char *text = NULL;
	int error = dialogue_compose(DIALOGUE_MESSAGE_ANNOUNCEMENT, language, &values, &text);

	if (error < 0)
		return error;
	/* Without the command's id, which stands for one message: its own step is what is once. */
	const struct outgoing_request request = { .recipient = sender,
		.text = text,
		.purpose = "announcement",
		.priority = OUTGOING_NOTICE,
		.lifetime_ms = NOTICE_LIFETIME_MS,
		.not_before_ms =
			commands_quiet_until(command->moment->now_ms, command->utc_offset_s) };
	int queued = store_outgoing_add(command->store, command->moment, &request);
	return queued < 0 ? queued : 0;
}

/* To everybody who agreed to get announcements, and nobody else. */
static int do_announce(struct command *command)
{
	const char *text = member(command, "text");
	const char *time = member(command, "time");
	int64_t told_ms;

	if (!text || !*text) {
		command->refused = "no text";
		return 0;
	}
	/* A kiosk that was cut off for weeks doesn't tell the village what is over. */
	if (time && time_parse(time, &told_ms) == 0 && command->moment->clock != CLOCK_GUESS &&
		told_ms + NOTICE_LIFETIME_MS < command->moment->now_ms) {
		command->refused = "the announcement is too old";
		return 0;
	}
	/* Whoever reads the notice board in the lobby has asked for it. */
	int error = store_notice_add(command->store, command->id, text, command->moment->now_ms);
	return error < 0 ? error : store_contacts_agreed(command->store, announce_to, command);
}

/*
 * The server has erased its copy; the state is where its decisions had led, should this kiosk not
 * have heard of them all. What isn't here any more needs no erasing.
 */
static int do_erase(struct command *command)
{
	const char *to = member(command, "to");
	const char *reason = member(command, "reason");
	const struct store_erasure erasure = { .uuid = command->complaint.uuid,
		.request = reason && strcmp(reason, "request") == 0,
		.command_id = command->id };
	enum complaint_state state;
	int error = 0;

	if (!*erasure.uuid)
		return 0;
	if (to && state_from_name(to, &state))
		error = store_complaint_state(command->store, command->moment, &command->complaint,
			state, command->actor, "erased", command->id);
	if (error >= 0)
		error = store_erase_complaint(command->store, command->moment, &erasure);
	return error < 0 ? error : 0;
}

static const struct {
	const char *type;
	command_action *act;
	bool about_all; /* not about one complaint */
	bool anyway;	/* also when that complaint isn't here */
} actions[] = {
	{ "state", do_state, false, false },
	{ "answer", do_answer, false, false },
	{ "question", do_question, false, false },
	{ "extended", do_extended, false, false },
	{ "renumber", do_renumber, false, false },
	{ "survey", do_survey, false, false },
	{ "announce", do_announce, true, false },
	{ "erase", do_erase, false, true },
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
		int found = actions[i].about_all ? 1 : command_complaint(command);
		if (found > 0 || (found == 0 && actions[i].anyway))
			return actions[i].act(command);
		command->refused = "no such complaint here";
		return found;
	}
	command->refused = "this kiosk doesn't know that type of command";
	return 0;
}

/* One command. 1 done, 0 none waits, or a negative errno. */
static int command_run(struct store *store, const struct moment *moment, int utc_offset_s)
{
	autojson json_t *body = NULL;
	struct command command = { .store = store, .moment = moment, .utc_offset_s = utc_offset_s };
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

int commands_run(struct store *store, const struct moment *moment, int utc_offset_s)
{
	int count = 0;
	int done;

	while ((done = command_run(store, moment, utc_offset_s)) > 0)
		count++;
	return done < 0 ? done : count;
}
