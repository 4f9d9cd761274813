/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages that the kiosk starts: what the office decided, said to the complainant. */
#include <errno.h>

#include "dialogue/dialogue.h"
#include "dialogue/language.h"
#include "dialogue/texts.h"
#include "dialogue/utf8.h"

static enum text text_for(enum dialogue_message message, bool reason, bool day)
{
	switch (message) {
	case DIALOGUE_MESSAGE_ANSWER:
		return day ? TEXT_MESSAGE_ANSWER_UNTIL : TEXT_MESSAGE_ANSWER;
	case DIALOGUE_MESSAGE_QUESTION:
		return TEXT_MESSAGE_QUESTION;
	case DIALOGUE_MESSAGE_STATE:
		if (reason)
			return TEXT_MESSAGE_STATE_REASON;
		return day ? TEXT_MESSAGE_STATE_UNTIL : TEXT_MESSAGE_STATE;
	case DIALOGUE_MESSAGE_EXTENDED:
		if (!reason)
			return TEXT_MESSAGE_EXTENDED;
		return day ? TEXT_MESSAGE_EXTENDED_UNTIL : TEXT_MESSAGE_EXTENDED_REASON;
	case DIALOGUE_MESSAGE_RENUMBERED:
		return TEXT_MESSAGE_RENUMBERED;
	case DIALOGUE_MESSAGE_SURVEY:
		return TEXT_MESSAGE_SURVEY;
	case DIALOGUE_MESSAGE_ANNOUNCEMENT:
		return TEXT_MESSAGE_ANNOUNCEMENT;
	}
	return TEXT_COUNT;
}

int dialogue_compose(enum dialogue_message message, const char *language,
	const struct dialogue_values *values, char **out)
{
	autofree char *text = utf8_clean(values->text ? values->text : "");
	bool wants_text = message == DIALOGUE_MESSAGE_ANSWER ||
			  message == DIALOGUE_MESSAGE_QUESTION ||
			  message == DIALOGUE_MESSAGE_ANNOUNCEMENT;
	bool wants_ticket = message != DIALOGUE_MESSAGE_ANNOUNCEMENT;

	*out = NULL;
	if (!text)
		return -ENOMEM;
	enum text id = text_for(message, *text != '\0', values->day != NULL);
	if (id == TEXT_COUNT || (wants_ticket && !values->ticket) || (wants_text && !*text) ||
		(message == DIALOGUE_MESSAGE_RENUMBERED && !values->old_ticket))
		return -EINVAL;
	locale_t before = language_begin(language);
	const struct template_value filled[] = {
		{ .name = "ticket", .text = values->ticket ? values->ticket : "" },
		{ .name = "old", .text = values->old_ticket ? values->old_ticket : "" },
		{ .name = "text", .text = text },
		{ .name = "date", .text = values->day ? values->day : "" },
		{ .name = "state", .text = language_say(text_states[values->state]) }, { 0 }
	};
	int error = text_fill(id, filled, out);
	language_end(before);
	return error;
}
