/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists: complaints and unreadable messages. */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/complaint.h"
#include "tools/ppidd/desk.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/sim.h"
#include "wire/ticket.h"

#define PER_PAGE 50
#define PAGES_MOST 1000000
#define REFRESH_S 10
#define SEARCH_MOST 100
#define UNREADABLE_MOST 200
#define TIME_WORDS 40

struct list_view {
	const char *state, *search;
	int64_t page, refresh_s, total;
	char *query; /* "state=…&q=…", for links */
};

static int read_view(struct request *request, struct list_view *view)
{
	enum complaint_state state;

	view->state = request_argument(request, "state");
	view->search = request_argument(request, "q");
	if (!view->state ||
		(strcmp(view->state, "open") != 0 && strcmp(view->state, "undelivered") != 0 &&
			!state_from_name(view->state, &state)))
		view->state = "";
	if (!view->search || strlen(view->search) > SEARCH_MOST)
		view->search = "";
	if (request_integer(request, "page", 1, PAGES_MOST, 1, &view->page) < 0)
		view->page = 1;
	if (request_integer(request, "refresh", 0, 60, REFRESH_S, &view->refresh_s) < 0)
		view->refresh_s = REFRESH_S;
	autofree char *search = html_query_escape(view->search);
	if (!search || asprintf(&view->query, "state=%s&q=%s", view->state, search) < 0) {
		view->query = NULL;
		return -ENOMEM;
	}
	return 0;
}

static void option(FILE *out, const char *value, const char *words, const char *chosen)
{
	html(out, "<option value=\"%s\"", value);
	fputs(strcmp(value, chosen) == 0 ? " selected" : "", out);
	html(out, ">%s</option>", words);
}

static void filter_form(FILE *out, const struct list_view *view)
{
	html(out, "<form class=\"filter\" method=\"get\" action=\"/complaints\" role=\"search\">\n"
		  "<div><label for=\"state\">Status</label><select id=\"state\" name=\"state\">");
	option(out, "", "Semua", view->state);
	option(out, "open", "Belum selesai", view->state);
	option(out, "undelivered", "Pesan gagal", view->state);
	for (int i = 0; i < STATE_COUNT; i++) {
		const char *name = state_name((enum complaint_state)i);
		option(out, name, word_state(name), view->state);
	}
	html(out,
		"</select></div>\n<div><label for=\"q\">Cari</label>"
		"<input id=\"q\" name=\"q\" type=\"search\" maxlength=\"100\" value=\"%s\" "
		"placeholder=\"tiket, nama, nomor, kata\"></div>\n"
		"<input type=\"hidden\" name=\"refresh\" value=\"%lld\">\n"
		"<button>Tampilkan</button>\n</form>\n",
		view->search, (long long)view->refresh_s);
}

/* A page that moves by itself can be told to stop (WCAG 2.2.2). */
static void refresh_line(FILE *out, const struct list_view *view)
{
	html(out, "<p class=\"count\"><span role=\"status\">%lld aduan</span> · ",
		(long long)view->total);
	if (view->refresh_s > 0)
		html(out,
			"dimuat ulang tiap %lld detik, <a href=\"/complaints?%s&amp;page=%lld&amp;"
			"refresh=0\">hentikan</a></p>\n",
			(long long)view->refresh_s, view->query, (long long)view->page);
	else
		html(out,
			"tidak dimuat ulang, <a href=\"/complaints?%s&amp;page=%lld&amp;"
			"refresh=%lld\">muat ulang sendiri</a></p>\n",
			view->query, (long long)view->page, (long long)REFRESH_S);
}

/* Who complains, as far as the reader may know. */
static const char *complainant(const json_t *complaint)
{
	const char *name = record_words(complaint, "name");

	if (*name)
		return name;
	if (record_text(complaint, "from"))
		return record_words(complaint, "from");
	return json_is_true(json_object_get(complaint, "confidential")) ? DESK_KEPT : "";
}

static void list_item(FILE *out, const json_t *complaint)
{
	const char *state = record_words(complaint, "state");
	int64_t rating = record_number(complaint, "rating");
	char time[TIME_WORDS];

	html(out,
		"<li class=\"item\"><a href=\"/complaints/%s\">"
		"<span class=\"ticket\">%s</span> <span class=\"state %s\">%s</span>",
		record_words(complaint, "uuid"), record_words(complaint, "ticket"), state,
		word_state(state));
	if (rating != 0)
		html(out, " <span class=\"rating\">★ %lld dari 5: %s</span>", (long long)rating,
			word_rating(rating));
	if (json_is_true(json_object_get(complaint, "undelivered")))
		html(out, " <span class=\"delivery failed\">pesan tidak sampai</span>");
	html(out,
		"<span class=\"text\">%s</span>"
		"<span class=\"meta\">%s · %s · %s",
		record_words(complaint, "text"), complainant(complaint),
		word_channel(record_words(complaint, "channel")),
		word_time(record_text(complaint, "created"), time));
	if (record_text(complaint, "category"))
		html(out, " · %s", word_category(record_words(complaint, "category")));
	if (record_text(complaint, "about"))
		html(out, " · tentang %s", word_about(record_words(complaint, "about")));
	html(out, "</span></a></li>\n");
}

static void page_link(FILE *out, const struct list_view *view, int64_t page, const char *words)
{
	html(out, " <a href=\"/complaints?%s&amp;page=%lld&amp;refresh=%lld\">%s</a> ", view->query,
		(long long)page, (long long)view->refresh_s, words);
}

static void page_links(FILE *out, const struct list_view *view)
{
	int64_t pages = (view->total + PER_PAGE - 1) / PER_PAGE;

	if (pages < 2)
		return;
	html(out, "<nav class=\"pages\" aria-label=\"Halaman\">");
	if (view->page > 1)
		page_link(out, view, view->page - 1, "‹ Lebih baru");
	html(out, "<span>Halaman %lld dari %lld</span>", (long long)view->page, (long long)pages);
	if (view->page < pages)
		page_link(out, view, view->page + 1, "Lebih lama ›");
	html(out, "</nav>\n");
}

static int list_page(
	struct request *request, struct list_view *view, const json_t *list, bool trouble)
{
	autofree char *reload = NULL;
	struct page page;
	size_t i;
	json_t *complaint;

	/* auto: a page that reloads itself keeps no forgotten session alive. */
	if (asprintf(&reload, "/complaints?%s&page=%lld&refresh=%lld&auto=1", view->query,
		    (long long)view->page, (long long)view->refresh_s) < 0) {
		reload = NULL;
		return -ENOMEM;
	}
	int error = desk_begin(request, &page, "Aduan", "/complaints", view->refresh_s, reload);
	if (error < 0)
		return error;
	filter_form(page.out, view);
	/* On the list only a line: the page of the kiosks has the particulars. */
	if (trouble)
		html(page.out, "<p class=\"wrong\"><a href=\"/kiosks\">Ada kotak yang perlu "
			       "diperiksa</a></p>\n");
	refresh_line(page.out, view);
	html(page.out, "<ul class=\"list\">\n");
	json_array_foreach (list, i, complaint) {
		list_item(page.out, complaint);
	}
	html(page.out, "</ul>\n");
	if (json_array_size(list) == 0)
		html(page.out, "<p class=\"empty\">Belum ada aduan di sini.</p>\n");
	page_links(page.out, view);
	return desk_answer(request, &page, MHD_HTTP_OK);
}

int desk_get_list(struct request *request)
{
	struct list_view view = { 0 };
	autojson json_t *list = NULL, *alerts = NULL;
	char ticket[TICKET_SIZE];

	int error = read_view(request, &view);
	/* A number is found however it was written. */
	bool by_ticket = error >= 0 && ticket_parse(view.search, ticket) == 0;
	struct complaint_filter filter = {
		.view = desk_view(request),
		.state = view.state,
		.search = by_ticket ? ticket : view.search,
		.offset = (view.page - 1) * PER_PAGE,
		.most = PER_PAGE,
	};
	if (error >= 0)
		error = complaint_list(request->db, &filter, &list, &view.total);
	if (error >= 0)
		error = alert_list(request->db, &alerts);
	int low = error >= 0 ? sim_any_low(request->db) : error;
	error = low < 0 ? low
			: list_page(request, &view, list, json_array_size(alerts) > 0 || low > 0);
	free(view.query);
	return error;
}

int desk_get_unreadable(struct request *request)
{
	autojson json_t *list = NULL;
	char time[TIME_WORDS];
	struct page page;
	size_t i;
	json_t *item;

	int error = complaint_unreadable(request->db, UNREADABLE_MOST, &list);
	if (error >= 0)
		error = desk_begin(request, &page, "Pesan tak terbaca", "/unreadable", 0, NULL);
	if (error < 0)
		return error;
	html(page.out,
		"<p>Pesan yang diterima kotak tetapi tidak dapat dibaca mesin. Isinya disimpan "
		"apa adanya.</p>\n<ul class=\"list\">\n");
	json_array_foreach (list, i, item) {
		html(page.out,
			"<li class=\"item plain\"><span class=\"meta\">Kotak %lld · %s · %s</span>"
			"<span class=\"text\">%s</span><code class=\"pdu\">%s</code></li>\n",
			(long long)record_number(item, "kiosk"), record_words(item, "kiosk_name"),
			word_time(record_text(item, "time"), time), record_words(item, "reason"),
			record_text(item, "pdu") ? record_text(item, "pdu") : "(sudah dihapus)");
	}
	html(page.out, "</ul>\n");
	if (json_array_size(list) == 0)
		html(page.out, "<p class=\"empty\">Tidak ada.</p>\n");
	return desk_answer(request, &page, MHD_HTTP_OK);
}
