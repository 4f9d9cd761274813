/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialogue/template.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dialogue/septets.h"

/* What marks a value that was cut. */
#define CUT ".."

struct filling {
	const struct template_value *values;
	char *plain[12]; /* the values in the alphabet, in the same order */
	size_t count;
};

static const struct template_value *find_value(
	const struct filling *filling, const char *name, size_t length, const char **plain)
{
	for (size_t i = 0; i < filling->count; i++) {
		const struct template_value *value = &filling->values[i];
		if (strlen(value->name) == length && memcmp(value->name, name, length) == 0) {
			*plain = filling->plain[i];
			return value;
		}
	}
	return NULL;
}

/* Writes the text with the first keep bytes of the value that may be shortened. */
static int render(
	const char *template, const struct filling *filling, size_t keep, bool cut, char **out)
{
	size_t size;
	autofree char *text = NULL;
	FILE *stream = open_memstream(&text, &size);
	int error = 0;

	if (!stream)
		return -ENOMEM;
	while (*template && error == 0) {
		size_t literal = strcspn(template, "{");
		fwrite(template, 1, literal, stream);
		template += literal;
		size_t name = strcspn(template, "}");
		if (*template == '\0')
			break;
		const char *plain = NULL;
		const struct template_value *value =
			template[name] == '}' ? find_value(filling, template + 1, name - 1, &plain)
					      : NULL;
		if (!value)
			error = -EINVAL;
		else if (value->shorten)
			fprintf(stream, "%.*s%s", (int)keep, plain, cut ? CUT : "");
		else
			fputs(plain, stream);
		template += value ? name + 1 : 0;
	}
	if (fclose(stream) != 0 && error == 0)
		error = -ENOMEM;
	if (error < 0)
		return error;
	*out = take_pointer(text);
	return 0;
}

/* What parts parts can hold; of several parts each may lose a septet to an unsplittable pair. */
static size_t room_for(unsigned parts, bool wide)
{
	if (wide)
		return parts == 1 ? UNITS_ONE_PART : (size_t)parts * (UNITS_PER_PART - 1);
	return parts == 1 ? SEPTETS_ONE_PART : (size_t)parts * (SEPTETS_PER_PART - 1);
}

static int fill(const char *template, const struct filling *filling, unsigned parts, char **out)
{
	autofree char *whole = NULL;
	autofree char *bare = NULL;
	const char *flexible = "";

	for (size_t i = 0; i < filling->count; i++) {
		if (filling->values[i].shorten)
			flexible = filling->plain[i];
	}
	int error = render(template, filling, strlen(flexible), false, &whole);
	if (error < 0)
		return error;
	bool wide = septets_count(whole) < 0;
	size_t room = room_for(parts, wide);
	size_t cost = wide ? units_count(whole) : (size_t)septets_count(whole);
	if (cost <= room) {
		*out = take_pointer(whole);
		return 0;
	}
	error = render(template, filling, 0, true, &bare);
	if (error < 0)
		return error;
	size_t fixed = wide ? units_count(bare) : (size_t)septets_count(bare);
	if (fixed > room)
		return -EMSGSIZE;
	size_t keep =
		wide ? units_fit(flexible, room - fixed) : septets_fit(flexible, room - fixed);
	while (keep > 0 && strchr(" \n.,", flexible[keep - 1]))
		keep--;
	return render(template, filling, keep, true, out);
}

int template_fill(const char *template, const struct template_value *values, size_t count,
	unsigned parts, char **out)
{
	struct filling filling = { .values = values };
	int error = count > ARRAY_SIZE(filling.plain) ? -E2BIG : 0;

	for (; error == 0 && filling.count < count; filling.count++) {
		bool replace = parts == 1 || !values[filling.count].shorten;
		char *plain = septets_plain(values[filling.count].text, replace);
		if (!plain)
			error = -ENOMEM;
		filling.plain[filling.count] = plain;
	}
	if (error == 0)
		error = fill(template, &filling, parts, out);
	for (size_t i = 0; i < filling.count; i++)
		free(filling.plain[i]);
	return error;
}
