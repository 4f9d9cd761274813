/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policy of restarts and resets as stories in virtual time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"
#include "modem/escalation.h"

enum what {
	STARTED,
	START_FAILED,
	DIED,
	ANSWERING,
	MUTE,
	ABSENT,
	DEMAND_HARD,
	NOTHING,
};

struct chapter {
	int64_t at_ms;
	enum what what;
	/* What is due right afterwards, and when to ask again. */
	enum escalation_step step;
	enum modem_reset recover; /* with ESCALATION_START */
	int64_t deadline_ms;
	const char *news; /* how it begins; NULL for none */
};

#define NEVER INT64_MAX
#define PLAIN MODEM_RESET_WORKER

static void happen(struct escalation *escalation, const struct chapter *chapter)
{
	switch (chapter->what) {
	case STARTED:
		escalation_started(escalation, chapter->at_ms);
		break;
	case START_FAILED:
		escalation_start_failed(escalation, chapter->at_ms);
		break;
	case DIED:
		escalation_died(escalation, chapter->at_ms);
		break;
	case ANSWERING:
		escalation_answering(escalation, chapter->at_ms);
		break;
	case MUTE:
		escalation_not_answering(escalation, chapter->at_ms);
		break;
	case ABSENT:
		escalation_absent(escalation, chapter->at_ms);
		break;
	case DEMAND_HARD:
		escalation_demand(escalation, MODEM_RESET_HARD, chapter->at_ms);
		break;
	case NOTHING:
		break;
	}
}

static void tell(const struct chapter *story, size_t chapters)
{
	struct escalation escalation;

	escalation_init(&escalation, 0);
	for (size_t i = 0; i < chapters; i++) {
		enum modem_reset recover = PLAIN;
		const char *news;
		int level = 0;

		happen(&escalation, &story[i]);
		assert_int_equal(
			escalation_next(&escalation, story[i].at_ms, &recover), story[i].step);
		assert_int_equal(recover, story[i].recover);
		assert_int_equal(escalation_deadline(&escalation), story[i].deadline_ms);
		news = escalation_news(&escalation, &level);
		if (story[i].news) {
			assert_non_null(news);
			assert_memory_equal(news, story[i].news, strlen(story[i].news));
		} else {
			assert_null(news);
		}
		assert_null(escalation_news(&escalation, &level));
	}
}

#define TELL(story) tell(story, ARRAY_SIZE(story))

static void test_well(void **state)
{
	static const struct chapter story[] = {
		{ 0, NOTHING, ESCALATION_START, PLAIN, 0, NULL },
		{ 1, STARTED, ESCALATION_WAIT, PLAIN, 15001, NULL },
		{ 900, MUTE, ESCALATION_WAIT, PLAIN, 15001, NULL },
		{ 2000, ANSWERING, ESCALATION_WAIT, PLAIN, NEVER, NULL },
		{ 90000, ANSWERING, ESCALATION_WAIT, PLAIN, NEVER, NULL },
		{ 10000000, NOTHING, ESCALATION_WAIT, PLAIN, NEVER, NULL },
	};

	(void)state;
	TELL(story);
}

/* Killed once from outside: back at once. Killed again and again while it worked: soon. */
static void test_killed(void **state)
{
	static const struct chapter story[] = {
		{ 0, STARTED, ESCALATION_WAIT, PLAIN, 15000, NULL },
		{ 500, ANSWERING, ESCALATION_WAIT, PLAIN, NEVER, NULL },
		{ 600, DIED, ESCALATION_WAIT, PLAIN, 700, NULL },
		{ 700, NOTHING, ESCALATION_START, PLAIN, 700, NULL },
		{ 700, STARTED, ESCALATION_WAIT, PLAIN, 15700, NULL },
		{ 1000, ANSWERING, ESCALATION_WAIT, PLAIN, NEVER, NULL },
		{ 1100, DIED, ESCALATION_WAIT, PLAIN, 1300, NULL },
		{ 1300, STARTED, ESCALATION_WAIT, PLAIN, 16300, NULL },
		{ 1500, ANSWERING, ESCALATION_WAIT, PLAIN, NEVER, NULL },
		{ 1600, DIED, ESCALATION_WAIT, PLAIN, 2000, NULL },
		{ 2000, STARTED, ESCALATION_WAIT, PLAIN, 17000, NULL },
		{ 2100, ANSWERING, ESCALATION_WAIT, PLAIN, NEVER, NULL },
		{ 2200, DIED, ESCALATION_WAIT, PLAIN, 2700, NULL },
		{ 2700, STARTED, ESCALATION_WAIT, PLAIN, 17700, NULL },
		{ 2800, ANSWERING, ESCALATION_WAIT, PLAIN, NEVER, NULL },
		{ 2900, DIED, ESCALATION_WAIT, PLAIN, 3400, NULL },
		{ 3400, STARTED, ESCALATION_WAIT, PLAIN, 18400, NULL },
		/* Ten steady seconds wipe the slate. */
		{ 3500, ANSWERING, ESCALATION_WAIT, PLAIN, NEVER, NULL },
		{ 13500, DIED, ESCALATION_WAIT, PLAIN, 13600, NULL },
	};

	(void)state;
	TELL(story);
}

/* A worker that never gets to a modem: pauses double up to 30 s, through resets too. */
static void test_dying(void **state)
{
	static const int64_t pauses[] = { 100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000,
		30000, 30000 };
	struct escalation escalation;
	int64_t now = 0;

	(void)state;
	escalation_init(&escalation, 0);
	for (size_t i = 0; i < ARRAY_SIZE(pauses); i++) {
		enum modem_reset recover;

		escalation_started(&escalation, now);
		now += 10;
		escalation_died(&escalation, now);
		for (int64_t end = now + pauses[i]; now < end; now++)
			assert_int_equal(
				escalation_next(&escalation, now, &recover), ESCALATION_WAIT);
		assert_int_equal(escalation_next(&escalation, now, &recover), ESCALATION_START);
	}
	assert_int_equal(escalation.stage, ESCALATION_GIVEN_UP);
}

static void test_cannot_start(void **state)
{
	static const struct chapter story[] = {
		{ 0, START_FAILED, ESCALATION_WAIT, PLAIN, 100, NULL },
		{ 100, NOTHING, ESCALATION_START, PLAIN, 100, NULL },
		{ 100, START_FAILED, ESCALATION_WAIT, PLAIN, 300, NULL },
		{ 300, STARTED, ESCALATION_WAIT, PLAIN, 15000, NULL },
	};

	(void)state;
	TELL(story);
}

/* A modem that falls silent and stays so, stage by stage; then it is back. */
static void test_mute(void **state)
{
	static const struct chapter story[] = {
		{ 0, STARTED, ESCALATION_WAIT, PLAIN, 15000, NULL },
		{ 10, ANSWERING, ESCALATION_WAIT, PLAIN, NEVER, NULL },
		{ 100000, MUTE, ESCALATION_WAIT, PLAIN, 115000, NULL },
		{ 110000, MUTE, ESCALATION_WAIT, PLAIN, 115000, NULL },
		{ 114999, NOTHING, ESCALATION_WAIT, PLAIN, 115000, NULL },
		{ 115000, NOTHING, ESCALATION_REPLACE, PLAIN, 135000,
			"the modem doesn't answer: trying" },
		{ 115000, NOTHING, ESCALATION_REPLACE, PLAIN, 135000, NULL },
		{ 115001, DIED, ESCALATION_START, PLAIN, 115001, NULL },
		{ 115001, STARTED, ESCALATION_WAIT, PLAIN, 135000, NULL },
		{ 120000, MUTE, ESCALATION_WAIT, PLAIN, 135000, NULL },
		{ 135000, NOTHING, ESCALATION_REPLACE, PLAIN, 155000,
			"the modem still doesn't answer: restarting" },
		{ 135000, DIED, ESCALATION_START, MODEM_RESET_SOFT, 135000, NULL },
		{ 135000, STARTED, ESCALATION_WAIT, PLAIN, 155000, NULL },
		{ 155000, NOTHING, ESCALATION_REPLACE, PLAIN, 185000,
			"the modem still doesn't answer: resetting" },
		{ 155000, DIED, ESCALATION_START, MODEM_RESET_HARD, 155000, NULL },
		{ 155000, STARTED, ESCALATION_WAIT, PLAIN, 185000, NULL },
		{ 185000, NOTHING, ESCALATION_REPLACE, PLAIN, 215000,
			"the modem doesn't answer in spite of every reset" },
		{ 185000, DIED, ESCALATION_START, MODEM_RESET_SOFT, 185000, NULL },
		{ 185000, STARTED, ESCALATION_WAIT, PLAIN, 215000, NULL },
		/* From now on in turn, every 30 seconds, and said no more. */
		{ 215000, NOTHING, ESCALATION_REPLACE, PLAIN, 245000, NULL },
		{ 215000, DIED, ESCALATION_START, MODEM_RESET_HARD, 215000, NULL },
		{ 215000, STARTED, ESCALATION_WAIT, PLAIN, 245000, NULL },
		{ 245000, NOTHING, ESCALATION_REPLACE, PLAIN, 275000, NULL },
		{ 245000, DIED, ESCALATION_START, MODEM_RESET_SOFT, 245000, NULL },
		{ 245000, STARTED, ESCALATION_WAIT, PLAIN, 275000, NULL },
		{ 250000, ANSWERING, ESCALATION_WAIT, PLAIN, NEVER, "the modem answers again" },
		/* The next time begins at the beginning. */
		{ 260000, MUTE, ESCALATION_WAIT, PLAIN, 275000, NULL },
		{ 275000, NOTHING, ESCALATION_REPLACE, PLAIN, 295000,
			"the modem doesn't answer: trying" },
		{ 275000, DIED, ESCALATION_START, PLAIN, 275000, NULL },
	};

	(void)state;
	TELL(story);
}

/* Unplugged: one new worker, which finds no port and is left to look for it. */
static void test_absent(void **state)
{
	static const struct chapter story[] = {
		{ 0, STARTED, ESCALATION_WAIT, PLAIN, 15000, NULL },
		{ 10, ANSWERING, ESCALATION_WAIT, PLAIN, NEVER, NULL },
		{ 1000, MUTE, ESCALATION_WAIT, PLAIN, 16000, NULL },
		{ 16000, NOTHING, ESCALATION_REPLACE, PLAIN, 36000,
			"the modem doesn't answer: trying" },
		{ 16000, DIED, ESCALATION_START, PLAIN, 16000, NULL },
		{ 16000, STARTED, ESCALATION_WAIT, PLAIN, 36000, NULL },
		{ 16100, ABSENT, ESCALATION_WAIT, PLAIN, 36000, NULL },
		{ 36000, NOTHING, ESCALATION_WAIT, PLAIN, 66000, NULL },
		{ 66000, NOTHING, ESCALATION_WAIT, PLAIN, 96000, NULL },
		/* It is back, but mute: on with the next stage. */
		{ 70000, MUTE, ESCALATION_WAIT, PLAIN, 96000, NULL },
		{ 96000, NOTHING, ESCALATION_REPLACE, PLAIN, 116000,
			"the modem still doesn't answer: restarting" },
		{ 96000, DIED, ESCALATION_START, MODEM_RESET_SOFT, 96000, NULL },
		{ 96000, STARTED, ESCALATION_WAIT, PLAIN, 116000, NULL },
		{ 97000, ANSWERING, ESCALATION_WAIT, PLAIN, NEVER, "the modem answers again" },
	};

	(void)state;
	TELL(story);
}

/* A modem that is back before the patience ends is left alone. */
static void test_short_silence(void **state)
{
	static const struct chapter story[] = {
		{ 0, STARTED, ESCALATION_WAIT, PLAIN, 15000, NULL },
		{ 10, ANSWERING, ESCALATION_WAIT, PLAIN, NEVER, NULL },
		{ 1000, MUTE, ESCALATION_WAIT, PLAIN, 16000, NULL },
		{ 15999, ANSWERING, ESCALATION_WAIT, PLAIN, NEVER, NULL },
		{ 20000, MUTE, ESCALATION_WAIT, PLAIN, 35000, NULL },
		{ 34000, NOTHING, ESCALATION_WAIT, PLAIN, 35000, NULL },
	};

	(void)state;
	TELL(story);
}

static void test_demand(void **state)
{
	static const struct chapter story[] = {
		{ 0, STARTED, ESCALATION_WAIT, PLAIN, 15000, NULL },
		{ 10, ANSWERING, ESCALATION_WAIT, PLAIN, NEVER, NULL },
		{ 50, DEMAND_HARD, ESCALATION_REPLACE, PLAIN, NEVER, NULL },
		{ 60, DIED, ESCALATION_START, MODEM_RESET_HARD, 60, NULL },
		{ 60, STARTED, ESCALATION_WAIT, PLAIN, 15060, NULL },
		{ 70, DIED, ESCALATION_WAIT, PLAIN, 170, NULL },
		/* While it pauses: at once. */
		{ 80, DEMAND_HARD, ESCALATION_START, MODEM_RESET_HARD, 80, NULL },
	};

	(void)state;
	TELL(story);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_well),
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_dying),
		cmocka_unit_test(test_cannot_start),
		cmocka_unit_test(test_mute),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_short_silence),
		cmocka_unit_test(test_demand),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
