/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "port/printer.h"

#include <string.h>

#include "base/cleanup.h"

static const char *const names[] = {
	[PRINTER_UNKNOWN] = "unknown",
	[PRINTER_ABSENT] = "absent",
	[PRINTER_SILENT] = "silent",
	[PRINTER_READY] = "ready",
	[PRINTER_PAPER_LOW] = "paper low",
	[PRINTER_PAPER_OUT] = "paper out",
	[PRINTER_COVER_OPEN] = "cover open",
	[PRINTER_FAULT] = "fault",
};

const char *printer_state_name(enum printer_state state)
{
	return (size_t)state < ARRAY_SIZE(names) ? names[state] : names[PRINTER_UNKNOWN];
}

bool printer_state_from_name(const char *name, enum printer_state *state)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*state = (enum printer_state)i;
			return true;
		}
	}
	return false;
}

bool printer_able(enum printer_state state)
{
	return state == PRINTER_READY || state == PRINTER_PAPER_LOW || state == PRINTER_SILENT;
}
