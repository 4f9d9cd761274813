/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kiosk with a panel whose worker says what a script wants. Include after cmocka.h. */
#ifndef KOTAK_TESTS_PANEL_SIDE_FIXTURE_H
#define KOTAK_TESTS_PANEL_SIDE_FIXTURE_H

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#include "kotakd/commands.h"
#include "kotakd/kiosk.h"
#include "kotakd/panel.h"
#include "panel/panel.h"
#include "store/complaint.h"
#include "store/internal.h"
#include "store/panel.h"

#define START_MS INT64_C(1790000000000)
#define FIRST "11111111-1111-4111-8111-111111111111"
#define SECOND "22222222-2222-4222-8222-222222222222"
#define HAPPENINGS_MAX 32
#define DAY_MS INT64_C(86400000)

/* A worker without a process: what happens is pushed, what it was told is kept. */
struct scripted {
	struct worker worker;
	int fd;
	struct worker_event happenings[HAPPENINGS_MAX];
	size_t first, count;
	json_t *start; /* as last given */
	json_t *told;  /* array */
	bool deaf;
};

static struct scripted *the_worker;

static inline int scripted_start(struct worker *worker, const json_t *start, int64_t now_ms)
{
	struct scripted *self = (struct scripted *)worker;

	(void)now_ms;
	json_decref(self->start);
	self->start = json_deep_copy(start);
	return 0;
}

static inline int scripted_fd(const struct worker *worker)
{
	return ((const struct scripted *)worker)->fd;
}

static inline int scripted_next(struct worker *worker, struct worker_event *event, int64_t now_ms)
{
	struct scripted *self = (struct scripted *)worker;

	(void)now_ms;
	if (self->first == self->count) {
		self->first = self->count = 0;
		return 0;
	}
	*event = self->happenings[self->first++];
	return 1;
}

/* Due whenever there is something, so that a tick takes it. */
static inline int64_t scripted_deadline(const struct worker *worker)
{
	const struct scripted *self = (const struct scripted *)worker;

	return self->first < self->count ? 0 : INT64_MAX;
}

static inline void scripted_tick(struct worker *worker, int64_t now_ms)
{
	(void)worker;
	(void)now_ms;
}

static inline int scripted_send(struct worker *worker, const json_t *message)
{
	struct scripted *self = (struct scripted *)worker;

	return self->deaf ? -EAGAIN : json_array_append_new(self->told, json_deep_copy(message));
}

static inline void scripted_close(struct worker *worker)
{
	struct scripted *self = (struct scripted *)worker;

	close(self->fd);
	json_decref(self->start);
	json_decref(self->told);
	free(self);
	the_worker = NULL;
}

static const struct worker_ops scripted_ops = {
	.name = "scripted",
	.start = scripted_start,
	.fd = scripted_fd,
	.next = scripted_next,
	.deadline = scripted_deadline,
	.tick = scripted_tick,
	.send = scripted_send,
	.close = scripted_close,
};

static inline int scripted_new(const struct config *config, struct worker **out)
{
	(void)config;
	the_worker = calloc(1, sizeof(*the_worker));
	assert_non_null(the_worker);
	the_worker->worker.ops = &scripted_ops;
	the_worker->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	the_worker->told = json_array();
	*out = &the_worker->worker;
	return 0;
}

static const struct kiosk_drivers drivers = { .panel_new = scripted_new };

static inline void happen(enum worker_event_type type, json_t *message)
{
	assert_true(the_worker->count < HAPPENINGS_MAX);
	the_worker->happenings[the_worker->count++] =
		(struct worker_event) { .type = type, .message = message, .text = "killed" };
}

static inline void open_panel(struct kiosk *kiosk)
{
	assert_return_code(kiosk_panel_open(kiosk), 0);
	happen(WORKER_STARTED, NULL);
	kiosk_panel_tick(kiosk);
}

static inline int setup(void **state)
{
	struct kiosk *kiosk = test_calloc(1, sizeof(*kiosk));

	kiosk->drivers = &drivers;
	kiosk->config.panel_driver = strdup("sim");
	kiosk->config.panel_board = strdup("simulated");
	kiosk->config.panel_lines = strdup("/nowhere");
	kiosk->config.panel_display = strdup("20x4 gpio");
	kiosk->config.kiosk_name = strdup("Triharjo");
	kiosk->config.locale = strdup("id");
	kiosk->config.timezone = strdup("Asia/Jakarta");
	kiosk->config.store_path = strdup("/");
	kiosk->config.display = (struct config_display) { .columns = 20, .rows = 4 };
	kiosk->boot = 1;
	kiosk->utc_offset_s = 7 * 3600;
	kiosk->time = (struct clock_reading) { 1000, START_MS, CLOCK_NTP };
	assert_return_code(store_connect(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
				   &kiosk->store),
		0);
	assert_return_code(store_migrate(kiosk->store), 0);
	kiosk->store->kiosk = 3;
	assert_return_code(sd_event_new(&kiosk->loop), 0);
	open_panel(kiosk);
	*state = kiosk;
	return 0;
}

static inline int teardown(void **state)
{
	struct kiosk *kiosk = *state;

	kiosk_panel_close(kiosk);
	sd_event_unref(kiosk->loop);
	store_close(kiosk->store);
	config_release(&kiosk->config);
	test_free(kiosk);
	return 0;
}

static inline void pass(struct kiosk *kiosk, int64_t ms)
{
	kiosk->time.wall_ms += ms;
	kiosk->time.mono_ms += ms;
}

static inline void say(json_t *message)
{
	assert_non_null(message);
	happen(WORKER_MESSAGE, message);
}

/* The last message of that type that the worker was told, and forgets all; NULL: none. */
static inline json_t *heard(struct kiosk *kiosk, const char *type)
{
	json_t *found = NULL;
	size_t index;
	json_t *message;

	kiosk_panel_tick(kiosk);
	json_array_foreach (the_worker->told, index, message) {
		if (strcmp(json_string_value(json_object_get(message, "type")), type) == 0)
			found = message;
	}
	json_incref(found);
	json_array_clear(the_worker->told);
	return found;
}

static inline const char *words(const json_t *message, const char *name)
{
	const char *text = json_string_value(json_object_get(message, name));

	return text ? text : "(none)";
}

static inline bool truth(const json_t *message, const char *name)
{
	return json_is_true(json_object_get(message, name));
}

static inline json_t *draft(const char *id, const char *text)
{
	return json_pack("{s:s, s:s, s:{s:s}}", "type", "draft", "id", id, "data", "text", text);
}

static inline json_t *submission(const char *id, const char *phone)
{
	return json_pack("{s:s, s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}}", "type", "submit",
		"id", id, "complaint", "language", "id", "category", "procedure", "about", "office",
		"address", "Karang, RT 02", "text", "Surat keterangan belum jadi", "name",
		"Siti Aminah", "phone", phone, "confidential", true);
}

/* Sends one and gives its ticket and PIN. */
static inline void submit(struct kiosk *kiosk, const char *id, const char *phone,
	char ticket[static TICKET_SIZE], char pin[static PIN_SIZE])
{
	say(submission(id, phone));
	autojson json_t *told = heard(kiosk, "ticket");
	assert_non_null(told);
	assert_string_equal(words(told, "id"), id);
	assert_int_equal(strlen(words(told, "ticket")), TICKET_SIZE - 1);
	assert_int_equal(strlen(words(told, "pin")), PIN_SIZE - 1);
	memcpy(ticket, words(told, "ticket"), TICKET_SIZE);
	memcpy(pin, words(told, "pin"), PIN_SIZE);
}

static inline json_t *own(const char *type, int request, const char *ticket, const char *pin)
{
	return json_pack("{s:s, s:i, s:s, s:s}", "type", type, "request", request, "ticket", ticket,
		"pin", pin);
}

static inline json_t *with(json_t *message, const char *name, json_t *value)
{
	assert_return_code(json_object_set_new(message, name, value), 0);
	return message;
}

static inline struct complaint complaint_of(struct kiosk *kiosk, const char *uuid)
{
	struct complaint complaint = { 0 };

	assert_int_equal(store_complaint_by_uuid(kiosk->store, uuid, &complaint), 1);
	return complaint;
}

static inline int64_t number(struct kiosk *kiosk, const char *sql)
{
	int64_t value = -1;

	assert_return_code(store_value(kiosk->store, &value, sql, ""), 0);
	return value;
}

/* The session's text of the start message, "" for none. */
static inline const char *drafted(void)
{
	const json_t *session = json_object_get(the_worker->start, "session");
	const char *text =
		json_string_value(json_object_get(json_object_get(session, "data"), "text"));

	return text ? text : "";
}

static inline void restart_kotakd(struct kiosk *kiosk)
{
	kiosk_panel_close(kiosk);
	open_panel(kiosk);
}

/* The server's command, acted on at once. */
static inline void command(struct kiosk *kiosk, int place, const char *uuid, const char *type,
	const char *text, const char *to)
{
	char id[UUID_SIZE];
	struct moment moment = kiosk_moment(kiosk);

	uuid_new(id);
	autojson json_t *commands = json_pack("[{s:i, s:s, s:s, s:s*, s:s, s:s*, s:s}]", "number",
		place, "id", id, "type", type, "uuid", uuid, "text", text, "to", to, "actor",
		"officer:sari");
	assert_return_code(store_begin(kiosk->store), 0);
	assert_int_equal(store_commands_take(kiosk->store, &moment, commands), 1);
	assert_return_code(store_commit(kiosk->store), 0);
	assert_int_equal(commands_run(kiosk->store, &moment, kiosk->utc_offset_s), 1);
}

#endif
