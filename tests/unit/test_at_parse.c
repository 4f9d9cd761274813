/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in AT lines; errors, USSD strings and makes' quirks. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "modem/at_errors.h"
#include "modem/at_parse.h"
#include "modem/at_ussd.h"
#include "modem/quirks.h"
#include "modem/usb_ids.h"

static void test_fields(void **state)
{
	struct at_fields fields = at_fields_of("+X: 1, \"a,b\" ,,\"\",-7,9999999999,x");
	char text[4];
	int number = 0;

	(void)state;
	assert_true(at_next_number(&fields, &number));
	assert_int_equal(number, 1);
	assert_true(at_next_text(&fields, text, sizeof(text)));
	assert_string_equal(text, "a,b");
	assert_false(at_next_number(&fields, &number));
	assert_true(at_next_text(&fields, text, sizeof(text)));
	assert_string_equal(text, "");
	assert_true(at_next_number(&fields, &number));
	assert_int_equal(number, -7);
	assert_false(at_next_number(&fields, &number));
	assert_true(at_next_text(&fields, text, sizeof(text)));
	assert_false(at_next_text(&fields, text, sizeof(text)));
	fields = at_fields_of("no colon");
	assert_false(at_next_number(&fields, &number));
}

static void test_notice(void **state)
{
	static const char *const wrong[] = { "+CMTI:", "+CMTI: \"SM\"", "+CMTI: 3",
		"+CMTI: \"SM\",-1", "+CMTI: \"SM\",65536", "+CMTI: \"S\",1", "+CMTI: \"SIM\",1",
		"+CMTI: \"12\",1", "+CMTI: \"SM\",x" };
	char store[AT_STORE_SIZE];
	unsigned slot = 0;

	(void)state;
	assert_true(at_parse_notice("+CMTI: \"SM\",3", store, &slot));
	assert_string_equal(store, "SM");
	assert_int_equal(slot, 3);
	assert_true(at_parse_notice("+CDSI:\"SR\", 0", store, &slot));
	assert_string_equal(store, "SR");
	assert_int_equal(slot, 0);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(at_parse_notice(wrong[i], store, &slot));
}

static void test_stores(void **state)
{
	char stores[AT_STORES_MAX][AT_STORE_SIZE];
	char reading[AT_STORE_SIZE], receiving[AT_STORE_SIZE];
	unsigned used = 0, total = 0;

	(void)state;
	assert_int_equal(
		at_parse_stores("+CPMS: (\"SM\",\"ME\",\"MT\"),(\"SM\"),(\"SM\")", stores), 3);
	assert_string_equal(stores[1], "ME");
	assert_int_equal(at_parse_stores("+CPMS: ((\"SM\",\"SR\"),(\"SM\"))", stores), 2);
	assert_int_equal(at_parse_stores("+CPMS: (\"SM\",\"S", stores), 0);
	assert_int_equal(at_parse_stores("+CPMS: ()", stores), 0);
	assert_int_equal(at_parse_stores("+CPMS", stores), 0);
	assert_true(at_parse_selected(
		"+CPMS: \"ME\",0,100,\"ME\",0,100,\"SM\",3,50", reading, receiving));
	assert_string_equal(reading, "ME");
	assert_string_equal(receiving, "SM");
	assert_true(at_parse_selected("+CPMS: \"SM\",0,20", reading, receiving));
	assert_string_equal(receiving, "SM");
	assert_false(at_parse_selected("+CPMS: 0,20,0,20", reading, receiving));
	assert_true(at_parse_usage("+CPMS: 3,50,0,50,0,50", &used, &total));
	assert_int_equal(used, 3);
	assert_int_equal(total, 50);
	assert_false(at_parse_usage("+CPMS: -3,50", &used, &total));
	assert_false(at_parse_usage("+CPMS:", &used, &total));
}

static void test_notices_choice(void **state)
{
	static const struct {
		const char *line;
		bool stored, fine;
		struct at_notices chosen;
	} cases[] = {
		{ "+CNMI: (0-2),(0-3),(0,2,3),(0-2),(0,1)", true, true, { 2, 1, 0, 2, 0 } },
		{ "+CNMI: (0-2),(0-3),(0,2,3),(0-2),(0,1)", false, true, { 2, 1, 0, 1, 0 } },
		{ "+CNMI: (0,1,2,3),(0,1,2,3),(0,2),(0,1),(0,1)", true, true, { 2, 1, 0, 1, 0 } },
		{ "+CNMI: (0,1),(0,1),(0),(0,2),(1)", false, true, { 1, 1, 0, 2, 1 } },
		{ "+CNMI: (3),(1),(0),(0),(0)", false, true, { 3, 1, 0, 0, 0 } },
		{ "+CNMI: 2,1,0,0,0", true, true, { 2, 1, 0, 0, 0 } },
		{ "+CNMI: (0-2),(0,2),(0),(0),(0)", true, false, { 2, 0, 0, 0, 0 } },
		{ "+CNMI: (0-2)", true, false, { 2, 0, 0, 0, 0 } },
		{ "+CNMI: (99-4294967295),(0-99),(", true, false, { 0, 0, 0, 0, 0 } },
		{ "+CNMI", true, false, { 0, 0, 0, 0, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct at_notices chosen = { 0 };
		bool fine = at_choose_notices(cases[i].line, cases[i].stored, &chosen);

		assert_int_equal(fine, cases[i].fine);
		if (fine)
			assert_memory_equal(&chosen, &cases[i].chosen, sizeof(chosen));
	}
}

static void test_registration(void **state)
{
	static const struct {
		const char *line;
		enum modem_registration state;
	} cases[] = {
		{ "+CREG: 0,1", MODEM_REGISTRATION_HOME },
		{ "+CREG: 1", MODEM_REGISTRATION_HOME },
		{ "+CREG: 5,\"12AB\",\"00C1\",7", MODEM_REGISTRATION_ROAMING },
		{ "+CREG: 2,3,\"12AB\",\"00C1\"", MODEM_REGISTRATION_DENIED },
		{ "+CEREG: 0, 2", MODEM_REGISTRATION_SEARCHING },
		{ "+CREG: 2,\"12AB\"", MODEM_REGISTRATION_SEARCHING },
		{ "+CREG: 1,1234,5678", MODEM_REGISTRATION_HOME },
		{ "+CREG: 0", MODEM_REGISTRATION_NONE },
		{ "+CREG: 4", MODEM_REGISTRATION_UNKNOWN },
	};
	enum modem_registration registration;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_true(at_parse_registration(cases[i].line, &registration));
		assert_int_equal(registration, cases[i].state);
	}
	assert_false(at_parse_registration("+CREG: 77", &registration));
	assert_false(at_parse_registration("+CREG:", &registration));
}

static void test_signal_and_operator(void **state)
{
	char name[8];
	int dbm = 1;

	(void)state;
	assert_true(at_parse_signal("+CSQ: 20,99", &dbm));
	assert_int_equal(dbm, -73);
	assert_true(at_parse_signal("+CSQ: 99,99", &dbm));
	assert_int_equal(dbm, 0);
	assert_true(at_parse_signal("+CSQ: 125,99", &dbm));
	assert_int_equal(dbm, -91);
	assert_false(at_parse_signal("+CSQ: ,", &dbm));
	assert_true(at_parse_operator("+COPS: 0,0,\"TELKOMSEL\",2", name, sizeof(name)));
	assert_string_equal(name, "TELKOMS");
	assert_true(at_parse_operator("+COPS: 0", name, sizeof(name)));
	assert_string_equal(name, "");
	assert_true(at_parse_operator("+COPS: 0,0,\"X\xc3\xa9\x01Y\"", name, sizeof(name)));
	assert_string_equal(name, "XY");
}

static void test_network_time(void **state)
{
	/* 2026-11-24T10:15:00Z, in Jakarta 17:15. */
	const int64_t expected = INT64_C(1795515300000);
	static const struct {
		const char *line;
		enum at_time_kind kind;
	} cases[] = {
		{ "*PSUTTZ: 2026,11,24,10,15,0,\"+28\",0", AT_TIME_UTC },
		{ "+CTZV: 26/11/24,17:15:00,+28", AT_TIME_LOCAL },
		{ "+CTZV: \"+28\",\"26/11/24,17:15:00\"", AT_TIME_LOCAL },
		{ "+CTZE: \"+28\",0,\"2026/11/24,17:15:00\"", AT_TIME_LOCAL },
		{ "+CTZE: \"+28\",0,\"2026/11/24,10:15:00\"", AT_TIME_UTC },
		{ "^NWTIME: 26/11/24,17:15:00+28,00", AT_TIME_LOCAL },
		{ "+NITZ: 2026/11/24,10:15:00,+28,0", AT_TIME_UTC },
		{ "+QLTS: \"2026/11/24,06:15:00-16,0\"", AT_TIME_LOCAL },
	};
	static const char *const wrong[] = { "+CTZV: 28", "+CTZV: 26/11/24,17:15",
		"*PSUTTZ: 2026,11", "*PSUTTZ: 1980,01,06,0,0,0,\"+0\",0",
		"*PSUTTZ: 2026,13,24,10,15,0,\"+28\",0", "*PSUTTZ: 2026,11,24,10,15,0,\"+99\",0",
		"+CTZE: 99999999999999999999/1/1,1:1:1", ":", "", "*PSUTTZ: 2026,11,24,10,15,0" };
	int64_t time_ms = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		time_ms = 0;
		assert_true(at_parse_network_time(cases[i].line, cases[i].kind, &time_ms));
		assert_int_equal(time_ms, expected);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_false(at_parse_network_time(wrong[i], AT_TIME_LOCAL, &time_ms));
}

static void test_hex(void **state)
{
	uint8_t octets[3];

	(void)state;
	assert_int_equal(at_parse_hex("00aFf1", octets, 3), 3);
	assert_int_equal(octets[1], 0xaf);
	assert_int_equal(at_parse_hex("00112233", octets, 3), 0);
	assert_int_equal(at_parse_hex("001", octets, 3), 0);
	assert_int_equal(at_parse_hex("00G1", octets, 3), 0);
	assert_int_equal(at_parse_hex("", octets, 3), 0);
}

static void test_errors(void **state)
{
	struct at_answer answer = { .result = AT_CMS_ERROR, .code = 321 };

	(void)state;
	assert_true(at_cms_permanent(1));
	assert_true(at_cms_permanent(96));
	assert_true(at_cms_permanent(305));
	/* No credit, congestion, no network, memory full, unknown. */
	assert_false(at_cms_permanent(21));
	assert_false(at_cms_permanent(42));
	assert_false(at_cms_permanent(331));
	assert_false(at_cms_permanent(322));
	assert_false(at_cms_permanent(500));
	assert_false(at_cms_permanent(-1));
	assert_true(at_says_empty(&answer));
	answer.code = 320;
	assert_false(at_says_empty(&answer));
	answer = (struct at_answer) { .result = AT_CME_ERROR, .code = 22 };
	assert_true(at_says_empty(&answer));
	answer = (struct at_answer) { .result = AT_ERROR, .code = -1 };
	assert_false(at_says_empty(&answer));
}

static void test_ussd(void **state)
{
	static const struct {
		const char *line, *text;
		bool final;
	} cases[] = {
		{ "+CUSD: 0,\"Sisa pulsa Rp 12.500\",15", "Sisa pulsa Rp 12.500", true },
		{ "+CUSD: 1,\"Menu\n1. Pulsa\",15", "Menu\n1. Pulsa", false },
		{ "+CUSD: 2", "", true },
		/* UCS-2 in hex, whatever coding scheme is told. */
		{ "+CUSD: 0,\"00530061006C0064006F\",72", "Saldo", true },
		{ "+CUSD: 0,\"00530061006C0064006F\",15", "Saldo", true },
		{ "+CUSD: 0,\"00520070002000E9\",72", "Rp \xc3\xa9", true },
		{ "+CUSD: 0,\"D83DDE00\",72", "\xf0\x9f\x98\x80", true },
		/* Septets, packed. */
		{ "+CUSD: 0,\"D3309BFC06C960\",15", "Saldo 20", true },
		/* Digits that only look like hex. */
		{ "+CUSD: 0,\"0811223344\",15", "0811223344", true },
		{ "+CUSD: 0,\"12500\",15", "12500", true },
	};
	struct at_ussd answer;
	char packed[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_true(at_parse_ussd(cases[i].line, &answer));
		assert_string_equal(answer.text, cases[i].text);
		assert_int_equal(answer.final, cases[i].final);
	}
	assert_false(at_parse_ussd("+CUSD:", &answer));
	assert_int_equal(at_pack_ussd("*123#", packed, sizeof(packed)), 0);
	assert_string_equal(packed, "AA986C3602");
	assert_int_equal(at_pack_ussd("*888#", packed, sizeof(packed)), 0);
	assert_string_equal(packed, "2A1C0E3702");
	assert_int_equal(at_pack_ussd("*123456#", packed, sizeof(packed)), 0);
	assert_int_equal(strlen(packed), 14);
	assert_int_equal(at_pack_ussd("*123#", packed, 10), -EMSGSIZE);
	assert_int_equal(at_pack_ussd("AT\r", packed, sizeof(packed)), -EINVAL);
}

/* What was packed is read back, at each length. */
static void test_ussd_round_trip(void **state)
{
	const char *digits = "*1234567890123456#";
	char packed[64];

	(void)state;
	for (size_t length = 4; length <= strlen(digits); length++) {
		struct at_ussd answer;
		char line[128];
		char code[32];

		snprintf(code, sizeof(code), "%.*s", (int)length, digits);
		assert_int_equal(at_pack_ussd(code, packed, sizeof(packed)), 0);
		snprintf(line, sizeof(line), "+CUSD: 0,\"%s\",15", packed);
		assert_true(at_parse_ussd(line, &answer));
		assert_string_equal(answer.text, code);
	}
}

static void test_own_number(void **state)
{
	static const struct {
		const char *line, *number;
	} lines[] = {
		{ "+CNUM: \"\",\"+628111999000\",145", "+628111999000" },
		{ "+CNUM: \"Own, mine\",\"628111999000\",145,7,4", "+628111999000" },
		{ "+CNUM: ,\"08111999000\",129", "08111999000" },
		{ "+CNUM: \"x\",\"08111999000\"", "08111999000" },
		{ "+CNUM: \"\",\"\",129", "" },
		{ "+CNUM: \"\",\"002B003600320038003100310031003900390039\",145", "" },
		{ "+CNUM: \"\",\"12ab\",129", "" },
		{ "+CNUM: ", "" },
		{ "+CNUM", "" },
	};
	char number[MODEM_ADDRESS_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		at_parse_own_number(lines[i].line, number);
		assert_string_equal(number, lines[i].number);
	}
}

static void test_quirks(void **state)
{
	(void)state;
	assert_true(modem_quirks_find("SIMCOM INCORPORATED", "SIMCOM_SIM7600E-H")->reports_stored);
	assert_false(modem_quirks_find("SIMCOM_Ltd", "SIMCOM_SIM800L")->reports_stored);
	assert_true(modem_quirks_find("Quectel", "EC25")->reports_stored);
	assert_true(modem_quirks_find("huawei", "E173")->ussd_packed);
	assert_true(modem_quirks_find("HUAWEI", "E1750")->ussd_packed);
	/* A modem nobody knows gets what the standard says. */
	assert_true(modem_quirks_find("ACME", "X1")->reports_stored);
	assert_false(modem_quirks_find("", "")->ussd_packed);
	assert_null(modem_quirks_find("", "")->pin_tries_command);
}

static void test_usb_ports(void **state)
{
	(void)state;
	/* The AT port of each comes first, diagnostics last. */
	assert_int_equal(usb_port_rank(0x2c7c, 0x0125, 2), 0);
	assert_true(usb_port_rank(0x2c7c, 0x0125, 3) < usb_port_rank(0x2c7c, 0x0125, 0));
	assert_true(usb_port_rank(0x1e0e, 0x9001, 2) < usb_port_rank(0x1e0e, 0x9001, 1));
	assert_true(usb_port_rank(0x12d1, 0x1001, 2) < usb_port_rank(0x12d1, 0x1001, 1));
	assert_true(usb_port_rank(0x12d1, 0x1001, -1) > 0);
	/* Printers' adapters (CH340, FTDI, PL2303, CP210x) and GPS receivers are none. */
	assert_int_equal(usb_port_rank(0x1a86, 0x7523, 0), USB_NOT_A_MODEM);
	assert_int_equal(usb_port_rank(0x0403, 0x6001, 0), USB_NOT_A_MODEM);
	assert_int_equal(usb_port_rank(0x067b, 0x2303, 0), USB_NOT_A_MODEM);
	assert_int_equal(usb_port_rank(0x10c4, 0xea60, 0), USB_NOT_A_MODEM);
	assert_int_equal(usb_port_rank(0x1546, 0x01a8, 0), USB_NOT_A_MODEM);
	assert_int_not_equal(usb_port_rank(0x1546, 0x1102, 0), USB_NOT_A_MODEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_notice),
		cmocka_unit_test(test_stores),
		cmocka_unit_test(test_notices_choice),
		cmocka_unit_test(test_registration),
		cmocka_unit_test(test_signal_and_operator),
		cmocka_unit_test(test_network_time),
		cmocka_unit_test(test_hex),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_ussd),
		cmocka_unit_test(test_ussd_round_trip),
		cmocka_unit_test(test_own_number),
		cmocka_unit_test(test_quirks),
		cmocka_unit_test(test_usb_ports),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
