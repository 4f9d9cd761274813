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
#include "dialogue/budget.h"
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

static void test_budgets(void **state)
{
	(void)state;
	for (size_t i = 0; language_codes[i]; i++)
		assert_int_equal(budget_faults(language_codes[i], stderr), 0);
}

/* How many faults are found in a catalogue whose only text this one is. */
static size_t faults_with(const char *text)
{
	static unsigned number;
	char folder[128], messages[160], path[192], mo[192];
	size_t size = 0;
	autofree char *said = NULL;
	FILE *out = open_memstream(&said, &size);

	/* gettext reads a catalogue once: each has its own folder. */
	snprintf(folder, sizeof(folder), "%s/bad%u", locale_folder, number++);
	snprintf(messages, sizeof(messages), "%s/en/LC_MESSAGES", folder);
	snprintf(path, sizeof(path), "%s/kotak.po", messages);
	snprintf(mo, sizeof(mo), "%s/kotak.mo", messages);
	run((const char *const[]) { "mkdir", "-p", messages, NULL });
	FILE *po = fopen(path, "we");
	assert_non_null(po);
	assert_non_null(out);
	fputs("msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n\n", po);
	fprintf(po, "msgid \"%s\"\nmsgstr \"%s\"\n", texts[TEXT_WITHDRAWN].msgid, text);
	assert_int_equal(fclose(po), 0);
	run((const char *const[]) { "msgfmt", "-o", mo, path, NULL });
	assert_int_equal(dialogue_init(folder), 0);
	size_t faults = budget_faults("en", out);
	assert_int_equal(fclose(out), 0);
	assert_true((faults > 0) == (size > 0));
	assert_int_equal(dialogue_init(locale_folder), 0);
	return faults;
}

static void test_bad_texts_are_found(void **state)
{
	(void)state;
	assert_int_equal(faults_with("Ticket {ticket} was withdrawn."), 0);
	assert_int_equal(
		faults_with(
			"Ticket {ticket} was withdrawn, and here is more than anybody who only "
			"wanted to know that would ever read on a small screen: all the reasons "
			"why it is so, one by one."),
		1);
	assert_int_equal(faults_with("The ticket was withdrawn."), 1);
	assert_int_equal(faults_with("Ticket {ticket} {ticket} was withdrawn."), 1);
	assert_int_equal(faults_with("Ticket {tiket} was withdrawn."), 1);
	assert_int_equal(faults_with("Ticket {ticket} } was withdrawn."), 1);
	assert_int_equal(faults_with("Ticket {ticket} \xE2\x80\x94 withdrawn."), 1);
	assert_int_equal(faults_with("Ticket {ticket} \xEA\xA6\xA7 withdrawn."), 1);
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
		cmocka_unit_test(test_bad_texts_are_found),
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_language_per_message),
		cmocka_unit_test(test_catalogues_lost),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name(
		"dialogue texts", tests, compile_catalogues, remove_catalogues);
}
