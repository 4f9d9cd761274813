/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "board.h"

#include "hd44780_timing.h"
#include <errno.h>

#define NS_PER_US 1000
/* The enable pulse of interference, and its pause: long enough for the chip to take it. */
#define EXTRA_PULSE_NS 1000

static const char legends[SWITCHES_ROWS][SWITCHES_COLUMNS + 1] = { "123A", "456B", "789C", "*0#D" };

#define LINE_BIT(line) (UINT32_C(1) << (line))
#define DISPLAY_LINES                                                                              \
	(LINE_BIT(CHIP_LCD_RS) | LINE_BIT(CHIP_LCD_ENABLE) | LINE_BIT(CHIP_LCD_D4) |               \
		LINE_BIT(CHIP_LCD_D5) | LINE_BIT(CHIP_LCD_D6) | LINE_BIT(CHIP_LCD_D7))

/* A display's time never goes back, whatever its clients say. */
static int64_t display_time(struct board *board, enum board_glass which, int64_t time_ns)
{
	if (time_ns > board->display_ns[which])
		board->display_ns[which] = time_ns;
	return board->display_ns[which];
}

static void drive_display(struct board *board, int64_t time_ns)
{
	static const struct {
		unsigned line;
		uint8_t pin;
	} pins[] = {
		{ CHIP_LCD_RS, HD44780_RS },
		{ CHIP_LCD_ENABLE, HD44780_ENABLE },
		{ CHIP_LCD_D4, HD44780_D4 },
		{ CHIP_LCD_D5, HD44780_D5 },
		{ CHIP_LCD_D6, HD44780_D6 },
		{ CHIP_LCD_D7, HD44780_D7 },
	};
	uint8_t levels = 0;

	for (size_t i = 0; i < ARRAY_SIZE(pins); i++)
		if (chip_level(board->chip, pins[i].line))
			levels |= pins[i].pin;
	hd44780_pins(board->displays[BOARD_GLASS_LINES],
		display_time(board, BOARD_GLASS_LINES, time_ns), levels);
	if (board->glass != BOARD_GLASS_LINES)
		board->backlight_changes++;
	board->glass = BOARD_GLASS_LINES;
}

static void buzzer_changed(struct board *board, int64_t time_ns)
{
	if (board_buzzer(board)) {
		board->beeps++;
		board->buzzer_since_ns = time_ns;
	} else {
		board->beep_ns = time_ns - board->buzzer_since_ns;
	}
	board->handler.changed(board->handler.context, BOARD_BUZZER, time_ns);
}

static void levels_changed(void *context, uint32_t changed, int64_t time_ns)
{
	struct board *board = context;

	if (changed & DISPLAY_LINES)
		drive_display(board, time_ns);
	if (changed & LINE_BIT(CHIP_LCD_BACKLIGHT))
		board->backlight_changes++;
	if (changed & LINE_BIT(CHIP_BUZZER))
		buzzer_changed(board, time_ns);
	if (changed & LINE_BIT(CHIP_LAMP)) {
		board->lamp_changes++;
		board->handler.changed(board->handler.context, BOARD_LAMP, time_ns);
	}
}

static void edge_seen(void *context, void *owner, unsigned line, bool rising, int64_t time_ns)
{
	const struct board *board = context;

	board->handler.edge(board->handler.context, owner, line, rising, time_ns);
}

static int power_up(struct board *board, int64_t now_us)
{
	const struct chip_handler handler = { board, levels_changed, edge_seen };
	const struct board_options *options = &board->options;
	int error = 0;

	for (size_t i = 0; i < ARRAY_SIZE(board->displays) && !error; i++)
		error = hd44780_new(options->columns, options->rows, &board->displays[i]);
	if (!error)
		error = chip_new(&handler, &board->chip);
	if (error)
		return error;
	hd44780_power_on(board->displays[BOARD_GLASS_LINES],
		display_time(board, BOARD_GLASS_LINES, now_us * NS_PER_US));
	pcf8574_init(&board->expander, options->wiring, board->displays[BOARD_GLASS_I2C]);
	pcf8574_power_on(
		&board->expander, display_time(board, BOARD_GLASS_I2C, now_us * NS_PER_US));
	return 0;
}

int board_new(const struct board_options *options, const struct board_handler *handler,
	int64_t now_us, struct board **out)
{
	struct board *board = calloc(1, sizeof(*board));
	int error;

	if (!board)
		return -ENOMEM;
	board->options = *options;
	board->handler = *handler;
	bounce_init(
		&board->bounce, options->seed, options->bounce_least_us, options->bounce_most_us);
	error = power_up(board, now_us);
	if (error)
		board_free(board);
	else
		*out = board;
	return error;
}

void board_free(struct board *board)
{
	unsigned contact;

	if (!board)
		return;
	typist_stop(&board->typist, &contact);
	chip_free(board->chip);
	hd44780_free(board->displays[BOARD_GLASS_LINES]);
	hd44780_free(board->displays[BOARD_GLASS_I2C]);
	free(board);
}

int board_request(struct board *board, const struct chip_config *config, void *owner,
	int64_t time_ns, struct chip_group **out, char trouble[static CHIP_TROUBLE_SIZE])
{
	int error;

	if (board->chip_out) {
		snprintf(trouble, CHIP_TROUBLE_SIZE, "there is no chip " CHIP_LABEL);
		return -ENODEV;
	}
	error = chip_request(board->chip, config, owner, time_ns, out, trouble);
	for (size_t i = 0; !error && i < config->count; i++) {
		if (config->lines[i] != CHIP_LCD_BACKLIGHT)
			continue;
		board->backlight_used = true;
		board->backlight_changes++;
	}
	return error;
}

uint32_t board_get(struct board *board, const struct chip_group *group)
{
	const struct chip_config *config = chip_group_config(group);

	for (size_t i = 0; i < config->count; i++) {
		if (config->lines[i] < CHIP_COLUMN_1 || config->lines[i] >= CHIP_LCD_RS)
			continue;
		board->reads++;
		break;
	}
	return chip_get(board->chip, group);
}

int board_i2c_write(struct board *board, unsigned address, const uint8_t *bytes, size_t count,
	int64_t time_ns, int64_t *done_ns)
{
	*done_ns = time_ns;
	if (board->bus_hangs) {
		*done_ns = time_ns + (int64_t)board->hang_ms * 1000000;
		return -ETIMEDOUT;
	}
	if (address != board->options.i2c_address || board->backpack_out)
		return -ENXIO;
	*done_ns = pcf8574_write(
		&board->expander, display_time(board, BOARD_GLASS_I2C, time_ns), bytes, count);
	/* The display was given times up to there. */
	display_time(board, BOARD_GLASS_I2C, *done_ns);
	board->backlight_changes++;
	board->glass = BOARD_GLASS_I2C;
	return 0;
}

int board_key(const struct board *board, char legend)
{
	for (unsigned row = 0; row < SWITCHES_ROWS; row++)
		for (unsigned column = 0; column < board->options.keypad_columns; column++)
			if (legends[row][column] == legend)
				return (int)(row * SWITCHES_COLUMNS + column);
	return -1;
}

static void join(struct board *board, unsigned contact, int64_t time_us)
{
	bool closed = board->bounce.contacts[contact].closed || board->stuck[contact];

	board->reads = 0;
	chip_contact(board->chip, contact / SWITCHES_COLUMNS, contact % SWITCHES_COLUMNS, closed,
		time_us * NS_PER_US);
}

void board_press(struct board *board, unsigned contact, bool pressed, int64_t now_us)
{
	bool before = board->bounce.contacts[contact].pressed;

	bounce_move(&board->bounce, contact, pressed, now_us);
	join(board, contact, now_us);
	if (before != pressed)
		board->handler.changed(board->handler.context, BOARD_KEYS, now_us * NS_PER_US);
}

void board_stick(struct board *board, unsigned contact, bool stuck, int64_t now_us)
{
	board->stuck[contact] = stuck;
	join(board, contact, now_us);
}

void board_hands_off(struct board *board, int64_t now_us)
{
	unsigned contact;

	typist_stop(&board->typist, &contact);
	for (contact = 0; contact < BOUNCE_CONTACTS; contact++)
		board_press(board, contact, false, now_us);
}

int64_t board_deadline(const struct board *board)
{
	int64_t bounce_us = bounce_deadline(&board->bounce);
	int64_t typist_us = typist_deadline(&board->typist);

	return bounce_us < typist_us ? bounce_us : typist_us;
}

void board_tick(struct board *board, int64_t now_us)
{
	/* In the order of time, so that contacts that bounce while others move do so. */
	while (board_deadline(board) <= now_us) {
		int64_t due_us = board_deadline(board);
		struct typist_move move;
		unsigned contact;
		int64_t time_us;

		if (bounce_step(&board->bounce, due_us, &contact, &time_us))
			join(board, contact, time_us);
		else if (typist_step(&board->typist, due_us, &move))
			board_press(board, move.contact, move.pressed, move.time_us);
	}
}

bool board_at_rest(const struct board *board)
{
	return board_deadline(board) == INT64_MAX;
}

uint64_t board_glass_changes(const struct board *board)
{
	return hd44780_changes(board->displays[BOARD_GLASS_LINES]) +
	       hd44780_changes(board->displays[BOARD_GLASS_I2C]) + board->backlight_changes;
}

bool board_backlight(const struct board *board)
{
	if (board->glass == BOARD_GLASS_I2C)
		return !board->backpack_out && board->expander.backlight;
	return !board->backlight_used || chip_level(board->chip, CHIP_LCD_BACKLIGHT);
}

bool board_lamp(const struct board *board)
{
	return chip_level(board->chip, CHIP_LAMP);
}

bool board_buzzer(const struct board *board)
{
	return chip_level(board->chip, CHIP_BUZZER);
}

uint64_t board_violations(const struct board *board)
{
	return hd44780_violations(hd44780_checker(board->displays[BOARD_GLASS_LINES])) +
	       hd44780_violations(hd44780_checker(board->displays[BOARD_GLASS_I2C]));
}

void board_forget_violations(struct board *board)
{
	for (size_t i = 0; i < ARRAY_SIZE(board->displays); i++)
		hd44780_forget_violations(hd44780_checker(board->displays[i]));
}

void board_backpack(struct board *board, bool plugged, int64_t now_us)
{
	if (board->backpack_out == !plugged)
		return;
	board->backpack_out = !plugged;
	board->backlight_changes++;
	if (plugged)
		pcf8574_power_on(
			&board->expander, display_time(board, BOARD_GLASS_I2C, now_us * NS_PER_US));
	else
		pcf8574_power_off(&board->expander);
}

void board_glitch(struct board *board, int64_t now_us)
{
	if (board->glass == BOARD_GLASS_I2C) {
		board_backpack(board, false, now_us);
		board_backpack(board, true, now_us);
		return;
	}
	hd44780_power_off(board->displays[BOARD_GLASS_LINES]);
	hd44780_power_on(board->displays[BOARD_GLASS_LINES],
		display_time(board, BOARD_GLASS_LINES, now_us * NS_PER_US));
	drive_display(board, now_us * NS_PER_US);
}

void board_extra_nibble(struct board *board, int64_t now_us)
{
	struct hd44780 *display = board->displays[board->glass];
	int64_t time_ns = display_time(board, board->glass, now_us * NS_PER_US);
	uint8_t levels = hd44780_levels(display);

	hd44780_pins(display, time_ns += EXTRA_PULSE_NS, levels | HD44780_ENABLE);
	hd44780_pins(display, time_ns += EXTRA_PULSE_NS, (uint8_t)(levels & ~HD44780_ENABLE));
	hd44780_pins(display, time_ns += EXTRA_PULSE_NS, levels);
	display_time(board, board->glass, time_ns);
}

void board_disturb(struct board *board, uint64_t seed)
{
	hd44780_disturb(board->displays[board->glass], seed);
}
