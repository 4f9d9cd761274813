/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layout that pdu_check() finds, and every way in which lengths can lie. */
#include "pdu_fixture.h"

#include "base/cleanup.h"
#include "modem/pdu_check.h"

static const char *check(const struct pdu *pdu, struct pdu_layout *layout)
{
	autofree uint8_t *copy = malloc(pdu->size ? pdu->size : 1);

	assert_non_null(copy);
	memcpy(copy, pdu->bytes, pdu->size);
	return pdu_check(copy, pdu->size, layout);
}

static void test_deliver(void **state)
{
	struct pdu pdu = pdu_of(DELIVER_WITH_HEADER "15" STAMP "08"
						    "050003A702014142");
	struct pdu_layout layout;

	(void)state;
	assert_null(check(&pdu, &layout));
	assert_int_equal(layout.type, PDU_DELIVER);
	assert_int_equal(layout.tpdu, 7);
	assert_int_equal(layout.address_count, 14);
	assert_int_equal(layout.address_type, 0x91);
	assert_int_equal(layout.address, 10);
	assert_int_equal(layout.protocol, 0);
	assert_int_equal(layout.alphabet, PDU_OCTETS);
	assert_int_equal(layout.message_class, 1);
	assert_int_equal(layout.service_centre_time, 19);
	assert_int_equal(layout.discharge_time, 0);
	assert_int_equal(layout.data_length, 26);
	assert_int_equal(layout.data_count, 8);
	assert_int_equal(layout.header_size, 6);
}

static void test_report(void **state)
{
	struct pdu pdu = pdu_of("000642"
				"04818888" STAMP STAMP "25");
	struct pdu_layout layout;

	(void)state;
	assert_null(check(&pdu, &layout));
	assert_int_equal(layout.type, PDU_REPORT);
	assert_int_equal(layout.reference, 0x42);
	assert_int_equal(layout.status, 0x25);
	assert_int_equal(layout.service_centre_time, 7);
	assert_int_equal(layout.discharge_time, 14);
	assert_int_equal(layout.data_length, 0);
}

static void test_reserved_type(void **state)
{
	struct pdu pdu = pdu_of("0007048188880000" STAMP "00");
	struct pdu_layout layout;

	(void)state;
	assert_null(check(&pdu, &layout));
	assert_int_equal(layout.type, PDU_DELIVER);
}

static void test_limits(void **state)
{
	static const struct {
		const char *hex;
		unsigned filled; /* octets of user data that follow */
		bool fine;
	} pdus[] = {
		{ "0B9100000000000000000000"
		  "04048188880000" STAMP "00",
			0, true },
		{ "0C910000000000000000000000"
		  "04048188880000" STAMP "00",
			0, false },
		{ "00041491000000000000000000000000" STAMP "00", 0, true },
		{ "0004159100000000000000000000000000" STAMP "00", 0, false },
		{ "0004048188880000" STAMP "A0", 140, true },
		{ "0004048188880000" STAMP "A0", 139, false },
		{ "0004048188880000" STAMP "A1", 200, false },
		{ "0004048188880004" STAMP "8C", 140, true },
		{ "0004048188880004" STAMP "8D", 200, false },
		{ "0004048188880008" STAMP "8C", 140, true },
		{ "0004048188880008" STAMP "8C", 139, false },
		/* Compressed text counts in octets. */
		{ "0004048188880020" STAMP "8C", 140, true },
		{ "0004048188880020" STAMP "A0", 200, false },
		{ "0004048188880000" STAMP "07", 7, true },
		{ "0004048188880000" STAMP "07", 6, false },
		{ "0004048188880000" STAMP "08", 7, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pdus); i++) {
		struct pdu pdu = pdu_of(pdus[i].hex);
		struct pdu_layout layout;
		const char *fault;

		for (unsigned j = 0; j < pdus[i].filled; j++)
			pdu_byte(&pdu, 0x55);
		fault = check(&pdu, &layout);
		assert_int_equal(fault == NULL, pdus[i].fine);
	}
}

static void test_headers(void **state)
{
	static const struct {
		const char *data; /* TP-UDL and user data, as octets */
		bool fine;
	} headers[] = {
		{ "0100", true },	   /* an empty header */
		{ "00", false },	   /* none where one was promised */
		{ "0101", false },	   /* beyond the user data */
		{ "020170", false },	   /* an element without its size */
		{ "03027000", true },	   /* an empty element */
		{ "03027001", false },	   /* longer than the header */
		{ "0504700100FF", false }, /* another one without its size */
		{ "060500037F0201", true }, { "0605000400000000", false },
		{ "0805000370020108FF", true }, /* the last octets are data */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		struct pdu pdu = pdu_of("0044048188880004" STAMP);
		struct pdu_layout layout;

		pdu_hex(&pdu, headers[i].data);
		assert_int_equal(check(&pdu, &layout) == NULL, headers[i].fine);
	}
	/* Septets: the header has to fit the septets too. */
	struct pdu pdu = pdu_of("0044048188880000" STAMP "06050003A70201");
	struct pdu_layout layout;

	assert_non_null(check(&pdu, &layout));
	pdu = pdu_of("0044048188880000" STAMP "07050003A7020100");
	assert_null(check(&pdu, &layout));
}

static void test_elements(void **state)
{
	struct pdu pdu = pdu_of("0044048188880004" STAMP "0D"
				"0C0003A70201700024017F0100");
	struct pdu_element element;
	struct pdu_layout layout;
	size_t at = 0;

	(void)state;
	assert_null(check(&pdu, &layout));
	assert_true(pdu_next_element(pdu.bytes, &layout, &at, &element));
	assert_int_equal(element.identifier, 0x00);
	assert_int_equal(element.size, 3);
	assert_int_equal(element.data[0], 0xa7);
	assert_true(pdu_next_element(pdu.bytes, &layout, &at, &element));
	assert_int_equal(element.identifier, 0x70);
	assert_int_equal(element.size, 0);
	assert_true(pdu_next_element(pdu.bytes, &layout, &at, &element));
	assert_int_equal(element.identifier, 0x24);
	assert_int_equal(element.data[0], 0x7f);
	assert_true(pdu_next_element(pdu.bytes, &layout, &at, &element));
	assert_int_equal(element.size, 0);
	assert_false(pdu_next_element(pdu.bytes, &layout, &at, &element));

	pdu = pdu_of("0004048188880004" STAMP "0100");
	at = 0;
	assert_null(check(&pdu, &layout));
	assert_false(pdu_next_element(pdu.bytes, &layout, &at, &element));
}

/* Every single octet of good PDUs set to every value: never read beyond the end. */
static void test_every_change(void **state)
{
	static const char *const good[] = {
		DELIVER_WITH_HEADER "00" STAMP "0B050003A702014142434445",
		DELIVER "08" STAMP "0400410042",
		"0006D60B911326880736F4111011719551401110117195714000070000024142",
		"001100"
		"0B818021436587F9"
		"0000A704E57339"
		"06",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct pdu pdu = pdu_of(good[i]);

		for (size_t at = 0; at < pdu.size; at++) {
			uint8_t original = pdu.bytes[at];

			for (unsigned value = 0; value < 256; value++) {
				struct modem_decoded decoded;

				pdu.bytes[at] = (uint8_t)value;
				decoded = decode(&pdu);
				assert_in_range(decoded.text_units, 0, MODEM_PART_UNITS);
			}
			pdu.bytes[at] = original;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deliver),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_reserved_type),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_every_change),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
