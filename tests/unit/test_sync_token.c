/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The token's file: whole or not at all, for its owner only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "sync/token.h"

#define TOKEN "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

struct place {
	char folder[40];
	char path[64];
};

static int setup(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	assert_non_null(place);
	snprintf(place->folder, sizeof(place->folder), "/tmp/kotak-token-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->path, sizeof(place->path), "%s/token", place->folder);
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	unlink(place->path);
	assert_int_equal(rmdir(place->folder), 0);
	free(place);
	return 0;
}

static void put(const char *path, const char *text)
{
	autofile FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
}

static void written_and_read(void **state)
{
	const struct place *place = *state;
	char token[TOKEN_SIZE];
	struct stat status;

	assert_int_equal(token_read(place->path, token), -ENOENT);
	assert_int_equal(token_write(place->path, TOKEN), 0);
	assert_int_equal(token_write(place->path, OTHER), 0);
	assert_int_equal(token_read(place->path, token), 0);
	assert_string_equal(token, OTHER);
	assert_int_equal(stat(place->path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
}

static void left_over_draft_is_no_matter(void **state)
{
	const struct place *place = *state;
	char draft[80], token[TOKEN_SIZE];
	struct stat status;

	snprintf(draft, sizeof(draft), "%s.new", place->path);
	put(draft, "half a tok");
	assert_int_equal(chmod(draft, 0644), 0);
	assert_int_equal(token_write(place->path, TOKEN), 0);
	assert_int_equal(token_read(place->path, token), 0);
	assert_int_equal(stat(place->path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(access(draft, F_OK), -1);
}

static void bad_tokens(void **state)
{
	static const char *const bad[] = { "", "\n", "0011", TOKEN "0\n", TOKEN "\nmore\n",
		"zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
		TOKEN TOKEN TOKEN };
	const struct place *place = *state;
	char token[TOKEN_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		put(place->path, bad[i]);
		assert_int_equal(token_read(place->path, token), -EBADMSG);
		assert_int_equal(token_write(place->path, bad[i]), -EINVAL);
	}
	put(place->path, TOKEN);
	assert_int_equal(token_read(place->path, token), 0);
	put(place->path, TOKEN "\r\n");
	assert_int_equal(token_read(place->path, token), 0);
}

static void no_folder(void **state)
{
	char token[TOKEN_SIZE];

	(void)state;
	assert_int_equal(token_write("/nonexistent/folder/token", TOKEN), -ENOENT);
	assert_int_equal(token_read("/nonexistent/folder/token", token), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(written_and_read, setup, teardown),
		cmocka_unit_test_setup_teardown(left_over_draft_is_no_matter, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_tokens, setup, teardown),
		cmocka_unit_test(no_folder),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
