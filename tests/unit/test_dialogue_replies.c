/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kiosk answers, what it remembers, and that nothing hostile changes that. */
#include "tests/unit/dialogue_fixture.h"

#include "base/cleanup.h"

#define EMOJI "\xF0\x9F\x98\x80"
/* U+202E, byte by byte: as a literal it could deceive whoever reads this file. */
static const char right_to_left[] = { '\xE2', '\x80', '\xAE', '\0' };

struct talk {
	struct fixture fixture;
	struct dialogue_lookup lookup;
	struct dialogue_input input;
	struct dialogue_output out;
};

static int begin(void **state)
{
	struct talk *talk = calloc(1, sizeof(*talk));

	assert_non_null(talk);
	fixture_init(&talk->fixture);
	talk->input = fixture_input(&talk->fixture, &talk->lookup, "");
	*state = talk;
	return 0;
}

static int end(void **state)
{
	struct talk *talk = *state;

	dialogue_output_free(&talk->out);
	free(talk);
	return 0;
}

/* Sends a text and checks what holds for every answer. */
static const struct dialogue_output *say(struct talk *talk, const char *text)
{
	dialogue_output_free(&talk->out);
	talk->input.text = text;
	assert_int_equal(dialogue_handle(&talk->input, &talk->out), 0);
	assert_one_part(talk->out.reply);
	assert_non_null(talk->out.purpose);
	return &talk->out;
}

/* Like say(), with a text made of a pattern and one ticket. */
static const struct dialogue_output *say_ticket(
	struct talk *talk, const char *before, const char *ticket, const char *after)
{
	autofree char *text = NULL;

	assert_true(asprintf(&text, "%s%s%s", before, ticket, after) > 0);
	return say(talk, text);
}

static void await(struct talk *talk, enum dialogue_topic topic)
{
	talk->input.session.topic = topic;
	memcpy(talk->input.session.ticket, talk->fixture.own, TICKET_SIZE);
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in: %s", part, text);
}

static void test_complaint_of_a_stranger(void **state)
{
	struct talk *talk = *state;
	const struct dialogue_output *out = say(talk, "ADUAN jalan rusak");

	assert_true(out->open_complaint);
	has(out->reply, talk->fixture.next);
	has(out->reply, "PIN 2468");
	has(out->reply, "nama dan alamat");
	assert_string_equal(out->purpose, "ticket");
	assert_string_equal(out->reply_ticket, talk->fixture.next);
	assert_int_equal(out->session_change, DIALOGUE_SESSION_SET);
	assert_int_equal(out->session.topic, DIALOGUE_AWAIT_DETAILS);
	assert_string_equal(out->session.ticket, talk->fixture.next);
	assert_true(out->session_ms == DIALOGUE_DETAILS_MS);
}

static void test_complaint_of_someone_known(void **state)
{
	struct talk *talk = *state;

	talk->input.known_name = "Siti Aminah";
	talk->input.known_address = "Karang";
	const struct dialogue_output *out = say(talk, "jalan rusak");
	has(out->reply, "Siti Aminah");
	has(out->reply, talk->fixture.next);
	has(out->reply, "PIN 2468");
	assert_int_equal(out->session_change, DIALOGUE_SESSION_KEEP);

	talk->input.known_address = NULL;
	out = say(talk, "jalan rusak");
	has(out->reply, "alamat");
	assert_int_equal(out->session.topic, DIALOGUE_AWAIT_ADDRESS);

	talk->input.known_name = NULL;
	talk->input.known_address = "Karang";
	out = say(talk, "jalan rusak");
	has(out->reply, "nama");
	assert_int_equal(out->session.topic, DIALOGUE_AWAIT_DETAILS);
}

static void test_parts_missing(void **state)
{
	struct talk *talk = *state;

	talk->input.parts_missing = 2;
	const struct dialogue_output *out = say(talk, "jalan rusak");
	assert_true(out->open_complaint);
	has(out->reply, "Sebagian SMS");
	has(out->reply, talk->fixture.next);
	has(out->reply, "PIN 2468");
	talk->input.known_name = "Siti";
	talk->input.known_address = "Karang";
	has(say(talk, "jalan rusak")->reply, "Sebagian SMS");
}

static void test_details_in_one(void **state)
{
	struct talk *talk = *state;

	await(talk, DIALOGUE_AWAIT_DETAILS);
	const struct dialogue_output *out = say(talk, "Siti Aminah, Dusun Karang RT 02");
	assert_false(out->open_complaint);
	assert_string_equal(out->details_ticket, talk->fixture.own);
	assert_string_equal(out->details_name, "Siti Aminah");
	assert_string_equal(out->details_address, "Dusun Karang RT 02");
	assert_string_equal(out->details_text, "Siti Aminah, Dusun Karang RT 02");
	assert_false(out->answers_question);
	assert_int_equal(out->session_change, DIALOGUE_SESSION_CLEAR);
	has(out->reply, talk->fixture.own);
	has(out->reply, "Siti Aminah");
}

static void test_details_in_two(void **state)
{
	struct talk *talk = *state;

	await(talk, DIALOGUE_AWAIT_DETAILS);
	const struct dialogue_output *out = say(talk, "Siti Aminah");
	assert_string_equal(out->details_name, "Siti Aminah");
	assert_null(out->details_address);
	assert_int_equal(out->session.topic, DIALOGUE_AWAIT_ADDRESS);
	assert_string_equal(out->session.ticket, talk->fixture.own);
	has(out->reply, "alamat");

	await(talk, DIALOGUE_AWAIT_ADDRESS);
	talk->input.known_name = "Siti Aminah";
	out = say(talk, "siti aminah, Karang Kidul RT 3");
	assert_null(out->details_name);
	assert_string_equal(out->details_address, "Karang Kidul RT 3");
	assert_int_equal(out->session_change, DIALOGUE_SESSION_CLEAR);
	has(out->reply, "Siti Aminah");
}

static void test_address_first(void **state)
{
	struct talk *talk = *state;

	await(talk, DIALOGUE_AWAIT_DETAILS);
	const struct dialogue_output *out = say(talk, "Dusun Karang RT 2");
	assert_null(out->details_name);
	assert_string_equal(out->details_address, "Dusun Karang RT 2");
	assert_int_equal(out->session.topic, DIALOGUE_AWAIT_DETAILS);
	has(out->reply, "nama");
	talk->input.known_address = "Dusun Karang RT 2";
	out = say(talk, "Budi");
	assert_int_equal(out->session_change, DIALOGUE_SESSION_CLEAR);
}

static void test_second_complaint_while_asked(void **state)
{
	struct talk *talk = *state;

	await(talk, DIALOGUE_AWAIT_DETAILS);
	const struct dialogue_output *out = say(talk, "lampu jalan di dusun karang juga mati pak");
	assert_true(out->open_complaint);
	assert_null(out->details_text);
	assert_string_equal(out->session.ticket, talk->fixture.next);
}

static void test_question_answered(void **state)
{
	struct talk *talk = *state;

	await(talk, DIALOGUE_AWAIT_QUESTION);
	const struct dialogue_output *out = say(talk, "lampu di depan masjid, mati sejak Senin");
	assert_int_equal(out->intention, DIALOGUE_DETAILS);
	assert_true(out->answers_question);
	assert_string_equal(out->details_ticket, talk->fixture.own);
	assert_string_equal(out->details_text, "lampu di depan masjid, mati sejak Senin");
	assert_null(out->details_name);
	assert_int_equal(out->session_change, DIALOGUE_SESSION_CLEAR);
	has(out->reply, talk->fixture.own);
	/* A new complaint leaves the question open. */
	out = say(talk, "ADUAN got mampet");
	assert_true(out->open_complaint);
	assert_int_equal(out->session_change, DIALOGUE_SESSION_KEEP);
}

/* The complaint is gone, with an old database put back: the words stay. */
static void test_session_of_a_lost_complaint(void **state)
{
	struct talk *talk = *state;

	await(talk, DIALOGUE_AWAIT_QUESTION);
	memcpy(talk->input.session.ticket, "003-999999-0", TICKET_SIZE);
	const struct dialogue_output *out = say(talk, "lampu di depan masjid");
	assert_true(out->open_complaint);
	assert_string_equal(out->complaint_text, "lampu di depan masjid");
}

static void test_own_status(void **state)
{
	struct talk *talk = *state;

	talk->fixture.state = STATE_INVESTIGATING;
	const struct dialogue_output *out = say(talk, "CEK");
	has(out->reply, talk->fixture.own);
	has(out->reply, "sedang ditangani");
	has(out->reply, "25-11-2026"); /* the day in local time */
	assert_string_equal(out->purpose, "status");
	assert_int_equal(out->session_change, DIALOGUE_SESSION_KEEP);
	talk->fixture.answer = "Lampu sudah diganti";
	talk->fixture.state = STATE_RESOLVED;
	has(say_ticket(talk, "CEK ", talk->fixture.own, "")->reply, "Lampu sudah diganti");
	talk->input.sender = STRANGER;
	has(say(talk, "CEK")->reply, "Belum ada aduan");
}

static void test_every_state_in_words(void **state)
{
	struct talk *talk = *state;

	for (unsigned i = 0; i < STATE_COUNT; i++) {
		talk->fixture.state = (enum complaint_state)i;
		has(say(talk, "CEK")->reply, talk->fixture.own);
	}
}

static void test_ticket_of_another_number(void **state)
{
	struct talk *talk = *state;
	const struct dialogue_output *out;
	autofree char *refusal = NULL;
	char unknown[TICKET_SIZE];

	assert_int_equal(ticket_format(unknown, 3, 9999), 0);
	out = say_ticket(talk, "CEK ", talk->fixture.other, " " OTHER_PIN);
	has(out->reply, talk->fixture.other);
	assert_false(out->wrong_guess);

	out = say_ticket(talk, "CEK ", talk->fixture.other, " 0000");
	assert_true(out->wrong_guess);
	refusal = strdup(out->reply);
	/* In the same words, whether the ticket exists or not */
	out = say_ticket(talk, "CEK ", unknown, " 0000");
	assert_true(out->wrong_guess);
	assert_string_equal(out->reply, refusal);
	assert_string_equal(out->reply_ticket, "");
	out = say_ticket(talk, "CEK ", talk->fixture.other, "");
	assert_false(out->wrong_guess);
	assert_string_equal(out->reply, refusal);
	out = say_ticket(talk, "CEK ", unknown, "");
	assert_false(out->wrong_guess);
	assert_string_equal(out->reply, refusal);
	out = say_ticket(talk, "CEK ", talk->fixture.other, " 47111");
	assert_true(out->wrong_guess);
	assert_string_equal(out->reply, refusal);
}

static void test_guessing_blocked(void **state)
{
	struct talk *talk = *state;

	talk->input.guess_blocked = true;
	const struct dialogue_output *out =
		say_ticket(talk, "CEK ", talk->fixture.other, " " OTHER_PIN);
	has(out->reply, "nanti");
	assert_null(strstr(out->reply, talk->fixture.other));
	assert_false(out->wrong_guess);
	/* One's own needs no guess. */
	has(say_ticket(talk, "CEK ", talk->fixture.own, "")->reply, talk->fixture.own);
	has(say(talk, "CEK")->reply, talk->fixture.own);
}

static void test_forms_of_a_ticket(void **state)
{
	struct talk *talk = *state;
	const char *own = talk->fixture.own; /* 003-000123-C */
	char check = own[11];
	static const char *const forms[] = { "CEK 003000123%c", "cek 003 000123 %c",
		"CEK 003.000123.%c", "CEK: 003-000123-%c!", "cek no 003-000123-%c pak",
		"cek 3-123-%c", "CEK O03-OOO123-%c", "CEK #003-000123-%c",
		"status tiket 0 0 3 0 0 0 1 2 3 %c", "003-000123-%c", "CEK003-000123-%c" };

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		char text[64];
		const char *place = strstr(forms[i], "%c");
		snprintf(text, sizeof(text), "%.*s%c%s", (int)(place - forms[i]), forms[i], check,
			place + 2);
		has(say(talk, text)->reply, own);
	}
	talk->input.sender = STRANGER;
	has(say_ticket(talk, "CEK ", own, "-0815")->reply, own);
	has(say_ticket(talk, "CEK ", own, " PIN 0815")->reply, own);
	has(say_ticket(talk, "cek ", own, ", pin: 0815.")->reply, own);
	has(say_ticket(talk, "", own, " 0815")->reply, own);
}

static void test_mistyped_ticket(void **state)
{
	static const char *const texts[] = { "CEK 003-000123-0", "CEK 123", "CEK 003-000123",
		"CEK 99999999999999999999999999999999999999999999",
		"CEK 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5", "CEK 12345" };
	struct talk *talk = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		const struct dialogue_output *out = say(talk, texts[i]);
		has(out->reply, "salah ketik");
		assert_int_equal(out->intention, DIALOGUE_STATUS);
		assert_false(out->wrong_guess);
	}
}

static void test_courtesies(void **state)
{
	struct talk *talk = *state;

	has(say(talk, "terima kasih")->reply, "Sama-sama");
	has(say(talk, "ok")->reply, "Baik");
	has(say(talk, "")->reply, "kosong");
	await(talk, DIALOGUE_AWAIT_DETAILS);
	assert_int_equal(say(talk, "ok pak")->session_change, DIALOGUE_SESSION_KEEP);
}

static void test_lookup_fails(void **state)
{
	struct talk *talk = *state;

	talk->fixture.failure = -EIO;
	talk->input.text = "CEK";
	assert_int_equal(dialogue_handle(&talk->input, &talk->out), -EIO);
	assert_null(talk->out.reply);
	talk->input.text = talk->fixture.own;
	assert_int_equal(dialogue_handle(&talk->input, &talk->out), -EIO);
}

/* Long and strange values are shortened; ticket and PIN never are. */
static void test_extreme_values(void **state)
{
	static const char *const values[] = {
		"Raden Mas Ngabehi Kanjeng Suryodiningrat Prawirodirjo Kusumowardhani Hadiwinoto "
		"IX",
		"{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
		"[",
		"\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82"
		"\xAC"
		"\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82"
		"\xAC",
		EMOJI EMOJI EMOJI "Siti" EMOJI,
		"Jos\xC3\xA9 \xC3\x91u\xC3\xB1"
		"ez",
		"\xEA\xA6\xA7\xEA\xA6\xAE\xEA\xA6\xB8\xEA\xA6\xAB",
		"%s%s%n%n{ticket}{pin}{name}",
		"\xFF\xFE",
		"a\nb\rc\x1B[2Jd",
	};
	struct talk *talk = *state;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		talk->input.known_name = values[i];
		talk->input.known_address = values[i];
		const struct dialogue_output *out = say(talk, "jalan rusak");
		has(out->reply, talk->fixture.next);
		has(out->reply, "PIN 2468");
		talk->fixture.answer = values[i];
		has(say(talk, "CEK")->reply, talk->fixture.own);
		await(talk, DIALOGUE_AWAIT_DETAILS);
		out = say(talk, values[i]);
		has(out->reply, out->open_complaint		     ? talk->fixture.next
				: out->intention == DIALOGUE_IGNORED ? ""
								     : talk->fixture.own);
		talk->input.session.topic = DIALOGUE_AWAIT_NOTHING;
	}
	talk->input.known_name = "Jos\xC3\xA9";
	talk->input.known_address = "x";
	has(say(talk, "jalan rusak")->reply, "Jos\xC3\xA9");
}

static void test_long_answer_is_shortened(void **state)
{
	struct talk *talk = *state;
	char answer[2000];

	memset(answer, 'a', sizeof(answer) - 1);
	answer[sizeof(answer) - 1] = '\0';
	talk->fixture.answer = answer;
	const char *reply = say(talk, "CEK")->reply;
	assert_int_equal(septets_count(reply), SEPTETS_ONE_PART);
	assert_string_equal(reply + strlen(reply) - 2, "..");
}

/* Ten thousand of anything, in every situation. */
static void test_overlong_texts(void **state)
{
	const char *const pieces[] = { "a", " ", "aduan ", "1", "1 ", "{", "\n", "ok ", "cek ",
		"\xFF", "\xF0\x9F\x98\x80", "\xC3", ",", "rt ", "nama ", "%n", right_to_left, "'",
		"?" };
	struct talk *talk = *state;

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		size_t size = strlen(pieces[i]);
		autofree char *text = calloc(10000 + 1, size);
		assert_non_null(text);
		for (size_t n = 0; n < 10000; n++)
			memcpy(text + n * size, pieces[i], size);
		for (unsigned topic = 0; topic < DIALOGUE_TOPIC_COUNT; topic++) {
			await(talk, (enum dialogue_topic)topic);
			const struct dialogue_output *out = say(talk, text);
			if (out->open_complaint)
				assert_true(strlen(out->complaint_text) > 0);
		}
	}
}

/* What is kept of a broken text is valid UTF-8, and all of it that was readable. */
static void test_broken_text(void **state)
{
	struct talk *talk = *state;
	const struct dialogue_output *out =
		say(talk, "jalan\x01 \xFFrusak\x7F \xC0\xAF \xED\xA0\x80 parah\xE2\x82");

	assert_true(out->open_complaint);
	assert_string_equal(out->complaint_text,
		"jalan \xEF\xBF\xBDrusak \xEF\xBF\xBD\xEF\xBF\xBD "
		"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD parah\xEF\xBF\xBD\xEF\xBF\xBD");
}

/* Every byte and pair of bytes, in every situation: whatever comes of it, nothing breaks. */
static void test_all_short_texts(void **state)
{
	struct talk *talk = *state;
	char text[3] = "";

	for (unsigned first = 1; first < 256; first++) {
		for (unsigned second = 0; second < 256; second += second < 128 ? 1 : 17) {
			text[0] = (char)first;
			text[1] = (char)second;
			await(talk, (enum dialogue_topic)((first + second) % DIALOGUE_TOPIC_COUNT));
			say(talk, text);
		}
	}
}

static void test_names(void **state)
{
	enum dialogue_topic topic;

	(void)state;
	for (unsigned i = 0; i < DIALOGUE_TOPIC_COUNT; i++) {
		assert_true(dialogue_topic_from_name(
			dialogue_topic_name((enum dialogue_topic)i), &topic));
		assert_int_equal(topic, i);
	}
	assert_false(dialogue_topic_from_name("weather", &topic));
	assert_string_equal(dialogue_intention_name(DIALOGUE_COMPLAINT), "complaint");
	assert_string_equal(dialogue_intention_name(DIALOGUE_IGNORED), "ignored");
}

#define TALK(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TALK(test_complaint_of_a_stranger),
		TALK(test_complaint_of_someone_known),
		TALK(test_parts_missing),
		TALK(test_details_in_one),
		TALK(test_details_in_two),
		TALK(test_address_first),
		TALK(test_second_complaint_while_asked),
		TALK(test_question_answered),
		TALK(test_session_of_a_lost_complaint),
		TALK(test_own_status),
		TALK(test_every_state_in_words),
		TALK(test_ticket_of_another_number),
		TALK(test_guessing_blocked),
		TALK(test_forms_of_a_ticket),
		TALK(test_mistyped_ticket),
		TALK(test_courtesies),
		TALK(test_lookup_fails),
		TALK(test_extreme_values),
		TALK(test_long_answer_is_shortened),
		TALK(test_overlong_texts),
		TALK(test_broken_text),
		TALK(test_all_short_texts),
		cmocka_unit_test(test_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("dialogue replies", tests, NULL, NULL);
}
