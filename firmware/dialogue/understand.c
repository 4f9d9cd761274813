/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialogue/understand.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "dialogue/details.h"
#include "dialogue/numbers.h"
#include "dialogue/utf8.h"
#include "dialogue/words.h"

/* A thank-you or an "ok" of more words says something else too. */
#define COURTESY_WORDS 10
/* Thanks alone, not thanks and an answer. */
#define BARE_THANKS_WORDS 3
#define HELP_WORDS 4
#define DENIAL_WORDS 3
#define TICKET_DIGITS 10

static bool is_already(const char *word)
{
	static const char already[] = " sudah sdh udah uda wis wes sampun apa apakah napa nopo ";
	return word_in(already, word);
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
	bool asked = strchr(text, '?') != NULL, already = false, yet = false, done = false;
	unsigned small = WORD_TICKET | WORD_PROGRESS | WORD_GREETING | WORD_FILLER | WORD_INTENT |
			 WORD_DONE | WORD_YET;

	while (word_next(&text, &word)) {
		unsigned meanings = word_meanings(word.text);
		if (groups_add(&groups, &word)) {
			first = false;
			continue;
		}
		if (meanings == 0 && first)
			meanings = word_slip(word.text) & WORD_STATUS;
		if (first && (meanings & WORD_STATUS))
			command = true;
		progress = progress || (meanings & WORD_PROGRESS);
		ticket_word = ticket_word || (meanings & (WORD_TICKET | WORD_COMPLAINT));
		if (!(meanings & (small | WORD_STATUS)) && !is_already(word.text))
			return false;
		already = already || is_already(word.text);
		yet = yet || (meanings & WORD_YET);
		done = done || (meanings & WORD_DONE);
		first = first && (meanings & (WORD_GREETING | WORD_INTENT));
	}
	/* "sudah diproses belum" asks; "belum diproses" complains. */
	progress = progress || (done && (asked || (already && yet)));
	*out = (struct understanding) { .meaning = MEANS_STATUS };
	groups_ticket(&groups, &out->number);
	bool ticket = out->number.given && !out->number.mistyped;
	/* A number alone that is long enough for a ticket was meant as one. */
	bool alone = out->number.mistyped && !ticket_word && !progress &&
		     (groups.overlong || strlen(groups.digits[0]) >= TICKET_DIGITS ||
			     (groups.count > 2 && strlen(groups.digits[0]) == 3));
	if (command || ticket)
		return true;
	/* An officer may have asked for a number, or whether it is done: then this answers that. */
	return topic != DIALOGUE_AWAIT_QUESTION &&
	       (alone || (progress && ticket_word && groups.count == 0));
}

/* What thanks may name: "terima kasih, lampunya sudah nyala". */
static bool names_thing(const struct word *word)
{
	static const char things[] =
		" lampu jalan jln dalan margi air banyu toya got selokan sampah "
		"listrik jembatan ktp kk akta surat sertifikat bantuan bansos ";
	size_t length = strlen(word->text);

	return word_in(things, word->text) ||
	       (length > 5 && strcmp(word->text + length - 3, "nya") == 0) ||
	       (length > 6 && strcmp(word->text + length - 4, "ipun") == 0);
}

/* Thanks for something that is done now, and nothing else. */
static bool thanks_for(const char *text)
{
	const unsigned courteous = WORD_THANKS | WORD_OK | WORD_FILLER | WORD_GREETING | WORD_DONE;
	bool thanks = false, already = false, done = false;
	size_t things = 0, words = 0;
	struct word word;

	if (strchr(text, '?'))
		return false;
	while (word_next(&text, &word)) {
		unsigned meanings = word_meanings(word.text);
		thanks = thanks || (meanings & WORD_THANKS);
		already = already || is_already(word.text);
		done = done || (meanings & WORD_DONE);
		if (++words > COURTESY_WORDS || (strcmp(word.text, "lagi") == 0 && already))
			return false;
		if (meanings & courteous || is_already(word.text))
			continue;
		if (!names_thing(&word))
			return false;
		things++;
	}
	return thanks && already && done && things <= 2;
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
		"pp", "cek cek", "tes tes", "menu", "jempol" };
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

static bool asks_how(const char *word)
{
	static const char how[] = " bagaimana gimana gmn bgmn gmana pripun piye kepiye pye ";
	return word_in(how, word);
}

/* BANTUAN, HELP, INFO … alone or with small words; "bantuan pangan tidak rata" is none. */
static bool asks_help(const char *text, struct understanding *out)
{
	bool info = false;
	struct word word;
	bool help = false;
	bool question = strchr(text, '?') != NULL;
	bool first = true;
	size_t words = 0;

	while (word_next(&text, &word)) {
		unsigned meanings = word_meanings(word.text);
		if (meanings == 0)
			meanings = word_slip(word.text) & WORD_HELP;
		words++;
		bool how = (meanings & WORD_PROGRESS) && asks_how(word.text);
		if (first && (meanings & WORD_HELP)) {
			info = info || strncmp(word.text, "info", 4) == 0;
			help = true;
		}
		first = first && (how || (meanings & (WORD_GREETING | WORD_INTENT)));
		if (how || (meanings & WORD_HELP))
			continue;
		if (!(meanings &
			    (WORD_GREETING | WORD_FILLER | WORD_COMPLAINT | WORD_INTENT | WORD_OK)))
			return false;
	}
	out->meaning = info ? MEANS_INFO : MEANS_HELP;
	if (words == 0)
		return question;
	return help && words <= HELP_WORDS;
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
static bool finds_keyword(const char *text, bool slips, const char **content)
{
	const char *cursor = text;
	struct word word, next;

	while (word_next(&cursor, &word)) {
		unsigned meanings = word_meanings(word.text);
		if (meanings == 0 && slips)
			meanings = word_slip(word.text);
		if (meanings & WORD_COMPLAINT)
			break;
		if (!(meanings & (WORD_GREETING | WORD_INTENT)))
			return false;
	}
	if (!word.start)
		return false;
	/* "Laporan keuangan …", "aduan saya kemarin …": part of the sentence, left in it. */
	const char *behind = word.end;
	const char *ahead = behind;
	bool shouted = word_next(&ahead, &next) && next.capitals;
	bool marked =
		(word.capitals && !shouted) || *behind == ':' || *behind == '-' || *behind == '\n';
	bool plain = (word_meanings(word.text) && strncmp(word.text, "adu", 3) == 0) ||
		     strcmp(word.text, "lapor") == 0;
	if (says_nothing(behind))
		*content = NULL;
	else if (!marked &&
		 (!plain || (word_next(&cursor, &next) && (word_meanings(next.text) & WORD_OWNER))))
		*content = text;
	else
		*content = skip_signs(behind);
	return true;
}

/* "tidak", "gak jadi pak": an answer to nothing that we asked, and no complaint. */
static bool only_denies(const char *text)
{
	/* "tidak beres", "gak nyala" say what is wrong: nothing that may be missing is small. */
	const unsigned small = WORD_NO | WORD_GREETING;
	struct word word;
	size_t words = 0;
	bool denies = false;

	while (word_next(&text, &word)) {
		unsigned meanings = word_meanings(word.text);
		denies = denies || (meanings & WORD_NO);
		if (++words > DENIAL_WORDS ||
			(!(meanings & small) &&
				!word_in(" jadi sido sida sios estu saja aja mawon wae dulu ya ",
					word.text)))
			return false;
	}
	return denies;
}

/* A text without a command: an answer to our question, a courtesy, or a complaint. */
static enum meaning free_text(const char *text, enum dialogue_topic topic)
{
	struct understanding courtesy = { 0 };
	bool courteous = only_courtesies(text, &courtesy);
	bool asked = topic == DIALOGUE_AWAIT_DETAILS || topic == DIALOGUE_AWAIT_ADDRESS;

	if (topic == DIALOGUE_AWAIT_QUESTION) {
		/* "ya" and "terima kasih, sudah diperbaiki" answer; bare thanks don't. */
		bool bare = courteous && courtesy.meaning != MEANS_OK &&
			    words_count(text) <= BARE_THANKS_WORDS;
		return bare ? courtesy.meaning : MEANS_ANSWER;
	}
	if (courteous)
		return courtesy.meaning;
	if (thanks_for(text))
		return MEANS_THANKS;
	if (only_digits(text))
		return MEANS_NUMBER;
	if (asked && refuses(text))
		return MEANS_REFUSAL;
	if (asked && details_plausible(text, topic))
		return MEANS_DETAILS;
	if (only_denies(text))
		return MEANS_GREETING;
	return MEANS_COMPLAINT;
}

/* "ADUAN RAHASIA …": nothing of it is cut off. */
static bool asks_confidence(const char *content)
{
	struct word word;

	return word_next(&content, &word) && (word_meanings(word.text) & WORD_SECRET);
}

void understand(const char *text, enum dialogue_topic topic, struct understanding *out)
{
	const char *content = text;

	*out = (struct understanding) { .content = text };
	if (understand_answer(text, topic, out))
		return;
	if (asks_help(text, out))
		return;
	if (words_count(text) == 0) {
		out->meaning = MEANS_NOTHING;
		return;
	}
	if (is_test(text)) {
		out->meaning = MEANS_GREETING;
		return;
	}
	if (understand_command(text, topic, out) || asks_status(text, topic, out))
		return;
	*out = (struct understanding) { .content = text };
	if (finds_keyword(text, topic == DIALOGUE_AWAIT_NOTHING, &content) &&
		!(topic == DIALOGUE_AWAIT_QUESTION && content == text)) {
		out->content = content ? content : text;
		out->meaning = content ? MEANS_COMPLAINT : MEANS_COMPLAINT_EMPTY;
		out->confidential = content && asks_confidence(content);
	} else {
		out->meaning = free_text(text, topic);
	}
}
