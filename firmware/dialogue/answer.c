/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Short answers to short questions of ours. What isn't clearly one is left to the rest. */
#include <string.h>

#include "dialogue/understand.h"
#include "dialogue/words.h"

/* More words than this say something else too. */
#define ANSWER_WORDS 5

/* 1 to 5 as a word, 0 for another word. */
static unsigned counted(const char *word)
{
	static const char *const numbers[] = {
		" satu pertama kesatu siji setunggal kapisan one first ",
		" dua kedua loro kalih kapindho two second ",
		" tiga ketiga telu tigo tiga three third ",
		" empat keempat papat sekawan four fourth ", " lima kelima limo gangsal five fifth "
	};
	for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (word_in(numbers[i], word))
			return i + 1;
	}
	return 0;
}

struct short_answer {
	struct groups groups;
	unsigned number; /* said as a word, 0: none */
	size_t words;	 /* all of them, numbers too */
	bool yes, no, courteous;
	bool other;    /* some word that isn't small */
	bool command;  /* a word that commands something … */
	bool withdraw; /* … namely to withdraw */
	bool verdict;  /* puas, buruk … */
	bool outcome;  /* beres, nyala …: "tidak beres" denies something else */
};

static void read_answer(const char *text, struct short_answer *answer)
{
	static const char verdicts[] =
		" puas memuaskan bagus baik buruk jelek elek apik sae kurang "
		"cukup sangat sekali lumayan kecewa mengecewakan biasa good bad "
		"bintang angka ";
	const unsigned small = WORD_FILLER | WORD_GREETING | WORD_INTENT | WORD_NUMBER |
			       WORD_TICKET | WORD_OK | WORD_YES | WORD_NO | WORD_WITHDRAW;
	struct word word;

	*answer = (struct short_answer) { 0 };
	while (word_next(&text, &word)) {
		unsigned meanings = word_meanings(word.text);
		unsigned number = counted(word.text);
		answer->words++;
		if (groups_add(&answer->groups, &word))
			continue;
		answer->command =
			answer->command || ((meanings & (WORD_STATUS | WORD_COMMANDS)) &&
						   !(meanings & (WORD_NUMBER | WORD_YES)));
		answer->withdraw = answer->withdraw || (meanings & WORD_WITHDRAW);
		answer->outcome = answer->outcome ||
				  ((meanings & WORD_DONE) && strcmp(word.text, "jadi") != 0);
		answer->yes = answer->yes || (meanings & WORD_YES);
		answer->no = answer->no || (meanings & WORD_NO);
		answer->courteous = answer->courteous || (meanings & (WORD_OK | WORD_THANKS));
		if (number)
			answer->number = number;
		else if (word_in(verdicts, word.text))
			answer->verdict = true;
		else if (word_in(" sido sida sios estu lha sing ingkang nomer ", word.text))
			continue;
		else if (!(meanings & small))
			answer->other = true;
	}
}

static bool single_digit(const struct short_answer *answer, unsigned *digit)
{
	const char *digits = answer->groups.digits[0];

	if (answer->groups.count == 1 && !answer->number && strlen(digits) == 1)
		*digit = (unsigned)(*digits - '0');
	else if (answer->groups.count == 0)
		*digit = answer->number;
	else
		return false;
	return *digit > 0 || answer->groups.count == 1;
}

static bool answers_choice(const struct short_answer *answer, struct understanding *out)
{
	unsigned digit = 0;

	if (answer->other || answer->command)
		return false;
	if (single_digit(answer, &digit)) {
		out->meaning = MEANS_CHOICE;
		out->choice = digit;
		out->number.mistyped = digit == 0;
		return true;
	}
	if (answer->groups.count == 0)
		return false;
	groups_ticket(&answer->groups, &out->number);
	out->meaning = out->number.given && !out->number.mistyped ? MEANS_CHOICE : MEANS_UNCLEAR;
	return true;
}

static bool answers_confirm(const struct short_answer *answer, struct understanding *out)
{
	if (answer->other || answer->outcome || answer->verdict || answer->words > ANSWER_WORDS ||
		answer->groups.count > 0)
		return false;
	/* BATAL again: of the complaint, or of withdrawing it? */
	if (answer->command && answer->words == 1) {
		out->meaning = MEANS_UNCLEAR;
		return answer->withdraw;
	}
	/* "tidak jadi" and "jangan dibatalkan" deny; "ya" with a "tidak" is neither. */
	if (answer->no)
		out->meaning = MEANS_NO;
	else if (answer->yes)
		out->meaning = MEANS_YES;
	else if (answer->courteous)
		out->meaning = MEANS_UNCLEAR;
	else
		return false;
	return true;
}

static bool answers_rating(const struct short_answer *answer, struct understanding *out)
{
	unsigned digit = 0;

	if (answer->other || answer->command || answer->words > ANSWER_WORDS)
		return false;
	if (single_digit(answer, &digit) && digit >= 1 && digit <= 5)
		out->meaning = MEANS_RATING;
	else if (answer->verdict || answer->groups.count > 0 || answer->number)
		out->meaning = MEANS_UNCLEAR;
	else
		return false;
	out->rating = out->meaning == MEANS_RATING ? (int)digit : 0;
	return true;
}

bool understand_answer(const char *text, enum dialogue_topic topic, struct understanding *out)
{
	struct short_answer answer;

	*out = (struct understanding) { .content = text };
	read_answer(text, &answer);
	switch (topic) {
	case DIALOGUE_AWAIT_CHOICE:
		return answers_choice(&answer, out);
	case DIALOGUE_AWAIT_CONFIRM:
		return answers_confirm(&answer, out);
	case DIALOGUE_AWAIT_RATING:
		return answers_rating(&answer, out);
	default:
		return false;
	}
}
