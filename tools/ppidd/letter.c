/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An answer, question, referral or extension as a letter on A4, for who has no kiosk and no phone.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "tools/ppidd/case.h"
#include "tools/ppidd/deadline.h"
#include "tools/ppidd/decision.h"
#include "tools/ppidd/desk_intake.h"
#include "tools/ppidd/record.h"

#define LONG_DATE_SIZE 40
/* UU 14/2008 art. 37, after the answer of PPID's superior. */
#define DISPUTE_WORKING_DAYS 14

static const char sheet[] = {
#include "gen/tools/ppidd/paper.css.inc"
	0
};

int paper_get_sheet(struct request *request)
{
	char *copy = strdup(sheet);

	return answer_text(
		request, MHD_HTTP_OK, "text/css; charset=utf-8", copy, copy ? strlen(copy) : 0);
}

/* {id, type, target, created_ms, words, day}: that command of the complaint, or its latest with
 * words.
 */
static int find_words(struct db *db, const char *complaint, const char *id, json_t **out)
{
	autorows struct db_rows *rows = NULL;

	int result = db_query(db, &rows,
		"SELECT c.id, c.type, c.target, c.created_ms, coalesce(p.text, p.reason), c.day "
		"FROM command c LEFT JOIN command_personal p ON p.id = c.id "
		"WHERE c.complaint = $1 AND ($2 = '' OR c.id = $2) "
		"AND (c.type IN ('answer', 'question', 'extended') OR c.target = 'referred') "
		"ORDER BY c.number DESC LIMIT 1",
		"tt", complaint, id);
	if (result >= 0)
		result = db_step(rows);
	if (result <= 0)
		return result < 0 ? result : -ENOENT;
	*out = json_pack("{s:s, s:s, s:s?, s:I, s:s?, s:s?}", "id", db_words(rows, 0), "type",
		db_words(rows, 1), "target", db_text(rows, 2), "created_ms",
		(json_int_t)db_integer(rows, 3), "words", db_text(rows, 4), "day",
		db_text(rows, 5));
	return *out ? 0 : -ENOMEM;
}

static bool local_parts(int64_t time_ms, struct tm *parts)
{
	time_t seconds = (time_t)(time_ms / 1000);

	return localtime_r(&seconds, parts) && parts->tm_mon >= 0 && parts->tm_mon < 12;
}

static const char *long_date(int64_t time_ms, char out[static LONG_DATE_SIZE])
{
	static const char *const months[] = { "Januari", "Februari", "Maret", "April", "Mei",
		"Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember" };
	struct tm parts;

	out[0] = '\0';
	if (local_parts(time_ms, &parts))
		snprintf(out, LONG_DATE_SIZE, "%d %s %d", parts.tm_mday, months[parts.tm_mon],
			parts.tm_year + 1900);
	return out;
}

/* As letters are numbered: the ticket, whose it is, the month in Roman figures, the year. */
static void letter_number(FILE *out, const char *ticket, int64_t time_ms)
{
	static const char *const months[] = { "I", "II", "III", "IV", "V", "VI", "VII", "VIII",
		"IX", "X", "XI", "XII" };
	struct tm parts;

	if (local_parts(time_ms, &parts))
		html(out, "%s/PPID/%s/%lld", ticket, months[parts.tm_mon],
			(long long)parts.tm_year + 1900);
}

static const char *kind_of(const json_t *words)
{
	const char *target = record_words(words, "target");

	return strcmp(target, "referred") == 0 ? target : record_words(words, "type");
}

static const char *noun(const json_t *complaint)
{
	static const char *const nouns[CASE_KIND_COUNT] = { "aduan", "permohonan informasi",
		"keberatan" };

	return nouns[case_kind_of(complaint)];
}

static const char *subject(const char *kind)
{
	if (strcmp(kind, "question") == 0)
		return "Permintaan keterangan tentang";
	if (strcmp(kind, "extended") == 0)
		return "Perpanjangan waktu penanganan";
	if (strcmp(kind, "referred") == 0)
		return "Pengalihan";
	return "Jawaban atas";
}

static const char *opening(const char *kind)
{
	if (strcmp(kind, "question") == 0)
		return "Supaya hal itu dapat kami tangani, kami mohon keterangan berikut:";
	if (strcmp(kind, "extended") == 0)
		return "Penanganannya memerlukan waktu lebih lama, karena:";
	if (strcmp(kind, "referred") == 0)
		return "Hal itu menjadi wewenang instansi lain, dan kami alihkan kepada:";
	return "Setelah kami periksa, kami sampaikan jawaban berikut:";
}

/* The day that the complainant was told with it, which stays, whatever the calendar becomes. */
static void day_told(FILE *out, const json_t *words, const char *before)
{
	char date[LONG_DATE_SIZE];
	int64_t day_ms = 0;

	if (record_text(words, "day") && intake_day(record_words(words, "day"), 0, &day_ms) == 0)
		html(out, "%s %s", before, long_date(day_ms, date));
}

/* What they may do who aren't content with an answer, by the kind of case. */
static void rights(FILE *out, const json_t *complaint, const json_t *words)
{
	html(out,
		"<p>Bila jawaban ini belum membantu, Anda berhak:</p>\n<ol>"
		"<li>meminta %s ini dibuka kembali, di kantor kami atau lewat telepon, dengan "
		"menyebut nomor tiket %s dan PIN Anda;</li>",
		noun(complaint), record_words(complaint, "ticket"));
	if (case_kind_of(complaint) == CASE_OBJECTION) {
		html(out,
			"<li>mengajukan sengketa informasi kepada Komisi Informasi dalam %lld hari "
			"kerja setelah menerima surat ini (UU 14/2008 pasal 37).</li></ol>\n",
			(long long)DISPUTE_WORKING_DAYS);
		return;
	}
	html(out, "<li>mengajukan keberatan tertulis kepada atasan PPID dalam %lld hari kerja",
		(long long)deadline_rules()->objection_within);
	day_told(out, words, ", yaitu paling lambat");
	html(out, " (UU 14/2008 pasal 35 dan 36).</li></ol>\n");
}

static void closing(FILE *out, const char *kind, const json_t *complaint, const json_t *words)
{
	const char *ticket = record_words(complaint, "ticket");

	if (strcmp(kind, "answer") == 0) {
		rights(out, complaint, words);
	} else if (strcmp(kind, "question") == 0) {
		html(out,
			"<p>Keterangan dapat Anda berikan di kantor kami, lewat telepon atau "
			"surat, dengan menyebut nomor tiket %s. Selama menunggu, waktu "
			"penanganan berhenti.</p>\n",
			ticket);
	} else {
		if (strcmp(kind, "extended") == 0 && record_text(words, "day")) {
			html(out, "<p>Jawabannya Anda terima");
			day_told(out, words, " paling lambat");
			html(out, ".</p>\n");
		}
		html(out,
			"<p>Perkembangannya dapat Anda tanyakan di kantor kami dengan nomor tiket "
			"%s dan PIN Anda.</p>\n",
			ticket);
	}
}

static void addressee(FILE *out, const json_t *complaint)
{
	const char *name = record_text(complaint, "name");
	const char *address = record_text(complaint, "address");

	html(out, "<p class=\"to\">Kepada Yth.<br>\n");
	if (name)
		html(out, "<strong>%s</strong><br>\n", name);
	else
		html(out, "<strong>Pengadu dengan nomor tiket %s</strong><br>\n",
			record_words(complaint, "ticket"));
	html(out, "%s</p>\n", address ? address : "di tempat");
}

static void letter(
	FILE *out, const struct request *request, const json_t *complaint, const json_t *words)
{
	const char *ticket = record_words(complaint, "ticket"), *kind = kind_of(words);
	int64_t made_ms = record_number(words, "created_ms"), came_ms = 0;
	char date[LONG_DATE_SIZE], came[LONG_DATE_SIZE] = "";

	if (time_parse(record_words(complaint, "created"), &came_ms) == 0)
		long_date(came_ms, came);
	html(out,
		"<article class=\"letter\">\n<p class=\"head\"><strong>%s</strong><br>"
		"Pejabat Pengelola Informasi dan Dokumentasi (PPID)</p>\n"
		"<p class=\"date\">%s</p>\n<p>Nomor: ",
		request->config->office, long_date(made_ms, date));
	letter_number(out, ticket, made_ms);
	html(out, "<br>\nHal: %s %s Anda</p>\n", subject(kind), noun(complaint));
	addressee(out, complaint);
	html(out,
		"<p>Dengan hormat,</p>\n<p>Pada tanggal %s kami menerima %s Anda (%s), dengan "
		"nomor tiket %s. %s</p>\n<p class=\"text\">%s</p>\n",
		came, noun(complaint), word_channel(record_words(complaint, "channel")), ticket,
		opening(kind),
		record_text(words, "words") ? record_words(words, "words") : "(isi sudah dihapus)");
	closing(out, kind, complaint, words);
	html(out,
		"<p>Terima kasih atas perhatian Anda.</p>\n"
		"<div class=\"sign\"><p>Hormat kami,<br>%s</p>"
		"<p>( ........................................ )</p></div>\n</article>\n",
		request->config->office);
}

int paper_begin(struct request *request, struct page *page, const char *title)
{
	char token[TOKEN_SIZE];
	const struct page_head head = { .title = title,
		.office = request->config->office,
		.officer = &request->officer,
		.form_token = token,
		.sheet = "/paper.css" };

	officer_form_token(request->session, token);
	return page_begin(page, &head);
}

static int letter_page(struct request *request, const json_t *complaint, const json_t *words)
{
	struct page page;

	int error = paper_begin(request, &page, "Surat untuk pengadu");
	if (error < 0)
		return error;
	html(page.out,
		"<p class=\"screen\"><a href=\"/complaints/%s\">Kembali ke aduan %s</a></p>\n"
		"<p class=\"help screen\">Cetak di kertas A4 dengan perintah Cetak pada peramban "
		"(Ctrl+P), tanda tangani, lalu catat di halaman aduan bahwa suratnya "
		"disampaikan.</p>\n",
		record_words(complaint, "uuid"), record_words(complaint, "ticket"));
	letter(page.out, request, complaint, words);
	return desk_answer(request, &page, MHD_HTTP_OK);
}

int letter_get(struct request *request)
{
	autojson json_t *complaint = NULL, *words = NULL;
	const char *of = request_argument(request, "of");

	int error = complaint_find(request->db, request->part, desk_view(request), &complaint);
	if (error >= 0)
		error = find_words(
			request->db, record_words(complaint, "uuid"), of ? of : "", &words);
	if (error == -ENOENT)
		return answer_error(request, MHD_HTTP_NOT_FOUND,
			complaint ? "Belum ada jawaban atau pertanyaan untuk dicetak."
				  : decision_refusal(error));
	return error < 0 ? error : letter_page(request, complaint, words);
}
