/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialogue/numbers.h"

#include <ctype.h>
#include <string.h>

#define TICKET_DIGITS 10
#define PIN_DIGITS 4

bool groups_add(struct groups *groups, const struct word *word)
{
	char group[GROUP_SIZE] = "";
	size_t length = (size_t)(word->end - word->start);
	bool digit = false;

	for (size_t i = 0; i < length; i++) {
		int character = tolower((unsigned char)word->start[i]);
		if (!isdigit(character) && character != 'o' && character != 'i' && character != 'l')
			return false;
		digit = digit || isdigit(character);
		if (i < GROUP_SIZE - 1)
			group[i] = isdigit(character) ? (char)character
				   : character == 'o' ? '0'
						      : '1';
	}
	if (!digit)
		return false;
	if (groups->count == GROUPS_MAX || length >= GROUP_SIZE)
		groups->overlong = true;
	else
		memcpy(groups->digits[groups->count++], group, sizeof(group));
	return true;
}

/* A ticket written without its leading zeros, "3-123-4": three groups, the last one digit. */
static bool pad_ticket(const struct groups *groups, char digits[static TICKET_DIGITS + 1])
{
	size_t kiosk = strlen(groups->digits[0]);
	size_t serial = strlen(groups->digits[1]);

	if (groups->count < 3 || kiosk > 3 || serial > 6 || strlen(groups->digits[2]) != 1)
		return false;
	memset(digits, '0', TICKET_DIGITS);
	memcpy(digits + 3 - kiosk, groups->digits[0], kiosk);
	memcpy(digits + 9 - serial, groups->digits[1], serial);
	digits[9] = groups->digits[2][0];
	digits[TICKET_DIGITS] = '\0';
	return true;
}

static void set_pin(struct ticket_number *out, const char *digits)
{
	out->pin_given = *digits != '\0';
	if (strlen(digits) == PIN_DIGITS)
		memcpy(out->pin, digits, DIALOGUE_PIN_SIZE);
}

void groups_ticket(const struct groups *groups, struct ticket_number *out)
{
	char all[GROUPS_MAX * GROUP_SIZE] = "";
	char ticket[TICKET_DIGITS + 1] = "";
	size_t length = 0;

	if (groups->count == 0 && !groups->overlong)
		return;
	for (size_t i = 0; i < groups->count; i++) {
		size_t size = strlen(groups->digits[i]);
		memcpy(all + length, groups->digits[i], size + 1);
		length += size;
	}
	/* A PIN alone says nothing about which ticket: the sender's own is meant. */
	if (length == PIN_DIGITS && groups->count == 1)
		return;
	out->given = true;
	if (length >= TICKET_DIGITS)
		memcpy(ticket, all, TICKET_DIGITS);
	if (!groups->overlong && ticket_parse(ticket, out->ticket) == 0) {
		set_pin(out, all + TICKET_DIGITS);
		return;
	}
	if (!groups->overlong && pad_ticket(groups, ticket) &&
		ticket_parse(ticket, out->ticket) == 0) {
		if (groups->count > 3)
			set_pin(out, groups->count == 4 ? groups->digits[3] : "0");
		return;
	}
	out->mistyped = true;
}

/* Three groups as a ticket number is written: 3, 6 and 1 digits. */
static bool ticket_shaped(const struct groups *groups)
{
	return groups->count == 3 && strlen(groups->digits[0]) == 3 &&
	       strlen(groups->digits[1]) == 6 && strlen(groups->digits[2]) == 1;
}

const char *ticket_lead(const char *text, struct ticket_number *out)
{
	const char *cursor = text;
	struct groups groups = { 0 };
	struct word word;
	const char *begin = text;
	size_t length = 0;

	*out = (struct ticket_number) { 0 };
	while (length < TICKET_DIGITS && groups.count < 10 && word_next(&cursor, &word)) {
		if (groups_add(&groups, &word)) {
			if (groups.count <= 1)
				begin = word.start;
			length += (size_t)(word.end - word.start);
			struct ticket_number tried = { 0 };
			groups_ticket(&groups, &tried);
			/* Without its zeros only in one piece: "2 3 4 …" counts something. */
			bool whole = length == TICKET_DIGITS ||
				     !memchr(begin, ' ', (size_t)(word.end - begin));
			if (!groups.overlong && whole && tried.given && !tried.mistyped) {
				*out = tried;
				return word.end;
			}
		} else if (groups.count > 0 || !(word_meanings(word.text) & WORD_NUMBER)) {
			break;
		}
	}
	/* Meant as one, but for a wrong digit: whose words follow is to be asked, not guessed. */
	if (!groups.overlong && length == TICKET_DIGITS &&
		(groups.count == 1 || ticket_shaped(&groups))) {
		out->given = out->mistyped = true;
		return cursor;
	}
	return text;
}
