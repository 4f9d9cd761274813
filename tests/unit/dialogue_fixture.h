/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the conversation share: a kiosk with two known complaints, and a catalogue. */
#ifndef KOTAK_TESTS_DIALOGUE_FIXTURE_H
#define KOTAK_TESTS_DIALOGUE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialogue/dialogue.h"
#include "dialogue/septets.h"

#define SENDER "+6281234567890"
#define STRANGER "+6285700000001"
#define OWN_SERIAL 123
#define OTHER_SERIAL 456
#define NEXT_SERIAL 789
#define OTHER_PIN "4711"
#define NOW_MS INT64_C(1795543200000) /* 2026-11-24T18:00:00Z, the 25th in Jakarta */

struct fixture {
	char own[TICKET_SIZE];
	char other[TICKET_SIZE];
	char next[TICKET_SIZE];
	const char *answer; /* of both complaints */
	enum complaint_state state;
	int failure; /* what the lookups return, if not 0 */
};

static inline void fixture_init(struct fixture *fixture)
{
	*fixture = (struct fixture) { .state = STATE_RECEIVED };
	assert_int_equal(ticket_format(fixture->own, 3, OWN_SERIAL), 0);
	assert_int_equal(ticket_format(fixture->other, 3, OTHER_SERIAL), 0);
	assert_int_equal(ticket_format(fixture->next, 3, NEXT_SERIAL), 0);
}

static inline int fixture_find(void *context, const char *ticket, struct dialogue_complaint *out)
{
	const struct fixture *fixture = context;
	bool own = strcmp(ticket, fixture->own) == 0;

	if (fixture->failure)
		return fixture->failure;
	if (!own && strcmp(ticket, fixture->other) != 0)
		return 0;
	*out = (struct dialogue_complaint) {
		.state = fixture->state, .created_ms = NOW_MS, .updated_ms = NOW_MS
	};
	snprintf(out->ticket, sizeof(out->ticket), "%s", ticket);
	snprintf(out->sender, sizeof(out->sender), "%s", own ? SENDER : "+6281399999999");
	snprintf(out->pin, sizeof(out->pin), "%s", own ? "0815" : OTHER_PIN);
	if (fixture->answer)
		out->answer = strdup(fixture->answer);
	return 1;
}

static inline int fixture_latest(void *context, const char *sender, struct dialogue_complaint *out)
{
	const struct fixture *fixture = context;

	if (fixture->failure)
		return fixture->failure;
	return strcmp(sender, SENDER) == 0 ? fixture_find(context, fixture->own, out) : 0;
}

/* The own one alone, open or answered as the fixture's state says. */
static inline int fixture_list(
	void *context, const char *sender, bool open, struct dialogue_complaint *out, size_t most)
{
	const struct fixture *fixture = context;

	if (fixture->failure)
		return fixture->failure;
	bool answered = fixture->state == STATE_RESOLVED || fixture->state == STATE_CLOSED;
	if (most == 0 || strcmp(sender, SENDER) != 0 ||
		!(open ? state_open(fixture->state) : answered))
		return 0;
	int found = fixture_find(context, fixture->own, &out[0]);
	free(out[0].answer);
	out[0].answer = NULL;
	return found;
}

/* What the kiosk makes of a text; lookup must outlive the call. */
static inline struct dialogue_input fixture_input(
	const struct fixture *fixture, struct dialogue_lookup *lookup, const char *text)
{
	*lookup = (struct dialogue_lookup) { fixture_find, fixture_latest, fixture_list,
		(void *)fixture };
	return (struct dialogue_input) {
		.channel = DIALOGUE_SMS,
		.sender = SENDER,
		.text = text,
		.language = "id",
		.next_ticket = fixture->next,
		.next_pin = "2468",
		.now_ms = NOW_MS,
		.utc_offset_s = 7 * 3600,
		.lookup = lookup,
	};
}

/* Every reply is one part of GSM-7. */
static inline void assert_one_part(const char *reply)
{
	assert_non_null(reply);
	if (septets_count(reply) < 1 || septets_count(reply) > SEPTETS_ONE_PART)
		fail_msg("%ld septets: %s", septets_count(reply), reply);
}

#endif
