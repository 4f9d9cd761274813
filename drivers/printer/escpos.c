/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "printer/escpos.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "printer/letters.h"

/* A letter of the code page may be written with up to three plain ones. */
#define LETTERS_MAX (3 * PRINTER_TEXT_MAX)

#define ALIGN_LEFT 0
#define ALIGN_CENTRE 1
#define SIZE_NORMAL 0x00
#define SIZE_DOUBLE 0x11
/* Dots of one square of a QR code: as large as the paper's 384 dots allow, for poor cameras. */
#define QR_DOTS_SHORT 7
#define QR_DOTS_LONG 4
#define QR_SHORT_MAX 84 /* characters: up to version 6, 41 squares a side */
#define QR_MODEL_2 50
#define QR_CORRECTION_M 49
/* Lines from the head to the edge where paper is torn off. */
#define FEED_LINES 4

const uint8_t escpos_mark[ESCPOS_MARK_SIZE] = { 0x1D, 'r', 1 };
/* DLE DC4 fn=8 with the seven bytes that keep it from being sent by accident. */
const uint8_t escpos_clear[ESCPOS_CLEAR_SIZE] = { 0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8 };

void escpos_release(struct escpos *escpos)
{
	free(escpos->bytes);
	*escpos = (struct escpos) { 0 };
}

static int put(struct escpos *out, const uint8_t *bytes, size_t count)
{
	if (out->size + count > out->capacity) {
		size_t capacity = 2 * (out->size + count);
		uint8_t *grown = realloc(out->bytes, capacity);

		if (!grown)
			return -ENOMEM;
		out->bytes = grown;
		out->capacity = capacity;
	}
	memcpy(out->bytes + out->size, bytes, count);
	out->size += count;
	return 0;
}

#define PUT(out, ...)                                                                              \
	put(out, (const uint8_t[]) { __VA_ARGS__ }, sizeof((const uint8_t[]) { __VA_ARGS__ }))

/* ESC a, ESC E, GS !: how the lines that follow look. */
static int put_style(struct escpos *out, uint8_t align, bool bold, uint8_t size)
{
	return PUT(out, 0x1B, 'a', align, 0x1B, 'E', bold, 0x1D, '!', size);
}

/* Where a line of at most columns ends: behind a word, or in the middle of one that is longer.
 * *next gets where the following one begins. */
static size_t line_end(const uint8_t *letters, size_t count, size_t columns, size_t *next)
{
	size_t end = columns;

	if (count <= columns) {
		*next = count;
		return count;
	}
	while (end > 0 && letters[end] != ' ')
		end--;
	if (end == 0)
		end = columns;
	*next = end;
	while (*next < count && letters[*next] == ' ')
		(*next)++;
	while (end > 0 && letters[end - 1] == ' ')
		end--;
	return end;
}

static int put_wrapped(struct escpos *out, const char *text, size_t columns)
{
	uint8_t letters[LETTERS_MAX];
	size_t count = letters_write(text, letters, sizeof(letters));
	size_t begin = 0;
	int error = count ? 0 : PUT(out, '\n');

	while (!error && begin < count) {
		size_t next;
		size_t end = line_end(letters + begin, count - begin, columns, &next);

		error = put(out, letters + begin, end);
		if (!error)
			error = PUT(out, '\n');
		begin += next;
	}
	return error;
}

static int put_styled(struct escpos *out, const char *text, bool bold, uint8_t size, size_t columns)
{
	int error = put_style(out, ALIGN_CENTRE, bold, size);

	if (!error)
		error = put_wrapped(out, text, columns);
	if (!error)
		error = put_style(out, ALIGN_LEFT, false, SIZE_NORMAL);
	return error;
}

/* GS ( k, functions 165, 167, 169, 180 and 181 of symbol type 49: model, size, error correction,
 * data, print. */
static int put_qr(struct escpos *out, const char *text)
{
	uint8_t data[PRINTER_TEXT_MAX];
	size_t count = 0;

	/* A reader is told UTF-8 by nothing but habit: bytes as they are, without controls. */
	for (const char *byte = text; *byte && count < sizeof(data); byte++) {
		if ((uint8_t)*byte >= ' ' && *byte != 0x7F)
			data[count++] = (uint8_t)*byte;
	}
	if (!count)
		return 0;
	uint8_t dots = count <= QR_SHORT_MAX ? QR_DOTS_SHORT : QR_DOTS_LONG;
	int error = put_style(out, ALIGN_CENTRE, false, SIZE_NORMAL);
	if (!error)
		error = PUT(out, 0x1D, '(', 'k', 4, 0, 49, 65, QR_MODEL_2, 0, /* 165 */
			0x1D, '(', 'k', 3, 0, 49, 67, dots,		      /* 167 */
			0x1D, '(', 'k', 3, 0, 49, 69, QR_CORRECTION_M,	      /* 169 */
			0x1D, '(', 'k', (uint8_t)((count + 3) & 0xFF), (uint8_t)((count + 3) >> 8),
			49, 80, 48); /* 180 */
	if (!error)
		error = put(out, data, count);
	if (!error)
		error = PUT(out, 0x1D, '(', 'k', 3, 0, 49, 81, 48, '\n'); /* 181 */
	if (!error)
		error = put_style(out, ALIGN_LEFT, false, SIZE_NORMAL);
	return error;
}

static int put_rule(struct escpos *out)
{
	uint8_t rule[PRINTER_COLUMNS + 1];

	memset(rule, '-', PRINTER_COLUMNS);
	rule[PRINTER_COLUMNS] = '\n';
	return put(out, rule, sizeof(rule));
}

static int put_line(struct escpos *out, const struct printer_line *line)
{
	if (!memchr(line->text, '\0', sizeof(line->text)))
		return -EINVAL;
	switch (line->kind) {
	case PRINTER_TEXT:
		return put_wrapped(out, line->text, PRINTER_COLUMNS);
	case PRINTER_TITLE:
		return put_styled(out, line->text, true, SIZE_NORMAL, PRINTER_COLUMNS);
	case PRINTER_BIG:
		return put_styled(out, line->text, true, SIZE_DOUBLE, PRINTER_COLUMNS / 2);
	case PRINTER_QR:
		return put_qr(out, line->text);
	case PRINTER_RULE:
		return put_rule(out);
	case PRINTER_SPACE:
		return PUT(out, '\n');
	}
	return -EINVAL;
}

/* GS V 66 0 cuts, and does nothing where there is no cutter: the feed is for tearing. */
static int put_cut(struct escpos *out)
{
	return PUT(out, 0x1B, 'd', FEED_LINES, 0x1D, 'V', 66, 0);
}

int escpos_encode(const struct printer_job *job, bool after_torso, struct escpos *out)
{
	/* ESC @ forgets what an interrupted job left; FS . leaves the two-byte characters that some
	 * printers begin with; ESC t 0 and ESC R 0: page 437, USA. */
	int error = PUT(out, 0x1B, '@', 0x1C, '.', 0x1B, 't', 0, 0x1B, 'R', 0);

	if (job->count > PRINTER_LINES_MAX)
		return -EINVAL;
	if (!error && after_torso)
		error = put_cut(out);
	for (size_t i = 0; !error && i < job->count; i++) {
		out->breaks[out->break_count++] = out->size;
		error = put_line(out, &job->lines[i]);
	}
	if (!error)
		out->breaks[out->break_count++] = out->size;
	if (!error)
		error = put_cut(out);
	if (!error)
		out->breaks[out->break_count++] = out->size;
	return error;
}

void escpos_question(unsigned number, uint8_t out[static ESCPOS_QUESTION_SIZE])
{
	out[0] = 0x10;
	out[1] = 0x04;
	out[2] = (uint8_t)number;
}

bool escpos_is_status(uint8_t byte)
{
	return (byte & 0x93) == 0x12;
}

bool escpos_is_mark(uint8_t byte)
{
	return (byte & 0x90) == 0;
}

/* Bits of the answers, by number: 1 the printer, 2 why it is offline, 3 errors, 4 paper. */
#define OFFLINE_1 0x08
#define COVER_2 0x04
#define FEEDING_2 0x08
#define PAPER_2 0x20
#define ERROR_2 0x40
#define CUTTER_3 0x08
#define FATAL_3 0x20
#define HOT_3 0x40
#define LOW_4 0x0C
#define PAPER_4 0x60

enum printer_state escpos_state(
	const uint8_t answers[static ESCPOS_QUESTIONS], char *text, size_t size)
{
	enum printer_state state = PRINTER_READY;
	const char *words = "";

	if (answers[2] & CUTTER_3) {
		state = PRINTER_FAULT;
		words = "the cutter is stuck: switch it off, free the paper, switch it on";
	} else if (answers[2] & FATAL_3) {
		state = PRINTER_FAULT;
		words = "it reports a fault of its own: switch it off and on; if it stays, it "
			"needs a repair";
	} else if (answers[1] & COVER_2) {
		state = PRINTER_COVER_OPEN;
		words = "close its cover";
	} else if ((answers[1] & PAPER_2) || (answers[3] & PAPER_4)) {
		state = PRINTER_PAPER_OUT;
		words = "put in a roll of thermal paper, 58 mm";
	} else if (answers[2] & HOT_3) {
		state = PRINTER_FAULT;
		words = "its head is too hot: it goes on by itself when it has cooled down";
	} else if (answers[1] & ERROR_2) {
		state = PRINTER_FAULT;
		words = "it reports an error: open and close its cover, or switch it off and on";
	} else if (answers[1] & FEEDING_2) {
		state = PRINTER_FAULT;
		words = "its feed button is held down";
	} else if (answers[0] & OFFLINE_1) {
		state = PRINTER_FAULT;
		words = "it is offline: switch it off and on";
	} else if (answers[3] & LOW_4) {
		state = PRINTER_PAPER_LOW;
		words = "the roll is nearly used up: have another one ready";
	}
	snprintf(text, size, "%s", words);
	return state;
}
