/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated printer and its driver in one process, with a clock that goes on by a millisecond a
 * turn and by whatever a test skips. Turns take a millisecond at least, so that nothing is
 * late for the driver because the machine is busy.
 */
#ifndef KOTAK_TESTS_PRINTER_FIXTURE_H
#define KOTAK_TESTS_PRINTER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
/* cmocka wants these first */
#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "printer/serial.h"
#include "tools/printer-sim/sim.h"

#define PATIENCE_S 60
#define BAUD 115200

struct house {
	char folder[32];
	char link[64];
	sd_event *loop;
	struct printer_sim sim;
	struct printer *printer;
	int64_t now_ms;
	enum printer_state state; /* the last that was told */
	char text[160];
	struct printer_event ended; /* the last job's end */
	unsigned ends;
};

static inline json_t *ask_sim(struct house *house, const char *request)
{
	json_t *parsed = json_loads(request, 0, NULL);
	json_t *answer = control_answer(&house->sim, parsed);

	assert_non_null(parsed);
	json_decref(parsed);
	assert_true(json_is_true(json_object_get(answer, "ok")));
	return answer;
}

static inline void tell_sim(struct house *house, const char *request)
{
	json_decref(ask_sim(house, request));
}

/* A figure of the simulator's state. */
static inline json_int_t sim_figure(struct house *house, const char *name)
{
	json_t *state = ask_sim(house, "{\"do\": \"state\"}");
	json_int_t figure = json_integer_value(json_object_get(state, name));

	json_decref(state);
	return figure;
}

static inline void open_house(struct house *house, bool cutter, const char *device)
{
	struct device_options options = { .cutter = cutter, .paper_mm = 10000 };

	*house = (struct house) { .folder = "/tmp/kotak-printer-XXXXXX", .now_ms = 1000000 };
	assert_non_null(mkdtemp(house->folder));
	snprintf(house->link, sizeof(house->link), "%s/printer", house->folder);
	options.folder = house->folder;
	assert_return_code(sd_event_new(&house->loop), 0);
	assert_return_code(
		printer_sim_open(&house->sim, house->loop, &options, house->link, NULL), 0);
	if (device)
		assert_return_code(printer_serial_new(device, BAUD, &house->printer), 0);
}

static inline void close_house(struct house *house)
{
	char path[64];

	if (house->printer)
		house->printer->ops->close(house->printer);
	for (unsigned i = 1; i <= house->sim.device.number; i++) {
		snprintf(path, sizeof(path), "%s/slip-%04u.png", house->folder, i);
		assert_return_code(unlink(path), 0);
	}
	printer_sim_close(&house->sim);
	sd_event_unref(house->loop);
	assert_return_code(rmdir(house->folder), 0);
}

static inline void take_events(struct house *house)
{
	struct printer_event event;

	while (house->printer &&
		house->printer->ops->next(house->printer, &event, house->now_ms) == 1) {
		if (event.type == PRINTER_STATUS) {
			house->state = event.state;
			memcpy(house->text, event.text, sizeof(event.text));
		} else {
			house->ended = event;
			house->ends++;
		}
	}
}

/* One turn of both. */
static inline void turn(struct house *house)
{
	struct pollfd nothing = { .fd = -1 };

	house->now_ms++;
	while (sd_event_run(house->loop, 0) > 0)
		continue;
	take_events(house);
	(void)poll(&nothing, 1, 1);
}

static inline bool in_time(time_t began)
{
	return time(NULL) < began + PATIENCE_S;
}

static inline void until_state(struct house *house, enum printer_state state)
{
	time_t began = time(NULL);

	while (house->state != state && in_time(began))
		turn(house);
	assert_string_equal(printer_state_name(house->state), printer_state_name(state));
}

/* Until the job under way has ended. */
static inline void until_end(struct house *house)
{
	unsigned before = house->ends;
	time_t began = time(NULL);

	while (house->ends == before && in_time(began))
		turn(house);
	assert_int_equal(house->ends, before + 1);
}

/* Until the driver waits for nothing but the next look at the state. */
static inline void until_rest(struct house *house)
{
	time_t began = time(NULL);

	while (house->printer->ops->deadline(house->printer) < house->now_ms + 1500 &&
		in_time(began))
		turn(house);
	assert_true(in_time(began));
}

/* Time goes by. */
static inline void pass(struct house *house, int64_t ms)
{
	house->now_ms += ms;
}

static inline void add_line(struct printer_job *job, enum printer_kind kind, const char *text)
{
	struct printer_line *line = &job->lines[job->count++];

	line->kind = kind;
	snprintf(line->text, sizeof(line->text), "%s", text);
}

/* A slip of some length, with this number in large letters. */
static inline struct printer_job *make_job(int64_t id, const char *number)
{
	struct printer_job *job = test_calloc(1, sizeof(*job));

	job->id = id;
	add_line(job, PRINTER_TITLE, "Kalurahan Triharjo");
	add_line(job, PRINTER_BIG, number);
	for (int i = 0; i < 20; i++)
		add_line(job, PRINTER_TEXT, "Dijawab paling lama tujuh hari kerja.");
	add_line(job, PRINTER_QR, "SMSTO:+6281234567890:CEK 003-000123-4 4821");
	add_line(job, PRINTER_RULE, "");
	return job;
}

static inline void submit(struct house *house, int64_t id, const char *number)
{
	struct printer_job *job = make_job(id, number);

	assert_return_code(house->printer->ops->submit(house->printer, job, house->now_ms), 0);
	test_free(job);
}

/* A member of a slip of the simulator's; index counts from 0. */
static inline const json_t *slip_member(struct house *house, size_t index, const char *name)
{
	return json_object_get(json_array_get(house->sim.device.slips, index), name);
}

static inline const char *slip_big(struct house *house, size_t index)
{
	return json_string_value(json_array_get(slip_member(house, index, "big"), 0));
}

#endif
