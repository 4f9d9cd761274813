/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A matrix of key switches behind the lines seam, in virtual time: current finds every way through
 * closed switches, contacts bounce, the kernel's queue of edges is as short as the real one, and
 * whoever is to wake up comes late.
 */
#ifndef KOTAK_TESTS_KEYPAD_FIXTURE_H
#define KOTAK_TESTS_KEYPAD_FIXTURE_H

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>

#include "base/cleanup.h"
#include "keypad/contacts.h"
#include "keypad/matrix.h"

#define BENCH_TOGGLES 512
#define BENCH_EDGES 16 /* of one line, as the kernel keeps them */
/* How long a column takes to rise when nothing pulls it low any more. */
#define BENCH_RISE_US 30
#define BENCH_KEYS "123A456B789C*0#D"

struct bench_toggle {
	int64_t at_us;
	unsigned key;
	bool closed;
};

struct bench_group {
	struct lines lines;
	struct bench *bench;
	bool columns;
};

struct bench {
	struct lines_source source;
	struct bench_group rows, columns;
	bool rows_held, columns_held;
	struct keypad *keypad;
	int64_t now_us;
	uint64_t seed;
	unsigned late_us;			    /* a wake-up comes up to so much later */
	struct bench_toggle toggles[BENCH_TOGGLES]; /* to come, the soonest first */
	size_t toggle_count;
	uint16_t closed;   /* switches */
	uint32_t driven;   /* rows */
	uint32_t grounded; /* columns with a short circuit */
	uint32_t pulled;   /* columns, to ground */
	uint32_t low;	   /* columns, as they are read: they rise slowly */
	int64_t high_us[KEYPAD_COLUMNS_MAX];
	struct lines_event edges[BENCH_EDGES * KEYPAD_COLUMNS_MAX];
	size_t edge_count;
	int edge_fd;
	int gone;	  /* what every call gives: 0, -ENODEV */
	int refused;	  /* what request gives */
	unsigned wakeups; /* calls of next() that began something */
	unsigned scans;	  /* calls of get */
};

static inline uint32_t bench_random(struct bench *bench, uint32_t below)
{
	bench->seed = bench->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((bench->seed >> 33) % below);
}

static inline unsigned bench_key(char key)
{
	return (unsigned)(strchr(BENCH_KEYS, key) - BENCH_KEYS);
}

static inline void bench_mark_readable(struct bench *bench, bool readable)
{
	eventfd_t count;

	if (readable)
		assert_int_equal(eventfd_write(bench->edge_fd, 1), 0);
	else
		assert_int_equal(eventfd_read(bench->edge_fd, &count), 0);
}

static inline void bench_edge(struct bench *bench, unsigned column, bool rising)
{
	size_t same = 0;

	for (size_t i = 0; i < bench->edge_count; i++)
		same += bench->edges[i].line == column;
	if (same >= BENCH_EDGES)
		return;
	if (bench->edge_count == 0)
		bench_mark_readable(bench, true);
	bench->edges[bench->edge_count++] =
		(struct lines_event) { .line = column, .rising = rising, .time_us = bench->now_us };
}

/* What the columns are by now, and the edges of those that changed. */
static inline void bench_read(struct bench *bench)
{
	for (unsigned column = 0; column < KEYPAD_COLUMNS_MAX; column++) {
		uint32_t bit = 1u << column;
		bool low = (bench->pulled & bit) ||
			   ((bench->low & bit) && bench->now_us < bench->high_us[column]);

		if (low == ((bench->low & bit) != 0))
			continue;
		bench->low ^= bit;
		if (bench->columns_held)
			bench_edge(bench, column, low);
	}
}

/* Which columns the driven rows pull low, by every way through closed switches. */
static inline void bench_current(struct bench *bench)
{
	uint32_t rows = bench->driven, columns = 0, before;

	do {
		before = columns;
		for (unsigned key = 0; key < CONTACTS_COUNT; key++) {
			unsigned row = key / CONTACTS_COLUMNS, column = key % CONTACTS_COLUMNS;

			if (!(bench->closed >> key & 1))
				continue;
			if (rows >> row & 1)
				columns |= 1u << column;
			if (columns >> column & 1)
				rows |= 1u << row;
		}
	} while (columns != before);
	columns |= bench->grounded;
	for (unsigned column = 0; column < KEYPAD_COLUMNS_MAX; column++) {
		if ((bench->pulled & ~columns) >> column & 1)
			bench->high_us[column] = bench->now_us + BENCH_RISE_US;
	}
	bench->pulled = columns;
	bench_read(bench);
}

static inline void bench_advance(struct bench *bench, int64_t to_us)
{
	while (bench->toggle_count > 0 && bench->toggles[0].at_us <= to_us) {
		struct bench_toggle toggle = bench->toggles[0];

		bench->toggle_count--;
		memmove(bench->toggles, bench->toggles + 1,
			bench->toggle_count * sizeof(bench->toggles[0]));
		if (toggle.at_us > bench->now_us)
			bench->now_us = toggle.at_us;
		bench->closed = (uint16_t)(toggle.closed ? bench->closed | 1u << toggle.key
							 : bench->closed & ~(1u << toggle.key));
		bench_current(bench);
	}
	if (to_us > bench->now_us)
		bench->now_us = to_us;
	bench_read(bench);
}

static inline void bench_toggle(struct bench *bench, int64_t at_us, char key, bool closed)
{
	size_t place = bench->toggle_count;

	assert_true(bench->toggle_count < BENCH_TOGGLES);
	while (place > 0 && bench->toggles[place - 1].at_us > at_us)
		place--;
	memmove(bench->toggles + place + 1, bench->toggles + place,
		(bench->toggle_count - place) * sizeof(bench->toggles[0]));
	bench->toggle_count++;
	bench->toggles[place] =
		(struct bench_toggle) { .at_us = at_us, .key = bench_key(key), .closed = closed };
}

/* A contact that closes or opens, and bounces for bounce_us; gives when it is clean. */
static inline int64_t bench_bounce(
	struct bench *bench, int64_t at_us, char key, bool closed, int64_t bounce_us)
{
	int64_t until_us = at_us + bounce_us;

	bench_toggle(bench, at_us, key, closed);
	while (bounce_us > 0) {
		/* Most gaps are short, some are nearly as long as the whole. */
		int64_t gap_us =
			20 + (int64_t)bench_random(bench,
				     bench_random(bench, 4) == 0 ? (uint32_t)bounce_us : 1500);

		if (at_us + gap_us >= until_us)
			break;
		at_us += gap_us;
		bench_toggle(bench, at_us, key, !closed);
		gap_us = 20 + (int64_t)bench_random(bench, 1500);
		at_us = at_us + gap_us < until_us ? at_us + gap_us : until_us;
		bench_toggle(bench, at_us, key, closed);
	}
	return until_us;
}

static inline int bench_group_fd(const struct lines *lines)
{
	const struct bench_group *group = (const struct bench_group *)lines;

	return group->columns ? group->bench->edge_fd : -1;
}

static inline int bench_group_next(struct lines *lines, struct lines_event *event)
{
	struct bench *bench = ((struct bench_group *)lines)->bench;

	if (bench->gone)
		return bench->gone;
	if (bench->edge_count == 0)
		return 0;
	*event = bench->edges[0];
	bench->edge_count--;
	memmove(bench->edges, bench->edges + 1, bench->edge_count * sizeof(bench->edges[0]));
	if (bench->edge_count == 0)
		bench_mark_readable(bench, false);
	return 1;
}

static inline int bench_group_get(struct lines *lines, uint32_t *values)
{
	struct bench *bench = ((struct bench_group *)lines)->bench;

	bench->scans++;
	bench_advance(bench, bench->now_us + 2);
	*values = bench->low;
	return bench->gone;
}

static inline int bench_group_set(struct lines *lines, uint32_t mask, uint32_t values)
{
	struct bench *bench = ((struct bench_group *)lines)->bench;

	bench_advance(bench, bench->now_us + 2);
	bench->driven = (bench->driven & ~mask) | (values & mask);
	bench_current(bench);
	return bench->gone;
}

static inline void bench_group_close(struct lines *lines)
{
	struct bench_group *group = (struct bench_group *)lines;
	struct bench *bench = group->bench;

	if (!group->columns) {
		bench->rows_held = false;
		bench->driven = 0;
		return;
	}
	bench->columns_held = false;
	if (bench->edge_count > 0)
		bench_mark_readable(bench, false);
	bench->edge_count = 0;
	/* As with every descriptor that is closed, its place in an epoll set goes with it. */
	close(bench->edge_fd);
	bench->edge_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static const struct lines_ops bench_group_ops = {
	.name = "bench",
	.fd = bench_group_fd,
	.next = bench_group_next,
	.get = bench_group_get,
	.set = bench_group_set,
	.close = bench_group_close,
};

static inline int bench_request(struct lines_source *source, const char *consumer,
	const struct lines_name *names, size_t count, const struct lines_config *config,
	struct lines **out, char *trouble, size_t trouble_size)
{
	struct bench *bench = (struct bench *)source;
	bool columns = config->direction == LINES_INPUT;
	struct bench_group *group = columns ? &bench->columns : &bench->rows;

	assert_string_equal(consumer, "kotak-keypad");
	assert_true(config->active_low);
	assert_int_equal(config->edges, columns);
	if (columns)
		assert_int_equal(config->bias, LINES_BIAS_PULL_UP);
	else
		assert_int_equal(config->drive, LINES_OPEN_DRAIN);
	assert_true(columns ? count >= 3 : count == 4);
	if (bench->gone || bench->refused) {
		int error = bench->gone ? bench->gone : bench->refused;

		snprintf(trouble, trouble_size, "line %s is held by gpiomon", names[0].line);
		return error;
	}
	assert_false(columns ? bench->columns_held : bench->rows_held);
	*group = (struct bench_group) {
		.lines.ops = &bench_group_ops, .bench = bench, .columns = columns
	};
	if (columns)
		bench->columns_held = true;
	else
		bench->rows_held = true;
	if (!columns)
		bench->driven = config->values;
	bench_current(bench);
	*out = &group->lines;
	return 0;
}

static const struct lines_source_ops bench_source_ops = { .name = "bench",
	.request = bench_request };

static inline void bench_settle(void *context, unsigned us)
{
	struct bench *bench = context;

	bench_advance(bench, bench->now_us + us);
}

static inline void bench_begin(struct bench *bench, size_t columns, uint64_t seed)
{
	static const struct lines_name names[] = { { "chip", "row-1" }, { "chip", "row-2" },
		{ "chip", "row-3" }, { "chip", "row-4" }, { "chip", "column-1" },
		{ "chip", "column-2" }, { "chip", "column-3" }, { "chip", "column-4" } };

	*bench = (struct bench) { .source.ops = &bench_source_ops,
		.now_us = 1000000,
		.seed = seed,
		.edge_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
	assert_true(bench->edge_fd >= 0);
	assert_int_equal(
		keypad_matrix_new(&bench->source, names, 4, names + 4, columns, &bench->keypad), 0);
	keypad_matrix_set_settle(bench->keypad, bench_settle, bench);
}

static inline void bench_end(struct bench *bench)
{
	bench->keypad->ops->close(bench->keypad);
	assert_false(bench->rows_held || bench->columns_held);
	close(bench->edge_fd);
}

static inline bool bench_readable(const struct bench *bench)
{
	struct pollfd poller = { .fd = bench->keypad->ops->fd(bench->keypad), .events = POLLIN };

	/* Nothing of it changes but by an edge: the system needn't be asked without one. */
	return (bench->edge_count > 0 || bench->gone) && poll(&poller, 1, 0) == 1;
}

/*
 * What a main loop does until the given time: 1 and an event, 0 when the time has come, or the
 * errno that next() gave.
 */
static inline int bench_run(struct bench *bench, int64_t until_us, struct keypad_event *event)
{
	const struct keypad_ops *ops = bench->keypad->ops;
	bool readable;

	for (;;) {
		int64_t deadline_us = ops->deadline(bench->keypad);
		int64_t toggle_us = bench->toggle_count > 0 ? bench->toggles[0].at_us : INT64_MAX;
		int result;

		readable = bench_readable(bench);
		if (readable || deadline_us <= bench->now_us) {
			bench->wakeups++;
			if (bench->late_us)
				bench_advance(
					bench, bench->now_us + bench_random(bench, bench->late_us));
			result = ops->next(bench->keypad, event, bench->now_us);
			if (result != 0)
				return result;
			continue;
		}
		if (bench->now_us >= until_us)
			return 0;
		if (toggle_us < deadline_us)
			deadline_us = toggle_us;
		bench_advance(bench, deadline_us < until_us ? deadline_us : until_us);
	}
}

#endif
