/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What operators answer about a SIM's money. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>

#include "kotakd/balance.h"

#define NOW INT64_C(1795500000000) /* 2026-11-24 */

static void test_answers_of_the_operators(void **state)
{
	static const struct {
		const char *operator_name;
		const char *pattern;
		const char *answer;
		int64_t amount;
		int year; /* of the validity, 0 none */
	} answers[] = {
		{ "TELKOMSEL", NULL, "Sisa Pulsa Rp 12.345. Aktif s.d. 12/12/2026. Paket: *363#",
			12345, 2026 },
		{ "TELKOMSEL", NULL, "Pulsa Anda Rp.5000, aktif sd 01-01-2027", 5000, 2027 },
		{ "INDOSAT OOREDOO", NULL, "PulsaUtama Rp.9.850,00 aktif s/d 05.03.27", 9850,
			2027 },
		{ "XL", NULL, "Pulsa Rp 20,500 s.d 30 Des 2026. Bonus 2GB", 20500, 2026 },
		{ "3", NULL, "Pulsa: Rp1.500 berlaku hingga 2-Jan-2027", 1500, 2027 },
		{ "Smartfren", NULL, "Sisa pulsa Rp 0 masa aktif 24/11/2026", 0, 2026 },
		{ "NEW TELCO", NULL, "Balance IDR 7,250.00 until 31/12/2026", 7250, 2026 },
		{ "NEW TELCO", "saldo=([0-9]+)", "id=17;saldo=4400;x=Rp 9", 4400, 0 },
		{ "TELKOMSEL", NULL, "Permintaan Anda sedang diproses", -1, 0 },
		{ "TELKOMSEL", NULL, "", -1, 0 },
		{ "TELKOMSEL", NULL, "Rp 99999999999999999999 s.d 99/99/9999", 999999999999, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct balance balance;
		char until[TIME_SIZE] = "0000";
		bool found = balance_parse(answers[i].operator_name, answers[i].pattern,
			answers[i].answer, NOW, &balance);
		assert_int_equal(found, answers[i].amount >= 0);
		if (i + 1 < sizeof(answers) / sizeof(answers[0]))
			assert_int_equal(balance.amount, answers[i].amount);
		if (balance.valid_until_ms)
			time_format(balance.valid_until_ms, until);
		assert_int_equal(strtol(until, NULL, 10), answers[i].year);
	}
}

static void test_the_less_money_the_less_is_sent(void **state)
{
	static const struct {
		int64_t amount;
		enum outgoing_priority least;
	} steps[] = { { -1, OUTGOING_NOTICE }, { 50000, OUTGOING_NOTICE },
		{ 9999, OUTGOING_ANSWER }, { 4999, OUTGOING_REPLY }, { 1999, OUTGOING_TICKET },
		{ 0, OUTGOING_TICKET } };

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const struct balance balance = { .amount = steps[i].amount };
		assert_int_equal(balance_least(&balance), steps[i].least);
	}
}

static void test_short_validity_is_low(void **state)
{
	const struct balance balance = { .amount = 50000,
		.valid_until_ms = NOW + INT64_C(3) * 86400000 };
	const struct balance unknown = { .amount = -1 };

	(void)state;
	assert_true(balance_low(&balance, NOW));
	assert_false(balance_low(&unknown, NOW));
}

static void test_each_operator_has_its_code(void **state)
{
	static const struct {
		const char *name, *code; /* NULL: nothing is known */
	} operators[] = { { "TELKOMSEL", "*888#" }, { "IND TELKOMSEL", "*888#" },
		{ "51010", "*888#" }, { "INDOSAT OOREDOO", "*123#" }, { "IM3 Ooredoo", "*123#" },
		{ "51001", "*123#" }, { "XL Axiata", "*123#" }, { "AXIS", "*123#" },
		{ "3", "*111*1#" }, { "3 INDONESIA", "*111*1#" }, { "TRI", "*111*1#" },
		{ "51089", "*111*1#" }, { "smartfren", "*999#" }, { "51009", "*999#" },
		{ "Vodafone 3G", NULL }, { "", NULL } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		const char *code = balance_code(operators[i].name, NULL);
		if (operators[i].code) {
			assert_non_null(code);
			assert_string_equal(code, operators[i].code);
		} else {
			assert_null(code);
		}
	}
	assert_string_equal(balance_code("TELKOMSEL", "*889#"), "*889#");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers_of_the_operators),
		cmocka_unit_test(test_the_less_money_the_less_is_sent),
		cmocka_unit_test(test_short_validity_is_low),
		cmocka_unit_test(test_each_operator_has_its_code),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
