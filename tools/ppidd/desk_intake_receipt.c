/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a complainant takes home, on paper or by ear: the ticket's number and its PIN. */
#include <errno.h>

#include "tools/ppidd/decision.h"
#include "tools/ppidd/desk_intake.h"
#include "tools/ppidd/record.h"

static void fact(FILE *out, const char *label, const char *words)
{
	if (words && *words)
		html(out, "<div><dt>%s</dt><dd>%s</dd></div>\n", label, words);
}

static void due_fact(FILE *out, const json_t *complaint)
{
	char last[TIME_SIZE], words[40];
	int64_t due_ms;

	/* Midnight belongs to the day after. */
	if (time_parse(record_words(complaint, "due"), &due_ms) < 0)
		return;
	time_format(due_ms - 1, last);
	fact(out, "Dijawab paling lambat", word_date(last, words));
}

static void paper(
	FILE *out, const struct request *request, const json_t *complaint, const char *pin)
{
	char time[40];

	html(out, "<section class=\"card receipt\"><h2>%s</h2>\n<dl>\n", request->config->office);
	html(out, "<div><dt>Nomor tiket</dt><dd class=\"big\">%s</dd></div>\n",
		record_words(complaint, "ticket"));
	if (pin)
		html(out, "<div><dt>PIN</dt><dd class=\"big\">%s</dd></div>\n", pin);
	else
		fact(out, "PIN", "sudah diberikan kepada pengadu");
	fact(out, "Diterima", word_date(record_text(complaint, "created"), time));
	fact(out, "Melalui", word_channel(record_words(complaint, "channel")));
	due_fact(out, complaint);
	html(out, "</dl>\n<p>Simpan nomor tiket dan PIN ini. Dengan keduanya Anda dapat "
		  "menanyakan perkembangan aduan di kantor, lewat telepon, atau di halaman "
		  "\xe2\x80\x9c"
		  "Aduan saya\xe2\x80\x9d pada situs kantor ini. Jangan berikan "
		  "PIN kepada orang lain.</p>\n"
		  "<p>Bila jawabannya belum membantu, Anda berhak meminta aduan ini dibuka "
		  "kembali.</p>\n");
	html(out,
		"<div class=\"signature\"><p>Petugas penerima</p><div>%s</div></div>\n</section>\n",
		request->officer.name);
}

int intake_receipt(struct request *request, const json_t *complaint, const char *pin, bool seen)
{
	struct page page;

	int error = paper_begin(request, &page, "Tanda terima aduan");
	if (error < 0)
		return error;
	if (pin)
		html(page.out, "<p class=\"right screen\" role=\"status\">Aduan tersimpan. "
			       "Bacakan atau cetak nomor dan PIN ini sekarang: PIN tidak "
			       "ditunjukkan lagi.</p>\n");
	paper(page.out, request, complaint, pin);
	html(page.out, "<p class=\"help screen\">Untuk mencetak di kertas A4 atau A5, pakai "
		       "perintah Cetak pada peramban (Ctrl+P).</p>\n<ul class=\"links\">");
	if (seen)
		html(page.out, "<li><a href=\"/complaints/%s\">Buka aduan ini</a></li>",
			record_words(complaint, "uuid"));
	else
		html(page.out, "<li>Aduan ini tentang kantor ini: pimpinan yang "
			       "menanganinya.</li>");
	html(page.out, "<li><a href=\"/intake\">Catat aduan lain</a></li></ul>\n");
	return desk_answer(request, &page, MHD_HTTP_OK);
}

int intake_get_receipt(struct request *request)
{
	autojson json_t *complaint = NULL;

	int error = complaint_find(request->db, request->part, desk_view(request), &complaint);
	if (error == -ENOENT)
		return answer_error(request, MHD_HTTP_NOT_FOUND, decision_refusal(error));
	return error < 0 ? error : intake_receipt(request, complaint, NULL, true);
}
