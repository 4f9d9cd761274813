/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kiosks: how they are, what money is on their SIMs, and what a person must look into. */
#include <string.h>

#include "tools/ppidd/desk.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/sim.h"

#define TIME_WORDS 40

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
	if (officer_may(&request->officer, RIGHT_HANDLE)) {
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
	char actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	error = alert_checked(request->db, &step, strtoll(request->part, NULL, 10));
	return error < 0 ? error : answer_redirect(request, "/kiosks");
}

static const char *word_kiosk_state(const char *state)
{
	if (strcmp(state, "revoked") == 0)
		return "dicabut";
	return strcmp(state, "enrolled") == 0 ? "terdaftar" : "menunggu didaftarkan";
}

/* What is on one SIM: the amount in rupiah with dots, and how long it is valid. */
static void sim_line(FILE *out, const json_t *sim)
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

static void kiosk_row(FILE *out, const json_t *kiosk, const json_t *sims)
{
	const char *contact = record_text(kiosk, "contact");
	char time[TIME_WORDS];

	html(out,
		"<tr><th scope=\"row\" data-label=\"Kotak\">%lld · %s</th><td "
		"data-label=\"Keadaan\">%s</td>"
		"<td data-label=\"Kabar terakhir\">%s</td><td data-label=\"Aduan\">%lld</td>"
		"<td data-label=\"Perintah menunggu\">%lld</td>",
		(long long)record_number(kiosk, "kiosk"), record_words(kiosk, "name"),
		word_kiosk_state(record_words(kiosk, "state")),
		contact ? word_time(contact, time) : "belum pernah",
		(long long)record_number(kiosk, "complaints"),
		(long long)record_number(kiosk, "commands"));
	sim_cell(out, record_number(kiosk, "kiosk"), sims);
	html(out, "<td data-label=\"Versi\">%s</td></tr>\n", record_words(kiosk, "version"));
}

int desk_get_kiosks(struct request *request)
{
	autojson json_t *list = NULL, *alerts = NULL, *sims = NULL;
	struct page page;
	size_t i;
	json_t *kiosk;

	int error = kiosk_list(request->db, &list);
	if (error >= 0)
		error = alert_list(request->db, &alerts);
	if (error >= 0)
		error = sim_list(request->db, &sims);
	if (error >= 0)
		error = desk_begin(request, &page, "Kotak aduan", "/kiosks", 0, NULL);
	if (error < 0)
		return error;
	show_alerts(request, page.out, alerts);
	html(page.out,
		"<table><thead><tr><th scope=\"col\">Kotak</th><th scope=\"col\">Keadaan</th>"
		"<th scope=\"col\">Kabar terakhir</th><th scope=\"col\">Aduan</th>"
		"<th scope=\"col\">Perintah menunggu</th><th scope=\"col\">Pulsa</th>"
		"<th scope=\"col\">Versi</th></tr>"
		"</thead><tbody>\n");
	json_array_foreach (list, i, kiosk) {
		kiosk_row(page.out, kiosk, sims);
	}
	html(page.out, "</tbody></table>\n");
	if (json_array_size(list) == 0)
		html(page.out,
			"<p class=\"empty\">Belum ada kotak. Pengelola menambahkannya dengan "
			"<code>ppidctl kiosk add</code>.</p>\n");
	return desk_answer(request, &page, MHD_HTTP_OK);
}
