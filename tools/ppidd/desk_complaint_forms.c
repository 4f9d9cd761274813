/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be done about a complaint, the next step first. */
#include <string.h>

#include "tools/ppidd/case.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/desk_case.h"
#include "tools/ppidd/desk_complaint.h"
#include "tools/ppidd/desk_opensid.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/record.h"

#define TIME_WORDS 40

struct choice {
	const char *value, *words;
};

static const struct choice kinds[] = { { "finding", "Temuan" }, { "solution", "Penyelesaian" },
	{ "internal", "Catatan intern" } };
static const struct choice causes[] = { { "administrative", "Kesalahan administrasi" },
	{ "procedure", "Prosedur tidak jelas" }, { "technical", "Gangguan teknis" },
	{ "other", "Lain-lain" } };

static const char *word_of(const struct choice *list, size_t count, const char *value)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].value, value) == 0)
			return list[i].words;
	}
	return value;
}

const char *desk_word_note(const char *kind)
{
	return word_of(kinds, ARRAY_SIZE(kinds), kind);
}

const char *desk_word_cause(const char *cause)
{
	return word_of(causes, ARRAY_SIZE(causes), cause);
}

static void option(FILE *out, const char *value, const char *words, bool chosen)
{
	html(out, "<option value=\"%s\"", value);
	fputs(chosen ? " selected" : "", out);
	html(out, ">%s</option>\n", words);
}

/* The beginning of a form: its token, and an id that makes a second press do nothing. */
static void form_head(struct request *request, FILE *out, const char *uuid, const char *action)
{
	char once[UUID_SIZE];

	uuid_new(once);
	html(out, "<form method=\"post\" action=\"/complaints/%s/%s\">", uuid, action);
	desk_form_token(request, out);
	html(out, "<input type=\"hidden\" name=\"once\" value=\"%s\">\n", once);
}

static const char *typed(const struct form_state *form, const char *name)
{
	return form->form && strcmp(form->form, name) == 0 && form->text ? form->text : "";
}

/* How the words come to the complainant. */
static const char *way_of(const json_t *complaint)
{
	if (record_number(complaint, "kiosk") == DESK_KIOSK)
		return "Disampaikan sendiri oleh petugas: dibacakan, diserahkan atau dikirim; "
		       "suratnya dapat dicetak.";
	return json_is_true(json_object_get(complaint, "read_at_kiosk"))
		       ? "Dibaca pengadu di kiosk dengan nomor tiket dan PIN."
		       : "Dikirim sebagai SMS; satu SMS memuat 160 huruf.";
}

/* "N others report the same": one answer for those that are ticked. */
static void similar(FILE *out, const json_t *list)
{
	char time[TIME_WORDS];
	size_t i;
	json_t *item;

	if (json_array_size(list) == 0)
		return;
	html(out,
		"<fieldset class=\"similar\"><legend>%lld aduan lain yang mirip</legend>\n"
		"<p class=\"help\">Yang dicentang mendapat jawaban yang sama.</p>\n",
		(long long)json_array_size(list));
	json_array_foreach (list, i, item) {
		html(out,
			"<div class=\"tick\"><input type=\"checkbox\" id=\"also-%lld\" "
			"name=\"also-%lld\" value=\"%s\"><label for=\"also-%lld\">"
			"<span class=\"ticket\">%s</span> %s "
			"<span class=\"meta\">%s · %s</span></label></div>\n",
			(long long)i, (long long)i, record_words(item, "uuid"), (long long)i,
			record_words(item, "ticket"), record_words(item, "text"),
			word_state(record_words(item, "state")),
			word_time(record_text(item, "created"), time));
	}
	html(out, "</fieldset>\n");
}

static void answer_form(struct request *request, FILE *out, const struct complaint_page *parts,
	enum complaint_state state, const struct form_state *form)
{
	const json_t *complaint = parts->complaint;
	const char *words = typed(form, "answer");
	const json_t *proposal =
		state_open(state) && !*words ? desk_opensid_proposal(parts->history) : NULL;

	if (proposal)
		words = record_words(json_object_get(proposal, "personal"), "text");
	html(out, "<section class=\"card\"><h2>%s</h2>\n",
		state_open(state) ? "Jawab" : "Jawab lagi");
	desk_opensid_hint(out, proposal);
	form_head(request, out, record_words(complaint, "uuid"), "answer");
	html(out,
		"<label for=\"answer\">Jawaban untuk pengadu</label>\n"
		"<textarea id=\"answer\" name=\"text\" rows=\"5\" required maxlength=\"1500\" "
		"aria-describedby=\"answer-help\">%s</textarea>\n"
		"<p id=\"answer-help\" class=\"help\">%s "
		"Aduan menjadi <em>%s</em>.</p>\n",
		words, way_of(complaint), word_state("resolved"));
	similar(out, parts->similar);
	html(out, "<button>Kirim jawaban</button></form></section>\n");
}

static void question_form(
	struct request *request, FILE *out, const char *uuid, const struct form_state *form)
{
	html(out, "<section class=\"card\"><h2>Tanya pengadu</h2>\n");
	form_head(request, out, uuid, "question");
	html(out,
		"<label for=\"question\">Pertanyaan</label>\n"
		"<textarea id=\"question\" name=\"text\" rows=\"3\" required maxlength=\"1500\" "
		"aria-describedby=\"question-help\">%s</textarea>\n"
		"<p id=\"question-help\" class=\"help\">Aduan menjadi <em>%s</em>; balasannya "
		"masuk ke tiket ini.</p>\n<button class=\"second\">Kirim "
		"pertanyaan</button></form></section>\n",
		typed(form, "question"), word_state("incomplete"));
}

static void verify_form(struct request *request, FILE *out, const char *uuid)
{
	html(out,
		"<section class=\"card\"><h2>Verifikasi</h2>\n"
		"<p>Apakah keterangannya lengkap, dan apakah ini urusan kantor ini? Kalau belum "
		"lengkap, tanyakan kepada pengadu. Kalau bukan urusan kantor ini, alihkan.</p>\n");
	form_head(request, out, uuid, "verify");
	html(out, "<button>Lengkap dan urusan kita</button></form></section>\n");
}

static void referral_form(
	struct request *request, FILE *out, const char *uuid, const struct form_state *form)
{
	html(out, "<section class=\"card\"><h2>Alihkan ke instansi lain</h2>\n");
	form_head(request, out, uuid, "refer");
	html(out,
		"<label for=\"office\">Nama instansi</label>\n"
		"<input id=\"office\" name=\"office\" required maxlength=\"50\">\n"
		"<label for=\"refer\">Alasan (boleh kosong)</label>\n"
		"<input id=\"refer\" name=\"text\" maxlength=\"500\" value=\"%s\" "
		"aria-describedby=\"refer-help\">\n"
		"<p id=\"refer-help\" class=\"help\">Pengadu diberi tahu nama instansinya. Aduan "
		"ini berakhir di sini.</p>\n"
		"<button class=\"second\">Alihkan</button></form></section>\n",
		typed(form, "refer"));
}

static void category_form(struct request *request, FILE *out, const json_t *complaint)
{
	static const char *const categories[] = { "access", "quality", "procedure", "other" };
	static const char *const abouts[] = { "office", "official", "agency", "other" };
	const char *category = record_words(complaint, "category");
	const char *about = record_words(complaint, "about");

	html(out, "<section class=\"card\"><h2>Kategori</h2>\n");
	form_head(request, out, record_words(complaint, "uuid"), "category");
	html(out, "<label for=\"category\">Kategori aduan</label>\n"
		  "<select id=\"category\" name=\"category\" required>\n");
	if (!*category)
		option(out, "", "Pilih kategori", true);
	for (size_t i = 0; i < ARRAY_SIZE(categories); i++)
		option(out, categories[i], word_category(categories[i]),
			strcmp(category, categories[i]) == 0);
	html(out, "</select>\n<label for=\"about\">Tentang siapa</label>\n"
		  "<select id=\"about\" name=\"about\" aria-describedby=\"about-help\">\n");
	option(out, "", "Tidak disebut", !*about);
	for (size_t i = 0; i < ARRAY_SIZE(abouts); i++)
		option(out, abouts[i], word_about(abouts[i]), strcmp(about, abouts[i]) == 0);
	html(out, "</select>\n<p id=\"about-help\" class=\"help\">Aduan tentang kantor ini atau "
		  "petugasnya hanya dilihat pimpinan.</p>\n"
		  "<button class=\"second\">Simpan kategori</button></form></section>\n");
}

static void assign_form(
	struct request *request, FILE *out, const json_t *complaint, const json_t *officers)
{
	const char *present = record_words(complaint, "officer");
	size_t i;
	json_t *officer;

	html(out, "<section class=\"card\"><h2>Petugas</h2>\n");
	form_head(request, out, record_words(complaint, "uuid"), "assign");
	html(out, "<label for=\"officer\">Petugas yang bertanggung jawab</label>\n"
		  "<select id=\"officer\" name=\"officer\" required>\n");
	if (!*present)
		option(out, "", "Pilih petugas", true);
	json_array_foreach (officers, i, officer) {
		const char *name = record_words(officer, "name");
		option(out, name, name, strcmp(name, present) == 0);
	}
	html(out, "</select>\n");
	fputs(*present ? "<button class=\"second\">" : "<button>", out);
	html(out, "%s</button></form></section>\n", *present ? "Ganti petugas" : "Tugaskan");
}

static void note_form(
	struct request *request, FILE *out, const char *uuid, const struct form_state *form)
{
	html(out, "<section class=\"card\"><h2>Catat penanganan</h2>\n");
	form_head(request, out, uuid, "note");
	html(out, "<label for=\"kind\">Jenis catatan</label>\n"
		  "<select id=\"kind\" name=\"kind\">\n");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		option(out, kinds[i].value, kinds[i].words, i == 0);
	html(out, "</select>\n<label for=\"cause\">Penyebab masalah</label>\n"
		  "<select id=\"cause\" name=\"cause\">\n");
	option(out, "", "Belum diketahui, atau seperti semula", true);
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		option(out, causes[i].value, causes[i].words, false);
	html(out,
		"</select>\n<label for=\"note\">Catatan</label>\n"
		"<textarea id=\"note\" name=\"text\" rows=\"4\" required maxlength=\"4000\" "
		"aria-describedby=\"note-help\">%s</textarea>\n"
		"<p id=\"note-help\" class=\"help\">Hanya untuk kantor; tidak dikirim kepada "
		"pengadu.</p>\n<button class=\"second\">Simpan catatan</button></form></section>\n",
		typed(form, "note"));
}

static void extend_form(
	struct request *request, FILE *out, const json_t *complaint, const struct form_state *form)
{
	enum case_kind kind = case_kind_of(complaint);

	html(out, "<section class=\"card\"><h2>Perpanjang waktu</h2>\n");
	form_head(request, out, record_words(complaint, "uuid"), "extend");
	html(out,
		"<label for=\"extend\">Alasan</label>\n"
		"<input id=\"extend\" name=\"text\" required maxlength=\"500\" value=\"%s\" "
		"aria-describedby=\"extend-help\">\n"
		"<p id=\"extend-help\" class=\"help\">Dari %lld menjadi %lld hari kerja. Pengadu "
		"diberi tahu alasannya.</p>\n"
		"<button class=\"second\">Perpanjang</button></form></section>\n",
		typed(form, "extend"), (long long)deadline_rules()->of[kind].days,
		(long long)deadline_rules()->of[kind].extended);
}

/* The ends, and the way back: what the other forms don't lead to. */
static void state_form(struct request *request, FILE *out, const char *uuid,
	enum complaint_state state, const struct form_state *form)
{
	static const enum complaint_state ends[] = { STATE_CLOSED, STATE_REOPENED,
		STATE_WITHDRAWN };

	html(out, "<section class=\"card\"><h2>%s</h2>\n",
		state_open(state) ? "Cabut atas permintaan pengadu" : "Tutup atau buka kembali");
	form_head(request, out, uuid, "state");
	html(out,
		"<label for=\"to\">Status baru</label>\n<select id=\"to\" name=\"to\" required>\n");
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (state_may_follow(state, ends[i]))
			option(out, state_name(ends[i]), word_state(state_name(ends[i])), false);
	}
	html(out,
		"</select>\n<label for=\"reason\">Alasan</label>\n"
		"<input id=\"reason\" name=\"text\" maxlength=\"500\" value=\"%s\">\n"
		"<button class=\"second\">Ubah status</button></form></section>\n",
		typed(form, "state"));
}

/* What the complainant says of the answer, and the button to ask for it. */
static void survey_form(
	struct request *request, FILE *out, const json_t *complaint, enum complaint_state state)
{
	const char *surveyed = record_text(complaint, "surveyed");
	int64_t rating = record_number(complaint, "rating");
	char time[TIME_WORDS];

	if ((state != STATE_RESOLVED && state != STATE_CLOSED) ||
		strcmp(record_words(complaint, "channel"), "sms") != 0)
		return;
	html(out, "<section class=\"card\"><h2>Kepuasan pengadu</h2>\n");
	if (rating != 0)
		html(out, "<p>%lld dari 5: %s.</p>\n", (long long)rating, word_rating(rating));
	else if (surveyed)
		html(out, "<p>Sudah ditanyakan %s; belum dijawab.</p>\n",
			word_time(surveyed, time));
	if (!surveyed) {
		form_head(request, out, record_words(complaint, "uuid"), "survey");
		html(out, "<p class=\"help\">Pengadu ditanyai lewat SMS apakah jawabannya "
			  "membantu, kalau ia bersedia menerima kabar dari kantor.</p>\n"
			  "<button class=\"second\">Tanyakan kepuasan</button></form>");
	}
	html(out, "</section>\n");
}

/* Of those who verify. */
static void intake_forms(struct request *request, FILE *out, const struct complaint_page *parts,
	enum complaint_state state, const struct form_state *form)
{
	const char *uuid = record_words(parts->complaint, "uuid");

	if (!officer_may(&request->officer, RIGHT_INTAKE) || !state_open(state))
		return;
	/* An objection is verified once it is known to what, and why. */
	if (state == STATE_RECEIVED && case_named(parts->complaint) && !case_late(parts->complaint))
		verify_form(request, out, uuid);
	desk_case_form(request, out, parts->complaint, form);
	if (decision_may_ask(state))
		question_form(request, out, uuid, form);
	if (desk_case_decides(request, parts->complaint))
		referral_form(request, out, uuid, form);
	category_form(request, out, parts->complaint);
}

/* Of those who handle it. */
static void handle_forms(struct request *request, FILE *out, const struct complaint_page *parts,
	enum complaint_state state, const struct form_state *form)
{
	const char *uuid = record_words(parts->complaint, "uuid");
	bool verified = state_open(state) && state != STATE_RECEIVED && state != STATE_INCOMPLETE;
	bool decides = desk_case_decides(request, parts->complaint);

	if (!officer_may(&request->officer, RIGHT_HANDLE))
		return;
	if (verified && decides)
		assign_form(request, out, parts->complaint, parts->officers);
	if (decision_may_answer(state) && decides &&
		(case_named(parts->complaint) || case_late(parts->complaint)))
		answer_form(request, out, parts, state, form);
	survey_form(request, out, parts->complaint, state);
	if (state_may_follow(state, STATE_REOPENED))
		state_form(request, out, uuid, state, form);
	note_form(request, out, uuid, form);
	if (state_open(state) &&
		record_number(parts->complaint, "working_days") <
			deadline_rules()->of[case_kind_of(parts->complaint)].extended)
		extend_form(request, out, parts->complaint, form);
	if (state_open(state))
		state_form(request, out, uuid, state, form);
}

void desk_complaint_forms(struct request *request, FILE *out, const struct complaint_page *parts,
	const struct form_state *form)
{
	enum complaint_state state;

	if (!state_from_name(record_words(parts->complaint, "state"), &state) ||
		complaint_gone(parts->complaint))
		return;
	html(out, "<div class=\"forms\" id=\"langkah\">\n");
	/* What is to be decided next stands first. */
	bool verify_first = state == STATE_RECEIVED || state == STATE_INCOMPLETE;
	if (verify_first)
		intake_forms(request, out, parts, state, form);
	handle_forms(request, out, parts, state, form);
	if (!verify_first)
		intake_forms(request, out, parts, state, form);
	html(out, "</div>\n");
}
