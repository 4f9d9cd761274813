/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialogue/understand.h"

#include <ctype.h>
#include <string.h>

#include "dialogue/details.h"
#include "dialogue/utf8.h"
#include "dialogue/words.h"

/* A thank-you or an "ok" of more words says something else too. */
#define COURTESY_WORDS 10
/* Thanks alone, not thanks and an answer. */
#define BARE_THANKS_WORDS 3
#define TICKET_DIGITS 10
#define PIN_DIGITS 4
#define GROUPS_MAX 16
#define GROUP_SIZE 24

/* The groups of digits in a text, as a person separates them. */
struct groups {
	char digits[GROUPS_MAX][GROUP_SIZE];
	size_t count;
	bool overlong;
};

/*
 * Adds a word to the groups if it is a number; on old keypads O and l stand in for 0 and 1.
 * Returns whether it was one.
 */
static bool add_group(struct groups *groups, const struct word *word)
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

static void set_pin(struct understanding *out, const char *digits)
{
	out->pin_given = *digits != '\0';
	if (strlen(digits) == PIN_DIGITS)
		memcpy(out->pin, digits, DIALOGUE_PIN_SIZE);
}

/* Ticket and PIN from the digits of a request, however they were split. */
static void read_ticket(const struct groups *groups, struct understanding *out)
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
	out->ticket_given = true;
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
	out->ticket_mistyped = true;
}

/*
 * Whether a text asks how far a complaint is: CEK with nothing but numbers and small words,
 * a ticket number alone, or words like "gimana kabar aduan saya". Any other word makes it a
 * complaint.
 */
static bool asks_status(const char *text, enum dialogue_topic topic, struct understanding *out)
{
	struct groups groups = { 0 };
	struct word word;
	bool command = false, progress = false, first = true, ticket_word = false;
	unsigned small = WORD_TICKET | WORD_PROGRESS | WORD_GREETING | WORD_FILLER | WORD_INTENT;

	while (word_next(&text, &word)) {
		unsigned meanings = word_meanings(word.text);
		if (add_group(&groups, &word)) {
			first = false;
			continue;
		}
		if (first && (meanings & WORD_STATUS))
			command = true;
		progress = progress || (meanings & WORD_PROGRESS);
		ticket_word = ticket_word || (meanings & (WORD_TICKET | WORD_COMPLAINT));
		if (!(meanings & (small | WORD_STATUS)))
			return false;
		first = first && (meanings & (WORD_GREETING | WORD_INTENT));
	}
	*out = (struct understanding) { .meaning = MEANS_STATUS };
	read_ticket(&groups, out);
	bool ticket = out->ticket_given && !out->ticket_mistyped;
	/* A number alone that is long enough for a ticket was meant as one. */
	bool alone = out->ticket_mistyped && !ticket_word && !progress &&
		     (groups.overlong || strlen(groups.digits[0]) >= TICKET_DIGITS ||
			     (groups.count > 2 && strlen(groups.digits[0]) == 3));
	if (command || ticket)
		return true;
	/* An officer may have asked for a number, or whether it is done: then this answers that. */
	return topic != DIALOGUE_AWAIT_QUESTION &&
	       (alone || (progress && ticket_word && groups.count == 0));
}

/* Whether nothing but courtesies is said; which of them in *out. */
static bool only_courtesies(const char *text, struct understanding *out)
{
	const unsigned courteous = WORD_THANKS | WORD_OK | WORD_FILLER | WORD_GREETING;
	unsigned seen = 0;
	size_t words = 0;
	bool greeting_only = true;
	struct word word;

	if (strchr(text, '?'))
		return false;
	while (word_next(&text, &word)) {
		unsigned meanings = word_meanings(word.text);
		if (!(meanings & courteous) || ++words > COURTESY_WORDS)
			return false;
		greeting_only = greeting_only && (meanings & WORD_GREETING);
		seen |= meanings;
	}
	if (words == 0)
		return false;
	if (greeting_only)
		out->meaning = MEANS_GREETING;
	else if (seen & WORD_THANKS)
		out->meaning = MEANS_THANKS;
	else if (seen & WORD_OK)
		out->meaning = MEANS_OK;
	else
		return false;
	return true;
}

/* What people send to see whether anybody is there. */
static bool is_test(const char *text)
{
	static const char *const tests[] = { "tes", "test", "tess", "testing", "coba", "ping", "p",
		"pp", "cek cek", "tes tes", "start", "menu", "mulai", "stop", "berhenti", "unreg",
		"jempol" };
	char joined[2 * WORD_SIZE] = "";
	struct word word;
	size_t length = 0;

	for (size_t i = 0; i < 2 && word_next(&text, &word); i++) {
		size_t size = strlen(word.text);
		if (length > 0)
			joined[length++] = ' ';
		memcpy(joined + length, word.text, size + 1);
		length += size;
	}
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
		if (strcmp(joined, tests[i]) == 0)
			return !word_next(&text, &word);
	}
	return false;
}

/* No letter at all: a number that is no ticket says nothing by itself. */
static bool only_digits(const char *text)
{
	uint32_t character;

	while ((character = utf8_next(&text)) != 0) {
		if (utf8_wordly(character) && (character >= 0x80 || !isdigit((int)character)))
			return false;
	}
	return true;
}

/* "tidak mau", "nama rahasia": an answer to our question, and no complaint. */
static bool refuses(const char *text)
{
	struct word word;
	size_t words = 0;

	while (word_next(&text, &word)) {
		if (!(word_meanings(word.text) & (WORD_REFUSAL | WORD_GREETING)))
			return false;
		words++;
	}
	return words > 0;
}

/* BANTUAN, HELP, INFO … alone or with small words; "bantuan pangan tidak rata" is none. */
static bool asks_help(const char *text)
{
	struct word word;
	bool help = false;
	bool question = strchr(text, '?') != NULL;
	bool first = true;
	size_t words = 0;

	while (word_next(&text, &word)) {
		unsigned meanings = word_meanings(word.text);
		words++;
		help = help || (first && (meanings & WORD_HELP));
		first = first && (meanings & (WORD_GREETING | WORD_INTENT));
		if (meanings & WORD_HELP)
			continue;
		if (!(meanings &
			    (WORD_GREETING | WORD_FILLER | WORD_COMPLAINT | WORD_INTENT | WORD_OK)))
			return false;
	}
	if (words == 0)
		return question;
	return help && words <= 4;
}

/* Behind white space and the signs that follow a keyword. */
static const char *skip_signs(const char *text)
{
	return text + strspn(text, " \t\n:;,.-=!*#>/\"'");
}

/* Greetings and intentions without the complaint itself: "pak, mau lapor". */
static bool says_nothing(const char *content)
{
	struct word word;

	while (word_next(&content, &word)) {
		if (!(word_meanings(word.text) & (WORD_GREETING | WORD_INTENT)))
			return false;
	}
	return true;
}

/*
 * Looks for the keyword of a complaint behind greetings. Returns whether there is one;
 * *content is where the complaint begins, NULL when nothing comes behind the keyword.
 */
static bool finds_keyword(const char *text, const char **content)
{
	const char *cursor = text;
	struct word word, next;

	while (word_next(&cursor, &word)) {
		unsigned meanings = word_meanings(word.text);
		if (meanings & WORD_COMPLAINT)
			break;
		if (!(meanings & (WORD_GREETING | WORD_INTENT)))
			return false;
	}
	if (!word.start)
		return false;
	/* "Laporan keuangan …", "aduan saya kemarin …": part of the sentence, left in it. */
	const char *behind = word.end;
	bool marked = word.capitals || *behind == ':' || *behind == '-' || *behind == '\n';
	bool plain = strncmp(word.text, "adu", 3) == 0 || strcmp(word.text, "lapor") == 0;
	if (says_nothing(behind))
		*content = NULL;
	else if (!marked &&
		 (!plain || (word_next(&cursor, &next) && (word_meanings(next.text) & WORD_OWNER))))
		*content = text;
	else
		*content = skip_signs(behind);
	return true;
}

/* A text without a command: an answer to our question, a courtesy, or a complaint. */
static enum meaning free_text(const char *text, enum dialogue_topic topic)
{
	struct understanding courtesy = { 0 };
	bool courteous = only_courtesies(text, &courtesy);

	if (topic == DIALOGUE_AWAIT_QUESTION) {
		/* "ya" and "terima kasih, sudah diperbaiki" answer; bare thanks don't. */
		bool bare = courteous && courtesy.meaning != MEANS_OK &&
			    words_count(text) <= BARE_THANKS_WORDS;
		return bare ? courtesy.meaning : MEANS_ANSWER;
	}
	if (courteous)
		return courtesy.meaning;
	if (only_digits(text))
		return MEANS_GREETING;
	if (topic != DIALOGUE_AWAIT_NOTHING && refuses(text))
		return MEANS_REFUSAL;
	if (topic != DIALOGUE_AWAIT_NOTHING && details_plausible(text, topic))
		return MEANS_DETAILS;
	return MEANS_COMPLAINT;
}

void understand(const char *text, enum dialogue_topic topic, struct understanding *out)
{
	const char *content = text;

	*out = (struct understanding) { .content = text };
	if (asks_help(text)) {
		out->meaning = MEANS_HELP;
	} else if (words_count(text) == 0) {
		out->meaning = MEANS_NOTHING;
	} else if (is_test(text)) {
		out->meaning = MEANS_GREETING;
	} else if (asks_status(text, topic, out)) {
		return;
	} else if (finds_keyword(text, &content) &&
		   !(topic == DIALOGUE_AWAIT_QUESTION && content == text)) {
		*out = (struct understanding) { .content = content ? content : text };
		out->meaning = content ? MEANS_COMPLAINT : MEANS_COMPLAINT_EMPTY;
	} else {
		*out = (struct understanding) { .content = text };
		out->meaning = free_text(text, topic);
	}
}
