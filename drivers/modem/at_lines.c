/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/at_lines.h"

void at_lines_clear(struct at_lines *lines)
{
	lines->size = 0;
	lines->text[0] = '\0';
	lines->complete = false;
	lines->overlong = false;
	lines->garbled = false;
}

static enum at_token end_line(struct at_lines *lines)
{
	bool overlong = lines->overlong;

	if (overlong) {
		at_lines_clear(lines);
		return AT_TOKEN_NONE;
	}
	while (lines->size > 0 && lines->text[lines->size - 1] == ' ')
		lines->size--;
	lines->text[lines->size] = '\0';
	if (lines->size == 0) {
		at_lines_clear(lines);
		return AT_TOKEN_NONE;
	}
	lines->complete = true;
	return AT_TOKEN_LINE;
}

enum at_token at_lines_feed(struct at_lines *lines, uint8_t byte, bool expect_prompt)
{
	if (lines->complete)
		at_lines_clear(lines);
	if (byte == '\r' || byte == '\n')
		return end_line(lines);
	if (lines->size == 0 && byte == ' ')
		return AT_TOKEN_NONE;
	if (lines->size == 0 && byte == '>')
		return expect_prompt ? AT_TOKEN_PROMPT : AT_TOKEN_NONE;
	if (byte < ' ' || byte == 0x7f) {
		/* A tab, and the NUL that some send while they boot, are no sign of a bad line. */
		if (byte != '\t' && byte != '\0') {
			lines->garbage++;
			lines->garbled = true;
		}
		return AT_TOKEN_NONE;
	}
	if (byte >= 0x80) {
		lines->garbage++;
		lines->garbled = true;
	}
	if (lines->size == AT_LINE_MAX) {
		if (!lines->overlong)
			lines->garbage++;
		lines->overlong = true;
		return AT_TOKEN_NONE;
	}
	lines->text[lines->size++] = (char)byte;
	return AT_TOKEN_NONE;
}
