/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "wire/state.h"

static void test_names(void **state)
{
	enum complaint_state found;

	(void)state;
	for (unsigned i = 0; i < STATE_COUNT; i++) {
		assert_true(state_from_name(state_name((enum complaint_state)i), &found));
		assert_int_equal(found, i);
	}
	assert_false(state_from_name("", &found));
	assert_false(state_from_name("Received", &found));
	assert_false(state_from_name("received ", &found));
}

/* The diagram of the design, arrow by arrow. */
static void test_steps(void **state)
{
	static const enum complaint_state line[] = { STATE_RECEIVED, STATE_VERIFIED, STATE_ASSIGNED,
		STATE_INVESTIGATING, STATE_RESOLVED, STATE_CLOSED };

	(void)state;
	for (size_t i = 0; i + 1 < ARRAY_SIZE(line); i++)
		assert_true(state_may_follow(line[i], line[i + 1]));
	assert_true(state_may_follow(STATE_RECEIVED, STATE_INCOMPLETE));
	assert_true(state_may_follow(STATE_INCOMPLETE, STATE_RECEIVED));
	assert_true(state_may_follow(STATE_RESOLVED, STATE_REOPENED));
	assert_true(state_may_follow(STATE_CLOSED, STATE_REOPENED));
	assert_true(state_may_follow(STATE_REOPENED, STATE_ASSIGNED));
	assert_false(state_may_follow(STATE_RECEIVED, STATE_RESOLVED));
	assert_false(state_may_follow(STATE_CLOSED, STATE_RESOLVED));
	assert_false(state_may_follow(STATE_INCOMPLETE, STATE_VERIFIED));
	for (unsigned i = 0; i < STATE_COUNT; i++) {
		enum complaint_state from = (enum complaint_state)i;
		assert_false(state_may_follow(from, from));
		assert_int_equal(state_may_follow(from, STATE_REFERRED), state_open(from));
		assert_int_equal(state_may_follow(from, STATE_WITHDRAWN), state_open(from));
		assert_false(state_may_follow(STATE_REFERRED, from));
		assert_false(state_may_follow(STATE_WITHDRAWN, from));
	}
}

/* From anywhere to anywhere: a path is made of legal steps and ends where it should. */
static void test_paths_are_legal(void **state)
{
	enum complaint_state path[STATE_COUNT];

	(void)state;
	for (unsigned from = 0; from < STATE_COUNT; from++) {
		for (unsigned to = 0; to < STATE_COUNT; to++) {
			enum complaint_state here = (enum complaint_state)from;
			int length = state_path(here, (enum complaint_state)to, path);
			assert_in_range((unsigned)(length + 1), 0, STATE_COUNT);
			if (from == to)
				assert_int_equal(length, 0);
			for (int i = 0; i < length; i++) {
				assert_true(state_may_follow(here, path[i]));
				here = path[i];
			}
			if (length > 0)
				assert_int_equal(here, to);
		}
	}
}

static void test_shortest_paths(void **state)
{
	enum complaint_state path[STATE_COUNT];

	(void)state;
	/* An officer who answers at once */
	assert_int_equal(state_path(STATE_RECEIVED, STATE_RESOLVED, path), 4);
	assert_int_equal(path[0], STATE_VERIFIED);
	assert_int_equal(path[1], STATE_ASSIGNED);
	assert_int_equal(path[2], STATE_INVESTIGATING);
	assert_int_equal(path[3], STATE_RESOLVED);
	assert_int_equal(state_path(STATE_INCOMPLETE, STATE_VERIFIED, path), 2);
	assert_int_equal(state_path(STATE_CLOSED, STATE_ASSIGNED, path), 2);
	assert_int_equal(state_path(STATE_RECEIVED, STATE_WITHDRAWN, path), 1);
	/* Ends are ends, and nothing is ever received a second time but after a question */
	assert_int_equal(state_path(STATE_REFERRED, STATE_VERIFIED, path), -1);
	assert_int_equal(state_path(STATE_WITHDRAWN, STATE_REOPENED, path), -1);
	assert_int_equal(state_path(STATE_VERIFIED, STATE_RECEIVED, path), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_paths_are_legal),
		cmocka_unit_test(test_shortest_paths),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
