/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulator's PDUs: published examples, every kind of part, and garbage. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "tools/modem-sim/pdu.h"
#include "tools/modem-sim/text.h"

static size_t from_hex(const char *hex, uint8_t octets[static PDU_MAX])
{
	int size = hex_read(hex, strlen(hex), octets, PDU_MAX);

	assert_true(size > 0);
	return (size_t)size;
}

static void decode(const char *hex, bool to_network, struct pdu_content *content)
{
	uint8_t octets[PDU_MAX];
	size_t size = from_hex(hex, octets);

	assert_int_equal(pdu_decode(octets, size, to_network, content), 0);
}

static void assert_text(const struct pdu_content *content, const char *utf8)
{
	autofree char *text = text_to_utf8(content->units, content->unit_count);

	assert_string_equal(text, utf8);
}

/* The SMS-DELIVER of many a tutorial. */
static void published_deliver(void **state)
{
	struct pdu_content content;

	(void)state;
	decode("07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37", false,
		&content);
	assert_int_equal(content.type, PDU_DELIVER);
	assert_string_equal(content.address, "27838890001");
	assert_text(&content, "hellohello");
	/* 29 March 1999, 15:16:59, two hours east */
	assert_int_equal(content.service_centre_ms, 922713419000LL);
	assert_int_equal(content.concat.total, 0);
}

static void published_submit(void **state)
{
	struct pdu_content content;

	(void)state;
	decode("0011000B916407281553F80000AA0AE8329BFD4697D9EC37", true, &content);
	assert_int_equal(content.type, PDU_SUBMIT);
	assert_string_equal(content.address, "+46708251358");
	assert_false(content.report_wanted);
	assert_text(&content, "hellohello");
}

static void published_report(void **state)
{
	struct pdu_content content;

	(void)state;
	decode("0006D60B911326880736F4111011719551401110117195714000", false, &content);
	assert_int_equal(content.type, PDU_REPORT);
	assert_int_equal(content.reference, 0xD6);
	assert_string_equal(content.address, "+31628870634");
	assert_int_equal(content.status, 0);
	assert_true(content.discharged_ms > content.service_centre_ms);
}

static void validity_periods_are_skipped(void **state)
{
	struct pdu_content content;

	(void)state;
	decode("0001000B916407281553F800000AE8329BFD4697D9EC37", true, &content);
	assert_text(&content, "hellohello");
	decode("0019000B916407281553F80000993092516195800AE8329BFD4697D9EC37", true, &content);
	assert_text(&content, "hellohello");
	decode("0009000B916407281553F80000012345678901230AE8329BFD4697D9EC37", true, &content);
	assert_text(&content, "hellohello");
}

static void binary_stays_octets(void **state)
{
	struct pdu_content content;

	(void)state;
	decode("0051000B916407281553F80004AA0A06050415820000DEADBE", true, &content);
	assert_true(content.binary);
	assert_int_equal(content.octet_count, 3);
	assert_memory_equal(content.octets, "\xDE\xAD\xBE", 3);
	assert_int_equal(content.concat.total, 0);
}

static void deliver_round_trip(const char *address, const char *text, bool ucs2, bool wide,
	unsigned total, int message_class)
{
	autofree uint16_t *units = NULL;
	struct pdu_content content;
	struct pdu pdu;
	struct pdu_part part = { .service_centre = "+6281100000",
		.address = address,
		.ucs2 = ucs2,
		.message_class = message_class,
		.service_centre_ms = 1795542941000LL,
		.offset_minutes = 420 };

	assert_int_equal(text_from_utf8(text, &units, &part.unit_count), 0);
	part.units = units;
	if (total)
		part.concat = (struct pdu_concat) { .total = total,
			.number = total,
			.reference = wide ? 0x1234 : 0x56,
			.wide = wide };
	assert_int_equal(pdu_encode_deliver(&part, &pdu), 0);
	assert_int_equal(pdu_decode(pdu.octets, pdu.size, false, &content), 0);
	assert_int_equal(content.type, PDU_DELIVER);
	assert_string_equal(content.address, address);
	assert_text(&content, text);
	assert_int_equal(content.service_centre_ms, part.service_centre_ms);
	assert_int_equal(content.concat.total, total);
	assert_int_equal(content.concat.number, total);
	assert_int_equal(content.concat.wide, total && wide);
	assert_int_equal(content.concat.reference, total ? (wide ? 0x1234 : 0x56) : 0);
	assert_int_equal(
		content.coding, (ucs2 ? 8 : 0) | (message_class < 0 ? 0 : 0x10 | message_class));
	assert_int_equal(pdu_tpdu_length(pdu.octets, pdu.size), pdu.size - 7);
}

static void delivers_round_trip(void **state)
{
	static const char *const addresses[] = { "+62811", "0811000001", "123", "BANK JATENG",
		"Ñ é{", "+12345678901234567890" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		deliver_round_trip(addresses[i], "Halo {€} @$", false, false, 0, -1);
		deliver_round_trip(addresses[i], "Halo \U0001F600 中", true, false, 0, -1);
		deliver_round_trip(addresses[i], "bagian", false, false, 3, -1);
		deliver_round_trip(addresses[i], "bagian", false, true, 255, -1);
		deliver_round_trip(addresses[i], "\U0001F600", true, true, 2, -1);
		deliver_round_trip(addresses[i], "", false, false, 0, -1);
	}
	for (int message_class = 0; message_class < 4; message_class++) {
		deliver_round_trip("+62811", "kelas", false, false, 0, message_class);
		deliver_round_trip("+62811", "kelas", true, false, 2, message_class);
	}
}

static void bad_addresses_are_refused(void **state)
{
	static const char *const addresses[] = { "", "nama yang panjang", "中",
		"123456789012345678901" };
	struct pdu pdu;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		struct pdu_part part = { .address = addresses[i], .message_class = -1 };

		assert_int_equal(pdu_encode_deliver(&part, &pdu), -EINVAL);
	}
}

static void too_much_for_one_part_is_refused(void **state)
{
	uint16_t units[161];
	struct pdu_part part = { .address = "+62811", .units = units, .message_class = -1 };
	struct pdu pdu;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		units[i] = 'a';
	part.unit_count = 160;
	assert_int_equal(pdu_encode_deliver(&part, &pdu), 0);
	part.unit_count = 161;
	assert_int_equal(pdu_encode_deliver(&part, &pdu), -E2BIG);
	part.concat = (struct pdu_concat) { .total = 2, .number = 1 };
	part.unit_count = 153;
	assert_int_equal(pdu_encode_deliver(&part, &pdu), 0);
	part.unit_count = 154;
	assert_int_equal(pdu_encode_deliver(&part, &pdu), -E2BIG);
	part.concat.wide = true;
	part.unit_count = 152;
	assert_int_equal(pdu_encode_deliver(&part, &pdu), 0);
	part.unit_count = 153;
	assert_int_equal(pdu_encode_deliver(&part, &pdu), -E2BIG);
	part.concat = (struct pdu_concat) { 0 };
	part.ucs2 = true;
	part.unit_count = 70;
	assert_int_equal(pdu_encode_deliver(&part, &pdu), 0);
	part.unit_count = 71;
	assert_int_equal(pdu_encode_deliver(&part, &pdu), -E2BIG);
	part.ucs2 = false;
	units[0] = 0x4E2D;
	part.unit_count = 1;
	assert_int_equal(pdu_encode_deliver(&part, &pdu), -E2BIG);
}

static void submits_round_trip(void **state)
{
	static const uint16_t units[] = { 'h', 'i', 0x20AC };
	struct pdu_part part = { .address = "+62811",
		.units = units,
		.unit_count = 3,
		.message_class = -1,
		.report_wanted = true };
	struct pdu_content content;
	struct pdu pdu;

	(void)state;
	assert_int_equal(pdu_encode_submit(&part, &pdu), 0);
	assert_int_equal(pdu_decode(pdu.octets, pdu.size, true, &content), 0);
	assert_int_equal(content.type, PDU_SUBMIT);
	assert_true(content.report_wanted);
	assert_string_equal(content.address, "+62811");
	assert_text(&content, "hi€");
}

static void reports_round_trip(void **state)
{
	struct pdu_report report = { .service_centre = "+6281100000",
		.address = "+62811",
		.reference = 200,
		.status = 0x41,
		.service_centre_ms = 1795542941000LL,
		.discharged_ms = 1795542951000LL,
		.offset_minutes = -210 };
	struct pdu_content content;
	struct pdu pdu;

	(void)state;
	assert_int_equal(pdu_encode_report(&report, &pdu), 0);
	assert_int_equal(pdu_decode(pdu.octets, pdu.size, false, &content), 0);
	assert_int_equal(content.type, PDU_REPORT);
	assert_int_equal(content.reference, 200);
	assert_int_equal(content.status, 0x41);
	assert_string_equal(content.address, "+62811");
	assert_int_equal(content.service_centre_ms, report.service_centre_ms);
	assert_int_equal(content.discharged_ms, report.discharged_ms);
}

static int split_plain(size_t count, uint16_t unit, bool ucs2, bool wide, size_t *ends)
{
	autofree uint16_t *units = calloc(count + 1, sizeof(*units));

	assert_non_null(units);
	for (size_t i = 0; i < count; i++)
		units[i] = unit;
	return pdu_split(units, count, ucs2, wide, false, ends);
}

static void splits_at_the_limits(void **state)
{
	size_t ends[PDU_PARTS_MAX];

	(void)state;
	assert_int_equal(split_plain(0, 'a', false, false, ends), 1);
	assert_int_equal(split_plain(160, 'a', false, false, ends), 1);
	assert_int_equal(split_plain(161, 'a', false, false, ends), 2);
	assert_int_equal(ends[0], 153);
	assert_int_equal(ends[1], 161);
	assert_int_equal(split_plain(306, 'a', false, false, ends), 2);
	assert_int_equal(split_plain(307, 'a', false, false, ends), 3);
	assert_int_equal(split_plain(305, 'a', false, true, ends), 3);
	assert_int_equal(ends[0], 152);
	assert_int_equal(split_plain(70, 0x4E2D, true, false, ends), 1);
	assert_int_equal(split_plain(71, 0x4E2D, true, false, ends), 2);
	assert_int_equal(ends[0], 67);
	assert_int_equal(split_plain(133, 0x4E2D, true, true, ends), 3);
	assert_int_equal(ends[0], 66);
	assert_int_equal(split_plain((size_t)153 * 255, 'a', false, false, ends), 255);
	assert_int_equal(split_plain((size_t)153 * 255 + 1, 'a', false, false, ends), -E2BIG);
}

static void escapes_are_never_cut(void **state)
{
	uint16_t units[200];
	size_t ends[PDU_PARTS_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		units[i] = 0x20AC;
	/* 80 euros are 160 septets; a part has room for 76 whole ones. */
	assert_int_equal(pdu_split(units, 80, false, false, false, ends), 1);
	assert_int_equal(pdu_split(units, 81, false, false, false, ends), 2);
	assert_int_equal(ends[0], 76);
}

static void pairs_are_cut_only_when_asked(void **state)
{
	uint16_t units[72];
	size_t ends[PDU_PARTS_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(units); i += 2) {
		units[i] = 0xD83D;
		units[i + 1] = 0xDE00;
	}
	assert_int_equal(pdu_split(units, ARRAY_SIZE(units), true, false, false, ends), 2);
	assert_int_equal(ends[0], 66);
	assert_int_equal(pdu_split(units, ARRAY_SIZE(units), true, false, true, ends), 2);
	assert_int_equal(ends[0], 67);
}

static void nonsense_is_refused(void **state)
{
	static const char *const pdus[] = {
		"00",						    /* nothing behind the SCA */
		"FF0100",					    /* an SCA that leaves the PDU */
		"0011000B9164",					    /* ends in the address */
		"001100FF916407281553F80000AA0AE8329BFD4697D9EC37", /* the known crash: length 255
								     */
		"0011000B916407281553F80000AA50E8329BFD4697D9EC37", /* UDL beyond the end */
		"0011000B916407281553F80008AAFF",		    /* the same, UCS-2 */
		"0051000B916407281553F80000AA03FF0000",	    /* a header longer than the data */
		"0051000B916407281553F80004AA050400030101", /* an element leaves the header */
		"0003000B916407281553F80000AA00",	    /* reserved type */
	};
	struct pdu_content content;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pdus); i++) {
		uint8_t octets[PDU_MAX];
		size_t size = from_hex(pdus[i], octets);

		assert_int_equal(pdu_decode(octets, size, true, &content), -EBADMSG);
	}
	assert_int_equal(pdu_decode((const uint8_t *)"", 0, true, &content), -EBADMSG);
}

/* Whatever comes, nothing is read or written beyond its bounds (the sanitizers watch). */
static void random_octets_do_no_harm(void **state)
{
	unsigned seed = 20261124;
	size_t readable = 0;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		size_t size = (size_t)rand_r(&seed) % 180;
		autofree uint8_t *octets = malloc(size ? size : 1);
		struct pdu_content content;

		assert_non_null(octets);
		for (size_t i = 0; i < size; i++)
			octets[i] = (uint8_t)(rand_r(&seed) >> 7);
		if (size && round % 2)
			octets[0] = 0;
		readable += pdu_decode(octets, size, round % 3, &content) == 0;
		assert_true(content.unit_count <= ARRAY_SIZE(content.units));
		assert_true(content.octet_count <= sizeof(content.octets));
		assert_true(pdu_tpdu_length(octets, size) <= size);
	}
	assert_true(readable > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_deliver),
		cmocka_unit_test(published_submit),
		cmocka_unit_test(published_report),
		cmocka_unit_test(validity_periods_are_skipped),
		cmocka_unit_test(binary_stays_octets),
		cmocka_unit_test(delivers_round_trip),
		cmocka_unit_test(bad_addresses_are_refused),
		cmocka_unit_test(too_much_for_one_part_is_refused),
		cmocka_unit_test(submits_round_trip),
		cmocka_unit_test(reports_round_trip),
		cmocka_unit_test(splits_at_the_limits),
		cmocka_unit_test(escapes_are_never_cut),
		cmocka_unit_test(pairs_are_cut_only_when_asked),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(random_octets_do_no_harm),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("sim_pdu", tests, NULL, NULL);
}
