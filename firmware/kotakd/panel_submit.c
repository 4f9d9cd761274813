/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "kotakd/address.h"
#include "kotakd/panel_private.h"
#include "kotakd/printing.h"

#define CHANNEL "panel"
#define NAME_BYTES_MAX 120
#define ADDRESS_BYTES_MAX 240
#define WORD_BYTES_MAX 20
#define PHONE_BYTES_MAX 24
/* A subscriber's number, with or without the country's (E.164 has 15 digits at most). */
#define PHONE_DIGITS_MIN 9
#define PHONE_DIGITS_MAX 15

/* A complaint as the panel sends it; the texts belong to the message. */
struct submission {
	const char *uuid, *language;
	const char *category, *about; /* NULL: not said */
	const char *name, *address;   /* NULL: not given */
	const char *text, *phone;
	char sender[MODEM_ADDRESS_SIZE]; /* the phone as the kiosk keeps it, "" for none */
	bool confidential;
};

static bool one_of(const char *const *known, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(known[i], word) == 0)
			return true;
	}
	return false;
}

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

/* Whether an SMS can reach it: then sender gets its one form. */
static bool phone_reaches(const char *phone, char sender[static MODEM_ADDRESS_SIZE])
{
	bool international = *phone == '+';
	size_t digits = strlen(phone + international);

	if (digits < PHONE_DIGITS_MIN || digits > PHONE_DIGITS_MAX)
		return false;
	address_normalise(phone,
		international ? MODEM_ADDRESS_INTERNATIONAL : MODEM_ADDRESS_NATIONAL, sender);
	return true;
}

static bool read_words(const json_t *complaint, struct submission *out)
{
	static const char *const languages[] = { "id", "jv", "en" };
	static const char *const categories[] = { "access", "quality", "procedure", "other" };
	const char *category = panel_text(complaint, "category", WORD_BYTES_MAX);
	const char *about = panel_text(complaint, "about", WORD_BYTES_MAX);

	out->language = panel_text(complaint, "language", WORD_BYTES_MAX);
	if (!out->language || !category || !about ||
		!one_of(languages, ARRAY_SIZE(languages), out->language) ||
		(*category && !one_of(categories, ARRAY_SIZE(categories), category)) ||
		(*about && !complaint_about(about)))
		return false;
	out->category = or_null(category);
	out->about = or_null(about);
	return true;
}

/* Whether the message is a complaint that a panel would send. */
static bool read_submission(const json_t *message, struct submission *out)
{
	const json_t *complaint = json_object_get(message, "complaint");
	const char *name = panel_text(complaint, "name", NAME_BYTES_MAX);
	const char *address = panel_text(complaint, "address", ADDRESS_BYTES_MAX);

	*out = (struct submission) { .uuid = panel_text(message, "id", UUID_SIZE - 1),
		.text = panel_text(complaint, "text", PANEL_TEXT_MAX),
		.phone = panel_text(complaint, "phone", PHONE_BYTES_MAX) };
	if (!out->uuid || !uuid_valid(out->uuid) || !out->text || !*out->text || !out->phone ||
		!name || !address || !read_words(complaint, out) ||
		out->phone[*out->phone == '+' ? 1 + strspn(out->phone + 1, "0123456789")
					      : strspn(out->phone, "0123456789")])
		return false;
	out->name = or_null(name);
	out->address = or_null(address);
	out->confidential = json_is_true(json_object_get(complaint, "confidential"));
	(void)phone_reaches(out->phone, out->sender);
	return true;
}

/*
 * Fills the gaps of what is known of the number, so that an SMS of theirs isn't asked for it. What
 * came from the number itself is not overwritten: whoever stands here only says that it is theirs.
 */
static int learn(struct panel_turn *turn, const struct submission *submission)
{
	struct contact contact = { 0 };
	int found;

	if (!*submission->sender)
		return 0;
	found = store_contact(turn->kiosk->store, submission->sender, &contact);
	const char *name = contact.name ? NULL : submission->name;
	const char *address = contact.address ? NULL : submission->address;
	contact_release(&contact);
	return found < 0 ? found
			 : store_contact_learn(turn->kiosk->store, submission->sender, name,
				   address, turn->moment.now_ms);
}

static int say_ticket(struct panel_turn *turn, const char *uuid, const char *ticket,
	const char *pin, bool printing)
{
	return panel_say(turn, json_pack("{s:s, s:s, s:s, s:s, s:b}", "type", "ticket", "id", uuid,
				       "ticket", ticket, "pin", pin, "printing", printing));
}

/* It has come already, and the answer was lost on the way: the same ticket once more. */
static int say_again(struct panel_turn *turn, const struct complaint *complaint)
{
	enum printer_state state;

	if (strcmp(complaint->channel, CHANNEL) != 0)
		return -EPROTO;
	return say_ticket(turn, complaint->uuid, complaint->ticket, complaint->pin,
		printing_able(turn->kiosk, &state));
}

static int open_new(struct panel_turn *turn, const struct submission *submission)
{
	struct store *store = turn->kiosk->store;
	char ticket[TICKET_SIZE], pin[PIN_SIZE], uuid[UUID_SIZE];
	autofree char *text = NULL;

	/* A number that no SMS reaches is still a way to find the complainant. */
	if (asprintf(&text, "%s%s%s", submission->text,
		    *submission->phone && !*submission->sender ? "\nTelepon: " : "",
		    *submission->sender ? "" : submission->phone) < 0)
		return -ENOMEM;
	int error = store_ticket_next(store, ticket, pin);
	const struct complaint_opening opening = { .uuid = submission->uuid,
		.ticket = ticket,
		.pin = pin,
		.channel = CHANNEL,
		.language = submission->language,
		.sender = submission->sender,
		.name = submission->name,
		.address = submission->address,
		.text = text,
		.category = submission->category,
		.about = submission->about,
		.confidential = submission->confidential };

	if (error == 0)
		error = store_complaint_open(store, &turn->moment, &opening, uuid);
	if (error == 0)
		error = learn(turn, submission);
	/* From here on the session is the ticket: a draft of it must never be offered again. */
	if (error == 0)
		error = store_panel_put(
			store, &turn->moment, turn->kiosk->time.mono_ms, submission->uuid, NULL);
	int printing =
		error == 0 ? printing_ask(turn->kiosk, &turn->moment, submission->uuid) : error;
	if (printing < 0)
		return printing;
	turn->changed = true;
	return say_ticket(turn, submission->uuid, ticket, pin, printing > 0);
}

int panel_submit(struct panel_turn *turn, const json_t *message)
{
	struct submission submission;
	struct complaint complaint = { 0 };

	if (!read_submission(message, &submission))
		return -EPROTO;
	int found = store_complaint_by_uuid(turn->kiosk->store, submission.uuid, &complaint);
	if (found > 0)
		found = say_again(turn, &complaint);
	else if (found == 0)
		found = open_new(turn, &submission);
	complaint_release(&complaint);
	return found;
}

int panel_print(struct panel_turn *turn, const json_t *message)
{
	struct panel_session session = { 0 };
	const char *uuid = panel_text(message, "id", UUID_SIZE - 1);

	if (!uuid || !uuid_valid(uuid))
		return -EPROTO;
	/* Only for whoever is at the panel with this very ticket. */
	int found = store_panel_session(turn->kiosk->store, &session);
	bool own = found > 0 && !session.data && strcmp(session.uuid, uuid) == 0;
	panel_session_release(&session);
	if (found < 0 || !own)
		return found < 0 ? found : -EPROTO;
	found = printing_ask(turn->kiosk, &turn->moment, uuid);
	if (found < 0)
		return found;
	return panel_say(turn, json_pack("{s:s, s:s, s:s, s:s?}", "type", "printing", "id", uuid,
				       "state", found ? "waiting" : "failed", "reason",
				       found ? NULL : printer_state_name(PRINTER_ABSENT)));
}
