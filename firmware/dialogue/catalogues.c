/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the catalogues are. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dialogue/dialogue.h"

int dialogue_init_beside_program(void)
{
	char program[PATH_MAX];
	autofree char *beside = NULL;
	ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (length > 0) {
		program[length] = '\0';
		char *slash = strrchr(program, '/');
		if (slash)
			*slash = '\0';
		if (asprintf(&beside, "%s/locale", program) < 0)
			return -ENOMEM;
	}
	return dialogue_init(
		beside && access(beside, F_OK) == 0 ? beside : KOTAK_PREFIX "/share/locale");
}
