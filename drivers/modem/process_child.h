/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker as a child process: held by a pidfd, so that neither its number nor SIGCHLD
 * matters; it dies with its parent and leaves no zombie. For process.c only.
 */
#ifndef KOTAK_MODEM_PROCESS_CHILD_H
#define KOTAK_MODEM_PROCESS_CHILD_H

#include <signal.h>
#include <sys/types.h>

#include "base/cleanup.h"
#include "port/modem.h"

struct modem_child {
	pid_t pid;	  /* 0: there is none */
	int pid_fd;	  /* readable when it has ended; -1: there is none */
	bool ended;	  /* and reaped */
	bool killed;	  /* by us */
	siginfo_t ending; /* when ended */
};

#define MODEM_CHILD_NONE                                                                           \
	{                                                                                          \
		.pid_fd = -1                                                                       \
	}

/*
 * Runs executable as a modem worker with this name, device and way to begin; channel is its
 * end of the channel, which stays the caller's. 0, or the negative errno of fork or pidfd_open;
 * an executable that can't be run shows as the child's end.
 */
must_check int modem_child_run(struct modem_child *child, const char *executable, char *name,
	char *device, enum modem_reset recover, int channel);
/* SIGKILL, once; 0 or a negative errno. The end itself is seen by modem_child_ended(). */
must_check int modem_child_kill(struct modem_child *child);
/* Whether it has ended; reaps it then. Never waits. */
bool modem_child_ended(struct modem_child *child);
/* Waits for its end so long at most; whether it has ended. */
bool modem_child_wait(struct modem_child *child, int wait_ms);
/*
 * Whether it ended by its own fault. An end from outside (the kernel short of memory, an
 * operator's kill) tells nothing about what it was doing.
 */
bool modem_child_failed(const struct modem_child *child);
/* How it ended, in words. */
void modem_child_describe(
	const struct modem_child *child, const char *executable, char *text, size_t size);
/* Lets go of a child that has ended (or that can't be waited for). */
void modem_child_forget(struct modem_child *child);

#endif
