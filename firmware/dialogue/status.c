/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far a complaint is. */
#include <string.h>
#include <time.h>

#include "dialogue/language.h"
#include "dialogue/reply.h"

#define DATE_SIZE 16

/* The day as people here write it, in local time. */
static void format_date(int64_t time_ms, int utc_offset_s, char out[static DATE_SIZE])
{
	time_t local = (time_t)(time_ms / 1000 + utc_offset_s);
	struct tm day = { 0 };

	gmtime_r(&local, &day);
	strftime(out, DATE_SIZE, "%d-%m-%Y", &day);
}

int status_tell(struct talk *talk, const struct dialogue_complaint *complaint)
{
	char date[DATE_SIZE];

	format_date(complaint->updated_ms, talk->input.utc_offset_s, date);
	const struct template_value values[] = { { .name = "ticket", .text = complaint->ticket },
		{ .name = "state", .text = language_say(text_states[complaint->state]) },
		{ .name = "date", .text = date },
		{ .name = "answer",
			.text = talk_given(complaint->answer) ? complaint->answer : "" },
		{ 0 } };
	enum text text = talk_given(complaint->answer)	? TEXT_STATUS_ANSWER
			 : state_open(complaint->state) ? TEXT_STATUS
							: TEXT_STATUS_ENDED;
	return talk_reply(talk, "status", complaint->ticket, text, values);
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
static int handle_ticket_status(struct talk *talk)
{
	const struct dialogue_input *input = &talk->input;
	const struct ticket_number *number = &talk->understanding.number;
	struct dialogue_complaint complaint = { 0 };
	int found = input->lookup->find(input->lookup->context, number->ticket, &complaint);
	int error = found;

	if (found >= 0) {
		bool own = found > 0 && talk_given(input->sender) &&
			   strcmp(complaint.sender, input->sender) == 0;
		bool right = found > 0 && same_pin(number->pin, complaint.pin);
		if (own || (right && !input->guess_blocked)) {
			error = status_tell(talk, &complaint);
		} else if (input->guess_blocked) {
			error = talk_reply_plain(talk, "status", TEXT_STATUS_LATER);
		} else {
			talk->out->wrong_guess = number->pin_given;
			error = talk_reply_plain(talk, "status", TEXT_STATUS_REFUSED);
		}
	}
	free(complaint.answer);
	return error;
}

int status_handle(struct talk *talk)
{
	talk->out->intention = DIALOGUE_STATUS;
	if (!talk->understanding.number.given)
		return own_status(talk);
	if (talk->understanding.number.mistyped)
		return talk_reply_plain(talk, "status", TEXT_STATUS_MISTYPED);
	return handle_ticket_status(talk);
}
