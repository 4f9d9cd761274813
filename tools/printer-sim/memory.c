/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *insist(void *memory)
{
	if (!memory) {
		fputs("printer-sim: out of memory\n", stderr);
		abort();
	}
	return memory;
}

void *must_allocate(size_t count, size_t size)
{
	return insist(calloc(count, size));
}

void *must_resize(void *array, size_t count, size_t size)
{
	return insist(reallocarray(array, count, size));
}

char *must_copy(const char *text)
{
	return insist(strdup(text));
}
