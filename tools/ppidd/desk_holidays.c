/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The office's holidays: everybody may read them, an administrator changes a day. */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/calendar.h"
#include "tools/ppidd/desk.h"
#include "tools/ppidd/holiday.h"
#include "tools/ppidd/record.h"

#define PLACE "/holidays"
#define FORM_MOST 16384
#define DAY_WORDS 64

/* What was typed into the form of that name, and what was wrong with it. */
struct typed {
	const char *form, *wrong, *day, *name, *reason;
};

static const char *word_day(int64_t day, char out[static DAY_WORDS])
{
	static const char *const weekdays[] = { "Kamis", "Jumat", "Sabtu", "Minggu", "Senin",
		"Selasa", "Rabu" };
	char time[TIME_SIZE], date[40];

	time_format(calendar_end_ms(day) - 1, time);
	snprintf(out, DAY_WORDS, "%s, %s", weekdays[(day % 7 + 7) % 7], word_date(time, date));
	return out;
}

static void year_head(FILE *out, int year)
{
	const char *source = calendar_source(year);

	html(out, "<section class=\"card\"><h2>Hari libur %lld</h2>\n", (long long)year);
	switch (calendar_year(year)) {
	case YEAR_MISSING:
		html(out,
			"<p class=\"hint\">Belum ada daftar tahun ini: baru Sabtu, Minggu dan hari "
			"yang ditambahkan di sini yang libur.</p>\n");
		break;
	case YEAR_PROVISIONAL:
		html(out, "<p class=\"hint\">Masih perkiraan, tanpa cuti bersama: keputusan "
			  "pemerintah belum dimasukkan.</p>\n");
		break;
	case YEAR_KNOWN:
		break;
	}
	if (source)
		html(out, "<p class=\"help\">Sumber: %s</p>\n", source);
}

static void year_days(FILE *out, int year)
{
	char words[DAY_WORDS];
	bool any = false;

	html(out, "<table><thead><tr><th scope=\"col\">Hari</th>"
		  "<th scope=\"col\">Libur</th></tr></thead>\n<tbody>\n");
	for (int64_t day = calendar_first(year); day < calendar_first(year + 1); day++) {
		const char *name = calendar_holiday(day);
		if (!name)
			continue;
		any = true;
		html(out,
			"<tr><th scope=\"row\" data-label=\"Hari\">%s</th><td "
			"data-label=\"Libur\">%s</td></tr>\n",
			word_day(day, words), name);
	}
	if (!any)
		html(out, "<tr><td colspan=\"2\">Tidak ada.</td></tr>\n");
	html(out, "</tbody></table></section>\n");
}

static const char *who(const char *actor)
{
	const char *colon = strchr(actor, ':');

	return colon ? colon + 1 : actor;
}

static void changes(FILE *out, const json_t *list)
{
	char words[DAY_WORDS], time[40];
	size_t i;
	json_t *item;
	int64_t day;

	if (json_array_size(list) == 0)
		return;
	html(out, "<section class=\"card\"><h2>Diubah di kantor ini</h2>\n"
		  "<ol class=\"history\">\n");
	json_array_foreach (list, i, item) {
		bool off = json_is_true(json_object_get(item, "free"));
		if (!holiday_day_parse(record_words(item, "day"), &day))
			continue;
		html(out,
			"<li><span class=\"meta\">%s · %s</span><strong>%s: %s%s</strong>"
			"<span class=\"text\">Alasan: %s</span></li>\n",
			who(record_words(item, "officer")),
			word_time(record_text(item, "changed"), time), word_day(day, words),
			off ? "libur, " : "bukan hari libur", record_words(item, "name"),
			record_words(item, "reason"));
	}
	html(out, "</ol></section>\n");
}

static const char *kept(const struct typed *typed, const char *form, const char *text)
{
	return typed->form && strcmp(typed->form, form) == 0 && text ? text : "";
}

static void form_head(struct request *request, FILE *out, const char *form, const char *title)
{
	html(out,
		"<section class=\"card\"><h2>%s</h2>\n<form method=\"post\" action=\"" PLACE "\">",
		title);
	desk_form_token(request, out);
	html(out, "<input type=\"hidden\" name=\"to\" value=\"%s\">\n", form);
}

static void add_form(struct request *request, FILE *out, int year, const struct typed *typed)
{
	form_head(request, out, "free", "Tambah hari libur");
	html(out,
		"<label for=\"day\">Tanggal</label>\n"
		"<input id=\"day\" name=\"day\" type=\"date\" required min=\"%lld-01-01\" "
		"max=\"%lld-12-31\" value=\"%s\" aria-describedby=\"day-help\">\n"
		"<p id=\"day-help\" class=\"help\">Senin sampai Jumat. Contoh: 2026-12-24</p>\n"
		"<label for=\"name\">Nama hari libur</label>\n"
		"<input id=\"name\" name=\"name\" required maxlength=\"100\" value=\"%s\">\n"
		"<label for=\"reason\">Dasar atau alasannya</label>\n"
		"<input id=\"reason\" name=\"reason\" required maxlength=\"500\" value=\"%s\">\n"
		"<button>Tambahkan</button></form></section>\n",
		(long long)year, (long long)year + 1, kept(typed, "free", typed->day),
		kept(typed, "free", typed->name), kept(typed, "free", typed->reason));
}

static void remove_form(struct request *request, FILE *out, int year, const struct typed *typed)
{
	const char *chosen = kept(typed, "work", typed->day);
	char words[DAY_WORDS], value[HOLIDAY_DAY_SIZE];

	form_head(request, out, "work", "Hapus hari libur");
	html(out, "<label for=\"off\">Hari</label>\n<select id=\"off\" name=\"day\" required>\n"
		  "<option value=\"\">Pilih hari</option>\n");
	for (int64_t day = calendar_first(year); day < calendar_first(year + 2); day++) {
		const char *name = calendar_weekend(day) ? NULL : calendar_holiday(day);
		if (!name)
			continue;
		holiday_day_format(day, value);
		html(out, "<option value=\"%s\"", value);
		fputs(strcmp(value, chosen) == 0 ? " selected" : "", out);
		html(out, ">%s: %s</option>\n", word_day(day, words), name);
	}
	html(out,
		"</select>\n<label for=\"why\">Dasar atau alasannya</label>\n"
		"<input id=\"why\" name=\"reason\" required maxlength=\"500\" value=\"%s\">\n"
		"<button class=\"second\">Jadikan hari kerja</button></form></section>\n",
		kept(typed, "work", typed->reason));
}

static void said(struct request *request, FILE *out, const struct typed *typed)
{
	int64_t count = 0;

	if (typed->wrong) {
		html(out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", typed->wrong);
		return;
	}
	if (!request_argument(request, "done") ||
		request_integer(request, "done", 0, INT64_MAX, 0, &count) < 0)
		return;
	html(out,
		"<p class=\"right\" role=\"status\">Tersimpan. Batas waktu %lld aduan yang masih "
		"berjalan berubah.</p>\n",
		(long long)count);
}

static int page(struct request *request, unsigned status, const struct typed *typed)
{
	bool changes_it = officer_may(&request->officer, RIGHT_ADMINISTER);
	int year = calendar_year_of(request->now_ms);
	autojson json_t *list = NULL;
	struct page page;

	int error = holiday_changes(request->db, year, year + 1, &list);
	if (error >= 0)
		error = desk_begin(request, &page, "Hari libur", PLACE, 0, NULL);
	if (error < 0)
		return error;
	said(request, page.out, typed);
	html(page.out, "<p>Hari kerja ialah Senin sampai Jumat, kecuali hari libur di bawah ini. "
		       "Batas waktu setiap aduan dihitung dengannya.</p>\n");
	if (changes_it) {
		html(page.out, "<div class=\"forms\">\n");
		add_form(request, page.out, year, typed);
		remove_form(request, page.out, year, typed);
		html(page.out, "</div>\n");
	}
	changes(page.out, list);
	for (int i = year; i <= year + 1; i++) {
		year_head(page.out, i);
		year_days(page.out, i);
	}
	return desk_answer(request, &page, status);
}

static int get_holidays(struct request *request)
{
	static const struct typed nothing = { 0 };

	return page(request, MHD_HTTP_OK, &nothing);
}

static const char *refusal(int error)
{
	switch (error) {
	case -ERANGE:
		return "Pilih tanggal dalam tahun ini atau tahun depan.";
	case -EDOM:
		return "Sabtu dan Minggu memang sudah libur.";
	case -EEXIST:
		return "Hari itu sudah seperti yang diminta; tidak ada yang diubah.";
	case -EINVAL:
		return "Nama hari libur atau alasannya masih kosong.";
	case -EMSGSIZE:
		return "Teksnya terlalu panjang.";
	case -EILSEQ:
		return "Teksnya berisi huruf yang rusak.";
	default:
		return NULL;
	}
}

static int post_holiday(struct request *request)
{
	autofree char *to = request_field(request, "to");
	autofree char *day = request_field(request, "day");
	autofree char *name = request_field(request, "name");
	autofree char *reason = request_field(request, "reason");
	char actor[DESK_ACTOR_SIZE], location[64];
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	const struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	struct holiday_change change = {
		.free = !to || strcmp(to, "work") != 0, .name = name, .reason = reason
	};
	int changed = day && holiday_day_parse(day, &change.day)
			      ? holiday_change(request->db, &step, &change)
			      : -ERANGE;
	if (changed < 0 && !refusal(changed))
		return changed;
	if (changed < 0) {
		const struct typed typed = { .form = change.free ? "free" : "work",
			.wrong = refusal(changed),
			.day = day,
			.name = changed == -EILSEQ ? NULL : name,
			.reason = changed == -EILSEQ ? NULL : reason };
		return page(request, MHD_HTTP_BAD_REQUEST, &typed);
	}
	snprintf(location, sizeof(location), PLACE "?done=%d", changed);
	return answer_redirect(request, location);
}

const struct route holiday_routes[] = {
	{ "GET", PLACE, ROUTE_DESK, 0, get_holidays, RIGHT_READ, READS_NOTHING },
	{ "POST", PLACE, ROUTE_DESK, FORM_MOST, post_holiday, RIGHT_ADMINISTER, READS_NOTHING },
	{ NULL, NULL, ROUTE_PUBLIC, 0, NULL, RIGHT_NONE, READS_NOTHING },
};
