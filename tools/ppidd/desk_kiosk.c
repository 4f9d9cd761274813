/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One kiosk: what is the matter, how all of it is, where it stands. And the routes of kiosks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tools/ppidd/alarm.h"
#include "tools/ppidd/calendar.h"
#include "tools/ppidd/desk_kiosk.h"
#include "tools/ppidd/health.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/sim.h"

#define TIME_WORDS 40
#define NUMBER_DIGITS 3
#define HOT 80

int64_t kiosk_asked(const struct request *request)
{
	size_t digits = strspn(request->part, "0123456789");

	if (digits == 0 || digits > NUMBER_DIGITS || request->part[digits])
		return 0;
	return strtoll(request->part, NULL, 10);
}

/* Everything that the page shows. */
struct kiosk_view {
	json_t *kiosk, *alarms, *alerts, *health, *sims, *days;
};

/* Those of one kiosk; takes *list over. */
static int only_of(json_t **list, int64_t kiosk)
{
	json_t *found = json_array();
	size_t i;
	json_t *item;

	json_array_foreach (*list, i, item) {
		if (record_number(item, "kiosk") == kiosk && json_array_append(found, item) < 0)
			json_decref(take_pointer(found));
	}
	json_decref(*list);
	*list = found;
	return found ? 0 : -ENOMEM;
}

static int read_view(struct request *request, int64_t number, struct kiosk_view *view)
{
	struct db *db = request->db;

	int error = kiosk_find(db, number, request->now_ms, &view->kiosk);
	if (error >= 0)
		error = alarm_list(db, number, &view->alarms);
	if (error >= 0)
		error = alert_list(db, &view->alerts);
	if (error >= 0)
		error = only_of(&view->alerts, number);
	if (error >= 0)
		error = sim_list(db, &view->sims);
	if (error >= 0)
		error = only_of(&view->sims, number);
	if (error >= 0)
		error = health_find(db, number, &view->health);
	return error < 0 ? error : health_days(db, number, &view->days);
}

static void free_view(struct kiosk_view *view)
{
	json_decref(view->kiosk);
	json_decref(view->alarms);
	json_decref(view->alerts);
	json_decref(view->health);
	json_decref(view->sims);
	json_decref(view->days);
}

static void alarm_item(FILE *out, const json_t *alarm, bool *unseen)
{
	char since[TIME_WORDS], seen[TIME_WORDS];

	html(out, "<li><strong>");
	alarm_words(out, alarm);
	html(out, "</strong> <small class=\"meta\">sejak %s",
		word_time(record_text(alarm, "since"), since));
	if (record_text(alarm, "seen_by"))
		html(out, "; sudah dilihat %s, %s", record_words(alarm, "seen_by"),
			word_time(record_text(alarm, "seen"), seen));
	else
		*unseen = true;
	html(out, "</small>%s</li>\n", alarm_advice(record_words(alarm, "kind")));
}

static void alarm_card(struct request *request, FILE *out, const struct kiosk_view *view)
{
	bool unseen = false;
	size_t i;
	json_t *alarm;

	if (json_array_size(view->alarms) == 0)
		return;
	html(out, "<section class=\"card\"><h2>Yang perlu diperhatikan</h2>\n"
		  "<ul class=\"history\">\n");
	json_array_foreach (view->alarms, i, alarm) {
		alarm_item(out, alarm, &unseen);
	}
	html(out, "</ul>\n");
	if (unseen && officer_may(&request->officer, RIGHT_HANDLE)) {
		html(out, "<form method=\"post\" action=\"/kiosks/%s/seen\">", request->part);
		desk_form_token(request, out);
		html(out,
			"<button class=\"second\">Sudah dilihat</button></form>\n"
			"<p class=\"help\">Hilang sendiri dari daftar ini bila sudah beres.</p>\n");
	}
	html(out, "</section>\n");
}

static void term(FILE *out, const char *name, const char *words)
{
	html(out, "<div><dt>%s</dt><dd>%s</dd></div>\n", name, words);
}

static void number_term(FILE *out, const char *name, const json_t *value, const char *unit)
{
	if (json_is_integer(value))
		html(out, "<div><dt>%s</dt><dd>%lld%s</dd></div>\n", name,
			(long long)json_integer_value(value), unit);
}

/* null: there is none. */
static void works_term(FILE *out, const char *name, const json_t *value)
{
	if (json_is_boolean(value))
		term(out, name, json_is_true(value) ? "baik" : "bermasalah");
}

static void temperature_term(FILE *out, const json_t *value)
{
	if (json_is_integer(value))
		html(out, "<div><dt>Suhu</dt><dd>%lld °C%s</dd></div>\n",
			(long long)json_integer_value(value),
			json_integer_value(value) >= HOT ? ", terlalu panas" : "");
}

static void uptime_term(FILE *out, int64_t seconds)
{
	long long hours = seconds / 3600;

	if (hours >= 48)
		html(out, "<div><dt>Menyala</dt><dd>%lld hari</dd></div>\n", hours / 24);
	else
		html(out, "<div><dt>Menyala</dt><dd>%lld jam %lld menit</dd></div>\n", hours,
			(long long)seconds / 60 % 60);
}

static bool is_registered(const char *registration)
{
	return strcmp(registration, "home network") == 0 || strcmp(registration, "roaming") == 0;
}

static void modem_part(FILE *out, const json_t *modem)
{
	int64_t signal = record_number(modem, "signal_dbm");

	html(out, "<h3>Modem %s</h3>\n<dl>", record_words(modem, "name"));
	if (!json_is_true(json_object_get(modem, "answering"))) {
		term(out, "Jawaban", "tidak menjawab");
	} else {
		term(out, "Kartu SIM", word_sim(record_words(modem, "sim")));
		term(out, "Jaringan", word_registration(record_words(modem, "registration")));
		if (*record_words(modem, "operator"))
			term(out, "Operator", record_words(modem, "operator"));
		/* A modem without a network tells what it last heard. */
		if (signal < 0 && is_registered(record_words(modem, "registration")))
			html(out, "<div><dt>Sinyal</dt><dd>%s (%lld dBm)</dd></div>\n",
				word_signal(signal), (long long)signal);
	}
	html(out, "</dl>\n");
}

static void fault_list(FILE *out, const json_t *faults)
{
	size_t i;
	json_t *fault;

	if (json_array_size(faults) == 0)
		return;
	html(out, "<h3>Yang tidak bekerja</h3>\n<ul>\n");
	json_array_foreach (faults, i, fault) {
		html(out, "<li>");
		fault_words(out, fault);
		html(out, "</li>\n");
	}
	html(out, "</ul>\n");
}

static void health_card(FILE *out, const json_t *health)
{
	char time[TIME_WORDS];
	size_t i;
	json_t *modem;

	html(out, "<section class=\"card\"><h2>Keadaan menurut kotak</h2>\n");
	if (!health) {
		html(out, "<p class=\"empty\">Kotak belum pernah memberi tahu.</p></section>\n");
		return;
	}
	html(out, "<p class=\"meta\">Diberitahukan %s; paling sedikit sekali sehari.</p>\n",
		word_time(record_text(health, "told"), time));
	fault_list(out, json_object_get(health, "faults"));
	html(out, "<dl>");
	term(out, "Jam", word_clock(record_words(health, "clock")));
	number_term(out, "Sisa kartu memori", json_object_get(health, "free_mib"), " MiB");
	temperature_term(out, json_object_get(health, "temperature"));
	works_term(out, "Layar dan tombol", json_object_get(health, "panel"));
	works_term(out, "Printer struk", json_object_get(health, "printer"));
	number_term(out, "Catatan belum terkirim", json_object_get(health, "events_waiting"), "");
	number_term(out, "SMS menunggu", json_object_get(health, "sms_waiting"), "");
	uptime_term(out, record_number(health, "uptime_s"));
	number_term(out, "Bagian dimulai ulang", json_object_get(health, "restarts"), " kali");
	html(out, "</dl>\n");
	json_array_foreach (json_object_get(health, "modems"), i, modem) {
		modem_part(out, modem);
	}
	html(out, "</section>\n");
}

static void kiosk_card(FILE *out, const struct kiosk_view *view)
{
	const json_t *kiosk = view->kiosk;
	const char *contact = record_text(kiosk, "contact");
	char time[TIME_WORDS];
	size_t i;
	json_t *sim;

	html(out, "<section class=\"card\"><h2>Kotak</h2>\n<dl>");
	term(out, "Kabar terakhir", contact ? word_time(contact, time) : "belum pernah");
	if (*record_words(kiosk, "stands"))
		term(out, "Tempat", record_words(kiosk, "stands"));
	if (*record_words(kiosk, "region"))
		term(out, "Wilayah", record_words(kiosk, "region"));
	term(out, "Ditambahkan", word_time(record_text(kiosk, "added"), time));
	if (record_text(kiosk, "enrolled"))
		term(out, "Didaftarkan", word_time(record_text(kiosk, "enrolled"), time));
	if (record_text(kiosk, "code"))
		term(out, "Kode berlaku sampai", word_time(record_text(kiosk, "code"), time));
	if (*record_words(kiosk, "version"))
		term(out, "Versi", record_words(kiosk, "version"));
	number_term(out, "Aduan", json_object_get(kiosk, "complaints"), "");
	number_term(out, "Perintah menunggu", json_object_get(kiosk, "commands"), "");
	html(out, "</dl>\n");
	if (json_array_size(view->sims) > 0)
		html(out, "<h3>Pulsa</h3>\n");
	json_array_foreach (view->sims, i, sim) {
		sim_line(out, sim);
	}
	html(out, "</section>\n");
}

static void day_cell(FILE *out, const char *label, const json_t *value, const char *unit)
{
	html(out, "<td data-label=\"%s\">", label);
	if (json_is_integer(value))
		html(out, "%lld%s</td>", (long long)json_integer_value(value), unit);
	else
		html(out, "–</td>");
}

static void days_card(FILE *out, const json_t *days)
{
	char time[TIME_SIZE], date[TIME_WORDS];
	size_t i;
	json_t *day;

	if (json_array_size(days) == 0)
		return;
	html(out,
		"<details class=\"card\"><summary>Dari hari ke hari, %lld hari terakhir</summary>\n"
		"<table><thead><tr><th scope=\"col\">Hari</th><th scope=\"col\">Sinyal terlemah"
		"</th><th scope=\"col\">Suhu tertinggi</th><th scope=\"col\">Sisa kartu memori"
		"</th><th scope=\"col\">Menunggu</th></tr></thead><tbody>\n",
		(long long)HEALTH_DAYS);
	json_array_foreach (days, i, day) {
		time_format(calendar_end_ms(record_number(day, "day")) - 1, time);
		html(out, "<tr><th scope=\"row\" data-label=\"Hari\">%s</th>",
			word_date(time, date));
		day_cell(out, "Sinyal", json_object_get(day, "signal_dbm"), " dBm");
		day_cell(out, "Suhu", json_object_get(day, "temperature"), " °C");
		day_cell(out, "Sisa kartu", json_object_get(day, "free_mib"), " MiB");
		day_cell(out, "Menunggu", json_object_get(day, "waiting"), "");
		html(out, "</tr>\n");
	}
	html(out, "</tbody></table></details>\n");
}

static void one_button(struct request *request, FILE *out, const char *deed, const char *words)
{
	html(out, "<form method=\"post\" action=\"/kiosks/%s/%s\">", request->part, deed);
	desk_form_token(request, out);
	html(out, "<button class=\"second\">%s</button></form>\n", words);
}

static void forms(struct request *request, FILE *out, const json_t *kiosk)
{
	bool revoked = strcmp(record_words(kiosk, "state"), "revoked") == 0;

	html(out,
		"<section class=\"card narrow\"><h2>Nama dan tempat</h2>\n"
		"<form method=\"post\" action=\"/kiosks/%s/name\">",
		request->part);
	desk_form_token(request, out);
	place_fields(out, kiosk);
	html(out, "<button>Simpan</button></form></section>\n"
		  "<section class=\"card narrow\"><h2>Kode pendaftaran</h2>\n"
		  "<p class=\"help\">Untuk kotak baru, atau bila alatnya diganti. Begitu dipakai, "
		  "alat yang lama tidak dapat masuk lagi.</p>\n");
	one_button(request, out, "code", "Buat kode baru");
	html(out, "</section>\n<section class=\"card narrow\"><h2>%s</h2>\n",
		revoked ? "Pulihkan kotak ini" : "Cabut kotak ini");
	if (revoked) {
		html(out,
			"<p class=\"help\">Bila dicabut karena keliru: alat yang sama dapat masuk "
			"lagi.</p>\n");
		one_button(request, out, "restore", "Pulihkan");
	} else {
		html(out,
			"<p class=\"help\">Bila kotak hilang, dicuri, atau tidak dipakai "
			"lagi.</p>\n"
			"<p><a href=\"/kiosks/%s/revoke\">Cabut kotak ini …</a></p>\n",
			request->part);
	}
	html(out, "</section>\n");
}

static void fill_page(struct request *request, FILE *out, const struct kiosk_view *view)
{
	const char *class, *words = kiosk_words(view->kiosk, &class);

	html(out, "<p><strong class=\"%s\">%s</strong></p>\n", class, words);
	alarm_card(request, out, view);
	show_alerts(request, out, view->alerts);
	html(out, "<div class=\"columns\">\n");
	health_card(out, view->health);
	kiosk_card(out, view);
	html(out, "</div>\n");
	days_card(out, view->days);
	if (officer_may(&request->officer, RIGHT_ADMINISTER))
		forms(request, out, view->kiosk);
	html(out, "<p><a href=\"/kiosks\">‹ Semua kotak</a></p>\n");
}

int kiosk_page_of(struct request *request, unsigned status, const char *wrong)
{
	struct kiosk_view view = { 0 };
	autofree char *title = NULL;
	struct page page;

	int error = read_view(request, kiosk_asked(request), &view);
	if (error >= 0 && asprintf(&title, "Kotak %s · %s", request->part,
				  record_words(view.kiosk, "name")) < 0) {
		title = NULL;
		error = -ENOMEM;
	}
	if (error >= 0)
		error = desk_begin(request, &page, title, "/kiosks", 0, NULL);
	if (error >= 0) {
		if (wrong)
			html(page.out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", wrong);
		else if (request_argument(request, "done"))
			html(page.out, "<p class=\"right\" role=\"status\">Tersimpan.</p>\n");
		fill_page(request, page.out, &view);
		error = desk_answer(request, &page, status);
	} else if (error == -ENOENT) {
		error = answer_error(request, MHD_HTTP_NOT_FOUND, "Kotak itu tidak ada.");
	}
	free_view(&view);
	return error;
}

static int get_kiosk(struct request *request)
{
	return kiosk_page_of(request, MHD_HTTP_OK, NULL);
}

const struct route kiosk_routes[] = {
	{ "GET", "/kiosks/*", ROUTE_DESK, 0, get_kiosk, RIGHT_READ, READS_NOTHING },
	{ "POST", "/kiosks", ROUTE_DESK, KIOSK_FORM_MOST, desk_post_kiosk, RIGHT_ADMINISTER,
		READS_NOTHING },
	{ "POST", "/kiosks/*/name", ROUTE_DESK, KIOSK_FORM_MOST, desk_post_kiosk_name,
		RIGHT_ADMINISTER, READS_NOTHING },
	{ "POST", "/kiosks/*/code", ROUTE_DESK, KIOSK_FORM_MOST, desk_post_kiosk_code,
		RIGHT_ADMINISTER, READS_NOTHING },
	{ "GET", "/kiosks/*/revoke", ROUTE_DESK, 0, desk_get_kiosk_revoke, RIGHT_ADMINISTER,
		READS_NOTHING },
	{ "POST", "/kiosks/*/revoke", ROUTE_DESK, KIOSK_FORM_MOST, desk_post_kiosk_revoke,
		RIGHT_ADMINISTER, READS_NOTHING },
	{ "POST", "/kiosks/*/restore", ROUTE_DESK, KIOSK_FORM_MOST, desk_post_kiosk_restore,
		RIGHT_ADMINISTER, READS_NOTHING },
	{ "POST", "/kiosks/*/seen", ROUTE_DESK, KIOSK_FORM_MOST, desk_post_kiosk_seen, RIGHT_HANDLE,
		READS_NOTHING },
	{ NULL, NULL, ROUTE_PUBLIC, 0, NULL, RIGHT_NONE, READS_NOTHING },
};
