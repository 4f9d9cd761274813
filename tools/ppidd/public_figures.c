/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/public_figures.h"

#include <errno.h>
#include <string.h>

#define FRESH_MS (INT64_C(10) * 60 * 1000)
#define SHARE_LEAST 20 /* of fewer answers a share would tell single ones */
#define SHARE_STEP 5
#define COMPLAINTS_STEP 400

static const enum figures_by shown[PUBLIC_TABLES] = { BY_MONTH, BY_CATEGORY, BY_CHANNEL, BY_KIOSK };

/* One process, one database: what was read of each month, and what was made of it. */
static struct {
	struct month {
		char from[DAY_SIZE], until[DAY_SIZE];
		struct figures_set set;
		int64_t read_ms; /* 0: never */
	} months[PUBLIC_MONTHS];
	struct public_figures figures;
	int64_t edition;
	/* The month that is being read, and how far. */
	struct month *reading;
	struct figures_walk walk;
	struct figures_set set;
} memory;

static void free_tables(struct public_figures *figures)
{
	for (int i = 0; i < PUBLIC_TABLES; i++)
		free(figures->tables[i].rows);
	memset(figures, 0, sizeof(*figures));
}

void public_figures_forget(void)
{
	int64_t edition = memory.edition;

	for (int i = 0; i < PUBLIC_MONTHS; i++)
		figures_free(&memory.months[i].set);
	free_tables(&memory.figures);
	figures_free(&memory.set);
	memset(&memory, 0, sizeof(memory));
	memory.edition = edition;
}

/* The window moves on with the month: then all is read anew. */
static void move_window(int64_t now_ms)
{
	char from[DAY_SIZE], until[DAY_SIZE];

	report_usual(now_ms, 1, PUBLIC_MONTHS, from, until);
	if (strcmp(memory.months[0].from, from) == 0)
		return;
	public_figures_forget();
	for (int i = 0; i < PUBLIC_MONTHS; i++)
		report_usual(now_ms, 1, PUBLIC_MONTHS - i, memory.months[i].from,
			memory.months[i].until);
}

/* The month to read next: one that was never read, or that was read longest ago. NULL: none. */
static struct month *next_month(int64_t now_ms)
{
	struct month *oldest = NULL;

	for (int i = 0; i < PUBLIC_MONTHS; i++) {
		struct month *month = &memory.months[i];
		if (month->read_ms == 0)
			return month;
		/* A clock that was set back makes a month old, too. */
		bool fresh = now_ms >= month->read_ms && now_ms - month->read_ms < FRESH_MS;
		if (!fresh && (!oldest || month->read_ms < oldest->read_ms))
			oldest = month;
	}
	return oldest;
}

/* More than 0: the month has more complaints. */
static int read_on(struct db *db, int64_t now_ms)
{
	struct figures_filter filter = { .category = "", .officer = "", .channel = "" };
	struct month *month = memory.reading;

	if (!report_span(month->from, month->until, &filter.from_ms, &filter.until_ms))
		return -EINVAL;
	int more = figures_step(
		db, &filter, now_ms, &memory.walk, COMPLAINTS_STEP, figures_take, &memory.set);
	if (more != 0)
		return more;
	int error = figures_finish(&memory.set);
	if (error < 0)
		return error;
	figures_free(&month->set);
	month->set = memory.set;
	month->read_ms = now_ms;
	memset(&memory.set, 0, sizeof(memory.set));
	return 0;
}

static void stop_reading(void)
{
	figures_free(&memory.set);
	memory.walk = (struct figures_walk) { 0 };
	memory.reading = NULL;
}

static void take_figures(struct public_row *row, const char *key, const struct figures *figures)
{
	int64_t rated = figures_rated(figures), share = figures_share(figures);

	memset(row, 0, sizeof(*row));
	snprintf(row->key, sizeof(row->key), "%s", key);
	row->values[PUBLIC_RECEIVED] = figures->received;
	row->values[PUBLIC_ANSWERED] = figures->answered;
	row->values[PUBLIC_OPEN] = figures->open;
	row->values[PUBLIC_OTHER] = figures->referred + figures->withdrawn;
	row->median = figures->timed >= PUBLIC_LEAST ? figures_median(figures) : -1;
	row->rating = rated >= PUBLIC_LEAST ? (figures_mean(figures) + 5) / 10 : -1;
	row->share = -1;
	if (figures->timed >= SHARE_LEAST)
		row->share = (share + 5 * SHARE_STEP) / (10 * SHARE_STEP) * SHARE_STEP;
}

/* What is worked out from parts that are kept back is kept back as well. */
static void keep_derived(struct public_row *row)
{
	if (row->outline)
		row->median = row->share = row->rating = -1;
}

static int make_table(
	const struct figures_list *list, enum figures_by by, struct public_table *table)
{
	table->by = by;
	table->rows = calloc(list->count + 1, sizeof(*table->rows));
	if (!table->rows)
		return -ENOMEM;
	table->count = list->count;
	for (size_t i = 0; i < list->count; i++)
		take_figures(&table->rows[i], list->groups[i].key, &list->groups[i].figures);
	return 0;
}

static int64_t shown_count(int64_t value)
{
	return value == 0 || value >= PUBLIC_LEAST ? value : -1;
}

static void take_totals(struct public_figures *figures, const struct figures *total)
{
	bool kept = figures->total.outline || shown_count(total->referred) < 0 ||
		    shown_count(total->withdrawn) < 0;

	figures->referred = kept ? -1 : total->referred;
	figures->withdrawn = kept ? -1 : total->withdrawn;
	figures->reopened = figures->total.kept ? -1 : shown_count(total->reopened);
	figures->worst =
		!figures->total.outline && total->timed >= PUBLIC_LEAST ? total->worst : -1;
}

static int make_figures(struct public_figures *figures)
{
	autofigures struct figures_set set = { 0 };
	int error = 0;

	for (int i = 0; error >= 0 && i < PUBLIC_MONTHS; i++)
		error = figures_merge(&set, &memory.months[i].set);
	memcpy(figures->from, memory.months[0].from, DAY_SIZE);
	memcpy(figures->until, memory.months[PUBLIC_MONTHS - 1].until, DAY_SIZE);
	take_figures(&figures->total, "", &set.total);
	for (int i = 0; error >= 0 && i < PUBLIC_TABLES; i++)
		error = make_table(&set.by[shown[i]], shown[i], &figures->tables[i]);
	if (error < 0)
		return error;
	public_protect(&figures->total, figures->tables, PUBLIC_TABLES);
	keep_derived(&figures->total);
	for (int i = 0; i < PUBLIC_TABLES; i++) {
		for (size_t row = 0; row < figures->tables[i].count; row++)
			keep_derived(&figures->tables[i].rows[row]);
	}
	take_totals(figures, &set.total);
	return 0;
}

static int remake(void)
{
	struct public_figures fresh = { 0 };

	int error = make_figures(&fresh);
	if (error < 0) {
		free_tables(&fresh);
		return error;
	}
	free_tables(&memory.figures);
	memory.figures = fresh;
	memory.edition++;
	return 0;
}

const struct public_figures *public_figures_get(int64_t now_ms)
{
	move_window(now_ms);
	return *memory.figures.from ? &memory.figures : NULL;
}

int64_t public_figures_edition(void)
{
	return memory.edition;
}

bool public_figures_stale(int64_t now_ms)
{
	move_window(now_ms);
	return next_month(now_ms) != NULL;
}

int public_figures_step(struct db *db, int64_t now_ms)
{
	move_window(now_ms);
	if (!memory.reading)
		memory.reading = next_month(now_ms);
	if (!memory.reading)
		return *memory.figures.from ? 0 : remake();
	int more = read_on(db, now_ms);
	if (more > 0)
		return more;
	stop_reading();
	if (more < 0)
		return more;
	return next_month(now_ms) ? 1 : remake();
}
