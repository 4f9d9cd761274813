/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A database with one kiosk, and that kiosk's log, written as docs/sync.md says. */
#ifndef TEST_KIOSK_LOG_H
#define TEST_KIOSK_LOG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/intake.h"
#include "tools/ppidd/kiosk.h"
#include "tools/ppidd/record.h"
#include "wire/ticket.h"

#define KIOSK 3
#define NOW INT64_C(1795540000000)

/* A kiosk's log in this epoch, as far as it was written. */
struct kiosk_log {
	json_t *events;
	int64_t epoch;
	char hash[HASH_SIZE];
};

static struct db *db;
static struct kiosk_log kiosk_log;
static const struct step step = { .now_ms = NOW, .actor = "officer:siti" };

static void put_event(struct kiosk_log *log, const char *id, const char *type, const char *ticket,
	json_t *data, json_t *body)
{
	char fresh[UUID_SIZE], hash[HASH_SIZE];

	uuid_new(fresh);
	json_t *event = json_pack("{s:I, s:I, s:s, s:s, s:s, s:i, s:s, s:s, s:s?, s:o}", "epoch",
		(json_int_t)log->epoch, "seq", (json_int_t)json_array_size(log->events) + 1, "id",
		id ? id : fresh, "time", "2026-11-24T10:00:00.000Z", "clock", "gsm", "boot", 1,
		"actor", "kiosk", "type", type, "ticket", ticket, "data",
		data ? data : json_object());
	assert_non_null(event);
	if (body) {
		assert_int_equal(event_seal(event, body), 0);
		json_decref(body);
	}
	assert_int_equal(event_hash(event, log->hash, hash), 0);
	json_object_set_new(event, "hash", json_string(hash));
	memcpy(log->hash, hash, sizeof(hash));
	json_array_append_new(log->events, event);
}

static inline void put_complaint(struct kiosk_log *log, const char *uuid, uint32_t serial)
{
	char ticket[TICKET_SIZE];

	assert_int_equal(ticket_format(ticket, KIOSK, serial), 0);
	put_event(log, NULL, "complaint.received", ticket,
		json_pack("{s:s, s:s, s:s}", "uuid", uuid, "channel", "sms", "language", "id"),
		json_pack(
			"{s:s, s:s, s:s}", "from", "+62811", "text", "Jalan rusak", "pin", "1234"));
}

/* Sends events from first on; returns the status, *answer may be NULL. */
static int send_from(const struct kiosk_log *log, int64_t first, json_t **answer)
{
	json_t *said = NULL;
	json_t *some = json_array();

	for (size_t i = (size_t)first - 1; i < json_array_size(log->events); i++)
		json_array_append(some, json_array_get(log->events, i));
	autojson json_t *batch = json_pack("{s:I, s:I, s:o}", "epoch", (json_int_t)log->epoch,
		"first", (json_int_t)first, "events", some);
	int status = intake_batch(db, KIOSK, batch, NOW, &said);
	if (answer)
		*answer = said;
	else
		json_decref(said);
	return status;
}

static inline int64_t count(const char *sql)
{
	autorows struct db_rows *rows = NULL;

	assert_int_equal(db_query(db, &rows, sql, ""), 0);
	assert_int_equal(db_step(rows), 1);
	return db_integer(rows, 0);
}

static int setup(void **state)
{
	char code[CODE_SIZE];
	(void)state;

	if (db_open("sqlite::memory:", &db) < 0)
		return -1;
	kiosk_log.events = json_array();
	kiosk_log.epoch = 1;
	memcpy(kiosk_log.hash, EVENT_GENESIS, HASH_SIZE);
	put_event(&kiosk_log, NULL, "epoch.started", NULL, NULL, NULL);
	return kiosk_add(db, &step, KIOSK, "Balai", code);
}

static int teardown(void **state)
{
	(void)state;
	json_decref(kiosk_log.events);
	db_close(db);
	return 0;
}

#endif
