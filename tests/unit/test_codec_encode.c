/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text to PDUs and back. */
#include "pdu_fixture.h"

#include <errno.h>
#include <stdio.h>

#include "modem/alphabet.h"

#define TEXT_MAX 16384
#define EMOJI "\xf0\x9f\x98\x80"

static struct codec_frame encode(const char *text, unsigned part)
{
	struct codec_frame frame;

	assert_int_equal(codec_encode(text, "+6281234567890", part, 0xa7, true, &frame), 0);
	assert_int_equal(strlen(frame.hex), 2 + 2 * frame.tpdu_length);
	return frame;
}

/*
 * What a part's SMS-SUBMIT says, read as the SMS-DELIVER that the network makes of it: the
 * user data, its coding and header stay the same (23.040, 9.2.2.1 and 9.2.2.2).
 */
static struct modem_decoded delivered(const struct codec_frame *frame)
{
	struct pdu submit = pdu_of(frame->hex);
	struct pdu deliver = { .size = 0 };
	size_t after = 5 + (submit.bytes[3] + 1u) / 2;

	assert_int_equal(submit.bytes[0], 0);
	assert_int_equal(submit.bytes[1] & 0x1b, 0x11);
	pdu_byte(&deliver, 0);
	pdu_byte(&deliver, 0x04 | (submit.bytes[1] & 0x40));
	for (size_t i = 3; i < after + 2; i++)
		pdu_byte(&deliver, submit.bytes[i]);
	pdu_hex(&deliver, STAMP);
	for (size_t i = after + 3; i < submit.size; i++)
		pdu_byte(&deliver, submit.bytes[i]);
	return decode(&deliver);
}

static size_t append_units(uint16_t *all, size_t used, const struct modem_decoded *part)
{
	memcpy(all + used, part->text, part->text_units * sizeof(uint16_t));
	return used + part->text_units;
}

static void units_to_utf8(const uint16_t *units, size_t count, char *text, size_t capacity)
{
	text[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		int32_t code_point = units[i];

		if (code_point >= 0xd800 && code_point < 0xdc00 && i + 1 < count)
			code_point = ((code_point - 0xd7c0) << 10) + units[++i] - 0xdc00;
		assert_true(alphabet_append(text, capacity, code_point));
	}
}

/* Sends a text through all its parts and expects it back. Returns the number of parts. */
static unsigned round_trip(const char *text, const char *expected)
{
	static uint16_t units[TEXT_MAX];
	static char back[TEXT_MAX];
	size_t used = 0;
	unsigned parts = encode(text, 0).parts;
	struct codec_frame frame;

	for (unsigned part = 0; part < parts; part++) {
		struct modem_decoded decoded;

		frame = encode(text, part);
		assert_int_equal(frame.parts, parts);
		decoded = delivered(&frame);
		assert_int_equal(decoded.type, MODEM_DECODED_DELIVER);
		assert_string_equal(decoded.address, "+6281234567890");
		assert_int_equal(decoded.concat_total, parts > 1 ? parts : 0);
		assert_int_equal(decoded.concat_number, parts > 1 ? part + 1 : 0);
		assert_int_equal(decoded.concat_reference, parts > 1 ? 0xa7 : 0);
		assert_false(decoded.concat_wide);
		/* No part begins or ends with half a character. */
		if (decoded.text_units > 0) {
			assert_int_not_equal(decoded.text[0] & 0xfc00, 0xdc00);
			assert_int_not_equal(decoded.text[decoded.text_units - 1] & 0xfc00, 0xd800);
		}
		used = append_units(units, used, &decoded);
	}
	assert_int_equal(codec_encode(text, "+6281234567890", parts, 0xa7, true, &frame), -ERANGE);
	assert_int_equal(frame.parts, parts);
	units_to_utf8(units, used, back, sizeof(back));
	assert_string_equal(back, expected);
	return parts;
}

static void test_frames(void **state)
{
	struct codec_frame frame;

	(void)state;
	/* Known good: GSM 7 bit, international and national, with and without a report. */
	assert_int_equal(codec_encode("hellohello", "+46708251358", 0, 0, false, &frame), 0);
	assert_string_equal(frame.hex, "0011000B916407281553F80000A90AE8329BFD4697D9EC37");
	assert_int_equal(frame.tpdu_length, 23);
	assert_int_equal(frame.parts, 1);

	assert_int_equal(codec_encode("hellohello", "08123456789", 0, 0, true, &frame), 0);
	assert_string_equal(frame.hex, "0031000B818021436587F90000A90AE8329BFD4697D9EC37");

	assert_int_equal(codec_encode("\u0441~", "*123#", 0, 0, true, &frame), 0);
	assert_string_equal(frame.hex, "00310005811A32FB0008A9040441007E");

	/* The example of 23.040 for a concatenation header: UDHL 5, element 0 of 3 octets. */
	char text[200];
	memset(text, 'a', sizeof(text));
	text[199] = '\0';
	assert_int_equal(codec_encode(text, "+6281234567890", 1, 0x42, true, &frame), 0);
	assert_string_equal(frame.hex, "0071000D91261832547698F00000A935"
				       "050003420202C2E170381C0E87C3E170381C0E87C3E170381C0E87C3E1"
				       "70381C0E87C3E170381C0E87C3E170381C06");
	assert_int_equal(frame.parts, 2);
}

static void test_recipients(void **state)
{
	static const char *const bad[] = { "", "+", "12", "+12", "123456789012345678901", "KADES",
		"0812 345", "0812-345", "++628123", "0812;", "628a", "08123\n",
		"\xd9\xa1\xd9\xa2\xd9\xa3", "08123+", "p123" };
	static const char *const good[] = { "123", "+123", "12345678901234567890", "*888#",
		"#21#" };
	struct codec_frame frame;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(codec_encode("x", bad[i], 0, 0, true, &frame), -EINVAL);
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct modem_decoded decoded;

		assert_int_equal(codec_encode("x", good[i], 0, 0, true, &frame), 0);
		decoded = delivered(&frame);
		assert_string_equal(decoded.address, good[i]);
	}
}

static void test_alphabet_choice(void **state)
{
	static const struct {
		const char *text, *expected;
		int septets;
	} texts[] = {
		{ "", "", 0 },
		{ "Aduan Anda kami terima.", "Aduan Anda kami terima.", 23 },
		{ "a[b]\u20ac@\r\n", "a[b]\u20ac@\r\n", 11 },
		{ "\u201cHalo\u201d \u2018ya\u2019 \u2013 \u2014", "\"Halo\" 'ya' - -", 15 },
		{ "tunggu\u2026", "tunggu...", 9 },
		{ "Rp\u00a050.000\t`x\u00b4 \u2022", "Rp 50.000 'x' -", 15 },
		/* What can't be saved stays as it was written, curly quotes too. */
		{ "\u201cair\u201d " EMOJI, "\u201cair\u201d " EMOJI, -1 },
		{ "~" EMOJI "~~", "~" EMOJI "~~", -1 },
		{ "\u043f\u0440\u0438\u0432\u0435\u0442", "\u043f\u0440\u0438\u0432\u0435\u0442",
			-1 },
		{ "a\u00b9", "a\u00b9", -1 }, /* libgammu would make an escape of it */
		{ "\x1b", "\x1b", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(codec_septets(texts[i].text), texts[i].septets);
		assert_int_equal(round_trip(texts[i].text, texts[i].expected), 1);
	}
}

/* Every character of the alphabet goes out as the septets it came as. */
static void test_whole_alphabet(void **state)
{
	char text[1024] = "";

	(void)state;
	for (unsigned septet = 0; septet < 128; septet++) {
		uint16_t extended = alphabet_unit(ALPHABET_DEFAULT, true, (uint8_t)septet);

		if (septet != ALPHABET_ESCAPE)
			assert_true(alphabet_append(text, sizeof(text),
				alphabet_unit(ALPHABET_DEFAULT, false, (uint8_t)septet)));
		if (extended)
			assert_true(alphabet_append(text, sizeof(text), extended));
	}
	assert_int_equal(codec_septets(text), 127 + 2 * 10);
	assert_int_equal(round_trip(text, text), 1);
}

/* Around each limit, with one-septet, two-septet, one-unit and two-unit characters. */
static void test_limits(void **state)
{
	static const struct {
		const char *first, *filler, *last;
		unsigned fillers, parts;
	} texts[] = {
		{ "", "a", "", 160, 1 },
		{ "", "a", "", 161, 2 },
		{ "", "a", "{", 158, 1 },
		{ "", "a", "{", 159, 2 },
		{ "", "a", "", 306, 2 },
		{ "", "a", "", 307, 3 },
		/* The escape would lie across the boundary: each part ends a septet early. */
		{ "a", "{", "", 76 + 76, 2 },
		{ "a", "{", "", 76 + 76 + 1, 3 },
		{ "\u0441", "a", "", 69, 1 },
		{ "\u0441", "a", "", 70, 2 },
		{ "", EMOJI, "", 35, 1 },
		{ "", EMOJI, "", 36, 2 },
		{ "", EMOJI, "", 66, 2 },
		{ "", EMOJI, "", 67, 3 },
		{ "a", EMOJI, "", 66, 2 },
		{ "a", EMOJI, "b", 66, 2 },
		{ "a", EMOJI, "bc", 66, 3 },
		{ "\u0441", "~", "", 199, 3 },
		{ "\u0441", "~", "", 201, 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		static char text[TEXT_MAX];
		size_t used = strlen(texts[i].first);

		memcpy(text, texts[i].first, used);
		for (unsigned j = 0; j < texts[i].fillers; j++) {
			memcpy(text + used, texts[i].filler, strlen(texts[i].filler));
			used += strlen(texts[i].filler);
		}
		memcpy(text + used, texts[i].last, strlen(texts[i].last) + 1);
		assert_int_equal(round_trip(text, text), texts[i].parts);
	}
}

/* Random texts of all kinds of characters come back as they were. */
static void test_random_texts(void **state)
{
	static const char *const characters[] = { "a", " ", "{", "\u20ac", "@", "\u00e9", "\u0441",
		EMOJI, "~", "\xf0\x9f\x87\xae\xf0\x9f\x87\xa9", "\u0301" };
	uint32_t seed = 11;

	(void)state;
	for (int i = 0; i < 400; i++) {
		static char text[TEXT_MAX];
		/* Every second text without what only UCS-2 has. */
		size_t kinds = i % 2 ? 6 : ARRAY_SIZE(characters);
		size_t used = 0;

		for (int j = i * 2; j > 0; j--) {
			const char *character;

			seed = seed * 1664525u + 1013904223u;
			character = characters[(seed >> 16) % kinds];
			memcpy(text + used, character, strlen(character));
			used += strlen(character);
		}
		text[used] = '\0';
		round_trip(text, text);
	}
}

static void test_too_long(void **state)
{
	static char text[64 * 1024];
	struct codec_frame frame;

	(void)state;
	memset(text, 'a', sizeof(text));
	text[255 * 153] = '\0';
	assert_int_equal(codec_encode(text, "+6281234567890", 254, 1, true, &frame), 0);
	assert_int_equal(frame.parts, 255);
	text[255 * 153] = 'a';
	text[255 * 153 + 1] = '\0';
	assert_int_equal(codec_encode(text, "+6281234567890", 0, 1, true, &frame), -EMSGSIZE);
}

static void test_bad_utf8(void **state)
{
	static const char *const bad[] = { "\xff", "a\xc0\x80", "\xed\xa0\x80", "\xe2\x82", "\x80",
		"\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xc3(" };
	struct codec_frame frame;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(codec_septets(bad[i]), -1);
		assert_int_equal(codec_encode(bad[i], "123", 0, 0, true, &frame), -EILSEQ);
	}
}

static void test_utf8(void **state)
{
	char text[8] = "";

	(void)state;
	assert_true(alphabet_valid("", 0));
	assert_true(alphabet_valid("a\u20ac" EMOJI, 8));
	assert_false(alphabet_valid("a\0b", 3));
	assert_false(alphabet_valid("a\u20ac", 3));
	assert_true(alphabet_append(text, sizeof(text), 0x20ac));
	assert_true(alphabet_append(text, sizeof(text), 0x1f600));
	assert_string_equal(text, "\u20ac" EMOJI);
	assert_false(alphabet_append(text, sizeof(text), 'a'));
	assert_string_equal(text, "\u20ac" EMOJI);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_recipients),
		cmocka_unit_test(test_alphabet_choice),
		cmocka_unit_test(test_whole_alphabet),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_random_texts),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_bad_utf8),
		cmocka_unit_test(test_utf8),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
