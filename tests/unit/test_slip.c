/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The slip's texts, in every language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "dialogue/language.h"
#include "panel/slip.h"

/* make's rule for unit tests builds the catalogues beside them. */
static char locale_folder[512];

static int find_catalogues(void **state)
{
	char catalogue[600];
	ssize_t length = readlink("/proc/self/exe", locale_folder, sizeof(locale_folder) - 16);

	(void)state;
	assert_true(length > 0);
	locale_folder[length] = '\0';
	*strrchr(locale_folder, '/') = '\0'; /* tests */
	*strrchr(locale_folder, '/') = '\0';
	memcpy(locale_folder + strlen(locale_folder), "/locale", sizeof("/locale"));
	/* Without them all would be Indonesian, and nothing proved. */
	snprintf(catalogue, sizeof(catalogue), "%s/jv/LC_MESSAGES/kotak.mo", locale_folder);
	assert_return_code(access(catalogue, R_OK), 0);
	return language_init(locale_folder);
}

static const struct slip_values example = { .office = "Kalurahan Triharjo",
	.ticket = "003-000123-4",
	.pin = "4821",
	.category = "access",
	.when = "24-11-2026 20:34",
	.number = "+6281234567890" };

static struct printer_job job;

static void compose(const struct slip_values *values, const char *language)
{
	memset(&job, 'x', sizeof(job));
	assert_return_code(slip_compose(values, language, &job), 0);
	assert_true(job.count > 0 && job.count <= PRINTER_LINES_MAX);
}

/* The first line of this kind with these words; NULL: none. */
static const struct printer_line *line_with(enum printer_kind kind, const char *words)
{
	for (size_t i = 0; i < job.count; i++) {
		if (job.lines[i].kind == kind && strstr(job.lines[i].text, words))
			return &job.lines[i];
	}
	return NULL;
}

static void test_what_it_says(void **state)
{
	(void)state;
	compose(&example, "id");
	assert_string_equal(job.lines[0].text, "Kalurahan Triharjo");
	assert_non_null(line_with(PRINTER_TITLE, "TANDA TERIMA ADUAN"));
	assert_non_null(line_with(PRINTER_BIG, "003-000123-4"));
	assert_non_null(line_with(PRINTER_BIG, "PIN 4821"));
	assert_non_null(line_with(PRINTER_TEXT, "24-11-2026 20:34"));
	assert_non_null(line_with(PRINTER_TEXT, "Soal: permintaan ditolak atau lambat"));
	assert_non_null(line_with(PRINTER_TEXT, "7 hari kerja, 14 kalau rumit"));
	assert_non_null(line_with(PRINTER_TEXT, "+6281234567890"));
	assert_non_null(line_with(PRINTER_TITLE, "CEK 003-000123-4 4821"));
	assert_non_null(line_with(PRINTER_TEXT, "hak Anda dan gratis"));
	assert_string_equal(
		line_with(PRINTER_QR, "")->text, "SMSTO:+6281234567890:CEK 003-000123-4 4821");
	assert_null(line_with(PRINTER_TITLE, "SALINAN"));
}

static void test_copy(void **state)
{
	struct slip_values values = example;

	(void)state;
	values.copy = true;
	compose(&values, "id");
	assert_non_null(line_with(PRINTER_TITLE, "SALINAN"));
	compose(&values, "jv");
	assert_non_null(line_with(PRINTER_TITLE, "SALINAN"));
	compose(&values, "en");
	assert_non_null(line_with(PRINTER_TITLE, "COPY"));
}

static void test_languages(void **state)
{
	(void)state;
	compose(&example, "jv");
	assert_non_null(line_with(PRINTER_TITLE, "TANDHA TAMPI WADULAN"));
	compose(&example, "en");
	assert_non_null(line_with(PRINTER_TITLE, "RECEIPT OF YOUR COMPLAINT"));
	/* One that we don't speak. */
	compose(&example, "nl");
	assert_non_null(line_with(PRINTER_TITLE, "TANDA TERIMA ADUAN"));
	compose(&example, NULL);
	assert_non_null(line_with(PRINTER_TITLE, "TANDA TERIMA ADUAN"));
}

static void test_unknown_values(void **state)
{
	struct slip_values values = example;

	(void)state;
	values.number = NULL;
	values.category = NULL;
	compose(&values, "id");
	assert_string_equal(line_with(PRINTER_QR, "")->text, "003-000123-4");
	assert_null(line_with(PRINTER_TEXT, "Soal"));
	assert_null(line_with(PRINTER_TEXT, "pindai"));
	values.number = "";
	values.category = "bribery";
	compose(&values, "id");
	assert_string_equal(line_with(PRINTER_QR, "")->text, "003-000123-4");
	assert_null(line_with(PRINTER_TEXT, "Soal"));
}

/* A name is a value, never a template, and however long it is the slip is printed. */
static void test_strange_names(void **state)
{
	struct slip_values values = example;
	char name[2000];

	(void)state;
	values.office = "{pin} 100% {";
	compose(&values, "id");
	assert_string_equal(job.lines[0].text, "{pin} 100% {");
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	values.office = name;
	compose(&values, "id");
	assert_non_null(line_with(PRINTER_BIG, "003-000123-4"));
}

static void test_every_text_fits(void **state)
{
	(void)state;
	for (size_t i = 0; language_codes[i]; i++)
		assert_int_equal(slip_faults(language_codes[i], stderr), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_it_says),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_unknown_values),
		cmocka_unit_test(test_strange_names),
		cmocka_unit_test(test_every_text_fits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, find_catalogues, NULL);
}
