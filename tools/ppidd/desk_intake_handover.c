/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What officers bring to people whom no machine tells: owed until it is written down as brought. */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/decision.h"
#include "tools/ppidd/desk_complaint.h"
#include "tools/ppidd/desk_intake.h"
#include "tools/ppidd/enter.h"
#include "tools/ppidd/handover.h"
#include "tools/ppidd/record.h"

#define SHOWN_MOST 100

struct word {
	const char *name, *words;
};

static const struct word hows[] = {
	{ "read", "Dibacakan" },
	{ "given", "Diserahkan" },
	{ "sent", "Dikirim" },
	{ "unreachable", "Tidak dapat disampaikan" },
};

static const char *find_word(const struct word *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].name, name) == 0)
			return list[i].words;
	}
	return name;
}

const char *intake_kind(const char *kind)
{
	static const struct word words[] = {
		{ "answer", "Jawaban" },
		{ "question", "Pertanyaan" },
		{ "extended", "Kabar perpanjangan waktu" },
		{ "referred", "Kabar pengalihan" },
	};

	return find_word(words, ARRAY_SIZE(words), kind);
}

const char *intake_how(const char *how)
{
	if (strcmp(how, "replied") == 0)
		return "Sudah dijawab pengadu";
	return find_word(hows, ARRAY_SIZE(hows), how);
}

/* Ways of handing over, for one of several forms on a page: its fields' ids end in a number. */
static void handed_form(
	struct request *request, FILE *out, const char *uuid, const json_t *item, long long i)
{
	char today[DAY_TEXT_SIZE];

	html(out,
		"<details><summary>Sudah disampaikan?</summary>\n"
		"<form method=\"post\" action=\"/complaints/%s/handed\">",
		uuid);
	desk_form_token(request, out);
	html(out,
		"<input type=\"hidden\" name=\"command\" value=\"%s\">\n"
		"<label for=\"how-%lld\">Caranya</label>\n<select id=\"how-%lld\" name=\"how\" "
		"required>\n",
		record_words(item, "command"), i, i);
	for (size_t j = 0; j < ARRAY_SIZE(hows); j++)
		intake_option(out, hows[j].name, hows[j].words, "read");
	html(out,
		"</select>\n<label for=\"handed-%lld\">Tanggal</label>\n"
		"<input id=\"handed-%lld\" name=\"handed\" type=\"date\" required value=\"%s\">\n"
		"<label for=\"to-%lld\">Catatan</label>\n"
		"<input id=\"to-%lld\" name=\"text\" maxlength=\"300\" "
		"aria-describedby=\"to-help-%lld\">\n"
		"<p id=\"to-help-%lld\" class=\"help\">Misalnya: diterima istrinya, atau: "
		"nomornya tidak aktif. Boleh kosong, kecuali bila tidak dapat "
		"disampaikan.</p>\n<button>Catat</button></form></details>\n",
		i, i, intake_today(request->now_ms, today), i, i, i, i);
}

static void item_words(FILE *out, const json_t *item)
{
	const char *text =
		record_text(item, "text") ? record_text(item, "text") : record_text(item, "reason");

	if (text)
		html(out, "<span class=\"text\">%s</span>", text);
}

static void handed_words(FILE *out, const json_t *item)
{
	char time[40];

	html(out, "<span class=\"delivery %s\">%s %s, dicatat %s</span>",
		strcmp(record_words(item, "how"), "unreachable") == 0 ? "failed" : "delivered",
		intake_how(record_words(item, "how")), word_date(record_text(item, "handed"), time),
		desk_who(record_words(item, "officer")));
}

static void one_item(
	struct request *request, FILE *out, const char *uuid, const json_t *item, long long i)
{
	char time[40];

	html(out, "<li><span class=\"meta\">%s</span><strong>%s</strong> ",
		word_time(record_text(item, "owed"), time),
		intake_kind(record_words(item, "kind")));
	if (record_text(item, "how"))
		handed_words(out, item);
	else
		html(out, "<span class=\"delivery failed\">belum disampaikan</span>");
	item_words(out, item);
	if (officer_may(&request->officer, RIGHT_INTAKE)) {
		html(out, "<p><a href=\"/complaints/%s/letter?of=%s\">Cetak surat</a></p>\n", uuid,
			record_words(item, "command"));
		if (!record_text(item, "how"))
			handed_form(request, out, uuid, item, i);
	}
	html(out, "</li>\n");
}

/* Whether there is something to be told in a letter. */
static bool has_words(const json_t *complaint)
{
	static const char *const states[] = { "incomplete", "resolved", "closed", "referred" };

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (strcmp(states[i], record_words(complaint, "state")) == 0)
			return true;
	}
	return false;
}

static void more_links(struct request *request, FILE *out, const json_t *complaint)
{
	const char *uuid = record_words(complaint, "uuid");
	bool writes = officer_may(&request->officer, RIGHT_INTAKE) && !complaint_gone(complaint);

	html(out, "<ul class=\"links\">");
	if (writes)
		html(out, "<li><a href=\"/complaints/%s/reply\">Catat kabar dari pengadu</a></li>",
			uuid);
	if (writes && record_number(complaint, "kiosk") == DESK_KIOSK)
		html(out, "<li><a href=\"/complaints/%s/receipt\">Tanda terima</a></li>", uuid);
	if (writes && record_number(complaint, "kiosk") != DESK_KIOSK && has_words(complaint))
		html(out, "<li><a href=\"/complaints/%s/letter\">Cetak surat</a></li>", uuid);
	if (officer_may(&request->officer, RIGHT_AUDIT))
		html(out, "<li><a href=\"/complaints/%s/file\">Berkas lengkap</a></li>", uuid);
	html(out, "</ul>\n");
}

void intake_section(
	struct request *request, FILE *out, const json_t *complaint, const json_t *handovers)
{
	const char *uuid = record_words(complaint, "uuid");
	size_t i;
	json_t *item;

	if (json_array_size(handovers) > 0) {
		html(out,
			"<section class=\"card\"><h2>Disampaikan petugas</h2>\n"
			"<p class=\"help\">%s</p>\n<ul class=\"history\">\n",
			record_number(complaint, "kiosk") == DESK_KIOSK
				? "Aduan ini tidak datang lewat kotak: jawabannya disampaikan "
				  "sendiri, dengan cara pengadu menghubungi kantor."
				: "SMS-nya tidak sampai: sampaikan dengan cara lain, lalu catat "
				  "di sini.");
		json_array_foreach (handovers, i, item) {
			one_item(request, out, uuid, item, (long long)i);
		}
		html(out, "</ul></section>\n");
	}
	more_links(request, out, complaint);
}

/* The page of all that is owed. */

static void owed_item(FILE *out, const json_t *item)
{
	char time[40];
	const char *who =
		record_text(item, "name") ? record_text(item, "name") : record_words(item, "from");

	html(out,
		"<li class=\"item\"><a href=\"/complaints/%s\"><span class=\"ticket\">%s</span> "
		"<strong>%s</strong><span class=\"meta\">%s \xc2\xb7 %s \xc2\xb7 sejak "
		"%s</span></a></li>\n",
		record_words(item, "complaint"), record_words(item, "ticket"),
		intake_kind(record_words(item, "kind")), *who ? who : "tanpa nama",
		word_channel(record_words(item, "channel")),
		word_date(record_text(item, "owed"), time));
}

int intake_get_handovers(struct request *request)
{
	autojson json_t *list = NULL;
	struct page page;
	size_t i;
	json_t *item;

	int error = handover_owed(request->db, desk_view(request), SHOWN_MOST, &list);
	if (error >= 0)
		error = desk_begin(request, &page, "Belum disampaikan", "/complaints", 0, NULL);
	if (error < 0)
		return error;
	html(page.out, "<p>Jawaban dan pertanyaan yang tidak dapat dikirim kotak. "
		       "Bacakan, serahkan atau kirimkan, lalu catat di halaman aduannya.</p>\n"
		       "<ul class=\"list\">\n");
	json_array_foreach (list, i, item) {
		owed_item(page.out, item);
	}
	html(page.out, "</ul>\n");
	if (json_array_size(list) == 0)
		html(page.out, "<p class=\"empty\">Semua sudah disampaikan.</p>\n");
	if (json_array_size(list) == SHOWN_MOST)
		html(page.out, "<p class=\"help\">Yang terlama dulu; selebihnya terlihat setelah "
			       "ini disampaikan.</p>\n");
	return desk_answer(request, &page, MHD_HTTP_OK);
}

static const char *refusal(int error)
{
	switch (error) {
	case -EINVAL:
		return "Tulis di catatan apa yang sudah dicoba.";
	case -ERANGE:
		return "Tanggal itu sebelum keputusannya, atau belum tiba.";
	case -ENOENT:
		return "Aduan atau keputusan itu tidak ditemukan.";
	default:
		return decision_refusal(error);
	}
}

static int read_handed(struct request *request, int64_t *handed_ms)
{
	autofree char *day = request_field(request, "handed");

	*handed_ms = 0;
	if (!day || !*day)
		return 0;
	if (intake_day(day, request->now_ms, handed_ms) < 0)
		return -ERANGE;
	return 0;
}

int intake_post_handed(struct request *request)
{
	autofree char *command = request_field(request, "command");
	autofree char *how = request_field(request, "how");
	autofree char *note = request_field(request, "text");
	char actor[DESK_ACTOR_SIZE], location[128];
	const struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	struct handing handing = { .complaint = request->part,
		.command = command ? command : "",
		.how = how ? how : "",
		.note = note,
		.view = desk_view(request) };
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	error = read_handed(request, &handing.handed_ms);
	if (error >= 0)
		error = handover_done(request->db, &step, &handing);
	if (error < 0 && error != -EALREADY) {
		const struct form_state state = { .wrong = refusal(error) };
		if (error == -ENOENT)
			return answer_error(request, MHD_HTTP_NOT_FOUND, refusal(error));
		return desk_show_complaint(request,
			error == -EBUSY || error == -EIO ? MHD_HTTP_SERVICE_UNAVAILABLE
							 : MHD_HTTP_BAD_REQUEST,
			&state);
	}
	server_wake(request->server);
	snprintf(location, sizeof(location), "/complaints/%s?done=handed", request->part);
	return answer_redirect(request, location);
}
