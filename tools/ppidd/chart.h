/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Charts as SVG inside a page, without script or style: bars whose parts differ by pattern, so
 * that they can be told apart in black and white, with their numbers written beside them.
 */
#ifndef PPIDD_CHART_H
#define PPIDD_CHART_H

#include <stdint.h>
#include <stdio.h>

#define CHART_PARTS 3

struct chart_bar {
	const char *label;
	int64_t parts[CHART_PARTS]; /* 0 or more; -1 in the first: not for showing, no bar */
};

struct chart {
	const char *id; /* of letters; unlike that of any other chart on the page */
	const char *title, *description;
	const char *parts[CHART_PARTS]; /* what the parts are; the unused NULL */
	const struct chart_bar *bars;
	size_t count;
};

/* Nothing is drawn without bars. */
void chart_write(FILE *out, const struct chart *chart);

#endif
