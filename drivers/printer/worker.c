/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "printer/worker.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/json.h"
#include "base/link.h"
#include "base/log.h"
#include "printer/job_wire.h"
#include "printer/serial.h"

/* The limit of one wait, so that a time beyond an int's milliseconds needs no thought. */
#define WAIT_MAX_MS 60000

struct worker {
	struct link *link;
	struct printer *printer; /* NULL until "start" */
	struct printer_job job;	 /* too large for the stack */
	int64_t now_ms;
};

static void read_clock(struct worker *worker)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	worker->now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int tell_failed(struct worker *worker, int64_t id, bool maybe_printed, const char *text)
{
	return link_send_new(worker->link,
		json_pack("{s:s, s:I, s:b, s:s}", "type", "failed", "id", (json_int_t)id,
			"maybe_printed", maybe_printed, "text", text));
}

static int tell(struct worker *worker, const struct printer_event *event)
{
	switch (event->type) {
	case PRINTER_STATUS:
		return link_send_new(worker->link,
			json_pack("{s:s, s:s, s:s}", "type", "status", "state",
				printer_state_name(event->state), "text", event->text));
	case PRINTER_DONE:
		return link_send_new(worker->link,
			json_pack("{s:s, s:I}", "type", "done", "id", (json_int_t)event->id));
	case PRINTER_FAILED:
		return tell_failed(worker, event->id, event->maybe_printed, event->text);
	}
	return -EINVAL;
}

static int take_start(struct worker *worker, const json_t *message)
{
	const char *device = json_string_value(json_object_get(message, "device"));
	json_int_t baud = json_integer_value(json_object_get(message, "baud"));

	if (worker->printer || !device || baud < 0 || baud > UINT16_MAX * 64)
		return -EPROTO;
	int error = printer_serial_new(device, (unsigned)baud, &worker->printer);
	if (error == -EINVAL)
		log_error("printer: baud = %lld in kotakd.conf is no rate of a serial port: the "
			  "printer's manual says which it has, mostly 9600",
			(long long)baud);
	return error;
}

static int take_job(struct worker *worker, const json_t *message)
{
	int error = worker->printer ? job_from_message(message, &worker->job) : -EPROTO;

	if (error)
		return error;
	error = worker->printer->ops->submit(worker->printer, &worker->job, worker->now_ms);
	if (error)
		error = tell_failed(worker, worker->job.id, false,
			error == -EBUSY	     ? "another slip is being printed"
			: error == -ENOTCONN ? "the printer isn't ready"
					     : strerror(-error));
	return error;
}

static int take(struct worker *worker, const json_t *message)
{
	const char *type = json_string_value(json_object_get(message, "type"));

	if (strcmp(type, "start") == 0)
		return take_start(worker, message);
	if (strcmp(type, "job") == 0)
		return take_job(worker, message);
	return -EPROTO;
}

/* 0, or a negative errno that ends the worker: -EPIPE when kotakd is gone. */
static int take_messages(struct worker *worker)
{
	for (;;) {
		autojson json_t *message = NULL;
		int result = link_next(worker->link, &message);

		if (result == 1)
			result = take(worker, message);
		else if (result == 0)
			return 0;
		if (result < 0)
			return result;
	}
}

static int take_events(struct worker *worker)
{
	struct printer_event event;
	int result = 0;

	while (worker->printer) {
		result = worker->printer->ops->next(worker->printer, &event, worker->now_ms);
		if (result == 1)
			result = tell(worker, &event);
		else
			break;
		if (result < 0)
			break;
	}
	return result;
}

static int wait_for_more(struct worker *worker)
{
	struct printer *printer = worker->printer;
	struct pollfd polled[2] = {
		{ .fd = link_fd(worker->link),
			.events = (short)(POLLIN | (link_waiting(worker->link) ? POLLOUT : 0)) },
		{ .fd = -1 },
	};
	int64_t wait_ms = WAIT_MAX_MS;

	if (printer) {
		int64_t deadline_ms = printer->ops->deadline(printer);

		polled[1].fd = printer->ops->fd(printer);
		polled[1].events =
			(short)(POLLIN | (printer->ops->wants_write(printer) ? POLLOUT : 0));
		if (deadline_ms < worker->now_ms + WAIT_MAX_MS)
			wait_ms = deadline_ms < worker->now_ms ? 0 : deadline_ms - worker->now_ms;
	}
	if (poll(polled, ARRAY_SIZE(polled), (int)wait_ms) < 0 && errno != EINTR)
		return -errno;
	return 0;
}

static int run(struct worker *worker)
{
	int error = 0;

	while (!error) {
		read_clock(worker);
		error = take_messages(worker);
		if (!error)
			error = take_events(worker);
		if (!error && link_waiting(worker->link)) {
			error = link_flush(worker->link);
			if (error == -EAGAIN)
				error = 0;
		}
		if (!error)
			error = wait_for_more(worker);
	}
	return error;
}

int printer_worker_main(int fd)
{
	autofree struct worker *worker = calloc(1, sizeof(*worker));
	int error = worker ? 0 : -ENOMEM;

	if (worker)
		error = link_new(fd, &worker->link);
	else
		close(fd);
	/* A printer on a serial line is a stranger too: nothing here may gain rights. */
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!error)
		error = run(worker);
	if (error != -EPIPE)
		log_error("printer: the worker stops: %s",
			error == -EPROTO ? "kotakd says what makes no sense" : strerror(-error));
	if (worker && worker->printer)
		worker->printer->ops->close(worker->printer);
	if (worker)
		link_free(worker->link);
	return error == -EPIPE ? 0 : 1;
}
