/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who was shown personal data: by officer, by ticket, the newest first. */
#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/desk_account.h"
#include "tools/ppidd/reading.h"
#include "tools/ppidd/record.h"

#define PER_PAGE 100
#define TICKET_MOST 40
#define TIME_WORDS 40

const char *desk_word_reading(const char *what)
{
	static const struct {
		const char *what, *words;
	} known[] = {
		{ "/complaints", "Daftar aduan" },
		{ "/complaints/*", "Aduan dibuka" },
		{ "/complaints/*/file", "Berkas dibuka" },
		{ "/complaints/*/file.json", "Berkas diunduh" },
		{ "/complaints/*/letter", "Surat dibuka" },
		{ "/complaints/*/receipt", "Tanda terima dibuka" },
		{ "/handovers", "Belum disampaikan" },
		{ "/unreadable", "Pesan tak terbaca" },
		{ "/readings", "Siapa membaca" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(known[i].what, what) == 0)
			return known[i].words;
	}
	return strncmp(what, "/complaints/*/", 14) == 0 ? "Aduan ditangani" : what;
}

static void filter_form(FILE *out, const struct reading_filter *filter, const json_t *officers)
{
	size_t i;
	json_t *officer;

	html(out, "<form class=\"filter\" method=\"get\" action=\"/readings\" role=\"search\">\n"
		  "<div><label for=\"officer\">Petugas</label><select id=\"officer\" "
		  "name=\"officer\"><option value=\"\">Semua</option>");
	json_array_foreach (officers, i, officer) {
		const char *name = record_words(officer, "name");
		html(out, "<option value=\"%s\"", name);
		fputs(strcmp(name, filter->officer) == 0 ? " selected" : "", out);
		html(out, ">%s</option>", name);
	}
	html(out,
		"</select></div>\n<div><label for=\"ticket\">Nomor tiket</label>"
		"<input id=\"ticket\" name=\"ticket\" maxlength=\"40\" value=\"%s\"></div>\n"
		"<button>Tampilkan</button>\n</form>\n",
		filter->ticket);
}

static void reading_row(FILE *out, const json_t *reading)
{
	const char *complaint = record_text(reading, "complaint");
	char time[TIME_WORDS];

	html(out,
		"<tr class=\"reading\"><td data-label=\"Waktu\">%s</td>"
		"<td data-label=\"Petugas\">%s</td><td data-label=\"Apa\">%s</td>",
		word_time(record_text(reading, "read"), time), record_words(reading, "officer"),
		desk_word_reading(record_words(reading, "what")));
	if (complaint)
		html(out, "<td data-label=\"Aduan\"><a href=\"/complaints/%s\">%s</a></td>",
			complaint, record_words(reading, "ticket"));
	else
		html(out, "<td data-label=\"Dicari\">%s</td>",
			record_text(reading, "filter") ? record_text(reading, "filter") : "–");
	html(out, "</tr>\n");
}

static void older_link(FILE *out, const struct reading_filter *filter, const json_t *list)
{
	const json_t *last = json_array_get(list, json_array_size(list) - 1);
	autofree char *officer = html_query_escape(filter->officer);
	autofree char *ticket = html_query_escape(filter->ticket);

	if (json_array_size(list) < PER_PAGE)
		return;
	html(out,
		"<nav class=\"pages\" aria-label=\"Halaman\"><a href=\"/readings?officer=%s&amp;"
		"ticket=%s&amp;before=%lld&amp;id=%s\">Lebih lama ›</a></nav>\n",
		officer, ticket, (long long)record_number(last, "read_ms"),
		record_words(last, "id"));
}

static void show_list(FILE *out, const struct reading_filter *filter, const json_t *list)
{
	size_t i;
	json_t *reading;

	if (json_array_size(list) == 0) {
		html(out, "<p class=\"empty\">Belum ada catatan.</p>\n");
		return;
	}
	html(out, "<table><thead><tr><th scope=\"col\">Waktu</th><th scope=\"col\">Petugas</th>"
		  "<th scope=\"col\">Apa</th><th scope=\"col\">Aduan, atau yang dicari</th></tr>"
		  "</thead><tbody>\n");
	json_array_foreach (list, i, reading) {
		reading_row(out, reading);
	}
	html(out, "</tbody></table>\n");
	older_link(out, filter, list);
}

/* The filter as it was asked for; what makes no sense is left out. */
static void read_filter(struct request *request, struct reading_filter *filter)
{
	const char *officer = request_argument(request, "officer");
	const char *ticket = request_argument(request, "ticket");
	const char *before = request_argument(request, "id");

	filter->most = PER_PAGE;
	filter->officer = officer && officer_name_valid(officer) ? officer : "";
	filter->ticket = ticket && strlen(ticket) <= TICKET_MOST ? ticket : "";
	filter->before_id = before && uuid_valid(before) ? before : "";
	if (request_integer(request, "before", 1, INT64_MAX, 0, &filter->before_ms) < 0)
		filter->before_ms = 0;
}

int desk_get_readings(struct request *request)
{
	autojson json_t *list = NULL, *officers = NULL;
	struct reading_filter filter = { 0 };
	struct page page;

	read_filter(request, &filter);
	int found = reading_list(request->db, &filter, &list);
	int error = found == -ENOENT ? 0 : found;
	if (error >= 0)
		error = officer_list(request->db, &officers);
	if (error >= 0)
		error = desk_begin(request, &page, "Siapa membaca", "/readings", 0, NULL);
	if (error < 0)
		return error;
	html(page.out, "<p>Setiap kali petugas membuka data warga, itu dicatat di sini. Catatan "
		       "ini tidak dapat diubah atau dihapus.</p>\n");
	filter_form(page.out, &filter, officers);
	if (found == -ENOENT)
		html(page.out, "<p class=\"wrong\" role=\"alert\">Tiket itu tidak ada.</p>\n");
	else
		show_list(page.out, &filter, list);
	return desk_answer(request, &page, MHD_HTTP_OK);
}
