/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The second factor: set up by a QR code or by typing, asked for after the password. */
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "tools/ppidd/desk_account.h"

#define GROUP 4

static void code_field(FILE *out, const char *label, const char *help)
{
	html(out,
		"<label for=\"code\">%s</label>\n<input id=\"code\" name=\"code\" "
		"autocomplete=\"one-time-code\" autocapitalize=\"none\" required maxlength=\"20\" "
		"aria-describedby=\"code-help\">\n<p id=\"code-help\" class=\"help\">%s</p>\n",
		label, help);
}

/* otpauth://totp/OFFICE:NAME?secret=…&issuer=OFFICE; caller frees. NULL without memory. */
static char *otpauth(const struct request *request, const char *secret)
{
	autofree char *office = html_query_escape(request->config->office);
	autofree char *name = html_query_escape(request->officer.name);
	char *uri = NULL;

	if (!office || !name ||
		asprintf(&uri, "otpauth://totp/%s:%s?secret=%s&issuer=%s", office, name, secret,
			office) < 0)
		return NULL;
	return uri;
}

static int show_secret(struct request *request, FILE *out)
{
	char hex[TOTP_SECRET_HEX], secret[TOTP_BASE32_SIZE];

	int error = account_factor_offer(request->db, request->session, hex);
	if (error >= 0)
		error = totp_secret_words(hex, secret);
	if (error < 0)
		return error;
	autofree char *uri = otpauth(request, secret);
	if (!uri)
		return -ENOMEM;
	html(out, "<ol>\n<li>Pasang di HP sebuah aplikasi kode, misalnya FreeOTP atau Google "
		  "Authenticator.</li>\n<li>Dengan aplikasi itu, potret gambar ini:\n");
	error = totp_qr(
		out, uri, "Kode QR untuk aplikasi di HP; isinya sama dengan kunci di bawah");
	html(out, "Atau ketik kunci ini di aplikasi: <strong class=\"secret\">");
	for (size_t i = 0; secret[i]; i++)
		fprintf(out, "%s%c", i > 0 && i % GROUP == 0 ? " " : "", secret[i]);
	html(out, "</strong></li>\n<li>Isi di sini kode 6 angka yang ditunjukkan aplikasi.</li>\n"
		  "</ol>\n");
	sodium_memzero(hex, sizeof(hex));
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(uri, strlen(uri));
	return error;
}

static int factor_page(struct request *request, unsigned status, const char *wrong)
{
	struct page page;

	int error = desk_begin(request, &page, "Pasang kode dari HP", "/account", 0, NULL);
	if (error < 0)
		return error;
	if (wrong)
		html(page.out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", wrong);
	if (request->officer.step == LOGIN_FACTOR)
		html(page.out, "<p>Pengelola masuk dengan kata sandi dan kode dari HP. Pasang dulu "
			       "kodenya.</p>\n");
	html(page.out, "<div class=\"card\">\n");
	error = show_secret(request, page.out);
	desk_account_form(request, page.out, "/account/factor");
	code_field(page.out, "Kode 6 angka dari HP", "Kode berganti setiap 30 detik.");
	desk_password_field(page.out, "password", "Kata sandi Anda", "current-password");
	html(page.out, "<button>Pasang</button></form>\n");
	desk_account_leave(request, page.out);
	html(page.out, "</div>\n");
	if (error >= 0)
		return desk_answer(request, &page, status);
	if (page_end(&page) >= 0)
		free(page.text);
	return error;
}

int desk_get_factor(struct request *request)
{
	return factor_page(request, MHD_HTTP_OK, NULL);
}

static int show_recovery(
	struct request *request, char recovery[static RECOVERY_CODES][RECOVERY_SIZE])
{
	struct page page;

	/* It is set up, so that the menu is there again. */
	request->officer.step = LOGIN_DONE;
	int error = desk_begin(request, &page, "Kode dari HP terpasang", "/account", 0, NULL);
	if (error < 0)
		return error;
	html(page.out,
		"<section class=\"card\"><h2>Kode cadangan</h2>\n<p>Tulis kode ini di kertas dan "
		"simpan di tempat aman. Bila HP hilang, tiap kode dapat dipakai masuk satu kali. "
		"Kode ini hanya ditunjukkan sekali.</p>\n<ul>\n");
	for (int i = 0; i < RECOVERY_CODES; i++)
		html(page.out, "<li><code class=\"recovery\">%s</code></li>\n", recovery[i]);
	html(page.out, "</ul>\n<p><a href=\"/complaints\">Sudah saya tulis, lanjut</a></p>"
		       "</section>\n");
	return desk_answer(request, &page, MHD_HTTP_OK);
}

/* The password once more: whoever finds a desk left open can't take the account over. */
static int own_password(struct request *request)
{
	autofree char *password = request_field(request, "password");

	if (!password)
		return -EACCES;
	int error = officer_check(
		request->db, request->officer.name, password, request->address, request->now_ms);
	sodium_memzero(password, strlen(password));
	return error;
}

static int password_refused(struct request *request, int error)
{
	return factor_page(request, desk_account_status(error),
		error == -EACCES ? "Kata sandi salah." : desk_account_refusal(error));
}

int desk_post_factor(struct request *request)
{
	autofree char *code = NULL;
	char recovery[RECOVERY_CODES][RECOVERY_SIZE], actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, false, &error))
		return error;
	code = request_field(request, "code");
	error = own_password(request);
	if (error < 0)
		return password_refused(request, error);
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	error = account_factor_confirm(request->db, &step, request->officer.name, request->session,
		code ? code : "", recovery);
	if (error == -EACCES)
		return factor_page(request, MHD_HTTP_BAD_REQUEST,
			"Kode itu tidak cocok. Tunggu kode berikutnya di HP, dan periksa jam HP.");
	if (error < 0)
		return error;
	error = show_recovery(request, recovery);
	sodium_memzero(recovery, sizeof(recovery));
	return error;
}

int desk_post_factor_off(struct request *request)
{
	char actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, false, &error))
		return error;
	if (role_needs_factor(request->officer.role))
		return answer_error(
			request, MHD_HTTP_CONFLICT, "Pengelola selalu masuk dengan kode dari HP.");
	error = own_password(request);
	if (error < 0)
		return password_refused(request, error);
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	error = account_drop_factor(request->db, &step, request->officer.name);
	return error < 0 ? error : answer_redirect(request, "/login");
}

static int code_page(struct request *request, unsigned status, const char *wrong)
{
	struct page page;

	if (request->officer.step != LOGIN_CODE)
		return answer_redirect(request, "/complaints");
	int error = desk_begin(request, &page, "Kode dari HP", NULL, 0, NULL);
	if (error < 0)
		return error;
	if (wrong)
		html(page.out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", wrong);
	html(page.out, "<div class=\"card narrow\">\n");
	desk_account_form(request, page.out, "/login/code");
	code_field(page.out, "Kode 6 angka dari HP",
		"HP hilang? Isi salah satu kode cadangan, atau tanyakan kepada pengelola.");
	html(page.out, "<button>Masuk</button></form>\n");
	desk_account_leave(request, page.out);
	html(page.out, "</div>\n");
	return desk_answer(request, &page, status);
}

int desk_get_code(struct request *request)
{
	return code_page(request, MHD_HTTP_OK, NULL);
}

int desk_post_code(struct request *request)
{
	autofree char *code = NULL;
	char token[TOKEN_SIZE], actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, false, &error))
		return error;
	if (request->officer.step != LOGIN_CODE)
		return answer_redirect(request, "/complaints");
	code = request_field(request, "code");
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	error = account_second_step(request->db, &step, request->officer.name, request->session,
		code ? code : "", token);
	if (error == -EACCES)
		return code_page(request, MHD_HTTP_BAD_REQUEST,
			"Kode itu salah atau sudah dipakai. Tunggu kode berikutnya di HP.");
	if (error == -EAGAIN)
		return code_page(request, MHD_HTTP_TOO_MANY_REQUESTS, desk_account_refusal(error));
	if (error < 0)
		return error;
	error = desk_session_cookie(request, token);
	return error < 0 ? error : answer_redirect(request, "/complaints");
}
