/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

#include "font.h"
#include "memory.h"

#define ESC 0x1B
#define FS 0x1C
#define GS 0x1D
/* 1/6 inch at 203 dots an inch, and what ESC 2 sets. */
#define SPACING_DEFAULT 30
#define QR_SYMBOL 49

void engine_reset(struct engine *engine)
{
	engine->style = (struct engine_style) { .width = 1, .height = 1 };
	engine->letters = 0;
	engine->spacing = SPACING_DEFAULT;
	engine->qr_dots = 3;
	engine->qr_level = 0;
	engine->qr_size = 0;
}

void engine_init(struct engine *engine, struct paper *paper, const struct engine_handler *handler)
{
	*engine = (struct engine) { .paper = paper, .handler = *handler };
	engine_reset(engine);
}

void engine_release(struct engine *engine)
{
	free(engine->qr_data);
	*engine = (struct engine) { 0 };
}

void engine_clear(struct engine *engine)
{
	engine->command_size = 0;
	engine->skip = 0;
	engine->letters = 0;
}

/* GS ( k: function fn of the QR code, with the bytes after cn and fn. */
static void qr_function(struct engine *engine, uint8_t function, const uint8_t *bytes, size_t size)
{
	switch (function) {
	case 65: /* 165: the model */
		break;
	case 67: /* 167: dots of a square */
		if (size == 1 && bytes[0] >= 1 && bytes[0] <= 16)
			engine->qr_dots = bytes[0];
		break;
	case 69: /* 169: error correction, 48 L to 51 H */
		if (size == 1 && bytes[0] >= 48 && bytes[0] <= 51)
			engine->qr_level = bytes[0] - 48U;
		break;
	case 80: /* 180: store */
		if (size < 1)
			break;
		engine->qr_size = size - 1;
		engine->qr_data = must_resize(engine->qr_data, size, 1);
		memcpy(engine->qr_data, bytes + 1, size - 1);
		break;
	case 81: /* 181: print */
		engine_print_qr(engine);
		break;
	default:
		engine->unknown++;
	}
}

/* ESC !: several things in one byte. */
static void print_mode(struct engine *engine, uint8_t mode)
{
	engine->style.bold = mode & 0x08;
	engine->style.height = mode & 0x10 ? 2 : 1;
	engine->style.width = mode & 0x20 ? 2 : 1;
	engine->style.underline = mode & 0x80;
}

static void feed(struct engine *engine, size_t rows)
{
	if (engine->letters)
		engine_print_line(engine);
	engine->handler.fed(engine->handler.context, paper_feed(engine->paper, rows));
}

static void run_esc(struct engine *engine, uint8_t name, uint8_t value)
{
	switch (name) {
	case '@':
		engine_reset(engine);
		break;
	case 'a':
		engine->style.align = value & 0x03;
		break;
	case 'E':
	case 'G':
		engine->style.bold = value & 1;
		break;
	case '-':
		engine->style.underline = value & 0x03;
		break;
	case '!':
		print_mode(engine, value);
		break;
	case 'd':
		feed(engine, (size_t)value * engine->spacing);
		break;
	case 'J':
		feed(engine, value);
		break;
	case '2':
		engine->spacing = SPACING_DEFAULT;
		break;
	case '3':
		engine->spacing = value;
		break;
	default: /* code page, character set, peripheral …: known, of no consequence here */
		break;
	}
}

static void run_gs(struct engine *engine, const uint8_t *command, size_t size)
{
	switch (command[1]) {
	case '!':
		engine->style.width = (command[2] >> 4 & 7U) + 1;
		engine->style.height = (command[2] & 7U) + 1;
		break;
	case 'B':
		engine->style.reverse = command[2] & 1;
		break;
	case 'V':
		if (size == 4)
			feed(engine, command[3]);
		if (!engine->handler.cut(engine->handler.context))
			break;
		engine->letters = 0;
		break;
	case '(':
		if (command[2] == 'k' && size >= 7 && command[5] == QR_SYMBOL)
			qr_function(engine, command[6], command + 7, size - 7);
		break;
	case 'r':
		engine->handler.answer(
			engine->handler.context, engine->handler.sensor(engine->handler.context));
		break;
	default:
		break;
	}
}

/* The sizes of commands that are always as long. */
static const struct {
	uint8_t lead, name, size;
} sizes[] = {
	{ ESC, '@', 2 },
	{ ESC, '2', 2 },
	{ ESC, 'a', 3 },
	{ ESC, 'E', 3 },
	{ ESC, 'G', 3 },
	{ ESC, '-', 3 },
	{ ESC, '!', 3 },
	{ ESC, 'M', 3 },
	{ ESC, 'd', 3 },
	{ ESC, 'J', 3 },
	{ ESC, '3', 3 },
	{ ESC, 't', 3 },
	{ ESC, 'R', 3 },
	{ ESC, ' ', 3 },
	{ ESC, '{', 3 },
	{ ESC, '=', 3 },
	{ ESC, 'c', 4 },
	{ ESC, 'p', 5 },
	{ FS, '.', 2 },
	{ FS, '&', 2 },
	{ FS, 'S', 4 },
	{ GS, '!', 3 },
	{ GS, 'B', 3 },
	{ GS, 'L', 4 },
	{ GS, 'W', 4 },
	{ GS, 'r', 3 },
	{ GS, 'a', 3 },
	{ GS, 'I', 3 },
	{ GS, 'h', 3 },
	{ GS, 'w', 3 },
	{ GS, 'H', 3 },
	{ GS, 'f', 3 },
};

/* How long the command in hand is going to be; 0: there is no such command. */
static size_t command_length(const uint8_t *command, size_t size)
{
	if (size < 2)
		return 2;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (sizes[i].lead == command[0] && sizes[i].name == command[1])
			return sizes[i].size;
	}
	if (command[0] == GS && command[1] == 'V')
		return size >= 3 && command[2] >= 65 ? 4 : 3;
	if (command[0] == GS && command[1] == '(')
		return size < 5 ? 5 : 5 + (size_t)command[3] + 256 * (size_t)command[4];
	return 0;
}

static void command_byte(struct engine *engine, uint8_t byte)
{
	size_t length;

	engine->command[engine->command_size++] = byte;
	length = command_length(engine->command, engine->command_size);
	if (length == 0) {
		engine->unknown += engine->command_size;
		engine->command_size = 0;
	} else if (length > ENGINE_COMMAND_MAX) {
		engine->unknown += length;
		engine->skip = length - engine->command_size;
		engine->command_size = 0;
	} else if (engine->command_size == length) {
		if (engine->command[0] == ESC)
			run_esc(engine, engine->command[1], length > 2 ? engine->command[2] : 0);
		else if (engine->command[0] == GS)
			run_gs(engine, engine->command, length);
		engine->command_size = 0;
	}
}

static void letter(struct engine *engine, uint8_t code)
{
	unsigned dots = engine->style.width * FONT_WIDTH;

	for (size_t i = 0; i < engine->letters; i++)
		dots += engine->line[i].style.width * FONT_WIDTH;
	if (dots > PAPER_WIDTH || engine->letters == ENGINE_LINE_MAX)
		engine_print_line(engine);
	if (!font_text(code))
		engine->unknown++;
	engine->line[engine->letters++] =
		(struct engine_letter) { .code = code, .style = engine->style };
}

void engine_byte(struct engine *engine, uint8_t byte)
{
	if (engine->skip) {
		engine->skip--;
	} else if (engine->command_size || byte == ESC || byte == GS || byte == FS) {
		command_byte(engine, byte);
	} else if (byte == '\n') {
		engine_print_line(engine);
	} else if (byte >= ' ' && byte != 0x7F) {
		letter(engine, byte);
	} else if (byte != '\r' && byte != '\0') {
		engine->unknown++;
	}
}
