/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report as a page: chosen, read, printed. */
#include "tools/ppidd/report.h"

#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/chart.h"
#include "tools/ppidd/desk.h"
#include "tools/ppidd/record.h"

#define PLACE "/reports"
#define BARS_MOST 36
#define KIOSKS_MOST 60 /* to choose from */

static const char sheet[] = {
#include "gen/tools/ppidd/report.css.inc"
	0
};

static int get_sheet(struct request *request)
{
	char *copy = strdup(sheet);

	return answer_text(
		request, MHD_HTTP_OK, "text/css; charset=utf-8", copy, copy ? strlen(copy) : 0);
}

int report_begin(struct request *request, struct page *page, const char *title, const char *place)
{
	char token[TOKEN_SIZE];
	struct page_head head = {
		.title = title,
		.office = request->config->office,
		.officer = &request->officer,
		.form_token = token,
		.place = place,
		.sheet = "/report.css",
	};

	officer_form_token(request->session, token);
	return page_begin(page, &head);
}

/* Choosing. */

static void usual_link(FILE *out, int64_t now_ms, int months, int ago)
{
	char from[DAY_SIZE], until[DAY_SIZE], title[64];

	report_usual(now_ms, months, ago, from, until);
	report_title(from, until, title, sizeof(title));
	html(out, "<li><a href=\"" PLACE "?from=%s&amp;until=%s\">%s</a></li>\n", from, until,
		title);
}

static void usual_links(FILE *out, int64_t now_ms)
{
	static const int lengths[] = { 1, 3, 12 };

	html(out, "<ul class=\"links\" aria-label=\"Jangka waktu yang sering dipakai\">\n");
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		usual_link(out, now_ms, lengths[i], 0);
		usual_link(out, now_ms, lengths[i], 1);
	}
	html(out, "</ul>\n");
}

static void option(FILE *out, const char *value, const char *words, const char *chosen)
{
	html(out, "<option value=\"%s\"", value);
	fputs(strcmp(value, chosen) == 0 ? " selected" : "", out);
	html(out, ">%s</option>", words);
}

static void begin_choice(FILE *out, const char *name, const char *label)
{
	html(out,
		"<div><label for=\"%s\">%s</label><select id=\"%s\" name=\"%s\">"
		"<option value=\"\">Semua</option>",
		name, label, name, name);
}

static void kiosk_choice(FILE *out, const struct report *report)
{
	const char *key;
	json_t *name;
	char chosen[24];

	snprintf(chosen, sizeof(chosen), "%lld", (long long)report->filter.kiosk);
	/* A list of a thousand is longer than the report, and nobody finds anything in it. */
	if (json_object_size(report->kiosks) > KIOSKS_MOST) {
		html(out,
			"<div><label for=\"kiosk\">Nomor kotak</label><input id=\"kiosk\" "
			"name=\"kiosk\" inputmode=\"numeric\" maxlength=\"3\" "
			"aria-describedby=\"kiosk-help\" value=\"%s\">"
			"<p id=\"kiosk-help\" class=\"help\">Kosongkan untuk semua "
			"kotak.</p></div>\n",
			report->filter.kiosk == 0 ? "" : chosen);
		return;
	}
	begin_choice(out, "kiosk", "Kotak");
	json_object_foreach (report->kiosks, key, name) {
		option(out, key, json_string_value(name), chosen);
	}
	html(out, "</select></div>\n");
}

static void fixed_choice(FILE *out, enum figures_by by, const char *label,
	const char *const *values, size_t count, const char *chosen)
{
	begin_choice(out, report_by_name(by), label);
	for (size_t i = 0; i < count; i++)
		option(out, values[i], report_name(NULL, by, values[i]), chosen);
	html(out, "</select></div>\n");
}

static void officer_choice(FILE *out, const struct report *report, const json_t *officers)
{
	size_t i;
	json_t *officer;

	begin_choice(out, "officer", "Petugas");
	json_array_foreach (officers, i, officer) {
		const char *name = record_words(officer, "name");
		option(out, name, name, report->filter.officer);
	}
	html(out, "</select></div>\n");
}

static void choose_form(FILE *out, const struct report *report, const json_t *officers)
{
	static const char *const categories[] = { "access", "quality", "procedure", "other" };
	static const char *const channels[] = { "sms", "ussd", "panel", "face", "telephone",
		"email", "whatsapp", "letter", "website", "social" };

	html(out,
		"<form class=\"card screen\" method=\"get\" action=\"" PLACE "\">\n"
		"<div class=\"filter\">"
		"<div><label for=\"from\">Dari tanggal</label><input id=\"from\" name=\"from\" "
		"type=\"date\" required value=\"%s\"></div>\n"
		"<div><label for=\"until\">Sampai dengan tanggal</label><input id=\"until\" "
		"name=\"until\" type=\"date\" required value=\"%s\"></div>\n",
		report->from, report->until);
	kiosk_choice(out, report);
	fixed_choice(out, BY_CATEGORY, "Kategori", categories, ARRAY_SIZE(categories),
		report->filter.category);
	fixed_choice(
		out, BY_CHANNEL, "Saluran", channels, ARRAY_SIZE(channels), report->filter.channel);
	officer_choice(out, report, officers);
	html(out, "</div>\n<button>Tampilkan</button></form>\n");
}

/* Reading. */

static void chart(FILE *out, const struct report *report, enum figures_by by, const char *title)
{
	const struct figures_list *list = &report->set.by[by];
	struct chart_bar bars[BARS_MOST];
	char names[BARS_MOST][128], description[256];
	/* Of a long time the last bars. */
	size_t first = list->count > BARS_MOST ? list->count - BARS_MOST : 0;

	for (size_t i = first; i < list->count; i++) {
		const struct figures *figures = &list->groups[i].figures;
		snprintf(names[i - first], sizeof(names[0]), "%s",
			report_name(report->kiosks, by, list->groups[i].key));
		bars[i - first] = (struct chart_bar) { .label = names[i - first],
			.parts = { figures->answered, figures->open,
				figures->referred + figures->withdrawn } };
	}
	snprintf(description, sizeof(description),
		"Satu batang tiap %s. Angka-angkanya ada pada tabel di bawah gambar.",
		by == BY_MONTH ? "bulan" : "kategori");
	struct chart drawn = { .id = by == BY_MONTH ? "months" : "categories",
		.title = title,
		.description = description,
		.parts = { "Dijawab", "Belum selesai", "Dialihkan atau dicabut" },
		.bars = bars,
		.count = list->count - first };
	chart_write(out, &drawn);
}

static void section(FILE *out, const struct report *report, enum figures_by by, const char *title)
{
	if (report->set.by[by].count == 0)
		return;
	html(out, "<section class=\"card\"><h2>%s</h2>\n", title);
	if (by == BY_MONTH || by == BY_CATEGORY)
		chart(out, report, by, title);
	report_table(out, report, by, title);
	html(out, "</section>\n");
}

static void narrowed(FILE *out, const struct report *report)
{
	const struct figures_filter *filter = &report->filter;
	char kiosk[24];

	if (filter->kiosk != 0) {
		snprintf(kiosk, sizeof(kiosk), "%lld", (long long)filter->kiosk);
		html(out, " · kotak: %s", report_name(report->kiosks, BY_KIOSK, kiosk));
	}
	if (*filter->category)
		html(out, " · kategori: %s", word_category(filter->category));
	if (*filter->channel)
		html(out, " · saluran: %s", word_channel(filter->channel));
	if (*filter->officer)
		html(out, " · petugas: %s", filter->officer);
}

static void write_report(struct request *request, FILE *out, const struct report *report)
{
	char moment[TIME_SIZE], words[40];

	time_format(request->now_ms, moment);
	html(out, "<h2>%s</h2>\n<p class=\"period\">Aduan yang masuk %s sampai dengan %s",
		report->title, report->from, report->until);
	narrowed(out, report);
	html(out, ", keadaan pada %s</p>\n", word_time(moment, words));
	report_facts(out, &report->set.total);
	html(out,
		"<ul class=\"links\">"
		"<li><a href=\"" PLACE "/list?%s\">Aduan yang dihitung</a></li>"
		"<li><a href=\"/reports.csv?%s\">Unduh CSV</a></li>"
		"<li><a href=\"/reports.json?%s\">Unduh JSON</a></li></ul>\n"
		"<p class=\"help screen\">Untuk mencetak di kertas A4, pakai perintah Cetak pada "
		"peramban (Ctrl+P).</p>\n",
		report->query, report->query, report->query);
	if (report->set.total.received == 0)
		html(out, "<p class=\"empty\">Tidak ada aduan pada waktu itu.</p>\n");
	if (report->set.by[BY_MONTH].count > 1)
		section(out, report, BY_MONTH, "Menurut bulan masuk");
	section(out, report, BY_CATEGORY, "Menurut kategori");
	section(out, report, BY_CHANNEL, "Menurut saluran");
	section(out, report, BY_KIOSK, "Menurut kotak");
	section(out, report, BY_OFFICER, "Menurut petugas");
	section(out, report, BY_CAUSE, "Menurut sebab yang ditemukan");
	section(out, report, BY_REFERRAL, "Dialihkan ke");
	report_kinds(out, report);
	html(out, "<p class=\"help\">Nilai tengah: separuh aduan dijawab secepat itu atau lebih "
		  "cepat. Tepat waktu: dijawab dalam batas hari kerjanya. Hari kerja dihitung "
		  "tanpa hari libur dan tanpa waktu menunggu keterangan dari pengadu.</p>\n"
		  "<div class=\"signature\"><p>Mengetahui,<br>pimpinan</p>"
		  "<div>........................................</div></div>\n");
}

static int report_page(struct request *request, const struct report *report, const json_t *officers)
{
	struct page page;

	int error = report_begin(request, &page, "Laporan pelayanan aduan", PLACE);
	if (error < 0)
		return error;
	html(page.out, "<div class=\"screen\">\n");
	usual_links(page.out, request->now_ms);
	html(page.out, "</div>\n");
	choose_form(page.out, report, officers);
	write_report(request, page.out, report);
	return desk_answer(request, &page, MHD_HTTP_OK);
}

static int get_report(struct request *request)
{
	struct report *report = NULL;
	autojson json_t *officers = NULL;

	int made = report_make(request, &report);
	if (made <= 0)
		return made;
	int error = officer_list(request->db, &officers);
	return error < 0 ? error : report_page(request, report, officers);
}

const struct route report_routes[] = {
	{ "GET", "/report.css", ROUTE_PUBLIC, 0, get_sheet, RIGHT_NONE, READS_NOTHING },
	{ "GET", PLACE, ROUTE_DESK, 0, get_report, RIGHT_REPORT, READS_NOTHING },
	{ "GET", PLACE "/list", ROUTE_DESK, 0, report_get_list, RIGHT_REPORT, READS_NOTHING },
	{ "GET", "/reports.csv", ROUTE_DESK, 0, report_get_csv, RIGHT_REPORT, READS_NOTHING },
	{ "GET", "/reports.json", ROUTE_DESK, 0, report_get_json, RIGHT_REPORT, READS_NOTHING },
	{ NULL, NULL, ROUTE_PUBLIC, 0, NULL, RIGHT_NONE, READS_NOTHING },
};
