/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How erasures look. Of complaints only numbers, states and days stand here. */
#include <string.h>

#include "tools/ppidd/desk_retention.h"
#include "tools/ppidd/record.h"

#define TIME_WORDS 40

static const struct {
	const char *value, *words;
} reasons[] = {
	{ "complainant", "Permintaan pengadu sendiri" },
	{ "guardian", "Permintaan wali atau ahli warisnya" },
	{ "mistake", "Data orang lain, salah catat" },
	{ "order", "Perintah atasan atau pengadilan" },
	{ "repeated", "Diulang setelah cadangan dikembalikan" },
};

static const char *word_reason(const char *reason)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (strcmp(reasons[i].value, reason) == 0)
			return reasons[i].words;
	}
	return reason;
}

/* The day of a moment; "" for 0. */
static const char *day_of(int64_t time_ms, char out[static TIME_WORDS])
{
	char time[TIME_SIZE];

	if (time_ms <= 0)
		return "";
	time_format(time_ms, time);
	return word_date(time, out);
}

static void what_goes(FILE *out)
{
	html(out,
		"<p>Dihapus: nama, alamat, nomor, PIN, isi aduan, jawaban, pesan, dan catatan, di "
		"server dan di kotak. Tetap ada: nomor tiket, tanggal, status, kategori, lama "
		"penanganan, dan penilaian. Yang sudah dihapus tidak dapat dikembalikan.</p>\n");
}

static void rule(FILE *out, const struct retention_parts *parts)
{
	char day[TIME_WORDS];

	html(out, "<section class=\"card\"><h2>Aturan</h2>\n");
	if (parts->months == 0)
		html(out, "<p><strong>Data pribadi tidak dihapus dengan sendirinya.</strong> Isi "
			  "erase_after_months pada ppidd.conf supaya dihapus setelah sekian "
			  "bulan.</p>\n");
	else
		html(out,
			"<p>Data pribadi dihapus <strong>%lld bulan</strong> setelah aduan selesai "
			"(dijawab, ditutup, dialihkan, atau dicabut) dan tidak ada kegiatan lagi: "
			"sekarang yang terakhir disentuh sebelum <strong>%s</strong>. Server "
			"memeriksanya setiap hari.</p>\n",
			(long long)parts->months, day_of(parts->limit_ms, day));
	what_goes(out);
	html(out, "</section>\n");
}

static void due_list(struct request *request, FILE *out, const struct retention_parts *parts)
{
	const struct retention_due *due = &parts->due;
	char day[TIME_WORDS];
	size_t i;
	json_t *item;

	if (parts->months == 0)
		return;
	html(out,
		"<section class=\"card\"><h2>Berikutnya</h2>\n<p>Yang sudah waktunya: "
		"<strong>%lld aduan</strong>.",
		(long long)due->count);
	if (due->next_ms > 0)
		html(out, " Yang berikutnya baru dihapus %lld bulan setelah %s.",
			(long long)parts->months, day_of(due->next_ms, day));
	html(out, "</p>\n<ul class=\"history\">\n");
	json_array_foreach (due->list, i, item) {
		html(out,
			"<li><a href=\"/complaints/%s\">%s</a> <span class=\"state %s\">%s</span> "
			"<span class=\"meta\">terakhir disentuh %s</span></li>\n",
			record_words(item, "uuid"), record_words(item, "ticket"),
			record_words(item, "state"), word_state(record_words(item, "state")),
			word_date(record_text(item, "updated"), day));
	}
	html(out, "</ul>\n");
	if (due->count > (int64_t)json_array_size(due->list))
		html(out, "<p class=\"help\">dan %lld lainnya.</p>\n",
			(long long)(due->count - (int64_t)json_array_size(due->list)));
	if (due->count > 0) {
		html(out, "<form method=\"post\" action=\"/retention/due\">");
		desk_form_token(request, out);
		html(out, "<button class=\"second\">Hapus sekarang …</button></form>\n");
	}
	html(out, "</section>\n");
}

static void request_form(struct request *request, FILE *out, const char *ticket)
{
	html(out, "<section class=\"card\"><h2>Atas permintaan</h2>\n"
		  "<form method=\"post\" action=\"/retention/ticket\">");
	desk_form_token(request, out);
	html(out,
		"<label for=\"ticket\">Nomor tiket</label>\n"
		"<input id=\"ticket\" name=\"ticket\" inputmode=\"numeric\" autocomplete=\"off\" "
		"required maxlength=\"36\" value=\"%s\" aria-describedby=\"ticket-help\">\n"
		"<p id=\"ticket-help\" class=\"help\">Aduan yang masih berjalan dicabut "
		"dahulu.</p>\n<label for=\"reason\">Siapa yang meminta</label>\n"
		"<select id=\"reason\" name=\"reason\" required>\n"
		"<option value=\"\">Pilih</option>\n",
		ticket ? ticket : "");
	for (size_t i = 0; i + 1 < ARRAY_SIZE(reasons); i++)
		html(out, "<option value=\"%s\">%s</option>\n", reasons[i].value, reasons[i].words);
	html(out, "</select>\n<button class=\"second\">Hapus data tiket ini …</button></form>"
		  "</section>\n");
}

static void copies(FILE *out, const struct erase_copies *count)
{
	if (count->waiting > 0)
		html(out,
			"<p class=\"hint\">%lld penghapusan menunggu diambil kotaknya: salinan di "
			"kotak dihapus begitu kotak terhubung.</p>\n",
			(long long)count->waiting);
	if (count->refused > 0)
		html(out,
			"<p class=\"wrong\">%lld penghapusan ditolak kotak, biasanya karena "
			"perangkat lunaknya lama. Perbarui kotak itu: sesudahnya server memintanya "
			"sekali lagi.</p>\n",
			(long long)count->refused);
}

static void forgotten_list(struct request *request, FILE *out, const json_t *list)
{
	size_t i;
	json_t *item;

	if (json_array_size(list) == 0)
		return;
	html(out, "<section class=\"card\"><h2>Perlu dihapus lagi</h2>\n"
		  "<p>Menurut kotaknya, data aduan ini sudah pernah dihapus atas perintah server, "
		  "tetapi di sini masih ada: rupanya cadangan lama dikembalikan.</p>\n"
		  "<ul class=\"history\">\n");
	json_array_foreach (list, i, item) {
		html(out, "<li><a href=\"/complaints/%s\">%s</a></li>\n",
			record_words(item, "uuid"), record_words(item, "ticket"));
	}
	html(out, "</ul>\n<form method=\"post\" action=\"/retention/again\">");
	desk_form_token(request, out);
	html(out, "<button>Hapus lagi</button></form></section>\n");
}

static void erasure_log(FILE *out, const json_t *log)
{
	char time[TIME_WORDS];
	size_t i;
	json_t *item;

	html(out, "<section class=\"card\"><h2>Yang sudah dihapus</h2>\n");
	if (json_array_size(log) == 0)
		html(out, "<p class=\"empty\">Belum ada.</p>\n");
	html(out, "<ul class=\"history\">\n");
	json_array_foreach (log, i, item) {
		bool by_rule = strcmp(record_words(item, "kind"), ERASE_RULE) == 0;
		html(out,
			"<li><span class=\"meta\">%s · %s</span><a href=\"/complaints/%s\">%s</a> "
			"%s</li>\n",
			desk_who(record_words(item, "actor")),
			word_time(record_text(item, "time"), time), record_words(item, "complaint"),
			record_words(item, "ticket"),
			by_rule ? "Menurut aturan" : word_reason(record_words(item, "reason")));
	}
	html(out, "</ul></section>\n");
}

static const char *done_words(const char *done)
{
	if (done && strcmp(done, "due") == 0)
		return "Yang sudah waktunya dihapus.";
	if (done && strcmp(done, "ticket") == 0)
		return "Data pribadi tiket itu dihapus.";
	return done && strcmp(done, "again") == 0 ? "Dihapus lagi." : NULL;
}

void desk_retention_page(struct request *request, FILE *out, const struct retention_parts *parts,
	const struct retention_form *form)
{
	const char *said = done_words(form->done);

	if (form->wrong)
		html(out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", form->wrong);
	else if (said)
		html(out, "<p class=\"right\" role=\"status\">%s</p>\n", said);
	copies(out, &parts->copies);
	forgotten_list(request, out, parts->forgotten);
	html(out, "<div class=\"columns\">\n<div>\n");
	rule(out, parts);
	request_form(request, out, form->ticket);
	html(out, "</div>\n<div>\n");
	due_list(request, out, parts);
	erasure_log(out, parts->log);
	html(out, "</div>\n</div>\n");
}

void desk_retention_confirm(
	struct request *request, FILE *out, const struct retention_confirm *asked)
{
	const json_t *complaint = asked->complaint;
	const char *state = record_words(complaint, "state");
	char day[TIME_WORDS];

	html(out, "<section class=\"card\"><h2>Hapus data pribadi ini?</h2>\n");
	if (complaint)
		html(out,
			"<p>Tiket <strong>%s</strong>, <span class=\"state %s\">%s</span>, "
			"diterima "
			"%s. %s.</p>\n",
			record_words(complaint, "ticket"), state, word_state(state),
			word_date(record_text(complaint, "created"), day),
			word_reason(asked->reason));
	else
		html(out,
			"<p><strong>%lld aduan</strong> yang sudah waktunya menurut aturan.</p>\n",
			(long long)asked->count);
	what_goes(out);
	html(out, "<form method=\"post\" action=\"%s\">",
		complaint ? "/retention/ticket" : "/retention/due");
	desk_form_token(request, out);
	if (complaint)
		html(out,
			"<input type=\"hidden\" name=\"ticket\" value=\"%s\">"
			"<input type=\"hidden\" name=\"reason\" value=\"%s\">",
			record_words(complaint, "ticket"), asked->reason);
	html(out, "\n<button name=\"do\" value=\"erase\">Hapus untuk selamanya</button></form>\n"
		  "<p><a href=\"/retention\">Jangan dihapus, kembali</a></p></section>\n");
}
