/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TAMBAH, NILAI, BATAL, RAHASIA, BAHASA, BERHENTI, MULAI: a word of theirs is a command only in
 * the shape of one, with nothing behind it but what belongs there. All else is a sentence that
 * happens to begin with that word, and so a complaint.
 */
#include <string.h>

#include "dialogue/understand.h"
#include "dialogue/words.h"

/* Words that may stand around a command and say nothing. */
#define SMALL                                                                                      \
	(WORD_TICKET | WORD_NUMBER | WORD_FILLER | WORD_GREETING | WORD_INTENT | WORD_OK |         \
		WORD_THANKS | WORD_COMPLAINT | WORD_OWNER)

struct frame {
	struct word keyword;
	unsigned command;   /* one of WORD_COMMANDS */
	const char *behind; /* the text behind the keyword */
	bool first;	    /* nothing stands before it */
	bool marked;	    /* by a sign or by capitals: it can't be the beginning of a sentence */
	bool exact;	    /* no slip of the pen */
};

/* What the words behind the keyword are. */
struct rest {
	struct groups groups;
	bool other; /* some word that doesn't belong to a command */
	bool denial;
	bool owned;   /* "aduan saya": it is about a complaint */
	size_t words; /* that aren't numbers */
};

const char *skip_signs(const char *text)
{
	return text + strspn(text, " \t\n:;,.-=!*#>/\"'");
}

/* Capitals mark a word only among others that aren't. */
static bool is_marked(const struct word *keyword)
{
	const char *behind = keyword->end + strspn(keyword->end, " ");
	const char *cursor = behind;
	struct word next;

	if (strchr(":=-\n", *behind) || (*keyword->end && strchr(".,;!*", *keyword->end)))
		return true;
	return keyword->capitals && (!word_next(&cursor, &next) || !next.capitals);
}

/* "tidak jadi": one who had meant to has thought better of it. */
static bool retracts(const char **text, const struct word *word)
{
	const char *cursor = *text;
	struct word next;

	if (!(word_meanings(word->text) & WORD_NO) || !word_next(&cursor, &next) ||
		!word_in(" jadi sido sida sios estu ", next.text))
		return false;
	*text = cursor;
	return true;
}

/* The first word behind greetings and intentions, if it is a command. */
static bool find_frame(const char *text, bool slips, struct frame *frame)
{
	bool retracted = false;

	*frame = (struct frame) { .first = true };
	while (word_next(&text, &frame->keyword)) {
		if (retracts(&text, &frame->keyword)) {
			retracted = true;
			continue;
		}
		unsigned meanings = word_meanings(frame->keyword.text);
		unsigned slip = meanings == 0 && slips ? word_slip(frame->keyword.text) : 0;
		frame->command = (meanings | slip) & WORD_COMMANDS;
		/* "tidak jadi lapor" */
		if (retracted && (meanings & WORD_COMPLAINT)) {
			frame->command = WORD_WITHDRAW;
			frame->behind = frame->keyword.start;
			frame->exact = true;
			return true;
		}
		if (frame->command) {
			frame->exact = !slip;
			frame->behind = frame->keyword.end;
			frame->marked = is_marked(&frame->keyword);
			return true;
		}
		if (!(meanings & (WORD_GREETING | WORD_INTENT)))
			return false;
		frame->first = false;
	}
	return false;
}

static void read_rest(const char *text, unsigned allowed, struct rest *rest)
{
	struct word word;

	*rest = (struct rest) { 0 };
	while (word_next(&text, &word)) {
		unsigned meanings = word_meanings(word.text);
		if (groups_add(&rest->groups, &word))
			continue;
		rest->words++;
		rest->denial = rest->denial || (meanings & (WORD_NO | WORD_WITHDRAW | WORD_STOP));
		rest->owned = rest->owned || (meanings & (WORD_COMPLAINT | WORD_NUMBER));
		if (!(meanings & (SMALL | allowed)))
			rest->other = true;
	}
}

/* Whether "tambah" before this word adds to something said before. */
static bool supplements(const struct word *word)
{
	static const char supplements[] =
		" ada info informasi keterangan data juga jg saksi alamat "
		"lokasi foto bukti wonten katrangan lan dan kejadian korban "
		"tiket nomor no ";
	size_t length = strlen(word->text);

	return word_in(supplements, word->text) ||
	       (length > 5 && strcmp(word->text + length - 3, "nya") == 0) ||
	       (length > 6 && strcmp(word->text + length - 4, "ipun") == 0);
}

static bool means_addition(const struct frame *frame, struct understanding *out)
{
	const char *behind = ticket_lead(frame->behind, &out->number);
	const char *cursor = frame->behind;
	struct word next;
	bool more = word_next(&cursor, &next);
	bool degree = more && (word_meanings(next.text) & WORD_DEGREE);

	out->meaning = MEANS_ADDITION;
	out->content = skip_signs(out->number.given ? behind : frame->behind);
	if (out->number.given)
		return true;
	/* "tambah lampu di RT 5" may be a wish of its own, "tambah lokasinya …" is not. */
	out->tentative = more && !frame->marked && !supplements(&next);
	return frame->exact && (frame->marked || (frame->first && !degree));
}

/* KEBERATAN as a command: first, and marked or with a ticket. "kami keberatan dengan …" is a
 * complaint. */
static bool means_objection(const char *text, struct understanding *out)
{
	static const char names[] =
		" keberatan kebratan kberatan keberaten kabotan kaboten objection ";
	struct frame frame = { .first = true };

	while (word_next(&text, &frame.keyword)) {
		if (word_in(names, frame.keyword.text))
			break;
		if (!(word_meanings(frame.keyword.text) & (WORD_GREETING | WORD_INTENT)))
			return false;
		frame.first = false;
	}
	if (!frame.keyword.start)
		return false;
	const char *behind = ticket_lead(frame.keyword.end, &out->number);
	out->meaning = MEANS_OBJECTION;
	out->content = skip_signs(out->number.given ? behind : frame.keyword.end);
	out->tentative = !out->number.given && *out->content && !is_marked(&frame.keyword);
	return out->number.given || frame.first;
}

/* The rating stands before or behind the ticket number, or alone, perhaps as "4/5". */
static void read_rating(const struct groups *groups, struct understanding *out)
{
	struct groups number = *groups;
	const char *digits = NULL;
	size_t count = groups->count;

	if (count == 0 || groups->overlong)
		return;
	if (count == 1 || (count == 2 && strcmp(groups->digits[1], "5") == 0)) {
		digits = groups->digits[0];
	} else {
		number.count = count - 1;
		groups_ticket(&number, &out->number);
		digits = groups->digits[count - 1];
		if (out->number.mistyped) {
			struct ticket_number tried = { 0 };
			memmove(number.digits[0], groups->digits[1],
				(count - 1) * sizeof(number.digits[0]));
			groups_ticket(&number, &tried);
			if (tried.given && !tried.mistyped) {
				out->number = tried;
				digits = groups->digits[0];
			}
		}
	}
	if (strlen(digits) == 1 && *digits >= '1' && *digits <= '5') {
		out->rating = *digits - '0';
	} else if (count == 1 && strlen(digits) > 2) {
		groups_ticket(groups, &out->number);
	}
}

static bool means_rating(
	const struct frame *frame, enum dialogue_topic topic, struct understanding *out)
{
	struct rest rest;

	read_rest(frame->behind, 0, &rest);
	out->meaning = MEANS_RATING;
	read_rating(&rest.groups, out);
	out->comment = rest.other;
	if (topic == DIALOGUE_AWAIT_RATING)
		return out->rating > 0 || !rest.other;
	return !rest.other;
}

static bool means_withdrawal(const struct frame *frame, struct understanding *out)
{
	struct rest rest;
	bool named = strncmp(frame->keyword.text, "batal", 5) == 0 || !frame->exact;

	read_rest(frame->behind, 0, &rest);
	out->meaning = MEANS_WITHDRAWAL;
	groups_ticket(&rest.groups, &out->number);
	return !rest.other && (named || rest.owned || rest.groups.count > 0);
}

/* RAHASIA alone or with a ticket; with a text it is a complaint, sent confidentially. */
static bool means_confidential(const struct frame *frame, struct understanding *out)
{
	struct rest rest;
	const char *cursor = frame->behind;
	struct word next;

	read_rest(frame->behind, WORD_NAME | WORD_LABEL_ADDRESS | WORD_REFUSAL | WORD_NO, &rest);
	if (!rest.other) {
		out->meaning = MEANS_CONFIDENTIAL;
		out->on = !rest.denial;
		groups_ticket(&rest.groups, &out->number);
		return true;
	}
	bool keyword = word_next(&cursor, &next) && (word_meanings(next.text) & WORD_COMPLAINT);
	if (!frame->exact || (!frame->marked && !keyword) || strcmp(next.text, "umum") == 0)
		return false;
	out->meaning = MEANS_COMPLAINT;
	out->confidential = true;
	out->content = skip_signs(keyword ? next.end : frame->behind);
	return true;
}

static const char *language_named(const char *word)
{
	static const struct {
		const char *code, *names;
	} languages[] = { { "id", " id indonesia indo ind indonesian nasional " },
		{ "jv", " jv jawa jowo java javanese jw krama kromo ngoko jawi " },
		{ "en", " en english inggris inggeris eng " } };
	for (size_t i = 0; i < ARRAY_SIZE(languages); i++) {
		if (word_in(languages[i].names, word))
			return languages[i].code;
	}
	return NULL;
}

/* BAHASA and one language; BAHASA alone, or with one that we don't speak, asks which. */
static bool means_language(const struct frame *frame, struct understanding *out)
{
	const char *text = frame->behind;
	struct word word;
	size_t words = 0;

	out->meaning = MEANS_LANGUAGE;
	while (word_next(&text, &word)) {
		const char *code = language_named(word.text);
		if (code && !out->language)
			out->language = code;
		else if (!(word_meanings(word.text) & (SMALL | WORD_NO | WORD_NOTICE)) &&
			 !(words == 0 && *skip_signs(word.end) == '\0' && frame->first))
			return false;
		words++;
	}
	return true;
}

static bool means_consent(const struct frame *frame, struct understanding *out)
{
	struct rest rest;

	read_rest(frame->behind, WORD_NOTICE | WORD_STOP | WORD_START, &rest);
	out->meaning = MEANS_CONSENT;
	out->on = frame->command == WORD_START;
	return !rest.other && rest.groups.count == 0 && !rest.owned;
}

bool understand_command(const char *text, enum dialogue_topic topic, struct understanding *out)
{
	struct frame frame;
	/* Names and answers are near to anything. */
	bool slips = topic != DIALOGUE_AWAIT_DETAILS && topic != DIALOGUE_AWAIT_ADDRESS &&
		     topic != DIALOGUE_AWAIT_QUESTION;

	*out = (struct understanding) { .content = text };
	if (topic != DIALOGUE_AWAIT_QUESTION && means_objection(text, out))
		return true;
	*out = (struct understanding) { .content = text };
	if (!find_frame(text, slips, &frame))
		return false;
	if (frame.command & WORD_ADD)
		return means_addition(&frame, out);
	if (frame.command & WORD_RATE)
		return means_rating(&frame, topic, out);
	if (frame.command & WORD_WITHDRAW)
		return means_withdrawal(&frame, out);
	if (frame.command & WORD_SECRET)
		return means_confidential(&frame, out);
	if (frame.command & WORD_LANGUAGE)
		return means_language(&frame, out);
	return means_consent(&frame, out);
}
