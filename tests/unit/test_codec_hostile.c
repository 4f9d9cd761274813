/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PDUs that were cut, lie about their lengths or are plain noise. */
#include "pdu_fixture.h"

#include "modem/alphabet.h"

/* Each cut is refused, none is read beyond its end; what is too much is passed over. */
static void test_truncated(void **state)
{
	static const char *const whole[] = {
		"07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07",
		DELIVER_WITH_HEADER "08" STAMP "0C050003A702010041D83DDCA7",
		"0006D60B911326880736F4111011719551401110117195714000",
		"001100"
		"0B818021436587F9"
		"0000A704E57339"
		"06",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(whole); i++) {
		struct pdu pdu = pdu_of(whole[i]);
		struct modem_decoded decoded;

		for (size_t size = 0; size < pdu.size; size++) {
			decoded = decode_size(&pdu, size);
			assert_unreadable(&decoded);
		}
		decoded = decode(&pdu);
		assert_int_not_equal(decoded.type, MODEM_DECODED_UNREADABLE);
		pdu_hex(&pdu, "FFFFFFFFFFFFFFFF");
		decoded = decode(&pdu);
		assert_int_not_equal(decoded.type, MODEM_DECODED_UNREADABLE);
	}
}

static void test_absurd_lengths(void **state)
{
	static const char *const absurd[] = {
		"FF",
		"0004FF91",
		"0CFFFFFFFFFFFFFFFFFFFFFFFFFF04",
		"0004"
		"1591"
		"0000000000000000000000"
		"0000" STAMP "00",
		DELIVER "00" STAMP "A1",
		DELIVER "04" STAMP "8D",
		DELIVER_WITH_HEADER "00" STAMP "00",
		DELIVER_WITH_HEADER "00" STAMP "0106",
		DELIVER_WITH_HEADER "04" STAMP "050500030102",
		DELIVER_WITH_HEADER "04" STAMP "060500FF01020304",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(absurd); i++) {
		struct pdu pdu = pdu_of(absurd[i]);
		struct modem_decoded decoded;

		decoded = decode(&pdu);
		assert_unreadable(&decoded);
		/* The same with all the octets that the lengths ask for. */
		while (pdu.size < MODEM_PDU_MAX)
			pdu_byte(&pdu, 0xff);
		decoded = decode(&pdu);
		assert_unreadable(&decoded);
	}
}

/* 100,000 PDUs of noise, most of them with a sane beginning so that they get further. */
static void test_random(void **state)
{
	static const char *const beginnings[] = { "", "00", "0004", "0044", "0006", DELIVER,
		DELIVER_WITH_HEADER, DELIVER_WITH_HEADER "00" STAMP, DELIVER_WITH_HEADER "08" STAMP,
		"001100", "0006D60B911326880736F4" };
	uint32_t seed = 3;
	unsigned readable = 0;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		struct pdu pdu = pdu_of(beginnings[(size_t)i % ARRAY_SIZE(beginnings)]);
		struct modem_decoded decoded;
		size_t more;

		/* Numerical Recipes' generator: the same noise on every machine. */
		seed = seed * 1664525u + 1013904223u;
		more = seed >> 16 & 0xff;
		while (more-- > 0) {
			seed = seed * 1664525u + 1013904223u;
			pdu_byte(&pdu, seed >> 24);
		}
		decoded = decode(&pdu);
		assert_in_range(decoded.text_units, 0, MODEM_PART_UNITS);
		assert_non_null(memchr(decoded.address, 0, sizeof(decoded.address)));
		assert_true(alphabet_valid(decoded.address, strlen(decoded.address)));
		assert_non_null(memchr(decoded.reason, 0, sizeof(decoded.reason)));
		readable += decoded.type != MODEM_DECODED_UNREADABLE;
	}
	/* The noise reaches the decoder, not only the checks before it. */
	assert_in_range(readable, 5000, 95000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_absurd_lengths),
		cmocka_unit_test(test_random),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
