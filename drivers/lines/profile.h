/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A board's profile: which line does what, read from board/profiles/NAME.conf. A name is the same
 * for all programs; a file with an installation's own wiring replaces single entries.
 *
 *   [board]    model    the beginning of /proc/device-tree/model; another is only warned about
 *   [chip]     label    chip of the lines below; "LABEL:LINE" is a line of another
 *   [keypad]   rows, columns          four, and three or four lines
 *   [display]  rs, enable, data, backlight, i2c_bus   data: four lines, D4 first
 *   [outputs]  buzzer, lamp
 */
#ifndef KOTAK_LINES_PROFILE_H
#define KOTAK_LINES_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "port/lines.h"

#define PROFILE_ROWS 4
#define PROFILE_COLUMNS_MAX 4
#define PROFILE_DATA 4

/* A line that the profile doesn't have has a chip of NULL. Everything belongs to the profile. */
struct profile {
	const char *path;  /* of the board's own file */
	const char *model; /* NULL: any machine */
	struct lines_name rows[PROFILE_ROWS];
	size_t row_count; /* 4, or 0: no keypad */
	struct lines_name columns[PROFILE_COLUMNS_MAX];
	size_t column_count; /* 3 or 4, or 0 */
	struct lines_name rs, enable, data[PROFILE_DATA];
	bool has_display; /* rs, enable and data are there */
	struct lines_name backlight;
	int i2c_bus; /* -1: none */
	struct lines_name buzzer, lamp;
};

/*
 * board: a name, looked for as boards/NAME.conf beside the program and then in
 * PREFIX/share/kotak/boards, or a path when it has a '/'. overrides: a file of the same form whose
 * entries replace the board's, or NULL. 0 and a profile that the caller frees, or -ENOENT, -EINVAL
 * or another negative errno; everything wrong was said in the log, with file and line.
 */
must_check int profile_load(const char *board, const char *overrides, struct profile **out);
/* NULL is fine. */
void profile_free(struct profile *profile);
DEFINE_CLEANUP(profile, struct profile *, profile_free);
#define autoprofile __attribute__((cleanup(profile_cleanup)))

/*
 * Whether the machine is the board's, by model_file (/proc/device-tree/model; unreadable: no).
 * profile_load() warns when it isn't.
 */
bool profile_fits(const struct profile *profile, const char *model_file);

#endif
