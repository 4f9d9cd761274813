/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory: a simulator without any has nothing to save, so running out ends the program. */
#ifndef PRINTER_SIM_MEMORY_H
#define PRINTER_SIM_MEMORY_H

#include <stddef.h>

/* Zeroed. */
void *must_allocate(size_t count, size_t size);
/* An array of so many elements, new ones not set. */
void *must_resize(void *array, size_t count, size_t size);
char *must_copy(const char *text);

#endif
