/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keypad driver on the kernel's own lines, with key switches between them that close, open and
 * bounce while it scans. Nothing of the driver is replaced: its settling times are the real ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "keypad/matrix.h"
#include "lines/lines_gpiod.h"
#include "tests/vm/finger.h"
#include "tests/vm/rig.h"

#define US_PER_S 1000000
#define LONG_US (60 * US_PER_S)
#define EVENTS_MAX 1024
#define BOUNCED_KEYS 120
/* What a resident doesn't notice; docs/panel.md. */
#define ECHO_US 20000

static const char all_keys[] = "123A456B789C*0#D";

static struct rig *rig;
static struct finger *finger;
static struct lines_source *source;
static struct keypad *keypad;
static struct keypad_event events[EVENTS_MAX];
static size_t event_count;
static int64_t latest_us; /* the longest from a contact that closed to its event */

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

static const struct lines_name rows[] = { { RIG_CHIP, "ROW1" }, { RIG_CHIP, "ROW2" },
	{ RIG_CHIP, "ROW3" }, { RIG_CHIP, "ROW4" } };
static const struct lines_name columns[] = { { RIG_CHIP, "COLUMN1" }, { RIG_CHIP, "COLUMN2" },
	{ RIG_CHIP, "COLUMN3" }, { RIG_CHIP, "COLUMN4" } };

static int set_up(void **state)
{
	(void)state;
	event_count = 0;
	latest_us = 0;
	if (rig_new(20, 4, EXPANDER_A, &rig) < 0 || finger_new(NULL, &finger) < 0 ||
		lines_gpiod_source_new(&source) < 0)
		return -1;
	return keypad_matrix_new(
		source, rows, ARRAY_SIZE(rows), columns, ARRAY_SIZE(columns), &keypad);
}

static int tear_down(void **state)
{
	(void)state;
	keypad->ops->close(keypad);
	source->ops->close(source);
	finger_free(finger);
	rig_free(rig);
	return 0;
}

static void take(const struct keypad_event *event)
{
	int64_t late_us = now_us() - event->time_us;

	assert_true(event_count < EVENTS_MAX);
	events[event_count++] = *event;
	if (event->action == KEYPAD_PRESS && late_us > latest_us)
		latest_us = late_us;
}

/* One turn of a worker's loop: whatever the keypad has, then the wait for what comes next. */
static int turn(int64_t until_us)
{
	struct pollfd readable = { .fd = keypad->ops->fd(keypad), .events = POLLIN };
	struct keypad_event event;
	struct timespec wait;
	int64_t left;
	int result;

	while ((result = keypad->ops->next(keypad, &event, now_us())) > 0)
		take(&event);
	left = keypad->ops->deadline(keypad) < until_us ? keypad->ops->deadline(keypad) : until_us;
	left = left > now_us() ? left - now_us() : 0;
	wait = (struct timespec) { .tv_sec = left / US_PER_S, .tv_nsec = left % US_PER_S * 1000 };
	ppoll(&readable, readable.fd >= 0, &wait, NULL);
	return result;
}

/* Until the finger rests and as long again as any decision takes. */
static void watch(void)
{
	int64_t end_us = now_us() + LONG_US, quiet_us = 0;

	while (now_us() < end_us && (!quiet_us || now_us() < quiet_us)) {
		assert_int_equal(turn(end_us < now_us() + 5000 ? end_us : now_us() + 5000), 0);
		if (!finger_rests(finger))
			quiet_us = 0;
		else if (!quiet_us)
			quiet_us = now_us() + 100000;
	}
	assert_true(finger_rests(finger));
	assert_string_equal(keypad->ops->trouble(keypad), "");
}

/* For so long, whatever happens. */
static void watch_for(int64_t us)
{
	int64_t end_us = now_us() + us;

	while (now_us() < end_us)
		assert_int_equal(turn(end_us), 0);
}

/* Presses and releases in this order and nothing else, repeats aside. */
static void assert_typed(const char *keys)
{
	size_t at = 0;

	for (size_t i = 0; i < strlen(keys); i++) {
		assert_true(at + 1 < event_count);
		if (events[at].key != keys[i])
			print_error("key %zu was %c, not %c\n", i, events[at].key, keys[i]);
		assert_int_equal(events[at].action, KEYPAD_PRESS);
		assert_int_equal(events[at].key, keys[i]);
		assert_int_equal(events[at + 1].action, KEYPAD_RELEASE);
		assert_int_equal(events[at + 1].key, keys[i]);
		at += 2;
	}
	assert_int_equal(at, event_count);
}

static unsigned count(enum keypad_action action, char key)
{
	unsigned found = 0;

	for (size_t i = 0; i < event_count; i++)
		found += events[i].action == action && events[i].key == key;
	return found;
}

/* Every key once, at the moment of its contact, and no row ever shorted against another. */
static void test_all_keys(void **state)
{
	(void)state;
	watch();
	for (const char *key = all_keys; *key; key++) {
		const char one[] = { *key, '\0' };
		size_t before = event_count;

		assert_int_equal(finger_type(finger, one, FINGER_DOWN_US, FINGER_GAP_US), 0);
		watch();
		assert_int_equal(event_count, before + 2);
		assert_in_range(events[before].time_us - finger_pressed_us(finger) + 1000, 0, 2000);
	}
	assert_typed(all_keys);
	assert_int_equal(rig_shorts(), 0);
	printf("# measured: a clean key is known after at most %" PRId64 " us\n", latest_us);
	assert_true(latest_us < ECHO_US);
}

/* Contacts that bounce for 1 to 20 ms, at a press and at a release: none double, none lost. */
static void test_bounce(void **state)
{
	char keys[BOUNCED_KEYS + 1] = "";
	uint32_t dice = 7;

	(void)state;
	for (unsigned i = 0; i < BOUNCED_KEYS; i++) {
		dice = dice * 1664525 + 1013904223;
		keys[i] = all_keys[dice >> 28];
	}
	finger_bounce(finger, 20261124, 1000, 20000);
	assert_int_equal(finger_type(finger, keys, 60000, 80000), 0);
	watch();
	assert_typed(keys);
	assert_int_equal(rig_shorts(), 0);
	printf("# measured: %d keys, %" PRIu64
	       " changes of their contacts, known after at most %" PRId64 " us\n",
		BOUNCED_KEYS, finger_contacts(finger), latest_us);
	assert_true(finger_contacts(finger) > 8 * BOUNCED_KEYS);
	assert_true(latest_us < ECHO_US);
}

static void no_settling(void *context, unsigned us)
{
	(void)context;
	(void)us;
}

/* A driver that doesn't let the columns settle is caught: the tests above could fail. */
static void test_no_settling(void **state)
{
	unsigned wrong = 0;

	(void)state;
	keypad_matrix_set_settle(keypad, no_settling, NULL);
	for (const char *key = all_keys; *key; key++) {
		const char one[] = { *key, '\0' };
		int64_t end_us = now_us() + FINGER_DOWN_US + 2 * FINGER_GAP_US;

		event_count = 0;
		assert_int_equal(finger_type(finger, one, FINGER_DOWN_US, FINGER_GAP_US), 0);
		while (now_us() < end_us)
			turn(end_us);
		wrong += event_count != 2 || events[0].key != *key;
	}
	printf("# caught: %u of 16 keys wrong without settling\n", wrong);
	assert_true(wrong > 8);
}

/* Two keys together are two keys, also in one row and in one column. */
static void test_two_keys(void **state)
{
	static const char *const pairs[] = { "15", "13", "14", "*D" };

	(void)state;
	finger_bounce(finger, 3, 1000, 5000);
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		event_count = 0;
		assert_int_equal(finger_hold(finger, pairs[i][0], true), 0);
		watch_for(60000);
		assert_int_equal(finger_hold(finger, pairs[i][1], true), 0);
		watch_for(60000);
		assert_int_equal(finger_hold(finger, pairs[i][0], false), 0);
		assert_int_equal(finger_hold(finger, pairs[i][1], false), 0);
		watch();
		assert_int_equal(event_count, 4);
		for (int key = 0; key < 2; key++) {
			assert_int_equal(count(KEYPAD_PRESS, pairs[i][key]), 1);
			assert_int_equal(count(KEYPAD_RELEASE, pairs[i][key]), 1);
		}
	}
}

/* Three corners of a rectangle close the fourth too: it is never taken for a key. */
static void test_ghosts(void **state)
{
	static const char *const corners[] = { "1245", "36#9", "ACBD", "*079" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(corners); i++) {
		const char *keys = corners[i];

		/* The last one is the corner that nobody presses. */
		event_count = 0;
		for (int key = 0; key < 3; key++) {
			assert_int_equal(finger_hold(finger, keys[key], true), 0);
			watch_for(100000);
		}
		for (int key = 2; key >= 0; key--) {
			assert_int_equal(finger_hold(finger, keys[key], false), 0);
			watch_for(100000);
		}
		watch();
		assert_int_equal(count(KEYPAD_PRESS, keys[0]), 1);
		assert_int_equal(count(KEYPAD_PRESS, keys[1]), 1);
		for (size_t event = 0; event < event_count; event++)
			assert_non_null(memchr(keys, events[event].key, 3));
	}
}

/* A key that is held repeats when it erases, and is held once. */
static void test_hold(void **state)
{
	(void)state;
	assert_int_equal(finger_type(finger, "*", 1200000, FINGER_GAP_US), 0);
	watch();
	assert_int_equal(count(KEYPAD_PRESS, '*'), 1);
	assert_int_equal(count(KEYPAD_HOLD, '*'), 1);
	assert_in_range(count(KEYPAD_REPEAT, '*'), 4, 6);
	assert_int_equal(count(KEYPAD_RELEASE, '*'), 1);
}

/* With nobody at it the driver sleeps on its descriptor. */
static void test_idle(void **state)
{
	struct pollfd readable = { .events = POLLIN };

	(void)state;
	watch();
	readable.fd = keypad->ops->fd(keypad);
	assert_int_equal(poll(&readable, 1, 0), 0);
	assert_true(keypad->ops->deadline(keypad) - now_us() > US_PER_S);
	assert_int_equal(event_count, 0);
}

/* Another has a line: said, and taken up when it is free. */
static void test_line_held(void **state)
{
	const struct lines_config config = { .direction = LINES_INPUT };
	struct lines_source *other;
	struct lines *lines;
	int64_t end_us = now_us() + LONG_US;
	int result = 0;

	(void)state;
	assert_int_equal(lines_gpiod_source_new(&other), 0);
	assert_int_equal(other->ops->request(
				 other, "blinkenlights", &columns[2], 1, &config, &lines, NULL, 0),
		0);
	result = turn(now_us() + US_PER_S);
	assert_int_equal(result, -EBUSY);
	printf("# said: %s\n", keypad->ops->trouble(keypad));
	assert_non_null(strstr(keypad->ops->trouble(keypad), "COLUMN3"));
	assert_non_null(strstr(keypad->ops->trouble(keypad), "blinkenlights"));
	lines->ops->close(lines);
	other->ops->close(other);
	while (*keypad->ops->trouble(keypad) && now_us() < end_us)
		turn(end_us);
	assert_int_equal(finger_type(finger, "5", FINGER_DOWN_US, FINGER_GAP_US), 0);
	watch();
	assert_typed("5");
}

/* The chip goes and comes back. */
static void test_chip_gone(void **state)
{
	int64_t end_us;

	(void)state;
	watch();
	finger_free(finger);
	finger = NULL;
	assert_int_equal(rig_chip(rig, false), 0);
	for (end_us = now_us() + LONG_US; !*keypad->ops->trouble(keypad) && now_us() < end_us;)
		turn(end_us);
	printf("# said: %s\n", keypad->ops->trouble(keypad));
	assert_non_null(strstr(keypad->ops->trouble(keypad), RIG_CHIP));
	assert_int_equal(rig_chip(rig, true), 0);
	assert_int_equal(finger_new(NULL, &finger), 0);
	for (end_us = now_us() + LONG_US; *keypad->ops->trouble(keypad) && now_us() < end_us;)
		turn(end_us);
	event_count = 0;
	assert_int_equal(finger_type(finger, "0", FINGER_DOWN_US, FINGER_GAP_US), 0);
	watch();
	assert_typed("0");
}

#define keypad_test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		keypad_test(test_all_keys),
		keypad_test(test_bounce),
		keypad_test(test_no_settling),
		keypad_test(test_two_keys),
		keypad_test(test_ghosts),
		keypad_test(test_hold),
		keypad_test(test_idle),
		keypad_test(test_line_held),
		keypad_test(test_chip_gone),
	};

	if (rig_lock_memory() < 0)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
