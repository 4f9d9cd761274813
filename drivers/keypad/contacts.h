/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contacts of a matrix keypad: what each scan saw becomes keys pressed, held and released.
 * Pure; time is an argument.
 *
 * A press counts after two sightings a millisecond apart, so that an echo needn't wait for the
 * bounce's end; a release after CONTACTS_OPEN_US without any, which no bounce lasts.
 *
 * A matrix without diodes shows a fourth key when three corners of a rectangle are pressed. As long
 * as three corners were seen within CONTACTS_MEMORY_US, nothing new is reported: any of them may
 * be the one that isn't pressed.
 */
#ifndef KOTAK_KEYPAD_CONTACTS_H
#define KOTAK_KEYPAD_CONTACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "port/keypad.h"

#define CONTACTS_ROWS 4
#define CONTACTS_COLUMNS 4
#define CONTACTS_COUNT (CONTACTS_ROWS * CONTACTS_COLUMNS)

/* Bounce lasts up to 20 ms; scans may come late. */
#define CONTACTS_OPEN_US 25000
#define CONTACTS_OPEN_SCANS 5
/* What one scan adds to that at most: its time is that of its being due, and whoever was kept from
 * the processor looks later. */
#define CONTACTS_OPEN_STEP_US 5000
#define CONTACTS_MEMORY_US 8000
#define CONTACTS_REPEAT_FIRST_US 500000
#define CONTACTS_REPEAT_US 150000
#define CONTACTS_HOLD_US 800000
#define CONTACTS_STUCK_US 60000000

/* When to scan next: something is about to be decided, all is steady, only stuck keys are down. */
#define CONTACTS_BUSY_US 1000
#define CONTACTS_STEADY_US 2000
#define CONTACTS_STUCK_SCAN_US 10000

struct contact {
	unsigned closed, open; /* sightings, and scans without one since the last */
	int64_t first_us;      /* the first edge of what is being decided */
	int64_t seen_us;       /* last seen closed; INT64_MIN: never */
	int64_t open_us;       /* first not seen since then */
	int64_t open_for_us;   /* for how long it is sure to be open */
	int64_t pressed_us, repeat_us;
	bool down;  /* reported as pressed */
	bool held;  /* its KEYPAD_HOLD was reported */
	bool stuck; /* ignored until it is released */
};

/* A scan. Bit (row * CONTACTS_COLUMNS + column); time of all edges CLOCK_MONOTONIC. */
struct contacts_scan {
	uint16_t closed;		   /* surely closed just now */
	uint16_t maybe;			   /* these, and those that were closed for a part of it */
	int64_t edge_us[CONTACTS_COLUMNS]; /* a column's first edge; INT64_MIN: unknown */
	int64_t now_us;
};

/* Each key can be released and pressed again in one scan's decisions. */
#define CONTACTS_EVENTS_MAX (4 * CONTACTS_COUNT)

struct contacts {
	struct contact keys[CONTACTS_COUNT];
	int64_t scanned_us; /* the scan before */
	struct keypad_event events[CONTACTS_EVENTS_MAX];
	size_t first, count;
};

void contacts_begin(struct contacts *contacts);
void contacts_take(struct contacts *contacts, const struct contacts_scan *scan);
/* The lines are gone: keys that are down are released, and nothing is known of any. */
void contacts_lose(struct contacts *contacts, int64_t now_us);
bool contacts_next(struct contacts *contacts, struct keypad_event *event);
/* When the next scan is wanted; INT64_MAX: not before there is an edge. */
int64_t contacts_deadline(const struct contacts *contacts, int64_t now_us);
/* Whether three corners of a rectangle are among these keys. */
bool contacts_ambiguous(uint16_t keys);
/* Which keys are stuck. */
uint16_t contacts_stuck(const struct contacts *contacts);
/* '1' and so on of a key's number. */
char contacts_key(unsigned key);

#endif
