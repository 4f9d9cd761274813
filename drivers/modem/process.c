/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/process.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include "base/log.h"
#include "modem/channel.h"
#include "modem/escalation.h"
#include "modem/process_child.h"

#define PING_AFTER_MS 10000
#define SILENT_AFTER_MS 20000
/* How long a worker may take to end after it closed its channel, and when kotakd stops. */
#define HUNG_UP_MS 1000
#define LEAVE_MS 500
#define KILLED_MS 2000

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
	struct channel *channel;
	struct child child;
	bool watching_out;

	bool started;  /* start() was called */
	bool planned;  /* to be replaced: nothing is wrong with it */
	bool at_fault; /* it crashed or hung */
	bool hung_up;  /* its channel is closed; mostly it is just about to end */
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

/* The worker's first message holds what mustn't stand on a command line. */
static int send_start(struct modem_process *self)
{
	struct channel_request start = { .type = CHANNEL_START };

	snprintf(start.pin, sizeof(start.pin), "%s", self->pin);
	return channel_send_request(self->channel, &start);
}

static void forget_worker(struct modem_process *self)
{
	drop_channel(self);
	child_forget(&self->child);
	self->hung_up = false;
}

/* Its end is seen by next(). */
static void kill_worker(struct modem_process *self, const char *reason)
{
	int result;

	if (self->child.pid == 0 || self->child.ended || self->child.killed)
		return;
	snprintf(self->stop_reason, sizeof(self->stop_reason), "%s", reason);
	result = child_kill(&self->child);
	if (result < 0)
		log_error(
			"modem %s: the worker can't be killed: %s", self->name, strerror(-result));
}

/* Ends the worker and waits for that, as shortly as may be. */
static void end_worker(struct modem_process *self, int leave_ms)
{
	/* Without its channel it leaves by itself; it may have a command to finish. */
	drop_channel(self);
	if (!self->child.killed && child_wait(&self->child, leave_ms))
		return;
	kill_worker(self, "kotakd stops");
	if (!child_wait(&self->child, KILLED_MS))
		log_error("modem %s: the worker doesn't end: does its driver hang?", self->name);
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
		result = modem_child_run(
			&self->child, self->executable, self->name, self->device, recover, theirs);
	if (result == 0)
		result = watch(self, self->child.pid_fd, EPOLLIN);
	if (result < 0) {
		end_worker(self, 0);
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

/* Whether it fell over what it was doing, or hung in it. */
static bool ended_by_fault(const struct modem_process *self)
{
	return !self->escalation.replaced && (self->child.killed || child_failed(&self->child));
}

/* The worker is gone and its last word was read: tells what that means. */
static void finish_worker(struct modem_process *self, int64_t now_ms)
{
	if (!self->stop_reason[0])
		child_describe(&self->child, self->executable, self->stop_reason,
			sizeof(self->stop_reason));
	self->planned = self->escalation.replaced;
	self->at_fault = ended_by_fault(self);
	escalation_died(&self->escalation, now_ms);
	forget_worker(self);
	self->status.answering = false;
	self->status.sim = MODEM_SIM_UNKNOWN;
	self->status.registration = MODEM_REGISTRATION_UNKNOWN;
	self->status.signal_dbm = 0;
	/* What made us replace it is the better word. */
	if (!self->planned || !self->status.trouble[0])
		snprintf(self->status.trouble, sizeof(self->status.trouble),
			"its worker stopped: %s", self->stop_reason);
	set_pending(self, self->pending | PENDING_STOPPED | PENDING_STATUS |
				  (self->sending ? PENDING_SEND_FAILED : 0));
}

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
		/* Three refusals lock a SIM. */
		if (event->status.sim == MODEM_SIM_PIN_WRONG)
			explicit_bzero(self->pin, strlen(self->pin));
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
		if (self->child.pid == 0)
			return 0;
		result = next_of_worker(self, event, now_ms);
		if (result == 1)
			return 1;
		/* Its last words come before its end, so the channel is read once more after it. */
		if (self->child.ended)
			finish_worker(self, now_ms);
		else if (!child_ended(&self->child))
			return 0;
	}
}

static void check_heartbeat(struct modem_process *self, int64_t now_ms)
{
	struct pollfd unread;

	if (self->hung_up && now_ms - self->hung_up_ms >= HUNG_UP_MS)
		kill_worker(self, "it closed its channel");
	if (!self->channel || self->child.killed)
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
	if (self->child.pid == 0 || self->child.killed)
		return deadline_ms;
	if (self->hung_up)
		heartbeat_ms = self->hung_up_ms + HUNG_UP_MS;
	else if (self->pinged)
		heartbeat_ms = self->pinged_ms + SILENT_AFTER_MS - PING_AFTER_MS;
	else
		heartbeat_ms = self->heard_ms + PING_AFTER_MS;
	return heartbeat_ms < deadline_ms ? heartbeat_ms : deadline_ms;
}

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

	if (!self->channel || self->child.killed || self->child.ended)
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

	end_worker(self, LEAVE_MS);
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
	self->child = (struct child)CHILD_NONE;
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
