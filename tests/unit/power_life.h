/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kiosk's life for tests that take its power away: the real store and the real intake; modem,
 * network and residents are tables that no cut changes.
 */
#ifndef KOTAK_TESTS_POWER_LIFE_H
#define KOTAK_TESTS_POWER_LIFE_H

#include "power_vfs.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <time.h>

#include "base/log.h"
#include "dialogue/dialogue.h"
#include "kotakd/intake.h"
#include "store/complaint.h"
#include "store/inbound.h"
#include "store/internal.h"
#include "store/outgoing.h"

#define AIR_MAX 64
#define MODEM "sim1"
#define STEP_MS 1000
#define REPORT_WAIT_MS 120000
/* So that a run, short as it is, checkpoints a few times. */
#define CHECKPOINT_PAGES 40

/* What residents send, a part each. */
static const struct arrival {
	const char *sender;
	const char *text;
	unsigned total, number;
} arrivals[] = {
	{ "+6281100000001", "Jalan di depan sekolah rusak parah sejak bulan lalu", 0, 0 },
	{ "+6281100000002", "dan belum juga diperbaiki", 2, 2 },
	{ "+6281100000001", "Siti Aminah, Dusun Karang RT 02", 0, 0 },
	{ "+6281100000002", "ADUAN lampu jalan mati semua di dusun kami ", 2, 1 },
	{ "+6281100000003", "Air PDAM mati tiga hari di dusun Krajan", 0, 0 },
	{ "+6281100000001", "CEK", 0, 0 },
};

static const struct {
	const char *sender;
	const char *text;
} complaints[] = {
	{ "+6281100000001", "Jalan di depan sekolah rusak parah sejak bulan lalu" },
	{ "+6281100000002", "lampu jalan mati semua di dusun kami dan belum juga diperbaiki" },
	{ "+6281100000003", "Air PDAM mati tiga hari di dusun Krajan" },
};

/* A PDU that the network brought: in the modem until the kiosk says that it is stored. */
struct air {
	struct modem_decoded decoded;
	bool acknowledged;
};

/* A reply that was handed to the modem: a resident has read it. */
struct sent {
	char *recipient;
	char *text;
	int64_t id;
	unsigned part;
};

/* The world outside the kiosk, which no power cut changes. */
struct world {
	char folder[64];
	char path[80];
	struct air air[AIR_MAX];
	size_t air_count;
	size_t arrived; /* of arrivals */
	struct sent sent[AIR_MAX];
	size_t sent_count;
	int64_t now_ms;
	bool normal; /* the control: synchronous = NORMAL */
};

/* The kiosk while it has power. */
struct kiosk_life {
	struct world *world;
	struct store *store;
	struct outgoing_part flying;
};

static inline struct moment moment_of(const struct world *world)
{
	return (struct moment) { .now_ms = world->now_ms, .clock = CLOCK_NTP, .boot = 1 };
}

static inline struct air *air_new(
	struct world *world, enum modem_decoded_type type, const char *address)
{
	assert_in_range(world->air_count, 0, AIR_MAX - 1);
	struct air *air = &world->air[world->air_count++];
	*air = (struct air) { .decoded = { .type = type,
				      .address_type = MODEM_ADDRESS_INTERNATIONAL,
				      .message_class = -1,
				      .port = -1 } };
	snprintf(air->decoded.address, sizeof(air->decoded.address), "%s", address);
	return air;
}

static inline void arrive(struct world *world)
{
	const struct arrival *arrival = &arrivals[world->arrived++];
	struct modem_decoded *decoded =
		&air_new(world, MODEM_DECODED_DELIVER, arrival->sender)->decoded;

	for (const char *text = arrival->text; *text; text++)
		decoded->text[decoded->text_units++] = (unsigned char)*text;
	decoded->concat_total = arrival->total;
	decoded->concat_number = arrival->number;
	decoded->concat_reference = 77;
}

/* The bytes of PDU number so much; what they decode to stands in world->air. */
static inline size_t pdu_bytes(size_t number, uint8_t pdu[static MODEM_PDU_MAX])
{
	memset(pdu, 0x5a, 150);
	pdu[0] = (uint8_t)number;
	return 150;
}

/* Journals what the modem holds; it may go from the modem once that is committed. */
static inline int life_journal(struct kiosk_life *life)
{
	struct world *world = life->world;
	struct moment moment = moment_of(world);
	int error = store_begin(life->store);

	for (size_t i = 0; error >= 0 && i < world->air_count; i++) {
		uint8_t pdu[MODEM_PDU_MAX];
		size_t size = pdu_bytes(i, pdu);
		int64_t id;
		if (!world->air[i].acknowledged)
			error = store_pdu_add(life->store, &moment, MODEM, pdu, size, &id);
	}
	if (error >= 0)
		error = store_commit(life->store);
	if (error < 0) {
		store_rollback(life->store);
		return error;
	}
	for (size_t i = 0; i < world->air_count; i++)
		world->air[i].acknowledged = true;
	return 0;
}

/* The next part for the modem, written down before it gets it. 1, or 0 when there is none. */
static inline int life_choose(struct kiosk_life *life)
{
	int64_t now_ms = life->world->now_ms;
	int found = store_outgoing_next(
		life->store, now_ms, MODEM, "[\"" MODEM "\"]", OUTGOING_NOTICE, &life->flying);

	if (found <= 0)
		return found;
	int error = store_outgoing_submitting(life->store, now_ms, &life->flying, 1, MODEM);
	return error < 0 ? error : 1;
}

/* Deals with what is journaled and not decoded yet. */
static inline int life_decode(struct kiosk_life *life)
{
	struct moment moment = moment_of(life->world);
	const struct intake intake = {
		.store = life->store, .language = "id", .utc_offset_s = 25200
	};
	uint8_t pdu[MODEM_PDU_MAX];
	size_t size;
	int64_t id = 0;
	int found;

	while ((found = store_pdu_raw(life->store, id, &id, pdu, &size)) > 0) {
		assert_in_range(pdu[0], 0, life->world->air_count - 1);
		found = store_savepoint(life->store);
		if (found == 0)
			found = intake_decoded(
				&intake, &moment, id, &life->world->air[pdu[0]].decoded);
		if (found == 0)
			found = store_release(life->store);
		if (found < 0) {
			store_undo(life->store);
			return found;
		}
	}
	return found;
}

/* The modem sends it, the resident reads it, and the network's report comes. */
static inline void life_send(struct kiosk_life *life)
{
	struct world *world = life->world;

	assert_in_range(world->sent_count, 0, AIR_MAX - 1);
	struct sent *sent = &world->sent[world->sent_count++];
	struct modem_decoded *report =
		&air_new(world, MODEM_DECODED_REPORT, life->flying.recipient)->decoded;
	*sent = (struct sent) { .recipient = take_pointer(life->flying.recipient),
		.text = take_pointer(life->flying.text),
		.id = life->flying.id,
		.part = life->flying.part };
	report->reference = (unsigned)world->sent_count;
	report->service_centre_ms = world->now_ms;
}

/* One transaction as kotakd makes them. 1: something was sent, 0: not, or a negative errno. */
static inline int life_step(struct kiosk_life *life, const struct sent *outcome)
{
	struct world *world = life->world;
	struct moment moment = moment_of(world);
	int error = store_begin(life->store);
	int chosen = 0;

	outgoing_part_release(&life->flying);
	if (error == 0 && outcome)
		error = store_outgoing_sent(life->store, &moment, outcome->id, outcome->part, 1,
			(unsigned)world->sent_count);
	if (error == 0)
		error = life_decode(life);
	if (error == 0)
		chosen = life_choose(life);
	if (error == 0)
		error = chosen < 0 ? chosen : store_commit(life->store);
	if (error < 0) {
		store_rollback(life->store);
		return error;
	}
	world->now_ms += STEP_MS;
	if (chosen)
		life_send(life);
	return chosen;
}

/* Until there is nothing to do. */
static inline int life_settle(struct kiosk_life *life)
{
	const struct sent *outcome = NULL;
	int error;

	do {
		size_t before = life->world->air_count;
		error = life_journal(life);
		if (error == 0)
			error = life_step(life, outcome);
		outcome = error > 0 ? &life->world->sent[life->world->sent_count - 1] : NULL;
		if (error == 0 && life->world->air_count > before)
			error = 1;
	} while (error > 0);
	return error;
}

/* What a start finds: sends whose outcome nobody knows, until their reports had time to come. */
static inline int life_resume(struct kiosk_life *life)
{
	int error = life_settle(life);

	if (error < 0)
		return error;
	life->world->now_ms += REPORT_WAIT_MS;
	error = store_begin(life->store);
	if (error == 0)
		error = store_outgoing_release(
			life->store, life->world->now_ms - REPORT_WAIT_MS / 2, NULL, 0);
	if (error >= 0)
		error = store_commit(life->store);
	if (error < 0)
		store_rollback(life->store);
	return error < 0 ? error : life_settle(life);
}

static inline int life_open(struct kiosk_life *life)
{
	int error = store_open(life->world->path, 3, &life->store);

	if (error < 0)
		return error;
	sqlite3_wal_autocheckpoint(life->store->db, CHECKPOINT_PAGES);
	if (life->world->normal)
		sqlite3_exec(life->store->db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
	return life_resume(life);
}

static inline int life_work(struct kiosk_life *life)
{
	int error = life_open(life);

	while (error == 0 && life->world->arrived < ARRAY_SIZE(arrivals)) {
		arrive(life->world);
		error = life_settle(life);
	}
	return error;
}

static inline void life_end(struct kiosk_life *life)
{
	outgoing_part_release(&life->flying);
	store_close(take_pointer(life->store));
}

#endif
