/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing queue of bytes: appended at the end, taken from the front. Zero-initialise.
 * A simulator without memory has nothing to save, so running out ends the program with
 * a word on standard error; nothing here can fail otherwise.
 */
#ifndef MODEM_SIM_BUFFER_H
#define MODEM_SIM_BUFFER_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

struct buffer {
	uint8_t *storage;
	size_t capacity;
	size_t start; /* where the queued bytes begin in storage */
	size_t size;
};

/* Allocation that ends the program when there is no memory. */
void *must_allocate(size_t count, size_t size);
char *must_copy(const char *text);
/* Grows an array to count elements of size bytes; new ones are zero. */
void *must_grow(void *array, size_t old_count, size_t count, size_t size);

static inline const uint8_t *buffer_data(const struct buffer *buffer)
{
	return buffer->storage ? buffer->storage + buffer->start : (const uint8_t *)"";
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t size);
void buffer_print(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void buffer_vprint(struct buffer *buffer, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));
/* Upper-case hex digits of the bytes. */
void buffer_hex(struct buffer *buffer, const uint8_t *bytes, size_t size);
/* Takes size bytes (at most what is there) from the front. */
void buffer_drop(struct buffer *buffer, size_t size);
/* The content as a string, valid until the next change. */
const char *buffer_text(struct buffer *buffer);
/* Forgets the content and gives the memory back. */
void buffer_free(struct buffer *buffer);

static inline void buffer_cleanup(struct buffer *buffer)
{
	buffer_free(buffer);
}
#define autobuffer __attribute__((cleanup(buffer_cleanup))) struct buffer

#endif
