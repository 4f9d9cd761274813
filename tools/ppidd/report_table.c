/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Figures as tables and as the short list at a report's head. */
#include <string.h>

#include "tools/ppidd/desk_case.h"
#include "tools/ppidd/report.h"

/* Of a table on the page, which is to stay small. */
#define MONTHS_MOST 24
#define ROWS_MOST 10

static const char *decimal(int64_t whole, int64_t rest, int digits, char out[static NUMBER_SIZE])
{
	if (rest == 0 && digits == 1)
		snprintf(out, NUMBER_SIZE, "%lld", (long long)whole);
	else
		snprintf(
			out, NUMBER_SIZE, "%lld,%0*lld", (long long)whole, digits, (long long)rest);
	return out;
}

const char *word_tenths(int64_t tenths, char out[static NUMBER_SIZE])
{
	return tenths < 0 ? "–" : decimal(tenths / 10, tenths % 10, 1, out);
}

const char *word_hundredths(int64_t hundredths, char out[static NUMBER_SIZE])
{
	return hundredths < 0 ? "–" : decimal(hundredths / 100, hundredths % 100, 2, out);
}

const char *word_permille(int64_t permille, char out[static NUMBER_SIZE])
{
	char number[NUMBER_SIZE];

	if (permille < 0)
		return "–";
	snprintf(out, NUMBER_SIZE, "%.32s %%", word_tenths(permille, number));
	return out;
}

/* "4,20 ± 0,75 (5)": mean, standard deviation, how many. */
static const char *word_satisfaction(const struct figures *figures, char out[static NUMBER_SIZE])
{
	char mean[NUMBER_SIZE], spread[NUMBER_SIZE];

	if (figures_rated(figures) == 0)
		return "–";
	snprintf(out, NUMBER_SIZE, "%.16s ± %.16s (%lld)",
		word_hundredths(figures_mean(figures), mean),
		word_hundredths(figures_spread(figures), spread),
		(long long)figures_rated(figures));
	return out;
}

static const char *word_worst(const struct figures *figures, char out[static NUMBER_SIZE])
{
	return word_tenths(figures->timed > 0 ? 10 * figures->worst : -1, out);
}

static void text_cell(FILE *out, const char *label, const char *text)
{
	html(out, "<td class=\"number\" data-label=\"%s\">%s</td>", label, text);
}

static void number_cell(FILE *out, const char *label, int64_t number)
{
	html(out, "<td class=\"number\" data-label=\"%s\">%lld</td>", label, (long long)number);
}

static void table_row(FILE *out, const char *by, const char *name, const struct figures *figures)
{
	char words[NUMBER_SIZE];

	html(out, "<tr><th scope=\"row\" data-label=\"%s\">%s</th>", by, name);
	number_cell(out, "Masuk", figures->received);
	number_cell(out, "Dijawab", figures->answered);
	number_cell(out, "Belum selesai", figures->open);
	number_cell(out, "Lewat batas", figures->late_open);
	number_cell(out, "Dialihkan", figures->referred);
	number_cell(out, "Dicabut", figures->withdrawn);
	text_cell(out, "Tepat waktu", word_permille(figures_share(figures), words));
	text_cell(out, "Nilai tengah hari", word_tenths(figures_median(figures), words));
	text_cell(out, "Terlama (hari)", word_worst(figures, words));
	text_cell(out, "Kepuasan", word_satisfaction(figures, words));
	number_cell(out, "Dibuka lagi", figures->reopened);
	html(out, "</tr>\n");
}

static void table_begin(FILE *out, const char *caption, const char *first)
{
	static const char *const heads[] = { "Masuk", "Dijawab", "Belum selesai", "Lewat batas",
		"Dialihkan", "Dicabut", "Tepat waktu", "Nilai tengah hari", "Terlama (hari)",
		"Kepuasan", "Dibuka lagi" };

	html(out,
		"<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"%s\"><table>"
		"<caption>%s</caption>\n<thead><tr><th scope=\"col\">%s</th>",
		caption, caption, first);
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		html(out, "<th scope=\"col\" class=\"number\">%s</th>", heads[i]);
	html(out, "</tr></thead>\n<tbody>\n");
}

void report_kinds(FILE *out, const struct report *report)
{
	static const char title[] = "Permohonan informasi dan keberatan";

	html(out, "<section class=\"card\"><h2>%s</h2>\n", title);
	table_begin(out, title, "Jenis");
	for (int i = CASE_INFORMATION; i < CASE_KIND_COUNT; i++)
		table_row(out, "Jenis", desk_word_kind(case_name((enum case_kind)i)),
			&report->kinds[i]);
	html(out, "</tbody></table></div>\n<p class=\"help\">Tidak ikut dihitung di atas: "
		  "batas waktunya lain.</p></section>\n");
}

void report_table(FILE *out, const struct report *report, enum figures_by by, const char *caption)
{
	const struct figures_list *list = &report->set.by[by];
	size_t most = by == BY_MONTH ? MONTHS_MOST : ROWS_MOST;

	table_begin(out, caption, report_by_words(by));
	for (size_t i = 0; i < list->count && i < most; i++)
		table_row(out, report_by_words(by),
			report_name(report->kiosks, by, list->groups[i].key),
			&list->groups[i].figures);
	html(out, "</tbody></table></div>\n");
	if (list->count > most)
		html(out,
			"<p class=\"help\">Ditampilkan %lld dari %lld. Semuanya ada pada CSV dan "
			"JSON.</p>\n",
			(long long)most, (long long)list->count);
}

static void fact(FILE *out, const char *value, const char *words)
{
	html(out, "<li><strong>%s</strong> %s</li>\n", value, words);
}

static void count_fact(FILE *out, int64_t value, const char *words)
{
	html(out, "<li><strong>%lld</strong> %s</li>\n", (long long)value, words);
}

void report_facts(FILE *out, const struct figures *figures)
{
	char words[NUMBER_SIZE];

	html(out, "<ul class=\"facts\">\n");
	count_fact(out, figures->received, "aduan masuk");
	count_fact(out, figures->answered, "sudah dijawab");
	count_fact(out, figures->open, "belum selesai");
	count_fact(out, figures->late_open, "di antaranya lewat batas waktu");
	count_fact(out, figures->referred, "dialihkan ke instansi lain");
	count_fact(out, figures->withdrawn, "dicabut pengadu");
	fact(out, word_permille(figures_share(figures), words), "jawaban tepat waktu");
	fact(out, word_tenths(figures_median(figures), words),
		"hari kerja, nilai tengah sampai dijawab");
	fact(out, word_worst(figures, words), "hari kerja, yang terlama");
	fact(out, word_satisfaction(figures, words),
		"kepuasan dari 5: rata-rata ± sebaran (banyaknya penilai)");
	count_fact(out, figures->reopened, "dibuka kembali");
	html(out, "</ul>\n");
}
