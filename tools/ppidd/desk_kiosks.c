/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kiosks at a glance: a line each, the worst first, and what a person must look into. */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/alarm.h"
#include "tools/ppidd/desk_kiosk.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/sim.h"

#define TIME_WORDS 40
#define PER_PAGE 50
#define PAGES_MOST 20
#define SEARCH_MOST 80

/* One alert, and the button that takes the kiosk's alerts away once somebody looked. */
static void alert_item(struct request *request, FILE *out, const json_t *alert)
{
	char time[TIME_WORDS];
	long long kiosk = record_number(alert, "kiosk");

	html(out, "<li>Kotak %lld %s (%s, %lld kali, terakhir %s).", kiosk,
		alert_words(record_words(alert, "kind")), record_words(alert, "place"),
		(long long)record_number(alert, "count"),
		word_time(record_text(alert, "last"), time));
	if (officer_may(&request->officer, RIGHT_HANDLE)) {
		html(out, "<form method=\"post\" action=\"/kiosks/%lld/checked\">", kiosk);
		desk_form_token(request, out);
		html(out, "<button class=\"second\">Sudah diperiksa</button></form>");
	}
	html(out, "</li>\n");
}

void show_alerts(struct request *request, FILE *out, const json_t *alerts)
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
	char actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	error = alert_checked(request->db, &step, kiosk_asked(request));
	return error < 0 ? error : answer_redirect(request, "/kiosks");
}

void sim_line(FILE *out, const json_t *sim)
{
	bool low = json_is_true(json_object_get(sim, "low"));
	const char *until = record_text(sim, "valid_until");
	char amount[MONEY_SIZE], time[TIME_WORDS];

	html(out, "<span class=\"sim\">%s", record_words(sim, "modem"));
	if (*record_words(sim, "operator"))
		html(out, " (%s)", record_words(sim, "operator"));
	if (json_is_integer(json_object_get(sim, "amount")))
		html(out, ": %s", word_rupiah(record_number(sim, "amount"), amount));
	else
		html(out, ": jawaban operator tidak terbaca");
	if (until)
		html(out, ", berlaku sampai %s", word_date(until, time));
	if (low)
		html(out, " <strong class=\"delivery failed\">perlu diisi</strong>");
	html(out, " <small class=\"meta\">kabar %s</small></span>",
		word_time(record_text(sim, "told"), time));
}

static void sim_cell(FILE *out, int64_t kiosk, const json_t *sims)
{
	bool any = false;
	size_t i;
	json_t *sim;

	html(out, "<td data-label=\"Pulsa\"><span>");
	json_array_foreach (sims, i, sim) {
		if (record_number(sim, "kiosk") != kiosk)
			continue;
		sim_line(out, sim);
		any = true;
	}
	html(out, "%s</span></td>", any ? "" : "–");
}

/* The state in one word, and under it whatever is the matter, with what helps the worst. */
static void state_cell(FILE *out, const json_t *kiosk, const json_t *alarms)
{
	const char *class, *words = kiosk_words(kiosk, &class);
	const char *worst = NULL;
	size_t i;
	json_t *alarm;

	html(out, "<td data-label=\"Keadaan\"><span><strong class=\"%s\">%s</strong>", class,
		words);
	json_array_foreach (alarms, i, alarm) {
		if (record_number(alarm, "kiosk") != record_number(kiosk, "kiosk"))
			continue;
		/* They come the worst first. */
		if (!worst)
			worst = record_words(alarm, "kind");
		html(out, "<span class=\"sim\">– ");
		alarm_words(out, alarm);
		html(out, "%s</span>", record_text(alarm, "seen_by") ? " (sudah dilihat)" : "");
	}
	if (worst)
		html(out, "<small class=\"meta\">%s</small>", alarm_advice(worst));
	html(out, "</span></td>");
}

static void kiosk_row(FILE *out, const json_t *kiosk, const json_t *alarms, const json_t *sims)
{
	const char *contact = record_text(kiosk, "contact");
	const char *stands = record_words(kiosk, "stands"), *region = record_words(kiosk, "region");
	int64_t number = record_number(kiosk, "kiosk");
	char time[TIME_WORDS];

	html(out,
		"<tr><th scope=\"row\" data-label=\"Kotak\"><span><a href=\"/kiosks/%lld\">%lld · "
		"%s</a>",
		(long long)number, (long long)number, record_words(kiosk, "name"));
	if (*stands || *region)
		html(out, "<small class=\"meta\">%s%s%s</small>", stands,
			*stands && *region ? ", " : "", region);
	html(out, "</span></th>");
	state_cell(out, kiosk, alarms);
	html(out, "<td data-label=\"Kabar terakhir\">%s</td>",
		contact ? word_time(contact, time) : "belum pernah");
	sim_cell(out, number, sims);
	html(out, "<td data-label=\"Versi\">%s</td></tr>\n", record_words(kiosk, "version"));
}

void place_fields(FILE *out, const json_t *kiosk)
{
	html(out,
		"<label for=\"name\">Nama kotak</label>\n"
		"<input id=\"name\" name=\"name\" required maxlength=\"80\" value=\"%s\">\n"
		"<label for=\"stands\">Tempat berdiri</label>\n"
		"<input id=\"stands\" name=\"stands\" maxlength=\"160\" value=\"%s\" "
		"aria-describedby=\"stands-help\">\n"
		"<p id=\"stands-help\" class=\"help\">Gedung, dusun, RT; misalnya Balai kalurahan, "
		"Dusun Karang RT 02.</p>\n"
		"<label for=\"region\">Wilayah</label>\n"
		"<input id=\"region\" name=\"region\" maxlength=\"80\" value=\"%s\" "
		"aria-describedby=\"region-help\">\n"
		"<p id=\"region-help\" class=\"help\">Kalurahan, kapanewon.</p>\n",
		record_words(kiosk, "name"), record_words(kiosk, "stands"),
		record_words(kiosk, "region"));
}

static void add_form(struct request *request, FILE *out, int64_t number, const json_t *kiosk)
{
	html(out, "<section class=\"card narrow\"><h2>Tambah kotak</h2>\n");
	if (number == 0) {
		html(out, "<p>Semua nomor (1 sampai 998) sudah dipakai.</p></section>\n");
		return;
	}
	html(out, "<form method=\"post\" action=\"/kiosks\">");
	desk_form_token(request, out);
	html(out,
		"\n<label for=\"number\">Nomor kotak</label>\n"
		"<input id=\"number\" name=\"number\" inputmode=\"numeric\" required "
		"maxlength=\"3\" "
		"value=\"%lld\" aria-describedby=\"number-help\">\n"
		"<p id=\"number-help\" class=\"help\">1 sampai 998; menjadi awal nomor tiket dan "
		"sama dengan nomor di pengaturan kotak.</p>\n",
		(long long)number);
	place_fields(out, kiosk);
	html(out, "<button>Tambah dan buat kode</button></form></section>\n");
}

struct list_view {
	const char *search;
	int64_t page;
	json_t *list, *alerts, *alarms, *sims;
	struct kiosk_counts counts;
	int64_t free_number;
	bool more;
};

static int read_view(struct request *request, struct list_view *view)
{
	view->search = request_argument(request, "q");
	if (!view->search || strlen(view->search) > SEARCH_MOST)
		view->search = "";
	if (request_integer(request, "page", 1, PAGES_MOST, 1, &view->page) < 0)
		view->page = 1;
	int error = kiosk_page(
		request->db, view->search, (view->page - 1) * PER_PAGE, PER_PAGE, &view->list);
	view->more = error > 0;
	if (error >= 0)
		error = kiosk_count(request->db, &view->counts);
	if (error >= 0)
		error = alert_list(request->db, &view->alerts);
	if (error >= 0)
		error = alarm_list(request->db, 0, &view->alarms);
	if (error >= 0)
		error = sim_list(request->db, &view->sims);
	if (error >= 0 && officer_may(&request->officer, RIGHT_ADMINISTER))
		error = kiosk_free_number(request->db, &view->free_number);
	return error;
}

static void counts_line(FILE *out, const struct kiosk_counts *counts)
{
	html(out,
		"<p>Tidak bekerja: <strong>%lld</strong>. Perlu perhatian: <strong>%lld</strong>. "
		"Baik: <strong>%lld</strong>.",
		(long long)counts->down, (long long)counts->trouble, (long long)counts->well);
	if (counts->fresh > 0)
		html(out, " Belum didaftarkan: %lld.", (long long)counts->fresh);
	if (counts->revoked > 0)
		html(out, " Dicabut: %lld.", (long long)counts->revoked);
	html(out, "</p>\n");
}

static void filter_form(FILE *out, const char *search)
{
	html(out,
		"<form class=\"filter\" method=\"get\" action=\"/kiosks\" role=\"search\">\n"
		"<div><label for=\"q\">Cari kotak</label><input id=\"q\" name=\"q\" "
		"type=\"search\" maxlength=\"80\" value=\"%s\" placeholder=\"nomor, nama, "
		"tempat\"></div>\n<button>Cari</button>\n</form>\n",
		search);
}

static void page_links(FILE *out, const struct list_view *view)
{
	autofree char *search = html_query_escape(view->search);

	if (view->page == 1 && !view->more)
		return;
	html(out, "<nav class=\"pages\" aria-label=\"Halaman\">");
	if (view->page > 1)
		html(out, "<a href=\"/kiosks?q=%s&amp;page=%lld\">‹ Sebelumnya</a> ", search,
			(long long)view->page - 1);
	if (view->more)
		html(out, "<a href=\"/kiosks?q=%s&amp;page=%lld\">Selanjutnya ›</a>", search,
			(long long)view->page + 1);
	html(out, "</nav>\n");
}

static void fill_page(struct request *request, FILE *out, const struct list_view *view)
{
	size_t i;
	json_t *kiosk;

	show_alerts(request, out, view->alerts);
	counts_line(out, &view->counts);
	filter_form(out, view->search);
	if (json_array_size(view->list) > 0) {
		html(out, "<table><thead><tr><th scope=\"col\">Kotak</th><th scope=\"col\">Keadaan"
			  "</th><th scope=\"col\">Kabar terakhir</th><th scope=\"col\">Pulsa</th>"
			  "<th scope=\"col\">Versi</th></tr></thead><tbody>\n");
		json_array_foreach (view->list, i, kiosk) {
			kiosk_row(out, kiosk, view->alarms, view->sims);
		}
		html(out, "</tbody></table>\n");
	} else {
		html(out, "<p class=\"empty\">%s</p>\n",
			*view->search ? "Tidak ditemukan."
				      : "Belum ada kotak. Pengelola menambahkannya di halaman "
					"ini.");
	}
	page_links(out, view);
}

int kiosks_page(struct request *request, unsigned status, const char *wrong, const json_t *kiosk)
{
	struct list_view view = { 0 };
	struct page page;

	int error = read_view(request, &view);
	if (error >= 0)
		error = desk_begin(request, &page, "Kotak aduan", "/kiosks", 0, NULL);
	if (error >= 0) {
		if (wrong)
			html(page.out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", wrong);
		fill_page(request, page.out, &view);
		if (officer_may(&request->officer, RIGHT_ADMINISTER))
			add_form(request, page.out,
				kiosk ? record_number(kiosk, "number") : view.free_number, kiosk);
		error = desk_answer(request, &page, status);
	}
	json_decref(view.list);
	json_decref(view.alerts);
	json_decref(view.alarms);
	json_decref(view.sims);
	return error;
}

int desk_get_kiosks(struct request *request)
{
	return kiosks_page(request, MHD_HTTP_OK, NULL, NULL);
}
