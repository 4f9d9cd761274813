/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "wire/ticket.h"

/* Every serial of this step, spread over the whole range. */
#define SERIAL_STEP 7919U

static void test_form(void **state)
{
	char ticket[TICKET_SIZE];

	(void)state;
	assert_int_equal(ticket_format(ticket, 3, 123), 0);
	/* By hand, in Damm's table: the digits 0 0 3 0 0 0 1 2 3 lead over 0 0 7 8 9 2 2 0 to 7. */
	assert_string_equal(ticket, "003-000123-7");
	assert_int_equal(ticket_kiosk(ticket), 3);
	assert_int_equal(ticket_serial(ticket), 123);
	assert_int_equal(ticket_format(ticket, 999, 999999), 0);
	assert_int_equal(ticket_kiosk(ticket), 999);
	assert_int_equal(ticket_serial(ticket), 999999);
}

static void test_ranges(void **state)
{
	char ticket[TICKET_SIZE];

	(void)state;
	assert_int_equal(ticket_format(ticket, 0, 1), -ERANGE);
	assert_int_equal(ticket_format(ticket, 1000, 1), -ERANGE);
	assert_int_equal(ticket_format(ticket, 1, 0), -ERANGE);
	assert_int_equal(ticket_format(ticket, 1, 1000000), -ERANGE);
	assert_int_equal(ticket_format(ticket, 1, UINT32_MAX), -ERANGE);
}

/* Calls check for a sample of tickets of several kiosks. */
static void for_sample(void (*check)(const char *ticket))
{
	static const unsigned kiosks[] = { 1, 3, 10, 42, 100, 567, 999 };
	char ticket[TICKET_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(kiosks); i++) {
		for (uint32_t serial = 1; serial <= TICKET_SERIAL_MAX; serial += SERIAL_STEP) {
			assert_int_equal(ticket_format(ticket, kiosks[i], serial), 0);
			check(ticket);
		}
	}
}

static void reads_back(const char *ticket)
{
	char parsed[TICKET_SIZE];

	assert_int_equal(ticket_parse(ticket, parsed), 0);
	assert_string_equal(parsed, ticket);
}

static void test_reads_back(void **state)
{
	(void)state;
	for_sample(reads_back);
}

static void catches_wrong_digits(const char *ticket)
{
	char wrong[TICKET_SIZE], parsed[TICKET_SIZE];

	for (size_t i = 0; ticket[i]; i++) {
		if (ticket[i] == '-')
			continue;
		memcpy(wrong, ticket, TICKET_SIZE);
		for (int digit = '0'; digit <= '9'; digit++) {
			wrong[i] = (char)digit;
			assert_int_equal(
				ticket_parse(wrong, parsed), digit == ticket[i] ? 0 : -EINVAL);
		}
	}
}

static void test_single_wrong_digits(void **state)
{
	(void)state;
	for_sample(catches_wrong_digits);
}

static void catches_swaps(const char *ticket)
{
	char digits[11] = "", swapped[11], parsed[TICKET_SIZE];
	size_t count = 0;

	for (size_t i = 0; ticket[i]; i++) {
		if (ticket[i] != '-')
			digits[count++] = ticket[i];
	}
	for (size_t i = 0; i + 1 < count; i++) {
		memcpy(swapped, digits, sizeof(digits));
		swapped[i] = digits[i + 1];
		swapped[i + 1] = digits[i];
		assert_int_equal(
			ticket_parse(swapped, parsed), digits[i] == digits[i + 1] ? 0 : -EINVAL);
	}
}

static void test_swapped_neighbours(void **state)
{
	(void)state;
	for_sample(catches_swaps);
}

static void test_forms_a_person_writes(void **state)
{
	static const char *const good[] = { "003-000123-7", "0030001237", "003 000123 7",
		"003.000123.7", "003-000123 7", " 003-000123-7 ", "0 0 3 0 0 0 1 2 3 7",
		"003--000123--7", "\t003-000123-7" };
	static const char *const bad[] = { "", "-", "003-000123", "003-000123-", "003-000123-72",
		"03-000123-7", "003-000123-x", "003/000123/7", "CEK 003-000123-7", "003-000123-7\n",
		"\xD9\xA0\xD9\xA0\xD9\xA3-000123-7", "003_000123_7", "00300012370030001237" };
	char parsed[TICKET_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(ticket_parse(good[i], parsed), 0);
		assert_string_equal(parsed, "003-000123-7");
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(ticket_parse(bad[i], parsed), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_reads_back),
		cmocka_unit_test(test_single_wrong_digits),
		cmocka_unit_test(test_swapped_neighbours),
		cmocka_unit_test(test_forms_a_person_writes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("ticket", tests, NULL, NULL);
}
