/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kotakd/printing.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "kotakd/kiosk.h"
#include "panel/slip.h"
#include "port/worker.h"
#include "store/complaint.h"
#include "store/printing.h"

/* After a slip that failed, or a step that couldn't be written down. */
#define RETRY_MS 2000
/* A slip that may be on paper so often already is not begun once more. */
#define ATTEMPTS_MAX 4
/* Messages of the worker in one turn. */
#define MESSAGES_MAX 64

/* What the listener was told last. */
struct told {
	char uuid[UUID_SIZE];
	enum printing_stage stage;
	enum printer_state reason;
};

struct printing {
	struct kiosk *kiosk;
	struct printing_listener listener;
	struct worker *worker;
	sd_event_source *source;

	bool running; /* the worker is up */
	enum printer_state state;
	char text[160];	  /* about the state, for a technician */
	int64_t since_ms; /* wall clock */

	struct print_job flying; /* what the printer has; id 0: nothing */
	bool ended;		 /* it is settled but for being written down */
	enum print_outcome outcome;
	char reason[160];

	bool look;	    /* there may be something to print, or to expire */
	int64_t retry_ms;   /* monotonic: nothing is begun before */
	int64_t expires_ms; /* wall clock: the next one that expires */
	struct told told;
	struct printer_job job; /* too large for the stack */
};

static void tell(struct printing *printing, const char *uuid, enum printing_stage stage,
	enum printer_state why)
{
	struct told told = { .stage = stage, .reason = why };

	snprintf(told.uuid, sizeof(told.uuid), "%s", uuid);
	if (strcmp(told.uuid, printing->told.uuid) == 0 && told.stage == printing->told.stage &&
		told.reason == printing->told.reason)
		return;
	printing->told = told;
	if (printing->listener.slip)
		printing->listener.slip(printing->listener.context, uuid, stage, why);
}

/* Why a slip isn't printed, as far as the printer's state tells. */
static enum printer_state hindrance(const struct printing *printing)
{
	return printer_able(printing->state) ? PRINTER_UNKNOWN : printing->state;
}

static void set_state(struct printing *printing, enum printer_state state, const char *text)
{
	bool changed = state != printing->state;

	snprintf(printing->text, sizeof(printing->text), "%s", text);
	if (!changed)
		return;
	printing->state = state;
	printing->since_ms = printing->kiosk->time.wall_ms;
	printing->look = true;
	if (printing->listener.printer)
		printing->listener.printer(printing->listener.context, printer_able(state), state);
	if (!printer_able(state) && state != PRINTER_UNKNOWN)
		log_warning("printer: %s: %s", printer_state_name(state), text);
	else
		log_notice("printer: %s", printer_state_name(state));
}

/* Writes down what became of the slip; when that fails it is tried again, and nothing else is
 * begun meanwhile. */
static void settle(struct printing *printing)
{
	struct kiosk *kiosk = printing->kiosk;
	const struct print_job job = printing->flying;
	int error = store_begin(kiosk->store);

	if (error == 0)
		error = store_print_end(kiosk->store, job.id, printing->outcome, printing->reason);
	if (error == 0)
		error = store_commit(kiosk->store);
	if (error < 0) {
		store_rollback(kiosk->store);
		printing->retry_ms = kiosk->time.mono_ms + RETRY_MS;
		return;
	}
	printing->flying.id = 0;
	printing->ended = false;
	printing->look = true;
	if (printing->outcome == PRINT_PRINTED)
		tell(printing, job.uuid, PRINTING_PRINTED,
			printing->state == PRINTER_SILENT ? PRINTER_SILENT : PRINTER_UNKNOWN);
	else if (printing->outcome == PRINT_FAILED)
		tell(printing, job.uuid, PRINTING_FAILED, hindrance(printing));
}

static void ended(struct printing *printing, enum print_outcome outcome, const char *reason)
{
	if (!printing->flying.id || printing->ended)
		return;
	if (outcome == PRINT_COPY && printing->flying.attempts >= ATTEMPTS_MAX)
		outcome = PRINT_FAILED;
	if (outcome != PRINT_PRINTED) {
		printing->retry_ms = printing->kiosk->time.mono_ms + RETRY_MS;
		log_warning("printer: slip %lld: %s: %s", (long long)printing->flying.id, reason,
			outcome == PRINT_FAILED	 ? "it is given up"
			: outcome == PRINT_AGAIN ? "nothing is on paper, it is tried again"
						 : "some of it may be on paper, it is printed "
						   "again as a copy");
	}
	printing->ended = true;
	printing->outcome = outcome;
	snprintf(printing->reason, sizeof(printing->reason), "%s", reason);
	settle(printing);
}

static const char *text_of(const json_t *message, const char *key)
{
	const char *text = json_string_value(json_object_get(message, key));

	return text ? text : "";
}

static void take_message(struct printing *printing, const json_t *message)
{
	const char *type = text_of(message, "type");
	int64_t id = json_integer_value(json_object_get(message, "id"));
	enum printer_state state;

	if (strcmp(type, "status") == 0 &&
		printer_state_from_name(text_of(message, "state"), &state)) {
		set_state(printing, state, text_of(message, "text"));
	} else if (strcmp(type, "done") == 0) {
		/* One that it wasn't given, or that was settled when another worker died. */
		if (id == printing->flying.id)
			ended(printing, PRINT_PRINTED, "");
	} else if (strcmp(type, "failed") == 0) {
		/* Only a plain "no" means that nothing is on paper. */
		if (id == printing->flying.id)
			ended(printing,
				json_is_false(json_object_get(message, "maybe_printed"))
					? PRINT_AGAIN
					: PRINT_COPY,
				text_of(message, "text"));
	} else {
		log_warning("printer: its worker says what makes no sense; it is ignored");
	}
}

static void take_event(struct printing *printing, const struct worker_event *event)
{
	switch (event->type) {
	case WORKER_STARTED:
		printing->running = true;
		set_state(printing, PRINTER_UNKNOWN, "its worker has just started");
		break;
	case WORKER_MESSAGE:
		take_message(printing, event->message);
		break;
	case WORKER_STOPPED:
		printing->running = false;
		printing->kiosk->restarts++;
		set_state(printing, PRINTER_UNKNOWN, event->text);
		ended(printing, PRINT_COPY, event->text);
		break;
	}
}

static void take_events(struct printing *printing)
{
	struct worker *worker = printing->worker;
	int64_t now_ms = printing->kiosk->time.mono_ms;
	int result = 1;

	if (now_ms >= worker->ops->deadline(worker))
		worker->ops->tick(worker, now_ms);
	for (int i = 0; i < MESSAGES_MAX && result > 0; i++) {
		struct worker_event event = { 0 };

		result = worker->ops->next(worker, &event, now_ms);
		if (result > 0)
			take_event(printing, &event);
		json_decref(event.message);
	}
	if (result < 0)
		log_error("printer: its worker can't be heard: %s", strerror(-result));
}

/* The kiosk's number for SMS, of the first SIM that knows it. */
static const char *own_number(const struct kiosk *kiosk)
{
	for (size_t i = 0; i < kiosk->modem_count; i++) {
		if (*kiosk->modems[i].status.own_number)
			return kiosk->modems[i].status.own_number;
	}
	return NULL;
}

static int compose(struct printing *printing, const struct print_job *job)
{
	struct kiosk *kiosk = printing->kiosk;
	struct complaint complaint = { 0 };
	char when[32] = "";
	int error = store_complaint_by_uuid(kiosk->store, job->uuid, &complaint);

	if (error > 0) {
		time_t local = (time_t)(complaint.created_ms / 1000) + kiosk->utc_offset_s;
		struct tm parts;
		if (gmtime_r(&local, &parts))
			(void)strftime(when, sizeof(when), "%d-%m-%Y %H:%M", &parts);
		const struct slip_values values = { .office = kiosk->config.kiosk_name,
			.ticket = complaint.ticket,
			.pin = complaint.pin,
			.category = complaint.category,
			.when = when,
			.number = own_number(kiosk),
			.copy = job->copy };
		printing->job.id = job->id;
		error = slip_compose(&values, complaint.language, &printing->job);
	} else if (error == 0) {
		error = -ENOENT;
	}
	complaint_release(&complaint);
	return error;
}

static json_t *job_message(const struct printer_job *job)
{
	static const char *const kinds[] = {
		[PRINTER_TEXT] = "text",
		[PRINTER_TITLE] = "title",
		[PRINTER_BIG] = "big",
		[PRINTER_QR] = "qr",
		[PRINTER_RULE] = "rule",
		[PRINTER_SPACE] = "space",
	};
	json_t *lines = json_array();

	for (size_t i = 0; i < job->count; i++) {
		if (json_array_append_new(
			    lines, json_pack("{s:s, s:s}", "kind", kinds[job->lines[i].kind],
					   "text", job->lines[i].text)) < 0) {
			json_decref(lines);
			return NULL;
		}
	}
	return json_pack(
		"{s:s, s:I, s:o}", "type", "job", "id", (json_int_t)job->id, "lines", lines);
}

/* Gives the begun slip to the worker; what can't even leave this process is queued again. */
static void send_job(struct printing *printing)
{
	struct worker *worker = printing->worker;
	autojson json_t *message = job_message(&printing->job);
	int error = message ? worker->ops->send(worker, message) : -ENOMEM;

	/* It holds a PIN. */
	explicit_bzero(&printing->job, sizeof(printing->job));
	if (error)
		ended(printing, PRINT_AGAIN, strerror(-error));
}

/* Those that nobody waits for any more, inside a transaction. */
static int expire(struct printing *printing)
{
	struct kiosk *kiosk = printing->kiosk;
	struct print_job job;
	int found;

	do {
		found = store_print_expire(
			kiosk->store, kiosk->time.wall_ms, &job, &printing->expires_ms);
		if (found > 0) {
			log_warning("printer: slip %lld could not be printed in time, whoever "
				    "waited for it has its number on the display only",
				(long long)job.id);
			tell(printing, job.uuid, PRINTING_FAILED, hindrance(printing));
		}
	} while (found > 0);
	return found;
}

/* The next slip, inside a transaction: begun when it can be printed now. 1, 0 none, or an errno. */
static int choose(struct printing *printing, struct print_job *job)
{
	struct kiosk *kiosk = printing->kiosk;
	int found = store_print_next(kiosk->store, kiosk->time.wall_ms, job);

	if (found <= 0)
		return found;
	tell(printing, job->uuid, PRINTING_WAITING, hindrance(printing));
	if (!printing->running || !printer_able(printing->state) ||
		kiosk->time.mono_ms < printing->retry_ms)
		return 0;
	int error = compose(printing, job);
	if (error == 0)
		error = store_print_begin(kiosk->store, job->id);
	/* It counts before its commit, which may be on the card though it fails. */
	job->attempts++;
	return error < 0 ? error : 1;
}

/* Looks through the queue, and begins what comes next. */
static void look(struct printing *printing)
{
	struct kiosk *kiosk = printing->kiosk;
	struct print_job job = { 0 };
	int error = store_begin(kiosk->store);
	int found = 0;

	if (error == 0)
		error = expire(printing);
	if (error == 0)
		error = found = choose(printing, &job);
	if (error >= 0)
		error = store_commit(kiosk->store);
	if (error < 0) {
		store_rollback(kiosk->store);
		log_error("printer: the next slip can't be looked up: %s", strerror(-error));
		printing->retry_ms = kiosk->time.mono_ms + RETRY_MS;
		return;
	}
	/* One that has to wait is looked at again when its time comes, or the printer's state
	 * changes. */
	printing->look = kiosk->time.mono_ms < printing->retry_ms;
	if (found > 0) {
		printing->flying = job;
		send_job(printing);
	}
}

void printing_tick(struct kiosk *kiosk)
{
	struct printing *printing = kiosk->printing;

	if (!printing)
		return;
	take_events(printing);
	bool rested = kiosk->time.mono_ms >= printing->retry_ms;
	if (printing->ended && rested)
		settle(printing);
	if (!printing->flying.id &&
		((printing->look && rested) || kiosk->time.wall_ms >= printing->expires_ms))
		look(printing);
}

int64_t printing_deadline(const struct kiosk *kiosk)
{
	const struct printing *printing = kiosk->printing;

	if (!printing)
		return INT64_MAX;
	int64_t first = printing->worker->ops->deadline(printing->worker);
	if ((printing->look || printing->ended) && printing->retry_ms < first)
		first = printing->retry_ms;
	if (!printing->flying.id && printing->expires_ms != INT64_MAX) {
		int64_t expiry = printing->expires_ms - kiosk->time.wall_ms + kiosk->time.mono_ms;
		if (expiry < first)
			first = expiry;
	}
	return first;
}

static int on_worker(sd_event_source *source, int fd, uint32_t events, void *context)
{
	(void)source;
	(void)fd;
	(void)events;
	(void)context;
	/* The work is done after every wake-up, this one included. */
	return 0;
}

static int start_worker(struct printing *printing)
{
	struct kiosk *kiosk = printing->kiosk;
	autojson json_t *start = json_pack("{s:s, s:s, s:I}", "type", "start", "device",
		kiosk->config.printer_device, "baud", (json_int_t)kiosk->config.printer_baud);
	int error =
		start ? kiosk->drivers->printer_new(&kiosk->config, &printing->worker) : -ENOMEM;

	if (error == 0)
		error = sd_event_add_io(kiosk->loop, &printing->source,
			printing->worker->ops->fd(printing->worker), EPOLLIN, on_worker, printing);
	if (error >= 0)
		error = printing->worker->ops->start(printing->worker, start, kiosk->time.mono_ms);
	return error < 0 ? error : 0;
}

/* What was being printed when the last life ended may be on paper. */
static int recover(struct kiosk *kiosk)
{
	int error = store_begin(kiosk->store);

	if (error == 0)
		error = store_print_interrupted(kiosk->store);
	if (error == 0)
		error = store_commit(kiosk->store);
	if (error < 0)
		store_rollback(kiosk->store);
	return error;
}

int printing_open(struct kiosk *kiosk, const struct printing_listener *listener)
{
	struct printing *printing;
	int error;

	if (!kiosk->config.printer_device)
		return 0;
	printing = calloc(1, sizeof(*printing));
	kiosk->printing = printing;
	error = printing ? recover(kiosk) : -ENOMEM;
	if (error == 0) {
		printing->kiosk = kiosk;
		if (listener)
			printing->listener = *listener;
		printing->look = true;
		printing->expires_ms = INT64_MAX;
		printing->since_ms = kiosk->time.wall_ms;
		snprintf(printing->text, sizeof(printing->text), "its worker is being started");
		error = start_worker(printing);
	}
	if (error < 0)
		log_error("printer: can't be looked after: %s", strerror(-error));
	return error;
}

void printing_close(struct kiosk *kiosk)
{
	struct printing *printing = kiosk->printing;

	if (!printing)
		return;
	sd_event_source_disable_unref(printing->source);
	if (printing->worker)
		printing->worker->ops->close(printing->worker);
	explicit_bzero(&printing->job, sizeof(printing->job));
	free(printing);
	kiosk->printing = NULL;
}

int printing_ask(struct kiosk *kiosk, const struct moment *moment, const char *uuid)
{
	int64_t id = 0;

	if (!kiosk->printing)
		return 0;
	int error = store_print_add(
		kiosk->store, moment, uuid, moment->now_ms + PRINTING_EXPIRY_MS, &id);
	if (error < 0)
		return error;
	kiosk->printing->look = true;
	/* Asked for anew: whoever waits is told anew. */
	kiosk->printing->told = (struct told) { 0 };
	return 1;
}

int printing_cancel(struct kiosk *kiosk, const char *uuid)
{
	/* Also one of a life that had a printer, which this one hasn't just now. */
	return store_print_cancel(kiosk->store, uuid);
}

bool printing_able(const struct kiosk *kiosk, enum printer_state *state)
{
	*state = kiosk->printing ? kiosk->printing->state : PRINTER_ABSENT;
	return kiosk->printing && printer_able(*state);
}

int printing_status(const struct kiosk *kiosk, struct printing_status *out)
{
	const struct printing *printing = kiosk->printing;
	static const char *const advice[] = {
		[PRINTER_UNKNOWN] = "wait half a minute; if it stays so, look into the log for why "
				    "its worker ends",
		[PRINTER_ABSENT] =
			"check its cable and power, then [printer] device in kotakd.conf",
		[PRINTER_SILENT] = "check that slips come out; if not: its switch, its cable, and "
				   "[printer] baud in kotakd.conf",
		[PRINTER_READY] = NULL,
		[PRINTER_PAPER_LOW] = "put in a new roll of thermal paper, 58 mm, soon",
		[PRINTER_PAPER_OUT] = "put in a roll of thermal paper, 58 mm",
		[PRINTER_COVER_OPEN] = "close its cover until it clicks",
		[PRINTER_FAULT] = "switch it off, look for jammed paper, switch it on",
	};

	if (!printing)
		return 0;
	out->ok = printer_able(printing->state);
	snprintf(out->text, sizeof(out->text), "%s%s%s",
		printing->state == PRINTER_READY ? "works" : printer_state_name(printing->state),
		*printing->text ? ": " : "", printing->text);
	out->since_ms = printing->since_ms;
	out->advice = out->ok ? NULL : advice[printing->state];
	return 1;
}
