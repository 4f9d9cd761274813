/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole kiosk without its hardware: decoded messages go in, the store is real, what would be
 * sent is read back. Time is the test's.
 */
#ifndef KOTAK_TESTS_TALK_FIXTURE_H
#define KOTAK_TESTS_TALK_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "dialogue/dialogue.h"
#include "dialogue/septets.h"
#include "kotakd/commands.h"
#include "kotakd/intake.h"
#include "store/complaint.h"
#include "store/inbound.h"
#include "store/internal.h"

#define RESIDENT "+6281234567890"
#define NEIGHBOUR "+6285700000001"
#define UTC_OFFSET_S 25200
#define HOUR_MS (INT64_C(3600) * 1000)
#define TALK_BEGIN_MS INT64_C(1790046000000) /* 2026-09-22 10:00 in Jakarta */

struct kiosk_talk {
	struct store *store;
	struct moment at;
	struct intake intake;
	char path[64]; /* "" in memory */
	char *reply;   /* to the last message, NULL: silence */
	int64_t number;
	uint32_t pdus;
};

static inline void kiosk_open(struct kiosk_talk *kiosk)
{
	assert_return_code(store_connect(*kiosk->path ? kiosk->path : ":memory:",
				   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &kiosk->store),
		0);
	assert_return_code(store_migrate(kiosk->store), 0);
	kiosk->store->kiosk = 3;
	kiosk->intake = (struct intake) {
		.store = kiosk->store, .language = "id", .utc_offset_s = UTC_OFFSET_S
	};
}

static inline void kiosk_begin(struct kiosk_talk *kiosk)
{
	*kiosk = (struct kiosk_talk) {
		.at = { .now_ms = TALK_BEGIN_MS, .clock = CLOCK_NTP, .boot = 1 }
	};
	kiosk_open(kiosk);
}

static inline void kiosk_end(struct kiosk_talk *kiosk)
{
	free(kiosk->reply);
	store_close(kiosk->store);
}

static inline int64_t kiosk_count(struct kiosk_talk *kiosk, const char *sql)
{
	int64_t number = 0;

	assert_true(store_value(kiosk->store, &number, sql, "") >= 0);
	return number;
}

/* The text sent after so many. */
static inline char *kiosk_sent(struct kiosk_talk *kiosk, int64_t before)
{
	autostatement sqlite3_stmt *statement = NULL;

	assert_return_code(
		store_query(kiosk->store, &statement,
			"SELECT text FROM outgoing_sms ORDER BY id LIMIT 1 OFFSET ?", "i", before),
		0);
	return store_step(kiosk->store, statement) > 0 ? store_column_copy(statement, 0) : NULL;
}

/* A message whose part after the text is missing when missing is 1. */
static inline const char *kiosk_hears(
	struct kiosk_talk *kiosk, const char *sender, const char *text, unsigned missing)
{
	struct modem_decoded decoded = { .type = MODEM_DECODED_DELIVER,
		.address_type = MODEM_ADDRESS_INTERNATIONAL,
		.message_class = -1,
		.port = -1 };
	int64_t before = kiosk_count(kiosk, "SELECT count(*) FROM outgoing_sms");
	int64_t id;

	snprintf(decoded.address, sizeof(decoded.address), "%s", sender);
	for (; *text && decoded.text_units < MODEM_PART_UNITS; text++)
		decoded.text[decoded.text_units++] = (unsigned char)*text;
	kiosk->pdus++;
	kiosk->at.now_ms += 60000;
	if (missing) {
		decoded.concat_total = 2;
		decoded.concat_number = 1;
		decoded.concat_reference = kiosk->pdus;
	}
	assert_return_code(store_begin(kiosk->store), 0);
	assert_int_equal(store_pdu_add(kiosk->store, &kiosk->at, "sim1",
				 (const uint8_t *)&kiosk->pdus, sizeof(kiosk->pdus), &id),
		1);
	assert_return_code(intake_decoded(&kiosk->intake, &kiosk->at, id, &decoded), 0);
	if (missing)
		assert_int_equal(
			intake_overdue(&kiosk->intake, &kiosk->at, kiosk->at.now_ms + 1), 1);
	assert_return_code(store_commit(kiosk->store), 0);
	/* One answer or none, never two. */
	assert_true(kiosk_count(kiosk, "SELECT count(*) FROM outgoing_sms WHERE inbound_id IS"
				       " (SELECT max (id) FROM inbound_message)") <= 1);
	free(kiosk->reply);
	kiosk->reply = kiosk_sent(kiosk, before);
	if (kiosk->reply)
		assert_in_range(septets_count(kiosk->reply), 1, SEPTETS_ONE_PART);
	return kiosk->reply;
}

static inline const char *say(struct kiosk_talk *kiosk, const char *sender, const char *text)
{
	return kiosk_hears(kiosk, sender, text, 0);
}

/* A command of the server about a ticket; more is JSON members, "" for none. */
static inline const char *office(
	struct kiosk_talk *kiosk, const char *type, const char *ticket, const char *more)
{
	int64_t before = kiosk_count(kiosk, "SELECT count(*) FROM outgoing_sms");
	autofree char *body = NULL;

	kiosk->number++;
	kiosk->at.now_ms += 60000;
	assert_true(asprintf(&body,
			    "{\"id\": \"c%lld\", \"number\": %lld, \"type\": \"%s\","
			    " \"ticket\": \"%s\", \"actor\": \"officer:ana\"%s%s}",
			    (long long)kiosk->number, (long long)kiosk->number, type, ticket,
			    *more ? ", " : "", more) > 0);
	assert_int_equal(store_run(kiosk->store,
				 "INSERT INTO command (id, number, body, taken_ms) VALUES"
				 " (json_extract (?1, '$.id'), ?2, ?1, 0)",
				 "ti", body, kiosk->number),
		1);
	assert_int_equal(commands_run(kiosk->store, &kiosk->at, UTC_OFFSET_S), 1);
	free(kiosk->reply);
	kiosk->reply = kiosk_sent(kiosk, before);
	return kiosk->reply;
}

static inline void has(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("no \"%s\" in: %s", part, text ? text : "(silence)");
}

/* The number of the nth complaint that was opened, from 1; to be freed. */
static inline char *ticket_of(struct kiosk_talk *kiosk, int64_t number)
{
	autostatement sqlite3_stmt *statement = NULL;

	assert_return_code(store_query(kiosk->store, &statement,
				   "SELECT ticket FROM complaint ORDER BY ticket LIMIT 1 OFFSET ?",
				   "i", number - 1),
		0);
	assert_int_equal(store_step(kiosk->store, statement), 1);
	return store_column_copy(statement, 0);
}

#endif
