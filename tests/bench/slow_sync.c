/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LD_PRELOAD: a disk whose every sync takes SLOW_SYNC_MS longer (50 by default), as a worn SD
 * card's does. How many there were is told by the size of the file that SLOW_SYNC_COUNT names.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

typedef int sync_function(int fd);

/* Whoever waits for a disk uses no processor. */
static void wait_long(void)
{
	const char *said = getenv("SLOW_SYNC_MS");
	long ms = said ? strtol(said, NULL, 10) : 50;

	(void)poll(NULL, 0, (int)ms);
}

static void count_one(void)
{
	const char *path = getenv("SLOW_SYNC_COUNT");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;

	if (fd < 0)
		return;
	/* A count that is one short does no harm. */
	if (write(fd, ".", 1) < 0)
		errno = 0;
	close(fd);
}

static int slowly(const char *name, int fd)
{
	/* POSIX's way to a function from what dlsym() gives. */
	union {
		void *object;
		sync_function *function;
	} next = { .object = dlsym(RTLD_NEXT, name) };

	wait_long();
	count_one();
	if (!next.object) {
		errno = ENOSYS;
		return -1;
	}
	return next.function(fd);
}

int fsync(int fd)
{
	return slowly("fsync", fd);
}

int fdatasync(int fildes)
{
	return slowly("fdatasync", fildes);
}
