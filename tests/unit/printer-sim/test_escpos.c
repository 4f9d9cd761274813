/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs as bytes, read by a printer that was written from the command reference, not from us. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "printer/escpos.h"
#include "printer/letters.h"
#include "tools/printer-sim/device.h"

struct bench {
	char folder[32];
	struct device device;
	struct printer_job job;
	struct escpos bytes;
	uint8_t answers[64];
	size_t answer_count;
};

static void on_answer(void *context, uint8_t byte)
{
	struct bench *bench = context;

	assert_true(bench->answer_count < sizeof(bench->answers));
	bench->answers[bench->answer_count++] = byte;
}

static void on_slip(void *context, const json_t *slip)
{
	(void)context;
	assert_true(json_is_object(slip));
}

static void open_bench(struct bench *bench, bool cutter)
{
	struct device_options options = { .cutter = cutter, .paper_mm = 10000 };

	memcpy(bench->folder, "/tmp/kotak-escpos-XXXXXX", sizeof("/tmp/kotak-escpos-XXXXXX"));
	assert_non_null(mkdtemp(bench->folder));
	options.folder = bench->folder;
	device_init(&bench->device, &options);
	bench->device.send = on_answer;
	bench->device.slip = on_slip;
	bench->device.context = bench;
}

static int setup(void **state)
{
	*state = test_calloc(1, sizeof(struct bench));
	open_bench(*state, true);
	return 0;
}

static int setup_without_cutter(void **state)
{
	*state = test_calloc(1, sizeof(struct bench));
	open_bench(*state, false);
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;
	char path[64];

	for (unsigned i = 1; i <= bench->device.number; i++) {
		snprintf(path, sizeof(path), "%s/slip-%04u.png", bench->folder, i);
		assert_return_code(unlink(path), 0);
	}
	assert_return_code(rmdir(bench->folder), 0);
	device_release(&bench->device);
	escpos_release(&bench->bytes);
	test_free(bench);
	return 0;
}

static void add(struct bench *bench, enum printer_kind kind, const char *text)
{
	struct printer_line *line = &bench->job.lines[bench->job.count++];

	line->kind = kind;
	snprintf(line->text, sizeof(line->text), "%s", text);
}

static void give(struct bench *bench, const uint8_t *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		size_t taken = device_receive(&bench->device, bytes + done, size - done);

		assert_true(taken > 0);
		done += taken;
	}
}

static void print(struct bench *bench)
{
	escpos_release(&bench->bytes);
	assert_return_code(escpos_encode(&bench->job, false, &bench->bytes), 0);
	give(bench, bench->bytes.bytes, bench->bytes.size);
	bench->job.count = 0;
	/* There is nothing in a job that such a printer doesn't know. */
	assert_int_equal(bench->device.engine.unknown, 0);
}

static const json_t *member(struct bench *bench, size_t slip, const char *name)
{
	return json_object_get(json_array_get(bench->device.slips, slip), name);
}

static const char *line(struct bench *bench, size_t slip, size_t index)
{
	return json_string_value(json_array_get(member(bench, slip, "text"), index));
}

static void test_kinds(void **state)
{
	struct bench *bench = *state;

	add(bench, PRINTER_TITLE, "Kalurahan Triharjo");
	add(bench, PRINTER_BIG, "003-000123-4");
	add(bench, PRINTER_RULE, "");
	add(bench, PRINTER_SPACE, "");
	add(bench, PRINTER_TEXT, "Simpan slip ini.");
	add(bench, PRINTER_QR, "SMSTO:+6281:CEK 003-000123-4 4821");
	print(bench);
	assert_int_equal(json_array_size(bench->device.slips), 1);
	assert_string_equal(line(bench, 0, 0), "Kalurahan Triharjo");
	assert_string_equal(line(bench, 0, 1), "003-000123-4");
	assert_string_equal(line(bench, 0, 2), "--------------------------------");
	assert_string_equal(line(bench, 0, 3), "");
	assert_string_equal(line(bench, 0, 4), "Simpan slip ini.");
	assert_int_equal(json_array_size(member(bench, 0, "big")), 1);
	assert_string_equal(
		json_string_value(json_array_get(member(bench, 0, "big"), 0)), "003-000123-4");
	assert_string_equal(json_string_value(json_array_get(member(bench, 0, "qr"), 0)),
		"SMSTO:+6281:CEK 003-000123-4 4821");
	assert_true(json_is_true(member(bench, 0, "cut")));
}

static void test_without_cutter(void **state)
{
	struct bench *bench = *state;

	add(bench, PRINTER_TEXT, "satu");
	print(bench);
	add(bench, PRINTER_TEXT, "dua");
	print(bench);
	assert_int_equal(json_array_size(bench->device.slips), 2);
	assert_string_equal(line(bench, 1, 0), "dua");
	assert_string_equal(json_string_value(member(bench, 0, "end")), "torn");
}

static void test_wrapping(void **state)
{
	struct bench *bench = *state;

	add(bench, PRINTER_TEXT, "Dijawab paling lama 7 hari kerja, 14 kalau rumit.");
	add(bench, PRINTER_TEXT, "12345678901234567890123456789012 3");
	add(bench, PRINTER_TEXT, "123456789012345678901234567890123456");
	add(bench, PRINTER_BIG, "123456789012 3456 78");
	add(bench, PRINTER_TEXT, "");
	print(bench);
	static const char *const wanted[] = { "Dijawab paling lama 7 hari",
		"kerja, 14 kalau rumit.", "12345678901234567890123456789012", "3",
		"12345678901234567890123456789012", "3456", "123456789012", "3456 78", "" };

	assert_int_equal(json_array_size(member(bench, 0, "text")), ARRAY_SIZE(wanted));
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		assert_string_equal(line(bench, 0, i), wanted[i]);
}

static void test_letters(void **state)
{
	struct bench *bench = *state;

	/* In the page; not in it; signs; no letters at all; broken; controls and commands. */
	add(bench, PRINTER_TEXT, "b\u00eb\u00e8\u00e9\u00c9 \u00f1");
	add(bench, PRINTER_TEXT, "\u00c8\u0123\u1ec7\u1e6d e\u0301");
	add(bench, PRINTER_TEXT, "\u201cya\u201d \u2013 \u2026 1\u00a02");
	add(bench, PRINTER_TEXT, "\ua9b2\ua9ab \U0001F642");
	add(bench, PRINTER_TEXT,
		"a\xff"
		"b\xc3");
	add(bench, PRINTER_TEXT,
		"c\x1b@d\x10\x04\x01"
		"e\x1dV");
	print(bench);
	assert_string_equal(line(bench, 0, 0), "b\u00eb\u00e8\u00e9\u00c9 \u00f1");
	assert_string_equal(line(bench, 0, 1), "Eget e");
	assert_string_equal(line(bench, 0, 2), "\"ya\" - ... 1 2");
	assert_string_equal(line(bench, 0, 3), "?? ?");
	assert_string_equal(line(bench, 0, 4), "a?b?");
	assert_string_equal(line(bench, 0, 5), "c@deV");
	assert_int_equal(bench->answer_count, 0);
}

/* No text, whatever its bytes, makes the printer do anything but print. */
static void test_any_bytes(void **state)
{
	struct bench *bench = *state;
	uint32_t noise = 5;

	for (int turn = 0; turn < 300; turn++) {
		char text[PRINTER_TEXT_MAX];

		for (size_t i = 0; i < sizeof(text); i++) {
			noise = noise * 1664525U + 1013904223U;
			text[i] = (char)(noise >> 24);
		}
		text[noise >> 16 & 0x7F] = '\0';
		text[sizeof(text) - 1] = '\0';
		add(bench, (enum printer_kind)(turn % (PRINTER_SPACE + 1)), text);
		if (bench->job.count == PRINTER_LINES_MAX)
			print(bench);
	}
	print(bench);
	assert_int_equal(json_array_size(bench->device.slips), 8);
	assert_int_equal(bench->answer_count, 0);
}

static void test_breaks(void **state)
{
	struct bench *bench = *state;
	uint8_t question[ESCPOS_QUESTION_SIZE];
	size_t done = 0;

	add(bench, PRINTER_TITLE, "satu");
	add(bench, PRINTER_QR, "SMSTO:+6281:CEK 003-000123-4 4821");
	add(bench, PRINTER_BIG, "dua");
	assert_return_code(escpos_encode(&bench->job, true, &bench->bytes), 0);
	escpos_question(4, question);
	for (size_t i = 0; i < bench->bytes.break_count; i++) {
		assert_true(bench->bytes.breaks[i] > done);
		give(bench, bench->bytes.bytes + done, bench->bytes.breaks[i] - done);
		give(bench, question, sizeof(question));
		done = bench->bytes.breaks[i];
	}
	assert_int_equal(done, bench->bytes.size);
	assert_int_equal(bench->answer_count, bench->bytes.break_count);
	assert_int_equal(bench->device.engine.unknown, 0);
	assert_int_equal(json_array_size(bench->device.slips), 1);
	assert_int_equal(json_array_size(member(bench, 0, "text")), 3);
}

static void test_full_job(void **state)
{
	struct bench *bench = *state;
	char text[PRINTER_TEXT_MAX];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	for (int i = 0; i < PRINTER_LINES_MAX; i++)
		add(bench, i == 7 ? PRINTER_QR : PRINTER_TITLE, text);
	print(bench);
	assert_int_equal(json_array_size(member(bench, 0, "qr")), 1);
	bench->job.count = PRINTER_LINES_MAX + 1;
	assert_int_equal(escpos_encode(&bench->job, false, &bench->bytes), -EINVAL);
	bench->job.count = 1;
	memset(bench->job.lines[0].text, 'x', PRINTER_TEXT_MAX);
	escpos_release(&bench->bytes);
	assert_int_equal(escpos_encode(&bench->job, false, &bench->bytes), -EINVAL);
}

static enum printer_state asked(struct bench *bench)
{
	uint8_t question[ESCPOS_QUESTION_SIZE];
	char text[160];

	bench->answer_count = 0;
	for (unsigned i = 1; i <= ESCPOS_QUESTIONS; i++) {
		escpos_question(i, question);
		give(bench, question, sizeof(question));
		assert_true(escpos_is_status(bench->answers[i - 1]));
		assert_false(escpos_is_mark(bench->answers[i - 1]));
	}
	enum printer_state state = escpos_state(bench->answers, text, sizeof(text));
	assert_true(state == PRINTER_READY ? !*text : *text);
	return state;
}

static void test_status(void **state)
{
	struct bench *bench = *state;

	assert_int_equal(asked(bench), PRINTER_READY);
	device_paper(&bench->device, DEVICE_LOW_MM - 1);
	assert_int_equal(asked(bench), PRINTER_PAPER_LOW);
	device_paper(&bench->device, 0);
	assert_int_equal(asked(bench), PRINTER_PAPER_OUT);
	device_cover(&bench->device, true);
	assert_int_equal(asked(bench), PRINTER_COVER_OPEN);
	device_cutter(&bench->device, true);
	assert_int_equal(asked(bench), PRINTER_FAULT);
	bench->answer_count = 0;
	give(bench, escpos_mark, sizeof(escpos_mark));
	assert_int_equal(bench->answer_count, 0);
	/* What waits behind a fault is forgotten on request. */
	give(bench, escpos_clear, sizeof(escpos_clear));
	assert_int_equal(bench->device.buffered, 0);
	device_cutter(&bench->device, false);
	device_cover(&bench->device, false);
	device_paper(&bench->device, 1000);
	assert_int_equal(asked(bench), PRINTER_READY);
	assert_int_equal(bench->answer_count, ESCPOS_QUESTIONS);
	give(bench, escpos_mark, sizeof(escpos_mark));
	assert_int_equal(bench->answer_count, ESCPOS_QUESTIONS + 1);
	assert_true(escpos_is_mark(bench->answers[ESCPOS_QUESTIONS]));
}

/* Bits as Epson's reference has them, apart from our own simulator. */
static void test_status_bits(void **state)
{
	static const struct {
		uint8_t answers[ESCPOS_QUESTIONS];
		enum printer_state state;
	} cases[] = {
		{ { 0x12, 0x12, 0x12, 0x12 }, PRINTER_READY },
		{ { 0x16, 0x12, 0x12, 0x12 }, PRINTER_READY }, /* the drawer's pin */
		{ { 0x1A, 0x16, 0x12, 0x12 }, PRINTER_COVER_OPEN },
		{ { 0x1A, 0x32, 0x12, 0x72 }, PRINTER_PAPER_OUT },
		{ { 0x12, 0x12, 0x12, 0x72 }, PRINTER_PAPER_OUT }, /* some stay online */
		{ { 0x12, 0x12, 0x12, 0x1E }, PRINTER_PAPER_LOW },
		{ { 0x1A, 0x52, 0x1A, 0x12 }, PRINTER_FAULT },
		{ { 0x1A, 0x52, 0x32, 0x12 }, PRINTER_FAULT },
		{ { 0x1A, 0x52, 0x52, 0x12 }, PRINTER_FAULT },
		{ { 0x1A, 0x1A, 0x12, 0x12 }, PRINTER_FAULT },
		{ { 0x1A, 0x12, 0x12, 0x12 }, PRINTER_FAULT },
	};
	char text[160];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(
			escpos_state(cases[i].answers, text, sizeof(text)), cases[i].state);
	/* Flow control is no status. */
	assert_false(escpos_is_status(0x11));
	assert_false(escpos_is_status(0x13));
	assert_false(escpos_is_mark(0x11));
	assert_false(escpos_is_mark(0x13));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_kinds, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_without_cutter, setup_without_cutter, teardown),
		cmocka_unit_test_setup_teardown(test_wrapping, setup, teardown),
		cmocka_unit_test_setup_teardown(test_letters, setup, teardown),
		cmocka_unit_test_setup_teardown(test_any_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_breaks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_job, setup, teardown),
		cmocka_unit_test_setup_teardown(test_status, setup, teardown),
		cmocka_unit_test(test_status_bits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
