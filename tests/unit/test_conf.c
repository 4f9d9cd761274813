/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A wrong configuration stops the start with file, line, key and what would be right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/conf.h"
#include "base/log.h"
#include "kotakd/config.h"

#define SAID_SIZE 8192

static char path[] = "/tmp/kotak-conf-XXXXXX";
static char said[SAID_SIZE];

static void write_file(const char *text)
{
	autofile FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
}

/* Runs what logs and keeps its lines in said. */
static int listen_to(int (*run)(void *context), void *context)
{
	FILE *log = tmpfile();
	autoclose int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);

	assert_non_null(log);
	assert_true(kept >= 0);
	assert_true(dup2(fileno(log), STDERR_FILENO) >= 0);
	int result = run(context);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	rewind(log);
	size_t length = fread(said, 1, sizeof(said) - 1, log);
	said[length] = '\0';
	fclose(log);
	return result;
}

static int load(void *context)
{
	struct config config;
	int result = config_load(context, &config);

	config_release(&config);
	return result;
}

static void refuses(const char *text, const char *place, const char *right)
{
	char wanted[128];

	write_file(text);
	assert_int_equal(listen_to(load, path), -EINVAL);
	snprintf(wanted, sizeof(wanted), "%s:%s", path, place);
	if (!strstr(said, wanted) || !strstr(said, right))
		fail_msg("wanted \"%s\" and \"%s\" in: %s", wanted, right, said);
}

#define GOOD "[kiosk]\nid = 3\n[store]\npath = /tmp/kotak.db\n"

static void test_good(void **state)
{
	struct config config;

	(void)state;
	write_file("; a comment\n" GOOD "[modem sim1]\ndevice = /dev/ttyUSB0\npin = 1234\n"
		   "[modem  sim2]\ndevice=auto\n");
	assert_int_equal(config_load(path, &config), 0);
	assert_int_equal(config.kiosk_id, 3);
	assert_string_equal(config.store_path, "/tmp/kotak.db");
	assert_int_equal(config.modem_count, 2);
	assert_string_equal(config.modems[0].name, "sim1");
	assert_string_equal(config.modems[0].pin, "1234");
	assert_string_equal(config.modems[1].name, "sim2");
	assert_string_equal(config.modems[1].device, "auto");
	config_release(&config);
}

/* Each error names file, line, section, key and what would be right. */
static void test_errors_named(void **state)
{
	static const struct {
		const char *text, *place, *right;
	} errors[] = {
		{ "[kiosk]\nid = 0\n", "2: [kiosk] id = 0", "whole number from 1 to 999" },
		{ "[kiosk]\n\n; x\nid = many\n", "4: [kiosk] id = many", "whole number" },
		{ "[kiosk]\nid = 3x\n", "2: [kiosk] id = 3x", "whole number" },
		{ "[kiosk]\nid = 99999999999999999999\n", "2: [kiosk] id", "whole number" },
		{ "[kiosk]\nid =\n", "2: [kiosk] id", "whole number" },
		{ "[kiosk]\nname =\n", "2: [kiosk] name", "must not be empty" },
		{ "[kiosk]\ncolour = red\n", "2: [kiosk] colour = red", "[kiosk] has id, name" },
		{ "[kiosc]\nid = 3\n", "2: [kiosc] id = 3", "no such section" },
		{ "[modem]\ndevice = auto\n", "2: [modem] device", "[modem sim1]" },
		{ "[modem sim1]\ndevice = auto\nbaud = 9600\n", "3: [modem sim1] baud = 9600",
			"[modem] has device" },
		{ "[kiosk x]\nid = 3\n", "2: [kiosk x] id", "only [modem NAME]" },
		{ "[kiosk]\nid = 3\nnonsense\n", "3: ", "key = value" },
		{ "nonsense\n", "1: ", "key = value" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		refuses(errors[i].text, errors[i].place, errors[i].right);
}

static void test_all_errors_said(void **state)
{
	(void)state;
	refuses("[kiosk]\nid = 0\nname =\n[panel]\nfrob = 1\n", "2: ", "whole number");
	assert_non_null(strstr(said, ":3: "));
	assert_non_null(strstr(said, ":5: "));
}

/* A PIN is nothing for the log, not even a wrong one. */
static void test_pin_kept_out(void **state)
{
	(void)state;
	refuses("[modem sim1]\ndevice = auto\npin = 12345678901\n", "3: [modem sim1] pin",
		"4 to 8 digits");
	assert_null(strstr(said, "12345678901"));
}

static void test_overlong_line(void **state)
{
	char *text = malloc(20000);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', 19999);
	text[19999] = '\0';
	memcpy(text, GOOD "[kiosk]\nname = ", strlen(GOOD "[kiosk]\nname = "));
	/* Followed by a right line: the numbers of later lines stay right too. */
	memcpy(text + 19960, "\n[kiosk]\nid = 0\n", strlen("\n[kiosk]\nid = 0\n"));
	text[19960 + strlen("\n[kiosk]\nid = 0\n")] = '\0';
	refuses(text, "6: line longer than", "shorten it");
	assert_non_null(strstr(said, ":8: [kiosk] id = 0"));
	free(text);
}

static void test_missing_file(void **state)
{
	(void)state;
	assert_int_equal(listen_to(load, (void *)"/nonexistent/kotakd.conf"), -ENOENT);
	assert_non_null(strstr(said, "/nonexistent/kotakd.conf"));
	assert_non_null(strstr(said, "--config"));
}

static void test_values(void **state)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = { { "yes", true }, { "Yes", true }, { "on", true }, { "1", true },
		{ "true", true }, { "no", false }, { "OFF", false }, { "0", false },
		{ "false", false } };
	struct conf_entry entry = { "f", 1, "s", "", "k", "-5" };
	int64_t number = 0;
	bool value = false;

	(void)state;
	assert_int_equal(conf_integer(&entry, -5, 5, &number), 0);
	assert_int_equal(number, -5);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		entry.value = words[i].word;
		assert_int_equal(conf_boolean(&entry, &value), 0);
		assert_int_equal(value, words[i].value);
	}
}

static int make_file(void **state)
{
	(void)state;
	int fd = mkstemp(path);
	if (fd < 0)
		return -1;
	close(fd);
	log_open("test", LOG_INFO);
	return 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_errors_named),
		cmocka_unit_test(test_all_errors_said),
		cmocka_unit_test(test_pin_kept_out),
		cmocka_unit_test(test_overlong_line),
		cmocka_unit_test(test_missing_file),
		cmocka_unit_test(test_values),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("conf", tests, make_file, remove_file);
}
