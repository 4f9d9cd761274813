/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PDUs to text, as networks and other people's examples have them. */
#include "pdu_fixture.h"

#include <wchar.h>

#include "modem/alphabet.h"

static void test_published(void **state)
{
	struct modem_decoded decoded;

	(void)state;
	decoded = decode_hex("07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741"
			     "F977FD07");
	assert_int_equal(decoded.type, MODEM_DECODED_DELIVER);
	assert_string_equal(decoded.address, "+31641600986");
	assert_int_equal(decoded.address_type, MODEM_ADDRESS_INTERNATIONAL);
	assert_int_equal(decoded.service_centre_ms, INT64_C(1030390661000));
	assert_int_equal(decoded.message_class, -1);
	assert_int_equal(decoded.port, -1);
	assert_int_equal(decoded.concat_total, 0);
	assert_text(&decoded, L"How are you?");

	decoded = decode_hex("07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9"
			     "EC37");
	assert_string_equal(decoded.address, "27838890001");
	assert_int_equal(decoded.address_type, MODEM_ADDRESS_NATIONAL);
	assert_int_equal(decoded.service_centre_ms, INT64_C(922713419000));
	assert_text(&decoded, L"hellohello");

	decoded = decode_hex("0791447758100650040DD0F334FC1CA6970100008080312170224008D4F29CDE0EA7"
			     "D9");
	assert_string_equal(decoded.address, "sipgate");
	assert_int_equal(decoded.address_type, MODEM_ADDRESS_ALPHANUMERIC);
	assert_int_equal(decoded.service_centre_ms, INT64_C(1218625642000));
	assert_text(&decoded, L"Testmail");
}

static void test_no_service_centre(void **state)
{
	struct pdu pdu = pdu_of("0004" FROM "00" STAMP);
	struct modem_decoded decoded;

	(void)state;
	pdu_septets(&pdu, "", "x", 1);
	decoded = decode(&pdu);
	assert_string_equal(decoded.address, "+62811234567890");
	assert_int_equal(decoded.service_centre_ms, STAMP_MS);
	assert_text(&decoded, L"x");
}

/* Every septet of the default alphabet and of its extension table, through libgammu. */
static void test_whole_alphabet(void **state)
{
	(void)state;
	for (unsigned septet = 0; septet < 128; septet++) {
		struct pdu pdu = pdu_of(DELIVER "00" STAMP);
		struct modem_decoded decoded;
		char one = (char)septet;

		if (septet == ALPHABET_ESCAPE)
			continue;
		pdu_septets(&pdu, "", &one, 1);
		decoded = decode(&pdu);
		assert_int_equal(decoded.text_units, 1);
		assert_int_equal(
			decoded.text[0], alphabet_unit(ALPHABET_DEFAULT, false, (uint8_t)septet));
		assert_int_equal(alphabet_septets(decoded.text[0]), 1);
	}
	for (unsigned septet = 0; septet < 128; septet++) {
		struct pdu pdu = pdu_of(DELIVER "00" STAMP);
		struct modem_decoded decoded;
		char two[] = { ALPHABET_ESCAPE, (char)septet };
		uint16_t unit = alphabet_unit(ALPHABET_DEFAULT, true, (uint8_t)septet);

		pdu_septets(&pdu, "", two, 2);
		decoded = decode(&pdu);
		/* An unknown sequence gives the main table's character (23.038, 6.2.1.1). */
		if (unit)
			assert_int_equal(alphabet_septets(unit), 2);
		else
			unit = alphabet_unit(ALPHABET_DEFAULT, false, (uint8_t)septet);
		if (septet == ALPHABET_ESCAPE) {
			assert_int_equal(decoded.text_units, 0);
			continue;
		}
		assert_int_equal(decoded.text_units, 1);
		assert_int_equal(decoded.text[0], unit);
	}
}

static void test_extension(void **state)
{
	struct pdu pdu = pdu_of(DELIVER "00" STAMP);
	struct modem_decoded decoded;

	(void)state;
	pdu_septets(&pdu, "", "a\x1b\x65\x1b(\x1b\x1b)\x1b", 9);
	decoded = decode(&pdu);
	assert_text(&decoded, L"a\u20ac{}");
}

static void test_full_lengths(void **state)
{
	char septets[160];
	struct pdu pdu = pdu_of(DELIVER "00" STAMP);
	struct modem_decoded decoded;

	(void)state;
	memset(septets, 'z', sizeof(septets));
	pdu_septets(&pdu, "", septets, 160);
	decoded = decode(&pdu);
	assert_int_equal(decoded.text_units, 160);
	assert_int_equal(decoded.text[159], 'z');

	pdu = pdu_of(DELIVER_WITH_HEADER "00" STAMP);
	pdu_septets(&pdu, "050003A70201", septets, 153);
	decoded = decode(&pdu);
	assert_int_equal(decoded.text_units, 153);
	assert_int_equal(decoded.text[0], 'z');
	assert_int_equal(decoded.text[152], 'z');

	/* Nothing at all is a message too. */
	pdu = pdu_of(DELIVER "00" STAMP "00");
	decoded = decode(&pdu);
	assert_int_equal(decoded.type, MODEM_DECODED_DELIVER);
	assert_int_equal(decoded.text_units, 0);
}

static void test_ucs2(void **state)
{
	struct modem_decoded decoded;

	(void)state;
	/* Air mati, U+1F4A7, a tilde, a control character, and half a character at the end. */
	decoded = decode_hex(DELIVER "08" STAMP "1B"
				     "0041006900720020D83DDCA7007E007E00010061003F0021 0062 FF");
	assert_text(&decoded, L"Air \U0001f4a7~~\x01"
			      L"a?!b");
	/* A pair split over two parts: the halves are kept. */
	decoded = decode_hex(DELIVER_WITH_HEADER "08" STAMP "08"
						 "050003A70201D83D");
	assert_int_equal(decoded.text_units, 1);
	assert_int_equal(decoded.text[0], 0xd83d);
}

static void test_concatenation(void **state)
{
	struct pdu pdu = pdu_of(DELIVER_WITH_HEADER "00" STAMP);
	struct modem_decoded decoded;

	(void)state;
	pdu_septets(&pdu, "050003A70302", "satu", 4);
	decoded = decode(&pdu);
	assert_int_equal(decoded.concat_reference, 0xa7);
	assert_false(decoded.concat_wide);
	assert_int_equal(decoded.concat_total, 3);
	assert_int_equal(decoded.concat_number, 2);
	assert_text(&decoded, L"satu");

	pdu = pdu_of(DELIVER_WITH_HEADER "00" STAMP);
	pdu_septets(&pdu, "060804BEEF0201", "dua", 3);
	decoded = decode(&pdu);
	assert_int_equal(decoded.concat_reference, 0xbeef);
	assert_true(decoded.concat_wide);
	assert_int_equal(decoded.concat_total, 2);
	assert_int_equal(decoded.concat_number, 1);
	assert_text(&decoded, L"dua");

	/* Beside other elements, in any order; an unknown one is passed over. */
	pdu = pdu_of(DELIVER_WITH_HEADER "00" STAMP);
	pdu_septets(&pdu,
		"0E700200000003A70502"
		"0A03000100",
		"x", 1);
	decoded = decode(&pdu);
	assert_int_equal(decoded.concat_total, 5);
	assert_int_equal(decoded.concat_number, 2);
	assert_text(&decoded, L"x");

	/* Part 3 of 2, part 0, and one of one: whole messages. */
	static const char *const whole[] = { "050003A70203", "050003A70200", "050003A70001",
		"050003A70101" };
	for (size_t i = 0; i < 4; i++) {
		pdu = pdu_of(DELIVER_WITH_HEADER "00" STAMP);
		pdu_septets(&pdu, whole[i], "x", 1);
		decoded = decode(&pdu);
		assert_int_equal(decoded.type, MODEM_DECODED_DELIVER);
		assert_int_equal(decoded.concat_total, 0);
		assert_int_equal(decoded.concat_number, 0);
		assert_text(&decoded, L"x");
	}
}

static void test_senders(void **state)
{
	static const struct {
		const char *address, *expected;
		enum modem_address_type type;
	} senders[] = {
		{ "0D91261832547698F0", "+6281234567890", MODEM_ADDRESS_INTERNATIONAL },
		{ "0B818021436587F9", "08123456789", MODEM_ADDRESS_NATIONAL },
		{ "04818888", "8888", MODEM_ADDRESS_NATIONAL },
		{ "05A18888F8", "88888", MODEM_ADDRESS_NATIONAL },
		{ "05818A88FB", "*888#", MODEM_ADDRESS_NATIONAL },
		{ "0381DCFE", "abc", MODEM_ADDRESS_NATIONAL },
		/* The extension bit isn't set: odd, but plain to read. */
		{ "0D11261832547698F0", "+6281234567890", MODEM_ADDRESS_INTERNATIONAL },
		{ "0091", "", MODEM_ADDRESS_OTHER },
		{ "0080", "", MODEM_ADDRESS_OTHER },
		{ "00D0", "", MODEM_ADDRESS_ALPHANUMERIC },
		{ "04F12143", "1234", MODEM_ADDRESS_OTHER },
		{ "149121436587092143658709", "+12345678901234567890",
			MODEM_ADDRESS_INTERNATIONAL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(senders); i++) {
		struct pdu pdu = pdu_of("0004");
		struct modem_decoded decoded;

		pdu_hex(&pdu, senders[i].address);
		pdu_hex(&pdu, "0000" STAMP "00");
		decoded = decode(&pdu);
		assert_int_equal(decoded.type, MODEM_DECODED_DELIVER);
		assert_string_equal(decoded.address, senders[i].expected);
		assert_int_equal(decoded.address_type, senders[i].type);
	}
}

/* 11 characters, the most there can be; a line feed and one of the extension table. */
static void test_longest_name(void **state)
{
	struct pdu packed = { .size = 0 };
	struct pdu pdu = pdu_of("000414D0");
	struct modem_decoded decoded;

	(void)state;
	pdu_septets(&packed, "", "K\nd@s \x1b\x65Sid", 11);
	for (size_t i = 1; i < packed.size; i++)
		pdu_byte(&pdu, packed.bytes[i]);
	pdu_hex(&pdu, "0000" STAMP "00");
	decoded = decode(&pdu);
	assert_string_equal(decoded.address, "K d\u00a1s \u20acSid");
	assert_int_equal(decoded.address_type, MODEM_ADDRESS_ALPHANUMERIC);
}

static void test_times(void **state)
{
	static const struct {
		const char *stamp;
		int64_t expected_ms;
	} times[] = {
		{ STAMP, STAMP_MS },
		{ "6211427102508A", STAMP_MS + INT64_C(2) * 7 * 3600 * 1000 }, /* zone -07 */
		{ "62114271025032", STAMP_MS + INT64_C(75) * 60 * 1000 },      /* zone +05:45 */
		{ "62114271025000", STAMP_MS + INT64_C(7) * 3600 * 1000 },
		{ "62114271025008", STAMP_MS + INT64_C(7) * 3600 * 1000 },
		{ "420292000000FF", 0 },		      /* zone */
		{ "62114271025085", 0 },		      /* 14 hours and more */
		{ "42209200000000", INT64_C(1709164800000) }, /* 29 February 2024 */
		{ "52209200000000", 0 },		      /* not in 2025 */
		{ "62311042000000", 0 },		      /* month 13 */
		{ "62001000000000", 0 },		      /* month 0 */
		{ "62100000000000", 0 },		      /* day 0 */
		{ "62114242000000", 0 },		      /* hour 24 */
		{ "62114200060000", 0 },		      /* minute 60 */
		{ "62114200000600", 0 },		      /* second 60 */
		{ "FFFFFFFFFFFFFF", 0 },
		{ "00000000000000", 0 },
		{ "A2114271025082", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		struct pdu pdu = pdu_of(DELIVER "00");
		struct modem_decoded decoded;

		pdu_hex(&pdu, times[i].stamp);
		pdu_hex(&pdu, "00");
		decoded = decode(&pdu);
		assert_int_equal(decoded.type, MODEM_DECODED_DELIVER);
		assert_int_equal(decoded.service_centre_ms, times[i].expected_ms);
	}
}

static void test_codings(void **state)
{
	/* 23.038 section 4, group by group. */
	static const struct {
		const char *coding;
		int message_class;
		bool indication, binary, wide;
	} codings[] = {
		{ "00", -1, false, false, false },
		{ "04", -1, false, true, false },
		{ "08", -1, false, false, true },
		{ "0C", -1, false, false, false }, /* reserved alphabet */
		{ "10", 0, false, false, false },  /* class 0: shown at once */
		{ "12", 2, false, false, false },
		{ "15", 1, false, true, false },
		{ "18", 0, false, false, true },
		{ "40", -1, false, false, false }, /* automatic deletion */
		{ "58", 0, false, false, true },
		{ "80", -1, false, false, false }, /* reserved group */
		{ "C8", -1, true, false, false },
		{ "D0", -1, true, false, false },
		{ "E8", -1, true, false, true },
		{ "F0", 0, false, false, false },
		{ "F3", 3, false, false, false },
		{ "F5", 1, false, true, false },
		{ "F6", 2, false, true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(codings); i++) {
		struct pdu pdu = pdu_of(DELIVER);
		struct modem_decoded decoded;

		pdu_hex(&pdu, codings[i].coding);
		pdu_hex(&pdu, STAMP);
		if (codings[i].binary || codings[i].wide)
			pdu_hex(&pdu, "020041");
		else
			pdu_septets(&pdu, "", "A", 1);
		decoded = decode(&pdu);
		assert_int_equal(decoded.type, MODEM_DECODED_DELIVER);
		assert_int_equal(decoded.message_class, codings[i].message_class);
		assert_int_equal(decoded.indication, codings[i].indication);
		assert_int_equal(decoded.binary, codings[i].binary);
		assert_text(&decoded, codings[i].binary ? L"" : L"A");
	}
}

static void test_compressed(void **state)
{
	struct modem_decoded decoded;

	(void)state;
	decoded = decode_hex(DELIVER "20" STAMP "03C16000");
	assert_unreadable(&decoded);
	decoded = decode_hex(DELIVER "28" STAMP "020041");
	assert_unreadable(&decoded);
}

static void test_headers(void **state)
{
	struct modem_decoded decoded;
	struct pdu pdu;

	(void)state;
	/* A WAP push: port 2948, binary. */
	decoded = decode_hex(DELIVER_WITH_HEADER "04" STAMP "0A"
						 "0605040B8423F0010603");
	assert_int_equal(decoded.type, MODEM_DECODED_DELIVER);
	assert_int_equal(decoded.port, 2948);
	assert_true(decoded.binary);
	assert_int_equal(decoded.text_units, 0);

	/* The same in two parts. */
	decoded = decode_hex(DELIVER_WITH_HEADER "F5" STAMP "0E"
						 "0B05040B8423F000032A02010106");
	assert_int_equal(decoded.port, 2948);
	assert_int_equal(decoded.concat_total, 2);

	/* 8-bit ports; message waiting by an element, with a text for people. */
	pdu = pdu_of(DELIVER_WITH_HEADER "00" STAMP);
	pdu_septets(&pdu, "080402F0F101028003", "pesan suara", 11);
	decoded = decode(&pdu);
	assert_int_equal(decoded.port, 0xf0);
	assert_true(decoded.indication);
	assert_text(&decoded, L"pesan suara");

	/* Elements of a wrong size say nothing. */
	pdu = pdu_of(DELIVER_WITH_HEADER "00" STAMP);
	pdu_septets(&pdu, "090002A7020501080800", "x", 1);
	decoded = decode(&pdu);
	assert_int_equal(decoded.port, -1);
	assert_int_equal(decoded.concat_total, 0);
	assert_text(&decoded, L"x");
}

static void test_national(void **state)
{
	struct modem_decoded decoded;
	struct pdu pdu;

	(void)state;
	/* Turkish single shift; the extension table's sequences are still there. */
	pdu = pdu_of(DELIVER_WITH_HEADER "00" STAMP);
	pdu_septets(&pdu, "03240101", "\x1bsA\x1bg\x1b\x65\x1b(", 9);
	decoded = decode(&pdu);
	assert_text(&decoded, L"\u015fA\u011f\u20ac{");

	pdu = pdu_of(DELIVER_WITH_HEADER "00" STAMP);
	pdu_septets(&pdu, "03250101", "\x1c\x1d\x60\x04z\x1bz\x1b", 8);
	decoded = decode(&pdu);
	assert_text(&decoded, L"\u015e\u015f\u00e7\u20aczz");

	pdu = pdu_of(DELIVER_WITH_HEADER "00" STAMP);
	pdu_septets(&pdu, "03240102", "a\x1b\x61\x1bo", 5);
	decoded = decode(&pdu);
	assert_text(&decoded, L"a\u00e1\u00f3");

	pdu = pdu_of(DELIVER_WITH_HEADER "00" STAMP);
	pdu_septets(&pdu, "06240103250103", "\x04\x1b\x0b\x5b\x7c", 5);
	decoded = decode(&pdu);
	assert_text(&decoded, L"\u00ea\u00d4\u00c3\u00f5");

	/* An unknown single-shift table is the default one; an unknown main table isn't text. */
	pdu = pdu_of(DELIVER_WITH_HEADER "00" STAMP);
	pdu_septets(&pdu, "03240109", "a\x1b(", 3);
	decoded = decode(&pdu);
	assert_text(&decoded, L"a{");
	pdu = pdu_of(DELIVER_WITH_HEADER "00" STAMP);
	pdu_septets(&pdu, "03250109", "abc", 3);
	decoded = decode(&pdu);
	assert_unreadable(&decoded);
}

static void test_reports(void **state)
{
	/* TP-ST of each group of 9.2.3.15: all are given as they are. */
	static const unsigned statuses[] = { 0x00, 0x01, 0x02, 0x1f, 0x20, 0x25, 0x30, 0x40, 0x46,
		0x5f, 0x60, 0x65, 0x70, 0x7f, 0x80, 0xff };
	struct modem_decoded decoded;

	(void)state;
	decoded = decode_hex("0006D60B911326880736F4111011719551401110117195714000");
	assert_int_equal(decoded.type, MODEM_DECODED_REPORT);
	assert_int_equal(decoded.reference, 0xd6);
	assert_string_equal(decoded.address, "+31628870634");
	assert_int_equal(decoded.service_centre_ms, INT64_C(1294765155000));
	assert_int_equal(decoded.discharged_ms, INT64_C(1294765157000));
	assert_int_equal(decoded.status, 0);

	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		struct pdu pdu = pdu_of("069126180100000207"
					"0D91261832547698F0" STAMP "FFFFFFFFFFFFFF");

		pdu_byte(&pdu, statuses[i]);
		decoded = decode(&pdu);
		assert_int_equal(decoded.type, MODEM_DECODED_REPORT);
		assert_int_equal(decoded.status, statuses[i]);
		assert_int_equal(decoded.reference, 7);
		assert_string_equal(decoded.address, "+6281234567890");
		assert_int_equal(decoded.service_centre_ms, STAMP_MS);
		assert_int_equal(decoded.discharged_ms, 0);

		/* What may follow: TP-PI with fields, a padded record, a promise not kept. */
		static const char *const tails[] = { "00", "03 00 00", "07 00 00 01 41", "FFFFFF",
			"04", "07 00 00 A0 00", "81", "06 04" };
		for (size_t j = 0; j < ARRAY_SIZE(tails); j++) {
			struct pdu longer = pdu;

			pdu_hex(&longer, tails[j]);
			decoded = decode(&longer);
			assert_int_equal(decoded.type, MODEM_DECODED_REPORT);
			assert_int_equal(decoded.status, statuses[i]);
		}
	}
}

static void test_submit(void **state)
{
	/* Drafts without, with relative, with enhanced and with absolute validity period. */
	static const char *const drafts[] = {
		"000100"
		"0B818021436587F9"
		"0000"
		"",
		"001100"
		"0B818021436587F9"
		"0000"
		"A7",
		"000900"
		"0B818021436587F9"
		"0000"
		"01020304050607",
		"001900"
		"0B818021436587F9"
		"0000" STAMP,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(drafts); i++) {
		struct pdu pdu = pdu_of(drafts[i]);
		struct modem_decoded decoded;

		pdu_septets(&pdu, "", "draf", 4);
		decoded = decode(&pdu);
		assert_int_equal(decoded.type, MODEM_DECODED_OTHER);
		assert_string_equal(decoded.address, "08123456789");
		assert_int_equal(decoded.service_centre_ms, 0);
		assert_text(&decoded, L"draf");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published),
		cmocka_unit_test(test_no_service_centre),
		cmocka_unit_test(test_whole_alphabet),
		cmocka_unit_test(test_extension),
		cmocka_unit_test(test_full_lengths),
		cmocka_unit_test(test_ucs2),
		cmocka_unit_test(test_concatenation),
		cmocka_unit_test(test_senders),
		cmocka_unit_test(test_longest_name),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_codings),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_national),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_submit),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
