/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The administrator's pages: everybody's accounts. The own one is changed at /account only. */
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "tools/ppidd/desk_account.h"
#include "tools/ppidd/record.h"

#define TIME_WORDS 40

static const char *state_of(const json_t *account)
{
	if (record_text(account, "disabled"))
		return "ditutup";
	return json_is_true(json_object_get(account, "temporary")) ? "belum mengganti kata sandi"
								   : "aktif";
}

static const char *factor_of(const json_t *account)
{
	if (json_is_true(json_object_get(account, "factor")))
		return "ya";
	return role_needs_factor(record_words(account, "role")) ? "belum, diminta saat masuk"
								: "tidak";
}

/* The account of that name; borrowed from the list, or NULL. */
static const json_t *find_account(const json_t *list, const char *name)
{
	size_t i;
	json_t *account;

	json_array_foreach (list, i, account) {
		if (strcmp(record_words(account, "name"), name) == 0)
			return account;
	}
	return NULL;
}

static void account_row(FILE *out, const json_t *account)
{
	const char *name = record_words(account, "name");
	autofree char *path = html_query_escape(name);

	html(out,
		"<tr><th scope=\"row\" data-label=\"Nama\"><a href=\"/accounts/%s\">%s</a></th>"
		"<td data-label=\"Peran\">%s</td><td data-label=\"Keadaan\">%s</td>"
		"<td data-label=\"Kode dari HP\">%s</td></tr>\n",
		path, name, word_role(record_words(account, "role")), state_of(account),
		factor_of(account));
}

static void role_field(FILE *out, const char *chosen)
{
	html(out, "<label for=\"role\">Peran</label>\n<select id=\"role\" name=\"role\">\n");
	for (unsigned i = 0; role_name(i); i++) {
		html(out, "<option value=\"%s\"", role_name(i));
		fputs(strcmp(role_name(i), chosen) == 0 ? " selected" : "", out);
		html(out, ">%s</option>\n", word_role(role_name(i)));
	}
	html(out, "</select>\n");
}

static void add_form(struct request *request, FILE *out, const char *name)
{
	html(out, "<section class=\"card narrow\"><h2>Tambah akun</h2>\n");
	desk_account_form(request, out, "/accounts");
	html(out,
		"<label for=\"name\">Nama untuk masuk</label>\n"
		"<input id=\"name\" name=\"name\" autocapitalize=\"none\" autocomplete=\"off\" "
		"required maxlength=\"40\" value=\"%s\" aria-describedby=\"name-help\">\n"
		"<p id=\"name-help\" class=\"help\">Huruf, angka, titik dan garis; tanpa "
		"spasi.</p>\n",
		name ? name : "");
	role_field(out, "officer");
	html(out, "<button>Tambah</button></form></section>\n");
}

static int users_page(struct request *request, unsigned status, const char *wrong, const char *name)
{
	autojson json_t *list = NULL;
	struct page page;
	size_t i;
	json_t *account;

	int error = officer_list(request->db, &list);
	if (error >= 0)
		error = desk_begin(request, &page, "Akun petugas", "/accounts", 0, NULL);
	if (error < 0)
		return error;
	if (wrong)
		html(page.out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", wrong);
	html(page.out,
		"<table><thead><tr><th scope=\"col\">Nama</th><th scope=\"col\">Peran</th>"
		"<th scope=\"col\">Keadaan</th><th scope=\"col\">Kode dari HP</th></tr></thead>"
		"<tbody>\n");
	json_array_foreach (list, i, account) {
		account_row(page.out, account);
	}
	html(page.out, "</tbody></table>\n");
	add_form(request, page.out, name);
	return desk_answer(request, &page, status);
}

int desk_get_users(struct request *request)
{
	return users_page(request, MHD_HTTP_OK, NULL, NULL);
}

/* The password is on this page and nowhere else. */
static int given_page(struct request *request, const char *name, char *password)
{
	struct page page;

	int error = desk_begin(request, &page, "Kata sandi baru", "/accounts", 0, NULL);
	if (error >= 0) {
		html(page.out,
			"<section class=\"card\"><p>Kata sandi untuk <strong>%s</strong>:</p>\n"
			"<p><code class=\"secret\">%s</code></p>\n"
			"<p>Berikan langsung kepada orangnya. Kata sandi ini hanya ditunjukkan "
			"sekali, dan harus diganti saat pertama kali masuk.</p>\n"
			"<p><a href=\"/accounts\">Ke daftar akun</a></p></section>\n",
			name, password);
		error = desk_answer(request, &page, MHD_HTTP_OK);
	}
	sodium_memzero(password, GIVEN_PASSWORD_SIZE);
	return error;
}

int desk_post_user(struct request *request)
{
	autofree char *name = NULL, *role = NULL;
	char password[GIVEN_PASSWORD_SIZE], actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	name = request_field(request, "name");
	role = request_field(request, "role");
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	error = name && role ? account_add(request->db, &step, name, role, password) : -EINVAL;
	if (error == -EEXIST)
		return users_page(
			request, MHD_HTTP_CONFLICT, "Akun dengan nama itu sudah ada.", name);
	if (error == -EINVAL)
		return users_page(request, MHD_HTTP_BAD_REQUEST,
			"Nama hanya boleh berisi huruf, angka dan . _ - @, paling banyak 40, dan "
			"perannya dipilih dari daftar.",
			NULL);
	return error < 0 ? error : given_page(request, name, password);
}

static void one_button(
	struct request *request, FILE *out, const char *path, const char *deed, const char *words)
{
	autofree char *action = NULL;

	if (asprintf(&action, "/accounts/%s/%s", path, deed) < 0) {
		action = NULL;
		return;
	}
	desk_account_form(request, out, action);
	html(out, "<button class=\"second\">%s</button></form>\n", words);
}

static void account_forms(
	struct request *request, FILE *out, const json_t *account, const char *path)
{
	html(out,
		"<section class=\"card narrow\"><h2>Peran</h2>\n"
		"<form method=\"post\" action=\"/accounts/%s/role\">",
		path);
	desk_form_token(request, out);
	role_field(out, record_words(account, "role"));
	html(out, "<button>Ubah peran</button></form></section>\n"
		  "<section class=\"card narrow\"><h2>Kata sandi</h2>\n"
		  "<p class=\"help\">Dibuatkan yang baru; akun keluar di mana pun ia masuk.</p>\n");
	one_button(request, out, path, "password", "Buat kata sandi baru");
	html(out, "</section>\n<section class=\"card narrow\"><h2>Akun</h2>\n");
	if (json_is_true(json_object_get(account, "factor")))
		one_button(request, out, path, "factor", "Lepas kode dari HP (HP hilang)");
	if (record_text(account, "disabled"))
		one_button(request, out, path, "enable", "Buka akun ini lagi");
	else
		one_button(request, out, path, "disable", "Tutup akun ini");
	html(out, "</section>\n");
}

static int user_page(struct request *request, unsigned status, const char *wrong)
{
	autojson json_t *list = NULL;
	autofree char *path = html_query_escape(request->part);
	char time[TIME_WORDS];
	struct page page;

	int error = path ? officer_list(request->db, &list) : -ENOMEM;
	if (error < 0)
		return error;
	const json_t *account = find_account(list, request->part);
	if (!account)
		return answer_error(request, MHD_HTTP_NOT_FOUND, "Akun itu tidak ada.");
	error = desk_begin(request, &page, record_words(account, "name"), "/accounts", 0, NULL);
	if (error < 0)
		return error;
	if (wrong)
		html(page.out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", wrong);
	else if (request_argument(request, "done"))
		html(page.out, "<p class=\"right\" role=\"status\">Tersimpan.</p>\n");
	html(page.out,
		"<dl class=\"card\"><div><dt>Peran</dt><dd>%s</dd></div><div><dt>Keadaan</dt>"
		"<dd>%s</dd></div><div><dt>Kode dari HP</dt><dd>%s</dd></div><div><dt>Dibuat</dt>"
		"<dd>%s</dd></div></dl>\n",
		word_role(record_words(account, "role")), state_of(account), factor_of(account),
		word_time(record_text(account, "added"), time));
	if (strcmp(request->part, request->officer.name) == 0)
		html(page.out, "<p>Ini akun Anda sendiri: ubah di <a href=\"/account\">Akun "
			       "saya</a>.</p>\n");
	else
		account_forms(request, page.out, account, path);
	return desk_answer(request, &page, status);
}

int desk_get_user(struct request *request)
{
	return user_page(request, MHD_HTTP_OK, NULL);
}

/*
 * Whether the form may change that account. Nobody's own: so there is always an administrator
 * left, the one who is asking.
 */
static bool may_change(struct request *request, int *error)
{
	if (!desk_form_ok(request, true, error))
		return false;
	if (strcmp(request->part, request->officer.name) != 0)
		return true;
	*error = user_page(request, MHD_HTTP_CONFLICT, "Akun sendiri tidak diubah di sini.");
	return false;
}

static int changed(struct request *request, int error)
{
	autofree char *path = html_query_escape(request->part);
	autofree char *location = NULL;

	if (error == -ENOENT)
		return answer_error(request, MHD_HTTP_NOT_FOUND, "Akun itu tidak ada.");
	if (error == -EINVAL)
		return user_page(request, MHD_HTTP_BAD_REQUEST, "Pilih peran dari daftar.");
	if (error < 0)
		return error;
	if (!path || asprintf(&location, "/accounts/%s?done=1", path) < 0) {
		location = NULL;
		return -ENOMEM;
	}
	return answer_redirect(request, location);
}

typedef int changer(struct db *db, const struct step *step, const char *name);

static int post_change(struct request *request, changer *change)
{
	char actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!may_change(request, &error))
		return error;
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	return changed(request, change(request->db, &step, request->part));
}

int desk_post_user_disable(struct request *request)
{
	return post_change(request, officer_disable);
}

int desk_post_user_enable(struct request *request)
{
	return post_change(request, account_enable);
}

int desk_post_user_factor(struct request *request)
{
	return post_change(request, account_drop_factor);
}

int desk_post_user_role(struct request *request)
{
	autofree char *role = NULL;
	char actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!may_change(request, &error))
		return error;
	role = request_field(request, "role");
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	return changed(
		request, account_set_role(request->db, &step, request->part, role ? role : ""));
}

int desk_post_user_password(struct request *request)
{
	char password[GIVEN_PASSWORD_SIZE], actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!may_change(request, &error))
		return error;
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	error = account_give_password(request->db, &step, request->part, password);
	return error < 0 ? changed(request, error) : given_page(request, request->part, password);
}
