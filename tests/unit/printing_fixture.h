/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kiosk with one complaint and a printer's worker that says what a script wants. */
#ifndef KOTAK_TESTS_PRINTING_FIXTURE_H
#define KOTAK_TESTS_PRINTING_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/json.h"
#include "kotakd/kiosk.h"
#include "kotakd/printing.h"
#include "port/worker.h"
#include "store/complaint.h"
#include "store/internal.h"

#define START_MS INT64_C(1790000000000)
#define EVENTS_MAX 8
#define TOLD_MAX 16

struct scripted {
	struct worker base;
	struct kiosk *kiosk;
	json_t *start;
	struct worker_event events[EVENTS_MAX]; /* to come */
	size_t event_count;
	json_t *job; /* the last one that was sent */
	unsigned jobs;
	int send_error;
	int fd;
};

struct told {
	char uuid[UUID_SIZE];
	enum printing_stage stage;
	enum printer_state reason;
};

struct house {
	struct kiosk kiosk;
	struct scripted *worker;
	struct told told[TOLD_MAX];
	size_t told_count;
	enum printer_state printer; /* as it was told */
	bool able;
	char uuid[UUID_SIZE];
};

/* The worker */

static struct scripted *the_worker;

static inline struct scripted *of(struct worker *worker)
{
	return (struct scripted *)(void *)worker;
}

static inline void happen(struct house *house, enum worker_event_type type, json_t *message)
{
	struct scripted *worker = house->worker;
	struct worker_event *event = &worker->events[worker->event_count++];

	assert_true(worker->event_count <= EVENTS_MAX);
	*event = (struct worker_event) { .type = type, .message = message };
	if (type == WORKER_STOPPED)
		snprintf(event->text, sizeof(event->text), "killed by signal 9");
}

static inline int worker_start(struct worker *worker, const json_t *start, int64_t now_ms)
{
	(void)now_ms;
	of(worker)->start = json_deep_copy(start);
	return 0;
}

static inline int worker_fd(const struct worker *worker)
{
	return ((const struct scripted *)(const void *)worker)->fd;
}

static inline int worker_next(struct worker *worker, struct worker_event *event, int64_t now_ms)
{
	struct scripted *self = of(worker);

	(void)now_ms;
	if (!self->event_count)
		return 0;
	*event = self->events[0];
	self->event_count--;
	memmove(self->events, self->events + 1, self->event_count * sizeof(*self->events));
	return 1;
}

static inline int64_t worker_deadline(const struct worker *worker)
{
	(void)worker;
	return INT64_MAX;
}

static inline void worker_tick(struct worker *worker, int64_t now_ms)
{
	(void)worker;
	(void)now_ms;
}

static inline int64_t number(struct kiosk *kiosk, const char *sql)
{
	int64_t value = -1;

	assert_true(store_value(kiosk->store, &value, sql, "") >= 0);
	return value;
}

static inline int worker_send(struct worker *worker, const json_t *message)
{
	struct scripted *self = of(worker);

	/* It is written down, and for good, before the worker has a byte of it. */
	assert_true(sqlite3_get_autocommit(self->kiosk->store->db));
	assert_int_equal(
		number(self->kiosk, "SELECT count(*) FROM print_job WHERE state = 'printing'"), 1);
	if (self->send_error)
		return self->send_error;
	json_decref(self->job);
	self->job = json_deep_copy(message);
	self->jobs++;
	return 0;
}

static inline void worker_close(struct worker *worker)
{
	struct scripted *self = of(worker);

	for (size_t i = 0; i < self->event_count; i++)
		json_decref(self->events[i].message);
	json_decref(self->start);
	json_decref(self->job);
	close(self->fd);
	free(self);
}

static const struct worker_ops worker_ops = { "scripted", worker_start, worker_fd, worker_next,
	worker_deadline, worker_tick, worker_send, worker_close };

static inline int worker_new(const struct config *config, struct worker **out)
{
	struct scripted *worker = calloc(1, sizeof(*worker));

	assert_non_null(config->printer_device);
	assert_non_null(worker);
	worker->base.ops = &worker_ops;
	worker->fd = eventfd(0, EFD_CLOEXEC);
	the_worker = worker;
	*out = &worker->base;
	return 0;
}

static const struct kiosk_drivers drivers = { .printer_new = worker_new };

/* The house */

static inline void on_slip(
	void *context, const char *uuid, enum printing_stage stage, enum printer_state reason)
{
	struct house *house = context;
	struct told *told = &house->told[house->told_count++];

	assert_true(house->told_count <= TOLD_MAX);
	snprintf(told->uuid, sizeof(told->uuid), "%s", uuid);
	told->stage = stage;
	told->reason = reason;
}

static inline void on_printer(void *context, bool able, enum printer_state state)
{
	struct house *house = context;

	house->able = able;
	house->printer = state;
}

static inline void open_printing(struct house *house)
{
	const struct printing_listener listener = { on_slip, on_printer, house };

	assert_return_code(printing_open(&house->kiosk, &listener), 0);
	house->worker = the_worker;
	house->worker->kiosk = &house->kiosk;
	happen(house, WORKER_STARTED, NULL);
	printing_tick(&house->kiosk);
}

static inline void open_complaint(struct house *house, char uuid[static UUID_SIZE])
{
	const struct moment moment = kiosk_moment(&house->kiosk);
	struct complaint_opening opening = { .channel = "panel",
		.language = "id",
		.sender = "",
		.name = "Siti Aminah",
		.address = "Karang RT 02",
		.text = "Lampu jalan mati",
		.category = "other" };
	char ticket[TICKET_SIZE], pin[PIN_SIZE];

	assert_return_code(store_begin(house->kiosk.store), 0);
	assert_return_code(store_ticket_next(house->kiosk.store, ticket, pin), 0);
	opening.ticket = ticket;
	opening.pin = pin;
	assert_true(store_complaint_open(house->kiosk.store, &moment, &opening, uuid) >= 0);
	assert_return_code(store_commit(house->kiosk.store), 0);
}

static inline int setup(void **state)
{
	struct house *house = test_calloc(1, sizeof(*house));
	struct kiosk *kiosk = &house->kiosk;

	assert_true(sodium_init() >= 0);
	kiosk->drivers = &drivers;
	kiosk->config.printer_device = strdup("/dev/printer");
	kiosk->config.kiosk_name = strdup("Kalurahan Triharjo");
	kiosk->config.printer_baud = 9600;
	kiosk->boot = 1;
	kiosk->utc_offset_s = 7 * 3600;
	kiosk->time = (struct clock_reading) { 1000000, START_MS, CLOCK_NTP };
	assert_return_code(sd_event_new(&kiosk->loop), 0);
	assert_return_code(store_connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
				   &kiosk->store),
		0);
	kiosk->store->kiosk = 3;
	assert_return_code(store_migrate(kiosk->store), 0);
	open_complaint(house, house->uuid);
	open_printing(house);
	*state = house;
	return 0;
}

static inline int teardown(void **state)
{
	struct house *house = *state;

	printing_close(&house->kiosk);
	store_close(house->kiosk.store);
	sd_event_unref(house->kiosk.loop);
	free(house->kiosk.config.printer_device);
	free(house->kiosk.config.kiosk_name);
	test_free(house);
	return 0;
}

static inline void pass(struct house *house, int64_t ms)
{
	house->kiosk.time.wall_ms += ms;
	house->kiosk.time.mono_ms += ms;
	printing_tick(&house->kiosk);
}

static inline void say(struct house *house, json_t *message)
{
	assert_non_null(message);
	happen(house, WORKER_MESSAGE, message);
	printing_tick(&house->kiosk);
}

static inline void say_state(struct house *house, const char *name)
{
	say(house, json_pack("{s:s, s:s, s:s}", "type", "status", "state", name, "text",
			   strcmp(name, "ready") == 0 ? "" : "look at it"));
}

static inline json_int_t job_id(struct house *house)
{
	return json_integer_value(json_object_get(house->worker->job, "id"));
}

static inline void say_done(struct house *house)
{
	say(house, json_pack("{s:s, s:I}", "type", "done", "id", job_id(house)));
}

static inline void say_failed(struct house *house, bool maybe_printed)
{
	say(house, json_pack("{s:s, s:I, s:b, s:s}", "type", "failed", "id", job_id(house),
			   "maybe_printed", maybe_printed, "text", "paper out"));
}

static inline void ask_for(struct house *house, const char *uuid)
{
	const struct moment moment = kiosk_moment(&house->kiosk);

	assert_return_code(store_begin(house->kiosk.store), 0);
	assert_int_equal(printing_ask(&house->kiosk, &moment, uuid), 1);
	assert_return_code(store_commit(house->kiosk.store), 0);
	printing_tick(&house->kiosk);
}

static inline void ask(struct house *house)
{
	ask_for(house, house->uuid);
}

static inline void last_told(
	struct house *house, enum printing_stage stage, enum printer_state reason)
{
	const struct told *told = &house->told[house->told_count - 1];

	assert_true(house->told_count > 0);
	assert_int_equal(told->stage, stage);
	assert_int_equal(told->reason, reason);
}

static inline int64_t in_state(struct house *house, const char *state)
{
	int64_t count = -1;

	assert_true(store_value(house->kiosk.store, &count,
			    "SELECT count(*) FROM print_job WHERE state = ?", "t", state) >= 0);
	return count;
}

/* Whether the last job has this line. */
static inline bool job_says(struct house *house, const char *words)
{
	const json_t *lines = json_object_get(house->worker->job, "lines");

	for (size_t i = 0; i < json_array_size(lines); i++) {
		const char *text =
			json_string_value(json_object_get(json_array_get(lines, i), "text"));

		if (strstr(text, words))
			return true;
	}
	return false;
}

#endif
