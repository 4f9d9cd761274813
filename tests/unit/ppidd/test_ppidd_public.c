/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is published keeps small counts back: somebody who knows the rules and can add and subtract
 * tries every table that fits what is shown, and must find every small count in doubt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "tools/ppidd/public_figures.h"

#define ROWS 3
#define PARTS 3

/* Which values each cell may have, as bits, after all fitting tables were tried. */
static uint64_t possible[ROWS][PUBLIC_COLUMNS];

struct attack {
	const struct public_row *total;
	const struct public_table *table;
	int64_t cells[ROWS][PARTS];
	bool parts_known; /* the total's */
};

static bool row_fits(const struct public_row *row, const int64_t *cells)
{
	int64_t sum = cells[0] + cells[1] + cells[2];

	if (row->few)
		return sum >= 1 && sum < PUBLIC_LEAST;
	if (row->kept)
		return sum >= PUBLIC_LEAST;
	if (sum != row->values[PUBLIC_RECEIVED])
		return false;
	for (int i = 0; !row->outline && i < PARTS; i++) {
		if (cells[i] != row->values[i + 1])
			return false;
	}
	return true;
}

static bool total_fits(const struct attack *attack)
{
	int64_t all = 0;

	for (int part = 0; part < PARTS; part++) {
		int64_t sum = 0;
		for (size_t i = 0; i < attack->table->count; i++)
			sum += attack->cells[i][part];
		if (attack->parts_known && sum != attack->total->values[part + 1])
			return false;
		all += sum;
	}
	return all == attack->total->values[PUBLIC_RECEIVED];
}

static void note(const struct attack *attack)
{
	for (size_t i = 0; i < attack->table->count; i++) {
		const int64_t *cells = attack->cells[i];
		possible[i][0] |= UINT64_C(1) << (cells[0] + cells[1] + cells[2]);
		for (int part = 0; part < PARTS; part++)
			possible[i][part + 1] |= UINT64_C(1) << cells[part];
	}
}

/* Fills row after row with all that fits it. */
static void attack_from(struct attack *attack, size_t row, int64_t most)
{
	if (row == attack->table->count) {
		if (total_fits(attack))
			note(attack);
		return;
	}
	int64_t *cells = attack->cells[row];
	for (cells[0] = 0; cells[0] <= most; cells[0]++) {
		for (cells[1] = 0; cells[0] + cells[1] <= most; cells[1]++) {
			for (cells[2] = 0; cells[0] + cells[1] + cells[2] <= most; cells[2]++) {
				if (row_fits(&attack->table->rows[row], cells))
					attack_from(attack, row + 1,
						most - cells[0] - cells[1] - cells[2]);
			}
		}
	}
}

static bool in_doubt(uint64_t values)
{
	return (values & (values - 1)) != 0;
}

static void expect_safe(struct public_row *total, struct public_table *table)
{
	struct attack attack = { .total = total, .table = table };

	public_protect(total, table, 1);
	if (table->kept || total->kept)
		return;
	attack.parts_known = !total->outline;
	memset(possible, 0, sizeof(possible));
	attack_from(&attack, 0, total->values[PUBLIC_RECEIVED]);
	for (size_t i = 0; i < table->count; i++) {
		const struct public_row *row = &table->rows[i];
		for (int column = 0; column < PUBLIC_COLUMNS; column++) {
			bool few = row->values[column] > 0 && row->values[column] < PUBLIC_LEAST;
			assert_true((possible[i][column] >> row->values[column] & 1) == 1);
			/* The parts of a row of few are in doubt where its sum is. */
			if (few && !(row->few && column > 0))
				assert_true(in_doubt(possible[i][column]));
		}
	}
}

/* A small generator: the same tables every time. */
static int64_t next(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525U + 1013904223U;
	return (int64_t)((*seed >> 16) % below);
}

static void test_nothing_small_can_be_computed(void **state)
{
	static const uint32_t sizes[] = { 3, 6, 9 };
	uint32_t seed = 1;
	int shown = 0, kept = 0, whole = 0;
	(void)state;

	for (int round = 0; round < 400; round++) {
		struct public_row rows[ROWS] = { 0 }, total = { 0 };
		struct public_table table = { .rows = rows, .count = ROWS };
		for (int i = 0; i < ROWS; i++) {
			for (int part = PUBLIC_ANSWERED; part < PUBLIC_COLUMNS; part++) {
				int64_t value = next(&seed, sizes[next(&seed, 3)]);
				rows[i].values[part] = value;
				rows[i].values[PUBLIC_RECEIVED] += value;
				total.values[part] += value;
				total.values[PUBLIC_RECEIVED] += value;
			}
		}
		if (total.values[PUBLIC_RECEIVED] > 26)
			continue;
		expect_safe(&total, &table);
		for (int i = 0; i < ROWS; i++) {
			shown += !table.kept && !rows[i].kept;
			whole += !table.kept && !rows[i].outline;
			kept += table.kept || rows[i].kept;
		}
	}
	/* It isn't safe because nothing is shown, and there was something to keep back. */
	assert_true(shown > 100 && kept > 100 && whole > 10);
}

static void test_large_counts_are_shown(void **state)
{
	struct public_row rows[2] = {
		{ .values = { 30, 20, 10, 0 } },
		{ .values = { 25, 10, 10, 5 } },
	};
	struct public_row total = { .values = { 55, 30, 20, 5 } };
	struct public_table table = { .rows = rows, .count = 2 };
	(void)state;

	public_protect(&total, &table, 1);
	assert_false(table.kept || total.outline || rows[0].outline || rows[1].outline);
}

static void test_few(void **state)
{
	struct public_row rows[3] = {
		{ .values = { 3, 3, 0, 0 } },
		{ .values = { 40, 20, 20, 0 } },
		{ .values = { 20, 10, 10, 0 } },
	};
	struct public_row total = { .values = { 63, 33, 30, 0 } };
	struct public_table table = { .rows = rows, .count = 3 };
	struct public_row little[1] = { { .values = { 4, 4, 0, 0 } } };
	struct public_row sum = { .values = { 4, 4, 0, 0 } };
	struct public_table lonely = { .rows = little, .count = 1 };
	(void)state;

	public_protect(&total, &table, 1);
	assert_true(rows[0].few && rows[0].kept);
	assert_true(rows[2].kept && !rows[2].few); /* the smaller of the others hides it */
	assert_false(rows[1].kept || rows[1].outline);
	public_protect(&sum, &lonely, 1);
	assert_true(sum.kept && lonely.kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_small_can_be_computed),
		cmocka_unit_test(test_large_counts_are_shown),
		cmocka_unit_test(test_few),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	log_open("test", LOG_CRIT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
