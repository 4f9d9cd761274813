/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/log.h"
#include "modem/channel.h"
#include "modem/escalation.h"

#define PING_AFTER_MS 10000
#define SILENT_AFTER_MS 20000
/* How long a worker may take to end after it closed its channel, and when kotakd stops. */
#define HUNG_UP_MS 1000
#define LEAVE_MS 500
#define KILLED_MS 2000
/* The worker's end of the channel, as it finds it. */
#define CHILD_CHANNEL 3
#define CHILD_CHANNEL_TEXT "3"
#define EXIT_NOT_RUN 127

/* A token on the outside: the number of the worker above the worker's own token. */
#define TOKEN_WORKER_SHIFT 40
#define WORKER_NUMBER_MASK UINT64_C(0xffffff)

/* Events of our own that wait for next(), in the order in which they are given. */
enum pending {
	PENDING_SEND_FAILED = 1,
	PENDING_STOPPED = 2,
	PENDING_STATUS = 4,
	PENDING_STARTED = 8,
};

struct modem_process {
	struct modem modem;
	char *name, *executable, *device, *pin;

	int poll_fd; /* epoll: the three below */
	int wake_fd; /* eventfd: readable while something is pending */
	int pid_fd;
	struct channel *channel;
	bool watching_out;

	bool started;	  /* start() was called */
	pid_t pid;	  /* 0: no worker */
	bool ended;	  /* reaped; its last words may still be in the channel */
	bool killed;	  /* by us */
	bool planned;	  /* to be replaced: nothing is wrong with it */
	bool at_fault;	  /* it crashed or hung */
	bool hung_up;	  /* its channel is closed; mostly it is just about to end */
	siginfo_t ending; /* when ended */
	char stop_reason[128];
	uint64_t number; /* of the worker */

	unsigned pending;
	struct escalation escalation;
	struct modem_status status; /* the last one told */
	uint64_t received;
	int64_t heard_ms, pinged_ms, hung_up_ms;
	bool pinged;

	bool sending, submitting;
	int64_t send_id;
};

static struct modem_process *process_of(struct modem *modem)
{
	return (struct modem_process *)modem;
}

/* Has the poll descriptor wake us while something is pending. */
static void set_pending(struct modem_process *self, unsigned pending)
{
	uint64_t count = 1;
	ssize_t done = sizeof(count);

	if (!self->pending && pending)
		done = write(self->wake_fd, &count, sizeof(count));
	else if (self->pending && !pending)
		done = read(self->wake_fd, &count, sizeof(count));
	if (done < 0)
		log_error("modem %s: eventfd: %s", self->name, strerror(errno));
	self->pending = pending;
}

static int watch(struct modem_process *self, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events };

	return epoll_ctl(self->poll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

/* Has the poll descriptor wake us for output only while there is some. */
static void watch_output(struct modem_process *self)
{
	bool waiting = self->channel && channel_waiting(self->channel);
	struct epoll_event event = { .events = EPOLLIN | (waiting ? EPOLLOUT : 0) };

	if (!self->channel || waiting == self->watching_out)
		return;
	if (epoll_ctl(self->poll_fd, EPOLL_CTL_MOD, channel_fd(self->channel), &event) == 0)
		self->watching_out = waiting;
}

static void drop_channel(struct modem_process *self)
{
	channel_free(take_pointer(self->channel));
	self->watching_out = false;
}

/* ---- Starting and stopping ---- */

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

static const char *recover_name(enum modem_reset recover)
{
	switch (recover) {
	case MODEM_RESET_SOFT:
		return "soft";
	case MODEM_RESET_HARD:
		return "hard";
	case MODEM_RESET_WORKER:
		break;
	}
	return "none";
}

/* The worker's first message holds what mustn't stand on a command line. */
static int send_start(struct modem_process *self)
{
	struct channel_request start = { .type = CHANNEL_START };

	snprintf(start.pin, sizeof(start.pin), "%s", self->pin);
	return channel_send_request(self->channel, &start);
}

static int run_worker(struct modem_process *self, int channel, enum modem_reset recover)
{
	char program[] = "kotakd", worker[] = "--worker", modem[] = "modem",
	     channel_option[] = "--channel";
	char channel_text[] = CHILD_CHANNEL_TEXT, name[] = "--name", device[] = "--device";
	char recover_option[] = "--recover", recover_text[8];
	char *argv[] = { program, worker, modem, channel_option, channel_text, name, self->name,
		device, self->device, recover_option, recover_text, NULL };
	pid_t parent = getpid(), pid;
	int result;

	snprintf(recover_text, sizeof(recover_text), "%s", recover_name(recover));
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		become_worker(self->executable, argv, channel, parent);
	self->pid_fd = pidfd_open(pid, 0);
	result = self->pid_fd < 0 ? -errno : watch(self, self->pid_fd, EPOLLIN);
	if (result < 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return result;
	}
	self->pid = pid;
	return 0;
}

static void forget_worker(struct modem_process *self)
{
	drop_channel(self);
	if (self->pid_fd >= 0)
		close(self->pid_fd);
	self->pid_fd = -1;
	self->pid = 0;
	self->ended = false;
	self->killed = false;
	self->hung_up = false;
}

static int start_worker(struct modem_process *self, enum modem_reset recover, int64_t now_ms)
{
	int ends[2];
	int result;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0)
		return -errno;
	autoclose int theirs = ends[1];

	result = channel_new(ends[0], &self->channel);
	if (result == 0)
		result = watch(self, channel_fd(self->channel), EPOLLIN);
	if (result == 0)
		result = send_start(self);
	if (result == 0)
		result = run_worker(self, theirs, recover);
	if (result < 0) {
		forget_worker(self);
		return result;
	}
	self->number++;
	self->stop_reason[0] = '\0';
	self->received = 0;
	self->heard_ms = now_ms;
	self->pinged = false;
	set_pending(self, self->pending | PENDING_STARTED);
	return 0;
}

/* Its end is seen by next(). */
static void kill_worker(struct modem_process *self, const char *reason)
{
	if (self->pid == 0 || self->ended || self->killed)
		return;
	self->killed = true;
	snprintf(self->stop_reason, sizeof(self->stop_reason), "%s", reason);
	if (pidfd_send_signal(self->pid_fd, SIGKILL, NULL, 0) < 0)
		log_error("modem %s: the worker can't be killed: %s", self->name, strerror(errno));
}

static bool worker_ended(struct modem_process *self)
{
	siginfo_t ending = { 0 };

	if (waitid(P_PIDFD, (id_t)self->pid_fd, &ending, WEXITED | WNOHANG) < 0) {
		/* Somebody else reaped it: all we know is that it is gone. */
		self->ended = errno == ECHILD;
	} else if (ending.si_pid != 0) {
		self->ended = true;
	}
	if (self->ended)
		self->ending = ending;
	return self->ended;
}

static void describe_ending(struct modem_process *self)
{
	int status = self->ending.si_status;

	if (self->stop_reason[0])
		return;
	if (self->ending.si_code == CLD_EXITED && status == EXIT_NOT_RUN)
		snprintf(self->stop_reason, sizeof(self->stop_reason), "%s can't be run as worker",
			self->executable);
	else if (self->ending.si_code == CLD_EXITED)
		snprintf(self->stop_reason, sizeof(self->stop_reason), "it exited with status %d",
			status);
	else
		snprintf(self->stop_reason, sizeof(self->stop_reason),
			"it was ended by signal %d (%s)", status, strsignal(status));
}

/*
 * Whether it fell over what it was doing. An end from outside (the kernel short of memory, an
 * operator's kill) tells nothing about that.
 */
static bool ended_by_fault(const struct modem_process *self)
{
	int status = self->ending.si_status;

	if (self->escalation.replaced || self->ending.si_code == 0)
		return false;
	if (self->killed)
		return true;
	if (self->ending.si_code == CLD_EXITED)
		return status != EXIT_SUCCESS && status != EXIT_NOT_RUN;
	return status != SIGKILL && status != SIGTERM && status != SIGINT && status != SIGHUP;
}

/* The worker is gone and its last word was read: tells what that means. */
static void finish_worker(struct modem_process *self, int64_t now_ms)
{
	describe_ending(self);
	self->planned = self->escalation.replaced;
	self->at_fault = ended_by_fault(self);
	escalation_died(&self->escalation, now_ms);
	forget_worker(self);
	self->status.answering = false;
	self->status.sim = MODEM_SIM_UNKNOWN;
	self->status.registration = MODEM_REGISTRATION_UNKNOWN;
	self->status.signal_dbm = 0;
	snprintf(self->status.trouble, sizeof(self->status.trouble), "its worker stopped: %s",
		self->stop_reason);
	set_pending(self, self->pending | PENDING_STOPPED | PENDING_STATUS |
				  (self->sending ? PENDING_SEND_FAILED : 0));
}

/* ---- Events ---- */

static bool take_pending(struct modem_process *self, struct modem_event *event)
{
	unsigned first = self->pending & -self->pending;

	if (!first)
		return false;
	memset(event, 0, sizeof(*event));
	switch (first) {
	case PENDING_SEND_FAILED:
		event->type = MODEM_SEND_FAILED;
		event->id = self->send_id;
		event->error = -1;
		event->maybe_sent = self->submitting;
		self->sending = false;
		break;
	case PENDING_STOPPED:
		event->type = MODEM_STOPPED;
		event->final = self->planned;
		event->at_fault = self->at_fault;
		snprintf(event->text, sizeof(event->text), "%s", self->stop_reason);
		break;
	case PENDING_STATUS:
		event->type = MODEM_STATUS;
		event->status = self->status;
		break;
	default:
		event->type = MODEM_STARTED;
		break;
	}
	set_pending(self, self->pending & ~first);
	return true;
}

/* Whether an event of the worker is to be passed on; keeps what we must know of it. */
static bool accept_event(struct modem_process *self, struct modem_event *event, int64_t now_ms)
{
	switch (event->type) {
	case MODEM_STATUS:
		self->status = event->status;
		if (event->status.answering)
			escalation_answering(&self->escalation, now_ms);
		else if (event->status.port[0] == '\0')
			escalation_absent(&self->escalation, now_ms);
		else
			escalation_not_answering(&self->escalation, now_ms);
		return true;
	case MODEM_PDU:
		event->token |= (self->number & WORKER_NUMBER_MASK) << TOKEN_WORKER_SHIFT;
		return true;
	case MODEM_SUBMITTING:
	case MODEM_SENT:
	case MODEM_SEND_FAILED:
		if (!self->sending || event->id != self->send_id) {
			log_warning("modem %s: the worker speaks of a message that isn't being "
				    "sent",
				self->name);
			return false;
		}
		self->submitting = event->type == MODEM_SUBMITTING;
		self->sending = self->submitting;
		return true;
	default:
		return true;
	}
}

/* 1 and an event of the worker, 0 when there is none now, -EPIPE when there will be no more. */
static int next_of_worker(struct modem_process *self, struct modem_event *event, int64_t now_ms)
{
	while (self->channel) {
		int result = channel_next_event(self->channel, event);

		if (channel_received(self->channel) != self->received) {
			self->received = channel_received(self->channel);
			self->heard_ms = now_ms;
			self->pinged = false;
		}
		if (result == 0)
			return 0;
		if (result < 0) {
			drop_channel(self);
			self->hung_up = true;
			self->hung_up_ms = now_ms;
			if (result != -EPIPE)
				kill_worker(self, "it sent what is no message");
		} else if (accept_event(self, event, now_ms)) {
			return 1;
		}
	}
	return -EPIPE;
}

static int process_next(struct modem *modem, struct modem_event *event, int64_t now_ms)
{
	struct modem_process *self = process_of(modem);

	if (self->channel && channel_flush(self->channel) != -EPIPE)
		watch_output(self);
	for (;;) {
		int result;

		if (take_pending(self, event))
			return 1;
		if (self->pid == 0)
			return 0;
		result = next_of_worker(self, event, now_ms);
		if (result == 1)
			return 1;
		/* Its last words come before its end, so the channel is read once more after it. */
		if (self->ended)
			finish_worker(self, now_ms);
		else if (!worker_ended(self))
			return 0;
	}
}

/* ---- Time ---- */

static void check_heartbeat(struct modem_process *self, int64_t now_ms)
{
	struct pollfd unread;

	if (self->hung_up && now_ms - self->hung_up_ms >= HUNG_UP_MS)
		kill_worker(self, "it closed its channel");
	if (!self->channel || self->killed)
		return;
	if (!self->pinged && now_ms - self->heard_ms >= PING_AFTER_MS) {
		/* A full queue is no excuse for the worker either. */
		int result = channel_ping(self->channel);

		if (result < 0 && result != -EAGAIN)
			log_debug("modem %s: ping: %s", self->name, strerror(-result));
		self->pinged = true;
		self->pinged_ms = now_ms;
		watch_output(self);
		return;
	}
	if (!self->pinged || now_ms - self->pinged_ms < SILENT_AFTER_MS - PING_AFTER_MS)
		return;
	/* If it was us who slept, its answer lies there. */
	unread = (struct pollfd) { .fd = channel_fd(self->channel), .events = POLLIN };
	if (poll(&unread, 1, 0) == 1)
		self->pinged_ms = now_ms;
	else
		kill_worker(self, "it didn't react for 20 seconds");
}

static void start_due_worker(struct modem_process *self, enum modem_reset recover, int64_t now_ms)
{
	int result = start_worker(self, recover, now_ms);

	if (result == 0) {
		escalation_started(&self->escalation, now_ms);
		return;
	}
	escalation_start_failed(&self->escalation, now_ms);
	log_error("modem %s: the worker can't be started: %s; trying again in %lld ms", self->name,
		strerror(-result), (long long)(self->escalation.start_ms - now_ms));
}

static void process_tick(struct modem *modem, int64_t now_ms)
{
	struct modem_process *self = process_of(modem);
	enum modem_reset recover;
	const char *news;
	int level;

	/* A new worker only once the end of the last one was told. */
	if (!self->started || self->pending)
		return;
	check_heartbeat(self, now_ms);
	switch (escalation_next(&self->escalation, now_ms, &recover)) {
	case ESCALATION_START:
		start_due_worker(self, recover, now_ms);
		break;
	case ESCALATION_REPLACE:
		kill_worker(self, "it is replaced since the modem doesn't answer");
		break;
	case ESCALATION_WAIT:
		break;
	}
	news = escalation_news(&self->escalation, &level);
	if (news)
		log_write(level, "modem %s: %s", self->name, news);
}

static int64_t process_deadline(const struct modem *modem)
{
	const struct modem_process *self = (const struct modem_process *)modem;
	int64_t deadline_ms, heartbeat_ms;

	/* While something is pending, next() comes first. */
	if (!self->started || self->pending)
		return INT64_MAX;
	deadline_ms = escalation_deadline(&self->escalation);
	if (self->pid == 0 || self->killed)
		return deadline_ms;
	if (self->hung_up)
		heartbeat_ms = self->hung_up_ms + HUNG_UP_MS;
	else if (self->pinged)
		heartbeat_ms = self->pinged_ms + SILENT_AFTER_MS - PING_AFTER_MS;
	else
		heartbeat_ms = self->heard_ms + PING_AFTER_MS;
	return heartbeat_ms < deadline_ms ? heartbeat_ms : deadline_ms;
}

/* ---- Calls ---- */

static int process_start(struct modem *modem, int64_t now_ms)
{
	struct modem_process *self = process_of(modem);

	if (self->started)
		return 0;
	self->started = true;
	escalation_init(&self->escalation, now_ms);
	process_tick(modem, now_ms);
	return 0;
}

static int process_fd(const struct modem *modem)
{
	return ((const struct modem_process *)modem)->poll_fd;
}

static int request(struct modem_process *self, const struct channel_request *wanted)
{
	int result;

	if (!self->channel || self->killed || self->ended)
		return -ENOTCONN;
	result = channel_send_request(self->channel, wanted);
	watch_output(self);
	return result == -EPIPE ? -ENOTCONN : result;
}

static int process_stored(struct modem *modem, uint64_t token)
{
	struct modem_process *self = process_of(modem);
	struct channel_request wanted = { .type = CHANNEL_STORED,
		.token = token & CHANNEL_TOKEN_MAX };
	int result;

	/* An earlier worker's: its PDU is still in the modem and comes again. */
	if (token >> TOKEN_WORKER_SHIFT != (self->number & WORKER_NUMBER_MASK))
		return 0;
	result = request(self, &wanted);
	return result == -ENOTCONN ? 0 : result;
}

static int process_decode(struct modem *modem, int64_t id, const uint8_t *pdu, size_t size)
{
	struct channel_request wanted = { .type = CHANNEL_DECODE, .id = id, .pdu_size = size };

	if (size > sizeof(wanted.pdu))
		return -EINVAL;
	memcpy(wanted.pdu, pdu, size);
	return request(process_of(modem), &wanted);
}

static int process_send(struct modem *modem, const struct modem_message *message)
{
	struct modem_process *self = process_of(modem);
	struct channel_request wanted = { .type = CHANNEL_SEND, .message = *message };
	int result;

	if (self->sending)
		return -EBUSY;
	if (strlen(message->text) > CHANNEL_TEXT_MAX)
		return -EMSGSIZE;
	if (strlen(message->recipient) >= sizeof(wanted.recipient))
		return -EINVAL;
	snprintf(wanted.recipient, sizeof(wanted.recipient), "%s", message->recipient);
	snprintf(wanted.text, sizeof(wanted.text), "%s", message->text);
	result = request(self, &wanted);
	if (result < 0)
		return result;
	self->sending = true;
	self->submitting = false;
	self->send_id = message->id;
	return 0;
}

static int process_ussd(struct modem *modem, int64_t id, const char *code)
{
	struct channel_request wanted = { .type = CHANNEL_USSD, .id = id };

	if (strlen(code) > CHANNEL_CODE_MAX)
		return -EINVAL;
	snprintf(wanted.code, sizeof(wanted.code), "%s", code);
	return request(process_of(modem), &wanted);
}

static int process_reset(struct modem *modem, enum modem_reset how, int64_t now_ms)
{
	struct modem_process *self = process_of(modem);
	struct channel_request wanted = { .type = CHANNEL_RESET_SOFT };

	if (!self->started)
		return -ENOTCONN;
	if (how == MODEM_RESET_SOFT)
		return request(self, &wanted);
	escalation_demand(&self->escalation, how, now_ms);
	kill_worker(self, "a reset was asked for");
	process_tick(modem, now_ms);
	return 0;
}

static void process_close(struct modem *modem)
{
	struct modem_process *self = process_of(modem);

	/* Without its channel the worker leaves by itself; it may have a command to finish. */
	drop_channel(self);
	if (self->pid != 0 && !self->ended) {
		struct pollfd end = { .fd = self->pid_fd, .events = POLLIN };

		if (self->killed || poll(&end, 1, LEAVE_MS) != 1) {
			kill_worker(self, "kotakd stops");
			poll(&end, 1, KILLED_MS);
		}
		worker_ended(self);
	}
	forget_worker(self);
	if (self->wake_fd >= 0)
		close(self->wake_fd);
	if (self->poll_fd >= 0)
		close(self->poll_fd);
	if (self->pin)
		explicit_bzero(self->pin, strlen(self->pin));
	free(self->pin);
	free(self->device);
	free(self->executable);
	free(self->name);
	free(self);
}

static const struct modem_ops process_ops = {
	.name = "process",
	.start = process_start,
	.fd = process_fd,
	.next = process_next,
	.deadline = process_deadline,
	.tick = process_tick,
	.stored = process_stored,
	.decode = process_decode,
	.send = process_send,
	.ussd = process_ussd,
	.reset = process_reset,
	.close = process_close,
};

static bool pin_valid(const char *pin)
{
	size_t size = strlen(pin);

	return size == 0 ||
	       (size >= 4 && size <= CHANNEL_PIN_MAX && strspn(pin, "0123456789") == size);
}

int modem_process_new(
	const char *name, const struct modem_process_config *config, struct modem **out)
{
	const char *pin = config->pin ? config->pin : "";
	struct modem_process *self;
	int result = 0;

	if (!pin_valid(pin))
		return -EINVAL;
	self = calloc(1, sizeof(*self));
	if (!self)
		return -ENOMEM;
	self->modem.ops = &process_ops;
	self->pid_fd = -1;
	self->name = strdup(name);
	self->executable = strdup(config->executable ? config->executable : "/proc/self/exe");
	self->device = strdup(config->device);
	self->pin = strdup(pin);
	self->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	self->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (!self->name || !self->executable || !self->device || !self->pin)
		result = -ENOMEM;
	else if (self->poll_fd < 0 || self->wake_fd < 0)
		result = -errno;
	else
		result = watch(self, self->wake_fd, EPOLLIN);
	if (result < 0) {
		process_close(&self->modem);
		return result;
	}
	*out = &self->modem;
	return 0;
}
