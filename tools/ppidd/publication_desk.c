/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The head's page for what the public may read: written, looked at once more, published. */
#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/desk.h"
#include "tools/ppidd/publication.h"
#include "tools/ppidd/record.h"

#define PLACE "/publications"
#define FORM_MOST 16384
#define SHOWN_MOST 100

static const char *kind_words(const char *kind)
{
	return strcmp(kind, "improvement") == 0 ? "Perbaikan prosedur" : "Ringkasan hasil";
}

static const char *state_words(const char *state)
{
	if (strcmp(state, "published") == 0)
		return "sudah diterbitkan";
	return strcmp(state, "withdrawn") == 0 ? "ditarik" : "rancangan";
}

static void kind_option(FILE *out, const char *kind, const char *chosen)
{
	html(out, "<option value=\"%s\"", kind);
	fputs(strcmp(kind, chosen) == 0 ? " selected" : "", out);
	html(out, ">%s</option>", kind_words(kind));
}

static void write_form(
	struct request *request, FILE *out, const struct publication_draft *draft, const char *to)
{
	html(out, "<form class=\"card\" method=\"post\" action=\"%s\">\n", to);
	desk_form_token(request, out);
	html(out,
		"<input type=\"hidden\" name=\"id\" value=\"%s\">\n"
		"<label for=\"kind\">Jenis</label><select id=\"kind\" name=\"kind\">",
		draft->id);
	kind_option(out, "outcome", draft->kind);
	kind_option(out, "improvement", draft->kind);
	html(out,
		"</select>\n<label for=\"title\">Judul</label>\n"
		"<input id=\"title\" name=\"title\" required maxlength=\"%lld\" value=\"%s\">\n"
		"<label for=\"text\">Isi untuk umum</label>\n"
		"<textarea id=\"text\" name=\"text\" rows=\"6\" required maxlength=\"%lld\" "
		"aria-describedby=\"text-help\">%s</textarea>\n"
		"<p id=\"text-help\" class=\"help\">Apa masalahnya, apa yang dilakukan, apa "
		"hasilnya. Tanpa nama, alamat atau nomor siapa pun.</p>\n"
		"<label for=\"tickets\">Nomor tiket yang menyebabkannya</label>\n"
		"<input id=\"tickets\" name=\"tickets\" maxlength=\"800\" value=\"%s\" "
		"aria-describedby=\"tickets-help\">\n"
		"<p id=\"tickets-help\" class=\"help\">Pisahkan dengan spasi. Tidak "
		"diterbitkan.</p>\n<button name=\"do\" value=\"save\">Simpan rancangan</button>"
		"</form>\n",
		(long long)PUBLICATION_TITLE_MAX, draft->title, (long long)PUBLICATION_TEXT_MAX,
		draft->text, draft->tickets);
}

static int list_page(struct request *request, unsigned status, const char *wrong,
	const struct publication_draft *draft)
{
	autojson json_t *list = NULL;
	char time[40];
	struct page page;
	size_t i;
	json_t *item;

	int error = publication_list(request->db, false, SHOWN_MOST, &list);
	if (error >= 0)
		error = desk_begin(request, &page, "Terbitan untuk umum", PLACE, 0, NULL);
	if (error < 0)
		return error;
	if (wrong)
		html(page.out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", wrong);
	html(page.out, "<h2>Tulis yang baru</h2>\n");
	write_form(request, page.out, draft, PLACE);
	html(page.out, "<ul class=\"list\">\n");
	json_array_foreach (list, i, item) {
		html(page.out,
			"<li class=\"item\"><a href=\"" PLACE "/%s\"><strong>%s</strong>"
			"<span class=\"meta\">%s · %s · %s</span></a></li>\n",
			record_words(item, "id"), record_words(item, "title"),
			kind_words(record_words(item, "kind")),
			state_words(record_words(item, "state")),
			word_time(record_text(item, "created"), time));
	}
	html(page.out, "</ul>\n");
	return desk_answer(request, &page, status);
}

static int get_list(struct request *request)
{
	char id[UUID_SIZE];
	struct publication_draft draft = {
		.id = id, .kind = "outcome", .title = "", .text = "", .tickets = ""
	};

	uuid_new(id);
	return list_page(request, MHD_HTTP_OK, NULL, &draft);
}

static char *ticket_names(const json_t *publication)
{
	char *text = NULL;
	size_t size = 0, i;
	json_t *item;

	FILE *out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	json_array_foreach (json_object_get(publication, "tickets"), i, item) {
		fprintf(out, "%s%s", i > 0 ? " " : "", record_words(item, "ticket"));
	}
	fclose(out);
	return text;
}

static void button(
	struct request *request, FILE *out, const char *id, const char *deed, const char *words)
{
	html(out, "<form method=\"post\" action=\"" PLACE "/%s\">", id);
	desk_form_token(request, out);
	html(out, "<button name=\"do\" value=\"%s\">%s</button></form>\n", deed, words);
}

static void write_one(
	struct request *request, FILE *out, const json_t *item, const json_t *warnings)
{
	const char *id = record_words(item, "id"), *state = record_words(item, "state");
	autofree char *tickets = ticket_names(item);
	size_t i;
	json_t *warning;
	char to[sizeof(PLACE) + 1 + PATH_PART_MAX];

	html(out,
		"<section class=\"card\"><h2>%s</h2>\n<p class=\"meta\">%s · %s · %s</p>\n"
		"<blockquote class=\"text\">%s</blockquote>\n<p>Tiket: %s</p>\n",
		record_words(item, "title"), kind_words(record_words(item, "kind")),
		state_words(state), desk_who(record_words(item, "officer")),
		record_words(item, "text"), tickets && *tickets ? tickets : "–");
	if (json_array_size(warnings) > 0 && strcmp(state, "withdrawn") != 0) {
		html(out, "<div class=\"wrong\" role=\"alert\"><p>Periksa dulu, tulisan ini "
			  "mungkin membuka data pribadi:</p><ul>\n");
		json_array_foreach (warnings, i, warning) {
			html(out, "<li>%s</li>\n", json_string_value(warning));
		}
		html(out, "</ul></div>\n");
	}
	if (strcmp(state, "draft") == 0)
		button(request, out, id, "publish", "Terbitkan untuk umum");
	if (strcmp(state, "published") == 0)
		button(request, out, id, "withdraw", "Tarik kembali");
	html(out, "</section>\n");
	if (strcmp(state, "draft") != 0)
		return;
	struct publication_draft draft = { .id = id,
		.kind = record_words(item, "kind"),
		.title = record_words(item, "title"),
		.text = record_words(item, "text"),
		.tickets = tickets ? tickets : "" };
	snprintf(to, sizeof(to), PLACE "/%s", id);
	html(out, "<h2>Ubah rancangan</h2>\n");
	write_form(request, out, &draft, to);
}

static int one_page(struct request *request, unsigned status, const char *wrong)
{
	autojson json_t *item = NULL, *warnings = NULL;
	struct page page;

	int error = publication_find(request->db, request->part, &item);
	if (error == -ENOENT)
		return answer_error(request, MHD_HTTP_NOT_FOUND, "Terbitan itu tidak ditemukan.");
	if (error >= 0)
		error = publication_warnings(request->db, item, &warnings);
	if (error >= 0)
		error = desk_begin(request, &page, "Terbitan untuk umum", PLACE, 0, NULL);
	if (error < 0)
		return error;
	if (wrong)
		html(page.out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", wrong);
	write_one(request, page.out, item, warnings);
	return desk_answer(request, &page, status);
}

static int get_one(struct request *request)
{
	return one_page(request, MHD_HTTP_OK, NULL);
}

static const char *refusal(int error)
{
	if (error == -ENOENT)
		return "Salah satu nomor tiket tidak ditemukan.";
	if (error == -EPERM)
		return "Yang sudah terbit tidak dapat diubah; tarik kembali, lalu tulis yang baru.";
	return decision_refusal(error);
}

static bool refused(int error)
{
	return error == -ENOENT || error == -EPERM || error == -EINVAL || error == -EMSGSIZE ||
	       error == -EILSEQ;
}

static int to_one(struct request *request, const char *id)
{
	char location[sizeof(PLACE) + 1 + PATH_PART_MAX];

	snprintf(location, sizeof(location), PLACE "/%s", id);
	return answer_redirect(request, location);
}

static int post_draft(struct request *request, bool fresh)
{
	autofree char *id = request_field(request, "id");
	autofree char *kind = request_field(request, "kind");
	autofree char *title = request_field(request, "title");
	autofree char *text = request_field(request, "text");
	autofree char *tickets = request_field(request, "tickets");
	char actor[DESK_ACTOR_SIZE];
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };

	if ((fresh && !id) || !kind || !title || !text || !tickets)
		return answer_error(request, MHD_HTTP_BAD_REQUEST, "Formulirnya tidak lengkap.");
	struct publication_draft draft = { .id = fresh ? id : request->part,
		.kind = kind,
		.title = title,
		.text = text,
		.tickets = tickets };
	int error = publication_save(request->db, &step, &draft);
	if (error >= 0)
		return to_one(request, draft.id);
	if (!refused(error))
		return error;
	return list_page(request, MHD_HTTP_BAD_REQUEST, refusal(error), &draft);
}

static int post_new(struct request *request)
{
	int error = 0;

	return desk_form_ok(request, true, &error) ? post_draft(request, true) : error;
}

static int post_one(struct request *request)
{
	autofree char *deed = request_field(request, "do");
	char actor[DESK_ACTOR_SIZE];
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	if (!deed || (strcmp(deed, "publish") != 0 && strcmp(deed, "withdraw") != 0))
		return post_draft(request, false);
	error = publication_move(request->db, &step, request->part,
		strcmp(deed, "publish") == 0 ? "published" : "withdrawn");
	if (error == -EPERM)
		return one_page(
			request, MHD_HTTP_CONFLICT, "Langkah itu tidak dapat dilakukan lagi.");
	return error < 0 ? error : to_one(request, request->part);
}

const struct route publication_routes[] = {
	{ "GET", PLACE, ROUTE_DESK, 0, get_list, RIGHT_PUBLISH, READS_NOTHING },
	{ "POST", PLACE, ROUTE_DESK, FORM_MOST, post_new, RIGHT_PUBLISH, READS_NOTHING },
	{ "GET", PLACE "/*", ROUTE_DESK, 0, get_one, RIGHT_PUBLISH, READS_NOTHING },
	{ "POST", PLACE "/*", ROUTE_DESK, FORM_MOST, post_one, RIGHT_PUBLISH, READS_NOTHING },
	{ NULL, NULL, ROUTE_PUBLIC, 0, NULL, RIGHT_NONE, READS_NOTHING },
};
