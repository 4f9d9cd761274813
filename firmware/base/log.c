/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
	const char *program;
	int level;
	bool journal;
} log_state = { .program = "kotak", .level = LOG_INFO };

void log_open(const char *program, int level)
{
	log_state.program = program;
	log_state.level = level;
	log_state.journal = getenv("JOURNAL_STREAM") != NULL;
}

void log_write(int level, const char *format, ...)
{
	char line[1024];
	va_list arguments;
	int length;

	if (level > log_state.level)
		return;
	va_start(arguments, format);
	length = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	/* One dprintf is one write: lines of several processes never mix. */
	if (log_state.journal)
		dprintf(STDERR_FILENO, "<%d>%s: %s\n", level, log_state.program, line);
	else
		dprintf(STDERR_FILENO, "%s: %s\n", log_state.program, line);
}
