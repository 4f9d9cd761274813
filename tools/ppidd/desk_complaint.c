/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One complaint: what is known and what was done. */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/calendar.h"
#include "tools/ppidd/complaint.h"
#include "tools/ppidd/deadline.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/desk_case.h"
#include "tools/ppidd/desk_complaint.h"
#include "tools/ppidd/desk_intake.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/handover.h"
#include "tools/ppidd/note.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/work.h"

#define TIME_WORDS 40
#define RATING_WORDS 64
#define CATEGORY_WORDS 160

static void fact(FILE *out, const char *key, const char *value)
{
	html(out, "<div><dt>%s</dt><dd>%s</dd></div>\n", key, value && *value ? value : "–");
}

/* Name, address and number; the query has left out what the reader may not see. */
static void identity(struct request *request, FILE *out, const json_t *complaint)
{
	bool confidential = json_is_true(json_object_get(complaint, "confidential"));
	bool sees = officer_may(&request->officer, RIGHT_IDENTITY);
	static const struct {
		const char *label, *key;
	} parts[] = { { "Nama", "name" }, { "Alamat", "address" }, { "Nomor", "from" } };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		const char *value = record_text(complaint, parts[i].key);
		if (confidential && !sees)
			value = DESK_KEPT;
		fact(out, parts[i].label, value);
	}
	if (confidential && sees)
		fact(out, "Rahasia", "Identitas ini tidak ditunjukkan kepada petugas lain.");
}

/* Only those whom it isn't about read this (L3): they take it one level up. */
static void about_office(FILE *out, const json_t *complaint)
{
	const char *about = record_words(complaint, "about");

	if (strcmp(about, "office") == 0 || strcmp(about, "official") == 0)
		html(out, "<p class=\"hint\">Aduan ini tentang kantor atau petugas sendiri: hanya "
			  "pimpinan dan pemeriksa yang melihatnya. Sebaiknya dialihkan ke "
			  "kapanewon atau inspektorat.</p>\n");
}

static void facts(
	struct request *request, FILE *out, const json_t *complaint, const json_t *history)
{
	char time[TIME_WORDS], rating[RATING_WORDS], category[CATEGORY_WORDS], due[DUE_WORDS];
	const char *state = record_words(complaint, "state");
	int64_t stars = record_number(complaint, "rating");

	const char *class = desk_due(complaint, request->now_ms, due);
	html(out, "<p><span class=\"state %s\">%s</span>", state, word_state(state));
	if (*due)
		html(out, " <span class=\"due %s\">%s</span>", class, due);
	html(out, "</p>\n");
	if (record_text(complaint, "erased"))
		html(out, "<p class=\"hint\">Data pribadi dihapus %s.</p>\n",
			word_date(record_text(complaint, "erased"), time));
	about_office(out, complaint);
	html(out, "<blockquote class=\"text\">%s</blockquote>\n",
		record_text(complaint, "text") ? record_text(complaint, "text")
					       : "(isi sudah dihapus)");
	desk_additions(out, history);
	desk_case_hint(out, complaint);
	html(out, "<dl>\n");
	desk_case_facts(out, complaint);
	identity(request, out, complaint);
	fact(out, "Diterima", word_time(record_text(complaint, "created"), time));
	fact(out, "Melalui", word_channel(record_words(complaint, "channel")));
	fact(out, "Kotak", record_text(complaint, "kiosk_name"));
	if (record_text(complaint, "category")) {
		snprintf(category, sizeof(category), "%s%s",
			word_category(record_text(complaint, "category")),
			record_text(complaint, "category_by") ? "" : " (menurut pengadu)");
		fact(out, "Kategori", category);
	}
	if (record_text(complaint, "about"))
		fact(out, "Tentang", word_about(record_text(complaint, "about")));
	if (record_text(complaint, "officer"))
		fact(out, "Petugas", record_text(complaint, "officer"));
	if (record_text(complaint, "cause"))
		fact(out, "Penyebab", desk_word_cause(record_text(complaint, "cause")));
	if (record_text(complaint, "referred_to"))
		fact(out, "Dialihkan ke", record_text(complaint, "referred_to"));
	if (stars != 0) {
		snprintf(rating, sizeof(rating), "★ %lld dari 5: %s", (long long)stars,
			word_rating(stars));
		fact(out, "Penilaian", rating);
	}
	html(out, "</dl>\n");
}

const char *desk_due(const json_t *complaint, int64_t now_ms, char out[static DUE_WORDS])
{
	char time[TIME_SIZE], date[TIME_WORDS];
	int64_t due_ms;

	out[0] = '\0';
	if (record_text(complaint, "stopped")) {
		snprintf(out, DUE_WORDS, "Waktu berhenti: menunggu pengadu sejak %s",
			word_date(record_text(complaint, "stopped"), date));
		return "waits";
	}
	if (time_parse(record_words(complaint, "due"), &due_ms) < 0)
		return "";
	/* Midnight belongs to the day after. */
	int64_t last = calendar_day(due_ms - 1), today = calendar_day(now_ms);
	long long late = (long long)calendar_between(last, today);
	long long left = (long long)calendar_between(today, last);
	time_format(due_ms - 1, time);
	word_date(time, date);
	if (today > last && late > 0)
		snprintf(out, DUE_WORDS, "Terlambat %lld hari kerja (batas %s)", late, date);
	else if (today > last)
		snprintf(out, DUE_WORDS, "Terlambat (batas %s)", date);
	else if (today == last)
		snprintf(out, DUE_WORDS, "Jatuh tempo hari ini");
	else
		snprintf(out, DUE_WORDS, "Sisa %lld hari kerja (sampai %s)", left, date);
	if (today > last)
		return "late";
	return left <= DEADLINE_WARNING_DAYS ? "soon" : "";
}

static void notes(FILE *out, const json_t *list)
{
	char time[TIME_WORDS];
	size_t i;
	json_t *note;

	if (json_array_size(list) == 0)
		return;
	html(out, "<section class=\"card\"><h2>Catatan penanganan</h2>\n"
		  "<ol class=\"history\">\n");
	json_array_foreach (list, i, note) {
		html(out,
			"<li><span class=\"meta\">%s · %s</span><strong>%s</strong>"
			"<span class=\"text\">%s</span></li>\n",
			desk_who(record_words(note, "officer")),
			word_time(record_text(note, "created"), time),
			desk_word_note(record_words(note, "kind")),
			record_text(note, "text") ? record_text(note, "text")
						  : "(isi sudah dihapus)");
	}
	html(out, "</ol></section>\n");
}

static const char *done_words(const char *done, bool desk)
{
	if (!done)
		return NULL;
	if (desk && (strcmp(done, "answer") == 0 || strcmp(done, "question") == 0 ||
			    strcmp(done, "refer") == 0 || strcmp(done, "extend") == 0))
		return "Tercatat. Sampaikan sendiri kepada pengadu, lalu catat caranya di sini.";
	if (strcmp(done, "handed") == 0)
		return "Tercatat bahwa itu sudah disampaikan.";
	if (strcmp(done, "reply") == 0)
		return "Kabar dari pengadu tercatat.";
	if (strcmp(done, "answer") == 0)
		return "Jawaban tercatat dan diteruskan ke kotak untuk dikirim.";
	if (strcmp(done, "question") == 0)
		return "Pertanyaan tercatat dan diteruskan ke kotak untuk dikirim.";
	if (strcmp(done, "survey") == 0)
		return "Pertanyaan kepuasan diteruskan ke kotak.";
	if (strcmp(done, "refer") == 0)
		return "Aduan dialihkan; pengadu diberi tahu instansinya.";
	if (strcmp(done, "extend") == 0)
		return "Waktu diperpanjang; pengadu diberi tahu alasannya.";
	if (strcmp(done, "assign") == 0)
		return "Petugas tercatat.";
	if (strcmp(done, "note") == 0)
		return "Catatan tersimpan.";
	if (strcmp(done, "kind") == 0)
		return "Jenis perkara tercatat; batas waktunya dihitung menurut jenisnya.";
	if (strcmp(done, "category") == 0)
		return "Kategori tercatat.";
	if (strcmp(done, "state") == 0 || strcmp(done, "verify") == 0)
		return "Status tercatat.";
	return NULL;
}

static int read_parts(struct request *request, struct complaint_page *parts)
{
	const char *uuid = record_words(parts->complaint, "uuid");
	const char *about = record_words(parts->complaint, "about");
	bool office = strcmp(about, "office") == 0 || strcmp(about, "official") == 0;
	bool objection = case_kind_of(parts->complaint) == CASE_OBJECTION;
	enum complaint_view view = desk_view(request);

	int error = complaint_history(request->db, uuid, view, &parts->history);
	if (error >= 0)
		error = complaint_messages(request->db, uuid, view, &parts->messages);
	if (error >= 0)
		error = complaint_commands(request->db, uuid, &parts->commands);
	if (error >= 0)
		error = note_list(request->db, uuid, &parts->notes);
	if (error >= 0)
		error = work_similar(
			request->db, parts->complaint, view, SIMILAR_MOST, &parts->similar);
	if (error >= 0)
		error = work_officers(request->db,
			objection ? RIGHT_OBJECTION
			: office  ? RIGHT_ABOUT_OFFICE
				  : RIGHT_HANDLE,
			&parts->officers);
	if (error >= 0)
		error = handover_list(request->db, uuid, &parts->handovers);
	return error;
}

static void free_parts(struct complaint_page *parts)
{
	json_decref(parts->complaint);
	json_decref(parts->history);
	json_decref(parts->messages);
	json_decref(parts->commands);
	json_decref(parts->notes);
	json_decref(parts->similar);
	json_decref(parts->officers);
	json_decref(parts->handovers);
}

/* To the one place where it is done, and looked at once more. */
static void erasure_link(struct request *request, FILE *out, const json_t *complaint)
{
	enum complaint_state state;

	if (officer_may(&request->officer, RIGHT_ADMINISTER) && !complaint_gone(complaint) &&
		state_from_name(record_words(complaint, "state"), &state) && !state_open(state))
		html(out,
			"<p><a href=\"/retention?ticket=%s\">Hapus data pribadi aduan "
			"ini</a></p>\n",
			record_words(complaint, "ticket"));
}

static void fill_page(struct request *request, struct page *page,
	const struct complaint_page *parts, const struct form_state *form)
{
	bool desk = record_number(parts->complaint, "kiosk") == DESK_KIOSK;
	const char *done = done_words(request_argument(request, "done"), desk);

	if (form->wrong)
		html(page->out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", form->wrong);
	else if (done)
		html(page->out, "<p class=\"right\" role=\"status\">%s</p>\n", done);
	desk_next_step(request, page->out, parts->complaint);
	html(page->out, "<div class=\"columns\">\n<div>\n<section class=\"card\">");
	facts(request, page->out, parts->complaint, parts->history);
	html(page->out, "</section>\n");
	intake_section(request, page->out, parts->complaint, parts->handovers);
	desk_complaint_forms(request, page->out, parts, form);
	erasure_link(request, page->out, parts->complaint);
	html(page->out, "</div>\n<div>\n");
	notes(page->out, parts->notes);
	desk_messages(page->out, parts->messages, parts->commands);
	desk_history(page->out, parts->history);
	html(page->out, "</div>\n</div>\n");
}

static int show_parts(struct request *request, unsigned status, struct complaint_page *parts,
	const struct form_state *form)
{
	struct page page;
	char title[64], reload[96];
	int64_t refresh_s = 0;

	if (request_integer(request, "refresh", 1, 60, 0, &refresh_s) < 0)
		refresh_s = 0;
	snprintf(title, sizeof(title), "Aduan %s", record_words(parts->complaint, "ticket"));
	snprintf(reload, sizeof(reload), "/complaints/%s?refresh=%lld&auto=1",
		record_words(parts->complaint, "uuid"), (long long)refresh_s);
	int error = read_parts(request, parts);
	if (error >= 0)
		error = desk_begin(request, &page, title, NULL, refresh_s, reload);
	if (error < 0)
		return error;
	fill_page(request, &page, parts, form);
	return desk_answer(request, &page, status);
}

int desk_show_complaint(struct request *request, unsigned status, const struct form_state *form)
{
	struct complaint_page parts = { 0 };

	int error =
		complaint_find(request->db, request->part, desk_view(request), &parts.complaint);
	if (error == -ENOENT)
		return answer_error(request, MHD_HTTP_NOT_FOUND, decision_refusal(error));
	if (error >= 0)
		error = show_parts(request, status, &parts, form);
	free_parts(&parts);
	return error;
}

int desk_get_complaint(struct request *request)
{
	static const struct form_state empty = { 0 };

	return desk_show_complaint(request, MHD_HTTP_OK, &empty);
}
