/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/chart.h"

#include <string.h>

#include "tools/ppidd/html.h"

/* In the units of the drawing, which the page stretches to its width. */
#define WIDTH 360
#define MARGIN 4
#define BAR_HEIGHT 14
#define ROW_HEIGHT 36 /* label above, bar below */
#define LABEL_DOWN 12
#define BAR_DOWN 17
#define NUMBER_DOWN 29
#define BAR_LONGEST 290 /* room for the number at its end */
#define NUMBER_GAP 6
#define LEGEND_HEIGHT 20
#define LEGEND_BOX 12

static int64_t sum(const struct chart_bar *bar)
{
	int64_t total = 0;

	for (int i = 0; i < CHART_PARTS; i++)
		total += bar->parts[i] > 0 ? bar->parts[i] : 0;
	return total;
}

/* Solid, hatched and dotted: black on white tells them apart. */
static void patterns(FILE *out, const struct chart *chart)
{
	html(out,
		"<defs>\n<pattern id=\"%s-1\" width=\"6\" height=\"6\" "
		"patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
		"<rect width=\"6\" height=\"6\" fill=\"#fff\"/>"
		"<rect width=\"2\" height=\"6\" fill=\"#1d2733\"/></pattern>\n"
		"<pattern id=\"%s-2\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
		"<rect width=\"6\" height=\"6\" fill=\"#fff\"/>"
		"<circle cx=\"3\" cy=\"3\" r=\"1\" fill=\"#1d2733\"/></pattern>\n</defs>\n",
		chart->id, chart->id);
}

static void words_at(FILE *out, int64_t x, int64_t y, const char *words)
{
	html(out, "<text x=\"%lld\" y=\"%lld\" font-size=\"12\">%s</text>\n", (long long)x,
		(long long)y, words);
}

static void box(FILE *out, const struct chart *chart, int part, int64_t x, int64_t y, int64_t width)
{
	html(out, "<rect x=\"%lld\" y=\"%lld\" width=\"%lld\" height=\"%lld\" ", (long long)x,
		(long long)y, (long long)width, (long long)BAR_HEIGHT);
	if (part == 0)
		html(out, "fill=\"#0b5c6b\"");
	else
		html(out, "fill=\"url(#%s-%lld)\"", chart->id, (long long)part);
	html(out, " stroke=\"#1d2733\"/>\n");
}

static void legend(FILE *out, const struct chart *chart, int64_t *y)
{
	for (int part = 0; part < CHART_PARTS && chart->parts[part]; part++) {
		box(out, chart, part, MARGIN, *y, LEGEND_BOX);
		words_at(
			out, MARGIN + LEGEND_BOX + NUMBER_GAP, *y + LABEL_DOWN, chart->parts[part]);
		*y += LEGEND_HEIGHT;
	}
	*y += MARGIN;
}

static void one_bar(FILE *out, const struct chart *chart, const struct chart_bar *bar,
	int64_t longest, int64_t y)
{
	int64_t x = MARGIN, passed = 0;
	char number[24];

	words_at(out, MARGIN, y + LABEL_DOWN, bar->label);
	for (int part = 0; part < CHART_PARTS && bar->parts[0] >= 0; part++) {
		if (bar->parts[part] <= 0)
			continue;
		/* Ends from the running sum: what was rounded away is not lost. */
		passed += bar->parts[part];
		int64_t end = MARGIN + passed * BAR_LONGEST / longest;
		if (end > x)
			box(out, chart, part, x, y + BAR_DOWN, end - x);
		x = end;
	}
	snprintf(number, sizeof(number), "%lld", (long long)sum(bar));
	words_at(out, x + NUMBER_GAP, y + NUMBER_DOWN,
		bar->parts[0] < 0 ? "tidak ditampilkan" : number);
}

void chart_write(FILE *out, const struct chart *chart)
{
	int64_t longest = 1, y = MARGIN, height = 2 * (int64_t)MARGIN;

	if (chart->count == 0)
		return;
	for (size_t i = 0; i < chart->count; i++) {
		if (sum(&chart->bars[i]) > longest)
			longest = sum(&chart->bars[i]);
	}
	for (int part = 0; part < CHART_PARTS && chart->parts[part]; part++)
		height += LEGEND_HEIGHT;
	height += MARGIN + (int64_t)chart->count * ROW_HEIGHT;
	html(out,
		"<svg class=\"chart\" role=\"img\" viewBox=\"0 0 %lld %lld\" "
		"aria-labelledby=\"%s-title %s-desc\">\n<title id=\"%s-title\">%s</title>\n"
		"<desc id=\"%s-desc\">%s</desc>\n",
		(long long)WIDTH, (long long)height, chart->id, chart->id, chart->id, chart->title,
		chart->id, chart->description);
	patterns(out, chart);
	legend(out, chart, &y);
	for (size_t i = 0; i < chart->count; i++, y += ROW_HEIGHT)
		one_bar(out, chart, &chart->bars[i], longest, y);
	html(out, "</svg>\n");
}
