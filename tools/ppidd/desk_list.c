/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists: complaints, kiosks, unreadable messages. */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/complaint.h"
#include "tools/ppidd/desk.h"
#include "tools/ppidd/record.h"
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
		(strcmp(view->state, "open") != 0 && !state_from_name(view->state, &state)))
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

static void list_item(FILE *out, const json_t *complaint)
{
	const char *state = record_words(complaint, "state");
	const char *name = record_words(complaint, "name");
	char time[TIME_WORDS];

	html(out,
		"<li class=\"item\"><a href=\"/complaints/%s\">"
		"<span class=\"ticket\">%s</span> <span class=\"state %s\">%s</span>"
		"<span class=\"text\">%s</span>"
		"<span class=\"meta\">%s · %s · %s</span></a></li>\n",
		record_words(complaint, "uuid"), record_words(complaint, "ticket"), state,
		word_state(state), record_words(complaint, "text"),
		*name ? name : record_words(complaint, "from"),
		word_channel(record_words(complaint, "channel")),
		word_time(record_text(complaint, "created"), time));
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

static const char *alert_words(const char *kind)
{
	if (strcmp(kind, "changed-event") == 0)
		return "mengirim catatan lama dengan isi yang berubah. Catatan itu ditolak; "
		       "periksa kotaknya";
	if (strcmp(kind, "fork") == 0)
		return "melanjutkan dari cadangan lama (kartu dipulihkan atau digandakan)";
	if (strcmp(kind, "ticket-twice") == 0)
		return "memberi nomor tiket yang sudah dipakai; nomor baru sudah diberikan";
	return "mengirim catatan yang tidak masuk akal; disimpan, tidak diolah";
}

/* One alert, and the button that takes the kiosk's alerts away once somebody looked. */
static void alert_item(struct request *request, FILE *out, const json_t *alert)
{
	char time[TIME_WORDS];
	long long kiosk = record_number(alert, "kiosk");

	html(out, "<li>Kotak %lld %s (%s, %lld kali, terakhir %s).", kiosk,
		alert_words(record_words(alert, "kind")), record_words(alert, "place"),
		(long long)record_number(alert, "count"),
		word_time(record_text(alert, "last"), time));
	if (officer_may_change(&request->officer)) {
		html(out, "<form method=\"post\" action=\"/kiosks/%lld/checked\">", kiosk);
		desk_form_token(request, out);
		html(out, "<button class=\"second\">Sudah diperiksa</button></form>");
	}
	html(out, "</li>\n");
}

static void show_alerts(struct request *request, FILE *out, const json_t *alerts)
{
	size_t i;
	json_t *alert;

	if (json_array_size(alerts) == 0)
		return;
	html(out, "<section class=\"wrong\"><h2>Perlu diperiksa</h2><ul>\n");
	json_array_foreach (alerts, i, alert) {
		alert_item(request, out, alert);
	}
	html(out, "</ul></section>\n");
}

int desk_post_checked(struct request *request)
{
	char actor[OFFICER_NAME_MAX + 16];
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	snprintf(actor, sizeof(actor), "officer:%s", request->officer.name);
	struct step step = { .now_ms = request->now_ms, .actor = actor };
	error = alert_checked(request->db, &step, strtoll(request->part, NULL, 10));
	return error < 0 ? error : answer_redirect(request, "/kiosks");
}

static int list_page(
	struct request *request, struct list_view *view, const json_t *list, bool alerts)
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
	if (alerts)
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
		.state = view.state,
		.search = by_ticket ? ticket : view.search,
		.offset = (view.page - 1) * PER_PAGE,
		.most = PER_PAGE,
	};
	if (error >= 0)
		error = complaint_list(request->db, &filter, &list, &view.total);
	if (error >= 0)
		error = alert_list(request->db, &alerts);
	if (error >= 0)
		error = list_page(request, &view, list, json_array_size(alerts) > 0);
	free(view.query);
	return error;
}

static const char *word_kiosk_state(const char *state)
{
	if (strcmp(state, "revoked") == 0)
		return "dicabut";
	return strcmp(state, "enrolled") == 0 ? "terdaftar" : "menunggu didaftarkan";
}

static void kiosk_row(FILE *out, const json_t *kiosk)
{
	const char *contact = record_text(kiosk, "contact");
	char time[TIME_WORDS];

	html(out,
		"<tr><th scope=\"row\" data-label=\"Kotak\">%lld · %s</th><td "
		"data-label=\"Keadaan\">%s</td>"
		"<td data-label=\"Kabar terakhir\">%s</td><td data-label=\"Aduan\">%lld</td>"
		"<td data-label=\"Perintah menunggu\">%lld</td><td "
		"data-label=\"Versi\">%s</td></tr>\n",
		(long long)record_number(kiosk, "kiosk"), record_words(kiosk, "name"),
		word_kiosk_state(record_words(kiosk, "state")),
		contact ? word_time(contact, time) : "belum pernah",
		(long long)record_number(kiosk, "complaints"),
		(long long)record_number(kiosk, "commands"), record_words(kiosk, "version"));
}

int desk_get_kiosks(struct request *request)
{
	autojson json_t *list = NULL, *alerts = NULL;
	struct page page;
	size_t i;
	json_t *kiosk;

	int error = kiosk_list(request->db, &list);
	if (error >= 0)
		error = alert_list(request->db, &alerts);
	if (error >= 0)
		error = desk_begin(request, &page, "Kotak aduan", "/kiosks", 0, NULL);
	if (error < 0)
		return error;
	show_alerts(request, page.out, alerts);
	html(page.out,
		"<table><thead><tr><th scope=\"col\">Kotak</th><th scope=\"col\">Keadaan</th>"
		"<th scope=\"col\">Kabar terakhir</th><th scope=\"col\">Aduan</th>"
		"<th scope=\"col\">Perintah menunggu</th><th scope=\"col\">Versi</th></tr>"
		"</thead><tbody>\n");
	json_array_foreach (list, i, kiosk) {
		kiosk_row(page.out, kiosk);
	}
	html(page.out, "</tbody></table>\n");
	if (json_array_size(list) == 0)
		html(page.out,
			"<p class=\"empty\">Belum ada kotak. Pengelola menambahkannya dengan "
			"<code>ppidctl kiosk add</code>.</p>\n");
	return desk_answer(request, &page, MHD_HTTP_OK);
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
