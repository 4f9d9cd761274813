/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/body.h"

#include <errno.h>
#include <microhttpd.h>
#include <string.h>
#include <zlib.h>

#include "base/log.h"

/* jansson needs some hundred bytes a value: more values than this are no batch of ours. */
#define JSON_VALUES_MOST 200000
#define FILE_MOST ((size_t)256 * 1024)
#define GZIP_WINDOW (15 + 16) /* zlib: the largest window, with a gzip header */

int body_append(char **body, size_t *size, size_t *capacity, const char *data, size_t more)
{
	if (!*body || *size + more + 1 > *capacity) {
		size_t wanted = *capacity ? *capacity * 2 : 4096;
		while (wanted < *size + more + 1)
			wanted *= 2;
		char *bigger = realloc(*body, wanted);
		if (!bigger)
			return -ENOMEM;
		*body = bigger;
		*capacity = wanted;
	}
	memcpy(*body + *size, data, more);
	*size += more;
	(*body)[*size] = '\0';
	return 0;
}

static int inflate_all(z_stream *stream, size_t most, char **out, size_t *out_size)
{
	autofree char *plain = NULL;
	size_t size = 0, capacity = 0;
	char piece[16384];
	int code;

	do {
		stream->next_out = (Bytef *)piece;
		stream->avail_out = sizeof(piece);
		code = inflate(stream, Z_NO_FLUSH);
		if (code != Z_OK && code != Z_STREAM_END)
			return code == Z_MEM_ERROR ? -ENOMEM : -EBADMSG;
		size_t got = sizeof(piece) - stream->avail_out;
		if (size + got > most)
			return -EMSGSIZE;
		int error = body_append(&plain, &size, &capacity, piece, got);
		if (error < 0)
			return error;
	} while (code != Z_STREAM_END);
	if (stream->avail_in > 0)
		return -EBADMSG;
	*out = take_pointer(plain);
	*out_size = size;
	return 0;
}

int body_inflate(const char *data, size_t size, size_t most, char **out, size_t *out_size)
{
	autofree char *copy = malloc(size);
	z_stream stream = { .avail_in = (uInt)size };

	if (!copy)
		return -ENOMEM;
	memcpy(copy, data, size);
	stream.next_in = (Bytef *)copy;
	if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
		return -ENOMEM;
	int error = inflate_all(&stream, most, out, out_size);
	inflateEnd(&stream);
	return error;
}

json_t *body_json(const char *text, size_t size, char words[static 128])
{
	json_error_t error;
	size_t values = 0;

	for (size_t i = 0; i < size; i++)
		values += text[i] == ',' || text[i] == '[' || text[i] == '{' || text[i] == ':';
	if (values > JSON_VALUES_MOST) {
		snprintf(words, 128, "the body has too many values");
		return NULL;
	}
	json_t *json = json_loadb(text ? text : "", size, JSON_REJECT_DUPLICATES, &error);
	if (!json)
		snprintf(words, 128, "the body is no JSON (line %d, column %d)", error.line,
			error.column);
	return json;
}

char *body_field(const char *form, const char *name)
{
	size_t name_length = strlen(name);

	while (*form) {
		size_t length = strcspn(form, "&");
		if (length > name_length && strncmp(form, name, name_length) == 0 &&
			form[name_length] == '=') {
			char *value = strndup(form + name_length + 1, length - name_length - 1);
			if (!value)
				return NULL;
			for (char *at = value; *at; at++)
				*at = *at == '+' ? ' ' : *at;
			MHD_http_unescape(value);
			return value;
		}
		form += length + (form[length] == '&');
	}
	return NULL;
}

int body_read_file(const char *path, char **out)
{
	autofile FILE *file = fopen(path, "re");
	autofree char *text = malloc(FILE_MOST + 1);

	if (!text)
		return -ENOMEM;
	if (!file) {
		int error = -errno;
		log_error("%s: %s", path, strerror(-error));
		return error;
	}
	size_t size = fread(text, 1, FILE_MOST, file);
	text[size] = '\0';
	if (ferror(file) || size == 0 || size == FILE_MOST) {
		log_error("%s: must be a PEM file", path);
		return -EINVAL;
	}
	*out = take_pointer(text);
	return 0;
}
