/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control_fields.h"

#include "modem.h"

json_t *control_fine(void)
{
	return json_pack("{s:b}", "ok", 1);
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

bool field_store(struct modem *modem, const json_t *request, const char **name)
{
	const char *text;

	*name = NULL;
	if (!field_text(request, "store", "", &text))
		return false;
	if (!*text)
		return true;
	*name = text;
	return storage_find(&modem->storage, text) != NULL;
}
