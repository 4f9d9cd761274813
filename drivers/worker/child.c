/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "worker/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define EXIT_NOT_RUN 127

/* In the child, between fork and exec: only what is safe there. */
static void become_worker(const char *executable, char *const argv[], int channel, pid_t parent)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t none;

	/* Its own group: Ctrl-C at a terminal is for kotakd, which then ends its workers. */
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_NOT_RUN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	sigaction(SIGPIPE, &standard, NULL);
	if (channel == CHILD_CHANNEL ? fcntl(channel, F_SETFD, 0) < 0
				     : dup2(channel, CHILD_CHANNEL) < 0)
		_exit(EXIT_NOT_RUN);
	close_range(CHILD_CHANNEL + 1, ~0U, 0);
	execv(executable, argv);
	_exit(EXIT_NOT_RUN);
}

int child_run(struct child *child, const char *executable, char *const argv[], int channel)
{
	pid_t parent = getpid(), pid;
	int pid_fd;

	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		become_worker(executable, argv, channel, parent);
	pid_fd = pidfd_open(pid, 0);
	if (pid_fd < 0) {
		int error = -errno;

		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return error;
	}
	*child = (struct child) { .pid = pid, .pid_fd = pid_fd };
	return 0;
}

int child_kill(struct child *child)
{
	if (child->pid == 0 || child->ended || child->killed)
		return 0;
	child->killed = true;
	return pidfd_send_signal(child->pid_fd, SIGKILL, NULL, 0) < 0 ? -errno : 0;
}

bool child_ended(struct child *child)
{
	siginfo_t ending = { 0 };

	if (child->pid == 0 || child->ended)
		return true;
	if (waitid(P_PIDFD, (id_t)child->pid_fd, &ending, WEXITED | WNOHANG) < 0) {
		/* Somebody else reaped it: all we know is that it is gone. */
		child->ended = errno == ECHILD;
	} else if (ending.si_pid != 0) {
		child->ended = true;
	}
	if (child->ended)
		child->ending = ending;
	return child->ended;
}

bool child_wait(struct child *child, int wait_ms)
{
	struct pollfd end = { .fd = child->pid_fd, .events = POLLIN };

	if (child->pid != 0 && !child->ended)
		poll(&end, 1, wait_ms);
	return child_ended(child);
}

bool child_failed(const struct child *child)
{
	int status = child->ending.si_status;

	if (!child->ended || child->ending.si_code == 0)
		return false;
	if (child->ending.si_code == CLD_EXITED)
		return status != EXIT_SUCCESS && status != EXIT_NOT_RUN;
	return status != SIGKILL && status != SIGTERM && status != SIGINT && status != SIGHUP;
}

void child_describe(const struct child *child, const char *executable, char *text, size_t size)
{
	int status = child->ending.si_status;

	if (child->ending.si_code == CLD_EXITED && status == EXIT_NOT_RUN)
		snprintf(text, size, "%s can't be run as worker", executable);
	else if (child->ending.si_code == CLD_EXITED)
		snprintf(text, size, "it exited with status %d", status);
	else
		snprintf(text, size, "it was ended by signal %d (%s)", status, strsignal(status));
}

void child_forget(struct child *child)
{
	if (child->pid_fd >= 0)
		close(child->pid_fd);
	*child = (struct child)CHILD_NONE;
}
