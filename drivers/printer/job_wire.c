/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "printer/job_wire.h"

#include <errno.h>
#include <string.h>

static const char *const kinds[] = {
	[PRINTER_TEXT] = "text",
	[PRINTER_TITLE] = "title",
	[PRINTER_BIG] = "big",
	[PRINTER_QR] = "qr",
	[PRINTER_RULE] = "rule",
	[PRINTER_SPACE] = "space",
};

static int line_from(const json_t *object, struct printer_line *line)
{
	const char *kind = json_string_value(json_object_get(object, "kind"));
	const json_t *text = json_object_get(object, "text");
	size_t length = json_string_length(text);

	if (!kind || (text && !json_is_string(text)) || length >= sizeof(line->text))
		return -EPROTO;
	/* A NUL inside would hide what follows it. */
	if (text && strlen(json_string_value(text)) != length)
		return -EPROTO;
	memcpy(line->text, text ? json_string_value(text) : "", length + 1);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kind, kinds[i]) == 0) {
			line->kind = (enum printer_kind)i;
			return 0;
		}
	}
	return -EPROTO;
}

int job_from_message(const json_t *message, struct printer_job *out)
{
	const json_t *id = json_object_get(message, "id");
	const json_t *lines = json_object_get(message, "lines");
	int error = 0;

	out->count = json_array_size(lines);
	if (!json_is_integer(id) || !json_is_array(lines) || out->count > PRINTER_LINES_MAX)
		return -EPROTO;
	out->id = json_integer_value(id);
	for (size_t i = 0; !error && i < out->count; i++)
		error = line_from(json_array_get(lines, i), &out->lines[i]);
	return error;
}
