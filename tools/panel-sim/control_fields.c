/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control_fields.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "wire/event.h"

json_t *control_fine(void)
{
	return json_pack("{s:b}", "ok", 1);
}

json_t *control_fine_with(json_t *content)
{
	autojson json_t *owned = content;
	autojson json_t *answer = control_fine();

	if (!owned || !answer || json_object_update(answer, owned) < 0)
		return NULL;
	return take_pointer(answer);
}

json_t *control_refusal(const char *format, ...)
{
	char words[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	/* What a client sent may be cut in the middle of a character. */
	for (char *each = words; *each; each++)
		if (!isprint((unsigned char)*each))
			*each = '?';
	return json_pack("{s:b, s:s}", "ok", 0, "error", words);
}

bool field_number(const json_t *request, const char *key, int64_t least, int64_t most,
	int64_t otherwise, int64_t *number)
{
	const json_t *value = json_object_get(request, key);

	*number = otherwise;
	if (!value || json_is_null(value))
		return true;
	if (!json_is_integer(value))
		return false;
	*number = json_integer_value(value);
	return *number >= least && *number <= most;
}

bool field_flag(const json_t *request, const char *key, bool otherwise, bool *flag)
{
	const json_t *value = json_object_get(request, key);

	*flag = otherwise;
	if (!value || json_is_null(value))
		return true;
	*flag = json_is_true(value);
	return json_is_boolean(value);
}

bool field_text(const json_t *request, const char *key, const char *otherwise, const char **text)
{
	const json_t *value = json_object_get(request, key);

	*text = otherwise;
	if (!value || json_is_null(value))
		return otherwise != NULL;
	*text = json_string_value(value);
	return *text != NULL;
}

bool field_key(const struct sim *sim, const json_t *request, unsigned *contact)
{
	const char *key;
	int found = -1;

	if (field_text(request, "key", NULL, &key) && key[0] && !key[1])
		found = board_key(sim->board, (char)toupper((unsigned char)key[0]));
	*contact = found < 0 ? 0 : (unsigned)found;
	return found >= 0;
}
