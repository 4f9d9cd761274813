/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The panel of the virtual machine: a gpio-sim chip with the lines of tests/vm/board.conf, key
 * switches between them (modules/key_matrix.c; finger.h presses them), an I2C bus with a backpack
 * (modules/i2c_sink.c), and two displays that decode what the kernel's trace says was done to
 * their pins. All times of the displays are those of the trace.
 */
#ifndef TESTS_VM_RIG_H
#define TESTS_VM_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "tools/panel-sim/hd44780.h"
#include "tools/panel-sim/pcf8574.h"

#define RIG_CHIP "kotak-vm"
#define RIG_I2C_BUS 1
#define RIG_I2C_ADDRESS 0x27

/* Offsets on the chip; board.conf has them by name. */
enum rig_line {
	RIG_ROW1,
	RIG_COLUMN1 = 4,
	RIG_RS = 8,
	RIG_ENABLE,
	RIG_D4,
	RIG_BACKLIGHT = 14,
	RIG_BUZZER,
	RIG_LAMP,
	RIG_LINES,
};

/* Which of the two displays. */
enum rig_glass {
	RIG_ON_LINES,
	RIG_ON_BACKPACK,
};

struct rig;

/*
 * Brings all of the program into memory, before anything is timed: while a page comes from the
 * host, virtual time runs on. 0 or a negative errno, said on standard error.
 */
must_check int rig_lock_memory(void);

/* Loads the modules and makes the chip unless they are there. The displays have power from now on.
 * 0 or a negative errno, said on standard error. One at a time. */
must_check int rig_new(
	unsigned columns, unsigned rows, enum expander_wiring wiring, struct rig **out);
void rig_free(struct rig *rig);

/* Power off and on again: the display forgets all. 0 or a negative errno. */
must_check int rig_power_cycle(struct rig *rig, enum rig_glass glass);
/* The backpack and its display, pulled out or plugged in. */
must_check int rig_plug(struct rig *rig, bool in);
/* Somebody holds the I2C bus, or lets it go. */
must_check int rig_hang(bool hangs);
/* Takes the chip away from the machine, with whoever holds its lines, or puts it back. */
must_check int rig_chip(struct rig *rig, bool there);

/* Feeds the displays what was recorded since the last call. 0 or a negative errno. */
must_check int rig_look(struct rig *rig);
/* The rig's; valid until it is freed. */
struct hd44780 *rig_display(struct rig *rig, enum rig_glass glass);
/* What a line was last set to. */
bool rig_level(const struct rig *rig, enum rig_line line);
/* Whether the display's backlight is on. */
bool rig_light(const struct rig *rig, enum rig_glass glass);
/* How often a line was set to another level. */
uint64_t rig_changes(const struct rig *rig, enum rig_line line);
/*
 * What a key did, in nanoseconds of the trace from its contact: to the first cell that changed, and
 * to the last change of anything. -1: nothing changed since.
 */
struct rig_echo {
	int64_t first_ns, last_ns;
};
struct rig_echo rig_echo(const struct rig *rig);

/* The shortest times that the pins of the display on lines had, in nanoseconds. */
struct rig_times {
	int64_t pulse_ns; /* E high */
	int64_t cycle_ns; /* from one rise of E to the next */
	int64_t setup_ns; /* RS and data before E rises */
};
struct rig_times rig_times(const struct rig *rig);

/* How often a row driven high met one driven low. -1 when it can't be read. */
long rig_shorts(void);
/* For finger.h: the record that presses are marked in. */
struct tracing *rig_tracing(struct rig *rig);

#endif
