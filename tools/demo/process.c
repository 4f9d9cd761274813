/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "base/log.h"

#define RUN_MS 10000
#define OUTPUT_MAX (1024 * 1024)

int64_t process_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* In the child, between fork and exec: only what is safe there. Never returns. */
static _Noreturn void child_become(
	char *const argv[], char *const environment[], int in, int out, int error, pid_t parent)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* The demo may have died before that took effect. */
	if (getppid() != parent)
		_exit(127);
	if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
		dup2(error, STDERR_FILENO) >= 0)
		execve(argv[0], argv, environment);
	_exit(127);
}

/* Our environment with one more entry in front; caller frees the array only. */
static char **environment_with(const char *entry)
{
	size_t count = 0;

	while (environ[count])
		count++;
	char **all = calloc(count + 2, sizeof(*all));
	if (!all)
		return NULL;
	size_t used = 0;
	if (entry)
		all[used++] = (char *)entry;
	memcpy(all + used, environ, count * sizeof(*all));
	return all;
}

int process_start(
	struct process *process, char *const argv[], const char *log, const char *environment)
{
	autoclose int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	autoclose int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	autofree char **all = environment_with(environment);

	if (null < 0 || out < 0)
		return -errno;
	if (!all)
		return -ENOMEM;
	pid_t parent = getpid();
	pid_t pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		child_become(argv, all, null, out, out, parent);
	/* The child does the same; whoever is first, the group is there from here on. */
	setpgid(pid, pid);
	process->pid = pid;
	process->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (process->pidfd < 0) {
		int error = -errno;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		process->pid = 0;
		return error;
	}
	return 0;
}

int process_await(const struct process *process, int fd, int64_t milliseconds)
{
	int64_t deadline = process_clock_ms() + milliseconds;

	for (;;) {
		struct pollfd watched[] = { { .fd = fd, .events = POLLIN },
			{ .fd = process->pidfd, .events = POLLIN } };
		int64_t left = deadline - process_clock_ms();
		if (left <= 0)
			return -ETIME;
		int ready = poll(watched, ARRAY_SIZE(watched), (int)left);
		if (ready < 0 && errno != EINTR)
			return -errno;
		if (ready > 0 && watched[0].revents)
			return 0;
		if (ready > 0)
			return -ECHILD;
	}
}

/* Whether it ended in time; then it is reaped. */
static bool process_ended(struct process *process, int64_t milliseconds)
{
	if (process_await(process, -1, milliseconds) != -ECHILD)
		return false;
	waitpid(process->pid, NULL, 0);
	return true;
}

void process_stop(struct process *process, int64_t milliseconds)
{
	if (process->pid <= 0)
		return;
	kill(process->pid, SIGTERM);
	bool ended = process_ended(process, milliseconds);
	if (!ended)
		log_warning("demo: %s did not end when asked to, it is killed", process->name);
	/* Also what it left behind in its group. */
	kill(-process->pid, SIGKILL);
	if (!ended)
		waitpid(process->pid, NULL, 0);
	close(process->pidfd);
	process->pid = 0;
	process->pidfd = -1;
}

/* Reads to the end of file, the deadline or OUTPUT_MAX. */
static int read_all(int fd, int64_t deadline, char **output)
{
	autofree char *text = NULL;
	size_t size = 0;

	for (;;) {
		char *bigger = realloc(text, size + 4096);
		if (!bigger)
			return -ENOMEM;
		text = bigger;
		struct pollfd watched = { .fd = fd, .events = POLLIN };
		int64_t left = deadline - process_clock_ms();
		if (left <= 0 || poll(&watched, 1, (int)left) == 0)
			return -ETIME;
		ssize_t got = read(fd, text + size, 4095);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		size += (size_t)got;
		if (got == 0 || size > OUTPUT_MAX)
			break;
	}
	text[size] = '\0';
	*output = take_pointer(text);
	return 0;
}

int process_run(char *const argv[], const char *input, char **output)
{
	int in[2] = { -1, -1 };
	int out[2] = { -1, -1 };
	int64_t deadline = process_clock_ms() + RUN_MS;
	pid_t parent = getpid();

	if (pipe2(in, O_CLOEXEC) < 0)
		return -errno;
	autoclose int in_read = in[0];
	int in_write = in[1];
	if (pipe2(out, O_CLOEXEC) < 0) {
		close(in_write);
		return -errno;
	}
	autoclose int out_read = out[0];
	int out_write = out[1];
	pid_t pid = fork();
	if (pid == 0)
		child_become(argv, environ, in_read, out_write, STDERR_FILENO, parent);
	int error = pid < 0 ? -errno : 0;
	if (pid > 0)
		setpgid(pid, pid);
	close(out_write);
	/* Inputs are a few words: they fit the pipe, so this can't block. */
	if (!error && input && write(in_write, input, strlen(input)) < 0)
		error = -errno;
	close(in_write);
	if (pid < 0)
		return error;
	if (!error)
		error = read_all(out_read, deadline, output);
	if (error < 0)
		kill(-pid, SIGKILL);
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (error < 0)
		return error;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -ECHILD;
}
