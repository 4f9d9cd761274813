/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "device.h"

#include <stdio.h>
#include <string.h>

#define DLE 0x10
#define EOT 0x04
#define ENQ 0x05
#define DC4 0x14
/* So much fed by one command is meant for tearing. */
#define TEAR_ROWS (3 * 24)
#define PATH_SIZE 512

static bool low(const struct device *device)
{
	return device->paper.left < (int64_t)DEVICE_LOW_MM * PAPER_ROWS_PER_MM;
}

static bool out(const struct device *device)
{
	return device->paper.left <= 0;
}

static bool offline(const struct device *device)
{
	return device->cover_open || device->cutter_stuck || out(device);
}

/* The piece that hangs out is off: why is "cut", "torn" or, at a roll's end, "paper". */
static void slip_off(struct device *device, const char *why)
{
	struct paper *paper = &device->paper;
	char path[PATH_SIZE];
	json_t *slip;

	/* A piece without anything on it is no slip. */
	if (!json_array_size(paper->text) && !json_array_size(paper->codes)) {
		paper_tear(paper);
		return;
	}
	device->number++;
	snprintf(path, sizeof(path), "%s/slip-%04u.png", device->options.folder, device->number);
	if (paper_save(paper, path) < 0)
		fprintf(stderr, "printer-sim: can't write %s\n", path);
	slip = json_pack("{s:i, s:O, s:O, s:O, s:b, s:s, s:i, s:s}", "number", (int)device->number,
		"text", paper->text, "big", paper->big, "qr", paper->codes, "cut",
		strcmp(why, "cut") == 0, "end", why, "rows", (int)paper->rows, "file", path);
	json_array_append_new(device->slips, slip);
	device->slip(device->context, slip);
	paper_tear(paper);
}

static bool on_cut(void *context)
{
	struct device *device = context;

	if (!device->options.cutter)
		return false;
	slip_off(device, "cut");
	return true;
}

static void on_fed(void *context, size_t rows)
{
	struct device *device = context;

	if (!device->options.cutter && rows >= TEAR_ROWS)
		slip_off(device, "torn");
}

static void on_answer(void *context, uint8_t byte)
{
	struct device *device = context;

	if (!device->silent)
		device->send(device->context, byte);
}

static uint8_t on_sensor(void *context)
{
	const struct device *device = context;

	return (uint8_t)((low(device) ? 0x03 : 0) | (out(device) ? 0x0C : 0));
}

void device_init(struct device *device, const struct device_options *options)
{
	const struct engine_handler handler = { .cut = on_cut,
		.fed = on_fed,
		.answer = on_answer,
		.sensor = on_sensor,
		.context = device };

	*device = (struct device) { .options = *options, .slips = json_array() };
	paper_init(&device->paper, options->paper_mm * PAPER_ROWS_PER_MM);
	engine_init(&device->engine, &device->paper, &handler);
}

void device_release(struct device *device)
{
	engine_release(&device->engine);
	paper_release(&device->paper);
	json_decref(device->slips);
}

/* Prints what waits, as far as it can. */
static void print(struct device *device)
{
	size_t done = 0;

	while (done < device->buffered && !offline(device) && !device->off)
		engine_byte(&device->engine, device->buffer[done++]);
	device->buffered -= done;
	memmove(device->buffer, device->buffer + done, device->buffered);
}

/* The answer to DLE EOT n: bits 1 and 4 are always set, 0 and 7 never. */
static uint8_t status(const struct device *device, uint8_t number)
{
	uint8_t bits = 0x12;

	switch (number) {
	case 1:
		bits |= offline(device) ? 0x08 : 0;
		break;
	case 2:
		bits |= (uint8_t)((device->cover_open ? 0x04 : 0) | (out(device) ? 0x20 : 0) |
				  (device->cutter_stuck ? 0x40 : 0));
		break;
	case 3:
		bits |= device->cutter_stuck ? 0x08 : 0;
		break;
	default:
		bits |= (uint8_t)((low(device) ? 0x0C : 0) | (out(device) ? 0x60 : 0));
		break;
	}
	return bits;
}

static void forget_buffer(struct device *device)
{
	device->buffered = 0;
	engine_clear(&device->engine);
}

static const uint8_t clear_command[DEVICE_REALTIME_MAX] = { DLE, DC4, 8, 1, 3, 20, 1, 6, 2, 8 };

/*
 * Whether the bytes in hand are the beginning of a real-time command: 1, it is whole and was
 * obeyed: 2, no: 0.
 */
static int realtime(struct device *device)
{
	const uint8_t *bytes = device->realtime;
	size_t size = device->realtime_size;

	if (bytes[0] != DLE)
		return 0;
	if (size == 1)
		return 1;
	if (bytes[1] == EOT || bytes[1] == ENQ) {
		if (size == 2)
			return 1;
		if (bytes[1] == EOT && bytes[2] >= 1 && bytes[2] <= 4) {
			device->questions++;
			on_answer(device, status(device, bytes[2]));
			return 2;
		}
		if (bytes[1] == ENQ && bytes[2] == 2 && device->cutter_stuck) {
			device->cutter_stuck = false;
			forget_buffer(device);
			return 2;
		}
		return 0;
	}
	if (memcmp(bytes, clear_command, size) != 0)
		return 0;
	if (size < DEVICE_REALTIME_MAX)
		return 1;
	forget_buffer(device);
	return 2;
}

static void buffer_byte(struct device *device, uint8_t byte)
{
	if (device->buffered == DEVICE_BUFFER_MAX)
		print(device);
	if (device->buffered < DEVICE_BUFFER_MAX)
		device->buffer[device->buffered++] = byte;
	else
		device->overrun++;
}

size_t device_room(const struct device *device)
{
	if (device->off || !offline(device))
		return DEVICE_BUFFER_MAX;
	/* A printer that can't print goes on taking real-time commands. */
	return DEVICE_BUFFER_MAX - device->buffered > 64 ? DEVICE_BUFFER_MAX - device->buffered
							 : 64;
}

size_t device_receive(struct device *device, const uint8_t *bytes, size_t size)
{
	size_t count = size < device_room(device) ? size : device_room(device);

	if (device->off)
		return count;
	device->received += count;
	for (size_t i = 0; i < count; i++) {
		device->realtime[device->realtime_size++] = bytes[i];
		switch (realtime(device)) {
		case 0:
			for (size_t j = 0; j < device->realtime_size; j++)
				buffer_byte(device, device->realtime[j]);
			device->realtime_size = 0;
			break;
		case 2:
			device->realtime_size = 0;
			break;
		default:
			break;
		}
		print(device);
	}
	return count;
}

void device_paper(struct device *device, int64_t mm)
{
	/* What hangs out of a roll that is taken out comes off with it. */
	slip_off(device, "paper");
	device->paper.left = mm * PAPER_ROWS_PER_MM;
	print(device);
}

void device_cover(struct device *device, bool open)
{
	device->cover_open = open;
	print(device);
}

void device_cutter(struct device *device, bool stuck)
{
	device->cutter_stuck = stuck;
	print(device);
}

void device_power(struct device *device, bool on)
{
	device->off = !on;
	device->realtime_size = 0;
	forget_buffer(device);
	if (on)
		engine_reset(&device->engine);
}

json_t *device_state(const struct device *device)
{
	return json_pack("{s:I, s:s, s:b, s:b, s:b, s:b, s:b, s:I, s:I, s:I, s:I, s:i, s:i, s:O}",
		"paper_mm", (json_int_t)(device->paper.left / PAPER_ROWS_PER_MM), "paper",
		out(device)   ? "out"
		: low(device) ? "low"
			      : "in",
		"cover_open", device->cover_open, "cutter_stuck", device->cutter_stuck, "cutter",
		device->options.cutter, "silent", device->silent, "off", device->off, "received",
		(json_int_t)device->received, "waiting", (json_int_t)device->buffered, "overrun",
		(json_int_t)device->overrun, "unknown", (json_int_t)device->engine.unknown,
		"questions", (int)device->questions, "slips", (int)device->number, "printing",
		device->paper.text);
}
