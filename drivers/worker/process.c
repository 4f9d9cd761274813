/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "worker/process.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/link.h"
#include "base/log.h"
#include "worker/child.h"

#define PING_AFTER_MS 10000
#define SILENT_AFTER_MS 20000
/* How long it may take to end after its link is closed, and after SIGKILL. */
#define LEAVE_MS 500
#define KILLED_MS 2000
#define PAUSE_FIRST_MS 100
#define PAUSE_MAX_MS 10000
/* One that lived so long begins with a clean slate. */
#define STEADY_MS 60000

struct worker_process {
	struct worker worker;
	char *name, *executable;
	json_t *start;

	int poll_fd; /* epoll: the link and the child's end */
	struct link *link;
	struct child child;
	bool watching_out;

	bool told;	  /* WORKER_STARTED was given */
	char reason[128]; /* why we killed it */
	int64_t started_ms;
	int64_t restart_ms; /* when to start one, while none runs */
	int64_t pause_ms;
	uint64_t received;
	int64_t heard_ms;
	bool pinged;
	int64_t pinged_ms;
};

static struct worker_process *process_of(struct worker *worker)
{
	return (struct worker_process *)worker;
}

static int watch(struct worker_process *self, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(self->poll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

/* Has the poll descriptor wake us for output only while there is some. */
static void watch_output(struct worker_process *self)
{
	bool waiting = self->link && link_waiting(self->link);
	struct epoll_event event = { .events = EPOLLIN | (waiting ? EPOLLOUT : 0) };

	if (!self->link || waiting == self->watching_out)
		return;
	if (epoll_ctl(self->poll_fd, EPOLL_CTL_MOD, link_fd(self->link), &event) == 0)
		self->watching_out = waiting;
}

static void drop_link(struct worker_process *self)
{
	link_free(take_pointer(self->link));
	self->watching_out = false;
}

/* Its end is seen by next(). */
static void kill_child(struct worker_process *self, const char *reason)
{
	if (self->child.pid == 0 || self->child.ended || self->child.killed)
		return;
	snprintf(self->reason, sizeof(self->reason), "%s", reason);
	int result = child_kill(&self->child);
	if (result < 0)
		log_error("worker %s can't be killed: %s", self->name, strerror(-result));
}

static void end_child(struct worker_process *self, int leave_ms)
{
	/* Without its link it leaves by itself. */
	drop_link(self);
	if (self->child.pid != 0 && (self->child.killed || !child_wait(&self->child, leave_ms))) {
		kill_child(self, "kotakd stops");
		if (!child_wait(&self->child, KILLED_MS))
			log_error("worker %s doesn't end: does its driver hang?", self->name);
	}
	child_forget(&self->child);
}

static int run_child(struct worker_process *self)
{
	char program[] = "kotakd", option[] = "--worker";
	char *argv[] = { program, option, self->name, NULL };
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0)
		return -errno;
	autoclose int theirs = ends[1];
	int result = link_new(ends[0], &self->link);

	if (result == 0)
		result = watch(self, link_fd(self->link));
	if (result == 0)
		result = link_send(self->link, self->start);
	if (result == 0)
		result = child_run(&self->child, self->executable, argv, theirs);
	if (result == 0)
		result = watch(self, self->child.pid_fd);
	return result;
}

static void start_child(struct worker_process *self, int64_t now_ms)
{
	int result = run_child(self);

	self->told = false;
	self->reason[0] = '\0';
	self->received = 0;
	self->heard_ms = self->started_ms = now_ms;
	self->pinged = false;
	if (result < 0) {
		end_child(self, 0);
		self->restart_ms = now_ms + PAUSE_MAX_MS;
		log_error("worker %s can't be started: %s; trying again in %d s", self->name,
			strerror(-result), PAUSE_MAX_MS / 1000);
	}
}

/* It is gone and its last word was read. */
static void finish_child(struct worker_process *self, struct worker_event *event, int64_t now_ms)
{
	char how[128];

	child_describe(&self->child, self->executable, how, sizeof(how));
	*event = (struct worker_event) { .type = WORKER_STOPPED };
	snprintf(event->text, sizeof(event->text), "%s", *self->reason ? self->reason : how);
	if (now_ms - self->started_ms >= STEADY_MS)
		self->pause_ms = 0;
	self->restart_ms = now_ms + self->pause_ms;
	self->pause_ms = self->pause_ms ? self->pause_ms * 2 : PAUSE_FIRST_MS;
	if (self->pause_ms > PAUSE_MAX_MS)
		self->pause_ms = PAUSE_MAX_MS;
	drop_link(self);
	child_forget(&self->child);
}

/* 1 and a message, 0 when there is none now, -EPIPE when there will be no more. */
static int next_message(struct worker_process *self, struct worker_event *event, int64_t now_ms)
{
	if (!self->link)
		return -EPIPE;
	*event = (struct worker_event) { .type = WORKER_MESSAGE };
	int result = link_next(self->link, &event->message);
	if (link_received(self->link) != self->received) {
		self->received = link_received(self->link);
		self->heard_ms = now_ms;
		self->pinged = false;
	}
	if (result < 0) {
		drop_link(self);
		if (result != -EPIPE)
			kill_child(self, "it sent what is no message");
	}
	return result;
}

static int process_next(struct worker *worker, struct worker_event *event, int64_t now_ms)
{
	struct worker_process *self = process_of(worker);

	if (self->link && link_flush(self->link) != -EPIPE)
		watch_output(self);
	if (self->child.pid == 0)
		return 0;
	if (!self->told) {
		self->told = true;
		*event = (struct worker_event) { .type = WORKER_STARTED };
		return 1;
	}
	for (;;) {
		int result = next_message(self, event, now_ms);

		if (result == 1)
			return 1;
		/* Its last words come before its end, so the link is read once more after it. */
		if (self->child.ended) {
			finish_child(self, event, now_ms);
			return 1;
		}
		if (!child_ended(&self->child))
			return 0;
	}
}

static void check_heartbeat(struct worker_process *self, int64_t now_ms)
{
	if (!self->link || self->child.killed)
		return;
	if (!self->pinged && now_ms - self->heard_ms >= PING_AFTER_MS) {
		/* A full queue is no excuse for the worker either. */
		int result = link_ping(self->link);

		if (result < 0 && result != -EAGAIN)
			log_debug("worker %s: ping: %s", self->name, strerror(-result));
		self->pinged = true;
		self->pinged_ms = now_ms;
		watch_output(self);
		return;
	}
	if (!self->pinged || now_ms - self->pinged_ms < SILENT_AFTER_MS - PING_AFTER_MS)
		return;
	/* If it was us who slept, its answer lies there. */
	struct pollfd unread = { .fd = link_fd(self->link), .events = POLLIN };
	if (poll(&unread, 1, 0) == 1)
		self->pinged_ms = now_ms;
	else
		kill_child(self, "it didn't react for 20 seconds");
}

static void process_tick(struct worker *worker, int64_t now_ms)
{
	struct worker_process *self = process_of(worker);

	if (!self->start)
		return;
	if (self->child.pid == 0) {
		if (now_ms >= self->restart_ms)
			start_child(self, now_ms);
		return;
	}
	/* Without a link nothing can be said to it any more: it leaves, or is made to. */
	if (!self->link && !self->child.killed && now_ms - self->heard_ms >= LEAVE_MS)
		kill_child(self, "it closed its link");
	check_heartbeat(self, now_ms);
}

static int64_t process_deadline(const struct worker *worker)
{
	const struct worker_process *self = (const struct worker_process *)worker;

	if (!self->start)
		return INT64_MAX;
	if (self->child.pid == 0)
		return self->restart_ms;
	if (self->child.killed)
		return INT64_MAX;
	if (!self->link)
		return self->heard_ms + LEAVE_MS;
	if (!self->told)
		return self->started_ms;
	return self->pinged ? self->pinged_ms + SILENT_AFTER_MS - PING_AFTER_MS
			    : self->heard_ms + PING_AFTER_MS;
}

static int process_start(struct worker *worker, const json_t *start, int64_t now_ms)
{
	struct worker_process *self = process_of(worker);
	json_t *copy = json_deep_copy(start);

	if (!copy)
		return -ENOMEM;
	if (!self->start)
		self->restart_ms = now_ms;
	json_decref(self->start);
	self->start = copy;
	process_tick(worker, now_ms);
	return 0;
}

static int process_fd(const struct worker *worker)
{
	return ((const struct worker_process *)worker)->poll_fd;
}

static int process_send(struct worker *worker, const json_t *message)
{
	struct worker_process *self = process_of(worker);

	if (!self->link || self->child.killed || self->child.ended)
		return -ENOTCONN;
	int result = link_send(self->link, message);
	watch_output(self);
	return result == -EPIPE ? -ENOTCONN : result;
}

static void process_close(struct worker *worker)
{
	if (!worker)
		return;
	struct worker_process *self = process_of(worker);

	end_child(self, LEAVE_MS);
	if (self->poll_fd >= 0)
		close(self->poll_fd);
	json_decref(self->start);
	free(self->executable);
	free(self->name);
	free(self);
}

static const struct worker_ops process_ops = {
	.name = "process",
	.start = process_start,
	.fd = process_fd,
	.next = process_next,
	.deadline = process_deadline,
	.tick = process_tick,
	.send = process_send,
	.close = process_close,
};

int worker_process_new(const char *name, const char *executable, struct worker **out)
{
	struct worker_process *self = calloc(1, sizeof(*self));
	int result = 0;

	if (!self)
		return -ENOMEM;
	self->worker.ops = &process_ops;
	self->child = (struct child)CHILD_NONE;
	self->name = strdup(name);
	self->executable = strdup(executable ? executable : "/proc/self/exe");
	self->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (!self->name || !self->executable)
		result = -ENOMEM;
	else if (self->poll_fd < 0)
		result = -errno;
	if (result < 0) {
		process_close(&self->worker);
		return result;
	}
	*out = &self->worker;
	return 0;
}
