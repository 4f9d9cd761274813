/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small helpers for the JSON that listings, pages and the wire are made from. */
#ifndef PPIDD_RECORD_H
#define PPIDD_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* RFC 3339, or null for 0. */
json_t *record_time(int64_t time_ms);

/* The text under a key, or NULL. */
static inline const char *record_text(const json_t *record, const char *key)
{
	return json_string_value(json_object_get(record, key));
}

/* The text under a key, or "". */
static inline const char *record_words(const json_t *record, const char *key)
{
	const char *text = record_text(record, key);

	return text ? text : "";
}

static inline int64_t record_number(const json_t *record, const char *key)
{
	return json_integer_value(json_object_get(record, key));
}

/* Whether it is UTF-8, which stores and pages rely on. */
static inline bool record_is_text(const char *text)
{
	json_t *check = json_string(text);
	bool valid = check != NULL;

	json_decref(check);
	return valid;
}

#endif
