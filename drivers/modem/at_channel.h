/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The AT dialogue (V.250, 27.005, 27.007): one command at a time, each with a deadline;
 * spontaneous lines recognised wherever they come, also right before an answer or between its
 * lines; resynchronisation after noise or a missed deadline.
 *
 * It does no I/O and reads no clock: bytes and times (monotonic milliseconds) come in as
 * arguments, bytes to write are asked for. Callbacks may start the next command.
 */
#ifndef KOTAK_MODEM_AT_CHANNEL_H
#define KOTAK_MODEM_AT_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

enum at_result {
	AT_OK,
	AT_ERROR,     /* ERROR and the other final results without a number */
	AT_CME_ERROR, /* 27.007, 9.2; code */
	AT_CMS_ERROR, /* 27.005, 3.2.5; code */
	AT_TIMEOUT,   /* no final result within the deadline; a resynchronisation has begun */
	AT_ABORTED,   /* at_channel_abort() */
};

struct at_answer {
	enum at_result result;
	int code;	   /* of a CME or CMS error; -1 none, or one given in words */
	unsigned lines;	   /* of the answer that had the prefix */
	bool payload_sent; /* the payload left: what it asks for may have been done */
};

struct at_command {
	const char *text;    /* without its CR; copied */
	const char *prefix;  /* what lines of the answer begin with; NULL: it has none;
				"": plain text (AT+CGMI): any line that isn't spontaneous.
				Must live until done() */
	bool pdu_follows;    /* after each such line comes one of hex digits only */
	const char *payload; /* written after the prompt, with a Ctrl-Z; copied; NULL for none */
	int64_t prompt_ms;   /* deadline of the prompt */
	int64_t timeout_ms;  /* of the final result; begins anew with each line and the payload */
	void (*prompt)(void *context); /* just before the payload is written */
	/* A line of the answer, and the PDU after it ("" when none came). */
	void (*line)(void *context, const char *line, const char *pdu);
	void (*done)(void *context, const struct at_answer *answer);
	void *context;
};

enum at_shape {
	AT_SHAPE_LINE,	 /* begins with the prefix */
	AT_SHAPE_WHOLE,	 /* is exactly this: RDY */
	AT_SHAPE_PDU,	 /* a line of hex digits follows: +CMT, +CDS */
	AT_SHAPE_QUOTED, /* its string may go on over several lines: +CUSD */
};

struct at_spontaneous {
	const char *prefix;
	enum at_shape shape;
	/* Not called for lines that a command under way waits for. NULL: of no interest. */
	void (*handle)(void *context, const char *line, const char *pdu);
};

struct at_channel;

/*
 * table (count entries, first match counts) and its context must live as long as the channel.
 * synchronised is called whenever a resynchronisation has succeeded. -ENOMEM.
 */
must_check int at_channel_new(const struct at_spontaneous *table, size_t count,
	void (*synchronised)(void *context), void *context, struct at_channel **out);
void at_channel_free(struct at_channel *channel);

/* A new port: forgets everything under way without calling back, nothing is synchronised. */
void at_channel_reset(struct at_channel *channel);

/* Bytes that came from the modem. */
void at_channel_input(
	struct at_channel *channel, const uint8_t *bytes, size_t size, int64_t now_ms);

/* Bytes to write to the modem; 0 when there are none. */
size_t at_channel_output(const struct at_channel *channel, const uint8_t **bytes);
void at_channel_written(struct at_channel *channel, size_t size);

/* -EBUSY while a command or a resynchronisation is under way, -EMSGSIZE when it is too long. */
must_check int at_channel_command(
	struct at_channel *channel, const struct at_command *command, int64_t now_ms);
bool at_channel_busy(const struct at_channel *channel);

/* Ends the command under way, if any, with AT_ABORTED. */
void at_channel_abort(struct at_channel *channel);

/*
 * Finds back to a state in which a command gets its own answer: ESC (out of a prompt), AT until
 * a clean OK that nothing follows. Begins at start_ms, tried for as long as it takes.
 */
void at_channel_synchronise(struct at_channel *channel, int64_t start_ms);
/* How many probes of the present resynchronisation had no success; 0 when there is none. */
unsigned at_channel_tries(const struct at_channel *channel);

/* When at_channel_tick() wants to be called; INT64_MAX for never. */
int64_t at_channel_deadline(const struct at_channel *channel);
void at_channel_tick(struct at_channel *channel, int64_t now_ms);

/* Lines that nobody knew, since at_channel_new(). */
unsigned at_channel_unknown_lines(const struct at_channel *channel);

/*
 * Whether the modem has echoed since at_channel_forget_echo(): where echo was switched off, it
 * has started anew meanwhile.
 */
bool at_channel_echoed(const struct at_channel *channel);
void at_channel_forget_echo(struct at_channel *channel);

/* Brings the deadline of the command under way forward. */
void at_channel_hurry(struct at_channel *channel, int64_t deadline_ms);

/* Whether text is a non-empty even number of hex digits. */
bool at_is_hex(const char *text);

#endif
