/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The print engine: ESC/POS commands, byte by byte, onto paper. Written from the command
 * reference, as a printer of 58 mm with font A (12 by 24 dots, 32 columns) reads it.
 */
#ifndef PRINTER_SIM_ENGINE_H
#define PRINTER_SIM_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "paper.h"

#define ENGINE_LINE_MAX (PAPER_WIDTH / 12)
#define ENGINE_COMMAND_MAX 4096

/* What the engine wants of the device around it. */
struct engine_handler {
	/* The cutter, if there is one: false when the slip stays on the roll. */
	bool (*cut)(void *context);
	/* So many rows were fed by command: where there is no cutter, people tear now. */
	void (*fed)(void *context, size_t rows);
	/* A byte for the host. */
	void (*answer)(void *context, uint8_t byte);
	/* GS r 1: the paper sensor's bits. */
	uint8_t (*sensor)(void *context);
	void *context;
};

struct engine_style {
	unsigned align; /* 0 left, 1 centre, 2 right */
	unsigned width, height;
	bool bold, underline, reverse;
};

struct engine_letter {
	uint8_t code;
	struct engine_style style;
};

struct engine {
	struct paper *paper;
	struct engine_handler handler;
	uint8_t command[ENGINE_COMMAND_MAX];
	size_t command_size;
	size_t skip; /* bytes of a command that is too long to keep */
	struct engine_style style;
	struct engine_letter line[ENGINE_LINE_MAX];
	size_t letters;
	unsigned spacing; /* rows of a line at least */
	unsigned qr_dots, qr_level;
	uint8_t *qr_data;
	size_t qr_size;
	uint64_t unknown; /* bytes that are no command or letter it knows */
};

void engine_init(struct engine *engine, struct paper *paper, const struct engine_handler *handler);
void engine_release(struct engine *engine);
/* As it is switched on: ESC @. */
void engine_reset(struct engine *engine);
/* Forgets a command and a line that are half there. */
void engine_clear(struct engine *engine);
/* Takes the next byte. */
void engine_byte(struct engine *engine, uint8_t byte);

/* engine_line.c: prints the line that was collected, and feeds. */
void engine_print_line(struct engine *engine);
/* engine_line.c: prints the QR code of qr_data. */
void engine_print_qr(struct engine *engine);

#endif
