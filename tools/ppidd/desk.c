/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/desk.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "base/log.h"
#include "tools/ppidd/desk_account.h"
#include "tools/ppidd/desk_complaint.h"

#define FORM_MOST 16384
#define LOGIN_COOKIE "ppidd_login"

static const char style[] = {
#include "gen/tools/ppidd/style.css.inc"
	0
};

int desk_begin(struct request *request, struct page *page, const char *title, const char *place,
	int64_t refresh_s, const char *refresh_url)
{
	char token[TOKEN_SIZE];
	struct page_head head = {
		.title = title,
		.office = request->config->office,
		.officer = *request->session && request->officer.step == LOGIN_DONE
				   ? &request->officer
				   : NULL,
		.form_token = token,
		.place = place,
		.refresh_s = refresh_s,
		.refresh_url = refresh_url,
	};

	officer_form_token(request->session, token);
	return page_begin(page, &head);
}

int desk_answer(struct request *request, struct page *page, unsigned status)
{
	int error = page_end(page);

	if (error < 0)
		return error;
	return answer_text(request, status, "text/html; charset=utf-8", page->text, page->size);
}

void desk_form_token(struct request *request, FILE *out)
{
	char token[TOKEN_SIZE];

	officer_form_token(request->session, token);
	html(out, "<input type=\"hidden\" name=\"form\" value=\"%s\">", token);
}

bool desk_form_ok(struct request *request, bool changes, int *error)
{
	autofree char *sent = request_field(request, "form");
	char token[TOKEN_SIZE];

	officer_form_token(request->session, token);
	if (!sent || strlen(sent) != TOKEN_SIZE - 1 ||
		sodium_memcmp(sent, token, TOKEN_SIZE - 1) != 0) {
		*error = answer_error(request, MHD_HTTP_FORBIDDEN,
			"Formulir ini sudah tidak berlaku. Buka halamannya lagi dan ulangi.");
		return false;
	}
	if (changes && !officer_may_change(&request->officer)) {
		*error =
			answer_error(request, MHD_HTTP_FORBIDDEN, "Pemeriksa hanya dapat membaca.");
		return false;
	}
	return true;
}

enum complaint_view desk_view(const struct request *request)
{
	bool identity = officer_may(&request->officer, RIGHT_IDENTITY);

	if (officer_may(&request->officer, RIGHT_ABOUT_OFFICE))
		return identity ? VIEW_WHOLE : VIEW_OFFICE;
	return identity ? VIEW_IDENTITY : VIEW_UNIT;
}

const char *desk_actor(const struct request *request, char out[static DESK_ACTOR_SIZE])
{
	snprintf(out, DESK_ACTOR_SIZE, "officer:%s", request->officer.name);
	return out;
}

/* A path of this desk: never another server's address. */
static bool local_path(const char *path)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789/?&=%._-+";

	return path && path[0] == '/' && path[1] != '/' && strspn(path, allowed) == strlen(path);
}

/* Nobody is logged in yet: the log-in form's token is bound to a cookie of its own. */
static int login_page(struct request *request, unsigned status, const char *words, const char *name,
	const char *next)
{
	struct page page;
	char token[TOKEN_SIZE];

	secret_new(token);
	free(request->cookie);
	if (asprintf(&request->cookie, LOGIN_COOKIE "=%s; Path=/login; HttpOnly; SameSite=Lax%s",
		    token, request->secure ? "; Secure" : "") < 0) {
		request->cookie = NULL;
		return -ENOMEM;
	}
	int error = desk_begin(request, &page, "Masuk", NULL, 0, NULL);
	if (error < 0)
		return error;
	if (words)
		html(page.out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", words);
	html(page.out,
		"<form class=\"card narrow\" method=\"post\" action=\"/login\">\n"
		"<input type=\"hidden\" name=\"form\" value=\"%s\">\n"
		"<input type=\"hidden\" name=\"next\" value=\"%s\">\n"
		"<label for=\"name\">Nama petugas</label>\n"
		"<input id=\"name\" name=\"name\" autocomplete=\"username\" "
		"autocapitalize=\"none\" "
		"required maxlength=\"40\" value=\"%s\" autofocus>\n"
		"<label for=\"password\">Kata sandi</label>\n"
		"<input id=\"password\" name=\"password\" type=\"password\" "
		"autocomplete=\"current-password\" required maxlength=\"200\">\n"
		"<button>Masuk</button>\n</form>\n"
		"<p>Bukan petugas? <a href=\"/publik\">Statistik aduan, hasilnya, dan keadaan "
		"aduan "
		"Anda</a></p>\n",
		token, next ? next : "", name ? name : "");
	return desk_answer(request, &page, status);
}

int desk_get_login(struct request *request)
{
	return login_page(request, MHD_HTTP_OK, NULL, NULL, request_argument(request, "next"));
}

int desk_session_cookie(struct request *request, const char *token)
{
	free(request->cookie);
	if (asprintf(&request->cookie, SESSION_COOKIE "=%s; Path=/; HttpOnly; SameSite=Lax%s",
		    token, request->secure ? "; Secure" : "") < 0) {
		request->cookie = NULL;
		return -ENOMEM;
	}
	return 0;
}

int desk_post_login(struct request *request)
{
	autofree char *name = request_field(request, "name");
	autofree char *password = request_field(request, "password");
	autofree char *form = request_field(request, "form");
	autofree char *next = request_field(request, "next");
	const char *cookie = request_cookie(request, LOGIN_COOKIE);
	char token[TOKEN_SIZE];

	if (!form || !cookie || strlen(form) != TOKEN_SIZE - 1 || strcmp(form, cookie) != 0)
		return login_page(request, MHD_HTTP_FORBIDDEN,
			"Formulir ini sudah tidak berlaku. Coba sekali lagi.", name, next);
	if (!name || !password)
		return login_page(request, MHD_HTTP_BAD_REQUEST, "Isi nama petugas dan kata sandi.",
			name, next);
	int error = officer_login(
		request->db, name, password, request->address, request->now_ms, token);
	sodium_memzero(password, strlen(password));
	if (error == -EACCES)
		return login_page(request, MHD_HTTP_FORBIDDEN,
			"Nama petugas atau kata sandi salah.", name, next);
	if (error == -EAGAIN)
		return login_page(request, MHD_HTTP_TOO_MANY_REQUESTS,
			"Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.", name,
			next);
	if (error >= 0)
		error = desk_session_cookie(request, token);
	if (error < 0)
		return error;
	return answer_redirect(request, local_path(next) ? next : "/complaints");
}

int desk_post_logout(struct request *request)
{
	int error = 0;

	if (!desk_form_ok(request, false, &error))
		return error;
	error = officer_logout(request->db, request->session);
	if (error < 0)
		return error;
	request->cookie = strdup(SESSION_COOKIE "=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
	return answer_redirect(request, "/login");
}

static int get_root(struct request *request)
{
	return answer_redirect(request, "/complaints");
}

static int get_style(struct request *request)
{
	char *copy = strdup(style);

	return answer_text(
		request, MHD_HTTP_OK, "text/css; charset=utf-8", copy, copy ? strlen(copy) : 0);
}

/* Browsers ask for one; a desk has none. */
static int get_icon(struct request *request)
{
	return answer_text(request, MHD_HTTP_NO_CONTENT, "image/x-icon", strdup(""), 0);
}

const struct route desk_routes[] = {
	{ "GET", "/", ROUTE_PUBLIC, 0, get_root, RIGHT_NONE, READS_NOTHING },
	{ "GET", "/style.css", ROUTE_PUBLIC, 0, get_style, RIGHT_NONE, READS_NOTHING },
	{ "GET", "/favicon.ico", ROUTE_PUBLIC, 0, get_icon, RIGHT_NONE, READS_NOTHING },
	{ "GET", "/login", ROUTE_PUBLIC, 0, desk_get_login, RIGHT_NONE, READS_NOTHING },
	{ "POST", "/login", ROUTE_PUBLIC, FORM_MOST, desk_post_login, RIGHT_NONE, READS_NOTHING },
	{ "POST", "/logout", ROUTE_DESK, FORM_MOST, desk_post_logout, RIGHT_OWN, READS_NOTHING },
	{ "GET", "/login/code", ROUTE_DESK, 0, desk_get_code, RIGHT_OWN, READS_NOTHING },
	{ "POST", "/login/code", ROUTE_DESK, FORM_MOST, desk_post_code, RIGHT_OWN, READS_NOTHING },
	{ "GET", "/account", ROUTE_DESK, 0, desk_get_account, RIGHT_OWN, READS_NOTHING },
	{ "GET", "/account/password", ROUTE_DESK, 0, desk_get_password, RIGHT_OWN, READS_NOTHING },
	{ "POST", "/account/password", ROUTE_DESK, FORM_MOST, desk_post_password, RIGHT_OWN,
		READS_NOTHING },
	{ "GET", "/account/factor", ROUTE_DESK, 0, desk_get_factor, RIGHT_OWN, READS_NOTHING },
	{ "POST", "/account/factor", ROUTE_DESK, FORM_MOST, desk_post_factor, RIGHT_OWN,
		READS_NOTHING },
	{ "POST", "/account/factor/off", ROUTE_DESK, FORM_MOST, desk_post_factor_off, RIGHT_OWN,
		READS_NOTHING },
	{ "POST", "/account/sessions", ROUTE_DESK, FORM_MOST, desk_post_sessions, RIGHT_OWN,
		READS_NOTHING },
	{ "GET", "/accounts", ROUTE_DESK, 0, desk_get_users, RIGHT_ADMINISTER, READS_NOTHING },
	{ "POST", "/accounts", ROUTE_DESK, FORM_MOST, desk_post_user, RIGHT_ADMINISTER,
		READS_NOTHING },
	{ "GET", "/accounts/*", ROUTE_DESK, 0, desk_get_user, RIGHT_ADMINISTER, READS_NOTHING },
	{ "POST", "/accounts/*/role", ROUTE_DESK, FORM_MOST, desk_post_user_role, RIGHT_ADMINISTER,
		READS_NOTHING },
	{ "POST", "/accounts/*/password", ROUTE_DESK, FORM_MOST, desk_post_user_password,
		RIGHT_ADMINISTER, READS_NOTHING },
	{ "POST", "/accounts/*/disable", ROUTE_DESK, FORM_MOST, desk_post_user_disable,
		RIGHT_ADMINISTER, READS_NOTHING },
	{ "POST", "/accounts/*/enable", ROUTE_DESK, FORM_MOST, desk_post_user_enable,
		RIGHT_ADMINISTER, READS_NOTHING },
	{ "POST", "/accounts/*/factor", ROUTE_DESK, FORM_MOST, desk_post_user_factor,
		RIGHT_ADMINISTER, READS_NOTHING },
	{ "GET", "/readings", ROUTE_DESK, 0, desk_get_readings, RIGHT_AUDIT, READS_LIST },
	{ "GET", "/complaints", ROUTE_DESK, 0, desk_get_list, RIGHT_READ, READS_LIST },
	{ "GET", "/complaints/*", ROUTE_DESK, 0, desk_get_complaint, RIGHT_READ, READS_COMPLAINT },
	{ "POST", "/complaints/*/state", ROUTE_DESK, FORM_MOST, desk_post_state, RIGHT_HANDLE,
		READS_COMPLAINT },
	{ "POST", "/complaints/*/answer", ROUTE_DESK, FORM_MOST, desk_post_answer, RIGHT_HANDLE,
		READS_COMPLAINT },
	{ "POST", "/complaints/*/question", ROUTE_DESK, FORM_MOST, desk_post_question, RIGHT_INTAKE,
		READS_COMPLAINT },
	{ "POST", "/complaints/*/verify", ROUTE_DESK, FORM_MOST, desk_post_verify, RIGHT_INTAKE,
		READS_COMPLAINT },
	{ "POST", "/complaints/*/refer", ROUTE_DESK, FORM_MOST, desk_post_refer, RIGHT_INTAKE,
		READS_COMPLAINT },
	{ "POST", "/complaints/*/category", ROUTE_DESK, FORM_MOST, desk_post_category, RIGHT_INTAKE,
		READS_COMPLAINT },
	{ "POST", "/complaints/*/assign", ROUTE_DESK, FORM_MOST, desk_post_assign, RIGHT_HANDLE,
		READS_COMPLAINT },
	{ "POST", "/complaints/*/note", ROUTE_DESK, FORM_MOST, desk_post_note, RIGHT_HANDLE,
		READS_COMPLAINT },
	{ "POST", "/complaints/*/extend", ROUTE_DESK, FORM_MOST, desk_post_extend, RIGHT_HANDLE,
		READS_COMPLAINT },
	{ "POST", "/complaints/*/survey", ROUTE_DESK, FORM_MOST, desk_post_survey, RIGHT_HANDLE,
		READS_COMPLAINT },
	{ "GET", "/announcements", ROUTE_DESK, 0, desk_get_announcements, RIGHT_ANNOUNCE,
		READS_NOTHING },
	{ "POST", "/announcements", ROUTE_DESK, FORM_MOST, desk_post_announcement, RIGHT_ANNOUNCE,
		READS_NOTHING },
	{ "GET", "/kiosks", ROUTE_DESK, 0, desk_get_kiosks, RIGHT_READ, READS_NOTHING },
	{ "POST", "/kiosks/*/checked", ROUTE_DESK, FORM_MOST, desk_post_checked, RIGHT_HANDLE,
		READS_NOTHING },
	{ "GET", "/unreadable", ROUTE_DESK, 0, desk_get_unreadable, RIGHT_READ, READS_LIST },
	{ NULL, NULL, ROUTE_PUBLIC, 0, NULL, RIGHT_NONE, READS_NOTHING },
};
