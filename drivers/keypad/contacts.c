/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keypad/contacts.h"

#include <string.h>

/* Sightings that make a press: of a key alone, and of one among others that are undecided. */
#define SIGHTINGS_ALONE 2
#define SIGHTINGS_AMONG 4
/* How old an edge may be that is taken for the beginning of a press. */
#define EDGE_AGE_US 100000

char contacts_key(unsigned key)
{
	return "123A456B789C*0#D"[key % CONTACTS_COUNT];
}

void contacts_begin(struct contacts *contacts)
{
	memset(contacts, 0, sizeof(*contacts));
	for (unsigned key = 0; key < CONTACTS_COUNT; key++)
		contacts->keys[key].seen_us = INT64_MIN;
}

static void report(
	struct contacts *contacts, unsigned key, enum keypad_action action, int64_t time_us)
{
	/* Whoever doesn't fetch them for so long has no use for the oldest. */
	if (contacts->count == CONTACTS_EVENTS_MAX) {
		contacts->first = (contacts->first + 1) % CONTACTS_EVENTS_MAX;
		contacts->count--;
	}
	contacts->events[(contacts->first + contacts->count++) % CONTACTS_EVENTS_MAX] =
		(struct keypad_event) {
			.action = action, .key = contacts_key(key), .time_us = time_us
		};
}

bool contacts_next(struct contacts *contacts, struct keypad_event *event)
{
	if (contacts->count == 0)
		return false;
	*event = contacts->events[contacts->first];
	contacts->first = (contacts->first + 1) % CONTACTS_EVENTS_MAX;
	contacts->count--;
	return true;
}

static unsigned row_of(uint16_t keys, unsigned row)
{
	return (unsigned)keys >> (row * CONTACTS_COLUMNS) & ((1u << CONTACTS_COLUMNS) - 1);
}

bool contacts_ambiguous(uint16_t keys)
{
	for (unsigned row = 0; row < CONTACTS_ROWS; row++) {
		for (unsigned other = 0; other < CONTACTS_ROWS; other++) {
			unsigned first = row_of(keys, row);

			/* Two keys in this row, and one of their columns in another. */
			if (other != row && (first & (first - 1)) && (first & row_of(keys, other)))
				return true;
		}
	}
	return false;
}

static bool seen_within(const struct contact *contact, int64_t now_us, int64_t age_us)
{
	return contact->seen_us != INT64_MIN && now_us - contact->seen_us <= age_us;
}

/* Keys that may be closed: seen in this scan or shortly before, or not yet known as released. */
static uint16_t suspects(const struct contacts *contacts, const struct contacts_scan *scan)
{
	uint16_t keys = scan->maybe;

	for (unsigned key = 0; key < CONTACTS_COUNT; key++) {
		const struct contact *contact = &contacts->keys[key];

		if (contact->down || contact->stuck ||
			seen_within(contact, scan->now_us, CONTACTS_MEMORY_US))
			keys = (uint16_t)(keys | 1u << key);
	}
	return keys;
}

static void see_closed(struct contact *contact, unsigned key, const struct contacts_scan *scan)
{
	int64_t edge_us = scan->edge_us[key % CONTACTS_COLUMNS];

	if (!seen_within(contact, scan->now_us, CONTACTS_OPEN_US)) {
		bool known = edge_us != INT64_MIN && edge_us <= scan->now_us &&
			     edge_us >= scan->now_us - EDGE_AGE_US;

		contact->first_us = known ? edge_us : scan->now_us;
	}
	contact->seen_us = scan->now_us;
	contact->open = 0;
	if (contact->closed < SIGHTINGS_AMONG)
		contact->closed++;
}

static void see_open(
	struct contact *contact, const struct contacts_scan *scan, int64_t since_before_us)
{
	if (contact->open++ == 0) {
		contact->open_us = scan->now_us;
		contact->open_for_us = 0;
	} else {
		contact->open_for_us += since_before_us < CONTACTS_OPEN_STEP_US
						? since_before_us
						: CONTACTS_OPEN_STEP_US;
	}
	if (contact->open > CONTACTS_OPEN_SCANS)
		contact->open = CONTACTS_OPEN_SCANS;
	/* Sightings of one bounce count together. */
	if (!seen_within(contact, scan->now_us, CONTACTS_MEMORY_US))
		contact->closed = 0;
}

/* Counted from the first scan that saw it open: when the one before came long ago, the bounce may
 * have begun only just now. */
static bool released(const struct contact *contact)
{
	return contact->open >= CONTACTS_OPEN_SCANS && contact->open_for_us >= CONTACTS_OPEN_US;
}

/* A key that is down: its repetitions, its being held, and when it was for too long. */
static void hold(struct contacts *contacts, unsigned key, int64_t now_us)
{
	struct contact *contact = &contacts->keys[key];

	if (now_us - contact->pressed_us >= CONTACTS_STUCK_US) {
		report(contacts, key, KEYPAD_RELEASE, now_us);
		contact->down = false;
		contact->stuck = true;
		return;
	}
	if (!contact->held && now_us - contact->pressed_us >= CONTACTS_HOLD_US) {
		contact->held = true;
		report(contacts, key, KEYPAD_HOLD, contact->pressed_us + CONTACTS_HOLD_US);
	}
	if (contacts_key(key) == '*' && now_us >= contact->repeat_us) {
		report(contacts, key, KEYPAD_REPEAT, contact->repeat_us);
		contact->repeat_us += CONTACTS_REPEAT_US;
		/* Repetitions that were slept through aren't made up for. */
		if (contact->repeat_us <= now_us)
			contact->repeat_us = now_us + CONTACTS_REPEAT_US;
	}
}

static void press(struct contacts *contacts, unsigned key, int64_t now_us)
{
	struct contact *contact = &contacts->keys[key];

	contact->down = true;
	contact->held = false;
	contact->pressed_us = now_us;
	contact->repeat_us = now_us + CONTACTS_REPEAT_FIRST_US;
	report(contacts, key, KEYPAD_PRESS, contact->first_us);
}

static void decide(
	struct contacts *contacts, unsigned key, unsigned needed, bool ambiguous, int64_t now_us)
{
	struct contact *contact = &contacts->keys[key];

	if (contact->down || contact->stuck) {
		if (released(contact)) {
			if (contact->down)
				report(contacts, key, KEYPAD_RELEASE, contact->open_us);
			contact->down = contact->stuck = false;
			contact->closed = 0;
		} else if (contact->down && contact->open == 0 && !ambiguous) {
			hold(contacts, key, now_us);
		}
	} else if (ambiguous) {
		/* What is pressed is seen anew when it is clear, and only then its time counts. */
		contact->closed = 0;
		contact->first_us = now_us;
	} else if (contact->closed >= needed) {
		press(contacts, key, now_us);
	}
}

void contacts_take(struct contacts *contacts, const struct contacts_scan *scan)
{
	uint16_t keys, undecided = 0;
	bool ambiguous;

	for (unsigned key = 0; key < CONTACTS_COUNT; key++) {
		if (scan->closed >> key & 1)
			see_closed(&contacts->keys[key], key, scan);
		else
			see_open(&contacts->keys[key], scan, scan->now_us - contacts->scanned_us);
	}
	contacts->scanned_us = scan->now_us;
	keys = suspects(contacts, scan);
	ambiguous = contacts_ambiguous(keys);
	for (unsigned key = 0; key < CONTACTS_COUNT; key++) {
		if ((keys >> key & 1) && !contacts->keys[key].down && !contacts->keys[key].stuck)
			undecided = (uint16_t)(undecided | 1u << key);
	}
	for (unsigned key = 0; key < CONTACTS_COUNT; key++) {
		bool alone = (undecided & ~(1u << key)) == 0;

		decide(contacts, key, alone ? SIGHTINGS_ALONE : SIGHTINGS_AMONG, ambiguous,
			scan->now_us);
	}
}

void contacts_lose(struct contacts *contacts, int64_t now_us)
{
	for (unsigned key = 0; key < CONTACTS_COUNT; key++) {
		if (contacts->keys[key].down)
			report(contacts, key, KEYPAD_RELEASE, now_us);
		contacts->keys[key] = (struct contact) { .seen_us = INT64_MIN };
	}
}

int64_t contacts_deadline(const struct contacts *contacts, int64_t now_us)
{
	int64_t period_us = INT64_MAX;

	for (unsigned key = 0; key < CONTACTS_COUNT; key++) {
		const struct contact *contact = &contacts->keys[key];
		int64_t wanted_us = INT64_MAX;

		if (contact->stuck)
			wanted_us = CONTACTS_STUCK_SCAN_US;
		else if (contact->down && contact->open == 0)
			wanted_us = CONTACTS_STEADY_US;
		else if (contact->down || contact->closed > 0 ||
			 seen_within(contact, now_us, CONTACTS_MEMORY_US))
			wanted_us = CONTACTS_BUSY_US;
		if (wanted_us < period_us)
			period_us = wanted_us;
	}
	return period_us == INT64_MAX ? INT64_MAX : now_us + period_us;
}

uint16_t contacts_stuck(const struct contacts *contacts)
{
	uint16_t keys = 0;

	for (unsigned key = 0; key < CONTACTS_COUNT; key++) {
		if (contacts->keys[key].stuck)
			keys = (uint16_t)(keys | 1u << key);
	}
	return keys;
}
