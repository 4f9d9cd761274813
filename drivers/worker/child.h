/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A worker as a child process: held by a pidfd, so that neither its number nor SIGCHLD
 * matters; it dies with its parent and leaves no zombie.
 */
#ifndef KOTAK_WORKER_CHILD_H
#define KOTAK_WORKER_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/cleanup.h"

struct child {
	pid_t pid;	  /* 0: there is none */
	int pid_fd;	  /* readable when it has ended; -1: there is none */
	bool ended;	  /* and reaped */
	bool killed;	  /* by us */
	siginfo_t ending; /* when ended */
};

#define CHILD_NONE                                                                                 \
	{                                                                                          \
		.pid_fd = -1                                                                       \
	}

/* The number under which the child finds its end of the channel. */
#define CHILD_CHANNEL 3
#define CHILD_CHANNEL_TEXT "3"

/*
 * Runs executable with these arguments; channel becomes the child's descriptor CHILD_CHANNEL and
 * stays the caller's too. 0, or the negative errno of fork or pidfd_open; an executable that
 * can't be run shows as the child's end.
 */
must_check int child_run(
	struct child *child, const char *executable, char *const argv[], int channel);
/* SIGKILL, once; 0 or a negative errno. The end itself is seen by child_ended(). */
must_check int child_kill(struct child *child);
/* Whether it has ended; reaps it then. Never waits. */
bool child_ended(struct child *child);
/* Waits for its end so long at most; whether it has ended. */
bool child_wait(struct child *child, int wait_ms);
/*
 * Whether it ended by its own fault. An end from outside (the kernel short of memory, an
 * operator's kill) tells nothing about what it was doing.
 */
bool child_failed(const struct child *child);
/* How it ended, in words. */
void child_describe(const struct child *child, const char *executable, char *text, size_t size);
/* Lets go of a child that has ended (or that can't be waited for). */
void child_forget(struct child *child);

#endif
