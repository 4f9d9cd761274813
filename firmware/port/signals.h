/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The seam to what draws attention: an active buzzer and a lamp. */
#ifndef KOTAK_PORT_SIGNALS_H
#define KOTAK_PORT_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

enum signals_sound {
	SIGNALS_CLICK,	 /* 15 ms: a key was taken */
	SIGNALS_REFUSED, /* two short ones */
	SIGNALS_SUCCESS, /* short, long */
	SIGNALS_WARNING, /* three long ones */
};

enum signals_lamp {
	SIGNALS_LAMP_OFF,
	SIGNALS_LAMP_ON,
	SIGNALS_LAMP_BLINK, /* once a second */
};

struct signals;

struct signals_ops {
	const char *name;
	/* Begins a sound; the one before it ends. */
	void (*sound)(struct signals *signals, enum signals_sound sound, int64_t now_us);
	void (*lamp)(struct signals *signals, enum signals_lamp lamp, int64_t now_us);
	/* When tick() wants to be called (monotonic), INT64_MAX for never. */
	int64_t (*deadline)(const struct signals *signals);
	void (*tick)(struct signals *signals, int64_t now_us);
	/* What is wrong and what to do, for a technician; "" when nothing is. */
	const char *(*trouble)(const struct signals *signals);
	/* Switches both off. */
	void (*close)(struct signals *signals);
};

struct signals {
	const struct signals_ops *ops;
};

#endif
