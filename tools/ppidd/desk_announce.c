/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Announcements: written, looked at once more, then sent; and what became of the last ones. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/announce.h"
#include "tools/ppidd/command.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/desk.h"
#include "tools/ppidd/record.h"

#define TIME_WORDS 40
#define REASON_SIZE 1024
#define SHOWN_MOST 30

struct draft {
	const char *wrong; /* what was refused, or NULL */
	const char *text;
	int64_t kiosk; /* 0: all; -1: not chosen */
	bool sure;     /* looked at once more */
};

static void kiosk_option(FILE *out, int64_t value, const char *name, int64_t agreed, int64_t chosen)
{
	html(out, "<option value=\"%lld\"", (long long)value);
	fputs(value == chosen ? " selected" : "", out);
	html(out, ">%s (%lld warga)</option>\n", name, (long long)agreed);
}

static int64_t agreed_at(const json_t *kiosks, int64_t kiosk)
{
	int64_t agreed = 0;
	size_t i;
	json_t *item;

	json_array_foreach (kiosks, i, item) {
		if (kiosk == 0 || record_number(item, "kiosk") == kiosk)
			agreed += record_number(item, "agreed");
	}
	return agreed;
}

static const char *name_of(const json_t *kiosks, int64_t kiosk)
{
	size_t i;
	json_t *item;

	json_array_foreach (kiosks, i, item) {
		if (record_number(item, "kiosk") == kiosk)
			return record_words(item, "name");
	}
	return kiosk == 0 ? "Semua kotak" : NULL;
}

static void write_form(
	struct request *request, FILE *out, const json_t *kiosks, const struct draft *draft)
{
	size_t i;
	json_t *kiosk;

	html(out, "<form class=\"card\" method=\"post\" action=\"/announcements\">\n");
	desk_form_token(request, out);
	html(out, "<label for=\"kiosk\">Untuk warga di</label>\n"
		  "<select id=\"kiosk\" name=\"kiosk\">\n");
	kiosk_option(out, 0, "Semua kotak", agreed_at(kiosks, 0), draft->kiosk);
	json_array_foreach (kiosks, i, kiosk) {
		kiosk_option(out, record_number(kiosk, "kiosk"), record_words(kiosk, "name"),
			record_number(kiosk, "agreed"), draft->kiosk);
	}
	html(out,
		"</select>\n<label for=\"text\">Isi pengumuman</label>\n"
		"<textarea id=\"text\" name=\"text\" rows=\"4\" required maxlength=\"%lld\" "
		"aria-describedby=\"text-help\">%s</textarea>\n"
		"<p id=\"text-help\" class=\"help\">Dikirim sebagai SMS pada siang hari, hanya "
		"kepada warga yang bersedia. Satu SMS memuat sekitar 120 huruf; yang lebih panjang "
		"menjadi dua atau tiga SMS, dan pulsanya juga.</p>\n"
		"<button>Lihat dulu</button></form>\n",
		(long long)ANNOUNCEMENT_MAX, draft->text ? draft->text : "");
}

static void confirm_form(
	struct request *request, FILE *out, const json_t *kiosks, const struct draft *draft)
{
	char once[UUID_SIZE];

	uuid_new(once);
	html(out,
		"<section class=\"card\"><h2>Kirim pengumuman ini?</h2>\n"
		"<blockquote class=\"text\">%s</blockquote>\n"
		"<p>Untuk: <strong>%s</strong>, %lld warga bersedia menerimanya. Yang sudah "
		"dikirim "
		"tidak dapat ditarik kembali.</p>\n"
		"<form method=\"post\" action=\"/announcements\">",
		draft->text, name_of(kiosks, draft->kiosk),
		(long long)agreed_at(kiosks, draft->kiosk));
	desk_form_token(request, out);
	html(out,
		"<input type=\"hidden\" name=\"once\" value=\"%s\">"
		"<input type=\"hidden\" name=\"kiosk\" value=\"%lld\">"
		"<input type=\"hidden\" name=\"text\" value=\"%s\">\n"
		"<p class=\"choices\"><button name=\"do\" value=\"send\">Kirim</button> "
		"<button class=\"second\" name=\"do\" value=\"edit\">Ubah lagi</button></p>"
		"</form></section>\n",
		once, (long long)draft->kiosk, draft->text);
}

static void one_announcement(FILE *out, const json_t *item)
{
	const char *state = record_words(item, "state");
	char time[TIME_WORDS], reason[REASON_SIZE];

	html(out, "<li><span class=\"meta\">%s · %s</span><strong>%s</strong> ",
		desk_who(record_words(item, "actor")),
		word_time(record_text(item, "created"), time), record_words(item, "kiosk_name"));
	if (strcmp(state, "pending") == 0)
		html(out, "<span class=\"delivery queued\">menunggu diambil kotak</span>");
	else if (strcmp(state, "done") == 0)
		html(out,
			"<span class=\"delivery sent\">dikirim kotak kepada yang bersedia</span>");
	else
		html(out, "<span class=\"delivery failed\">ditolak kotak: %s</span>",
			(desk_reason(record_words(item, "reason"), reason, sizeof(reason)),
				reason));
	html(out, "<span class=\"text\">%s</span></li>\n",
		record_text(item, "text") ? record_text(item, "text") : "(isi sudah dihapus)");
}

static void show_made(FILE *out, const json_t *made)
{
	size_t i;
	json_t *item;

	html(out, "<section class=\"card\"><h2>Pengumuman terakhir</h2>\n");
	if (json_array_size(made) == 0)
		html(out, "<p class=\"empty\">Belum ada.</p>\n");
	html(out, "<ul class=\"history\">\n");
	json_array_foreach (made, i, item) {
		one_announcement(out, item);
	}
	html(out, "</ul></section>\n");
}

static int show(struct request *request, unsigned status, const struct draft *draft)
{
	autojson json_t *kiosks = NULL, *made = NULL;
	struct page page;

	int error = announce_audience(request->db, &kiosks);
	if (error >= 0)
		error = command_announcements(request->db, SHOWN_MOST, &made);
	if (error >= 0)
		error = desk_begin(request, &page, "Pengumuman", "/announcements", 0, NULL);
	if (error < 0)
		return error;
	if (draft->wrong)
		html(page.out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", draft->wrong);
	else if (request_argument(request, "done"))
		html(page.out, "<p class=\"right\" role=\"status\">Pengumuman diteruskan ke "
			       "kotak.</p>\n");
	if (json_array_size(kiosks) == 0)
		html(page.out, "<p class=\"empty\">Belum ada kotak yang terdaftar.</p>\n");
	else if (draft->sure)
		confirm_form(request, page.out, kiosks, draft);
	else
		write_form(request, page.out, kiosks, draft);
	show_made(page.out, made);
	return desk_answer(request, &page, status);
}

int desk_get_announcements(struct request *request)
{
	static const struct draft empty = { 0 };

	return show(request, MHD_HTTP_OK, &empty);
}

static const char *refusal(int error)
{
	return error == -ENOENT ? "Kotak itu tidak terdaftar." : decision_refusal(error);
}

static int64_t chosen_kiosk(const char *typed)
{
	char *end;

	if (!typed || !*typed)
		return -1;
	long long kiosk = strtoll(typed, &end, 10);
	return *end || kiosk < 0 || kiosk > 999 ? -1 : kiosk;
}

/* 0 or why the text can't be announced. */
static int text_fault(const char *text)
{
	autofree char *tidy = NULL;

	int error = decision_words(text ? text : "", ANNOUNCEMENT_MAX, &tidy);
	if (error < 0)
		return error;
	return *tidy ? 0 : -EINVAL;
}

static int send_draft(struct request *request, struct draft *draft, const char *once)
{
	char actor[DESK_ACTOR_SIZE];
	const struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	const struct announcement announcement = {
		.kiosk = draft->kiosk, .text = draft->text, .once = once
	};

	int error = announce(request->db, &step, &announcement);
	if (error >= 0 || error == -EALREADY) {
		server_wake(request->server);
		return answer_redirect(request, "/announcements?done=1");
	}
	draft->sure = false;
	draft->wrong = refusal(error);
	return show(request, error == -EBUSY ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_BAD_REQUEST,
		draft);
}

int desk_post_announcement(struct request *request)
{
	autofree char *text = NULL, *kiosk = NULL, *once = NULL, *deed = NULL;
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	text = request_field(request, "text");
	kiosk = request_field(request, "kiosk");
	once = request_field(request, "once");
	deed = request_field(request, "do");
	struct draft draft = { .text = text, .kiosk = chosen_kiosk(kiosk), .sure = true };
	error = draft.kiosk < 0 ? -ENOENT : text_fault(text);
	if (error < 0) {
		draft.wrong = refusal(error);
		draft.sure = false;
		/* A text that isn't UTF-8 can't be shown again. */
		if (error == -EILSEQ)
			draft.text = NULL;
		return show(request, MHD_HTTP_BAD_REQUEST, &draft);
	}
	if (deed && strcmp(deed, "send") == 0)
		return send_draft(request, &draft, once);
	draft.sure = !deed;
	return show(request, MHD_HTTP_OK, &draft);
}
