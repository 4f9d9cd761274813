/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "modem/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/log.h"
#include "modem/usb_reset.h"
#include "modem/worker_private.h"

#define REOPEN_MS 1000
/* A USB device that was reset needs this long to come back. */
#define USB_RETURN_MS 3000
/* A modem that was told to start anew is down after this time. */
#define SOFT_RESET_MS 2000
/* Probes without an answer before the port is given up: among several, and of the only one. */
#define PROBES_OF_MANY 5
#define PROBES_OF_ONE 10
/* Reads in one go, lest noise keep everything else from its turn. */
#define READS_MAX 16
#define REQUESTS_MAX 64
/* Deadlines that are further away needn't be met exactly: the kernel joins them with others. */
#define EXACT_MS 2000

struct deadline_rule {
	const char *prefix;
	int64_t timeout_ms;
};

/* Deadlines by command, from makers' manuals; each line of an answer begins them anew. */
static const struct deadline_rule deadline_rules[] = {
	{ "AT+CMGL", 15000 },
	{ "AT+CPIN=", 15000 },
	{ "AT+CFUN", 15000 },
	{ "AT+CUSD=1,", 15000 },
	{ "AT+COPS", 10000 },
	{ "AT+CPIN", 5000 },
	{ "AT+CPMS", 5000 },
	{ "AT+CSMS", 5000 },
	{ "AT+CMGD", 10000 },
	{ "AT+CMG", 5000 },
	{ "", 3000 },
};

bool worker_command(struct worker *worker, const struct at_command *command)
{
	struct at_command filled = *command;
	int error;

	for (size_t i = 0; !filled.timeout_ms && i < ARRAY_SIZE(deadline_rules); i++) {
		const struct deadline_rule *rule = &deadline_rules[i];

		if (strncmp(filled.text, rule->prefix, strlen(rule->prefix)) == 0)
			filled.timeout_ms = rule->timeout_ms;
	}
	filled.context = worker;
	error = at_channel_command(worker->at, &filled, worker->now_ms);
	if (error)
		log_error("modem %s: a command could not be issued: %s", worker->config->name,
			strerror(-error));
	return !error;
}

bool worker_ask(struct worker *worker, const char *text, const char *prefix,
	void (*line)(void *context, const char *line, const char *pdu),
	void (*done)(void *context, const struct at_answer *answer))
{
	struct at_command command = { .text = text, .prefix = prefix, .line = line, .done = done };

	return worker_command(worker, &command);
}

static void stop(struct worker *worker, int status)
{
	worker->exit_status = status;
	(void)sd_event_exit(worker->loop, 0);
}

struct modem_event *worker_event(struct worker *worker, enum modem_event_type type)
{
	worker->event = (struct modem_event) { .type = type };
	return &worker->event;
}

void worker_emit(struct worker *worker)
{
	int error = channel_send_event(worker->channel, &worker->event);

	if (!error)
		return;
	if (error != -EPIPE)
		log_error("modem %s: an event can't be handed to kotakd: %s", worker->config->name,
			strerror(-error));
	stop(worker, error == -EPIPE ? 0 : 1);
}

/* The port */
void worker_close_port(struct worker *worker, int64_t delay_ms)
{
	at_channel_abort(worker->at);
	at_channel_reset(worker->at);
	worker->serial_source = sd_event_source_disable_unref(worker->serial_source);
	serial_close(worker->serial);
	worker->serial = NULL;
	worker_forget_slots(worker);
	worker->status.answering = false;
	worker->phase = PHASE_CLOSED;
	worker->reopen_ms = worker->now_ms + delay_ms;
	worker->candidate++;
	memset(worker->step_timeouts, 0, sizeof(worker->step_timeouts));
}

/* It was pulled out, or has switched itself off. */
static void lose_port(struct worker *worker)
{
	log_warning("modem %s: %s is gone, looking for it", worker->config->name,
		serial_path(worker->serial));
	worker->status.port[0] = '\0';
	worker_close_port(worker, 0);
}

void worker_restart(struct worker *worker, int64_t delay_ms)
{
	at_channel_synchronise(worker->at, worker->now_ms + delay_ms);
	worker_forget_slots(worker);
	worker->phase = PHASE_PROBING;
}

static void say_open_error(struct worker *worker, int error)
{
	char *trouble = worker->status.trouble;
	size_t size = sizeof(worker->status.trouble);
	const char *device = worker->config->device;

	memset(trouble, 0, size);
	/* No port: kotakd needn't try harder means on a modem that isn't there. */
	worker->status.port[0] = '\0';
	switch (error) {
	case -ENOENT:
		if (strcmp(device, "auto") == 0)
			snprintf(trouble, size,
				"no modem found: is it plugged in? One that isn't a "
				"known USB modem needs device = PATH");
		else
			snprintf(trouble, size, "there is no %.80s: is the modem plugged in?",
				device);
		break;
	case -EBUSY:
		snprintf(trouble, size, "another program uses %.60s: stop it (ModemManager, gammu)",
			device);
		break;
	case -EACCES:
		snprintf(trouble, size, "no right to open %.60s: put kotakd's user into dialout",
			device);
		break;
	case -ENOTTY:
		snprintf(trouble, size, "%.80s is no serial port: correct device", device);
		break;
	default:
		snprintf(trouble, size, "%.60s can't be opened: %s", device, strerror(-error));
		break;
	}
	if (worker->open_error != error)
		log_warning("modem %s: %s", worker->config->name, trouble);
	worker->open_error = error;
}

static void reset_usb(struct worker *worker, const char *path)
{
	int error = usb_reset_port(path);

	worker->usb_reset_due = false;
	if (!error) {
		log_notice("modem %s: the USB device of %s was reset", worker->config->name, path);
		worker_close_port(worker, USB_RETURN_MS);
	} else {
		log_info("modem %s: the USB device of %s can't be reset: %s", worker->config->name,
			path, strerror(-error));
	}
}

static void run(struct worker *worker);

/* One reading of the clock serves everything that an event leads to. */
static void read_clock(struct worker *worker)
{
	uint64_t now_us;

	if (sd_event_now(worker->loop, CLOCK_BOOTTIME, &now_us) >= 0)
		worker->now_ms = (int64_t)(now_us / 1000);
}

static int on_serial(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct worker *worker = context;
	uint8_t bytes[4096];

	(void)source;
	(void)fd;
	read_clock(worker);
	for (int i = 0; i < READS_MAX && worker->serial; i++) {
		ssize_t size = serial_read(worker->serial, bytes, sizeof(bytes));

		if (size == -EAGAIN && !(events & (EPOLLHUP | EPOLLERR)))
			break;
		if (size < 0) {
			lose_port(worker);
			break;
		}
		at_channel_input(worker->at, bytes, (size_t)size, worker->now_ms);
	}
	run(worker);
	return 0;
}

static int use_port(struct worker *worker, struct serial *serial)
{
	int error = sd_event_add_io(worker->loop, &worker->serial_source, serial_fd(serial),
		EPOLLIN, on_serial, worker);

	if (error < 0)
		return error;
	worker->serial = serial;
	worker->open_error = 0;
	at_copy_printable(worker->status.port, sizeof(worker->status.port), serial_path(serial));
	worker->phase = PHASE_PROBING;
	at_channel_reset(worker->at);
	at_channel_synchronise(worker->at, worker->now_ms);
	if (worker->usb_reset_due)
		reset_usb(worker, serial_path(serial));
	return 0;
}

/* Opens the next port that the device may be at. */
static void open_port(struct worker *worker)
{
	int result;

	worker->reopen_ms = worker->now_ms + REOPEN_MS;
	serial_candidates_free(&worker->candidates);
	result = serial_find(worker->config->device, &worker->candidates);
	if (!result && worker->candidates.count == 0)
		result = -ENOENT;
	for (size_t i = 0; i < worker->candidates.count; i++) {
		size_t place = (worker->candidate + i) % worker->candidates.count;
		struct serial *serial;

		result = serial_open(worker->candidates.paths[place], &serial);
		if (result)
			continue;
		worker->candidate = place;
		result = use_port(worker, serial);
		if (!result)
			return;
		serial_close(serial);
	}
	say_open_error(worker, result);
}

/* Whether the modem has been silent for so long that the port is given up. */
static void watch_silence(struct worker *worker)
{
	unsigned limit = worker->candidates.count > 1 ? PROBES_OF_MANY : PROBES_OF_ONE;

	if (!worker->serial || at_channel_tries(worker->at) < limit)
		return;
	memset(worker->status.trouble, 0, sizeof(worker->status.trouble));
	snprintf(worker->status.trouble, sizeof(worker->status.trouble),
		"%s doesn't answer AT: does the modem have power, is it the right port?",
		worker->status.port);
	if (!worker->lost)
		log_warning("modem %s: %s", worker->config->name, worker->status.trouble);
	worker->lost = true;
	worker_close_port(worker, worker->candidates.count > 1 ? 0 : REOPEN_MS);
}

static void reset_done(void *context, const struct at_answer *answer)
{
	struct worker *worker = context;

	(void)answer;
	worker_restart(worker, SOFT_RESET_MS);
}

static void synchronised(void *context)
{
	struct worker *worker = context;

	worker->status.answering = true;
	worker->lost = false;
	switch (worker->phase) {
	case PHASE_PROBING:
	case PHASE_INIT:
		worker_init_begin(worker);
		break;
	case PHASE_READY:
		worker_doubt_all(worker);
		worker_list_all(worker);
		worker_check_soon(worker);
		break;
	case PHASE_CLOSED:
	case PHASE_SIM_WAIT:
		break;
	}
}

/* Issues the next command; false when there is nothing to ask. */
static bool next_command(struct worker *worker)
{
	if (worker->soft_reset_due && worker->phase != PHASE_PROBING) {
		worker->soft_reset_due = false;
		log_notice("modem %s: telling the modem to start anew", worker->config->name);
		return worker_ask(worker, "AT+CFUN=1,1", NULL, NULL, reset_done);
	}
	if (worker_init_next(worker))
		return true;
	if (worker->phase != PHASE_READY)
		return false;
	if (worker_check_next(worker))
		return true;
	if (worker_send_impatient(worker) && worker_send_next(worker))
		return true;
	return worker_receive_next(worker) || worker_send_next(worker) ||
	       worker_ussd_next(worker) || worker_query_next(worker);
}

static void flush_serial(struct worker *worker)
{
	const uint8_t *bytes;
	size_t size;
	bool blocked = false;

	while (worker->serial && (size = at_channel_output(worker->at, &bytes)) > 0 && !blocked) {
		ssize_t written = serial_write(worker->serial, bytes, size);

		if (written > 0)
			at_channel_written(worker->at, (size_t)written);
		else if (written == -EAGAIN)
			blocked = true;
		else
			lose_port(worker);
	}
	if (worker->serial)
		(void)sd_event_source_set_io_events(
			worker->serial_source, blocked ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static int64_t earliest(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void arm(struct worker *worker)
{
	int64_t deadline_ms = at_channel_deadline(worker->at);
	int64_t wait_ms;

	if (worker->phase == PHASE_CLOSED)
		deadline_ms = earliest(deadline_ms, worker->reopen_ms);
	/* What has to wait for the modem's answer is looked at when that is here. */
	if (!at_channel_busy(worker->at))
		deadline_ms = earliest(deadline_ms, worker_init_deadline(worker));
	deadline_ms = earliest(deadline_ms, worker_send_deadline(worker));
	/* Meanwhile requests are left alone, until kotakd has read what waits for it. */
	(void)sd_event_source_set_io_events(
		worker->channel_source, channel_waiting(worker->channel) ? EPOLLOUT : EPOLLIN);
	if (deadline_ms == WORKER_NEVER) {
		(void)sd_event_source_set_enabled(worker->timer, SD_EVENT_OFF);
		return;
	}
	if (deadline_ms < worker->now_ms)
		deadline_ms = worker->now_ms;
	wait_ms = deadline_ms - worker->now_ms;
	(void)sd_event_source_set_time(worker->timer, (uint64_t)deadline_ms * 1000);
	(void)sd_event_source_set_time_accuracy(
		worker->timer, wait_ms > EXACT_MS ? 250 * 1000 : 1000);
	(void)sd_event_source_set_enabled(worker->timer, SD_EVENT_ONESHOT);
}

/* After everything that happened: what is due now, and when to look again. */
static void run(struct worker *worker)
{
	if (worker->phase == PHASE_CLOSED && worker->now_ms >= worker->reopen_ms)
		open_port(worker);
	watch_silence(worker);
	worker_send_tick(worker);
	worker_offer(worker);
	if (worker->phase == PHASE_READY && worker->now_ms >= worker->poll_ms)
		worker_poll(worker);
	while (worker->serial && !at_channel_busy(worker->at) && next_command(worker))
		;
	flush_serial(worker);
	worker_tell_status(worker);
	arm(worker);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *context)
{
	struct worker *worker = context;

	(void)source;
	(void)usec;
	read_clock(worker);
	at_channel_tick(worker->at, worker->now_ms);
	run(worker);
	return 0;
}

static void take_request(struct worker *worker)
{
	const struct channel_request *request = &worker->request;
	struct modem_event *event;

	switch (request->type) {
	case CHANNEL_STORED:
		worker_stored(worker, request->token);
		break;
	case CHANNEL_DECODE:
		event = worker_event(worker, MODEM_DECODED);
		event->id = request->id;
		codec_decode(request->pdu, request->pdu_size, &event->decoded);
		worker_emit(worker);
		break;
	case CHANNEL_SEND:
		worker_send_request(worker, &request->message);
		break;
	case CHANNEL_USSD:
		worker_ussd_request(worker, request->id, request->code);
		break;
	case CHANNEL_RESET_SOFT:
		worker->soft_reset_due = true;
		break;
	case CHANNEL_START:
		break; /* taken before we were started */
	}
}

static int on_channel(sd_event_source *source, int fd, uint32_t events, void *context)
{
	struct worker *worker = context;
	int result = 1;

	(void)source;
	(void)fd;
	read_clock(worker);
	if ((events & (EPOLLHUP | EPOLLERR)) ||
		(channel_waiting(worker->channel) && channel_flush(worker->channel) == -EPIPE))
		result = -EPIPE;
	for (int i = 0; result == 1 && i < REQUESTS_MAX && !channel_waiting(worker->channel); i++) {
		result = channel_next_request(worker->channel, &worker->request);
		if (result == 1)
			take_request(worker);
	}
	if (result < 0) {
		if (result != -EPIPE)
			log_error("modem %s: kotakd's request makes no sense: %s",
				worker->config->name, strerror(-result));
		stop(worker, result == -EPIPE ? 0 : 1);
		return 0;
	}
	run(worker);
	return 0;
}

static int set_up(struct worker *worker, int fd)
{
	int error = channel_new(fd, &worker->channel);

	if (!error)
		error = at_channel_new(
			worker_notices, worker_notices_count, synchronised, worker, &worker->at);
	if (!error)
		error = sd_event_new(&worker->loop);
	if (error >= 0)
		error = sd_event_add_io(worker->loop, &worker->channel_source,
			channel_fd(worker->channel), EPOLLIN, on_channel, worker);
	if (error >= 0)
		error = sd_event_add_time(
			worker->loop, &worker->timer, CLOCK_BOOTTIME, 0, 0, on_timer, worker);
	return error < 0 ? error : 0;
}

static void tear_down(struct worker *worker)
{
	sd_event_source_disable_unref(worker->serial_source);
	sd_event_source_disable_unref(worker->channel_source);
	sd_event_source_disable_unref(worker->timer);
	sd_event_unref(worker->loop);
	serial_close(worker->serial);
	serial_candidates_free(&worker->candidates);
	worker_forget_slots(worker);
	at_channel_free(worker->at);
	channel_free(worker->channel);
}

int modem_worker_main(int fd, const struct modem_worker_config *config)
{
	/* Its size is too much for the stack. */
	autofree struct worker *worker = calloc(1, sizeof(*worker));
	int error;

	if (!worker) {
		log_error("modem %s: out of memory", config->name);
		close(fd);
		return 1;
	}
	/* Strangers' bytes are parsed here: nothing that comes of it may gain rights or linger. */
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	worker->config = config;
	worker->phase = PHASE_CLOSED;
	worker->quirks = modem_quirks_find("", "");
	worker->usb_reset_due = config->recover == MODEM_RECOVER_HARD;
	worker->soft_reset_due = config->recover == MODEM_RECOVER_SOFT;
	TAILQ_INIT(&worker->slots);
	error = set_up(worker, fd);
	if (!error)
		error = sd_event_loop(worker->loop);
	if (error < 0) {
		log_error("modem %s: %s", config->name, strerror(-error));
		worker->exit_status = 1;
	}
	tear_down(worker);
	return worker->exit_status;
}
