/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "Accepted means kept", with the power cut at every sync of a kiosk's work, and with a card
 * that is full or fails. The kiosk here is the real store and the real intake; modem, network
 * and residents are tables. KOTAK_POWER_SEEDS=N cuts N times at every sync.
 */
#include "power_life.h"

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
