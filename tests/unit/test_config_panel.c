/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the configuration of panel and printer becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "kotakd/config.h"
#include "wire/event.h"

struct files {
	char folder[64];
	char conf[96], places[96];
	struct config config;
};

static int setup(void **state)
{
	struct files *files = test_calloc(1, sizeof(*files));

	snprintf(files->folder, sizeof(files->folder), "/tmp/kotak-config-XXXXXX");
	assert_non_null(mkdtemp(files->folder));
	snprintf(files->conf, sizeof(files->conf), "%s/kotakd.conf", files->folder);
	snprintf(files->places, sizeof(files->places), "%s/places", files->folder);
	*state = files;
	return 0;
}

static int teardown(void **state)
{
	struct files *files = *state;

	config_release(&files->config);
	unlink(files->conf);
	unlink(files->places);
	rmdir(files->folder);
	test_free(files);
	return 0;
}

static void write_file(const char *path, const char *text)
{
	autofile FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
}

/* Loads a configuration whose last lines these are. */
static int load(struct files *files, const char *more)
{
	autofree char *text = NULL;

	assert_true(asprintf(&text, "[kiosk]\nid = 3\n[store]\npath = %s/kotak.db\n%s",
			    files->folder, more) > 0);
	write_file(files->conf, text);
	config_release(&files->config);
	return config_load(files->conf, &files->config);
}

static void without_a_panel(void **state)
{
	struct files *files = *state;
	autojson json_t *places = NULL;

	assert_int_equal(load(files, ""), 0);
	assert_string_equal(files->config.panel_driver, "none");
	assert_null(files->config.printer_device);
	assert_int_equal(config_places(&files->config, &places), 0);
	assert_int_equal(json_array_size(places), 0);
	assert_int_equal(config_check_files(files->conf, &files->config), 0);
}

static void defaults(void **state)
{
	struct files *files = *state;

	assert_int_equal(load(files, "[panel]\ndriver = gpio\n[printer]\ndevice = /dev/lp\n"), 0);
	assert_string_equal(files->config.panel_board, "raspberry-pi-4");
	assert_null(files->config.panel_lines);
	assert_int_equal(files->config.display.columns, 20);
	assert_int_equal(files->config.display.rows, 4);
	assert_false(files->config.display.i2c);
	assert_int_equal(files->config.printer_baud, 9600);
	assert_int_equal(load(files, "[panel]\ndriver = sim\nlines = panel.lines\n"), 0);
	assert_string_equal(files->config.panel_board, "simulated");
}

static void displays(void **state)
{
	struct files *files = *state;
	static const struct {
		const char *text;
		struct config_display display;
	} right[] = {
		{ "20x4 gpio", { 20, 4, false, 0, 0, false } },
		{ "16x2 gpio", { 16, 2, false, 0, 0, false } },
		{ "20x4 i2c:1:0x27", { 20, 4, true, 1, 0x27, false } },
		{ "16x2\ti2c:10:0x3F:B", { 16, 2, true, 10, 0x3f, true } },
		{ "20x4 i2c:0:39", { 20, 4, true, 0, 39, false } },
	};
	static const char *const wrong[] = { "20x4", "gpio", "20x4gpio", "40x2 gpio", "20x4 gpio x",
		"20x4 spi:1", "20x4 i2c", "20x4 i2c:1", "20x4 i2c:1:0x07", "20x4 i2c:1:0x78",
		"20x4 i2c:1:", "20x4 i2c:-1:0x27", "20x4 i2c:1:0x27:", "20x4 i2c:1:0x27:a",
		"20x4 i2c:4294967297:0x27", "20x4 i2c:1:99999999999999999999" };

	for (size_t i = 0; i < ARRAY_SIZE(right); i++) {
		autofree char *more = NULL;
		assert_true(asprintf(&more, "[panel]\ndisplay = %s\n", right[i].text) > 0);
		assert_int_equal(load(files, more), 0);
		const struct config_display *got = &files->config.display;
		const struct config_display *wanted = &right[i].display;
		assert_int_equal(got->columns, wanted->columns);
		assert_int_equal(got->rows, wanted->rows);
		assert_int_equal(got->i2c, wanted->i2c);
		assert_int_equal(got->bus, wanted->bus);
		assert_int_equal(got->address, wanted->address);
		assert_int_equal(got->wiring_b, wanted->wiring_b);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		autofree char *more = NULL;
		assert_true(asprintf(&more, "[panel]\ndisplay = %s\n", wrong[i]) > 0);
		assert_int_equal(load(files, more), -EINVAL);
	}
}

static void places_of_a_village(void **state)
{
	struct files *files = *state;
	autofree char *more = NULL;
	autojson json_t *places = NULL;
	autojson json_t *wanted =
		json_loads("[{\"name\": \"Karang\", \"parts\": [\"RT 01\", \"RT 02\"]},"
			   " {\"name\": \"Wates Kulon\", \"parts\": []}]",
			0, NULL);

	assert_true(asprintf(&more, "[panel]\nplaces = %s\n", files->places) > 0);
	assert_int_equal(load(files, more), 0);
	assert_int_equal(config_places(&files->config, &places), -ENOENT);
	assert_int_equal(config_check_files(files->conf, &files->config), -EINVAL);
	write_file(files->places,
		"# dusun: RT\n\n Karang :RT 01 ,  RT 02\r\nWates Kulon:\n  # none more");
	assert_int_equal(config_places(&files->config, &places), 0);
	assert_true(json_equal(places, wanted));
	assert_int_equal(config_check_files(files->conf, &files->config), 0);
}

/* The most that a village may have still goes to the worker in one message. */
static void the_longest_list(void **state)
{
	struct files *files = *state;
	autofree char *more = NULL;
	autojson json_t *places = NULL;

	assert_true(asprintf(&more, "[panel]\nplaces = %s\n", files->places) > 0);
	assert_int_equal(load(files, more), 0);
	autofile FILE *file = fopen(files->places, "w");
	assert_non_null(file);
	for (int place = 0; place < 64; place++) {
		fprintf(file, "D%d: ", place);
		for (int part = 0; part < 60; part++)
			fprintf(file, "%s%d", part ? "," : "", part);
		fputs("\n", file);
	}
	fflush(file);
	assert_int_equal(config_places(&files->config, &places), 0);
	autofree char *text = json_dumps(places, JSON_COMPACT);
	assert_true(strlen(text) < 60000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_a_panel, setup, teardown),
		cmocka_unit_test_setup_teardown(defaults, setup, teardown),
		cmocka_unit_test_setup_teardown(displays, setup, teardown),
		cmocka_unit_test_setup_teardown(places_of_a_village, setup, teardown),
		cmocka_unit_test_setup_teardown(the_longest_list, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
