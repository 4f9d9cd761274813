/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One complaint: what is known, what was done, and the forms to do something. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "tools/ppidd/complaint.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/desk.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/survey.h"

#define TIME_WORDS 40
#define RATING_WORDS 64

struct form_state {
	const char *wrong; /* what was refused, or NULL */
	const char *text;  /* what was typed, so that it isn't lost */
	const char *form;  /* in which form: "state", "answer", "question" */
};

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
	return json_is_true(json_object_get(complaint, "read_at_kiosk"))
		       ? "Dibaca pengadu di kiosk dengan nomor tiket dan PIN."
		       : "Dikirim sebagai SMS; satu SMS memuat 160 huruf.";
}

static void answer_form(struct request *request, FILE *out, const json_t *complaint,
	enum complaint_state state, const struct form_state *form)
{
	html(out, "<section class=\"card\"><h2>%s</h2>\n",
		state_open(state) ? "Jawab" : "Jawab lagi");
	form_head(request, out, record_words(complaint, "uuid"), "answer");
	html(out,
		"<label for=\"answer\">Jawaban untuk pengadu</label>\n"
		"<textarea id=\"answer\" name=\"text\" rows=\"5\" required maxlength=\"1500\" "
		"aria-describedby=\"answer-help\">%s</textarea>\n"
		"<p id=\"answer-help\" class=\"help\">%s "
		"Aduan menjadi <em>%s</em>.</p>\n"
		"<button>Kirim jawaban</button></form></section>\n",
		typed(form, "answer"), way_of(complaint), word_state("resolved"));
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

static void state_form(struct request *request, FILE *out, const char *uuid,
	enum complaint_state state, const struct form_state *form)
{
	html(out, "<section class=\"card\"><h2>Ubah status</h2>\n");
	form_head(request, out, uuid, "state");
	html(out,
		"<label for=\"to\">Status baru</label>\n<select id=\"to\" name=\"to\" required>\n");
	for (int i = 0; i < STATE_COUNT; i++) {
		enum complaint_state to = (enum complaint_state)i;
		if (state_may_follow(state, to))
			html(out, "<option value=\"%s\">%s</option>\n", state_name(to),
				word_state(state_name(to)));
	}
	html(out,
		"</select>\n<label for=\"reason\">Alasan atau catatan</label>\n"
		"<input id=\"reason\" name=\"text\" maxlength=\"500\" value=\"%s\">\n"
		"<button class=\"second\">Ubah status</button></form></section>\n",
		typed(form, "state"));
}

static bool has_next(enum complaint_state state)
{
	for (int i = 0; i < STATE_COUNT; i++) {
		if (state_may_follow(state, (enum complaint_state)i))
			return true;
	}
	return false;
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

static void forms(
	struct request *request, FILE *out, const json_t *complaint, const struct form_state *form)
{
	const char *uuid = record_words(complaint, "uuid");
	enum complaint_state state;

	if (!officer_may_change(&request->officer) ||
		!state_from_name(record_words(complaint, "state"), &state))
		return;
	html(out, "<div class=\"forms\">\n");
	if (decision_may_answer(state))
		answer_form(request, out, complaint, state, form);
	survey_form(request, out, complaint, state);
	if (decision_may_ask(state))
		question_form(request, out, uuid, form);
	if (has_next(state))
		state_form(request, out, uuid, state, form);
	else
		html(out, "<p class=\"empty\">Aduan ini sudah berakhir.</p>\n");
	html(out, "</div>\n");
}

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

static void facts(
	struct request *request, FILE *out, const json_t *complaint, const json_t *history)
{
	char time[TIME_WORDS], rating[RATING_WORDS];
	const char *state = record_words(complaint, "state");
	int64_t stars = record_number(complaint, "rating");

	html(out, "<p><span class=\"state %s\">%s</span></p>\n", state, word_state(state));
	html(out, "<blockquote class=\"text\">%s</blockquote>\n",
		record_text(complaint, "text") ? record_text(complaint, "text")
					       : "(isi sudah dihapus)");
	desk_additions(out, history);
	html(out, "<dl>\n");
	identity(request, out, complaint);
	fact(out, "Diterima", word_time(record_text(complaint, "created"), time));
	fact(out, "Melalui", word_channel(record_words(complaint, "channel")));
	fact(out, "Kotak", record_text(complaint, "kiosk_name"));
	if (record_text(complaint, "category"))
		fact(out, "Kategori menurut pengadu",
			word_category(record_text(complaint, "category")));
	if (record_text(complaint, "about"))
		fact(out, "Tentang", word_about(record_text(complaint, "about")));
	if (stars != 0) {
		snprintf(rating, sizeof(rating), "★ %lld dari 5: %s", (long long)stars,
			word_rating(stars));
		fact(out, "Penilaian", rating);
	}
	html(out, "</dl>\n");
}

static const char *done_words(const char *done)
{
	if (!done)
		return NULL;
	if (strcmp(done, "answer") == 0)
		return "Jawaban tercatat dan diteruskan ke kotak untuk dikirim.";
	if (strcmp(done, "question") == 0)
		return "Pertanyaan tercatat dan diteruskan ke kotak untuk dikirim.";
	if (strcmp(done, "survey") == 0)
		return "Pertanyaan kepuasan diteruskan ke kotak.";
	if (strcmp(done, "state") == 0)
		return "Status tercatat.";
	return NULL;
}

static int fill_page(struct request *request, struct page *page, const json_t *complaint,
	const struct form_state *form)
{
	const char *done = done_words(request_argument(request, "done"));
	const char *uuid = record_words(complaint, "uuid");
	autojson json_t *history = NULL, *messages = NULL, *commands = NULL;

	int error = complaint_history(request->db, uuid, desk_view(request), &history);
	if (error >= 0)
		error = complaint_messages(request->db, uuid, desk_view(request), &messages);
	if (error >= 0)
		error = complaint_commands(request->db, uuid, &commands);
	if (error < 0)
		return error;
	if (form->wrong)
		html(page->out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", form->wrong);
	else if (done)
		html(page->out, "<p class=\"right\" role=\"status\">%s</p>\n", done);
	html(page->out, "<div class=\"columns\">\n<div>\n<section class=\"card\">");
	facts(request, page->out, complaint, history);
	html(page->out, "</section>\n");
	forms(request, page->out, complaint, form);
	html(page->out, "</div>\n<div>\n");
	desk_messages(page->out, messages, commands);
	desk_history(page->out, history);
	html(page->out, "</div>\n</div>\n");
	return 0;
}

static int show(struct request *request, unsigned status, const struct form_state *form)
{
	autojson json_t *complaint = NULL;
	struct page page;
	char title[64], reload[96];
	int64_t refresh_s = 0;

	int error = complaint_find(request->db, request->part, desk_view(request), &complaint);
	if (error == -ENOENT)
		return answer_error(request, MHD_HTTP_NOT_FOUND, decision_refusal(error));
	if (error >= 0 && request_integer(request, "refresh", 1, 60, 0, &refresh_s) < 0)
		refresh_s = 0;
	if (error < 0)
		return error;
	snprintf(title, sizeof(title), "Aduan %s", record_words(complaint, "ticket"));
	snprintf(reload, sizeof(reload), "/complaints/%s?refresh=%lld&auto=1",
		record_words(complaint, "uuid"), (long long)refresh_s);
	error = desk_begin(request, &page, title, NULL, refresh_s, reload);
	if (error < 0)
		return error;
	int filled = fill_page(request, &page, complaint, form);
	if (filled < 0) {
		if (page_end(&page) >= 0)
			free(page.text);
		return filled;
	}
	return desk_answer(request, &page, status);
}

int desk_get_complaint(struct request *request)
{
	static const struct form_state empty = { 0 };

	return show(request, MHD_HTTP_OK, &empty);
}

static int decided(struct request *request, int error, const char *form, const char *text)
{
	char location[128];

	if (error < 0 && error != -EALREADY) {
		struct form_state state = {
			.wrong = decision_refusal(error), .text = text, .form = form
		};
		bool conflict = error == -EPERM || error == -EEXIST;
		unsigned status = conflict	    ? MHD_HTTP_CONFLICT
				  : error == -EBUSY ? MHD_HTTP_SERVICE_UNAVAILABLE
						    : MHD_HTTP_BAD_REQUEST;
		/* A text that isn't UTF-8 can't be shown again. */
		if (error == -EILSEQ)
			state.text = NULL;
		return show(request, status, &state);
	}
	server_wake(request->server);
	snprintf(location, sizeof(location), "/complaints/%s?done=%s", request->part, form);
	return answer_redirect(request, location);
}

typedef int decider(struct db *db, const struct step *step, const struct decision *decision,
	json_t **complaint);

static int post_decision(struct request *request, const char *form, decider *decide)
{
	autofree char *text = NULL, *once = NULL;
	char actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	text = request_field(request, "text");
	once = request_field(request, "once");
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	struct decision decision = { .complaint = request->part, .once = once, .text = text };
	error = decide(request->db, &step, &decision, NULL);
	return decided(request, error, form, text);
}

int desk_post_answer(struct request *request)
{
	return post_decision(request, "answer", decide_answer);
}

int desk_post_question(struct request *request)
{
	return post_decision(request, "question", decide_question);
}

int desk_post_survey(struct request *request)
{
	return post_decision(request, "survey", decide_survey);
}

int desk_post_state(struct request *request)
{
	autofree char *to = NULL, *text = NULL, *once = NULL;
	char actor[DESK_ACTOR_SIZE];
	enum complaint_state state;
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	to = request_field(request, "to");
	text = request_field(request, "text");
	once = request_field(request, "once");
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	struct decision decision = { .complaint = request->part, .once = once, .text = text };
	error = to && state_from_name(to, &state)
			? decide_state(request->db, &step, &decision, state, NULL)
			: -EPERM;
	return decided(request, error, "state", text);
}
