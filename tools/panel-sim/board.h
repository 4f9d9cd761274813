/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lobby panel's hardware put together: a chip with lines, a key matrix on eight of them, an
 * HD44780 on six, another behind a PCF8574 on the I2C bus, backlight, buzzer and lamp. No I/O and
 * no clock: times are CLOCK_MONOTONIC and go forward.
 */
#ifndef PANEL_SIM_BOARD_H
#define PANEL_SIM_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "bounce.h"
#include "chip.h"
#include "hd44780.h"
#include "pcf8574.h"
#include "typist.h"

#define BOARD_I2C_BUS 1

struct board_options {
	unsigned columns, rows;	 /* of the display */
	unsigned keypad_columns; /* 3 or 4 */
	enum expander_wiring wiring;
	unsigned i2c_address;
	uint64_t seed;
	int64_t bounce_least_us, bounce_most_us;
};

enum board_change {
	BOARD_LAMP,
	BOARD_BUZZER,
	BOARD_KEYS,
};

struct board_handler {
	void *context;
	/* As chip_handler's. */
	void (*edge)(void *context, void *owner, unsigned line, bool rising, int64_t time_ns);
	/* The lamp or the buzzer went on or off, a key was pressed or let go. */
	void (*changed)(void *context, enum board_change change, int64_t time_ns);
};

/* Where the display's pins go to. */
enum board_glass {
	BOARD_GLASS_LINES,
	BOARD_GLASS_I2C,
};

struct board {
	struct board_options options;
	struct board_handler handler;
	struct chip *chip;
	bool chip_out; /* pulled: no line can be requested */
	struct bounce bounce;
	struct typist typist;
	bool stuck[BOUNCE_CONTACTS];
	uint64_t reads;		     /* of columns since a contact last moved */
	struct hd44780 *displays[2]; /* by board_glass */
	int64_t display_ns[2];	     /* the last time that each was given */
	struct pcf8574 expander;
	bool backpack_out;
	bool bus_hangs;
	unsigned hang_ms;	/* how long a write takes to fail */
	enum board_glass glass; /* the one last driven */
	bool backlight_used;	/* its line was held once: it isn't wired to the supply */
	uint64_t backlight_changes;
	uint64_t beeps, lamp_changes;
	int64_t buzzer_since_ns, beep_ns; /* when it went on; how long the last beep was */
};

must_check int board_new(const struct board_options *options, const struct board_handler *handler,
	int64_t now_us, struct board **out);
/* Groups of its chip must have been released. NULL is fine. */
void board_free(struct board *board);

/* As chip_request(), and -ENODEV while the chip is out. */
must_check int board_request(struct board *board, const struct chip_config *config, void *owner,
	int64_t time_ns, struct chip_group **out, char trouble[static CHIP_TROUBLE_SIZE]);

/* As chip_get(); a group with columns has looked at the keys. */
uint32_t board_get(struct board *board, const struct chip_group *group);

/*
 * A message on the I2C bus. 0, -ENXIO when nothing has that address, -ETIMEDOUT when the bus hangs
 * (after board->hang_ms). done_ns: when the bus has carried it.
 */
must_check int board_i2c_write(struct board *board, unsigned address, const uint8_t *bytes,
	size_t count, int64_t time_ns, int64_t *done_ns);

/* The contact of a key by its legend ('0'-'9', '*', '#', 'A'-'D'), -1 when there is no such key. */
int board_key(const struct board *board, char legend);
void board_press(struct board *board, unsigned contact, bool pressed, int64_t now_us);
void board_stick(struct board *board, unsigned contact, bool stuck, int64_t now_us);
/* Lets go of every key, also of those that were about to be typed. */
void board_hands_off(struct board *board, int64_t now_us);

/* When board_tick() wants to be called (CLOCK_MONOTONIC, us), INT64_MAX: never. */
int64_t board_deadline(const struct board *board);
/* Types and bounces up to now. */
void board_tick(struct board *board, int64_t now_us);
/* Whether nothing is being typed and every contact lies still. */
bool board_at_rest(const struct board *board);

/* Counts up whenever what can be seen on the glass may have changed. */
uint64_t board_glass_changes(const struct board *board);
bool board_backlight(const struct board *board);
bool board_lamp(const struct board *board);
bool board_buzzer(const struct board *board);
uint64_t board_violations(const struct board *board);
void board_forget_violations(struct board *board);

/* The backpack and the display behind it are pulled off, or plugged in and so powered anew. */
void board_backpack(struct board *board, bool plugged, int64_t now_us);
/* The supply of the display that is looked at fails for an instant. */
void board_glitch(struct board *board, int64_t now_us);
/* Interference: the display takes an enable pulse that nobody sent, so a nibble too many. */
void board_extra_nibble(struct board *board, int64_t now_us);
/* Interference that leaves mode, phase, address and cells other ones. */
void board_disturb(struct board *board, uint64_t seed);

#endif
