/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is done to a kiosk at the desk: added, placed, given a code, revoked, restored; seen. */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "tools/ppidd/alarm.h"
#include "tools/ppidd/desk_kiosk.h"
#include "tools/ppidd/record.h"

#define TIME_WORDS 40
#define DIGITS_MOST 3

/* Why a form was refused, in words; NULL: it is no matter of the form. */
static const char *refusal(int error)
{
	switch (error) {
	case -EINVAL:
		return "Isi nama kotak.";
	case -EMSGSIZE:
		return "Nama, tempat, atau wilayah terlalu panjang.";
	case -EILSEQ:
		return "Ada huruf yang tidak dapat dibaca. Tulis ulang.";
	case -EEXIST:
		return "Nomor itu sudah dipakai kotak lain.";
	case -ERANGE:
		return "Nomor kotak adalah 1 sampai 998.";
	default:
		return NULL;
	}
}

/* The fields of a form, each to be freed. */
struct typed {
	char *number, *name, *stands, *region;
};

static struct typed read_form(const struct request *request)
{
	return (struct typed) { request_field(request, "number"), request_field(request, "name"),
		request_field(request, "stands"), request_field(request, "region") };
}

static void free_form(struct typed *typed)
{
	free(typed->number);
	free(typed->name);
	free(typed->stands);
	free(typed->region);
}

static struct kiosk_place place_of(const struct typed *typed)
{
	return (struct kiosk_place) { typed->name ? typed->name : "",
		typed->stands ? typed->stands : "", typed->region ? typed->region : "" };
}

static int64_t number_of(const struct typed *typed)
{
	const char *number = typed->number ? typed->number : "";
	size_t digits = strspn(number, "0123456789");

	if (digits == 0 || digits > DIGITS_MOST || number[digits])
		return 0;
	return strtoll(number, NULL, 10);
}

static int to_kiosk(struct request *request, int64_t number)
{
	autofree char *location = NULL;

	if (asprintf(&location, "/kiosks/%lld?done=1", (long long)number) < 0) {
		location = NULL;
		return -ENOMEM;
	}
	return answer_redirect(request, location);
}

/* The code is on this page and nowhere else. */
static int code_page(struct request *request, int64_t number, char code[static CODE_SIZE])
{
	char until[TIME_WORDS], time[TIME_SIZE], apart[CODE_SIZE + 1];
	struct page page;

	int error = desk_begin(request, &page, "Kode pendaftaran", "/kiosks", 0, NULL);
	if (error >= 0) {
		time_format(request->now_ms + CODE_VALID_MS, time);
		/* To be read aloud; enrolment forgives the dash. */
		snprintf(apart, sizeof(apart), "%.4s-%s", code, code + 4);
		html(page.out,
			"<section class=\"card\"><p>Kode untuk kotak <strong>%lld</strong>:</p>\n"
			"<p><code class=\"secret\" id=\"code\">%s</code></p>\n"
			"<p>Hanya ditunjukkan sekali, berlaku sampai %s, dan dapat dipakai satu "
			"kali. Di kotak, teknisi menulis:</p>\n"
			"<p><code>kotakctl enroll ALAMAT-SERVER %s</code></p>\n"
			"<p>ALAMAT-SERVER adalah alamat halaman ini sampai sebelum garis miring "
			"pertama, misalnya https://ppid.contoh.id.</p>\n"
			"<p><a href=\"/kiosks/%lld\">Ke kotak ini</a></p></section>\n",
			(long long)number, apart, word_time(time, until), apart, (long long)number);
		sodium_memzero(apart, sizeof(apart));
		error = desk_answer(request, &page, MHD_HTTP_OK);
	}
	sodium_memzero(code, CODE_SIZE);
	return error;
}

/* The form again, with what was typed in. */
static int refuse_new(struct request *request, const struct typed *typed, const char *why)
{
	const struct kiosk_place place = place_of(typed);
	autojson json_t *kiosk =
		json_pack("{s:I, s:s, s:s, s:s}", "number", (json_int_t)number_of(typed), "name",
			place.name, "stands", place.stands, "region", place.region);

	/* Words that are no UTF-8 are not shown again. */
	return kiosks_page(request, MHD_HTTP_BAD_REQUEST, why, kiosk);
}

int desk_post_kiosk(struct request *request)
{
	char code[CODE_SIZE], actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	struct typed typed = read_form(request);
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	const struct kiosk_place place = place_of(&typed);
	error = kiosk_add_placed(request->db, &step, number_of(&typed), &place, code);
	if (error < 0 && refusal(error))
		error = refuse_new(request, &typed, refusal(error));
	else if (error >= 0)
		error = code_page(request, number_of(&typed), code);
	free_form(&typed);
	return error;
}

static int no_such_kiosk(struct request *request)
{
	return answer_error(request, MHD_HTTP_NOT_FOUND, "Kotak itu tidak ada.");
}

int desk_post_kiosk_name(struct request *request)
{
	char actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	struct typed typed = read_form(request);
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	const struct kiosk_place place = place_of(&typed);
	error = kiosk_describe(request->db, &step, kiosk_asked(request), &place);
	free_form(&typed);
	if (error == -ENOENT)
		return no_such_kiosk(request);
	if (error < 0 && refusal(error))
		return kiosk_page_of(request, MHD_HTTP_BAD_REQUEST, refusal(error));
	return error < 0 ? error : to_kiosk(request, kiosk_asked(request));
}

int desk_post_kiosk_code(struct request *request)
{
	char code[CODE_SIZE], actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	error = kiosk_new_code(request->db, &step, kiosk_asked(request), code);
	if (error == -ENOENT)
		return no_such_kiosk(request);
	return error < 0 ? error : code_page(request, kiosk_asked(request), code);
}

int desk_get_kiosk_revoke(struct request *request)
{
	autojson json_t *kiosk = NULL;
	struct page page;

	int error = kiosk_find(request->db, kiosk_asked(request), request->now_ms, &kiosk);
	if (error == -ENOENT)
		return no_such_kiosk(request);
	if (error >= 0)
		error = desk_begin(request, &page, "Cabut kotak", "/kiosks", 0, NULL);
	if (error < 0)
		return error;
	html(page.out,
		"<section class=\"card\"><p>Kotak <strong>%s · %s</strong> tidak akan diterima "
		"server "
		"lagi: aduan baru darinya tidak datang, jawaban tidak sampai ke pengadunya. Yang "
		"sudah ada tetap tersimpan.</p>\n<form method=\"post\" "
		"action=\"/kiosks/%s/revoke\">",
		request->part, record_words(kiosk, "name"), request->part);
	desk_form_token(request, page.out);
	html(page.out,
		"<button>Ya, cabut kotak ini</button></form>\n"
		"<p><a href=\"/kiosks/%s\">Tidak, kembali</a></p></section>\n",
		request->part);
	return desk_answer(request, &page, MHD_HTTP_OK);
}

typedef int changer(struct db *db, const struct step *step, int64_t number);

static int post_change(struct request *request, changer *change)
{
	char actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	error = change(request->db, &step, kiosk_asked(request));
	if (error == -ENOENT)
		return no_such_kiosk(request);
	server_wake(request->server);
	return error < 0 ? error : to_kiosk(request, kiosk_asked(request));
}

int desk_post_kiosk_revoke(struct request *request)
{
	return post_change(request, kiosk_revoke);
}

int desk_post_kiosk_restore(struct request *request)
{
	return post_change(request, kiosk_restore);
}

int desk_post_kiosk_seen(struct request *request)
{
	char actor[DESK_ACTOR_SIZE];
	int error = 0;

	if (!desk_form_ok(request, true, &error))
		return error;
	struct step step = { .now_ms = request->now_ms, .actor = desk_actor(request, actor) };
	int64_t number = kiosk_asked(request);
	if (number == 0)
		return no_such_kiosk(request);
	error = alarm_seen(request->db, &step, number, request->officer.name);
	return error < 0 ? error : to_kiosk(request, number);
}
