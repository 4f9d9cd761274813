/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The driver against the simulated chip: initialisation, pictures, times, and what a letter costs.
 */
#include "hd44780_fixture.h"

#define FRAMES 3000

static void proven_initialisation(
	enum fixture_wiring wiring, unsigned columns, unsigned rows, bool queues)
{
	static const char *const wanted[] = { "0x3", "0x3", "0x3", "0x2", "0x28", "0x08", "0x01",
		"0x06", "0x0c" };
	struct fixture *fixture = &fixture_only;
	const struct hd44780_step *steps;
	struct display_frame frame;

	fixture_make(wiring, columns, rows);
	fixture->queues = queues;
	fixture_blank(&frame);
	fixture_text(&frame, 0, "Tekan tombol");
	fixture_draw_well(fixture, &frame);
	assert_true(hd44780_initialised(hd44780_checker(fixture->chip)));
	assert_int_equal(hd44780_steps(hd44780_checker(fixture->chip), &steps), 9);
	for (unsigned i = 0; i < 9; i++) {
		assert_string_equal(steps[i].what, wanted[i]);
		assert_true(steps[i].after_ns >= steps[i].least_ns);
	}
	assert_int_equal(steps[0].least_ns, HD44780_POWER_NS);
	assert_int_equal(steps[1].least_ns, HD44780_FIRST_RESET_NS);
	assert_int_equal(steps[2].least_ns, HD44780_SECOND_RESET_NS);
	assert_int_equal(steps[7].least_ns, HD44780_LONG_EXECUTION_NS);
	assert_string_equal(fixture->display->ops->trouble(fixture->display), "");
	fixture_tear_down(NULL);
}

static void test_initialisation(void **state)
{
	(void)state;
	for (enum fixture_wiring wiring = FIXTURE_LINES; wiring <= FIXTURE_BACKPACK_B; wiring++) {
		proven_initialisation(wiring, 20, 4, false);
		proven_initialisation(wiring, 20, 4, true);
		proven_initialisation(wiring, 16, 2, false);
	}
}

static void test_sizes(void **state)
{
	static const struct display_lines_wiring names = {
		.rs = { "chip", "rs" },
		.enable = { "chip",
			"a name that is longer than the name of any line that a kernel ever had" },
		.data = { { "chip", "d4" }, { "chip", "d5" }, { "chip", "d6" }, { "chip", "d7" } },
	};
	struct fixture *fixture = &fixture_only;
	struct display *display;
	unsigned columns, rows;

	(void)state;
	assert_int_equal(
		display_hd44780_lines_new(&fixture->source, &names, 20, 4, &display), -EINVAL);
	assert_int_equal(display_hd44780_pcf8574_new(
				 fixture_open_i2c, fixture, PCF8574_WIRING_A, 20, 2, &display),
		-EINVAL);
	assert_int_equal(display_hd44780_pcf8574_new(
				 fixture_open_i2c, fixture, PCF8574_WIRING_A, 40, 4, &display),
		-EINVAL);
	fixture_make(FIXTURE_LINES, 16, 2);
	fixture->display->ops->size(fixture->display, &columns, &rows);
	assert_int_equal(columns, 16);
	assert_int_equal(rows, 2);
	/* A display that was never worked on has opened nothing. */
	assert_int_equal(fixture->opened, 0);
}

/* Any code that the ROM has, glyphs too. */
static uint8_t random_code(struct fixture *fixture)
{
	uint8_t code = (uint8_t)fixture_random(fixture, 256);

	return code < 0x20 || (code >= 0x80 && code < 0xa0) ? code & 7 : code;
}

static void change_cells(struct fixture *fixture, struct display_frame *frame, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		frame->cells[fixture_random(fixture, fixture->rows)]
			    [fixture_random(fixture, fixture->columns)] = random_code(fixture);
}

static void random_change(struct fixture *fixture, struct display_frame *frame)
{
	uint8_t *glyph;

	switch (fixture_random(fixture, 8)) {
	case 0:
		change_cells(fixture, frame, 200);
		break;
	case 1:
		memset(frame->cells[fixture_random(fixture, fixture->rows)], ' ',
			DISPLAY_COLUMNS_MAX);
		break;
	case 2:
		glyph = frame->glyphs[fixture_random(fixture, DISPLAY_GLYPHS)];
		for (unsigned i = 0; i < DISPLAY_GLYPH_ROWS; i++)
			glyph[i] = (uint8_t)fixture_random(fixture, 0x20);
		break;
	case 3:
		frame->backlight = !frame->backlight;
		break;
	case 4:
		frame->cursor = (enum display_cursor)fixture_random(fixture, 3);
		break;
	default:
		change_cells(fixture, frame, 1 + (unsigned)fixture_random(fixture, 4));
	}
	frame->cursor_row = (uint8_t)fixture_random(fixture, fixture->rows);
	frame->cursor_column = (uint8_t)fixture_random(fixture, fixture->columns);
}

static void random_frames(enum fixture_wiring wiring, unsigned columns, unsigned rows, bool queues)
{
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;

	fixture_make(wiring, columns, rows);
	fixture->queues = queues;
	fixture_blank(&frame);
	for (unsigned i = 0; i < FRAMES; i++) {
		random_change(fixture, &frame);
		fixture_draw(fixture, &frame);
		/* Some are overtaken by the next before they are drawn, some are drawn anew. */
		if (fixture_random(fixture, 4) == 0)
			continue;
		if (fixture_random(fixture, 20) == 0)
			fixture->display->ops->refresh(fixture->display);
		fixture->now_ns += (int64_t)fixture_random(fixture, 50000000);
		assert_int_equal(fixture_settle(fixture), 0);
		assert_true(fixture_shows(fixture, &frame));
	}
	fixture_no_violation(fixture);
	assert_true(hd44780_resets(hd44780_checker(fixture->chip)) > 10);
	fixture_tear_down(NULL);
}

static void test_random_frames_lines(void **state)
{
	(void)state;
	random_frames(FIXTURE_LINES, 20, 4, false);
	random_frames(FIXTURE_LINES, 16, 2, false);
}

static void test_random_frames_backpack(void **state)
{
	(void)state;
	random_frames(FIXTURE_BACKPACK_A, 20, 4, false);
	random_frames(FIXTURE_BACKPACK_A, 20, 4, true);
	random_frames(FIXTURE_BACKPACK_B, 20, 4, false);
	random_frames(FIXTURE_BACKPACK_A, 16, 2, false);
	random_frames(FIXTURE_BACKPACK_B, 16, 2, true);
}

/* The waits that kotakd spins, on the clock itself: a busy machine only makes them longer. */
static void test_real_waits(void **state)
{
	static const struct display_lines_wiring names = {
		.rs = { "chip", "rs" },
		.enable = { "chip", "e" },
		.data = { { "chip", "d4" }, { "chip", "d5" }, { "chip", "d6" }, { "chip", "d7" } },
	};
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;

	(void)state;
	fixture_make(FIXTURE_LINES, 20, 4);
	/* One that nobody gave another wait. */
	fixture->display->ops->close(fixture->display);
	assert_int_equal(
		display_hd44780_lines_new(&fixture->source, &names, 20, 4, &fixture->display), 0);
	fixture->real = true;
	fixture->lit = true;
	fixture->skew_ns = fixture->now_ns - fixture_clock();
	fixture_blank(&frame);
	for (unsigned i = 0; i < 20; i++) {
		frame.cells[i % 4][i] = 'x';
		frame.glyphs[i % 8][i % 7] = 0x1f;
		frame.cells[0][19] = (uint8_t)(i % 8);
		fixture_draw_well(fixture, &frame);
	}
	assert_true(hd44780_initialised(hd44780_checker(fixture->chip)));
}

/* A cursor that is nowhere on the display, as a wrong caller may have it. */
static void test_cursor_outside(void **state)
{
	struct fixture *fixture = &fixture_only;
	struct hd44780_glass glass;
	struct display_frame frame;

	(void)state;
	fixture_make(FIXTURE_LINES, 16, 2);
	fixture_blank(&frame);
	frame.cursor = DISPLAY_CURSOR_BLOCK;
	frame.cursor_row = 3;
	frame.cursor_column = 19;
	frame.cells[0][19] = 'X';
	fixture_draw(fixture, &frame);
	assert_int_equal(fixture_settle(fixture), 0);
	hd44780_look(fixture->chip, &glass);
	assert_false(glass.blink);
	fixture_no_violation(fixture);
}

/* The time from draw() to the letter on the glass, and to the end; bytes that the chip takes. */
static void letter(enum fixture_wiring wiring, int64_t *shown_us, int64_t *all_us, uint64_t *bytes)
{
	struct fixture *fixture = &fixture_only;
	uint64_t bytes_before, expander_before;
	int64_t began_ns;
	struct display_frame frame;

	fixture_make(wiring, 20, 4);
	fixture->set_ns = 2000;
	fixture_blank(&frame);
	fixture_text(&frame, 0, "Isi aduan:      140");
	fixture_text(&frame, 1, "Jalan ke ba");
	frame.cursor = DISPLAY_CURSOR_LINE;
	frame.cursor_row = 1;
	frame.cursor_column = 11;
	fixture_draw_well(fixture, &frame);

	frame.cells[1][11] = 'l';
	frame.cursor_column = 12;
	bytes_before = hd44780_bytes(fixture->chip);
	expander_before = fixture->expander.bytes;
	began_ns = fixture->now_ns;
	fixture_draw(fixture, &frame);
	assert_int_equal(fixture_settle(fixture), 0);
	assert_true(fixture_shows(fixture, &frame));
	*all_us = (fixture->now_ns - began_ns) / 1000;
	*shown_us = *all_us;
	/* The chip rests after the letter, nobody waits for that. */
	if (wiring == FIXTURE_LINES)
		*shown_us -= display_times_standard.execution_ns / 1000;
	*bytes = hd44780_bytes(fixture->chip) - bytes_before;
	if (wiring != FIXTURE_LINES)
		printf("# backpack: %llu bytes of the bus\n",
			(unsigned long long)(fixture->expander.bytes - expander_before));

	/* The same letter once more, as by a second tap of the key. */
	frame.cells[1][11] = 'm';
	bytes_before = hd44780_bytes(fixture->chip);
	fixture_draw_well(fixture, &frame);
	assert_int_equal(hd44780_bytes(fixture->chip) - bytes_before, 2);
	fixture_tear_down(NULL);
}

static void test_letter(void **state)
{
	int64_t shown_us, all_us;
	uint64_t bytes;

	(void)state;
	letter(FIXTURE_LINES, &shown_us, &all_us, &bytes);
	printf("# lines: a typed letter is %llu byte(s), shown after %lld us, done after %lld us\n",
		(unsigned long long)bytes, (long long)shown_us, (long long)all_us);
	assert_int_equal(bytes, 1);
	assert_true(shown_us <= 50);
	letter(FIXTURE_BACKPACK_A, &shown_us, &all_us, &bytes);
	printf("# backpack: a typed letter is %llu byte(s), shown after %lld us\n",
		(unsigned long long)bytes, (long long)shown_us);
	assert_int_equal(bytes, 1);
	assert_true(shown_us <= 1000);
}

/* Lets the loop run until due_ns, when a key comes; it may come while a step is under way. */
static void work_until(struct fixture *fixture, int64_t due_ns)
{
	while (fixture->now_ns < due_ns) {
		int64_t next_us = fixture->display->ops->deadline(fixture->display);

		if (next_us >= due_ns / 1000) {
			fixture->now_ns = due_ns;
		} else {
			fixture_pass(fixture);
			assert_true(fixture_work(fixture) >= 0);
		}
	}
}

/* How long a letter takes that is typed some time after a refresh has begun. */
static int64_t letter_during_refresh(struct fixture *fixture, int64_t after_ns)
{
	struct hd44780_glass glass;
	struct display_frame frame;
	int64_t due_ns = fixture->now_ns + after_ns, shown_ns;

	fixture->display->ops->refresh(fixture->display);
	work_until(fixture, due_ns);
	fixture_blank(&frame);
	memset(frame.cells, 'x', sizeof(frame.cells));
	frame.cells[3][18] = 'e';
	frame.cursor = DISPLAY_CURSOR_LINE;
	frame.cursor_row = 3;
	frame.cursor_column = 19;
	fixture_draw(fixture, &frame);
	do {
		fixture_pass(fixture);
		assert_true(fixture_work(fixture) >= 0);
		hd44780_look(fixture->chip, &glass);
	} while (glass.codes[3][18] != 'e');
	shown_ns = fixture->now_ns;
	assert_int_equal(fixture_settle(fixture), 0);
	assert_true(fixture_shows(fixture, &frame));
	frame.cells[3][18] = ' ';
	frame.cursor_column = 18;
	fixture_draw_well(fixture, &frame);
	return shown_ns - due_ns;
}

static void test_letter_during_refresh(void **state)
{
	struct fixture *fixture = &fixture_only;

	(void)state;
	for (enum fixture_wiring wiring = FIXTURE_LINES; wiring <= FIXTURE_BACKPACK_A; wiring++) {
		int64_t longest_ns = 0;

		fixture_make(wiring, 20, 4);
		fixture->set_ns = 2000;
		assert_int_equal(fixture_settle(fixture), 0);
		for (int64_t after_ns = 1; after_ns < 45000000; after_ns += 200000) {
			int64_t took_ns = letter_during_refresh(fixture, after_ns);

			if (took_ns > longest_ns)
				longest_ns = took_ns;
		}
		printf("# %s: a letter at the worst moment of a refresh after %lld us\n",
			wiring == FIXTURE_LINES ? "lines" : "backpack",
			(long long)longest_ns / 1000);
		assert_true(longest_ns < 15000000);
		fixture_no_violation(fixture);
		fixture_tear_down(NULL);
	}
}

/* The letter at the cursor is there after the first step though all the rest changes too. */
static void cursor_first(enum fixture_wiring wiring)
{
	struct fixture *fixture = &fixture_only;
	struct hd44780_glass glass;
	struct display_frame frame;
	int64_t began_ns;

	fixture_make(wiring, 20, 4);
	fixture_blank(&frame);
	frame.cursor = DISPLAY_CURSOR_LINE;
	frame.cursor_row = 2;
	frame.cursor_column = 7;
	fixture_draw_well(fixture, &frame);
	memset(frame.cells, 'x', sizeof(frame.cells));
	frame.cells[2][6] = 'e';
	fixture_draw(fixture, &frame);
	began_ns = fixture->now_ns;
	assert_int_equal(fixture_work(fixture), 1);
	/* One step is short, and there are several. */
	assert_true(fixture->now_ns - began_ns < 4500000);
	hd44780_look(fixture->chip, &glass);
	assert_int_equal(glass.codes[2][6], 'e');
	assert_int_equal(glass.codes[0][0], ' ');
	assert_false(glass.cursor);
	assert_int_equal(fixture_settle(fixture), 0);
	assert_true(fixture_shows(fixture, &frame));
	fixture_no_violation(fixture);
	fixture_tear_down(NULL);
}

static void test_cursor_first(void **state)
{
	(void)state;
	for (enum fixture_wiring wiring = FIXTURE_LINES; wiring <= FIXTURE_BACKPACK_B; wiring++)
		cursor_first(wiring);
}

/* No step takes longer than a key may wait, and the whole screen's time. */
static void whole_screen(enum fixture_wiring wiring, const char *name, int64_t most_us)
{
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;
	int64_t began_ns, step_ns, longest_ns = 0;
	int result = 1;

	fixture_make(wiring, 20, 4);
	fixture->set_ns = 2000;
	fixture_blank(&frame);
	fixture_draw_well(fixture, &frame);
	memset(frame.cells, 'x', sizeof(frame.cells));
	fixture_draw(fixture, &frame);
	began_ns = fixture->now_ns;
	while (result > 0) {
		step_ns = fixture->now_ns;
		result = fixture_work(fixture);
		if (fixture->now_ns - step_ns > longest_ns)
			longest_ns = fixture->now_ns - step_ns;
	}
	assert_int_equal(result, 0);
	printf("# %s: 80 cells in %lld us, the longest step %lld us\n", name,
		(long long)(fixture->now_ns - began_ns) / 1000, (long long)longest_ns / 1000);
	assert_true(longest_ns < 4500000);
	assert_true(fixture->now_ns - began_ns < most_us * 1000);
	fixture_tear_down(NULL);
}

static void test_whole_screen(void **state)
{
	(void)state;
	whole_screen(FIXTURE_LINES, "lines", 8000);
	whole_screen(FIXTURE_BACKPACK_A, "backpack", 36000);
}

static void test_nothing_to_send(void **state)
{
	struct fixture *fixture = &fixture_only;
	struct display_frame frame;
	uint64_t sets;

	(void)state;
	fixture_make(FIXTURE_LINES, 20, 4);
	fixture_blank(&frame);
	fixture_draw_well(fixture, &frame);
	assert_int_equal(fixture->display->ops->deadline(fixture->display), INT64_MAX);
	sets = fixture->sets;
	fixture_draw(fixture, &frame);
	assert_true(fixture->display->ops->deadline(fixture->display) <= fixture->now_ns / 1000);
	assert_int_equal(fixture_settle(fixture), 0);
	/* An own character that no cell shows isn't sent either. */
	frame.glyphs[3][0] = 0x1f;
	fixture_draw_well(fixture, &frame);
	assert_int_equal(fixture->sets, sets);
	frame.cells[0][0] = 3;
	fixture_draw_well(fixture, &frame);
	assert_true(fixture->sets > sets);
}

/* A display that is let go shows nothing of anybody. */
static void test_closed_wipes(void **state)
{
	struct fixture *fixture = &fixture_only;
	struct hd44780_glass glass;
	struct display_frame frame;

	(void)state;
	fixture_make(FIXTURE_BACKPACK_A, 20, 4);
	fixture_blank(&frame);
	fixture_text(&frame, 1, "PIN 4711");
	fixture_draw_well(fixture, &frame);
	/* Not even when it was about to be initialised anew. */
	fixture->display->ops->refresh(fixture->display);
	fixture->display->ops->close(fixture->display);
	fixture->display = NULL;
	hd44780_look(fixture->chip, &glass);
	for (unsigned row = 0; row < 4; row++) {
		for (unsigned column = 0; column < 20; column++)
			assert_int_equal(glass.codes[row][column], ' ');
	}
	fixture_no_violation(fixture);
}

#define driver_test(name) cmocka_unit_test_teardown(name, fixture_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_initialisation),
		driver_test(test_sizes),
		cmocka_unit_test(test_random_frames_lines),
		cmocka_unit_test(test_random_frames_backpack),
		driver_test(test_real_waits),
		driver_test(test_cursor_outside),
		cmocka_unit_test(test_letter),
		cmocka_unit_test(test_letter_during_refresh),
		cmocka_unit_test(test_cursor_first),
		cmocka_unit_test(test_whole_screen),
		driver_test(test_nothing_to_send),
		driver_test(test_closed_wipes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
