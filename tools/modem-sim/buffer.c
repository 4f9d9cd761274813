/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "buffer.h"

#include <stdio.h>
#include <string.h>

static _Noreturn void out_of_memory(void)
{
	fputs("modem-sim: out of memory\n", stderr);
	exit(EXIT_FAILURE);
}

void *must_allocate(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size);

	if (!memory)
		out_of_memory();
	return memory;
}

char *must_copy(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		out_of_memory();
	return copy;
}

void *must_grow(void *array, size_t old_count, size_t count, size_t size)
{
	uint8_t *grown = reallocarray(array, count ? count : 1, size);

	if (!grown)
		out_of_memory();
	if (count > old_count)
		memset(grown + old_count * size, 0, (count - old_count) * size);
	return grown;
}

static void buffer_reserve(struct buffer *buffer, size_t more)
{
	size_t wanted = buffer->size + more;

	if (buffer->start + wanted <= buffer->capacity)
		return;
	/* Moving only when at least half is free space keeps taking from the front cheap. */
	if (buffer->start >= buffer->size && wanted <= buffer->capacity) {
		memmove(buffer->storage, buffer->storage + buffer->start, buffer->size);
	} else {
		size_t capacity = wanted * 2 + 64;
		uint8_t *storage = must_allocate(capacity, 1);

		if (buffer->size)
			memcpy(storage, buffer->storage + buffer->start, buffer->size);
		free(buffer->storage);
		buffer->storage = storage;
		buffer->capacity = capacity;
	}
	buffer->start = 0;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t size)
{
	if (!size)
		return;
	buffer_reserve(buffer, size);
	memcpy(buffer->storage + buffer->start + buffer->size, bytes, size);
	buffer->size += size;
}

void buffer_vprint(struct buffer *buffer, const char *format, va_list arguments)
{
	autofree char *text = NULL;
	int length = vasprintf(&text, format, arguments);

	if (length < 0) {
		text = NULL;
		out_of_memory();
	}
	buffer_append(buffer, text, (size_t)length);
}

void buffer_print(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	buffer_vprint(buffer, format, arguments);
	va_end(arguments);
}

void buffer_hex(struct buffer *buffer, const uint8_t *bytes, size_t size)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < size; i++) {
		const char pair[2] = { digits[bytes[i] >> 4], digits[bytes[i] & 15] };

		buffer_append(buffer, pair, sizeof(pair));
	}
}

void buffer_drop(struct buffer *buffer, size_t size)
{
	if (size >= buffer->size) {
		buffer->start = 0;
		buffer->size = 0;
		return;
	}
	buffer->start += size;
	buffer->size -= size;
}

const char *buffer_text(struct buffer *buffer)
{
	buffer_reserve(buffer, 1);
	buffer->storage[buffer->start + buffer->size] = '\0';
	return (const char *)buffer->storage + buffer->start;
}

void buffer_free(struct buffer *buffer)
{
	free(buffer->storage);
	*buffer = (struct buffer) { 0 };
}
