/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every text of every catalogue fits its budget with its longest values, in characters that
 * don't make the SMS UCS-2, and names the same values as the Indonesian original.
 */
#include "tests/unit/dialogue_fixture.h"

#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "dialogue/language.h"
#include "dialogue/texts.h"

#define PO_FOLDER "firmware/dialogue/po"

static char locale_folder[] = "/tmp/kotak-locale-XXXXXX";
static const char *const catalogues[] = { "en", "jv" };

static void run(const char *const arguments[])
{
	pid_t child;
	int status;

	assert_int_equal(
		posix_spawnp(&child, arguments[0], NULL, NULL, (char *const *)arguments, environ),
		0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static int compile_catalogues(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(locale_folder));
	for (size_t i = 0; i < ARRAY_SIZE(catalogues); i++) {
		char folder[128], po[128], mo[160];
		snprintf(po, sizeof(po), PO_FOLDER "/%s.po", catalogues[i]);
		snprintf(folder, sizeof(folder), "%s/%s", locale_folder, catalogues[i]);
		assert_int_equal(mkdir(folder, 0700), 0);
		snprintf(folder, sizeof(folder), "%s/%s/LC_MESSAGES", locale_folder, catalogues[i]);
		assert_int_equal(mkdir(folder, 0700), 0);
		snprintf(mo, sizeof(mo), "%s/kotak.mo", folder);
		run((const char *const[]) { "msgfmt", "--check", "-o", mo, po, NULL });
	}
	return dialogue_init(locale_folder);
}

static int remove_catalogues(void **state)
{
	(void)state;
	run((const char *const[]) { "rm", "-r", locale_folder, NULL });
	return 0;
}

/* The longest that a value can be, but for the one that is shortened to fit. */
static struct template_value longest_value(const char *name)
{
	struct template_value value = { .name = name, .text = "" };

	if (strcmp(name, "ticket") == 0 || strcmp(name, "old") == 0)
		value.text = "999-999999-9";
	else if (strcmp(name, "pin") == 0)
		value.text = "9999";
	else if (strcmp(name, "date") == 0)
		value.text = "30-12-2026";
	else if (strcmp(name, "rating") == 0)
		value.text = "5";
	else if (strcmp(name, "choices") == 0)
		value.text = "1) 999-999999-9, 2) 999-999999-9, 3) 999-999999-9, 4) 999-999999-9, "
			     "5) 999-999999-9";
	for (size_t i = 0; strcmp(name, "state") == 0 && i < STATE_COUNT; i++) {
		const char *said = language_say(text_states[i]);
		if (septets_count(said) > septets_count(value.text))
			value.text = said;
	}
	return value;
}

static const char *const value_names[] = { "ticket", "pin", "name", "state", "date", "answer",
	"text", "old", "choices", "rating" };

static void check_budget(enum text text, const char *language)
{
	struct template_value values[ARRAY_SIZE(value_names) + 1] = { 0 };
	const struct text_info *info = &texts[text];
	size_t room =
		info->parts == 1 ? SEPTETS_ONE_PART : (size_t)info->parts * (SEPTETS_PER_PART - 1);
	autofree char *out = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(value_names); i++)
		values[i] = longest_value(value_names[i]);
	if (text_fill(text, values, &out) != 0)
		fail_msg("%s: does not fit or names an unknown value: %s", language,
			language_say(info->msgid));
	long spent = septets_count(out);
	if (spent < 0)
		fail_msg("%s: not in the GSM alphabet: %s", language, out);
	if ((size_t)spent + info->least > room)
		fail_msg("%s: %ld septets, %u wanted for {%s}, %zu there: %s", language, spent,
			info->least, info->shorten ? info->shorten : "", room, out);
}

static void test_budgets(void **state)
{
	(void)state;
	for (size_t i = 0; language_codes[i]; i++) {
		locale_t before = language_begin(language_codes[i]);
		for (unsigned text = 0; text < TEXT_COUNT; text++)
			check_budget((enum text)text, language_codes[i]);
		language_end(before);
	}
}

static size_t occurrences(const char *text, const char *place)
{
	size_t count = 0;

	while ((text = strstr(text, place)) != NULL) {
		text += strlen(place);
		count++;
	}
	return count;
}

static void test_placeholders_agree(void **state)
{
	(void)state;
	for (size_t i = 0; language_codes[i]; i++) {
		locale_t before = language_begin(language_codes[i]);
		for (unsigned text = 0; text < TEXT_COUNT; text++) {
			const char *msgid = texts[text].msgid;
			const char *said = language_say(msgid);
			size_t known = 0;
			for (size_t n = 0; n < ARRAY_SIZE(value_names); n++) {
				char place[32];
				snprintf(place, sizeof(place), "{%s}", value_names[n]);
				size_t wanted = occurrences(msgid, place);
				known += wanted;
				if (occurrences(said, place) != wanted)
					fail_msg(
						"%s: %s in \"%s\"", language_codes[i], place, said);
			}
			assert_int_equal(occurrences(said, "{"), known);
			assert_int_equal(occurrences(said, "}"), known);
		}
		language_end(before);
	}
}

/* Each catalogue says every text and state, and not in Indonesian. */
static void test_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(catalogues); i++) {
		locale_t before = language_begin(catalogues[i]);
		size_t same = 0;
		for (unsigned text = 0; text < TEXT_COUNT; text++)
			same += strcmp(language_say(texts[text].msgid), texts[text].msgid) == 0;
		for (unsigned state_ = 0; state_ < STATE_COUNT; state_++)
			same += strcmp(language_say(text_states[state_]), text_states[state_]) == 0;
		language_end(before);
		/* "Tiket {ticket}: {text}" and "… {state} ({date})." are the same in Javanese. */
		assert_true(same <= 2);
	}
}

/* The language is chosen message by message, and the rest of the program keeps its own. */
static void test_language_per_message(void **state)
{
	static const struct {
		const char *language, *part;
	} said[] = { { "en", "Thank you" }, { "id", "Terima kasih" }, { "jv", "Matur nuwun" },
		{ NULL, "Terima kasih" }, { "en", "Thank you" }, { "xx", "Terima kasih" },
		{ "../../etc", "Terima kasih" } };
	struct fixture fixture;
	struct dialogue_lookup lookup;

	(void)state;
	fixture_init(&fixture);
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		struct dialogue_input input = fixture_input(&fixture, &lookup, "jalan rusak");
		struct dialogue_output out;
		input.language = said[i].language;
		input.known_name = "Siti";
		input.known_address = "Karang";
		assert_int_equal(dialogue_handle(&input, &out), 0);
		assert_non_null(strstr(out.reply, said[i].part));
		assert_string_equal(setlocale(LC_MESSAGES, NULL), "C");
		assert_string_equal(strerror(ENOENT), "No such file or directory");
		dialogue_output_free(&out);
	}
}

/* Runs last: without catalogues, Indonesian is spoken all the same. */
static void test_catalogues_lost(void **state)
{
	struct fixture fixture;
	struct dialogue_lookup lookup;
	struct dialogue_output out;

	(void)state;
	assert_int_equal(dialogue_init("/nonexistent"), 0);
	fixture_init(&fixture);
	struct dialogue_input input = fixture_input(&fixture, &lookup, "bantuan");
	input.language = "en";
	assert_int_equal(dialogue_handle(&input, &out), 0);
	assert_non_null(strstr(out.reply, "Kirim aduan Anda"));
	dialogue_output_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_budgets),
		cmocka_unit_test(test_placeholders_agree),
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_language_per_message),
		cmocka_unit_test(test_catalogues_lost),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name(
		"dialogue texts", tests, compile_catalogues, remove_catalogues);
}
