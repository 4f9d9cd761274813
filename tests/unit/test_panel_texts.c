/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a display can show, how text is laid out on it, and what has no room there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dialogue/language.h"
#include "panel/budget.h"
#include "panel/plain.h"
#include "tests/unit/panel_fixture.h"

static void test_plain(void **state)
{
	static const struct {
		const char *text, *plain;
	} samples[] = {
		{ "Jalan rusak, 50%!", "Jalan rusak, 50%!" },
		{ "a\\b~c`d", "a/b-c'd" },
		{ "caf\xC3\xA9 S\xC3\xB8gan", "cafe Sogan" },
		{ "\xE2\x80\x9Cya\xE2\x80\x9D \xE2\x80\x93 \xE2\x80\xA6", "\"ya\" - ..." },
		{ "baik \xF0\x9F\x99\x8F", "baik " },
		{ "\xEA\xA6\xB2\xEA\xA6\xA4", "??" },
		{ "a\tb\x01\x7F", "a b " },
		{ "a\nb", "a b" },
		{ "broken \xC3(\xFF", "broken (" },
		{ "10 \xE2\x82\xAC", "10 EUR" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		char out[64] = "";
		size_t length = 0;
		assert_int_equal(
			plain_append(out, sizeof(out), &length, samples[i].text, false), 0);
		assert_string_equal(out, samples[i].plain);
		assert_int_equal(length, strlen(out));
	}
}

static void test_plain_is_cut(void **state)
{
	char out[8] = "abc";
	size_t length = 3;

	(void)state;
	assert_int_equal(plain_append(out, sizeof(out), &length, "d\ne\xC3\x9F", true), 0);
	assert_string_equal(out, "abcd\nes");
	assert_int_equal(plain_append(out, sizeof(out), &length, "more", true), 0);
	assert_string_equal(out, "abcd\nes");
}

/* Text, its rows from page 0 on, each ended by "|", pages by "/". */
static void assert_layout(unsigned columns, unsigned rows, const char *text, const char *expected)
{
	autofree struct view *view = calloc(1, sizeof(*view));
	char laid[512] = "";
	size_t length = 0;
	unsigned page = 0;

	assert_non_null(view);
	view_begin(view, "id");
	view->star = PHRASE_BACK;
	view_write(view, text);
	view_layout(view, columns, rows);
	for (size_t i = 0; i < view->count; i++) {
		const struct view_row *row = &view->rows[i];
		for (; page < row->page; page++)
			laid[length++] = '/';
		memcpy(laid + length, view->text + row->start, row->length);
		length += row->length;
		laid[length++] = '|';
	}
	assert_string_equal(laid, expected);
}

static void test_layout(void **state)
{
	(void)state;
	assert_layout(16, 4, "", "");
	assert_layout(16, 4, "satu dua", "satu dua|");
	assert_layout(16, 4, "1234567890123456", "1234567890123456|");
	assert_layout(16, 4, "1234567890123456 7", "1234567890123456|7|");
	assert_layout(16, 4, "12345678901234567", "1234567890123456|7|");
	assert_layout(16, 4, "satu   dua", "satu   dua|");
	assert_layout(16, 4, "jalan di depan balai desa rusak berat sekali",
		"jalan di depan|balai desa rusak|berat sekali|");
	assert_layout(16, 4, "a\nb\n\nc", "a|b||/c|");
	/* The lower of two rows ends three cells earlier. */
	assert_layout(
		16, 2, "1234567890123456 1234567890123 4", "1234567890123456|1234567890123|/4|");
	assert_layout(16, 2, "satu 12345678901234 dua", "satu|/12345678901234|dua|");
	assert_layout(20, 2, "jalan di depan balai desa rusak", "jalan di depan balai|desa rusak|");
}

/* Longer than any page of any kind: cut, and nothing else happens. */
static void test_layout_of_much(void **state)
{
	autofree struct view *view = calloc(1, sizeof(*view));
	struct display_frame frame = { 0 };

	(void)state;
	assert_non_null(view);
	view_begin(view, "id");
	view->star = PHRASE_BACK;
	for (size_t i = 0; i < 4000; i++)
		view_write(view, "a\nbb ");
	view_layout(view, 16, 2);
	assert_int_equal(view->count, VIEW_ROWS_MAX);
	for (unsigned page = 0; page < view->pages; page++)
		view_draw(view, page, 16, 2, &frame);
}

static void test_every_language_fits(void **state)
{
	(void)state;
	for (size_t i = 0; language_codes[i]; i++)
		assert_int_equal(panel_budget_faults(language_codes[i], stderr), 0);
	/* They are spoken at all. */
	assert_string_equal(phrase_say("jv", PHRASE_BACK), "*wangsul");
	assert_string_equal(phrase_say("en", PHRASE_BACK), "*back");
	assert_string_equal(phrase_say(NULL, PHRASE_BACK), "*kembali");
	assert_string_equal(phrase_say("xx", PHRASE_BACK), "*kembali");
}

static void test_what_does_not_fit(void **state)
{
	static const struct {
		struct phrase_info original;
		const char *said;
		bool fits;
	} samples[] = {
		{ { "Nama", PHRASE_TITLE }, "Nama Anda 12", true },
		{ { "Nama", PHRASE_TITLE }, "Nama Anda 123", false },
		{ { "Nama", PHRASE_LINE }, "Nama Anda 123456", true },
		{ { "Nama", PHRASE_LINE }, "Nama Anda 1234567", false },
		{ { "*balik", PHRASE_LEFT }, "*kembali", true },
		{ { "*balik", PHRASE_LEFT }, "*kembalik", false },
		{ { "*balik", PHRASE_LEFT }, "kembali", false },
		{ { "#OK", PHRASE_RIGHT }, "#lanjut", true },
		{ { "#OK", PHRASE_RIGHT }, "#selesai", false },
		{ { "#OK", PHRASE_RIGHT }, "*lanjut", false },
		{ { "Satu", PHRASE_ITEM }, "Seorang petugas", true },
		{ { "Satu", PHRASE_ITEM }, "Informasi ditolak atau lambat", false },
		{ { "Satu", PHRASE_ITEM }, "Panyuwun katolak/dangu", false },
		{ { "Satu", PHRASE_SCREEN }, "Terima kasih. Aduan diterima.", true },
		{ { "Satu", PHRASE_SCREEN }, "Terima kasih. Aduan Anda diterima.", false },
		{ { "Satu", PHRASE_BODY }, "kata yang panjangnya dipertanggungjawabkan", false },
		{ { "Satu", PHRASE_BODY }, "caf\xC3\xA9", false },
		{ { "Satu", PHRASE_BODY }, "a\\b", false },
		{ { "Satu", PHRASE_BODY }, "", false },
		{ { "PIN {pin}", PHRASE_BODY }, "PIN {pin}", true },
		{ { "PIN {pin}", PHRASE_BODY }, "PIN", false },
		{ { "PIN {pin}", PHRASE_BODY }, "PIN {ticket}", false },
		{ { "PIN", PHRASE_BODY }, "PIN {pin}", false },
		{ { "PIN {pin}", PHRASE_LINE }, "PIN 12345678 {pin}", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		const char *fault = panel_budget_fault(samples[i].said, &samples[i].original);
		if ((fault == NULL) != samples[i].fits)
			fail_msg("%s: %s", samples[i].said, fault ? fault : "fits");
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_plain_is_cut),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_layout_of_much),
		cmocka_unit_test(test_every_language_fits),
		cmocka_unit_test(test_what_does_not_fit),
	};

	(void)argc;
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (speak(argv[0]) < 0)
		return 1;
	return cmocka_run_group_tests_name("panel texts", tests, NULL, NULL);
}
