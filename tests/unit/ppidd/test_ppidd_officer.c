/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Roles and their rights, and the routes that ask for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <string.h>

#include "base/log.h"
#include "tools/ppidd/http.h"

static void test_roles(void **state)
{
	(void)state;

	for (unsigned i = 0; role_name(i); i++) {
		assert_true(officer_role_valid(role_name(i)));
		assert_false(role_may(role_name(i), RIGHT_NONE));
		assert_true(role_may(role_name(i), RIGHT_READ));
		for (int right = 0; right < RIGHT_COUNT; right++)
			assert_non_null(right_name((enum right)right));
	}
	assert_false(officer_role_valid("king"));
	assert_false(officer_role_valid(""));
	assert_false(role_may("king", RIGHT_READ));
}

/* The auditor reads, and changes nothing but the own account. */
static void test_auditor(void **state)
{
	static const enum right reading[] = { RIGHT_OWN, RIGHT_READ, RIGHT_ABOUT_OFFICE,
		RIGHT_REPORT, RIGHT_AUDIT };
	const struct officer auditor = { .name = "agus", .role = "auditor" };
	(void)state;

	for (int right = 0; right < RIGHT_COUNT; right++) {
		bool may = false;
		for (size_t i = 0; i < ARRAY_SIZE(reading); i++)
			may = may || (int)reading[i] == right;
		assert_int_equal(officer_may(&auditor, (enum right)right), may);
	}
	assert_false(officer_may_change(&auditor));
	assert_false(officer_sees_identity(&auditor));
}

static void test_above(void **state)
{
	(void)state;

	/* What is about the office goes one level up; names are for those who verify. */
	assert_false(role_may("intake", RIGHT_ABOUT_OFFICE));
	assert_false(role_may("officer", RIGHT_ABOUT_OFFICE));
	assert_true(role_may("head", RIGHT_ABOUT_OFFICE));
	assert_true(role_may("intake", RIGHT_IDENTITY));
	assert_false(role_may("officer", RIGHT_IDENTITY));
	assert_false(role_may("intake", RIGHT_HANDLE));
	assert_false(role_may("head", RIGHT_ADMINISTER));
	assert_true(role_may("administrator", RIGHT_ADMINISTER));
}

/* A route of officers names its right, any other none; what changes something isn't the auditor's.
 */
static void check_routes(const struct route *route)
{
	for (; route->method; route++) {
		bool desk = route->kind == ROUTE_DESK;
		assert_int_equal(desk, route->right != RIGHT_NONE);
		if (!desk)
			assert_int_equal(route->reads, READS_NOTHING);
		if (strcmp(route->method, "POST") == 0 && role_may("auditor", route->right))
			assert_int_equal(route->right, RIGHT_OWN);
		if (route->reads == READS_COMPLAINT)
			assert_non_null(strchr(route->pattern, '*'));
		/* Whatever leads to one complaint shows it, in its answer or in a refusal. */
		if (strncmp(route->pattern, "/complaints/*", 13) == 0)
			assert_int_equal(route->reads, READS_COMPLAINT);
	}
}

static void test_routes(void **state)
{
	(void)state;

	for (size_t i = 0; route_tables[i]; i++)
		check_routes(route_tables[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_auditor),
		cmocka_unit_test(test_above),
		cmocka_unit_test(test_routes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
