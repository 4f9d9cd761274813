/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dialogue/budget.h"

#include <string.h>

#include "dialogue/language.h"
#include "dialogue/septets.h"
#include "dialogue/texts.h"

#define VALUES_MAX 12
/* Of DIALOGUE_CHOICES_MAX tickets, before the words for a new complaint. */
#define CHOICES                                                                                    \
	"1) 999-999999-9, 2) 999-999999-9, 3) 999-999999-9, 4) 999-999999-9, "                     \
	"5) 999-999999-9, 6) "

/* The longest that each value can be; those that are shortened to fit begin with nothing. */
static const struct {
	const char *name, *text;
} longest[] = {
	{ "ticket", "999-999999-9" },
	{ "old", "999-999999-9" },
	{ "pin", "9999" },
	{ "date", "30-12-2026" },
	{ "rating", "5" },
	{ "name", "" },
	{ "answer", "" },
	{ "text", "" },
};

static const char *longest_state(void)
{
	const char *found = "";

	for (size_t i = 0; i < STATE_COUNT; i++) {
		const char *said = language_say(text_states[i]);
		if (septets_count(said) < 0 || septets_count(said) > septets_count(found))
			found = said;
	}
	return found;
}

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

	while ((text = strchr(text, sign)) != NULL) {
		count++;
		text++;
	}
	return count;
}

/* The same names, as often, and no brace beside them. */
static bool places_agree(const char *original, const char *said)
{
	size_t known = occurrences(original, "state") + occurrences(original, "choices");

	if (occurrences(said, "state") != occurrences(original, "state") ||
		occurrences(said, "choices") != occurrences(original, "choices"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(longest); i++) {
		size_t wanted = occurrences(original, longest[i].name);
		if (occurrences(said, longest[i].name) != wanted)
			return false;
		known += wanted;
	}
	return count_of(said, '{') == known && count_of(said, '}') == known;
}

static bool text_fits(enum text text, const char *language, FILE *out)
{
	const struct text_info *info = &texts[text];
	const char *said = language_say(info->msgid);
	struct template_value values[VALUES_MAX] = { 0 };
	size_t room =
		info->parts == 1 ? SEPTETS_ONE_PART : (size_t)info->parts * (SEPTETS_PER_PART - 1);
	char choices[SEPTETS_ONE_PART * 2];
	autofree char *filled = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(longest); i++)
		values[i] = (struct template_value) { .name = longest[i].name,
			.text = longest[i].text };
	values[ARRAY_SIZE(longest)] =
		(struct template_value) { .name = "state", .text = longest_state() };
	snprintf(choices, sizeof(choices), "%s%s", CHOICES, language_say(text_new_complaint));
	values[ARRAY_SIZE(longest) + 1] =
		(struct template_value) { .name = "choices", .text = choices };
	if (!places_agree(info->msgid, said)) {
		fprintf(out, "%s: other {values} than the original: %s\n", language, said);
		return false;
	}
	if (text_fill(text, values, &filled) < 0) {
		fprintf(out, "%s: more than %zu septets with the longest values: %s\n", language,
			room, said);
		return false;
	}
	long spent = septets_count(filled);
	if (spent < 0) {
		fprintf(out, "%s: not in the GSM alphabet: %s\n", language, filled);
		return false;
	}
	if ((size_t)spent + info->least > room) {
		fprintf(out, "%s: %ld septets, which leaves less than %u of %zu for {%s}: %s\n",
			language, spent, info->least, room, info->shorten ? info->shorten : "",
			said);
		return false;
	}
	return true;
}

size_t budget_faults(const char *language, FILE *out)
{
	locale_t before = language_begin(language);
	size_t faults = 0;

	for (unsigned text = 0; text < TEXT_COUNT; text++)
		faults += !text_fits((enum text)text, language, out);
	for (unsigned state = 0; state < STATE_COUNT; state++) {
		const char *said = language_say(text_states[state]);
		if (septets_count(said) >= 0 && !strpbrk(said, "{}"))
			continue;
		fprintf(out, "%s: a state that isn't plain words: %s\n", language, said);
		faults++;
	}
	language_end(before);
	return faults;
}
