/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The printer seam: one paper slip at a time. Never blocks, whatever the printer does. */
#ifndef KOTAK_PORT_PRINTER_H
#define KOTAK_PORT_PRINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Characters of one line of plain text on 58 mm paper. */
#define PRINTER_COLUMNS 32
#define PRINTER_LINES_MAX 40
#define PRINTER_TEXT_MAX 240

enum printer_kind {
	PRINTER_TEXT,  /* wrapped at PRINTER_COLUMNS */
	PRINTER_TITLE, /* centred, bold */
	PRINTER_BIG,   /* centred, double width and height: a ticket number */
	PRINTER_QR,    /* a QR code of text */
	PRINTER_RULE,
	PRINTER_SPACE, /* an empty line */
};

struct printer_line {
	enum printer_kind kind;
	char text[PRINTER_TEXT_MAX]; /* UTF-8; what the printer doesn't have is written plainly */
};

struct printer_job {
	int64_t id;
	struct printer_line lines[PRINTER_LINES_MAX];
	size_t count;
};

enum printer_state {
	PRINTER_UNKNOWN,
	PRINTER_ABSENT, /* unplugged, its port can't be opened, or it answers no more: switched off
			 */
	PRINTER_SILENT, /* it has never told its state: it is taken to print */
	PRINTER_READY,
	PRINTER_PAPER_LOW, /* it still prints */
	PRINTER_PAPER_OUT,
	PRINTER_COVER_OPEN,
	PRINTER_FAULT, /* cutter or head: printer->text says what */
};

enum printer_event_type {
	PRINTER_STATUS, /* state, text */
	PRINTER_DONE,	/* id: it is on paper */
	PRINTER_FAILED, /* id, maybe_printed, text: why */
};

struct printer_event {
	enum printer_event_type type;
	enum printer_state state;
	int64_t id;
	bool maybe_printed; /* some of it may be on paper */
	char text[160];
};

struct printer;

struct printer_ops {
	const char *name;
	/* Readable (or writable when wants_write()) while something is under way; it changes
	 * when the printer is plugged in anew; -1: only deadline() counts. */
	int (*fd)(const struct printer *printer);
	bool (*wants_write)(const struct printer *printer);
	/* 1 and an event, 0 when there is none now, or a negative errno. */
	int (*next)(struct printer *printer, struct printer_event *event, int64_t now_ms);
	int64_t (*deadline)(const struct printer *printer);
	/* -EBUSY while one is under way, -ENOTCONN while it can't print. The job is copied. */
	int (*submit)(struct printer *printer, const struct printer_job *job, int64_t now_ms);
	void (*close)(struct printer *printer);
};

struct printer {
	const struct printer_ops *ops;
};

/* "paper out" and so on, and back. */
const char *printer_state_name(enum printer_state state);
bool printer_state_from_name(const char *name, enum printer_state *state);
/* Whether it prints in this state. */
bool printer_able(enum printer_state state);

#endif
