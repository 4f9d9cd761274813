/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One's own account: password, second factor, and where one is logged in. */
#include "tools/ppidd/desk_account.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "tools/ppidd/record.h"

#define TIME_WORDS 40

const char *desk_step_page(enum login_step step)
{
	switch (step) {
	case LOGIN_CODE:
		return "/login/code";
	case LOGIN_PASSWORD:
		return "/account/password";
	case LOGIN_FACTOR:
		return "/account/factor";
	case LOGIN_DONE:
		break;
	}
	return NULL;
}

void desk_account_form(struct request *request, FILE *out, const char *action)
{
	html(out, "<form method=\"post\" action=\"%s\">", action);
	desk_form_token(request, out);
	html(out, "\n");
}

void desk_account_leave(struct request *request, FILE *out)
{
	if (request->officer.step == LOGIN_DONE)
		return;
	desk_account_form(request, out, "/logout");
	html(out, "<button class=\"second\">Batal dan keluar</button></form>\n");
}

void desk_password_field(FILE *out, const char *name, const char *label, const char *complete)
{
	html(out,
		"<label for=\"%s\">%s</label>\n<input id=\"%s\" name=\"%s\" type=\"password\" "
		"autocomplete=\"%s\" required maxlength=\"200\">\n",
		name, label, name, name, complete);
}

const char *desk_account_refusal(int error)
{
	switch (error) {
	case -EACCES:
		return "Kata sandi lama salah.";
	case -EAGAIN:
		return "Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.";
	case -EINVAL:
		return "Kata sandi baru harus 8 sampai 200 huruf.";
	case -EEXIST:
		return "Kata sandi baru harus berbeda dari yang lama.";
	default:
		return "Sedang tidak dapat disimpan. Coba lagi.";
	}
}

unsigned desk_account_status(int error)
{
	if (error == -EAGAIN)
		return MHD_HTTP_TOO_MANY_REQUESTS;
	return error == -EBUSY || error == -EIO ? MHD_HTTP_SERVICE_UNAVAILABLE
						: MHD_HTTP_BAD_REQUEST;
}

static void session_item(FILE *out, const json_t *session)
{
	char started[TIME_WORDS], used[TIME_WORDS];

	html(out, "<li>Masuk %s, terakhir dipakai %s, dari alamat %s%s</li>\n",
		word_time(record_text(session, "started"), started),
		word_time(record_text(session, "used"), used), record_words(session, "address"),
		json_is_true(json_object_get(session, "this")) ? " (yang ini)" : "");
}

static void show_sessions(struct request *request, FILE *out, const json_t *sessions)
{
	size_t i;
	json_t *session;

	html(out, "<section class=\"card\"><h2>Sedang masuk di</h2>\n<ul>\n");
	json_array_foreach (sessions, i, session) {
		session_item(out, session);
	}
	html(out, "</ul>\n<p class=\"help\">Akun keluar sendiri setelah 2 jam tidak dipakai, atau "
		  "12 jam sesudah masuk.</p>\n");
	if (json_array_size(sessions) > 1) {
		desk_account_form(request, out, "/account/sessions");
		html(out, "<button class=\"second\">Keluarkan dari tempat lain</button></form>\n");
	}
	html(out, "</section>\n");
}

static void show_factor(struct request *request, FILE *out, bool active, int64_t codes_left)
{
	html(out, "<section class=\"card\"><h2>Kode dari HP</h2>\n");
	if (!active) {
		html(out, "<p>Belum dipakai. Dengan kode dari HP, kata sandi yang ketahuan orang "
			  "lain tidak cukup untuk masuk.</p>\n"
			  "<p><a href=\"/account/factor\">Pasang kode dari HP</a></p></section>\n");
		return;
	}
	html(out,
		"<p>Dipakai. Kode cadangan yang tersisa: %lld.</p>\n"
		"<p><a href=\"/account/factor\">Pasang lagi, dengan HP atau kode cadangan "
		"baru</a></p>\n",
		(long long)codes_left);
	if (!role_needs_factor(request->officer.role)) {
		desk_account_form(request, out, "/account/factor/off");
		desk_password_field(out, "password", "Kata sandi Anda", "current-password");
		html(out, "<button class=\"second\">Berhenti memakai kode</button></form>\n");
	}
	html(out, "</section>\n");
}

static const char *done_words(const char *done)
{
	if (!done)
		return NULL;
	if (strcmp(done, "password") == 0)
		return "Kata sandi sudah diganti.";
	if (strcmp(done, "sessions") == 0)
		return "Akun ini sudah dikeluarkan dari tempat lain.";
	return NULL;
}

int desk_get_account(struct request *request)
{
	autojson json_t *sessions = NULL;
	const char *done = done_words(request_argument(request, "done"));
	int64_t codes_left = 0;
	struct page page;

	int factor = account_factor(request->db, request->officer.name, &codes_left);
	int error = factor < 0 ? factor
			       : account_sessions(request->db, request->officer.name,
					 request->session, request->now_ms, &sessions);
	if (error >= 0)
		error = desk_begin(request, &page, "Akun saya", "/account", 0, NULL);
	if (error < 0)
		return error;
	if (done)
		html(page.out, "<p class=\"right\" role=\"status\">%s</p>\n", done);
	html(page.out,
		"<section class=\"card\"><dl><div><dt>Nama</dt><dd>%s</dd></div>"
		"<div><dt>Peran</dt><dd>%s</dd></div></dl>\n"
		"<p><a href=\"/account/password\">Ganti kata sandi</a></p></section>\n",
		request->officer.name, word_role(request->officer.role));
	show_factor(request, page.out, factor > 0, codes_left);
	show_sessions(request, page.out, sessions);
	return desk_answer(request, &page, MHD_HTTP_OK);
}

static int password_page(struct request *request, unsigned status, const char *wrong)
{
	struct page page;

	int error = desk_begin(request, &page, "Ganti kata sandi", "/account", 0, NULL);
	if (error < 0)
		return error;
	if (wrong)
		html(page.out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", wrong);
	if (request->officer.step == LOGIN_PASSWORD)
		html(page.out, "<p>Kata sandi Anda dibuat oleh pengelola. Ganti dengan yang hanya "
			       "Anda yang tahu.</p>\n");
	html(page.out, "<div class=\"card narrow\">\n");
	desk_account_form(request, page.out, "/account/password");
	desk_password_field(page.out, "old", "Kata sandi lama", "current-password");
	desk_password_field(
		page.out, "password", "Kata sandi baru, 8 huruf atau lebih", "new-password");
	desk_password_field(page.out, "again", "Kata sandi baru, sekali lagi", "new-password");
	html(page.out, "<button>Ganti</button></form>\n");
	desk_account_leave(request, page.out);
	html(page.out, "</div>\n");
	return desk_answer(request, &page, status);
}

int desk_get_password(struct request *request)
{
	return password_page(request, MHD_HTTP_OK, NULL);
}

static void wipe(char *text)
{
	if (text)
		sodium_memzero(text, strlen(text));
}

int desk_post_password(struct request *request)
{
	autofree char *old = NULL, *wanted = NULL, *again = NULL;
	char actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, false, &error))
		return error;
	old = request_field(request, "old");
	wanted = request_field(request, "password");
	again = request_field(request, "again");
	bool same = old && wanted && again && strcmp(wanted, again) == 0;
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	if (same)
		error = account_change_password(request->db, &step, &request->officer,
			request->session, request->address, old, wanted);
	wipe(old);
	wipe(wanted);
	wipe(again);
	if (!same)
		return password_page(request, MHD_HTTP_BAD_REQUEST,
			"Isi kata sandi lama, dan kata sandi baru dua kali yang sama.");
	if (error < 0)
		return password_page(
			request, desk_account_status(error), desk_account_refusal(error));
	return answer_redirect(request, "/account?done=password");
}

int desk_post_sessions(struct request *request)
{
	char actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, false, &error))
		return error;
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	error = account_end_others(request->db, &step, request->officer.name, request->session);
	return error < 0 ? error : answer_redirect(request, "/account?done=sessions");
}
