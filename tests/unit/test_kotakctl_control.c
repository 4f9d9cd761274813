/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kotakctl asks kotakd over its control socket, and says rightly why it can't. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <sys/wait.h>

/* The programs' own objects aren't linked to the tests of the core. */
#include "tools/kotakctl/control.c"

static char folder[] = "/tmp/kotak-control-XXXXXX";
static char path[sizeof(folder) + 8];
static const struct config config = { .control_socket = path };

/* A socket that listens at path. */
static int listen_there(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	memcpy(address.sun_path, path, sizeof(path));
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

/* Plays kotakd for one request: exits 0 when it was the wanted one. */
static pid_t serve_once(int listener, const char *wanted, const char *answer, size_t size)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child > 0)
		return child;
	char request[64] = "";
	int fd = accept(listener, NULL, NULL);
	ssize_t got = fd < 0 ? -1 : recv(fd, request, sizeof(request) - 1, 0);
	bool right = got > 0 && strcmp(request, wanted) == 0;
	for (size_t sent = 0; right && sent < size;) {
		ssize_t more = send(fd, answer + sent, size - sent, MSG_NOSIGNAL);
		right = more > 0;
		sent += more > 0 ? (size_t)more : 0;
	}
	_exit(right ? 0 : 1);
}

static void asks(const char *answer, size_t size)
{
	int listener = listen_there();
	autofree char *got = NULL;
	int status;
	pid_t child = serve_once(listener, "status\n", answer, size);

	assert_int_equal(control_ask(&config, "status", &got), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(got ? strlen(got) : SIZE_MAX, size);
	assert_memory_equal(got, answer, size);
	close(listener);
	unlink(path);
}

static void test_answers(void **state)
{
	(void)state;
	asks("{\"ok\": true}", strlen("{\"ok\": true}"));
	asks("", 0);
}

/* An answer of any sensible length, around the sizes that the buffer grows by. */
static void test_long_answers(void **state)
{
	static const size_t sizes[] = { 4094, 4095, 4096, 8191, 200000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		autofree char *answer = malloc(sizes[i]);
		assert_non_null(answer);
		memset(answer, 'x', sizes[i]);
		asks(answer, sizes[i]);
	}
}

static void test_not_running(void **state)
{
	autofree char *answer = NULL;

	(void)state;
	/* It never ran here */
	assert_int_equal(control_ask(&config, "status", &answer), -ECONNREFUSED);
	/* It died and left its socket behind */
	close(listen_there());
	assert_int_equal(control_ask(&config, "status", &answer), -ECONNREFUSED);
	unlink(path);
	assert_null(answer);
}

static void test_not_configured(void **state)
{
	const struct config without = { 0 };
	autofree char *answer = NULL;

	(void)state;
	assert_int_equal(control_ask(&without, "status", &answer), -ENOENT);
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/socket", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_long_answers),
		cmocka_unit_test(test_not_running),
		cmocka_unit_test(test_not_configured),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("kotakctl control", tests, make_folder, remove_folder);
}
