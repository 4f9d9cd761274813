/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a complainant says at the counter, by telephone or letter: more about it, how content they
 * are, that it be opened again or withdrawn, that their name be kept. Typed in by an officer; what
 * changes the complaint's state is told to its kiosk, and so to the number that it came from.
 */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/decision.h"
#include "tools/ppidd/desk_intake.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/survey.h"

static void begin_form(struct request *request, FILE *out, const json_t *complaint,
	const char *what, const char *title)
{
	char once[UUID_SIZE];

	uuid_new(once);
	html(out,
		"<section class=\"card\"><h2>%s</h2>\n"
		"<form method=\"post\" action=\"/complaints/%s/reply\">",
		title, record_words(complaint, "uuid"));
	desk_form_token(request, out);
	html(out,
		"<input type=\"hidden\" name=\"once\" value=\"%s\">"
		"<input type=\"hidden\" name=\"what\" value=\"%s\">\n"
		"<label for=\"via-%s\">Disampaikan lewat</label>\n"
		"<select id=\"via-%s\" name=\"via\" required>\n",
		once, what, what, what);
	intake_channels(out, "face");
	html(out, "</select>\n");
}

static void reason_field(FILE *out, const char *what, const char *label, const char *typed)
{
	html(out,
		"<label for=\"text-%s\">%s</label>\n"
		"<input id=\"text-%s\" name=\"text\" maxlength=\"500\" value=\"%s\">\n",
		what, label, what, typed);
}

static void details_form(struct request *request, FILE *out, const json_t *complaint,
	enum complaint_state state, const char *typed)
{
	begin_form(request, out, complaint, "details",
		state == STATE_INCOMPLETE ? "Jawaban atas pertanyaan kita" : "Keterangan tambahan");
	html(out,
		"<label for=\"text-details\">Yang dikatakan pengadu</label>\n"
		"<textarea id=\"text-details\" name=\"text\" rows=\"4\" "
		"maxlength=\"4000\">%s</textarea>\n"
		"<label for=\"name\">Nama, bila baru diketahui</label>\n"
		"<input id=\"name\" name=\"name\" autocomplete=\"off\" maxlength=\"100\">\n"
		"<label for=\"address\">Alamat, bila baru diketahui</label>\n"
		"<input id=\"address\" name=\"address\" autocomplete=\"off\" maxlength=\"300\">\n",
		typed);
	/* The number that a kiosk knows somebody by is the kiosk's. */
	if (record_number(complaint, "kiosk") == DESK_KIOSK)
		html(out, "<label for=\"contact\">Nomor HP, email atau akun, bila berubah</label>\n"
			  "<input id=\"contact\" name=\"contact\" autocomplete=\"off\" "
			  "maxlength=\"100\">\n");
	if (state == STATE_INCOMPLETE)
		html(out,
			"<p class=\"help\">Aduan menjadi <em>%s</em> dan waktunya berjalan "
			"lagi.</p>\n",
			word_state("received"));
	html(out, "<button>Simpan keterangan</button></form></section>\n");
}

static void rating_form(struct request *request, FILE *out, const json_t *complaint)
{
	begin_form(request, out, complaint, "rating", "Kepuasan pengadu");
	html(out, "<label for=\"rating\">Apakah jawabannya membantu?</label>\n"
		  "<select id=\"rating\" name=\"rating\" required>\n");
	intake_option(out, "", "Pilih nilai", "");
	for (int64_t i = RATING_BEST; i >= RATING_WORST; i--) {
		char value[24], words[64];
		snprintf(value, sizeof(value), "%lld", (long long)i);
		snprintf(words, sizeof(words), "%lld: %s", (long long)i, word_rating(i));
		intake_option(out, value, words, "");
	}
	html(out, "</select>\n");
	reason_field(out, "rating", "Kata pengadu (boleh kosong)", "");
	html(out, "<button class=\"second\">Simpan penilaian</button></form></section>\n");
}

static void step_form(struct request *request, FILE *out, const json_t *complaint, const char *what,
	const char *title, const char *button)
{
	begin_form(request, out, complaint, what, title);
	reason_field(out, what, "Alasan pengadu", "");
	html(out, "<button class=\"second\">%s</button></form></section>\n", button);
}

static void secret_form(struct request *request, FILE *out, const json_t *complaint)
{
	bool on = json_is_true(json_object_get(complaint, "confidential"));

	begin_form(request, out, complaint, on ? "open" : "secret", "Kerahasiaan");
	html(out,
		"<p class=\"help\">%s</p>\n<button class=\"second\">%s</button></form>"
		"</section>\n",
		on ? "Identitas pengadu sekarang dirahasiakan."
		   : "Nama, alamat dan nomor lalu hanya dilihat penerima aduan dan pimpinan.",
		on ? "Pengadu tidak lagi minta dirahasiakan" : "Pengadu minta dirahasiakan");
}

static void fill_page(struct request *request, FILE *out, const json_t *complaint,
	enum complaint_state state, const char *wrong, const char *typed)
{
	bool ended = state == STATE_REFERRED || state == STATE_WITHDRAWN;

	if (wrong)
		html(out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", wrong);
	html(out,
		"<p><a href=\"/complaints/%s\">Aduan %s</a> <span class=\"state "
		"%s\">%s</span></p>\n"
		"<p>Untuk yang dikatakan pengadu sendiri di kantor, lewat telepon, surat dan "
		"sebagainya. Mintalah nomor tiket dan PIN-nya, supaya pasti orangnya.</p>\n"
		"<blockquote class=\"text\">%s</blockquote>\n",
		record_words(complaint, "uuid"), record_words(complaint, "ticket"),
		state_name(state), word_state(state_name(state)), record_words(complaint, "text"));
	if (complaint_gone(complaint)) {
		html(out, "<p class=\"hint\">Data pribadi aduan ini sudah dihapus; tidak ada lagi "
			  "yang dapat ditambahkan.</p>\n");
		return;
	}
	if (!ended)
		details_form(request, out, complaint, state, typed);
	if (state == STATE_RESOLVED || state == STATE_CLOSED)
		rating_form(request, out, complaint);
	if (state_may_follow(state, STATE_REOPENED))
		step_form(request, out, complaint, "reopened", "Belum membantu",
			"Buka kembali aduan ini");
	if (state_may_follow(state, STATE_WITHDRAWN))
		step_form(
			request, out, complaint, "withdrawn", "Dicabut pengadu", "Cabut aduan ini");
	secret_form(request, out, complaint);
}

static int show_page(struct request *request, unsigned status, const char *wrong, const char *typed)
{
	autojson json_t *complaint = NULL;
	enum complaint_state state;
	struct page page;

	int error = complaint_find(request->db, request->part, desk_view(request), &complaint);
	if (error == -ENOENT)
		return answer_error(request, MHD_HTTP_NOT_FOUND, decision_refusal(error));
	if (error >= 0 && !state_from_name(record_words(complaint, "state"), &state))
		error = -EBADMSG;
	if (error >= 0)
		error = desk_begin(request, &page, "Kabar dari pengadu", "/complaints", 0, NULL);
	if (error < 0)
		return error;
	fill_page(request, page.out, complaint, state, wrong, typed ? typed : "");
	return desk_answer(request, &page, status);
}

int intake_get_reply(struct request *request)
{
	return show_page(request, MHD_HTTP_OK, NULL, NULL);
}

static int do_details(
	struct request *request, const struct step *step, const struct decision *decision)
{
	autofree char *name = request_field(request, "name");
	autofree char *address = request_field(request, "address");
	autofree char *contact = request_field(request, "contact");
	const struct details details = { .name = name, .address = address, .contact = contact };

	return decide_details(request->db, step, decision, &details, NULL);
}

static int do_rating(
	struct request *request, const struct step *step, const struct decision *decision)
{
	autofree char *rating = request_field(request, "rating");
	bool one = rating && strlen(rating) == 1;

	return decide_rating(request->db, step, decision, one ? *rating - '0' : 0, NULL);
}

static int do_reply(struct request *request, const char *what, const struct step *step,
	const struct decision *decision)
{
	if (strcmp(what, "details") == 0)
		return do_details(request, step, decision);
	if (strcmp(what, "rating") == 0)
		return do_rating(request, step, decision);
	if (strcmp(what, "reopened") == 0)
		return decide_state(request->db, step, decision, STATE_REOPENED, NULL);
	if (strcmp(what, "withdrawn") == 0)
		return decide_state(request->db, step, decision, STATE_WITHDRAWN, NULL);
	if (strcmp(what, "secret") == 0 || strcmp(what, "open") == 0)
		return decide_confidential(
			request->db, step, decision, strcmp(what, "secret") == 0, NULL);
	return -EDOM;
}

static int replied(struct request *request, int error, const char *text)
{
	char location[128];

	if (error < 0 && error != -EALREADY) {
		bool away = error == -EBUSY || error == -EIO;
		unsigned status = error == -EPERM ? MHD_HTTP_CONFLICT
				  : away	  ? MHD_HTTP_SERVICE_UNAVAILABLE
						  : MHD_HTTP_BAD_REQUEST;
		return show_page(
			request, status, decision_refusal(error), error == -EILSEQ ? NULL : text);
	}
	server_wake(request->server);
	snprintf(location, sizeof(location), "/complaints/%s?done=reply", request->part);
	return answer_redirect(request, location);
}

int intake_post_reply(struct request *request)
{
	autofree char *what = request_field(request, "what");
	autofree char *via = request_field(request, "via");
	autofree char *text = request_field(request, "text");
	autofree char *once = request_field(request, "once");
	char actor[DESK_ACTOR_SIZE];
	const struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	const struct decision decision = { .complaint = request->part,
		.once = once,
		.text = text,
		.view = desk_view(request),
		.via = via };
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	if (!what || !via || !intake_known_channel(via))
		return replied(request, -EDOM, text);
	return replied(request, do_reply(request, what, &step, &decision), text);
}
