/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The display driver on the kernel's own lines and I2C bus: what the kernel recorded is decoded
 * by a model of the chip that checks the data sheet's times, and must give the frame.
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
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "display/hd44780.h"
#include "i2c/i2c_dev.h"
#include "lines/lines_gpiod.h"
#include "tests/vm/rig.h"
#include "tools/panel-sim/hd44780_timing.h"

#define US_PER_S 1000000
#define LONG_US (20 * US_PER_S)
#define FRAMES 40

static struct rig *rig;
static struct lines_source *source;
static struct display *display;
static enum rig_glass glass;
static uint64_t dice;

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

static unsigned roll(unsigned sides)
{
	dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(dice >> 33) % sides;
}

static const struct display_lines_wiring wiring = {
	.rs = { RIG_CHIP, "RS" },
	.enable = { RIG_CHIP, "ENABLE" },
	.data = { { RIG_CHIP, "D4" }, { RIG_CHIP, "D5" }, { RIG_CHIP, "D6" }, { RIG_CHIP, "D7" } },
	.backlight = { RIG_CHIP, "BACKLIGHT" },
};

static int open_backpack(void *context, struct i2c **out)
{
	(void)context;
	return i2c_dev_open(RIG_I2C_BUS, RIG_I2C_ADDRESS, out);
}

static int begin(enum rig_glass on, unsigned columns, unsigned rows, bool wiring_b)
{
	glass = on;
	dice = 1;
	if (rig_new(columns, rows, wiring_b ? EXPANDER_B : EXPANDER_A, &rig) < 0 ||
		lines_gpiod_source_new(&source) < 0)
		return -1;
	return on == RIG_ON_LINES
		       ? display_hd44780_lines_new(source, &wiring, columns, rows, &display)
		       : display_hd44780_pcf8574_new(open_backpack, NULL,
				 wiring_b ? PCF8574_WIRING_B : PCF8574_WIRING_A, columns, rows,
				 &display);
}

static int set_up_lines(void **state)
{
	(void)state;
	return begin(RIG_ON_LINES, 20, 4, false);
}

static int set_up_small(void **state)
{
	(void)state;
	return begin(RIG_ON_LINES, 16, 2, false);
}

static int set_up_backpack(void **state)
{
	(void)state;
	return begin(RIG_ON_BACKPACK, 20, 4, false);
}

static int set_up_backpack_b(void **state)
{
	(void)state;
	return begin(RIG_ON_BACKPACK, 16, 2, true);
}

static int tear_down(void **state)
{
	(void)state;
	if (display)
		display->ops->close(display);
	display = NULL;
	source->ops->close(source);
	rig_free(rig);
	return 0;
}

/* Waits until the driver wants to work again. */
static void wait_for_deadline(void)
{
	int64_t left = display->ops->deadline(display) - now_us();
	struct timespec wait;

	if (left <= 0)
		return;
	left = left > US_PER_S ? US_PER_S : left;
	wait = (struct timespec) { .tv_sec = left / US_PER_S, .tv_nsec = left % US_PER_S * 1000 };
	ppoll(NULL, 0, &wait, NULL);
}

/* Works until the display shows the frame (0), or until it fails. */
static int work_until_shown(void)
{
	int64_t end_us = now_us() + LONG_US;
	int result;

	while ((result = display->ops->work(display, now_us())) > 0 && now_us() < end_us)
		wait_for_deadline();
	assert_int_equal(rig_look(rig), 0);
	return result;
}

/* Works, through failures, until the display shows the frame again. */
static void work_until_well(void)
{
	int64_t end_us = now_us() + LONG_US;

	while (work_until_shown() != 0 && now_us() < end_us)
		wait_for_deadline();
	assert_string_equal(display->ops->trouble(display), "");
}

static struct hd44780_timing *checker(void)
{
	return hd44780_checker(rig_display(rig, glass));
}

static void assert_no_violation(void)
{
	const struct hd44780_violation *violation;

	for (size_t i = 0; (violation = hd44780_violation(checker(), i)); i++)
		print_error("%s\n", violation->what);
	assert_int_equal(hd44780_violations(checker()), 0);
}

static bool has_fault(enum hd44780_fault fault)
{
	const struct hd44780_violation *violation;

	for (size_t i = 0; (violation = hd44780_violation(checker(), i)); i++)
		if (violation->fault == fault) {
			printf("# caught: %s\n", violation->what);
			return true;
		}
	return false;
}

/* What the pins say is what the frame says, cell by cell; own characters dot by dot. */
static void assert_shows(const struct display_frame *frame)
{
	struct hd44780_glass seen;

	hd44780_look(rig_display(rig, glass), &seen);
	assert_true(seen.powered && seen.on);
	for (unsigned row = 0; row < seen.rows; row++)
		for (unsigned column = 0; column < seen.columns; column++) {
			uint8_t code = frame->cells[row][column];

			assert_int_equal(seen.codes[row][column], code);
			if (code < DISPLAY_GLYPHS && !seen.cursor)
				assert_memory_equal(seen.pixels[row][column], frame->glyphs[code],
					DISPLAY_GLYPH_ROWS);
		}
	assert_int_equal(seen.cursor, frame->cursor == DISPLAY_CURSOR_LINE);
	assert_int_equal(seen.blink, frame->cursor == DISPLAY_CURSOR_BLOCK);
	if (frame->cursor != DISPLAY_CURSOR_OFF) {
		assert_int_equal(seen.cursor_row, frame->cursor_row);
		assert_int_equal(seen.cursor_column, frame->cursor_column);
	}
}

static struct display_frame random_frame(void)
{
	struct display_frame frame = { .backlight = roll(4) > 0 };
	unsigned columns, rows;

	display->ops->size(display, &columns, &rows);
	memset(frame.cells, ' ', sizeof(frame.cells));
	for (unsigned row = 0; row < rows; row++)
		for (unsigned column = 0; column < columns; column++)
			frame.cells[row][column] =
				(uint8_t)(roll(8) ? 0x20 + roll(0x3c) : roll(DISPLAY_GLYPHS));
	for (unsigned glyph = 0; glyph < DISPLAY_GLYPHS; glyph++)
		for (unsigned row = 0; row < DISPLAY_GLYPH_ROWS; row++)
			frame.glyphs[glyph][row] = (uint8_t)roll(32);
	frame.cursor = (enum display_cursor)roll(3);
	frame.cursor_row = (uint8_t)roll(rows);
	frame.cursor_column = (uint8_t)roll(columns);
	return frame;
}

static struct display_frame text_frame(const char *text)
{
	struct display_frame frame = { .backlight = true };
	size_t length = strlen(text);

	memset(frame.cells, ' ', sizeof(frame.cells));
	memcpy(frame.cells[0], text, length < 20 ? length : 20);
	return frame;
}

/* From power-on: every step of figure 24 in order and time, then the frame. */
static void test_initialisation(void **state)
{
	struct display_frame frame = text_frame("Kotak Pengaduan");
	const struct hd44780_step *steps;
	size_t count;

	(void)state;
	display->ops->draw(display, &frame);
	work_until_well();
	count = hd44780_steps(checker(), &steps);
	for (size_t i = 0; i < count; i++)
		printf("# measured: %s after %" PRId64 " us, due %" PRId64 " us\n", steps[i].what,
			steps[i].after_ns / 1000, steps[i].least_ns / 1000);
	assert_true(hd44780_initialised(checker()));
	assert_no_violation();
	assert_shows(&frame);
}

/* Frame after frame with everything changed, and no time too short. */
static void test_frames(void **state)
{
	struct rig_times times;

	(void)state;
	for (int i = 0; i < FRAMES; i++) {
		struct display_frame frame = random_frame();

		display->ops->draw(display, &frame);
		work_until_well();
		assert_shows(&frame);
	}
	assert_true(hd44780_initialised(checker()));
	assert_no_violation();
	times = rig_times(rig);
	if (glass == RIG_ON_LINES)
		printf("# measured: E high for at least %" PRId64 " ns, %" PRId64
		       " ns from rise to rise, data %" PRId64 " ns before\n",
			times.pulse_ns, times.cycle_ns, times.setup_ns);
}

/* One letter after the other: few bytes, little time. */
static void test_letters(void **state)
{
	static const char text[] = "Lampu jalan mati";
	struct display_frame frame = text_frame("");
	uint64_t bytes;
	int64_t began, most_us = 0;

	(void)state;
	display->ops->draw(display, &frame);
	work_until_well();
	bytes = hd44780_bytes(rig_display(rig, glass));
	for (unsigned i = 0; text[i]; i++) {
		frame.cells[0][i] = (uint8_t)text[i];
		frame.cursor = DISPLAY_CURSOR_LINE;
		frame.cursor_column = (uint8_t)(i + 1);
		display->ops->draw(display, &frame);
		began = now_us();
		while (display->ops->work(display, now_us()) > 0)
			wait_for_deadline();
		most_us = now_us() - began > most_us ? now_us() - began : most_us;
		assert_int_equal(rig_look(rig), 0);
		assert_shows(&frame);
	}
	bytes = hd44780_bytes(rig_display(rig, glass)) - bytes;
	assert_shows(&frame);
	assert_no_violation();
	printf("# measured: %" PRIu64 " bytes for %zu letters, at most %" PRId64 " us for one\n",
		bytes, sizeof(text) - 1, most_us);
	assert_in_range(bytes, sizeof(text) - 1, 3 * sizeof(text));
}

/* Mode, phase, address and cells disturbed: a refresh puts all of it right. */
static void test_refresh(void **state)
{
	struct display_frame frame = text_frame("Tekan tombol");

	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++) {
		display->ops->draw(display, &frame);
		work_until_well();
		hd44780_disturb(rig_display(rig, glass), seed);
		display->ops->refresh(display);
		work_until_well();
		assert_shows(&frame);
		frame = random_frame();
	}
}

/* Each time made too short is noticed: what the other tests prove can be disproved. */
static void too_short(const struct display_times *times, enum hd44780_fault fault)
{
	struct display_frame frame = text_frame("Kotak");
	bool caught;

	display->ops->close(display);
	display = NULL;
	hd44780_forget_violations(checker());
	assert_int_equal(rig_power_cycle(rig, RIG_ON_LINES), 0);
	assert_int_equal(display_hd44780_lines_new(source, &wiring, 20, 4, &display), 0);
	display_hd44780_set_times(display, times);
	display->ops->draw(display, &frame);
	assert_true(work_until_shown() >= 0);
	caught = has_fault(fault);
	if (!caught)
		print_error("%s isn't noticed\n", hd44780_fault_name(fault));
	assert_true(caught);
}

static void test_broken_times(void **state)
{
	struct display_times times = display_times_standard;

	(void)state;
	times.power_us = 30000;
	too_short(&times, HD44780_FAULT_POWER);
	times = display_times_standard;
	times.first_us = 3000;
	too_short(&times, HD44780_FAULT_FIRST_RESET);
	times = display_times_standard;
	times.second_ns = 10000;
	too_short(&times, HD44780_FAULT_SECOND_RESET);
	times = display_times_standard;
	times.long_us = 1000;
	too_short(&times, HD44780_FAULT_EXECUTION);
	times = display_times_standard;
	times.execution_ns = 0;
	too_short(&times, HD44780_FAULT_EXECUTION);
}

/* A function that doesn't wait at all, as a broken clock would. */
static void no_wait(void *context, int64_t ns)
{
	(void)context;
	(void)ns;
}

static void test_broken_wait(void **state)
{
	struct display_frame frame = text_frame("Kotak");

	(void)state;
	display_hd44780_set_wait(display, no_wait, NULL);
	display->ops->draw(display, &frame);
	assert_true(work_until_shown() >= 0);
	assert_true(has_fault(HD44780_FAULT_EXECUTION));
}

/* A child that holds a line until the descriptor is closed; *held gets that descriptor. */
static pid_t hold(const char *line, int *held)
{
	const struct lines_name name = { RIG_CHIP, line };
	const struct lines_config config = { .direction = LINES_OUTPUT };
	int ready[2], let_go[2];
	char word = 0;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(let_go), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct lines_source *other;
		struct lines *lines;

		close(let_go[1]);
		if (lines_gpiod_source_new(&other) < 0 ||
			other->ops->request(
				other, "blinkenlights", &name, 1, &config, &lines, NULL, 0) < 0 ||
			write(ready[1], "r", 1) != 1)
			_exit(1);
		/* Returns when the parent closes its end. */
		_exit(read(let_go[0], &word, 1) == 0 ? 0 : 1);
	}
	close(ready[1]);
	close(let_go[0]);
	assert_int_equal(read(ready[0], &word, 1), 1);
	close(ready[0]);
	*held = let_go[1];
	return child;
}

/* A line that another process has: said with its name, and taken when it is free. */
static void test_line_held(void **state)
{
	struct display_frame frame = text_frame("Kotak");
	int held, status = 0;
	pid_t child = hold("D6", &held);

	(void)state;
	display->ops->draw(display, &frame);
	assert_int_equal(work_until_shown(), -EBUSY);
	printf("# said: %s\n", display->ops->trouble(display));
	assert_non_null(strstr(display->ops->trouble(display), "D6"));
	assert_non_null(strstr(display->ops->trouble(display), "blinkenlights"));
	close(held);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	work_until_well();
	assert_shows(&frame);
	assert_true(hd44780_initialised(checker()));
	assert_no_violation();
}

/* The chip vanishes with its lines, and comes back. */
static void test_chip_gone(void **state)
{
	struct display_frame frame = text_frame("Kotak"), other = text_frame("Lagi");

	(void)state;
	display->ops->draw(display, &frame);
	work_until_well();
	assert_int_equal(rig_chip(rig, false), 0);
	display->ops->draw(display, &other);
	assert_true(work_until_shown() < 0);
	printf("# said: %s\n", display->ops->trouble(display));
	assert_string_not_equal(display->ops->trouble(display), "");
	wait_for_deadline();
	assert_int_equal(work_until_shown(), -ENODEV);
	assert_non_null(strstr(display->ops->trouble(display), RIG_CHIP));
	assert_int_equal(rig_chip(rig, true), 0);
	work_until_well();
	assert_shows(&other);
	assert_no_violation();
}

/* The backpack is pulled out and plugged in again: said, then all as before from power-on. */
static void test_unplugged(void **state)
{
	struct display_frame frame = text_frame("Kotak"), other = text_frame("Lagi");

	(void)state;
	display->ops->draw(display, &frame);
	work_until_well();
	for (int round = 0; round < 3; round++) {
		assert_int_equal(rig_plug(rig, false), 0);
		display->ops->draw(display, &other);
		assert_true(work_until_shown() < 0);
		assert_string_not_equal(display->ops->trouble(display), "");
		assert_int_equal(rig_plug(rig, true), 0);
		work_until_well();
		assert_shows(&other);
		assert_true(hd44780_initialised(checker()));
		other.cells[1][round] = '*';
	}
	printf("# measured: %" PRIu64 " initialisations\n", hd44780_resets(checker()));
	assert_no_violation();
}

/* Nobody draws, and still it is noticed that the backpack was changed for another. */
static void test_unplugged_unseen(void **state)
{
	struct display_frame frame = text_frame("Kotak");
	int64_t end_us;
	bool noticed = false;

	(void)state;
	display->ops->draw(display, &frame);
	work_until_well();
	assert_int_equal(rig_plug(rig, false), 0);
	for (end_us = now_us() + LONG_US; !noticed && now_us() < end_us;) {
		wait_for_deadline();
		noticed = display->ops->work(display, now_us()) < 0;
	}
	assert_true(noticed);
	printf("# said: %s\n", display->ops->trouble(display));
	assert_int_equal(rig_plug(rig, true), 0);
	work_until_well();
	assert_shows(&frame);
	assert_no_violation();
}

/* A bus that somebody holds. */
static void test_bus_hangs(void **state)
{
	struct display_frame frame = text_frame("Kotak"), other = text_frame("Lagi");

	(void)state;
	display->ops->draw(display, &frame);
	work_until_well();
	assert_int_equal(rig_hang(true), 0);
	display->ops->draw(display, &other);
	assert_true(work_until_shown() < 0);
	printf("# said: %s\n", display->ops->trouble(display));
	assert_int_equal(rig_hang(false), 0);
	work_until_well();
	assert_shows(&other);
	assert_no_violation();
}

#define on_lines(name) cmocka_unit_test_setup_teardown(name, set_up_lines, tear_down)
#define on_backpack(name) cmocka_unit_test_setup_teardown(name, set_up_backpack, tear_down)
#define named(words, test, set_up)                                                                 \
	{                                                                                          \
		words, test, set_up, tear_down, NULL                                               \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_lines(test_initialisation),
		on_lines(test_frames),
		on_lines(test_letters),
		on_lines(test_refresh),
		on_lines(test_broken_times),
		on_lines(test_broken_wait),
		on_lines(test_line_held),
		on_lines(test_chip_gone),
		named("test_frames on 16x2", test_frames, set_up_small),
		named("test_initialisation on the backpack", test_initialisation, set_up_backpack),
		named("test_frames on the backpack", test_frames, set_up_backpack),
		named("test_frames on the backpack, other wiring", test_frames, set_up_backpack_b),
		named("test_letters on the backpack", test_letters, set_up_backpack),
		named("test_refresh on the backpack", test_refresh, set_up_backpack),
		on_backpack(test_unplugged),
		on_backpack(test_unplugged_unseen),
		on_backpack(test_bus_hangs),
	};

	if (rig_lock_memory() < 0)
		return 1;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
