/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a set of lines does electrically when key switches join some of them: joined lines are
 * one net with one level. Pure.
 */
#ifndef PANEL_SIM_SWITCHES_H
#define PANEL_SIM_SWITCHES_H

#include <stdbool.h>
#include <stddef.h>

#define SWITCHES_ROWS 4
#define SWITCHES_COLUMNS 4
/* Lines that one call takes. */
#define SWITCHES_LINES_MAX 32

enum wire_drive {
	WIRE_FREE, /* nobody drives it: an input, or an open drain that is off */
	WIRE_LOW,
	WIRE_HIGH,
};
enum wire_pull {
	WIRE_LOOSE,
	WIRE_PULL_UP,
	WIRE_PULL_DOWN,
};

struct wire {
	enum wire_drive drive;
	enum wire_pull bias;	 /* the chip's own resistor */
	enum wire_pull resistor; /* one soldered to the board, weaker than the chip's */
	bool level;		 /* in: before; out: after */
};

/*
 * Settles the level of every wire. The first SWITCHES_ROWS wires are the rows, the next
 * SWITCHES_COLUMNS the columns; closed[row][column] joins two of them. A net that nobody drives
 * and nothing pulls one way keeps each wire's charge: what a program that forgot its pull-up
 * reads is what was there before. Returns how many nets are shorted, one output driving high
 * against another that drives low; those read low.
 */
unsigned switches_settle(
	struct wire *wires, size_t count, bool closed[static SWITCHES_ROWS][SWITCHES_COLUMNS]);

#endif
