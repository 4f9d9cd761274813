/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tools/ppidd/desk_apikey.h"

#include <errno.h>
#include <sodium.h>

#include "tools/ppidd/apikey.h"
#include "tools/ppidd/desk.h"
#include "tools/ppidd/record.h"

#define PLACE "/apikeys"
#define TIME_WORDS 40

static void fact(FILE *out, const char *label, const char *words)
{
	html(out, "<div><dt>%s</dt><dd>%s</dd></div>", label, words);
}

static void revoke_form(struct request *request, FILE *out, const char *name)
{
	html(out,
		"<details><summary>Cabut kunci ini</summary>\n"
		"<p class=\"help\">Portal ini tidak dapat lagi mengirim aduan, dan kuncinya tidak "
		"dapat dihidupkan kembali. Aduan yang sudah masuk tetap ada.</p>\n"
		"<form method=\"post\" action=\"" PLACE "/%s/revoke\">",
		name);
	desk_form_token(request, out);
	html(out, "<button class=\"second\">Ya, cabut kunci %s</button></form></details>\n", name);
}

static void key_item(struct request *request, FILE *out, const json_t *key)
{
	const char *name = record_words(key, "name");
	const char *revoked = record_text(key, "revoked"), *used = record_text(key, "used");
	char time[TIME_WORDS];

	html(out, "<section class=\"card narrow\"><h2>%s</h2>\n<dl>", name);
	fact(out, "Keadaan", revoked ? "dicabut" : "berlaku");
	fact(out, "Dibuat", word_time(record_text(key, "added"), time));
	if (revoked)
		fact(out, "Dicabut", word_time(revoked, time));
	fact(out, "Terakhir dipakai", used ? word_time(used, time) : "belum pernah");
	html(out, "<div><dt>Aduan yang dikirim</dt><dd>%lld</dd></div></dl>\n",
		(long long)record_number(key, "posted"));
	if (!revoked)
		revoke_form(request, out, name);
	html(out, "</section>\n");
}

static void add_form(struct request *request, FILE *out)
{
	html(out, "<section class=\"card narrow\"><h2>Buat kunci</h2>\n"
		  "<form method=\"post\" action=\"" PLACE "\">");
	desk_form_token(request, out);
	html(out,
		"<label for=\"name\">Nama portal</label>\n"
		"<input id=\"name\" name=\"name\" autocapitalize=\"none\" autocomplete=\"off\" "
		"required maxlength=\"%lld\" aria-describedby=\"name-help\">\n"
		"<p id=\"name-help\" class=\"help\">Huruf, angka, titik dan garis; tanpa spasi. "
		"Nama ini tercatat pada setiap aduan yang dikirim portal itu.</p>\n"
		"<button>Buat kunci</button></form></section>\n",
		(long long)APIKEY_NAME_MAX);
}

static int keys_page(struct request *request, unsigned status, const char *wrong)
{
	autojson json_t *list = NULL;
	struct page page;
	size_t i;
	json_t *key;

	int error = apikey_list(request->db, &list);
	if (error >= 0)
		error = desk_begin(request, &page, "Kunci portal", PLACE, 0, NULL);
	if (error < 0)
		return error;
	if (wrong)
		html(page.out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", wrong);
	html(page.out,
		"<p>Portal lain dapat mengirim aduan ke sini dengan sebuah kunci (Open311 "
		"GeoReport "
		"v2), paling banyak %lld aduan setiap jam untuk tiap kunci.</p>\n",
		(long long)APIKEY_HOUR_MOST);
	json_array_foreach (list, i, key) {
		key_item(request, page.out, key);
	}
	if (json_array_size(list) == 0)
		html(page.out, "<p class=\"empty\">Belum ada kunci.</p>\n");
	add_form(request, page.out);
	return desk_answer(request, &page, status);
}

int desk_get_apikeys(struct request *request)
{
	return keys_page(request, MHD_HTTP_OK, NULL);
}

/* The key is on this page and nowhere else. */
static int given_page(struct request *request, const char *name, const char *key)
{
	struct page page;

	int error = desk_begin(request, &page, "Kunci baru", PLACE, 0, NULL);
	if (error < 0)
		return error;
	html(page.out,
		"<section class=\"card\"><p>Kunci untuk <strong>%s</strong>:</p>\n"
		"<p><code class=\"secret\">%s</code></p>\n"
		"<p>Berikan langsung kepada pengurus portal itu. Kunci ini hanya ditunjukkan "
		"sekali; "
		"bila hilang, cabut dan buat yang baru dengan nama lain.</p>\n"
		"<p><a href=\"" PLACE "\">Ke daftar kunci</a></p></section>\n",
		name, key);
	return desk_answer(request, &page, MHD_HTTP_OK);
}

int desk_post_apikey(struct request *request)
{
	autofree char *name = NULL;
	char key[TOKEN_SIZE], actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	name = request_field(request, "name");
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	error = name ? apikey_add(request->db, &step, name, key) : -EINVAL;
	if (error == -EEXIST)
		return keys_page(request, MHD_HTTP_CONFLICT,
			"Nama itu sudah pernah dipakai. Pilih nama lain.");
	if (error == -EINVAL)
		return keys_page(request, MHD_HTTP_BAD_REQUEST,
			"Nama hanya boleh berisi huruf, angka dan . _ - @, paling banyak 40.");
	if (error >= 0)
		error = given_page(request, name, key);
	sodium_memzero(key, sizeof(key));
	return error;
}

int desk_post_apikey_revoke(struct request *request)
{
	char actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	error = apikey_revoke(request->db, &step, request->part);
	if (error == -ENOENT)
		return answer_error(
			request, MHD_HTTP_NOT_FOUND, "Kunci itu tidak ada, atau sudah dicabut.");
	return error < 0 ? error : answer_redirect(request, PLACE);
}
