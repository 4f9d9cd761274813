/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which time a report is about, and what things in it are called. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/ids.h"
#include "tools/ppidd/html.h"
#include "tools/ppidd/report.h"

#define TEXT_MOST 100
#define WORDS_SIZE 40

/* Midnight, in the office's time zone, at which a day begins; days after are added. */
static bool day_begins(const char *day, int more, int64_t *time_ms)
{
	struct tm parts = { .tm_isdst = -1 };

	const char *end = strptime(day, "%Y-%m-%d", &parts);
	if (!end || *end || parts.tm_year < 0 || parts.tm_year > 8000)
		return false;
	int month = parts.tm_mon;
	time_t there = mktime(&parts);
	/* 31 February would be a day in March. */
	if (there == (time_t)-1 || parts.tm_mon != month)
		return false;
	parts.tm_mday += more;
	parts.tm_isdst = -1;
	*time_ms = (int64_t)mktime(&parts) * 1000;
	return true;
}

bool report_span(const char *from, const char *until, int64_t *from_ms, int64_t *until_ms)
{
	return strlen(from) == DAY_SIZE - 1 && strlen(until) == DAY_SIZE - 1 &&
	       day_begins(from, 0, from_ms) && day_begins(until, 1, until_ms) &&
	       *from_ms < *until_ms;
}

void report_usual(int64_t now_ms, int months, int ago, char from[static DAY_SIZE],
	char until[static DAY_SIZE])
{
	time_t seconds = (time_t)(now_ms / 1000);
	struct tm now, first, last;

	localtime_r(&seconds, &now);
	first = (struct tm) { .tm_year = now.tm_year,
		.tm_mon = now.tm_mon - now.tm_mon % months - ago * months,
		.tm_mday = 1,
		.tm_hour = 12,
		.tm_isdst = -1 };
	last = first;
	last.tm_mon += months;
	last.tm_mday = 0;
	mktime(&first);
	mktime(&last);
	strftime(from, DAY_SIZE, "%Y-%m-%d", &first);
	strftime(until, DAY_SIZE, "%Y-%m-%d", &last);
}

static const char *month_name(int month)
{
	static const char *const names[] = { "Januari", "Februari", "Maret", "April", "Mei", "Juni",
		"Juli", "Agustus", "September", "Oktober", "November", "Desember" };

	return month >= 0 && month < 12 ? names[month] : "";
}

void report_title(const char *from, const char *until, char *out, size_t size)
{
	static const char *const quarters[] = { "I", "II", "III", "IV" };
	char usual_from[DAY_SIZE], usual_until[DAY_SIZE], one[WORDS_SIZE], other[WORDS_SIZE];
	char moment[TIME_SIZE];
	int64_t from_ms = 0, until_ms = 0;
	struct tm parts = { 0 };

	out[0] = '\0';
	if (!report_span(from, until, &from_ms, &until_ms))
		return;
	time_t seconds = (time_t)(from_ms / 1000);
	localtime_r(&seconds, &parts);
	static const int lengths[] = { 1, 3, 12 };
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		report_usual(from_ms, lengths[i], 0, usual_from, usual_until);
		if (strcmp(from, usual_from) != 0 || strcmp(until, usual_until) != 0)
			continue;
		int year = parts.tm_year + 1900;
		if (lengths[i] == 1)
			snprintf(out, size, "%s %d", month_name(parts.tm_mon), year);
		else if (lengths[i] == 3)
			snprintf(out, size, "Triwulan %s %d", quarters[parts.tm_mon / 3], year);
		else
			snprintf(out, size, "Tahun %d", year);
		return;
	}
	time_format(from_ms, moment);
	word_date(moment, one);
	time_format(until_ms - 1, moment);
	word_date(moment, other);
	if (strcmp(from, until) == 0)
		snprintf(out, size, "%s", one);
	else
		snprintf(out, size, "%s sampai %s", one, other);
}

static const char *text_argument(struct request *request, const char *name)
{
	const char *text = request_argument(request, name);

	return text && strlen(text) <= TEXT_MOST ? text : "";
}

static int kiosk_names(struct db *db, json_t **out)
{
	autorows struct db_rows *rows = NULL;
	autojson json_t *names = json_object();
	char key[24];

	int result = db_query(db, &rows, "SELECT number, name FROM kiosk ORDER BY number", "");
	while (result >= 0 && (result = db_step(rows)) > 0) {
		snprintf(key, sizeof(key), "%lld", (long long)db_integer(rows, 0));
		if (json_object_set_new(names, key, json_string(db_words(rows, 1))) < 0)
			return -ENOMEM;
	}
	if (result >= 0)
		*out = take_pointer(names);
	return result;
}

int report_read(struct request *request, struct report *report)
{
	struct figures_filter *filter = &report->filter;
	const char *from = text_argument(request, "from");
	const char *until = text_argument(request, "until");

	if (report_span(from, until, &filter->from_ms, &filter->until_ms)) {
		memcpy(report->from, from, DAY_SIZE);
		memcpy(report->until, until, DAY_SIZE);
	} else {
		report_usual(request->now_ms, 1, 0, report->from, report->until);
		report_span(report->from, report->until, &filter->from_ms, &filter->until_ms);
	}
	report_title(report->from, report->until, report->title, sizeof(report->title));
	filter->category = text_argument(request, "category");
	filter->officer = text_argument(request, "officer");
	filter->channel = text_argument(request, "channel");
	/* "": of all kiosks. */
	if (!*text_argument(request, "kiosk") ||
		request_integer(request, "kiosk", 0, 999, 0, &filter->kiosk) < 0)
		filter->kiosk = 0;
	autofree char *category = html_query_escape(filter->category);
	autofree char *officer = html_query_escape(filter->officer);
	autofree char *channel = html_query_escape(filter->channel);
	if (!category || !officer || !channel ||
		asprintf(&report->query,
			"from=%s&until=%s&kiosk=%lld&category=%s&officer=%s&channel=%s",
			report->from, report->until, (long long)filter->kiosk, category, officer,
			channel) < 0) {
		report->query = NULL;
		return -ENOMEM;
	}
	return kiosk_names(request->db, &report->kiosks);
}

void report_free(struct report *report)
{
	figures_free(&report->set);
	json_decref(report->kiosks);
	free(report->query);
}

/* Complaints in every way, the other kinds of case apart. */
static int count_row(void *context, const struct figures_row *row)
{
	struct report *report = context;
	enum case_kind kind;

	if (!case_from_name(row->kind, &kind) || kind == CASE_COMPLAINT)
		return figures_take(&report->set, row);
	figures_count(&report->kinds[kind], row);
	return 0;
}

static int step(struct request *request, void *state)
{
	struct report *report = state;
	struct figures_filter filter = report->filter;

	filter.any_kind = true;
	int more = figures_step(request->db, &filter, request->now_ms, &report->walk, REPORT_STEP,
		count_row, report);
	return more == 0 ? figures_finish(&report->set) : more;
}

static void release(void *state)
{
	report_free(state);
	free(state);
}

int report_make(struct request *request, struct report **out)
{
	struct report *report = request->steps.state;

	if (!report) {
		report = calloc(1, sizeof(*report));
		if (!report)
			return -ENOMEM;
		int error = report_read(request, report);
		if (error < 0) {
			release(report);
			return error;
		}
	}
	*out = report;
	return request_steps(request, report, step, release);
}

const char *report_by_name(enum figures_by by)
{
	static const char *const names[BY_COUNT] = { "month", "category", "channel", "kiosk",
		"officer", "cause", "referral" };

	return names[by];
}

const char *report_by_words(enum figures_by by)
{
	static const char *const words[BY_COUNT] = { "Bulan", "Kategori", "Saluran", "Kotak",
		"Petugas", "Sebab", "Instansi" };

	return words[by];
}

static const char *cause_words(const char *cause)
{
	static const char *const causes[][2] = {
		{ "administrative", "Kesalahan administrasi" },
		{ "procedure", "Prosedur tidak jelas" },
		{ "technical", "Masalah teknis" },
		{ "other", "Lain-lain" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(causes); i++) {
		if (strcmp(causes[i][0], cause) == 0)
			return causes[i][1];
	}
	return cause;
}

static const char *month_words(const char *key)
{
	static char words[WORDS_SIZE];
	struct tm parts = { 0 };

	if (!strptime(key, "%Y-%m", &parts))
		return key;
	snprintf(words, sizeof(words), "%s %d", month_name(parts.tm_mon), parts.tm_year + 1900);
	return words;
}

const char *report_name(const json_t *kiosks, enum figures_by by, const char *key)
{
	const char *kiosk = json_string_value(json_object_get(kiosks, key));

	if (by == BY_OFFICER || by == BY_REFERRAL)
		return *key ? key : by == BY_OFFICER ? "Belum ditugaskan" : "Belum disebut";
	if (!*key)
		return by == BY_CAUSE ? "Belum dicatat" : "Belum ditentukan";
	switch (by) {
	case BY_MONTH:
		return month_words(key);
	case BY_CATEGORY:
		return word_category(key);
	case BY_CHANNEL:
		return word_channel(key);
	case BY_CAUSE:
		return cause_words(key);
	default:
		return kiosk ? kiosk : key;
	}
}
