/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "Accepted means kept", with the power cut at every sync of a kiosk's work, and with a card
 * that is full or fails. The kiosk here is the real store and the real intake; modem, network
 * and residents are tables. KOTAK_POWER_SEEDS=N cuts N times at every sync.
 */
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

static struct moment moment_of(const struct world *world)
{
	return (struct moment) { .now_ms = world->now_ms, .clock = CLOCK_NTP, .boot = 1 };
}

static struct air *air_new(struct world *world, enum modem_decoded_type type, const char *address)
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

static void arrive(struct world *world)
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
static size_t pdu_bytes(size_t number, uint8_t pdu[static MODEM_PDU_MAX])
{
	memset(pdu, 0x5a, 150);
	pdu[0] = (uint8_t)number;
	return 150;
}

/* Journals what the modem holds; it may go from the modem once that is committed. */
static int life_journal(struct kiosk_life *life)
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
static int life_choose(struct kiosk_life *life)
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
static int life_decode(struct kiosk_life *life)
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
static void life_send(struct kiosk_life *life)
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
static int life_step(struct kiosk_life *life, const struct sent *outcome)
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
static int life_settle(struct kiosk_life *life)
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
static int life_resume(struct kiosk_life *life)
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

static int life_open(struct kiosk_life *life)
{
	int error = store_open(life->world->path, 3, &life->store);

	if (error < 0)
		return error;
	sqlite3_wal_autocheckpoint(life->store->db, CHECKPOINT_PAGES);
	if (life->world->normal)
		sqlite3_exec(life->store->db, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
	return life_resume(life);
}

static int life_work(struct kiosk_life *life)
{
	int error = life_open(life);

	while (error == 0 && life->world->arrived < ARRAY_SIZE(arrivals)) {
		arrive(life->world);
		error = life_settle(life);
	}
	return error;
}

static void life_end(struct kiosk_life *life)
{
	outgoing_part_release(&life->flying);
	store_close(take_pointer(life->store));
}

/* Breaches of the promises. */
struct breaches {
	unsigned lost_pdus;	   /* acknowledged to the modem, yet gone */
	unsigned lost_tickets;	   /* told to a resident, yet unknown */
	unsigned missing, doubled; /* complaints in the end */
	unsigned unanswered;	   /* complainants who never had their ticket */
	unsigned broken;	   /* database or event log not whole */
	unsigned sent_twice;	   /* allowed by GSM, but worth knowing */
};

static unsigned breaches_sum(const struct breaches *breaches)
{
	return breaches->lost_pdus + breaches->lost_tickets + breaches->missing +
	       breaches->doubled + breaches->unanswered + breaches->broken;
}

static void check_whole(struct store *store, struct breaches *breaches)
{
	autostatement sqlite3_stmt *statement = NULL;
	autofree char *fault = NULL;
	int64_t count = 0;

	if (store_query(store, &statement, "PRAGMA integrity_check", "") < 0 ||
		store_step(store, statement) != 1 ||
		strcmp((const char *)sqlite3_column_text(statement, 0), "ok") != 0)
		breaches->broken++;
	if (store_verify(store, &count, &fault) < 0)
		breaches->broken++;
	if (store_value(store, &count, "SELECT count(*) FROM pragma_foreign_key_check", "") != 1 ||
		count != 0)
		breaches->broken++;
}

/* What residents were told is known, each message once. */
static void check_sent(struct store *store, const struct world *world, struct breaches *breaches)
{
	for (size_t i = 0; i < world->sent_count; i++) {
		int64_t count = 0;
		assert_int_equal(store_value(store, &count,
					 "SELECT count(*) FROM outgoing_sms WHERE recipient = ? "
					 "AND text = ?",
					 "tt", world->sent[i].recipient, world->sent[i].text),
			1);
		breaches->lost_tickets += count != 1;
	}
}

/* The network brings every PDU once more: what was acknowledged must be known. */
static void check_doubles(struct store *store, struct world *world, struct breaches *breaches)
{
	struct moment moment = moment_of(world);

	assert_int_equal(store_begin(store), 0);
	for (size_t i = 0; i < world->air_count; i++) {
		uint8_t pdu[MODEM_PDU_MAX];
		size_t size = pdu_bytes(i, pdu);
		int64_t id;
		int added = store_pdu_add(store, &moment, MODEM, pdu, size, &id);
		assert_in_range(added, 0, 1);
		breaches->lost_pdus += added == 1 && world->air[i].acknowledged;
	}
	assert_int_equal(store_commit(store), 0);
}

static void check_complaints(
	struct store *store, const struct world *world, struct breaches *breaches)
{
	for (size_t i = 0; i < ARRAY_SIZE(complaints); i++) {
		struct complaint complaint = { 0 };
		int64_t count = 0;
		bool told = false;
		assert_int_equal(store_value(store, &count,
					 "SELECT count(*) FROM complaint_personal WHERE sender = ?"
					 " AND text = ?",
					 "tt", complaints[i].sender, complaints[i].text),
			1);
		breaches->missing += count < 1;
		breaches->doubled += count > 1;
		if (store_complaint_latest(store, complaints[i].sender, &complaint) != 1)
			continue;
		for (size_t j = 0; j < world->sent_count; j++)
			told |= strcmp(world->sent[j].recipient, complaints[i].sender) == 0 &&
				strstr(world->sent[j].text, complaint.ticket);
		breaches->unanswered += !told;
		complaint_release(&complaint);
	}
	int64_t extra = 0;
	assert_int_equal(store_value(store, &extra, "SELECT (SELECT count(*) FROM complaint) - ?",
				 "i", (int64_t)ARRAY_SIZE(complaints)),
		1);
	breaches->doubled += extra > 0;
}

/* Power is back: what is left is checked, the work finished, and the end checked. */
static struct breaches life_after(struct world *world)
{
	struct breaches breaches = { 0 };
	struct kiosk_life life = { .world = world };

	assert_int_equal(store_open(world->path, 3, &life.store), 0);
	check_whole(life.store, &breaches);
	check_sent(life.store, world, &breaches);
	check_doubles(life.store, world, &breaches);
	assert_int_equal(life_resume(&life), 0);
	while (world->arrived < ARRAY_SIZE(arrivals)) {
		arrive(world);
		assert_int_equal(life_settle(&life), 0);
	}
	check_whole(life.store, &breaches);
	check_sent(life.store, world, &breaches);
	check_complaints(life.store, world, &breaches);
	for (size_t i = 0; i < world->sent_count; i++) {
		for (size_t j = 0; j < i; j++)
			breaches.sent_twice += world->sent[i].id == world->sent[j].id;
	}
	life_end(&life);
	return breaches;
}

static void world_begin(struct world *world)
{
	*world = (struct world) { .now_ms = INT64_C(1790000000000) };
	snprintf(world->folder, sizeof(world->folder), "%s/kotak-power-XXXXXX",
		access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(world->folder));
	snprintf(world->path, sizeof(world->path), "%s/k.db", world->folder);
}

static void unlink_with(const struct world *world, const char *suffix)
{
	char name[96];

	snprintf(name, sizeof(name), "%s%s", world->path, suffix);
	unlink(name);
}

static void world_end(struct world *world)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-journal", ".lock" };

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		unlink_with(world, suffixes[i]);
	assert_int_equal(rmdir(world->folder), 0);
	for (size_t i = 0; i < world->sent_count; i++) {
		free(world->sent[i].recipient);
		free(world->sent[i].text);
	}
}

struct totals {
	unsigned runs, cuts, breached;
	struct breaches sum;
};

static void totals_add(struct totals *totals, const struct breaches *breaches)
{
	totals->runs++;
	totals->breached += breaches_sum(breaches) > 0;
	totals->sum.lost_pdus += breaches->lost_pdus;
	totals->sum.lost_tickets += breaches->lost_tickets;
	totals->sum.missing += breaches->missing;
	totals->sum.doubled += breaches->doubled;
	totals->sum.unanswered += breaches->unanswered;
	totals->sum.broken += breaches->broken;
	totals->sum.sent_twice += breaches->sent_twice;
}

static void totals_print(const struct totals *totals, const char *what)
{
	printf("# measured: %s: %u runs, %u cuts, %u runs with a breach: %u acknowledged PDUs lost,"
	       " %u told tickets lost, %u complaints missing, %u doubled, %u unanswered,"
	       " %u not whole; %u replies sent twice\n",
		what, totals->runs, totals->cuts, totals->breached, totals->sum.lost_pdus,
		totals->sum.lost_tickets, totals->sum.missing, totals->sum.doubled,
		totals->sum.unanswered, totals->sum.broken, totals->sum.sent_twice);
}

/* One run with the power cut at that sync; every third time once more while it recovers. */
static bool run_cut(unsigned cut_at, uint64_t seed, bool normal, struct totals *totals)
{
	struct world world;
	unsigned again = seed % 3 == 2 ? 1 + cut_at % 7 : 0;
	bool cut = false;

	world_begin(&world);
	world.normal = normal;
	for (unsigned at = cut_at; at; at = at == cut_at ? again : 0) {
		struct kiosk_life life = { .world = &world };
		power_begin(at, seed * 1000 + cut_at);
		int error = life_work(&life);
		assert_true(error == 0 || power.dead);
		cut |= power.dead;
		totals->cuts += power.dead;
		life_end(&life);
		power_after_cut((enum power_loss)(seed % LOSS_KINDS));
		unlink_with(&world, "-shm");
		if (at == again)
			break;
	}
	struct breaches breaches = life_after(&world);
	totals_add(totals, &breaches);
	if (breaches_sum(&breaches) && !normal)
		printf("# cut at sync %u, seed %llu\n", cut_at, (unsigned long long)seed);
	world_end(&world);
	return cut;
}

#ifdef __SANITIZE_ADDRESS__
/* Several times slower: it looks for other faults, so every cut need not be made. */
#define CUT_STEP 4
#else
#define CUT_STEP 1
#endif

static uint64_t seeds(void)
{
	const char *wanted = getenv("KOTAK_POWER_SEEDS");
	unsigned long number = wanted ? strtoul(wanted, NULL, 10) : 0;

	return number ? number : LOSS_KINDS;
}

static void run_all(uint64_t seed_count, bool normal, struct totals *totals)
{
	for (uint64_t seed = 0; seed < seed_count; seed++) {
		unsigned cut_at = 1;
		while (run_cut(cut_at, seed, normal, totals))
			cut_at += normal ? 2 * CUT_STEP : CUT_STEP;
	}
}

static void test_accepted_is_kept_wherever_the_power_goes(void **state)
{
	struct totals totals = { 0 };

	(void)state;
	run_all(seeds(), false, &totals);
	totals_print(&totals, "power cut at every sync, synchronous = FULL");
	assert_int_equal(totals.breached, 0);
}

/* The control: without the sync of each commit the same cuts do lose what was accepted. */
static void test_the_method_sees_loss(void **state)
{
	struct totals totals = { 0 };

	(void)state;
	run_all(LOSS_KINDS, true, &totals);
	totals_print(&totals, "control, synchronous = NORMAL");
	assert_int_not_equal(totals.sum.lost_pdus, 0);
	assert_int_not_equal(totals.sum.lost_tickets, 0);
	/* It is consistent all the same, only older. */
	assert_int_equal(totals.sum.broken, 0);
}

/* Works on through refusals of the card, as kotakd does: each failed step is tried again. */
static void work_through(struct world *world)
{
	struct kiosk_life life = { .world = world };
	int error = 0;

	for (unsigned tries = 0; tries < 60; tries++) {
		if (!life.store)
			error = life_open(&life);
		else
			error = life_resume(&life);
		if (error < 0)
			continue;
		if (world->arrived == ARRAY_SIZE(arrivals))
			break;
		arrive(world);
	}
	assert_int_equal(error, 0);
	assert_int_equal(world->arrived, ARRAY_SIZE(arrivals));
	life_end(&life);
	power_after_cut(LOSS_NOTHING);
}

static void test_a_full_card_delays_and_loses_nothing(void **state)
{
	struct totals totals = { 0 };
	bool met = true;

	(void)state;
	for (unsigned from = 1; met; from += 8 * CUT_STEP + 1) {
		struct world world;
		world_begin(&world);
		power_begin(0, 0);
		power.no_room = from;
		power.room = from + 1 + from % 12;
		work_through(&world);
		met = power.writes >= from;
		struct breaches breaches = life_after(&world);
		totals_add(&totals, &breaches);
		world_end(&world);
	}
	totals_print(&totals, "no room for 1 to 12 writes");
	assert_int_equal(totals.breached, 0);
}

static void test_a_failed_sync_is_no_commit(void **state)
{
	struct totals totals = { 0 };
	bool met = true;

	(void)state;
	for (unsigned at = 1; met; at += CUT_STEP) {
		struct world world;
		world_begin(&world);
		power_begin(0, 0);
		power.bad_sync = at;
		work_through(&world);
		met = power.syncs >= at;
		struct breaches breaches = life_after(&world);
		totals_add(&totals, &breaches);
		world_end(&world);
	}
	totals_print(&totals, "one sync fails");
	assert_int_equal(totals.breached, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted_is_kept_wherever_the_power_goes),
		cmocka_unit_test(test_the_method_sees_loss),
		cmocka_unit_test(test_a_full_card_delays_and_loses_nothing),
		cmocka_unit_test(test_a_failed_sync_is_no_commit),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	/* What is said of every cut would be thousands of lines. */
	log_open("power", LOG_EMERG);
	if (sodium_init() < 0 || dialogue_init("build/locale") < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
