/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages that the kiosk starts, and what texts cost on the air. */
#include "tests/unit/dialogue_fixture.h"

#include "base/cleanup.h"
#include "dialogue/template.h"
#include "dialogue/utf8.h"

#define TICKET "003-000123-7"

static void test_septets(void **state)
{
	static const struct {
		const char *text;
		long septets;
	} texts[] = {
		{ "", 0 },
		{ "abc", 3 },
		{ "@\xC2\xA3$\xC2\xA5\xC3\xA8\xC3\xA9\xC3\xB9\xC3\xAC\xC3\xB2", 9 },
		{ "\xC3\x85\xC3\xA5\xCE\x94_"
		  "\xCE\xA6\xCE\x93\xCE\x9B\xCE\xA9\xCE\xA0\xCE\xA8\xCE\xA3\xCE\x98\xCE\x9E",
			13 },
		{ "\n\r", 2 },
		{ "{}[]\\^~|", 16 },
		{ "\xE2\x82\xAC", 2 },
		{ "`", -1 },
		{ "\xC3\xA7", -1 }, /* only the capital is in the alphabet */
		{ "\xC3\x87", 1 },
		{ "\x1B", -1 },
		{ "\xF0\x9F\x98\x80", -1 },
		{ "\xFF", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(septets_count(texts[i].text), texts[i].septets);
	assert_int_equal(units_count("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"), 5);
	/* A character of two septets is taken whole or not at all. */
	assert_int_equal(septets_fit("ab{c", 3), 2);
	assert_int_equal(septets_fit("ab{c", 4), 3);
	assert_int_equal(units_fit("a\xF0\x9F\x98\x80", 2), 1);
	assert_int_equal(units_fit("a\xF0\x9F\x98\x80", 3), 5);
}

static void test_plain(void **state)
{
	static const struct {
		const char *text, *plain;
	} texts[] = {
		{ "\xE2\x80\x9CSiti\xE2\x80\x9D \xE2\x80\x93 ok\xE2\x80\xA6", "\"Siti\" - ok..." },
		{ "Jos\xC3\xA9 Ren\xC3\xAA", "Jos\xC3\xA9 Rene" },
		{ "a\xC2\xA0"
		  "b\xE2\x80\x8B"
		  "c",
			"a bc" },
		{ "Budi \xF0\x9F\x99\x8F", "Budi " },
		{ "\xEA\xA6\xA7", "?" },
		{ "\xFF", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		autofree char *plain = septets_plain(texts[i].text, true);
		assert_string_equal(plain, texts[i].plain);
	}
	/* Where it may, a script without plain forms stays as it is. */
	autofree char *kept = septets_plain("\xEA\xA6\xA7\xE2\x80\xA6", false);
	assert_string_equal(kept, "\xEA\xA6\xA7...");
}

static void test_utf8(void **state)
{
	static const uint32_t characters[] = { 1, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF,
		0x10000, 0x10FFFF };
	static const char *const broken[] = { "\x80", "\xC0\x80", "\xE0\x80\x80",
		"\xF0\x80\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80",
		"\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xC3(" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(characters); i++) {
		char bytes[UTF8_MAX + 1] = "";
		const char *cursor = bytes;
		size_t size = utf8_put(characters[i], bytes);
		assert_int_equal(utf8_next(&cursor), characters[i]);
		assert_ptr_equal(cursor, bytes + size);
		assert_int_equal(utf8_next(&cursor), 0);
		assert_ptr_equal(cursor, bytes + size);
	}
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		const char *cursor = broken[i];
		assert_int_equal(utf8_next(&cursor), UTF8_REPLACEMENT);
		assert_ptr_equal(cursor, broken[i] + 1);
		while (utf8_next(&cursor) != 0)
			;
		assert_ptr_equal(cursor, broken[i] + strlen(broken[i]));
	}
}

static void test_template(void **state)
{
	const struct template_value values[] = { { "a", "eins", false }, { "b", "zwei", true } };
	autofree char *out = NULL;

	(void)state;
	assert_int_equal(template_fill("{b}, {a}; {b}", values, 2, 1, &out), 0);
	assert_string_equal(out, "zwei, eins; zwei");
	free(take_pointer(out));
	assert_int_equal(template_fill("{c}", values, 2, 1, &out), -EINVAL);
	assert_int_equal(template_fill("{a", values, 2, 1, &out), -EINVAL);
	assert_int_equal(template_fill("{}", values, 2, 1, &out), -EINVAL);
	assert_null(out);
}

static char *compose(enum dialogue_message message, const struct dialogue_values *values)
{
	char *out = NULL;

	assert_int_equal(dialogue_compose(message, "id", values, &out), 0);
	assert_non_null(out);
	return out;
}

static void test_answer(void **state)
{
	struct dialogue_values values = { .ticket = TICKET,
		.text = "Lampu sudah diganti. \xE2\x80\x9CTerima kasih\xE2\x80\x9D" };
	autofree char *out = compose(DIALOGUE_MESSAGE_ANSWER, &values);

	(void)state;
	assert_string_equal(out, "Tiket " TICKET ": Lampu sudah diganti. \"Terima kasih\"");
}

/* At most ten parts, in GSM-7 and in UCS-2, and never cut inside a character. */
static void test_long_answers(void **state)
{
	static const char *const pieces[] = { "a", "kata ", "{", "\xEA\xA6\xA7",
		"\xEA\xA6\xA7 \xF0\x9F\x98\x80", "\n", "\xE2\x82\xAC" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		size_t size = strlen(pieces[i]);
		autofree char *text = calloc(3000 + 1, size);
		assert_non_null(text);
		for (size_t n = 0; n < 3000; n++)
			memcpy(text + n * size, pieces[i], size);
		struct dialogue_values values = { .ticket = TICKET, .text = text };
		for (unsigned message = DIALOGUE_MESSAGE_ANSWER;
			message <= DIALOGUE_MESSAGE_QUESTION; message++) {
			char *out = NULL;
			int error = dialogue_compose(
				(enum dialogue_message)message, "id", &values, &out);
			if (strcmp(pieces[i], "\n") == 0) {
				/* Nothing but white space is no answer. */
				assert_int_equal(error, -EINVAL);
				continue;
			}
			assert_int_equal(error, 0);
			long septets = septets_count(out);
			assert_non_null(strstr(out, TICKET));
			assert_non_null(strstr(out, ".."));
			assert_null(strstr(out, "\xEF\xBF\xBD"));
			if (septets >= 0)
				assert_in_range(
					septets, 1400, DIALOGUE_PARTS_MAX * SEPTETS_PER_PART);
			else
				assert_in_range(
					units_count(out), 600, DIALOGUE_PARTS_MAX * UNITS_PER_PART);
			free(out);
		}
	}
}

static void test_question(void **state)
{
	struct dialogue_values values = { .ticket = TICKET, .text = "Di RT berapa?" };
	autofree char *out = compose(DIALOGUE_MESSAGE_QUESTION, &values);

	(void)state;
	assert_non_null(strstr(out, "Di RT berapa? "));
	assert_non_null(strstr(out, "membalas SMS"));
}

static void test_states(void **state)
{
	char reason[1000];

	(void)state;
	memset(reason, 'x', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	for (unsigned i = 0; i < STATE_COUNT; i++) {
		struct dialogue_values values = { .ticket = TICKET,
			.state = (enum complaint_state)i };
		autofree char *bare = compose(DIALOGUE_MESSAGE_STATE, &values);
		assert_one_part(bare);
		assert_non_null(strstr(bare, TICKET));
		values.text = reason;
		autofree char *reasoned = compose(DIALOGUE_MESSAGE_STATE, &values);
		assert_one_part(reasoned);
		assert_non_null(strstr(reasoned, "xxx.."));
	}
	struct dialogue_values referred = {
		.ticket = TICKET, .state = STATE_REFERRED, .text = "Dinas PU Kulon Progo"
	};
	autofree char *out = compose(DIALOGUE_MESSAGE_STATE, &referred);
	assert_non_null(strstr(out, "dialihkan"));
	assert_non_null(strstr(out, "Dinas PU Kulon Progo"));
}

static void test_other_messages(void **state)
{
	struct dialogue_values values = {
		.ticket = TICKET, .old_ticket = "003-000122-1", .text = "menunggu suku cadang"
	};
	autofree char *renumbered = compose(DIALOGUE_MESSAGE_RENUMBERED, &values);
	autofree char *extended = compose(DIALOGUE_MESSAGE_EXTENDED, &values);

	(void)state;
	assert_one_part(renumbered);
	assert_non_null(strstr(renumbered, TICKET));
	assert_non_null(strstr(renumbered, "003-000122-1"));
	assert_one_part(extended);
	assert_non_null(strstr(extended, "menunggu suku cadang"));
	values.text = NULL;
	autofree char *bare = compose(DIALOGUE_MESSAGE_EXTENDED, &values);
	assert_one_part(bare);
}

static void test_values_missing(void **state)
{
	struct dialogue_values values = { .ticket = TICKET };
	char *out = NULL;

	(void)state;
	assert_int_equal(dialogue_compose(DIALOGUE_MESSAGE_ANSWER, "id", &values, &out), -EINVAL);
	assert_int_equal(dialogue_compose(DIALOGUE_MESSAGE_QUESTION, "id", &values, &out), -EINVAL);
	assert_int_equal(
		dialogue_compose(DIALOGUE_MESSAGE_RENUMBERED, "id", &values, &out), -EINVAL);
	values.ticket = NULL;
	assert_int_equal(dialogue_compose(DIALOGUE_MESSAGE_STATE, "id", &values, &out), -EINVAL);
	assert_null(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_septets),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_template),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_long_answers),
		cmocka_unit_test(test_question),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_other_messages),
		cmocka_unit_test(test_values_missing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("dialogue compose", tests, NULL, NULL);
}
