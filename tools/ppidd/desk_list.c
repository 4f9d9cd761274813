/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists: the work, all complaints, unreadable messages. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/ppidd/alarm.h"
#include "tools/ppidd/calendar.h"
#include "tools/ppidd/complaint.h"
#include "tools/ppidd/deadline.h"
#include "tools/ppidd/desk_case.h"
#include "tools/ppidd/desk_complaint.h"
#include "tools/ppidd/desk_opensid.h"
#include "tools/ppidd/handover.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/sim.h"
#include "tools/ppidd/work.h"
#include "wire/ticket.h"

#define PER_PAGE 50
#define REFRESH_S 10
#define SEARCH_MOST 100
#define UNREADABLE_MOST 200
#define TIME_WORDS 40
/* From October on the next year's holidays are asked for. */
#define REMINDER_MONTH 10

static const struct {
	const char *name, *words, *empty;
} lists[WORK_LIST_COUNT] = {
	[WORK_DUE] = { "due", "Jatuh tempo", "Tidak ada yang menunggu ditangani." },
	[WORK_MINE] = { "mine", "Tugas saya", "Tidak ada tugas Anda yang menunggu." },
	[WORK_UNASSIGNED] = { "unassigned", "Belum ada petugas", "Semua sudah ada petugasnya." },
	[WORK_WAITING] = { "waiting", "Menunggu pengadu", "Tidak ada yang menunggu pengadu." },
	[WORK_ALL] = { "all", "Semua", "Belum ada aduan di sini." },
};

struct list_view {
	enum work_list list;
	const char *state, *search, *after;
	struct work_place place; /* that after names */
	bool placed;
	int64_t refresh_s;
	char *query; /* "list=…&state=…&q=…", for links */
};

/* "MILLISECONDS-UUID", as page_links() writes it. */
static bool read_place(const char *text, struct work_place *place)
{
	char *end = NULL;

	if (!text || !*text)
		return false;
	errno = 0;
	place->time_ms = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '-' || !uuid_valid(end + 1))
		return false;
	snprintf(place->uuid, sizeof(place->uuid), "%s", end + 1);
	return true;
}

static enum work_list read_list(struct request *request, const struct list_view *view)
{
	const char *name = request_argument(request, "list");

	for (int i = 0; name && i < WORK_LIST_COUNT; i++) {
		if (strcmp(lists[i].name, name) == 0)
			return (enum work_list)i;
	}
	return *view->state || *view->search ? WORK_ALL : WORK_DUE;
}

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
	view->list = read_list(request, view);
	view->placed = read_place(request_argument(request, "after"), &view->place);
	view->after = view->placed ? request_argument(request, "after") : "";
	if (request_integer(request, "refresh", 0, 60, 0, &view->refresh_s) < 0)
		view->refresh_s = 0;
	autofree char *search = html_query_escape(view->search);
	if (!search || asprintf(&view->query, "list=%s&state=%s&q=%s", lists[view->list].name,
			       view->state, search) < 0) {
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
		"<input type=\"hidden\" name=\"list\" value=\"all\">\n"
		"<input type=\"hidden\" name=\"refresh\" value=\"%lld\">\n"
		"<button>Tampilkan</button>\n</form>\n",
		view->search, (long long)view->refresh_s);
}

static void tabs(FILE *out, const struct list_view *view)
{
	html(out, "<nav aria-label=\"Daftar kerja\"><ul class=\"tabs\">\n");
	for (int i = 0; i < WORK_LIST_COUNT; i++) {
		html(out, "<li><a href=\"/complaints?list=%s\"", lists[i].name);
		fputs(i == (int)view->list ? " aria-current=\"page\"" : "", out);
		html(out, ">%s</a></li>\n", lists[i].words);
	}
	html(out, "</ul></nav>\n");
}

static void count(FILE *out, const char *words, int64_t number, const char *after)
{
	html(out, "%s <strong>%lld%s</strong>%s", words, (long long)number,
		number >= WORK_COUNT_MOST ? " atau lebih" : "", after);
}

/* What is late and what soon will be: the reader's own, and for the head everybody's. */
static void warnings(FILE *out, const struct request *request, const struct work_counts *counts)
{
	if (counts->my_late + counts->my_soon > 0) {
		html(out, "<p class=\"%s\">Tugas Anda: ", counts->my_late > 0 ? "wrong" : "hint");
		count(out, "terlambat", counts->my_late, ", ");
		count(out, "jatuh tempo dalam dua hari kerja", counts->my_soon, ".");
		html(out, "</p>\n");
	}
	if (!officer_may(&request->officer, RIGHT_REPORT))
		return;
	html(out, "<p class=\"%s\">Seluruh kantor: ", counts->late > 0 ? "wrong" : "hint");
	count(out, "terlambat", counts->late, ", ");
	count(out, "jatuh tempo dalam dua hari kerja", counts->soon, ", ");
	count(out, "belum ada petugas", counts->unassigned, ", ");
	count(out, "menunggu pengadu", counts->waiting, ".");
	html(out, "</p>\n");
}

static void holidays(FILE *out, int64_t now_ms)
{
	int year = calendar_year_of(now_ms);
	bool soon = calendar_month_of(now_ms) >= REMINDER_MONTH;

	for (int i = year; i <= year + (soon ? 1 : 0); i++) {
		enum calendar_year known = calendar_year(i);
		if (known != YEAR_KNOWN)
			html(out,
				"<p class=\"hint\">Hari libur tahun %lld %s. Mintalah pengelola "
				"melengkapinya menurut keputusan pemerintah: batas waktu dihitung "
				"dengannya.</p>\n",
				(long long)i,
				known == YEAR_MISSING ? "belum ada" : "masih perkiraan");
	}
}

/* A page moves by itself only where it was told to, and can be told to stop (WCAG 2.2.1, 2.2.2). */
static void refresh_line(FILE *out, const struct list_view *view)
{
	bool moves = view->refresh_s > 0;

	html(out,
		"<p class=\"count\">%s, <a href=\"/complaints?%s&amp;after=%s&amp;"
		"refresh=%lld\">%s</a></p>\n",
		moves ? "Daftar ini dimuat ulang sendiri" : "Daftar ini tidak dimuat ulang sendiri",
		view->query, view->after, moves ? 0LL : (long long)REFRESH_S,
		moves ? "hentikan" : "muat ulang sendiri");
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

static void list_item(FILE *out, const json_t *complaint, int64_t now_ms)
{
	const char *state = record_words(complaint, "state");
	int64_t rating = record_number(complaint, "rating");
	char time[TIME_WORDS], due[DUE_WORDS];
	const char *class = desk_due(complaint, now_ms, due);

	html(out,
		"<li class=\"item\"><a href=\"/complaints/%s\">"
		"<span class=\"ticket\">%s</span> <span class=\"state %s\">%s</span>",
		record_words(complaint, "uuid"), record_words(complaint, "ticket"), state,
		word_state(state));
	if (*due)
		html(out, " <span class=\"due %s\">%s</span>", class, due);
	desk_case_tag(out, complaint);
	if (rating != 0)
		html(out, " <span class=\"rating\">★ %lld dari 5: %s</span>", (long long)rating,
			word_rating(rating));
	if (json_is_true(json_object_get(complaint, "undelivered")))
		html(out, " <span class=\"delivery failed\">pesan tidak sampai</span>");
	html(out,
		"<span class=\"text\">%s</span>"
		"<span class=\"meta\">%s · %s · %s",
		record_text(complaint, "erased") ? "(data pribadi dihapus)"
						 : record_words(complaint, "text"),
		complainant(complaint), word_channel(record_words(complaint, "channel")),
		word_time(record_text(complaint, "created"), time));
	if (record_text(complaint, "category"))
		html(out, " · %s", word_category(record_words(complaint, "category")));
	if (record_text(complaint, "about"))
		html(out, " · tentang %s", word_about(record_words(complaint, "about")));
	if (record_text(complaint, "officer"))
		html(out, " · petugas %s", record_words(complaint, "officer"));
	html(out, "</span></a></li>\n");
}

static void page_links(
	FILE *out, const struct list_view *view, const struct work_place *next, bool more)
{
	if (!more && !view->placed)
		return;
	html(out, "<nav class=\"pages\" aria-label=\"Halaman\">");
	if (view->placed)
		html(out, "<a href=\"/complaints?%s&amp;refresh=%lld\">‹ Dari awal</a> ",
			view->query, (long long)view->refresh_s);
	if (more)
		html(out, "<a href=\"/complaints?%s&amp;after=%lld-%s&amp;refresh=%lld\">%s ›</a>",
			view->query, (long long)next->time_ms, next->uuid,
			(long long)view->refresh_s,
			*view->search ? "Cari di aduan yang lebih lama" : "Selanjutnya");
	html(out, "</nav>\n");
}

struct list_parts {
	json_t *list;
	int64_t owed; /* to be handed over by an officer */
	struct work_place next;
	bool more, trouble;
	int64_t kiosks; /* that need attention */
	struct work_counts counts;
	struct desk_opensid opensid;
};

static void fill_list(struct request *request, FILE *out, const struct list_view *view,
	const struct list_parts *parts)
{
	const char *done = request_argument(request, "done");
	size_t i;
	json_t *complaint;

	if (done && strcmp(done, "about") == 0)
		html(out, "<p class=\"right\" role=\"status\">Tersimpan. Aduan itu tentang kantor "
			  "ini: sekarang pimpinan yang menanganinya.</p>\n");
	warnings(out, request, &parts->counts);
	holidays(out, request->now_ms);
	/* On the list only a line: the page of the kiosks has the particulars. */
	if (parts->trouble)
		html(out, "<p class=\"wrong\"><a href=\"/kiosks\">Ada kotak yang perlu "
			  "diperiksa</a></p>\n");
	if (parts->kiosks > 0)
		html(out,
			"<p class=\"wrong\"><a href=\"/kiosks\">%lld kotak perlu "
			"perhatian</a></p>\n",
			(long long)parts->kiosks);
	desk_opensid_show(out, &parts->opensid);
	if (parts->owed > 0 && officer_may(&request->officer, RIGHT_INTAKE))
		html(out,
			"<p class=\"hint\"><a href=\"/handovers\">%lld jawaban atau "
			"pertanyaan belum disampaikan kepada pengadu</a></p>\n",
			(long long)parts->owed);
	if (officer_may(&request->officer, RIGHT_INTAKE))
		html(out, "<p><a class=\"action\" href=\"/intake\">Catat aduan dari saluran "
			  "lain</a></p>\n");
	tabs(out, view);
	if (view->list == WORK_ALL)
		filter_form(out, view);
	refresh_line(out, view);
	html(out, "<ul class=\"list\">\n");
	json_array_foreach (parts->list, i, complaint) {
		list_item(out, complaint, request->now_ms);
	}
	html(out, "</ul>\n");
	if (json_array_size(parts->list) == 0)
		html(out, "<p class=\"empty\">%s</p>\n",
			*view->search ? "Tidak ditemukan." : lists[view->list].empty);
	page_links(out, view, &parts->next, parts->more);
}

static int list_page(
	struct request *request, const struct list_view *view, const struct list_parts *parts)
{
	autofree char *reload = NULL;
	struct page page;

	/* auto: a page that reloads itself keeps no forgotten session alive. */
	if (asprintf(&reload, "/complaints?%s&after=%s&refresh=%lld&auto=1", view->query,
		    view->after, (long long)view->refresh_s) < 0) {
		reload = NULL;
		return -ENOMEM;
	}
	int error = desk_begin(request, &page, "Aduan", "/complaints", view->refresh_s, reload);
	if (error < 0)
		return error;
	fill_list(request, page.out, view, parts);
	return desk_answer(request, &page, MHD_HTTP_OK);
}

static int read_parts(
	struct request *request, const struct list_view *view, struct list_parts *parts)
{
	autojson json_t *alerts = NULL;
	char ticket[TICKET_SIZE];
	/* A number is found however it was written. */
	bool by_ticket = view->list == WORK_ALL && ticket_parse(view->search, ticket) == 0;
	struct work_filter filter = {
		.list = view->list,
		.view = desk_view(request),
		.officer = request->officer.name,
		.state = view->state,
		.search = view->search,
		.ticket = by_ticket ? ticket : NULL,
		.after = view->placed ? &view->place : NULL,
		.most = PER_PAGE,
	};

	int error = work_list(request->db, &filter, &parts->list, &parts->next);
	parts->more = error > 0;
	if (error >= 0)
		error = work_count(
			request->db, filter.view, filter.officer, request->now_ms, &parts->counts);
	if (error >= 0)
		error = desk_opensid_read(request, &parts->opensid);
	if (error >= 0)
		error = handover_count(request->db, filter.view, &parts->owed);
	if (error >= 0)
		error = alert_list(request->db, &alerts);
	/* Whoever sees to the kiosks is told how many; the others that there is one. */
	int low = 0;
	if (error >= 0 && officer_may(&request->officer, RIGHT_REPORT))
		error = alarm_count(request->db, &parts->kiosks);
	else if (error >= 0)
		error = low = sim_any_low(request->db);
	parts->trouble = json_array_size(alerts) > 0 || low > 0;
	return error < 0 ? error : 0;
}

int desk_get_list(struct request *request)
{
	struct list_view view = { 0 };
	struct list_parts parts = { 0 };

	int error = read_view(request, &view);
	if (error >= 0)
		error = read_parts(request, &view, &parts);
	if (error >= 0)
		error = list_page(request, &view, &parts);
	json_decref(parts.list);
	desk_opensid_free(&parts.opensid);
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
