/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "panel/budget.h"

#include <string.h>

#include "panel/plain.h"
#include "panel/view.h"

#define TEXT_MAX 512
#define ITEM_ROWS_MAX 2

/* The longest that each value can be. Those of others' words are wrapped wherever they are. */
static const struct view_value longest[] = {
	{ "ticket", "999-999999-9" },
	{ "pin", "9999" },
	{ "date", "30-12-2026" },
	{ "seconds", "30" },
	{ "number", "+628123456789012" },
	{ "received", "999999" },
	{ "open", "999999" },
	{ "answered", "999999" },
	{ "days", "9999" },
	{ "state", "" },
	{ "value", "" },
	{ "text", "" },
	{ 0 },
};

static size_t occurrences(const char *text, const char *name)
{
	size_t count = 0;
	size_t length = strlen(name);

	while ((text = strchr(text, '{')) != NULL) {
		text++;
		count += strncmp(text, name, length) == 0 && text[length] == '}';
	}
	return count;
}

static size_t count_of(const char *text, char sign)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == sign;
	return count;
}

/* The same names, as often, and no brace beside them. */
static bool places_agree(const char *original, const char *said)
{
	size_t known = 0;

	for (size_t i = 0; longest[i].name; i++) {
		size_t wanted = occurrences(original, longest[i].name);
		if (occurrences(said, longest[i].name) != wanted)
			return false;
		known += wanted;
	}
	return count_of(said, '{') == known && count_of(said, '}') == known;
}

/* In one breath what plain_append() makes of it is it. */
static bool is_plain(const char *said)
{
	char plain[TEXT_MAX] = "";
	size_t length = 0;

	return plain_append(plain, sizeof(plain), &length, said, false) == 0 &&
	       strcmp(plain, said) == 0;
}

/* Whether each row ends with a word. */
static bool ends_with_words(const struct view *view)
{
	for (size_t i = 0; i < view->count; i++) {
		size_t end = (size_t)view->rows[i].start + view->rows[i].length;
		if (view->text[end] != '\0' && view->text[end] != ' ')
			return false;
	}
	return true;
}

static const char *layout_fault(
	struct view *view, const char *filled, const struct phrase_info *info)
{
	static const struct {
		unsigned columns, rows;
	} displays[] = { { 16, 2 }, { 16, 4 }, { 20, 2 }, { 20, 4 } };

	for (size_t i = 0; i < ARRAY_SIZE(displays); i++) {
		view_begin(view, NULL);
		view->star = info->kind == PHRASE_SCREEN ? PHRASE_NONE : PHRASE_BACK;
		if (info->kind == PHRASE_ITEM)
			view_item(view, '9');
		view_write(view, filled);
		view_layout(view, displays[i].columns, displays[i].rows);
		if (!ends_with_words(view))
			return "a word is longer than a row";
		if (info->kind == PHRASE_SCREEN && view->pages > 1)
			return "more than two rows";
		if (info->kind == PHRASE_ITEM && (view->count > ITEM_ROWS_MAX || view->pages > 1))
			return "a menu's item takes more than two rows of 14, the lower of two 11";
	}
	return NULL;
}

static const char *kind_fault(const char *said, size_t length, enum phrase_kind kind)
{
	switch (kind) {
	case PHRASE_LINE:
		return length > 16 ? "longer than 16" : NULL;
	case PHRASE_TITLE:
		return length > 12 ? "longer than 12" : NULL;
	case PHRASE_LEFT:
		return length > 8 || *said != '*' ? "longer than 8, or no * in front" : NULL;
	case PHRASE_RIGHT:
		return length > 7 || *said != '#' ? "longer than 7, or no # in front" : NULL;
	case PHRASE_BODY:
	case PHRASE_SCREEN:
	case PHRASE_ITEM:
		break;
	}
	return NULL;
}

static void fill(const char *said, char out[static TEXT_MAX])
{
	size_t length = 0;

	while (*said && length + 1 < TEXT_MAX) {
		const struct view_value *value = longest;
		while (*said == '{' && value->name &&
			(strncmp(said + 1, value->name, strlen(value->name)) != 0 ||
				said[1 + strlen(value->name)] != '}'))
			value++;
		if (*said == '{' && value->name) {
			length += (size_t)snprintf(
				out + length, TEXT_MAX - length, "%s", value->text);
			said += strlen(value->name) + 2;
		} else {
			out[length++] = *said++;
		}
		if (length >= TEXT_MAX)
			length = TEXT_MAX - 1;
	}
	out[length] = '\0';
}

const char *panel_budget_fault(const char *said, const struct phrase_info *info)
{
	autofree struct view *view = calloc(1, sizeof(*view));
	char filled[TEXT_MAX];
	const char *fault = NULL;

	if (!view)
		return "no memory to lay it out";
	if (!*said && *info->msgid)
		return "nothing is said";
	if (strlen(said) >= TEXT_MAX)
		return "too long to be checked";
	if (!places_agree(info->msgid, said))
		return "other {values} than the original";
	if (!is_plain(said))
		return "not what the display can show";
	fill(said, filled);
	fault = kind_fault(filled, strlen(filled), info->kind);
	return fault ? fault : layout_fault(view, filled, info);
}

size_t panel_budget_faults(const char *language, FILE *out)
{
	static const struct phrase_info state_info = { "", PHRASE_BODY };
	size_t faults = 0;

	for (unsigned i = 0; i < PHRASE_COUNT; i++) {
		const char *said = phrase_say(language, (enum phrase)i);
		const char *fault = panel_budget_fault(said, &phrases[i]);
		if (!fault)
			continue;
		fprintf(out, "%s, on the panel: %s: %s\n", language, fault, said);
		faults++;
	}
	for (unsigned i = 0; i < STATE_COUNT; i++) {
		const char *said = phrase_state(language, (enum complaint_state)i);
		const char *fault = panel_budget_fault(said, &state_info);
		if (!fault)
			continue;
		fprintf(out, "%s, a state on the panel: %s: %s\n", language, fault, said);
		faults++;
	}
	return faults;
}
