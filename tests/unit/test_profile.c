/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Board profiles: those that are shipped, and everything that may be wrong with one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/log.h"
#include "lines/profile.h"

#define GOOD                                                                                       \
	"[chip]\nlabel = chip-a\n"                                                                 \
	"[keypad]\nrows = R1 R2 R3 R4\ncolumns = C1 C2 C3\n"                                       \
	"[display]\nrs = RS\nenable = E\ndata = D4 D5 D6 D7\n"

static char folder[32];
static char board[64], overrides[64];
static char said[8192];

struct loading {
	const char *board, *overrides;
	struct profile *profile;
};

static int set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/kotak-board-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(board, sizeof(board), "%s/board.conf", folder);
	snprintf(overrides, sizeof(overrides), "%s/own.conf", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(board);
	unlink(overrides);
	return rmdir(folder);
}

static void write_file(const char *path, const char *text)
{
	autofile FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
}

/* What is logged meanwhile is kept in said. */
static int load(struct loading *loading)
{
	autofile FILE *log = tmpfile();
	autoclose int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	size_t length;
	int result;

	assert_non_null(log);
	assert_true(kept >= 0);
	assert_true(dup2(fileno(log), STDERR_FILENO) >= 0);
	loading->profile = NULL;
	result = profile_load(loading->board, loading->overrides, &loading->profile);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	rewind(log);
	length = fread(said, 1, sizeof(said) - 1, log);
	said[length] = '\0';
	return result;
}

static void expect_said(const char *text)
{
	if (!strstr(said, text)) {
		print_error("wanted \"%s\" in: %s", text, said);
		fail();
	}
}

static struct profile *must_load(const char *name, const char *own)
{
	struct loading loading = { .board = name, .overrides = own };

	assert_int_equal(load(&loading), 0);
	return loading.profile;
}

static void refuses(const char *text, const char *place, const char *right)
{
	struct loading loading = { .board = board };
	char wanted[256];

	write_file(board, text);
	assert_int_equal(load(&loading), -EINVAL);
	assert_null(loading.profile);
	snprintf(wanted, sizeof(wanted), "%s:%s", board, place);
	expect_said(wanted);
	expect_said(right);
}

static void assert_line(const struct lines_name *name, const char *chip, const char *line)
{
	assert_string_equal(name->chip, chip);
	assert_string_equal(name->line, line);
}

static void test_good(void **state)
{
	(void)state;
	write_file(board, "[board]\nmodel = Some Board\n" GOOD
			  "backlight = other:chip:17\ni2c_bus = 3\n[outputs]\nlamp = 4\n");
	autoprofile struct profile *profile = must_load(board, NULL);

	assert_string_equal(profile->path, board);
	assert_string_equal(profile->model, "Some Board");
	expect_said("is for Some Board, which this machine doesn't call itself");
	assert_int_equal(profile->row_count, 4);
	assert_int_equal(profile->column_count, 3);
	assert_line(&profile->rows[3], "chip-a", "R4");
	assert_line(&profile->columns[0], "chip-a", "C1");
	assert_true(profile->has_display);
	assert_line(&profile->rs, "chip-a", "RS");
	assert_line(&profile->enable, "chip-a", "E");
	assert_line(&profile->data[3], "chip-a", "D7");
	assert_line(&profile->backlight, "other:chip", "17");
	assert_int_equal(profile->i2c_bus, 3);
	assert_null(profile->buzzer.chip);
	assert_null(profile->buzzer.line);
	assert_line(&profile->lamp, "chip-a", "4");
}

/* Little is needed: a keypad and an I2C display, or nothing of either. */
static void test_little(void **state)
{
	(void)state;
	write_file(board, "[display]\ni2c_bus = 0\n");
	autoprofile struct profile *profile = must_load(board, NULL);

	assert_int_equal(profile->row_count, 0);
	assert_int_equal(profile->column_count, 0);
	assert_false(profile->has_display);
	assert_int_equal(profile->i2c_bus, 0);
	assert_null(profile->model);
	assert_string_equal(said, "");
}

static void test_overrides(void **state)
{
	(void)state;
	write_file(board, GOOD "backlight = BL\n[outputs]\nbuzzer = BZ\nlamp = L\n");
	write_file(overrides, "[chip]\nlabel = chip-b\n[keypad]\ncolumns = 1 2 3 4\n"
			      "[display]\nbacklight =\n[outputs]\nlamp = x:9\n");
	autoprofile struct profile *profile = must_load(board, overrides);

	assert_int_equal(profile->column_count, 4);
	assert_line(&profile->columns[3], "chip-b", "4");
	assert_line(&profile->rows[0], "chip-b", "R1");
	assert_null(profile->backlight.chip);
	assert_line(&profile->buzzer, "chip-b", "BZ");
	assert_line(&profile->lamp, "x", "9");
}

static void test_wrong_overrides(void **state)
{
	struct loading loading = { .board = board, .overrides = overrides };
	char wanted[256];

	(void)state;
	write_file(board, GOOD);
	write_file(overrides, "[outputs]\n\nlamp = RS\n");
	assert_int_equal(load(&loading), -EINVAL);
	snprintf(wanted, sizeof(wanted),
		"%s:3: [outputs] lamp = RS: line RS of chip-a is used by "
		"[display] rs already (%s:7)",
		overrides, board);
	expect_said(wanted);
	/* Both files' errors are said. */
	write_file(board, "[keypad]\nrows = 1\n");
	write_file(overrides, "[outputs]\nlamp = 1 2\n");
	assert_int_equal(load(&loading), -EINVAL);
	expect_said("board.conf:2: ");
	expect_said("own.conf:2: ");
	unlink(overrides);
	write_file(board, GOOD);
	assert_int_equal(load(&loading), -ENOENT);
}

static void test_errors_named(void **state)
{
	static const struct {
		const char *text, *place, *right;
	} errors[] = {
		{ GOOD "[keys]\nrows = 1\n", "11: [keys] rows = 1: ", "[keypad] rows, columns" },
		{ GOOD "data0 = 1\n", "10: [display] data0 = 1: ", "unknown" },
		{ "[keypad one]\nrows = 1 2 3 4\n", "2: [keypad one] ", "no name" },
		{ GOOD "[keypad]\nrows = 1 2 3\n", "11: [keypad] rows = 1 2 3: ", "four lines" },
		{ GOOD "[keypad]\nrows = 1 2 3 4 5\n", "11: [keypad] ", "four lines" },
		{ GOOD "[keypad]\ncolumns = 1 2\n", "11: [keypad] ", "three lines, or four" },
		{ GOOD "[display]\ndata = 1 2 3 x:\n", "11: [display] ", "name or number" },
		{ GOOD "[display]\ndata = 1 2 3 :4\n", "11: [display] ", "name or number" },
		{ GOOD "backlight = abcdefghijklmnopqrstuvwxyz0123456\n", "10: [display] ",
			"up to 31" },
		{ GOOD "i2c_bus = 256\n", "10: [display] i2c_bus = 256: ", "0 to 255" },
		{ GOOD "i2c_bus = x\n", "10: [display] i2c_bus = x: ", "0 to 255" },
		{ "[chip]\nlabel =\n", "2: [chip] label", "1 to 31" },
		{ "[board]\nmodel =\n", "2: [board] model", "empty" },
		{ GOOD "backlight = R3\n", "10: [display] backlight = R3: ",
			"line R3 of chip-a is used by [keypad] rows already" },
		{ GOOD "[keypad]\nrows = 1 2 3 1\n", "11: [keypad] ",
			"used by [keypad] rows already" },
		{ "[keypad]\nrows = 1 2 3 4\ncolumns = 5 6 7\n", "2: [keypad] ",
			"which chip is 1 on?" },
		{ "[chip]\nlabel = a\n[keypad]\nrows = 1 2 3 4\n", "4: [keypad] ",
			"needs [keypad] columns" },
		{ "[chip]\nlabel = a\n[display]\nrs = 1\ndata = 1 2 3 4\n", "4: [display] rs = 1",
			"needs [display] enable" },
		{ "[chip]\nlabel = a\n[keypad]\nrows = 1 2 b:3 4\ncolumns = 5 6 7\n",
			"4: [keypad] ", "must be on the same chip as 1, on a" },
		{ GOOD "[display]\nrs = b:1\n", "9: [display] data",
			"must be on the same chip as 1, on b" },
		{ "what is this\n", "1: ", "neither" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		refuses(errors[i].text, errors[i].place, errors[i].right);
}

static void test_no_board(void **state)
{
	struct loading loading = { .board = "no-such-board" };

	(void)state;
	assert_int_equal(load(&loading), -ENOENT);
	expect_said("board = no-such-board: there is no such board");
	loading.board = "/nowhere/board.conf";
	assert_int_equal(load(&loading), -ENOENT);
	expect_said("/nowhere/board.conf");
	loading.board = "../boards/x";
	assert_int_equal(load(&loading), -ENOENT);
}

/* By its name: beside the program, in a folder that the build fills. */
static void test_beside_program(void **state)
{
	char path[PATH_MAX], file[PATH_MAX + 48], name[32];
	struct loading loading = { .board = name };
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	bool made;

	(void)state;
	assert_true(length > 0);
	path[length] = '\0';
	snprintf(strrchr(path, '/'), 8, "/boards");
	made = mkdir(path, 0755) == 0;
	snprintf(name, sizeof(name), "of-this-test-%d", (int)getpid());
	snprintf(file, sizeof(file), "%s/%s.conf", path, name);
	write_file(file, GOOD);
	autoprofile struct profile *profile = must_load(loading.board, NULL);
	assert_string_equal(profile->path, file);
	loading.board = "another";
	assert_int_equal(load(&loading), -ENOENT);
	expect_said(name);
	unlink(file);
	if (made)
		rmdir(path);
}

static void test_model(void **state)
{
	struct profile profile = { .model = "Raspberry Pi 4" };

	(void)state;
	write_file(board, "Raspberry Pi 4 Model B Rev 1.4");
	assert_true(profile_fits(&profile, board));
	write_file(board, "Raspberry Pi 3 Model B Rev 1.2");
	assert_false(profile_fits(&profile, board));
	write_file(board, "Raspberry Pi");
	assert_false(profile_fits(&profile, board));
	assert_false(profile_fits(&profile, "/nowhere"));
	profile.model = NULL;
	assert_true(profile_fits(&profile, "/nowhere"));
}

static bool is_pi(const char *path)
{
	return strstr(path, "/raspberry-pi-") != NULL;
}

/* Of the header's lines those that every kernel calls the same, and no bus or serial port. */
static void assert_wiring(const struct profile *profile, char first[17][32])
{
	const struct lines_name *lines[] = { &profile->rows[0], &profile->rows[1],
		&profile->rows[2], &profile->rows[3], &profile->columns[0], &profile->columns[1],
		&profile->columns[2], &profile->columns[3], &profile->rs, &profile->enable,
		&profile->data[0], &profile->data[1], &profile->data[2], &profile->data[3],
		&profile->backlight, &profile->buzzer, &profile->lamp };
	static const char *const header[] = { "4", "GPIO5", "GPIO6", "GPIO12", "GPIO13", "GPIO16",
		"GPIO17", "GPIO18", "GPIO19", "GPIO20", "GPIO21", "GPIO22", "GPIO23", "GPIO24",
		"GPIO25", "GPIO26", "GPIO27" };

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		bool known = false;

		for (size_t name = 0; name < ARRAY_SIZE(header); name++)
			known = known || strcmp(lines[i]->line, header[name]) == 0;
		assert_true(known);
		/* One wiring for all of them. */
		if (!*first[i])
			snprintf(first[i], sizeof(first[i]), "%s", lines[i]->line);
		assert_string_equal(first[i], lines[i]->line);
	}
}

static void test_shipped(void **state)
{
	static const char *const lcd[] = { "lcd-d4", "lcd-d5", "lcd-d6", "lcd-d7" };
	glob_t found = { 0 };
	char first[17][32] = { "" };
	unsigned pis = 0;

	(void)state;
	assert_int_equal(glob("board/profiles/*.conf", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		autoprofile struct profile *profile = must_load(found.gl_pathv[i], NULL);

		assert_int_equal(profile->row_count, 4);
		assert_int_equal(profile->column_count, strstr(found.gl_pathv[i], "4x3") ? 3 : 4);
		assert_true(profile->has_display);
		assert_non_null(profile->backlight.chip);
		assert_non_null(profile->buzzer.chip);
		assert_non_null(profile->lamp.chip);
		assert_int_equal(profile->i2c_bus, 1);
		if (!is_pi(found.gl_pathv[i]))
			continue;
		assert_non_null(profile->model);
		assert_wiring(profile, first);
		pis++;
	}
	globfree(&found);
	assert_int_equal(pis, 4);
	autoprofile struct profile *simulated = must_load("board/profiles/simulated.conf", NULL);
	assert_line(&simulated->rows[0], "kotak-panel", "row-1");
	assert_line(&simulated->columns[3], "kotak-panel", "column-4");
	assert_line(&simulated->enable, "kotak-panel", "lcd-enable");
	for (size_t i = 0; i < ARRAY_SIZE(lcd); i++)
		assert_line(&simulated->data[i], "kotak-panel", lcd[i]);
}

#define with_folder(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_folder(test_good),
		with_folder(test_little),
		with_folder(test_overrides),
		with_folder(test_wrong_overrides),
		with_folder(test_errors_named),
		with_folder(test_model),
		cmocka_unit_test(test_no_board),
		cmocka_unit_test(test_beside_program),
		cmocka_unit_test(test_shipped),
	};

	log_open("test", LOG_INFO);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
