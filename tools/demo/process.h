/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The demo's children. Each has a process group of its own, so that Ctrl-C reaches only
 * the demo, which then stops them in order; each dies with the demo whatever kills it.
 */
#ifndef KOTAK_DEMO_PROCESS_H
#define KOTAK_DEMO_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"

struct process {
	const char *name;
	pid_t pid; /* 0: not running */
	int pidfd; /* readable once it has ended; -1: not running */
};

#define PROCESS_NONE(program)                                                                      \
	{                                                                                          \
		.name = (program), .pidfd = -1                                                     \
	}

/*
 * Starts argv[0] (a path) with its output appended to the file at log. environment is one
 * "NAME=value" more, or NULL. 0 or a negative errno.
 */
must_check int process_start(
	struct process *process, char *const argv[], const char *log, const char *environment);

/*
 * Waits until fd (the demo's own notify socket, or a pipe) is readable or the process ends.
 * 0, -ETIME, or -ECHILD when the process ended first.
 */
must_check int process_await(const struct process *process, int fd, int64_t milliseconds);

/* SIGTERM, and after so many milliseconds SIGKILL to its whole group. Fine when not running. */
void process_stop(struct process *process, int64_t milliseconds);

/*
 * Runs a command to its end with input on its standard input (NULL: none). *output gets what
 * it wrote on standard output (caller frees). Returns its exit status, or a negative errno;
 * -ETIME when it took longer than ten seconds.
 */
must_check int process_run(char *const argv[], const char *input, char **output);

/* Milliseconds of a clock that never jumps. */
int64_t process_clock_ms(void);

#endif
