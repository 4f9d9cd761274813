/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The periodic report (SOP 6b, 7b): a page to read and print, CSV and JSON. */
#ifndef PPIDD_REPORT_H
#define PPIDD_REPORT_H

#include "tools/ppidd/deadline.h"
#include "tools/ppidd/figures.h"
#include "tools/ppidd/http.h"

extern const struct route report_routes[]; /* ends with an empty one */

#define DAY_SIZE 11 /* "2026-11-24" */

struct report {
	struct figures_filter filter;	      /* texts live as long as the request */
	char from[DAY_SIZE], until[DAY_SIZE]; /* both days are within */
	char title[96];			      /* "November 2026", "1 Nov 2026 sampai 9 Nov 2026" */
	struct figures_set set;
	/* Of requests for information and of objections; complaints are set.total. */
	struct figures kinds[CASE_KIND_COUNT];
	struct figures_walk walk; /* under way to set and kinds */
	json_t *kiosks;		  /* "3": "Balai Kalurahan" */
	char *query;		  /* "from=…&until=…", for links */
};

/* report_period.c */
/* Reads the period and the filter from the query; this month where none is asked for. */
must_check int report_read(struct request *request, struct report *report);
void report_free(struct report *report);
/*
 * Reads them and makes the figures, in steps: 1 with them in *out, which lives as long as the
 * request; 0: the handler returns 0 and is called again.
 */
must_check int report_make(struct request *request, struct report **out);
/* So many complaints are looked at in a step. */
#define REPORT_STEP 400
/* The moments between which the days lie. false: no such days, or the last before the first. */
bool report_span(const char *from, const char *until, int64_t *from_ms, int64_t *until_ms);
/* What people call the time between these days. */
void report_title(const char *from, const char *until, char *out, size_t size);
/* The first and the last day of a month, quarter (3) or year (12 months), so many of them ago. */
void report_usual(int64_t now_ms, int months, int ago, char from[static DAY_SIZE],
	char until[static DAY_SIZE]);

/* What a group is called, for people. */
const char *report_name(const json_t *kiosks, enum figures_by by, const char *key);
/* "month", "category" … as data calls it; "Bulan", "Kategori" … as people do. */
const char *report_by_name(enum figures_by by);
const char *report_by_words(enum figures_by by);

/* report_table.c: figures for people: numbers as Indonesians write them, "–" for none. */
#define NUMBER_SIZE 64
const char *word_tenths(int64_t tenths, char out[static NUMBER_SIZE]);
const char *word_hundredths(int64_t hundredths, char out[static NUMBER_SIZE]);
const char *word_permille(int64_t permille, char out[static NUMBER_SIZE]);
void report_table(FILE *out, const struct report *report, enum figures_by by, const char *caption);
void report_facts(FILE *out, const struct figures *figures);
/* The kinds of case that aren't complaints. */
void report_kinds(FILE *out, const struct report *report);

/* report_export.c */
int report_get_csv(struct request *request);
int report_get_json(struct request *request);
/* A field of a CSV line: quoted, and never a formula to the program that opens it. */
void csv_field(FILE *out, const char *text);

/* report_list.c: the complaints that a figure is made of. */
int report_get_list(struct request *request);

/* An officer's page with the sheet of reports and charts; desk_answer() ends it. */
struct page;
must_check int report_begin(
	struct request *request, struct page *page, const char *title, const char *place);

#endif
