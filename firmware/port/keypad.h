/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keypad seam: debounced keys as events. */
#ifndef KOTAK_PORT_KEYPAD_H
#define KOTAK_PORT_KEYPAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum keypad_action {
	KEYPAD_PRESS,
	KEYPAD_REPEAT, /* held: first after 500 ms, then every 150 ms */
	KEYPAD_HOLD,   /* held for 800 ms: once */
	KEYPAD_RELEASE,
};

struct keypad_event {
	enum keypad_action action;
	char key;	 /* '0'-'9', '*', '#', 'A'-'D' */
	int64_t time_us; /* CLOCK_MONOTONIC: the first edge of it that was seen */
};

struct keypad;

struct keypad_ops {
	const char *name;
	/* Readable when next() may have something, one descriptor for its whole life; -1 while
	 * only deadline() counts. */
	int (*fd)(const struct keypad *keypad);
	/* 1 and an event, 0 when there is none now, or a negative errno (said by trouble()): it is
	 * tried again at deadline(). */
	int (*next)(struct keypad *keypad, struct keypad_event *event, int64_t now_us);
	/* When next() wants to be called though nothing is readable; INT64_MAX: never. */
	int64_t (*deadline)(const struct keypad *keypad);
	/* Whether the keypad has the column A to D. */
	bool (*has_letters)(const struct keypad *keypad);
	/* What is wrong and what to do, for a technician; "" when nothing is. */
	const char *(*trouble)(const struct keypad *keypad);
	void (*close)(struct keypad *keypad);
};

struct keypad {
	const struct keypad_ops *ops;
};

#endif
