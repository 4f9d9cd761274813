/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One ticket's whole file, to be read, printed or taken away: for heads, auditors, administrators.
 */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/chain.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/desk_complaint.h"
#include "tools/ppidd/desk_intake.h"
#include "tools/ppidd/dossier.h"
#include "tools/ppidd/record.h"

#define TIME_WORDS 40
#define REASON_SIZE 1024
/* So that a page stays small; the others follow on pages of their own. */
#define EVENTS_A_PAGE 50
#define READINGS_SHOWN 50

static const json_t *part(const json_t *file, const char *key)
{
	return json_object_get(file, key);
}

static void fact(FILE *out, const char *label, const char *words)
{
	if (words && *words)
		html(out, "<div><dt>%s</dt><dd>%s</dd></div>\n", label, words);
}

static void time_fact(FILE *out, const char *label, const json_t *record, const char *key)
{
	char time[TIME_WORDS];

	fact(out, label, word_time(record_text(record, key), time));
}

static void facts(FILE *out, const json_t *file)
{
	const json_t *complaint = part(file, "complaint");
	bool kept = json_is_true(part(file, "identity_kept"));

	html(out,
		"<section class=\"card\"><h2>Aduan</h2>\n<blockquote class=\"text\">%s"
		"</blockquote>\n<dl>\n",
		record_text(complaint, "text") ? record_words(complaint, "text")
					       : "(isi sudah dihapus)");
	fact(out, "Nomor tiket", record_text(complaint, "ticket"));
	fact(out, "Pengenal", record_text(complaint, "uuid"));
	fact(out, "Status", word_state(record_words(complaint, "state")));
	fact(out, "Nama", kept ? DESK_KEPT : record_text(complaint, "name"));
	fact(out, "Alamat", kept ? DESK_KEPT : record_text(complaint, "address"));
	fact(out, "Kontak", kept ? DESK_KEPT : record_text(complaint, "from"));
	if (json_is_true(part(complaint, "confidential")))
		fact(out, "Rahasia", "ya, diminta pengadu");
	fact(out, "Melalui", word_channel(record_words(complaint, "channel")));
	fact(out, "Kotak", record_text(complaint, "kiosk_name"));
	fact(out, "Kategori", word_category(record_text(complaint, "category")));
	fact(out, "Tentang", word_about(record_text(complaint, "about")));
	fact(out, "Petugas", record_text(complaint, "officer"));
	if (record_text(complaint, "cause"))
		fact(out, "Penyebab", desk_word_cause(record_words(complaint, "cause")));
	fact(out, "Dialihkan ke", record_text(complaint, "referred_to"));
	time_fact(out, "Diterima", complaint, "created");
	time_fact(out, "Dihitung sejak", complaint, "counted");
	time_fact(out, "Batas waktu", complaint, "due");
	time_fact(out, "Dijawab", complaint, "resolved");
	if (record_number(complaint, "rating") != 0)
		fact(out, "Penilaian", word_rating(record_number(complaint, "rating")));
	html(out, "</dl></section>\n");
}

/* The log that an event stands in. */
static void log_name(FILE *out, int64_t source)
{
	if (source == SERVER_SOURCE)
		fputs("server", out);
	else
		html(out, "kotak %lld", (long long)source);
}

struct sums {
	long long events, wrong, erased, broken, around;
};

static struct sums sum_up(const json_t *file)
{
	struct sums sums = { 0 };
	size_t i;
	json_t *item;

	json_array_foreach (part(file, "events"), i, item) {
		sums.events++;
		sums.wrong += strcmp(record_words(item, "hash_check"), "right") != 0 ||
			      strcmp(record_words(item, "personal_check"), "wrong") == 0;
		sums.erased += strcmp(record_words(item, "personal_check"), "erased") == 0;
	}
	json_array_foreach (part(file, "chain"), i, item) {
		sums.around += record_number(item, "events");
		sums.broken += record_text(item, "fault") != NULL;
	}
	return sums;
}

static void checks(FILE *out, const json_t *file)
{
	const struct sums sums = sum_up(file);
	size_t i;
	json_t *item;

	html(out, "<section class=\"card\"><h2>Pemeriksaan keaslian</h2>\n");
	if (sums.wrong + sums.broken == 0)
		html(out,
			"<p class=\"right\">Semua cocok: %lld catatan tiket ini dan %lld catatan "
			"di "
			"sekitarnya tidak berubah sejak ditulis.</p>\n",
			sums.events, sums.around);
	else
		html(out,
			"<p class=\"wrong\" role=\"alert\">Tidak cocok: %lld catatan berubah, %lld "
			"rangkaian putus. Jangan dipakai sebelum diperiksa.</p>\n",
			sums.wrong, sums.broken);
	if (sums.erased > 0)
		html(out,
			"<p>Data pribadi %lld catatan sudah dihapus menurut aturan; sidik "
			"catatannya tetap dapat diperiksa.</p>\n",
			sums.erased);
	json_array_foreach (part(file, "chain"), i, item) {
		if (!record_text(item, "fault"))
			continue;
		html(out, "<p class=\"wrong\">Rangkaian catatan ");
		log_name(out, record_number(item, "source"));
		html(out, " epoch %lld putus sesudah nomor %lld.</p>\n",
			(long long)record_number(item, "epoch"),
			(long long)record_number(item, "first") + record_number(item, "events") -
				1);
	}
	html(out, "<p class=\"help\">Sidik tiap catatan dihitung ulang dari isinya dan sidik "
		  "catatan sebelumnya. Seluruh catatan server diperiksa dengan perintah "
		  "<code>ppidctl verify</code>.</p></section>\n");
}

/* Those that the complaint's page leaves out: what kiosks write of their own work. */
static const char *event_words(const json_t *event)
{
	static const char *const words[][2] = {
		{ "complaint.state", "Kotak mengikuti: status menjadi" },
		{ "complaint.renumbered", "Kotak mengikuti: nomor tiket baru" },
		{ "message.queued", "Pesan untuk pengadu disiapkan" },
		{ "message.sent", "Pesan dikirim" },
		{ "message.delivered", "Pesan sampai" },
		{ "message.failed", "Pesan gagal" },
		{ "message.expired", "Pesan terlalu lama menunggu" },
	};
	const char *type = record_words(event, "type"), *told = desk_event_words(event);

	for (size_t i = 0; !told && i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i][0], type) == 0)
			told = words[i][1];
	}
	return told ? told : type;
}

static void event_body(FILE *out, const json_t *event)
{
	static const char *const keys[][2] = { { "name", "Nama: " }, { "address", "Alamat: " },
		{ "from", "Kontak: " }, { "reason", "Alasan: " } };
	const json_t *data = part(event, "data"), *body = part(part(event, "personal"), "body");
	bool message = strncmp(record_words(event, "type"), "message.", 8) == 0;
	char reason[REASON_SIZE];

	if (message)
		html(out, "<span class=\"text\">%s</span>",
			word_purpose(record_words(data, "purpose")));
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (*record_words(body, keys[i][0]))
			html(out, "<span class=\"text\">%s%s</span>", keys[i][1],
				record_words(body, keys[i][0]));
	}
	if (*record_words(body, "text") &&
		(!message || desk_may_show_message(record_words(data, "purpose"))))
		html(out, "<span class=\"text\">%s</span>", record_words(body, "text"));
	if (record_text(data, "reason")) {
		desk_reason(record_words(data, "reason"), reason, sizeof(reason));
		html(out, "<span class=\"text\">Alasan: %s</span>", reason);
	}
}

static void event_check(FILE *out, const json_t *item)
{
	static const char *const personal[][2] = { { "right", "data pribadi cocok" },
		{ "wrong", "DATA PRIBADI TIDAK COCOK" },
		{ "erased", "data pribadi sudah dihapus" } };
	bool right = strcmp(record_words(item, "hash_check"), "right") == 0;
	const char *check = record_words(item, "personal_check");

	html(out, "<div><span class=\"delivery %s\">sidik %s",
		right && strcmp(check, "wrong") != 0 ? "delivered" : "failed",
		right ? "cocok" : "TIDAK COCOK");
	for (size_t i = 0; i < ARRAY_SIZE(personal); i++) {
		if (strcmp(personal[i][0], check) == 0)
			html(out, ", %s", personal[i][1]);
	}
	html(out, "</span>\n");
}

static void one_event(FILE *out, const json_t *item)
{
	json_t *event = json_object_get(item, "event");
	char time[TIME_WORDS], taken[TIME_WORDS];

	if (!json_is_object(event)) {
		html(out, "<li><strong>Catatan yang tidak terbaca lagi</strong> ");
		event_check(out, item);
		html(out, "</div></li>\n");
		return;
	}
	bool guess = strcmp(record_words(event, "clock"), "guess") == 0;
	html(out, "<li><span class=\"meta\">%s \xc2\xb7 %s%s \xc2\xb7 log ",
		desk_who(record_words(event, "actor")), word_time(record_text(event, "time"), time),
		guess ? " (jam perkiraan)" : "");
	log_name(out, record_number(item, "source"));
	html(out, " %lld/%lld", (long long)record_number(event, "epoch"),
		(long long)record_number(event, "seq"));
	if (record_number(item, "source") != SERVER_SOURCE)
		html(out, ", tiba %s", word_time(record_text(item, "taken"), taken));
	html(out, "</span>");
	desk_event_headline(out, event, event_words(event));
	if (strcmp(record_words(event, "type"), "complaint.state") == 0 && !desk_event_words(event))
		html(out, " %s", word_state(record_words(part(event, "data"), "to")));
	if (json_is_true(part(item, "restated")))
		html(out, " (diulang setelah pemulihan)");
	event_body(out, event);
	event_check(out, item);
	html(out, "<code>%s</code></div></li>\n", record_words(event, "hash"));
}

static void events(FILE *out, const json_t *file, size_t first)
{
	const json_t *list = part(file, "events");
	size_t count = json_array_size(list), last = first + EVENTS_A_PAGE;

	html(out, "<section class=\"card\"><h2>Semua catatan</h2>\n<ol class=\"history\">\n");
	for (size_t i = first; i < count && i < last; i++) {
		json_t *item = json_array_get(list, i);
		/* Where it stands tells whether it is a kiosk's echo of an officer's decision. */
		json_object_set(
			json_object_get(item, "event"), "source", json_object_get(item, "source"));
		one_event(out, item);
	}
	html(out, "</ol></section>\n");
	if (count <= EVENTS_A_PAGE)
		return;
	html(out, "<nav class=\"pages\" aria-label=\"Halaman\">");
	for (size_t i = 0; i < count; i += EVENTS_A_PAGE) {
		html(out, "<a href=\"file?from=%lld\"", (long long)i);
		fputs(i == first ? " aria-current=\"page\"" : "", out);
		html(out, ">Catatan %lld\xe2\x80\x93%lld</a> ", (long long)i + 1,
			(long long)(i + EVENTS_A_PAGE < count ? i + EVENTS_A_PAGE : count));
	}
	html(out, "</nav>\n");
}

static void commands(FILE *out, const json_t *file)
{
	char time[TIME_WORDS], reason[REASON_SIZE];
	size_t i;
	json_t *item;

	if (json_array_size(part(file, "commands")) == 0)
		return;
	html(out, "<section class=\"card\"><h2>Perintah</h2>\n<ul class=\"history\">\n");
	json_array_foreach (part(file, "commands"), i, item) {
		const char *state = record_words(item, "state");
		desk_reason(record_words(item, "refused"), reason, sizeof(reason));
		html(out,
			"<li><span class=\"meta\">%s \xc2\xb7 %s</span><strong>%s%s%s</strong> "
			"%s%s%s</li>\n",
			desk_who(record_words(item, "actor")),
			word_time(record_text(item, "created"), time),
			desk_word_command(record_words(item, "type")),
			record_text(item, "to") ? ": " : "", word_state(record_text(item, "to")),
			strcmp(state, "done") == 0	? "dijalankan"
			: strcmp(state, "refused") == 0 ? "ditolak"
							: "menunggu diambil kotak",
			*reason ? ": " : "", reason);
	}
	html(out, "</ul></section>\n");
}

static void notes(FILE *out, const json_t *file)
{
	char time[TIME_WORDS];
	size_t i;
	json_t *item;

	if (json_array_size(part(file, "notes")) == 0)
		return;
	html(out, "<section class=\"card\"><h2>Catatan penanganan</h2>\n<ul class=\"history\">\n");
	json_array_foreach (part(file, "notes"), i, item) {
		html(out,
			"<li><span class=\"meta\">%s \xc2\xb7 %s</span><strong>%s</strong>"
			"<span class=\"text\">%s</span></li>\n",
			desk_who(record_words(item, "officer")),
			word_time(record_text(item, "created"), time),
			desk_word_note(record_words(item, "kind")),
			record_text(item, "text") ? record_words(item, "text")
						  : "(isi sudah dihapus)");
	}
	html(out, "</ul></section>\n");
}

static void handovers(FILE *out, const json_t *file)
{
	char time[TIME_WORDS];
	size_t i;
	json_t *item;

	if (json_array_size(part(file, "handovers")) == 0)
		return;
	html(out, "<section class=\"card\"><h2>Disampaikan petugas</h2>\n<ul class=\"history\">\n");
	json_array_foreach (part(file, "handovers"), i, item) {
		const char *how = record_text(item, "how");
		html(out, "<li><strong>%s</strong>: %s", intake_kind(record_words(item, "kind")),
			how ? intake_how(how) : "belum disampaikan");
		if (how)
			html(out, " %s, dicatat %s", word_date(record_text(item, "handed"), time),
				desk_who(record_words(item, "officer")));
		html(out, "</li>\n");
	}
	html(out, "</ul></section>\n");
}

static void readings(FILE *out, const json_t *file)
{
	const json_t *list = part(file, "readings");
	char time[TIME_WORDS];
	size_t i;
	json_t *item;

	html(out, "<section class=\"card\"><h2>Siapa membaca</h2>\n<ul class=\"history\">\n");
	json_array_foreach (list, i, item) {
		if (i == READINGS_SHOWN)
			break;
		html(out, "<li>%s \xc2\xb7 %s \xc2\xb7 %s</li>\n", record_words(item, "officer"),
			word_time(record_text(item, "read"), time),
			desk_word_reading(record_words(item, "what")));
	}
	html(out, "</ul>\n");
	if (json_array_size(list) > READINGS_SHOWN)
		html(out, "<p><a href=\"/readings?ticket=%s\">Selebihnya</a></p>\n",
			record_words(part(file, "complaint"), "ticket"));
	html(out, "</section>\n");
}

static int file_page(struct request *request, const json_t *file)
{
	const json_t *complaint = part(file, "complaint");
	char title[64], made[TIME_WORDS];
	int64_t first = 0;
	struct page page;

	if (request_integer(request, "from", 0, INT32_MAX, 0, &first) < 0)
		first = 0;
	first -= first % EVENTS_A_PAGE;
	snprintf(title, sizeof(title), "Berkas tiket %s", record_words(complaint, "ticket"));
	int error = paper_begin(request, &page, title);
	if (error < 0)
		return error;
	html(page.out,
		"<ul class=\"links\"><li><a href=\"/complaints/%s\">Kembali ke aduan</a></li>"
		"<li><a href=\"/complaints/%s/file.json\">Unduh JSON</a></li></ul>\n"
		"<p class=\"help screen\">Untuk mencetak, pakai perintah Cetak pada peramban "
		"(Ctrl+P).</p>\n<p class=\"help\">%s, keadaan pada %s, dibuka oleh %s.</p>\n",
		record_words(complaint, "uuid"), record_words(complaint, "uuid"),
		request->config->office, word_time(record_text(file, "made"), made),
		request->officer.name);
	if (first == 0) {
		facts(page.out, file);
		checks(page.out, file);
		notes(page.out, file);
		handovers(page.out, file);
	}
	events(page.out, file, (size_t)first);
	if (first == 0) {
		commands(page.out, file);
		readings(page.out, file);
	}
	return desk_answer(request, &page, MHD_HTTP_OK);
}

static int read_file(struct request *request, json_t **file)
{
	int error = dossier_collect(
		request->db, request->part, desk_view(request), request->now_ms, file);

	if (error == -ENOENT)
		error = answer_error(request, MHD_HTTP_NOT_FOUND, decision_refusal(error));
	return error;
}

static int get_file(struct request *request)
{
	autojson json_t *file = NULL;

	int error = read_file(request, &file);
	return error < 0 || !file ? error : file_page(request, file);
}

static int get_json(struct request *request)
{
	json_t *file = NULL;

	int error = read_file(request, &file);
	return error < 0 || !file ? error : answer_json(request, MHD_HTTP_OK, file);
}

const struct route dossier_routes[] = {
	{ "GET", "/complaints/*/file", ROUTE_DESK, 0, get_file, RIGHT_AUDIT, READS_COMPLAINT },
	{ "GET", "/complaints/*/file.json", ROUTE_DESK, 0, get_json, RIGHT_AUDIT, READS_COMPLAINT },
	{ NULL, NULL, ROUTE_PUBLIC, 0, NULL, RIGHT_NONE, READS_NOTHING },
};
