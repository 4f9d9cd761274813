/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a head let the public read: as pages and as open data. */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/public.h"
#include "tools/ppidd/publication.h"
#include "tools/ppidd/record.h"

#define SHOWN_MOST 20 /* of 2000 bytes at most: a page stays below 60 kB */
#define DATA_MOST 500

static int summaries(struct request *request, const char *kind, const char *title,
	const char *place, const char *intro)
{
	autojson json_t *list = NULL;
	char time[40];
	struct page page;
	size_t i;
	json_t *item;
	int shown = 0;

	int error = publication_list(request->db, true, DATA_MOST, &list);
	if (error >= 0)
		error = public_begin(request, &page, title, place);
	if (error < 0)
		return error;
	html(page.out, "<p>%s</p>\n", intro);
	json_array_foreach (list, i, item) {
		if (strcmp(record_words(item, "kind"), kind) != 0 || shown++ >= SHOWN_MOST)
			continue;
		html(page.out,
			"<article class=\"card\"><h2>%s</h2>\n<p class=\"meta\">%s</p>\n"
			"<p class=\"text\">%s</p></article>\n",
			record_words(item, "title"),
			word_date(record_text(item, "published"), time),
			record_words(item, "text"));
	}
	if (shown == 0)
		html(page.out, "<p class=\"empty\">Belum ada yang diterbitkan.</p>\n");
	if (shown > SHOWN_MOST)
		html(page.out, "<p class=\"help\">Yang lebih lama ada pada data terbuka.</p>\n");
	html(page.out, "<p>Data terbuka: <a href=\"/data/publications.json\">JSON</a></p>\n");
	error = page_end(&page);
	if (error < 0)
		return error;
	return public_answer(request, "text/html; charset=utf-8", page.text, page.size);
}

int public_get_outcomes(struct request *request)
{
	return summaries(request, "outcome", "Hasil penanganan", "/publik/hasil",
		"Apa yang dilakukan atas aduan warga, tanpa nama siapa pun.");
}

int public_get_improvements(struct request *request)
{
	return summaries(request, "improvement", "Perbaikan", "/publik/perbaikan",
		"Apa yang diperbaiki pada cara kerja kantor karena aduan warga.");
}

int public_get_publications_json(struct request *request)
{
	autojson json_t *list = NULL, *shown = json_array();
	size_t i;
	json_t *item;

	int error = publication_list(request->db, true, DATA_MOST, &list);
	if (error < 0)
		return error;
	json_array_foreach (list, i, item) {
		json_t *one = json_pack("{s:s, s:s, s:s, s:O}", "kind", record_words(item, "kind"),
			"title", record_words(item, "title"), "text", record_words(item, "text"),
			"published", json_object_get(item, "published"));
		if (json_array_append_new(shown, one) < 0)
			return -ENOMEM;
	}
	char *text = json_dumps(shown, JSON_INDENT(1));
	return text ? public_answer(request, "application/json", text, strlen(text)) : -ENOMEM;
}
