/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything is one state machine that next() moves on: the port is opened and opened again, one
 * question or one chunk of a job is under way at a time, and each has its time. Real-time
 * questions are answered ahead of what waits in the printer, but the port sends in order: an
 * answer means that all before its question has reached the printer.
 */
#include "printer/serial.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "printer/escpos.h"
#include "printer/port.h"

#define REOPEN_MS 2000
/* Between two looks at the state of a printer that rests, and of one that doesn't answer. */
#define STATUS_MS 3000
#define STATUS_UNANSWERED_MS 1000
/* One answer, when nothing else is under way. */
#define ANSWER_MS 1000
/* One answer in the middle of a job: a busy printer may take nothing in for a while. */
#define BUSY_ANSWER_MS 10000
/* So many rounds without an answer: it doesn't answer. */
#define ROUNDS_SILENT 2
/* At least so much of a job goes out between two looks at the state. */
#define CHUNK_BYTES 256
/* How long a slip takes from its last byte to the cut, for printers without GS r. */
#define END_MS 4000
/* How often a port that is sending is looked at, and a printer that ends its job. */
#define DRAIN_MS 50
#define END_STATUS_MS 500
#define EVENTS_MAX 8
/* Bits on the line for a byte: start, eight, stop. */
#define BITS 10

enum phase {
	PHASE_CLOSED,
	PHASE_IDLE,
	PHASE_BEFORE,  /* a job waits for a look at the state */
	PHASE_SENDING, /* a chunk is being written */
	PHASE_BETWEEN, /* a chunk is written: a look at the state */
	PHASE_ENDING,  /* all is written: until it is on paper */
};

struct job {
	int64_t id;
	struct escpos bytes;
	size_t sent;	   /* bytes that the port has taken */
	size_t chunk;	   /* up to where the present chunk goes */
	bool marked;	   /* GS r was sent … */
	bool mark_back;	   /* … and answered */
	int64_t end_ms;	   /* by then it is on paper, if nothing is wrong */
	int64_t silent_ms; /* no answer by then: failed */
};

struct serial_printer {
	struct printer base;
	char *device;
	unsigned baud;
	struct printer_port port;
	enum phase phase;
	int64_t due_ms; /* when the phase wants to go on by itself */
	bool said;	/* why the port can't be opened was said in the log */

	unsigned question; /* of the round under way, from 1; 0: none */
	int64_t answer_ms; /* until when its answer may come */
	uint8_t answers[ESCPOS_QUESTIONS];
	unsigned rounds_silent;
	bool has_answered; /* ever: a printer that can */

	enum printer_state state;
	char text[160];

	struct job job; /* bytes.bytes NULL: none */
	bool torso;	/* the last job ended in the middle */
	struct printer_event events[EVENTS_MAX];
	size_t event_count;
};

static struct serial_printer *of(struct printer *printer)
{
	return (struct serial_printer *)printer;
}

static const struct serial_printer *of_const(const struct printer *printer)
{
	return (const struct serial_printer *)printer;
}

/* A state that isn't fetched in time is replaced by the next; a job's end is never dropped, since
 * there is at most one between two submits. */
static void emit(struct serial_printer *self, const struct printer_event *event)
{
	size_t last = self->event_count;

	if (event->type == PRINTER_STATUS && last && self->events[last - 1].type == PRINTER_STATUS)
		last--;
	if (last == EVENTS_MAX) {
		memmove(self->events, self->events + 1, (EVENTS_MAX - 1) * sizeof(*self->events));
		last--;
	}
	self->events[last] = *event;
	self->event_count = last + 1;
}

static void set_state(struct serial_printer *self, enum printer_state state, const char *text)
{
	struct printer_event event = { .type = PRINTER_STATUS, .state = state };

	if (state == self->state && strcmp(text, self->text) == 0)
		return;
	self->state = state;
	snprintf(self->text, sizeof(self->text), "%s", text);
	snprintf(event.text, sizeof(event.text), "%s", text);
	emit(self, &event);
}

/* Milliseconds that so many bytes take on the line. */
static int64_t line_ms(const struct serial_printer *self, size_t bytes)
{
	return (int64_t)bytes * BITS * 1000 / self->baud + 1;
}

static void forget_job(struct serial_printer *self)
{
	escpos_release(&self->job.bytes);
	self->job = (struct job) { 0 };
}

static void end_job(struct serial_printer *self, bool printed, const char *why)
{
	struct printer_event event = { .type = printed ? PRINTER_DONE : PRINTER_FAILED,
		.state = self->state,
		.id = self->job.id,
		.maybe_printed = !printed && self->job.sent > 0 };

	if (!self->job.bytes.bytes)
		return;
	snprintf(event.text, sizeof(event.text), "%s", why);
	emit(self, &event);
	if (self->job.sent)
		self->torso = !printed;
	forget_job(self);
}

static void close_port(struct serial_printer *self)
{
	port_close(&self->port);
	self->phase = PHASE_CLOSED;
	self->question = 0;
	self->rounds_silent = 0;
}

static void port_gone(struct serial_printer *self, int64_t now_ms)
{
	close_port(self);
	self->due_ms = now_ms + REOPEN_MS;
	set_state(self, PRINTER_ABSENT, "it was unplugged: plug it in again");
	end_job(self, false, "the printer was unplugged");
}

static void cant_open(struct serial_printer *self, int error)
{
	char text[160];

	snprintf(text, sizeof(text), "%s",
		error == -ENOENT || error == -ENODEV || error == -ENXIO
			? "it isn't there: plug it in, or put its port into [printer] device"
		: error == -EBUSY  ? "another program has its port: stop that one"
		: error == -EACCES ? "its port may not be opened: let kotakd's user into its group"
		: error == -ENOTTY || error == -EISDIR ? "[printer] device is no port of a printer"
						       : strerror(-error));
	if (!self->said && error != -ENOENT)
		log_warning("printer: %s: %s", self->device, text);
	self->said = true;
	set_state(self, PRINTER_ABSENT, text);
}

static void try_open(struct serial_printer *self, int64_t now_ms)
{
	int error = port_open(&self->port, self->device, self->baud);

	if (error) {
		cant_open(self, error);
		self->due_ms = now_ms + REOPEN_MS;
		return;
	}
	self->said = false;
	self->phase = PHASE_IDLE;
	self->due_ms = now_ms;
	set_state(self, PRINTER_UNKNOWN, "it is being asked how it is");
}

/* A real-time command, which is only sent where it fits whole. 0, -EAGAIN or -ENODEV. */
static int write_whole(struct serial_printer *self, const uint8_t *bytes, size_t size)
{
	ssize_t count = port_write(&self->port, bytes, size);

	if (count == (ssize_t)size)
		return 0;
	/* What is left of it would be taken for text. */
	return count == -EAGAIN ? -EAGAIN : -ENODEV;
}

static bool busy(const struct serial_printer *self)
{
	return self->job.bytes.bytes != NULL;
}

/* Sends the question that is next, from 1 on. */
static void ask(struct serial_printer *self, unsigned question, int64_t now_ms)
{
	uint8_t bytes[ESCPOS_QUESTION_SIZE];
	int64_t patience = self->job.sent && self->has_answered ? BUSY_ANSWER_MS : ANSWER_MS;

	escpos_question(question, bytes);
	int error = write_whole(self, bytes, sizeof(bytes));
	if (error == -ENODEV) {
		port_gone(self, now_ms);
		return;
	}
	/* A port that takes nothing answers nothing: the time runs. */
	self->question = question;
	self->answer_ms = now_ms + patience + line_ms(self, CHUNK_BYTES);
}

static void begin_round(struct serial_printer *self, int64_t now_ms)
{
	memset(self->answers, 0, sizeof(self->answers));
	if (!port_there(&self->port, self->device))
		port_gone(self, now_ms);
	else
		ask(self, 1, now_ms);
}

/* What is left of a job that failed must not come out after the next roll is in. */
static void abandon_job(struct serial_printer *self, const char *why)
{
	if (self->job.sent) {
		port_drop(&self->port);
		(void)write_whole(self, escpos_clear, ESCPOS_CLEAR_SIZE);
	}
	end_job(self, false, why);
	self->phase = PHASE_IDLE;
}

/* The next chunk: whole lines, so that no question stands within a command. */
static void begin_chunk(struct serial_printer *self, int64_t now_ms)
{
	struct job *job = &self->job;
	const struct escpos *bytes = &job->bytes;

	for (size_t i = 0; i < bytes->break_count; i++) {
		job->chunk = bytes->breaks[i];
		if (job->chunk >= job->sent + CHUNK_BYTES)
			break;
	}
	self->phase = PHASE_SENDING;
	self->due_ms = INT64_MAX;
	job->silent_ms = now_ms + BUSY_ANSWER_MS + line_ms(self, bytes->size);
}

static void end_now(struct serial_printer *self, int64_t now_ms)
{
	end_job(self, true, "");
	self->phase = PHASE_IDLE;
	self->due_ms = now_ms + STATUS_MS;
}

/* All is written: the mark comes back when it was printed. */
static void begin_end(struct serial_printer *self, int64_t now_ms)
{
	if (self->has_answered && write_whole(self, escpos_mark, ESCPOS_MARK_SIZE) == 0)
		self->job.marked = true;
	self->phase = PHASE_ENDING;
	self->job.end_ms = now_ms + END_MS;
	self->due_ms = now_ms + DRAIN_MS;
}

/* What becomes of the job, now that the state is known. */
static void round_ended(struct serial_printer *self, int64_t now_ms)
{
	struct job *job = &self->job;
	bool able = printer_able(self->state);

	self->due_ms = now_ms + STATUS_MS;
	if (busy(self) && !able) {
		abandon_job(self, *self->text ? self->text : printer_state_name(self->state));
		return;
	}
	switch (self->phase) {
	case PHASE_BEFORE:
		begin_chunk(self, now_ms);
		break;
	case PHASE_BETWEEN:
		if (job->sent == job->bytes.size)
			begin_end(self, now_ms);
		else
			begin_chunk(self, now_ms);
		break;
	case PHASE_ENDING:
		if (job->mark_back || now_ms >= job->end_ms)
			end_now(self, now_ms);
		else
			self->due_ms = now_ms + END_STATUS_MS;
		break;
	default:
		break;
	}
}

static void round_answered(struct serial_printer *self, int64_t now_ms)
{
	char text[sizeof(self->text)];
	enum printer_state state = escpos_state(self->answers, text, sizeof(text));

	self->question = 0;
	self->rounds_silent = 0;
	self->has_answered = true;
	set_state(self, state, text);
	round_ended(self, now_ms);
}

/* A question wasn't answered in time. */
static void round_unanswered(struct serial_printer *self, int64_t now_ms)
{
	self->question = 0;
	self->rounds_silent++;
	if (self->rounds_silent < ROUNDS_SILENT && !(busy(self) && self->job.sent)) {
		self->due_ms = now_ms + STATUS_UNANSWERED_MS;
		return;
	}
	if (self->has_answered)
		set_state(self, PRINTER_ABSENT,
			"it doesn't answer any more: switch it on, check its cable");
	else
		set_state(self, PRINTER_SILENT,
			"it never tells its state: is it switched on? Slips are sent to it all "
			"the same");
	round_ended(self, now_ms);
	if (!busy(self))
		self->due_ms = now_ms + STATUS_UNANSWERED_MS;
}

static void take_byte(struct serial_printer *self, uint8_t byte, int64_t now_ms)
{
	if (self->question && escpos_is_status(byte)) {
		self->answers[self->question - 1] = byte;
		if (self->question == ESCPOS_QUESTIONS)
			round_answered(self, now_ms);
		else
			ask(self, self->question + 1, now_ms);
	} else if (self->phase == PHASE_ENDING && self->job.marked && escpos_is_mark(byte)) {
		self->job.mark_back = true;
		self->due_ms = now_ms;
	}
	/* All else is flow control, an unasked status, or noise. */
}

static void take_bytes(struct serial_printer *self, int64_t now_ms)
{
	uint8_t bytes[64];
	ssize_t count;

	/* A port that babbles without end is left for the next turn. */
	for (int i = 0; i < 16 && self->port.fd >= 0; i++) {
		count = port_read(&self->port, bytes, sizeof(bytes));
		if (count == -ENODEV)
			port_gone(self, now_ms);
		if (count <= 0)
			break;
		for (ssize_t j = 0; j < count && self->port.fd >= 0; j++)
			take_byte(self, bytes[j], now_ms);
	}
}

static void write_chunk(struct serial_printer *self, int64_t now_ms)
{
	struct job *job = &self->job;
	ssize_t count = 1;

	while (job->sent < job->chunk && count > 0) {
		count = port_write(
			&self->port, job->bytes.bytes + job->sent, job->chunk - job->sent);
		if (count > 0)
			job->sent += (size_t)count;
	}
	if (count == -ENODEV) {
		port_gone(self, now_ms);
	} else if (job->sent == job->chunk) {
		self->phase = PHASE_BETWEEN;
		self->due_ms = now_ms;
	} else {
		self->due_ms = job->silent_ms;
		if (now_ms >= job->silent_ms)
			abandon_job(self, "it takes nothing any more: switch it off and on");
	}
}

/* A printer that never answers isn't waited for, only its port is. */
static void between_silent(struct serial_printer *self, int64_t now_ms)
{
	if (!port_there(&self->port, self->device))
		port_gone(self, now_ms);
	else if (port_unsent(&self->port) == 0)
		round_ended(self, now_ms);
	else if (now_ms >= self->job.silent_ms)
		abandon_job(self, "its port sends nothing any more: switch it off and on");
	else
		self->due_ms = now_ms + DRAIN_MS;
}

/* The phase's time has come. */
static void go_on(struct serial_printer *self, int64_t now_ms)
{
	switch (self->phase) {
	case PHASE_CLOSED:
		try_open(self, now_ms);
		break;
	case PHASE_SENDING:
		write_chunk(self, now_ms);
		break;
	case PHASE_BEFORE:
	case PHASE_BETWEEN:
	case PHASE_ENDING:
		if (self->has_answered)
			begin_round(self, now_ms);
		else
			between_silent(self, now_ms);
		break;
	case PHASE_IDLE:
		begin_round(self, now_ms);
		break;
	}
}

static int64_t serial_printer_deadline(const struct printer *printer)
{
	const struct serial_printer *self = of_const(printer);

	if (self->event_count)
		return 0;
	return self->question ? self->answer_ms : self->due_ms;
}

static int serial_printer_next(struct printer *printer, struct printer_event *event, int64_t now_ms)
{
	struct serial_printer *self = of(printer);

	if (self->port.fd >= 0)
		take_bytes(self, now_ms);
	if (self->phase == PHASE_SENDING)
		write_chunk(self, now_ms);
	if (self->question && now_ms >= self->answer_ms)
		round_unanswered(self, now_ms);
	/* Each step sets the time of the next one, so few are due at once. */
	for (int i = 0; i < EVENTS_MAX && !self->question && now_ms >= self->due_ms; i++)
		go_on(self, now_ms);
	if (!self->event_count)
		return 0;
	*event = self->events[0];
	self->event_count--;
	memmove(self->events, self->events + 1, self->event_count * sizeof(*self->events));
	return 1;
}

static int serial_printer_submit(
	struct printer *printer, const struct printer_job *job, int64_t now_ms)
{
	struct serial_printer *self = of(printer);

	if (busy(self))
		return -EBUSY;
	if (self->port.fd < 0 || !printer_able(self->state))
		return -ENOTCONN;
	int error = escpos_encode(job, self->torso, &self->job.bytes);
	if (error) {
		forget_job(self);
		return error;
	}
	self->job.id = job->id;
	self->job.silent_ms = now_ms + BUSY_ANSWER_MS;
	self->phase = PHASE_BEFORE;
	self->due_ms = now_ms;
	return 0;
}

static int serial_printer_fd(const struct printer *printer)
{
	const struct serial_printer *self = of_const(printer);

	/* Some USB printers are always readable, with nothing: looked at only when they are to say
	 * something. */
	if (!self->port.serial && !self->question && self->phase < PHASE_SENDING)
		return -1;
	return self->port.fd;
}

static bool serial_printer_wants_write(const struct printer *printer)
{
	return of_const(printer)->phase == PHASE_SENDING;
}

static void serial_printer_close(struct printer *printer)
{
	struct serial_printer *self = of(printer);

	if (!self)
		return;
	close_port(self);
	forget_job(self);
	free(self->device);
	free(self);
}

static const struct printer_ops ops = {
	.name = "serial",
	.fd = serial_printer_fd,
	.wants_write = serial_printer_wants_write,
	.next = serial_printer_next,
	.deadline = serial_printer_deadline,
	.submit = serial_printer_submit,
	.close = serial_printer_close,
};

int printer_serial_new(const char *device, unsigned baud, struct printer **out)
{
	struct serial_printer *self;

	if (!port_rate_known(baud))
		return -EINVAL;
	self = calloc(1, sizeof(*self));
	if (!self)
		return -ENOMEM;
	self->base.ops = &ops;
	self->port = (struct printer_port)PRINTER_PORT_CLOSED;
	self->baud = baud;
	self->due_ms = INT64_MIN;
	self->device = strdup(device);
	if (!self->device) {
		free(self);
		return -ENOMEM;
	}
	*out = &self->base;
	return 0;
}
