/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding and opening ports, on pseudo-terminals. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "modem/serial.h"
#include "modem/usb_reset.h"

struct terminal {
	int master;
	char path[64];
};

static struct terminal make_terminal(void)
{
	struct terminal terminal = { .master = posix_openpt(O_RDWR | O_NOCTTY) };

	assert_true(terminal.master >= 0);
	assert_int_equal(grantpt(terminal.master), 0);
	assert_int_equal(unlockpt(terminal.master), 0);
	assert_int_equal(ptsname_r(terminal.master, terminal.path, sizeof(terminal.path)), 0);
	return terminal;
}

static void test_find(void **state)
{
	struct terminal first = make_terminal();
	struct terminal second = make_terminal();
	char directory[] = "/tmp/kotak-serial-XXXXXX";
	struct serial_candidates found;
	char link[64], other[64], pattern[64];

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(link, sizeof(link), "%s/modem1", directory);
	snprintf(other, sizeof(other), "%s/modem2", directory);
	snprintf(pattern, sizeof(pattern), "%s/modem*", directory);
	assert_int_equal(serial_find(link, &found), 0);
	assert_int_equal(found.count, 0);
	assert_int_equal(serial_find(pattern, &found), 0);
	assert_int_equal(found.count, 0);
	assert_int_equal(symlink(first.path, link), 0);
	assert_int_equal(serial_find(link, &found), 0);
	assert_int_equal(found.count, 1);
	assert_string_equal(found.paths[0], first.path);
	serial_candidates_free(&found);
	/* Two names of one port are one. */
	assert_int_equal(symlink(first.path, other), 0);
	assert_int_equal(serial_find(pattern, &found), 0);
	assert_int_equal(found.count, 1);
	serial_candidates_free(&found);
	unlink(other);
	assert_int_equal(symlink(second.path, other), 0);
	assert_int_equal(serial_find(pattern, &found), 0);
	assert_int_equal(found.count, 2);
	assert_string_equal(found.paths[1], second.path);
	serial_candidates_free(&found);
	/* Whatever there is on this machine: a pseudo-terminal is never among it. */
	assert_int_equal(serial_find("auto", &found), 0);
	for (size_t i = 0; i < found.count; i++)
		assert_null(strstr(found.paths[i], "/pts/"));
	serial_candidates_free(&found);
	unlink(link);
	unlink(other);
	rmdir(directory);
	close(first.master);
	close(second.master);
}

static void wait_readable(int fd)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	assert_true(poll(&poller, 1, 60000) > 0);
}

static void test_read_and_write(void **state)
{
	struct terminal terminal = make_terminal();
	struct serial *serial;
	uint8_t bytes[16];

	(void)state;
	assert_int_equal(serial_open(terminal.path, &serial), 0);
	assert_string_equal(serial_path(serial), terminal.path);
	assert_int_equal(serial_read(serial, bytes, sizeof(bytes)), -EAGAIN);
	assert_int_equal(write(terminal.master, "\r\nOK\r\n\x03\x11", 8), 8);
	wait_readable(serial_fd(serial));
	/* Raw: nothing is echoed, changed or taken for a signal. */
	assert_int_equal(serial_read(serial, bytes, sizeof(bytes)), 8);
	assert_memory_equal(bytes, "\r\nOK\r\n\x03\x11", 8);
	assert_int_equal(serial_write(serial, (const uint8_t *)"AT\r\x1a", 4), 4);
	wait_readable(terminal.master);
	assert_int_equal(read(terminal.master, bytes, sizeof(bytes)), 4);
	assert_memory_equal(bytes, "AT\r\x1a", 4);
	close(terminal.master);
	wait_readable(serial_fd(serial));
	assert_int_equal(serial_read(serial, bytes, sizeof(bytes)), -ENODEV);
	assert_int_equal(serial_write(serial, bytes, 1), -ENODEV);
	serial_close(serial);
}

/* A modem that takes nothing must not hold us up. */
static void test_full(void **state)
{
	struct terminal terminal = make_terminal();
	static uint8_t bytes[4096];
	struct serial *serial;
	ssize_t written = 1;

	(void)state;
	assert_int_equal(serial_open(terminal.path, &serial), 0);
	for (int i = 0; i < 1000 && written > 0; i++)
		written = serial_write(serial, bytes, sizeof(bytes));
	assert_int_equal(written, -EAGAIN);
	serial_close(serial);
	close(terminal.master);
}

static void test_shared_by_nobody(void **state)
{
	struct terminal terminal = make_terminal();
	struct serial *serial, *other;
	pid_t child;
	int status;

	(void)state;
	assert_int_equal(serial_open(terminal.path, &serial), 0);
	assert_int_equal(serial_open(terminal.path, &other), -EBUSY);
	serial_close(serial);
	/* The owner is killed: its successor gets the port. */
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (serial_open(terminal.path, &serial) == 0)
			raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(serial_open(terminal.path, &serial), 0);
	serial_close(serial);
	close(terminal.master);
}

static void test_no_port(void **state)
{
	char path[] = "/tmp/kotak-serial-XXXXXX";
	struct serial *serial;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(serial_open(path, &serial), -ENOTTY);
	assert_int_equal(serial_open("/dev/null", &serial), -ENOTTY);
	assert_int_equal(serial_open("/nowhere/ttyUSB0", &serial), -ENOENT);
	serial_close(NULL);
	assert_int_equal(usb_reset_port(path), -ENODEV);
	assert_int_equal(usb_reset_port("ttyUSB0"), -ENODEV);
	close(fd);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_read_and_write),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_shared_by_nobody),
		cmocka_unit_test(test_no_port),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
