/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The printer as a device: what it does with arriving bytes at once (real-time commands) and what
 * waits in its buffer, its paper, cover and cutter, and the slips that came out of it.
 */
#ifndef PRINTER_SIM_DEVICE_H
#define PRINTER_SIM_DEVICE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine.h"
#include "paper.h"

/* Less than this on the roll: nearly used up. */
#define DEVICE_LOW_MM 300
#define DEVICE_BUFFER_MAX 4096
#define DEVICE_REALTIME_MAX 10

struct device_options {
	const char *folder; /* where the slips go */
	bool cutter;
	int64_t paper_mm;
};

struct device {
	struct device_options options;
	struct paper paper;
	struct engine engine;
	/* Sends a byte to the host. */
	void (*send)(void *context, uint8_t byte);
	/* A slip came out: the entry of the list. */
	void (*slip)(void *context, const json_t *slip);
	void *context;

	bool cover_open, cutter_stuck;
	bool silent; /* prints, and never answers */
	bool off;    /* neither */

	uint8_t buffer[DEVICE_BUFFER_MAX];
	size_t buffered;
	uint64_t received, overrun; /* bytes; those that found the buffer full */
	uint8_t realtime[DEVICE_REALTIME_MAX];
	size_t realtime_size;
	unsigned questions; /* DLE EOT so far */

	json_t *slips;
	unsigned number;
};

void device_init(struct device *device, const struct device_options *options);
void device_release(struct device *device);
/* Bytes from the host. Returns how many found room; the others shall be given again. */
size_t device_receive(struct device *device, const uint8_t *bytes, size_t size);
/* How many bytes it takes in now. */
size_t device_room(const struct device *device);

/* A new roll of so many millimetres; 0: the roll is used up. */
void device_paper(struct device *device, int64_t mm);
void device_cover(struct device *device, bool open);
void device_cutter(struct device *device, bool stuck);
/* Switched off and on: all that it hadn't printed is forgotten. */
void device_power(struct device *device, bool on);
/* The state as an object (caller's reference). */
json_t *device_state(const struct device *device);

#endif
