/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines out of the bytes that a modem sends. A line ends with CR or LF (V.250 allows any
 * other framing to be garbage); the prompt "> " of 27.005 has no end and is seen at once.
 */
#ifndef KOTAK_MODEM_AT_LINES_H
#define KOTAK_MODEM_AT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest line kept: a PDU of MODEM_PDU_MAX octets in hex has 1024 characters. */
#define AT_LINE_MAX 2047

enum at_token {
	AT_TOKEN_NONE,
	AT_TOKEN_LINE,	 /* lines->text, good until the next byte */
	AT_TOKEN_PROMPT, /* "> " */
};

struct at_lines {
	char text[AT_LINE_MAX + 1];
	size_t size;
	bool complete;	  /* text was handed out: the next byte begins a new line */
	bool overlong;	  /* the line lost its end */
	bool garbled;	  /* the line has bytes that no modem sends in an answer */
	uint64_t garbage; /* such bytes and overlong lines, since the beginning */
};

/*
 * Takes one byte. Empty lines, control characters and spaces around a line are dropped, an
 * overlong line is dropped whole. A prompt is looked for only when expect_prompt.
 */
enum at_token at_lines_feed(struct at_lines *lines, uint8_t byte, bool expect_prompt);

/* Forgets a line begun; the count of garbage stays. */
void at_lines_clear(struct at_lines *lines);

#endif
