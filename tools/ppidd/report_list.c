/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a figure down to the complaints that make it: each counted one, with what it counts as. */
#include <errno.h>
#include <stdlib.h>

#include "base/ids.h"
#include "tools/ppidd/desk.h"
#include "tools/ppidd/report.h"

#define PER_PAGE 100
#define PAGES_MOST 1000000
#define PLACE "/reports/list"

struct list {
	struct report report;
	FILE *out; /* the rows of the page, into text */
	char *text;
	size_t size;
	int64_t page, seen;
};

static void day_cell(FILE *out, const char *label, int64_t time_ms)
{
	char moment[TIME_SIZE], words[40];

	if (time_ms == 0) {
		html(out, "<td data-label=\"%s\">–</td>", label);
		return;
	}
	time_format(time_ms, moment);
	html(out, "<td data-label=\"%s\">%s</td>", label, word_date(moment, words));
}

static const char *number(int64_t value, char out[static NUMBER_SIZE])
{
	return word_tenths(value > 0 ? 10 * value : -1, out);
}

static int take(void *context, const struct figures_row *row)
{
	struct list *list = context;
	char days[NUMBER_SIZE], rating[NUMBER_SIZE];

	int64_t place = list->seen++;
	if (place < (list->page - 1) * PER_PAGE || place >= list->page * PER_PAGE)
		return 0;
	html(list->out,
		"<tr><th scope=\"row\" data-label=\"Tiket\"><a href=\"/complaints/%s\">%s</a></th>",
		row->uuid, row->ticket);
	day_cell(list->out, "Masuk", row->created_ms);
	html(list->out, "<td data-label=\"Kategori\">%s</td><td data-label=\"Status\">%s%s%s</td>",
		report_name(NULL, BY_CATEGORY, row->category), word_state(row->state),
		row->late_open ? ", lewat batas" : "", row->reopened ? ", pernah dibuka lagi" : "");
	day_cell(list->out, "Dijawab", row->resolved_ms);
	html(list->out,
		"<td class=\"number\" data-label=\"Hari kerja\">%s</td>"
		"<td class=\"number\" data-label=\"Batas\">%lld</td>"
		"<td class=\"number\" data-label=\"Penilaian\">%s</td></tr>\n",
		row->days == 0 ? "0" : number(row->days, days), (long long)row->allowed,
		number(row->rating, rating));
	return 0;
}

static void page_link(FILE *out, const struct list *list, int64_t page, const char *words)
{
	html(out, " <a href=\"" PLACE "?%s&amp;page=%lld\">%s</a> ", list->report.query,
		(long long)page, words);
}

static void write_list(FILE *out, const struct list *list)
{
	int64_t pages = (list->seen + PER_PAGE - 1) / PER_PAGE;

	html(out,
		"<p class=\"period\">%s</p>\n<p><a href=\"/reports?%s\">Kembali ke "
		"laporan</a></p>\n"
		"<table>\n<thead><tr><th scope=\"col\">Tiket</th><th scope=\"col\">Masuk</th>"
		"<th scope=\"col\">Kategori</th><th scope=\"col\">Status</th>"
		"<th scope=\"col\">Dijawab</th><th scope=\"col\">Hari kerja</th>"
		"<th scope=\"col\">Batas</th><th scope=\"col\">Penilaian</th></tr></thead>\n"
		"<tbody>\n",
		list->report.title, list->report.query);
	fwrite(list->text, 1, list->size, out);
	html(out, "</tbody></table>\n<p class=\"count\">%lld aduan</p>\n", (long long)list->seen);
	if (pages <= 1)
		return;
	html(out, "<nav class=\"pages\" aria-label=\"Halaman\">");
	if (list->page > 1)
		page_link(out, list, list->page - 1, "‹ Sebelumnya");
	html(out, "<span>Halaman %lld dari %lld</span>", (long long)list->page, (long long)pages);
	if (list->page < pages)
		page_link(out, list, list->page + 1, "Berikutnya ›");
	html(out, "</nav>\n");
}

static int step(struct request *request, void *state)
{
	struct list *list = state;
	struct report *report = &list->report;

	return figures_step(request->db, &report->filter, request->now_ms, &report->walk,
		REPORT_STEP, take, list);
}

static void release(void *state)
{
	struct list *list = state;

	if (list->out)
		fclose(list->out);
	free(list->text);
	report_free(&list->report);
	free(list);
}

static int begin_list(struct request *request, struct list **out)
{
	struct list *list = calloc(1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	int error = report_read(request, &list->report);
	if (request_integer(request, "page", 1, PAGES_MOST, 1, &list->page) < 0)
		list->page = 1;
	list->out = open_memstream(&list->text, &list->size);
	if (error >= 0 && !list->out)
		error = -ENOMEM;
	if (error < 0)
		release(list);
	else
		*out = list;
	return error;
}

int report_get_list(struct request *request)
{
	struct list *list = request->steps.state;
	struct page page = { 0 };

	int error = list ? 0 : begin_list(request, &list);
	if (error < 0)
		return error;
	int made = request_steps(request, list, step, release);
	if (made <= 0)
		return made;
	if (fflush(list->out) != 0)
		return -ENOMEM;
	error = report_begin(request, &page, "Aduan yang dihitung", "/reports");
	if (error < 0)
		return error;
	write_list(page.out, list);
	return desk_answer(request, &page, MHD_HTTP_OK);
}
