/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which cells are kept back. A table is rows of received = answered + open + other, with a total.
 * A row of few complaints is kept back whole, and with it the smallest row that is large enough to
 * hide it, for else the total less the rest would tell. Where a part of a larger row is small, the
 * row's parts are kept back; then more rows' parts are, until from the totals of rows and columns
 * each small part could as well be any number from 1 to 4 (the bounds are Fréchet's).
 */
#include "tools/ppidd/public_figures.h"

/* With so many beside it, any number from 1 to 4 is possible for the few. */
#define HIDES_FEW (2 * PUBLIC_LEAST - 2)

static bool is_few(int64_t value)
{
	return value > 0 && value < PUBLIC_LEAST;
}

static bool has_few_parts(const struct public_row *row)
{
	return is_few(row->values[PUBLIC_ANSWERED]) || is_few(row->values[PUBLIC_OPEN]) ||
	       is_few(row->values[PUBLIC_OTHER]);
}

/* The row that shows the fewest received, of those of at least that many; NULL: none. */
static struct public_row *smallest(struct public_table *table, int64_t least, bool with_parts)
{
	struct public_row *found = NULL;

	for (size_t i = 0; i < table->count; i++) {
		struct public_row *row = &table->rows[i];
		if (row->kept || (with_parts && row->outline) ||
			row->values[PUBLIC_RECEIVED] < least)
			continue;
		if (!found || row->values[PUBLIC_RECEIVED] < found->values[PUBLIC_RECEIVED])
			found = row;
	}
	return found;
}

static void keep_few(struct public_table *table)
{
	bool any = false;

	for (size_t i = 0; i < table->count; i++) {
		struct public_row *row = &table->rows[i];
		row->few = row->kept = is_few(row->values[PUBLIC_RECEIVED]);
		row->outline = row->kept || has_few_parts(row);
		any = any || row->few;
	}
	if (!any)
		return;
	struct public_row *beside = smallest(table, HIDES_FEW, false);
	if (beside)
		beside->kept = beside->outline = true;
	else
		table->kept = true;
}

/* Whether somebody who subtracts could narrow down a small part of a row whose sum is shown. */
static bool parts_leak(const struct public_row *total, const struct public_table *table)
{
	int64_t left[PUBLIC_COLUMNS], all = 0;

	for (int column = PUBLIC_ANSWERED; column < PUBLIC_COLUMNS; column++) {
		left[column] = total->values[column];
		for (size_t i = 0; i < table->count; i++) {
			if (!table->rows[i].outline)
				left[column] -= table->rows[i].values[column];
		}
		all += left[column];
	}
	for (size_t i = 0; i < table->count; i++) {
		const struct public_row *row = &table->rows[i];
		if (!row->outline || row->kept)
			continue;
		int64_t sum = row->values[PUBLIC_RECEIVED];
		for (int column = PUBLIC_ANSWERED; column < PUBLIC_COLUMNS; column++) {
			int64_t least = sum + left[column] - all;
			int64_t most = sum < left[column] ? sum : left[column];
			if (is_few(row->values[column]) && (least > 1 || most < PUBLIC_LEAST - 1))
				return true;
		}
	}
	return false;
}

/* false: even without any row's parts the total's would tell. */
static bool keep_parts(const struct public_row *total, struct public_table *table)
{
	while (parts_leak(total, table)) {
		struct public_row *next = smallest(table, 1, true);
		if (!next)
			return false;
		next->outline = true;
	}
	return true;
}

void public_protect(struct public_row *total, struct public_table *tables, size_t count)
{
	total->few = total->kept = is_few(total->values[PUBLIC_RECEIVED]);
	total->outline = total->kept || has_few_parts(total);
	for (size_t i = 0; i < count; i++) {
		tables[i].kept = total->kept;
		keep_few(&tables[i]);
	}
	for (size_t i = 0; i < count; i++) {
		if (!tables[i].kept && !total->outline)
			total->outline = !keep_parts(total, &tables[i]);
	}
	/* Parts shown in one table would give away the total's in another. */
	for (size_t i = 0; total->outline && i < count; i++) {
		for (size_t row = 0; row < tables[i].count; row++)
			tables[i].rows[row].outline = true;
	}
}
