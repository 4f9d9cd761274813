/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report for other programs. */
#include <errno.h>
#include <string.h>

#include "base/ids.h"
#include "tools/ppidd/desk_case.h"
#include "tools/ppidd/report.h"

/* Columns of a line of figures; numbers are whole or with a decimal point, empty where unknown. */
#define CSV_HEAD                                                                                   \
	"by,key,name,received,answered,open,late_open,referred,withdrawn,timed,in_time,"           \
	"median_working_days,worst_working_days,rated,rating_mean,rating_sd,reopened\r\n"

void csv_field(FILE *out, const char *text)
{
	putc('"', out);
	/* A spreadsheet would run it. */
	if (*text && strchr("=+-@\t\r", *text))
		putc('\'', out);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', out);
		putc((unsigned char)*text < ' ' ? ' ' : *text, out);
	}
	putc('"', out);
}

static void csv_figures(
	FILE *out, const char *by, const char *key, const char *name, const struct figures *figures)
{
	int64_t median = figures_median(figures), rated = figures_rated(figures);

	csv_field(out, by);
	putc(',', out);
	csv_field(out, key);
	putc(',', out);
	csv_field(out, name);
	fprintf(out, ",%lld,%lld,%lld,%lld,%lld,%lld,%lld,%lld,", (long long)figures->received,
		(long long)figures->answered, (long long)figures->open,
		(long long)figures->late_open, (long long)figures->referred,
		(long long)figures->withdrawn, (long long)figures->timed,
		(long long)figures->in_time);
	if (figures->timed > 0)
		fprintf(out, "%lld.%lld,%lld", (long long)(median / 10), (long long)(median % 10),
			(long long)figures->worst);
	else
		fputc(',', out);
	fprintf(out, ",%lld,", (long long)rated);
	if (rated > 0)
		fprintf(out, "%lld.%02lld,%lld.%02lld", (long long)(figures_mean(figures) / 100),
			(long long)(figures_mean(figures) % 100),
			(long long)(figures_spread(figures) / 100),
			(long long)(figures_spread(figures) % 100));
	else
		fputc(',', out);
	fprintf(out, ",%lld\r\n", (long long)figures->reopened);
}

static int write_csv(const struct report *report, char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);

	if (!out)
		return -ENOMEM;
	fputs(CSV_HEAD, out);
	csv_figures(out, "total", "", report->title, &report->set.total);
	for (int by = 0; by < BY_COUNT; by++) {
		const struct figures_list *list = &report->set.by[by];
		for (size_t i = 0; i < list->count; i++)
			csv_figures(out, report_by_name((enum figures_by)by), list->groups[i].key,
				report_name(
					report->kiosks, (enum figures_by)by, list->groups[i].key),
				&list->groups[i].figures);
	}
	for (int i = CASE_INFORMATION; i < CASE_KIND_COUNT; i++) {
		const char *kind = case_name((enum case_kind)i);
		csv_figures(out, "kind", kind, desk_word_kind(kind), &report->kinds[i]);
	}
	return fclose(out) == 0 ? 0 : -ENOMEM;
}

int report_get_csv(struct request *request)
{
	struct report *report = NULL;
	char *text = NULL;
	size_t size = 0;

	int made = report_make(request, &report);
	if (made <= 0)
		return made;
	int error = write_csv(report, &text, &size);
	if (error < 0) {
		free(text);
		return error;
	}
	return answer_text(request, MHD_HTTP_OK, "text/csv; charset=utf-8", text, size);
}

static json_t *json_figures(const struct figures *figures)
{
	json_t *ratings = json_array();

	for (int i = 0; i < FIGURES_RATINGS; i++)
		json_array_append_new(ratings, json_integer((json_int_t)figures->ratings[i]));
	json_t *json = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "received",
		(json_int_t)figures->received, "answered", (json_int_t)figures->answered, "open",
		(json_int_t)figures->open, "late_open", (json_int_t)figures->late_open, "referred",
		(json_int_t)figures->referred, "withdrawn", (json_int_t)figures->withdrawn, "timed",
		(json_int_t)figures->timed, "in_time", (json_int_t)figures->in_time, "reopened",
		(json_int_t)figures->reopened, "ratings", ratings);
	if (json && figures->timed > 0) {
		json_object_set_new(json, "median_working_days",
			json_real((double)figures_median(figures) / 10));
		json_object_set_new(
			json, "worst_working_days", json_integer((json_int_t)figures->worst));
	}
	if (json && figures_rated(figures) > 0) {
		json_object_set_new(
			json, "rating_mean", json_real((double)figures_mean(figures) / 100));
		json_object_set_new(
			json, "rating_sd", json_real((double)figures_spread(figures) / 100));
	}
	return json;
}

static json_t *json_groups(const struct report *report, enum figures_by by)
{
	const struct figures_list *list = &report->set.by[by];
	json_t *groups = json_array();

	for (size_t i = 0; i < list->count; i++) {
		json_t *group = json_figures(&list->groups[i].figures);
		json_object_set_new(group, "key", json_string(list->groups[i].key));
		json_object_set_new(group, "name",
			json_string(report_name(report->kiosks, by, list->groups[i].key)));
		json_array_append_new(groups, group);
	}
	return groups;
}

static json_t *json_report(const struct request *request, const struct report *report)
{
	const struct figures_filter *filter = &report->filter;
	char now[TIME_SIZE];

	time_format(request->now_ms, now);
	json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:{s:I, s:s, s:s, s:s}, s:o}", "office",
		request->config->office, "title", report->title, "from", report->from, "until",
		report->until, "made", now, "filter", "kiosk", (json_int_t)filter->kiosk,
		"category", filter->category, "channel", filter->channel, "officer",
		filter->officer, "total", json_figures(&report->set.total));
	for (int by = 0; json && by < BY_COUNT; by++)
		json_object_set_new(json, report_by_name((enum figures_by)by),
			json_groups(report, (enum figures_by)by));
	for (int i = CASE_INFORMATION; json && i < CASE_KIND_COUNT; i++)
		json_object_set_new(
			json, case_name((enum case_kind)i), json_figures(&report->kinds[i]));
	return json;
}

int report_get_json(struct request *request)
{
	struct report *report = NULL;

	int made = report_make(request, &report);
	if (made <= 0)
		return made;
	json_t *json = json_report(request, report);
	return json ? answer_json(request, MHD_HTTP_OK, json) : -EILSEQ;
}
