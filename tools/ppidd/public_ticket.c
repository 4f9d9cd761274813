/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of one's own complaint, for whoever has its number and its PIN: in words, with the
 * officers' answer or question, without anything that the complainant wrote or was known by.
 * Guessing is slowed by address, by address and ticket, and by ticket wherever it comes from.
 */
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/case.h"
#include "tools/ppidd/public.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/throttle.h"
#include "wire/ticket.h"

#define PLACE "/publik/tiket"
#define FREE_OWN 5
#define FREE_ADDRESS 20
#define FREE_TICKET 50
#define ASKERS 3
#define ASKER_SIZE 128
#define PIN_MOST 16

static int form_page(
	struct request *request, unsigned status, const char *wrong, const char *ticket)
{
	struct page page;

	int error = public_begin(request, &page, "Aduan saya", PLACE);
	if (error < 0)
		return error;
	if (wrong)
		html(page.out, "<p class=\"wrong\" role=\"alert\">%s</p>\n", wrong);
	html(page.out,
		"<form class=\"card narrow\" method=\"post\" action=\"" PLACE "\">\n"
		"<label for=\"ticket\">Nomor tiket</label>\n"
		"<input id=\"ticket\" name=\"ticket\" inputmode=\"numeric\" autocomplete=\"off\" "
		"required maxlength=\"20\" aria-describedby=\"ticket-help\" value=\"%s\">\n"
		"<p id=\"ticket-help\" class=\"help\">Contoh: 003-000001-8. Ada pada SMS atau "
		"kertas dari kotak aduan.</p>\n"
		"<label for=\"pin\">PIN</label>\n"
		"<input id=\"pin\" name=\"pin\" inputmode=\"numeric\" autocomplete=\"off\" "
		"required maxlength=\"16\" aria-describedby=\"pin-help\">\n"
		"<p id=\"pin-help\" class=\"help\">Empat angka yang Anda terima bersama nomor "
		"tiket.</p>\n<button>Lihat</button>\n</form>\n",
		ticket ? ticket : "");
	return public_end(request, &page, status);
}

int public_get_ticket(struct request *request)
{
	return form_page(request, MHD_HTTP_OK, NULL, NULL);
}

/* Who asks, as far as guessing goes, and how often each may fail at once. */
static const int64_t frees[ASKERS] = { FREE_OWN, FREE_ADDRESS, FREE_TICKET };

static void name_askers(
	const struct request *request, const char *ticket, char askers[static ASKERS][ASKER_SIZE])
{
	snprintf(askers[0], ASKER_SIZE, "pin:%s:%s", ticket, request->address);
	snprintf(askers[1], ASKER_SIZE, "pin:%s", request->address);
	snprintf(askers[2], ASKER_SIZE, "pin:%s", ticket);
}

static int must_wait(struct request *request, char askers[static ASKERS][ASKER_SIZE])
{
	for (int i = 0; i < ASKERS; i++) {
		int64_t wait = throttle_wait(request->db, askers[i], frees[i], request->now_ms);
		if (wait != 0)
			return wait < 0 ? (int)wait : 1;
	}
	return 0;
}

static int note_failure(struct request *request, char askers[static ASKERS][ASKER_SIZE])
{
	int error = db_begin(request->db);

	if (error < 0)
		return error;
	for (int i = 0; error >= 0 && i < ASKERS; i++)
		error = throttle_failed(request->db, askers[i], request->now_ms);
	return db_end(request->db, error);
}

/* The complaint of that number, if its PIN is that one: {uuid, ticket, state, …}. -EACCES. */
static int open_ticket(struct db *db, const char *ticket, const char *pin, json_t **out)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT c.uuid, c.ticket, c.state, c.created_ms, c.due_ms, c.resolved_ms, "
		"c.referred_to, p.pin, c.kind FROM complaint c JOIN complaint_personal p ON p.uuid "
		"= "
		"c.uuid "
		"WHERE c.ticket = $1",
		"t", ticket);
	if (result >= 0)
		result = db_step(rows);
	if (result < 0)
		return result;
	const char *right = result > 0 ? db_words(rows, 7) : "";
	size_t length = strlen(right);
	if (length == 0 || strlen(pin) != length || sodium_memcmp(pin, right, length) != 0)
		return -EACCES;
	*out = json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:s?, s:s}", "uuid", db_words(rows, 0),
		"ticket", db_words(rows, 1), "state", db_words(rows, 2), "created",
		record_time(db_integer(rows, 3)), "due", record_time(db_integer(rows, 4)),
		"resolved", record_time(db_integer(rows, 5)), "referred_to", db_text(rows, 6),
		"kind", db_words(rows, 8));
	return *out ? 0 : -ENOMEM;
}

/* The officers' latest words of that type of event; caller owns, NULL when there are none. */
static int latest_words(struct db *db, const char *uuid, const char *type, json_t **out)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT p.body FROM event e JOIN event_personal p ON p.source = e.source "
		"AND p.epoch = e.epoch AND p.seq = e.seq WHERE e.complaint = $1 "
		"AND e.source = 0 AND e.type = $2 ORDER BY e.epoch DESC, e.seq DESC LIMIT 1",
		"tt", uuid, type);
	if (result >= 0)
		result = db_step(rows);
	if (result > 0)
		*out = json_loads(db_words(rows, 0), 0, NULL);
	return result < 0 ? result : 0;
}

static const char *explanation(const char *state)
{
	static const char *const words[][2] = {
		{ "received", "Aduan Anda sudah kami terima dan akan diperiksa." },
		{ "incomplete", "Kami menunggu keterangan dari Anda." },
		{ "verified", "Aduan Anda lengkap dan menjadi urusan kami." },
		{ "assigned", "Seorang petugas sudah ditunjuk." },
		{ "investigating", "Petugas sedang menangani aduan Anda." },
		{ "resolved", "Aduan Anda sudah dijawab." },
		{ "closed", "Aduan Anda sudah selesai." },
		{ "referred", "Aduan Anda dialihkan ke instansi yang berwenang." },
		{ "withdrawn", "Aduan ini sudah Anda cabut." },
		{ "reopened", "Aduan Anda dibuka kembali dan ditangani lagi." },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i][0], state) == 0)
			return words[i][1];
	}
	return "";
}

static void fact(FILE *out, const char *label, const char *words)
{
	if (words && *words)
		html(out, "<div><dt>%s</dt><dd>%s</dd></div>\n", label, words);
}

/* Until when one may object to the answer. */
static int object_until(struct request *request, const json_t *complaint, char out[static 40])
{
	int64_t until_ms = 0;
	char time[TIME_SIZE];

	out[0] = '\0';
	if (!record_text(complaint, "resolved") || case_kind_of(complaint) == CASE_OBJECTION)
		return 0;
	int error = case_object_until(request->db, complaint, request->now_ms, &until_ms);
	if (error < 0 || until_ms <= request->now_ms)
		return error;
	time_format(until_ms - 1, time);
	word_date(time, out);
	return 0;
}

static int status_page(struct request *request, const json_t *complaint)
{
	const char *state = record_words(complaint, "state");
	bool asked = strcmp(state, "incomplete") == 0;
	autojson json_t *said = NULL;
	char time[40], until[40];
	struct page page;

	int error = object_until(request, complaint, until);
	if (error >= 0)
		error = latest_words(request->db, record_words(complaint, "uuid"),
			asked ? "complaint.question" : "complaint.answer", &said);
	if (error >= 0)
		error = public_begin(request, &page, "Aduan saya", PLACE);
	if (error < 0)
		return error;
	html(page.out,
		"<section class=\"card\"><h2>Tiket %s</h2>\n<p><span class=\"state %s\">%s</span> "
		"%s</p>\n<dl>\n",
		record_words(complaint, "ticket"), state, word_state(state), explanation(state));
	fact(page.out, "Masuk", word_date(record_text(complaint, "created"), time));
	fact(page.out, "Dijawab", word_date(record_text(complaint, "resolved"), time));
	fact(page.out, "Keberatan dapat diajukan sampai", until);
	fact(page.out, "Dijawab paling lambat", word_time(record_text(complaint, "due"), time));
	if (strcmp(state, "referred") == 0)
		fact(page.out, "Dialihkan ke", record_text(complaint, "referred_to"));
	html(page.out, "</dl>\n");
	if (record_text(said, "text"))
		html(page.out, "<h2>%s</h2>\n<blockquote class=\"text\">%s</blockquote>\n",
			asked ? "Pertanyaan kepada Anda" : "Jawaban", record_words(said, "text"));
	html(page.out, "</section>\n<p><a href=\"" PLACE "\">Lihat tiket lain</a></p>\n");
	return public_end(request, &page, MHD_HTTP_OK);
}

int public_post_ticket(struct request *request)
{
	autofree char *number = request_field(request, "ticket");
	autofree char *pin = request_field(request, "pin");
	autojson json_t *complaint = NULL;
	char askers[ASKERS][ASKER_SIZE], ticket[TICKET_SIZE];

	if (!number || !pin || ticket_parse(number, ticket) < 0 || strlen(pin) > PIN_MOST)
		return form_page(request, MHD_HTTP_BAD_REQUEST,
			"Nomor tiket itu tidak lengkap atau salah ketik. Periksa angka-angkanya.",
			number);
	name_askers(request, ticket, askers);
	int wait = must_wait(request, askers);
	if (wait < 0)
		return wait;
	if (wait > 0)
		return form_page(request, MHD_HTTP_TOO_MANY_REQUESTS,
			"Terlalu banyak percobaan. Tunggu beberapa menit, lalu coba lagi.", number);
	int error = open_ticket(request->db, ticket, pin, &complaint);
	if (error == -EACCES) {
		/* The same words whether there is no such ticket or the PIN is wrong. */
		error = note_failure(request, askers);
		return error < 0 ? error
				 : form_page(request, MHD_HTTP_FORBIDDEN,
					   "Nomor tiket atau PIN tidak cocok.", number);
	}
	if (error >= 0)
		error = throttle_forget(request->db, askers[0]);
	return error < 0 ? error : status_page(request, complaint);
}
