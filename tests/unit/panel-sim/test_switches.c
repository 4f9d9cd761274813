/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that key switches join, and contacts that bounce. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "tools/panel-sim/bounce.h"
#include "tools/panel-sim/switches.h"
#include "tools/panel-sim/typist.h"

#define WIRES (SWITCHES_ROWS + SWITCHES_COLUMNS + 1)

struct fixture {
	struct wire wires[WIRES];
	bool closed[SWITCHES_ROWS][SWITCHES_COLUMNS];
};

/* As the matrix driver has it: open-drain rows that are off, columns pulled up. */
static struct fixture idle_matrix(void)
{
	struct fixture fixture = { 0 };

	for (size_t i = SWITCHES_ROWS; i < SWITCHES_ROWS + SWITCHES_COLUMNS; i++)
		fixture.wires[i].bias = WIRE_PULL_UP;
	return fixture;
}

/* Bit i: column i is low. */
static unsigned low_columns(struct fixture *fixture, unsigned driven_row)
{
	unsigned low = 0;

	for (size_t row = 0; row < SWITCHES_ROWS; row++)
		fixture->wires[row].drive = row == driven_row ? WIRE_LOW : WIRE_FREE;
	assert_int_equal(switches_settle(fixture->wires, WIRES, fixture->closed), 0);
	for (unsigned column = 0; column < SWITCHES_COLUMNS; column++)
		if (!fixture->wires[SWITCHES_ROWS + column].level)
			low |= 1U << column;
	return low;
}

static void each_key_alone(void **state)
{
	(void)state;
	for (unsigned key = 0; key < SWITCHES_ROWS * SWITCHES_COLUMNS; key++) {
		struct fixture fixture = idle_matrix();
		unsigned row = key / SWITCHES_COLUMNS;
		unsigned column = key % SWITCHES_COLUMNS;

		fixture.closed[row][column] = true;
		for (unsigned driven = 0; driven < SWITCHES_ROWS; driven++)
			assert_int_equal(
				low_columns(&fixture, driven), driven == row ? 1U << column : 0);
	}
}

static void three_corners_make_a_ghost(void **state)
{
	struct fixture fixture = idle_matrix();

	(void)state;
	fixture.closed[0][0] = fixture.closed[0][2] = true;
	assert_int_equal(low_columns(&fixture, 0), 5);
	assert_int_equal(low_columns(&fixture, 3), 0);
	fixture.closed[3][0] = true;
	/* Row 3 reaches column 2 through column 0 and row 0, though nobody pressed that key. */
	assert_int_equal(low_columns(&fixture, 3), 5);
	assert_int_equal(low_columns(&fixture, 1), 0);
}

static void a_whole_ring_is_one_net(void **state)
{
	struct fixture fixture = idle_matrix();

	(void)state;
	for (size_t i = 0; i < SWITCHES_ROWS; i++) {
		fixture.closed[i][i] = true;
		fixture.closed[i][(i + 1) % SWITCHES_COLUMNS] = true;
	}
	for (unsigned row = 0; row < SWITCHES_ROWS; row++)
		assert_int_equal(low_columns(&fixture, row), 15);
}

static void pushing_outputs_short(void **state)
{
	struct fixture fixture = idle_matrix();

	(void)state;
	fixture.wires[0].drive = WIRE_LOW;
	fixture.wires[1].drive = WIRE_HIGH;
	assert_int_equal(switches_settle(fixture.wires, WIRES, fixture.closed), 0);
	fixture.closed[0][1] = fixture.closed[1][1] = true;
	assert_int_equal(switches_settle(fixture.wires, WIRES, fixture.closed), 1);
	assert_false(fixture.wires[1].level);
}

static void nobody_drives(void **state)
{
	struct fixture fixture = { 0 };
	struct wire *alone = &fixture.wires[WIRES - 1];

	(void)state;
	for (int before = 0; before < 2; before++) {
		alone->level = before;
		switches_settle(fixture.wires, WIRES, fixture.closed);
		assert_int_equal(alone->level, before); /* its charge */
	}
	alone->resistor = WIRE_PULL_DOWN;
	switches_settle(fixture.wires, WIRES, fixture.closed);
	assert_false(alone->level);
	alone->bias = WIRE_PULL_UP; /* the chip's own is the stronger */
	switches_settle(fixture.wires, WIRES, fixture.closed);
	assert_true(alone->level);
	alone->drive = WIRE_LOW;
	switches_settle(fixture.wires, WIRES, fixture.closed);
	assert_false(alone->level);
}

/* Lets a contact come to rest; how often it changed. */
static unsigned settle(struct bounce *bounce, int64_t *last_us)
{
	unsigned changes = 0;
	unsigned contact;
	int64_t before_us = 0;

	while (bounce_step(bounce, bounce_deadline(bounce), &contact, last_us)) {
		assert_true(*last_us >= before_us);
		before_us = *last_us;
		assert_true(++changes < 1000);
		if (bounce_deadline(bounce) == INT64_MAX)
			break;
	}
	return changes;
}

static void bounces_end_in_time(void **state)
{
	struct bounce bounce;
	unsigned most = 0;

	(void)state;
	bounce_init(&bounce, 42, 1000, 20000);
	for (unsigned i = 0; i < 10000; i++) {
		int64_t now_us = 1000000 * (int64_t)(i + 1);
		unsigned contact = i % BOUNCE_CONTACTS;
		bool pressed = i / BOUNCE_CONTACTS % 2 == 0;
		int64_t last_us = 0;
		unsigned changes;

		assert_true(bounce_move(&bounce, contact, pressed, now_us));
		assert_false(bounce_move(&bounce, contact, pressed, now_us));
		assert_int_equal(bounce.contacts[contact].closed, pressed);
		changes = settle(&bounce, &last_us);
		assert_int_equal(bounce.contacts[contact].closed, pressed);
		assert_in_range(last_us - now_us, 1000, 20000);
		if (changes > most)
			most = changes;
	}
	assert_true(most > 20);
}

static void no_bounce_at_all(void **state)
{
	struct bounce bounce;

	(void)state;
	bounce_init(&bounce, 1, 0, 0);
	assert_true(bounce_move(&bounce, 3, true, 5));
	assert_true(bounce.contacts[3].closed);
	assert_true(bounce_deadline(&bounce) == INT64_MAX);
}

static void a_release_while_it_bounces(void **state)
{
	struct bounce bounce;
	unsigned contact;
	int64_t time_us;

	(void)state;
	bounce_init(&bounce, 9, 20000, 20000);
	bounce_move(&bounce, 0, true, 0);
	assert_true(bounce_step(&bounce, 5000, &contact, &time_us));
	bounce_move(&bounce, 0, false, 6000);
	settle(&bounce, &time_us);
	assert_false(bounce.contacts[0].closed);
	assert_int_equal(time_us, 26000);
}

static void strokes_in_their_rhythm(void **state)
{
	static const struct stroke strokes[] = { { 5, 80, 100 }, { STROKE_PAUSE, 0, 1000 },
		{ 5, 10, 0 }, { 7, 10, 20 } };
	static const struct typist_move wanted[] = { { 5, true, 50 }, { 5, false, 130 },
		{ 5, true, 1230 }, { 5, false, 1240 }, { 7, true, 1240 }, { 7, false, 1250 } };
	struct typist typist = { 0 };
	struct typist_move move;
	unsigned contact;

	(void)state;
	assert_int_equal(typist_add(&typist, strokes, ARRAY_SIZE(strokes), 50), 0);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		while (!typist_step(&typist, typist_deadline(&typist), &move))
			assert_true(typist.count > 0);
		assert_int_equal(move.contact, wanted[i].contact);
		assert_int_equal(move.pressed, wanted[i].pressed);
		assert_int_equal(move.time_us, wanted[i].time_us);
	}
	assert_int_equal(typist.done, 3); /* the last one's gap goes on */
	assert_int_equal(typist_deadline(&typist), 1270);
	assert_false(typist_step(&typist, 1270, &move));
	assert_int_equal(typist.done, 4);
	assert_true(typist_deadline(&typist) == INT64_MAX);
	assert_int_equal(typist_add(&typist, strokes, 1, 5000), 0);
	assert_true(typist_step(&typist, 5000, &move));
	assert_true(typist_stop(&typist, &contact));
	assert_int_equal(contact, 5);
	assert_int_equal(typist.done, typist.added);
	assert_false(typist_stop(&typist, &contact));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_alone),
		cmocka_unit_test(three_corners_make_a_ghost),
		cmocka_unit_test(a_whole_ring_is_one_net),
		cmocka_unit_test(pushing_outputs_short),
		cmocka_unit_test(nobody_drives),
		cmocka_unit_test(bounces_end_in_time),
		cmocka_unit_test(no_bounce_at_all),
		cmocka_unit_test(a_release_while_it_bounces),
		cmocka_unit_test(strokes_in_their_rhythm),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
