/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ESC/POS, the language of receipt printers, as Epson's command reference has it and as the
 * small 58 mm printers understand it: jobs to bytes, and the bytes of a status.
 */
#ifndef KOTAK_PRINTER_ESCPOS_H
#define KOTAK_PRINTER_ESCPOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "port/printer.h"

/* Questions of one status: DLE EOT 1 to 4. */
#define ESCPOS_QUESTIONS 4
#define ESCPOS_BREAKS_MAX (PRINTER_LINES_MAX + 2)

/* The bytes of a job. Between two commands at a break, real-time commands may be put. */
struct escpos {
	uint8_t *bytes;
	size_t size, capacity;
	size_t breaks[ESCPOS_BREAKS_MAX]; /* offsets, the last one is size */
	size_t break_count;
};
void escpos_release(struct escpos *escpos);

/*
 * Encodes a job, from ESC @ to the cut. Letters that code page 437 (page 0, which every printer
 * has) lacks are written plainly: "ệ" as "e"; control characters are left out. after_torso: half a
 * slip hangs out of the printer, and is cut off first. 0, -ENOMEM, or -EINVAL for a job that makes
 * no sense. escpos_release() in every case.
 */
must_check int escpos_encode(const struct printer_job *job, bool after_torso, struct escpos *out);

/* DLE EOT number (1 to 4): answered at once, whatever the printer is doing. */
#define ESCPOS_QUESTION_SIZE 3
void escpos_question(unsigned number, uint8_t out[static ESCPOS_QUESTION_SIZE]);
/* GS r 1: answered when all before it was printed. */
#define ESCPOS_MARK_SIZE 3
extern const uint8_t escpos_mark[ESCPOS_MARK_SIZE];
/* DLE DC4 8: forget what isn't printed yet. */
#define ESCPOS_CLEAR_SIZE 10
extern const uint8_t escpos_clear[ESCPOS_CLEAR_SIZE];

/* What a byte of the printer's answers: they are told apart by their fixed bits. */
bool escpos_is_status(uint8_t byte); /* DLE EOT */
bool escpos_is_mark(uint8_t byte);   /* GS r */

/*
 * The state that the answers to DLE EOT 1 to 4 tell (0: not answered), the most hindering thing
 * first, and in text what to do about it.
 */
enum printer_state escpos_state(
	const uint8_t answers[static ESCPOS_QUESTIONS], char *text, size_t size);

#endif
