/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The register of objections (buku register keberatan): to read, to print, and as CSV. */
#include <errno.h>
#include <string.h>

#include "tools/ppidd/calendar.h"
#include "tools/ppidd/complaint_internal.h"
#include "tools/ppidd/desk_case.h"
#include "tools/ppidd/record.h"
#include "tools/ppidd/report.h"

#define PLACE "/objections"
#define PER_PAGE 50
#define CSV_MOST 10000
#define YEAR_FIRST 2000
#define YEAR_LAST 2200

/* One year of it, from a place on. */
struct leaf {
	int64_t year;
	int64_t after_ms;
	char after[UUID_SIZE];
	int64_t most;
};

/* $1 the view, $2 and $3 the year, $4 and $5 the place. The decision is what was answered last. */
static const char entries[] =
	"SELECT c.uuid, c.ticket, c.created_ms, " COMPLAINT_NAME ", "
	"(SELECT o.ticket FROM complaint o WHERE o.uuid = c.objects_to), c.ground, c.state, "
	"c.resolved_ms, c.due_ms, c.too_late, c.confidential, "
	"(SELECT a.body FROM event e JOIN event_personal a ON a.source = e.source "
	"AND a.epoch = e.epoch AND a.seq = e.seq WHERE e.complaint = c.uuid AND e.source = 0 "
	"AND e.type = 'complaint.answer' ORDER BY e.epoch DESC, e.seq DESC LIMIT 1) "
	"FROM complaint c LEFT JOIN complaint_personal p ON p.uuid = c.uuid "
	"WHERE c.kind <> 'complaint' AND c.kind = 'objection' AND " VIEW_SHOWS(
		"c") "AND c.created_ms >= $2 AND c.created_ms "
		     "< $3 AND (c.created_ms, c.uuid) > ($4, "
		     "$5) "
		     "ORDER BY c.created_ms, c.uuid LIMIT $6";

static int64_t begins_ms(int64_t year)
{
	return calendar_end_ms(calendar_first((int)year) - 1);
}

static int query(struct request *request, const struct leaf *leaf, struct db_rows **rows)
{
	return db_query(request->db, rows, entries, "iiiiti", (int64_t)desk_view(request),
		begins_ms(leaf->year), begins_ms(leaf->year + 1), leaf->after_ms, leaf->after,
		leaf->most);
}

static void read_leaf(struct request *request, struct leaf *leaf)
{
	const char *after = request_argument(request, "after");
	char *end = NULL;

	*leaf = (struct leaf) { .after_ms = INT64_MIN };
	if (request_integer(request, "year", YEAR_FIRST, YEAR_LAST,
		    calendar_year_of(request->now_ms), &leaf->year) < 0)
		leaf->year = calendar_year_of(request->now_ms);
	if (!after)
		return;
	errno = 0;
	int64_t time_ms = strtoll(after, &end, 10);
	if (errno == 0 && end != after && *end == '-' && uuid_valid(end + 1)) {
		leaf->after_ms = time_ms;
		snprintf(leaf->after, sizeof(leaf->after), "%s", end + 1);
	}
}

/* The day of a moment, "" for none. */
static const char *day_of(int64_t time_ms, char out[static 40])
{
	char time[TIME_SIZE];

	out[0] = '\0';
	if (time_ms == 0)
		return out;
	time_format(time_ms, time);
	return word_date(time, out);
}

/* What was decided; caller frees *answer, which the words may be of. */
static const char *decision(struct db_rows *rows, json_t **answer)
{
	*answer = json_loads(db_words(rows, 11), JSON_REJECT_DUPLICATES, NULL);
	if (record_text(*answer, "text"))
		return record_text(*answer, "text");
	return word_state(db_words(rows, 6));
}

static const char *name_of(struct db_rows *rows)
{
	if (db_text(rows, 3))
		return db_text(rows, 3);
	return db_integer(rows, 10) != 0 ? DESK_KEPT : "–";
}

static const char *late_words(int64_t too_late)
{
	switch (too_late) {
	case CASE_TOO_LATE:
		return " (datang terlambat)";
	case CASE_TAKEN_LATE:
		return " (datang terlambat, tetap diterima)";
	default:
		return "";
	}
}

static void row(FILE *out, struct db_rows *rows)
{
	autojson json_t *answer = NULL;
	char came[40], answered[40], due[40];
	const char *ground = db_words(rows, 5);
	const char *words = decision(rows, &answer);

	html(out,
		"<tr><th scope=\"row\" data-label=\"Nomor\"><a href=\"/complaints/%s\">%s</a></th>"
		"<td data-label=\"Tanggal\">%s</td><td data-label=\"Nama\">%s</td>"
		"<td data-label=\"Atas tiket\">%s</td><td data-label=\"Alasan\">%s%s%s%s</td>",
		db_words(rows, 0), db_words(rows, 1), day_of(db_integer(rows, 2), came),
		name_of(rows), db_text(rows, 4) ? db_words(rows, 4) : "–", ground,
		*ground ? ". " : "–", desk_word_ground(ground), late_words(db_integer(rows, 9)));
	html(out,
		"<td data-label=\"Keputusan\">%s</td><td data-label=\"Tanggapan\">%s%s</td></tr>\n",
		words, db_integer(rows, 7) != 0 ? "" : "paling lambat ",
		db_integer(rows, 7) != 0 ? day_of(db_integer(rows, 7), answered)
					 : day_of(db_integer(rows, 8) - 1, due));
}

static void links(FILE *out, const struct leaf *leaf, int64_t now_year)
{
	html(out,
		"<ul class=\"links\" aria-label=\"Tahun lain dan unduhan\">\n"
		"<li><a href=\"" PLACE "?year=%lld\">Tahun %lld</a></li>\n",
		(long long)leaf->year - 1, (long long)leaf->year - 1);
	if (leaf->year < now_year)
		html(out, "<li><a href=\"" PLACE "?year=%lld\">Tahun %lld</a></li>\n",
			(long long)leaf->year + 1, (long long)leaf->year + 1);
	html(out, "<li><a href=\"" PLACE ".csv?year=%lld\">Unduh sebagai CSV</a></li>\n</ul>\n",
		(long long)leaf->year);
}

static int rows_of(FILE *out, struct db_rows *rows, int64_t *count, struct leaf *next)
{
	int result;

	*count = 0;
	while ((result = db_step(rows)) > 0) {
		row(out, rows);
		(*count)++;
		next->after_ms = db_integer(rows, 2);
		snprintf(next->after, sizeof(next->after), "%s", db_words(rows, 0));
	}
	return result;
}

static int get_register(struct request *request)
{
	autorows struct db_rows *rows = NULL;
	struct page page;
	struct leaf leaf, next;
	char title[64];
	int64_t count = 0;

	read_leaf(request, &leaf);
	leaf.most = PER_PAGE;
	next = leaf;
	snprintf(title, sizeof(title), "Register keberatan %lld", (long long)leaf.year);
	int error = query(request, &leaf, &rows);
	if (error >= 0)
		error = report_begin(request, &page, title, PLACE);
	if (error < 0)
		return error;
	links(page.out, &leaf, calendar_year_of(request->now_ms));
	html(page.out,
		"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table>\n"
		"<thead><tr><th scope=\"col\">Nomor</th><th scope=\"col\">Tanggal</th>"
		"<th scope=\"col\">Nama</th><th scope=\"col\">Atas tiket</th>"
		"<th scope=\"col\">Alasan</th><th scope=\"col\">Keputusan</th>"
		"<th scope=\"col\">Tanggapan</th></tr></thead>\n<tbody>\n",
		title);
	error = rows_of(page.out, rows, &count, &next);
	html(page.out, "</tbody></table></div>\n");
	if (count == 0)
		html(page.out, "<p class=\"empty\">Tidak ada keberatan dalam tahun ini.</p>\n");
	if (count == PER_PAGE)
		html(page.out,
			"<nav class=\"pages\" aria-label=\"Halaman\"><a href=\"" PLACE
			"?year=%lld&amp;after=%lld-%s\">Selanjutnya ›</a></nav>\n",
			(long long)leaf.year, (long long)next.after_ms, next.after);
	int answered = desk_answer(request, &page, MHD_HTTP_OK);
	return error < 0 ? error : answered;
}

static void csv_row(FILE *out, struct db_rows *rows)
{
	autojson json_t *answer = NULL;
	const char *words = decision(rows, &answer);
	const char *ground = db_words(rows, 5);
	char came[TIME_SIZE] = "", answered[TIME_SIZE] = "";

	time_format(db_integer(rows, 2), came);
	if (db_integer(rows, 7) != 0)
		time_format(db_integer(rows, 7), answered);
	const char *fields[] = { db_words(rows, 1), came, name_of(rows), db_words(rows, 4), ground,
		desk_word_ground(ground), words, answered, db_integer(rows, 9) != 0 ? "1" : "0" };
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		csv_field(out, fields[i]);
		fputs(i + 1 < ARRAY_SIZE(fields) ? "," : "\r\n", out);
	}
}

static int write_csv(struct db_rows *rows, char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);
	int result = out ? 0 : -ENOMEM;

	if (!out)
		return result;
	fputs("ticket,came,name,objects_to,ground,ground_words,decision,answered,too_late\r\n",
		out);
	while ((result = db_step(rows)) > 0)
		csv_row(out, rows);
	if (fclose(out) != 0 && result >= 0)
		result = -ENOMEM;
	return result;
}

static int get_csv(struct request *request)
{
	autorows struct db_rows *rows = NULL;
	char *text = NULL;
	size_t size = 0;
	struct leaf leaf;

	read_leaf(request, &leaf);
	leaf.most = CSV_MOST;
	int error = query(request, &leaf, &rows);
	if (error >= 0)
		error = write_csv(rows, &text, &size);
	if (error < 0) {
		free(text);
		return error;
	}
	return answer_text(request, MHD_HTTP_OK, "text/csv; charset=utf-8", text, size);
}

const struct route case_routes[] = {
	{ "POST", "/complaints/*/kind", ROUTE_DESK, CASE_FORM_MOST, desk_post_kind, RIGHT_INTAKE,
		READS_COMPLAINT },
	{ "GET", PLACE, ROUTE_DESK, 0, get_register, RIGHT_REPORT, READS_LIST },
	{ "GET", PLACE ".csv", ROUTE_DESK, 0, get_csv, RIGHT_REPORT, READS_LIST },
	{ NULL, NULL, ROUTE_PUBLIC, 0, NULL, RIGHT_NONE, READS_NOTHING },
};
