/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/open311.h"

#define FIELDS_MOST 64
#define DEGREES_MOST 24 /* digits that anybody means */

/* -EILSEQ: a zero byte was hidden in it. */
static int decode(const char *text, size_t length, char **out)
{
	autofree char *plain = strndup(text, length);

	if (!plain)
		return -ENOMEM;
	for (char *at = plain; *at; at++)
		*at = *at == '+' ? ' ' : *at;
	size_t size = MHD_http_unescape(plain);
	if (strlen(plain) != size)
		return -EILSEQ;
	*out = take_pointer(plain);
	return 0;
}

static int add_field(json_t *fields, const char *pair, size_t length)
{
	autofree char *name = NULL, *value = NULL;
	const char *sign = memchr(pair, '=', length);
	size_t before = sign ? (size_t)(sign - pair) : length;
	size_t after = sign ? length - before - 1 : 0;

	int error = decode(pair, before, &name);
	if (error >= 0)
		error = decode(sign ? sign + 1 : "", after, &value);
	if (error < 0 || json_object_get(fields, name))
		return error;
	/* jansson checks for UTF-8. */
	return json_object_set_new(fields, name, json_string(value)) < 0 ? -EILSEQ : 0;
}

int open311_form(const char *body, size_t size, json_t **out)
{
	autojson json_t *fields = json_object();
	int error = 0;

	if (!fields)
		return -ENOMEM;
	if (size > 0 && memchr(body, '\0', size))
		return -EILSEQ;
	for (size_t at = 0, count = 0; error >= 0 && at < size; count++) {
		size_t length = strcspn(body + at, "&");
		if (count == FIELDS_MOST)
			return -E2BIG;
		error = length > 0 ? add_field(fields, body + at, length) : 0;
		at += length + 1;
	}
	if (error >= 0)
		*out = take_pointer(fields);
	return error;
}

bool open311_degrees(const char *text, double most)
{
	size_t length = strlen(text);
	size_t at = text[0] == '-' ? 1 : 0;
	size_t whole = strspn(text + at, "0123456789");

	if (whole == 0 || length > DEGREES_MOST)
		return false;
	at += whole;
	if (text[at] == '.') {
		size_t part = strspn(text + at + 1, "0123456789");
		if (part == 0)
			return false;
		at += 1 + part;
	}
	double value = strtod(text, NULL);
	return at == length && value >= -most && value <= most;
}
